/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_check.c - faults of a rule set, each with a witness.
 *
 * Every table of every model is laid out as a grid (dmn_check_grid.c); then its cells are looked at, its rules, and
 * pairs of tables that decide the same from the same. */
#include "dmn/dmn_check_internal.h"
#include <string.h>

struct checker {
    struct dmn_findings *findings;
    const struct dmn_model *model;
    const struct dmn__node *node;
    struct dmn__grid **grids; /* those that could be laid out */
    size_t grid_count, grid_cap;
    bool is_over;
};

struct dmn_finding *
dmn__finding(struct dmn_findings *findings, const struct dmn__grid *grid, const char *code,
             const size_t *rules, size_t rule_count)
{
    if (findings->count == findings->cap) {
        size_t cap = findings->cap * 2 + 16;
        struct dmn_finding *more = TB_NEW_ARRAY(findings->arena, cap, struct dmn_finding);
        if (findings->count > 0)
            memcpy(more, findings->items, findings->count * sizeof(*more));
        findings->items = more;
        findings->cap = cap;
    }
    struct dmn_finding *finding = &findings->items[findings->count++];
    size_t *numbers = TB_NEW_ARRAY(findings->arena, rule_count, size_t);
    tb_str *ids = TB_NEW_ARRAY(findings->arena, rule_count, tb_str);
    for (size_t i = 0; i < rule_count; i++) {
        numbers[i] = rules[i] + 1;
        ids[i] = grid->table->rules[rules[i]].id;
    }
    *finding = (struct dmn_finding){.code = code,
                                    .file = grid->model->file,
                                    .decision = grid->table->owner,
                                    .line = rule_count > 0 ? grid->table->rules[rules[0]].line
                                                           : grid->node->info.line,
                                    .rules = numbers,
                                    .rule_ids = ids,
                                    .rule_count = rule_count};
    return finding;
}

/* ---- tables of a model ------------------------------------------------------------------------------------------- */

static void
keep_grid(struct checker *c, struct dmn__grid *grid)
{
    if (c->grid_count == c->grid_cap) {
        size_t cap = c->grid_cap * 2 + 16;
        struct dmn__grid **more = TB_NEW_ARRAY(c->findings->arena, cap, struct dmn__grid *);
        if (c->grid_count > 0)
            memcpy(more, c->grids, c->grid_count * sizeof(struct dmn__grid *));
        c->grids = more;
        c->grid_cap = cap;
    }
    c->grids[c->grid_count++] = grid;
}

static void
check_table(struct checker *c, const struct dmn__table *table)
{
    struct dmn__grid *grid = TB_NEW(c->findings->arena, struct dmn__grid);
    *grid = (struct dmn__grid){
        .arena = c->findings->arena, .model = c->model, .node = c->node, .table = table};
    c->findings->table_count++;
    bool is_cut = dmn__grid_build(grid);
    dmn__check_cells(grid, c->findings);
    if (is_cut) {
        dmn__check_rules(grid, c->findings);
        keep_grid(c, grid);
        return;
    }
    struct dmn_finding *finding = dmn__finding(c->findings, grid, "not_analysed", NULL, 0);
    finding->is_note = true;
    finding->zh = TB_STR("这张表的条件不都是常数，没有查漏和重");
    finding->en = tb_printf(c->findings->arena, "gaps and overlaps were not looked for: " TB_FMT,
                            TB_ARG(grid->why_not));
    finding->remedy_zh = TB_STR("把算式移到列的表达式里，格子里只写值和区间");
    finding->remedy_en =
        TB_STR("move what is computed into the column, so that cells are constant");
}

static void check_expr(struct checker *c, const struct dmn__expr *expr);

static void
check_entries(struct checker *c, const struct dmn__entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_expr(c, entries[i].value);
}

static void
check_parts(struct checker *c, const struct dmn__expr *const *parts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_expr(c, parts[i]);
}

static void
check_expr(struct checker *c, const struct dmn__expr *expr)
{
    if (expr == NULL)
        return;
    switch (expr->form) {
    case DMN__TABLE:
        check_table(c, expr->u.table);
        break;
    case DMN__CONTEXT:
        check_entries(c, expr->u.context.entries, expr->u.context.count);
        break;
    case DMN__LIST:
        check_parts(c, expr->u.list.items, expr->u.list.count);
        break;
    case DMN__INVOCATION:
        check_entries(c, expr->u.invocation.bindings, expr->u.invocation.count);
        break;
    case DMN__FUNCTION:
        check_expr(c, expr->u.function.body);
        break;
    case DMN__IF:
        check_expr(c, expr->u.choice.yes);
        check_expr(c, expr->u.choice.no);
        break;
    case DMN__FILTER:
    case DMN__FOR:
    case DMN__SOME:
    case DMN__EVERY:
        check_expr(c, expr->u.loop.body);
        break;
    default:
        break;
    }
}

/* ---- two tables -------------------------------------------------------------------------------------------------- */

static size_t
column_of(const struct dmn__table *table, tb_str text)
{
    size_t at = 0;
    while (at < table->input_count && !tb_str_eq(table->inputs[at].text, text))
        at++;
    return at;
}

