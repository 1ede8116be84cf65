/* SPDX-License-Identifier: Apache-2.0 */
/* Digests and images, byte for byte as docs/reference/log.md gives them: a second program must come to the same. */
#include "store_fixture.h"

#include "store/store_internal.h"

struct known {
    struct store__schema *schema;
    const struct store__table *table;
    struct tb_arena *arena;
    struct store__value values[5];
    uint8_t salt[STORE__SALT_BYTES];
};

static int
known_open(void **state)
{
    static struct known known;
    memset(&known, 0, sizeof known);
    known.arena = tb_arena_new(0);
    if (store__schema_new(fixture_tables, &known.schema, NULL) != TB_OK)
        return -1;
    known.table = store__table_find(known.schema, "person");
    memcpy(known.salt, "0123456789abcdef", sizeof known.salt);
    known.values[0] = (struct store__value){.kind = STORE__TEXT, .text = TB_STR("王")};
    known.values[3] = (struct store__value){.kind = STORE__INT, .number = -2};
    *state = &known;
    return 0;
}

static int
known_close(void **state)
{
    struct known *known = *state;
    store__schema_free(known->schema);
    tb_arena_free(known->arena);
    return 0;
}

static void
the_digest_is_made_of_the_bytes_that_are_documented(void **state)
{
    struct known *known = *state;
    struct tb_buf scratch = {.arena = known->arena};
    static const char secret[] = "0123456789abcdef\0\0\0\4name"
                                 "t\0\0\0\3王";
    struct tb_sha256 commitment = tb_sha256(secret, sizeof secret - 1);
    char input[512];
    size_t len = 0;
    static const char head[] = "\0\0\0\6person\0\0\0\0\0\0\0\7\0\0\0\3age"
                               "i\xff\xff\xff\xff\xff\xff\xff\xfe\0\0\0\4namec";
    memcpy(input, head, sizeof head - 1);
    len = sizeof head - 1;
    memcpy(input + len, commitment.bytes, 32);
    struct tb_sha256 wanted = tb_sha256(input, len + 32);
    struct tb_sha256 digest = store__digest(&scratch, known->table, 7, known->values, known->salt);
    assert_memory_equal(digest.bytes, wanted.bytes, sizeof wanted.bytes);
}

static void
an_image_has_the_digest_of_its_row_before_and_after_erasure(void **state)
{
    struct known *known = *state;
    struct tb_buf buf = {.arena = known->arena}, erased = {.arena = known->arena},
                  scratch = {.arena = known->arena};
    struct tb_sha256 wanted = store__digest(&scratch, known->table, 7, known->values, known->salt),
                     digest;
    tb_str image = store__image(&buf, known->table, known->values, known->salt), bare;
    bool is_erased;
    assert_true(store__image_digest(&scratch, TB_STR("person"), 7, image, &digest, &is_erased));
    assert_memory_equal(digest.bytes, wanted.bytes, sizeof wanted.bytes);
    assert_false(is_erased);
    assert_true(store__image_erase(&erased, image, &bare));
    assert_false(tb_str_contains(bare, TB_STR("王")));
    assert_false(tb_str_contains(bare, TB_STR("0123456789abcdef")));
    assert_true(store__image_digest(&scratch, TB_STR("person"), 7, bare, &digest, &is_erased));
    assert_memory_equal(digest.bytes, wanted.bytes, sizeof wanted.bytes);
    assert_true(is_erased);
    assert_true(store__image_digest(&scratch, TB_STR("person"), 8, image, &digest, &is_erased));
    assert_memory_not_equal(digest.bytes, wanted.bytes, sizeof wanted.bytes);
}

static void
an_image_that_is_cut_anywhere_is_refused_or_another(void **state)
{
    struct known *known = *state;
    struct tb_buf buf = {.arena = known->arena}, scratch = {.arena = known->arena};
    struct tb_sha256 wanted = store__digest(&scratch, known->table, 7, known->values, known->salt),
                     digest;
    tb_str image = store__image(&buf, known->table, known->values, known->salt);
    bool is_erased;
    for (size_t len = 0; len < image.len; len++)
        if (store__image_digest(&scratch, TB_STR("person"), 7, tb_str_sub(image, 0, len), &digest,
                                &is_erased))
            assert_memory_not_equal(digest.bytes, wanted.bytes, sizeof wanted.bytes);
    char *bytes = tb_cstr(known->arena, image);
    for (size_t i = 0; i < image.len; i++) {
        bytes[i] ^= 0x55;
        if (store__image_digest(&scratch, TB_STR("person"), 7, (tb_str){bytes, image.len}, &digest,
                                &is_erased))
            assert_memory_not_equal(digest.bytes, wanted.bytes, sizeof wanted.bytes);
        bytes[i] ^= 0x55;
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_digest_is_made_of_the_bytes_that_are_documented,
                                        known_open, known_close),
        cmocka_unit_test_setup_teardown(an_image_has_the_digest_of_its_row_before_and_after_erasure,
                                        known_open, known_close),
        cmocka_unit_test_setup_teardown(an_image_that_is_cut_anywhere_is_refused_or_another,
                                        known_open, known_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
