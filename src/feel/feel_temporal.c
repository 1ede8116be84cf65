/* SPDX-License-Identifier: Apache-2.0 */
/* feel_temporal.c - reading and writing days, times and durations (clause 10.3.4.1, XML Schema lexical forms). */
#include "feel/feel_internal.h"
#include <stdlib.h>

#define OFFSET_SECONDS_MAX (18 * 3600)

/* A cursor over a text. Every reader moves it behind what it read. */
struct cursor {
    const char *at, *end;
};

static struct cursor
cursor_of(tb_str text)
{
    return (struct cursor){text.ptr, text.ptr + text.len};
}

static bool
take(struct cursor *c, char wanted)
{
    if (c->at == c->end || *c->at != wanted)
        return false;
    c->at++;
    return true;
}

static size_t
digits_ahead(const struct cursor *c)
{
    size_t n = 0;
    while (c->at + n < c->end && c->at[n] >= '0' && c->at[n] <= '9')
        n++;
    return n;
}

/* Exactly count digits. */
static bool
digits(struct cursor *c, size_t count, int32_t *ret)
{
    if (digits_ahead(c) < count)
        return false;
    int32_t value = 0;
    for (size_t i = 0; i < count; i++)
        value = value * 10 + (c->at[i] - '0');
    c->at += count;
    *ret = value;
    return true;
}

static bool
read_day(struct cursor *c, struct feel_moment *ret)
{
    int32_t year, month, day;
    bool is_negative = take(c, '-');
    size_t width = digits_ahead(c);
    if (width < 4 || width > 9 || (width > 4 && *c->at == '0'))
        return false;
    if (!digits(c, width, &year) || !take(c, '-') || !digits(c, 2, &month) || !take(c, '-') ||
        !digits(c, 2, &day))
        return false;
    tb_date date = {is_negative ? -year : year, (int8_t)month, (int8_t)day};
    if (!tb_date_is_valid(date))
        return false;
    ret->date = date;
    return true;
}

static bool
read_clock(struct cursor *c, struct feel_moment *ret)
{
    int32_t hour, minute, second;
    if (!digits(c, 2, &hour) || !take(c, ':') || !digits(c, 2, &minute) || !take(c, ':') ||
        !digits(c, 2, &second) || hour > 24 || minute > 59 || second > 59)
        return false;
    ret->hour = (int8_t)hour;
    ret->minute = (int8_t)minute;
    ret->second = (int8_t)second;
    ret->nano = 0;
    if (take(c, '.')) {
        size_t width = digits_ahead(c);
        if (width == 0)
            return false;
        int32_t nano = 0;
        for (size_t i = 0; i < 9; i++)
            nano = nano * 10 + (i < width ? c->at[i] - '0' : 0);
        ret->nano = nano;
        c->at += width;
    }
    return hour < 24 || (minute == 0 && second == 0 && ret->nano == 0);
}

/* 24:00:00 is the first moment of the next day. */
static void
wrap_midnight(struct feel_moment *moment)
{
    if (moment->hour == 24) {
        moment->hour = 0;
        if (moment->date.month != 0)
            moment->date = tb_date_add_days(moment->date, 1);
    }
}

static bool
read_offset(struct cursor *c, struct feel_moment *ret)
{
    int sign = *c->at == '-' ? -1 : 1;
    int32_t hours, minutes, seconds = 0;
    c->at++;
    if (!digits(c, 2, &hours) || !take(c, ':') || !digits(c, 2, &minutes))
        return false;
    if (take(c, ':') && !digits(c, 2, &seconds))
        return false;
    int32_t offset = hours * 3600 + minutes * 60 + seconds;
    if (minutes > 59 || seconds > 59 || offset > OFFSET_SECONDS_MAX)
        return false;
    ret->zone_kind = FEEL_OFFSET;
    ret->u.offset = sign * offset;
    return true;
}

/* All of the rest: nothing, Z, an offset, or @ and a name. */
static bool
read_zone(struct cursor *c, const struct feel_host *host, struct feel_moment *ret)
{
    ret->zone_kind = FEEL_LOCAL;
    ret->u.zone = NULL;
    if (c->at == c->end)
        return true;
    if (take(c, 'Z')) {
        ret->zone_kind = FEEL_OFFSET;
        ret->u.offset = 0;
        return c->at == c->end;
    }
    if (*c->at == '+' || *c->at == '-')
        return read_offset(c, ret) && c->at == c->end;
    if (!take(c, '@') || c->at == c->end || host == NULL || host->zone == NULL)
        return false;
    const struct feel_zone *zone =
        host->zone(host->context, (tb_str){c->at, (size_t)(c->end - c->at)});
    ret->zone_kind = FEEL_ZONED;
    ret->u.zone = zone;
    return zone != NULL;
}

bool
feel__parse_zone(tb_str text, const struct feel_host *host, struct feel_moment *ret)
{
    struct cursor c = cursor_of(text);
    return text.len > 0 && read_zone(&c, host, ret);
}

