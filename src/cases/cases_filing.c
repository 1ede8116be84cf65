/* SPDX-License-Identifier: Apache-2.0 */
/* An application is checked: item, answers, way, form, papers, persons. All faults at once. */
#include "cases/cases_filing.h"
#include "cases/cases_filing.sql.h"

#define Z(text) TB_STR(text)

void
cases__filing_fault(struct cases__filing *filing, tb_str place, const char *code, tb_str zh,
                    tb_str en)
{
    tb_fault_add(filing->faults, place, code, zh, en);
}

#define FAULT(filing, place, code, zh, en)                                                         \
    cases__filing_fault((filing), TB_STR(place), (code), TB_STR(zh), TB_STR(en))

/* ---- item, answers, situation
 * ------------------------------------------------------------------------------------ */

static const struct tb_json *
guide_answer(struct cases__filing *filing, struct tb_err *err, tb_status *ret_status)
{
    struct tb_json *answer = NULL;
    struct tb_json *facts = NULL;
    tb_str number = cases__applicant_number(filing->arena, filing->fields);
    tb_str blind =
        number.len > 0 ? cases__blind_id(filing->cases, filing->arena, number) : TB_STR_NONE;
    *ret_status = cases__facts(filing->ctx, blind, &facts, err);
    if (*ret_status != TB_OK)
        return NULL;
    struct packs_ask ask = {.answers = filing->answers,
                            .facts = facts,
                            .date = filing->today,
                            .lang = op_lang(filing->ctx),
                            .is_brief = true};
    size_t before = filing->faults->count;
    tb_status status = packs_guide(filing->arena, filing->pack, &ask, filing->faults, &answer, err);
    *ret_status = status == TB_INVALID && filing->faults->count > before ? TB_OK : status;
    return status == TB_OK ? answer : NULL;
}

static void
take_outcome(struct cases__filing *filing, const struct tb_json *outcome)
{
    tb_str kind = tb_json_get_text(outcome, "kind");
    if (!tb_str_is(kind, "apply") && !tb_str_is(kind, "filing")) {
        tb_str text = tb_json_get_text(outcome, "text");
        cases__filing_fault(filing, Z("item"), "no_application", text, text);
        return;
    }
    filing->outcome = outcome;
    filing->item = packs_situation(filing->pack, tb_json_get_text(outcome, "situation"));
    if (filing->item == NULL)
        FAULT(filing, "answers", "no_situation", "按这些回答，没有对应的办理情形，请到窗口咨询",
              "These answers lead to no situation that can be applied for");
}

tb_status
cases__filing_find(struct cases__filing *filing, tb_str item, tb_str pack_hash, struct tb_err *err)
{
    const struct packs_set *set = filing->cases->options.packs;
    tb_status status = TB_OK;
    filing->pack = pack_hash.len > 0 ? packs_set_by_hash(set, pack_hash)
                                     : packs_set_find(set, item, filing->today, NULL);
    if (filing->pack == NULL) {
        FAULT(filing, "item", "unknown_item", "这个事项还不能在这里办理，请核对事项编码",
              "This service cannot be applied for here; check the item code");
        return TB_OK;
    }
    const struct tb_json *answer = guide_answer(filing, err, &status);
    if (answer == NULL)
        return status;
    const struct tb_json *question = tb_json_get(answer, "question");
    if (question != NULL) {
        tb_str title = tb_json_get_text(question, "title");
        cases__filing_fault(
            filing,
            tb_printf(filing->arena, "answers." TB_FMT,
                      TB_ARG(tb_json_get_text(question, "input"))),
            "missing", tb_printf(filing->arena, "还有问题没回答：" TB_FMT, TB_ARG(title)),
            tb_printf(filing->arena, "Still to be answered: " TB_FMT, TB_ARG(title)));
        return TB_OK;
    }
    take_outcome(filing, tb_json_get(answer, "outcome"));
    return TB_OK;
}

