/* SPDX-License-Identifier: Apache-2.0 */
/* Known results stand in decimals.txt; the narrow path is also compared with the wide one on many
 * random pairs. */
#include "base/base.h"
#include "base/base_internal.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
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

static tb_dec
dec(const char *text)
{
    tb_dec d;
    if (!tb_dec_parse(tb_str_of(text), &d))
        fail_msg("not a number: %s", text);
    return d;
}

static const char *
written(tb_dec d)
{
    return tb_dec_format(arena, d).ptr;
}

/* ---- the table of known results -------------------------------------------------------------- */

static bool
round_by_name(tb_dec a, tb_dec b, tb_rounding mode, tb_dec *ret)
{
    int64_t scale;
    return tb_dec_to_int(b, &scale) && tb_dec_round(a, (int32_t)scale, mode, ret);
}

static bool
apply(tb_str op, tb_dec a, tb_dec b, tb_dec *ret)
{
    static const struct {
        const char *name;
        bool (*run)(tb_dec, tb_dec, tb_dec *);
    } binary[] = {{"+", tb_dec_add}, {"-", tb_dec_sub},      {"*", tb_dec_mul},
                  {"/", tb_dec_div}, {"mod", tb_dec_modulo}, {"**", tb_dec_pow}};
    static const char *const modes[] = {"half-even", "half-up", "half-down", "up",
                                        "down",      "floor",   "ceiling"};
    for (size_t i = 0; i < TB_COUNT(binary); i++)
        if (tb_str_is(op, binary[i].name))
            return binary[i].run(a, b, ret);
    for (size_t i = 0; i < TB_COUNT(modes); i++)
        if (tb_str_is(op, modes[i]))
            return round_by_name(a, b, (tb_rounding)i, ret);
    if (tb_str_is(op, "sqrt"))
        return tb_dec_sqrt(a, ret);
    if (tb_str_is(op, "exp"))
        return tb_dec_exp(a, ret);
    if (tb_str_is(op, "log"))
        return tb_dec_log(a, ret);
    fail_msg("unknown operation " TB_FMT, TB_ARG(op));
    return false;
}

static void
known_results_are_met_digit_by_digit(void **state)
{
    char path[4096], line[8192];
    snprintf(path, sizeof path, "%s/tests/base/decimals.txt", getenv("TB_SOURCE"));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    int rows = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        tb_str rest = tb_str_trim(tb_str_of(line)), op, a, b;
        if (rest.len == 0 || rest.ptr[0] == '#')
            continue;
        assert_true(tb_str_cut(&rest, ' ', &op) && tb_str_cut(&rest, ' ', &a) &&
                    tb_str_cut(&rest, ' ', &b));
        tb_dec result;
        bool is_number = apply(op, dec(tb_cstr(arena, a)), dec(tb_cstr(arena, b)), &result);
        const char *got = is_number ? written(result) : "none";
        if (!tb_str_is(rest, got))
            fail_msg("%s gives %s", line, got);
        rows++;
    }
    fclose(file);
    assert_true(rows > 60);
}

/* ---- reading and writing --------------------------------------------------------------------- */

static void
numbers_are_read_and_written_with_their_scale(void **state)
{
    static const char *const pairs[][2] = {
        {"1.10", "1.10"},
        {"-0", "0"},
        {"-0.00", "0.00"},
        {".5", "0.5"},
        {"1e3", "1000"},
        {"1E+3", "1000"},
        {"12e-1", "1.2"},
        {"007", "7"},
        {"9223372036854775807", "9223372036854775807"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"9223372036854775808", "9223372036854775808"},
        {"0.000000000000000000001", "0.000000000000000000001"},
        {"1234567890123456789012345678901234", "1234567890123456789012345678901234"},
        /* 35 digits: half even at the 34th; a digit far behind breaks the tie */
        {"12345678901234567890123456789012345", "12345678901234567890123456789012340"},
        {"12345678901234567890123456789012355", "12345678901234567890123456789012360"},
        {"1000000000000000000000000000000000500000000000000000001",
         "1000000000000000000000000000000001000000000000000000000"},
        {"1000000000000000000000000000000000500000000000000000000",
         "1000000000000000000000000000000000000000000000000000000"},
        {"99999999999999999999999999999999995", "100000000000000000000000000000000000"},
        {"0e9999999", "0"},
        {"1e-9999999", NULL},
        {"0.1e1", "1"},
    };
    for (size_t i = 0; i < TB_COUNT(pairs); i++)
        if (pairs[i][1] != NULL)
            assert_string_equal(written(dec(pairs[i][0])), pairs[i][1]);
    assert_int_equal(tb_dec_sign(dec("1e-9999999")), 0);
}

