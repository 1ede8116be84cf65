/* SPDX-License-Identifier: Apache-2.0 */
/* watch_internal.h - what the files of this module share. */
#ifndef WATCH_INTERNAL_H
#define WATCH_INTERNAL_H

#include "cases/cases.h"
#include "clock/clock.h"
#include "packs/packs.h"
#include "watch/watch.h"

struct watch {
    struct watch_options options;
};

/* A row of watch_dues. Texts are in arena. */
struct watch__due {
    int64_t id, of_case, account;
    bool is_running;
    tb_str no, item, division, department, state, outcome, answer_due, due, promised_due, task,
        role, task_due;
};

/* What a rule is about. */
typedef enum {
    WATCH_ANSWER,
    WATCH_PROMISED,
    WATCH_STATUTORY,
    WATCH_STAGE,
    WATCH_SUBJECT_COUNT
} watch__subject;

/* One rule (standards A10, counter-practice F19). A card is put up when the day of the subject is days_before working
 * days away; -1: when it is over. */
struct watch__rule {
    const char *id, *kind;
    watch__subject subject;
    int days_before;
    int reply_days; /* working days to answer; 0: nobody needs to */
    const char *zh, *en;
};
extern const struct watch__rule watch__rules[];
extern const size_t watch__rule_count;
const struct watch__rule *watch__rule_find(tb_str id);

/* The day that a rule looks at; absent when the case has none now. */
tb_str watch__day_of(const struct watch__due *due, watch__subject subject);
/* The moment at which a rule is met for that day. False beyond the calendar. */
bool watch__moment(const struct clock_calendar *calendar, const struct watch__rule *rule,
                   tb_date day, int64_t *ret_at);
/* The earliest moment of any rule after now; INT64_MAX: none. */
int64_t watch__next(const struct clock_calendar *calendar, const struct watch__due *due,
                    int64_t now);
/* The earliest of the days; absent when there is none. */
tb_str watch__next_day(const struct watch__due *due);

TB_NODISCARD tb_status watch__due_load(struct tb_arena *arena, struct store_read *read,
                                       int64_t of_case, struct watch__due *ret_due,
                                       bool *ret_is_there, struct tb_err *err);
/* Adds delta to a counter. day absent: the running total. */
TB_NODISCARD tb_status watch__count(struct store_tx *tx, const char *name, tb_str division,
                                    tb_str department, tb_str day, int64_t delta,
                                    struct tb_err *err);
TB_NODISCARD tb_status watch__one(struct store_read *read, const char *sql,
                                  const struct store_value *params, size_t count,
                                  int64_t *ret_value, struct tb_err *err);
tb_str watch__text(struct tb_arena *arena, const struct store_rows *rows, int column);

/* What the log has new. */
TB_NODISCARD tb_status watch__feed(struct watch *watch, size_t limit, size_t *ret_done,
                                   struct tb_err *err);
/* Cards whose moment has come. */
TB_NODISCARD tb_status watch__cards(struct watch *watch, int64_t now, size_t limit,
                                    size_t *ret_done, struct tb_err *err);

extern const struct op_row watch__rows[];
extern const size_t watch__rows_count;

#endif
