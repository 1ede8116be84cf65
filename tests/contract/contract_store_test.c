/* SPDX-License-Identifier: Apache-2.0 */
/* The contract of store.h, the same for every back end. A row of back_ends is one; what is not built in is skipped and
 * says so. Nothing here may know SQLite. */
#include "../store/store_fixture.h"

#include "tlog/tlog.h"

#include <pthread.h>

struct back_end {
    const char *name;
    const char *missing; /* why it cannot run; NULL when it can */
};

static const struct back_end back_ends[] = {
    {"sqlite", NULL},
    {"postgresql",
     "the PostgreSQL back end is not built in; its statements are prepared by tools/sql-check"},
};

/* ---- helpers ----------------------------------------------------------------------------------------------------- */

static tb_status
write_fn(struct fixture *fixture, store_fn fn, void *arg)
{
    static const struct store_cause cause = {7, {"req-1", 5}, {"test.write", 10}};
    fixture->err = (struct tb_err){0};
    return store_write(fixture->store, &cause, fn, arg, &fixture->err);
}

static int64_t
select_int(struct fixture *fixture, const char *sql)
{
    struct store_read *read;
    struct store_rows *rows;
    assert_int_equal(store_snapshot(fixture->store, &read, NULL), TB_OK);
    assert_int_equal(store_select(read, sql, NULL, 0, &rows, &fixture->err), TB_OK);
    int64_t value = store_next(rows) ? store_int(rows, 0) : -1;
    assert_int_equal(store_rows_done(rows, NULL), TB_OK);
    store_snapshot_done(read);
    return value;
}

/* A permit with its holder; what a test wants different it sets. */
struct permit {
    int64_t person, id, number;
    tb_status after; /* what the closure returns when all went well */
};

static tb_status
insert_person(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct fixture_person *person = arg;
    return store_insert(tx, "person",
                        STORE_VALUES(STORE_SET_TEXT("name", tb_str_of(person->name)),
                                     STORE_SET_TEXT("id_number", tb_str_of(person->id_number)),
                                     STORE_SET_INT("age", person->age)),
                        &person->id, err);
}

static tb_status
insert_permit(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct permit *permit = arg;
    TB_TRY(store_insert(
        tx, "permit",
        STORE_VALUES(STORE_SET_INT("person", permit->person),
                     STORE_SET_TEXT("office", TB_STR("卫健局")),
                     STORE_SET_INT("number", permit->number), STORE_SET_BOOL("is_open", true),
                     STORE_SET_DAY("issued", TB_STR("2026-02-10")),
                     STORE_SET_INSTANT("at", INT64_C(1770000000000000)),
                     STORE_SET_MONEY("fee", 12345), STORE_SET_JSON("data", TB_STR("{\"a\":1.10}")),
                     STORE_SET_BYTES("hash", ((tb_str){"\0\1\2", 3}))),
        &permit->id, err));
    return permit->after;
}

