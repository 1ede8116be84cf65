/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tlog/tlog.h"

#include <string.h>

static int
open_arena(void **state)
{
    *state = tb_arena_new(0);
    return 0;
}

static int
close_arena(void **state)
{
    tb_arena_free(*state);
    return 0;
}

/* golang.org/x/mod/sumdb/note, Example_sign: a key and a note that another program made. */
static const char peter_secret[] =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
static const char peter_public[] =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

static void
a_key_of_another_program_is_read_and_written_alike(void **state)
{
    struct tlog_key secret, public_key;
    assert_int_equal(tlog_key_read(tb_str_of(peter_secret), &secret, NULL), TB_OK);
    assert_int_equal(tlog_key_read(tb_str_of(peter_public), &public_key, NULL), TB_OK);
    assert_true(secret.has_seed);
    assert_false(public_key.has_seed);
    assert_memory_equal(secret.public_key, public_key.public_key, 32);
    assert_true(tb_str_is(tlog_key_secret(*state, &secret), peter_secret));
    assert_true(tb_str_is(tlog_key_public(*state, &secret), peter_public));
}

static void
keys_that_are_none_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2Q==",
        "PeterNeumann+c74f20a3+AhpcmQcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    };
    struct tlog_key key;
    struct tb_err err;
    for (size_t i = 0; i < TB_COUNT(bad); i++)
        assert_int_equal(tlog_key_read(tb_str_of(bad[i]), &key, &err), TB_SYNTAX);
    uint8_t seed[32] = {1};
    assert_int_equal(tlog_key_make(TB_STR("a b"), seed, &key, NULL), TB_INVALID);
    assert_int_equal(tlog_key_make(TB_STR("a+b"), seed, &key, NULL), TB_INVALID);
    assert_int_equal(tlog_key_make(TB_STR(""), seed, &key, NULL), TB_INVALID);
}

static tb_str
make_note(struct tb_arena *arena, struct tlog_key *key, uint64_t size)
{
    uint8_t seed[32] = {7, 7, 7};
    tb_str note;
    struct tb_sha256 root = tb_sha256(&size, sizeof size);
    assert_int_equal(tlog_key_make(TB_STR("tongban.local/log/1"), seed, key, NULL), TB_OK);
    assert_int_equal(tlog_checkpoint_sign(arena, key, size, &root, &note, NULL), TB_OK);
    return note;
}

static void
a_checkpoint_reads_back_and_any_changed_byte_is_seen(void **state)
{
    struct tlog_key key;
    tb_str note = make_note(*state, &key, 12345);
    uint64_t size;
    struct tb_sha256 root, wanted;
    assert_int_equal(tlog_checkpoint_read(note, &key, &size, &root, NULL), TB_OK);
    assert_int_equal(size, 12345);
    wanted = tb_sha256(&size, sizeof size);
    assert_memory_equal(root.bytes, wanted.bytes, sizeof wanted.bytes);
    char *bytes = tb_cstr(*state, note);
    for (size_t i = 0; i < note.len; i++) {
        bytes[i] ^= 1;
        tb_status status =
            tlog_checkpoint_read((tb_str){bytes, note.len}, &key, &size, &root, NULL);
        bytes[i] ^= 1;
        /* The line end behind the signature is not under it. */
        if (i != note.len - 1)
            assert_true(status == TB_SYNTAX || status == TB_CORRUPT);
    }
}

static void
signatures_of_others_are_passed_over(void **state)
{
    struct tlog_key key, other;
    uint8_t seed[32] = {9};
    uint64_t size;
    struct tb_sha256 root;
    tb_str note = make_note(*state, &key, 1);
    assert_int_equal(tlog_key_make(TB_STR("witness"), seed, &other, NULL), TB_OK);
    tb_str more = tb_printf(*state, TB_FMT "\xe2\x80\x94 witness AAAA\n", TB_ARG(note));
    assert_int_equal(tlog_checkpoint_read(more, &key, &size, &root, NULL), TB_OK);
    assert_int_equal(tlog_checkpoint_read(more, &other, &size, &root, NULL), TB_CORRUPT);
}

static void
notes_are_cut_one_by_one_and_torn_pieces_passed_over(void **state)
{
    struct tlog_key key;
    tb_str first = make_note(*state, &key, 10), second = make_note(*state, &key, 20), note, rest;
    tb_str whole = tb_printf(*state, TB_FMT "\n" TB_FMT "\n", TB_ARG(first), TB_ARG(second));
    rest = whole;
    assert_true(tlog_notes_cut(&rest, &note));
    assert_true(tb_str_eq(note, first));
    assert_true(tlog_notes_cut(&rest, &note));
    assert_true(tb_str_eq(note, second));
    assert_false(tlog_notes_cut(&rest, &note));
    /* Torn at every place: what is complete is found, what is not is left. */
    for (size_t len = 0; len < whole.len; len++) {
        rest = tb_str_sub(whole, 0, len);
        size_t count = 0;
        while (tlog_notes_cut(&rest, &note))
            count++;
        assert_int_equal(count, (len >= first.len) + (len >= first.len + 1 + second.len));
    }
    rest = tb_printf(*state, "torn\n3\n" TB_FMT, TB_ARG(first));
    assert_true(tlog_notes_cut(&rest, &note));
    assert_true(tb_str_eq(note, first));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_of_another_program_is_read_and_written_alike),
        cmocka_unit_test(keys_that_are_none_are_refused),
        cmocka_unit_test(a_checkpoint_reads_back_and_any_changed_byte_is_seen),
        cmocka_unit_test(signatures_of_others_are_passed_over),
        cmocka_unit_test(notes_are_cut_one_by_one_and_torn_pieces_passed_over),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
