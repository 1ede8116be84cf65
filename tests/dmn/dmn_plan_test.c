/* SPDX-License-Identifier: Apache-2.0 */
/* Plans and batches: random expressions and odd JSON give what the evaluator gives, value for value. */
#include "dmn/dmn.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define EXPRESSIONS 3000
#define ROWS 100

static uint64_t state = 88172645463325252u;

/* xorshift: the same expressions in every run. */
static unsigned
pick(unsigned n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state % n);
}

/* ---- random expressions ------------------------------------------------------------------------------------------ */

static const char *const numbers[] = {"0",   "1",     "2",      "2.5",        "-1",
                                      "10",  "0.001", "100000", "3000000000", "9223372036854775807",
                                      "1e30"};
static const char *const texts[] = {"\"a\"", "\"b\"", "\"中文\"", "\"\"",
                                    "\"a long text of rules\""};
static const char *const days[] = {"@\"2024-01-31\"", "@\"2024-02-01\"", "@\"1999-12-31\""};

static void
put_number(struct tb_buf *buf, int depth)
{
    static const char *const operators[] = {" + ", " - ", " * "};
    if (depth > 0 && pick(3) == 0) {
        tb_buf_cstr(buf, pick(6) == 0 ? "-(" : "(");
        put_number(buf, depth - 1);
        tb_buf_cstr(buf, operators[pick(3)]);
        put_number(buf, depth - 1);
        tb_buf_char(buf, ')');
    } else {
        tb_buf_cstr(buf, pick(3) == 0 ? numbers[pick(8)] : pick(2) ? "n" : "m");
    }
}

static void
put_comparison(struct tb_buf *buf, int depth)
{
    static const char *const operators[] = {" < ", " <= ", " > ", " >= ", " = ", " != "};
    switch (pick(9)) {
    case 0:
        tb_buf_printf(buf, "s %s %s", pick(2) ? "=" : "!=", pick(8) ? texts[pick(5)] : "null");
        break;
    case 1:
        tb_buf_printf(buf, "d%s%s", operators[pick(6)], days[pick(3)]);
        break;
    case 2:
        tb_buf_printf(buf, "s in (%s, %s)", texts[pick(5)], texts[pick(5)]);
        break;
    case 3:
        tb_buf_printf(buf, "n between %s and %s", numbers[pick(4)], numbers[pick(8)]);
        break;
    case 4:
        tb_buf_printf(buf, "m in [%s..%s)", numbers[pick(3)], numbers[3 + pick(4)]);
        break;
    case 5:
        tb_buf_printf(buf, "b = %s", pick(2) ? "true" : pick(2) ? "false" : "null");
        break;
    default:
        put_number(buf, depth);
        tb_buf_cstr(buf, operators[pick(6)]);
        put_number(buf, depth);
    }
}

static void
put_condition(struct tb_buf *buf, int depth)
{
    unsigned form = depth > 0 ? pick(6) : 5;
    if (form < 2) {
        tb_buf_char(buf, '(');
        put_condition(buf, depth - 1);
        tb_buf_cstr(buf, form == 0 ? ") and (" : ") or (");
        put_condition(buf, depth - 1);
        tb_buf_char(buf, ')');
    } else if (form == 2) {
        tb_buf_cstr(buf, "not(");
        put_condition(buf, depth - 1);
        tb_buf_char(buf, ')');
    } else if (form == 3) {
        tb_buf_char(buf, 'b');
    } else {
        put_comparison(buf, depth > 2 ? 2 : depth);
    }
}

static void
put_result(struct tb_buf *buf, int depth)
{
    static const char *const results[] = {"\"A\"", "1.10", "1.1", "null", "[1, \"x\"]", "{a: 1}"};
    if (depth == 0 || pick(3) == 0) {
        tb_buf_cstr(buf, results[pick(6)]);
        return;
    }
    tb_buf_cstr(buf, "if ");
    put_condition(buf, depth);
    tb_buf_cstr(buf, " then ");
    put_result(buf, depth - 1);
    tb_buf_cstr(buf, " else ");
    put_result(buf, depth - 1);
}

static void
put_escaped(struct tb_buf *buf, tb_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '<')
            tb_buf_cstr(buf, "&lt;");
        else
            tb_buf_char(buf, text.ptr[i]);
}

