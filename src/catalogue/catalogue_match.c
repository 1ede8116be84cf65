/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_match.c - from what a person typed to how well every base item covers it.
 *
 *   words       by blanks; each is letters (pinyin) or a text
 *   needs       what a text asks for, one behind the other: a stretch of it as it stands, or an everyday phrase with
 *               the official names it may mean; phrases that say nothing fall away
 *   score       each need weighs as much as its rarest wording; a doc covers a need as well as its best wording does
 *
 * Rare pairs of characters weigh more than common ones (log of how many names have them), so that
 * in 申请残疾证 the words 残疾 decide and 申请 does not. */
#include "catalogue/catalogue_search.h"
#include <math.h>
#include <string.h>

enum {
    FULL = 1000,
    NEEDS_MAX = 16,
    WORDINGS_MAX = 8,
    CHARACTERS_MAX = 64,
    PARTS_MAX = 200,
    FIRST_HAN = 0x3400
};

/* One wording's terms with their weights. */
struct part {
    const struct catalogue__term *term;
    float weight;
};

struct wording {
    struct part parts[PARTS_MAX];
    size_t count;
    float total; /* of all its terms, also those that no name has */
};

struct need {
    float weight;
    uint16_t *scores; /* 0 to FULL */
};

struct query {
    struct catalogue__match *match;
    struct need needs[NEEDS_MAX];
    size_t count;
    bool has_word;
};

/* ---- terms ----------------------------------------------------------------------------------- */

static float
rarity(const struct catalogue__index *index, const struct catalogue__term *term)
{
    return log2f(1.0f + (float)index->doc_count / (float)term->count);
}

static void
add_part(const struct catalogue__index *index, struct wording *wording,
         const struct catalogue__term *term, float scale)
{
    if (term == NULL || wording->count == PARTS_MAX)
        return;
    float weight = rarity(index, term) * scale;
    wording->parts[wording->count++] = (struct part){term, weight};
    wording->total += weight;
}

/* A pair that no name has: perhaps it only sounds like one that does. */
static bool
add_by_sound(const struct catalogue__index *index, struct wording *wording, tb_str pair)
{
    struct catalogue__reading readings[2];
    if (catalogue__read_aloud(pair, readings, 2) != 2)
        return false;
    const struct catalogue__term *term = catalogue__term_find(
        index, TERM_KEY(TERM_SYLLABLES, readings[0].ids[0], readings[1].ids[0]));
    add_part(index, wording, term, 0.7f);
    return term != NULL;
}

/* Pairs; single characters too where a pair is unknown or there is only one. */
static void
make_wording(const struct catalogue__index *index, tb_str text, bool may_sound,
             struct wording *wording)
{
    int32_t characters[CHARACTERS_MAX];
    size_t starts[CHARACTERS_MAX + 1], count = 0;
    bool has_unknown = false;
    wording->count = 0;
    wording->total = 0;
    for (size_t at = 0; at < text.len && count < CHARACTERS_MAX;) {
        starts[count] = at;
        characters[count++] = tb_utf8_next(text, &at);
        starts[count] = at;
    }
    for (size_t i = 0; i + 1 < count; i++) {
        const struct catalogue__term *term =
            catalogue__term_find(index, TERM_KEY(TERM_TWO, characters[i], characters[i + 1]));
        add_part(index, wording, term, 1);
        if (term != NULL)
            continue;
        tb_str pair = tb_str_sub(text, starts[i], starts[i + 2] - starts[i]);
        if (!may_sound || !add_by_sound(index, wording, pair))
            wording->total += 0.35f * log2f(1.0f + (float)index->doc_count);
        has_unknown = true;
    }
    for (size_t i = 0; i < count && (count == 1 || has_unknown); i++) {
        /* A digit or a sign by itself means nothing beside others. */
        if (count > 1 && characters[i] < FIRST_HAN)
            continue;
        add_part(index, wording, catalogue__term_find(index, TERM_KEY(TERM_ONE, 0, characters[i])),
                 count == 1 ? 1 : 0.3f);
    }
}

/* Raises scores to how much of the wording a doc has. */
static void
score_wording(struct query *query, const struct wording *wording, uint16_t *scores, bool is_first)
{
    const struct catalogue__index *index = query->match->index;
    uint16_t *own =
        is_first ? scores : TB_NEW_ARRAY(query->match->arena, index->doc_count, uint16_t);
    for (size_t i = 0; i < wording->count; i++) {
        const uint32_t *postings = index->postings + wording->parts[i].term->from;
        uint16_t full = (uint16_t)lroundf(wording->parts[i].weight / wording->total * FULL),
                 half = full / 2;
        for (uint32_t k = 0; k < wording->parts[i].term->count; k++)
            own[postings[k] & POSTING_DOC] += (postings[k] & POSTING_SECOND) != 0 ? half : full;
    }
    for (uint32_t d = 0; !is_first && d < index->doc_count; d++)
        scores[d] = own[d] > scores[d] ? own[d] : scores[d];
}

/* ---- needs ----------------------------------------------------------------------------------- */

static struct need *
new_need(struct query *query)
{
    query->has_word = true;
    if (query->count == NEEDS_MAX)
        return NULL;
    struct need *need = &query->needs[query->count++];
    need->weight = 0;
    need->scores = TB_NEW_ARRAY(query->match->arena, query->match->index->doc_count, uint16_t);
    return need;
}

