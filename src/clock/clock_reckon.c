/* SPDX-License-Identifier: Apache-2.0 */
/* clock_reckon.c - where a case stands: due dates, deadlines of each party, and the day-by-day
 * proof.
 *
 * The events have been folded (clock_events.c). From the day of acceptance each reading of the law
 * gives a due day; the earliest is the red line, for a renewal the end of the permit if that is
 * earlier still. Days inside a stop are passed over. A stop that is still open lasts until today,
 * so the red line moves on day by day while it lasts. */
#include "clock/clock_internal.h"

#define EXPIRY_READING (-1)

struct work {
    const struct clock__case *c;
    struct clock_reckoning *r;
    const struct clock__pause *pauses;
    int red; /* index of the reading that is the red line, or EXPIRY_READING */
    struct clock_deadline *deadlines;
    size_t deadline_count;
};

/* ---- deadlines ---- */

/* Adds a deadline. done says whether and when what it asks for was done. */
static struct clock_deadline *
add_deadline(struct work *w, const char *key, const char *party, const struct clock_limit *limit,
             struct clock_due due, struct clock__moment done)
{
    struct clock_deadline *deadline = &w->deadlines[w->deadline_count++];
    *deadline = (struct clock_deadline){.key = key, .party = party, .limit = *limit, .due = due};
    deadline->is_met = done.is;
    deadline->is_late = (done.is ? done.at : w->c->now) >= due.at;
    if (done.is)
        deadline->met_on = tb_instant_day(done.at);
    return deadline;
}

/* Adds a deadline that runs from an instant. Without a limit in the rules there is none. */
static tb_status
add_from(struct work *w, const char *key, const char *party, const struct clock_limit *limit,
         int64_t from, bool has_pauses, struct clock__moment done, struct tb_err *err)
{
    struct clock_due due;
    if (limit->period.unit == CLOCK_NO_UNIT)
        return TB_OK;
    TB_TRY(clock__due(w->c->calendar, &w->c->rules->hours, clock_when_of(from), limit->period,
                      has_pauses ? w->pauses : NULL, has_pauses ? w->c->stop_count : 0, &due, err));
    add_deadline(w, key, party, limit, due, done);
    return TB_OK;
}

/* The end of the case ends what nobody need do any more. */
static struct clock__moment
done_or_over(const struct clock__case *c, struct clock__moment done)
{
    return done.is ? done : c->over;
}

static tb_status
add_intake(struct work *w, struct tb_err *err)
{
    const struct clock__case *c = w->c;
    if (c->has_notice_due)
        add_deadline(w, "notice", "agency", &c->rules->notice, c->notice_due,
                     done_or_over(c, c->notice_done));
    if (c->noticed.is)
        TB_TRY(add_from(w, "supplement", "applicant", &c->rules->supplement, c->noticed.at, false,
                        done_or_over(c, c->supplemented), err));
    if (!c->rules->is_renewal || c->rules->renew_before.period.unit == CLOCK_NO_UNIT)
        return TB_OK;
    tb_date latest;
    bool is_provisional;
    TB_TRY(clock_before(c->calendar, c->rules->permit_expires, c->rules->renew_before.period,
                        &latest, &is_provisional, err));
    struct clock_due due = clock__day_end(c->calendar, latest);
    due.is_provisional = is_provisional;
    struct clock__moment done = {c->is_received, tb_day_start(c->first_received)};
    add_deadline(w, "renew_before", "applicant", &c->rules->renew_before, due, done);
    return TB_OK;
}

static tb_status
add_hearing(struct work *w, struct tb_err *err)
{
    const struct clock__case *c = w->c;
    if (c->hearing_told.is)
        TB_TRY(add_from(w, "hearing_ask", "applicant", &c->rules->hearing_ask, c->hearing_told.at,
                        false, done_or_over(c, c->hearing_asked), err));
    if (c->hearing_asked.is)
        TB_TRY(add_from(w, "hearing_hold", "agency", &c->rules->hearing_hold, c->hearing_asked.at,
                        false, done_or_over(c, c->hearing_held), err));
    if (!c->hearing_set.is || c->rules->hearing_notice.period.unit == CLOCK_NO_UNIT)
        return TB_OK;
    tb_date latest;
    bool is_provisional;
    TB_TRY(clock_before(c->calendar, c->hearing_on, c->rules->hearing_notice.period, &latest,
                        &is_provisional, err));
    struct clock_due due = clock__day_end(c->calendar, latest);
    due.is_provisional = is_provisional;
    add_deadline(w, "hearing_notice", "agency", &c->rules->hearing_notice, due, c->hearing_set);
    return TB_OK;
}

