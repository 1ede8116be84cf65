/* SPDX-License-Identifier: Apache-2.0 */
/* Small files and folders of DIR: made, read and replaced so that a crash leaves the old or the new, never half. */
#include "store/store_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

tb_status
store__errno_status(int code)
{
    switch (code) {
    case ENOSPC:
    case EDQUOT:
        return TB_FULL;
    case EROFS:
        return TB_READ_ONLY;
    default:
        return TB_IO;
    }
}

tb_status
store__fail_errno(struct tb_err *err, const char *doing, const char *path)
{
    int code = errno;
    tb_status status = code == ENOENT ? TB_NOT_FOUND : store__errno_status(code);
    return tb_fail(err, status, "%s %s: %s", doing, path, strerror(code));
}

const char *
store__path(struct tb_arena *arena, const struct store *store, const char *name)
{
    return tb_cstr(arena, tb_printf(arena, "%s/%s", store->dir, name));
}

tb_status
store__mkdir(const char *path, struct tb_err *err)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return store__fail_errno(err, "making the folder", path);
    return TB_OK;
}

tb_status
store__sync_dir(const char *path, struct tb_err *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return store__fail_errno(err, "opening the folder", path);
    tb_status status = fsync(fd) == 0 ? TB_OK : store__fail_errno(err, "syncing the folder", path);
    close(fd);
    return status;
}

static tb_status
read_fd(struct tb_buf *buf, int fd, const char *path, struct tb_err *err)
{
    char piece[16384];
    for (;;) {
        ssize_t got = read(fd, piece, sizeof piece);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return store__fail_errno(err, "reading", path);
        if (got == 0)
            return TB_OK;
        tb_buf_put(buf, piece, (size_t)got);
    }
}

tb_status
store__read_all(struct tb_arena *arena, const char *path, tb_str *ret_bytes, struct tb_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return store__fail_errno(err, "opening", path);
    struct tb_buf buf = {.arena = arena};
    tb_status status = read_fd(&buf, fd, path, err);
    close(fd);
    if (status == TB_OK)
        *ret_bytes = tb_buf_done(&buf);
    return status;
}

static tb_status
write_fd(int fd, tb_str bytes, const char *path, struct tb_err *err)
{
    while (bytes.len > 0) {
        ssize_t put = write(fd, bytes.ptr, bytes.len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return store__fail_errno(err, "writing", path);
        bytes = tb_str_sub(bytes, (size_t)put, bytes.len);
    }
    return fsync(fd) == 0 ? TB_OK : store__fail_errno(err, "syncing", path);
}

tb_status
store__write_all(const char *path, tb_str bytes, struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0);
    const char *beside = tb_cstr(arena, tb_printf(arena, "%s.new", path));
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    tb_status status =
        fd < 0 ? store__fail_errno(err, "making", beside) : write_fd(fd, bytes, beside, err);
    if (fd >= 0)
        close(fd);
    if (status == TB_OK && rename(beside, path) != 0)
        status = store__fail_errno(err, "renaming to", path);
    if (status == TB_OK) {
        char *slash = strrchr(path, '/');
        tb_str folder = slash != NULL ? (tb_str){path, (size_t)(slash - path)} : TB_STR(".");
        status = store__sync_dir(tb_cstr(arena, folder), err);
    }
    tb_arena_free(arena);
    return status;
}

void
store__tmp_clean(const struct store *store)
{
    struct tb_arena *arena = tb_arena_new(0);
    DIR *folder = opendir(store__path(arena, store, "tmp"));
    const struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        /* Whoever is writing holds a lock on the file; a dead process holds none. */
        int fd = openat(dirfd(folder), entry->d_name, O_RDWR | O_CLOEXEC);
        if (fd < 0)
            continue;
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            unlinkat(dirfd(folder), entry->d_name, 0);
        close(fd);
    }
    if (folder != NULL)
        closedir(folder);
    tb_arena_free(arena);
}
