/* SPDX-License-Identifier: Apache-2.0 */
/* feel_format.c - values as FEEL writes them, and from and to JSON. */
#include "feel/feel_internal.h"

/* ---- FEEL -------------------------------------------------------------------------------------------------------- */

static void put_value(struct tb_buf *buf, const struct feel_value *value, bool is_literal);

static void
put_quoted(struct tb_buf *buf, tb_str text)
{
    tb_buf_char(buf, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"' || c == '\\')
            tb_buf_char(buf, '\\');
        if (c == '\n')
            tb_buf_cstr(buf, "\\n");
        else if (c == '\r')
            tb_buf_cstr(buf, "\\r");
        else if (c == '\t')
            tb_buf_cstr(buf, "\\t");
        else
            tb_buf_char(buf, c);
    }
    tb_buf_char(buf, '"');
}

/* Numbers that are equal look alike: 1.10 is 1.1 here. */
static void
put_number(struct tb_buf *buf, tb_dec number)
{
    tb_str text = tb_dec_format(buf->arena, number);
    if (tb_str_contains(text, TB_STR("."))) {
        while (text.ptr[text.len - 1] == '0')
            text.len--;
        if (text.ptr[text.len - 1] == '.')
            text.len--;
    }
    tb_buf_str(buf, tb_str_is(text, "-0") ? TB_STR("0") : text);
}

static bool
is_plain_key(tb_str key)
{
    for (size_t i = 0; i < key.len; i++)
        if (key.ptr[i] == '"' || key.ptr[i] == ':' || key.ptr[i] == '{' || key.ptr[i] == '}' ||
            key.ptr[i] == ',' || key.ptr[i] == '\\')
            return false;
    return key.len > 0;
}

static void
put_context(struct tb_buf *buf, const struct feel_context *context)
{
    tb_buf_char(buf, '{');
    for (size_t i = 0; i < context->count; i++) {
        tb_buf_cstr(buf, i > 0 ? ", " : "");
        if (is_plain_key(context->entries[i].key))
            tb_buf_str(buf, context->entries[i].key);
        else
            put_quoted(buf, context->entries[i].key);
        tb_buf_cstr(buf, ": ");
        put_value(buf, &context->entries[i].value, true);
    }
    tb_buf_char(buf, '}');
}

static void
put_range(struct tb_buf *buf, const struct feel_range *range)
{
    static const char *const operators[] = {
        [FEEL_BELOW] = "<", [FEEL_UP_TO] = "<=",  [FEEL_ABOVE] = ">",
        [FEEL_FROM] = ">=", [FEEL_EXACTLY] = "=", [FEEL_ALL_BUT] = "!=",
    };
    if (range->form != FEEL_INTERVAL) {
        bool is_low = range->form == FEEL_BELOW || range->form == FEEL_UP_TO;
        tb_buf_cstr(buf, "(");
        tb_buf_cstr(buf, operators[range->form]);
        put_value(buf, is_low ? &range->end : &range->start, true);
        tb_buf_char(buf, ')');
        return;
    }
    tb_buf_char(buf, range->start_included ? '[' : '(');
    put_value(buf, &range->start, true);
    tb_buf_cstr(buf, "..");
    put_value(buf, &range->end, true);
    tb_buf_char(buf, range->end_included ? ']' : ')');
}

static void
put_function(struct tb_buf *buf, const struct feel_function *function)
{
    if (function->builtin != NULL) {
        tb_buf_cstr(buf, function->builtin->name);
        return;
    }
    tb_buf_cstr(buf, "function(");
    for (size_t i = 0; i < function->param_count; i++) {
        tb_buf_cstr(buf, i > 0 ? ", " : "");
        tb_buf_str(buf, function->params[i].name);
    }
    tb_buf_cstr(buf, ") ...");
}

static void
put_temporal(struct tb_buf *buf, const struct feel_value *value, bool is_literal)
{
    tb_buf_cstr(buf, is_literal ? "@\"" : "");
    if (value->kind == FEEL_DAYS || value->kind == FEEL_MONTHS)
        feel__format_duration(buf, value);
    else
        feel__format_moment(buf, value);
    tb_buf_cstr(buf, is_literal ? "\"" : "");
}

