/* SPDX-License-Identifier: Apache-2.0 */
/* packs_check_rules.c - questions and decisions: does every rule name its clause, and does every
 * way through the questions end somewhere?
 *
 * The rules of `outcome` are read from their XML; then the guide itself is walked with every
 * option of every question it asks, on every day that the scenarios name, so that a gap in the
 * rules is found by going there. */
#include "packs/packs_check_internal.h"
#include <string.h>

#define GUIDE_WALK_MAX 20000 /* answers tried */
#define GUIDE_DEPTH_MAX 40

static const char *const kinds[] = {"apply",     "filing",  "not_needed",
                                    "elsewhere", "not_yet", "ask_a_person"};

/* ---- questions
 * ---------------------------------------------------------------------------------------------------
 */

static void
check_sentences(const struct packs__check *check, const struct packs_question *row)
{
    static const char *const parts[] = {"title", "why", "unknown"};
    tb_str file = TB_STR("questions.csv"), key = packs__key(check->arena, row->input),
           options = row->options, one;
    for (size_t i = 0; i < TB_COUNT(parts); i++)
        packs__need_words(check, file, row->line,
                          tb_printf(check->arena, "question." TB_FMT ".%s", TB_ARG(key), parts[i]));
    while (tb_str_is(row->type, "choice") && options.len > 0 && tb_str_cut(&options, '|', &one))
        packs__need_words(check, file, row->line,
                          tb_printf(check->arena, "question." TB_FMT ".option." TB_FMT, TB_ARG(key),
                                    TB_ARG(one)));
    packs__need_words(check, file, row->line,
                      tb_printf(check->arena, "topic." TB_FMT, TB_ARG(row->topic)));
}

/* The options of a choice must be the values that the decision allows, in any order. */
static void
check_options(const struct packs__check *check, const struct packs_question *row,
              const struct dmn_input_info *input)
{
    if (!tb_str_is(row->type, "choice"))
        return;
    bool same = input->allowed_count == packs__list_count(row->options);
    for (size_t i = 0; i < input->allowed_count; i++)
        same = same && input->allowed[i].kind == FEEL_STRING &&
               packs__list_has(row->options, input->allowed[i].u.string);
    if (!same)
        packs__fault(check->faults, TB_STR("questions.csv"), row->line, "options",
                     "%.*s 的选项和决策里允许的值不一样",
                     "the options of %.*s are not the values that the decision allows",
                     TB_ARG(row->input));
}

static bool
reads(const struct feel_expr *expr, tb_str name)
{
    size_t count = 0;
    const tb_str *names = expr != NULL ? feel_expr_names(expr, &count) : NULL;
    for (size_t i = 0; i < count; i++)
        if (tb_str_eq(names[i], name))
            return true;
    return false;
}

/* Asked for nothing is unlawful (行政许可法 29, 31): something must read every question. */
static bool
is_used(const struct packs_pack *pack, const struct packs_question *row,
        const struct dmn_input_info *inputs, size_t input_count)
{
    bool used = false;
    for (size_t i = 0; i < input_count; i++)
        used = used || tb_str_eq(inputs[i].name, row->input);
    for (size_t i = 0; i < pack->materials_count; i++)
        used = used || reads(pack->materials[i].compiled, row->input);
    for (size_t i = 0; i < pack->findings_count; i++)
        used = used || reads(pack->findings[i].compiled, row->input);
    return used;
}

