/* SPDX-License-Identifier: Apache-2.0 */
/* Between filing and decision: what the applicant adds or takes back, and what lawfully moves the clock. */
#include "cases/cases_correction.h"
#include "cases/cases_owner.sql.h"

static tb_status
refuse(struct cases__act *act, const char *place, const char *code, const char *zh, const char *en,
       struct tb_err *err)
{
    return cases__refuse(act, TB_CONFLICT, place, code, tb_str_of(zh), tb_str_of(en), err);
}

/* ---- supplement
 * -------------------------------------------------------------------------------------------------- */

/* Papers handed in after filing, with their files looked up outside the batch. */
struct supplement {
    tb_str *materials;
    struct tb_json **files;
    size_t count;
    struct cases__correction *correction; /* of the form; NULL: none */
};

static bool
has_fields(const struct tb_json *in)
{
    const struct tb_json *fields = tb_json_get(in, "fields");
    return fields != NULL && fields->first != NULL;
}

static tb_status
look_up(struct op_ctx *ctx, const struct tb_json *in, struct supplement *supplement,
        struct tb_err *err)
{
    const struct tb_json *list = tb_json_get(in, "materials");
    size_t index = 0;
    supplement->materials =
        TB_NEW_ARRAY(op_arena(ctx), (list != NULL ? list->count : 0) + 1, tb_str);
    supplement->files =
        TB_NEW_ARRAY(op_arena(ctx), (list != NULL ? list->count : 0) + 1, struct tb_json *);
    TB_JSON_EACH(given, list)
    {
        tb_str place = tb_printf(op_arena(ctx), "materials.%zu", index++);
        struct tb_json *file = NULL;
        TB_TRY(cases__file_find(ctx, given, place, &file, err));
        if (file == NULL)
            continue;
        supplement->materials[supplement->count] = tb_json_get_text(given, "id");
        supplement->files[supplement->count++] = file;
    }
    if (op_faults(ctx)->count > 0)
        return tb_fail(err, TB_INVALID, "some files have not been received");
    if (supplement->count == 0 && !has_fields(in))
        return cases__refuse_op(ctx, TB_INVALID, "materials", "required",
                                TB_STR("请交上要补的材料，或者改好申请表里指出的地方"),
                                TB_STR("Hand in what is missing, or correct what is named in the "
                                       "form"),
                                err);
    return TB_OK;
}

static bool
is_asked_for(const struct tb_json *lines, tb_str material)
{
    TB_JSON_EACH(line, lines)
    {
        if (tb_str_eq(tb_json_get_text(line, "material"), material))
            return true;
    }
    return false;
}

static int64_t
notices(const struct cases__events *events)
{
    int64_t count = 0;
    for (size_t i = 0; i < events->count; i++)
        count += tb_str_is(events->items[i].kind, "deficiency_told");
    return count;
}

/* A row for each material; earlier rows stay as they were, so that one sees what came when. */
static tb_status
insert_papers(struct cases__act *act, const struct supplement *supplement, int64_t round,
              struct tb_err *err)
{
    for (size_t i = 0; i < supplement->count; i++) {
        struct tb_json *files = tb_json_new(act->arena, TB_JSON_LIST);
        bool is_first = true;
        for (size_t k = 0; k < i; k++)
            is_first = is_first && !tb_str_eq(supplement->materials[k], supplement->materials[i]);
        if (!is_first)
            continue;
        for (size_t k = i; k < supplement->count; k++) {
            if (tb_str_eq(supplement->materials[k], supplement->materials[i]))
                tb_json_add(files, tb_json_copy(act->arena, supplement->files[k]));
        }
        TB_TRY(
            store_insert(act->tx, "case_materials",
                         STORE_VALUES(STORE_SET_INT("of_case", act->is.id),
                                      STORE_SET_TEXT("material", supplement->materials[i]),
                                      STORE_SET_TEXT("state", TB_STR("given")),
                                      STORE_SET_JSON("files", cases__json_text(act->arena, files)),
                                      STORE_SET_INT("round", round)),
                         NULL, err));
    }
    return TB_OK;
}

