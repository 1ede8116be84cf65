/* SPDX-License-Identifier: Apache-2.0 */
/* packs_guide.c - from the answers so far to the next question or the outcome.
 *
 * First the decision `outcome` is asked (dmn_ask); once it is forced, the papers of its situation
 * may need a few answers more. Only what can still change something is asked. Of the questions
 * that matter: a pinned one first, then one of the topic just talked about, then as the plan of
 * least effort says, and at last in the order of questions.csv. An answer null is "I do not
 * know": where it matters, a person is the outcome. */
#include "packs/packs_internal.h"

#define CHANGES_MAX                                                                                \
    2 /* inputs that are changed together when a reviewer is told what else could be */

struct guide {
    struct tb_arena *arena;
    const struct packs_pack *pack;
    const struct packs_ask *ask;
    const struct dmn_model *model;
    struct tb_faults *faults;
    struct tb_err *err;
    struct feel_value known;   /* for the decision */
    struct feel_value answers; /* for conditions */
    tb_str last_topic;
    const tb_str *relevant; /* inputs that can still matter */
    size_t relevant_count;
};

/* ---- answers --------------------------------------------------------------------------------- */

/* The value on record at path: facts.PATH, or facts.PATH.value with its source and date. */
static const struct tb_json *
fact(const struct guide *guide, tb_str path, const struct tb_json **ret_whole)
{
    const struct tb_json *found = NULL;
    if (path.len > 0) {
        found = tb_json_find(guide->ask->facts, path);
        if (found == NULL)
            found = tb_json_path(guide->ask->facts, tb_cstr(guide->arena, path));
    }
    *ret_whole = found;
    return found != NULL && found->kind == TB_JSON_OBJECT ? tb_json_get(found, "value") : found;
}

/* Does the answer fit its question? */
static bool
fits(struct guide *guide, const struct packs_question *question, const struct tb_json *answer)
{
    struct feel_value value = packs__answer_value(guide->arena, guide->pack, answer);
    if (tb_str_is(question->type, "choice"))
        return value.kind == FEEL_STRING && packs__list_has(question->options, value.u.string);
    if (tb_str_is(question->type, "number"))
        return value.kind == FEEL_NUMBER && tb_dec_sign(value.u.number) >= 0;
    if (tb_str_is(question->type, "boolean"))
        return value.kind == FEEL_BOOLEAN;
    return value.kind == FEEL_STRING && tb_text_is_clean(value.u.string, NULL);
}

static void
check_answer(struct guide *guide, const struct tb_json *answer)
{
    const struct packs_question *question = packs_question_find(guide->pack, answer->key);
    tb_str place = tb_printf(guide->arena, "answers." TB_FMT, TB_ARG(answer->key));
    if (question == NULL || tb_str_is(question->type, "record")) {
        tb_fault_add(guide->faults, place, "unknown", TB_STR("没有这个问题，请去掉这一项"),
                     TB_STR("There is no such question; leave this answer out"));
        return;
    }
    guide->last_topic = question->topic;
    if (tb_json_is_null(answer) || fits(guide, question, answer))
        return;
    tb_str zh = tb_str_is(question->type, "number")    ? TB_STR("请填数字，不能是负数")
                : tb_str_is(question->type, "boolean") ? TB_STR("请选“是”或“否”")
                                                       : TB_STR("请从给出的选项里选一个");
    tb_str en = tb_str_is(question->type, "number") ? TB_STR("Give a number that is not negative")
                : tb_str_is(question->type, "boolean") ? TB_STR("Answer yes or no")
                                                       : TB_STR("Choose one of the options");
    tb_fault_add(guide->faults, place, "not_an_option", zh, en);
}

