/* SPDX-License-Identifier: Apache-2.0 */
/* packs_files.c - pack folders on disk: reading with all they depend on, hashing, installing.
 *
 * The only I/O of this module. A pack in memory is a list of files sorted by path; what it depends
 * on lies below deps/ID/, whether it was found there (installed) or in the neighbour folder
 * (source), so both give one hash. Files that a pack.yaml names under `unpinned` (calendars) do
 * not travel with the packs that depend on it. */
#include "packs/packs_internal.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct reading {
    struct tb_arena *arena;
    struct packs_file *items;
    size_t count, cap, bytes;
    struct tb_err *err;
};

static tb_status
io_fault(struct tb_err *err, const char *what, tb_str path)
{
    tb_status status = errno == ENOENT ? TB_NOT_FOUND : errno == ENOSPC ? TB_FULL : TB_IO;
    return tb_fail(err, status, "%s " TB_FMT ": %s", what, TB_ARG(path), strerror(errno));
}

static void
push_file(struct reading *reading, tb_str path, tb_str content)
{
    if (reading->count == reading->cap) {
        size_t cap = reading->cap == 0 ? 64 : reading->cap * 2;
        struct packs_file *items = TB_NEW_ARRAY(reading->arena, cap, struct packs_file);
        if (reading->count > 0)
            memcpy(items, reading->items, reading->count * sizeof *items);
        reading->items = items;
        reading->cap = cap;
    }
    reading->items[reading->count++] = (struct packs_file){path, content};
    reading->bytes += content.len;
}

