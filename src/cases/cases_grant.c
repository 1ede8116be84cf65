/* SPDX-License-Identifier: Apache-2.0 */
/* What the public may see of decisions (行政许可法 40), and what the supervising body was handed. */
#include "cases/cases_grant.sql.h"
#include "cases/cases_internal.h"

static tb_status
run_grants(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
           struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    tb_str q = tb_text_fold(arena, tb_json_get_text(in, "q"));
    int64_t before = INT64_MAX, last = 0;
    (void)self;
    tb_str_to_int(tb_json_get_text(in, "cursor"), &before);
    /* Everything that begins with q: a range, not a LIKE. U+10FFFF is behind every text that a person may send. */
    tb_str to = tb_printf(arena, TB_FMT "\xf4\x8f\xbf\xbf", TB_ARG(q));
    struct store_value params[] = {STORE_INT_OF(before), STORE_INT_OF(CASES_PAGE_ROWS),
                                   STORE_TEXT_OF(q), STORE_TEXT_OF(to)};
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(store_select(read, q.len > 0 ? sql_grants_of : sql_grants, params, q.len > 0 ? 4 : 2,
                        &rows, err));
    *ret_out = cases__object(arena);
    struct tb_json *list = tb_json_set_list(arena, *ret_out, "grants");
    while (store_next(rows)) {
        struct tb_json *row = tb_json_add(list, cases__object(arena));
        last = store_int(rows, 0);
        tb_json_set_text(arena, row, "holder", cases__text(arena, rows, 1));
        tb_json_set_text(arena, row, "item", cases__text(arena, rows, 2));
        tb_json_set_text(arena, row, "mark", cases__text(arena, rows, 3));
        tb_json_set_text(arena, row, "agency", cases__text(arena, rows, 4));
        tb_json_set_text(arena, row, "decided_on", cases__text(arena, rows, 5));
    }
    TB_TRY(store_rows_done(rows, err));
    cases__set(arena, *ret_out, "next",
               list->count >= CASES_PAGE_ROWS
                   ? tb_json_new_text(arena, tb_printf(arena, "%lld", (long long)last))
                   : NULL);
    return TB_OK;
}

/* ---- what was handed over
 * ---------------------------------------------------------------------------------------- */

static tb_status
run_pushes(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
           struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    tb_str state = tb_json_get_text(in, "state"), from, to, department;
    (void)self;
    *ret_out = cases__object(arena);
    struct tb_json *list = tb_json_set_list(arena, *ret_out, "pushes");
    TB_TRY(op_read(ctx, &read, err));
    for (size_t i = 0; op_scope(ctx, OP_SUPERVISOR | OP_SURVEYOR, i, &from, &to, &department);
         i++) {
        struct store_value params[] = {STORE_TEXT_OF(state.len > 0 ? state : TB_STR("open")),
                                       STORE_TEXT_OF(from), STORE_TEXT_OF(to)};
        TB_TRY(store_select(read, sql_pushes, params, 3, &rows, err));
        while (store_next(rows)) {
            struct tb_json *row = tb_json_add(list, cases__object(arena));
            tb_json_set_text(arena, row, "id",
                             tb_printf(arena, "%lld", (long long)store_int(rows, 0)));
            tb_json_set_text(arena, row, "no", cases__text(arena, rows, 1));
            tb_json_set_text(arena, row, "what", cases__text(arena, rows, 2));
            tb_json_set_text(arena, row, "to", cases__text(arena, rows, 3));
            tb_json_set_text(arena, row, "check_due", cases__text(arena, rows, 4));
            tb_json_set_text(arena, row, "pushed_at", tb_instant_format(arena, store_int(rows, 5)));
            tb_json_set_text(arena, row, "state", cases__text(arena, rows, 6));
        }
        TB_TRY(store_rows_done(rows, err));
    }
    return TB_OK;
}

struct check {
    struct cases__call call;
    int64_t id;
};