/* What the decision knows: answers, what is only ever on record (absent there: null), the day, the options. */
static tb_status
gather_known(struct guide *guide)
{
    const struct packs_pack *pack = guide->pack;
    const struct dmn_input_info *inputs;
    struct feel_value all = packs__answers_value(guide->arena, pack, guide->ask->answers);
    struct feel_value known = feel_context_of(guide->arena, NULL, 0);
    size_t count;
    TB_TRY(dmn_inputs(guide->arena, guide->model, TB_STR("outcome"), &inputs, &count, guide->err));
    for (size_t i = 0; i < count; i++) {
        const struct packs_question *question = packs_question_find(pack, inputs[i].name);
        const struct feel_value *answer = feel_get(&all, inputs[i].name);
        struct feel_value value = feel_null();
        const struct tb_json *whole;
        if (tb_str_is(inputs[i].name, "application date"))
            value = feel_date(guide->ask->date);
        else if (question != NULL && tb_str_is(question->type, "record"))
            feel_from_json(guide->arena, fact(guide, question->record, &whole), inputs[i].type,
                           &value, NULL);
        else if (tb_str_is(inputs[i].name, "options") && answer == NULL)
            value = feel_null();
        else if (answer != NULL)
            value = *answer;
        else
            continue;
        known = feel_put(guide->arena, &known, inputs[i].name, value);
    }
    guide->known = known;
    guide->answers = all;
    return TB_OK;
}

/* ---- questions ------------------------------------------------------------------------------- */

static struct packs__reader
reader_of(const struct guide *guide)
{
    return (struct packs__reader){guide->arena, guide->pack, guide->ask->lang};
}

static tb_str
sentence(const struct guide *guide, tb_str input, const char *part)
{
    const struct packs__reader reader = reader_of(guide);
    return packs__question_words(&reader, input, part);
}

/* The label of an answer: of the option, or the answer itself. */
static tb_str
answer_label(const struct guide *guide, const struct packs_question *question,
             const struct tb_json *answer)
{
    const struct packs__reader reader = reader_of(guide);
    struct feel_value value = packs__answer_value(guide->arena, guide->pack, answer);
    if (tb_json_is_null(answer))
        return packs_text(guide->pack, guide->ask->lang, TB_STR("answer.unknown"));
    return packs__answer_words(&reader, question->input, &value);
}

static void
add_option(const struct guide *guide, const struct packs_question *question, tb_str value,
           struct tb_json *list)
{
    struct tb_json *json = tb_json_add(list, tb_json_new(guide->arena, TB_JSON_OBJECT));
    struct tb_json *as_answer = tb_json_new_text(guide->arena, value);
    as_answer->key = question->input;
    tb_json_set_text(guide->arena, json, "value", value);
    tb_json_set_text(guide->arena, json, "label", answer_label(guide, question, as_answer));
    tb_json_set_text(guide->arena, json, "hint",
                     sentence(guide, question->input,
                              tb_cstr(guide->arena, tb_printf(guide->arena, "option_hint." TB_FMT,
                                                              TB_ARG(value)))));
}

static struct tb_json *
question_json(const struct guide *guide, const struct packs_question *question)
{
    struct tb_arena *arena = guide->arena;
    struct tb_json *json = tb_json_new(arena, TB_JSON_OBJECT);
    tb_str options =
               tb_str_is(question->type, "boolean") ? TB_STR("true|false") : question->options,
           one;
    const struct tb_json *whole, *value = fact(guide, question->record, &whole);
    tb_json_set_text(arena, json, "input", question->input);
    tb_json_set_text(arena, json, "type", question->type);
    tb_json_set_text(arena, json, "topic", question->topic);
    tb_json_set_text(arena, json, "topic_name",
                     packs_words(arena, guide->pack, guide->ask->lang, "topic." TB_FMT,
                                 TB_ARG(question->topic)));
    tb_json_set_text(arena, json, "title", sentence(guide, question->input, "title"));
    tb_json_set_text(arena, json, "hint", sentence(guide, question->input, "hint"));
    tb_json_set_text(arena, json, "why", sentence(guide, question->input, "why"));
    tb_json_set_text(arena, json, "unknown", sentence(guide, question->input, "unknown"));
    struct tb_json *list = tb_json_set_list(arena, json, "options");
    while (!tb_str_is(question->type, "number") && options.len > 0 &&
           tb_str_cut(&options, '|', &one))
        add_option(guide, question, one, list);
    if (!tb_json_is_null(value)) {
        struct tb_json *record = tb_json_set_object(arena, json, "on_record");
        struct tb_json *copy = tb_json_copy(arena, value);
        copy->key = question->input;
        tb_json_set_text(arena, record, "label", answer_label(guide, question, copy));
        tb_json_set_text(arena, record, "source", tb_json_get_text(whole, "source"));
        tb_json_set_text(arena, record, "date", tb_json_get_text(whole, "date"));
        tb_json_set(record, "value", copy);
    }
    return json;
}

