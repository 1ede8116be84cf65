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

static struct tb_json *
parse(const char *text)
{
    struct tb_json *json;
    struct tb_err err;
    if (tb_json_parse(arena, tb_str_of(text), &json, &err) != TB_OK)
        fail_msg("%s", err.message);
    return json;
}

static const char *
compact(const struct tb_json *json)
{
    struct tb_buf buf = {.arena = arena};
    tb_json_write(&buf, json);
    return tb_buf_done(&buf).ptr;
}

static void
a_path_is_walked_without_checks(void **state)
{
    const struct tb_json *json =
        parse("{\"clock\":{\"due\":\"2026-03-01\",\"days\":[3,2.0,1.5]},\"no\":null,\"yes\":true}");
    assert_true(tb_str_is(tb_json_text(tb_json_path(json, "clock.due")), "2026-03-01"));
    assert_null(tb_json_path(json, "clock.due.day"));
    assert_null(tb_json_path(json, "nothing.at.all"));
    assert_null(tb_json_get(NULL, "a"));
    assert_null(tb_json_at(json, 0));
    const struct tb_json *days = tb_json_path(json, "clock.days");
    int64_t value;
    assert_true(tb_json_to_int(tb_json_at(days, 1), &value) && value == 2);
    assert_false(tb_json_to_int(tb_json_at(days, 2), &value));
    assert_null(tb_json_at(days, 3));
    assert_int_equal(tb_json_get_int(json, "absent", -7), -7);
    assert_true(tb_json_is_null(tb_json_get(json, "no")) && tb_json_is_null(NULL));
    assert_true(tb_json_is_true(tb_json_get(json, "yes")));
    assert_null(tb_json_get_text(json, "yes").ptr);
}

static void
a_tree_is_written_as_it_was_read(void **state)
{
    static const char *const texts[] = {
        "{\"a\":[1.10,-0.0,1E5,[],{}],\"中\":\"\\\"\\\\\\n\\u0001\\u007f/\",\"\":null}",
        "[]",
        "\"x\"",
        "1e400",
        "true",
    };
    for (size_t i = 0; i < TB_COUNT(texts); i++) {
        assert_string_equal(compact(parse(texts[i])), texts[i]);
        assert_string_equal(compact(tb_json_copy(arena, parse(texts[i]))), texts[i]);
    }
    struct tb_buf buf = {.arena = arena};
    tb_json_write_pretty(&buf, parse("{\"a\":[1,{}],\"b\":{\"c\":2}}"));
    assert_string_equal(tb_buf_done(&buf).ptr,
                        "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": {\n    \"c\": 2\n  }\n}\n");
}

static void
a_tree_is_made_by_hand(void **state)
{
    struct tb_json *json = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_text(arena, json, "name", TB_STR("通办"));
    tb_json_set_text(arena, json, "none", TB_STR_NONE);
    tb_json_set_int(arena, json, "n", INT64_MIN);
    tb_json_set_bool(arena, json, "is", false);
    struct tb_json *list = tb_json_set_list(arena, json, "list");
    tb_dec half = {.u.coef = 50, .scale = 2};
    tb_json_add(list, tb_json_new_dec(arena, half));
    tb_json_set_object(arena, json, "o");
    assert_string_equal(compact(json),
                        "{\"name\":\"通办\",\"none\":null,\"n\":-9223372036854775808,\"is\":false,"
                        "\"list\":[0.50],\"o\":{}}");
    assert_int_equal(json->count, 6);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_walked_without_checks),
        cmocka_unit_test(a_tree_is_written_as_it_was_read),
        cmocka_unit_test(a_tree_is_made_by_hand),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
