/* SPDX-License-Identifier: Apache-2.0 */
/* packs_check_supply.c - can everything that the decisions read be known? By a question, from
 * records, from a form, from the case that runs, or from the pack's parameters; what nobody
 * supplies would leave every case waiting. */
#include "packs/packs_check_internal.h"

/* A group of rows or a field of that name in any form. */
static bool
is_in_forms(const struct packs_pack *pack, tb_str name)
{
    for (size_t i = 0; i < pack->forms_count; i++)
        TB_JSON_EACH(group, tb_json_get(pack->forms[i].json, "components"))
        {
            if (tb_str_eq(tb_json_get_text(group, "path"), name))
                return true;
            TB_JSON_EACH(component, tb_json_get(group, "components"))
            if (tb_str_eq(tb_json_get_text(component, "key"), name))
                return true;
        }
    return false;
}

/* What a process knows when it asks a decision. */
static bool
is_of_case(tb_str name)
{
    static const char *const words[] = {"situation", "way", "answers", "outcome"};
    return packs__is_one_of(name, words, TB_COUNT(words)) || tb_str_ends(name, TB_STR("_outcome"));
}

static bool
is_supplied(const struct packs_pack *pack, tb_str input, bool is_guide)
{
    if (packs_question_find(pack, input) != NULL || tb_str_is(input, "application date"))
        return true;
    if (tb_str_is(input, "options"))
        return true;
    return !is_guide &&
           ((tb_str_is(input, "fields") && pack->forms_count > 0) || is_of_case(input));
}

/* The decision and the first of its rules that waits for an input: the guide cannot go on there. */
static tb_str
who_waits(const struct packs__check *check, const struct dmn_model *model, tb_str decision,
          tb_str input)
{
    struct feel_value nothing = feel_context_of(check->arena, NULL, 0);
    struct dmn_question question = {.input = input, .turn = -1};
    struct dmn_asked asked;
    struct tb_err err = {0};
    if (dmn_ask(check->arena, model, decision, &nothing, &question, 1, NULL, &asked, &err) !=
            TB_OK ||
        asked.is_forced || !tb_str_eq(asked.next, input))
        return decision;
    if (asked.because_rule == 0)
        return asked.because_decision;
    return tb_printf(check->arena, TB_FMT ":%zu", TB_ARG(asked.because_decision),
                     asked.because_rule);
}

static void
check_inputs_of(const struct packs__check *check, const struct packs__model *model, tb_str decision)
{
    const struct dmn_input_info *inputs;
    size_t count;
    struct tb_err err = {0};
    bool is_guide = tb_str_is(decision, "outcome");
    if (dmn_inputs(check->arena, model->model, decision, &inputs, &count, &err) != TB_OK)
        return;
    for (size_t i = 0; i < count; i++) {
        if (is_supplied(check->pack, inputs[i].name, is_guide))
            continue;
        tb_str waits = who_waits(check, model->model, decision, inputs[i].name);
        packs__fault(
            check->faults, model->file, inputs[i].line, "unsupplied",
            "没有问题、表单、记录能给出 %.*s，规则 %.*s 会一直等它；在 questions.csv 里加这个"
            "问题，或者删去这个输入",
            "no question, form or record supplies %.*s, for which the rule %.*s would wait; "
            "add the question to questions.csv or delete the input",
            TB_ARG(inputs[i].name), TB_ARG(waits));
    }
}

static bool
is_name_char(char c)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Each `fields.NAME` in a text must be in some form. */
static void
check_fields_in(const struct packs__check *check, tb_str file, int32_t line, tb_str text)
{
    for (ptrdiff_t at; (at = tb_str_find(text, TB_STR("fields."))) >= 0;) {
        size_t from = (size_t)at + sizeof("fields.") - 1, to = from;
        bool is_word = at == 0 || !is_name_char(text.ptr[at - 1]);
        while (to < text.len && is_name_char(text.ptr[to]))
            to++;
        tb_str name = tb_str_sub(text, from, to - from);
        if (is_word && name.len > 0 && !is_in_forms(check->pack, name))
            packs__fault(check->faults, file, line, "unsupplied",
                         "没有一张表有 %.*s 这一项，决策永远等不到它；改成表里有的名字",
                         "no form has a field %.*s: the decision would never get it; name one that "
                         "a form has",
                         TB_ARG(name));
        text = tb_str_sub(text, to, text.len - to);
    }
}

static void
check_fields(const struct packs__check *check, tb_str file, const struct tb_xml *xml)
{
    TB_XML_EACH(child, xml)
    {
        if (tb_str_is(child->name, "text"))
            check_fields_in(check, file, child->line, child->text);
        check_fields(check, file, child);
    }
}

void
packs__check_supply(const struct packs__check *check)
{
    const struct packs_inside *inside = check->pack->inside;
    for (size_t i = 0; i < inside->model_count; i++) {
        const struct packs__model *model = &inside->models[i];
        const struct packs_file *file = packs__file(&inside->files, model->file);
        struct tb_xml *root = NULL;
        struct tb_err err = {0};
        size_t count;
        const struct dmn_decision_info *decisions = dmn_decisions(model->model, &count);
        bool has_outcome = dmn_decision_find(model->model, TB_STR("outcome")) != NULL;
        /* What a decision needs through others is said once, at the one that is asked for. */
        if (has_outcome)
            check_inputs_of(check, model, TB_STR("outcome"));
        for (size_t k = 0; k < count && !has_outcome; k++)
            check_inputs_of(check, model, decisions[k].name);
        if (tb_xml_parse(check->arena, file->path, file->content, &root, &err) == TB_OK)
            check_fields(check, file->path, root);
    }
}
