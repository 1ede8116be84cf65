/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_ask.c - which question to ask next.
 *
 * The decision is evaluated with unknowns in place of what is not answered. If a value comes out, it is forced. If not,
 * the unknown that comes out says which questions it hangs on: only those can still matter. Each table adds no question
 * whose answer changes nothing in it (dmn_ask_table.c). */
#include "dmn/dmn_internal.h"
#include <string.h>

struct builder {
    struct dmn__run *run;
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
    *leaf = (struct dmn__leaf){
        .name = name, .type = type, .cost = 1, .order = b->question_count + number};
    for (size_t i = 0; i < b->question_count; i++)
        if (tb_str_eq(b->questions[i].input, name)) {
            leaf->order = i;
            leaf->cost = b->questions[i].cost > 0 ? b->questions[i].cost : 1;
        }
    uint64_t *deps = TB_NEW_ARRAY(arena, asking->words, uint64_t);
    deps[number / 64] |= UINT64_C(1) << (number % 64);
    if (type->kind != FEEL_TYPE_LIST && !dmn__is_enumeration(arena, type, &candidates, &count))
        count = 0;
    *ret = count == 1 ? candidates[0] : feel_unknown_new(b->run->vm, deps, candidates, count, type);
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
        complete(b, full, member->type, feel_get(known, member->name), depth + 1,
                 &entries[count++].value);
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
    feel_vm_ask(b->run->vm, asking->words);
    for (size_t i = 0; i < count; i++) {
        struct feel_value value;
        const struct feel_value *given = feel_get(known, inputs[i].name);
        if (given == NULL)
            given = feel_get(known, nodes[i]->info.name);
        complete(b, inputs[i].name, inputs[i].type, given, 0, &value);
        dmn__preset(b->run, nodes[i], &value);
    }
    return TB_OK;
}

void
dmn__ask_note(struct dmn__run *run, const struct feel_value *open, tb_str decision, size_t rule)
{
    struct dmn__asking *asking = run->asking;
    uint64_t *deps = TB_NEW_ARRAY(feel_vm_arena(run->vm), asking->words, uint64_t);
    feel_unknown_deps(open, deps, asking->words);
    for (size_t i = 0; i < asking->count; i++) {
        struct dmn__leaf *leaf = &asking->leaves[i];
        if ((deps[i / 64] >> (i % 64) & 1) && leaf->decision.ptr == NULL) {
            leaf->decision = decision;
            leaf->rule = rule;
            leaf->node = run->node;
        }
    }
}

/* ---- the answer -------------------------------------------------------------------------------------------------- */

static bool
asks_before(const struct dmn__leaf *a, const struct dmn__leaf *b)
{
    return a->cost != b->cost ? a->cost < b->cost : a->order < b->order;
}

/* The questions in deps, in the order of asking. */
static const struct dmn__leaf **
relevant(struct dmn__run *run, const uint64_t *deps, size_t *ret_count)
{
    struct dmn__asking *asking = run->asking;
    const struct dmn__leaf **list =
        TB_NEW_ARRAY(feel_vm_arena(run->vm), asking->count, const struct dmn__leaf *);
    size_t count = 0;
    for (size_t i = 0; i < asking->count; i++) {
        const struct dmn__leaf *leaf = &asking->leaves[i];
        if (!(deps[i / 64] >> (i % 64) & 1))
            continue;
        size_t at = count++;
        for (; at > 0 && asks_before(leaf, list[at - 1]); at--)
            list[at] = list[at - 1];
        list[at] = leaf;
    }
    *ret_count = count;
    return list;
}

static void
fill_next(const struct dmn__leaf *leaf, struct dmn_asked *asked)
{
    asked->next = leaf->name;
    asked->next_type = leaf->type;
    asked->because_decision = leaf->decision;
    asked->because_rule = leaf->rule;
    if (leaf->node != NULL) {
        asked->because_authorities = leaf->node->info.authorities;
        asked->because_authority_count = leaf->node->info.authority_count;
    }
}

static void
answer(struct dmn__run *run, const struct feel_value *value, struct dmn_asked *asked)
{
    struct tb_arena *arena = feel_vm_arena(run->vm);
    struct dmn__asking *asking = run->asking;
    uint64_t *deps = TB_NEW_ARRAY(arena, asking->words, uint64_t);
    *asked = (struct dmn_asked){.outcome = feel_null()};
    if (!feel_is_open(value)) {
        asked->is_forced = true;
        asked->outcome = *value;
        return;
    }
    feel_unknown_deps(value, deps, asking->words);
    const struct dmn__leaf **list = relevant(run, deps, &asked->relevant_count);
    tb_str *names = TB_NEW_ARRAY(arena, asked->relevant_count, tb_str);
    for (size_t i = 0; i < asked->relevant_count; i++)
        names[i] = list[i]->name;
    asked->relevant = names;
    if (value->kind == FEEL_UNKNOWN) {
        asked->possible = value->u.unknown->candidates;
        asked->possible_count = value->u.unknown->count;
    }
    if (asked->relevant_count > 0)
        fill_next(list[0], asked);
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
    b.question_count = question_count;
    dmn__run_init(run, feel_vm_new(arena, &feel), model, known);
    run->asking = b.asking;
    TB_TRY(set_inputs(&b, node, known, err));
    dmn__value(run, node, &value);
    TB_TRY(feel_vm_status(run->vm, err));
    answer(run, &value, &asked);
    *ret_asked = asked;
    return TB_OK;
}
