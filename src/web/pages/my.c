/* SPDX-License-Identifier: Apache-2.0 */
/* Everything of one person in one place: what waits for him, what he is writing, his cases, his certificates. */
#include "web/web_apply_internal.h"

/* Adds a list of an operation to data; one that this person may not call is left out. */
static bool
put_list(struct web__call *call, struct tb_json *data, const char *op, const char *member)
{
    struct op_result result;
    web__op(call, op, NULL, &result);
    if (result.status == TB_DENIED)
        return true;
    if (result.status != TB_OK) {
        web__fail(call, &result);
        return false;
    }
    tb_json_set(data, member, tb_json_copy(call->arena, tb_json_get(result.out, member)));
    return true;
}

void
web__my(struct web__call *call)
{
    struct tb_json *data = web__object(call);
    if (put_list(call, data, "drafts.list", "drafts") &&
        put_list(call, data, "cases.list", "cases") &&
        put_list(call, data, "certificates.mine", "certificates"))
        web__show(call, 200, WEB_VIEW_my, data);
}
