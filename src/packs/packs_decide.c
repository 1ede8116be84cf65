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
packs__annotation(const struct dmn_hit *hit, const char *name)
{
    for (size_t i = 0; i < hit->annotation_count; i++)
        if (tb_str_is(hit->annotation_names[i], name))
            return tb_str_trim(hit->annotations[i]);
    return TB_STR_NONE;
}

/* Why, as a key: the annotation, or the member "reason" of what the table gave. */
static tb_str
reason_of(const struct dmn_step *step, const struct dmn_hit *hit)
{
    tb_str reason = packs__annotation(hit, "reason");
    const struct feel_value *member = feel_get(&step->value, TB_STR("reason"));
    return reason.len == 0 && member != NULL && member->kind == FEEL_STRING ? member->u.string
                                                                            : reason;
}

/* One entry of because for each clause of a rule that hit; one without a clause when it names none. */
static void
add_because(struct tb_arena *arena, const struct packs_pack *pack, const struct dmn_step *step,
            const struct dmn_hit *hit, tb_str lang, struct tb_json *list)
{
    tb_str clauses = packs__annotation(hit, "clause"), reason = reason_of(step, hit), clause;
    tb_str text = reason.len > 0 ? packs_words(arena, pack, lang, "reason." TB_FMT, TB_ARG(reason))
                                 : hit->description;
    bool has_one = false;
    while (!has_one || clauses.len > 0) {
        clause = TB_STR_NONE;
        tb_str_cut(&clauses, ';', &clause);
        clause = tb_str_trim(clause);
        struct tb_json *json = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        struct tb_json *basis = packs_clause_json(arena, pack, clause, lang);
        tb_json_set_text(arena, json, "rule",
                         tb_printf(arena, TB_FMT ":%zu", TB_ARG(hit->decision), hit->rule));
        tb_json_set_text(arena, json, "text", text);
        tb_json_set_text(arena, json, "clause", clause);
        tb_json_set_text(arena, json, "law", tb_json_get_text(basis, "law"));
        tb_json_set_text(arena, json, "article", tb_json_get_text(basis, "article"));
        tb_json_set_text(arena, json, "law_text", tb_json_get_text(basis, "text"));
        tb_json_set_bool(arena, json, "unverified",
                         clause.len > 0 && tb_json_is_true(tb_json_get(basis, "unverified")));
        has_one = true;
    }
}

struct tb_json *
packs__because(struct tb_arena *arena, const struct packs_pack *pack, const struct dmn_trace *trace,
               tb_str lang)
{
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    for (size_t i = 0; i < trace->count; i++)
        for (size_t j = 0; j < trace->steps[i].hit_count; j++)
            add_because(arena, pack, &trace->steps[i], &trace->steps[i].hits[j], lang, list);
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