/* Reads the open file fd of that size. */
static tb_status
read_bytes(struct reading *reading, int fd, size_t size, tb_str full, tb_str *ret_content)
{
    char *bytes = tb_alloc(reading->arena, size + 1);
    size_t at = 0;
    while (at < size) {
        ssize_t got = read(fd, bytes + at, size - at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return io_fault(reading->err, "cannot read", full);
        if (got == 0)
            break;
        at += (size_t)got;
    }
    *ret_content = (tb_str){bytes, at};
    return TB_OK;
}

static tb_status
read_file(struct reading *reading, tb_str full, tb_str path)
{
    int fd = open(tb_cstr(reading->arena, full), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat stat_of;
    tb_str content = TB_STR_NONE;
    tb_status status = TB_OK;
    if (fd < 0)
        return io_fault(reading->err, "cannot open", full);
    if (fstat(fd, &stat_of) != 0)
        status = io_fault(reading->err, "cannot read", full);
    else if (!S_ISREG(stat_of.st_mode))
        status = tb_fail(reading->err, TB_INVALID,
                         TB_FMT " is not an ordinary file; a pack holds only those", TB_ARG(full));
    else if (stat_of.st_size > PACKS_FILE_BYTES_MAX ||
             reading->bytes + (size_t)stat_of.st_size > PACKS_BYTES_MAX)
        status = tb_fail(reading->err, TB_LIMIT,
                         TB_FMT ": a file of a pack has at most %u bytes, all at most %u",
                         TB_ARG(full), PACKS_FILE_BYTES_MAX, PACKS_BYTES_MAX);
    else if (reading->count >= PACKS_FILES_MAX)
        status = tb_fail(reading->err, TB_LIMIT, "more than %d files in a pack", PACKS_FILES_MAX);
    else
        status = read_bytes(reading, fd, (size_t)stat_of.st_size, full, &content);
    close(fd);
    if (status == TB_OK)
        push_file(reading, path, content);
    return status;
}

/* Reads everything below the folder, dot files left out. prefix is put before each path. */
static tb_status
read_folder(struct reading *reading, tb_str folder, tb_str prefix, int depth)
{
    DIR *dir = opendir(tb_cstr(reading->arena, folder));
    struct dirent *entry;
    tb_status status = TB_OK;
    if (dir == NULL)
        return io_fault(reading->err, "cannot open", folder);
    while (status == TB_OK && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        tb_str full = tb_printf(reading->arena, TB_FMT "/%s", TB_ARG(folder), entry->d_name);
        tb_str path = tb_printf(reading->arena, TB_FMT "%s", TB_ARG(prefix), entry->d_name);
        struct stat stat_of;
        if (lstat(tb_cstr(reading->arena, full), &stat_of) != 0)
            status = io_fault(reading->err, "cannot read", full);
        else if (!S_ISDIR(stat_of.st_mode))
            status = read_file(reading, full, path);
        else if (depth >= PACKS_DEPTH_MAX)
            status = tb_fail(reading->err, TB_LIMIT, TB_FMT ": folders nest deeper than %d",
                             TB_ARG(full), PACKS_DEPTH_MAX);
        else
            status = read_folder(reading, full, tb_printf(reading->arena, TB_FMT "/", TB_ARG(path)),
                                 depth + 1);
    }
    closedir(dir);
    return status;
}

const struct packs_file *
packs__file(const struct packs_files *files, tb_str path)
{
    for (size_t i = 0; i < files->count; i++)
        if (tb_str_eq(files->items[i].path, path))
            return &files->items[i];
    return NULL;
}

bool
packs__dependency_path(tb_str path, tb_str *ret_id, tb_str *ret_rest)
{
    if (!tb_str_starts(path, TB_STR("deps/")))
        return false;
    tb_str rest = tb_str_sub(path, 5, path.len);
    return tb_str_cut(&rest, '/', ret_id) && (*ret_rest = rest, rest.len > 0);
}

/* The list of words under key in the pack.yaml at prefix. */
static tb_status
yaml_list(struct tb_arena *arena, const struct packs_files *files, tb_str prefix, const char *key,
          tb_str **ret_items, size_t *ret_count, struct tb_err *err)
{
    tb_str path = tb_printf(arena, TB_FMT "pack.yaml", TB_ARG(prefix));
    const struct packs_file *file = packs__file(files, path);
    struct tb_json *yaml;
    *ret_count = 0;
    *ret_items = NULL;
    if (file == NULL)
        return tb_fail(err, TB_NOT_FOUND, TB_FMT " is missing: a pack folder has one",
                       TB_ARG(path));
    TB_TRY(tb_yaml_parse(arena, path, file->content, &yaml, err));
    const struct tb_json *list = tb_json_get(yaml, key);
    if (list == NULL || list->kind != TB_JSON_LIST || list->count == 0)
        return TB_OK;
    *ret_items = TB_NEW_ARRAY(arena, list->count, tb_str);
    TB_JSON_EACH(item, list)
    (*ret_items)[(*ret_count)++] = tb_json_text(item);
    return TB_OK;
}

tb_status
packs__dependencies(struct tb_arena *arena, const struct packs_files *files, tb_str prefix,
                    tb_str **ret_ids, size_t *ret_count, struct tb_err *err)
{
    return yaml_list(arena, files, prefix, "dependencies", ret_ids, ret_count, err);
}

/* A dependency's name becomes part of a path, so it is a plain word. */
static bool
is_plain_id(tb_str id)
{
    if (id.len == 0 || id.len > 64 || id.ptr[0] == '-')
        return false;
    for (size_t i = 0; i < id.len; i++)
        if (!((id.ptr[i] >= 'a' && id.ptr[i] <= 'z') || (id.ptr[i] >= '0' && id.ptr[i] <= '9') ||
              id.ptr[i] == '-'))
            return false;
    return true;
}

/* Takes the files of the dependency out that its pack.yaml says do not travel, and its own deps folder. */
static tb_status
drop_unpinned(struct reading *reading, size_t from, tb_str prefix)
{
    struct packs_files files = {reading->items, reading->count};
    tb_str *unpinned, own_deps = tb_printf(reading->arena, TB_FMT "deps/", TB_ARG(prefix));
    size_t unpinned_count, to = from;
    TB_TRY(yaml_list(reading->arena, &files, prefix, "unpinned", &unpinned, &unpinned_count,
                     reading->err));
    for (size_t i = from; i < reading->count; i++) {
        tb_str rest = tb_str_sub(reading->items[i].path, prefix.len, reading->items[i].path.len);
        bool drops = tb_str_starts(reading->items[i].path, own_deps) ||
                     tb_str_starts(rest, TB_STR("tests/"));
        for (size_t j = 0; j < unpinned_count; j++)
            drops = drops || tb_str_eq(rest, unpinned[j]);
        if (!drops)
            reading->items[to++] = reading->items[i];
    }
    reading->count = to;
    return TB_OK;
}

/* Reads what the pack at prefix depends on, and what that depends on, each once. */
static tb_status
read_dependencies(struct reading *reading, tb_str dir, tb_str prefix, int depth)
{
    struct packs_files files = {reading->items, reading->count};
    tb_str *ids;
    size_t count;
    TB_TRY(packs__dependencies(reading->arena, &files, prefix, &ids, &count, reading->err));
    if (count > PACKS_DEPENDENCIES_MAX || depth > PACKS_DEPENDENCIES_MAX)
        return tb_fail(reading->err, TB_LIMIT, "a pack depends on at most %d others",
                       PACKS_DEPENDENCIES_MAX);
    for (size_t i = 0; i < count; i++) {
        tb_str below = tb_printf(reading->arena, "deps/" TB_FMT "/", TB_ARG(ids[i]));
        files = (struct packs_files){reading->items, reading->count};
        if (!is_plain_id(ids[i]))
            return tb_fail(reading->err, TB_INVALID,
                           TB_FMT "pack.yaml: dependency '" TB_FMT
                                  "' is no name of a pack (letters a-z, digits, -)",
                           TB_ARG(prefix), TB_ARG(ids[i]));
        if (packs__file(&files, tb_printf(reading->arena, TB_FMT "pack.yaml", TB_ARG(below))) !=
            NULL)
            continue;
        size_t from = reading->count;
        tb_str neighbour =
            tb_printf(reading->arena, TB_FMT "/../" TB_FMT, TB_ARG(dir), TB_ARG(ids[i]));
        TB_TRY(read_folder(reading, neighbour, below, 1));
        TB_TRY(drop_unpinned(reading, from, below));
        TB_TRY(read_dependencies(reading, dir, below, depth + 1));
    }
    return TB_OK;
}

static int
by_path(const void *a, const void *b)
{
    return tb_str_cmp(((const struct packs_file *)a)->path, ((const struct packs_file *)b)->path);
}

tb_status
packs_read(struct tb_arena *arena, const char *dir, struct packs_files *ret_files,
           struct tb_err *err)
{
    struct reading reading = {.arena = arena, .err = err};
    TB_TRY(read_folder(&reading, tb_str_of(dir), TB_STR(""), 0));
    TB_TRY(read_dependencies(&reading, tb_str_of(dir), TB_STR(""), 0));
    if (reading.count > 1)
        qsort(reading.items, reading.count, sizeof *reading.items, by_path);
    *ret_files = (struct packs_files){reading.items, reading.count};
    return TB_OK;
}

tb_str
packs__hash(struct tb_arena *arena, const struct packs_files *files)
{
    struct tb_buf list = {.arena = arena};
    for (size_t i = 0; i < files->count; i++) {
        struct tb_sha256 digest =
            tb_sha256(files->items[i].content.ptr, files->items[i].content.len);
        tb_buf_str(&list, files->items[i].path);
        tb_buf_char(&list, '\0');
        tb_buf_str(&list, tb_hex(arena, digest.bytes, sizeof digest.bytes));
        tb_buf_char(&list, '\n');
    }
    struct tb_sha256 digest = tb_sha256(list.ptr, list.len);
    return tb_hex(arena, digest.bytes, sizeof digest.bytes);
}

/* ---- installing ------------------------------------------------------------------------------ */

static tb_status
make_folder(struct tb_arena *arena, tb_str path, struct tb_err *err)
{
    if (mkdir(tb_cstr(arena, path), 0755) != 0 && errno != EEXIST)
        return io_fault(err, "cannot make", path);
    return TB_OK;
}

/* Makes every folder on the way to root/path, root itself excluded. */
static tb_status
make_parents(struct tb_arena *arena, tb_str root, tb_str path, struct tb_err *err)
{
    for (size_t i = 0; i < path.len; i++)
        if (path.ptr[i] == '/')
            TB_TRY(make_folder(
                arena, tb_printf(arena, TB_FMT "/" TB_FMT, TB_ARG(root), (int)i, path.ptr), err));
    return TB_OK;
}

static tb_status
write_file(struct tb_arena *arena, tb_str full, tb_str content, struct tb_err *err)
{
    int fd = open(tb_cstr(arena, full), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    size_t at = 0;
    tb_status status = TB_OK;
    if (fd < 0)
        return io_fault(err, "cannot create", full);
    while (status == TB_OK && at < content.len) {
        ssize_t put = write(fd, content.ptr + at, content.len - at);
        if (put < 0 && errno != EINTR)
            status = io_fault(err, "cannot write", full);
        else if (put > 0)
            at += (size_t)put;
    }
    if (status == TB_OK && fsync(fd) != 0)
        status = io_fault(err, "cannot write", full);
    if (close(fd) != 0 && status == TB_OK)
        status = io_fault(err, "cannot write", full);
    return status;
}

static tb_status
sync_folder(struct tb_arena *arena, tb_str path, struct tb_err *err)
{
    int fd = open(tb_cstr(arena, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return io_fault(err, "cannot open", path);
    tb_status status = fsync(fd) == 0 ? TB_OK : io_fault(err, "cannot sync", path);
    close(fd);
    return status;
}

/* Removes what a broken installation left behind; deepest first. Failure is of no consequence: nobody reads it. */
static void
remove_tree(struct tb_arena *arena, tb_str path, int depth)
{
    DIR *dir = opendir(tb_cstr(arena, path));
    struct dirent *entry;
    while (dir != NULL && depth <= PACKS_DEPTH_MAX + 4 && (entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        tb_str full = tb_printf(arena, TB_FMT "/%s", TB_ARG(path), entry->d_name);
        struct stat stat_of;
        if (lstat(tb_cstr(arena, full), &stat_of) == 0 && S_ISDIR(stat_of.st_mode))
            remove_tree(arena, full, depth + 1);
        else
            unlink(tb_cstr(arena, full));
    }
    if (dir != NULL)
        closedir(dir);
    rmdir(tb_cstr(arena, path));
}

static tb_status
write_tree(struct tb_arena *arena, tb_str root, const struct packs_files *files, struct tb_err *err)
{
    TB_TRY(make_folder(arena, root, err));
    for (size_t i = 0; i < files->count; i++) {
        const struct packs_file *file = &files->items[i];
        TB_TRY(make_parents(arena, root, file->path, err));
        TB_TRY(write_file(arena,
                          tb_printf(arena, TB_FMT "/" TB_FMT, TB_ARG(root), TB_ARG(file->path)),
                          file->content, err));
    }
    return sync_folder(arena, root, err);
}

/* Writes the files to into/HASH, beside first, then renamed into place. */
static tb_status
place(struct tb_arena *arena, const char *into, tb_str hash, const struct packs_files *files,
      struct tb_err *err)
{
    tb_str final = tb_printf(arena, "%s/" TB_FMT, into, TB_ARG(hash));
    tb_str beside = tb_printf(arena, "%s/.new-" TB_FMT "-%ld", into, TB_ARG(hash), (long)getpid());
    struct stat stat_of;
    TB_TRY(make_folder(arena, tb_str_of(into), err));
    if (stat(tb_cstr(arena, final), &stat_of) == 0)
        return TB_OK;
    remove_tree(arena, beside, 0);
    tb_status status = write_tree(arena, beside, files, err);
    if (status == TB_OK && rename(tb_cstr(arena, beside), tb_cstr(arena, final)) != 0 &&
        errno != EEXIST && errno != ENOTEMPTY)
        status = io_fault(err, "cannot rename", beside);
    remove_tree(arena, beside, 0);
    return status == TB_OK ? sync_folder(arena, tb_str_of(into), err) : status;
}

static bool
is_installed(struct tb_arena *arena, const char *into, tb_str hash)
{
    struct stat stat_of;
    return stat(tb_printf(arena, "%s/" TB_FMT "/pack.yaml", into, TB_ARG(hash)).ptr, &stat_of) == 0;
}

/* Refuses a pack with faults, which go to the caller's list. */
static tb_status
check_first(struct tb_arena *arena, const char *dir, struct tb_faults *faults, struct tb_err *err)
{
    struct packs_report report = {.faults.arena = arena, .notes.arena = arena};
    TB_TRY(packs_check(dir, &report, err));
    for (size_t i = 0; i < report.faults.count && i < TB_FAULTS_MAX; i++) {
        const struct tb_fault *fault = &report.faults.items[i];
        tb_fault_add(faults, fault->place, tb_cstr(arena, fault->code), fault->zh, fault->en);
    }
    if (report.faults.count > 0)
        return tb_fail(err, TB_INVALID, "%s has %zu faults: see `tongban pack check %s`", dir,
                       report.faults.count, dir);
    return TB_OK;
}

tb_status
packs_install(const char *dir, const char *into, struct tb_faults *faults, tb_str *ret_hash,
              struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_files files = {0};
    tb_str hash = TB_STR_NONE;
    tb_status status = packs_read(arena, dir, &files, err);
    if (status == TB_OK) {
        hash = packs__hash(arena, &files);
        /* What is installed was checked when it was, and never changes. */
        if (!is_installed(arena, into, hash))
            status = check_first(arena, dir, faults, err);
    }
    if (status == TB_OK)
        status = place(arena, into, hash, &files, err);
    if (status == TB_OK)
        *ret_hash = tb_str_copy(faults->arena, hash);
    tb_arena_free(arena);
    return status;
}
