/* SPDX-License-Identifier: Apache-2.0 */
/* The home page: search, four common things, twelve events of life, departments. */
#include "web/web_internal.h"

void
web__home(struct web__call *call)
{
    struct tb_json *data = web__object(call);
    web__show(call, 200, WEB_VIEW_home, data);
}
