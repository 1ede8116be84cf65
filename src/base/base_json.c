/* SPDX-License-Identifier: Apache-2.0 */
/* base_json.c - the JSON tree: looking things up and making trees. */
#include "base/base_internal.h"
#include <string.h>

const struct tb_json *
tb_json_find(const struct tb_json *object, tb_str key)
{
    if (object == NULL || object->kind != TB_JSON_OBJECT)
        return NULL;
    /* Every member of every object is looked up here: most are told apart by length and first byte, without a call. */
    TB_JSON_EACH(child, object)
    {
        if (child->key.len == key.len &&
            (key.len == 0 ||
             (child->key.ptr[0] == key.ptr[0] && memcmp(child->key.ptr, key.ptr, key.len) == 0)))
            return child;
    }
    return NULL;
}

const struct tb_json *
tb_json_get(const struct tb_json *object, const char *key)
{
    return tb_json_find(object, tb_str_of(key));
}

const struct tb_json *
tb_json_path(const struct tb_json *object, const char *dotted)
{
    tb_str rest = tb_str_of(dotted), key;
    while (object != NULL && tb_str_cut(&rest, '.', &key))
        object = tb_json_find(object, key);
    return object;
}

const struct tb_json *
tb_json_at(const struct tb_json *list, size_t index)
{
    if (list == NULL || list->kind != TB_JSON_LIST || index >= list->count)
        return NULL;
    const struct tb_json *child = list->first;
    while (index-- > 0)
        child = child->next;
    return child;
}

tb_str
tb_json_text(const struct tb_json *json)
{
    if (json == NULL || (json->kind != TB_JSON_TEXT && json->kind != TB_JSON_NUMBER))
        return TB_STR_NONE;
    return json->text;
}

tb_str
tb_json_get_text(const struct tb_json *object, const char *key)
{
    return tb_json_text(tb_json_get(object, key));
}

bool
tb_json_to_int(const struct tb_json *json, int64_t *ret_value)
{
    tb_dec number;
    return json != NULL && json->kind == TB_JSON_NUMBER && tb_dec_parse(json->text, &number) &&
           tb_dec_to_int(number, ret_value);
}

int64_t
tb_json_get_int(const struct tb_json *object, const char *key, int64_t otherwise)
{
    int64_t value;
    return tb_json_to_int(tb_json_get(object, key), &value) ? value : otherwise;
}

bool
tb_json_is_true(const struct tb_json *json)
{
    return json != NULL && json->kind == TB_JSON_TRUE;
}

bool
tb_json_is_null(const struct tb_json *json)
{
    return json == NULL || json->kind == TB_JSON_NULL;
}

struct tb_json *
tb_json_new(struct tb_arena *arena, tb_json_kind kind)
{
    struct tb_json *json = TB_NEW(arena, struct tb_json);
    json->kind = kind;
    return json;
}

struct tb_json *
tb_json_new_text(struct tb_arena *arena, tb_str text)
{
    if (text.ptr == NULL)
        return tb_json_new(arena, TB_JSON_NULL);
    struct tb_json *json = tb_json_new(arena, TB_JSON_TEXT);
    json->text = text;
    return json;
}

struct tb_json *
tb_json_new_int(struct tb_arena *arena, int64_t value)
{
    struct tb_json *json = tb_json_new(arena, TB_JSON_NUMBER);
    struct tb_buf buf = {.arena = arena};
    tb_buf_int(&buf, value);
    json->text = tb_buf_done(&buf);
    return json;
}

struct tb_json *
tb_json_new_dec(struct tb_arena *arena, tb_dec value)
{
    struct tb_json *json = tb_json_new(arena, TB_JSON_NUMBER);
    json->text = tb_dec_format(arena, value);
    return json;
}

struct tb_json *
tb_json_new_bool(struct tb_arena *arena, bool value)
{
    return tb_json_new(arena, value ? TB_JSON_TRUE : TB_JSON_FALSE);
}

struct tb_json *
tb_json_copy(struct tb_arena *arena, const struct tb_json *json)
{
    if (json == NULL)
        return NULL;
    /* Recursion is as deep as the tree, which its reader has limited. */
    struct tb_json *copy = tb_json_new(arena, json->kind);
    copy->line = json->line;
    copy->text = tb_str_copy(arena, json->text);
    TB_JSON_EACH(child, json)
    {
        struct tb_json *added = tb_json_add(copy, tb_json_copy(arena, child));
        added->key = tb_str_copy(arena, child->key);
    }
    return copy;
}

static void
append(struct tb_json *parent, struct tb_json *child)
{
    tb_assert(child->next == NULL && child != parent->last);
    if (parent->last == NULL)
        parent->first = child;
    else
        parent->last->next = child;
    parent->last = child;
    parent->count++;
}

struct tb_json *
tb_json_add(struct tb_json *list, struct tb_json *child)
{
    if (child != NULL)
        append(list, child);
    return child;
}

struct tb_json *
tb_json_set(struct tb_json *object, const char *key, struct tb_json *child)
{
    tb_assert(object->kind == TB_JSON_OBJECT);
    if (child != NULL) {
        child->key = tb_str_of(key);
        append(object, child);
    }
    return child;
}

struct tb_json *
tb_json_set_object(struct tb_arena *arena, struct tb_json *object, const char *key)
{
    return tb_json_set(object, key, tb_json_new(arena, TB_JSON_OBJECT));
}

struct tb_json *
tb_json_set_list(struct tb_arena *arena, struct tb_json *object, const char *key)
{
    return tb_json_set(object, key, tb_json_new(arena, TB_JSON_LIST));
}

void
tb_json_set_text(struct tb_arena *arena, struct tb_json *object, const char *key, tb_str text)
{
    tb_json_set(object, key, tb_json_new_text(arena, text));
}

void
tb_json_set_int(struct tb_arena *arena, struct tb_json *object, const char *key, int64_t value)
{
    tb_json_set(object, key, tb_json_new_int(arena, value));
}

void
tb_json_set_bool(struct tb_arena *arena, struct tb_json *object, const char *key, bool value)
{
    tb_json_set(object, key, tb_json_new_bool(arena, value));
}
