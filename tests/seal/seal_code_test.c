/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/seal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct tb_arena *arena;
static struct seal_key *secret, *other;

static const struct seal_code sample = {
    .mark = {"915116020000000000001.915116020000000000.00000001.001.U", 55},
    .initial = {"刘", 3},
    .issued = {2026, 3, 16},
    .until = {2030, 3, 15},
};

static seal_verdict
read(tb_str payload, struct seal_code *ret_code)
{
    const struct seal_key *keys[] = {secret};
    return seal_code_verify(arena, keys, 1, payload, ret_code);
}

static void
a_code_fits_and_reads_back(void **state)
{
    (void)state;
    tb_str payload = TB_STR_NONE;
    struct seal_code code;
    assert_int_equal(seal_code_make(arena, secret, &sample, &payload, NULL), TB_OK);
    assert_true(payload.len <= SEAL_QR_BYTES_MAX);
    assert_int_equal(read(payload, &code), SEAL_GOOD);
    assert_true(tb_str_eq(code.mark, sample.mark) && tb_str_eq(code.initial, sample.initial));
    assert_int_equal(tb_date_cmp(code.issued, sample.issued), 0);
    assert_int_equal(tb_date_cmp(code.until, sample.until), 0);
    struct seal_code open = sample;
    open.until = (tb_date){0, 0, 0};
    assert_int_equal(seal_code_make(arena, secret, &open, &payload, NULL), TB_OK);
    assert_int_equal(read(payload, &code), SEAL_GOOD);
    assert_int_equal(code.until.year, 0);
}

static void
a_changed_code_is_told(void **state)
{
    (void)state;
    tb_str payload = TB_STR_NONE;
    struct seal_code code;
    assert_int_equal(seal_code_make(arena, secret, &sample, &payload, NULL), TB_OK);
    for (size_t i = 0; i < payload.len; i++) {
        char *bent = tb_cstr(arena, payload);
        bent[i] = bent[i] == '1' ? '2' : '1';
        if (read((tb_str){bent, payload.len}, &code) == SEAL_GOOD)
            fail_msg("byte %zu can be changed", i);
    }
    const struct seal_key *keys[] = {other};
    assert_int_equal(seal_code_verify(arena, keys, 1, payload, &code), SEAL_UNKNOWN_KEY);
    const char *bad[] = {"",
                         "TB1",
                         "TB2;a;b;2026-03-16;;k;s",
                         "TB1;a;b;2026-02-30;;k;s",
                         "TB1;a;b;2026-03-16;;k;s;more",
                         "TB1;a;b;2026-03-16;;k;!!"};
    for (size_t i = 0; i < TB_COUNT(bad); i++)
        assert_int_equal(read(tb_str_of(bad[i]), &code), SEAL_MALFORMED);
}

static void
what_does_not_belong_into_a_code_is_refused(void **state)
{
    (void)state;
    tb_str payload = TB_STR_NONE;
    struct seal_code bad = sample;
    bad.mark = TB_STR("a;b");
    assert_int_equal(seal_code_make(arena, secret, &bad, &payload, NULL), TB_INVALID);
    bad = sample;
    bad.initial = TB_STR("刘建国的店");
    assert_int_equal(seal_code_make(arena, secret, &bad, &payload, NULL), TB_INVALID);
    bad = sample;
    bad.issued = (tb_date){2026, 2, 30};
    assert_int_equal(seal_code_make(arena, secret, &bad, &payload, NULL), TB_INVALID);
}

static const struct seal_revocation items[] = {
    {{"C.1", 3}, {"revoked", 7}, {"依法撤销", 12}, {2026, 5, 1}},
    {{"A.1", 3}, {"lost", 4}, {"", 0}, {2026, 4, 1}},
    {{"B.1", 3}, {"cancelled", 9}, {"本人申请", 12}, {2026, 4, 2}},
};

static void
a_list_reads_back_sorted_and_signed(void **state)
{
    (void)state;
    const struct seal_key *keys[] = {secret};
    tb_str text = TB_STR_NONE;
    struct seal_revocation_list list;
    assert_int_equal(
        seal_revocations_make(arena, secret, 12, 1773624600000000, items, 3, &text, NULL), TB_OK);
    assert_int_equal(seal_revocations_read(arena, keys, 1, text, &list), SEAL_GOOD);
    assert_int_equal(list.number, 12);
    assert_int_equal(list.at, 1773624600000000);
    assert_int_equal(list.count, 3);
    const struct seal_revocation *one = seal_revocation_find(&list, TB_STR("C.1"));
    assert_non_null(one);
    assert_true(tb_str_is(one->state, "revoked") && tb_str_is(one->reason, "依法撤销"));
    assert_non_null(seal_revocation_find(&list, TB_STR("A.1")));
    assert_non_null(seal_revocation_find(&list, TB_STR("B.1")));
    assert_null(seal_revocation_find(&list, TB_STR("B.2")));
    assert_int_equal(
        seal_revocations_make(arena, secret, 13, 1773624600000000, NULL, 0, &text, NULL), TB_OK);
    assert_int_equal(seal_revocations_read(arena, keys, 1, text, &list), SEAL_GOOD);
    assert_null(seal_revocation_find(&list, TB_STR("A.1")));
}

static void
a_list_that_lost_a_line_is_refused(void **state)
{
    (void)state;
    const struct seal_key *keys[] = {secret}, *wrong[] = {other};
    tb_str text = TB_STR_NONE;
    struct seal_revocation_list list;
    assert_int_equal(
        seal_revocations_make(arena, secret, 12, 1773624600000000, items, 3, &text, NULL), TB_OK);
    for (size_t i = 0; i + 1 < text.len; i++) {
        char *bent = tb_cstr(arena, text);
        bent[i] = bent[i] == '1' ? '2' : '1';
        if (seal_revocations_read(arena, keys, 1, (tb_str){bent, text.len}, &list) == SEAL_GOOD)
            fail_msg("byte %zu can be changed", i);
    }
    ptrdiff_t line = tb_str_find(text, TB_STR("B.1;"));
    tb_str shorter =
        tb_printf(arena, TB_FMT TB_FMT, TB_ARG(tb_str_sub(text, 0, (size_t)line)),
                  TB_ARG(tb_str_sub(text, (size_t)tb_str_find(text, TB_STR("C.1;")), text.len)));
    assert_int_not_equal(seal_revocations_read(arena, keys, 1, shorter, &list), SEAL_GOOD);
    assert_int_equal(seal_revocations_read(arena, wrong, 1, text, &list), SEAL_UNKNOWN_KEY);
    const struct seal_revocation twice[] = {items[0], items[0]};
    assert_int_equal(seal_revocations_make(arena, secret, 1, 0, twice, 2, &text, NULL), TB_INVALID);
}

static int
set_up(void **state)
{
    (void)state;
    arena = tb_arena_new(0);
    tb_str pem, other_pem, ignored;
    assert_int_equal(seal_generate(arena, &pem, &ignored, NULL), TB_OK);
    assert_int_equal(seal_generate(arena, &other_pem, &ignored, NULL), TB_OK);
    assert_int_equal(seal_key_new(pem, &secret, NULL), TB_OK);
    assert_int_equal(seal_key_new(other_pem, &other, NULL), TB_OK);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    seal_key_free(secret);
    seal_key_free(other);
    tb_arena_free(arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_fits_and_reads_back),
        cmocka_unit_test(a_changed_code_is_told),
        cmocka_unit_test(what_does_not_belong_into_a_code_is_refused),
        cmocka_unit_test(a_list_reads_back_sorted_and_signed),
        cmocka_unit_test(a_list_that_lost_a_line_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
