/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_match.c - running a decision table: which rules hit, and what the hit policy makes of them (clause 8.2.10). */
#include "dmn/dmn_table_internal.h"
#include <string.h>

#define HITS_SMALL 16
#define INPUTS_SMALL 12
#define WORDS_SMALL 64
#define COLUMNS_SMALL 32

/* One run of a table: the hits, as rule numbers in the order of the table. */
struct match {
    struct dmn__run *run;
    const struct dmn__table *table;
    struct feel_value *slots;
    const struct feel_value *inputs;
    uint32_t *hits;
    size_t count, cap;
};

/* ---- inputs ------------------------------------------------------------------------------------------------------ */

static bool
read_inputs(struct match *m, struct feel_value *inputs)
{
    const struct dmn__table *table = m->table;
    struct tb_arena *arena = feel_vm_arena(m->run->vm);
    for (size_t i = 0; i < table->input_count; i++) {
        const struct dmn__column *column = &table->inputs[i];
        struct feel_value pass;
        inputs[i] = feel_null();
        if (column->expr != NULL)
            feel_vm_eval(m->run->vm, column->expr, m->slots, &inputs[i]);
        if (column->allowed == NULL || inputs[i].kind == FEEL_NULL ||
            inputs[i].kind == FEEL_UNKNOWN)
            continue;
        feel_vm_test(m->run->vm, column->allowed, &inputs[i], m->slots, &pass);
        if (!feel_is_true(&pass)) {
            dmn__warn(m->run, "not_allowed",
                      tb_printf(arena, "输入“" TB_FMT "”不在允许的值之内", TB_ARG(column->text)),
                      tb_printf(arena, "input \"" TB_FMT "\" is not one of the allowed values",
                                TB_ARG(column->text)));
            return false;
        }
    }
    m->inputs = inputs;
    return true;
}

static bool
cell_holds(struct match *m, size_t rule, size_t column)
{
    const struct dmn__cell *cell = &m->table->cells[rule * m->table->input_count + column];
    struct feel_value pass;
    if (cell->tests == NULL)
        return !cell->is_faulty && dmn__cell_holds(cell, &m->inputs[column]);
    feel_vm_test(m->run->vm, cell->tests, &m->inputs[column], m->slots, &pass);
    return feel_is_true(&pass);
}

/* untested: which columns are still to be tested; NULL: all. */
static bool
rule_hits(struct match *m, size_t rule, const uint8_t *untested)
{
    for (size_t i = 0; i < m->table->input_count; i++)
        if ((untested == NULL || untested[i]) && !cell_holds(m, rule, i))
            return false;
    return true;
}

/* Notes a hit; false when no more are wanted. */
static bool
add_hit(struct match *m, size_t rule)
{
    if (m->count == m->cap) {
        size_t cap = m->cap * 4;
        uint32_t *more = TB_NEW_ARRAY(feel_vm_arena(m->run->vm), cap, uint32_t);
        memcpy(more, m->hits, m->count * sizeof(*more));
        m->hits = more;
        m->cap = cap;
    }
    m->hits[m->count++] = (uint32_t)rule;
    return m->table->policy != DMN__FIRST;
}

static bool
scan(struct match *m)
{
    for (size_t rule = 0; rule < m->table->rule_count; rule++) {
        if (!feel_vm_step(m->run->vm, 1))
            return false;
        if (rule_hits(m, rule, NULL) && !add_hit(m, rule))
            break;
    }
    return true;
}

static bool
find_hits(struct match *m)
{
    const struct dmn__table *table = m->table;
    uint64_t small_set[WORDS_SMALL], *set = small_set;
    uint8_t small_columns[COLUMNS_SMALL], *untested = small_columns;
    struct tb_arena *arena = feel_vm_arena(m->run->vm);
    if (table->index == NULL || m->run->scans_tables)
        return scan(m);
    size_t words = dmn__index_words(table->index);
    if (words > WORDS_SMALL)
        set = TB_NEW_ARRAY(arena, words, uint64_t);
    if (table->input_count > COLUMNS_SMALL)
        untested = tb_alloc(arena, table->input_count);
    if (!dmn__index_find(table, m->inputs, set, untested))
        return scan(m);
    for (size_t w = 0; w < words; w++)
        for (uint64_t rest = set[w]; rest != 0; rest &= rest - 1) {
            size_t rule = w * 64 + (size_t)__builtin_ctzll(rest);
            if (rule_hits(m, rule, untested) && !add_hit(m, rule))
                return true;
        }
    return feel_vm_step(m->run->vm, 1 + words / 8);
}

/* ---- outputs ----------------------------------------------------------------------------------------------------- */

static void
cell_value(struct match *m, const struct dmn__result *result, const struct dmn__output *output,
           struct feel_value *ret)
{
    struct feel_value value = feel_null();
    if (result->constant != NULL)
        value = *result->constant;
    else if (result->expr != NULL)
        feel_vm_eval(m->run->vm, result->expr, m->slots, &value);
    dmn__conform(m->run, &value, output->type, output->name, ret);
}

