/* SPDX-License-Identifier: Apache-2.0 */
/* clock.h - statutory time: which day is a working day, when a period ends, where a case stands.
 *
 * Stand-alone: needs base/. Never does I/O, never reads the clock: now is an argument. The same
 * rows and events give the same answer in ten years. Everything is computed from events every time;
 * nothing here is stored as a result.
 *
 * Three parts: the calendar (rows of days), periods (`20wd` from a day), and the reckoning of a
 * case (events in, due dates, suspensions, tacit acts and a day-by-day proof out). Periods and
 * reasons are rows with their article; the C code knows how to count, not how many.
 *
 * Sources: 民法典 201-204 (how periods run), 行政许可法 32, 42-45, 47, 48, 50, 82,
 * 全国年节及纪念日放假办法 2, 6, 政府信息公开条例 31 (day of receipt by channel). */
#ifndef CLOCK_CLOCK_H
#define CLOCK_CLOCK_H

#include "base/base.h"

/* ---- the calendar ---- */

/* One row of packs/national/calendar.csv: a day that is not what its weekday says, or an edge of
 * the official data. */
typedef enum {
    CLOCK_ROW_OFF,   /* `off`: a day off by the notice of the State Council */
    CLOCK_ROW_WORK,  /* `work`: a Saturday or Sunday on which work is made up */
    CLOCK_ROW_FROM,  /* `from`: the first day of the official calendar, inclusive */
    CLOCK_ROW_UNTIL, /* `until`: its last day, inclusive; from the next day on everything is
                        provisional */
} clock_row_kind;

/* One day of the calendar file. */
struct clock_day_row {
    tb_date day;
    clock_row_kind kind;
    tb_str name_zh, name_en; /* the festival; may be empty */
    bool is_statutory; /* one of the days of 全国年节及纪念日放假办法 2, not merely shifted */
};

/* One row of packs/national/festivals.csv: the days of a year that follow moon and sun. */
struct clock_festival_row {
    int32_t year;
    tb_date spring_festival; /* 正月初一; the eve, the second and the third day follow from it */
    tb_date qingming, dragon_boat, mid_autumn;
};

/* An immutable calendar, in arena. */
struct clock_calendar;

/* Build from rows (borrowed; texts are copied), in any order. TB_INVALID when a day occurs twice,
 * when `from` or `until` is missing or doubled, when a row lies outside them, or when a `work` row
 * is not a Saturday or Sunday. */
TB_NODISCARD tb_status clock_calendar_new(struct tb_arena *arena, const struct clock_day_row *rows,
                                          size_t count, const struct clock_festival_row *festivals,
                                          size_t festival_count,
                                          const struct clock_calendar **ret_calendar,
                                          struct tb_err *err);

/* The calendar compiled in from packs/national at build time, for commands that are given no pack.
 * In arena. */
const struct clock_calendar *clock_calendar_builtin(struct tb_arena *arena);

/* The first and the last official day, inclusive. */
tb_date clock_official_from(const struct clock_calendar *calendar);
tb_date clock_official_until(const struct clock_calendar *calendar);
/* The last day of which anything can be said: the end of the last year with a festival row. */
tb_date clock_known_until(const struct clock_calendar *calendar);

typedef enum {
    CLOCK_WORKDAY, /* Monday to Friday, nothing else said */
    CLOCK_MAKE_UP, /* a Saturday or Sunday on which work is made up: a working day */
    CLOCK_WEEKEND, /* Saturday or Sunday */
    CLOCK_HOLIDAY, /* off by a row, or (provisional) by 全国年节及纪念日放假办法 2 and 6 */
} clock_day_kind;

/* What is known of a day. */
struct clock_day_info {
    clock_day_kind kind;
    bool is_working;
    bool is_provisional; /* after the last official day: by the statutory days alone */
    bool is_statutory;
    tb_str name_zh, name_en; /* of the festival, or empty; kept by the calendar */
};

/* What a day is. Days before the official calendar or after clock_known_until() are judged by
 * weekday alone and are provisional; the counting functions below refuse them. */
struct clock_day_info clock_day(const struct clock_calendar *calendar, tb_date day);

/* ---- opening hours ---- */

/* Opening hours of a hall in minutes of the day, on working days. Zero spans: the built-in
 * 09:00-12:00, 13:00-17:00. */
#define CLOCK_SPANS_MAX 8
struct clock_span {
    int16_t from, to; /* minutes since 00:00; from < to, ascending */
};
struct clock_hours {
    struct clock_span spans[CLOCK_SPANS_MAX];
    uint8_t span_count;
};

