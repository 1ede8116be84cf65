/* SPDX-License-Identifier: Apache-2.0 */
/* Every letter of the shipped packs can be made: with everything said, and with all that an act may
 * leave open empty. */
#include "packs_help.h"
#include "paper/paper.h"

static const char *const kinds[] = {
    "receipt",    "deficiency",       "acceptance",       "refusal_to_accept", "not_needed",
    "grant",      "refusal",          "extension",        "suspension",        "delivery",
    "withdrawal", "cancellation",     "survey_notice",    "survey_findings",   "deemed_renewal",
    "annulment",  "annulment_notice", "notice_and_pledge"};

/* Fields by letters/fields.csv: lists with the members it names, everything else a text. */
static struct tb_json *
fields_of(struct tb_arena *arena, bool is_full)
{
    static const char *const lists[] = {"materials", "lines",    "remedies",   "officers",
                                        "bring",     "findings", "conditions", "consequences"};
    static const char *const sentences[] = {"late", "fetched"};
    struct tb_json *fields = tb_json_new(arena, TB_JSON_OBJECT);
    tb_str rows = read_file(arena, pack_dir(arena, "national/letters/fields.csv")), row, name;
    tb_str_cut(&rows, '\n', &row);
    while (rows.len > 0 && tb_str_cut(&rows, '\n', &row)) {
        bool is_list = false;
        tb_str_cut(&row, ',', &name);
        for (size_t i = 0; i < TB_COUNT(lists); i++)
            is_list = is_list || tb_str_is(name, lists[i]);
        bool is_sentences = tb_str_is(name, sentences[0]) || tb_str_is(name, sentences[1]);
        if (is_sentences)
            tb_json_set(fields, tb_cstr(arena, name),
                        json_of(arena, is_full ? "[\"一句话\",\"又一句\"]" : "[]"));
        else if (is_list)
            tb_json_set(
                fields, tb_cstr(arena, name),
                json_of(
                    arena,
                    is_full
                        ? "[{\"name\":\"甲\",\"copies\":\"1\",\"note\":\"乙\",\"what\":\"丙\","
                          "\"how\":\"丁\",\"clause\":\"戊\",\"period\":\"60日\",\"body\":\"己\","
                          "\"number\":\"1\",\"text\":\"庚\",\"result\":\"辛\"}]"
                        : "[]"));
        else
            tb_json_set_text(arena, fields, tb_cstr(arena, name),
                             is_full ? TB_STR("某某") : TB_STR(""));
    }
    return fields;
}

static void
make_all(bool is_full)
{
    static const char *const langs[] = {"zh", "en"};
    struct packs_pack *pack = load_pack("public-venue-health");
    for (size_t i = 0; i < TB_COUNT(kinds) * 2; i++) {
        struct tb_arena *arena = tb_arena_new(0);
        struct tb_faults faults = {.arena = arena};
        struct tb_json *blocks = NULL;
        struct tb_err err = {0};
        tb_str kind = tb_str_of(kinds[i / 2]);
        tb_str letter = packs_letter(pack, kind, tb_str_of(langs[i % 2]));
        assert_true(letter.len > 0);
        tb_status status =
            paper_letter(arena, kind, letter, fields_of(arena, is_full), &blocks, &faults, &err);
        if (status != TB_OK)
            print_error("%s %s: %s\n", kinds[i / 2], langs[i % 2], err.message);
        print_faults(&faults);
        assert_int_equal(status, TB_OK);
        assert_int_equal(faults.count, 0);
        assert_true(blocks->count >= 3);
        tb_arena_free(arena);
    }
    packs_free(pack);
}

static void
every_letter_can_be_made_with_all_its_fields(void **state)
{
    (void)state;
    make_all(true);
}

static void
no_letter_breaks_on_what_is_left_open(void **state)
{
    (void)state;
    make_all(false);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_letter_can_be_made_with_all_its_fields),
        cmocka_unit_test(no_letter_breaks_on_what_is_left_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
