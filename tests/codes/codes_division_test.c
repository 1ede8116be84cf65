/* SPDX-License-Identifier: Apache-2.0 */
#include "codes_test.h"

static void
levels_follow_the_last_part_that_is_not_zero(void **state)
{
    static const struct {
        const char *code;
        codes_level level;
        const char *parent;
    } rows[] = {
        {"000000000000", CODES_LEVEL_NATION, NULL},
        {"51", CODES_LEVEL_PROVINCE, "000000000000"},
        {"5116", CODES_LEVEL_CITY, "510000000000"},
        {"511602", CODES_LEVEL_COUNTY, "511600000000"},
        {"511602001", CODES_LEVEL_TOWN, "511602000000"},
        {"511602001003", CODES_LEVEL_VILLAGE, "511602001000"},
        {"511602000000", CODES_LEVEL_COUNTY, "511600000000"},
        {"441900003000", CODES_LEVEL_TOWN, "441900000000"}, /* 东莞 has no counties */
        {"429004", CODES_LEVEL_COUNTY, "429000000000"}, /* 仙桃, directly under the province */
        {"99", CODES_LEVEL_NONE, NULL},
        {"51160", CODES_LEVEL_NONE, NULL},
        {"51160X", CODES_LEVEL_NONE, NULL},
        {"", CODES_LEVEL_NONE, NULL},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        tb_str code = tb_str_of(rows[i].code), parent = codes_division_parent(arena, code);
        assert_int_equal(codes_division_level(code), rows[i].level);
        assert_true(rows[i].parent == NULL ? parent.ptr == NULL
                                           : tb_str_is(parent, rows[i].parent));
        assert_int_equal(codes_division(code, TB_STR(""), NULL), rows[i].level != CODES_LEVEL_NONE);
        assert_true(strlen(codes_level_zh(rows[i].level)) > 0 &&
                    strlen(codes_level_en(rows[i].level)) > 0);
    }
    assert_string_equal(codes_level_zh(CODES_LEVEL_COUNTY), "县级");
}

static void
a_division_contains_itself_and_what_lies_below(void **state)
{
    static const struct {
        const char *outer, *inner;
        bool contains;
    } rows[] = {
        {"511602", "511602000000", true}, {"5116", "511602001003", true},
        {"000000000000", "11", true},     {"511602", "511603", false},
        {"511602", "5116", false},        {"511602001", "511602002001", false},
        {"11", "000000000000", false},    {"51", "500000", false},
        {"51160", "511602", false},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++)
        assert_int_equal(
            codes_division_contains(tb_str_of(rows[i].outer), tb_str_of(rows[i].inner)),
            rows[i].contains);
}

static void
faults_name_length_character_and_province(void **state)
{
    static const char *const rows[][2] = {
        {"51160", "length"}, {"5116o2", "character"}, {"", "character"}, {"990000", "province"}};
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        struct tb_faults faults = {.arena = arena};
        assert_false(codes_division(tb_str_of(rows[i][0]), TB_STR("/here"), &faults));
        assert_string_equal(words(&faults), rows[i][1]);
    }
}

/* Each row of the official tables: the code is accepted and its parent is the one of its own
 * columns. */
static int
check_table(const char *name, size_t code_len, size_t parent_len)
{
    tb_str rest = read_shared(name), line, code;
    int rows = 0;
    while (tb_str_cut(&rest, '\n', &line)) {
        line = tb_str_trim(line);
        if (line.len == 0 || tb_str_starts(line, TB_STR("code")))
            continue;
        assert_true(tb_str_cut(&line, ',', &code));
        assert_int_equal(code.len, code_len);
        tb_str full = codes_division_full(arena, code), parent = tb_str_sub(code, 0, parent_len);
        if (full.ptr == NULL || !codes_division_contains(parent, code))
            fail_msg(TB_FMT, TB_ARG(code));
        /* Where a city has one dummy county, or a county stands for it, the parent of the town may
         * be higher. */
        assert_true(codes_division_contains(codes_division_parent(arena, code), full));
        rows++;
    }
    return rows;
}

static void
the_official_tables_fit(void **state)
{
    assert_int_equal(check_table("data/divisions/provinces.csv", 2, 2), 31);
    assert_int_equal(check_table("data/divisions/cities.csv", 4, 2), 342);
    assert_int_equal(check_table("data/divisions/areas.csv", 6, 4), 2978);
    assert_int_equal(check_table("data/divisions/streets.csv", 9, 6), 41352);
    assert_int_equal(check_table("data/divisions/villages_511602_guangan.csv", 12, 9), 332);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_follow_the_last_part_that_is_not_zero),
        cmocka_unit_test(a_division_contains_itself_and_what_lies_below),
        cmocka_unit_test(faults_name_length_character_and_province),
        cmocka_unit_test(the_official_tables_fit),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
