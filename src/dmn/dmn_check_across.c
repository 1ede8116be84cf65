/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_check_across.c - two tables beside each other: verdicts that contradict, borders that differ by one step.
 *
 * Two tables contradict when they say different things of the same name (an output) about one case: the ground of one
 * lies within that of the other, so an input exists that both decide, and it is the witness. */
#include "dmn/dmn_check_internal.h"
#include <string.h>

/* ---- verdicts ---------------------------------------------------------------------------------------------------- */

static size_t
column_of(const struct dmn__table *table, tb_str text)
{
    size_t at = 0;
    while (at < table->input_count && !tb_str_eq(table->inputs[at].text, text))
        at++;
    return at;
}

/* The output of that name; output_count: there is none. */
static size_t
output_of(const struct dmn__table *table, tb_str name)
{
    size_t at = 0;
    while (at < table->output_count && (name.len == 0 || !tb_str_eq(table->outputs[at].name, name)))
        at++;
    return at;
}

/* How two tables stand to each other. */
typedef enum {
    APART,
    PART_SHARED, /* b decides some of the same, from columns that a looks at too */
    SAME,        /* the same outputs from the same columns */
} relation;

/* A verdict is what an output of a name says; its ground are the columns. */
static relation
relation_of(const struct dmn__table *a, const struct dmn__table *b)
{
    bool takes_one = (a->policy == DMN__UNIQUE || a->policy == DMN__FIRST) &&
                     (b->policy == DMN__UNIQUE || b->policy == DMN__FIRST);
    size_t shared = 0;
    if (!takes_one || b->input_count == 0)
        return APART;
    for (size_t i = 0; i < b->input_count; i++)
        if (column_of(a, b->inputs[i].text) == a->input_count)
            return APART;
    for (size_t i = 0; i < b->output_count; i++)
        shared += output_of(a, b->outputs[i].name) < a->output_count;
    bool is_same = shared == a->output_count && shared == b->output_count;
    for (size_t i = 0; i < a->input_count; i++)
        is_same &= column_of(b, a->inputs[i].text) < b->input_count;
    return is_same ? SAME : shared > 0 ? PART_SHARED : APART;
}

/* One table with the rules of both, the columns as in a; b does not look at those that it has not. */
static struct dmn__table *
join_tables(struct tb_arena *arena, const struct dmn__table *a, const struct dmn__table *b)
{
    struct dmn__table *both = TB_NEW(arena, struct dmn__table);
    size_t count = a->rule_count + b->rule_count;
    struct dmn__cell *cells = TB_NEW_ARRAY(arena, count * a->input_count, struct dmn__cell);
    struct dmn__rule *rules = TB_NEW_ARRAY(arena, count, struct dmn__rule);
    *both = *a;
    for (size_t rule = 0; rule < count; rule++) {
        bool is_a = rule < a->rule_count;
        size_t own = is_a ? rule : rule - a->rule_count;
        rules[rule] = (is_a ? a : b)->rules[own];
        for (size_t c = 0; c < a->input_count; c++) {
            size_t at = column_of(b, a->inputs[c].text);
            if (is_a)
                cells[rule * a->input_count + c] = a->cells[own * a->input_count + c];
            else if (at < b->input_count)
                cells[rule * a->input_count + c] = b->cells[own * b->input_count + at];
            else
                cells[rule * a->input_count + c] =
                    (struct dmn__cell){.text = TB_STR("-"), .is_any = true};
        }
    }
    both->cells = cells;
    both->rules = rules;
    both->rule_count = count;
    return both;
}

/* Does an output that both have differ? */
static bool
differ(const struct dmn__table *a, size_t x, const struct dmn__table *b, size_t y)
{
    for (size_t i = 0; i < a->output_count; i++) {
        size_t k = output_of(b, a->outputs[i].name);
        if (k == b->output_count)
            continue;
        const struct dmn__result *left = &a->results[x * a->output_count + i];
        const struct dmn__result *right = &b->results[y * b->output_count + k];
        if (left->constant != NULL && right->constant != NULL &&
            !feel_equal(left->constant, right->constant))
            return true;
    }
    return false;
}

