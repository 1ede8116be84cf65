/* SPDX-License-Identifier: Apache-2.0 */
/* The whole life of a case, by operations only: filed, accepted, reviewed, decided, certificate, checked, rated. */
#include "cases_world.h"

static void
a_road_freight_case_goes_from_filing_to_a_rated_certificate(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, "91511602MA620001");
    assert_true(codes_case_number_check(tb_str_of(no), TB_STR_NONE, NULL));
    const struct tb_json *out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_string_equal(world_text(out, "state"), "submitted");
    assert_string_equal(world_text(out, "clock.answer_due"), "2026-03-09");
    assert_int_equal(strlen(world_text(out, "code")), 6);

    const char *mark = world_carry_road(no);
    out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_string_equal(world_text(out, "state"), "closed");
    assert_string_equal(world_text(out, "decision.outcome"), "grant");
    assert_string_equal(world_text(out, "clock.started"), "2026-03-02");
    assert_int_equal(tb_json_get(out, "certificates")->count,
                     2); /* the permit and a card for the lorry */

    out = WORLD_DO(WORLD_NOBODY, "certificates.get", "{\"mark\":\"%s\"}", mark);
    assert_string_equal(world_text(out, "state"), "valid");
    assert_true(codes_mark(tb_str_of(mark), TB_STR_NONE, NULL, NULL));
    assert_string_equal(world_text(out, "expires"), "2030-03-01");

    assert_int_equal(world_call(WORLD_NOBODY, "certificates.pdf", "{\"mark\":\"%s\"}", mark), 200);
    tb_str pdf = world.last.raw;
    assert_true(tb_str_starts(pdf, TB_STR("%PDF-")));

    WORLD_DO(WORLD_APPLICANT, "reviews.rate", "{\"no\":\"%s\",\"satisfaction\":\"satisfied\"}", no);
    assert_int_equal(world_call(WORLD_APPLICANT, "reviews.rate",
                                "{\"no\":\"%s\",\"satisfaction\":\"satisfied\"}", no),
                     409);
    assert_true(world_has_fault("", "already_rated"));

    out = WORLD_DO(WORLD_CLERK, "cases.history", "{\"no\":\"%s\"}", no);
    assert_true(tb_json_get(out, "states")->count >= 4);
    struct tb_buf text = {.arena = world.arena};
    tb_json_write(&text, out);
    assert_false(
        tb_str_contains(tb_buf_done(&text), TB_STR("高小川"))); /* personal values stay masked */

    out = WORLD_DO(WORLD_NOBODY, "grants.list", "{}");
    assert_int_equal(tb_json_get(out, "grants")->count, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_road_freight_case_goes_from_filing_to_a_rated_certificate,
                                        world_start, world_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
