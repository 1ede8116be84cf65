/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct tb_arena *arena;

static int
open_arena(void **state)
{
    arena = tb_arena_new(0);
    return 0;
}

static int
close_arena(void **state)
{
    tb_arena_free(arena);
    return 0;
}

static void
elements_attributes_and_text_arrive(void **state)
{
    struct tb_xml *root;
    struct tb_err err;
    tb_str text = TB_STR("<?xml version=\"1.0\"?>\n<!-- c --><d:a xmlns:d=\"urn:d\" "
                         "xmlns=\"urn:e\" x=\"1 &amp; &lt;&#x901A;\" d:x=\"2\">\n"
                         "t<b/>u<![CDATA[<&]]>&gt;<?pi x?>\n<c y=''>z</c></d:a>");
    if (tb_xml_parse(arena, TB_STR("m.dmn"), text, &root, &err) != TB_OK)
        fail_msg("%s", err.message);
    assert_true(tb_str_is(root->name, "a") && tb_str_is(root->ns, "urn:d"));
    assert_true(tb_str_is(tb_xml_attr(root, "x"), "1 & <通"));
    assert_true(tb_str_is(tb_xml_attr_ns(root, "urn:d", "x"), "2"));
    assert_null(tb_xml_attr(root, "z").ptr);
    assert_true(tb_str_is(root->text, "\ntu<&>\n"));
    const struct tb_xml *c = tb_xml_child(root, "c");
    assert_true(tb_str_is(c->ns, "urn:e") && tb_str_is(c->text, "z"));
    assert_true(tb_xml_attr(c, "y").ptr != NULL && tb_xml_attr(c, "y").len == 0);
    assert_int_equal(root->line, 2);
    assert_int_equal(c->line, 4);
    assert_ptr_equal(c->parent, root);
    assert_null(tb_xml_child(root, "nothing"));
    assert_null(tb_xml_child(NULL, "nothing"));
    int count = 0;
    TB_XML_EACH(child, root)
    count++;
    assert_int_equal(count, 2);
}

static void
other_encodings_become_utf8(void **state)
{
    struct tb_xml *root;
    struct tb_err err;
    tb_str text = TB_STR("<?xml version=\"1.0\" encoding=\"GB18030\"?><a>\xCD\xA8\xB0\xEC</a>");
    if (tb_xml_parse(arena, TB_STR("f"), text, &root, &err) != TB_OK)
        fail_msg("%s", err.message);
    assert_true(tb_str_is(root->text, "通办"));
}

static void
declarations_entities_and_broken_texts_are_refused(void **state)
{
    static const char *const rows[][2] = {
        {"<!DOCTYPE a><a/>", "f.xml:1: a document type declaration"},
        {"<!DOCTYPE a [<!ENTITY l \"lol\"><!ENTITY m \"&l;&l;\">]><a>&m;</a>",
         "f.xml:1: a document type declaration"},
        {"\n<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
         "f.xml:2: a document type declaration"},
        {"<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
         "f.xml:1: a document type declaration"},
        {"<a>&unknown;</a>", "f.xml:1: "},
        {"<a x='&unknown;'/>", "f.xml:1: "},
        {"<a><b></a></b>", "f.xml:1: "},
        {"<a>\n<b>\n", "f.xml:3: "},
        {"<a x='1' x='2'/>", "f.xml:1: "},
        {"<a/><b/>", "f.xml:1: "},
        {"<p:a/>", "f.xml:1: "},
        {"text", "f.xml:1: "},
        {"", "f.xml:1: the file is empty"},
        {"<a>\x01</a>", "f.xml:1: "},
        {"<a>\xFF</a>", "f.xml:1: "},
        {"<a>&#0;</a>", "f.xml:1: "},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        struct tb_xml *root = NULL;
        struct tb_err err = {0};
        tb_status status = tb_xml_parse(arena, TB_STR("f.xml"), tb_str_of(rows[i][0]), &root, &err);
        if (status != TB_SYNTAX || strncmp(err.message, rows[i][1], strlen(rows[i][1])) != 0)
            fail_msg("'%s' gave %d '%s'", rows[i][0], status, err.message);
        assert_null(root);
    }
}

static void
depth_and_size_are_limited(void **state)
{
    struct tb_xml *root;
    struct tb_err err;
    struct tb_arena *own = tb_arena_new(0);
    struct tb_buf buf = {.arena = own};
    for (int i = 0; i < 100000; i++)
        tb_buf_cstr(&buf, "<a>");
    assert_int_equal(tb_xml_parse(own, TB_STR("f"), tb_buf_done(&buf), &root, &err), TB_LIMIT);
    size_t over = TB_XML_BYTES_MAX + 1;
    char *big = tb_alloc(own, over);
    assert_int_equal(tb_xml_parse(own, TB_STR("f"), (tb_str){big, over}, &root, &err), TB_LIMIT);
    tb_arena_free(own);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_attributes_and_text_arrive),
        cmocka_unit_test(other_encodings_become_utf8),
        cmocka_unit_test(declarations_entities_and_broken_texts_are_refused),
        cmocka_unit_test(depth_and_size_are_limited),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
