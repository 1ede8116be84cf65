/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of an application that every service has: the way, how the certificate comes, who acts for whom, and how
 * the window knew the person. */
#include "web/web_apply_internal.h"

/* Shows one of these pages with what the draft holds, or with what was just typed and is faulty. */
static void
show(struct web__call *call, int status, enum web__view_id view, const char *member,
     const struct tb_json *typed, struct tb_json *faults)
{
    struct tb_json *draft;
    if (!web__draft(call, &draft))
        return;
    const struct tb_json *kept = typed != NULL ? typed : tb_json_get(draft, member);
    tb_json_set(draft, "value", kept != NULL ? tb_json_copy(call->arena, kept) : web__object(call));
    static const char *const dates[] = {"from", "until"};
    struct tb_json *days = tb_json_set_object(call->arena, draft, "days");
    for (size_t i = 0; i < TB_COUNT(dates); i++)
        web__split_date(call, tb_json_set_object(call->arena, days, dates[i]),
                        tb_json_get_text(kept, dates[i]));
    struct tb_json *errors = tb_json_set_object(call->arena, draft, "errors");
    TB_JSON_EACH(fault, faults)
    {
        tb_str id = tb_json_get_text(fault, "id");
        tb_json_set_text(call->arena, errors, tb_cstr(call->arena, tb_str_sub(id, 2, id.len)),
                         tb_json_get_text(fault, "text"));
    }
    if (faults != NULL)
        tb_json_set(draft, "faults", faults);
    tb_json_set(draft, "steps", web__apply_steps(call, draft));
    web__show(call, status, view, draft);
}

/* Saves typed under member and goes back to the list. */
static void
save(struct web__call *call, const char *member, struct tb_json *typed)
{
    struct tb_json *change = web__object(call);
    const struct tb_json *saved;
    tb_json_set(change, member, typed);
    if (web__draft_save(call, change, &saved))
        web__go(call, "/apply/" TB_FMT, TB_ARG(web__param(call, "id")));
}

static void
fault(struct web__call *call, struct tb_json *faults, const char *id, enum web__word word)
{
    web__fault_add(call, faults, tb_str_of(id), web__tell(call, word, NULL));
}

/* ---- the two ways: ordinary or pledge; neither is preselected ---- */

void
web__apply_way(struct web__call *call)
{
    show(call, 200, WEB_VIEW_apply_way, "pledge", NULL, NULL);
}

void
web__apply_way_save(struct web__call *call)
{
    struct tb_json *typed = web__object(call), *faults = tb_json_new(call->arena, TB_JSON_LIST);
    tb_str choice = web__field(call, "choice");
    bool is_pledge = tb_str_is(choice, "pledge"), is_signed = web__field(call, "signed").len > 0;
    tb_json_set_text(call->arena, typed, "choice", choice);
    tb_json_set_bool(call->arena, typed, "signed", is_signed && is_pledge);
    if (!is_pledge && !tb_str_is(choice, "ordinary"))
        fault(call, faults, "f-choice", WEB_T_way_choose);
    if (is_pledge && !is_signed)
        fault(call, faults, "f-signed", WEB_T_way_sign);
    if (faults->first != NULL)
        show(call, 422, WEB_VIEW_apply_way, "pledge", typed, faults);
    else
        save(call, "pledge", typed);
}

/* ---- how the certificate comes ---- */

void
web__apply_delivery(struct web__call *call)
{
    show(call, 200, WEB_VIEW_apply_delivery, "delivery", NULL, NULL);
}

void
web__apply_delivery_save(struct web__call *call)
{
    struct tb_json *typed = web__object(call), *faults = tb_json_new(call->arena, TB_JSON_LIST);
    tb_str way = web__field(call, "way");
    bool is_post = tb_str_is(way, "post");
    web__take(call, typed, "way", "way");
    if (is_post) {
        web__take(call, typed, "recipient", "recipient");
        web__take(call, typed, "phone", "phone");
        web__take(call, typed, "address", "address");
    }
    if (way.len == 0)
        fault(call, faults, "f-way", WEB_T_delivery_choose);
    if (is_post && web__field(call, "recipient").len == 0)
        fault(call, faults, "f-recipient", WEB_T_delivery_recipient_missing);
    if (is_post && web__field(call, "phone").len == 0)
        fault(call, faults, "f-phone", WEB_T_delivery_phone_missing);
    if (is_post && web__field(call, "address").len == 0)
        fault(call, faults, "f-address", WEB_T_delivery_address_missing);
    if (faults->first != NULL)
        show(call, 422, WEB_VIEW_apply_delivery, "delivery", typed, faults);
    else
        save(call, "delivery", typed);
}

