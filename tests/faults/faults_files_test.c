/* SPDX-License-Identifier: Apache-2.0 */
/* 200 power cuts while papers are handed in. What store_file_keep acknowledged is there, whole, under its hash. The
 * same with an fsync that does nothing loses papers, which the last test shows.
 *
 * fsync, rename and mkdir of this program are ours: they note what has reached the platter. A synced file has its bytes
 * there, a synced folder its names; at a cut everything else is kept, torn or dropped at random. */
#include "../store/store_fixture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define ROUNDS 200
#define ROUNDS_UNSAFE 10
#define THREADS 4
#define PAPERS 24 /* each handed in by every thread: also the same content at the same moment */
#define PAPER_BYTES_MAX 4000
#define SYNCED_MAX 4000

/* A name in a folder, or, with name empty, the bytes of a file, as they were at the last sync. */
struct synced {
    ino_t inode;
    char name[80];
    char *bytes;
    size_t len;
};

static struct platter {
    pthread_mutex_t lock;
    struct synced synced[SYNCED_MAX];
    size_t count;
    char root[80];
    int events, cut_at; /* the power goes with this event */
    bool is_deaf;       /* fsync says yes and does nothing */
    uint64_t random;
} platter = {.lock = PTHREAD_MUTEX_INITIALIZER};

static uint64_t
platter_random(void)
{
    platter.random ^= platter.random << 13;
    platter.random ^= platter.random >> 7;
    platter.random ^= platter.random << 17;
    return platter.random;
}

static const struct synced *
synced_find(ino_t inode, const char *name)
{
    for (size_t i = 0; i < platter.count; i++)
        if (platter.synced[i].inode == inode && strcmp(platter.synced[i].name, name) == 0)
            return &platter.synced[i];
    return NULL;
}

/* Replaces what was known: an inode may have been another file before. */
static void
synced_put(ino_t inode, const char *name, char *bytes, size_t len)
{
    size_t i = 0;
    while (i < platter.count &&
           (platter.synced[i].inode != inode || strcmp(platter.synced[i].name, name) != 0))
        i++;
    assert_true(i < SYNCED_MAX);
    struct synced *synced = &platter.synced[i];
    free(synced->bytes);
    *synced = (struct synced){.inode = inode, .bytes = bytes, .len = len};
    snprintf(synced->name, sizeof synced->name, "%s", name);
    if (i == platter.count)
        platter.count++;
}

static void
note_folder(const char *path, ino_t inode)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL)
        if (entry->d_name[0] != '.')
            synced_put(inode, entry->d_name, NULL, 0);
    if (folder != NULL)
        closedir(folder);
}

static void
note_file(int fd, const struct stat *info)
{
    char *bytes = malloc((size_t)info->st_size + 1);
    ssize_t got = pread(fd, bytes, (size_t)info->st_size, 0);
    synced_put(info->st_ino, "", bytes, got < 0 ? 0 : (size_t)got);
}

/* One event; false when there is no power any more. */
static bool
has_power(void)
{
    if (platter.cut_at == 0 || ++platter.events < platter.cut_at)
        return true;
    errno = EIO;
    return false;
}

int
fsync(int fd)
{
    char link[64], path[256] = "";
    struct stat info;
    pthread_mutex_lock(&platter.lock);
    bool is_on = has_power();
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (is_on && !platter.is_deaf && platter.root[0] != '\0' &&
        readlink(link, path, sizeof path - 1) > 0 &&
        strncmp(path, platter.root, strlen(platter.root)) == 0 && fstat(fd, &info) == 0) {
        if (S_ISDIR(info.st_mode))
            note_folder(path, info.st_ino);
        else
            note_file(fd, &info);
    }
    pthread_mutex_unlock(&platter.lock);
    return is_on ? 0 : -1;
}

int
rename(const char *from, const char *to)
{
    pthread_mutex_lock(&platter.lock);
    bool is_on = has_power();
    pthread_mutex_unlock(&platter.lock);
    return is_on ? (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0) : -1;
}

int
mkdir(const char *path, mode_t mode)
{
    pthread_mutex_lock(&platter.lock);
    bool is_on = has_power();
    pthread_mutex_unlock(&platter.lock);
    return is_on ? (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode) : -1;
}

/* The bytes that reached the platter; of a file never synced, some first part. */
static void
restore_file(const char *path, const struct stat *info)
{
    const struct synced *synced = synced_find(info->st_ino, "");
    if (synced == NULL) {
        assert_int_equal(truncate(path, (off_t)(platter_random() % ((uint64_t)info->st_size + 1))),
                         0);
        return;
    }
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(synced->bytes, 1, synced->len, file), synced->len);
    assert_int_equal(fclose(file), 0);
}

