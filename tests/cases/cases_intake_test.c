/* SPDX-License-Identifier: Apache-2.0 */
/* Acceptance: every required paper is ticked as good, or as late where the pack names it; all that stands in the way is
 * told at once, with what to do. */
#include "cases_world.h"

#define HEAD "91511602MA620001"

static size_t
required_papers(const char *no)
{
    const struct tb_json *out = WORLD_DO(WORLD_CLERK, "cases.get", "{\"no\":\"%s\"}", no);
    size_t count = 0;
    TB_JSON_EACH(material, tb_json_get(out, "materials"))
    count += tb_str_is(tb_json_get_text(material, "necessity"), "required") &&
             tb_str_is(tb_json_get_text(material, "checked_at"), "window");
    return count;
}

static const char *
state_of(const char *no)
{
    return world_text(WORLD_DO(WORLD_CLERK, "cases.get", "{\"no\":\"%s\"}", no), "state");
}

static void
an_unticked_case_is_not_accepted_and_every_paper_is_named(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    size_t required = required_papers(no);
    assert_true(required > 1);
    assert_int_equal(world_call(WORLD_CLERK, "cases.accept", "{\"no\":\"%s\"}", no), 422);
    assert_int_equal(world.last.faults.count, required);
    assert_true(world_has_fault("materials.safety-rules", "unticked"));
    assert_false(world_has_fault("materials.driving-licence", "unticked"));
    for (size_t i = 0; i < world.last.faults.count; i++) {
        assert_true(tb_str_contains(world.last.faults.items[i].zh, TB_STR("勾选")));
        assert_true(tb_str_contains(world.last.faults.items[i].en, TB_STR("tick")));
    }
    assert_string_equal(state_of(no), "submitted");
}

static void
one_paper_to_mend_stands_in_the_way_until_it_is_good(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    WORLD_DO(WORLD_CLERK, "cases.check", "{\"no\":\"%s\",\"materials\":%s}", no,
             world_ticks(no, "ok"));
    WORLD_DO(WORLD_CLERK, "cases.check",
             "{\"no\":\"%s\",\"materials\":[{\"id\":\"safety-rules\",\"result\":\"fix\","
             "\"note\":\"缺一章\"}]}",
             no);
    assert_int_equal(world_call(WORLD_CLERK, "cases.accept", "{\"no\":\"%s\"}", no), 422);
    assert_int_equal(world.last.faults.count, 1);
    assert_true(world_has_fault("materials.safety-rules", "to_mend"));
    assert_string_equal(state_of(no), "submitted");
    WORLD_DO(WORLD_CLERK, "cases.accept",
             "{\"no\":\"%s\",\"materials\":[{\"id\":\"safety-rules\",\"result\":\"ok\"}]}", no);
    assert_string_equal(state_of(no), "open");
}

static void
a_notice_says_what_is_wrong_with_a_paper_that_came(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    assert_int_equal(world_call(WORLD_CLERK, "cases.deficiency",
                                "{\"no\":\"%s\",\"lines\":[{\"material\":\"safety-rules\"},"
                                "{\"material\":\"driving-licence\",\"what\":\" \"}]}",
                                no),
                     422);
    assert_int_equal(world.last.faults.count, 2);
    assert_true(world_has_fault("lines.0.what", "required"));
    assert_true(world_has_fault("lines.1.what", "required"));
    assert_string_equal(state_of(no), "submitted");
}

static void
what_came_after_the_notice_is_checked_again(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    WORLD_DO(WORLD_CLERK, "cases.check", "{\"no\":\"%s\",\"materials\":%s}", no,
             world_ticks(no, "ok"));
    WORLD_DO(WORLD_CLERK, "cases.deficiency",
             "{\"no\":\"%s\",\"lines\":[{\"material\":\"safety-rules\",\"what\":\"缺一章\"}]}", no);
    const char *hash = world_upload(WORLD_APPLICANT, world_pdf, sizeof(world_pdf) - 1);
    WORLD_DO(WORLD_APPLICANT, "cases.supplement",
             "{\"no\":\"%s\",\"materials\":[{\"id\":\"safety-rules\",\"hash\":\"%s\"}]}", no, hash);
    assert_int_equal(world_call(WORLD_CLERK, "cases.accept", "{\"no\":\"%s\"}", no), 422);
    assert_int_equal(world.last.faults.count, 1);
    assert_true(world_has_fault("materials.safety-rules", "unticked"));
    world_accept(no);
    assert_string_equal(state_of(no), "open");
}

