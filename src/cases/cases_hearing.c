/* SPDX-License-Identifier: Apache-2.0 */
/* The hearing (行政许可法 46-48, F4): told of the right, asked for within five working days, held within twenty, its day
 * told at least seven working days before; a record is made, and whoever examined the application does not preside.
 * Nothing is decided while the right may still be used. The clock says which day is too late; the time that a hearing
 * takes stops the clock only when a pause for it is told in writing (art. 45).
 *
 *   none --told--> told --asked--> asked --set--> set --held--> held
 *                   |                              +--set (another day)
 *                   +--waived--> waived */
#include "cases/cases_internal.h"

typedef enum {
    HEARING_NONE,
    HEARING_TOLD,
    HEARING_WAIVED,
    HEARING_ASKED,
    HEARING_SET,
    HEARING_HELD,
    HEARING_COUNT
} hearing_state;

/* clang-format off */
static const struct step {
    const char *word, *event, *clause, *deadline, *letter;
    hearing_state from, also_from, to;
    unsigned roles;
} step_rows[] = {
    {"told",   "hearing_told",   "行政许可法#47", NULL,             "hearing_right",
     HEARING_NONE,  HEARING_NONE,  HEARING_TOLD,   OP_APPROVER | OP_HEAD},
    {"waived", "hearing_waived", "行政许可法#47", NULL,             NULL,
     HEARING_TOLD,  HEARING_TOLD,  HEARING_WAIVED, OP_APPLICANT | OP_CLERK},
    {"asked",  "hearing_asked",  "行政许可法#47", "hearing_ask",    NULL,
     HEARING_TOLD,  HEARING_TOLD,  HEARING_ASKED,  OP_APPLICANT | OP_CLERK},
    {"set",    "hearing_set",    "行政许可法#48", "hearing_notice", "hearing_day",
     HEARING_ASKED, HEARING_SET,   HEARING_SET,    OP_APPROVER | OP_HEAD},
    {"held",   "hearing_held",   "行政许可法#48", "hearing_hold",   NULL,
     HEARING_SET,   HEARING_SET,   HEARING_HELD,   OP_APPROVER | OP_HEAD},
};
/* clang-format on */

static const struct step *
find_step(tb_str word)
{
    for (size_t i = 0; i < TB_COUNT(step_rows); i++) {
        if (tb_str_is(word, step_rows[i].word))
            return &step_rows[i];
    }
    return NULL;
}

/* Where the hearing stands, and the day last set for it. */
static hearing_state
state_of(struct tb_arena *arena, const struct cases__events *events, tb_str *ret_on)
{
    hearing_state state = HEARING_NONE;
    *ret_on = TB_STR_NONE;
    for (size_t i = 0; i < events->count; i++) {
        for (size_t k = 0; k < TB_COUNT(step_rows); k++) {
            if (!tb_str_is(events->items[i].kind, step_rows[k].event))
                continue;
            state = step_rows[k].to;
            if (state == HEARING_SET)
                *ret_on = tb_json_get_text(cases__json(arena, events->items[i].data), "on");
        }
    }
    return state;
}

static const struct clock_deadline *
deadline(const struct clock_reckoning *found, const char *key)
{
    for (size_t i = 0; key != NULL && i < found->deadline_count; i++) {
        if (tb_str_is(tb_str_of(key), found->deadlines[i].key))
            return &found->deadlines[i];
    }
    return NULL;
}

static tb_status
reckon(struct cases__act *act, struct cases__events *events, struct clock_reckoning *ret_found,
       struct tb_err *err)
{
    struct clock_rules rules;
    struct cases__tasks none = {0};
    TB_TRY(cases__rules(act->arena, act->pack, act->item, cases__json(act->arena, act->is.extra),
                        &rules, err));
    TB_TRY(cases__load_events(act->arena, act->read, act->is.id, events, err));
    return cases__reckon(act->arena, act->cases, &rules, events, &none, act->now, ret_found, err);
}

/* ---- checks
 * ------------------------------------------------------------------------------------------------------ */

static tb_status
refuse(struct cases__act *act, const char *place, const char *code, const char *zh, const char *en,
       struct tb_err *err)
{
    return cases__refuse(act, TB_CONFLICT, place, code, tb_str_of(zh), tb_str_of(en), err);
}

/* Who examined the application does not preside over its hearing (48(3)). */
static tb_status
check_chair(struct cases__act *act, struct tb_err *err)
{
    struct cases__tasks tasks;
    TB_TRY(cases__load_tasks(act->arena, act->read, act->is.id, &tasks, err));
    for (size_t i = 0; i < tasks.count; i++) {
        if (tb_str_is(tasks.items[i].element, "review") &&
            tasks.items[i].done_by == act->who->account)
            return refuse(act, "", "same_person", "审查过本件的人不能主持听证",
                          "Who examined the application does not preside over its hearing", err);
    }
    return cases__separate(act, false, err);
}

