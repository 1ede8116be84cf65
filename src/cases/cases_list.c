/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of cases: one's own, those of one's region, the window's queue. Names are masked in every list (F22). */
#include "cases/cases_internal.h"
#include "cases/cases_list.sql.h"
#include <string.h>

#define LIST_ROLES (OP_STAFF | OP_SUPERVISOR | OP_ARCHIVIST)

/* ---- rows
 * -------------------------------------------------------------------------------------------------------- */

static struct tb_json *
list_row(struct op_ctx *ctx, const struct store_rows *rows, bool is_own)
{
    struct tb_arena *arena = op_arena(ctx);
    struct cases *cases = op_self(ctx);
    struct tb_json *row = cases__object(arena);
    const struct packs_pack *pack = packs_set_by_hash(cases->options.packs, store_text(rows, 3));
    const struct packs_item *item =
        pack != NULL ? packs_situation(pack, store_text(rows, 4)) : NULL;
    tb_str state = cases__text(arena, rows, 5), name = cases__text(arena, rows, 6);
    tb_str answer_due = cases__text(arena, rows, 7), due = cases__text(arena, rows, 8);
    tb_str promised = cases__text(arena, rows, 9);
    tb_json_set_text(arena, row, "no", cases__text(arena, rows, 1));
    tb_json_set_text(arena, row, "item", cases__text(arena, rows, 2));
    tb_json_set_text(arena, row, "name", item != NULL ? item->name : TB_STR_NONE);
    tb_json_set_text(arena, row, "situation", item != NULL ? item->situation : TB_STR_NONE);
    tb_json_set_text(
        arena, row, "applicant",
        is_own ? name : cases__mask_name(arena, name, tb_str_is(store_text(rows, 13), "firm")));
    tb_json_set_text(arena, row, "state", state);
    tb_json_set_text(arena, row, "state_name", cases__word_of(op_lang(ctx), arena, "state", state));
    tb_json_set_text(arena, row, "way", cases__text(arena, rows, 14));
    tb_json_set_text(arena, row, "received_at", tb_instant_format(arena, store_int(rows, 10)));
    tb_json_set_text(arena, row, "answer_due", answer_due);
    tb_json_set_text(arena, row, "statutory_due", due);
    tb_json_set_text(arena, row, "promised_due", promised);
    bool is_running = tb_str_is(state, "open") || tb_str_is(state, "submitted");
    if (is_running)
        cases_set_due(arena, row, cases->options.calendar, op_today(ctx),
                      answer_due.len > 0 ? answer_due
                      : promised.len > 0 ? promised
                                         : due);
    else
        cases__set(op_arena(ctx), row, "due", NULL);
    return row;
}

static tb_status
collect(struct op_ctx *ctx, const char *sql, const struct store_value *params, size_t count,
        bool is_own, struct tb_json *list, int64_t *ret_last, struct tb_err *err)
{
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(store_select(read, sql, params, count, &rows, err));
    while (store_next(rows)) {
        *ret_last = store_int(rows, 0);
        if (is_own || op_may(op_who(ctx), LIST_ROLES, store_text(rows, 11), TB_STR("")))
            tb_json_add(list, list_row(ctx, rows, is_own));
    }
    return store_rows_done(rows, err);
}

/* ---- which list
 * -------------------------------------------------------------------------------------------------- */

/* The widest range over all of the actor's grants; each row is then asked for by itself. */
static bool
widest(struct op_ctx *ctx, tb_str *ret_from, tb_str *ret_to)
{
    tb_str from, to, department;
    bool is_any = false;
    for (size_t i = 0; op_scope(ctx, LIST_ROLES, i, &from, &to, &department); i++) {
        if (!is_any || tb_str_cmp(from, *ret_from) < 0)
            *ret_from = from;
        if (!is_any || tb_str_cmp(to, *ret_to) > 0)
            *ret_to = to;
        is_any = true;
    }
    return is_any;
}

static tb_status
list_own(struct op_ctx *ctx, int64_t before, struct tb_json *list, int64_t *ret_last,
         struct tb_err *err)
{
    int64_t party = op_who(ctx)->party;
    struct store_value params[] = {STORE_INT_OF(op_who(ctx)->account),
                                   STORE_INT_OF(party != 0 ? party : -1), STORE_INT_OF(before),
                                   STORE_INT_OF(CASES_PAGE_ROWS)};
    return collect(ctx, sql_own_cases, params, TB_COUNT(params), true, list, ret_last, err);
}

static tb_status
list_found(struct op_ctx *ctx, tb_str text, struct tb_json *list, int64_t *ret_last,
           struct tb_err *err)
{
    struct cases *cases = op_self(ctx);
    struct tb_arena *arena = op_arena(ctx);
    struct store_value by_no[] = {STORE_TEXT_OF(text), STORE_INT_OF(CASES_PAGE_ROWS)};
    struct store_value by_name[] = {STORE_TEXT_OF(cases__blind_name(cases, arena, text)),
                                    STORE_INT_OF(CASES_PAGE_ROWS)};
    struct store_value by_id[] = {STORE_TEXT_OF(cases__blind_id(cases, arena, text)),
                                  STORE_INT_OF(CASES_PAGE_ROWS)};
    TB_TRY(collect(ctx, sql_cases_by_no, by_no, 2, false, list, ret_last, err));
    TB_TRY(collect(ctx, sql_cases_by_name, by_name, 2, false, list, ret_last, err));
    return collect(ctx, sql_cases_by_id_number, by_id, 2, false, list, ret_last, err);
}

