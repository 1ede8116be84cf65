/* SPDX-License-Identifier: Apache-2.0 */
/* DDL for both back ends, the reference page, mistakes in the rows, and databases of other programs. */
#include "store_fixture.h"

#include <sqlite3.h>

static void
both_back_ends_get_their_tables(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_buf sqlite = {.arena = arena}, postgres = {.arena = arena};
    assert_int_equal(store_schema_sql(&sqlite, fixture_tables, false, NULL), TB_OK);
    assert_int_equal(store_schema_sql(&postgres, fixture_tables, true, NULL), TB_OK);
    tb_str text = tb_buf_done(&sqlite);
    assert_true(tb_str_contains(text, TB_STR("CREATE TABLE \"person\" (\"id\" INTEGER PRIMARY KEY, "
                                             "\"leaf\" INTEGER NOT NULL, \"salt\" BLOB, "
                                             "\"name\" TEXT, \"id_number\" TEXT, \"id_blind\" "
                                             "TEXT, \"age\" INTEGER, \"photo\" BLOB) STRICT;\n")));
    assert_true(tb_str_contains(
        text, TB_STR("\"person\" INTEGER NOT NULL REFERENCES \"person\" (\"id\")")));
    assert_true(tb_str_contains(text, TB_STR("CREATE UNIQUE INDEX \"permit_office_number_key\" ON "
                                             "\"permit\" (\"office\", \"number\");\n")));
    text = tb_buf_done(&postgres);
    assert_true(tb_str_contains(
        text,
        TB_STR("CREATE TABLE \"note\" (\"id\" BIGINT PRIMARY KEY, \"text\" TEXT NOT NULL);\n")));
    assert_true(tb_str_contains(text, TB_STR("\"hash\" BYTEA")));
    assert_true(tb_str_contains(text, TB_STR("ALTER TABLE \"permit\" ADD FOREIGN KEY (\"person\") "
                                             "REFERENCES \"person\" (\"id\");\n")));
    tb_arena_free(arena);
}

static void
the_reference_page_has_a_row_for_every_column(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_buf buf = {.arena = arena};
    store_schema_markdown(&buf, fixture_tables);
    tb_str page = tb_buf_done(&buf);
    assert_true(tb_str_contains(page, TB_STR("## person\n\nA person. Logged.\n")));
    assert_true(tb_str_contains(
        page, TB_STR("| id_number | text | may be null personal | citizen number |\n")));
    assert_true(tb_str_contains(page, TB_STR("| person | int | indexed → person | holder |\n")));
    assert_true(tb_str_contains(page, TB_STR("Unique together: office, number\n")));
    assert_true(tb_str_contains(page, TB_STR("## log_old\n")));
    tb_arena_free(arena);
}

static void
every_mistake_in_the_rows_is_named_at_once(void **state)
{
    /* clang-format off */
    static const struct store_column columns[] = {
        {"id",   STORE_INT,  0, NULL,      "taken"},
        {"Name", STORE_TEXT, 0, NULL,      "upper case"},
        {"a",    STORE_TEXT, 0, "nowhere", "a text that refers"},
        {"a",    STORE_INT,  0, NULL,      "twice"},
        {0},
    };
    static const char *const lists[] = {"a, b", NULL};
    static const struct store_table wrong = {"wrong", columns, true, lists, NULL, "Wrong."};
    static const struct store_table *const tables[] = {&wrong, &wrong, NULL};
    static const char *const said[] = {"wrong.id", "wrong.Name", "nowhere", "wrong.a is there twice", "\"a, b\"",
                                       "wrong is there twice"};
    /* clang-format on */
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_buf buf = {.arena = arena};
    struct tb_err err;
    assert_int_equal(store_schema_sql(&buf, tables, false, &err), TB_INTERNAL);
    for (size_t i = 0; i < TB_COUNT(said); i++)
        if (strstr(err.message, said[i]) == NULL)
            fail_msg("\"%s\" is not said: %s", said[i], err.message);
    tb_arena_free(arena);
}

/* ---- databases of other programs --------------------------------------------------------------------------------- */