/* A pinned question comes first, then those of the topic just talked about. */
static int32_t
turn_of(const struct guide *guide, const struct packs_question *question)
{
    return question->order == 0 ? 0 : tb_str_eq(question->topic, guide->last_topic) ? 1 : 2;
}

/* Of the inputs that can still matter, the one to ask now; NULL when none of them is a question. */
static const struct packs_question *
choose(const struct guide *guide)
{
    const struct packs_question *chosen = NULL;
    for (size_t i = 0; i < guide->relevant_count; i++) {
        const struct packs_question *question =
            packs_question_find(guide->pack, guide->relevant[i]);
        if (question == NULL || tb_str_is(question->type, "record"))
            continue;
        if (chosen == NULL || turn_of(guide, question) < turn_of(guide, chosen))
            chosen = question;
    }
    return chosen;
}

static bool
is_listed(const tb_str *list, size_t count, tb_str name)
{
    for (size_t i = 0; i < count; i++)
        if (tb_str_eq(list[i], name))
            return true;
    return false;
}

/* Asks the decision. Within a turn its plan decides, and at last the order of the questions. */
static tb_status
ask_outcome(struct guide *guide, struct dmn_asked *ret_asked)
{
    size_t count = guide->pack->questions_count;
    struct dmn_question *questions = TB_NEW_ARRAY(guide->arena, count + 1, struct dmn_question);
    for (size_t i = 0; i < count; i++)
        questions[i] = (struct dmn_question){.input = guide->pack->questions[i].input,
                                             .cost = guide->pack->questions[i].cost,
                                             .turn = turn_of(guide, &guide->pack->questions[i])};
    TB_TRY(dmn_ask(guide->arena, guide->model, TB_STR("outcome"), &guide->known, questions, count,
                   NULL, ret_asked, guide->err));
    guide->relevant = ret_asked->relevant;
    guide->relevant_count = ret_asked->relevant_count;
    return TB_OK;
}

/* The answers that the papers of a situation still wait for, in the order of the questions. */
static tb_status
gather_paper_questions(struct guide *guide, const struct packs_item *item)
{
    const struct packs_pack *pack = guide->pack;
    tb_str *wanted = TB_NEW_ARRAY(guide->arena, pack->questions_count + 1, tb_str);
    tb_str *sorted = TB_NEW_ARRAY(guide->arena, pack->questions_count + 1, tb_str);
    size_t count = 0, sorted_count = 0;
    for (size_t i = 0; i < pack->materials_count; i++) {
        const struct packs_material *row = &pack->materials[i];
        bool is_true, is_known;
        size_t name_count;
        if (row->compiled == NULL || !packs__list_has(row->situations, item->id))
            continue;
        TB_TRY(packs__condition(guide->arena, pack, row->compiled, &guide->answers, &is_true,
                                &is_known, guide->err));
        const tb_str *names = feel_expr_names(row->compiled, &name_count);
        for (size_t j = 0; !is_known && j < name_count; j++)
            if (feel_get(&guide->answers, names[j]) == NULL &&
                packs_question_find(pack, names[j]) != NULL && !is_listed(wanted, count, names[j]))
                wanted[count++] = names[j];
    }
    for (size_t i = 0; i < pack->questions_count; i++)
        if (is_listed(wanted, count, pack->questions[i].input))
            sorted[sorted_count++] = pack->questions[i].input;
    guide->relevant = sorted;
    guide->relevant_count = sorted_count;
    return TB_OK;
}

/* The papers of a situation that wait for this answer, as because. */
static void
add_papers_because(const struct guide *guide, const struct packs_item *item, tb_str input,
                   struct tb_json *list)
{
    const struct packs__reader reader = reader_of(guide);
    for (size_t i = 0; i < guide->pack->materials_count; i++) {
        const struct packs_material *row = &guide->pack->materials[i];
        size_t count = 0;
        const tb_str *names = row->compiled != NULL ? feel_expr_names(row->compiled, &count) : NULL;
        if (is_listed(names, count, input) && packs__list_has(row->situations, item->id))
            packs__add_because(&reader,
                               tb_printf(guide->arena, "materials:" TB_FMT, TB_ARG(row->id)),
                               packs_words(guide->arena, guide->pack, guide->ask->lang,
                                           "material." TB_FMT ".name", TB_ARG(row->id)),
                               row->clause, NULL, list);
    }
}

