/* SPDX-License-Identifier: Apache-2.0 */
/* Every rule of supervision: not met the day before, met on its day, once only; time that lawfully does not count gives
 * no card; what an office answers and a supervisor judges; and the case itself shows its cards. */
#include "../cases/cases_health.h"

#define HEAD "91511602MA620001"

/* How many cards of this rule there are about the case. */
static int
cards(const char *no, const char *rule)
{
    const struct tb_json *out = WORLD_DO(WORLD_SUPERVISOR, "watch.cards", "{}");
    int count = 0;
    TB_JSON_EACH(card, tb_json_get(out, "cards"))
    count += tb_str_is(tb_json_get_text(card, "no"), no) &&
             tb_str_is(tb_json_get_text(card, "rule"), rule);
    return count;
}

static const struct tb_json *
card(const char *no, const char *rule)
{
    const struct tb_json *out = WORLD_DO(WORLD_SUPERVISOR, "watch.cards", "{}");
    TB_JSON_EACH(one, tb_json_get(out, "cards"))
    {
        if (tb_str_is(tb_json_get_text(one, "no"), no) &&
            tb_str_is(tb_json_get_text(one, "rule"), rule))
            return one;
    }
    print_message("no card %s of %s\n", rule, no);
    fail();
    return NULL;
}

static void
at(const char *time)
{
    world_set_time(time);
    world_tick();
}

/* Absent one minute before its day, there on it, and only once however often anybody looks. */
static void
expect(const char *no, const char *rule, const char *kind, const char *eve, const char *day)
{
    at(tb_printf(world.arena, "%sT23:59", eve).ptr);
    if (cards(no, rule) != 0)
        print_message("%s is there on %s already\n", rule, eve);
    assert_int_equal(cards(no, rule), 0);
    at(tb_printf(world.arena, "%sT00:01", day).ptr);
    if (cards(no, rule) != 1)
        print_message("%s is not there on %s\n", rule, day);
    assert_int_equal(cards(no, rule), 1);
    assert_string_equal(world_text(card(no, rule), "kind"), kind);
    assert_true(strlen(world_text(card(no, rule), "text")) > 0);
    at(tb_printf(world.arena, "%sT18:00", day).ptr);
    assert_int_equal(cards(no, rule), 1);
}

/* ---- the rules
 * -------------------------------------------------------------------------------------------------------- */

static void
the_answer_is_watched_for_five_working_days(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD); /* Monday 2026-03-02 */
    expect(no, "answer-1", "reminder", "2026-03-05", "2026-03-06");
    expect(no, "answer-0", "yellow", "2026-03-08", "2026-03-09");
    expect(no, "answer-over", "red", "2026-03-09", "2026-03-10");
    assert_true(
        tb_str_starts(tb_json_get_text(card(no, "answer-over"), "at"), TB_STR("2026-03-10T00:00")));
    assert_string_equal(world_text(card(no, "answer-over"), "reply_due"), "2026-03-17");
}

static void
promise_and_law_are_watched_to_their_last_day(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    world_accept(no); /* promised 2026-03-09, by law 2026-03-23 */
    expect(no, "promised-1", "reminder", "2026-03-05", "2026-03-06");
    expect(no, "promised-0", "yellow", "2026-03-08", "2026-03-09");
    expect(no, "promised-over", "red", "2026-03-09", "2026-03-10");
    expect(no, "law-1", "reminder", "2026-03-19", "2026-03-20");
    expect(no, "law-0", "yellow", "2026-03-22", "2026-03-23");
    expect(no, "law-over", "red", "2026-03-23", "2026-03-24");
    assert_int_equal(tb_json_get_int(card(no, "law-over"), "days_over", 0), 1);
    assert_int_equal(cards(no, "answer-1"), 0); /* it was answered */
}

static void
a_stage_is_watched_by_its_own_limit(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD); /* acceptance: one working day */
    expect(no, "stage-over", "yellow", "2026-03-03", "2026-03-04");
    assert_string_equal(world_text(card(no, "stage-over"), "subject"), "accept 2026-03-03");
    world_accept(no);
    world_tick();
    assert_int_equal(cards(no, "stage-over"), 1);
    at("2026-03-09T00:01"); /* review: two working days from the 4th */
    assert_int_equal(cards(no, "stage-over"), 2);
}

