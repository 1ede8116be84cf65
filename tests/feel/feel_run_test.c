/* SPDX-License-Identifier: Apache-2.0 */
/* What the data files cannot say: limits, warnings with their places, slots, shapes, unknowns, zones. */
#include "feel_test_host.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct tb_arena *arena;

static int
setup(void **state)
{
    (void)state;
    arena = tb_arena_new(0);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    tb_arena_free(arena);
    return 0;
}

static void
brackets_are_refused_at_a_stated_depth(void **state)
{
    const struct feel_expr *expr;
    struct tb_err err = {0};
    char *text = tb_alloc(arena, 100001);
    static const char openers[] = "([{-";
    (void)state;
    for (size_t i = 0; i < sizeof openers - 1; i++) {
        memset(text, openers[i], 100000);
        tb_status status = feel_compile(arena, (tb_str){text, 100000}, NULL, &expr, NULL, &err);
        assert_true(status == TB_LIMIT || openers[i] == '{');
        assert_true(status != TB_OK);
    }
}

static void
long_chains_of_operators_are_refused_before_the_stack_is(void **state)
{
    const struct feel_expr *expr;
    struct tb_buf buf = {.arena = arena};
    (void)state;
    tb_buf_cstr(&buf, "x");
    for (int i = 0; i < 100000; i++)
        tb_buf_cstr(&buf, "+x");
    assert_int_equal(feel_compile(arena, tb_buf_done(&buf), NULL, &expr, NULL, NULL), TB_LIMIT);
}

static void
a_thousand_terms_are_no_problem(void **state)
{
    struct tb_buf buf = {.arena = arena};
    struct feel_value value, wanted = feel_integer(1001), one = feel_integer(1);
    struct feel_value context = feel_put(arena, NULL, TB_STR("x"), one);
    (void)state;
    tb_buf_cstr(&buf, "x");
    for (int i = 0; i < 1000; i++)
        tb_buf_cstr(&buf, "+x");
    assert_int_equal(feel_once(arena, tb_buf_done(&buf), &context, NULL, &value, NULL), TB_OK);
    assert_true(feel_equal(&value, &wanted));
}

static void
a_fault_names_line_and_column_in_code_points(void **state)
{
    const struct feel_expr *expr;
    struct feel_fault fault;
    struct tb_err err = {0};
    (void)state;
    assert_int_equal(feel_compile(arena, TB_STR("1 +\n通办 + )"), NULL, &expr, &fault, &err),
                     TB_SYNTAX);
    assert_int_equal(fault.line, 2);
    assert_int_equal(fault.column, 6);
    assert_true(fault.zh.len > 0 && fault.en.len > 0);
    assert_non_null(strstr(err.message, "line 2, column 6"));
}

static void
a_closed_scope_refuses_unknown_names(void **state)
{
    const struct feel_expr *expr;
    struct feel_name names[] = {{TB_STR("age"), NULL}};
    struct feel_scope scope = {.names = names, .count = 1, .is_closed = true};
    struct feel_fault fault;
    (void)state;
    assert_int_equal(feel_compile(arena, TB_STR("age > 3"), &scope, &expr, &fault, NULL), TB_OK);
    assert_int_equal(feel_compile(arena, TB_STR("agee > 3"), &scope, &expr, &fault, NULL),
                     TB_SYNTAX);
    assert_true(tb_str_contains(fault.en, TB_STR("agee")));
}

static void
every_null_that_an_error_made_has_a_warning(void **state)
{
    static const char *const texts[] = {
        "1 + \"a\"", "1 / 0", "[1][5]", "date(\"x\")", "null.a",
        "abs()",     "x",     "@\"x\"", "[2..1]",      "sort([1, 2], function(a, b) 1)"};
    struct feel_value value;
    (void)state;
    for (size_t i = 0; i < TB_COUNT(texts); i++) {
        struct feel_warnings warnings = {.arena = arena, .where = TB_STR("here")};
        struct feel_run run = {.warnings = &warnings};
        assert_int_equal(feel_once(arena, tb_str_of(texts[i]), NULL, &run, &value, NULL), TB_OK);
        assert_int_equal(value.kind, FEEL_NULL);
        assert_true(warnings.count > 0);
        assert_true(warnings.items[0].zh.len > 0 && warnings.items[0].en.len > 0);
        assert_true(tb_str_is(warnings.items[0].where, "here"));
        assert_true(warnings.items[0].line == 1 && warnings.items[0].column >= 1);
    }
}

