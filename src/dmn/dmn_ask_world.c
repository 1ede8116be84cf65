/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_ask_world.c - every combination of answers is tried, and what it comes to is noted.
 *
 * Two columns, or two decisions, may hang on one question: judged one by one each seems open, together they are not.
 * So each combination is evaluated as a whole. Questions whose answers cannot be split into few classes stay unknown
 * while the others are tried; an outcome that hangs on them is open. */
#include "dmn/dmn_ask_internal.h"
#include <string.h>

struct trial {
    struct dmn__run *run; /* the one that asks: inputs, leaves */
    const struct dmn__node *decision;
    struct feel_run feel;
    struct dmn__world *world;
    struct tb_arena *scratch;
    const struct feel_value **chosen; /* by leaf; NULL: stays unknown */
    bool has_unknown; /* some question stays unknown, though it makes no difference */
    uint32_t *slots;  /* outcomes by hash: number + 1 */
    size_t slot_cap;
};

/* ---- which questions are tried ----------------------------------------------------------------------------------- */

static size_t
size_of(const struct dmn__world *world)
{
    size_t size = 1;
    for (size_t i = 0; i < world->domain_count; i++)
        if (size <= DMN_ASK_COMBINATIONS_MAX)
            size *= world->domains[i].count;
    return size;
}

/* The one with the most answers is left out. */
static void
drop_largest(struct dmn__world *world)
{
    size_t at = 0;
    for (size_t i = 1; i < world->domain_count; i++)
        if (world->domains[i].count >= world->domains[at].count)
            at = i;
    world->domain_count--;
    memmove(world->domains + at, world->domains + at + 1,
            (world->domain_count - at) * sizeof(*world->domains));
    world->is_whole = false;
}

/* A question that makes no difference may have any answer; its domain's first serves. */
static void
choose_any(struct trial *trial, size_t leaf)
{
    struct tb_arena *arena = feel_vm_arena(trial->run->vm);
    struct dmn__domain domain;
    if (dmn__ask_domain(arena, trial->decision, &trial->run->asking->leaves[leaf], &domain))
        trial->chosen[leaf] = &domain.values[0];
    else
        trial->has_unknown = true;
}

static bool
choose_domains(struct trial *trial, const uint64_t *deps)
{
    struct tb_arena *arena = feel_vm_arena(trial->run->vm);
    const struct dmn__asking *asking = trial->run->asking;
    struct dmn__world *world = trial->world;
    world->domains = TB_NEW_ARRAY(arena, asking->count, struct dmn__domain);
    world->is_whole = true;
    for (size_t i = 0; i < asking->count; i++) {
        struct dmn__domain *domain = &world->domains[world->domain_count];
        if (asking->leaves[i].unknown.kind != FEEL_UNKNOWN)
            continue; /* only one answer is allowed */
        if (!(deps[i / 64] >> (i % 64) & 1)) {
            choose_any(trial, i);
            continue;
        }
        *domain = (struct dmn__domain){.leaf = i};
        if (!dmn__ask_domain(arena, trial->decision, &asking->leaves[i], domain))
            world->is_whole = false;
        else if (domain->count > 1)
            world->domain_count++;
        else
            trial->chosen[i] = &domain->values[0];
    }
    while (world->domain_count > 0 &&
           (size_of(world) > (world->is_whole ? DMN_ASK_COMBINATIONS_MAX : DMN_ASK_OPEN_MAX) ||
            world->domain_count > DMN__DIMS_MAX))
        drop_largest(world);
    return world->domain_count > 0;
}

/* ---- outcomes ---------------------------------------------------------------------------------------------------- */

static uint64_t
hash_of(const struct feel_value *value)
{
    uint64_t hash = value->kind * UINT64_C(0x9E3779B97F4A7C15);
    switch (value->kind) {
    case FEEL_BOOLEAN:
        return hash + value->u.boolean;
    case FEEL_NUMBER:
        return hash ^ tb_dec_hash(value->u.number);
    case FEEL_STRING:
        return hash ^ tb_hash(value->u.string);
    case FEEL_LIST:
        for (size_t i = 0; i < value->u.list.count; i++)
            hash = hash * 31 + hash_of(&value->u.list.items[i]);
        return hash;
    case FEEL_CONTEXT: /* equal whatever the order of the entries */
        for (size_t i = 0; i < value->u.context->count; i++)
            hash += tb_hash(value->u.context->entries[i].key) ^
                    hash_of(&value->u.context->entries[i].value);
        return hash;
    default:
        return hash;
    }
}

static bool
is_same(const struct trial *trial, const struct dmn__outcome *a, const struct dmn__outcome *b)
{
    size_t bytes = trial->run->asking->words * sizeof(uint64_t);
    if (a->hash != b->hash || (a->deps != NULL) != (b->deps != NULL))
        return false;
    if (a->deps != NULL)
        return memcmp(a->deps, b->deps, bytes) == 0;
    return feel_equal(&a->value, &b->value);
}

static void
grow_slots(struct trial *trial)
{
    struct dmn__world *world = trial->world;
    trial->slot_cap = trial->slot_cap > 0 ? trial->slot_cap * 4 : 64;
    trial->slots = TB_NEW_ARRAY(feel_vm_arena(trial->run->vm), trial->slot_cap, uint32_t);
    for (size_t i = 0; i < world->outcome_count; i++) {
        size_t at = world->outcomes[i].hash & (trial->slot_cap - 1);
        while (trial->slots[at] != 0)
            at = (at + 1) & (trial->slot_cap - 1);
        trial->slots[at] = (uint32_t)i + 1;
    }
}

