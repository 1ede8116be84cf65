/* store.h - the schema, the one writer, snapshots, the log and its feed, files by content. (DESIGN 4 and 8)
 *
 * Every change of every row goes through store_write: closures queue up, one batch at a time runs in the whole
 * installation, each closure in its SAVEPOINT, log entries in the same transaction, one fsync for all. Tables are the
 * present, log_old the past, and the Merkle tree over the entries proves both. Nothing here knows what a case is.
 *
 * Life: store_open once, shared by all threads; snapshots and rows belong to one thread and live at most
 * STORE_SNAPSHOT_MS_MAX. Closures do no I/O, never block, stay under 5 ms. SQL is written by hand for SELECT only, in
 * module/x.sql.h, in the portable subset of DESIGN 8, with $1, $2 … bound by position. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/base.h"

/* ---- schema ------------------------------------------------------------------------------------------------------ */

/* The eight types of a column. */
typedef enum {
    STORE_INT,  /* int64 */
    STORE_BOOL, /* 0 or 1 */
    STORE_TEXT, /* UTF-8, NFC */
    STORE_BYTES,
    STORE_INSTANT, /* int64 µs UTC */
    STORE_DAY,     /* YYYY-MM-DD */
    STORE_MONEY,   /* int64 fen */
    STORE_JSON,    /* JSON text, compact; never looked into by SQL */
} store_type;

/* Flags of a column. */
enum {
    STORE_NULL = 1,   /* may be null */
    STORE_UNIQUE = 2, /* unique by itself, nulls apart */
    STORE_INDEX = 4,
    STORE_PERSONAL = 8, /* digests hold a salted commitment; erasure nulls it */
};

/* Every table has `id` (int64 key, from a counter) and, when logged, `leaf` (seq of its latest entry) and, when it has
 * a personal column, `salt`; they are not listed. */
struct store_column {
    const char *name;
    store_type type;
    unsigned flags;
    const char *references; /* table whose id this INT column holds, or NULL */
    const char *doc;        /* what it means, with unit; for docs/reference/schema.md */
};

/* A table: rows of C from which DDL, digest, export, erasure and documentation come. */
struct store_table {
    const char *name;
    const struct store_column *columns; /* ends with a NULL name */
    bool is_logged;
    /* Lists of columns such as "a, b", unique together or to be indexed; NULL-terminated, may be NULL. */
    const char *const *uniques;
    const char *const *indexes;
    const char *doc;
};

/* DDL of the tables and of the store's own, a statement a line. TB_INTERNAL names what is wrong in the rows. */
TB_NODISCARD tb_status store_schema_sql(struct tb_buf *buf, const struct store_table *const *tables,
                                        bool is_postgres, struct tb_err *err);
/* The same as a page of documentation, docs/reference/schema.md. */
void store_schema_markdown(struct tb_buf *buf, const struct store_table *const *tables);

/* ---- opening ----------------------------------------------------------------------------------------------------- */

/* One installation's data. */
struct store;
/* How to open it. Borrowed during the call but for what says kept. */
struct store_options {
    tb_str dir; /* DIR of the installation: DIR/tongban.db, DIR/files, DIR/keys … */
    const struct store_table *const *tables; /* NULL-terminated, kept for the life of the store */
    const struct tb_env *env;                /* kept */
    bool is_create;                          /* make DIR and schema when absent */
    bool is_read_only;                       /* no writer, no checkpoints (log verify, exports) */
    const char *sqlite_vfs;                  /* NULL, or the name of a test VFS */
    bool is_unsafe_sync_off; /* synchronous=OFF: only for the test that shows why not */
};

/* Opens and migrates. TB_VERSION when the database is of a newer program. *ret_store is owned: store_close. */
TB_NODISCARD tb_status store_open(const struct store_options *options, struct store **ret_store,
                                  struct tb_err *err);
/* Finishes queued writes, makes a last signed checkpoint. NULL is fine. */
void store_close(struct store *store);
tb_str store_dir(const struct store *store); /* lives as long as the store */
/* TB_IO when writing has stopped until the next start because an fsync failed; for /healthz and metrics. */
TB_NODISCARD tb_status store_health(struct store *store, struct tb_err *err);

