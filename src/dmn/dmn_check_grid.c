/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_check_grid.c - a table as a grid.
 *
 * The borders in a column's cells, sorted, cut its values into classes that no cell tells apart: the border itself and
 * what lies between two, beyond both ends. Of an enumeration each allowed value is a class. For every class the set of
 * rules that hold is kept as bits. A combination of one class per dimension stands for all inputs in it, so what is
 * found to be true of the grid is true of all values. */
#include "dmn/dmn_check_internal.h"
#include <string.h>

/* ---- classes of one dimension ------------------------------------------------------------------------------------ */

static bool
is_ordered_kind(feel_kind kind)
{
    return kind == FEEL_NUMBER || kind == FEEL_DATE || kind == FEEL_DAYS || kind == FEEL_MONTHS;
}

/* Types that say which values the dimension may have. */
static size_t
types_of(const struct dmn__dim *dim, const struct feel_type *types[3])
{
    size_t count = 0;
    if (dim->column->type != NULL)
        types[count++] = dim->column->type;
    if (dim->column->expr != NULL)
        types[count++] = feel_expr_type(dim->column->expr);
    return count;
}

static feel_kind
kind_of(const struct dmn__grid *grid, const struct dmn__dim *dim)
{
    const struct feel_type *types[3];
    size_t count = types_of(dim, types);
    for (size_t i = 0; i < count; i++)
        if (types[i]->kind == FEEL_TYPE_BASE)
            return types[i]->base;
    for (size_t c = 0; c < dim->column_count; c++)
        for (size_t rule = 0; rule < grid->table->rule_count; rule++) {
            const struct dmn__cell *cell =
                &grid->table->cells[rule * grid->table->input_count + dim->columns[c]];
            if (cell->count > 0)
                return cell->intervals[0].low.kind != FEEL_NULL ? cell->intervals[0].low.kind
                                                                : cell->intervals[0].high.kind;
        }
    return FEEL_NULL;
}

/* Values that column and types allow, in a list: each of them is a class. */
static bool
list_values(struct dmn__grid *grid, struct dmn__dim *dim)
{
    const struct feel_type *types[3];
    size_t count = types_of(dim, types), n = 0;
    const struct feel_value *values = NULL;
    struct feel_type column = {
        .kind = FEEL_TYPE_BASE, .base = FEEL_STRING, .allowed = dim->column->allowed};
    if (column.allowed == NULL || !dmn__is_enumeration(grid->arena, &column, &values, &n))
        for (size_t i = 0; i < count && n == 0; i++)
            if (types[i]->kind != FEEL_TYPE_BASE ||
                !dmn__is_enumeration(grid->arena, types[i], &values, &n))
                n = 0;
    if (n == 0)
        return false;
    dim->values = TB_NEW_ARRAY(grid->arena, n, struct feel_value);
    memcpy(dim->values, values, n * sizeof(*values));
    dim->is_border = tb_alloc(grid->arena, n);
    dim->count = n;
    dim->is_enumerated = true;
    return true;
}

struct borders {
    struct feel_value *items;
    size_t count;
};

static void
add_shape_borders(const struct feel_interval *intervals, size_t count, feel_kind kind,
                  struct borders *borders)
{
    for (size_t i = 0; i < count; i++) {
        if (intervals[i].low.kind == kind)
            borders->items[borders->count++] = intervals[i].low;
        if (intervals[i].high.kind == kind)
            borders->items[borders->count++] = intervals[i].high;
    }
}

