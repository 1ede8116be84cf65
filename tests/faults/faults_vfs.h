/* SPDX-License-Identifier: Apache-2.0 */
/* faults_vfs.h - a disk for SQLite that can lose power, run full, fail once or become read-only.
 *
 * It lies over the real VFS. What SQLite sees is the real file; beside it each file has a durable image, the bytes that
 * are on the platter, and the writes since the last sync. A sync moves those into the image. When the power goes, every
 * unsynced write is kept, dropped or torn by sectors, at random; the outcome replaces the real file.
 *
 *   write --> real file (the page cache) and pending --sync--> image
 *   cut: from the event chosen on, everything fails;  restore: image + a random part of pending --> real file
 *
 * One disk at a time in a process; register it with disk_register before the first store_open. */
#ifndef TESTS_FAULTS_VFS_H
#define TESTS_FAULTS_VFS_H

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DISK_SECTOR 512

/* A write or, with bytes NULL, a truncation to offset. */
struct disk_change {
    int64_t offset, len;
    uint8_t *bytes;
};

struct disk_node {
    char path[256];
    uint8_t *image;
    int64_t image_len;
    struct disk_change *pending;
    size_t pending_count, pending_cap;
    struct disk_node *next;
};

struct disk {
    pthread_mutex_t lock;
    sqlite3_vfs vfs, *real;
    struct disk_node *nodes;
    int64_t events;  /* writes, truncations and syncs so far */
    int64_t cut_at;  /* the power goes with this event; 0 = never */
    int64_t fail_at; /* this event fails, once; 0 = never */
    int fail_code;   /* 0: by kind, IOERR_WRITE or IOERR_FSYNC */
    bool is_cut, is_full, is_read_only, has_failed_sync, has_failed;
    uint64_t random;
};

struct disk_file {
    sqlite3_file base;
    struct disk *disk;
    struct disk_node *node;
    sqlite3_file *real;
};

static uint64_t
disk_random(struct disk *disk)
{
    disk->random ^= disk->random << 13;
    disk->random ^= disk->random >> 7;
    disk->random ^= disk->random << 17;
    return disk->random;
}

/* ---- images ------------------------------------------------------------------------------------------------------ */

static void
image_resize(struct disk_node *node, int64_t len)
{
    if (len > node->image_len) {
        node->image = realloc(node->image, (size_t)len);
        memset(node->image + node->image_len, 0, (size_t)(len - node->image_len));
    }
    node->image_len = len;
}

static void
image_write(struct disk_node *node, int64_t offset, const uint8_t *bytes, int64_t len)
{
    if (offset + len > node->image_len)
        image_resize(node, offset + len);
    memcpy(node->image + offset, bytes, (size_t)len);
}

static void
image_apply(struct disk_node *node, const struct disk_change *change)
{
    if (change->bytes != NULL)
        image_write(node, change->offset, change->bytes, change->len);
    else
        image_resize(node, change->offset);
}

/* By sectors: each piece of the write between two sector borders arrives or does not. */
static void
image_tear(struct disk *disk, struct disk_node *node, const struct disk_change *change)
{
    int64_t at = 0;
    while (at < change->len) {
        int64_t piece = DISK_SECTOR - (change->offset + at) % DISK_SECTOR;
        if (piece > change->len - at)
            piece = change->len - at;
        if (disk_random(disk) % 2 == 0)
            image_write(node, change->offset + at, change->bytes + at, piece);
        at += piece;
    }
}

static void
pending_clear(struct disk_node *node)
{
    for (size_t i = 0; i < node->pending_count; i++)
        free(node->pending[i].bytes);
    node->pending_count = 0;
}

static void
pending_add(struct disk_node *node, int64_t offset, const void *bytes, int64_t len)
{
    if (node->pending_count == node->pending_cap) {
        node->pending_cap = node->pending_cap * 2 + 64;
        node->pending = realloc(node->pending, node->pending_cap * sizeof *node->pending);
    }
    uint8_t *copy = NULL;
    if (bytes != NULL) {
        copy = malloc((size_t)len);
        memcpy(copy, bytes, (size_t)len);
    }
    node->pending[node->pending_count++] = (struct disk_change){offset, len, copy};
}

static struct disk_node *
node_find(struct disk *disk, const char *path)
{
    for (struct disk_node *node = disk->nodes; node != NULL; node = node->next)
        if (strcmp(node->path, path) == 0)
            return node;
    return NULL;
}

