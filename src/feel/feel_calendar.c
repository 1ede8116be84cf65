/* SPDX-License-Identifier: Apache-2.0 */
/* feel_calendar.c - arithmetic and properties of days, times and durations (clauses 10.3.2.3 and 10.3.2.15).
 *
 * A moment with an offset or a zone stands for an instant; one without stands for what a clock on the wall shows. The
 * two are never mixed: comparing or subtracting them gives null. */
#include "feel/feel_internal.h"
#include <stdlib.h>

#define NANOS INT64_C(1000000000)
#define YEAR_MAX 999999999

int64_t
feel__local_seconds(const struct feel_moment *m)
{
    int64_t days = m->date.month != 0 ? tb_date_to_days(m->date) : 0;
    return days * FEEL__DAY_SECONDS + m->hour * 3600 + m->minute * 60 + m->second;
}

int32_t
feel__offset(const struct feel_moment *m)
{
    if (m->zone_kind == FEEL_OFFSET)
        return m->u.offset;
    if (m->zone_kind == FEEL_ZONED)
        return feel__zone_offset_local(m->u.zone, feel__local_seconds(m));
    return 0;
}

int64_t
feel__utc_seconds(const struct feel_moment *m)
{
    return feel__local_seconds(m) - feel__offset(m);
}

bool
feel__has_zone(const struct feel_moment *m)
{
    return m->zone_kind != FEEL_LOCAL;
}

bool
feel__same_zoning(const struct feel_moment *a, const struct feel_moment *b)
{
    return feel__has_zone(a) == feel__has_zone(b);
}

static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

bool
feel__moment_set(struct feel_moment *m, int64_t local, int32_t nano)
{
    int64_t days = floor_div(local, FEEL__DAY_SECONDS);
    int64_t rest = local - days * FEEL__DAY_SECONDS;
    static const tb_date first = {-YEAR_MAX, 1, 1}, last = {YEAR_MAX, 12, 31};
    if (days < tb_date_to_days(first) || days > tb_date_to_days(last))
        return false;
    m->date = tb_date_from_days(days);
    m->hour = (int8_t)(rest / 3600);
    m->minute = (int8_t)(rest / 60 % 60);
    m->second = (int8_t)(rest % 60);
    m->nano = nano;
    return true;
}

struct feel_value
feel__days(int64_t seconds, int64_t nano)
{
    seconds += nano / NANOS;
    nano %= NANOS;
    if (seconds > 0 && nano < 0) {
        seconds--;
        nano += NANOS;
    } else if (seconds < 0 && nano > 0) {
        seconds++;
        nano -= NANOS;
    }
    return (struct feel_value){.kind = FEEL_DAYS, .u.days = {seconds, (int32_t)nano}};
}

/* ---- adding ------------------------------------------------------------------------------------------------------ */

static bool
date_fits(tb_date date, int64_t months)
{
    int64_t month = (int64_t)date.year * 12 + date.month - 1;
    if (__builtin_add_overflow(month, months, &month))
        return false;
    int64_t year = floor_div(month, 12);
    return year >= -YEAR_MAX && year <= YEAR_MAX;
}

static bool
moment_add_months(const struct feel_value *a, int64_t months, struct feel_value *ret)
{
    if (!date_fits(a->u.moment.date, months))
        return false;
    struct feel_value sum = *a;
    sum.u.moment.date = tb_date_add_months(a->u.moment.date, months);
    *ret = sum;
    return true;
}

/* seconds and nano of a moment plus those of a duration, with nano brought into 0 … 10^9-1. */
static bool
sum_seconds(int64_t seconds, int32_t nano, const struct feel_days *days, int64_t *ret_seconds,
            int32_t *ret_nano)
{
    int64_t sum;
    int32_t rest = nano + days->nano;
    if (__builtin_add_overflow(seconds, days->seconds, &sum))
        return false;
    if (rest < 0) {
        rest += (int32_t)NANOS;
        if (__builtin_sub_overflow(sum, 1, &sum))
            return false;
    } else if (rest >= NANOS) {
        rest -= (int32_t)NANOS;
        if (__builtin_add_overflow(sum, 1, &sum))
            return false;
    }
    *ret_seconds = sum;
    *ret_nano = rest;
    return true;
}

static bool
moment_add_days(const struct feel_value *a, const struct feel_days *days, struct feel_value *ret)
{
    struct feel_value sum = *a;
    int64_t seconds;
    int32_t nano;
    bool is_zoned = a->u.moment.zone_kind == FEEL_ZONED;
    int64_t from = is_zoned ? feel__utc_seconds(&a->u.moment) : feel__local_seconds(&a->u.moment);
    if (!sum_seconds(from, a->u.moment.nano, days, &seconds, &nano))
        return false;
    if (a->kind == FEEL_TIME) {
        if (is_zoned)
            seconds += feel__offset(&a->u.moment);
        seconds -= floor_div(seconds, FEEL__DAY_SECONDS) * FEEL__DAY_SECONDS;
    } else if (is_zoned) {
        seconds += feel__zone_offset_utc(a->u.moment.u.zone, seconds);
    }
    if (!feel__moment_set(&sum.u.moment, seconds, nano))
        return false;
    if (a->kind == FEEL_DATE)
        sum.u.moment = (struct feel_moment){.date = sum.u.moment.date};
    if (a->kind == FEEL_TIME)
        sum.u.moment.date = (tb_date){0};
    *ret = sum;
    return true;
}

