/* SPDX-License-Identifier: Apache-2.0 */
/* Lawful acts that are seldom: the hearing step by step (行政许可法 46-48), the second notice that a supervisor allows
 * once (F16), the register of bars (78, 79), and what bad ratings oblige to (F9). */
#include "web/web_apply_internal.h"
#include "web/web_staff.h"

static void
put_result(struct web__call *call, struct tb_json *data, const struct op_result *result)
{
    static const char *const kept[] = {"no", "step", "on", "place", "note", "reason", "answer"};
    struct tb_json *back = tb_json_set_object(call->arena, data, "kept");
    for (size_t i = 0; i < TB_COUNT(kept); i++)
        tb_json_set_text(call->arena, back, kept[i], web__field(call, kept[i]));
    if (result == NULL)
        return;
    web__put_faults(call, data, result);
    tb_json_set_text(call->arena, data, "refused", tb_str_of(result->err.message));
}

/* ---- the hearing ---- */

static bool
is_step(tb_str state, const char *word)
{
    return tb_str_is(state, word);
}

static void
show_hearing(struct web__call *call, const struct op_result *result)
{
    const struct tb_json *of_case;
    struct tb_json *data = web__object(call), *in = web__object(call);
    bool may_lead = (call->roles & (OP_APPROVER | OP_HEAD)) != 0;
    tb_json_set_text(call->arena, in, "no", web__param(call, "no"));
    if (!web__ask(call, "cases.get", in, &of_case))
        return;
    tb_str state = tb_json_get_text(tb_json_get(of_case, "hearing"), "state");
    bool is_open = is_step(tb_json_get_text(of_case, "state"), "open");
    tb_json_set(data, "case", tb_json_copy(call->arena, of_case));
    tb_json_set_text(call->arena, data, "state", state);
    tb_json_set_bool(call->arena, data, "may_tell", is_open && may_lead && state.len == 0);
    tb_json_set_bool(call->arena, data, "may_answer",
                     is_open && is_step(state, "told") &&
                         (call->roles & (OP_APPLICANT | OP_CLERK)) != 0);
    tb_json_set_bool(call->arena, data, "may_set",
                     is_open && may_lead && (is_step(state, "asked") || is_step(state, "set")));
    tb_json_set_bool(call->arena, data, "may_hold", is_open && may_lead && is_step(state, "set"));
    put_result(call, data, result);
    web__split_date(call, tb_json_set_object(call->arena, data, "day"),
                    web__date_of_form(call, TB_STR("on")));
    if (result != NULL)
        tb_json_set_text(call->arena, data, "on_error", web__fault_at(call, result, TB_STR("on")));
    web__show(call, result != NULL ? result->http : 200, WEB_VIEW_hearing, data);
}

void
web__hearing(struct web__call *call)
{
    show_hearing(call, NULL);
}

void
web__hearing_act(struct web__call *call)
{
    struct tb_json *in = web__object(call);
    struct op_result result;
    static const char *const fields[] = {"step", "place", "note"};
    tb_str on = web__date_of_form(call, TB_STR("on"));
    tb_json_set_text(call->arena, in, "no", web__param(call, "no"));
    for (size_t i = 0; i < TB_COUNT(fields); i++)
        web__take(call, in, fields[i], fields[i]);
    if (on.len > 0)
        tb_json_set_text(call->arena, in, "on", on);
    web__op_once(call, "cases.hearing", in, &result);
    if (result.status != TB_OK)
        show_hearing(call, &result);
    else
        web__go(call, "/cases/" TB_FMT "/hearing", TB_ARG(web__param(call, "no")));
}

/* ---- the second notice ---- */

static void
show_notice(struct web__call *call, const struct op_result *result)
{
    struct tb_json *data = web__object(call);
    put_result(call, data, result);
    tb_json_set_text(call->arena, data, "did", web__query(call, "did"));
    web__show(call, result != NULL ? result->http : 200, WEB_VIEW_second_notice, data);
}

void
web__second_notice(struct web__call *call)
{
    show_notice(call, NULL);
}

void
web__second_notice_done(struct web__call *call)
{
    struct tb_json *in = web__object(call);
    struct op_result result;
    web__take(call, in, "no", "no");
    web__take(call, in, "reason", "reason");
    web__op_once(call, "cases.second_notice", in, &result);
    if (result.status != TB_OK)
        show_notice(call, &result);
    else
        web__go(call, "/second-notice?did=" TB_FMT, TB_ARG(web__field(call, "no")));
}