static tb_status
list_region(struct op_ctx *ctx, tb_str state, int64_t before, struct tb_json *list,
            int64_t *ret_last, struct tb_err *err)
{
    tb_str from = TB_STR_NONE, to = TB_STR_NONE;
    if (!widest(ctx, &from, &to))
        return TB_OK;
    struct store_value params[] = {STORE_TEXT_OF(from), STORE_TEXT_OF(to), STORE_INT_OF(before),
                                   STORE_INT_OF(CASES_PAGE_ROWS), STORE_TEXT_OF(state)};
    return collect(ctx, state.len > 0 ? sql_region_cases_in_state : sql_region_cases, params,
                   state.len > 0 ? 5 : 4, false, list, ret_last, err);
}

static tb_status
run_list(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
         struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    tb_str q = tb_str_trim(tb_json_get_text(in, "q")), from, to;
    int64_t before = INT64_MAX, last = 0;
    bool is_staff = widest(ctx, &from, &to) && !tb_json_is_true(tb_json_get(in, "mine"));
    (void)self;
    tb_str_to_int(tb_json_get_text(in, "cursor"), &before);
    if (!is_staff)
        TB_TRY(list_own(ctx, before, list, &last, err));
    else if (q.len > 0)
        TB_TRY(list_found(ctx, q, list, &last, err));
    else
        TB_TRY(list_region(ctx, tb_json_get_text(in, "state"), before, list, &last, err));
    bool is_more = list->count >= CASES_PAGE_ROWS && q.len == 0;
    *ret_out = cases__object(arena);
    tb_json_set(*ret_out, "cases", list);
    cases__set(op_arena(ctx), *ret_out, "next",
               is_more ? tb_json_new_text(arena, tb_printf(arena, "%lld", (long long)last)) : NULL);
    return TB_OK;
}

/* ---- the window's workbench
 * -------------------------------------------------------------------------------------- */

static tb_status
count_state(struct op_ctx *ctx, const char *state, tb_str from, tb_str to, struct tb_json *counts,
            struct tb_err *err)
{
    struct store_read *read = NULL;
    struct store_value params[] = {STORE_TEXT_OF(from), STORE_TEXT_OF(to),
                                   STORE_TEXT_OF(tb_str_of(state))};
    int64_t count = 0;
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(cases__one(read, sql_count_state, params, 3, &count, err));
    tb_json_set_int(op_arena(ctx), counts, state, count);
    return TB_OK;
}

static tb_status
run_window(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
           struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    struct tb_json *queue = tb_json_new(arena, TB_JSON_LIST), *out = cases__object(arena);
    tb_str from, to, department;
    int64_t last = 0;
    static const char *const states[] = {"submitted", "correcting", "open", "decided"};
    (void)self, (void)in;
    *ret_out = out;
    struct tb_json *counts = tb_json_set_object(arena, out, "counts");
    if (!op_scope(ctx, OP_CLERK, 0, &from, &to, &department)) {
        tb_json_set(out, "queue", queue);
        return TB_OK;
    }
    struct store_value params[] = {STORE_TEXT_OF(from), STORE_TEXT_OF(to),
                                   STORE_INT_OF(CASES_QUEUE_ROWS)};
    TB_TRY(collect(ctx, sql_queue, params, 3, false, queue, &last, err));
    for (size_t i = 0; i < TB_COUNT(states); i++)
        TB_TRY(count_state(ctx, states[i], from, to, counts, err));
    cases__set(op_arena(ctx), out, "current",
               queue->first != NULL ? tb_json_copy(arena, queue->first) : NULL);
    cases__set(op_arena(ctx), out, "deadline",
               queue->first != NULL
                   ? tb_json_new_text(arena, tb_json_get_text(queue->first, "answer_due"))
                   : NULL);
    tb_json_set(out, "queue", queue);
    return TB_OK;
}

/* clang-format off */
static const char *const list_states[] = {"submitted", "correcting", "open", "decided", "closed",
"refused_to_accept", "withdrawn", NULL};
static const struct op_field list_fields[] = {
    {"q", OP_TEXT, OP_QUERY | OP_PRIVATE, 0, 100, NULL, "办件编号、姓名或证件号", "Number, name or ID", "whole; staff only"},
    {"state", OP_TEXT, OP_QUERY, 0, 20, list_states, "状态", "State", "staff only"},
    {"mine", OP_BOOL, OP_QUERY, 0, 0, NULL, "只看我自己申请的", "My own only", "for staff who also apply for something"},
    {"cursor", OP_TEXT, OP_QUERY, 0, 40, NULL, "翻页位置", "Cursor", "next of the former page"},
    {0},
};
const struct op_row cases__list_rows[] = {
    {"cases.list", "GET", "/cases", OP_SIGNED_IN, OP_PRIVATE_ANSWER, list_fields, run_list, "我的办件，或者本辖区的办件",
     "My cases, or those of my region"},
    {"cases.window", "GET", "/window", OP_CLERK, OP_PRIVATE_ANSWER, NULL, run_window, "综合窗口工作台",
     "The window's workbench"},
};
/* clang-format on */
const size_t cases__list_rows_count = TB_COUNT(cases__list_rows);
