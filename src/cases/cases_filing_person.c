/* SPDX-License-Identifier: Apache-2.0 */
/* Who applies, who represents, who acts for whom, and how each is known (F1). */
#include "cases/cases_filing.h"
#include "codes/codes.h"

#define FAULT(filing, place, code, zh, en)                                                         \
    cases__filing_fault((filing), TB_STR(place), (code), TB_STR(zh), TB_STR(en))

static void
make_person(struct cases__filing *filing, struct cases__filing_person *person, tb_str name,
            tb_str number, tb_str phone)
{
    tb_str id_number = codes_tidy(filing->arena, number);
    bool is_citizen = codes_citizen_id(id_number, filing->today, TB_STR_NONE, NULL, NULL);
    person->party = (struct cases_party){
        .kind = is_citizen ? TB_STR("person") : TB_STR("firm"),
        .name = tb_text_nfc(filing->arena, name),
        .id_kind = is_citizen ? TB_STR("citizen_id") : TB_STR("credit_code"),
        .id_number = id_number,
        .phone = phone,
    };
    person->blinds = cases__blinds_of(filing->cases, filing->arena, &person->party);
    person->identity_check = "stated";
}

/* ---- agent
 * ------------------------------------------------------------------------------------------------------- */

static void
check_scope(struct cases__filing *filing, const struct tb_json *agent)
{
    tb_date from, until;
    bool has_from = tb_date_parse(tb_json_get_text(agent, "from"), &from);
    bool has_until = tb_date_parse(tb_json_get_text(agent, "until"), &until);
    if (tb_json_get_text(agent, "scope").len == 0)
        FAULT(filing, "agent.scope", "required", "请写明委托事项", "Say what the agent may do");
    if (!has_from)
        FAULT(filing, "agent.from", "date", "请填写委托开始的日期，例如 2026-03-01",
              "Give the first day of the authority");
    if (!has_until)
        FAULT(filing, "agent.until", "date", "请填写委托截止的日期，例如 2026-12-31",
              "Give the last day of the authority");
    if (has_from && has_until &&
        (tb_date_cmp(filing->today, from) < 0 || tb_date_cmp(filing->today, until) > 0))
        FAULT(filing, "agent.until", "not_in_force", "今天不在委托书写明的日期之内",
              "The authority is not in force today");
    if (tb_str_is(filing->way, "pledge") && !tb_json_is_true(tb_json_get(agent, "may_pledge")))
        FAULT(filing, "agent.may_pledge", "no_authority",
              "委托书没有写明可以代为承诺，受托人不能代签承诺书；请本人签署，或改选普通办理",
              "The authority does not expressly cover a pledge: the applicant must sign, or choose "
              "the ordinary way");
}

static tb_status
check_agent(struct cases__filing *filing, struct tb_err *err)
{
    const struct tb_json *agent = tb_json_get(filing->in, "agent");
    tb_str name = tb_json_get_text(agent, "name"), number = tb_json_get_text(agent, "id_number");
    (void)err;
    if (agent == NULL || tb_json_is_null(agent) || agent->count == 0)
        return TB_OK;
    filing->has_agent = true;
    if (name.len == 0)
        FAULT(filing, "agent.name", "required", "请填写受托人姓名", "Give the agent's name");
    (void)codes_citizen_id(codes_tidy(filing->arena, number), filing->today,
                           TB_STR("agent.id_number"), filing->faults, NULL);
    check_scope(filing, agent);
    make_person(filing, &filing->agent, name, number, tb_json_get_text(agent, "phone"));
    return TB_OK;
}

/* ---- all persons
 * ------------------------------------------------------------------------------------------------- */

/* At the window a clerk types what the person said and signed; he himself is no party to it. */
static void
check_window(struct cases__filing *filing)
{
    static const char *const checks[] = {"card_read", "card_and_face", "seen_by_eye"};
    const struct tb_json *window = tb_json_get(filing->in, "on_behalf");
    tb_str check = tb_json_get_text(window, "identity_check");
    tb_str sign = tb_json_get_text(window, "signed");
    struct cases__filing_person *here = filing->has_agent            ? &filing->agent
                                        : filing->has_representative ? &filing->representative
                                                                     : &filing->applicant;
    for (size_t i = 0; i < TB_COUNT(checks); i++) {
        if (tb_str_is(check, checks[i]))
            here->identity_check = checks[i];
    }
    if (check.len == 0)
        here->identity_check = "seen_by_eye";
    else if (!tb_str_is(check, here->identity_check))
        FAULT(filing, "on_behalf.identity_check", "choice",
              "请选怎样核对的身份：读证、读证并刷脸、当面查看",
              "Say how identity was checked: card_read, card_and_face or seen_by_eye");
    if (sign.len == 0 && !tb_json_is_true(tb_json_get(window, "signed")))
        FAULT(filing, "on_behalf.signed", "not_signed",
              "申请人要先核对摘要并签字（手写屏、纸上签字或按手印）",
              "The person must read the summary and sign first");
    if (tb_str_is(sign, "thumb") && tb_json_get_text(window, "witness").len == 0)
        FAULT(filing, "on_behalf.witness", "required", "按手印的，请写见证人姓名",
              "A thumb print needs a named witness");
}

static void
mark_known(struct cases__filing_person *person, tb_str own)
{
    if (own.len > 0 && tb_str_eq(person->blinds.id, own))
        person->identity_check = "online_real_name";
}

/* A firm has its credit code, a natural person the number of his card. */
tb_str
cases__applicant_number(struct tb_arena *arena, const struct tb_json *fields)
{
    tb_str code = tb_json_get_text(fields, "credit_code");
    if (code.len == 0)
        code = tb_json_get_text(fields, "id_number");
    return codes_tidy(arena, code.len > 0 ? code : tb_json_get_text(fields, "person_id"));
}

tb_status
cases__filing_persons(struct cases__filing *filing, struct tb_err *err)
{
    const struct tb_json *fields = filing->fields;
    tb_str own = TB_STR_NONE;
    make_person(filing, &filing->applicant, tb_json_get_text(fields, "name"),
                cases__applicant_number(filing->arena, fields), tb_json_get_text(fields, "phone"));
    tb_str name = tb_json_get_text(fields, "person_name");
    tb_str number = tb_json_get_text(fields, "person_id");
    filing->has_representative = name.len > 0 && number.len > 0;
    if (filing->has_representative)
        make_person(filing, &filing->representative, name, number, TB_STR_NONE);
    TB_TRY(check_agent(filing, err));
    if (filing->is_at_window) {
        check_window(filing);
        return TB_OK;
    }
    TB_TRY(cases__own_blind(filing->ctx, &own, err));
    mark_known(&filing->applicant, own);
    mark_known(&filing->representative, own);
    mark_known(&filing->agent, own);
    if (tb_json_get(filing->in, "signed") != NULL &&
        !tb_json_is_true(tb_json_get(filing->in, "signed")))
        FAULT(filing, "signed", "not_signed", "请先确认并签署：以上内容和材料真实、有效",
              "Please declare that what you submit is true");
    return TB_OK;
}
