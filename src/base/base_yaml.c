/* SPDX-License-Identifier: Apache-2.0 */
/* base_yaml.c - one strict YAML document into the JSON tree, over libyaml's events.
 *
 * Of YAML only what a person needs to write a pack: mappings, sequences, scalars, comments.
 * Anchors, aliases and tags are refused, so that a small file cannot become a large tree and a
 * value is what it looks like. Only what JSON calls a number is one: 007 and 1_000 and 12:30 stay
 * texts, and so do yes, no, on and off. */
#include "base/base_internal.h"
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct reader {
    struct tb_arena *arena;
    tb_str file;
    yaml_parser_t parser;
    int depth;
    uint32_t node_count;
    struct tb_err *err;
};

static tb_status
fail_at(struct reader *r, yaml_mark_t mark, tb_status status, const char *what)
{
    return tb_fail(r->err, status, TB_FMT ":%zu:%zu: %s", TB_ARG(r->file), mark.line + 1,
                   mark.column + 1, what);
}

static tb_status
next_event(struct reader *r, yaml_event_t *event)
{
    if (yaml_parser_parse(&r->parser, event))
        return TB_OK;
    const char *problem = r->parser.problem != NULL ? r->parser.problem : "cannot be read";
    if (r->parser.error == YAML_MEMORY_ERROR)
        return fail_at(r, r->parser.problem_mark, TB_LIMIT, "not enough memory for this file");
    if (r->parser.error == YAML_READER_ERROR)
        return tb_fail(r->err, TB_SYNTAX, TB_FMT ": at byte %zu: %s", TB_ARG(r->file),
                       r->parser.problem_offset, problem);
    return fail_at(r, r->parser.problem_mark, TB_SYNTAX, problem);
}

/* ---- scalars
 * -----------------------------------------------------------------------------------------------------
 * / */

static tb_json_kind
plain_kind(tb_str text)
{
    if (text.len == 0 || tb_str_is(text, "~") || tb_str_is(text, "null"))
        return TB_JSON_NULL;
    if (tb_str_is(text, "true"))
        return TB_JSON_TRUE;
    if (tb_str_is(text, "false"))
        return TB_JSON_FALSE;
    return tb__json_is_number(text) ? TB_JSON_NUMBER : TB_JSON_TEXT;
}

static tb_status
scalar_text(struct reader *r, const yaml_event_t *event, tb_str *ret_text)
{
    if (event->data.scalar.anchor != NULL || event->data.scalar.tag != NULL)
        return fail_at(r, event->start_mark, TB_SYNTAX,
                       "anchors (&) and tags (!) are not accepted; write the value out, in quotes "
                       "if it begins so");
    tb_str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    if (text.len > 0 && memchr(text.ptr, '\0', text.len) != NULL)
        return fail_at(r, event->start_mark, TB_SYNTAX, "NUL is not accepted in a text");
    *ret_text = text.len > 0 ? tb_str_copy(r->arena, text) : TB_STR("");
    return TB_OK;
}

static tb_status
read_scalar(struct reader *r, const yaml_event_t *event, struct tb_json *json)
{
    tb_str text;
    TB_TRY(scalar_text(r, event, &text));
    bool is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    json->kind = is_plain ? plain_kind(text) : TB_JSON_TEXT;
    if (json->kind == TB_JSON_TEXT || json->kind == TB_JSON_NUMBER)
        json->text = text;
    return TB_OK;
}

/* ---- mappings and sequences ------------------------------------------------------------------ */

static tb_status read_node(struct reader *r, const yaml_event_t *event, struct tb_json **ret_json);

static int
key_order(const void *a, const void *b)
{
    const struct tb_json *left = *(struct tb_json *const *)a, *right = *(struct tb_json *const *)b;
    int order = tb_str_cmp(left->key, right->key);
    return order != 0 ? order : (left->line > right->line) - (left->line < right->line);
}

static tb_status
check_keys(struct reader *r, const struct tb_json *object)
{
    if (object->count < 2)
        return TB_OK;
    struct tb_json **children = TB_NEW_ARRAY(r->arena, object->count, struct tb_json *);
    size_t count = 0;
    for (struct tb_json *child = object->first; child != NULL; child = child->next)
        children[count++] = child;
    qsort(children, count, sizeof(struct tb_json *), key_order);
    for (size_t i = 1; i < count; i++)
        if (tb_str_eq(children[i - 1]->key, children[i]->key))
            return tb_fail(r->err, TB_SYNTAX,
                           TB_FMT ":%d: the key '" TB_FMT
                                  "' stands in this mapping already, in line %d",
                           TB_ARG(r->file), children[i]->line,
                           TB_ARG(tb_str_sub(children[i]->key, 0, 100)), children[i - 1]->line);
    return TB_OK;
}

static tb_status
read_pair(struct reader *r, const yaml_event_t *key_event, struct tb_json *object)
{
    if (key_event->type != YAML_SCALAR_EVENT)
        return fail_at(r, key_event->start_mark, TB_SYNTAX, "a key must be a plain or quoted text");
    tb_str key;
    TB_TRY(scalar_text(r, key_event, &key));
    yaml_event_t event;
    TB_TRY(next_event(r, &event));
    struct tb_json *child;
    tb_status status = read_node(r, &event, &child);
    yaml_event_delete(&event);
    TB_TRY(status);
    child->key = key;
    child->line = (int32_t)key_event->start_mark.line + 1;
    tb_json_add(object, child);
    return TB_OK;
}