static void
gather_borders(struct dmn__grid *grid, const struct dmn__dim *dim, struct borders *borders)
{
    const struct dmn__table *table = grid->table;
    const struct feel_type *types[3];
    const struct feel_unary *allowed[4];
    struct feel_shape shapes[4];
    size_t most = 0, type_count = types_of(dim, types), n = 0;
    allowed[n++] = dim->column->allowed;
    for (size_t i = 0; i < type_count; i++)
        allowed[n++] = types[i]->allowed;
    for (size_t i = 0; i < n; i++) {
        if (allowed[i] == NULL || !feel_unary_shape(grid->arena, allowed[i], &shapes[i]))
            shapes[i].count = 0;
        most += 2 * shapes[i].count;
    }
    for (size_t c = 0; c < dim->column_count; c++)
        for (size_t rule = 0; rule < table->rule_count; rule++)
            most += 2 * table->cells[rule * table->input_count + dim->columns[c]].count;
    borders->items = TB_NEW_ARRAY(grid->arena, most + 1, struct feel_value);
    for (size_t i = 0; i < n; i++)
        add_shape_borders(shapes[i].intervals, shapes[i].count, dim->kind, borders);
    for (size_t c = 0; c < dim->column_count; c++)
        for (size_t rule = 0; rule < table->rule_count; rule++) {
            const struct dmn__cell *cell =
                &table->cells[rule * table->input_count + dim->columns[c]];
            add_shape_borders(cell->intervals, cell->count, dim->kind, borders);
        }
    borders->count = dmn__sort_borders(grid->arena, borders->items, borders->count);
}

static struct feel_value
other_text(struct tb_arena *arena, const struct borders *borders)
{
    size_t longest = 0;
    for (size_t i = 0; i < borders->count; i++)
        if (borders->items[i].u.string.len > longest)
            longest = borders->items[i].u.string.len;
    char *text = tb_alloc(arena, longest + 2);
    memset(text, '~', longest + 1);
    return feel_string((tb_str){text, longest + 1});
}

/* Any value of a kind, where no cell looks at it. */
static struct feel_value
any_value(feel_kind kind)
{
    if (kind == FEEL_NUMBER)
        return feel_integer(0);
    if (kind == FEEL_STRING)
        return feel_string(TB_STR(""));
    if (kind == FEEL_DATE)
        return feel_date(tb_date_from_days(0));
    return kind == FEEL_BOOLEAN ? feel_boolean(true) : feel_null();
}

static void
add_class(struct dmn__dim *dim, struct feel_value value, bool is_border)
{
    dim->values[dim->count] = value;
    dim->is_border[dim->count++] = is_border;
}

/* One class for each border and what lies around it. False: texts are compared by order. */
static bool
cut_values(struct dmn__grid *grid, struct dmn__dim *dim)
{
    struct borders borders = {0};
    struct feel_value value;
    gather_borders(grid, dim, &borders);
    dim->values = TB_NEW_ARRAY(grid->arena, 2 * borders.count + 2, struct feel_value);
    dim->is_border = tb_alloc(grid->arena, 2 * borders.count + 2);
    dim->is_ordered = is_ordered_kind(dim->kind);
    if (borders.count == 0) {
        add_class(dim, any_value(dim->kind), false);
        return true;
    }
    if (dim->kind == FEEL_STRING) {
        for (size_t i = 0; i < borders.count; i++)
            add_class(dim, borders.items[i], false);
        add_class(dim, other_text(grid->arena, &borders), false);
        return true;
    }
    if (!dim->is_ordered)
        return false;
    if (dmn__between(NULL, &borders.items[0], &value))
        add_class(dim, value, false);
    for (size_t i = 0; i < borders.count; i++) {
        const struct feel_value *next = i + 1 < borders.count ? &borders.items[i + 1] : NULL;
        add_class(dim, borders.items[i], true);
        if (dmn__between(&borders.items[i], next, &value))
            add_class(dim, value, false);
    }
    return true;
}

/* Classes whose value column or type does not allow go out. */
static void
drop_forbidden(struct dmn__grid *grid, struct dmn__dim *dim)
{
    struct feel_vm *vm = feel_vm_new(grid->arena, NULL);
    const struct feel_type *types[3];
    const struct feel_unary *allowed[4];
    size_t type_count = types_of(dim, types), n = 0, kept = 0;
    allowed[n++] = dim->column->allowed;
    for (size_t i = 0; i < type_count; i++)
        allowed[n++] = types[i]->allowed;
    for (size_t k = 0; k < dim->count; k++) {
        bool is_allowed = true;
        for (size_t i = 0; i < n; i++) {
            struct feel_value pass;
            if (allowed[i] == NULL)
                continue;
            feel_vm_test(vm, allowed[i], &dim->values[k], NULL, &pass);
            is_allowed &= feel_is_true(&pass);
        }
        if (is_allowed) {
            dim->values[kept] = dim->values[k];
            dim->is_border[kept++] = dim->is_border[k];
        }
    }
    dim->count = kept;
}

