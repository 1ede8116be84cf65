/* SPDX-License-Identifier: Apache-2.0 */
#include "packs_help.h"

/* The guide's answer to these answers on 6 May 2025. */
static struct tb_json *
guide(struct tb_arena *arena, const struct packs_pack *pack, const char *answers, const char *facts,
      const char *lang)
{
    struct packs_ask ask = {.answers = json_of(arena, answers),
                            .facts = json_of(arena, facts),
                            .date = {2025, 5, 6},
                            .lang = tb_str_of(lang)};
    struct tb_faults faults = {.arena = arena};
    struct tb_json *answer = NULL;
    struct tb_err err = {0};
    assert_int_equal(packs_guide(arena, pack, &ask, &faults, &answer, &err), TB_OK);
    return answer;
}

static tb_str
text_at(const struct tb_json *json, const char *path)
{
    return tb_json_text(tb_json_path(json, path));
}

static void
a_question_says_why_it_is_asked_in_both_languages(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_pack *pack = load_pack("road-freight");
    (void)state;
    struct tb_json *answer =
        guide(arena, pack, "{\"goods\":\"general\",\"purpose\":\"new\"}", "{}", "zh");
    assert_true(tb_str_is(text_at(answer, "question.input"), "vehicle weight"));
    assert_true(tb_str_is(text_at(answer, "question.title"), "您的车有多重？"));
    assert_true(text_at(answer, "question.why").len > 0);
    assert_true(text_at(answer, "question.unknown").len > 0);
    assert_int_equal(tb_json_path(answer, "question.options")->count, 4);
    assert_null(tb_json_path(answer, "question.on_record"));
    assert_null(tb_json_get(answer, "outcome"));
    assert_int_equal(tb_json_get(answer, "answers_so_far")->count, 2);
    assert_true(
        tb_str_is(tb_json_get_text(tb_json_at(tb_json_get(answer, "answers_so_far"), 1), "label"),
                  "头一回办许可"));
    answer = guide(arena, pack, "{\"goods\":\"general\",\"purpose\":\"new\"}", "{}", "en");
    assert_true(tb_str_is(text_at(answer, "question.title"), "How heavy are your vehicles?"));
    packs_free(pack);
    tb_arena_free(arena);
}

static void
what_is_on_record_is_confirmed(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_pack *pack = load_pack("road-freight");
    (void)state;
    struct tb_json *answer = guide(
        arena, pack, "{\"goods\":\"general\",\"purpose\":\"new\",\"vehicle weight\":\"heavy\"}",
        "{\"licence.freight\":{\"value\":\"with-freight\",\"source\":\"登记系统\",\"date\":\"2025-"
        "05-01\"}}",
        "zh");
    assert_true(tb_str_is(text_at(answer, "question.input"), "business licence"));
    assert_true(tb_str_is(text_at(answer, "question.on_record.value"), "with-freight"));
    assert_true(tb_str_is(text_at(answer, "question.on_record.label"), "有"));
    assert_true(tb_str_is(text_at(answer, "question.on_record.source"), "登记系统"));
    packs_free(pack);
    tb_arena_free(arena);
}

