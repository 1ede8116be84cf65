/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_eval.c - evaluating nodes and boxed expressions.
 *
 * A node's value is computed once in an evaluation, when somebody needs it, and remembered. A decision service runs in
 * an evaluation of its own inside the same limits: what it is given is preset there, and nothing leaks in or out. */
#include "dmn/dmn_internal.h"
#include <string.h>

enum { NOT_YET, RUNNING, THERE };

#define EXPR_DEPTH 4 /* operations that a boxed expression counts for in the limit of depth */

/* ---- state ------------------------------------------------------------------------------------------------------- */

static void
memo_init(struct dmn__memo *memo, struct tb_arena *arena, const struct dmn_model *model)
{
    *memo = (struct dmn__memo){.model = model,
                               .values = TB_NEW_ARRAY(arena, model->node_count, struct feel_value),
                               .states = tb_alloc(arena, model->node_count + 1)};
}

void
dmn__run_init(struct dmn__run *run, struct feel_vm *vm, const struct dmn_model *model,
              const struct feel_value *input)
{
    *run = (struct dmn__run){.vm = vm, .model = model, .input = input};
    memo_init(&run->memo, feel_vm_arena(vm), model);
}

static struct dmn__memo *
memo_of(struct dmn__run *run, const struct dmn_model *model)
{
    struct dmn__memo *memo = &run->memo;
    for (;; memo = memo->next) {
        if (memo->model == model)
            return memo;
        if (memo->next == NULL) {
            memo->next = TB_NEW(feel_vm_arena(run->vm), struct dmn__memo);
            memo_init(memo->next, feel_vm_arena(run->vm), model);
        }
    }
}

void
dmn__warn(struct dmn__run *run, const char *code, tb_str zh, tb_str en)
{
    feel_vm_warn(run->vm, code, zh, en);
}

/* Warnings from here on belong to a place; returns the former one. */
static tb_str
enter_place(struct dmn__run *run, tb_str where)
{
    struct feel_warnings *warnings = feel_vm_warnings(run->vm);
    tb_str before = TB_STR_NONE;
    if (warnings != NULL) {
        before = warnings->where;
        warnings->where = where;
    }
    return before;
}

/* ---- types at boundaries ----------------------------------------------------------------------------------------- */

static bool
passes(struct dmn__run *run, const struct feel_unary *tests, const struct feel_value *value)
{
    struct feel_value result;
    feel_vm_test(run->vm, tests, value, NULL, &result);
    return feel_is_true(&result) || result.kind == FEEL_UNKNOWN;
}

static bool
fits(struct dmn__run *run, const struct feel_value *value, const struct feel_type *type)
{
    if (!type->has_constraints || value->kind == FEEL_NULL || value->kind == FEEL_UNKNOWN)
        return true;
    if (type->allowed != NULL && !passes(run, type->allowed, value))
        return false;
    if (type->constraint != NULL && !passes(run, type->constraint, value))
        return false;
    if (type->kind == FEEL_TYPE_LIST && value->kind == FEEL_LIST)
        for (size_t i = 0; i < value->u.list.count; i++)
            if (!fits(run, &value->u.list.items[i], type->element))
                return false;
    for (size_t i = 0; type->kind == FEEL_TYPE_CONTEXT && i < type->member_count; i++) {
        const struct feel_value *member = feel_get(value, type->members[i].name);
        if (member != NULL && !fits(run, member, type->members[i].type))
            return false;
    }
    return true;
}

