/* SPDX-License-Identifier: Apache-2.0 */
/* The one writer of this process.
 *
 *   IDLE --request--> BATCH --commit--> IDLE
 *                       |  \--constraint, rule: ROLLBACK TO its SAVEPOINT, the batch goes on
 *                       \---full disk, I/O, damage, lock: ROLLBACK, everybody in the batch is told
 *   any --failed fsync--> STOPPED: every write is refused until the program is started again
 *
 * A batch takes what waits: at most STORE_BATCH_REQUESTS_MAX requests and STORE_BATCH_MS_MAX. BEGIN IMMEDIATE lets one
 * batch run in the whole installation; the row of log_state carries the number of the batch, by which this process sees
 * whether another one wrote in between, and drops what it remembered. */
#include "store/store.sql.h"
#include "store/store_internal.h"

#include <string.h>

/* ---- what closures use ------------------------------------------------------------------------------------------- */

void
store__random(struct store *store, uint8_t *ret_bytes, size_t len)
{
    tb_assert(len <= sizeof store->random);
    if (store->random_left < len) {
        store->options.env->random(store->options.env->context, store->random,
                                   sizeof store->random);
        store->random_left = sizeof store->random;
    }
    store->random_left -= len;
    memcpy(ret_bytes, store->random + store->random_left, len);
    memset(store->random + store->random_left, 0, len);
}

struct store_read *
store_tx_read(struct store_tx *tx)
{
    return &tx->read;
}

int64_t
store_tx_now(const struct store_tx *tx)
{
    return tx->now;
}

const struct tb_env *
store_tx_env(const struct store_tx *tx)
{
    return tx->store->options.env;
}

struct tb_arena *
store_tx_arena(struct store_tx *tx)
{
    return tx->arena;
}

struct store *
store_tx_store(struct store_tx *tx)
{
    return tx->store;
}

tb_status
store__tx_failed(struct store_tx *tx, tb_status status, struct tb_err *err)
{
    if (store__is_fatal(status) && tx->failure == TB_OK) {
        tx->failure = status;
        tx->failure_err = err != NULL ? *err : (struct tb_err){.status = status};
    }
    return status;
}

/* ---- ids --------------------------------------------------------------------------------------------------------- */

tb_status
store__new_id(struct store_tx *tx, struct store__table *table, int64_t *ret_id, struct tb_err *err)
{
    if (table->next_id == 0) {
        struct store_value name = STORE_TEXT_OF(table->name);
        bool is_found;
        int64_t last;
        tb_status status =
            store__select_one_int(&tx->read, sql_counter, &name, 1, &last, &is_found, err);
        if (status != TB_OK)
            return store__tx_failed(tx, status, err);
        table->next_id = last + 1;
        table->is_counter_new = !is_found;
    }
    *ret_id = table->next_id++;
    table->is_counter_dirty = true;
    return TB_OK;
}

static tb_status
counter_write(struct store_tx *tx, size_t index, struct store__table *table, struct tb_err *err)
{
    struct store_rows *rows;
    const char *sql = table->is_counter_new
                          ? "INSERT INTO counters (id, name, value) VALUES (?1, ?2, ?3)"
                          : "UPDATE counters SET value = ?3 WHERE name = ?2";
    TB_TRY(store__prepare(&tx->store->db, sql, &rows, err));
    if (table->is_counter_new) {
        /* Tables are never renumbered: the id of a counter is the next free one. */
        int64_t last;
        tb_status status =
            store__select_one_int(&tx->read, sql_counter_last, NULL, 0, &last, NULL, err);
        if (status != TB_OK) {
            store__release(rows);
            return status;
        }
        store__bind_int(rows, 1, last + 1);
    }
    store__bind_text(rows, 2, table->name);
    store__bind_int(rows, 3, table->next_id - 1);
    tb_status status = store__run(rows, err);
    store__release(rows);
    TB_TRY(status);
    table->is_counter_dirty = false;
    table->is_counter_new = false;
    return TB_OK;
}

tb_status
store__counters_write(struct store_tx *tx, struct tb_err *err)
{
    struct store__schema *schema = tx->store->schema;
    for (size_t i = 0; i < schema->count; i++)
        if (schema->tables[i].is_counter_dirty)
            TB_TRY(counter_write(tx, i, &schema->tables[i], err));
    return TB_OK;
}

