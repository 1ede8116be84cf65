/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done online here, searched for by its pack's name and by everyday words, in a county's list that calls it
 * something else. */
#include "catalogue_test.h"

static struct packs_set *shipped;

/* The list's own names, with the pack's codes; among them what is only listed, and shorter. */
static const char list[] =
    "item_code,name,task_type_code,area_code,department\n"
    "511A1839900003-511602000000-000-11511301008778386B-1-00,道路货运经营许可（注销）,1,511602,"
    "区交通运输局\n"
    "511A1839900002-511602000000-000-11511301008778386B-1-00,道路货运经营许可（换发）,1,511602,"
    "区交通运输局\n"
    "511A0014300001-511602000000-000-11511301008778386B-1-00,道路货物运输经营许可,1,511602,"
    "区交通运输局\n"
    "511A0014300005-511602000000-000-11511301008778386B-1-00,"
    "道路货物运输经营许可变更、扩大经营范围,1,511602,区交通运输局\n"
    "511A0014300099-511602000000-000-11511301008778386B-1-00,道路货物运输企业设立子公司经营许可,1,"
    "511602,区交通运输局\n"
    "511A0014300098-511602000000-000-11511301008778386B-1-00,货运代理经营备案,1,511602,"
    "区交通运输局\n"
    "511A0014300097-511602000000-000-11511301008778386B-1-00,货物运输车辆道路运输证办理（变更）,1,"
    "511602,区交通运输局\n"
    "511A0014300096-511602000000-000-11511301008778386B-1-00,客运车辆道路运输证办理（注销）,1,"
    "511602,区交通运输局\n"
    "511A0015500015-511602000000-000-11511301008778386B-1-00,公共场所卫生许可证注销（县级）,1,"
    "511602,区行政审批局\n"
    "511A0015500009-511602000000-000-11511301008778386B-1-00,公共场所卫生许可新办审批（县级）,1,"
    "511602,区行政审批局\n"
    "511A0015500013-511602000000-000-11511301008778386B-1-00,公共场所卫生许可延续（县级）,1,511602,"
    "区行政审批局\n"
    "511A0015500098-511602000000-000-11511301008778386B-1-00,"
    "饮用水供水单位卫生许可新办审批（县级）,1,511602,区行政审批局\n"
    "511A0015500097-511602000000-000-11511301008778386B-1-00,经营游泳许可,1,511602,区行政审批局\n"
    "511A0015500096-511602000000-000-11511301008778386B-1-00,旅馆业特种行业许可证核发,1,511602,"
    "区公安分局\n";

static int
open_with_packs(void **state)
{
    struct tb_faults faults = {.arena = tb_arena_new(0)};
    struct tb_err err = {0};
    struct catalogue_report report;
    char path[4096];
    snprintf(path, sizeof path, "%s/packs", getenv("TB_SOURCE"));
    tb_status status = packs_set_load(path, &faults, &shipped, &err);
    tb_arena_free(faults.arena);
    packs = shipped;
    if (status != TB_OK || open_catalogue(state) != 0)
        return 1;
    status = import_text(tb_str_of(list), &report, &err);
    for (size_t i = 0; i < report.faults.count; i++)
        print_message("%.*s\n", TB_ARG(report.faults.items[i].en));
    return status == TB_OK && report.inserted == 14 ? 0 : 1;
}

static int
close_with_packs(void **state)
{
    int failed = close_catalogue(state);
    packs_set_free(shipped);
    return failed;
}

static const char *
name_at(const char *q, size_t i)
{
    return tb_cstr(arena, tb_json_get_text(tb_json_at(tb_json_get(find(q), "items"), i), "name"));
}

#define NEW "道路货物运输经营许可"
#define CHANGE "道路货物运输经营许可变更、扩大经营范围"
#define EXCHANGE "道路货运经营许可（换发）"
#define CANCEL "道路货运经营许可（注销）"
#define HEALTH "公共场所卫生许可新办审批（县级）"

static void
assert_order(const char *q, const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        if (strcmp(name_at(q, i), names[i]) != 0)
            fail_msg("%s: %zu is %s, not %s", q, i + 1, name_at(q, i), names[i]);
    }
}

static void
a_plain_query_gives_the_situations_in_the_order_of_the_pack(void **state)
{
    static const char *const freight[] = {NEW, CHANGE, EXCHANGE, CANCEL, NULL};
    static const char *const health[] = {HEALTH, "公共场所卫生许可延续（县级）",
                                         "公共场所卫生许可证注销（县级）", NULL};
    (void)state;
    assert_order("货运", freight);
    assert_order("道路普通货物运输", freight);
    assert_order("卫生许可", health);
    assert_order("公共场所卫生许可", health);
}

static void
a_named_situation_comes_first(void **state)
{
    (void)state;
    assert_string_equal(name_at("货运注销", 0), CANCEL);
    assert_string_equal(name_at("货运 换发", 0), EXCHANGE);
    assert_string_equal(name_at("卫生许可证到期", 0), "公共场所卫生许可延续（县级）");
}

static void
what_can_be_done_here_goes_before_what_is_only_listed(void **state)
{
    (void)state;
    assert_string_equal(name_at("道路货物运输", 0), NEW);
    assert_string_equal(name_at("道路货物运输", 1), CHANGE);
    assert_string_equal(name_at("dlhwys", 0), NEW);
    /* But not before what the words mean. */
    assert_string_equal(name_at("企业设立子公司", 0), "道路货物运输企业设立子公司经营许可");
    assert_string_equal(name_at("饮用水卫生许可", 0), "饮用水供水单位卫生许可新办审批（县级）");
}

static void
everyday_words_of_the_pack_find_it(void **state)
{
    static const char *const freight[] = {"拉货",   "开货车", "我想拉货",
                                          "跑运输", "营运证", "lahuo"};
    static const char *const health[] = {"开理发店", "理发", "剪头发", "开澡堂", "旅馆", "lfd"};
    (void)state;
    for (size_t i = 0; i < TB_COUNT(freight); i++)
        assert_string_equal(name_at(freight[i], 0), NEW);
    for (size_t i = 0; i < TB_COUNT(health); i++)
        assert_string_equal(name_at(health[i], 0), HEALTH);
    /* Nothing is read across two words of the pack. */
    assert_int_equal(tb_json_get_int(find("huopao"), "total", -1), 0);
    /* What is only listed under such a word stays to be found. */
    bool has_pool = false;
    TB_JSON_EACH(item, tb_json_get(find("游泳馆"), "items"))
    has_pool |= tb_str_is(tb_json_get_text(item, "name"), "经营游泳许可");
    assert_true(has_pool);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_query_gives_the_situations_in_the_order_of_the_pack),
        cmocka_unit_test(a_named_situation_comes_first),
        cmocka_unit_test(what_can_be_done_here_goes_before_what_is_only_listed),
        cmocka_unit_test(everyday_words_of_the_pack_find_it),
    };
    return cmocka_run_group_tests(tests, open_with_packs, close_with_packs);
}