void
dmn__conform(struct dmn__run *run, const struct feel_value *value, const struct feel_type *type,
             tb_str what, struct feel_value *ret)
{
    struct tb_arena *arena = feel_vm_arena(run->vm);
    struct feel_value own = *value;
    if (type == NULL || type->kind == FEEL_TYPE_ANY) {
        *ret = own;
        return;
    }
    if (!feel_coerce(arena, &own, type, ret)) {
        tb_str name = feel_type_format(arena, type);
        dmn__warn(run, "wrong_type",
                  tb_printf(arena, "“" TB_FMT "”不是 " TB_FMT, TB_ARG(what), TB_ARG(name)),
                  tb_printf(arena, "\"" TB_FMT "\" is no " TB_FMT, TB_ARG(what), TB_ARG(name)));
        *ret = feel_null();
    } else if (!fits(run, ret, type)) {
        dmn__warn(
            run, "not_allowed", tb_printf(arena, "“" TB_FMT "”不在允许的值之内", TB_ARG(what)),
            tb_printf(arena, "\"" TB_FMT "\" is not one of the allowed values", TB_ARG(what)));
        *ret = feel_null();
    }
}

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

/* Looks for an input among what is given for the imports of a model. prefix: the names that lead to the model. */
static const struct feel_value *
find_imported(struct dmn__run *run, const struct dmn_model *model, const struct dmn__node *node,
              const struct feel_value *given, tb_str prefix)
{
    struct tb_arena *arena = feel_vm_arena(run->vm);
    for (size_t i = 0; i < model->import_count; i++) {
        const struct dmn__import *import = &model->imports[i];
        const struct feel_value *own = given, *found = NULL;
        tb_str path = prefix;
        if (import->name.len > 0) {
            own = feel_get(given, import->name);
            path = tb_printf(arena, TB_FMT TB_FMT ".", TB_ARG(prefix), TB_ARG(import->name));
        }
        if (import->model != node->model) {
            found = find_imported(run, import->model, node, own, path);
        } else if (path.len > 0) {
            found = feel_get(
                run->input, tb_printf(arena, TB_FMT TB_FMT, TB_ARG(path), TB_ARG(node->info.name)));
            if (found == NULL)
                found = feel_get(own, node->info.name);
        }
        if (found != NULL)
            return found;
    }
    return NULL;
}

/* An input of an imported model is given by its qualified name, inside contexts of the imports' names, or bare. */
static const struct feel_value *
find_input(struct dmn__run *run, const struct dmn__node *node)
{
    const struct feel_value *found = NULL;
    if (node->model != run->model)
        found = find_imported(run, run->model, node, run->input, TB_STR(""));
    return found != NULL ? found : feel_get(run->input, node->info.name);
}

static void
missing_input(struct dmn__run *run, tb_str name)
{
    struct tb_arena *arena = feel_vm_arena(run->vm);
    if (feel_vm_warnings(run->vm) != NULL)
        dmn__warn(run, "missing_input", tb_printf(arena, "没有给出“" TB_FMT "”", TB_ARG(name)),
                  tb_printf(arena, "\"" TB_FMT "\" was not given", TB_ARG(name)));
}

/* A structured input may come with members missing: they are null, with a warning, and the rest counts. */
static struct feel_value
fill_missing(struct dmn__run *run, const struct feel_value *value, const struct feel_type *type,
             tb_str name, int depth)
{
    struct tb_arena *arena = feel_vm_arena(run->vm);
    struct feel_value filled = *value;
    if (type->kind != FEEL_TYPE_CONTEXT || value->kind != FEEL_CONTEXT || depth > 16)
        return filled;
    for (size_t i = 0; i < type->member_count; i++) {
        const struct feel_member *member = &type->members[i];
        const struct feel_value *found = feel_get(&filled, member->name);
        tb_str full = tb_printf(arena, TB_FMT "." TB_FMT, TB_ARG(name), TB_ARG(member->name));
        struct feel_value inner = feel_null();
        if (found != NULL)
            inner = fill_missing(run, found, member->type, full, depth + 1);
        else
            missing_input(run, full);
        filled = feel_put(arena, &filled, member->name, inner);
    }
    return filled;
}

static void
input_value(struct dmn__run *run, const struct dmn__node *node, struct feel_value *ret)
{
    const struct feel_value *given = find_input(run, node);
    tb_str place = enter_place(run, node->info.name);
    *ret = feel_null();
    if (given != NULL) {
        struct feel_value filled = fill_missing(run, given, node->type, node->info.name, 0);
        dmn__conform(run, &filled, node->type, node->info.name, ret);
    } else {
        missing_input(run, node->info.name);
    }
    enter_place(run, place);
}

