/* store_internal.h - what the files of store share.
 *
 * All sqlite3_* calls of reading and writing stand in store_sqlite.c, behind struct store__db (a connection) and struct
 * store_rows (a prepared statement of it). A second back end replaces that file.
 *
 *   store_write ──queue──> store_writer.c ──tx──> store_change.c ──> store_image.c (digest), log, log_old
 *                              │ commit
 *                              └──> store_keeper.c: WAL checkpoints, signed checkpoints, housekeeping */
#ifndef STORE_STORE_INTERNAL_H
#define STORE_STORE_INTERNAL_H

#include "base/base.h"
#include "store/store.h"
#include "tlog/tlog.h"

#include <pthread.h>
#include <semaphore.h>
#include <sqlite3.h>
#include <stdatomic.h>

/* ---- connections (store_sqlite.c) -------------------------------------------------------------------------------- */

#define STORE__CACHE_BUCKETS 256
#define STORE__CACHE_MAX 512
#define STORE__PARAMS_MAX 64

struct store_rows {
    sqlite3_stmt *sqlite;
    struct store__db *db;
    struct store_rows *next; /* in the bucket */
    char *sql;               /* owned copy */
    size_t sql_len;
    int params
        [STORE__PARAMS_MAX]; /* SQLite's index of $1, $2 …; 0 when the text skips the number */
    int param_count;
    char *kept; /* owned: texts bound by a select, which outlive the call */
    size_t kept_cap;
    int failure; /* SQLite's code that ended the stepping; 0 */
    bool is_used;
};

struct store__db {
    sqlite3 *sqlite;
    struct store_rows *buckets[STORE__CACHE_BUCKETS];
    size_t cached;
    int used;            /* statements given out */
    int64_t deadline_us; /* monotonic; 0 = none */
    bool is_sync_failed; /* an fsync failed: what is on disk is no longer known */
};

int64_t store__mono_us(void);
TB_NODISCARD tb_status store__db_open(const char *path, const char *vfs, int flags,
                                      struct store__db *db, struct tb_err *err);
void store__db_close(struct store__db *db);
TB_NODISCARD tb_status store__exec(struct store__db *db, const char *sql,
                                   struct tb_err *err); /* not cached */
/* Gives out the cached statement of this text, prepared; store__release gives it back. */
TB_NODISCARD tb_status store__prepare(struct store__db *db, const char *sql,
                                      struct store_rows **ret_rows, struct tb_err *err);
void store__release(struct store_rows *rows);
/* Own statements bind by SQLite's index from 1; texts are borrowed until the statement is reset. */
void store__bind_int(struct store_rows *rows, int index, int64_t value);
void store__bind_text(struct store_rows *rows, int index, tb_str text);
void store__bind_bytes(struct store_rows *rows, int index, const void *bytes, size_t len);
void store__bind_null(struct store_rows *rows, int index);
/* Steps a statement that gives no rows to its end and resets it. */
TB_NODISCARD tb_status store__run(struct store_rows *rows, struct tb_err *err);
/* Prepares, runs and releases a text without parameters, through the cache. */
TB_NODISCARD tb_status store__run_sql(struct store__db *db, const char *sql, struct tb_err *err);
void store__reset(struct store_rows *rows);
/* Translates SQLite's failure; notes a failed fsync in db. */
tb_status store__fail(struct store__db *db, int code, struct tb_err *err, const char *doing);
/* Does the status end the whole batch? */
bool store__is_fatal(tb_status status);

/* ---- schema (store_schema.c, store_ddl.c) ------------------------------------------------------------------------ */

typedef enum { STORE__NULL, STORE__INT, STORE__TEXT, STORE__BYTES, STORE__COMMIT } store__kind;

/* A value of a row as the digest sees it. STORE__COMMIT: text holds the 32 bytes of a commitment. */
struct store__value {
    store__kind kind;
    int64_t number;
    tb_str text;
};

struct store__column {
    const struct store_column *row;
    store__kind kind;
    bool is_personal;
};

/* A statement that updates the columns of a bit mask. */
struct store__update {
    uint64_t mask;
    char *sql;
    struct store__update *next;
};

/* A table, compiled. Immutable but for the statements of the writer. */
struct store__table {
    const struct store_table *row;
    tb_str name;
    struct store__column columns[STORE_COLUMNS_MAX];
    int count;
    int sorted[STORE_COLUMNS_MAX]; /* column indexes in byte order of the names */
    bool is_logged, has_salt;
    char *sql_insert, *sql_get, *sql_delete;
    struct store__update *updates; /* writer thread only */
    int64_t next_id;               /* writer thread only; 0 = not read yet */
    bool is_counter_dirty, is_counter_new;
};

