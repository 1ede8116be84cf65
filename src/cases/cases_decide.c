/* SPDX-License-Identifier: Apache-2.0 */
/* Acceptance, decision, publication, hand-over: what the jobs of a process and the acts of people have in common. */
#include "cases/cases_decide.sql.h"
#include "cases/cases_internal.h"

/* ---- who acted
 * --------------------------------------------------------------------------------------------------- */

static tb_status
note_actor(struct cases__act *act, const char *role, struct tb_err *err)
{
    if (act->who->account == 0)
        return TB_OK;
    return cases__party_add(act, role, act->who->party, act->who->account, "account", NULL, err);
}

static tb_str
agency_name(const struct cases__act *act)
{
    const struct packs_department *department =
        packs_department_find(act->pack, act->is.department);
    return department != NULL ? department->name : act->is.department;
}

/* ---- acceptance
 * -------------------------------------------------------------------------------------------------- */

tb_status
cases__accept(struct cases__act *act, const char *kind, int64_t happened_at, struct tb_err *err)
{
    bool is_instant = tb_str_is(act->item->handling, "instant");
    struct cases__event_new event = {
        .kind = kind, .happened_at = happened_at, .basis = TB_STR("行政许可法#32")};
    if (act->is.state != CASES_SUBMITTED && act->is.state != CASES_CORRECTING)
        return cases__refuse(act, TB_CONFLICT, "", "state",
                             TB_STR("这件事已经不在收件环节，不能再受理"),
                             TB_STR("This case is no longer waiting for acceptance"), err);
    TB_TRY(cases__event_add(act, &event, err));
    TB_TRY(note_actor(act, "accepted_by", err));
    cases__move(act, CASES_OPEN);
    if (tb_str_is(act->is.way, "pledge")) {
        struct tb_json *pledge = cases__object(act->arena);
        tb_json_set_text(act->arena, pledge, "check_due", cases__check_due(act));
        return cases__letter_add(act, "notice_and_pledge", pledge, true, err);
    }
    /* What is done on the spot gets its result in hand and no letter beside it (安阳 36). */
    return is_instant ? TB_OK : cases__letter_add(act, "acceptance", NULL, true, err);
}

/* ---- decision
 * ---------------------------------------------------------------------------------------------------- */

static tb_status
check_late_papers(struct cases__act *act, struct tb_err *err)
{
    struct cases__papers papers;
    if (tb_str_is(act->is.way, "pledge"))
        return TB_OK; /* what a pledge stands for is looked at afterwards */
    TB_TRY(cases__load_papers(act->arena, act->read, act->is.id, &papers, err));
    for (size_t i = 0; i < papers.count; i++) {
        if (!tb_str_is(papers.items[i].state, "late"))
            continue;
        const struct packs_material *row = packs_material_find(act->pack, papers.items[i].material);
        tb_str name = row != NULL ? row->name : papers.items[i].material;
        return cases__refuse(
            act, TB_CONFLICT, "outcome", "late_papers",
            tb_printf(act->arena, "容缺受理的材料还没补齐：" TB_FMT "。补齐后才能准予并发证。",
                      TB_ARG(name)),
            tb_printf(act->arena, "A paper that may come late is still missing: " TB_FMT,
                      TB_ARG(name)),
            err);
    }
    return TB_OK;
}

/* A process with a survey waits for it; nobody decides around it (行政许可法 34). */
static tb_status
check_survey(struct cases__act *act, struct tb_err *err)
{
    struct cases__tasks tasks;
    TB_TRY(cases__load_tasks(act->arena, act->read, act->is.id, &tasks, err));
    for (size_t i = 0; i < tasks.count; i++) {
        const struct packs_task *row =
            packs_task_find(act->pack, act->is.process, tasks.items[i].element);
        bool is_survey = row != NULL && tb_str_is(row->kind, "survey");
        if (is_survey && tb_str_is(tasks.items[i].state, "open"))
            return cases__refuse(act, TB_CONFLICT, "outcome", "no_survey",
                                 TB_STR("现场核查还没有完成，不能作出决定"),
                                 TB_STR("The site check is not done: no decision can be made"),
                                 err);
    }
    return TB_OK;
}

static tb_status
check_decision(struct cases__act *act, tb_str outcome, tb_str reason, struct tb_err *err)
{
    if (act->is.state != CASES_OPEN)
        return cases__refuse(act, TB_CONFLICT, "", "state",
                             TB_STR("只有已受理、未决定的办件才能作出决定"),
                             TB_STR("Only an accepted and undecided case can be decided"), err);
    TB_TRY(cases__separate(act, true, err));
    TB_TRY(check_survey(act, err));
    TB_TRY(cases__check_hearing(act, err));
    if (tb_str_is(outcome, "grant"))
        return check_late_papers(act, err);
    if (reason.len == 0)
        return cases__refuse(act, TB_INVALID, "comment", "required",
                             TB_STR("不予许可必须说明理由（行政许可法第三十八条）"),
                             TB_STR("A refusal must give its reasons (art. 38)"), err);
    return TB_OK;
}

