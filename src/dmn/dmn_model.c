/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_model.c - a compiled model: its life, what is in it, its inputs. */
#include "dmn/dmn_internal.h"

struct dmn_model *
dmn_model_ref(const struct dmn_model *model)
{
    struct dmn_model *counted = (struct dmn_model *)(uintptr_t)model;
    __atomic_add_fetch(&counted->refs, 1, __ATOMIC_RELAXED);
    return counted;
}

void
dmn_model_unref(const struct dmn_model *model)
{
    struct dmn_model *counted = (struct dmn_model *)(uintptr_t)model;
    if (model == NULL || __atomic_sub_fetch(&counted->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    for (size_t i = 0; i < counted->import_count; i++)
        dmn_model_unref(counted->imports[i].model);
    tb_arena_free(counted->arena);
}

tb_str
dmn_model_name(const struct dmn_model *model)
{
    return model->name;
}

tb_str
dmn_model_namespace(const struct dmn_model *model)
{
    return model->ns;
}

tb_str
dmn_model_id(const struct dmn_model *model)
{
    return model->id;
}

size_t
dmn_model_bytes(const struct dmn_model *model)
{
    return tb_arena_bytes(model->arena);
}

const struct dmn_decision_info *
dmn_decisions(const struct dmn_model *model, size_t *ret_count)
{
    *ret_count = model->decision_count;
    return model->decisions;
}

const tb_str *
dmn_services(const struct dmn_model *model, size_t *ret_count)
{
    *ret_count = model->service_count;
    return model->services;
}

const struct dmn__node *
dmn__node_find(const struct dmn_model *model, dmn__kind kind, tb_str name)
{
    for (size_t i = 0; i < model->node_count; i++) {
        const struct dmn__node *node = model->nodes[i];
        if (node->kind == kind &&
            (tb_str_eq(node->info.name, name) || tb_str_eq(node->info.id, name)))
            return node;
    }
    for (size_t i = 0; i < model->import_count; i++) {
        const struct dmn__import *import = &model->imports[i];
        tb_str rest = name;
        if (import->model == NULL)
            continue;
        if (import->name.len > 0) {
            if (!tb_str_starts(name, import->name) || name.len <= import->name.len ||
                name.ptr[import->name.len] != '.')
                continue;
            rest = tb_str_sub(name, import->name.len + 1, name.len);
        }
        const struct dmn__node *node = dmn__node_find(import->model, kind, rest);
        if (node != NULL)
            return node;
    }
    return NULL;
}

const struct dmn_decision_info *
dmn_decision_find(const struct dmn_model *model, tb_str decision)
{
    const struct dmn__node *node = dmn__node_find(model, DMN__DECISION, decision);
    return node != NULL ? &node->info : NULL;
}

/* ---- inputs ------------------------------------------------------------------------------------------------------ */

struct collector {
    struct tb_arena *arena;
    struct dmn_input_info *items;
    const struct dmn__node **nodes; /* of the items */
    size_t count, cap;
    const struct dmn__node **seen;
    size_t seen_count, seen_cap;
};

static bool
see(struct collector *c, const struct dmn__node *node)
{
    for (size_t i = 0; i < c->seen_count; i++)
        if (c->seen[i] == node)
            return false;
    if (c->seen_count == c->seen_cap) {
        size_t cap = c->seen_cap * 2 + 16;
        const struct dmn__node **more = TB_NEW_ARRAY(c->arena, cap, const struct dmn__node *);
        for (size_t i = 0; i < c->seen_count; i++)
            more[i] = c->seen[i];
        c->seen = more;
        c->seen_cap = cap;
    }
    c->seen[c->seen_count++] = node;
    return true;
}

static void
collect(struct collector *c, const struct dmn__node *node)
{
    if (!see(c, node))
        return;
    for (size_t i = 0; i < node->need_count; i++)
        collect(c, node->needs[i].node);
    for (size_t i = 0; i < node->output_count; i++)
        collect(c, node->outputs[i]);
}

static void
add_input(struct collector *c, const struct dmn__node *node, tb_str prefix)
{
    struct dmn_input_info *info = &c->items[c->count];
    c->nodes[c->count++] = node;
    *info = (struct dmn_input_info){.id = node->info.id,
                                    .name = node->info.name,
                                    .label = node->info.label,
                                    .description = node->info.description,
                                    .type = node->type,
                                    .allowed = node->allowed,
                                    .allowed_count = node->allowed_count,
                                    .line = node->info.line};
    if (prefix.len > 0)
        info->name =
            tb_printf(c->arena, TB_FMT "." TB_FMT, TB_ARG(prefix), TB_ARG(node->info.name));
}

/* Those that were seen, in the order of the files: own ones first, then those of imports. */
static void
list_inputs(struct collector *c, const struct dmn_model *model, tb_str prefix, int depth)
{
    for (size_t i = 0; i < model->node_count; i++) {
        bool is_seen = model->nodes[i]->kind == DMN__INPUT;
        size_t at = 0;
        while (is_seen && at < c->seen_count && c->seen[at] != model->nodes[i])
            at++;
        if (is_seen && at < c->seen_count) {
            add_input(c, model->nodes[i], prefix);
            c->seen[at] = NULL; /* once, though several imports may lead to it */
        }
    }
    for (size_t i = 0; depth < DMN_IMPORT_DEPTH_MAX && i < model->import_count; i++) {
        const struct dmn__import *import = &model->imports[i];
        tb_str name = import->name;
        if (import->model == NULL)
            continue;
        if (prefix.len > 0 && name.len > 0)
            name = tb_printf(c->arena, TB_FMT "." TB_FMT, TB_ARG(prefix), TB_ARG(name));
        list_inputs(c, import->model, name.len > 0 ? name : prefix, depth + 1);
    }
}

size_t
dmn__reachable(struct tb_arena *arena, const struct dmn_model *model, const struct dmn__node *from,
               const struct dmn_input_info **ret_inputs, const struct dmn__node *const **ret_nodes)
{
    struct collector c = {.arena = arena};
    if (from != NULL)
        collect(&c, from);
    for (size_t i = 0; from == NULL && i < model->node_count; i++)
        collect(&c, model->nodes[i]);
    c.items = TB_NEW_ARRAY(arena, c.seen_count, struct dmn_input_info);
    c.nodes = TB_NEW_ARRAY(arena, c.seen_count, const struct dmn__node *);
    list_inputs(&c, model, TB_STR_NONE, 0);
    *ret_inputs = c.items;
    if (ret_nodes != NULL)
        *ret_nodes = c.nodes;
    return c.count;
}

tb_status
dmn_inputs(struct tb_arena *arena, const struct dmn_model *model, tb_str decision,
           const struct dmn_input_info **ret_inputs, size_t *ret_count, struct tb_err *err)
{
    const struct dmn__node *node = NULL;
    if (decision.ptr != NULL && (node = dmn__node_find(model, DMN__DECISION, decision)) == NULL)
        return tb_fail(err, TB_NOT_FOUND, "model " TB_FMT " has no decision \"" TB_FMT "\"",
                       TB_ARG(model->name), TB_ARG(decision));
    *ret_count = dmn__reachable(arena, model, node, ret_inputs, NULL);
    return TB_OK;
}

/* Adds the faults of one input to those of all, under its name. */
static void
adopt_faults(struct tb_arena *arena, struct tb_faults *to, const struct tb_faults *from,
             tb_str name)
{
    for (size_t i = 0; i < from->count && i < TB_FAULTS_MAX; i++) {
        tb_str place =
            tb_printf(arena, "/" TB_FMT TB_FMT, TB_ARG(name), TB_ARG(from->items[i].place));
        char *code = tb_cstr(arena, from->items[i].code);
        tb_fault_add(to, place, code, from->items[i].zh, from->items[i].en);
    }
}

tb_status
dmn_input_from_json(struct tb_arena *arena, const struct dmn_model *model,
                    const struct tb_json *json, struct feel_value *ret_input,
                    struct tb_faults *faults, struct tb_err *err)
{
    const struct dmn_input_info *inputs;
    size_t input_count, count = 0, bad = 0;
    if (json == NULL || json->kind != TB_JSON_OBJECT)
        return tb_fail(err, TB_INVALID, "the input must be a JSON object");
    TB_TRY(dmn_inputs(arena, model, TB_STR_NONE, &inputs, &input_count, err));
    struct feel_entry *entries = TB_NEW_ARRAY(arena, json->count, struct feel_entry);
    TB_JSON_EACH(child, json)
    {
        const struct feel_type *type = NULL;
        struct tb_faults own = {.arena = arena};
        for (size_t i = 0; i < input_count; i++)
            if (tb_str_eq(inputs[i].name, child->key))
                type = inputs[i].type;
        entries[count].key = child->key;
        if (!feel_from_json(arena, child, type, &entries[count++].value, &own)) {
            bad++;
            if (faults != NULL)
                adopt_faults(arena, faults, &own, child->key);
        }
    }
    if (bad > 0)
        return tb_fail(err, TB_INVALID, "%zu inputs do not have the types of the model", bad);
    *ret_input = feel_context_of(arena, entries, count);
    return TB_OK;
}