static void
check_question(const struct packs__check *check, const struct packs_question *row,
               const struct dmn_input_info *inputs, size_t count)
{
    static const char *const types[] = {"choice", "number", "boolean", "text", "record"};
    tb_str file = TB_STR("questions.csv");
    if (!packs__is_one_of(row->type, types, TB_COUNT(types)))
        packs__fault(check->faults, file, row->line, "not_a_choice", "没有 %.*s 这种问题",
                     "there is no question of type %.*s", TB_ARG(row->type));
    if (row->cost != 1 && row->cost != 3 && row->cost != 10)
        packs__fault(check->faults, file, row->line, "cost", "%.*s 的 cost 应是 1、3 或 10",
                     "the cost of %.*s must be 1, 3 or 10", TB_ARG(row->input));
    if (!is_used(check->pack, row, inputs, count))
        packs__fault(check->faults, file, row->line, "unused", "%.*s 问了没有用，法律不许多问",
                     "nothing reads %.*s: it must not be asked", TB_ARG(row->input));
    if (!tb_str_is(row->type, "record"))
        check_sentences(check, row);
    else if (row->record.len == 0)
        packs__fault(check->faults, file, row->line, "missing", "%.*s 只从记录里取，要写 record",
                     "%.*s comes from records only; say which", TB_ARG(row->input));
    for (size_t i = 0; i < count; i++)
        if (tb_str_eq(inputs[i].name, row->input))
            check_options(check, row, &inputs[i]);
}

/* ---- the rules of outcome -------------------------------------------------------------------- */

/* A cell "word" without its quotes; absent for null, '-' and anything that is computed. */
static tb_str
literal(tb_str cell)
{
    cell = tb_str_trim(cell);
    if (cell.len < 2 || cell.ptr[0] != '"' || cell.ptr[cell.len - 1] != '"')
        return TB_STR_NONE;
    return tb_str_sub(cell, 1, cell.len - 2);
}

static tb_str
text_of(const struct tb_xml *element)
{
    const struct tb_xml *text = tb_xml_child(element, "text");
    return text != NULL ? tb_str_trim(text->text) : TB_STR_NONE;
}

static void
check_output(const struct packs__check *check, tb_str file, int32_t line, tb_str column,
             tb_str value)
{
    const struct packs_pack *pack = check->pack;
    if (value.len == 0)
        return;
    if (tb_str_is(column, "kind") && !packs__is_one_of(value, kinds, TB_COUNT(kinds)))
        packs__fault(check->faults, file, line, "not_a_choice", "没有 %.*s 这种结果",
                     "there is no outcome of kind %.*s", TB_ARG(value));
    if (tb_str_is(column, "situation") && packs_situation(pack, value) == NULL)
        packs__fault(check->faults, file, line, "dangling", "items.csv 里没有情形 %.*s",
                     "items.csv has no situation %.*s", TB_ARG(value));
    if (tb_str_is(column, "agency") && packs_department_find(pack, value) == NULL)
        packs__fault(check->faults, file, line, "dangling", "departments.csv 里没有 %.*s",
                     "departments.csv has no %.*s", TB_ARG(value));
    if (tb_str_is(column, "reason"))
        packs__need_words(check, file, line,
                          tb_printf(check->arena, "reason." TB_FMT, TB_ARG(value)));
    if (tb_str_is(column, "advice"))
        packs__need_words(check, file, line,
                          tb_printf(check->arena, "advice." TB_FMT, TB_ARG(value)));
}

/* The n-th child of that name. */
static const struct tb_xml *
nth(const struct tb_xml *parent, const char *name, size_t n)
{
    TB_XML_EACH(child, parent)
    if (tb_str_is(child->name, name) && n-- == 0)
        return child;
    return NULL;
}

/* A rule that says nothing of the kind leaves a path without an end. */
static void
check_kind(const struct packs__check *check, tb_str file, const struct tb_xml *rule, tb_str cell)
{
    if (cell.len == 0 || tb_str_is(cell, "-") || tb_str_is(cell, "null") || tb_str_is(cell, "\"\""))
        packs__fault(check->faults, file, rule->line, "no_outcome_kind",
                     "规则 %.*s 没有写结果的种类 kind，走到这里的人没有结果；写 apply、filing、"
                     "not_needed、elsewhere、not_yet 或 ask_a_person",
                     "the rule %.*s gives no kind of outcome, so its path has no end; write apply, "
                     "filing, not_needed, elsewhere, not_yet or ask_a_person",
                     TB_ARG(tb_xml_attr(rule, "id")));
}

