/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_letters.c - Latin letters typed for Chinese: canjiren, wsxk, gtgs zhuxiao, or an
 * abbreviation that stands in the name itself (CA, ETC).
 *
 * Pairs of syllables or of initials give candidates; a candidate is then read character by
 * character. Only what neither full syllables nor initials explain is tried as a mixture of
 * both. */
#include "catalogue/catalogue_search.h"
#include <string.h>

enum {
    LETTERS_MAX = 40,
    UNITS_MAX = 40,
    STEPS_MAX = 4000, /* of reading one name: a bound for letters made to be ambiguous */
    SYLLABLE_LETTERS = 6,
    SPLITS_MAX = 4,
    WEIGHT_FULL = 1000,
    WEIGHT_INITIALS = 900,
    WEIGHT_START = 60, /* less when not at the beginning of the name */
};

typedef enum { READ_FULL = 1, READ_INITIALS = 2, READ_BOTH = 3 } read_way;

struct letters {
    const struct catalogue__index *index;
    struct tb_arena *arena;
    tb_str text;
    uint16_t *scores;
    bool has_hit;
};

/* ---- reading one name ------------------------------------------------------------------------ */

struct reading_run {
    const struct catalogue__index *index;
    tb_str text;
    const uint16_t *sounds;
    size_t count;
    read_way way;
    int steps;
};

/* The letters from at on can be read as the characters from i on. */
static bool
reads(struct reading_run *run, size_t at, size_t i)
{
    if (at == run->text.len)
        return true;
    if (i == run->count || ++run->steps > STEPS_MAX)
        return false;
    const struct catalogue__reading *set = &run->index->sound_sets[run->sounds[i]];
    tb_str rest = tb_str_sub(run->text, at, run->text.len);
    for (size_t k = 0; k < set->count; k++) {
        tb_str syllable = tb_str_of(catalogue__syllable(set->ids[k]));
        if ((run->way & READ_FULL) != 0) {
            /* The last syllable may still be being typed. */
            bool is_typing = rest.len < syllable.len && tb_str_starts(syllable, rest) && at > 0;
            if (is_typing ||
                (tb_str_starts(rest, syllable) && reads(run, at + syllable.len, i + 1)))
                return true;
        }
        if ((run->way & READ_INITIALS) != 0 && rest.ptr[0] == syllable.ptr[0] &&
            reads(run, at + 1, i + 1))
            return true;
    }
    return false;
}

/* Where in the name the letters can be read, from 1; 0: nowhere. */
static size_t
find_in(const struct letters *l, uint32_t doc_id, read_way way)
{
    const struct catalogue__doc *doc = &l->index->docs[doc_id];
    struct reading_run run = {l->index,         l->text, l->index->sounds + doc->sound_from,
                              doc->sound_count, way,     0};
    for (size_t i = 0; i < doc->sound_count; i++)
        if (reads(&run, 0, i))
            return i + 1;
    return 0;
}

static void
mark(struct letters *l, uint32_t doc, int weight)
{
    if (l->scores[doc] < weight)
        l->scores[doc] = (uint16_t)weight;
    l->has_hit = true;
}

/* ---- candidates ------------------------------------------------------------------------------ */

/* Docs that have all the terms and read so. A way of 0: the terms alone are enough. */
static void
mark_all(struct letters *l, const uint64_t *keys, size_t count, read_way way, int weight)
{
    const struct catalogue__term *terms[UNITS_MAX], *rarest = NULL;
    for (size_t i = 0; i < count; i++) {
        terms[i] = catalogue__term_find(l->index, keys[i]);
        if (terms[i] == NULL)
            return;
        if (rarest == NULL || terms[i]->count < rarest->count)
            rarest = terms[i];
    }
    if (rarest == NULL)
        return;
    uint8_t *hits = count > 1 ? tb_alloc(l->arena, l->index->doc_count) : NULL;
    for (size_t i = 0; i < count && hits != NULL; i++)
        for (uint32_t k = 0; k < terms[i]->count; k++)
            hits[l->index->postings[terms[i]->from + k] & POSTING_DOC]++;
    for (uint32_t k = 0; k < rarest->count; k++) {
        uint32_t posting = l->index->postings[rarest->from + k], doc = posting & POSTING_DOC;
        if (hits != NULL && hits[doc] != count)
            continue;
        size_t at = way != 0 ? find_in(l, doc, way) : (posting & POSTING_STARTS) != 0 ? 1 : 2;
        if (at > 0)
            mark(l, doc, weight - (at > 1 ? WEIGHT_START : 0));
    }
}

