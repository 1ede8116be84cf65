/* SPDX-License-Identifier: Apache-2.0 */
#include "web/web_out_internal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

typedef tb_str (*format)(struct web__out *out, const struct tb_json *json);

struct row {
    format format;
    const char *json, *zh, *en;
};

/* clang-format off */
static const struct row rows[] = {
    {web__f_date,        "\"2026-11-02\"",                "2026年11月2日",              "2 November 2026"},
    {web__f_date,        "\"2026-11-02T23:59:59+08:00\"", "2026年11月2日",              "2 November 2026"},
    {web__f_date,        "\"2026-11-02T16:30:00Z\"",      "2026年11月3日",              "3 November 2026"},
    {web__f_date_week,   "\"2026-11-25\"",                "2026年11月25日（星期三）",     "Wednesday 25 November 2026"},
    {web__f_weekday,     "\"2026-11-22\"",                "星期日",                     "Sunday"},
    {web__f_day,         "\"2026-11-25\"",                "11月25日",                   "25 November"},
    {web__f_day,         "\"2027-01-05\"",                "2027年1月5日",               "5 January 2027"},
    {web__f_cell,        "\"2026-11-05\"",                "11/5",                      "11/5"},
    {web__f_time,        "\"2026-10-29T09:26:00+08:00\"", "09:26",                     "09:26"},
    {web__f_instant,     "\"2026-10-28T21:14:03+08:00\"", "2026年10月28日21:14",        "28 October 2026, 21:14"},
    {web__f_instant,     "\"2026-10-28\"",                "2026年10月28日",             "28 October 2026"},
    {web__f_money,       "125000",                        "1,250元",                   "CNY 1,250"},
    {web__f_money,       "125050",                        "1,250.50元",                "CNY 1,250.50"},
    {web__f_money,       "0",                             "不收费",                     "No fee"},
    {web__f_money_table, "125000",                        "1,250.00元",                "CNY 1,250.00"},
    {web__f_number,      "1284",                          "1,284",                     "1,284"},
    {web__f_number,      "1234567",                       "1,234,567",                 "1,234,567"},
    {web__f_number,      "123",                           "123",                       "123"},
    {web__f_percent,     "0.977",                         "97.7%",                     "97.7%"},
    {web__f_percent,     "0.0123",                        "1.23%",                     "1.23%"},
    {web__f_percent,     "1",                             "100%",                      "100%"},
    {web__f_bytes,       "3355443",                       "3.2\xc2\xa0MB",             "3.2\xc2\xa0MB"},
    {web__f_bytes,       "20480",                         "20\xc2\xa0KB",              "20\xc2\xa0KB"},
    {web__f_group4,      "\"92511602MA6B7K3X45\"",        "9251 1602 MA6B 7K3X 45",    "9251 1602 MA6B 7K3X 45"},
    {web__f_tail4,       "\"511602199001010026\"",        "****0026",                  "****0026"},
    {web__f_count,       "[1,2,3]",                       "3",                         "3"},
    {web__f_minutes,     "372",                           "6分12秒",                    "6 min 12 s"},
    {web__f_hours,       "\"09:00-12:00,13:00-17:00\"",  "9:00—12:00，13:00—17:00",   "9:00–12:00, 13:00–17:00"},
    {web__f_date,        "\"later\"",                     "later",                     "later"},
    {web__f_money,       "null",                          "",                          ""},
};
/* clang-format on */

static void
formats_follow_chinese_and_english_typography(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        struct tb_json *json;
        assert_int_equal(tb_json_parse(arena, tb_str_of(rows[i].json), &json, NULL), TB_OK);
        for (int lang = WEB_ZH; lang < WEB_LANG_COUNT; lang++) {
            struct web__out out = {
                .buf = {.arena = arena}, .lang = (web__lang)lang, .today = {2026, 11, 22}};
            tb_str text = rows[i].format(&out, json);
            assert_string_equal(tb_cstr(arena, text), lang == WEB_ZH ? rows[i].zh : rows[i].en);
        }
    }
    tb_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_follow_chinese_and_english_typography)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