/* ---- sets of rules ----------------------------------------------------------------------------------------------- */

/* Cells with tests of their own may look at nothing but the input; NULL: they may. */
static bool
is_plain(const struct dmn__cell *cell)
{
    size_t count = 0;
    if (cell->tests != NULL)
        feel_unary_names(cell->tests, &count);
    return count == 0;
}

/* An interval whose ends have changed places: FEEL knows no such range, and no value is in it. */
static bool
is_turned(struct dmn__grid *grid, const struct dmn__cell *cell)
{
    tb_str text = tb_str_trim(cell->text);
    ptrdiff_t dots = tb_str_find(text, TB_STR(".."));
    struct feel_value low, high;
    int order = 0;
    if (dots < 2 || text.len < (size_t)dots + 4)
        return false;
    tb_str from = tb_str_sub(text, 1, (size_t)dots - 1);
    tb_str to = tb_str_sub(text, (size_t)dots + 2, text.len - (size_t)dots - 3);
    return feel_once(grid->arena, from, NULL, NULL, &low, NULL) == TB_OK &&
           feel_once(grid->arena, to, NULL, NULL, &high, NULL) == TB_OK &&
           feel_compare(&low, &high, &order) && order > 0;
}

static bool
fill_sets(struct dmn__grid *grid, struct dmn__dim *dim)
{
    const struct dmn__table *table = grid->table;
    struct feel_vm *vm = feel_vm_new(grid->arena, NULL);
    if ((uint64_t)dim->count * table->rule_count * dim->column_count > DMN_CHECK_CELLS_MAX) {
        grid->why_not = TB_STR("it has too many values and rules");
        return false;
    }
    dim->sets = TB_NEW_ARRAY(grid->arena, dim->count * grid->words, uint64_t);
    for (size_t rule = 0; rule < table->rule_count; rule++)
        for (size_t k = 0; k < dim->count; k++) {
            bool holds = true;
            for (size_t c = 0; c < dim->column_count && holds; c++) {
                const struct dmn__cell *cell =
                    &table->cells[rule * table->input_count + dim->columns[c]];
                struct feel_value pass;
                if (cell->tests == NULL) {
                    holds = !cell->is_faulty && dmn__cell_holds(cell, &dim->values[k]);
                    continue;
                }
                if (is_plain(cell) && is_turned(grid, cell)) {
                    holds = false;
                    continue;
                }
                if (!dim->is_enumerated || !is_plain(cell)) {
                    grid->why_not = TB_STR("a condition is not constant");
                    return false;
                }
                dmn__cell_test(vm, cell, &dim->values[k], NULL, &pass);
                holds = feel_is_true(&pass);
            }
            if (holds)
                dmn__set_bit(dim->sets + k * grid->words, rule);
        }
    return true;
}

/* ---- which input it is ------------------------------------------------------------------------------------------- */

/* Looks for the member of an input that the column reads. */
static bool
find_member(struct dmn__grid *grid, struct dmn__dim *dim, const struct dmn__need *need,
            const struct feel_type *type, tb_str *path, size_t depth)
{
    struct feel_place place = {need->slot, path, depth};
    if (feel_expr_is_place(dim->column->expr, &place)) {
        tb_str *copy = TB_NEW_ARRAY(grid->arena, depth, tb_str);
        for (size_t i = 0; i < depth; i++)
            copy[i] = path[i];
        dim->input = need->node;
        dim->path = copy;
        dim->path_count = depth;
        return true;
    }
    for (size_t i = 0; type->kind == FEEL_TYPE_CONTEXT && depth < 8 && i < type->member_count;
         i++) {
        path[depth] = type->members[i].name;
        if (find_member(grid, dim, need, type->members[i].type, path, depth + 1))
            return true;
    }
    return false;
}

