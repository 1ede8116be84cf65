/* SPDX-License-Identifier: Apache-2.0 */
/* feel_fn_list.c - lists (clause 10.3.4.4) and sorting (10.3.4.7). Positions count from 1, or from the end when
 * negative. */
#include "feel/feel_internal.h"
#include <string.h>

/* The list argument that comes first in nearly all of these. */
static const struct feel_list *
list_of(struct feel__builtin_call *call)
{
    return &call->args[0].u.list;
}

static bool
work(struct feel__builtin_call *call, size_t steps)
{
    return feel__step(call->frame->vm, steps);
}

static struct feel_value *
room(struct feel__builtin_call *call, size_t count)
{
    return work(call, count) ? feel__values(call->frame->vm, count) : NULL;
}

static void
copy_items(struct feel_value *to, const struct feel_value *from, size_t count)
{
    if (count > 0)
        memcpy(to, from, count * sizeof(struct feel_value));
}

/* 0-based index of a position in 1 … count or -count … -1; false outside. */
static bool
index_at(struct feel__builtin_call *call, const struct feel_value *position, size_t count,
         size_t *ret)
{
    int64_t at;
    tb_dec whole;
    if (!tb_dec_round(position->u.number, 0, TB_ROUND_DOWN, &whole) || !tb_dec_to_int(whole, &at))
        at = 0;
    if (at < 0)
        at += (int64_t)count + 1;
    if (at < 1 || at > (int64_t)count) {
        feel__fail(call, "no_item", "清单没有这个位置", "the list has no such position");
        return false;
    }
    *ret = (size_t)at - 1;
    return true;
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

void
feel__fn_list_contains(struct feel__builtin_call *call)
{
    const struct feel_list *list = list_of(call);
    bool is_in = false;
    work(call, list->count);
    for (size_t i = 0; !is_in && i < list->count; i++)
        is_in = feel__equal3(&list->items[i], &call->args[1]) == 1;
    feel__set_boolean(call->ret, is_in);
}

void
feel__fn_count(struct feel__builtin_call *call)
{
    feel__set_number(call->ret, tb_dec_of((int64_t)list_of(call)->count));
}

static void
extreme(struct feel__builtin_call *call, int wanted)
{
    const struct feel_list *list = list_of(call);
    int order;
    work(call, list->count);
    for (size_t i = 0; i < list->count; i++) {
        const struct feel_value *item = &list->items[i];
        if (!feel_compare(item, i == 0 ? item : call->ret, &order)) {
            feel__fail(call, "wrong_argument", "清单里的项不能比大小",
                       "the items of the list have no order");
            return;
        }
        if (i == 0 || order == wanted)
            *call->ret = *item;
    }
    if (list->count == 0)
        feel__fail(call, "empty_list", "清单是空的", "the list is empty");
}

void
feel__fn_min(struct feel__builtin_call *call)
{
    extreme(call, -1);
}

void
feel__fn_max(struct feel__builtin_call *call)
{
    extreme(call, 1);
}

static void
all_or_any(struct feel__builtin_call *call, bool deciding)
{
    const struct feel_list *list = list_of(call);
    bool is_decided = false, is_unsure = false;
    for (size_t i = 0; i < list->count; i++) {
        const struct feel_value *item = &list->items[i];
        if (item->kind != FEEL_BOOLEAN && item->kind != FEEL_NULL) {
            feel__fail(call, "wrong_argument", "清单里有不是真假值的项",
                       "an item of the list is no boolean");
            return;
        }
        is_decided |= item->kind == FEEL_BOOLEAN && item->u.boolean == deciding;
        is_unsure |= item->kind == FEEL_NULL;
    }
    if (is_decided || !is_unsure)
        feel__set_boolean(call->ret, is_decided == deciding);
}

void
feel__fn_all(struct feel__builtin_call *call)
{
    all_or_any(call, false);
}

void
feel__fn_any(struct feel__builtin_call *call)
{
    all_or_any(call, true);
}

void
feel__fn_index_of(struct feel__builtin_call *call)
{
    const struct feel_list *list = list_of(call);
    struct feel_value *found = room(call, list->count);
    size_t count = 0;
    for (size_t i = 0; found != NULL && i < list->count; i++)
        if (feel__equal3(&list->items[i], &call->args[1]) == 1)
            found[count++] = feel_integer((int64_t)i + 1);
    if (found != NULL)
        *call->ret = feel_list_of(found, count);
}

/* ---- parts ------------------------------------------------------------------------------------------------------- */

void
feel__fn_sublist(struct feel__builtin_call *call)
{
    const struct feel_list *list = list_of(call);
    size_t from;
    int64_t len;
    tb_dec whole;
    if (!index_at(call, &call->args[1], list->count, &from))
        return;
    size_t count = list->count - from;
    if (call->count > 2) {
        if (!tb_dec_round(call->args[2].u.number, 0, TB_ROUND_DOWN, &whole) ||
            !tb_dec_to_int(whole, &len) || len < 1 || len > (int64_t)count) {
            feel__fail(call, "no_item", "清单没有这么长", "the list is not that long");
            return;
        }
        count = (size_t)len;
    }
    *call->ret = feel_list_of(list->items + from, count);
}

void
feel__fn_remove(struct feel__builtin_call *call)
{
    const struct feel_list *list = list_of(call);
    size_t at;
    if (!index_at(call, &call->args[1], list->count, &at))
        return;
    struct feel_value *items = room(call, list->count);
    if (items == NULL)
        return;
    copy_items(items, list->items, at);
    copy_items(items + at, list->items + at + 1, list->count - at - 1);
    *call->ret = feel_list_of(items, list->count - 1);
}

void
feel__fn_insert_before(struct feel__builtin_call *call)
{
    const struct feel_list *list = list_of(call);
    size_t at;
    if (!index_at(call, &call->args[1], list->count, &at))
        return;
    struct feel_value *items = room(call, list->count + 1);
    if (items == NULL)
        return;
    copy_items(items, list->items, at);
    items[at] = call->args[2];
    copy_items(items + at + 1, list->items + at, list->count - at);
    *call->ret = feel_list_of(items, list->count + 1);
}

void
feel__fn_append(struct feel__builtin_call *call)
{
    const struct feel_list *list = list_of(call), *more = &call->args[1].u.list;
    struct feel_value *items = room(call, list->count + more->count);
    if (items == NULL)
        return;
    copy_items(items, list->items, list->count);
    copy_items(items + list->count, more->items, more->count);
    *call->ret = feel_list_of(items, list->count + more->count);
}

/* The items of all lists one after the other; an argument that is no list is an item. NULL when a null is among them
 * or there is no room. */
static struct feel_value *
chain(struct feel__builtin_call *call, size_t *ret_count)
{
    const struct feel_list *lists = list_of(call);
    size_t count = 0;
    for (size_t i = 0; i < lists->count; i++) {
        if (lists->items[i].kind == FEEL_NULL) {
            feel__fail(call, "null_operand", "参数是空值", "an argument is null");
            return NULL;
        }
        count += lists->items[i].kind == FEEL_LIST ? lists->items[i].u.list.count : 1;
    }
    struct feel_value *items = room(call, count);
    size_t at = 0;
    for (size_t i = 0; items != NULL && i < lists->count; i++) {
        if (lists->items[i].kind == FEEL_LIST) {
            copy_items(items + at, lists->items[i].u.list.items, lists->items[i].u.list.count);
            at += lists->items[i].u.list.count;
        } else {
            items[at++] = lists->items[i];
        }
    }
    *ret_count = count;
    return items;
}

void
feel__fn_concatenate(struct feel__builtin_call *call)
{
    size_t count;
    struct feel_value *items = chain(call, &count);
    if (items != NULL)
        *call->ret = feel_list_of(items, count);
}

/* Keeps the first of equal items, in place. Quadratic, so the work is counted first. */
static size_t
unique(struct feel__builtin_call *call, struct feel_value *items, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        size_t k = 0;
        while (k < kept && feel__equal3(&items[k], &items[i]) != 1)
            k++;
        if (!work(call, k + 1))
            return 0;
        if (k == kept)
            items[kept++] = items[i];
    }
    return kept;
}

