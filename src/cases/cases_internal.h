/* SPDX-License-Identifier: Apache-2.0 */
/* cases_internal.h - what the files of this module share.
 *
 * An act is one closure's work on one case: begin loads the case inside the transaction, steps
 * change act->is and insert
 * rows, end reckons the clock anew and saves what changed. Everything that can be wrong with the
 * input is found before,
 * outside the batch; what depends on the present state (who did what before, has somebody decided meanwhile) is asked
 * again inside. A refusal adds a fault in both languages and returns TB_CONFLICT, TB_DENIED or TB_INVALID. */
#ifndef CASES_INTERNAL_H
#define CASES_INTERNAL_H

#include "bpmn/bpmn.h"
#include "cases/cases.h"
#include "clock/clock.h"
#include "packs/packs.h"
#include <semaphore.h>

struct cases {
    struct cases_options options;
    sem_t drawing; /* at most two threads draw or seal at a time */
    struct op_table table;
    struct tb_arena *arena; /* of rows */
};

/* ---- words
 * ------------------------------------------------------------------------------------------------------- */

/* Sentences of the trade that do not belong to a pack, in both languages; cases_words.def. */
typedef enum {
#define CASES_WORD(name, key, zh, en) CASES_##name,
#include "cases/cases_words.def"
#undef CASES_WORD
    CASES_WORD_COUNT
} cases_word;

bool cases__is_en(tb_str lang);
tb_str cases__word(tb_str lang, cases_word word);
/* The word of a key such as "state.open" or "role.applicant"; the key itself when there is none. */
tb_str cases__word_of(tb_str lang, struct tb_arena *arena, const char *group, tb_str key);

/* ---- states
 * ------------------------------------------------------------------------------------------------------ */

typedef enum {
    CASES_SUBMITTED,
    CASES_CORRECTING,
    CASES_OPEN,
    CASES_DECIDED,
    CASES_CLOSED,
    CASES_REFUSED_TO_ACCEPT,
    CASES_WITHDRAWN,
    CASES_STATE_COUNT
} cases_state;
const char *cases__state_word(cases_state state);
bool cases__state_find(tb_str word, cases_state *ret_state);
bool cases__state_is_over(cases_state state);
/* Is there an arrow from one to the other in the drawing? */
bool cases__state_may(cases_state from, cases_state to);

struct cases__case;
/* Asserts what must hold of a case between acts. */
void cases__check(const struct cases__case *of_case);

/* ---- rows
 * -------------------------------------------------------------------------------------------------------- */

/* A row of cases. Texts are in arena. */
struct cases__case {
    int64_t id, leaf;
    tb_str no, code, item, pack, situation, process, way, division, department, channel;
    cases_state state;
    int64_t applicant, account, received_at, events, tasks;
    tb_str applicant_name, answer_due, due, promised_due, fields, answers, extra, instance,
        previous, calendar;
};

struct cases__event {
    int64_t n, happened_at, recorded_at, actor;
    tb_str kind, basis, data, note;
};

struct cases__party {
    int64_t id, party, account, checked_at;
    tb_str role, identity_check, scope, name, id_number, phone, kind;
};

struct cases__paper {
    int64_t id, round;
    tb_str material, state, result, note, files;
};

struct cases__task {
    int64_t id, leaf, of_case, n, made_at, claimed_by, done_by, done_at;
    tb_str element, token, role, other_role, division, department, state, due, outcome, comment,
        fields;
};

struct cases__events {
    struct cases__event *items;
    size_t count;
};
struct cases__parties {
    struct cases__party *items;
    size_t count;
};
struct cases__papers {
    struct cases__paper *items;
    size_t count;
};
struct cases__tasks {
    struct cases__task *items;
    size_t count;
};

/* All in arena. TB_NOT_FOUND when there is no such case. */
TB_NODISCARD tb_status cases__load(struct tb_arena *arena, struct store_read *read, tb_str no,
                                   struct cases__case *ret_case, struct tb_err *err);
TB_NODISCARD tb_status cases__load_id(struct tb_arena *arena, struct store_read *read, int64_t id,
                                      struct cases__case *ret_case, struct tb_err *err);
TB_NODISCARD tb_status cases__load_events(struct tb_arena *arena, struct store_read *read,
                                          int64_t of_case, struct cases__events *ret_events,
                                          struct tb_err *err);
TB_NODISCARD tb_status cases__load_parties(struct tb_arena *arena, struct store_read *read,
                                           int64_t of_case, struct cases__parties *ret_parties,
                                           struct tb_err *err);
