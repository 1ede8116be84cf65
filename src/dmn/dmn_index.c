/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_index.c - finding the rules that hit without trying each.
 *
 * The borders of a column's cells, sorted, cut its values into classes that no cell tells apart: 2k + 1 is the border
 * k itself, 2k what lies below it and above the one before. For every class the set of rules whose cell holds is kept
 * as bits (equal sets once); a value finds its class by bisection, or by hash where a text column has no ranges. The
 * sets of all columns are and-ed. What has no constant meaning, or would take too much room, is left to testing the
 * rules that remain. */
#include "dmn/dmn_table_internal.h"
#include <string.h>

#define SET_BYTES_MAX (8u << 20) /* of the sets of one column */

/* ---- building ---------------------------------------------------------------------------------------------------- */

struct build {
    struct dmn__builder *b;
    const struct dmn__table *table;
    struct dmn__column_index *column;
    const struct dmn__cell *cells; /* of the column; stride apart */
    size_t stride;
    size_t words;
};

static const struct dmn__cell *
cell_of(const struct build *build, size_t rule)
{
    return &build->cells[rule * build->stride];
}

static bool
take_border(struct build *build, const struct feel_value *value, struct feel_value *items,
            size_t *count)
{
    if (value->kind == FEEL_NULL)
        return true;
    if (build->column->kind == FEEL_NULL)
        build->column->kind = value->kind;
    items[(*count)++] = *value;
    return value->kind == build->column->kind;
}

/* The shapes of all cells and the borders in them; false when the column cannot be indexed. */
static bool
read_shapes(struct build *build, size_t column)
{
    const struct dmn__table *table = build->table;
    struct tb_arena *scratch = build->b->scratch;
    size_t most = 0, count = 0;
    build->cells = table->cells + column;
    build->stride = table->input_count;
    for (size_t rule = 0; rule < table->rule_count; rule++) {
        const struct dmn__cell *cell = cell_of(build, rule);
        if (cell->tests != NULL || cell->is_faulty)
            return false;
        most += 2 * cell->count;
    }
    struct feel_value *items = TB_NEW_ARRAY(build->b->arena, most, struct feel_value);
    for (size_t rule = 0; rule < table->rule_count; rule++) {
        const struct dmn__cell *cell = cell_of(build, rule);
        for (size_t i = 0; i < cell->count; i++)
            if (!take_border(build, &cell->intervals[i].low, items, &count) ||
                !take_border(build, &cell->intervals[i].high, items, &count))
                return false;
    }
    build->column->border_count = count;
    if (build->column->kind != FEEL_BOOLEAN)
        build->column->border_count = dmn__sort_borders(scratch, items, count);
    build->column->borders = items;
    return true;
}

