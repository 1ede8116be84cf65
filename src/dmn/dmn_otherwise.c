/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_otherwise.c - which small change of the inputs would have given another outcome?
 *
 * Of each input the values that the model tells apart are tried (dmn_ask_domain.c): first one input at a time, then
 * two, and so on. On a line of numbers or days the change is then made as small as it can be in whole steps. What is
 * told was evaluated. */
#include "dmn/dmn_explain_internal.h"
#include <string.h>

struct search {
    struct tb_arena *arena, *scratch;
    const struct dmn_model *model;
    const struct dmn__node *decision;
    const struct feel_value *input, *value;
    struct feel_run feel;
    const struct dmn__asking *asking;
    struct dmn__domain *domains; /* by leaf; count 0: its values cannot be tried */
    const struct feel_value **chosen;
    size_t picked[DMN__DIMS_MAX], picked_count;
    size_t tries;
    struct dmn_counterfactual *found;
    size_t found_count;
};

static const struct feel_value *
given_of(const struct search *s, const struct dmn__leaf *leaf)
{
    const struct feel_value *value = feel_get(s->input, leaf->input->info.name);
    for (size_t i = 0; i < leaf->path_count && value != NULL; i++)
        value = feel_get(value, leaf->path[i]);
    return value;
}

struct feel_value
dmn__put_path(struct tb_arena *arena, const struct feel_value *context, tb_str name,
              const tb_str *path, size_t path_count, struct feel_value value)
{
    const struct feel_value *inner = context != NULL ? feel_get(context, name) : NULL;
    struct feel_value null = feel_null();
    if (path_count > 0)
        value = dmn__put_path(arena, inner, path[0], path + 1, path_count - 1, value);
    return feel_put(arena, context != NULL ? context : &null, name, value);
}

/* Evaluates with the chosen values; does something else come out? */
static bool
gives_another(struct search *s, struct feel_value *ret)
{
    struct dmn__run run;
    struct feel_value value;
    if (s->tries >= DMN_EXPLAIN_TRIES_MAX)
        return false;
    s->tries++;
    tb_arena_reset(s->scratch);
    struct feel_value input = s->input != NULL ? *s->input : feel_null();
    for (size_t i = 0; i < s->picked_count; i++) {
        const struct dmn__leaf *leaf = &s->asking->leaves[s->picked[i]];
        input = dmn__put_path(s->scratch, &input, leaf->input->info.name, leaf->path,
                              leaf->path_count, *s->chosen[s->picked[i]]);
    }
    struct feel_vm *vm = feel_vm_new(s->scratch, &s->feel);
    dmn__run_init(&run, vm, s->model, &input);
    dmn__value(&run, s->decision, &value);
    if (feel_vm_status(vm, NULL) != TB_OK || value.kind == FEEL_NULL ||
        feel_equal(&value, s->value))
        return false;
    *ret = feel_copy(s->arena, &value);
    return true;
}

/* The whole number, or the day, of a value; false when it is none. */
static bool
step_of(const struct feel_value *value, int64_t *ret)
{
    if (value->kind == FEEL_NUMBER)
        return tb_dec_to_int(value->u.number, ret);
    *ret = value->kind == FEEL_DATE ? tb_date_to_days(value->u.moment.date) : 0;
    return value->kind == FEEL_DATE;
}

/* Moves a value towards the one that was given for as long as something else comes out. */
static void
bring_near(struct search *s, size_t leaf, struct feel_value *value, struct feel_value *outcome)
{
    const struct feel_value *given = given_of(s, &s->asking->leaves[leaf]);
    const struct feel_value *before = s->chosen[leaf];
    int64_t near, far;
    struct feel_value middle = *value, other;
    if (given == NULL || given->kind != value->kind || !step_of(given, &near) ||
        !step_of(value, &far))
        return;
    s->chosen[leaf] = &middle;
    while (far - near > 1 || near - far > 1) {
        int64_t at = near + (far - near) / 2;
        if (middle.kind == FEEL_NUMBER)
            middle.u.number = tb_dec_of(at);
        else
            middle.u.moment.date = tb_date_from_days(at);
        if (gives_another(s, &other)) {
            far = at;
            *value = middle;
            *outcome = other;
        } else {
            near = at;
        }
    }
    s->chosen[leaf] = before;
}

