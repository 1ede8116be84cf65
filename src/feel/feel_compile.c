/* SPDX-License-Identifier: Apache-2.0 */
/* feel_compile.c - the two ways in: an expression, and unary tests; and what the parsing files share. */
#include "feel/feel_parse_internal.h"

/* ---- failing ----------------------------------------------------------------------------------------------------- */

void
feel__place(tb_str text, uint32_t at, uint32_t *ret_line, uint32_t *ret_column)
{
    uint32_t line = 1, column = 1;
    for (uint32_t i = 0; i < at && i < text.len; i++) {
        if (text.ptr[i] == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)text.ptr[i] & 0xc0) != 0x80) {
            column++;
        }
    }
    *ret_line = line;
    *ret_column = column;
}

const struct feel__node *
feel__error_at(struct feel__parser *p, uint32_t at, tb_str zh, tb_str en)
{
    if (p->status != TB_OK)
        return NULL;
    p->status = TB_SYNTAX;
    p->fault.zh = zh;
    p->fault.en = en;
    feel__place(p->text, at, &p->fault.line, &p->fault.column);
    return NULL;
}

const struct feel__node *
feel__error(struct feel__parser *p, const char *zh, const char *en)
{
    return feel__error_at(p, p->token.at, tb_str_of(zh), tb_str_of(en));
}

const struct feel__node *
feel__too_deep(struct feel__parser *p)
{
    feel__error_at(p, p->token.at, tb_printf(p->arena, "嵌套超过 %d 层", FEEL_DEPTH_MAX),
                   tb_printf(p->arena, "it nests deeper than %d", FEEL_DEPTH_MAX));
    p->status = TB_LIMIT;
    return NULL;
}

tb_status
feel__parser_fail(struct feel__parser *p, struct feel_fault *ret_fault, struct tb_err *err)
{
    if (ret_fault != NULL)
        *ret_fault = p->fault;
    return tb_fail(err, p->status, "line %u, column %u: " TB_FMT, p->fault.line, p->fault.column,
                   TB_ARG(p->fault.en));
}

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

struct feel__node *
feel__node(struct feel__parser *p, feel__run *run, uint8_t op, const struct feel_type *type,
           uint32_t at)
{
    struct feel__node *node = TB_NEW(p->arena, struct feel__node);
    node->run = run;
    node->op = op;
    node->type = type;
    node->at = at;
    node->depth = 1;
    return node;
}

const struct feel__node *
feel__over(struct feel__parser *p, struct feel__node *node, const struct feel__node *a,
           const struct feel__node *b)
{
    uint32_t depth = a != NULL && a != node ? a->depth : 0;
    if (b != NULL && b != node && b->depth > depth)
        depth = b->depth;
    if (depth >= FEEL_NODE_DEPTH_MAX) {
        feel__error_at(
            p, node->at, tb_printf(p->arena, "运算嵌套超过 %d 层", FEEL_NODE_DEPTH_MAX),
            tb_printf(p->arena, "more than %d operations inside one another", FEEL_NODE_DEPTH_MAX));
        p->status = TB_LIMIT;
        return NULL;
    }
    if (depth + 1 > node->depth)
        node->depth = (uint16_t)(depth + 1);
    return node;
}

const struct feel__node *
feel__binary(struct feel__parser *p, feel__run *run, uint8_t op, const struct feel_type *type,
             uint32_t at, const struct feel__node *a, const struct feel__node *b)
{
    struct feel__node *node = feel__node(p, run, op, type, at);
    node->u.op.a = a;
    node->u.op.b = b;
    return feel__over(p, node, a, b);
}