/* Is this paper one that the clerk at the window checks? paper: what is on record, or NULL. */
bool cases__paper_is_ticked(tb_str source, const struct cases__paper *paper);
TB_NODISCARD tb_status cases__load_papers(struct tb_arena *arena, struct store_read *read,
                                          int64_t of_case, struct cases__papers *ret_papers,
                                          struct tb_err *err);
TB_NODISCARD tb_status cases__load_tasks(struct tb_arena *arena, struct store_read *read,
                                         int64_t of_case, struct cases__tasks *ret_tasks,
                                         struct tb_err *err);
/* One number of one row, for existence and counts; 0 when there is no row. */
TB_NODISCARD tb_status cases__one(struct store_read *read, const char *sql,
                                  const struct store_value *params, size_t count,
                                  int64_t *ret_value, struct tb_err *err);
/* The columns of sql_tasks, in their order. */
void cases__read_task(struct tb_arena *arena, const struct store_rows *rows,
                      struct cases__task *ret_task);
tb_str cases__text(struct tb_arena *arena, const struct store_rows *rows, int column);
/* JSON of a column; an empty object when it is null or damaged. In arena. */
const struct tb_json *cases__json(struct tb_arena *arena, tb_str text);
tb_str cases__json_text(struct tb_arena *arena, const struct tb_json *json);

/* ---- an act
 * ------------------------------------------------------------------------------------------------------ */

struct cases__act {
    struct cases *cases;
    struct store_tx *tx;
    struct store_read *read;
    struct tb_arena *arena;
    struct tb_faults *faults;
    const struct op_actor *who; /* account 0: the system; never NULL */
    tb_str lang;
    int64_t now; /* recorded_at */
    struct cases__case was, is;
    const struct packs_pack *pack;
    const struct packs_item *item;
    const struct packs_process *process;
    bool is_started; /* something was changed: end saves */
};

/* Loads the case and its pack. TB_NOT_FOUND. act's cases, arena, faults, who and lang are set by the caller. */
TB_NODISCARD tb_status cases__act_begin(struct cases__act *act, struct store_tx *tx,
                                        int64_t case_id, struct tb_err *err);
/* Asserts the invariants, reckons, saves what changed, sets the clock's timer. */
TB_NODISCARD tb_status cases__act_end(struct cases__act *act, struct tb_err *err);
/* Adds a fault in both languages and gives status back, so that a step can end in it. */
tb_status cases__refuse(struct cases__act *act, tb_status status, const char *place,
                        const char *code, tb_str zh, tb_str en, struct tb_err *err);
/* The same outside a closure. */
tb_status cases__refuse_op(struct op_ctx *ctx, tb_status status, const char *place,
                           const char *code, tb_str zh, tb_str en, struct tb_err *err);

/* What goes into an event; happened_at 0 means now. */
struct cases__event_new {
    const char *kind;
    int64_t happened_at;
    tb_str basis;
    const struct tb_json *data; /* may be NULL */
    tb_str note;
};
TB_NODISCARD tb_status cases__event_add(struct cases__act *act,
                                        const struct cases__event_new *event, struct tb_err *err);
/* Moves the case along an arrow; a bug when there is none. */
void cases__move(struct cases__act *act, cases_state to);
/* Writes down who acted in which role, with how he was known. */
TB_NODISCARD tb_status cases__party_add(struct cases__act *act, const char *role, int64_t party,
                                        int64_t account, const char *identity_check,
                                        const struct tb_json *scope, struct tb_err *err);
/* Separation of duties by person (F1). TB_CONFLICT when the actor is applicant, representative or agent of the case
 * or, for_decision, received, accepted or surveyed it. */
TB_NODISCARD tb_status cases__separate(struct cases__act *act, bool for_decision,
                                       struct tb_err *err);
/* The same as a list for the task page: [{rule, text, ok, who}]; only what concerns this step. In arena. */
TB_NODISCARD tb_status cases__separation_json(struct tb_arena *arena, struct store_read *read,
                                              const struct op_actor *who, int64_t of_case,
                                              tb_str lang, bool is_decision,
                                              struct tb_json **ret_list, struct tb_err *err);

