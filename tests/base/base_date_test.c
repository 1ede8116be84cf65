/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
days_and_dates_are_one_to_one_around_every_leap_rule(void **state)
{
    int64_t expected = tb_date_to_days((tb_date){-401, 1, 1});
    int weekday = tb_date_weekday((tb_date){-401, 1, 1});
    for (int32_t year = -401; year <= 2401; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= tb_month_days(year, month); day++) {
                tb_date date = {year, (int8_t)month, (int8_t)day};
                assert_int_equal(tb_date_to_days(date), expected);
                assert_int_equal(tb_date_cmp(tb_date_from_days(expected), date), 0);
                assert_int_equal(tb_date_weekday(date), weekday);
                weekday = weekday % 7 + 1;
                expected++;
            }
}

static void
known_days_have_their_numbers_and_weekdays(void **state)
{
    assert_int_equal(tb_date_to_days((tb_date){1970, 1, 1}), 0);
    assert_int_equal(tb_date_to_days((tb_date){2000, 3, 1}), 11017);
    assert_int_equal(tb_date_to_days((tb_date){1, 1, 1}), -719162);
    assert_int_equal(tb_date_weekday((tb_date){2026, 2, 10}), 2);
    assert_int_equal(tb_date_weekday((tb_date){1949, 10, 1}), 6);
    assert_int_equal(tb_month_days(1900, 2), 28);
    assert_int_equal(tb_month_days(2000, 2), 29);
    assert_int_equal(tb_month_days(2000, 13), 0);
}

static void
years_reach_999999999_both_ways_and_stop_there(void **state)
{
    tb_date last = {999999999, 12, 31}, first = {-999999999, 1, 1};
    assert_true(tb_date_is_valid(last));
    assert_int_equal(tb_date_cmp(tb_date_from_days(tb_date_to_days(last)), last), 0);
    assert_int_equal(tb_date_cmp(tb_date_from_days(tb_date_to_days(first)), first), 0);
    assert_int_equal(tb_date_to_days(last) - tb_date_to_days(first), INT64_C(730484999633));
    assert_false(tb_date_is_valid(tb_date_add_days(last, 1)));
    assert_false(tb_date_is_valid(tb_date_add_days(first, -1)));
    assert_false(tb_date_is_valid(tb_date_add_days(first, INT64_MAX)));
    assert_false(tb_date_is_valid(tb_date_add_months(last, 1)));
    assert_false(tb_date_is_valid(tb_date_add_months(first, INT64_MIN)));
    struct tb_arena *arena = tb_arena_new(0);
    assert_string_equal(tb_date_format(arena, last).ptr, "999999999-12-31");
    assert_string_equal(tb_date_format(arena, (tb_date){-44, 3, 15}).ptr, "-0044-03-15");
    tb_arena_free(arena);
}

static void
months_end_on_the_same_day_or_the_last(void **state)
{
    static const struct {
        tb_date from;
        int64_t months;
        tb_date to;
    } rows[] = {
        {{2026, 1, 31}, 1, {2026, 2, 28}},   {{2024, 1, 31}, 1, {2024, 2, 29}},
        {{2026, 12, 15}, 1, {2027, 1, 15}},  {{2026, 1, 15}, -1, {2025, 12, 15}},
        {{2026, 3, 31}, -13, {2025, 2, 28}}, {{-1, 1, 31}, 13, {0, 2, 29}},
        {{2024, 2, 29}, 12, {2025, 2, 28}},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++)
        assert_int_equal(tb_date_cmp(tb_date_add_months(rows[i].from, rows[i].months), rows[i].to),
                         0);
}

static void
a_date_is_read_only_as_written_in_full(void **state)
{
    tb_date date;
    assert_true(tb_date_parse(TB_STR("2024-02-29"), &date));
    assert_int_equal(date.day, 29);
    static const char *const bad[] = {"2023-02-29",  "2024-2-29",  "2024-02-30", "2024-13-01",
                                      "2024-00-01",  "2024-01-00", "20240229",   "2024-02-29 ",
                                      " 2024-02-29", "2024/02/29", "",           "２０２４-02-29"};
    for (size_t i = 0; i < TB_COUNT(bad); i++)
        assert_false(tb_date_parse(tb_str_of(bad[i]), &date));
}

static void
instants_follow_rfc_3339_in_china_time(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    int64_t a, b;
    assert_true(tb_instant_parse(TB_STR("2026-02-10T09:30:00+08:00"), &a));
    assert_true(tb_instant_parse(TB_STR("2026-02-10T01:30:00Z"), &b));
    assert_true(a == b && a == INT64_C(1770687000000000));
    assert_true(tb_instant_parse(TB_STR("2026-02-10T09:30"), &b));
    assert_true(a == b);
    assert_true(tb_instant_parse(TB_STR("2026-02-09T20:00:00.000001-05:30"), &b));
    assert_true(b == a + 1);
    assert_string_equal(tb_instant_format(arena, b).ptr, "2026-02-10T09:30:00+08:00");
    assert_string_equal(tb_instant_format(arena, -1).ptr, "1970-01-01T07:59:59+08:00");
    static const char *const bad[] = {"2026-02-10",
                                      "2026-02-10T24:00:00",
                                      "2026-02-10T09:60:00",
                                      "2026-02-10T09:30:60",
                                      "2026-02-10T09:30:00+8",
                                      "2026-02-10T09:30:00.+08:00",
                                      "2026-02-10T9:30:00",
                                      "2026-02-10T09:30:00Zx",
                                      "2026-02-10T",
                                      "2026-02-10T09:30:00+24:00"};
    for (size_t i = 0; i < TB_COUNT(bad); i++)
        assert_false(tb_instant_parse(tb_str_of(bad[i]), &a));
    tb_arena_free(arena);
}

static void
the_law_s_day_begins_at_16_utc(void **state)
{
    int64_t start = tb_day_start((tb_date){2026, 1, 1});
    assert_int_equal(tb_date_cmp(tb_instant_day(start), (tb_date){2026, 1, 1}), 0);
    assert_int_equal(tb_date_cmp(tb_instant_day(start - 1), (tb_date){2025, 12, 31}), 0);
    int64_t utc;
    assert_true(tb_instant_parse(TB_STR("2025-12-31T16:00:00Z"), &utc));
    assert_true(utc == start);
    assert_true(tb_date_is_valid(tb_instant_day(INT64_MAX)) &&
                tb_date_is_valid(tb_instant_day(INT64_MIN)));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_and_dates_are_one_to_one_around_every_leap_rule),
        cmocka_unit_test(known_days_have_their_numbers_and_weekdays),
        cmocka_unit_test(years_reach_999999999_both_ways_and_stop_there),
        cmocka_unit_test(months_end_on_the_same_day_or_the_last),
        cmocka_unit_test(a_date_is_read_only_as_written_in_full),
        cmocka_unit_test(instants_follow_rfc_3339_in_china_time),
        cmocka_unit_test(the_law_s_day_begins_at_16_utc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
