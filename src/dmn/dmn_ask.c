/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_ask.c - which question to ask next.
 *
 * The decision is evaluated with unknowns in place of what is not answered. If a value comes out, it is forced. If not,
 * the unknown that comes out says which questions it hangs on: only those can still matter. Each table adds no question
 * whose answer changes nothing in it (dmn_ask_table.c). Of those questions every combination of answers is then tried
 * (dmn_ask_world.c): only questions that make a difference in some combination are left, and the order with the least
 * effort is planned (dmn_ask_plan.c). */
#include "dmn/dmn_ask_internal.h"
#include "dmn/dmn_table_internal.h"
#include <string.h>

#define LEAF_DEPTH_MAX 17

struct builder {
    struct dmn__run *run;
    const struct dmn__node *input; /* whose leaves are added */
    tb_str path[LEAF_DEPTH_MAX];
    size_t path_count;
    struct dmn__asking *asking;
    const struct dmn_question *questions;
    size_t question_count;
    bool is_over;
};

/* ---- leaves ------------------------------------------------------------------------------------------------------ */

static bool
has_members(const struct feel_type *type)
{
    return type->kind == FEEL_TYPE_CONTEXT && type->member_count > 0;
}

/* How many questions a type stands for when nothing of it is known. */
static size_t
count_leaves(const struct feel_type *type, int depth)
{
    size_t count = 0;
    if (!has_members(type) || depth > 16)
        return 1;
    for (size_t i = 0; i < type->member_count; i++)
        count += count_leaves(type->members[i].type, depth + 1);
    return count;
}

static void
add_leaf(struct builder *b, tb_str name, const struct feel_type *type, struct feel_value *ret)
{
    struct dmn__asking *asking = b->asking;
    struct tb_arena *arena = feel_vm_arena(b->run->vm);
    const struct feel_value *candidates = NULL;
    size_t number = asking->count, count = 0;
    *ret = feel_null();
    if (number == asking->cap) {
        b->is_over = true;
        return;
    }
    struct dmn__leaf *leaf = &asking->leaves[asking->count++];
    tb_str *path = TB_NEW_ARRAY(arena, b->path_count, tb_str);
    for (size_t i = 0; i < b->path_count; i++)
        path[i] = b->path[i];
    *leaf = (struct dmn__leaf){.name = name,
                               .type = type,
                               .cost = 1,
                               .order = b->question_count + number,
                               .input = b->input,
                               .path = path,
                               .path_count = b->path_count};
    for (size_t i = 0; i < b->question_count; i++)
        if (tb_str_eq(b->questions[i].input, name)) {
            leaf->order = i;
            leaf->turn = b->questions[i].turn;
            leaf->cost = b->questions[i].cost > 0 ? b->questions[i].cost : 1;
        }
    uint64_t *deps = TB_NEW_ARRAY(arena, asking->words, uint64_t);
    deps[number / 64] |= UINT64_C(1) << (number % 64);
    if (type->kind != FEEL_TYPE_LIST && !dmn__is_enumeration(arena, type, &candidates, &count))
        count = 0;
    *ret = count == 1 ? candidates[0] : feel_unknown_new(b->run->vm, deps, candidates, count, type);
    leaf->unknown = *ret;
}

/* What is known of an input, with unknowns for the rest. */
static void
complete(struct builder *b, tb_str name, const struct feel_type *type,
         const struct feel_value *known, int depth, struct feel_value *ret)
{
    struct tb_arena *arena = feel_vm_arena(b->run->vm);
    if (known != NULL && (known->kind != FEEL_CONTEXT || !has_members(type))) {
        dmn__conform(b->run, known, type, name, ret);
        return;
    }
    if (!has_members(type) || depth > 16) {
        add_leaf(b, name, type, ret);
        return;
    }
    size_t extra = known != NULL ? known->u.context->count : 0, count = 0;
    struct feel_entry *entries = TB_NEW_ARRAY(arena, type->member_count + extra, struct feel_entry);
    for (size_t i = 0; i < type->member_count; i++) {
        const struct feel_member *member = &type->members[i];
        tb_str full = tb_printf(arena, TB_FMT "." TB_FMT, TB_ARG(name), TB_ARG(member->name));
        entries[count].key = member->name;
        b->path[b->path_count++] = member->name;
        complete(b, full, member->type, feel_get(known, member->name), depth + 1,
                 &entries[count++].value);
        b->path_count--;
    }
    for (size_t i = 0; i < extra; i++) {
        const struct feel_entry *entry = &known->u.context->entries[i];
        bool is_member = false;
        for (size_t k = 0; k < type->member_count; k++)
            is_member |= tb_str_eq(type->members[k].name, entry->key);
        if (!is_member)
            entries[count++] = *entry;
    }
    *ret = feel_context_of(arena, entries, count);
}

