/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tlog/tlog.h"

#include <string.h>

/* RFC 6962 2.1 written down word for word: the slow way, against which the frontier is held. */
static struct tb_sha256
slow_root(const struct tb_sha256 *leaves, size_t count)
{
    if (count == 0)
        return tb_sha256("", 0);
    if (count == 1)
        return leaves[0];
    size_t half = 1;
    while (half * 2 < count)
        half *= 2;
    struct tb_sha256 left = slow_root(leaves, half), right = slow_root(leaves + half, count - half);
    return tlog_node_hash(&left, &right);
}

static void
fill(struct tb_sha256 *leaves, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t entry[2] = {(uint8_t)i, (uint8_t)(i >> 8)};
        leaves[i] = tlog_leaf_hash(entry, sizeof entry);
    }
}

static void
leaf_and_empty_hashes_are_those_of_the_known_vectors(void **state)
{
    /* certificate-transparency, merkletree/merkle_tree_test.cc: the empty tree and the roots of eight leaves. */
    static const char *const entries[] = {"",
                                          "00",
                                          "10",
                                          "2021",
                                          "3031",
                                          "40414243",
                                          "5051525354555657",
                                          "606162636465666768696a6b6c6d6e6f"};
    static const char *const roots[] = {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    };
    struct tlog_range range = {0};
    struct tb_arena *arena = tb_arena_new(0);
    for (size_t i = 0; i < TB_COUNT(roots); i++) {
        struct tb_sha256 root = tlog_root(&range);
        assert_true(tb_str_is(tb_hex(arena, root.bytes, sizeof root.bytes), roots[i]));
        if (i < TB_COUNT(entries)) {
            uint8_t bytes[32];
            size_t len = strlen(entries[i]) / 2;
            assert_true(tb_unhex(tb_str_of(entries[i]), bytes, len));
            struct tb_sha256 leaf = tlog_leaf_hash(bytes, len);
            tlog_append(&range, &leaf, NULL, NULL);
        }
    }
    tb_arena_free(arena);
}

struct seen {
    const struct tb_sha256 *leaves;
    size_t count;
};

static void
check_closed(void *context, int level, uint64_t index, const struct tb_sha256 *hash)
{
    struct seen *seen = context;
    struct tb_sha256 wanted = slow_root(seen->leaves + (index << level), (size_t)1 << level);
    assert_memory_equal(hash->bytes, wanted.bytes, sizeof wanted.bytes);
    seen->count++;
}

static void
the_frontier_has_the_root_of_every_size_and_tells_of_every_subtree(void **state)
{
    struct tb_sha256 leaves[300];
    struct tlog_range range = {0};
    struct seen seen = {leaves, 0};
    fill(leaves, TB_COUNT(leaves));
    for (size_t size = 0; size < TB_COUNT(leaves); size++) {
        struct tb_sha256 root = tlog_root(&range), wanted = slow_root(leaves, size);
        assert_memory_equal(root.bytes, wanted.bytes, sizeof wanted.bytes);
        tlog_append(&range, &leaves[size], check_closed, &seen);
    }
    assert_int_equal(seen.count, 150 + 75 + 37 + 18 + 9 + 4 + 2 + 1);
}

static void
a_range_reads_back_as_it_was_written(void **state)
{
    struct tb_sha256 leaves[70];
    struct tlog_range range = {0}, again;
    uint8_t bytes[TLOG_RANGE_BYTES_MAX];
    fill(leaves, TB_COUNT(leaves));
    for (size_t size = 0; size < TB_COUNT(leaves); size++) {
        size_t len = tlog_range_write(&range, bytes);
        assert_true(tlog_range_read((tb_str){(const char *)bytes, len}, &again));
        struct tb_sha256 root = tlog_root(&range), other = tlog_root(&again);
        assert_int_equal(again.size, size);
        assert_memory_equal(root.bytes, other.bytes, sizeof root.bytes);
        assert_false(tlog_range_read((tb_str){(const char *)bytes, len - 1}, &again));
        assert_false(tlog_range_read((tb_str){(const char *)bytes, len + 1}, &again));
        tlog_append(&range, &leaves[size], NULL, NULL);
    }
    assert_false(tlog_range_read((tb_str){"", 0}, &again));
    assert_false(tlog_range_read((tb_str){"\xff\xff\xff\xff\xff\xff\xff\xff", 8}, &again));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaf_and_empty_hashes_are_those_of_the_known_vectors),
        cmocka_unit_test(the_frontier_has_the_root_of_every_size_and_tells_of_every_subtree),
        cmocka_unit_test(a_range_reads_back_as_it_was_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
