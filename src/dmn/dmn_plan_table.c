/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_plan_table.c - a decision table in a plan: a class for each column, sets of rules and-ed, one choice out.
 *
 * The sets are those of the table's index (dmn_index.c). Beside each stands a summary of 64 bits that says which of
 * its words are not empty: and-ed first, it leaves the few words in which a rule can hit, so that a table of a
 * thousand rules costs little more than one of ten. */
#include "dmn/dmn_plan_internal.h"
#include <stdlib.h>
#include <string.h>

struct table {
    struct dmn__planner *p;
    const struct dmn__node *node;
    const struct dmn__table *from;
    struct dmn__plan_table *to;
};

/* ---- outputs ----------------------------------------------------------------------------------------------------- */

static void
output_value(struct table *t, const struct dmn__result *result, const struct dmn__output *output,
             struct feel_value *ret)
{
    struct feel_value value = feel_null();
    if (result->constant != NULL)
        value = *result->constant;
    dmn__conform(t->p->run, &value, output->type, output->name, ret);
}

/* What a rule gives; rule_count: the default, or null where there is none. */
static bool
rule_choice(struct table *t, size_t rule, uint32_t *ret_choice)
{
    const struct dmn__table *from = t->from;
    bool is_default = rule == from->rule_count;
    struct feel_entry *entries = NULL;
    struct feel_value value = feel_null();
    if (from->output_count > 1)
        entries = TB_NEW_ARRAY(t->p->arena, from->output_count, struct feel_entry);
    for (size_t i = 0; (!is_default || from->has_default) && i < from->output_count; i++) {
        const struct dmn__result *result = is_default
                                               ? &from->outputs[i].otherwise
                                               : &from->results[rule * from->output_count + i];
        if (result->expr != NULL)
            return dmn__cannot(t->p, "an output that is no constant");
        output_value(t, result, &from->outputs[i], &value);
        if (entries != NULL)
            entries[i] = (struct feel_entry){from->outputs[i].name, value};
    }
    if (entries != NULL && (!is_default || from->has_default))
        value = feel_context_of(t->p->arena, entries, from->output_count);
    *ret_choice = dmn__choice(t->p, &value);
    return true;
}

/* ANY: the first rule whose output equals this one's. */
static uint32_t
equal_class(const struct table *t, const uint32_t *choices, size_t rule)
{
    const struct feel_value *all = t->p->plan->choices;
    for (size_t i = 0; i < rule; i++)
        if (choices[i] == choices[rule] || feel_equal(&all[choices[i]], &all[choices[rule]]))
            return (uint32_t)i;
    return (uint32_t)rule;
}

static size_t
rank(const struct dmn__output *output, const struct feel_value *value)
{
    size_t at = 0;
    while (at < output->value_count && !feel_equal(&output->values[at], value))
        at++;
    return at;
}

struct ranked {
    uint32_t rule;
    const size_t *ranks;
    size_t count;
};

static int
by_rank(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    for (size_t i = 0; i < x->count; i++)
        if (x->ranks[i] != y->ranks[i])
            return x->ranks[i] < y->ranks[i] ? -1 : 1;
    return x->rule < y->rule ? -1 : 1;
}

/* PRIORITY: the place of each rule when all of them hit. */
static void
order_rules(struct table *t, const uint32_t *choices, uint32_t *places)
{
    const struct dmn__table *from = t->from;
    struct ranked *order = TB_NEW_ARRAY(t->p->scratch, from->rule_count, struct ranked);
    for (size_t rule = 0; rule < from->rule_count; rule++) {
        const struct feel_value *value = &t->p->plan->choices[choices[rule]];
        size_t *ranks = TB_NEW_ARRAY(t->p->scratch, from->output_count, size_t);
        for (size_t i = 0; i < from->output_count; i++)
            if (from->outputs[i].value_count > 0)
                ranks[i] =
                    rank(&from->outputs[i],
                         from->output_count == 1 ? value : &value->u.context->entries[i].value);
        order[rule] = (struct ranked){(uint32_t)rule, ranks, from->output_count};
    }
    qsort(order, from->rule_count, sizeof(*order), by_rank);
    for (size_t i = 0; i < from->rule_count; i++)
        places[order[i].rule] = (uint32_t)i;
}

static bool
read_choices(struct table *t)
{
    const struct dmn__table *from = t->from;
    uint32_t *choices = TB_NEW_ARRAY(t->p->arena, from->rule_count + 1, uint32_t);
    uint32_t *classes = TB_NEW_ARRAY(t->p->arena, from->rule_count + 1, uint32_t);
    for (size_t rule = 0; rule <= from->rule_count; rule++)
        if (!rule_choice(t, rule, &choices[rule]))
            return false;
    if (from->policy == DMN__PRIORITY)
        order_rules(t, choices, classes);
    for (size_t rule = 0; from->policy == DMN__ANY && rule < from->rule_count; rule++)
        classes[rule] = equal_class(t, choices, rule);
    t->to->choices = choices;
    t->to->classes = classes;
    return true;
}

