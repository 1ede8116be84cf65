/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_check_cells.c - faults that a single cell shows: types, values that are not allowed, outputs, clauses. */
#include "dmn/dmn_check_internal.h"

static tb_str
literal(const struct dmn__grid *grid, const struct feel_value *value)
{
    return feel_format_literal(grid->arena, value);
}

/* ---- conditions -------------------------------------------------------------------------------------------------- */

static void
wrong_kind(const struct dmn__grid *grid, struct dmn_findings *findings, const struct dmn__dim *dim,
           size_t rule, const struct feel_value *value)
{
    struct dmn_finding *finding = dmn__finding(findings, grid, "wrong_type", &rule, 1);
    tb_str text = literal(grid, value);
    const char *kind = feel_kind_name(dim->kind);
    finding->column = dim->column->text;
    finding->zh = tb_printf(grid->arena, "规则 %zu 拿 " TB_FMT " 比“" TB_FMT "”，而这一列是 %s",
                            rule + 1, TB_ARG(text), TB_ARG(dim->column->text), kind);
    finding->en =
        tb_printf(grid->arena, "rule %zu compares \"" TB_FMT "\", which is a %s, with " TB_FMT,
                  rule + 1, TB_ARG(dim->column->text), kind, TB_ARG(text));
    finding->remedy_zh = tb_printf(grid->arena, "改成 %s 的值", kind);
    finding->remedy_en = tb_printf(grid->arena, "write a value of type %s", kind);
}

static void
not_allowed(const struct dmn__grid *grid, struct dmn_findings *findings, const struct dmn__dim *dim,
            size_t rule, const struct feel_value *value)
{
    struct dmn_finding *finding = dmn__finding(findings, grid, "value_not_allowed", &rule, 1);
    struct tb_buf list = {.arena = grid->arena};
    tb_str text = literal(grid, value);
    for (size_t i = 0; i < dim->count && i < 20; i++) {
        tb_str one = literal(grid, &dim->values[i]);
        tb_buf_printf(&list, "%s" TB_FMT, i > 0 ? ", " : "", TB_ARG(one));
    }
    tb_str allowed = tb_buf_done(&list);
    finding->column = dim->column->text;
    finding->zh = tb_printf(grid->arena, "规则 %zu 的 " TB_FMT " 不是“" TB_FMT "”允许的值",
                            rule + 1, TB_ARG(text), TB_ARG(dim->column->text));
    finding->en =
        tb_printf(grid->arena, "rule %zu: " TB_FMT " is no value that \"" TB_FMT "\" allows",
                  rule + 1, TB_ARG(text), TB_ARG(dim->column->text));
    finding->remedy_zh = tb_printf(grid->arena, "可用的值：" TB_FMT, TB_ARG(allowed));
    finding->remedy_en = tb_printf(grid->arena, "it allows " TB_FMT, TB_ARG(allowed));
}

static bool
is_listed(const struct dmn__dim *dim, const struct feel_value *value)
{
    for (size_t i = 0; i < dim->count; i++)
        if (feel_equal(&dim->values[i], value))
            return true;
    return false;
}

static void
check_condition(const struct dmn__grid *grid, struct dmn_findings *findings,
                const struct dmn__dim *dim, size_t rule, const struct dmn__cell *cell)
{
    for (uint32_t i = 0; i < cell->count; i++) {
        const struct feel_interval *interval = &cell->intervals[i];
        const struct feel_value *end =
            interval->low.kind != FEEL_NULL ? &interval->low : &interval->high;
        if (dim->kind != FEEL_NULL && end->kind != FEEL_NULL && end->kind != dim->kind)
            wrong_kind(grid, findings, dim, rule, end);
        else if (dim->is_enumerated && feel_equal(&interval->low, &interval->high) &&
                 !is_listed(dim, &interval->low))
            not_allowed(grid, findings, dim, rule, &interval->low);
    }
}

