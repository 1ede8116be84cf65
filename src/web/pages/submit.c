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

/* A pledge is signed here, where all of it can be read, unless it was signed with the choice of the way. */
static bool
must_pledge(const struct tb_json *draft)
{
    const struct tb_json *pledge = tb_json_get(draft, "pledge");
    return tb_str_is(tb_json_get_text(pledge, "choice"), "pledge") &&
           !tb_json_is_true(tb_json_get(pledge, "signed"));
}

static bool
is_ticked(struct web__call *call, const char *name)
{
    return web__field(call, name).len > 0;
}

static void
need_tick(struct web__call *call, struct tb_json *draft, struct tb_json *faults, const char *name,
          const char *fault_name, enum web__word word)
{
    tb_str text = web__tell(call, word, NULL);
    if (is_ticked(call, name))
        return;
    web__fault_add(call, faults, tb_printf(call->arena, "f-%s", name), text);
    tb_json_set_text(call->arena, draft, fault_name, text);
}

/* result: what the operation found. is_sent: the form came, so what is not ticked is a fault. */
static void
show_review(struct web__call *call, int status, const struct op_result *result, bool is_sent)
{
    struct tb_json *draft;
    if (!web__draft(call, &draft))
        return;
    if (result != NULL)
        put_result(call, draft, result);
    struct tb_json *faults = tb_json_set_list(call->arena, draft, "faults");
    tb_json_set_bool(call->arena, draft, "must_pledge", must_pledge(draft));
    if (is_sent && must_pledge(draft))
        need_tick(call, draft, faults, "pledge", "pledge_fault", WEB_T_submit_pledge_missing);
    if (is_sent)
        need_tick(call, draft, faults, "signed", "sign_fault", WEB_T_submit_sign);
    struct tb_json *ticked = tb_json_set_object(call->arena, draft, "ticked");
    tb_json_set_bool(call->arena, ticked, "pledge", is_ticked(call, "pledge"));
    tb_json_set_bool(call->arena, ticked, "signed", is_ticked(call, "signed"));
    web__apply_put_steps(call, draft);
    web__show(call, status, WEB_VIEW_apply_review, draft);
}

void
web__apply_review(struct web__call *call)
{
    show_review(call, 200, NULL, false);
}

/* The form's key against double sending belongs to the submission that follows. */
static bool
save_pledge(struct web__call *call)
{
    struct tb_json *change = web__object(call);
    struct tb_json *pledge = tb_json_set_object(call->arena, change, "pledge");
    const struct tb_json *saved;
    tb_json_set_text(call->arena, change, "id", web__param(call, "id"));
    tb_json_set_text(call->arena, pledge, "choice", TB_STR("pledge"));
    tb_json_set_bool(call->arena, pledge, "signed", true);
    return web__ask(call, "drafts.section", change, &saved);
}

void
web__apply_submit(struct web__call *call)
{
    struct tb_json *in = web__object(call), *draft;
    struct op_result result;
    if (!web__draft(call, &draft))
        return;
    bool has_all = web__apply_put_steps(call, draft);
    if (!has_all || !is_ticked(call, "signed") ||
        (must_pledge(draft) && !is_ticked(call, "pledge"))) {
        show_review(call, 422, NULL, true);
        return;
    }
    if (must_pledge(draft) && !save_pledge(call))
        return;
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
