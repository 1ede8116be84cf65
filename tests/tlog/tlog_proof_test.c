/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tlog/tlog.h"

#include <string.h>

#define LEAVES 70

struct tree {
    struct tb_arena *arena;
    struct tb_sha256 leaves[LEAVES];
    struct tb_sha256 roots[LEAVES + 1];
};

static tb_status
get(void *context, int level, uint64_t index, struct tb_sha256 *ret_hash, struct tb_err *err)
{
    struct tree *tree = context;
    if (level == 0) {
        assert_true(index < LEAVES);
        *ret_hash = tree->leaves[index];
        return TB_OK;
    }
    struct tb_sha256 left, right;
    TB_TRY(get(context, level - 1, index * 2, &left, err));
    TB_TRY(get(context, level - 1, index * 2 + 1, &right, err));
    *ret_hash = tlog_node_hash(&left, &right);
    return TB_OK;
}

static int
tree_open(void **state)
{
    static struct tree tree;
    struct tlog_range range = {0};
    tree.arena = tb_arena_new(0);
    for (int i = 0; i < LEAVES; i++) {
        tree.leaves[i] = tlog_leaf_hash(&i, sizeof i);
        tree.roots[i] = tlog_root(&range);
        tlog_append(&range, &tree.leaves[i], NULL, NULL);
    }
    tree.roots[LEAVES] = tlog_root(&range);
    *state = &tree;
    return 0;
}

static int
tree_close(void **state)
{
    struct tree *tree = *state;
    tb_arena_free(tree->arena);
    return 0;
}

static void
every_leaf_of_every_size_is_proved_and_nothing_else(void **state)
{
    struct tree *tree = *state;
    struct tlog_proof proof;
    for (uint64_t size = 1; size <= LEAVES; size++) {
        for (uint64_t index = 0; index < size; index++) {
            assert_int_equal(
                tlog_prove_inclusion(tree->arena, size, index, get, tree, &proof, NULL), TB_OK);
            const struct tb_sha256 *leaf = &tree->leaves[index], *root = &tree->roots[size];
            assert_true(tlog_check_inclusion(leaf, index, size, &proof, root));
            assert_false(tlog_check_inclusion(leaf, index, size, &proof, &tree->roots[size - 1]));
            assert_false(tlog_check_inclusion(&tree->leaves[(index + 1) % LEAVES], index, size,
                                              &proof, root));
            if (size > 1)
                assert_false(tlog_check_inclusion(leaf, (index + 1) % size, size, &proof, root));
            for (size_t i = 0; i < proof.count; i++) {
                proof.path[i].bytes[31] ^= 1;
                assert_false(tlog_check_inclusion(leaf, index, size, &proof, root));
                proof.path[i].bytes[31] ^= 1;
            }
            if (proof.count > 0) {
                proof.count--;
                assert_false(tlog_check_inclusion(leaf, index, size, &proof, root));
            }
        }
        tb_arena_reset(tree->arena);
    }
    assert_int_equal(tlog_prove_inclusion(tree->arena, 5, 5, get, tree, &proof, NULL),
                     TB_NOT_FOUND);
}

static void
every_older_tree_is_proved_to_be_the_beginning(void **state)
{
    struct tree *tree = *state;
    struct tlog_proof proof;
    for (uint64_t to = 0; to <= LEAVES; to++) {
        for (uint64_t from = 0; from <= to; from++) {
            const struct tb_sha256 *old_root = &tree->roots[from], *new_root = &tree->roots[to];
            assert_int_equal(tlog_prove_consistency(tree->arena, from, to, get, tree, &proof, NULL),
                             TB_OK);
            assert_true(tlog_check_consistency(from, to, old_root, new_root, &proof));
            if (from == 0)
                continue;
            assert_false(
                tlog_check_consistency(from, to, &tree->roots[from - 1], new_root, &proof));
            assert_false(tlog_check_consistency(from, to, old_root, &tree->roots[to - 1], &proof));
            for (size_t i = 0; i < proof.count; i++) {
                proof.path[i].bytes[0] ^= 0x80;
                assert_false(tlog_check_consistency(from, to, old_root, new_root, &proof));
                proof.path[i].bytes[0] ^= 0x80;
            }
        }
        tb_arena_reset(tree->arena);
    }
    assert_int_equal(tlog_prove_consistency(tree->arena, 6, 5, get, tree, &proof, NULL),
                     TB_NOT_FOUND);
}

static void
the_root_of_every_size_comes_from_subtrees(void **state)
{
    struct tree *tree = *state;
    for (uint64_t size = 0; size <= LEAVES; size++) {
        struct tb_sha256 root;
        assert_int_equal(tlog_root_of(size, get, tree, &root, NULL), TB_OK);
        assert_memory_equal(root.bytes, tree->roots[size].bytes, sizeof root.bytes);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_leaf_of_every_size_is_proved_and_nothing_else),
        cmocka_unit_test(every_older_tree_is_proved_to_be_the_beginning),
        cmocka_unit_test(the_root_of_every_size_comes_from_subtrees),
    };
    return cmocka_run_group_tests(tests, tree_open, tree_close);
}