static void
a_renewal_decided_by_silence_is_a_red_card(void **state)
{
    (void)state;
    const char *mark = health_mark(health_by_pledge());
    const char *number =
        world_text(WORLD_DO(WORLD_NOBODY, "certificates.get", "{\"mark\":\"%s\"}", mark), "number");
    at("2030-02-12T10:00");
    const char *no = health_renew(number, "2030-03-01");
    world_accept(no);
    expect(no, "renewal-over", "red", "2030-03-01", "2030-03-02");
}

static void
who_is_late_already_is_not_reminded_any_more(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    world_accept(no);
    at("2026-03-24T09:00"); /* nobody looked for three weeks */
    assert_int_equal(cards(no, "law-over"), 1);
    assert_int_equal(cards(no, "law-0"), 0);
    assert_int_equal(cards(no, "law-1"), 0);
    assert_int_equal(cards(no, "promised-over"), 1);
    assert_int_equal(cards(no, "promised-1"), 0);
}

static void
a_paused_clock_gives_no_card_and_the_pause_is_not_counted_later(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    world_accept(no); /* review until 2026-03-04, promised 2026-03-09 */
    at("2026-03-03T10:00");
    WORLD_DO(WORLD_HEAD, "cases.suspend", "{\"no\":\"%s\",\"reason\":\"testing\",\"told_days\":30}",
             no);
    at("2026-03-31T10:00");
    const struct tb_json *out = WORLD_DO(WORLD_SUPERVISOR, "watch.cards", "{}");
    assert_int_equal(tb_json_get(out, "cards")->count, 0);
    WORLD_DO(WORLD_HEAD, "cases.resume", "{\"no\":\"%s\"}", no);
    world_tick();
    out = WORLD_DO(WORLD_SUPERVISOR, "watch.cards", "{}");
    assert_int_equal(tb_json_get(out, "cards")->count, 0);
    out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    tb_date promised;
    assert_true(tb_date_parse(tb_json_text(tb_json_path(out, "clock.promised_due")), &promised));
    tb_str eve = tb_date_format(world.arena, promised),
           day = tb_date_format(world.arena, tb_date_add_days(promised, 1));
    expect(no, "promised-over", "red", eve.ptr, day.ptr);
}

static void
the_applicants_turn_is_not_the_windows_time(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    WORLD_DO(WORLD_CLERK, "cases.deficiency",
             "{\"no\":\"%s\",\"lines\":[{\"material\":\"safety-rules\",\"what\":\"缺一章\"}]}", no);
    at("2026-03-12T10:00");
    const char *hash = world_upload(WORLD_APPLICANT, world_pdf, sizeof(world_pdf) - 1);
    WORLD_DO(WORLD_APPLICANT, "cases.supplement",
             "{\"no\":\"%s\",\"materials\":[{\"id\":\"safety-rules\",\"hash\":\"%s\"}]}", no, hash);
    world_tick();
    assert_int_equal(cards(no, "stage-over"), 0);
    expect(no, "stage-over", "yellow", "2026-03-13", "2026-03-14");
}