static bool
is_given(const struct cases__papers *papers, int64_t round, tb_str material)
{
    for (size_t i = 0; i < papers->count; i++) {
        if (papers->items[i].round >= round && tb_str_is(papers->items[i].state, "given") &&
            tb_str_eq(papers->items[i].material, material))
            return true;
    }
    return false;
}

/* The answer to the notice, papers and form: with the last of what it named the case is back in the queue (a new five
 * days). */
static tb_status
answer_notice(struct cases__act *act, const struct supplement *supplement, struct tb_err *err)
{
    struct cases__events events;
    struct cases__papers papers;
    TB_TRY(cases__load_events(act->arena, act->read, act->is.id, &events, err));
    const struct tb_json *lines = cases__notice_lines(act->arena, &events);
    int64_t round = notices(&events);
    for (size_t i = 0; i < supplement->count; i++) {
        if (!is_asked_for(lines, supplement->materials[i]))
            return cases__refuse(act, TB_INVALID, "materials", "not_asked_for",
                                 TB_STR("补正告知书里没有要这份材料，不用交"),
                                 TB_STR("The notice did not ask for this paper"), err);
    }
    TB_TRY(insert_papers(act, supplement, round, err));
    if (supplement->correction != NULL)
        TB_TRY(cases__correction_write(act, supplement->correction, err));
    TB_TRY(cases__load_events(act->arena, act->read, act->is.id, &events, err));
    TB_TRY(cases__load_papers(act->arena, act->read, act->is.id, &papers, err));
    TB_JSON_EACH(line, lines)
    {
        if (!cases__line_is_corrected(act->arena, &events, line) &&
            !is_given(&papers, round, tb_json_get_text(line, "material"))) {
            act->is_started = true;
            return TB_OK; /* the rest may still come */
        }
    }
    TB_TRY(cases__event_add(act, &(struct cases__event_new){.kind = "supplemented"}, err));
    cases__move(act, CASES_SUBMITTED);
    return cases__stages_anew(act, err);
}

/* Papers accepted as late (容缺): their rows become given. */
static tb_status
bring_late(struct cases__act *act, const struct supplement *supplement, struct tb_err *err)
{
    struct cases__papers papers;
    TB_TRY(cases__load_papers(act->arena, act->read, act->is.id, &papers, err));
    for (size_t i = 0; i < supplement->count; i++) {
        bool is_late = false;
        for (size_t k = 0; k < papers.count; k++) {
            if (!tb_str_is(papers.items[k].state, "late") ||
                !tb_str_eq(papers.items[k].material, supplement->materials[i]))
                continue;
            is_late = true;
            TB_TRY(store_update(act->tx, "case_materials", papers.items[k].id, -1,
                                STORE_VALUES(STORE_SET_TEXT("state", TB_STR("came_later"))), err));
        }
        if (!is_late)
            return refuse(act, "materials", "not_late", "这份材料不用再交了",
                          "This paper is not wanted any more", err);
    }
    TB_TRY(insert_papers(act, supplement, 1, err));
    return cases__event_add(act, &(struct cases__event_new){.kind = "late_received"}, err);
}

static tb_status
write_supplement(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct cases__call *call = arg;
    const struct supplement *supplement = call->more;
    TB_TRY(cases__call_begin(call, tx, err));
    if (call->act.is.state == CASES_CORRECTING)
        TB_TRY(answer_notice(&call->act, supplement, err));
    else if (call->act.is.state == CASES_SUBMITTED || call->act.is.state == CASES_OPEN ||
             call->act.is.state == CASES_DECIDED)
        TB_TRY(bring_late(&call->act, supplement, err));
    else
        return refuse(&call->act, "", "state", "这件事已经结束，不能再补交材料", "The case is over",
                      err);
    return cases__call_finish(call, err);
}