/* Room for a unit's slots, with what it needs filled in. NULL over a limit. */
static struct feel_value *
slots_of(struct dmn__run *run, const struct dmn__node *node)
{
    size_t count = node->scope.count;
    if (!feel_vm_step(run->vm, 1 + count))
        return NULL;
    struct feel_value *slots = TB_NEW_ARRAY(feel_vm_arena(run->vm), count + 1, struct feel_value);
    for (size_t i = 0; i < node->need_count; i++)
        if (node->needs[i].is_used)
            dmn__value(run, node->needs[i].node, &slots[node->needs[i].slot]);
    return slots;
}

static void
add_step(struct dmn__run *run, const struct dmn__node *node, const struct feel_value *value,
         const struct dmn__hits *hits)
{
    struct dmn__steps *steps = run->steps;
    if (steps->count == steps->cap) {
        size_t cap = steps->cap * 2 + 8;
        struct dmn_step *more = TB_NEW_ARRAY(feel_vm_arena(run->vm), cap, struct dmn_step);
        if (steps->count > 0)
            memcpy(more, steps->items, steps->count * sizeof(*more));
        steps->items = more;
        steps->cap = cap;
    }
    steps->items[steps->count++] = (struct dmn_step){&node->info, *value, hits->items, hits->count};
}

void
dmn__hit(struct dmn__run *run, const struct dmn_hit *hit)
{
    struct dmn__hits *hits = run->hits;
    if (hits == NULL)
        return;
    if (hits->count == hits->cap) {
        size_t cap = hits->cap * 2 + 4;
        struct dmn_hit *more = TB_NEW_ARRAY(feel_vm_arena(run->vm), cap, struct dmn_hit);
        if (hits->count > 0)
            memcpy(more, hits->items, hits->count * sizeof(*more));
        hits->items = more;
        hits->cap = cap;
    }
    hits->items[hits->count++] = *hit;
}

static void
decision_value(struct dmn__run *run, const struct dmn__node *node, struct feel_value *ret)
{
    struct dmn__hits hits = {0}, *outer = run->hits;
    const struct dmn__node *before = run->node;
    struct feel_value value = feel_null();
    struct feel_value *slots = slots_of(run, node);
    tb_str place = enter_place(run, node->info.name);
    run->hits = run->steps != NULL ? &hits : NULL;
    run->node = node;
    if (slots != NULL && node->body != NULL)
        dmn__eval_expr(run, node->body, slots, node->scope.count, &value);
    dmn__conform(run, &value, node->type, node->info.name, ret);
    if (run->asking != NULL && feel_is_open(ret))
        dmn__ask_note(run, ret, node->info.name, NULL, 0);
    run->node = before;
    run->hits = outer;
    enter_place(run, place);
    if (run->steps != NULL)
        add_step(run, node, ret, &hits);
}

/* ---- knowledge models and services ------------------------------------------------------------------------------- */

struct callable {
    struct dmn__run *run;
    const struct dmn__node *node;
};

static bool
args_fit(struct dmn__run *run, const struct feel_member *params, size_t count,
         const struct feel_value *args)
{
    for (size_t i = 0; i < count; i++)
        if (!fits(run, &args[i], params[i].type)) {
            dmn__warn(run, "not_allowed", TB_STR("参数不在允许的值之内"),
                      TB_STR("an argument is not one of the allowed values"));
            return false;
        }
    return true;
}

