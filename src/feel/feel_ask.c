/* SPDX-License-Identifier: Apache-2.0 */
/* feel_ask.c - evaluating with values that are not yet known.
 *
 * An unknown stands for one value out of its candidates, or out of too many to list; deps says which questions it
 * hangs on. An operation on unknowns is done for every combination of candidates: if all give the same, that is the
 * value, whatever the answers will be; else the result is unknown again. Nothing here decides what to ask. */
#include "feel/feel_internal.h"
#include <string.h>

#define COMBINATIONS_MAX 256

bool
feel_is_open(const struct feel_value *value)
{
    if (value->kind == FEEL_UNKNOWN)
        return true;
    if (value->kind == FEEL_LIST)
        for (size_t i = 0; i < value->u.list.count; i++)
            if (feel_is_open(&value->u.list.items[i]))
                return true;
    if (value->kind == FEEL_CONTEXT)
        for (size_t i = 0; i < value->u.context->count; i++)
            if (feel_is_open(&value->u.context->entries[i].value))
                return true;
    return value->kind == FEEL_RANGE &&
           (feel_is_open(&value->u.range->start) || feel_is_open(&value->u.range->end));
}

void
feel_unknown_deps(const struct feel_value *value, uint64_t *deps, size_t words)
{
    if (value->kind == FEEL_UNKNOWN)
        for (size_t i = 0; i < words; i++)
            deps[i] |= value->u.unknown->deps[i];
    if (value->kind == FEEL_LIST)
        for (size_t i = 0; i < value->u.list.count; i++)
            feel_unknown_deps(&value->u.list.items[i], deps, words);
    if (value->kind == FEEL_CONTEXT)
        for (size_t i = 0; i < value->u.context->count; i++)
            feel_unknown_deps(&value->u.context->entries[i].value, deps, words);
    if (value->kind == FEEL_RANGE) {
        feel_unknown_deps(&value->u.range->start, deps, words);
        feel_unknown_deps(&value->u.range->end, deps, words);
    }
}

void
feel_vm_ask(struct feel_vm *vm, size_t words)
{
    vm->is_asking = true;
    vm->is_quiet = true;
    vm->ask_words = words;
}

bool
feel_vm_is_asking(const struct feel_vm *vm, size_t *ret_words)
{
    *ret_words = vm->ask_words;
    return vm->is_asking;
}

struct feel_value
feel_unknown_new(struct feel_vm *vm, const uint64_t *deps, const struct feel_value *candidates,
                 size_t count, const struct feel_type *type)
{
    struct feel_unknown *unknown = TB_NEW(vm->arena, struct feel_unknown);
    uint64_t *copy = TB_NEW_ARRAY(vm->arena, vm->ask_words, uint64_t);
    memcpy(copy, deps, vm->ask_words * sizeof(*copy));
    *unknown = (struct feel_unknown){copy, candidates, count, type};
    return (struct feel_value){.kind = FEEL_UNKNOWN, .u.unknown = unknown};
}

/* A growing set of values that differ. */
struct choices {
    struct feel_value items[COMBINATIONS_MAX];
    size_t count;
    bool is_open; /* one of them is itself not known */
};

static void
add_choice(struct choices *choices, const struct feel_value *value)
{
    if (feel_is_open(value)) {
        choices->is_open = true;
        return;
    }
    for (size_t i = 0; i < choices->count; i++)
        if (feel_equal(&choices->items[i], value))
            return;
    if (choices->count == COMBINATIONS_MAX)
        choices->is_open = true;
    else
        choices->items[choices->count++] = *value;
}

/* Adds what a value may be; one that may be anything opens the set. */
static void
add_choices(struct choices *choices, const struct feel_value *value)
{
    if (value->kind != FEEL_UNKNOWN) {
        add_choice(choices, value);
        return;
    }
    choices->is_open |= value->u.unknown->count == 0;
    for (size_t i = 0; i < value->u.unknown->count; i++)
        add_choice(choices, &value->u.unknown->candidates[i]);
}

static void
settle(struct feel_vm *vm, const struct choices *choices, const uint64_t *deps,
       const struct feel_type *type, struct feel_value *ret)
{
    struct feel_value *copy = NULL;
    if (!choices->is_open && choices->count == 1) {
        *ret = choices->items[0];
        return;
    }
    if (!choices->is_open) {
        copy = TB_NEW_ARRAY(vm->arena, choices->count, struct feel_value);
        memcpy(copy, choices->items, choices->count * sizeof(*copy));
    } else if (type != NULL && type->kind == FEEL_TYPE_BASE && type->base == FEEL_BOOLEAN) {
        copy = TB_NEW_ARRAY(vm->arena, 2, struct feel_value);
        copy[0] = feel_boolean(true);
        copy[1] = feel_boolean(false);
        *ret = feel_unknown_new(vm, deps, copy, 2, type);
        return;
    }
    *ret = feel_unknown_new(vm, deps, copy, choices->is_open ? 0 : choices->count, type);
}

void
feel_vm_join(struct feel_vm *vm, const struct feel_value *values, size_t count,
             const struct feel_value *because, struct feel_value *ret_value)
{
    uint64_t *deps = TB_NEW_ARRAY(vm->arena, vm->ask_words, uint64_t);
    struct choices *choices = TB_NEW(vm->arena, struct choices);
    if (because != NULL)
        feel_unknown_deps(because, deps, vm->ask_words);
    for (size_t i = 0; i < count; i++) {
        feel_unknown_deps(&values[i], deps, vm->ask_words);
        add_choices(choices, &values[i]);
    }
    if (count == 0)
        choices->is_open = true;
    settle(vm, choices, deps, NULL, ret_value);
}

/* How many combinations the arguments have; 0 when one of them may be anything. */
static size_t
combinations(const struct feel_value *args, size_t count)
{
    size_t all = 1;
    for (size_t i = 0; i < count; i++) {
        if (args[i].kind == FEEL_UNKNOWN)
            all *= args[i].u.unknown->count;
        else if (feel_is_open(&args[i]))
            return 0;
        if (all == 0 || all > COMBINATIONS_MAX)
            return 0;
    }
    return all;
}

bool
feel__lift(struct feel__frame *frame, const struct feel__node *node, const struct feel_value *args,
           size_t count, feel__apply *apply, const void *data, struct feel_value *ret)
{
    struct feel_vm *vm = frame->vm;
    bool is_open = false;
    for (size_t i = 0; i < count; i++)
        is_open |= feel_is_open(&args[i]);
    if (!is_open)
        return false;
    size_t all = combinations(args, count);
    uint64_t *deps = TB_NEW_ARRAY(vm->arena, vm->ask_words, uint64_t);
    struct choices *choices = TB_NEW(vm->arena, struct choices);
    struct feel_value *picked = TB_NEW_ARRAY(vm->arena, count, struct feel_value);
    for (size_t i = 0; i < count; i++)
        feel_unknown_deps(&args[i], deps, vm->ask_words);
    choices->is_open = all == 0;
    for (size_t n = 0; n < all && !choices->is_open && feel__step(vm, 1); n++) {
        size_t rest = n;
        struct feel_value value;
        for (size_t i = 0; i < count; i++) {
            picked[i] = args[i];
            if (args[i].kind != FEEL_UNKNOWN)
                continue;
            picked[i] = args[i].u.unknown->candidates[rest % args[i].u.unknown->count];
            rest /= args[i].u.unknown->count;
        }
        apply(frame, node, picked, data, &value);
        add_choice(choices, &value);
    }
    settle(vm, choices, deps, node->type, ret);
    return true;
}
