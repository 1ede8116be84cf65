/* SPDX-License-Identifier: Apache-2.0 */
#include "clock/clock.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct tb_arena *arena;

static void
periods_read_back_as_they_were_written(void **state)
{
    (void)state;
    static const char *const texts[] = {"20wd", "0wd",   "20d", "3mo",
                                        "2h",   "90min", "2wh", "100000d"};
    for (size_t i = 0; i < TB_COUNT(texts); i++) {
        struct clock_period period;
        assert_int_equal(clock_period_parse(tb_str_of(texts[i]), &period, NULL), TB_OK);
        assert_string_equal(clock_period_format(arena, period).ptr, texts[i]);
        assert_true(clock_unit_text(period.unit, true).len > 0);
        assert_true(clock_unit_text(period.unit, false).len > 0);
    }
}

static void
a_bad_period_is_told_what_would_be_good(void **state)
{
    (void)state;
    static const char *const texts[] = {"",    "wd",   "20",   "20 wd", "-1d",
                                        "+1d", "1.5d", "20WD", "20wdx", "100001d"};
    for (size_t i = 0; i < TB_COUNT(texts); i++) {
        struct clock_period period;
        struct tb_err err = {0};
        assert_int_equal(clock_period_parse(tb_str_of(texts[i]), &period, &err), TB_INVALID);
        assert_non_null(strstr(err.message, "20wd"));
    }
}

static void
an_instant_is_a_minute_in_china(void **state)
{
    (void)state;
    int64_t at = 0;
    assert_true(tb_instant_parse(TB_STR("2026-02-10T16:30:59Z"), &at));
    struct clock_when when = clock_when_of(at);
    assert_string_equal(tb_date_format(arena, when.day).ptr, "2026-02-11");
    assert_int_equal(when.minute, 30);
}

static void
words_lead_back_to_events(void **state)
{
    (void)state;
    for (int kind = 0; kind < CLOCK_EVENT_COUNT; kind++) {
        const char *word = clock_event_word((clock_event_kind)kind);
        assert_true(word != NULL && word[0] != '\0');
        assert_int_equal(clock_event_find(tb_str_of(word)), kind);
    }
    assert_int_equal(clock_event_find(TB_STR("survey")), CLOCK_EVENT_COUNT);
    for (int mark = 0; mark <= CLOCK_MARK_AFTER; mark++)
        assert_non_null(clock_mark_word((clock_mark)mark));
}

static void
every_rule_of_the_licensing_law_has_its_article(void **state)
{
    (void)state;
    struct clock_rules rules;
    clock_rules_licensing(&rules);
    const struct clock_limit *limits[] = {
        &rules.notice,       &rules.readings[0].limit, &rules.delivery,    &rules.hearing_ask,
        &rules.hearing_hold, &rules.hearing_notice,    &rules.renew_before};
    for (size_t i = 0; i < TB_COUNT(limits); i++) {
        assert_true(limits[i]->law.len > 0 && limits[i]->article.len > 0);
        assert_int_not_equal(limits[i]->period.unit, CLOCK_NO_UNIT);
    }
    assert_int_equal(rules.reason_count, 8);
    for (size_t i = 0; i < rules.reason_count; i++)
        assert_true(rules.reasons[i].key.len > 0 && rules.reasons[i].name_zh.len > 0 &&
                    rules.reasons[i].name_en.len > 0 && rules.reasons[i].article.len > 0);
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
        cmocka_unit_test(periods_read_back_as_they_were_written),
        cmocka_unit_test(a_bad_period_is_told_what_would_be_good),
        cmocka_unit_test(an_instant_is_a_minute_in_china),
        cmocka_unit_test(words_lead_back_to_events),
        cmocka_unit_test(every_rule_of_the_licensing_law_has_its_article),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