void
feel__fn_union(struct feel__builtin_call *call)
{
    size_t count;
    struct feel_value *items = chain(call, &count);
    if (items != NULL)
        *call->ret = feel_list_of(items, unique(call, items, count));
}

void
feel__fn_distinct(struct feel__builtin_call *call)
{
    const struct feel_list *list = list_of(call);
    struct feel_value *items = room(call, list->count);
    if (items == NULL)
        return;
    copy_items(items, list->items, list->count);
    *call->ret = feel_list_of(items, unique(call, items, list->count));
}

void
feel__fn_reverse(struct feel__builtin_call *call)
{
    const struct feel_list *list = list_of(call);
    struct feel_value *items = room(call, list->count);
    for (size_t i = 0; items != NULL && i < list->count; i++)
        items[i] = list->items[list->count - 1 - i];
    if (items != NULL)
        *call->ret = feel_list_of(items, list->count);
}

static size_t
count_flat(const struct feel_list *list, int depth)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += list->items[i].kind == FEEL_LIST && depth < 1000
                     ? count_flat(&list->items[i].u.list, depth + 1)
                     : 1;
    return count;
}

static size_t
put_flat(struct feel_value *to, const struct feel_list *list, int depth)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind == FEEL_LIST && depth < 1000)
            count += put_flat(to + count, &list->items[i].u.list, depth + 1);
        else
            to[count++] = list->items[i];
    }
    return count;
}

