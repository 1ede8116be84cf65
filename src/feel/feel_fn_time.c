/* SPDX-License-Identifier: Apache-2.0 */
/* feel_fn_time.c - conversions to temporal values (clause 10.3.4.1), calendar functions (10.3.4.11), now and today. */
#include "feel/feel_internal.h"

static const struct feel_host *
host_of(struct feel__builtin_call *call)
{
    const struct feel_host *host = call->frame->vm->host;
    if (host == NULL && call->frame->expr->scope != NULL)
        host = call->frame->expr->scope->host;
    return host;
}

static void
bad_literal(struct feel__builtin_call *call)
{
    feel__fail(call, "bad_literal", "这不是一个日期、时间或期间",
               "this is no date, time or duration");
}

/* A whole number in low … high. */
static bool
whole(const struct feel_value *value, int64_t low, int64_t high, int64_t *ret)
{
    return value->kind == FEEL_NUMBER && tb_dec_to_int(value->u.number, ret) && *ret >= low &&
           *ret <= high;
}

static void
give(struct feel__builtin_call *call, feel_kind kind, const struct feel_moment *moment)
{
    *call->ret = (struct feel_value){.kind = (uint8_t)kind, .u.moment = *moment};
}

void
feel__fn_date(struct feel__builtin_call *call)
{
    const struct feel_value *from = &call->args[0];
    struct feel_moment m = {0};
    if (from->kind == FEEL_DATE || from->kind == FEEL_DATE_TIME)
        m.date = from->u.moment.date;
    else if (from->kind != FEEL_STRING || !feel__parse_date(from->u.string, &m)) {
        bad_literal(call);
        return;
    }
    give(call, FEEL_DATE, &m);
}

static bool
day_of(const struct feel_value args[3], tb_date *ret)
{
    int64_t year, month, day;
    if (!whole(&args[0], -999999999, 999999999, &year) || !whole(&args[1], 1, 12, &month) ||
        !whole(&args[2], 1, 31, &day))
        return false;
    *ret = (tb_date){(int32_t)year, (int8_t)month, (int8_t)day};
    return tb_date_is_valid(*ret);
}

void
feel__fn_date3(struct feel__builtin_call *call)
{
    struct feel_moment m = {0};
    if (day_of(call->args, &m.date))
        give(call, FEEL_DATE, &m);
    else
        bad_literal(call);
}

/* Hour, minute, and second with its fraction. */
static bool
clock_of(const struct feel_value args[3], struct feel_moment *m)
{
    int64_t hour, minute, second, nano;
    tb_dec floor, rest;
    if (!whole(&args[0], 0, 23, &hour) || !whole(&args[1], 0, 59, &minute) ||
        args[2].kind != FEEL_NUMBER)
        return false;
    if (!tb_dec_round(args[2].u.number, 0, TB_ROUND_FLOOR, &floor) ||
        !tb_dec_to_int(floor, &second) || second < 0 || second > 59 ||
        !tb_dec_sub(args[2].u.number, floor, &rest) ||
        !tb_dec_mul(rest, tb_dec_of(1000000000), &rest) ||
        !tb_dec_round(rest, 0, TB_ROUND_DOWN, &rest) || !tb_dec_to_int(rest, &nano))
        return false;
    m->hour = (int8_t)hour;
    m->minute = (int8_t)minute;
    m->second = (int8_t)second;
    m->nano = (int32_t)nano;
    return true;
}

/* An offset as a duration, or a zone as its name; null is none. */
static bool
zone_of(struct feel__builtin_call *call, const struct feel_value *zone, struct feel_moment *m)
{
    if (zone->kind == FEEL_NULL)
        return true;
    if (zone->kind == FEEL_STRING) {
        tb_str text = zone->u.string;
        if (text.len > 0 && text.ptr[0] != 'Z' && text.ptr[0] != '+' && text.ptr[0] != '-')
            text = tb_printf(call->frame->vm->arena, "@" TB_FMT, TB_ARG(text));
        return feel__parse_zone(text, host_of(call), m);
    }
    if (zone->kind != FEEL_DAYS || zone->u.days.seconds < -64800 || zone->u.days.seconds > 64800)
        return false;
    m->zone_kind = FEEL_OFFSET;
    m->u.offset = (int32_t)zone->u.days.seconds;
    return true;
}

void
feel__fn_date_time(struct feel__builtin_call *call)
{
    const struct feel_value *from = &call->args[0];
    struct feel_moment m = {0};
    if (from->kind == FEEL_DATE_TIME)
        m = from->u.moment;
    else if (from->kind == FEEL_DATE) {
        m.date = from->u.moment.date;
        m.zone_kind = FEEL_OFFSET;
    } else if (from->kind != FEEL_STRING ||
               !feel__parse_date_time(from->u.string, host_of(call), &m)) {
        bad_literal(call);
        return;
    }
    give(call, FEEL_DATE_TIME, &m);
}

void
feel__fn_date_time2(struct feel__builtin_call *call)
{
    const struct feel_value *date = &call->args[0], *time = &call->args[1];
    struct feel_moment m = time->u.moment;
    if (date->kind == FEEL_TIME || time->kind != FEEL_TIME) {
        feel__fail(call, "wrong_argument", "要一个日期和一个时间",
                   "a date and a time are expected");
        return;
    }
    m.date = date->u.moment.date;
    give(call, FEEL_DATE_TIME, &m);
}

