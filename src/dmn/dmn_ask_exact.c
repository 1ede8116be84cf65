/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_ask_exact.c - the order of questions with the least effort, by solving every state of knowledge.
 *
 * A state knows some of the answers and not the others: its number has for each question the answer, or, one higher
 * than all answers, "not known". So a state that knows one answer more has a lower number, and one pass upwards solves
 * all. A state whose outcome is decided holds -1 - outcome; any other the effort still to come. */
#include "dmn/dmn_ask_internal.h"
#include <math.h>

#define TINY 1e-5f

struct table {
    struct dmn__exact *exact;
    float *states;
    size_t strides[DMN__DIMS_MAX];
    uint32_t digits[DMN__DIMS_MAX]; /* of the state being solved */
};

/* The effort when this question is asked in a state. */
static float
effort_of(const struct table *t, size_t state, size_t dim)
{
    const struct dmn__exact *exact = t->exact;
    float sum = exact->costs[dim];
    for (uint32_t k = 0; k < exact->dims[dim]; k++) {
        float next = t->states[state - (exact->dims[dim] - k) * t->strides[dim]];
        sum += next > 0 ? (float)exact->weights[dim][k] * next : 0;
    }
    return sum;
}

/* The question to ask in a state that is not decided. */
static size_t
best_of(const struct table *t, size_t state, const uint32_t *digits, const bool *is_allowed,
        float *ret_effort)
{
    const struct dmn__exact *exact = t->exact;
    size_t best = exact->count;
    *ret_effort = INFINITY;
    for (size_t i = 0; i < exact->count; i++) {
        size_t dim = exact->order[i];
        if (digits[dim] != exact->dims[dim] || (is_allowed != NULL && !is_allowed[dim]))
            continue;
        float effort = effort_of(t, state, dim);
        if (effort < *ret_effort - TINY * effort) {
            *ret_effort = effort;
            best = dim;
        }
    }
    return best;
}

static float
solve(const struct table *t, size_t state)
{
    const struct dmn__exact *exact = t->exact;
    size_t open = exact->count, cell = 0;
    float effort;
    for (size_t i = 0; i < exact->count; i++) {
        cell = cell * exact->dims[i] + t->digits[i];
        if (t->digits[i] == exact->dims[i])
            open = i;
    }
    if (open == exact->count)
        return -1 - (float)exact->cells[cell];
    /* Decided when all answers to one question lead to the same. */
    float first = t->states[state - t->strides[open]];
    bool is_same = first < 0;
    for (uint32_t k = 2; is_same && k <= exact->dims[open]; k++)
        is_same = t->states[state - k * t->strides[open]] <= first &&
                  t->states[state - k * t->strides[open]] >= first;
    if (is_same)
        return first;
    best_of(t, state, t->digits, NULL, &effort);
    return effort;
}

/* The longest way from a state when the plan is followed. */
static size_t
longest(const struct table *t, size_t state, uint32_t *digits, const bool *is_allowed)
{
    size_t most = 0;
    float effort;
    if (t->states[state] < 0)
        return 0;
    size_t dim = best_of(t, state, digits, is_allowed, &effort);
    uint32_t n = t->exact->dims[dim];
    for (uint32_t k = 0; k < n; k++) {
        digits[dim] = k;
        size_t own = longest(t, state - (n - k) * t->strides[dim], digits, NULL);
        most = own > most ? own : most;
    }
    digits[dim] = n;
    return 1 + most;
}

void
dmn__ask_exact(struct dmn__exact *exact)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct table t = {.exact = exact};
    size_t count = 1;
    for (size_t i = exact->count; i > 0; i--) {
        t.strides[i - 1] = count;
        count *= exact->dims[i - 1] + 1;
    }
    t.states = TB_NEW_ARRAY(arena, count, float);
    for (size_t state = 0; state < count; state++) {
        t.states[state] = solve(&t, state);
        for (size_t i = exact->count; i > 0; i--) { /* the next state's digits */
            if (t.digits[i - 1]++ < exact->dims[i - 1])
                break;
            t.digits[i - 1] = 0;
        }
    }
    for (size_t i = 0; i < exact->count; i++)
        t.digits[i] = exact->dims[i];
    exact->first = best_of(&t, count - 1, t.digits, exact->is_allowed, &exact->effort);
    exact->questions_max = longest(&t, count - 1, t.digits, exact->is_allowed);
    tb_arena_free(arena);
}
