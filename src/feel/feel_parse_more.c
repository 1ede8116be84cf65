/* SPDX-License-Identifier: Apache-2.0 */
/* feel_parse_more.c - names, paths, filters, calls, contexts, loops, functions and types. */
#include "feel/feel_parse_internal.h"

/* ---- names ------------------------------------------------------------------------------------------------------- */

/* What a name stands for; end 0 when nothing in scope fits. */
struct found {
    uint32_t end;
    uint8_t op; /* FEEL_OP_LOCAL, _SLOT, _PATH (a member of an item), _BUILTIN */
    uint32_t index;
    tb_str member;
    const struct feel_type *type;
    const struct feel__env *env;
    const struct feel__builtin *builtin;
};

static void
find_member(struct feel__parser *p, const struct feel__env *env, uint32_t at, struct found *best)
{
    for (size_t i = 0; i < env->type->member_count; i++) {
        const struct feel_member *member = &env->type->members[i];
        uint32_t end = feel__match(p->text, at, member->name);
        if (end > best->end)
            *best = (struct found){end,          FEEL_OP_PATH, env->local, member->name,
                                   member->type, env,          NULL};
    }
}

static struct found
find_name(struct feel__parser *p, uint32_t at)
{
    struct found best = {0};
    for (const struct feel__env *env = p->env; env != NULL; env = env->parent) {
        if (env->is_item && env->type->kind == FEEL_TYPE_CONTEXT)
            find_member(p, env, at, &best); /* first: a member named item hides the item */
        uint32_t end = feel__match(p->text, at, env->name);
        if (end > best.end)
            best =
                (struct found){end, FEEL_OP_LOCAL, env->local, TB_STR_NONE, env->type, env, NULL};
    }
    /* From the end: what an engine added later is further inside. */
    for (size_t i = p->scope != NULL ? p->scope->count : 0; i-- > 0;) {
        uint32_t end = feel__match(p->text, at, p->scope->names[i].name);
        if (end > best.end) {
            const struct feel_type *type = p->scope->names[i].type;
            best = (struct found){
                end,  FEEL_OP_SLOT, (uint32_t)i, TB_STR_NONE, type != NULL ? type : &feel_type_any,
                NULL, NULL};
        }
    }
    for (size_t i = 0; i < feel__builtin_count; i++) {
        if (i > 0 && feel__builtins[i].name == feel__builtins[i - 1].name)
            continue;
        uint32_t end = feel__match(p->text, at, tb_str_of(feel__builtins[i].name));
        if (end > best.end)
            best = (struct found){
                end,  FEEL_OP_BUILTIN,   (uint32_t)i, TB_STR_NONE, &feel__types[FEEL_FUNCTION],
                NULL, &feel__builtins[i]};
    }
    return best;
}

static void
note_name(struct feel__parser *p, tb_str name)
{
    for (size_t i = 0; i < p->name_count; i++)
        if (tb_str_eq(p->names[i], name))
            return;
    if (p->name_count == p->name_cap) {
        tb_str *more = TB_NEW_ARRAY(p->arena, p->name_cap * 2 + 8, tb_str);
        for (size_t i = 0; i < p->name_count; i++)
            more[i] = p->names[i];
        p->names = more;
        p->name_cap = p->name_cap * 2 + 8;
    }
    p->names[p->name_count++] = name;
}

static const struct feel__node *
name_node(struct feel__parser *p, const struct found *found, uint32_t at)
{
    if (found->op == FEEL_OP_SLOT) {
        struct feel__node *node = feel__node(p, feel__run_slot, FEEL_OP_SLOT, found->type, at);
        node->u.name.index = found->index;
        if (!p->slot_used[found->index])
            note_name(p, p->scope->names[found->index].name);
        p->slot_used[found->index] = 1;
        return node;
    }
    if (found->op == FEEL_OP_BUILTIN) {
        struct feel_function *function = TB_NEW(p->arena, struct feel_function);
        function->builtin = found->builtin;
        struct feel_value value = {.kind = FEEL_FUNCTION, .u.function = function};
        return feel__constant(p, &value, at);
    }
    bool is_member = found->op == FEEL_OP_PATH;
    struct feel__node *local =
        feel__node(p, feel__run_local, FEEL_OP_LOCAL, is_member ? &feel_type_any : found->type, at);
    local->u.name.index = found->index;
    if (!is_member)
        return local;
    struct feel__node *path = feel__node(p, feel__run_path, FEEL_OP_PATH, found->type, at);
    path->u.op.a = local;
    path->u.op.name = found->member;
    return feel__over(p, path, local, NULL);
}

