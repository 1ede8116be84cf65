/* SPDX-License-Identifier: Apache-2.0 */
/* feel_eval.c - operators, comparisons, paths and literals while they run.
 *
 * Every function here gives a value or null; null from an error leaves a warning. Numbers with equal scales are the
 * common case and never leave this file. */
#include "feel/feel_internal.h"
#include <string.h>

void
feel__run_constant(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    *ret = node->u.constant;
}

void
feel__run_slot(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    *ret = frame->slots[node->u.name.index];
}

void
feel__run_local(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    *ret = frame->locals[node->u.name.index];
}

void
feel__run_invalid(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    feel__warn(frame, node, ret, "bad_literal", "这个字面值读不懂", "the literal cannot be read");
}

void
feel__run_dynamic(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    const struct feel_value *found = NULL;
    for (uint32_t i = 0; found == NULL && i < node->u.name.filter_count; i++)
        found = feel_get(&frame->locals[node->u.name.filters[i]], node->u.name.name);
    if (found == NULL && node->u.name.otherwise != NULL) {
        feel__exec(frame, node->u.name.otherwise, ret);
        return;
    }
    if (found == NULL)
        found = feel_get(frame->context, node->u.name.name);
    if (found != NULL)
        *ret = *found;
    else
        feel__warn(frame, node, ret, "unknown_name", "没有这个名称", "nothing has this name");
}

/* ---- logic ------------------------------------------------------------------------------------------------------- */

static void
apply_join(struct feel__frame *frame, const struct feel__node *node, const struct feel_value *args,
           const void *data, struct feel_value *ret)
{
    const bool *deciding = data;
    (void)frame;
    (void)node;
    feel__set_null(ret);
    for (int i = 0; i < 2; i++)
        if (args[i].kind == FEEL_BOOLEAN && args[i].u.boolean == *deciding)
            *ret = args[i];
    if (ret->kind == FEEL_NULL && args[0].kind == FEEL_BOOLEAN && args[1].kind == FEEL_BOOLEAN)
        *ret = args[0];
}

static bool
join_open(struct feel__frame *frame, const struct feel__node *node, bool deciding,
          const struct feel_value *a, const struct feel_value *b, struct feel_value *ret)
{
    struct feel_value args[2] = {*a, *b};
    return feel__lift(frame, node, args, 2, apply_join, &deciding, ret);
}

static void
join(struct feel__frame *frame, const struct feel__node *node, bool deciding,
     struct feel_value *ret)
{
    struct feel_value a, b;
    feel__exec(frame, node->u.op.a, &a);
    if (a.kind == FEEL_BOOLEAN && a.u.boolean == deciding) {
        *ret = a;
        return;
    }
    feel__exec(frame, node->u.op.b, &b);
    if (b.kind == FEEL_BOOLEAN && (b.u.boolean == deciding || a.kind == FEEL_BOOLEAN)) {
        *ret = b;
        return;
    }
    if (frame->vm->is_asking && join_open(frame, node, deciding, &a, &b, ret))
        return;
    if ((a.kind != FEEL_BOOLEAN && a.kind != FEEL_NULL) ||
        (b.kind != FEEL_BOOLEAN && b.kind != FEEL_NULL))
        feel__warn_kinds(frame, node, ret, deciding ? "or" : "and", &a, &b);
    feel__set_null(ret);
}

void
feel__run_or(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    join(frame, node, true, ret);
}

void
feel__run_and(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    join(frame, node, false, ret);
}

void
feel__run_if(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    struct feel_value condition;
    feel__exec(frame, node->u.op.a, &condition);
    if (condition.kind == FEEL_UNKNOWN) {
        struct feel_value both[2];
        feel__exec(frame, node->u.op.b, &both[0]);
        feel__exec(frame, node->u.op.c, &both[1]);
        feel_vm_join(frame->vm, both, 2, &condition, ret);
        return;
    }
    if (condition.kind != FEEL_BOOLEAN && condition.kind != FEEL_NULL)
        feel__warn(frame, node, ret, "not_boolean", "if 的条件不是真假值，按假处理",
                   "the condition of if is no boolean and counts as false");
    feel__exec(frame, feel_is_true(&condition) ? node->u.op.b : node->u.op.c, ret);
}

