/* SPDX-License-Identifier: Apache-2.0 */
/* feel_call.c - functions, loops and filters while they run. */
#include "feel/feel_internal.h"
#include <string.h>

#define ARGS_SMALL 8

/* ---- functions --------------------------------------------------------------------------------------------------- */

struct feel_value
feel_function_new(struct tb_arena *arena, const struct feel_member *params, size_t param_count,
                  const struct feel_type *result, feel_call_fn *call, const void *data)
{
    struct feel_function *function = TB_NEW(arena, struct feel_function);
    function->params = params;
    function->param_count = param_count;
    function->result = result;
    function->call = call;
    function->data = data;
    return (struct feel_value){.kind = FEEL_FUNCTION, .u.function = function};
}

const struct feel_member *
feel_function_params(const struct feel_value *function, size_t *ret_count)
{
    bool has_params = function->kind == FEEL_FUNCTION && function->u.function->builtin == NULL;
    *ret_count = has_params ? function->u.function->param_count : 0;
    return has_params ? function->u.function->params : NULL;
}

void
feel__run_lambda(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    const struct feel__lambda *lambda = node->u.lambda;
    struct feel_function *function = TB_NEW(frame->vm->arena, struct feel_function);
    function->lambda = lambda;
    function->params = lambda->params;
    function->param_count = lambda->param_count;
    function->result = node->type->element;
    function->expr = frame->expr;
    function->slots = frame->slots;
    function->context = frame->context;
    if (lambda->captured > 0) {
        struct feel_value *captured = feel__values(frame->vm, lambda->captured);
        feel__set_null(ret);
        if (captured == NULL)
            return;
        memcpy(captured, frame->locals, lambda->captured * sizeof(struct feel_value));
        function->captured = captured;
    }
    ret->kind = FEEL_FUNCTION;
    ret->u.function = function;
}

static void
call_external(struct feel__frame *frame, const struct feel__node *node, tb_str name,
              const struct feel_value *args, size_t count, struct feel_value *ret)
{
    const struct feel_host *host = frame->vm->host;
    for (size_t i = 0; host != NULL && i < host->external_count; i++) {
        const struct feel_external *external = &host->externals[i];
        if (tb_str_is(name, external->name) &&
            (external->arity < 0 || (size_t)external->arity == count)) {
            feel__set_null(ret);
            external->call(external->context, frame->vm->arena, args, count, ret);
            return;
        }
    }
    feel__warn(frame, node, ret, "no_external", "宿主没有登记这个外部函数",
               "the host has no such external function");
}

static void
call_lambda(struct feel__frame *frame, const struct feel__node *node,
            const struct feel_function *function, const struct feel_value *args,
            struct feel_value *ret)
{
    const struct feel__lambda *lambda = function->lambda;
    struct feel_vm *vm = frame->vm;
    if (lambda->body == NULL) {
        call_external(frame, node, lambda->external, args, lambda->param_count, ret);
        return;
    }
    struct feel_value *locals = feel__values(vm, lambda->local_max);
    feel__set_null(ret);
    if (locals == NULL || !feel_vm_enter(vm, lambda->depth))
        return;
    if (lambda->captured > 0)
        memcpy(locals, function->captured, lambda->captured * sizeof(struct feel_value));
    if (lambda->param_count > 0)
        memcpy(locals + lambda->captured, args, lambda->param_count * sizeof(struct feel_value));
    struct feel__frame inner = {vm, function->expr, function->slots, function->context, locals};
    feel__step(vm, 1);
    feel__exec(&inner, lambda->body, ret);
    feel_vm_leave(vm, lambda->depth);
}

/* Arguments conform to the parameters, or the whole call is null. */
static bool
conform(struct feel__frame *frame, const struct feel__node *node,
        const struct feel_function *function, struct feel_value *args, struct feel_value *ret)
{
    for (size_t i = 0; i < function->param_count; i++) {
        const struct feel_type *type = function->params[i].type;
        struct feel_value arg = args[i];
        if (type->kind == FEEL_TYPE_ANY)
            continue;
        if (!feel_coerce(frame->vm->arena, &arg, type, &args[i])) {
            feel__warn(frame, node, ret, "wrong_argument", "参数的类型不符",
                       "an argument does not have the type of its parameter");
            return false;
        }
    }
    return true;
}

