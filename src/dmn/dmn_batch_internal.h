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

#endif