static void
call_knowledge(struct feel_vm *vm, const void *data, const struct feel_value *args,
               struct feel_value *ret)
{
    const struct callable *callable = data;
    struct dmn__run *run = callable->run;
    const struct dmn__node *node = callable->node;
    struct feel_value value;
    run->vm = vm;
    *ret = feel_null();
    if (!args_fit(run, node->params, node->param_count, args) || !feel_vm_enter(vm, EXPR_DEPTH))
        return;
    struct feel_value *slots = slots_of(run, node);
    if (slots != NULL) {
        tb_str place = enter_place(run, node->info.name);
        if (node->param_count > 0)
            memcpy(slots + node->param_slot, args, node->param_count * sizeof(*args));
        dmn__eval_expr(run, node->body->u.function.body, slots, node->scope.count, &value);
        dmn__conform(run, &value, node->type, node->info.name, ret);
        enter_place(run, place);
    }
    feel_vm_leave(vm, EXPR_DEPTH);
}

static void
outputs_of(struct dmn__run *run, const struct dmn__node *node, struct feel_value *ret)
{
    struct tb_arena *arena = feel_vm_arena(run->vm);
    if (node->output_count == 1) {
        dmn__value(run, node->outputs[0], ret);
        return;
    }
    struct feel_entry *entries = TB_NEW_ARRAY(arena, node->output_count, struct feel_entry);
    for (size_t i = 0; i < node->output_count; i++) {
        entries[i].key = node->outputs[i]->info.name;
        dmn__value(run, node->outputs[i], &entries[i].value);
    }
    *ret = feel_context_of(arena, entries, node->output_count);
}

static void
call_service(struct feel_vm *vm, const void *data, const struct feel_value *args,
             struct feel_value *ret)
{
    const struct callable *callable = data;
    const struct dmn__node *node = callable->node;
    struct dmn__run *inner = TB_NEW(feel_vm_arena(vm), struct dmn__run);
    struct feel_value value;
    *ret = feel_null();
    if (!args_fit(callable->run, node->params, node->param_count, args) ||
        !feel_vm_enter(vm, EXPR_DEPTH))
        return;
    dmn__run_init(inner, vm, node->model, NULL);
    inner->depth = callable->run->depth + 1;
    inner->asking = callable->run->asking;
    inner->scans_tables = callable->run->scans_tables;
    inner->steps = callable->run->steps;
    inner->scene = callable->run->scene;
    for (size_t i = 0; i < node->param_count; i++) {
        dmn__preset(inner, node->inputs[i], &args[i]);
    }
    outputs_of(inner, node, &value);
    dmn__conform(inner, &value, node->type, node->info.name, ret);
    feel_vm_leave(vm, EXPR_DEPTH);
}

static void
callable_value(struct dmn__run *run, const struct dmn__node *node, struct feel_value *ret)
{
    struct tb_arena *arena = feel_vm_arena(run->vm);
    bool is_own =
        node->kind == DMN__SERVICE || (node->body != NULL && node->body->form == DMN__FUNCTION);
    if (!is_own) { /* a function of the host, or one that did not compile */
        struct feel_value *slots = slots_of(run, node);
        *ret = feel_null();
        if (slots != NULL && node->body != NULL)
            dmn__eval_expr(run, node->body, slots, node->scope.count, ret);
        return;
    }
    struct callable *callable = TB_NEW(arena, struct callable);
    *callable = (struct callable){run, node};
    *ret = feel_function_new(arena, node->params, node->param_count, node->type,
                             node->kind == DMN__SERVICE ? call_service : call_knowledge, callable);
}

void
dmn__preset(struct dmn__run *run, const struct dmn__node *node, const struct feel_value *value)
{
    struct dmn__memo *memo = memo_of(run, node->model);
    memo->values[node->index] = *value;
    memo->states[node->index] = THERE;
}

void
dmn__value(struct dmn__run *run, const struct dmn__node *node, struct feel_value *ret)
{
    struct dmn__memo *memo = memo_of(run, node->model);
    uint8_t *state = &memo->states[node->index];
    struct feel_value *value = &memo->values[node->index];
    if (*state == NOT_YET) {
        *state = RUNNING;
        if (!feel_vm_enter(run->vm, EXPR_DEPTH)) {
            *ret = feel_null();
            return;
        }
        if (node->kind == DMN__INPUT)
            input_value(run, node, value);
        else if (node->kind == DMN__DECISION)
            decision_value(run, node, value);
        else
            callable_value(run, node, value);
        feel_vm_leave(run->vm, EXPR_DEPTH);
        *state = THERE;
    } else if (*state == RUNNING) { /* the links have no circle, but a service may lead back */
        dmn__warn(run, "cycle", TB_STR("计算成环"), TB_STR("the evaluation runs in a circle"));
        *ret = feel_null();
        return;
    }
    *ret = *value;
}