/* ---- comparisons ------------------------------------------------------------------------------------------------- */

static bool
decide(int op, int order)
{
    switch (op) {
    case FEEL_OP_EQ:
        return order == 0;
    case FEEL_OP_NE:
        return order != 0;
    case FEEL_OP_LT:
        return order < 0;
    case FEEL_OP_LE:
        return order <= 0;
    case FEEL_OP_GT:
        return order > 0;
    default:
        return order >= 0;
    }
}

static void
compare_others(struct feel__frame *frame, const struct feel__node *node,
               const struct feel_value *args, const void *data, struct feel_value *ret)
{
    const struct feel_value *a = &args[0], *b = &args[1];
    int order;
    (void)data;
    if (node->op == FEEL_OP_EQ || node->op == FEEL_OP_NE) {
        int is_equal = feel__equal3(a, b);
        if (is_equal < 0)
            feel__warn_kinds(frame, node, ret, "=", a, b);
        else
            feel__set_boolean(ret, is_equal == (node->op == FEEL_OP_EQ));
    } else if (feel_compare(a, b, &order)) {
        feel__set_boolean(ret, decide(node->op, order));
    } else {
        feel__warn_kinds(frame, node, ret, "<", a, b);
    }
}

void
feel__run_compare(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    struct feel_value args[2];
    feel__exec(frame, node->u.op.a, &args[0]);
    feel__exec(frame, node->u.op.b, &args[1]);
    if (args[0].kind == FEEL_NUMBER && args[1].kind == FEEL_NUMBER) {
        tb_dec x = args[0].u.number, y = args[1].u.number;
        int order = !x.is_wide && !y.is_wide && x.scale == y.scale
                        ? (x.u.coef > y.u.coef) - (x.u.coef < y.u.coef)
                        : tb_dec_cmp(x, y);
        feel__set_boolean(ret, decide(node->op, order));
        return;
    }
    if (!frame->vm->is_asking || !feel__lift(frame, node, args, 2, compare_others, NULL, ret))
        compare_others(frame, node, args, NULL, ret);
}

static void
apply_between(struct feel__frame *frame, const struct feel__node *node,
              const struct feel_value *args, const void *data, struct feel_value *ret)
{
    int over_low, under_high;
    (void)data;
    if (!feel_compare(&args[0], &args[1], &over_low))
        feel__warn_kinds(frame, node, ret, "between", &args[0], &args[1]);
    else if (!feel_compare(&args[0], &args[2], &under_high))
        feel__warn_kinds(frame, node, ret, "between", &args[0], &args[2]);
    else
        feel__set_boolean(ret, over_low >= 0 && under_high <= 0);
}

void
feel__run_between(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    struct feel_value args[3];
    feel__exec(frame, node->u.op.a, &args[0]);
    feel__exec(frame, node->u.op.b, &args[1]);
    feel__exec(frame, node->u.op.c, &args[2]);
    if (!frame->vm->is_asking || !feel__lift(frame, node, args, 3, apply_between, NULL, ret))
        apply_between(frame, node, args, NULL, ret);
}

/* 1, 0, or -1 when it cannot be told: is value one of what test means? */
static int
passes(const struct feel_value *value, const struct feel_value *test)
{
    if (test->kind == FEEL_RANGE && value->kind != FEEL_RANGE)
        return feel__in_range(value, test->u.range);
    if (test->kind != FEEL_LIST)
        return feel__equal3(value, test);
    if (value->kind == FEEL_LIST && feel__equal3(value, test) == 1)
        return 1;
    for (size_t i = 0; i < test->u.list.count; i++) {
        const struct feel_value *item = &test->u.list.items[i];
        int is_in = item->kind == FEEL_RANGE && value->kind != FEEL_RANGE
                        ? feel__in_range(value, item->u.range)
                        : feel__equal3(value, item);
        if (is_in == 1)
            return 1;
    }
    return 0;
}

static void
apply_in(struct feel__frame *frame, const struct feel__node *node, const struct feel_value *args,
         const void *data, struct feel_value *ret)
{
    const uint32_t *count = data;
    bool is_unsure = false;
    uint32_t last = 0;
    for (uint32_t i = 1; i <= *count; i++) {
        int is_in = passes(&args[0], &args[i]);
        if (is_in == 1) {
            feel__set_boolean(ret, true);
            return;
        }
        if (is_in < 0)
            last = i;
        is_unsure |= is_in < 0;
    }
    if (is_unsure)
        feel__warn_kinds(frame, node, ret, "in", &args[0], &args[last]);
    else
        feel__set_boolean(ret, false);
}

