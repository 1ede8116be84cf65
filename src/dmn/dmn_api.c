/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_api.c - the ways in: evaluate one decision, all, a service; and say because of what. */
#include "dmn/dmn_internal.h"

static struct dmn__run *
run_new(struct tb_arena *arena, const struct dmn_model *model, const struct feel_value *input,
        const struct dmn_run *how)
{
    struct feel_run feel = {.host = model->host};
    struct dmn__run *run = TB_NEW(arena, struct dmn__run);
    if (how != NULL) {
        feel.host = how->host != NULL ? how->host : model->host;
        feel.warnings = how->warnings;
        feel.steps_max = how->steps_max;
        feel.bytes_max = how->bytes_max;
    }
    dmn__run_init(run, feel_vm_new(arena, &feel), model, input);
    run->scans_tables = how != NULL && how->scans_tables;
    if (how != NULL && how->trace != NULL)
        run->steps = TB_NEW(arena, struct dmn__steps);
    return run;
}

static void
give_trace(const struct dmn__run *run, const struct dmn_run *how)
{
    if (run->steps != NULL)
        *how->trace = (struct dmn_trace){run->steps->items, run->steps->count};
}

static tb_status
not_found(const struct dmn_model *model, const char *what, tb_str name, struct tb_err *err)
{
    return tb_fail(err, TB_NOT_FOUND, "model " TB_FMT " has no %s \"" TB_FMT "\"",
                   TB_ARG(model->name), what, TB_ARG(name));
}

tb_status
dmn_eval(struct tb_arena *arena, const struct dmn_model *model, tb_str decision,
         const struct feel_value *input, const struct dmn_run *how, struct feel_value *ret_value,
         struct tb_err *err)
{
    struct feel_value value;
    const struct dmn__node *node = dmn__node_find(model, DMN__DECISION, decision);
    if (node == NULL)
        return not_found(model, "decision", decision, err);
    struct dmn__run *run = run_new(arena, model, input, how);
    dmn__value(run, node, &value);
    TB_TRY(feel_vm_status(run->vm, err));
    give_trace(run, how);
    *ret_value = value;
    return TB_OK;
}

tb_status
dmn_eval_all(struct tb_arena *arena, const struct dmn_model *model, const struct feel_value *input,
             const struct dmn_run *how, struct feel_value *ret_value, struct tb_err *err)
{
    struct feel_entry *entries = TB_NEW_ARRAY(arena, model->decision_count, struct feel_entry);
    struct dmn__run *run = run_new(arena, model, input, how);
    size_t count = 0;
    for (size_t i = 0; i < model->node_count; i++) {
        if (model->nodes[i]->kind != DMN__DECISION)
            continue;
        entries[count].key = model->nodes[i]->info.name;
        dmn__value(run, model->nodes[i], &entries[count++].value);
    }
    TB_TRY(feel_vm_status(run->vm, err));
    give_trace(run, how);
    *ret_value = feel_context_of(arena, entries, count);
    return TB_OK;
}

tb_status
dmn_eval_service(struct tb_arena *arena, const struct dmn_model *model, tb_str service,
                 const struct feel_value *arguments, const struct dmn_run *how,
                 struct feel_value *ret_value, struct tb_err *err)
{
    struct feel_value function, value;
    const struct dmn__node *node = dmn__node_find(model, DMN__SERVICE, service);
    if (node == NULL)
        node = dmn__node_find(model, DMN__KNOWLEDGE, service);
    if (node == NULL)
        return not_found(model, "decision service or knowledge model", service, err);
    struct dmn__run *run = run_new(arena, model, arguments, how);
    dmn__value(run, node, &function);
    struct feel_value *args = TB_NEW_ARRAY(arena, node->param_count, struct feel_value);
    for (size_t i = 0; i < node->param_count; i++) {
        const struct feel_value *given = feel_get(arguments, node->params[i].name);
        args[i] = given != NULL ? *given : feel_null();
    }
    feel_vm_call(run->vm, &function, args, NULL, node->param_count, &value);
    TB_TRY(feel_vm_status(run->vm, err));
    give_trace(run, how);
    *ret_value = value;
    return TB_OK;
}

tb_status
dmn_because(struct tb_arena *arena, const struct dmn_model *model, tb_str decision,
            const struct feel_value *input, const struct dmn_run *how, struct feel_value *ret_value,
            struct dmn_trace *ret_trace, struct tb_err *err)
{
    struct dmn_run traced = {0};
    if (how != NULL)
        traced = *how;
    traced.trace = ret_trace;
    return dmn_eval(arena, model, decision, input, &traced, ret_value, err);
}

/* ---- as JSON ----------------------------------------------------------------------------------------------------- */

static void
hit_to_json(struct tb_arena *arena, struct tb_json *list, const struct dmn_hit *hit)
{
    struct tb_json *rule = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
    tb_json_set_int(arena, rule, "number", (int64_t)hit->rule);
    tb_json_set_text(arena, rule, "table", hit->decision);
    tb_json_set_text(arena, rule, "id", hit->rule_id);
    tb_json_set_text(arena, rule, "description", hit->description);
    struct tb_json *annotations = tb_json_set_object(arena, rule, "annotations");
    for (size_t i = 0; i < hit->annotation_count; i++) {
        if (tb_json_find(annotations, hit->annotation_names[i]) != NULL)
            continue;
        struct tb_json *text = tb_json_new_text(arena, hit->annotations[i]);
        text->key = hit->annotation_names[i];
        tb_json_add(annotations, text);
    }
}

struct tb_json *
dmn_trace_to_json(struct tb_arena *arena, const struct dmn_trace *trace)
{
    struct tb_json *out = tb_json_new(arena, TB_JSON_OBJECT);
    struct tb_json *value = tb_json_new(arena, TB_JSON_NULL);
    if (trace->count > 0)
        value = feel_to_json(arena, &trace->steps[trace->count - 1].value);
    tb_json_set(out, "value", value);
    struct tb_json *steps = tb_json_set_list(arena, out, "steps");
    for (size_t i = 0; i < trace->count; i++) {
        const struct dmn_step *step = &trace->steps[i];
        struct tb_json *row = tb_json_add(steps, tb_json_new(arena, TB_JSON_OBJECT));
        tb_json_set_text(arena, row, "decision", step->decision->name);
        tb_json_set_text(arena, row, "id", step->decision->id);
        tb_json_set(row, "value", feel_to_json(arena, &step->value));
        struct tb_json *authorities = tb_json_set_list(arena, row, "authorities");
        for (size_t k = 0; k < step->decision->authority_count; k++) {
            const struct dmn_authority *source = &step->decision->authorities[k];
            struct tb_json *authority =
                tb_json_add(authorities, tb_json_new(arena, TB_JSON_OBJECT));
            tb_json_set_text(arena, authority, "name", source->name);
            tb_json_set_text(arena, authority, "description", source->description);
            tb_json_set_text(arena, authority, "location", source->location);
        }
        struct tb_json *rules = tb_json_set_list(arena, row, "rules");
        for (size_t k = 0; k < step->hit_count; k++)
            hit_to_json(arena, rules, &step->hits[k]);
    }
    return out;
}
