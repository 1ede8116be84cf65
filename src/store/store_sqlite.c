/* SPDX-License-Identifier: Apache-2.0 */
/* A connection to SQLite with its cache of prepared statements, and the translation of its failures.
 *
 * A statement is given out to one user at a time; asking for a text whose statement is in use prepares a second one. */
#include "store/store_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BUSY_TIMEOUT_MS 5000
#define PROGRESS_STEPS 2000

int64_t
store__mono_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * TB_US_PER_SECOND + now.tv_nsec / 1000;
}

/* ---- failures ---------------------------------------------------------------------------------------------------- */

/* The errno that the last failed call left with the database or the WAL. sqlite3_system_errno would give that of the
 * thread, which a rollback has changed by now. */
static int
file_errno(struct store__db *db)
{
    static const int pointers[] = {SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER};
    for (size_t i = 0; db->sqlite != NULL && i < TB_COUNT(pointers); i++) {
        sqlite3_file *file = NULL;
        int code = 0;
        if (sqlite3_file_control(db->sqlite, "main", pointers[i], &file) == SQLITE_OK &&
            file != NULL && file->pMethods != NULL &&
            file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &code) == SQLITE_OK &&
            code != 0)
            return code;
    }
    return 0;
}

static tb_status
status_of(struct store__db *db, int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
        return TB_FULL;
    case SQLITE_IOERR:
        return store__errno_status(file_errno(db));
    case SQLITE_READONLY:
        return TB_READ_ONLY;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return TB_IO;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return TB_CORRUPT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:
        return TB_BUSY;
    case SQLITE_CONSTRAINT:
        return TB_CONFLICT;
    case SQLITE_TOOBIG:
        return TB_LIMIT;
    default:
        return TB_INTERNAL;
    }
}

tb_status
store__fail(struct store__db *db, int code, struct tb_err *err, const char *doing)
{
    int extended = db->sqlite != NULL ? sqlite3_extended_errcode(db->sqlite) : code;
    if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC ||
        ((code & 0xff) == SQLITE_IOERR &&
         (extended == SQLITE_IOERR_FSYNC || extended == SQLITE_IOERR_DIR_FSYNC)))
        db->is_sync_failed = true;
    const char *said = db->sqlite != NULL ? sqlite3_errmsg(db->sqlite) : sqlite3_errstr(code);
    if ((code & 0xff) == SQLITE_INTERRUPT)
        return tb_fail(err, TB_BUSY, "%s: a snapshot lives at most %d ms; read in pages", doing,
                       STORE_SNAPSHOT_MS_MAX);
    return tb_fail(err, status_of(db, code), "%s: %s (SQLite %d)", doing, said, extended);
}

