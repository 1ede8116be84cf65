/* SPDX-License-Identifier: Apache-2.0 */
#include "packs_help.h"

static const char *const answers =
    "{\"goods\":\"general\",\"purpose\":\"new\",\"vehicle weight\":\"heavy\",\"business "
    "licence\":\"with-freight\","
    "\"vehicle state\":\"owned\",\"safety rules\":\"template\",\"agent\":\"self\"}";

/* Everything filled in rightly, one vehicle and one driver. */
static const char *const good =
    "{\"name\":\"某某货运\",\"credit_code\":\"91511602MA6XXXX16Y\",\"address\":"
    "\"四川省广安市某路1号\","
    "\"person_name\":\"王示例\",\"person_id\":\"511602198506150026\",\"phone\":\"13800000000\","
    "\"scope\":\"general\","
    "\"vehicle_count\":\"1\",\"driver_count\":1,\"vehicles.1.plate\":\"川X12345\",\"vehicles.1."
    "total_mass\":\"18000\","
    "\"vehicles.1.vehicle_type\":\"重型厢式货车\",\"drivers.1.name\":\"李·示例\","
    "\"drivers.1.id_number\":\"51160219900101003０\",\"drivers.1.licence_class\":\"B2\","
    "\"safety_person\":\"王示例\",\"safety_confirm\":\"true\"}";

/* The faults of fields, as `place` texts. */
static struct tb_faults
faults_of(struct tb_arena *arena, const struct packs_pack *pack, const char *section,
          const struct tb_json *fields)
{
    struct tb_faults faults = {.arena = arena};
    struct packs_ask ask = {
        .answers = json_of(arena, answers), .date = {2025, 5, 6}, .lang = TB_STR("zh")};
    struct tb_err err = {0};
    const struct packs_form *form = packs_form_find(pack, TB_STR("road-new"));
    tb_status status =
        packs_form_check(arena, pack, form, tb_str_of(section), &ask, fields, &faults, &err);
    assert_int_equal(status, faults.count > 0 ? TB_INVALID : TB_OK);
    return faults;
}

static void
a_form_filled_in_rightly_has_no_fault(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_pack *pack = load_pack("road-freight");
    (void)state;
    struct tb_faults faults = faults_of(arena, pack, NULL, json_of(arena, good));
    print_faults(&faults);
    assert_int_equal(faults.count, 0);
    packs_free(pack);
    tb_arena_free(arena);
}

static void
each_kind_of_mistake_is_named_at_its_field(void **state)
{
    static const struct {
        const char *key, *value, *code;
    } rows[] = {
        {"credit_code", "\"91511602MA6XXXX16Z\"", ""},
        {"person_id", "\"511602198506150025\"", ""},
        {"person_id", "\"511602198502300023\"", ""},
        {"person_id", "\"511602850615002\"", ""},
        {"phone", "\"1380000000\"", "phone"},
        {"phone", "\"23800000000\"", "phone"},
        {"name", "\"\"", "required"},
        {"name", "\"  　\"", "required"},
        {"name", "null", "required"},
        {"name", "\"a\\u202Eb\"", "bad_character"},
        {"address", "\"近\"", "too_short"},
        {"scope", "\"moon\"", "not_an_option"},
        {"vehicles.1.plate", "\"12345\"", "plate"},
        {"vehicles.1.plate", "\"川I12345\"", "plate"},
        {"vehicles.1.total_mass", "\"重\"", "not_a_number"},
        {"vehicles.1.total_mass", "\"1e9\"", "too_large"},
        {"vehicles.1.total_mass", "\"1\"", "too_small"},
        {"driver_count", "1.5", "too_precise"},
        {"vehicles.1.total_mass", "4200", "condition"},
        {"safety_confirm", "false", "required"},
        {"safety_confirm", "\"false\"", "required"},
        {"drivers.1.id_number", "\"511602196303100011\"", "condition"},
        {"moon", "\"full\"", "unknown_field"},
        {"drivers.1.moon", "\"full\"", "unknown_field"},
    };
    struct packs_pack *pack = load_pack("road-freight");
    (void)state;
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        struct tb_arena *arena = tb_arena_new(0);
        struct tb_json *all = json_of(arena, good), *fields = tb_json_new(arena, TB_JSON_OBJECT);
        TB_JSON_EACH(one, all)
        if (!tb_str_is(one->key, rows[i].key))
            tb_json_set(fields, tb_cstr(arena, one->key), tb_json_copy(arena, one));
        tb_json_set(fields, rows[i].key, json_of(arena, rows[i].value));
        struct tb_faults faults = faults_of(arena, pack, NULL, fields);
        tb_str place = tb_printf(arena, "fields.%s", rows[i].key);
        bool is_named = rows[i].code[0] != '\0'
                            ? has_fault(&faults, place.ptr, rows[i].code)
                            : faults.count > 0 && tb_str_eq(faults.items[0].place, place);
        if (!is_named || faults.count != 1) {
            print_error("%s = %s\n", rows[i].key, rows[i].value);
            print_faults(&faults);
        }
        assert_true(is_named);
        assert_int_equal(faults.count, 1);
        /* No value of a person stands in a message. */
        assert_false(tb_str_contains(faults.items[0].zh, TB_STR("5116021985")));
        assert_true(faults.items[0].zh.len > 0 && faults.items[0].en.len > 0);
        tb_arena_free(arena);
    }
    packs_free(pack);
}

