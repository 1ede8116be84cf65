/* SPDX-License-Identifier: Apache-2.0 */
/* Reading everything once more, declaring it true, submitting. Every fault that is found leads to its field. */
#include "web/web_apply_internal.h"

/* The page on which a fault is put right: section of the field, papers, way, delivery, agent, window. */
static tb_str
place_address(struct web__call *call, const struct tb_json *draft, tb_str place)
{
    tb_str id = http_encode(call->arena, tb_json_get_text(draft, "id"));
    static const char *const pages[][2] = {{"materials", "papers"},
                                           {"pledge", "way"},
                                           {"delivery", "delivery"},
                                           {"agent", "agent"},
                                           {"on_behalf", "window"}};
    for (size_t i = 0; i < TB_COUNT(pages); i++) {
        if (tb_str_starts(place, tb_str_of(pages[i][0])))
            return tb_printf(call->arena, "/apply/" TB_FMT "/%s", TB_ARG(id), pages[i][1]);
    }
    tb_str key = tb_str_starts(place, TB_STR("fields.")) ? tb_str_sub(place, 7, place.len) : place;
    TB_JSON_EACH(section, tb_json_get(draft, "sections"))
    {
        TB_JSON_EACH(field, tb_json_get(section, "fields"))
        {
            if (tb_str_eq(tb_json_get_text(field, "key"), key))
                return tb_printf(
                    call->arena, "/apply/" TB_FMT "/fill/" TB_FMT "#f-" TB_FMT, TB_ARG(id),
                    TB_ARG(http_encode(call->arena, tb_json_get_text(section, "id"))), TB_ARG(key));
        }
    }
    return tb_printf(call->arena, "#f-" TB_FMT, TB_ARG(place));
}

static void
put_result(struct web__call *call, struct tb_json *draft, const struct op_result *result)
{
    struct tb_json *list = tb_json_set_list(call->arena, draft, "found");
    for (size_t i = 0; i < result->faults.count && i < TB_FAULTS_MAX; i++) {
        const struct tb_fault *fault = &result->faults.items[i];
        struct tb_json *row = tb_json_add(list, web__object(call));
        tb_json_set_text(call->arena, row, "href", place_address(call, draft, fault->place));
        tb_json_set_text(call->arena, row, "text", call->lang == WEB_EN ? fault->en : fault->zh);
    }
}

static void
show_review(struct web__call *call, int status, const struct op_result *result, bool is_unsigned)
{
    struct tb_json *draft;
    if (!web__draft(call, &draft))
        return;
    if (result != NULL)
        put_result(call, draft, result);
    if (is_unsigned) {
        struct tb_json *faults = tb_json_set_list(call->arena, draft, "faults");
        tb_str text = web__tell(call, WEB_T_submit_sign, NULL);
        web__fault_add(call, faults, TB_STR("f-signed"), text);
        tb_json_set_text(call->arena, draft, "sign_fault", text);
    }
    web__apply_put_steps(call, draft);
    web__show(call, status, WEB_VIEW_apply_review, draft);
}

void
web__apply_review(struct web__call *call)
{
    show_review(call, 200, NULL, false);
}

void
web__apply_submit(struct web__call *call)
{
    if (web__field(call, "signed").len == 0) {
        show_review(call, 422, NULL, true);
        return;
    }
    struct tb_json *in = web__object(call), *draft;
    struct op_result result;
    if (!web__draft(call, &draft))
        return;
    if (!web__apply_put_steps(call, draft)) {
        show_review(call, 422, NULL, false);
        return;
    }
    tb_json_set_text(call->arena, in, "id", web__param(call, "id"));
    tb_json_set_bool(call->arena, in, "signed", true);
    web__op_once(call, "drafts.submit", in, &result);
    if (result.status == TB_INVALID)
        show_review(call, 422, &result, false);
    else if (result.status != TB_OK)
        web__fail(call, &result);
    else
        web__go(call, "/cases/" TB_FMT "/received", TB_ARG(tb_json_get_text(result.out, "no")));
}
