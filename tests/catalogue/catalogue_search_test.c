/* SPDX-License-Identifier: Apache-2.0 */
/* Searching a county's real list: words, pinyin, initials, everyday questions, regions and pages. */
#include "catalogue/catalogue_search.h"
#include "catalogue_test.h"
#include <unistd.h>

static int
open_with_list(void **state)
{
    if (open_catalogue(state) != 0)
        return 1;
    struct catalogue_report report;
    struct tb_err err;
    const char *root = getenv("TB_SHARED");
    char path[4096];
    snprintf(path, sizeof path, "%s/data/guangan/items_guangan.csv", root != NULL ? root : "");
    if (access(path, R_OK) != 0)
        return 0; /* each test that needs the list says that it skips */
    return import_text(read_shared("data/guangan/items_guangan.csv"), &report, &err) == TB_OK ? 0
                                                                                              : 1;
}

static void
need_list(void)
{
    (void)read_shared("data/guangan/items_guangan.csv");
}

static void
assert_all_contain(const char *q, const char *const *words, size_t at_least)
{
    struct tb_json *out = find(q);
    size_t count = 0;
    TB_JSON_EACH(item, tb_json_get(out, "items"))
    {
        tb_str name = tb_json_get_text(item, "name");
        bool is_one = false;
        for (size_t i = 0; words[i] != NULL; i++)
            is_one |= tb_str_contains(name, tb_str_of(words[i]));
        if (!is_one)
            fail_msg("%s found " TB_FMT, q, TB_ARG(name));
        count++;
    }
    if (count < at_least)
        fail_msg("%s found %zu", q, count);
}

static void
words_pinyin_and_initials_find_the_right_items(void **state)
{
    need_list();
    assert_all_contain("卫生许可", (const char *const[]){"卫生许可", NULL}, 5);
    assert_all_contain("wsxk", (const char *const[]){"卫生许可", NULL}, 5);
    assert_all_contain("canjiren", (const char *const[]){"残疾人", NULL}, 10);
    assert_all_contain("canjir", (const char *const[]){"残疾人", NULL}, 10);
    assert_all_contain("CANJIREN", (const char *const[]){"残疾人", NULL}, 10);
    struct tb_json *out = find("两项补贴");
    assert_int_equal(tb_json_get_int(out, "total", 0), 2);
    assert_non_null(strstr(names_of(out, 2), "困难残疾人生活补贴"));
    assert_non_null(strstr(names_of(out, 2), "重度残疾人护理补贴"));
    assert_true(
        tb_str_is(tb_json_get_text(tb_json_at(tb_json_get(out, "items"), 0), "division_name"),
                  "广安市广安区"));
}

static void
polyphones_are_read_as_the_word_is(void **state)
{
    need_list();
    assert_all_contain("kuaiji", (const char *const[]){"会计", NULL}, 2);
    struct tb_json *out = find("huijizhuanye");
    assert_int_equal(tb_json_get_int(out, "total", -1), 0);
    static const char *const rows[][2] = {
        {"会计", "kuai ji"},
        {"长途客运", "chang tu ke yun"},
        {"校长", "xiao zhang"},
        {"银行", "yin hang"},
        {"行政许可", "xing zheng xu ke"},
        {"重庆", "chong qing"},
        {"给付", "ji fu"},
        {"畜牧", "xu mu"},
        {"种畜禽", "zhong chu qin"},
        {"社会会计", "she hui kuai ji"},
        {"旅馆", "lv guan"},
        {"CA证书", "c a zheng shu"},
        {"（长途）", "chang tu"},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        struct catalogue__reading readings[20];
        size_t count =
            catalogue__read_aloud(tb_text_fold(arena, tb_str_of(rows[i][0])), readings, 20);
        struct tb_buf buf = {.arena = arena};
        for (size_t k = 0; k < count; k++)
            tb_buf_printf(&buf, "%s%s", k > 0 ? " " : "", catalogue__syllable(readings[k].ids[0]));
        assert_string_equal(tb_buf_done(&buf).ptr, rows[i][1]);
    }
    struct catalogue_report report;
    struct tb_err err;
    assert_int_equal(
        import_text(TB_STR("item_code,name,task_type_code,area_code,department\n"
                           "000118001000,长途汽车客运站经营许可,1,511602,区交通运输局\n"),
                    &report, &err),
        TB_OK);
    assert_string_equal(names_of(find("changtu"), 1), "长途汽车客运站经营许可");
    assert_string_equal(names_of(find("ctqc"), 1), "长途汽车客运站经营许可");
    assert_int_equal(tb_json_get_int(find("zhangtu"), "total", -1), 0);
}