static void
a_paper_is_late_only_where_the_pack_allows_it(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    WORLD_DO(WORLD_CLERK, "cases.check", "{\"no\":\"%s\",\"materials\":%s}", no,
             world_ticks(no, "ok"));
    assert_int_equal(
        world_call(WORLD_CLERK, "cases.accept", "{\"no\":\"%s\",\"late\":[\"safety-rules\"]}", no),
        422);
    assert_true(world_has_fault("materials.safety-rules", "not_tolerant"));
    assert_int_equal(world_call(WORLD_CLERK, "cases.accept",
                                "{\"no\":\"%s\",\"materials\":[{\"id\":\"safety-rules\","
                                "\"result\":\"late\"}]}",
                                no),
                     422);
    assert_true(world_has_fault("materials.safety-rules", "not_tolerant"));
}

static void
ticks_that_cannot_be_read_are_all_named(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    const char *ticks = "[{\"id\":\"photograph\",\"result\":\"ok\"},"
                        "{\"id\":\"safety-rules\",\"result\":\"good\"}]";
    assert_int_equal(
        world_call(WORLD_CLERK, "cases.check", "{\"no\":\"%s\",\"materials\":%s}", no, ticks), 422);
    assert_true(world_has_fault("materials.0.id", "unknown_material"));
    assert_true(world_has_fault("materials.1.result", "choice"));
    assert_int_equal(
        world_call(WORLD_CLERK, "cases.accept", "{\"no\":\"%s\",\"materials\":%s}", no, ticks),
        422);
    assert_int_equal(world.last.faults.count, 2);
}

/* ---- a pack that lets one paper come late
 * ---------------------------------------------------------------------------- */

static int
start_with_a_late_paper(void **state)
{
    static const struct world_edit edit = {
        "road-freight/materials.csv",
        "\"safety rules = \"\"own\"\"\",own,required,no,,",
        "\"safety rules = \"\"own\"\"\",own,required,yes,行政许可法#32,",
    };
    (void)state;
    return world_open(&edit);
}

static void
a_late_paper_is_owed_and_the_decision_waits_for_it(void **state)
{
    (void)state;
    const struct tb_json *out = WORLD_DO(WORLD_APPLICANT, "cases.file",
                                         "{\"item\":\"" ROAD_ITEM "\",\"answers\":" ROAD_ANSWERS
                                         ",\"fields\":%s,\"materials\":[],\"signed\":true}",
                                         world_road_fields(HEAD));
    const char *no = world_text(out, "no");
    assert_int_equal(world_call(WORLD_CLERK, "cases.accept", "{\"no\":\"%s\",\"materials\":%s}", no,
                                world_ticks(no, "ok")),
                     422);
    assert_int_equal(world.last.faults.count, 1);
    assert_true(world_has_fault("materials.safety-rules", "missing")); /* nobody saw it */
    WORLD_DO(WORLD_CLERK, "cases.accept",
             "{\"no\":\"%s\",\"materials\":%s,\"late\":[\"safety-rules\"]}", no,
             world_ticks(no, "ok"));
    out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_string_equal(world_text(out, "act.kind"), "late_papers");
    world_complete(WORLD_REVIEWER, no, "review", "pass");
    const char *task = world_task(no, "decide");
    assert_int_equal(
        world_call(WORLD_APPROVER, "cases.complete", "{\"id\":\"%s\",\"outcome\":\"grant\"}", task),
        409);
    assert_true(world_has_fault("outcome", "late_papers"));
    const char *hash = world_upload(WORLD_APPLICANT, world_pdf, sizeof(world_pdf) - 1);
    WORLD_DO(WORLD_APPLICANT, "cases.supplement",
             "{\"no\":\"%s\",\"materials\":[{\"id\":\"safety-rules\",\"hash\":\"%s\"}]}", no, hash);
    WORLD_DO(WORLD_APPROVER, "cases.complete", "{\"id\":\"%s\",\"outcome\":\"grant\"}", task);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_stop)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_unticked_case_is_not_accepted_and_every_paper_is_named),
        TEST(one_paper_to_mend_stands_in_the_way_until_it_is_good),
        TEST(a_notice_says_what_is_wrong_with_a_paper_that_came),
        TEST(what_came_after_the_notice_is_checked_again),
        TEST(a_paper_is_late_only_where_the_pack_allows_it),
        TEST(ticks_that_cannot_be_read_are_all_named),
        cmocka_unit_test_setup_teardown(a_late_paper_is_owed_and_the_decision_waits_for_it,
                                        start_with_a_late_paper, world_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