bool
feel__parse_date(tb_str text, struct feel_moment *ret)
{
    struct cursor c = cursor_of(text);
    struct feel_moment moment = {0};
    if (!read_day(&c, &moment) || c.at != c.end)
        return false;
    *ret = moment;
    return true;
}

bool
feel__parse_time(tb_str text, const struct feel_host *host, struct feel_moment *ret)
{
    struct cursor c = cursor_of(text);
    struct feel_moment moment = {0};
    if (!read_clock(&c, &moment) || !read_zone(&c, host, &moment))
        return false;
    wrap_midnight(&moment);
    *ret = moment;
    return true;
}

bool
feel__parse_date_time(tb_str text, const struct feel_host *host, struct feel_moment *ret)
{
    struct cursor c = cursor_of(text);
    struct feel_moment moment = {0};
    if (!read_day(&c, &moment))
        return false;
    if (c.at != c.end &&
        (!take(&c, 'T') || !read_clock(&c, &moment) || !read_zone(&c, host, &moment)))
        return false;
    wrap_midnight(&moment);
    *ret = moment;
    return true;
}

/* ---- durations --------------------------------------------------------------------------------------------------- */

/* digits and a letter out of letters; *ret_letter is its index. */
static bool
read_part(struct cursor *c, const char *letters, int from, int *ret_letter, int64_t *ret)
{
    size_t width = digits_ahead(c);
    int64_t value = 0;
    if (width == 0)
        return false;
    for (size_t i = 0; i < width; i++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, c->at[i] - '0', &value))
            return false;
    c->at += width;
    for (int i = from; letters[i] != '\0'; i++)
        if (c->at < c->end && *c->at == letters[i]) {
            c->at++;
            *ret_letter = i;
            *ret = value;
            return true;
        }
    return false;
}

static bool
read_months(struct cursor c, bool is_negative, struct feel_value *ret)
{
    int64_t months = 0, part;
    int letter = -1;
    while (c.at != c.end) {
        if (!read_part(&c, "YM", letter + 1, &letter, &part))
            return false;
        if (letter == 0 && __builtin_mul_overflow(part, 12, &part))
            return false;
        if (__builtin_add_overflow(months, part, &months))
            return false;
    }
    *ret = (struct feel_value){.kind = FEEL_MONTHS, .u.months = is_negative ? -months : months};
    return letter >= 0;
}

/* Seconds with a fraction, "1.5S": the digits before the point are read already when there is no point. */
static bool
read_fraction(struct cursor *c, int64_t *ret_seconds, int32_t *ret_nano)
{
    size_t width = digits_ahead(c);
    if (width == 0 || width > 18 || c->at + width >= c->end || c->at[width] != '.')
        return false;
    int64_t seconds = 0;
    for (size_t i = 0; i < width; i++)
        seconds = seconds * 10 + (c->at[i] - '0');
    c->at += width + 1;
    width = digits_ahead(c);
    if (width == 0)
        return false;
    int32_t nano = 0;
    for (size_t i = 0; i < 9; i++)
        nano = nano * 10 + (i < width ? c->at[i] - '0' : 0);
    c->at += width;
    *ret_seconds = seconds;
    *ret_nano = nano;
    return take(c, 'S');
}

static bool
add_parts(int64_t *seconds, int64_t part, int64_t unit)
{
    return !__builtin_mul_overflow(part, unit, &part) &&
           !__builtin_add_overflow(*seconds, part, seconds);
}

static bool
read_days(struct cursor c, bool is_negative, struct feel_value *ret)
{
    static const int64_t units[] = {3600, 60, 1};
    int64_t seconds = 0, part;
    int32_t nano = 0;
    int letter = -1;
    bool is_any = false;
    if (c.at != c.end && *c.at != 'T') {
        if (!read_part(&c, "D", 0, &letter, &part) || !add_parts(&seconds, part, FEEL__DAY_SECONDS))
            return false;
        is_any = true;
    }
    if (c.at != c.end) {
        if (!take(&c, 'T') || c.at == c.end)
            return false;
        letter = -1;
        while (c.at != c.end) {
            if (letter < 2 && read_fraction(&c, &part, &nano))
                letter = 2;
            else if (!read_part(&c, "HMS", letter + 1, &letter, &part))
                return false;
            if (!add_parts(&seconds, part, units[letter]))
                return false;
            is_any = true;
        }
    }
    *ret = feel__days(is_negative ? -seconds : seconds, is_negative ? -nano : nano);
    return is_any;
}

bool
feel__parse_duration(tb_str text, struct feel_value *ret)
{
    struct cursor c = cursor_of(text);
    bool is_negative = take(&c, '-');
    if (!take(&c, 'P') || c.at == c.end)
        return false;
    return read_months(c, is_negative, ret) || read_days(c, is_negative, ret);
}