/* `09:00-12:00,13:00-17:00`. TB_INVALID says which part is wrong. */
TB_NODISCARD tb_status clock_hours_parse(tb_str text, struct clock_hours *ret_hours,
                                         struct tb_err *err);

/* ---- periods ---- */

typedef enum {
    CLOCK_NO_UNIT, /* there is no such period */
    CLOCK_WD,      /* working days */
    CLOCK_D,       /* natural days */
    CLOCK_MO,      /* months */
    CLOCK_H,       /* running hours */
    CLOCK_MIN,     /* running minutes */
    CLOCK_WH,      /* office hours, by the opening calendar */
} clock_unit;

/* `20wd`. stays is the law's row saying that a last day off does not move to the next working day
 * (民法典 204). */
struct clock_period {
    int32_t n; /* 0 to CLOCK_PERIOD_MAX */
    clock_unit unit;
    bool stays;
};

/* A moment as people write it: a day, or a day and a minute. */
struct clock_when {
    tb_date day;
    int16_t minute; /* of the day in China; -1 when only the day is known */
};

/* When a period ends. at is the instant at which it is over: the end of the day (24:00) or the
 * minute. */
struct clock_due {
    tb_date day;
    int16_t minute; /* -1 when the whole day still counts */
    bool is_provisional;
    int64_t at; /* µs; the first instant that is too late for a day, the minute itself otherwise */
};

/* Reading and writing. TB_INVALID names what is wrong and what would be accepted; texts in arena.
 */
TB_NODISCARD tb_status clock_period_parse(tb_str text, struct clock_period *ret_period,
                                          struct tb_err *err);
TB_NODISCARD tb_status clock_when_parse(tb_str text, struct clock_when *ret_when,
                                        struct tb_err *err);
struct clock_when clock_when_of(
    int64_t instant_us); /* day and minute in China; the second is dropped */
tb_str clock_period_format(struct tb_arena *arena, struct clock_period period); /* `20wd` */
tb_str clock_unit_text(clock_unit unit, bool is_chinese); /* 个工作日, working days; static */
/* `2026-03-16`, `2026-02-10T11:30`, or either followed by ` provisional`. */
tb_str clock_due_format(struct tb_arena *arena, const struct clock_due *due);

/* The end of a period that begins at when. The day of when is not counted; see 民法典 201-203 at
 * clock_period. h, min and wh need a minute: TB_INVALID without. Outside what the calendar knows:
 * TB_INVALID, naming its edge. hours may be NULL for the built-in ones. */
TB_NODISCARD tb_status clock_due(const struct clock_calendar *calendar,
                                 const struct clock_hours *hours, struct clock_when when,
                                 struct clock_period period, struct clock_due *ret_due,
                                 struct tb_err *err);

/* Counting back (行政许可法 48, 50): the latest day that is still n units before day. day is not
 * counted; a day off is kept, for an act can be done earlier. wd, d and mo only. */
TB_NODISCARD tb_status clock_before(const struct clock_calendar *calendar, tb_date day,
                                    struct clock_period period, tb_date *ret_day,
                                    bool *ret_is_provisional, struct tb_err *err);

/* Working days in (from, to]; negative when to lies before from. */
int64_t clock_workdays_between(const struct clock_calendar *calendar, tb_date from, tb_date to);

/* ---- the rules of one item ---- */

/* A period with its source. unit CLOCK_NO_UNIT = the law gives none. */
struct clock_limit {
    struct clock_period period;
    tb_str law, article; /* 行政许可法, 42 */
    tb_str note;         /* which reading this is, for the reader; may be empty */
};

/* One reading of the statutory time to decide. Several are carried where a text is disputed ("20日"
 * outside the Licensing Law, F4(5)); the earliest end is the red line. */
struct clock_reading {
    struct clock_limit limit;
    struct clock_limit
        extension;      /* once, by extended_by; CLOCK_NO_UNIT = none under this reading */
    tb_str extended_by; /* `agency_head` or `government_head` (行政许可法 42) */
};

/* A reason that stops the clock (行政许可法 45): hearing, tender, auction, inspection, testing,
 * quarantine, appraisal, expert_review. Anything else (survey, rectification, absence) does not. */
struct clock_reason {
    tb_str key, name_zh, name_en, law, article;
};

typedef enum {
    CLOCK_RECEIPT_ENTERED,   /* the day it is handed in or enters the system (window, online) */
    CLOCK_RECEIPT_CONFIRMED, /* the day of CLOCK_CONFIRMED (ordinary letters) */
    CLOCK_RECEIPT_OFFICE,    /* the same, but what comes outside opening hours counts on the next
                                working day */
} clock_receipt;

/* How the day of receipt follows from the channel. Signed-for post is ENTERED at the moment of
 * signing. */
