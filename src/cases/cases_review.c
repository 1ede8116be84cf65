/* SPDX-License-Identifier: Apache-2.0 */
/* Ratings: on site one per visit, online one per matter (GB/T 39735, F9). A default rating is never counted as given;
 * "dissatisfied" obliges the office: contact within 1 working day, fixed and answered within 15. */
#include "cases/cases_internal.h"
#include "cases/cases_review.sql.h"

/* ---- rating
 * ------------------------------------------------------------------------------------------------------ */

static bool
is_bad(tb_str satisfaction)
{
    return tb_str_is(satisfaction, "dissatisfied") || tb_str_is(satisfaction, "very_dissatisfied");
}

static tb_str
due_in(struct cases__act *act, int32_t days)
{
    struct clock_due due;
    struct clock_period period = {.n = days, .unit = CLOCK_WD};
    struct clock_when when = {.day = tb_instant_day(act->now), .minute = -1};
    if (clock_due(act->cases->options.calendar, NULL, when, period, &due, NULL) != TB_OK)
        return tb_date_format(act->arena, tb_date_add_days(when.day, days));
    return tb_date_format(act->arena, due.day);
}

static tb_status
open_fix(struct cases__act *act, int64_t review, struct tb_err *err)
{
    return store_insert(
        act->tx, "review_fixes",
        STORE_VALUES(STORE_SET_INT("review", review), STORE_SET_TEXT("division", act->is.division),
                     STORE_SET_TEXT("department", act->is.department),
                     STORE_SET_TEXT("state", TB_STR("open")),
                     STORE_SET_DAY("contact_due", due_in(act, CASES_FIX_CONTACT_DAYS)),
                     STORE_SET_DAY("due", due_in(act, CASES_FIX_DAYS))),
        NULL, err);
}

static tb_status
check_rating(struct cases__call *call, struct tb_err *err)
{
    struct cases__act *act = &call->act;
    int64_t there = 0;
    bool is_over = act->is.state == CASES_DECIDED || cases__state_is_over(act->is.state);
    TB_TRY(cases__one(act->read, sql_review_of_case, &STORE_INT_OF(act->is.id), 1, &there, err));
    if (there != 0)
        return cases__refuse(act, TB_CONFLICT, "", "already_rated",
                             TB_STR("这件事您已经评价过了，一件事评价一次"),
                             TB_STR("This matter has been rated: one rating per matter"), err);
    if (!is_over)
        return cases__refuse(act, TB_CONFLICT, "", "too_early", TB_STR("办完以后再请您评价"),
                             TB_STR("A matter is rated when it is done"), err);
    return TB_OK;
}

static tb_status
write_rating(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct cases__call *call = arg;
    struct cases__act *act = &call->act;
    const struct tb_json *options = tb_json_get(call->in, "options");
    tb_str satisfaction = tb_json_get_text(call->in, "satisfaction");
    bool is_anonymous = tb_json_is_true(tb_json_get(call->in, "anonymous"));
    int64_t id = 0;
    TB_TRY(cases__call_begin(call, tx, err));
    TB_TRY(check_rating(call, err));
    struct store_value values[] = {
        STORE_SET_INT("of_case", act->is.id),
        STORE_SET_TEXT("satisfaction", satisfaction),
        STORE_SET_JSON("options",
                       options != NULL ? cases__json_text(act->arena, options) : TB_STR("[]")),
        STORE_SET_TEXT("comment", tb_json_get_text(call->in, "comment")),
        STORE_SET_BOOL("is_anonymous", is_anonymous),
        STORE_SET_BOOL("is_default", false),
        is_anonymous ? STORE_SET_NULL("account") : STORE_SET_INT("account", act->who->account),
        STORE_SET_TEXT("division", act->is.division),
        STORE_SET_TEXT("department", act->is.department),
        STORE_SET_TEXT("channel", act->is.channel),
        STORE_SET_INSTANT("rated_at", act->now),
    };
    TB_TRY(store_insert(tx, "reviews", values, TB_COUNT(values), &id, err));
    if (is_bad(satisfaction))
        TB_TRY(open_fix(act, id, err));
    call->out = cases__object(act->arena);
    tb_json_set_text(act->arena, call->out, "no", act->is.no);
    tb_json_set_text(act->arena, call->out, "satisfaction", satisfaction);
    tb_json_set_bool(act->arena, call->out, "will_be_fixed", is_bad(satisfaction));
    if (is_bad(satisfaction)) {
        tb_json_set_text(act->arena, call->out, "contact_due", due_in(act, CASES_FIX_CONTACT_DAYS));
        tb_json_set_text(act->arena, call->out, "fix_due", due_in(act, CASES_FIX_DAYS));
    }
    return TB_OK;
}

