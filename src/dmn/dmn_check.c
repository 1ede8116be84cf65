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
    size_t first = c->findings->count;
    bool is_cut = dmn__grid_build(grid);
    dmn__check_cells(grid, c->findings);
    if (is_cut) {
        dmn__check_rules(grid, c->findings);
        dmn__check_reach(grid, c->findings, first);
        keep_grid(c, grid);
        return;
    }
    struct dmn_finding *finding = dmn__finding(c->findings, grid, "not_analysed", NULL, 0);
    finding->level = DMN_NOTE;
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

/* ---- inputs and decisions ---------------------------------------------------------------------------------------- */

/* A finding about a node that need not be a table. */
static struct dmn_finding *
node_finding(struct dmn_findings *findings, const struct dmn__node *node, const char *code,
             dmn_level level)
{
    struct dmn__table *table = TB_NEW(findings->arena, struct dmn__table);
    const struct dmn__grid grid = {
        .arena = findings->arena, .model = node->model, .node = node, .table = table};
    table->owner = node->info.name;
    struct dmn_finding *finding = dmn__finding(findings, &grid, code, NULL, 0);
    finding->level = level;
    return finding;
}

static bool
is_needed(const struct dmn_model *const *models, size_t model_count, const struct dmn__node *input)
{
    for (size_t m = 0; m < model_count; m++)
        for (size_t i = 0; i < models[m]->node_count; i++) {
            const struct dmn__node *node = models[m]->nodes[i];
            for (size_t k = 0; k < node->need_count; k++)
                if (node->needs[k].node == input)
                    return true;
            for (size_t k = 0; node->kind == DMN__SERVICE && k < node->param_count; k++)
                if (node->inputs[k] == input)
                    return true;
        }
    return false;
}

/* What is asked and read by nothing may not be asked; what decides without a law has no ground. */
static void
check_node(const struct dmn_model *const *models, size_t model_count, const struct dmn__node *node,
           struct dmn_findings *findings)
{
    if (node->kind == DMN__INPUT && !is_needed(models, model_count, node)) {
        struct dmn_finding *finding = node_finding(findings, node, "unused_input", DMN_WARNING);
        finding->zh = TB_STR("没有一个决策用这个输入");
        finding->en = TB_STR("no decision needs this input");
        finding->remedy_zh = TB_STR("删去它：没有用的不许问");
        finding->remedy_en = TB_STR("delete it: what is of no use may not be asked");
    }
    bool is_table = node->body != NULL && node->body->form == DMN__TABLE;
    if (node->kind == DMN__DECISION && !is_table && node->body != NULL &&
        node->info.authority_count == 0) {
        struct dmn_finding *finding = node_finding(findings, node, "no_authority", DMN_NOTE);
        finding->zh = TB_STR("这个决策没有写依据（knowledgeSource）");
        finding->en = TB_STR("the decision names no knowledge source");
        finding->remedy_zh = TB_STR("写 authorityRequirement，指向法律条款");
        finding->remedy_en = TB_STR("add an authorityRequirement that leads to the clause");
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
            check_node(models, model_count, c.node, findings);
            if (tb_arena_is_over(findings->arena))
                return tb_fail(err, TB_LIMIT, "checking takes more memory than it was given");
        }
    for (size_t i = 0; i < c.grid_count; i++)
        for (size_t k = i + 1; k < c.grid_count; k++) {
            dmn__check_pair(c.grids[i], c.grids[k], findings);
            dmn__check_borders(c.grids[i], c.grids[k], findings);
        }
    findings->defect_count = findings->warning_count = findings->note_count = 0;
    for (size_t i = 0; i < findings->count; i++) {
        findings->defect_count += findings->items[i].level == DMN_ERROR;
        findings->warning_count += findings->items[i].level == DMN_WARNING;
        findings->note_count += findings->items[i].level == DMN_NOTE;
    }
    return TB_OK;
}

const char *
dmn_level_name(dmn_level level)
{
    return level == DMN_ERROR ? "error" : level == DMN_WARNING ? "warning" : "note";
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
        tb_json_set_text(arena, row, "level", tb_str_of(dmn_level_name(finding->level)));
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
