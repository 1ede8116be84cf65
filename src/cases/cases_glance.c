/* SPDX-License-Identifier: Apache-2.0 */
/* What those who watch may ask of a case: its row, its last decision and its oldest open task, in three SELECTs. */
#include "cases/cases_glance.sql.h"
#include "cases/cases_internal.h"

static tb_status
read_head(struct tb_arena *arena, struct store_read *read, int64_t id, struct cases_glance *glance,
          struct tb_err *err)
{
    struct store_rows *rows = NULL;
    TB_TRY(store_select(read, sql_glance, &STORE_INT_OF(id), 1, &rows, err));
    bool is_there = store_next(rows);
    if (is_there) {
        *glance = (struct cases_glance){.id = id, .received_at = store_int(rows, 0)};
        tb_str *const texts[] = {&glance->no,    &glance->item,        &glance->situation,
                                 &glance->pack,  &glance->division,    &glance->department,
                                 &glance->state, &glance->way,         &glance->answer_due,
                                 &glance->due,   &glance->promised_due};
        for (size_t i = 0; i < TB_COUNT(texts); i++)
            *texts[i] = cases__text(arena, rows, 1 + (int)i);
    }
    TB_TRY(store_rows_done(rows, err));
    return is_there ? TB_OK : tb_fail(err, TB_NOT_FOUND, "there is no case %lld", (long long)id);
}

static tb_status
read_events(struct tb_arena *arena, struct store_read *read, struct cases_glance *glance,
            struct tb_err *err)
{
    struct cases__events events;
    TB_TRY(cases__load_events(arena, read, glance->id, &events, err));
    for (size_t i = 0; i < events.count; i++) {
        const struct cases__event *event = &events.items[i];
        if (tb_str_is(event->kind, "suspended"))
            glance->is_paused = true;
        else if (tb_str_is(event->kind, "resumed"))
            glance->is_paused = false;
        else if (tb_str_is(event->kind, "accepted"))
            glance->accepted_at = event->happened_at;
        else if (tb_str_is(event->kind, "deemed_accepted"))
            glance->accepted_at = glance->received_at;
        if (tb_str_is(event->kind, "deemed_accepted") || tb_str_is(event->kind, "tacitly_renewed"))
            glance->is_deemed = true;
    }
    return TB_OK;
}

tb_status
cases_glance(struct tb_arena *arena, struct store_read *read, int64_t id,
             struct cases_glance *ret_glance, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    struct cases_glance glance;
    TB_TRY(read_head(arena, read, id, &glance, err));
    TB_TRY(read_events(arena, read, &glance, err));
    TB_TRY(store_select(read, sql_glance_decision, &STORE_INT_OF(id), 1, &rows, err));
    if (store_next(rows)) {
        glance.outcome = cases__text(arena, rows, 0);
        glance.decided_at = store_int(rows, 1);
        glance.is_by_rules = store_int(rows, 2) == 0;
    }
    TB_TRY(store_rows_done(rows, err));
    TB_TRY(store_select(read, sql_glance_task, &STORE_INT_OF(id), 1, &rows, err));
    if (store_next(rows)) {
        glance.task = cases__text(arena, rows, 0);
        glance.role = cases__text(arena, rows, 1);
        glance.task_due = cases__text(arena, rows, 2);
        glance.task_account = store_int(rows, 3);
    }
    TB_TRY(store_rows_done(rows, err));
    *ret_glance = glance;
    return TB_OK;
}

tb_status
cases_case_of(struct store_read *read, tb_str table, int64_t id, int64_t *ret_case,
              struct tb_err *err)
{
    static const struct {
        const char *table, *sql;
    } rows[] = {
        {"case_events", sql_case_of_event},
        {"tasks", sql_case_of_task},
        {"decisions", sql_case_of_decision},
        {"reviews", sql_case_of_review},
    };
    if (tb_str_is(table, "cases")) {
        *ret_case = id;
        return TB_OK;
    }
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        if (tb_str_is(table, rows[i].table))
            return cases__one(read, rows[i].sql, &STORE_INT_OF(id), 1, ret_case, err);
    }
    return tb_fail(err, TB_INVALID, "rows of " TB_FMT " belong to no case", TB_ARG(table));
}

tb_status
cases_event_glance(struct tb_arena *arena, struct store_read *read, int64_t id,
                   struct cases_event_glance *ret_glance, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    TB_TRY(store_select(read, sql_glance_event, &STORE_INT_OF(id), 1, &rows, err));
    bool is_there = store_next(rows);
    if (is_there)
        *ret_glance = (struct cases_event_glance){.of_case = store_int(rows, 0),
                                                  .happened_at = store_int(rows, 1),
                                                  .kind = cases__text(arena, rows, 2)};
    TB_TRY(store_rows_done(rows, err));
    return is_there ? TB_OK : tb_fail(err, TB_NOT_FOUND, "there is no event %lld", (long long)id);
}

void
cases_set_due(struct tb_arena *arena, struct tb_json *row, const struct clock_calendar *calendar,
              tb_date today, tb_str due)
{
    tb_date day;
    tb_json_set_text(arena, row, "due", due.len > 0 ? due : TB_STR_NONE);
    if (!tb_date_parse(due, &day))
        return;
    int64_t left = clock_workdays_between(calendar, today, day);
    tb_json_set_int(arena, row, "left_days", left);
    tb_json_set_text(arena, row, "card",
                     left < 0    ? TB_STR("red")
                     : left == 0 ? TB_STR("yellow")
                     : left == 1 ? TB_STR("reminder")
                                 : TB_STR_NONE);
}

tb_status
cases_review_glance(struct tb_arena *arena, struct store_read *read, int64_t id,
                    struct cases_review_glance *ret_glance, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    TB_TRY(store_select(read, sql_glance_review, &STORE_INT_OF(id), 1, &rows, err));
    bool is_there = store_next(rows);
    if (is_there)
        *ret_glance = (struct cases_review_glance){
            .rated_at = store_int(rows, 0),
            .division = cases__text(arena, rows, 1),
            .department = cases__text(arena, rows, 2),
            .satisfaction = cases__text(arena, rows, 3),
            .is_default = store_int(rows, 4) != 0,
        };
    TB_TRY(store_rows_done(rows, err));
    return is_there ? TB_OK : tb_fail(err, TB_NOT_FOUND, "there is no review %lld", (long long)id);
}
