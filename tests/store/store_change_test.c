/* SPDX-License-Identifier: Apache-2.0 */
/* Erasure, tables that are not logged, and mistakes of the caller. What every back end must do stands in
 * tests/contract. */
#include "store_fixture.h"

static const char name[] = "欧阳小明的名字";

static tb_status
insert_person(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct fixture_person *who = arg;
    return store_insert(tx, "person",
                        STORE_VALUES(STORE_SET_TEXT("name", tb_str_of(who->name)),
                                     STORE_SET_TEXT("id_number", tb_str_of(who->id_number)),
                                     STORE_SET_INT("age", who->age)),
                        &who->id, err);
}

static tb_status
rename_person(struct store_tx *tx, void *arg, struct tb_err *err)
{
    const struct fixture_person *who = arg;
    return store_update(
        tx, "person", who->id, -1,
        STORE_VALUES(STORE_SET_TEXT("name", tb_str_of(who->name)), STORE_SET_INT("age", who->age)),
        err);
}

static tb_status
delete_person(struct store_tx *tx, void *arg, struct tb_err *err)
{
    return store_delete(tx, "person", ((struct fixture_person *)arg)->id, -1, err);
}

static tb_status
erase_person(struct store_tx *tx, void *arg, struct tb_err *err)
{
    return store_erase(tx, "person", ((struct fixture_person *)arg)->id, err);
}

static void
write_ok(struct fixture *fixture, store_fn fn, void *arg)
{
    if (store_write(fixture->store, NULL, fn, arg, &fixture->err) != TB_OK)
        fail_msg("%s", fixture->err.message);
}

static int64_t
select_int(struct fixture *fixture, const char *sql)
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

/* No byte of the value is left in the database or its WAL, while the store is open. */
static void
assert_gone(struct fixture *fixture, const char *value)
{
    static const char *const names[] = {"tongban.db", "tongban.db-wal"};
    for (int i = 0; i < 2; i++) {
        tb_str text;
        /* The writer answers first and empties the WAL right after. */
        for (int attempt = 0; attempt < 100; attempt++) {
            fixture_read(fixture, names[i], &text);
            if (!tb_str_contains(text, tb_str_of(value)))
                break;
            usleep(20000);
        }
        assert_false(tb_str_contains(text, tb_str_of(value)));
    }
}

static void
erasure_leaves_commitments_and_nothing_of_the_person(void **state)
{
    struct fixture *fixture = *state;
    struct fixture_person who = {.name = name, .id_number = "51162119900101001X", .age = 1};
    write_ok(fixture, insert_person, &who);
    who.age = 2;
    write_ok(fixture, rename_person, &who);
    write_ok(fixture, erase_person, &who);
    assert_int_equal(
        select_int(fixture, "SELECT count(*) FROM person WHERE name IS NULL AND id_number IS NULL"),
        1);
    assert_int_equal(select_int(fixture, "SELECT age FROM person"), 2);
    assert_int_equal(select_int(fixture, "SELECT op FROM log WHERE id = 3"), STORE_OP_ERASE);
    fixture_verify(fixture, 0);
    assert_gone(fixture, name);
    assert_gone(fixture, "51162119900101001X");
    fixture_verify(fixture, 0);
    /* A second erasure finds nothing; a new name begins with a new salt. */
    write_ok(fixture, erase_person, &who);
    assert_int_equal(select_int(fixture, "SELECT size FROM log_state"), 3);
    who.name = "b";
    write_ok(fixture, rename_person, &who);
    write_ok(fixture, erase_person, &who);
    assert_int_equal(select_int(fixture, "SELECT size FROM log_state"), 5);
    fixture_verify(fixture, 0);
}