static tb_status
run_supplement(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
               struct tb_err *err)
{
    struct supplement *supplement = TB_NEW(op_arena(ctx), struct supplement);
    struct cases__case of_case;
    (void)self;
    /* First of all: who may not see the case learns nothing about it. */
    TB_TRY(cases__find(ctx, tb_json_get_text(in, "no"), TB_STR_NONE, 0, &of_case, NULL, err));
    TB_TRY(look_up(ctx, in, supplement, err));
    if (has_fields(in))
        TB_TRY(cases__correction_check(ctx, in, &supplement->correction, err));
    return cases__act_on(ctx, in, 0, write_supplement, supplement, ret_out, err);
}

/* ---- withdrawal
 * -------------------------------------------------------------------------------------------------- */

static tb_status
write_withdraw(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct cases__call *call = arg;
    struct cases__act *act = &call->act;
    cases_sight sight;
    tb_str reason = tb_json_get_text(call->in, "reason");
    TB_TRY(cases__call_begin(call, tx, err));
    TB_TRY(cases__sight(act->read, act->who, &act->is, TB_STR_NONE, &sight, err));
    if (sight != CASES_SEES_OWN && !op_may(act->who, OP_CLERK, act->is.division, TB_STR("")))
        return cases__refuse(act, TB_DENIED, "", "not_yours", TB_STR("只有申请人可以撤回申请"),
                             TB_STR("Only the applicant withdraws an application"), err);
    if (!cases__state_may(act->is.state, CASES_WITHDRAWN))
        return refuse(act, "", "state", "已经作出决定或者已经结束，不能再撤回申请",
                      "It is decided or over and cannot be withdrawn", err);
    TB_TRY(cases__event_add(act, &(struct cases__event_new){.kind = "withdrawn", .note = reason},
                            err));
    TB_TRY(cases__process_cancel(act, err));
    cases__move(act, CASES_WITHDRAWN);
    struct tb_json *letter = cases__object(act->arena);
    tb_json_set_text(act->arena, letter, "reason", reason);
    TB_TRY(cases__letter_add(act, "withdrawal", letter, false, err));
    return cases__call_finish(call, err);
}

static tb_status
run_withdraw(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
             struct tb_err *err)
{
    (void)self;
    return cases__act_on(ctx, in, 0, write_withdraw, NULL, ret_out, err);
}

/* ---- what moves the clock
 * ---------------------------------------------------------------------------------------- */

static tb_status
reckon(struct cases__act *act, struct clock_rules *ret_rules, struct clock_reckoning *ret_found,
       struct tb_err *err)
{
    struct cases__events events;
    struct cases__tasks none = {0};
    TB_TRY(cases__rules(act->arena, act->pack, act->item, cases__json(act->arena, act->is.extra),
                        ret_rules, err));
    TB_TRY(cases__load_events(act->arena, act->read, act->is.id, &events, err));
    return cases__reckon(act->arena, act->cases, ret_rules, &events, &none, act->now, ret_found,
                         err);
}

static tb_status
begin_open(struct cases__call *call, struct store_tx *tx, struct clock_rules *ret_rules,
           struct clock_reckoning *ret_found, struct tb_err *err)
{
    TB_TRY(cases__call_begin(call, tx, err));
    if (call->act.is.state != CASES_OPEN)
        return refuse(&call->act, "", "state", "只有已受理、未决定的办件才有期限可以暂停或延长",
                      "Only an accepted and undecided case has a running clock", err);
    return reckon(&call->act, ret_rules, ret_found, err);
}

