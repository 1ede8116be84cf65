/* SPDX-License-Identifier: Apache-2.0 */
#include "codes_test.h"

static const tb_date today = {2026, 2, 10};

static const char *
faults_of(const char *number)
{
    struct tb_faults faults = {.arena = arena};
    bool is_good = codes_citizen_id(tb_str_of(number), today, TB_STR("/here"), &faults, NULL);
    assert_int_equal(is_good, faults.count == 0);
    assert_int_equal(is_good,
                     codes_citizen_id(tb_str_of(number), today, TB_STR("/here"), NULL, NULL));
    return words(&faults);
}

static void
every_synthetic_number_is_judged_as_listed(void **state)
{
    tb_str rest = read_shared("data/certificates/id_number_vectors_synthetic.csv"), line, cell;
    int rows = 0;
    while (tb_str_cut(&rest, '\n', &line)) {
        tb_str number;
        line = tb_str_trim(line);
        if (line.len == 0 || tb_str_starts(line, TB_STR("number")))
            continue;
        assert_true(tb_str_cut(&line, ',', &number) && tb_str_cut(&line, ',', &cell));
        bool has_check = tb_str_is(cell, "True");
        assert_true(tb_str_cut(&line, ',', &cell));
        bool has_birth = tb_str_is(cell, "True");
        const char *expected =
            has_birth ? (has_check ? "" : "check") : (has_check ? "birth" : "birth check");
        assert_string_equal(faults_of(tb_cstr(arena, number)), expected);
        rows++;
    }
    assert_int_equal(rows, 12);
}

static void
each_way_of_being_wrong_has_its_own_word(void **state)
{
    static const char *const rows[][2] = {
        {"11010519491231002X", ""},
        {"", "empty"},
        {"110105491231002", "old_15"},
        {"1101051949123100", "length"},
        {"110105194912310021X", "length"},
        {"11010519491231002x", "character"},
        {"1101051949123100AX", "character"},
        {"11010519491231００2X", "character"},
        {"991101194912310021", "division check"},
        {"990105194912310029", "division check"},
        {"11010519490231002X", "birth check"},
        {"110105209912310011", "birth_future check"},
        {"110105170012310017", "birth_past"},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        const char *got = faults_of(rows[i][0]);
        /* The last digit of made-up numbers need not match: only the other words count there. */
        if (strncmp(got, rows[i][1], strcspn(rows[i][1], " ")) != 0 ||
            (rows[i][1][0] == '\0' && got[0] != '\0'))
            fail_msg("%s: %s, expected %s", rows[i][0], got, rows[i][1]);
    }
}

static void
birth_and_sex_come_out_of_the_number(void **state)
{
    struct codes_citizen_id id;
    assert_true(codes_citizen_id(TB_STR("11010519491231002X"), today, TB_STR(""), NULL, &id));
    assert_true(tb_str_is(id.division, "110105"));
    assert_int_equal(tb_date_cmp(id.birth, (tb_date){1949, 12, 31}), 0);
    assert_false(id.is_male);
    assert_true(codes_citizen_id(TB_STR("110101199001010015"), today, TB_STR(""), NULL, &id));
    assert_true(id.is_male);
    /* Without a today the birth is only checked to exist. */
    assert_true(
        codes_citizen_id(TB_STR("440300202403010056"), (tb_date){0}, TB_STR(""), NULL, NULL));
    assert_false(codes_citizen_id(TB_STR("440300202403010056"), (tb_date){2024, 2, 29}, TB_STR(""),
                                  NULL, NULL));
}

static void
every_single_wrong_digit_and_neighbour_swap_is_found(void **state)
{
    char number[19] = "11010519491231002X";
    for (size_t i = 0; i < 17; i++) {
        char right = number[i];
        for (char c = '0'; c <= '9'; c++) {
            number[i] = c;
            assert_int_equal(codes_citizen_id(tb_str_of(number), today, TB_STR(""), NULL, NULL),
                             c == right);
        }
        number[i] = right;
    }
    for (size_t i = 0; i + 1 < 17; i++) {
        if (number[i] == number[i + 1])
            continue;
        char kept = number[i];
        number[i] = number[i + 1];
        number[i + 1] = kept;
        assert_false(codes_citizen_id(tb_str_of(number), today, TB_STR(""), NULL, NULL));
        number[i + 1] = number[i];
        number[i] = kept;
    }
}

static void
typed_numbers_are_tidied_first(void **state)
{
    assert_true(
        tb_str_is(codes_tidy(arena, TB_STR(" 110105 1949-1231　００2ｘ ")), "11010519491231002X"));
    assert_true(tb_str_is(codes_tidy(arena, TB_STR("91·11０0")), "911100"));
}

static void
no_digit_of_the_person_stands_in_a_message(void **state)
{
    struct tb_faults faults = {.arena = arena};
    assert_false(
        codes_citizen_id(TB_STR("511602198506150025"), today, TB_STR("/here"), &faults, NULL));
    for (size_t i = 0; i < faults.count; i++) {
        assert_false(tb_str_contains(faults.items[i].zh, TB_STR("1985")));
        assert_false(tb_str_contains(faults.items[i].en, TB_STR("5116")));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_synthetic_number_is_judged_as_listed),
        cmocka_unit_test(each_way_of_being_wrong_has_its_own_word),
        cmocka_unit_test(birth_and_sex_come_out_of_the_number),
        cmocka_unit_test(every_single_wrong_digit_and_neighbour_swap_is_found),
        cmocka_unit_test(typed_numbers_are_tidied_first),
        cmocka_unit_test(no_digit_of_the_person_stands_in_a_message),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
