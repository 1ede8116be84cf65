/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_explain.c - why did a decision come out as it did?
 *
 * The decision is evaluated; then every node that it hangs on is listed with its value, and every table with what its
 * columns came to, which rules hit, and of the others the first condition that fails. A replay decides again from that
 * list alone. */
#include "dmn/dmn_explain_internal.h"
#include <string.h>

struct explainer {
    struct tb_arena *arena;
    struct dmn__run *run;
    const struct dmn_trace *trace;
    const struct dmn__node **of; /* by place in the list */
    struct dmn_explained *nodes;
    size_t count, cap;
};

/* What a node reads, in the places of its unit. */
static struct feel_value *
slots_of(struct dmn__run *run, const struct dmn__node *node)
{
    struct tb_arena *arena = feel_vm_arena(run->vm);
    struct feel_value *slots = TB_NEW_ARRAY(arena, node->scope.count + 1, struct feel_value);
    for (size_t i = 0; i < node->need_count; i++)
        if (node->needs[i].is_used)
            dmn__value(run, node->needs[i].node, &slots[node->needs[i].slot]);
    return slots;
}

static bool
is_hit(const struct explainer *e, const struct dmn__node *node, const struct dmn__table *table,
       size_t rule)
{
    for (size_t i = 0; i < e->trace->count; i++)
        for (size_t k = 0;
             e->trace->steps[i].decision == &node->info && k < e->trace->steps[i].hit_count; k++) {
            const struct dmn_hit *hit = &e->trace->steps[i].hits[k];
            if (hit->rule == rule + 1 && tb_str_eq(hit->decision, table->owner))
                return true;
        }
    return false;
}

static void
explain_rule(struct explainer *e, const struct dmn__node *node, const struct dmn__table *table,
             size_t rule, const struct feel_value *inputs, const struct feel_value *slots,
             struct dmn_explained_rule *ret)
{
    const struct dmn__rule *row = &table->rules[rule];
    *ret = (struct dmn_explained_rule){.rule = rule + 1,
                                       .id = row->id,
                                       .description = row->description,
                                       .annotations = row->annotations};
    ret->is_hit = is_hit(e, node, table, rule);
    for (size_t c = 0; c < table->input_count && !ret->is_hit; c++) {
        const struct dmn__cell *cell = &table->cells[rule * table->input_count + c];
        struct feel_value pass;
        dmn__cell_test(e->run->vm, cell, &inputs[c], slots, &pass);
        if (!feel_is_true(&pass)) {
            ret->column = c;
            ret->cell = cell->text;
            return;
        }
    }
    ret->is_passed = !ret->is_hit;
}

static void
explain_table(struct explainer *e, const struct dmn__node *node, const struct dmn__table *table,
              struct dmn_explained *ret)
{
    struct feel_value *slots = slots_of(e->run, node);
    struct feel_value *inputs = TB_NEW_ARRAY(e->arena, table->input_count, struct feel_value);
    tb_str *columns = TB_NEW_ARRAY(e->arena, table->input_count, tb_str);
    struct dmn_explained_rule *rules =
        TB_NEW_ARRAY(e->arena, table->rule_count, struct dmn_explained_rule);
    for (size_t c = 0; c < table->input_count; c++) {
        columns[c] = table->inputs[c].text;
        inputs[c] = feel_null();
        if (table->inputs[c].expr != NULL)
            feel_vm_eval(e->run->vm, table->inputs[c].expr, slots, &inputs[c]);
    }
    for (size_t rule = 0; rule < table->rule_count; rule++)
        if (feel_vm_step(e->run->vm, 1 + table->input_count))
            explain_rule(e, node, table, rule, inputs, slots, &rules[rule]);
    ret->is_table = true;
    ret->columns = columns;
    ret->column_values = inputs;
    ret->column_count = table->input_count;
    ret->rules = rules;
    ret->rule_count = table->rule_count;
    ret->annotation_names = table->annotation_names;
    ret->annotation_count = table->annotation_count;
}

static void
grow(struct explainer *e)
{
    size_t cap = e->cap * 2 + 16;
    struct dmn_explained *nodes = TB_NEW_ARRAY(e->arena, cap, struct dmn_explained);
    const struct dmn__node **of = TB_NEW_ARRAY(e->arena, cap, const struct dmn__node *);
    if (e->count > 0) {
        memcpy(nodes, e->nodes, e->count * sizeof(*nodes));
        memcpy(of, e->of, e->count * sizeof(*of));
    }
    e->nodes = nodes;
    e->of = of;
    e->cap = cap;
}

/* The place of a node in the list, which it and all that it needs are added to. */
static size_t
add_node(struct explainer *e, const struct dmn__node *node)
{
    for (size_t i = 0; i < e->count; i++)
        if (e->of[i] == node)
            return i;
    size_t *needs = TB_NEW_ARRAY(e->arena, node->need_count, size_t), count = 0;
    for (size_t i = 0; i < node->need_count; i++) {
        const struct dmn__node *need = node->needs[i].node;
        if (node->needs[i].is_used && (need->kind == DMN__INPUT || need->kind == DMN__DECISION))
            needs[count++] = add_node(e, need);
    }
    if (e->count == e->cap)
        grow(e);
    struct dmn_explained own = {.name = node->info.name,
                                .is_input = node->kind == DMN__INPUT,
                                .needs = needs,
                                .need_count = count,
                                .authorities = node->info.authorities,
                                .authority_count = node->info.authority_count};
    dmn__value(e->run, node, &own.value);
    if (node->kind == DMN__DECISION && node->body != NULL && node->body->form == DMN__TABLE)
        explain_table(e, node, node->body->u.table, &own);
    e->of[e->count] = node;
    e->nodes[e->count] = own;
    return e->count++;
}