#define INPUTS                                                                                     \
    "<inputData id=\"n\" name=\"n\"><variable name=\"n\" typeRef=\"number\"/></inputData>"         \
    "<inputData id=\"m\" name=\"m\"><variable name=\"m\" typeRef=\"number\"/></inputData>"         \
    "<inputData id=\"s\" name=\"s\"><variable name=\"s\" typeRef=\"string\"/></inputData>"         \
    "<inputData id=\"b\" name=\"b\"><variable name=\"b\" typeRef=\"boolean\"/></inputData>"        \
    "<inputData id=\"d\" name=\"d\"><variable name=\"d\" typeRef=\"date\"/></inputData>"
#define NEED(name)                                                                                 \
    "<informationRequirement><requiredInput href=\"#" name "\"/></informationRequirement>"
#define NEEDS NEED("n") NEED("m") NEED("s") NEED("b") NEED("d")

/* Two decisions: E hangs on the inputs, D on E as well. */
static struct dmn_model *
model_of(struct tb_arena *arena, tb_str inner, tb_str outer)
{
    struct tb_buf xml = {.arena = arena};
    struct dmn_model *model;
    struct tb_err err;
    tb_buf_cstr(&xml, "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" "
                      "name=\"t\" namespace=\"t\">" INPUTS "<decision id=\"e\" name=\"E\">" NEEDS
                      "<literalExpression><text>");
    put_escaped(&xml, inner);
    tb_buf_cstr(&xml, "</text></literalExpression></decision><decision id=\"D\" name=\"D\">" NEEDS
                      "<informationRequirement><requiredDecision href=\"#e\"/>"
                      "</informationRequirement><literalExpression><text>");
    put_escaped(&xml, outer);
    tb_buf_cstr(&xml, "</text></literalExpression></decision></definitions>");
    struct dmn_source source = {.file = TB_STR("t"), .xml = tb_buf_done(&xml)};
    if (dmn_compile(&source, NULL, &model, &err) != TB_OK) {
        print_error(TB_FMT "\n%s\n", TB_ARG(source.xml), err.message);
        fail();
    }
    return model;
}

static struct feel_value
random_value(struct tb_arena *arena, int column)
{
    struct feel_value value;
    tb_str text = tb_str_of(column < 2    ? numbers[pick(TB_COUNT(numbers))]
                            : column == 2 ? texts[pick(5)]
                            : column == 3 ? (pick(2) ? "true" : "false")
                                          : days[pick(3)]);
    if (pick(8) == 0)
        return feel_null();
    assert_int_equal(feel_once(arena, text, NULL, NULL, &value, NULL), TB_OK);
    return value;
}

static void
compare(struct tb_arena *arena, const struct dmn_model *model, const struct dmn_plan *plan,
        tb_str expression)
{
    size_t count;
    const struct dmn_input_info *inputs = dmn_plan_inputs(plan, &count);
    struct feel_value bound[5], wanted, got;
    struct feel_entry entries[5];
    struct tb_buf text = {.arena = arena}, out = {.arena = arena}, own = {.arena = arena};
    bool is_odd = false;
    assert_int_equal(count, 5);
    for (int c = 0; c < 5; c++) {
        int kind = pick(30) == 0 ? (int)pick(5) : c; /* now and then another than the model says */
        bound[c] = random_value(arena, kind);
        is_odd |= kind != c;
        entries[c] = (struct feel_entry){inputs[c].name, bound[c]};
    }
    struct feel_value context = feel_context_of(arena, entries, 5);
    assert_int_equal(dmn_eval(arena, model, TB_STR("D"), &context, NULL, &wanted, NULL), TB_OK);
    assert_int_equal(dmn_plan_eval(arena, plan, bound, &got, NULL), TB_OK);
    tb_str one = feel_format_literal(arena, &wanted), other = feel_format_literal(arena, &got);
    if (!tb_str_eq(one, other)) {
        print_error(TB_FMT "\n" TB_FMT ": wanted " TB_FMT ", got " TB_FMT "\n", TB_ARG(expression),
                    TB_ARG(feel_format(arena, &context)), TB_ARG(one), TB_ARG(other));
        fail();
    }
    if (is_odd) /* a date is a text in JSON, and then of the kind that the model says */
        return;
    tb_json_write(&text, feel_to_json(arena, &context));
    tb_json_write(&own, feel_to_json(arena, &wanted));
    assert_int_equal(dmn_plan_eval_json(&out, plan, tb_buf_done(&text), NULL, NULL), TB_OK);
    if (!tb_str_eq(tb_buf_done(&out), tb_buf_done(&own)))
        print_error(TB_FMT ": wanted " TB_FMT ", got " TB_FMT "\n", TB_ARG(tb_buf_done(&text)),
                    TB_ARG(tb_buf_done(&own)), TB_ARG(tb_buf_done(&out)));
    assert_true(tb_str_eq(tb_buf_done(&out), tb_buf_done(&own)));
}

