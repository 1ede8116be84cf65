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
assert_str(tb_str text, const char *expected)
{
    assert_string_equal(tb_cstr(arena, text), expected);
    assert_int_equal(text.len, strlen(expected));
}

static void
texts_compare_by_bytes_and_absent_equals_empty(void **state)
{
    assert_true(tb_str_eq(TB_STR_NONE, TB_STR("")));
    assert_true(tb_str_cmp(TB_STR("ab"), TB_STR("abc")) < 0);
    assert_true(tb_str_cmp(TB_STR("b"), TB_STR("abc")) > 0);
    assert_true(tb_str_cmp(TB_STR("\xC3\xA9"), TB_STR("z")) > 0);
    assert_int_equal(tb_str_cmp(TB_STR_NONE, TB_STR("")), 0);
    assert_true(tb_str_starts(TB_STR("通办"), TB_STR("通")));
    assert_true(tb_str_ends(TB_STR("通办"), TB_STR("办")));
    assert_false(tb_str_starts(TB_STR("通"), TB_STR("通办")));
    assert_int_equal(tb_str_find(TB_STR("abcabd"), TB_STR("abd")), 3);
    assert_int_equal(tb_str_find(TB_STR("ab"), TB_STR("abd")), -1);
    assert_true(tb_str_contains(TB_STR("ab"), TB_STR("")));
}

static void
parts_are_clipped_trimmed_and_cut(void **state)
{
    assert_str(tb_str_sub(TB_STR("abc"), 1, 99), "bc");
    assert_str(tb_str_sub(TB_STR("abc"), 7, 1), "");
    assert_str(tb_str_trim(TB_STR("\xE3\x80\x80 \tx y\r\n\xE3\x80\x80")), "x y");
    assert_str(tb_str_trim(TB_STR(" \n ")), "");
    tb_str rest = TB_STR("a,,b"), head;
    assert_true(tb_str_cut(&rest, ',', &head));
    assert_str(head, "a");
    assert_true(tb_str_cut(&rest, ',', &head));
    assert_str(head, "");
    assert_true(tb_str_cut(&rest, ',', &head));
    assert_str(head, "b");
    assert_false(tb_str_cut(&rest, ',', &head));
    rest = TB_STR("a,");
    assert_true(tb_str_cut(&rest, ',', &head));
    assert_true(tb_str_cut(&rest, ',', &head));
    assert_str(head, "");
    assert_false(tb_str_cut(&rest, ',', &head));
}

static void
integers_are_read_to_both_ends_of_64_bits(void **state)
{
    int64_t value = 5;
    assert_true(tb_str_to_int(TB_STR("9223372036854775807"), &value));
    assert_true(value == INT64_MAX);
    assert_true(tb_str_to_int(TB_STR("-9223372036854775808"), &value));
    assert_true(value == INT64_MIN);
    static const char *const bad[] = {
        "", "-", "+1", "9223372036854775808", "-9223372036854775809", "1 ", "0x1", "１"};
    for (size_t i = 0; i < TB_COUNT(bad); i++)
        assert_false(tb_str_to_int(tb_str_of(bad[i]), &value));
    struct tb_buf buf = {.arena = arena};
    tb_buf_int(&buf, INT64_MIN);
    tb_buf_char(&buf, ' ');
    tb_buf_int(&buf, 0);
    assert_str(tb_buf_done(&buf), "-9223372036854775808 0");
}

static void
every_scalar_value_goes_through_utf8_and_back(void **state)
{
    for (int32_t c = 0; c <= 0x10FFFF; c++) {
        char bytes[4];
        size_t len = tb_utf8_put(c, bytes), at = 0;
        if (c >= 0xD800 && c <= 0xDFFF) {
            assert_int_equal(len, 0);
            continue;
        }
        assert_int_equal(tb_utf8_next((tb_str){bytes, len}, &at), c);
        assert_int_equal(at, len);
    }
    char none[4];
    assert_int_equal(tb_utf8_put(0x110000, none), 0);
    assert_int_equal(tb_utf8_put(-1, none), 0);
}

static void
ill_formed_bytes_are_refused_one_by_one(void **state)
{
    static const char *const bad[] = {
        "\x80",
        "\xC0\x80",
        "\xC1\xBF",
        "\xE0\x9F\xBF",
        "\xED\xA0\x80",
        "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xE4\xBD",
        "\xF0\x9F\x98",
        "\xFF",
        "aaaaaaaaaaaaaaaa\xC3",
    };
    for (size_t i = 0; i < TB_COUNT(bad); i++)
        assert_false(tb_utf8_is_valid(tb_str_of(bad[i])));
    assert_true(tb_utf8_is_valid(TB_STR("plain, 通办, \xF0\xA0\xAE\xB7, \xF4\x8F\xBF\xBD")));
    assert_int_equal(tb_utf8_length(TB_STR("a通\xF0\x9F\x98\x80")), 3);
    assert_int_equal(tb_utf8_length(TB_STR("\xE4\xBD")), 2);
}