static void
add_person(struct fixture *fixture, struct fixture_person *person)
{
    assert_int_equal(write_fn(fixture, insert_person, person), TB_OK);
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static void
every_type_reads_back_as_it_was_written(void **state)
{
    struct fixture *fixture = *state;
    struct fixture_person person = {.name = "王小明", .age = 35};
    add_person(fixture, &person);
    struct permit permit = {.person = person.id, .number = INT64_MAX};
    assert_int_equal(write_fn(fixture, insert_permit, &permit), TB_OK);
    struct store_read *read;
    struct store_rows *rows;
    struct store_value param = STORE_INT_OF(permit.id);
    assert_int_equal(store_snapshot(fixture->store, &read, NULL), TB_OK);
    assert_int_equal(
        store_select(
            read,
            "SELECT person, office, number, is_open, issued, at, fee, data, hash, leaf FROM permit "
            "WHERE id = $1",
            &param, 1, &rows, NULL),
        TB_OK);
    assert_true(store_next(rows));
    assert_int_equal(store_int(rows, 0), person.id);
    assert_true(tb_str_is(store_text(rows, 1), "卫健局"));
    assert_true(store_int(rows, 2) == INT64_MAX);
    assert_int_equal(store_int(rows, 3), 1);
    assert_true(tb_str_is(store_text(rows, 4), "2026-02-10"));
    assert_true(store_int(rows, 5) == INT64_C(1770000000000000));
    assert_int_equal(store_int(rows, 6), 12345);
    assert_true(tb_str_is(store_text(rows, 7), "{\"a\":1.10}"));
    assert_true(tb_str_eq(store_text(rows, 8), (tb_str){"\0\1\2", 3}));
    assert_int_equal(store_int(rows, 9), 2);
    assert_false(store_next(rows));
    assert_int_equal(store_rows_done(rows, NULL), TB_OK);
    assert_int_equal(
        store_select(read, "SELECT id_number, id_blind FROM person", NULL, 0, &rows, NULL), TB_OK);
    assert_true(store_next(rows));
    assert_true(store_is_null(rows, 0));
    assert_null(store_text(rows, 1).ptr);
    assert_int_equal(store_rows_done(rows, NULL), TB_OK);
    store_snapshot_done(read);
}

static void
parameters_are_bound_by_their_number(void **state)
{
    struct fixture *fixture = *state;
    struct store_read *read;
    struct store_rows *rows;
    struct store_value params[] = {STORE_INT_OF(1), STORE_TEXT_OF(TB_STR("two"))};
    assert_int_equal(store_snapshot(fixture->store, &read, NULL), TB_OK);
    assert_int_equal(
        store_select(read, "SELECT CAST($2 AS TEXT), CAST($1 AS BIGINT) + CAST($1 AS BIGINT)",
                     params, 2, &rows, NULL),
        TB_OK);
    assert_true(store_next(rows));
    assert_true(tb_str_is(store_text(rows, 0), "two"));
    assert_int_equal(store_int(rows, 1), 2);
    assert_int_equal(store_rows_done(rows, NULL), TB_OK);
    assert_int_equal(store_select(read, "SELECT CAST($2 AS TEXT), CAST($1 AS BIGINT)", params, 1,
                                  &rows, &fixture->err),
                     TB_INTERNAL);
    assert_int_equal(store_select(read, "DELETE FROM person", NULL, 0, &rows, &fixture->err),
                     TB_INTERNAL);
    store_snapshot_done(read);
}

static void
a_second_row_with_the_same_unique_columns_is_a_conflict_that_names_them(void **state)
{
    struct fixture *fixture = *state;
    struct fixture_person person = {.name = "a"};
    add_person(fixture, &person);
    struct permit permit = {.person = person.id, .number = 5};
    assert_int_equal(write_fn(fixture, insert_permit, &permit), TB_OK);
    assert_int_equal(write_fn(fixture, insert_permit, &permit), TB_CONFLICT);
    assert_non_null(strstr(fixture->err.message, "permit.office"));
    assert_non_null(strstr(fixture->err.message, "permit.number"));
    assert_int_equal(select_int(fixture, "SELECT count(*) FROM permit"), 1);
    assert_int_equal(select_int(fixture, "SELECT size FROM log_state"), 2);
}

static tb_status
insert_twice_and_go_on(struct store_tx *tx, void *arg, struct tb_err *err)
{
    TB_TRY(insert_permit(tx, arg, err));
    tb_assert(insert_permit(tx, arg, err) == TB_CONFLICT);
    struct permit *permit = arg;
    permit->number++;
    return insert_permit(tx, arg, err);
}

static void
a_closure_may_live_with_a_conflict(void **state)
{
    struct fixture *fixture = *state;
    struct fixture_person person = {.name = "a"};
    add_person(fixture, &person);
    struct permit permit = {.person = person.id, .number = 5};
    assert_int_equal(write_fn(fixture, insert_twice_and_go_on, &permit), TB_OK);
    assert_int_equal(select_int(fixture, "SELECT count(*) FROM permit"), 2);
    fixture_verify(fixture, 0);
}

static void
a_reference_must_name_a_row(void **state)
{
    struct fixture *fixture = *state;
    struct permit permit = {.person = 99, .number = 1};
    assert_int_equal(write_fn(fixture, insert_permit, &permit), TB_CONFLICT);
    assert_non_null(strstr(fixture->err.message, "permit.person"));
    assert_int_equal(select_int(fixture, "SELECT count(*) FROM permit"), 0);
}

static tb_status
delete_person(struct store_tx *tx, void *arg, struct tb_err *err)
{
    return store_delete(tx, "person", *(int64_t *)arg, -1, err);
}

static void
a_row_that_another_names_is_not_deleted(void **state)
{
    struct fixture *fixture = *state;
    struct fixture_person person = {.name = "a"};
    add_person(fixture, &person);
    struct permit permit = {.person = person.id, .number = 1};
    assert_int_equal(write_fn(fixture, insert_permit, &permit), TB_OK);
    assert_int_equal(write_fn(fixture, delete_person, &person.id), TB_CONFLICT);
    assert_non_null(strstr(fixture->err.message, "permit.person"));
    assert_int_equal(select_int(fixture, "SELECT count(*) FROM person"), 1);
}

static void
a_required_column_must_have_a_value(void **state)
{
    struct fixture *fixture = *state;
    struct fixture_person person = {.name = NULL, .age = 3};
    assert_int_equal(write_fn(fixture, insert_person, &person), TB_INVALID);
    assert_non_null(strstr(fixture->err.message, "person.name"));
}

struct aging {
    int64_t id, leaf, age;
};

static tb_status
set_age(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct aging *aging = arg;
    return store_update(tx, "person", aging->id, aging->leaf,
                        STORE_VALUES(STORE_SET_INT("age", aging->age)), err);
}

static void
an_update_from_an_old_reading_is_stale(void **state)
{
    struct fixture *fixture = *state;
    struct fixture_person person = {.name = "a", .age = 1};
    add_person(fixture, &person);
    struct aging aging = {person.id, 1, 2};
    assert_int_equal(write_fn(fixture, set_age, &aging), TB_OK);
    aging.age = 3;
    assert_int_equal(write_fn(fixture, set_age, &aging), TB_STALE);
    assert_int_equal(select_int(fixture, "SELECT age FROM person"), 2);
    aging.leaf = -1;
    assert_int_equal(write_fn(fixture, set_age, &aging), TB_OK);
    assert_int_equal(select_int(fixture, "SELECT age FROM person"), 3);
    aging.id = 77;
    assert_int_equal(write_fn(fixture, set_age, &aging), TB_NOT_FOUND);
    fixture_verify(fixture, 0);
}

static void
an_update_that_changes_nothing_makes_no_entry(void **state)
{
    struct fixture *fixture = *state;
    struct fixture_person person = {.name = "a", .age = 1};
    add_person(fixture, &person);
    struct aging aging = {person.id, -1, 1};
    assert_int_equal(write_fn(fixture, set_age, &aging), TB_OK);
    assert_int_equal(select_int(fixture, "SELECT size FROM log_state"), 1);
}

static void
a_closure_that_fails_leaves_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct fixture_person person = {.name = "a"};
    add_person(fixture, &person);
    struct permit permit = {.person = person.id, .number = 1, .after = TB_DENIED};
    assert_int_equal(write_fn(fixture, insert_permit, &permit), TB_DENIED);
    assert_int_equal(select_int(fixture, "SELECT count(*) FROM permit"), 0);
    assert_int_equal(select_int(fixture, "SELECT size FROM log_state"), 1);
    permit.after = TB_OK;
    assert_int_equal(write_fn(fixture, insert_permit, &permit), TB_OK);
    fixture_verify(fixture, 0);
}