void
feel__run_in(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    struct feel_value args[65]; /* the parser takes 64 tests */
    const struct feel__node *const *tests = &node->u.op.b;
    uint32_t count = 1;
    feel__exec(frame, node->u.op.a, &args[0]);
    if (node->flag) {
        tests = node->u.op.b->u.list.items;
        count = node->u.op.b->u.list.count;
    }
    for (uint32_t i = 0; i < count; i++)
        feel__exec(frame, tests[i], &args[i + 1]);
    if (!frame->vm->is_asking || !feel__lift(frame, node, args, count + 1, apply_in, &count, ret))
        apply_in(frame, node, args, &count, ret);
}

/* ---- unary tests ------------------------------------------------------------------------------------------------- */

/* args: the input, and the value of the test. */
static void
apply_test(struct feel__frame *frame, const struct feel__node *node, const struct feel_value *args,
           const void *data, struct feel_value *ret)
{
    const struct feel_value *input = &args[0], *value = &args[1];
    (void)data;
    bool decides = value->kind == FEEL_BOOLEAN &&
                   (node->flag || (input->kind != FEEL_BOOLEAN && input->kind != FEEL_NULL &&
                                   node->u.op.a->op != FEEL_OP_CONSTANT));
    if (decides || (node->flag && value->kind == FEEL_NULL)) {
        *ret = *value;
        return;
    }
    int is_in = passes(input, value);
    if (is_in >= 0)
        feel__set_boolean(ret, is_in);
    else if (input->kind == FEEL_NULL)
        feel__set_null(ret);
    else
        feel__warn_kinds(frame, node, ret, "in", input, value);
}

void
feel__run_test(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    struct feel_value args[2] = {frame->locals[0]};
    feel__exec(frame, node->u.op.a, &args[1]);
    if (frame->vm->is_asking && node->flag && args[1].kind == FEEL_UNKNOWN)
        *ret = args[1]; /* it read the input itself */
    else if (!frame->vm->is_asking || !feel__lift(frame, node, args, 2, apply_test, NULL, ret))
        apply_test(frame, node, args, NULL, ret);
}

void
feel__run_tests(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    bool is_unsure = false, is_in = node->flag & 1;
    struct feel_value one, open = feel_null();
    for (uint32_t i = 0; !is_in && i < node->u.list.count; i++) {
        feel__exec(frame, node->u.list.items[i], &one);
        is_in = feel_is_true(&one);
        is_unsure |= one.kind != FEEL_BOOLEAN;
        if (one.kind == FEEL_UNKNOWN)
            feel_vm_join(frame->vm, &one, 1, open.kind == FEEL_UNKNOWN ? &open : NULL, &open);
    }
    if (!is_in && open.kind == FEEL_UNKNOWN)
        feel_vm_join(frame->vm, NULL, 0, &open, ret);
    else if (!is_in && is_unsure)
        feel__set_null(ret);
    else
        feel__set_boolean(ret, (node->flag & 2) ? !is_in : is_in);
}

/* ---- arithmetic -------------------------------------------------------------------------------------------------- */

static void
overflow(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    feel__warn(frame, node, ret, "no_number", "算不出这个数（除以零或超出范围）",
               "there is no such number: division by zero, or out of range");
}

static void
concatenate(struct feel__frame *frame, tb_str a, tb_str b, struct feel_value *ret)
{
    size_t len = a.len + b.len;
    if (!feel__room(frame->vm, len)) {
        feel__set_null(ret);
        return;
    }
    char *text = tb_alloc(frame->vm->arena, len + 1);
    if (a.len > 0)
        memcpy(text, a.ptr, a.len);
    if (b.len > 0)
        memcpy(text + a.len, b.ptr, b.len);
    feel__set_string(ret, (tb_str){text, len});
}

