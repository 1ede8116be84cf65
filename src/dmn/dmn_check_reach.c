/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_check_reach.c - columns that depend on each other: which of their combinations can come about?
 *
 * A column that is computed, or another decision, may hang on an input that the column beside it
 * reads too; then a gap or an overlap that the table alone shows may be impossible. Where the inputs
 * have few classes, all of them are tried: what comes about is a fault with that input as witness,
 * what does not is no finding. Elsewhere it stays a note, and so does an overlap to which only an
 * input leads that is nothing (null). */
#include "dmn/dmn_check_internal.h"
#include "dmn/dmn_explain_internal.h"
#include <string.h>

struct reach {
    struct tb_arena *arena;
    const struct dmn__grid *grid;
    struct dmn_findings *findings;
    size_t first; /* of the table's findings */
    const struct dmn__asking *asking;
    struct dmn__domain *domains;
    size_t *at; /* by leaf; its domain's count stands for null */
    size_t size;
    uint8_t *states; /* of each finding: how it comes about */
};

enum { NEVER, BY_NULL, BY_INPUT };

/* ---- which columns depend ---------------------------------------------------------------------------------------- */

/* Does a column hang on the input? */
static bool
hangs_on(const struct dmn__grid *grid, const struct dmn__dim *dim, const struct dmn__node *input)
{
    size_t count = 0;
    const tb_str *names =
        dim->column->expr != NULL ? feel_expr_names(dim->column->expr, &count) : NULL;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < grid->node->need_count; k++) {
            const struct dmn__node *need = grid->node->needs[k].node;
            const struct dmn_input_info *inputs;
            const struct dmn__node *const *nodes;
            if (!tb_str_eq(need->info.name, names[i]))
                continue;
            if (need == input)
                return true;
            size_t reached = need->kind == DMN__DECISION
                                 ? dmn__reachable(grid->arena, grid->model, need, &inputs, &nodes)
                                 : 0;
            for (size_t n = 0; n < reached; n++)
                if (nodes[n] == input)
                    return true;
        }
    return false;
}

static void
note_dependent(const struct dmn__grid *grid, struct dmn_findings *findings, size_t a, size_t b,
               const struct dmn__node *input)
{
    struct dmn_finding *finding = dmn__finding(findings, grid, "dependent_columns", NULL, 0);
    tb_str x = grid->dims[a].column->text, y = grid->dims[b].column->text;
    finding->level = DMN_NOTE;
    finding->column = x;
    finding->zh =
        tb_printf(grid->arena, "“" TB_FMT "”列和“" TB_FMT "”列都取决于“" TB_FMT "”，不是各自独立的",
                  TB_ARG(x), TB_ARG(y), TB_ARG(input->info.name));
    finding->en = tb_printf(grid->arena,
                            "the columns \"" TB_FMT "\" and \"" TB_FMT "\" both hang on \"" TB_FMT
                            "\": they do not vary by themselves",
                            TB_ARG(x), TB_ARG(y), TB_ARG(input->info.name));
    finding->remedy_zh = TB_STR("不可能同时出现的组合不用写规则；能合成一列的合成一列");
    finding->remedy_en = TB_STR("combinations that cannot come about need no rule; make one column "
                                "of both where that is possible");
}

static void
find_dependent(const struct dmn__grid *grid, struct dmn_findings *findings)
{
    const struct dmn_input_info *inputs;
    const struct dmn__node *const *nodes;
    size_t count = dmn__reachable(grid->arena, grid->model, grid->node, &inputs, &nodes);
    for (size_t a = 0; a < grid->dim_count; a++)
        for (size_t b = a + 1; b < grid->dim_count; b++)
            for (size_t i = 0; i < count; i++)
                if (hangs_on(grid, &grid->dims[a], nodes[i]) &&
                    hangs_on(grid, &grid->dims[b], nodes[i])) {
                    note_dependent(grid, findings, a, b, nodes[i]);
                    break;
                }
}

/* ---- what can come about ----------------------------------------------------------------------------------------- */

static bool
is_gap(const struct dmn_finding *finding)
{
    return strcmp(finding->code, "gap") == 0 || strcmp(finding->code, "border_gap") == 0;
}

/* Findings that hang on whether their case can come about. */
static bool
is_open(const struct reach *r, size_t i)
{
    const struct dmn_finding *finding = &r->findings->items[i];
    return finding->level == DMN_NOTE && finding->has_witness &&
           (is_gap(finding) || finding->rule_count == 2) && strcmp(finding->code, "cliff") != 0;
}

static bool
open_domains(struct reach *r)
{
    struct dmn__run *run = TB_NEW(r->arena, struct dmn__run);
    dmn__run_init(run, feel_vm_new(r->arena, NULL), r->grid->model, NULL);
    if (dmn__ask_open(run, r->grid->node, NULL, NULL) != TB_OK)
        return false;
    r->asking = run->asking;
    r->domains = TB_NEW_ARRAY(r->arena, r->asking->count, struct dmn__domain);
    r->at = TB_NEW_ARRAY(r->arena, r->asking->count, size_t);
    r->size = 1;
    for (size_t i = 0; i < r->asking->count; i++) {
        if (r->asking->leaves[i].unknown.kind != FEEL_UNKNOWN ||
            !dmn__ask_domain(r->arena, r->grid->node, &r->asking->leaves[i], &r->domains[i]))
            return false;
        r->size *= r->domains[i].count + 1;
        if (r->size > DMN_CHECK_INPUTS_MAX)
            return false;
    }
    return true;
}