static void
a_second_notice_needs_a_supervisor_once_and_is_a_card(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    const char *more =
        "{\"no\":\"%s\",\"lines\":[{\"material\":\"driving-licence\",\"what\":\"过期\"}]}";
    tb_str second = tb_printf(world.arena, more, no);
    tb_str allow = tb_printf(world.arena, "{\"no\":\"%s\",\"reason\":\"驾驶证当时没有核对\"}", no);
    assert_int_equal(world_call(WORLD_SUPERVISOR, "cases.second_notice", "%s", allow.ptr), 409);
    assert_true(world_has_fault("", "no_notice"));
    WORLD_DO(WORLD_CLERK, "cases.deficiency",
             "{\"no\":\"%s\",\"lines\":[{\"material\":\"safety-rules\",\"what\":\"缺一章\"}]}", no);
    const char *hash = world_upload(WORLD_APPLICANT, world_pdf, sizeof(world_pdf) - 1);
    WORLD_DO(WORLD_APPLICANT, "cases.supplement",
             "{\"no\":\"%s\",\"materials\":[{\"id\":\"safety-rules\",\"hash\":\"%s\"}]}", no, hash);
    assert_int_equal(world_call(WORLD_CLERK, "cases.deficiency", "%s", second.ptr), 409);
    assert_int_equal(world_call(WORLD_CLERK, "cases.second_notice", "%s", allow.ptr), 403);
    assert_int_equal(world_call(WORLD_HEAD, "cases.second_notice", "%s", allow.ptr), 403);
    WORLD_DO(WORLD_SUPERVISOR, "cases.second_notice", "%s", allow.ptr);
    world_tick();
    assert_int_equal(cards(no, "second-notice"), 1);
    assert_int_equal(world_call(WORLD_SUPERVISOR, "cases.second_notice", "%s", allow.ptr), 409);
    assert_true(world_has_fault("", "once"));
    WORLD_DO(WORLD_CLERK, "cases.deficiency", "%s", second.ptr);
    WORLD_DO(WORLD_APPLICANT, "cases.supplement",
             "{\"no\":\"%s\",\"materials\":[{\"id\":\"driving-licence\",\"hash\":\"%s\"}]}", no,
             hash);
    assert_int_equal(world_call(WORLD_CLERK, "cases.deficiency",
                                "{\"no\":\"%s\",\"lines\":[{\"material\":\"work-permit\","
                                "\"what\":\"再要一份\"}]}",
                                no),
                     409); /* what was opened is used up */
}

/* ---- answers
 * -------------------------------------------------------------------------------------------------------- */

static const char *
red_card(void)
{
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    world_accept(no);
    at("2026-03-24T09:00");
    return world_text(card(no, "law-over"), "id");
}

static const char *
state_of(const char *id)
{
    const struct tb_json *out = WORLD_DO(WORLD_SUPERVISOR, "watch.cards", "{}");
    TB_JSON_EACH(one, tb_json_get(out, "cards"))
    {
        if (tb_str_is(tb_json_get_text(one, "id"), id))
            return world_text(one, "state");
    }
    return "gone";
}

static void
a_card_is_answered_appealed_and_judged_but_never_removed(void **state)
{
    (void)state;
    const char *id = red_card();
    assert_int_equal(
        world_call(WORLD_APPLICANT, "watch.reply", "{\"id\":\"%s\",\"text\":\"?\"}", id), 403);
    assert_int_equal(
        world_call(WORLD_SUPERVISOR, "watch.reply", "{\"id\":\"%s\",\"text\":\"?\"}", id), 403);
    assert_int_equal(
        world_call(WORLD_FOREIGN_CLERK, "watch.reply", "{\"id\":\"%s\",\"text\":\"?\"}", id), 404);
    assert_int_equal(world_call(WORLD_SUPERVISOR, "watch.judge",
                                "{\"id\":\"%s\",\"stands\":true,\"reason\":\"没人申诉\"}", id),
                     409);
    WORLD_DO(WORLD_REVIEWER, "watch.reply", "{\"id\":\"%s\",\"text\":\"人手不够，已调整\"}", id);
    assert_string_equal(state_of(id), "replied");
    WORLD_DO(WORLD_HEAD, "watch.appeal", "{\"id\":\"%s\",\"reason\":\"系统停了两天\"}", id);
    assert_string_equal(state_of(id), "appealed");
    assert_int_equal(
        world_call(WORLD_HEAD, "watch.appeal", "{\"id\":\"%s\",\"reason\":\"再申诉\"}", id), 409);
    assert_int_equal(world_call(WORLD_HEAD, "watch.judge",
                                "{\"id\":\"%s\",\"stands\":false,\"reason\":\"自己裁定\"}", id),
                     403);
    WORLD_DO(WORLD_SUPERVISOR, "watch.judge",
             "{\"id\":\"%s\",\"stands\":false,\"reason\":\"停机属实\"}", id);
    assert_string_equal(state_of(id), "dismissed");
    assert_int_equal(world_call(WORLD_HEAD, "watch.reply", "{\"id\":\"%s\",\"text\":\"再说\"}", id),
                     409);
    at("2026-04-20T09:00");
    assert_string_equal(state_of(id), "dismissed");
}

