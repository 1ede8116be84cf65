/* SPDX-License-Identifier: Apache-2.0 */
/* From the log's feed to the due list and the counters. Each entry says that a row changed; what the case is now is
 * read once for each case of the batch, so that a batch of a thousand entries of one case costs one look. */
#include "watch/watch_feed.sql.h"
#include "watch/watch_internal.h"
#include <stdio.h>

struct feed {
    struct watch *watch;
};

/* ---- one case
 * ---------------------------------------------------------------------------------------------------- */

static bool
is_running(const struct cases_glance *glance)
{
    return !glance->is_paused &&
           (tb_str_is(glance->state, "submitted") || tb_str_is(glance->state, "open"));
}

static tb_status
count_move(struct store_tx *tx, const struct watch__due *was, const struct cases_glance *is,
           struct tb_err *err)
{
    char name[64];
    if (was->state.len > 0) {
        snprintf(name, sizeof(name), "state." TB_FMT, TB_ARG(was->state));
        TB_TRY(watch__count(tx, name, was->division, was->department, TB_STR_NONE, -1, err));
    }
    snprintf(name, sizeof(name), "state." TB_FMT, TB_ARG(is->state));
    return watch__count(tx, name, is->division, is->department, TB_STR_NONE, 1, err);
}

/* A decision was made: in time or not, by the promise and by the law as they stood on that day. */
static tb_status
count_decision(struct store_tx *tx, struct tb_arena *arena, const struct cases_glance *is,
               struct tb_err *err)
{
    tb_str day = tb_date_format(arena, tb_instant_day(is->decided_at));
    bool is_late = is->due.len > 0 && tb_str_cmp(day, is->due) > 0;
    bool is_over_promise = is->promised_due.len > 0 && tb_str_cmp(day, is->promised_due) > 0;
    bool is_early = is->promised_due.len > 0 && tb_str_cmp(day, is->promised_due) < 0;
    const char *how = is_late           ? "late"
                      : is_over_promise ? "over_promise"
                      : is_early        ? "early"
                                        : "on_time";
    TB_TRY(watch__count(tx, how, is->division, is->department, TB_STR_NONE, 1, err));
    return watch__count(tx, "done", is->division, is->department, day, 1, err);
}

static tb_status
put_due(struct store_tx *tx, const struct watch__due *was, bool is_there,
        const struct watch__due *is, int64_t next, struct tb_err *err)
{
    struct store_value values[] = {
        STORE_SET_INT("of_case", is->of_case),
        STORE_SET_TEXT("no", is->no),
        STORE_SET_TEXT("item", is->item),
        STORE_SET_TEXT("division", is->division),
        STORE_SET_TEXT("department", is->department),
        STORE_SET_TEXT("state", is->state),
        STORE_SET_TEXT("outcome", is->outcome),
        STORE_SET_BOOL("is_running", is->is_running),
        STORE_SET_DAY("answer_due", is->answer_due),
        STORE_SET_DAY("due", is->due),
        STORE_SET_DAY("promised_due", is->promised_due),
        STORE_SET_TEXT("task", is->task),
        STORE_SET_TEXT("role", is->role),
        STORE_SET_DAY("task_due", is->task_due),
        STORE_SET_INT("account", is->account),
        next == INT64_MAX ? STORE_SET_NULL("next_at") : STORE_SET_INSTANT("next_at", next),
        STORE_SET_DAY("next_due", watch__next_day(is)),
    };
    if (is_there)
        return store_update(tx, "watch_dues", was->id, -1, values, TB_COUNT(values), err);
    return store_insert(tx, "watch_dues", values, TB_COUNT(values), NULL, err);
}