const struct feel_type *
feel__type_of(struct tb_arena *arena, const struct feel_value *value, int depth)
{
    if (depth > 4 || value->kind == FEEL_FUNCTION || value->kind == FEEL_UNKNOWN)
        return value->kind == FEEL_FUNCTION ? &feel__types[FEEL_FUNCTION] : &feel_type_any;
    if (value->kind == FEEL_LIST) {
        const struct feel_type *element = &feel_type_any;
        if (value->u.list.count > 0)
            element = feel__type_of(arena, &value->u.list.items[0], depth + 1);
        for (size_t i = 1; i < value->u.list.count; i++)
            if (value->u.list.items[i].kind != value->u.list.items[0].kind)
                element = &feel_type_any;
        return feel__list_type(arena, element);
    }
    struct feel_type *type = TB_NEW(arena, struct feel_type);
    if (value->kind == FEEL_RANGE) {
        const struct feel_range *range = value->u.range;
        type->kind = FEEL_TYPE_RANGE;
        type->element = feel__type_of(
            arena, range->start.kind == FEEL_NULL ? &range->end : &range->start, depth + 1);
        return type;
    }
    if (value->kind != FEEL_CONTEXT)
        return &feel__types[value->kind];
    const struct feel_context *context = value->u.context;
    struct feel_member *members = TB_NEW_ARRAY(arena, context->count, struct feel_member);
    for (size_t i = 0; i < context->count; i++) {
        members[i].name = context->entries[i].key;
        members[i].type = feel__type_of(arena, &context->entries[i].value, depth + 1);
    }
    *type = (struct feel_type){
        .kind = FEEL_TYPE_CONTEXT, .members = members, .member_count = context->count};
    return type;
}

const struct feel__node *
feel__constant(struct feel__parser *p, const struct feel_value *value, uint32_t at)
{
    struct feel__node *node =
        feel__node(p, feel__run_constant, FEEL_OP_CONSTANT, feel__type_of(p->arena, value, 0), at);
    node->u.constant = *value;
    return node;
}

const struct feel__node *
feel__fold(struct feel__parser *p, const struct feel__node *node)
{
    const struct feel_scope *scope = p->scope;
    struct feel_vm vm = {.arena = p->arena,
                         .host = scope != NULL ? scope->host : NULL,
                         .steps_max = 10000,
                         .bytes_max = tb_arena_bytes(p->arena) + (1u << 20),
                         .depth_max = FEEL_STACK_MAX,
                         .is_quiet = true};
    struct feel_expr expr = {.text = p->text, .scope = scope};
    struct feel_value locals[1] = {{0}}, value;
    struct feel__frame frame = {.vm = &vm, .expr = &expr, .locals = locals};
    if (p->local_next >
        1) /* what looks constant may stand inside a loop; it reads no local all the same */
        frame.locals = TB_NEW_ARRAY(p->arena, p->local_max + 1, struct feel_value);
    else if (p->local_max > 0)
        frame.locals = TB_NEW_ARRAY(p->arena, p->local_max + 1, struct feel_value);
    feel__exec(&frame, node, &value);
    if (vm.limit != NULL || value.kind == FEEL_NULL)
        return node;
    struct feel__node *folded =
        feel__node(p, feel__run_constant, FEEL_OP_CONSTANT, node->type, node->at);
    if (node->type == NULL || node->type->kind == FEEL_TYPE_ANY || value.kind == FEEL_FUNCTION)
        folded->type = feel__type_of(p->arena, &value, 0);
    folded->u.constant = value;
    return folded;
}

/* ---- locals ------------------------------------------------------------------------------------------------------ */

uint32_t
feel__local_new(struct feel__parser *p)
{
    uint32_t local = p->local_next++;
    if (p->local_next > p->local_max)
        p->local_max = p->local_next;
    return local;
}

void
feel__local_free(struct feel__parser *p, uint32_t count)
{
    p->local_next -= count;
}

void
feel__env_push(struct feel__parser *p, struct feel__env *env, tb_str name, uint32_t local,
               const struct feel_type *type)
{
    *env = (struct feel__env){.parent = p->env, .name = name, .local = local, .type = type};
    p->env = env;
}

void
feel__env_pop(struct feel__parser *p)
{
    p->env = p->env->parent;
}

/* ---- expressions ------------------------------------------------------------------------------------------------- */

void
feel__parser_init(struct feel__parser *p, struct tb_arena *arena, tb_str text,
                  const struct feel_scope *scope)
{
    *p = (struct feel__parser){.arena = arena, .text = text, .scope = scope};
    p->slot_used = tb_alloc(arena, (scope != NULL ? scope->count : 0) + 1);
    if (text.len > FEEL_TEXT_BYTES_MAX) {
        feel__error_at(
            p, 0, tb_printf(arena, "表达式超过 %u 字节", FEEL_TEXT_BYTES_MAX),
            tb_printf(arena, "the expression is longer than %u bytes", FEEL_TEXT_BYTES_MAX));
        p->status = TB_LIMIT;
    } else if (!tb_utf8_is_valid(text)) {
        feel__error_at(p, 0, TB_STR("不是正确的 UTF-8 文字"), TB_STR("the text is no valid UTF-8"));
    } else {
        feel__jump(p, 0);
    }
}

