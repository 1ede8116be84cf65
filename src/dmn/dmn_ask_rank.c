/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_ask_rank.c - which of two outcomes is better?
 *
 * The model says so where a table lists its output values (they stand best first, clause 8.2.10) or a type its allowed
 * values. Else numbers, days and durations count down, true comes before false, and everything else keeps its order. */
#include "dmn/dmn_ask_internal.h"

/* Place of a value in a list; behind it when it is not there. */
static size_t
place_in(const struct feel_value *list, size_t count, const struct feel_value *value)
{
    size_t at = 0;
    while (at < count && !feel_equal(&list[at], value))
        at++;
    return at;
}

struct ranking {
    tb_str member; /* of a structured outcome; absent: the outcome itself */
    const struct feel_value *values;
    size_t count;
};

static bool
rank_by_type(struct tb_arena *arena, const struct feel_type *type, tb_str member,
             struct ranking *ret)
{
    if (type->allowed == NULL || !dmn__is_enumeration(arena, type, &ret->values, &ret->count))
        return false;
    ret->member = member;
    return true;
}

/* The first order that the model states. */
static bool
find_ranking(struct tb_arena *arena, const struct dmn__node *decision, struct ranking *ret)
{
    const struct dmn__expr *body = decision->body;
    if (body != NULL && body->form == DMN__TABLE)
        for (size_t i = 0; i < body->u.table->output_count; i++) {
            const struct dmn__output *output = &body->u.table->outputs[i];
            if (output->value_count == 0)
                continue;
            *ret = (struct ranking){body->u.table->output_count > 1 ? output->name : TB_STR_NONE,
                                    output->values, output->value_count};
            return true;
        }
    if (rank_by_type(arena, decision->type, TB_STR_NONE, ret))
        return true;
    for (size_t i = 0;
         decision->type->kind == FEEL_TYPE_CONTEXT && i < decision->type->member_count; i++)
        if (rank_by_type(arena, decision->type->members[i].type, decision->type->members[i].name,
                         ret))
            return true;
    return false;
}

static bool
is_better(const struct ranking *ranking, const struct feel_value *a, const struct feel_value *b)
{
    int order = 0;
    if (ranking != NULL && ranking->member.ptr != NULL) {
        a = feel_get(a, ranking->member);
        b = feel_get(b, ranking->member);
    }
    if (a == NULL || b == NULL)
        return a != NULL && b == NULL;
    if (ranking != NULL)
        return place_in(ranking->values, ranking->count, a) <
               place_in(ranking->values, ranking->count, b);
    if (a->kind == FEEL_BOOLEAN && b->kind == FEEL_BOOLEAN)
        return a->u.boolean && !b->u.boolean;
    if (a->kind == FEEL_STRING || a->kind == FEEL_NULL || b->kind == FEEL_NULL)
        return a->kind != FEEL_NULL && b->kind == FEEL_NULL;
    return feel_compare(a, b, &order) && order > 0;
}

bool
dmn__ask_rank(struct tb_arena *arena, const struct dmn__node *decision, struct feel_value *values,
              size_t count)
{
    struct ranking found;
    bool is_ranked = find_ranking(arena, decision, &found);
    const struct ranking *ranking = is_ranked ? &found : NULL;
    for (size_t i = 1; i < count; i++) {
        struct feel_value value = values[i];
        size_t at = i;
        for (; at > 0 && is_better(ranking, &value, &values[at - 1]); at--)
            values[at] = values[at - 1];
        values[at] = value;
    }
    return is_ranked;
}