/* ---- boxed expressions ------------------------------------------------------------------------------------------- */

static void
eval_context(struct dmn__run *run, const struct dmn__expr *expr, struct feel_value *slots,
             size_t count, struct feel_value *ret)
{
    struct tb_arena *arena = feel_vm_arena(run->vm);
    struct feel_entry *entries = TB_NEW_ARRAY(arena, expr->u.context.count, struct feel_entry);
    size_t n = 0;
    for (size_t i = 0; i < expr->u.context.count; i++) {
        const struct dmn__entry *entry = &expr->u.context.entries[i];
        struct feel_value value;
        dmn__eval_expr(run, entry->value, slots, count, &value);
        if (entry->name.ptr == NULL) {
            *ret = value;
            return;
        }
        dmn__conform(run, &value, entry->type, entry->name, &entries[n].value);
        entries[n].key = entry->name;
        slots[entry->slot] = entries[n++].value;
    }
    *ret = feel_context_of(arena, entries, n);
}

static void
eval_list(struct dmn__run *run, const struct dmn__expr *expr, struct feel_value *slots,
          size_t count, struct feel_value *ret)
{
    struct feel_value *items =
        TB_NEW_ARRAY(feel_vm_arena(run->vm), expr->u.list.count, struct feel_value);
    for (size_t i = 0; i < expr->u.list.count; i++)
        dmn__eval_expr(run, expr->u.list.items[i], slots, count, &items[i]);
    *ret = feel_list_of(items, expr->u.list.count);
}

static void
eval_relation(struct dmn__run *run, const struct dmn__expr *expr, struct feel_value *slots,
              size_t count, struct feel_value *ret)
{
    struct tb_arena *arena = feel_vm_arena(run->vm);
    size_t columns = expr->u.relation.column_count, rows = expr->u.relation.row_count;
    struct feel_value *items = TB_NEW_ARRAY(arena, rows, struct feel_value);
    for (size_t r = 0; r < rows; r++) {
        struct feel_entry *entries = TB_NEW_ARRAY(arena, columns, struct feel_entry);
        for (size_t c = 0; c < columns; c++) {
            const struct feel_member *column = &expr->u.relation.columns[c];
            struct feel_value value;
            dmn__eval_expr(run, expr->u.relation.cells[r * columns + c], slots, count, &value);
            entries[c].key = column->name;
            dmn__conform(run, &value, column->type, column->name, &entries[c].value);
        }
        items[r] = feel_context_of(arena, entries, columns);
    }
    *ret = feel_list_of(items, rows);
}

/* Parameters without a binding are null; bindings that name no parameter are wrong. */
static void
eval_invocation(struct dmn__run *run, const struct dmn__expr *expr, struct feel_value *slots,
                size_t count, struct feel_value *ret)
{
    struct tb_arena *arena = feel_vm_arena(run->vm);
    size_t given = expr->u.invocation.count, param_count;
    struct feel_value callee;
    dmn__eval_expr(run, expr->u.invocation.callee, slots, count, &callee);
    const struct feel_member *params = feel_function_params(&callee, &param_count);
    struct feel_value *args = TB_NEW_ARRAY(arena, given + param_count, struct feel_value);
    tb_str *names = TB_NEW_ARRAY(arena, given + param_count, tb_str);
    for (size_t i = 0; i < given; i++) {
        const struct dmn__entry *binding = &expr->u.invocation.bindings[i];
        struct feel_value value = feel_null();
        if (binding->value != NULL)
            dmn__eval_expr(run, binding->value, slots, count, &value);
        names[i] = binding->name;
        dmn__conform(run, &value, binding->type, binding->name, &args[i]);
    }
    for (size_t p = 0, own = given; p < param_count; p++) {
        size_t i = 0;
        while (i < own && !tb_str_eq(names[i], params[p].name))
            i++;
        if (i == own)
            names[given++] = params[p].name;
    }
    feel_vm_call(run->vm, &callee, args, names, given, ret);
}

