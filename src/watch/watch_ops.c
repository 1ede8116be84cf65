/* SPDX-License-Identifier: Apache-2.0 */
/* What supervisors see and what offices answer: cards with reply, appeal and judgement; the summary. */
#include "packs/packs.h"
#include "watch/watch_internal.h"
#include "watch/watch_ops.sql.h"

#define OFFICE (OP_STAFF)

static bool
is_en(struct op_ctx *ctx)
{
    return tb_str_is(op_lang(ctx), "en");
}

/* ---- cards
 * ------------------------------------------------------------------------------------------------------- */

tb_str
watch__card_state(tb_str lang, tb_str state)
{
    static const struct {
        const char *state, *zh, *en;
    } rows[] = {
        {"open", "待答复", "To be answered"},        {"replied", "已说明", "Answered"},
        {"appealed", "申诉中", "Under appeal"},      {"upheld", "申诉未采纳", "Card stands"},
        {"dismissed", "申诉成立", "Card set aside"},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        if (tb_str_is(state, rows[i].state))
            return tb_str_of(tb_str_is(lang, "en") ? rows[i].en : rows[i].zh);
    }
    return state;
}

tb_str
watch__card_text(struct tb_arena *arena, tb_str lang, tb_str rule_id, int64_t days_over)
{
    const struct watch__rule *rule = watch__rule_find(rule_id);
    bool is_english = tb_str_is(lang, "en");
    tb_str text = rule == NULL ? TB_STR("") : tb_str_of(is_english ? rule->en : rule->zh);
    if (days_over <= 0)
        return text;
    return is_english
               ? tb_printf(arena, TB_FMT " (%lld working days)", TB_ARG(text), (long long)days_over)
               : tb_printf(arena, TB_FMT "（%lld个工作日）", TB_ARG(text), (long long)days_over);
}

/* row.department is how tables call it, row.department_name how people do. */
static void
set_department(struct op_ctx *ctx, struct tb_json *row, tb_str id)
{
    struct watch *watch = op_self(ctx);
    const struct packs_set *packs = watch->options.packs;
    bool is_english = tb_str_is(op_lang(ctx), "en");
    tb_str name = id;
    for (size_t i = 0; packs != NULL && i < packs_set_count(packs); i++) {
        const struct packs_department *found = packs_department_find(packs_set_at(packs, i), id);
        if (found == NULL)
            continue;
        name = is_english && found->name_en.len > 0 ? found->name_en : found->name;
        break;
    }
    tb_json_set_text(op_arena(ctx), row, "department", id);
    tb_json_set_text(op_arena(ctx), row, "department_name", name);
}

static struct tb_json *
card_json(struct op_ctx *ctx, const struct store_rows *rows)
{
    struct tb_arena *arena = op_arena(ctx);
    struct tb_json *card = tb_json_new(arena, TB_JSON_OBJECT);
    tb_str state = watch__text(arena, rows, 10);
    int64_t over = store_int(rows, 8);
    tb_json_set_text(arena, card, "id", watch__text(arena, rows, 0));
    tb_json_set_text(arena, card, "rule", watch__text(arena, rows, 1));
    tb_json_set_text(arena, card, "kind", watch__text(arena, rows, 2));
    tb_json_set_text(arena, card, "no", watch__text(arena, rows, 3));
    tb_json_set_text(arena, card, "subject", watch__text(arena, rows, 4));
    set_department(ctx, card, watch__text(arena, rows, 5));
    tb_json_set_text(arena, card, "person", watch__text(arena, rows, 6));
    tb_json_set_text(arena, card, "at", tb_instant_format(arena, store_int(rows, 7)));
    tb_json_set_int(arena, card, "days_over", over);
    tb_json_set_text(arena, card, "reply_due", watch__text(arena, rows, 9));
    tb_json_set_text(arena, card, "state", state);
    tb_json_set_text(arena, card, "state_name", watch__card_state(op_lang(ctx), state));
    tb_json_set_text(arena, card, "reply", watch__text(arena, rows, 11));
    tb_json_set_text(arena, card, "appeal", watch__text(arena, rows, 12));
    tb_json_set_text(arena, card, "judgement", watch__text(arena, rows, 13));
    tb_json_set_text(arena, card, "text",
                     watch__card_text(arena, op_lang(ctx), store_text(rows, 1), over));
    return card;
}

