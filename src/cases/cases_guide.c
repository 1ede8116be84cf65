/* SPDX-License-Identifier: Apache-2.0 */
/* Guided questions over a pack, the token that lets somebody go on elsewhere, and the checklist on paper (F18, F20).
 * Facts on record are offered for confirmation only to the person they are about. */
#include "cases/cases_guide.sql.h"
#include "cases/cases_internal.h"
#include "paper/paper.h"

/* ---- the guide
 * --------------------------------------------------------------------------------------------------- */

struct guide {
    const struct packs_pack *pack;
    struct tb_json *answer;
    tb_date date;
};

static tb_status
ask(struct op_ctx *ctx, tb_str item, const struct tb_json *answers, const struct tb_json *facts,
    tb_date date, struct guide *ret_guide, struct tb_err *err)
{
    struct cases *cases = op_self(ctx);
    const struct packs_item *named = NULL;
    const struct packs_pack *pack = packs_set_find(cases->options.packs, item, date, &named);
    if (pack == NULL)
        return tb_fail(err, TB_NOT_FOUND, "no guide for this item is in force here on that day");
    struct packs_ask question = {
        .answers = answers, .facts = facts, .date = date, .lang = op_lang(ctx)};
    ret_guide->pack = pack;
    ret_guide->date = date;
    return packs_guide(op_arena(ctx), pack, &question, op_faults(ctx), &ret_guide->answer, err);
}

static struct tb_json *
member(struct tb_json *object, const char *key)
{
    struct tb_json *child = object != NULL ? object->first : NULL;
    while (child != NULL && !tb_str_is(child->key, key))
        child = child->next;
    return child;
}

/* When it would be decided if it were filed now; to show a person, never a promise (F3). */
static void
set_due_if_filed(struct op_ctx *ctx, const struct guide *guide)
{
    struct cases *cases = op_self(ctx);
    struct tb_arena *arena = op_arena(ctx);
    struct tb_json *outcome = member(guide->answer, "outcome");
    const struct packs_item *item =
        packs_situation(guide->pack, tb_json_get_text(outcome, "situation"));
    struct clock_rules rules;
    struct clock_reckoning found;
    if (item == NULL || cases__rules(arena, guide->pack, item, NULL, &rules, NULL) != TB_OK)
        return;
    struct cases__event events[] = {
        {.n = 1,
         .kind = TB_STR("received"),
         .happened_at = op_now(ctx),
         .data = TB_STR("{\"channel\":\"online\"}")},
        {.n = 2, .kind = TB_STR("accepted"), .happened_at = op_now(ctx)},
    };
    struct cases__events list = {events, 2};
    struct cases__tasks none = {0};
    if (cases__reckon(arena, cases, &rules, &list, &none, op_now(ctx), &found, NULL) != TB_OK)
        return;
    struct tb_json *limits = member(outcome, "limits");
    if (limits == NULL || limits->kind != TB_JSON_OBJECT ||
        tb_json_get(limits, "due_if_filed_today") != NULL)
        return;
    if (found.has_promised)
        tb_json_set_text(arena, limits, "promised_if_filed_today",
                         tb_date_format(arena, found.promised.due.day));
    if (found.has_due)
        tb_json_set_text(arena, limits, "due_if_filed_today",
                         tb_date_format(arena, found.due.due.day));
    tb_json_set_bool(arena, limits, "is_provisional", found.is_provisional);
}

static tb_status
run_guide(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
          struct tb_err *err)
{
    struct guide guide = {0};
    struct tb_json *facts = NULL;
    tb_date date = op_today(ctx);
    (void)self;
    if (tb_json_get_text(in, "date").len > 0)
        (void)!tb_date_parse(tb_json_get_text(in, "date"), &date);
    tb_str own;
    TB_TRY(cases__own_blind(ctx, &own, err));
    TB_TRY(cases__facts(ctx, own, &facts, err));
    const struct tb_json *given = tb_json_get(in, "facts");
    TB_TRY(ask(ctx, tb_json_get_text(in, "code"), tb_json_get(in, "answers"),
               given != NULL && given->count > 0 ? given : facts, date, &guide, err));
    if (tb_json_get(guide.answer, "outcome") != NULL)
        set_due_if_filed(ctx, &guide);
    *ret_out = guide.answer;
    return TB_OK;
}