void
feel__add(struct feel__frame *frame, const struct feel__node *node, const struct feel_value *a,
          const struct feel_value *b, struct feel_value *ret)
{
    tb_dec sum;
    if (a->kind == FEEL_NUMBER && b->kind == FEEL_NUMBER) {
        if (tb_dec_add(a->u.number, b->u.number, &sum))
            feel__set_number(ret, sum);
        else
            overflow(frame, node, ret);
    } else if (a->kind == FEEL_STRING && b->kind == FEEL_STRING) {
        concatenate(frame, a->u.string, b->u.string, ret);
    } else if (!feel__temporal_add(a, b, false, ret)) {
        feel__warn_kinds(frame, node, ret, "+", a, b);
    }
}

void
feel__subtract(struct feel__frame *frame, const struct feel__node *node, const struct feel_value *a,
               const struct feel_value *b, struct feel_value *ret)
{
    tb_dec difference;
    if (a->kind == FEEL_NUMBER && b->kind == FEEL_NUMBER) {
        if (tb_dec_sub(a->u.number, b->u.number, &difference))
            feel__set_number(ret, difference);
        else
            overflow(frame, node, ret);
    } else if (!feel__temporal_add(a, b, true, ret)) {
        feel__warn_kinds(frame, node, ret, "-", a, b);
    }
}

static void
multiply(struct feel__frame *frame, const struct feel__node *node, const struct feel_value *a,
         const struct feel_value *b, struct feel_value *ret)
{
    tb_dec product;
    if (a->kind == FEEL_NUMBER && b->kind == FEEL_NUMBER) {
        if (tb_dec_mul(a->u.number, b->u.number, &product))
            feel__set_number(ret, product);
        else
            overflow(frame, node, ret);
    } else if (!feel__temporal_scale(a, b, false, ret)) {
        feel__warn_kinds(frame, node, ret, "*", a, b);
    }
}

static void
divide(struct feel__frame *frame, const struct feel__node *node, const struct feel_value *a,
       const struct feel_value *b, struct feel_value *ret)
{
    tb_dec quotient;
    if (a->kind == FEEL_NUMBER && b->kind == FEEL_NUMBER) {
        if (tb_dec_div(a->u.number, b->u.number, &quotient))
            feel__set_number(ret, quotient);
        else
            overflow(frame, node, ret);
    } else if (!feel__temporal_scale(a, b, true, ret)) {
        feel__warn_kinds(frame, node, ret, "/", a, b);
    }
}

static void
power(struct feel__frame *frame, const struct feel__node *node, const struct feel_value *a,
      const struct feel_value *b, struct feel_value *ret)
{
    tb_dec value;
    if (a->kind != FEEL_NUMBER || b->kind != FEEL_NUMBER)
        feel__warn_kinds(frame, node, ret, "**", a, b);
    else if (tb_dec_pow(a->u.number, b->u.number, &value))
        feel__set_number(ret, value);
    else
        overflow(frame, node, ret);
}

typedef void operation(struct feel__frame *frame, const struct feel__node *node,
                       const struct feel_value *a, const struct feel_value *b,
                       struct feel_value *ret);

static void
apply_operation(struct feel__frame *frame, const struct feel__node *node,
                const struct feel_value *args, const void *data, struct feel_value *ret)
{
    operation *const *run = data;
    (*run)(frame, node, &args[0], &args[1], ret);
}

static void
operate(struct feel__frame *frame, const struct feel__node *node, operation *run,
        struct feel_value *ret)
{
    struct feel_value args[2];
    feel__exec(frame, node->u.op.a, &args[0]);
    feel__exec(frame, node->u.op.b, &args[1]);
    if (!frame->vm->is_asking || !feel__lift(frame, node, args, 2, apply_operation, &run, ret))
        run(frame, node, &args[0], &args[1], ret);
}

void
feel__run_add(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    operate(frame, node, feel__add, ret);
}

void
feel__run_subtract(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    operate(frame, node, feel__subtract, ret);
}

void
feel__run_multiply(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    operate(frame, node, multiply, ret);
}

void
feel__run_divide(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    operate(frame, node, divide, ret);
}

void
feel__run_power(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    operate(frame, node, power, ret);
}