/* ---- the way
 * ----------------------------------------------------------------------------------------------------- */

static const struct packs_item *
pledge_way_of(const struct packs_pack *pack, tb_str situation)
{
    for (size_t i = 0; i < pack->items_count; i++) {
        if (pack->items[i].pledge_of.len > 0 && tb_str_eq(pack->items[i].pledge_of, situation))
            return &pack->items[i];
    }
    return NULL;
}

/* A question about the way was answered, or there is but one. */
static void
take_only_way(struct cases__filing *filing, tb_str choice, bool is_signed)
{
    bool is_pledge = filing->item->pledge_of.len > 0;
    filing->way = is_pledge ? Z("pledge") : Z("ordinary");
    if (is_pledge && tb_str_is(choice, "ordinary")) {
        filing->item = packs_situation(filing->pack, filing->item->pledge_of);
        filing->way = Z("ordinary");
    } else if (!is_pledge && tb_str_is(choice, "pledge")) {
        FAULT(filing, "pledge.choice", "not_offered",
              "这件事（按您的情况）不能用告知承诺办理，请选普通办理",
              "The pledge way is not offered in this situation; choose the ordinary way");
    } else if (is_pledge && !is_signed) {
        FAULT(filing, "pledge.signed", "not_signed",
              "选告知承诺的，须由申请人（或有明确授权的受托人）亲自签署承诺书",
              "The pledge must be signed by the applicant or an agent with express authority");
    }
}

void
cases__filing_choose(struct cases__filing *filing)
{
    const struct tb_json *pledge = tb_json_get(filing->in, "pledge");
    tb_str choice = tb_json_get_text(pledge, "choice");
    bool is_signed = tb_json_is_true(tb_json_get(pledge, "signed"));
    if (choice.len == 0) /* a question about the way was answered: that is the choice */
        choice = tb_json_get_text(filing->answers, "way");
    /* Where the pack asks for the way itself, its decision knows to whom a pledge is open: bad credit and excluded
     * venues end in the ordinary way whatever they answer. */
    bool is_asked = packs_question_find(filing->pack, TB_STR("way")) != NULL;
    const struct packs_item *other =
        is_asked ? NULL : pledge_way_of(filing->pack, filing->item->id);
    if (other == NULL) {
        take_only_way(filing, choice, is_signed);
        return;
    }
    if (tb_str_is(choice, "ordinary")) {
        filing->way = Z("ordinary");
    } else if (tb_str_is(choice, "pledge")) {
        filing->item = other;
        take_only_way(filing, choice, is_signed);
    } else {
        FAULT(filing, "pledge.choice", "choose",
              "这件事有两种办法，请您自己选一种：普通办理，或者告知承诺",
              "There are two ways and the choice is yours: ordinary, or pledge");
    }
}

/* ---- papers
 * ------------------------------------------------------------------------------------------------------ */

/* What becomes of a paper that the person need not bring. */
static const char *
state_of_source(tb_str source)
{
    static const struct {
        const char *source, *state;
    } rows[] = {
        {"generated", "generated"},     {"called_up", "called_up"}, {"reused", "reused"},
        {"checked_on_site", "on_site"}, {"pledge", "generated"},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        if (tb_str_is(source, rows[i].source))
            return rows[i].state;
    }
    return "missing";
}

