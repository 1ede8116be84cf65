/* SPDX-License-Identifier: Apache-2.0 */
/* An application becomes a case: POST /cases. Everything is checked, reckoned and stepped
 * outside the batch; the closure
 * takes a number and inserts. */
#include "cases/cases_filing.h"
#include "codes/codes.h"

/* ---- outside the batch
 * ------------------------------------------------------------------------------------------- */

static tb_status
check_form(struct cases__filing *filing, struct tb_err *err)
{
    const struct packs_form *form = packs_form_find(filing->pack, filing->item->form);
    if (form == NULL)
        return tb_fail(err, TB_CORRUPT, "the pack has no form " TB_FMT, TB_ARG(filing->item->form));
    size_t before = filing->faults->count;
    filing->fields = packs_form_tidy(filing->arena, form, filing->fields);
    struct packs_ask ask = {
        .answers = filing->answers, .date = filing->today, .lang = op_lang(filing->ctx)};
    tb_status status = packs_form_check(filing->arena, filing->pack, form, TB_STR_NONE, &ask,
                                        filing->fields, filing->faults, err);
    return status == TB_INVALID && filing->faults->count > before ? TB_OK : status;
}

static void
check_delivery(struct cases__filing *filing)
{
    static const char *const ways[] = {"electronic", "pickup", "post"};
    const struct tb_json *delivery = tb_json_get(filing->in, "delivery");
    tb_str way = tb_json_get_text(delivery, "way");
    bool is_known = way.len == 0;
    for (size_t i = 0; i < TB_COUNT(ways); i++)
        is_known = is_known || tb_str_is(way, ways[i]);
    if (!is_known)
        cases__filing_fault(filing, TB_STR("delivery.way"), "choice",
                            TB_STR("请选怎么拿证：电子证、窗口领取或邮寄"),
                            TB_STR("Choose electronic, pickup or post"));
    if (tb_str_is(way, "post") && tb_json_get_text(delivery, "address").len == 0)
        cases__filing_fault(filing, TB_STR("delivery.address"), "required",
                            TB_STR("邮寄的请填写地址"), TB_STR("Give the address to post to"));
}

static void
check_situation(struct cases__filing *filing)
{
    tb_str given = tb_json_get_text(filing->in, "situation");
    if (given.len == 0 || tb_str_eq(given, filing->item->id) ||
        tb_str_eq(given, filing->item->pledge_of))
        return;
    cases__filing_fault(
        filing, TB_STR("situation"), "other_situation",
        tb_printf(filing->arena, "按您的回答应办“" TB_FMT "”，与填写的情形不一致，请重新确认",
                  TB_ARG(filing->item->situation)),
        tb_printf(filing->arena, "Your answers lead to \"" TB_FMT "\", not to \"" TB_FMT "\"",
                  TB_ARG(filing->item->id), TB_ARG(given)));
}

static tb_str
division_of(const struct cases__filing *filing)
{
    const struct packs_department *department =
        packs_department_find(filing->pack, filing->item->department);
    if (department != NULL && department->division.len == 12)
        return department->division;
    return filing->cases->options.division;
}

static void
describe(struct cases__filing *filing)
{
    struct cases__case *is = &filing->new_case;
    filing->division = division_of(filing);
    *is = (struct cases__case){
        .item = filing->item->code.len > 0
                    ? filing->item->code
                    : tb_printf(filing->arena, TB_FMT "/" TB_FMT, TB_ARG(filing->pack->id),
                                TB_ARG(filing->item->id)),
        .pack = filing->pack->hash,
        .situation = filing->item->id,
        .process = filing->item->process,
        .way = filing->way,
        .division = filing->division,
        .department = filing->item->department,
        .channel = filing->is_at_window ? TB_STR("window") : op_channel(filing->ctx),
        .state = CASES_SUBMITTED,
        .account = filing->is_at_window ? 0 : op_who(filing->ctx)->account,
        .received_at = op_now(filing->ctx),
        .answers = cases__json_text(filing->arena, filing->answers),
        .fields = cases__json_text(filing->arena, filing->fields),
        .events = 1,
    };
}

