/* SPDX-License-Identifier: Apache-2.0 */
/* `log verify` from the command line: what was cut off the end is found by a checkpoints file that was
 * kept elsewhere. */
#include "../temporary.h"
#include "run_cli.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define LIST                                                                                       \
    "item_code,name,task_type_code,area_code,department\n"                                         \
    "511A0015500009-511602000000-000-115113016823646795-1-00,公共场所卫生许可新办,1,"    \
    "511602000000,区行政审批局\n"

static struct tb_arena *arena;
static char folder[32];

static const char *
inside(const char *path)
{
    return tb_printf(arena, "%s/%s", folder, path).ptr;
}

static struct cli_run
verify(const char *data, const char *against)
{
    const char *argv[] = {"log",   "verify", "--data", data, against != NULL ? "--against" : NULL,
                          against, NULL};
    return cli_run(arena, argv, TB_STR(""));
}

/* An installation, and a copy of it from before a list was imported. */
static void
make_now_and_before(void)
{
    const char *packs = tb_printf(arena, "%s/packs", getenv("TB_SOURCE")).ptr;
    const char *init[] = {"init", "--data", inside("now"), "--packs", packs, NULL};
    const char *import[] = {"import", "items", "-", "--data", inside("now"), NULL};
    assert_int_equal(cli_run(arena, init, TB_STR("")).status, 0);
    const char *copy = tb_printf(arena, "cp -a %s %s", inside("now"), inside("before")).ptr;
    assert_int_equal(system(copy), 0);
    assert_int_equal(cli_run(arena, import, TB_STR(LIST)).status, 0);
}

static void
a_kept_file_finds_what_was_cut_off_the_end(void **state)
{
    (void)state;
    make_now_and_before();
    const char *kept = inside("now/checkpoints.log");
    struct cli_run run = verify(inside("now"), kept);
    assert_int_equal(run.status, 0);
    assert_true(tb_str_contains(run.out, TB_STR("The log holds")));
    assert_int_equal(verify(inside("before"), NULL).status, 0);
    run = verify(inside("before"), kept);
    assert_int_not_equal(run.status, 0);
    assert_true(tb_str_contains(run.out, TB_STR("were cut")));
}

static void
a_file_that_is_not_there_or_holds_no_checkpoint_is_named(void **state)
{
    (void)state;
    make_now_and_before();
    struct cli_run run = verify(inside("now"), "/nowhere/checkpoints.log");
    assert_int_not_equal(run.status, 0);
    assert_true(tb_str_contains(run.err, TB_STR("/nowhere/checkpoints.log")));
    run = verify(inside("now"), "/etc/passwd");
    assert_int_not_equal(run.status, 0);
    assert_true(tb_str_contains(run.err, TB_STR("/etc/passwd holds no signed checkpoint")));
}

static int
set_up(void **state)
{
    (void)state;
    assert_non_null(getenv("TB_SOURCE"));
    arena = tb_arena_new(0);
    snprintf(folder, sizeof(folder), "/tmp/tb-log-XXXXXX");
    assert_non_null(mkdtemp(folder));
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    tb_arena_free(arena);
    return temporary_remove(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_kept_file_finds_what_was_cut_off_the_end, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_is_not_there_or_holds_no_checkpoint_is_named,
                                        set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
