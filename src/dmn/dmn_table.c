/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_table.c - decision tables from XML (clause 8). Orientation is only how a table is drawn: the file has rules,
 * inputs and outputs all the same. */
#include "dmn/dmn_table_internal.h"

static size_t
count_children(const struct tb_xml *xml, const char *name)
{
    size_t count = 0;
    TB_XML_EACH(child, xml)
    count += dmn__is(child, name);
    return count;
}

static void
read_policy(struct dmn__builder *b, const struct tb_xml *xml, struct dmn__table *table)
{
    static const char *const policies[] = {"UNIQUE",  "ANY",        "PRIORITY",    "FIRST",
                                           "COLLECT", "RULE ORDER", "OUTPUT ORDER"};
    static const char *const aggregates[] = {"", "SUM", "MIN", "MAX", "COUNT"};
    tb_str policy = tb_str_trim(tb_xml_attr(xml, "hitPolicy"));
    tb_str aggregate = tb_str_trim(tb_xml_attr(xml, "aggregation"));
    bool is_known = policy.len == 0, is_aggregate = false;
    for (size_t i = 0; i < TB_COUNT(policies); i++)
        if (tb_str_is(policy, policies[i])) {
            table->policy = (dmn__policy)i;
            is_known = true;
        }
    for (size_t i = 0; i < TB_COUNT(aggregates); i++)
        if (tb_str_is(aggregate, aggregates[i])) {
            table->aggregate = (dmn__aggregate)i;
            is_aggregate = true;
        }
    if (!is_known)
        dmn__fault(b, xml, "hit_policy",
                   tb_printf(b->scratch, "不认识命中策略“" TB_FMT "”", TB_ARG(policy)),
                   tb_printf(b->scratch, "there is no hit policy \"" TB_FMT "\"", TB_ARG(policy)));
    if (!is_aggregate || (aggregate.len > 0 && table->policy != DMN__COLLECT))
        dmn__fault(b, xml, "aggregation",
                   tb_printf(b->scratch, "汇总方式“" TB_FMT "”不能用在这里", TB_ARG(aggregate)),
                   tb_printf(b->scratch, "aggregation \"" TB_FMT "\" is not possible here",
                             TB_ARG(aggregate)));
}

static tb_str
annotation_text(struct dmn__builder *b, const struct tb_xml *xml)
{
    const struct tb_xml *text = tb_xml_child(xml, "text");
    return text != NULL ? dmn__copy(b, text->text) : TB_STR("");
}

static void
read_input(struct dmn__builder *b, const struct tb_xml *xml, struct dmn__column *column)
{
    const struct tb_xml *expression = tb_xml_child(xml, "inputExpression");
    const struct tb_xml *values = tb_xml_child(xml, "inputValues");
    column->label = dmn__attr(b, xml, "label");
    if (expression == NULL || dmn__text(expression).len == 0) {
        dmn__fault(b, xml, "no_expression", TB_STR("输入列没有表达式"),
                   TB_STR("the input column has no expression"));
        return;
    }
    column->text = dmn__copy(b, dmn__text(expression));
    column->type = dmn__type_of(b, expression);
    column->expr = dmn__compile_feel(b, expression, column->text);
    if (values != NULL && dmn__text(values).len > 0)
        column->allowed = dmn__compile_unary(b, values, dmn__text(values));
}

static void
read_output_values(struct dmn__builder *b, const struct tb_xml *values, struct dmn__output *output)
{
    struct feel_shape shape;
    const struct feel_unary *unary = dmn__compile_unary(b, values, dmn__text(values));
    if (unary == NULL || !feel_unary_shape(b->scratch, unary, &shape))
        return;
    struct feel_value *list = TB_NEW_ARRAY(b->arena, shape.count, struct feel_value);
    for (size_t i = 0; i < shape.count; i++)
        list[i] = shape.intervals[i].low;
    output->values = list;
    output->value_count = shape.count;
}

static void
read_output(struct dmn__builder *b, const struct tb_xml *xml, struct dmn__output *output,
            struct dmn__table *table)
{
    const struct tb_xml *values = tb_xml_child(xml, "outputValues");
    const struct tb_xml *otherwise = tb_xml_child(xml, "defaultOutputEntry");
    output->name = dmn__attr(b, xml, "name");
    output->label = dmn__attr(b, xml, "label");
    output->type = dmn__type_of(b, xml);
    if (values != NULL && dmn__text(values).len > 0)
        read_output_values(b, values, output);
    else if (output->type != NULL && output->type->allowed != NULL)
        dmn__is_enumeration(b->arena, output->type, &output->values, &output->value_count);
    if (otherwise != NULL && dmn__text(otherwise).len > 0) {
        dmn__compile_result(b, otherwise, dmn__text(otherwise), &output->otherwise);
        table->has_default = true;
    }
}

static void
wrong_count(struct dmn__builder *b, const struct tb_xml *rule, const char *what, size_t got,
            size_t wanted)
{
    dmn__fault(b, rule, "cells",
               tb_printf(b->scratch, "规则有 %zu 个 %s，应有 %zu 个", got, what, wanted),
               tb_printf(b->scratch, "the rule has %zu %s, but %zu are wanted", got, what, wanted));
}

