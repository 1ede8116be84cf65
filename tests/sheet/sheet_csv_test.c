/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet_test.h"

static void
rows_come_as_rfc_4180_says(void **state)
{
    static const char *const rows[][2] = {
        {"a,b\r\n1,2\r\n", "1:a|b\n2:1|2\n"},
        {"a,b\n1,2", "1:a|b\n2:1|2\n"},
        {"a,b\r1,2\r", "1:a|b\n2:1|2\n"},
        {"a,,\n,,\n", "1:a||\n2:||\n"},
        {"\"a,b\",\"c\"\"d\",\"\"\n", "1:a,b|c\"d|\n"},
        {"\"one\r\ntwo\",x\ny,z\n", "1:one\r\ntwo|x\n3:y|z\n"},
        {"\n\na\n\n\nb\n", "3:a\n6:b\n"},
        {"\"\"\n", "1:\n"},
        {" a , b \n", "1: a | b \n"},
        {"\xEF\xBB\xBF\"a\",b\n", "1:a|b\n"},
        {"名称,编码\n公共场所卫生许可,1\n", "1:名称|编码\n2:公共场所卫生许可|1\n"},
        {"\n", ""},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++)
        assert_string_equal(told(tb_str_of(rows[i][0])), rows[i][1]);
}

static void
faults_have_line_and_column_and_cost_one_row(void **state)
{
    static const char *const rows[][2] = {
        {"a,b\nc,\"d\"x\ne,f\n", "1:a|b\n!2:c|d\n3:e|f\nf:2:6 after_quote\n"},
        {"a,b\nc,d\"x\ne,f\n", "1:a|b\n!2:c|d\"x\n3:e|f\nf:2:4 quote\n"},
        {"a,b\n\"c,d\ne,f\ng,h\n", "1:a|b\n!2:\n3:e|f\n4:g|h\nf:2:1 open_quote\n"},
        {"a,b\n通办,\"c,d\ne,\"f\"\n", "1:a|b\n!2:通办|c,d\ne,\n3:e|f\nf:3:4 after_quote\n"},
        {"a,b\nc,\x07"
         "d\ne,f\n",
         "1:a|b\n!2:c|\x07"
         "d\n3:e|f\nf:2:3 character\n"},
        {"a,b\nc,d\xE2\x80\xAE\n", "1:a|b\n!2:c|d\xE2\x80\xAE\nf:2:4 character\n"},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++)
        if (i != 2)
            assert_string_equal(told(tb_str_of(rows[i][0])), rows[i][1]);
    /* An open quote takes nothing else with it. */
    assert_non_null(strstr(told(tb_str_of(rows[2][0])), "3:e|f\n4:g|h\nf:2:1 open_quote\n"));
}

static void
gb18030_is_told_from_damaged_utf8(void **state)
{
    /* 名称,地址 / 北京𠮷 in GB18030 */
    static const char gb[] =
        "\xC3\xFB\xB3\xC6,\xB5\xD8\xD6\xB7\n\xB1\xB1\xBE\xA9\x95\x34\xBF\x36,x\n";
    struct sheet_reader *reader;
    assert_int_equal(sheet_open(TB_STR("f"), TB_STR(gb), NULL, &reader, NULL), TB_OK);
    assert_int_equal(sheet_reader_encoding(reader), SHEET_GB18030);
    sheet_close(reader);
    const char *text = told(TB_STR(gb));
    assert_true(strncmp(text, "1:名称|地址\n2:北京", strlen("1:名称|地址\n2:北京")) == 0);
    struct tb_buf buf = {.arena = arena};
    for (int i = 0; i < 30; i++)
        tb_buf_cstr(&buf, "公共场所,卫生许可\n");
    tb_buf_cstr(&buf, "坏\xFF字,x\n好,y\n");
    text = told(tb_buf_done(&buf));
    assert_non_null(
        strstr(text, "30:公共场所|卫生许可\n!31:坏\xFF字|x\n32:好|y\nf:31:2 encoding\n"));
    /* A lone byte in GB18030 */
    text = told(TB_STR("\xC3\xFB\xB3\xC6\xC3\xFB\xB3\xC6,\xFF\n\xB1\xB1,x\n"));
    assert_non_null(strstr(text, "f:1:6 encoding\n"));
    assert_non_null(strstr(text, "2:北|x\n"));
}

static void
what_is_no_table_is_refused(void **state)
{
    assert_string_equal(told(TB_STR("")), "syntax");
    assert_string_equal(told(TB_STR("a\0b")), "syntax");
    assert_string_equal(told(TB_STR("\xFF\xFE"
                                    "a\0")),
                        "unsupported");
    assert_string_equal(told(TB_STR("\xD0\xCF\x11\xE0\xA1\xB1")), "unsupported");
    struct tb_buf buf = {.arena = arena};
    for (int i = 0; i < SHEET_COLUMNS_MAX + 1; i++)
        tb_buf_char(&buf, ',');
    assert_string_equal(told(tb_buf_done(&buf)), "limit\n");
    char *big = tb_alloc(arena, SHEET_BYTES_MAX + 1);
    assert_string_equal(told((tb_str){big, SHEET_BYTES_MAX + 1}), "limit");
}