/* ---- numbers and answers ----------------------------------------------------------------------------------------- */

struct numbering {
    struct fixture *fixture;
    int index;
    bool is_failing;
    int64_t number;
};

static tb_status
take_number(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct numbering *numbering = arg;
    TB_TRY(store_serial(tx, TB_STR("case/511602/20261122"), &numbering->number, err));
    return numbering->is_failing ? TB_DENIED : TB_OK;
}

static void *
take_numbers(void *arg)
{
    struct numbering *mine = arg;
    for (int i = 0; i < 40; i++) {
        struct numbering one = {.is_failing = (i + mine->index) % 3 == 0};
        tb_status status = store_write(mine->fixture->store, NULL, take_number, &one, NULL);
        tb_assert(status == (one.is_failing ? TB_DENIED : TB_OK));
        mine->number += status == TB_OK;
    }
    return NULL;
}

static void
a_series_has_no_gaps_whatever_fails_beside(void **state)
{
    struct fixture *fixture = *state;
    struct numbering threads[8];
    pthread_t ids[8];
    int64_t good = 0;
    for (int i = 0; i < 8; i++) {
        threads[i] = (struct numbering){fixture, i, false, 0};
        assert_int_equal(pthread_create(&ids[i], NULL, take_numbers, &threads[i]), 0);
    }
    for (int i = 0; i < 8; i++) {
        pthread_join(ids[i], NULL);
        good += threads[i].number;
    }
    struct numbering last = {0};
    assert_int_equal(write_fn(fixture, take_number, &last), TB_OK);
    assert_int_equal(last.number, good + 1);
}

