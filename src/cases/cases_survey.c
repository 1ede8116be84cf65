/* SPDX-License-Identifier: Apache-2.0 */
/* The site survey (行政许可法 34, F12): two officers by name and number, both confirm. The first writes down what was
 * found, and may mend it, until a second person with the surveyor's post confirms it under his own account. */
#include "cases/cases_internal.h"
#include "cases/cases_survey.sql.h"

static void
fault(struct cases__act *act, const char *place, const char *code, const char *zh, const char *en)
{
    tb_fault_add(act->faults, tb_str_of(place), code, tb_str_of(zh), tb_str_of(en));
}

/* Was the person behind this account there? The first officer lists himself, and only one of those listed confirms:
 * so nobody can be named who is no surveyor here. */
static bool
is_listed(const struct op_actor *who, const struct tb_json *officers)
{
    TB_JSON_EACH(officer, officers)
    {
        if (tb_str_eq(tb_str_trim(tb_json_get_text(officer, "name")), tb_str_trim(who->name)))
            return true;
    }
    return false;
}

static void
check_officers(struct cases__act *act, const struct tb_json *officers)
{
    size_t index = 0;
    tb_str first = TB_STR_NONE;
    bool are_two = false;
    TB_JSON_EACH(officer, officers)
    {
        tb_str name = tb_json_get_text(officer, "name"),
               number = tb_json_get_text(officer, "number");
        if (name.len == 0 || number.len == 0)
            tb_fault_add(act->faults, tb_printf(act->arena, "fields.officers.%zu", index),
                         "required", TB_STR("请填写核查人员的姓名和执法证号"),
                         TB_STR("Give name and number of the officer"));
        if (first.len > 0 && number.len > 0 && !tb_str_eq(first, number))
            are_two = true;
        if (first.len == 0)
            first = number;
        index++;
    }
    if (are_two && !is_listed(act->who, officers))
        fault(act, "fields.officers", "not_listed",
              "核查人员里没有您本人，请写上您的姓名和执法证号",
              "You are not among the officers: add your own name and number");
    if (!are_two)
        fault(act, "fields.officers", "two_officers",
              "现场核查须由两名以上工作人员进行（行政许可法第三十四条）",
              "A survey needs at least two officers (Licensing Law, art. 34)");
}

static bool
is_result(tb_str word)
{
    return tb_str_is(word, "pass") || tb_str_is(word, "fail") || tb_str_is(word, "na");
}

static const struct tb_json *
find_finding(const struct tb_json *findings, tb_str id)
{
    TB_JSON_EACH(finding, findings)
    {
        if (tb_str_eq(tb_json_get_text(finding, "id"), id))
            return finding;
    }
    return NULL;
}

tb_status
cases__survey_points(struct tb_arena *arena, const struct packs_pack *pack,
                     const struct packs_item *item, const struct tb_json *answers,
                     const struct tb_json *findings, tb_str lang, struct tb_json **ret_list,
                     struct tb_err *err)
{
    TB_TRY(packs_findings(arena, pack, item, answers, lang, ret_list, err));
    for (struct tb_json *point = (*ret_list)->first; point != NULL; point = point->next) {
        const struct tb_json *finding = find_finding(findings, tb_json_get_text(point, "id"));
        tb_json_set_text(arena, point, "result", tb_json_get_text(finding, "result"));
        tb_json_set_text(arena, point, "note", tb_json_get_text(finding, "note"));
    }
    return TB_OK;
}

/* A result for a point that this survey does not look at would be lost for its readers. */
static void
check_unknown(struct cases__act *act, const struct tb_json *findings, const struct tb_json *wanted)
{
    TB_JSON_EACH(finding, findings)
    {
        tb_str id = tb_json_get_text(finding, "id");
        if (find_finding(wanted, id) == NULL)
            tb_fault_add(act->faults, tb_printf(act->arena, "fields.findings." TB_FMT, TB_ARG(id)),
                         "not_asked_for", TB_STR("这次核查没有这一项"),
                         TB_STR("This survey does not look at that"));
    }
}