tb_status
watch_cards_of(void *context, struct tb_arena *arena, struct store_read *read, int64_t of_case,
               tb_str lang, struct tb_json **ret_list, struct tb_err *err)
{
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    struct store_rows *rows = NULL;
    (void)context;
    TB_TRY(store_select(read, sql_cards_of_case, &STORE_INT_OF(of_case), 1, &rows, err));
    while (store_next(rows)) {
        struct tb_json *card = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        tb_str state = watch__text(arena, rows, 4);
        tb_json_set_text(arena, card, "id", watch__text(arena, rows, 0));
        tb_json_set_text(arena, card, "kind", watch__text(arena, rows, 2));
        tb_json_set_text(arena, card, "rule", watch__text(arena, rows, 1));
        tb_json_set_text(arena, card, "text",
                         watch__card_text(arena, lang, store_text(rows, 1), store_int(rows, 5)));
        tb_json_set_text(arena, card, "at", tb_instant_format(arena, store_int(rows, 3)));
        tb_json_set_text(arena, card, "state", state);
        tb_json_set_text(arena, card, "state_name", watch__card_state(lang, state));
    }
    *ret_list = list;
    return store_rows_done(rows, err);
}

static tb_status
run_cards(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
          struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    tb_str state = tb_json_get_text(in, "state"), from, to, department;
    int64_t before = INT64_MAX, last = 0;
    (void)self;
    tb_str_to_int(tb_json_get_text(in, "cursor"), &before);
    *ret_out = tb_json_new(arena, TB_JSON_OBJECT);
    struct tb_json *list = tb_json_set_list(arena, *ret_out, "cards");
    TB_TRY(op_read(ctx, &read, err));
    for (size_t i = 0; op_scope(ctx, OP_SUPERVISOR | OFFICE, i, &from, &to, &department); i++) {
        struct store_value params[] = {STORE_TEXT_OF(from), STORE_TEXT_OF(to), STORE_INT_OF(before),
                                       STORE_INT_OF(WATCH_LIST_ROWS), STORE_TEXT_OF(state)};
        TB_TRY(store_select(read, state.len > 0 ? sql_cards_in_state : sql_cards, params,
                            state.len > 0 ? 5 : 4, &rows, err));
        while (store_next(rows)) {
            last = store_int(rows, 14);
            if (department.len == 0 || tb_str_eq(store_text(rows, 5), department))
                tb_json_add(list, card_json(ctx, rows));
        }
        TB_TRY(store_rows_done(rows, err));
    }
    tb_json_set(*ret_out, "next",
                list->count >= WATCH_LIST_ROWS
                    ? tb_json_new_text(arena, tb_printf(arena, "%lld", (long long)last))
                    : tb_json_new(arena, TB_JSON_NULL));
    return TB_OK;
}

/* ---- answers to a card
 * ------------------------------------------------------------------------------------------- */

typedef enum { CARD_REPLY, CARD_APPEAL, CARD_JUDGE } card_act;

struct answer {
    struct op_ctx *ctx;
    const struct tb_json *in;
    card_act act;
    size_t fault_count;
    tb_str state;
};

struct card {
    int64_t id, appealed_by;
    tb_str division, department, state;
};

static tb_status
refuse(struct answer *answer, tb_str zh, tb_str en, struct tb_err *err)
{
    op_fault(answer->ctx, "", "state", zh, en);
    tb_str said = is_en(answer->ctx) ? en : zh;
    return tb_fail(err, TB_CONFLICT, TB_FMT, TB_ARG(said));
}

