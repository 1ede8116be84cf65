/* SPDX-License-Identifier: Apache-2.0 */
/* What the register knows of a person, for decisions and for questions that then need only be confirmed (F20): his
 * valid permits, whether a pledge is closed to him. Only ever asked about the person himself or the applicant of a
 * filing. */
#include "cases/cases_facts.sql.h"
#include "cases/cases_internal.h"

static void
set_fact(struct op_ctx *ctx, struct tb_json *facts, const char *path, tb_str value)
{
    struct tb_arena *arena = op_arena(ctx);
    struct tb_json *fact = tb_json_set_object(arena, facts, path);
    tb_json_set_text(arena, fact, "value", value);
    tb_json_set_text(arena, fact, "source",
                     cases__is_en(op_lang(ctx)) ? TB_STR("our register of certificates")
                                                : TB_STR("本系统证照库"));
    tb_json_set_text(arena, fact, "date", tb_date_format(arena, op_today(ctx)));
}

tb_status
cases__facts(struct op_ctx *ctx, tb_str id_blind, struct tb_json **ret_facts, struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    struct tb_json *facts = cases__object(arena);
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    struct store_value key[] = {STORE_TEXT_OF(id_blind),
                                STORE_TEXT_OF(tb_date_format(arena, op_today(ctx)))};
    int64_t cards = 0, bars = 0;
    *ret_facts = facts;
    if (id_blind.len == 0)
        return TB_OK;
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(cases__one(read, sql_fact_bars, key, 2, &bars, err));
    if (bars > 0)
        set_fact(ctx, facts, "credit.state", TB_STR("repair"));
    TB_TRY(store_select(read, sql_fact_permits, key, 1, &rows, err));
    bool has_permit = false;
    while (store_next(rows)) {
        bool is_card = tb_str_is(store_text(rows, 0), "vehicle-card");
        cards += is_card;
        if (!is_card && !has_permit && !store_is_null(rows, 1))
            set_fact(ctx, facts, "permit.expires", cases__text(arena, rows, 1));
        has_permit = has_permit || !is_card;
    }
    TB_TRY(store_rows_done(rows, err));
    if (has_permit)
        set_fact(ctx, facts, "permit.vehicles", cards > 0 ? TB_STR("some") : TB_STR("none"));
    return TB_OK;
}

tb_status
cases__own_blind(struct op_ctx *ctx, tb_str *ret_blind, struct tb_err *err)
{
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    struct store_value key = STORE_INT_OF(op_who(ctx)->party);
    *ret_blind = TB_STR_NONE;
    if (key.number == 0)
        return TB_OK;
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(store_select(read, sql_blind_of_party, &key, 1, &rows, err));
    if (store_next(rows))
        *ret_blind = cases__text(op_arena(ctx), rows, 0);
    return store_rows_done(rows, err);
}