static void
what_a_person_may_send_is_clean(void **state)
{
    int32_t c = 0;
    assert_true(tb_text_is_clean(TB_STR("阿依古丽·买买提\t𠮷 é\r\n"), &c));
    static const struct {
        const char *text;
        size_t len;
        int32_t code_point;
    } bad[] = {
        {"a\0b", 3, 0},
        {"\x07", 1, 7},
        {"\x7F", 1, 0x7F},
        {"\xC2\x85", 2, 0x85},
        {"\xE2\x80\xAE", 3, 0x202E},
        {"\xE2\x81\xA6", 3, 0x2066},
        {"\xEE\x80\x80", 3, 0xE000},
        {"\xEF\xBF\xBF", 3, 0xFFFF},
        {"\xEF\xB7\x90", 3, 0xFDD0},
        {"\xC3", 1, -1},
        {"\xF3\xB0\x80\x80", 4, 0xF0000},
    };
    for (size_t i = 0; i < TB_COUNT(bad); i++) {
        assert_false(tb_text_is_clean((tb_str){bad[i].text, bad[i].len}, &c));
        assert_int_equal(c, bad[i].code_point);
    }
}

static void
normal_form_c_composes_and_leaves_the_rest(void **state)
{
    assert_str(tb_text_nfc(arena, TB_STR("e\xCC\x81")), "é");
    assert_str(tb_text_nfc(arena, TB_STR("\xE2\x84\xAB")), "Å");
    assert_str(tb_text_nfc(arena, TB_STR("（Ａ）㈠")), "（Ａ）㈠");
    assert_str(tb_text_nfc(arena, TB_STR("通办")), "通办");
    assert_str(tb_text_nfc(arena, TB_STR("")), "");
}

static void
the_folded_twin_unifies_what_keyboards_differ_in(void **state)
{
    static const char *const pairs[][2] = {
        {"公共场所（卫生）许可", "公共场所(卫生)许可"},
        {"国卫〔２０２６〕〇三号", "国卫(2026)零三号"},
        {"ＡＢｃ　d", "abcd"},
        {"阿依古丽•买买提", "阿依古丽·买买提"},
        {"《药品》「甲」", "<药品>\"甲\""},
        {"二○二六", "二零二六"},
        {"臺灣", "臺灣"},
        {"①", "1"},
    };
    for (size_t i = 0; i < TB_COUNT(pairs); i++)
        assert_str(tb_text_fold(arena, tb_str_of(pairs[i][0])), pairs[i][1]);
    /* Folding twice changes nothing more. */
    for (size_t i = 0; i < TB_COUNT(pairs); i++)
        assert_str(tb_text_fold(arena, tb_str_of(pairs[i][1])), pairs[i][1]);
}

static void
hex_and_base64_follow_rfc_4648(void **state)
{
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < TB_COUNT(pairs); i++) {
        tb_str bytes;
        assert_str(tb_base64(arena, pairs[i][0], strlen(pairs[i][0])), pairs[i][1]);
        assert_true(tb_unbase64(arena, tb_str_of(pairs[i][1]), &bytes));
        assert_str(bytes, pairs[i][0]);
    }
    assert_str(tb_base64url(arena, "\xFB\xFF\xFE", 3), "-__-");
    assert_str(tb_base64url(arena, "f", 1), "Zg");
    tb_str bytes;
    assert_true(tb_unbase64(arena, TB_STR("Zg"), &bytes));
    static const char *const bad[] = {"Z", "Zh==", "Zg=", "Z===", "Zm9v!", "Zg==Zg=="};
    for (size_t i = 0; i < TB_COUNT(bad); i++)
        assert_false(tb_unbase64(arena, tb_str_of(bad[i]), &bytes));
    uint8_t two[2];
    assert_str(tb_hex(arena, "\x01\xAB", 2), "01ab");
    assert_true(tb_unhex(TB_STR("01aB"), two, 2));
    assert_int_equal(two[1], 0xAB);
    assert_false(tb_unhex(TB_STR("01a"), two, 2));
    assert_false(tb_unhex(TB_STR("01ag"), two, 2));
}

static void
sha256_gives_the_published_digests(void **state)
{
    struct tb_sha256 sum = tb_sha256("abc", 3);
    assert_str(tb_hex(arena, sum.bytes, 32),
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sum = tb_sha256(NULL, 0);
    assert_str(tb_hex(arena, sum.bytes, 32),
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_compare_by_bytes_and_absent_equals_empty),
        cmocka_unit_test(parts_are_clipped_trimmed_and_cut),
        cmocka_unit_test(integers_are_read_to_both_ends_of_64_bits),
        cmocka_unit_test(every_scalar_value_goes_through_utf8_and_back),
        cmocka_unit_test(ill_formed_bytes_are_refused_one_by_one),
        cmocka_unit_test(what_a_person_may_send_is_clean),
        cmocka_unit_test(normal_form_c_composes_and_leaves_the_rest),
        cmocka_unit_test(the_folded_twin_unifies_what_keyboards_differ_in),
        cmocka_unit_test(hex_and_base64_follow_rfc_4648),
        cmocka_unit_test(sha256_gives_the_published_digests),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
