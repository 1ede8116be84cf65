/* SPDX-License-Identifier: Apache-2.0 */
/* packs_explain.c - why an outcome and no other, in the words of a pack's questions.
 *
 * Applicants are told what they lack and how to get it lawfully; which other answer would have led
 * elsewhere is told to reviewers only, so that nobody is advised to answer what is not so. */
#include "packs/packs_internal.h"

tb_str
packs__question_words(const struct packs__reader *reader, tb_str input, const char *part)
{
    return packs_text(reader->pack, reader->lang,
                      tb_printf(reader->arena, "question." TB_FMT ".%s",
                                TB_ARG(packs__key(reader->arena, input)), part));
}

tb_str
packs__answer_words(const struct packs__reader *reader, tb_str input,
                    const struct feel_value *value)
{
    tb_str text = feel_format(reader->arena, value);
    if (value->kind == FEEL_NULL)
        return packs_text(reader->pack, reader->lang, TB_STR("answer.nothing"));
    tb_str label = packs__question_words(
        reader, input,
        tb_cstr(reader->arena, tb_printf(reader->arena, "option." TB_FMT, TB_ARG(text))));
    if (label.len == 0 && value->kind == FEEL_BOOLEAN)
        label = packs_text(reader->pack, reader->lang,
                           feel_is_true(value) ? TB_STR("answer.yes") : TB_STR("answer.no"));
    return label.len > 0 ? label : text;
}

/* What an input or a decision is called: the title of its question, or its name. */
static tb_str
title_of(const struct packs__reader *reader, tb_str name)
{
    tb_str title = packs__question_words(reader, name, "title");
    return title.len > 0 ? title : name;
}

/* The values that a condition wants in the words of its question; as it is written, when it is no list of texts. */
static tb_str
wanted_words(const struct packs__reader *reader, tb_str input, tb_str cell)
{
    struct tb_buf buf = {.arena = reader->arena};
    tb_str rest = cell, one;
    size_t count = 0;
    while (rest.len > 0 && tb_str_cut(&rest, ',', &one)) {
        one = tb_str_trim(one);
        if (one.len < 2 || one.ptr[0] != '"' || one.ptr[one.len - 1] != '"')
            return cell;
        struct feel_value value = feel_string(tb_str_sub(one, 1, one.len - 2));
        tb_buf_printf(&buf, "%s" TB_FMT,
                      count++ == 0                      ? ""
                      : packs__lang_is_zh(reader->lang) ? "、"
                                                        : " / ",
                      TB_ARG(packs__answer_words(reader, input, &value)));
    }
    return tb_buf_done(&buf);
}

static tb_str
member(const struct feel_value *value, const char *name)
{
    const struct feel_value *found = feel_get(value, tb_str_of(name));
    return found != NULL && found->kind == FEEL_STRING ? found->u.string : TB_STR_NONE;
}

/* An outcome in words: its kind, and the situation where there is one. */
static tb_str
outcome_words(const struct packs__reader *reader, const struct feel_value *value)
{
    tb_str kind = packs_words(reader->arena, reader->pack, reader->lang, "outcome." TB_FMT,
                              TB_ARG(member(value, "kind")));
    tb_str situation = member(value, "situation");
    if (situation.len == 0)
        return kind;
    return tb_printf(reader->arena,
                     packs__lang_is_zh(reader->lang) ? "%.*s（%.*s）" : "%.*s (%.*s)", TB_ARG(kind),
                     TB_ARG(packs_words(reader->arena, reader->pack, reader->lang,
                                        "situation." TB_FMT, TB_ARG(situation))));
}

/* ---- for applicants -------------------------------------------------------------------------- */

/* The best that another answer to this question alone would lead to; absent: it leads to nothing that can be done. */
static tb_status
best_then(const struct packs__reader *reader, const struct dmn_model *model,
          const struct feel_value *known, const struct packs_question *question, tb_str *ret_then,
          struct tb_err *err)
{
    tb_str options = question->options, one;
    *ret_then = TB_STR_NONE;
    while (ret_then->len == 0 && options.len > 0 && tb_str_cut(&options, '|', &one)) {
        struct feel_value value;
        struct feel_value changed =
            feel_put(reader->arena, known, question->input, feel_string(one));
        TB_TRY(dmn_eval(reader->arena, model, TB_STR("outcome"), &changed, NULL, &value, err));
        tb_str kind = member(&value, "kind");
        if (tb_str_is(kind, "apply") || tb_str_is(kind, "filing"))
            *ret_then = outcome_words(reader, &value);
    }
    return TB_OK;
}

static void
add_unmet(const struct packs__reader *reader, tb_str input, tb_str title, tb_str label, tb_str cure,
          tb_str then, struct tb_json *list)
{
    struct tb_json *row = tb_json_add(list, tb_json_new(reader->arena, TB_JSON_OBJECT));
    tb_json_set_text(reader->arena, row, "input", input);
    tb_json_set_text(reader->arena, row, "title", title);
    tb_json_set_text(reader->arena, row, "label", label);
    tb_json_set_text(reader->arena, row, "cure", cure);
    tb_json_set_text(reader->arena, row, "then", then);
}