struct closure {
    struct dmn__run *run;
    const struct dmn__expr *expr;
    const struct feel_value *slots; /* copied when the function was made */
    size_t count;
    const struct dmn__node *node;
};

static void
call_closure(struct feel_vm *vm, const void *data, const struct feel_value *args,
             struct feel_value *ret)
{
    const struct closure *closure = data;
    const struct dmn__expr *expr = closure->expr;
    *ret = feel_null();
    closure->run->vm = vm;
    if (!args_fit(closure->run, expr->u.function.params, expr->u.function.param_count, args) ||
        !feel_vm_step(vm, closure->count) || !feel_vm_enter(vm, EXPR_DEPTH))
        return;
    struct feel_value *slots =
        TB_NEW_ARRAY(feel_vm_arena(vm), closure->count + 1, struct feel_value);
    memcpy(slots, closure->slots, closure->count * sizeof(*slots));
    if (expr->u.function.param_count > 0)
        memcpy(slots + expr->u.function.slot, args, expr->u.function.param_count * sizeof(*slots));
    dmn__eval_expr(closure->run, expr->u.function.body, slots, closure->count, ret);
    feel_vm_leave(vm, EXPR_DEPTH);
}

static void
eval_function(struct dmn__run *run, const struct dmn__expr *expr, struct feel_value *slots,
              size_t count, struct feel_value *ret)
{
    struct tb_arena *arena = feel_vm_arena(run->vm);
    struct closure *closure = TB_NEW(arena, struct closure);
    struct feel_value *copy = TB_NEW_ARRAY(arena, count + 1, struct feel_value);
    memcpy(copy, slots, count * sizeof(*copy));
    *closure = (struct closure){run, expr, copy, count, run->node};
    *ret = feel_function_new(arena, expr->u.function.params, expr->u.function.param_count, NULL,
                             call_closure, closure);
}

/* Puts an item and its members where the filter's condition reads them. A member named item hides the item itself
 * (clause 10.3.2.5). */
static void
set_item(struct dmn__run *run, const struct dmn__expr *expr, const struct feel_value *item,
         struct feel_value *slots)
{
    const struct feel_type *type = expr->u.loop.item;
    const struct feel_value *own = feel_get(item, TB_STR("item"));
    slots[expr->u.loop.slot] = own != NULL ? *own : *item;
    if (type == NULL || type->kind != FEEL_TYPE_CONTEXT)
        return;
    for (size_t i = 0; i < type->member_count; i++) {
        const struct feel_value *member = feel_get(item, type->members[i].name);
        slots[expr->u.loop.slot + 1 + i] = member != NULL ? *member : feel_null();
    }
}

static void
pick(struct dmn__run *run, const struct feel_list *list, const struct feel_value *position,
     struct feel_value *ret)
{
    int64_t index;
    tb_dec whole;
    if (!tb_dec_round(position->u.number, 0, TB_ROUND_DOWN, &whole) ||
        !tb_dec_to_int(whole, &index))
        index = 0;
    if (index < 0)
        index += (int64_t)list->count + 1;
    if (index >= 1 && index <= (int64_t)list->count)
        *ret = list->items[index - 1];
    else
        dmn__warn(run, "no_item", TB_STR("清单没有这一项"),
                  TB_STR("the list has no item of that number"));
}

/* Whether a filter over no items is a position, which no list without items has. What goes wrong in the trial is not
 * told, as there is no item that it could be wrong for. */
