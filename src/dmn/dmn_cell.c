/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_cell.c - cells of a decision table. Nearly all are constant: "-", values, ranges. Those are kept as intervals,
 * without the expression they came from; the rest keep their tests. */
#include "dmn/dmn_table_internal.h"

/* Compiles into scratch; what the model keeps is copied out. */
static struct tb_arena *
use_scratch(struct dmn__builder *b)
{
    struct tb_arena *kept = b->arena;
    b->arena = b->scratch;
    return kept;
}

void
dmn__compile_cell(struct dmn__builder *b, const struct tb_xml *xml, tb_str text,
                  struct dmn__cell *cell)
{
    struct feel_shape shape;
    struct feel_value null = feel_null(), pass;
    struct tb_arena *arena = use_scratch(b);
    const struct feel_unary *tests = dmn__compile_unary(b, xml, text);
    b->arena = arena;
    cell->text = dmn__copy(b, text);
    cell->is_faulty = tests == NULL;
    if (tests == NULL)
        return;
    if (!feel_unary_shape(b->scratch, tests, &shape)) {
        cell->tests = dmn__compile_unary(b, xml, text);
        return;
    }
    struct feel_vm *vm = feel_vm_new(b->scratch, NULL);
    feel_vm_test(vm, tests, &null, NULL, &pass);
    cell->holds_null = feel_is_true(&pass);
    cell->is_any = shape.is_any;
    cell->is_negated = shape.is_negated;
    cell->count = (uint32_t)shape.count;
    struct feel_interval *intervals = TB_NEW_ARRAY(arena, shape.count, struct feel_interval);
    for (size_t i = 0; i < shape.count; i++) {
        intervals[i] = shape.intervals[i];
        intervals[i].low = feel_copy(arena, &shape.intervals[i].low);
        intervals[i].high = feel_copy(arena, &shape.intervals[i].high);
    }
    cell->intervals = intervals;
}

/* Functions point to what they were compiled from, so they cannot be copied out. */
static bool
has_function(const struct feel_value *value)
{
    bool has = value->kind == FEEL_FUNCTION;
    for (size_t i = 0; value->kind == FEEL_LIST && i < value->u.list.count; i++)
        has |= has_function(&value->u.list.items[i]);
    for (size_t i = 0; value->kind == FEEL_CONTEXT && i < value->u.context->count; i++)
        has |= has_function(&value->u.context->entries[i].value);
    return has;
}

void
dmn__compile_result(struct dmn__builder *b, const struct tb_xml *xml, tb_str text,
                    struct dmn__result *result)
{
    struct tb_arena *arena = use_scratch(b);
    const struct feel_expr *expr = dmn__compile_feel(b, xml, text);
    b->arena = arena;
    if (expr == NULL)
        return;
    const struct feel_value *constant = feel_expr_constant(expr);
    if (constant == NULL || has_function(constant)) {
        result->expr = dmn__compile_feel(b, xml, text);
        return;
    }
    struct feel_value *value = TB_NEW(arena, struct feel_value);
    *value = feel_copy(arena, constant);
    result->constant = value;
}

/* 1 inside, 0 outside, -1 the two cannot be compared. */
static int
contains(const struct feel_interval *interval, const struct feel_value *value)
{
    const struct feel_value *end =
        interval->low.kind != FEEL_NULL ? &interval->low : &interval->high;
    int order;
    if (end->kind != value->kind)
        return -1;
    if (value->kind == FEEL_BOOLEAN)
        return value->u.boolean == end->u.boolean;
    if (interval->low.kind != FEEL_NULL) {
        feel_compare(value, &interval->low, &order);
        if (order < 0 || (order == 0 && !interval->low_included))
            return 0;
    }
    if (interval->high.kind != FEEL_NULL) {
        feel_compare(value, &interval->high, &order);
        if (order > 0 || (order == 0 && !interval->high_included))
            return 0;
    }
    return 1;
}

bool
dmn__cell_holds(const struct dmn__cell *cell, const struct feel_value *value)
{
    if (value->kind == FEEL_NULL || cell->is_any)
        return cell->is_any || cell->holds_null;
    for (uint32_t i = 0; i < cell->count; i++) {
        int is_in = contains(&cell->intervals[i], value);
        if (is_in != 0 && cell->is_negated)
            return false; /* inside, or it cannot be told */
        if (is_in == 1)
            return true;
    }
    return cell->is_negated;
}

void
dmn__cell_test(struct feel_vm *vm, const struct dmn__cell *cell, const struct feel_value *value,
               const struct feel_value *slots, struct feel_value *ret)
{
    if (cell->tests != NULL)
        feel_vm_test(vm, cell->tests, value, slots, ret);
    else
        *ret = feel_boolean(!cell->is_faulty && dmn__cell_holds(cell, value));
}
