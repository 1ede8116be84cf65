/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_index.c - building the search index from the items in force.
 *
 *   rows of the store -> distinct (name, main item, type) -> docs, ordered by length of name
 *                     -> places, ordered by doc and division
 *   each doc's terms, counted first and then written into one array of postings */
#include "catalogue/catalogue.sql.h"
#include "catalogue/catalogue_search.h"
#include "codes/codes.h"
#include <stdlib.h>
#include <string.h>

enum {
    PAGE = 5000,
    TERMS_OF_DOC_MAX = 16384,
    BONUS_HOME = 100,
    BONUS_PACK = 90, /* what can be done online here goes before what is only listed */
    BONUS_FIRST =
        15, /* who names no situation mostly wants the thing itself, not its change or end */
    BONUS_SITUATION = 3, /* less for each situation that a pack lists before this one */
};

/* One item as read. Texts are interned: equal texts are one pointer. */
struct listed {
    tb_str name, main_item, code;
    const struct catalogue__type *type;
    uint64_t division;
    uint32_t department, doc;
};

struct builder {
    const struct catalogue *catalogue;
    struct catalogue__index *index;
    struct tb_arena *scratch;
    tb_date today;
    struct listed *listed;
    size_t count, cap;
    /* Interned texts. */
    tb_str *texts;
    size_t text_count, text_cap;
    /* department ids of the store, in the order of index->departments */
    int64_t *department_ids;
    size_t department_cap;
    /* Terms of the doc at hand: key and flags. */
    struct found {
        uint64_t key;
        uint32_t flags;
    } * found;
    size_t found_count;
    size_t sound_cap, sound_count, set_cap;
};

/* ---- growing arrays -------------------------------------------------------------------------- */

static void *
grown(struct tb_arena *arena, void *items, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return items;
    *cap = *cap == 0 ? 1024 : *cap * 2;
    void *more = tb_alloc_array(arena, *cap, size);
    if (count > 0)
        memcpy(more, items, count * size);
    return more;
}

static tb_str
intern(struct builder *b, tb_str text)
{
    if (text.ptr == NULL)
        return TB_STR_NONE;
    if (b->text_count * 2 >= b->text_cap) {
        size_t cap = b->text_cap == 0 ? 8192 : b->text_cap * 2;
        tb_str *texts = TB_NEW_ARRAY(b->scratch, cap, tb_str);
        for (size_t i = 0; i < b->text_cap; i++) {
            size_t at = tb_hash(b->texts[i]) & (cap - 1);
            while (b->texts[i].ptr != NULL && texts[at].ptr != NULL)
                at = (at + 1) & (cap - 1);
            if (b->texts[i].ptr != NULL)
                texts[at] = b->texts[i];
        }
        b->texts = texts;
        b->text_cap = cap;
    }
    size_t at = tb_hash(text) & (b->text_cap - 1);
    while (b->texts[at].ptr != NULL && !tb_str_eq(b->texts[at], text))
        at = (at + 1) & (b->text_cap - 1);
    if (b->texts[at].ptr == NULL) {
        b->texts[at] = tb_str_copy(b->index->arena, text);
        b->text_count++;
    }
    return b->texts[at];
}

/* ---- reading --------------------------------------------------------------------------------- */

static uint32_t
department_of(struct builder *b, int64_t id, tb_str name)
{
    struct catalogue__index *index = b->index;
    /* Items of a department mostly stand together in the store. */
    for (size_t i = index->department_count; i-- > 0;)
        if (b->department_ids[i] == id)
            return (uint32_t)i;
    size_t cap = b->department_cap;
    b->department_ids =
        grown(b->scratch, b->department_ids, index->department_count, &cap, sizeof(int64_t));
    index->departments = grown(index->arena, index->departments, index->department_count,
                               &b->department_cap, sizeof(tb_str));
    b->department_ids[index->department_count] = id;
    index->departments[index->department_count] = intern(b, name);
    return index->department_count++;
}

static void
take(struct builder *b, struct store_rows *rows)
{
    int64_t division = 0;
    b->listed = grown(b->scratch, b->listed, b->count, &b->cap, sizeof *b->listed);
    struct listed *one = &b->listed[b->count++];
    (void)tb_str_to_int(store_text(rows, 5), &division);
    one->code = tb_str_copy(b->index->arena, store_text(rows, 1));
    one->name = intern(b, store_text(rows, 2));
    one->main_item = intern(b, store_text(rows, 3));
    one->type = catalogue__type_find(store_text(rows, 4));
    one->division = (uint64_t)division;
    one->department = department_of(b, store_int(rows, 6), store_text(rows, 7));
}