/* The number of an outcome; values are copied out of scratch. */
static uint32_t
number_of(struct trial *trial, const struct dmn__outcome *outcome)
{
    struct dmn__world *world = trial->world;
    struct tb_arena *arena = feel_vm_arena(trial->run->vm);
    size_t words = trial->run->asking->words;
    if (2 * world->outcome_count >= trial->slot_cap)
        grow_slots(trial);
    size_t at = outcome->hash & (trial->slot_cap - 1);
    for (; trial->slots[at] != 0; at = (at + 1) & (trial->slot_cap - 1))
        if (is_same(trial, &world->outcomes[trial->slots[at] - 1], outcome))
            return trial->slots[at] - 1;
    if (world->outcome_count == world->outcome_cap) {
        size_t cap = world->outcome_cap * 2 + 16;
        struct dmn__outcome *more = TB_NEW_ARRAY(arena, cap, struct dmn__outcome);
        if (world->outcome_count > 0)
            memcpy(more, world->outcomes, world->outcome_count * sizeof(*more));
        world->outcomes = more;
        world->outcome_cap = cap;
    }
    struct dmn__outcome *own = &world->outcomes[world->outcome_count++];
    *own = (struct dmn__outcome){.hash = outcome->hash};
    if (outcome->deps != NULL) {
        own->deps = TB_NEW_ARRAY(arena, words, uint64_t);
        memcpy(own->deps, outcome->deps, words * sizeof(uint64_t));
    } else {
        own->value = feel_copy(arena, &outcome->value);
    }
    trial->slots[at] = (uint32_t)world->outcome_count;
    return (uint32_t)world->outcome_count - 1;
}

/* ---- one combination --------------------------------------------------------------------------------------------- */

/* The number of the question that an unknown stands for. */
static size_t
leaf_of(const struct trial *trial, const struct feel_value *unknown)
{
    size_t at = 0;
    while (trial->run->asking->leaves[at].unknown.kind != FEEL_UNKNOWN ||
           trial->run->asking->leaves[at].unknown.u.unknown != unknown->u.unknown)
        at++;
    return at;
}

/* value with the chosen answers in place of unknowns. */
static struct feel_value
fill(const struct trial *trial, const struct feel_value *value)
{
    if (value->kind == FEEL_UNKNOWN) {
        const struct feel_value *chosen = trial->chosen[leaf_of(trial, value)];
        return chosen != NULL ? *chosen : *value;
    }
    if (value->kind != FEEL_CONTEXT || !feel_is_open(value))
        return *value;
    const struct feel_context *context = value->u.context;
    struct feel_entry *entries = TB_NEW_ARRAY(trial->scratch, context->count, struct feel_entry);
    for (size_t i = 0; i < context->count; i++) {
        entries[i].key = context->entries[i].key;
        entries[i].value = fill(trial, &context->entries[i].value);
    }
    return feel_context_of(trial->scratch, entries, context->count);
}

static bool
try_one(struct trial *trial, uint32_t *ret)
{
    struct dmn__asking *asking = trial->run->asking;
    struct dmn__run run;
    struct dmn__outcome outcome = {.value = feel_null()};
    tb_arena_reset(trial->scratch);
    struct feel_vm *vm = feel_vm_new(trial->scratch, &trial->feel);
    dmn__run_init(&run, vm, trial->run->model, trial->run->input);
    if (!trial->world->is_whole || trial->has_unknown) {
        feel_vm_ask(vm, asking->words);
        run.asking = asking;
    }
    for (size_t i = 0; i < asking->input_count; i++) {
        struct feel_value value = fill(trial, &asking->inputs[i].value);
        dmn__preset(&run, asking->inputs[i].node, &value);
    }
    dmn__value(&run, trial->decision, &outcome.value);
    if (feel_vm_status(vm, NULL) != TB_OK)
        return false;
    if (feel_is_open(&outcome.value)) {
        outcome.deps = TB_NEW_ARRAY(trial->scratch, asking->words, uint64_t);
        feel_unknown_deps(&outcome.value, outcome.deps, asking->words);
        outcome.hash = tb_hash((tb_str){(const char *)outcome.deps, asking->words * 8});
    } else {
        outcome.hash = hash_of(&outcome.value);
    }
    *ret = number_of(trial, &outcome);
    return true;
}

static bool
try_all(struct trial *trial)
{
    struct dmn__world *world = trial->world;
    for (size_t n = 0; n < world->size; n++) {
        size_t rest = n;
        for (size_t i = world->domain_count; i > 0; i--) {
            const struct dmn__domain *domain = &world->domains[i - 1];
            trial->chosen[domain->leaf] = &domain->values[rest % domain->count];
            rest /= domain->count;
        }
        if (!try_one(trial, &world->cells[n]))
            return false;
    }
    return true;
}

bool
dmn__ask_world(struct dmn__run *run, const struct dmn__node *decision, const uint64_t *deps,
               const struct feel_run *feel, struct dmn__world *ret)
{
    struct tb_arena *arena = feel_vm_arena(run->vm);
    struct trial trial = {.run = run, .decision = decision, .feel = *feel, .world = ret};
    *ret = (struct dmn__world){0};
    trial.chosen = TB_NEW_ARRAY(arena, run->asking->count, const struct feel_value *);
    if (!choose_domains(&trial, deps))
        return false;
    ret->size = size_of(ret);
    ret->cells = TB_NEW_ARRAY(arena, ret->size, uint32_t);
    trial.feel.warnings = NULL;
    trial.feel.steps_max = DMN_ASK_STEPS_MAX / ret->size;
    trial.scratch = tb_arena_new(0);
    bool is_done = try_all(&trial);
    tb_arena_free(trial.scratch);
    return is_done;
}
