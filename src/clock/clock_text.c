/* SPDX-License-Identifier: Apache-2.0 */
/* clock_text.c - periods, moments and opening hours as people write them, read and written. */
#include "clock/clock_internal.h"
#include <inttypes.h>

struct unit_row {
    const char *key, *zh, *en;
};

/* clang-format off */
static const struct unit_row units[] = {
    [CLOCK_NO_UNIT] = {"",    "",         ""},
    [CLOCK_WD]      = {"wd",  "个工作日", "working days"},
    [CLOCK_D]       = {"d",   "日",       "days"},
    [CLOCK_MO]      = {"mo",  "个月",     "months"},
    [CLOCK_H]       = {"h",   "小时",     "hours"},
    [CLOCK_MIN]     = {"min", "分钟",     "minutes"},
    [CLOCK_WH]      = {"wh",  "个工作小时", "office hours"},
};
/* clang-format on */

tb_str
clock_unit_text(clock_unit unit, bool is_chinese)
{
    return tb_str_of(is_chinese ? units[unit].zh : units[unit].en);
}

tb_status
clock_period_parse(tb_str text, struct clock_period *ret_period, struct tb_err *err)
{
    size_t digits = 0;
    while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
        digits++;
    tb_str unit = tb_str_sub(text, digits, text.len);
    int64_t n = 0;
    if (digits == 0 || !tb_str_to_int(tb_str_sub(text, 0, digits), &n) || n > CLOCK_PERIOD_MAX)
        return tb_fail(err, TB_INVALID,
                       "period \"" TB_FMT
                       "\": begin with a whole number from 0 to %d, such as 20wd",
                       TB_ARG(tb_str_sub(text, 0, 40)), CLOCK_PERIOD_MAX);
    for (size_t i = CLOCK_WD; i < TB_COUNT(units); i++) {
        if (!tb_str_is(unit, units[i].key))
            continue;
        *ret_period = (struct clock_period){.n = (int32_t)n, .unit = (clock_unit)i};
        return TB_OK;
    }
    return tb_fail(err, TB_INVALID,
                   "period \"" TB_FMT "\": the unit is wd, d, mo, h, min or wh, such as 20wd",
                   TB_ARG(tb_str_sub(text, 0, 40)));
}

tb_str
clock_period_format(struct tb_arena *arena, struct clock_period period)
{
    return tb_printf(arena, "%" PRId32 "%s", period.n, units[period.unit].key);
}

/* Two digits with a colon between: `09:30`, up to 23:59, or 24:00 where is_end. */
static bool
parse_minute(tb_str text, bool is_end, int16_t *ret_minute)
{
    int64_t hour = 0, minute = 0;
    if (text.len != 5 || text.ptr[2] != ':' || text.ptr[0] == '-' || text.ptr[3] == '-' ||
        !tb_str_to_int(tb_str_sub(text, 0, 2), &hour) ||
        !tb_str_to_int(tb_str_sub(text, 3, 2), &minute) || minute > 59)
        return false;
    int64_t all = hour * 60 + minute;
    if (all > 1440 || (all == 1440 && !is_end))
        return false;
    *ret_minute = (int16_t)all;
    return true;
}

tb_status
clock_when_parse(tb_str text, struct clock_when *ret_when, struct tb_err *err)
{
    struct clock_when when = {.minute = -1};
    tb_str day = tb_str_sub(text, 0, 10);
    bool is_good = (text.len == 10 || (text.len == 16 && text.ptr[10] == 'T')) &&
                   tb_date_parse(day, &when.day);
    if (is_good && text.len == 16)
        is_good = parse_minute(tb_str_sub(text, 11, 5), false, &when.minute);
    if (!is_good)
        return tb_fail(err, TB_INVALID,
                       "\"" TB_FMT "\" is no day or moment that exists: write 2026-02-10 or "
                       "2026-02-10T09:30",
                       TB_ARG(tb_str_sub(text, 0, 40)));
    *ret_when = when;
    return TB_OK;
}

struct clock_when
clock_when_of(int64_t instant_us)
{
    struct clock_when when = {.day = tb_instant_day(instant_us)};
    when.minute = (int16_t)((instant_us - tb_day_start(when.day)) / (60 * TB_US_PER_SECOND));
    return when;
}

tb_str
clock_due_format(struct tb_arena *arena, const struct clock_due *due)
{
    tb_str day = tb_date_format(arena, due->day);
    const char *mark = due->is_provisional ? " provisional" : "";
    if (due->minute < 0)
        return tb_printf(arena, TB_FMT "%s", TB_ARG(day), mark);
    return tb_printf(arena, TB_FMT "T%02d:%02d%s", TB_ARG(day), due->minute / 60, due->minute % 60,
                     mark);
}

tb_status
clock_hours_parse(tb_str text, struct clock_hours *ret_hours, struct tb_err *err)
{
    struct clock_hours hours = {.span_count = 0};
    tb_str rest = text, part;
    while (tb_str_cut(&rest, ',', &part)) {
        struct clock_span span;
        if (hours.span_count == CLOCK_SPANS_MAX)
            return tb_fail(err, TB_LIMIT, "opening hours: at most %d spans", CLOCK_SPANS_MAX);
        if (part.len != 11 || part.ptr[5] != '-' ||
            !parse_minute(tb_str_sub(part, 0, 5), false, &span.from) ||
            !parse_minute(tb_str_sub(part, 6, 5), true, &span.to) || span.from >= span.to)
            return tb_fail(err, TB_INVALID,
                           "opening hours \"" TB_FMT "\": write from-to, such as 09:00-12:00",
                           TB_ARG(tb_str_sub(part, 0, 40)));
        if (hours.span_count > 0 && hours.spans[hours.span_count - 1].to > span.from)
            return tb_fail(err, TB_INVALID, "opening hours \"" TB_FMT "\": give spans in order",
                           TB_ARG(part));
        hours.spans[hours.span_count++] = span;
    }
    if (hours.span_count == 0)
        return tb_fail(err, TB_INVALID, "opening hours: give at least one span, 09:00-12:00");
    *ret_hours = hours;
    return TB_OK;
}