struct store__schema {
    struct tb_arena *arena;
    struct store__table *tables;
    size_t count;
    size_t own;                    /* how many at the front are the store's own */
    struct store__table **buckets; /* by hash of the name */
    size_t bucket_mask;
};

extern const struct store_table *const store__own_tables[]; /* store_meta.c; NULL-terminated */

/* Compiles own tables and the given ones. TB_INTERNAL names every mistake found in the rows. */
TB_NODISCARD tb_status store__schema_new(const struct store_table *const *tables,
                                         struct store__schema **ret_schema, struct tb_err *err);
void store__schema_free(struct store__schema *schema);
struct store__table *store__table_find(const struct store__schema *schema, const char *name);
struct store__table *store__table_named(const struct store__schema *schema, tb_str name);
int store__column_find(const struct store__table *table, const char *name,
                       int hint); /* -1 when absent */

/* Brings the database to the schema: makes what is missing, refuses what is unknown (TB_VERSION). */
TB_NODISCARD tb_status store__migrate(struct store__db *db, const struct store__schema *schema,
                                      int64_t now, struct tb_err *err);
/* The same check alone, for a database that must not be changed. */
TB_NODISCARD tb_status store__migrate_check(struct store__db *db,
                                            const struct store__schema *schema, struct tb_err *err);

/* ---- digests and former states (store_image.c) ------------------------------------------------------------------- */

#define STORE__SALT_BYTES 16

/* SHA-256 over table, id and every non-null column by name; personal columns by commitment. */
struct tb_sha256 store__digest(struct tb_buf *scratch, const struct store__table *table, int64_t id,
                               const struct store__value *values, const uint8_t *salt);
/* A state as bytes for log_old: self-describing, so that it can be checked without the schema. */
tb_str store__image(struct tb_buf *buf, const struct store__table *table,
                    const struct store__value *values, const uint8_t *salt);

/* One column of an image. is_erased: text is the commitment that was kept. */
struct store__image_column {
    tb_str name;
    struct store__value value;
    bool is_personal, is_erased;
};
struct store__image {
    tb_str rest;
    const uint8_t *salt; /* NULL when there is none */
};
bool store__image_open(tb_str bytes, struct store__image *ret_image);
bool store__image_next(struct store__image *image, struct store__image_column *ret_column);
/* False when the bytes are not an image. */
bool store__image_digest(struct tb_buf *scratch, tb_str table, int64_t id, tb_str bytes,
                         struct tb_sha256 *ret_digest, bool *ret_is_erased);
/* The image without personal values, commitments in their place. */
bool store__image_erase(struct tb_buf *buf, tb_str bytes, tb_str *ret_bytes);
/* Leaf hash of an entry (docs/reference/log.md). */
struct tb_sha256 store__entry_hash(struct tb_buf *scratch, const struct store_entry *entry);

/* ---- the store --------------------------------------------------------------------------------------------------- */

struct store_read {
    struct store *store;
    struct store__db *db;
    bool is_tx;
};

struct store__reader {
    struct store_read read;
    struct store__db db;
    bool is_open, is_busy;
};

/* A queued closure; lives on the stack of the thread that waits. */
struct store__request {
    const struct store_cause *cause;
    store_fn fn;
    void *arg;
    struct tb_err *err;
    tb_status status;
    sem_t done;
    struct store__request *next;
};

#define STORE__ONCE_MAX 4
#define STORE__TILE_LEVEL 8           /* roots of 2^8, 2^16 … leaves are stored in log_node */
#define STORE__WAL_FRAMES 1000        /* so many new pages in the WAL are worth a checkpoint */
#define STORE__WAL_FRAMES_FINISH 4000 /* from here the writer helps between two batches, … */
#define STORE__WAL_FRAMES_MAX 60000   /* … and from here it waits for readers */

/* The id in log_node of a complete subtree; level is a multiple of STORE__TILE_LEVEL. */
static inline int64_t
store__node_id(int level, uint64_t index)
{
    return ((int64_t)(level / STORE__TILE_LEVEL) << 48) + (int64_t)index;
}

struct store_tx {
    struct store *store;
    struct store_read read;
    struct tb_arena *arena; /* of the batch */
    const struct store_cause *cause;
    int64_t now;
    int64_t batch;            /* number of the batch, in log_state */
    struct tlog_range range;  /* at the start of the batch */
    struct tb_sha256 *leaves; /* of the entries of this batch */
    size_t leaf_count, leaf_cap;
    struct tb_buf image, digest; /* scratch */
    tb_status failure;           /* of the whole batch */
    struct tb_err failure_err;
    struct {
        int64_t actor;
        tb_str key;
        struct tb_sha256 hash;
    } once[STORE__ONCE_MAX];
    size_t once_count;
    bool has_erased; /* somebody was erased in this batch */
};