/* An operation's closure: what its run gives to the writer. */
struct cases__call {
    struct cases__act act;
    const struct tb_json *in;
    int64_t case_id, task_id;
    size_t fault_count; /* faults before the closure, so that a second run starts anew */
    struct tb_json *out;
    void *more; /* of the operation */
};
/* Fills call from ctx; the closure then begins with cases__call_begin. */
void cases__call_init(struct cases__call *call, struct op_ctx *ctx, const struct tb_json *in);
TB_NODISCARD tb_status cases__call_begin(struct cases__call *call, struct store_tx *tx,
                                         struct tb_err *err);

/* Finds the case for these roles (0: whoever may see it), runs the closure, draws what it made. */
TB_NODISCARD tb_status cases__act_on(struct op_ctx *ctx, const struct tb_json *in, unsigned roles,
                                     store_fn fn, void *more, struct tb_json **ret_out,
                                     struct tb_err *err);
/* Ends the act and answers {no, state, state_name, answer_due, due, promised_due}. */
TB_NODISCARD tb_status cases__call_finish(struct cases__call *call, struct tb_err *err);
/* Acceptance by whoever acts: separation, papers, letter, and the task of the process. in: {materials: ticks, late:
 * ids}, both may be absent where they were saved before; NULL is fine. */
TB_NODISCARD tb_status cases__accept_by_person(struct cases__act *act, const struct tb_json *in,
                                               struct tb_err *err);

/* ---- the clock
 * --------------------------------------------------------------------------------------------------- */

/* What the law and the pack say about this case. In arena. */
TB_NODISCARD tb_status cases__rules(struct tb_arena *arena, const struct packs_pack *pack,
                                    const struct packs_item *item, const struct tb_json *extra,
                                    struct clock_rules *ret_rules, struct tb_err *err);
/* Reckons a case at now. tasks may have count 0 (no stages). In arena. */
TB_NODISCARD tb_status cases__reckon(struct tb_arena *arena, const struct cases *cases,
                                     const struct clock_rules *rules,
                                     const struct cases__events *events,
                                     const struct cases__tasks *tasks, int64_t now,
                                     struct clock_reckoning *ret_reckoning, struct tb_err *err);
/* Version of the calendar: its last official day. In arena. */
tb_str cases__calendar_version(struct tb_arena *arena, const struct cases *cases);
/* {started, answer_due, due, …} as CONTRACT shows it; in arena. */
TB_NODISCARD tb_status cases__clock_json(struct tb_arena *arena, const struct cases *cases,
                                         const struct packs_pack *pack,
                                         const struct packs_item *item,
                                         const struct clock_rules *rules,
                                         const struct clock_reckoning *reckoning, tb_str lang,
                                         struct tb_json **ret_json, struct tb_err *err);
/* Puts the days of a reckoning into the row. */
void cases__take_reckoning(struct tb_arena *arena, const struct cases *cases,
                           const struct clock_reckoning *reckoning, struct cases__case *of_case);
/* When the case should be looked at again; INT64_MAX: never. */
int64_t cases__wake(const struct clock_reckoning *reckoning);

/* ---- the process
 * ------------------------------------------------------------------------------------------------- */

/* The first step of a process: pure, outside the batch. In arena. */
TB_NODISCARD tb_status cases__process_start(struct tb_arena *arena, const struct packs_pack *pack,
                                            const struct packs_item *item,
                                            const struct packs_process *process,
                                            const struct tb_json *answers, tb_str way,
                                            struct bpmn_result *ret_result, struct tb_err *err);
/* Applies a step: makes and cancels tasks and timers, runs jobs until everything waits. */
TB_NODISCARD tb_status cases__process_apply(struct cases__act *act,
                                            const struct bpmn_result *result, struct tb_err *err);
/* A user task is done: steps and applies. */
TB_NODISCARD tb_status cases__process_task_done(struct cases__act *act, tb_str token,
                                                tb_str outcome, struct tb_err *err);
TB_NODISCARD tb_status cases__process_timer(struct cases__act *act, tb_str token,
                                            struct tb_err *err);
/* Ends the instance and cancels what is open. */
TB_NODISCARD tb_status cases__process_cancel(struct cases__act *act, struct tb_err *err);
/* Marks the task row done and goes on. */
TB_NODISCARD tb_status cases__task_finish(struct cases__act *act, const struct cases__task *task,
                                          tb_str outcome, tb_str comment,
                                          const struct tb_json *fields, struct tb_err *err);
