/* SPDX-License-Identifier: Apache-2.0 */
/* feel_cuts.c - with which constants does an expression compare a name?
 *
 * Whoever asks questions or looks for gaps wants to try few values and miss nothing. A name that is only compared with
 * constants cuts its values at those, and no two values between the same cuts are told apart. Anything else that an
 * expression does with the name (adds it, passes it on) makes the answer "cannot say". */
#include "feel/feel_internal.h"
#include <string.h>

struct walk {
    const struct feel_place *place;
    struct feel_cuts *cuts;
};

bool
feel_cuts_add(struct feel_cuts *cuts, const struct feel_interval *interval)
{
    for (size_t i = 0; i < cuts->count; i++) {
        const struct feel_interval *own = &cuts->items[i];
        if (own->low_included == interval->low_included &&
            own->high_included == interval->high_included &&
            feel_equal(&own->low, &interval->low) && feel_equal(&own->high, &interval->high))
            return true;
    }
    if (cuts->count == FEEL_CUTS_MAX)
        return false;
    if (cuts->count == cuts->cap) {
        size_t cap = cuts->cap * 2 + 8;
        struct feel_interval *more = TB_NEW_ARRAY(cuts->arena, cap, struct feel_interval);
        if (cuts->count > 0)
            memcpy(more, cuts->items, cuts->count * sizeof(*more));
        cuts->items = more;
        cuts->cap = cap;
    }
    cuts->items[cuts->count++] = *interval;
    return true;
}

/* The name, then member by member, outermost last. */
static bool
is_place(const struct feel__node *node, const struct feel_place *place)
{
    for (size_t i = place->path_count; i > 0; i--) {
        if (node->run != feel__run_path || !tb_str_eq(node->u.op.name, place->path[i - 1]))
            return false;
        node = node->u.op.a;
    }
    return node->op == FEEL_OP_SLOT && node->run == feel__run_slot &&
           node->u.name.index == place->slot;
}

static const struct feel_value *
constant_of(const struct feel__node *node)
{
    return node->op == FEEL_OP_CONSTANT && node->run == feel__run_constant ? &node->u.constant
                                                                           : NULL;
}

static bool
is_scalar(const struct feel_value *value)
{
    return value->kind != FEEL_LIST && value->kind != FEEL_CONTEXT && value->kind != FEEL_RANGE &&
           value->kind != FEEL_FUNCTION && value->kind != FEEL_UNKNOWN;
}

/* low null and high null: a comparison with null, which every value that is there fails alike. */
static bool
add(struct walk *walk, const struct feel_value *low, bool low_included,
    const struct feel_value *high, bool high_included)
{
    struct feel_interval interval = {*low, *high, low_included, high_included};
    if (!is_scalar(low) || !is_scalar(high))
        return false;
    return (low->kind == FEEL_NULL && high->kind == FEEL_NULL) ||
           feel_cuts_add(walk->cuts, &interval);
}

static bool
add_test(struct walk *walk, const struct feel_value *test)
{
    if (test->kind == FEEL_RANGE)
        return test->u.range->form == FEEL_ALL_BUT
                   ? add(walk, &test->u.range->start, true, &test->u.range->end, true)
                   : add(walk, &test->u.range->start, test->u.range->start_included,
                         &test->u.range->end, test->u.range->end_included);
    if (test->kind == FEEL_LIST) {
        for (size_t i = 0; i < test->u.list.count; i++)
            if (test->u.list.items[i].kind == FEEL_LIST || !add_test(walk, &test->u.list.items[i]))
                return false;
        return true;
    }
    return add(walk, test, true, test, true);
}

/* Another member of the same thing. */
static bool
is_elsewhere(const struct feel__node *node, const struct feel_place *place)
{
    const struct feel__node *root = node;
    size_t depth = 0;
    for (; root->run == feel__run_path; depth++)
        root = root->u.op.a;
    if (root->run != feel__run_slot || root->u.name.index != place->slot)
        return false;
    for (; depth > 0; depth--, node = node->u.op.a)
        if (depth <= place->path_count && !tb_str_eq(node->u.op.name, place->path[depth - 1]))
            return true;
    return false;
}

static bool walk_node(struct walk *walk, const struct feel__node *node);