static void
a_plan_of_any_expression_gives_what_the_evaluator_gives(void **unused)
{
    struct tb_arena *arena = tb_arena_new(0), *scratch = tb_arena_new(0);
    size_t planned = 0;
    (void)unused;
    for (int e = 0; e < EXPRESSIONS; e++) {
        struct tb_buf inner = {.arena = arena}, outer = {.arena = arena};
        struct dmn_plan *plan;
        tb_arena_reset(arena);
        put_result(&inner, 2);
        if (pick(2))
            put_condition(&outer, 4);
        else
            put_result(&outer, 3);
        if (pick(2))
            tb_buf_cstr(&outer, pick(2) ? " = E" : "");
        struct dmn_model *model = model_of(arena, tb_buf_done(&inner), tb_buf_done(&outer));
        assert_int_equal(dmn_plan_new(model, TB_STR("D"), &plan, NULL), TB_OK);
        planned += dmn_plan_why(plan) == NULL;
        for (int i = 0; i < ROWS; i++) {
            tb_arena_reset(scratch);
            compare(scratch, model, plan, tb_buf_done(&outer));
        }
        dmn_plan_free(plan);
        dmn_model_unref(model);
    }
    print_message("%d expressions, %zu of them planned\n", EXPRESSIONS, planned);
    assert_true(planned > EXPRESSIONS / 3);
    tb_arena_free(arena);
    tb_arena_free(scratch);
}

/* ---- batches ----------------------------------------------------------------------------------------------------- */

#define BATCHES 300
#define BATCH_ROWS 1500 /* a full block and one that is not */

struct columns {
    int64_t numbers[2][BATCH_ROWS];
    uint32_t texts[BATCH_ROWS];
    uint8_t truths[BATCH_ROWS];
    int32_t days[BATCH_ROWS];
    uint8_t nulls[5][BATCH_ROWS];
    struct feel_value values[5][BATCH_ROWS];
    struct dmn_column columns[5];
};

static const tb_str dictionary[] = {
    {"a", sizeof("a") - 1},
    {"b", sizeof("b") - 1},
    {"中文", sizeof("中文") - 1},
    {"", sizeof("") - 1},
    {"a text that no rule names", sizeof("a text that no rule names") - 1}};

static int64_t
random_number(void)
{
    static const int64_t edges[] = {0, 1000, 2000, 2500, -1000, 10000, 1};
    if (pick(40) == 0) /* now and then so large that products overflow */
        return INT64_MAX / (1 + (int64_t)pick(9));
    return pick(2) ? edges[pick(TB_COUNT(edges))] : (int64_t)pick(4000000) - 1000000;
}

static struct feel_value
as_value(const struct columns *c, int column, size_t row)
{
    struct feel_value number = feel_integer(0);
    if (c->columns[column].nulls != NULL && c->nulls[column][row])
        return feel_null();
    number.u.number.u.coef = column < 2 ? c->numbers[column][row] : 0;
    number.u.number.scale = (int16_t)c->columns[column].scale;
    return column < 2    ? number
           : column == 2 ? feel_string(dictionary[c->texts[row]])
           : column == 3 ? feel_boolean(c->truths[row])
                         : feel_date(tb_date_from_days(c->days[row]));
}

