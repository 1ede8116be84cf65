/* SPDX-License-Identifier: Apache-2.0 */
/* Checkpoints and proofs for those outside. Subtrees come from log_node where they are stored and are folded from the
 * entries below that. */
#include "store/store.sql.h"
#include "store/store_internal.h"

#include <string.h>

struct source {
    struct store_read *read;
    struct tb_buf scratch;
};

static tb_status
leaf_hash(struct source *source, uint64_t index, struct tb_sha256 *ret_hash, struct tb_err *err)
{
    struct store_value param = STORE_INT_OF((int64_t)index + 1);
    struct store_rows *rows;
    TB_TRY(store_select(source->read, sql_entry, &param, 1, &rows, err));
    bool is_found = store_next(rows);
    if (is_found) {
        struct store_entry entry;
        store__entry_read(rows, &entry);
        *ret_hash = store__entry_hash(&source->scratch, &entry);
    }
    TB_TRY(store_rows_done(rows, err));
    return is_found
               ? TB_OK
               : tb_fail(err, TB_CORRUPT, "entry %llu is missing", (unsigned long long)index + 1);
}

static tb_status
stored_node(struct source *source, int level, uint64_t index, struct tb_sha256 *ret_hash,
            struct tb_err *err)
{
    struct store_value param = STORE_INT_OF(store__node_id(level, index));
    struct store_rows *rows;
    TB_TRY(store_select(source->read, sql_node, &param, 1, &rows, err));
    tb_str hash = store_next(rows) ? store_text(rows, 0) : TB_STR_NONE;
    bool is_good = hash.len == sizeof ret_hash->bytes;
    if (is_good)
        memcpy(ret_hash->bytes, hash.ptr, hash.len);
    TB_TRY(store_rows_done(rows, err));
    return is_good ? TB_OK
                   : tb_fail(err, TB_CORRUPT, "log_node: level %d, %llu is missing", level,
                             (unsigned long long)index);
}

static tb_status
get_node(void *context, int level, uint64_t index, struct tb_sha256 *ret_hash, struct tb_err *err)
{
    struct source *source = context;
    if (level == 0)
        return leaf_hash(source, index, ret_hash, err);
    if (level % STORE__TILE_LEVEL == 0)
        return stored_node(source, level, index, ret_hash, err);
    struct tb_sha256 left, right;
    TB_TRY(get_node(context, level - 1, index * 2, &left, err));
    TB_TRY(get_node(context, level - 1, index * 2 + 1, &right, err));
    *ret_hash = tlog_node_hash(&left, &right);
    return TB_OK;
}

tb_status
store__root_of(struct store_read *read, struct tb_arena *arena, int64_t size,
               struct tb_sha256 *ret_root, struct tb_err *err)
{
    struct source source = {.read = read, .scratch = {.arena = arena}};
    return tlog_root_of((uint64_t)size, get_node, &source, ret_root, err);
}

/* The newest signed checkpoint with its size. */
static tb_status
latest_note(struct store_read *read, struct tb_arena *arena, int64_t *ret_size, tb_str *ret_note,
            struct tb_err *err)
{
    struct store_rows *rows;
    TB_TRY(store_select(read, sql_checkpoint_last, NULL, 0, &rows, err));
    bool is_found = store_next(rows);
    if (is_found) {
        *ret_size = store_int(rows, 0);
        *ret_note = tb_str_copy(arena, store_text(rows, 1));
    }
    TB_TRY(store_rows_done(rows, err));
    return is_found ? TB_OK
                    : tb_fail(err, TB_NOT_FOUND, "no checkpoint is signed yet; wait %d s",
                              STORE_CHECKPOINT_MS_MAX / 1000);
}

tb_status
store_checkpoint(struct store *store, struct tb_arena *arena, tb_str *ret_note, struct tb_err *err)
{
    struct store_read *read;
    int64_t size = 0;
    TB_TRY(store_snapshot(store, &read, err));
    tb_status status = latest_note(read, arena, &size, ret_note, err);
    store_snapshot_done(read);
    return status;
}

static tb_status
prove(struct store_read *read, struct tb_arena *arena, int64_t seq, struct tb_json **ret_proof,
      struct tb_err *err)
{
    int64_t size = 0;
    tb_str note;
    TB_TRY(latest_note(read, arena, &size, &note, err));
    if (seq < 1 || seq > size)
        return tb_fail(err, TB_NOT_FOUND,
                       "entry %lld is not in the latest checkpoint, which covers 1 to %lld",
                       (long long)seq, (long long)size);
    struct source source = {.read = read, .scratch = {.arena = arena}};
    struct tlog_proof proof;
    struct tb_sha256 leaf;
    TB_TRY(leaf_hash(&source, (uint64_t)seq - 1, &leaf, err));
    TB_TRY(tlog_prove_inclusion(arena, (uint64_t)size, (uint64_t)seq - 1, get_node, &source, &proof,
                                err));
    struct tb_json *json = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_int(arena, json, "seq", seq);
    tb_json_set_int(arena, json, "size", size);
    tb_json_set_text(arena, json, "leaf_hash", tb_base64(arena, leaf.bytes, sizeof leaf.bytes));
    struct tb_json *path = tb_json_set_list(arena, json, "path");
    for (size_t i = 0; i < proof.count; i++)
        tb_json_add(path, tb_json_new_text(arena, tb_base64(arena, proof.path[i].bytes,
                                                            sizeof proof.path[i].bytes)));
    tb_json_set_text(arena, json, "checkpoint", note);
    *ret_proof = json;
    return TB_OK;
}

tb_status
store_proof(struct store *store, struct tb_arena *arena, int64_t seq, struct tb_json **ret_proof,
            struct tb_err *err)
{
    struct store_read *read;
    TB_TRY(store_snapshot(store, &read, err));
    tb_status status = prove(read, arena, seq, ret_proof, err);
    store_snapshot_done(read);
    return status;
}