static void
everyday_questions_find_the_meant_item_among_the_first_three(void **state)
{
    need_list();
    tb_str rest = read_shared("data/search-questions.csv"), line, q, code;
    int rows = 0, hits = 0;
    while (tb_str_cut(&rest, '\n', &line)) {
        line = tb_str_trim(line);
        if (line.len == 0 || tb_str_starts(line, TB_STR("query")))
            continue;
        assert_true(tb_str_cut(&line, ',', &q) && tb_str_cut(&line, ',', &code));
        struct tb_json *out = find(tb_cstr(arena, q));
        bool is_hit = false;
        for (size_t i = 0; i < 3; i++)
            is_hit |=
                tb_str_eq(tb_json_get_text(tb_json_at(tb_json_get(out, "items"), i), "code"), code);
        rows++;
        hits += is_hit;
        if (!is_hit)
            print_message("missed: " TB_FMT " -> " TB_FMT "; got %s (%d)\n", TB_ARG(q),
                          TB_ARG(line), names_of(out, 3), (int)tb_json_get_int(out, "total", 0));
    }
    print_message("%d of %d everyday questions\n", hits, rows);
    assert_true(rows >= 38);
    assert_true(hits * 100 >= rows * 85);
}

/* ---- regions and pages ----------------------------------------------------------------------- */

/* The same three services in five counties; at home only one of them. */
static void
places_of_one_service_do_not_crowd_out_the_others(void **state)
{
    static const char *const divisions[] = {"511602", "511603", "511621", "511622", "110101"};
    static const char *const names[] = {"蚯蚓养殖备案", "蚯蚓养殖备案变更", "蚯蚓养殖场备案注销"};
    struct tb_buf file = {.arena = arena};
    struct catalogue_report report;
    struct tb_err err;
    tb_buf_cstr(&file, "item_code,name,task_type_code,area_code,department\n");
    for (int n = 0; n < 3; n++)
        for (int d = n == 0 ? 0 : 1; d < 5; d++)
            tb_buf_printf(&file,
                          "51QY%08d00-%s000000-000-115113016823646795-1-00,%s,10,%s,农业局%d\n",
                          n * 10 + d, divisions[d], names[n], divisions[d], d);
    assert_int_equal(import_text(tb_buf_done(&file), &report, &err), TB_OK);
    assert_int_equal(report.rejected, 0);
    struct tb_json *out = find("蚯蚓养殖"), *in;
    assert_int_equal(tb_json_get_int(out, "total", 0), 13);
    assert_string_equal(names_of(out, 3), "蚯蚓养殖备案|蚯蚓养殖备案变更|蚯蚓养殖场备案注销");
    assert_true(tb_str_is(tb_json_get_text(tb_json_at(tb_json_get(out, "items"), 0), "division"),
                          "511602000000"));
    static const struct {
        const char *region;
        int64_t total;
    } regions[] = {{"511602", 1},       {"5116", 10}, {"51", 10},
                   {"110101000000", 3}, {"31", 0},    {"000000000000", 13}};
    for (size_t i = 0; i < TB_COUNT(regions); i++) {
        in = tb_json_new(arena, TB_JSON_OBJECT);
        tb_json_set_text(arena, in, "q", TB_STR("蚯蚓养殖"));
        tb_json_set_text(arena, in, "region", tb_str_of(regions[i].region));
        assert_int_equal(tb_json_get_int(call("items.list", in).out, "total", -1),
                         regions[i].total);
    }
    in = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_text(arena, in, "q", TB_STR("蚯蚓养殖"));
    tb_json_set_text(arena, in, "type", TB_STR("license"));
    assert_int_equal(tb_json_get_int(call("items.list", in).out, "total", -1), 0);
    tb_json_set_text(arena, in = tb_json_new(arena, TB_JSON_OBJECT), "region", TB_STR("5116023"));
    assert_int_equal(call("items.list", in).status, TB_INVALID);
}

