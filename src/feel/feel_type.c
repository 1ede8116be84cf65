/* SPDX-License-Identifier: Apache-2.0 */
/* feel_type.c - the type lattice (clause 10.3.2.9): what a value is an instance of, what conforms, what is coerced. */
#include "feel/feel_internal.h"

#define BASE_TYPE(base_kind, text)                                                                 \
    {                                                                                              \
        .kind = FEEL_TYPE_BASE, .base = base_kind, .name = { text, sizeof(text) - 1 }              \
    }

/* clang-format off */
const struct feel_type feel__types[FEEL_KIND_COUNT] = {
    [FEEL_NULL] = {.kind = FEEL_TYPE_NULL, .name = {"Null", 4}},
    [FEEL_BOOLEAN] = BASE_TYPE(FEEL_BOOLEAN, "boolean"),
    [FEEL_NUMBER] = BASE_TYPE(FEEL_NUMBER, "number"),
    [FEEL_STRING] = BASE_TYPE(FEEL_STRING, "string"),
    [FEEL_DATE] = BASE_TYPE(FEEL_DATE, "date"),
    [FEEL_TIME] = BASE_TYPE(FEEL_TIME, "time"),
    [FEEL_DATE_TIME] = BASE_TYPE(FEEL_DATE_TIME, "date and time"),
    [FEEL_DAYS] = BASE_TYPE(FEEL_DAYS, "days and time duration"),
    [FEEL_MONTHS] = BASE_TYPE(FEEL_MONTHS, "years and months duration"),
    [FEEL_LIST] = {.kind = FEEL_TYPE_LIST, .element = &feel_type_any, .name = {"list", 4}},
    [FEEL_CONTEXT] = {.kind = FEEL_TYPE_CONTEXT, .name = {"context", 7}},
    [FEEL_RANGE] = {.kind = FEEL_TYPE_RANGE, .element = &feel_type_any, .name = {"range", 5}},
    [FEEL_FUNCTION] = {.kind = FEEL_TYPE_FUNCTION, .element = &feel_type_any, .any_function = true,
                       .name = {"function", 8}},
    [FEEL_UNKNOWN] = {.kind = FEEL_TYPE_ANY, .name = {"Any", 3}},
};
/* clang-format on */
const struct feel_type feel_type_any = {.kind = FEEL_TYPE_ANY, .name = {"Any", 3}};

const struct feel_type *
feel_type_find(tb_str name)
{
    static const struct {
        const char *name;
        feel_kind kind;
    } others[] = {
        {"dateTime", FEEL_DATE_TIME},
        {"dayTimeDuration", FEEL_DAYS},
        {"yearMonthDuration", FEEL_MONTHS},
    };
    if (tb_str_is(name, "Any"))
        return &feel_type_any;
    for (size_t i = 0; i < FEEL_UNKNOWN; i++)
        if (tb_str_eq(feel__types[i].name, name))
            return &feel__types[i];
    for (size_t i = 0; i < TB_COUNT(others); i++)
        if (tb_str_is(name, others[i].name))
            return &feel__types[others[i].kind];
    return NULL;
}

const struct feel_type *
feel__list_type(struct tb_arena *arena, const struct feel_type *element)
{
    struct feel_type *type = TB_NEW(arena, struct feel_type);
    type->kind = FEEL_TYPE_LIST;
    type->element = element;
    return type;
}

const struct feel_type *
feel__type_member(const struct feel_type *type, tb_str name)
{
    if (type == NULL || type->kind != FEEL_TYPE_CONTEXT)
        return NULL;
    for (size_t i = 0; i < type->member_count; i++)
        if (tb_str_eq(type->members[i].name, name))
            return type->members[i].type;
    return NULL;
}

/* ---- conformance of types ---------------------------------------------------------------------------------------- */

static bool conforms(const struct feel_type *a, const struct feel_type *b, int depth);

static bool
contexts_conform(const struct feel_type *a, const struct feel_type *b, int depth)
{
    for (size_t i = 0; i < b->member_count; i++) {
        const struct feel_type *member = feel__type_member(a, b->members[i].name);
        if (member == NULL || !conforms(member, b->members[i].type, depth))
            return false;
    }
    return true;
}

