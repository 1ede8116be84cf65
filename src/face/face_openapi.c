/* SPDX-License-Identifier: Apache-2.0 */
/* OpenAPI 3.1 from the rows: what is not in a row is not in the document, and the other way round. */
#include "face/face_internal.h"

#include <string.h>

struct writer {
    struct tb_arena *arena;
    struct tb_json *paths;
};

static struct tb_json *
text_put(struct tb_arena *arena, struct tb_json *object, const char *key, const char *text)
{
    tb_json_set_text(arena, object, key, tb_str_of(text));
    return object;
}

static void
bounds_put(struct tb_arena *arena, const struct op_field *field, struct tb_json *schema)
{
    if (field->min == 0 && field->max == 0)
        return;
    if (field->type == OP_TEXT && field->choices == NULL) {
        tb_json_set_int(arena, schema, "minLength", field->min);
        tb_json_set_int(arena, schema, "maxLength", field->max);
    } else if (field->type == OP_LIST) {
        tb_json_set_int(arena, schema, "minItems", field->min);
        tb_json_set_int(arena, schema, "maxItems", field->max);
    } else if (field->type == OP_INT || field->type == OP_MONEY) {
        tb_json_set_int(arena, schema, "minimum", field->min);
        tb_json_set_int(arena, schema, "maximum", field->max);
    }
}

static struct tb_json *
schema_of(struct tb_arena *arena, const struct op_field *field)
{
    static const struct {
        const char *type, *format;
    } types[] = {
        [OP_TEXT] = {"string", NULL},           [OP_INT] = {"integer", "int64"},
        [OP_BOOL] = {"boolean", NULL},          [OP_DAY] = {"string", "date"},
        [OP_INSTANT] = {"string", "date-time"}, [OP_MONEY] = {"integer", "int64"},
        [OP_OBJECT] = {"object", NULL},         [OP_LIST] = {"array", NULL},
        [OP_HASH] = {"string", NULL},
    };
    struct tb_json *schema = tb_json_new(arena, TB_JSON_OBJECT);
    text_put(arena, schema, "type", types[field->type].type);
    if (types[field->type].format != NULL)
        text_put(arena, schema, "format", types[field->type].format);
    if (field->type == OP_HASH)
        text_put(arena, schema, "pattern", "^[0-9a-f]{64}$");
    if (field->choices != NULL) {
        struct tb_json *words = tb_json_set_list(arena, schema, "enum");
        for (const char *const *choice = field->choices; *choice != NULL; choice++)
            tb_json_add(words, tb_json_new_text(arena, tb_str_of(*choice)));
    }
    bounds_put(arena, field, schema);
    text_put(arena, schema, "title", field->zh);
    tb_json_set_text(arena, schema, "description",
                     tb_printf(arena, "%s%s%s", field->en, field->doc != NULL ? ": " : "",
                               field->doc != NULL ? field->doc : ""));
    return schema;
}

static void
parameters_put(struct tb_arena *arena, const struct op_row *row, struct tb_json *operation)
{
    struct tb_json *list = NULL;
    for (const struct op_field *f = row->fields; f != NULL && f->name != NULL; f++) {
        if ((f->flags & (OP_PATH | OP_QUERY)) == 0)
            continue;
        if (list == NULL)
            list = tb_json_set_list(arena, operation, "parameters");
        struct tb_json *parameter = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        text_put(arena, parameter, "name", f->name);
        text_put(arena, parameter, "in", (f->flags & OP_PATH) != 0 ? "path" : "query");
        tb_json_set_bool(arena, parameter, "required", (f->flags & (OP_PATH | OP_REQUIRED)) != 0);
        tb_json_set(parameter, "schema", schema_of(arena, f));
    }
    if ((row->flags & OP_WRITES) != 0 && strcmp(row->method, "POST") == 0) {
        if (list == NULL)
            list = tb_json_set_list(arena, operation, "parameters");
        struct tb_json *reference = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        text_put(arena, reference, "$ref", "#/components/parameters/IdempotencyKey");
    }
}

