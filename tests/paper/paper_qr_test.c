/* SPDX-License-Identifier: Apache-2.0 */
#include "paper/paper.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct tb_arena *arena;

static void
the_svg_is_well_formed_and_has_a_label(void **state)
{
    (void)state;
    tb_str svg = TB_STR_NONE;
    struct tb_xml *root = NULL;
    struct tb_err err = {0};
    assert_int_equal(paper_qr_svg(arena, TB_STR("https://example.org/?a=1&b=2"),
                                  TB_STR("扫码 <\"&\">"), &svg, &err),
                     TB_OK);
    if (tb_xml_parse(arena, TB_STR("qr.svg"), svg, &root, &err) != TB_OK)
        fail_msg("%s", err.message);
    assert_true(tb_str_is(root->name, "svg"));
    assert_true(tb_str_is(tb_xml_attr(root, "aria-label"), "扫码 <\"&\">"));
    assert_true(tb_str_is(tb_xml_attr(root, "role"), "img"));
    /* Version 3 has 29 modules, and four of white on each side. */
    assert_true(tb_str_is(tb_xml_attr(root, "viewBox"), "0 0 37 37"));
}

static void
what_does_not_fit_is_refused(void **state)
{
    (void)state;
    tb_str svg = TB_STR_NONE;
    char long_text[PAPER_QR_BYTES_MAX + 1];
    memset(long_text, 'a', sizeof long_text);
    assert_int_equal(
        paper_qr_svg(arena, (tb_str){long_text, sizeof long_text}, TB_STR("x"), &svg, NULL),
        TB_LIMIT);
    assert_int_equal(paper_qr_svg(arena, TB_STR(""), TB_STR("x"), &svg, NULL), TB_LIMIT);
    assert_int_equal(
        paper_qr_svg(arena, (tb_str){long_text, sizeof long_text - 1}, TB_STR("x"), &svg, NULL),
        TB_OK);
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
        cmocka_unit_test(the_svg_is_well_formed_and_has_a_label),
        cmocka_unit_test(what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
