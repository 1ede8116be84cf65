/* SPDX-License-Identifier: Apache-2.0 */
/* Guides, drafts and the window: questions asked once, answers kept, nothing lost, the same case whoever types it. */
#include "cases_world.h"
#include <ctype.h>

#define HEAD "91511602MA620001"

static void
a_guide_asks_only_what_matters_and_can_be_resumed_on_paper(void **state)
{
    (void)state;
    const struct tb_json *out =
        WORLD_DO(WORLD_NOBODY, "cases.guide", "{\"code\":\"" ROAD_ITEM "\",\"answers\":{}}");
    assert_string_equal(world_text(out, "question.input"), "goods");
    /* no way through the guide asks more than it says at the start; this one asks seven */
    assert_true(tb_json_get_int(tb_json_get(out, "topic_progress"), "left_max", 0) >= 7);
    out = WORLD_DO(WORLD_NOBODY, "cases.guide",
                   "{\"code\":\"" ROAD_ITEM
                   "\",\"answers\":{\"goods\":\"general\",\"purpose\":\"new\","
                   "\"vehicle weight\":\"light\"}}");
    assert_string_equal(world_text(out, "outcome.kind"), "not_needed");
    out = WORLD_DO(WORLD_NOBODY, "cases.guide",
                   "{\"code\":\"" ROAD_ITEM "\",\"answers\":" ROAD_ANSWERS "}");
    assert_string_equal(world_text(out, "outcome.kind"), "apply");
    assert_string_equal(world_text(out, "outcome.limits.promised_if_filed_today"), "2026-03-09");
    out = WORLD_DO(WORLD_NOBODY, "cases.guide_save",
                   "{\"item\":\"" ROAD_ITEM "\",\"answers\":" ROAD_ANSWERS "}");
    const char *token = world_text(out, "token");
    out = WORLD_DO(WORLD_NOBODY, "cases.guide_resume", "{\"token\":\"%s\"}", token);
    assert_string_equal(world_text(out, "answers.goods"), "general");
    assert_int_equal(world_call(WORLD_NOBODY, "cases.checklist", "{\"token\":\"%s\"}", token), 200);
    assert_true(tb_str_starts(world.last.raw, TB_STR("%PDF-")));
    world_set_time("2026-04-02T09:31"); /* after 30 days it is forgotten */
    assert_int_equal(world_call(WORLD_NOBODY, "cases.guide_resume", "{\"token\":\"%s\"}", token),
                     404);
}

/* Saves every section of the road form as one; the answer. */
static const struct tb_json *
save_fields(enum world_person who, const char *id, const char *section, const char *fields)
{
    return WORLD_DO(who, "drafts.section", "{\"id\":\"%s\",\"section\":\"%s\",\"fields\":%s}", id,
                    section, fields);
}

static const struct tb_json *
section_of(const struct tb_json *draft, const char *id)
{
    TB_JSON_EACH(section, tb_json_get(draft, "sections"))
    {
        if (tb_str_is(tb_json_get_text(section, "id"), id))
            return section;
    }
    fail_msg("no section %s", id);
    return NULL;
}

static void
a_draft_keeps_faulty_answers_and_becomes_one_case(void **state)
{
    (void)state;
    const struct tb_json *out =
        WORLD_DO(WORLD_APPLICANT, "drafts.begin",
                 "{\"item\":\"" ROAD_ITEM "\",\"answers\":" ROAD_ANSWERS "}");
    const char *id = world_text(out, "id");
    assert_false(tb_json_is_true(tb_json_get(out, "ready")));
    TB_JSON_EACH(field, tb_json_get(section_of(out, "applicant"), "fields"))
    { /* a person's own name is no unit's name */
        if (tb_str_is(tb_json_get_text(field, "key"), "name"))
            assert_false(tb_json_is_true(tb_json_get(field, "is_prefilled")));
    }
    out = save_fields(WORLD_APPLICANT, id, "applicant",
                      "{\"phone\":\"12\",\"name\":\"广安大山物流有限公司\"}");
    const struct tb_json *section = section_of(out, "applicant");
    assert_string_equal(world_text(section, "state"), "fault");
    TB_JSON_EACH(field, tb_json_get(section, "fields"))
    {
        if (tb_str_is(tb_json_get_text(field, "key"), "phone")) {
            assert_string_equal(world_text(field, "value"), "12"); /* kept as typed */
            assert_true(tb_json_get_text(field, "fault").len > 0);
        }
    }
    assert_int_equal(
        world_call(WORLD_APPLICANT, "drafts.submit", "{\"id\":\"%s\",\"signed\":true}", id), 422);
    assert_true(world_has_fault("fields.phone", NULL));
    assert_true(world_has_fault("materials.safety-rules", "missing"));
    assert_int_equal(world_call(WORLD_OTHER, "drafts.get", "{\"id\":\"%s\"}", id), 404);

    static const char *const sections[] = {"applicant", "business", "vehicle_counts", "safety"};
    for (size_t i = 0; i < TB_COUNT(sections); i++)
        save_fields(WORLD_APPLICANT, id, sections[i], world_road_fields(HEAD));
    save_fields(WORLD_APPLICANT, id, "vehicles.1", "{}");
    out = save_fields(WORLD_APPLICANT, id, "drivers.1", "{}");
    const char *hash = world_upload(WORLD_APPLICANT, world_pdf, sizeof(world_pdf) - 1);
    out = WORLD_DO(WORLD_APPLICANT, "drafts.add_paper",
                   "{\"id\":\"%s\",\"material\":\"safety-rules\",\"hash\":\"%s\"}", id, hash);
    assert_true(tb_json_is_true(tb_json_get(out, "ready")));
    assert_int_equal(
        world_call(WORLD_APPLICANT, "drafts.submit", "{\"id\":\"%s\",\"signed\":false}", id), 422);
    assert_true(world_has_fault("signed", "not_signed"));
    out = WORLD_DO(WORLD_APPLICANT, "drafts.submit", "{\"id\":\"%s\",\"signed\":true}", id);
    const char *no = world_text(out, "no");
    out = WORLD_DO(WORLD_APPLICANT, "drafts.submit", "{\"id\":\"%s\",\"signed\":true}",
                   id); /* pressed twice */
    assert_string_equal(world_text(out, "no"), no);
    assert_int_equal(
        world_call(WORLD_APPLICANT, "drafts.section", "{\"id\":\"%s\",\"fields\":{}}", id), 409);
    out = WORLD_DO(WORLD_APPLICANT, "drafts.list", "{}");
    assert_int_equal(tb_json_get(out, "drafts")->count, 0);
}

