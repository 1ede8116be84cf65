/* SPDX-License-Identifier: Apache-2.0 */
/* The pledge (告知承诺, F5): chosen by the applicant, signed, never by an agent without express
 * authority, not open to bad
 * credit or excluded venues; decided, issued and handed to supervision on the spot; checked later; annulled only by
 * decision. */
#include "cases_health.h"

static void
a_pledge_gives_the_licence_on_the_spot_and_a_later_check(void **state)
{
    (void)state;
    const char *no = health_by_pledge();
    const struct tb_json *out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_string_equal(world_text(out, "state"), "decided");
    assert_string_equal(world_text(out, "decision.outcome"), "grant");
    const char *mark = world_text(out, "certificate.mark");
    out = WORLD_DO(WORLD_NOBODY, "certificates.get", "{\"mark\":\"%s\"}", mark);
    assert_string_equal(world_text(out, "state"), "valid");
    assert_string_equal(world_text(out, "way"), "pledge");
    assert_string_equal(world_text(out, "check_due"),
                        "2026-05-28"); /* 60 working days, as the pack says */
    out = WORLD_DO(WORLD_SUPERVISOR, "grants.pushes", "{}");
    const struct tb_json *push = tb_json_at(tb_json_get(out, "pushes"), 0);
    assert_string_equal(world_text(push, "what"), "pledge_check");
    assert_string_equal(world_text(push, "to"), "jkj");
    WORLD_DO(WORLD_APPLICANT, "cases.letter", "{\"no\":\"%s\",\"id\":\"notice_and_pledge\"}", no);

    const char *task = world_task(no, "later_check");
    WORLD_DO(WORLD_SURVEYOR, "cases.task", "{\"id\":\"%s\"}", task);
    tb_str findings = TB_STR("");
    TB_JSON_EACH(finding, tb_json_get(world.last.out, "findings"))
    findings = tb_printf(world.arena, "%.*s%s{\"id\":\"%s\",\"result\":\"pass\"}", TB_ARG(findings),
                         findings.len > 0 ? "," : "", world_text(finding, "id"));
    WORLD_DO(WORLD_SURVEYOR, "cases.complete",
             "{\"id\":\"%s\",\"outcome\":\"pass\",\"fields\":{\"officers\":[{\"name\":\"赵志远\","
             "\"number\":\"Z1\"},"
             "{\"name\":\"孙丽华\",\"number\":\"Z2\"}],\"owner_signed\":true,\"findings\":[%s]}}",
             task, findings.ptr);
    WORLD_DO(WORLD_SURVEYOR_2, "cases.complete", "{\"id\":\"%s\",\"outcome\":\"confirm\"}", task);
    out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_string_equal(world_text(out, "state"), "closed");
}

static void
a_pledge_is_signed_and_never_assumed(void **state)
{
    (void)state;
    const char *papers = health_papers(WORLD_APPLICANT, "drawings", NULL);
    assert_int_equal(world_call(WORLD_APPLICANT, "cases.file",
                                "{\"item\":\"" HEALTH_NEW "\",\"answers\":" HEALTH_ANSWERS(
                                    "pledge") ",\"fields\":%s,\"materials\":%s}",
                                health_fields(HEALTH_PLEDGE), papers),
                     422);
    assert_true(world_has_fault("pledge.signed", "not_signed"));
    assert_int_equal(world_call(WORLD_APPLICANT, "cases.file",
                                "{\"item\":\"" HEALTH_NEW "\",\"answers\":" HEALTH_ANSWERS(
                                    "ordinary") ",\"fields\":%s,\"materials\":%s,\"pledge\":{"
                                                "\"choice\":\"pledge\",\"signed\":true}}",
                                health_fields(HEALTH_VENUE), papers),
                     422);
    assert_true(world_has_fault("pledge.choice", "not_offered"));
}

