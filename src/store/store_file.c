/* SPDX-License-Identifier: Apache-2.0 */
/* Files by content: DIR/files/ab/<sha256>. A file is written and locked in DIR/tmp, hashed on the way, synced and then
 * renamed, so that under its hash there is always the whole content. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "store/store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct store_file {
    struct store *store;
    struct tb_arena *arena;
    const char *path;
    int fd;
    int64_t bytes;
    SHA256_CTX sha;
};

/* Makes and locks a file in DIR/tmp. Another process that cleans up may take it before it is locked: then a new one. */
static int
make_locked(const struct store *store, struct tb_arena *arena, const char **ret_path)
{
    for (int attempt = 0; attempt < 8; attempt++) {
        uint8_t random[16];
        struct stat info;
        store->options.env->random(store->options.env->context, random, sizeof random);
        const char *path = tb_cstr(arena, tb_printf(arena, "%s/tmp/" TB_FMT, store->dir,
                                                    TB_ARG(tb_hex(arena, random, sizeof random))));
        int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0 && errno != EEXIST)
            return -1;
        *ret_path = path;
        if (fd >= 0 && flock(fd, LOCK_EX) == 0 && fstat(fd, &info) == 0 && info.st_nlink == 1)
            return fd;
        if (fd >= 0)
            close(fd);
    }
    errno = EAGAIN;
    return -1;
}

tb_status
store_file_new(struct store *store, struct store_file **ret_file, struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0);
    const char *path = store__path(arena, store, "tmp");
    int fd = make_locked(store, arena, &path);
    if (fd < 0) {
        tb_status status = store__fail_errno(err, "making", path);
        tb_arena_free(arena);
        return status == TB_NOT_FOUND ? TB_IO : status;
    }
    struct store_file *file = TB_NEW(arena, struct store_file);
    *file = (struct store_file){.store = store, .arena = arena, .path = path, .fd = fd};
    SHA256_Init(&file->sha);
    *ret_file = file;
    return TB_OK;
}

tb_status
store_file_write(struct store_file *file, const void *bytes, size_t len, struct tb_err *err)
{
    if (file->bytes + (int64_t)len > (int64_t)STORE_FILE_BYTES_MAX)
        return tb_fail(err, TB_LIMIT, "a file has at most %u bytes", STORE_FILE_BYTES_MAX);
    const char *at = bytes;
    size_t left = len;
    while (left > 0) {
        ssize_t put = write(file->fd, at, left);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return store__fail_errno(err, "writing", file->path);
        at += put;
        left -= (size_t)put;
    }
    SHA256_Update(&file->sha, bytes, len);
    file->bytes += (int64_t)len;
    return TB_OK;
}

void
store_file_drop(struct store_file *file)
{
    if (file == NULL)
        return;
    if (file->fd >= 0) {
        unlink(file->path);
        close(file->fd);
    }
    tb_arena_free(file->arena);
}

/* The folder and the one above it, even where the folder was there: another thread may have just made it. */
static tb_status
sync_folders(struct store_file *file, const char *folder, struct tb_err *err)
{
    TB_TRY(store__sync_dir(folder, err));
    return store__sync_dir(store__path(file->arena, file->store, "files"), err);
}

/* Renames into the folder of the hash and syncs both the content and the folders. */
static tb_status
settle(struct store_file *file, const char *folder, const char *path, struct tb_err *err)
{
    struct stat info;
    if (stat(path, &info) == 0 && info.st_size == file->bytes) {
        /* The same content is there; whoever put it there may not have synced the folders yet. */
        return sync_folders(file, folder, err);
    }
    if (fsync(file->fd) != 0)
        return store__fail_errno(err, "syncing", file->path);
    TB_TRY(store__mkdir(folder, err));
    if (rename(file->path, path) != 0)
        return store__fail_errno(err, "renaming to", path);
    close(file->fd);
    file->fd = -1;
    return sync_folders(file, folder, err);
}

tb_status
store_file_keep(struct store_file *file, char ret_hash[65], int64_t *ret_bytes, struct tb_err *err)
{
    struct tb_sha256 sum;
    SHA256_Final(sum.bytes, &file->sha);
    tb_str hex = tb_hex(file->arena, sum.bytes, sizeof sum.bytes);
    const char *folder =
        tb_cstr(file->arena, tb_printf(file->arena, "%s/files/%.2s", file->store->dir, hex.ptr));
    const char *path =
        tb_cstr(file->arena, tb_printf(file->arena, "%s/" TB_FMT, folder, TB_ARG(hex)));
    tb_status status = settle(file, folder, path, err);
    if (status == TB_OK) {
        memcpy(ret_hash, hex.ptr, hex.len);
        ret_hash[hex.len] = '\0';
        *ret_bytes = file->bytes;
    }
    store_file_drop(file);
    return status == TB_NOT_FOUND ? TB_IO : status;
}

tb_status
store_file_read(struct store *store, struct tb_arena *arena, tb_str hash, tb_str *ret_bytes,
                struct tb_err *err)
{
    struct tb_sha256 wanted;
    if (!tb_unhex(hash, wanted.bytes, sizeof wanted.bytes))
        return tb_fail(err, TB_NOT_FOUND, "a file is named by 64 hex digits");
    tb_str name = tb_hex(arena, wanted.bytes, sizeof wanted.bytes), bytes;
    const char *path = tb_cstr(
        arena, tb_printf(arena, "%s/files/%.2s/" TB_FMT, store->dir, name.ptr, TB_ARG(name)));
    TB_TRY(store__read_all(arena, path, &bytes, err));
    struct tb_sha256 sum = tb_sha256(bytes.ptr, bytes.len);
    if (memcmp(sum.bytes, wanted.bytes, sizeof sum.bytes) != 0)
        return tb_fail(err, TB_CORRUPT, "%s does not hold the content that it is named after",
                       path);
    *ret_bytes = bytes;
    return TB_OK;
}