/* A comparison of the place (a) with constants; false when it is none. */
static bool
walk_compare(struct walk *walk, const struct feel__node *a, const struct feel__node *b, bool flips,
             uint8_t op)
{
    const struct feel_value *value = constant_of(b);
    struct feel_value none = feel_null();
    bool is_below = op == FEEL_OP_LT || op == FEEL_OP_LE;
    bool is_included = op == FEEL_OP_LE || op == FEEL_OP_GE;
    if (!is_place(a, walk->place) || value == NULL)
        return false;
    if (op == FEEL_OP_EQ || op == FEEL_OP_NE)
        return add(walk, value, true, value, true);
    return is_below != flips ? add(walk, &none, false, value, is_included)
                             : add(walk, value, is_included, &none, false);
}

static bool
walk_in(struct walk *walk, const struct feel__node *node)
{
    const struct feel__node *const *tests = &node->u.op.b;
    uint32_t count = 1;
    bool is_about = is_place(node->u.op.a, walk->place);
    if (node->flag) {
        tests = node->u.op.b->u.list.items;
        count = node->u.op.b->u.list.count;
    }
    if (!is_about && !walk_node(walk, node->u.op.a))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        const struct feel_value *value = constant_of(tests[i]);
        if (is_about ? value == NULL || !add_test(walk, value) : !walk_node(walk, tests[i]))
            return false;
    }
    return true;
}

static bool
walk_between(struct walk *walk, const struct feel__node *node)
{
    const struct feel_value *low = constant_of(node->u.op.b), *high = constant_of(node->u.op.c);
    if (is_place(node->u.op.a, walk->place))
        return low != NULL && high != NULL && add(walk, low, true, high, true);
    return walk_node(walk, node->u.op.a) && walk_node(walk, node->u.op.b) &&
           walk_node(walk, node->u.op.c);
}

static bool
walk_items(struct walk *walk, const struct feel__node *const *items, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!walk_node(walk, items[i]))
            return false;
    return true;
}

/* Nodes that only hand on what their parts give. */
static bool
walk_parts(struct walk *walk, const struct feel__node *node)
{
    feel__run *run = node->run;
    if (run == feel__run_or || run == feel__run_and || run == feel__run_compare ||
        run == feel__run_add || run == feel__run_subtract || run == feel__run_multiply ||
        run == feel__run_divide || run == feel__run_power)
        return walk_node(walk, node->u.op.a) && walk_node(walk, node->u.op.b);
    if (run == feel__run_if)
        return walk_node(walk, node->u.op.a) && walk_node(walk, node->u.op.b) &&
               walk_node(walk, node->u.op.c);
    if (run == feel__run_negate || run == feel__run_path || run == feel__run_test)
        return walk_node(walk, node->u.op.a);
    if (run == feel__run_builtin)
        return walk_items(walk, node->u.call.args, node->u.call.count);
    if (run == feel__run_list)
        return walk_items(walk, node->u.list.items, node->u.list.count);
    return false;
}

static bool
walk_node(struct walk *walk, const struct feel__node *node)
{
    if (constant_of(node) != NULL || node->run == feel__run_local)
        return true;
    if (node->run == feel__run_slot)
        return node->u.name.index != walk->place->slot;
    if (is_elsewhere(node, walk->place))
        return true;
    if (node->run == feel__run_compare &&
        (walk_compare(walk, node->u.op.a, node->u.op.b, false, node->op) ||
         walk_compare(walk, node->u.op.b, node->u.op.a, true, node->op)))
        return true;
    if (node->run == feel__run_in)
        return walk_in(walk, node);
    if (node->run == feel__run_between)
        return walk_between(walk, node);
    return walk_parts(walk, node);
}

static bool
reads(const struct feel_expr *expr, uint32_t slot)
{
    for (size_t i = 0; i < expr->slot_count; i++)
        if (expr->slots[i] == slot)
            return true;
    return false;
}

bool
feel_expr_cuts(const struct feel_expr *expr, const struct feel_place *place, struct feel_cuts *cuts)
{
    struct walk walk = {place, cuts};
    return !reads(expr, place->slot) || walk_node(&walk, expr->root);
}

bool
feel_unary_cuts(const struct feel_unary *unary, const struct feel_place *place,
                struct feel_cuts *cuts)
{
    struct walk walk = {place, cuts};
    if (!reads(&unary->expr, place->slot))
        return true;
    for (uint32_t i = 0; i < unary->count; i++)
        if (!walk_node(&walk, unary->tests[i]))
            return false;
    return true;
}

bool
feel_expr_is_place(const struct feel_expr *expr, const struct feel_place *place)
{
    return is_place(expr->root, place);
}