tb_status
cases__file_find(struct op_ctx *ctx, const struct tb_json *given, tb_str place,
                 struct tb_json **ret_file, struct tb_err *err)
{
    tb_str hash = tb_json_get_text(given, "hash");
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    struct store_value params[] = {STORE_TEXT_OF(hash), STORE_INT_OF(op_who(ctx)->account)};
    *ret_file = NULL;
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(store_select(read, sql_file, params, 2, &rows, err));
    if (store_next(rows)) {
        tb_str name = tb_json_get_text(given, "name");
        struct tb_json *file = cases__object(op_arena(ctx));
        tb_json_set_text(op_arena(ctx), file, "hash", hash);
        tb_json_set_text(op_arena(ctx), file, "name",
                         name.len > 0 ? name : cases__text(op_arena(ctx), rows, 2));
        tb_json_set_int(op_arena(ctx), file, "bytes", store_int(rows, 0));
        tb_json_set_text(op_arena(ctx), file, "type", cases__text(op_arena(ctx), rows, 1));
        *ret_file = file;
    }
    TB_TRY(store_rows_done(rows, err));
    if (*ret_file == NULL)
        tb_fault_add(op_faults(ctx), place, "unknown_file", TB_STR("没有收到这份文件，请重新上传"),
                     TB_STR("This file has not been received; upload it again"));
    return TB_OK;
}

static const struct tb_json *
find_material(const struct tb_json *list, tb_str id)
{
    TB_JSON_EACH(row, list)
    {
        if (tb_str_eq(tb_json_get_text(row, "id"), id))
            return row;
    }
    return NULL;
}

static tb_status
take_files(struct cases__filing *filing, const struct tb_json *material, struct tb_json *files,
           struct tb_err *err)
{
    tb_str id = tb_json_get_text(material, "id");
    TB_JSON_EACH(given, tb_json_get(filing->in, "materials"))
    {
        struct tb_json *file = NULL;
        if (!tb_str_eq(tb_json_get_text(given, "id"), id))
            continue;
        tb_str place = tb_printf(filing->arena, "materials." TB_FMT, TB_ARG(id));
        TB_TRY(cases__file_find(filing->ctx, given, place, &file, err));
        if (file != NULL)
            tb_json_add(files, file);
    }
    return TB_OK;
}

static void
judge_paper(struct cases__filing *filing, const struct tb_json *material,
            struct cases__filing_paper *paper)
{
    bool is_brought = tb_json_is_true(tb_json_get(material, "bring"));
    bool is_required = tb_str_is(tb_json_get_text(material, "necessity"), "required");
    bool may_be_late = tb_json_is_true(tb_json_get(material, "late"));
    if (paper->files->count > 0) {
        paper->state = "given";
    } else if (!is_brought) {
        paper->state = state_of_source(tb_json_get_text(material, "source"));
    } else if (packs_form_replaces(packs_form_find(filing->pack, filing->item->form),
                                   filing->fields, paper->material)) {
        paper->state = "called_up";
    } else if (!is_required) {
        paper->state = "not_given";
    } else if (may_be_late) {
        paper->state = "late";
    } else {
        tb_str name = tb_json_get_text(material, "name");
        paper->state = "missing";
        cases__filing_fault(filing,
                            tb_printf(filing->arena, "materials." TB_FMT, TB_ARG(paper->material)),
                            "missing", tb_printf(filing->arena, "还缺：" TB_FMT, TB_ARG(name)),
                            tb_printf(filing->arena, "Missing: " TB_FMT, TB_ARG(name)));
    }
}

static void
check_unknown_papers(struct cases__filing *filing)
{
    size_t index = 0;
    TB_JSON_EACH(given, tb_json_get(filing->in, "materials"))
    {
        tb_str id = tb_json_get_text(given, "id");
        if (find_material(filing->materials, id) == NULL)
            cases__filing_fault(
                filing, tb_printf(filing->arena, "materials.%zu.id", index), "not_asked_for",
                tb_printf(filing->arena, "“" TB_FMT "”不是这件事要交的材料，不用交", TB_ARG(id)),
                tb_printf(filing->arena, "\"" TB_FMT "\" is not a paper that this service asks for",
                          TB_ARG(id)));
        index++;
    }
}