void
feel__fn_flatten(struct feel__builtin_call *call)
{
    size_t count = count_flat(list_of(call), 0);
    struct feel_value *items = room(call, count);
    if (items != NULL)
        *call->ret = feel_list_of(items, put_flat(items, list_of(call), 0));
}

static void
replace_matching(struct feel__builtin_call *call, struct feel_value *items)
{
    const struct feel_list *list = list_of(call);
    for (size_t i = 0; i < list->count; i++) {
        struct feel_value test, args[2] = {list->items[i], call->args[2]};
        feel__call(call->frame, call->node, &call->args[1], args, 2, &test);
        if (test.kind != FEEL_BOOLEAN) {
            feel__fail(call, "not_boolean", "match 函数的结果不是真假值",
                       "the match function gives no boolean");
            return;
        }
        items[i] = test.u.boolean ? call->args[2] : list->items[i];
    }
    *call->ret = feel_list_of(items, list->count);
}

void
feel__fn_list_replace(struct feel__builtin_call *call)
{
    const struct feel_list *list = list_of(call);
    size_t at = 0;
    bool is_match = call->args[1].kind == FEEL_FUNCTION;
    if (!is_match && !index_at(call, &call->args[1], list->count, &at))
        return;
    struct feel_value *items = room(call, list->count);
    if (items == NULL)
        return;
    if (is_match) {
        replace_matching(call, items);
        return;
    }
    copy_items(items, list->items, list->count);
    items[at] = call->args[2];
    *call->ret = feel_list_of(items, list->count);
}

/* ---- sorting ----------------------------------------------------------------------------------------------------- */

/* Does b have to come before a? A function that is no order gives some permutation, never a crash; one that gives no
 * boolean ends the sort. */
static bool
must_swap(struct feel__builtin_call *call, const struct feel_value *a, const struct feel_value *b,
          bool *is_bad)
{
    struct feel_value test, args[2] = {*b, *a};
    feel__call(call->frame, call->node, &call->args[1], args, 2, &test);
    *is_bad |= test.kind != FEEL_BOOLEAN;
    return feel_is_true(&test);
}

void
feel__fn_sort(struct feel__builtin_call *call)
{
    size_t count = list_of(call)->count;
    struct feel_value *from = room(call, count), *to = room(call, count);
    bool is_bad = false;
    if (from == NULL || to == NULL)
        return;
    copy_items(from, list_of(call)->items, count);
    for (size_t width = 1; width < count && !is_bad; width *= 2) {
        if (!work(call, count))
            return;
        for (size_t at = 0; at < count && !is_bad; at += 2 * width) {
            size_t middle = at + width < count ? at + width : count;
            size_t end = at + 2 * width < count ? at + 2 * width : count;
            size_t a = at, b = middle;
            for (size_t k = at; k < end; k++) {
                bool takes_right =
                    a >= middle || (b < end && must_swap(call, &from[a], &from[b], &is_bad));
                to[k] = takes_right ? from[b++] : from[a++];
            }
        }
        struct feel_value *swap = from;
        from = to;
        to = swap;
    }
    if (is_bad)
        feel__fail(call, "not_boolean", "排序函数的结果不是真假值",
                   "the precedes function gives no boolean");
    else
        *call->ret = feel_list_of(from, count);
}