static tb_status
load_card(struct store_tx *tx, struct answer *answer, struct card *ret_card, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    struct store_value key = STORE_TEXT_OF(tb_json_get_text(answer->in, "id"));
    struct tb_arena *arena = op_arena(answer->ctx);
    *ret_card = (struct card){0};
    TB_TRY(store_select(store_tx_read(tx), sql_card_by_number, &key, 1, &rows, err));
    if (store_next(rows))
        *ret_card = (struct card){.id = store_int(rows, 0),
                                  .division = watch__text(arena, rows, 1),
                                  .department = watch__text(arena, rows, 2),
                                  .state = watch__text(arena, rows, 3),
                                  .appealed_by = store_int(rows, 4)};
    TB_TRY(store_rows_done(rows, err));
    bool is_judge = answer->act == CARD_JUDGE;
    if (ret_card->id == 0 ||
        !op_may(op_who(answer->ctx), is_judge ? OP_SUPERVISOR : OFFICE, ret_card->division,
                is_judge ? TB_STR("") : ret_card->department))
        return tb_fail(err, TB_NOT_FOUND, "there is no such card");
    return TB_OK;
}

static tb_status
reply(struct answer *answer, struct store_tx *tx, const struct card *card, struct tb_err *err)
{
    answer->state = tb_str_is(card->state, "appealed") ? TB_STR("appealed") : TB_STR("replied");
    return store_update(tx, "watch_cards", card->id, -1,
                        STORE_VALUES(STORE_SET_TEXT("reply", tb_json_get_text(answer->in, "text")),
                                     STORE_SET_TEXT("state", answer->state),
                                     STORE_SET_INSTANT("replied_at", store_tx_now(tx))),
                        err);
}

static tb_status
appeal(struct answer *answer, struct store_tx *tx, const struct card *card, struct tb_err *err)
{
    if (tb_str_is(card->state, "appealed"))
        return refuse(answer, TB_STR("这张牌已经申诉过了"),
                      TB_STR("This card has been appealed already"), err);
    answer->state = TB_STR("appealed");
    return store_update(
        tx, "watch_cards", card->id, -1,
        STORE_VALUES(STORE_SET_TEXT("appeal", tb_json_get_text(answer->in, "reason")),
                     STORE_SET_TEXT("state", answer->state),
                     STORE_SET_INT("appealed_by", op_who(answer->ctx)->account)),
        err);
}

static tb_status
judge(struct answer *answer, struct store_tx *tx, const struct card *card, struct tb_err *err)
{
    bool stands = tb_json_is_true(tb_json_get(answer->in, "stands"));
    if (!tb_str_is(card->state, "appealed"))
        return refuse(answer, TB_STR("没有申诉，不用裁定"), TB_STR("There is no appeal to judge"),
                      err);
    if (card->appealed_by == op_who(answer->ctx)->account)
        return refuse(answer, TB_STR("申诉是您提出的，要由别人裁定"),
                      TB_STR("You made the appeal: somebody else judges it"), err);
    answer->state = stands ? TB_STR("upheld") : TB_STR("dismissed");
    return store_update(
        tx, "watch_cards", card->id, -1,
        STORE_VALUES(STORE_SET_TEXT("judgement", tb_json_get_text(answer->in, "reason")),
                     STORE_SET_TEXT("state", answer->state)),
        err);
}

static tb_status
write_answer(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct answer *answer = arg;
    struct card card;
    op_faults(answer->ctx)->count = answer->fault_count;
    TB_TRY(load_card(tx, answer, &card, err));
    if (tb_str_is(card.state, "upheld") || tb_str_is(card.state, "dismissed"))
        return refuse(answer, TB_STR("这张牌已经有结论了"), TB_STR("This card is already judged"),
                      err);
    switch (answer->act) {
    case CARD_REPLY:
        return reply(answer, tx, &card, err);
    case CARD_APPEAL:
        return appeal(answer, tx, &card, err);
    default:
        return judge(answer, tx, &card, err);
    }
}

static tb_status
run_answer(struct op_ctx *ctx, const struct tb_json *in, card_act act, struct tb_json **ret_out,
           struct tb_err *err)
{
    struct answer *answer = TB_NEW(op_arena(ctx), struct answer);
    *answer = (struct answer){ctx, in, act, op_faults(ctx)->count, TB_STR_NONE};
    TB_TRY(op_write(ctx, write_answer, answer, err));
    *ret_out = tb_json_new(op_arena(ctx), TB_JSON_OBJECT);
    tb_json_set_text(op_arena(ctx), *ret_out, "id", tb_json_get_text(in, "id"));
    tb_json_set_text(op_arena(ctx), *ret_out, "state", answer->state);
    return TB_OK;
}

