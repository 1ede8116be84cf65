/* SPDX-License-Identifier: Apache-2.0 */
#include "codes_test.h"

static const char *
faults_of(tb_str mark)
{
    struct tb_faults faults = {.arena = arena};
    bool is_good = codes_mark(mark, TB_STR("/here"), &faults, NULL);
    assert_int_equal(is_good, faults.count == 0);
    return words(&faults);
}

static void
published_marks_are_judged_as_listed(void **state)
{
    tb_str rest = read_shared("data/certificates/ecert_ids.csv"), line, text;
    int good = 0, bad = 0;
    while (tb_str_cut(&rest, '\n', &line)) {
        line = tb_str_trim(line);
        if (line.len == 0 || tb_str_starts(line, TB_STR("identifier")))
            continue;
        assert_true(tb_str_cut(&line, ',', &text));
        bool is_true = tb_str_contains(line, TB_STR(",True,"));
        assert_string_equal(faults_of(text), is_true ? "" : "check");
        good += is_true;
        bad += !is_true;
        struct codes_mark mark;
        if (!codes_mark(text, TB_STR(""), NULL, &mark))
            continue;
        int64_t version;
        assert_true(tb_str_to_int(mark.version, &version));
        tb_str again = codes_mark_make(arena, mark.type, mark.issuer, mark.serial, (int)version);
        assert_true(tb_str_eq(again, text));
    }
    assert_int_equal(good, 6);
    assert_int_equal(bad, 1);
}

#define HEAD "1.2.156.3005.2."

static void
each_way_of_being_wrong_has_its_own_word(void **state)
{
    static const char *const rows[][2] = {
        {HEAD "11100000000013338W011.11430000006122244L.20230000403.001.U", ""},
        {HEAD "11100000000013338W011.11430000006122244L.20230000403.001.V", "check"},
        {HEAD "11100000000013338W011.11430000006122244L.20230000404.001.U", "check"},
        {HEAD "11100000000013338W011.11430000006122244L.20230000403.001.", "check"},
        {HEAD "11100000000013338W01.11430000006122244L.20230000403.001.U", "type"},
        {HEAD "11100000000013338w011.114.2023-0.01.U", "type issuer serial version"},
        {HEAD "11100000000013338W011.11430000006122244L.20230000403.001", "form"},
        {HEAD "11100000000013338W011.11430000006122244L.20230000403.001.U.", "form"},
        {"1.2.156.3005.3.11100000000013338W011.11430000006122244L.20230000403.001.U", "form"},
        {"", "form"},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++)
        assert_string_equal(faults_of(tb_str_of(rows[i][0])), rows[i][1]);
}

static void
case_numbers_carry_a_check_digit_that_finds_slips(void **state)
{
    tb_str number = codes_case_number(arena, TB_STR("511602"), (tb_date){2026, 2, 10}, 17);
    assert_int_equal(number.len, 20);
    assert_true(tb_str_starts(number, TB_STR("5116022026021000017")));
    assert_true(codes_case_number_check(number, TB_STR(""), NULL));
    char *digits = tb_cstr(arena, number);
    for (size_t i = 0; i < 20; i++) {
        char right = digits[i];
        for (char c = '0'; c <= '9'; c++) {
            digits[i] = c;
            assert_int_equal(codes_case_number_check(tb_str_of(digits), TB_STR(""), NULL),
                             c == right);
        }
        digits[i] = right;
    }
    static const char *const bad[][2] = {
        {"", "form"}, {"511602202602100001", "form"}, {"51160220261310000170", "day check"}};
    for (size_t i = 0; i < TB_COUNT(bad); i++) {
        struct tb_faults faults = {.arena = arena};
        assert_false(codes_case_number_check(tb_str_of(bad[i][0]), TB_STR("/here"), &faults));
        assert_true(strncmp(words(&faults), bad[i][1], 3) == 0);
    }
}

static void
the_check_systems_give_the_standard_s_examples(void **state)
{
    /* ISO/IEC 7064:2003: MOD 11,10 of 0794 is 5, MOD 37,36 of A12425GABC1234002 is M (the example
     * of GRid). */
    assert_int_equal(codes_mod_11_10(TB_STR("0794")), '5');
    assert_int_equal(codes_mod_37_36(TB_STR("A12425GABC1234002")), 'M');
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_marks_are_judged_as_listed),
        cmocka_unit_test(each_way_of_being_wrong_has_its_own_word),
        cmocka_unit_test(case_numbers_carry_a_check_digit_that_finds_slips),
        cmocka_unit_test(the_check_systems_give_the_standard_s_examples),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