static bool
is_moment(const struct feel_value *value)
{
    return value->kind == FEEL_DATE || value->kind == FEEL_TIME || value->kind == FEEL_DATE_TIME;
}

/* A date beside a date and time counts as its midnight in UTC (clause 10.3.2.3.6). */
static bool
subtract_moments(const struct feel_value *a, const struct feel_value *b, struct feel_value *ret)
{
    if ((a->kind == FEEL_TIME) != (b->kind == FEEL_TIME))
        return false;
    bool a_zoned = a->kind == FEEL_DATE ? b->kind == FEEL_DATE_TIME : feel__has_zone(&a->u.moment);
    bool b_zoned = b->kind == FEEL_DATE ? a->kind == FEEL_DATE_TIME : feel__has_zone(&b->u.moment);
    if (a_zoned != b_zoned)
        return false;
    *ret = feel__days(feel__utc_seconds(&a->u.moment) - feel__utc_seconds(&b->u.moment),
                      a->u.moment.nano - b->u.moment.nano);
    return true;
}

static bool
add_durations(const struct feel_value *a, const struct feel_value *b, bool is_minus,
              struct feel_value *ret)
{
    int64_t sum;
    if (a->kind == FEEL_MONTHS) {
        if (is_minus ? __builtin_sub_overflow(a->u.months, b->u.months, &sum)
                     : __builtin_add_overflow(a->u.months, b->u.months, &sum))
            return false;
        *ret = (struct feel_value){.kind = FEEL_MONTHS, .u.months = sum};
        return true;
    }
    if (is_minus ? __builtin_sub_overflow(a->u.days.seconds, b->u.days.seconds, &sum)
                 : __builtin_add_overflow(a->u.days.seconds, b->u.days.seconds, &sum))
        return false;
    int64_t nano = (int64_t)a->u.days.nano + (is_minus ? -b->u.days.nano : b->u.days.nano);
    *ret = feel__days(sum, nano);
    return true;
}

bool
feel__temporal_add(const struct feel_value *a, const struct feel_value *b, bool is_minus,
                   struct feel_value *ret)
{
    bool b_is_duration = b->kind == FEEL_DAYS || b->kind == FEEL_MONTHS;
    if (is_moment(a) && is_moment(b))
        return is_minus && subtract_moments(a, b, ret);
    if (a->kind == b->kind && b_is_duration)
        return add_durations(a, b, is_minus, ret);
    if (!is_moment(a) && !is_minus && is_moment(b) &&
        (a->kind == FEEL_DAYS || a->kind == FEEL_MONTHS))
        return feel__temporal_add(b, a, false, ret);
    if (!is_moment(a) || !b_is_duration)
        return false;
    if (b->kind == FEEL_MONTHS) {
        int64_t months = b->u.months;
        if (a->kind == FEEL_TIME || (is_minus && months == INT64_MIN))
            return false;
        return moment_add_months(a, is_minus ? -months : months, ret);
    }
    struct feel_days days = b->u.days;
    if (is_minus) {
        if (days.seconds == INT64_MIN)
            return false;
        days = (struct feel_days){-days.seconds, -days.nano};
    }
    return moment_add_days(a, &days, ret);
}

/* ---- scaling ----------------------------------------------------------------------------------------------------- */

/* Seconds with their fraction as a number, and back. */
static bool
days_to_dec(const struct feel_days *days, tb_dec *ret)
{
    tb_dec nano;
    return tb_dec_div(tb_dec_of(days->nano), tb_dec_of(NANOS), &nano) &&
           tb_dec_add(tb_dec_of(days->seconds), nano, ret);
}

static bool
dec_to_days(tb_dec seconds, struct feel_value *ret)
{
    tb_dec whole, rest;
    int64_t s, n;
    if (!tb_dec_round(seconds, 0, TB_ROUND_DOWN, &whole) || !tb_dec_to_int(whole, &s) ||
        !tb_dec_sub(seconds, whole, &rest) || !tb_dec_mul(rest, tb_dec_of(NANOS), &rest) ||
        !tb_dec_round(rest, 0, TB_ROUND_DOWN, &rest) || !tb_dec_to_int(rest, &n))
        return false;
    *ret = feel__days(s, n);
    return true;
}

