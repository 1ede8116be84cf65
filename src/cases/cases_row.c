/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the rows of a case into structs of an arena. */
#include "cases/cases_internal.h"
#include "cases/cases_row.sql.h"
#include <string.h>

tb_str
cases__text(struct tb_arena *arena, const struct store_rows *rows, int column)
{
    tb_str text = store_text(rows, column);
    return text.ptr == NULL ? TB_STR_NONE : tb_str_copy(arena, text);
}

const struct tb_json *
cases__json(struct tb_arena *arena, tb_str text)
{
    struct tb_json *json = NULL;
    if (text.len > 0 && tb_json_parse(arena, text, &json, NULL) == TB_OK)
        return json;
    return cases__object(arena);
}

tb_str
cases__json_text(struct tb_arena *arena, const struct tb_json *json)
{
    struct tb_buf buf = {.arena = arena};
    if (json == NULL)
        return TB_STR("{}");
    tb_json_write(&buf, json);
    return tb_buf_done(&buf);
}

static void
read_case(struct tb_arena *arena, const struct store_rows *rows, struct cases__case *ret)
{
    *ret = (struct cases__case){.id = store_int(rows, 0), .leaf = store_int(rows, 1)};
    tb_str *const texts[] = {&ret->no,         &ret->code,    &ret->item, &ret->pack,
                             &ret->situation,  &ret->process, &ret->way,  &ret->division,
                             &ret->department, &ret->channel};
    for (size_t i = 0; i < TB_COUNT(texts); i++)
        *texts[i] = cases__text(arena, rows, 2 + (int)i);
    if (!cases__state_find(store_text(rows, 12), &ret->state))
        ret->state = CASES_STATE_COUNT;
    ret->applicant = store_int(rows, 13);
    ret->account = store_int(rows, 14);
    ret->received_at = store_int(rows, 15);
    ret->events = store_int(rows, 16);
    ret->tasks = store_int(rows, 17);
    tb_str *const more[] = {&ret->applicant_name, &ret->answer_due, &ret->due,   &ret->promised_due,
                            &ret->fields,         &ret->answers,    &ret->extra, &ret->instance,
                            &ret->previous,       &ret->calendar};
    for (size_t i = 0; i < TB_COUNT(more); i++)
        *more[i] = cases__text(arena, rows, 18 + (int)i);
}

static tb_status
load_one(struct tb_arena *arena, struct store_read *read, const char *sql, struct store_value key,
         struct cases__case *ret_case, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    TB_TRY(store_select(read, sql, &key, 1, &rows, err));
    bool is_there = store_next(rows);
    struct cases__case found = {0};
    if (is_there)
        read_case(arena, rows, &found);
    TB_TRY(store_rows_done(rows, err));
    if (!is_there)
        return tb_fail(err, TB_NOT_FOUND, "there is no such case");
    if (found.state == CASES_STATE_COUNT)
        return tb_fail(err, TB_CORRUPT, "case " TB_FMT " is in no known state", TB_ARG(found.no));
    *ret_case = found;
    return TB_OK;
}

tb_status
cases__load(struct tb_arena *arena, struct store_read *read, tb_str no,
            struct cases__case *ret_case, struct tb_err *err)
{
    return load_one(arena, read, sql_case_by_no, STORE_TEXT_OF(no), ret_case, err);
}

tb_status
cases__load_id(struct tb_arena *arena, struct store_read *read, int64_t id,
               struct cases__case *ret_case, struct tb_err *err)
{
    return load_one(arena, read, sql_case_by_id, STORE_INT_OF(id), ret_case, err);
}

/* Makes room for one more in an array that grows by doubling; the old one stays behind in the arena. */
static void *
grow(struct tb_arena *arena, void *items, size_t count, size_t size)
{
    if (count > 0 && (count < 8 || (count & (count - 1)) != 0))
        return items;
    void *more = tb_alloc_array(arena, count < 8 ? 8 : 2 * count, size);
    if (count > 0)
        memcpy(more, items, count * size);
    return more;
}

tb_status
cases__load_events(struct tb_arena *arena, struct store_read *read, int64_t of_case,
                   struct cases__events *ret_events, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    struct cases__events list = {0};
    TB_TRY(store_select(read, sql_events, &STORE_INT_OF(of_case), 1, &rows, err));
    while (store_next(rows)) {
        list.items = grow(arena, list.items, list.count, sizeof(*list.items));
        list.items[list.count++] = (struct cases__event){
            .n = store_int(rows, 0),
            .happened_at = store_int(rows, 1),
            .recorded_at = store_int(rows, 2),
            .actor = store_int(rows, 3),
            .kind = cases__text(arena, rows, 4),
            .basis = cases__text(arena, rows, 5),
            .data = cases__text(arena, rows, 6),
            .note = cases__text(arena, rows, 7),
        };
    }
    TB_TRY(store_rows_done(rows, err));
    *ret_events = list;
    return TB_OK;
}