/* The column says one type and what it reads has another. */
static void
check_column(const struct dmn__grid *grid, struct dmn_findings *findings,
             const struct dmn__dim *dim)
{
    const struct feel_type *said = dim->column->type;
    const struct feel_type *read =
        dim->column->expr != NULL ? feel_expr_type(dim->column->expr) : NULL;
    if (said == NULL || read == NULL || said->kind != FEEL_TYPE_BASE ||
        read->kind != FEEL_TYPE_BASE || said->base == read->base)
        return;
    struct dmn_finding *finding = dmn__finding(findings, grid, "wrong_type", NULL, 0);
    const char *a = feel_kind_name(said->base), *b = feel_kind_name(read->base);
    finding->column = dim->column->text;
    finding->zh = tb_printf(grid->arena, "“" TB_FMT "”列写的类型是 %s，而它的值是 %s",
                            TB_ARG(dim->column->text), a, b);
    finding->en =
        tb_printf(grid->arena, "column \"" TB_FMT "\" is declared %s, but its value is a %s",
                  TB_ARG(dim->column->text), a, b);
    finding->remedy_zh = tb_printf(grid->arena, "typeRef 改成 %s", b);
    finding->remedy_en = tb_printf(grid->arena, "write typeRef=\"%s\"", b);
}

/* ---- outputs ----------------------------------------------------------------------------------------------------- */

static void
output_finding(const struct dmn__grid *grid, struct dmn_findings *findings, const char *code,
               size_t rule, const struct dmn__output *output, tb_str got, tb_str wanted)
{
    size_t rule_count = rule < grid->table->rule_count ? 1 : 0;
    struct dmn_finding *finding = dmn__finding(findings, grid, code, &rule, rule_count);
    tb_str name = output->name.len > 0 ? output->name : grid->table->owner;
    finding->column = name;
    finding->zh = tb_printf(grid->arena, "%s %zu 的结果“" TB_FMT "”是 " TB_FMT "，应是 " TB_FMT,
                            rule_count > 0 ? "规则" : "默认结果，规则", rule + 1, TB_ARG(name),
                            TB_ARG(got), TB_ARG(wanted));
    finding->en =
        tb_printf(grid->arena, "%s %zu: output \"" TB_FMT "\" is " TB_FMT ", but wanted is " TB_FMT,
                  rule_count > 0 ? "rule" : "the default behind rule", rule + 1, TB_ARG(name),
                  TB_ARG(got), TB_ARG(wanted));
    finding->remedy_zh = tb_printf(grid->arena, "改成 " TB_FMT, TB_ARG(wanted));
    finding->remedy_en = tb_printf(grid->arena, "give " TB_FMT, TB_ARG(wanted));
}

static bool
is_output_value(const struct dmn__output *output, const struct feel_value *value)
{
    for (size_t i = 0; i < output->value_count; i++)
        if (feel_equal(&output->values[i], value))
            return true;
    return false;
}

static tb_str
values_text(const struct dmn__grid *grid, const struct dmn__output *output)
{
    struct tb_buf list = {.arena = grid->arena};
    for (size_t i = 0; i < output->value_count && i < 20; i++) {
        tb_str one = literal(grid, &output->values[i]);
        tb_buf_printf(&list, "%s" TB_FMT, i > 0 ? " | " : "", TB_ARG(one));
    }
    return tb_buf_done(&list);
}

/* The type of an output: its own, or for a single column that of the decision. */
static const struct feel_type *
output_type(const struct dmn__grid *grid, const struct dmn__output *output)
{
    const struct dmn__table *table = grid->table;
    bool gives_one = table->policy == DMN__UNIQUE || table->policy == DMN__FIRST ||
                     table->policy == DMN__ANY || table->policy == DMN__PRIORITY;
    bool is_body = grid->node->body != NULL && grid->node->body->form == DMN__TABLE &&
                   grid->node->body->u.table == table;
    if (output->type != NULL)
        return output->type;
    if (!is_body || !gives_one)
        return NULL;
    if (table->output_count == 1)
        return grid->node->type;
    for (size_t i = 0; i < grid->node->type->member_count; i++)
        if (tb_str_eq(grid->node->type->members[i].name, output->name))
            return grid->node->type->members[i].type;
    return NULL;
}

