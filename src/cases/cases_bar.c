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
                     TB_ARG(until), TB_ARG(again_from(act->arena, until)));
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
