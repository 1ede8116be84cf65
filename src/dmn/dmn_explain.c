/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_explain.c - why did a decision come out as it did?
 *
 * The decision is evaluated; every node that it hangs on is listed with its value, and every table that it came to
 * (dmn_explain_scene.c) with what its columns came to, which rules hit, and of the others the first condition that
 * fails. A replay decides again from that list alone. */
#include "dmn/dmn_explain_internal.h"
#include <string.h>

struct explainer {
    struct tb_arena *arena;
    struct dmn__run *run;
    struct dmn__scene scene;
    const struct dmn__node **of; /* by place in the list */
    struct dmn_explained *nodes;
    size_t count, cap;
};

/* The tables that were decided for a node, which is done. */
static void
gather_tables(struct explainer *e, const struct dmn__node *node, struct dmn_explained *ret)
{
    struct dmn_explained_table *tables;
    size_t count = 0;
    for (size_t i = 0; i < e->scene.count; i++)
        count += e->scene.told[i].node == node;
    tables = TB_NEW_ARRAY(e->arena, count, struct dmn_explained_table);
    ret->tables = tables;
    for (size_t i = 0; i < e->scene.count; i++)
        if (e->scene.told[i].node == node)
            tables[ret->table_count++] = e->scene.told[i].table;
    ret->tables_left_out = e->scene.left_out;
    e->scene.left_out = 0;
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
                                .description = node->info.description,
                                .is_input = node->kind == DMN__INPUT,
                                .needs = needs,
                                .need_count = count,
                                .authorities = node->info.authorities,
                                .authority_count = node->info.authority_count};
    dmn__value(e->run, node, &own.value);
    gather_tables(e, node, &own);
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
    if (node == NULL)
        return tb_fail(err, TB_NOT_FOUND, "model " TB_FMT " has no decision \"" TB_FMT "\"",
                       TB_ARG(model->name), TB_ARG(decision));
    struct feel_run feel = feel_run_of(model, how);
    struct dmn__run *run = TB_NEW(arena, struct dmn__run);
    dmn__run_init(run, feel_vm_new(arena, &feel), model, input);
    struct explainer e = {.arena = arena, .run = run, .scene = {.arena = arena, .run = run}};
    run->scene = &e.scene;
    add_node(&e, node);
    run->scene = NULL;
    TB_TRY(feel_vm_status(run->vm, err));
    struct dmn_explanation explanation = {.nodes = e.nodes, .count = e.count};
    if (changes_max > 0)
        TB_TRY(dmn__otherwise(arena, node, input, &e.nodes[e.count - 1].value, how, changes_max,
                              &explanation, err));
    *ret_explanation = explanation;
    return TB_OK;
}

/* ---- replay ------------------------------------------------------------------------------------------------------ */

static const struct dmn__node *
node_of(const struct dmn_model *model, const struct dmn_explained *own)
{
    return dmn__node_find(model, own->is_input ? DMN__INPUT : DMN__DECISION, own->name);
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
        struct dmn__scene scene = {.arena = arena,
                                   .run = run,
                                   .replayed = own->tables,
                                   .replayed_count = own->table_count};
        run->scene = own->table_count > 0 ? &scene : NULL;
        dmn__value(run, node, &value);
        run->scene = NULL;
        TB_TRY(feel_vm_status(run->vm, err));
        if (!feel_equal(&value, &own->value))
            return tb_fail(err, TB_INVALID, "\"" TB_FMT "\" does not come out as explained",
                           TB_ARG(own->name));
    }
    *ret_value = value;
    return TB_OK;
}
