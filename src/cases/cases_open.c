/* SPDX-License-Identifier: Apache-2.0 */
/* The object that all operations of the trade work on, and their rows in one table. */
#include "cases/cases_correction.h"
#include <stdlib.h>
#include <string.h>

static const struct {
    const struct op_row *rows;
    const size_t *count;
} parts[] = {
    {cases__guide_rows, &cases__guide_rows_count},
    {cases__draft_rows, &cases__draft_rows_count},
    {cases__file_rows, &cases__file_rows_count},
    {cases__upload_rows, &cases__upload_rows_count},
    {cases__list_rows, &cases__list_rows_count},
    {cases__view_rows, &cases__view_rows_count},
    {cases__intake_rows, &cases__intake_rows_count},
    {cases__correction_rows, &cases__correction_rows_count},
    {cases__owner_rows, &cases__owner_rows_count},
    {cases__task_rows, &cases__task_rows_count},
    {cases__letter_rows, &cases__letter_rows_count},
    {cases__certificate_rows, &cases__certificate_rows_count},
    {cases__grant_rows, &cases__grant_rows_count},
    {cases__review_rows, &cases__review_rows_count},
    {cases__bar_rows, &cases__bar_rows_count},
    {cases__fix_rows, &cases__fix_rows_count},
    {cases__hearing_rows, &cases__hearing_rows_count},
};

struct op_table
cases_rows(struct tb_arena *arena)
{
    size_t count = 0, at = 0;
    for (size_t i = 0; i < TB_COUNT(parts); i++)
        count += *parts[i].count;
    struct op_row *rows = TB_NEW_ARRAY(arena, count, struct op_row);
    for (size_t i = 0; i < TB_COUNT(parts); i++) {
        memcpy(&rows[at], parts[i].rows, *parts[i].count * sizeof(struct op_row));
        at += *parts[i].count;
    }
    return (struct op_table){rows, count, NULL};
}

tb_status
cases_open(const struct cases_options *options, struct cases **ret_cases, struct tb_err *err)
{
    if (options->store == NULL || options->env == NULL || options->packs == NULL ||
        options->calendar == NULL || options->seal == NULL || options->division.len != 12)
        return tb_fail(
            err, TB_INVALID,
            "the trade needs store, env, packs, calendar, seal and a division of 12 digits");
    struct tb_arena *arena = tb_arena_new(0);
    struct cases *cases = TB_NEW(arena, struct cases);
    cases->arena = arena;
    cases->options = *options;
    if (sem_init(&cases->drawing, 0, CASES_DRAWING_MAX) != 0) {
        tb_arena_free(arena);
        return tb_fail(err, TB_INTERNAL, "no semaphore for drawing");
    }
    cases->table = cases_rows(arena);
    cases->table.self = cases;
    *ret_cases = cases;
    return TB_OK;
}

void
cases_close(struct cases *cases)
{
    if (cases == NULL)
        return;
    sem_destroy(&cases->drawing);
    tb_arena_free(cases->arena);
}

struct op_table
cases_ops(struct cases *cases)
{
    return cases->table;
}