/* Inside a filter over items of unknown shape any name may be a member: asked when it runs, innermost item first. A
 * name that nobody knows may be a member of items of known shape as well, which need not all look alike. */
static bool
may_have_member(const struct feel__env *env, const struct feel__node *otherwise)
{
    return env->is_item && (otherwise == NULL || env->type->kind == FEEL_TYPE_ANY);
}

static const struct feel__node *
dynamic_node(struct feel__parser *p, tb_str name, uint32_t at, const struct feel__env *until,
             const struct feel__node *otherwise)
{
    uint32_t count = 0;
    for (const struct feel__env *env = p->env; env != NULL && env != until; env = env->parent)
        count += may_have_member(env, otherwise);
    if (count == 0 && otherwise != NULL)
        return otherwise;
    if (count == 0 && p->scope != NULL && p->scope->is_closed)
        return feel__error_at(
            p, at, tb_printf(p->arena, "不认识名称“" TB_FMT "”", TB_ARG(name)),
            tb_printf(p->arena, "nothing in scope is named \"" TB_FMT "\"", TB_ARG(name)));
    uint32_t *filters = TB_NEW_ARRAY(p->arena, count + 1, uint32_t);
    count = 0;
    for (const struct feel__env *env = p->env; env != NULL && env != until; env = env->parent)
        if (may_have_member(env, otherwise))
            filters[count++] = env->local;
    struct feel__node *node = feel__node(p, feel__run_dynamic, FEEL_OP_DYNAMIC, &feel_type_any, at);
    node->u.name.name = name;
    node->u.name.filters = filters;
    node->u.name.filter_count = count;
    node->u.name.otherwise = otherwise;
    if (otherwise == NULL)
        note_name(p, name);
    return feel__over(p, node, otherwise, NULL);
}

static const struct feel__node *
parse_if(struct feel__parser *p)
{
    uint32_t at = p->token.at;
    feel__advance(p);
    const struct feel__node *condition = feel__parse_expression(p);
    if (condition == NULL)
        return NULL;
    if (!feel__accept_word(p, "then"))
        return feel__error(p, "if 缺少 then", "then is expected after the condition of if");
    const struct feel__node *yes = feel__parse_expression(p);
    if (yes == NULL)
        return NULL;
    if (!feel__accept_word(p, "else"))
        return feel__error(p, "if 缺少 else", "else is expected: every if has both branches");
    const struct feel__node *no = feel__parse_expression(p);
    if (no == NULL)
        return NULL;
    struct feel__node *node = feel__node(p, feel__run_if, FEEL_OP_OTHER,
                                         yes->type == no->type ? yes->type : &feel_type_any, at);
    node->u.op.a = condition;
    node->u.op.b = yes;
    node->u.op.c = no;
    const struct feel__node *over = feel__over(p, node, condition, yes);
    return over != NULL ? feel__over(p, node, over, no) : NULL;
}

static const struct feel__node *
parse_word(struct feel__parser *p)
{
    uint32_t at = p->token.at;
    struct feel_value value = feel_null();
    if (feel__is_word(p, "if"))
        return parse_if(p);
    if (feel__is_word(p, "for"))
        return feel__parse_for(p);
    if (feel__is_word(p, "some") || feel__is_word(p, "every"))
        return feel__parse_quantified(p, feel__is_word(p, "every"));
    if (feel__is_word(p, "function"))
        return feel__parse_function(p);
    if (feel__is_word(p, "true") || feel__is_word(p, "false"))
        value = feel_boolean(feel__is_word(p, "true"));
    else if (!feel__is_word(p, "null"))
        return feel__error(p, "这里应当是一个值或名称", "a value or a name is expected here");
    feel__advance(p);
    return feel__constant(p, &value, at);
}

