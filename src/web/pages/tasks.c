/* SPDX-License-Identifier: Apache-2.0 */
/* Work lists, and one task: what was applied for, the papers, the basis and the history, and the result - which nobody
 * preselects. A survey is the same page with findings, fit for a phone. */
#include "web/web_staff.h"
#include <string.h>

void
web__tasks(struct web__call *call)
{
    const struct tb_json *list;
    struct tb_json *data = web__object(call), *in = web__object(call);
    bool is_done = tb_str_is(web__query(call, "state"), "done");
    if (is_done)
        tb_json_set_text(call->arena, in, "state", TB_STR("done"));
    if (!web__ask(call, "cases.tasks", in, &list))
        return;
    struct tb_json *rows = tb_json_set_list(call->arena, data, "tasks");
    TB_JSON_EACH(task, tb_json_get(list, "tasks"))
    {
        struct tb_json *row = tb_json_add(rows, tb_json_copy(call->arena, task));
        int64_t left = tb_json_get_int(task, "left_days", 0);
        bool has_due = tb_json_get_text(task, "due").len > 0;
        tb_json_set_text(call->arena, row, "pressure",
                         !has_due    ? TB_STR("none")
                         : left < 0  ? TB_STR("over")
                         : left == 0 ? TB_STR("today")
                                     : TB_STR("left"));
    }
    tb_json_set_bool(call->arena, data, "is_done", is_done);
    tb_json_set_text(call->arena, data, "did", web__query(call, "did"));
    web__show(call, 200, WEB_VIEW_tasks, data);
}

/* ---- one task ---------------------------------------------------------------------------------------------------- */

static const char *const suspensions[] = {"hearing", "tender",     "auction",   "inspection",
                                          "testing", "quarantine", "appraisal", "expert_review"};
static const enum web__word suspension_words[] = {
    WEB_T_suspend_hearing,    WEB_T_suspend_tender,       WEB_T_suspend_auction,
    WEB_T_suspend_inspection, WEB_T_suspend_testing,      WEB_T_suspend_quarantine,
    WEB_T_suspend_appraisal,  WEB_T_suspend_expert_review};

static void
put_suspensions(struct web__call *call, struct tb_json *data)
{
    struct tb_json *list = tb_json_set_list(call->arena, data, "suspensions");
    for (size_t i = 0; i < TB_COUNT(suspensions); i++) {
        struct tb_json *row = tb_json_add(list, web__object(call));
        tb_json_set_text(call->arena, row, "value", tb_str_of(suspensions[i]));
        tb_json_set_text(call->arena, row, "label", web__tell(call, suspension_words[i], NULL));
    }
}

/* What was just sent; before anything was, the officer's own name and number. */
static tb_str
kept_text(struct web__call *call, const struct tb_json *data, const char *name)
{
    if (call->form.count == 0 && strcmp(name, "officer1_name") == 0)
        return tb_json_text(tb_json_path(data, "task.officer.name"));
    if (call->form.count == 0 && strcmp(name, "officer1_number") == 0)
        return tb_json_text(tb_json_path(data, "task.officer.number"));
    return web__field(call, name);
}

/* What was just sent stands again in the form. */
static void
keep(struct web__call *call, struct tb_json *data)
{
    struct tb_json *kept = tb_json_set_object(call->arena, data, "kept");
    static const char *const names[] = {"outcome",         "comment",       "officer1_name",
                                        "officer1_number", "officer2_name", "officer2_number",
                                        "owner",           "owner_refused", "suspend_reason",
                                        "suspend_days",    "extend_days",   "extend_reason"};
    for (size_t i = 0; i < TB_COUNT(names); i++)
        tb_json_set_text(call->arena, kept, names[i], kept_text(call, data, names[i]));
    struct tb_json *findings = tb_json_set_list(call->arena, data, "points");
    int64_t n = 0;
    TB_JSON_EACH(finding, tb_json_path(data, "task.findings"))
    {
        struct tb_json *row = tb_json_add(findings, tb_json_copy(call->arena, finding));
        tb_str id = tb_json_get_text(finding, "id");
        tb_json_set_int(call->arena, row, "n", ++n);
        tb_json_set_text(call->arena, row, "result",
                         web__field(call, tb_printf(call->arena, "r." TB_FMT, TB_ARG(id)).ptr));
        tb_json_set_text(call->arena, row, "note",
                         web__field(call, tb_printf(call->arena, "n." TB_FMT, TB_ARG(id)).ptr));
    }
}

