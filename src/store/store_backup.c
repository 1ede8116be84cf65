/* SPDX-License-Identifier: Apache-2.0 */
/* Backup: the database by pages while the program runs, then everything that it may name - files, packs - and the
 * signed checkpoints. Keys stay where they are: who has the backup cannot sign with it, so DIR/keys is kept apart.
 *
 * Restore never loses silently: what was acknowledged in DIR and lacks in the backup is counted first, from DIR's own
 * database and from its checkpoints. */
#include "store/store.sql.h"
#include "store/store_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGES_PER_STEP 256
#define DEPTH_MAX 8

/* ---- copying ----------------------------------------------------------------------------------------------------- */

static tb_status
copy_bytes(int from, int to, const char *path, struct tb_err *err)
{
    for (;;) {
        ssize_t put = sendfile(to, from, NULL, 1 << 20);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return store__fail_errno(err, "copying to", path);
        if (put == 0)
            return fsync(to) == 0 ? TB_OK : store__fail_errno(err, "syncing", path);
    }
}

/* Copies a file through a name of its own and renames it, so that a broken copy never stands under the right name. */
static tb_status
copy_file(struct tb_arena *arena, const char *from, const char *to, struct tb_err *err)
{
    int source = open(from, O_RDONLY | O_CLOEXEC);
    if (source < 0)
        return store__fail_errno(err, "opening", from);
    const char *beside = tb_cstr(arena, tb_printf(arena, "%s.copy", to));
    int target = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    tb_status status = target < 0 ? store__fail_errno(err, "making", beside)
                                  : copy_bytes(source, target, beside, err);
    if (target >= 0)
        close(target);
    close(source);
    if (status == TB_OK && rename(beside, to) != 0)
        status = store__fail_errno(err, "renaming to", to);
    return status;
}

/* Copies a folder; files that are there with the same size are left (their names are their content). */
static tb_status
copy_folder(const char *from, const char *to, int depth, struct tb_err *err)
{
    DIR *folder = opendir(from);
    if (folder == NULL)
        return errno == ENOENT ? TB_OK : store__fail_errno(err, "opening", from);
    if (depth > DEPTH_MAX) {
        closedir(folder);
        return tb_fail(err, TB_LIMIT, "%s is deeper than %d folders", from, DEPTH_MAX);
    }
    struct tb_arena *arena = tb_arena_new(0);
    tb_status status = store__mkdir(to, err);
    const struct dirent *entry;
    while (status == TB_OK && (entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        const char *source = tb_cstr(arena, tb_printf(arena, "%s/%s", from, entry->d_name));
        const char *target = tb_cstr(arena, tb_printf(arena, "%s/%s", to, entry->d_name));
        struct stat here, there;
        if (lstat(source, &here) != 0)
            status = store__fail_errno(err, "reading", source);
        else if (S_ISDIR(here.st_mode))
            status = copy_folder(source, target, depth + 1, err);
        else if (S_ISREG(here.st_mode) &&
                 (stat(target, &there) != 0 || there.st_size != here.st_size))
            status = copy_file(arena, source, target, err);
    }
    closedir(folder);
    if (status == TB_OK)
        status = store__sync_dir(to, err);
    tb_arena_free(arena);
    return status;
}

/* What stands beside the database and belongs to a backup. */
static tb_status
copy_rest(struct tb_arena *arena, const char *from, const char *to, struct tb_err *err)
{
    static const char *const folders[] = {"files", "packs"};
    static const char *const files[] = {"checkpoints.log", "config.yaml"};
    for (size_t i = 0; i < TB_COUNT(folders); i++)
        TB_TRY(copy_folder(tb_cstr(arena, tb_printf(arena, "%s/%s", from, folders[i])),
                           tb_cstr(arena, tb_printf(arena, "%s/%s", to, folders[i])), 0, err));
    for (size_t i = 0; i < TB_COUNT(files); i++) {
        const char *source = tb_cstr(arena, tb_printf(arena, "%s/%s", from, files[i]));
        if (access(source, F_OK) == 0)
            TB_TRY(copy_file(arena, source, tb_cstr(arena, tb_printf(arena, "%s/%s", to, files[i])),
                             err));
    }
    return store__sync_dir(to, err);
}

/* ---- backup ------------------------------------------------------------------------------------------------------ */

static tb_status
copy_pages(struct store__db *from, struct store__db *to, struct tb_err *err)
{
    sqlite3_backup *backup = sqlite3_backup_init(to->sqlite, "main", from->sqlite, "main");
    if (backup == NULL)
        return store__fail(to, sqlite3_errcode(to->sqlite), err, "starting the backup");
    int code = SQLITE_OK;
    while (code == SQLITE_OK)
        code = sqlite3_backup_step(backup, PAGES_PER_STEP);
    int end = sqlite3_backup_finish(backup);
    return end == SQLITE_OK && code == SQLITE_DONE
               ? TB_OK
               : store__fail(to, end, err, "copying the database");
}

static tb_status
backup_database(const struct store *store, const char *to_path, struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct store__db from = {0}, to = {0};
    tb_status status = store__db_open(store__db_path(arena, store), store->options.sqlite_vfs,
                                      SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, &from, err);
    if (status == TB_OK)
        status =
            store__db_open(to_path, NULL, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &to, err);
    /* One read transaction over all steps: the copy is of one moment, and writes do not restart it. */
    if (status == TB_OK)
        status = store__exec(&from, "BEGIN; SELECT count(*) FROM log_state;", err);
    if (status == TB_OK)
        status = copy_pages(&from, &to, err);
    store__db_close(&to);
    store__db_close(&from);
    tb_arena_free(arena);
    return status;
}

tb_status
store_backup(struct store *store, tb_str to_dir, struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0);
    const char *to = tb_cstr(arena, to_dir);
    tb_status status = TB_OK;
    if (mkdir(to, 0700) != 0)
        status = errno == EEXIST ? tb_fail(err, TB_CONFLICT, "%s exists; give a new folder", to)
                                 : store__fail_errno(err, "making the folder", to);
    if (status == TB_OK && !store->is_read_only)
        status = store__sign_now(store, err);
    if (status == TB_OK)
        status = backup_database(store, tb_cstr(arena, tb_printf(arena, "%s/tongban.db", to)), err);
    if (status == TB_OK)
        status = copy_rest(arena, store->dir, to, err);
    tb_arena_free(arena);
    return status;
}