/* Parameters the other way round: who accepts more can stand in for who accepts less. */
static bool
functions_conform(const struct feel_type *a, const struct feel_type *b, int depth)
{
    if (b->any_function || a->any_function)
        return true;
    if (a->member_count != b->member_count || !conforms(a->element, b->element, depth))
        return false;
    for (size_t i = 0; i < a->member_count; i++)
        if (!conforms(b->members[i].type, a->members[i].type, depth))
            return false;
    return true;
}

/* a conforms to b: every value of a is a value of b. */
static bool
conforms(const struct feel_type *a, const struct feel_type *b, int depth)
{
    if (depth > 32 || a == b || b->kind == FEEL_TYPE_ANY || a->kind == FEEL_TYPE_NULL)
        return true;
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case FEEL_TYPE_BASE:
        return a->base == b->base;
    case FEEL_TYPE_LIST:
    case FEEL_TYPE_RANGE:
        return conforms(a->element, b->element, depth + 1);
    case FEEL_TYPE_CONTEXT:
        return contexts_conform(a, b, depth + 1);
    case FEEL_TYPE_FUNCTION:
        return functions_conform(a, b, depth + 1);
    default:
        return true;
    }
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static bool is_instance(const struct feel_value *value, const struct feel_type *type, bool null_is);

static bool
is_list_of(const struct feel_value *value, const struct feel_type *element)
{
    if (value->kind != FEEL_LIST)
        return false;
    if (element->kind == FEEL_TYPE_ANY)
        return true;
    for (size_t i = 0; i < value->u.list.count; i++)
        if (!is_instance(&value->u.list.items[i], element, true))
            return false;
    return true;
}

static bool
is_context_of(const struct feel_value *value, const struct feel_type *type)
{
    if (value->kind != FEEL_CONTEXT)
        return false;
    for (size_t i = 0; i < type->member_count; i++) {
        const struct feel_value *member = feel_get(value, type->members[i].name);
        if (member == NULL || !is_instance(member, type->members[i].type, true))
            return false;
    }
    return true;
}

static bool
is_range_of(const struct feel_value *value, const struct feel_type *element)
{
    if (value->kind != FEEL_RANGE)
        return false;
    return is_instance(&value->u.range->start, element, true) &&
           is_instance(&value->u.range->end, element, true);
}

static bool
is_function_of(const struct feel_value *value, const struct feel_type *type)
{
    if (value->kind != FEEL_FUNCTION)
        return false;
    const struct feel_function *function = value->u.function;
    if (type->any_function || function->builtin != NULL || function->external != NULL)
        return true;
    struct feel_type own = {.kind = FEEL_TYPE_FUNCTION,
                            .members = function->params,
                            .member_count = function->param_count,
                            .element =
                                function->result != NULL ? function->result : &feel_type_any};
    return functions_conform(&own, type, 0);
}

/* null_is: null fits every type, as it does at the boundaries and inside structures. */
static bool
is_instance(const struct feel_value *value, const struct feel_type *type, bool null_is)
{
    if (value->kind == FEEL_NULL)
        return null_is || type->kind == FEEL_TYPE_NULL;
    if (value->kind == FEEL_UNKNOWN)
        return true;
    switch (type->kind) {
    case FEEL_TYPE_ANY:
        return true;
    case FEEL_TYPE_NULL:
        return false;
    case FEEL_TYPE_BASE:
        return value->kind == type->base;
    case FEEL_TYPE_LIST:
        return is_list_of(value, type->element);
    case FEEL_TYPE_CONTEXT:
        return is_context_of(value, type);
    case FEEL_TYPE_RANGE:
        return is_range_of(value, type->element);
    case FEEL_TYPE_FUNCTION:
        return is_function_of(value, type);
    }
    return false;
}

bool
feel_instance_of(const struct feel_value *value, const struct feel_type *type)
{
    return is_instance(value, type, false);
}

static bool
coerce_list(struct tb_arena *arena, const struct feel_value *value, const struct feel_type *type,
            struct feel_value *ret)
{
    size_t count = value->u.list.count;
    struct feel_value *items = TB_NEW_ARRAY(arena, count, struct feel_value);
    for (size_t i = 0; i < count; i++)
        if (!feel_coerce(arena, &value->u.list.items[i], type->element, &items[i]))
            return false;
    *ret = feel_list_of(items, count);
    return true;
}