static void
a_deleted_person_is_erased_too(void **state)
{
    struct fixture *fixture = *state;
    struct fixture_person who = {.name = name, .age = 1};
    write_ok(fixture, insert_person, &who);
    write_ok(fixture, delete_person, &who);
    fixture_verify(fixture, 0);
    write_ok(fixture, erase_person, &who);
    assert_int_equal(select_int(fixture, "SELECT size FROM log_state"), 3);
    fixture_verify(fixture, 0);
    assert_gone(fixture, name);
    struct store_read *read;
    struct tb_json *list;
    assert_int_equal(store_snapshot(fixture->store, &read, NULL), TB_OK);
    assert_int_equal(
        store_history(read, fixture->arena, TB_STR("person"), who.id, &list, &fixture->err), TB_OK);
    assert_int_equal(list->count, 3);
    store_snapshot_done(read);
    assert_int_equal(
        store_write(fixture->store, NULL, erase_person, &(struct fixture_person){.id = 50}, NULL),
        TB_NOT_FOUND);
}

static tb_status
change_notes(struct store_tx *tx, void *arg, struct tb_err *err)
{
    int64_t id;
    TB_TRY(store_insert(tx, "note", STORE_VALUES(STORE_SET_TEXT("text", TB_STR("a"))), &id, err));
    TB_TRY(
        store_update(tx, "note", id, -1, STORE_VALUES(STORE_SET_TEXT("text", TB_STR("b"))), err));
    TB_TRY(store_insert(tx, "note", STORE_VALUES(STORE_SET_TEXT("text", TB_STR("c"))), &id, err));
    return store_delete(tx, "note", id, -1, err);
}

static void
a_table_that_is_not_logged_makes_no_entries(void **state)
{
    struct fixture *fixture = *state;
    write_ok(fixture, change_notes, NULL);
    assert_int_equal(select_int(fixture, "SELECT count(*) FROM note WHERE text = 'b'"), 1);
    assert_int_equal(select_int(fixture, "SELECT size FROM log_state"), 0);
}

static tb_status
make_mistake(struct store_tx *tx, void *arg, struct tb_err *err)
{
    switch (*(int *)arg) {
    case 0:
        return store_insert(tx, "nothing", STORE_VALUES(STORE_SET_INT("a", 1)), NULL, err);
    case 1:
        return store_insert(tx, "person", STORE_VALUES(STORE_SET_TEXT("nickname", TB_STR("a"))),
                            NULL, err);
    case 2:
        return store_insert(tx, "person", STORE_VALUES(STORE_SET_INT("name", 1)), NULL, err);
    case 3:
        return store_insert(tx, "log", STORE_VALUES(STORE_SET_INT("at", 1)), NULL, err);
    case 4:
        return store_erase(tx, "note", 1, err);
    default:
        return store_once_done(tx, 1, TB_STR("k"), TB_STR("answer"), err);
    }
}

static void
mistakes_of_the_program_are_said_and_change_nothing(void **state)
{
    struct fixture *fixture = *state;
    for (int mistake = 0; mistake < 6; mistake++) {
        assert_int_equal(store_write(fixture->store, NULL, make_mistake, &mistake, &fixture->err),
                         TB_INTERNAL);
        assert_true(strlen(fixture->err.message) > 10);
    }
    assert_int_equal(select_int(fixture, "SELECT size FROM log_state"), 0);
}

static void
the_same_value_is_blinded_alike_and_only_with_this_key(void **state)
{
    struct fixture *fixture = *state;
    tb_str first = store_blind(fixture->store, fixture->arena, TB_STR("51162119900101001X"));
    fixture_reopen(fixture);
    tb_str again = store_blind(fixture->store, fixture->arena, TB_STR("51162119900101001X"));
    tb_str other = store_blind(fixture->store, fixture->arena, TB_STR("511621199001010011"));
    assert_int_equal(first.len, 64);
    assert_true(tb_str_eq(first, again));
    assert_false(tb_str_eq(first, other));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(erasure_leaves_commitments_and_nothing_of_the_person),
        CASE(a_deleted_person_is_erased_too),
        CASE(a_table_that_is_not_logged_makes_no_entries),
        CASE(mistakes_of_the_program_are_said_and_change_nothing),
        CASE(the_same_value_is_blinded_alike_and_only_with_this_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
