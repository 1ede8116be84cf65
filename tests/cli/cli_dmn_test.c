/* SPDX-License-Identifier: Apache-2.0 */
/* dmn batch and dmn bench from the command line, on the example of the library. */
#include "run_cli.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct tb_arena *arena;

static const char *
example(void)
{
    return tb_cstr(arena, tb_printf(arena, "%s/lib/example/fee.dmn", getenv("TB_SOURCE")));
}

static struct cli_run
batch(const char *rows, const char *threads)
{
    const char *argv[] = {"dmn", "batch", example(), "--rows", "-", "--threads", threads, NULL};
    return cli_run(arena, argv, tb_str_of(rows));
}

static void
a_table_of_inputs_gives_a_table_of_results(void **state)
{
    static const char rows[] = "region,age\nnorth,70\nisland,40\nisland,\nx,18.50\n,64.999\n";
    (void)state;
    struct cli_run run = batch(rows, "1");
    assert_int_equal(run.status, 0);
    assert_true(tb_str_is(run.out, "Fee\r\n0\r\n5.5\r\n5.5\r\n11\r\n11\r\n"));
    assert_true(tb_str_eq(batch(rows, "3").out, run.out));
}

static void
numbers_too_fine_for_a_column_of_integers_count_all_the_same(void **state)
{
    (void)state;
    struct cli_run run =
        batch("age,region\n64.99999999999999999999,x\n65.00000000000000000001,x\n", "1");
    assert_int_equal(run.status, 0);
    assert_true(tb_str_is(run.out, "Fee\r\n11\r\n0\r\n"));
}

static void
all_that_is_wrong_with_the_rows_is_said_at_once(void **state)
{
    (void)state;
    struct cli_run run = batch("age,colour\nold,red\n7,blue\n1-2,red\n", "1");
    assert_int_not_equal(run.status, 0);
    assert_int_equal(run.out.len, 0);
    assert_true(tb_str_contains(run.err, TB_STR(":2: column \"age\": \"old\" is no number")));
    assert_true(tb_str_contains(run.err, TB_STR(":4: column \"age\": \"1-2\" is no number")));
    assert_true(tb_str_contains(run.err, TB_STR("column \"colour\" is no input of the model")));
    assert_int_not_equal(batch("age\n1\n", "none").status, 0);
}

/* Missing and null are both null in the result; the warnings tell them apart. */
static void
eval_as_json_says_why_something_is_null(void **state)
{
    const char *missing[] = {"dmn", "eval", example(), "--json", "--input", "{\"region\": \"x\"}",
                             NULL};
    const char *null[] = {"dmn",        "eval", example(), "--json",
                          "--decision", "Fee",  "--input", "{\"region\": \"x\", \"age\": null}",
                          NULL};
    (void)state;
    struct cli_run run = cli_run(arena, missing, TB_STR(""));
    assert_int_equal(run.status, 0);
    assert_true(tb_str_contains(run.out, TB_STR("\"value\": {")));
    assert_true(tb_str_contains(run.out, TB_STR("\"code\": \"missing_input\"")));
    assert_true(tb_str_contains(run.out, TB_STR("\"where\": \"age\"")));
    assert_int_equal(run.err.len, 0);
    run = cli_run(arena, null, TB_STR(""));
    assert_int_equal(run.status, 0);
    assert_true(tb_str_contains(run.out, TB_STR("\"steps\"")));
    assert_true(tb_str_contains(run.out, TB_STR("\"warnings\"")));
    assert_false(tb_str_contains(run.out, TB_STR("missing_input")));
}

static void
bench_names_each_decision_and_its_cost(void **state)
{
    const char *argv[] = {"dmn", "bench", example(), "--input", "{\"age\":40}", "--json", NULL};
    struct tb_json *json;
    (void)state;
    struct cli_run run = cli_run(arena, argv, TB_STR(""));
    assert_int_equal(run.status, 0);
    assert_int_equal(tb_json_parse(arena, run.out, &json, NULL), TB_OK);
    const struct tb_json *fee = tb_json_at(tb_json_get(json, "decisions"), 0);
    assert_true(tb_str_is(tb_json_get_text(fee, "decision"), "Fee"));
    assert_true(tb_json_get_int(fee, "by_place_ns", 0) > 0);
    assert_true(tb_json_get_int(fee, "by_name_ns", 0) > tb_json_get_int(fee, "by_place_ns", 0));
    assert_true(tb_json_is_null(tb_json_get(fee, "evaluator_because")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_of_inputs_gives_a_table_of_results),
        cmocka_unit_test(numbers_too_fine_for_a_column_of_integers_count_all_the_same),
        cmocka_unit_test(all_that_is_wrong_with_the_rows_is_said_at_once),
        cmocka_unit_test(eval_as_json_says_why_something_is_null),
        cmocka_unit_test(bench_names_each_decision_and_its_cost),
    };
    arena = tb_arena_new(0);
    int failed = cmocka_run_group_tests_name("cli_dmn", tests, NULL, NULL);
    tb_arena_free(arena);
    return failed;
}