void
store__counters_forget(struct store *store)
{
    for (size_t i = 0; i < store->schema->count; i++) {
        struct store__table *table = &store->schema->tables[i];
        table->next_id = 0;
        table->is_counter_dirty = table->is_counter_new = false;
    }
}

/* ---- one batch --------------------------------------------------------------------------------------------------- */

/* Reads the one row of log_state and sets the frontier. */
static tb_status
batch_begin(struct store_tx *tx, struct tb_err *err)
{
    struct store *store = tx->store;
    TB_TRY(store__run_sql(&store->db, "BEGIN IMMEDIATE", err));
    struct store_rows *rows;
    TB_TRY(store__prepare(&store->db, sql_batch, &rows, err));
    bool is_found = store_next(rows);
    int64_t batch = is_found ? store_int(rows, 0) : -1;
    tb_status status = TB_OK;
    if (is_found && batch != tx->batch && !tlog_range_read(store_text(rows, 1), &tx->range))
        status = tb_fail(err, TB_CORRUPT, "log_state: the frontier is not readable");
    tb_status end = store_rows_done(rows, status == TB_OK ? err : NULL);
    TB_TRY(status);
    TB_TRY(end);
    if (!is_found)
        return tb_fail(err, TB_CORRUPT, "log_state has no row");
    if (batch != tx->batch)
        store__counters_forget(store);
    tx->batch = batch;
    tx->leaves = NULL;
    tx->leaf_count = tx->leaf_cap = 0;
    tx->failure = TB_OK;
    tx->has_erased = false;
    tx->now = store->options.env->now_us(store->options.env->context);
    return TB_OK;
}

/* Runs one closure in its SAVEPOINT. A status other than TB_OK here ends the batch. */
static tb_status
run_request(struct store_tx *tx, struct store__request *request, struct tb_err *err)
{
    struct store__db *db = &tx->store->db;
    size_t leaves = tx->leaf_count;
    TB_TRY(store__run_sql(db, "SAVEPOINT request", err));
    tx->cause = request->cause;
    tx->once_count = 0;
    request->status = request->fn(tx, request->arg, request->err);
    tb_assert(db->used == 0);
    if (tx->failure != TB_OK) {
        if (err != NULL)
            *err = tx->failure_err;
        return tx->failure;
    }
    if (request->status == TB_OK)
        return store__run_sql(db, "RELEASE request", err);
    tx->leaf_count = leaves;
    TB_TRY(store__run_sql(db, "ROLLBACK TO request", err));
    return store__run_sql(db, "RELEASE request", err);
}

struct closing {
    struct store_tx *tx;
    tb_status status;
    struct tb_err *err;
};

/* Stores the roots of 256 leaves, of 65,536 and so on, from which proofs are made. */
static void
on_closed(void *context, int level, uint64_t index, const struct tb_sha256 *hash)
{
    struct closing *closing = context;
    if (level % STORE__TILE_LEVEL != 0 || closing->status != TB_OK)
        return;
    struct store_rows *rows;
    closing->status =
        store__prepare(&closing->tx->store->db, "INSERT INTO log_node (id, hash) VALUES (?1, ?2)",
                       &rows, closing->err);
    if (closing->status != TB_OK)
        return;
    store__bind_int(rows, 1, store__node_id(level, index));
    store__bind_bytes(rows, 2, hash->bytes, sizeof hash->bytes);
    closing->status = store__run(rows, closing->err);
    store__release(rows);
}

/* Folds the new leaves into the frontier, writes counters and log_state, commits. */
static tb_status
batch_commit(struct store_tx *tx, struct tlog_range *range, struct tb_err *err)
{
    struct store *store = tx->store;
    struct closing closing = {tx, TB_OK, err};
    for (size_t i = 0; i < tx->leaf_count; i++)
        tlog_append(range, &tx->leaves[i], on_closed, &closing);
    TB_TRY(closing.status);
    TB_TRY(store__counters_write(tx, err));
    uint8_t frontier[TLOG_RANGE_BYTES_MAX];
    size_t len = tlog_range_write(range, frontier);
    struct store_rows *rows;
    TB_TRY(store__prepare(&store->db,
                          "UPDATE log_state SET batch = ?1, size = ?2, frontier = ?3 WHERE id = 1",
                          &rows, err));
    store__bind_int(rows, 1, tx->batch + 1);
    store__bind_int(rows, 2, (int64_t)range->size);
    store__bind_bytes(rows, 3, frontier, len);
    tb_status status = store__run(rows, err);
    store__release(rows);
    TB_TRY(status);
    return store__run_sql(&store->db, "COMMIT", err);
}

