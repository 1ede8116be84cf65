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

/* ---- a case as its events leave it; see clock_events.c ---- */

/* A suspension as it happened. to is INT64_MAX while open. */
struct clock__stop {
    size_t reason; /* index in rules */
    int64_t from, to;
    struct clock_due told;
};

struct clock__stage_run {
    size_t stage; /* index in rules */
    int64_t from, to;
};

/* An instant that may not have come: 0 in is. */
struct clock__moment {
    bool is;
    int64_t at;
};

struct clock__case {
    struct tb_arena *arena;
    const struct clock_calendar *calendar;
    const struct clock_rules *rules;
    int64_t now;

    clock_state state; /* never CLOCK_PAUSED: that follows from an open stop */
    bool waits_for_confirmation;
    bool is_received;
    tb_date first_received, received;
    struct clock_when received_when;
    bool has_notice_due;
    struct clock_due notice_due;      /* of the present receipt */
    struct clock__moment notice_done; /* what ended the present wait for notice or acceptance */
    struct clock__moment noticed, supplemented;
    bool is_started, is_deemed_accepted, is_deemed_renewed;
    struct clock_when started;
    int64_t deemed_accepted_at, deemed_renewed_at;
    bool is_extended;
    tb_str extended_by;
    struct clock__moment decided, delivered, over;
    bool is_granted;
    struct clock__moment hearing_told, hearing_asked, hearing_set, hearing_held;
    tb_date hearing_on;
    struct clock__stop *stops;
    size_t stop_count;
    struct clock__stage_run *runs;
    size_t run_count;
    struct clock_fault *faults;
    size_t fault_count;
};

/* Fold the events up to now into *ret_case and let the tacit acts happen that time has brought. */
tb_status clock__fold(struct tb_arena *arena, const struct clock_calendar *calendar,
                      const struct clock_rules *rules, const struct clock_event *events,
                      size_t count, int64_t now, struct clock__case *ret_case, struct tb_err *err);

/* The stops as pauses, those still open lasting to at, or to the day that was told if as_told. In
 * arena; as many as c->stop_count. */
const struct clock__pause *clock__pauses(const struct clock__case *c, int64_t at, bool as_told);

/* The end of a reading, with its extension where it was lawfully given. */
tb_status clock__reading_due(const struct clock__case *c, const struct clock_reading *reading,
                             const struct clock__pause *pauses, struct clock_due *ret_due,
                             struct tb_err *err);

/* The given hours, or the built-in ones where none are given. */
const struct clock_hours *clock__hours(const struct clock_hours *hours);

/* A day number the calendar can speak about: official or provisional. */
bool clock__is_known(const struct clock_calendar *calendar, int64_t day);

#endif
