/* SPDX-License-Identifier: Apache-2.0 */
/* The form goes back for correction: the notice names fields, the applicant corrects those and nothing else, and what
 * he corrected is checked again. */
#include "cases_world.h"

#define HEAD "91511602MA620001"

static const char *
state_of(const char *no)
{
    return world_text(WORLD_DO(WORLD_CLERK, "cases.get", "{\"no\":\"%s\"}", no), "state");
}

/* A case whose address and first plate are named by a notice. */
static const char *
told(void)
{
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    WORLD_DO(WORLD_CLERK, "cases.check", "{\"no\":\"%s\",\"materials\":%s}", no,
             world_ticks(no, "ok"));
    WORLD_DO(WORLD_CLERK, "cases.deficiency",
             "{\"no\":\"%s\",\"lines\":[{\"field\":\"address\",\"what\":\"与营业执照不一致\"},"
             "{\"field\":\"vehicles.1.plate\",\"what\":\"与行驶证不一致\"}]}",
             no);
    assert_string_equal(state_of(no), "correcting");
    return no;
}

static const struct tb_json *
field_of(const struct tb_json *out, const char *key)
{
    TB_JSON_EACH(field, tb_json_get(out, "fields"))
    {
        if (tb_str_is(tb_json_get_text(field, "key"), key))
            return field;
    }
    return NULL;
}

static bool
happened(const char *no, const char *kind)
{
    const struct tb_json *out = WORLD_DO(WORLD_CLERK, "cases.get", "{\"no\":\"%s\"}", no);
    TB_JSON_EACH(event, tb_json_get(out, "timeline"))
    {
        if (tb_str_is(tb_json_get_text(event, "kind"), kind))
            return true;
    }
    return false;
}

static void
the_applicant_gets_the_named_fields_with_his_answers(void **state)
{
    (void)state;
    const char *no = told();
    const struct tb_json *out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_string_equal(world_text(out, "act.kind"), "supplement");
    assert_int_equal(tb_json_path(out, "act.fields")->count, 2);
    assert_int_equal(tb_json_path(out, "act.papers")->count, 0);
    out = WORLD_DO(WORLD_APPLICANT, "cases.correction", "{\"no\":\"%s\"}", no);
    assert_int_equal(tb_json_get(out, "fields")->count, 2);
    assert_string_equal(world_text(field_of(out, "address"), "value"),
                        "四川省广安市广安区建安北路88号");
    assert_string_equal(world_text(field_of(out, "address"), "what"), "与营业执照不一致");
    assert_int_equal(world_call(WORLD_OTHER, "cases.correction", "{\"no\":\"%s\"}", no), 404);
    assert_int_equal(world_call(WORLD_CLERK, "cases.correction", "{\"no\":\"%s\"}", no), 403);
    WORLD_DO(WORLD_CLERK, "cases.unmask", "{\"no\":\"%s\",\"purpose\":\"窗口代改\"}", no);
    out = WORLD_DO(WORLD_CLERK, "cases.correction", "{\"no\":\"%s\"}", no);
    assert_string_equal(world_text(field_of(out, "vehicles.1.plate"), "value"), "川X12345");
}

static void
what_he_corrects_is_kept_and_goes_back_to_the_window(void **state)
{
    (void)state;
    const char *no = told();
    WORLD_DO(WORLD_APPLICANT, "cases.supplement",
             "{\"no\":\"%s\",\"fields\":{\"address\":\"四川省广安市广安区建安北路90号\"}}", no);
    assert_string_equal(state_of(no), "correcting"); /* the plate is still to come */
    const struct tb_json *out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_int_equal(tb_json_path(out, "act.fields")->count, 1);
    WORLD_DO(WORLD_APPLICANT, "cases.supplement",
             "{\"no\":\"%s\",\"fields\":{\"vehicles.1.plate\":\"川X54321\"}}", no);
    assert_string_equal(state_of(no), "submitted");
    out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_string_equal(world_text(out, "fields.address"), "四川省广安市广安区建安北路90号");
    assert_string_equal(
        tb_cstr(world.arena,
                tb_json_text(tb_json_find(tb_json_get(out, "fields"), TB_STR("vehicles.1.plate")))),
        "川X54321");
    assert_string_equal(world_text(out, "fields.phone"), "13900007701");
    assert_true(happened(no, "fields_corrected"));
    assert_true(happened(no, "supplemented"));
    out = WORLD_DO(WORLD_APPLICANT, "cases.history", "{\"no\":\"%s\"}", no);
    assert_true(tb_json_get(out, "states")->count >= 3); /* the form as it was is in the log */
    /* The paper made of the form is another one now, and is ticked anew. */
    assert_int_equal(world_call(WORLD_CLERK, "cases.accept", "{\"no\":\"%s\"}", no), 422);
    assert_true(world_has_fault("materials.application-form", "unticked"));
    world_accept(no);
    assert_string_equal(state_of(no), "open");
}