/* Every point of the manual has its answer, and a failed one does not end in a pass. */
static tb_status
check_findings(struct cases__act *act, const struct tb_json *findings, tb_str outcome,
               struct tb_err *err)
{
    struct tb_json *wanted = NULL;
    TB_TRY(packs_findings(act->arena, act->pack, act->item,
                          cases__json(act->arena, act->is.answers), act->lang, &wanted, err));
    check_unknown(act, findings, wanted);
    TB_JSON_EACH(point, wanted)
    {
        tb_str id = tb_json_get_text(point, "id");
        const struct tb_json *finding = find_finding(findings, id);
        tb_str result = tb_json_get_text(finding, "result");
        tb_str place = tb_printf(act->arena, "fields.findings." TB_FMT, TB_ARG(id));
        if (!is_result(result))
            tb_fault_add(act->faults, place, "required",
                         TB_STR("这一项还没有核查结果：符合、不符合或不适用"),
                         TB_STR("Say pass, fail or na"));
        else if (tb_str_is(result, "fail") && tb_json_get_text(finding, "note").len == 0)
            tb_fault_add(act->faults, place, "note", TB_STR("不符合的，请写明要怎么整改"),
                         TB_STR("Say what is to be mended"));
        if (tb_str_is(result, "fail") && tb_str_is(outcome, "pass"))
            tb_fault_add(act->faults, place, "contradiction",
                         TB_STR("这一项不符合，结论不能是通过"),
                         TB_STR("A point failed: the survey cannot pass"));
    }
    return TB_OK;
}

static tb_status
check(struct cases__act *act, const struct cases__task *task, tb_str outcome,
      const struct tb_json *fields, struct tb_err *err)
{
    size_t before = act->faults->count;
    bool is_signed = tb_json_is_true(tb_json_get(fields, "owner_signed"));
    tb_str refused = tb_json_get_text(fields, "owner_refused");
    check_officers(act, tb_json_get(fields, "officers"));
    TB_TRY(check_findings(act, tb_json_get(fields, "findings"), outcome, err));
    if (!is_signed && refused.len == 0)
        fault(act, "fields.owner_signed", "required", "请当事人签字；拒签的，写明情况",
              "The owner signs, or the refusal is noted");
    if (!cases__task_has_outcome(act, task->element, outcome))
        fault(act, "outcome", "choice", "请选核查结论", "Choose one of the outcomes of this task");
    if (act->faults->count > before)
        return tb_fail(err, TB_INVALID, "the survey has %zu faults", act->faults->count - before);
    return TB_OK;
}

struct open_survey {
    int64_t id, round, surveyed_at;
    tb_str result, officers, findings, owner, owner_note;
};

static tb_status
load_open(struct cases__act *act, int64_t task, struct open_survey *ret_survey, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    *ret_survey = (struct open_survey){0};
    TB_TRY(store_select(act->read, sql_survey_of_task, &STORE_INT_OF(task), 1, &rows, err));
    if (store_next(rows))
        *ret_survey = (struct open_survey){
            .id = store_int(rows, 0),
            .round = store_int(rows, 1),
            .result = cases__text(act->arena, rows, 2),
            .officers = cases__text(act->arena, rows, 3),
            .findings = cases__text(act->arena, rows, 4),
            .owner = cases__text(act->arena, rows, 5),
            .owner_note = cases__text(act->arena, rows, 6),
            .surveyed_at = store_int(rows, 7),
        };
    return store_rows_done(rows, err);
}

/* The number of the card that this officer wrote down the last time he surveyed. */
static tb_status
last_number(struct tb_arena *arena, struct store_read *read, const struct op_actor *who,
            tb_str *ret_number, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    *ret_number = TB_STR("");
    TB_TRY(store_select(read, sql_survey_officers_of, &STORE_INT_OF(who->account), 1, &rows, err));
    if (store_next(rows)) {
        TB_JSON_EACH(officer, cases__json(arena, cases__text(arena, rows, 0)))
        if (tb_str_eq(tb_str_trim(tb_json_get_text(officer, "name")), tb_str_trim(who->name)))
            *ret_number = tb_json_get_text(officer, "number");
    }
    return store_rows_done(rows, err);
}

