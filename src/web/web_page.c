/* SPDX-License-Identifier: Apache-2.0 */
/* Calling operations and rendering views. */
#include "paper/paper.h"
#include "web/web_internal.h"
#include <stdarg.h>
#include <stdio.h>

/* What a page may load and do. Nothing from elsewhere, no script or style in the page, no framing.
 */
#define PAGE_POLICY                                                                                \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "        \
    "connect-src 'self'; "                                                                         \
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"

/* ---- operations ---- */

static struct op_request
request_of(const struct web__call *call)
{
    return (struct op_request){
        .actor = call->is_signed_in ? &call->session.actor : NULL,
        .id = call->request->id,
        .address = call->request->address,
        .lang = call->lang == WEB_EN ? TB_STR("en") : TB_STR("zh"),
        .channel = TB_STR("web"),
    };
}

static void
call_op(struct web__call *call, const char *name, const struct op_request *request,
        const struct tb_json *in, struct op_result *ret_result)
{
    if (in == NULL)
        in = web__object(call);
    op_call(call->web->options.registry, call->arena, name, request, in, ret_result);
}

void
web__op(struct web__call *call, const char *name, const struct tb_json *in,
        struct op_result *ret_result)
{
    struct op_request request = request_of(call);
    call_op(call, name, &request, in, ret_result);
}

void
web__op_once(struct web__call *call, const char *name, const struct tb_json *in,
             struct op_result *ret_result)
{
    struct op_request request = request_of(call);
    tb_str once = web__field(call, "once");
    if (once.len > 0)
        request.idempotency_key = once;
    call_op(call, name, &request, in, ret_result);
}

void
web__op_file(struct web__call *call, const char *name, const struct tb_json *in,
             const struct http_part *file, struct op_result *ret_result)
{
    struct op_request request = request_of(call);
    request.body = file->value;
    request.body_type = file->type;
    request.body_name = file->file_name;
    call_op(call, name, &request, in, ret_result);
}

bool
web__ask(struct web__call *call, const char *name, const struct tb_json *in,
         const struct tb_json **ret_out)
{
    struct op_result result;
    web__op(call, name, in, &result);
    if (result.status != TB_OK) {
        web__fail(call, &result);
        return false;
    }
    *ret_out = result.out;
    return true;
}

/* ---- the frame's data ---- */

/* The address of this page with one more choice in its query: for the switches of language and
 * print size. */
static tb_str
address_with(const struct web__call *call, const char *name, const char *value)
{
    const struct http_request *request = call->request;
    struct tb_buf buf = {.arena = call->arena};
    bool is_get = tb_str_is(request->method, "GET");
    tb_buf_str(&buf, is_get ? tb_str_sub(request->target, 0, request->target.len) : request->path);
    tb_str whole = tb_buf_done(&buf);
    ptrdiff_t mark = tb_str_find(whole, TB_STR("?"));
    struct tb_buf out = {.arena = call->arena};
    tb_buf_str(&out, mark >= 0 ? tb_str_sub(whole, 0, (size_t)mark) : whole);
    tb_buf_char(&out, '?');
    for (size_t i = 0; is_get && i < request->query_count; i++) {
        const struct http_pair *pair = &request->query[i];
        if (tb_str_is(pair->name, name))
            continue;
        tb_buf_printf(&out, TB_FMT "=", TB_ARG(http_encode(call->arena, pair->name)));
        tb_buf_printf(&out, TB_FMT "&", TB_ARG(http_encode(call->arena, pair->value)));
    }
    tb_buf_printf(&out, "%s=%s", name, value);
    return tb_buf_done(&out);
}

static void
put_person(struct web__call *call, struct tb_json *page)
{
    if (!call->is_signed_in)
        return;
    struct tb_json *person = tb_json_set_object(call->arena, page, "person");
    tb_json_set_text(call->arena, person, "name", call->session.actor.name);
    unsigned seen = 0;
    struct tb_json *roles = tb_json_set_object(call->arena, page, "may");
    struct tb_buf names = {.arena = call->arena};
    for (size_t i = 0; i < op_role_count; i++) {
        if (op_roles[i].role == OP_ANYONE || (call->roles & op_roles[i].role) == 0 ||
            (seen & op_roles[i].role) != 0)
            continue;
        seen |= op_roles[i].role;
        tb_json_set_bool(call->arena, roles, op_roles[i].name, true);
        if (names.len > 0)
            tb_buf_cstr(&names, call->lang == WEB_EN ? ", " : "、");
        tb_buf_cstr(&names, call->lang == WEB_EN ? op_roles[i].en : op_roles[i].zh);
    }
    tb_json_set_text(call->arena, person, "roles", tb_buf_done(&names));
    if ((call->roles &
         (OP_STAFF | OP_SUPERVISOR | OP_EDITOR | OP_ADMIN | OP_ARCHIVIST | OP_HELPER)) != 0)
        tb_json_set_bool(call->arena, page, "is_staff", true);
}

