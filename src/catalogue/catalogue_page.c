/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_page.c - from scores to the page that is shown.
 *
 * Every doc that matches well enough has a rank: how much it covers, then whether the very words
 * stand in its name, then whether it is to be had at home, then the shorter name. First each doc in
 * its best place, the one at home if there is one; behind all of them the further places, so that
 * ten towns with the same service do not push the other services off the page. */
#include "catalogue/catalogue_search.h"
#include <stdlib.h>
#include <string.h>

enum {
    FULL = 1000,
    ENOUGH = 400,        /* to be shown at all */
    ENOUGH_OF_BEST = 60, /* per cent of the best one's */
    BONUS_EQUAL = 150,
    BONUS_WITHIN = 200,
    BONUS_STARTS = 80,
    BONUS_HOME = 100,
    BONUS_FIRST = 15, /* who names no situation mostly wants the thing itself, not its change or end */
    CODE_LENGTH_MIN = 6,
};

struct ranked {
    uint32_t doc;
    uint16_t rank;
};

struct page {
    const struct catalogue__index *index;
    struct tb_arena *arena;
    const struct catalogue__query *query;
    bool has_region;
    uint64_t from, to;
    struct ranked *ranked;
    size_t count; /* docs */
    size_t total; /* places */
    struct catalogue__hit *hits;
    size_t hit_count;
};

/* ---- places ---------------------------------------------------------------------------------- */

/* Places of a doc that the query's region allows. */
static void
places_of(const struct page *page, uint32_t doc_id, uint32_t *ret_from, uint32_t *ret_count)
{
    const struct catalogue__doc *doc = &page->index->docs[doc_id];
    if (page->has_region) {
        catalogue__places_in(page->index, doc, page->from, page->to, ret_from, ret_count);
        return;
    }
    *ret_from = doc->place_from;
    *ret_count = doc->place_count;
}

/* The place that stands for a doc. */
static uint32_t
best_place(const struct page *page, uint32_t doc_id)
{
    const struct catalogue__doc *doc = &page->index->docs[doc_id];
    uint32_t from, count;
    places_of(page, doc_id, &from, &count);
    bool is_home_in =
        doc->home_count > 0 && doc->home_from >= from && doc->home_from < from + count;
    return is_home_in ? doc->home_from : from;
}

static void
add_hit(struct page *page, uint32_t place_id)
{
    const struct catalogue__place *place = &page->index->places[place_id];
    const struct catalogue__doc *doc = &page->index->docs[place->doc];
    page->hits[page->hit_count++] = (struct catalogue__hit){
        .code = {place->code, place->code_len},
        .name = doc->name,
        .main_item = doc->main_item,
        .department = page->index->departments[place->department],
        .division = tb_printf(page->arena, "%012llu", (unsigned long long)place->division),
        .type = doc->type,
        .has_pack = place->has_pack,
    };
}

/* ---- ranks ----------------------------------------------------------------------------------- */

static uint16_t
rank_of(const struct page *page, uint32_t doc_id, uint16_t score, tb_str folded)
{
    const struct catalogue__doc *doc = &page->index->docs[doc_id];
    uint16_t rank = score;
    if (folded.len > 0 && score > 900 && tb_str_contains(doc->folded, folded)) {
        rank += BONUS_WITHIN;
        rank += tb_str_starts(doc->folded, folded) ? BONUS_STARTS : 0;
        rank += doc->folded.len == folded.len ? BONUS_EQUAL : 0;
    }
    rank += doc->is_first ? BONUS_FIRST : 0;
    return (uint16_t)(rank + (doc->home_count > 0 ? BONUS_HOME : 0));
}

static bool
is_wanted(const struct page *page, uint32_t doc_id)
{
    uint32_t from, count;
    const struct catalogue__doc *doc = &page->index->docs[doc_id];
    if (page->query->type != NULL && doc->type != page->query->type)
        return false;
    places_of(page, doc_id, &from, &count);
    return count > 0;
}

static void
rank_all(struct page *page, const uint16_t *scores, uint16_t enough)
{
    tb_str folded = tb_text_fold(page->arena, page->query->text);
    page->ranked = TB_NEW_ARRAY(page->arena, page->index->doc_count, struct ranked);
    for (uint32_t d = 0; d < page->index->doc_count; d++) {
        uint16_t score = scores != NULL ? scores[d] : FULL;
        if (score < enough || score == 0 || !is_wanted(page, d))
            continue;
        uint32_t from, count;
        places_of(page, d, &from, &count);
        page->total += count;
        page->ranked[page->count++] = (struct ranked){d, rank_of(page, d, score, folded)};
    }
}

static int
ranked_order(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank > y->rank ? -1 : 1;
    return x->doc < y->doc ? -1 : x->doc > y->doc;
}

static bool
is_worse(const struct ranked *a, const struct ranked *b)
{
    return a->rank != b->rank ? a->rank < b->rank : a->doc > b->doc;
}

static void
sift_down(struct ranked *heap, size_t count, size_t at)
{
    for (;;) {
        size_t child = at * 2 + 1;
        if (child >= count)
            return;
        if (child + 1 < count && is_worse(&heap[child + 1], &heap[child]))
            child++;
        if (is_worse(&heap[at], &heap[child]))
            return;
        struct ranked kept = heap[at];
        heap[at] = heap[child];
        heap[child] = kept;
        at = child;
    }
}