static void
find_input(struct dmn__grid *grid, struct dmn__dim *dim)
{
    const struct dmn__node *node = grid->node;
    tb_str path[8];
    if (dim->column->expr == NULL)
        return;
    for (size_t i = 0; i < node->need_count; i++)
        if (node->needs[i].node->kind == DMN__INPUT &&
            find_member(grid, dim, &node->needs[i], node->needs[i].node->type, path, 0))
            return;
    for (size_t i = 0; i < node->param_count; i++) {
        struct feel_place place = {node->param_slot + (uint32_t)i, NULL, 0};
        if (feel_expr_is_place(dim->column->expr, &place))
            dim->param = node->params[i].name;
    }
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static void
merge_columns(struct dmn__grid *grid)
{
    const struct dmn__table *table = grid->table;
    grid->dims = TB_NEW_ARRAY(grid->arena, table->input_count, struct dmn__dim);
    for (size_t c = 0; c < table->input_count; c++) {
        size_t at = 0;
        while (at < grid->dim_count &&
               !tb_str_eq(grid->dims[at].column->text, table->inputs[c].text))
            at++;
        struct dmn__dim *dim = &grid->dims[at];
        if (at == grid->dim_count) {
            *dim = (struct dmn__dim){.column = &table->inputs[c]};
            dim->columns = TB_NEW_ARRAY(grid->arena, table->input_count, size_t);
            grid->dim_count++;
        }
        ((size_t *)(uintptr_t)dim->columns)[dim->column_count++] = c;
    }
}

static bool
build_dim(struct dmn__grid *grid, struct dmn__dim *dim)
{
    dim->kind = kind_of(grid, dim);
    if (!list_values(grid, dim)) {
        if (!cut_values(grid, dim)) {
            grid->why_not = TB_STR("a column compares values that cannot be cut");
            return false;
        }
        drop_forbidden(grid, dim);
    }
    if (dim->count == 0) {
        grid->why_not = TB_STR("a column allows no value");
        return false;
    }
    find_input(grid, dim);
    grid->is_direct &= dim->input != NULL || dim->param.ptr != NULL;
    return true;
}

bool
dmn__grid_build(struct dmn__grid *grid)
{
    merge_columns(grid);
    grid->words = grid->table->rule_count / 64 + 1;
    grid->is_direct = true;
    for (size_t d = 0; d < grid->dim_count; d++)
        if (!build_dim(grid, &grid->dims[d]))
            return false;
    for (size_t d = 0; d < grid->dim_count; d++)
        if (!fill_sets(grid, &grid->dims[d]))
            return false;
    return true;
}

/* context with a value put at a path below a name. */
static struct feel_value
put_path(struct tb_arena *arena, const struct feel_value *context, tb_str name, const tb_str *path,
         size_t path_count, struct feel_value value)
{
    const struct feel_value *inner = feel_get(context, name);
    struct feel_value null = feel_null();
    if (path_count > 0)
        value = put_path(arena, inner != NULL ? inner : &null, path[0], path + 1, path_count - 1,
                         value);
    return feel_put(arena, context, name, value);
}

struct feel_value
dmn__grid_witness(const struct dmn__grid *grid, const size_t *classes)
{
    struct feel_value all = feel_context_of(grid->arena, NULL, 0);
    for (size_t d = 0; d < grid->dim_count; d++) {
        const struct dmn__dim *dim = &grid->dims[d];
        struct feel_value value = dim->values[classes[d]];
        if (dim->input != NULL)
            all = put_path(grid->arena, &all, dim->input->info.name, dim->path, dim->path_count,
                           value);
        else
            all = feel_put(grid->arena, &all,
                           dim->param.ptr != NULL ? dim->param : dim->column->text, value);
    }
    return all;
}