static void
an_outcome_brings_papers_limits_and_the_words_of_the_law(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_pack *pack = load_pack("public-venue-health");
    (void)state;
    struct tb_json *answer =
        guide(arena, pack,
              "{\"venue kind\":\"hair\",\"purpose\":\"new\",\"business licence\":\"yes\","
              "\"way\":\"ordinary\",\"central air\":\"no\",\"agent\":\"self\"}",
              "{}", "zh");
    const struct tb_json *outcome = tb_json_get(answer, "outcome");
    assert_true(tb_str_is(text_at(outcome, "kind"), "apply"));
    assert_true(tb_str_is(text_at(outcome, "situation_name"), "新办"));
    assert_true(tb_str_is(text_at(outcome, "limits.statutory.text"), "20个工作日"));
    assert_true(tb_str_is(text_at(outcome, "limits.statutory.article"), "第四十二条第一款"));
    assert_true(tb_str_is(text_at(outcome, "limits.promised.text"), "8个工作日"));
    assert_true(tb_str_is(text_at(outcome, "fee.text"), "不收费"));
    assert_true(tb_str_is(text_at(outcome, "agency.name"), "广安区行政审批局"));
    const struct tb_json *because = tb_json_get(outcome, "because");
    assert_true(because->count >= 2);
    TB_JSON_EACH(one, because)
    {
        assert_true(tb_json_get_text(one, "rule").len > 0);
        assert_true(tb_json_get_text(one, "law").len > 0);
        assert_true(tb_json_get_text(one, "law_text").len > 0);
    }
    /* What nobody has read in the original is said to be so, next to the paper. */
    TB_JSON_EACH(material, tb_json_get(outcome, "materials"))
    if (tb_str_is(tb_json_get_text(material, "id"), "drawings"))
        assert_true(tb_json_is_true(tb_json_get(material, "unverified")));
    packs_free(pack);
    tb_arena_free(arena);
}

static void
numbers_and_truth_may_come_as_text_from_pages(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_pack *pack = load_pack("public-venue-health");
    (void)state;
    const char *with = "{\"venue kind\":\"hotel\",\"purpose\":\"new\",\"business "
                       "licence\":\"yes\",\"way\":\"pledge\","
                       "\"central air\":\"no\",\"agent\":\"self\",\"rooms\":%s}";
    static const struct {
        const char *rooms;
        const char *paper;
    } rows[] = {{"50", "test-report-first"},
                {"\"50\"", "test-report-first"},
                {"\" 49 \"", "test-report-later"},
                {"0", "test-report-later"}};
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        char answers[512];
        bool has_paper = false;
        snprintf(answers, sizeof answers, with, rows[i].rooms);
        struct tb_json *answer = guide(arena, pack, answers, "{}", "zh");
        TB_JSON_EACH(material, tb_json_path(answer, "outcome.materials"))
        has_paper = has_paper || tb_str_is(tb_json_get_text(material, "id"), rows[i].paper);
        assert_true(has_paper);
    }
    packs_free(pack);
    tb_arena_free(arena);
}

static void
answers_that_do_not_fit_are_named_all_at_once(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_pack *pack = load_pack("public-venue-health");
    struct tb_faults faults = {.arena = arena};
    struct tb_json *answer = NULL;
    struct tb_err err = {0};
    (void)state;
    struct packs_ask ask = {
        .answers = json_of(
            arena, "{\"venue "
                   "kind\":\"castle\",\"rooms\":\"many\",\"way\":[\"pledge\"],\"credit\":\"good\","
                   "\"moon\":1,\"agent\":\"self\"}"),
        .date = {2025, 5, 6},
        .lang = TB_STR("zh")};
    assert_int_equal(packs_guide(arena, pack, &ask, &faults, &answer, &err), TB_INVALID);
    assert_int_equal(faults.count, 5);
    /* What is only ever on record cannot be claimed. */
    assert_true(has_fault(&faults, "answers.credit", "unknown"));
    assert_true(has_fault(&faults, "answers.rooms", "not_an_option"));
    assert_null(answer);
    packs_free(pack);
    tb_arena_free(arena);
}

static void
who_does_not_know_is_sent_to_a_person_only_where_it_matters(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_pack *pack = load_pack("road-freight");
    (void)state;
    struct tb_json *answer =
        guide(arena, pack, "{\"goods\":\"general\",\"purpose\":\"new\",\"vehicle weight\":null}",
              "{}", "zh");
    assert_true(tb_str_is(text_at(answer, "outcome.kind"), "ask_a_person"));
    assert_true(tb_str_contains(text_at(answer, "outcome.advice"), TB_STR("行驶证")));
    assert_true(text_at(answer, "outcome.agency.phone").len > 0);
    answer = guide(
        arena, pack,
        "{\"goods\":\"general\",\"vehicle weight\":null,\"purpose\":\"lost\",\"agent\":\"self\"}",
        "{}", "zh");
    assert_true(tb_str_is(text_at(answer, "outcome.situation"), "reissue"));
    packs_free(pack);
    tb_arena_free(arena);
}

