/* SPDX-License-Identifier: Apache-2.0 */
/* feel_value.c - making, reading, copying and comparing values. */
#include "feel/feel_internal.h"
#include <string.h>

struct feel_value
feel_null(void)
{
    return (struct feel_value){.kind = FEEL_NULL};
}

struct feel_value
feel_boolean(bool value)
{
    return (struct feel_value){.kind = FEEL_BOOLEAN, .u.boolean = value};
}

struct feel_value
feel_number(tb_dec value)
{
    return (struct feel_value){.kind = FEEL_NUMBER, .u.number = value};
}

struct feel_value
feel_integer(int64_t value)
{
    return feel_number(tb_dec_of(value));
}

struct feel_value
feel_string(tb_str value)
{
    return (struct feel_value){.kind = FEEL_STRING, .u.string = value};
}

struct feel_value
feel_date(tb_date value)
{
    return (struct feel_value){.kind = FEEL_DATE, .u.moment.date = value};
}

struct feel_value
feel_list_of(const struct feel_value *items, size_t count)
{
    return (struct feel_value){.kind = FEEL_LIST, .u.list = {items, count}};
}

struct feel_value
feel_context_of(struct tb_arena *arena, const struct feel_entry *entries, size_t count)
{
    struct feel_context *context = TB_NEW(arena, struct feel_context);
    context->entries = entries;
    context->count = count;
    return (struct feel_value){.kind = FEEL_CONTEXT, .u.context = context};
}

const struct feel_value *
feel_get(const struct feel_value *value, tb_str key)
{
    if (value == NULL || value->kind != FEEL_CONTEXT)
        return NULL;
    const struct feel_context *context = value->u.context;
    for (size_t i = 0; i < context->count; i++) {
        const struct feel_entry *entry = &context->entries[i];
        if (entry->key.len == key.len &&
            (key.len == 0 || memcmp(entry->key.ptr, key.ptr, key.len) == 0))
            return &entry->value;
    }
    return NULL;
}

const struct feel_value *
feel_get_path(const struct feel_value *value, const char *dotted)
{
    tb_str rest = tb_str_of(dotted), head;
    while (value != NULL && tb_str_cut(&rest, '.', &head))
        value = feel_get(value, head);
    return value;
}

struct feel_value
feel_put(struct tb_arena *arena, const struct feel_value *context, tb_str key,
         struct feel_value value)
{
    const struct feel_context *old =
        context != NULL && context->kind == FEEL_CONTEXT ? context->u.context : NULL;
    size_t count = old != NULL ? old->count : 0;
    struct feel_entry *entries = TB_NEW_ARRAY(arena, count + 1, struct feel_entry);
    bool is_found = false;
    for (size_t i = 0; i < count; i++) {
        entries[i] = old->entries[i];
        if (tb_str_eq(entries[i].key, key)) {
            entries[i].value = value;
            is_found = true;
        }
    }
    if (!is_found) {
        entries[count].key = key;
        entries[count++].value = value;
    }
    return feel_context_of(arena, entries, count);
}

static struct feel_value
copy_context(struct tb_arena *arena, const struct feel_context *context)
{
    struct feel_entry *entries = TB_NEW_ARRAY(arena, context->count, struct feel_entry);
    for (size_t i = 0; i < context->count; i++) {
        entries[i].key = tb_str_copy(arena, context->entries[i].key);
        entries[i].value = feel_copy(arena, &context->entries[i].value);
    }
    return feel_context_of(arena, entries, context->count);
}

struct feel_value
feel_copy(struct tb_arena *arena, const struct feel_value *value)
{
    struct feel_value copy = *value;
    if (value->kind == FEEL_STRING) {
        copy.u.string = tb_str_copy(arena, value->u.string);
    } else if (value->kind == FEEL_LIST) {
        struct feel_value *items = TB_NEW_ARRAY(arena, value->u.list.count, struct feel_value);
        for (size_t i = 0; i < value->u.list.count; i++)
            items[i] = feel_copy(arena, &value->u.list.items[i]);
        copy.u.list.items = items;
    } else if (value->kind == FEEL_CONTEXT) {
        copy = copy_context(arena, value->u.context);
    } else if (value->kind == FEEL_RANGE) {
        struct feel_range *range = TB_NEW(arena, struct feel_range);
        *range = *value->u.range;
        range->start = feel_copy(arena, &value->u.range->start);
        range->end = feel_copy(arena, &value->u.range->end);
        copy.u.range = range;
    }
    return copy;
}

const char *
feel_kind_name(feel_kind kind)
{
    /* clang-format off */
    static const char *const names[FEEL_KIND_COUNT] = {
        [FEEL_NULL] = "null",           [FEEL_BOOLEAN] = "boolean",
        [FEEL_NUMBER] = "number",       [FEEL_STRING] = "string",
        [FEEL_DATE] = "date",           [FEEL_TIME] = "time",
        [FEEL_DATE_TIME] = "date and time",
        [FEEL_DAYS] = "days and time duration",
        [FEEL_MONTHS] = "years and months duration",
        [FEEL_LIST] = "list",           [FEEL_CONTEXT] = "context",
        [FEEL_RANGE] = "range",         [FEEL_FUNCTION] = "function",
        [FEEL_UNKNOWN] = "unknown",
    };
    /* clang-format on */
    return kind < FEEL_KIND_COUNT ? names[kind] : "?";
}

