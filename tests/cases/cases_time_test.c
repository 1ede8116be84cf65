/* SPDX-License-Identifier: Apache-2.0 */
/* What time does: acceptance by silence, renewal by silence, suspension for listed reasons only,
 * one extension; that a
 * reading after the moment shows it though nobody wrote it down, and that what is written later
 * bears the lawful date. */
#include "cases_health.h"

#define HEAD "91511602MA620001"

static void
silence_of_five_days_accepts_from_the_day_of_receipt(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD); /* Monday 2026-03-02 */
    world_set_time("2026-03-09T23:59");
    const struct tb_json *out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_false(tb_json_is_true(tb_json_path(out, "clock.is_deemed_accepted")));
    world_set_time("2026-03-10T00:01");
    out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}",
                   no); /* nothing has run meanwhile */
    assert_true(tb_json_is_true(tb_json_path(out, "clock.is_deemed_accepted")));
    assert_string_equal(world_text(out, "clock.started"), "2026-03-02");
    assert_int_equal(
        world_call(WORLD_CLERK, "cases.deficiency",
                   "{\"no\":\"%s\",\"lines\":[{\"material\":\"safety-rules\",\"what\":\"缺\"}]}",
                   no),
        409);
    assert_true(world_has_fault("", "deemed_accepted"));

    world_set_time("2026-03-12T08:00"); /* the server was down for two days */
    world_tick();
    out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_string_equal(world_text(out, "state"), "open");
    assert_string_equal(world_text(out, "clock.started"), "2026-03-02");
    const struct tb_json *timeline = tb_json_get(out, "timeline"), *deemed = NULL;
    TB_JSON_EACH(event, timeline)
    {
        if (tb_str_is(tb_json_get_text(event, "kind"), "deemed_accepted"))
            deemed = event;
    }
    assert_non_null(deemed);
    assert_true(tb_str_starts(tb_json_get_text(deemed, "at"), TB_STR("2026-03-10T00:00")));
    assert_true(tb_str_starts(tb_json_get_text(deemed, "recorded_at"), TB_STR("2026-03-12T08:00")));
    world_complete(WORLD_REVIEWER, no, "review", "pass");
}

static void
a_renewal_not_decided_before_the_permit_ends_counts_as_granted(void **state)
{
    (void)state;
    const char *mark = health_mark(health_by_pledge());
    const struct tb_json *out =
        WORLD_DO(WORLD_NOBODY, "certificates.get", "{\"mark\":\"%s\"}", mark);
    const char *number = world_text(out, "number");
    assert_string_equal(world_text(out, "expires"), "2030-03-01");
    world_set_time("2030-02-12T10:00"); /* 17 days before: late, but received */
    const char *no = health_renew(number, "2030-03-01");
    world_accept(no);
    world_set_time("2030-03-02T00:01");
    out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_true(tb_json_is_true(tb_json_path(out, "clock.is_deemed_renewed")));
    world_set_time("2030-03-02T09:00");
    world_tick();
    out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_string_equal(world_text(out, "state"), "closed");
    assert_string_equal(world_text(out, "decision.outcome"), "renewed");
    const char *next = world_text(out, "certificate.mark");
    out = WORLD_DO(WORLD_NOBODY, "certificates.get", "{\"mark\":\"%s\"}", next);
    assert_string_equal(world_text(out, "expires"), "2034-03-01");
    assert_string_equal(world_text(out, "number"), number);
    assert_string_equal(world_text(out, "previous"), mark);
    out = WORLD_DO(WORLD_NOBODY, "certificates.get", "{\"mark\":\"%s\"}", mark);
    assert_string_equal(world_text(out, "state"), "void");
    assert_string_equal(world_text(out, "next"), next);
}

