/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_batch_op.c - the operations of a plan on a block of rows. */
#include "dmn/dmn_batch_internal.h"
#include <string.h>

static int64_t
get_lane(const struct dmn__worker *w, uint16_t at, size_t i)
{
    size_t bytes = dmn__lane_bytes(w->shared->batch->plan->registers[at].lane);
    if (bytes == 1)
        return ((const uint8_t *)w->lanes[at])[i];
    if (bytes == 2)
        return ((const uint16_t *)w->lanes[at])[i];
    return ((const int64_t *)w->lanes[at])[i];
}

/* ---- ranges ------------------------------------------------------------------------------------------------------ */

static bool
multiply_ranges(struct dmn__range a, struct dmn__range b, struct dmn__range *ret)
{
    int64_t ends[4];
    if (__builtin_mul_overflow(a.low, b.low, &ends[0]) ||
        __builtin_mul_overflow(a.low, b.high, &ends[1]) ||
        __builtin_mul_overflow(a.high, b.low, &ends[2]) ||
        __builtin_mul_overflow(a.high, b.high, &ends[3]))
        return false;
    *ret = (struct dmn__range){ends[0], ends[0]};
    for (int i = 1; i < 4; i++) {
        ret->low = ends[i] < ret->low ? ends[i] : ret->low;
        ret->high = ends[i] > ret->high ? ends[i] : ret->high;
    }
    return true;
}