static tb_status
look_at_case(struct watch *watch, struct store_tx *tx, struct tb_arena *arena, int64_t id,
             struct tb_err *err)
{
    struct cases_glance glance;
    struct watch__due was = {0};
    bool is_there = false;
    tb_status status = cases_glance(arena, store_tx_read(tx), id, &glance, err);
    if (status == TB_NOT_FOUND)
        return TB_OK;
    TB_TRY(status);
    TB_TRY(watch__due_load(arena, store_tx_read(tx), id, &was, &is_there, err));
    struct watch__due is = {
        .of_case = id,
        .account = glance.task_account,
        .is_running = is_running(&glance),
        .no = glance.no,
        .item = glance.item,
        .division = glance.division,
        .department = glance.department,
        .state = glance.state,
        .outcome = glance.outcome,
        .answer_due = glance.answer_due,
        .due = glance.due,
        .promised_due = tb_str_is(glance.state, "open") ? glance.promised_due : TB_STR_NONE,
        .task = glance.task,
        .role = glance.role,
        .task_due = glance.task_due,
    };
    if (!tb_str_eq(was.state, is.state))
        TB_TRY(count_move(tx, &was, &glance, err));
    if (!is_there)
        TB_TRY(watch__count(tx, "received", is.division, is.department,
                            tb_date_format(arena, tb_instant_day(glance.received_at)), 1, err));
    /* Looked at once at once: what is already over is found then, not at the next moment. */
    int64_t now = store_tx_now(tx);
    int64_t next = is.is_running ? now : INT64_MAX;
    return put_due(tx, &was, is_there, &is, next, err);
}

static tb_status
look_at_review(struct store_tx *tx, struct tb_arena *arena, int64_t id, struct tb_err *err)
{
    struct cases_review_glance glance;
    char name[64];
    tb_status status = cases_review_glance(arena, store_tx_read(tx), id, &glance, err);
    if (status == TB_NOT_FOUND || (status == TB_OK && glance.is_default))
        return TB_OK;
    TB_TRY(status);
    snprintf(name, sizeof(name), "rating." TB_FMT, TB_ARG(glance.satisfaction));
    return watch__count(tx, name, glance.division, glance.department, TB_STR_NONE, 1, err);
}

/* A decision was written: once in the log's order, so that a rebuilt distribution grows as the live one did. */
static tb_status
look_at_decision(struct watch *watch, struct store_tx *tx, struct tb_arena *arena, int64_t of_case,
                 struct tb_err *err)
{
    struct cases_glance glance;
    struct watch__due due;
    bool is_there = false;
    TB_TRY(cases_glance(arena, store_tx_read(tx), of_case, &glance, err));
    TB_TRY(watch__due_load(arena, store_tx_read(tx), of_case, &due, &is_there, err));
    if (!is_there)
        return TB_OK;
    TB_TRY(count_decision(tx, arena, &glance, err));
    return watch__span(watch, tx, arena, &due, &glance, err);
}

/* Some events are themselves the reason of a card. */
static tb_status
look_at_event(struct watch *watch, struct store_tx *tx, struct tb_arena *arena, int64_t id,
              struct tb_err *err)
{
    struct cases_event_glance event;
    struct watch__due due;
    bool is_there = false;
    TB_TRY(cases_event_glance(arena, store_tx_read(tx), id, &event, err));
    for (size_t i = 0; i < watch__rule_count; i++) {
        const struct watch__rule *rule = &watch__rules[i];
        if (rule->subject != WATCH_EVENT || !tb_str_is(event.kind, rule->event))
            continue;
        TB_TRY(watch__due_load(arena, store_tx_read(tx), event.of_case, &due, &is_there, err));
        struct watch__occasion occasion = {
            .rule = rule,
            .subject = tb_date_format(arena, tb_instant_day(event.happened_at)),
            .at = event.happened_at,
            .now = store_tx_now(tx)};
        if (is_there)
            TB_TRY(watch__put_up(watch, tx, arena, &due, &occasion, err));
    }
    return TB_OK;
}

/* Cards are counted when the log tells of them, like everything else that is counted. */
static tb_status
look_at_card(struct store_tx *tx, struct tb_arena *arena, int64_t id, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    tb_str kind = TB_STR_NONE, division = TB_STR_NONE, department = TB_STR_NONE;
    char name[64];
    TB_TRY(store_select(store_tx_read(tx), sql_card_counted, &STORE_INT_OF(id), 1, &rows, err));
    if (store_next(rows)) {
        kind = watch__text(arena, rows, 0);
        division = watch__text(arena, rows, 1);
        department = watch__text(arena, rows, 2);
    }
    TB_TRY(store_rows_done(rows, err));
    snprintf(name, sizeof(name), "card." TB_FMT, TB_ARG(kind));
    return watch__count(tx, name, division, department, TB_STR_NONE, 1, err);
}

/* ---- a batch
 * ----------------------------------------------------------------------------------------------------- */

static bool
is_about_cases(tb_str table)
{
    return tb_str_is(table, "cases") || tb_str_is(table, "case_events") ||
           tb_str_is(table, "tasks") || tb_str_is(table, "decisions");
}