/* ---- restore ----------------------------------------------------------------------------------------------------- */

/* Entries in the database of a folder; 0 when there is none or it cannot be read. */
static int64_t
database_size(struct tb_arena *arena, const char *dir, struct tb_err *err)
{
    struct store__db db = {0};
    const char *path = tb_cstr(arena, tb_printf(arena, "%s/tongban.db", dir));
    int64_t size = -1;
    if (store__db_open(path, NULL, SQLITE_OPEN_READWRITE, &db, err) == TB_OK) {
        struct store_read read = {.db = &db};
        if (store__select_one_int(&read, sql_log_size, NULL, 0, &size, NULL, err) != TB_OK)
            size = -1;
    }
    store__db_close(&db);
    return size;
}

/* The largest size that was signed in a folder. The signature does not matter here: who loses more is told more. */
static int64_t
signed_size(struct tb_arena *arena, const char *dir)
{
    tb_str text, note;
    int64_t largest = 0;
    if (store__read_all(arena, tb_cstr(arena, tb_printf(arena, "%s/checkpoints.log", dir)), &text,
                        NULL) != TB_OK)
        return 0;
    while (tlog_notes_cut(&text, &note)) {
        tb_str line;
        int64_t size;
        if (tb_str_cut(&note, '\n', &line) && tb_str_cut(&note, '\n', &line) &&
            tb_str_to_int(line, &size) && size > largest)
            largest = size;
    }
    return largest;
}