static void
only_a_listed_reason_stops_the_clock(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    assert_int_equal(world_call(WORLD_HEAD, "cases.suspend",
                                "{\"no\":\"%s\",\"reason\":\"testing\",\"told_days\":3}", no),
                     409);
    world_accept(no);
    const struct tb_json *out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_string_equal(world_text(out, "clock.due"),
                        "2026-03-23"); /* 20 natural days end on a Sunday: the Monday */
    assert_string_equal(world_text(out, "clock.promised_due"), "2026-03-09");
    assert_int_equal(world_call(WORLD_HEAD, "cases.suspend",
                                "{\"no\":\"%s\",\"reason\":\"survey\",\"told_days\":3}", no),
                     422);
    assert_int_equal(world_call(WORLD_REVIEWER, "cases.suspend",
                                "{\"no\":\"%s\",\"reason\":\"testing\",\"told_days\":3}", no),
                     403);
    world_set_time("2026-03-03T10:00");
    WORLD_DO(WORLD_HEAD, "cases.suspend", "{\"no\":\"%s\",\"reason\":\"testing\",\"told_days\":3}",
             no);
    assert_int_equal(world_call(WORLD_HEAD, "cases.suspend",
                                "{\"no\":\"%s\",\"reason\":\"testing\",\"told_days\":3}", no),
                     409);
    assert_int_equal(
        world_call(WORLD_APPLICANT, "cases.letter", "{\"no\":\"%s\",\"id\":\"suspension\"}", no),
        200);
    world_set_time("2026-03-06T10:00");
    WORLD_DO(WORLD_HEAD, "cases.resume", "{\"no\":\"%s\"}", no);
    out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_true(strcmp(world_text(out, "clock.promised_due"), "2026-03-09") > 0);
    assert_int_equal(tb_json_path(out, "clock.suspended")->count, 1);
}

static void
a_period_is_extended_once_by_the_head(void **state)
{
    (void)state;
    world_set_time("2026-03-02T09:30");
    const struct tb_json *out = WORLD_DO(
        WORLD_APPLICANT, "cases.file",
        "{\"item\":\"" HEALTH_NEW
        "\",\"answers\":" HEALTH_ANSWERS("ordinary") ",\"fields\":%s,\"materials\":%s}",
        health_fields(HEALTH_VENUE), health_papers(WORLD_APPLICANT, "drawings", "test-report"));
    const char *no = world_text(out, "no");
    out = world_accept(no);
    assert_string_equal(world_text(out, "due"), "2026-03-30"); /* 20 working days */
    assert_int_equal(world_call(WORLD_APPROVER, "cases.extend",
                                "{\"no\":\"%s\",\"days\":10,\"reason\":\"复杂\"}", no),
                     403);
    assert_int_equal(world_call(WORLD_HEAD, "cases.extend",
                                "{\"no\":\"%s\",\"days\":11,\"reason\":\"复杂\"}", no),
                     422);
    out = WORLD_DO(WORLD_HEAD, "cases.extend",
                   "{\"no\":\"%s\",\"days\":10,\"reason\":\"需要进一步核实\"}", no);
    assert_string_equal(world_text(out, "due"), "2026-04-14"); /* 清明 is off on 6 April */
    assert_int_equal(world_call(WORLD_HEAD, "cases.extend",
                                "{\"no\":\"%s\",\"days\":5,\"reason\":\"再延\"}", no),
                     409);
    assert_true(world_has_fault("days", "once"));
}

static void
a_number_in_the_form_does_for_the_report(void **state)
{
    (void)state;
    world_set_time("2026-03-02T09:30");
    const char *papers = health_papers(WORLD_APPLICANT, "drawings", NULL);
    assert_int_equal(world_call(WORLD_APPLICANT, "cases.file",
                                "{\"item\":\"" HEALTH_NEW "\",\"answers\":" HEALTH_ANSWERS(
                                    "ordinary") ",\"fields\":%s,\"materials\":%s}",
                                health_fields(HEALTH_VENUE), papers),
                     422);
    assert_true(world_has_fault("materials.test-report", "missing"));
    WORLD_DO(WORLD_APPLICANT, "cases.file",
             "{\"item\":\"" HEALTH_NEW
             "\",\"answers\":" HEALTH_ANSWERS("ordinary") ",\"fields\":%s,\"materials\":%s}",
             health_fields(HEALTH_VENUE ",\"report_number\":\"川检2026-118\""), papers);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_stop)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(silence_of_five_days_accepts_from_the_day_of_receipt),
        TEST(a_renewal_not_decided_before_the_permit_ends_counts_as_granted),
        TEST(only_a_listed_reason_stops_the_clock),
        TEST(a_period_is_extended_once_by_the_head),
        TEST(a_number_in_the_form_does_for_the_report),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
