/* SPDX-License-Identifier: Apache-2.0 */
/* The keeper: moves the WAL into the database off the path of commits, signs the log, forgets old answers.
 *
 * A signed checkpoint covers what is committed and synced; it goes to checkpoints.log first, then into its table. */
#include "store/store.sql.h"
#include "store/store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PRUNE_MS INT64_C(3600000)

/* ---- signing ----------------------------------------------------------------------------------------------------- */

static tb_status
append_all(int fd, tb_str bytes, const char *path, struct tb_err *err)
{
    if (write(fd, bytes.ptr, bytes.len) != (ssize_t)bytes.len)
        return store__fail_errno(err, "writing", path);
    return fdatasync(fd) == 0 ? TB_OK : store__fail_errno(err, "syncing", path);
}

/* Cuts a piece of a note that a crash left at the end. */
static tb_status
cut_torn_tail(int fd, const char *path, struct tb_err *err)
{
    char tail[TLOG_NOTE_BYTES_MAX];
    off_t end = lseek(fd, 0, SEEK_END);
    off_t start = end > (off_t)sizeof tail ? end - (off_t)sizeof tail : 0;
    ssize_t len = pread(fd, tail, (size_t)(end - start), start);
    if (end < 0 || len < 0)
        return store__fail_errno(err, "reading", path);
    tb_str rest = {tail, (size_t)len}, note;
    size_t good = 0;
    while (tlog_notes_cut(&rest, &note))
        good = (size_t)(rest.ptr - tail);
    /* The empty line behind the note belongs to it. */
    if (good < (size_t)len && good > 0 && tail[good] == '\n')
        good++;
    if (good == (size_t)len || (good == 0 && start > 0))
        return TB_OK;
    return ftruncate(fd, start + (off_t)good) == 0 ? TB_OK
                                                   : store__fail_errno(err, "cutting", path);
}

static tb_status
append_note(struct store *store, struct tb_arena *arena, tb_str note, struct tb_err *err)
{
    const char *path = store__path(arena, store, "checkpoints.log");
    int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return store__fail_errno(err, "opening", path);
    tb_status status = flock(fd, LOCK_EX) == 0 ? TB_OK : store__fail_errno(err, "locking", path);
    if (status == TB_OK)
        status = cut_torn_tail(fd, path, err);
    if (status == TB_OK)
        status = append_all(fd, tb_printf(arena, TB_FMT "\n", TB_ARG(note)), path, err);
    close(fd);
    return status;
}

struct signing {
    int64_t size;
    tb_str note;
};

static tb_status
keep_checkpoint(struct store_tx *tx, void *arg, struct tb_err *err)
{
    const struct signing *signing = arg;
    struct store_rows *rows;
    /* Another process may have signed the same size. */
    TB_TRY(store__prepare(
        tx->read.db,
        "INSERT INTO checkpoints (id, at, note) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING", &rows,
        err));
    store__bind_int(rows, 1, signing->size);
    store__bind_int(rows, 2, tx->now);
    store__bind_text(rows, 3, signing->note);
    tb_status status = store__run(rows, err);
    store__release(rows);
    return status == TB_OK ? TB_OK : store__tx_failed(tx, status, err);
}

static tb_status
sign_in(struct store *store, struct tb_arena *arena, struct tb_err *err)
{
    struct store_read *read;
    struct store_rows *rows;
    struct tlog_range range = {0};
    TB_TRY(store_snapshot(store, &read, err));
    tb_status status = store_select(read, sql_frontier, NULL, 0, &rows, err);
    if (status == TB_OK) {
        bool is_read = store_next(rows) && tlog_range_read(store_text(rows, 0), &range);
        status = store_rows_done(rows, err);
        if (status == TB_OK && !is_read)
            status = tb_fail(err, TB_CORRUPT, "log_state: the frontier is not readable");
    }
    store_snapshot_done(read);
    TB_TRY(status);
    pthread_mutex_lock(&store->news_lock);
    bool is_signed = store->signed_size == (int64_t)range.size;
    pthread_mutex_unlock(&store->news_lock);
    if (is_signed)
        return TB_OK;
    struct signing signing = {.size = (int64_t)range.size};
    struct tb_sha256 root = tlog_root(&range);
    TB_TRY(tlog_checkpoint_sign(arena, &store->key, range.size, &root, &signing.note, err));
    TB_TRY(append_note(store, arena, signing.note, err));
    struct store_cause cause = {.purpose = TB_STR("log.sign")};
    TB_TRY(store_write(store, &cause, keep_checkpoint, &signing, err));
    pthread_mutex_lock(&store->news_lock);
    store->signed_size = signing.size;
    pthread_mutex_unlock(&store->news_lock);
    return TB_OK;
}

tb_status
store__sign_now(struct store *store, struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0);
    tb_status status = sign_in(store, arena, err);
    tb_arena_free(arena);
    return status;
}

/* ---- the WAL ----------------------------------------------------------------------------------------------------- */