/* ---- bars ---- */

void
web__bars_list(struct web__call *call)
{
    struct tb_json *in = web__object(call), *data = web__object(call);
    const struct tb_json *out;
    if (web__query(call, "cursor").len > 0)
        tb_json_set_text(call->arena, in, "cursor", web__query(call, "cursor"));
    if (!web__ask(call, "cases.bars", in, &out))
        return;
    tb_json_set(data, "bars", tb_json_copy(call->arena, tb_json_get(out, "bars")));
    web__put_next(call, data, "/bars", out);
    web__show(call, 200, WEB_VIEW_bars_list, data);
}

/* ---- what bad ratings oblige to ---- */

static const struct {
    const char *value;
    enum web__word word;
} fix_states[] = {{"open", WEB_T_fix_open},         {"contacted", WEB_T_fix_contacted},
                  {"answered", WEB_T_fix_answered}, {"appealed", WEB_T_fix_appealed},
                  {"upheld", WEB_T_fix_upheld},     {"dismissed", WEB_T_fix_dismissed}};

static void
show_fixes(struct web__call *call, const struct op_result *result)
{
    const struct tb_json *out;
    struct tb_json *data = web__object(call);
    if (!web__ask(call, "reviews.fixes", NULL, &out))
        return;
    struct tb_json *rows = tb_json_set_list(call->arena, data, "fixes");
    TB_JSON_EACH(fix, tb_json_get(out, "fixes"))
    {
        struct tb_json *row = tb_json_add(rows, tb_json_copy(call->arena, fix));
        tb_str state = tb_json_get_text(fix, "state");
        for (size_t i = 0; i < TB_COUNT(fix_states); i++) {
            if (tb_str_is(state, fix_states[i].value))
                tb_json_set_text(call->arena, row, "state_name",
                                 web__tell(call, fix_states[i].word, NULL));
        }
        tb_json_set_bool(call->arena, row, "is_over",
                         tb_str_is(state, "answered") || tb_str_is(state, "upheld"));
    }
    tb_json_set_text(call->arena, data, "fix", web__param(call, "id"));
    tb_json_set_bool(call->arena, data, "may_judge", (call->roles & OP_SUPERVISOR) != 0);
    tb_json_set_bool(call->arena, data, "may_answer", (call->roles & OP_HEAD) != 0);
    put_result(call, data, result);
    web__show(call, result != NULL ? result->http : 200, WEB_VIEW_fixes, data);
}

void
web__fixes(struct web__call *call)
{
    show_fixes(call, NULL);
}

void
web__fix_act(struct web__call *call)
{
    struct tb_json *in = web__object(call);
    struct op_result result;
    tb_json_set_text(call->arena, in, "id", web__param(call, "id"));
    web__take(call, in, "step", "step");
    web__take(call, in, "answer", "answer");
    web__op_once(call, "reviews.fix", in, &result);
    if (result.status != TB_OK)
        show_fixes(call, &result);
    else
        web__go(call, "/fixes");
}

/* ---- the archive ---- */

void
web__archive(struct web__call *call)
{
    struct tb_json *in = web__object(call), *data = web__object(call);
    const struct tb_json *out;
    tb_str q = web__query(call, "q");
    tb_json_set_text(call->arena, in, "state", TB_STR("closed"));
    if (q.len > 0)
        tb_json_set_text(call->arena, in, "q", q);
    if (web__query(call, "cursor").len > 0)
        tb_json_set_text(call->arena, in, "cursor", web__query(call, "cursor"));
    if (!web__ask(call, "cases.list", in, &out))
        return;
    tb_json_set(data, "cases", tb_json_copy(call->arena, tb_json_get(out, "cases")));
    tb_json_set_text(call->arena, data, "q", q);
    web__put_next(call, data, "/archive", out);
    web__show(call, 200, WEB_VIEW_archive, data);
}

/* ---- helping somebody ---- */

void
web__help(struct web__call *call)
{
    const struct tb_json *out;
    struct tb_json *data = web__object(call);
    if (!web__ask(call, "drafts.list", NULL, &out))
        return;
    tb_json_set(data, "drafts", tb_json_copy(call->arena, tb_json_get(out, "drafts")));
    web__show(call, 200, WEB_VIEW_help, data);
}
