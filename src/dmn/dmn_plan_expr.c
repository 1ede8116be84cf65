/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_plan_expr.c - expressions as operations on integers. What is not in here is left to the evaluator. */
#include "dmn/dmn_plan_internal.h"
#include <string.h>

#define PART_DEPTH_MAX 200

struct expr {
    struct dmn__planner *p;
    const struct dmn__node *node;
};

static bool plan_part(struct expr *e, const struct feel_part *part, struct dmn__operand *ret);

static bool
plan_operand(struct expr *e, const struct feel_part *part, int at, struct dmn__operand *ret)
{
    struct feel_part own;
    if (e->p->depth > PART_DEPTH_MAX)
        return dmn__cannot(e->p, "an expression nests too deep");
    feel_part_of(e->p->scratch, part->parts[at], &own);
    e->p->depth++;
    bool is_ok = plan_part(e, &own, ret);
    e->p->depth--;
    return is_ok;
}

static struct dmn__register
lane_at(const struct expr *e, uint16_t at)
{
    return e->p->plan->registers[at];
}

/* A register as a number at a scale of at least `scale`. */
static bool
at_scale(struct expr *e, int scale, uint16_t *at)
{
    int own = lane_at(e, *at).scale;
    if (own >= scale)
        return true;
    struct dmn__op *op = dmn__op_add(e->p, DMN__OP_SCALE, DMN__LANE_NUMBER, scale);
    if (op == NULL)
        return false;
    op->a = *at;
    op->low = dmn__power(scale - own);
    *at = op->to;
    return true;
}

/* ---- comparisons ------------------------------------------------------------------------------------------------- */

static dmn__op_code
turned(dmn__op_code code)
{
    static const dmn__op_code other[] = {DMN__OP_EQ, DMN__OP_NE, DMN__OP_GT,
                                         DMN__OP_GE, DMN__OP_LT, DMN__OP_LE};
    return other[code];
}

static bool
is_null(struct expr *e, uint16_t at, bool is_wanted, struct dmn__operand *ret)
{
    struct dmn__op *op = dmn__op_add(e->p, DMN__OP_IS_NULL, DMN__LANE_BOOLEAN, 0);
    if (op == NULL)
        return false;
    op->a = at;
    op->low = is_wanted;
    ret->at = op->to;
    return true;
}

static bool
has_order(dmn__lane lane)
{
    return lane == DMN__LANE_NUMBER || lane == DMN__LANE_DAY || lane == DMN__LANE_MONTHS;
}

static bool
compare_constant(struct expr *e, dmn__op_code code, const struct dmn__operand *a,
                 const struct feel_value *constant, struct dmn__operand *ret)
{
    dmn__lane lane = dmn__lane_of(constant->kind);
    uint16_t at;
    if (constant->kind == FEEL_NULL) {
        if (code > DMN__OP_NE)
            return dmn__cannot(e->p, "a comparison with null");
        return is_null(e, a->at, code == DMN__OP_EQ, ret);
    }
    if (lane == DMN__LANE_NONE || (code > DMN__OP_NE && !has_order(lane)))
        return dmn__cannot(e->p, "a comparison of texts by order, or of a kind without a lane");
    if (!dmn__in_lane(e->p, a, lane, &at))
        return false;
    if (lane == DMN__LANE_NUMBER &&
        (constant->u.number.is_wide || !at_scale(e, constant->u.number.scale, &at)))
        return dmn__cannot(e->p, "a number that is too long");
    struct dmn__op *op = dmn__op_add(e->p, code, DMN__LANE_BOOLEAN, 0);
    if (op == NULL || !dmn__as_integer(e->p, constant, lane_at(e, at), &op->low))
        return dmn__cannot(e->p, "a number that is too long");
    op->a = at;
    op->b = DMN__NO_REGISTER;
    ret->at = op->to;
    return true;
}

static bool
compare(struct expr *e, dmn__op_code code, struct dmn__operand *a, struct dmn__operand *b,
        struct dmn__operand *ret)
{
    ret->constant = NULL;
    if (a->constant != NULL && b->constant != NULL)
        return dmn__cannot(e->p, "a comparison of constants");
    if (b->constant != NULL)
        return compare_constant(e, code, a, b->constant, ret);
    if (a->constant != NULL)
        return compare_constant(e, turned(code), b, a->constant, ret);
    dmn__lane lane = lane_at(e, a->at).lane;
    if (!has_order(lane) || lane_at(e, b->at).lane != lane)
        return dmn__cannot(e->p, "a comparison of two values without order");
    if (!at_scale(e, lane_at(e, b->at).scale, &a->at) ||
        !at_scale(e, lane_at(e, a->at).scale, &b->at))
        return false;
    struct dmn__op *op = dmn__op_add(e->p, code, DMN__LANE_BOOLEAN, 0);
    if (op == NULL)
        return false;
    op->a = a->at;
    op->b = b->at;
    ret->at = op->to;
    return true;
}

