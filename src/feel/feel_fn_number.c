/* SPDX-License-Identifier: Apache-2.0 */
/* feel_fn_number.c - numeric functions (clause 10.3.4.5) and aggregates of lists of numbers. */
#include "feel/feel_internal.h"
#include <string.h>

static void
no_number(struct feel__builtin_call *call)
{
    feel__fail(call, "no_number", "算不出这个数", "there is no such number");
}

static void
give(struct feel__builtin_call *call, bool is_ok, tb_dec value)
{
    if (is_ok)
        feel__set_number(call->ret, value);
    else
        no_number(call);
}

/* ---- rounding ---------------------------------------------------------------------------------------------------- */

#define SCALE_MIN (-6111)
#define SCALE_MAX 6176

static void
round_to(struct feel__builtin_call *call, tb_rounding mode)
{
    tb_dec n = call->args[0].u.number, scale, rounded;
    int64_t digits = 0;
    if (call->count > 1 && (!tb_dec_round(call->args[1].u.number, 0, TB_ROUND_DOWN, &scale) ||
                            !tb_dec_to_int(scale, &digits)))
        digits = INT64_MAX;
    if (digits < SCALE_MIN || digits > SCALE_MAX) {
        feel__fail(call, "bad_scale", "小数位数应在 -6111 到 6176 之间",
                   "the scale must lie between -6111 and 6176");
        return;
    }
    give(call, tb_dec_round(n, (int32_t)digits, mode, &rounded), rounded);
}

void
feel__fn_decimal(struct feel__builtin_call *call)
{
    round_to(call, TB_ROUND_HALF_EVEN);
}

void
feel__fn_floor(struct feel__builtin_call *call)
{
    round_to(call, TB_ROUND_FLOOR);
}

void
feel__fn_ceiling(struct feel__builtin_call *call)
{
    round_to(call, TB_ROUND_CEILING);
}

void
feel__fn_round_up(struct feel__builtin_call *call)
{
    round_to(call, TB_ROUND_UP);
}

void
feel__fn_round_down(struct feel__builtin_call *call)
{
    round_to(call, TB_ROUND_DOWN);
}

void
feel__fn_round_half_up(struct feel__builtin_call *call)
{
    round_to(call, TB_ROUND_HALF_UP);
}

void
feel__fn_round_half_down(struct feel__builtin_call *call)
{
    round_to(call, TB_ROUND_HALF_DOWN);
}

/* ---- one number -------------------------------------------------------------------------------------------------- */

void
feel__fn_abs(struct feel__builtin_call *call)
{
    const struct feel_value *n = &call->args[0];
    *call->ret = *n;
    if (n->kind == FEEL_LIST && n->u.list.count == 1)
        *call->ret = n->u.list.items[0];
    if (call->ret->kind == FEEL_NUMBER) {
        feel__set_number(call->ret, tb_dec_abs(call->ret->u.number));
    } else if (call->ret->kind == FEEL_MONTHS && call->ret->u.months != INT64_MIN) {
        if (n->u.months < 0)
            call->ret->u.months = -n->u.months;
    } else if (call->ret->kind == FEEL_DAYS && call->ret->u.days.seconds != INT64_MIN) {
        if (n->u.days.seconds < 0 || n->u.days.nano < 0)
            *call->ret = feel__days(-n->u.days.seconds, -n->u.days.nano);
    } else {
        feel__fail(call, "wrong_argument", "abs 要一个数或期间",
                   "abs takes a number or a duration");
    }
}

void
feel__fn_modulo(struct feel__builtin_call *call)
{
    tb_dec value;
    give(call, tb_dec_modulo(call->args[0].u.number, call->args[1].u.number, &value), value);
}

void
feel__fn_sqrt(struct feel__builtin_call *call)
{
    tb_dec value;
    give(call, tb_dec_sqrt(call->args[0].u.number, &value), value);
}

void
feel__fn_log(struct feel__builtin_call *call)
{
    tb_dec value;
    give(call, tb_dec_log(call->args[0].u.number, &value), value);
}

void
feel__fn_exp(struct feel__builtin_call *call)
{
    tb_dec value;
    give(call, tb_dec_exp(call->args[0].u.number, &value), value);
}

/* The remainder by two; false when the number is not whole. */
static bool
parity(struct feel__builtin_call *call, bool *ret_is_odd)
{
    tb_dec rest;
    if (!tb_dec_modulo(call->args[0].u.number, tb_dec_of(2), &rest))
        return false;
    *ret_is_odd = tb_dec_cmp(rest, tb_dec_of(1)) == 0;
    return *ret_is_odd || tb_dec_sign(rest) == 0;
}

void
feel__fn_odd(struct feel__builtin_call *call)
{
    bool is_odd = false;
    feel__set_boolean(call->ret, parity(call, &is_odd) && is_odd);
}

void
feel__fn_even(struct feel__builtin_call *call)
{
    bool is_odd = false;
    feel__set_boolean(call->ret, parity(call, &is_odd) && !is_odd);
}

/* ---- lists of numbers -------------------------------------------------------------------------------------------- */

/* All items are numbers and there is at least one; otherwise the call is null. */
static bool
numbers(struct feel__builtin_call *call)
{
    const struct feel_list *list = &call->args[0].u.list;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].kind != FEEL_NUMBER) {
            feel__fail(call, "wrong_argument", "清单里有不是数的项",
                       "an item of the list is no number");
            return false;
        }
    if (list->count == 0)
        feel__fail(call, "empty_list", "清单是空的", "the list is empty");
    return list->count > 0 && feel__step(call->frame->vm, list->count);
}