static tb_status
add_stages(struct work *w, struct tb_err *err)
{
    const struct clock__case *c = w->c;
    for (size_t i = 0; i < c->run_count; i++) {
        const struct clock__stage_run *run = &c->runs[i];
        const struct clock_stage *stage = &c->rules->stages[run->stage];
        size_t before = w->deadline_count;
        struct clock__moment done = {run->to != INT64_MAX, run->to};
        TB_TRY(add_from(w, "stage", "agency", &stage->limit, run->from, true, done_or_over(c, done),
                        err));
        if (w->deadline_count > before)
            w->deadlines[before].stage = stage->key;
    }
    return TB_OK;
}

/* ---- the red line ---- */

static struct clock__moment
decision_of(const struct clock__case *c)
{
    if (c->is_deemed_renewed)
        /* The law decided with the last instant of the permit: in time. */
        return (struct clock__moment){true, c->deemed_renewed_at - 1};
    return done_or_over(c, c->decided);
}

static void
take_earlier(struct work *w, struct clock_due due, int reading)
{
    static const struct clock_limit expiry = {.law = {"行政许可法", sizeof "行政许可法" - 1},
                                              .article = {"50", 2}};
    if (w->r->has_due && w->r->due.due.at <= due.at)
        return;
    w->r->has_due = true;
    w->r->due.due = due;
    w->r->due.limit = reading == EXPIRY_READING ? expiry : w->c->rules->readings[reading].limit;
    w->red = reading;
}

/* As told: the same counting, with the open stops lasting until the day that was told. */
static tb_status
reckon_as_told(struct work *w, struct tb_err *err)
{
    const struct clock__case *c = w->c;
    const struct clock__pause *pauses = clock__pauses(c, c->now, true);
    w->r->due_as_told = w->r->due.due;
    if (w->red != EXPIRY_READING && w->r->is_suspended)
        TB_TRY(clock__reading_due(c, &c->rules->readings[w->red], pauses, &w->r->due_as_told, err));
    return TB_OK;
}

static tb_status
add_decision(struct work *w, struct tb_err *err)
{
    const struct clock__case *c = w->c;
    const struct clock_rules *rules = c->rules;
    struct clock__moment decided = decision_of(c);
    if (rules->is_renewal && c->is_received &&
        tb_date_cmp(c->first_received, rules->permit_expires) <= 0)
        take_earlier(w, clock__day_end(c->calendar, rules->permit_expires), EXPIRY_READING);
    for (size_t i = 0; c->is_started && i < rules->reading_count; i++) {
        TB_TRY(clock__reading_due(c, &rules->readings[i], w->pauses, &w->r->reading_dues[i], err));
        take_earlier(w, w->r->reading_dues[i], (int)i);
    }
    if (w->r->has_due) {
        w->r->due = *add_deadline(w, w->red == EXPIRY_READING ? "expiry" : "decide", "agency",
                                  &w->r->due.limit, w->r->due.due, decided);
        TB_TRY(reckon_as_told(w, err));
    }
    if (c->is_started && rules->promised.period.unit != CLOCK_NO_UNIT) {
        struct clock_due due;
        TB_TRY(clock__due(c->calendar, &rules->hours, c->started, rules->promised.period, w->pauses,
                          c->stop_count, &due, err));
        w->r->has_promised = true;
        w->r->promised = *add_deadline(w, "promised", "agency", &rules->promised, due, decided);
    }
    if (c->is_granted && (c->decided.is || c->is_deemed_renewed))
        TB_TRY(add_from(w, "deliver", "agency", &rules->delivery, decided.at, true, c->delivered,
                        err));
    return TB_OK;
}

/* Counted days in (from, to], by the unit of the reading. */
static int32_t
count_between(const struct work *w, clock_unit unit, tb_date from, tb_date to)
{
    int64_t first = tb_date_to_days(from), last = tb_date_to_days(to);
    int32_t count = 0;
    for (int64_t day = first + 1; day <= last; day++) {
        bool counts = !clock__is_paused(w->pauses, w->c->stop_count, day);
        if (unit == CLOCK_WD)
            counts = counts && clock_day(w->c->calendar, tb_date_from_days(day)).is_working;
        count += counts ? 1 : 0;
    }
    return count;
}

static int32_t
left_until(const struct work *w, clock_unit unit, tb_date today, const struct clock_due *due)
{
    if (tb_date_cmp(today, due->day) <= 0)
        return count_between(w, unit, today, due->day);
    return -count_between(w, unit, due->day, today);
}

/* Until when the case itself counts: the decision, the end, or now. */
static tb_date
reckoned_until(const struct work *w)
{
    struct clock__moment decided = decision_of(w->c);
    return tb_instant_day(decided.is ? decided.at : w->c->now);
}

