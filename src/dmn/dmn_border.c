/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_border.c - the borders that cut a column's values into classes: their order, and what lies between two. */
#include "dmn/dmn_table_internal.h"
#include <string.h>

int
dmn__order(const struct feel_value *a, const struct feel_value *b)
{
    int order = 0;
    feel_compare(a, b, &order);
    return order;
}

size_t
dmn__sort_borders(struct tb_arena *scratch, struct feel_value *items, size_t count)
{
    struct feel_value *from = TB_NEW_ARRAY(scratch, count + 1, struct feel_value);
    struct feel_value *to = TB_NEW_ARRAY(scratch, count + 1, struct feel_value);
    if (count > 0)
        memcpy(from, items, count * sizeof(*from));
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t at = 0; at < count; at += 2 * width) {
            size_t middle = at + width < count ? at + width : count;
            size_t end = at + 2 * width < count ? at + 2 * width : count;
            size_t a = at, b = middle;
            for (size_t k = at; k < end; k++)
                to[k] = a < middle && (b >= end || dmn__order(&from[a], &from[b]) <= 0) ? from[a++]
                                                                                        : from[b++];
        }
        struct feel_value *swap = from;
        from = to;
        to = swap;
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || dmn__order(&from[i], &from[i - 1]) != 0)
            to[kept++] = from[i];
    if (kept > 0)
        memcpy(items, to, kept * sizeof(*items));
    return kept;
}

bool
dmn__between(const struct feel_value *a, const struct feel_value *b, struct feel_value *ret)
{
    const struct feel_value *from = a != NULL ? a : b;
    int step = a != NULL ? 1 : -1;
    tb_dec sum;
    *ret = *from;
    if (from->kind == FEEL_NUMBER && a != NULL && b != NULL) {
        if (!tb_dec_add(a->u.number, b->u.number, &sum) ||
            !tb_dec_div(sum, tb_dec_of(2), &ret->u.number))
            return false;
    } else if (from->kind == FEEL_NUMBER) {
        if (!tb_dec_add(from->u.number, tb_dec_of(step), &ret->u.number))
            return false;
    } else if (from->kind == FEEL_DATE) {
        ret->u.moment.date = tb_date_add_days(from->u.moment.date, step);
    } else if (from->kind == FEEL_MONTHS) {
        ret->u.months += step;
    } else if (from->kind == FEEL_DAYS) {
        ret->u.days.seconds += step;
    } else {
        return false;
    }
    return (a == NULL || dmn__order(a, ret) < 0) && (b == NULL || dmn__order(ret, b) < 0);
}
