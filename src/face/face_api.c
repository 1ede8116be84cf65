/* SPDX-License-Identifier: Apache-2.0 */
/* From a request to op_call and back:
 *
 *   method, path --op_match--> row          Authorization --access--> actor
 *   path parameters + query + JSON body --> one object --op_call--> JSON, bytes, or problem details
 *
 * The three sources never overlap: a name that comes twice is a fault, because readers would differ on which counts. */
#include "face/face_internal.h"

enum { IDEMPOTENCY_KEY_BYTES_MAX = 200 };

struct api {
    struct face *face;
    const struct http_request *request;
    struct tb_arena *arena;
    tb_str lang;
    const struct op_row *row;
    struct tb_json *params; /* of the path */
    struct tb_json *in;
    struct access_session session;
    bool has_session;
    struct op_request call;
    struct op_result result;
};

static void
fail(struct api *api, tb_status status, const char *why)
{
    api->result.status = tb_fail(&api->result.err, status, "%s", why);
    api->result.http = tb_error_row(status)->http;
}

/* ---- in ---- */

static bool
has_field(const struct op_row *row, tb_str name, unsigned flags, bool is_any)
{
    for (const struct op_field *f = row->fields; f != NULL && f->name != NULL; f++) {
        if ((is_any || (f->flags & flags) != 0) && tb_str_is(name, f->name))
            return true;
    }
    return false;
}

static bool
takes_json(const struct op_row *row)
{
    for (const struct op_field *f = row->fields; f != NULL && f->name != NULL; f++) {
        if ((f->flags & (OP_PATH | OP_QUERY)) == 0)
            return true;
    }
    return (row->flags & OP_RAW_BODY) == 0;
}

static void
put(struct api *api, tb_str key, struct tb_json *value)
{
    if (tb_json_find(api->in, key) == NULL) {
        tb_json_set(api->in, tb_cstr(api->arena, key), value);
        return;
    }
    tb_fault_add(&api->result.faults, key, "twice", TB_STR("这一项给了两次"),
                 TB_STR("This is given twice"));
}

static void
query_read(struct api *api)
{
    bool is_get = tb_str_is(api->request->method, "GET");
    for (size_t i = 0; i < api->request->query_count; i++) {
        const struct http_pair *pair = &api->request->query[i];
        bool is_known = has_field(api->row, pair->name, OP_QUERY, false);
        if (!is_known && (tb_str_is(pair->name, "lang") ||
                          (tb_str_is(pair->name, "name") && (api->row->flags & OP_RAW_BODY) != 0)))
            continue;
        if (is_known || is_get || !has_field(api->row, pair->name, 0, true))
            put(api, pair->name, tb_json_new_text(api->arena, pair->value));
        else
            tb_fault_add(&api->result.faults, pair->name, "place",
                         TB_STR("这一项要写在正文里，不写在网址里"),
                         TB_STR("This belongs into the body, not into the address"));
    }
}

static bool
is_json_type(tb_str type)
{
    ptrdiff_t semicolon = tb_str_find(type, TB_STR(";"));
    tb_str media = tb_str_trim(semicolon < 0 ? type : tb_str_sub(type, 0, (size_t)semicolon));
    return tb_str_is(media, "application/json");
}

static tb_status
body_read(struct api *api)
{
    tb_str body = api->request->body, type = http_header(api->request, "Content-Type");
    bool is_raw = (api->row->flags & OP_RAW_BODY) != 0;
    if (is_raw && !(is_json_type(type) && takes_json(api->row))) {
        api->call.body = body.ptr != NULL ? body : TB_STR("");
        api->call.body_type = type;
        api->call.body_name = http_query(api->request, "name");
        return TB_OK;
    }
    if (body.len == 0)
        return TB_OK;
    if (tb_str_is(api->request->method, "GET") || tb_str_is(api->request->method, "DELETE"))
        return tb_fail(&api->result.err, TB_SYNTAX, "a %s has no body", api->row->method);
    if (!is_json_type(type))
        return tb_fail(&api->result.err, TB_UNSUPPORTED, "the body must be application/json");
    struct tb_json *json;
    TB_TRY(tb_json_parse(api->arena, body, &json, &api->result.err));
    if (json->kind != TB_JSON_OBJECT)
        return tb_fail(&api->result.err, TB_SYNTAX, "the body must be an object {…}");
    for (struct tb_json *child = json->first, *next; child != NULL; child = next) {
        next = child->next;
        child->next = NULL;
        if (has_field(api->row, child->key, OP_PATH | OP_QUERY, false))
            tb_fault_add(&api->result.faults, child->key, "place",
                         TB_STR("这一项要写在网址里，不写在正文里"),
                         TB_STR("This belongs into the address, not into the body"));
        else
            put(api, child->key, child);
    }
    return TB_OK;
}

static tb_status
key_read(struct api *api)
{
    tb_str key = http_header(api->request, "Idempotency-Key");
    if (key.ptr == NULL)
        return TB_OK;
    if (key.len == 0 || key.len > IDEMPOTENCY_KEY_BYTES_MAX)
        return tb_fail(&api->result.err, TB_SYNTAX, "Idempotency-Key: give 1 to %d characters",
                       IDEMPOTENCY_KEY_BYTES_MAX);
    api->call.idempotency_key = key;
    return TB_OK;
}

