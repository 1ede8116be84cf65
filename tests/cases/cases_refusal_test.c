/* SPDX-License-Identifier: Apache-2.0 */
/* What is refused, and how: every fault at once next to its field; separation of duties by
 * person; one complete notice;
 * the pledge; the one rating. Each test is one refusal, with the same act done rightly beside it. */
#include "cases_world.h"

#define HEAD "91511602MA620001"

/* ---- filing
 * ------------------------------------------------------------------------------------------------------ */

static void
every_fault_of_an_application_is_told_at_once(void **state)
{
    (void)state;
    int http = world_call(
        WORLD_APPLICANT, "cases.file",
        "{\"item\":\"" ROAD_ITEM "\",\"answers\":" ROAD_ANSWERS
        ",\"fields\":{\"name\":\"广安大山物流有限公司\",\"credit_code\":\"91511602MA6200010A\","
        "\"address\":\"广\","
        "\"person_name\":\"陈晓芳\",\"person_id\":\"511602198805120021\",\"phone\":\"12\","
        "\"scope\":\"rocket\","
        "\"vehicle_count\":1,\"driver_count\":1,\"vehicles.1.plate\":\"川X12345\",\"vehicles.1."
        "total_mass\":18000,"
        "\"vehicles.1.vehicle_type\":\"货车\",\"drivers.1.name\":\"高\",\"drivers.1.id_number\":"
        "\"511602198013054019\","
        "\"drivers.1.licence_class\":\"B2\",\"safety_person\":\"陈晓芳\",\"safety_confirm\":true},"
        "\"materials\":[{\"id\":\"photograph\",\"hash\":\"%064d\"}],"
        "\"agent\":{\"name\":\"\",\"id_number\":\"1\",\"from\":\"2026-02-30\",\"until\":\"\"},"
        "\"delivery\":{\"way\":\"post\"},\"signed\":false}",
        0);
    assert_int_equal(http, 422);
    assert_true(world_has_fault("fields.credit_code", NULL));
    assert_true(world_has_fault("fields.person_id", NULL));
    assert_true(world_has_fault("fields.phone", NULL));
    assert_true(world_has_fault("fields.scope", NULL));
    assert_true(world_has_fault("fields.drivers.1.id_number", NULL)); /* the 13th month */
    assert_true(world_has_fault("materials.safety-rules", "missing"));
    assert_true(world_has_fault("materials.0.id", "not_asked_for"));
    assert_true(world_has_fault("agent.name", "required"));
    assert_true(world_has_fault("agent.scope", "required"));
    assert_true(world_has_fault("agent.from", "date")); /* no 30 February */
    assert_true(world_has_fault("agent.until", "date"));
    assert_true(world_has_fault("delivery.address", "required"));
    assert_true(world_has_fault("signed", "not_signed"));
}

static void
a_form_of_another_situation_is_refused(void **state)
{
    (void)state;
    int http =
        world_call(WORLD_APPLICANT, "cases.file",
                   "{\"item\":\"" ROAD_ITEM "\",\"situation\":\"cancel\",\"answers\":" ROAD_ANSWERS
                   ",\"fields\":{\"end_cause\":\"closed\"},\"materials\":[]}");
    assert_int_equal(http, 422);
    assert_true(world_has_fault("situation", "other_situation"));
    assert_true(world_has_fault("fields.end_cause", NULL));
}

static void
answers_that_need_no_permit_make_no_case(void **state)
{
    (void)state;
    int http = world_call(WORLD_APPLICANT, "cases.file",
                          "{\"item\":\"" ROAD_ITEM
                          "\",\"answers\":{\"goods\":\"general\",\"purpose\":\"new\","
                          "\"vehicle weight\":\"light\"},\"fields\":{},\"materials\":[]}");
    assert_int_equal(http, 422);
    assert_true(world_has_fault("item", "no_application"));
}