static void
an_empty_form_names_every_required_field_at_once(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_pack *pack = load_pack("road-freight");
    (void)state;
    struct tb_faults faults = faults_of(arena, pack, NULL, json_of(arena, "{}"));
    assert_int_equal(faults.count, 11);
    faults = faults_of(arena, pack, "applicant", json_of(arena, "{}"));
    assert_int_equal(faults.count, 6);
    packs_free(pack);
    tb_arena_free(arena);
}

static void
rows_come_and_go_with_their_count(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_pack *pack = load_pack("road-freight");
    const struct packs_form *form = packs_form_find(pack, TB_STR("road-new"));
    struct tb_json *sections;
    struct tb_err err = {0};
    (void)state;
    static const struct {
        const char *count;
        uint32_t sections;
    } rows[] = {{"null", 5},
                {"0", 5},
                {"2", 7},
                {"\"3\"", 8},
                {"-1", 5},
                {"\"many\"", 5},
                {"1000000", 5 + PACKS_REPEAT_MAX}};
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        struct tb_json *fields = json_of(arena, "{\"driver_count\":1}");
        tb_json_set(fields, "vehicle_count", json_of(arena, rows[i].count));
        assert_int_equal(packs_form_sections(arena, pack, form, json_of(arena, answers), fields,
                                             TB_STR("en"), &sections, &err),
                         TB_OK);
        assert_int_equal(sections->count, rows[i].sections);
    }
    const struct tb_json *row = tb_json_at(sections, 3);
    assert_true(tb_str_is(tb_json_get_text(row, "id"), "vehicles.1"));
    assert_true(tb_str_is(tb_json_get_text(row, "title"), "Vehicle 1"));
    const struct tb_json *field = tb_json_at(tb_json_get(row, "fields"), 0);
    assert_true(tb_str_is(tb_json_get_text(field, "key"), "vehicles.1.plate"));
    assert_true(tb_str_is(tb_json_get_text(field, "label"), "Plate number"));
    packs_free(pack);
    tb_arena_free(arena);
}

static void
what_the_answers_hide_is_neither_shown_nor_asked_for(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_pack *pack = load_pack("road-freight");
    const struct packs_form *form = packs_form_find(pack, TB_STR("road-new"));
    struct tb_json *sections, *to_buy = json_of(arena, "{\"vehicle state\":\"to-buy\"}");
    struct tb_err err = {0};
    bool has_planned = false, has_vehicles = false;
    (void)state;
    assert_int_equal(packs_form_sections(arena, pack, form, to_buy,
                                         json_of(arena, "{\"vehicle_count\":2}"), TB_STR("zh"),
                                         &sections, &err),
                     TB_OK);
    TB_JSON_EACH(section, sections)
    {
        has_planned = has_planned || tb_str_is(tb_json_get_text(section, "id"), "planned");
        has_vehicles =
            has_vehicles || tb_str_starts(tb_json_get_text(section, "id"), TB_STR("vehicles."));
    }
    assert_true(has_planned);
    assert_false(has_vehicles);
    packs_free(pack);
    tb_arena_free(arena);
}

