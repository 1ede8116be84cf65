/* SPDX-License-Identifier: Apache-2.0 */
/* Keying in for the person at the window: which service? From there on it is the same guide and form as online. */
#include "web/web_staff.h"

void
web__desk_new(struct web__call *call)
{
    web__show(call, 200, WEB_VIEW_desk_new, NULL);
}