static void
sent_twice_is_one_case_and_another_body_under_the_key_is_refused(void **state)
{
    (void)state;
    const char *hash = world_upload(WORLD_APPLICANT, world_pdf, sizeof(world_pdf) - 1);
    tb_str body =
        tb_printf(world.arena,
                  "{\"item\":\"" ROAD_ITEM "\",\"answers\":" ROAD_ANSWERS ",\"fields\":%s,"
                  "\"materials\":[{\"id\":\"safety-rules\",\"hash\":\"%s\"}]}",
                  world_road_fields(HEAD), hash);
    struct op_request request = {.actor = &world.people[WORLD_APPLICANT],
                                 .id = TB_STR("test"),
                                 .lang = TB_STR("zh"),
                                 .now = world.now,
                                 .idempotency_key = TB_STR("once")};
    struct op_result first, second, other;
    op_call(world.registry, world.arena, "cases.file", &request, world_json(body.ptr), &first);
    op_call(world.registry, world.arena, "cases.file", &request, world_json(body.ptr), &second);
    assert_int_equal(first.http, 201);
    assert_int_equal(second.http, 201);
    assert_true(tb_str_eq(tb_json_get_text(first.out, "no"), tb_json_get_text(second.out, "no")));
    tb_str more = tb_printf(world.arena, "%.*s,\"delivery\":{\"way\":\"pickup\"}}",
                            (int)body.len - 1, body.ptr);
    op_call(world.registry, world.arena, "cases.file", &request, world_json(more.ptr), &other);
    assert_int_equal(other.http, 422);
    const struct tb_json *list = WORLD_DO(WORLD_APPLICANT, "cases.list", "{}");
    assert_int_equal(tb_json_get(list, "cases")->count, 1);
}

/* ---- uploads
 * ----------------------------------------------------------------------------------------------------- */

static void
an_upload_is_empty_too_big_or_disguised(void **state)
{
    (void)state;
    size_t big = (20u << 20) + 1;
    char *bytes = calloc(1, big);
    assert_non_null(bytes);
    memcpy(bytes, "%PDF-1.4\n", 9);
    memcpy(bytes + big - 6, "%%EOF\n", 6);
    assert_null(world_upload(WORLD_APPLICANT, "", 0));
    assert_true(world_has_fault("file", "empty"));
    assert_null(world_upload(WORLD_APPLICANT, bytes, big));
    assert_int_equal(world.last.http, 413);
    assert_true(world_has_fault("file", "too_big"));
    assert_null(world_upload(WORLD_APPLICANT, "MZ\x90 this is a program", 20));
    assert_true(world_has_fault("file", "disguised"));
    assert_null(world_upload(WORLD_APPLICANT, "%PDF-1.4 cut off", 16));
    assert_true(world_has_fault("file", "disguised"));
    memcpy(bytes + big - 7, "%%EOF\n", 6); /* exactly 20 MB is taken */
    assert_non_null(world_upload(WORLD_APPLICANT, bytes, big - 1));
    free(bytes);
    const char *hash = world_upload(WORLD_OTHER, world_pdf, sizeof(world_pdf) - 1);
    int http = world_call(WORLD_APPLICANT, "cases.file",
                          "{\"item\":\"" ROAD_ITEM "\",\"answers\":" ROAD_ANSWERS ",\"fields\":%s,"
                          "\"materials\":[{\"id\":\"safety-rules\",\"hash\":\"%s\"}]}",
                          world_road_fields(HEAD), hash);
    assert_int_equal(http, 422); /* somebody else's file */
    assert_true(world_has_fault("materials.safety-rules", "unknown_file"));
}

/* ---- separation of duties
 * ---------------------------------------------------------------------------------------- */

/* The clerk's own firm: he is its legal representative. */
static const char *
file_for_the_clerk(void)
{
    const char *hash = world_upload(WORLD_APPLICANT, world_pdf, sizeof(world_pdf) - 1);
    tb_str fields = tb_str_of(world_road_fields(HEAD));
    tb_str own = world_citizen("51160219880512002"), clerk = world_citizen("51160219910304004");
    ptrdiff_t at = tb_str_find(fields, own);
    assert_true(at > 0);
    tb_str changed =
        tb_printf(world.arena, TB_FMT TB_FMT TB_FMT, TB_ARG(tb_str_sub(fields, 0, (size_t)at)),
                  TB_ARG(clerk), TB_ARG(tb_str_sub(fields, (size_t)at + own.len, fields.len)));
    const struct tb_json *out =
        WORLD_DO(WORLD_APPLICANT, "cases.file",
                 "{\"item\":\"" ROAD_ITEM "\",\"answers\":" ROAD_ANSWERS ",\"fields\":%s,"
                 "\"materials\":[{\"id\":\"safety-rules\",\"hash\":\"%s\"}]}",
                 changed.ptr, hash);
    return world_text(out, "no");
}