static void
what_is_no_number_is_refused(void **state)
{
    static const char *const bad[] = {"",    "-",        ".",      "1.",  "+1",    "1e",
                                      "1e+", "e1",       "1 ",     " 1",  "1,000", "0x1",
                                      "NaN", "Infinity", "1e6145", "--1", "1.2.3", "１"};
    tb_dec d;
    for (size_t i = 0; i < TB_COUNT(bad); i++)
        if (tb_dec_parse(tb_str_of(bad[i]), &d))
            fail_msg("read as a number: %s", bad[i]);
    assert_true(tb_dec_parse(TB_STR("9.999999999999999999999999999999999e6144"), &d));
}

static void
integers_and_doubles_come_back_out(void **state)
{
    int64_t value;
    assert_true(tb_dec_to_int(dec("-9223372036854775808.000"), &value) && value == INT64_MIN);
    assert_true(tb_dec_to_int(tb_dec_of(INT64_MIN), &value) && value == INT64_MIN);
    assert_true(tb_dec_to_int(dec("9.2e18"), &value) && value == INT64_C(9200000000000000000));
    assert_false(tb_dec_to_int(dec("9223372036854775808"), &value));
    assert_false(tb_dec_to_int(dec("1.5"), &value));
    assert_false(tb_dec_to_int(dec("1e30"), &value));
    assert_true(fabs(tb_dec_to_double(dec("-2.5e-300")) / -2.5e-300 - 1) < 1e-14);
    assert_true(tb_dec_to_double(dec("1e6000")) > 1e308);
}

static void
equality_and_hash_see_the_value_not_the_writing(void **state)
{
    static const char *const same[][2] = {{"1.0", "1.00"},
                                          {"0", "-0.000"},
                                          {"1e3", "1000.0"},
                                          {"1e40", "1.0e40"},
                                          {"1e-30", "10e-31"}};
    for (size_t i = 0; i < TB_COUNT(same); i++) {
        tb_dec a = dec(same[i][0]), b = dec(same[i][1]);
        assert_int_equal(tb_dec_cmp(a, b), 0);
        assert_true(tb_dec_hash(a) == tb_dec_hash(b));
        assert_true(tb_dec_hash(tb__dec_widen(a)) == tb_dec_hash(b));
    }
    static const char *const rising[] = {"-1e40",
                                         "-9223372036854775809",
                                         "-1.01",
                                         "-1",
                                         "-0.001",
                                         "0",
                                         "1e-40",
                                         "0.1",
                                         "1",
                                         "1.0000000001",
                                         "9223372036854775807",
                                         "9223372036854775808",
                                         "1e6000"};
    for (size_t i = 0; i < TB_COUNT(rising); i++)
        for (size_t k = 0; k < TB_COUNT(rising); k++)
            assert_int_equal(tb_dec_cmp(dec(rising[i]), dec(rising[k])), (i > k) - (i < k));
}

/* ---- narrow against wide --------------------------------------------------------------------- */

static uint64_t seed = 88172645463325252;