static bool
range_of(struct dmn__worker *w, const struct dmn__op *op, struct dmn__range *ret)
{
    struct dmn__range a = w->ranges[op->a], b = {op->low, op->low};
    if (op->b != DMN__NO_REGISTER)
        b = w->ranges[op->b];
    switch (op->code) {
    case DMN__OP_ADD:
        return !__builtin_add_overflow(a.low, b.low, &ret->low) &&
               !__builtin_add_overflow(a.high, b.high, &ret->high);
    case DMN__OP_SUBTRACT:
        return !__builtin_sub_overflow(a.low, b.high, &ret->low) &&
               !__builtin_sub_overflow(a.high, b.low, &ret->high);
    case DMN__OP_NEGATE:
        return !__builtin_sub_overflow(INT64_C(0), a.high, &ret->low) &&
               !__builtin_sub_overflow(INT64_C(0), a.low, &ret->high);
    default:
        return multiply_ranges(a, b, ret);
    }
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static size_t
steps_reached(const struct dmn__batch_column *column, int64_t value)
{
    size_t low = 0, high = column->step_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (column->steps[middle] <= value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void
and_sets(struct dmn__worker *w, const struct dmn__batch_column *column)
{
    const uint64_t *sets = column->sets;
    if (column->lane == DMN__LANE_BOOLEAN) {
        const uint8_t *lane = w->lanes[column->at];
        for (size_t i = 0; i < DMN__BLOCK; i++)
            w->sets[i] &= sets[lane[i]];
    } else if (column->lane == DMN__LANE_TEXT) {
        const uint16_t *lane = w->lanes[column->at];
        for (size_t i = 0; i < DMN__BLOCK; i++)
            w->sets[i] &= sets[lane[i]];
    } else if (column->step_count <= DMN__STEPS_COUNTED) {
        memset(w->marks, 0, sizeof w->marks);
        for (size_t i = 0; i < column->step_count; i++)
            w->shared->kernels->count(w->lanes[column->at], column->steps[i], w->marks);
        for (size_t i = 0; i < DMN__BLOCK; i++)
            w->sets[i] &= sets[w->marks[i]];
    } else {
        const int64_t *lane = w->lanes[column->at];
        for (size_t i = 0; i < DMN__BLOCK; i++)
            w->sets[i] &= sets[steps_reached(column, lane[i])];
    }
}

static void
run_table(struct dmn__worker *w, const struct dmn__op *op, const struct dmn__batch_table *table)
{
    uint16_t *to = w->own[op->to];
    const struct dmn__plan_table *from = op->data;
    if (table->columns == NULL) {
        for (size_t i = 0; i < w->count; i++) {
            for (size_t c = 0; c < from->column_count; c++) {
                w->row.values[from->columns[c].at] = get_lane(w, from->columns[c].at, i);
                w->row.nulls[from->columns[c].at] = 0;
            }
            to[i] = (uint16_t)dmn__table_run(from, &w->row);
        }
        return;
    }
    memset(w->sets, 0xff, sizeof w->sets);
    for (size_t c = 0; c < table->column_count; c++)
        and_sets(w, &table->columns[c]);
    for (size_t i = 0; i < DMN__BLOCK; i++) {
        uint64_t set = w->sets[i];
        to[i] = table->choices[set != 0 ? __builtin_ctzll(set) : 64];
        if (table->is_unique && (set & (set - 1)) != 0)
            to[i] = 0; /* two rules hit: null */
    }
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

static void
run_map(struct dmn__worker *w, const struct dmn__op *op)
{
    const struct dmn__map *map = op->data;
    const uint16_t *from = w->lanes[op->a];
    size_t bytes = dmn__lane_bytes(w->shared->batch->plan->registers[op->to].lane);
    void *to = w->own[op->to];
    for (size_t i = 0; bytes == 1 && i < w->count; i++)
        ((uint8_t *)to)[i] = (uint8_t)map->values[from[i]];
    for (size_t i = 0; bytes == 2 && i < w->count; i++)
        ((uint16_t *)to)[i] = (uint16_t)map->values[from[i]];
    for (size_t i = 0; bytes == 8 && i < w->count; i++)
        ((int64_t *)to)[i] = map->values[from[i]];
    for (size_t i = 0; !op->is_choice && i < w->count; i++)
        if (map->nulls[from[i]])
            dmn__mark_odd(w, i);
}

static void
run_compare(struct dmn__worker *w, const struct dmn__op *op)
{
    const struct dmn__kernels *k = w->shared->kernels;
    uint8_t lane = w->shared->batch->plan->registers[op->a].lane;
    bool is_equal = op->code == DMN__OP_EQ;
    if (lane == DMN__LANE_BOOLEAN)
        k->is_truth(w->lanes[op->a], is_equal == (op->low != 0), w->own[op->to]);
    else if (lane == DMN__LANE_TEXT)
        k->is_code(w->lanes[op->a], (uint16_t)op->low, is_equal, w->own[op->to]);
    else if (op->b == DMN__NO_REGISTER)
        k->compare_constant(op->code, w->lanes[op->a], op->low, w->own[op->to]);
    else
        k->compare(op->code, w->lanes[op->a], w->lanes[op->b], w->own[op->to]);
}

static void
run_span(struct dmn__worker *w, const struct dmn__op *op)
{
    const struct dmn__span *span = op->data;
    uint8_t lane = w->shared->batch->plan->registers[op->a].lane;
    uint8_t *to = op->code == DMN__OP_IN ? w->own[op->to] : w->marks;
    memset(to, 0, DMN__BLOCK);
    if (lane == DMN__LANE_BOOLEAN || lane == DMN__LANE_CHOICE)
        for (size_t i = 0; i < w->count; i++)
            to[i] = dmn__in_span(span, get_lane(w, op->a, i)) != span->is_negated;
    for (size_t i = 0; lane == DMN__LANE_TEXT && i < span->count; i++)
        w->shared->kernels->among(w->lanes[op->a], (uint16_t)span->items[i].low, to);
    for (size_t i = 0; dmn__lane_bytes(lane) == 8 && i < span->count; i++)
        w->shared->kernels->between(w->lanes[op->a], span->items[i].low, span->items[i].high, to);
    for (size_t i = 0; span->is_negated && i < DMN__BLOCK; i++)
        to[i] ^= 1;
    if (op->code == DMN__OP_IN)
        return;
    w->lanes[op->to] = w->lanes[op->a];
    for (size_t i = 0; i < w->count; i++)
        if (!to[i])
            dmn__mark_odd(w, i);
}

/* A branch that is a constant, written out. */
static const void *
branch(struct dmn__worker *w, const struct dmn__op *op, uint16_t at, int64_t constant, void *room)
{
    uint8_t lane = w->shared->batch->plan->registers[op->to].lane;
    if (at != DMN__NO_REGISTER)
        return w->lanes[at];
    for (size_t i = 0; i < DMN__BLOCK; i++)
        if (dmn__lane_bytes(lane) == 8)
            ((int64_t *)room)[i] = constant;
        else if (dmn__lane_bytes(lane) == 2)
            ((uint16_t *)room)[i] = (uint16_t)constant;
        else
            ((uint8_t *)room)[i] = (uint8_t)constant;
    return room;
}

static void
run_pick(struct dmn__worker *w, const struct dmn__op *op)
{
    const struct dmn__kernels *k = w->shared->kernels;
    size_t bytes = dmn__lane_bytes(w->shared->batch->plan->registers[op->to].lane);
    int64_t yes[DMN__BLOCK], no[DMN__BLOCK];
    if (bytes == 2 && op->b == DMN__NO_REGISTER && op->c == DMN__NO_REGISTER) {
        k->pick_constant(w->lanes[op->a], (uint16_t)op->low, (uint16_t)op->high, w->own[op->to]);
        return;
    }
    const void *left = branch(w, op, op->b, op->low, yes);
    const void *right = branch(w, op, op->c, op->high, no);
    if (bytes == 2)
        k->pick_code(w->lanes[op->a], left, right, w->own[op->to]);
    else if (bytes == 8)
        k->pick_number(w->lanes[op->a], left, right, w->own[op->to]);
    else
        for (size_t i = 0; i < DMN__BLOCK; i++)
            ((uint8_t *)w->own[op->to])[i] = ((const uint8_t *)w->lanes[op->a])[i]
                                                 ? ((const uint8_t *)left)[i]
                                                 : ((const uint8_t *)right)[i];
}

/* False: something might overflow. */
static bool
run_arithmetic(struct dmn__worker *w, const struct dmn__op *op)
{
    const struct dmn__kernels *k = w->shared->kernels;
    const int64_t *a = w->lanes[op->a];
    const int64_t *b = op->b != DMN__NO_REGISTER ? w->lanes[op->b] : NULL;
    int64_t *to = w->own[op->to];
    if (!range_of(w, op, &w->ranges[op->to]))
        return false;
    if (op->code == DMN__OP_NEGATE)
        k->multiply_constant(a, -1, to);
    else if (op->code == DMN__OP_ADD || op->code == DMN__OP_SUBTRACT)
        b != NULL ? k->add(a, b, op->code == DMN__OP_ADD ? 1 : -1, to)
                  : k->add_constant(a, op->code == DMN__OP_ADD ? op->low : -op->low, to);
    else
        b != NULL ? k->multiply(a, b, to) : k->multiply_constant(a, op->low, to);
    return true;
}

static void
run_null_test(struct dmn__worker *w, const struct dmn__op *op)
{
    uint8_t *to = w->own[op->to];
    const uint16_t *from = w->lanes[op->a];
    if (w->shared->batch->plan->registers[op->a].lane == DMN__LANE_CHOICE)
        w->shared->kernels->is_code(from, 0, op->low != 0, to);
    else
        memset(to, op->low == 0, DMN__BLOCK);
}

bool
dmn__run_op(struct dmn__worker *w, size_t at)
{
    const struct dmn_batch *batch = w->shared->batch;
    const struct dmn__op *op = &batch->plan->ops[at];
    const struct dmn__kernels *k = w->shared->kernels;
    w->lanes[op->to] = w->own[op->to];
    switch (op->code) {
    case DMN__OP_IS_NULL:
        run_null_test(w, op);
        break;
    case DMN__OP_AND:
    case DMN__OP_OR:
        k->join(w->lanes[op->a], w->lanes[op->b], op->code == DMN__OP_OR, w->own[op->to]);
        break;
    case DMN__OP_NOT:
        k->is_truth(w->lanes[op->a], false, w->own[op->to]);
        break;
    case DMN__OP_PICK:
        run_pick(w, op);
        break;
    case DMN__OP_IN:
    case DMN__OP_ALLOW:
        run_span(w, op);
        break;
    case DMN__OP_MAP:
        run_map(w, op);
        break;
    case DMN__OP_TABLE:
        run_table(w, op, batch->tables[at]);
        break;
    case DMN__OP_ADD:
    case DMN__OP_SUBTRACT:
    case DMN__OP_MULTIPLY:
    case DMN__OP_NEGATE:
    case DMN__OP_SCALE:
        return run_arithmetic(w, op);
    default:
        run_compare(w, op);
    }
    if (batch->is_ranged[op->to])
        k->range(w->lanes[op->to], &w->ranges[op->to].low, &w->ranges[op->to].high);
    return true;
}