/* The node of a path; what the file holds at its first opening counts as durable. */
static struct disk_node *
node_get(struct disk *disk, const char *path)
{
    struct disk_node *node = node_find(disk, path);
    if (node != NULL)
        return node;
    node = calloc(1, sizeof *node);
    snprintf(node->path, sizeof node->path, "%s", path);
    FILE *file = fopen(path, "rb");
    uint8_t piece[65536];
    size_t got;
    while (file != NULL && (got = fread(piece, 1, sizeof piece, file)) > 0)
        image_write(node, node->image_len, piece, (int64_t)got);
    if (file != NULL)
        fclose(file);
    node->next = disk->nodes;
    disk->nodes = node;
    return node;
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

/* Counts an event; the code with which it fails, or SQLITE_OK. *ret_is_pending: the write counts as begun. */
static int
disk_event(struct disk *disk, bool is_sync, bool *ret_is_pending)
{
    *ret_is_pending = false;
    int code = is_sync ? SQLITE_IOERR_FSYNC : SQLITE_IOERR_WRITE;
    if (disk->is_cut)
        return code;
    disk->events++;
    if (disk->cut_at != 0 && disk->events >= disk->cut_at) {
        disk->is_cut = true;
        *ret_is_pending = true;
        return code;
    }
    if (disk->fail_at != 0 && disk->events == disk->fail_at) {
        disk->has_failed = true;
        disk->has_failed_sync = is_sync;
        return disk->fail_code != 0 && !is_sync ? disk->fail_code : code;
    }
    if (!is_sync && disk->is_full)
        return SQLITE_FULL;
    if (!is_sync && disk->is_read_only)
        return SQLITE_IOERR_WRITE;
    return SQLITE_OK;
}

static int
file_write(sqlite3_file *base, const void *bytes, int len, sqlite3_int64 offset)
{
    struct disk_file *file = (struct disk_file *)base;
    bool is_pending;
    pthread_mutex_lock(&file->disk->lock);
    int code = disk_event(file->disk, false, &is_pending);
    if (file->node != NULL && (code == SQLITE_OK || is_pending))
        pending_add(file->node, offset, bytes, len);
    if (code == SQLITE_OK)
        code = file->real->pMethods->xWrite(file->real, bytes, len, offset);
    pthread_mutex_unlock(&file->disk->lock);
    return code;
}

static int
file_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct disk_file *file = (struct disk_file *)base;
    bool is_pending;
    pthread_mutex_lock(&file->disk->lock);
    int code = disk_event(file->disk, false, &is_pending);
    if (file->node != NULL && (code == SQLITE_OK || is_pending))
        pending_add(file->node, size, NULL, 0);
    if (code == SQLITE_OK)
        code = file->real->pMethods->xTruncate(file->real, size);
    pthread_mutex_unlock(&file->disk->lock);
    return code;
}

static int
file_sync(sqlite3_file *base, int flags)
{
    struct disk_file *file = (struct disk_file *)base;
    bool is_pending;
    pthread_mutex_lock(&file->disk->lock);
    int code = disk_event(file->disk, true, &is_pending);
    for (size_t i = 0; code == SQLITE_OK && file->node != NULL && i < file->node->pending_count;
         i++)
        image_apply(file->node, &file->node->pending[i]);
    if (code == SQLITE_OK && file->node != NULL)
        pending_clear(file->node);
    pthread_mutex_unlock(&file->disk->lock);
    (void)flags;
    return code;
}

/* ---- what passes through ----------------------------------------------------------------------------------------- */

#define REAL(base) (((struct disk_file *)(base))->real)
#define CALL(base, method, ...) REAL(base)->pMethods->method(REAL(base), ##__VA_ARGS__)

static int
file_close(sqlite3_file *base)
{
    return REAL(base)->pMethods != NULL ? CALL(base, xClose) : SQLITE_OK;
}

static int
file_read(sqlite3_file *base, void *bytes, int len, sqlite3_int64 offset)
{
    if (((struct disk_file *)base)->disk->is_cut)
        return SQLITE_IOERR_READ;
    return CALL(base, xRead, bytes, len, offset);
}

static int
file_size(sqlite3_file *base, sqlite3_int64 *size)
{
    return CALL(base, xFileSize, size);
}

static int
file_lock(sqlite3_file *base, int how)
{
    return CALL(base, xLock, how);
}

static int
file_unlock(sqlite3_file *base, int how)
{
    return CALL(base, xUnlock, how);
}

static int
file_reserved(sqlite3_file *base, int *is_reserved)
{
    return CALL(base, xCheckReservedLock, is_reserved);
}

static int
file_control(sqlite3_file *base, int op, void *arg)
{
    const struct disk_file *file = (const struct disk_file *)base;
    if (op == SQLITE_FCNTL_LAST_ERRNO && file->disk->is_read_only) {
        *(int *)arg = EROFS; /* as the real VFS says after such a write */
        return SQLITE_OK;
    }
    return CALL(base, xFileControl, op, arg);
}