static uint64_t
next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static tb_dec
random_narrow(void)
{
    int64_t coef = (int64_t)(next_random() >> (1 + next_random() % 63));
    if (next_random() % 2 == 0)
        coef = -coef;
    return (tb_dec){.u.coef = coef, .scale = (int16_t)(next_random() % 19)};
}

static void
assert_same(bool is_left, tb_dec left, bool is_right, tb_dec right, const char *op, tb_dec a,
            tb_dec b)
{
    if (is_left != is_right || (is_left && strcmp(written(left), written(right)) != 0))
        fail_msg("%s %s %s: narrow %s, wide %s", written(a), op, written(b),
                 is_left ? written(left) : "none", is_right ? written(right) : "none");
}

static void
the_narrow_path_gives_what_the_wide_one_gives(void **state)
{
    for (int i = 0; i < 200000; i++) {
        tb_dec a = random_narrow(), b = random_narrow(), x, y;
        bool is_x = tb_dec_add(a, b, &x), is_y = tb__wide_add(a, b, &y), is_exact;
        assert_same(is_x, x, is_y, y, "+", a, b);
        is_x = tb_dec_mul(a, b, &x), is_y = tb__wide_mul(a, b, &y, &is_exact);
        assert_same(is_x, x, is_y, y, "*", a, b);
        is_x = tb_dec_div(a, b, &x), is_y = tb__wide_div(a, b, &y);
        assert_same(is_x, x, is_y, y, "/", a, b);
        is_x = tb_dec_modulo(a, b, &x), is_y = tb__wide_modulo(a, b, &y);
        assert_same(is_x, x, is_y, y, "mod", a, b);
        assert_int_equal(tb_dec_cmp(a, b), tb__wide_cmp(a, b));
        if (tb_dec_cmp(a, b) == 0)
            assert_true(tb_dec_hash(a) == tb_dec_hash(b));
        if (i % 1000 == 0)
            tb_arena_reset(arena);
    }
}

static void
writing_and_reading_gives_the_same_number(void **state)
{
    for (int i = 0; i < 50000; i++) {
        tb_dec a = random_narrow(), b = random_narrow(), product;
        assert_true(tb_dec_mul(a, b, &product));
        tb_dec again = dec(written(product));
        assert_int_equal(tb_dec_cmp(product, again), 0);
        assert_string_equal(written(product), written(again));
        if (i % 1000 == 0)
            tb_arena_reset(arena);
    }
}

static void
a_division_times_its_divisor_is_near_the_dividend(void **state)
{
    for (int i = 0; i < 20000; i++) {
        tb_dec a = random_narrow(), b = random_narrow(), q, back, rest;
        if (tb_dec_sign(b) == 0 || tb_dec_sign(a) == 0)
            continue;
        assert_true(tb_dec_div(a, b, &q) && tb_dec_mul(q, b, &back) && tb_dec_sub(back, a, &rest));
        assert_true(fabs(tb_dec_to_double(rest)) <= fabs(tb_dec_to_double(a)) * 1e-33);
        /* and a = b × floor(a / b) + modulo(a, b) when the quotient is a small integer part */
        tb_dec m;
        assert_true(tb_dec_modulo(a, b, &m));
        assert_true(tb_dec_sign(m) == 0 || tb_dec_sign(m) == tb_dec_sign(b));
        /* b itself only where b minus a tiny rest needs more than 34 digits */
        assert_true(tb_dec_cmp(tb_dec_abs(m), tb_dec_abs(b)) <= 0);
        if (i % 1000 == 0)
            tb_arena_reset(arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_results_are_met_digit_by_digit),
        cmocka_unit_test(numbers_are_read_and_written_with_their_scale),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(integers_and_doubles_come_back_out),
        cmocka_unit_test(equality_and_hash_see_the_value_not_the_writing),
        cmocka_unit_test(the_narrow_path_gives_what_the_wide_one_gives),
        cmocka_unit_test(writing_and_reading_gives_the_same_number),
        cmocka_unit_test(a_division_times_its_divisor_is_near_the_dividend),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