/* The output of a rule; rule_count: the default. One column gives its value, several a context. */
static void
rule_value(struct match *m, size_t rule, struct feel_value *ret)
{
    const struct dmn__table *table = m->table;
    bool is_default = rule == table->rule_count;
    const struct dmn__result *results = table->results + rule * table->output_count;
    if (table->output_count == 1) {
        cell_value(m, is_default ? &table->outputs[0].otherwise : &results[0], &table->outputs[0],
                   ret);
        return;
    }
    struct tb_arena *arena = feel_vm_arena(m->run->vm);
    struct feel_entry *entries = TB_NEW_ARRAY(arena, table->output_count, struct feel_entry);
    for (size_t i = 0; i < table->output_count; i++) {
        entries[i].key = table->outputs[i].name;
        cell_value(m, is_default ? &table->outputs[i].otherwise : &results[i], &table->outputs[i],
                   &entries[i].value);
    }
    *ret = feel_context_of(arena, entries, table->output_count);
}

static void
note_hit(struct match *m, size_t rule)
{
    const struct dmn__table *table = m->table;
    const struct dmn__rule *row = &table->rules[rule];
    struct dmn_hit hit = {.decision = table->owner,
                          .rule_id = row->id,
                          .rule = rule + 1,
                          .description = row->description,
                          .annotations = row->annotations,
                          .annotation_names = table->annotation_names,
                          .annotation_count = table->annotation_count,
                          .line = row->line};
    dmn__hit(m->run, &hit);
}

/* Several rules where the hit policy allows one: both are named. */
static void
conflict(struct match *m, size_t a, size_t b, const char *zh, const char *en)
{
    struct tb_arena *arena = feel_vm_arena(m->run->vm);
    dmn__warn(m->run, "hit_policy", tb_printf(arena, "规则 %zu 和 %zu %s", a + 1, b + 1, zh),
              tb_printf(arena, "rules %zu and %zu %s", a + 1, b + 1, en));
}

static void
unique_value(struct match *m, struct feel_value *ret)
{
    if (m->count == 1)
        rule_value(m, m->hits[0], ret);
    else
        conflict(m, m->hits[0], m->hits[1], "都命中，而命中策略只许一条",
                 "both hit, but the hit policy allows one");
}

static void
any_value(struct match *m, struct feel_value *ret)
{
    struct feel_value first, other;
    rule_value(m, m->hits[0], &first);
    for (size_t i = 1; i < m->count; i++) {
        rule_value(m, m->hits[i], &other);
        if (!feel_equal(&first, &other) && !feel_is_open(&first) && !feel_is_open(&other)) {
            conflict(m, m->hits[0], m->hits[i], "都命中，结果却不同",
                     "both hit and differ in their outputs");
            return;
        }
    }
    *ret = first;
}

/* Place of an output among the output values; behind all of them when it is none. */
static size_t
rank(const struct dmn__output *output, const struct feel_value *value)
{
    size_t at = 0;
    while (at < output->value_count && !feel_equal(&output->values[at], value))
        at++;
    return at;
}

static bool
comes_before(const struct match *m, const struct feel_value *a, const struct feel_value *b)
{
    const struct dmn__table *table = m->table;
    for (size_t i = 0; i < table->output_count; i++) {
        const struct dmn__output *output = &table->outputs[i];
        const struct feel_value *x = table->output_count == 1 ? a : &a->u.context->entries[i].value;
        const struct feel_value *y = table->output_count == 1 ? b : &b->u.context->entries[i].value;
        size_t left = rank(output, x), right = rank(output, y);
        if (output->value_count > 0 && left != right)
            return left < right;
    }
    return false;
}

/* All outputs, in the order of the rules, or of the output values. */
static struct feel_value *
all_values(struct match *m)
{
    struct feel_value *values =
        TB_NEW_ARRAY(feel_vm_arena(m->run->vm), m->count, struct feel_value);
    bool is_sorted = m->table->policy == DMN__OUTPUT_ORDER || m->table->policy == DMN__PRIORITY;
    for (size_t i = 0; i < m->count; i++) {
        struct feel_value value;
        uint32_t rule = m->hits[i];
        size_t at = i;
        rule_value(m, rule, &value);
        for (; is_sorted && at > 0 && comes_before(m, &value, &values[at - 1]); at--) {
            values[at] = values[at - 1];
            m->hits[at] = m->hits[at - 1];
        }
        values[at] = value;
        m->hits[at] = rule;
    }
    return values;
}

/* ---- aggregates -------------------------------------------------------------------------------------------------- */

static void
no_aggregate(struct match *m, struct feel_value *ret)
{
    *ret = feel_null();
    dmn__warn(m->run, "wrong_type", TB_STR("命中规则的结果不能汇总"),
              TB_STR("the outputs of the rules that hit cannot be aggregated"));
}