static void
warnings_become_a_list_of_json(void **state)
{
    struct feel_warnings warnings = {.arena = arena, .where = TB_STR("here")};
    struct feel_run run = {.warnings = &warnings};
    struct feel_value value;
    struct tb_buf text = {.arena = arena};
    (void)state;
    assert_int_equal(feel_once(arena, TB_STR("1 +\n  \"a\""), NULL, &run, &value, NULL), TB_OK);
    tb_json_write(&text, feel_warnings_to_json(arena, &warnings));
    tb_str got = tb_buf_done(&text);
    assert_true(tb_str_starts(got, TB_STR("[{\"code\":\"wrong_type\",\"where\":\"here\",\"line\":1,"
                                          "\"column\":3,")));
    assert_true(tb_str_contains(got, TB_STR("number")) && tb_str_contains(got, TB_STR("\"zh\":")));
}

static void
null_itself_leaves_no_warning(void **state)
{
    struct feel_warnings warnings = {.arena = arena};
    struct feel_run run = {.warnings = &warnings};
    struct feel_value value;
    (void)state;
    assert_int_equal(
        feel_once(arena, TB_STR("if false then 1 else null"), NULL, &run, &value, NULL), TB_OK);
    assert_int_equal(warnings.count, 0);
}

static void
steps_and_bytes_are_limited(void **state)
{
    struct feel_run few = {.steps_max = 100}, small = {.bytes_max = 4096};
    struct feel_value value = feel_integer(7), seven = feel_integer(7);
    struct tb_err err = {0};
    (void)state;
    assert_int_equal(
        feel_once(arena, TB_STR("for i in 1..1000 return i"), NULL, &few, &value, &err), TB_LIMIT);
    assert_non_null(strstr(err.message, "steps"));
    assert_true(feel_equal(&value, &seven)); /* outputs are untouched on failure */
    assert_int_equal(
        feel_once(arena, TB_STR("for i in 1..1000 return i"), NULL, &small, &value, &err),
        TB_LIMIT);
    assert_non_null(strstr(err.message, "bytes"));
}

static void
slots_are_read_by_number(void **state)
{
    const struct feel_expr *expr;
    struct feel_name names[] = {{TB_STR("income"), NULL}, {TB_STR("monthly income"), NULL}};
    struct feel_scope scope = {.names = names, .count = 2, .is_closed = true};
    struct feel_value slots[2] = {feel_integer(5), feel_integer(7)}, value,
                      wanted = feel_integer(14);
    size_t count;
    (void)state;
    assert_int_equal(feel_compile(arena, TB_STR("monthly  income * 2"), &scope, &expr, NULL, NULL),
                     TB_OK);
    assert_int_equal(feel_eval_slots(arena, expr, slots, NULL, &value, NULL), TB_OK);
    assert_true(feel_equal(&value, &wanted));
    const tb_str *used = feel_expr_names(expr, &count);
    assert_int_equal(count, 1);
    assert_true(tb_str_is(used[0], "monthly income"));
}

static const struct feel_unary *
tests_of(const char *text)
{
    const struct feel_unary *unary = NULL;
    assert_int_equal(feel_compile_unary(arena, tb_str_of(text), NULL, &unary, NULL, NULL), TB_OK);
    return unary;
}

static int
passes(const char *text, struct feel_value input)
{
    struct feel_value value;
    assert_int_equal(feel_test(arena, tests_of(text), &input, NULL, NULL, &value, NULL), TB_OK);
    return value.kind == FEEL_BOOLEAN ? value.u.boolean : -1;
}

static void
unary_tests_pass_as_the_standard_says(void **state)
{
    struct feel_value five = feel_integer(5), text = feel_string(TB_STR("a")), null = feel_null();
    (void)state;
    assert_int_equal(passes("-", five), 1);
    assert_int_equal(passes("-", null), 1);
    assert_int_equal(passes("5", five), 1);
    assert_int_equal(passes("< 5", five), 0);
    assert_int_equal(passes("<= 5, > 100", five), 1);
    assert_int_equal(passes("[1..5)", five), 0);
    assert_int_equal(passes("not(1, 2)", five), 1);
    assert_int_equal(passes("not(> 3)", five), 0);
    assert_int_equal(passes("? > 3 and ? < 6", five), 1);
    assert_int_equal(passes("even(?)", five), 0);
    assert_int_equal(passes("[1, 5, 9]", five), 1);
    assert_int_equal(passes("\"a\", \"b\"", text), 1);
    assert_int_equal(passes("\"a\"", five), -1);
    assert_int_equal(passes("null", null), 1);
    assert_int_equal(passes("null", five), 0);
    assert_int_equal(passes("< 5", null), -1);
    assert_int_equal(passes("\"a\"", null), 0);
    assert_int_equal(passes("not(null)", five), 1);
    assert_int_equal(passes("not(null)", null), 0);
    assert_int_equal(passes("true", feel_boolean(true)), 1);
    assert_int_equal(passes("false", feel_boolean(true)), 0);
    assert_int_equal(passes("true", null), 0);
}