static void
call_own(struct feel__frame *frame, const struct feel__node *node,
         const struct feel_function *function, struct feel_value *args, struct feel_value *ret)
{
    struct feel_value value;
    if (!conform(frame, node, function, args, ret))
        return;
    if (function->lambda != NULL) {
        call_lambda(frame, node, function, args, ret);
        return;
    }
    feel__set_null(&value);
    function->call(frame->vm, function->data, args, &value);
    if (function->result == NULL || function->result->kind == FEEL_TYPE_ANY)
        *ret = value;
    else if (!feel_coerce(frame->vm->arena, &value, function->result, ret))
        feel__warn(frame, node, ret, "wrong_result", "函数结果的类型不符",
                   "the function's result does not have its declared type");
}

void
feel__call(struct feel__frame *frame, const struct feel__node *node,
           const struct feel_value *function, const struct feel_value *args, size_t count,
           struct feel_value *ret)
{
    struct feel_value small[ARGS_SMALL], *copy = small;
    if (function->kind != FEEL_FUNCTION) {
        feel__warn(frame, node, ret, "no_function", "这不是函数，不能调用",
                   "this is no function and cannot be called");
        return;
    }
    const struct feel_function *f = function->u.function;
    if (f->builtin != NULL) {
        feel__builtin_run(frame, node, f->builtin, args, NULL, count, ret);
        return;
    }
    if (f->param_count != count) {
        feel__warn(frame, node, ret, "wrong_arity", "参数的个数不对",
                   "the number of arguments is not that of the parameters");
        return;
    }
    if (count > ARGS_SMALL && (copy = feel__values(frame->vm, count)) == NULL) {
        feel__set_null(ret);
        return;
    }
    if (count > 0)
        memcpy(copy, args, count * sizeof(struct feel_value));
    call_own(frame, node, f, copy, ret);
}

/* Puts named arguments into the order of the parameters; false when a name is unknown or missing. */
static bool
order_named(const struct feel_function *function, const struct feel_value *args,
            const tb_str *names, size_t count, struct feel_value *ordered)
{
    if (function->builtin != NULL || function->param_count != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        size_t at = count;
        for (size_t k = 0; k < count; k++)
            if (tb_str_eq(names[k], function->params[i].name))
                at = k;
        if (at == count)
            return false;
        ordered[i] = args[at];
    }
    return true;
}

static void
call_with_names(struct feel__frame *frame, const struct feel__node *node,
                const struct feel_value *callee, const struct feel_value *args, const tb_str *names,
                size_t count, struct feel_value *ret)
{
    const struct feel_function *function = callee->u.function;
    if (callee->kind == FEEL_UNKNOWN) {
        feel_vm_join(frame->vm, NULL, 0, callee, ret);
        return;
    }
    if (callee->kind != FEEL_FUNCTION || names == NULL) {
        feel__call(frame, node, callee, args, count, ret);
        return;
    }
    if (function->builtin != NULL) {
        feel__builtin_run(frame, node, function->builtin, args, names, count, ret);
        return;
    }
    struct feel_value *ordered = feel__values(frame->vm, count);
    feel__set_null(ret);
    if (ordered == NULL)
        return;
    if (order_named(function, args, names, count, ordered))
        feel__call(frame, node, callee, ordered, count, ret);
    else
        feel__warn(frame, node, ret, "wrong_argument", "参数的名称不对",
                   "the names of the arguments are not those of the parameters");
}