static void
put_list(struct tb_buf *buf, const struct feel_list *list)
{
    tb_buf_char(buf, '[');
    for (size_t i = 0; i < list->count; i++) {
        tb_buf_cstr(buf, i > 0 ? ", " : "");
        put_value(buf, &list->items[i], true);
    }
    tb_buf_char(buf, ']');
}

static void
put_value(struct tb_buf *buf, const struct feel_value *value, bool is_literal)
{
    switch (value->kind) {
    case FEEL_BOOLEAN:
        tb_buf_cstr(buf, value->u.boolean ? "true" : "false");
        break;
    case FEEL_NUMBER:
        put_number(buf, value->u.number);
        break;
    case FEEL_STRING:
        if (is_literal)
            put_quoted(buf, value->u.string);
        else
            tb_buf_str(buf, value->u.string);
        break;
    case FEEL_DATE:
    case FEEL_TIME:
    case FEEL_DATE_TIME:
    case FEEL_DAYS:
    case FEEL_MONTHS:
        put_temporal(buf, value, is_literal);
        break;
    case FEEL_LIST:
        put_list(buf, &value->u.list);
        break;
    case FEEL_CONTEXT:
        put_context(buf, value->u.context);
        break;
    case FEEL_RANGE:
        put_range(buf, value->u.range);
        break;
    case FEEL_FUNCTION:
        put_function(buf, value->u.function);
        break;
    default:
        tb_buf_cstr(buf, value->kind == FEEL_UNKNOWN ? "?" : "null");
    }
}

tb_str
feel_format(struct tb_arena *arena, const struct feel_value *value)
{
    struct tb_buf buf = {.arena = arena};
    put_value(&buf, value, false);
    return tb_buf_done(&buf);
}

