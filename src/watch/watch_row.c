/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and counting. */
#include "watch/watch_internal.h"
#include "watch/watch_row.sql.h"

tb_str
watch__text(struct tb_arena *arena, const struct store_rows *rows, int column)
{
    tb_str text = store_text(rows, column);
    return text.ptr == NULL ? TB_STR_NONE : tb_str_copy(arena, text);
}

tb_status
watch__one(struct store_read *read, const char *sql, const struct store_value *params, size_t count,
           int64_t *ret_value, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    TB_TRY(store_select(read, sql, params, count, &rows, err));
    int64_t value = store_next(rows) ? store_int(rows, 0) : 0;
    TB_TRY(store_rows_done(rows, err));
    *ret_value = value;
    return TB_OK;
}

tb_status
watch__due_load(struct tb_arena *arena, struct store_read *read, int64_t of_case,
                struct watch__due *ret_due, bool *ret_is_there, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    TB_TRY(store_select(read, sql_due, &STORE_INT_OF(of_case), 1, &rows, err));
    *ret_is_there = store_next(rows);
    if (*ret_is_there) {
        *ret_due = (struct watch__due){.id = store_int(rows, 0),
                                       .of_case = of_case,
                                       .account = store_int(rows, 1),
                                       .is_running = store_int(rows, 2) != 0};
        tb_str *const texts[] = {&ret_due->no,         &ret_due->item,  &ret_due->division,
                                 &ret_due->department, &ret_due->state, &ret_due->outcome,
                                 &ret_due->answer_due, &ret_due->due,   &ret_due->promised_due,
                                 &ret_due->task,       &ret_due->role,  &ret_due->task_due};
        for (size_t i = 0; i < TB_COUNT(texts); i++)
            *texts[i] = watch__text(arena, rows, 3 + (int)i);
    }
    return store_rows_done(rows, err);
}

tb_status
watch__count(struct store_tx *tx, const char *name, tb_str division, tb_str department, tb_str day,
             int64_t delta, struct tb_err *err)
{
    struct store_value params[] = {STORE_TEXT_OF(tb_str_of(name)), STORE_TEXT_OF(division),
                                   STORE_TEXT_OF(department),
                                   STORE_TEXT_OF(day.len > 0 ? day : TB_STR(""))};
    struct store_rows *rows = NULL;
    int64_t id = 0, value = 0;
    TB_TRY(store_select(store_tx_read(tx), sql_count, params, TB_COUNT(params), &rows, err));
    if (store_next(rows)) {
        id = store_int(rows, 0);
        value = store_int(rows, 1);
    }
    TB_TRY(store_rows_done(rows, err));
    /* A counter at nought has no row: what is rebuilt has none either. */
    if (id != 0 && value + delta == 0)
        return store_delete(tx, "watch_counts", id, -1, err);
    if (id != 0)
        return store_update(tx, "watch_counts", id, -1,
                            STORE_VALUES(STORE_SET_INT("value", value + delta)), err);
    return store_insert(tx, "watch_counts",
                        STORE_VALUES(STORE_SET_TEXT("name", tb_str_of(name)),
                                     STORE_SET_TEXT("division", division),
                                     STORE_SET_TEXT("department", department),
                                     STORE_SET_TEXT("day", day.len > 0 ? day : TB_STR("")),
                                     STORE_SET_INT("value", delta)),
                        NULL, err);
}
