/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_ask_table.c - a decision table some of whose inputs are not known.
 *
 * For every unknown column the values it may have fall into classes that no cell of the column tells apart: the listed
 * candidates, or, for numbers, days and texts without a list, one value at each border, one between each two, one
 * beyond both ends. A class is a set of rules. Each combination of one class per column gives the rules that hit, and
 * so the outcome. If all outcomes are equal, the table is decided; a column matters only if somewhere changing its
 * class alone changes the outcome. When a column cannot be split like this, or there are too many combinations, every
 * rule that may hit counts as possible, which asks too much rather than too little. */
#include "dmn/dmn_table_internal.h"
#include <string.h>

#define CLASSES_MAX 512
#define COMBINATIONS_MAX 20000
#define OUTCOMES_MAX 200

struct column {
    const struct feel_value *input;
    uint64_t *classes; /* class × words: the rules whose cell holds */
    size_t count;
    bool is_opaque; /* cannot be split */
    bool is_open;
    bool matters;
};

struct ask {
    struct dmn__run *run;
    const struct dmn__table *table;
    struct feel_value *slots;
    struct column *columns;
    size_t words; /* of a set of rules */
    struct feel_value outcomes[OUTCOMES_MAX];
    uint64_t *hits_of; /* outcome × words: the rules that gave it first */
    size_t outcome_count;
    bool has_open; /* an outcome hangs on something unknown itself, or there are too many */
    struct feel_value open;
};

/* ---- representatives --------------------------------------------------------------------------------------------- */

struct points {
    struct feel_value *items;
    size_t count;
};

static int
compare_points(const struct feel_value *a, const struct feel_value *b)
{
    int order = 0;
    feel_compare(a, b, &order);
    return order;
}

static void
add_border(struct points *points, const struct feel_value *value, feel_kind kind)
{
    size_t at = 0;
    if (value->kind != kind)
        return;
    while (at < points->count && compare_points(&points->items[at], value) < 0)
        at++;
    if (at < points->count && compare_points(&points->items[at], value) == 0)
        return;
    memmove(points->items + at + 1, points->items + at, (points->count - at) * sizeof(*value));
    points->items[at] = *value;
    points->count++;
}

/* Somewhere between two borders; false when nothing lies there. */
static bool
between(const struct feel_value *a, const struct feel_value *b, struct feel_value *ret)
{
    tb_dec sum;
    *ret = *a;
    switch (a->kind) {
    case FEEL_NUMBER:
        if (!tb_dec_add(a->u.number, b->u.number, &sum) ||
            !tb_dec_div(sum, tb_dec_of(2), &ret->u.number))
            return false;
        break;
    case FEEL_DATE:
        ret->u.moment.date = tb_date_add_days(a->u.moment.date, 1);
        break;
    case FEEL_MONTHS:
        ret->u.months++;
        break;
    case FEEL_DAYS:
        ret->u.days.seconds++;
        break;
    default:
        return false;
    }
    return compare_points(a, ret) < 0 && compare_points(ret, b) < 0;
}

/* Beyond the first or the last border. */
static bool
beyond(const struct feel_value *a, int direction, struct feel_value *ret)
{
    *ret = *a;
    switch (a->kind) {
    case FEEL_NUMBER:
        return tb_dec_add(a->u.number, tb_dec_of(direction), &ret->u.number);
    case FEEL_DATE:
        ret->u.moment.date = tb_date_add_days(a->u.moment.date, direction);
        return true;
    case FEEL_MONTHS:
        ret->u.months += direction;
        return true;
    case FEEL_DAYS:
        ret->u.days.seconds += direction;
        return true;
    default:
        return false;
    }
}

static bool
gather_borders(struct ask *ask, size_t column, feel_kind kind, struct points *points)
{
    const struct dmn__table *table = ask->table;
    struct tb_arena *arena = feel_vm_arena(ask->run->vm);
    size_t most = 0;
    for (size_t rule = 0; rule < table->rule_count; rule++) {
        const struct dmn__cell *cell = &table->cells[rule * table->input_count + column];
        if (cell->tests != NULL)
            return false;
        most += 2 * cell->count;
    }
    points->items = TB_NEW_ARRAY(arena, 2 * most + 3, struct feel_value);
    for (size_t rule = 0; rule < table->rule_count; rule++) {
        const struct dmn__cell *cell = &table->cells[rule * table->input_count + column];
        for (size_t i = 0; i < cell->count; i++) {
            const struct feel_interval *interval = &cell->intervals[i];
            if (kind == FEEL_STRING && !feel_equal(&interval->low, &interval->high))
                return false;
            add_border(points, &interval->low, kind);
            add_border(points, &interval->high, kind);
        }
    }
    return true;
}