static struct tb_json *
media_put(struct tb_arena *arena, struct tb_json *holder, const char *type)
{
    struct tb_json *content = tb_json_set_object(arena, holder, "content");
    return tb_json_set_object(arena, content, type);
}

static void
body_put(struct tb_arena *arena, const struct op_row *row, struct tb_json *operation)
{
    bool is_raw = (row->flags & OP_RAW_BODY) != 0;
    struct tb_json *required = tb_json_new(arena, TB_JSON_LIST),
                   *members = tb_json_new(arena, TB_JSON_OBJECT);
    for (const struct op_field *f = row->fields; f != NULL && f->name != NULL; f++) {
        if ((f->flags & (OP_PATH | OP_QUERY)) != 0)
            continue;
        tb_json_set(members, f->name, schema_of(arena, f));
        if ((f->flags & OP_REQUIRED) != 0)
            tb_json_add(required, tb_json_new_text(arena, tb_str_of(f->name)));
    }
    if (strcmp(row->method, "POST") != 0 || (members->count == 0 && !is_raw))
        return;
    struct tb_json *body = tb_json_set_object(arena, operation, "requestBody");
    tb_json_set_bool(arena, body, "required", is_raw || required->count > 0);
    if (is_raw) {
        media_put(arena, body, "application/octet-stream");
        return;
    }
    struct tb_json *schema =
        tb_json_set_object(arena, media_put(arena, body, "application/json"), "schema");
    text_put(arena, schema, "type", "object");
    tb_json_set(schema, "properties", members);
    if (required->count > 0)
        tb_json_set(schema, "required", required);
    tb_json_set_bool(arena, schema, "additionalProperties", false);
}

static void
responses_put(struct tb_arena *arena, const struct op_row *row, struct tb_json *operation)
{
    struct tb_json *responses = tb_json_set_object(arena, operation, "responses");
    struct tb_json *good = tb_json_set_object(arena, responses, "2XX");
    text_put(arena, good, "description", row->en);
    if ((row->flags & OP_RAW_ANSWER) != 0)
        media_put(arena, good, "*/*");
    else
        text_put(arena,
                 tb_json_set_object(arena, media_put(arena, good, "application/json"), "schema"),
                 "type", "object");
    struct tb_json *bad = tb_json_set_object(arena, responses, "default");
    text_put(arena, bad, "$ref", "#/components/responses/Problem");
}

static void
roles_put(struct tb_arena *arena, const struct op_row *row, struct tb_json *operation)
{
    struct tb_json *roles = tb_json_set_list(arena, operation, "x-roles");
    for (size_t i = 0; i < op_role_count; i++) {
        if ((row->roles & op_roles[i].role) != 0)
            tb_json_add(roles, tb_json_new_text(arena, tb_str_of(op_roles[i].name)));
    }
    struct tb_json *security = tb_json_set_list(arena, operation, "security");
    if ((row->roles & OP_ANYONE) != 0)
        tb_json_add(security, tb_json_new(arena, TB_JSON_OBJECT));
    struct tb_json *bearer = tb_json_add(security, tb_json_new(arena, TB_JSON_OBJECT));
    tb_json_set_list(arena, bearer, "bearer");
}

static void
operation_put(struct writer *writer, const struct op_row *row)
{
    struct tb_arena *arena = writer->arena;
    tb_str path = tb_str_of(row->path);
    struct tb_json *item = NULL;
    for (struct tb_json *child = writer->paths->first; child != NULL && item == NULL;
         child = child->next) {
        if (tb_str_eq(child->key, path))
            item = child;
    }
    if (item == NULL)
        item = tb_json_set_object(arena, writer->paths, row->path);
    const char *method = tb_cstr(arena, tb_str_lower_ascii(arena, tb_str_of(row->method)));
    struct tb_json *operation = tb_json_set_object(arena, item, method);
    text_put(arena, operation, "operationId", row->name);
    ptrdiff_t dot = tb_str_find(tb_str_of(row->name), TB_STR("."));
    struct tb_json *tags = tb_json_set_list(arena, operation, "tags");
    tb_json_add(tags, tb_json_new_text(
                          arena, tb_str_sub(tb_str_of(row->name), 0, dot < 0 ? 64 : (size_t)dot)));
    text_put(arena, operation, "summary", row->zh);
    text_put(arena, operation, "description", row->en);
    roles_put(arena, row, operation);
    parameters_put(arena, row, operation);
    body_put(arena, row, operation);
    responses_put(arena, row, operation);
}

