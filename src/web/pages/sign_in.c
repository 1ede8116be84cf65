/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in, and coming back to where one was. A form that was sent after the session had ended is
 * carried through the sign-in page and run as if nothing had happened; only chosen files must be
 * chosen again. */
#include "web/web_internal.h"

#define KEEP_PREFIX "keep."

/* A path of ours, or the person's own page. */
static tb_str
safe_next(tb_str next)
{
    bool is_ours = next.len > 0 && next.ptr[0] == '/' && !tb_str_starts(next, TB_STR("//")) &&
                   !tb_str_contains(next, TB_STR("\\"));
    return is_ours ? next : TB_STR("");
}

static void
keep_fields(struct web__call *call, struct tb_json *data)
{
    struct tb_json *kept = tb_json_set_list(call->arena, data, "kept");
    for (size_t i = 0; i < call->form.count; i++) {
        const struct http_part *part = &call->form.parts[i];
        if (part->file_name.ptr != NULL || tb_str_is(part->name, "csrf") ||
            tb_str_is(part->name, "once"))
            continue;
        struct tb_json *row = tb_json_add(kept, web__object(call));
        tb_json_set_text(call->arena, row, "name", part->name);
        tb_json_set_text(call->arena, row, "value", part->value);
    }
}

void
web__sign_in_first(struct web__call *call)
{
    struct tb_json *data = web__object(call);
    const struct http_request *request = call->request;
    if (tb_str_is(request->method, "POST")) {
        struct tb_err err;
        if (call->form.count == 0 &&
            http_form_read(call->arena, http_header(request, "Content-Type"), request->body,
                           &call->form, &err) != TB_OK)
            call->form.count = 0;
        tb_json_set_text(call->arena, data, "replay", request->path);
        keep_fields(call, data);
    } else {
        tb_json_set_text(call->arena, data, "next", request->target);
    }
    tb_str cookie = http_cookie(request, access_cookie_name(request->is_tls));
    tb_json_set_bool(call->arena, data, "is_expired", cookie.len > 0);
    web__show(call, 401, WEB_VIEW_sign_in, data);
}

void
web__sign_in(struct web__call *call)
{
    struct tb_json *data = web__object(call);
    tb_json_set_text(call->arena, data, "next", safe_next(web__query(call, "next")));
    web__show(call, 200, WEB_VIEW_sign_in, data);
}

/* The form that was waiting, without the prefix, run for the person who has just signed in. */
static void
replay(struct web__call *call, tb_str path)
{
    struct http_part *parts = TB_NEW_ARRAY(call->arena, call->form.count, struct http_part);
    size_t count = 0;
    for (size_t i = 0; i < call->form.count; i++) {
        struct http_part part = call->form.parts[i];
        if (!tb_str_starts(part.name, TB_STR(KEEP_PREFIX)))
            continue;
        part.name = tb_str_sub(part.name, sizeof(KEEP_PREFIX) - 1, part.name.len);
        parts[count++] = part;
    }
    call->form = (struct http_form){parts, count};
    struct tb_json *params = NULL;
    bool is_known;
    const struct web__route *route =
        web__route_find(call->arena, TB_STR("POST"), path, &params, &is_known);
    if (route == NULL || (route->roles != 0 && (call->roles & route->roles) == 0)) {
        web__go(call, "/");
        return;
    }
    call->params = params;
    route->handler(call);
}

/* Was the password right and only the code of the second factor missing? */
static bool
is_code_asked(const struct op_result *result)
{
    for (size_t i = 0; i < result->faults.count; i++) {
        if (tb_str_is(result->faults.items[i].place, "code"))
            return true;
    }
    return false;
}

