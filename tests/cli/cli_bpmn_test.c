/* SPDX-License-Identifier: Apache-2.0 */
#include "run_cli.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct tb_arena *arena;

static const char *
beside(const char *name)
{
    const char *source = getenv("TB_SOURCE");
    return tb_printf(arena, "%s/tests/bpmn/%s", source != NULL ? source : ".", name).ptr;
}

static void
good_and_bad_files_are_told_apart(void **state)
{
    (void)state;
    const char *good[] = {"bpmn", "check", beside("models.bpmn"), NULL};
    struct cli_run run = cli_run(arena, good, TB_STR(""));
    assert_int_equal(run.status, 0);
    assert_true(tb_str_contains(run.out, TB_STR("models.bpmn: ok, 18 processes")));
    const char *both[] = {
        "bpmn", "check", beside("faults.bpmn"), beside("models.bpmn"), beside("gone.bpmn"), NULL};
    run = cli_run(arena, both, TB_STR(""));
    assert_int_equal(run.status, 1);
    assert_true(tb_str_contains(run.out, TB_STR("faults.bpmn:7: scriptTask is not run")));
    assert_true(tb_str_contains(run.out, TB_STR("models.bpmn: ok")));
    assert_true(tb_str_contains(run.out, TB_STR("gone.bpmn")));
}

static void
json_is_for_machines(void **state)
{
    (void)state;
    const char *argv[] = {"bpmn", "check", "--json", beside("faults.bpmn"), beside("models.bpmn"),
                          NULL};
    struct cli_run run = cli_run(arena, argv, TB_STR(""));
    struct tb_json *json = NULL;
    assert_int_equal(run.status, 1);
    assert_int_equal(tb_json_parse(arena, run.out, &json, NULL), TB_OK);
    assert_int_equal(json->count, 2);
    assert_false(tb_json_is_true(tb_json_get(json->first, "ok")));
    assert_true(tb_json_get(json->first, "faults")->count > 10);
    assert_true(tb_json_is_true(tb_json_get(json->last, "ok")));
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
        cmocka_unit_test(good_and_bad_files_are_told_apart),
        cmocka_unit_test(json_is_for_machines),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
