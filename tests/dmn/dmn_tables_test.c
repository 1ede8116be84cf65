/* SPDX-License-Identifier: Apache-2.0 */
/* Every table of tests/dmn/tables.txt, made into a DMN file, compiled and evaluated. */
#include "dmn/dmn.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct table {
    struct tb_arena *arena;
    struct tb_buf inputs, columns, outputs, rules, needs;
    tb_str policy, aggregation, orientation;
    size_t input_count;
    struct dmn_model *model;
};

static void
put_escaped(struct tb_buf *buf, tb_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '<')
            tb_buf_cstr(buf, "&lt;");
        else if (text.ptr[i] == '&')
            tb_buf_cstr(buf, "&amp;");
        else if (text.ptr[i] == '"')
            tb_buf_cstr(buf, "&quot;");
        else
            tb_buf_char(buf, text.ptr[i]);
    }
}

/* <name><text>text</text></name> */
static void
put_text(struct tb_buf *buf, const char *name, tb_str text)
{
    tb_buf_printf(buf, "<%s><text>", name);
    put_escaped(buf, tb_str_trim(text));
    tb_buf_printf(buf, "</text></%s>", name);
}

/* Cuts ` values …` and ` default …` off a type. */
static tb_str
cut_word(tb_str *text, const char *word)
{
    ptrdiff_t at = tb_str_find(*text, tb_str_of(word));
    if (at < 0)
        return TB_STR_NONE;
    tb_str rest = tb_str_sub(*text, (size_t)at + strlen(word), text->len);
    *text = tb_str_sub(*text, 0, (size_t)at);
    return rest;
}

/* Types with parameters have no typeRef here: the value is left as it is. */
static void
put_type(struct tb_buf *buf, tb_str type)
{
    type = tb_str_trim(type);
    if (!tb_str_contains(type, TB_STR("<")))
        tb_buf_printf(buf, " typeRef=\"" TB_FMT "\"", TB_ARG(type));
}

static void
add_input(struct table *table, tb_str line)
{
    tb_str values = cut_word(&line, " values "), name = TB_STR_NONE;
    bool is_expression = tb_str_contains(line, TB_STR("="));
    tb_str type = cut_word(&line, ": "), expression = line;
    tb_buf_cstr(&table->columns, "<input><inputExpression>");
    if (is_expression) {
        tb_str_cut(&line, '=', &name);
        expression = line;
    }
    tb_buf_cstr(&table->columns, "<text>");
    put_escaped(&table->columns, tb_str_trim(expression));
    tb_buf_cstr(&table->columns, "</text></inputExpression>");
    if (values.ptr != NULL)
        put_text(&table->columns, "inputValues", values);
    tb_buf_cstr(&table->columns, "</input>");
    name = tb_str_trim(expression);
    bool is_name = !tb_str_contains(name, TB_STR("*")) && !tb_str_contains(name, TB_STR(".")) &&
                   !tb_str_contains(name, TB_STR("("));
    if (is_expression && !is_name)
        name = tb_str_contains(name, TB_STR("(s)")) ? TB_STR("s") : TB_STR_NONE;
    if (name.ptr == NULL)
        return;
    size_t id = table->input_count++;
    tb_buf_printf(&table->inputs,
                  "<inputData id=\"i%zu\" name=\"" TB_FMT "\"><variable name=\"" TB_FMT "\"", id,
                  TB_ARG(name), TB_ARG(name));
    put_type(&table->inputs, type);
    tb_buf_cstr(&table->inputs, "/></inputData>");
    tb_buf_printf(
        &table->needs,
        "<informationRequirement><requiredInput href=\"#i%zu\"/></informationRequirement>", id);
}

