/* SPDX-License-Identifier: Apache-2.0 */
/* pack check and pack test as a script sees them: exit status, what goes where, JSON. */
#include "../temporary.h"
#include "run_cli.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct tb_arena *arena;
static char folder[32];

static const char *
pack(const char *name)
{
    return tb_printf(arena, "%s/packs/%s", folder, name).ptr;
}

/* Replaces the first `from` in a file of the copied packs. */
static void
edit(const char *name, const char *from, const char *to)
{
    static char text[1 << 20];
    FILE *file = fopen(pack(name), "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    const char *at = strstr(text, from);
    assert_non_null(at);
    file = fopen(pack(name), "w");
    assert_non_null(file);
    fprintf(file, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    assert_int_equal(fclose(file), 0);
}

static struct cli_run
run(const char *word, const char *option, const char *dir)
{
    const char *argv[] = {"pack", word, dir, option, NULL};
    return cli_run(arena, argv, TB_STR(""));
}

static const struct tb_json *
json_of(tb_str text)
{
    struct tb_json *json = NULL;
    assert_int_equal(tb_json_parse(arena, text, &json, NULL), TB_OK);
    return json;
}

static void
a_whole_pack_is_status_0(void **state)
{
    (void)state;
    struct cli_run found = run("check", NULL, pack("road-freight"));
    assert_int_equal(found.status, 0);
    assert_int_equal(found.err.len, 0);
    assert_true(tb_str_contains(found.out, TB_STR("road-freight 1.0: 0 faults")));
    found = run("check", "--quiet", pack("road-freight"));
    assert_false(tb_str_contains(found.out, TB_STR(": note: ")));
    found = run("test", NULL, pack("road-freight"));
    assert_int_equal(found.status, 0);
    assert_true(tb_str_contains(found.out, TB_STR("scenarios passed")));
}

static void
a_faulty_pack_is_status_1_with_file_and_line(void **state)
{
    (void)state;
    edit("road-freight/materials.csv", "cancel-form,注销申请书,cancel,",
         "cancel-form,注销申请书,no-such-situation,");
    struct cli_run found = run("check", NULL, pack("road-freight"));
    assert_int_equal(found.status, 1);
    assert_true(tb_str_contains(found.err, TB_STR("road-freight/materials.csv:3: fault: ")));
    found = run("check", "--json", pack("road-freight"));
    assert_int_equal(found.status, 1);
    const struct tb_json *one = json_of(found.out)->first;
    const struct tb_json *faults = tb_json_get(one, "faults");
    assert_true(faults->count >= 1);
    assert_true(tb_str_starts(tb_json_get_text(faults->first, "place"), TB_STR("materials.csv:3")));
    assert_true(tb_json_get_text(faults->first, "code").len > 0);
    assert_true(tb_json_get_text(faults->first, "zh").len > 0);
    assert_true(tb_json_get_text(faults->first, "en").len > 0);
}

static void
a_scenario_that_differs_is_status_1_and_says_where(void **state)
{
    (void)state;
    edit("road-freight/tests/scenarios.yaml", "kind: not_needed", "kind: apply");
    struct cli_run found = run("test", NULL, pack("road-freight"));
    assert_int_equal(found.status, 1);
    assert_true(tb_str_contains(found.err, TB_STR("tests/scenarios.yaml:3: R1 ")));
    found = run("test", "--json", pack("road-freight"));
    assert_int_equal(found.status, 1);
    const struct tb_json *first = json_of(found.out)->first;
    assert_false(tb_json_is_true(tb_json_get(first, "passed")));
    assert_true(tb_str_contains(tb_json_get_text(first, "why"), TB_STR("not_needed")));
    assert_true(tb_json_is_true(tb_json_get(first->next, "passed")));
}

/* A limit stands once, as an option: whoever changes it changes every rule, so the scenarios differ. */
static void
a_changed_option_changes_the_rules(void **state)
{
    (void)state;
    edit("road-freight/pack.yaml", "driver_age_max: 60", "driver_age_max: 70");
    struct cli_run found = run("test", NULL, pack("road-freight"));
    assert_int_equal(found.status, 1);
    assert_true(tb_str_contains(found.err, TB_STR("fields.drivers.2.id_number")));
    edit("road-freight/pack.yaml", "driver_age_max: 70", "driver_age_max: 60");
    assert_int_equal(run("test", NULL, pack("road-freight")).status, 0);
    edit("road-freight/pack.yaml", "heavy_above_kg: 4500", "heavy_above_kg: 40000");
    found = run("test", NULL, pack("road-freight"));
    assert_int_equal(found.status, 1);
    assert_true(tb_str_contains(found.err, TB_STR("vehicles")));
}

static void
a_folder_that_is_no_pack_is_a_failure(void **state)
{
    (void)state;
    struct cli_run found = run("test", NULL, pack("nowhere"));
    assert_true(found.status != 0);
    assert_true(found.err.len > 0);
    found = run("check", NULL, pack("nowhere"));
    assert_true(found.status != 0);
    const char *none[] = {"pack", "check", NULL};
    assert_int_equal(cli_run(arena, none, TB_STR("")).status, 64);
}

static int
set_up(void **state)
{
    const char *source = getenv("TB_SOURCE");
    (void)state;
    arena = tb_arena_new(0);
    snprintf(folder, sizeof(folder), "/tmp/tb-pack-XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_non_null(source);
    return system(tb_printf(arena, "cp -r %s/packs %s/packs", source, folder).ptr);
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
        TEST(a_whole_pack_is_status_0),
        TEST(a_faulty_pack_is_status_1_with_file_and_line),
        TEST(a_scenario_that_differs_is_status_1_and_says_where),
        TEST(a_changed_option_changes_the_rules),
        TEST(a_folder_that_is_no_pack_is_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
