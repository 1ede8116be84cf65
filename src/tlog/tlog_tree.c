/* SPDX-License-Identifier: Apache-2.0 */
/* The tree: hashing, the frontier, roots. A tree of any size is a row of complete subtrees, largest first, one for each
 * bit of the size; the root folds them from the smallest up. */
/* The one-shot functions of OpenSSL 3 look the algorithm up by name on every call, which costs four times the hashing
 * of an entry; the old interface goes straight to it. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "tlog/tlog.h"

#include <openssl/sha.h>
#include <string.h>

struct tb_sha256
tlog_leaf_hash(const void *entry, size_t len)
{
    struct tb_sha256 hash;
    SHA256_CTX sha;
    SHA256_Init(&sha);
    SHA256_Update(&sha, "", 1);
    SHA256_Update(&sha, entry, len);
    SHA256_Final(hash.bytes, &sha);
    return hash;
}

struct tb_sha256
tlog_node_hash(const struct tb_sha256 *left, const struct tb_sha256 *right)
{
    struct tb_sha256 hash;
    SHA256_CTX sha;
    SHA256_Init(&sha);
    SHA256_Update(&sha, "\1", 1);
    SHA256_Update(&sha, left->bytes, sizeof left->bytes);
    SHA256_Update(&sha, right->bytes, sizeof right->bytes);
    SHA256_Final(hash.bytes, &sha);
    return hash;
}

void
tlog_append(struct tlog_range *range, const struct tb_sha256 *leaf, tlog_closed_fn closed,
            void *context)
{
    struct tb_sha256 hash = *leaf;
    int level = 0;
    while ((range->size >> level & 1) != 0) {
        hash = tlog_node_hash(&range->nodes[level], &hash);
        level++;
        if (closed != NULL)
            closed(context, level, range->size >> level, &hash);
    }
    tb_assert(level < TLOG_LEVELS_MAX);
    range->nodes[level] = hash;
    range->size++;
}

struct tb_sha256
tlog_root(const struct tlog_range *range)
{
    if (range->size == 0)
        return tb_sha256("", 0);
    struct tb_sha256 root;
    bool is_first = true;
    for (int level = 0; level < TLOG_LEVELS_MAX; level++) {
        if ((range->size >> level & 1) == 0)
            continue;
        root = is_first ? range->nodes[level] : tlog_node_hash(&range->nodes[level], &root);
        is_first = false;
    }
    return root;
}

size_t
tlog_range_write(const struct tlog_range *range, uint8_t ret_bytes[TLOG_RANGE_BYTES_MAX])
{
    for (int i = 0; i < 8; i++)
        ret_bytes[i] = (uint8_t)(range->size >> (56 - 8 * i));
    size_t len = 8;
    for (int level = TLOG_LEVELS_MAX - 1; level >= 0; level--) {
        if ((range->size >> level & 1) == 0)
            continue;
        memcpy(ret_bytes + len, range->nodes[level].bytes, 32);
        len += 32;
    }
    return len;
}

bool
tlog_range_read(tb_str bytes, struct tlog_range *ret_range)
{
    if (bytes.len < 8)
        return false;
    uint64_t size = 0;
    for (int i = 0; i < 8; i++)
        size = size << 8 | (uint8_t)bytes.ptr[i];
    if (size >> (TLOG_LEVELS_MAX - 1) != 0)
        return false;
    if (bytes.len != 8 + 32 * (size_t)__builtin_popcountll(size))
        return false;
    *ret_range = (struct tlog_range){.size = size};
    size_t at = 8;
    for (int level = TLOG_LEVELS_MAX - 1; level >= 0; level--) {
        if ((size >> level & 1) == 0)
            continue;
        memcpy(ret_range->nodes[level].bytes, bytes.ptr + at, 32);
        at += 32;
    }
    return true;
}
