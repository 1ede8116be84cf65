/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct tb_arena *arena;

static int
open_arena(void **state)
{
    arena = tb_arena_new(0);
    return 0;
}

static int
close_arena(void **state)
{
    tb_arena_free(arena);
    return 0;
}

static void
assert_reads(const char *yaml, const char *json)
{
    struct tb_json *tree;
    struct tb_err err;
    if (tb_yaml_parse(arena, TB_STR("pack.yaml"), tb_str_of(yaml), &tree, &err) != TB_OK)
        fail_msg("%s", err.message);
    struct tb_buf buf = {.arena = arena};
    tb_json_write(&buf, tree);
    assert_string_equal(tb_buf_done(&buf).ptr, json);
}

static void
plain_scalars_follow_the_json_core(void **state)
{
    assert_reads(
        "a: 1\nb: 1.10\nc: -2e3\nd: true\ne: null\nf: ~\ng:\nh: false\n",
        "{\"a\":1,\"b\":1.10,\"c\":-2e3,\"d\":true,\"e\":null,\"f\":null,\"g\":null,\"h\":false}");
    assert_reads("[007, 1_000, 12:30, yes, No, on, 0x1F, .5, 1., +1, True, NULL, 2026-02-10]",
                 "[\"007\",\"1_000\",\"12:30\",\"yes\",\"No\",\"on\",\"0x1F\",\".5\",\"1.\",\"+1\","
                 "\"True\",\"NULL\",\"2026-02-10\"]");
    assert_reads("[\"1\", 'true', \"\", '', \"\\u901a\\n\"]",
                 "[\"1\",\"true\",\"\",\"\",\"通\\n\"]");
    assert_reads("a: |\n  one\n  two\nb: >\n  one\n  two\n",
                 "{\"a\":\"one\\ntwo\\n\",\"b\":\"one two\\n\"}");
    assert_reads("# only a comment before\n- x # and behind\n- {p: [1, {q: 2}]}\n",
                 "[\"x\",{\"p\":[1,{\"q\":2}]}]");
    assert_reads("--- text\n", "\"text\"");
    assert_reads("", "null");
    assert_reads("# nothing but\n# comments\n", "null");
}

static void
lines_are_kept(void **state)
{
    struct tb_json *tree;
    struct tb_err err;
    tb_str text = TB_STR("a: 1\nb:\n  - x\n  - c:\n      d: 5\n");
    assert_int_equal(tb_yaml_parse(arena, TB_STR("f"), text, &tree, &err), TB_OK);
    assert_int_equal(tb_json_get(tree, "b")->line, 2);
    assert_int_equal(tb_json_at(tb_json_get(tree, "b"), 1)->line, 4);
    assert_int_equal(tb_json_path(tb_json_at(tb_json_get(tree, "b"), 1), "c.d")->line, 5);
}

static void
what_hides_or_multiplies_is_refused_with_its_place(void **state)
{
    static const char *const rows[][2] = {
        {"a: &x 1\n", "pack.yaml:1:4: anchors"},
        {"a: 1\nb: *x\n", "pack.yaml:2:4: "},
        {"a: !!str 1\n", "pack.yaml:1:4: anchors"},
        {"a: ! x\n", "pack.yaml:1:4: anchors"},
        {"a: !t [1]\n", "pack.yaml:1:4: anchors"},
        {"a: &m {b: 1}\n", "pack.yaml:1:4: anchors"},
        {"&k a: 1\n", "pack.yaml:1:1: anchors"},
        {"a: 1\nb: 2\na: 3\n",
         "pack.yaml:3: the key 'a' stands in this mapping already, in line 1"},
        {"'a': 1\n\"a\": 3\n", "pack.yaml:2: the key 'a'"},
        {"{[1]: 2}\n", "pack.yaml:1:2: a key must be"},
        {"a: 1\n--- \nb: 2\n", "pack.yaml:2:1: a second document"},
        {"a: \"\\0\"\n", "pack.yaml:1:4: NUL"},
        {"a: [1\n", "pack.yaml:2:1: "},
        {"a: b: c\n", "pack.yaml:1:"},
        {"\ta: 1\n", "pack.yaml:1:1: "},
        {"a: \x01\n", "pack.yaml: at byte 3"},
        {"a: \xFF\n", "pack.yaml: byte 4 is not UTF-8"},
        {"a: \"\\ud800\"\n", "pack.yaml:1:"},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        struct tb_json *tree = NULL;
        struct tb_err err = {0};
        tb_status status =
            tb_yaml_parse(arena, TB_STR("pack.yaml"), tb_str_of(rows[i][0]), &tree, &err);
        if (status != TB_SYNTAX || strncmp(err.message, rows[i][1], strlen(rows[i][1])) != 0)
            fail_msg("'%s' gave %d '%s'", rows[i][0], status, err.message);
        assert_null(tree);
    }
}

static void
depth_and_size_are_limited(void **state)
{
    struct tb_arena *own = tb_arena_new(0);
    struct tb_json *tree;
    struct tb_err err;
    size_t len = TB_YAML_BYTES_MAX + 1;
    char *text = tb_alloc(own, len);
    memset(text, '[', len);
    assert_int_equal(tb_yaml_parse(own, TB_STR("f"), (tb_str){text, 100000}, &tree, &err),
                     TB_LIMIT);
    assert_int_equal(tb_yaml_parse(own, TB_STR("f"), (tb_str){text, len}, &tree, &err), TB_LIMIT);
    memset(text + TB_YAML_DEPTH_MAX, ']', TB_YAML_DEPTH_MAX);
    assert_int_equal(
        tb_yaml_parse(own, TB_STR("f"), (tb_str){text, 2 * TB_YAML_DEPTH_MAX}, &tree, &err), TB_OK);
    tb_arena_free(own);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_scalars_follow_the_json_core),
        cmocka_unit_test(lines_are_kept),
        cmocka_unit_test(what_hides_or_multiplies_is_refused_with_its_place),
        cmocka_unit_test(depth_and_size_are_limited),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
