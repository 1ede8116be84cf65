/* SPDX-License-Identifier: Apache-2.0 */
/* The table of the pages of those who work here. */
#include "web/web_staff.h"

/* Who takes a step of a hearing, or looks where it stands. */
#define HEARING (OP_APPLICANT | OP_CLERK | OP_APPROVER | OP_HEAD)

/* clang-format off */
const struct web__route web__staff_routes[] = {
    {"GET",  "/desk",                 OP_CLERK,                 web__desk},
    {"GET",  "/desk/new",             OP_CLERK,                 web__desk_new},
    {"GET",  "/desk/{no}",            OP_CLERK,                 web__desk_case},
    {"POST", "/desk/{no}",            OP_CLERK,                 web__desk_act},
    {"GET",  "/tasks",                OP_STAFF,                 web__tasks},
    {"GET",  "/tasks/{id}",           OP_STAFF | OP_SUPERVISOR, web__task},
    {"POST", "/tasks/{id}",           OP_STAFF,                 web__task_done},
    {"GET",  "/board",                OP_SUPERVISOR | OP_HEAD,  web__board},
    {"GET",  "/cards",                OP_SUPERVISOR | OP_STAFF, web__cards},
    {"POST", "/cards/{id}",           OP_SUPERVISOR | OP_STAFF, web__card_act},
    {"GET",  "/accounts",             OP_ADMIN,                 web__accounts},
    {"POST", "/accounts",             OP_ADMIN,                 web__account_make},
    {"POST", "/accounts/{user}",      OP_ADMIN,                 web__account_act},
    {"GET",  "/packs",                OP_EDITOR | OP_ADMIN,     web__packs},
    {"GET",  "/cases/{no}/hearing",   HEARING,                  web__hearing},
    {"POST", "/cases/{no}/hearing",   HEARING,                  web__hearing_act},
    {"GET",  "/second-notice",        OP_SUPERVISOR,            web__second_notice},
    {"POST", "/second-notice",        OP_SUPERVISOR,            web__second_notice_done},
    {"GET",  "/bars",                 OP_SUPERVISOR | OP_STAFF, web__bars_list},
    {"GET",  "/fixes",                OP_SUPERVISOR | OP_HEAD,  web__fixes},
    {"POST", "/fixes/{id}",           OP_SUPERVISOR | OP_HEAD,  web__fix_act},
    {"GET",  "/archive",              OP_ARCHIVIST,             web__archive},
    {"GET",  "/help",                 OP_HELPER,                web__help},
    {"GET",  "/cases/{no}/files/{hash}", OP_SIGNED_IN,          web__case_file},
};
/* clang-format on */
const size_t web__staff_route_count = TB_COUNT(web__staff_routes);