static tb_status
replace_database(struct tb_arena *arena, const char *from, const char *dir, int64_t now,
                 struct tb_err *err)
{
    const char *path = tb_cstr(arena, tb_printf(arena, "%s/tongban.db", dir));
    /* The former files are set aside, not deleted: a restore can be regretted. */
    static const char *const names[] = {"tongban.db", "tongban.db-wal", "tongban.db-shm",
                                        "checkpoints.log"};
    for (size_t i = 0; i < TB_COUNT(names); i++) {
        const char *old = tb_cstr(arena, tb_printf(arena, "%s/%s", dir, names[i]));
        const char *aside =
            tb_cstr(arena, tb_printf(arena, "%s/%s.before-%lld", dir, names[i], (long long)now));
        if (rename(old, aside) != 0 && errno != ENOENT)
            return store__fail_errno(err, "setting aside", old);
    }
    TB_TRY(copy_file(arena, tb_cstr(arena, tb_printf(arena, "%s/tongban.db", from)), path, err));
    return copy_rest(arena, from, dir, err);
}

static tb_status
note_restore(struct store_tx *tx, void *arg, struct tb_err *err)
{
    const int64_t *numbers = arg;
    return store__insert(tx, store__table_find(tx->store->schema, "restores"),
                         STORE_VALUES(STORE_SET_INSTANT("at", tx->now),
                                      STORE_SET_INT("size", numbers[0]),
                                      STORE_SET_INT("entries_lost", numbers[1])),
                         NULL, err);
}

/* Opens the restored installation with the tables that are in it and logs the restore. */
static tb_status
log_restore(const char *dir, const struct tb_env *env, const struct store_table *const *tables,
            int64_t size, int64_t lost, struct tb_err *err)
{
    struct store_options options = {.dir = tb_str_of(dir), .tables = tables, .env = env};
    struct store *store;
    int64_t numbers[] = {size, lost};
    struct store_cause cause = {.purpose = TB_STR("restore")};
    TB_TRY(store_open(&options, &store, err));
    tb_status status = store_write(store, &cause, note_restore, numbers, err);
    store_close(store);
    return status;
}

static tb_status
restore_in(struct tb_arena *arena, const char *from, const char *dir, bool is_loss_accepted,
           int64_t now, int64_t *ret_size, int64_t *ret_lost, struct tb_err *err)
{
    int64_t size = database_size(arena, from, err);
    if (size < 0)
        return tb_fail(err, TB_NOT_FOUND, "%s holds no backup that can be read", from);
    int64_t here = database_size(arena, dir, NULL), signed_here = signed_size(arena, dir);
    int64_t known = here > signed_here ? here : signed_here;
    *ret_size = size;
    *ret_lost = known > size ? known - size : 0;
    if (*ret_lost > 0 && !is_loss_accepted)
        return tb_fail(err, TB_CONFLICT,
                       "the backup has %lld entries, %s has acknowledged %lld: %lld would be lost; "
                       "accept the loss "
                       "explicitly or take a newer backup",
                       (long long)size, dir, (long long)known, (long long)*ret_lost);
    if (access(tb_cstr(arena, tb_printf(arena, "%s/keys/log.key", dir)), F_OK) != 0)
        return tb_fail(err, TB_NOT_FOUND,
                       "%s/keys is missing; put the installation's keys there first", dir);
    return replace_database(arena, from, dir, now, err);
}

tb_status
store_restore(tb_str from_dir, tb_str dir, const struct store_table *const *tables,
              bool is_loss_accepted, const struct tb_env *env, int64_t *ret_entries_lost,
              struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0);
    const char *to = tb_cstr(arena, dir);
    int64_t size = 0, lost = 0;
    tb_status status = store__mkdir(to, err);
    int lock = -1;
    if (status == TB_OK) {
        lock = open(tb_cstr(arena, tb_printf(arena, "%s/lock", to)), O_RDWR | O_CREAT | O_CLOEXEC,
                    0600);
        if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) != 0)
            status = tb_fail(err, TB_BUSY, "%s is in use; stop the program first", to);
    }
    if (status == TB_OK)
        status = restore_in(arena, tb_cstr(arena, from_dir), to, is_loss_accepted,
                            env->now_us(env->context), &size, &lost, err);
    if (lock >= 0)
        close(lock);
    if (status == TB_OK || status == TB_CONFLICT)
        *ret_entries_lost = lost;
    if (status == TB_OK)
        status = log_restore(to, env, tables, size, lost, err);
    tb_arena_free(arena);
    return status;
}