/* clang-format off */
static const struct store_column note_more_columns[] = {
    {"text",   STORE_TEXT, 0,                        NULL,     "words"},
    {"person", STORE_INT,  STORE_NULL | STORE_INDEX, "person", "new in this program"},
    {0},
};
static const struct store_table note_more = {"note", note_more_columns, false, NULL, NULL, "A note."};
static const struct store_column extra_columns[] = {{"a", STORE_INT, STORE_UNIQUE, NULL, "a number"}, {0}};
static const struct store_table extra = {"extra", extra_columns, true, NULL, NULL, "A new table."};
static const struct store_table *const more_tables[] = {&person_table, &permit_table, &note_more, &extra, NULL};
/* clang-format on */

static tb_status
open_with(struct fixture *fixture, const struct store_table *const *tables, bool is_read_only)
{
    struct store_options options = {.dir = tb_str_of(fixture->dir),
                                    .tables = tables,
                                    .env = &fixture_env,
                                    .is_read_only = is_read_only};
    store_close(fixture->store);
    fixture->store = NULL;
    return store_open(&options, &fixture->store, &fixture->err);
}

static void
run_sql(struct fixture *fixture, const char *sql)
{
    char path[128];
    sqlite3 *db;
    store_close(fixture->store);
    fixture->store = NULL;
    snprintf(path, sizeof path, "%s/tongban.db", fixture->dir);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static tb_status
insert_new(struct store_tx *tx, void *arg, struct tb_err *err)
{
    (void)arg;
    TB_TRY(store_insert(tx, "extra", STORE_VALUES(STORE_SET_INT("a", 5)), NULL, err));
    return store_insert(tx, "note", STORE_VALUES(STORE_SET_TEXT("text", TB_STR("a"))), NULL, err);
}

static void
a_newer_program_adds_what_is_missing_and_the_older_is_refused(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(open_with(fixture, more_tables, true), TB_VERSION);
    assert_int_equal(open_with(fixture, more_tables, false), TB_OK);
    assert_int_equal(store_write(fixture->store, NULL, insert_new, NULL, &fixture->err), TB_OK);
    assert_int_equal(open_with(fixture, more_tables, true), TB_OK);
    assert_int_equal(open_with(fixture, fixture_tables, false), TB_VERSION);
    assert_non_null(strstr(fixture->err.message, "extra"));
    run_sql(fixture, "DROP TABLE extra");
    assert_int_equal(open_with(fixture, fixture_tables, false), TB_VERSION);
    assert_non_null(strstr(fixture->err.message, "note.person"));
}

static void
a_format_of_the_future_is_refused(void **state)
{
    struct fixture *fixture = *state;
    run_sql(fixture, "UPDATE migrations SET number = number + 1");
    assert_int_equal(open_with(fixture, fixture_tables, false), TB_VERSION);
    assert_non_null(strstr(fixture->err.message, "format"));
    assert_int_equal(open_with(fixture, fixture_tables, true), TB_VERSION);
}

static void
a_file_that_is_no_database_is_said_so(void **state)
{
    struct fixture *fixture = *state;
    char path[128];
    store_close(fixture->store);
    fixture->store = NULL;
    snprintf(path, sizeof path, "%s/tongban.db", fixture->dir);
    FILE *file = fopen(path, "wb");
    for (int i = 0; i < 1000; i++)
        fputs("this is no database, ", file);
    fclose(file);
    assert_int_equal(open_with(fixture, fixture_tables, false), TB_CORRUPT);
}

static void
a_lost_key_is_not_replaced_in_silence(void **state)
{
    struct fixture *fixture = *state;
    char path[128];
    store_close(fixture->store);
    fixture->store = NULL;
    snprintf(path, sizeof path, "%s/keys/log.key", fixture->dir);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(open_with(fixture, fixture_tables, false), TB_NOT_FOUND);
    assert_non_null(strstr(fixture->err.message, "log.key"));
    /* Whoever only verifies needs the public half alone. */
    assert_int_equal(open_with(fixture, fixture_tables, true), TB_OK);
    fixture_verify(fixture, 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_back_ends_get_their_tables),
        cmocka_unit_test(the_reference_page_has_a_row_for_every_column),
        cmocka_unit_test(every_mistake_in_the_rows_is_named_at_once),
        CASE(a_newer_program_adds_what_is_missing_and_the_older_is_refused),
        CASE(a_format_of_the_future_is_refused),
        CASE(a_file_that_is_no_database_is_said_so),
        CASE(a_lost_key_is_not_replaced_in_silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
