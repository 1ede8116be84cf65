/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the log: entries, the feed with its cursors, waiting for news, the history of a row. */
#include "store/store.sql.h"
#include "store/store_internal.h"

#include <string.h>
#include <time.h>

#define WAIT_STEP_US INT64_C(250000)

/* The row that the statement stands on, as an entry; texts are borrowed from the statement. */
void
store__entry_read(const struct store_rows *rows, struct store_entry *ret_entry)
{
    *ret_entry = (struct store_entry){.seq = store_int(rows, 0),
                                      .at = store_int(rows, 1),
                                      .actor = store_int(rows, 2),
                                      .request = store_text(rows, 3),
                                      .purpose = store_text(rows, 4),
                                      .table = store_text(rows, 5),
                                      .id = store_int(rows, 6),
                                      .op = (store_op)store_int(rows, 7),
                                      .prev = store_int(rows, 8)};
    tb_str digest = store_text(rows, 9);
    if (digest.len == sizeof ret_entry->digest)
        memcpy(ret_entry->digest, digest.ptr, digest.len);
}

tb_status
store_entries(struct store_read *read, struct tb_arena *arena, int64_t after_seq, size_t max,
              struct store_entry **ret_entries, size_t *ret_count, struct tb_err *err)
{
    if (max > STORE_ENTRIES_MAX)
        max = STORE_ENTRIES_MAX;
    struct store_value params[] = {STORE_INT_OF(after_seq), STORE_INT_OF((int64_t)max)};
    struct store_entry *entries = TB_NEW_ARRAY(arena, max, struct store_entry);
    struct store_rows *rows;
    size_t count = 0;
    TB_TRY(store_select(read, sql_entries, params, 2, &rows, err));
    while (count < max && store_next(rows)) {
        struct store_entry *entry = &entries[count++];
        store__entry_read(rows, entry);
        entry->request = tb_str_copy(arena, entry->request);
        entry->purpose = tb_str_copy(arena, entry->purpose);
        entry->table = tb_str_copy(arena, entry->table);
    }
    TB_TRY(store_rows_done(rows, err));
    *ret_entries = entries;
    *ret_count = count;
    return TB_OK;
}

/* ---- the feed ---------------------------------------------------------------------------------------------------- */

struct feeding {
    tb_str consumer;
    size_t max;
    store_feed_fn fn;
    void *arg;
    size_t count;
};

static tb_status
read_cursor(struct store_read *read, tb_str consumer, int64_t *ret_seq, bool *ret_is_found,
            struct tb_err *err)
{
    struct store_value name = STORE_TEXT_OF(consumer);
    return store__select_one_int(read, sql_cursor, &name, 1, ret_seq, ret_is_found, err);
}

static tb_status
move_cursor(struct store_tx *tx, tb_str consumer, int64_t seq, bool is_found, struct tb_err *err)
{
    if (!is_found)
        return store__insert(
            tx, store__table_find(tx->store->schema, "cursors"),
            STORE_VALUES(STORE_SET_TEXT("name", consumer), STORE_SET_INT("seq", seq)), NULL, err);
    struct store_rows *rows;
    TB_TRY(store__prepare(tx->read.db, "UPDATE cursors SET seq = ?1 WHERE name = ?2", &rows, err));
    store__bind_int(rows, 1, seq);
    store__bind_text(rows, 2, consumer);
    tb_status status = store__run(rows, err);
    store__release(rows);
    return status == TB_OK ? TB_OK : store__tx_failed(tx, status, err);
}

tb_status
store_feed_rewind(struct store_tx *tx, tb_str consumer, struct tb_err *err)
{
    int64_t seq;
    bool is_found;
    TB_TRY(read_cursor(&tx->read, consumer, &seq, &is_found, err));
    return is_found ? move_cursor(tx, consumer, 0, true, err) : TB_OK;
}

static tb_status
feed_batch(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct feeding *feeding = arg;
    struct store_entry *entries;
    int64_t seq;
    bool is_found;
    feeding->count = 0;
    TB_TRY(read_cursor(&tx->read, feeding->consumer, &seq, &is_found, err));
    TB_TRY(store_entries(&tx->read, tx->arena, seq, feeding->max, &entries, &feeding->count, err));
    if (feeding->count == 0)
        return TB_OK;
    TB_TRY(feeding->fn(tx, entries, feeding->count, feeding->arg, err));
    return move_cursor(tx, feeding->consumer, entries[feeding->count - 1].seq, is_found, err);
}

