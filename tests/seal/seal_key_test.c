/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/seal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct tb_arena *arena;
static struct seal_key *secret, *open_key, *other;
static tb_str secret_pem, open_pem;

static void
a_signature_holds_for_its_bytes_only(void **state)
{
    (void)state;
    tb_str bytes = TB_STR("准予行政许可"), signature = TB_STR_NONE, again = TB_STR_NONE;
    assert_int_equal(seal_sign(arena, secret, bytes, &signature, NULL), TB_OK);
    assert_int_equal(seal_sign(arena, secret, bytes, &again, NULL), TB_OK);
    assert_false(tb_str_eq(signature, again));
    assert_true(seal_verify(open_key, bytes, signature));
    assert_true(seal_verify(secret, bytes, again));
    assert_false(seal_verify(open_key, TB_STR("不予行政许可"), signature));
    assert_false(seal_verify(other, bytes, signature));
    assert_false(seal_verify(open_key, bytes, TB_STR("")));
    assert_false(seal_verify(open_key, bytes, tb_str_sub(signature, 0, signature.len - 1)));
    for (size_t i = 0; i < signature.len; i++) {
        char *bent = tb_cstr(arena, signature);
        bent[i] = (char)(bent[i] ^ 1);
        assert_false(seal_verify(open_key, bytes, (tb_str){bent, signature.len}));
    }
}

static void
a_public_key_cannot_sign(void **state)
{
    (void)state;
    tb_str signature = TB_STR_NONE;
    struct tb_err err = {0};
    assert_false(seal_key_is_private(open_key));
    assert_true(seal_key_is_private(secret));
    assert_int_equal(seal_sign(arena, open_key, TB_STR("x"), &signature, &err), TB_INVALID);
    assert_true(err.message[0] != '\0');
}

static void
both_halves_have_one_name(void **state)
{
    (void)state;
    tb_str id = seal_key_id(arena, secret), pem = TB_STR_NONE;
    assert_int_equal(id.len, 16);
    assert_true(tb_str_eq(id, seal_key_id(arena, open_key)));
    assert_false(tb_str_eq(id, seal_key_id(arena, other)));
    assert_int_equal(seal_key_public_pem(arena, secret, &pem, NULL), TB_OK);
    assert_true(tb_str_eq(pem, open_pem));
}

static void
what_is_no_sm2_key_is_refused(void **state)
{
    (void)state;
    /* A P-256 public key: right form, wrong curve. */
    static const char p256[] = "-----BEGIN PUBLIC KEY-----\n"
                               "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9Ho2hdTn/9sIXfNubfu0T1V1csUC\n"
                               "ojcJ/uWAuuwZnI6xduCz6ckj3nNjV4paRnT2nNa7QZ5cIGOzpNVpH3OcGQ==\n"
                               "-----END PUBLIC KEY-----\n";
    const char *bad[] = {"", "hello", p256,
                         "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"};
    for (size_t i = 0; i < TB_COUNT(bad); i++) {
        struct seal_key *key = NULL;
        struct tb_err err = {0};
        assert_int_equal(seal_key_new(tb_str_of(bad[i]), &key, &err), TB_INVALID);
        assert_null(key);
        assert_true(err.message[0] != '\0');
    }
    seal_key_free(NULL);
}

/* GB/T 32905-2016, annex A: the first example. */
static void
sm3_is_the_standard_s(void **state)
{
    (void)state;
    uint8_t digest[32];
    seal_sm3(TB_STR("abc"), digest);
    assert_true(tb_str_is(tb_hex(arena, digest, 32),
                          "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"));
}

static int
set_up(void **state)
{
    (void)state;
    arena = tb_arena_new(0);
    tb_str pem, ignored;
    assert_int_equal(seal_generate(arena, &secret_pem, &open_pem, NULL), TB_OK);
    assert_int_equal(seal_generate(arena, &ignored, &pem, NULL), TB_OK);
    assert_int_equal(seal_key_new(secret_pem, &secret, NULL), TB_OK);
    assert_int_equal(seal_key_new(open_pem, &open_key, NULL), TB_OK);
    assert_int_equal(seal_key_new(pem, &other, NULL), TB_OK);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    seal_key_free(secret);
    seal_key_free(open_key);
    seal_key_free(other);
    tb_arena_free(arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signature_holds_for_its_bytes_only),
        cmocka_unit_test(a_public_key_cannot_sign),
        cmocka_unit_test(both_halves_have_one_name),
        cmocka_unit_test(what_is_no_sm2_key_is_refused),
        cmocka_unit_test(sm3_is_the_standard_s),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
