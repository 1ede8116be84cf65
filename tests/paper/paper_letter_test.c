/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/paper.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct tb_arena *arena;

static struct tb_json *
json(const char *text)
{
    struct tb_json *value;
    struct tb_err err = {0};
    if (tb_json_parse(arena, tb_str_of(text), &value, &err) != TB_OK)
        fail_msg("%s", err.message);
    return value;
}

struct row {
    const char *letter, *fields, *blocks;
};

/* clang-format off */
static const struct row rows[] = {
    {"# 受理通知书", "{}", "[{\"kind\":\"title\",\"text\":\"受理通知书\"}]"},
    {"## 一\n### 二",
     "{}",
     "[{\"kind\":\"heading\",\"text\":\"一\",\"level\":2},{\"kind\":\"heading\",\"text\":\"二\","
     "\"level\":3}]"},
    {"你提出的\n申请。\n\n下一段",
     "{}",
     "[{\"kind\":\"paragraph\",\"text\":\"你提出的申请。\"},{\"kind\":\"paragraph\",\"text\":\"下一段\"}]"},
    {"one\ntwo", "{}", "[{\"kind\":\"paragraph\",\"text\":\"one two\"}]"},
    {">> 右", "{}", "[{\"kind\":\"paragraph\",\"align\":\"right\",\"text\":\"右\"}]"},
    {"---", "{}", "[{\"kind\":\"rule\"}]"},
    {"- a\n- b", "{}", "[{\"kind\":\"list\",\"ordered\":false,\"items\":[\"a\",\"b\"]}]"},
    {"1. a\n2. b", "{}", "[{\"kind\":\"list\",\"ordered\":true,\"items\":[\"a\",\"b\"]}]"},
    {"- a\n\n1. b",
     "{}",
     "[{\"kind\":\"list\",\"ordered\":false,\"items\":[\"a\"]},{\"kind\":\"list\",\"ordered\":true,"
     "\"items\":[\"b\"]}]"},
    {"| a | b |\n|---|---|\n| c | d |",
     "{}",
     "[{\"kind\":\"table\",\"head\":[\"a\",\"b\"],\"rows\":[[\"c\",\"d\"]]}]"},
    {"| a | b |\n| c | d |", "{}", "[{\"kind\":\"table\",\"rows\":[[\"a\",\"b\"],[\"c\",\"d\"]]}]"},
    {"{{a.b}}和{{ n }}", "{\"a\":{\"b\":\"x\"},\"n\":1.10}", "[{\"kind\":\"paragraph\",\"text\":\"x和1.10\"}]"},
    {"{{#l}}\n- {{.}}\n{{/l}}",
     "{\"l\":[\"x\",\"y\"]}",
     "[{\"kind\":\"list\",\"ordered\":false,\"items\":[\"x\",\"y\"]}]"},
    {"{{#l}}\n- {{name}} {{outer}}\n{{/l}}",
     "{\"outer\":\"o\",\"l\":[{\"name\":\"x\"}]}",
     "[{\"kind\":\"list\",\"ordered\":false,\"items\":[\"x o\"]}]"},
    {"{{#l}}\n- {{.}}\n{{/l}}", "{\"l\":[]}", "[]"},
    {"{{?a}}\n有\n{{/a}}\n{{?b}}\n无\n{{/b}}", "{\"a\":true,\"b\":false}", "[{\"kind\":\"paragraph\",\"text\":\"有\"}]"},
    {"::: qr payload={{p}} size_mm=30 caption=\"a b\"",
     "{\"p\":\"TB1;x\"}",
     "[{\"kind\":\"qr\",\"payload\":\"TB1;x\",\"size_mm\":30,\"caption\":\"a b\"}]"},
    {"::: fields\n名称 | {{n}}\n:::\nx",
     "{\"n\":\"a|b\"}",
     "[{\"kind\":\"fields\",\"rows\":[[\"名称\",\"a|b\"]]},{\"kind\":\"paragraph\",\"text\":\"x\"}]"},
    {"::: sign\n甲：\n乙：\n:::", "{}", "[{\"kind\":\"sign\",\"lines\":[\"甲：\",\"乙：\"]}]"},
    {"::: page", "{}", "[{\"kind\":\"page\"}]"},
    /* What a person typed stays text. */
    {"{{x}}", "{\"x\":\"# 不是标题\"}", "[{\"kind\":\"paragraph\",\"text\":\"# 不是标题\"}]"},
    {"{{x}}", "{\"x\":\"**不加粗**\\\\\"}", "[{\"kind\":\"paragraph\",\"text\":\"\\\\*\\\\*不加粗\\\\*\\\\*\\\\\\\\\"}]"},
    {"| {{x}} | b |", "{\"x\":\"a | c\"}", "[{\"kind\":\"table\",\"rows\":[[\"a | c\",\"b\"]]}]"},
    {"{{x}}", "{\"x\":\"{{secret}}\",\"secret\":\"s\"}", "[{\"kind\":\"paragraph\",\"text\":\"{{secret}}\"}]"},
};
/* clang-format on */