static tb_status
run_reply(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
          struct tb_err *err)
{
    (void)self;
    return run_answer(ctx, in, CARD_REPLY, ret_out, err);
}

static tb_status
run_appeal(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
           struct tb_err *err)
{
    (void)self;
    return run_answer(ctx, in, CARD_APPEAL, ret_out, err);
}

static tb_status
run_judge(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
          struct tb_err *err)
{
    (void)self;
    return run_answer(ctx, in, CARD_JUDGE, ret_out, err);
}

/* ---- summary
 * ----------------------------------------------------------------------------------------------------- */

struct summary {
    struct op_ctx *ctx;
    struct tb_arena *arena;
    struct store_read *read;
    tb_str from, to;
    struct tb_json *out;
};

static tb_status
count_of(struct summary *summary, const char *name, tb_str day, int64_t *ret_value,
         struct tb_err *err)
{
    struct store_value params[] = {STORE_TEXT_OF(tb_str_of(name)), STORE_TEXT_OF(summary->from),
                                   STORE_TEXT_OF(summary->to), STORE_TEXT_OF(day)};
    return watch__one(summary->read, sql_sum, params, TB_COUNT(params), ret_value, err);
}

static tb_status
set_count(struct summary *summary, struct tb_json *json, const char *key, const char *name,
          tb_str day, struct tb_err *err)
{
    int64_t value = 0;
    TB_TRY(count_of(summary, name, day, &value, err));
    tb_json_set_int(summary->arena, json, key, value);
    return TB_OK;
}

static tb_status
set_due_count(struct summary *summary, struct tb_json *json, const char *key, tb_str from_day,
              tb_str to_day, struct tb_err *err)
{
    struct store_value params[] = {STORE_TEXT_OF(summary->from), STORE_TEXT_OF(summary->to),
                                   STORE_TEXT_OF(from_day), STORE_TEXT_OF(to_day)};
    int64_t value = 0;
    TB_TRY(watch__one(summary->read, sql_due_count, params, TB_COUNT(params), &value, err));
    tb_json_set_int(summary->arena, json, key, value);
    return TB_OK;
}

static tb_status
add_counts(struct summary *summary, struct tb_err *err)
{
    struct tb_json *counts = tb_json_set_object(summary->arena, summary->out, "counts");
    tb_str none = TB_STR(""), today = tb_date_format(summary->arena, op_today(summary->ctx));
    TB_TRY(set_count(summary, counts, "submitted", "state.submitted", none, err));
    TB_TRY(set_count(summary, counts, "correcting", "state.correcting", none, err));
    TB_TRY(set_count(summary, counts, "open", "state.open", none, err));
    TB_TRY(set_count(summary, counts, "decided", "state.decided", none, err));
    TB_TRY(set_count(summary, counts, "closed", "state.closed", none, err));
    TB_TRY(set_count(summary, counts, "received_today", "received", today, err));
    TB_TRY(set_count(summary, counts, "done_today", "done", today, err));
    TB_TRY(set_due_count(summary, counts, "due_today", today, today, err));
    TB_TRY(set_due_count(
        summary, counts, "overdue", TB_STR("0000-00-00"),
        tb_date_format(summary->arena, tb_date_add_days(op_today(summary->ctx), -1)), err));
    struct tb_json *cards = tb_json_set_object(summary->arena, summary->out, "cards");
    TB_TRY(set_count(summary, cards, "reminder", "card.reminder", none, err));
    TB_TRY(set_count(summary, cards, "yellow", "card.yellow", none, err));
    return set_count(summary, cards, "red", "card.red", none, err);
}

