/* SPDX-License-Identifier: Apache-2.0 */
/* One closure's work on one case: load, change, write down what happened, save. See cases_internal.h. */
#include "cases/cases_act.sql.h"
#include "cases/cases_internal.h"
#include <string.h>

const struct op_actor cases__nobody = {0};

struct tb_json *
cases__object(struct tb_arena *arena)
{
    return tb_json_new(arena, TB_JSON_OBJECT);
}

struct tb_json *
cases__set(struct tb_arena *arena, struct tb_json *object, const char *key, struct tb_json *child)
{
    return tb_json_set(object, key, child != NULL ? child : tb_json_new(arena, TB_JSON_NULL));
}

/* ---- refusals
 * ---------------------------------------------------------------------------------------------------- */

tb_status
cases__refuse(struct cases__act *act, tb_status status, const char *place, const char *code,
              tb_str zh, tb_str en, struct tb_err *err)
{
    tb_fault_add(act->faults, tb_str_of(place), code, zh, en);
    tb_str said = cases__is_en(act->lang) ? en : zh;
    return tb_fail(err, status, TB_FMT, TB_ARG(said));
}

tb_status
cases__refuse_op(struct op_ctx *ctx, tb_status status, const char *place, const char *code,
                 tb_str zh, tb_str en, struct tb_err *err)
{
    tb_fault_add(op_faults(ctx), tb_str_of(place), code, zh, en);
    tb_str said = cases__is_en(op_lang(ctx)) ? en : zh;
    return tb_fail(err, status, TB_FMT, TB_ARG(said));
}

/* ---- beginning and ending
 * ---------------------------------------------------------------------------------------- */

static tb_status
find_pack(struct cases__act *act, struct tb_err *err)
{
    const struct packs_set *set = act->cases->options.packs;
    act->pack = packs_set_by_hash(set, act->is.pack);
    if (act->pack == NULL)
        return tb_fail(err, TB_VERSION, "the pack " TB_FMT " of this case is not installed here",
                       TB_ARG(act->is.pack));
    act->item = packs_situation(act->pack, act->is.situation);
    act->process = packs_process_find(act->pack, act->is.process);
    if (act->item == NULL || act->process == NULL)
        return tb_fail(err, TB_CORRUPT,
                       "case " TB_FMT ": the pack has no such situation or process",
                       TB_ARG(act->is.no));
    return TB_OK;
}

tb_status
cases__act_begin(struct cases__act *act, struct store_tx *tx, int64_t case_id, struct tb_err *err)
{
    act->tx = tx;
    act->read = store_tx_read(tx);
    act->now = store_tx_now(tx);
    act->is_started = false;
    TB_TRY(cases__load_id(act->arena, act->read, case_id, &act->was, err));
    act->is = act->was;
    return find_pack(act, err);
}

tb_status
cases__act_reckon(struct cases__act *act, int64_t *ret_wake, struct tb_err *err)
{
    struct clock_rules rules;
    struct clock_reckoning found;
    struct cases__events events;
    struct cases__tasks none = {0};
    const struct tb_json *extra = cases__json(act->arena, act->is.extra);
    TB_TRY(cases__rules(act->arena, act->pack, act->item, extra, &rules, err));
    TB_TRY(cases__load_events(act->arena, act->read, act->is.id, &events, err));
    TB_TRY(cases__reckon(act->arena, act->cases, &rules, &events, &none, act->now, &found, err));
    cases__take_reckoning(act->arena, act->cases, &found, &act->is);
    *ret_wake = cases__state_is_over(act->is.state) ? INT64_MAX : cases__wake(&found);
    return TB_OK;
}

/* The reckoning after the act goes into the case for the work lists, and its next turning point into a timer. */
static tb_status
reckon(struct cases__act *act, struct tb_err *err)
{
    int64_t wake = INT64_MAX;
    TB_TRY(cases__act_reckon(act, &wake, err));
    return cases__timer_set(act, wake, err);
}

static void
push_text(struct store_value *values, size_t *count, const char *column, store_type type,
          tb_str was, tb_str is)
{
    if (!tb_str_eq(was, is) || (was.ptr == NULL) != (is.ptr == NULL))
        values[(*count)++] = store_set_text(column, type, is);
}

