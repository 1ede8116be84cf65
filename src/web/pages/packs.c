/* SPDX-License-Identifier: Apache-2.0 */
/* The installed packs: version, since when, what is not verified yet. */
#include "web/web_staff.h"

void
web__packs(struct web__call *call)
{
    const struct tb_json *out;
    if (web__ask(call, "packs.list", NULL, &out))
        web__show(call, 200, WEB_VIEW_packs, out);
}