static tb_status
add_distribution(struct summary *summary, struct tb_err *err)
{
    static const char *const names[] = {"early", "on_time", "over_promise", "late"};
    static const char *const zh[] = {"提前办结", "按承诺办结", "超承诺、未超法定", "超法定"};
    static const char *const en[] = {"Early", "On time", "Over the promise", "Over the law"};
    struct tb_json *list = tb_json_set_list(summary->arena, summary->out, "distribution");
    for (size_t i = 0; i < TB_COUNT(names); i++) {
        struct tb_json *row = tb_json_add(list, tb_json_new(summary->arena, TB_JSON_OBJECT));
        tb_json_set_text(summary->arena, row, "key", tb_str_of(names[i]));
        tb_json_set_text(summary->arena, row, "label",
                         tb_str_of(is_en(summary->ctx) ? en[i] : zh[i]));
        TB_TRY(set_count(summary, row, "count", names[i], TB_STR(""), err));
    }
    return TB_OK;
}

static tb_status
add_ratings(struct summary *summary, struct tb_err *err)
{
    static const char *const grades[] = {"very_satisfied", "satisfied", "fairly", "dissatisfied",
                                         "very_dissatisfied"};
    struct tb_json *ratings = tb_json_set_object(summary->arena, summary->out, "ratings");
    int64_t given = 0, good = 0;
    for (size_t i = 0; i < TB_COUNT(grades); i++) {
        int64_t count = 0;
        TB_TRY(count_of(summary, tb_printf(summary->arena, "rating.%s", grades[i]).ptr, TB_STR(""),
                        &count, err));
        tb_json_set_int(summary->arena, ratings, grades[i], count);
        given += count;
        good += i < 3 ? count : 0;
    }
    tb_json_set_int(summary->arena, ratings, "given", given);
    tb_json_set(ratings, "good_per_mille",
                given > 0 ? tb_json_new_int(summary->arena, good * 1000 / given)
                          : tb_json_new(summary->arena, TB_JSON_NULL));
    return TB_OK;
}

static tb_status
add_departments(struct summary *summary, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    struct tb_json *list = tb_json_set_list(summary->arena, summary->out, "departments");
    struct tb_json *row = NULL;
    struct store_value params[] = {STORE_TEXT_OF(summary->from), STORE_TEXT_OF(summary->to)};
    tb_str last = TB_STR_NONE;
    TB_TRY(store_select(summary->read, sql_departments, params, 2, &rows, err));
    while (store_next(rows)) {
        tb_str department = watch__text(summary->arena, rows, 0);
        if (row == NULL || !tb_str_eq(department, last)) {
            row = tb_json_add(list, tb_json_new(summary->arena, TB_JSON_OBJECT));
            set_department(summary->ctx, row, department);
            last = department;
        }
        tb_str name = watch__text(summary->arena, rows, 1), rest = name, group = TB_STR_NONE;
        if (tb_str_contains(name, TB_STR(".")) && tb_str_cut(&rest, '.', &group))
            name = rest; /* state.open is open */
        if (tb_json_find(row, name) == NULL)
            tb_json_set_int(summary->arena, row, tb_cstr(summary->arena, name), store_int(rows, 2));
    }
    return store_rows_done(rows, err);
}

static tb_status
add_due(struct summary *summary, struct tb_err *err)
{
    struct watch *watch = op_self(summary->ctx);
    struct store_rows *rows = NULL;
    struct tb_json *list = tb_json_set_list(summary->arena, summary->out, "due");
    struct store_value params[] = {STORE_TEXT_OF(summary->from), STORE_TEXT_OF(summary->to),
                                   STORE_INT_OF(WATCH_LIST_ROWS)};
    TB_TRY(store_select(summary->read, sql_due_list, params, TB_COUNT(params), &rows, err));
    while (store_next(rows)) {
        tb_str due = watch__text(summary->arena, rows, 4);
        struct tb_json *row = tb_json_add(list, tb_json_new(summary->arena, TB_JSON_OBJECT));
        tb_json_set_text(summary->arena, row, "no", watch__text(summary->arena, rows, 0));
        tb_json_set_text(summary->arena, row, "item", watch__text(summary->arena, rows, 1));
        set_department(summary->ctx, row, watch__text(summary->arena, rows, 2));
        tb_json_set_text(summary->arena, row, "state", watch__text(summary->arena, rows, 3));
        tb_json_set_text(summary->arena, row, "element", watch__text(summary->arena, rows, 5));
        tb_json_set_text(summary->arena, row, "role", watch__text(summary->arena, rows, 6));
        cases_set_due(summary->arena, row, watch->options.calendar, op_today(summary->ctx), due);
    }
    return store_rows_done(rows, err);
}