static clock_unit
red_unit(const struct work *w)
{
    clock_unit unit = w->red == EXPIRY_READING ? CLOCK_WD : w->r->due.limit.period.unit;
    return unit == CLOCK_D || unit == CLOCK_MO ? CLOCK_D : CLOCK_WD;
}

static void
count_days_left(struct work *w)
{
    tb_date today = reckoned_until(w);
    if (w->r->has_due) {
        clock_unit unit = red_unit(w);
        if (w->c->is_started)
            w->r->days_used = count_between(w, unit, w->c->started.day, today);
        w->r->days_left = left_until(w, unit, today, &w->r->due.due);
    }
    if (w->r->has_promised)
        w->r->promised_left = left_until(w, CLOCK_WD, today, &w->r->promised.due);
}

/* ---- suspensions as shown ---- */

static void
show_suspensions(struct work *w)
{
    const struct clock__case *c = w->c;
    struct clock_suspension *list = TB_NEW_ARRAY(c->arena, c->stop_count, struct clock_suspension);
    for (size_t i = 0; i < c->stop_count; i++) {
        const struct clock__stop *stop = &c->stops[i];
        bool is_open = stop->to == INT64_MAX && !c->over.is && !c->decided.is;
        list[i] = (struct clock_suspension){
            .reason = c->rules->reasons[stop->reason].key,
            .basis = c->rules->reasons[stop->reason],
            .from = tb_date_from_days(w->pauses[i].day_from),
            .to = tb_date_from_days(w->pauses[i].day_to),
            .is_open = is_open,
            .told = stop->told,
            .is_over_told = (stop->to < c->now ? stop->to : c->now) >= stop->told.at,
        };
        w->r->is_suspended = w->r->is_suspended || is_open;
    }
    w->r->suspended = list;
    w->r->suspended_count = c->stop_count;
}

/* ---- the proof, day by day ---- */

/* What the table counts: the time to decide, or before acceptance the time to tell what is missing.
 */
struct span {
    bool is;
    tb_date start;
    struct clock_due due;
    clock_unit unit;
};

static struct span
counted_span(const struct work *w)
{
    const struct clock__case *c = w->c;
    if (c->is_started && w->r->has_due)
        return (struct span){true, c->started.day, w->r->due.due, red_unit(w)};
    if (!c->is_started && c->has_notice_due)
        return (struct span){true, c->received, c->notice_due, CLOCK_WD};
    return (struct span){.is = false};
}

static clock_mark
mark_of(const struct work *w, const struct span *span, tb_date end, bool is_done,
        const struct clock_day_line *line)
{
    if (!span->is || tb_date_cmp(line->day, span->start) < 0)
        return CLOCK_MARK_BEFORE;
    if (tb_date_cmp(line->day, span->start) == 0)
        return CLOCK_MARK_START;
    if (tb_date_cmp(line->day, span->due.day) == 0)
        return CLOCK_MARK_DUE;
    if (is_done && tb_date_cmp(line->day, end) > 0)
        return CLOCK_MARK_AFTER;
    if (line->suspension != NULL)
        return CLOCK_MARK_SUSPENDED;
    if (span->unit == CLOCK_WD && !line->info.is_working)
        return CLOCK_MARK_OFF;
    return tb_date_cmp(line->day, span->due.day) > 0 ? CLOCK_MARK_OVERDUE : CLOCK_MARK_COUNTED;
}

static void
show_days(struct work *w)
{
    const struct clock__case *c = w->c;
    if (!c->is_received)
        return;
    struct span span = counted_span(w);
    struct clock__moment done = c->is_started ? decision_of(c) : done_or_over(c, c->notice_done);
    tb_date end = tb_instant_day(done.is ? done.at : c->now);
    tb_date last = span.is && tb_date_cmp(span.due.day, end) > 0 ? span.due.day : end;
    int64_t from = tb_date_to_days(c->first_received);
    int64_t count = tb_date_to_days(last) - from + 1;
    count = count > CLOCK_DAYS_MAX ? CLOCK_DAYS_MAX : count;
    struct clock_day_line *lines = TB_NEW_ARRAY(c->arena, (size_t)count, struct clock_day_line);
    int32_t number = 0;
    for (int64_t i = 0; i < count; i++) {
        struct clock_day_line *line = &lines[i];
        line->day = tb_date_from_days(from + i);
        line->info = clock_day(c->calendar, line->day);
        for (size_t k = 0; k < c->stop_count && line->suspension == NULL; k++)
            if (clock__is_paused(&w->pauses[k], 1, from + i))
                line->suspension = &w->r->suspended[k];
        line->mark = mark_of(w, &span, end, done.is, line);
        bool counts = line->mark == CLOCK_MARK_COUNTED ||
                      (line->mark == CLOCK_MARK_DUE && line->suspension == NULL &&
                       (span.unit != CLOCK_WD || line->info.is_working));
        line->number = counts ? ++number : 0;
    }
    w->r->days = lines;
    w->r->day_count = (size_t)count;
}

