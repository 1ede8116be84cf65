/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_page.c - from scores to the page that is shown.
 *
 * Every doc that matches well enough has a rank: how much it covers, then whether the very words
 * stand in its name, then whether it is to be had at home and can be done online here, in the order in which its pack
 * lists the situations, then the shorter name. First each doc in
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
    const bool *departments; /* those that are wanted, of the index; NULL: all */
    bool has_region;
    uint64_t from, to;
    struct ranked *ranked; /* the best docs */
    size_t kept, needed;
    size_t count; /* docs that match */
    size_t total; /* places of them */
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

static bool
is_wanted(const struct page *page, uint32_t place)
{
    return page->departments == NULL || page->departments[page->index->places[place].department];
}

/* The place that stands for a doc of which some place is wanted. */
static uint32_t
best_place(const struct page *page, uint32_t doc_id)
{
    const struct catalogue__doc *doc = &page->index->docs[doc_id];
    uint32_t from, count;
    places_of(page, doc_id, &from, &count);
    bool is_home_in =
        doc->home_count > 0 && doc->home_from >= from && doc->home_from < from + count;
    if (is_home_in && is_wanted(page, doc->home_from))
        return doc->home_from;
    while (!is_wanted(page, from))
        from++;
    return from;
}

static tb_str
division_digits(struct tb_arena *arena, uint64_t division)
{
    char *digits = tb_alloc(arena, 13);
    for (int i = 12; i-- > 0; division /= 10)
        digits[i] = (char)('0' + division % 10);
    return (tb_str){digits, 12};
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
        .division = division_digits(page->arena, place->division),
        .type = doc->type,
        .has_pack = place->has_pack,
    };
}

/* ---- ranks ----------------------------------------------------------------------------------- */

static uint32_t
count_wanted(const struct page *page, uint32_t from, uint32_t count)
{
    uint32_t wanted = 0;
    for (uint32_t place = from; place < from + count; place++)
        wanted += is_wanted(page, place);
    return wanted;
}

