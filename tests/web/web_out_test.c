/* SPDX-License-Identifier: Apache-2.0 */
#include "web/web_out_internal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct web__out
out_new(void)
{
    return (struct web__out){.buf = {.arena = tb_arena_new(0)}, .today = {2026, 11, 22}};
}

static void
expect(struct web__out *out, const char *text)
{
    assert_string_equal(tb_buf_done(&out->buf).ptr, text);
    tb_arena_free(out->buf.arena);
}

static void
text_cannot_become_markup_or_leave_an_attribute(void **state)
{
    struct web__out out = out_new();
    web__put(&out, TB_STR("<b a=\"1\" c='2'>&amp;"));
    expect(&out, "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;");
}

static void
only_addresses_that_cannot_run_are_put(void **state)
{
    static const char *const refused[] = {"javascript:alert(1)",  "JaVaScRiPt:alert(1)",
                                          " javascript:alert(1)", "java\tscript:alert(1)",
                                          "\x01javascript:a",     "data:text/html,<script>",
                                          "vbscript:x",           "//evil.example/",
                                          "\\\\evil.example",     "/\\evil.example",
                                          "file:///etc/passwd",   "blob:x"};
    for (size_t i = 0; i < TB_COUNT(refused); i++) {
        struct web__out out = out_new();
        web__put_url(&out, tb_str_of(refused[i]));
        expect(&out, "#");
    }
    static const char *const allowed[] = {
        "/cases/1?a=b",      "cases",     "?lang=en",   "#main", "https://x.example/",
        "http://x.example/", "tel:12345", "mailto:a@b", "/a:b",  ""};
    for (size_t i = 0; i < TB_COUNT(allowed); i++) {
        struct web__out out = out_new();
        web__put_url(&out, tb_str_of(allowed[i]));
        expect(&out, allowed[i]);
    }
}

static void
a_part_of_an_address_stays_one_part(void **state)
{
    struct web__out out = out_new();
    web__put_url_part(&out, TB_STR("a/../b?c&d=许\"'<"));
    expect(&out, "a%2F..%2Fb%3Fc%26d%3D%E8%AE%B8%22%27%3C");
}

static void
an_address_is_joined_from_literal_and_encoded_pieces(void **state)
{
    struct web__out out = out_new();
    const struct web__piece pieces[] = {
        {TB_STR("/cases/"), true}, {TB_STR("5116/1"), false}, {TB_STR("/x"), true}};
    assert_true(tb_str_is(web__url(&out, pieces, 3), "/cases/5116%2F1/x"));
    tb_arena_free(out.buf.arena);
}

static void
a_sentence_escapes_its_values_and_keeps_its_own_markup(void **state)
{
    struct web__out out = out_new();
    web__put_sentence(&out, WEB_T_sign_none_text, (const tb_str[]){TB_STR("<1&2>")});
    tb_str html = tb_buf_done(&out.buf);
    assert_true(tb_str_contains(html, TB_STR("&lt;1&amp;2&gt;")));
    assert_false(tb_str_contains(html, TB_STR("<1")));
    tb_arena_free(out.buf.arena);
}

static void
one_takes_the_singular_in_english(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    assert_true(tb_str_is(web__say(arena, WEB_EN, WEB_T_form_faults, (const tb_str[]){TB_STR("1")}),
                          "1 thing needs correcting"));
    assert_true(tb_str_is(web__say(arena, WEB_EN, WEB_T_form_faults, (const tb_str[]){TB_STR("3")}),
                          "3 things need correcting"));
    assert_true(tb_str_is(web__say(arena, WEB_ZH, WEB_T_form_faults, (const tb_str[]){TB_STR("3")}),
                          "有3处要改"));
    tb_arena_free(arena);
}

static void
every_sentence_has_words_in_both_languages(void **state)
{
    for (size_t i = 0; i < WEB_T_COUNT; i++) {
        assert_non_null(web__words_zh[i]);
        assert_non_null(web__words_en[i]);
        assert_int_not_equal(web__words_zh[i]->kind, WEB_PART_END);
        assert_int_not_equal(web__words_en[i]->kind, WEB_PART_END);
    }
}

static void
nothing_is_there_that_is_null_false_zero_or_empty(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_json *json;
    tb_str text = TB_STR("{\"a\":null,\"b\":false,\"c\":0,\"d\":\"\",\"e\":[],\"f\":{},\"g\":1,"
                         "\"h\":\"x\",\"i\":[0],\"j\":true}");
    assert_int_equal(tb_json_parse(arena, text, &json, NULL), TB_OK);
    for (const char *key = "abcdef"; *key != '\0'; key++)
        assert_false(web__is(tb_json_find(json, (tb_str){key, 1})));
    for (const char *key = "ghij"; *key != '\0'; key++)
        assert_true(web__is(tb_json_find(json, (tb_str){key, 1})));
    assert_false(web__is(NULL));
    tb_arena_free(arena);
}

static void
only_the_programs_own_drawings_are_put_as_they_are(void **state)
{
    struct web__out out = out_new();
    web__put_svg(&out, web__drawing(out.buf.arena, TB_STR("<svg></svg>")));
    expect(&out, "<svg></svg>");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_cannot_become_markup_or_leave_an_attribute),
        cmocka_unit_test(only_addresses_that_cannot_run_are_put),
        cmocka_unit_test(a_part_of_an_address_stays_one_part),
        cmocka_unit_test(an_address_is_joined_from_literal_and_encoded_pieces),
        cmocka_unit_test(a_sentence_escapes_its_values_and_keeps_its_own_markup),
        cmocka_unit_test(one_takes_the_singular_in_english),
        cmocka_unit_test(every_sentence_has_words_in_both_languages),
        cmocka_unit_test(nothing_is_there_that_is_null_false_zero_or_empty),
        cmocka_unit_test(only_the_programs_own_drawings_are_put_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
