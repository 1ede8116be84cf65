/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and closing. What stands in DIR:
 *
 *   tongban.db (+ -wal, -shm)   the database          keys/         0600: log.key, log.pub, blind.key …
 *   checkpoints.log             signed checkpoints    files/ab/…    content by SHA-256
 *   lock                        shared by every open store, exclusive for restore
 *   open.lock                   held while a store opens      tmp/   uploads on their way */
#include "store/store.sql.h"
#include "store/store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static tb_status
make_folders(struct store *store, struct tb_arena *arena, struct tb_err *err)
{
    TB_TRY(store__mkdir(store->dir, err));
    TB_TRY(store__mkdir(store__path(arena, store, "tmp"), err));
    return store__mkdir(store__path(arena, store, "files"), err);
}

/* Opens and locks DIR/name; -1 in *ret_file when the folder cannot be written and only reading is wanted. */
static tb_status
lock_file(struct store *store, struct tb_arena *arena, const char *name, int how, int *ret_file,
          struct tb_err *err)
{
    const char *path = store__path(arena, store, name);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 && store->is_read_only) {
        *ret_file = -1;
        return TB_OK;
    }
    if (fd < 0)
        return store__fail_errno(err, "opening", path);
    if (flock(fd, how) != 0) {
        close(fd);
        return tb_fail(err, TB_BUSY, "%s is held: a restore is running", path);
    }
    *ret_file = fd;
    return TB_OK;
}

static tb_status
open_database(struct store *store, struct tb_arena *arena, bool is_new, struct tb_err *err)
{
    int flags = store->is_read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    if (is_new)
        flags |= SQLITE_OPEN_CREATE;
    TB_TRY(store__db_open(store__db_path(arena, store), store->options.sqlite_vfs,
                          flags | SQLITE_OPEN_URI, &store->db, err));
    if (store->is_read_only)
        return store__migrate_check(&store->db, store->schema, err);
    /* 16 MB of pages for the writer: the pages of indexes by hash are touched all over. */
    TB_TRY(store__exec(
        &store->db,
        "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; PRAGMA foreign_keys = 1; "
        "PRAGMA cache_size = -16000; PRAGMA temp_store = 2; PRAGMA secure_delete = 1; PRAGMA "
        "journal_size_limit = 67108864;",
        err));
    TB_TRY(store__exec(&store->db,
                       store->options.is_unsafe_sync_off ? "PRAGMA synchronous = OFF"
                                                         : "PRAGMA synchronous = FULL",
                       err));
    return store__migrate(&store->db, store->schema,
                          store->options.env->now_us(store->options.env->context), err);
}

/* What the threads start from: the size of the log and of its last signed checkpoint. */
static tb_status
load_sizes(struct store *store, struct tb_err *err)
{
    struct store_read read = {.store = store, .db = &store->db};
    TB_TRY(store__select_one_int(&read, sql_log_size, NULL, 0, &store->latest, NULL, err));
    return store__select_one_int(&read, sql_checkpoint_size, NULL, 0, &store->signed_size, NULL,
                                 err);
}

static tb_status
open_locked(struct store *store, struct tb_arena *arena, struct tb_err *err)
{
    bool is_new = access(store__path(arena, store, "tongban.db"), F_OK) != 0;
    if (is_new && (!store->options.is_create || store->is_read_only))
        return tb_fail(err, TB_NOT_FOUND,
                       "%s holds no installation; make one with `tongban init --data %s`",
                       store->dir, store->dir);
    TB_TRY(store__keys_open(store, is_new, err));
    TB_TRY(open_database(store, arena, is_new, err));
    TB_TRY(load_sizes(store, err));
    if (store->is_read_only)
        return TB_OK;
    store__tmp_clean(store);
    TB_TRY(store__writer_start(store, err));
    return store__keeper_start(store, err);
}

static void
init_locks(struct store *store)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&store->readers_lock, NULL);
    pthread_mutex_init(&store->queue_lock, NULL);
    pthread_mutex_init(&store->news_lock, NULL);
    pthread_cond_init(&store->readers_free, &attr);
    pthread_cond_init(&store->queue_filled, &attr);
    pthread_cond_init(&store->news, &attr);
    pthread_cond_init(&store->keeper_wake, &attr);
    pthread_condattr_destroy(&attr);
}