/* The later check of a pledge: kept, to mend, or not kept. Nothing is annulled by itself: that is a decision (F5). */
static tb_status
write_check(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct check *check = arg;
    struct cases__act *act = &check->call.act;
    tb_str result = tb_json_get_text(check->call.in, "result"),
           note = tb_json_get_text(check->call.in, "note");
    struct store_value params[] = {STORE_INT_OF(check->id), STORE_INT_OF(check->call.case_id)};
    int64_t there = 0;
    TB_TRY(cases__call_begin(&check->call, tx, err));
    TB_TRY(cases__one(act->read, sql_push, params, 2, &there, err));
    if (there == 0)
        return tb_fail(err, TB_NOT_FOUND, "there is no such check");
    TB_TRY(cases__separate(act, false, err));
    if (!tb_str_is(result, "passed") && note.len == 0)
        return cases__refuse(act, TB_INVALID, "note", "required",
                             TB_STR("请写明发现了什么、要怎么整改"),
                             TB_STR("Say what was found and what is to be mended"), err);
    return store_update(tx, "supervision_pushes", check->id, -1,
                        STORE_VALUES(STORE_SET_TEXT("state", result), STORE_SET_TEXT("note", note),
                                     STORE_SET_INT("seen_by", act->who->account)),
                        err);
}

static tb_status
run_check(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
          struct tb_err *err)
{
    struct cases__case of_case;
    struct check *check = TB_NEW(op_arena(ctx), struct check);
    (void)self;
    TB_TRY(cases__find(ctx, tb_json_get_text(in, "no"), TB_STR_NONE, OP_SUPERVISOR | OP_SURVEYOR,
                       &of_case, NULL, err));
    cases__call_init(&check->call, ctx, in);
    check->call.case_id = of_case.id;
    if (!tb_str_to_int(tb_json_get_text(in, "id"), &check->id))
        return tb_fail(err, TB_NOT_FOUND, "there is no such check");
    TB_TRY(op_write(ctx, write_check, check, err));
    *ret_out = cases__object(op_arena(ctx));
    tb_json_set_text(op_arena(ctx), *ret_out, "state", tb_json_get_text(in, "result"));
    return TB_OK;
}

/* clang-format off */
static const char *const results[] = {"passed", "to_mend", "failed", NULL};
static const char *const push_states[] = {"open", "passed", "to_mend", "failed", NULL};
static const struct op_field grants_fields[] = {
    {"q", OP_TEXT, OP_QUERY, 0, 100, NULL, "名称", "Name", "beginning of the holder's name"},
    {"cursor", OP_TEXT, OP_QUERY, 0, 40, NULL, "翻页位置", "Cursor", ""},
    {0},
};
static const struct op_field pushes_fields[] = {
    {"state", OP_TEXT, OP_QUERY, 0, 20, push_states, "状态", "State", "open when absent"},
    {0},
};
static const struct op_field check_fields[] = {
    {"no", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 32, NULL, "办件编号", "Case number", ""},
    {"id", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 20, NULL, "核查任务", "Check", ""},
    {"result", OP_TEXT, OP_REQUIRED, 1, 20, results, "核查结果", "Result", ""},
    {"note", OP_TEXT, OP_PRIVATE, 0, 2000, NULL, "情况", "What was found", ""},
    {0},
};
const struct op_row cases__grant_rows[] = {
    {"grants.list", "GET", "/grants", OP_ANYONE | OP_SIGNED_IN, 0, grants_fields, run_grants, "行政许可决定公开",
     "Published grants"},
    {"grants.pushes", "GET", "/supervision/pushes", OP_SUPERVISOR | OP_SURVEYOR, 0, pushes_fields, run_pushes,
     "推送监管的事项", "What was handed to the supervising body"},
    {"grants.check", "POST", "/cases/{no}/checks/{id}", OP_SUPERVISOR | OP_SURVEYOR, OP_WRITES, check_fields,
     run_check,
     "登记承诺核查结果", "Record the later check of a pledge"},
};
/* clang-format on */
const size_t cases__grant_rows_count = TB_COUNT(cases__grant_rows);