tb_status
cases__survey_signed(struct tb_arena *arena, struct store_read *read, const struct op_actor *who,
                     const struct cases__task *task, struct tb_json *out, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    tb_str number;
    TB_TRY(store_select(read, sql_survey_of_task, &STORE_INT_OF(task->id), 1, &rows, err));
    bool is_signed = store_next(rows);
    TB_TRY(store_rows_done(rows, err));
    TB_TRY(last_number(arena, read, who, &number, err));
    tb_json_set_bool(arena, out, "is_signed", is_signed);
    struct tb_json *own = tb_json_set_object(arena, out, "officer");
    tb_json_set_text(arena, own, "name", who->name);
    tb_json_set_text(arena, own, "number", number);
    return TB_OK;
}

/* was: what he wrote before, when he mends it ahead of the confirmation; id 0: nothing. */
static tb_status
write_first(struct cases__act *act, const struct cases__task *task, tb_str outcome,
            const struct tb_json *fields, const struct open_survey *was, struct tb_err *err)
{
    int64_t rounds = was->round - 1;
    tb_str refused = tb_json_get_text(fields, "owner_refused");
    const struct tb_json *photos = tb_json_get(fields, "photos");
    if (was->id == 0)
        TB_TRY(cases__one(act->read, sql_survey_count, &STORE_INT_OF(act->is.id), 1, &rounds, err));
    struct store_value values[] = {
        STORE_SET_INT("of_case", act->is.id),
        STORE_SET_INT("task", task->id),
        STORE_SET_INT("round", rounds + 1),
        STORE_SET_JSON("officers", cases__json_text(act->arena, tb_json_get(fields, "officers"))),
        STORE_SET_TEXT("owner", refused.len > 0 ? TB_STR("refused") : TB_STR("signed")),
        STORE_SET_TEXT("owner_note", refused),
        STORE_SET_JSON("findings", cases__json_text(act->arena, tb_json_get(fields, "findings"))),
        STORE_SET_JSON("photos",
                       photos != NULL ? cases__json_text(act->arena, photos) : TB_STR("[]")),
        STORE_SET_TEXT("result", outcome),
        STORE_SET_INSTANT("surveyed_at", act->now),
    };
    if (was->id != 0)
        return store_update(act->tx, "surveys", was->id, -1, values, TB_COUNT(values), err);
    TB_TRY(store_insert(act->tx, "surveys", values, TB_COUNT(values), NULL, err));
    TB_TRY(store_update(act->tx, "tasks", task->id, -1,
                        STORE_VALUES(STORE_SET_INT("claimed_by", act->who->account)), err));
    return cases__party_add(act, "surveyed_by", act->who->party, act->who->account, "account", NULL,
                            err);
}

/* What the findings say, point by point, in the words of the manual. */
static tb_status
letter_data(struct cases__act *act, const struct open_survey *survey, struct tb_json **ret_data,
            struct tb_err *err)
{
    struct tb_json *data = cases__object(act->arena), *points = NULL;
    tb_str zh = TB_STR("zh");
    TB_TRY(cases__survey_points(act->arena, act->pack, act->item,
                                cases__json(act->arena, act->is.answers),
                                cases__json(act->arena, survey->findings), zh, &points, err));
    tb_json_set(data, "officers",
                tb_json_copy(act->arena, cases__json(act->arena, survey->officers)));
    struct tb_json *list = tb_json_set_list(act->arena, data, "findings");
    TB_JSON_EACH(point, points)
    {
        tb_str note = tb_json_get_text(point, "note"), result = tb_json_get_text(point, "result");
        struct tb_json *row = tb_json_add(list, cases__object(act->arena));
        tb_json_set_text(act->arena, row, "text", tb_json_get_text(point, "text"));
        tb_json_set_text(
            act->arena, row, "clause",
            cases__clause_words(act->arena, act->pack, tb_json_get_text(point, "clause"), zh));
        tb_json_set_text(act->arena, row, "result",
                         tb_str_is(result, "pass")   ? TB_STR("符合")
                         : tb_str_is(result, "fail") ? TB_STR("不符合")
                                                     : TB_STR("不适用"));
        tb_json_set_text(act->arena, row, "note", note.len > 0 ? note : TB_STR("—"));
    }
    tb_json_set_text(act->arena, data, "result",
                     cases__word_of(zh, act->arena, "outcome", survey->result));
    tb_json_set_text(act->arena, data, "owner",
                     tb_str_is(survey->owner, "signed")
                         ? TB_STR("已签字")
                         : tb_printf(act->arena, "未签字：" TB_FMT, TB_ARG(survey->owner_note)));
    tb_json_set_text(act->arena, data, "when", cases__day_text(act->arena, survey->surveyed_at));
    tb_json_set_text(act->arena, data, "place",
                     tb_json_get_text(cases__json(act->arena, act->is.fields), "address"));
    *ret_data = data;
    return TB_OK;
}