/* What else belongs to the case: how it was signed, delivery, the guide's reasons in short. */
static void
make_extra(struct cases__filing *filing)
{
    static const char *const kept[] = {"delivery", "on_behalf", "pledge"};
    for (size_t i = 0; i < TB_COUNT(kept); i++) {
        const struct tb_json *member = tb_json_get(filing->in, kept[i]);
        if (member != NULL && !tb_json_is_null(member))
            tb_json_set(filing->extra, kept[i], tb_json_copy(filing->arena, member));
    }
}

static tb_status
reckon(struct cases__filing *filing, struct tb_err *err)
{
    struct clock_rules rules;
    struct clock_reckoning reckoning;
    struct cases__event received = {
        .n = 1,
        .kind = TB_STR("received"),
        .happened_at = filing->new_case.received_at,
        .data = tb_printf(filing->arena, "{\"channel\":\"" TB_FMT "\"}",
                          TB_ARG(filing->new_case.channel)),
    };
    struct cases__events events = {&received, 1};
    struct cases__tasks none = {0};
    TB_TRY(cases__rules(filing->arena, filing->pack, filing->item, filing->extra, &rules, err));
    TB_TRY(cases__reckon(filing->arena, filing->cases, &rules, &events, &none, op_now(filing->ctx),
                         &reckoning, err));
    cases__take_reckoning(filing->arena, filing->cases, &reckoning, &filing->new_case);
    filing->wake = cases__wake(&reckoning);
    return TB_OK;
}

static tb_status
prepare(struct cases__filing *filing, struct tb_err *err)
{
    filing->process = packs_process_find(filing->pack, filing->item->process);
    if (filing->process == NULL)
        return tb_fail(err, TB_CORRUPT, "the pack has no process " TB_FMT,
                       TB_ARG(filing->item->process));
    make_extra(filing);
    filing->new_case.applicant_name = filing->applicant.party.name;
    TB_TRY(cases__process_start(filing->arena, filing->pack, filing->item, filing->process,
                                filing->answers, filing->way, &filing->first, err));
    filing->new_case.instance =
        cases__json_text(filing->arena, bpmn_state_to_json(filing->arena, filing->process->compiled,
                                                           filing->first.state));
    for (size_t i = 0; i < filing->first.action_count; i++)
        filing->new_case.tasks += filing->first.actions[i].kind == BPMN_CREATE_TASK;
    if (filing->extra->count > 0)
        filing->new_case.extra = cases__json_text(filing->arena, filing->extra);
    filing->new_case.previous = filing->previous;
    return reckon(filing, err);
}

tb_status
cases__filing_check(struct cases__filing *filing, struct op_ctx *ctx, const struct tb_json *in,
                    tb_str pack_hash, struct tb_err *err)
{
    const struct tb_json *window = tb_json_get(in, "on_behalf");
    *filing = (struct cases__filing){
        .ctx = ctx,
        .cases = op_self(ctx),
        .arena = op_arena(ctx),
        .faults = op_faults(ctx),
        .in = in,
        .answers = tb_json_get(in, "answers"),
        .fields = tb_json_get(in, "fields"),
        .today = op_today(ctx),
        .is_at_window = window != NULL && !tb_json_is_null(window),
        .extra = cases__object(op_arena(ctx)),
    };
    if (filing->is_at_window && !op_has_role(op_who(ctx), OP_CLERK | OP_HELPER))
        return cases__refuse_op(
            ctx, TB_DENIED, "on_behalf", "not_a_clerk",
            TB_STR("只有窗口工作人员和帮代办人员可以代为录入"),
            TB_STR("Only window staff and helpers file for the person before them"), err);
    TB_TRY(cases__filing_find(filing, tb_json_get_text(in, "item"), pack_hash, err));
    if (filing->item == NULL)
        return tb_fail(err, TB_INVALID, "these answers lead to no application");
    cases__filing_choose(filing);
    check_situation(filing);
    describe(filing);
    TB_TRY(check_form(filing, err));
    TB_TRY(cases__filing_papers(filing, err));
    TB_TRY(cases__filing_persons(filing, err));
    TB_TRY(cases__filing_previous(filing, err));
    TB_TRY(cases__check_bars(filing, err));
    check_delivery(filing);
    if (filing->faults->count > 0)
        return tb_fail(err, TB_INVALID, "the application has %zu faults", filing->faults->count);
    return prepare(filing, err);
}

