/* SPDX-License-Identifier: Apache-2.0 */
/* Formats: days, times, money and numbers as people read them, in Chinese and in English. The rules
 * are those of Chinese typography of the design (no leading zeros in dates, 24 hours, weekday when
 * somebody must act). */
#include "web/web_out_internal.h"
#include <string.h>

static const char *const weekdays_zh[] = {"一", "二", "三", "四", "五", "六", "日"};
static const char *const weekdays_en[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                          "Friday", "Saturday", "Sunday"};
static const char *const months_en[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};

/* The day in a text that is a day or an instant. */
static bool
read_day(const struct tb_json *json, tb_date *ret_date)
{
    tb_str text = tb_json_text(json);
    int64_t instant;
    if (tb_date_parse(text, ret_date))
        return true;
    if (!tb_instant_parse(text, &instant))
        return false;
    *ret_date = tb_instant_day(instant);
    return true;
}

static tb_str
day_text(struct web__out *out, tb_date date, bool has_year)
{
    if (out->lang == WEB_ZH)
        return has_year
                   ? tb_printf(out->buf.arena, "%d年%d月%d日", (int)date.year, date.month, date.day)
                   : tb_printf(out->buf.arena, "%d月%d日", date.month, date.day);
    const char *month = months_en[date.month - 1];
    return has_year ? tb_printf(out->buf.arena, "%d %s %d", date.day, month, (int)date.year)
                    : tb_printf(out->buf.arena, "%d %s", date.day, month);
}

tb_str
web__f_date(struct web__out *out, const struct tb_json *json)
{
    tb_date date;
    return read_day(json, &date) ? day_text(out, date, true) : web__text(out, json);
}

tb_str
web__f_date_week(struct web__out *out, const struct tb_json *json)
{
    tb_date date;
    if (!read_day(json, &date))
        return web__text(out, json);
    int weekday = tb_date_weekday(date) - 1;
    tb_str day = day_text(out, date, true);
    return out->lang == WEB_ZH
               ? tb_printf(out->buf.arena, TB_FMT "（星期%s）", TB_ARG(day), weekdays_zh[weekday])
               : tb_printf(out->buf.arena, "%s " TB_FMT, weekdays_en[weekday], TB_ARG(day));
}

tb_str
web__f_weekday(struct web__out *out, const struct tb_json *json)
{
    tb_date date;
    if (!read_day(json, &date))
        return web__text(out, json);
    int weekday = tb_date_weekday(date) - 1;
    return out->lang == WEB_ZH ? tb_printf(out->buf.arena, "星期%s", weekdays_zh[weekday])
                               : tb_str_of(weekdays_en[weekday]);
}

tb_str
web__f_day(struct web__out *out, const struct tb_json *json)
{
    tb_date date;
    return read_day(json, &date) ? day_text(out, date, date.year != out->today.year)
                                 : web__text(out, json);
}

tb_str
web__f_cell(struct web__out *out, const struct tb_json *json)
{
    tb_date date;
    return read_day(json, &date) ? tb_printf(out->buf.arena, "%d/%d", date.month, date.day)
                                 : web__text(out, json);
}

/* "09:26" of an instant, in China; absent when the text is a day only. */
static tb_str
clock_text(struct web__out *out, const struct tb_json *json)
{
    tb_str text = tb_json_text(json);
    tb_date date;
    int64_t instant;
    if (tb_date_parse(text, &date) || !tb_instant_parse(text, &instant))
        return TB_STR_NONE;
    int64_t minutes = (instant - tb_day_start(tb_instant_day(instant))) / (60 * TB_US_PER_SECOND);
    return tb_printf(out->buf.arena, "%02d:%02d", (int)(minutes / 60), (int)(minutes % 60));
}

tb_str
web__f_time(struct web__out *out, const struct tb_json *json)
{
    tb_str time = clock_text(out, json);
    return time.ptr != NULL ? time : web__text(out, json);
}

tb_str
web__f_instant(struct web__out *out, const struct tb_json *json)
{
    tb_str day = web__f_date(out, json), time = clock_text(out, json);
    const char *between = out->lang == WEB_ZH ? "" : ", ";
    return time.ptr != NULL
               ? tb_printf(out->buf.arena, TB_FMT "%s" TB_FMT, TB_ARG(day), between, TB_ARG(time))
               : day;
}

tb_str
web__f_iso(struct web__out *out, const struct tb_json *json)
{
    return web__text(out, json);
}

/* ---- numbers ---- */

/* Digits with a comma each three; text may have a sign and a fraction, which stay. */
static tb_str
with_thousands(struct web__out *out, tb_str text)
{
    struct tb_buf buf = {.arena = out->buf.arena};
    size_t at = text.len > 0 && text.ptr[0] == '-' ? 1 : 0, end = at;
    while (end < text.len && text.ptr[end] >= '0' && text.ptr[end] <= '9')
        end++;
    tb_buf_put(&buf, text.ptr, at);
    for (size_t i = at; i < end; i++) {
        if (i > at && (end - i) % 3 == 0)
            tb_buf_char(&buf, ',');
        tb_buf_char(&buf, text.ptr[i]);
    }
    tb_buf_put(&buf, text.ptr + end, text.len - end);
    return tb_buf_done(&buf);
}

tb_str
web__f_number(struct web__out *out, const struct tb_json *json)
{
    tb_str text = web__text(out, json);
    return text.len > 0 ? with_thousands(out, text) : text;
}