static tb_status
write_suspend(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct cases__call *call = arg;
    struct cases__act *act = &call->act;
    struct clock_rules rules;
    struct clock_reckoning found;
    int64_t told = tb_json_get_int(call->in, "told_days", 0);
    TB_TRY(begin_open(call, tx, &rules, &found, err));
    if (found.is_suspended)
        return refuse(act, "reason", "already", "现在已经处于暂停计时中",
                      "The clock is already paused", err);
    struct tb_json *data = cases__object(act->arena), *letter = cases__object(act->arena);
    tb_str reason = tb_json_get_text(call->in, "reason"), name = reason;
    for (size_t i = 0; i < rules.reason_count; i++) {
        if (tb_str_eq(rules.reasons[i].key, reason))
            name = rules.reasons[i].name_zh;
    }
    tb_json_set_text(act->arena, data, "reason", reason);
    tb_json_set_int(act->arena, data, "told_days", told);
    tb_json_set_text(act->arena, letter, "reason", name);
    tb_json_set_text(act->arena, letter, "told",
                     tb_printf(act->arena, "%lld个工作日", (long long)told));
    tb_json_set_text(
        act->arena, letter, "clause",
        cases__clause_words(act->arena, act->pack, TB_STR("行政许可法#45"), TB_STR("zh")));
    TB_TRY(cases__event_add(act,
                            &(struct cases__event_new){.kind = "suspended",
                                                       .basis = TB_STR("行政许可法#45"),
                                                       .data = data},
                            err));
    TB_TRY(cases__letter_add(act, "suspension", letter, true, err));
    return cases__call_finish(call, err);
}

static tb_status
write_resume(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct cases__call *call = arg;
    struct clock_rules rules;
    struct clock_reckoning found;
    TB_TRY(begin_open(call, tx, &rules, &found, err));
    if (!found.is_suspended || found.suspended_count == 0)
        return refuse(&call->act, "", "not_paused", "现在没有暂停计时", "The clock is not paused",
                      err);
    struct tb_json *data = cases__object(call->act.arena);
    tb_json_set_text(call->act.arena, data, "reason",
                     found.suspended[found.suspended_count - 1].reason);
    TB_TRY(cases__event_add(&call->act, &(struct cases__event_new){.kind = "resumed", .data = data},
                            err));
    TB_TRY(cases__stages_after_pause(&call->act, err));
    return cases__call_finish(call, err);
}

/* The most that the law allows under the reading that is the red line; 0: no extension there. */
static int64_t
extension_max(const struct clock_rules *rules)
{
    int64_t days = 0;
    for (size_t i = 0; i < rules->reading_count; i++) {
        if (rules->readings[i].extension.period.unit != CLOCK_NO_UNIT &&
            rules->readings[i].extension.period.n > days)
            days = rules->readings[i].extension.period.n;
    }
    return days;
}

static tb_status
write_extend(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct cases__call *call = arg;
    struct cases__act *act = &call->act;
    struct clock_rules rules;
    struct clock_reckoning found;
    int64_t days = tb_json_get_int(call->in, "days", 0);
    tb_str old_due, reason = tb_json_get_text(call->in, "reason");
    TB_TRY(begin_open(call, tx, &rules, &found, err));
    TB_TRY(cases__separate(act, false, err));
    if (found.is_extended)
        return refuse(act, "days", "once", "期限只能延长一次（行政许可法第四十二条）",
                      "A period is extended once only (art. 42)", err);
    if (found.has_due && found.due.is_late)
        return refuse(act, "days", "too_late", "期限已经届满，不能再延长",
                      "The period is over and cannot be extended", err);
    if (days > extension_max(&rules))
        return cases__refuse(
            act, TB_INVALID, "days", "max",
            tb_printf(act->arena, "最多可以延长%lld个工作日", (long long)extension_max(&rules)),
            tb_printf(act->arena, "At most %lld working days", (long long)extension_max(&rules)),
            err);
    old_due = act->is.due;
    struct tb_json *data = cases__object(act->arena), *letter = cases__object(act->arena);
    tb_json_set_text(act->arena, data, "by", TB_STR("agency_head"));
    tb_json_set_int(act->arena, data, "days", days);
    TB_TRY(cases__event_add(
        act,
        &(struct cases__event_new){
            .kind = "extended", .basis = TB_STR("行政许可法#42"), .data = data, .note = reason},
        err));
    TB_TRY(reckon(act, &rules, &found, err));
    tb_json_set_text(act->arena, letter, "days", tb_printf(act->arena, "%lld", (long long)days));
    tb_json_set_text(act->arena, letter, "reason", reason);
    tb_json_set_text(act->arena, letter, "old_due", old_due);
    tb_json_set_text(act->arena, letter, "new_due", tb_date_format(act->arena, found.due.due.day));
    tb_json_set_text(
        act->arena, letter, "clause",
        cases__clause_words(act->arena, act->pack, TB_STR("行政许可法#42"), TB_STR("zh")));
    TB_TRY(cases__letter_add(act, "extension", letter, true, err));
    return cases__call_finish(call, err);
}