struct asking {
    struct tb_arena *arena;
    tb_str key, answer;
    struct tb_sha256 hash;
    int64_t actor;
    tb_str got;
};

static tb_status
ask_once(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct asking *asking = arg;
    TB_TRY(
        store_once(tx, asking->actor, asking->key, asking->hash, asking->arena, &asking->got, err));
    return asking->got.ptr != NULL
               ? TB_OK
               : store_once_done(tx, asking->actor, asking->key, asking->answer, err);
}

static void
the_same_request_gets_the_first_answer_again(void **state)
{
    struct fixture *fixture = *state;
    struct asking asking = {
        fixture->arena, TB_STR("key-1"), TB_STR("{\"no\":1}"), tb_sha256("a", 1), 7, {0}};
    assert_int_equal(write_fn(fixture, ask_once, &asking), TB_OK);
    assert_null(asking.got.ptr);
    asking.answer = TB_STR("{\"no\":2}");
    assert_int_equal(write_fn(fixture, ask_once, &asking), TB_OK);
    assert_true(tb_str_is(asking.got, "{\"no\":1}"));
    asking.hash = tb_sha256("b", 1);
    assert_int_equal(write_fn(fixture, ask_once, &asking), TB_INVALID);
    asking.actor = 8;
    assert_int_equal(write_fn(fixture, ask_once, &asking), TB_OK);
    assert_null(asking.got.ptr);
}

/* ---- snapshots --------------------------------------------------------------------------------------------------- */

static int64_t
count_persons(struct store_read *read)
{
    struct store_rows *rows;
    assert_int_equal(store_select(read, "SELECT count(*) FROM person", NULL, 0, &rows, NULL),
                     TB_OK);
    assert_true(store_next(rows));
    int64_t count = store_int(rows, 0);
    assert_int_equal(store_rows_done(rows, NULL), TB_OK);
    return count;
}

static void
a_snapshot_is_one_moment(void **state)
{
    struct fixture *fixture = *state;
    struct fixture_person person = {.name = "a"};
    struct store_read *before, *after;
    add_person(fixture, &person);
    assert_int_equal(store_snapshot(fixture->store, &before, NULL), TB_OK);
    assert_int_equal(count_persons(before), 1);
    add_person(fixture, &person);
    assert_int_equal(count_persons(before), 1);
    assert_int_equal(store_snapshot(fixture->store, &after, NULL), TB_OK);
    assert_int_equal(count_persons(after), 2);
    store_snapshot_done(after);
    store_snapshot_done(before);
}

static void
a_snapshot_that_is_too_old_fails_loudly(void **state)
{
    struct fixture *fixture = *state;
    struct fixture_person person = {.name = "a"};
    struct store_read *read;
    struct store_rows *rows;
    add_person(fixture, &person);
    assert_int_equal(store_snapshot(fixture->store, &read, NULL), TB_OK);
    assert_int_equal(count_persons(read), 1);
    usleep((STORE_SNAPSHOT_MS_MAX + 100) * 1000);
    assert_int_equal(store_select(read, "SELECT id FROM person", NULL, 0, &rows, NULL), TB_OK);
    assert_false(store_next(rows));
    assert_int_equal(store_rows_done(rows, &fixture->err), TB_BUSY);
    assert_non_null(strstr(fixture->err.message, "2000 ms"));
    store_snapshot_done(read);
    assert_int_equal(store_snapshot(fixture->store, &read, NULL), TB_OK);
    assert_int_equal(count_persons(read), 1);
    store_snapshot_done(read);
}