/* ---- in the batch
 * ------------------------------------------------------------------------------------------------ */

static tb_status
take_number(struct cases__filing *filing, struct cases__act *act, struct tb_err *err)
{
    tb_str area = tb_str_sub(filing->division, 0, 6);
    tb_str series = tb_printf(act->arena, "case/" TB_FMT "/" TB_FMT, TB_ARG(area),
                              TB_ARG(tb_date_format(act->arena, filing->today)));
    int64_t serial = 0;
    TB_TRY(store_serial(act->tx, series, &serial, err));
    if (serial > CASES_PER_DAY_MAX)
        return tb_fail(err, TB_LIMIT, "at most %d cases a day in one district", CASES_PER_DAY_MAX);
    act->is.no = codes_case_number(act->arena, area, filing->today, (int)serial);
    return TB_OK;
}

static tb_status
insert_case(struct cases__act *act, struct tb_err *err)
{
    const struct cases__case *is = &act->is;
    return store_insert(
        act->tx, "cases",
        STORE_VALUES(
            STORE_SET_TEXT("no", is->no), STORE_SET_TEXT("code", is->code),
            STORE_SET_TEXT("item", is->item), STORE_SET_TEXT("pack", is->pack),
            STORE_SET_TEXT("situation", is->situation), STORE_SET_TEXT("process", is->process),
            STORE_SET_TEXT("way", is->way), STORE_SET_TEXT("division", is->division),
            STORE_SET_TEXT("department", is->department), STORE_SET_TEXT("channel", is->channel),
            STORE_SET_TEXT("state", tb_str_of(cases__state_word(is->state))),
            STORE_SET_INT("applicant", is->applicant),
            STORE_SET_TEXT("applicant_name", is->applicant_name),
            STORE_SET_INT("account", is->account),
            STORE_SET_INSTANT("received_at", is->received_at),
            STORE_SET_DAY("answer_due", is->answer_due), STORE_SET_DAY("due", is->due),
            STORE_SET_DAY("promised_due", is->promised_due), STORE_SET_JSON("fields", is->fields),
            STORE_SET_JSON("answers", is->answers), STORE_SET_JSON("extra", is->extra),
            STORE_SET_JSON("instance", is->instance), STORE_SET_INT("events", is->events),
            STORE_SET_INT("tasks", is->tasks), STORE_SET_TEXT("previous", is->previous),
            STORE_SET_TEXT("calendar", is->calendar)),
        &act->is.id, err);
}

static tb_status
insert_received(struct cases__filing *filing, struct cases__act *act, struct tb_err *err)
{
    act->is.events = 0;
    struct tb_json *data = cases__object(act->arena);
    tb_json_set_text(act->arena, data, "channel", act->is.channel);
    TB_TRY(cases__event_add(act,
                            &(struct cases__event_new){.kind = "received",
                                                       .happened_at = act->is.received_at,
                                                       .data = data},
                            err));
    act->is_started = false; /* the inserted row already says so */
    (void)filing;
    return TB_OK;
}

static tb_status
insert_papers(struct cases__filing *filing, struct cases__act *act, struct tb_err *err)
{
    for (size_t i = 0; i < filing->paper_count; i++) {
        const struct cases__filing_paper *paper = &filing->papers[i];
        if (paper->files->count == 0 &&
            paper->state[0] != 'l') /* only what was given, or may be late */
            continue;
        TB_TRY(store_insert(
            act->tx, "case_materials",
            STORE_VALUES(STORE_SET_INT("of_case", act->is.id),
                         STORE_SET_TEXT("material", paper->material),
                         STORE_SET_TEXT("state", tb_str_of(paper->state)),
                         STORE_SET_JSON("files", cases__json_text(act->arena, paper->files)),
                         STORE_SET_INT("round", 0)),
            NULL, err));
    }
    return TB_OK;
}