/* ---- somebody who acts for the applicant ---- */

void
web__apply_agent(struct web__call *call)
{
    show(call, 200, WEB_VIEW_apply_agent, "agent", NULL, NULL);
}

void
web__apply_agent_save(struct web__call *call)
{
    static const char *const names[] = {"name", "id_number", "phone", "scope",
                                        "from", "until",     "paper"};
    struct tb_json *typed = web__object(call), *faults = tb_json_new(call->arena, TB_JSON_LIST);
    const struct http_part *file = http_form_file(&call->form, "file");
    if (tb_str_is(web__field(call, "who"), "self")) {
        save(call, "agent", typed);
        return;
    }
    if (web__field(call, "who").len == 0)
        fault(call, faults, "f-who", WEB_T_agent_choose);
    for (size_t i = 0; i < TB_COUNT(names); i++)
        web__take(call, typed, names[i], names[i]);
    tb_str from = web__date_of_form(call, TB_STR("from")),
           until = web__date_of_form(call, TB_STR("until"));
    tb_json_set_text(call->arena, typed, "from", from);
    tb_json_set_text(call->arena, typed, "until", until);
    tb_json_set_bool(call->arena, typed, "may_pledge", web__field(call, "may_pledge").len > 0);
    if (file != NULL && file->value.len > 0) {
        struct op_result result;
        if (web__upload(call, file, &result))
            tb_json_set_text(call->arena, typed, "paper", tb_json_get_text(result.out, "hash"));
        else
            web__fault_add(
                call, faults, TB_STR("f-file"),
                web__tell(call, WEB_T_papers_unreadable, (const tb_str[]){file->file_name}));
    } else {
        web__take(call, typed, "paper", "paper");
    }
    const struct {
        const char *name, *id;
        enum web__word word;
    } needed[] = {{"name", "f-name", WEB_T_agent_name_missing},
                  {"id_number", "f-id_number", WEB_T_agent_id_missing},
                  {"phone", "f-phone", WEB_T_delivery_phone_missing},
                  {"scope", "f-scope", WEB_T_agent_scope_missing}};
    for (size_t i = 0; i < TB_COUNT(needed) && web__field(call, "who").len > 0; i++) {
        if (web__field(call, needed[i].name).len == 0)
            fault(call, faults, needed[i].id, needed[i].word);
    }
    if (web__field(call, "who").len > 0 && until.len == 0)
        fault(call, faults, "f-until", WEB_T_agent_until_missing);
    if (faults->first != NULL)
        show(call, 422, WEB_VIEW_apply_agent, "agent", typed, faults);
    else
        save(call, "agent", typed);
}

/* ---- keyed in at the window ---- */

void
web__apply_window(struct web__call *call)
{
    show(call, 200, WEB_VIEW_apply_window, "on_behalf", NULL, NULL);
}

void
web__apply_window_save(struct web__call *call)
{
    struct tb_json *typed = web__object(call), *faults = tb_json_new(call->arena, TB_JSON_LIST);
    tb_json_set_text(call->arena, typed, "channel", TB_STR("window"));
    web__take(call, typed, "identity_check", "identity_check");
    web__take(call, typed, "signed", "signed");
    web__take(call, typed, "witness", "witness");
    if (web__field(call, "identity_check").len == 0)
        fault(call, faults, "f-identity_check", WEB_T_window_identity_choose);
    if (web__field(call, "signed").len == 0)
        fault(call, faults, "f-signed", WEB_T_window_signed_choose);
    if (tb_str_is(web__field(call, "signed"), "thumb") && web__field(call, "witness").len == 0)
        fault(call, faults, "f-witness", WEB_T_window_witness_missing);
    if (faults->first != NULL)
        show(call, 422, WEB_VIEW_apply_window, "on_behalf", typed, faults);
    else
        save(call, "on_behalf", typed);
}