void
feel__fn_date_time7(struct feel__builtin_call *call)
{
    struct feel_moment m = {0};
    if (day_of(call->args, &m.date) && clock_of(call->args + 3, &m) &&
        zone_of(call, &call->args[6], &m))
        give(call, FEEL_DATE_TIME, &m);
    else
        bad_literal(call);
}

void
feel__fn_time(struct feel__builtin_call *call)
{
    const struct feel_value *from = &call->args[0];
    struct feel_moment m = {0};
    if (from->kind == FEEL_TIME || from->kind == FEEL_DATE_TIME)
        m = from->u.moment;
    else if (from->kind == FEEL_DATE)
        m.zone_kind = FEEL_OFFSET;
    else if (from->kind != FEEL_STRING || !feel__parse_time(from->u.string, host_of(call), &m)) {
        bad_literal(call);
        return;
    }
    m.date = (tb_date){0};
    give(call, FEEL_TIME, &m);
}

void
feel__fn_time4(struct feel__builtin_call *call)
{
    struct feel_moment m = {0};
    if (clock_of(call->args, &m) && zone_of(call, &call->args[3], &m))
        give(call, FEEL_TIME, &m);
    else
        bad_literal(call);
}

void
feel__fn_duration(struct feel__builtin_call *call)
{
    const struct feel_value *from = &call->args[0];
    if (from->kind == FEEL_DAYS || from->kind == FEEL_MONTHS)
        *call->ret = *from;
    else if (from->kind != FEEL_STRING || !feel__parse_duration(from->u.string, call->ret))
        bad_literal(call);
}

void
feel__fn_ym_duration(struct feel__builtin_call *call)
{
    const struct feel_value *from = &call->args[0], *to = &call->args[1];
    if (from->kind == FEEL_TIME || to->kind == FEEL_TIME) {
        feel__fail(call, "wrong_argument", "要两个日期", "two dates are expected");
        return;
    }
    tb_date a = from->u.moment.date, b = to->u.moment.date;
    int64_t months = ((int64_t)b.year - a.year) * 12 + b.month - a.month;
    if (months > 0 && b.day < a.day)
        months--;
    else if (months < 0 && b.day > a.day)
        months++;
    *call->ret = (struct feel_value){.kind = FEEL_MONTHS, .u.months = months};
}

/* ---- the present ------------------------------------------------------------------------------------------------- */

static void
present(struct feel__builtin_call *call, feel_kind kind)
{
    const struct feel_host *host = host_of(call);
    struct feel_moment m = {0};
    if (host == NULL || !host->has_now) {
        feel__fail(call, "no_clock", "这次计算没有给出现在的时间",
                   "this evaluation was not told what time it is");
        return;
    }
    int64_t us = host->now_us % TB_US_PER_SECOND;
    int64_t seconds = host->now_us / TB_US_PER_SECOND;
    if (us < 0) {
        us += TB_US_PER_SECOND;
        seconds--;
    }
    feel__moment_set(&m, seconds + host->now_offset, (int32_t)us * 1000);
    m.zone_kind = FEEL_OFFSET;
    m.u.offset = host->now_offset;
    if (kind == FEEL_DATE)
        m = (struct feel_moment){.date = m.date};
    give(call, kind, &m);
}

void
feel__fn_now(struct feel__builtin_call *call)
{
    present(call, FEEL_DATE_TIME);
}

void
feel__fn_today(struct feel__builtin_call *call)
{
    present(call, FEEL_DATE);
}

/* ---- the calendar ------------------------------------------------------------------------------------------------ */

static bool
day_argument(struct feel__builtin_call *call, tb_date *ret)
{
    if (call->args[0].kind == FEEL_TIME) {
        feel__fail(call, "wrong_argument", "要一个日期", "a date is expected");
        return false;
    }
    *ret = call->args[0].u.moment.date;
    return true;
}

static int64_t
day_of_year(tb_date date)
{
    return tb_date_to_days(date) - tb_date_to_days((tb_date){date.year, 1, 1}) + 1;
}

void
feel__fn_day_of_year(struct feel__builtin_call *call)
{
    tb_date date;
    if (day_argument(call, &date))
        *call->ret = feel_integer(day_of_year(date));
}

void
feel__fn_day_of_week(struct feel__builtin_call *call)
{
    static const char *const names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday"};
    tb_date date;
    if (day_argument(call, &date))
        *call->ret = feel_string(tb_str_of(names[tb_date_weekday(date) - 1]));
}

void
feel__fn_month_of_year(struct feel__builtin_call *call)
{
    static const char *const names[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
    tb_date date;
    if (day_argument(call, &date))
        *call->ret = feel_string(tb_str_of(names[date.month - 1]));
}

/* ISO 8601: the week that holds the year's first Thursday is week 1. */
void
feel__fn_week_of_year(struct feel__builtin_call *call)
{
    tb_date date;
    if (!day_argument(call, &date))
        return;
    int64_t thursday = tb_date_to_days(date) - tb_date_weekday(date) + 4;
    *call->ret = feel_integer((day_of_year(tb_date_from_days(thursday)) - 1) / 7 + 1);
}

void
feel__fn_is(struct feel__builtin_call *call)
{
    feel__set_boolean(call->ret, feel__identical(&call->args[0], &call->args[1]));
}