static tb_status
check_step(struct cases__act *act, const struct step *step, const struct tb_json *in,
           struct tb_err *err)
{
    struct cases__events events;
    tb_str on, given = tb_json_get_text(in, "on"), note = tb_json_get_text(in, "note");
    tb_date day;
    if (act->is.state != CASES_OPEN)
        return refuse(act, "", "state", "只有已受理、未决定的办件才有听证",
                      "Only an accepted and undecided case has a hearing", err);
    TB_TRY(cases__load_events(act->arena, act->read, act->is.id, &events, err));
    hearing_state state = state_of(act->arena, &events, &on);
    if (state != step->from && state != step->also_from)
        return refuse(act, "step", "state", "听证现在不在这一步", "The hearing is not at this step",
                      err);
    if (step->to == HEARING_SET && !tb_date_parse(given, &day))
        return cases__refuse(act, TB_INVALID, "on", "required", TB_STR("请写明哪一天举行听证"),
                             TB_STR("Say on which day the hearing is held"), err);
    if (step->to == HEARING_SET && tb_json_get_text(in, "place").len == 0)
        return cases__refuse(act, TB_INVALID, "place", "required", TB_STR("请写明听证的地点"),
                             TB_STR("Say where the hearing is held"), err);
    if (step->to == HEARING_HELD && note.len == 0)
        return cases__refuse(act, TB_INVALID, "note", "required",
                             TB_STR("听证要制作笔录，请写明要点（第四十八条）"),
                             TB_STR("A hearing is put on record (art. 48)"), err);
    if (step->to == HEARING_HELD && tb_str_cmp(cases__day_text(act->arena, act->now), on) < 0)
        return refuse(act, "step", "too_early", "还没有到听证的日子",
                      "The day of the hearing has not come", err);
    return step->to == HEARING_HELD ? check_chair(act, err) : TB_OK;
}

/* What the clock says of the step just written down. */
static tb_status
check_in_time(struct cases__act *act, const struct step *step, const struct tb_json *in,
              struct clock_reckoning *found, struct tb_err *err)
{
    struct cases__events events;
    tb_date day;
    TB_TRY(reckon(act, &events, found, err));
    const struct clock_deadline *own = deadline(found, step->deadline),
                                *hold = deadline(found, "hearing_hold");
    if (step->to == HEARING_ASKED && own != NULL && own->is_late)
        return refuse(act, "step", "too_late", "已过申请听证的期限（被告知之日起五个工作日）",
                      "A hearing is asked for within five working days of being told", err);
    if (step->to != HEARING_SET)
        return TB_OK;
    if (own != NULL && own->is_late)
        return cases__refuse(
            act, TB_INVALID, "on", "too_soon",
            TB_STR("要在听证的七个工作日以前通知（第四十八条），请选更晚的日子"),
            TB_STR("The day is told seven working days before: choose a later one"), err);
    if (hold != NULL && tb_date_parse(tb_json_get_text(in, "on"), &day) &&
        tb_date_cmp(day, hold->due.day) > 0)
        return cases__refuse(
            act, TB_INVALID, "on", "too_late",
            tb_printf(act->arena, "最迟在" TB_FMT "举行（收到申请之日起二十个工作日，第四十七条）",
                      TB_ARG(tb_date_format(act->arena, hold->due.day))),
            tb_printf(act->arena, "It is held by " TB_FMT " at the latest (art. 47)",
                      TB_ARG(tb_date_format(act->arena, hold->due.day))),
            err);
    return TB_OK;
}

/* ---- one step
 * ----------------------------------------------------------------------------------------------------- */

static tb_status
add_letter(struct cases__act *act, const struct step *step, const struct tb_json *in,
           const struct clock_reckoning *found, struct tb_err *err)
{
    const struct clock_deadline *ask = deadline(found, "hearing_ask");
    struct tb_json *letter = cases__object(act->arena);
    if (step->letter == NULL)
        return TB_OK;
    tb_json_set_text(act->arena, letter, "reason", tb_json_get_text(in, "note"));
    tb_json_set_text(act->arena, letter, "hearing_until",
                     ask != NULL ? tb_date_format(act->arena, ask->due.day) : TB_STR(""));
    tb_json_set_text(act->arena, letter, "hearing_on", tb_json_get_text(in, "on"));
    tb_json_set_text(act->arena, letter, "hearing_place", tb_json_get_text(in, "place"));
    return cases__letter_add(act, step->letter, letter, true, err);
}

