/* SPDX-License-Identifier: Apache-2.0 */
/* Looking things up in a request and putting them into a response. */
#include "http/http_internal.h"

#include <string.h>

static tb_str
first_of(const struct http_pair *pairs, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (tb_str_is(pairs[i].name, name))
            return pairs[i].value;
    }
    return TB_STR_NONE;
}

tb_str
http_header(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (http__same_name(request->headers[i].name, name))
            return request->headers[i].value;
    }
    return TB_STR_NONE;
}

tb_str
http_cookie(const struct http_request *request, const char *name)
{
    return first_of(request->cookies, request->cookie_count, name);
}

tb_str
http_query(const struct http_request *request, const char *name)
{
    return first_of(request->query, request->query_count, name);
}

void
http_set(const struct http_request *request, struct http_response *response, const char *name,
         tb_str value)
{
    for (size_t i = 0; i < response->header_count; i++) {
        if (http__same_name(response->headers[i].name, name) && strcmp(name, "Set-Cookie") != 0) {
            response->headers[i].value = value;
            return;
        }
    }
    if (response->header_count == response->header_cap) {
        size_t cap = response->header_cap == 0 ? 8 : 2 * response->header_cap;
        struct http_pair *grown = TB_NEW_ARRAY(request->arena, cap, struct http_pair);
        if (response->header_count > 0)
            memcpy(grown, response->headers, response->header_count * sizeof(*grown));
        response->headers = grown;
        response->header_cap = cap;
    }
    response->headers[response->header_count++] = (struct http_pair){tb_str_of(name), value};
}

void
http_set_cookie(const struct http_request *request, struct http_response *response,
                const char *name, tb_str value, int max_age_s, bool is_secure)
{
    struct tb_buf buf = {.arena = request->arena};
    tb_buf_printf(&buf, "%s=" TB_FMT "; Path=/; HttpOnly; SameSite=Lax", name, TB_ARG(value));
    if (max_age_s != 0)
        tb_buf_printf(&buf, "; Max-Age=%d", max_age_s > 0 ? max_age_s : 0);
    if (is_secure)
        tb_buf_cstr(&buf, "; Secure");
    http_set(request, response, "Set-Cookie", tb_buf_done(&buf));
}

void
http_redirect(const struct http_request *request, struct http_response *response, tb_str location)
{
    response->status = 303;
    response->body = TB_STR("");
    http_set(request, response, "Location", location);
}

bool
http_not_modified(const struct http_request *request, struct http_response *response, tb_str etag)
{
    tb_str quoted = tb_printf(request->arena, "\"" TB_FMT "\"", TB_ARG(etag));
    http_set(request, response, "ETag", quoted);
    tb_str asked = http_header(request, "If-None-Match");
    if (asked.ptr == NULL || !(tb_str_is(asked, "*") || tb_str_contains(asked, quoted)))
        return false;
    response->status = 304;
    response->body = TB_STR("");
    return true;
}