static size_t
border_at(const struct dmn__column_index *column, const struct feel_value *value)
{
    size_t low = 0, high = column->border_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (dmn__order(&column->borders[middle], value) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* First and last class of an interval. */
static void
classes_of(const struct dmn__column_index *column, const struct feel_interval *interval,
           size_t *ret_first, size_t *ret_last)
{
    if (column->kind == FEEL_BOOLEAN) {
        *ret_first = *ret_last = interval->low.u.boolean;
        return;
    }
    *ret_first = 0;
    *ret_last = 2 * column->border_count;
    if (interval->low.kind != FEEL_NULL)
        *ret_first = 2 * border_at(column, &interval->low) + (interval->low_included ? 1 : 2);
    if (interval->high.kind != FEEL_NULL) {
        size_t border = border_at(column, &interval->high);
        *ret_last = 2 * border + (interval->high_included ? 1 : 0);
    }
}

static void
set_bit(uint64_t *set, size_t bit)
{
    set[bit / 64] |= UINT64_C(1) << (bit % 64);
}

/* Sets by class, each written out, in scratch. */
static uint64_t *
fill_sets(struct build *build, size_t class_count)
{
    struct dmn__column_index *column = build->column;
    uint64_t *all = TB_NEW_ARRAY(build->b->scratch, class_count * build->words, uint64_t);
    for (size_t rule = 0; rule < build->table->rule_count; rule++) {
        const struct dmn__cell *shape = cell_of(build, rule);
        bool is_inverted = shape->is_negated || shape->is_any;
        for (size_t class = 0; is_inverted && class < class_count; class ++)
            set_bit(all + class * build->words, rule);
        for (size_t i = 0; i < shape->count; i++) {
            size_t first, last;
            classes_of(column, &shape->intervals[i], &first, &last);
            for (size_t class = first; class <= last && class < class_count; class ++) {
                uint64_t *set = all + class * build->words;
                if (shape->is_negated)
                    set[rule / 64] &= ~(UINT64_C(1) << (rule % 64));
                else
                    set_bit(set, rule);
            }
        }
    }
    return all;
}

/* Keeps each distinct set once. */
static void
share_sets(struct build *build, const uint64_t *all, size_t class_count)
{
    struct tb_arena *scratch = build->b->scratch;
    size_t words = build->words, cap = 64, count = 0;
    uint32_t *set_of = TB_NEW_ARRAY(build->b->arena, class_count, uint32_t);
    while (cap < class_count * 2)
        cap *= 2;
    uint32_t *slots = TB_NEW_ARRAY(scratch, cap, uint32_t),
             *firsts = TB_NEW_ARRAY(scratch, class_count, uint32_t);
    for (size_t class = 0; class < class_count; class ++) {
        const uint64_t *set = all + class * words;
        size_t at = tb_hash((tb_str){(const char *)set, words * sizeof(*set)}) & (cap - 1);
        while (slots[at] != 0 &&
               memcmp(all + firsts[slots[at] - 1] * words, set, words * sizeof(*set)) != 0)
            at = (at + 1) & (cap - 1);
        if (slots[at] == 0) {
            firsts[count++] = (uint32_t) class;
            slots[at] = (uint32_t)count;
        }
        set_of[class] = slots[at] - 1;
    }
    uint64_t *sets = TB_NEW_ARRAY(build->b->arena, count * words, uint64_t);
    for (size_t i = 0; i < count; i++)
        memcpy(sets + i * words, all + firsts[i] * words, words * sizeof(*sets));
    build->column->set_of = set_of;
    build->column->sets = sets;
    build->column->set_count = count;
}

static int64_t
power_of_ten(int exponent)
{
    int64_t power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

/* A number as an integer at a scale; false when it does not fit or is finer. */
static bool
at_scale(tb_dec number, int scale, int64_t *ret)
{
    if (number.is_wide || number.scale > scale)
        return false;
    return !__builtin_mul_overflow(number.u.coef, power_of_ten(scale - number.scale), ret);
}

static bool
use_integers(struct build *build)
{
    struct dmn__column_index *column = build->column;
    int64_t *integers = TB_NEW_ARRAY(build->b->arena, column->border_count, int64_t);
    for (size_t i = 0; column->kind == FEEL_NUMBER && i < column->border_count; i++)
        if (column->borders[i].u.number.scale > column->scale)
            column->scale = column->borders[i].u.number.scale;
    for (size_t i = 0; i < column->border_count; i++) {
        const struct feel_value *border = &column->borders[i];
        if (column->kind == FEEL_NUMBER &&
            (column->scale > 9 || !at_scale(border->u.number, column->scale, &integers[i])))
            return false;
        if (column->kind == FEEL_DATE)
            integers[i] = tb_date_to_days(border->u.moment.date);
        else if (column->kind == FEEL_MONTHS)
            integers[i] = border->u.months;
    }
    column->integers = integers;
    column->how = DMN__BY_INTEGER;
    return true;
}

/* Texts that are only compared for equality: every interval is a point. */
static bool
use_hash(struct build *build)
{
    struct dmn__column_index *column = build->column;
    size_t cap = 16;
    for (size_t rule = 0; rule < build->table->rule_count; rule++)
        for (size_t i = 0; i < cell_of(build, rule)->count; i++) {
            const struct feel_interval *interval = &cell_of(build, rule)->intervals[i];
            if (!feel_equal(&interval->low, &interval->high))
                return false;
        }
    while (cap < column->border_count * 4)
        cap *= 2;
    uint32_t *slots = TB_NEW_ARRAY(build->b->arena, cap, uint32_t);
    for (size_t i = 0; i < column->border_count; i++) {
        size_t at = tb_hash(column->borders[i].u.string) & (cap - 1);
        while (slots[at] != 0)
            at = (at + 1) & (cap - 1);
        slots[at] = (uint32_t)i + 1;
    }
    column->hash = slots;
    column->hash_cap = cap;
    column->how = DMN__BY_HASH;
    return true;
}

static void
fill_null_set(struct build *build)
{
    uint64_t *set = TB_NEW_ARRAY(build->b->arena, build->words, uint64_t);
    for (size_t rule = 0; rule < build->table->rule_count; rule++)
        if (cell_of(build, rule)->is_any || cell_of(build, rule)->holds_null)
            set_bit(set, rule);
    build->column->null_set = set;
}

static void
build_column(struct build *build, size_t at)
{
    struct dmn__column_index *column = build->column;
    if (!read_shapes(build, at)) {
        *column = (struct dmn__column_index){.how = DMN__BY_TEST};
        return;
    }
    if (column->kind == FEEL_NULL) { /* no borders: "-" everywhere, or null only */
        bool is_any = true;
        for (size_t rule = 0; rule < build->table->rule_count; rule++)
            is_any &= cell_of(build, rule)->is_any;
        column->how = is_any ? DMN__BY_ANY : DMN__BY_TEST;
        return;
    }
    size_t class_count = column->kind == FEEL_BOOLEAN ? 2 : 2 * column->border_count + 1;
    if (class_count * build->words * sizeof(uint64_t) > SET_BYTES_MAX) {
        *column = (struct dmn__column_index){.how = DMN__BY_TEST};
        return;
    }
    column->how = column->kind == FEEL_BOOLEAN ? DMN__BY_BOOLEAN : DMN__BY_ORDER;
    if (column->kind == FEEL_STRING)
        use_hash(build);
    else if (column->kind == FEEL_NUMBER || column->kind == FEEL_DATE ||
             column->kind == FEEL_MONTHS)
        use_integers(build);
    share_sets(build, fill_sets(build, class_count), class_count);
    fill_null_set(build);
}

void
dmn__index_table(struct dmn__builder *b, struct dmn__table *table)
{
    if (table->rule_count == 0 || table->input_count == 0)
        return;
    struct dmn__index *index = TB_NEW(b->arena, struct dmn__index);
    struct dmn__column_index *columns =
        TB_NEW_ARRAY(b->arena, table->input_count, struct dmn__column_index);
    bool is_useful = false;
    index->words = (table->rule_count + 63) / 64;
    index->columns = columns;
    for (size_t i = 0; i < table->input_count; i++) {
        struct build build = {.b = b, .table = table, .column = &columns[i], .words = index->words};
        build_column(&build, i);
        is_useful |= columns[i].how > DMN__BY_ANY;
    }
    if (is_useful)
        table->index = index;
}

/* ---- finding ----------------------------------------------------------------------------------------------------- */

/* Class of an integer: bisection without branches that depend on the data. */
static size_t
class_of_integer(const struct dmn__column_index *column, int64_t value)
{
    const int64_t *base = column->integers;
    size_t n = column->border_count;
    while (n > 1) {
        size_t half = n / 2;
        base += base[half - 1] < value ? half : 0;
        n -= half;
    }
    size_t border = (size_t)(base - column->integers);
    if (base[0] < value)
        return 2 * border + 2;
    return 2 * border + (base[0] == value);
}

static size_t
class_by_order(const struct dmn__column_index *column, const struct feel_value *value)
{
    size_t border = border_at(column, value);
    bool is_on = border < column->border_count && dmn__order(&column->borders[border], value) == 0;
    return 2 * border + (is_on ? 1 : 0);
}

static size_t
class_by_hash(const struct dmn__column_index *column, tb_str text)
{
    size_t at = tb_hash(text) & (column->hash_cap - 1);
    while (column->hash[at] != 0) {
        tb_str border = column->borders[column->hash[at] - 1].u.string;
        if (tb_str_eq(border, text))
            return 2 * (size_t)(column->hash[at] - 1) + 1;
        at = (at + 1) & (column->hash_cap - 1);
    }
    return 0; /* the same rules as for any text that is no border */
}

static size_t
class_of(const struct dmn__column_index *column, const struct feel_value *value)
{
    int64_t integer;
    switch (column->how) {
    case DMN__BY_BOOLEAN:
        return value->u.boolean;
    case DMN__BY_INTEGER:
        if (column->kind == FEEL_DATE)
            return class_of_integer(column, tb_date_to_days(value->u.moment.date));
        if (column->kind == FEEL_MONTHS)
            return class_of_integer(column, value->u.months);
        if (at_scale(value->u.number, column->scale, &integer))
            return class_of_integer(column, integer);
        return class_by_order(column, value);
    case DMN__BY_HASH:
        return class_by_hash(column, value->u.string);
    default:
        return class_by_order(column, value);
    }
}

size_t
dmn__index_words(const struct dmn__index *index)
{
    return index->words;
}

bool
dmn__index_find(const struct dmn__table *table, const struct feel_value *inputs, uint64_t *set,
                uint8_t *ret_untested)
{
    const struct dmn__index *index = table->index;
    bool is_first = true;
    for (size_t i = 0; i < table->input_count; i++) {
        const struct dmn__column_index *column = &index->columns[i];
        const uint64_t *own;
        ret_untested[i] = column->how == DMN__BY_TEST;
        if (column->how <= DMN__BY_ANY)
            continue;
        if (inputs[i].kind == FEEL_NULL)
            own = column->null_set;
        else if (inputs[i].kind == column->kind)
            own = column->sets + column->set_of[class_of(column, &inputs[i])] * index->words;
        else
            return false;
        if (is_first)
            memcpy(set, own, index->words * sizeof(*set));
        for (size_t w = 0; !is_first && w < index->words; w++)
            set[w] &= own[w];
        is_first = false;
    }
    return !is_first;
}