const struct feel__node *
feel__parse_name(struct feel__parser *p)
{
    uint32_t at = p->token.at;
    struct found found = find_name(p, at);
    bool is_keyword = feel__is_keyword(feel__token_text(p));
    if (is_keyword && found.end <= p->token.end)
        return parse_word(p);
    if (found.end > 0) {
        struct feel__token next = feel__scan(p->text, found.end);
        bool goes_on = next.kind == FEEL__NAME &&
                       !feel__is_keyword(tb_str_sub(p->text, next.at, next.end - next.at));
        if (!goes_on) {
            tb_str name = tb_str_sub(p->text, at, found.end - at);
            feel__jump(p, found.end);
            const struct feel__node *node = name_node(p, &found, at);
            bool may_be_member = found.op != FEEL_OP_BUILTIN || p->token.kind != '(';
            if (node == NULL || p->env == NULL || !may_be_member)
                return node;
            bool is_item = found.op == FEEL_OP_LOCAL && found.env->is_item;
            return dynamic_node(p, name, at, is_item ? found.env->parent : found.env, node);
        }
    }
    return dynamic_node(p, feel__words(p), at, NULL, NULL);
}

/* ---- path, filter ------------------------------------------------------------------------------------------------ */

static const struct feel_type *
element_type(const struct feel_type *type)
{
    return type->kind == FEEL_TYPE_LIST ? type->element : type;
}

/* The name after a dot: a member that the type has, a property with a blank in it, or words. */
static tb_str
path_name(struct feel__parser *p, const struct feel_type *type, const struct feel_type **ret_type)
{
    static const char *const properties[] = {"time offset", "start included", "end included"};
    uint32_t end = 0;
    tb_str name = TB_STR_NONE;
    *ret_type = &feel_type_any;
    for (size_t i = 0; type->kind == FEEL_TYPE_CONTEXT && i < type->member_count; i++) {
        uint32_t here = feel__match(p->text, p->token.at, type->members[i].name);
        if (here > end) {
            end = here;
            name = type->members[i].name;
            *ret_type = type->members[i].type;
        }
    }
    for (size_t i = 0; end == 0 && i < TB_COUNT(properties); i++) {
        end = feel__match(p->text, p->token.at, tb_str_of(properties[i]));
        name = tb_str_of(properties[i]);
    }
    if (end > 0) {
        feel__jump(p, end);
        return name;
    }
    return p->token.kind == FEEL__NAME ? feel__words(p) : TB_STR_NONE;
}

const struct feel__node *
feel__parse_path(struct feel__parser *p, const struct feel__node *from)
{
    uint32_t at = p->token.at;
    const struct feel_type *type = NULL;
    feel__advance(p);
    tb_str name = path_name(p, element_type(from->type), &type);
    if (name.ptr == NULL)
        return feel__error(p, "“.” 后面应当是名称", "a name is expected after the dot");
    if (from->type->kind == FEEL_TYPE_LIST && type != &feel_type_any)
        type = feel__list_type(p->arena, type);
    struct feel__node *node = feel__node(p, feel__run_path, FEEL_OP_PATH, type, at);
    node->u.op.a = from;
    node->u.op.name = name;
    return feel__over(p, node, from, NULL);
}