static void
check_rule(const struct packs__check *check, tb_str file, const struct tb_xml *table,
           const struct tb_xml *rule, bool needs_clause)
{
    const struct tb_xml *column, *cell;
    bool has_clause = false;
    for (size_t i = 0; (column = nth(table, "output", i)) != NULL; i++)
        if ((cell = nth(rule, "outputEntry", i)) != NULL) {
            check_output(check, file, rule->line, tb_xml_attr(column, "name"),
                         literal(text_of(cell)));
            if (needs_clause && tb_str_is(tb_xml_attr(column, "name"), "kind"))
                check_kind(check, file, rule, text_of(cell));
        }
    for (size_t i = 0; (column = nth(table, "annotation", i)) != NULL; i++) {
        cell = nth(rule, "annotationEntry", i);
        if (!tb_str_is(tb_xml_attr(column, "name"), "clause") || cell == NULL ||
            text_of(cell).len == 0)
            continue;
        has_clause = true;
        const struct packs_clause *row = packs_clause_find(check->pack, text_of(cell));
        packs__need_clause(check, file, rule->line, text_of(cell),
                           row != NULL ? row->basis_status : TB_STR("unverified"));
    }
    if (needs_clause && !has_clause)
        packs__fault(check->faults, file, rule->line, "no_clause", "规则 %.*s 没有写依据的条款",
                     "the rule %.*s names no clause", TB_ARG(tb_xml_attr(rule, "id")));
}

/* The tables of a decision file; those of `outcome` and whatever has a clause column must name clauses. */
static void
check_tables_of(const struct packs__check *check, tb_str file, const struct tb_xml *root)
{
    TB_XML_EACH(decision, root)
    {
        const struct tb_xml *table = tb_xml_child(decision, "decisionTable");
        if (!tb_str_is(decision->name, "decision") || table == NULL)
            continue;
        bool needs_clause = tb_str_is(tb_xml_attr(decision, "name"), "outcome");
        TB_XML_EACH(rule, table)
        if (tb_str_is(rule->name, "rule"))
            check_rule(check, file, table, rule, needs_clause);
    }
}

/* Decisions rest on a law: each has a knowledge source whose location is a clause. */
static void
check_authorities(const struct packs__check *check, const struct packs__model *model)
{
    size_t count;
    const struct dmn_decision_info *decisions = dmn_decisions(model->model, &count);
    for (size_t i = 0; i < count; i++) {
        if (decisions[i].authority_count == 0)
            packs__fault(check->faults, model->file, decisions[i].line, "no_clause",
                         "决策 %.*s 没有写依据（knowledgeSource）",
                         "the decision %.*s has no knowledge source", TB_ARG(decisions[i].name));
        for (size_t j = 0; j < decisions[i].authority_count; j++) {
            tb_str clause = decisions[i].authorities[j].location;
            const struct packs_clause *row = packs_clause_find(check->pack, clause);
            packs__need_clause(check, model->file, decisions[i].line, clause,
                               row != NULL ? row->basis_status : TB_STR("verified"));
        }
    }
}

/* Gaps, overlaps, rules that never hit and the like, each with an input that shows it (dmn_check). What only may be
 * a fault is a note. */
static void
check_logic(const struct packs__check *check)
{
    const struct packs_inside *inside = check->pack->inside;
    struct dmn_findings findings = {.arena = check->arena};
    struct tb_err err = {0};
    const struct dmn_model **models =
        TB_NEW_ARRAY(check->arena, inside->model_count, const struct dmn_model *);
    for (size_t i = 0; i < inside->model_count; i++)
        models[i] = inside->models[i].model;
    if (dmn_check(models, inside->model_count, &findings, &err) != TB_OK)
        packs__fault(check->faults, TB_STR("decisions"), 0, "limit", "决策表没有查完：%s",
                     "the decision tables could not all be checked: %s", err.message);
    for (size_t i = 0; i < findings.count; i++) {
        const struct dmn_finding *finding = &findings.items[i];
        tb_str place =
            tb_printf(check->arena, TB_FMT ":%d", TB_ARG(finding->file), (int)finding->line);
        if (strcmp(finding->code, "no_clause") == 0 || strcmp(finding->code, "no_authority") == 0)
            continue; /* see check_rule and check_authorities */
        tb_fault_add(finding->level == DMN_ERROR ? check->faults : check->notes, place,
                     finding->code, finding->zh, finding->en);
    }
}