tb_status
packs__unmet(const struct packs__reader *reader, const struct dmn_model *model,
             const struct feel_value *known, const struct dmn_explanation *explanation, tb_str cure,
             struct tb_json **ret_list, struct tb_err *err)
{
    const struct dmn_explained *last = &explanation->nodes[explanation->count - 1];
    struct tb_json *list = tb_json_new(reader->arena, TB_JSON_LIST);
    for (size_t i = 0; i < last->table_count; i++)
        for (size_t r = 0; r < last->tables[i].rule_count; r++) {
            const struct dmn_explained_table *table = &last->tables[i];
            for (size_t c = 0; c < table->column_count && table->rules[r].is_hit; c++) {
                const struct packs_question *question =
                    packs_question_find(reader->pack, table->columns[c]);
                tb_str then;
                if (question == NULL || !question->is_curable ||
                    tb_str_is(table->rules[r].cells[c], "-"))
                    continue;
                TB_TRY(best_then(reader, model, known, question, &then, err));
                add_unmet(reader, question->input, title_of(reader, question->input),
                          packs__answer_words(reader, question->input, &table->column_values[c]),
                          cure, then, list);
            }
        }
    if (list->count == 0) /* what is lacking is no answer: say what the outcome says */
        add_unmet(reader, TB_STR_NONE,
                  packs_words(reader->arena, reader->pack, reader->lang, "reason." TB_FMT,
                              TB_ARG(member(&last->value, "reason"))),
                  TB_STR_NONE, cure, TB_STR_NONE, list);
    *ret_list = list;
    return TB_OK;
}

/* ---- for reviewers --------------------------------------------------------------------------- */

static void
add_other(const struct packs__reader *reader, const struct dmn_explained_table *table,
          const struct dmn_explained_rule *rule, struct tb_json *list)
{
    bool is_zh = packs__lang_is_zh(reader->lang);
    tb_str clause = packs__annotation(table->annotation_names, rule->annotations,
                                      table->annotation_count, "clause");
    tb_str text;
    if (rule->is_passed) {
        text = tb_printf(reader->arena,
                         is_zh ? "“%.*s”的条件也符合，但排在前面的规则先适用"
                               : "\"%.*s\" would hold too, but a rule before it applies first",
                         TB_ARG(rule->description));
    } else {
        tb_str column = table->columns[rule->column];
        text = tb_printf(
            reader->arena,
            is_zh ? "“%.*s”不适用：“%.*s”是“%.*s”，这一条要“%.*s”"
                  : "\"%.*s\" does not apply: \"%.*s\" is \"%.*s\", and this rule wants \"%.*s\"",
            TB_ARG(rule->description), TB_ARG(title_of(reader, column)),
            TB_ARG(packs__answer_words(reader, column, &table->column_values[rule->column])),
            TB_ARG(wanted_words(reader, column, rule->cell)));
    }
    struct tb_json *row = tb_json_add(list, tb_json_new(reader->arena, TB_JSON_OBJECT));
    tb_json_set_text(reader->arena, row, "rule",
                     tb_printf(reader->arena, TB_FMT ":%zu", TB_ARG(table->name), rule->rule));
    tb_json_set_text(reader->arena, row, "text", text);
    tb_json_set_text(reader->arena, row, "clause", clause);
}

static tb_str
change_words(const struct packs__reader *reader, const struct dmn_counterfactual *change)
{
    bool is_zh = packs__lang_is_zh(reader->lang);
    struct tb_buf buf = {.arena = reader->arena};
    for (size_t i = 0; i < change->count; i++) {
        tb_buf_cstr(&buf, i > 0 ? (is_zh ? "，且" : " and ") : is_zh ? "假如" : "If ");
        tb_buf_printf(&buf,
                      is_zh ? "“%.*s”是“%.*s”（现在是“%.*s”）"
                            : "\"%.*s\" were \"%.*s\" (it is \"%.*s\")",
                      TB_ARG(title_of(reader, change->inputs[i])),
                      TB_ARG(packs__answer_words(reader, change->inputs[i], &change->to[i])),
                      TB_ARG(packs__answer_words(reader, change->inputs[i], &change->from[i])));
    }
    tb_buf_printf(&buf, is_zh ? "，结果就是：%.*s" : ", it would come to: %.*s",
                  TB_ARG(outcome_words(reader, &change->value)));
    return tb_buf_done(&buf);
}

struct tb_json *
packs__explained(const struct packs__reader *reader, const struct dmn_explanation *explanation)
{
    const struct dmn_explained *last = &explanation->nodes[explanation->count - 1];
    struct tb_json *json = tb_json_new(reader->arena, TB_JSON_OBJECT);
    struct tb_json *others = tb_json_set_list(reader->arena, json, "others");
    for (size_t i = 0; i < last->table_count; i++)
        for (size_t r = 0; r < last->tables[i].rule_count; r++)
            if (!last->tables[i].rules[r].is_hit)
                add_other(reader, &last->tables[i], &last->tables[i].rules[r], others);
    struct tb_json *changes = tb_json_set_list(reader->arena, json, "otherwise");
    for (size_t i = 0; i < explanation->counterfactual_count; i++)
        tb_json_add(changes,
                    tb_json_new_text(reader->arena,
                                     change_words(reader, &explanation->counterfactuals[i])));
    return json;
}