static tb_status
read_page(struct builder *b, struct store_read *read, int64_t version, int64_t *after,
          bool *ret_is_last, struct tb_err *err)
{
    struct store_rows *rows;
    const struct store_value params[] = {STORE_INT_OF(version), STORE_INT_OF(*after),
                                         STORE_INT_OF(PAGE)};
    TB_TRY(store_select(read, SQL_CATALOGUE_LISTED, params, 3, &rows, err));
    int count = 0;
    while (store_next(rows)) {
        *after = store_int(rows, 0);
        take(b, rows);
        count++;
    }
    *ret_is_last = count < PAGE;
    return store_rows_done(rows, err);
}

static tb_status
read_all(struct builder *b, struct tb_err *err)
{
    int64_t version = -1, after = 0;
    bool is_last = false;
    while (!is_last) {
        struct store_read *read;
        TB_TRY(store_snapshot(b->catalogue->options.store, &read, err));
        tb_status status = version < 0 ? catalogue__in_force(read, &version, err) : TB_OK;
        if (status == TB_OK)
            status = read_page(b, read, version, &after, &is_last, err);
        store_snapshot_done(read);
        TB_TRY(status);
    }
    return TB_OK;
}

/* ---- docs and places ------------------------------------------------------------------------- */

/* By length of the name, then what makes a base item, then division and code. */
static int
listed_order(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;
    if (x->name.len != y->name.len)
        return x->name.len < y->name.len ? -1 : 1;
    int order = x->name.ptr == y->name.ptr ? 0 : tb_str_cmp(x->name, y->name);
    if (order == 0 && x->main_item.ptr != y->main_item.ptr)
        order = tb_str_cmp(x->main_item, y->main_item);
    if (order == 0 && x->type != y->type)
        order = x->type < y->type ? -1 : 1;
    if (order == 0 && x->division != y->division)
        order = x->division < y->division ? -1 : 1;
    return order != 0 ? order : tb_str_cmp(x->code, y->code);
}

static bool
is_same_base(const struct listed *x, const struct listed *y)
{
    return x->name.ptr == y->name.ptr && x->main_item.ptr == y->main_item.ptr && x->type == y->type;
}

static bool
has_pack(const struct builder *b, tb_str code)
{
    const struct packs_set *packs = b->catalogue->options.packs;
    return packs != NULL && packs_set_find(packs, code, b->today, NULL) != NULL;
}

static bool
is_about_first(tb_str name)
{
    static const char *const words[] = {"新办", "设立", "首次", "新增", "核发", "办理"};
    for (size_t i = 0; i < TB_COUNT(words); i++)
        if (tb_str_contains(name, tb_str_of(words[i])))
            return true;
    return false;
}

static void
make_places(struct builder *b)
{
    struct catalogue__index *index = b->index;
    if (b->count > 0)
        qsort(b->listed, b->count, sizeof *b->listed, listed_order);
    uint32_t docs = 0;
    for (size_t i = 0; i < b->count; i++) {
        docs += i == 0 || !is_same_base(&b->listed[i - 1], &b->listed[i]);
        b->listed[i].doc = docs - 1;
    }
    index->docs = TB_NEW_ARRAY(index->arena, docs, struct catalogue__doc);
    index->doc_count = docs;
    index->places = TB_NEW_ARRAY(index->arena, b->count, struct catalogue__place);
    index->place_count = (uint32_t)b->count;
    for (uint32_t i = 0; i < index->place_count; i++) {
        const struct listed *one = &b->listed[i];
        struct catalogue__doc *doc = &index->docs[one->doc];
        index->places[i] = (struct catalogue__place){
            one->code.ptr, one->division,           one->department,
            one->doc,      (uint16_t)one->code.len, has_pack(b, one->code)};
        if (doc->place_count++ == 0) {
            doc->name = one->name;
            doc->main_item = one->main_item;
            doc->type = one->type;
            doc->folded = tb_text_fold(index->arena, one->name);
            doc->place_from = i;
        }
    }
}

static int
code_order(const void *a, const void *b, void *context)
{
    const struct catalogue__place *places = context;
    const struct catalogue__place *x = &places[*(const uint32_t *)a],
                                  *y = &places[*(const uint32_t *)b];
    return tb_str_cmp((tb_str){x->code, x->code_len}, (tb_str){y->code, y->code_len});
}

