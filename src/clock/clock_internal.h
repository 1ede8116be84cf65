/* SPDX-License-Identifier: Apache-2.0 */
/* clock_internal.h - what the files of clock share. */
#ifndef CLOCK_CLOCK_INTERNAL_H
#define CLOCK_CLOCK_INTERNAL_H

#include "clock/clock.h"

/* The rows of packs/national, compiled in by tools/clock_table.py. */
extern const struct clock_day_row clock__builtin_days[];
extern const size_t clock__builtin_day_count;
extern const struct clock_festival_row clock__builtin_festivals[];
extern const size_t clock__builtin_festival_count;

/* A stretch of time that does not count. Days are inclusive day numbers, instants half open. */
struct clock__pause {
    int64_t day_from, day_to;
    int64_t at_from, at_to;
};

/* As clock_due, leaving out the pauses (ascending by at_from, borrowed). */
tb_status clock__due(const struct clock_calendar *calendar, const struct clock_hours *hours,
                     struct clock_when when, struct clock_period period,
                     const struct clock__pause *pauses, size_t pause_count,
                     struct clock_due *ret_due, struct tb_err *err);

/* Is the day number in one of the pauses? */
bool clock__is_paused(const struct clock__pause *pauses, size_t count, int64_t day);

/* The end of a whole day as a due moment. */
struct clock_due clock__day_end(const struct clock_calendar *calendar, tb_date day);

/* The given hours, or the built-in ones where none are given. */
const struct clock_hours *clock__hours(const struct clock_hours *hours);

/* A day number the calendar can speak about: official or provisional. */
bool clock__is_known(const struct clock_calendar *calendar, int64_t day);

#endif