tb_status
cases__filing_papers(struct cases__filing *filing, struct tb_err *err)
{
    struct tb_json *list = NULL;
    TB_TRY(packs_materials(filing->arena, filing->pack, filing->item, filing->answers,
                           op_lang(filing->ctx), &list, err));
    filing->materials = list;
    filing->papers = TB_NEW_ARRAY(filing->arena, list->count + 1, struct cases__filing_paper);
    filing->paper_count = 0;
    TB_JSON_EACH(material, list)
    {
        struct cases__filing_paper *paper = &filing->papers[filing->paper_count++];
        paper->material = tb_json_get_text(material, "id");
        paper->files = tb_json_new(filing->arena, TB_JSON_LIST);
        TB_TRY(take_files(filing, material, paper->files, err));
        judge_paper(filing, material, paper);
    }
    check_unknown_papers(filing);
    return TB_OK;
}

/* ---- the former certificate
 * -------------------------------------------------------------------------------------- */

static bool
needs_previous(const struct packs_item *item)
{
    return item->certificate.len > 0 &&
           (tb_str_is(item->certificate_effect, "version") ||
            tb_str_is(item->certificate_effect, "end") ||
            tb_str_is(item->certificate_effect, "renew") || tb_str_is(item->id, "renew"));
}

struct previous {
    tb_str mark, expires;
    size_t found, valid, own;
};

/* By number or mark when the applicant gave one, else all valid ones of his that this situation could mean. */
static tb_status
look_for_previous(struct cases__filing *filing, tb_str number, struct previous *ret,
                  struct tb_err *err)
{
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    tb_str types = filing->item->certificate, type = TB_STR_NONE;
    tb_str_cut(&types, '|', &type);
    struct store_value by_number[] = {STORE_TEXT_OF(number)};
    struct store_value by_holder[] = {STORE_TEXT_OF(filing->applicant.blinds.id),
                                      STORE_TEXT_OF(type)};
    TB_TRY(op_read(filing->ctx, &read, err));
    TB_TRY(number.len > 0 ? store_select(read, sql_previous, by_number, 1, &rows, err)
                          : store_select(read, sql_previous_of_holder, by_holder, 2, &rows, err));
    while (store_next(rows)) {
        bool is_valid = tb_str_is(store_text(rows, 1), "valid");
        bool is_own = tb_str_eq(store_text(rows, 3), filing->applicant.blinds.id);
        ret->found++;
        ret->valid += is_valid && is_own;
        ret->own += is_own;
        if (is_valid && is_own && ret->mark.len == 0) {
            ret->mark = cases__text(filing->arena, rows, 0);
            ret->expires = cases__text(filing->arena, rows, 2);
        }
    }
    return store_rows_done(rows, err);
}

/* A permit that this installation did not issue is not in its register: the window looks at the paper. */
tb_status
cases__filing_previous(struct cases__filing *filing, struct tb_err *err)
{
    tb_str number = tb_str_trim(tb_json_get_text(filing->fields, "permit_number"));
    tb_str expires = tb_json_get_text(filing->fields, "permit_expires");
    struct previous previous = {0};
    if (!needs_previous(filing->item))
        return TB_OK;
    TB_TRY(look_for_previous(filing, number, &previous, err));
    if (number.len > 0 && previous.found > 0 && previous.own == 0)
        FAULT(filing, "fields.permit_number", "unknown_certificate",
              "没有查到申请人名下的这张证，请核对编号",
              "No such certificate of this applicant; check the number");
    else if (number.len > 0 && previous.own > 0 && previous.valid == 0)
        FAULT(filing, "fields.permit_number", "not_valid",
              "这张证现在已经不是有效状态，不能再变更、延续、补办或注销",
              "This certificate is no longer valid and cannot be changed, renewed, reissued or "
              "ended");
    else if (number.len == 0 && previous.valid > 1)
        FAULT(filing, "fields.permit_number", "which",
              "您名下有几张证，请填写这次要办的是哪一张的编号",
              "You hold several certificates; give the number of the one you mean");
    filing->previous = previous.mark;
    if (previous.expires.len > 0)
        expires = previous.expires;
    if (expires.len > 0)
        tb_json_set_text(filing->arena, filing->extra, "permit_expires", expires);
    return TB_OK;
}