static void
restore_folder(const char *path)
{
    struct stat folder_info, info;
    char inner[400];
    const struct dirent *entry;
    assert_int_equal(stat(path, &folder_info), 0);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        assert_int_equal(stat(inner, &info), 0);
        bool is_kept =
            synced_find(folder_info.st_ino, entry->d_name) != NULL || platter_random() % 2 == 0;
        if (!is_kept)
            fixture_remove(inner);
        else if (S_ISDIR(info.st_mode))
            restore_folder(inner);
        else
            restore_file(inner, &info);
    }
    closedir(folder);
}

struct load {
    struct store *store;
    int round;
    char kept[PAPERS][65]; /* hashes acknowledged; empty: not */
};

static size_t
paper(char *bytes, int round, int n)
{
    size_t len = (size_t)(40 + (round * 37 + n * 101) % (PAPER_BYTES_MAX - 40));
    memset(bytes, 'a' + n % 26, len);
    snprintf(bytes, 40, "paper %d of round %d", n, round);
    return len;
}

static void *
load_main(void *arg)
{
    struct load *load = arg;
    char bytes[PAPER_BYTES_MAX];
    for (int n = 0; n < PAPERS; n++) {
        struct store_file *file;
        int64_t kept_bytes;
        size_t len = paper(bytes, load->round, n);
        if (store_file_new(load->store, &file, NULL) != TB_OK)
            break;
        if (store_file_write(file, bytes, len, NULL) != TB_OK) {
            store_file_drop(file);
            break;
        }
        if (store_file_keep(file, load->kept[n], &kept_bytes, NULL) != TB_OK) {
            load->kept[n][0] = '\0';
            break;
        }
    }
    return NULL;
}

static void
platter_clear(const struct fixture *fixture)
{
    for (size_t i = 0; i < platter.count; i++)
        free(platter.synced[i].bytes);
    memset(platter.synced, 0, sizeof platter.synced);
    platter.count = 0;
    platter.events = platter.cut_at = 0;
    snprintf(platter.root, sizeof platter.root, "%s/", fixture->dir);
}

/* Hands papers in until the power goes; answers how many of the acknowledged ones are lost. */
static int
papers_lost(struct fixture *fixture, int round, int *acknowledged)
{
    static struct load loads[THREADS];
    pthread_t threads[THREADS];
    char files[80];
    int lost = 0;
    platter_clear(fixture);
    platter.cut_at = 1 + (int)(platter_random() % (THREADS * PAPERS * 4));
    memset(loads, 0, sizeof loads);
    for (int i = 0; i < THREADS; i++) {
        loads[i].store = fixture->store;
        loads[i].round = round;
        assert_int_equal(pthread_create(&threads[i], NULL, load_main, &loads[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    platter.cut_at = 0;
    snprintf(files, sizeof files, "%s/files", fixture->dir);
    restore_folder(files);
    for (int i = 0; i < THREADS * PAPERS; i++) {
        const char *hash = loads[i / PAPERS].kept[i % PAPERS];
        tb_str bytes;
        if (hash[0] == '\0')
            continue;
        *acknowledged += 1;
        lost +=
            store_file_read(fixture->store, fixture->arena, tb_str_of(hash), &bytes, NULL) != TB_OK;
    }
    tb_arena_reset(fixture->arena);
    fixture_remove(files);
    assert_int_equal(mkdir(files, 0700), 0);
    return lost;
}

static void
papers_acknowledged_survive_200_power_cuts(void **state)
{
    struct fixture *fixture = *state;
    int acknowledged = 0;
    platter.is_deaf = false;
    for (int round = 0; round < ROUNDS; round++)
        assert_int_equal(papers_lost(fixture, round, &acknowledged), 0);
    platter_clear(fixture);
    print_message("# %d cuts, %d papers acknowledged, none lost\n", ROUNDS, acknowledged);
    assert_true(acknowledged > ROUNDS);
}

static void
without_syncing_papers_are_lost(void **state)
{
    struct fixture *fixture = *state;
    int acknowledged = 0, failed = 0;
    platter.is_deaf = true;
    for (int round = 0; round < ROUNDS_UNSAFE; round++)
        failed += papers_lost(fixture, round, &acknowledged) > 0;
    platter_clear(fixture);
    print_message("# fsync that does nothing: %d of %d rounds lost papers\n", failed,
                  ROUNDS_UNSAFE);
    assert_true(failed >= ROUNDS_UNSAFE / 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(papers_acknowledged_survive_200_power_cuts, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(without_syncing_papers_are_lost, fixture_open,
                                        fixture_close),
    };
    platter.random = (uint64_t)fixture_now(NULL) | 1;
    print_message("# seed %llu\n", (unsigned long long)platter.random);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