/* A text that is none of the borders: longer than all of them. */
static struct feel_value
other_text(struct tb_arena *arena, const struct points *points)
{
    size_t longest = 0;
    for (size_t i = 0; i < points->count; i++)
        if (points->items[i].u.string.len > longest)
            longest = points->items[i].u.string.len;
    char *text = tb_alloc(arena, longest + 2);
    memset(text, '~', longest + 1);
    return feel_string((tb_str){text, longest + 1});
}

/* One value for each class of an unknown of this kind. */
static bool
representatives(struct ask *ask, size_t column, feel_kind kind, struct points *ret)
{
    struct points borders = {0};
    struct tb_arena *arena = feel_vm_arena(ask->run->vm);
    struct feel_value value;
    if (!gather_borders(ask, column, kind, &borders))
        return false;
    ret->items = TB_NEW_ARRAY(arena, borders.count * 2 + 3, struct feel_value);
    for (size_t i = 0; i < borders.count; i++) {
        ret->items[ret->count++] = borders.items[i];
        if (i + 1 < borders.count && between(&borders.items[i], &borders.items[i + 1], &value))
            ret->items[ret->count++] = value;
    }
    if (kind == FEEL_STRING) {
        ret->items[ret->count++] = other_text(arena, &borders);
        return true;
    }
    if (borders.count == 0) { /* no cell looks at it; any value will do */
        value = kind == FEEL_NUMBER ? feel_integer(0) : feel_null();
        ret->items[ret->count++] = value;
        return true;
    }
    if (beyond(&borders.items[0], -1, &value))
        ret->items[ret->count++] = value;
    if (beyond(&borders.items[borders.count - 1], 1, &value))
        ret->items[ret->count++] = value;
    return true;
}

/* ---- classes ----------------------------------------------------------------------------------------------------- */

/* The rules whose cell in this column holds for a value; false when that cannot be told. */
static bool
class_of(struct ask *ask, size_t column, const struct feel_value *value, uint64_t *set)
{
    const struct dmn__table *table = ask->table;
    memset(set, 0, ask->words * sizeof(*set));
    for (size_t rule = 0; rule < table->rule_count; rule++) {
        const struct dmn__cell *cell = &table->cells[rule * table->input_count + column];
        struct feel_value pass;
        dmn__cell_test(ask->run->vm, cell, value, ask->slots, &pass);
        if (feel_is_open(&pass))
            return false;
        if (feel_is_true(&pass))
            set[rule / 64] |= UINT64_C(1) << (rule % 64);
    }
    return feel_vm_step(ask->run->vm, table->rule_count);
}

/* A column that cannot be split: all rules may hold, and none must. */
static void
make_opaque(struct ask *ask, struct column *column)
{
    column->is_opaque = true;
    column->count = 1;
    column->classes = TB_NEW_ARRAY(feel_vm_arena(ask->run->vm), ask->words, uint64_t);
    memset(column->classes, 0xff, ask->words * sizeof(uint64_t));
}

static bool
is_allowed(struct ask *ask, const struct feel_type *type, const struct feel_value *value)
{
    struct feel_value pass;
    if (type == NULL || type->allowed == NULL)
        return true;
    feel_vm_test(ask->run->vm, type->allowed, value, NULL, &pass);
    return feel_is_true(&pass);
}

static feel_kind
kind_of(const struct feel_unknown *unknown, const struct feel_type *column)
{
    const struct feel_type *type = unknown->type;
    if (type == NULL || type->kind != FEEL_TYPE_BASE)
        type = column;
    return type != NULL && type->kind == FEEL_TYPE_BASE ? type->base : FEEL_NULL;
}