static tb_status
insert_person(struct cases__act *act, const char *role, const struct cases__filing_person *person,
              int64_t id, const struct tb_json *scope, struct tb_err *err)
{
    return cases__party_add(act, role, id, 0, person->identity_check, scope, err);
}

static tb_status
insert_parties(struct cases__filing *filing, struct cases__act *act, struct tb_err *err)
{
    int64_t id = 0;
    TB_TRY(insert_person(act, "applicant", &filing->applicant, act->is.applicant, NULL, err));
    if (filing->has_representative) {
        TB_TRY(cases__party_put_blinded(act->tx, &filing->representative.party,
                                        &filing->representative.blinds, &id, err));
        TB_TRY(insert_person(act, "legal_representative", &filing->representative, id, NULL, err));
    }
    if (filing->has_agent) {
        TB_TRY(cases__party_put_blinded(act->tx, &filing->agent.party, &filing->agent.blinds, &id,
                                        err));
        TB_TRY(
            insert_person(act, "agent", &filing->agent, id, tb_json_get(filing->in, "agent"), err));
    }
    if (!filing->is_at_window)
        return TB_OK;
    const struct op_actor *who = act->who;
    TB_TRY(cases__party_add(act, "keyed_by", who->party, who->account, "account", NULL, err));
    return cases__party_add(act, "received_by", who->party, who->account, "account", NULL, err);
}

tb_status
cases__filing_write(struct cases__filing *filing, struct cases__act *act, struct tb_err *err)
{
    act->is = filing->new_case;
    act->pack = filing->pack;
    act->item = filing->item;
    act->process = filing->process;
    act->is_started = false;
    TB_TRY(take_number(filing, act, err));
    act->is.code = cases__random_text(act->arena, store_tx_env(act->tx), 6);
    TB_TRY(cases__party_put_blinded(act->tx, &filing->applicant.party, &filing->applicant.blinds,
                                    &act->is.applicant, err));
    TB_TRY(insert_case(act, err));
    act->was = act->is;
    TB_TRY(insert_received(filing, act, err));
    TB_TRY(insert_papers(filing, act, err));
    TB_TRY(insert_parties(filing, act, err));
    if (filing->wake != INT64_MAX)
        TB_TRY(cases__timer_add(act, "clock", TB_STR_NONE, filing->wake, err));
    act->is.tasks = 0;
    TB_TRY(cases__process_apply(act, &filing->first, err));
    return cases__act_end(act, err);
}

/* ---- POST /cases
 * ------------------------------------------------------------------------------------------------- */

static struct tb_json *
answer_json(struct tb_arena *arena, const struct cases__case *is)
{
    struct tb_json *answer = cases__object(arena);
    tb_json_set_text(arena, answer, "no", is->no);
    tb_json_set_text(arena, answer, "code", is->code);
    tb_json_set_text(arena, answer, "state", tb_str_of(cases__state_word(is->state)));
    tb_json_set_text(arena, answer, "received_at", tb_instant_format(arena, is->received_at));
    tb_json_set_text(arena, answer, "answer_due", is->answer_due);
    tb_json_set_text(arena, answer, "due", is->due);
    tb_json_set_text(arena, answer, "receipt",
                     tb_printf(arena, "/cases/" TB_FMT "/letters/receipt.pdf", TB_ARG(is->no)));
    tb_json_set_text(arena, answer, "checkpoint", TB_STR("/log/checkpoint"));
    return answer;
}

struct file_call {
    struct cases__call call;
    struct cases__filing *filing;
    tb_str key, draft;
    struct tb_sha256 hash;
};

