/* SPDX-License-Identifier: Apache-2.0 */
/* Every built-in has a row that people can read, and every example gives what its row says. */
#include "feel/feel_internal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool
is_row_of(const struct feel_builtin_row *row, const char *name)
{
    size_t len = strlen(name);
    return strncmp(row->signature, name, len) == 0 && row->signature[len] == '(';
}

static void
every_built_in_has_a_row(void **state)
{
    size_t count, missing = 0;
    const struct feel_builtin_row *rows = feel_builtin_rows(&count);
    (void)state;
    for (size_t i = 0; i < feel__builtin_count; i++) {
        size_t at = 0;
        while (at < count && !is_row_of(&rows[at], feel__builtins[i].name))
            at++;
        if (at == count)
            print_error("%s has no row\n", feel__builtins[i].name);
        missing += at == count;
    }
    assert_int_equal(missing, 0);
}

static void
every_row_is_of_a_built_in_and_complete(void **state)
{
    size_t count;
    const struct feel_builtin_row *rows = feel_builtin_rows(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (at < feel__builtin_count && !is_row_of(&rows[i], feel__builtins[at].name))
            at++;
        assert_true(at < feel__builtin_count);
        assert_true(rows[i].group[0] != 0 && rows[i].zh[0] != 0 && rows[i].en[0] != 0);
    }
}

static void
every_example_gives_what_its_row_says(void **state)
{
    size_t count, failed = 0;
    const struct feel_builtin_row *rows = feel_builtin_rows(&count);
    struct tb_arena *arena = tb_arena_new(0);
    struct feel_host host = {.has_now = true, .now_us = INT64_C(1700000000000000)};
    struct feel_run run = {.host = &host};
    (void)state;
    for (size_t i = 0; i < count; i++) {
        struct feel_value wanted, got;
        assert_int_equal(feel_once(arena, tb_str_of(rows[i].example), NULL, &run, &got, NULL),
                         TB_OK);
        assert_int_equal(feel_once(arena, tb_str_of(rows[i].gives), NULL, &run, &wanted, NULL),
                         TB_OK);
        if (!feel_equal(&wanted, &got) || wanted.kind == FEEL_NULL)
            print_error("%s gives " TB_FMT ", not %s\n", rows[i].example,
                        TB_ARG(feel_format_literal(arena, &got)), rows[i].gives);
        failed += !feel_equal(&wanted, &got) || wanted.kind == FEEL_NULL;
    }
    tb_arena_free(arena);
    assert_int_equal(failed, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_built_in_has_a_row),
        cmocka_unit_test(every_row_is_of_a_built_in_and_complete),
        cmocka_unit_test(every_example_gives_what_its_row_says),
    };
    return cmocka_run_group_tests_name("feel_rows", tests, NULL, NULL);
}