static tb_status
save(struct cases__act *act, struct tb_err *err)
{
    const struct cases__case *was = &act->was, *is = &act->is;
    struct store_value values[16];
    size_t count = 0;
    if (was->state != is->state)
        values[count++] = STORE_SET_TEXT("state", tb_str_of(cases__state_word(is->state)));
    if (was->events != is->events)
        values[count++] = STORE_SET_INT("events", is->events);
    if (was->tasks != is->tasks)
        values[count++] = STORE_SET_INT("tasks", is->tasks);
    push_text(values, &count, "answer_due", STORE_DAY, was->answer_due, is->answer_due);
    push_text(values, &count, "due", STORE_DAY, was->due, is->due);
    push_text(values, &count, "promised_due", STORE_DAY, was->promised_due, is->promised_due);
    push_text(values, &count, "instance", STORE_JSON, was->instance, is->instance);
    push_text(values, &count, "applicant_name", STORE_TEXT, was->applicant_name,
              is->applicant_name);
    push_text(values, &count, "fields", STORE_JSON, was->fields, is->fields);
    push_text(values, &count, "extra", STORE_JSON, was->extra, is->extra);
    push_text(values, &count, "previous", STORE_TEXT, was->previous, is->previous);
    push_text(values, &count, "calendar", STORE_TEXT, was->calendar, is->calendar);
    tb_assert(count <= TB_COUNT(values));
    if (count == 0)
        return TB_OK;
    return store_update(act->tx, "cases", is->id, -1, values, count, err);
}

tb_status
cases__act_end(struct cases__act *act, struct tb_err *err)
{
    cases__check(&act->is);
    if (!act->is_started)
        return TB_OK;
    TB_TRY(reckon(act, err));
    return save(act, err);
}

/* ---- timers
 * ------------------------------------------------------------------------------------------------------ */

tb_status
cases__timer_add(struct cases__act *act, const char *kind, tb_str subject, int64_t due_at,
                 struct tb_err *err)
{
    return store_insert(
        act->tx, "timers",
        STORE_VALUES(STORE_SET_INSTANT("due_at", due_at), STORE_SET_TEXT("kind", tb_str_of(kind)),
                     STORE_SET_INT("of_case", act->is.id), STORE_SET_TEXT("subject", subject),
                     STORE_SET_INT("attempts", 0)),
        NULL, err);
}

tb_status
cases__timer_set(struct cases__act *act, int64_t wake, struct tb_err *err)
{
    int64_t id = 0;
    TB_TRY(cases__one(act->read, sql_clock_timer, &STORE_INT_OF(act->is.id), 1, &id, err));
    if (id == 0)
        return wake == INT64_MAX ? TB_OK : cases__timer_add(act, "clock", TB_STR_NONE, wake, err);
    if (wake == INT64_MAX)
        return store_delete(act->tx, "timers", id, -1, err);
    return store_update(act->tx, "timers", id, -1, STORE_VALUES(STORE_SET_INSTANT("due_at", wake)),
                        err);
}

/* ---- events and parties
 * ------------------------------------------------------------------------------------------ */

tb_status
cases__event_add(struct cases__act *act, const struct cases__event_new *event, struct tb_err *err)
{
    int64_t happened_at = event->happened_at != 0 ? event->happened_at : act->now;
    tb_str data = event->data != NULL ? cases__json_text(act->arena, event->data) : TB_STR_NONE;
    act->is.events++;
    act->is_started = true;
    return store_insert(
        act->tx, "case_events",
        STORE_VALUES(STORE_SET_INT("of_case", act->is.id), STORE_SET_INT("n", act->is.events),
                     STORE_SET_TEXT("kind", tb_str_of(event->kind)),
                     STORE_SET_INSTANT("happened_at", happened_at),
                     STORE_SET_INSTANT("recorded_at", act->now),
                     STORE_SET_INT("actor", act->who->account),
                     STORE_SET_TEXT("basis", event->basis), STORE_SET_JSON("data", data),
                     STORE_SET_TEXT("note", event->note)),
        NULL, err);
}

tb_status
cases__party_add(struct cases__act *act, const char *role, int64_t party, int64_t account,
                 const char *identity_check, const struct tb_json *scope, struct tb_err *err)
{
    tb_str scope_text = scope != NULL ? cases__json_text(act->arena, scope) : TB_STR_NONE;
    struct store_value values[] = {
        STORE_SET_INT("of_case", act->is.id),
        party != 0 ? STORE_SET_INT("party", party) : STORE_SET_NULL("party"),
        account != 0 ? STORE_SET_INT("account", account) : STORE_SET_NULL("account"),
        STORE_SET_TEXT("role", tb_str_of(role)),
        STORE_SET_TEXT("identity_check", tb_str_of(identity_check)),
        STORE_SET_INSTANT("checked_at", act->now),
        STORE_SET_JSON("scope", scope_text),
    };
    return store_insert(act->tx, "case_parties", values, TB_COUNT(values), NULL, err);
}

/* ---- separation of duties
 * ---------------------------------------------------------------------------------------- */