static bool
may_refuse(const struct tb_json *task)
{
    TB_JSON_EACH(outcome, tb_json_get(task, "outcomes"))
    {
        if (tb_str_is(tb_json_get_text(outcome, "value"), "refuse"))
            return true;
    }
    return false;
}

static void
show(struct web__call *call, const struct op_result *result)
{
    const struct tb_json *task;
    struct tb_json *data = web__object(call), *in = web__object(call);
    tb_json_set_text(call->arena, in, "id", web__param(call, "id"));
    if (!web__ask(call, "cases.task", in, &task))
        return;
    tb_json_set(data, "task", tb_json_copy(call->arena, task));
    const struct tb_json *of_case = tb_json_get(task, "case");
    bool is_survey = tb_str_is(tb_json_get_text(task, "kind"), "survey");
    bool is_open = tb_str_is(tb_json_get_text(task, "state"), "open");
    int64_t left = tb_json_get_int(task, "left_days", 0);
    tb_json_set_bool(call->arena, data, "is_open", is_open);
    tb_json_set_bool(call->arena, data, "is_survey", is_survey);
    tb_json_set_bool(call->arena, data, "is_second",
                     is_open && tb_json_is_true(tb_json_get(task, "is_signed")));
    tb_json_set_bool(call->arena, data, "may_refuse", may_refuse(task));
    tb_json_set_bool(call->arena, data, "is_over", left < 0);
    tb_json_set_bool(call->arena, data, "is_near", left >= 0 && left <= 1);
    tb_json_set_bool(call->arena, data, "may_suspend",
                     (call->roles & (OP_APPROVER | OP_HEAD)) != 0);
    tb_json_set_bool(call->arena, data, "may_extend", (call->roles & OP_HEAD) != 0);
    bool is_suspended = false;
    TB_JSON_EACH(interval, tb_json_path(of_case, "clock.suspended"))
    is_suspended = is_suspended || tb_json_get_text(interval, "to").len == 0;
    tb_json_set_bool(call->arena, data, "is_suspended", is_suspended);
    keep(call, data);
    put_suspensions(call, data);
    if (result != NULL) {
        web__put_faults(call, data, result);
        tb_json_set_text(call->arena, data, "refused", tb_str_of(result->err.message));
    }
    web__show(call, result != NULL ? result->http : 200, WEB_VIEW_task, data);
}

void
web__task(struct web__call *call)
{
    show(call, NULL);
}

/* ---- acts -------------------------------------------------------------------------------------------------------- */

static void
take_officer(struct web__call *call, struct tb_json *list, const char *name_field,
             const char *number_field)
{
    tb_str name = web__field(call, name_field), number = web__field(call, number_field);
    if (name.len == 0 && number.len == 0)
        return;
    struct tb_json *row = tb_json_add(list, web__object(call));
    tb_json_set_text(call->arena, row, "name", name);
    tb_json_set_text(call->arena, row, "number", number);
}

static void
take_findings(struct web__call *call, struct tb_json *list)
{
    for (size_t i = 0; i < call->form.count; i++) {
        const struct http_part *part = &call->form.parts[i];
        if (!tb_str_starts(part->name, TB_STR("r.")))
            continue;
        struct tb_json *row = tb_json_add(list, web__object(call));
        tb_str id = tb_str_sub(part->name, 2, part->name.len);
        tb_str note = web__field(call, tb_printf(call->arena, "n." TB_FMT, TB_ARG(id)).ptr);
        tb_json_set_text(call->arena, row, "id", id);
        tb_json_set_text(call->arena, row, "result", part->value);
        if (note.len > 0)
            tb_json_set_text(call->arena, row, "note", note);
    }
}