/* Last day of the element's own limit when it begins now; absent when it has none. */
tb_str cases__stage_due(struct cases__act *act, tb_str element);
/* After a pause ended: the open tasks' days, without the time that did not count. */
TB_NODISCARD tb_status cases__stages_after_pause(struct cases__act *act, struct tb_err *err);
/* After the applicant's turn: the open tasks' limits begin anew now. */
TB_NODISCARD tb_status cases__stages_anew(struct cases__act *act, struct tb_err *err);
/* The open task of an element, id 0 when there is none. */
TB_NODISCARD tb_status cases__task_open(struct cases__act *act, const char *element,
                                        struct cases__task *ret_task, struct tb_err *err);

/* ---- jobs and what they make
 * ------------------------------------------------------------------------------------- */

TB_NODISCARD tb_status cases__accept(struct cases__act *act, const char *kind, int64_t happened_at,
                                     struct tb_err *err);
/* Is it one of the outcomes that the pack offers for this task? */
bool cases__task_has_outcome(const struct cases__act *act, tb_str element, tb_str outcome);
/* A survey task: the first officer writes, the second confirms and so finishes it. */
TB_NODISCARD tb_status cases__survey(struct cases__act *act, const struct cases__task *task,
                                     tb_str outcome, tb_str comment, const struct tb_json *fields,
                                     struct tb_err *err);
/* What a survey found, point by point as the pack lists them: [{id, text, clause, law, article, unverified, result,
 * note}], for whoever reads it later. In arena. */
TB_NODISCARD tb_status cases__survey_points(struct tb_arena *arena, const struct packs_pack *pack,
                                            const struct packs_item *item,
                                            const struct tb_json *answers,
                                            const struct tb_json *findings, tb_str lang,
                                            struct tb_json **ret_list, struct tb_err *err);
/* Into out: is_signed, when the first officer of this task wrote it down and nobody confirmed it yet; officer, the name
 * of who asks and the number he gave the last time. */
TB_NODISCARD tb_status cases__survey_signed(struct tb_arena *arena, struct store_read *read,
                                            const struct op_actor *who,
                                            const struct cases__task *task, struct tb_json *out,
                                            struct tb_err *err);
/* TB_CONFLICT while a hearing may still be asked for, or was asked for and not held. */
TB_NODISCARD tb_status cases__check_hearing(struct cases__act *act, struct tb_err *err);
/* {state, ask_by, hold_by, on}; NULL when nobody was told of the right. In arena. */
struct tb_json *cases__hearing_json(struct tb_arena *arena, const struct cases__events *events,
                                    const struct clock_reckoning *found);
/* Where to turn against a decision, by the law in force: [{kind, body, period, clause}]. In arena. */
struct tb_json *cases__remedies_json(struct cases__act *act);
/* The clause that a ground stands on, for false_papers and fraud; absent for any other word. */
tb_str cases__bar_basis(tb_str ground);
/* Bars the applicant from this permit when basis is one of those clauses and the pack says that the matter is one of
 * public safety. *ret_until: last day of the bar; absent when there is none. */
TB_NODISCARD tb_status cases__bar(struct cases__act *act, tb_str basis, tb_str *ret_until,
                                  struct tb_err *err);
/* What a letter says of applying again, after cases__bar. In arena. */
tb_str cases__again_words(struct cases__act *act, tb_str basis, tb_str until);
/* outcome "grant" or "refuse"; reason must when refused. */
TB_NODISCARD tb_status cases__decide(struct cases__act *act, tb_str outcome, tb_str reason,
                                     tb_str basis, struct tb_err *err);
TB_NODISCARD tb_status cases__certificate_issue(struct cases__act *act, struct tb_err *err);
TB_NODISCARD tb_status cases__certificate_end(struct cases__act *act, const char *state,
                                              const char *reason, struct tb_err *err);
TB_NODISCARD tb_status cases__renew_by_silence(struct cases__act *act, int64_t happened_at,
                                               struct tb_err *err);
/* When a pledge is to be checked; absent on the ordinary way. */
tb_str cases__check_due(struct cases__act *act);
TB_NODISCARD tb_status cases__grant_publish(struct cases__act *act, struct tb_err *err);
TB_NODISCARD tb_status cases__grant_remove(struct cases__act *act, struct tb_err *err);
TB_NODISCARD tb_status cases__push(struct cases__act *act, const char *what, struct tb_err *err);
/* The days of the case as the events of the act, so far, make them; *ret_wake: when the clock next turns, INT64_MAX for
 * never. */
TB_NODISCARD tb_status cases__act_reckon(struct cases__act *act, int64_t *ret_wake,
                                         struct tb_err *err);