const struct feel__node *
feel__parse_filter(struct feel__parser *p, const struct feel__node *list)
{
    uint32_t at = p->token.at;
    struct feel__env item;
    feel__advance(p);
    uint32_t local = feel__local_new(p);
    feel__env_push(p, &item, TB_STR("item"), local, element_type(list->type));
    item.is_item = true;
    const struct feel__node *test = feel__parse_expression(p);
    feel__env_pop(p);
    feel__local_free(p, 1);
    if (test == NULL || !feel__expect(p, ']', "]"))
        return NULL;
    bool is_index = feel__is_base(test->type, FEEL_NUMBER);
    const struct feel_type *type = is_index ? element_type(list->type) : list->type;
    if (!is_index && test->type->kind == FEEL_TYPE_ANY)
        type = &feel_type_any;
    else if (!is_index && type->kind != FEEL_TYPE_LIST && type->kind != FEEL_TYPE_ANY)
        type = feel__list_type(p->arena, type);
    struct feel__node *node = feel__node(p, feel__run_filter, FEEL_OP_OTHER, type, at);
    node->u.op.a = list;
    node->u.op.b = test;
    node->u.op.local = local;
    node->flag = is_index;
    return feel__over(p, node, list, test);
}

/* ---- calls ------------------------------------------------------------------------------------------------------- */

struct arguments {
    const struct feel__node **items;
    tb_str *names; /* NULL when positional */
    uint32_t count, cap;
    bool all_constant;
};

static void
add_argument(struct feel__parser *p, struct arguments *args, const struct feel__node *node,
             tb_str name)
{
    if (args->count == args->cap) {
        uint32_t cap = args->cap * 2 + 4;
        const struct feel__node **items = TB_NEW_ARRAY(p->arena, cap, const struct feel__node *);
        tb_str *names = TB_NEW_ARRAY(p->arena, cap, tb_str);
        for (uint32_t i = 0; i < args->count; i++) {
            items[i] = args->items[i];
            names[i] = args->names[i];
        }
        args->items = items;
        args->names = names;
        args->cap = cap;
    }
    args->items[args->count] = node;
    args->names[args->count++] = name;
    args->all_constant &= feel__is_constant(node);
}

static bool
parse_arguments(struct feel__parser *p, struct arguments *args)
{
    tb_str name;
    bool is_named = false;
    feel__advance(p);
    args->all_constant = true;
    if (feel__accept(p, ')'))
        return true;
    do {
        bool has_name = feel__key(p, &name);
        if (has_name && !feel__expect(p, ':', ":"))
            return false;
        if (args->count > 0 && has_name != is_named) {
            feel__error(p, "参数要么都写名称，要么都不写",
                        "either all arguments have names or none has");
            return false;
        }
        is_named = has_name;
        const struct feel__node *node = feel__parse_expression(p);
        if (node == NULL)
            return false;
        add_argument(p, args, node, has_name ? name : TB_STR_NONE);
    } while (feel__accept(p, ','));
    if (!is_named)
        args->names = NULL;
    return feel__expect(p, ')', ")");
}

static const struct feel_type *
builtin_type(const struct feel__builtin *builtin, const struct arguments *args)
{
    if (builtin->type[0] == '=') /* of the first argument */
        return args->count > 0 ? args->items[0]->type : &feel_type_any;
    const struct feel_type *type = feel_type_find(tb_str_of(builtin->type));
    return type != NULL ? type : &feel_type_any;
}

const struct feel__node *
feel__parse_call(struct feel__parser *p, const struct feel__node *callee)
{
    struct arguments args = {0};
    uint32_t at = callee->at;
    if (!parse_arguments(p, &args))
        return NULL;
    const struct feel__builtin *builtin = NULL;
    if (feel__is_constant(callee) && callee->u.constant.kind == FEEL_FUNCTION)
        builtin = callee->u.constant.u.function->builtin;
    const struct feel_type *type = &feel_type_any;
    if (builtin != NULL)
        type = builtin_type(builtin, &args);
    else if (callee->type->kind == FEEL_TYPE_FUNCTION && !callee->type->any_function)
        type = callee->type->element;
    struct feel__node *node =
        feel__node(p, builtin != NULL ? feel__run_builtin : feel__run_call,
                   builtin != NULL ? FEEL_OP_BUILTIN : FEEL_OP_OTHER, type, at);
    node->u.call.builtin = builtin;
    node->u.call.callee = callee;
    node->u.call.args = args.items;
    node->u.call.names = args.names;
    node->u.call.count = args.count;
    if (feel__over(p, node, callee, NULL) == NULL)
        return NULL;
    for (uint32_t i = 0; i < args.count; i++)
        if (feel__over(p, node, node, args.items[i]) == NULL)
            return NULL;
    bool is_impure = builtin != NULL && builtin->kinds[0] == '!';
    p->is_impure |= is_impure;
    return builtin != NULL && args.all_constant && !is_impure ? feel__fold(p, node) : node;
}