static void
order_codes(struct catalogue__index *index)
{
    index->by_code = TB_NEW_ARRAY(index->arena, index->place_count, uint32_t);
    for (uint32_t i = 0; i < index->place_count; i++)
        index->by_code[i] = i;
    if (index->place_count > 0)
        qsort_r(index->by_code, index->place_count, sizeof(uint32_t), code_order, index->places);
}

/* A pack lists its situations as people come to them; names of the list tell only the first time from the rest. */
static uint8_t
bonus_of(const struct catalogue__doc *doc)
{
    int bonus = doc->home_count > 0 ? BONUS_HOME : 0;
    if (doc->aliases == NULL)
        return (uint8_t)(bonus + (is_about_first(doc->name) ? BONUS_FIRST : 0));
    int first = BONUS_FIRST - doc->situation * BONUS_SITUATION;
    return (uint8_t)(bonus + BONUS_PACK + (first > 0 ? first : 0));
}

static void
find_homes(struct catalogue__index *index)
{
    index->doc_places = TB_NEW_ARRAY(index->arena, index->doc_count, uint32_t);
    index->doc_lengths = TB_NEW_ARRAY(index->arena, index->doc_count, uint16_t);
    index->doc_bonus = TB_NEW_ARRAY(index->arena, index->doc_count, uint8_t);
    for (uint32_t i = 0; i < index->doc_count; i++) {
        struct catalogue__doc *doc = &index->docs[i];
        catalogue__places_in(index, doc, index->home_from, index->home_to, &doc->home_from,
                             &doc->home_count);
        index->doc_places[i] = doc->place_count;
        index->doc_lengths[i] = (uint16_t)doc->folded.len;
        index->doc_bonus[i] = bonus_of(doc);
    }
}

/* ---- terms of a doc -------------------------------------------------------------------------- */

static void
found(struct builder *b, uint64_t key, uint32_t flags)
{
    if (b->found_count < TERMS_OF_DOC_MAX)
        b->found[b->found_count++] = (struct found){key, flags};
}

static void
find_characters(struct builder *b, tb_str folded, uint32_t flags, uint32_t starts)
{
    int32_t before = 0;
    for (size_t at = 0, i = 0; at < folded.len; i++) {
        int32_t c = tb_utf8_next(folded, &at);
        found(b, TERM_KEY(TERM_ONE, 0, c), flags | (i == 0 ? starts : 0));
        if (i > 0)
            found(b, TERM_KEY(TERM_TWO, before, c), flags | (i == 1 ? starts : 0));
        before = c;
    }
}

static char
initial_of(uint16_t id)
{
    return catalogue__syllable(id)[0];
}

static void
find_sounds(struct builder *b, const struct catalogue__reading *readings, size_t count,
            uint32_t starts)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t flags = i == 0 ? starts : 0;
        for (size_t x = 0; x < readings[i].count; x++) {
            uint16_t first = readings[i].ids[x];
            found(b, TERM_KEY(TERM_SYLLABLE, 0, first), flags);
            for (size_t y = 0; i + 1 < count && y < readings[i + 1].count; y++) {
                uint16_t second = readings[i + 1].ids[y];
                found(b, TERM_KEY(TERM_SYLLABLES, first, second), flags);
                found(b, TERM_KEY(TERM_INITIALS, initial_of(first), initial_of(second)), flags);
            }
        }
    }
}

static int
found_order(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return 0;
}

/* One posting for each term: at the start if it is there once, second only if it is never in the
 * name. */
static void
merge_found(struct builder *b)
{
    qsort(b->found, b->found_count, sizeof *b->found, found_order);
    size_t to = 0;
    for (size_t i = 0; i < b->found_count; i++) {
        if (to > 0 && b->found[to - 1].key == b->found[i].key) {
            uint32_t former = b->found[to - 1].flags, other = b->found[i].flags;
            b->found[to - 1].flags =
                ((former | other) & POSTING_STARTS) | (former & other & POSTING_SECOND);
        } else {
            b->found[to++] = b->found[i];
        }
    }
    b->found_count = to;
}

static void
find_terms(struct builder *b, const struct catalogue__doc *doc)
{
    struct catalogue__reading readings[CATALOGUE_NAME_MAX];
    b->found_count = 0;
    find_characters(b, doc->folded, 0, POSTING_STARTS);
    if (doc->main_item.len > 0)
        find_characters(b, tb_text_fold(b->scratch, doc->main_item), POSTING_SECOND, 0);
    find_sounds(b, readings, catalogue__read_aloud(doc->folded, readings, CATALOGUE_NAME_MAX),
                POSTING_STARTS);
    for (size_t i = 0; i < doc->alias_count; i++) {
        find_characters(b, doc->aliases[i], 0, 0);
        find_sounds(b, readings,
                    catalogue__read_aloud(doc->aliases[i], readings, CATALOGUE_NAME_MAX), 0);
    }
    merge_found(b);
}

