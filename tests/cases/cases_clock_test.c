/* SPDX-License-Identifier: Apache-2.0 */
/* From the rows of a pack to the rules of the clock. */
#include "cases/cases_internal.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct tb_arena *arena;

static const struct packs_period periods[] = {
    {.law = {"道路运输条例", 18}, .article = {"24(2)", 5}, .moves_on_holiday = {"yes", 3}},
    {.law = {"某条例", 9},
     .article = {"7", 1},
     .extension = {"5d:government_head", 18},
     .moves_on_holiday = {"no", 2}},
};

static struct clock_rules
rules_of(const char *statutory, const char *clause, const char *promised, const char *extra)
{
    struct packs_pack pack = {.periods = periods, .periods_count = TB_COUNT(periods)};
    struct packs_item item = {.statutory = tb_str_of(statutory),
                              .statutory_clause = tb_str_of(clause),
                              .promised = tb_str_of(promised)};
    struct tb_json *json = NULL;
    struct clock_rules rules;
    struct tb_err err = {0};
    assert_int_equal(tb_json_parse(arena, tb_str_of(extra), &json, NULL), TB_OK);
    if (cases__rules(arena, &pack, &item, json, &rules, &err) != TB_OK)
        fail_msg("%s", err.message);
    return rules;
}

static void
both_readings_of_a_disputed_period_are_carried(void **state)
{
    (void)state;
    struct clock_rules rules = rules_of("20d|20wd", "道路运输条例#24(2)", "5wd", "{}");
    assert_int_equal(rules.reading_count, 2);
    assert_int_equal(rules.readings[0].limit.period.unit, CLOCK_D);
    assert_int_equal(rules.readings[1].limit.period.unit, CLOCK_WD);
    assert_true(tb_str_is(rules.readings[1].limit.article, "24(2)"));
    assert_int_equal(rules.readings[0].extension.period.unit, CLOCK_NO_UNIT);
    assert_false(rules.readings[0].limit.period.stays);
    assert_int_equal(rules.promised.period.n, 5);
}

static void
the_licensing_law_has_its_extension(void **state)
{
    (void)state;
    struct clock_rules rules = rules_of("20wd", "行政许可法#42(1)", "now", "{}");
    assert_int_equal(rules.readings[0].extension.period.n, 10);
    assert_true(tb_str_is(rules.readings[0].extended_by, "agency_head"));
    assert_int_equal(rules.promised.period.n, 0);
    assert_false(rules.is_renewal);
}

static void
a_row_of_the_law_decides_on_days_off_and_extension(void **state)
{
    (void)state;
    struct clock_rules rules = rules_of("15d", "某条例#7", "", "{}");
    assert_true(rules.readings[0].limit.period.stays);
    assert_int_equal(rules.readings[0].extension.period.n, 5);
    assert_true(tb_str_is(rules.readings[0].extended_by, "government_head"));
    assert_int_equal(rules.promised.period.unit, CLOCK_NO_UNIT);
}

static void
a_renewal_knows_when_its_permit_ends(void **state)
{
    (void)state;
    struct clock_rules rules = rules_of("expiry|20wd", "行政许可法#50|行政许可法#42(1)", "5wd",
                                        "{\"permit_expires\":\"2026-08-31\"}");
    assert_true(rules.is_renewal);
    assert_int_equal(rules.permit_expires.day, 31);
    assert_int_equal(rules.reading_count, 1);
    assert_true(tb_str_is(rules.readings[0].limit.article, "42(1)"));
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
        cmocka_unit_test(both_readings_of_a_disputed_period_are_carried),
        cmocka_unit_test(the_licensing_law_has_its_extension),
        cmocka_unit_test(a_row_of_the_law_decides_on_days_off_and_extension),
        cmocka_unit_test(a_renewal_knows_when_its_permit_ends),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