static void
nobody_accepts_his_own_case(void **state)
{
    (void)state;
    const char *no = file_for_the_clerk();
    assert_int_equal(world_call(WORLD_CLERK, "cases.accept", "{\"no\":\"%s\"}", no), 409);
    assert_true(world_has_fault("", "own_case"));
}

static void
who_accepted_does_not_decide_not_even_under_another_account(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    world_accept(no);
    world_complete(WORLD_REVIEWER, no, "review", "pass");
    const char *task = world_task(no, "decide");
    assert_int_equal(world_call(WORLD_CLERK_WHO_APPROVES, "cases.complete",
                                "{\"id\":\"%s\",\"outcome\":\"grant\"}", task),
                     409);
    assert_true(world_has_fault("", "same_person"));
    assert_int_equal(
        world_call(WORLD_REVIEWER, "cases.complete", "{\"id\":\"%s\",\"outcome\":\"grant\"}", task),
        403);
    WORLD_DO(WORLD_APPROVER, "cases.complete", "{\"id\":\"%s\",\"outcome\":\"grant\"}", task);
}

static void
an_applicant_who_works_here_does_not_decide_his_case(void **state)
{
    (void)state;
    const char *no = file_for_the_clerk();
    struct op_actor clerk = world.people[WORLD_CLERK];
    world.people[WORLD_CLERK] =
        world.people[WORLD_SURVEYOR]; /* another person stands at the window */
    struct op_grant grant = {OP_CLERK, TB_STR(WORLD_DIVISION), TB_STR("")};
    world.people[WORLD_CLERK].grants = &grant;
    world_accept(no);
    world_complete(WORLD_REVIEWER, no, "review", "pass");
    assert_int_equal(world_call(WORLD_CLERK_WHO_APPROVES, "cases.complete",
                                "{\"id\":\"%s\",\"outcome\":\"grant\"}", world_task(no, "decide")),
                     409);
    assert_true(world_has_fault("", "own_case"));
    world.people[WORLD_CLERK] = clerk;
}

static void
a_foreign_district_sees_nothing(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    assert_int_equal(world_call(WORLD_FOREIGN_CLERK, "cases.get", "{\"no\":\"%s\"}", no), 404);
    assert_int_equal(world_call(WORLD_FOREIGN_CLERK, "cases.accept", "{\"no\":\"%s\"}", no), 404);
    assert_int_equal(world_call(WORLD_OTHER, "cases.get", "{\"no\":\"%s\"}", no), 404);
    assert_int_equal(world_call(WORLD_NOBODY, "cases.get", "{\"no\":\"%s\"}", no), 404);
    assert_int_equal(
        world_call(WORLD_NOBODY, "cases.get", "{\"no\":\"%s\",\"code\":\"AAAAAA\"}", no), 404);
    const struct tb_json *list = WORLD_DO(WORLD_FOREIGN_CLERK, "cases.list", "{}");
    assert_int_equal(tb_json_get(list, "cases")->count, 0);
}

/* ---- the survey
 * -------------------------------------------------------------------------------------------------- */

#define FINDINGS                                                                                   \
    "\"owner_signed\":true,\"findings\":[{\"id\":\"vehicles-there\",\"result\":\"pass\"},"         \
    "{\"id\":\"vehicles-fit\",\"result\":\"pass\"},{\"id\":\"drivers-there\",\"result\":\"pass\"}" \
    ","                                                                                            \
    "{\"id\":\"safety-in-place\",\"result\":\"pass\"}]"

