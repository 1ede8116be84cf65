/* SPDX-License-Identifier: Apache-2.0 */
/* The register of bars: one year after false papers, three after fraud (行政许可法 78, 79), only where the pack says that
 * the matter is one of public safety; a new application is refused with the day from which it may be made. */
#include "cases_health.h"

#define HEAD "91511602MA620001"
#define OTHER_HEAD "91511602MA620002"

/* How an application for road freight is answered now. */
static int
apply(const char *head)
{
    const char *hash = world_upload(WORLD_APPLICANT, world_pdf, sizeof(world_pdf) - 1);
    return world_call(WORLD_APPLICANT, "cases.file",
                      "{\"item\":\"" ROAD_ITEM "\",\"answers\":" ROAD_ANSWERS ",\"fields\":%s,"
                      "\"materials\":[{\"id\":\"safety-rules\",\"hash\":\"%s\"}],\"signed\":true}",
                      world_road_fields(head), hash);
}

static bool
is_told(const char *day)
{
    for (size_t i = 0; i < world.last.faults.count; i++) {
        const struct tb_fault *fault = &world.last.faults.items[i];
        if (tb_str_is(fault->code, "barred"))
            return tb_str_contains(fault->zh, tb_str_of(day)) &&
                   tb_str_contains(fault->en, tb_str_of(day));
    }
    return false;
}

static void
refuse(const char *no, const char *fields)
{
    world_accept(no);
    world_complete(WORLD_REVIEWER, no, "review", "fail");
    WORLD_DO(WORLD_APPROVER, "cases.complete",
             "{\"id\":\"%s\",\"outcome\":\"refuse\",\"comment\":\"驾驶证是伪造的\",\"fields\":%s}",
             world_task(no, "decide"), fields);
}

static void
false_papers_bar_for_one_year(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    refuse(no, "{\"ground\":\"false_papers\"}");
    const struct tb_json *out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_string_equal(world_text(out, "decision.basis"), "行政许可法#78");
    bool is_shown = false;
    TB_JSON_EACH(event, tb_json_get(out, "timeline"))
    is_shown = is_shown || tb_str_is(tb_json_get_text(event, "kind"), "barred");
    assert_true(is_shown);
    world_set_time("2026-06-01T10:00");
    assert_int_equal(apply(HEAD), 422);
    assert_true(is_told("2027-03-03"));
    assert_int_equal(apply(OTHER_HEAD), 201); /* nobody else is barred */
    world_set_time("2027-03-02T23:00");
    assert_int_equal(apply(HEAD), 422);
    world_set_time("2027-03-03T09:00");
    assert_int_equal(apply(HEAD), 201);
}

static void
a_refusal_on_the_merits_bars_from_nothing(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    refuse(no, "{}");
    assert_int_equal(apply(HEAD), 201);
}

static void
a_ground_is_known_and_goes_with_a_refusal(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    world_accept(no);
    world_complete(WORLD_REVIEWER, no, "review", "pass");
    const char *task = world_task(no, "decide");
    const char *body = "{\"id\":\"%s\",\"outcome\":\"%s\",\"comment\":\"理由\","
                       "\"fields\":{\"ground\":\"%s\"}}";
    tb_str odd = tb_printf(world.arena, body, task, "refuse", "bad_manners");
    assert_int_equal(world_call(WORLD_APPROVER, "cases.complete", "%s", odd.ptr), 422);
    assert_true(world_has_fault("fields.ground", "choice"));
    odd = tb_printf(world.arena, body, task, "grant", "false_papers");
    assert_int_equal(world_call(WORLD_APPROVER, "cases.complete", "%s", odd.ptr), 422);
}

static void
false_papers_at_the_window_bar_too(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    WORLD_DO(WORLD_CLERK, "cases.refuse_acceptance",
             "{\"no\":\"%s\",\"ground\":\"false_papers\",\"reason\":\"驾驶证是伪造的\"}", no);
    assert_int_equal(world_call(WORLD_APPLICANT, "cases.letter",
                                "{\"no\":\"%s\",\"id\":\"refusal_to_accept\"}", no),
                     200);
    assert_int_equal(apply(HEAD), 422);
    assert_true(is_told("2027-03-03"));
}

static void
a_permit_obtained_by_fraud_bars_for_three_years(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    const char *mark = world_carry_road(no);
    const char *body =
        "{\"mark\":\"%s\",\"kind\":\"%s\",\"reason\":\"行贿取得\",\"ground\":\"fraud\"}";
    tb_str odd = tb_printf(world.arena, body, mark, "deregister");
    assert_int_equal(world_call(WORLD_HEAD, "certificates.revoke", "%s", odd.ptr), 422);
    tb_str right = tb_printf(world.arena, body, mark, "annul");
    const struct tb_json *out = WORLD_DO(WORLD_HEAD, "certificates.revoke", "%s", right.ptr);
    assert_string_equal(world_text(out, "barred_until"), "2029-03-02");
    world_set_time("2029-03-02T10:00");
    assert_int_equal(apply(HEAD), 422);
    assert_true(is_told("2029-03-03"));
    world_set_time("2029-03-03T10:00");
    assert_int_equal(apply(HEAD), 201);
}

static void
a_bar_is_for_this_permit_only(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEALTH_HEAD);
    refuse(no, "{\"ground\":\"false_papers\"}");
    health_by_pledge(); /* the same firm, another permit */
}

static void
the_register_can_be_read_by_the_staff_of_the_region(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    refuse(no, "{\"ground\":\"false_papers\"}");
    const struct tb_json *out = WORLD_DO(WORLD_CLERK, "cases.bars", "{}");
    assert_int_equal(tb_json_get(out, "bars")->count, 1);
    const struct tb_json *bar = tb_json_at(tb_json_get(out, "bars"), 0);
    assert_string_equal(world_text(bar, "source"), no);
    assert_string_equal(world_text(bar, "from"), "2026-03-02");
    assert_string_equal(world_text(bar, "until"), "2027-03-02");
    assert_string_equal(world_text(bar, "again_from"), "2027-03-03");
    assert_string_equal(world_text(bar, "clause"), "行政许可法#78");
    assert_true(strlen(world_text(bar, "name")) > 0 && strlen(world_text(bar, "holder")) > 0);
    out = WORLD_DO(WORLD_FOREIGN_CLERK, "cases.bars", "{}");
    assert_int_equal(tb_json_get(out, "bars")->count, 0);
    assert_int_equal(world_call(WORLD_APPLICANT, "cases.bars", "{}"), 403);
}

static int
start_without_safety(void **state)
{
    static const struct world_edit edit = {"road-freight/pack.yaml", "safety_matter: true",
                                           "safety_matter: false"};
    (void)state;
    return world_open(&edit);
}

static void
the_law_knows_no_bar_where_safety_is_not_concerned(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    refuse(no, "{\"ground\":\"false_papers\"}");
    assert_int_equal(apply(HEAD), 201);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_stop)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(false_papers_bar_for_one_year),
        TEST(a_refusal_on_the_merits_bars_from_nothing),
        TEST(a_ground_is_known_and_goes_with_a_refusal),
        TEST(false_papers_at_the_window_bar_too),
        TEST(a_permit_obtained_by_fraud_bars_for_three_years),
        TEST(a_bar_is_for_this_permit_only),
        TEST(the_register_can_be_read_by_the_staff_of_the_region),
        cmocka_unit_test_setup_teardown(the_law_knows_no_bar_where_safety_is_not_concerned,
                                        start_without_safety, world_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