static void
check_models(const struct packs__check *check)
{
    const struct packs_inside *inside = check->pack->inside;
    for (size_t i = 0; i < inside->model_count; i++) {
        const struct packs_file *file = packs__file(&inside->files, inside->models[i].file);
        struct tb_xml *root = NULL;
        struct tb_err err = {0};
        check_authorities(check, &inside->models[i]);
        if (tb_xml_parse(check->arena, file->path, file->content, &root, &err) == TB_OK)
            check_tables_of(check, file->path, root);
    }
    check_logic(check);
}

/* ---- walking the guide ----------------------------------------------------------------------- */

struct walking {
    const struct packs__check *check;
    tb_date date;
    size_t tries;
    bool situations[64]; /* reached, by index in items */
    bool kinds[TB_COUNT(kinds)];
};

/* The answers as people read them: for the fault. */
static tb_str
path_text(struct tb_arena *arena, const struct tb_json *answers)
{
    struct tb_buf buf = {.arena = arena};
    tb_json_write(&buf, answers);
    return tb_buf_done(&buf);
}

/* These answers, all known, end nowhere: a path without an outcome kind. */
static void
add_endless(struct walking *walking, const struct tb_json *answers)
{
    const struct packs__check *check = walking->check;
    const struct packs_inside *inside = check->pack->inside;
    for (size_t i = 0; i < inside->model_count; i++) {
        const struct dmn_decision_info *outcome =
            dmn_decision_find(inside->models[i].model, TB_STR("outcome"));
        if (outcome == NULL)
            continue;
        packs__fault(check->faults, inside->models[i].file, outcome->line, "no_outcome_kind",
                     "%.*s 这一天，这些回答没有规则能判断：%.*s",
                     "on %.*s no rule decides these answers: %.*s",
                     TB_ARG(tb_date_format(check->arena, walking->date)),
                     TB_ARG(path_text(check->arena, answers)));
        return;
    }
}

static void
note_outcome(struct walking *walking, const struct tb_json *answers, const struct tb_json *outcome)
{
    const struct packs_pack *pack = walking->check->pack;
    tb_str kind = tb_json_get_text(outcome, "kind"),
           situation = tb_json_get_text(outcome, "situation");
    for (size_t i = 0; i < TB_COUNT(kinds); i++)
        walking->kinds[i] = walking->kinds[i] || tb_str_is(kind, kinds[i]);
    for (size_t i = 0; i < pack->items_count && i < TB_COUNT(walking->situations); i++)
        walking->situations[i] = walking->situations[i] || tb_str_eq(pack->items[i].id, situation);
    if (tb_str_is(tb_json_get_text(outcome, "reason"), "not-sure"))
        add_endless(walking, answers);
}

static void walk_guide(struct walking *walking, const struct tb_json *answers, int depth);

/* Goes on with one more answer. */
static void
walk_answer(struct walking *walking, const struct tb_json *answers, tb_str input, tb_str value,
            int depth)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_json *more = tb_json_copy(arena, answers);
    tb_json_set_text(arena, more, tb_cstr(arena, input), value);
    walk_guide(walking, more, depth);
    tb_arena_free(arena);
}

static void
walk_options(struct walking *walking, const struct tb_json *answers,
             const struct packs_question *question, int depth)
{
    tb_str options =
               tb_str_is(question->type, "boolean") ? TB_STR("true|false") : question->options,
           one;
    if (options.len == 0)
        packs__fault(walking->check->faults, TB_STR("questions.csv"), question->line, "empty",
                     "%.*s 要写选项；填数字的，写几个拿来试的数",
                     "%.*s needs options; a number needs values to try", TB_ARG(question->input));
    while (options.len > 0 && tb_str_cut(&options, '|', &one))
        walk_answer(walking, answers, question->input, one, depth + 1);
}

