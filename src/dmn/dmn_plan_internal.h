/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_plan_internal.h - a decision as a straight line of operations on integers.
 *
 * Every value of a plan is an integer in a register, read by the register's lane: a truth, a number at a fixed scale,
 * a day, months, a text as its place in the plan's dictionary (0: a text that no rule names), or a choice, which is
 * one of the constants that the decision can give. Null is a mark beside the integer. What does not fit - a number
 * that is too long, a kind that the model did not expect - is not guessed: the plan gives up on that input, and the
 * evaluator, whose results a plan must equal, does it. */
#ifndef DMN_DMN_PLAN_INTERNAL_H
#define DMN_DMN_PLAN_INTERNAL_H

#include "dmn/dmn_table_internal.h"

#define DMN__REGISTERS_MAX 256
#define DMN__NO_REGISTER UINT16_MAX
#define DMN__SCALE_MAX 9
#define DMN__INPUT_SCALE 4 /* of numbers that come in one by one */

typedef enum {
    DMN__LANE_NONE, /* an input of any type, until something says what it is compared with */
    DMN__LANE_BOOLEAN,
    DMN__LANE_NUMBER,
    DMN__LANE_DAY,
    DMN__LANE_MONTHS,
    DMN__LANE_TEXT,
    DMN__LANE_CHOICE,
} dmn__lane;

struct dmn__register {
    uint8_t lane;
    int8_t scale; /* numbers */
};

typedef enum {
    DMN__OP_EQ, /* the comparisons stand in the order of feel_part_kind */
    DMN__OP_NE,
    DMN__OP_LT,
    DMN__OP_LE,
    DMN__OP_GT,
    DMN__OP_GE,
    DMN__OP_IS_NULL,
    DMN__OP_AND,
    DMN__OP_OR,
    DMN__OP_NOT,
    DMN__OP_PICK, /* a is true: b or low, else c or high */
    DMN__OP_ADD,
    DMN__OP_SUBTRACT,
    DMN__OP_MULTIPLY,
    DMN__OP_NEGATE,
    DMN__OP_SCALE, /* a × low */
    DMN__OP_IN,    /* is a in the span */
    DMN__OP_ALLOW, /* a where it is in the span, else null */
    DMN__OP_MAP,   /* what the choice a stands for in another lane */
    DMN__OP_TABLE,
} dmn__op_code;

/* One operation. b and c may be DMN__NO_REGISTER: then low (and high) stand for them. */
struct dmn__op {
    uint8_t code;
    bool is_choice; /* of the result: 0 is null */
    uint16_t to, a, b, c;
    int64_t low, high;
    const void *data;
};

/* Closed intervals of integers. */
struct dmn__span {
    struct dmn__bounds {
        int64_t low, high;
    } * items;
    size_t count;
    bool is_negated;
    uint8_t of_null; /* 0 false, 1 true, 2 null */
};

/* What each choice is in another lane; null where null is set. */
struct dmn__map {
    const int64_t *values;
    const uint8_t *nulls;
};

/* A column of a table: the value's class, from the class the set of rules. */
struct dmn__plan_column {
    uint16_t at;    /* register */
    bool is_direct; /* the value is its class: truths and texts of the dictionary */
    uint32_t border_count;
    const int64_t *borders;
    const uint32_t *set_of;
    const uint64_t *sets;
    const uint64_t *summaries; /* by set: which of its words are not empty */
    const uint64_t *null_set;
    uint64_t null_summary;
    const struct dmn__span *allowed; /* NULL: everything */
    const struct dmn__column_index *index;
};

struct dmn__plan_table {
    struct dmn__plan_column *columns;
    size_t column_count;
    size_t words, shift; /* a bit of a summary stands for 1 << shift words */
    dmn__policy policy;
    const uint32_t *choices; /* by rule, then of none */
    const uint32_t *classes; /* ANY: equal outputs; PRIORITY: place in the order */
    size_t rule_count;
};

struct dmn__plan_input {
    tb_str name;
    const struct feel_type *type;
    uint16_t at;  /* register; DMN__NO_REGISTER when nothing reads it */
    uint8_t lane; /* as the caller gives it */
    int8_t scale;
};

struct dmn_plan {
    struct tb_arena *arena;
    struct dmn_model *model;
    tb_str decision;
    const struct dmn_input_info *infos;
    struct dmn__plan_input *inputs;
    size_t input_count;
    bool has_constraints; /* one of them has, so that a value that is not allowed is a fault */
    struct dmn__op *ops;
    size_t op_count;
    struct dmn__register registers[DMN__REGISTERS_MAX];
    size_t register_count;
    struct feel_value *choices; /* 0 is null, 1 false, 2 true */
    tb_str *choice_texts;       /* as JSON */
    size_t choice_count;
    tb_str *texts; /* the dictionary; 0 is absent */
    size_t text_count;
    uint32_t *text_slots;
    size_t text_cap;
    uint16_t result; /* register; DMN__NO_REGISTER: the evaluator runs it */
    const char *why; /* … because */
};