static void
add_difference(struct dmn__grid *a, struct dmn__grid *b, size_t x, size_t y,
               const struct dmn__grid *both, const size_t *classes, relation how,
               struct dmn_findings *findings)
{
    struct dmn_finding *finding = dmn__finding(findings, a, "between_tables", &x, 1);
    finding->has_witness = true;
    finding->level = !both->is_direct ? DMN_NOTE : how == SAME ? DMN_ERROR : DMN_WARNING;
    finding->witness = dmn__grid_witness(both, classes);
    tb_str text = feel_format_literal(a->arena, &finding->witness);
    finding->zh = tb_printf(
        a->arena, "“" TB_FMT "”规则 %zu 和“" TB_FMT "”规则 %zu 对同样的情况给出不同的结果：" TB_FMT,
        TB_ARG(a->table->owner), x + 1, TB_ARG(b->table->owner), y + 1, TB_ARG(text));
    finding->en =
        tb_printf(a->arena,
                  "\"" TB_FMT "\" rule %zu and \"" TB_FMT
                  "\" rule %zu give different outputs for the same case: " TB_FMT,
                  TB_ARG(a->table->owner), x + 1, TB_ARG(b->table->owner), y + 1, TB_ARG(text));
    finding->remedy_zh = TB_STR("只留一张表，或者让两张表一致");
    finding->remedy_en = TB_STR("keep one of the tables, or make them agree");
}

void
dmn__check_pair(struct dmn__grid *a, struct dmn__grid *b, struct dmn_findings *findings)
{
    relation how = relation_of(a->table, b->table);
    if (how == APART) {
        struct dmn__grid *other = a;
        how = relation_of(b->table, a->table);
        a = b;
        b = other;
    }
    const struct dmn__table *x = a->table, *y = b->table;
    struct dmn__grid both = {.arena = a->arena, .model = a->model, .node = a->node};
    size_t found = 0;
    if (how == APART)
        return;
    both.table = join_tables(a->arena, x, y);
    if (!dmn__grid_build(&both))
        return;
    uint64_t *meets = TB_NEW_ARRAY(a->arena, both.words, uint64_t);
    uint64_t *before = TB_NEW_ARRAY(a->arena, both.words, uint64_t);
    size_t *classes = TB_NEW_ARRAY(a->arena, both.dim_count + 1, size_t);
    for (size_t i = 0; i < x->rule_count; i++) {
        dmn__grid_meets(&both, i, meets);
        for (size_t k = 0; k < y->rule_count && found < DMN_CHECK_PER_TABLE_MAX; k++) {
            size_t pair[2] = {i, x->rule_count + k};
            if (!dmn__has_bit(meets, pair[1]) || !differ(x, i, y, k))
                continue;
            memset(before, 0, both.words * sizeof(*before));
            for (size_t r = 0; x->policy == DMN__FIRST && r < i; r++)
                dmn__set_bit(before, r);
            for (size_t r = 0; y->policy == DMN__FIRST && r < k; r++)
                dmn__set_bit(before, x->rule_count + r);
            if (dmn__grid_uncovered(&both, pair, 2, before, classes) == 1) {
                found++;
                add_difference(a, b, i, k, &both, classes, how, findings);
            }
        }
    }
}

/* ---- borders ----------------------------------------------------------------------------------------------------- */

/* Where a line of values is cut: just below a value, or just above it. */
struct cut {
    struct feel_value at;
    bool is_above; /* the value itself belongs to what lies below */
    size_t rule;   /* one that ends or begins here */
};

#define CUTS_MAX 200

static size_t
rule_that_changes(const struct dmn__grid *grid, const uint64_t *x, const uint64_t *y)
{
    for (size_t w = 0; w < grid->words; w++)
        if (x[w] != y[w])
            return w * 64 + (size_t)__builtin_ctzll(x[w] ^ y[w]);
    return grid->table->rule_count;
}

static size_t
cuts_of(const struct dmn__grid *grid, const struct dmn__dim *dim, struct cut *cuts)
{
    size_t count = 0;
    for (size_t k = 0; k + 1 < dim->count && count < CUTS_MAX; k++) {
        const uint64_t *x = dim->sets + k * grid->words, *y = x + grid->words;
        size_t rule = rule_that_changes(grid, x, y);
        if (rule == grid->table->rule_count || dim->is_border[k] == dim->is_border[k + 1])
            continue;
        cuts[count++] =
            (struct cut){dim->values[dim->is_border[k] ? k : k + 1], dim->is_border[k], rule};
    }
    return count;
}

