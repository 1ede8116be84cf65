/* SPDX-License-Identifier: Apache-2.0 */
#include "packs_help.h"

static void
articles_are_written_as_people_write_them(void **state)
{
    static const struct {
        const char *article, *zh, *en;
    } rows[] = {
        {"1", "第一条", "art. 1"},
        {"10", "第十条", "art. 10"},
        {"12", "第十二条", "art. 12"},
        {"20", "第二十条", "art. 20"},
        {"42", "第四十二条", "art. 42"},
        {"103", "第一百零三条", "art. 103"},
        {"110", "第一百一十条", "art. 110"},
        {"203", "第二百零三条", "art. 203"},
        {"1260", "第一千二百六十条", "art. 1260"},
        {"1001", "第一千零一条", "art. 1001"},
        {"24(3)", "第二十四条第三款", "art. 24, para. 3"},
        {"32(1).4", "第三十二条第一款第（四）项", "art. 32, para. 1, item 4"},
        {"22.2", "第二十二条第（二）项", "art. 22, item 2"},
        {"附录A", "附录A", "附录A"},
        {"12x", "12x", "12x"},
        {"24(", "24(", "24("},
    };
    struct tb_arena *arena = tb_arena_new(0);
    (void)state;
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        tb_str article = tb_str_of(rows[i].article);
        assert_string_equal(tb_cstr(arena, packs_article_words(arena, article, TB_STR("zh"))),
                            rows[i].zh);
        assert_string_equal(tb_cstr(arena, packs_article_words(arena, article, TB_STR("en"))),
                            rows[i].en);
    }
    tb_arena_free(arena);
}

static void
periods_are_said_in_words(void **state)
{
    static const struct {
        const char *period, *zh, *en;
    } rows[] = {
        {"20wd", "20个工作日", "20 working days"},
        {"1wd", "1个工作日", "1 working day"},
        {"30d", "30日", "30 days"},
        {"6mo", "6个月", "6 months"},
        {"1mo", "1个月", "1 month"},
        {"now", "当场办结", "on the spot"},
        {"expiry", "在许可证到期前作出决定", "before the permit expires"},
        {"20d|20wd", "20日（另一种理解：20个工作日）",
         "20 days (another reading: 20 working days)"},
    };
    struct tb_arena *arena = tb_arena_new(0);
    (void)state;
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        tb_str period = tb_str_of(rows[i].period);
        assert_string_equal(tb_cstr(arena, packs_period_words(arena, period, TB_STR("zh"))),
                            rows[i].zh);
        assert_string_equal(tb_cstr(arena, packs_period_words(arena, period, TB_STR("en"))),
                            rows[i].en);
    }
    tb_arena_free(arena);
}

static void
a_clause_brings_the_words_of_the_law(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_pack *pack = load_pack("road-freight");
    (void)state;
    struct tb_json *json =
        packs_clause_json(arena, pack, TB_STR("道路运输条例#24(3)"), TB_STR("zh"));
    assert_true(tb_str_is(tb_json_get_text(json, "law"), "中华人民共和国道路运输条例"));
    assert_true(tb_str_is(tb_json_get_text(json, "article"), "第二十四条第三款"));
    assert_true(tb_str_starts(tb_json_get_text(json, "text"), TB_STR("使用总质量4500千克及以下")));
    assert_false(tb_json_is_true(tb_json_get(json, "unverified")));
    json = packs_clause_json(arena, pack, TB_STR("道路运输条例#24(3)"), TB_STR("en"));
    assert_true(tb_str_is(tb_json_get_text(json, "law"), "Road Transport Regulation"));
    /* An item without a row of its own falls back to its article; inherited laws are found. */
    json = packs_clause_json(arena, pack, TB_STR("行政许可法#70.3"), TB_STR("zh"));
    assert_true(tb_str_contains(tb_json_get_text(json, "text"), TB_STR("注销手续")));
    json = packs_clause_json(arena, pack, TB_STR("道路运输管理工作规范#14"), TB_STR("zh"));
    assert_true(tb_json_is_true(tb_json_get(json, "unverified")));
    assert_null(packs_clause_find(pack, TB_STR("道路运输条例#999")));
    assert_null(packs_clause_find(pack, TB_STR("道路运输条例")));
    packs_free(pack);
    tb_arena_free(arena);
}

static void
words_are_never_taken_from_the_other_language(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_pack *pack = load_pack("road-freight");
    (void)state;
    assert_true(tb_str_is(packs_text(pack, TB_STR("zh"), TB_STR("situation.new")), "新办"));
    assert_true(tb_str_is(packs_text(pack, TB_STR("en"), TB_STR("situation.new")), "New permit"));
    /* The pack's own words win over those that it inherits. */
    assert_true(tb_str_is(packs_text(pack, TB_STR("zh"), TB_STR("task.certify")),
                          "在运政系统取字号并核对证面"));
    assert_true(tb_str_is(packs_text(pack, TB_STR("zh"), TB_STR("task.accept")), "收件和受理"));
    assert_null(packs_text(pack, TB_STR("zh"), TB_STR("no.such.key")).ptr);
    assert_true(tb_str_is(packs_words(arena, pack, TB_STR("en"), "no.%s", "key"), "no.key"));
    assert_true(packs_letter(pack, TB_STR("grant"), TB_STR("zh")).len > 0);
    assert_true(packs_letter(pack, TB_STR("grant"), TB_STR("en")).len > 0);
    assert_null(packs_letter(pack, TB_STR("love"), TB_STR("zh")).ptr);
    packs_free(pack);
    tb_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(articles_are_written_as_people_write_them),
        cmocka_unit_test(periods_are_said_in_words),
        cmocka_unit_test(a_clause_brings_the_words_of_the_law),
        cmocka_unit_test(words_are_never_taken_from_the_other_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
