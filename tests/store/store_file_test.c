/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include <fcntl.h>
#include <sys/file.h>

static tb_status
keep(struct fixture *fixture, tb_str content, char hash[65])
{
    struct store_file *file;
    int64_t bytes = -1;
    assert_int_equal(store_file_new(fixture->store, &file, &fixture->err), TB_OK);
    for (size_t at = 0; at < content.len; at += 1000) {
        tb_str piece = tb_str_sub(content, at, 1000);
        assert_int_equal(store_file_write(file, piece.ptr, piece.len, &fixture->err), TB_OK);
    }
    tb_status status = store_file_keep(file, hash, &bytes, &fixture->err);
    if (status == TB_OK)
        assert_int_equal(bytes, content.len);
    return status;
}

static void
a_file_is_found_under_the_hash_of_its_content(void **state)
{
    struct fixture *fixture = *state;
    char hash[65], again[65], path[256];
    char big[5000];
    memset(big, 'a', sizeof big);
    tb_str content = {big, sizeof big}, bytes;
    assert_int_equal(keep(fixture, content, hash), TB_OK);
    struct tb_sha256 sum = tb_sha256(big, sizeof big);
    assert_true(tb_str_is(tb_hex(fixture->arena, sum.bytes, 32), hash));
    snprintf(path, sizeof path, "%s/files/%.2s/%s", fixture->dir, hash, hash);
    assert_int_equal(access(path, F_OK), 0);
    assert_int_equal(store_file_read(fixture->store, fixture->arena, tb_str_of(hash), &bytes, NULL),
                     TB_OK);
    assert_true(tb_str_eq(bytes, content));
    /* The same content again is the same file. */
    assert_int_equal(keep(fixture, content, again), TB_OK);
    assert_string_equal(hash, again);
    assert_int_equal(keep(fixture, TB_STR(""), hash), TB_OK);
    assert_int_equal(store_file_read(fixture->store, fixture->arena, tb_str_of(hash), &bytes, NULL),
                     TB_OK);
    assert_int_equal(bytes.len, 0);
}

static void
a_dropped_file_leaves_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct store_file *file;
    assert_int_equal(store_file_new(fixture->store, &file, NULL), TB_OK);
    assert_int_equal(store_file_write(file, "abc", 3, NULL), TB_OK);
    store_file_drop(file);
    store_file_drop(NULL);
    char path[128];
    snprintf(path, sizeof path, "%s/tmp", fixture->dir);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void
a_file_that_is_too_large_is_refused_with_the_limit(void **state)
{
    struct fixture *fixture = *state;
    struct store_file *file;
    static char piece[1 << 20];
    tb_status status = TB_OK;
    int64_t written = 0;
    assert_int_equal(store_file_new(fixture->store, &file, NULL), TB_OK);
    while ((status = store_file_write(file, piece, sizeof piece, &fixture->err)) == TB_OK)
        written += (int64_t)sizeof piece;
    assert_int_equal(status, TB_LIMIT);
    assert_int_equal(written, STORE_FILE_BYTES_MAX);
    store_file_drop(file);
}

static void
content_that_was_changed_is_not_given_out(void **state)
{
    struct fixture *fixture = *state;
    char hash[65], path[256];
    tb_str bytes;
    assert_int_equal(keep(fixture, TB_STR("the paper"), hash), TB_OK);
    snprintf(path, sizeof path, "%s/files/%.2s/%s", fixture->dir, hash, hash);
    FILE *file = fopen(path, "wb");
    fputs("the Paper", file);
    fclose(file);
    assert_int_equal(store_file_read(fixture->store, fixture->arena, tb_str_of(hash), &bytes, NULL),
                     TB_CORRUPT);
    hash[0] = hash[0] == '0' ? '1' : '0';
    assert_int_equal(store_file_read(fixture->store, fixture->arena, tb_str_of(hash), &bytes, NULL),
                     TB_NOT_FOUND);
    assert_int_equal(
        store_file_read(fixture->store, fixture->arena, TB_STR("../../keys/log.key"), &bytes, NULL),
        TB_NOT_FOUND);
}

static void
leftovers_are_cleaned_at_open_but_not_what_is_being_written(void **state)
{
    struct fixture *fixture = *state;
    struct store_file *file;
    char left[128], hash[65];
    int64_t bytes;
    assert_int_equal(store_file_new(fixture->store, &file, NULL), TB_OK);
    snprintf(left, sizeof left, "%s/tmp/left-by-a-crash", fixture->dir);
    FILE *crashed = fopen(left, "wb");
    fputs("half", crashed);
    fclose(crashed);
    struct store_options options = {
        .dir = tb_str_of(fixture->dir), .tables = fixture_tables, .env = &fixture_env};
    struct store *second;
    assert_int_equal(store_open(&options, &second, &fixture->err), TB_OK);
    store_close(second);
    assert_int_not_equal(access(left, F_OK), 0);
    assert_int_equal(store_file_write(file, "abc", 3, NULL), TB_OK);
    assert_int_equal(store_file_keep(file, hash, &bytes, &fixture->err), TB_OK);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_file_is_found_under_the_hash_of_its_content),
        CASE(a_dropped_file_leaves_nothing),
        CASE(a_file_that_is_too_large_is_refused_with_the_limit),
        CASE(content_that_was_changed_is_not_given_out),
        CASE(leftovers_are_cleaned_at_open_but_not_what_is_being_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