static tb_status
set_inputs(struct builder *b, const struct dmn__node *decision, const struct feel_value *known,
           struct tb_err *err)
{
    const struct dmn_input_info *inputs;
    const struct dmn__node *const *nodes;
    struct tb_arena *arena = feel_vm_arena(b->run->vm);
    struct dmn__asking *asking = b->asking;
    size_t count = dmn__reachable(arena, b->run->model, decision, &inputs, &nodes);
    for (size_t i = 0; i < count; i++)
        asking->cap += count_leaves(inputs[i].type, 0);
    if (asking->cap > DMN_ASK_INPUTS_MAX)
        return tb_fail(err, TB_LIMIT, "the decision has %zu questions, more than %d", asking->cap,
                       DMN_ASK_INPUTS_MAX);
    asking->leaves = TB_NEW_ARRAY(arena, asking->cap, struct dmn__leaf);
    asking->words = asking->cap / 64 + 1;
    asking->inputs = TB_NEW_ARRAY(arena, count, struct dmn__given);
    asking->input_count = count;
    feel_vm_ask(b->run->vm, asking->words);
    for (size_t i = 0; i < count; i++) {
        struct feel_value value;
        const struct feel_value *given = feel_get(known, inputs[i].name);
        if (given == NULL)
            given = feel_get(known, nodes[i]->info.name);
        b->input = nodes[i];
        complete(b, inputs[i].name, inputs[i].type, given, 0, &value);
        asking->inputs[i] = (struct dmn__given){nodes[i], value};
        dmn__preset(b->run, nodes[i], &value);
    }
    return TB_OK;
}

tb_status
dmn__ask_open(struct dmn__run *run, const struct dmn__node *decision,
              const struct feel_value *known, struct tb_err *err)
{
    struct builder b = {.run = run, .asking = TB_NEW(feel_vm_arena(run->vm), struct dmn__asking)};
    run->asking = b.asking;
    return set_inputs(&b, decision, known, err);
}

void
dmn__ask_note(struct dmn__run *run, const struct feel_value *open, tb_str decision,
              const struct dmn__table *table, size_t rule)
{
    struct dmn__asking *asking = run->asking;
    uint64_t *deps = TB_NEW_ARRAY(feel_vm_arena(run->vm), asking->words, uint64_t);
    feel_unknown_deps(open, deps, asking->words);
    for (size_t i = 0; i < asking->count; i++) {
        struct dmn__leaf *leaf = &asking->leaves[i];
        if ((deps[i / 64] >> (i % 64) & 1) && leaf->decision.ptr == NULL) {
            leaf->decision = decision;
            leaf->rule = rule;
            leaf->table = table;
            leaf->node = run->node;
        }
    }
}

/* ---- the answer -------------------------------------------------------------------------------------------------- */

static bool
asks_before(const struct dmn__leaf *a, const struct dmn__leaf *b)
{
    if (a->turn != b->turn)
        return a->turn < b->turn;
    return a->cost != b->cost ? a->cost < b->cost : a->order < b->order;
}

/* Why the first question is asked. */
static void
set_because(const struct dmn__leaf *leaf, struct dmn_asked *asked)
{
    asked->because_decision = leaf->decision;
    asked->because_rule = leaf->rule;
    if (leaf->table != NULL && leaf->rule > 0) {
        const struct dmn__rule *rule = &leaf->table->rules[leaf->rule - 1];
        asked->because_description = rule->description;
        asked->because_annotations = rule->annotations;
        asked->because_annotation_names = leaf->table->annotation_names;
        asked->because_annotation_count = leaf->table->annotation_count;
    }
    if (leaf->node != NULL) {
        asked->because_authorities = leaf->node->info.authorities;
        asked->because_authority_count = leaf->node->info.authority_count;
    }
}

/* The questions in deps, in the order of asking; first (may be NULL) before all others. */
static void
list_relevant(struct dmn__run *run, const uint64_t *deps, const struct dmn__leaf *first,
              struct dmn_asked *asked)
{
    struct dmn__asking *asking = run->asking;
    struct tb_arena *arena = feel_vm_arena(run->vm);
    const struct dmn__leaf **list = TB_NEW_ARRAY(arena, asking->count, const struct dmn__leaf *);
    tb_str *names = TB_NEW_ARRAY(arena, asking->count, tb_str);
    size_t count = 0;
    for (size_t i = 0; i < asking->count; i++) {
        const struct dmn__leaf *leaf = &asking->leaves[i];
        if (!(deps[i / 64] >> (i % 64) & 1))
            continue;
        size_t at = count++;
        for (;
             at > 0 && list[at - 1] != first && (leaf == first || asks_before(leaf, list[at - 1]));
             at--)
            list[at] = list[at - 1];
        list[at] = leaf;
    }
    for (size_t i = 0; i < count; i++)
        names[i] = list[i]->name;
    asked->relevant = names;
    asked->relevant_count = count;
    asked->questions_max = count;
    if (count == 0)
        return;
    asked->next = list[0]->name;
    asked->next_type = list[0]->type;
    asked->effort = (double)list[0]->cost;
    set_because(list[0], asked);
}

