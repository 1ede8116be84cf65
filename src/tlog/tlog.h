/* tlog.h - an append-only log as a Merkle tree: frontier, proofs, signed checkpoints.
 *
 * Hashing and proofs are those of RFC 6962 (2.1): leaf = SHA-256(0x00 || entry), node = SHA-256(0x01 || left || right).
 * Checkpoints are C2SP tlog-checkpoints inside signed notes with Ed25519. Leaves count from 0; a tree of size n holds
 * leaves 0 to n-1. Stand-alone: needs base/ only. Never does I/O, keeps no state: keys, entries and nodes are
 * passed in. */
#ifndef TLOG_TLOG_H
#define TLOG_TLOG_H

#include "base/base.h"

/* ---- hashing ----------------------------------------------------------------------------------------------------- */

struct tb_sha256 tlog_leaf_hash(const void *entry, size_t len); /* entry is borrowed */
struct tb_sha256 tlog_node_hash(const struct tb_sha256 *left, const struct tb_sha256 *right);

/* ---- the frontier ------------------------------------------------------------------------------------------------ */

/* The compact range [0, size): nodes[i] is the root of the complete subtree of 2^i leaves where bit i of size is set;
 * the other members mean nothing. Zeroed is the empty tree.
 *
 *   size = 6 = 0b110      nodes[2] covers leaves 0-3, nodes[1] covers leaves 4-5 */
struct tlog_range {
    uint64_t size;
    struct tb_sha256 nodes[TLOG_LEVELS_MAX];
};

/* Told of every complete subtree as it closes: the root of leaves index × 2^level to (index + 1) × 2^level - 1, with
 * level 1 and up. Must not touch the range. */
typedef void (*tlog_closed_fn)(void *context, int level, uint64_t index,
                               const struct tb_sha256 *hash);

/* Appends one leaf hash. closed may be NULL. */
void tlog_append(struct tlog_range *range, const struct tb_sha256 *leaf, tlog_closed_fn closed,
                 void *context);
struct tb_sha256 tlog_root(
    const struct tlog_range *range); /* of the empty tree: SHA-256 of nothing */

/* The range as bytes: size in 8 bytes, big-endian, then the set nodes from the highest level down. */
#define TLOG_RANGE_BYTES_MAX (8 + TLOG_LEVELS_MAX * 32)
size_t tlog_range_write(const struct tlog_range *range, uint8_t ret_bytes[TLOG_RANGE_BYTES_MAX]);
bool tlog_range_read(tb_str bytes,
                     struct tlog_range *ret_range); /* false: not written by tlog_range_write */

/* ---- proofs ------------------------------------------------------------------------------------------------------ */

/* Gives the root of the complete subtree index at level (level 0: the leaf hash). Must succeed for every complete
 * subtree inside the tree asked about. */
typedef tb_status (*tlog_get_fn)(void *context, int level, uint64_t index,
                                 struct tb_sha256 *ret_hash, struct tb_err *err);

/* A path of hashes. */
struct tlog_proof {
    struct tb_sha256 *path; /* from the leaf upwards */
    size_t count;
};

/* RFC 6962 2.1.1: the path of leaf index in the tree of that size. Path in arena. TB_NOT_FOUND when index >= size. */
TB_NODISCARD tb_status tlog_prove_inclusion(struct tb_arena *arena, uint64_t size, uint64_t index,
                                            tlog_get_fn get, void *context,
                                            struct tlog_proof *ret_proof, struct tb_err *err);
/* RFC 6962 2.1.2: that the tree of size `from` is the beginning of the tree of size `to`. TB_NOT_FOUND when
 * from > to. Empty for from = 0 and from = to. */
TB_NODISCARD tb_status tlog_prove_consistency(struct tb_arena *arena, uint64_t from, uint64_t to,
                                              tlog_get_fn get, void *context,
                                              struct tlog_proof *ret_proof, struct tb_err *err);
/* The root of the first `size` leaves, from complete subtrees. */
TB_NODISCARD tb_status tlog_root_of(uint64_t size, tlog_get_fn get, void *context,
                                    struct tb_sha256 *ret_root, struct tb_err *err);

/* RFC 9162 2.1.3.2 and 2.1.4.2. Everything is borrowed. */
bool tlog_check_inclusion(const struct tb_sha256 *leaf, uint64_t index, uint64_t size,
                          const struct tlog_proof *proof, const struct tb_sha256 *root);
bool tlog_check_consistency(uint64_t from, uint64_t to, const struct tb_sha256 *root_from,
                            const struct tb_sha256 *root_to, const struct tlog_proof *proof);

/* ---- signed checkpoints ------------------------------------------------------------------------------------------ */

/* An Ed25519 key of a log with its name, which is also the origin line of its checkpoints (C2SP signed-note). */
struct tlog_key {
    char name[TLOG_NAME_BYTES_MAX + 1];
    uint8_t hash[4]; /* first bytes of SHA-256(name || LF || 0x01 || public key) */
    uint8_t public_key[32];
    uint8_t seed[32]; /* all zero in a key that only verifies */
    bool has_seed;
};

/* name: no blank, no '+', not empty. TB_INVALID otherwise. */
TB_NODISCARD tb_status tlog_key_make(tb_str name, const uint8_t seed[32], struct tlog_key *ret_key,
                                     struct tb_err *err);
/* The text forms of golang.org/x/mod/sumdb/note: "PRIVATE+KEY+name+hash+base64" and "name+hash+base64". In arena. */
tb_str tlog_key_secret(struct tb_arena *arena, const struct tlog_key *key);
tb_str tlog_key_public(struct tb_arena *arena, const struct tlog_key *key);
/* Reads either form. TB_SYNTAX when it is neither, or when the hash does not fit the key. */
TB_NODISCARD tb_status tlog_key_read(tb_str text, struct tlog_key *ret_key, struct tb_err *err);

/* A checkpoint as a signed note: origin, size, base64 root, empty line, signature line. In arena. */
TB_NODISCARD tb_status tlog_checkpoint_sign(struct tb_arena *arena, const struct tlog_key *key,
                                            uint64_t size, const struct tb_sha256 *root,
                                            tb_str *ret_note, struct tb_err *err);
/* Reads a note and checks its signature by key; further signatures (of witnesses) are passed over. TB_SYNTAX: not a
 * checkpoint; TB_CORRUPT: no good signature by this key. */
TB_NODISCARD tb_status tlog_checkpoint_read(tb_str note, const struct tlog_key *key,
                                            uint64_t *ret_size, struct tb_sha256 *ret_root,
                                            struct tb_err *err);
/* Cuts the next complete note off a text of notes that stand one after another, each followed by an empty line. False
 * at the end; a torn piece before a complete note is passed over. Notes point into the text. */
bool tlog_notes_cut(tb_str *rest, tb_str *ret_note);

#endif
