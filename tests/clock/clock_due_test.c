/* SPDX-License-Identifier: Apache-2.0 */
#include "clock/clock.h"
#include "clock_cases.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct tb_arena *arena;
static const struct clock_calendar *calendar;

/* Prints what went wrong and counts it, so that one run shows every bad row. */
static int
check_row(const char *file, int line, tb_str when_text, tb_str period_text, tb_str expected)
{
    struct clock_when when;
    struct clock_period period;
    struct clock_due due;
    struct tb_err err = {0};
    tb_str got = TB_STR_NONE;
    if (clock_when_parse(when_text, &when, &err) == TB_OK &&
        clock_period_parse(period_text, &period, &err) == TB_OK &&
        clock_due(calendar, NULL, when, period, &due, &err) == TB_OK)
        got = clock_due_format(arena, &due);
    if (tb_str_eq(got, expected))
        return 0;
    print_error("%s:%d: " TB_FMT " + " TB_FMT " gives \"" TB_FMT "\" %s, expected \"" TB_FMT "\"\n",
                file, line, TB_ARG(when_text), TB_ARG(period_text), TB_ARG(got), err.message,
                TB_ARG(expected));
    return 1;
}

static void
every_row_of_due_csv_ends_on_its_day(void **state)
{
    (void)state;
    tb_str rest = cases_own(arena, "tests/clock/due.csv"), cells[3];
    int line = 0, bad = 0, count = 0;
    for (; cases_next(&rest, &line, cells, 3); count++)
        bad += check_row("due.csv", line, cells[0], cells[1], cells[2]);
    assert_int_equal(bad, 0);
    assert_true(count >= 50);
}

static void
the_sixteen_published_vectors_hold(void **state)
{
    (void)state;
    const char *shared = getenv("TB_SHARED");
    tb_str rest = cases_file(arena, tb_str_of(shared != NULL ? shared : "../shared"),
                             "data/holidays/workday_vectors.csv");
    if (rest.len == 0) {
        print_message("# skipped: TB_SHARED/data/holidays/workday_vectors.csv is not here\n");
        skip();
    }
    tb_str cells[3];
    int line = 0, bad = 0, count = 0;
    assert_true(cases_next(&rest, &line, cells, 3));
    for (; cases_next(&rest, &line, cells, 3); count++)
        bad += check_row("workday_vectors.csv", line, cells[0],
                         tb_printf(arena, TB_FMT "wd", TB_ARG(cells[1])), cells[2]);
    assert_int_equal(bad, 0);
    assert_int_equal(count, 16);
}

static tb_status
due_of(const char *when_text, const char *period_text, struct tb_err *err)
{
    struct clock_when when;
    struct clock_period period;
    struct clock_due due;
    TB_TRY(clock_when_parse(tb_str_of(when_text), &when, err));
    TB_TRY(clock_period_parse(tb_str_of(period_text), &period, err));
    return clock_due(calendar, NULL, when, period, &due, err);
}

static void
what_cannot_be_counted_is_refused_with_a_reason(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"2026-02-30", "5wd"},
        {"2026-2-3", "5wd"},
        {"2026-02-10T24:00", "5wd"},
        {"2026-02-10T9:30", "5wd"},
        {"2026-02-10 09:30", "5wd"},
        {"", "5wd"},
        {"2026-02-10", "5"},
        {"2026-02-10", "wd"},
        {"2026-02-10", "-5wd"},
        {"2026-02-10", "5 wd"},
        {"2026-02-10", "5WD"},
        {"2026-02-10", "1.5d"},
        {"2026-02-10", "100001wd"},
        {"2026-02-10", "99999999999999999999wd"},
        {"2026-02-10", "2h"},
        {"2026-02-10", "2wh"},
        {"2026-02-10", "30min"},
        {"2004-12-31", "5wd"},
        {"2050-12-30", "5wd"},
        {"2051-01-01", "1wd"},
        {"2026-02-10T09:30", "100000wh"},
    };
    for (size_t i = 0; i < TB_COUNT(bad); i++) {
        struct tb_err err = {0};
        tb_status status = due_of(bad[i][0], bad[i][1], &err);
        if (status == TB_OK || err.message[0] == '\0')
            print_error("%s + %s was not refused\n", bad[i][0], bad[i][1]);
        assert_int_not_equal(status, TB_OK);
        assert_true(err.message[0] != '\0');
    }
}

