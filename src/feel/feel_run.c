/* SPDX-License-Identifier: Apache-2.0 */
/* feel_run.c - the evaluation state with its limits and warnings, and the ways to start an evaluation. */
#include "feel/feel_internal.h"

#define LOCALS_SMALL 12
#define SLOTS_SMALL 16

/* ---- limits ------------------------------------------------------------------------------------------------------ */

bool
feel__stop(struct feel_vm *vm)
{
    if (vm->limit == NULL)
        vm->limit = "steps";
    return false;
}

bool
feel__room(struct feel_vm *vm, size_t bytes)
{
    if (vm->limit != NULL)
        return false;
    size_t used = tb_arena_bytes(vm->arena);
    if (used > vm->bytes_max || bytes > vm->bytes_max - used) {
        vm->limit = "bytes";
        return false;
    }
    return true;
}

struct feel_value *
feel__values(struct feel_vm *vm, size_t count)
{
    if (count > SIZE_MAX / sizeof(struct feel_value) - 1 ||
        !feel__room(vm, (count + 1) * sizeof(struct feel_value)))
        return NULL;
    return TB_NEW_ARRAY(vm->arena, count + 1, struct feel_value);
}

bool
feel_vm_step(struct feel_vm *vm, uint64_t steps)
{
    return feel__step(vm, steps);
}

bool
feel_vm_enter(struct feel_vm *vm, uint32_t depth)
{
    if (vm->limit != NULL)
        return false;
    if (depth + 1 > vm->depth_max - vm->depth) {
        vm->limit = "depth";
        return false;
    }
    vm->depth += depth + 1;
    return true;
}

void
feel_vm_leave(struct feel_vm *vm, uint32_t depth)
{
    vm->depth -= depth + 1;
}

tb_status
feel_vm_status(const struct feel_vm *vm, struct tb_err *err)
{
    if (vm->limit == NULL)
        return TB_OK;
    return tb_fail(err, TB_LIMIT,
                   "the evaluation went over its limit of %s (%llu steps, %zu bytes, %u deep)",
                   vm->limit, (unsigned long long)vm->steps_max, vm->bytes_max, vm->depth_max);
}

struct tb_arena *
feel_vm_arena(const struct feel_vm *vm)
{
    return vm->arena;
}

struct feel_warnings *
feel_vm_warnings(const struct feel_vm *vm)
{
    return vm->warnings;
}

static void
vm_init(struct feel_vm *vm, struct tb_arena *arena, const struct feel_run *run)
{
    size_t bytes_max = run != NULL && run->bytes_max > 0 ? run->bytes_max : FEEL_BYTES_MAX;
    *vm = (struct feel_vm){
        .arena = arena,
        .host = run != NULL ? run->host : NULL,
        .warnings = run != NULL ? run->warnings : NULL,
        .steps_max = run != NULL && run->steps_max > 0 ? run->steps_max : FEEL_STEPS_MAX,
        .bytes_max = tb_arena_bytes(arena) + bytes_max,
        .depth_max = FEEL_STACK_MAX,
    };
}

struct feel_vm *
feel_vm_new(struct tb_arena *arena, const struct feel_run *run)
{
    struct feel_vm *vm = TB_NEW(arena, struct feel_vm);
    vm_init(vm, arena, run);
    return vm;
}

/* ---- warnings ---------------------------------------------------------------------------------------------------- */

static struct feel_warning *
warning_new(struct feel_vm *vm)
{
    struct feel_warnings *warnings = vm->warnings;
    if (warnings == NULL || vm->is_quiet || warnings->count++ >= FEEL_WARNINGS_MAX)
        return NULL;
    if (warnings->count > warnings->cap) {
        size_t cap = warnings->cap * 2 + 8;
        struct feel_warning *more = TB_NEW_ARRAY(warnings->arena, cap, struct feel_warning);
        for (size_t i = 0; i + 1 < warnings->count; i++)
            more[i] = warnings->items[i];
        warnings->items = more;
        warnings->cap = cap;
    }
    struct feel_warning *warning = &warnings->items[warnings->count - 1];
    *warning = (struct feel_warning){.where = warnings->where};
    return warning;
}