static void
put_site(struct web__call *call, struct tb_json *page)
{
    const struct web_options *options = &call->web->options;
    bool is_en = call->lang == WEB_EN;
    tb_json_set_text(call->arena, page, "lang", is_en ? TB_STR("en") : TB_STR("zh-CN"));
    tb_json_set_text(call->arena, page, "site", is_en ? options->site_en : options->site_zh);
    tb_json_set_text(call->arena, page, "phone", options->phone);
    tb_str hours = is_en ? options->hours_en : options->hours_zh;
    tb_json_set_text(call->arena, page, "hours",
                     hours.len > 0 ? hours : web__tell(call, WEB_T_site_hours, NULL));
    tb_json_set_bool(call->arena, page, "is_demonstration", options->is_demonstration);
    tb_json_set_bool(call->arena, page, "is_large", call->is_large);
    tb_json_set_text(call->arena, page, "style", web__asset_path("tongban.css"));
    tb_json_set_text(call->arena, page, "script", web__asset_path("tongban.js"));
    tb_json_set_text(call->arena, page, "board_script", web__asset_path("board.js"));
    tb_json_set_text(call->arena, page, "icon", web__asset_path("icon.svg"));
    tb_json_set_text(call->arena, page, "url_lang",
                     address_with(call, "lang", is_en ? "zh" : "en"));
    tb_json_set_text(call->arena, page, "url_large",
                     address_with(call, "large", call->is_large ? "0" : "1"));
    tb_json_set_text(call->arena, page, "here", call->request->path);
}

static const struct tb_json *
page_data(struct web__call *call, const struct web__view *view, const struct tb_json *data)
{
    struct tb_json *page = web__object(call);
    put_site(call, page);
    put_person(call, page);
    tb_json_set_text(call->arena, page, "csrf", call->csrf);
    tb_json_set_text(call->arena, page, "nav", tb_str_of(view->nav));
    tb_json_set_text(call->arena, page, "shape", tb_str_of(view->shape));
    tb_json_set_bool(call->arena, page, "has_faults",
                     tb_json_get(data, "faults") != NULL &&
                         tb_json_get(data, "faults")->first != NULL);
    uint8_t bytes[16];
    call->web->options.env->random(call->web->options.env->context, bytes, sizeof(bytes));
    tb_json_set_text(call->arena, page, "once", tb_hex(call->arena, bytes, sizeof(bytes)));
    return page;
}

static struct web__out
start(struct web__call *call, enum web__view_id view, const struct tb_json *data)
{
    const struct tb_env *env = call->web->options.env;
    return (struct web__out){
        .buf = {.arena = call->arena},
        .lang = call->lang,
        .today = tb_instant_day(env->now_us(env->context)),
        .page = page_data(call, &web__views[view], data),
        .data = data,
        .view = &web__views[view],
    };
}

static void
send(struct web__call *call, int status, struct web__out *out)
{
    call->response->status = status;
    call->response->type = TB_STR("text/html; charset=utf-8");
    call->response->body = tb_buf_done(&out->buf);
    http_set(call->request, call->response, "Content-Security-Policy", TB_STR(PAGE_POLICY));
    http_set(call->request, call->response, "Cache-Control", TB_STR("no-store"));
    http_set(call->request, call->response, "Content-Language",
             call->lang == WEB_EN ? TB_STR("en") : TB_STR("zh-CN"));
    http_set(call->request, call->response, "Vary", TB_STR("Accept-Language, Cookie"));
}

void
web__show(struct web__call *call, int status, enum web__view_id view, const struct tb_json *data)
{
    struct web__out out = start(call, view, data);
    web__c_frame(&out);
    send(call, status, &out);
}

void
web__show_part(struct web__call *call, enum web__view_id view, const struct tb_json *data)
{
    struct web__out out = start(call, view, data);
    out.view->body(&out, data);
    send(call, 200, &out);
}

bool
web__is_htmx(const struct web__call *call)
{
    return tb_str_is(http_header(call->request, "HX-Request"), "true");
}

void
web__go(struct web__call *call, const char *format, ...)
{
    char stack[2048];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(stack, sizeof(stack), format, args);
    va_end(args);
    tb_assert(len >= 0);
    tb_str location = (size_t)len < sizeof(stack)
                          ? tb_str_copy(call->arena, (tb_str){stack, (size_t)len})
                          : TB_STR("/");
    http_redirect(call->request, call->response, location);
}