/* Why a question is asked: the first rule that is still open and looks at it, or the papers that hang on it. */
static struct tb_json *
question_because(const struct guide *guide, const struct packs_question *question,
                 const struct dmn_asked *asked, const struct packs_item *item)
{
    const struct packs__reader reader = reader_of(guide);
    struct tb_json *list = tb_json_new(guide->arena, TB_JSON_LIST);
    if (item != NULL) {
        add_papers_because(guide, item, question->input, list);
    } else if (tb_str_eq(asked->next, question->input)) {
        tb_str clauses =
            packs__annotation(asked->because_annotation_names, asked->because_annotations,
                              asked->because_annotation_count, "clause");
        tb_str rule = tb_printf(guide->arena, TB_FMT ":%zu", TB_ARG(asked->because_decision),
                                asked->because_rule);
        packs__add_because(&reader, rule, asked->because_description, clauses, NULL, list);
    }
    return list;
}

/* ---- the outcome ----------------------------------------------------------------------------- */

static void
set_period(const struct guide *guide, struct tb_json *limits, const char *key, tb_str period,
           tb_str clause)
{
    struct tb_arena *arena = guide->arena;
    struct tb_json *json = tb_json_set_object(arena, limits, key);
    tb_json_set_text(arena, json, "period", period);
    tb_json_set_text(arena, json, "text", packs_period_words(arena, period, guide->ask->lang));
    if (clause.len == 0)
        return;
    struct tb_json *basis = packs_clause_json(arena, guide->pack, clause, guide->ask->lang);
    tb_json_set_text(arena, json, "clause", clause);
    tb_json_set_text(arena, json, "law", tb_json_get_text(basis, "law"));
    tb_json_set_text(arena, json, "article", tb_json_get_text(basis, "article"));
}

static tb_status
set_situation(const struct guide *guide, const struct packs_item *item, struct tb_json *outcome)
{
    struct tb_arena *arena = guide->arena;
    tb_str lang = guide->ask->lang;
    struct tb_json *materials;
    TB_TRY(packs_materials(arena, guide->pack, item, guide->ask->answers, lang, &materials,
                           guide->err));
    tb_json_set_text(arena, outcome, "situation_name",
                     packs_words(arena, guide->pack, lang, "situation." TB_FMT, TB_ARG(item->id)));
    tb_json_set_text(arena, outcome, "code", item->code);
    tb_json_set_text(arena, outcome, "handling", item->handling);
    tb_json_set_text(arena, outcome, "form", item->form);
    tb_json_set_int(arena, outcome, "visits", item->visits);
    tb_json_set(outcome, "materials", materials);
    struct tb_json *fee = tb_json_set_object(arena, outcome, "fee");
    tb_json_set_int(arena, fee, "fen", item->fee_fen);
    tb_json_set_text(arena, fee, "text",
                     item->fee_fen == 0 ? packs_words(arena, guide->pack, lang, "fee.none")
                                        : tb_printf(arena, "%d.%02d", (int)(item->fee_fen / 100),
                                                    (int)(item->fee_fen % 100)));
    tb_json_set(fee, "basis", packs_clause_json(arena, guide->pack, item->fee_clause, lang));
    struct tb_json *limits = tb_json_set_object(arena, outcome, "limits");
    set_period(guide, limits, "statutory", item->statutory, item->statutory_clause);
    set_period(guide, limits, "promised", item->promised, TB_STR_NONE);
    return TB_OK;
}

/* A member of the decision's value as text. */
static tb_str
member(const struct feel_value *value, const char *name)
{
    const struct feel_value *found = feel_get(value, tb_str_of(name));
    return found != NULL && found->kind == FEEL_STRING ? found->u.string : TB_STR_NONE;
}

/* Why this outcome; what is lacking, where it says not yet; for reviewers why no other. */
static tb_status
explain(const struct guide *guide, tb_str kind, struct tb_json *json)
{
    const struct packs__reader reader = reader_of(guide);
    struct dmn_explanation explanation;
    TB_TRY(dmn_explain(guide->arena, guide->model, TB_STR("outcome"), &guide->known, NULL,
                       guide->ask->is_for_reviewer ? CHANGES_MAX : 0, &explanation, guide->err));
    tb_json_set(json, "because", packs__because_of(&reader, &explanation));
    if (guide->ask->is_for_reviewer)
        tb_json_set(json, "explained", packs__explained(&reader, &explanation));
    if (tb_str_is(kind, "not_yet")) {
        struct tb_json *unmet = NULL;
        TB_TRY(packs__unmet(&reader, guide->model, &guide->known, &explanation,
                            tb_json_get_text(json, "advice"), &unmet, guide->err));
        tb_json_set(json, "unmet", unmet);
    }
    return TB_OK;
}

