/* SPDX-License-Identifier: Apache-2.0 */
/* cases.h - the trade itself: parties, guides, drafts, cases, tasks, decisions, letters,
 * certificates, ratings.
 *
 * Every act is an operation row (op.h) over the store; nothing here knows HTTP or pages. What a
 * service requires comes from the packs, what the law's clock says comes from clock and is computed
 * from the events of the case at every reading; cases only keeps what happened, who did it, and how
 * his identity was known. Time, randomness and the outside come in through the environment of the
 * options, so that every run can be replayed.
 *
 * Life: cases_open once, after store_open with cases_tables in its list; shared by all threads;
 * cases_close before store_close. The scheduler of the program calls cases_tick about once a
 * second. */
#ifndef CASES_CASES_H
#define CASES_CASES_H

#include "base/base.h"
#include "op/op.h"
#include "store/store.h"

struct access;
struct catalogue;
struct clock_calendar;
struct packs_set;
struct seal_key;

/* The tables of this module; NULL-terminated, for the list given to store_open. */
extern const struct store_table *const cases_tables[];

struct cases;

/* The cards of one case, oldest first: [{id, kind, rule, text, at, state, state_name}], in arena. */
typedef tb_status (*cases_cards_fn)(void *context, struct tb_arena *arena, struct store_read *read,
                                    int64_t of_case, tb_str lang, struct tb_json **ret_list,
                                    struct tb_err *err);

/* What the trade stands on. All kept for the life of the object. */
struct cases_options {
    struct store *store;
    const struct tb_env *env;
    const struct packs_set *packs;         /* packs installed here, by hash and by item code */
    const struct clock_calendar *calendar; /* the official calendars */
    struct access *access;                 /* accounts and the persons behind them */
    struct catalogue
        *catalogue; /* agencies, their numbers, seals and telephones; may be NULL in tests */
    const struct seal_key
        *seal;     /* SM2 key of the agency's seal: letters, certificates, revocation list */
    tb_str origin; /* where this installation is reached, for QR codes: https://host */
    bool is_demonstration; /* what is printed says that it is no real paper */
    tb_str division; /* home division, 12 digits: cases filed here without another belong to it */
    /* What a case's clock shows as cards; NULL: none. Supervision stands above this module, so it is given, not
     * called. */
    cases_cards_fn cards;
    void *cards_context;
};

/* TB_INVALID when an option is missing. *ret_cases is owned: cases_close. */
TB_NODISCARD tb_status cases_open(const struct cases_options *options, struct cases **ret_cases,
                                  struct tb_err *err);
void cases_close(struct cases *cases); /* NULL is fine */

/* The operation rows; lives as long as cases. */
struct op_table cases_ops(struct cases *cases);
/* The same rows without the object they work on, for the generated page; in arena. */
struct op_table cases_rows(struct tb_arena *arena);

/* ---- persons
 * -------------------------------------------------------------------------------------- */

/* A person or firm. Two entries with the same identity number are one and the same person:
 * separation of duties goes by this row, not by the account. */
struct cases_party {
    tb_str kind; /* "person" or "firm" */
    tb_str name;
    tb_str id_kind;   /* "citizen_id" or "credit_code" */
    tb_str id_number; /* checked by the caller */
    tb_str phone;     /* may be absent */
};
/* Finds or makes the row, inside the caller's write. For the person behind an account:
 * access_account_make. */
TB_NODISCARD tb_status cases_party_put(struct cases *cases, struct store_tx *tx,
                                       const struct cases_party *party, int64_t *ret_id,
                                       struct tb_err *err);

/* ---- for those who watch ----------------------------------------------------------------------
 */

/* What a consumer of the feed needs of a case, read by its id. Texts are in arena; days absent
 * where there is none. */
struct cases_glance {
    int64_t id, received_at, decided_at, accepted_at;
    tb_str no, item, situation, pack, division, department, state, way;
    tb_str answer_due, due, promised_due;
    tb_str outcome;    /* of the decision */
    bool is_paused;    /* the clock stands still for a listed reason */
    bool is_deemed;    /* accepted or renewed by silence */
    bool is_by_rules;  /* decided by the rule trace, not by a person */
    tb_str task, role; /* the oldest open task */
    tb_str task_due;
    int64_t task_account; /* who took it; 0: nobody */
};
/* TB_NOT_FOUND when there is no such case. */
TB_NODISCARD tb_status cases_glance(struct tb_arena *arena, struct store_read *read, int64_t id,
                                    struct cases_glance *ret_glance, struct tb_err *err);
/* The case that a row of cases, case_events, tasks, decisions or reviews belongs to; 0 for a rated
 * visit. */
TB_NODISCARD tb_status cases_case_of(struct store_read *read, tb_str table, int64_t id,
                                     int64_t *ret_case, struct tb_err *err);

/* One event, by its id. */
struct cases_event_glance {
    int64_t of_case, happened_at;
    tb_str kind;
};
/* TB_NOT_FOUND when there is no such event. Texts are in arena. */
TB_NODISCARD tb_status cases_event_glance(struct tb_arena *arena, struct store_read *read,
                                          int64_t id, struct cases_event_glance *ret_glance,
                                          struct tb_err *err);

/* How near a day is, for every list that shows one: sets due (null when absent), left_days in working days (negative:
 * over) and card (reminder one day before, yellow on the day, red after; else null). row is in arena. */
void cases_set_due(struct tb_arena *arena, struct tb_json *row,
                   const struct clock_calendar *calendar, tb_date today, tb_str due);

/* A rating, by its id. */
struct cases_review_glance {
    int64_t rated_at;
    tb_str division, department, satisfaction;
    bool is_default;
};
/* TB_NOT_FOUND when there is no such rating. Texts are in arena. */
TB_NODISCARD tb_status cases_review_glance(struct tb_arena *arena, struct store_read *read,
                                           int64_t id, struct cases_review_glance *ret_glance,
                                           struct tb_err *err);

/* ---- the scheduler
 * -------------------------------------------------------------------------------- */

/* Runs what is due at now: deemed acceptance and tacit renewal are recorded with the lawful
 * happened_at, process timers fire, files of letters and certificates that a crash left undrawn are
 * drawn. At most limit timers; *ret_done says how many ran, so that the caller goes on until it is
 * 0. */
TB_NODISCARD tb_status cases_tick(struct cases *cases, int64_t now, size_t limit, size_t *ret_done,
                                  struct tb_err *err);

#endif