static tb_status
read_item(struct reader *r, const yaml_event_t *event, struct tb_json *list)
{
    struct tb_json *child;
    TB_TRY(read_node(r, event, &child));
    tb_json_add(list, child);
    return TB_OK;
}

/* Behind the start event of parent, up to its end event. */
static tb_status
read_children(struct reader *r, struct tb_json *parent)
{
    bool is_object = parent->kind == TB_JSON_OBJECT;
    yaml_event_type_t end = is_object ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
    for (;;) {
        yaml_event_t event;
        TB_TRY(next_event(r, &event));
        if (event.type == end) {
            yaml_event_delete(&event);
            return is_object ? check_keys(r, parent) : TB_OK;
        }
        tb_status status = is_object ? read_pair(r, &event, parent) : read_item(r, &event, parent);
        yaml_event_delete(&event);
        TB_TRY(status);
    }
}

static tb_status
read_container(struct reader *r, const yaml_event_t *event, struct tb_json *json)
{
    bool is_object = event->type == YAML_MAPPING_START_EVENT;
    const yaml_char_t *anchor =
        is_object ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    const yaml_char_t *tag =
        is_object ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    if (anchor != NULL || tag != NULL)
        return fail_at(r, event->start_mark, TB_SYNTAX,
                       "anchors (&) and tags (!) are not accepted");
    if (++r->depth > TB_YAML_DEPTH_MAX)
        return fail_at(r, event->start_mark, TB_LIMIT,
                       "nested too deeply; at most 32 levels are accepted");
    json->kind = is_object ? TB_JSON_OBJECT : TB_JSON_LIST;
    TB_TRY(read_children(r, json));
    r->depth--;
    return TB_OK;
}

static tb_status
read_node(struct reader *r, const yaml_event_t *event, struct tb_json **ret_json)
{
    if (++r->node_count > TB_JSON_NODES_MAX || tb_arena_is_over(r->arena))
        return fail_at(r, event->start_mark, TB_LIMIT,
                       "too many values; at most 1,000,000 are accepted");
    struct tb_json *json = tb_json_new(r->arena, TB_JSON_NULL);
    json->line = (int32_t)event->start_mark.line + 1;
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        TB_TRY(read_scalar(r, event, json));
        break;
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT:
        TB_TRY(read_container(r, event, json));
        break;
    default:
        return fail_at(r, event->start_mark, TB_SYNTAX,
                       "aliases (*) are not accepted; write the value out");
    }
    *ret_json = json;
    return TB_OK;
}

/* ---- the document ---------------------------------------------------------------------------- */

/* Pass over one event of the given type. */
static tb_status
expect(struct reader *r, yaml_event_type_t type, const char *otherwise)
{
    yaml_event_t event;
    TB_TRY(next_event(r, &event));
    bool is_it = event.type == type;
    yaml_mark_t mark = event.start_mark;
    yaml_event_delete(&event);
    return is_it ? TB_OK : fail_at(r, mark, TB_SYNTAX, otherwise);
}

/* The only document, or none: a file of comments alone is null. */
static tb_status
read_document(struct reader *r, struct tb_json **ret_json)
{
    yaml_event_t event;
    TB_TRY(expect(r, YAML_STREAM_START_EVENT, "the file cannot be read"));
    TB_TRY(next_event(r, &event));
    yaml_event_type_t first = event.type;
    yaml_event_delete(&event);
    if (first == YAML_STREAM_END_EVENT) {
        *ret_json = tb_json_new(r->arena, TB_JSON_NULL);
        return TB_OK;
    }
    TB_TRY(next_event(r, &event));
    tb_status status = read_node(r, &event, ret_json);
    yaml_event_delete(&event);
    TB_TRY(status);
    TB_TRY(expect(r, YAML_DOCUMENT_END_EVENT, "the document should end here"));
    return expect(r, YAML_STREAM_END_EVENT,
                  "a second document begins here; one per file is accepted");
}

tb_status
tb_yaml_parse(struct tb_arena *arena, tb_str file, tb_str text, struct tb_json **ret_json,
              struct tb_err *err)
{
    if (text.len > TB_YAML_BYTES_MAX)
        return tb_fail(err, TB_LIMIT, TB_FMT ": %zu bytes; at most %u are accepted", TB_ARG(file),
                       text.len, TB_YAML_BYTES_MAX);
    size_t bad = tb__utf8_bad(text);
    if (bad < text.len)
        return tb_fail(err, TB_SYNTAX, TB_FMT ": byte %zu is not UTF-8", TB_ARG(file), bad + 1);
    struct reader r = {.arena = arena, .file = file, .err = err};
    if (!yaml_parser_initialize(&r.parser))
        return tb_fail(err, TB_INTERNAL, "out of memory");
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)(text.len > 0 ? text.ptr : ""),
                                 text.len);
    struct tb_json *json;
    tb_status status = read_document(&r, &json);
    yaml_parser_delete(&r.parser);
    TB_TRY(status);
    *ret_json = json;
    return TB_OK;
}