/* ---- values ------------------------------------------------------------------------------------------------------ */

/* A named value for insert and update, or a positional parameter (column ignored) for select. Texts are borrowed. */
struct store_value {
    const char *column;
    store_type type;
    bool is_null;
    int64_t number;
    tb_str text;
};
/* clang-format off */
#define STORE_SET_INT(c, v)     ((struct store_value){.column = (c), .type = STORE_INT, .number = (v)})
#define STORE_SET_BOOL(c, v)    ((struct store_value){.column = (c), .type = STORE_BOOL, .number = (v) ? 1 : 0})
#define STORE_SET_TEXT(c, v)    store_set_text((c), STORE_TEXT, (v))   /* absent text is null */
#define STORE_SET_BYTES(c, v)   store_set_text((c), STORE_BYTES, (v))
#define STORE_SET_JSON(c, v)    store_set_text((c), STORE_JSON, (v))
#define STORE_SET_DAY(c, v)     store_set_text((c), STORE_DAY, (v))    /* as YYYY-MM-DD text */
#define STORE_SET_INSTANT(c, v) ((struct store_value){.column = (c), .type = STORE_INSTANT, .number = (v)})
#define STORE_SET_MONEY(c, v)   ((struct store_value){.column = (c), .type = STORE_MONEY, .number = (v)})
#define STORE_SET_NULL(c)       ((struct store_value){.column = (c), .is_null = true})
#define STORE_INT_OF(v)         STORE_SET_INT(NULL, v)
#define STORE_TEXT_OF(v)        STORE_SET_TEXT(NULL, v)
/* clang-format on */
struct store_value store_set_text(const char *column, store_type type, tb_str text);

#define STORE_VALUES(...)                                                                          \
    ((struct store_value[]){__VA_ARGS__}),                                                         \
        (sizeof((struct store_value[]){__VA_ARGS__}) / sizeof(struct store_value))

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* Something that selects: a snapshot, or the transaction inside a closure. */
struct store_read;

/* Takes one of STORE_READERS_MAX read connections (waits up to 2 s, then TB_BUSY). One moment of the database. */
TB_NODISCARD tb_status store_snapshot(struct store *store, struct store_read **ret_read,
                                      struct tb_err *err);
void store_snapshot_done(struct store_read *read); /* NULL is fine */

struct store_rows;
/* Runs a SELECT. Parameters are borrowed during the call. *ret_rows is owned: store_rows_done. */
TB_NODISCARD tb_status store_select(struct store_read *read, const char *sql,
                                    const struct store_value *params, size_t count,
                                    struct store_rows **ret_rows, struct tb_err *err);
bool store_next(struct store_rows *rows);                     /* false at the end or on failure */
int64_t store_int(const struct store_rows *rows, int column); /* null gives 0 */
bool store_is_null(const struct store_rows *rows, int column);
tb_str store_text(const struct store_rows *rows,
                  int column); /* until the next store_next; null gives TB_STR_NONE */
/* Ends the rows; the failure that ended store_next, if any (TB_BUSY when the snapshot grew too old). */
TB_NODISCARD tb_status store_rows_done(struct store_rows *rows, struct tb_err *err);

/* ---- writing ----------------------------------------------------------------------------------------------------- */

struct store_tx;

/* Who writes, in which request, and why: goes into every entry. Borrowed. */
struct store_cause {
    int64_t actor;  /* account id; 0 = the system */
    tb_str request; /* request id */
    tb_str purpose; /* operation name, or case number for unmasking */
};

/* A closure. May be run again after a failed batch, so it must start from its arguments alone. Returning other than
 * TB_OK rolls back to its SAVEPOINT. What it hands to the caller of store_write comes from an arena of arg. */
typedef tb_status (*store_fn)(struct store_tx *tx, void *arg, struct tb_err *err);

/* Blocks until the batch with this closure is on disk. The closure's own failure, or TB_IO, TB_FULL, TB_READ_ONLY,
 * TB_BUSY when the whole batch failed. Afterwards everything written is acknowledged. */