static void
the_same_answers_give_the_same_question_every_time(void **state)
{
    struct packs_pack *pack = load_pack("public-venue-health");
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct tb_arena *arena = tb_arena_new(0);
        struct tb_json *answer =
            guide(arena, pack, "{\"venue kind\":\"hotel\",\"purpose\":\"new\"}", "{}", "zh");
        assert_true(tb_str_is(text_at(answer, "question.input"), "business licence"));
        tb_arena_free(arena);
    }
    packs_free(pack);
}

static void
a_question_names_the_rule_and_the_paper_that_need_it(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_pack *pack = load_pack("road-freight");
    (void)state;
    struct tb_json *answer =
        guide(arena, pack, "{\"goods\":\"general\",\"purpose\":\"new\"}", "{}", "zh");
    const struct tb_json *because = tb_json_at(tb_json_path(answer, "question.because"), 0);
    assert_true(tb_str_is(tb_json_get_text(because, "rule"), "outcome:5"));
    assert_true(tb_str_is(tb_json_get_text(because, "clause"), "道路运输条例#24(3)"));
    assert_true(tb_json_get_text(because, "law_text").len > 0);
    answer = guide(arena, pack,
                   "{\"goods\":\"general\",\"purpose\":\"new\",\"vehicle weight\":\"heavy\","
                   "\"business licence\":\"with-freight\"}",
                   "{}", "zh");
    because = tb_json_at(tb_json_path(answer, "question.because"), 0);
    assert_true(tb_str_starts(tb_json_get_text(because, "rule"), TB_STR("materials:")));
    assert_true(tb_json_get_text(because, "text").len > 0);
    packs_free(pack);
    tb_arena_free(arena);
}

static void
an_outcome_names_the_answers_that_its_rules_looked_at(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_pack *pack = load_pack("public-venue-health");
    (void)state;
    struct tb_json *answer = guide(arena, pack, "{\"venue kind\":\"park\"}", "{}", "zh");
    const struct tb_json *because = tb_json_path(answer, "outcome.because");
    /* The duty by its own table, then the outcome by the duty. */
    const struct tb_json *duty = tb_json_at(because, 0), *outcome = tb_json_at(because, 1);
    assert_true(tb_str_is(tb_json_get_text(duty, "rule"), "duty:5"));
    const struct tb_json *looked = tb_json_at(tb_json_get(duty, "answers"), 0);
    assert_true(tb_str_is(tb_json_get_text(looked, "title"), "您开的是什么店（场所）？"));
    assert_true(tb_json_is_true(tb_json_get(looked, "answered")));
    assert_true(tb_str_is(tb_json_get_text(outcome, "rule"), "outcome:1"));
    looked = tb_json_at(tb_json_get(outcome, "answers"), 0);
    assert_true(tb_str_is(tb_json_get_text(looked, "label"), "什么都不用办"));
    assert_false(tb_json_is_true(tb_json_get(looked, "answered")));
    packs_free(pack);
    tb_arena_free(arena);
}