/* low <= a and a <= high; null when any is null, which is what `between` says of null too. */
static bool
plan_between(struct expr *e, const struct feel_part *part, struct dmn__operand *ret)
{
    struct dmn__operand value, low, high, from, to;
    if (!plan_operand(e, part, 0, &value) || !plan_operand(e, part, 1, &low) ||
        !plan_operand(e, part, 2, &high))
        return false;
    if (low.constant == NULL || high.constant == NULL || low.constant->kind == FEEL_NULL ||
        high.constant->kind == FEEL_NULL || value.constant != NULL)
        return dmn__cannot(e->p, "between with ends that are no constants");
    struct dmn__operand again = value;
    if (!compare(e, DMN__OP_GE, &value, &low, &from) || !compare(e, DMN__OP_LE, &again, &high, &to))
        return false;
    struct dmn__op *op = dmn__op_add(e->p, DMN__OP_AND, DMN__LANE_BOOLEAN, 0);
    if (op == NULL)
        return false;
    op->a = from.at;
    op->b = to.at;
    *ret = (struct dmn__operand){.at = op->to};
    return true;
}

static bool
plan_in(struct expr *e, const struct feel_part *part, struct dmn__operand *ret)
{
    struct dmn__operand value;
    const struct feel_shape *shape = &part->shape;
    const struct dmn__span *span;
    uint16_t at;
    if (!plan_operand(e, part, 0, &value))
        return false;
    if (value.constant != NULL || shape->count == 0)
        return dmn__cannot(e->p, "in without tests, or of a constant");
    const struct feel_interval *first = &shape->intervals[0];
    uint8_t kind = first->low.kind != FEEL_NULL ? first->low.kind : first->high.kind;
    if (!dmn__in_lane(e->p, &value, dmn__lane_of(kind), &at))
        return false;
    int scale = 0;
    for (size_t i = 0; kind == FEEL_NUMBER && i < shape->count; i++) {
        const struct feel_interval *one = &shape->intervals[i];
        if (one->low.kind == FEEL_NUMBER && one->low.u.number.scale > scale)
            scale = one->low.u.number.scale;
        if (one->high.kind == FEEL_NUMBER && one->high.u.number.scale > scale)
            scale = one->high.u.number.scale;
    }
    if (scale > DMN__SCALE_MAX || (kind == FEEL_NUMBER && !at_scale(e, scale, &at)) ||
        !dmn__shape_to_span(e->p, shape, lane_at(e, at), &span))
        return dmn__cannot(e->p, "tests that are no intervals of integers");
    ((struct dmn__span *)(uintptr_t)span)->of_null = shape->has_range ? 2 : 0;
    struct dmn__op *op = dmn__op_add(e->p, DMN__OP_IN, DMN__LANE_BOOLEAN, 0);
    if (op == NULL)
        return false;
    op->a = at;
    op->data = span;
    *ret = (struct dmn__operand){.at = op->to};
    return true;
}

/* ---- logic and arithmetic ---------------------------------------------------------------------------------------- */

static bool
plan_logic(struct expr *e, const struct feel_part *part, struct dmn__operand *ret)
{
    struct dmn__operand a, b = {.at = DMN__NO_REGISTER};
    uint16_t left, right = DMN__NO_REGISTER;
    bool is_not = part->kind == FEEL_PART_NOT;
    if (!plan_operand(e, part, 0, &a) || (!is_not && !plan_operand(e, part, 1, &b)))
        return false;
    if (!dmn__in_lane(e->p, &a, DMN__LANE_BOOLEAN, &left) ||
        (!is_not && !dmn__in_lane(e->p, &b, DMN__LANE_BOOLEAN, &right)))
        return false;
    dmn__op_code code = is_not                        ? DMN__OP_NOT
                        : part->kind == FEEL_PART_AND ? DMN__OP_AND
                                                      : DMN__OP_OR;
    struct dmn__op *op = dmn__op_add(e->p, code, DMN__LANE_BOOLEAN, 0);
    if (op == NULL)
        return false;
    op->a = left;
    op->b = right;
    *ret = (struct dmn__operand){.at = op->to};
    return true;
}

static bool
number_operand(struct expr *e, const struct feel_part *part, int at, struct dmn__operand *ret)
{
    uint16_t own;
    if (!plan_operand(e, part, at, ret))
        return false;
    if (ret->constant != NULL) {
        const struct feel_value *value = ret->constant;
        return (value->kind == FEEL_NUMBER && !value->u.number.is_wide &&
                value->u.number.scale <= DMN__SCALE_MAX) ||
               dmn__cannot(e->p, "arithmetic with something that is no number");
    }
    if (!dmn__in_lane(e->p, ret, DMN__LANE_NUMBER, &own))
        return false;
    ret->at = own;
    return true;
}