void
feel_vm_warn(struct feel_vm *vm, const char *code, tb_str zh, tb_str en)
{
    struct feel_warning *warning = warning_new(vm);
    if (warning == NULL)
        return;
    warning->code = code;
    warning->zh = tb_str_copy(vm->warnings->arena, zh);
    warning->en = tb_str_copy(vm->warnings->arena, en);
}

struct tb_json *
feel_warnings_to_json(struct tb_arena *arena, const struct feel_warnings *warnings)
{
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    for (size_t i = 0; i < warnings->count && i < FEEL_WARNINGS_MAX; i++) {
        const struct feel_warning *warning = &warnings->items[i];
        struct tb_json *row = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        tb_json_set_text(arena, row, "code", tb_str_of(warning->code));
        if (warning->where.len > 0)
            tb_json_set_text(arena, row, "where", warning->where);
        if (warning->line > 0) {
            tb_json_set_int(arena, row, "line", warning->line);
            tb_json_set_int(arena, row, "column", warning->column);
        }
        tb_json_set_text(arena, row, "zh", warning->zh);
        tb_json_set_text(arena, row, "en", warning->en);
    }
    return list;
}

void
feel__warn(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret,
           const char *code, const char *zh, const char *en)
{
    feel__set_null(ret);
    struct feel_warning *warning = warning_new(frame->vm);
    if (warning == NULL)
        return;
    warning->code = code;
    warning->zh = tb_str_of(zh);
    warning->en = tb_str_of(en);
    feel__place(frame->expr->text, node->at, &warning->line, &warning->column);
}

void
feel__warn_kinds(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret,
                 const char *what, const struct feel_value *a, const struct feel_value *b)
{
    feel_kind left = a->kind, right = b != NULL ? b->kind : FEEL_NULL;
    feel__set_null(ret);
    struct feel_warning *warning = warning_new(frame->vm);
    if (warning == NULL)
        return;
    struct tb_arena *arena = frame->vm->warnings->arena;
    warning->code =
        left == FEEL_NULL || (b != NULL && right == FEEL_NULL) ? "null_operand" : "wrong_type";
    const char *and_zh = b != NULL ? " 和 " : "", *and_en = b != NULL ? " and " : "";
    const char *other = b != NULL ? feel_kind_name(right) : "";
    warning->zh =
        tb_printf(arena, "“%s”不能用于 %s%s%s", what, feel_kind_name(left), and_zh, other);
    warning->en = tb_printf(arena, "\"%s\" is not defined for %s%s%s", what, feel_kind_name(left),
                            and_en, other);
    feel__place(frame->expr->text, node->at, &warning->line, &warning->column);
}

/* ---- starting ---------------------------------------------------------------------------------------------------- */

static void
run_expr(struct feel_vm *vm, const struct feel_expr *expr, const struct feel_value *slots,
         const struct feel_value *context, const struct feel_value *input, struct feel_value *ret)
{
    struct feel_value small[LOCALS_SMALL];
    struct feel__frame frame = {vm, expr, slots, context, small};
    if (expr->is_constant) {
        *ret = expr->root->u.constant;
        return;
    }
    feel__set_null(ret);
    if (expr->local_max > LOCALS_SMALL &&
        (frame.locals = feel__values(vm, expr->local_max)) == NULL)
        return;
    if (input != NULL)
        frame.locals[0] = *input;
    if (!feel_vm_enter(vm, expr->depth))
        return;
    feel__step(vm, 1);
    feel__exec(&frame, expr->root, ret);
    feel_vm_leave(vm, expr->depth);
    if (vm->limit != NULL)
        feel__set_null(ret);
}

void
feel_vm_eval(struct feel_vm *vm, const struct feel_expr *expr, const struct feel_value *slots,
             struct feel_value *ret_value)
{
    struct feel_value value;
    run_expr(vm, expr, slots, vm->context, NULL, &value);
    *ret_value = value;
}

