/* SPDX-License-Identifier: Apache-2.0 */
/* The hearing: told, asked for within five working days, its day told seven working days before and within twenty, held
 * with a record by somebody who did not examine; nothing is decided meanwhile. */
#include "cases_world.h"

#define HEAD "91511602MA620001"

/* A case before its decision; accepted on Monday 2026-03-02. */
static const char *
ready(void)
{
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    world_accept(no);
    world_complete(WORLD_REVIEWER, no, "review", "pass");
    return no;
}

static int
step(enum world_person who, const char *no, const char *word, const char *more)
{
    return world_call(who, "cases.hearing", "{\"no\":\"%s\",\"step\":\"%s\"%s}", no, word, more);
}

static int
decide(const char *no)
{
    return world_call(WORLD_APPROVER, "cases.complete", "{\"id\":\"%s\",\"outcome\":\"grant\"}",
                      world_task(no, "decide"));
}

static const char *
shown(const char *no, const char *what)
{
    const struct tb_json *out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    return world_text(out, tb_printf(world.arena, "hearing.%s", what).ptr);
}

#define PLACE ",\"place\":\"政务服务大厅三楼\""

static void
a_hearing_goes_from_the_right_to_the_record(void **state)
{
    (void)state;
    const char *no = ready();
    assert_int_equal(step(WORLD_APPLICANT, no, "asked", ""), 409); /* nobody was told yet */
    assert_int_equal(step(WORLD_CLERK, no, "told", ""), 403);
    assert_int_equal(step(WORLD_HEAD, no, "told", ",\"note\":\"涉及相邻经营者\""), 200);
    assert_int_equal(step(WORLD_HEAD, no, "told", ""), 409);
    assert_string_equal(shown(no, "ask_by"), "2026-03-09");
    assert_int_equal(
        world_call(WORLD_APPLICANT, "cases.letter", "{\"no\":\"%s\",\"id\":\"hearing_right\"}", no),
        200);
    assert_int_equal(decide(no), 409);
    assert_true(world_has_fault("outcome", "hearing_pending"));
    world_set_time("2026-03-09T15:00");
    assert_int_equal(step(WORLD_OTHER, no, "asked", ""), 404);
    assert_int_equal(step(WORLD_APPLICANT, no, "asked", ""), 200);
    assert_string_equal(shown(no, "hold_by"), "2026-04-07"); /* 清明 is off on 6 April */
    assert_int_equal(decide(no), 409);
    assert_int_equal(step(WORLD_HEAD, no, "set", ""), 422);
    assert_true(world_has_fault("on", "required"));
    assert_int_equal(step(WORLD_HEAD, no, "set", ",\"on\":\"2026-03-12\"" PLACE), 422);
    assert_true(world_has_fault("on", "too_soon"));
    assert_int_equal(step(WORLD_HEAD, no, "set", ",\"on\":\"2026-04-08\"" PLACE), 422);
    assert_true(world_has_fault("on", "too_late"));
    assert_int_equal(step(WORLD_HEAD, no, "set", ",\"on\":\"2026-03-20\"" PLACE), 200);
    assert_string_equal(shown(no, "on"), "2026-03-20");
    assert_int_equal(
        world_call(WORLD_APPLICANT, "cases.letter", "{\"no\":\"%s\",\"id\":\"hearing_day\"}", no),
        200);
    assert_int_equal(step(WORLD_HEAD, no, "held", ",\"note\":\"太早\""), 409);
    world_set_time("2026-03-20T10:00");
    assert_int_equal(step(WORLD_HEAD, no, "held", ""), 422);
    assert_true(world_has_fault("note", "required"));
    assert_int_equal(step(WORLD_HEAD, no, "held", ",\"note\":\"双方陈述，笔录已签字\""), 200);
    assert_string_equal(shown(no, "state"), "held");
    assert_int_equal(decide(no), 200);
}

static void
who_asks_too_late_has_no_hearing_and_the_decision_is_free(void **state)
{
    (void)state;
    const char *no = ready();
    assert_int_equal(step(WORLD_APPROVER, no, "told", ""), 200);
    world_set_time("2026-03-10T09:00");
    assert_int_equal(step(WORLD_APPLICANT, no, "asked", ""), 409);
    assert_true(world_has_fault("step", "too_late"));
    assert_string_equal(shown(no, "state"), "told");
    assert_int_equal(decide(no), 200);
}

static void
who_wants_no_hearing_need_not_wait(void **state)
{
    (void)state;
    const char *no = ready();
    assert_int_equal(step(WORLD_APPROVER, no, "told", ""), 200);
    assert_int_equal(step(WORLD_CLERK, no, "waived", ",\"note\":\"当面表示不要求听证\""), 200);
    assert_int_equal(decide(no), 200);
}

static void
who_examined_does_not_preside(void **state)
{
    (void)state;
    const char *no = ready();
    assert_int_equal(step(WORLD_HEAD, no, "told", ""), 200);
    assert_int_equal(step(WORLD_APPLICANT, no, "asked", ""), 200);
    assert_int_equal(step(WORLD_HEAD, no, "set", ",\"on\":\"2026-03-20\"" PLACE), 200);
    world_set_time("2026-03-20T10:00");
    struct op_actor reviewer = world.people[WORLD_REVIEWER];
    struct op_grant head = {OP_HEAD, TB_STR(WORLD_DIVISION), TB_STR("")};
    world.people[WORLD_REVIEWER].grants = &head;
    assert_int_equal(step(WORLD_REVIEWER, no, "held", ",\"note\":\"我来主持\""), 409);
    assert_true(world_has_fault("", "same_person"));
    world.people[WORLD_REVIEWER] = reviewer;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_stop)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_hearing_goes_from_the_right_to_the_record),
        TEST(who_asks_too_late_has_no_hearing_and_the_decision_is_free),
        TEST(who_wants_no_hearing_need_not_wait),
        TEST(who_examined_does_not_preside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