static void
a_survey_needs_two_officers_who_both_confirm(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    world_accept(no);
    world_complete(WORLD_REVIEWER, no, "review", "survey");
    const char *task = world_task(no, "survey");
    assert_int_equal(
        world_call(
            WORLD_SURVEYOR, "cases.complete",
            "{\"id\":\"%s\",\"outcome\":\"pass\",\"fields\":{\"officers\":[{\"name\":\"赵志远\","
            "\"number\":\"川Z001\"}],\"findings\":[]}}",
            task),
        422);
    assert_true(world_has_fault("fields.officers", "two_officers"));
    assert_true(world_has_fault("fields.findings.vehicles-there", "required"));
    assert_true(world_has_fault("fields.owner_signed", "required"));
    assert_int_equal(world_call(WORLD_SURVEYOR_2, "cases.complete",
                                "{\"id\":\"%s\",\"outcome\":\"confirm\"}", task),
                     409);
    WORLD_DO(WORLD_SURVEYOR, "cases.complete",
             "{\"id\":\"%s\",\"outcome\":\"pass\",\"fields\":{\"officers\":[{\"name\":\"赵志远\","
             "\"number\":\"川Z001\"},"
             "{\"name\":\"孙丽华\",\"number\":\"川Z002\"}]," FINDINGS "}}",
             task);
    const struct tb_json *shown = WORLD_DO(WORLD_SURVEYOR, "cases.task", "{\"id\":\"%s\"}", task);
    assert_true(tb_json_is_true(tb_json_get(shown, "is_signed")));
    assert_true(tb_json_is_true(tb_json_get(shown, "is_mine")));
    assert_string_equal(world_text(tb_json_get(shown, "officer"), "number"), "川Z001");
    assert_null(tb_json_get(shown, "separation")->first); /* nothing is decided here */
    shown = WORLD_DO(WORLD_SURVEYOR_2, "cases.task", "{\"id\":\"%s\"}", task);
    assert_true(tb_json_is_true(tb_json_get(shown, "is_signed")));
    assert_false(tb_json_is_true(tb_json_get(shown, "is_mine")));
    assert_int_equal(world_call(WORLD_SURVEYOR, "cases.complete",
                                "{\"id\":\"%s\",\"outcome\":\"confirm\"}", task),
                     409);
    assert_true(world_has_fault("fields.officers", "two_officers"));
    WORLD_DO(WORLD_SURVEYOR_2, "cases.complete", "{\"id\":\"%s\",\"outcome\":\"confirm\"}", task);
    world_complete(WORLD_APPROVER, no, "decide", "grant");
}

/* What was looked at, by which clause, and what was found: nobody has to look an id up. */
static void
assert_findings_can_be_read(enum world_person who, const char *no)
{
    const struct tb_json *out = WORLD_DO(who, "cases.get", "{\"no\":\"%s\"}", no);
    const struct tb_json *findings = tb_json_path(out, "survey.findings");
    assert_int_equal(findings->count, 4);
    const struct tb_json *point = tb_json_at(findings, 1);
    assert_string_equal(world_text(point, "id"), "vehicles-fit");
    assert_true(strlen(world_text(point, "text")) > strlen("vehicles-fit"));
    assert_string_equal(world_text(point, "clause"), "道路运输条例#21.1");
    assert_true(strlen(world_text(point, "law")) > 0);
    assert_string_equal(world_text(point, "result"), "fail");
    assert_string_equal(world_text(point, "note"), "灯光不合格，换新");
}