static void
split(struct ask *ask, size_t at)
{
    struct column *column = &ask->columns[at];
    struct tb_arena *arena = feel_vm_arena(ask->run->vm);
    const struct feel_value *input = column->input;
    struct points points = {(struct feel_value *)(uintptr_t)input, 1};
    const struct feel_type *type = NULL;
    column->is_open = feel_is_open(input);
    if (input->kind == FEEL_UNKNOWN) {
        const struct feel_unknown *unknown = input->u.unknown;
        points =
            (struct points){(struct feel_value *)(uintptr_t)unknown->candidates, unknown->count};
        feel_kind kind = kind_of(unknown, ask->table->inputs[at].type);
        type = unknown->type;
        if (points.count == 0 && (kind == FEEL_NULL || !representatives(ask, at, kind, &points)))
            points.count = 0;
    } else if (column->is_open) {
        points.count = 0;
    }
    if (points.count == 0 || points.count > CLASSES_MAX * 4) {
        make_opaque(ask, column);
        return;
    }
    column->classes = TB_NEW_ARRAY(arena, CLASSES_MAX * ask->words, uint64_t);
    for (size_t i = 0; i < points.count; i++) {
        uint64_t *set = column->classes + column->count * ask->words;
        bool is_new = true;
        if (column->count == CLASSES_MAX || !class_of(ask, at, &points.items[i], set)) {
            make_opaque(ask, column);
            return;
        }
        for (size_t k = 0; k < column->count; k++)
            is_new &= memcmp(column->classes + k * ask->words, set, ask->words * sizeof(*set)) != 0;
        column->count += is_new && is_allowed(ask, type, &points.items[i]);
    }
    if (column->count == 0)
        make_opaque(ask, column);
}

/* ---- outcomes ---------------------------------------------------------------------------------------------------- */

/* The number of the outcome of a set of rules; a new one when no set before gave the same. */
static size_t
outcome_of(struct ask *ask, const uint64_t *set)
{
    struct tb_arena *arena = feel_vm_arena(ask->run->vm);
    struct feel_value value;
    size_t count = 0;
    for (size_t i = 0; i < ask->outcome_count; i++)
        if (memcmp(ask->hits_of + i * ask->words, set, ask->words * sizeof(*set)) == 0)
            return i;
    uint32_t *hits = TB_NEW_ARRAY(arena, ask->table->rule_count, uint32_t);
    for (size_t rule = 0; rule < ask->table->rule_count; rule++)
        if (set[rule / 64] >> (rule % 64) & 1)
            hits[count++] = (uint32_t)rule;
    if (ask->table->policy == DMN__FIRST && count > 1)
        count = 1;
    dmn__table_outcome(ask->run, ask->table, ask->slots, hits, count, &value);
    if (feel_is_open(&value)) {
        struct feel_value both[2] = {value, ask->open};
        feel_vm_join(ask->run->vm, both, ask->has_open ? 2 : 1, NULL, &ask->open);
        ask->has_open |= feel_is_open(&ask->open);
    }
    for (size_t i = 0; i < ask->outcome_count; i++)
        if (feel_equal(&ask->outcomes[i], &value) && !feel_is_open(&value))
            return i;
    if (ask->outcome_count == OUTCOMES_MAX)
        return OUTCOMES_MAX;
    ask->outcomes[ask->outcome_count] = value;
    memcpy(ask->hits_of + ask->outcome_count * ask->words, set, ask->words * sizeof(*set));
    return ask->outcome_count++;
}

static size_t
combinations(const struct ask *ask)
{
    size_t all = 1;
    for (size_t c = 0; c < ask->table->input_count; c++) {
        if (ask->columns[c].is_opaque)
            return 0;
        all *= ask->columns[c].count;
        if (all > COMBINATIONS_MAX)
            return 0;
    }
    return all;
}

static void
combine(struct ask *ask, size_t number, uint64_t *set)
{
    memset(set, 0xff, ask->words * sizeof(*set));
    for (size_t c = 0; c < ask->table->input_count; c++) {
        const struct column *column = &ask->columns[c];
        const uint64_t *class = column->classes + (number % column->count) * ask->words;
        number /= column->count;
        for (size_t w = 0; w < ask->words; w++)
            set[w] &= class[w];
    }
}

/* Outcomes of all combinations, and which columns make a difference. */
static bool
try_all(struct ask *ask, size_t all)
{
    struct tb_arena *arena = feel_vm_arena(ask->run->vm);
    uint8_t *outcome = tb_alloc(arena, all);
    uint64_t *set = TB_NEW_ARRAY(arena, ask->words, uint64_t);
    for (size_t n = 0; n < all; n++) {
        combine(ask, n, set);
        size_t number = outcome_of(ask, set);
        if (number == OUTCOMES_MAX || !feel_vm_step(ask->run->vm, 1 + ask->words))
            return false;
        outcome[n] = (uint8_t)number;
    }
    size_t stride = 1;
    for (size_t c = 0; c < ask->table->input_count; c++) {
        struct column *column = &ask->columns[c];
        for (size_t n = 0; n < all && !column->matters; n++) {
            bool is_last = n / stride % column->count == column->count - 1;
            column->matters = !is_last && outcome[n] != outcome[n + stride];
        }
        stride *= column->count;
    }
    return true;
}

