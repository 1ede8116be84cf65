/* SPDX-License-Identifier: Apache-2.0 */
/* Random tables and inputs: what the index finds is what trying every rule finds, hit by hit. */
#include "dmn/dmn.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TABLES 4000
#define INPUTS 250

static uint64_t state = 88172645463325252u;

/* xorshift: the same tables in every run. */
static unsigned
pick(unsigned n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state % n);
}

typedef enum { NUMBER, TEXT, DAY, FLAG, SPAN, COLUMN_KINDS } column_kind;

static void
put_value(struct tb_buf *buf, column_kind kind)
{
    static const char *const texts[] = {"a", "b", "c", "ab", "", "中", "z"};
    static const char *const numbers[] = {"0",
                                          "1",
                                          "2",
                                          "2.5",
                                          "2.50",
                                          "3",
                                          "-1",
                                          "10",
                                          "0.001",
                                          "1e3",
                                          "12345678901234567890123",
                                          "2.4999999999999"};
    switch (kind) {
    case NUMBER:
        tb_buf_cstr(buf, numbers[pick(TB_COUNT(numbers))]);
        break;
    case TEXT:
        tb_buf_printf(buf, "\"%s\"", texts[pick(TB_COUNT(texts))]);
        break;
    case DAY:
        tb_buf_printf(buf, "@\"2024-0%u-1%u\"", 1 + pick(3), pick(4));
        break;
    case FLAG:
        tb_buf_cstr(buf, pick(2) ? "true" : "false");
        break;
    default:
        tb_buf_printf(buf, "@\"P%uM\"", pick(6));
    }
}

static void
put_test(struct tb_buf *buf, column_kind kind)
{
    static const char *const operators[] = {"< ", "<= ", "> ", ">= ", "= ", "!= "};
    bool has_order = kind != FLAG;
    unsigned form = pick(has_order ? 6 : 3);
    if (form == 3) {
        tb_buf_cstr(buf, operators[pick(6)]);
        put_value(buf, kind);
    } else if (form >= 4) {
        tb_buf_cstr(buf, pick(2) ? "[" : "(");
        put_value(buf, kind);
        tb_buf_cstr(buf, "..");
        put_value(buf, kind);
        tb_buf_cstr(buf, pick(2) ? "]" : ")");
    } else if (form == 2 && pick(4) == 0) {
        tb_buf_cstr(buf, "null");
    } else {
        put_value(buf, kind);
    }
}

static void
put_cell(struct tb_buf *buf, column_kind kind)
{
    unsigned form = pick(12);
    if (form < 3) {
        tb_buf_cstr(buf, "-");
        return;
    }
    if (form == 3) {
        tb_buf_cstr(buf, "? != null");
        return;
    }
    bool is_negated = form == 4;
    tb_buf_cstr(buf, is_negated ? "not(" : "");
    put_test(buf, kind);
    while (pick(3) == 0) {
        tb_buf_cstr(buf, ", ");
        put_test(buf, kind);
    }
    tb_buf_cstr(buf, is_negated ? ")" : "");
}

static void
put_escaped(struct tb_buf *buf, tb_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '<')
            tb_buf_cstr(buf, "&lt;");
        else
            tb_buf_char(buf, text.ptr[i]);
    }
}