/* Where to turn, by the law in force: from the national rows. */
struct tb_json *
cases__remedies_json(struct cases__act *act)
{
    struct tb_json *list = tb_json_new(act->arena, TB_JSON_LIST);
    tb_str today = cases__day_text(act->arena, act->now);
    for (size_t i = 0; i < act->pack->remedies_count; i++) {
        const struct packs_remedy *row = &act->pack->remedies[i];
        if ((row->from.len > 0 && tb_str_cmp(today, row->from) < 0) ||
            (row->to.len > 0 && tb_str_cmp(today, row->to) > 0))
            continue;
        struct tb_json *one = tb_json_add(list, cases__object(act->arena));
        tb_json_set_text(act->arena, one, "kind", row->kind);
        tb_json_set_text(act->arena, one, "body", row->body);
        tb_json_set_text(act->arena, one, "period",
                         packs_period_words(act->arena, row->period, TB_STR("zh")));
        tb_json_set_text(act->arena, one, "clause", row->clause);
    }
    return list;
}

static tb_status
write_decision(struct cases__act *act, tb_str outcome, tb_str reason, tb_str basis,
               int64_t decided_at, struct tb_err *err)
{
    const struct op_actor *who = act->who;
    struct store_value values[] = {
        STORE_SET_INT("of_case", act->is.id),
        STORE_SET_TEXT("outcome", outcome),
        STORE_SET_INSTANT("decided_at", decided_at),
        STORE_SET_INT("account", who->account),
        who->party != 0 ? STORE_SET_INT("party", who->party) : STORE_SET_NULL("party"),
        STORE_SET_TEXT("basis", basis),
        STORE_SET_TEXT("reason", reason),
    };
    return store_insert(act->tx, "decisions", values, TB_COUNT(values), NULL, err);
}

/* The number of the certificate that this case ends; empty when it ends none. */
static tb_status
former_number(struct cases__act *act, tb_str *ret_number, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    struct store_value key = STORE_TEXT_OF(act->is.previous);
    *ret_number = TB_STR("");
    if (act->is.previous.len == 0 || !tb_str_is(act->item->certificate_effect, "end"))
        return TB_OK;
    TB_TRY(store_select(act->read, sql_number_of_mark, &key, 1, &rows, err));
    if (store_next(rows))
        *ret_number = cases__text(act->arena, rows, 0);
    return store_rows_done(rows, err);
}

tb_status
cases__decide(struct cases__act *act, tb_str outcome, tb_str reason, tb_str basis,
              struct tb_err *err)
{
    bool is_grant = tb_str_is(outcome, "grant");
    tb_str until = TB_STR_NONE;
    struct tb_json *data = cases__object(act->arena), *letter = cases__object(act->arena);
    TB_TRY(check_decision(act, outcome, reason, err));
    if (basis.len == 0)
        basis = TB_STR("行政许可法#38");
    TB_TRY(write_decision(act, outcome, reason, basis, act->now, err));
    if (!is_grant)
        TB_TRY(cases__bar(act, basis, &until, err));
    tb_json_set_text(act->arena, letter, "again", cases__again_words(act, basis, until));
    tb_json_set_text(act->arena, data, "outcome", outcome);
    TB_TRY(cases__event_add(
        act,
        &(struct cases__event_new){.kind = "decided", .basis = basis, .data = data, .note = reason},
        err));
    TB_TRY(note_actor(act, "decided_by", err));
    cases__move(act, CASES_DECIDED);
    tb_json_set_text(act->arena, letter, "reason",
                     reason.len > 0 ? reason : TB_STR("申请材料齐全，符合法定条件、标准"));
    tb_str number;
    TB_TRY(former_number(act, &number, err));
    /* The certificate follows the decision: only a former one has a number yet. */
    tb_json_set_text(act->arena, letter, "certificate_number", number);
    if (number.len == 0)
        tb_json_set_text(act->arena, letter, "certificate", TB_STR(""));
    tb_json_set_text(act->arena, letter, "clause",
                     cases__clause_words(act->arena, act->pack, basis, TB_STR("zh")));
    tb_json_set(letter, "remedies", cases__remedies_json(act));
    bool is_cancelled = tb_str_is(act->item->certificate_effect, "end");
    return cases__letter_add(act,
                             !is_grant      ? "refusal"
                             : is_cancelled ? "cancellation"
                                            : "grant",
                             letter, !is_grant, err);
}

/* ---- renewed by silence
 * ------------------------------------------------------------------------------------------ */

