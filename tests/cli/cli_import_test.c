/* SPDX-License-Identifier: Apache-2.0 */
/* A fresh installation has a signed checkpoint at once; importing a list says what was not clean, and its exit status
 * tells a script; what supervision made of the log can be made again. */
#include "../temporary.h"
#include "run_cli.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HEAD "item_code,name,task_type_code,area_code,department\n"
#define CLEAN                                                                                        \
    HEAD "511A0015500009-511602000000-000-115113016823646795-1-00,公共场所卫生许可新办,1," \
         "511602000000,区行政审批局\n"
#define SPOILT HEAD "511A,,1,511602000000,区行政审批局\n"

static struct tb_arena *arena;
static char folder[32];

static struct cli_run
import(tb_str text, const char *option)
{
    const char *argv[] = {"import", "items", "-", "--data", folder, option, NULL};
    return cli_run(arena, argv, text);
}

static void
a_clean_list_is_status_0_and_again_unchanged(void **state)
{
    (void)state;
    struct cli_run run = import(TB_STR(CLEAN), NULL);
    assert_int_equal(run.status, 0);
    assert_true(tb_str_contains(run.out, TB_STR("1 rows: ")));
    assert_true(tb_str_contains(run.out, TB_STR("0 rejected")));
    struct tb_json *json = NULL;
    run = import(TB_STR(CLEAN), "--json");
    assert_int_equal(run.status, 0);
    assert_int_equal(tb_json_parse(arena, run.out, &json, NULL), TB_OK);
    assert_int_equal(tb_json_get_int(json, "unchanged", 0), 1);
    assert_int_equal(tb_json_get(json, "faults")->count, 0);
}

static void
a_list_with_a_bad_row_is_status_1_and_names_it(void **state)
{
    (void)state;
    struct tb_json *json = NULL;
    struct cli_run run = import(TB_STR(SPOILT), "--json");
    assert_int_equal(run.status, 1);
    assert_int_equal(tb_json_parse(arena, run.out, &json, NULL), TB_OK);
    const struct tb_json *faults = tb_json_get(json, "faults");
    assert_true(faults->count >= 1);
    assert_true(tb_json_get_text(faults->first, "place").len > 0);
    assert_true(tb_json_get_text(faults->first, "zh").len > 0);
    run = import(TB_STR(SPOILT), NULL);
    assert_int_equal(run.status, 1);
    assert_true(run.out.len > 0);
}

static void
a_list_that_is_not_there_is_a_failure(void **state)
{
    (void)state;
    const char *argv[] = {"import", "items", "/nowhere/items.csv", "--data", folder, NULL};
    struct cli_run run = cli_run(arena, argv, TB_STR(""));
    assert_int_not_equal(run.status, 0);
    assert_true(tb_str_contains(run.err, TB_STR("/nowhere/items.csv")));
}

static void
a_fresh_installation_has_signed_its_log(void **state)
{
    (void)state;
    const char *argv[] = {"log", "checkpoint", "--data", folder, NULL};
    struct cli_run run = cli_run(arena, argv, TB_STR(""));
    assert_int_equal(run.status, 0);
    assert_true(tb_str_contains(run.out, TB_STR("\n\n— ")));
}

static void
supervision_is_made_again_from_the_log(void **state)
{
    (void)state;
    struct tb_json *json = NULL;
    const char *argv[] = {"watch", "rebuild", "--data", folder, "--json", NULL};
    struct cli_run run = cli_run(arena, argv, TB_STR(""));
    assert_int_equal(run.status, 0);
    assert_int_equal(tb_json_parse(arena, run.out, &json, NULL), TB_OK);
    assert_true(tb_json_get_int(json, "read", 0) > 0);
}

static int
set_up(void **state)
{
    const char *source = getenv("TB_SOURCE");
    (void)state;
    assert_non_null(source);
    arena = tb_arena_new(0);
    snprintf(folder, sizeof(folder), "/tmp/tb-import-XXXXXX");
    assert_non_null(mkdtemp(folder));
    const char *packs = tb_printf(arena, "%s/packs", source).ptr;
    const char *argv[] = {"init", "--data", folder, "--packs", packs, NULL};
    return cli_run(arena, argv, TB_STR("")).status;
}

static int
tear_down(void **state)
{
    (void)state;
    tb_arena_free(arena);
    return temporary_remove(folder);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_clean_list_is_status_0_and_again_unchanged),
        TEST(a_list_with_a_bad_row_is_status_1_and_names_it),
        TEST(a_list_that_is_not_there_is_a_failure),
        TEST(a_fresh_installation_has_signed_its_log),
        TEST(supervision_is_made_again_from_the_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
