/* SPDX-License-Identifier: Apache-2.0 */
/* Importing lists of items: the report, repetition, crashes, and what a person then sees. */
#include "catalogue_test.h"
#include "sheet/sheet.h"

static int64_t
latest_seq(void)
{
    return store_wait(store, 0, 0);
}

#define HEAD "item_code,name,task_type_code,area_code,department\n"
#define CODE_A "511A0015500009-511602000000-000-115113016823646795-1-00"
#define CODE_B "511A0015500013-511602000000-000-115113016823646795-1-00"

static void
the_county_s_list_gives_the_exact_report_and_again_changes_nothing(void **state)
{
    struct tb_err err = {0};
    struct catalogue_report report;
    tb_str file = read_shared("data/guangan/items_guangan.csv");
    if (import_text(file, &report, &err) != TB_OK)
        fail_msg("%s", err.message);
    assert_int_equal(report.rows, 1135);
    assert_int_equal(report.inserted, 1135);
    assert_int_equal(report.updated + report.unchanged + report.rejected, 0);
    assert_int_equal(report.codes_well_formed, 988);
    assert_int_equal(report.codes_old_form, 147);
    assert_int_equal(report.faults.count, 0);
    assert_int_equal(report.notes.count, 148);
    const struct tb_fault *flagged = &report.notes.items[147];
    assert_true(tb_str_is(flagged->code, "agency_impossible"));
    assert_true(tb_str_contains(flagged->zh, TB_STR("TE5116020105116050")));
    assert_true(tb_str_contains(flagged->en, TB_STR("7 rows")));
    int64_t before = latest_seq();
    assert_int_equal(import_text(file, &report, &err), TB_OK);
    assert_int_equal(report.unchanged, 1135);
    assert_int_equal(report.inserted + report.updated + report.rejected, 0);
    assert_int_equal(latest_seq(), before);
    struct tb_json *in = tb_json_new(arena, TB_JSON_OBJECT);
    assert_int_equal(tb_json_get_int(call("items.list", in).out, "total", 0), 1135);
}

static void
a_workbook_gives_what_its_csv_gives(void **state)
{
    static const struct sheet_column columns[] = {{{"item_code", 9}, SHEET_TEXT, 0},
                                                  {{"name", 4}, SHEET_TEXT, 0},
                                                  {{"task_type_code", 14}, SHEET_NUMBER, 0},
                                                  {{"area_code", 9}, SHEET_NUMBER, 0},
                                                  {{"department", 10}, SHEET_TEXT, 0},
                                                  {{"promise_day", 11}, SHEET_NUMBER, 0},
                                                  {{"note", 4}, SHEET_TEXT, 0}};
    struct sheet_writer *writer;
    struct catalogue_report report;
    struct tb_err err;
    tb_str bytes, cells[] = {TB_STR(CODE_B),         TB_STR("公共场所卫生许可延续"), TB_STR("1"),
                             TB_STR("511602000000"), TB_STR("区行政审批局"),         TB_STR("5"),
                             TB_STR("表格里的备注")};
    assert_int_equal(sheet_writer_new(TB_STR("items"), columns, TB_COUNT(columns), &writer, &err),
                     TB_OK);
    assert_int_equal(sheet_write_row(writer, cells, &err), TB_OK);
    assert_int_equal(sheet_writer_done(arena, writer, &bytes, &err), TB_OK);
    assert_int_equal(import_text(bytes, &report, &err), TB_OK);
    assert_int_equal(report.rows, 1);
    assert_int_equal(report.rejected, 0);
    struct tb_json *in = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_text(arena, in, "code", TB_STR(CODE_B));
    struct op_result result = call("items.show", in);
    assert_true(tb_str_is(tb_json_get_text(result.out, "promised"), "5wd"));
    assert_true(tb_str_is(tb_json_text(tb_json_path(result.out, "elements.note")), "表格里的备注"));
    tb_str csv =
        TB_STR("item_code,name,task_type_code,area_code,department,promise_day,note\n" CODE_B
               ",公共场所卫生许可延续,1,511602000000,区行政审批局,5,表格里的备注\n");
    assert_int_equal(import_text(csv, &report, &err), TB_OK);
    assert_int_equal(report.unchanged, 1);
}