/* ---- contexts ---------------------------------------------------------------------------------------------------- */

struct entries {
    struct feel__entry_node *items;
    struct feel_member *members;
    struct feel__env *envs;
    uint32_t count;
};

/* One entry; its name is in scope for those behind it. The lists are linked in reverse and grow by doubling. */
static bool
parse_entry(struct feel__parser *p, struct entries *entries, bool *is_twice)
{
    tb_str key;
    if (!feel__key(p, &key)) {
        feel__error(p, "这里应当是“名称: 表达式”", "\"name: expression\" is expected here");
        return false;
    }
    if (!feel__expect(p, ':', ":"))
        return false;
    const struct feel__node *value = feel__parse_expression(p);
    if (value == NULL)
        return false;
    for (uint32_t i = 0; i < entries->count; i++)
        *is_twice |= tb_str_eq(entries->items[i].key, key);
    uint32_t n = entries->count++;
    if ((n & (n - 1)) == 0) {
        struct feel__entry_node *items = TB_NEW_ARRAY(p->arena, n * 2 + 1, struct feel__entry_node);
        struct feel_member *members = TB_NEW_ARRAY(p->arena, n * 2 + 1, struct feel_member);
        for (uint32_t i = 0; i < n; i++) {
            items[i] = entries->items[i];
            members[i] = entries->members[i];
        }
        entries->items = items;
        entries->members = members;
    }
    uint32_t local = feel__local_new(p);
    entries->items[n] = (struct feel__entry_node){key, local, value};
    entries->members[n] = (struct feel_member){key, value->type};
    feel__env_push(p, TB_NEW(p->arena, struct feel__env), key, local, value->type);
    return true;
}

const struct feel__node *
feel__parse_context(struct feel__parser *p)
{
    uint32_t at = p->token.at;
    struct entries entries = {0};
    bool is_twice = false, is_ok = true;
    feel__advance(p);
    if (p->token.kind != '}') {
        do
            is_ok = parse_entry(p, &entries, &is_twice);
        while (is_ok && feel__accept(p, ','));
    }
    for (uint32_t i = 0; i < entries.count; i++)
        feel__env_pop(p);
    feel__local_free(p, entries.count);
    if (!is_ok || !feel__expect(p, '}', "}"))
        return NULL;
    struct feel_type *type = TB_NEW(p->arena, struct feel_type);
    *type = (struct feel_type){
        .kind = FEEL_TYPE_CONTEXT, .members = entries.members, .member_count = entries.count};
    struct feel__node *node = feel__node(p, feel__run_context, FEEL_OP_OTHER, type, at);
    node->u.context.entries = entries.items;
    node->u.context.count = entries.count;
    node->u.context.fault = is_twice ? "twice" : NULL;
    bool all_constant = !is_twice;
    for (uint32_t i = 0; i < entries.count; i++) {
        if (feel__over(p, node, node, entries.items[i].value) == NULL)
            return NULL;
        all_constant &= feel__is_constant(entries.items[i].value);
    }
    return all_constant ? feel__fold(p, node) : node;
}

/* ---- loops ------------------------------------------------------------------------------------------------------- */

#define ITERATORS_MAX 32

struct loop {
    struct feel__iterator iterators[ITERATORS_MAX];
    struct feel__env envs[ITERATORS_MAX];
    uint32_t count;
};

