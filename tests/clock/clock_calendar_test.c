/* SPDX-License-Identifier: Apache-2.0 */
#include "clock/clock.h"
#include "clock_cases.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct tb_arena *arena;

static tb_date
day_of(const char *text)
{
    tb_date day;
    assert_true(tb_date_parse(tb_str_of(text), &day));
    return day;
}

static void
days_are_what_the_notices_say(void **state)
{
    (void)state;
    const struct clock_calendar *calendar = clock_calendar_builtin(arena);
    struct {
        const char *day;
        clock_day_kind kind;
        bool is_statutory, is_provisional;
        const char *name;
    } rows[] = {
        {"2026-02-10", CLOCK_WORKDAY, false, false, ""},
        {"2026-02-14", CLOCK_MAKE_UP, false, false, "春节"},
        {"2026-02-15", CLOCK_HOLIDAY, false, false, "春节"},
        {"2026-02-16", CLOCK_HOLIDAY, true, false, "春节"}, /* the eve: statutory since 2025 */
        {"2024-02-09", CLOCK_WORKDAY, false, false, ""},    /* the eve in 2024 was none */
        {"2026-03-07", CLOCK_WEEKEND, false, false, ""},
        {"2015-09-03", CLOCK_HOLIDAY, false, false,
         "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日"},
        {"2012-06-23", CLOCK_HOLIDAY, true, false, "端午"},
        {"2027-02-05", CLOCK_HOLIDAY, true, true, "春节"},
        {"2027-02-09", CLOCK_HOLIDAY, false, true, "春节"}, /* in lieu of Saturday 6 */
        {"2027-02-11", CLOCK_WORKDAY, false, true, ""},
        {"2028-10-03", CLOCK_HOLIDAY, true, true, "国庆节"},  /* Mid-Autumn on the same day */
        {"2028-10-04", CLOCK_HOLIDAY, false, true, "国庆节"}, /* in lieu of Sunday 1 */
        {"2028-10-05", CLOCK_WORKDAY, false, true, ""},
        {"2060-01-01", CLOCK_WORKDAY, false, true, ""}, /* beyond what is known: by weekday */
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        struct clock_day_info info = clock_day(calendar, day_of(rows[i].day));
        if (info.kind != rows[i].kind || info.is_statutory != rows[i].is_statutory ||
            info.is_provisional != rows[i].is_provisional || !tb_str_is(info.name_zh, rows[i].name))
            fail_msg("%s is kind %d, statutory %d, provisional %d, name " TB_FMT, rows[i].day,
                     info.kind, info.is_statutory, info.is_provisional, TB_ARG(info.name_zh));
        assert_int_equal(info.is_working, info.kind == CLOCK_WORKDAY || info.kind == CLOCK_MAKE_UP);
    }
    assert_int_equal(tb_date_cmp(clock_official_from(calendar), day_of("2005-01-01")), 0);
    assert_int_equal(tb_date_cmp(clock_official_until(calendar), day_of("2026-12-31")), 0);
    assert_int_equal(tb_date_cmp(clock_known_until(calendar), day_of("2050-12-31")), 0);
}

/* Every official year has as many statutory days as the measure of its time granted. */
static void
statutory_days_add_up(void **state)
{
    (void)state;
    const struct clock_calendar *calendar = clock_calendar_builtin(arena);
    for (int32_t year = 2005; year <= 2050; year++) {
        int expected = year <= 2007 ? 10 : year <= 2024 ? 11 : 13, count = 0;
        /* 2009, 2017, 2020 …: Mid-Autumn inside the National Day days is one day on the calendar.
         */
        for (tb_date day = {year, 1, 1}; day.year == year; day = tb_date_add_days(day, 1))
            count += clock_day(calendar, day).is_statutory ? 1 : 0;
        bool is_joint =
            year == 2009 || year == 2020 || year == 2028 || year == 2031 || year == 2039;
        if (count != expected - (is_joint ? 1 : 0))
            fail_msg("%d has %d statutory days", year, count);
    }
}

static void
working_days_of_a_year_are_counted(void **state)
{
    (void)state;
    const struct clock_calendar *calendar = clock_calendar_builtin(arena);
    /* 2025: 365 days, 104 on weekends, 28 rows off of which 10 on weekends, 5 made up. */
    assert_int_equal(clock_workdays_between(calendar, day_of("2024-12-31"), day_of("2025-12-31")),
                     248);
    assert_int_equal(clock_workdays_between(calendar, day_of("2025-12-31"), day_of("2024-12-31")),
                     -248);
    assert_int_equal(clock_workdays_between(calendar, day_of("2026-03-02"), day_of("2026-03-02")),
                     0);
}

static const struct clock_day_row edges[] = {
    {{2026, 1, 1}, CLOCK_ROW_FROM, {"", 0}, {"", 0}, false},
    {{2026, 12, 31}, CLOCK_ROW_UNTIL, {"", 0}, {"", 0}, false},
};

static tb_status
make(const struct clock_day_row *extra, size_t count, struct tb_err *err)
{
    struct clock_day_row rows[8];
    memcpy(rows, edges, sizeof edges);
    memcpy(rows + 2, extra, count * sizeof *extra);
    const struct clock_calendar *calendar;
    return clock_calendar_new(arena, rows, count + 2, NULL, 0, &calendar, err);
}

static void
a_calendar_that_contradicts_itself_is_refused(void **state)
{
    (void)state;
    const struct clock_day_row twice[] = {
        {{2026, 5, 1}, CLOCK_ROW_OFF, {"", 0}, {"", 0}, true},
        {{2026, 5, 1}, CLOCK_ROW_OFF, {"", 0}, {"", 0}, true},
    };
    const struct clock_day_row weekday = {{2026, 5, 6}, CLOCK_ROW_WORK, {"", 0}, {"", 0}, false};
    const struct clock_day_row outside = {{2027, 1, 1}, CLOCK_ROW_OFF, {"", 0}, {"", 0}, true};
    struct tb_err err = {0};
    assert_int_equal(make(twice, 1, &err), TB_OK);
    assert_int_equal(make(twice, 2, &err), TB_INVALID);
    assert_non_null(strstr(err.message, "2026-05-01"));
    assert_int_equal(make(&weekday, 1, &err), TB_INVALID);
    assert_non_null(strstr(err.message, "2026-05-06"));
    assert_int_equal(make(&outside, 1, &err), TB_INVALID);
    assert_int_equal(make(edges, 1, &err), TB_INVALID); /* a second `from` */
    const struct clock_calendar *calendar;
    assert_int_equal(clock_calendar_new(arena, edges, 1, NULL, 0, &calendar, &err), TB_INVALID);
}

static int
set_up(void **state)
{
    (void)state;
    arena = tb_arena_new(0);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    tb_arena_free(arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_what_the_notices_say),
        cmocka_unit_test(statutory_days_add_up),
        cmocka_unit_test(working_days_of_a_year_are_counted),
        cmocka_unit_test(a_calendar_that_contradicts_itself_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