tb_status
cases__load_parties(struct tb_arena *arena, struct store_read *read, int64_t of_case,
                    struct cases__parties *ret_parties, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    struct cases__parties list = {0};
    TB_TRY(store_select(read, sql_parties, &STORE_INT_OF(of_case), 1, &rows, err));
    while (store_next(rows)) {
        list.items = grow(arena, list.items, list.count, sizeof(*list.items));
        list.items[list.count++] = (struct cases__party){
            .party = store_int(rows, 0),
            .account = store_int(rows, 1),
            .checked_at = store_int(rows, 2),
            .role = cases__text(arena, rows, 3),
            .identity_check = cases__text(arena, rows, 4),
            .scope = cases__text(arena, rows, 5),
            .name = cases__text(arena, rows, 6),
            .id_number = cases__text(arena, rows, 7),
            .phone = cases__text(arena, rows, 8),
            .kind = cases__text(arena, rows, 9),
            .id = store_int(rows, 10),
        };
    }
    TB_TRY(store_rows_done(rows, err));
    *ret_parties = list;
    return TB_OK;
}

tb_status
cases__load_papers(struct tb_arena *arena, struct store_read *read, int64_t of_case,
                   struct cases__papers *ret_papers, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    struct cases__papers list = {0};
    TB_TRY(store_select(read, sql_papers, &STORE_INT_OF(of_case), 1, &rows, err));
    while (store_next(rows)) {
        list.items = grow(arena, list.items, list.count, sizeof(*list.items));
        list.items[list.count++] = (struct cases__paper){
            .id = store_int(rows, 0),
            .round = store_int(rows, 1),
            .material = cases__text(arena, rows, 2),
            .state = cases__text(arena, rows, 3),
            .result = cases__text(arena, rows, 4),
            .note = cases__text(arena, rows, 5),
            .files = cases__text(arena, rows, 6),
        };
    }
    TB_TRY(store_rows_done(rows, err));
    *ret_papers = list;
    return TB_OK;
}

void
cases__read_task(struct tb_arena *arena, const struct store_rows *rows,
                 struct cases__task *ret_task)
{
    *ret_task = (struct cases__task){
        .id = store_int(rows, 0),
        .leaf = store_int(rows, 1),
        .of_case = store_int(rows, 2),
        .n = store_int(rows, 3),
        .made_at = store_int(rows, 4),
        .claimed_by = store_int(rows, 5),
        .done_by = store_int(rows, 6),
        .done_at = store_int(rows, 7),
        .element = cases__text(arena, rows, 8),
        .token = cases__text(arena, rows, 9),
        .role = cases__text(arena, rows, 10),
        .division = cases__text(arena, rows, 11),
        .department = cases__text(arena, rows, 12),
        .state = cases__text(arena, rows, 13),
        .due = cases__text(arena, rows, 14),
        .outcome = cases__text(arena, rows, 15),
        .comment = cases__text(arena, rows, 16),
        .fields = cases__text(arena, rows, 17),
        .other_role = cases__text(arena, rows, 18),
    };
}

tb_status
cases__load_tasks(struct tb_arena *arena, struct store_read *read, int64_t of_case,
                  struct cases__tasks *ret_tasks, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    struct cases__tasks list = {0};
    TB_TRY(store_select(read, sql_tasks, &STORE_INT_OF(of_case), 1, &rows, err));
    while (store_next(rows)) {
        list.items = grow(arena, list.items, list.count, sizeof(*list.items));
        cases__read_task(arena, rows, &list.items[list.count++]);
    }
    TB_TRY(store_rows_done(rows, err));
    *ret_tasks = list;
    return TB_OK;
}

tb_status
cases__one(struct store_read *read, const char *sql, const struct store_value *params, size_t count,
           int64_t *ret_value, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    TB_TRY(store_select(read, sql, params, count, &rows, err));
    int64_t value = store_next(rows) ? store_int(rows, 0) : 0;
    TB_TRY(store_rows_done(rows, err));
    *ret_value = value;
    return TB_OK;
}