static int
file_sector(sqlite3_file *base)
{
    (void)base;
    return DISK_SECTOR;
}

static int
file_traits(sqlite3_file *base)
{
    return CALL(base, xDeviceCharacteristics);
}

static int
file_shm_map(sqlite3_file *base, int page, int size, int extend, void volatile **memory)
{
    return CALL(base, xShmMap, page, size, extend, memory);
}

static int
file_shm_lock(sqlite3_file *base, int offset, int n, int flags)
{
    return CALL(base, xShmLock, offset, n, flags);
}

static void
file_shm_barrier(sqlite3_file *base)
{
    CALL(base, xShmBarrier);
}

static int
file_shm_unmap(sqlite3_file *base, int is_delete)
{
    return CALL(base, xShmUnmap, is_delete);
}

static const sqlite3_io_methods disk_methods = {
    2,           file_close,   file_read,     file_write,       file_truncate,  file_sync,
    file_size,   file_lock,    file_unlock,   file_reserved,    file_control,   file_sector,
    file_traits, file_shm_map, file_shm_lock, file_shm_barrier, file_shm_unmap, NULL,
    NULL,
};

static int
disk_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out_flags)
{
    struct disk *disk = vfs->pAppData;
    struct disk_file *file = (struct disk_file *)base;
    *file = (struct disk_file){.disk = disk, .real = (sqlite3_file *)(file + 1)};
    file->real->pMethods = NULL;
    if (disk->is_cut)
        return SQLITE_IOERR;
    pthread_mutex_lock(&disk->lock);
    /* The image is taken before opening makes the file. */
    if (path != NULL &&
        (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0)
        file->node = node_get(disk, path);
    int code = disk->real->xOpen(disk->real, path, file->real, flags, out_flags);
    pthread_mutex_unlock(&disk->lock);
    if (file->real->pMethods != NULL)
        base->pMethods = &disk_methods;
    return code;
}

static int
disk_delete(sqlite3_vfs *vfs, const char *path, int is_synced)
{
    struct disk *disk = vfs->pAppData;
    if (disk->is_cut)
        return SQLITE_IOERR_DELETE;
    pthread_mutex_lock(&disk->lock);
    struct disk_node *node = node_find(disk, path);
    if (node != NULL) {
        pending_clear(node);
        node->image_len = 0;
    }
    int code = disk->real->xDelete(disk->real, path, is_synced);
    pthread_mutex_unlock(&disk->lock);
    return code;
}

/* ---- the disk ---------------------------------------------------------------------------------------------------- */

static const char disk_name[] = "faulty";

static void
disk_register(struct disk *disk)
{
    pthread_mutex_init(&disk->lock, NULL);
    disk->real = sqlite3_vfs_find(NULL);
    disk->vfs = *disk->real;
    disk->vfs.pNext = NULL;
    disk->vfs.zName = disk_name;
    disk->vfs.pAppData = disk;
    disk->vfs.szOsFile = (int)sizeof(struct disk_file) + disk->real->szOsFile;
    disk->vfs.xOpen = disk_open;
    disk->vfs.xDelete = disk_delete;
    sqlite3_vfs_register(&disk->vfs, 0);
}

/* Forgets all files and faults; nothing may be open. */
static void
disk_reset(struct disk *disk)
{
    while (disk->nodes != NULL) {
        struct disk_node *node = disk->nodes;
        disk->nodes = node->next;
        pending_clear(node);
        free(node->pending);
        free(node->image);
        free(node);
    }
    disk->events = disk->cut_at = disk->fail_at = 0;
    disk->is_cut = disk->is_full = disk->is_read_only = disk->has_failed = disk->has_failed_sync =
        false;
}

static void
node_restore(struct disk *disk, struct disk_node *node)
{
    for (size_t i = 0; i < node->pending_count; i++) {
        const struct disk_change *change = &node->pending[i];
        uint64_t fate = disk_random(disk) % 4;
        if (fate == 0)
            continue;
        if (fate == 1 && change->bytes != NULL)
            image_tear(disk, node, change);
        else
            image_apply(node, change);
    }
    char shm[300];
    snprintf(shm, sizeof shm, "%s-shm", node->path);
    unlink(shm);
    if (node->image_len == 0) {
        unlink(node->path);
        return;
    }
    FILE *file = fopen(node->path, "wb");
    if (file == NULL ||
        fwrite(node->image, 1, (size_t)node->image_len, file) != (size_t)node->image_len ||
        fclose(file) != 0)
        abort();
}

/* The power is back: every file holds its durable image and a random part of what was not synced. */
static inline void
disk_restore(struct disk *disk)
{
    for (struct disk_node *node = disk->nodes; node != NULL; node = node->next)
        node_restore(disk, node);
    disk_reset(disk);
}

#endif
