/* SPDX-License-Identifier: Apache-2.0 */
/* Who may not apply again until when (行政许可法 78, 79; F24). Written when a refusal or an annulment names its ground, and
 * only for matters that the pack declares as directly concerning public safety, health, life or property: for all
 * others the law knows no bar. Consulted at every filing. */
#include "cases/cases_bar.sql.h"
#include "cases/cases_filing.h"

/* clang-format off */
static const struct bar_row {
    const char *ground, *clause;
    int years;
} bar_rows[] = {
    {"false_papers", "行政许可法#78", 1},
    {"fraud",        "行政许可法#79", 3},
};
/* clang-format on */

tb_str
cases__bar_basis(tb_str ground)
{
    for (size_t i = 0; i < TB_COUNT(bar_rows); i++) {
        if (tb_str_is(ground, bar_rows[i].ground))
            return tb_str_of(bar_rows[i].clause);
    }
    return TB_STR_NONE;
}

/* The permit that a bar is about: every situation of one service stands in one pack. */
static bool
is_about(const struct packs_pack *pack, const struct packs_item *item, tb_str barred,
         tb_str situation)
{
    return tb_str_eq(barred, pack->id) &&
           (tb_str_is(item->certificate_effect, "issue") || tb_str_eq(situation, item->id));
}

tb_status
cases__bar(struct cases__act *act, tb_str basis, tb_str *ret_until, struct tb_err *err)
{
    size_t row = 0;
    *ret_until = TB_STR_NONE;
    while (row < TB_COUNT(bar_rows) && !tb_str_is(basis, bar_rows[row].clause))
        row++;
    if (row == TB_COUNT(bar_rows) ||
        !tb_json_is_true(tb_json_get(act->pack->options, "safety_matter")))
        return TB_OK;
    tb_date day = tb_instant_day(act->now);
    tb_str until =
        tb_date_format(act->arena, tb_date_add_months(day, (int64_t)bar_rows[row].years * 12));
    struct tb_json *data = cases__object(act->arena);
    tb_json_set_text(act->arena, data, "until", until);
    TB_TRY(store_insert(
        act->tx, "bars",
        STORE_VALUES(
            STORE_SET_INT("party", act->is.applicant), STORE_SET_TEXT("item", act->pack->id),
            STORE_SET_TEXT("situation", act->is.situation), STORE_SET_TEXT("clause", basis),
            STORE_SET_DAY("from_day", tb_date_format(act->arena, day)),
            STORE_SET_DAY("until_day", until), STORE_SET_TEXT("source", act->is.no)),
        NULL, err));
    *ret_until = until;
    return cases__event_add(
        act, &(struct cases__event_new){.kind = "barred", .basis = basis, .data = data}, err);
}

/* The first day after the bar. */
static tb_str
again_from(struct tb_arena *arena, tb_str until)
{
    tb_date day;
    return tb_date_parse(until, &day) ? tb_date_format(arena, tb_date_add_days(day, 1)) : until;
}

tb_str
cases__again_words(struct cases__act *act, tb_str basis, tb_str until)
{
    if (until.len == 0)
        return TB_STR("条件具备后您可以随时重新申请。");
    return tb_printf(act->arena,
                     "依照" TB_FMT "，您不能在" TB_FMT "以前再次申请这项许可；自" TB_FMT
                     "起可以申请。",
                     TB_ARG(cases__clause_words(act->arena, act->pack, basis, TB_STR("zh"))),
                     TB_ARG(cases__day_words(act->arena, until)),
                     TB_ARG(cases__day_words(act->arena, again_from(act->arena, until))));
}

