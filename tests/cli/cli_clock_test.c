/* SPDX-License-Identifier: Apache-2.0 */
#include "run_cli.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct tb_arena *arena;

static struct cli_run
due(const char *when, const char *period)
{
    const char *argv[] = {"clock", "due", when, period, NULL};
    return cli_run(arena, argv, TB_STR(""));
}

static void
one_period_prints_one_line(void **state)
{
    (void)state;
    struct cli_run run = due("2026-02-10", "20wd");
    assert_int_equal(run.status, 0);
    assert_true(tb_str_is(run.out, "2026-03-16\n"));
    assert_int_equal(run.err.len, 0);
    assert_true(tb_str_is(due("2026-02-10T09:30", "2wh").out, "2026-02-10T11:30\n"));
    assert_true(tb_str_is(due("2026-12-21", "20d").out, "2027-01-11 provisional\n"));
}

static void
a_bad_period_is_refused(void **state)
{
    (void)state;
    struct cli_run run = due("2026-02-30", "20wd");
    assert_int_equal(run.status, 1);
    assert_int_equal(run.out.len, 0);
    assert_true(tb_str_contains(run.err, TB_STR("2026-02-30")));
    const char *argv[] = {"clock", "due", "2026-02-10", NULL};
    assert_int_not_equal(cli_run(arena, argv, TB_STR("")).status, 0);
}

static void
bad_lines_are_told_and_the_rest_is_done(void **state)
{
    (void)state;
    const char *argv[] = {"clock", "due", "-", NULL};
    struct cli_run run = cli_run(
        arena, argv, TB_STR("2026-02-10 20wd\nnonsense\n\n2026-03-02 20d\r\n2026-03-02 5xd\n"));
    assert_int_equal(run.status, 1);
    assert_true(tb_str_is(run.out, "2026-03-16\n2026-03-23\n"));
    assert_true(tb_str_starts(run.err, TB_STR("line 2: ")));
    assert_true(tb_str_contains(run.err, TB_STR("\nline 5: ")));
    run = cli_run(arena, argv, TB_STR("2026-02-10 20wd\n"));
    assert_int_equal(run.status, 0);
    run = cli_run(arena, argv, TB_STR(""));
    assert_int_equal(run.status, 0);
}

static void
json_is_for_machines(void **state)
{
    (void)state;
    const char *argv[] = {"clock", "due", "-", "--json", NULL};
    struct cli_run run = cli_run(arena, argv, TB_STR("2026-12-21 20wd\nx\n"));
    struct tb_json *json = NULL;
    assert_int_equal(run.status, 1);
    assert_int_equal(tb_json_parse(arena, run.out, &json, NULL), TB_OK);
    assert_int_equal(json->count, 2);
    assert_true(tb_str_is(tb_json_get_text(json->first, "due"), "2027-01-19"));
    assert_true(tb_json_is_true(tb_json_get(json->first, "provisional")));
    assert_int_equal(tb_json_get_int(json->last, "line", 0), 2);
}

static void
hours_and_the_law_s_row_are_options(void **state)
{
    (void)state;
    const char *hours[] = {
        "clock", "due", "2026-02-10T11:00", "2wh", "--hours", "08:30-12:00,14:00-17:30", NULL};
    assert_true(tb_str_is(cli_run(arena, hours, TB_STR("")).out, "2026-02-10T15:00\n"));
    const char *stays[] = {"clock", "due", "2026-03-02", "20d", "--stays", NULL};
    assert_true(tb_str_is(cli_run(arena, stays, TB_STR("")).out, "2026-03-22\n"));
    const char *bad[] = {"clock", "due", "2026-02-10T11:00", "2wh", "--hours", "12:00-08:00", NULL};
    assert_int_equal(cli_run(arena, bad, TB_STR("")).status, 1);
}

static int
set_up(void **state)
{
    (void)state;
    arena = tb_arena_new(0);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    tb_arena_free(arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_period_prints_one_line),
        cmocka_unit_test(a_bad_period_is_refused),
        cmocka_unit_test(bad_lines_are_told_and_the_rest_is_done),
        cmocka_unit_test(json_is_for_machines),
        cmocka_unit_test(hours_and_the_law_s_row_are_options),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