static void
store_free(struct store *store)
{
    store__readers_close(store);
    store__db_close(&store->db);
    store__schema_free(store->schema);
    if (store->lock_file >= 0)
        close(store->lock_file);
    pthread_mutex_destroy(&store->readers_lock);
    pthread_mutex_destroy(&store->queue_lock);
    pthread_mutex_destroy(&store->news_lock);
    pthread_cond_destroy(&store->readers_free);
    pthread_cond_destroy(&store->queue_filled);
    pthread_cond_destroy(&store->news);
    pthread_cond_destroy(&store->keeper_wake);
    explicit_bzero(&store->key, sizeof store->key);
    explicit_bzero(store->blind_key, sizeof store->blind_key);
    free(store->dir);
    free(store);
}

tb_status
store_open(const struct store_options *options, struct store **ret_store, struct tb_err *err)
{
    struct store *store = calloc(1, sizeof *store);
    tb_assert(store != NULL);
    tb_str dir = options->dir;
    while (dir.len > 1 && dir.ptr[dir.len - 1] == '/')
        dir.len--;
    store->dir = strndup(dir.len > 0 ? dir.ptr : ".", dir.len > 0 ? dir.len : 1);
    tb_assert(store->dir != NULL);
    store->options = *options;
    store->is_read_only = options->is_read_only;
    store->lock_file = -1;
    init_locks(store);
    struct tb_arena *arena = tb_arena_new(0);
    int opening = -1;
    tb_status status = store__schema_new(options->tables, &store->schema, err);
    if (status == TB_OK && options->is_create && !store->is_read_only)
        status = make_folders(store, arena, err);
    if (status == TB_OK && access(store->dir, F_OK) != 0)
        status =
            tb_fail(err, TB_NOT_FOUND,
                    "there is no folder %s; make an installation with `tongban init --data %s`",
                    store->dir, store->dir);
    if (status == TB_OK)
        status = lock_file(store, arena, "lock", LOCK_SH | LOCK_NB, &store->lock_file, err);
    if (status == TB_OK)
        status = lock_file(store, arena, "open.lock", LOCK_EX, &opening, err);
    if (status == TB_OK)
        status = open_locked(store, arena, err);
    if (opening >= 0)
        close(opening);
    tb_arena_free(arena);
    if (status != TB_OK) {
        store__keeper_stop(store);
        store__writer_stop(store);
        store_free(store);
        return status;
    }
    *ret_store = store;
    return TB_OK;
}

void
store_close(struct store *store)
{
    if (store == NULL)
        return;
    store__keeper_stop(store);
    store__writer_stop(store);
    store__readers_close(store);
    if (!store->is_read_only && !atomic_load(&store->is_stopped))
        sqlite3_wal_checkpoint_v2(store->db.sqlite, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    store_free(store);
}

tb_str
store_dir(const struct store *store)
{
    return tb_str_of(store->dir);
}

const char *
store__db_path(struct tb_arena *arena, const struct store *store)
{
    const char *path = store__path(arena, store, "tongban.db");
    if (!store->is_read_only)
        return path;
    /* On a folder that cannot be written SQLite has no place for its shared memory; nobody else writes there either. */
    const char *wal = store__path(arena, store, "tongban.db-wal");
    if (access(store->dir, W_OK) == 0 || access(wal, F_OK) == 0)
        return path;
    struct tb_buf buf = {.arena = arena};
    tb_buf_cstr(&buf, "file:");
    for (const char *c = path; *c != '\0'; c++) {
        if (*c == '?' || *c == '#' || *c == '%')
            tb_buf_printf(&buf, "%%%02x", (unsigned)(uint8_t)*c);
        else
            tb_buf_char(&buf, *c);
    }
    tb_buf_cstr(&buf, "?immutable=1");
    return tb_cstr(arena, tb_buf_done(&buf));
}