static bool
parse_iterator(struct feel__parser *p, struct loop *loop)
{
    struct feel__iterator *iterator = &loop->iterators[loop->count];
    if (loop->count == ITERATORS_MAX || p->token.kind != FEEL__NAME) {
        feel__error(p, "这里应当是循环变量的名称", "the name of a loop variable is expected here");
        return false;
    }
    iterator->name = feel__words(p);
    if (!feel__accept_word(p, "in")) {
        feel__error(p, "循环变量后面应当是 in", "in is expected after the loop variable");
        return false;
    }
    iterator->domain = feel__parse_expression(p);
    if (iterator->domain == NULL)
        return false;
    const struct feel_type *type = iterator->domain->type;
    type = type->kind == FEEL_TYPE_LIST || type->kind == FEEL_TYPE_RANGE ? type->element
                                                                         : &feel_type_any;
    if (feel__accept(p, FEEL__DOTS)) {
        type = iterator->domain->type;
        iterator->end = feel__parse_expression(p);
        if (iterator->end == NULL)
            return false;
    }
    iterator->local = feel__local_new(p);
    feel__env_push(p, &loop->envs[loop->count++], iterator->name, iterator->local, type);
    return true;
}

static bool
parse_iterators(struct feel__parser *p, struct loop *loop)
{
    do
        if (!parse_iterator(p, loop))
            return false;
    while (feel__accept(p, ','));
    return true;
}

static const struct feel__node *
finish_loop(struct feel__parser *p, struct loop *loop, struct feel__node *node,
            const struct feel__node *body)
{
    for (uint32_t i = 0; i < loop->count; i++)
        feel__env_pop(p);
    feel__local_free(p, loop->count);
    if (body == NULL)
        return NULL;
    struct feel__iterator *copy = TB_NEW_ARRAY(p->arena, loop->count, struct feel__iterator);
    for (uint32_t i = 0; i < loop->count; i++) {
        copy[i] = loop->iterators[i];
        if (feel__over(p, node, copy[i].domain, copy[i].end) == NULL)
            return NULL;
    }
    node->u.loop.iterators = copy;
    node->u.loop.count = loop->count;
    node->u.loop.body = body;
    node->depth = (uint16_t)(node->depth + 2 * loop->count);
    return feel__over(p, node, node, body);
}

const struct feel__node *
feel__parse_for(struct feel__parser *p)
{
    struct loop loop = {.count = 0};
    struct feel__env partial;
    struct feel__node *node = feel__node(p, feel__run_for, FEEL_OP_OTHER, NULL, p->token.at);
    const struct feel__node *body = NULL;
    feel__advance(p);
    if (parse_iterators(p, &loop)) {
        node->u.loop.partial = feel__local_new(p);
        feel__env_push(p, &partial, TB_STR("partial"), node->u.loop.partial,
                       &feel__types[FEEL_LIST]);
        if (!feel__accept_word(p, "return"))
            feel__error(p, "for 缺少 return", "return is expected: for x in list return …");
        else
            body = feel__parse_expression(p);
        feel__env_pop(p);
        feel__local_free(p, 1);
    }
    node->type = feel__list_type(p->arena, body != NULL ? body->type : &feel_type_any);
    return finish_loop(p, &loop, node, body);
}

const struct feel__node *
feel__parse_quantified(struct feel__parser *p, bool is_every)
{
    struct loop loop = {.count = 0};
    struct feel__node *node = feel__node(p, is_every ? feel__run_every : feel__run_some,
                                         FEEL_OP_OTHER, &feel__types[FEEL_BOOLEAN], p->token.at);
    const struct feel__node *body = NULL;
    feel__advance(p);
    if (parse_iterators(p, &loop)) {
        if (!feel__accept_word(p, "satisfies"))
            feel__error(p, "缺少 satisfies", "satisfies is expected: some x in list satisfies …");
        else
            body = feel__parse_expression(p);
    }
    return finish_loop(p, &loop, node, body);
}

/* ---- functions --------------------------------------------------------------------------------------------------- */

#define PARAMS_MAX 64