static void
add_output(struct table *table, tb_str line)
{
    tb_str otherwise = cut_word(&line, " default "), values = cut_word(&line, " values ");
    tb_str type = cut_word(&line, ": ");
    tb_buf_printf(&table->outputs, "<output name=\"" TB_FMT "\"", TB_ARG(tb_str_trim(line)));
    put_type(&table->outputs, type);
    tb_buf_cstr(&table->outputs, ">");
    if (values.ptr != NULL)
        put_text(&table->outputs, "outputValues", values);
    if (otherwise.ptr != NULL)
        put_text(&table->outputs, "defaultOutputEntry", otherwise);
    tb_buf_cstr(&table->outputs, "</output>");
}

/* As many cells as there are inputs, then outputs. */
static void
add_rule(struct table *table, tb_str line, size_t columns)
{
    tb_str cell;
    size_t n = 0;
    tb_buf_cstr(&table->rules, "<rule>");
    while (tb_str_cut(&line, '|', &cell))
        put_text(&table->rules, n++ < columns ? "inputEntry" : "outputEntry", cell);
    tb_buf_cstr(&table->rules, "</rule>");
}

static void
compile(struct table *table)
{
    struct tb_buf xml = {.arena = table->arena};
    struct tb_faults faults = {.arena = table->arena};
    tb_buf_cstr(&xml, "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" "
                      "name=\"t\" namespace=\"t\">");
    tb_buf_str(&xml, tb_buf_done(&table->inputs));
    tb_buf_cstr(&xml, "<decision id=\"d\" name=\"D\"><variable name=\"D\"/>");
    tb_buf_str(&xml, tb_buf_done(&table->needs));
    tb_buf_printf(&xml, "<decisionTable hitPolicy=\"" TB_FMT "\"", TB_ARG(table->policy));
    if (table->aggregation.len > 0)
        tb_buf_printf(&xml, " aggregation=\"" TB_FMT "\"", TB_ARG(table->aggregation));
    if (table->orientation.len > 0)
        tb_buf_printf(&xml, " preferredOrientation=\"" TB_FMT "\"", TB_ARG(table->orientation));
    tb_buf_char(&xml, '>');
    tb_buf_str(&xml, tb_buf_done(&table->columns));
    tb_buf_str(&xml, tb_buf_done(&table->outputs));
    tb_buf_str(&xml, tb_buf_done(&table->rules));
    tb_buf_cstr(&xml, "</decisionTable></decision></definitions>");
    struct dmn_source source = {.file = TB_STR("table"), .xml = tb_buf_done(&xml)};
    tb_status status = dmn_compile(&source, &faults, &table->model, NULL);
    for (size_t i = 0; i < faults.count; i++)
        print_error(TB_FMT "\n", TB_ARG(faults.items[i].en));
    assert_int_equal(status, TB_OK);
}

/* From JSON a plan gives what reading, evaluating and writing give one after the other. */
static bool
json_gives(struct tb_arena *arena, const struct dmn_model *model, const struct dmn_plan *plan,
           tb_str text)
{
    struct tb_buf out = {.arena = arena}, own = {.arena = arena};
    struct tb_json *json;
    struct feel_value input, value;
    assert_int_equal(tb_json_parse(arena, text, &json, NULL), TB_OK);
    tb_status status = dmn_input_from_json(arena, model, json, &input, NULL, NULL);
    assert_int_equal(dmn_plan_eval_json(&out, plan, text, NULL, NULL), status);
    if (status != TB_OK)
        return true;
    assert_int_equal(dmn_eval(arena, model, TB_STR("D"), &input, NULL, &value, NULL), TB_OK);
    tb_json_write(&own, feel_to_json(arena, &value));
    bool is_same = tb_str_eq(tb_buf_done(&out), tb_buf_done(&own));
    if (!is_same)
        print_error(TB_FMT " gives " TB_FMT "\n", TB_ARG(text), TB_ARG(tb_buf_done(&out)));
    return is_same;
}

