/* SPDX-License-Identifier: Apache-2.0 */
/* The table of public pages, and the search in it and in that of the staff. */
#include "web/web_apply_internal.h"
#include "web/web_case_internal.h"

/* Who may write an application: for himself, or for the person at the window. */
#define FILING (OP_APPLICANT | OP_CLERK | OP_HELPER)

/* clang-format off */
const struct web__route web__routes[] = {
    {"GET",  "/",                         0,            web__home},
    {"GET",  "/search",                   0,            web__search},
    {"GET",  "/items/{code}",             0,            web__item},
    {"GET",  "/items/{code}/guide",       0,            web__guide},
    {"POST", "/items/{code}/checklist",   0,            web__checklist_make},
    {"GET",  "/g/{token}",                0,            web__guide_resume},
    {"GET",  "/g/{token}/checklist",      0,            web__checklist},
    {"GET",  "/g/{token}/checklist.pdf",  0,            web__checklist_pdf},
    {"POST", "/apply",                    FILING,       web__apply_begin},
    {"GET",  "/apply/{id}",               FILING,       web__apply_list},
    {"POST", "/apply/{id}/delete",        FILING,       web__apply_delete},
    {"GET",  "/apply/{id}/fill/{section}", FILING,      web__apply_section},
    {"POST", "/apply/{id}/fill/{section}", FILING,      web__apply_section_save},
    {"GET",  "/apply/{id}/way",           FILING,       web__apply_way},
    {"POST", "/apply/{id}/way",           FILING,       web__apply_way_save},
    {"GET",  "/apply/{id}/papers",        FILING,       web__apply_papers},
    {"POST", "/apply/{id}/papers",        FILING,       web__apply_papers_add},
    {"POST", "/apply/{id}/papers/remove", FILING,       web__apply_papers_remove},
    {"GET",  "/apply/{id}/delivery",      FILING,       web__apply_delivery},
    {"POST", "/apply/{id}/delivery",      FILING,       web__apply_delivery_save},
    {"GET",  "/apply/{id}/agent",         FILING,       web__apply_agent},
    {"POST", "/apply/{id}/agent",         FILING,       web__apply_agent_save},
    {"GET",  "/apply/{id}/window",        FILING,       web__apply_window},
    {"POST", "/apply/{id}/window",        FILING,       web__apply_window_save},
    {"GET",  "/apply/{id}/review",        FILING,       web__apply_review},
    {"POST", "/apply/{id}/review",        FILING,       web__apply_submit},
    {"GET",  "/my",                       OP_SIGNED_IN, web__my},
    {"GET",  "/progress",                 0,            web__progress},
    {"POST", "/progress",                 0,            web__progress_find},
    {"POST", "/progress/end",             0,            web__progress_end},
    {"GET",  "/cases/{no}",               0,            web__case},
    {"GET",  "/cases/{no}/received",      OP_SIGNED_IN, web__case_received},
    {"GET",  "/cases/{no}/letters/{id}.pdf", 0,         web__case_letter},
    {"GET",  "/cases/{no}/withdraw",      FILING,       web__case_withdraw},
    {"POST", "/cases/{no}/withdraw",      FILING,       web__case_withdraw_done},
    {"GET",  "/cases/{no}/supplement",    FILING,       web__case_supplement},
    {"POST", "/cases/{no}/supplement",    FILING,       web__case_supplement_done},
    {"GET",  "/cases/{no}/rate",          0,            web__rate},
    {"POST", "/cases/{no}/rate",          0,            web__rate_done},
    {"GET",  "/check",                    0,            web__check},
    {"POST", "/check",                    0,            web__check_file},
    {"GET",  "/check/{mark}",             0,            web__check_mark},
    {"GET",  "/certificates/revocations", 0,            web__revocations},
    {"GET",  "/certificates/{mark}.pdf",  0,            web__certificate_pdf},
    {"GET",  "/grants",                   0,            web__grants},
    {"GET",  "/about/{name}",             0,            web__about},
    {"GET",  "/sign-in",                  0,            web__sign_in},
    {"POST", "/sign-in",                  0,            web__sign_in_done},
    {"POST", "/sign-out",                 OP_SIGNED_IN, web__sign_out},
    {"GET",  "/password",                 0,            web__password},
    {"POST", "/password",                 0,            web__password_done},
    {"GET",  "/account",                  0,            web__account},
    {"POST", "/account/totp",             0,            web__account_totp},
    {"GET",  "/work",                     OP_SIGNED_IN, web__work},
};
/* clang-format on */
const size_t web__route_count = TB_COUNT(web__routes);

/* Matches one path against one pattern; {name} takes one segment. */
static bool
matches(struct tb_arena *arena, tb_str pattern, tb_str path, struct tb_json *params)
{
    tb_str want, have;
    while (true) {
        bool has_want = tb_str_cut(&pattern, '/', &want), has_have = tb_str_cut(&path, '/', &have);
        if (!has_want || !has_have)
            return has_want == has_have;
        if (want.len > 2 && want.ptr[0] == '{') {
            size_t close = want.len;
            while (want.ptr[close - 1] != '}')
                close--;
            tb_str suffix = tb_str_sub(want, close, want.len - close);
            if (have.len <= suffix.len || !tb_str_ends(have, suffix))
                return false;
            tb_str name = tb_str_sub(want, 1, close - 2);
            tb_json_set_text(arena, params, tb_cstr(arena, name),
                             tb_str_sub(have, 0, have.len - suffix.len));
        } else if (!tb_str_eq(want, have)) {
            return false;
        }
    }
}

const struct web__route *
web__route_find(struct tb_arena *arena, tb_str method, tb_str path, struct tb_json **ret_params,
                bool *ret_is_known)
{
    *ret_is_known = false;
    for (size_t i = 0; i < web__route_count + web__staff_route_count; i++) {
        const struct web__route *route =
            i < web__route_count ? &web__routes[i] : &web__staff_routes[i - web__route_count];
        struct tb_json *params = tb_json_new(arena, TB_JSON_OBJECT);
        if (!matches(arena, tb_str_of(route->path), path, params))
            continue;
        *ret_is_known = true;
        if (!tb_str_is(method, route->method))
            continue;
        *ret_params = params;
        return route;
    }
    return NULL;
}
