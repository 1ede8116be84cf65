/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
memory_is_zeroed_and_aligned_even_after_a_reset(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    for (int round = 0; round < 3; round++) {
        for (size_t size = 0; size < 3000; size += 7) {
            unsigned char *ptr = tb_alloc(arena, size);
            assert_int_equal((uintptr_t)ptr % 16, 0);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(ptr[i], 0);
            memset(ptr, 0xAA, size);
        }
        tb_arena_reset(arena);
        assert_int_equal(tb_arena_bytes(arena), 0);
    }
    tb_arena_free(arena);
}

static void
allocations_do_not_overlap(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    unsigned char *parts[400];
    for (size_t i = 0; i < 400; i++) {
        size_t size = i % 50 == 49 ? (size_t)3 << 20 : i * 37 + 1;
        parts[i] = tb_alloc(arena, size);
        parts[i][0] = parts[i][size - 1] = (unsigned char)i;
    }
    for (size_t i = 0; i < 400; i++) {
        size_t size = i % 50 == 49 ? (size_t)3 << 20 : i * 37 + 1;
        assert_int_equal(parts[i][0], (unsigned char)i);
        assert_int_equal(parts[i][size - 1], (unsigned char)i);
    }
    tb_arena_free(arena);
}

static void
the_soft_limit_is_told_not_enforced(void **state)
{
    struct tb_arena *arena = tb_arena_new(1000);
    assert_non_null(tb_alloc(arena, 900));
    assert_false(tb_arena_is_over(arena));
    assert_non_null(tb_alloc(arena, 200));
    assert_true(tb_arena_is_over(arena));
    tb_arena_reset(arena);
    assert_false(tb_arena_is_over(arena));
    tb_arena_free(arena);
    tb_arena_free(NULL);
}

static void
a_buffer_survives_other_allocations_between_its_growth(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_buf buf = {.arena = arena};
    for (int i = 0; i < 20000; i++) {
        tb_buf_int(&buf, i);
        tb_buf_char(&buf, ',');
        if (i % 3 == 0)
            memset(tb_alloc(arena, 40), 0xFF, 40);
    }
    tb_str rest = tb_buf_done(&buf), part;
    for (int64_t i = 0; i < 20000; i++) {
        int64_t value;
        assert_true(tb_str_cut(&rest, ',', &part));
        assert_true(tb_str_to_int(part, &value));
        assert_int_equal(value, i);
    }
    tb_arena_free(arena);
}

static void
every_status_has_a_full_row(void **state)
{
    for (int i = 0; i < TB_STATUS_COUNT; i++) {
        const struct tb_error_row *row = tb_error_row((tb_status)i);
        assert_true(strlen(row->code) > 0 && strlen(row->zh) > 0 && strlen(row->en) > 0);
        assert_true(i == TB_OK || (strlen(row->remedy_zh) > 0 && strlen(row->remedy_en) > 0));
        assert_true(row->http >= 200 && row->http < 600);
        assert_true((i == TB_OK) == (row->exit == 0));
        for (int k = 0; k < i; k++)
            assert_string_not_equal(row->code, tb_error_row((tb_status)k)->code);
    }
    assert_ptr_equal(tb_error_row((tb_status)9999), tb_error_row(TB_INTERNAL));
}

static void
a_message_that_is_cut_stays_utf8_and_may_quote_the_former_one(void **state)
{
    struct tb_err err = {0};
    char text[TB_ERR_MESSAGE_BYTES * 2];
    for (size_t pad = 0; pad < 3; pad++) {
        memset(text, 'x', pad);
        for (size_t i = pad; i + 3 < sizeof text; i += 3)
            memcpy(text + i, "办", 4);
        assert_int_equal(tb_fail(&err, TB_LIMIT, "%s", text), TB_LIMIT);
        assert_true(tb_utf8_is_valid(tb_str_of(err.message)));
        assert_true(strlen(err.message) > TB_ERR_MESSAGE_BYTES - 8);
    }
    assert_int_equal(tb_fail(&err, TB_IO, "disk gone"), TB_IO);
    assert_int_equal(tb_fail(&err, TB_FULL, "while saving: %s", err.message), TB_FULL);
    assert_string_equal(err.message, "while saving: disk gone");
    assert_int_equal(err.status, TB_FULL);
    assert_int_equal(tb_fail(NULL, TB_BUSY, "nobody listens"), TB_BUSY);
}

static void
faults_are_copied_and_counted_past_their_limit(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_faults faults = {.arena = arena};
    char place[16] = "/name";
    for (int i = 0; i < TB_FAULTS_MAX + 5; i++) {
        tb_fault_add(&faults, tb_str_of(place), "empty", TB_STR("请填写"), TB_STR("Give a value"));
        place[1] = 'X';
    }
    assert_int_equal(faults.count, TB_FAULTS_MAX + 5);
    assert_true(tb_str_is(faults.items[0].place, "/name"));
    assert_true(tb_str_is(faults.items[TB_FAULTS_MAX - 1].place, "/Xame"));
    assert_true(tb_str_is(faults.items[5].zh, "请填写"));
    tb_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned_even_after_a_reset),
        cmocka_unit_test(allocations_do_not_overlap),
        cmocka_unit_test(the_soft_limit_is_told_not_enforced),
        cmocka_unit_test(a_buffer_survives_other_allocations_between_its_growth),
        cmocka_unit_test(every_status_has_a_full_row),
        cmocka_unit_test(a_message_that_is_cut_stays_utf8_and_may_quote_the_former_one),
        cmocka_unit_test(faults_are_copied_and_counted_past_their_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