static bool
duration_to_dec(const struct feel_value *value, tb_dec *ret)
{
    if (value->kind == FEEL_NUMBER) {
        *ret = value->u.number;
        return true;
    }
    if (value->kind == FEEL_DAYS)
        return days_to_dec(&value->u.days, ret);
    *ret = tb_dec_of(value->u.months);
    return value->kind == FEEL_MONTHS;
}

bool
feel__temporal_scale(const struct feel_value *a, const struct feel_value *b, bool is_divide,
                     struct feel_value *ret)
{
    bool a_is_number = a->kind == FEEL_NUMBER, b_is_number = b->kind == FEEL_NUMBER;
    tb_dec left, right, scaled;
    if (!duration_to_dec(a, &left) || !duration_to_dec(b, &right))
        return false;
    if (is_divide && a->kind == b->kind) {
        if (!tb_dec_div(left, right, &scaled))
            return false;
        *ret = feel_number(scaled);
        return true;
    }
    if (a_is_number == b_is_number || (is_divide && a_is_number))
        return false;
    if (!(is_divide ? tb_dec_div(left, right, &scaled) : tb_dec_mul(left, right, &scaled)))
        return false;
    if ((a_is_number ? b : a)->kind == FEEL_DAYS)
        return dec_to_days(scaled, ret);
    int64_t months;
    if (!tb_dec_round(scaled, 0, TB_ROUND_DOWN, &scaled) || !tb_dec_to_int(scaled, &months))
        return false;
    *ret = (struct feel_value){.kind = FEEL_MONTHS, .u.months = months};
    return true;
}

/* ---- properties -------------------------------------------------------------------------------------------------- */

static bool
set_integer(struct feel_value *ret, int64_t value)
{
    *ret = feel_integer(value);
    return true;
}

static bool
duration_member(const struct feel_value *value, tb_str name, struct feel_value *ret)
{
    if (value->kind == FEEL_MONTHS) {
        if (tb_str_is(name, "years"))
            return set_integer(ret, value->u.months / 12);
        return tb_str_is(name, "months") && set_integer(ret, value->u.months % 12);
    }
    int64_t seconds = value->u.days.seconds;
    if (tb_str_is(name, "days"))
        return set_integer(ret, seconds / 86400);
    if (tb_str_is(name, "hours"))
        return set_integer(ret, seconds % 86400 / 3600);
    if (tb_str_is(name, "minutes"))
        return set_integer(ret, seconds % 3600 / 60);
    return tb_str_is(name, "seconds") && set_integer(ret, seconds % 60);
}

static bool
clock_member(const struct feel_moment *m, tb_str name, struct feel_value *ret)
{
    if (tb_str_is(name, "hour"))
        return set_integer(ret, m->hour);
    if (tb_str_is(name, "minute"))
        return set_integer(ret, m->minute);
    if (tb_str_is(name, "second"))
        return set_integer(ret, m->second);
    if (tb_str_is(name, "time offset")) {
        *ret = feel__has_zone(m) ? feel__days(feel__offset(m), 0) : feel_null();
        return true;
    }
    if (!tb_str_is(name, "timezone"))
        return false;
    *ret = m->zone_kind == FEEL_ZONED ? feel_string(feel__zone_name(m->u.zone)) : feel_null();
    return true;
}

bool
feel__temporal_member(const struct feel_value *value, tb_str name, struct tb_arena *arena,
                      struct feel_value *ret)
{
    (void)arena;
    if (value->kind == FEEL_DAYS || value->kind == FEEL_MONTHS)
        return duration_member(value, name, ret);
    const struct feel_moment *m = &value->u.moment;
    if (value->kind != FEEL_TIME) {
        if (tb_str_is(name, "year"))
            return set_integer(ret, m->date.year);
        if (tb_str_is(name, "month"))
            return set_integer(ret, m->date.month);
        if (tb_str_is(name, "day"))
            return set_integer(ret, m->date.day);
        if (tb_str_is(name, "weekday"))
            return set_integer(ret, tb_date_weekday(m->date));
    }
    return value->kind != FEEL_DATE && clock_member(m, name, ret);
}

bool
feel__identical(const struct feel_value *a, const struct feel_value *b)
{
    if (a->kind != b->kind || !is_moment(a))
        return feel__equal3(a, b) == 1;
    const struct feel_moment *x = &a->u.moment, *y = &b->u.moment;
    if (a->kind != FEEL_TIME && tb_date_cmp(x->date, y->date) != 0)
        return false;
    if (a->kind == FEEL_DATE)
        return true;
    if (x->hour != y->hour || x->minute != y->minute || x->second != y->second ||
        x->nano != y->nano || x->zone_kind != y->zone_kind)
        return false;
    if (x->zone_kind == FEEL_ZONED)
        return tb_str_eq(feel__zone_name(x->u.zone), feel__zone_name(y->u.zone));
    return x->zone_kind == FEEL_LOCAL || x->u.offset == y->u.offset;
}