/* ---- columns ----------------------------------------------------------------------------------------------------- */

static uint64_t
summary_of(const struct dmn__plan_table *table, const uint64_t *set)
{
    uint64_t summary = 0;
    for (size_t w = 0; w < table->words; w++)
        summary |= (uint64_t)(set[w] != 0) << (w >> table->shift);
    return summary;
}

/* The borders at the scale of the register, or the register at the scale of the borders. */
static bool
match_scale(struct table *t, const struct dmn__column_index *index, struct dmn__plan_column *column)
{
    struct dmn__planner *p = t->p;
    int own = p->plan->registers[column->at].scale;
    int64_t *borders = TB_NEW_ARRAY(p->arena, index->border_count, int64_t);
    column->borders = index->integers;
    if (index->kind != FEEL_NUMBER || own == index->scale)
        return true;
    if (own < index->scale) {
        struct dmn__op *op = dmn__op_add(p, DMN__OP_SCALE, DMN__LANE_NUMBER, index->scale);
        if (op == NULL)
            return false;
        op->a = column->at;
        op->low = dmn__power(index->scale - own);
        column->at = op->to;
        return true;
    }
    for (size_t i = 0; i < index->border_count; i++)
        if (__builtin_mul_overflow(index->integers[i], dmn__power(own - index->scale), &borders[i]))
            return dmn__cannot(p, "a border that is too long");
    column->borders = borders;
    return true;
}

static bool
plan_lookup(struct table *t, const struct dmn__column_index *index, struct dmn__plan_column *column)
{
    struct dmn__planner *p = t->p;
    uint64_t *summaries = TB_NEW_ARRAY(p->arena, index->set_count, uint64_t);
    column->index = index;
    column->border_count = (uint32_t)index->border_count;
    column->sets = index->sets;
    column->set_of = index->set_of;
    column->null_set = index->null_set;
    column->null_summary = summary_of(t->to, index->null_set);
    column->is_direct = index->how == DMN__BY_BOOLEAN || index->how == DMN__BY_HASH;
    for (size_t i = 0; i < index->set_count; i++)
        summaries[i] = summary_of(t->to, index->sets + i * t->to->words);
    column->summaries = summaries;
    for (size_t i = 0; index->how == DMN__BY_HASH && i < index->border_count; i++)
        dmn__intern(p, index->borders[i].u.string);
    return column->is_direct || match_scale(t, index, column);
}

static bool
plan_allowed(struct table *t, const struct feel_unary *tests, struct dmn__plan_column *column)
{
    struct feel_shape shape;
    if (!feel_unary_shape(t->p->arena, tests, &shape) || shape.is_any ||
        !dmn__shape_to_span(t->p, &shape, t->p->plan->registers[column->at], &column->allowed))
        return dmn__cannot(t->p, "allowed values that are no intervals of integers");
    return true;
}

/* Adds a column; one that is "-" in every rule and allows everything is left out. */
static bool
plan_column(struct table *t, size_t at)
{
    const struct dmn__column *from = &t->from->inputs[at];
    const struct dmn__column_index *index = &t->from->index->columns[at];
    struct dmn__plan_column *column = &t->to->columns[t->to->column_count];
    struct dmn__operand operand;
    if (index->how == DMN__BY_ANY && from->allowed == NULL)
        return true;
    if (index->how <= DMN__BY_ANY || index->how == DMN__BY_ORDER || from->expr == NULL)
        return dmn__cannot(t->p, "a column whose cells are no intervals of integers");
    if (!dmn__plan_expr(t->p, t->node, from->expr, &operand) ||
        !dmn__in_lane(t->p, &operand, dmn__lane_of(index->kind), &column->at) ||
        !plan_lookup(t, index, column))
        return false;
    t->to->column_count++;
    return from->allowed == NULL || plan_allowed(t, from->allowed, column);
}

bool
dmn__plan_table(struct dmn__planner *p, const struct dmn__node *node,
                const struct dmn__table *table, struct dmn__operand *ret)
{
    struct table t = {p, node, table, TB_NEW(p->arena, struct dmn__plan_table)};
    if (table->index == NULL || table->policy > DMN__FIRST)
        return dmn__cannot(p, "a table without index, or whose hit policy gives a list");
    t.to->policy = table->policy;
    t.to->rule_count = table->rule_count;
    t.to->words = table->index->words;
    while (t.to->words >> t.to->shift > 64 || (t.to->words - 1) >> t.to->shift > 63)
        t.to->shift++;
    t.to->columns = TB_NEW_ARRAY(p->arena, table->input_count, struct dmn__plan_column);
    for (size_t i = 0; i < table->input_count; i++)
        if (!plan_column(&t, i))
            return false;
    if (t.to->column_count == 0)
        return dmn__cannot(p, "a table without conditions");
    if (!read_choices(&t))
        return false;
    struct dmn__op *op = dmn__op_add(p, DMN__OP_TABLE, DMN__LANE_CHOICE, 0);
    if (op == NULL)
        return false;
    op->data = t.to;
    dmn__may_hold(p, op->to, 0);
    for (size_t rule = 0; rule <= table->rule_count; rule++)
        dmn__may_hold(p, op->to, t.to->choices[rule]);
    *ret = (struct dmn__operand){.at = op->to};
    return true;
}