static void
an_agent_without_express_authority_does_not_pledge(void **state)
{
    (void)state;
    const char *papers = health_papers(WORLD_APPLICANT, "drawings", "mandate-pledge");
    const char *agent = tb_printf(world.arena,
                                  "{\"name\":\"周国平\",\"id_number\":\"%s\",\"phone\":"
                                  "\"13800005102\",\"scope\":\"代办卫生许可\","
                                  "\"from\":\"2026-03-01\",\"until\":\"2026-03-31\"",
                                  world_citizen("51160219790926003").ptr)
                            .ptr;
    tb_str answers = tb_printf(
        world.arena, "{\"venue kind\":\"hair\",\"purpose\":\"new\",\"business licence\":\"yes\","
                     "\"way\":\"pledge\",\"central air\":\"no\",\"agent\":\"agent\"}");
    assert_int_equal(world_call(WORLD_APPLICANT, "cases.file",
                                "{\"item\":\"" HEALTH_NEW
                                "\",\"answers\":%s,\"fields\":%s,\"materials\":%s,"
                                "\"pledge\":{\"choice\":\"pledge\",\"signed\":true},\"agent\":%s}}",
                                answers.ptr, health_fields(HEALTH_PLEDGE), papers, agent),
                     422);
    assert_true(world_has_fault("agent.may_pledge", "no_authority"));
    WORLD_DO(
        WORLD_APPLICANT, "cases.file",
        "{\"item\":\"" HEALTH_NEW "\",\"answers\":%s,\"fields\":%s,\"materials\":%s,"
        "\"pledge\":{\"choice\":\"pledge\",\"signed\":true},\"agent\":%s,\"may_pledge\":true}}",
        answers.ptr, health_fields(HEALTH_PLEDGE), papers, agent);
}

static void
a_pool_has_no_pledge(void **state)
{
    (void)state;
    assert_int_equal(
        world_call(
            WORLD_APPLICANT, "cases.file",
            "{\"item\":\"" HEALTH_NEW "\",\"answers\":{\"venue kind\":\"pool\",\"purpose\":\"new\","
            "\"business licence\":\"yes\",\"central air\":\"no\",\"agent\":\"self\"},\"fields\":%s,"
            "\"materials\":[],\"pledge\":{\"choice\":\"pledge\",\"signed\":true}}",
            health_fields(HEALTH_VENUE)),
        422);
    assert_true(world_has_fault("pledge.choice", "not_offered"));
}

static void
annulment_is_a_decision_of_the_head_and_takes_the_grant_off_the_list(void **state)
{
    (void)state;
    const char *mark = health_mark(health_by_pledge());
    const struct tb_json *out = WORLD_DO(WORLD_NOBODY, "grants.list", "{}");
    assert_int_equal(tb_json_get(out, "grants")->count, 1);
    assert_int_equal(world_call(WORLD_CLERK, "certificates.revoke",
                                "{\"mark\":\"%s\",\"kind\":\"annul\",\"reason\":\"承诺不实\"}",
                                mark),
                     403);
    WORLD_DO(WORLD_HEAD, "certificates.revoke",
             "{\"mark\":\"%s\",\"kind\":\"annul\",\"reason\":\"承诺不实，逾期未整改\"}", mark);
    out = WORLD_DO(WORLD_NOBODY, "certificates.get", "{\"mark\":\"%s\"}", mark);
    assert_string_equal(world_text(out, "state"), "annulled");
    assert_int_equal(world_call(WORLD_HEAD, "certificates.revoke",
                                "{\"mark\":\"%s\",\"kind\":\"annul\",\"reason\":\"再撤\"}", mark),
                     409);
    out = WORLD_DO(WORLD_NOBODY, "grants.list", "{}");
    assert_int_equal(tb_json_get(out, "grants")->count, 0);
    assert_int_equal(world_call(WORLD_NOBODY, "certificates.revocations", "{}"), 200);
    struct seal_revocation_list list;
    const struct seal_key *keys[] = {world.seal};
    assert_int_equal(seal_revocations_read(world.arena, keys, 1, world.last.raw, &list), SEAL_GOOD);
    assert_int_equal(list.count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_stop)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_pledge_gives_the_licence_on_the_spot_and_a_later_check),
        TEST(a_pledge_is_signed_and_never_assumed),
        TEST(an_agent_without_express_authority_does_not_pledge),
        TEST(a_pool_has_no_pledge),
        TEST(annulment_is_a_decision_of_the_head_and_takes_the_grant_off_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
