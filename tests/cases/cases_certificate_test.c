/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates: genuine or not, valid or not; versions; what a change ends and what giving up ends. */
#include "cases_world.h"

#define HEAD "91511602MA620001"

static const char *
number_of(const char *mark)
{
    return world_text(WORLD_DO(WORLD_NOBODY, "certificates.get", "{\"mark\":\"%s\"}", mark),
                      "number");
}

static const char *
verdict(tb_str body)
{
    struct op_request request = {
        .id = TB_STR("test"), .lang = TB_STR("zh"), .now = world.now, .body = body};
    op_call(world.registry, world.arena, "certificates.verify", &request, NULL, &world.last);
    assert_int_equal(world.last.http, 200);
    return world_text(world.last.out, "verdict");
}

static const char *
state_of(const char *mark)
{
    return world_text(WORLD_DO(WORLD_NOBODY, "certificates.get", "{\"mark\":\"%s\"}", mark),
                      "state");
}

/* Change of address; the number of the case. */
static const char *
file_change(const char *number)
{
    const struct tb_json *out =
        WORLD_DO(WORLD_APPLICANT, "cases.file",
                 "{\"item\":\"511A0014300005\",\"answers\":{\"goods\":\"general\",\"purpose\":"
                 "\"change\",\"agent\":\"self\"},"
                 "\"fields\":{\"name\":\"广安大山物流有限公司\",\"credit_code\":\"%s\",\"address\":"
                 "\"四川省广安市广安区新街1号\","
                 "\"person_name\":\"陈晓芳\",\"person_id\":\"%s\",\"phone\":\"13900007701\","
                 "\"permit_number\":\"%s\","
                 "\"changed\":[\"address\"]}}",
                 world_credit_code(HEAD).ptr, world_citizen("51160219880512002").ptr, number);
    return world_text(out, "no");
}

static const char *
shown(const struct tb_json *certificate, const char *key)
{
    TB_JSON_EACH(field, tb_json_get(certificate, "fields"))
    {
        if (tb_str_is(tb_json_get_text(field, "key"), key))
            return world_text(field, "value");
    }
    return "";
}

static void
what_hangs_on_a_firms_wall_is_public_and_persons_are_not(void **state)
{
    (void)state;
    const char *mark = world_carry_road(world_file_road(WORLD_APPLICANT, HEAD));
    const struct tb_json *out =
        WORLD_DO(WORLD_NOBODY, "certificates.get", "{\"mark\":\"%s\"}", mark);
    assert_string_equal(world_text(out, "holder_kind"), "firm");
    assert_string_equal(shown(out, "holder"), "广安大山物流有限公司");
    assert_string_equal(shown(out, "address"), "四川省广安市广安区建安北路88号");
    assert_string_equal(shown(out, "person"), "陈**");
    out = WORLD_DO(WORLD_NOBODY, "grants.list", "{}");
    assert_string_equal(world_text(tb_json_get(out, "grants")->first, "holder"),
                        "广安大山物流有限公司");
}

static void
a_sealed_file_is_genuine_and_a_changed_or_appended_one_is_not(void **state)
{
    (void)state;
    const char *mark = world_carry_road(world_file_road(WORLD_APPLICANT, HEAD));
    assert_int_equal(world_call(WORLD_NOBODY, "certificates.pdf", "{\"mark\":\"%s\"}", mark), 404);
    assert_int_equal(
        world_call(WORLD_NOBODY, "certificates.pdf", "{\"mark\":\"%s\",\"code\":\"AAAAAA\"}", mark),
        404);
    assert_int_equal(world_call(WORLD_APPLICANT, "certificates.pdf", "{\"mark\":\"%s\"}", mark),
                     200);
    tb_str pdf = tb_str_copy(world.arena, world.last.raw);
    assert_string_equal(verdict(pdf), "genuine");
    assert_string_equal(world_text(world.last.out, "certificate.mark"), mark);
    for (size_t i = 100; i < pdf.len; i += pdf.len / 40) {
        tb_str changed = tb_str_copy(world.arena, pdf);
        ((char *)(uintptr_t)changed.ptr)[i] ^= 1;
        assert_string_not_equal(verdict(changed), "genuine");
    }
    assert_string_not_equal(verdict(tb_printf(world.arena, TB_FMT "\n%%more\n", TB_ARG(pdf))),
                            "genuine");
    assert_string_equal(verdict(TB_STR("TB1:forged;x")), "altered");
}

