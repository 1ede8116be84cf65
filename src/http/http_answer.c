/* SPDX-License-Identifier: Apache-2.0 */
/* From struct http_response to what libmicrohttpd sends, with the headers that every answer has. */
#include "http/http_internal.h"

#include <stdio.h>
#include <unistd.h>

/* What a browser may do with our pages unless a handler says otherwise: nothing from elsewhere, no
 * inline script. */
/* clang-format off */
static const struct {
    const char *name, *value;
} defaults[] = {
    {"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                                "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
                                "frame-ancestors 'none'; base-uri 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(self), geolocation=(self), microphone=()"},
    {"Cache-Control", "no-store"},
};
/* clang-format on */

static bool
has_header(const struct http_response *response, const char *name)
{
    for (size_t i = 0; i < response->header_count; i++) {
        if (http__same_name(response->headers[i].name, name))
            return true;
    }
    return false;
}

/* A value that a caller made from what somebody sent must not begin a header line of its own. */
static bool
is_one_line(tb_str value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c < 0x20 || c == 0x7f)
            return false;
    }
    return true;
}

static void
add(struct http__exchange *exchange, const char *name, tb_str value)
{
    tb_assert(is_one_line(value));
    enum MHD_Result is_added =
        MHD_add_response_header(exchange->answer, name, tb_cstr(exchange->arena, value));
    tb_assert(is_added == MHD_YES);
}

void
http__answer_make(struct http__exchange *exchange)
{
    struct http_response *response = &exchange->response;
    if (response->status == 0)
        response->status = 200;
    tb_assert(response->status >= 200 && response->status <= 599);
    void *bytes = (void *)(uintptr_t)(response->body.len > 0 ? response->body.ptr : "");
    exchange->answer =
        MHD_create_response_from_buffer(response->body.len, bytes, MHD_RESPMEM_PERSISTENT);
    tb_assert(exchange->answer != NULL);
    for (size_t i = 0; i < TB_COUNT(defaults); i++) {
        if (!has_header(response, defaults[i].name))
            add(exchange, defaults[i].name, tb_str_of(defaults[i].value));
    }
    if (response->type.len > 0)
        add(exchange, "Content-Type", response->type);
    if (exchange->server->options.is_hsts)
        add(exchange, "Strict-Transport-Security", TB_STR("max-age=31536000"));
    if (exchange->request.id.len > 0)
        add(exchange, "X-Request-Id", exchange->request.id);
    for (size_t i = 0; i < response->header_count; i++)
        add(exchange, tb_cstr(exchange->arena, response->headers[i].name),
            response->headers[i].value);
}

/* Why a request was refused here, for people. The title's words say it; what the program knows besides goes to programs
 * only, so nothing of the request comes back in a page. */
static const struct {
    int status;
    const char *zh, *en;
} refusals[] = {{503, "现在太忙，请过几秒再试", "Too busy right now, try again in some seconds"},
                {413, "内容太大", "The body is too large"},
                {501, "不支持的请求方式", "Not supported"},
                {0, "请求的格式不对", "The request cannot be read"}};

static tb_str
refusal_page(struct tb_arena *arena, const char *zh, const char *en)
{
    return tb_printf(arena,
                     "<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\">"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                     "<title>%s</title></head><body><main><h1>%s</h1><p lang=\"en\">%s</p>"
                     "<p><a href=\"/\">回到首页 <span lang=\"en\">Home</span></a></p></main></body>"
                     "</html>\n",
                     zh, zh, en);
}

/* Problem details by hand: http stands below the operations that make them elsewhere. */
static tb_str
refusal_problem(struct tb_arena *arena, int status, const char *zh, const char *en, const char *why)
{
    struct tb_buf buf = {.arena = arena};
    tb_buf_printf(&buf, "{\"type\":\"about:blank\",\"status\":%d,\"title\":", status);
    tb_json_write_text(&buf, tb_printf(arena, "%s %s", zh, en));
    tb_buf_cstr(&buf, ",\"detail\":");
    tb_json_write_text(&buf, tb_str_of(why));
    tb_buf_cstr(&buf, "}\n");
    return tb_buf_done(&buf);
}

void
http__refuse(struct http__exchange *exchange, int status, const char *why)
{
    size_t i = 0;
    while (refusals[i].status != status && refusals[i].status != 0)
        i++;
    const char *zh = refusals[i].zh, *en = refusals[i].en;
    bool is_page = tb_str_contains(http_header(&exchange->request, "Accept"), TB_STR("text/html"));
    exchange->response = (struct http_response){
        .status = status,
        .type = is_page ? TB_STR("text/html; charset=utf-8") : TB_STR("application/problem+json"),
        .body = is_page ? refusal_page(exchange->arena, zh, en)
                        : refusal_problem(exchange->arena, status, zh, en, why)};
    http_set(&exchange->request, &exchange->response, "Connection", TB_STR("close"));
    if (status == 503)
        http_set(&exchange->request, &exchange->response, "Retry-After", TB_STR("2"));
    http__answer_make(exchange);
}

/* One line: time, method, path without query, status, bytes, milliseconds, request id. No address,
 * no person. */
void
http__log(struct http_server *server, const struct http__exchange *exchange)
{
    if (server->options.log_fd < 0 || exchange->answer == NULL)
        return;
    const struct http_request *request = &exchange->request;
    ptrdiff_t mark = tb_str_find(request->target, TB_STR("?"));
    tb_str path = mark < 0 ? request->target : tb_str_sub(request->target, 0, (size_t)mark);
    for (size_t i = 0; i < path.len; i++) {
        if (path.ptr[i] <= 0x20 || path.ptr[i] >= 0x7f)
            path = TB_STR("-"); /* a refused target is not repeated: it could forge a line */
    }
    tb_str at = tb_instant_format(exchange->arena,
                                  server->options.env->now_us(server->options.env->context));
    int64_t took_us = exchange->started_us > 0 ? http__monotonic_us() - exchange->started_us : 0;
    char line[512];
    int len = snprintf(
        line, sizeof(line), TB_FMT " " TB_FMT " %.*s %d %zu %lld.%lldms " TB_FMT "\n", TB_ARG(at),
        TB_ARG(http__is_token(request->method) ? tb_str_sub(request->method, 0, 10) : TB_STR("-")),
        (int)(path.len < 200 ? path.len : 200), path.len > 0 ? path.ptr : "-",
        exchange->response.status, exchange->response.body.len, (long long)(took_us / 1000),
        (long long)(took_us % 1000 / 100), TB_ARG(request->id));
    if (len > 0 && write(server->options.log_fd, line, (size_t)len) < 0)
        return; /* nobody is left to tell */
}