/* ---- comparing --------------------------------------------------------------------------------------------------- */

static int
order(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static bool
compare_moments(const struct feel_value *a, const struct feel_value *b, int *ret_order)
{
    if (a->kind == FEEL_DATE) {
        *ret_order = tb_date_cmp(a->u.moment.date, b->u.moment.date);
        return true;
    }
    if (!feel__same_zoning(&a->u.moment, &b->u.moment))
        return false;
    /* The value of a time is a number of seconds (clause 10.3.2.3.5): fractions are kept but do not order. */
    *ret_order = order(feel__utc_seconds(&a->u.moment), feel__utc_seconds(&b->u.moment));
    return true;
}

bool
feel_compare(const struct feel_value *a, const struct feel_value *b, int *ret_order)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case FEEL_NUMBER:
        *ret_order = tb_dec_cmp(a->u.number, b->u.number);
        return true;
    case FEEL_STRING:
        *ret_order = tb_str_cmp(a->u.string, b->u.string);
        return true;
    case FEEL_DATE:
    case FEEL_TIME:
    case FEEL_DATE_TIME:
        return compare_moments(a, b, ret_order);
    case FEEL_DAYS:
        *ret_order = order(a->u.days.seconds, b->u.days.seconds);
        if (*ret_order == 0)
            *ret_order = order(a->u.days.nano, b->u.days.nano);
        return true;
    case FEEL_MONTHS:
        *ret_order = order(a->u.months, b->u.months);
        return true;
    default:
        return false;
    }
}

static int
equal_contexts(const struct feel_value *a, const struct feel_value *b)
{
    const struct feel_context *left = a->u.context;
    if (left->count != b->u.context->count)
        return 0;
    for (size_t i = 0; i < left->count; i++) {
        const struct feel_value *other = feel_get(b, left->entries[i].key);
        if (other == NULL || feel__equal3(&left->entries[i].value, other) != 1)
            return 0;
    }
    return 1;
}

static int
equal_lists(const struct feel_list *a, const struct feel_list *b)
{
    if (a->count != b->count)
        return 0;
    for (size_t i = 0; i < a->count; i++)
        if (feel__equal3(&a->items[i], &b->items[i]) != 1)
            return 0;
    return 1;
}

static int
equal_ranges(const struct feel_range *a, const struct feel_range *b)
{
    return a->form == b->form && a->start_included == b->start_included &&
           a->end_included == b->end_included && feel__equal3(&a->start, &b->start) == 1 &&
           feel__equal3(&a->end, &b->end) == 1;
}

int
feel__equal3(const struct feel_value *a, const struct feel_value *b)
{
    if (a->kind == FEEL_NULL || b->kind == FEEL_NULL)
        return a->kind == b->kind;
    if (a->kind != b->kind)
        return -1;
    int ordered = 0;
    switch (a->kind) {
    case FEEL_BOOLEAN:
        return a->u.boolean == b->u.boolean;
    case FEEL_STRING:
        return tb_str_eq(a->u.string, b->u.string);
    case FEEL_LIST:
        return equal_lists(&a->u.list, &b->u.list);
    case FEEL_CONTEXT:
        return equal_contexts(a, b);
    case FEEL_RANGE:
        return equal_ranges(a->u.range, b->u.range);
    case FEEL_FUNCTION:
        return a->u.function == b->u.function ? 1 : -1;
    default:
        return feel_compare(a, b, &ordered) && ordered == 0;
    }
}

bool
feel_equal(const struct feel_value *a, const struct feel_value *b)
{
    return feel__equal3(a, b) == 1;
}

/* -1 below, 0 inside, 1 above, -2 cannot be told; for one end. */
static int
against_start(const struct feel_value *value, const struct feel_range *range)
{
    int ordered;
    if (range->start.kind == FEEL_NULL)
        return 0;
    if (!feel_compare(value, &range->start, &ordered))
        return -2;
    return ordered > 0 || (ordered == 0 && range->start_included) ? 0 : -1;
}

static int
against_end(const struct feel_value *value, const struct feel_range *range)
{
    int ordered;
    if (range->end.kind == FEEL_NULL)
        return 0;
    if (!feel_compare(value, &range->end, &ordered))
        return -2;
    return ordered < 0 || (ordered == 0 && range->end_included) ? 0 : 1;
}

int
feel__in_range(const struct feel_value *value, const struct feel_range *range)
{
    if (range->form == FEEL_EXACTLY)
        return feel__equal3(value, &range->start);
    if (range->form == FEEL_ALL_BUT) {
        int is_equal = feel__equal3(value, &range->start);
        return is_equal < 0 ? -1 : !is_equal;
    }
    /* An interval with an unknown end tells nothing; (< 10) has no other end. */
    bool is_partial = range->start.kind == FEEL_NULL || range->end.kind == FEEL_NULL;
    if (value->kind == FEEL_NULL || (is_partial && range->form == FEEL_INTERVAL))
        return -1;
    int low = against_start(value, range), high = against_end(value, range);
    if (low == -2 || high == -2)
        return -1;
    return low == 0 && high == 0;
}