static bool
is_position(struct dmn__run *run, const struct dmn__expr *expr, struct feel_value *slots,
            size_t count)
{
    struct feel_warnings *warnings = feel_vm_warnings(run->vm);
    size_t before = warnings != NULL ? warnings->count : 0;
    struct feel_value nothing = feel_null(), test = feel_null();
    set_item(run, expr, &nothing, slots);
    dmn__eval_expr(run, expr->u.loop.body, slots, count, &test);
    if (warnings != NULL)
        warnings->count = before;
    return test.kind == FEEL_NUMBER;
}

static void
no_boolean(struct dmn__run *run)
{
    dmn__warn(run, "not_boolean", TB_STR("条件不是真假值"), TB_STR("the condition is no boolean"));
}

static void
eval_filter(struct dmn__run *run, const struct dmn__expr *expr, struct feel_value *slots,
            size_t count, struct feel_value *ret)
{
    struct feel_value source, test = feel_null();
    size_t n = 0;
    dmn__eval_expr(run, expr->u.loop.domain, slots, count, &source);
    struct feel_list list =
        source.kind == FEEL_LIST ? source.u.list : (struct feel_list){&source, 1};
    struct feel_value open = source; /* what it hangs on, where something is not known */
    *ret = feel_null();
    if (source.kind == FEEL_UNKNOWN) {
        feel_vm_join(run->vm, NULL, 0, &source, ret);
        return;
    }
    if (source.kind == FEEL_NULL || !feel_vm_step(run->vm, list.count))
        return;
    if (list.count == 0 && is_position(run, expr, slots, count)) {
        test = feel_integer(0);
        pick(run, &list, &test, ret);
        return;
    }
    struct feel_value *kept = TB_NEW_ARRAY(feel_vm_arena(run->vm), list.count, struct feel_value);
    for (size_t i = 0; i < list.count; i++) {
        set_item(run, expr, &list.items[i], slots);
        const struct feel_value *before = feel_vm_context(run->vm, &list.items[i]);
        dmn__eval_expr(run, expr->u.loop.body, slots, count, &test);
        feel_vm_context(run->vm, before);
        if (test.kind == FEEL_UNKNOWN) {
            struct feel_value both[2] = {test, open};
            feel_vm_join(run->vm, both, open.kind == FEEL_UNKNOWN ? 2 : 1, NULL, &open);
            continue;
        }
        if (i == 0 && test.kind == FEEL_NUMBER) {
            pick(run, &list, &test, ret);
            return;
        }
        if (test.kind != FEEL_BOOLEAN && test.kind != FEEL_NULL) {
            no_boolean(run);
            return;
        }
        if (feel_is_true(&test))
            kept[n++] = list.items[i];
    }
    if (open.kind == FEEL_UNKNOWN)
        feel_vm_join(run->vm, NULL, 0, &open, ret);
    else
        *ret = feel_list_of(kept, n);
}

