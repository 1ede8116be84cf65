/* SPDX-License-Identifier: Apache-2.0 */
/* From request to handler: language and print size, session, form token, route.
 *
 *   asset? -> served
 *   route? -> signed in when the row asks -> role -> (POST) form read and token checked -> handler
 *   else   -> the page that says so, with the telephone of a person */
#include "web/web_internal.h"
#include <stdlib.h>

#define FORM_COOKIE "tb_form"
#define LARGE_COOKIE "tb_large"
#define LANG_COOKIE "tb_lang"
#define YEAR_S (365 * 86400)

tb_status
web_open(const struct web_options *options, struct web **ret_web, struct tb_err *err)
{
    if (options->registry == NULL || options->access == NULL || options->env == NULL)
        return tb_fail(err, TB_INVALID, "web: registry, access and env must be given");
    struct web *web = calloc(1, sizeof(*web));
    tb_assert(web != NULL);
    web->options = *options;
    if (web->options.phone.len == 0)
        web->options.phone = TB_STR("12345");
    if (web->options.site_zh.len == 0)
        web->options.site_zh = TB_STR("政务服务");
    if (web->options.site_en.len == 0)
        web->options.site_en = TB_STR("Government services");
    *ret_web = web;
    return TB_OK;
}

void
web_close(struct web *web)
{
    free(web);
}

/* Chinese unless the query, the cookie or the browser's first language asks for English. */
static web__lang
find_lang(const struct http_request *request)
{
    tb_str asked = http_query(request, "lang");
    if (asked.ptr == NULL)
        asked = http_cookie(request, LANG_COOKIE);
    if (asked.ptr == NULL)
        asked = tb_str_sub(http_header(request, "Accept-Language"), 0, 2);
    return tb_str_is(asked, "en") ? WEB_EN : WEB_ZH;
}

/* What ?lang= and ?large= chose is remembered. */
static void
remember_choices(struct web__call *call)
{
    const struct http_request *request = call->request;
    tb_str lang = http_query(request, "lang"), large = http_query(request, "large");
    if (lang.ptr != NULL)
        http_set_cookie(request, call->response, LANG_COOKIE,
                        call->lang == WEB_EN ? TB_STR("en") : TB_STR("zh"), YEAR_S,
                        request->is_tls);
    if (large.ptr != NULL)
        http_set_cookie(request, call->response, LARGE_COOKIE,
                        call->is_large ? TB_STR("1") : TB_STR("0"), YEAR_S, request->is_tls);
}

void
web__adopt_session(struct web__call *call, tb_str token)
{
    call->roles = OP_ANYONE;
    if (token.len > 0 && access_session_find(call->web->options.access, call->arena, token,
                                             &call->session, NULL) == TB_OK) {
        call->is_signed_in = true;
        call->csrf = call->session.csrf;
        for (size_t i = 0; i < call->session.actor.grant_count; i++)
            call->roles |= call->session.actor.grants[i].role;
    }
}

/* Forms of people who have not signed in carry a token made from a random cookie. */
static void
find_form_token(struct web__call *call)
{
    if (call->is_signed_in)
        return;
    tb_str cookie = http_cookie(call->request, FORM_COOKIE);
    if (cookie.len != 32) {
        uint8_t bytes[16];
        const struct tb_env *env = call->web->options.env;
        env->random(env->context, bytes, sizeof(bytes));
        cookie = tb_hex(call->arena, bytes, sizeof(bytes));
        http_set_cookie(call->request, call->response, FORM_COOKIE, cookie, 0,
                        call->request->is_tls);
    }
    call->csrf = access_csrf_for(call->web->options.access, call->arena, cookie);
}

static bool
token_is_good(const struct web__call *call)
{
    tb_str sent = http_form_value(&call->form, "csrf");
    if (call->is_signed_in)
        return access_csrf_is_good(&call->session, sent);
    if (sent.len == 0 || sent.len != call->csrf.len)
        return false;
    unsigned char differs = 0;
    for (size_t i = 0; i < sent.len; i++)
        differs |= (unsigned char)(sent.ptr[i] ^ call->csrf.ptr[i]);
    return differs == 0;
}

/* Reads the form of a POST. False: answered. */
static bool
read_form(struct web__call *call)
{
    struct op_result result = {0};
    result.status = http_form_read(call->arena, http_header(call->request, "Content-Type"),
                                   call->request->body, &call->form, &result.err);
    if (result.status == TB_OK)
        return true;
    result.http = tb_error_row(result.status)->http;
    web__fail(call, &result);
    return false;
}

static void
run(struct web__call *call, const struct web__route *route)
{
    if (route->roles != 0 && (call->roles & route->roles) == 0) {
        if (!call->is_signed_in) {
            web__sign_in_first(call);
            return;
        }
        struct op_result refused = {.status = TB_DENIED, .http = 403};
        web__fail(call, &refused);
        return;
    }
    if (tb_str_is(call->request->method, "POST")) {
        if (!read_form(call))
            return;
        if (!token_is_good(call)) {
            web__stale_form(call);
            return;
        }
    }
    route->handler(call);
}

void
web_handle(struct web *web, const struct http_request *request, struct http_response *response)
{
    if (web__asset_serve(request, response))
        return;
    struct web__call call = {.web = web,
                             .request = request,
                             .response = response,
                             .arena = request->arena,
                             .lang = find_lang(request)};
    tb_str large = http_query(request, "large");
    call.is_large = tb_str_is(large.ptr != NULL ? large : http_cookie(request, LARGE_COOKIE), "1");
    remember_choices(&call);
    web__adopt_session(&call, http_cookie(request, access_cookie_name(request->is_tls)));
    find_form_token(&call);
    struct tb_json *params = NULL;
    bool is_known;
    const struct web__route *route =
        web__route_find(call.arena, request->method, request->path, &params, &is_known);
    call.params = params;
    if (route != NULL) {
        run(&call, route);
    } else if (is_known) {
        struct op_result refused = {.status = TB_NOT_FOUND, .http = 405};
        web__fail(&call, &refused);
    } else {
        web__not_found(&call);
    }
}