static void
who_cannot_apply_yet_is_told_what_is_lacking_and_the_lawful_cure(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_pack *pack = load_pack("road-freight");
    (void)state;
    struct tb_json *answer = guide(arena, pack,
                                   "{\"goods\":\"general\",\"purpose\":\"new\",\"vehicle "
                                   "weight\":\"heavy\",\"business licence\":\"none\"}",
                                   "{}", "zh");
    const struct tb_json *unmet = tb_json_path(answer, "outcome.unmet");
    assert_int_equal(unmet->count, 1); /* not the purpose, though another would lead elsewhere */
    const struct tb_json *one = tb_json_at(unmet, 0);
    assert_true(tb_str_is(tb_json_get_text(one, "input"), "business licence"));
    assert_true(tb_str_contains(tb_json_get_text(one, "cure"), TB_STR("企业开办专区")));
    assert_true(tb_str_contains(tb_json_get_text(one, "then"), TB_STR("新办")));
    assert_null(tb_json_path(answer, "outcome.explained"));
    packs_free(pack);
    /* A permit that has expired is no answer that can be mended: the outcome says what to do. */
    pack = load_pack("public-venue-health");
    answer = guide(arena, pack, "{\"venue kind\":\"hair\",\"purpose\":\"renew\"}",
                   "{\"permit.expires\":\"2025-01-01\"}", "zh");
    unmet = tb_json_path(answer, "outcome.unmet");
    assert_int_equal(unmet->count, 1);
    assert_int_equal(tb_json_get_text(tb_json_at(unmet, 0), "input").len, 0);
    assert_true(tb_json_get_text(tb_json_at(unmet, 0), "cure").len > 0);
    packs_free(pack);
    tb_arena_free(arena);
}

static bool
has_text(const struct tb_json *list, const char *member, const char *text)
{
    TB_JSON_EACH(row, list)
    if (tb_str_contains(member != NULL ? tb_json_get_text(row, member) : tb_json_text(row),
                        tb_str_of(text)))
        return true;
    return false;
}

static void
reviewers_are_told_why_nothing_else_came_out(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_pack *pack = load_pack("road-freight");
    struct tb_faults faults = {.arena = arena};
    struct tb_json *answer = NULL;
    struct tb_err err = {0};
    struct packs_ask ask = {
        .answers = json_of(arena, "{\"goods\":\"general\",\"purpose\":\"new\",\"vehicle "
                                  "weight\":\"heavy\",\"business licence\":\"none\"}"),
        .date = {2025, 5, 6},
        .is_for_reviewer = true};
    (void)state;
    static const struct {
        const char *lang, *other, *otherwise;
    } rows[] = {
        {"zh", "“首次申请货运经营许可”不适用：“", "假如“"},
        {"en", "does not apply: \"", "If \""},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        ask.lang = tb_str_of(rows[i].lang);
        assert_int_equal(packs_guide(arena, pack, &ask, &faults, &answer, &err), TB_OK);
        const struct tb_json *explained = tb_json_path(answer, "outcome.explained");
        const struct tb_json *others = tb_json_get(explained, "others");
        assert_int_equal(others->count, 13); /* of fourteen rules one hits */
        assert_true(has_text(others, "text", rows[i].other));
        assert_true(has_text(others, "rule", "outcome:9"));
        assert_true(has_text(tb_json_get(explained, "otherwise"), NULL, rows[i].otherwise));
    }
    packs_free(pack);
    tb_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_names_the_rule_and_the_paper_that_need_it),
        cmocka_unit_test(an_outcome_names_the_answers_that_its_rules_looked_at),
        cmocka_unit_test(who_cannot_apply_yet_is_told_what_is_lacking_and_the_lawful_cure),
        cmocka_unit_test(reviewers_are_told_why_nothing_else_came_out),
        cmocka_unit_test(a_question_says_why_it_is_asked_in_both_languages),
        cmocka_unit_test(what_is_on_record_is_confirmed),
        cmocka_unit_test(an_outcome_brings_papers_limits_and_the_words_of_the_law),
        cmocka_unit_test(numbers_and_truth_may_come_as_text_from_pages),
        cmocka_unit_test(answers_that_do_not_fit_are_named_all_at_once),
        cmocka_unit_test(who_does_not_know_is_sent_to_a_person_only_where_it_matters),
        cmocka_unit_test(the_same_answers_give_the_same_question_every_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
