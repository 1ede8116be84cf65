/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_ask_plan.c - the order of questions with the least effort on average, exactly.
 *
 * What is left to be found out is a function from answers to outcomes. Asking a question leaves a smaller function for
 * each answer; questions that make no difference in it fall away. The least effort of a function is found by trying
 * each question first. Few states are all solved (dmn_ask_exact.c); of many, functions are met from the top, equal ones
 * once, with two facts that save most of the work. Where changing the answer to a question changes the outcome, every
 * way of asking must ask it: summed over all combinations this is a lower bound of the effort (branch and bound). And a
 * question that is needed in every combination may as well be asked first. */
#include "dmn/dmn_ask_internal.h"
#include <string.h>

#define TINY 1e-9

/* A function of the answers to count questions; the last question varies fastest. */
struct fn {
    size_t count, size;
    uint8_t ids[DMN__DIMS_MAX]; /* domains */
    uint32_t dims[DMN__DIMS_MAX];
    uint32_t *cells;
    double *mass;                /* how likely each combination is */
    double share[DMN__DIMS_MAX]; /* how likely it is that this question makes a difference */
    bool is_needed[DMN__DIMS_MAX];
    double least; /* lower bound of the effort */
};

struct memo {
    uint64_t key[2];
    double effort; /* exact, or at least so much */
    uint32_t questions;
    bool is_used, is_exact;
};

struct planner {
    struct tb_arena *arena;
    const struct dmn__world *world;
    const struct dmn__leaf *leaves;
    struct {
        uint32_t *cells;
        double *mass;
    } levels[DMN__DIMS_MAX + 2];
    size_t top;
    struct memo *memo;
    size_t memo_cap, memo_count;
    uint32_t *labels, *stamps; /* outcomes, numbered as they are met */
    uint32_t stamp;
    uint64_t work, work_max;
};

static double
cost_of(const struct planner *p, size_t id)
{
    return (double)p->leaves[p->world->domains[id].leaf].cost;
}

/* ---- functions --------------------------------------------------------------------------------------------------- */

static size_t
stride_of(const struct fn *fn, size_t dim)
{
    size_t stride = 1;
    for (size_t i = dim + 1; i < fn->count; i++)
        stride *= fn->dims[i];
    return stride;
}

/* In which combinations does another answer to this question give another outcome? */
static void
measure_dim(struct fn *fn, size_t dim)
{
    size_t stride = stride_of(fn, dim), n = fn->dims[dim];
    double share = 0;
    bool is_needed = true;
    for (size_t block = 0; block < fn->size; block += stride * n)
        for (size_t at = block; at < block + stride; at++) {
            bool differs = false;
            double mass = 0;
            for (size_t k = 0; k < n; k++) {
                differs |= fn->cells[at + k * stride] != fn->cells[at];
                mass += fn->mass[at + k * stride];
            }
            is_needed &= differs;
            share += differs ? mass : 0;
        }
    fn->share[dim] = share;
    fn->is_needed[dim] = is_needed;
}

static bool
makes_difference(const struct fn *fn, size_t dim)
{
    size_t stride = stride_of(fn, dim), n = fn->dims[dim];
    for (size_t i = 0; i + stride < fn->size; i++)
        if (i / stride % n != n - 1 && fn->cells[i] != fn->cells[i + stride])
            return true;
    return false;
}

/* Drops one question: what is left when its answer is k. to: room for the result; may be fn when k is 0. */
static void
restrict_dim(const struct fn *fn, size_t dim, uint32_t k, double weight, struct fn *to)
{
    size_t stride = stride_of(fn, dim), n = fn->dims[dim], out = 0;
    size_t count = fn->count, size = fn->size;
    for (size_t block = 0; block < size; block += stride * n)
        for (size_t i = 0; i < stride; i++, out++) {
            size_t at = block + k * stride + i;
            to->cells[out] = fn->cells[at];
            to->mass[out] = fn->mass[at] / weight;
        }
    for (size_t i = 0, at = 0; i < count; i++)
        if (i != dim) {
            to->ids[at] = fn->ids[i];
            to->dims[at++] = fn->dims[i];
        }
    to->count = count - 1;
    to->size = size / n;
}

/* Questions that make no difference fall away, in place; then the lower bound is reckoned. */
static void
reduce(struct planner *p, struct fn *fn)
{
    fn->least = 0;
    for (size_t i = fn->count; i > 0; i--) {
        p->work += fn->size;
        if (!makes_difference(fn, i - 1)) {
            double weight = p->world->domains[fn->ids[i - 1]].weights[0];
            restrict_dim(fn, i - 1, 0, weight, fn);
        }
    }
    for (size_t i = 0; i < fn->count; i++) {
        p->work += fn->size;
        measure_dim(fn, i);
        fn->least += cost_of(p, fn->ids[i]) * fn->share[i];
    }
}