static void
apply_negate(struct feel__frame *frame, const struct feel__node *node,
             const struct feel_value *args, const void *data, struct feel_value *ret)
{
    (void)data;
    if (args->kind == FEEL_NUMBER) {
        feel__set_number(ret, tb_dec_neg(args->u.number));
    } else if (args->kind == FEEL_DAYS && args->u.days.seconds != INT64_MIN) {
        *ret = feel__days(-args->u.days.seconds, -args->u.days.nano);
    } else if (args->kind == FEEL_MONTHS && args->u.months != INT64_MIN) {
        ret->kind = FEEL_MONTHS;
        ret->u.months = -args->u.months;
    } else {
        feel__warn_kinds(frame, node, ret, "-", args, NULL);
    }
}

void
feel__run_negate(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    struct feel_value a;
    feel__exec(frame, node->u.op.a, &a);
    if (!frame->vm->is_asking || !feel__lift(frame, node, &a, 1, apply_negate, NULL, ret))
        apply_negate(frame, node, &a, NULL, ret);
}

static void
apply_instance(struct feel__frame *frame, const struct feel__node *node,
               const struct feel_value *args, const void *data, struct feel_value *ret)
{
    (void)frame;
    (void)data;
    feel__set_boolean(ret, feel_instance_of(args, node->u.instance.type));
}

void
feel__run_instance(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    struct feel_value a;
    feel__exec(frame, node->u.instance.a, &a);
    if (!frame->vm->is_asking || !feel__lift(frame, node, &a, 1, apply_instance, NULL, ret))
        apply_instance(frame, node, &a, NULL, ret);
}

/* ---- paths ------------------------------------------------------------------------------------------------------- */

static bool
range_member(const struct feel_range *range, tb_str name, struct feel_value *ret)
{
    if (tb_str_is(name, "start"))
        *ret = range->start;
    else if (tb_str_is(name, "end"))
        *ret = range->end;
    else if (tb_str_is(name, "start included"))
        feel__set_boolean(ret, range->start_included);
    else if (tb_str_is(name, "end included"))
        feel__set_boolean(ret, range->end_included);
    else
        return false;
    return true;
}

static void
list_member(struct feel__frame *frame, const struct feel__node *node, const struct feel_list *list,
            tb_str name, struct feel_value *ret)
{
    struct feel_value *items = feel__values(frame->vm, list->count);
    if (items == NULL || !feel__step(frame->vm, list->count)) {
        feel__set_null(ret);
        return;
    }
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind ==
            FEEL_LIST) /* a path goes into a list once, not into lists of lists */
            feel__warn(frame, node, &items[i], "no_member", "没有这个成员",
                       "there is no such member");
        else
            feel__member(frame, node, &list->items[i], name, &items[i]);
    }
    *ret = feel_list_of(items, list->count);
}

void
feel__member(struct feel__frame *frame, const struct feel__node *node,
             const struct feel_value *value, tb_str name, struct feel_value *ret)
{
    const struct feel_value *found = NULL;
    bool is_found = false;
    switch (value->kind) {
    case FEEL_CONTEXT:
        found = feel_get(value, name);
        if (found != NULL)
            *ret = *found;
        is_found = found != NULL;
        break;
    case FEEL_LIST:
        list_member(frame, node, &value->u.list, name, ret);
        return;
    case FEEL_RANGE:
        is_found = range_member(value->u.range, name, ret);
        break;
    case FEEL_DATE:
    case FEEL_TIME:
    case FEEL_DATE_TIME:
    case FEEL_DAYS:
    case FEEL_MONTHS:
        is_found = feel__temporal_member(value, name, frame->vm->arena, ret);
        break;
    default:
        break;
    }
    if (!is_found)
        feel__warn(frame, node, ret, "no_member", "没有这个成员", "there is no such member");
}

static void
apply_path(struct feel__frame *frame, const struct feel__node *node, const struct feel_value *args,
           const void *data, struct feel_value *ret)
{
    (void)data;
    feel__member(frame, node, args, node->u.op.name, ret);
}

void
feel__run_path(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    struct feel_value value;
    feel__exec(frame, node->u.op.a, &value);
    if (value.kind == FEEL_UNKNOWN) {
        feel__lift(frame, node, &value, 1, apply_path, NULL, ret);
        return;
    }
    feel__member(frame, node, &value, node->u.op.name, ret);
}

