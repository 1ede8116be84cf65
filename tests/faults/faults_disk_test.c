/* SPDX-License-Identifier: Apache-2.0 */
/* A disk that fails once, is full, or has become read-only: the refusal says so, nothing half is kept, and writing goes
 * on when the disk does - except after a failed sync, when nobody knows what is on the disk until the next start. */
#include "../store/store_fixture.h"
#include "faults_vfs.h"

#include <sys/mount.h>

#define WRITES 8

static tb_status
write_one(struct store_tx *tx, void *arg, struct tb_err *err)
{
    const char *tag = arg;
    int64_t number;
    TB_TRY(store_serial(tx, TB_STR("person"), &number, err));
    return store_insert(
        tx, "person",
        STORE_VALUES(STORE_SET_TEXT("name", tb_str_of(tag)), STORE_SET_INT("age", number)), NULL,
        err);
}

/* Writes some kilobytes, so that files must grow. */
static tb_status
write_much(struct store_tx *tx, void *arg, struct tb_err *err)
{
    static char bytes[20000];
    memset(bytes, 'x', sizeof bytes);
    (void)arg;
    return store_insert(tx, "note",
                        STORE_VALUES(STORE_SET_TEXT("text", ((tb_str){bytes, sizeof bytes}))), NULL,
                        err);
}

static tb_status
try_write(struct fixture *fixture)
{
    fixture->err = (struct tb_err){0};
    return store_write(fixture->store, NULL, write_one, "a", &fixture->err);
}

static tb_status
open_store(struct fixture *fixture, const char *vfs)
{
    struct store_options options = {.dir = tb_str_of(fixture->dir),
                                    .tables = fixture_tables,
                                    .env = &fixture_env,
                                    .is_create = true,
                                    .sqlite_vfs = vfs};
    store_close(fixture->store);
    fixture->store = NULL;
    return store_open(&options, &fixture->store, &fixture->err);
}

static int64_t
count_persons(struct fixture *fixture)
{
    struct store_read *read;
    struct store_rows *rows;
    assert_int_equal(store_snapshot(fixture->store, &read, NULL), TB_OK);
    assert_int_equal(
        store_select(read, "SELECT count(*), max(age) FROM person", NULL, 0, &rows, NULL), TB_OK);
    assert_true(store_next(rows));
    int64_t count = store_int(rows, 0);
    assert_int_equal(store_int(rows, 1), count); /* the series has no gap whatever failed */
    assert_int_equal(store_rows_done(rows, NULL), TB_OK);
    store_snapshot_done(read);
    return count;
}

static void
a_full_disk_is_refused_and_writing_goes_on_with_free_space(void **state)
{
    struct fixture *fixture = *state;
    static struct disk disk;
    disk_register(&disk);
    assert_int_equal(open_store(fixture, disk_name), TB_OK);
    assert_int_equal(try_write(fixture), TB_OK);
    disk.is_full = true;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(try_write(fixture), TB_FULL);
        assert_int_equal(tb_error_row(fixture->err.status)->http, 503);
        assert_int_equal(count_persons(fixture), 1);
    }
    disk.is_full = false;
    assert_int_equal(try_write(fixture), TB_OK);
    assert_int_equal(count_persons(fixture), 2);
    fixture_verify(fixture, 0);
    store_close(fixture->store);
    fixture->store = NULL;
    disk_reset(&disk);
    sqlite3_vfs_unregister(&disk.vfs);
}

static void
a_read_only_disk_is_refused_and_writing_goes_on_afterwards(void **state)
{
    struct fixture *fixture = *state;
    static struct disk disk;
    disk_register(&disk);
    assert_int_equal(open_store(fixture, disk_name), TB_OK);
    assert_int_equal(try_write(fixture), TB_OK);
    disk.is_read_only = true;
    assert_int_equal(try_write(fixture), TB_READ_ONLY);
    assert_int_equal(tb_error_row(fixture->err.status)->http, 503);
    assert_int_equal(count_persons(fixture), 1);
    disk.is_read_only = false;
    assert_int_equal(try_write(fixture), TB_OK);
    fixture_verify(fixture, 0);
    store_close(fixture->store);
    fixture->store = NULL;
    disk_reset(&disk);
    sqlite3_vfs_unregister(&disk.vfs);
}