TB_NODISCARD tb_status store_write(struct store *store, const struct store_cause *cause,
                                   store_fn fn, void *arg, struct tb_err *err);

/* The transaction as something that selects; sees its own writes; no store_snapshot_done. */
struct store_read *store_tx_read(struct store_tx *tx);
int64_t store_tx_now(const struct store_tx *tx);              /* recorded_at of this batch, µs */
const struct tb_env *store_tx_env(const struct store_tx *tx); /* as given to store_open */
/* Scratch; what it hands out lives until the batch ends. */
struct tb_arena *store_tx_arena(struct store_tx *tx);
/* For store_blind and store_dir; not for store_write, which would wait for itself. */
struct store *store_tx_store(struct store_tx *tx);

/* The only ways to change a row. leaf_expected is the row's leaf as the caller read it, or -1 for "whatever it is":
 * TB_STALE when another write came between, TB_NOT_FOUND when there is no such row, TB_CONFLICT on a unique or
 * reference violation (the message names the columns). *ret_id may be NULL. */
TB_NODISCARD tb_status store_insert(struct store_tx *tx, const char *table,
                                    const struct store_value *values, size_t count, int64_t *ret_id,
                                    struct tb_err *err);
TB_NODISCARD tb_status store_update(struct store_tx *tx, const char *table, int64_t id,
                                    int64_t leaf_expected, const struct store_value *values,
                                    size_t count, struct tb_err *err);
TB_NODISCARD tb_status store_delete(struct store_tx *tx, const char *table, int64_t id,
                                    int64_t leaf_expected, struct tb_err *err);
/* Nulls the personal columns and salts of a row and of its former states, keeps the commitments, logs the erasure. */
TB_NODISCARD tb_status store_erase(struct store_tx *tx, const char *table, int64_t id,
                                   struct tb_err *err);
/* The next number of a gapless series ("case/511602/20261122"), from 1. Never reused, also not after a rollback of a
 * neighbour, because it is a row of the same batch. */
TB_NODISCARD tb_status store_serial(struct store_tx *tx, tb_str series, int64_t *ret_number,
                                    struct tb_err *err);
/* The HMAC by which a personal value is looked up without storing it in clear in an index; hex, in tx memory. */
tb_str store_blind(const struct store *store, struct tb_arena *arena, tb_str value);

/* Idempotency inside the batch of the effect, kept 7 days. First use: *ret_answer is TB_STR_NONE, go on and call
 * store_once_done with the answer. Same key and hash again: the stored answer. Same key, other hash: TB_INVALID. */
TB_NODISCARD tb_status store_once(struct store_tx *tx, int64_t actor, tb_str key,
                                  struct tb_sha256 request_hash, struct tb_arena *arena,
                                  tb_str *ret_answer, struct tb_err *err);
TB_NODISCARD tb_status store_once_done(struct store_tx *tx, int64_t actor, tb_str key,
                                       tb_str answer, struct tb_err *err);

/* ---- the log ----------------------------------------------------------------------------------------------------- */

/* What an entry records. */
typedef enum { STORE_OP_INSERT, STORE_OP_UPDATE, STORE_OP_DELETE, STORE_OP_ERASE } store_op;

/* An entry of the log: which row changed, when (µs), by whom, and the digest of its new state. */
struct store_entry {
    int64_t seq, at, actor, id, prev;
    store_op op;
    tb_str table, request, purpose;
    uint8_t digest[32];
};

/* Consumers learn what happened by reading entries in order, with a durable cursor of their own. Runs fn in a write
 * with up to max entries after the cursor and moves the cursor in the same batch. *ret_count = 0: nothing new. */
typedef tb_status (*store_feed_fn)(struct store_tx *tx, const struct store_entry *entries,
                                   size_t count, void *arg, struct tb_err *err);
TB_NODISCARD tb_status store_feed(struct store *store, tb_str consumer, size_t max,
                                  store_feed_fn fn, void *arg, size_t *ret_count,
                                  struct tb_err *err);