static void
later_readers_of_a_survey_see_what_was_looked_at(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    world_accept(no);
    world_complete(WORLD_REVIEWER, no, "review", "survey");
    const char *task = world_task(no, "survey");
    const char *findings =
        "\"owner_signed\":true,\"findings\":[{\"id\":\"vehicles-there\",\"result\":\"pass\"},"
        "{\"id\":\"vehicles-fit\",\"result\":\"fail\",\"note\":\"灯光不合格，换新\"},"
        "{\"id\":\"drivers-there\",\"result\":\"na\"},%s"
        "{\"id\":\"safety-in-place\",\"result\":\"pass\"}]";
    const char *officers = "\"officers\":[{\"name\":\"赵志远\",\"number\":\"川Z001\"},"
                           "{\"name\":\"孙丽华\",\"number\":\"川Z002\"}]";
    tb_str odd = tb_printf(world.arena, findings, "{\"id\":\"colour\",\"result\":\"pass\"},");
    assert_int_equal(world_call(WORLD_SURVEYOR, "cases.complete",
                                "{\"id\":\"%s\",\"outcome\":\"fail\",\"fields\":{%s,%s}}", task,
                                officers, odd.ptr),
                     422);
    assert_true(world_has_fault("fields.findings.colour", "not_asked_for"));
    WORLD_DO(WORLD_SURVEYOR, "cases.complete",
             "{\"id\":\"%s\",\"outcome\":\"fail\",\"fields\":{%s,%s}}", task, officers,
             tb_printf(world.arena, findings, "").ptr);
    WORLD_DO(WORLD_SURVEYOR_2, "cases.complete", "{\"id\":\"%s\",\"outcome\":\"confirm\"}", task);
    assert_findings_can_be_read(WORLD_APPLICANT, no);
    assert_findings_can_be_read(WORLD_REVIEWER, no);
    assert_findings_can_be_read(WORLD_APPROVER, no);
    assert_int_equal(world_call(WORLD_APPLICANT, "cases.letter",
                                "{\"no\":\"%s\",\"id\":\"survey_findings\"}", no),
                     200);
}

static void
nobody_is_named_as_an_officer_who_does_not_confirm_himself(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    world_accept(no);
    world_complete(WORLD_REVIEWER, no, "review", "survey");
    const char *task = world_task(no, "survey");
    const char *body =
        "{\"id\":\"%s\",\"outcome\":\"pass\",\"fields\":{\"officers\":[{\"name\":\"%s\","
        "\"number\":\"川Z001\"},{\"name\":\"%s\",\"number\":\"川Z002\"}]," FINDINGS "}}";
    tb_str others = tb_printf(world.arena, body, task, "孙丽华", "刘敏");
    assert_int_equal(world_call(WORLD_SURVEYOR, "cases.complete", "%s", others.ptr), 422);
    assert_true(world_has_fault("fields.officers", "not_listed"));
    tb_str with_clerk = tb_printf(world.arena, body, task, "赵志远", "刘敏");
    WORLD_DO(WORLD_SURVEYOR, "cases.complete", "%s", with_clerk.ptr);
    assert_int_equal(world_call(WORLD_SURVEYOR_2, "cases.complete",
                                "{\"id\":\"%s\",\"outcome\":\"confirm\"}", task),
                     409); /* he was not there */
    assert_true(world_has_fault("fields.officers", "not_listed"));
    assert_int_equal(
        world_call(WORLD_CLERK, "cases.complete", "{\"id\":\"%s\",\"outcome\":\"confirm\"}", task),
        403); /* and she is no surveyor */
}

static void
a_case_is_not_decided_around_its_survey(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    world_accept(no);
    world_complete(WORLD_REVIEWER, no, "review", "survey");
    int http = world_call(WORLD_APPROVER, "cases.complete", "{\"id\":\"%s\",\"outcome\":\"grant\"}",
                          world_task(no, "survey"));
    assert_int_equal(http, 403); /* the survey's task is not his */
    http =
        world_call(WORLD_APPROVER, "cases.complete", "{\"id\":\"%s-4\",\"outcome\":\"grant\"}", no);
    assert_int_equal(http, 404); /* and there is no task of deciding yet */
}

/* ---- the notice
 * -------------------------------------------------------------------------------------------------- */