/* On site: the visit, which joins any number of cases and enquiries, is what is rated. */
static tb_status
write_visit(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct cases__call *call = arg;
    tb_str visit = tb_json_get_text(call->in, "visit");
    const struct tb_json *options = tb_json_get(call->in, "options");
    struct store_value key = STORE_TEXT_OF(visit);
    int64_t there = 0, id = 0;
    struct cases__act *act = &call->act;
    act->faults->count = call->fault_count;
    act->tx = tx;
    act->read = store_tx_read(tx);
    act->now = store_tx_now(tx);
    act->is.division = act->cases->options.division;
    act->is.department = TB_STR("");
    TB_TRY(cases__one(act->read, sql_review_of_visit, &key, 1, &there, err));
    if (there != 0)
        return cases__refuse(act, TB_CONFLICT, "visit", "already_rated",
                             TB_STR("这次来办事您已经评价过了，一次评价一次"),
                             TB_STR("This visit has been rated: one rating per visit"), err);
    struct store_value values[] = {
        STORE_SET_TEXT("visit", visit),
        STORE_SET_TEXT("satisfaction", tb_json_get_text(call->in, "satisfaction")),
        STORE_SET_JSON("options",
                       options != NULL ? cases__json_text(act->arena, options) : TB_STR("[]")),
        STORE_SET_TEXT("comment", tb_json_get_text(call->in, "comment")),
        STORE_SET_BOOL("is_anonymous", tb_json_is_true(tb_json_get(call->in, "anonymous"))),
        STORE_SET_BOOL("is_default", false),
        STORE_SET_TEXT("division", act->is.division),
        STORE_SET_TEXT("department", act->is.department),
        STORE_SET_TEXT("channel", TB_STR("window")),
        STORE_SET_INSTANT("rated_at", act->now),
    };
    TB_TRY(store_insert(tx, "reviews", values, TB_COUNT(values), &id, err));
    if (is_bad(tb_json_get_text(call->in, "satisfaction")))
        TB_TRY(open_fix(act, id, err));
    call->out = cases__object(act->arena);
    tb_json_set_text(act->arena, call->out, "visit", visit);
    return TB_OK;
}

static tb_status
run_rate(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
         struct tb_err *err)
{
    struct cases__case of_case;
    cases_sight sight;
    struct cases__call *call = TB_NEW(op_arena(ctx), struct cases__call);
    tb_str no = tb_json_get_text(in, "no"), visit = tb_json_get_text(in, "visit");
    (void)self;
    cases__call_init(call, ctx, in);
    if (no.len == 0 && visit.len == 0)
        return cases__refuse_op(ctx, TB_INVALID, "no", "required",
                                TB_STR("请给出办件编号或者来访编号"),
                                TB_STR("Give the number of the case or of the visit"), err);
    if (no.len > 0) {
        TB_TRY(cases__find(ctx, no, tb_json_get_text(in, "code"), 0, &of_case, &sight, err));
        if (sight == CASES_SEES_WORK)
            return cases__refuse_op(ctx, TB_DENIED, "no", "not_yours",
                                    TB_STR("评价只能由办事人自己作出"),
                                    TB_STR("Only the person served rates"), err);
        call->case_id = of_case.id;
    }
    TB_TRY(op_write(ctx, no.len > 0 ? write_rating : write_visit, call, err));
    op_answer_status(ctx, 201);
    *ret_out = call->out;
    return TB_OK;
}

