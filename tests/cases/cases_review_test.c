/* SPDX-License-Identifier: Apache-2.0 */
/* Ratings: one for each matter and each visit; a bad one obliges the office to call within one working day and to
 * answer within fifteen; an appeal is judged by somebody else; the rater sees what came of it. */
#include "cases_world.h"

#define HEAD "91511602MA620001"

/* A granted case, and its rating. */
static const char *
rated(const char *satisfaction)
{
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    world_carry_road(no);
    WORLD_DO(WORLD_APPLICANT, "reviews.rate",
             "{\"no\":\"%s\",\"satisfaction\":\"%s\",\"comment\":\"等了很久\",\"anonymous\":true}",
             no, satisfaction);
    return no;
}

static const struct tb_json *
only_fix(enum world_person who)
{
    const struct tb_json *out = WORLD_DO(who, "reviews.fixes", "{}");
    assert_int_equal(tb_json_get(out, "fixes")->count, 1);
    return tb_json_at(tb_json_get(out, "fixes"), 0);
}

static int
take(enum world_person who, const char *step, const char *answer)
{
    return world_call(who, "reviews.fix", "{\"id\":\"%s\",\"step\":\"%s\",\"answer\":\"%s\"}",
                      world_text(only_fix(WORLD_SUPERVISOR), "id"), step, answer);
}

static void
a_bad_rating_obliges_to_call_and_to_answer(void **state)
{
    (void)state;
    world_set_time("2026-03-06T16:00"); /* a Friday */
    const char *no = rated("dissatisfied");
    assert_true(tb_json_is_true(tb_json_get(world.last.out, "will_be_fixed")));
    assert_string_equal(world_text(world.last.out, "contact_due"), "2026-03-09");
    assert_string_equal(world_text(world.last.out, "fix_due"), "2026-03-27");
    const struct tb_json *fix = only_fix(WORLD_HEAD);
    assert_string_equal(world_text(fix, "state"), "open");
    assert_string_equal(world_text(fix, "contact_due"), "2026-03-09");
    assert_string_equal(world_text(fix, "due"), "2026-03-27");
    assert_true(tb_json_is_null(tb_json_get(fix, "no"))); /* anonymous to the office */
    assert_int_equal(take(WORLD_CLERK, "contacted", ""), 403);
    assert_int_equal(take(WORLD_HEAD, "contacted", ""), 200);
    assert_int_equal(take(WORLD_HEAD, "answered", ""), 422);
    assert_true(world_has_fault("answer", "required"));
    assert_int_equal(take(WORLD_HEAD, "answered", "加开一个窗口"), 200);
    assert_int_equal(take(WORLD_HEAD, "answered", "再答一次"), 409);
    const struct tb_json *out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_string_equal(world_text(out, "rating.fix.state"), "answered");
    assert_string_equal(world_text(out, "rating.fix.answer"), "加开一个窗口");
    out = WORLD_DO(WORLD_CLERK, "cases.get", "{\"no\":\"%s\"}", no);
    assert_null(tb_json_path(out, "rating.fix")); /* nobody at the window learns who rated badly */
    out = WORLD_DO(WORLD_NOBODY, "reviews.summary", "{}");
    assert_int_equal(tb_json_get_int(out, "fixes", 0), 1);
    assert_int_equal(tb_json_get_int(out, "fixed_per_mille", 0), 1000);
}

static void
a_good_rating_obliges_to_nothing(void **state)
{
    (void)state;
    const char *no = rated("fairly");
    assert_int_equal(tb_json_get(WORLD_DO(WORLD_HEAD, "reviews.fixes", "{}"), "fixes")->count, 0);
    const struct tb_json *out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_true(tb_json_is_null(tb_json_path(out, "rating.fix")));
    out = WORLD_DO(WORLD_NOBODY, "reviews.summary", "{}");
    assert_true(
        tb_json_is_null(tb_json_get(out, "fixed_per_mille"))); /* no rate without a denominator */
    assert_int_equal(tb_json_get_int(out, "good_per_mille", 0), 1000);
}