struct store {
    char *dir; /* without a slash at the end */
    struct store_options options;
    struct store__schema *schema;
    struct tlog_key key;
    uint8_t blind_key[32];
    int lock_file;
    bool is_read_only;

    pthread_mutex_t readers_lock;
    pthread_cond_t readers_free;
    struct store__reader readers[STORE_READERS_MAX];

    pthread_mutex_t queue_lock;
    pthread_cond_t queue_filled;
    struct store__request *queue_first, *queue_last;
    bool is_closing, is_writer_up, is_keeper_up, is_keeper_closing;
    pthread_t writer, keeper;

    /* Writer thread only. */
    struct store__db db;
    struct store_tx tx;
    uint8_t random[4096];
    size_t random_left;
    const char *sql_log, *sql_log_old;
    long wal_tried; /* pages in the WAL when the writer last helped the keeper */

    /* Published by the writer after a commit. */
    pthread_mutex_t news_lock;
    pthread_cond_t news;
    int64_t latest;                   /* seq of the newest committed entry */
    atomic_bool is_stopped;           /* an fsync failed */
    atomic_long wal_frames, wal_done; /* pages in the WAL; of them copied at the last checkpoint */

    /* Keeper thread. */
    pthread_cond_t keeper_wake;
    struct store__db keeper_db;
    int64_t signed_size;
};

/* store_read.c */
void store__readers_close(struct store *store);
TB_NODISCARD tb_status store__select_one_int(struct store_read *read, const char *sql,
                                             const struct store_value *params, size_t count,
                                             int64_t *ret_value, bool *ret_is_found,
                                             struct tb_err *err);
/* store_writer.c */
TB_NODISCARD tb_status store__writer_start(struct store *store, struct tb_err *err);
void store__writer_stop(struct store *store);
void store__random(struct store *store, uint8_t *ret_bytes, size_t len); /* writer thread */
/* Notes a failure that ends the batch; gives the status back. */
tb_status store__tx_failed(struct store_tx *tx, tb_status status, struct tb_err *err);
TB_NODISCARD tb_status store__new_id(struct store_tx *tx, struct store__table *table,
                                     int64_t *ret_id, struct tb_err *err);
TB_NODISCARD tb_status store__counters_write(struct store_tx *tx, struct tb_err *err);
void store__counters_forget(struct store *store);
/* store_change.c: store_insert without the check that the table is not one of the store's own. */
TB_NODISCARD tb_status store__insert(struct store_tx *tx, struct store__table *table,
                                     const struct store_value *values, size_t count,
                                     int64_t *ret_id, struct tb_err *err);
/* store_conflict.c: says in words which rule of the schema a statement broke. */
tb_status store__conflict(struct store_tx *tx, const struct store__table *table, int64_t id,
                          const struct store__value *values, struct tb_err *err);
/* store_log.c: reads the ten columns id to digest of log; texts are borrowed from the statement. */
void store__entry_read(const struct store_rows *rows, struct store_entry *ret_entry);
/* store_proof.c: root of the first `size` entries. */
TB_NODISCARD tb_status store__root_of(struct store_read *read, struct tb_arena *arena, int64_t size,
                                      struct tb_sha256 *ret_root, struct tb_err *err);
/* store_keeper.c */
TB_NODISCARD tb_status store__keeper_start(struct store *store, struct tb_err *err);
void store__keeper_stop(struct store *store);
void store__wal_checkpoint(struct store *store, struct store__db *db, int mode);
TB_NODISCARD tb_status store__sign_now(struct store *store, struct tb_err *err);
/* store_keys.c */
TB_NODISCARD tb_status store__keys_open(struct store *store, bool is_create, struct tb_err *err);
/* store_path.c: files and folders of DIR. Paths in arena, NUL-terminated. */
const char *store__path(struct tb_arena *arena, const struct store *store, const char *name);
const char *store__db_path(struct tb_arena *arena,
                           const struct store *store); /* store_open.c; may be a URI */
TB_NODISCARD tb_status store__mkdir(const char *path, struct tb_err *err);
TB_NODISCARD tb_status store__read_all(struct tb_arena *arena, const char *path, tb_str *ret_bytes,
                                       struct tb_err *err);
/* Written beside, synced and renamed; mode 0600. */
TB_NODISCARD tb_status store__write_all(const char *path, tb_str bytes, struct tb_err *err);
TB_NODISCARD tb_status store__sync_dir(const char *path, struct tb_err *err);
void store__tmp_clean(const struct store *store);
/* TB_FULL, TB_READ_ONLY or TB_IO of an errno. */
tb_status store__errno_status(int code);
tb_status store__fail_errno(struct tb_err *err, const char *doing, const char *path);

#endif