static void
add_wording(struct query *query, struct need *need, tb_str text, bool may_sound)
{
    struct wording wording;
    make_wording(query->match->index, text, may_sound, &wording);
    bool is_first = need->weight == 0;
    if (wording.total > need->weight)
        need->weight = wording.total;
    if (wording.count > 0)
        score_wording(query, &wording, need->scores, is_first);
}

static void
need_text(struct query *query, tb_str text)
{
    struct need *need = text.len > 0 ? new_need(query) : NULL;
    if (need != NULL)
        add_wording(query, need, text, true);
}

static void
need_synonym(struct query *query, tb_str said, const struct catalogue__synonym *synonym)
{
    struct need *need = new_need(query);
    if (need == NULL)
        return;
    add_wording(query, need, said, false);
    tb_str rest = synonym->official, wording;
    for (int i = 0; i < WORDINGS_MAX && tb_str_cut(&rest, '|', &wording); i++)
        add_wording(query, need, wording, false);
}

static bool
is_known_pair(const struct catalogue__index *index, tb_str text)
{
    size_t at = 0;
    if (text.len == 0)
        return true;
    int32_t first = tb_utf8_next(text, &at);
    if (at == text.len)
        return true;
    int32_t second = tb_utf8_next(text, &at);
    return catalogue__term_find(index, TERM_KEY(TERM_TWO, first, second)) != NULL;
}

static void
need_word(struct query *query, tb_str word)
{
    const struct catalogue__index *index = query->match->index;
    size_t from = 0, at = 0;
    while (at < word.len) {
        struct catalogue__synonym synonym;
        tb_str rest = tb_str_sub(word, at, word.len);
        size_t taken = 0;
        if (catalogue__synonym_at(rest, &synonym)) {
            taken = synonym.everyday.len;
        } else if (!is_known_pair(index, rest) &&
                   catalogue__synonym_by_sound(index->synonym_sounds, rest, &synonym)) {
            taken = synonym.everyday.len;
        }
        if (taken == 0) {
            (void)tb_utf8_next(word, &at);
            continue;
        }
        need_text(query, tb_str_sub(word, from, at - from));
        if (synonym.official.len > 0)
            need_synonym(query, tb_str_sub(rest, 0, taken), &synonym);
        at += taken;
        from = at;
    }
    need_text(query, tb_str_sub(word, from, word.len - from));
}

static void
need_letters(struct query *query, tb_str letters)
{
    struct need *need = new_need(query);
    if (need == NULL)
        return;
    catalogue__match_letters(query->match->index, query->match->arena, letters, need->scores);
    need->weight = (float)letters.len;
}

/* ---- words ----------------------------------------------------------------------------------- */

static bool
is_letters(tb_str word)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.ptr[i] < 'a' || word.ptr[i] > 'z')
            return false;
    return word.len > 0;
}

/* Runs of letters within a word of both (mtb认定) are words of their own, unless the names know them
 * so. */
static void
take_word(struct query *query, tb_str word)
{
    if (is_letters(word))
        need_letters(query, word);
    else
        need_word(query, word);
}

static void
combine(struct query *query)
{
    struct catalogue__match *match = query->match;
    float total = 0;
    for (size_t i = 0; i < query->count; i++)
        total += query->needs[i].weight;
    if (query->count == 1) {
        match->scores = query->needs[0].scores;
    } else {
        match->scores = TB_NEW_ARRAY(match->arena, match->index->doc_count, uint16_t);
        for (size_t i = 0; i < query->count && total > 0; i++) {
            uint32_t share = (uint32_t)lroundf(query->needs[i].weight / total * 65536);
            const uint16_t *scores = query->needs[i].scores;
            for (uint32_t d = 0; d < match->index->doc_count; d++)
                match->scores[d] += (uint16_t)((scores[d] * share) >> 16);
        }
    }
    match->best = 0;
    for (uint32_t d = 0; d < match->index->doc_count; d++)
        match->best = match->scores[d] > match->best ? match->scores[d] : match->best;
}

/* The one pair of characters that the whole query is, if it is known and means nothing else. */
static const struct catalogue__term *
single_term(const struct catalogue__index *index, tb_str folded)
{
    struct catalogue__synonym synonym;
    size_t at = 0;
    if (folded.len < 6 || folded.len > 8 || tb_utf8_length(folded) != 2 ||
        catalogue__synonym_at(folded, &synonym) ||
        catalogue__synonym_at(tb_str_sub(folded, 3, folded.len), &synonym))
        return NULL;
    int32_t first = tb_utf8_next(folded, &at), second = tb_utf8_next(folded, &at);
    return catalogue__term_find(index, TERM_KEY(TERM_TWO, first, second));
}

bool
catalogue__match_text(struct catalogue__match *match, tb_str text)
{
    struct query query = {.match = match};
    match->single = single_term(match->index, tb_text_fold(match->arena, text));
    if (match->single != NULL)
        return true;
    for (size_t at = 0; at < text.len;) {
        size_t from = at, end = at;
        /* A word ends at a blank of either width; folding takes blanks away, so they are cut here
         * first. */
        while (at < text.len) {
            end = at;
            int32_t c = tb_utf8_next(text, &at);
            if (c == ' ' || c == '\t' || c == '\n' || c == 0x3000 || c == ',' || c == 0xFF0C)
                break;
            end = at;
        }
        tb_str word = tb_text_fold(match->arena, tb_str_sub(text, from, end - from));
        if (word.len > 0)
            take_word(&query, word);
    }
    if (query.count == 0)
        return false;
    combine(&query);
    return true;
}