/* A plan gives the same, bound and from JSON. */
static bool
plan_gives(struct tb_arena *arena, const struct dmn_model *model, const struct feel_value *input,
           const struct feel_value *wanted)
{
    struct dmn_plan *plan;
    struct feel_value bound[16], got;
    struct tb_buf text = {.arena = arena};
    size_t count;
    assert_int_equal(dmn_plan_new(model, TB_STR("D"), &plan, NULL), TB_OK);
    const struct dmn_input_info *inputs = dmn_plan_inputs(plan, &count);
    assert_true(count <= TB_COUNT(bound));
    for (size_t i = 0; i < count; i++) {
        const struct feel_value *given = feel_get(input, inputs[i].name);
        bound[i] = given != NULL ? *given : feel_null();
    }
    assert_int_equal(dmn_plan_eval(arena, plan, bound, &got, NULL), TB_OK);
    bool is_same = feel_equal(wanted, &got);
    tb_json_write(&text, feel_to_json(arena, input));
    is_same &= json_gives(arena, model, plan, tb_buf_done(&text));
    dmn_plan_free(plan);
    return is_same;
}

static bool
check(struct table *table, tb_str line, int number)
{
    tb_str wanted_text = cut_word(&line, " -> ");
    struct feel_value input, wanted, got;
    struct tb_arena *arena = tb_arena_new(0);
    assert_int_equal(feel_once(arena, line, NULL, NULL, &input, NULL), TB_OK);
    assert_int_equal(feel_once(arena, wanted_text, NULL, NULL, &wanted, NULL), TB_OK);
    assert_int_equal(dmn_eval(arena, table->model, TB_STR("D"), &input, NULL, &got, NULL), TB_OK);
    bool is_same = feel_equal(&wanted, &got) && plan_gives(arena, table->model, &input, &wanted);
    if (!is_same)
        print_error("tables.txt:%d: " TB_FMT ": expected " TB_FMT ", got " TB_FMT "\n", number,
                    TB_ARG(line), TB_ARG(wanted_text), TB_ARG(feel_format_literal(arena, &got)));
    tb_arena_free(arena);
    return is_same;
}

static void
table_start(struct table *table, tb_str policy)
{
    struct tb_arena *arena = table->arena;
    dmn_model_unref(table->model);
    *table = (struct table){.arena = arena, .policy = policy};
    table->inputs.arena = table->columns.arena = table->outputs.arena = arena;
    table->rules.arena = table->needs.arena = arena;
    table->orientation = cut_word(&table->policy, " / ");
    if (tb_str_starts(table->policy, TB_STR("COLLECT ")))
        table->aggregation = cut_word(&table->policy, " ");
}

static void
every_table_gives_what_the_file_says(void **state)
{
    static char text[1 << 16];
    char path[512];
    struct table table = {.arena = tb_arena_new(0)};
    size_t failed = 0, count = 0, columns = 0;
    (void)state;
    snprintf(path, sizeof path, "%s/tests/dmn/tables.txt", getenv("TB_SOURCE"));
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    tb_str rest = {text, fread(text, 1, sizeof text, file)}, line;
    fclose(file);
    for (int number = 1; tb_str_cut(&rest, '\n', &line); number++) {
        if (tb_str_starts(line, TB_STR("table "))) {
            table_start(&table, tb_str_sub(line, 6, line.len));
            columns = 0;
        } else if (tb_str_starts(line, TB_STR("in "))) {
            add_input(&table, tb_str_sub(line, 3, line.len));
            columns++;
        } else if (tb_str_starts(line, TB_STR("out "))) {
            add_output(&table, tb_str_sub(line, 4, line.len));
        } else if (tb_str_starts(line, TB_STR("|"))) {
            add_rule(&table, tb_str_sub(line, 1, line.len), columns);
        } else if (tb_str_starts(line, TB_STR("given "))) {
            if (table.model == NULL)
                compile(&table);
            failed += !check(&table, tb_str_sub(line, 6, line.len), number);
            count++;
        }
    }
    dmn_model_unref(table.model);
    tb_arena_free(table.arena);
    print_message("%zu results\n", count);
    assert_int_equal(failed, 0);
    assert_true(count >= 400);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_table_gives_what_the_file_says)};
    return cmocka_run_group_tests_name("dmn_tables", tests, NULL, NULL);
}