/* Lets a consumer begin anew at the first entry: what it made of the log is thrown away in the same batch. */
TB_NODISCARD tb_status store_feed_rewind(struct store_tx *tx, tb_str consumer, struct tb_err *err);
/* The same for a summary held in memory: reads entries after seq, no cursor kept. Entries are in arena. */
TB_NODISCARD tb_status store_entries(struct store_read *read, struct tb_arena *arena,
                                     int64_t after_seq, size_t max,
                                     struct store_entry **ret_entries, size_t *ret_count,
                                     struct tb_err *err);
/* Blocks until an entry after seq exists or timeout_ms passed; returns the latest seq. */
int64_t store_wait(struct store *store, int64_t after_seq, int timeout_ms);

/* A row's states, newest first: list of {seq, at, actor, purpose, op, values{…}}; personal values masked as "***". */
TB_NODISCARD tb_status store_history(struct store_read *read, struct tb_arena *arena, tb_str table,
                                     int64_t id, struct tb_json **ret_list, struct tb_err *err);

/* The latest signed checkpoint (C2SP form: origin, size, root, signature line); in arena. */
TB_NODISCARD tb_status store_checkpoint(struct store *store, struct tb_arena *arena,
                                        tb_str *ret_note, struct tb_err *err);
/* Inclusion proof of entry seq in the latest checkpoint: {seq, size, leaf_hash, path[], checkpoint}. */
TB_NODISCARD tb_status store_proof(struct store *store, struct tb_arena *arena, int64_t seq,
                                   struct tb_json **ret_proof, struct tb_err *err);

/* Checks every row of every logged table, log_old and the tree against the entries and the signed checkpoints.
 * Findings name table, id and what is wrong; at most TB_FAULTS_MAX. against: a checkpoints file kept elsewhere, or
 * TB_STR_NONE. Memory does not grow with the log. */
struct store_verify_result {
    int64_t entries, rows, checkpoints;
};
TB_NODISCARD tb_status store_verify(struct store *store, tb_str against, struct tb_faults *faults,
                                    struct store_verify_result *ret_result, struct tb_err *err);

/* ---- files by content -------------------------------------------------------------------------------------------- */

/* Streams to DIR/tmp, hashes, syncs, renames to DIR/files/ab/<sha256>. Nothing is visible before store_file_keep. */
struct store_file;
TB_NODISCARD tb_status store_file_new(struct store *store, struct store_file **ret_file,
                                      struct tb_err *err);
TB_NODISCARD tb_status store_file_write(struct store_file *file, const void *bytes, size_t len,
                                        struct tb_err *err);
/* On disk and findable under its hash afterwards. Consumes file, also on failure. ret_hash: 64 hex digits + NUL. */
TB_NODISCARD tb_status store_file_keep(struct store_file *file, char ret_hash[65],
                                       int64_t *ret_bytes, struct tb_err *err);
void store_file_drop(struct store_file *file); /* NULL is fine */
/* Whole content, in arena; TB_NOT_FOUND, or TB_CORRUPT when it does not match its name. */
TB_NODISCARD tb_status store_file_read(struct store *store, struct tb_arena *arena, tb_str hash,
                                       tb_str *ret_bytes, struct tb_err *err);

/* ---- backup ------------------------------------------------------------------------------------------------------ */

/* Online: the database by pages, then files, packs, checkpoints.log and config.yaml, into a new folder. DIR/keys is not
 * part of it and is kept apart. */
TB_NODISCARD tb_status store_backup(struct store *store, tb_str to_dir, struct tb_err *err);
/* Says how many acknowledged entries the backup lacks against dir's database and checkpoints.log; without
 * is_loss_accepted a loss is TB_CONFLICT (*ret_entries_lost is set). dir must hold the installation's keys, which no
 * backup holds. What stood in dir is set aside under names with ".before-". The restore is itself an entry. */
TB_NODISCARD tb_status store_restore(tb_str from_dir, tb_str dir,
                                     const struct store_table *const *tables, bool is_loss_accepted,
                                     const struct tb_env *env, int64_t *ret_entries_lost,
                                     struct tb_err *err);

#endif