static void
a_changed_row_is_a_new_version_with_its_history(void **state)
{
    struct tb_err err = {0};
    struct catalogue_report report;
    assert_int_equal(
        import_text(TB_STR(HEAD CODE_A ",公共场所卫生许可新办,1,511602000000,区行政审批局\n"),
                    &report, &err),
        TB_OK);
    assert_int_equal(report.inserted + report.updated, 1);
    assert_int_equal(
        import_text(TB_STR(HEAD CODE_A ",公共场所卫生许可（新办）,01,511602,区行政审批局\n"),
                    &report, &err),
        TB_OK);
    assert_int_equal(report.updated, 1);
    struct tb_json *in = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_text(arena, in, "code", TB_STR(CODE_A));
    struct op_result result = call("items.show", in);
    assert_int_equal(result.status, TB_OK);
    assert_true(tb_str_is(tb_json_get_text(result.out, "name"), "公共场所卫生许可（新办）"));
    assert_true(tb_str_is(tb_json_get_text(result.out, "division_name"), "广安市广安区"));
    assert_true(tb_str_is(tb_json_get_text(result.out, "type"), "license"));
    const struct tb_json *history = tb_json_get(result.out, "history");
    assert_true(history->count >= 2);
    assert_true(tb_json_is_true(tb_json_get(tb_json_at(history, 0), "in_force")));
    assert_false(tb_json_is_true(tb_json_get(tb_json_at(history, 1), "in_force")));
    /* The first part of a code names the item at home. */
    tb_json_set_text(arena, in = tb_json_new(arena, TB_JSON_OBJECT), "code",
                     TB_STR("511A0015500009"));
    result = call("items.show", in);
    assert_int_equal(result.status, TB_OK);
    assert_true(tb_str_is(tb_json_get_text(result.out, "code"), CODE_A));
    tb_json_set_text(arena, in = tb_json_new(arena, TB_JSON_OBJECT), "code",
                     TB_STR("511A00155000"));
    assert_int_equal(call("items.show", in).status, TB_NOT_FOUND);
}

static void
every_fault_of_a_row_is_told_and_the_others_are_taken(void **state)
{
    struct tb_err err = {0};
    struct catalogue_report report;
    tb_str file =
        TB_STR(HEAD CODE_B ",延续,1,511602000000,区行政审批局\n"
                           "nonsense,,99,991602,\n" CODE_B ",再来一次,1,511602000000,区行政审批局\n"
                           "\"broken,x,1,511602000000,y\n"
                           "000123020000,全国的,1,511602000000,区卫健局,多一格\n"
                           "000123020000,公共场所卫生许可,01,000000000000,国家卫健委\n");
    assert_int_equal(import_text(file, &report, &err), TB_OK);
    assert_int_equal(report.rows, 6);
    assert_int_equal(report.inserted + report.updated + report.unchanged, 2);
    assert_int_equal(report.rejected, 4);
    struct tb_buf buf = {.arena = arena};
    for (size_t i = 0; i < report.faults.count; i++)
        tb_buf_printf(&buf, TB_FMT " " TB_FMT ";", TB_ARG(report.faults.items[i].place),
                      TB_ARG(report.faults.items[i].code));
    assert_string_equal(
        tb_buf_done(&buf).ptr,
        "items.csv:3 character;items.csv:3 name;items.csv:3 type;items.csv:3 province;"
        "items.csv:3 department;items.csv:4 double;items.csv:5:1 open_quote;items.csv:6 width;");
}