static void
constant_tests_have_a_shape(void **state)
{
    struct feel_shape shape;
    (void)state;
    assert_true(feel_unary_shape(arena, tests_of("-"), &shape) && shape.is_any);
    assert_true(feel_unary_shape(arena, tests_of("< 5, [7..9)"), &shape));
    assert_int_equal(shape.count, 2);
    assert_int_equal(shape.intervals[0].low.kind, FEEL_NULL);
    assert_true(shape.intervals[1].low_included && !shape.intervals[1].high_included);
    assert_true(feel_unary_shape(arena, tests_of("not(\"a\")"), &shape) && shape.is_negated);
    assert_true(feel_unary_shape(arena, tests_of("null, 3"), &shape) && shape.has_null &&
                shape.count == 1);
    assert_false(feel_unary_shape(arena, tests_of("? > 3"), &shape));
    assert_false(feel_unary_shape(arena, tests_of("x"), &shape));
}

static void
what_is_unknown_stays_unknown_only_while_it_matters(void **state)
{
    static const struct {
        const char *text;
        const char *gives; /* NULL: still unknown */
    } rows[] = {
        {"b and false", "false"},
        {"b or true", "true"},
        {"b and true", NULL},
        {"not(b) or b", NULL},
        {"if b then 1 else 1", "1"},
        {"if b then 1 else 2", NULL},
        {"n + 1", NULL},
        {"count([n, n])", NULL},
        {"if n > 3 then \"x\" else \"x\"", "\"x\""},
        {"some x in [n, 5] satisfies x = 5", "true"},
        {"n = n", NULL},
    };
    struct feel_name names[] = {{TB_STR("b"), feel_type_find(TB_STR("boolean"))},
                                {TB_STR("n"), feel_type_find(TB_STR("number"))}};
    struct feel_scope scope = {.names = names, .count = 2, .is_closed = true};
    struct feel_value both[2] = {feel_boolean(true), feel_boolean(false)}, slots[2], value;
    struct feel_vm *vm = feel_vm_new(arena, NULL);
    uint64_t first = 1, second = 2, deps;
    (void)state;
    feel_vm_ask(vm, 1);
    slots[0] = feel_unknown_new(vm, &first, both, 2, names[0].type);
    slots[1] = feel_unknown_new(vm, &second, NULL, 0, names[1].type);
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        const struct feel_expr *expr;
        assert_int_equal(feel_compile(arena, tb_str_of(rows[i].text), &scope, &expr, NULL, NULL),
                         TB_OK);
        feel_vm_eval(vm, expr, slots, &value);
        if (rows[i].gives == NULL)
            assert_true(feel_is_open(&value));
        else
            assert_string_equal(feel_format_literal(arena, &value).ptr, rows[i].gives);
    }
    deps = 0;
    feel_unknown_deps(&slots[1], &deps, 1);
    assert_int_equal(deps, 2);
}

static void
json_becomes_what_the_type_says(void **state)
{
    struct tb_json *json;
    struct feel_value value;
    struct tb_faults faults = {.arena = arena};
    const struct feel_type *date = feel_type_find(TB_STR("date"));
    struct feel_member members[] = {{TB_STR("born"), date}};
    struct feel_type person = {.kind = FEEL_TYPE_CONTEXT, .members = members, .member_count = 1};
    (void)state;
    assert_int_equal(tb_json_parse(arena, TB_STR("{\"born\": \"2001-02-03\"}"), &json, NULL),
                     TB_OK);
    assert_true(feel_from_json(arena, json, &person, &value, &faults));
    assert_int_equal(feel_get(&value, TB_STR("born"))->kind, FEEL_DATE);
    assert_int_equal(tb_json_parse(arena, TB_STR("{\"born\": \"2001-02-30\"}"), &json, NULL),
                     TB_OK);
    assert_false(feel_from_json(arena, json, &person, &value, &faults));
    assert_int_equal(faults.count, 1);
    assert_true(tb_str_is(faults.items[0].place, "/born"));
}