/* One run in which event n fails. True when the run had that many events. */
static bool
run_with_failure(struct fixture *fixture, struct disk *disk, int64_t n, int code)
{
    int64_t acknowledged = 0;
    store_close(fixture->store);
    fixture->store = NULL;
    disk_reset(disk);
    fixture_remove(fixture->dir);
    assert_int_equal(mkdir(fixture->dir, 0700), 0);
    disk->fail_at = n;
    disk->fail_code = code;
    if (open_store(fixture, disk_name) == TB_OK) {
        for (int i = 0; i < WRITES; i++) {
            bool had_failed_sync =
                disk->has_failed_sync && store_health(fixture->store, NULL) == TB_IO;
            tb_status status = try_write(fixture);
            if (status != TB_OK && status != TB_IO && status != TB_FULL)
                fail_msg("event %lld: %s: %s", (long long)n, tb_error_row(status)->code,
                         fixture->err.message);
            if (had_failed_sync && status == TB_OK)
                fail_msg("event %lld: a write was acknowledged after a failed sync", (long long)n);
            acknowledged += status == TB_OK;
        }
        if (disk->has_failed_sync && store_health(fixture->store, &fixture->err) != TB_IO)
            fail_msg("event %lld: a failed sync is not noticed", (long long)n);
        if (!disk->has_failed_sync && acknowledged < WRITES - 1)
            fail_msg("event %lld: writing did not go on: %s", (long long)n, fixture->err.message);
    }
    bool has_failed = disk->has_failed;
    assert_int_equal(open_store(fixture, disk_name), TB_OK);
    assert_true(count_persons(fixture) >= acknowledged);
    fixture_verify(fixture, 0);
    return has_failed;
}

static void
every_single_failing_event_is_survived(void **state)
{
    struct fixture *fixture = *state;
    static struct disk disk;
    int64_t events = 0;
    disk_register(&disk);
    for (int full = 0; full < 2; full++) {
        int64_t n = 1;
        while (run_with_failure(fixture, &disk, n, full ? SQLITE_FULL : 0))
            n++;
        events += n;
    }
    print_message("# %lld runs, each with another failing event\n", (long long)events);
    assert_true(events > 100);
    store_close(fixture->store);
    fixture->store = NULL;
    disk_reset(&disk);
    sqlite3_vfs_unregister(&disk.vfs);
}

/* A real file system of two megabytes, where only root can make one. */
static void
a_real_full_file_system_is_survived(void **state)
{
    struct fixture *fixture = *state;
    static char ballast[512 * 1024];
    char path[128];
    store_close(fixture->store);
    fixture->store = NULL;
    if (mount("tmpfs", fixture->dir, "tmpfs", 0, "size=4m") != 0) {
        print_message("# skipped: only root can mount a small file system\n");
        return;
    }
    assert_int_equal(open_store(fixture, NULL), TB_OK);
    snprintf(path, sizeof path, "%s/ballast", fixture->dir);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(ballast, 1, sizeof ballast, file), sizeof ballast);
    fclose(file);
    int written = 0;
    while (store_write(fixture->store, NULL, write_much, NULL, &fixture->err) == TB_OK)
        assert_true(++written < 1000);
    assert_int_equal(fixture->err.status, TB_FULL);
    struct store_file *upload;
    tb_status status = store_file_new(fixture->store, &upload, &fixture->err);
    while (status == TB_OK) {
        status = store_file_write(upload, ballast, sizeof ballast, &fixture->err);
        if (status != TB_OK)
            store_file_drop(upload);
    }
    assert_int_equal(status, TB_FULL);
    unlink(path);
    assert_int_equal(store_write(fixture->store, NULL, write_much, NULL, &fixture->err), TB_OK);
    fixture_verify(fixture, 0);
    store_close(fixture->store);
    fixture->store = NULL;
    assert_int_equal(umount2(fixture->dir, MNT_DETACH), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_full_disk_is_refused_and_writing_goes_on_with_free_space,
                                        fixture_open, fixture_close),
        cmocka_unit_test_setup_teardown(a_read_only_disk_is_refused_and_writing_goes_on_afterwards,
                                        fixture_open, fixture_close),
        cmocka_unit_test_setup_teardown(every_single_failing_event_is_survived, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(a_real_full_file_system_is_survived, fixture_open,
                                        fixture_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