/* ---- the table of terms ---------------------------------------------------------------------- */

static size_t
slot_of(const struct catalogue__term *terms, size_t cap, uint64_t key)
{
    size_t at = (key * UINT64_C(0x9E3779B97F4A7C15)) >> 20 & (cap - 1);
    while (terms[at].key != 0 && terms[at].key != key)
        at = (at + 1) & (cap - 1);
    return at;
}

const struct catalogue__term *
catalogue__term_find(const struct catalogue__index *index, uint64_t key)
{
    const struct catalogue__term *term = &index->terms[slot_of(index->terms, index->term_cap, key)];
    return term->key == key ? term : NULL;
}

static void
count_terms(struct builder *b)
{
    size_t cap = 8192, count = 0;
    struct catalogue__term *terms = TB_NEW_ARRAY(b->scratch, cap, struct catalogue__term);
    for (uint32_t d = 0; d < b->index->doc_count; d++) {
        find_terms(b, &b->index->docs[d]);
        for (size_t i = 0; i < b->found_count; i++) {
            struct catalogue__term *term = &terms[slot_of(terms, cap, b->found[i].key)];
            count += term->key == 0;
            term->key = b->found[i].key;
            term->count++;
        }
        if (count * 4 < cap * 2)
            continue;
        struct catalogue__term *more = TB_NEW_ARRAY(b->scratch, cap * 2, struct catalogue__term);
        for (size_t i = 0; i < cap; i++)
            if (terms[i].key != 0)
                more[slot_of(more, cap * 2, terms[i].key)] = terms[i];
        terms = more;
        cap *= 2;
    }
    struct catalogue__index *index = b->index;
    index->terms = TB_NEW_ARRAY(index->arena, cap, struct catalogue__term);
    memcpy(index->terms, terms, cap * sizeof *terms);
    index->term_cap = cap;
    index->term_count = count;
}

static void
write_postings(struct builder *b)
{
    struct catalogue__index *index = b->index;
    uint32_t total = 0;
    for (size_t i = 0; i < index->term_cap; i++) {
        index->terms[i].from = total;
        total += index->terms[i].count;
        index->terms[i].count = 0;
    }
    index->postings = TB_NEW_ARRAY(index->arena, total, uint32_t);
    for (uint32_t d = 0; d < index->doc_count; d++) {
        find_terms(b, &index->docs[d]);
        for (size_t i = 0; i < b->found_count; i++) {
            struct catalogue__term *term =
                &index->terms[slot_of(index->terms, index->term_cap, b->found[i].key)];
            index->postings[term->from + term->count++] = d | b->found[i].flags;
        }
    }
}

/* ---- sounds, for checking a candidate -------------------------------------------------------- */

static uint16_t
sound_set(struct builder *b, const struct catalogue__reading *reading)
{
    struct catalogue__index *index = b->index;
    for (uint32_t i = 0; i < index->sound_set_count; i++)
        if (memcmp(&index->sound_sets[i], reading, sizeof *reading) == 0)
            return (uint16_t)i;
    tb_assert(index->sound_set_count < UINT16_MAX);
    index->sound_sets = grown(index->arena, index->sound_sets, index->sound_set_count, &b->set_cap,
                              sizeof *reading);
    index->sound_sets[index->sound_set_count] = *reading;
    return (uint16_t)index->sound_set_count++;
}

static void
add_sounds(struct builder *b, struct catalogue__doc *doc, const struct catalogue__reading *readings,
           size_t count)
{
    struct catalogue__index *index = b->index;
    for (size_t i = 0; i < count && doc->sound_count < UINT16_MAX; i++, doc->sound_count++) {
        index->sounds =
            grown(index->arena, index->sounds, b->sound_count, &b->sound_cap, sizeof(uint16_t));
        index->sounds[b->sound_count++] = sound_set(b, &readings[i]);
    }
}

/* Names, and behind each the texts of its pack; what is not read aloud stands between them, so that nothing is read
 * across. */