static bool
parse_param(struct feel__parser *p, struct feel_member *param)
{
    if (p->token.kind != FEEL__NAME) {
        feel__error(p, "这里应当是参数名称", "the name of a parameter is expected here");
        return false;
    }
    param->type = &feel_type_any;
    param->name = feel__words(p);
    if (feel__accept(p, ':'))
        param->type = feel__parse_type(p);
    return param->type != NULL;
}

/* external {java: {class: "…", method signature: "…"}}: kept by name; the host may have such a function. */
static tb_str
external_name(struct feel__parser *p, const struct feel__node *body)
{
    if (!feel__is_constant(body))
        return TB_STR("?");
    const struct feel_value *java = feel_get(&body->u.constant, TB_STR("java"));
    const struct feel_value *class = feel_get(java, TB_STR("class"));
    const struct feel_value *method = feel_get(java, TB_STR("method signature"));
    if (class == NULL || method == NULL || class->kind != FEEL_STRING ||
        method->kind != FEEL_STRING)
        return TB_STR("?");
    return tb_printf(p->arena, TB_FMT "#" TB_FMT, TB_ARG(class->u.string),
                     TB_ARG(method->u.string));
}

static bool
parse_body(struct feel__parser *p, struct feel__lambda *lambda)
{
    bool is_external = feel__accept_word(p, "external");
    uint32_t outer_max = p->local_max;
    p->local_max = p->local_next;
    const struct feel__node *body = feel__parse_expression(p);
    lambda->local_max = p->local_max;
    p->local_max = outer_max > p->local_max ? outer_max : p->local_max;
    if (body == NULL)
        return false;
    lambda->depth = body->depth;
    lambda->body = is_external ? NULL : body;
    if (is_external)
        lambda->external = external_name(p, body);
    return true;
}

const struct feel__node *
feel__parse_function(struct feel__parser *p)
{
    struct feel_member params[PARAMS_MAX];
    struct feel__env envs[PARAMS_MAX];
    uint32_t count = 0;
    struct feel__lambda *lambda = TB_NEW(p->arena, struct feel__lambda);
    struct feel__node *node = feel__node(p, feel__run_lambda, FEEL_OP_OTHER, NULL, p->token.at);
    feel__advance(p);
    if (!feel__expect(p, '(', "("))
        return NULL;
    if (!feel__accept(p, ')')) {
        do {
            if (count == PARAMS_MAX)
                return feel__error(p, "参数太多", "too many parameters");
            if (!parse_param(p, &params[count++]))
                return NULL;
        } while (feel__accept(p, ','));
        if (!feel__expect(p, ')', ")"))
            return NULL;
    }
    struct feel_member *copy = TB_NEW_ARRAY(p->arena, count, struct feel_member);
    lambda->captured = p->local_next;
    for (uint32_t i = 0; i < count; i++) {
        copy[i] = params[i];
        feel__env_push(p, &envs[i], copy[i].name, feel__local_new(p), copy[i].type);
    }
    bool is_ok = parse_body(p, lambda);
    for (uint32_t i = 0; i < count; i++)
        feel__env_pop(p);
    feel__local_free(p, count);
    if (!is_ok)
        return NULL;
    lambda->params = copy;
    lambda->param_count = count;
    struct feel_type *type = TB_NEW(p->arena, struct feel_type);
    *type = (struct feel_type){.kind = FEEL_TYPE_FUNCTION, .members = copy, .member_count = count};
    type->element = lambda->body != NULL ? lambda->body->type : &feel_type_any;
    node->type = type;
    node->u.lambda = lambda;
    node->depth = 1;
    return node;
}

/* ---- types ------------------------------------------------------------------------------------------------------- */

static const struct feel_type *
bad_type(struct feel__parser *p, uint32_t at)
{
    tb_str name = tb_str_sub(p->text, at, p->token.end - at);
    feel__error_at(p, at, tb_printf(p->arena, "不认识类型“" TB_FMT "”", TB_ARG(name)),
                   tb_printf(p->arena, "there is no type \"" TB_FMT "\"", TB_ARG(name)));
    return NULL;
}