static void
pages_together_hold_every_item_once(void **state)
{
    static const char *const queries[] = {"", "许可", "蚯蚓养殖", "sq", "公共场所卫生"};
    for (size_t i = 0; i < TB_COUNT(queries); i++) {
        int64_t total = -1, seen = 0;
        struct catalogue__known known = {.arena = arena};
        tb_str cursor = TB_STR("");
        while (cursor.ptr != NULL) {
            struct tb_json *in = tb_json_new(arena, TB_JSON_OBJECT);
            tb_json_set_text(arena, in, "q", tb_str_of(queries[i]));
            tb_json_set_text(arena, in, "cursor", cursor);
            struct op_result result = call("items.list", in);
            assert_int_equal(result.status, TB_OK);
            total = tb_json_get_int(result.out, "total", -2);
            TB_JSON_EACH(item, tb_json_get(result.out, "items"))
            {
                struct catalogue__known_row *row =
                    catalogue__known_row(&known, tb_json_get_text(item, "code"));
                assert_int_equal(row->line++, 0);
                seen++;
            }
            cursor = tb_json_get_text(result.out, "next");
        }
        assert_int_equal(seen, total);
        assert_true(total > 0);
    }
}

static void
departments_have_as_many_items_as_they_say(void **state)
{
    struct op_result said = call("departments.list", tb_json_new(arena, TB_JSON_OBJECT));
    assert_int_equal(said.status, TB_OK);
    int64_t sum = 0, before = INT64_MAX;
    TB_JSON_EACH(department, tb_json_get(said.out, "departments"))
    {
        int64_t count = tb_json_get_int(department, "count", 0), seen = 0, total = -1;
        tb_str cursor = TB_STR("");
        assert_true(count > 0 && count <= before);
        while (cursor.ptr != NULL) {
            struct tb_json *in = tb_json_new(arena, TB_JSON_OBJECT);
            tb_json_set_text(arena, in, "department", tb_json_get_text(department, "name"));
            tb_json_set_text(arena, in, "region", TB_STR("511602"));
            tb_json_set_text(arena, in, "cursor", cursor);
            struct op_result result = call("items.list", in);
            assert_int_equal(result.status, TB_OK);
            total = tb_json_get_int(result.out, "total", -2);
            TB_JSON_EACH(item, tb_json_get(result.out, "items"))
            {
                assert_true(tb_str_eq(tb_json_get_text(item, "department"),
                                      tb_json_get_text(department, "name")));
                seen++;
            }
            cursor = tb_json_get_text(result.out, "next");
        }
        assert_int_equal(total, count);
        assert_int_equal(seen, count);
        sum += count;
        before = count;
    }
    assert_true(sum > 0);
    assert_int_equal(sum, tb_json_get_int(said.out, "total", 0));
    struct tb_json *in = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_text(arena, in, "department", TB_STR("没有这个部门"));
    assert_int_equal(tb_json_get_int(call("items.list", in).out, "total", -1), 0);
    /* Of one service in several places, those of the department alone. */
    tb_json_set_text(arena, in = tb_json_new(arena, TB_JSON_OBJECT), "department",
                     TB_STR("农业局3"));
    struct tb_json *out = call("items.list", in).out;
    assert_int_equal(tb_json_get_int(out, "total", -1), 3);
    TB_JSON_EACH(item, tb_json_get(out, "items"))
    assert_true(tb_str_is(tb_json_get_text(item, "division"), "511622000000"));
}

static void
odd_queries_are_answered_quietly(void **state)
{
    static const char *const none[] = {"蠢鱻麤", "qqqqqqqq", "vvvv", "9999999999",
                                       "？？",   "!!!",      "（）", "\xF0\xA0\xAE\xB7"};
    for (size_t i = 0; i < TB_COUNT(none); i++)
        if (tb_json_get_int(find(none[i]), "total", -1) != 0)
            fail_msg("%s found %s", none[i], names_of(find(none[i]), 3));
    char *letters = tb_alloc(arena, 201);
    memset(letters, 'a', 200);
    (void)find(letters);
    for (int i = 0; i < 66; i++)
        memcpy(letters + 3 * i, i % 2 == 0 ? "许" : "可", 3);
    (void)find(letters);
    /* A code, or its beginning. */
    need_list();
    struct tb_json *out = find("511a62001001");
    assert_int_equal(tb_json_get_int(out, "total", 0), 1);
    assert_string_equal(names_of(out, 1), "烟草专卖零售许可证新办");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_pinyin_and_initials_find_the_right_items),
        cmocka_unit_test(polyphones_are_read_as_the_word_is),
        cmocka_unit_test(everyday_questions_find_the_meant_item_among_the_first_three),
        cmocka_unit_test(places_of_one_service_do_not_crowd_out_the_others),
        cmocka_unit_test(pages_together_hold_every_item_once),
        cmocka_unit_test(departments_have_as_many_items_as_they_say),
        cmocka_unit_test(odd_queries_are_answered_quietly),
    };
    return cmocka_run_group_tests(tests, open_with_list, close_catalogue);
}