/* The same outputs, by name, from the same columns, one rule at a time. */
static bool
decides_the_same(const struct dmn__table *a, const struct dmn__table *b)
{
    bool takes_one = (a->policy == DMN__UNIQUE || a->policy == DMN__FIRST) &&
                     (b->policy == DMN__UNIQUE || b->policy == DMN__FIRST);
    if (!takes_one || a->input_count != b->input_count || a->output_count != b->output_count)
        return false;
    for (size_t i = 0; i < a->output_count; i++)
        if (a->outputs[i].name.len == 0 || !tb_str_eq(a->outputs[i].name, b->outputs[i].name))
            return false;
    for (size_t i = 0; i < a->input_count; i++)
        if (column_of(b, a->inputs[i].text) == b->input_count ||
            column_of(a, b->inputs[i].text) == a->input_count)
            return false;
    return true;
}

/* One table with the rules of both, the columns as in a. */
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
        for (size_t c = 0; c < a->input_count; c++)
            cells[rule * a->input_count + c] =
                is_a ? a->cells[own * a->input_count + c]
                     : b->cells[own * b->input_count + column_of(b, a->inputs[c].text)];
    }
    both->cells = cells;
    both->rules = rules;
    both->rule_count = count;
    return both;
}

static bool
differ(const struct dmn__table *a, size_t x, const struct dmn__table *b, size_t y)
{
    for (size_t i = 0; i < a->output_count; i++) {
        const struct dmn__result *left = &a->results[x * a->output_count + i];
        const struct dmn__result *right = &b->results[y * b->output_count + i];
        if (left->constant != NULL && right->constant != NULL &&
            !feel_equal(left->constant, right->constant))
            return true;
    }
    return false;
}

static void
add_difference(struct dmn__grid *a, struct dmn__grid *b, size_t x, size_t y,
               const struct dmn__grid *both, const size_t *classes, struct dmn_findings *findings)
{
    struct dmn_finding *finding = dmn__finding(findings, a, "between_tables", &x, 1);
    finding->has_witness = true;
    finding->is_note = !both->is_direct;
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
    const struct dmn__table *x = a->table, *y = b->table;
    struct dmn__grid both = {.arena = a->arena, .model = a->model, .node = a->node};
    size_t found = 0;
    if (!decides_the_same(x, y))
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
                add_difference(a, b, i, k, &both, classes, findings);
            }
        }
    }
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

tb_status
dmn_check(const struct dmn_model *const *models, size_t model_count, struct dmn_findings *findings,
          struct tb_err *err)
{
    struct checker c = {.findings = findings};
    for (size_t m = 0; m < model_count; m++)
        for (size_t i = 0; i < models[m]->node_count; i++) {
            c.model = models[m];
            c.node = models[m]->nodes[i];
            if (c.node->kind == DMN__DECISION || c.node->kind == DMN__KNOWLEDGE)
                check_expr(&c, c.node->body);
            if (tb_arena_is_over(findings->arena))
                return tb_fail(err, TB_LIMIT, "checking takes more memory than it was given");
        }
    for (size_t i = 0; i < c.grid_count; i++)
        for (size_t k = i + 1; k < c.grid_count; k++)
            dmn__check_pair(c.grids[i], c.grids[k], findings);
    findings->defect_count = 0;
    for (size_t i = 0; i < findings->count; i++)
        findings->defect_count += !findings->items[i].is_note;
    return TB_OK;
}

struct tb_json *
dmn_findings_to_json(struct tb_arena *arena, const struct dmn_findings *findings)
{
    struct tb_json *out = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_bool(arena, out, "clean", findings->defect_count == 0);
    tb_json_set_int(arena, out, "tables", (int64_t)findings->table_count);
    struct tb_json *list = tb_json_set_list(arena, out, "findings");
    for (size_t i = 0; i < findings->count; i++) {
        const struct dmn_finding *finding = &findings->items[i];
        struct tb_json *row = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        tb_json_set_text(arena, row, "code", tb_str_of(finding->code));
        tb_json_set_bool(arena, row, "note", finding->is_note);
        tb_json_set_text(arena, row, "file", finding->file);
        tb_json_set_int(arena, row, "line", finding->line);
        tb_json_set_text(arena, row, "decision", finding->decision);
        tb_json_set_text(arena, row, "column", finding->column);
        struct tb_json *rules = tb_json_set_list(arena, row, "rules");
        struct tb_json *ids = tb_json_set_list(arena, row, "rule_ids");
        for (size_t k = 0; k < finding->rule_count; k++) {
            tb_json_add(rules, tb_json_new_int(arena, (int64_t)finding->rules[k]));
            tb_json_add(ids, tb_json_new_text(arena, finding->rule_ids[k]));
        }
        if (finding->has_witness)
            tb_json_set(row, "witness", feel_to_json(arena, &finding->witness));
        tb_json_set_text(arena, row, "zh", finding->zh);
        tb_json_set_text(arena, row, "en", finding->en);
        tb_json_set_text(arena, row, "remedy_zh", finding->remedy_zh);
        tb_json_set_text(arena, row, "remedy_en", finding->remedy_en);
    }
    return out;
}