static void
every_fault_of_a_correction_is_named_and_nothing_is_kept(void **state)
{
    (void)state;
    const char *no = told();
    assert_int_equal(world_call(WORLD_APPLICANT, "cases.supplement",
                                "{\"no\":\"%s\",\"fields\":{\"address\":\"\",\"vehicles.1.plate\":"
                                "\"12\",\"phone\":\"13900007702\",\"credit_code\":\"%.*s\"}}",
                                no, TB_ARG(world_credit_code("91511602MA620009"))),
                     422);
    assert_true(world_has_fault("fields.address", NULL));
    assert_true(world_has_fault("fields.vehicles.1.plate", NULL));
    assert_true(world_has_fault("fields.phone", "not_asked_for"));
    assert_true(world_has_fault("fields.credit_code", "applicant_stays"));
    const struct tb_json *out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_string_equal(world_text(out, "fields.address"), "四川省广安市广安区建安北路88号");
    assert_string_equal(state_of(no), "correcting");
}

static void
a_notice_names_fields_of_this_form_and_says_what_is_wrong(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    assert_int_equal(world_call(WORLD_CLERK, "cases.deficiency",
                                "{\"no\":\"%s\",\"lines\":[{\"field\":\"colour\",\"what\":\"?\"},"
                                "{\"field\":\"address\",\"what\":\" \"},"
                                "{\"field\":\"credit_code\",\"what\":\"不对\"},"
                                "{\"material\":\"application-form\"}]}",
                                no),
                     422);
    assert_int_equal(world.last.faults.count, 4);
    assert_true(world_has_fault("lines.0.field", "unknown_field"));
    assert_true(world_has_fault("lines.1.what", "required"));
    assert_true(world_has_fault("lines.2.field", "applicant_stays"));
    assert_true(world_has_fault("lines.3.what", "required"));
    assert_string_equal(state_of(no), "submitted");
}

static void
the_generated_form_opens_every_field_and_a_name_goes_with_it(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    WORLD_DO(WORLD_CLERK, "cases.deficiency",
             "{\"no\":\"%s\",\"lines\":[{\"material\":\"application-form\",\"what\":\"单位名称、"
             "车辆数与登记不一致\"}]}",
             no);
    const struct tb_json *out =
        WORLD_DO(WORLD_APPLICANT, "cases.correction", "{\"no\":\"%s\"}", no);
    assert_true(tb_json_is_true(tb_json_get(out, "whole")));
    assert_true(tb_json_is_true(tb_json_get(field_of(out, "credit_code"), "locked")));
    /* A second vehicle brings fields that were not there: they are asked for, and may then be given. */
    const char *two = "\"name\":\"广安大山运输有限公司\",\"vehicle_count\":2";
    assert_int_equal(
        world_call(WORLD_APPLICANT, "cases.supplement", "{\"no\":\"%s\",\"fields\":{%s}}", no, two),
        422);
    assert_true(world_has_fault("fields.vehicles.2.plate", NULL));
    out = WORLD_DO(WORLD_APPLICANT, "cases.correction", "{\"no\":\"%s\",\"fields\":{%s}}", no, two);
    assert_true(world_text(field_of(out, "vehicles.2.plate"), "fault")[0] != '\0');
    WORLD_DO(WORLD_APPLICANT, "cases.supplement",
             "{\"no\":\"%s\",\"fields\":{%s,\"vehicles.2.plate\":\"川X22222\","
             "\"vehicles.2.total_mass\":18000,\"vehicles.2.vehicle_type\":\"重型仓栅式货车\"}}",
             no, two);
    assert_string_equal(state_of(no), "submitted");
    out = WORLD_DO(WORLD_CLERK, "cases.get", "{\"no\":\"%s\"}", no);
    assert_string_equal(world_text(out, "applicant"), "广安大山运输有限公司");
    assert_string_equal(world_text(tb_json_at(tb_json_get(out, "parties"), 0), "name"),
                        "广安大山运输有限公司");
}