static bool
is_seen(const int64_t *seen, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (seen[i] == id)
            return true;
    }
    return false;
}

/* What a new row of this table means besides a look at its case. */
static tb_status
look_at_new(struct watch *watch, struct store_tx *tx, struct tb_arena *arena,
            const struct store_entry *entry, int64_t of_case, struct tb_err *err)
{
    if (tb_str_is(entry->table, "reviews"))
        return look_at_review(tx, arena, entry->id, err);
    if (tb_str_is(entry->table, "watch_cards"))
        return look_at_card(tx, arena, entry->id, err);
    if (tb_str_is(entry->table, "decisions"))
        return look_at_decision(watch, tx, arena, of_case, err);
    if (tb_str_is(entry->table, "case_events"))
        return look_at_event(watch, tx, arena, entry->id, err);
    return TB_OK;
}

static tb_status
read_entries(struct watch *watch, struct store_tx *tx, struct tb_arena *arena,
             const struct store_entry *entries, size_t count, struct tb_err *err)
{
    int64_t *seen = TB_NEW_ARRAY(arena, count + 1, int64_t);
    size_t seen_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct store_entry *entry = &entries[i];
        int64_t id = 0;
        if (is_about_cases(entry->table))
            TB_TRY(cases_case_of(store_tx_read(tx), entry->table, entry->id, &id, err));
        if (id != 0 && !is_seen(seen, seen_count, id)) {
            seen[seen_count++] = id;
            TB_TRY(look_at_case(watch, tx, arena, id, err));
        }
        if (entry->op == STORE_OP_INSERT)
            TB_TRY(look_at_new(watch, tx, arena, entry, id, err));
    }
    return TB_OK;
}

static tb_status
consume(struct store_tx *tx, const struct store_entry *entries, size_t count, void *arg,
        struct tb_err *err)
{
    struct feed *feed = arg;
    struct tb_arena *arena = tb_arena_new(0);
    tb_status status = read_entries(feed->watch, tx, arena, entries, count, err);
    tb_arena_free(arena);
    return status;
}

tb_status
watch__feed(struct watch *watch, size_t limit, size_t *ret_done, struct tb_err *err)
{
    struct feed feed = {watch};
    return store_feed(watch->options.store, TB_STR("watch"), limit, consume, &feed, ret_done, err);
}

/* ---- once more from the beginning
 * -------------------------------------------------------------------------------- */

struct forgetting {
    size_t left; /* rows thrown away in this turn */
};

static tb_status
forget_rows(struct store_tx *tx, const char *table, const char *sql, struct forgetting *forgetting,
            struct tb_err *err)
{
    int64_t ids[WATCH_ROUND_MAX];
    size_t count = 0;
    struct store_rows *rows = NULL;
    struct store_value limit = STORE_INT_OF(WATCH_ROUND_MAX);
    TB_TRY(store_select(store_tx_read(tx), sql, &limit, 1, &rows, err));
    while (count < WATCH_ROUND_MAX && store_next(rows))
        ids[count++] = store_int(rows, 0);
    TB_TRY(store_rows_done(rows, err));
    for (size_t i = 0; i < count; i++)
        TB_TRY(store_delete(tx, table, ids[i], -1, err));
    forgetting->left += count;
    return TB_OK;
}

/* A page of each table; with the last page, in the same batch, the feed begins anew. */
static tb_status
forget(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct forgetting *forgetting = arg;
    forgetting->left = 0;
    TB_TRY(forget_rows(tx, "watch_dues", sql_some_dues, forgetting, err));
    TB_TRY(forget_rows(tx, "watch_counts", sql_some_counts, forgetting, err));
    TB_TRY(forget_rows(tx, "watch_spans", sql_some_spans, forgetting, err));
    return forgetting->left == 0 ? store_feed_rewind(tx, TB_STR("watch"), err) : TB_OK;
}

tb_status
watch_rebuild(struct watch *watch, struct tb_err *err)
{
    struct forgetting forgetting = {.left = 1};
    struct store_cause cause = {0, TB_STR("rebuild"), TB_STR("watch.rebuild")};
    while (forgetting.left > 0)
        TB_TRY(store_write(watch->options.store, &cause, forget, &forgetting, err));
    return TB_OK;
}