/* ---- lists, contexts, ranges ------------------------------------------------------------------------------------- */

void
feel__run_list(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    uint32_t count = node->u.list.count;
    struct feel_value *items = feel__values(frame->vm, count);
    feel__set_null(ret);
    if (items == NULL || !feel__step(frame->vm, count))
        return;
    for (uint32_t i = 0; i < count; i++)
        feel__exec(frame, node->u.list.items[i], &items[i]);
    *ret = feel_list_of(items, count);
}

void
feel__run_context(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    uint32_t count = node->u.context.count;
    struct feel_vm *vm = frame->vm;
    feel__set_null(ret);
    if (node->u.context.fault != NULL) {
        feel__warn(frame, node, ret, "duplicate_key", "同一个键出现了两次", "a key occurs twice");
        return;
    }
    if (!feel__room(vm, count * sizeof(struct feel_entry)) || !feel__step(vm, count))
        return;
    struct feel_entry *entries = TB_NEW_ARRAY(vm->arena, count, struct feel_entry);
    for (uint32_t i = 0; i < count; i++) {
        const struct feel__entry_node *entry = &node->u.context.entries[i];
        entries[i].key = entry->key;
        feel__exec(frame, entry->value, &entries[i].value);
        frame->locals[entry->local] = entries[i].value;
    }
    *ret = feel_context_of(vm->arena, entries, count);
}

static bool
is_ordered(const struct feel_value *value)
{
    int order;
    return value->kind == FEEL_NULL || feel_compare(value, value, &order);
}

static void
apply_range(struct feel__frame *frame, const struct feel__node *node, const struct feel_value *args,
            const void *data, struct feel_value *ret)
{
    struct feel_value start = args[0], end = args[1];
    int order = 0;
    (void)data;
    bool is_open = start.kind == FEEL_NULL || end.kind == FEEL_NULL;
    bool is_range = is_open ? is_ordered(&start) && is_ordered(&end) && start.kind != end.kind
                            : feel_compare(&start, &end, &order) && order <= 0;
    if (!is_range) {
        feel__warn_kinds(frame, node, ret, "..", &start, &end);
        return;
    }
    struct feel_range *range = TB_NEW(frame->vm->arena, struct feel_range);
    range->start = start;
    range->end = end;
    range->start_included = node->flag & 1;
    range->end_included = node->flag & 2;
    ret->kind = FEEL_RANGE;
    ret->u.range = range;
}

void
feel__run_range(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    struct feel_value args[2];
    feel__exec(frame, node->u.op.a, &args[0]);
    feel__exec(frame, node->u.op.b, &args[1]);
    if (!frame->vm->is_asking || !feel__lift(frame, node, args, 2, apply_range, NULL, ret))
        apply_range(frame, node, args, NULL, ret);
}

static void
apply_operator_range(struct feel__frame *frame, const struct feel__node *node,
                     const struct feel_value *args, const void *data, struct feel_value *ret)
{
    struct feel_value end = args[0];
    (void)data;
    bool takes_any = node->flag == FEEL_EXACTLY || node->flag == FEEL_ALL_BUT;
    if (!takes_any && (end.kind == FEEL_NULL || !is_ordered(&end))) {
        feel__warn_kinds(frame, node, ret, "<", &end, NULL);
        return;
    }
    struct feel_range *range = TB_NEW(frame->vm->arena, struct feel_range);
    range->form = node->flag;
    if (node->flag != FEEL_BELOW && node->flag != FEEL_UP_TO)
        range->start = end;
    if (node->flag != FEEL_ABOVE && node->flag != FEEL_FROM)
        range->end = end;
    range->start_included = node->flag == FEEL_FROM || node->flag == FEEL_EXACTLY;
    range->end_included = node->flag == FEEL_UP_TO || node->flag == FEEL_EXACTLY;
    ret->kind = FEEL_RANGE;
    ret->u.range = range;
}

void
feel__run_operator_range(struct feel__frame *frame, const struct feel__node *node,
                         struct feel_value *ret)
{
    struct feel_value end;
    feel__exec(frame, node->u.op.a, &end);
    if (!frame->vm->is_asking || !feel__lift(frame, node, &end, 1, apply_operator_range, NULL, ret))
        apply_operator_range(frame, node, &end, NULL, ret);
}