/* ---- the ways of taking letters -------------------------------------------------------------- */

/* As they stand in the name. */
static void
try_literal(struct letters *l)
{
    uint64_t keys[UNITS_MAX];
    size_t count = 0;
    for (size_t i = 0; i + 1 < l->text.len && count < UNITS_MAX; i++)
        keys[count++] = TERM_KEY(TERM_TWO, l->text.ptr[i], l->text.ptr[i + 1]);
    mark_all(l, keys, count, 0, WEIGHT_FULL);
}

static void
try_initials(struct letters *l)
{
    uint64_t keys[UNITS_MAX];
    size_t count = 0;
    for (size_t i = 0; i + 1 < l->text.len && count < UNITS_MAX; i++)
        keys[count++] = TERM_KEY(TERM_INITIALS, l->text.ptr[i], l->text.ptr[i + 1]);
    /* Two letters are one pair: nothing is left to be read. */
    mark_all(l, keys, count, count > 1 ? READ_INITIALS : (read_way)0, WEIGHT_INITIALS);
}

struct split {
    uint16_t ids[UNITS_MAX];
    size_t count, letters; /* letters: how many are taken */
};

static void
take_split(struct letters *l, const struct split *split)
{
    uint64_t keys[UNITS_MAX];
    size_t count = 0;
    if (split->count == 1)
        keys[count++] = TERM_KEY(TERM_SYLLABLE, 0, split->ids[0]);
    for (size_t i = 0; i + 1 < split->count; i++)
        keys[count++] = TERM_KEY(TERM_SYLLABLES, split->ids[i], split->ids[i + 1]);
    /* Two whole syllables are one term, and so is one: nothing is left to be read. */
    bool is_whole = split->count <= 2 && split->letters == l->text.len;
    mark_all(l, keys, count, is_whole ? (read_way)0 : READ_FULL, WEIGHT_FULL);
}

static bool
is_beginning_of_syllable(tb_str rest)
{
    return rest.len < SYLLABLE_LETTERS;
}

/* Every way to cut the letters into syllables, the last of them perhaps unfinished, longest
 * first. */
static void
try_splits(struct letters *l, struct split *split, size_t at, int *left)
{
    if (*left == 0 || split->count == UNITS_MAX)
        return;
    tb_str rest = tb_str_sub(l->text, at, l->text.len);
    for (size_t len = rest.len < SYLLABLE_LETTERS ? rest.len : SYLLABLE_LETTERS; len > 0; len--) {
        uint16_t id = catalogue__syllable_id(tb_str_sub(rest, 0, len));
        if (id == 0)
            continue;
        split->ids[split->count++] = id;
        split->letters = at + len;
        if (at + len == l->text.len) {
            (*left)--;
            take_split(l, split);
        } else {
            try_splits(l, split, at + len, left);
        }
        split->count--;
        split->letters = at;
    }
    if (split->count > 0 && !l->has_hit && is_beginning_of_syllable(rest) && *left > 0) {
        (*left)--;
        take_split(l, split);
    }
}

/* Syllables where there are any, else single letters: jtysxk-like mixtures such as gtgongsh. */
static void
try_mixture(struct letters *l)
{
    char initials[UNITS_MAX];
    size_t count = 0;
    for (size_t at = 0; at < l->text.len && count < UNITS_MAX;) {
        tb_str rest = tb_str_sub(l->text, at, l->text.len);
        size_t len = rest.len < SYLLABLE_LETTERS ? rest.len : SYLLABLE_LETTERS;
        while (len > 1 && catalogue__syllable_id(tb_str_sub(rest, 0, len)) == 0)
            len--;
        initials[count++] = rest.ptr[0];
        at += len;
    }
    uint64_t keys[UNITS_MAX];
    size_t pairs = 0;
    for (size_t i = 0; i + 1 < count; i++)
        keys[pairs++] = TERM_KEY(TERM_INITIALS, initials[i], initials[i + 1]);
    mark_all(l, keys, pairs, READ_BOTH, WEIGHT_INITIALS);
}

void
catalogue__match_letters(const struct catalogue__index *index, struct tb_arena *arena,
                         tb_str letters, uint16_t *scores)
{
    struct letters l = {.index = index, .arena = arena, .text = letters, .scores = scores};
    if (letters.len == 0 || letters.len > LETTERS_MAX)
        return;
    try_literal(&l);
    struct split split = {.count = 0};
    int left = SPLITS_MAX;
    try_splits(&l, &split, 0, &left);
    try_initials(&l);
    if (!l.has_hit && letters.len > 2)
        try_mixture(&l);
}
