/* SPDX-License-Identifier: Apache-2.0 */
/* The home page: search, four common things, twelve events of life, departments. */
#include "web/web_internal.h"

void
web__home(struct web__call *call)
{
    const struct tb_json *found;
    struct tb_json *data = web__object(call);
    if (!web__ask(call, WEB_OP_DEPARTMENTS, NULL, &found))
        return;
    tb_json_set(data, "departments", tb_json_copy(call->arena, tb_json_get(found, "departments")));
    tb_json_set_int(call->arena, data, "total", tb_json_get_int(found, "total", 0));
    web__show(call, 200, WEB_VIEW_home, data);
}