static void
fill_columns(struct columns *c, bool has_large)
{
    const void *const items[] = {c->numbers[0], c->numbers[1], c->texts, c->truths, c->days};
    static const dmn_column_kind kinds[] = {DMN_COLUMN_NUMBERS, DMN_COLUMN_NUMBERS,
                                            DMN_COLUMN_TEXTS, DMN_COLUMN_BOOLEANS, DMN_COLUMN_DAYS};
    static const char *const inputs[] = {"n", "m", "s", "b", "d"};
    for (int i = 0; i < 5; i++)
        c->columns[i] = (struct dmn_column){.input = tb_str_of(inputs[i]),
                                            .kind = kinds[i],
                                            .scale = i < 2 ? (int)pick(4) : 0,
                                            .texts = dictionary,
                                            .text_count = TB_COUNT(dictionary),
                                            .items = items[i],
                                            .nulls = pick(2) ? c->nulls[i] : NULL};
    for (size_t row = 0; row < BATCH_ROWS; row++) {
        for (int i = 0; i < 2; i++)
            do
                c->numbers[i][row] = random_number();
            while (!has_large && c->numbers[i][row] > 4000000);
        c->texts[row] = pick(TB_COUNT(dictionary));
        c->truths[row] = (uint8_t)pick(2);
        c->days[row] = 10000 + (int32_t)pick(12000);
        for (int i = 0; i < 5; i++)
            c->nulls[i][row] = pick(20) == 0;
    }
    for (int i = 0; i < 5; i++)
        for (size_t row = 0; row < BATCH_ROWS; row++)
            c->values[i][row] = as_value(c, i, row);
    for (int i = 0; i < 5; i++)
        if (pick(8) == 0) { /* the same as values of any kind, some of a wrong one */
            c->values[i][pick(BATCH_ROWS)] = feel_string(TB_STR("x"));
            c->columns[i].kind = DMN_COLUMN_VALUES;
            c->columns[i].items = c->values[i];
            c->columns[i].nulls = NULL;
        }
}

/* Counting gives what counting the results gives. */
static void
check_counts(struct tb_arena *arena, const struct dmn_batch *batch, const struct columns *c,
             const struct dmn_results *results)
{
    struct dmn_counts counts[2];
    tb_status status =
        dmn_batch_count(arena, batch, c->columns, BATCH_ROWS, 1 + pick(3), counts, NULL);
    bool is_planned = results[0].codes != NULL && results[1].codes != NULL;
    assert_int_equal(status, is_planned ? TB_OK : TB_UNSUPPORTED);
    for (size_t r = 0; is_planned && r < 2; r++)
        for (size_t i = 0; i < counts[r].item_count; i++) {
            int64_t wanted = 0;
            for (size_t row = 0; row < BATCH_ROWS; row++)
                wanted += results[r].codes[row] == i;
            assert_int_equal(counts[r].counts[i], wanted);
        }
}

static size_t
check_batch(struct tb_arena *arena, const struct dmn_model *model, const struct columns *c)
{
    static const tb_str decisions[] = {{"D", sizeof("D") - 1}, {"E", sizeof("E") - 1}};
    struct dmn_results results[2];
    struct dmn_batch *batch;
    struct tb_arena *scratch = tb_arena_new(0);
    assert_int_equal(dmn_batch_new(model, decisions, 2, c->columns, 5, &batch, NULL), TB_OK);
    assert_int_equal(
        dmn_batch_run(arena, batch, c->columns, BATCH_ROWS, 1 + pick(3), results, NULL), TB_OK);
    for (size_t row = 0; row < BATCH_ROWS; row++) {
        struct feel_entry entries[5];
        tb_arena_reset(scratch);
        for (int i = 0; i < 5; i++)
            entries[i] = (struct feel_entry){c->columns[i].input, c->values[i][row]};
        struct feel_value context = feel_context_of(scratch, entries, 5), wanted;
        for (size_t r = 0; r < 2; r++) {
            const struct feel_value *got = dmn_result(&results[r], row);
            assert_int_equal(dmn_eval(scratch, model, decisions[r], &context, NULL, &wanted, NULL),
                             TB_OK);
            tb_str one = feel_format_literal(scratch, &wanted);
            tb_str other = feel_format_literal(scratch, got);
            if (!tb_str_eq(one, other))
                print_error("row %zu, " TB_FMT ": wanted " TB_FMT ", got " TB_FMT "\n", row,
                            TB_ARG(feel_format(scratch, &context)), TB_ARG(one), TB_ARG(other));
            assert_true(tb_str_eq(one, other));
        }
    }
    check_counts(arena, batch, c, results);
    size_t planned = (dmn_batch_why(batch, 0) == NULL) + (dmn_batch_why(batch, 1) == NULL);
    dmn_batch_free(batch);
    tb_arena_free(scratch);
    return planned;
}