static void
read_rule(struct dmn__builder *b, const struct tb_xml *xml, struct dmn__table *table, size_t number)
{
    struct dmn__cell *cells = (struct dmn__cell *)(uintptr_t)table->cells;
    struct dmn__result *results = (struct dmn__result *)(uintptr_t)table->results;
    struct dmn__rule *rule = (struct dmn__rule *)(uintptr_t)&table->rules[number];
    tb_str *annotations = TB_NEW_ARRAY(b->arena, table->annotation_count, tb_str);
    const struct tb_xml *description = tb_xml_child(xml, "description");
    size_t in = 0, out = 0, notes = 0;
    rule->id = dmn__attr(b, xml, "id");
    rule->description = description != NULL ? dmn__copy(b, description->text) : TB_STR("");
    rule->line = xml->line;
    rule->annotations = annotations;
    TB_XML_EACH(child, xml)
    {
        tb_str text = dmn__text(child);
        if (dmn__is(child, "inputEntry")) {
            if (in < table->input_count)
                dmn__compile_cell(b, child, text, &cells[number * table->input_count + in]);
            in++;
        } else if (dmn__is(child, "outputEntry")) {
            if (out < table->output_count && text.len > 0 && !tb_str_is(text, "-"))
                dmn__compile_result(b, child, text, &results[number * table->output_count + out]);
            out++;
        } else if (dmn__is(child, "annotationEntry") && notes < table->annotation_count) {
            annotations[notes++] = annotation_text(b, child);
        }
    }
    if (in != table->input_count)
        wrong_count(b, xml, "inputEntry", in, table->input_count);
    if (out != table->output_count)
        wrong_count(b, xml, "outputEntry", out, table->output_count);
}

/* Outputs of a table with several need names; priority needs output values. */
static void
check_outputs(struct dmn__builder *b, const struct tb_xml *xml, const struct dmn__table *table)
{
    bool has_values = false;
    for (size_t i = 0; i < table->output_count; i++) {
        has_values |= table->outputs[i].value_count > 0;
        if (table->output_count > 1 && table->outputs[i].name.len == 0)
            dmn__fault(b, xml, "no_name", TB_STR("有多个输出列时，每列都要有 name"),
                       TB_STR("with several outputs each needs a name"));
    }
    if ((table->policy == DMN__PRIORITY || table->policy == DMN__OUTPUT_ORDER) && !has_values)
        dmn__fault(b, xml, "no_output_values", TB_STR("这种命中策略需要 outputValues 来排先后"),
                   TB_STR("this hit policy needs outputValues, which give the order"));
    if (table->output_count == 0)
        dmn__fault(b, xml, "no_output", TB_STR("决策表没有输出列"),
                   TB_STR("the table has no output"));
}

static bool
measure(struct dmn__builder *b, const struct tb_xml *xml, struct dmn__table *table)
{
    table->input_count = count_children(xml, "input");
    table->output_count = count_children(xml, "output");
    table->rule_count = count_children(xml, "rule");
    table->annotation_count = count_children(xml, "annotation");
    if (table->rule_count <= DMN_RULES_MAX && table->input_count <= DMN_COLUMNS_MAX &&
        table->output_count <= DMN_COLUMNS_MAX && table->annotation_count <= DMN_COLUMNS_MAX)
        return true;
    dmn__fault(b, xml, "too_large",
               tb_printf(b->scratch, "决策表最多 %d 条规则、%d 列", DMN_RULES_MAX, DMN_COLUMNS_MAX),
               tb_printf(b->scratch, "a table has at most %d rules and %d columns", DMN_RULES_MAX,
                         DMN_COLUMNS_MAX));
    return false;
}

const struct dmn__table *
dmn__compile_table(struct dmn__builder *b, const struct tb_xml *xml)
{
    struct dmn__table *table = TB_NEW(b->arena, struct dmn__table);
    size_t in = 0, out = 0, notes = 0, rules = 0;
    if (!measure(b, xml, table))
        return NULL;
    table->owner = b->node->info.name;
    read_policy(b, xml, table);
    struct dmn__column *inputs = TB_NEW_ARRAY(b->arena, table->input_count, struct dmn__column);
    struct dmn__output *outputs = TB_NEW_ARRAY(b->arena, table->output_count, struct dmn__output);
    tb_str *names = TB_NEW_ARRAY(b->arena, table->annotation_count, tb_str);
    table->inputs = inputs;
    table->outputs = outputs;
    table->annotation_names = names;
    table->rules = TB_NEW_ARRAY(b->arena, table->rule_count, struct dmn__rule);
    table->cells = TB_NEW_ARRAY(b->arena, table->rule_count * table->input_count, struct dmn__cell);
    table->results =
        TB_NEW_ARRAY(b->arena, table->rule_count * table->output_count, struct dmn__result);
    TB_XML_EACH(child, xml)
    {
        if (dmn__is(child, "input"))
            read_input(b, child, &inputs[in++]);
        else if (dmn__is(child, "output"))
            read_output(b, child, &outputs[out++], table);
        else if (dmn__is(child, "annotation"))
            names[notes++] = dmn__attr(b, child, "name");
    }
    TB_XML_EACH(child, xml)
    if (dmn__is(child, "rule"))
        read_rule(b, child, table, rules++);
    check_outputs(b, xml, table);
    dmn__index_table(b, table);
    return table;
}
