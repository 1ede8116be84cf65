/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_ask_domain.c - the answers to a question that a model can tell apart.
 *
 * All expressions that read the question are looked at. While they only compare it with constants (cells of a table,
 * comparisons in FEEL), those constants cut its values into classes: each border, what lies between two of them, what
 * lies beyond the ends. Of each class one value stands for all. Values of an enumeration that no expression tells
 * apart are one class, as likely as all of them together. */
#include "dmn/dmn_ask_internal.h"
#include <string.h>

#define ALIASES_MAX 64

struct gather {
    struct tb_arena *arena;
    struct feel_cuts cuts;
    const struct dmn__node **nodes; /* all that the decision hangs on */
    size_t node_count, node_cap;
    /* nodes whose value is the question's */
    struct {
        const struct dmn__node *node;
        const tb_str *path;
        size_t path_count;
    } aliases[ALIASES_MAX];
    size_t alias_count;
};

/* ---- the expressions that read it -------------------------------------------------------------------------------- */

static void
collect(struct gather *g, const struct dmn__node *node)
{
    for (size_t i = 0; i < g->node_count; i++)
        if (g->nodes[i] == node)
            return;
    if (g->node_count == g->node_cap) {
        size_t cap = g->node_cap * 2 + 32;
        const struct dmn__node **more = TB_NEW_ARRAY(g->arena, cap, const struct dmn__node *);
        if (g->node_count > 0)
            memcpy(more, g->nodes, g->node_count * sizeof(*more));
        g->nodes = more;
        g->node_cap = cap;
    }
    g->nodes[g->node_count++] = node;
    for (size_t i = 0; i < node->need_count; i++)
        collect(g, node->needs[i].node);
    for (size_t i = 0; i < node->output_count; i++)
        collect(g, node->outputs[i]);
}

static bool
add_shape(struct gather *g, const struct feel_unary *unary)
{
    struct feel_shape shape;
    if (unary == NULL)
        return true;
    if (!feel_unary_shape(g->arena, unary, &shape))
        return false;
    for (size_t i = 0; i < shape.count; i++)
        if (!feel_cuts_add(&g->cuts, &shape.intervals[i]))
            return false;
    return true;
}

static bool
cut_literal(struct gather *g, const struct feel_expr *expr, const struct feel_place *place)
{
    return expr == NULL || feel_expr_cuts(expr, place, &g->cuts);
}

/* is_about: the cell's column is the place itself. */
static bool
cut_cell(struct gather *g, const struct dmn__cell *cell, bool is_about,
         const struct feel_place *place)
{
    if (cell->tests != NULL)
        return is_about ? add_shape(g, cell->tests) : feel_unary_cuts(cell->tests, place, &g->cuts);
    for (uint32_t i = 0; is_about && i < cell->count; i++)
        if (!feel_cuts_add(&g->cuts, &cell->intervals[i]))
            return false;
    return true;
}

static bool
cut_table(struct gather *g, const struct dmn__table *table, const struct feel_place *place)
{
    for (size_t c = 0; c < table->input_count; c++) {
        const struct dmn__column *column = &table->inputs[c];
        bool is_about = column->expr != NULL && feel_expr_is_place(column->expr, place);
        if (is_about ? !add_shape(g, column->allowed) : !cut_literal(g, column->expr, place))
            return false;
        for (size_t rule = 0; rule < table->rule_count; rule++)
            if (!cut_cell(g, &table->cells[rule * table->input_count + c], is_about, place))
                return false;
    }
    for (size_t i = 0; i < table->rule_count * table->output_count; i++)
        if (!cut_literal(g, table->results[i].expr, place))
            return false;
    for (size_t i = 0; i < table->output_count; i++)
        if (!cut_literal(g, table->outputs[i].otherwise.expr, place))
            return false;
    return true;
}

static bool cut_expr(struct gather *g, const struct dmn__expr *expr,
                     const struct feel_place *place);

static bool
cut_entries(struct gather *g, const struct dmn__entry *entries, size_t count,
            const struct feel_place *place)
{
    for (size_t i = 0; i < count; i++)
        if (!cut_expr(g, entries[i].value, place))
            return false;
    return true;
}

static bool
cut_cells(struct gather *g, const struct dmn__expr *const *cells, size_t count,
          const struct feel_place *place)
{
    for (size_t i = 0; i < count; i++)
        if (!cut_expr(g, cells[i], place))
            return false;
    return true;
}