/* ---- tokens
 * ------------------------------------------------------------------------------------------------------ */

struct token {
    tb_str token, item, answers;
    int64_t until;
};

static tb_status
write_token(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct token *token = arg;
    return store_insert(tx, "guides",
                        STORE_VALUES(STORE_SET_TEXT("token", token->token),
                                     STORE_SET_TEXT("item", token->item),
                                     STORE_SET_JSON("answers", token->answers),
                                     STORE_SET_INSTANT("until", token->until)),
                        NULL, err);
}

static tb_status
run_token(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
          struct tb_err *err)
{
    struct cases *cases = self;
    struct tb_arena *arena = op_arena(ctx);
    struct guide guide = {0};
    struct token *token = TB_NEW(arena, struct token);
    tb_str item = tb_json_get_text(in, "item");
    TB_TRY(ask(ctx, item, tb_json_get(in, "answers"), NULL, op_today(ctx), &guide, err));
    *token = (struct token){
        .token = cases__random_text(arena, cases->options.env, 16),
        .item = item,
        .answers = cases__json_text(arena, tb_json_get(in, "answers")),
        .until = op_now(ctx) + CASES_GUIDE_DAYS * TB_US_PER_DAY,
    };
    TB_TRY(op_write(ctx, write_token, token, err));
    *ret_out = cases__object(arena);
    tb_json_set_text(arena, *ret_out, "token", token->token);
    tb_json_set_text(arena, *ret_out, "until", cases__day_text(arena, token->until));
    tb_json_set_text(arena, *ret_out, "href",
                     tb_printf(arena, "/guides/" TB_FMT, TB_ARG(token->token)));
    op_answer_status(ctx, 201);
    return TB_OK;
}

static tb_status
find_token(struct op_ctx *ctx, tb_str text, struct token *ret, struct tb_err *err)
{
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    struct store_value params[] = {STORE_TEXT_OF(text), STORE_INT_OF(op_now(ctx))};
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(store_select(read, sql_guide, params, 2, &rows, err));
    bool is_there = store_next(rows);
    if (is_there)
        *ret = (struct token){.token = text,
                              .item = cases__text(op_arena(ctx), rows, 0),
                              .answers = cases__text(op_arena(ctx), rows, 1),
                              .until = store_int(rows, 2)};
    TB_TRY(store_rows_done(rows, err));
    return is_there ? TB_OK : tb_fail(err, TB_NOT_FOUND, "there is no such guide, or it is over");
}

static tb_status
run_resume(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
           struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    struct token token = {0};
    (void)self;
    TB_TRY(find_token(ctx, tb_json_get_text(in, "token"), &token, err));
    *ret_out = cases__object(arena);
    tb_json_set_text(arena, *ret_out, "item", token.item);
    tb_json_set(*ret_out, "answers", tb_json_copy(arena, cases__json(arena, token.answers)));
    tb_json_set_text(arena, *ret_out, "until", cases__day_text(arena, token.until));
    return TB_OK;
}

/* ---- the checklist
 * ----------------------------------------------------------------------------------------------- */

static struct tb_json *
add_block(struct tb_arena *arena, struct tb_json *blocks, const char *kind, const char *key,
          tb_str text)
{
    struct tb_json *block = tb_json_add(blocks, cases__object(arena));
    tb_json_set_text(arena, block, "kind", tb_str_of(kind));
    if (key != NULL)
        tb_json_set_text(arena, block, key, text);
    return block;
}

static void
add_cell(struct tb_arena *arena, struct tb_json *row, tb_str text)
{
    tb_json_add(row, tb_json_new_text(arena, text.len > 0 ? text : TB_STR("—")));
}

