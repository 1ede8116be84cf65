/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_search.h - the parts of the search index, private to catalogue.
 *
 *   base item (doc)  a name with its main item and type, once for the whole country
 *   place            that item at one department in one division, with its code
 *   term             a character, a pair of characters, of syllables, of initials: a list of docs
 *
 * Docs are numbered by the length of their names, so that among equals the shorter name comes first
 * without sorting. Places of a doc stand together, ordered by division. */
#ifndef CATALOGUE_CATALOGUE_SEARCH_H
#define CATALOGUE_CATALOGUE_SEARCH_H

#include "catalogue/catalogue_internal.h"
#include <stdatomic.h>

/* ---- readings -------------------------------------------------------------------------------- */

enum { CATALOGUE__READINGS_MAX = 4, CATALOGUE__SOUND_MAX = 8 };

/* How one character may be read: ids of syllables, the first the usual one. count 0: not read. */
struct catalogue__reading {
    uint16_t ids[CATALOGUE__READINGS_MAX];
    uint8_t count;
};
/* Readings of a folded text, a phrase known to readings.csv as a whole. Characters that are not
 * read aloud (brackets, dots) give none. Letters and digits stand for themselves. At most max are
 * written. */
size_t catalogue__read_aloud(tb_str folded, struct catalogue__reading *ret_readings, size_t max);
/* Letters of a syllable id; static. */
const char *catalogue__syllable(uint16_t id);
/* Id of a syllable, 0 when there is none of these letters. */
uint16_t catalogue__syllable_id(tb_str letters);

/* ---- synonyms -------------------------------------------------------------------------------- */

struct catalogue__synonym {
    tb_str everyday, official; /* official: texts separated by |; empty: says nothing */
};
/* The longest phrase that text begins with. False: none. */
bool catalogue__synonym_at(tb_str text, struct catalogue__synonym *ret_synonym);
/* The same by sound, for a text that was misheard or mistyped: the longest phrase of two characters
 * or more that is read as the text begins. */
struct catalogue__sounds;
bool catalogue__synonym_by_sound(const struct catalogue__sounds *sounds, tb_str text,
                                 struct catalogue__synonym *ret_synonym);
/* Readings of all phrases, in arena. */
struct catalogue__sounds *catalogue__sounds_new(struct tb_arena *arena);

/* ---- the index ------------------------------------------------------------------------------- */

struct catalogue__doc {
    tb_str name, folded, main_item;
    const struct catalogue__type *type;
    uint32_t place_from, place_count;
    uint32_t home_from, home_count; /* those in the home division */
    uint32_t sound_from;            /* sets of readings, see sounds */
    uint16_t sound_count;
    uint16_t alias_count;
    const tb_str
        *aliases; /* what its pack calls it and what people say, folded; NULL: it has no pack */
    uint16_t situation; /* of its pack, in the pack's order */
};

struct catalogue__place {
    const char *code;
    uint64_t division; /* as a number */
    uint32_t department;
    uint32_t doc;
    uint16_t code_len;
    bool has_pack;
};

/* Kinds of terms: the top bits of a key. */
enum { TERM_ONE = 1, TERM_TWO, TERM_INITIALS, TERM_SYLLABLE, TERM_SYLLABLES };
#define TERM_KEY(kind, a, b) ((uint64_t)(kind) << 60 | (uint64_t)(a) << 24 | (uint64_t)(b))

/* Texts by which a doc is found besides its name, set when it has a pack. */
void catalogue__aliases_make(const struct catalogue *catalogue, struct catalogue__index *index,
                             tb_date today);

/* Postings: number of the doc, and how it was found there. */
#define POSTING_STARTS UINT32_C(0x80000000) /* at the beginning of the name */
#define POSTING_SECOND UINT32_C(0x40000000) /* only in the main item's name */
#define POSTING_DOC UINT32_C(0x3FFFFFFF)

struct catalogue__term {
    uint64_t key; /* 0: free */
    uint32_t from, count;
};

struct catalogue__index {
    atomic_int refs;
    struct tb_arena *arena;
    struct catalogue__doc *docs;
    uint32_t doc_count;
    /* Of each doc what ranking looks at, close together. */
    uint32_t *doc_places;  /* how many */
    uint16_t *doc_lengths; /* of the folded name */
    uint8_t *doc_bonus;    /* for being at home, to be done online here, about the first time */
    struct catalogue__sounds *synonym_sounds;
    struct catalogue__place *places;
    uint32_t place_count;
    uint32_t *by_code; /* places ordered by code */
    tb_str *departments;
    uint32_t department_count;
    struct catalogue__term *terms;
    size_t term_cap, term_count;
    uint32_t *postings;
    /* Readings of the docs' names: each a set. Sets below sound_single are one syllable. */
    uint16_t *sounds;
    struct catalogue__reading *sound_sets;
    uint32_t sound_set_count;
    uint64_t home_from, home_to; /* divisions of the home region, [from, to) */
};

/* NULL when nothing has this term. */
const struct catalogue__term *catalogue__term_find(const struct catalogue__index *index,
                                                   uint64_t key);
/* Divisions below a division, as numbers [from, to). False for what is none. */
bool catalogue__division_range(tb_str division, uint64_t *ret_from, uint64_t *ret_to);
/* Places of a doc within [from, to). */
void catalogue__places_in(const struct catalogue__index *index, const struct catalogue__doc *doc,
                          uint64_t from, uint64_t to, uint32_t *ret_from, uint32_t *ret_count);

/* ---- matching -------------------------------------------------------------------------------- */

/* 0 to 1000 for every doc: how much of the query's meaning it covers. A query that is one pair of
 * characters has no scores: its term alone says all. */
struct catalogue__match {
    const struct catalogue__index *index;
    struct tb_arena *arena;
    const struct catalogue__term *single;
    uint16_t *scores;
    uint16_t best;
};
/* Fills scores from the words of a query. False when the query holds no word at all. */
bool catalogue__match_text(struct catalogue__match *match, tb_str text);
/* Marks with weight (to 1000) every doc that Latin letters can mean: pinyin, initials or both.
 * scores are of this word alone. */
void catalogue__match_letters(const struct catalogue__index *index, struct tb_arena *arena,
                              tb_str letters, uint16_t *scores);

#endif