static bool
cut_expr(struct gather *g, const struct dmn__expr *expr, const struct feel_place *place)
{
    if (expr == NULL)
        return true;
    switch (expr->form) {
    case DMN__LITERAL:
        return cut_literal(g, expr->u.literal, place);
    case DMN__TABLE:
        return cut_table(g, expr->u.table, place);
    case DMN__CONTEXT:
        return cut_entries(g, expr->u.context.entries, expr->u.context.count, place);
    case DMN__LIST:
        return cut_cells(g, expr->u.list.items, expr->u.list.count, place);
    case DMN__RELATION:
        return cut_cells(g, expr->u.relation.cells,
                         expr->u.relation.row_count * expr->u.relation.column_count, place);
    case DMN__INVOCATION:
        return cut_expr(g, expr->u.invocation.callee, place) &&
               cut_entries(g, expr->u.invocation.bindings, expr->u.invocation.count, place);
    case DMN__FUNCTION:
        return cut_expr(g, expr->u.function.body, place);
    case DMN__IF:
        return cut_expr(g, expr->u.choice.condition, place) &&
               cut_expr(g, expr->u.choice.yes, place) && cut_expr(g, expr->u.choice.no, place);
    case DMN__FILTER:
    case DMN__FOR:
    case DMN__SOME:
    case DMN__EVERY:
        return cut_expr(g, expr->u.loop.domain, place) && cut_expr(g, expr->u.loop.body, place);
    case DMN__FAULTY:
        return true;
    }
    return false;
}

/* Looks at what reads the value of one node that is the question's. */
static bool
cut_readers(struct gather *g, size_t alias)
{
    const struct dmn__node *of = g->aliases[alias].node;
    for (size_t i = 0; i < g->node_count; i++) {
        const struct dmn__node *node = g->nodes[i];
        for (size_t k = 0; k < node->need_count; k++) {
            struct feel_place place = {node->needs[k].slot, g->aliases[alias].path,
                                       g->aliases[alias].path_count};
            if (node->needs[k].node != of || node->body == NULL)
                continue;
            if (node->kind == DMN__DECISION && node->body->form == DMN__LITERAL &&
                feel_expr_is_place(node->body->u.literal, &place)) {
                if (g->alias_count == ALIASES_MAX)
                    return false;
                g->aliases[g->alias_count++].node = node;
            } else if (!cut_expr(g, node->body, &place)) {
                return false;
            }
        }
    }
    return true;
}

static bool
cut_all(struct gather *g, const struct dmn__node *decision, const struct dmn__leaf *leaf)
{
    g->aliases[0].node = leaf->input;
    g->aliases[0].path = leaf->path;
    g->aliases[0].path_count = leaf->path_count;
    g->alias_count = 1;
    for (size_t i = 0; i < g->alias_count; i++) {
        if (g->aliases[i].node == decision && i > 0)
            return false; /* the outcome is the answer itself */
        if (!cut_readers(g, i))
            return false;
    }
    return leaf->type->allowed == NULL || add_shape(g, leaf->type->allowed);
}

/* ---- one value for each class ------------------------------------------------------------------------------------ */

/* A text that is none of the borders: longer than all of them. */
static struct feel_value
other_text(struct tb_arena *arena, const struct feel_value *borders, size_t count)
{
    size_t longest = 0;
    for (size_t i = 0; i < count; i++)
        if (borders[i].u.string.len > longest)
            longest = borders[i].u.string.len;
    char *text = tb_alloc(arena, longest + 2);
    memset(text, '~', longest + 1);
    return feel_string((tb_str){text, longest + 1});
}

/* The kind of all borders; FEEL_NULL when they differ or there are none. */
static feel_kind
kind_of(const struct gather *g, const struct feel_type *type)
{
    feel_kind kind = FEEL_NULL;
    if (type->kind == FEEL_TYPE_BASE)
        return type->base;
    if (type->kind != FEEL_TYPE_ANY)
        return FEEL_NULL;
    for (size_t i = 0; i < g->cuts.count; i++) {
        const struct feel_interval *cut = &g->cuts.items[i];
        feel_kind own = cut->low.kind != FEEL_NULL ? cut->low.kind : cut->high.kind;
        if (kind != FEEL_NULL && own != kind)
            return FEEL_NULL;
        kind = own;
    }
    return kind;
}

/* Puts a border into its place; false when there are too many. */
static bool
add_border(struct feel_value *borders, size_t *count, const struct feel_value *value)
{
    size_t low = 0, high = *count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (dmn__order(&borders[middle], value) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < *count && dmn__order(&borders[low], value) == 0)
        return true;
    if (*count == DMN_ASK_VALUES_MAX)
        return false;
    memmove(borders + low + 1, borders + low, (*count - low) * sizeof(*borders));
    borders[low] = *value;
    *count += 1;
    return true;
}

/* The borders of a kind, sorted, each once; false when there are too many, or texts have ranges. */
static bool
borders_of(struct gather *g, feel_kind kind, struct feel_value *ret, size_t *ret_count)
{
    *ret_count = 0;
    for (size_t i = 0; i < g->cuts.count; i++) {
        const struct feel_interval *cut = &g->cuts.items[i];
        if (kind == FEEL_STRING && !feel_equal(&cut->low, &cut->high))
            return false;
        if ((cut->low.kind == kind && !add_border(ret, ret_count, &cut->low)) ||
            (cut->high.kind == kind && !add_border(ret, ret_count, &cut->high)))
            return false;
    }
    return true;
}