static void
a_row_of_the_law_can_keep_the_last_day(void **state)
{
    (void)state;
    struct clock_due due;
    struct clock_when when = {.day = {2026, 3, 2}, .minute = -1};
    struct clock_period period = {.n = 20, .unit = CLOCK_D, .stays = true};
    assert_int_equal(clock_due(calendar, NULL, when, period, &due, NULL), TB_OK);
    assert_true(tb_str_is(clock_due_format(arena, &due), "2026-03-22"));
}

static void
a_day_lasts_until_midnight_in_china(void **state)
{
    (void)state;
    struct clock_due due;
    struct clock_when when = {.day = {2026, 3, 2}, .minute = -1};
    struct clock_period period = {.n = 1, .unit = CLOCK_WD};
    int64_t midnight = 0;
    assert_true(tb_instant_parse(TB_STR("2026-03-04T00:00:00+08:00"), &midnight));
    assert_int_equal(clock_due(calendar, NULL, when, period, &due, NULL), TB_OK);
    assert_int_equal(due.at, midnight);
    assert_int_equal(due.minute, -1);
}

static void
counting_back_keeps_a_day_off(void **state)
{
    (void)state;
    struct {
        const char *day;
        struct clock_period period;
        const char *latest;
        bool is_provisional;
    } rows[] = {
        /* 行政许可法 50: 30 natural days before expiry. 48: 7 working days before the hearing. */
        {"2026-08-31", {30, CLOCK_D, false}, "2026-08-01", false}, /* a Saturday: kept */
        {"2026-03-20", {7, CLOCK_WD, false}, "2026-03-11", false},
        {"2026-02-27", {7, CLOCK_WD, false}, "2026-02-11", false}, /* 26 25 24 14 13 12 11 */
        {"2026-03-31", {1, CLOCK_MO, false}, "2026-02-28", false},
        {"2027-01-08", {7, CLOCK_WD, false}, "2026-12-29", true},
        {"2027-01-31", {30, CLOCK_D, false}, "2027-01-01", false},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        tb_date day, latest;
        bool is_provisional = !rows[i].is_provisional;
        assert_true(tb_date_parse(tb_str_of(rows[i].day), &day));
        assert_int_equal(
            clock_before(calendar, day, rows[i].period, &latest, &is_provisional, NULL), TB_OK);
        assert_string_equal(tb_date_format(arena, latest).ptr, rows[i].latest);
        assert_int_equal(is_provisional, rows[i].is_provisional);
    }
    tb_date day = {2026, 3, 2}, latest;
    bool is_provisional;
    assert_int_equal(clock_before(calendar, day, (struct clock_period){2, CLOCK_H, false}, &latest,
                                  &is_provisional, NULL),
                     TB_INVALID);
}

static void
opening_hours_of_a_hall_change_office_hours_only(void **state)
{
    (void)state;
    struct clock_hours hours;
    struct clock_due due;
    struct clock_when when;
    assert_int_equal(clock_hours_parse(TB_STR("08:30-12:00,14:00-17:30"), &hours, NULL), TB_OK);
    assert_int_equal(clock_when_parse(TB_STR("2026-02-10T11:00"), &when, NULL), TB_OK);
    assert_int_equal(
        clock_due(calendar, &hours, when, (struct clock_period){2, CLOCK_WH, false}, &due, NULL),
        TB_OK);
    assert_string_equal(clock_due_format(arena, &due).ptr, "2026-02-10T15:00");
    static const char *const bad[] = {
        "",      "9:00-12:00",  "12:00-09:00", "09:00-12:00,11:00-13:00",
        "09:00", "09:00-25:00", "09:00-12:00,"};
    for (size_t i = 0; i < TB_COUNT(bad); i++)
        if (clock_hours_parse(tb_str_of(bad[i]), &hours, NULL) == TB_OK)
            fail_msg("opening hours \"%s\" were not refused", bad[i]);
}

static int
set_up(void **state)
{
    (void)state;
    arena = tb_arena_new(0);
    calendar = clock_calendar_builtin(arena);
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
        cmocka_unit_test(every_row_of_due_csv_ends_on_its_day),
        cmocka_unit_test(the_sixteen_published_vectors_hold),
        cmocka_unit_test(what_cannot_be_counted_is_refused_with_a_reason),
        cmocka_unit_test(a_row_of_the_law_can_keep_the_last_day),
        cmocka_unit_test(a_day_lasts_until_midnight_in_china),
        cmocka_unit_test(counting_back_keeps_a_day_off),
        cmocka_unit_test(opening_hours_of_a_hall_change_office_hours_only),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
