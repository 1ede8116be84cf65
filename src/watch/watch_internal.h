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

#define WATCH_SPAN_SAMPLE 200 /* latest decisions of an item that a new one is compared with */

/* What a rule is about. Those before WATCH_DAY_COUNT have a day. */
typedef enum {
    WATCH_ANSWER,
    WATCH_PROMISED,
    WATCH_STATUTORY,
    WATCH_STAGE,
    WATCH_DAY_COUNT,
    WATCH_EVENT = WATCH_DAY_COUNT, /* an event of the case is itself the reason */
    WATCH_SPAN, /* from acceptance to decision, against the item's own distribution */
} watch__subject;

/* One rule (standards A10, counter-practice F16, F19). */
struct watch__rule {
    const char *id, *kind;
    watch__subject subject;
    int days_before; /* put up when the subject's day is so many working days away; -1: when it is over */
    int reply_days;    /* working days to answer; 0: nobody needs to */
    const char *event; /* WATCH_EVENT: its kind */
    int part,
        least; /* WATCH_SPAN: shorter than the median's part'th part, once least decisions are on record */
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
/* A rule is met: what the card says of it. */
struct watch__occasion {
    const struct watch__rule *rule;
    tb_str subject; /* one card for each case, rule and subject */
    tb_str day;     /* that is over; absent when it is not about a day */
    int64_t at, now;
};
/* Puts a card up, unless it is there. */
TB_NODISCARD tb_status watch__put_up(struct watch *watch, struct store_tx *tx,
                                     struct tb_arena *arena, const struct watch__due *due,
                                     const struct watch__occasion *occasion, struct tb_err *err);
/* A decision by a person: notes how long it took and compares it with the item's former ones. */
TB_NODISCARD tb_status watch__span(struct watch *watch, struct store_tx *tx, struct tb_arena *arena,
                                   const struct watch__due *due, const struct cases_glance *glance,
                                   struct tb_err *err);
/* What a card says, in arena. */
tb_str watch__card_text(struct tb_arena *arena, tb_str lang, tb_str rule, int64_t days_over);
tb_str watch__card_state(tb_str lang, tb_str state);
/* Cards whose moment has come. */
TB_NODISCARD tb_status watch__cards(struct watch *watch, int64_t now, size_t limit,
                                    size_t *ret_done, struct tb_err *err);

extern const struct op_row watch__rows[];
extern const size_t watch__rows_count;

#endif