static void
add_papers(struct tb_arena *arena, struct tb_json *blocks, const struct tb_json *materials,
           bool is_en)
{
    struct tb_json *table = add_block(arena, blocks, "table", NULL, TB_STR_NONE);
    struct tb_json *head = tb_json_set_list(arena, table, "head");
    add_cell(arena, head, is_en ? TB_STR("Paper") : TB_STR("材料"));
    add_cell(arena, head, is_en ? TB_STR("From where") : TB_STR("怎么来"));
    add_cell(arena, head, is_en ? TB_STR("Note") : TB_STR("说明"));
    struct tb_json *rows = tb_json_set_list(arena, table, "rows");
    TB_JSON_EACH(material, materials)
    {
        struct tb_json *row = tb_json_add(rows, tb_json_new(arena, TB_JSON_LIST));
        bool is_brought = tb_json_is_true(tb_json_get(material, "bring"));
        add_cell(arena, row, tb_json_get_text(material, "name"));
        add_cell(arena, row, tb_json_get_text(material, "source_name"));
        add_cell(arena, row,
                 tb_json_is_true(tb_json_get(material, "late"))
                     ? (is_en ? TB_STR("may follow later") : TB_STR("可以后补"))
                 : is_brought ? tb_json_get_text(material, "hint")
                              : (is_en ? TB_STR("not needed from you") : TB_STR("不用您交")));
    }
}

static void
add_line(struct tb_arena *arena, struct tb_json *rows, const char *label, tb_str value)
{
    if (value.len == 0)
        return;
    struct tb_json *row = tb_json_add(rows, tb_json_new(arena, TB_JSON_LIST));
    tb_json_add(row, tb_json_new_text(arena, tb_str_of(label)));
    tb_json_add(row, tb_json_new_text(arena, value));
}

static void
add_facts(struct tb_arena *arena, struct tb_json *blocks, const struct tb_json *outcome, bool is_en)
{
    struct tb_json *block = add_block(arena, blocks, "fields", NULL, TB_STR_NONE);
    struct tb_json *rows = tb_json_set_list(arena, block, "rows");
    const struct tb_json *agency = tb_json_get(outcome, "agency");
    add_line(arena, rows, is_en ? "Service" : "办理事项",
             tb_json_get_text(outcome, "situation_name"));
    add_line(arena, rows, is_en ? "By law" : "法定期限",
             tb_json_text(tb_json_path(outcome, "limits.statutory.text")));
    add_line(arena, rows, is_en ? "We promise" : "承诺期限",
             tb_json_text(tb_json_path(outcome, "limits.promised.text")));
    add_line(arena, rows, is_en ? "Fee" : "收费", tb_json_text(tb_json_path(outcome, "fee.text")));
    add_line(arena, rows, is_en ? "Where" : "地点", tb_json_get_text(agency, "address"));
    add_line(arena, rows, is_en ? "Telephone" : "电话", tb_json_get_text(agency, "phone"));
    add_line(arena, rows, is_en ? "Hours" : "时间", tb_json_get_text(agency, "hours"));
}

static struct tb_json *
checklist_blocks(struct op_ctx *ctx, const struct guide *guide, const struct token *token)
{
    struct cases *cases = op_self(ctx);
    struct tb_arena *arena = op_arena(ctx);
    bool is_en = cases__is_en(op_lang(ctx));
    const struct tb_json *outcome = tb_json_get(guide->answer, "outcome");
    const struct tb_json *materials = tb_json_get(outcome, "materials");
    struct tb_json *blocks = tb_json_new(arena, TB_JSON_LIST);
    struct tb_json *title = add_block(arena, blocks, "title", "text",
                                      is_en ? TB_STR("My checklist") : TB_STR("一次性告知单"));
    tb_json_set_text(arena, title, "sub", is_en ? guide->pack->title_en : guide->pack->title);
    add_block(arena, blocks, "paragraph", "text", tb_json_get_text(outcome, "text"));
    add_facts(arena, blocks, outcome, is_en);
    if (materials != NULL && materials->count > 0)
        add_papers(arena, blocks, materials, is_en);
    struct tb_json *qr = add_block(
        arena, blocks, "qr", "payload",
        tb_printf(arena, TB_FMT "/g/" TB_FMT, TB_ARG(cases->options.origin), TB_ARG(token->token)));
    tb_json_set_text(arena, qr, "caption",
                     is_en ? TB_STR("Scan to go on with the same answers")
                           : TB_STR("扫码接着办，答过的不用再答"));
    add_block(arena, blocks, "paragraph", "text",
              is_en
                  ? TB_STR("This is based on your answers and helps you prepare; the decision "
                           "follows the review.")
                  : TB_STR("以上根据您的回答得出，供您准备材料用；是否准予许可，以审查决定为准。"));
    return blocks;
}