tb_str
web__tell(const struct web__call *call, enum web__word word, const tb_str *args)
{
    return web__say(call->arena, call->lang, word, args);
}

/* ---- answers that are not the page asked for ---- */

/* Failures that have a page with words of its own; every other says what the table of errors says. */
static const struct {
    int http;
    const char *kind;
    enum web__word title;
} kinds[] = {{404, "not_found", WEB_T_error_not_found},
             {403, "denied", WEB_T_error_denied},
             {503, "busy", WEB_T_error_busy}};

static void
show_failure(struct web__call *call, int status, tb_str kind, tb_str title,
             const struct op_result *result)
{
    bool is_en = call->lang == WEB_EN;
    const struct tb_error_row *row = tb_error_row(result->status);
    struct tb_json *data = web__object(call), *faults = web__object(call);
    tb_json_set_int(call->arena, data, "status", status);
    tb_json_set_text(call->arena, data, "kind", kind);
    tb_json_set_text(call->arena, data, "title", title);
    tb_json_set(
        data, "problem",
        op_problem(call->arena, result, is_en ? TB_STR("en") : TB_STR("zh"), call->request->id));
    tb_json_set_text(call->arena, data, "remedy",
                     tb_str_of(is_en ? row->remedy_en : row->remedy_zh));
    tb_json_set_text(call->arena, data, "request", call->request->id);
    web__put_faults(call, faults, result);
    tb_json_set(data, "listed", tb_json_copy(call->arena, tb_json_get(faults, "faults")));
    web__show(call, status, WEB_VIEW_error, data);
}

void
web__fail(struct web__call *call, const struct op_result *result)
{
    if (result->status == TB_UNAUTHENTICATED && !call->is_signed_in) {
        web__sign_in_first(call);
        return;
    }
    const struct tb_error_row *row = tb_error_row(result->status);
    int status = result->http != 0 ? result->http : row->http;
    tb_str kind = TB_STR("other"), title = tb_str_of(call->lang == WEB_EN ? row->en : row->zh);
    for (size_t i = 0; i < TB_COUNT(kinds); i++) {
        if (kinds[i].http != status)
            continue;
        kind = tb_str_of(kinds[i].kind);
        title = web__tell(call, kinds[i].title, NULL);
    }
    show_failure(call, status, kind, title, result);
}

void
web__not_found(struct web__call *call)
{
    struct op_result result = {
        .status = TB_NOT_FOUND, .http = 404, .faults = {.arena = call->arena}};
    web__fail(call, &result);
}

void
web__stale_form(struct web__call *call)
{
    struct op_result result = {.status = TB_STALE, .http = 403, .faults = {.arena = call->arena}};
    show_failure(call, 403, TB_STR("stale_form"), web__tell(call, WEB_T_error_stale_form, NULL),
                 &result);
}

void
web__send_raw(struct web__call *call, const struct op_result *result)
{
    bool is_pdf = tb_str_is(result->raw_type, "application/pdf");
    call->response->status = 200;
    call->response->type = result->raw_type;
    call->response->body = result->raw;
    tb_str name =
        result->raw_name.len > 0 ? http_encode(call->arena, result->raw_name) : TB_STR("file");
    http_set(call->request, call->response, "Content-Disposition",
             tb_printf(call->arena, "%s; filename*=UTF-8''" TB_FMT,
                       is_pdf ? "inline" : "attachment", TB_ARG(name)));
    http_set(call->request, call->response, "Cache-Control", TB_STR("no-store"));
}

void
web__fetch(struct web__call *call, const char *name, const struct tb_json *in)
{
    struct op_result result;
    web__op(call, name, in, &result);
    if (result.status != TB_OK)
        web__fail(call, &result);
    else
        web__send_raw(call, &result);
}

/* ---- QR codes ---- */

tb_str
web__origin(const struct web__call *call)
{
    if (call->web->options.origin.len > 0)
        return call->web->options.origin;
    tb_str host = http_header(call->request, "Host");
    return tb_printf(call->arena, "%s://" TB_FMT, call->request->is_tls ? "https" : "http",
                     TB_ARG(host));
}

struct tb_json *
web__qr(struct web__call *call, tb_str path, tb_str label)
{
    tb_str svg,
        url = tb_printf(call->arena, TB_FMT TB_FMT, TB_ARG(web__origin(call)), TB_ARG(path));
    if (paper_qr_svg(call->arena, url, label, &svg, NULL) != TB_OK)
        return NULL;
    return web__drawing(call->arena, svg);
}