bool
feel__parse_at(tb_str text, const struct feel_host *host, struct feel_value *ret)
{
    struct feel_value value = {0};
    if (feel__parse_date(text, &value.u.moment))
        value.kind = FEEL_DATE;
    else if (feel__parse_time(text, host, &value.u.moment))
        value.kind = FEEL_TIME;
    else if (feel__parse_date_time(text, host, &value.u.moment))
        value.kind = FEEL_DATE_TIME;
    else if (!feel__parse_duration(text, &value))
        return false;
    *ret = value;
    return true;
}

bool
feel_parse_temporal(struct tb_arena *arena, tb_str text, feel_kind kind,
                    const struct feel_host *host, struct feel_value *ret_value)
{
    (void)arena;
    struct feel_value value = {.kind = (uint8_t)kind};
    bool is_read = false;
    if (text.len == 0)
        return false;
    if (kind == FEEL_DATE)
        is_read = feel__parse_date(text, &value.u.moment);
    else if (kind == FEEL_TIME)
        is_read = feel__parse_time(text, host, &value.u.moment);
    else if (kind == FEEL_DATE_TIME)
        is_read = feel__parse_date_time(text, host, &value.u.moment);
    else if (kind == FEEL_DAYS || kind == FEEL_MONTHS)
        is_read = feel__parse_duration(text, &value) && value.kind == kind;
    if (is_read)
        *ret_value = value;
    return is_read;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static void
put_fraction(struct tb_buf *buf, int32_t nano)
{
    char text[16];
    int width = 9;
    if (nano == 0)
        return;
    for (; nano % 10 == 0; nano /= 10)
        width--;
    for (int i = width; i > 0; i--, nano /= 10)
        text[i] = (char)('0' + nano % 10);
    text[0] = '.';
    tb_buf_put(buf, text, (size_t)width + 1);
}

static void
put_zone(struct tb_buf *buf, const struct feel_moment *moment)
{
    if (moment->zone_kind == FEEL_ZONED) {
        tb_buf_char(buf, '@');
        tb_buf_str(buf, feel__zone_name(moment->u.zone));
    } else if (moment->zone_kind == FEEL_OFFSET && moment->u.offset == 0) {
        tb_buf_char(buf, 'Z');
    } else if (moment->zone_kind == FEEL_OFFSET) {
        int32_t offset = abs(moment->u.offset);
        tb_buf_printf(buf, "%c%02d:%02d", moment->u.offset < 0 ? '-' : '+', offset / 3600,
                      offset / 60 % 60);
        if (offset % 60 != 0)
            tb_buf_printf(buf, ":%02d", offset % 60);
    }
}

void
feel__format_moment(struct tb_buf *buf, const struct feel_value *value)
{
    const struct feel_moment *m = &value->u.moment;
    if (value->kind != FEEL_TIME)
        tb_buf_printf(buf, "%s%04d-%02d-%02d", m->date.year < 0 ? "-" : "", abs(m->date.year),
                      m->date.month, m->date.day);
    if (value->kind == FEEL_DATE)
        return;
    if (value->kind == FEEL_DATE_TIME)
        tb_buf_char(buf, 'T');
    tb_buf_printf(buf, "%02d:%02d:%02d", m->hour, m->minute, m->second);
    put_fraction(buf, m->nano);
    put_zone(buf, m);
}

static void
put_part(struct tb_buf *buf, uint64_t value, char letter)
{
    if (value == 0)
        return;
    tb_buf_printf(buf, "%llu", (unsigned long long)value);
    tb_buf_char(buf, letter);
}

static void
format_days(struct tb_buf *buf, const struct feel_days *days)
{
    uint64_t seconds = days->seconds < 0 ? 0 - (uint64_t)days->seconds : (uint64_t)days->seconds;
    int32_t nano = abs(days->nano);
    if (days->seconds < 0 || days->nano < 0)
        tb_buf_char(buf, '-');
    tb_buf_char(buf, 'P');
    put_part(buf, seconds / 86400, 'D');
    if (seconds % 86400 == 0 && nano == 0) {
        if (seconds == 0)
            tb_buf_cstr(buf, "T0S");
        return;
    }
    tb_buf_char(buf, 'T');
    put_part(buf, seconds % 86400 / 3600, 'H');
    put_part(buf, seconds % 3600 / 60, 'M');
    if (seconds % 60 != 0 || nano != 0) {
        tb_buf_printf(buf, "%llu", (unsigned long long)(seconds % 60));
        put_fraction(buf, nano);
        tb_buf_char(buf, 'S');
    }
}

void
feel__format_duration(struct tb_buf *buf, const struct feel_value *value)
{
    if (value->kind == FEEL_DAYS) {
        format_days(buf, &value->u.days);
        return;
    }
    int64_t months = value->u.months;
    uint64_t size = months < 0 ? 0 - (uint64_t)months : (uint64_t)months;
    tb_buf_cstr(buf, months < 0 ? "-P" : "P");
    put_part(buf, size / 12, 'Y');
    put_part(buf, size % 12, 'M');
    if (size == 0)
        tb_buf_cstr(buf, "0M");
}