void
feel__expr_init(struct feel__parser *p, struct feel_expr *expr, const struct feel__node *root)
{
    size_t count = p->scope != NULL ? p->scope->count : 0, used = 0;
    uint32_t *slots = TB_NEW_ARRAY(p->arena, count, uint32_t);
    for (uint32_t i = 0; i < count; i++)
        if (p->slot_used[i])
            slots[used++] = i;
    *expr = (struct feel_expr){.text = p->text,
                               .scope = p->scope,
                               .root = root,
                               .names = p->names,
                               .name_count = p->name_count,
                               .slots = slots,
                               .slot_count = used,
                               .local_max = p->local_max,
                               .depth = root->depth,
                               .is_constant = feel__is_constant(root)};
}

tb_status
feel_compile(struct tb_arena *arena, tb_str text, const struct feel_scope *scope,
             const struct feel_expr **ret_expr, struct feel_fault *ret_fault, struct tb_err *err)
{
    struct feel__parser p;
    feel__parser_init(&p, arena, text, scope);
    const struct feel__node *root = p.status == TB_OK ? feel__parse_expression(&p) : NULL;
    if (root != NULL && p.token.kind != FEEL__END)
        feel__error(&p, "表达式到这里应当结束", "the expression should end here");
    if (p.status != TB_OK || root == NULL)
        return feel__parser_fail(&p, ret_fault, err);
    struct feel_expr *expr = TB_NEW(arena, struct feel_expr);
    feel__expr_init(&p, expr, root);
    *ret_expr = expr;
    return TB_OK;
}

tb_str
feel_expr_text(const struct feel_expr *expr)
{
    return expr->text;
}

const struct feel_type *
feel_expr_type(const struct feel_expr *expr)
{
    return expr->root->type;
}

const tb_str *
feel_expr_names(const struct feel_expr *expr, size_t *ret_count)
{
    *ret_count = expr->name_count;
    return expr->names;
}

const struct feel_value *
feel_expr_constant(const struct feel_expr *expr)
{
    return expr->is_constant ? &expr->root->u.constant : NULL;
}

/* ---- unary tests ------------------------------------------------------------------------------------------------- */

#define TESTS_MAX 10000

struct tests {
    const struct feel__node **items;
    uint32_t count, cap;
};

/* One test. flag: it reads ?, so that it decides by itself instead of being compared with the input. */
static bool
parse_test(struct feel__parser *p, struct tests *tests)
{
    bool used_before = p->used_input;
    p->used_input = false;
    uint32_t at = p->token.at;
    const struct feel__node *value = feel__parse_expression(p);
    if (value == NULL)
        return false;
    struct feel__node *node =
        feel__node(p, feel__run_test, FEEL_OP_OTHER, &feel__types[FEEL_BOOLEAN], at);
    node->u.op.a = value;
    node->flag = p->used_input;
    p->used_input |= used_before;
    if (feel__over(p, node, value, NULL) == NULL)
        return false;
    if (tests->count == TESTS_MAX)
        return feel__error(p, "测试太多", "too many tests") != NULL;
    if (tests->count == tests->cap) {
        const struct feel__node **more =
            TB_NEW_ARRAY(p->arena, tests->cap * 2 + 2, const struct feel__node *);
        for (uint32_t i = 0; i < tests->count; i++)
            more[i] = tests->items[i];
        tests->items = more;
        tests->cap = tests->cap * 2 + 2;
    }
    tests->items[tests->count++] = node;
    return true;
}

static bool
parse_tests(struct feel__parser *p, struct tests *tests)
{
    do
        if (!parse_test(p, tests))
            return false;
    while (feel__accept(p, ','));
    return true;
}

/* not(…) over all of the text; anything else that begins with not( is an expression. */
static bool
parse_negated(struct feel__parser *p, struct tests *tests)
{
    struct feel__parser saved = *p;
    if (!feel__is_word(p, "not"))
        return false;
    feel__advance(p);
    if (feel__accept(p, '(') && parse_tests(p, tests) && feel__accept(p, ')') &&
        p->token.kind == FEEL__END)
        return true;
    if (p->status == TB_LIMIT)
        return false;
    *p = saved;
    *tests = (struct tests){0};
    return false;
}