/* The best `needed` come first and in order; behind them anything. A heap with the worst on top. */
static void
order_first(struct page *page, size_t needed)
{
    if (needed < page->count) {
        for (size_t i = needed / 2 + 1; i-- > 0;)
            sift_down(page->ranked, needed, i);
        for (size_t i = needed; i < page->count; i++) {
            if (!is_worse(&page->ranked[0], &page->ranked[i]))
                continue;
            struct ranked kept = page->ranked[0];
            page->ranked[0] = page->ranked[i];
            page->ranked[i] = kept;
            sift_down(page->ranked, needed, 0);
        }
    } else {
        needed = page->count;
    }
    if (needed > 0)
        qsort(page->ranked, needed, sizeof *page->ranked, ranked_order);
}

/* ---- the page -------------------------------------------------------------------------------- */

/* Places behind the first of each doc, counted from skip on. */
static void
add_further(struct page *page, size_t skip)
{
    size_t limit = page->query->limit;
    for (size_t i = 0; i < page->count && page->hit_count < limit; i++) {
        uint32_t from, count, best = best_place(page, page->ranked[i].doc);
        places_of(page, page->ranked[i].doc, &from, &count);
        if (skip >= count - 1) {
            skip -= count - 1;
            continue;
        }
        for (uint32_t place = from; place < from + count && page->hit_count < limit; place++) {
            if (place == best)
                continue;
            if (skip > 0)
                skip--;
            else
                add_hit(page, place);
        }
    }
}

static void
cut_page(struct page *page)
{
    const struct catalogue__query *query = page->query;
    size_t end = query->offset + query->limit;
    page->hits = TB_NEW_ARRAY(page->arena, query->limit, struct catalogue__hit);
    order_first(page, end < page->count ? end : page->count);
    for (size_t i = query->offset; i < page->count && page->hit_count < query->limit; i++)
        add_hit(page, best_place(page, page->ranked[i].doc));
    if (page->hit_count < query->limit)
        add_further(page, query->offset > page->count ? query->offset - page->count : 0);
}

/* ---- codes ----------------------------------------------------------------------------------- */

/* Letters, digits and dashes with a digit among them, and long enough. */
static bool
is_code(tb_str text)
{
    bool has_digit = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_digit = c >= '0' && c <= '9';
        has_digit |= is_digit;
        if (!is_digit && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && c != '-')
            return false;
    }
    return has_digit && text.len >= CODE_LENGTH_MIN;
}

static void
find_codes(struct page *page, tb_str code)
{
    const struct catalogue__index *index = page->index;
    uint32_t low = 0, high = index->place_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        const struct catalogue__place *place = &index->places[index->by_code[middle]];
        if (tb_str_cmp((tb_str){place->code, place->code_len}, code) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    page->hits = TB_NEW_ARRAY(page->arena, page->query->limit, struct catalogue__hit);
    for (; low < index->place_count; low++) {
        const struct catalogue__place *place = &index->places[index->by_code[low]];
        if (!tb_str_starts((tb_str){place->code, place->code_len}, code))
            break;
        bool is_in =
            !page->has_region || (place->division >= page->from && place->division < page->to);
        bool is_type =
            page->query->type == NULL || index->docs[place->doc].type == page->query->type;
        if (!is_in || !is_type)
            continue;
        if (page->total++ >= page->query->offset && page->hit_count < page->query->limit)
            add_hit(page, index->by_code[low]);
    }
}

static tb_str
upper(struct tb_arena *arena, tb_str text)
{
    char *copy = tb_cstr(arena, text);
    for (size_t i = 0; i < text.len; i++)
        if (copy[i] >= 'a' && copy[i] <= 'z')
            copy[i] = (char)(copy[i] - 'a' + 'A');
    return (tb_str){copy, text.len};
}

/* ---- the search ------------------------------------------------------------------------------ */

static void
find_words(struct page *page, tb_str text)
{
    struct catalogue__match match = {.index = page->index, .arena = page->arena};
    bool has_word = catalogue__match_text(&match, text);
    if (has_word) {
        uint32_t relative = (uint32_t)match.best * ENOUGH_OF_BEST / 100;
        uint16_t enough = (uint16_t)(relative > ENOUGH ? relative : ENOUGH);
        rank_all(page, match.scores, enough);
    } else if (text.len == 0) {
        rank_all(page, NULL, 0);
    }
    cut_page(page);
}

void
catalogue__search(const struct catalogue__index *index, struct tb_arena *arena,
                  const struct catalogue__query *query, struct catalogue__hit **ret_hits,
                  size_t *ret_count, size_t *ret_total)
{
    struct page page = {.index = index, .arena = arena, .query = query};
    page.has_region = catalogue__division_range(query->region, &page.from, &page.to);
    tb_str text = tb_str_trim(query->text);
    if (is_code(text))
        find_codes(&page, upper(arena, text));
    if (page.total == 0)
        find_words(&page, text);
    *ret_hits = page.hits;
    *ret_count = page.hit_count;
    *ret_total = page.total;
}