static void
a_change_makes_the_next_version_and_ends_the_former_alone(void **state)
{
    (void)state;
    const char *first = world_file_road(WORLD_APPLICANT, HEAD), *mark = world_carry_road(first);
    const struct tb_json *out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", first);
    const char *card = world_text(tb_json_at(tb_json_get(out, "certificates"), 1), "mark");
    const char *number = number_of(mark);
    const char *no = file_change(number);
    assert_string_equal(state_of(mark), "valid");
    world_accept(no);
    out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    const char *next = world_text(out, "certificate.mark");
    assert_string_equal(world_text(out, "state"), "closed");
    assert_string_equal(state_of(mark), "void");
    assert_string_equal(state_of(card), "valid"); /* the lorry's card stays good */
    out = WORLD_DO(WORLD_NOBODY, "certificates.get", "{\"mark\":\"%s\"}", next);
    assert_string_equal(world_text(out, "state"), "valid");
    assert_string_equal(world_text(out, "number"), number);
    assert_string_equal(world_text(out, "previous"), mark);
    assert_string_equal(world_text(out, "expires"), "2030-03-01"); /* a change does not prolong */
    int64_t version = tb_json_get_int(out, "version", 0);
    assert_int_equal(version, 2);

    /* Giving up ends the permit and the card of the first case. */
    out = WORLD_DO(
        WORLD_APPLICANT, "cases.file",
        "{\"item\":\"511A1839900003\",\"answers\":{\"goods\":\"general\",\"purpose\":\"close\","
        "\"vehicles "
        "left\":\"some\",\"agent\":\"self\"},\"fields\":{\"name\":\"广安大山物流有限公司\","
        "\"credit_code\":\"%s\",\"phone\":\"13900007701\",\"permit_number\":\"%s\",\"end_on\":"
        "\"2026-03-31\","
        "\"end_cause\":\"stop\",\"card_count\":1}}",
        world_credit_code(HEAD).ptr, number);
    no = world_text(out, "no");
    world_accept(no);
    assert_string_equal(state_of(next), "deregistered");
    assert_string_equal(state_of(card), "deregistered");
    assert_string_equal(state_of(mark), "void");
    assert_int_equal(
        world_call(WORLD_APPLICANT, "cases.letter", "{\"no\":\"%s\",\"id\":\"cancellation\"}", no),
        200);
}

static void
a_certificate_of_somebody_else_or_ended_is_not_changed(void **state)
{
    (void)state;
    const char *mark = world_carry_road(world_file_road(WORLD_APPLICANT, "91511602MA620002"));
    const char *number = number_of(mark);
    int http =
        world_call(WORLD_APPLICANT, "cases.file",
                   "{\"item\":\"511A0014300005\",\"answers\":{\"goods\":\"general\",\"purpose\":"
                   "\"change\",\"agent\":\"self\"},"
                   "\"fields\":{\"name\":\"别家公司\",\"credit_code\":\"%s\",\"address\":"
                   "\"四川省广安市广安区新街1号\","
                   "\"person_name\":\"陈晓芳\",\"person_id\":\"%s\",\"phone\":\"13900007701\","
                   "\"permit_number\":\"%s\","
                   "\"changed\":[\"address\"]}}",
                   world_credit_code(HEAD).ptr, world_citizen("51160219880512002").ptr, number);
    assert_int_equal(http, 422);
    assert_true(world_has_fault("fields.permit_number", "unknown_certificate"));
    WORLD_DO(WORLD_HEAD, "certificates.revoke",
             "{\"mark\":\"%s\",\"kind\":\"suspend\",\"reason\":\"立案调查\"}", mark);
    assert_string_equal(state_of(mark), "suspended");
    WORLD_DO(WORLD_HEAD, "certificates.revoke",
             "{\"mark\":\"%s\",\"kind\":\"restore\",\"reason\":\"调查结束\"}", mark);
    assert_string_equal(state_of(mark), "valid");
    WORLD_DO(WORLD_HEAD, "certificates.revoke",
             "{\"mark\":\"%s\",\"kind\":\"revoke\",\"reason\":\"行政处罚决定\"}", mark);
    assert_string_equal(state_of(mark), "revoked");
}

static void
numbers_have_no_gap_and_a_refused_act_uses_none(void **state)
{
    (void)state;
    const char *first = world_file_road(WORLD_APPLICANT, HEAD);
    assert_int_equal(world_call(WORLD_APPLICANT, "cases.file",
                                "{\"item\":\"" ROAD_ITEM "\",\"answers\":" ROAD_ANSWERS
                                ",\"fields\":{}}"),
                     422);
    const char *second = world_file_road(WORLD_APPLICANT, HEAD);
    int64_t a, b;
    assert_true(tb_str_to_int(tb_str_sub(tb_str_of(first), 14, 5), &a));
    assert_true(tb_str_to_int(tb_str_sub(tb_str_of(second), 14, 5), &b));
    assert_int_equal(b, a + 1);
    const char *one = number_of(world_carry_road(first)),
               *two = number_of(world_carry_road(second));
    assert_non_null(strstr(one, "000001"));
    assert_non_null(strstr(two, "000002"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_stop)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_hangs_on_a_firms_wall_is_public_and_persons_are_not),
        TEST(a_sealed_file_is_genuine_and_a_changed_or_appended_one_is_not),
        TEST(a_change_makes_the_next_version_and_ends_the_former_alone),
        TEST(a_certificate_of_somebody_else_or_ended_is_not_changed),
        TEST(numbers_have_no_gap_and_a_refused_act_uses_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