static void
an_appeal_that_does_not_convince_leaves_the_card_standing(void **state)
{
    (void)state;
    const char *id = red_card();
    WORLD_DO(WORLD_HEAD, "watch.appeal", "{\"id\":\"%s\",\"reason\":\"忙\"}", id);
    WORLD_DO(WORLD_SUPERVISOR, "watch.judge",
             "{\"id\":\"%s\",\"stands\":true,\"reason\":\"不是理由\"}", id);
    assert_string_equal(state_of(id), "upheld");
    assert_int_equal(
        world_call(WORLD_HEAD, "watch.appeal", "{\"id\":\"%s\",\"reason\":\"再申诉\"}", id), 409);
}

static void
nobody_judges_his_own_appeal(void **state)
{
    (void)state;
    const char *id = red_card();
    struct op_actor supervisor = world.people[WORLD_SUPERVISOR];
    struct op_grant both[] = {{OP_HEAD, TB_STR(WORLD_DIVISION), TB_STR("")},
                              {OP_SUPERVISOR, TB_STR(WORLD_DIVISION), TB_STR("")}};
    world.people[WORLD_SUPERVISOR].grants = both;
    world.people[WORLD_SUPERVISOR].grant_count = 2;
    WORLD_DO(WORLD_SUPERVISOR, "watch.appeal", "{\"id\":\"%s\",\"reason\":\"我觉得不对\"}", id);
    assert_int_equal(world_call(WORLD_SUPERVISOR, "watch.judge",
                                "{\"id\":\"%s\",\"stands\":false,\"reason\":\"我说得对\"}", id),
                     409);
    world.people[WORLD_SUPERVISOR] = supervisor;
    assert_string_equal(state_of(id), "appealed");
}

static void
another_department_does_not_answer_the_card(void **state)
{
    (void)state;
    const char *id = red_card();
    struct op_actor reviewer = world.people[WORLD_REVIEWER];
    struct op_grant other = {OP_REVIEWER, TB_STR(WORLD_DIVISION), TB_STR("mzj")};
    world.people[WORLD_REVIEWER].grants = &other;
    assert_int_equal(
        world_call(WORLD_REVIEWER, "watch.reply", "{\"id\":\"%s\",\"text\":\"?\"}", id), 404);
    world.people[WORLD_REVIEWER] = reviewer;
}

static void
a_case_shows_its_cards_in_its_clock(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    world_accept(no);
    const struct tb_json *out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_int_equal(tb_json_path(out, "clock.cards")->count, 0);
    at("2026-03-09T09:00");
    at("2026-03-10T09:00");
    out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    const struct tb_json *shown = tb_json_path(out, "clock.cards");
    assert_int_equal(shown->count, 3); /* promised-0, review over, promised-over */
    const struct tb_json *last = tb_json_at(shown, shown->count - 1);
    assert_string_equal(world_text(last, "rule"), "promised-over");
    assert_string_equal(world_text(last, "kind"), "red");
    assert_string_equal(world_text(last, "state"), "open");
    assert_true(strlen(world_text(last, "text")) > 0 && strlen(world_text(last, "at")) > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_stop)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_answer_is_watched_for_five_working_days),
        TEST(promise_and_law_are_watched_to_their_last_day),
        TEST(a_stage_is_watched_by_its_own_limit),
        TEST(a_renewal_decided_by_silence_is_a_red_card),
        TEST(who_is_late_already_is_not_reminded_any_more),
        TEST(a_paused_clock_gives_no_card_and_the_pause_is_not_counted_later),
        TEST(the_applicants_turn_is_not_the_windows_time),
        TEST(a_second_notice_needs_a_supervisor_once_and_is_a_card),
        TEST(a_card_is_answered_appealed_and_judged_but_never_removed),
        TEST(an_appeal_that_does_not_convince_leaves_the_card_standing),
        TEST(nobody_judges_his_own_appeal),
        TEST(another_department_does_not_answer_the_card),
        TEST(a_case_shows_its_cards_in_its_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