static void
a_clerk_files_and_accepts_for_the_person_at_the_window_but_never_decides(void **state)
{
    (void)state;
    const char *hash = world_upload(WORLD_CLERK, world_pdf, sizeof(world_pdf) - 1);
    const char *body = "{\"item\":\"" ROAD_ITEM "\",\"answers\":" ROAD_ANSWERS ",\"fields\":%s,"
                       "\"materials\":[{\"id\":\"safety-rules\",\"hash\":\"%s\"}],\"on_behalf\":{"
                       "\"channel\":\"window\"%s}}";
    char text[8192];
    snprintf(text, sizeof(text), body, world_road_fields(HEAD), hash,
             ",\"identity_check\":\"guessed\"");
    assert_int_equal(world_call(WORLD_CLERK, "cases.file", "%s", text), 422);
    assert_true(world_has_fault("on_behalf.identity_check", "choice"));
    assert_true(world_has_fault("on_behalf.signed", "not_signed"));
    snprintf(text, sizeof(text), body, world_road_fields(HEAD), hash, ",\"signed\":\"thumb\"");
    assert_int_equal(world_call(WORLD_CLERK, "cases.file", "%s", text), 422);
    assert_true(world_has_fault("on_behalf.witness", "required"));
    assert_int_equal(world_call(WORLD_APPLICANT, "cases.file", "%s", text), 403);
    snprintf(text, sizeof(text), body, world_road_fields(HEAD), hash,
             ",\"identity_check\":\"card_read\",\"signed\":\"pad\"");
    const struct tb_json *out = WORLD_DO(WORLD_CLERK, "cases.file", "%s", text);
    const char *no = world_text(out, "no");
    out = WORLD_DO(WORLD_CLERK, "cases.window", "{}");
    assert_string_equal(world_text(out, "current.no"), no);
    assert_string_equal(world_text(out, "deadline"), "2026-03-09");
    world_accept(no);
    out = WORLD_DO(WORLD_CLERK, "cases.get", "{\"no\":\"%s\"}", no);
    bool is_read = false;
    TB_JSON_EACH(party, tb_json_get(out, "parties"))
    {
        if (tb_str_is(tb_json_get_text(party, "role"), "legal_representative"))
            is_read = tb_str_is(tb_json_get_text(party, "identity_check"), "card_read");
    }
    assert_true(is_read);
    world_complete(WORLD_REVIEWER, no, "review", "pass");
    assert_int_equal(world_call(WORLD_CLERK_WHO_APPROVES, "cases.complete",
                                "{\"id\":\"%s\",\"outcome\":\"grant\"}", world_task(no, "decide")),
                     409);
}

static void
personal_data_are_masked_until_unmasked_for_a_purpose(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    const struct tb_json *out = WORLD_DO(WORLD_CLERK, "cases.get", "{\"no\":\"%s\"}", no);
    assert_string_equal(world_text(out, "fields.phone"), "139****7701");
    out = WORLD_DO(WORLD_CLERK, "cases.unmask", "{\"no\":\"%s\",\"purpose\":\"核对联系电话\"}", no);
    assert_string_equal(world_text(out, "fields.phone"), "13900007701");
    out = WORLD_DO(WORLD_REVIEWER, "cases.get", "{\"no\":\"%s\"}", no); /* only for who asked */
    assert_string_equal(world_text(out, "fields.phone"), "139****7701");
    world.now += INT64_C(31) * 60 * TB_US_PER_SECOND;
    out = WORLD_DO(WORLD_CLERK, "cases.get", "{\"no\":\"%s\"}", no); /* and not for ever */
    assert_string_equal(world_text(out, "fields.phone"), "139****7701");
    out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    const char *code = world_text(out, "code");
    out = WORLD_DO(WORLD_NOBODY, "cases.get", "{\"no\":\"%s\",\"code\":\"%s\"}", no, code);
    assert_null(tb_json_get(out, "fields"));
    assert_null(tb_json_get(out, "code"));
    char small[16] = {0}; /* as many a person types it */
    for (size_t i = 0; i < sizeof(small) - 1 && code[i] != 0; i++)
        small[i] = (char)tolower((unsigned char)code[i]);
    out = WORLD_DO(WORLD_NOBODY, "cases.get", "{\"no\":\"%s\",\"code\":\"%s\"}", no, small);
    assert_string_equal(world_text(out, "no"), no);
    out = WORLD_DO(WORLD_CLERK, "cases.list", "{\"q\":\"广安大山物流有限公司\"}");
    assert_int_equal(tb_json_get(out, "cases")->count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_stop)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_guide_asks_only_what_matters_and_can_be_resumed_on_paper),
        TEST(a_draft_keeps_faulty_answers_and_becomes_one_case),
        TEST(a_clerk_files_and_accepts_for_the_person_at_the_window_but_never_decides),
        TEST(personal_data_are_masked_until_unmasked_for_a_purpose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