static tb_status
outcome_json(const struct guide *guide, const struct feel_value *value,
             const struct packs_item *item, struct tb_json **ret_json)
{
    struct tb_arena *arena = guide->arena;
    tb_str lang = guide->ask->lang, kind = member(value, "kind"), reason = member(value, "reason");
    tb_str agency = member(value, "agency"), advice = member(value, "advice");
    struct tb_json *json = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_text(arena, json, "kind", kind);
    tb_json_set_text(arena, json, "title",
                     packs_words(arena, guide->pack, lang, "outcome." TB_FMT, TB_ARG(kind)));
    tb_json_set_text(arena, json, "reason", reason);
    tb_json_set_text(arena, json, "text",
                     packs_words(arena, guide->pack, lang, "reason." TB_FMT, TB_ARG(reason)));
    if (item != NULL)
        tb_json_set_text(arena, json, "situation", item->id);
    if (item != NULL && !guide->ask->is_brief)
        TB_TRY(set_situation(guide, item, json));
    if (agency.len == 0 && item != NULL)
        agency = item->department;
    tb_json_set(json, "agency", packs__department_json(arena, guide->pack, agency, lang));
    tb_json_set_text(arena, json, "advice_key", advice);
    tb_json_set_text(arena, json, "advice",
                     advice.len > 0
                         ? packs_words(arena, guide->pack, lang, "advice." TB_FMT, TB_ARG(advice))
                         : TB_STR_NONE);
    if (!guide->ask->is_brief)
        TB_TRY(explain(guide, kind, json));
    *ret_json = json;
    return TB_OK;
}