static void
a_file_without_the_needed_columns_is_refused(void **state)
{
    struct tb_err err = {0};
    struct catalogue_report report;
    int64_t before = latest_seq();
    assert_int_equal(import_text(TB_STR("code,title\n1,2\n"), &report, &err), TB_INVALID);
    assert_int_equal(report.faults.count, 4);
    assert_int_equal(import_text(TB_STR(""), &report, &err), TB_SYNTAX);
    assert_int_equal(latest_seq(), before);
}

/* ---- half an import -------------------------------------------------------------------------- */

static struct catalogue__item
item_made(int i)
{
    struct catalogue__item item = {
        .code = tb_printf(arena, "511B%08d%02d-511602000000-000-115113016823646795-1-00", i / 100,
                          i % 100),
        .name = tb_printf(arena, "半途而废的事项%d", i),
        .type = catalogue__type_find(TB_STR("license")),
        .division = TB_STR("511602000000"),
        .department = TB_STR("半途而废局"),
        .level = -1,
        .visits = -1,
        .fee = -1,
        .source = TB_STR("import"),
    };
    assert_true(catalogue__item_read_code(&item, TB_STR(""), NULL));
    catalogue__item_seal(arena, &item);
    return item;
}

static void
an_import_that_died_is_invisible_and_cleared_by_the_next(void **state)
{
    struct tb_err err = {0};
    struct catalogue_report report;
    struct catalogue__draft draft = {.store = store, .cause = &cause, .file = TB_STR("dead.csv")};
    struct catalogue__item items[3] = {item_made(1), item_made(2), item_made(3)};
    size_t done;
    assert_int_equal(
        import_text(TB_STR(HEAD CODE_A ",原来的名字,1,511602000000,区行政审批局\n"), &report, &err),
        TB_OK);
    /* It was about to end this very item when it died. */
    struct catalogue__known known = {.arena = arena};
    assert_int_equal(catalogue__known_read(store, &known, &err), TB_OK);
    items[2].former = catalogue__known_row(&known, TB_STR(CODE_A))->id;
    assert_true(items[2].former > 0);
    assert_int_equal(catalogue__draft_add(&draft, items, 3, &err), TB_OK);
    assert_int_equal(catalogue_tick(catalogue, 10000, &done, &err), TB_OK);
    assert_int_equal(tb_json_get_int(find("半途而废"), "total", -1), 0);
    assert_string_equal(names_of(find("原来的名字"), 1), "原来的名字");
    /* At once the next import waits for it; two minutes later it is cleared away. */
    tb_str next = TB_STR(HEAD CODE_A ",后来的名字,1,511602000000,区行政审批局\n");
    assert_int_equal(import_text(next, &report, &err), TB_CONFLICT);
    clock_us += 121 * TB_US_PER_SECOND;
    assert_int_equal(import_text(next, &report, &err), TB_OK);
    assert_int_equal(report.updated, 1);
    assert_string_equal(names_of(find("后来的名字"), 1), "后来的名字");
    assert_int_equal(tb_json_get_int(find("半途而废"), "total", -1), 0);
    /* Had it only been asleep: it may not go on. */
    assert_int_equal(catalogue__draft_add(&draft, items, 1, &err), TB_CONFLICT);
    assert_int_equal(catalogue__draft_publish(&draft, &report, &err), TB_CONFLICT);
    struct tb_faults faults = {.arena = arena};
    struct store_verify_result verified;
    assert_int_equal(store_verify(store, TB_STR_NONE, &faults, &verified, &err), TB_OK);
    assert_int_equal(faults.count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_county_s_list_gives_the_exact_report_and_again_changes_nothing),
        cmocka_unit_test(a_workbook_gives_what_its_csv_gives),
        cmocka_unit_test(a_changed_row_is_a_new_version_with_its_history),
        cmocka_unit_test(every_fault_of_a_row_is_told_and_the_others_are_taken),
        cmocka_unit_test(a_file_without_the_needed_columns_is_refused),
        cmocka_unit_test(an_import_that_died_is_invisible_and_cleared_by_the_next),
    };
    return cmocka_run_group_tests(tests, open_catalogue, close_catalogue);
}
