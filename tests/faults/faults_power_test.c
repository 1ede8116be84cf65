/* SPDX-License-Identifier: Apache-2.0 */
/* 200 power cuts under load. Every write that was acknowledged is there, none twice, and the log verifies. The same
 * with synchronous=OFF loses writes, which the last test shows: so the disk of faults_vfs.h does lose what is not
 * synced, and the first test means something. */
#include "../store/store_fixture.h"
#include "faults_vfs.h"

#define ROUNDS 200
#define ROUNDS_TOGETHER 10
#define ROUNDS_UNSAFE 10
#define THREADS 4
#define WRITES_MAX 400

struct load {
    struct store *store;
    int round, thread;
    int acknowledged; /* writes 0 to this - 1 of the thread were acknowledged */
};

struct one_write {
    char tag[64];
};

/* A logged row that another names, a number of a series, an update: all in one closure. */
static tb_status
write_one(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct one_write *one = arg;
    int64_t person, number;
    tb_str tag = tb_str_of(one->tag);
    TB_TRY(store_insert(tx, "person",
                        STORE_VALUES(STORE_SET_TEXT("name", tag), STORE_SET_TEXT("id_blind", tag)),
                        &person, err));
    TB_TRY(store_serial(tx, TB_STR("permit"), &number, err));
    TB_TRY(store_insert(
        tx, "permit",
        STORE_VALUES(STORE_SET_INT("person", person), STORE_SET_TEXT("office", TB_STR("a")),
                     STORE_SET_INT("number", number), STORE_SET_BOOL("is_open", true)),
        NULL, err));
    TB_TRY(store_insert(tx, "note", STORE_VALUES(STORE_SET_TEXT("text", tag)), NULL, err));
    return store_update(tx, "person", person, -1, STORE_VALUES(STORE_SET_INT("age", number)), err);
}

static void *
load_main(void *arg)
{
    struct load *load = arg;
    for (int i = 0; i < WRITES_MAX; i++) {
        struct one_write one;
        snprintf(one.tag, sizeof one.tag, "%d-%d-%d", load->round, load->thread, i);
        if (store_write(load->store, NULL, write_one, &one, NULL) != TB_OK)
            break;
        load->acknowledged = i + 1;
    }
    return NULL;
}

static tb_status
open_store(struct fixture *fixture, bool is_sync_off)
{
    struct store_options options = {.dir = tb_str_of(fixture->dir),
                                    .tables = fixture_tables,
                                    .env = &fixture_env,
                                    .is_create = true,
                                    .sqlite_vfs = disk_name,
                                    .is_unsafe_sync_off = is_sync_off};
    fixture->store = NULL;
    return store_open(&options, &fixture->store, &fixture->err);
}

