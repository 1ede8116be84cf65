/* SPDX-License-Identifier: Apache-2.0 */
/* feel_part.c - what an expression is made of, for engines that compile it into something else. */
#include "feel/feel_internal.h"

struct rule {
    feel__run *run;
    feel_part_kind kind;
    uint8_t count; /* operands */
};

static const struct rule rules[] = {
    {feel__run_and, FEEL_PART_AND, 2},
    {feel__run_or, FEEL_PART_OR, 2},
    {feel__run_if, FEEL_PART_IF, 3},
    {feel__run_add, FEEL_PART_ADD, 2},
    {feel__run_subtract, FEEL_PART_SUBTRACT, 2},
    {feel__run_multiply, FEEL_PART_MULTIPLY, 2},
    {feel__run_negate, FEEL_PART_NEGATE, 1},
    {feel__run_between, FEEL_PART_BETWEEN, 3},
};

static feel_part_kind
comparison(int op)
{
    switch (op) {
    case FEEL_OP_EQ:
        return FEEL_PART_EQ;
    case FEEL_OP_NE:
        return FEEL_PART_NE;
    case FEEL_OP_LT:
        return FEEL_PART_LT;
    case FEEL_OP_LE:
        return FEEL_PART_LE;
    case FEEL_OP_GT:
        return FEEL_PART_GT;
    case FEEL_OP_GE:
        return FEEL_PART_GE;
    default:
        return FEEL_PART_OTHER;
    }
}

/* Adds what one test of `in` means; a list stands for its items. */
static bool
add_test(const struct feel_value *value, struct feel_interval *all, struct feel_shape *shape)
{
    const struct feel_value *items = value;
    size_t count = 1;
    if (value->kind == FEEL_LIST) {
        items = value->u.list.items;
        count = value->u.list.count;
    }
    for (size_t i = 0; i < count; i++) {
        size_t added = feel__intervals_of(&items[i], all + shape->count);
        if (added == 0)
            return false;
        shape->count += added;
        shape->has_range |= items[i].kind == FEEL_RANGE;
    }
    return true;
}

static void
read_in(struct tb_arena *arena, const struct feel__node *node, struct feel_part *part)
{
    const struct feel__node *const *tests = node->flag ? node->u.op.b->u.list.items : &node->u.op.b;
    uint32_t count = node->flag ? node->u.op.b->u.list.count : 1;
    size_t most = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!feel__is_constant(tests[i]))
            return;
        const struct feel_value *value = &tests[i]->u.constant;
        most += 2 * (value->kind == FEEL_LIST ? value->u.list.count : 1);
    }
    struct feel_interval *all = TB_NEW_ARRAY(arena, most + 1, struct feel_interval);
    struct feel_shape shape = {.intervals = all};
    for (uint32_t i = 0; i < count; i++)
        if (!add_test(&tests[i]->u.constant, all, &shape))
            return;
    part->kind = FEEL_PART_IN;
    part->parts[0] = node->u.op.a;
    part->shape = shape;
}

static void
read_node(struct tb_arena *arena, const struct feel__node *node, struct feel_part *part)
{
    *part = (struct feel_part){.kind = FEEL_PART_OTHER};
    for (size_t i = 0; i < TB_COUNT(rules); i++)
        if (node->run == rules[i].run) {
            part->kind = rules[i].kind;
            part->parts[0] = node->u.op.a;
            part->parts[1] = rules[i].count > 1 ? node->u.op.b : NULL;
            part->parts[2] = rules[i].count > 2 ? node->u.op.c : NULL;
            return;
        }
    if (feel__is_constant(node)) {
        part->kind = FEEL_PART_CONSTANT;
        part->constant = &node->u.constant;
    } else if (node->run == feel__run_slot) {
        part->kind = FEEL_PART_SLOT;
        part->slot = node->u.name.index;
    } else if (node->run == feel__run_compare) {
        part->kind = comparison(node->op);
        part->parts[0] = node->u.op.a;
        part->parts[1] = node->u.op.b;
    } else if (node->run == feel__run_in) {
        read_in(arena, node, part);
    } else if (node->run == feel__run_builtin && node->u.call.count == 1 &&
               node->u.call.names == NULL && node->u.call.builtin->fn == feel__fn_not) {
        part->kind = FEEL_PART_NOT;
        part->parts[0] = node->u.call.args[0];
    }
}

void
feel_expr_part(struct tb_arena *arena, const struct feel_expr *expr, struct feel_part *ret_part)
{
    read_node(arena, expr->root, ret_part);
}

void
feel_part_of(struct tb_arena *arena, const void *part, struct feel_part *ret_part)
{
    read_node(arena, part, ret_part);
}
