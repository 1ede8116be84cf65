/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_batch_internal.h - decisions over columns: what making and running a batch share. */
#ifndef DMN_DMN_BATCH_INTERNAL_H
#define DMN_DMN_BATCH_INTERNAL_H

#include "dmn/dmn_kernel_internal.h"
#include "dmn/dmn_plan_internal.h"

#define DMN__CODES_MAX 65536
#define DMN__STEPS_COUNTED 24 /* so many borders are counted, more are searched for */

/* A column of a table: where the set of rules changes, and the sets between. */
struct dmn__batch_column {
    uint16_t at;
    uint8_t lane;
    uint32_t step_count;
    const int64_t *steps; /* sets[i + 1] from steps[i] on */
    const uint64_t *sets; /* by number of steps reached; by the value where there are no steps */
};

/* A table of at most 64 rules whose hit policy is FIRST or UNIQUE; columns NULL: any other. */
struct dmn__batch_table {
    struct dmn__batch_column *columns;
    size_t column_count;
    bool is_unique;
    uint16_t choices[65]; /* by rule; the last is of none */
};

struct dmn__batch_result {
    tb_str decision;
    uint16_t at; /* register; DMN__NO_REGISTER: row by row */
    const char *why;
};

struct dmn_batch {
    struct dmn_plan *plan;
    struct dmn__batch_result *results;
    size_t result_count;
    int *columns;           /* by input: its column, -1 none */
    dmn_column_kind *kinds; /* by column, as promised */
    int *scales;
    size_t column_count;
    uint16_t **text_codes; /* by input: from the places of its column to the plan's texts */
    size_t *text_counts;
    bool *is_direct; /* by input: its lane can be read from the column; else value by value */
    struct dmn__batch_table **tables;   /* by operation */
    bool is_ranged[DMN__REGISTERS_MAX]; /* something is reckoned from it: its range must be known */
};

/* One run, and what a thread of it has for itself. */
struct dmn__shared {
    const struct dmn_batch *batch;
    const struct dmn_column *columns;
    size_t row_count;
    size_t next;      /* atomic: the block that is drawn next */
    uint16_t **codes; /* NULL: results are only counted */
    struct feel_value **values;
    const struct dmn__kernels *kernels;
};

struct dmn__range {
    int64_t low, high;
};

struct dmn__worker {
    struct dmn__shared *shared;
    struct tb_arena *arena;   /* lanes, and values that stay */
    struct tb_arena *scratch; /* of one evaluation */
    void *own[DMN__REGISTERS_MAX];
    const void *lanes[DMN__REGISTERS_MAX]; /* own, or a column */
    struct dmn__range ranges[DMN__REGISTERS_MAX];
    uint8_t odd[DMN__BLOCK];
    uint8_t marks[DMN__BLOCK]; /* of one operation */
    uint64_t sets[DMN__BLOCK];
    bool has_odd;
    size_t from, count; /* the block */
    uint16_t **codes;   /* of the block, by result */
    int64_t **counts;   /* by result and choice, where results are only counted */
    struct dmn__row row;
    struct tb_err err;
    tb_status status;
};

static inline size_t
dmn__lane_bytes(uint8_t lane)
{
    return lane == DMN__LANE_BOOLEAN                            ? 1
           : lane == DMN__LANE_TEXT || lane == DMN__LANE_CHOICE ? 2
                                                                : 8;
}

static inline void
dmn__mark_odd(struct dmn__worker *w, size_t at)
{
    w->odd[at] = 1;
    w->has_odd = true;
}

/* Runs one operation on the block; false: its rows must run alone. */
bool dmn__run_op(struct dmn__worker *w, size_t at);

#endif
