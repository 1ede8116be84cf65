/* SPDX-License-Identifier: Apache-2.0 */
/* clock_calendar.c - what a day is.
 *
 * The calendar is one array of cells, a byte or two for each day from the first official day to the
 * end of the last year with a festival row. Up to `until` a cell comes from the weekday and the
 * rows; after it from the weekday and the statutory days of 全国年节及纪念日放假办法 (2024): the
 * days of article 2, and for each of them that falls on a Saturday or Sunday the next working day
 * (article 6). What the State Council will shift beyond that nobody can know, so those days are
 * provisional. */
#include "clock/clock_internal.h"
#include <stdio.h>

struct cell {
    uint8_t kind; /* clock_day_kind */
    bool is_statutory;
    uint16_t name; /* into names; 0 = none */
};

struct name {
    tb_str zh, en;
};

#define NAMES_MAX 64

struct clock_calendar {
    int64_t from, until, known_until; /* day numbers, inclusive */
    struct cell *cells;               /* from … known_until */
    struct name names[NAMES_MAX];
    size_t name_count; /* names[0] is empty */
};

static uint8_t
kind_of_weekday(int64_t day)
{
    return tb_date_weekday(tb_date_from_days(day)) <= 5 ? CLOCK_WORKDAY : CLOCK_WEEKEND;
}

/* Names are few and repeat; the table keeps one copy of each. When it is full the day goes without.
 */
static uint16_t
intern(struct tb_arena *arena, struct clock_calendar *calendar, tb_str zh, tb_str en)
{
    if (zh.len == 0 && en.len == 0)
        return 0;
    for (size_t i = 1; i < calendar->name_count; i++)
        if (tb_str_eq(calendar->names[i].zh, zh) && tb_str_eq(calendar->names[i].en, en))
            return (uint16_t)i;
    if (calendar->name_count == NAMES_MAX)
        return 0;
    calendar->names[calendar->name_count] =
        (struct name){tb_str_copy(arena, zh), tb_str_copy(arena, en)};
    return (uint16_t)calendar->name_count++;
}

static struct cell *
cell_at(const struct clock_calendar *calendar, int64_t day)
{
    tb_assert(day >= calendar->from && day <= calendar->known_until);
    return &calendar->cells[day - calendar->from];
}

static tb_status
find_edges(struct clock_calendar *calendar, const struct clock_day_row *rows, size_t count,
           struct tb_err *err)
{
    size_t from_count = 0, until_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].kind == CLOCK_ROW_FROM) {
            calendar->from = tb_date_to_days(rows[i].day);
            from_count++;
        } else if (rows[i].kind == CLOCK_ROW_UNTIL) {
            calendar->until = tb_date_to_days(rows[i].day);
            until_count++;
        }
    }
    if (from_count != 1 || until_count != 1 || calendar->from > calendar->until)
        return tb_fail(err, TB_INVALID,
                       "calendar: give exactly one row `from` and one row `until`, in that order; "
                       "found %zu and %zu",
                       from_count, until_count);
    return TB_OK;
}

static tb_status
apply_row(struct tb_arena *arena, struct clock_calendar *calendar, const struct clock_day_row *row,
          bool *is_seen, struct tb_err *err)
{
    char text[16];
    int64_t day = tb_date_to_days(row->day);
    snprintf(text, sizeof text, "%04d-%02d-%02d", (int)row->day.year, row->day.month, row->day.day);
    if (day < calendar->from || day > calendar->until)
        return tb_fail(err, TB_INVALID, "calendar: %s lies outside `from` and `until`", text);
    if (is_seen[day - calendar->from])
        return tb_fail(err, TB_INVALID, "calendar: %s occurs twice; give one row for each day",
                       text);
    is_seen[day - calendar->from] = true;
    struct cell *cell = cell_at(calendar, day);
    if (row->kind == CLOCK_ROW_WORK && cell->kind != CLOCK_WEEKEND)
        return tb_fail(err, TB_INVALID,
                       "calendar: %s is made-up work but no Saturday or Sunday; leave the row out",
                       text);
    cell->kind = row->kind == CLOCK_ROW_WORK ? CLOCK_MAKE_UP : CLOCK_HOLIDAY;
    cell->is_statutory = row->kind == CLOCK_ROW_OFF && row->is_statutory;
    cell->name = intern(arena, calendar, row->name_zh, row->name_en);
    return TB_OK;
}

/* One festival of a provisional year: its statutory days, then for each of them on a Saturday or
 * Sunday one more day off, the next that is a working day (article 6). */
static void
add_festival(struct tb_arena *arena, struct clock_calendar *calendar, tb_date first, int days,
             const char *zh, const char *en)
{
    uint16_t name = intern(arena, calendar, tb_str_of(zh), tb_str_of(en));
    int64_t day = tb_date_to_days(first);
    int owed = 0;
    for (int i = 0; i < days; i++, day++) {
        if (day <= calendar->until || day > calendar->known_until)
            continue;
        struct cell *cell = cell_at(calendar, day);
        if (cell->is_statutory)
            continue; /* two festivals on one day: the measure grants one day */
        owed += kind_of_weekday(day) == CLOCK_WEEKEND ? 1 : 0;
        *cell = (struct cell){CLOCK_HOLIDAY, true, name};
    }
    for (; owed > 0 && day <= calendar->known_until; day++) {
        struct cell *cell = cell_at(calendar, day);
        if (cell->kind != CLOCK_WORKDAY)
            continue;
        *cell = (struct cell){CLOCK_HOLIDAY, false, name};
        owed--;
    }
}

/* 全国年节及纪念日放假办法 2, in the order of the calendar, so that a day in lieu never takes a day
 * that a later festival makes its own. */