static bool
sum_of(const struct feel_list *list, tb_dec *ret)
{
    tb_dec sum = list->items[0].u.number;
    for (size_t i = 1; i < list->count; i++)
        if (!tb_dec_add(sum, list->items[i].u.number, &sum))
            return false;
    *ret = sum;
    return true;
}

/* Durations add up as well (clause 10.3.4.4 takes what + takes). */
void
feel__fn_sum(struct feel__builtin_call *call)
{
    const struct feel_list *list = &call->args[0].u.list;
    tb_dec sum;
    bool is_duration =
        list->count > 0 && (list->items[0].kind == FEEL_DAYS || list->items[0].kind == FEEL_MONTHS);
    if (!is_duration) {
        if (numbers(call))
            give(call, sum_of(list, &sum), sum);
        return;
    }
    *call->ret = list->items[0];
    for (size_t i = 1; i < list->count; i++)
        if (list->items[i].kind != list->items[0].kind ||
            !feel__temporal_add(call->ret, &list->items[i], false, call->ret)) {
            feel__fail(call, "wrong_argument", "清单里的期间不能相加",
                       "the durations cannot be added");
            return;
        }
}

void
feel__fn_mean(struct feel__builtin_call *call)
{
    const struct feel_list *list = &call->args[0].u.list;
    tb_dec sum;
    if (numbers(call))
        give(call, sum_of(list, &sum) && tb_dec_div(sum, tb_dec_of((int64_t)list->count), &sum),
             sum);
}

void
feel__fn_product(struct feel__builtin_call *call)
{
    const struct feel_list *list = &call->args[0].u.list;
    if (!numbers(call))
        return;
    tb_dec product = list->items[0].u.number;
    for (size_t i = 1; i < list->count; i++)
        if (!tb_dec_mul(product, list->items[i].u.number, &product)) {
            no_number(call);
            return;
        }
    feel__set_number(call->ret, product);
}

/* A sorted copy; merge sort, so that the time is bounded. NULL when there is no room. */
static tb_dec *
sorted(struct feel__builtin_call *call)
{
    const struct feel_list *list = &call->args[0].u.list;
    size_t count = list->count;
    struct feel_vm *vm = call->frame->vm;
    if (!feel__room(vm, 2 * count * sizeof(tb_dec)) || !feel__step(vm, count))
        return NULL;
    tb_dec *from = TB_NEW_ARRAY(vm->arena, count, tb_dec);
    tb_dec *to = TB_NEW_ARRAY(vm->arena, count, tb_dec);
    for (size_t i = 0; i < count; i++)
        from[i] = list->items[i].u.number;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t at = 0; at < count; at += 2 * width) {
            size_t middle = at + width < count ? at + width : count;
            size_t end = at + 2 * width < count ? at + 2 * width : count;
            size_t a = at, b = middle;
            for (size_t k = at; k < end; k++)
                to[k] = a < middle && (b >= end || tb_dec_cmp(from[a], from[b]) <= 0) ? from[a++]
                                                                                      : from[b++];
        }
        tb_dec *swap = from;
        from = to;
        to = swap;
    }
    return from;
}

void
feel__fn_median(struct feel__builtin_call *call)
{
    size_t count = call->args[0].u.list.count;
    tb_dec value, *all = numbers(call) ? sorted(call) : NULL;
    if (all == NULL)
        return;
    value = all[count / 2];
    bool is_ok = count % 2 == 1 || (tb_dec_add(all[count / 2 - 1], value, &value) &&
                                    tb_dec_div(value, tb_dec_of(2), &value));
    give(call, is_ok, value);
}

/* The sample's standard deviation: the squares are divided by count - 1. */
void
feel__fn_stddev(struct feel__builtin_call *call)
{
    const struct feel_list *list = &call->args[0].u.list;
    tb_dec mean, squares = tb_dec_of(0), d;
    if (!numbers(call))
        return;
    bool is_ok = list->count > 1 && sum_of(list, &mean) &&
                 tb_dec_div(mean, tb_dec_of((int64_t)list->count), &mean);
    for (size_t i = 0; is_ok && i < list->count; i++)
        is_ok = tb_dec_sub(list->items[i].u.number, mean, &d) && tb_dec_mul(d, d, &d) &&
                tb_dec_add(squares, d, &squares);
    is_ok =
        is_ok && tb_dec_div(squares, tb_dec_of((int64_t)list->count - 1), &d) && tb_dec_sqrt(d, &d);
    give(call, is_ok, d);
}

/* The most frequent numbers, ascending. */
void
feel__fn_mode(struct feel__builtin_call *call)
{
    const struct feel_list *list = &call->args[0].u.list;
    struct feel_vm *vm = call->frame->vm;
    if (list->count == 0) {
        *call->ret = feel_list_of(NULL, 0);
        return;
    }
    tb_dec *all = numbers(call) ? sorted(call) : NULL;
    struct feel_value *modes = all != NULL ? feel__values(vm, list->count) : NULL;
    if (modes == NULL)
        return;
    size_t best = 0, count = 0;
    for (size_t at = 0, end; at < list->count; at = end) {
        for (end = at + 1; end < list->count && tb_dec_cmp(all[at], all[end]) == 0;)
            end++;
        if (end - at > best) {
            best = end - at;
            count = 0;
        }
        if (end - at == best)
            modes[count++] = feel_number(all[at]);
    }
    *call->ret = feel_list_of(modes, count);
}