void
feel__run_call(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    struct feel_value callee, small[ARGS_SMALL], *args = small;
    uint32_t count = node->u.call.count;
    feel__exec(frame, node->u.call.callee, &callee);
    if (count > ARGS_SMALL && (args = feel__values(frame->vm, count)) == NULL) {
        feel__set_null(ret);
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        feel__exec(frame, node->u.call.args[i], &args[i]);
    call_with_names(frame, node, &callee, args, node->u.call.names, count, ret);
}

static void
apply_builtin(struct feel__frame *frame, const struct feel__node *node,
              const struct feel_value *args, const void *data, struct feel_value *ret)
{
    (void)data;
    feel__builtin_run(frame, node, node->u.call.builtin, args, node->u.call.names,
                      node->u.call.count, ret);
}

void
feel__run_builtin(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    struct feel_value small[ARGS_SMALL], *args = small;
    uint32_t count = node->u.call.count;
    if (count > ARGS_SMALL && (args = feel__values(frame->vm, count)) == NULL) {
        feel__set_null(ret);
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        feel__exec(frame, node->u.call.args[i], &args[i]);
    if (!frame->vm->is_asking || !feel__lift(frame, node, args, count, apply_builtin, NULL, ret))
        apply_builtin(frame, node, args, NULL, ret);
}

void
feel_vm_call(struct feel_vm *vm, const struct feel_value *function, const struct feel_value *args,
             const tb_str *names, size_t count, struct feel_value *ret_value)
{
    static const struct feel_expr none;
    static const struct feel__node here;
    struct feel_value value, locals[1] = {{0}};
    struct feel__frame frame = {.vm = vm, .expr = &none, .locals = locals};
    call_with_names(&frame, &here, function, args, names, count, &value);
    *ret_value = value;
}

/* ---- loops ------------------------------------------------------------------------------------------------------- */

/* What one loop variable runs through: items, or count steps up or down from a number or a day. */
struct domain {
    const struct feel_value *items;
    size_t count;
    int64_t start;
    int step; /* 0: items */
    bool is_days;
};

static bool
integer_of(const struct feel_value *value, int64_t *ret)
{
    return value->kind == FEEL_NUMBER && tb_dec_to_int(value->u.number, ret);
}

static bool
domain_between(const struct feel_value *from, const struct feel_value *to, struct domain *ret)
{
    int64_t a, b;
    *ret = (struct domain){0};
    if (from->kind == FEEL_DATE && to->kind == FEEL_DATE) {
        a = tb_date_to_days(from->u.moment.date);
        b = tb_date_to_days(to->u.moment.date);
        ret->is_days = true;
    } else if (!integer_of(from, &a) || !integer_of(to, &b)) {
        return false;
    }
    uint64_t distance = a <= b ? (uint64_t)b - (uint64_t)a : (uint64_t)a - (uint64_t)b;
    ret->count = distance == UINT64_MAX ? SIZE_MAX : (size_t)distance + 1;
    ret->start = a;
    ret->step = a <= b ? 1 : -1;
    return true;
}

static bool
domain_range(const struct feel_range *range, struct domain *ret)
{
    if (range->form != FEEL_INTERVAL || !domain_between(&range->start, &range->end, ret))
        return false;
    if (!range->start_included && ret->count > 0) {
        ret->start++;
        ret->count--;
    }
    if (!range->end_included && ret->count > 0)
        ret->count--;
    return true;
}

static bool
domain_of(struct feel__frame *frame, const struct feel__iterator *iterator, struct domain *ret,
          struct feel_value *ret_open)
{
    struct feel_value value, end = feel_null();
    feel__exec(frame, iterator->domain, &value);
    if (iterator->end != NULL)
        feel__exec(frame, iterator->end, &end);
    if (value.kind == FEEL_UNKNOWN || end.kind == FEEL_UNKNOWN) {
        struct feel_value both[3] = {value, end, *ret_open};
        feel_vm_join(frame->vm, both, 3, NULL, ret_open);
        return false;
    }
    if (iterator->end != NULL)
        return domain_between(&value, &end, ret);
    if (value.kind == FEEL_RANGE)
        return domain_range(value.u.range, ret);
    if (value.kind == FEEL_NULL)
        return false;
    *ret = (struct domain){.items = value.u.list.items, .count = value.u.list.count};
    if (value.kind != FEEL_LIST) {
        struct feel_value *item = TB_NEW(frame->vm->arena, struct feel_value);
        *item = value;
        *ret = (struct domain){.items = item, .count = 1};
    }
    return true;
}

static void
domain_get(const struct domain *domain, size_t i, struct feel_value *ret)
{
    int64_t at = domain->start + domain->step * (int64_t)i;
    if (domain->step == 0)
        *ret = domain->items[i];
    else if (domain->is_days)
        *ret = feel_date(tb_date_from_days(at));
    else
        *ret = feel_integer(at);
}

/* A loop in progress. visit is called for each combination; it returns false to end the loop. */
struct walk {
    struct feel__frame *frame;
    const struct feel__node *node;
    bool (*visit)(struct walk *walk);
    bool is_bad;            /* a domain was none */
    struct feel_value open; /* what it hangs on, when a domain or a condition is unknown */
    struct feel_value *items;
    size_t count, cap;
    bool is_unsure; /* a condition was null */
    bool is_wrong;  /* a condition was neither null nor a boolean: the whole is null */
    bool is_decided;
};

static bool
walk_from(struct walk *walk, uint32_t level)
{
    struct domain domain;
    const struct feel__node *node = walk->node;
    struct feel_vm *vm = walk->frame->vm;
    if (level == node->u.loop.count)
        return walk->visit(walk);
    const struct feel__iterator *iterator = &node->u.loop.iterators[level];
    if (!domain_of(walk->frame, iterator, &domain, &walk->open)) {
        walk->is_bad = true;
        return false;
    }
    if (domain.count > vm->steps_max - (vm->steps < vm->steps_max ? vm->steps : vm->steps_max))
        return feel__stop(vm);
    for (size_t i = 0; i < domain.count; i++) {
        if (!feel__step(vm, 1))
            return false;
        domain_get(&domain, i, &walk->frame->locals[iterator->local]);
        if (!walk_from(walk, level + 1))
            return false;
    }
    return true;
}

static bool
visit_for(struct walk *walk)
{
    struct feel__frame *frame = walk->frame;
    const struct feel__node *node = walk->node;
    if (walk->count == walk->cap) {
        size_t cap = walk->cap * 2 + 16;
        struct feel_value *more = feel__values(frame->vm, cap);
        if (more == NULL)
            return false;
        if (walk->count > 0)
            memcpy(more, walk->items, walk->count * sizeof(struct feel_value));
        walk->items = more;
        walk->cap = cap;
    }
    frame->locals[node->u.loop.partial] = feel_list_of(walk->items, walk->count);
    struct feel_value value;
    feel__exec(frame, node->u.loop.body, &value);
    walk->items[walk->count++] = value;
    return frame->vm->limit == NULL;
}

static bool
walk_start(struct walk *walk, struct feel_value *ret)
{
    feel__set_null(ret);
    walk_from(walk, 0);
    if (walk->open.kind == FEEL_UNKNOWN && !walk->is_decided) {
        feel_vm_join(walk->frame->vm, NULL, 0, &walk->open, ret);
        return false;
    }
    if (walk->is_bad)
        feel__warn(walk->frame, walk->node, ret, "no_domain",
                   "in 后面不是清单，也不是整数或日期的区间",
                   "what follows in is no list and no range of whole numbers or dates");
    return !walk->is_bad && walk->frame->vm->limit == NULL;
}

void
feel__run_for(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    struct walk walk = {.frame = frame, .node = node, .visit = visit_for};
    if (walk_start(&walk, ret))
        *ret = feel_list_of(walk.items, walk.count);
}

static bool
visit_test(struct walk *walk, bool deciding)
{
    struct feel_value value;
    feel__exec(walk->frame, walk->node->u.loop.body, &value);
    if (value.kind == FEEL_UNKNOWN) {
        struct feel_value both[2] = {value, walk->open};
        feel_vm_join(walk->frame->vm, both, 2, NULL, &walk->open);
        return true;
    }
    walk->is_unsure |= value.kind == FEEL_NULL;
    walk->is_wrong = value.kind != FEEL_NULL && value.kind != FEEL_BOOLEAN;
    walk->is_decided = value.kind == FEEL_BOOLEAN && value.u.boolean == deciding;
    return !walk->is_decided && !walk->is_wrong;
}

static bool
visit_some(struct walk *walk)
{
    return visit_test(walk, true);
}

static bool
visit_every(struct walk *walk)
{
    return visit_test(walk, false);
}

static void
quantify(struct feel__frame *frame, const struct feel__node *node, bool is_every,
         struct feel_value *ret)
{
    struct walk walk = {.frame = frame, .node = node, .visit = is_every ? visit_every : visit_some};
    if (!walk_start(&walk, ret))
        return;
    if (walk.is_wrong || (!walk.is_decided && walk.is_unsure))
        feel__warn(frame, node, ret, "not_boolean", "satisfies 的条件不是真假值",
                   "the condition after satisfies is no boolean");
    else
        feel__set_boolean(ret, walk.is_decided != is_every);
}

void
feel__run_some(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    quantify(frame, node, false, ret);
}

void
feel__run_every(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    quantify(frame, node, true, ret);
}

bool
feel_vm_items(struct feel_vm *vm, const struct feel_value *value, struct feel_list *ret_items)
{
    struct domain domain;
    if (value->kind == FEEL_LIST) {
        *ret_items = value->u.list;
        return true;
    }
    if (value->kind == FEEL_NULL ||
        (value->kind == FEEL_RANGE && !domain_range(value->u.range, &domain))) {
        feel_vm_warn(vm, "no_domain", TB_STR("in 后面不是清单，也不是整数或日期的区间"),
                     TB_STR("what follows in is no list and no range of whole numbers or dates"));
        return false;
    }
    size_t count = value->kind == FEEL_RANGE ? domain.count : 1;
    struct feel_value *items = feel__step(vm, count) ? feel__values(vm, count) : NULL;
    if (items == NULL)
        return false;
    items[0] = *value;
    for (size_t i = 0; value->kind == FEEL_RANGE && i < count; i++)
        domain_get(&domain, i, &items[i]);
    *ret_items = (struct feel_list){items, count};
    return true;
}

/* ---- filters ----------------------------------------------------------------------------------------------------- */

static void
pick(struct feel__frame *frame, const struct feel__node *node, const struct feel_list *list,
     const struct feel_value *index, struct feel_value *ret)
{
    int64_t i;
    tb_dec whole;
    if (!tb_dec_round(index->u.number, 0, TB_ROUND_DOWN, &whole) || !tb_dec_to_int(whole, &i))
        i = 0;
    int64_t count = (int64_t)list->count;
    if (i >= 1 && i <= count)
        *ret = list->items[i - 1];
    else if (i <= -1 && i >= -count)
        *ret = list->items[count + i];
    else
        feel__warn(frame, node, ret, "no_item", "清单没有这一项",
                   "the list has no item of that number");
}

static void
select_items(struct feel__frame *frame, const struct feel__node *node, const struct feel_list *list,
             struct feel_value *ret)
{
    struct feel_vm *vm = frame->vm;
    struct feel_value *item = &frame->locals[node->u.op.local], test;
    struct feel_value *kept = feel__values(vm, list->count);
    struct feel_value open = feel_null(); /* what it hangs on whether an item is in */
    size_t count = 0;
    feel__set_null(ret);
    for (size_t i = 0; kept != NULL && i < list->count; i++) {
        if (!feel__step(vm, 1))
            return;
        *item = list->items[i];
        feel__exec(frame, node->u.op.b, &test);
        if (test.kind == FEEL_NUMBER && i == 0) {
            pick(frame, node, list, &test, ret);
            return;
        }
        if (test.kind == FEEL_UNKNOWN) {
            struct feel_value both[2] = {test, open};
            feel_vm_join(vm, both, 2, NULL, &open);
            continue;
        }
        if (test.kind != FEEL_BOOLEAN && test.kind != FEEL_NULL) {
            feel__warn(frame, node, ret, "not_boolean", "筛选条件不是真假值",
                       "the filter is no boolean");
            return;
        }
        if (feel_is_true(&test))
            kept[count++] = list->items[i];
    }
    if (open.kind == FEEL_UNKNOWN)
        feel_vm_join(vm, NULL, 0, &open, ret);
    else if (kept != NULL)
        *ret = feel_list_of(kept, count);
}

void
feel__run_filter(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    struct feel_value source, test;
    feel__exec(frame, node->u.op.a, &source);
    if (source.kind == FEEL_UNKNOWN) {
        feel_vm_join(frame->vm, NULL, 0, &source, ret);
        return;
    }
    struct feel_list list = source.u.list;
    if (source.kind != FEEL_LIST)
        list = (struct feel_list){&source, source.kind != FEEL_NULL};
    if (node->flag || list.count == 0) {
        bool was_quiet = frame->vm->is_quiet;
        feel__set_null(&frame->locals[node->u.op.local]);
        frame->vm->is_quiet |= !node->flag; /* only to see whether it is a number */
        feel__exec(frame, node->u.op.b, &test);
        frame->vm->is_quiet = was_quiet;
        if (test.kind == FEEL_UNKNOWN && node->flag) {
            struct feel_value both[2] = {feel_list_of(list.items, list.count), test};
            feel_vm_join(frame->vm, both, 2, NULL, ret);
            return;
        }
        if (test.kind == FEEL_NUMBER) {
            pick(frame, node, &list, &test, ret);
            return;
        }
    }
    if (source.kind == FEEL_NULL) {
        feel__warn(frame, node, ret, "null_operand", "空值不能筛选", "null cannot be filtered");
        return;
    }
    select_items(frame, node, &list, ret);
}