static int
scale_of(const struct expr *e, const struct dmn__operand *operand)
{
    return operand->constant != NULL ? operand->constant->u.number.scale
                                     : lane_at(e, operand->at).scale;
}

/* An operand into an operation, as a register or as its integer. */
static bool
set_right(struct expr *e, const struct dmn__operand *b, int scale, struct dmn__op *op)
{
    struct dmn__register lane = {DMN__LANE_NUMBER, (int8_t)scale};
    op->b = b->at;
    if (b->constant == NULL)
        return true;
    op->b = DMN__NO_REGISTER;
    return dmn__as_integer(e->p, b->constant, lane, &op->low) ||
           dmn__cannot(e->p, "a number that is too long");
}

/* 0 - x, for a constant on the left. */
static bool
negated(struct expr *e, uint16_t at, uint16_t *ret_at)
{
    struct dmn__op *op = dmn__op_add(e->p, DMN__OP_NEGATE, DMN__LANE_NUMBER, lane_at(e, at).scale);
    if (op == NULL)
        return false;
    op->a = at;
    *ret_at = op->to;
    return true;
}

static bool
plan_arithmetic(struct expr *e, const struct feel_part *part, struct dmn__operand *ret)
{
    struct dmn__operand a, b;
    dmn__op_code code = part->kind == FEEL_PART_ADD        ? DMN__OP_ADD
                        : part->kind == FEEL_PART_SUBTRACT ? DMN__OP_SUBTRACT
                                                           : DMN__OP_MULTIPLY;
    if (!number_operand(e, part, 0, &a) || !number_operand(e, part, 1, &b))
        return false;
    if (a.constant != NULL && b.constant != NULL)
        return dmn__cannot(e->p, "arithmetic of constants");
    if (a.constant != NULL) { /* a - x is -x + a */
        struct dmn__operand swap = a;
        a = b;
        b = swap;
        if (code == DMN__OP_SUBTRACT && !negated(e, a.at, &a.at))
            return false;
        code = code == DMN__OP_SUBTRACT ? DMN__OP_ADD : code;
    }
    int scale = scale_of(e, &a) + scale_of(e, &b);
    if (code != DMN__OP_MULTIPLY) {
        scale = scale_of(e, &a) > scale_of(e, &b) ? scale_of(e, &a) : scale_of(e, &b);
        if (!at_scale(e, scale, &a.at) || (b.constant == NULL && !at_scale(e, scale, &b.at)))
            return false;
    }
    if (scale > DMN__SCALE_MAX)
        return dmn__cannot(e->p, "a product with more than nine decimals");
    struct dmn__op *op = dmn__op_add(e->p, code, DMN__LANE_NUMBER, scale);
    if (op == NULL || !set_right(e, &b, code == DMN__OP_MULTIPLY ? scale_of(e, &b) : scale, op))
        return false;
    op->a = a.at;
    *ret = (struct dmn__operand){.at = op->to};
    return true;
}

static bool
plan_negate(struct expr *e, const struct feel_part *part, struct dmn__operand *ret)
{
    struct dmn__operand a;
    if (!number_operand(e, part, 0, &a) || a.constant != NULL)
        return dmn__cannot(e->p, "minus a constant");
    *ret = (struct dmn__operand){0};
    return negated(e, a.at, &ret->at);
}

/* ---- if ---------------------------------------------------------------------------------------------------------- */

static dmn__lane
lane_of_branch(const struct expr *e, const struct dmn__operand *branch)
{
    if (branch->constant == NULL)
        return lane_at(e, branch->at).lane;
    return DMN__LANE_CHOICE;
}

/* A branch as a register of the lane, or as its integer. */
static bool
set_branch(struct expr *e, const struct dmn__operand *branch, struct dmn__register lane,
           uint16_t *ret_at, int64_t *ret_integer)
{
    *ret_at = DMN__NO_REGISTER;
    if (branch->constant == NULL) {
        *ret_at = branch->at;
        return lane.lane != DMN__LANE_NUMBER || at_scale(e, lane.scale, ret_at);
    }
    if (lane.lane == DMN__LANE_CHOICE) {
        *ret_integer = dmn__choice(e->p, branch->constant);
        return true;
    }
    return dmn__as_integer(e->p, branch->constant, lane, ret_integer) ||
           dmn__cannot(e->p, "branches of different kinds");
}

