/* SPDX-License-Identifier: Apache-2.0 */
/* Snapshots: a pool of read connections, each lent to one thread at a time for at most STORE_SNAPSHOT_MS_MAX. */
#include "store/store_internal.h"

#include <string.h>
#include <time.h>

static tb_status
reader_open(struct store *store, struct store__reader *reader, struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0);
    int flags =
        (store->is_read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_URI;
    tb_status status = store__db_open(store__db_path(arena, store), store->options.sqlite_vfs,
                                      flags, &reader->db, err);
    if (status == TB_OK)
        status = store__exec(&reader->db, "PRAGMA query_only = 1; PRAGMA cache_size = -2000;", err);
    tb_arena_free(arena);
    if (status != TB_OK) {
        store__db_close(&reader->db);
        return status;
    }
    reader->is_open = true;
    reader->read = (struct store_read){.store = store, .db = &reader->db};
    return TB_OK;
}

static struct store__reader *
reader_idle(struct store *store)
{
    /* An open one first: its statements are prepared and its pages warm. */
    struct store__reader *unopened = NULL;
    for (size_t i = 0; i < STORE_READERS_MAX; i++) {
        struct store__reader *reader = &store->readers[i];
        if (reader->is_busy)
            continue;
        if (reader->is_open)
            return reader;
        if (unopened == NULL)
            unopened = reader;
    }
    return unopened;
}

/* Waits for an idle reader; NULL after STORE_SNAPSHOT_MS_MAX. */
static struct store__reader *
reader_take(struct store *store)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += STORE_SNAPSHOT_MS_MAX / 1000;
    pthread_mutex_lock(&store->readers_lock);
    struct store__reader *reader = reader_idle(store);
    int code = 0;
    while (reader == NULL && code == 0) {
        code = pthread_cond_timedwait(&store->readers_free, &store->readers_lock, &until);
        reader = reader_idle(store);
    }
    if (reader != NULL)
        reader->is_busy = true;
    pthread_mutex_unlock(&store->readers_lock);
    return reader;
}

static void
reader_give_back(struct store *store, struct store__reader *reader)
{
    pthread_mutex_lock(&store->readers_lock);
    reader->is_busy = false;
    pthread_cond_signal(&store->readers_free);
    pthread_mutex_unlock(&store->readers_lock);
}

tb_status
store_snapshot(struct store *store, struct store_read **ret_read, struct tb_err *err)
{
    struct store__reader *reader = reader_take(store);
    if (reader == NULL)
        return tb_fail(err, TB_BUSY, "all %d read connections were in use for %d ms",
                       STORE_READERS_MAX, STORE_SNAPSHOT_MS_MAX);
    tb_status status = reader->is_open ? TB_OK : reader_open(store, reader, err);
    if (status == TB_OK) {
        reader->db.deadline_us = store__mono_us() + STORE_SNAPSHOT_MS_MAX * INT64_C(1000);
        status = store__run_sql(&reader->db, "BEGIN", err);
    }
    if (status != TB_OK) {
        reader_give_back(store, reader);
        return status;
    }
    *ret_read = &reader->read;
    return TB_OK;
}

void
store_snapshot_done(struct store_read *read)
{
    if (read == NULL)
        return;
    tb_assert(!read->is_tx);
    /* Rows that were not ended would keep the read transaction, and with it the WAL, for ever. */
    tb_assert(read->db->used == 0);
    struct store__reader *reader =
        (struct store__reader *)((char *)read - offsetof(struct store__reader, read));
    reader->db.deadline_us = 0;
    tb_status status = store__run_sql(&reader->db, "COMMIT", NULL);
    if (status != TB_OK) {
        store__db_close(&reader->db);
        reader->is_open = false;
    }
    reader_give_back(read->store, reader);
}

void
store__readers_close(struct store *store)
{
    for (size_t i = 0; i < STORE_READERS_MAX; i++) {
        tb_assert(!store->readers[i].is_busy);
        if (store->readers[i].is_open)
            store__db_close(&store->readers[i].db);
        store->readers[i].is_open = false;
    }
}

tb_status
store__select_one_int(struct store_read *read, const char *sql, const struct store_value *params,
                      size_t count, int64_t *ret_value, bool *ret_is_found, struct tb_err *err)
{
    struct store_rows *rows;
    TB_TRY(store_select(read, sql, params, count, &rows, err));
    bool is_found = store_next(rows);
    int64_t value = is_found ? store_int(rows, 0) : 0;
    TB_TRY(store_rows_done(rows, err));
    *ret_value = value;
    if (ret_is_found != NULL)
        *ret_is_found = is_found;
    return TB_OK;
}