static tb_status
actor_read(struct api *api)
{
    tb_str header = http_header(api->request, "Authorization");
    if (header.ptr == NULL)
        return TB_OK;
    if (!tb_str_starts(header, TB_STR("Bearer ")))
        return tb_fail(&api->result.err, TB_UNAUTHENTICATED,
                       "Authorization: give Bearer and the token");
    TB_TRY(access_session_find(api->face->options.access, api->arena,
                               tb_str_trim(tb_str_sub(header, 7, header.len)), &api->session,
                               &api->result.err));
    api->has_session = true;
    api->call.actor = &api->session.actor;
    return TB_OK;
}

static tb_status
input_read(struct api *api)
{
    TB_TRY(actor_read(api));
    TB_TRY(key_read(api));
    api->in = tb_json_new(api->arena, TB_JSON_OBJECT);
    for (struct tb_json *child = api->params->first, *next; child != NULL; child = next) {
        next = child->next;
        child->next = NULL;
        tb_json_set(api->in, tb_cstr(api->arena, child->key), child);
    }
    query_read(api);
    TB_TRY(body_read(api));
    if (api->result.faults.count > 0)
        return tb_fail(&api->result.err, TB_INVALID, "the input has %zu faults",
                       api->result.faults.count);
    return TB_OK;
}

/* ---- out ---- */

void
face__problem(const struct http_request *request, const struct op_result *result, tb_str lang,
              struct http_response *response)
{
    struct tb_buf buf = {.arena = request->arena};
    tb_json_write(&buf, op_problem(request->arena, result, lang, request->id));
    tb_buf_char(&buf, '\n');
    response->status = result->http;
    response->type = TB_STR("application/problem+json");
    response->body = tb_buf_done(&buf);
    if (result->status == TB_UNAUTHENTICATED)
        http_set(request, response, "WWW-Authenticate", TB_STR("Bearer realm=\"tongban\""));
    if (result->status == TB_TOO_MANY)
        http_set(request, response, "Retry-After", TB_STR("10"));
    if (result->http == 503)
        http_set(request, response, "Retry-After", TB_STR("2"));
}

static void
bytes_answer(struct api *api, struct http_response *response)
{
    const struct op_result *result = &api->result;
    response->type = result->raw_type;
    response->body = result->raw;
    if (result->raw_name.len > 0)
        http_set(api->request, response, "Content-Disposition",
                 tb_printf(api->arena, "attachment; filename*=UTF-8''" TB_FMT,
                           TB_ARG(http_encode(api->arena, result->raw_name))));
}

static void
answer(struct api *api, struct http_response *response)
{
    const struct op_result *result = &api->result;
    http_set(api->request, response, "Content-Language",
             tb_str_is(api->lang, "en") ? TB_STR("en") : TB_STR("zh-CN"));
    if (result->status != TB_OK) {
        face__problem(api->request, result, api->lang, response);
        return;
    }
    response->status = result->http;
    if (result->raw.ptr != NULL) {
        bytes_answer(api, response);
    } else {
        struct tb_buf buf = {.arena = api->arena};
        if (result->out != NULL)
            tb_json_write(&buf, result->out);
        else
            tb_buf_cstr(&buf, "{}");
        tb_buf_char(&buf, '\n');
        response->type = TB_STR("application/json");
        response->body = tb_buf_done(&buf);
    }
    if (result->etag != 0)
        http_not_modified(api->request, response,
                          tb_printf(api->arena, "%lld", (long long)result->etag));
}

/* No such address, or not with this method. */
static void
unmatched(struct api *api, tb_str path, tb_str allow, struct http_response *response)
{
    if (allow.ptr == NULL) {
        fail(api, TB_NOT_FOUND, "there is no such address; /api/v1/openapi.json lists them");
        answer(api, response);
        return;
    }
    if (tb_str_contains(allow, TB_STR("GET")))
        allow = tb_printf(api->arena, TB_FMT ", HEAD", TB_ARG(allow));
    http_set(api->request, response, "Allow", allow);
    if (tb_str_is(api->request->method, "OPTIONS")) {
        response->status = 204;
        return;
    }
    (void)path;
    fail(api, TB_NOT_FOUND,
         tb_cstr(api->arena,
                 tb_printf(api->arena, "this address takes only " TB_FMT, TB_ARG(allow))));
    api->result.http = 405;
    answer(api, response);
}

void
face__api(struct face *face, const struct http_request *request, tb_str path,
          struct http_response *response)
{
    struct api api = {
        .face = face, .request = request, .arena = request->arena, .lang = face_lang(request)};
    tb_str allow;
    api.result.faults.arena = api.arena;
    api.row =
        op_match(face->options.registry, api.arena, request->method, path, &api.params, &allow);
    if (api.row == NULL) {
        unmatched(&api, path, allow, response);
        return;
    }
    api.call = (struct op_request){
        .id = request->id, .address = request->address, .lang = api.lang, .channel = TB_STR("api")};
    tb_status status = input_read(&api);
    if (status == TB_OK) {
        op_call(face->options.registry, api.arena, api.row->name, &api.call, api.in, &api.result);
    } else {
        api.result.status = status;
        api.result.http = tb_error_row(status)->http;
    }
    answer(&api, response);
}