/* One row of values. */
struct dmn__row {
    int64_t values[DMN__REGISTERS_MAX];
    uint8_t nulls[DMN__REGISTERS_MAX];
};

/* The state of compiling a plan. */
struct dmn__planner {
    struct dmn_plan *plan;
    struct tb_arena *arena;                /* the plan's */
    struct tb_arena *scratch;              /* for what planning alone needs */
    struct dmn__run *run;                  /* for conforming constants */
    const struct dmn__node *const *inputs; /* of the plan's inputs */
    size_t op_cap, choice_cap, text_size;
    uint32_t *choice_slots; /* by literal text */
    size_t choice_slot_cap;
    tb_str *choice_keys;
    uint64_t *possible[DMN__REGISTERS_MAX]; /* choices that a register can hold, as bits */
    size_t possible_words[DMN__REGISTERS_MAX];
    struct dmn__plan_node {
        const struct dmn__node *node;
        struct dmn__operand *operand;
    } * nodes;
    size_t node_count, node_cap;
    int depth;
};

/* A value while planning: a constant, or a register. */
struct dmn__operand {
    const struct feel_value *constant;
    uint16_t at;
};

/* Gives up; false. */
bool dmn__cannot(struct dmn__planner *p, const char *why);
struct dmn__op *dmn__op_add(struct dmn__planner *p, dmn__op_code code, dmn__lane lane, int scale);
uint32_t dmn__choice(struct dmn__planner *p, const struct feel_value *value);
/* Notes that a register of choices can hold this one, or all that another can. */
void dmn__may_hold(struct dmn__planner *p, uint16_t at, size_t choice);
void dmn__may_hold_all(struct dmn__planner *p, uint16_t at, uint16_t from);
uint32_t dmn__intern(struct dmn__planner *p, tb_str text);
/* A constant as an integer of a lane. */
bool dmn__as_integer(struct dmn__planner *p, const struct feel_value *value,
                     struct dmn__register lane, int64_t *ret);
/* The lane that a kind has, or NONE. */
dmn__lane dmn__lane_of(uint8_t kind);
/* The register of an operand in the lane of a kind: choices are mapped, an input of any type is settled. */
bool dmn__in_lane(struct dmn__planner *p, const struct dmn__operand *operand, dmn__lane lane,
                  uint16_t *ret_at);
bool dmn__shape_to_span(struct dmn__planner *p, const struct feel_shape *shape,
                        struct dmn__register lane, const struct dmn__span **ret_span);
bool dmn__plan_expr(struct dmn__planner *p, const struct dmn__node *node,
                    const struct feel_expr *expr, struct dmn__operand *ret);
bool dmn__plan_table(struct dmn__planner *p, const struct dmn__node *node,
                     const struct dmn__table *table, struct dmn__operand *ret);
/* The values that a typed boundary makes of what comes through it. */
bool dmn__plan_conform(struct dmn__planner *p, const struct feel_type *type, tb_str what,
                       struct dmn__operand *operand);
/* When the dictionary is complete: texts as classes. */
void dmn__finish_tables(struct dmn__planner *p);
bool dmn__plan_decision(struct dmn__planner *p, const struct dmn__node *node,
                        struct dmn__operand *ret);

/* A plan without results for the inputs that node (NULL: anything) hangs on; then a result for each decision; then the
 * end, which frees what planning alone needed. */
void dmn__planner_start(struct dmn__planner *p, const struct dmn_model *model,
                        const struct dmn__node *node);
bool dmn__plan_result(struct dmn__planner *p, const struct dmn__node *node, uint16_t *ret_at);
void dmn__planner_finish(struct dmn__planner *p);

/* Place of a text in the dictionary, 0 when it is not there. */
uint32_t dmn__text_find(const struct dmn_plan *plan, tb_str text);
/* Runs the operations; false: an integer overflowed. */
bool dmn__plan_run(const struct dmn_plan *plan, struct dmn__row *row);
/* Number of the choice that a register of a row holds. */
size_t dmn__plan_choice(const struct dmn_plan *plan, const struct dmn__row *row, uint16_t at);
/* Puts a value into a row; false when it does not fit. */
bool dmn__plan_bind(const struct dmn_plan *plan, const struct dmn__plan_input *input,
                    const struct feel_value *value, struct dmn__row *row);
/* Runs the table on one row. */
uint32_t dmn__table_run(const struct dmn__plan_table *table, const struct dmn__row *row);

static inline bool
dmn__in_span(const struct dmn__span *span, int64_t value)
{
    bool is_in = false;
    for (size_t i = 0; i < span->count; i++)
        is_in |= value >= span->items[i].low && value <= span->items[i].high;
    return is_in != span->is_negated;
}

/* 10^exponent, up to 18. */
static inline int64_t
dmn__power(int exponent)
{
    int64_t power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

#endif
