/* SPDX-License-Identifier: Apache-2.0 */
/* clock_due.c - when a period ends.
 *
 * The day of the event is not counted (民法典 201). Working days are counted one by one. A period
 * in days or months ends on its last day; where that is a day off it ends on the next working day
 * (203), unless the law's row says that it stays (204). Hours and minutes run from the moment
 * itself; office hours run only while the hall is open. Days and hours inside a pause are passed
 * over, whatever the unit. */
#include "clock/clock_internal.h"
#include <inttypes.h>

static const struct clock_hours builtin_hours = {.spans = {{540, 720}, {780, 1020}},
                                                 .span_count = 2};

const struct clock_hours *
clock__hours(const struct clock_hours *hours)
{
    return hours != NULL && hours->span_count > 0 ? hours : &builtin_hours;
}

bool
clock__is_paused(const struct clock__pause *pauses, size_t count, int64_t day)
{
    for (size_t i = 0; i < count; i++)
        if (day >= pauses[i].day_from && day <= pauses[i].day_to)
            return true;
    return false;
}

struct clock_due
clock__day_end(const struct clock_calendar *calendar, tb_date day)
{
    return (struct clock_due){.day = day,
                              .minute = -1,
                              .is_provisional =
                                  tb_date_cmp(day, clock_official_until(calendar)) > 0,
                              .at = tb_day_start(tb_date_add_days(day, 1))};
}

static tb_status
fail_outside(const struct clock_calendar *calendar, struct tb_err *err)
{
    tb_date from = clock_official_from(calendar), until = clock_known_until(calendar);
    return tb_fail(err, TB_INVALID,
                   "the calendar knows %04d-%02d-%02d to %04d-%02d-%02d; the period leaves it",
                   (int)from.year, from.month, from.day, (int)until.year, until.month, until.day);
}

/* Counts n days that are neither paused nor, for working days, off. */
static tb_status
count_days(const struct clock_calendar *calendar, int64_t start, int64_t n, bool only_working,
           const struct clock__pause *pauses, size_t pause_count, int64_t *ret_day,
           struct tb_err *err)
{
    int64_t day = start;
    while (n > 0) {
        day++;
        if (!clock__is_known(calendar, day))
            return fail_outside(calendar, err);
        if (clock__is_paused(pauses, pause_count, day))
            continue;
        if (!only_working || clock_day(calendar, tb_date_from_days(day)).is_working)
            n--;
    }
    *ret_day = day;
    return TB_OK;
}

static tb_status
due_in_days(const struct clock_calendar *calendar, struct clock_when when,
            struct clock_period period, const struct clock__pause *pauses, size_t pause_count,
            struct clock_due *ret_due, struct tb_err *err)
{
    int64_t start = tb_date_to_days(when.day), n = period.n, day = 0;
    if (period.unit == CLOCK_MO)
        n = tb_date_to_days(tb_date_add_months(when.day, period.n)) - start;
    TB_TRY(count_days(calendar, start, n, period.unit == CLOCK_WD, pauses, pause_count, &day, err));
    bool moves = period.unit != CLOCK_WD && !period.stays && n > 0;
    while (moves && !clock_day(calendar, tb_date_from_days(day)).is_working)
        if (!clock__is_known(calendar, ++day))
            return fail_outside(calendar, err);
    *ret_due = clock__day_end(calendar, tb_date_from_days(day));
    return TB_OK;
}

/* The first open stretch that ends after at; for running time it has no end. Both ends in µs. */
static tb_status
open_stretch(const struct clock_calendar *calendar, const struct clock_hours *hours,
             bool only_office, int64_t at, int64_t *ret_from, int64_t *ret_to, struct tb_err *err)
{
    if (!only_office) {
        *ret_from = at;
        *ret_to = INT64_MAX;
        return TB_OK;
    }
    for (int64_t day = tb_date_to_days(tb_instant_day(at));; day++) {
        if (!clock__is_known(calendar, day))
            return fail_outside(calendar, err);
        tb_date date = tb_date_from_days(day);
        if (!clock_day(calendar, date).is_working)
            continue;
        for (size_t i = 0; i < hours->span_count; i++) {
            int64_t to = tb_day_start(date) + hours->spans[i].to * 60 * TB_US_PER_SECOND;
            if (to <= at)
                continue;
            *ret_from = tb_day_start(date) + hours->spans[i].from * 60 * TB_US_PER_SECOND;
            *ret_to = to;
            return TB_OK;
        }
    }
}

