/* SPDX-License-Identifier: Apache-2.0 */
/* What a bad rating obliges the office to do (F9): call within one working day, mend and answer within fifteen. The
 * office may appeal against a rating as false or mistaken; a supervisor judges that; the rater sees what came of it.
 *
 *   open --contacted--> contacted --answered--> answered
 *     |                     |
 *     +------appealed-------+--> appealed --upheld--> upheld      the rating does not oblige
 *                                   +--dismissed--> dismissed --answered--> answered */
#include "cases/cases_fix.sql.h"
#include "cases/cases_internal.h"

/* clang-format off */
/* The arrows of the drawing: step, from which states, who, and what must be written. */
static const struct step {
    const char *word, *from[4];
    unsigned roles;
    bool needs_text;
} step_rows[] = {
    {"contacted", {"open", "dismissed", NULL},              OP_HEAD | OP_SUPERVISOR, false},
    {"answered",  {"open", "contacted", "dismissed", NULL}, OP_HEAD | OP_SUPERVISOR, true},
    {"appealed",  {"open", "contacted", NULL},              OP_HEAD,                 true},
    {"upheld",    {"appealed", NULL},                       OP_SUPERVISOR,           true},
    {"dismissed", {"appealed", NULL},                       OP_SUPERVISOR,           true},
};
/* clang-format on */

static const struct step *
find_step(tb_str word)
{
    for (size_t i = 0; i < TB_COUNT(step_rows); i++) {
        if (tb_str_is(word, step_rows[i].word))
            return &step_rows[i];
    }
    return NULL;
}

static bool
is_from(const struct step *step, tb_str state)
{
    for (size_t i = 0; step->from[i] != NULL; i++) {
        if (tb_str_is(state, step->from[i]))
            return true;
    }
    return false;
}

/* ---- one step
 * ----------------------------------------------------------------------------------------------------- */

struct fix {
    struct op_ctx *ctx;
    const struct tb_json *in;
    int64_t id, by_account;
    size_t fault_count;
    tb_str division, department, state;
};

static tb_status
load_fix(struct store_tx *tx, struct fix *fix, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    fix->division = TB_STR_NONE;
    TB_TRY(store_select(store_tx_read(tx), sql_fix, &STORE_INT_OF(fix->id), 1, &rows, err));
    if (store_next(rows)) {
        fix->division = cases__text(op_arena(fix->ctx), rows, 0);
        fix->department = cases__text(op_arena(fix->ctx), rows, 1);
        fix->state = cases__text(op_arena(fix->ctx), rows, 2);
        fix->by_account = store_int(rows, 3);
    }
    return store_rows_done(rows, err);
}

static tb_status
check_step(struct fix *fix, const struct step *step, tb_str text, struct tb_err *err)
{
    const struct op_actor *who = op_who(fix->ctx);
    bool is_head = op_may(who, OP_HEAD, fix->division, fix->department);
    bool is_supervisor = op_may(who, OP_SUPERVISOR, fix->division, TB_STR(""));
    if (fix->division.len == 0 || (!is_head && !is_supervisor))
        return tb_fail(err, TB_NOT_FOUND, "there is no such task");
    if (!((step->roles & OP_HEAD) != 0 && is_head) &&
        !((step->roles & OP_SUPERVISOR) != 0 && is_supervisor))
        return cases__refuse_op(fix->ctx, TB_DENIED, "step", "role",
                                TB_STR("这一步不归您的岗位办理"),
                                TB_STR("This step belongs to another post"), err);
    if (!is_from(step, fix->state))
        return cases__refuse_op(fix->ctx, TB_CONFLICT, "step", "state",
                                TB_STR("这条差评现在不能做这一步"),
                                TB_STR("This step is not open now"), err);
    if (tb_str_is(fix->state, "appealed") && fix->by_account == who->account)
        return cases__refuse_op(fix->ctx, TB_CONFLICT, "step", "same_person",
                                TB_STR("申诉是您提出的，要由别人裁定"),
                                TB_STR("You made the appeal: somebody else judges it"), err);
    if (step->needs_text && text.len == 0)
        return cases__refuse_op(fix->ctx, TB_INVALID, "answer", "required",
                                TB_STR("请写明情况和理由，评价人会看到"),
                                TB_STR("Say what was done and why; the rater sees it"), err);
    return TB_OK;
}

static tb_status
write_fix(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct fix *fix = arg;
    const struct step *step = find_step(tb_json_get_text(fix->in, "step"));
    tb_str text = tb_json_get_text(fix->in, "answer"), word = tb_str_of(step->word);
    struct store_value by = STORE_SET_INT("by_account", op_who(fix->ctx)->account);
    struct store_value state = STORE_SET_TEXT("state", word);
    int64_t now = store_tx_now(tx);
    op_faults(fix->ctx)->count = fix->fault_count;
    TB_TRY(load_fix(tx, fix, err));
    TB_TRY(check_step(fix, step, text, err));
    if (tb_str_is(word, "contacted"))
        return store_update(tx, "review_fixes", fix->id, -1,
                            STORE_VALUES(state, STORE_SET_INSTANT("contacted_at", now), by), err);
    if (tb_str_is(fix->state, "appealed"))
        return store_update(tx, "review_fixes", fix->id, -1,
                            STORE_VALUES(state, STORE_SET_TEXT("judgement", text), by), err);
    return store_update(tx, "review_fixes", fix->id, -1,
                        STORE_VALUES(state, STORE_SET_INSTANT("answered_at", now),
                                     STORE_SET_TEXT("answer", text), by),
                        err);
}