/* The sign-in page again, with what is wrong and everything that was carried. */
static void
again(struct web__call *call, const struct op_result *result)
{
    struct tb_json *data = web__object(call);
    const char *const kept[] = {"user", "next", "replay"};
    for (size_t i = 0; i < TB_COUNT(kept); i++)
        tb_json_set_text(call->arena, data, kept[i], web__field(call, kept[i]));
    struct tb_json *list = tb_json_set_list(call->arena, data, "kept");
    for (size_t i = 0; i < call->form.count; i++) {
        const struct http_part *part = &call->form.parts[i];
        if (!tb_str_starts(part->name, TB_STR(KEEP_PREFIX)))
            continue;
        struct tb_json *row = tb_json_add(list, web__object(call));
        tb_json_set_text(call->arena, row, "name",
                         tb_str_sub(part->name, sizeof(KEEP_PREFIX) - 1, part->name.len));
        tb_json_set_text(call->arena, row, "value", part->value);
    }
    bool is_code = is_code_asked(result);
    tb_json_set_bool(call->arena, data, "needs_code", is_code || web__field(call, "code").len > 0);
    tb_str text = web__tell(call,
                            is_code                         ? WEB_T_sign_code_needed
                            : result->status == TB_TOO_MANY ? WEB_T_sign_wait
                                                            : WEB_T_sign_wrong,
                            NULL);
    struct tb_json *faults = tb_json_set_list(call->arena, data, "faults");
    struct tb_json *fault = tb_json_add(faults, web__object(call));
    tb_json_set_text(call->arena, fault, "id", is_code ? TB_STR("f-code") : TB_STR("f-user"));
    tb_json_set_text(call->arena, fault, "text", text);
    tb_json_set_text(call->arena, data, is_code ? "code_error" : "user_error", text);
    web__show(call, result->status == TB_TOO_MANY ? 429 : 422, WEB_VIEW_sign_in, data);
}

/* Where somebody works when he came from nowhere. */
static const char *
own_page(const struct web__call *call)
{
    if ((call->roles & OP_CLERK) != 0)
        return "/desk";
    if ((call->roles & OP_STAFF) != 0)
        return "/tasks";
    if ((call->roles & OP_SUPERVISOR) != 0)
        return "/board";
    if ((call->roles & OP_ADMIN) != 0)
        return "/accounts";
    if ((call->roles & OP_EDITOR) != 0)
        return "/packs";
    if ((call->roles & OP_ARCHIVIST) != 0)
        return "/archive";
    if ((call->roles & OP_HELPER) != 0)
        return "/help";
    return "/my";
}

void
web__sign_in_done(struct web__call *call)
{
    struct tb_json *in = web__object(call);
    web__take(call, in, "user", "user");
    tb_json_set_text(call->arena, in, "password", http_form_value(&call->form, "password"));
    web__take(call, in, "code", "code");
    struct op_result result;
    web__op(call, "sessions.open", in, &result);
    if (result.status != TB_OK) {
        if (result.http >= 500)
            web__fail(call, &result);
        else
            again(call, &result);
        return;
    }
    tb_str token = tb_json_get_text(result.out, "token");
    http_set_cookie(call->request, call->response, access_cookie_name(call->request->is_tls), token,
                    0, call->request->is_tls);
    web__adopt_session(call, token);
    tb_str path = web__field(call, "replay"), next = safe_next(web__field(call, "next"));
    if (tb_json_is_true(tb_json_get(result.out, "must_change_password")))
        web__go(call, "/password");
    else if (tb_json_is_true(tb_json_get(result.out, "must_set_up_totp")))
        web__go(call, "/account");
    else if (path.len > 0)
        replay(call, path);
    else if (next.len > 0)
        web__go(call, TB_FMT, TB_ARG(next));
    else
        web__go(call, "%s", own_page(call));
}

void
web__work(struct web__call *call)
{
    web__go(call, "%s", own_page(call));
}

void
web__sign_out(struct web__call *call)
{
    struct op_result result;
    web__op(call, "sessions.close", NULL, &result);
    http_set_cookie(call->request, call->response, access_cookie_name(call->request->is_tls),
                    TB_STR(""), -1, call->request->is_tls);
    web__go(call, "/");
}