static bool
pick_lane(struct expr *e, const struct dmn__operand *yes, const struct dmn__operand *no,
          struct dmn__register *ret)
{
    dmn__lane left = lane_of_branch(e, yes), right = lane_of_branch(e, no);
    *ret = (struct dmn__register){(uint8_t)left, 0};
    if (left != right && yes->constant != NULL)
        ret->lane = (uint8_t)right;
    else if (left != right && no->constant == NULL)
        return dmn__cannot(e->p, "branches of different kinds");
    if (ret->lane == DMN__LANE_NONE)
        return dmn__cannot(e->p, "a branch of any type");
    for (int i = 0; ret->lane == DMN__LANE_NUMBER && i < 2; i++) {
        const struct dmn__operand *one = i == 0 ? yes : no;
        if (one->constant != NULL && one->constant->kind != FEEL_NUMBER)
            return dmn__cannot(e->p, "branches of different kinds");
        if (scale_of(e, one) > ret->scale)
            ret->scale = (int8_t)scale_of(e, one);
    }
    return true;
}

static bool
pick(struct expr *e, uint16_t condition, struct dmn__operand branches[2], struct dmn__operand *ret)
{
    struct dmn__register lane;
    struct dmn__op own = {0};
    if (!pick_lane(e, &branches[0], &branches[1], &lane) ||
        !set_branch(e, &branches[0], lane, &own.b, &own.low) ||
        !set_branch(e, &branches[1], lane, &own.c, &own.high))
        return false;
    struct dmn__op *op = dmn__op_add(e->p, DMN__OP_PICK, lane.lane, lane.scale);
    if (op == NULL)
        return false;
    op->a = condition;
    op->b = own.b;
    op->c = own.c;
    op->low = own.low;
    op->high = own.high;
    for (int i = 0; lane.lane == DMN__LANE_CHOICE && i < 2; i++)
        if ((i == 0 ? own.b : own.c) != DMN__NO_REGISTER)
            dmn__may_hold_all(e->p, op->to, i == 0 ? own.b : own.c);
        else
            dmn__may_hold(e->p, op->to, (size_t)(i == 0 ? own.low : own.high));
    *ret = (struct dmn__operand){.at = op->to};
    return true;
}

static bool
plan_if(struct expr *e, const struct feel_part *part, struct dmn__operand *ret)
{
    struct dmn__operand condition, branches[2];
    uint16_t at;
    return plan_operand(e, part, 0, &condition) && plan_operand(e, part, 1, &branches[0]) &&
           plan_operand(e, part, 2, &branches[1]) &&
           dmn__in_lane(e->p, &condition, DMN__LANE_BOOLEAN, &at) && pick(e, at, branches, ret);
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

static bool
plan_slot(struct expr *e, uint32_t slot, struct dmn__operand *ret)
{
    for (size_t i = 0; i < e->node->need_count; i++)
        if (e->node->needs[i].slot == slot)
            return dmn__plan_decision(e->p, e->node->needs[i].node, ret);
    return dmn__cannot(e->p, "a name that is neither an input nor a decision");
}

static bool
plan_part(struct expr *e, const struct feel_part *part, struct dmn__operand *ret)
{
    struct dmn__operand a, b;
    switch (part->kind) {
    case FEEL_PART_CONSTANT:
        *ret = (struct dmn__operand){.constant = part->constant};
        return true;
    case FEEL_PART_SLOT:
        return plan_slot(e, part->slot, ret);
    case FEEL_PART_AND:
    case FEEL_PART_OR:
    case FEEL_PART_NOT:
        return plan_logic(e, part, ret);
    case FEEL_PART_IF:
        return plan_if(e, part, ret);
    case FEEL_PART_ADD:
    case FEEL_PART_SUBTRACT:
    case FEEL_PART_MULTIPLY:
        return plan_arithmetic(e, part, ret);
    case FEEL_PART_NEGATE:
        return plan_negate(e, part, ret);
    case FEEL_PART_BETWEEN:
        return plan_between(e, part, ret);
    case FEEL_PART_IN:
        return plan_in(e, part, ret);
    case FEEL_PART_OTHER:
        return dmn__cannot(e->p, "an operation that a plan does not know");
    default:
        return plan_operand(e, part, 0, &a) && plan_operand(e, part, 1, &b) &&
               compare(e, (dmn__op_code)(part->kind - FEEL_PART_EQ), &a, &b, ret);
    }
}

bool
dmn__plan_expr(struct dmn__planner *p, const struct dmn__node *node, const struct feel_expr *expr,
               struct dmn__operand *ret)
{
    struct expr e = {p, node};
    struct feel_part part;
    feel_expr_part(p->scratch, expr, &part);
    return plan_part(&e, &part, ret);
}