static tb_status
run_suspend(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
            struct tb_err *err)
{
    (void)self;
    return cases__act_on(ctx, in, OP_APPROVER | OP_HEAD, write_suspend, NULL, ret_out, err);
}

static tb_status
run_resume(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
           struct tb_err *err)
{
    (void)self;
    return cases__act_on(ctx, in, OP_APPROVER | OP_HEAD, write_resume, NULL, ret_out, err);
}

static tb_status
run_extend(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
           struct tb_err *err)
{
    (void)self;
    return cases__act_on(ctx, in, OP_HEAD, write_extend, NULL, ret_out, err);
}

/* ---- contact notes
 * ----------------------------------------------------------------------------------------------- */

static tb_status
write_contact(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct cases__call *call = arg;
    TB_TRY(cases__call_begin(call, tx, err));
    TB_TRY(store_insert(tx, "contact_notes",
                        STORE_VALUES(STORE_SET_INT("of_case", call->case_id),
                                     STORE_SET_TEXT("kind", tb_json_get_text(call->in, "kind")),
                                     STORE_SET_INT("account", call->act.who->account),
                                     STORE_SET_TEXT("note", tb_json_get_text(call->in, "note")),
                                     STORE_SET_BOOL("is_answered", tb_json_is_true(tb_json_get(
                                                                       call->in, "is_answered"))),
                                     STORE_SET_INSTANT("at", call->act.now)),
                        NULL, err));
    return cases__call_finish(call, err);
}

static tb_status
run_contact(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
            struct tb_err *err)
{
    (void)self;
    return cases__act_on(ctx, in, OP_STAFF, write_contact, NULL, ret_out, err);
}

static tb_status
run_contacts(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
             struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    struct cases__case of_case;
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    (void)self;
    TB_TRY(
        cases__find(ctx, tb_json_get_text(in, "no"), TB_STR_NONE, OP_STAFF, &of_case, NULL, err));
    TB_TRY(op_read(ctx, &read, err));
    *ret_out = cases__object(arena);
    struct tb_json *list = tb_json_set_list(arena, *ret_out, "contacts");
    TB_TRY(store_select(read, sql_contacts, &STORE_INT_OF(of_case.id), 1, &rows, err));
    while (store_next(rows)) {
        struct tb_json *row = tb_json_add(list, cases__object(arena));
        tb_json_set_text(arena, row, "kind", cases__text(arena, rows, 0));
        tb_json_set_text(arena, row, "note", cases__text(arena, rows, 1));
        tb_json_set_bool(arena, row, "is_answered", store_int(rows, 2) != 0);
        tb_json_set_text(arena, row, "at", tb_instant_format(arena, store_int(rows, 3)));
        tb_json_set_bool(arena, row, "is_mine", store_int(rows, 4) == op_who(ctx)->account);
    }
    return store_rows_done(rows, err);
}

/* clang-format off */
static const char *const reasons[] = {"hearing", "tender", "auction", "inspection", "testing", "quarantine",
"appraisal",
                                      "expert_review", NULL};