/* Values among which every class has one. */
static bool
representatives(struct gather *g, feel_kind kind, struct feel_value **ret, size_t *ret_count)
{
    struct feel_value *borders = TB_NEW_ARRAY(g->arena, DMN_ASK_VALUES_MAX + 1, struct feel_value);
    size_t count, n = 0;
    bool is_split = kind == FEEL_NUMBER || kind == FEEL_DATE || kind == FEEL_MONTHS ||
                    kind == FEEL_DAYS || kind == FEEL_STRING;
    if (!is_split || !borders_of(g, kind, borders, &count) || count == 0)
        return false;
    struct feel_value *values = TB_NEW_ARRAY(g->arena, 2 * count + 2, struct feel_value);
    if (kind == FEEL_STRING) {
        memcpy(values, borders, count * sizeof(*values));
        values[count] = other_text(g->arena, borders, count);
        *ret_count = count + 1;
        *ret = values;
        return true;
    }
    n += dmn__between(NULL, &borders[0], &values[n]);
    for (size_t i = 0; i < count; i++) {
        values[n++] = borders[i];
        n += dmn__between(&borders[i], i + 1 < count ? &borders[i + 1] : NULL, &values[n]);
    }
    *ret = values;
    *ret_count = n;
    return true;
}

static bool
is_in(const struct feel_value *value, const struct feel_interval *interval)
{
    int low = 1, high = -1;
    if (value->kind == FEEL_BOOLEAN)
        return feel_equal(value, &interval->low);
    if (interval->low.kind != FEEL_NULL && !feel_compare(value, &interval->low, &low))
        return false;
    if (interval->high.kind != FEEL_NULL && !feel_compare(value, &interval->high, &high))
        return false;
    return (low > 0 || (low == 0 && interval->low_included)) &&
           (high < 0 || (high == 0 && interval->high_included));
}

/* No cut lies between the two. */
static bool
is_same_class(const struct gather *g, const struct feel_value *a, const struct feel_value *b)
{
    for (size_t i = 0; i < g->cuts.count; i++)
        if (is_in(a, &g->cuts.items[i]) != is_in(b, &g->cuts.items[i]))
            return false;
    return true;
}

static bool
is_allowed(struct feel_vm *vm, const struct feel_type *type, const struct feel_value *value)
{
    struct feel_value pass;
    if (type->allowed == NULL)
        return true;
    feel_vm_test(vm, type->allowed, value, NULL, &pass);
    return feel_is_true(&pass);
}

/* Keeps one value of each class; values of a list count together, the rest is equally likely. */
static void
classify(struct gather *g, const struct dmn__leaf *leaf, bool is_listed, bool is_cut,
         struct dmn__domain *domain)
{
    struct feel_vm *vm = feel_vm_new(g->arena, NULL);
    size_t count = 0;
    double total = 0;
    for (size_t i = 0; i < domain->count; i++) {
        size_t at = 0;
        if (!is_allowed(vm, leaf->type, &domain->values[i]))
            continue;
        while (at < count && !(is_cut && is_same_class(g, &domain->values[at], &domain->values[i])))
            at++;
        if (at == count) {
            domain->values[count] = domain->values[i];
            domain->weights[count++] = 0;
        }
        if (is_listed || domain->weights[at] == 0) {
            domain->weights[at] += 1;
            total += 1;
        }
    }
    domain->count = count;
    for (size_t i = 0; i < count; i++)
        domain->weights[i] /= total;
}

bool
dmn__ask_domain(struct tb_arena *arena, const struct dmn__node *decision,
                const struct dmn__leaf *leaf, struct dmn__domain *ret)
{
    struct gather *g = TB_NEW(arena, struct gather);
    const struct feel_unknown *unknown = leaf->unknown.u.unknown;
    bool is_listed = unknown->count > 0;
    g->arena = g->cuts.arena = arena;
    collect(g, decision);
    bool is_cut = cut_all(g, decision, leaf);
    if (is_listed) {
        ret->count = unknown->count;
        ret->values = TB_NEW_ARRAY(arena, ret->count, struct feel_value);
        memcpy(ret->values, unknown->candidates, ret->count * sizeof(*ret->values));
    } else if (!is_cut || !representatives(g, kind_of(g, leaf->type), &ret->values, &ret->count)) {
        return false;
    }
    if (leaf->type->kind == FEEL_TYPE_LIST || ret->count > 2 * DMN_ASK_VALUES_MAX)
        return false;
    ret->weights = TB_NEW_ARRAY(arena, ret->count, double);
    classify(g, leaf, is_listed, is_cut, ret);
    return ret->count > 0;
}
