/* SPDX-License-Identifier: Apache-2.0 */
/* One's own account: who one is here, the password, and the second factor - set up with a device that reads a QR or
 * takes the secret typed, in force once its first code was given back, ended with password and code. */
#include "paper/paper.h"
#include "web/web_internal.h"

/* The secret as text in groups of four, and as a QR for the device; both only while it is being set up. */
static void
put_secret(struct web__call *call, struct tb_json *data, tb_str secret, tb_str uri)
{
    tb_str svg;
    tb_json_set_text(call->arena, data, "secret", secret);
    tb_json_set_text(call->arena, data, "uri", uri);
    if (paper_qr_svg(call->arena, uri, web__tell(call, WEB_T_self_qr, NULL), &svg, NULL) == TB_OK)
        tb_json_set(data, "qr", web__drawing(call->arena, svg));
}

static void
show(struct web__call *call, int status, const struct op_result *result, struct tb_json *data)
{
    const struct tb_json *mine;
    static const char *const places[] = {"password", "code"};
    if (!web__ask(call, "sessions.mine", NULL, &mine))
        return;
    tb_json_set_text(call->arena, data, "user", call->session.actor.user);
    tb_json_set_text(call->arena, data, "name", call->session.actor.name);
    tb_json_set_bool(call->arena, data, "has_totp", tb_json_is_true(tb_json_get(mine, "has_totp")));
    tb_json_set_bool(call->arena, data, "must_set_up",
                     tb_json_is_true(tb_json_get(mine, "must_set_up_totp")));
    tb_json_set_text(call->arena, data, "did", web__query(call, "did"));
    struct tb_json *errors = tb_json_set_object(call->arena, data, "errors");
    if (result != NULL) {
        web__put_faults(call, data, result);
        for (size_t i = 0; i < TB_COUNT(places); i++)
            tb_json_set_text(call->arena, errors, places[i],
                             web__fault_at(call, result, tb_str_of(places[i])));
    }
    web__show(call, status, WEB_VIEW_account, data);
}

void
web__account(struct web__call *call)
{
    if (!call->is_signed_in)
        web__sign_in_first(call);
    else
        show(call, 200, NULL, web__object(call));
}

static void
begin(struct web__call *call)
{
    struct tb_json *in = web__object(call), *data = web__object(call);
    struct op_result result;
    tb_json_set_text(call->arena, in, "password", http_form_value(&call->form, "password"));
    web__op(call, "totp.begin", in, &result);
    if (result.status == TB_OK) {
        put_secret(call, data, tb_json_get_text(result.out, "secret"),
                   tb_json_get_text(result.out, "uri"));
        show(call, 200, NULL, data);
    } else if (result.faults.count > 0) {
        show(call, 422, &result, data);
    } else {
        web__fail(call, &result);
    }
}

/* A code that does not fit leaves the secret on the page: the device has it already. */
static void
confirm(struct web__call *call)
{
    struct tb_json *in = web__object(call), *data = web__object(call);
    struct op_result result;
    web__take(call, in, "code", "code");
    web__op(call, "totp.confirm", in, &result);
    if (result.status == TB_OK) {
        web__go(call, "/account?did=begun");
    } else if (result.faults.count > 0) {
        put_secret(call, data, web__field(call, "secret"), web__field(call, "uri"));
        show(call, 422, &result, data);
    } else {
        web__fail(call, &result);
    }
}

static void
end(struct web__call *call)
{
    struct tb_json *in = web__object(call);
    struct op_result result;
    tb_json_set_text(call->arena, in, "password", http_form_value(&call->form, "password"));
    web__take(call, in, "code", "code");
    web__op(call, "totp.end", in, &result);
    if (result.status == TB_OK)
        web__go(call, "/account?did=ended");
    else if (result.faults.count > 0)
        show(call, 422, &result, web__object(call));
    else
        web__fail(call, &result);
}

void
web__account_totp(struct web__call *call)
{
    tb_str wanted = web__field(call, "do");
    if (!call->is_signed_in)
        web__sign_in_first(call);
    else if (tb_str_is(wanted, "confirm"))
        confirm(call);
    else if (tb_str_is(wanted, "end"))
        end(call);
    else
        begin(call);
}