static bool
is_one_of(tb_str word, const char *const *list)
{
    for (; *list != NULL; list++) {
        if (tb_str_is(word, *list))
            return true;
    }
    return false;
}

static const char *const own_roles[] = {"applicant", "legal_representative", "agent", NULL};
static const char *const step_roles[] = {"received_by", "accepted_by", "surveyed_by", NULL};

/* The first role in which the same person stands in the case; absent when there is none. By
 * person, and by account where
 * no person is known behind it. */
static tb_str
same_person(const struct cases__parties *parties, const struct op_actor *who,
            const char *const *roles)
{
    for (size_t i = 0; i < parties->count; i++) {
        const struct cases__party *party = &parties->items[i];
        bool is_same = (who->party != 0 && party->party == who->party) ||
                       (who->account != 0 && party->account == who->account);
        if (is_same && is_one_of(party->role, roles))
            return party->role;
    }
    return TB_STR_NONE;
}

tb_status
cases__separate(struct cases__act *act, bool for_decision, struct tb_err *err)
{
    struct cases__parties parties;
    TB_TRY(cases__load_parties(act->arena, act->read, act->is.id, &parties, err));
    tb_str own = same_person(&parties, act->who, own_roles);
    if (own.ptr != NULL) {
        tb_str zh = cases__word_of(TB_STR("zh"), act->arena, "role", own);
        tb_str en = cases__word_of(TB_STR("en"), act->arena, "role", own);
        return cases__refuse(
            act, TB_CONFLICT, "", "own_case",
            tb_printf(act->arena, "您是本件的" TB_FMT "，不能受理或者决定本件。请由其他人员办理。",
                      TB_ARG(zh)),
            tb_printf(act->arena,
                      "You are " TB_FMT " in this case and may not accept or decide it.",
                      TB_ARG(en)),
            err);
    }
    tb_str step = for_decision ? same_person(&parties, act->who, step_roles) : TB_STR_NONE;
    if (step.ptr == NULL)
        return TB_OK;
    tb_str zh = cases__word_of(TB_STR("zh"), act->arena, "role", step);
    tb_str en = cases__word_of(TB_STR("en"), act->arena, "role", step);
    return cases__refuse(
        act, TB_CONFLICT, "", "same_person",
        tb_printf(act->arena, "您是本件的" TB_FMT "，不能再作决定。请由其他审批人员办理。",
                  TB_ARG(zh)),
        tb_printf(act->arena,
                  "You stand in this case as: " TB_FMT ". Somebody else must decide it.",
                  TB_ARG(en)),
        err);
}

tb_status
cases__separation_json(struct tb_arena *arena, struct store_read *read, const struct op_actor *who,
                       int64_t of_case, tb_str lang, bool is_decision, struct tb_json **ret_list,
                       struct tb_err *err)
{
    struct cases__parties parties;
    TB_TRY(cases__load_parties(arena, read, of_case, &parties, err));
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    const char *const *const groups[] = {own_roles, step_roles};
    const cases_word rules[] = {CASES_SEP_SELF, CASES_SEP_STEPS};
    for (size_t i = 0; i < TB_COUNT(groups); i++) {
        tb_str role = same_person(&parties, who, groups[i]);
        bool is_ok = role.ptr == NULL;
        /* Who may not touch the case at all is told at every step; who may not decide, where it is decided. */
        if (i == 0 ? is_ok : !is_decision)
            continue;
        struct tb_json *row = tb_json_add(list, cases__object(arena));
        tb_json_set_text(arena, row, "rule", cases__word(lang, rules[i]));
        tb_json_set_text(arena, row, "text",
                         cases__word(lang, is_ok    ? CASES_SEP_FREE
                                           : i == 0 ? CASES_SEP_OWN
                                                    : CASES_SEP_DID));
        tb_json_set_bool(arena, row, "ok", is_ok);
        if (!is_ok)
            tb_json_set_text(arena, row, "who", cases__word_of(lang, arena, "role", role));
    }
    *ret_list = list;
    return TB_OK;
}

/* ---- an operation's closure
 * -------------------------------------------------------------------------------------- */

void
cases__call_init(struct cases__call *call, struct op_ctx *ctx, const struct tb_json *in)
{
    *call = (struct cases__call){
        .act = {.cases = op_self(ctx),
                .arena = op_arena(ctx),
                .faults = op_faults(ctx),
                .who = op_who(ctx),
                .lang = op_lang(ctx)},
        .in = in,
        .fault_count = op_faults(ctx)->count,
    };
}

tb_status
cases__call_begin(struct cases__call *call, struct store_tx *tx, struct tb_err *err)
{
    call->act.faults->count = call->fault_count;
    call->out = NULL;
    return cases__act_begin(&call->act, tx, call->case_id, err);
}