/* The second officer: another person, who was there and says so. */
static tb_status
write_second(struct cases__act *act, const struct cases__task *task,
             const struct open_survey *survey, tb_str comment, struct tb_err *err)
{
    struct cases__parties parties;
    struct tb_json *data = cases__object(act->arena);
    TB_TRY(cases__load_parties(act->arena, act->read, act->is.id, &parties, err));
    for (size_t i = 0; i < parties.count; i++) {
        const struct cases__party *party = &parties.items[i];
        bool is_same = party->account == act->who->account ||
                       (act->who->party != 0 && party->party == act->who->party);
        if (tb_str_is(party->role, "surveyed_by") && is_same)
            return cases__refuse(act, TB_CONFLICT, "fields.officers", "two_officers",
                                 TB_STR("要由另一名核查人员用本人账号确认，同一个人不能确认两次"),
                                 TB_STR("The second officer must confirm under his own account"),
                                 err);
    }
    if (!is_listed(act->who, cases__json(act->arena, survey->officers)))
        return cases__refuse(act, TB_CONFLICT, "fields.officers", "not_listed",
                             TB_STR("核查人员里没有您的姓名，要由到场的另一名核查人员确认"),
                             TB_STR("You are not among the officers listed: another who was there "
                                    "confirms"),
                             err);
    TB_TRY(store_update(act->tx, "surveys", survey->id, -1,
                        STORE_VALUES(STORE_SET_INSTANT("confirmed_at", act->now)), err));
    TB_TRY(cases__party_add(act, "surveyed_by", act->who->party, act->who->account, "account", NULL,
                            err));
    tb_json_set_text(act->arena, data, "element", task->element);
    tb_json_set_text(act->arena, data, "outcome", survey->result);
    TB_TRY(cases__event_add(act,
                            &(struct cases__event_new){.kind = "survey_done",
                                                       .basis = TB_STR("行政许可法#34"),
                                                       .data = data},
                            err));
    struct tb_json *letter = NULL;
    TB_TRY(letter_data(act, survey, &letter, err));
    TB_TRY(cases__letter_add(act, "survey_findings", letter, false, err));
    return cases__task_finish(act, task, survey->result, comment, NULL, err);
}

tb_status
cases__survey(struct cases__act *act, const struct cases__task *task, tb_str outcome,
              tb_str comment, const struct tb_json *fields, struct tb_err *err)
{
    struct open_survey survey;
    TB_TRY(cases__separate(act, false, err));
    TB_TRY(load_open(act, task->id, &survey, err));
    bool is_mended =
        survey.id != 0 && task->claimed_by == act->who->account && !tb_str_is(outcome, "confirm");
    if (survey.id != 0 && !is_mended)
        return write_second(act, task, &survey, comment, err);
    if (tb_str_is(outcome, "confirm"))
        return cases__refuse(act, TB_CONFLICT, "outcome", "nothing_to_confirm",
                             TB_STR("第一名核查人员还没有填写核查情况"),
                             TB_STR("The first officer has not written anything yet"), err);
    TB_TRY(check(act, task, outcome, fields, err));
    return write_first(act, task, outcome, fields, &survey, err);
}