static tb_status
write_hearing(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct cases__call *call = arg;
    struct cases__act *act = &call->act;
    const struct step *step = find_step(tb_json_get_text(call->in, "step"));
    struct clock_reckoning found;
    cases_sight sight;
    TB_TRY(cases__call_begin(call, tx, err));
    TB_TRY(cases__sight(act->read, act->who, &act->is, TB_STR_NONE, &sight, err));
    bool is_own = sight == CASES_SEES_OWN && (step->roles & OP_APPLICANT) != 0;
    if (!is_own &&
        !op_may(act->who, step->roles & ~(unsigned)OP_APPLICANT, act->is.division, TB_STR("")))
        return cases__refuse(act, TB_DENIED, "step", "role", TB_STR("这一步不归您办理"),
                             TB_STR("This step is not yours"), err);
    TB_TRY(check_step(act, step, call->in, err));
    struct tb_json *data = cases__object(act->arena);
    tb_json_set_text(act->arena, data, "on", tb_json_get_text(call->in, "on"));
    tb_json_set_text(act->arena, data, "place", tb_json_get_text(call->in, "place"));
    TB_TRY(cases__event_add(act,
                            &(struct cases__event_new){.kind = step->event,
                                                       .basis = tb_str_of(step->clause),
                                                       .data = data,
                                                       .note = tb_json_get_text(call->in, "note")},
                            err));
    TB_TRY(check_in_time(act, step, call->in, &found, err));
    TB_TRY(add_letter(act, step, call->in, &found, err));
    return cases__call_finish(call, err);
}

static tb_status
run_hearing(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
            struct tb_err *err)
{
    (void)self;
    return cases__act_on(ctx, in, 0, write_hearing, NULL, ret_out, err);
}

/* ---- for others
 * -------------------------------------------------------------------------------------------------- */

tb_status
cases__check_hearing(struct cases__act *act, struct tb_err *err)
{
    struct cases__events events;
    struct clock_reckoning found;
    tb_str on;
    TB_TRY(reckon(act, &events, &found, err));
    hearing_state state = state_of(act->arena, &events, &on);
    const struct clock_deadline *ask = deadline(&found, "hearing_ask");
    bool may_ask = state == HEARING_TOLD && ask != NULL && !ask->is_late;
    if (may_ask)
        return refuse(act, "outcome", "hearing_pending",
                      "已告知听证权利，申请人还在可以申请听证的期限内，不能作出决定",
                      "The applicant may still ask for a hearing: nothing is decided before", err);
    if (state == HEARING_ASKED || state == HEARING_SET)
        return refuse(act, "outcome", "hearing_pending", "听证还没有举行，不能作出决定",
                      "The hearing has not been held: nothing is decided before", err);
    return TB_OK;
}

struct tb_json *
cases__hearing_json(struct tb_arena *arena, const struct cases__events *events,
                    const struct clock_reckoning *found)
{
    static const char *const words[HEARING_COUNT] = {
        [HEARING_TOLD] = "told", [HEARING_WAIVED] = "waived", [HEARING_ASKED] = "asked",
        [HEARING_SET] = "set",   [HEARING_HELD] = "held",
    };
    tb_str on;
    hearing_state state = state_of(arena, events, &on);
    const struct clock_deadline *ask = deadline(found, "hearing_ask"),
                                *hold = deadline(found, "hearing_hold");
    if (state == HEARING_NONE)
        return NULL;
    struct tb_json *json = cases__object(arena);
    tb_json_set_text(arena, json, "state", tb_str_of(words[state]));
    tb_json_set_text(arena, json, "ask_by",
                     ask != NULL ? tb_date_format(arena, ask->due.day) : TB_STR_NONE);
    tb_json_set_text(arena, json, "hold_by",
                     hold != NULL ? tb_date_format(arena, hold->due.day) : TB_STR_NONE);
    tb_json_set_text(arena, json, "on", on);
    return json;
}

/* clang-format off */
static const char *const steps[] = {"told", "waived", "asked", "set", "held", NULL};
static const struct op_field hearing_fields[] = {
    {"no", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 32, NULL, "办件编号", "Case number", "20 digits"},
    {"step", OP_TEXT, OP_REQUIRED, 1, 20, steps, "步骤", "Step",
     "told, set, held by approver or head; asked, waived by the applicant or keyed in for him"},
    {"on", OP_DAY, 0, 0, 0, NULL, "听证日期", "Day of the hearing", "for set: seven working days ahead or more"},
    {"place", OP_TEXT, 0, 0, 200, NULL, "听证地点", "Place", "for set"},
    {"note", OP_TEXT, OP_PRIVATE, 0, 4000, NULL, "说明或笔录要点", "Reason or record", "must for held"},
    {0},
};
const struct op_row cases__hearing_rows[] = {
    {"cases.hearing", "POST", "/cases/{no}/hearing", OP_APPLICANT | OP_CLERK | OP_APPROVER | OP_HEAD, OP_WRITES,
     hearing_fields, run_hearing, "听证的一步", "A step of the hearing"},
};
/* clang-format on */
const size_t cases__hearing_rows_count = TB_COUNT(cases__hearing_rows);