static tb_status
feed_has_news(struct store *store, tb_str consumer, bool *ret_has_news, struct tb_err *err)
{
    struct store_read *read;
    int64_t seq, size = 0;
    TB_TRY(store_snapshot(store, &read, err));
    tb_status status = read_cursor(read, consumer, &seq, NULL, err);
    if (status == TB_OK)
        status = store__select_one_int(read, sql_log_size, NULL, 0, &size, NULL, err);
    store_snapshot_done(read);
    TB_TRY(status);
    *ret_has_news = size > seq;
    return TB_OK;
}

tb_status
store_feed(struct store *store, tb_str consumer, size_t max, store_feed_fn fn, void *arg,
           size_t *ret_count, struct tb_err *err)
{
    struct feeding feeding = {.consumer = consumer, .max = max, .fn = fn, .arg = arg};
    bool has_news;
    if (consumer.len == 0 || consumer.len > STORE_KEY_BYTES_MAX || max == 0)
        return tb_fail(err, TB_INTERNAL,
                       "a consumer has a name of 1 to %d bytes and takes at least one entry",
                       STORE_KEY_BYTES_MAX);
    TB_TRY(feed_has_news(store, consumer, &has_news, err));
    if (has_news) {
        struct store_cause cause = {.purpose = TB_STR("feed")};
        TB_TRY(store_write(store, &cause, feed_batch, &feeding, err));
    }
    *ret_count = feeding.count;
    return TB_OK;
}

/* Another process may have written: the row tells. */
static int64_t
read_latest(struct store *store, int64_t otherwise)
{
    struct store_read *read;
    int64_t size;
    if (store_snapshot(store, &read, NULL) != TB_OK)
        return otherwise;
    tb_status status = store__select_one_int(read, sql_log_size, NULL, 0, &size, NULL, NULL);
    store_snapshot_done(read);
    return status == TB_OK ? size : otherwise;
}

int64_t
store_wait(struct store *store, int64_t after_seq, int timeout_ms)
{
    int64_t until_us = store__mono_us() + timeout_ms * INT64_C(1000);
    for (;;) {
        int64_t now = store__mono_us(),
                step = now + WAIT_STEP_US < until_us ? now + WAIT_STEP_US : until_us;
        struct timespec until = {.tv_sec = step / TB_US_PER_SECOND,
                                 .tv_nsec = step % TB_US_PER_SECOND * 1000};
        pthread_mutex_lock(&store->news_lock);
        int code = 0;
        while (code == 0 && store->latest <= after_seq && !store->is_keeper_closing)
            code = pthread_cond_timedwait(&store->news, &store->news_lock, &until);
        int64_t latest = store->latest;
        bool is_closing = store->is_keeper_closing;
        pthread_mutex_unlock(&store->news_lock);
        if (latest <= after_seq)
            latest = read_latest(store, latest);
        if (latest > after_seq || is_closing || store__mono_us() >= until_us)
            return latest;
    }
}

/* ---- history ----------------------------------------------------------------------------------------------------- */

static const char *const op_words[] = {"insert", "update", "delete", "erase"};

static struct tb_json *
value_json(struct tb_arena *arena, const struct store__value *value, bool is_masked)
{
    if (value->kind == STORE__NULL)
        return tb_json_new(arena, TB_JSON_NULL);
    if (is_masked)
        return tb_json_new_text(arena, TB_STR("***"));
    if (value->kind == STORE__INT)
        return tb_json_new_int(arena, value->number);
    if (value->kind == STORE__BYTES)
        return tb_json_new_text(arena, tb_hex(arena, value->text.ptr, value->text.len));
    return tb_json_new_text(arena, tb_str_copy(arena, value->text));
}

/* The present state of a row as values; {} when the row is gone. */
static tb_status
present_values(struct store_read *read, struct tb_arena *arena, const struct store__table *table,
               int64_t id, struct tb_json *values, struct tb_err *err)
{
    struct store_rows *rows;
    TB_TRY(store__prepare(read->db, table->sql_get, &rows, err));
    store__bind_int(rows, 1, id);
    if (store_next(rows)) {
        int at = 1 + table->is_logged + table->has_salt;
        for (int i = 0; i < table->count; i++, at++) {
            struct store__value value = {0};
            if (!store_is_null(rows, at) && table->columns[i].kind == STORE__INT)
                value = (struct store__value){.kind = STORE__INT, .number = store_int(rows, at)};
            else if (!store_is_null(rows, at))
                value = (struct store__value){.kind = table->columns[i].kind,
                                              .text = store_text(rows, at)};
            tb_json_set(values, table->columns[i].row->name,
                        value_json(arena, &value, table->columns[i].is_personal));
        }
    }
    return store_rows_done(rows, err);
}

