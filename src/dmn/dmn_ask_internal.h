/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_ask_internal.h - what the files that ask share: the answers that make a difference, what each combination of
 * them comes to, and the plan. */
#ifndef DMN_DMN_ASK_INTERNAL_H
#define DMN_DMN_ASK_INTERNAL_H

#include "dmn/dmn_table_internal.h"

/* Questions in one plan: each has two answers at least, so that more would pass DMN_ASK_COMBINATIONS_MAX. */
#define DMN__DIMS_MAX 17

/* The answers to one question, one for each class that the model can tell apart. */
struct dmn__domain {
    size_t leaf; /* its number among the questions */
    struct feel_value *values;
    double *weights; /* how likely, together 1 */
    size_t count;
};

/* One outcome of a decision; open: it hangs on questions that are in no domain. */
struct dmn__outcome {
    struct feel_value value;
    uint64_t *deps; /* NULL: not open */
    uint64_t hash;
};

/* What every combination of answers comes to: cells[((a0 × n1) + a1) × n2 + …] is the number of an outcome. */
struct dmn__world {
    struct dmn__domain *domains;
    size_t domain_count;
    size_t size;
    uint32_t *cells;
    struct dmn__outcome *outcomes;
    size_t outcome_count, outcome_cap;
    bool is_whole; /* every question that may matter has a domain */
};

struct dmn__plan {
    bool is_relevant[DMN__DIMS_MAX]; /* by domain */
    size_t first;                    /* the domain to ask */
    double effort;
    size_t questions_max;
    bool is_optimal;
};

/* A function of the answers to count questions, the last one varying fastest; and, filled in, what to ask first. */
struct dmn__exact {
    size_t count;
    uint32_t dims[DMN__DIMS_MAX];
    float costs[DMN__DIMS_MAX];
    const double *weights[DMN__DIMS_MAX];
    bool is_allowed[DMN__DIMS_MAX]; /* as the first question */
    const size_t *order;            /* questions in the order that decides between equal efforts */
    const uint32_t *cells;
    size_t first, questions_max;
    float effort;
};
/* Solves every state of knowledge, from full to none. */
void dmn__ask_exact(struct dmn__exact *exact);
/* Makes every input that the decision hangs on, and that is not in known, a question of run->asking. */
tb_status dmn__ask_open(struct dmn__run *run, const struct dmn__node *decision,
                        const struct feel_value *known, struct tb_err *err);
/* The domain of a question in the evaluation of a decision. False: its answers cannot be split into few classes. */
bool dmn__ask_domain(struct tb_arena *arena, const struct dmn__node *decision,
                     const struct dmn__leaf *leaf, struct dmn__domain *ret);
/* Tries all combinations of answers to the questions in deps. False: that would be too much work. */
bool dmn__ask_world(struct dmn__run *run, const struct dmn__node *decision, const uint64_t *deps,
                    const struct feel_run *feel, struct dmn__world *ret);
/* Plans the questions of a world; false when none of its domains makes a difference. */
bool dmn__ask_plan(struct tb_arena *arena, const struct dmn__world *world,
                   const struct dmn__leaf *leaves, struct dmn__plan *ret);
/* Sorts outcomes, best first; true when the model itself says which is better. */
bool dmn__ask_rank(struct tb_arena *arena, const struct dmn__node *decision,
                   struct feel_value *values, size_t count);

#endif