static void
three_broken_rows_of_5733_are_named_and_the_rest_read(void **state)
{
    struct tb_buf buf = {.arena = arena};
    tb_buf_cstr(&buf, "code,name,place\r\n");
    for (int i = 2; i <= 5734; i++) {
        if (i == 100)
            tb_buf_printf(&buf, "%d,名称\r\n", i);
        else if (i == 2000)
            tb_buf_printf(&buf, "%d,\"名称%d,县\r\n", i, i);
        else if (i == 5734)
            tb_buf_printf(&buf, "%d,\"名\"称,县\r\n", i);
        else
            tb_buf_printf(&buf, "%d,\"名称,%d\",县\r\n", i, i);
    }
    struct tb_faults faults = {.arena = arena};
    struct sheet_table table;
    struct tb_err err;
    assert_int_equal(
        sheet_read_table(arena, TB_STR("items.csv"), tb_buf_done(&buf), &faults, &table, &err),
        TB_OK);
    assert_int_equal(table.row_count, 5733);
    int broken = 0;
    for (size_t i = 0; i < table.row_count; i++) {
        assert_int_equal(table.rows[i].line, i + 2);
        broken += table.rows[i].is_broken;
        if (!table.rows[i].is_broken)
            assert_true(tb_str_starts(sheet_cell(&table.rows[i], sheet_column(&table, "name")),
                                      TB_STR("名称,")));
    }
    assert_int_equal(broken, 3);
    assert_int_equal(faults.count, 3);
    assert_true(tb_str_is(faults.items[0].place, "items.csv:100"));
    assert_true(tb_str_is(faults.items[1].place, "items.csv:2001:7"));
    assert_true(tb_str_is(faults.items[2].place, "items.csv:5734:9"));
}

static void
a_table_names_its_columns(void **state)
{
    struct tb_faults faults = {.arena = arena};
    struct sheet_table table;
    struct tb_err err;
    assert_int_equal(sheet_read_table(arena, TB_STR("f"), TB_STR(" a ,b,a,\n x ,2,3,4\n"), &faults,
                                      &table, &err),
                     TB_OK);
    assert_int_equal(faults.count, 2);
    assert_true(tb_str_is(faults.items[0].code, "name_double") &&
                tb_str_is(faults.items[1].code, "name_empty"));
    assert_int_equal(sheet_column(&table, "b"), 1);
    assert_int_equal(sheet_column(&table, "z"), -1);
    assert_true(tb_str_is(sheet_cell(&table.rows[0], 0), "x"));
    assert_null(sheet_cell(&table.rows[0], -1).ptr);
    assert_int_equal(sheet_read_table(arena, TB_STR("f"), TB_STR("\n\n"), &faults, &table, &err),
                     TB_SYNTAX);
}

static void
written_rows_read_back_and_hold_no_formula(void **state)
{
    static const tb_str cells[] = {
        {"plain", 5},      {"", 0},    {"a,b", 3},  {"say \"hi\"", 8},
        {"two\nlines", 9}, {" x ", 3}, {"通办", 6},
    };
    struct tb_buf buf = {.arena = arena};
    sheet_csv_row(&buf, cells, TB_COUNT(cells));
    sheet_csv_row(&buf, &cells[1], 1);
    assert_string_equal(told(tb_buf_done(&buf)),
                        "1:plain||a,b|say \"hi\"|two\nlines| x |通办\n3:\n");
    static const char *const guarded[] = {"=1+1", "+86 139", "-x",  "@SUM(A1)",
                                          "\tx",  "＝1",     "－x", "=cmd|' /C calc'!A0"};
    for (size_t i = 0; i < TB_COUNT(guarded); i++) {
        struct tb_buf one = {.arena = arena};
        tb_str cell = tb_str_of(guarded[i]);
        sheet_csv_row(&one, &cell, 1);
        assert_true(tb_str_starts(tb_buf_done(&one), TB_STR("\"'")));
    }
    static const char *const free_of_guard[] = {"-5",         "-0.25",      "1e-5",
                                                "2026-02-10", "(0826) 222", "a=b"};
    for (size_t i = 0; i < TB_COUNT(free_of_guard); i++) {
        struct tb_buf one = {.arena = arena};
        tb_str cell = tb_str_of(free_of_guard[i]);
        sheet_csv_row(&one, &cell, 1);
        assert_true(tb_str_starts(tb_buf_done(&one), cell));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_as_rfc_4180_says),
        cmocka_unit_test(faults_have_line_and_column_and_cost_one_row),
        cmocka_unit_test(gb18030_is_told_from_damaged_utf8),
        cmocka_unit_test(what_is_no_table_is_refused),
        cmocka_unit_test(three_broken_rows_of_5733_are_named_and_the_rest_read),
        cmocka_unit_test(a_table_names_its_columns),
        cmocka_unit_test(written_rows_read_back_and_hold_no_formula),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