static void
note_change(struct search *s, struct feel_value outcome)
{
    struct dmn_counterfactual *change = &s->found[s->found_count++];
    size_t count = s->picked_count;
    tb_str *names = TB_NEW_ARRAY(s->arena, count, tb_str);
    struct feel_value *from = TB_NEW_ARRAY(s->arena, count, struct feel_value);
    struct feel_value *to = TB_NEW_ARRAY(s->arena, count, struct feel_value);
    for (size_t i = 0; i < count; i++) {
        const struct dmn__leaf *leaf = &s->asking->leaves[s->picked[i]];
        const struct feel_value *given = given_of(s, leaf);
        names[i] = leaf->name;
        from[i] = given != NULL ? *given : feel_null();
        to[i] = *s->chosen[s->picked[i]];
        bring_near(s, s->picked[i], &to[i], &outcome);
        s->chosen[s->picked[i]] = &to[i];
    }
    *change = (struct dmn_counterfactual){names, from, to, count, outcome};
}

/* Tries values of the picked inputs from the at-th on; one change for each set of inputs is told. */
static bool
try_values(struct search *s, size_t at)
{
    struct feel_value outcome;
    if (at == s->picked_count) {
        if (!gives_another(s, &outcome))
            return false;
        note_change(s, outcome);
        return true;
    }
    const struct dmn__domain *domain = &s->domains[s->picked[at]];
    const struct feel_value *given = given_of(s, &s->asking->leaves[s->picked[at]]);
    for (size_t k = 0; k < domain->count; k++) {
        if (given != NULL && feel_equal(given, &domain->values[k]))
            continue;
        s->chosen[s->picked[at]] = &domain->values[k];
        if (try_values(s, at + 1))
            return true;
    }
    return false;
}

/* All sets of `wanted` inputs from leaf on. */
static void
try_sets(struct search *s, size_t leaf, size_t wanted)
{
    if (s->picked_count == wanted) {
        if (s->found_count < DMN_EXPLAIN_CHANGES_MAX)
            try_values(s, 0);
        return;
    }
    for (; leaf < s->asking->count && s->tries < DMN_EXPLAIN_TRIES_MAX; leaf++) {
        if (s->domains[leaf].count == 0)
            continue;
        s->picked[s->picked_count++] = leaf;
        try_sets(s, leaf + 1, wanted);
        s->picked_count--;
    }
}

tb_status
dmn__otherwise(struct tb_arena *arena, const struct dmn__node *decision,
               const struct feel_value *input, const struct feel_value *value,
               const struct dmn_run *how, size_t changes_max, struct dmn_explanation *explanation,
               struct tb_err *err)
{
    struct search s = {
        .arena = arena, .model = decision->model, .decision = decision, .input = input};
    struct dmn__run *run = TB_NEW(arena, struct dmn__run);
    s.value = value;
    s.feel.host = how != NULL && how->host != NULL ? how->host : decision->model->host;
    s.feel.steps_max = DMN_ASK_STEPS_MAX / DMN_EXPLAIN_TRIES_MAX;
    dmn__run_init(run, feel_vm_new(arena, NULL), decision->model, NULL);
    TB_TRY(dmn__ask_open(run, decision, NULL, err));
    s.asking = run->asking;
    s.domains = TB_NEW_ARRAY(arena, s.asking->count, struct dmn__domain);
    s.chosen = TB_NEW_ARRAY(arena, s.asking->count, const struct feel_value *);
    s.found = TB_NEW_ARRAY(arena, DMN_EXPLAIN_CHANGES_MAX, struct dmn_counterfactual);
    for (size_t i = 0; i < s.asking->count; i++)
        if (s.asking->leaves[i].unknown.kind != FEEL_UNKNOWN ||
            !dmn__ask_domain(arena, decision, &s.asking->leaves[i], &s.domains[i]))
            s.domains[i].count = 0;
    s.scratch = tb_arena_new(0);
    for (size_t wanted = 1; wanted <= changes_max && wanted < DMN__DIMS_MAX && s.found_count == 0;
         wanted++)
        try_sets(&s, 0, wanted);
    tb_arena_free(s.scratch);
    explanation->counterfactuals = s.found;
    explanation->counterfactual_count = s.found_count;
    return TB_OK;
}
