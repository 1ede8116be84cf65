/* SPDX-License-Identifier: Apache-2.0 */
/* Public numbers, and answers that are given only once. Both are rows of the batch of their effect. */
#include "store/store.sql.h"
#include "store/store_internal.h"

#include <string.h>

tb_status
store_serial(struct store_tx *tx, tb_str series, int64_t *ret_number, struct tb_err *err)
{
    if (series.len == 0 || series.len > STORE_KEY_BYTES_MAX)
        return tb_fail(err, TB_LIMIT, "the name of a series has 1 to %d bytes",
                       STORE_KEY_BYTES_MAX);
    struct store_value name = STORE_TEXT_OF(series);
    struct store_rows *rows;
    TB_TRY(store_select(&tx->read, sql_series, &name, 1, &rows, err));
    bool is_found = store_next(rows);
    int64_t id = is_found ? store_int(rows, 0) : 0, number = is_found ? store_int(rows, 1) + 1 : 1;
    TB_TRY(store_rows_done(rows, err));
    if (!is_found) {
        struct store__table *table = store__table_find(tx->store->schema, "series");
        TB_TRY(store__insert(
            tx, table, STORE_VALUES(STORE_SET_TEXT("name", series), STORE_SET_INT("value", 1)),
            NULL, err));
    } else {
        TB_TRY(
            store__prepare(tx->read.db, "UPDATE series SET value = ?1 WHERE id = ?2", &rows, err));
        store__bind_int(rows, 1, number);
        store__bind_int(rows, 2, id);
        tb_status status = store__run(rows, err);
        store__release(rows);
        if (status != TB_OK)
            return store__tx_failed(tx, status, err);
    }
    *ret_number = number;
    return TB_OK;
}

/* ---- idempotency ------------------------------------------------------------------------------------------------- */

static tb_status
note_once(struct store_tx *tx, int64_t actor, tb_str key, struct tb_sha256 hash, struct tb_err *err)
{
    if (tx->once_count == STORE__ONCE_MAX)
        return tb_fail(err, TB_INTERNAL, "one closure uses more than %d idempotency keys",
                       STORE__ONCE_MAX);
    size_t at = tx->once_count++;
    tx->once[at].actor = actor;
    tx->once[at].key = tb_str_copy(tx->arena, key);
    tx->once[at].hash = hash;
    return TB_OK;
}

tb_status
store_once(struct store_tx *tx, int64_t actor, tb_str key, struct tb_sha256 request_hash,
           struct tb_arena *arena, tb_str *ret_answer, struct tb_err *err)
{
    if (key.len == 0 || key.len > STORE_KEY_BYTES_MAX)
        return tb_fail(err, TB_INVALID, "an idempotency key has 1 to %d bytes",
                       STORE_KEY_BYTES_MAX);
    struct store_value params[] = {STORE_INT_OF(actor), STORE_TEXT_OF(key)};
    struct store_rows *rows;
    TB_TRY(store_select(&tx->read, sql_once, params, 2, &rows, err));
    bool is_found = store_next(rows), is_same = false;
    tb_str answer = TB_STR_NONE;
    if (is_found) {
        tb_str hash = store_text(rows, 0);
        is_same = hash.len == sizeof request_hash.bytes &&
                  memcmp(hash.ptr, request_hash.bytes, hash.len) == 0;
        answer = tb_str_copy(arena, store_text(rows, 1));
    }
    TB_TRY(store_rows_done(rows, err));
    if (is_found && !is_same)
        return tb_fail(err, TB_INVALID,
                       "this idempotency key was used for another request; use a new one");
    if (!is_found)
        TB_TRY(note_once(tx, actor, key, request_hash, err));
    *ret_answer = answer;
    return TB_OK;
}

tb_status
store_once_done(struct store_tx *tx, int64_t actor, tb_str key, tb_str answer, struct tb_err *err)
{
    size_t at = 0;
    while (at < tx->once_count &&
           (tx->once[at].actor != actor || !tb_str_eq(tx->once[at].key, key)))
        at++;
    if (at == tx->once_count)
        return tb_fail(err, TB_INTERNAL, "store_once_done without store_once in the same closure");
    tb_str hash = {(const char *)tx->once[at].hash.bytes, sizeof tx->once[at].hash.bytes};
    struct store__table *table = store__table_find(tx->store->schema, "once");
    return store__insert(
        tx, table,
        STORE_VALUES(STORE_SET_INT("actor", actor), STORE_SET_TEXT("key", key),
                     STORE_SET_BYTES("hash", hash), STORE_SET_INSTANT("at", tx->now),
                     STORE_SET_TEXT("answer", answer.ptr != NULL ? answer : TB_STR(""))),
        NULL, err);
}
