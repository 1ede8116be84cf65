/* SPDX-License-Identifier: Apache-2.0 */
/* Every line of the files tests/feel/NAME.feel: expression ; context ; result. A result is an expression; !null is
 * null, !syntax does not compile, !limit goes over a limit. */
#include "feel_test_host.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The next field: up to " ; " outside quotes. */
static tb_str
field(tb_str *rest)
{
    bool in_quotes = false;
    for (size_t i = 0; i < rest->len; i++) {
        if (rest->ptr[i] == '"' && (i == 0 || rest->ptr[i - 1] != '\\'))
            in_quotes = !in_quotes;
        if (!in_quotes && i + 2 <= rest->len && memcmp(rest->ptr + i, " ;", 2) == 0) {
            tb_str head = tb_str_sub(*rest, 0, i);
            *rest = tb_str_sub(*rest, i + 2, rest->len);
            return tb_str_trim(head);
        }
    }
    tb_str all = tb_str_trim(*rest);
    *rest = TB_STR("");
    return all;
}

/* What came out, as the files write it. */
static tb_str
outcome(struct tb_arena *arena, tb_str expression, tb_str context, const struct feel_host *host)
{
    struct tb_json *json;
    struct feel_value names = feel_context_of(arena, NULL, 0), value;
    struct feel_warnings warnings = {.arena = arena};
    struct feel_run run = {.host = host, .warnings = &warnings};
    struct tb_err err = {0};
    if (context.len > 0) {
        assert_int_equal(tb_json_parse(arena, context, &json, &err), TB_OK);
        feel_from_json(arena, json, NULL, &names, NULL);
    }
    tb_status status = feel_once(arena, expression, &names, &run, &value, &err);
    if (status == TB_SYNTAX)
        return TB_STR("!syntax");
    if (status == TB_LIMIT)
        return TB_STR("!limit");
    assert_int_equal(status, TB_OK);
    if (value.kind == FEEL_NULL)
        return TB_STR("!null");
    return feel_format_literal(arena, &value);
}

static size_t
run_file(const char *name, size_t *ret_count)
{
    static char text[1 << 16];
    char path[512];
    size_t failed = 0;
    snprintf(path, sizeof path, "%s/tests/feel/%s", getenv("TB_SOURCE"), name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    tb_str rest = {text, fread(text, 1, sizeof text, file)}, line;
    fclose(file);
    struct tb_arena *zones = tb_arena_new(0);
    struct feel_host host = test_host(zones);
    for (int number = 1; tb_str_cut(&rest, '\n', &line); number++) {
        if (tb_str_trim(line).len == 0 || tb_str_starts(line, TB_STR("#")) ||
            tb_str_starts(line, TB_STR("//")))
            continue;
        struct tb_arena *arena = tb_arena_new(0);
        tb_str expression = field(&line), context = field(&line), wanted = field(&line);
        if (wanted.ptr[0] != '!')
            wanted = outcome(arena, wanted, TB_STR_NONE, &host);
        tb_str got = outcome(arena, expression, context, &host);
        if (!tb_str_eq(wanted, got)) {
            print_error("%s:%d: " TB_FMT ": expected " TB_FMT ", got " TB_FMT "\n", name, number,
                        TB_ARG(expression), TB_ARG(wanted), TB_ARG(got));
            failed++;
        }
        ++*ret_count;
        tb_arena_free(arena);
    }
    tb_arena_free(zones);
    return failed;
}

static void
every_expression_gives_its_result(void **state)
{
    static const char *const files[] = {"numbers.feel",   "logic.feel",   "strings.feel",
                                        "temporal.feel",  "lists.feel",   "contexts.feel",
                                        "functions.feel", "ranges.feel",  "syntax.feel",
                                        "builtins.feel",  "clauses.feel", "times.feel"};
    size_t failed = 0, count = 0;
    (void)state;
    for (size_t i = 0; i < TB_COUNT(files); i++)
        failed += run_file(files[i], &count);
    print_message("%zu expressions\n", count);
    assert_int_equal(failed, 0);
    assert_true(count > 1400);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_expression_gives_its_result)};
    return cmocka_run_group_tests_name("feel_data", tests, NULL, NULL);
}