/* The first whole step that lies above a cut; false when its value is no whole number and no day. */
static bool
first_above(const struct cut *cut, int64_t *ret)
{
    if (cut->at.kind == FEEL_DATE)
        *ret = tb_date_to_days(cut->at.u.moment.date);
    else if (cut->at.kind != FEEL_NUMBER || !tb_dec_to_int(cut->at.u.number, ret))
        return false;
    *ret += cut->is_above;
    return true;
}

/* Does a table cut there itself? Then it tells the two apart on purpose. */
static bool
has_cut(const struct cut *cuts, size_t count, int64_t step)
{
    int64_t own;
    for (size_t i = 0; i < count; i++)
        if (first_above(&cuts[i], &own) && own == step)
            return true;
    return false;
}

static void
add_border(struct dmn__grid *a, const struct dmn__grid *b, const struct dmn__dim *dim,
           const struct cut *x, const struct cut *y, int64_t step, struct dmn_findings *findings)
{
    struct tb_arena *arena = a->arena;
    struct dmn_finding *finding = dmn__finding(findings, a, "border_differs", &x->rule, 1);
    struct feel_value at = x->at;
    if (at.kind == FEEL_DATE)
        at = feel_date(tb_date_from_days(step));
    else
        at.u.number = tb_dec_of(step);
    tb_str value = feel_format_literal(arena, &at);
    finding->level = DMN_WARNING;
    finding->column = dim->column->text;
    finding->has_witness = true;
    finding->witness = feel_context_of(arena, NULL, 0);
    finding->witness = feel_put(arena, &finding->witness, dim->column->text, at);
    finding->zh = tb_printf(arena,
                            "“" TB_FMT "”正好是 " TB_FMT " 时，“" TB_FMT "”规则 %zu 和“" TB_FMT
                            "”规则 %zu 把它归在分界的两边",
                            TB_ARG(dim->column->text), TB_ARG(value), TB_ARG(a->table->owner),
                            x->rule + 1, TB_ARG(b->table->owner), y->rule + 1);
    finding->en =
        tb_printf(arena,
                  "\"" TB_FMT "\" of exactly " TB_FMT " lies on one side of the border in "
                  "\"" TB_FMT "\" rule %zu and on the other in \"" TB_FMT "\" rule %zu",
                  TB_ARG(dim->column->text), TB_ARG(value), TB_ARG(a->table->owner), x->rule + 1,
                  TB_ARG(b->table->owner), y->rule + 1);
    finding->remedy_zh = TB_STR("看法条写的是“以上”还是“超过”，两张表写成一样");
    finding->remedy_en =
        TB_STR("see whether the law says \"from\" or \"more than\", and write both "
               "tables alike");
}

static void
compare_cuts(struct dmn__grid *a, const struct dmn__grid *b, const struct dmn__dim *dim,
             const struct dmn__dim *other, struct dmn_findings *findings)
{
    struct cut *x = TB_NEW_ARRAY(a->arena, CUTS_MAX, struct cut);
    struct cut *y = TB_NEW_ARRAY(a->arena, CUTS_MAX, struct cut);
    size_t x_count = cuts_of(a, dim, x), y_count = cuts_of(b, other, y), found = 0;
    for (size_t i = 0; i < x_count; i++)
        for (size_t k = 0; k < y_count && found < DMN_CHECK_PER_TABLE_MAX; k++) {
            int64_t one, two;
            if (x[i].at.kind != y[k].at.kind || !first_above(&x[i], &one) ||
                !first_above(&y[k], &two) || (one - two != 1 && two - one != 1) ||
                has_cut(x, x_count, two) || has_cut(y, y_count, one))
                continue;
            found++;
            add_border(a, b, dim, &x[i], &y[k], one < two ? one : two, findings);
        }
}

void
dmn__check_borders(struct dmn__grid *a, const struct dmn__grid *b, struct dmn_findings *findings)
{
    for (size_t i = 0; i < a->dim_count; i++)
        for (size_t k = 0; k < b->dim_count; k++)
            if (a->dims[i].is_ordered && b->dims[k].is_ordered && a->dims[i].input != NULL &&
                b->dims[k].input != NULL &&
                tb_str_eq(a->dims[i].column->text, b->dims[k].column->text))
                compare_cuts(a, b, &a->dims[i], &b->dims[k], findings);
}