struct clock_channel {
    tb_str key; /* window, online, post, letter, kiosk … */
    clock_receipt receipt;
    tb_str law, article;
};

/* A limit of one stage of the process, promised by the pack. */
struct clock_stage {
    tb_str key; /* element id of the process */
    struct clock_limit limit;
};

#define CLOCK_READINGS_MAX 4

/* Everything that the reckoning needs to know about an item. Plain data, borrowed. Zeroed members
 * mean "none". */
struct clock_rules {
    struct clock_limit
        notice; /* 32(4): 5wd to tell what is missing; then deemed accepted on receipt */
    struct clock_reading readings[CLOCK_READINGS_MAX];
    size_t reading_count;
    struct clock_limit
        promised; /* the agency's own promise; suspended like the statutory period, not extended */
    struct clock_limit delivery;   /* 44: 10wd from the decision */
    struct clock_limit supplement; /* the applicant's time to supplement, if the pack names one */
    struct clock_limit hearing_ask, hearing_hold,
        hearing_notice;              /* 47: 5wd, 20wd; 48: 7wd before */
    struct clock_limit renew_before; /* 50: 30d before expiry */
    bool is_renewal;        /* the application asks to renew a permit that ends on permit_expires */
    tb_date permit_expires; /* the last day of validity */
    const struct clock_reason *reasons;
    size_t reason_count;
    const struct clock_channel *channels;
    size_t channel_count;
    const struct clock_stage *stages;
    size_t stage_count;
    struct clock_hours hours;
};

/* Fill *ret_rules with 行政许可法 as it stands: notice, one reading of 20wd + 10wd by the head of
 * the agency, delivery, hearing, renewal, the eight reasons, the usual channels. A pack then
 * changes what its own law says. */
void clock_rules_licensing(struct clock_rules *ret_rules);

/* ---- events and the reckoning ---- */

typedef enum {
    CLOCK_RECEIVED,     /* channel */
    CLOCK_CONFIRMED,    /* receipt of a letter confirmed with the applicant */
    CLOCK_NOTICE,       /* the one complete notice of what is missing was given */
    CLOCK_SUPPLEMENTED, /* the last of what was asked came in; begins a new 5 days */
    CLOCK_ACCEPTED,
    CLOCK_REFUSED,      /* not accepted (32(1), 32(2)) */
    CLOCK_SUSPENDED,    /* reason, needed: the time told in writing */
    CLOCK_RESUMED,      /* reason */
    CLOCK_EXTENDED,     /* by: agency_head or government_head */
    CLOCK_HEARING_TOLD, /* the right to a hearing was told (47) */
    CLOCK_HEARING_ASKED,
    CLOCK_HEARING_SET, /* on: the day of the hearing (48) */
    CLOCK_HEARING_HELD,
    CLOCK_STAGE_BEGUN, /* stage */
    CLOCK_STAGE_ENDED, /* stage */
    CLOCK_DECIDED,     /* outcome: granted or denied */
    CLOCK_DELIVERED,
    CLOCK_WITHDRAWN, /* by the applicant, or ended for another lawful reason */
    CLOCK_EVENT_COUNT
} clock_event_kind;

/* The stable word of a kind (`received`), and back. clock_event_find gives CLOCK_EVENT_COUNT when
 * unknown. */
const char *clock_event_word(clock_event_kind kind);
clock_event_kind clock_event_find(tb_str word);

/* One thing that happened, when it lawfully happened. Events come in order of at; equal instants in
 * the order given. */
struct clock_event {
    clock_event_kind kind;
    int64_t at;     /* happened_at, µs */
    tb_str channel; /* RECEIVED */
    tb_str reason;  /* SUSPENDED, RESUMED */
    struct clock_period
        needed;   /* SUSPENDED: told in writing; CLOCK_NO_UNIT = not told, which does not suspend */
    tb_str by;    /* EXTENDED */
    tb_str stage; /* STAGE_BEGUN, STAGE_ENDED */
    tb_str outcome; /* DECIDED */
    tb_date on;     /* HEARING_SET */
};

typedef enum {
    CLOCK_WAITING,       /* nothing received yet, or a letter not yet confirmed */
    CLOCK_EXAMINING,     /* received; the agency must accept or tell what is missing */
    CLOCK_SUPPLEMENTING, /* told; the applicant's turn; no statutory clock runs */
    CLOCK_RUNNING,       /* accepted, or deemed accepted */
    CLOCK_PAUSED,        /* accepted and suspended for a listed reason */
    CLOCK_TO_DELIVER,    /* decided (or deemed renewed), not yet delivered */
    CLOCK_ENDED,
} clock_state;
const char *clock_state_word(clock_state state); /* `running` */