/* The one timer of the law's clock; INT64_MAX: none. */
TB_NODISCARD tb_status cases__timer_set(struct cases__act *act, int64_t wake, struct tb_err *err);
TB_NODISCARD tb_status cases__timer_add(struct cases__act *act, const char *kind, tb_str subject,
                                        int64_t due_at, struct tb_err *err);

/* ---- letters and papers to print
 * --------------------------------------------------------------------------------- */

/* Writes the row of a letter, numbered; data are added to what every letter has. No such letter in the pack: nothing
 * is written, unless the law asks for it (must), which is TB_INVALID. */
TB_NODISCARD tb_status cases__letter_add(struct cases__act *act, const char *kind,
                                         const struct tb_json *data, bool must, struct tb_err *err);
/* What every letter of a case may use; in arena. */
struct tb_json *cases__letter_data(struct tb_arena *arena, const struct cases *cases,
                                   const struct packs_pack *pack, const struct packs_item *item,
                                   const struct cases__case *of_case, int64_t now);
/* Has the case's letters and certificates drawn soon, should nobody ask for them before. */
TB_NODISCARD tb_status cases__draw_later(struct cases__act *act, struct tb_err *err);
/* "行政许可法#42" as people write it; empty for an absent clause. In arena. */
tb_str cases__clause_words(struct tb_arena *arena, const struct packs_pack *pack, tb_str clause,
                           tb_str lang);
/* Every field a letter may use that data does not have yet, empty; but no day: a letter whose sentence needs a day that
 * nobody reckoned is a fault of the program, and is not drawn. */
void cases__letter_defaults(struct tb_arena *arena, struct tb_json *data);
/* The seal that a kind of letter bears. */
tb_str cases__letter_seal(tb_str kind);
/* A sealed letter, not filed: receipts, and what cases__draw files. */
TB_NODISCARD tb_status cases__letter_pdf(const struct cases *cases, struct tb_arena *arena,
                                         const struct packs_pack *pack, tb_str kind,
                                         const struct tb_json *data, int64_t at, tb_str *ret_pdf,
                                         struct tb_err *err);
/* What the QR of a certificate holds. */
TB_NODISCARD tb_status cases__certificate_code(const struct cases *cases, struct tb_arena *arena,
                                               tb_str mark, tb_str holder, tb_str issued,
                                               tb_str expires, tb_str *ret_payload,
                                               struct tb_err *err);
/* The mark without the root OID that all marks share, as QR codes hold it; points into mark. */
tb_str cases__mark_short(tb_str mark);
/* Draws, seals and files all letters and certificates of a case that have no file yet. */
TB_NODISCARD tb_status cases__draw(struct cases *cases, struct tb_arena *arena, int64_t case_id,
                                   struct tb_err *err);
/* After the commit: draws, seals and files what has no file yet. A failure leaves it to cases_tick. */
void cases__draw_case(struct cases *cases, struct tb_arena *arena, int64_t case_id);

/* ---- persons and masks
 * ------------------------------------------------------------------------------------------- */

/* HMACs under which a person is found; computed outside the batch. */
struct cases__blinds {
    tb_str id, name;
};
struct cases__blinds cases__blinds_of(struct cases *cases, struct tb_arena *arena,
                                      const struct cases_party *party);
tb_str cases__blind_id(struct cases *cases, struct tb_arena *arena, tb_str id_number);
tb_str cases__blind_name(struct cases *cases, struct tb_arena *arena, tb_str name);
TB_NODISCARD tb_status cases__party_put_blinded(struct store_tx *tx,
                                                const struct cases_party *party,
                                                const struct cases__blinds *blinds, int64_t *ret_id,
                                                struct tb_err *err);

tb_str cases__mask_name(struct tb_arena *arena, tb_str name, bool is_firm);
tb_str cases__mask_number(struct tb_arena *arena, tb_str number);
tb_str cases__mask_phone(struct tb_arena *arena, tb_str phone);

/* ---- who may see
 * ------------------------------------------------------------------------------------------------- */

typedef enum {
    CASES_SEES_NOTHING,
    CASES_SEES_STATUS, /* number and code: masked */
    CASES_SEES_OWN,    /* applicant, agent or the account that filed */
    CASES_SEES_WORK,   /* staff of the region: masked until unmasked for a purpose */
} cases_sight;
/* What who may see of a case; code may be absent. */
TB_NODISCARD tb_status cases__sight(struct store_read *read, const struct op_actor *who,
                                    const struct cases__case *of_case, tb_str code,
                                    cases_sight *ret_sight, struct tb_err *err);
