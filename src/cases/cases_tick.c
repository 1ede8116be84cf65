/* SPDX-License-Identifier: Apache-2.0 */
/* What time does: the silence that accepts or renews is written down with its lawful moment, however late; timers of
 * processes ring; what a crash left undrawn is drawn. A timer only says when to look; what is so, the clock says. */
#include "cases/cases_internal.h"
#include "cases/cases_tick.sql.h"

struct timer {
    int64_t id, case_id, attempts;
    tb_str kind, subject;
};

/* ---- the clock of the law
 * ---------------------------------------------------------------------------------------- */

static tb_status
reckon(struct cases__act *act, struct clock_reckoning *ret_found, struct tb_err *err)
{
    struct clock_rules rules;
    struct cases__events events;
    struct cases__tasks none = {0};
    TB_TRY(cases__rules(act->arena, act->pack, act->item, cases__json(act->arena, act->is.extra),
                        &rules, err));
    TB_TRY(cases__load_events(act->arena, act->read, act->is.id, &events, err));
    return cases__reckon(act->arena, act->cases, &rules, &events, &none, act->now, ret_found, err);
}

static tb_status
accept_by_silence(struct cases__act *act, int64_t at, struct tb_err *err)
{
    struct cases__task task;
    TB_TRY(cases__accept(act, "deemed_accepted", at, err));
    TB_TRY(cases__task_open(act, "accept", &task, err));
    if (task.id == 0)
        return TB_OK;
    return cases__task_finish(act, &task, TB_STR("deemed"), TB_STR_NONE, NULL, err);
}

static tb_status
look_at_clock(struct cases__act *act, struct tb_err *err)
{
    struct clock_reckoning found;
    TB_TRY(reckon(act, &found, err));
    act->is_started = true; /* also when nothing happened: the timer is set anew */
    if (found.is_deemed_renewed &&
        (act->is.state == CASES_OPEN || act->is.state == CASES_SUBMITTED)) {
        if (act->is.state == CASES_SUBMITTED)
            TB_TRY(cases__accept(act, "deemed_accepted",
                                 found.is_deemed_accepted ? found.deemed_accepted_at
                                                          : found.deemed_renewed_at,
                                 err));
        return cases__renew_by_silence(act, found.deemed_renewed_at, err);
    }
    if (found.is_deemed_accepted && act->is.state == CASES_SUBMITTED)
        return accept_by_silence(act, found.deemed_accepted_at, err);
    return TB_OK;
}

/* ---- one timer
 * --------------------------------------------------------------------------------------------------- */

struct tick {
    struct cases__act act;
    struct timer timer;
};

static tb_status
write_clock(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct tick *tick = arg;
    TB_TRY(cases__act_begin(&tick->act, tx, tick->timer.case_id, err));
    TB_TRY(look_at_clock(&tick->act, err));
    return cases__act_end(&tick->act, err);
}

static tb_status
write_process(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct tick *tick = arg;
    TB_TRY(cases__act_begin(&tick->act, tx, tick->timer.case_id, err));
    TB_TRY(store_delete(tx, "timers", tick->timer.id, -1, err));
    if (!cases__state_is_over(tick->act.is.state))
        TB_TRY(cases__process_timer(&tick->act, tick->timer.subject, err));
    return cases__act_end(&tick->act, err);
}

static tb_status
write_drop(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct tick *tick = arg;
    tb_status status = store_delete(tx, "timers", tick->timer.id, -1, err);
    return status == TB_NOT_FOUND ? TB_OK : status;
}

/* Not now: later, and later each time; after the last attempt once a day, for an operator to see. */
static tb_status
write_later(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct tick *tick = arg;
    int64_t attempts = tick->timer.attempts + 1;
    int64_t wait = attempts < CASES_ATTEMPTS_MAX ? (INT64_C(60) << attempts) * TB_US_PER_SECOND
                                                 : TB_US_PER_DAY;
    return store_update(tx, "timers", tick->timer.id, -1,
                        STORE_VALUES(STORE_SET_INSTANT("due_at", store_tx_now(tx) + wait),
                                     STORE_SET_INT("attempts", attempts)),
                        err);
}

static tb_status
run_write(struct cases *cases, struct tick *tick, store_fn fn, struct tb_err *err)
{
    struct store_cause cause = {0, TB_STR("tick"), TB_STR("cases.tick")};
    return store_write(cases->options.store, &cause, fn, tick, err);
}

static tb_status
run_timer(struct cases *cases, struct tb_arena *arena, const struct timer *timer,
          struct tb_err *err)
{
    struct tb_faults *faults = TB_NEW(arena, struct tb_faults);
    struct tick *tick = TB_NEW(arena, struct tick);
    struct tb_err why = {0};
    tb_status status;
    faults->arena = arena;
    *tick = (struct tick){
        .act = {.cases = cases,
                .arena = arena,
                .faults = faults,
                .who = &cases__nobody,
                .lang = TB_STR("zh")},
        .timer = *timer,
    };
    if (tb_str_is(timer->kind, "draw")) {
        status = cases__draw(cases, arena, timer->case_id, &why);
        if (status == TB_OK)
            status = run_write(cases, tick, write_drop, &why);
    } else {
        status = run_write(cases, tick,
                           tb_str_is(timer->kind, "process") ? write_process : write_clock, &why);
    }
    if (status == TB_OK)
        return TB_OK;
    if (status == TB_IO || status == TB_FULL || status == TB_READ_ONLY || status == TB_BUSY) {
        *err = why; /* the store's trouble, not this timer's */
        return status;
    }
    return run_write(cases, tick, write_later, err);
}

/* ---- all that is due
 * --------------------------------------------------------------------------------------------- */

static tb_status
load_due(struct cases *cases, struct tb_arena *arena, int64_t now, size_t limit,
         struct timer *timers, size_t *ret_count, struct tb_err *err)
{
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    struct store_value params[] = {STORE_INT_OF(now), STORE_INT_OF((int64_t)limit)};
    size_t count = 0;
    TB_TRY(store_snapshot(cases->options.store, &read, err));
    tb_status status = store_select(read, sql_due_timers, params, 2, &rows, err);
    while (status == TB_OK && count < limit && store_next(rows))
        timers[count++] = (struct timer){
            .id = store_int(rows, 0),
            .case_id = store_int(rows, 1),
            .kind = cases__text(arena, rows, 2),
            .subject = cases__text(arena, rows, 3),
            .attempts = store_int(rows, 4),
        };
    if (status == TB_OK)
        status = store_rows_done(rows, err);
    store_snapshot_done(read);
    *ret_count = count;
    return status;
}

tb_status
cases_tick(struct cases *cases, int64_t now, size_t limit, size_t *ret_done, struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0), *each = tb_arena_new(0);
    size_t count = 0, cap = limit < CASES_TICK_MAX ? limit : CASES_TICK_MAX;
    struct timer *timers = TB_NEW_ARRAY(arena, cap + 1, struct timer);
    tb_status status = load_due(cases, arena, now, cap, timers, &count, err);
    for (size_t i = 0; status == TB_OK && i < count; i++) {
        tb_arena_reset(each);
        status = run_timer(cases, each, &timers[i], err);
    }
    tb_arena_free(each);
    tb_arena_free(arena);
    if (status == TB_OK)
        *ret_done = count;
    return status;
}
