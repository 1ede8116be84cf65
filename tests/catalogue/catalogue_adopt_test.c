/* SPDX-License-Identifier: Apache-2.0 */
/* Items of the packs that ship, before and after the county's own list comes. */
#include "catalogue_test.h"

static struct packs_set *shipped;

static int
open_with_packs(void **state)
{
    struct tb_faults faults = {.arena = tb_arena_new(0)};
    struct tb_err err = {0};
    char path[4096];
    snprintf(path, sizeof path, "%s/packs", getenv("TB_SOURCE"));
    tb_status status = packs_set_load(path, &faults, &shipped, &err);
    if (status != TB_OK)
        print_message("%s\n", err.message);
    tb_arena_free(faults.arena);
    packs = shipped;
    return status == TB_OK ? open_catalogue(state) : 1;
}

static int
close_with_packs(void **state)
{
    int failed = close_catalogue(state);
    packs_set_free(shipped);
    return failed;
}

static void
refresh(void)
{
    struct tb_err err;
    size_t done = 1;
    while (done > 0)
        assert_int_equal(catalogue_tick(catalogue, 1000, &done, &err), TB_OK);
}

static struct op_result
show(const char *code)
{
    struct tb_json *in = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_text(arena, in, "code", tb_str_of(code));
    return call("items.show", in);
}

static void
each_code_of_a_pack_becomes_an_item_once(void **state)
{
    struct tb_err err = {0};
    int64_t changed = 0;
    assert_int_equal(catalogue_adopt_packs(catalogue, &cause, &changed, &err), TB_OK);
    assert_true(changed >= 5);
    assert_int_equal(catalogue_adopt_packs(catalogue, &cause, &changed, &err), TB_OK);
    assert_int_equal(changed, 0);
    refresh();
    struct op_result result = show("511A0014300001");
    assert_int_equal(result.status, TB_OK);
    assert_true(tb_str_is(tb_json_get_text(result.out, "source"), "pack"));
    const struct tb_json *pack = tb_json_get(result.out, "pack");
    assert_true(tb_str_is(tb_json_get_text(pack, "id"), "road-freight"));
    assert_true(tb_json_get(pack, "situations")->count >= 5);
    assert_true(tb_json_get(tb_json_at(tb_json_get(pack, "situations"), 0), "materials")->count >=
                3);
    assert_true(tb_json_get(pack, "law")->count > 0 && tb_json_get(pack, "places")->count > 0);
    assert_true(tb_json_is_true(
        tb_json_get(tb_json_at(tb_json_get(find("道路普通货物运输"), "items"), 0), "pack")));
}

static void
the_county_s_own_row_takes_the_place_of_the_pack_s(void **state)
{
    struct tb_err err = {0};
    struct catalogue_report report;
    int64_t changed = -1, before = tb_json_get_int(find(""), "total", 0);
    tb_str list = TB_STR("item_code,name,task_type_code,area_code,department\n"
                         "511A0014300001-511602000000-000-11511301008778386B-1-00,"
                         "道路货物运输经营许可,1,511602,区交通运输局\n");
    assert_int_equal(import_text(list, &report, &err), TB_OK);
    assert_int_equal(report.inserted, 1);
    assert_int_equal(tb_json_get_int(find(""), "total", 0), before);
    struct op_result result = show("511A0014300001");
    assert_true(tb_str_is(tb_json_get_text(result.out, "source"), "import"));
    assert_true(tb_str_is(tb_json_text(tb_json_path(result.out, "pack.id")), "road-freight"));
    assert_int_equal(catalogue_adopt_packs(catalogue, &cause, &changed, &err), TB_OK);
    assert_int_equal(changed, 0);
    assert_int_equal(import_text(list, &report, &err), TB_OK);
    assert_int_equal(report.unchanged, 1);
}

static void
the_installed_packs_say_their_version_and_what_is_unverified(void **state)
{
    (void)state;
    struct op_grant grant = {.role = OP_EDITOR, .division = TB_STR("511602000000")};
    struct op_actor editor = {.account = 1, .grants = &grant, .grant_count = 1};
    struct op_request request = {
        .actor = &editor, .id = TB_STR("r1"), .lang = TB_STR("zh"), .channel = TB_STR("api")};
    struct op_result result;
    op_call(registry, arena, "packs.list", &request, tb_json_new(arena, TB_JSON_OBJECT), &result);
    assert_int_equal(result.status, TB_OK);
    const struct tb_json *list = tb_json_get(result.out, "packs");
    assert_int_equal(list->count, packs_set_count(shipped));
    bool is_there = false;
    TB_JSON_EACH(pack, list)
    {
        assert_int_equal(tb_json_get_text(pack, "hash").len, 64);
        if (!tb_str_is(tb_json_get_text(pack, "id"), "public-venue-health"))
            continue;
        is_there = true;
        assert_true(tb_str_is(tb_json_get_text(pack, "state"), "in_force"));
        assert_false(tb_json_is_true(tb_json_get(pack, "is_complete")));
        assert_true(tb_json_get(pack, "unverified")->count > 5);
    }
    assert_true(is_there);
    assert_int_equal(call("packs.list", tb_json_new(arena, TB_JSON_OBJECT)).http, 401);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_code_of_a_pack_becomes_an_item_once),
        cmocka_unit_test(the_county_s_own_row_takes_the_place_of_the_pack_s),
        cmocka_unit_test(the_installed_packs_say_their_version_and_what_is_unverified),
    };
    return cmocka_run_group_tests(tests, open_with_packs, close_with_packs);
}