static void
one_snapshot_too_many_waits_and_is_then_refused(void **state)
{
    struct fixture *fixture = *state;
    struct store_read *reads[STORE_READERS_MAX], *more;
    for (int i = 0; i < STORE_READERS_MAX; i++)
        assert_int_equal(store_snapshot(fixture->store, &reads[i], NULL), TB_OK);
    int64_t start = fixture_now(NULL);
    assert_int_equal(store_snapshot(fixture->store, &more, &fixture->err), TB_BUSY);
    assert_in_range(fixture_now(NULL) - start, 1900000, 3000000);
    for (int i = 0; i < STORE_READERS_MAX; i++)
        store_snapshot_done(reads[i]);
    assert_int_equal(store_snapshot(fixture->store, &more, NULL), TB_OK);
    store_snapshot_done(more);
}

/* ---- the log ----------------------------------------------------------------------------------------------------- */

struct eating {
    int64_t last, count;
    tb_status answer;
};

static tb_status
eat(struct store_tx *tx, const struct store_entry *entries, size_t count, void *arg,
    struct tb_err *err)
{
    struct eating *eating = arg;
    for (size_t i = 0; i < count; i++) {
        tb_assert(entries[i].seq == eating->last + 1 + (int64_t)i);
        tb_assert(tb_str_is(entries[i].table, "person") && entries[i].actor == 7);
        tb_assert(tb_str_is(entries[i].purpose, "test.write") &&
                  tb_str_is(entries[i].request, "req-1"));
    }
    if (eating->answer == TB_OK) {
        eating->last += (int64_t)count;
        eating->count += (int64_t)count;
    }
    return eating->answer;
}

static void
the_feed_gives_every_entry_in_order_and_moves_only_on_success(void **state)
{
    struct fixture *fixture = *state;
    struct eating eating = {0};
    size_t count = 99;
    assert_int_equal(store_feed(fixture->store, TB_STR("cards"), 3, eat, &eating, &count, NULL),
                     TB_OK);
    assert_int_equal(count, 0);
    for (int i = 0; i < 7; i++)
        add_person(fixture, &(struct fixture_person){.name = "a"});
    eating.answer = TB_CONFLICT;
    assert_int_equal(store_feed(fixture->store, TB_STR("cards"), 3, eat, &eating, &count, NULL),
                     TB_CONFLICT);
    eating.answer = TB_OK;
    do {
        assert_int_equal(store_feed(fixture->store, TB_STR("cards"), 3, eat, &eating, &count, NULL),
                         TB_OK);
    } while (count > 0);
    assert_int_equal(eating.count, 7);
    fixture_reopen(fixture);
    assert_int_equal(store_feed(fixture->store, TB_STR("cards"), 3, eat, &eating, &count, NULL),
                     TB_OK);
    assert_int_equal(count, 0);
    struct eating other = {0};
    assert_int_equal(store_feed(fixture->store, TB_STR("other"), 100, eat, &other, &count, NULL),
                     TB_OK);
    assert_int_equal(other.count, 7);
}

static void *
add_later(void *arg)
{
    usleep(50000);
    struct fixture_person person = {.name = "a"};
    tb_assert(store_write(arg, NULL, insert_person, &person, NULL) == TB_OK);
    return NULL;
}

static void
waiting_ends_with_the_next_entry(void **state)
{
    struct fixture *fixture = *state;
    int64_t start = fixture_now(NULL);
    assert_int_equal(store_wait(fixture->store, 0, 100), 0);
    assert_in_range(fixture_now(NULL) - start, 90000, 2000000);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, add_later, fixture->store), 0);
    assert_int_equal(store_wait(fixture->store, 0, 10000), 1);
    pthread_join(thread, NULL);
}