/* Each photo becomes a stored file first. False when one was refused. */
static bool
take_photos(struct web__call *call, struct tb_json *list, struct op_result *ret_result)
{
    for (size_t i = 0; i < call->form.count; i++) {
        const struct http_part *part = &call->form.parts[i];
        if (!tb_str_is(part->name, "photos") || part->file_name.len == 0)
            continue;
        struct tb_json *in = web__object(call);
        tb_json_set_text(call->arena, in, "name", part->file_name);
        web__op_file(call, "cases.upload", in, part, ret_result);
        if (ret_result->status != TB_OK)
            return false;
        tb_json_add(list, tb_json_new_text(call->arena, tb_json_get_text(ret_result->out, "hash")));
    }
    return true;
}

static bool
take_survey(struct web__call *call, struct tb_json *in, struct op_result *ret_result)
{
    struct tb_json *fields = tb_json_set_object(call->arena, in, "fields");
    struct tb_json *officers = tb_json_set_list(call->arena, fields, "officers");
    take_officer(call, officers, "officer1_name", "officer1_number");
    take_officer(call, officers, "officer2_name", "officer2_number");
    take_findings(call, tb_json_set_list(call->arena, fields, "findings"));
    if (tb_str_is(web__field(call, "owner"), "signed"))
        tb_json_set_bool(call->arena, fields, "owner_signed", true);
    else if (tb_str_is(web__field(call, "owner"), "refused"))
        tb_json_set_text(call->arena, fields, "owner_refused", web__field(call, "owner_refused"));
    return take_photos(call, tb_json_set_list(call->arena, fields, "photos"), ret_result);
}

static void
complete(struct web__call *call, struct op_result *ret_result)
{
    struct tb_json *in = web__object(call);
    tb_json_set_text(call->arena, in, "id", web__param(call, "id"));
    web__take(call, in, "outcome", "outcome");
    web__take(call, in, "comment", "comment");
    bool is_survey = tb_str_is(web__field(call, "kind"), "survey") &&
                     !tb_str_is(web__field(call, "outcome"), "confirm");
    if (is_survey && !take_survey(call, in, ret_result))
        return;
    web__op_once(call, "cases.complete", in, ret_result);
}

static struct tb_json *
case_input(struct web__call *call)
{
    struct tb_json *in = web__object(call);
    tb_str id = web__param(call, "id");
    tb_json_set_text(call->arena, in, "no", tb_str_sub(id, 0, 20));
    return in;
}

static void
take_days(struct web__call *call, struct tb_json *in, const char *key, const char *field)
{
    int64_t days;
    tb_str text = web__field(call, field);
    if (tb_str_to_int(text, &days))
        tb_json_set_int(call->arena, in, key, days);
    else if (text.len > 0)
        tb_json_set_text(call->arena, in, key, text);
}

static void
suspend(struct web__call *call, struct op_result *ret_result)
{
    struct tb_json *in = case_input(call);
    web__take(call, in, "reason", "suspend_reason");
    take_days(call, in, "told_days", "suspend_days");
    web__op_once(call, "cases.suspend", in, ret_result);
}

static void
resume(struct web__call *call, struct op_result *ret_result)
{
    web__op_once(call, "cases.resume", case_input(call), ret_result);
}

static void
extend(struct web__call *call, struct op_result *ret_result)
{
    struct tb_json *in = case_input(call);
    web__take(call, in, "reason", "extend_reason");
    take_days(call, in, "days", "extend_days");
    web__op_once(call, "cases.extend", in, ret_result);
}

/* stays: back on the same page. */
static const struct {
    const char *name;
    void (*act)(struct web__call *call, struct op_result *ret_result);
    bool stays;
} acts[] = {{"complete", complete, false},
            {"suspend", suspend, true},
            {"resume", resume, true},
            {"extend", extend, true}};

void
web__task_done(struct web__call *call)
{
    struct op_result result = {0};
    tb_str wanted = web__field(call, "do");
    size_t i = TB_COUNT(acts) - 1;
    while (i > 0 && !tb_str_is(wanted, acts[i].name))
        i--;
    acts[i].act(call, &result);
    if (result.status != TB_OK)
        show(call, &result);
    else if (acts[i].stays)
        web__go(call, "/tasks/" TB_FMT, TB_ARG(web__param(call, "id")));
    else
        web__go(call, "/tasks?did=" TB_FMT, TB_ARG(web__param(call, "id")));
}