static struct feel_run
feel_run_of(const struct dmn_model *model, const struct dmn_run *how)
{
    return (struct feel_run){.host = how != NULL && how->host != NULL ? how->host : model->host,
                             .steps_max = how != NULL ? how->steps_max : 0,
                             .bytes_max = how != NULL ? how->bytes_max : 0};
}

tb_status
dmn_explain(struct tb_arena *arena, const struct dmn_model *model, tb_str decision,
            const struct feel_value *input, const struct dmn_run *how, size_t changes_max,
            struct dmn_explanation *ret_explanation, struct tb_err *err)
{
    const struct dmn__node *node = dmn__node_find(model, DMN__DECISION, decision);
    struct dmn_trace trace = {0};
    struct feel_value value;
    TB_TRY(dmn_because(arena, model, decision, input, how, &value, &trace, err));
    struct feel_run feel = feel_run_of(model, how);
    struct dmn__run *run = TB_NEW(arena, struct dmn__run);
    dmn__run_init(run, feel_vm_new(arena, &feel), model, input);
    struct explainer e = {.arena = arena, .run = run, .trace = &trace};
    add_node(&e, node);
    TB_TRY(feel_vm_status(run->vm, err));
    struct dmn_explanation explanation = {.nodes = e.nodes, .count = e.count};
    if (changes_max > 0)
        TB_TRY(dmn__otherwise(arena, node, input, &value, how, changes_max, &explanation, err));
    *ret_explanation = explanation;
    return TB_OK;
}

/* ---- replay ------------------------------------------------------------------------------------------------------ */

static const struct dmn__node *
node_of(const struct dmn_model *model, const struct dmn_explained *own)
{
    return dmn__node_find(model, own->is_input ? DMN__INPUT : DMN__DECISION, own->name);
}

/* One decision from the values of what it needs, and from the rules that are said to hit. */
static void
decide(struct dmn__run *run, const struct dmn__node *node, const struct dmn_explained *own,
       struct feel_value *ret)
{
    struct tb_arena *arena = feel_vm_arena(run->vm);
    if (!own->is_table) {
        dmn__value(run, node, ret);
        return;
    }
    const struct dmn__table *table = node->body->u.table;
    struct feel_value value;
    uint32_t *hits = TB_NEW_ARRAY(arena, own->rule_count, uint32_t);
    size_t count = 0;
    bool takes_one = table->policy == DMN__UNIQUE || table->policy == DMN__FIRST;
    for (size_t i = 0; i < own->rule_count; i++)
        if (own->rules[i].is_hit || (own->rules[i].is_passed && !takes_one))
            hits[count++] = (uint32_t)i;
    if (table->policy == DMN__UNIQUE) /* a conflict: both conditions hold, and neither counts */
        for (size_t i = 0; i < own->rule_count; i++)
            if (own->rules[i].is_passed)
                hits[count++] = (uint32_t)i;
    dmn__table_outcome(run, table, slots_of(run, node), hits, count, &value);
    if (node->body->type != NULL)
        dmn__conform(run, &value, node->body->type, node->info.name, &value);
    dmn__conform(run, &value, node->type, node->info.name, ret);
}

tb_status
dmn_replay(struct tb_arena *arena, const struct dmn_model *model,
           const struct dmn_explanation *explanation, const struct dmn_run *how,
           struct feel_value *ret_value, struct tb_err *err)
{
    struct feel_run feel = feel_run_of(model, how);
    struct feel_value value = feel_null();
    for (size_t i = 0; i < explanation->count; i++) {
        const struct dmn_explained *own = &explanation->nodes[i];
        const struct dmn__node *node = node_of(model, own);
        struct dmn__run *run = TB_NEW(arena, struct dmn__run);
        if (node == NULL)
            return tb_fail(err, TB_NOT_FOUND, "the model has no \"" TB_FMT "\"", TB_ARG(own->name));
        value = own->value;
        if (own->is_input)
            continue;
        dmn__run_init(run, feel_vm_new(arena, &feel), model, NULL);
        for (size_t k = 0; k < own->need_count; k++) {
            const struct dmn_explained *need = &explanation->nodes[own->needs[k]];
            const struct dmn__node *of = node_of(model, need);
            if (of != NULL)
                dmn__preset(run, of, &need->value);
        }
        decide(run, node, own, &value);
        TB_TRY(feel_vm_status(run->vm, err));
        if (!feel_equal(&value, &own->value))
            return tb_fail(err, TB_INVALID, "\"" TB_FMT "\" does not come out as explained",
                           TB_ARG(own->name));
    }
    *ret_value = value;
    return TB_OK;
}