static tb_status
former_values(struct store_read *read, struct tb_arena *arena, int64_t seq, struct tb_json *values,
              bool *ret_is_found, struct tb_err *err)
{
    struct store_value param = STORE_INT_OF(seq);
    struct store_rows *rows;
    TB_TRY(store_select(read, sql_former, &param, 1, &rows, err));
    bool is_found = store_next(rows), is_good = true;
    struct store__image image;
    if (is_found) {
        tb_str bytes = tb_str_copy(arena, store_text(rows, 0));
        is_good = store__image_open(bytes, &image);
    }
    TB_TRY(store_rows_done(rows, err));
    *ret_is_found = is_found;
    struct store__image_column column;
    while (is_found && is_good && image.rest.len > 0) {
        is_good = store__image_next(&image, &column);
        if (is_good)
            tb_json_set(values, tb_cstr(arena, column.name),
                        value_json(arena, &column.value, column.is_personal));
    }
    return is_good ? TB_OK
                   : tb_fail(err, TB_CORRUPT, "log_old %lld is not a state", (long long)seq);
}

/* The latest entry of a row: its leaf, or for a row that is gone the entry that ended its last state. */
static tb_status
last_entry(struct store_read *read, const struct store__table *table, int64_t id, int64_t *ret_seq,
           struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0);
    const char *sql = tb_cstr(
        arena, tb_printf(arena, "SELECT \"leaf\" FROM \"%s\" WHERE \"id\" = $1", table->row->name));
    struct store_value params[] = {STORE_TEXT_OF(table->name), STORE_INT_OF(id)};
    bool is_found;
    int64_t seq = 0;
    tb_status status = store__select_one_int(read, sql, &params[1], 1, &seq, &is_found, err);
    if (status == TB_OK && !is_found)
        status = store__select_one_int(read, sql_former_last, params, 2, &seq, NULL, err);
    tb_arena_free(arena);
    TB_TRY(status);
    if (seq == 0)
        return tb_fail(err, TB_NOT_FOUND, "%s has no row %lld", table->row->name, (long long)id);
    *ret_seq = seq;
    return TB_OK;
}

static tb_status
history_step(struct store_read *read, struct tb_arena *arena, const struct store__table *table,
             int64_t *seq, bool is_newest, struct tb_json *list, struct tb_err *err)
{
    struct store_entry *entries;
    size_t count;
    TB_TRY(store_entries(read, arena, *seq - 1, 1, &entries, &count, err));
    const struct store_entry *entry = entries;
    if (count == 0 || entry->seq != *seq || entry->op > STORE_OP_ERASE || entry->prev >= *seq)
        return tb_fail(err, TB_CORRUPT, "entry %lld is missing or not readable; run log verify",
                       (long long)*seq);
    struct tb_json *state = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
    tb_json_set_int(arena, state, "seq", entry->seq);
    tb_json_set_int(arena, state, "at", entry->at);
    tb_json_set_int(arena, state, "actor", entry->actor);
    tb_json_set_text(arena, state, "purpose", entry->purpose);
    tb_json_set_text(arena, state, "op", tb_str_of(op_words[entry->op]));
    struct tb_json *values = tb_json_set_object(arena, state, "values");
    bool is_found = false;
    if (is_newest)
        TB_TRY(present_values(read, arena, table, entry->id, values, err));
    else
        TB_TRY(former_values(read, arena, entry->seq, values, &is_found, err));
    *seq = entry->prev;
    return TB_OK;
}

tb_status
store_history(struct store_read *read, struct tb_arena *arena, tb_str table, int64_t id,
              struct tb_json **ret_list, struct tb_err *err)
{
    const struct store__table *found = store__table_named(read->store->schema, table);
    if (found == NULL || !found->is_logged)
        return tb_fail(err, TB_NOT_FOUND, "there is no logged table " TB_FMT, TB_ARG(table));
    int64_t seq = 0;
    TB_TRY(last_entry(read, found, id, &seq, err));
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    for (int count = 0; seq != 0 && count < STORE_HISTORY_MAX; count++)
        TB_TRY(history_step(read, arena, found, &seq, count == 0, list, err));
    *ret_list = list;
    return TB_OK;
}