static void
batch_rollback(struct store *store)
{
    /* SQLite may have rolled back by itself; what this process remembered of the batch is void in any case. */
    if (sqlite3_get_autocommit(store->db.sqlite) == 0 &&
        store__run_sql(&store->db, "ROLLBACK", NULL) != TB_OK)
        tb_assert(sqlite3_get_autocommit(store->db.sqlite) != 0);
    store->tx.batch = -1;
    store__counters_forget(store);
}

static void
publish(struct store *store, const struct tlog_range *range)
{
    struct store_tx *tx = &store->tx;
    tx->range = *range;
    tx->batch++;
    pthread_mutex_lock(&store->news_lock);
    if (store->latest < (int64_t)range->size) {
        store->latest = (int64_t)range->size;
        pthread_cond_broadcast(&store->news);
        if (store->latest - store->signed_size >= STORE_CHECKPOINT_ENTRIES)
            pthread_cond_signal(&store->keeper_wake);
    }
    pthread_mutex_unlock(&store->news_lock);
}

static struct store__request *
queue_take(struct store *store)
{
    pthread_mutex_lock(&store->queue_lock);
    struct store__request *request = store->queue_first;
    if (request != NULL) {
        store->queue_first = request->next;
        if (store->queue_first == NULL)
            store->queue_last = NULL;
    }
    pthread_mutex_unlock(&store->queue_lock);
    return request;
}

/* Runs requests until the queue is empty or the batch is full. The requests taken are in taken[]. */
static tb_status
batch_run(struct store_tx *tx, struct store__request **taken, size_t *count, struct tb_err *err)
{
    int64_t until = store__mono_us() + STORE_BATCH_MS_MAX * INT64_C(1000);
    for (;;) {
        TB_TRY(run_request(tx, taken[*count - 1], err));
        if (*count == STORE_BATCH_REQUESTS_MAX || store__mono_us() > until)
            return TB_OK;
        struct store__request *next = queue_take(tx->store);
        if (next == NULL)
            return TB_OK;
        taken[(*count)++] = next;
    }
}

static void
answer_all(struct store__request **taken, size_t count, tb_status failure, const struct tb_err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (failure != TB_OK) {
            taken[i]->status = failure;
            if (taken[i]->err != NULL)
                *taken[i]->err = *err;
        }
        sem_post(&taken[i]->done);
    }
}

/* One batch that starts with this request. */
static void
run_batch(struct store *store, struct store__request *first)
{
    struct store_tx *tx = &store->tx;
    struct store__request *taken[STORE_BATCH_REQUESTS_MAX] = {first};
    size_t count = 1;
    struct tb_err err = {0};
    struct tlog_range range;
    tb_status status = TB_OK;
    if (atomic_load(&store->is_stopped))
        status = tb_fail(
            &err, TB_IO,
            "an fsync failed earlier: what is on disk is not known; check the disk and start "
            "the program again");
    if (status == TB_OK)
        status = batch_begin(tx, &err);
    if (status == TB_OK)
        status = batch_run(tx, taken, &count, &err);
    if (status == TB_OK) {
        range = tx->range;
        status = batch_commit(tx, &range, &err);
    }
    if (status == TB_OK)
        publish(store, &range);
    else
        batch_rollback(store);
    if (store->db.is_sync_failed)
        atomic_store(&store->is_stopped, true);
    answer_all(taken, count, status, &err);
    tb_arena_reset(tx->arena);
}

/* Under steady load frames are appended while the keeper copies, so that it never comes to the end and the WAL never
 * starts anew. Between two batches nobody appends: the little that the keeper left is copied here. */
static void
wal_finish(struct store *store)
{
    long frames = atomic_load(&store->wal_frames);
    /* What was erased must not live on in the WAL. */
    if (store->tx.has_erased)
        store__wal_checkpoint(store, &store->db, SQLITE_CHECKPOINT_TRUNCATE);
    store->tx.has_erased = false;
    if (frames < store->wal_tried)
        store->wal_tried = 0;
    if (frames < STORE__WAL_FRAMES_FINISH || frames < store->wal_tried + STORE__WAL_FRAMES)
        return;
    store->wal_tried = frames;
    store__wal_checkpoint(store, &store->db,
                          frames < STORE__WAL_FRAMES_MAX ? SQLITE_CHECKPOINT_PASSIVE
                                                         : SQLITE_CHECKPOINT_RESTART);
}

