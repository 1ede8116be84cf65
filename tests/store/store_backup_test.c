/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

#include <pthread.h>

static tb_status
insert_person(struct store_tx *tx, void *arg, struct tb_err *err)
{
    (void)arg;
    return store_insert(tx, "person", STORE_VALUES(STORE_SET_TEXT("name", TB_STR("a"))), NULL, err);
}

static void
add_persons(struct fixture *fixture, int count)
{
    for (int i = 0; i < count; i++)
        assert_int_equal(store_write(fixture->store, NULL, insert_person, NULL, &fixture->err),
                         TB_OK);
}

static int64_t
count_rows(struct fixture *fixture, const char *sql)
{
    struct store_read *read;
    struct store_rows *rows;
    assert_int_equal(store_snapshot(fixture->store, &read, NULL), TB_OK);
    assert_int_equal(store_select(read, sql, NULL, 0, &rows, NULL), TB_OK);
    int64_t value = store_next(rows) ? store_int(rows, 0) : -1;
    assert_int_equal(store_rows_done(rows, NULL), TB_OK);
    store_snapshot_done(read);
    return value;
}

static tb_str
backup_dir(struct fixture *fixture)
{
    return tb_printf(fixture->arena, "%s/backup", fixture->dir);
}

static tb_status
restore(struct fixture *fixture, bool is_loss_accepted, int64_t *lost)
{
    store_close(fixture->store);
    fixture->store = NULL;
    return store_restore(backup_dir(fixture), tb_str_of(fixture->dir), fixture_tables,
                         is_loss_accepted, &fixture_env, lost, &fixture->err);
}

static void *
write_on(void *arg)
{
    add_persons(arg, 300);
    return NULL;
}

static void
a_backup_under_load_is_one_moment_and_verifies(void **state)
{
    struct fixture *fixture = *state;
    pthread_t thread;
    add_persons(fixture, 200);
    assert_int_equal(pthread_create(&thread, NULL, write_on, fixture), 0);
    struct tb_err err;
    if (store_backup(fixture->store, backup_dir(fixture), &err) != TB_OK)
        fail_msg("%s", err.message);
    pthread_join(thread, NULL);
    assert_int_equal(store_backup(fixture->store, backup_dir(fixture), NULL), TB_CONFLICT);
    int64_t lost = -1;
    assert_int_equal(restore(fixture, true, &lost), TB_OK);
    fixture_reopen(fixture);
    int64_t persons = count_rows(fixture, "SELECT count(*) FROM person");
    assert_in_range(persons, 200, 500);
    assert_int_equal(persons + lost, 500);
    fixture_verify(fixture, 0);
}

static void
a_restore_says_what_is_lost_and_needs_consent(void **state)
{
    struct fixture *fixture = *state;
    int64_t lost = -1;
    add_persons(fixture, 10);
    assert_int_equal(store_backup(fixture->store, backup_dir(fixture), &fixture->err), TB_OK);
    add_persons(fixture, 7);
    assert_int_equal(restore(fixture, false, &lost), TB_CONFLICT);
    assert_int_equal(lost, 7);
    assert_non_null(strstr(fixture->err.message, "7 would be lost"));
    fixture_reopen(fixture);
    assert_int_equal(count_rows(fixture, "SELECT count(*) FROM person"), 17);
    assert_int_equal(restore(fixture, true, &lost), TB_OK);
    assert_int_equal(lost, 7);
    fixture_reopen(fixture);
    assert_int_equal(count_rows(fixture, "SELECT count(*) FROM person"), 10);
    assert_int_equal(count_rows(fixture, "SELECT entries_lost FROM restores"), 7);
    assert_int_equal(count_rows(fixture, "SELECT size FROM log_state"), 11);
    fixture_verify(fixture, 0);
    add_persons(fixture, 1);
    fixture_verify(fixture, 0);
}

static void
the_loss_is_known_even_when_the_database_is_gone(void **state)
{
    struct fixture *fixture = *state;
    int64_t lost = -1;
    char path[128];
    add_persons(fixture, 3);
    assert_int_equal(store_backup(fixture->store, backup_dir(fixture), &fixture->err), TB_OK);
    add_persons(fixture, 4);
    store_close(fixture->store);
    fixture->store = NULL;
    snprintf(path, sizeof path, "%s/tongban.db", fixture->dir);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(restore(fixture, false, &lost), TB_CONFLICT);
    assert_int_equal(lost, 4);
    assert_int_equal(restore(fixture, true, &lost), TB_OK);
    fixture_reopen(fixture);
    fixture_verify(fixture, 0);
}

static void
files_come_along_and_keys_do_not(void **state)
{
    struct fixture *fixture = *state;
    struct store_file *file;
    char hash[65], path[256];
    int64_t size, lost;
    assert_int_equal(store_file_new(fixture->store, &file, NULL), TB_OK);
    assert_int_equal(store_file_write(file, "paper", 5, NULL), TB_OK);
    assert_int_equal(store_file_keep(file, hash, &size, NULL), TB_OK);
    assert_int_equal(store_backup(fixture->store, backup_dir(fixture), &fixture->err), TB_OK);
    snprintf(path, sizeof path, "%s/backup/keys", fixture->dir);
    assert_int_not_equal(access(path, F_OK), 0);
    snprintf(path, sizeof path, "%s/files/%.2s/%s", fixture->dir, hash, hash);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(restore(fixture, false, &lost), TB_OK);
    assert_int_equal(lost, 0);
    fixture_reopen(fixture);
    tb_str bytes;
    assert_int_equal(store_file_read(fixture->store, fixture->arena, tb_str_of(hash), &bytes, NULL),
                     TB_OK);
    assert_true(tb_str_is(bytes, "paper"));
    fixture_verify(fixture, 0);
}

static void
nothing_is_restored_over_a_running_program(void **state)
{
    struct fixture *fixture = *state;
    int64_t lost;
    assert_int_equal(store_backup(fixture->store, backup_dir(fixture), &fixture->err), TB_OK);
    assert_int_equal(store_restore(backup_dir(fixture), tb_str_of(fixture->dir), fixture_tables,
                                   true, &fixture_env, &lost, &fixture->err),
                     TB_BUSY);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_backup_under_load_is_one_moment_and_verifies),
        CASE(a_restore_says_what_is_lost_and_needs_consent),
        CASE(the_loss_is_known_even_when_the_database_is_gone),
        CASE(files_come_along_and_keys_do_not),
        CASE(nothing_is_restored_over_a_running_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