static void
numbers_keep_their_digits_through_json(void **state)
{
    struct tb_json *json;
    struct feel_value value;
    struct tb_buf buf = {.arena = arena};
    (void)state;
    assert_int_equal(tb_json_parse(arena, TB_STR("[1.10,12345678901234567890.123]"), &json, NULL),
                     TB_OK);
    assert_true(feel_from_json(arena, json, NULL, &value, NULL));
    tb_json_write(&buf, feel_to_json(arena, &value));
    assert_string_equal(tb_buf_done(&buf).ptr, "[1.10,12345678901234567890.123]");
}

static void
broken_zone_files_are_refused(void **state)
{
    static char bytes[1 << 16];
    const struct feel_zone *zone;
    FILE *file = fopen("/usr/share/zoneinfo/Europe/Paris", "rb");
    (void)state;
    if (file == NULL)
        skip();
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_int_equal(feel_zone_parse(arena, TB_STR("x"), (tb_str){bytes, len}, &zone, NULL), TB_OK);
    for (size_t cut = 0; cut < len; cut += 7) { /* every prefix is refused or read, never overrun */
        char *copy = tb_alloc(arena, cut + 1);
        memcpy(copy, bytes, cut);
        (void)!feel_zone_parse(arena, TB_STR("x"), (tb_str){copy, cut}, &zone, NULL);
    }
    bytes[0] = 'X';
    assert_int_equal(feel_zone_parse(arena, TB_STR("x"), (tb_str){bytes, len}, &zone, NULL),
                     TB_SYNTAX);
}

static void
double_it(void *context, struct tb_arena *in, const struct feel_value *args, size_t count,
          struct feel_value *ret)
{
    (void)context;
    (void)in;
    (void)count;
    if (args[0].kind == FEEL_NUMBER &&
        tb_dec_add(args[0].u.number, args[0].u.number, &ret->u.number))
        ret->kind = FEEL_NUMBER;
}

static void
the_host_can_have_functions(void **state)
{
    struct feel_external externals[] = {{"demo.Math#twice(int)", 1, double_it, NULL}};
    struct feel_host host = {.externals = externals, .external_count = 1};
    struct feel_run run = {.host = &host};
    struct feel_value value, wanted = feel_integer(42);
    (void)state;
    tb_str text = TB_STR("{f: function(x) external {java: {class: \"demo.Math\", method signature: "
                         "\"twice(int)\"}}, r: f(21)}.r");
    assert_int_equal(feel_once(arena, text, NULL, &run, &value, NULL), TB_OK);
    assert_true(feel_equal(&value, &wanted));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(brackets_are_refused_at_a_stated_depth, setup, teardown),
        cmocka_unit_test_setup_teardown(long_chains_of_operators_are_refused_before_the_stack_is,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_thousand_terms_are_no_problem, setup, teardown),
        cmocka_unit_test_setup_teardown(a_fault_names_line_and_column_in_code_points, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_closed_scope_refuses_unknown_names, setup, teardown),
        cmocka_unit_test_setup_teardown(every_null_that_an_error_made_has_a_warning, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(warnings_become_a_list_of_json, setup, teardown),
        cmocka_unit_test_setup_teardown(null_itself_leaves_no_warning, setup, teardown),
        cmocka_unit_test_setup_teardown(steps_and_bytes_are_limited, setup, teardown),
        cmocka_unit_test_setup_teardown(slots_are_read_by_number, setup, teardown),
        cmocka_unit_test_setup_teardown(unary_tests_pass_as_the_standard_says, setup, teardown),
        cmocka_unit_test_setup_teardown(constant_tests_have_a_shape, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_unknown_stays_unknown_only_while_it_matters, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(json_becomes_what_the_type_says, setup, teardown),
        cmocka_unit_test_setup_teardown(numbers_keep_their_digits_through_json, setup, teardown),
        cmocka_unit_test_setup_teardown(broken_zone_files_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(the_host_can_have_functions, setup, teardown),
    };
    return cmocka_run_group_tests_name("feel_run", tests, NULL, NULL);
}