/* Without combinations: any subset of the rules that may hit is possible. */
static void
try_each(struct ask *ask, uint64_t *may)
{
    const struct dmn__table *table = ask->table;
    memset(may, 0xff, ask->words * sizeof(*may));
    for (size_t c = 0; c < table->input_count; c++) {
        const struct column *column = &ask->columns[c];
        for (size_t w = 0; w < ask->words; w++) {
            uint64_t any = 0;
            for (size_t k = 0; k < column->count; k++)
                any |= column->classes[k * ask->words + w];
            may[w] &= any;
        }
    }
    for (size_t c = 0; c < table->input_count; c++)
        for (size_t rule = 0; ask->columns[c].is_open && rule < table->rule_count; rule++)
            if (may[rule / 64] >> (rule % 64) & 1) {
                ask->columns[c].matters |= !table->cells[rule * table->input_count + c].is_any;
            }
}

static bool
may_hit(const struct ask *ask, size_t rule)
{
    for (size_t c = 0; c < ask->table->input_count; c++) {
        bool holds = false;
        for (size_t k = 0; k < ask->columns[c].count; k++)
            holds |= ask->columns[c].classes[k * ask->words + rule / 64] >> (rule % 64) & 1;
        if (!holds)
            return false;
    }
    return true;
}

/* Why a column is asked: the first rule that may hit and looks at it. */
static void
note_column(struct ask *ask, size_t column)
{
    const struct dmn__table *table = ask->table;
    size_t rule = 0;
    while (rule < table->rule_count &&
           (table->cells[rule * table->input_count + column].is_any || !may_hit(ask, rule)))
        rule++;
    dmn__ask_note(ask->run, ask->columns[column].input, table->owner, table,
                  rule < table->rule_count ? rule + 1 : 0);
}

static void
conclude(struct ask *ask, bool is_complete, struct feel_value *ret)
{
    struct tb_arena *arena = feel_vm_arena(ask->run->vm);
    uint64_t *deps = TB_NEW_ARRAY(arena, ask->run->asking->words, uint64_t);
    struct feel_value *all = TB_NEW_ARRAY(arena, ask->outcome_count + 1, struct feel_value);
    size_t count = 0;
    for (size_t c = 0; c < ask->table->input_count; c++)
        if (ask->columns[c].is_open && ask->columns[c].matters) {
            feel_unknown_deps(ask->columns[c].input, deps, ask->run->asking->words);
            note_column(ask, c);
        }
    for (size_t i = 0; is_complete && i < ask->outcome_count; i++)
        if (!feel_is_open(&ask->outcomes[i]))
            all[count++] = ask->outcomes[i];
    if (is_complete && ask->has_open)
        all[count++] = ask->open;
    struct feel_value hangs = feel_unknown_new(ask->run->vm, deps, NULL, 0, NULL);
    feel_vm_join(ask->run->vm, all, count, &hangs, ret);
}

void
dmn__ask_table(struct dmn__run *run, const struct dmn__table *table, struct feel_value *slots,
               const struct feel_value *inputs, struct feel_value *ret)
{
    struct tb_arena *arena = feel_vm_arena(run->vm);
    struct ask *ask = TB_NEW(arena, struct ask);
    ask->run = run;
    ask->table = table;
    ask->slots = slots;
    ask->words = table->rule_count / 64 + 1;
    ask->columns = TB_NEW_ARRAY(arena, table->input_count, struct column);
    ask->hits_of = TB_NEW_ARRAY(arena, OUTCOMES_MAX * ask->words, uint64_t);
    *ret = feel_null();
    for (size_t c = 0; c < table->input_count; c++) {
        ask->columns[c].input = &inputs[c];
        split(ask, c);
    }
    size_t all = combinations(ask);
    bool is_complete = all > 0 && try_all(ask, all);
    if (!is_complete && feel_vm_step(run->vm, 1)) {
        uint64_t *may = TB_NEW_ARRAY(arena, ask->words, uint64_t);
        try_each(ask, may);
    }
    conclude(ask, is_complete, ret);
}