/* A deadline of one party. */
struct clock_deadline {
    const char *key;   /* notice, supplement, decide, promised, deliver, hearing_ask, hearing_hold,
                          hearing_notice,   renew_before, expiry, stage; static */
    const char *party; /* agency, applicant; static */
    tb_str stage;      /* of key stage */
    struct clock_limit limit;
    struct clock_due due;
    bool is_met;    /* done */
    bool is_late;   /* done after due, or undone and due has passed */
    tb_date met_on; /* when is_met */
};

/* Days that did not count. from is the first, to the last day not counted; the day on which the
 * reason arose still counts, the day on which it ended does not (民法典 201). to < from: nothing
 * was saved. */
struct clock_suspension {
    tb_str reason;
    struct clock_reason basis;
    tb_date from, to; /* to is today while open */
    bool is_open;
    struct clock_due told; /* until when the written notice said */
    bool is_over_told; /* took longer than told: actual time still counts, the supervisor is told */
};

typedef enum {
    CLOCK_MARK_BEFORE,
    CLOCK_MARK_START,
    CLOCK_MARK_COUNTED,
    CLOCK_MARK_OFF,
    CLOCK_MARK_SUSPENDED,
    CLOCK_MARK_DUE,
    CLOCK_MARK_OVERDUE,
    CLOCK_MARK_AFTER, /* after the decision */
} clock_mark;
const char *clock_mark_word(clock_mark mark); /* `counted` */

/* One line of the proof shown to people: why this day counts or does not. */
struct clock_day_line {
    tb_date day;
    clock_mark mark;
    int32_t number; /* the how-manieth counted day; 0 when not counted */
    struct clock_day_info info;
    const struct clock_suspension *suspension; /* or NULL */
};

/* An event that had no lawful effect, and why: a suspension for an unlisted reason, a late notice.
 * The one exception says so itself: an unknown channel counts as handed in on its day. */
struct clock_fault {
    size_t event;     /* index */
    const char *code; /* static */
    tb_str zh, en;
    tb_str article;
};

/* Where a case stands at now. All in arena. */
struct clock_reckoning {
    clock_state state;
    bool is_received, is_started;
    tb_date first_received;     /* the lawful day of receipt */
    tb_date received;           /* the same, or that of the supplement after one */
    tb_date started;            /* the day of acceptance; not counted */
    bool is_deemed_accepted;    /* 32(4): by silence; started is the day of receipt */
    int64_t deemed_accepted_at; /* when the silence was complete: recorded_at may be later, never
                                   earlier */
    bool is_deemed_renewed;     /* 50 */
    int64_t deemed_renewed_at;  /* the end of the day of expiry */
    bool is_extended, is_suspended, is_decided, is_delivered, is_provisional;

    bool has_due; /* the statutory red line: the earliest of the readings (and of expiry) */
    struct clock_deadline due;
    struct clock_due reading_dues[CLOCK_READINGS_MAX]; /* as many as rules->reading_count */
    struct clock_due due_as_told; /* while suspended: the red line if the procedure ends as told */
    bool has_promised;
    struct clock_deadline promised;
    int32_t days_used,
        days_left; /* in the unit of the red line's reading; days_left < 0 when overdue */
    int32_t promised_left;

    const struct clock_suspension *suspended;
    size_t suspended_count;
    const struct clock_deadline *deadlines; /* of every party, by due */
    size_t deadline_count;
    const struct clock_deadline *next_agency,
        *next_applicant;               /* the earliest one not met, or NULL */
    const struct clock_day_line *days; /* from the day of receipt to the later of due and now */
    size_t day_count;
    const struct clock_fault *faults;
    size_t fault_count;
    int64_t wake_at; /* the next instant after now at which this reading changes by itself;
                        INT64_MAX = never */
};

/* Reckon a case. events are borrowed and in order; more than CLOCK_EVENTS_MAX is TB_LIMIT. Events
 * after now are ignored, so any past moment can be asked about. Faulty events are reported and have
 * no effect; TB_INVALID is only for what cannot be reckoned at all (events out of order, a day
 * outside the calendar). */
TB_NODISCARD tb_status clock_reckon(struct tb_arena *arena, const struct clock_calendar *calendar,
                                    const struct clock_rules *rules,
                                    const struct clock_event *events, size_t count, int64_t now,
                                    struct clock_reckoning *ret_reckoning, struct tb_err *err);

/* As the API shows it: state, received, started, due, promised_due, readings[], suspended[],
 * deadlines[], days_used, days_left, provisional, faults[]; with_days adds days[]. In arena. */
struct tb_json *clock_to_json(struct tb_arena *arena, const struct clock_rules *rules,
                              const struct clock_reckoning *reckoning, bool with_days);

#endif