tb_status
cases__check_bars(struct cases__filing *filing, struct tb_err *err)
{
    struct tb_arena *arena = filing->arena;
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    struct store_value params[] = {STORE_TEXT_OF(filing->applicant.blinds.id),
                                   STORE_TEXT_OF(tb_date_format(arena, filing->today))};
    bool is_barred = false;
    TB_TRY(op_read(filing->ctx, &read, err));
    TB_TRY(store_select(read, sql_bars, params, 2, &rows, err));
    while (store_next(rows)) {
        tb_str clause = cases__text(arena, rows, 2);
        tb_str again = again_from(arena, cases__text(arena, rows, 3));
        if (is_barred ||
            !is_about(filing->pack, filing->item, store_text(rows, 0), store_text(rows, 1)))
            continue;
        is_barred = true; /* the longest stands first */
        cases__filing_fault(
            filing, TB_STR("applicant_id"), "barred",
            tb_printf(arena, "依照" TB_FMT "，现在不能申请这项许可，自" TB_FMT "起可以再申请",
                      TB_ARG(cases__clause_words(arena, filing->pack, clause, TB_STR("zh"))),
                      TB_ARG(again)),
            tb_printf(arena,
                      "Under " TB_FMT " this permit cannot be applied for now; from " TB_FMT
                      " it can",
                      TB_ARG(cases__clause_words(arena, filing->pack, clause, TB_STR("en"))),
                      TB_ARG(again)));
    }
    return store_rows_done(rows, err);
}

/* ---- the register, for staff
 * -------------------------------------------------------------------------------------- */

static void
add_bar(struct op_ctx *ctx, const struct store_rows *rows, struct tb_json *list)
{
    struct tb_arena *arena = op_arena(ctx);
    struct cases *cases = op_self(ctx);
    struct tb_json *row = tb_json_add(list, cases__object(arena));
    const struct packs_pack *pack = packs_set_by_hash(cases->options.packs, store_text(rows, 7));
    const struct packs_item *item =
        pack != NULL ? packs_situation(pack, store_text(rows, 8)) : NULL;
    tb_str clause = cases__text(arena, rows, 3), until = cases__text(arena, rows, 5);
    tb_json_set_text(arena, row, "holder",
                     cases__mask_name(arena, cases__text(arena, rows, 1),
                                      tb_str_is(store_text(rows, 2), "firm")));
    tb_json_set_text(arena, row, "name", item != NULL ? item->name : TB_STR_NONE);
    tb_json_set_text(arena, row, "clause", clause);
    tb_json_set_text(arena, row, "clause_name",
                     pack != NULL ? cases__clause_words(arena, pack, clause, op_lang(ctx))
                                  : clause);
    tb_json_set_text(arena, row, "from", cases__text(arena, rows, 4));
    tb_json_set_text(arena, row, "until", until);
    tb_json_set_text(arena, row, "again_from", again_from(arena, until));
    tb_json_set_text(arena, row, "source", cases__text(arena, rows, 6));
}

static tb_status
run_bars(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
         struct tb_err *err)
{
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    tb_str from, to, department;
    int64_t before = INT64_MAX, last = 0;
    (void)self;
    tb_str_to_int(tb_json_get_text(in, "cursor"), &before);
    *ret_out = cases__object(op_arena(ctx));
    struct tb_json *list = tb_json_set_list(op_arena(ctx), *ret_out, "bars");
    TB_TRY(op_read(ctx, &read, err));
    if (op_scope(ctx, OP_STAFF | OP_SUPERVISOR, 0, &from, &to, &department)) {
        struct store_value params[] = {STORE_TEXT_OF(from), STORE_TEXT_OF(to), STORE_INT_OF(before),
                                       STORE_INT_OF(CASES_PAGE_ROWS)};
        TB_TRY(store_select(read, sql_bar_list, params, TB_COUNT(params), &rows, err));
        while (store_next(rows)) {
            last = store_int(rows, 0);
            add_bar(ctx, rows, list);
        }
        TB_TRY(store_rows_done(rows, err));
    }
    cases__set(
        op_arena(ctx), *ret_out, "next",
        list->count == CASES_PAGE_ROWS
            ? tb_json_new_text(op_arena(ctx), tb_printf(op_arena(ctx), "%lld", (long long)last))
            : NULL);
    return TB_OK;
}

/* clang-format off */
static const struct op_field bars_fields[] = {
    {"cursor", OP_TEXT, OP_QUERY, 0, 40, NULL, "翻页位置", "Cursor", "from the former page"},
    {0},
};
const struct op_row cases__bar_rows[] = {
    {"cases.bars", "GET", "/bars", OP_STAFF | OP_SUPERVISOR, OP_PRIVATE_ANSWER, bars_fields, run_bars,
     "限制申请登记", "Who may not apply again until when"},
};
/* clang-format on */
const size_t cases__bar_rows_count = TB_COUNT(cases__bar_rows);