/* Uses up `left` µs of open, unpaused time from at. */
static tb_status
run_time(const struct clock_calendar *calendar, const struct clock_hours *hours, bool only_office,
         int64_t *at, int64_t left, const struct clock__pause *pauses, size_t pause_count,
         struct tb_err *err)
{
    while (left > 0) {
        int64_t from = 0, to = 0;
        TB_TRY(open_stretch(calendar, hours, only_office, *at, &from, &to, err));
        *at = from > *at ? from : *at;
        bool is_inside = false;
        for (size_t i = 0; i < pause_count; i++) {
            if (*at >= pauses[i].at_from && *at < pauses[i].at_to) {
                *at = pauses[i].at_to;
                is_inside = true;
                break;
            }
            if (pauses[i].at_from > *at && pauses[i].at_from < to)
                to = pauses[i].at_from;
        }
        if (is_inside)
            continue;
        int64_t step = to - *at < left ? to - *at : left;
        *at += step;
        left -= step;
    }
    return TB_OK;
}

static tb_status
due_in_hours(const struct clock_calendar *calendar, const struct clock_hours *hours,
             struct clock_when when, struct clock_period period, const struct clock__pause *pauses,
             size_t pause_count, struct clock_due *ret_due, struct tb_err *err)
{
    if (when.minute < 0)
        return tb_fail(err, TB_INVALID,
                       "hours and minutes run from a moment: write the time too, such as "
                       "%04d-%02d-%02dT09:30",
                       (int)when.day.year, when.day.month, when.day.day);
    bool only_office = period.unit == CLOCK_WH;
    int64_t minute_us = 60 * TB_US_PER_SECOND;
    int64_t left = period.n * (period.unit == CLOCK_MIN ? minute_us : 60 * minute_us);
    int64_t at = tb_day_start(when.day) + when.minute * minute_us;
    TB_TRY(
        run_time(calendar, clock__hours(hours), only_office, &at, left, pauses, pause_count, err));
    struct clock_due due = {.day = tb_instant_day(at), .at = at};
    due.minute = (int16_t)((at - tb_day_start(due.day)) / minute_us);
    if (!clock__is_known(calendar, tb_date_to_days(due.day)))
        return fail_outside(calendar, err);
    /* Running time is the same whatever the calendar will say. */
    due.is_provisional = only_office && tb_date_cmp(due.day, clock_official_until(calendar)) > 0;
    *ret_due = due;
    return TB_OK;
}

tb_status
clock__due(const struct clock_calendar *calendar, const struct clock_hours *hours,
           struct clock_when when, struct clock_period period, const struct clock__pause *pauses,
           size_t pause_count, struct clock_due *ret_due, struct tb_err *err)
{
    if (period.n < 0 || period.n > CLOCK_PERIOD_MAX)
        return tb_fail(err, TB_LIMIT, "a period is 0 to %d, not %" PRId32, CLOCK_PERIOD_MAX,
                       period.n);
    if (!tb_date_is_valid(when.day) || !clock__is_known(calendar, tb_date_to_days(when.day)))
        return fail_outside(calendar, err);
    switch (period.unit) {
    case CLOCK_WD:
    case CLOCK_D:
    case CLOCK_MO:
        return due_in_days(calendar, when, period, pauses, pause_count, ret_due, err);
    case CLOCK_H:
    case CLOCK_MIN:
    case CLOCK_WH:
        return due_in_hours(calendar, hours, when, period, pauses, pause_count, ret_due, err);
    default:
        return tb_fail(err, TB_INVALID, "a period has a unit: wd, d, mo, h, min or wh");
    }
}

tb_status
clock_due(const struct clock_calendar *calendar, const struct clock_hours *hours,
          struct clock_when when, struct clock_period period, struct clock_due *ret_due,
          struct tb_err *err)
{
    return clock__due(calendar, hours, when, period, NULL, 0, ret_due, err);
}

tb_status
clock_before(const struct clock_calendar *calendar, tb_date date, struct clock_period period,
             tb_date *ret_day, bool *ret_is_provisional, struct tb_err *err)
{
    int64_t day = tb_date_to_days(date);
    if (!clock__is_known(calendar, day))
        return fail_outside(calendar, err);
    if (period.unit == CLOCK_WD) {
        for (int32_t left = period.n; left > 0;) {
            if (!clock__is_known(calendar, --day))
                return fail_outside(calendar, err);
            left -= clock_day(calendar, tb_date_from_days(day)).is_working ? 1 : 0;
        }
    } else if (period.unit == CLOCK_D) {
        day -= period.n;
    } else if (period.unit == CLOCK_MO) {
        day = tb_date_to_days(tb_date_add_months(date, -(int64_t)period.n));
    } else {
        return tb_fail(err, TB_INVALID, "counting back works in wd, d and mo only");
    }
    if (!clock__is_known(calendar, day))
        return fail_outside(calendar, err);
    /* The days passed over run up to the event itself, so it is the event that must lie in the
     * official calendar. */
    *ret_is_provisional = period.unit == CLOCK_WD && period.n > 0 &&
                          tb_date_cmp(date, clock_official_until(calendar)) > 0;
    *ret_day = tb_date_from_days(day);
    return TB_OK;
}