bool
store__is_fatal(tb_status status)
{
    return status == TB_IO || status == TB_FULL || status == TB_READ_ONLY || status == TB_BUSY ||
           status == TB_CORRUPT;
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static int
on_progress(void *context)
{
    struct store__db *db = context;
    return db->deadline_us != 0 && store__mono_us() > db->deadline_us;
}

tb_status
store__db_open(const char *path, const char *vfs, int flags, struct store__db *db,
               struct tb_err *err)
{
    *db = (struct store__db){0};
    /* Both only work before SQLite's first use in the process, and are refused without harm afterwards. The statistics
     * cost a mutex at every allocation; savepoints must not spill to temporary files. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1);
    int code = sqlite3_open_v2(path, &db->sqlite, flags | SQLITE_OPEN_NOMUTEX, vfs);
    if (code != SQLITE_OK) {
        tb_status status = store__fail(db, code, err, path);
        sqlite3_close_v2(db->sqlite);
        db->sqlite = NULL;
        return status;
    }
    sqlite3_extended_result_codes(db->sqlite, 1);
    sqlite3_busy_timeout(db->sqlite, BUSY_TIMEOUT_MS);
    sqlite3_progress_handler(db->sqlite, PROGRESS_STEPS, on_progress, db);
    return TB_OK;
}

static void
rows_free(struct store_rows *rows)
{
    sqlite3_finalize(rows->sqlite);
    free(rows->kept);
    free(rows->sql);
    free(rows);
}

void
store__db_close(struct store__db *db)
{
    for (size_t i = 0; i < STORE__CACHE_BUCKETS; i++) {
        struct store_rows *rows = db->buckets[i];
        while (rows != NULL) {
            struct store_rows *next = rows->next;
            rows_free(rows);
            rows = next;
        }
        db->buckets[i] = NULL;
    }
    db->cached = 0;
    sqlite3_close_v2(db->sqlite);
    db->sqlite = NULL;
}

tb_status
store__exec(struct store__db *db, const char *sql, struct tb_err *err)
{
    int code = sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? TB_OK : store__fail(db, code, err, sql);
}

/* ---- prepared statements ----------------------------------------------------------------------------------------- */

/* Drops statements that nobody uses from the fullest end on; texts come from the source, so this is rare. */
static void
cache_trim(struct store__db *db)
{
    for (size_t i = 0; i < STORE__CACHE_BUCKETS && db->cached > STORE__CACHE_MAX / 2; i++) {
        struct store_rows **at = &db->buckets[i];
        while (*at != NULL) {
            struct store_rows *rows = *at;
            if (rows->is_used) {
                at = &rows->next;
                continue;
            }
            *at = rows->next;
            rows_free(rows);
            db->cached--;
        }
    }
}

/* SQLite counts $1, $2 … in the order of their first appearance; ours are positions. */
static tb_status
map_params(struct store_rows *rows, struct tb_err *err)
{
    int count = sqlite3_bind_parameter_count(rows->sqlite);
    rows->param_count = 0;
    for (int i = 1; i <= count; i++) {
        const char *name = sqlite3_bind_parameter_name(rows->sqlite, i);
        int64_t number = 0;
        if (name == NULL || name[0] != '$')
            continue;
        if (!tb_str_to_int(tb_str_of(name + 1), &number) || number < 1 ||
            number > STORE__PARAMS_MAX)
            return tb_fail(err, TB_INTERNAL, "parameter %s: $1 to $%d are allowed: %s", name,
                           STORE__PARAMS_MAX, rows->sql);
        rows->params[number - 1] = i;
        if (number > rows->param_count)
            rows->param_count = (int)number;
    }
    return TB_OK;
}

static tb_status
rows_new(struct store__db *db, const char *sql, size_t len, struct store_rows **ret_rows,
         struct tb_err *err)
{
    struct store_rows *rows = calloc(1, sizeof *rows);
    tb_assert(rows != NULL);
    rows->db = db;
    rows->sql = strdup(sql);
    tb_assert(rows->sql != NULL);
    rows->sql_len = len;
    int code = sqlite3_prepare_v3(db->sqlite, sql, (int)len + 1, SQLITE_PREPARE_PERSISTENT,
                                  &rows->sqlite, NULL);
    tb_status status = code == SQLITE_OK ? map_params(rows, err) : store__fail(db, code, err, sql);
    if (status != TB_OK) {
        rows_free(rows);
        return status;
    }
    *ret_rows = rows;
    return TB_OK;
}

tb_status
store__prepare(struct store__db *db, const char *sql, struct store_rows **ret_rows,
               struct tb_err *err)
{
    size_t len = strlen(sql);
    uint64_t hash = len * UINT64_C(0x9e3779b97f4a7c15);
    for (size_t i = len > 8 ? len - 8 : 0; i < len; i++)
        hash = (hash ^ (uint8_t)sql[i]) * UINT64_C(0x100000001b3);
    if (len > 16) {
        uint64_t middle[2];
        memcpy(&middle[0], sql + len / 2, 8);
        memcpy(&middle[1], sql + len / 4, 8);
        hash = (hash ^ middle[0] ^ (middle[1] << 7)) * UINT64_C(0x9e3779b97f4a7c15);
    }
    struct store_rows **bucket = &db->buckets[hash >> 56 & (STORE__CACHE_BUCKETS - 1)];
    for (struct store_rows *rows = *bucket; rows != NULL; rows = rows->next) {
        if (rows->is_used || rows->sql_len != len || memcmp(rows->sql, sql, len) != 0)
            continue;
        rows->is_used = true;
        db->used++;
        *ret_rows = rows;
        return TB_OK;
    }
    if (db->cached >= STORE__CACHE_MAX)
        cache_trim(db);
    struct store_rows *rows;
    TB_TRY(rows_new(db, sql, len, &rows, err));
    rows->next = *bucket;
    *bucket = rows;
    db->cached++;
    rows->is_used = true;
    db->used++;
    *ret_rows = rows;
    return TB_OK;
}

void
store__reset(struct store_rows *rows)
{
    sqlite3_reset(rows->sqlite);
    rows->failure = 0;
}

void
store__release(struct store_rows *rows)
{
    store__reset(rows);
    tb_assert(rows->is_used);
    rows->is_used = false;
    rows->db->used--;
}

void
store__bind_int(struct store_rows *rows, int index, int64_t value)
{
    int code = sqlite3_bind_int64(rows->sqlite, index, value);
    tb_assert(code == SQLITE_OK);
}

void
store__bind_text(struct store_rows *rows, int index, tb_str text)
{
    int code = text.ptr == NULL ? sqlite3_bind_null(rows->sqlite, index)
                                : sqlite3_bind_text64(rows->sqlite, index, text.ptr, text.len,
                                                      SQLITE_STATIC, SQLITE_UTF8);
    tb_assert(code == SQLITE_OK);
}

void
store__bind_bytes(struct store_rows *rows, int index, const void *bytes, size_t len)
{
    int code = bytes == NULL ? sqlite3_bind_null(rows->sqlite, index)
                             : sqlite3_bind_blob64(rows->sqlite, index, bytes, len, SQLITE_STATIC);
    tb_assert(code == SQLITE_OK);
}

void
store__bind_null(struct store_rows *rows, int index)
{
    sqlite3_bind_null(rows->sqlite, index);
}

tb_status
store__run(struct store_rows *rows, struct tb_err *err)
{
    int code = sqlite3_step(rows->sqlite);
    tb_status status = TB_OK;
    if (code != SQLITE_DONE && code != SQLITE_ROW)
        status = store__fail(rows->db, code, err, "writing");
    sqlite3_reset(rows->sqlite);
    return status;
}

tb_status
store__run_sql(struct store__db *db, const char *sql, struct tb_err *err)
{
    struct store_rows *rows;
    TB_TRY(store__prepare(db, sql, &rows, err));
    tb_status status = store__run(rows, err);
    store__release(rows);
    return status;
}

/* ---- selecting --------------------------------------------------------------------------------------------------- */

/* Texts of a select outlive the call, so they are copied behind each other into the statement's own buffer. */
static void
keep_texts(struct store_rows *rows, const struct store_value *params, size_t count)
{
    size_t need = 0;
    for (size_t i = 0; i < count; i++)
        need += params[i].text.ptr != NULL ? params[i].text.len : 0;
    if (need <= rows->kept_cap)
        return;
    free(rows->kept);
    rows->kept = malloc(need);
    tb_assert(rows->kept != NULL);
    rows->kept_cap = need;
}

static void
bind_params(struct store_rows *rows, const struct store_value *params, size_t count)
{
    keep_texts(rows, params, count);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        const struct store_value *param = &params[i];
        int index = rows->params[i];
        if (index == 0)
            continue;
        bool is_text = param->type == STORE_TEXT || param->type == STORE_BYTES ||
                       param->type == STORE_DAY || param->type == STORE_JSON;
        if (param->is_null || (is_text && param->text.ptr == NULL)) {
            store__bind_null(rows, index);
        } else if (!is_text) {
            store__bind_int(rows, index, param->number);
        } else {
            const char *copy = "";
            if (param->text.len > 0)
                copy = memcpy(rows->kept + at, param->text.ptr, param->text.len);
            at += param->text.len;
            if (param->type == STORE_BYTES)
                store__bind_bytes(rows, index, copy, param->text.len);
            else
                store__bind_text(rows, index, (tb_str){copy, param->text.len});
        }
    }
}

tb_status
store_select(struct store_read *read, const char *sql, const struct store_value *params,
             size_t count, struct store_rows **ret_rows, struct tb_err *err)
{
    struct store_rows *rows;
    TB_TRY(store__prepare(read->db, sql, &rows, err));
    tb_status status = TB_OK;
    if (sqlite3_stmt_readonly(rows->sqlite) == 0)
        status = tb_fail(err, TB_INTERNAL, "store_select runs SELECT only: %s", sql);
    else if (count != (size_t)rows->param_count)
        status = tb_fail(err, TB_INTERNAL, "%zu parameters are given, %d wanted: %s", count,
                         rows->param_count, sql);
    if (status != TB_OK) {
        store__release(rows);
        return status;
    }
    bind_params(rows, params, count);
    *ret_rows = rows;
    return TB_OK;
}

bool
store_next(struct store_rows *rows)
{
    if (rows->failure != 0)
        return false;
    if (rows->db->deadline_us != 0 && store__mono_us() > rows->db->deadline_us) {
        rows->failure = SQLITE_INTERRUPT;
        return false;
    }
    int code = sqlite3_step(rows->sqlite);
    if (code == SQLITE_ROW)
        return true;
    rows->failure = code;
    return false;
}

int64_t
store_int(const struct store_rows *rows, int column)
{
    return sqlite3_column_int64(rows->sqlite, column);
}

bool
store_is_null(const struct store_rows *rows, int column)
{
    return sqlite3_column_type(rows->sqlite, column) == SQLITE_NULL;
}

tb_str
store_text(const struct store_rows *rows, int column)
{
    const char *ptr;
    switch (sqlite3_column_type(rows->sqlite, column)) {
    case SQLITE_NULL:
        return TB_STR_NONE;
    case SQLITE_BLOB:
        ptr = sqlite3_column_blob(rows->sqlite, column);
        break;
    default:
        ptr = (const char *)sqlite3_column_text(rows->sqlite, column);
        break;
    }
    return (tb_str){ptr != NULL ? ptr : "", (size_t)sqlite3_column_bytes(rows->sqlite, column)};
}

tb_status
store_rows_done(struct store_rows *rows, struct tb_err *err)
{
    tb_status status = TB_OK;
    if (rows->failure != 0 && rows->failure != SQLITE_DONE)
        status = store__fail(rows->db, rows->failure, err, rows->sql);
    store__release(rows);
    return status;
}