/* ---- all of it ---- */

static void
sort_deadlines(struct work *w)
{
    for (size_t i = 1; i < w->deadline_count; i++) {
        struct clock_deadline one = w->deadlines[i];
        size_t k = i;
        for (; k > 0 && w->deadlines[k - 1].due.at > one.due.at; k--)
            w->deadlines[k] = w->deadlines[k - 1];
        w->deadlines[k] = one;
    }
}

static void
consider(struct work *w, int64_t at)
{
    if (at > w->c->now && at < w->r->wake_at)
        w->r->wake_at = at;
}

/* The next instants at which a reading changes: a deadline passes, its last day or the one before
 * begins, or, while the clock stands still, midnight. */
static void
find_wake(struct work *w)
{
    w->r->wake_at = INT64_MAX;
    for (size_t i = 0; i < w->deadline_count; i++) {
        const struct clock_deadline *deadline = &w->deadlines[i];
        if (deadline->is_met || w->c->state == CLOCK_ENDED)
            continue;
        consider(w, deadline->due.at);
        consider(w, tb_day_start(deadline->due.day));
        tb_date day = tb_date_add_days(deadline->due.day, -1);
        while (!clock_day(w->c->calendar, day).is_working)
            day = tb_date_add_days(day, -1);
        consider(w, tb_day_start(day));
    }
    if (w->r->is_suspended)
        consider(w, tb_day_start(tb_date_add_days(tb_instant_day(w->c->now), 1)));
}

static void
finish(struct work *w)
{
    sort_deadlines(w);
    w->r->deadlines = w->deadlines;
    w->r->deadline_count = w->deadline_count;
    for (size_t i = w->deadline_count; i-- > 0;) {
        const struct clock_deadline *deadline = &w->deadlines[i];
        if (deadline->is_met)
            continue;
        w->r->is_provisional = w->r->is_provisional || deadline->due.is_provisional;
        if (tb_str_is(tb_str_of(deadline->party), "agency"))
            w->r->next_agency = deadline;
        else
            w->r->next_applicant = deadline;
    }
    find_wake(w);
}

static void
copy_facts(const struct clock__case *c, struct clock_reckoning *r)
{
    r->state = c->state;
    r->is_received = c->is_received;
    r->first_received = c->first_received;
    r->received = c->received;
    r->is_started = c->is_started;
    r->started = c->started.day;
    r->is_deemed_accepted = c->is_deemed_accepted;
    r->deemed_accepted_at = c->deemed_accepted_at;
    r->is_deemed_renewed = c->is_deemed_renewed;
    r->deemed_renewed_at = c->deemed_renewed_at;
    r->is_extended = c->is_extended;
    r->is_decided = c->decided.is || c->is_deemed_renewed;
    r->is_delivered = c->delivered.is;
    r->faults = c->faults;
    r->fault_count = c->fault_count;
}

tb_status
clock_reckon(struct tb_arena *arena, const struct clock_calendar *calendar,
             const struct clock_rules *rules, const struct clock_event *events, size_t count,
             int64_t now, struct clock_reckoning *ret_reckoning, struct tb_err *err)
{
    if (count > CLOCK_EVENTS_MAX)
        return tb_fail(err, TB_LIMIT, "%zu events; at most %d are reckoned", count,
                       CLOCK_EVENTS_MAX);
    if (!clock__is_known(calendar, tb_date_to_days(tb_instant_day(now))))
        return tb_fail(err, TB_INVALID, "now lies outside what the calendar knows");
    struct clock__case *c = TB_NEW(arena, struct clock__case);
    TB_TRY(clock__fold(arena, calendar, rules, events, count, now, c, err));
    struct clock_reckoning r = {.state = CLOCK_WAITING};
    struct work w = {.c = c, .r = &r, .red = EXPIRY_READING};
    w.pauses = clock__pauses(c,
                             c->decided.is ? c->decided.at
                             : c->over.is  ? c->over.at
                                           : now,
                             false);
    w.deadlines = TB_NEW_ARRAY(arena, 12 + c->run_count, struct clock_deadline);
    copy_facts(c, &r);
    show_suspensions(&w);
    if (c->is_received) {
        TB_TRY(add_intake(&w, err));
        TB_TRY(add_hearing(&w, err));
        TB_TRY(add_decision(&w, err));
    }
    TB_TRY(add_stages(&w, err));
    if (r.state == CLOCK_RUNNING && r.is_suspended)
        r.state = CLOCK_PAUSED;
    count_days_left(&w);
    show_days(&w);
    finish(&w);
    *ret_reckoning = r;
    return TB_OK;
}