static bool
parse_unary_tests(struct feel__parser *p, struct feel_unary *unary, struct tests *tests)
{
    struct feel__token ahead = feel__scan(p->text, p->token.end);
    if (p->token.kind == FEEL__END || (p->token.kind == '-' && ahead.kind == FEEL__END)) {
        unary->is_any = true;
        feel__jump(p, (uint32_t)p->text.len);
        return true;
    }
    unary->is_negated = parse_negated(p, tests);
    return unary->is_negated || (p->status == TB_OK && parse_tests(p, tests));
}

tb_status
feel_compile_unary(struct tb_arena *arena, tb_str text, const struct feel_scope *scope,
                   const struct feel_unary **ret_unary, struct feel_fault *ret_fault,
                   struct tb_err *err)
{
    struct feel__parser p;
    struct tests tests = {0};
    feel__parser_init(&p, arena, text, scope);
    p.in_test = true;
    p.local_next = p.local_max = 1;
    struct feel_unary *unary = TB_NEW(arena, struct feel_unary);
    bool is_ok = p.status == TB_OK && parse_unary_tests(&p, unary, &tests);
    if (is_ok && p.token.kind != FEEL__END)
        feel__error(&p, "测试到这里应当结束", "the tests should end here");
    if (p.status != TB_OK)
        return feel__parser_fail(&p, ret_fault, err);
    struct feel__node *root =
        feel__node(&p, feel__run_tests, FEEL_OP_OTHER, &feel__types[FEEL_BOOLEAN], 0);
    root->flag = (uint8_t)((unary->is_any ? 1 : 0) | (unary->is_negated ? 2 : 0));
    root->u.list.items = tests.items;
    root->u.list.count = tests.count;
    for (uint32_t i = 0; i < tests.count; i++)
        if (feel__over(&p, root, root, tests.items[i]) == NULL)
            return feel__parser_fail(&p, ret_fault, err);
    feel__expr_init(&p, &unary->expr, root);
    unary->tests = tests.items;
    unary->count = tests.count;
    *ret_unary = unary;
    return TB_OK;
}

tb_str
feel_unary_text(const struct feel_unary *unary)
{
    return unary->expr.text;
}

const tb_str *
feel_unary_names(const struct feel_unary *unary, size_t *ret_count)
{
    return feel_expr_names(&unary->expr, ret_count);
}

/* ---- the shape of unary tests ------------------------------------------------------------------------------------ */

static bool
is_point(const struct feel_value *value)
{
    return value->kind == FEEL_BOOLEAN || value->kind == FEEL_NUMBER ||
           value->kind == FEEL_STRING || value->kind == FEEL_DATE || value->kind == FEEL_DAYS ||
           value->kind == FEEL_MONTHS;
}

size_t
feel__intervals_of(const struct feel_value *value, struct feel_interval out[2])
{
    out[0] = (struct feel_interval){*value, *value, true, true};
    if (is_point(value))
        return 1;
    if (value->kind != FEEL_RANGE)
        return 0;
    const struct feel_range *range = value->u.range;
    const struct feel_value *end = range->start.kind != FEEL_NULL ? &range->start : &range->end;
    if (!is_point(end))
        return 0;
    if (range->form == FEEL_ALL_BUT) {
        if (end->kind == FEEL_BOOLEAN) {
            out[0].low = out[0].high = feel_boolean(!end->u.boolean);
            return 1;
        }
        out[0] = (struct feel_interval){feel_null(), *end, false, false};
        out[1] = (struct feel_interval){*end, feel_null(), false, false};
        return 2;
    }
    if (end->kind == FEEL_BOOLEAN && range->form != FEEL_EXACTLY)
        return 0;
    out[0] = (struct feel_interval){range->start, range->end, range->start_included,
                                    range->end_included};
    return 1;
}

bool
feel_unary_shape(struct tb_arena *arena, const struct feel_unary *unary,
                 struct feel_shape *ret_shape)
{
    struct feel_shape shape = {.is_any = unary->is_any, .is_negated = unary->is_negated};
    struct feel_interval *all = TB_NEW_ARRAY(arena, (size_t)unary->count * 2, struct feel_interval);
    for (uint32_t i = 0; i < unary->count; i++) {
        const struct feel__node *value = unary->tests[i]->u.op.a;
        if (!feel__is_constant(value))
            return false;
        if (value->u.constant.kind == FEEL_NULL) {
            shape.has_null = true;
            continue;
        }
        size_t added = feel__intervals_of(&value->u.constant, all + shape.count);
        if (added == 0)
            return false;
        shape.count += added;
    }
    shape.intervals = all;
    *ret_shape = shape;
    return true;
}