/* Loads a case that the actor may see at least so; else TB_NOT_FOUND. */
TB_NODISCARD tb_status cases__find(struct op_ctx *ctx, tb_str no, tb_str code, unsigned roles,
                                   struct cases__case *ret_case, cases_sight *ret_sight,
                                   struct tb_err *err);
/* What the timeline is told from. certificates: [{mark, name}] of the case. */
struct cases__telling {
    struct tb_arena *arena;
    const struct packs_pack *pack;
    tb_str lang;
    const struct cases__events *events;
    const struct cases__papers *papers;
    const struct tb_json *certificates;
    bool is_over, is_staff;
};
/* [{at, recorded_at, kind, title, text, basis, basis_words, by}]; in arena. */
struct tb_json *cases__timeline_json(const struct cases__telling *telling);
/* The whole case for one who sees it so; in arena. */
TB_NODISCARD tb_status cases__case_json(struct op_ctx *ctx, const struct cases__case *of_case,
                                        cases_sight sight, struct tb_json **ret_json,
                                        struct tb_err *err);
/* Does who sees it so read personal data without mask? Its owner does, staff after unmasking for a purpose. */
TB_NODISCARD tb_status cases__is_clear(struct op_ctx *ctx, const struct cases__case *of_case,
                                       cases_sight sight, bool *ret_is_clear, struct tb_err *err);
extern const struct op_actor cases__nobody;

/* ---- small things
 * ------------------------------------------------------------------------------------------------ */

/* Text from an alphabet without look-alikes; in arena. */
tb_str cases__random_text(struct tb_arena *arena, const struct tb_env *env, size_t len);
tb_str cases__day_text(struct tb_arena *arena, int64_t instant);
/* "2026-11-22" as 2026年11月22日, the way a Chinese letter writes it; any other text as it is. In arena. */
tb_str cases__day_words(struct tb_arena *arena, tb_str day);
struct tb_json *cases__object(struct tb_arena *arena);
/* tb_json_set that gives null for a NULL child. */
struct tb_json *cases__set(struct tb_arena *arena, struct tb_json *object, const char *key,
                           struct tb_json *child);

/* What the register knows of a person, by his blinded number (absent: nothing): {"permit.expires":
 * {value, source, date}, …}. In arena. */
TB_NODISCARD tb_status cases__facts(struct op_ctx *ctx, tb_str id_blind, struct tb_json **ret_facts,
                                    struct tb_err *err);
/* The blinded number of the person behind the account; absent when there is none. */
TB_NODISCARD tb_status cases__own_blind(struct op_ctx *ctx, tb_str *ret_blind, struct tb_err *err);
/* Files an application (POST /cases, and a draft's submission): draft is its token, or absent. */
TB_NODISCARD tb_status cases__file(struct op_ctx *ctx, const struct tb_json *in, tb_str pack_hash,
                                   tb_str draft, struct tb_json **ret_out, struct tb_err *err);
/* The draft has become act's case. */
TB_NODISCARD tb_status cases__draft_submitted(struct cases__act *act, tb_str draft,
                                              struct tb_err *err);

/* What came of a bad rating of the case: {state, contact_due, due, answer, judgement}; NULL when it obliged to
 * nothing. In arena. */
TB_NODISCARD tb_status cases__fix_json(struct tb_arena *arena, struct store_read *read,
                                       int64_t of_case, struct tb_json **ret_json,
                                       struct tb_err *err);

/* Rows of each file, joined in cases_open.c. */
#define CASES_ROWS(name)                                                                           \
    extern const struct op_row name[];                                                             \
    extern const size_t name##_count
CASES_ROWS(cases__file_rows);
CASES_ROWS(cases__view_rows);
CASES_ROWS(cases__intake_rows);
CASES_ROWS(cases__task_rows);
CASES_ROWS(cases__certificate_rows);
CASES_ROWS(cases__letter_rows);
CASES_ROWS(cases__owner_rows);
CASES_ROWS(cases__upload_rows);
CASES_ROWS(cases__list_rows);
CASES_ROWS(cases__guide_rows);
CASES_ROWS(cases__draft_rows);
CASES_ROWS(cases__review_rows);
CASES_ROWS(cases__bar_rows);
CASES_ROWS(cases__fix_rows);
CASES_ROWS(cases__hearing_rows);
CASES_ROWS(cases__grant_rows);

#endif
