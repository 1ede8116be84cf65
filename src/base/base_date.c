/* SPDX-License-Identifier: Apache-2.0 */
/* base_date.c - days of the proleptic Gregorian calendar and instants, without the C library's idea
 * of time.
 *
 * Days are counted in eras of 400 years that begin on 1 March, so that the leap day is the last of
 * its year. */
#include "base/base_internal.h"

#define YEAR_MAX 999999999
#define DAYS_PER_ERA 146097
#define DAYS_TO_1970 719468 /* from 0000-03-01 */

static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static bool
is_leap(int32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int
tb_month_days(int32_t year, int month)
{
    static const int8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12)
        return 0;
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool
tb_date_is_valid(tb_date date)
{
    return date.year >= -YEAR_MAX && date.year <= YEAR_MAX && date.day >= 1 &&
           date.day <= tb_month_days(date.year, date.month);
}

int64_t
tb_date_to_days(tb_date date)
{
    int64_t year = (int64_t)date.year - (date.month <= 2);
    int64_t era = floor_div(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t month = (date.month + 9) % 12; /* 0 = March */
    int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
}

tb_date
tb_date_from_days(int64_t days)
{
    if (days < INT64_C(-400000000000) || days > INT64_C(400000000000))
        return (tb_date){0};
    int64_t shifted = days + DAYS_TO_1970;
    int64_t era = floor_div(shifted, DAYS_PER_ERA);
    int64_t day_of_era = shifted - era * DAYS_PER_ERA;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153; /* 0 = March */
    int64_t day = day_of_year - (153 * month + 2) / 5 + 1;
    int64_t year = year_of_era + era * 400 + (month >= 10);
    tb_date date = {(int32_t)year, (int8_t)(month < 10 ? month + 3 : month - 9), (int8_t)day};
    return tb_date_is_valid(date) ? date : (tb_date){0};
}

int
tb_date_weekday(tb_date date)
{
    int64_t days = tb_date_to_days(date) + 3; /* 1970-01-01 was a Thursday */
    return (int)(days - floor_div(days, 7) * 7) + 1;
}

int
tb_date_cmp(tb_date a, tb_date b)
{
    if (a.year != b.year)
        return a.year < b.year ? -1 : 1;
    if (a.month != b.month)
        return a.month < b.month ? -1 : 1;
    return a.day < b.day ? -1 : a.day > b.day;
}

tb_date
tb_date_add_days(tb_date date, int64_t days)
{
    int64_t sum;
    if (!tb_date_is_valid(date) || __builtin_add_overflow(tb_date_to_days(date), days, &sum))
        return (tb_date){0};
    return tb_date_from_days(sum);
}

tb_date
tb_date_add_months(tb_date date, int64_t months)
{
    int64_t sum;
    if (!tb_date_is_valid(date) ||
        __builtin_add_overflow((int64_t)date.year * 12 + date.month - 1, months, &sum))
        return (tb_date){0};
    int64_t year = floor_div(sum, 12);
    if (year < -YEAR_MAX || year > YEAR_MAX)
        return (tb_date){0};
    int month = (int)(sum - year * 12) + 1;
    int last = tb_month_days((int32_t)year, month);
    return (tb_date){(int32_t)year, (int8_t)month, (int8_t)(date.day < last ? date.day : last)};
}

/* Exactly count digits at *at. */
static bool
read_digits(tb_str text, size_t *at, int count, int32_t *ret_value)
{
    int32_t value = 0;
    for (int i = 0; i < count; i++) {
        if (*at >= text.len || text.ptr[*at] < '0' || text.ptr[*at] > '9')
            return false;
        value = value * 10 + (text.ptr[(*at)++] - '0');
    }
    *ret_value = value;
    return true;
}

static bool
read_char(tb_str text, size_t *at, char c)
{
    if (*at >= text.len || text.ptr[*at] != c)
        return false;
    (*at)++;
    return true;
}

bool
tb_date_parse(tb_str text, tb_date *ret_date)
{
    size_t at = 0;
    int32_t year, month, day;
    if (text.len != 10 || !read_digits(text, &at, 4, &year) || !read_char(text, &at, '-') ||
        !read_digits(text, &at, 2, &month) || !read_char(text, &at, '-') ||
        !read_digits(text, &at, 2, &day))
        return false;
    tb_date date = {year, (int8_t)month, (int8_t)day};
    if (!tb_date_is_valid(date))
        return false;
    *ret_date = date;
    return true;
}

tb_str
tb_date_format(struct tb_arena *arena, tb_date date)
{
    int32_t year = date.year < 0 ? -date.year : date.year;
    return tb_printf(arena, "%s%04d-%02d-%02d", date.year < 0 ? "-" : "", year, date.month,
                     date.day);
}

tb_date
tb_instant_day(int64_t instant_us)
{
    /* In whole seconds first: the offset must not overflow at the ends of int64. */
    int64_t seconds = floor_div(instant_us, TB_US_PER_SECOND) + TB_CHINA_OFFSET_SECONDS;
    return tb_date_from_days(floor_div(seconds, 86400));
}

int64_t
tb_day_start(tb_date date)
{
    int64_t days = tb_date_to_days(date), instant;
    tb_assert(!__builtin_mul_overflow(days, TB_US_PER_DAY, &instant));
    tb_assert(
        !__builtin_sub_overflow(instant, TB_CHINA_OFFSET_SECONDS * TB_US_PER_SECOND, &instant));
    return instant;
}

tb_str
tb_instant_format(struct tb_arena *arena, int64_t instant_us)
{
    int64_t seconds = floor_div(instant_us, TB_US_PER_SECOND) + TB_CHINA_OFFSET_SECONDS;
    int64_t days = floor_div(seconds, 86400);
    int of_day = (int)(seconds - days * 86400);
    tb_date date = tb_date_from_days(days);
    return tb_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02d+08:00", date.year, date.month, date.day,
                     of_day / 3600, of_day / 60 % 60, of_day % 60);
}

/* hh:mm, hh:mm:ss or hh:mm:ss.fraction as µs of the day; digits behind the sixth are dropped. */
static bool
read_time(tb_str text, size_t *at, int64_t *ret_us)
{
    int32_t hour, minute, second = 0, micro = 0;
    if (!read_digits(text, at, 2, &hour) || !read_char(text, at, ':') ||
        !read_digits(text, at, 2, &minute) || hour > 23 || minute > 59)
        return false;
    if (read_char(text, at, ':')) {
        if (!read_digits(text, at, 2, &second) || second > 59)
            return false;
        if (read_char(text, at, '.')) {
            int32_t digit, weight = 100000;
            if (!read_digits(text, at, 1, &digit))
                return false;
            do {
                micro += digit * weight;
                weight /= 10;
            } while (read_digits(text, at, 1, &digit));
        }
    }
    *ret_us = ((hour * 60 + minute) * INT64_C(60) + second) * TB_US_PER_SECOND + micro;
    return true;
}

/* Z, +hh:mm, -hh:mm, or nothing for China. */
static bool
read_offset(tb_str text, size_t *at, int64_t *ret_seconds)
{
    if (*at == text.len) {
        *ret_seconds = TB_CHINA_OFFSET_SECONDS;
        return true;
    }
    if (read_char(text, at, 'Z') || read_char(text, at, 'z')) {
        *ret_seconds = 0;
        return *at == text.len;
    }
    bool is_west = read_char(text, at, '-');
    int32_t hour, minute;
    if ((!is_west && !read_char(text, at, '+')) || !read_digits(text, at, 2, &hour) ||
        !read_char(text, at, ':') || !read_digits(text, at, 2, &minute) || hour > 23 || minute > 59)
        return false;
    int64_t seconds = hour * INT64_C(3600) + minute * 60;
    *ret_seconds = is_west ? -seconds : seconds;
    return *at == text.len;
}

bool
tb_instant_parse(tb_str text, int64_t *ret_instant_us)
{
    tb_date date;
    int64_t of_day, offset;
    size_t at = 10;
    if (!tb_date_parse(tb_str_sub(text, 0, 10), &date) ||
        !(read_char(text, &at, 'T') || read_char(text, &at, 't') || read_char(text, &at, ' ')) ||
        !read_time(text, &at, &of_day) || !read_offset(text, &at, &offset))
        return false;
    *ret_instant_us = tb_date_to_days(date) * TB_US_PER_DAY + of_day - offset * TB_US_PER_SECOND;
    return true;
}
