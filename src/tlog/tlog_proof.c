/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs: RFC 6962 writes them as a recursion over ranges of leaves; the depth is the height of the tree. */
#include "tlog/tlog.h"

#include <string.h>

/* Where a proof is made: the source of subtrees and the path so far. */
struct maker {
    tlog_get_fn get;
    void *context;
    struct tlog_proof proof;
    struct tb_err *err;
};

/* The largest power of two smaller than count, as its exponent. count > 1. */
static int
split_level(uint64_t count)
{
    return 63 - __builtin_clzll(count - 1);
}

/* Root of leaves [from, from + count); from is a multiple of the smallest power of two >= count. */
static tb_status
range_root(struct maker *maker, uint64_t from, uint64_t count, struct tb_sha256 *ret_root)
{
    if ((count & (count - 1)) == 0) {
        int level = __builtin_ctzll(count);
        return maker->get(maker->context, level, from >> level, ret_root, maker->err);
    }
    int level = split_level(count);
    struct tb_sha256 left, right;
    TB_TRY(maker->get(maker->context, level, from >> level, &left, maker->err));
    TB_TRY(
        range_root(maker, from + (UINT64_C(1) << level), count - (UINT64_C(1) << level), &right));
    *ret_root = tlog_node_hash(&left, &right);
    return TB_OK;
}

static tb_status
push_range(struct maker *maker, uint64_t from, uint64_t count)
{
    struct tb_sha256 root;
    TB_TRY(range_root(maker, from, count, &root));
    maker->proof.path[maker->proof.count++] = root;
    return TB_OK;
}

static struct maker
maker_new(struct tb_arena *arena, tlog_get_fn get, void *context, struct tb_err *err)
{
    struct maker maker = {.get = get, .context = context, .err = err};
    maker.proof.path = TB_NEW_ARRAY(arena, 2 * TLOG_LEVELS_MAX, struct tb_sha256);
    return maker;
}

static tb_status
inclusion(struct maker *maker, uint64_t from, uint64_t count, uint64_t index)
{
    if (count == 1)
        return TB_OK;
    uint64_t half = UINT64_C(1) << split_level(count);
    if (index < half) {
        TB_TRY(inclusion(maker, from, half, index));
        return push_range(maker, from + half, count - half);
    }
    TB_TRY(inclusion(maker, from + half, count - half, index - half));
    return push_range(maker, from, half);
}

tb_status
tlog_prove_inclusion(struct tb_arena *arena, uint64_t size, uint64_t index, tlog_get_fn get,
                     void *context, struct tlog_proof *ret_proof, struct tb_err *err)
{
    if (index >= size)
        return tb_fail(err, TB_NOT_FOUND, "leaf %llu: the tree has %llu leaves",
                       (unsigned long long)index, (unsigned long long)size);
    struct maker maker = maker_new(arena, get, context, err);
    TB_TRY(inclusion(&maker, 0, size, index));
    *ret_proof = maker.proof;
    return TB_OK;
}

/* RFC 6962 SUBPROOF(m, D[n], b): old leaves of these count; is_known says that the old root itself is this subtree. */
static tb_status
consistency(struct maker *maker, uint64_t from, uint64_t count, uint64_t old, bool is_known)
{
    if (old == count)
        return is_known ? TB_OK : push_range(maker, from, count);
    uint64_t half = UINT64_C(1) << split_level(count);
    if (old <= half) {
        TB_TRY(consistency(maker, from, half, old, is_known));
        return push_range(maker, from + half, count - half);
    }
    TB_TRY(consistency(maker, from + half, count - half, old - half, false));
    return push_range(maker, from, half);
}

tb_status
tlog_prove_consistency(struct tb_arena *arena, uint64_t from, uint64_t to, tlog_get_fn get,
                       void *context, struct tlog_proof *ret_proof, struct tb_err *err)
{
    if (from > to)
        return tb_fail(err, TB_NOT_FOUND, "the tree has %llu leaves, fewer than %llu",
                       (unsigned long long)to, (unsigned long long)from);
    struct maker maker = maker_new(arena, get, context, err);
    if (from > 0 && from < to)
        TB_TRY(consistency(&maker, 0, to, from, true));
    *ret_proof = maker.proof;
    return TB_OK;
}

tb_status
tlog_root_of(uint64_t size, tlog_get_fn get, void *context, struct tb_sha256 *ret_root,
             struct tb_err *err)
{
    if (size == 0) {
        *ret_root = tb_sha256("", 0);
        return TB_OK;
    }
    struct maker maker = {.get = get, .context = context, .err = err};
    return range_root(&maker, 0, size, ret_root);
}

static bool
is_equal(const struct tb_sha256 *a, const struct tb_sha256 *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool
tlog_check_inclusion(const struct tb_sha256 *leaf, uint64_t index, uint64_t size,
                     const struct tlog_proof *proof, const struct tb_sha256 *root)
{
    if (index >= size)
        return false;
    uint64_t at = index, last = size - 1;
    struct tb_sha256 hash = *leaf;
    for (size_t i = 0; i < proof->count; i++) {
        if (last == 0)
            return false;
        if ((at & 1) != 0 || at == last) {
            hash = tlog_node_hash(&proof->path[i], &hash);
            while ((at & 1) == 0 && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = tlog_node_hash(&hash, &proof->path[i]);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && is_equal(&hash, root);
}

bool
tlog_check_consistency(uint64_t from, uint64_t to, const struct tb_sha256 *root_from,
                       const struct tb_sha256 *root_to, const struct tlog_proof *proof)
{
    if (from > to)
        return false;
    if (from == to)
        return proof->count == 0 && is_equal(root_from, root_to);
    if (from == 0)
        return proof->count == 0;
    /* When the old tree is a complete subtree, its root is the first node and is not sent. */
    size_t next = 0;
    struct tb_sha256 old_hash, new_hash;
    if ((from & (from - 1)) == 0) {
        old_hash = new_hash = *root_from;
    } else {
        if (proof->count == 0)
            return false;
        old_hash = new_hash = proof->path[next++];
    }
    uint64_t at = from - 1, last = to - 1;
    while ((at & 1) != 0) {
        at >>= 1;
        last >>= 1;
    }
    for (; next < proof->count; next++) {
        if (last == 0)
            return false;
        if ((at & 1) != 0 || at == last) {
            old_hash = tlog_node_hash(&proof->path[next], &old_hash);
            new_hash = tlog_node_hash(&proof->path[next], &new_hash);
            while ((at & 1) == 0 && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = tlog_node_hash(&new_hash, &proof->path[next]);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && is_equal(&old_hash, root_from) && is_equal(&new_hash, root_to);
}