/* What is left of fn when the answer to a question is k, in the room of a level. */
static void
child_of(struct planner *p, const struct fn *fn, size_t dim, uint32_t k, size_t level,
         struct fn *ret)
{
    size_t room = (p->top >> level) + 1;
    if (p->levels[level].cells == NULL) {
        p->levels[level].cells = TB_NEW_ARRAY(p->arena, room, uint32_t);
        p->levels[level].mass = TB_NEW_ARRAY(p->arena, room, double);
    }
    ret->cells = p->levels[level].cells;
    ret->mass = p->levels[level].mass;
    restrict_dim(fn, dim, k, p->world->domains[fn->ids[dim]].weights[k], ret);
    p->work += ret->size;
    reduce(p, ret);
}

/* ---- functions met before ---------------------------------------------------------------------------------------- */

static uint64_t
mix(uint64_t hash, uint64_t value, uint64_t factor)
{
    hash = (hash ^ value) * factor;
    return hash ^ (hash >> 29);
}

/* 128 bits of a function, whatever the numbers of its outcomes. */
static void
key_of(struct planner *p, const struct fn *fn, uint64_t key[2])
{
    uint32_t next = 0;
    key[0] = UINT64_C(0x243F6A8885A308D3) + fn->count;
    key[1] = UINT64_C(0x13198A2E03707344) + fn->count;
    p->stamp++;
    for (size_t i = 0; i < fn->count; i++) {
        key[0] = mix(key[0], fn->ids[i] + 1, UINT64_C(0x9E3779B97F4A7C15));
        key[1] = mix(key[1], fn->ids[i] + 1, UINT64_C(0xC2B2AE3D27D4EB4F));
    }
    for (size_t i = 0; i < fn->size; i++) {
        uint32_t cell = fn->cells[i];
        if (p->stamps[cell] != p->stamp) {
            p->stamps[cell] = p->stamp;
            p->labels[cell] = next++;
        }
        key[0] = mix(key[0], p->labels[cell], UINT64_C(0x9E3779B97F4A7C15));
        key[1] = mix(key[1], p->labels[cell], UINT64_C(0xC2B2AE3D27D4EB4F));
    }
    p->work += fn->size;
}

static struct memo *
memo_at(struct memo *memo, size_t cap, const uint64_t key[2])
{
    size_t at = key[0] & (cap - 1);
    while (memo[at].is_used && (memo[at].key[0] != key[0] || memo[at].key[1] != key[1]))
        at = (at + 1) & (cap - 1);
    return &memo[at];
}

static struct memo *
remember(struct planner *p, const uint64_t key[2])
{
    if (2 * p->memo_count >= p->memo_cap) {
        size_t cap = p->memo_cap > 0 ? p->memo_cap * 4 : 256;
        struct memo *more = TB_NEW_ARRAY(p->arena, cap, struct memo);
        for (size_t i = 0; i < p->memo_cap; i++)
            if (p->memo[i].is_used)
                *memo_at(more, cap, p->memo[i].key) = p->memo[i];
        p->memo = more;
        p->memo_cap = cap;
    }
    struct memo *memo = memo_at(p->memo, p->memo_cap, key);
    p->memo_count += !memo->is_used;
    memo->is_used = true;
    memo->key[0] = key[0];
    memo->key[1] = key[1];
    return memo;
}

/* ---- least effort ------------------------------------------------------------------------------------------------ */

struct found {
    double effort; /* exact, or a lower bound */
    uint32_t questions;
    bool is_exact;
};

static struct found solve(struct planner *p, const struct fn *fn, size_t level, double bound);

/* The effort when this question comes first; gives up once it is sure to reach bound. */
static struct found
try_first(struct planner *p, const struct fn *fn, size_t dim, size_t level, double bound)
{
    const struct dmn__domain *domain = &p->world->domains[fn->ids[dim]];
    struct found sum = {cost_of(p, fn->ids[dim]), 0, true};
    double least[2 * DMN_ASK_VALUES_MAX], rest = 0;
    struct fn child;
    for (uint32_t k = 0; k < domain->count; k++) {
        child_of(p, fn, dim, k, level + 1, &child);
        least[k] = domain->weights[k] * child.least;
        rest += least[k];
    }
    for (uint32_t k = 0; k < domain->count; k++) {
        if (sum.effort + rest >= bound - TINY) {
            sum.effort += rest;
            sum.is_exact = false;
            return sum;
        }
        child_of(p, fn, dim, k, level + 1, &child);
        rest -= least[k];
        struct found one =
            solve(p, &child, level + 1, (bound - sum.effort - rest) / domain->weights[k]);
        sum.effort += domain->weights[k] * one.effort;
        sum.is_exact &= one.is_exact;
        if (one.questions > sum.questions)
            sum.questions = one.questions;
    }
    sum.questions++;
    return sum;
}

