/* SPDX-License-Identifier: Apache-2.0 */
/* 50 rounds of kill -9. A child writes under load - rows and files - and says on a pipe what was acknowledged; it is
 * killed at a random moment. Afterwards everything that it said is there once, files included, nothing is left in
 * DIR/tmp, and the log verifies. The child is this program, called with a folder and a round. */
#include "../store/store_fixture.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#define ROUNDS 50
#define THREADS 8

/* What the child says, in one write: it is shorter than a pipe's atomic piece. */
struct promise {
    int32_t round, thread, index;
    char hash[65];
};

struct worker {
    struct store *store;
    int out, round, thread;
};

static tb_status
write_one(struct store_tx *tx, void *arg, struct tb_err *err)
{
    const struct promise *promise = arg;
    char tag[64];
    int64_t person, number;
    snprintf(tag, sizeof tag, "%d-%d-%d", promise->round, promise->thread, promise->index);
    TB_TRY(store_insert(tx, "person",
                        STORE_VALUES(STORE_SET_TEXT("name", tb_str_of(tag)),
                                     STORE_SET_TEXT("id_blind", tb_str_of(tag))),
                        &person, err));
    TB_TRY(store_serial(tx, TB_STR("permit"), &number, err));
    return store_insert(
        tx, "permit",
        STORE_VALUES(STORE_SET_INT("person", person), STORE_SET_TEXT("office", TB_STR("a")),
                     STORE_SET_INT("number", number), STORE_SET_BOOL("is_open", true),
                     STORE_SET_BYTES("hash", tb_str_of(promise->hash))),
        NULL, err);
}

static void
keep_file(struct store *store, struct promise *promise)
{
    struct store_file *file;
    struct tb_err err;
    int64_t bytes;
    char content[6000];
    memset(content, 'a' + promise->thread, sizeof content);
    memcpy(content, promise, offsetof(struct promise, hash));
    if (store_file_new(store, &file, &err) != TB_OK ||
        store_file_write(file, content, sizeof content, &err) != TB_OK ||
        store_file_keep(file, promise->hash, &bytes, &err) != TB_OK) {
        fprintf(stderr, "# %s\n", err.message);
        abort();
    }
}

static void *
worker_main(void *arg)
{
    const struct worker *worker = arg;
    for (int i = 0;; i++) {
        struct promise promise = {worker->round, worker->thread, i, {0}};
        if (i % 4 == 0)
            keep_file(worker->store, &promise);
        if (store_write(worker->store, NULL, write_one, &promise, NULL) != TB_OK)
            abort();
        if (write(worker->out, &promise, sizeof promise) != sizeof promise)
            return NULL;
    }
}

static int
child_main(const char *dir, int round)
{
    struct store_options options = {
        .dir = tb_str_of(dir), .tables = fixture_tables, .env = &fixture_env, .is_create = true};
    struct store *store;
    struct tb_err err;
    struct worker workers[THREADS];
    pthread_t threads[THREADS];
    if (store_open(&options, &store, &err) != TB_OK) {
        fprintf(stderr, "# child: %s\n", err.message);
        return 1;
    }
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){store, STDOUT_FILENO, round, i};
        if (pthread_create(&threads[i], NULL, worker_main, &workers[i]) != 0)
            return 1;
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    return 0;
}

/* Starts the child, reads its promises for a while, kills it, reads the rest. */
static size_t
run_child(struct fixture *fixture, int round, struct promise *promises, size_t max)
{
    int pipe_ends[2];
    char number[16];
    assert_int_equal(pipe(pipe_ends), 0);
    snprintf(number, sizeof number, "%d", round);
    pid_t child = fork();
    if (child == 0) {
        dup2(pipe_ends[1], STDOUT_FILENO);
        close(pipe_ends[0]);
        close(pipe_ends[1]);
        execl("/proc/self/exe", "faults_kill_test", fixture->dir, number, (char *)NULL);
        _exit(127);
    }
    close(pipe_ends[1]);
    uint32_t wait_us;
    fixture_random(NULL, &wait_us, sizeof wait_us);
    int64_t until = fixture_now(NULL) + 30000 + wait_us % 150000;
    size_t count = 0;
    bool is_killed = false;
    while (count < max &&
           read(pipe_ends[0], &promises[count], sizeof promises[0]) == sizeof promises[0]) {
        count++;
        if (!is_killed && fixture_now(NULL) > until) {
            kill(child, SIGKILL);
            is_killed = true;
        }
    }
    kill(child, SIGKILL);
    close(pipe_ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return count;
}

static void
check_promise(struct fixture *fixture, struct store_read *read, const struct promise *promise)
{
    char tag[64];
    snprintf(tag, sizeof tag, "%d-%d-%d", promise->round, promise->thread, promise->index);
    struct store_value param = STORE_TEXT_OF(tb_str_of(tag));
    struct store_rows *rows;
    assert_int_equal(
        store_select(
            read,
            "SELECT count(*) FROM person p JOIN permit q ON q.person = p.id WHERE p.id_blind = $1",
            &param, 1, &rows, NULL),
        TB_OK);
    assert_true(store_next(rows));
    if (store_int(rows, 0) != 1)
        fail_msg("%s was acknowledged and is there %lld times", tag, (long long)store_int(rows, 0));
    assert_int_equal(store_rows_done(rows, NULL), TB_OK);
    tb_str bytes;
    if (promise->hash[0] != '\0' &&
        store_file_read(fixture->store, fixture->arena, tb_str_of(promise->hash), &bytes,
                        &fixture->err) != TB_OK)
        fail_msg("%s: %s", tag, fixture->err.message);
}

static void
check_tmp_is_empty(const struct fixture *fixture)
{
    char path[128];
    snprintf(path, sizeof path, "%s/tmp", fixture->dir);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL)
        if (entry->d_name[0] != '.')
            fail_msg("%s is left in tmp", entry->d_name);
    closedir(folder);
}

static void
what_was_acknowledged_survives_50_kills(void **state)
{
    struct fixture *fixture = *state;
    static struct promise promises[100000];
    size_t all = 0;
    for (int round = 0; round < ROUNDS; round++) {
        store_close(fixture->store);
        fixture->store = NULL;
        size_t count = run_child(fixture, round, promises, TB_COUNT(promises));
        fixture_reopen(fixture);
        check_tmp_is_empty(fixture);
        struct store_read *read;
        assert_int_equal(store_snapshot(fixture->store, &read, NULL), TB_OK);
        for (size_t i = 0; i < count; i++)
            check_promise(fixture, read, &promises[i]);
        store_snapshot_done(read);
        tb_arena_reset(fixture->arena);
        if (round % 10 == 9)
            fixture_verify(fixture, 0);
        all += count;
    }
    print_message("# %d kills, %zu writes acknowledged\n", ROUNDS, all);
    assert_true(all > ROUNDS);
}

int
main(int argc, char **argv)
{
    if (argc == 3)
        return child_main(argv[1], (int)strtol(argv[2], NULL, 10));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_acknowledged_survives_50_kills, fixture_open,
                                        fixture_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