static void
what_is_missing_is_told_once_and_completely(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    assert_int_equal(
        world_call(WORLD_CLERK, "cases.deficiency",
                   "{\"no\":\"%s\",\"lines\":[{\"material\":\"photograph\",\"what\":\"照片\"}]}",
                   no),
        422);
    WORLD_DO(
        WORLD_CLERK, "cases.deficiency",
        "{\"no\":\"%s\",\"lines\":[{\"material\":\"safety-rules\",\"what\":\"缺操作规程一章\"}]}",
        no);
    assert_int_equal(
        world_call(
            WORLD_CLERK, "cases.deficiency",
            "{\"no\":\"%s\",\"lines\":[{\"material\":\"driving-licence\",\"what\":\"驾驶证\"}]}",
            no),
        409);
    assert_true(world_has_fault("lines.0.material", "not_named_first"));
    const struct tb_json *papers =
        tb_json_path(WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no), "act.papers");
    assert_int_equal(papers->count, 1);
    assert_string_equal(world_text(papers->first, "id"), "safety-rules");
    assert_string_equal(world_text(papers->first, "what"), "缺操作规程一章");
    const char *hash = world_upload(WORLD_APPLICANT, world_pdf, sizeof(world_pdf) - 1);
    const struct tb_json *out = WORLD_DO(
        WORLD_APPLICANT, "cases.supplement",
        "{\"no\":\"%s\",\"materials\":[{\"id\":\"safety-rules\",\"hash\":\"%s\"}]}", no, hash);
    assert_string_equal(world_text(out, "state"), "submitted");
    assert_int_equal(
        world_call(WORLD_NOBODY, "cases.letter", "{\"no\":\"%s\",\"id\":\"deficiency\"}", no), 404);
    assert_int_equal(
        world_call(WORLD_APPLICANT, "cases.letter", "{\"no\":\"%s\",\"id\":\"deficiency\"}", no),
        200);
    assert_true(tb_str_starts(world.last.raw, TB_STR("%PDF-")));
    world_accept(no);
}

/* ---- after the end
 * ----------------------------------------------------------------------------------------------- */

static void
a_decided_case_is_not_withdrawn_and_an_open_one_only_by_its_applicant(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    assert_int_equal(world_call(WORLD_OTHER, "cases.withdraw", "{\"no\":\"%s\"}", no), 404);
    WORLD_DO(WORLD_APPLICANT, "cases.withdraw", "{\"no\":\"%s\",\"reason\":\"不办了\"}", no);
    const struct tb_json *out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_string_equal(world_text(out, "state"), "withdrawn");
    assert_int_equal(world_call(WORLD_CLERK, "cases.accept", "{\"no\":\"%s\"}", no), 409);
    no = world_file_road(WORLD_APPLICANT, HEAD);
    world_carry_road(no);
    assert_int_equal(world_call(WORLD_APPLICANT, "cases.withdraw", "{\"no\":\"%s\"}", no), 409);
}

static void
a_refusal_gives_its_reasons(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    world_accept(no);
    world_complete(WORLD_REVIEWER, no, "review", "fail");
    const char *task = world_task(no, "decide");
    assert_int_equal(
        world_call(WORLD_HEAD, "cases.complete", "{\"id\":\"%s\",\"outcome\":\"refuse\"}", task),
        422);
    assert_true(world_has_fault("comment", "required"));
    WORLD_DO(WORLD_HEAD, "cases.complete",
             "{\"id\":\"%s\",\"outcome\":\"refuse\",\"comment\":\"驾驶员不符合条件\"}", task);
    const struct tb_json *out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_string_equal(world_text(out, "decision.outcome"), "refuse");
    assert_string_equal(world_text(out, "state"), "closed");
    assert_int_equal(
        world_call(WORLD_APPLICANT, "cases.letter", "{\"no\":\"%s\",\"id\":\"refusal\"}", no), 200);
    out = WORLD_DO(WORLD_NOBODY, "grants.list", "{}");
    assert_int_equal(tb_json_get(out, "grants")->count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_stop)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_fault_of_an_application_is_told_at_once),
        TEST(a_form_of_another_situation_is_refused),
        TEST(answers_that_need_no_permit_make_no_case),
        TEST(sent_twice_is_one_case_and_another_body_under_the_key_is_refused),
        TEST(an_upload_is_empty_too_big_or_disguised),
        TEST(nobody_accepts_his_own_case),
        TEST(who_accepted_does_not_decide_not_even_under_another_account),
        TEST(an_applicant_who_works_here_does_not_decide_his_case),
        TEST(a_foreign_district_sees_nothing),
        TEST(a_survey_needs_two_officers_who_both_confirm),
        TEST(nobody_is_named_as_an_officer_who_does_not_confirm_himself),
        TEST(later_readers_of_a_survey_see_what_was_looked_at),
        TEST(a_case_is_not_decided_around_its_survey),
        TEST(what_is_missing_is_told_once_and_completely),
        TEST(a_decided_case_is_not_withdrawn_and_an_open_one_only_by_its_applicant),
        TEST(a_refusal_gives_its_reasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