/* ---- what the public and the office see
 * -------------------------------------------------------------------------- */

static tb_status
run_summary(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
            struct tb_err *err)
{
    static const char *const grades[] = {"very_satisfied", "satisfied", "fairly", "dissatisfied",
                                         "very_dissatisfied"};
    struct tb_arena *arena = op_arena(ctx);
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    int64_t given = 0, good = 0, fixes = 0, answered = 0;
    (void)self, (void)in;
    TB_TRY(op_read(ctx, &read, err));
    *ret_out = cases__object(arena);
    struct tb_json *counts = tb_json_set_object(arena, *ret_out, "counts");
    TB_TRY(store_select(read, sql_review_counts, NULL, 0, &rows, err));
    while (store_next(rows)) {
        tb_str grade = cases__text(arena, rows, 0);
        int64_t count = store_int(rows, 1);
        tb_json_set_int(arena, counts, tb_cstr(arena, grade), count);
        given += count;
        good += is_bad(grade) ? 0 : count;
    }
    TB_TRY(store_rows_done(rows, err));
    for (size_t i = 0; i < TB_COUNT(grades); i++) {
        if (tb_json_get(counts, grades[i]) == NULL)
            tb_json_set_int(arena, counts, grades[i], 0);
    }
    TB_TRY(cases__one(read, sql_fix_count, NULL, 0, &fixes, err));
    TB_TRY(cases__one(read, sql_fix_answered, NULL, 0, &answered, err));
    tb_json_set_int(arena, *ret_out, "given", given);
    tb_json_set_int(arena, *ret_out, "fixes", fixes);
    tb_json_set_int(arena, *ret_out, "answered", answered);
    /* No rate without a denominator. In thousandths. */
    cases__set(arena, *ret_out, "good_per_mille",
               given > 0 ? tb_json_new_int(arena, good * 1000 / given) : NULL);
    cases__set(arena, *ret_out, "fixed_per_mille",
               fixes > 0 ? tb_json_new_int(arena, answered * 1000 / fixes) : NULL);
    return TB_OK;
}

/* clang-format off */
static const char *const satisfactions[] = {"very_satisfied", "satisfied", "fairly", "dissatisfied",
"very_dissatisfied", NULL};
static const struct op_field rate_fields[] = {
    {"no", OP_TEXT, 0, 0, 32, NULL, "办件编号", "Case number", "online: one rating per matter"},
    {"visit", OP_TEXT, 0, 0, 64, NULL, "来访编号", "Visit", "on site: one rating per visit"},
    {"code", OP_TEXT, OP_SECRET, 0, 16, NULL, "查询码", "Code", "for whoever is not signed in"},
    {"satisfaction", OP_TEXT, OP_REQUIRED, 1, 20, satisfactions, "整体满意度", "Overall", "nothing is preselected"},
    {"options", OP_LIST, 0, 0, 30, NULL, "具体方面", "Aspects", "words"},
    {"comment", OP_TEXT, OP_PRIVATE, 0, 2000, NULL, "想说的话", "Comment", ""},
    {"anonymous", OP_BOOL, 0, 0, 0, NULL, "匿名", "Anonymous", "the office does not see who"},
    {0},
};
const struct op_row cases__review_rows[] = {
    {"reviews.rate", "POST", "/reviews", OP_ANYONE | OP_SIGNED_IN, OP_WRITES | OP_RATE_LIMITED, rate_fields,
     run_rate, "评价", "Rate"},
    {"reviews.summary", "GET", "/reviews/summary", OP_ANYONE | OP_SIGNED_IN, 0, NULL, run_summary, "评价汇总",
     "Summary of ratings"},
};
/* clang-format on */
const size_t cases__review_rows_count = TB_COUNT(cases__review_rows);
