/* SPDX-License-Identifier: Apache-2.0 */
#include "codes_test.h"

static const char *
faults_of(const char *code)
{
    struct tb_faults faults = {.arena = arena};
    bool is_good = codes_credit_code(tb_str_of(code), TB_STR("/here"), &faults, NULL);
    assert_int_equal(is_good, faults.count == 0);
    return words(&faults);
}

static void
every_agency_of_the_county_is_judged_as_listed(void **state)
{
    tb_str rest = read_shared("data/certificates/uscc_agencies_guangan.csv"), line, code, name;
    int good = 0, bad = 0;
    while (tb_str_cut(&rest, '\n', &line)) {
        line = tb_str_trim(line);
        if (line.len == 0 || tb_str_starts(line, TB_STR("uscc")))
            continue;
        assert_true(tb_str_cut(&line, ',', &code) && tb_str_cut(&line, ',', &name));
        const char *faults = faults_of(tb_cstr(arena, code));
        if ((faults[0] == '\0') != tb_str_is(line, "True"))
            fail_msg(TB_FMT ": %s", TB_ARG(code), faults);
        good += faults[0] == '\0';
        bad += faults[0] != '\0';
    }
    assert_int_equal(good, 40);
    assert_int_equal(bad, 1);
}

static void
each_way_of_being_wrong_has_its_own_word(void **state)
{
    static const char *const rows[][2] = {
        {"11511301MB15537661", ""},
        {"", "empty"},
        {"11511301MB1553766", "length"},
        {"11511301MB15537662", "check"},
        {"11511301MB15537761", "check organisation"},
        {"1151130IMB15537661", "character"},
        {"11511301mb15537661", "character character"},
        {"11511301MB1553766通", "character"},
        {"11A11301MB15537661", "character"},
        {"11511301SB1553766Z", "character character"},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++)
        assert_string_equal(faults_of(rows[i][0]), rows[i][1]);
    struct tb_faults faults = {.arena = arena};
    assert_false(codes_credit_code(TB_STR("11511301MB15537662"), TB_STR("/here"), &faults, NULL));
    assert_true(tb_str_starts(faults.items[0].zh, TB_STR("第18位对不上：按前17位应是1，现在是2")));
    assert_true(
        tb_str_starts(faults.items[0].en,
                      TB_STR("Character 18 does not match: the first 17 require 1, found 2")));
}

static void
the_parts_come_out_of_the_code(void **state)
{
    struct codes_credit_code code;
    assert_true(codes_credit_code(TB_STR("12511301452260997J"), TB_STR(""), NULL, &code));
    assert_int_equal(code.authority, '1');
    assert_int_equal(code.category, '2');
    assert_true(tb_str_is(code.division, "511301"));
    assert_true(tb_str_is(code.organisation, "452260997"));
    assert_true(codes_organisation_code(code.organisation, TB_STR(""), NULL));
}

static void
organisation_codes_are_checked_with_and_without_dash(void **state)
{
    assert_true(codes_organisation_code(TB_STR("00877868-5"), TB_STR(""), NULL));
    assert_true(codes_organisation_code(TB_STR("083372204"), TB_STR(""), NULL));
    static const char *const bad[] = {"083372205", "08337220-4-", "08337220", "0833722041",
                                      "",          "00877868_5",  "0087786８"};
    for (size_t i = 0; i < TB_COUNT(bad); i++)
        assert_false(codes_organisation_code(tb_str_of(bad[i]), TB_STR(""), NULL));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_agency_of_the_county_is_judged_as_listed),
        cmocka_unit_test(each_way_of_being_wrong_has_its_own_word),
        cmocka_unit_test(the_parts_come_out_of_the_code),
        cmocka_unit_test(organisation_codes_are_checked_with_and_without_dash),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