/* {type, title, status, detail, code, remedy, instance, errors[{pointer, code, detail}]} */
static void
problem_put(struct tb_arena *arena, struct tb_json *components)
{
    static const char *const texts[] = {"type", "title", "detail", "code", "remedy", "instance"};
    static const char *const error_texts[] = {"pointer", "code", "detail"};
    struct tb_json *schemas = tb_json_set_object(arena, components, "schemas");
    struct tb_json *problem = tb_json_set_object(arena, schemas, "Problem");
    text_put(arena, problem, "type", "object");
    struct tb_json *members = tb_json_set_object(arena, problem, "properties");
    for (size_t i = 0; i < TB_COUNT(texts); i++)
        text_put(arena, tb_json_set_object(arena, members, texts[i]), "type", "string");
    text_put(arena, tb_json_set_object(arena, members, "status"), "type", "integer");
    struct tb_json *errors = tb_json_set_object(arena, members, "errors");
    text_put(arena, errors, "type", "array");
    struct tb_json *error = tb_json_set_object(arena, errors, "items");
    text_put(arena, error, "type", "object");
    struct tb_json *error_members = tb_json_set_object(arena, error, "properties");
    for (size_t i = 0; i < TB_COUNT(error_texts); i++)
        text_put(arena, tb_json_set_object(arena, error_members, error_texts[i]), "type", "string");
}

static void
components_put(struct tb_arena *arena, struct tb_json *document)
{
    struct tb_json *components = tb_json_set_object(arena, document, "components");
    problem_put(arena, components);
    struct tb_json *bearer = tb_json_set_object(
        arena, tb_json_set_object(arena, components, "securitySchemes"), "bearer");
    text_put(arena, bearer, "type", "http");
    text_put(arena, bearer, "scheme", "bearer");
    struct tb_json *key = tb_json_set_object(
        arena, tb_json_set_object(arena, components, "parameters"), "IdempotencyKey");
    text_put(arena, key, "name", "Idempotency-Key");
    text_put(arena, key, "in", "header");
    text_put(arena, key, "description",
             "The same key with the same body within 7 days gives the same answer; with "
             "another body 422.");
    struct tb_json *key_schema = tb_json_set_object(arena, key, "schema");
    text_put(arena, key_schema, "type", "string");
    tb_json_set_int(arena, key_schema, "maxLength", 200);
    struct tb_json *response =
        tb_json_set_object(arena, tb_json_set_object(arena, components, "responses"), "Problem");
    text_put(arena, response, "description", "RFC 9457 problem details, every fault at once");
    struct tb_json *schema =
        tb_json_set_object(arena, media_put(arena, response, "application/problem+json"), "schema");
    text_put(arena, schema, "$ref", "#/components/schemas/Problem");
}

struct tb_json *
face_openapi(struct tb_arena *arena, const struct op_registry *registry, const char *version)
{
    struct tb_json *document = tb_json_new(arena, TB_JSON_OBJECT);
    text_put(arena, document, "openapi", "3.1.0");
    struct tb_json *info = tb_json_set_object(arena, document, "info");
    text_put(arena, info, "title", "Tongban 通办");
    text_put(arena, info, "version", version);
    struct tb_json *servers = tb_json_set_list(arena, document, "servers");
    text_put(arena, tb_json_add(servers, tb_json_new(arena, TB_JSON_OBJECT)), "url", "/api/v1");
    struct writer writer = {arena, tb_json_set_object(arena, document, "paths")};
    for (size_t i = 0; i < op_registry_count(registry); i++)
        operation_put(&writer, op_registry_row(registry, i));
    components_put(arena, document);
    return document;
}