/* ---- the thread -------------------------------------------------------------------------------------------------- */

static void *
writer_main(void *context)
{
    struct store *store = context;
    for (;;) {
        pthread_mutex_lock(&store->queue_lock);
        while (store->queue_first == NULL && !store->is_closing)
            pthread_cond_wait(&store->queue_filled, &store->queue_lock);
        bool is_end = store->queue_first == NULL;
        pthread_mutex_unlock(&store->queue_lock);
        if (is_end)
            return NULL;
        struct store__request *first = queue_take(store);
        if (first == NULL)
            continue;
        run_batch(store, first);
        wal_finish(store);
    }
}

tb_status
store_write(struct store *store, const struct store_cause *cause, store_fn fn, void *arg,
            struct tb_err *err)
{
    static const struct store_cause nobody = {0};
    struct store__request request = {
        .cause = cause != NULL ? cause : &nobody, .fn = fn, .arg = arg, .err = err};
    if (store->is_read_only)
        return tb_fail(err, TB_INTERNAL, "the store is open for reading only");
    if (pthread_equal(pthread_self(), store->writer))
        return tb_fail(err, TB_INTERNAL, "store_write inside a closure would wait for itself");
    if (request.cause->request.len > STORE_CAUSE_BYTES_MAX ||
        request.cause->purpose.len > STORE_CAUSE_BYTES_MAX)
        return tb_fail(err, TB_LIMIT, "request id and purpose have at most %d bytes",
                       STORE_CAUSE_BYTES_MAX);
    sem_init(&request.done, 0, 0);
    pthread_mutex_lock(&store->queue_lock);
    bool is_first = store->queue_first == NULL;
    if (is_first)
        store->queue_first = &request;
    else
        store->queue_last->next = &request;
    store->queue_last = &request;
    if (is_first)
        pthread_cond_signal(&store->queue_filled);
    pthread_mutex_unlock(&store->queue_lock);
    while (sem_wait(&request.done) != 0) {
        /* Interrupted by a signal: the request is still queued on this stack. */
    }
    sem_destroy(&request.done);
    return request.status;
}

static int
wal_hook(void *context, sqlite3 *sqlite, const char *name, int frames)
{
    struct store *store = context;
    long done = atomic_load(&store->wal_done);
    atomic_store(&store->wal_frames, frames);
    if (frames < done)
        atomic_store(&store->wal_done, done = 0);
    if (frames - done >= STORE__WAL_FRAMES)
        pthread_cond_signal(&store->keeper_wake);
    return SQLITE_OK;
}

tb_status
store_health(struct store *store, struct tb_err *err)
{
    if (atomic_load(&store->is_stopped))
        return tb_fail(
            err, TB_IO,
            "an fsync failed: writing has stopped; check the disk and start the program again");
    return TB_OK;
}

tb_status
store__writer_start(struct store *store, struct tb_err *err)
{
    struct store_tx *tx = &store->tx;
    sqlite3_wal_hook(store->db.sqlite, wal_hook, store);
    store->sql_log = store__table_find(store->schema, "log")->sql_insert;
    store->sql_log_old = store__table_find(store->schema, "log_old")->sql_insert;
    tx->store = store;
    tx->read = (struct store_read){.store = store, .db = &store->db, .is_tx = true};
    tx->arena = tb_arena_new(0);
    tx->image.arena = tx->digest.arena = tb_arena_new(0);
    tx->batch = -1;
    if (pthread_create(&store->writer, NULL, writer_main, store) != 0)
        return tb_fail(err, TB_INTERNAL, "no thread for the writer");
    store->is_writer_up = true;
    return TB_OK;
}

void
store__writer_stop(struct store *store)
{
    pthread_mutex_lock(&store->queue_lock);
    store->is_closing = true;
    pthread_cond_broadcast(&store->queue_filled);
    pthread_mutex_unlock(&store->queue_lock);
    if (store->is_writer_up)
        pthread_join(store->writer, NULL);
    store->is_writer_up = false;
    tb_arena_free(store->tx.image.arena);
    tb_arena_free(store->tx.arena);
    store->tx.image.arena = store->tx.arena = NULL;
}