static void
list_possible(struct dmn__run *run, const struct dmn__node *node, const struct feel_value *values,
              size_t count, struct dmn_asked *asked)
{
    struct tb_arena *arena = feel_vm_arena(run->vm);
    if (count == 0 || count > DMN_ASK_VALUES_MAX)
        return;
    struct feel_value *list = TB_NEW_ARRAY(arena, count, struct feel_value);
    memcpy(list, values, count * sizeof(*list));
    asked->is_ranked = dmn__ask_rank(arena, node, list, count);
    asked->possible = list;
    asked->possible_count = count;
    asked->best = &list[0];
    asked->worst = &list[count - 1];
}

/* What the evaluation with unknowns says, when not every combination could be tried. */
static void
answer_by_unknowns(struct dmn__run *run, const struct dmn__node *node,
                   const struct feel_value *value, const uint64_t *deps, struct dmn_asked *asked)
{
    list_relevant(run, deps, NULL, asked);
    if (value->kind == FEEL_UNKNOWN)
        list_possible(run, node, value->u.unknown->candidates, value->u.unknown->count, asked);
}

/* What trying all combinations says. */
static void
answer_by_world(struct dmn__run *run, const struct dmn__node *node, const struct dmn__world *world,
                struct dmn_asked *asked)
{
    struct tb_arena *arena = feel_vm_arena(run->vm);
    struct dmn__asking *asking = run->asking;
    struct dmn__plan plan;
    const struct dmn__leaf *first = NULL;
    uint64_t *deps = TB_NEW_ARRAY(arena, asking->words, uint64_t);
    struct feel_value *values = TB_NEW_ARRAY(arena, world->outcome_count, struct feel_value);
    size_t count = 0;
    if (dmn__ask_plan(arena, world, asking->leaves, &plan))
        first = &asking->leaves[world->domains[plan.first].leaf];
    for (size_t i = 0; i < world->domain_count; i++) {
        size_t leaf = world->domains[i].leaf;
        deps[leaf / 64] |= (uint64_t)plan.is_relevant[i] << (leaf % 64);
    }
    for (size_t i = 0; i < world->outcome_count; i++) {
        const struct dmn__outcome *outcome = &world->outcomes[i];
        for (size_t w = 0; outcome->deps != NULL && w < asking->words; w++)
            deps[w] |= outcome->deps[w];
        if (outcome->deps == NULL)
            values[count++] = outcome->value;
    }
    if (count == 1 && world->outcome_count == 1) {
        asked->is_forced = true;
        asked->outcome = values[0];
        return;
    }
    list_relevant(run, deps, first, asked);
    if (count == world->outcome_count)
        list_possible(run, node, values, count, asked);
    if (first != NULL && world->is_whole) {
        asked->effort = plan.effort;
        asked->questions_max = plan.questions_max;
        asked->is_optimal = plan.is_optimal;
    }
}

tb_status
dmn_ask(struct tb_arena *arena, const struct dmn_model *model, tb_str decision,
        const struct feel_value *known, const struct dmn_question *questions, size_t question_count,
        const struct dmn_run *how, struct dmn_asked *ret_asked, struct tb_err *err)
{
    const struct dmn__node *node = dmn__node_find(model, DMN__DECISION, decision);
    if (node == NULL)
        return tb_fail(err, TB_NOT_FOUND, "model " TB_FMT " has no decision \"" TB_FMT "\"",
                       TB_ARG(model->name), TB_ARG(decision));
    struct feel_run feel = {.host = how != NULL && how->host != NULL ? how->host : model->host,
                            .steps_max = how != NULL ? how->steps_max : 0,
                            .bytes_max = how != NULL ? how->bytes_max : 0};
    struct dmn__run *run = TB_NEW(arena, struct dmn__run);
    struct builder b = {
        .run = run, .asking = TB_NEW(arena, struct dmn__asking), .questions = questions};
    struct feel_value value;
    struct dmn_asked asked;
    struct dmn__world world;
    b.question_count = question_count;
    dmn__run_init(run, feel_vm_new(arena, &feel), model, known);
    run->asking = b.asking;
    TB_TRY(set_inputs(&b, node, known, err));
    dmn__value(run, node, &value);
    TB_TRY(feel_vm_status(run->vm, err));
    if (!feel_is_open(&value)) {
        *ret_asked = (struct dmn_asked){.is_forced = true, .outcome = value};
        return TB_OK;
    }
    asked = (struct dmn_asked){.outcome = feel_null()};
    uint64_t *deps = TB_NEW_ARRAY(arena, run->asking->words, uint64_t);
    feel_unknown_deps(&value, deps, run->asking->words);
    if (dmn__ask_world(run, node, deps, &feel, &world))
        answer_by_world(run, node, &world, &asked);
    else
        answer_by_unknowns(run, node, &value, deps, &asked);
    *ret_asked = asked;
    return TB_OK;
}