static void
aggregate_column(struct match *m, const struct feel_value *values, struct feel_value *ret)
{
    dmn__aggregate how = m->table->aggregate;
    *ret = values[0];
    for (size_t i = 0; i < m->count; i++) {
        int order = 0;
        if (how == DMN__SUM) {
            bool is_number = values[i].kind == FEEL_NUMBER;
            if (!is_number ||
                (i > 0 && !tb_dec_add(ret->u.number, values[i].u.number, &ret->u.number))) {
                no_aggregate(m, ret);
                return;
            }
        } else if (!feel_compare(&values[i], ret, &order)) {
            no_aggregate(m, ret);
            return;
        } else if (how == DMN__MIN ? order < 0 : order > 0) {
            *ret = values[i];
        }
    }
}

static void
aggregate(struct match *m, const struct feel_value *values, struct feel_value *ret)
{
    struct tb_arena *arena = feel_vm_arena(m->run->vm);
    const struct dmn__table *table = m->table;
    if (table->aggregate == DMN__NO_AGGREGATE) {
        *ret = feel_list_of(values, m->count);
    } else if (table->aggregate == DMN__COUNT) {
        *ret = feel_integer((int64_t)m->count);
    } else if (table->output_count == 1) {
        aggregate_column(m, values, ret);
    } else {
        struct feel_entry *entries = TB_NEW_ARRAY(arena, table->output_count, struct feel_entry);
        struct feel_value *column = TB_NEW_ARRAY(arena, m->count, struct feel_value);
        for (size_t c = 0; c < table->output_count; c++) {
            for (size_t i = 0; i < m->count; i++)
                column[i] = values[i].u.context->entries[c].value;
            entries[c].key = table->outputs[c].name;
            aggregate_column(m, column, &entries[c].value);
        }
        *ret = feel_context_of(arena, entries, table->output_count);
    }
}

/* ---- all together ------------------------------------------------------------------------------------------------ */

static void
apply_policy(struct match *m, struct feel_value *ret)
{
    const struct feel_value *values;
    size_t noted = m->count;
    switch (m->table->policy) {
    case DMN__UNIQUE:
        unique_value(m, ret);
        break;
    case DMN__ANY:
        any_value(m, ret);
        break;
    case DMN__FIRST:
        rule_value(m, m->hits[0], ret);
        break;
    case DMN__PRIORITY:
        *ret = all_values(m)[0];
        noted = 1;
        break;
    default:
        values = all_values(m);
        aggregate(m, values, ret);
    }
    for (size_t i = 0; m->run->hits != NULL && i < noted; i++)
        note_hit(m, m->hits[i]);
}

static void
outcome(struct match *m, struct feel_value *ret)
{
    const struct dmn__table *table = m->table;
    *ret = feel_null();
    if (m->count > 0) {
        apply_policy(m, ret);
    } else if (table->has_default) {
        rule_value(m, table->rule_count, ret);
        bool is_list = table->policy == DMN__RULE_ORDER || table->policy == DMN__OUTPUT_ORDER ||
                       (table->policy == DMN__COLLECT && table->aggregate == DMN__NO_AGGREGATE);
        if (is_list && ret->kind != FEEL_LIST) {
            struct feel_value *item = TB_NEW(feel_vm_arena(m->run->vm), struct feel_value);
            *item = *ret;
            *ret = feel_list_of(item, 1);
        }
    } else {
        dmn__warn(m->run, "no_hit", TB_STR("没有规则命中，也没有默认结果"),
                  TB_STR("no rule hits and there is no default"));
    }
}

void
dmn__table_outcome(struct dmn__run *run, const struct dmn__table *table, struct feel_value *slots,
                   uint32_t *hits, size_t count, struct feel_value *ret)
{
    struct match m = {.run = run, .table = table, .slots = slots, .hits = hits, .count = count};
    outcome(&m, ret);
}

bool
dmn__table_hits(struct dmn__run *run, const struct dmn__table *table, struct feel_value *slots,
                const struct feel_value *inputs, uint32_t **hits, size_t cap, size_t *ret_count)
{
    struct match m = {.run = run, .table = table, .slots = slots, .inputs = inputs, .hits = *hits};
    m.cap = cap;
    if (!find_hits(&m))
        return false;
    *hits = m.hits;
    *ret_count = m.count;
    return true;
}

void
dmn__eval_table(struct dmn__run *run, const struct dmn__table *table, struct feel_value *slots,
                struct feel_value *ret)
{
    uint32_t hits[HITS_SMALL];
    struct feel_value small[INPUTS_SMALL], *inputs = small;
    struct match m = {.run = run, .table = table, .slots = slots, .hits = hits, .cap = HITS_SMALL};
    *ret = feel_null();
    if (table->input_count > INPUTS_SMALL)
        inputs = TB_NEW_ARRAY(feel_vm_arena(run->vm), table->input_count, struct feel_value);
    if (!read_inputs(&m, inputs))
        return;
    for (size_t i = 0; run->asking != NULL && i < table->input_count; i++)
        if (feel_is_open(&inputs[i])) {
            dmn__ask_table(run, table, slots, inputs, ret);
            return;
        }
    if (run->scene != NULL)
        dmn__scene_table(run, table, slots, inputs, ret);
    else if (find_hits(&m))
        outcome(&m, ret);
}