static void
a_representative_typed_wrongly_is_put_right(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    WORLD_DO(WORLD_CLERK, "cases.deficiency",
             "{\"no\":\"%s\",\"lines\":[{\"field\":\"person_id\",\"what\":\"与执照不符\"},"
             "{\"field\":\"person_name\",\"what\":\"与执照不符\"}]}",
             no);
    WORLD_DO(WORLD_APPLICANT, "cases.supplement",
             "{\"no\":\"%s\",\"fields\":{\"person_name\":\"周国平\",\"person_id\":\"%.*s\"}}", no,
             TB_ARG(world_citizen("51160219790926003")));
    /* He who represents now sees the case as his own; he who never did does so only because he filed it. */
    const struct tb_json *out = WORLD_DO(WORLD_OTHER, "cases.get", "{\"no\":\"%s\"}", no);
    size_t count = 0;
    TB_JSON_EACH(party, tb_json_get(out, "parties"))
    {
        if (!tb_str_is(tb_json_get_text(party, "role"), "legal_representative"))
            continue;
        count++;
        assert_string_equal(world_text(party, "name"), "周国平");
    }
    assert_int_equal(count, 1);
}

static void
notes_beside_fields_stand_in_the_way_of_acceptance(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    WORLD_DO(WORLD_CLERK, "cases.check",
             "{\"no\":\"%s\",\"materials\":%s,\"fields\":[{\"key\":\"address\",\"note\":"
             "\"与执照不一致\"}]}",
             no, world_ticks(no, "ok"));
    assert_int_equal(world_call(WORLD_CLERK, "cases.accept", "{\"no\":\"%s\"}", no), 422);
    assert_int_equal(world.last.faults.count, 1);
    assert_true(world_has_fault("fields.address", "to_mend"));
    assert_int_equal(world_call(WORLD_CLERK, "cases.check",
                                "{\"no\":\"%s\",\"fields\":[{\"key\":\"colour\",\"note\":\"?\"}]}",
                                no),
                     422);
    WORLD_DO(WORLD_CLERK, "cases.check",
             "{\"no\":\"%s\",\"fields\":[{\"key\":\"address\",\"note\":\"\"}]}", no);
    WORLD_DO(WORLD_CLERK, "cases.accept", "{\"no\":\"%s\"}", no);
}

static void
a_second_notice_comes_back_only_to_what_was_named_or_newly_came(void **state)
{
    (void)state;
    const char *no = told();
    WORLD_DO(WORLD_APPLICANT, "cases.supplement",
             "{\"no\":\"%s\",\"fields\":{\"address\":\"四川省广安市广安区建安北路90号\","
             "\"vehicles.1.plate\":\"川X54321\"}}",
             no);
    assert_int_equal(world_call(WORLD_CLERK, "cases.deficiency",
                                "{\"no\":\"%s\",\"lines\":[{\"field\":\"phone\",\"what\":\"空号\"},"
                                "{\"field\":\"address\",\"what\":\"还是不一致\"}]}",
                                no),
                     409);
    assert_int_equal(world.last.faults.count, 1);
    assert_true(world_has_fault("lines.0.field", "not_named_first"));
    WORLD_DO(WORLD_CLERK, "cases.deficiency",
             "{\"no\":\"%s\",\"lines\":[{\"field\":\"address\",\"what\":\"还是不一致\"}]}", no);
    assert_string_equal(state_of(no), "correcting");
}

static void
nothing_is_corrected_that_nobody_asked_for(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    assert_int_equal(world_call(WORLD_APPLICANT, "cases.supplement",
                                "{\"no\":\"%s\",\"fields\":{\"address\":\"别处\"}}", no),
                     409);
    assert_int_equal(world_call(WORLD_APPLICANT, "cases.supplement", "{\"no\":\"%s\"}", no), 422);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_stop)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_applicant_gets_the_named_fields_with_his_answers),
        TEST(what_he_corrects_is_kept_and_goes_back_to_the_window),
        TEST(every_fault_of_a_correction_is_named_and_nothing_is_kept),
        TEST(a_notice_names_fields_of_this_form_and_says_what_is_wrong),
        TEST(the_generated_form_opens_every_field_and_a_name_goes_with_it),
        TEST(a_representative_typed_wrongly_is_put_right),
        TEST(notes_beside_fields_stand_in_the_way_of_acceptance),
        TEST(a_second_notice_comes_back_only_to_what_was_named_or_newly_came),
        TEST(nothing_is_corrected_that_nobody_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
