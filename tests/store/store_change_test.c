/* SPDX-License-Identifier: Apache-2.0 */
#include "store_fixture.h"

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

static void
an_inserted_row_is_read_by_a_snapshot(void **state)
{
    struct fixture *fixture = *state;
    struct fixture_person person = {.name = "王小明", .id_number = "51162119900101001X", .age = 35};
    assert_int_equal(store_write(fixture->store, NULL, insert_person, &person, &fixture->err),
                     TB_OK);
    assert_int_equal(person.id, 1);
    struct store_read *read;
    struct store_rows *rows;
    struct store_value param = STORE_INT_OF(person.id);
    assert_int_equal(store_snapshot(fixture->store, &read, &fixture->err), TB_OK);
    assert_int_equal(store_select(read, "SELECT name, age, leaf FROM person WHERE id = $1", &param,
                                  1, &rows, NULL),
                     TB_OK);
    assert_true(store_next(rows));
    assert_true(tb_str_is(store_text(rows, 0), "王小明"));
    assert_int_equal(store_int(rows, 1), 35);
    assert_int_equal(store_int(rows, 2), 1);
    assert_false(store_next(rows));
    assert_int_equal(store_rows_done(rows, NULL), TB_OK);
    store_snapshot_done(read);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_inserted_row_is_read_by_a_snapshot, fixture_open,
                                        fixture_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