static void
run_load(struct fixture *fixture, struct load *loads, int round)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        loads[i] = (struct load){fixture->store, round, i, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, load_main, &loads[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static int64_t
count_where(struct store_read *read, const char *sql, const char *tag)
{
    struct store_value param = STORE_TEXT_OF(tb_str_of(tag));
    struct store_rows *rows;
    if (store_select(read, sql, &param, 1, &rows, NULL) != TB_OK)
        return -1;
    int64_t count = store_next(rows) ? store_int(rows, 0) : -1;
    return store_rows_done(rows, NULL) == TB_OK ? count : -1;
}

/* Acknowledged writes that are not there exactly once, in both tables. */
static int64_t
count_lost(struct fixture *fixture, const struct load *loads)
{
    struct store_read *read;
    int64_t lost = 0;
    char tag[64];
    if (store_snapshot(fixture->store, &read, NULL) != TB_OK)
        return 1;
    for (int t = 0; t < THREADS; t++)
        for (int i = 0; i < loads[t].acknowledged; i++) {
            snprintf(tag, sizeof tag, "%d-%d-%d", loads[t].round, t, i);
            lost += count_where(read, "SELECT count(*) FROM person WHERE id_blind = $1", tag) != 1;
        }
    store_snapshot_done(read);
    return lost;
}

static int64_t
select_number(struct fixture *fixture, const char *sql)
{
    struct store_read *read;
    struct store_rows *rows;
    assert_int_equal(store_snapshot(fixture->store, &read, NULL), TB_OK);
    assert_int_equal(store_select(read, sql, NULL, 0, &rows, NULL), TB_OK);
    assert_true(store_next(rows));
    int64_t number = store_int(rows, 0);
    assert_int_equal(store_rows_done(rows, NULL), TB_OK);
    store_snapshot_done(read);
    return number;
}

/* One round: load, power cut at a random event, restart. True when everything that was promised is there. */
static bool
round_holds(struct fixture *fixture, struct disk *disk, int round, bool is_sync_off,
            int64_t *acknowledged)
{
    struct load loads[THREADS] = {{0}};
    disk_reset(disk);
    disk->cut_at = 1 + (int64_t)(disk_random(disk) % 900);
    if (open_store(fixture, is_sync_off) == TB_OK)
        run_load(fixture, loads, round);
    store_close(fixture->store);
    disk_restore(disk);
    for (int i = 0; i < THREADS; i++)
        *acknowledged += loads[i].acknowledged;
    if (open_store(fixture, is_sync_off) != TB_OK)
        return false;
    struct tb_faults faults = {.arena = fixture->arena};
    struct store_verify_result result;
    bool holds =
        count_lost(fixture, loads) == 0 &&
        store_verify(fixture->store, TB_STR_NONE, &faults, &result, &fixture->err) == TB_OK &&
        faults.count == 0;
    store_close(fixture->store);
    fixture->store = NULL;
    return holds;
}

/* Nothing is there twice, and nothing half: the tables hold the same writes, numbered without a gap. */
static int64_t
check_whole(struct fixture *fixture, struct disk *disk, int64_t acknowledged)
{
    disk_reset(disk);
    assert_int_equal(open_store(fixture, false), TB_OK);
    int64_t there = select_number(fixture, "SELECT count(*) FROM person");
    assert_int_equal(select_number(fixture, "SELECT count(DISTINCT text) FROM note"), there);
    assert_int_equal(select_number(fixture, "SELECT count(*) FROM note"), there);
    assert_int_equal(select_number(fixture, "SELECT count(*) FROM permit"), there);
    assert_int_equal(select_number(fixture, "SELECT coalesce(max(number), 0) FROM permit"), there);
    assert_true(there >= acknowledged);
    return there;
}

/* Closes and empties the installation. */
static void
start_anew(struct fixture *fixture)
{
    store_close(fixture->store);
    fixture->store = NULL;
    fixture_remove(fixture->dir);
    assert_int_equal(mkdir(fixture->dir, 0700), 0);
}

static void
disk_begin(struct disk *disk)
{
    disk->random = (uint64_t)fixture_now(NULL) | 1;
    print_message("# seed %llu\n", (unsigned long long)disk->random);
    disk_register(disk);
}

static void
what_was_acknowledged_survives_200_power_cuts(void **state)
{
    struct fixture *fixture = *state;
    static struct disk disk;
    int64_t all = 0, there = 0;
    disk_begin(&disk);
    start_anew(fixture);
    /* Some cuts hit the same installation one after another; then a new one keeps verification short. */
    for (int round = 0; round < ROUNDS;) {
        int64_t acknowledged = 0;
        do {
            if (!round_holds(fixture, &disk, round, false, &acknowledged))
                fail_msg("round %d: %s", round, fixture->err.message);
            round++;
        } while (round % ROUNDS_TOGETHER != 0);
        there += check_whole(fixture, &disk, acknowledged);
        all += acknowledged;
        start_anew(fixture);
    }
    sqlite3_vfs_unregister(&disk.vfs);
    print_message("# %d cuts, %lld writes acknowledged, %lld there\n", ROUNDS, (long long)all,
                  (long long)there);
    assert_true(all > ROUNDS);
}

static void
without_syncing_the_same_test_fails(void **state)
{
    struct fixture *fixture = *state;
    static struct disk disk;
    int failed = 0;
    int64_t acknowledged = 0;
    disk_begin(&disk);
    start_anew(fixture);
    for (int round = 0; round < ROUNDS_UNSAFE; round++) {
        failed += !round_holds(fixture, &disk, round, true, &acknowledged);
        start_anew(fixture);
    }
    sqlite3_vfs_unregister(&disk.vfs);
    print_message("# synchronous=OFF: %d of %d rounds lost or damaged something\n", failed,
                  ROUNDS_UNSAFE);
    assert_true(failed >= ROUNDS_UNSAFE / 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_acknowledged_survives_200_power_cuts, fixture_open,
                                        fixture_close),
        cmocka_unit_test_setup_teardown(without_syncing_the_same_test_fails, fixture_open,
                                        fixture_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
