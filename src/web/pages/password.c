/* SPDX-License-Identifier: Apache-2.0 */
/* Changing one's password; a one-time password opens nothing but this page. */
#include "web/web_internal.h"

static void
show(struct web__call *call, int status, const struct op_result *result)
{
    static const char *const names[] = {"old", "new", "again"};
    struct tb_json *data = web__object(call);
    struct tb_json *errors = tb_json_set_object(call->arena, data, "errors");
    tb_json_set_text(call->arena, data, "user", call->session.actor.user);
    tb_json_set_bool(call->arena, data, "is_first", call->session.actor.grant_count == 0);
    if (result != NULL) {
        web__put_faults(call, data, result);
        for (size_t i = 0; i < TB_COUNT(names); i++)
            tb_json_set_text(call->arena, errors, names[i],
                             web__fault_at(call, result, tb_str_of(names[i])));
    }
    web__show(call, status, WEB_VIEW_password, data);
}

void
web__password(struct web__call *call)
{
    if (!call->is_signed_in)
        web__sign_in_first(call);
    else
        show(call, 200, NULL);
}

void
web__password_done(struct web__call *call)
{
    struct op_result result = {.faults = {.arena = call->arena}};
    struct tb_json *in = web__object(call);
    tb_str wanted = http_form_value(&call->form, "new"),
           again = http_form_value(&call->form, "again");
    if (!call->is_signed_in) {
        web__sign_in_first(call);
        return;
    }
    if (!tb_str_eq(wanted, again)) {
        tb_fault_add(&result.faults, TB_STR("again"), "differs",
                     web__say(call->arena, WEB_ZH, WEB_T_password_differs, NULL),
                     web__say(call->arena, WEB_EN, WEB_T_password_differs, NULL));
        show(call, 422, &result);
        return;
    }
    tb_json_set_text(call->arena, in, "old", http_form_value(&call->form, "old"));
    tb_json_set_text(call->arena, in, "new", wanted);
    web__op(call, "password.change", in, &result);
    if (result.status == TB_OK)
        web__go(call, "/work");
    else if (result.faults.count > 0)
        show(call, 422, &result);
    else
        web__fail(call, &result);
}