static tb_str
yuan(struct web__out *out, int64_t fen, bool has_fen)
{
    tb_str whole = with_thousands(out, tb_printf(out->buf.arena, "%lld", (long long)(fen / 100)));
    int rest = (int)(fen % 100 < 0 ? -(fen % 100) : fen % 100);
    const char *format = out->lang == WEB_ZH ? TB_FMT "%s元" : "CNY " TB_FMT "%s";
    tb_str cents = has_fen || rest != 0 ? tb_printf(out->buf.arena, ".%02d", rest) : TB_STR("");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    return tb_printf(out->buf.arena, format, TB_ARG(whole), cents.ptr);
#pragma GCC diagnostic pop
}

tb_str
web__f_money(struct web__out *out, const struct tb_json *json)
{
    int64_t fen;
    if (!tb_json_to_int(json, &fen))
        return web__text(out, json);
    return fen == 0 ? web__sentence(out, WEB_T_format_free, NULL) : yuan(out, fen, false);
}

tb_str
web__f_money_table(struct web__out *out, const struct tb_json *json)
{
    int64_t fen;
    return tb_json_to_int(json, &fen) ? yuan(out, fen, true) : web__text(out, json);
}

/* A share of one, 0 to 1. */
tb_str
web__f_percent(struct web__out *out, const struct tb_json *json)
{
    tb_dec share, percent;
    if (!tb_dec_parse(web__text(out, json), &share) || !tb_dec_mul(share, tb_dec_of(100), &percent))
        return web__text(out, json);
    bool is_small = tb_dec_cmp(percent, tb_dec_of(2)) < 0 && tb_dec_sign(percent) > 0;
    if (!tb_dec_round(percent, is_small ? 2 : 1, TB_ROUND_HALF_UP, &percent))
        return web__text(out, json);
    if (tb_dec_cmp(percent, tb_dec_of(100)) == 0)
        return TB_STR("100%");
    return tb_printf(out->buf.arena, TB_FMT "%%", TB_ARG(tb_dec_format(out->buf.arena, percent)));
}

tb_str
web__f_bytes(struct web__out *out, const struct tb_json *json)
{
    int64_t bytes;
    if (!tb_json_to_int(json, &bytes))
        return web__text(out, json);
    if (bytes < 1024)
        return tb_printf(out->buf.arena,
                         "%lld\xc2\xa0"
                         "B",
                         (long long)bytes);
    if (bytes < 1000 * 1024)
        return tb_printf(out->buf.arena, "%lld\xc2\xa0KB", (long long)((bytes + 512) / 1024));
    int64_t tenths = (bytes * 10 + (1 << 19)) >> 20;
    return tb_printf(out->buf.arena, "%lld.%lld\xc2\xa0MB", (long long)(tenths / 10),
                     (long long)(tenths % 10));
}

tb_str
web__f_group4(struct web__out *out, const struct tb_json *json)
{
    tb_str text = web__text(out, json);
    struct tb_buf buf = {.arena = out->buf.arena};
    for (size_t i = 0; i < text.len; i++) {
        if (i > 0 && i % 4 == 0)
            tb_buf_char(&buf, ' ');
        tb_buf_char(&buf, text.ptr[i]);
    }
    return tb_buf_done(&buf);
}

tb_str
web__f_tail4(struct web__out *out, const struct tb_json *json)
{
    tb_str text = web__text(out, json);
    return tb_printf(out->buf.arena, "****" TB_FMT,
                     TB_ARG(tb_str_sub(text, text.len > 4 ? text.len - 4 : 0, 4)));
}

tb_str
web__f_count(struct web__out *out, const struct tb_json *json)
{
    return tb_printf(out->buf.arena, "%u", json != NULL ? json->count : 0);
}

tb_str
web__f_json(struct web__out *out, const struct tb_json *json)
{
    struct tb_buf buf = {.arena = out->buf.arena};
    if (json != NULL)
        tb_json_write(&buf, json);
    return tb_buf_done(&buf);
}

tb_str
web__f_text(struct web__out *out, const struct tb_json *json)
{
    return web__text(out, json);
}

/* "09:00-12:00,13:00-17:00" as people read it; a text that is no such range stays. */
tb_str
web__f_hours(struct web__out *out, const struct tb_json *json)
{
    tb_str text = web__text(out, json);
    struct tb_buf buf = {.arena = out->buf.arena};
    bool is_start = true;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (is_start && c == '0' && i + 1 < text.len && text.ptr[i + 1] != ':') {
            is_start = false;
            continue;
        }
        is_start = c == '-' || c == ',';
        if (c == '-')
            tb_buf_cstr(&buf, out->lang == WEB_ZH ? "—" : "–");
        else if (c == ',')
            tb_buf_cstr(&buf, out->lang == WEB_ZH ? "，" : ", ");
        else
            tb_buf_char(&buf, c);
    }
    return tb_buf_done(&buf);
}

tb_str
web__f_minutes(struct web__out *out, const struct tb_json *json)
{
    int64_t seconds;
    if (!tb_json_to_int(json, &seconds))
        return web__text(out, json);
    return tb_printf(out->buf.arena, out->lang == WEB_ZH ? "%d分%d秒" : "%d min %d s",
                     (int)(seconds / 60), (int)(seconds % 60));
}