static tb_status
run_fix(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
        struct tb_err *err)
{
    struct fix *fix = TB_NEW(op_arena(ctx), struct fix);
    (void)self;
    *fix = (struct fix){.ctx = ctx, .in = in, .fault_count = op_faults(ctx)->count};
    if (!tb_str_to_int(tb_json_get_text(in, "id"), &fix->id))
        return tb_fail(err, TB_NOT_FOUND, "there is no such task");
    TB_TRY(op_write(ctx, write_fix, fix, err));
    *ret_out = cases__object(op_arena(ctx));
    tb_json_set_text(op_arena(ctx), *ret_out, "state", tb_json_get_text(in, "step"));
    return TB_OK;
}

/* ---- who sees what
 * ------------------------------------------------------------------------------------------------ */

static void
add_fix(struct op_ctx *ctx, const struct store_rows *rows, struct tb_json *list)
{
    struct tb_arena *arena = op_arena(ctx);
    struct tb_json *row = tb_json_add(list, cases__object(arena));
    bool is_anonymous = store_int(rows, 6) != 0;
    tb_json_set_text(arena, row, "id", tb_printf(arena, "%lld", (long long)store_int(rows, 0)));
    tb_json_set_text(arena, row, "state", cases__text(arena, rows, 1));
    tb_json_set_text(arena, row, "contact_due", cases__text(arena, rows, 2));
    tb_json_set_text(arena, row, "due", cases__text(arena, rows, 3));
    tb_json_set_text(arena, row, "satisfaction", cases__text(arena, rows, 4));
    tb_json_set_text(arena, row, "comment", cases__text(arena, rows, 5));
    tb_json_set_bool(arena, row, "anonymous", is_anonymous);
    tb_json_set_text(arena, row, "no", is_anonymous ? TB_STR_NONE : cases__text(arena, rows, 7));
    tb_json_set_text(arena, row, "answer", cases__text(arena, rows, 8));
    tb_json_set_text(arena, row, "judgement", cases__text(arena, rows, 10));
}

static tb_status
run_fixes(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
          struct tb_err *err)
{
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    tb_str from, to, department;
    (void)self, (void)in;
    *ret_out = cases__object(op_arena(ctx));
    struct tb_json *list = tb_json_set_list(op_arena(ctx), *ret_out, "fixes");
    TB_TRY(op_read(ctx, &read, err));
    for (size_t i = 0; op_scope(ctx, OP_HEAD | OP_SUPERVISOR, i, &from, &to, &department); i++) {
        struct store_value params[] = {STORE_TEXT_OF(from), STORE_TEXT_OF(to)};
        TB_TRY(store_select(read, sql_fixes, params, 2, &rows, err));
        while (store_next(rows)) {
            if (department.len == 0 || tb_str_eq(store_text(rows, 9), department))
                add_fix(ctx, rows, list);
        }
        TB_TRY(store_rows_done(rows, err));
    }
    return TB_OK;
}

tb_status
cases__fix_json(struct tb_arena *arena, struct store_read *read, int64_t of_case,
                struct tb_json **ret_json, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    struct tb_json *json = NULL;
    TB_TRY(store_select(read, sql_fix_of_case, &STORE_INT_OF(of_case), 1, &rows, err));
    if (store_next(rows)) {
        json = cases__object(arena);
        tb_json_set_text(arena, json, "state", cases__text(arena, rows, 0));
        tb_json_set_text(arena, json, "contact_due", cases__text(arena, rows, 1));
        tb_json_set_text(arena, json, "due", cases__text(arena, rows, 2));
        tb_json_set_text(arena, json, "answer", cases__text(arena, rows, 3));
        tb_json_set_text(arena, json, "judgement", cases__text(arena, rows, 4));
    }
    *ret_json = json;
    return store_rows_done(rows, err);
}

/* clang-format off */
static const char *const steps[] = {"contacted", "answered", "appealed", "upheld", "dismissed", NULL};
static const struct op_field fix_fields[] = {
    {"id", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 20, NULL, "整改任务", "Task", ""},
    {"step", OP_TEXT, OP_REQUIRED, 1, 20, steps, "进展", "Step",
     "contacted, answered, or appealed as false or mistaken; a supervisor: appeal upheld or dismissed"},
    {"answer", OP_TEXT, OP_PRIVATE, 0, 2000, NULL, "整改情况", "Answer", "the rater sees it"},
    {0},
};
const struct op_row cases__fix_rows[] = {
    {"reviews.fixes", "GET", "/reviews/fixes", OP_HEAD | OP_SUPERVISOR, OP_PRIVATE_ANSWER, NULL, run_fixes,
     "差评整改任务", "What bad ratings oblige to"},
    {"reviews.fix", "POST", "/reviews/fixes/{id}", OP_HEAD | OP_SUPERVISOR, OP_WRITES, fix_fields, run_fix,
     "差评整改", "Contact, answer, appeal, judge"},
};
/* clang-format on */
const size_t cases__fix_rows_count = TB_COUNT(cases__fix_rows);
