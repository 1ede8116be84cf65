/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_check_internal.h - what the files that look for faults share: a table as a grid of classes. */
#ifndef DMN_DMN_CHECK_INTERNAL_H
#define DMN_DMN_CHECK_INTERNAL_H

#include "dmn/dmn_table_internal.h"

/* What a table looks at in one way: columns of the same expression are one dimension. */
struct dmn__dim {
    const struct dmn__column *column; /* the first of them */
    const size_t *columns;
    size_t column_count;
    feel_kind kind;            /* FEEL_NULL: no cell looks at it */
    struct feel_value *values; /* one for each class, in order where there is one */
    uint8_t *is_border;        /* the class is a single value between two others */
    size_t count;
    uint64_t *sets;  /* class × words: the rules whose cells hold */
    bool is_ordered; /* neighbours in the list are neighbours */
    bool is_enumerated;
    /* The input it is, or a member of one; NULL: it is computed. */
    const struct dmn__node *input;
    const tb_str *path;
    size_t path_count;
    tb_str param; /* a parameter of a knowledge model */
};

struct dmn__grid {
    struct tb_arena *arena;
    const struct dmn_model *model;
    const struct dmn__node *node;
    const struct dmn__table *table;
    struct dmn__dim *dims;
    size_t dim_count, words;
    bool is_direct; /* every combination of classes can be given as input */
    tb_str why_not; /* English; when the table cannot be cut into classes */
    uint64_t states;
};

/* False: cannot be cut; why_not says why. */
bool dmn__grid_build(struct dmn__grid *grid);
/* The input that puts each dimension into a class. In arena. */
struct feel_value dmn__grid_witness(const struct dmn__grid *grid, const size_t *classes);

static inline bool
dmn__has_bit(const uint64_t *set, size_t bit)
{
    return set[bit / 64] >> (bit % 64) & 1;
}

static inline void
dmn__set_bit(uint64_t *set, size_t bit)
{
    set[bit / 64] |= UINT64_C(1) << (bit % 64);
}

/* Searches a point that all rules of `box` take (none: anywhere) and none of the rules in `covers`. 1 found, with its
 * classes; 0 there is none; -1 the limit was reached. */
int dmn__grid_uncovered(struct dmn__grid *grid, const size_t *box, size_t box_count,
                        const uint64_t *covers, size_t *ret_classes);
/* All gaps, up to the limit; visit gets the classes of a point of each. False: the limit was reached. */
bool dmn__grid_gaps(struct dmn__grid *grid, void (*visit)(void *context, const size_t *classes),
                    void *context);
/* The rules that take a point. */
void dmn__grid_hits(const struct dmn__grid *grid, const size_t *classes, uint64_t *set);
/* The rules whose cells meet those of a rule in every dimension, itself included. */
void dmn__grid_meets(const struct dmn__grid *grid, size_t rule, uint64_t *set);

/* Faults that stand in single cells: types, values, outputs, clauses. */
void dmn__check_cells(const struct dmn__grid *grid, struct dmn_findings *findings);
/* Faults between the rules of a table. */
void dmn__check_rules(struct dmn__grid *grid, struct dmn_findings *findings);
/* Two tables that decide the same from the same, differently. */
void dmn__check_pair(struct dmn__grid *a, struct dmn__grid *b, struct dmn_findings *findings);
/* Two tables that draw a border through an input at places one step apart. */
void dmn__check_borders(struct dmn__grid *a, const struct dmn__grid *b,
                        struct dmn_findings *findings);
/* How the remedy of a finding begins that may not come about. */
#define DMN__IF_ZH "（先看这些值能不能同时出现）"
#define DMN__IF_EN "if these values can come together: "
/* Columns that depend on each other: which of the table's findings, from first on, can come about? */
void dmn__check_reach(const struct dmn__grid *grid, struct dmn_findings *findings, size_t first);
/* Adds a finding; line and ids of the rules (numbers from 0) are looked up. */
struct dmn_finding *dmn__finding(struct dmn_findings *findings, const struct dmn__grid *grid,
                                 const char *code, const size_t *rules, size_t rule_count);

#endif