static bool
coerce_context(struct tb_arena *arena, const struct feel_value *value, const struct feel_type *type,
               struct feel_value *ret)
{
    const struct feel_context *old = value->u.context;
    struct feel_entry *entries = TB_NEW_ARRAY(arena, old->count, struct feel_entry);
    size_t found = 0;
    for (size_t i = 0; i < old->count; i++) {
        entries[i] = old->entries[i];
        const struct feel_type *member = feel__type_member(type, entries[i].key);
        if (member != NULL &&
            !feel_coerce(arena, &old->entries[i].value, member, &entries[i].value))
            return false;
        found += member != NULL;
    }
    *ret = feel_context_of(arena, entries, old->count);
    return found == type->member_count;
}

bool
feel_coerce(struct tb_arena *arena, const struct feel_value *value, const struct feel_type *type,
            struct feel_value *ret_value)
{
    struct feel_value converted;
    if (is_instance(value, type, true)) {
        *ret_value = *value;
        return true;
    }
    *ret_value = feel_null();
    if (value->kind == FEEL_DATE && type->kind == FEEL_TYPE_BASE && type->base == FEEL_DATE_TIME) {
        *ret_value = *value;
        ret_value->kind = FEEL_DATE_TIME;
        ret_value->u.moment.zone_kind = FEEL_OFFSET;
        ret_value->u.moment.u.offset = 0;
        return true;
    }
    if (value->kind == FEEL_LIST && type->kind == FEEL_TYPE_LIST) {
        if (!coerce_list(arena, value, type, &converted))
            return false;
    } else if (value->kind == FEEL_LIST && value->u.list.count == 1) {
        if (!is_instance(&value->u.list.items[0], type, true))
            return false;
        converted = value->u.list.items[0];
    } else if (type->kind == FEEL_TYPE_LIST) {
        struct feel_value *item = TB_NEW(arena, struct feel_value);
        if (!feel_coerce(arena, value, type->element, item))
            return false;
        converted = feel_list_of(item, 1);
    } else if (value->kind == FEEL_CONTEXT && type->kind == FEEL_TYPE_CONTEXT) {
        if (!coerce_context(arena, value, type, &converted))
            return false;
    } else {
        return false;
    }
    *ret_value = converted;
    return true;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static void
put_type(struct tb_buf *buf, const struct feel_type *type, int depth)
{
    if (depth > 16 || type->kind == FEEL_TYPE_ANY) {
        tb_buf_cstr(buf, "Any");
    } else if (type->kind == FEEL_TYPE_BASE || type->kind == FEEL_TYPE_NULL) {
        tb_buf_str(buf,
                   type->kind == FEEL_TYPE_NULL ? TB_STR("Null") : feel__types[type->base].name);
    } else if (type->kind == FEEL_TYPE_CONTEXT) {
        tb_buf_cstr(buf, type->member_count == 0 ? "context" : "context<");
        for (size_t i = 0; i < type->member_count; i++) {
            tb_buf_cstr(buf, i > 0 ? ", " : "");
            tb_buf_str(buf, type->members[i].name);
            tb_buf_cstr(buf, ": ");
            put_type(buf, type->members[i].type, depth + 1);
        }
        tb_buf_cstr(buf, type->member_count == 0 ? "" : ">");
    } else if (type->kind == FEEL_TYPE_FUNCTION) {
        tb_buf_cstr(buf, type->any_function ? "function" : "function<");
        for (size_t i = 0; i < type->member_count; i++) {
            tb_buf_cstr(buf, i > 0 ? ", " : "");
            put_type(buf, type->members[i].type, depth + 1);
        }
        if (!type->any_function) {
            tb_buf_cstr(buf, "> -> ");
            put_type(buf, type->element, depth + 1);
        }
    } else {
        tb_buf_cstr(buf, type->kind == FEEL_TYPE_LIST ? "list<" : "range<");
        put_type(buf, type->element, depth + 1);
        tb_buf_char(buf, '>');
    }
}

tb_str
feel_type_format(struct tb_arena *arena, const struct feel_type *type)
{
    struct tb_buf buf = {.arena = arena};
    put_type(&buf, type, 0);
    return tb_buf_done(&buf);
}