static tb_status
run_summary(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
            struct tb_err *err)
{
    struct summary summary = {
        .ctx = ctx, .arena = op_arena(ctx), .out = tb_json_new(op_arena(ctx), TB_JSON_OBJECT)};
    tb_str department;
    (void)self, (void)in;
    if (!op_scope(ctx, OP_SUPERVISOR | OP_HEAD, 0, &summary.from, &summary.to, &department))
        return tb_fail(err, TB_DENIED, "no region to supervise");
    TB_TRY(op_read(ctx, &summary.read, err));
    TB_TRY(add_counts(&summary, err));
    TB_TRY(add_distribution(&summary, err));
    TB_TRY(add_ratings(&summary, err));
    TB_TRY(add_departments(&summary, err));
    TB_TRY(add_due(&summary, err));
    tb_json_set_text(summary.arena, summary.out, "at",
                     tb_instant_format(summary.arena, op_now(ctx)));
    *ret_out = summary.out;
    return TB_OK;
}

/* clang-format off */
static const char *const card_states[] = {"open", "replied", "appealed", "upheld", "dismissed", NULL};
static const struct op_field cards_fields[] = {
    {"state", OP_TEXT, OP_QUERY, 0, 20, card_states, "状态", "State", ""},
    {"cursor", OP_TEXT, OP_QUERY, 0, 40, NULL, "翻页位置", "Cursor", ""},
    {0},
};
static const struct op_field reply_fields[] = {
    {"id", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 40, NULL, "牌号", "Card", "its number"},
    {"text", OP_TEXT, OP_REQUIRED | OP_PRIVATE, 1, 2000, NULL, "说明和整改", "Answer",
     "reasons, also for exceeding the promise, are made public"},
    {0},
};
static const struct op_field appeal_fields[] = {
    {"id", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 40, NULL, "牌号", "Card", "its number"},
    {"reason", OP_TEXT, OP_REQUIRED | OP_PRIVATE, 1, 2000, NULL, "申诉理由", "Reason", ""},
    {0},
};
static const struct op_field judge_fields[] = {
    {"id", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 40, NULL, "牌号", "Card", "its number"},
    {"stands", OP_BOOL, OP_REQUIRED, 0, 0, NULL, "维持原牌", "The card stands", ""},
    {"reason", OP_TEXT, OP_REQUIRED | OP_PRIVATE, 1, 2000, NULL, "理由", "Reason", ""},
    {0},
};
const struct op_row watch__rows[] = {
    {"watch.cards", "GET", "/supervision/cards", OP_SUPERVISOR | OFFICE, OP_PRIVATE_ANSWER, cards_fields, run_cards,
     "提醒、黄牌、红牌", "Reminders, yellow and red cards"},
    {"watch.reply", "POST", "/supervision/cards/{id}/reply", OFFICE, OP_WRITES, reply_fields, run_reply,
     "说明原因", "Answer a card"},
    {"watch.appeal", "POST", "/supervision/cards/{id}/appeal", OFFICE, OP_WRITES, appeal_fields, run_appeal,
     "对牌申诉", "Appeal against a card"},
    {"watch.judge", "POST", "/supervision/cards/{id}/judge", OP_SUPERVISOR, OP_WRITES, judge_fields, run_judge,
     "裁定申诉", "Judge an appeal"},
    {"watch.summary", "GET", "/supervision/summary", OP_SUPERVISOR | OP_HEAD, 0, NULL, run_summary, "监察总览",
     "Summary of supervision"},
};
/* clang-format on */
const size_t watch__rows_count = TB_COUNT(watch__rows);
