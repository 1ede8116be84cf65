/* SPDX-License-Identifier: Apache-2.0 */
#include "codes_test.h"

static void
every_form_is_told_and_split(void **state)
{
    static const struct {
        const char *code;
        codes_item_form form;
        codes_agency agency_kind;
        const char *basic, *business, *division, *agency, *level;
    } rows[] = {
        {"000123020000", CODES_ITEM_BASIC, CODES_AGENCY_NONE, "000123020000", NULL, NULL, NULL,
         NULL},
        {"00016421300Y", CODES_ITEM_BASIC, CODES_AGENCY_NONE, "00016421300Y", NULL, NULL, NULL,
         NULL},
        {"00016421300301", CODES_ITEM_BASIC_SUB, CODES_AGENCY_NONE, "000164213003", "01", NULL,
         NULL, NULL},
        {"11440100007482575H3440118009000", CODES_ITEM_NATIONAL, CODES_AGENCY_CREDIT,
         "440118009000", NULL, NULL, "11440100007482575H", "3"},
        {"11440100007482575H344011800900002", CODES_ITEM_NATIONAL_SUB, CODES_AGENCY_CREDIT,
         "440118009000", "02", NULL, "11440100007482575H", "3"},
        {"11440100007482576H3440118009000", CODES_ITEM_NATIONAL, CODES_AGENCY_IMPOSSIBLE,
         "440118009000", NULL, NULL, "11440100007482576H", "3"},
        {"511Z07001006-511602000000-000-11511301008778183N-1-00", CODES_ITEM_LOCAL,
         CODES_AGENCY_CREDIT, "511Z07001006", "00", "511602000000", "11511301008778183N", NULL},
        {"G-000007-001-511602000000-000-115113010833722043-1-00", CODES_ITEM_LOCAL,
         CODES_AGENCY_CREDIT, "G-000007-001", "00", "511602000000", "115113010833722043", NULL},
        {"511A62001001-511602000000-000-TE5116020105116050-1-00", CODES_ITEM_LOCAL,
         CODES_AGENCY_IMPOSSIBLE, "511A62001001", "00", "511602000000", "TE5116020105116050", NULL},
        {"512B0053300006-511602000000-000-083372204-1-00", CODES_ITEM_LOCAL_OLD,
         CODES_AGENCY_ORGANISATION, "512B0053300006", "00", "511602000000", "083372204", NULL},
        {"512C0107400001-511602000000-000-00877868-5-1-00", CODES_ITEM_LOCAL_OLD,
         CODES_AGENCY_ORGANISATION, "512C0107400001", "00", "511602000000", "00877868-5", NULL},
        {"511A0080800002-511602000000-000-1151130000877869M-1-00", CODES_ITEM_LOCAL_OLD,
         CODES_AGENCY_UNKNOWN, "511A0080800002", "00", "511602000000", "1151130000877869M", NULL},
        {"E-000004-001-11511301008778386B", CODES_ITEM_LOCAL_OLD, CODES_AGENCY_CREDIT,
         "E-000004-001", NULL, NULL, "11511301008778386B", NULL},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        struct codes_item_code code;
        struct tb_faults faults = {.arena = arena};
        if (!codes_item_code(tb_str_of(rows[i].code), TB_STR("/here"), &faults, &code))
            fail_msg("%s: %s", rows[i].code, words(&faults));
        assert_int_equal(code.form, rows[i].form);
        assert_int_equal(code.agency_kind, rows[i].agency_kind);
        assert_true(tb_str_is(code.basic, rows[i].basic) &&
                    tb_str_is(code.business, rows[i].business));
        assert_true(tb_str_is(code.division, rows[i].division) &&
                    tb_str_is(code.agency, rows[i].agency));
        assert_true(tb_str_is(code.level, rows[i].level));
    }
}

static void
what_is_no_item_code_is_refused_with_reasons(void **state)
{
    static const char *const rows[][2] = {
        {"", "empty"},
        {"000123a20000", "character"},
        {"0001230200", "form"},
        {"000123020A00", "basic"},
        {"000123020A000X", "basic business"},
        {"11440100007482575H8440118009000", "level"},
        {"11440100007482575H9440118A0900A0X", "basic business level"},
        {"511Z07001006-511602000000-000-11511301008778183N-1-00-11511301008778183N", "length"},
        {"a-b", "form"},
        {"-------", "form"},
        {"511Z07001006", "basic"},
        {"511Z07001006-511602000000-000--1-00", "form"},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        struct tb_faults faults = {.arena = arena};
        struct codes_item_code code;
        if (codes_item_code(tb_str_of(rows[i][0]), TB_STR("/here"), &faults, &code))
            fail_msg("%s was accepted", rows[i][0]);
        assert_string_equal(words(&faults), rows[i][1]);
    }
}

static void
the_county_s_1135_codes_fall_into_their_classes(void **state)
{
    tb_str rest = read_shared("data/guangan/items_guangan.csv"), line;
    int rows = 0, present = 0, old = 0, impossible = 0;
    while (tb_str_cut(&rest, '\n', &line)) {
        line = tb_str_trim(line);
        if (line.len == 0 || tb_str_starts(line, TB_STR("department")))
            continue;
        /* The code is the only cell of its shape: it follows ",511602000000,". */
        ptrdiff_t at = tb_str_find(line, TB_STR(",511602000000,"));
        assert_true(at > 0);
        tb_str tail = tb_str_sub(line, (size_t)at + 14, line.len), cell;
        assert_true(tb_str_cut(&tail, ',', &cell));
        struct codes_item_code code;
        if (!codes_item_code(cell, TB_STR(""), NULL, &code))
            fail_msg(TB_FMT, TB_ARG(cell));
        rows++;
        present += code.form == CODES_ITEM_LOCAL;
        old += code.form == CODES_ITEM_LOCAL_OLD;
        if (code.agency_kind == CODES_AGENCY_IMPOSSIBLE) {
            assert_true(tb_str_is(code.agency, "TE5116020105116050"));
            impossible++;
        }
    }
    assert_int_equal(rows, 1135);
    assert_int_equal(present, 988);
    assert_int_equal(old, 147);
    assert_int_equal(impossible, 7);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_told_and_split),
        cmocka_unit_test(what_is_no_item_code_is_refused_with_reasons),
        cmocka_unit_test(the_county_s_1135_codes_fall_into_their_classes),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