static void
add_year(struct tb_arena *arena, struct clock_calendar *calendar,
         const struct clock_festival_row *row)
{
    add_festival(arena, calendar, (tb_date){row->year, 1, 1}, 1, "元旦", "New Year's Day");
    add_festival(arena, calendar, tb_date_add_days(row->spring_festival, -1), 4, "春节",
                 "Spring Festival");
    add_festival(arena, calendar, row->qingming, 1, "清明", "Tomb-Sweeping Day");
    add_festival(arena, calendar, (tb_date){row->year, 5, 1}, 2, "劳动节", "Labour Day");
    add_festival(arena, calendar, row->dragon_boat, 1, "端午", "Dragon Boat Festival");
    bool is_after = tb_date_cmp(row->mid_autumn, (tb_date){row->year, 10, 1}) >= 0;
    if (!is_after)
        add_festival(arena, calendar, row->mid_autumn, 1, "中秋", "Mid-Autumn Festival");
    add_festival(arena, calendar, (tb_date){row->year, 10, 1}, 3, "国庆节", "National Day");
    if (is_after)
        add_festival(arena, calendar, row->mid_autumn, 1, "中秋", "Mid-Autumn Festival");
}

static const struct clock_festival_row *
festival_of(const struct clock_festival_row *festivals, size_t count, int32_t year)
{
    for (size_t i = 0; i < count; i++)
        if (festivals[i].year == year)
            return &festivals[i];
    return NULL;
}

tb_status
clock_calendar_new(struct tb_arena *arena, const struct clock_day_row *rows, size_t count,
                   const struct clock_festival_row *festivals, size_t festival_count,
                   const struct clock_calendar **ret_calendar, struct tb_err *err)
{
    struct clock_calendar *calendar = TB_NEW(arena, struct clock_calendar);
    calendar->name_count = 1;
    TB_TRY(find_edges(calendar, rows, count, err));
    if (calendar->until - calendar->from > CLOCK_CALENDAR_DAYS_MAX)
        return tb_fail(err, TB_LIMIT, "calendar: longer than %d days", CLOCK_CALENDAR_DAYS_MAX);
    int32_t year_first = tb_date_from_days(calendar->until + 1).year;
    int32_t year_end = year_first;
    while (festival_of(festivals, festival_count, year_end) != NULL &&
           year_end - year_first < CLOCK_CALENDAR_DAYS_MAX / 366)
        year_end++;
    calendar->known_until = tb_date_to_days((tb_date){year_end, 1, 1}) - 1;
    if (calendar->known_until < calendar->until)
        calendar->known_until = calendar->until;
    size_t cell_count = (size_t)(calendar->known_until - calendar->from + 1);
    calendar->cells = TB_NEW_ARRAY(arena, cell_count, struct cell);
    for (size_t i = 0; i < cell_count; i++)
        calendar->cells[i].kind = kind_of_weekday(calendar->from + (int64_t)i);
    bool *is_seen = TB_NEW_ARRAY(arena, cell_count, bool);
    for (size_t i = 0; i < count; i++)
        if (rows[i].kind == CLOCK_ROW_OFF || rows[i].kind == CLOCK_ROW_WORK)
            TB_TRY(apply_row(arena, calendar, &rows[i], is_seen, err));
    for (int32_t year = year_first; year < year_end; year++)
        add_year(arena, calendar, festival_of(festivals, festival_count, year));
    *ret_calendar = calendar;
    return TB_OK;
}

const struct clock_calendar *
clock_calendar_builtin(struct tb_arena *arena)
{
    const struct clock_calendar *calendar = NULL;
    tb_status status = clock_calendar_new(arena, clock__builtin_days, clock__builtin_day_count,
                                          clock__builtin_festivals, clock__builtin_festival_count,
                                          &calendar, NULL);
    tb_assert(status == TB_OK); /* the rows are checked by a test before they are shipped */
    return calendar;
}

tb_date
clock_official_from(const struct clock_calendar *calendar)
{
    return tb_date_from_days(calendar->from);
}

tb_date
clock_official_until(const struct clock_calendar *calendar)
{
    return tb_date_from_days(calendar->until);
}

tb_date
clock_known_until(const struct clock_calendar *calendar)
{
    return tb_date_from_days(calendar->known_until);
}

bool
clock__is_known(const struct clock_calendar *calendar, int64_t day)
{
    return day >= calendar->from && day <= calendar->known_until;
}

struct clock_day_info
clock_day(const struct clock_calendar *calendar, tb_date date)
{
    int64_t day = tb_date_to_days(date);
    struct clock_day_info info = {.is_provisional = day < calendar->from || day > calendar->until};
    if (!clock__is_known(calendar, day)) {
        info.kind = kind_of_weekday(day);
        info.is_working = info.kind == CLOCK_WORKDAY;
        return info;
    }
    const struct cell *cell = cell_at(calendar, day);
    info.kind = cell->kind;
    info.is_working = cell->kind == CLOCK_WORKDAY || cell->kind == CLOCK_MAKE_UP;
    info.is_statutory = cell->is_statutory;
    info.name_zh = calendar->names[cell->name].zh;
    info.name_en = calendar->names[cell->name].en;
    return info;
}

int64_t
clock_workdays_between(const struct clock_calendar *calendar, tb_date from, tb_date to)
{
    int64_t first = tb_date_to_days(from), last = tb_date_to_days(to), count = 0;
    bool is_back = last < first;
    if (is_back) {
        int64_t swap = first;
        first = last;
        last = swap;
    }
    for (int64_t day = first + 1; day <= last; day++)
        count += clock_day(calendar, tb_date_from_days(day)).is_working ? 1 : 0;
    return is_back ? -count : count;
}