tb_str
feel_format_literal(struct tb_arena *arena, const struct feel_value *value)
{
    struct tb_buf buf = {.arena = arena};
    put_value(&buf, value, true);
    return tb_buf_done(&buf);
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

struct tb_json *
feel_to_json(struct tb_arena *arena, const struct feel_value *value)
{
    struct tb_json *json;
    switch (value->kind) {
    case FEEL_NULL:
    case FEEL_UNKNOWN:
        return tb_json_new(arena, TB_JSON_NULL);
    case FEEL_BOOLEAN:
        return tb_json_new_bool(arena, value->u.boolean);
    case FEEL_NUMBER:
        return tb_json_new_dec(arena, value->u.number);
    case FEEL_LIST:
        json = tb_json_new(arena, TB_JSON_LIST);
        for (size_t i = 0; i < value->u.list.count; i++)
            tb_json_add(json, feel_to_json(arena, &value->u.list.items[i]));
        return json;
    case FEEL_CONTEXT:
        json = tb_json_new(arena, TB_JSON_OBJECT);
        for (size_t i = 0; i < value->u.context->count; i++) {
            struct tb_json *child = feel_to_json(arena, &value->u.context->entries[i].value);
            child->key = value->u.context->entries[i].key;
            tb_json_add(json, child);
        }
        return json;
    default:
        return tb_json_new_text(arena, feel_format(arena, value));
    }
}

/* The place of a value in its document: keys and indexes from the root, built only when there is a fault. */
struct path {
    const struct path *parent;
    tb_str key;
    size_t index;
};

struct reader {
    struct tb_arena *arena;
    struct tb_faults *faults;
    bool is_ok;
};

static void
put_path(struct tb_buf *buf, const struct path *path)
{
    if (path == NULL || (path->parent == NULL && path->key.ptr == NULL))
        return;
    put_path(buf, path->parent);
    tb_buf_char(buf, '/');
    if (path->key.ptr == NULL)
        tb_buf_int(buf, (int64_t)path->index);
    for (size_t i = 0; i < path->key.len; i++) {
        if (path->key.ptr[i] == '~')
            tb_buf_cstr(buf, "~0");
        else if (path->key.ptr[i] == '/')
            tb_buf_cstr(buf, "~1");
        else
            tb_buf_char(buf, path->key.ptr[i]);
    }
}

static void
misfit(struct reader *reader, const struct path *path, const struct feel_type *type)
{
    reader->is_ok = false;
    if (reader->faults == NULL)
        return;
    struct tb_buf buf = {.arena = reader->arena};
    put_path(&buf, path);
    tb_str name = feel_type_format(reader->arena, type);
    tb_fault_add(
        reader->faults, tb_buf_done(&buf), "wrong_type",
        tb_printf(reader->arena, "这里要的是 " TB_FMT " 类型的值", TB_ARG(name)),
        tb_printf(reader->arena, "a value of type " TB_FMT " is expected here", TB_ARG(name)));
}

static struct feel_value read_json(struct reader *reader, const struct tb_json *json,
                                   const struct feel_type *type, const struct path *path);

static struct feel_value
read_object(struct reader *reader, const struct tb_json *json, const struct feel_type *type,
            const struct path *path)
{
    struct feel_entry *entries = TB_NEW_ARRAY(reader->arena, json->count, struct feel_entry);
    size_t count = 0;
    if (type->kind != FEEL_TYPE_CONTEXT && type->kind != FEEL_TYPE_ANY) {
        misfit(reader, path, type);
        return feel_null();
    }
    TB_JSON_EACH(child, json)
    {
        struct path here = {path, child->key, 0};
        const struct feel_type *member = feel__type_member(type, child->key);
        entries[count].key = child->key;
        entries[count++].value =
            read_json(reader, child, member != NULL ? member : &feel_type_any, &here);
    }
    return feel_context_of(reader->arena, entries, count);
}

static struct feel_value
read_list(struct reader *reader, const struct tb_json *json, const struct feel_type *type,
          const struct path *path)
{
    struct feel_value *items = TB_NEW_ARRAY(reader->arena, json->count, struct feel_value);
    size_t count = 0;
    const struct feel_type *element = &feel_type_any;
    if (type->kind == FEEL_TYPE_LIST)
        element = type->element;
    else if (type->kind != FEEL_TYPE_ANY) {
        misfit(reader, path, type);
        return feel_null();
    }
    TB_JSON_EACH(child, json)
    {
        struct path here = {path, TB_STR_NONE, count};
        items[count++] = read_json(reader, child, element, &here);
    }
    return feel_list_of(items, count);
}

static struct feel_value
read_text(struct reader *reader, tb_str text, const struct feel_type *type, const struct path *path)
{
    struct feel_value value;
    if (type->kind == FEEL_TYPE_ANY || (type->kind == FEEL_TYPE_BASE && type->base == FEEL_STRING))
        return feel_string(text);
    if (type->kind == FEEL_TYPE_BASE &&
        feel_parse_temporal(reader->arena, text, type->base, NULL, &value))
        return value;
    misfit(reader, path, type);
    return feel_null();
}

static struct feel_value
read_scalar(struct reader *reader, const struct tb_json *json, const struct feel_type *type,
            const struct path *path)
{
    tb_dec number;
    if (json->kind == TB_JSON_TEXT)
        return read_text(reader, json->text, type, path);
    if (json->kind == TB_JSON_NUMBER && tb_dec_parse(json->text, &number) &&
        (type->kind == FEEL_TYPE_ANY || type->base == FEEL_NUMBER))
        return feel_number(number);
    if ((json->kind == TB_JSON_TRUE || json->kind == TB_JSON_FALSE) &&
        (type->kind == FEEL_TYPE_ANY || type->base == FEEL_BOOLEAN))
        return feel_boolean(json->kind == TB_JSON_TRUE);
    misfit(reader, path, type);
    return feel_null();
}

static struct feel_value
read_json(struct reader *reader, const struct tb_json *json, const struct feel_type *type,
          const struct path *path)
{
    if (json == NULL || json->kind == TB_JSON_NULL)
        return feel_null();
    if (json->kind == TB_JSON_OBJECT)
        return read_object(reader, json, type, path);
    if (json->kind == TB_JSON_LIST)
        return read_list(reader, json, type, path);
    if (type->kind == FEEL_TYPE_LIST) { /* one value where several may stand */
        struct feel_value *item = TB_NEW(reader->arena, struct feel_value);
        *item = read_json(reader, json, type->element, path);
        return feel_list_of(item, 1);
    }
    return read_scalar(reader, json, type, path);
}

bool
feel_from_json(struct tb_arena *arena, const struct tb_json *json, const struct feel_type *type,
               struct feel_value *ret_value, struct tb_faults *faults)
{
    struct reader reader = {arena, faults, true};
    struct path root = {NULL, TB_STR_NONE, 0};
    *ret_value = read_json(&reader, json, type != NULL ? type : &feel_type_any, &root);
    return reader.is_ok;
}