/* Is question a to be tried before b? */
static bool
comes_before(const struct planner *p, const struct fn *fn, size_t a, size_t b)
{
    const struct dmn__leaf *x = &p->leaves[p->world->domains[fn->ids[a]].leaf];
    const struct dmn__leaf *y = &p->leaves[p->world->domains[fn->ids[b]].leaf];
    double gain_x = fn->share[a] / (double)x->cost, gain_y = fn->share[b] / (double)y->cost;
    if (gain_x > gain_y + TINY || gain_y > gain_x + TINY)
        return gain_x > gain_y;
    return x->cost != y->cost ? x->cost < y->cost : x->order < y->order;
}

/* The questions of a function, most telling first; one alone when it is needed whatever the others are. */
static size_t
candidates_of(const struct planner *p, const struct fn *fn, const bool *is_allowed,
              size_t *candidates)
{
    size_t count = 0;
    for (size_t i = 0; i < fn->count; i++) {
        size_t at = count;
        if (is_allowed != NULL && !is_allowed[fn->ids[i]])
            continue;
        for (; at > 0 && comes_before(p, fn, i, candidates[at - 1]); at--)
            candidates[at] = candidates[at - 1];
        candidates[at] = i;
        count++;
    }
    for (size_t i = 0; i < count; i++)
        if (fn->is_needed[candidates[i]]) {
            candidates[0] = candidates[i];
            return 1;
        }
    return count;
}

/* The best of the candidates; *ret_first is its place in fn. */
static struct found
best_of(struct planner *p, const struct fn *fn, const size_t *candidates, size_t count,
        size_t level, double bound, size_t *ret_first)
{
    struct found best = {bound, 0, false};
    double least = bound;
    bool is_sure = true;
    *ret_first = candidates[0];
    for (size_t i = 0; i < count; i++) {
        struct found one = try_first(p, fn, candidates[i], level, best.effort);
        bool is_over = p->work > p->work_max;
        if (one.effort < least)
            least = one.effort;
        if (one.is_exact && one.effort < best.effort - TINY) {
            best = one;
            *ret_first = candidates[i];
        }
        if (is_over) {
            is_sure = false;
            break;
        }
        if (best.is_exact && best.effort <= fn->least + TINY)
            return best;
    }
    if (best.is_exact && is_sure)
        return best;
    best.effort = least > fn->least && is_sure ? least : fn->least;
    best.is_exact = false;
    return best;
}

static struct found
solve(struct planner *p, const struct fn *fn, size_t level, double bound)
{
    size_t candidates[DMN__DIMS_MAX], first;
    uint64_t key[2];
    if (fn->count == 0)
        return (struct found){0, 0, true};
    if (fn->count == 1)
        return (struct found){cost_of(p, fn->ids[0]), 1, true};
    if (fn->least >= bound - TINY || p->work > p->work_max)
        return (struct found){fn->least, (uint32_t)fn->count, false};
    key_of(p, fn, key);
    struct memo *memo = p->memo_cap > 0 ? memo_at(p->memo, p->memo_cap, key) : NULL;
    if (memo != NULL && memo->is_used && (memo->is_exact || memo->effort >= bound - TINY))
        return (struct found){memo->effort, memo->questions, memo->is_exact};
    size_t count = candidates_of(p, fn, NULL, candidates);
    struct found best = best_of(p, fn, candidates, count, level, bound, &first);
    if (p->work <= p->work_max) {
        memo = remember(p, key);
        memo->effort = best.effort;
        memo->questions = best.questions;
        memo->is_exact = best.is_exact;
    }
    return best;
}

/* ---- the plan ---------------------------------------------------------------------------------------------------- */

static void
fill_mass(const struct dmn__world *world, struct fn *fn)
{
    for (size_t n = 0; n < fn->size; n++) {
        size_t rest = n;
        fn->mass[n] = 1;
        for (size_t i = fn->count; i > 0; i--) {
            fn->mass[n] *= world->domains[i - 1].weights[rest % fn->dims[i - 1]];
            rest /= fn->dims[i - 1];
        }
    }
}

