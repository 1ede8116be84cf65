/* SPDX-License-Identifier: Apache-2.0 */
/* packs_decide.c - decisions of a pack by name, and the clauses they stood on.
 *
 * Convention of the tables: an annotation column "clause" holds "LAW#ARTICLE" (several: separated
 * by ';'), a column "reason" holds the key of the sentence that says why. */
#include "packs/packs_internal.h"

const struct dmn_model *
packs_decision_model(const struct packs_pack *pack, tb_str decision)
{
    for (size_t i = 0; i < pack->inside->model_count; i++)
        if (dmn_decision_find(pack->inside->models[i].model, decision) != NULL)
            return pack->inside->models[i].model;
    return NULL;
}

tb_str
packs__annotation(const tb_str *names, const tb_str *annotations, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (tb_str_is(names[i], name))
            return tb_str_trim(annotations[i]);
    return TB_STR_NONE;
}

void
packs__add_because(const struct packs__reader *reader, tb_str rule, tb_str text, tb_str clauses,
                   const struct tb_json *answers, struct tb_json *list)
{
    struct tb_arena *arena = reader->arena;
    bool has_one = false;
    while (!has_one || clauses.len > 0) {
        tb_str clause = TB_STR_NONE;
        tb_str_cut(&clauses, ';', &clause);
        clause = tb_str_trim(clause);
        struct tb_json *json = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        struct tb_json *basis = packs_clause_json(arena, reader->pack, clause, reader->lang);
        tb_json_set_text(arena, json, "rule", rule);
        tb_json_set_text(arena, json, "text", text);
        tb_json_set_text(arena, json, "clause", clause);
        tb_json_set_text(arena, json, "law", tb_json_get_text(basis, "law"));
        tb_json_set_text(arena, json, "article", tb_json_get_text(basis, "article"));
        tb_json_set_text(arena, json, "law_text", tb_json_get_text(basis, "text"));
        tb_json_set_bool(arena, json, "unverified",
                         clause.len > 0 && tb_json_is_true(tb_json_get(basis, "unverified")));
        if (answers != NULL)
            tb_json_set(json, "answers", tb_json_copy(arena, answers));
        has_one = true;
    }
}

/* Why, in words: by the annotation or the member "reason" of what the table gave; else the rule's description. */
static tb_str
reason_of(const struct packs__reader *reader, tb_str annotation, const struct feel_value *value,
          tb_str description)
{
    const struct feel_value *member = feel_get(value, TB_STR("reason"));
    if (annotation.len == 0 && member != NULL && member->kind == FEEL_STRING)
        annotation = member->u.string;
    return annotation.len > 0 ? packs_words(reader->arena, reader->pack, reader->lang,
                                            "reason." TB_FMT, TB_ARG(annotation))
                              : description;
}

struct tb_json *
packs__because(struct tb_arena *arena, const struct packs_pack *pack, const struct dmn_trace *trace,
               tb_str lang)
{
    const struct packs__reader reader = {arena, pack, lang};
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    for (size_t i = 0; i < trace->count; i++)
        for (size_t j = 0; j < trace->steps[i].hit_count; j++) {
            const struct dmn_hit *hit = &trace->steps[i].hits[j];
            tb_str reason = packs__annotation(hit->annotation_names, hit->annotations,
                                              hit->annotation_count, "reason");
            tb_str clauses = packs__annotation(hit->annotation_names, hit->annotations,
                                               hit->annotation_count, "clause");
            packs__add_because(&reader,
                               tb_printf(arena, TB_FMT ":%zu", TB_ARG(hit->decision), hit->rule),
                               reason_of(&reader, reason, &trace->steps[i].value, hit->description),
                               clauses, NULL, list);
        }
    return list;
}

/* The answers that a rule looks at, as their questions say them. */
static struct tb_json *
answers_of(const struct packs__reader *reader, const struct dmn_explained_table *table,
           const struct dmn_explained_rule *rule)
{
    struct tb_json *list = tb_json_new(reader->arena, TB_JSON_LIST);
    for (size_t c = 0; c < table->column_count; c++) {
        const struct packs_question *question =
            packs_question_find(reader->pack, table->columns[c]);
        tb_str title = packs__question_words(reader, table->columns[c], "title");
        if (tb_str_is(rule->cells[c], "-") || title.len == 0)
            continue;
        struct tb_json *row = tb_json_add(list, tb_json_new(reader->arena, TB_JSON_OBJECT));
        tb_json_set_text(reader->arena, row, "input", table->columns[c]);
        tb_json_set_text(reader->arena, row, "title", title);
        tb_json_set_text(reader->arena, row, "label",
                         packs__answer_words(reader, table->columns[c], &table->column_values[c]));
        tb_json_set_bool(reader->arena, row, "answered",
                         question != NULL && !tb_str_is(question->type, "record"));
    }
    return list;
}

struct tb_json *
packs__because_of(const struct packs__reader *reader, const struct dmn_explanation *explanation)
{
    struct tb_json *list = tb_json_new(reader->arena, TB_JSON_LIST);
    for (size_t i = 0; i < explanation->count; i++)
        for (size_t t = 0; t < explanation->nodes[i].table_count; t++) {
            const struct dmn_explained_table *table = &explanation->nodes[i].tables[t];
            for (size_t r = 0; r < table->rule_count; r++) {
                const struct dmn_explained_rule *rule = &table->rules[r];
                if (!rule->is_hit)
                    continue;
                tb_str reason = packs__annotation(table->annotation_names, rule->annotations,
                                                  table->annotation_count, "reason");
                tb_str clauses = packs__annotation(table->annotation_names, rule->annotations,
                                                   table->annotation_count, "clause");
                packs__add_because(
                    reader,
                    tb_printf(reader->arena, TB_FMT ":%zu", TB_ARG(table->name), rule->rule),
                    reason_of(reader, reason, &explanation->nodes[i].value, rule->description),
                    clauses, answers_of(reader, table, rule), list);
            }
        }
    return list;
}

tb_status
packs_decide(struct tb_arena *arena, const struct packs_pack *pack, tb_str decision,
             const struct tb_json *input, tb_str lang, struct tb_faults *faults,
             struct tb_json **ret_answer, struct tb_err *err)
{
    const struct dmn_model *model = packs_decision_model(pack, decision);
    struct feel_value context, value;
    struct dmn_trace trace = {0};
    if (model == NULL)
        return tb_fail(err, TB_NOT_FOUND, "the pack " TB_FMT " has no decision " TB_FMT,
                       TB_ARG(pack->id), TB_ARG(decision));
    struct tb_json *with =
        input != NULL ? tb_json_copy(arena, input) : tb_json_new(arena, TB_JSON_OBJECT);
    if (pack->options != NULL && tb_json_get(with, "options") == NULL)
        tb_json_set(with, "options", tb_json_copy(arena, pack->options));
    TB_TRY(dmn_input_from_json(arena, model, with, &context, faults, err));
    TB_TRY(dmn_because(arena, model, decision, &context, NULL, &value, &trace, err));
    struct tb_json *answer = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set(answer, "value", feel_to_json(arena, &value));
    tb_json_set(answer, "because", packs__because(arena, pack, &trace, lang));
    *ret_answer = answer;
    return TB_OK;
}