static void
write_sounds(struct builder *b)
{
    static const struct catalogue__reading silence = {.count = 0};
    struct catalogue__reading readings[CATALOGUE_NAME_MAX];
    for (uint32_t d = 0; d < b->index->doc_count; d++) {
        struct catalogue__doc *doc = &b->index->docs[d];
        doc->sound_from = (uint32_t)b->sound_count;
        doc->sound_count = 0;
        add_sounds(b, doc, readings,
                   catalogue__read_aloud(doc->folded, readings, CATALOGUE_NAME_MAX));
        for (size_t i = 0; i < doc->alias_count; i++) {
            add_sounds(b, doc, &silence, 1);
            add_sounds(b, doc, readings,
                       catalogue__read_aloud(doc->aliases[i], readings, CATALOGUE_NAME_MAX));
        }
    }
}

/* ---- divisions ------------------------------------------------------------------------------- */

bool
catalogue__division_range(tb_str division, uint64_t *ret_from, uint64_t *ret_to)
{
    static const uint64_t unit[] = {[CODES_LEVEL_NATION] = UINT64_C(1000000000000),
                                    [CODES_LEVEL_PROVINCE] = UINT64_C(10000000000),
                                    [CODES_LEVEL_CITY] = UINT64_C(100000000),
                                    [CODES_LEVEL_COUNTY] = UINT64_C(1000000),
                                    [CODES_LEVEL_TOWN] = UINT64_C(1000),
                                    [CODES_LEVEL_VILLAGE] = 1};
    codes_level level = codes_division_level(division);
    if (level == CODES_LEVEL_NONE)
        return false;
    uint64_t number = 0;
    for (size_t i = 0; i < 12; i++)
        number = number * 10 + (i < division.len ? (uint64_t)(division.ptr[i] - '0') : 0);
    *ret_from = number;
    *ret_to = number + unit[level];
    return true;
}

void
catalogue__places_in(const struct catalogue__index *index, const struct catalogue__doc *doc,
                     uint64_t from, uint64_t to, uint32_t *ret_from, uint32_t *ret_count)
{
    const struct catalogue__place *places = index->places + doc->place_from;
    uint32_t bounds[2];
    for (int i = 0; i < 2; i++) {
        uint64_t wanted = i == 0 ? from : to;
        uint32_t low = 0, high = doc->place_count;
        while (low < high) {
            uint32_t middle = (low + high) / 2;
            if (places[middle].division < wanted)
                low = middle + 1;
            else
                high = middle;
        }
        bounds[i] = low;
    }
    *ret_from = doc->place_from + bounds[0];
    *ret_count = bounds[1] - bounds[0];
}

/* ---- life ------------------------------------------------------------------------------------ */

static tb_status
build(struct builder *b, struct tb_err *err)
{
    struct catalogue__index *index = b->index;
    TB_TRY(read_all(b, err));
    if (!catalogue__division_range(b->catalogue->division, &index->home_from, &index->home_to))
        index->home_from = index->home_to = 0;
    b->found = TB_NEW_ARRAY(b->scratch, TERMS_OF_DOC_MAX, struct found);
    index->synonym_sounds = catalogue__sounds_new(index->arena);
    make_places(b);
    catalogue__aliases_make(b->catalogue, index, b->today);
    order_codes(index);
    find_homes(index);
    count_terms(b);
    write_postings(b);
    write_sounds(b);
    return TB_OK;
}

tb_status
catalogue__index_new(const struct catalogue *catalogue, tb_date today,
                     struct catalogue__index **ret_index, struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0), *scratch = tb_arena_new(0);
    struct catalogue__index *index = TB_NEW(arena, struct catalogue__index);
    index->arena = arena;
    atomic_init(&index->refs, 1);
    struct builder builder = {
        .catalogue = catalogue, .index = index, .scratch = scratch, .today = today};
    tb_status status = build(&builder, err);
    tb_arena_free(scratch);
    if (status != TB_OK) {
        tb_arena_free(arena);
        return status;
    }
    *ret_index = index;
    return TB_OK;
}

struct catalogue__index *
catalogue__index_ref(struct catalogue *catalogue)
{
    pthread_mutex_lock(&catalogue->lock);
    struct catalogue__index *index = catalogue->index;
    atomic_fetch_add(&index->refs, 1);
    pthread_mutex_unlock(&catalogue->lock);
    return index;
}

void
catalogue__index_unref(struct catalogue *catalogue, struct catalogue__index *index)
{
    if (index != NULL && atomic_fetch_sub(&index->refs, 1) == 1)
        tb_arena_free(index->arena);
}