static void
flat_fields_become_a_tree_with_types(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_pack *pack = load_pack("road-freight");
    const struct packs_form *form = packs_form_find(pack, TB_STR("road-new"));
    struct tb_json *data = packs_form_data(arena, form, json_of(arena, good));
    int64_t mass = 0;
    (void)state;
    assert_true(tb_json_to_int(
        tb_json_get(tb_json_at(tb_json_get(data, "vehicles"), 0), "total_mass"), &mass));
    assert_int_equal(mass, 18000);
    assert_true(tb_json_is_true(tb_json_get(data, "safety_confirm")));
    assert_true(tb_json_is_null(tb_json_get(data, "planned_until")));
    assert_int_equal(tb_json_get(data, "drivers")->count, 1);
    packs_free(pack);
    tb_arena_free(arena);
}

static void
what_is_known_is_filled_in_and_never_overwrites(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_pack *pack = load_pack("road-freight");
    const struct packs_form *form = packs_form_find(pack, TB_STR("road-new"));
    struct tb_json *filled = packs_form_prefill(
        arena, form, json_of(arena, "{\"phone\":\"13900000000\"}"),
        json_of(arena, "{\"party\":{\"name\":\"某某货运\",\"phone\":\"13800000000\"},\"licence\":{"
                       "\"address\":\"某路1号\"}}"));
    (void)state;
    assert_null(tb_json_get(filled, "name")); /* whoever is signed in is not the unit */
    filled = packs_form_prefill(arena, form, filled,
                                json_of(arena, "{\"licence\":{\"name\":\"某某货运\"}}"));
    assert_true(tb_str_is(tb_json_get_text(filled, "name"), "某某货运"));
    assert_true(tb_str_is(tb_json_get_text(filled, "address"), "某路1号"));
    assert_true(tb_str_is(tb_json_get_text(filled, "phone"), "13900000000"));
    assert_null(tb_json_get(filled, "person_id"));
    packs_free(pack);
    tb_arena_free(arena);
}

static void
codes_and_numbers_are_kept_without_blanks_and_in_capitals(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_pack *pack = load_pack("road-freight");
    (void)state;
    const struct packs_form *form = packs_form_find(pack, TB_STR("road-new"));
    struct tb_json *tidy = packs_form_tidy(
        arena, form,
        json_of(arena, "{\"credit_code\":\" 9151 1602ma6xxxx16y\",\"phone\":\"138 0000-0000\","
                       "\"name\":\"a b\",\"vehicles.1.plate\":\"川x·12345\",\"driver_count\":2,"
                       "\"moon\":\"a b\"}"));
    assert_true(tb_str_is(tb_json_get_text(tidy, "credit_code"), "91511602MA6XXXX16Y"));
    assert_true(tb_str_is(tb_json_get_text(tidy, "phone"), "13800000000"));
    assert_true(tb_str_is(tb_json_get_text(tidy, "name"), "a b"));
    assert_true(
        tb_str_is(tb_json_text(tb_json_find(tidy, TB_STR("vehicles.1.plate"))), "川X12345"));
    assert_true(tb_str_is(tb_json_get_text(tidy, "moon"), "a b"));
    assert_int_equal(tb_json_get_int(tidy, "driver_count", 0), 2);
    packs_free(pack);
    tb_arena_free(arena);
}

static void
a_number_does_for_the_paper_that_it_names(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_pack *pack = load_pack("public-venue-health");
    (void)state;
    const struct packs_form *form = packs_form_find(pack, TB_STR("health-new"));
    struct tb_json *filled = json_of(arena, "{\"name\":\"test-report\",\"report_number\":\"A 1\"}"),
                   *blank = json_of(arena, "{\"report_number\":\" \"}");
    assert_true(packs_form_replaces(form, filled, TB_STR("test-report")));
    assert_false(packs_form_replaces(form, filled, TB_STR("air-report")));
    assert_false(packs_form_replaces(form, filled, TB_STR("test")));
    assert_false(packs_form_replaces(form, blank, TB_STR("test-report")));
    assert_false(packs_form_replaces(form, NULL, TB_STR("test-report")));
    packs_free(pack);
    tb_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_filled_in_rightly_has_no_fault),
        cmocka_unit_test(each_kind_of_mistake_is_named_at_its_field),
        cmocka_unit_test(codes_and_numbers_are_kept_without_blanks_and_in_capitals),
        cmocka_unit_test(a_number_does_for_the_paper_that_it_names),
        cmocka_unit_test(an_empty_form_names_every_required_field_at_once),
        cmocka_unit_test(rows_come_and_go_with_their_count),
        cmocka_unit_test(what_the_answers_hide_is_neither_shown_nor_asked_for),
        cmocka_unit_test(flat_fields_become_a_tree_with_types),
        cmocka_unit_test(what_is_known_is_filled_in_and_never_overwrites),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