static void
an_appeal_is_judged_by_a_supervisor_who_did_not_make_it(void **state)
{
    (void)state;
    rated("very_dissatisfied");
    assert_int_equal(take(WORLD_SUPERVISOR, "upheld", "没有申诉"), 409);
    assert_int_equal(take(WORLD_SUPERVISOR, "appealed", "监察不申诉"), 403);
    assert_int_equal(take(WORLD_HEAD, "appealed", ""), 422);
    assert_int_equal(take(WORLD_HEAD, "appealed", "评价的是别的窗口"), 200);
    assert_int_equal(take(WORLD_HEAD, "answered", "申诉中"), 409);
    assert_int_equal(take(WORLD_HEAD, "upheld", "自己裁定"), 403);
    struct op_actor supervisor = world.people[WORLD_SUPERVISOR];
    world.people[WORLD_SUPERVISOR].account = world.people[WORLD_HEAD].account;
    assert_int_equal(take(WORLD_SUPERVISOR, "upheld", "同一个人"), 409);
    assert_true(world_has_fault("step", "same_person"));
    world.people[WORLD_SUPERVISOR] = supervisor;
    assert_int_equal(take(WORLD_SUPERVISOR, "upheld", "评价对象有误"), 200);
    assert_string_equal(world_text(only_fix(WORLD_HEAD), "judgement"), "评价对象有误");
    const struct tb_json *out = WORLD_DO(WORLD_NOBODY, "reviews.summary", "{}");
    assert_int_equal(tb_json_get_int(out, "fixes", -1), 0);
}

static void
a_dismissed_appeal_still_has_to_be_answered(void **state)
{
    (void)state;
    const char *no = rated("dissatisfied");
    assert_int_equal(take(WORLD_HEAD, "appealed", "不属实"), 200);
    assert_int_equal(take(WORLD_SUPERVISOR, "dismissed", "录像显示属实"), 200);
    assert_int_equal(take(WORLD_HEAD, "appealed", "再申诉"), 409);
    assert_int_equal(take(WORLD_HEAD, "answered", "已道歉并整改"), 200);
    const struct tb_json *out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_string_equal(world_text(out, "rating.fix.answer"), "已道歉并整改");
    assert_string_equal(world_text(out, "rating.fix.judgement"), "录像显示属实");
}

static void
a_matter_and_a_visit_are_rated_once_and_by_the_person_served(void **state)
{
    (void)state;
    const char *open = world_file_road(WORLD_APPLICANT, HEAD);
    const char *rate = "{\"no\":\"%s\",\"satisfaction\":\"satisfied\"}";
    tb_str early = tb_printf(world.arena, rate, open);
    assert_int_equal(world_call(WORLD_APPLICANT, "reviews.rate", "%s", early.ptr), 409);
    assert_true(world_has_fault("", "too_early"));
    const char *no = rated("satisfied");
    tb_str again = tb_printf(world.arena, rate, no);
    assert_int_equal(world_call(WORLD_APPLICANT, "reviews.rate", "%s", again.ptr), 409);
    assert_true(world_has_fault("", "already_rated"));
    assert_int_equal(world_call(WORLD_CLERK, "reviews.rate", "%s", again.ptr), 403);
    assert_int_equal(world_call(WORLD_OTHER, "reviews.rate", "%s", again.ptr), 404);
    assert_int_equal(world_call(WORLD_NOBODY, "reviews.rate", "{\"satisfaction\":\"satisfied\"}"),
                     422);
    const char *visit = "{\"visit\":\"V20260302-17\",\"satisfaction\":\"dissatisfied\"}";
    assert_int_equal(world_call(WORLD_NOBODY, "reviews.rate", "%s", visit), 201);
    assert_int_equal(world_call(WORLD_NOBODY, "reviews.rate", "%s", visit), 409);
    assert_true(world_has_fault("visit", "already_rated"));
    assert_string_equal(world_text(only_fix(WORLD_HEAD), "state"), "open");
}

static void
another_departments_head_does_not_answer(void **state)
{
    (void)state;
    rated("dissatisfied");
    struct op_actor head = world.people[WORLD_HEAD];
    struct op_grant other = {OP_HEAD, TB_STR(WORLD_DIVISION), TB_STR("mzj")};
    world.people[WORLD_HEAD].grants = &other;
    assert_int_equal(tb_json_get(WORLD_DO(WORLD_HEAD, "reviews.fixes", "{}"), "fixes")->count, 0);
    assert_int_equal(take(WORLD_HEAD, "answered", "不归我管"), 404);
    world.people[WORLD_HEAD] = head;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_stop)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_bad_rating_obliges_to_call_and_to_answer),
        TEST(a_good_rating_obliges_to_nothing),
        TEST(an_appeal_is_judged_by_a_supervisor_who_did_not_make_it),
        TEST(a_dismissed_appeal_still_has_to_be_answered),
        TEST(a_matter_and_a_visit_are_rated_once_and_by_the_person_served),
        TEST(another_departments_head_does_not_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