void
store__wal_checkpoint(struct store *store, struct store__db *db, int mode)
{
    int frames = 0, done = 0;
    int code = sqlite3_wal_checkpoint_v2(db->sqlite, NULL, mode, &frames, &done);
    if (frames >= 0)
        atomic_store(&store->wal_done, frames);
    if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC)
        atomic_store(&store->is_stopped, true);
}

/* ---- old answers ------------------------------------------------------------------------------------------------- */

static tb_status
prune_once(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct store_rows *rows;
    /* Ids rise with time, so the oldest rows come first and no index over the time is needed. */
    TB_TRY(store__prepare(
        tx->read.db,
        "DELETE FROM once WHERE id IN (SELECT id FROM once ORDER BY id LIMIT 500) AND at < ?1",
        &rows, err));
    store__bind_int(rows, 1, tx->now - STORE_ONCE_DAYS * TB_US_PER_DAY);
    tb_status status = store__run(rows, err);
    store__release(rows);
    return status == TB_OK ? TB_OK : store__tx_failed(tx, status, err);
}

/* ---- the thread -------------------------------------------------------------------------------------------------- */

static bool
wal_is_due(struct store *store)
{
    return atomic_load(&store->wal_frames) - atomic_load(&store->wal_done) >= STORE__WAL_FRAMES;
}

/* Waits for news or until the time; false when the store closes. */
static bool
keeper_wait(struct store *store, int64_t until_us)
{
    struct timespec until = {.tv_sec = until_us / TB_US_PER_SECOND,
                             .tv_nsec = until_us % TB_US_PER_SECOND * 1000};
    pthread_mutex_lock(&store->news_lock);
    int code = 0;
    while (code == 0 && !store->is_keeper_closing && !wal_is_due(store) &&
           store->latest - store->signed_size < STORE_CHECKPOINT_ENTRIES)
        code = pthread_cond_timedwait(&store->keeper_wake, &store->news_lock, &until);
    bool is_open = !store->is_keeper_closing;
    pthread_mutex_unlock(&store->news_lock);
    return is_open;
}

/* Waits a second after a failure; true when the store closes. */
static bool
keeper_pause(struct store *store)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec++;
    pthread_mutex_lock(&store->news_lock);
    int code = 0;
    while (code == 0 && !store->is_keeper_closing)
        code = pthread_cond_timedwait(&store->keeper_wake, &store->news_lock, &until);
    bool is_closing = store->is_keeper_closing;
    pthread_mutex_unlock(&store->news_lock);
    return is_closing;
}

static void *
keeper_main(void *context)
{
    struct store *store = context;
    int64_t signed_at = store__mono_us(), pruned_at = signed_at;
    for (;;) {
        int64_t until = signed_at + STORE_CHECKPOINT_MS_MAX * INT64_C(1000);
        if (!keeper_wait(store, until))
            return NULL;
        if (wal_is_due(store))
            store__wal_checkpoint(store, &store->keeper_db, SQLITE_CHECKPOINT_PASSIVE);
        int64_t now = store__mono_us();
        pthread_mutex_lock(&store->news_lock);
        bool is_due =
            store->latest - store->signed_size >= STORE_CHECKPOINT_ENTRIES || now >= until;
        pthread_mutex_unlock(&store->news_lock);
        if (is_due) {
            signed_at = now;
            if (store__sign_now(store, NULL) != TB_OK && keeper_pause(store))
                return NULL;
        }
        if (now - pruned_at > PRUNE_MS * 1000) {
            pruned_at = now;
            struct store_cause cause = {.purpose = TB_STR("store.prune")};
            if (store_write(store, &cause, prune_once, NULL, NULL) != TB_OK)
                pruned_at = now - PRUNE_MS * 900;
        }
    }
}

tb_status
store__keeper_start(struct store *store, struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0);
    tb_status status = store__db_open(store__db_path(arena, store), store->options.sqlite_vfs,
                                      SQLITE_OPEN_READWRITE, &store->keeper_db, err);
    tb_arena_free(arena);
    if (status == TB_OK)
        status = store__exec(&store->keeper_db,
                             store->options.is_unsafe_sync_off ? "PRAGMA synchronous = OFF"
                                                               : "PRAGMA synchronous = FULL",
                             err);
    TB_TRY(status);
    if (pthread_create(&store->keeper, NULL, keeper_main, store) != 0)
        return tb_fail(err, TB_INTERNAL, "no thread for the keeper");
    store->is_keeper_up = true;
    return TB_OK;
}

void
store__keeper_stop(struct store *store)
{
    pthread_mutex_lock(&store->news_lock);
    store->is_keeper_closing = true;
    pthread_cond_broadcast(&store->keeper_wake);
    pthread_mutex_unlock(&store->news_lock);
    if (store->is_keeper_up) {
        pthread_join(store->keeper, NULL);
        /* The last signature is a courtesy: what it would cover is on disk already. */
        (void)!store__sign_now(store, NULL);
    }
    store->is_keeper_up = false;
    store__db_close(&store->keeper_db);
}