static struct feel_value
input_of(const struct reach *r, struct tb_arena *arena, bool *ret_has_null)
{
    struct feel_value input = feel_context_of(arena, NULL, 0);
    *ret_has_null = false;
    for (size_t i = 0; i < r->asking->count; i++) {
        const struct dmn__leaf *leaf = &r->asking->leaves[i];
        bool is_null = r->at[i] == r->domains[i].count;
        *ret_has_null |= is_null;
        input = dmn__put_path(arena, &input, leaf->input->info.name, leaf->path, leaf->path_count,
                              is_null ? feel_null() : r->domains[i].values[r->at[i]]);
    }
    return input;
}

static bool
holds(const struct dmn_explained_table *table, size_t rule)
{
    return table->rules[rule].is_hit || table->rules[rule].is_passed;
}

/* Which open findings does this input lead to? Better news replace worse. */
static void
judge(struct reach *r, const struct dmn_explained_table *table, const struct feel_value *input,
      bool has_null)
{
    uint8_t state = has_null ? BY_NULL : BY_INPUT;
    bool has_hit = false, is_told = false;
    for (size_t i = 0; i < table->rule_count; i++)
        has_hit |= holds(table, i);
    for (size_t i = r->first; i < r->findings->count; i++) {
        struct dmn_finding *finding = &r->findings->items[i];
        /* Nothing (null) is no answer, so it leaves no gap; but two rules may both want it. */
        if (!is_open(r, i) || (is_gap(finding) && (is_told || has_null)))
            continue;
        is_told |= is_gap(finding); /* one gap is told, with an input that leads there */
        bool is_here = is_gap(finding) ? !has_hit
                                       : holds(table, finding->rules[0] - 1) &&
                                             holds(table, finding->rules[1] - 1);
        if (is_here && r->states[i - r->first] < state) {
            r->states[i - r->first] = state;
            finding->witness = feel_copy(r->arena, input);
        }
    }
}

static bool
try_input(struct reach *r)
{
    struct tb_arena *scratch = tb_arena_new(0);
    struct dmn__run *run = TB_NEW(scratch, struct dmn__run);
    struct dmn__scene scene = {.arena = scratch, .run = run};
    bool has_null, is_done;
    struct feel_value input = input_of(r, scratch, &has_null), value;
    dmn__run_init(run, feel_vm_new(scratch, NULL), r->grid->model, &input);
    run->scene = &scene;
    dmn__value(run, r->grid->node, &value);
    is_done = feel_vm_status(run->vm, NULL) == TB_OK && scene.left_out == 0;
    for (size_t i = 0; i < scene.count && is_done; i++)
        if (scene.told[i].node == r->grid->node &&
            tb_str_eq(scene.told[i].table.name, r->grid->table->owner))
            judge(r, &scene.told[i].table, &input, has_null);
    tb_arena_free(scratch);
    return is_done;
}

/* The next combination; false after the last. */
static bool
step(struct reach *r)
{
    for (size_t i = 0; i < r->asking->count; i++) {
        if (++r->at[i] <= r->domains[i].count)
            return true;
        r->at[i] = 0;
    }
    return false;
}

/* Leaves out what cannot come about; what an input leads to is a fault. */
static void
settle(struct reach *r)
{
    size_t kept = r->first;
    for (size_t i = r->first; i < r->findings->count; i++) {
        struct dmn_finding *finding = &r->findings->items[i];
        bool was_open = is_open(r, i);
        if (was_open && r->states[i - r->first] == NEVER)
            continue;
        if (was_open) {
            tb_str text = feel_format_literal(r->arena, &finding->witness);
            finding->zh = tb_printf(r->arena, TB_FMT "；这样的输入就会：" TB_FMT,
                                    TB_ARG(finding->zh), TB_ARG(text));
            finding->en = tb_printf(r->arena, TB_FMT "; this input leads there: " TB_FMT,
                                    TB_ARG(finding->en), TB_ARG(text));
        }
        if (was_open && r->states[i - r->first] == BY_INPUT) {
            finding->level = DMN_ERROR;
            finding->remedy_zh =
                tb_str_sub(finding->remedy_zh, sizeof(DMN__IF_ZH) - 1, finding->remedy_zh.len);
            finding->remedy_en =
                tb_str_sub(finding->remedy_en, sizeof(DMN__IF_EN) - 1, finding->remedy_en.len);
        }
        r->findings->items[kept++] = *finding;
    }
    r->findings->count = kept;
}

void
dmn__check_reach(const struct dmn__grid *grid, struct dmn_findings *findings, size_t first)
{
    struct reach r = {.arena = findings->arena, .grid = grid, .findings = findings, .first = first};
    const struct dmn__expr *body = grid->node->body;
    bool is_own = grid->node->kind == DMN__DECISION && body != NULL && body->form == DMN__TABLE &&
                  body->u.table == grid->table;
    size_t count = 0;
    if (grid->is_direct || !is_own)
        return;
    for (size_t i = first; i < findings->count; i++)
        count += is_open(&r, i);
    if (count > 0 && open_domains(&r)) {
        bool is_done = true;
        r.states = TB_NEW_ARRAY(r.arena, findings->count - first, uint8_t);
        do
            is_done = try_input(&r);
        while (is_done && step(&r));
        if (is_done)
            settle(&r);
    }
    find_dependent(grid, findings);
}