/* The outcome where somebody said "I do not know" and it matters: where to look, and who helps. */
static struct tb_json *
person_json(const struct guide *guide, const struct packs_question *question)
{
    struct tb_arena *arena = guide->arena;
    tb_str lang = guide->ask->lang;
    struct tb_json *json = tb_json_new(arena, TB_JSON_OBJECT);
    tb_str help = question != NULL ? sentence(guide, question->input, "unknown") : TB_STR_NONE;
    tb_str agency = guide->pack->items_count > 0 ? guide->pack->items[0].department : TB_STR_NONE;
    tb_json_set_text(arena, json, "kind", TB_STR("ask_a_person"));
    tb_json_set_text(arena, json, "title",
                     packs_words(arena, guide->pack, lang, "outcome.ask_a_person"));
    tb_json_set_text(arena, json, "reason", TB_STR("not-sure"));
    tb_json_set_text(arena, json, "text", packs_words(arena, guide->pack, lang, "reason.not-sure"));
    tb_json_set_list(arena, json, "because");
    tb_json_set(json, "agency", packs__department_json(arena, guide->pack, agency, lang));
    tb_json_set_text(arena, json, "advice_key", TB_STR_NONE);
    tb_json_set_text(arena, json, "advice", help);
    return json;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void
set_answers(const struct guide *guide, struct tb_json *json)
{
    struct tb_json *list = tb_json_set_list(guide->arena, json, "answers_so_far");
    TB_JSON_EACH(answer, guide->ask->answers)
    {
        const struct packs_question *question = packs_question_find(guide->pack, answer->key);
        struct tb_json *entry = tb_json_add(list, tb_json_new(guide->arena, TB_JSON_OBJECT));
        const struct tb_json *whole, *record = fact(guide, question->record, &whole);
        struct feel_value value = packs__answer_value(guide->arena, guide->pack, answer);
        bool is_same =
            !tb_json_is_null(record) && tb_str_eq(tb_json_text(record), tb_json_text(answer));
        tb_json_set_text(guide->arena, entry, "input", question->input);
        tb_json_set_text(guide->arena, entry, "title", sentence(guide, question->input, "title"));
        tb_json_set(entry, "value", feel_to_json(guide->arena, &value));
        tb_json_set_text(guide->arena, entry, "label", answer_label(guide, question, answer));
        tb_json_set_bool(guide->arena, entry, "from_record", is_same);
    }
}

/* The input among the relevant ones that was answered "I do not know"; NULL when there is none. */
static const struct packs_question *
find_not_known(const struct guide *guide)
{
    TB_JSON_EACH(answer, guide->ask->answers)
    {
        if (tb_json_is_null(answer) &&
            is_listed(guide->relevant, guide->relevant_count, answer->key))
            return packs_question_find(guide->pack, answer->key);
    }
    return NULL;
}

/* Does the pack ask for any paper under a condition over this input? */
static bool
is_asked_for_papers(const struct packs_pack *pack, tb_str input)
{
    for (size_t i = 0; i < pack->materials_count; i++) {
        size_t count = 0;
        const struct feel_expr *condition = pack->materials[i].compiled;
        const tb_str *names = condition != NULL ? feel_expr_names(condition, &count) : NULL;
        if (is_listed(names, count, input))
            return true;
    }
    return false;
}

/* No more questions than this can come: before the situation is known, the papers of every situation may ask. */
static int64_t
most_left(const struct guide *guide, bool has_outcome)
{
    int64_t count = 0;
    for (size_t i = 0; i < guide->pack->questions_count; i++) {
        const struct packs_question *question = &guide->pack->questions[i];
        if (tb_str_is(question->type, "record") ||
            feel_get(&guide->answers, question->input) != NULL)
            continue;
        count += is_listed(guide->relevant, guide->relevant_count, question->input) ||
                 (!has_outcome && is_asked_for_papers(guide->pack, question->input));
    }
    return count;
}

/* Puts question or outcome into json. */
static tb_status
proceed(struct guide *guide, struct tb_json *json)
{
    struct dmn_asked asked;
    struct tb_json *outcome = NULL;
    const struct packs_item *item = NULL;
    TB_TRY(ask_outcome(guide, &asked));
    bool has_outcome = asked.is_forced || asked.relevant_count == 0;
    if (has_outcome) {
        item = packs_situation(guide->pack, member(&asked.outcome, "situation"));
        guide->relevant_count = 0;
        if (item != NULL)
            TB_TRY(gather_paper_questions(guide, item));
    }
    const struct packs_question *not_known = find_not_known(guide);
    const struct packs_question *next = not_known == NULL ? choose(guide) : NULL;
    if (next != NULL) {
        struct tb_json *question = question_json(guide, next);
        tb_json_set(question, "because", question_because(guide, next, &asked, item));
        tb_json_set(json, "question", question);
    } else if (not_known != NULL || !has_outcome || member(&asked.outcome, "kind").len == 0)
        outcome = person_json(guide, not_known);
    else
        TB_TRY(outcome_json(guide, &asked.outcome, item, &outcome));
    struct tb_json *progress = tb_json_set_object(guide->arena, json, "topic_progress");
    tb_json_set_int(guide->arena, progress, "done",
                    guide->ask->answers != NULL ? guide->ask->answers->count : 0);
    tb_json_set_int(guide->arena, progress, "left_max",
                    next != NULL ? most_left(guide, has_outcome) : 0);
    if (outcome != NULL)
        tb_json_set(json, "outcome", outcome);
    return TB_OK;
}

tb_status
packs_guide(struct tb_arena *arena, const struct packs_pack *pack, const struct packs_ask *ask,
            struct tb_faults *faults, struct tb_json **ret_answer, struct tb_err *err)
{
    struct guide guide = {.arena = arena, .pack = pack, .ask = ask, .faults = faults, .err = err};
    size_t before = faults->count;
    guide.model = packs_decision_model(pack, TB_STR("outcome"));
    if (guide.model == NULL)
        return tb_fail(err, TB_NOT_FOUND, "the pack " TB_FMT " has no decision `outcome`",
                       TB_ARG(pack->id));
    if (ask->answers != NULL && ask->answers->count > PACKS_ANSWERS_MAX)
        return tb_fail(err, TB_LIMIT, "more than %d answers", PACKS_ANSWERS_MAX);
    TB_JSON_EACH(answer, ask->answers)
    check_answer(&guide, answer);
    if (faults->count > before)
        return tb_fail(err, TB_INVALID, "some answers do not fit their questions");
    TB_TRY(gather_known(&guide));
    struct tb_json *json = tb_json_new(arena, TB_JSON_OBJECT);
    if (!ask->is_brief)
        set_answers(&guide, json);
    TB_TRY(proceed(&guide, json));
    *ret_answer = json;
    return TB_OK;
}