/* Places that count for a doc; 0: it is not wanted. */
static uint32_t
wanted_places(const struct page *page, uint32_t doc_id)
{
    uint32_t from, count = page->index->doc_places[doc_id];
    const struct catalogue__type *type = page->query->type;
    if (type != NULL && page->index->docs[doc_id].type != type)
        return 0;
    if (page->has_region || page->departments != NULL)
        places_of(page, doc_id, &from, &count);
    return page->departments != NULL ? count_wanted(page, from, count) : count;
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

/* Keeps the best of all docs: a heap with the worst on top once it is full. */
static void
add_ranked(struct page *page, uint32_t doc_id, uint32_t rank)
{
    uint32_t count = wanted_places(page, doc_id);
    if (count == 0)
        return;
    page->total += count;
    page->count++;
    struct ranked one = {doc_id, (uint16_t)(rank + page->index->doc_bonus[doc_id])};
    if (page->kept < page->needed) {
        page->ranked[page->kept++] = one;
        for (size_t i = page->kept / 2 + 1; page->kept == page->needed && i-- > 0;)
            sift_down(page->ranked, page->kept, i);
    } else if (is_worse(&page->ranked[0], &one)) {
        page->ranked[0] = one;
        sift_down(page->ranked, page->kept, 0);
    }
}

/* One pair of characters: its postings say where it stands. */
static void
rank_single(struct page *page, const struct catalogue__term *term, size_t folded_len)
{
    for (uint32_t i = 0; i < term->count; i++) {
        uint32_t posting = page->index->postings[term->from + i], doc = posting & POSTING_DOC;
        uint32_t rank = FULL / 2;
        if ((posting & POSTING_SECOND) == 0)
            rank = FULL + BONUS_WITHIN + ((posting & POSTING_STARTS) != 0 ? BONUS_STARTS : 0) +
                   (page->index->doc_lengths[doc] == folded_len ? BONUS_EQUAL : 0);
        add_ranked(page, doc, rank);
    }
}

static uint32_t
bonus_in(tb_str name, tb_str folded)
{
    ptrdiff_t at = tb_str_find(name, folded);
    if (at < 0)
        return 0;
    return BONUS_WITHIN + (at == 0 ? BONUS_STARTS : 0) + (name.len == folded.len ? BONUS_EQUAL : 0);
}

/* The name of the list, or what the pack calls it: whichever has the words best. */
static uint32_t
rank_of(const struct page *page, uint32_t doc_id, uint32_t score, tb_str folded)
{
    const struct catalogue__doc *doc = &page->index->docs[doc_id];
    uint32_t best = bonus_in(doc->folded, folded);
    for (size_t i = 0; i < doc->alias_count; i++) {
        uint32_t bonus = bonus_in(doc->aliases[i], folded);
        best = bonus > best ? bonus : best;
    }
    return score + best;
}

/* Letters are not looked for again in names: where they stood was weighed already. */
static bool
is_worth_finding(tb_str folded)
{
    for (size_t i = 0; i < folded.len; i++)
        if ((unsigned char)folded.ptr[i] >= 0x80)
            return true;
    return false;
}

enum { STRIDE = 32 };

/* Docs are passed over by the stride: few of them match. */
static bool
is_any_enough(const uint16_t *scores, size_t count, uint16_t enough)
{
    uint16_t best = 0;
    for (size_t i = 0; i < count; i++)
        best = scores[i] > best ? scores[i] : best;
    return best >= enough;
}

static void
rank_scores(struct page *page, const uint16_t *scores, uint16_t enough, tb_str folded)
{
    bool may_find = is_worth_finding(folded);
    uint32_t docs = page->index->doc_count;
    for (uint32_t from = 0; from < docs; from += STRIDE) {
        uint32_t to = docs - from < STRIDE ? docs : from + STRIDE;
        if (!is_any_enough(scores + from, to - from, enough))
            continue;
        for (uint32_t d = from; d < to; d++)
            if (scores[d] >= enough)
                add_ranked(page, d,
                           may_find && scores[d] > FULL * 9 / 10
                               ? rank_of(page, d, scores[d], folded)
                               : scores[d]);
    }
}

/* No words: everything. */
static void
rank_everything(struct page *page)
{
    for (uint32_t d = 0; d < page->index->doc_count; d++)
        add_ranked(page, d, FULL);
}

static int
ranked_order(const void *a, const void *b)
{
    return is_worse(a, b) ? 1 : -1;
}

/* ---- the page -------------------------------------------------------------------------------- */

/* Places behind the first of each doc, counted from skip on. */
static void
add_further(struct page *page, size_t skip)
{
    size_t limit = page->query->limit;
    for (size_t i = 0; i < page->kept && page->hit_count < limit; i++) {
        uint32_t from, count, best = best_place(page, page->ranked[i].doc);
        places_of(page, page->ranked[i].doc, &from, &count);
        uint32_t wanted = page->departments != NULL ? count_wanted(page, from, count) : count;
        if (skip >= wanted - 1) {
            skip -= wanted - 1;
            continue;
        }
        for (uint32_t place = from; place < from + count && page->hit_count < limit; place++) {
            if (place == best || !is_wanted(page, place))
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
    page->hits = TB_NEW_ARRAY(page->arena, query->limit, struct catalogue__hit);
    if (page->kept > 0)
        qsort(page->ranked, page->kept, sizeof *page->ranked, ranked_order);
    for (size_t i = query->offset; i < page->kept && page->hit_count < query->limit; i++)
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
        if (!is_in || !is_type || !is_wanted(page, index->by_code[low]))
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
    tb_str folded = tb_text_fold(page->arena, text);
    size_t end = page->query->offset + page->query->limit;
    page->needed = end < page->index->doc_count ? end : page->index->doc_count;
    page->ranked = TB_NEW_ARRAY(page->arena, page->needed + 1, struct ranked);
    if (text.len == 0) {
        rank_everything(page);
    } else if (catalogue__match_text(&match, text) && match.single != NULL) {
        rank_single(page, match.single, folded.len);
    } else if (match.scores != NULL) {
        uint32_t relative = (uint32_t)match.best * ENOUGH_OF_BEST / 100;
        rank_scores(page, match.scores, (uint16_t)(relative > ENOUGH ? relative : ENOUGH), folded);
    }
    cut_page(page);
}

/* Departments of this name: one in each division that has it. */
static const bool *
departments_called(const struct catalogue__index *index, struct tb_arena *arena, tb_str name)
{
    if (name.len == 0)
        return NULL;
    bool *wanted = TB_NEW_ARRAY(arena, index->department_count + 1, bool);
    for (uint32_t i = 0; i < index->department_count; i++)
        wanted[i] = tb_str_eq(index->departments[i], name);
    return wanted;
}

void
catalogue__search(const struct catalogue__index *index, struct tb_arena *arena,
                  const struct catalogue__query *query, struct catalogue__hit **ret_hits,
                  size_t *ret_count, size_t *ret_total)
{
    struct page page = {.index = index, .arena = arena, .query = query};
    page.has_region = catalogue__division_range(query->region, &page.from, &page.to);
    page.departments = departments_called(index, arena, query->department);
    tb_str text = tb_str_trim(query->text);
    if (is_code(text))
        find_codes(&page, upper(arena, text));
    if (page.total == 0)
        find_words(&page, text);
    *ret_hits = page.hits;
    *ret_count = page.hit_count;
    *ret_total = page.total;
}