static void
check_result(const struct dmn__grid *grid, struct dmn_findings *findings, size_t rule,
             const struct dmn__output *output, const struct dmn__result *result)
{
    const struct feel_type *type = output_type(grid, output);
    struct feel_value fitting, pass;
    if (result->expr != NULL && type != NULL && type->kind == FEEL_TYPE_BASE) {
        const struct feel_type *own = feel_expr_type(result->expr);
        bool is_day = own->base == FEEL_DATE && type->base == FEEL_DATE_TIME;
        if (own->kind == FEEL_TYPE_BASE && own->base != type->base && !is_day)
            output_finding(grid, findings, "wrong_type", rule, output,
                           tb_str_of(feel_kind_name(own->base)),
                           tb_str_of(feel_kind_name(type->base)));
    }
    if (result->constant == NULL || result->constant->kind == FEEL_NULL)
        return;
    tb_str text = literal(grid, result->constant);
    if (type != NULL && !feel_coerce(grid->arena, result->constant, type, &fitting)) {
        output_finding(grid, findings, "wrong_type", rule, output, text,
                       feel_type_format(grid->arena, type));
        return;
    }
    if (output->value_count > 0 && !is_output_value(output, result->constant)) {
        output_finding(grid, findings, "output_not_allowed", rule, output, text,
                       values_text(grid, output));
    } else if (type != NULL && type->allowed != NULL) {
        feel_vm_test(feel_vm_new(grid->arena, NULL), type->allowed, &fitting, NULL, &pass);
        if (!feel_is_true(&pass))
            output_finding(grid, findings, "output_not_allowed", rule, output, text,
                           type->allowed_text);
    }
}

/* ---- clauses ----------------------------------------------------------------------------------------------------- */

static bool
is_clause_column(tb_str name)
{
    return tb_str_is(name, "clause") || tb_str_is(name, "依据") || tb_str_is(name, "条款");
}

static void
check_clauses(const struct dmn__grid *grid, struct dmn_findings *findings)
{
    const struct dmn__table *table = grid->table;
    size_t column = 0;
    while (column < table->annotation_count && !is_clause_column(table->annotation_names[column]))
        column++;
    if (column == table->annotation_count) {
        if (grid->node->info.authority_count > 0)
            return;
        struct dmn_finding *finding = dmn__finding(findings, grid, "no_authority", NULL, 0);
        finding->level = DMN_WARNING;
        finding->zh = TB_STR("这张表没有依据：既没有 clause 列，也没有 knowledgeSource");
        finding->en =
            TB_STR("the table rests on nothing: no column clause and no knowledge source");
        finding->remedy_zh = TB_STR("加一列 clause，或者写 authorityRequirement");
        finding->remedy_en = TB_STR("add a column clause or an authorityRequirement");
        return;
    }
    for (size_t rule = 0; rule < table->rule_count; rule++) {
        if (tb_str_trim(table->rules[rule].annotations[column]).len > 0)
            continue;
        struct dmn_finding *finding = dmn__finding(findings, grid, "no_clause", &rule, 1);
        finding->column = table->annotation_names[column];
        finding->zh = tb_printf(grid->arena, "规则 %zu 没有写依据的条款", rule + 1);
        finding->en = tb_printf(grid->arena, "rule %zu names no clause", rule + 1);
        finding->remedy_zh = TB_STR("写上法律和条文，如“LAW#8”");
        finding->remedy_en = TB_STR("name law and article, as in LAW#8");
    }
}

void
dmn__check_cells(const struct dmn__grid *grid, struct dmn_findings *findings)
{
    const struct dmn__table *table = grid->table;
    for (size_t d = 0; d < grid->dim_count; d++) {
        const struct dmn__dim *dim = &grid->dims[d];
        check_column(grid, findings, dim);
        for (size_t c = 0; c < dim->column_count; c++)
            for (size_t rule = 0; rule < table->rule_count; rule++)
                check_condition(grid, findings, dim, rule,
                                &table->cells[rule * table->input_count + dim->columns[c]]);
    }
    for (size_t i = 0; i < table->output_count; i++) {
        for (size_t rule = 0; rule < table->rule_count; rule++)
            check_result(grid, findings, rule, &table->outputs[i],
                         &table->results[rule * table->output_count + i]);
        check_result(grid, findings, table->rule_count, &table->outputs[i],
                     &table->outputs[i].otherwise);
    }
    check_clauses(grid, findings);
}