static const char *const contact_kinds[] = {"call", "text", "visit", "enquiry", NULL};
#define NO_FIELD {"no", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 32, NULL, "办件编号", "Case number", "20 digits"}
static const struct op_field supplement_fields[] = {
    NO_FIELD,
    {"materials", OP_LIST, 0, 0, 200, NULL, "补交的材料", "Papers", "list of {id, hash, name}"},
    {"fields", OP_OBJECT, OP_PRIVATE, 0, 0, NULL, "改好的申请表内容", "Corrected fields",
     "by key: those that the notice names, and what they bring with them"},
    {0},
};
static const struct op_field withdraw_fields[] = {
    NO_FIELD,
    {"reason", OP_TEXT, 0, 0, 1000, NULL, "撤回原因", "Reason", "may be left out"},
    {0},
};
static const struct op_field suspend_fields[] = {
    NO_FIELD,
    {"reason", OP_TEXT, OP_REQUIRED, 1, 40, reasons, "特殊程序", "Special procedure",
     "行政许可法 45: these eight, nothing else"},
    {"told_days", OP_INT, OP_REQUIRED, 1, 365, NULL, "所需工作日", "Working days needed",
     "told to the applicant in writing"},
    {0},
};
static const struct op_field no_fields[] = {NO_FIELD, {0}};
static const struct op_field extend_fields[] = {
    NO_FIELD,
    {"days", OP_INT, OP_REQUIRED, 1, 15, NULL, "延长的工作日", "Working days", "行政许可法 42: at most 10"},
    {"reason", OP_TEXT, OP_REQUIRED, 1, 2000, NULL, "延长理由", "Reason", "told to the applicant"},
    {0},
};
static const struct op_field contact_fields[] = {
    NO_FIELD,
    {"kind", OP_TEXT, OP_REQUIRED, 1, 20, contact_kinds, "联系方式", "Kind", ""},
    {"note", OP_TEXT, OP_REQUIRED | OP_PRIVATE, 1, 2000, NULL, "说了什么", "What was said", ""},
    {"is_answered", OP_BOOL, 0, 0, 0, NULL, "已答复", "Answered", "an enquiry stays with its owner until then"},
    {0},
};
const struct op_row cases__owner_rows[] = {
    {"cases.supplement", "POST", "/cases/{no}/supplement", OP_APPLICANT | OP_CLERK | OP_HELPER, OP_WRITES,
     supplement_fields,
     run_supplement, "补正：补交材料，改好申请表", "Add papers, correct the form"},
    {"cases.withdraw", "POST", "/cases/{no}/withdraw", OP_APPLICANT | OP_CLERK | OP_HELPER, OP_WRITES,
     withdraw_fields,
     run_withdraw, "撤回申请", "Withdraw the application"},
    {"cases.suspend", "POST", "/cases/{no}/suspend", OP_APPROVER | OP_HEAD, OP_WRITES, suspend_fields, run_suspend,
     "特殊程序，暂停计时", "Pause the clock for a listed reason"},
    {"cases.resume", "POST", "/cases/{no}/resume", OP_APPROVER | OP_HEAD, OP_WRITES, no_fields, run_resume,
     "恢复计时", "Let the clock run again"},
    {"cases.extend", "POST", "/cases/{no}/extend", OP_HEAD, OP_WRITES, extend_fields, run_extend,
     "批准延长期限", "Extend the period, once"},
    {"cases.contact", "POST", "/cases/{no}/contacts", OP_STAFF, OP_WRITES, contact_fields, run_contact,
     "记下一次联系", "Write down a contact"},
    {"cases.contacts", "GET", "/cases/{no}/contacts", OP_STAFF, OP_PRIVATE_ANSWER, no_fields, run_contacts,
     "联系记录", "Contact notes"},
};
/* clang-format on */
const size_t cases__owner_rows_count = TB_COUNT(cases__owner_rows);