static void
history_shows_former_states_newest_first_and_masks_persons(void **state)
{
    struct fixture *fixture = *state;
    struct fixture_person person = {.name = "王小明", .age = 1};
    add_person(fixture, &person);
    struct aging aging = {person.id, -1, 2};
    assert_int_equal(write_fn(fixture, set_age, &aging), TB_OK);
    assert_int_equal(write_fn(fixture, delete_person, &person.id), TB_OK);
    struct store_read *read;
    struct tb_json *list;
    assert_int_equal(store_snapshot(fixture->store, &read, NULL), TB_OK);
    assert_int_equal(
        store_history(read, fixture->arena, TB_STR("person"), person.id, &list, &fixture->err),
        TB_OK);
    assert_int_equal(list->count, 3);
    assert_true(tb_str_is(tb_json_get_text(tb_json_at(list, 0), "op"), "delete"));
    assert_true(tb_str_is(tb_json_get_text(tb_json_at(list, 1), "op"), "update"));
    assert_int_equal(tb_json_get_int(tb_json_get(tb_json_at(list, 1), "values"), "age", 0), 2);
    assert_int_equal(tb_json_get_int(tb_json_get(tb_json_at(list, 2), "values"), "age", 0), 1);
    assert_true(
        tb_str_is(tb_json_get_text(tb_json_get(tb_json_at(list, 2), "values"), "name"), "***"));
    assert_int_equal(tb_json_get_int(tb_json_at(list, 2), "actor", 0), 7);
    assert_int_equal(store_history(read, fixture->arena, TB_STR("person"), 55, &list, NULL),
                     TB_NOT_FOUND);
    assert_int_equal(store_history(read, fixture->arena, TB_STR("note"), 1, &list, NULL),
                     TB_NOT_FOUND);
    store_snapshot_done(read);
}

static void
a_proof_leads_from_an_entry_to_the_signed_root(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 600; i++)
        add_person(fixture, &(struct fixture_person){.name = "a", .age = i});
    fixture_reopen(fixture);
    struct tlog_key key;
    tb_str text, bytes;
    fixture_read(fixture, "keys/log.pub", &text);
    assert_int_equal(tlog_key_read(text, &key, NULL), TB_OK);
    const int64_t seqs[] = {1, 2, 255, 256, 257, 512, 513, 599, 600};
    for (size_t i = 0; i < TB_COUNT(seqs); i++) {
        struct tb_json *json;
        struct tb_sha256 leaf, root, path[64];
        uint64_t size;
        assert_int_equal(store_proof(fixture->store, fixture->arena, seqs[i], &json, &fixture->err),
                         TB_OK);
        assert_int_equal(
            tlog_checkpoint_read(tb_json_get_text(json, "checkpoint"), &key, &size, &root, NULL),
            TB_OK);
        assert_int_equal(size, 600);
        struct tlog_proof proof = {path, 0};
        TB_JSON_EACH(node, tb_json_get(json, "path"))
        {
            assert_true(tb_unbase64(fixture->arena, tb_json_text(node), &bytes) && bytes.len == 32);
            memcpy(path[proof.count++].bytes, bytes.ptr, 32);
        }
        assert_true(tb_unbase64(fixture->arena, tb_json_get_text(json, "leaf_hash"), &bytes) &&
                    bytes.len == 32);
        memcpy(leaf.bytes, bytes.ptr, 32);
        assert_true(tlog_check_inclusion(&leaf, (uint64_t)seqs[i] - 1, size, &proof, &root));
        assert_false(tlog_check_inclusion(&leaf, (uint64_t)seqs[i] % 600, size, &proof, &root));
    }
    struct tb_json *json;
    assert_int_equal(store_proof(fixture->store, fixture->arena, 601, &json, NULL), TB_NOT_FOUND);
    assert_int_equal(store_proof(fixture->store, fixture->arena, 0, &json, NULL), TB_NOT_FOUND);
}

/* ---- several programs on one installation ------------------------------------------------------------------------ */

struct writing {
    struct store *store;
    int count;
};

static void *
write_persons(void *arg)
{
    struct writing *writing = arg;
    for (int i = 0; i < writing->count; i++) {
        struct fixture_person person = {.name = "a"};
        struct tb_err err;
        tb_status status = store_write(writing->store, NULL, insert_person, &person, &err);
        if (status != TB_OK)
            fprintf(stderr, "store_write: %s\n", err.message);
        tb_assert(status == TB_OK);
    }
    return NULL;
}

