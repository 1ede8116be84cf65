/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of op share. */
#ifndef OP_INTERNAL_H
#define OP_INTERNAL_H

#include "op/op.h"

#include <pthread.h>

enum { OP__SEGMENTS_MAX = 12 };

/* "{mark}.pdf" is the parameter mark between the literals "" and ".pdf"; without parameter all is
 * in before. */
struct op__segment {
    tb_str before, parameter, after;
};

/* A row, prepared for matching. */
struct op__entry {
    const struct op_row *row;
    void *self;
    struct op__segment segments[OP__SEGMENTS_MAX];
    size_t segment_count, literal_bytes;
};

/* One source address at one rate-limited row: a bucket that refills. */
struct op__bucket {
    uint64_t key;
    int64_t at_us;
    double left;
};

struct op_registry {
    struct tb_arena *arena;
    struct store *store;
    const struct tb_env *env;
    struct op__entry *entries;        /* in the order of the tables */
    const struct op__entry **by_name; /* sorted */
    size_t count;
    pthread_mutex_t lock; /* of the buckets */
    struct op__bucket *buckets;
};

struct op_ctx {
    struct op_registry *registry;
    const struct op__entry *entry;
    struct tb_arena *arena;
    const struct op_request *request;
    const struct op_actor *actor; /* never NULL */
    const struct tb_json *in;
    struct store_read *read;
    struct op_result *result;
    int64_t now;
};

const struct op__entry *op__entry_find(const struct op_registry *registry, const char *name);
/* The input as the operation gets it: members in the order of the fields, query texts turned into
 * their types, text in normal form C. Everything wrong goes into faults; the answer is then not to
 * be used. */
struct tb_json *op__input_read(struct tb_arena *arena, const struct op_row *row,
                               const struct tb_json *in, struct tb_faults *faults);
/* Takes one attempt; false: too many from this address. */
bool op__rate_take(struct op_registry *registry, const struct op_row *row, tb_str address,
                   int64_t now);
/* The digits of a division that its subtree shares: 511602000000 gives 511602, 000000000000 gives
 * nothing. */
tb_str op__division_prefix(tb_str division);

#endif