tb_status
cases__renew_by_silence(struct cases__act *act, int64_t happened_at, struct tb_err *err)
{
    TB_TRY(write_decision(act, TB_STR("renewed"), TB_STR_NONE, TB_STR("行政许可法#50"), happened_at,
                          err));
    TB_TRY(cases__event_add(act,
                            &(struct cases__event_new){.kind = "tacitly_renewed",
                                                       .happened_at = happened_at,
                                                       .basis = TB_STR("行政许可法#50")},
                            err));
    TB_TRY(cases__process_cancel(act, err));
    cases__move(act, CASES_DECIDED);
    TB_TRY(cases__certificate_issue(act, err));
    TB_TRY(cases__grant_publish(act, err));
    TB_TRY(cases__letter_add(act, "deemed_renewal", NULL, false, err));
    cases__move(act, CASES_CLOSED);
    return cases__event_add(act, &(struct cases__event_new){.kind = "closed"}, err);
}

/* ---- published grants and the supervising body
 * ------------------------------------------------------------------- */

tb_status
cases__grant_publish(struct cases__act *act, struct tb_err *err)
{
    struct cases__parties parties;
    struct store_rows *rows = NULL;
    tb_str mark = TB_STR_NONE, holder = act->is.applicant_name;
    int64_t there = 0;
    TB_TRY(cases__one(act->read, sql_grant_of_case, &STORE_INT_OF(act->is.id), 1, &there, err));
    if (there != 0)
        return TB_OK;
    TB_TRY(store_select(act->read, sql_mark_of_case, &STORE_INT_OF(act->is.id), 1, &rows, err));
    if (store_next(rows))
        mark = cases__text(act->arena, rows, 0);
    TB_TRY(store_rows_done(rows, err));
    TB_TRY(cases__load_parties(act->arena, act->read, act->is.id, &parties, err));
    for (size_t i = 0; i < parties.count; i++) {
        if (tb_str_is(parties.items[i].role, "applicant"))
            holder = cases__mask_name(act->arena, parties.items[i].name,
                                      tb_str_is(parties.items[i].kind, "firm"));
    }
    TB_TRY(store_insert(
        act->tx, "published_grants",
        STORE_VALUES(STORE_SET_INT("of_case", act->is.id), STORE_SET_TEXT("mark", mark),
                     STORE_SET_TEXT("holder", holder),
                     STORE_SET_TEXT("holder_fold", tb_text_fold(act->arena, holder)),
                     STORE_SET_TEXT("item", act->item->name),
                     STORE_SET_TEXT("division", act->is.division),
                     STORE_SET_TEXT("agency", agency_name(act)),
                     STORE_SET_DAY("decided_on", cases__day_text(act->arena, act->now))),
        NULL, err));
    return cases__event_add(
        act, &(struct cases__event_new){.kind = "published", .basis = TB_STR("行政许可法#40")},
        err);
}

/* What was annulled is taken off the public list (行政许可法 40, 69). */
tb_status
cases__grant_remove(struct cases__act *act, struct tb_err *err)
{
    int64_t id = 0;
    TB_TRY(cases__one(act->read, sql_grant_of_case, &STORE_INT_OF(act->is.id), 1, &id, err));
    if (id == 0)
        return TB_OK;
    return store_update(act->tx, "published_grants", id, -1,
                        STORE_VALUES(STORE_SET_INSTANT("removed_at", act->now)), err);
}

/* The day by which a pledge is checked: `pledge_check` of the pack's options, else 60 working days. */
static tb_str
check_due(struct cases__act *act)
{
    tb_str text = tb_json_get_text(act->pack->options, "pledge_check");
    struct clock_period period = {.n = 60, .unit = CLOCK_WD};
    struct clock_due due;
    if (text.len > 0 && clock_period_parse(text, &period, NULL) != TB_OK)
        period = (struct clock_period){.n = 60, .unit = CLOCK_WD};
    if (clock_due(act->cases->options.calendar, NULL, clock_when_of(act->now), period, &due,
                  NULL) != TB_OK)
        return TB_STR_NONE;
    return tb_date_format(act->arena, due.day);
}

tb_str
cases__check_due(struct cases__act *act)
{
    return tb_str_is(act->is.way, "pledge") ? check_due(act) : TB_STR_NONE;
}

tb_status
cases__push(struct cases__act *act, const char *what, struct tb_err *err)
{
    tb_str to = act->item->supervisor.len > 0 ? act->item->supervisor : act->is.department;
    struct tb_json *data = cases__object(act->arena);
    tb_json_set_text(act->arena, data, "to", to);
    TB_TRY(store_insert(
        act->tx, "supervision_pushes",
        STORE_VALUES(
            STORE_SET_INT("of_case", act->is.id), STORE_SET_TEXT("to_body", to),
            STORE_SET_TEXT("division", act->is.division), STORE_SET_TEXT("what", tb_str_of(what)),
            STORE_SET_DAY("check_due", cases__check_due(act)),
            STORE_SET_INSTANT("pushed_at", act->now), STORE_SET_TEXT("state", TB_STR("open"))),
        NULL, err));
    return cases__event_add(
        act,
        &(struct cases__event_new){
            .kind = "pushed", .basis = TB_STR("国务院关于在线政务服务的若干规定#12"), .data = data},
        err);
}