static void
a_batch_gives_for_every_row_what_the_evaluator_gives(void **unused)
{
    static struct columns columns;
    struct tb_arena *arena = tb_arena_new(0);
    size_t planned = 0;
    (void)unused;
    for (int e = 0; e < BATCHES; e++) {
        struct tb_buf inner = {.arena = arena}, outer = {.arena = arena};
        tb_arena_reset(arena);
        put_result(&inner, 2);
        put_result(&outer, 3);
        tb_buf_cstr(&outer, pick(3) == 0 ? " = E" : "");
        struct dmn_model *model = model_of(arena, tb_buf_done(&inner), tb_buf_done(&outer));
        fill_columns(&columns, pick(3) == 0);
        planned += check_batch(arena, model, &columns);
        dmn_model_unref(model);
    }
    print_message("%d decisions, %zu of them planned\n", 2 * BATCHES, planned);
    assert_true(planned > BATCHES / 2);
    tb_arena_free(arena);
}

/* ---- odd JSON ---------------------------------------------------------------------------------------------------- */

static const char *const odd[] = {
    "",
    " ",
    "{}",
    " { } ",
    "{} x",
    "[]",
    "null",
    "{\"n\":1",
    "{\"n\":1,}",
    "{\"n\" : 1 }",
    "{\"n\":1}\n",
    "{\"n\":01}",
    "{\"n\":-0}",
    "{\"n\":-}",
    "{\"n\":1.}",
    "{\"n\":.5}",
    "{\"n\":1e2}",
    "{\"n\":1E-2}",
    "{\"n\":1.23456}",
    "{\"n\":123456789012345678901}",
    "{\"n\":9223372036854775807}",
    "{\"n\":\"1\"}",
    "{\"n\":1,\"n\":2}",
    "{\"x\":1,\"n\":1}",
    "{\"\\u006e\":1}",
    "{\"s\":\"\\u0061\"}",
    "{\"s\":\"a\"}",
    "{\"s\":\"a",
    "{\"s\":\"\x01\"}",
    "{\"s\":\"\xff\"}",
    "{\"s\":\"中文\"}",
    "{\"b\":true}",
    "{\"b\":tru}",
    "{\"b\":truex}",
    "{\"b\":false,\"n\":null}",
    "{\"b\":1}",
    "{\"d\":\"2024-01-31\"}",
    "{\"d\":\"2024-02-30\"}",
    "{\"d\":\"2024-1-31\"}",
    "{\"d\":\"02024-01-31\"}",
    "{\"d\":20240131}",
    "{\"n\":[1]}",
    "{\"n\":{}}",
    "{\"s\":null,\"d\":null,\"b\":null,\"m\":null,\"n\":null}",
    "{'n':1}",
    "{\"n\":1 2}",
    "{\"n\":1}{",
    "{\"\":1}",
    "{\"n\"1}",
    "{\"n\":nul}",
    "{\"n\":1,\"m\":2.5,\"s\":\"b\"}",
};

static void
odd_json_is_judged_as_the_json_reader_judges_it(void **unused)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct dmn_plan *plan;
    (void)unused;
    struct dmn_model *model = model_of(
        arena, TB_STR("if n > 1 then \"A\" else \"B\""),
        TB_STR("if (n <= 1 or m = 2.5 or n = null) and (s = \"a\" or s = \"中文\" or b or d = "
               "@\"2024-01-31\" or E = \"B\") then \"yes\" else \"no\""));
    assert_int_equal(dmn_plan_new(model, TB_STR("D"), &plan, NULL), TB_OK);
    assert_null(dmn_plan_why(plan));
    for (size_t i = 0; i < TB_COUNT(odd); i++) {
        struct tb_buf out = {.arena = arena}, own = {.arena = arena};
        struct tb_json *json;
        struct feel_value input, value;
        tb_str text = tb_str_of(odd[i]);
        tb_status status = tb_json_parse(arena, text, &json, NULL);
        if (status == TB_OK)
            status = dmn_input_from_json(arena, model, json, &input, NULL, NULL);
        assert_int_equal(dmn_plan_eval_json(&out, plan, text, NULL, NULL), status);
        if (status != TB_OK)
            continue;
        assert_int_equal(dmn_eval(arena, model, TB_STR("D"), &input, NULL, &value, NULL), TB_OK);
        tb_json_write(&own, feel_to_json(arena, &value));
        assert_true(tb_str_eq(tb_buf_done(&out), tb_buf_done(&own)));
    }
    dmn_plan_free(plan);
    dmn_model_unref(model);
    tb_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_of_any_expression_gives_what_the_evaluator_gives),
        cmocka_unit_test(a_batch_gives_for_every_row_what_the_evaluator_gives),
        cmocka_unit_test(odd_json_is_judged_as_the_json_reader_judges_it),
    };
    return cmocka_run_group_tests_name("dmn_plan", tests, NULL, NULL);
}