static tb_status
file_write(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct file_call *file = arg;
    struct cases__act *act = &file->call.act;
    tb_str before = TB_STR_NONE;
    act->faults->count = file->call.fault_count;
    act->tx = tx;
    act->read = store_tx_read(tx);
    act->now = store_tx_now(tx);
    if (file->key.len > 0) {
        TB_TRY(store_once(tx, act->who->account, file->key, file->hash, act->arena, &before, err));
        if (before.ptr != NULL)
            return tb_json_parse(act->arena, before, &file->call.out, err);
    }
    TB_TRY(cases__filing_write(file->filing, act, err));
    file->call.case_id = act->is.id;
    file->call.out = answer_json(act->arena, &act->is);
    if (file->draft.len > 0)
        TB_TRY(cases__draft_submitted(act, file->draft, err));
    if (file->key.len > 0)
        TB_TRY(store_once_done(tx, act->who->account, file->key,
                               cases__json_text(act->arena, file->call.out), err));
    return TB_OK;
}

tb_status
cases__file(struct op_ctx *ctx, const struct tb_json *in, tb_str pack_hash, tb_str draft,
            struct tb_json **ret_out, struct tb_err *err)
{
    struct cases__filing *filing = TB_NEW(op_arena(ctx), struct cases__filing);
    struct file_call file = {.filing = filing, .draft = draft, .key = op_idempotency_key(ctx)};
    TB_TRY(cases__filing_check(filing, ctx, in, pack_hash, err));
    if (file.key.len > 0)
        file.hash = op_request_hash(ctx);
    cases__call_init(&file.call, ctx, in);
    TB_TRY(op_write(ctx, file_write, &file, err));
    if (file.call.case_id != 0 && file.call.act.is.state != CASES_SUBMITTED)
        cases__draw_case(op_self(ctx), op_arena(ctx), file.call.case_id);
    op_answer_status(ctx, 201);
    *ret_out = file.call.out;
    return TB_OK;
}

static tb_status
run_file(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
         struct tb_err *err)
{
    (void)self;
    return cases__file(ctx, in, TB_STR_NONE, TB_STR_NONE, ret_out, err);
}

/* clang-format off */
static const struct op_field file_fields[] = {
    {"item", OP_TEXT, OP_REQUIRED, 1, 64, NULL, "事项编码", "Item code", "of the catalogue, or pack/situation"},
    {"situation", OP_TEXT, 0, 0, 64, NULL, "办理情形", "Situation", "checked against the answers when given"},
    {"answers", OP_OBJECT, OP_REQUIRED, 0, 0, NULL, "问题的回答", "Answers", "as given to the guide"},
    {"fields", OP_OBJECT, OP_REQUIRED | OP_PRIVATE, 0, 0, NULL, "表单内容", "Form", "by key of the pack's form"},
    {"materials", OP_LIST, 0, 0, 200, NULL, "材料", "Papers", "list of {id, hash, name}; hashes from POST /files"},
    {"pledge", OP_OBJECT, 0, 0, 0, NULL, "办理方式", "Way", "{choice: ordinary or pledge, signed}"},
    {"agent", OP_OBJECT, OP_PRIVATE, 0, 0, NULL, "受托人", "Agent",
     "{name, id_number, phone, scope, from, until, may_pledge, paper}"},
    {"delivery", OP_OBJECT, OP_PRIVATE, 0, 0, NULL, "领证方式", "Delivery",
     "{way: electronic, pickup or post, address, recipient, phone}"},
    {"on_behalf", OP_OBJECT, OP_PRIVATE, 0, 0, NULL, "窗口代录", "At the window",
     "{channel, identity_check, signed, witness, paper}; clerks only"},
    {"signed", OP_BOOL, 0, 0, 0, NULL, "已确认真实", "Declared true", "行政许可法 31"},
    {0},
};
const struct op_row cases__file_rows[] = {
    {"cases.file", "POST", "/cases", OP_APPLICANT | OP_CLERK | OP_HELPER, OP_WRITES | OP_PRIVATE_ANSWER, file_fields,
     run_file, "提交申请", "File an application"},
};
/* clang-format on */
const size_t cases__file_rows_count = TB_COUNT(cases__file_rows);