/* The dictionary is complete: each of its texts is a class of every text column. */
static void
finish_column(struct dmn__planner *p, struct dmn__plan_column *column)
{
    const struct dmn__column_index *index = column->index;
    struct dmn_plan *plan = p->plan;
    uint32_t *set_of = TB_NEW_ARRAY(p->arena, plan->text_count + 1, uint32_t);
    for (size_t i = 0; i < plan->text_count; i++)
        set_of[i] = index->set_of[0]; /* as any text that is no border */
    for (size_t i = 0; i < index->border_count; i++)
        set_of[dmn__text_find(plan, index->borders[i].u.string)] = index->set_of[2 * i + 1];
    column->set_of = set_of;
}

void
dmn__finish_tables(struct dmn__planner *p)
{
    for (size_t i = 0; i < p->plan->op_count; i++) {
        const struct dmn__op *op = &p->plan->ops[i];
        const struct dmn__plan_table *table = op->data;
        for (size_t c = 0; op->code == DMN__OP_TABLE && c < table->column_count; c++)
            if (table->columns[c].index->how == DMN__BY_HASH)
                finish_column(p, &table->columns[c]);
    }
}

/* ---- running ----------------------------------------------------------------------------------------------------- */

/* Class of an integer: bisection without branches that depend on the data. */
static inline size_t
class_of(const struct dmn__plan_column *column, int64_t value)
{
    const int64_t *base = column->borders;
    size_t n = column->border_count;
    while (n > 1) {
        size_t half = n / 2;
        base += (base[half - 1] < value) * half;
        n -= half;
    }
    size_t border = (size_t)(base - column->borders);
    return 2 * border + (base[0] == value) + 2 * (size_t)(base[0] < value);
}

/* The hits of one word of rules, by the hit policy; true when the search is over. */
struct search {
    uint32_t best, count;
};

static bool
take(const struct dmn__plan_table *table, struct search *s, uint64_t hits, size_t word)
{
    for (; hits != 0; hits &= hits - 1) {
        uint32_t rule = (uint32_t)(word * 64 + (size_t)__builtin_ctzll(hits));
        bool is_first = s->count++ == 0;
        if (is_first)
            s->best = rule;
        if (table->policy == DMN__FIRST)
            return true;
        if (is_first)
            continue;
        if (table->policy == DMN__PRIORITY) {
            if (table->classes[rule] < table->classes[s->best])
                s->best = rule;
        } else if (table->policy == DMN__UNIQUE ||
                   table->classes[rule] != table->classes[s->best]) {
            s->best = UINT32_MAX; /* a conflict: null */
            return true;
        }
    }
    return false;
}

static uint32_t
choice_of(const struct dmn__plan_table *table, const struct search *s)
{
    if (s->best == UINT32_MAX)
        return 0;
    return table->choices[s->count > 0 ? s->best : table->rule_count];
}

uint32_t
dmn__table_run(const struct dmn__plan_table *table, const struct dmn__row *row)
{
    const uint64_t *sets[DMN_COLUMNS_MAX];
    struct search s = {0};
    uint64_t summary = UINT64_MAX;
    size_t columns = table->column_count;
    for (size_t i = 0; i < columns; i++) {
        const struct dmn__plan_column *column = &table->columns[i];
        int64_t value = row->values[column->at];
        if (row->nulls[column->at]) {
            sets[i] = column->null_set;
            summary &= column->null_summary;
            continue;
        }
        if (column->allowed != NULL && !dmn__in_span(column->allowed, value))
            return 0;
        uint32_t set = column->set_of[column->is_direct ? (size_t)value : class_of(column, value)];
        sets[i] = column->sets + set * table->words;
        summary &= column->summaries[set];
    }
    for (; summary != 0; summary &= summary - 1) {
        size_t from = (size_t)__builtin_ctzll(summary) << table->shift;
        size_t end = from + ((size_t)1 << table->shift);
        for (size_t w = from; w < end && w < table->words; w++) {
            uint64_t hits = sets[0][w];
            for (size_t i = 1; i < columns; i++)
                hits &= sets[i][w];
            if (hits != 0 && take(table, &s, hits, w))
                return choice_of(table, &s);
        }
    }
    return choice_of(table, &s);
}