/* for, some, every. Each round has slots of its own, so that functions made in it keep what they saw. */
static void
eval_loop(struct dmn__run *run, const struct dmn__expr *expr, struct feel_value *slots,
          size_t count, struct feel_value *ret)
{
    struct tb_arena *arena = feel_vm_arena(run->vm);
    struct feel_value domain, value, open = feel_null();
    struct feel_list list;
    bool is_unsure = false;
    dmn__eval_expr(run, expr->u.loop.domain, slots, count, &domain);
    *ret = feel_null();
    if (domain.kind == FEEL_UNKNOWN) {
        feel_vm_join(run->vm, NULL, 0, &domain, ret);
        return;
    }
    if (!feel_vm_items(run->vm, &domain, &list))
        return;
    struct feel_value *results = TB_NEW_ARRAY(arena, list.count, struct feel_value);
    for (size_t i = 0; i < list.count; i++) {
        if (!feel_vm_step(run->vm, 1 + count))
            return;
        struct feel_value *own = TB_NEW_ARRAY(arena, count + 1, struct feel_value);
        memcpy(own, slots, count * sizeof(*own));
        own[expr->u.loop.slot] = list.items[i];
        if (expr->form == DMN__FOR)
            own[expr->u.loop.slot + 1] = feel_list_of(results, i);
        dmn__eval_expr(run, expr->u.loop.body, own, count, &value);
        results[i] = value;
        if (value.kind == FEEL_UNKNOWN && expr->form != DMN__FOR) {
            struct feel_value both[2] = {value, open};
            feel_vm_join(run->vm, both, open.kind == FEEL_UNKNOWN ? 2 : 1, NULL, &open);
            continue;
        }
        is_unsure |= value.kind == FEEL_NULL;
        if (expr->form != DMN__FOR && value.kind != FEEL_BOOLEAN && value.kind != FEEL_NULL) {
            no_boolean(run);
            return;
        }
        if (expr->form != DMN__FOR && value.kind == FEEL_BOOLEAN &&
            value.u.boolean == (expr->form == DMN__SOME)) {
            *ret = value;
            return;
        }
    }
    if (expr->form == DMN__FOR)
        *ret = feel_list_of(results, list.count);
    else if (open.kind == FEEL_UNKNOWN)
        feel_vm_join(run->vm, NULL, 0, &open, ret);
    else if (!is_unsure)
        *ret = feel_boolean(expr->form == DMN__EVERY);
}

static void
eval_form(struct dmn__run *run, const struct dmn__expr *expr, struct feel_value *slots,
          size_t count, struct feel_value *ret)
{
    struct feel_value condition;
    switch (expr->form) {
    case DMN__LITERAL:
        feel_vm_eval(run->vm, expr->u.literal, slots, ret);
        break;
    case DMN__TABLE:
        dmn__eval_table(run, expr->u.table, slots, ret);
        break;
    case DMN__CONTEXT:
        eval_context(run, expr, slots, count, ret);
        break;
    case DMN__LIST:
        eval_list(run, expr, slots, count, ret);
        break;
    case DMN__RELATION:
        eval_relation(run, expr, slots, count, ret);
        break;
    case DMN__INVOCATION:
        eval_invocation(run, expr, slots, count, ret);
        break;
    case DMN__FUNCTION:
        eval_function(run, expr, slots, count, ret);
        break;
    case DMN__IF:
        dmn__eval_expr(run, expr->u.choice.condition, slots, count, &condition);
        if (condition.kind == FEEL_UNKNOWN) {
            struct feel_value both[2];
            dmn__eval_expr(run, expr->u.choice.yes, slots, count, &both[0]);
            dmn__eval_expr(run, expr->u.choice.no, slots, count, &both[1]);
            feel_vm_join(run->vm, both, 2, &condition, ret);
            break;
        }
        if (condition.kind != FEEL_BOOLEAN && condition.kind != FEEL_NULL)
            no_boolean(run);
        dmn__eval_expr(run, feel_is_true(&condition) ? expr->u.choice.yes : expr->u.choice.no,
                       slots, count, ret);
        break;
    case DMN__FILTER:
        eval_filter(run, expr, slots, count, ret);
        break;
    case DMN__FOR:
    case DMN__SOME:
    case DMN__EVERY:
        eval_loop(run, expr, slots, count, ret);
        break;
    case DMN__FAULTY:
        *ret = feel_null();
        dmn__warn(run, "faulty", TB_STR("这里的表达式有错，没有编译"),
                  TB_STR("the expression here did not compile"));
        break;
    }
}

void
dmn__eval_expr(struct dmn__run *run, const struct dmn__expr *expr, struct feel_value *slots,
               size_t slot_count, struct feel_value *ret)
{
    struct feel_value value = feel_null();
    *ret = value;
    if (!feel_vm_step(run->vm, 1) || !feel_vm_enter(run->vm, EXPR_DEPTH))
        return;
    eval_form(run, expr, slots, slot_count, &value);
    feel_vm_leave(run->vm, EXPR_DEPTH);
    if (expr->type == NULL)
        *ret = value;
    else
        dmn__conform(run, &value, expr->type, TB_STR("expression"), ret);
}
