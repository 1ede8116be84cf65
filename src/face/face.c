/* SPDX-License-Identifier: Apache-2.0 */
/* Which of our addresses is meant, and in which language the answer goes. */
#include "face/face_internal.h"

tb_status
face_open(const struct face_options *options, struct face **ret_face, struct tb_err *err)
{
    (void)err;
    struct tb_arena *arena = tb_arena_new(0);
    struct face *face = TB_NEW(arena, struct face);
    struct tb_buf buf = {.arena = arena};
    face->options = *options;
    face->arena = arena;
    face->opened_at = options->env->now_us(options->env->context);
    tb_json_write(&buf, face_openapi(arena, options->registry, options->version));
    face->openapi = tb_buf_done(&buf);
    struct tb_sha256 digest = tb_sha256(face->openapi.ptr, face->openapi.len);
    face->openapi_etag = tb_hex(arena, digest.bytes, 8);
    *ret_face = face;
    return TB_OK;
}

void
face_close(struct face *face)
{
    if (face != NULL)
        tb_arena_free(face->arena);
}

void
face_watch(struct face *face, struct http_server *server)
{
    face->server = server;
}

/* "en-GB,en;q=0.9,zh;q=0.8": the first of our two languages that is named; quality values are in order in practice. */
static tb_str
accepted_language(tb_str header)
{
    tb_str rest = header, piece;
    while (tb_str_cut(&rest, ',', &piece)) {
        piece = tb_str_trim(piece);
        if (tb_str_starts(piece, TB_STR("zh")))
            return TB_STR("zh");
        if (tb_str_starts(piece, TB_STR("en")))
            return TB_STR("en");
    }
    return TB_STR_NONE;
}

tb_str
face_lang(const struct http_request *request)
{
    tb_str asked[] = {http_query(request, "lang"), http_cookie(request, "tb_lang"),
                      accepted_language(http_header(request, "Accept-Language"))};
    for (size_t i = 0; i < TB_COUNT(asked); i++) {
        if (tb_str_is(asked[i], "en"))
            return TB_STR("en");
        if (tb_str_starts(asked[i], TB_STR("zh")))
            return TB_STR("zh");
    }
    return TB_STR("zh");
}

static void
only_get(const struct http_request *request, struct http_response *response)
{
    response->status = 405;
    response->type = TB_STR("text/plain; charset=utf-8");
    response->body = TB_STR("GET only\n");
    http_set(request, response, "Allow", TB_STR("GET, HEAD"));
}

bool
face_handle(struct face *face, const struct http_request *request, struct http_response *response)
{
    static const char prefix[] = "/api/v1";
    bool is_health = tb_str_is(request->path, "/healthz"),
         is_metrics = tb_str_is(request->path, "/metrics");
    bool is_openapi = tb_str_is(request->path, "/api/v1/openapi.json");
    if ((is_health || is_metrics || is_openapi) && !tb_str_is(request->method, "GET")) {
        only_get(request, response);
    } else if (is_health) {
        response->type = TB_STR("text/plain; charset=utf-8");
        response->body = TB_STR("ok\n");
    } else if (is_metrics) {
        face__metrics(face, request, response);
    } else if (is_openapi) {
        response->type = TB_STR("application/json");
        response->body = face->openapi;
        http_not_modified(request, response, face->openapi_etag);
    } else if (tb_str_is(request->path, prefix) ||
               tb_str_starts(request->path, TB_STR("/api/v1/"))) {
        face__api(face, request, tb_str_sub(request->path, sizeof(prefix) - 1, request->path.len),
                  response);
    } else {
        return false;
    }
    return true;
}