static const struct feel_type *
named_type(struct feel__parser *p)
{
    uint32_t at = p->token.at, end = 0;
    const struct feel_type *type = NULL;
    for (size_t i = 0; p->scope != NULL && i < p->scope->type_count; i++) {
        uint32_t here = feel__match(p->text, at, p->scope->types[i].name);
        if (here > end) {
            end = here;
            type = p->scope->types[i].type;
        }
    }
    for (int i = -1; i < FEEL_UNKNOWN; i++) {
        const struct feel_type *built_in = i < 0 ? &feel_type_any : &feel__types[i];
        uint32_t here = feel__match(p->text, at, built_in->name);
        if (here > end) {
            end = here;
            type = built_in;
        }
    }
    if (type == NULL)
        return bad_type(p, at);
    feel__jump(p, end);
    return type;
}

static const struct feel_type *
context_type(struct feel__parser *p)
{
    struct feel_member members[PARAMS_MAX];
    size_t count = 0;
    do {
        tb_str key;
        if (count == PARAMS_MAX || !feel__key(p, &key) || !feel__expect(p, ':', ":"))
            return bad_type(p, p->token.at);
        members[count].name = key;
        members[count].type = feel__parse_type(p);
        if (members[count++].type == NULL)
            return NULL;
    } while (feel__accept(p, ','));
    struct feel_member *copy = TB_NEW_ARRAY(p->arena, count, struct feel_member);
    for (size_t i = 0; i < count; i++)
        copy[i] = members[i];
    struct feel_type *type = TB_NEW(p->arena, struct feel_type);
    *type = (struct feel_type){.kind = FEEL_TYPE_CONTEXT, .members = copy, .member_count = count};
    return feel__expect(p, '>', ">") ? type : NULL;
}

static const struct feel_type *
function_type(struct feel__parser *p)
{
    struct feel_member members[PARAMS_MAX];
    size_t count = 0;
    while (p->token.kind != '>') {
        if (count == PARAMS_MAX || (count > 0 && !feel__expect(p, ',', ",")))
            return bad_type(p, p->token.at);
        members[count].name = TB_STR_NONE;
        members[count].type = feel__parse_type(p);
        if (members[count++].type == NULL)
            return NULL;
    }
    feel__advance(p);
    if (!feel__expect(p, FEEL__ARROW, "->"))
        return NULL;
    struct feel_member *copy = TB_NEW_ARRAY(p->arena, count, struct feel_member);
    for (size_t i = 0; i < count; i++)
        copy[i] = members[i];
    struct feel_type *type = TB_NEW(p->arena, struct feel_type);
    *type = (struct feel_type){.kind = FEEL_TYPE_FUNCTION, .members = copy, .member_count = count};
    type->element = feel__parse_type(p);
    return type->element != NULL ? type : NULL;
}

static const struct feel_type *
parse_generic(struct feel__parser *p)
{
    uint32_t at = p->token.at;
    const struct feel_type *type = named_type(p);
    if (type == NULL || p->token.kind != '<')
        return type;
    bool is_list = type == &feel__types[FEEL_LIST], is_range = type == &feel__types[FEEL_RANGE];
    feel__advance(p);
    if (type == &feel__types[FEEL_CONTEXT])
        return context_type(p);
    if (type == &feel__types[FEEL_FUNCTION])
        return function_type(p);
    if (!is_list && !is_range)
        return bad_type(p, at);
    struct feel_type *generic = TB_NEW(p->arena, struct feel_type);
    generic->kind = is_list ? FEEL_TYPE_LIST : FEEL_TYPE_RANGE;
    generic->element = feel__parse_type(p);
    return generic->element != NULL && feel__expect(p, '>', ">") ? generic : NULL;
}

const struct feel_type *
feel__parse_type(struct feel__parser *p)
{
    if (++p->depth > FEEL_DEPTH_MAX) {
        feel__too_deep(p);
        return NULL;
    }
    const struct feel_type *type = parse_generic(p);
    p->depth--;
    return type;
}