static void
whole_of(struct planner *p, struct fn *fn)
{
    const struct dmn__world *world = p->world;
    *fn = (struct fn){.count = world->domain_count, .size = world->size};
    for (size_t i = 0; i < fn->count; i++) {
        fn->ids[i] = (uint8_t)i;
        fn->dims[i] = (uint32_t)world->domains[i].count;
    }
    fn->cells = TB_NEW_ARRAY(p->arena, fn->size, uint32_t);
    fn->mass = TB_NEW_ARRAY(p->arena, fn->size, double);
    memcpy(fn->cells, world->cells, fn->size * sizeof(*fn->cells));
    fill_mass(world, fn);
}

/* How many states have some of the answers known and the others not; 0 when more than limit. */
static size_t
states_of(const struct fn *fn, size_t limit)
{
    size_t states = 1;
    for (size_t i = 0; i < fn->count; i++) {
        states *= fn->dims[i] + 1;
        if (states > limit)
            return 0;
    }
    return states;
}

/* The same function for the exact planner, whose questions may come first where is_allowed says. */
static void
plan_exactly(struct planner *p, const struct fn *fn, const bool *is_allowed, struct dmn__plan *ret)
{
    struct dmn__exact exact = {.count = fn->count, .cells = fn->cells};
    size_t order[DMN__DIMS_MAX];
    for (size_t i = 0; i < fn->count; i++) {
        size_t at = i;
        for (; at > 0; at--) {
            const struct dmn__leaf *own = &p->leaves[p->world->domains[fn->ids[i]].leaf];
            const struct dmn__leaf *other =
                &p->leaves[p->world->domains[fn->ids[order[at - 1]]].leaf];
            if (own->cost > other->cost || (own->cost == other->cost && own->order > other->order))
                break;
            order[at] = order[at - 1];
        }
        order[at] = i;
        exact.dims[i] = fn->dims[i];
        exact.costs[i] = (float)cost_of(p, fn->ids[i]);
        exact.weights[i] = p->world->domains[fn->ids[i]].weights;
        exact.is_allowed[i] = is_allowed[fn->ids[i]];
    }
    exact.order = order;
    dmn__ask_exact(&exact);
    ret->first = fn->ids[exact.first];
    ret->effort = (double)exact.effort;
    ret->questions_max = exact.questions_max;
    ret->is_optimal = true;
}

static void
plan_by_bounds(struct planner *p, const struct fn *fn, const bool *is_allowed,
               struct dmn__plan *ret)
{
    size_t candidates[DMN__DIMS_MAX], first = 0;
    size_t count = candidates_of(p, fn, is_allowed, candidates);
    struct found best = best_of(p, fn, candidates, count, 0, 1e300, &first);
    ret->first = fn->ids[first];
    ret->effort = best.effort;
    ret->questions_max = best.is_exact ? best.questions : fn->count;
    ret->is_optimal = best.is_exact && p->work <= p->work_max;
}

bool
dmn__ask_plan(struct tb_arena *arena, const struct dmn__world *world,
              const struct dmn__leaf *leaves, struct dmn__plan *ret)
{
    struct planner *p = TB_NEW(arena, struct planner);
    struct fn fn;
    bool is_allowed[DMN__DIMS_MAX] = {false};
    int32_t turn = INT32_MAX;
    *p = (struct planner){.arena = arena,
                          .world = world,
                          .leaves = leaves,
                          .top = world->size,
                          .work_max = DMN_ASK_WORK_MAX};
    p->labels = TB_NEW_ARRAY(arena, world->outcome_count + 1, uint32_t);
    p->stamps = TB_NEW_ARRAY(arena, world->outcome_count + 1, uint32_t);
    *ret = (struct dmn__plan){0};
    whole_of(p, &fn);
    reduce(p, &fn);
    for (size_t i = 0; i < fn.count; i++) {
        int32_t own = leaves[world->domains[fn.ids[i]].leaf].turn;
        ret->is_relevant[fn.ids[i]] = true;
        turn = own < turn ? own : turn;
    }
    for (size_t i = 0; i < fn.count; i++)
        is_allowed[fn.ids[i]] = leaves[world->domains[fn.ids[i]].leaf].turn == turn;
    if (fn.count == 0)
        return false;
    if (states_of(&fn, DMN_ASK_STATES_FEW) == 0)
        plan_by_bounds(p, &fn, is_allowed, ret);
    if (!ret->is_optimal && states_of(&fn, DMN_ASK_STATES_MAX) > 0)
        plan_exactly(p, &fn, is_allowed, ret);
    return true;
}