static void
walk_guide(struct walking *walking, const struct tb_json *answers, int depth)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_faults faults = {.arena = arena};
    struct packs_ask ask = {.answers = answers, .date = walking->date, .lang = TB_STR("zh")};
    struct tb_json *answer = NULL;
    struct tb_err err = {0};
    if (++walking->tries > GUIDE_WALK_MAX || depth > GUIDE_DEPTH_MAX) {
        tb_arena_free(arena);
        return;
    }
    if (packs_guide(arena, walking->check->pack, &ask, &faults, &answer, &err) != TB_OK) {
        packs__fault(walking->check->faults, TB_STR("decisions/outcome.dmn"), 0, "guide",
                     "这些回答走不下去：%.*s（%s）", "the guide fails on these answers: %.*s (%s)",
                     TB_ARG(path_text(walking->check->arena, answers)), err.message);
    } else if (tb_json_get(answer, "outcome") != NULL) {
        note_outcome(walking, answers, tb_json_get(answer, "outcome"));
    } else {
        tb_str input = tb_json_text(tb_json_path(answer, "question.input"));
        walk_options(walking, answers, packs_question_find(walking->check->pack, input), depth);
    }
    tb_arena_free(arena);
}

/* Every day that a scenario names, each once. */
static void
walk_days(struct walking *walking)
{
    const struct packs_inside *inside = walking->check->pack->inside;
    struct tb_arena *arena = walking->check->arena;
    struct tb_json *seen = tb_json_new(arena, TB_JSON_OBJECT),
                   *nothing = tb_json_new(arena, TB_JSON_OBJECT);
    for (size_t i = 0; i < inside->test_count; i++) {
        TB_JSON_EACH(scenario, tb_json_get(inside->tests[i].json, "scenarios"))
        {
            tb_str on = tb_json_get_text(scenario, "on");
            if (!tb_date_parse(on, &walking->date) || tb_json_find(seen, on) != NULL)
                continue;
            tb_json_set_bool(arena, seen, tb_cstr(arena, on), true);
            walk_guide(walking, nothing, 0);
        }
    }
}

static void
check_reached(const struct walking *walking)
{
    const struct packs__check *check = walking->check;
    const struct packs_pack *pack = check->pack;
    if (walking->tries > GUIDE_WALK_MAX) {
        packs__fault(check->notes, TB_STR("decisions/outcome.dmn"), 0, "not_all_walked",
                     "回答的组合太多，只走了前 %d 步",
                     "there are too many answers; only the first %d were tried", GUIDE_WALK_MAX);
        return;
    }
    for (size_t i = 0; i < pack->items_count && i < TB_COUNT(walking->situations); i++)
        if (!walking->situations[i])
            packs__fault(check->faults, TB_STR("items.csv"), pack->items[i].line, "unreachable",
                         "怎么回答都到不了情形 %.*s", "no answers lead to the situation %.*s",
                         TB_ARG(pack->items[i].id));
    for (size_t i = 0; i < TB_COUNT(kinds); i++)
        if (!walking->kinds[i])
            packs__fault(check->notes, TB_STR("decisions/outcome.dmn"), 0, "kind_unused",
                         "没有一种回答的结果是 %s", "no answers end in %s", kinds[i]);
}

void
packs__check_rules(const struct packs__check *check)
{
    const struct packs_pack *pack = check->pack;
    const struct dmn_model *model = packs_decision_model(pack, TB_STR("outcome"));
    const struct dmn_input_info *inputs;
    struct walking walking = {.check = check};
    struct tb_err err = {0};
    size_t count, before = check->faults->count;
    if (model == NULL ||
        dmn_inputs(check->arena, model, TB_STR("outcome"), &inputs, &count, &err) != TB_OK) {
        packs__fault(check->faults, TB_STR("decisions/outcome.dmn"), 0, "missing", "缺少决策 %s",
                     "the decision %s is missing", "outcome");
        return;
    }
    packs__check_supply(check);
    for (size_t i = 0; i < pack->questions_count; i++)
        check_question(check, &pack->questions[i], inputs, count);
    check_models(check);
    /* Walking rules that do not hold together would only say the same again. */
    if (check->faults->count > before)
        return;
    walk_days(&walking);
    check_reached(&walking);
}