const struct feel_value *
feel_vm_context(struct feel_vm *vm, const struct feel_value *context)
{
    const struct feel_value *before = vm->context;
    vm->context = context;
    return before;
}

void
feel_vm_test(struct feel_vm *vm, const struct feel_unary *unary, const struct feel_value *input,
             const struct feel_value *slots, struct feel_value *ret_value)
{
    struct feel_value value;
    if (unary->is_any)
        value = feel_boolean(true);
    else
        run_expr(vm, &unary->expr, slots, NULL, input, &value);
    *ret_value = value;
}

/* The values of the names that the expression reads, in an array by slot. */
static const struct feel_value *
fill_slots(struct feel_vm *vm, const struct feel_expr *expr, const struct feel_value *context)
{
    if (expr->slot_count == 0)
        return NULL;
    struct feel_value *slots = TB_NEW_ARRAY(vm->arena, expr->scope->count, struct feel_value);
    for (size_t i = 0; i < expr->slot_count; i++) {
        uint32_t slot = expr->slots[i];
        const struct feel_value *value = feel_get(context, expr->scope->names[slot].name);
        if (value != NULL)
            slots[slot] = *value;
        else
            feel_vm_warn(
                vm, "missing_input",
                tb_printf(vm->arena, "没有给出“" TB_FMT "”", TB_ARG(expr->scope->names[slot].name)),
                tb_printf(vm->arena, "\"" TB_FMT "\" was not given",
                          TB_ARG(expr->scope->names[slot].name)));
    }
    return slots;
}

tb_status
feel_eval(struct tb_arena *arena, const struct feel_expr *expr, const struct feel_value *context,
          const struct feel_run *run, struct feel_value *ret_value, struct tb_err *err)
{
    struct feel_value value;
    struct feel_vm *vm = feel_vm_new(arena, run);
    run_expr(vm, expr, fill_slots(vm, expr, context), context, NULL, &value);
    TB_TRY(feel_vm_status(vm, err));
    *ret_value = value;
    return TB_OK;
}

tb_status
feel_eval_slots(struct tb_arena *arena, const struct feel_expr *expr,
                const struct feel_value *slots, const struct feel_run *run,
                struct feel_value *ret_value, struct tb_err *err)
{
    struct feel_value value;
    struct feel_vm vm;
    vm_init(&vm, arena, run);
    run_expr(&vm, expr, slots, NULL, NULL, &value);
    TB_TRY(feel_vm_status(&vm, err));
    *ret_value = value;
    return TB_OK;
}

tb_status
feel_test(struct tb_arena *arena, const struct feel_unary *unary, const struct feel_value *input,
          const struct feel_value *context, const struct feel_run *run,
          struct feel_value *ret_value, struct tb_err *err)
{
    struct feel_value value = feel_boolean(true);
    struct feel_vm *vm = feel_vm_new(arena, run);
    if (!unary->is_any)
        run_expr(vm, &unary->expr, fill_slots(vm, &unary->expr, context), context, input, &value);
    TB_TRY(feel_vm_status(vm, err));
    *ret_value = value;
    return TB_OK;
}

tb_status
feel_once(struct tb_arena *arena, tb_str text, const struct feel_value *context,
          const struct feel_run *run, struct feel_value *ret_value, struct tb_err *err)
{
    const struct feel_expr *expr;
    struct feel_scope scope = {.host = run != NULL ? run->host : NULL};
    if (context != NULL && context->kind == FEEL_CONTEXT) {
        size_t count = context->u.context->count;
        struct feel_name *names = TB_NEW_ARRAY(arena, count, struct feel_name);
        for (size_t i = 0; i < count; i++)
            names[i].name = context->u.context->entries[i].key;
        scope.names = names;
        scope.count = count;
    }
    TB_TRY(feel_compile(arena, text, &scope, &expr, NULL, err));
    return feel_eval(arena, expr, context, run, ret_value, err);
}