static tb_status
run_checklist(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
              struct tb_err *err)
{
    struct cases *cases = self;
    struct tb_arena *arena = op_arena(ctx);
    struct token token = {0};
    struct guide guide = {0};
    tb_str pdf;
    *ret_out = NULL;
    TB_TRY(find_token(ctx, tb_json_get_text(in, "token"), &token, err));
    TB_TRY(
        ask(ctx, token.item, cases__json(arena, token.answers), NULL, op_today(ctx), &guide, err));
    if (tb_json_get(guide.answer, "outcome") == NULL)
        return tb_fail(err, TB_CONFLICT,
                       "the questions are not all answered yet: there is no checklist");
    struct paper_options options = {
        .size = PAPER_A4,
        .created_at = tb_day_start(op_today(ctx)),
        .title = cases__is_en(op_lang(ctx)) ? TB_STR("My checklist") : TB_STR("一次性告知单"),
    };
    struct tb_json *blocks = checklist_blocks(ctx, &guide, &token);
    op_read_done(ctx);
    sem_wait(&cases->drawing);
    tb_status status = paper_pdf(arena, &options, blocks, &pdf, err);
    sem_post(&cases->drawing);
    TB_TRY(status);
    op_answer_bytes(ctx, TB_STR("application/pdf"), TB_STR("checklist.pdf"), pdf);
    return TB_OK;
}

/* clang-format off */
static const struct op_field guide_fields[] = {
    {"code", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 64, NULL, "事项编码", "Item code", "or pack/situation"},
    {"answers", OP_OBJECT, 0, 0, 0, NULL, "已有的回答", "Answers so far", "by input"},
    {"facts", OP_OBJECT, OP_PRIVATE, 0, 0, NULL, "已知的事实", "Facts on record", "to be confirmed, not asked"},
    {"date", OP_DAY, 0, 0, 0, NULL, "申请日期", "Day of application", "today when absent: which law is read"},
    {0},
};
static const struct op_field token_fields[] = {
    {"item", OP_TEXT, OP_REQUIRED, 1, 64, NULL, "事项编码", "Item code", ""},
    {"answers", OP_OBJECT, OP_REQUIRED, 0, 0, NULL, "回答", "Answers", "no personal data"},
    {0},
};
static const struct op_field resume_fields[] = {
    {"token", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 40, NULL, "二维码里的编号", "Token", ""},
    {0},
};
const struct op_row cases__guide_rows[] = {
    {"cases.guide", "POST", "/items/{code}/guide", OP_ANYONE | OP_SIGNED_IN, 0, guide_fields, run_guide,
     "问几个问题，告诉您怎么办", "The next question, or the outcome"},
    {"cases.guide_save", "POST", "/guides", OP_ANYONE | OP_SIGNED_IN, OP_WRITES | OP_RATE_LIMITED,
     token_fields, run_token,
     "存下回答，换个地方接着办", "Keep the answers to go on elsewhere"},
    {"cases.guide_resume", "GET", "/guides/{token}", OP_ANYONE | OP_SIGNED_IN, 0, resume_fields, run_resume,
     "取回存下的回答", "Answers kept under a token"},
    {"cases.checklist", "GET", "/guides/{token}/checklist.pdf", OP_ANYONE | OP_SIGNED_IN, OP_RAW_ANSWER,
     resume_fields,
     run_checklist, "一次性告知单（PDF）", "The checklist on paper"},
};
/* clang-format on */
const size_t cases__guide_rows_count = TB_COUNT(cases__guide_rows);