static void
two_stores_on_one_folder_make_one_log(void **state)
{
    struct fixture *fixture = *state;
    struct store_options options = {
        .dir = tb_str_of(fixture->dir), .tables = fixture_tables, .env = &fixture_env};
    struct store *second;
    assert_int_equal(store_open(&options, &second, &fixture->err), TB_OK);
    struct writing writings[] = {
        {fixture->store, 100}, {second, 100}, {fixture->store, 100}, {second, 100}};
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_persons, &writings[i]), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(store_wait(second, 399, 5000), 400);
    store_close(second);
    assert_int_equal(select_int(fixture, "SELECT count(*) FROM person"), 400);
    assert_int_equal(select_int(fixture, "SELECT max(id) FROM log"), 400);
    fixture_verify(fixture, 0);
}

static void
the_database_of_a_newer_program_is_refused(void **state)
{
    struct fixture *fixture = *state;
    static const struct store_table *const fewer[] = {&person_table, NULL};
    struct store_options options = {
        .dir = tb_str_of(fixture->dir), .tables = fewer, .env = &fixture_env};
    struct store *store = NULL;
    assert_int_equal(store_open(&options, &store, &fixture->err), TB_VERSION);
    assert_non_null(strstr(fixture->err.message, "note"));
    assert_null(store);
}

static void
a_folder_without_an_installation_is_said_so(void **state)
{
    struct fixture *fixture = *state;
    struct store_options options = {.dir = TB_STR("/tmp/there-is-no-such-folder"),
                                    .tables = fixture_tables,
                                    .env = &fixture_env};
    struct store *store = NULL;
    assert_int_equal(store_open(&options, &store, &fixture->err), TB_NOT_FOUND);
    assert_non_null(strstr(fixture->err.message, "tongban init"));
}

/* ---- running ----------------------------------------------------------------------------------------------------- */

/* cmocka writes a skipped test as "not ok", which meson takes for a failure: so the skip is a word, not a status. */
static void
this_back_end_is_skipped(void **state)
{
    const struct back_end *back_end = *state;
    print_message("# skipped: %s: %s\n", back_end->name, back_end->missing);
    assert_non_null(back_end->missing);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_open, fixture_close)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_type_reads_back_as_it_was_written),
        CASE(parameters_are_bound_by_their_number),
        CASE(a_second_row_with_the_same_unique_columns_is_a_conflict_that_names_them),
        CASE(a_closure_may_live_with_a_conflict),
        CASE(a_reference_must_name_a_row),
        CASE(a_row_that_another_names_is_not_deleted),
        CASE(a_required_column_must_have_a_value),
        CASE(an_update_from_an_old_reading_is_stale),
        CASE(an_update_that_changes_nothing_makes_no_entry),
        CASE(a_closure_that_fails_leaves_nothing),
        CASE(a_series_has_no_gaps_whatever_fails_beside),
        CASE(the_same_request_gets_the_first_answer_again),
        CASE(a_snapshot_is_one_moment),
        CASE(a_snapshot_that_is_too_old_fails_loudly),
        CASE(one_snapshot_too_many_waits_and_is_then_refused),
        CASE(the_feed_gives_every_entry_in_order_and_moves_only_on_success),
        CASE(waiting_ends_with_the_next_entry),
        CASE(history_shows_former_states_newest_first_and_masks_persons),
        CASE(a_proof_leads_from_an_entry_to_the_signed_root),
        CASE(two_stores_on_one_folder_make_one_log),
        CASE(the_database_of_a_newer_program_is_refused),
        CASE(a_folder_without_an_installation_is_said_so),
    };
    struct CMUnitTest all[TB_COUNT(tests) + TB_COUNT(back_ends)];
    size_t count = TB_COUNT(tests);
    memcpy(all, tests, sizeof tests);
    for (size_t i = 0; i < TB_COUNT(back_ends); i++)
        if (back_ends[i].missing != NULL)
            all[count++] = (struct CMUnitTest){back_ends[i].name, this_back_end_is_skipped, NULL,
                                               NULL, (void *)(uintptr_t)&back_ends[i]};
    return _cmocka_run_group_tests("store", all, count, NULL, NULL);
}
