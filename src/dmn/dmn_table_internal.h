/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_table_internal.h - a compiled decision table, for the files that run, index and analyse it. */
#ifndef DMN_DMN_TABLE_INTERNAL_H
#define DMN_DMN_TABLE_INTERNAL_H

#include "dmn/dmn_internal.h"

typedef enum {
    DMN__UNIQUE,
    DMN__ANY,
    DMN__PRIORITY,
    DMN__FIRST,
    DMN__COLLECT,
    DMN__RULE_ORDER,
    DMN__OUTPUT_ORDER,
} dmn__policy;

typedef enum { DMN__NO_AGGREGATE, DMN__SUM, DMN__MIN, DMN__MAX, DMN__COUNT } dmn__aggregate;

struct dmn__column {
    tb_str text;                  /* of the input expression; name of the output */
    const struct feel_expr *expr; /* NULL: did not compile */
    const struct feel_type *type; /* NULL: any */
    const struct feel_unary *allowed;
    tb_str label;
};

/* An output entry; both NULL: null. */
struct dmn__result {
    const struct feel_value *constant;
    const struct feel_expr *expr;
};

struct dmn__output {
    tb_str name, label;
    const struct feel_type *type;    /* NULL: any */
    const struct feel_value *values; /* the output values, best first, where they are constants */
    size_t value_count;
    struct dmn__result otherwise; /* default output entry */
};

struct dmn__rule {
    tb_str id, description;
    const tb_str *annotations;
    int32_t line;
};

/* An input entry. */
struct dmn__cell {
    tb_str text;
    const struct feel_unary *tests; /* NULL: constant; then the rest says what it means */
    const struct feel_interval *intervals;
    uint32_t count;
    bool is_any, is_negated, holds_null;
    bool is_faulty; /* did not compile: never holds */
};

typedef enum {
    DMN__BY_TEST, /* not indexed */
    DMN__BY_ANY,  /* every cell is "-" */
    DMN__BY_BOOLEAN,
    DMN__BY_INTEGER, /* numbers at one scale, days, months */
    DMN__BY_HASH,    /* texts without ranges */
    DMN__BY_ORDER,   /* anything that has an order */
} dmn__lookup;

/* How the rules of a column are found; see dmn_index.c. A set is index->words words of bits. */
struct dmn__column_index {
    dmn__lookup how;
    uint8_t kind; /* feel_kind of its borders */
    int scale;    /* numbers: of the integers */
    size_t border_count;
    const int64_t *integers;
    const struct feel_value *borders;
    const uint32_t *hash; /* border + 1, 0 empty */
    size_t hash_cap;
    const uint32_t *set_of; /* class -> set */
    const uint64_t *sets;
    size_t set_count;
    const uint64_t *null_set; /* the rules that hold for null */
};

struct dmn__index {
    size_t words;
    const struct dmn__column_index *columns;
};

struct dmn__table {
    tb_str owner; /* name of the node it belongs to */
    dmn__policy policy;
    dmn__aggregate aggregate;
    const struct dmn__column *inputs;
    size_t input_count;
    const struct dmn__output *outputs;
    size_t output_count;
    const struct dmn__rule *rules;
    size_t rule_count;
    const struct dmn__cell *cells;     /* rule × input */
    const struct dmn__result *results; /* rule × output */
    const tb_str *annotation_names;
    size_t annotation_count;
    bool has_default;
    const struct dmn__index *index; /* NULL: scan */
};

/* What the table gives when just these rules hit (in the order of the table). hits is changed. */
void dmn__table_outcome(struct dmn__run *run, const struct dmn__table *table,
                        struct feel_value *slots, uint32_t *hits, size_t count,
                        struct feel_value *ret);
/* The rules that hit when the columns have these values, in the order of the table, as far as the
 * hit policy wants them. *hits has room for cap; more are put into the arena of the run. False: a
 * limit was reached. */
bool dmn__table_hits(struct dmn__run *run, const struct dmn__table *table, struct feel_value *slots,
                     const struct feel_value *inputs, uint32_t **hits, size_t cap,
                     size_t *ret_count);
/* The table in an evaluation that is explained, or replayed. */
void dmn__scene_table(struct dmn__run *run, const struct dmn__table *table,
                      struct feel_value *slots, const struct feel_value *inputs,
                      struct feel_value *ret);
/* The table when some of its inputs are not known. */
void dmn__ask_table(struct dmn__run *run, const struct dmn__table *table, struct feel_value *slots,
                    const struct feel_value *inputs, struct feel_value *ret);

void dmn__compile_cell(struct dmn__builder *b, const struct tb_xml *xml, tb_str text,
                       struct dmn__cell *cell);
void dmn__compile_result(struct dmn__builder *b, const struct tb_xml *xml, tb_str text,
                         struct dmn__result *result);
/* Does a constant cell hold for a value? */
bool dmn__cell_holds(const struct dmn__cell *cell, const struct feel_value *value);
/* The same for any cell; unknown while asking when it cannot be told. */
void dmn__cell_test(struct feel_vm *vm, const struct dmn__cell *cell,
                    const struct feel_value *value, const struct feel_value *slots,
                    struct feel_value *ret);
/* The order of two values of one ordered kind; 0 where they have none. */
int dmn__order(const struct feel_value *a, const struct feel_value *b);
/* Sorts borders in place by merging; equal ones are dropped. How many are left. */
size_t dmn__sort_borders(struct tb_arena *scratch, struct feel_value *items, size_t count);
/* Somewhere between two borders, or, when one of them is NULL, beyond the other. False: nothing lies there. */
bool dmn__between(const struct feel_value *a, const struct feel_value *b, struct feel_value *ret);
/* Builds table->index where that helps. */
void dmn__index_table(struct dmn__builder *b, struct dmn__table *table);
size_t dmn__index_words(const struct dmn__index *index);
/* The rules whose indexed cells hold, as bits (dmn__index_words), and which columns are left to be tested. False: the
 * index cannot tell for these inputs. */
bool dmn__index_find(const struct dmn__table *table, const struct feel_value *inputs, uint64_t *set,
                     uint8_t *ret_untested);

#endif