static tb_str
random_table(struct tb_arena *arena, column_kind *kinds, size_t *ret_columns)
{
    static const char *const policies[] = {"COLLECT", "FIRST", "UNIQUE", "RULE ORDER", "ANY"};
    struct tb_buf xml = {.arena = arena};
    size_t columns = 1 + pick(4), rules = 1 + pick(pick(10) == 0 ? 150 : 20);
    tb_buf_cstr(&xml, "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" "
                      "name=\"t\" namespace=\"t\">");
    for (size_t c = 0; c < columns; c++)
        tb_buf_printf(&xml, "<inputData id=\"i%zu\" name=\"x%zu\"/>", c, c);
    tb_buf_cstr(&xml, "<decision id=\"d\" name=\"D\">");
    for (size_t c = 0; c < columns; c++)
        tb_buf_printf(
            &xml,
            "<informationRequirement><requiredInput href=\"#i%zu\"/></informationRequirement>", c);
    tb_buf_printf(&xml, "<decisionTable hitPolicy=\"%s\">", policies[pick(TB_COUNT(policies))]);
    for (size_t c = 0; c < columns; c++) {
        kinds[c] = pick(COLUMN_KINDS);
        tb_buf_printf(&xml, "<input><inputExpression><text>x%zu</text></inputExpression></input>",
                      c);
    }
    tb_buf_cstr(&xml, "<output name=\"o\"/>");
    for (size_t r = 0; r < rules; r++) {
        tb_buf_cstr(&xml, "<rule>");
        for (size_t c = 0; c < columns; c++) {
            struct tb_buf cell = {.arena = arena};
            put_cell(&cell, pick(30) == 0 ? pick(COLUMN_KINDS) : kinds[c]);
            tb_buf_cstr(&xml, "<inputEntry><text>");
            put_escaped(&xml, tb_buf_done(&cell));
            tb_buf_cstr(&xml, "</text></inputEntry>");
        }
        tb_buf_printf(&xml, "<outputEntry><text>%zu</text></outputEntry></rule>", r);
    }
    tb_buf_cstr(&xml, "</decisionTable></decision></definitions>");
    *ret_columns = columns;
    return tb_buf_done(&xml);
}

static struct feel_value
random_input(struct tb_arena *arena, const column_kind *kinds, size_t columns)
{
    struct tb_buf text = {.arena = arena};
    struct feel_value value;
    tb_buf_char(&text, '{');
    for (size_t c = 0; c < columns; c++) {
        tb_buf_printf(&text, "%sx%zu: ", c > 0 ? ", " : "", c);
        if (pick(12) == 0)
            tb_buf_cstr(&text, "null");
        else
            put_value(&text, pick(20) == 0 ? pick(COLUMN_KINDS) : kinds[c]);
    }
    tb_buf_char(&text, '}');
    assert_int_equal(feel_once(arena, tb_buf_done(&text), NULL, NULL, &value, NULL), TB_OK);
    return value;
}

static void
the_index_finds_what_a_scan_finds(void **unused)
{
    struct tb_arena *arena = tb_arena_new(0), *scratch = tb_arena_new(0);
    size_t compared = 0, hits = 0;
    (void)unused;
    for (int t = 0; t < TABLES; t++) {
        column_kind kinds[8];
        size_t columns;
        struct dmn_model *model;
        tb_arena_reset(arena);
        struct dmn_source source = {.file = TB_STR("t"),
                                    .xml = random_table(arena, kinds, &columns)};
        assert_int_equal(dmn_compile(&source, NULL, &model, NULL), TB_OK);
        for (int i = 0; i < INPUTS; i++) {
            struct feel_value fast, slow;
            struct dmn_run scan = {.scans_tables = true};
            tb_arena_reset(scratch);
            struct feel_value input = random_input(scratch, kinds, columns);
            assert_int_equal(dmn_eval(scratch, model, TB_STR("D"), &input, NULL, &fast, NULL),
                             TB_OK);
            assert_int_equal(dmn_eval(scratch, model, TB_STR("D"), &input, &scan, &slow, NULL),
                             TB_OK);
            if (!feel_equal(&fast, &slow)) {
                print_error(TB_FMT "\n" TB_FMT "\nindex " TB_FMT ", scan " TB_FMT "\n",
                            TB_ARG(source.xml), TB_ARG(feel_format(scratch, &input)),
                            TB_ARG(feel_format(scratch, &fast)),
                            TB_ARG(feel_format(scratch, &slow)));
                fail();
            }
            compared++;
            hits += fast.kind != FEEL_NULL;
        }
        dmn_model_unref(model);
    }
    print_message("%zu evaluations compared, %zu with a hit\n", compared, hits);
    assert_true(hits > compared / 10);
    tb_arena_free(arena);
    tb_arena_free(scratch);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_index_finds_what_a_scan_finds)};
    return cmocka_run_group_tests_name("dmn_index", tests, NULL, NULL);
}