static void
each_line_becomes_its_block(void **state)
{
    (void)state;
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        struct tb_json *blocks = NULL;
        struct tb_faults faults = {.arena = arena};
        struct tb_err err = {0};
        struct tb_buf got = {.arena = arena}, expected = {.arena = arena};
        if (paper_letter(arena, TB_STR("x.md"), tb_str_of(rows[i].letter), json(rows[i].fields),
                         &blocks, &faults, &err) != TB_OK)
            fail_msg("%s: %s", rows[i].letter,
                     faults.count > 0 ? faults.items[0].en.ptr : err.message);
        tb_json_write(&got, blocks);
        tb_json_write(&expected, json(rows[i].blocks));
        assert_string_equal(tb_buf_done(&got).ptr, tb_buf_done(&expected).ptr);
    }
}

static void
every_fault_is_told_at_once_with_its_line(void **state)
{
    (void)state;
    static const char letter[] = "# {{title}}\n{{a}} {{b\n{{#l}}\n- x\n::: poem\n::: "
                                 "fields\none\n:::\n{{/none}}\n{{#t}}\n{{/t}}\n";
    struct tb_json *blocks = NULL;
    struct tb_faults faults = {.arena = arena};
    struct tb_err err = {0};
    tb_status status = paper_letter(arena, TB_STR("x.md"), tb_str_of(letter),
                                    json("{\"t\":\"no list\"}"), &blocks, &faults, &err);
    assert_int_equal(status, TB_INVALID);
    assert_null(blocks);
    static const char *const expected[][2] = {{"x.md:1", "field_missing"},
                                              {"x.md:2", "field_missing"},
                                              {"x.md:2", "brace_open"},
                                              {"x.md:3", "section_open"},
                                              {"x.md:3", "list_missing"}};
    for (size_t i = 0; i < TB_COUNT(expected); i++) {
        assert_true(tb_str_is(faults.items[i].place, expected[i][0]));
        assert_true(tb_str_is(faults.items[i].code, expected[i][1]));
        assert_true(faults.items[i].zh.len > 0 && faults.items[i].en.len > 0);
    }
    faults = (struct tb_faults){.arena = arena};
    assert_int_equal(paper_letter(arena, TB_STR("x.md"),
                                  TB_STR("{{/none}}\n::: poem\n::: fields\none\n:::\n::: sign\nx"),
                                  json("{}"), &blocks, &faults, &err),
                     TB_INVALID);
    assert_int_equal(faults.count, 4);
    assert_true(tb_str_is(faults.items[0].code, "section_close"));
    assert_true(tb_str_is(faults.items[1].code, "block_unknown"));
    assert_true(tb_str_is(faults.items[2].code, "fields_row"));
    assert_true(tb_str_is(faults.items[3].code, "block_open"));
}

static void
the_fields_of_a_letter_can_be_listed(void **state)
{
    (void)state;
    tb_str *fields;
    size_t count;
    assert_int_equal(
        paper_letter_fields(
            arena, TB_STR("x.md"),
            TB_STR("# {{title}}\n{{#l}}\n- {{name}} {{.}}\n{{/l}}\n{{?note}}\n{{title}}\n"
                   "{{/note}}\n::: qr payload={{qr.text}}\n"),
            &fields, &count, NULL),
        TB_OK);
    static const char *const expected[] = {"title", "l", "name", "note", "qr.text"};
    assert_int_equal(count, TB_COUNT(expected));
    for (size_t i = 0; i < count; i++)
        assert_true(tb_str_is(fields[i], expected[i]));
}

static void
sections_do_not_nest_without_end(void **state)
{
    (void)state;
    struct tb_buf buf = {.arena = arena};
    for (int i = 0; i < 100; i++)
        tb_buf_printf(&buf, "{{?a%d}}\n", i);
    for (int i = 100; i-- > 0;)
        tb_buf_printf(&buf, "{{/a%d}}\n", i);
    tb_str *fields;
    size_t count;
    assert_int_equal(
        paper_letter_fields(arena, TB_STR("x.md"), tb_buf_done(&buf), &fields, &count, NULL),
        TB_LIMIT);
}

static int
set_up(void **state)
{
    (void)state;
    arena = tb_arena_new(0);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    tb_arena_free(arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line_becomes_its_block),
        cmocka_unit_test(every_fault_is_told_at_once_with_its_line),
        cmocka_unit_test(the_fields_of_a_letter_can_be_listed),
        cmocka_unit_test(sections_do_not_nest_without_end),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
