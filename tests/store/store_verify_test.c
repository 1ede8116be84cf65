/* SPDX-License-Identifier: Apache-2.0 */
/* Tampering with every logged table of the schema, from outside, with a connection of its own: each change must be
 * found and named. The rows are made from the schema itself, so that a new table is covered on the day it appears. */
#include "store_fixture.h"

#include "access/access.h"
#include "cases/cases.h"
#include "catalogue/catalogue.h"
#include "watch/watch.h"

#include <sqlite3.h>

#define ROWS_PER_TABLE 4
#define TABLES_MAX 100

/* ---- rows made from the schema ----------------------------------------------------------------------------------- */

struct world {
    struct fixture fixture;
    const struct store_table *tables[TABLES_MAX + 1];
    size_t count;
    int64_t ids[TABLES_MAX][ROWS_PER_TABLE];
    bool is_filled[TABLES_MAX];
    struct tb_faults faults;
};

static int64_t
table_index(const struct world *world, const char *name)
{
    for (size_t i = 0; i < world->count; i++)
        if (strcmp(world->tables[i]->name, name) == 0)
            return (int64_t)i;
    return -1;
}

/* A value that fits the column; different for each row, so that no unique index minds. */
static struct store_value
make_value(struct world *world, const struct store_column *column, int row)
{
    struct tb_arena *arena = world->fixture.arena;
    if (column->references != NULL) {
        int64_t table = table_index(world, column->references);
        bool is_there = table >= 0 && world->is_filled[table];
        return is_there ? STORE_SET_INT(column->name, world->ids[table][row])
                        : STORE_SET_NULL(column->name);
    }
    switch (column->type) {
    case STORE_BOOL:
        return STORE_SET_BOOL(column->name, row % 2 == 0);
    case STORE_TEXT:
        return STORE_SET_TEXT(column->name, tb_printf(arena, "值 %d", row));
    case STORE_DAY:
        return STORE_SET_DAY(column->name, tb_printf(arena, "2026-01-%02d", row + 1));
    case STORE_JSON:
        return STORE_SET_JSON(column->name, tb_printf(arena, "{\"n\":%d}", row));
    case STORE_BYTES:
        return STORE_SET_BYTES(column->name, tb_printf(arena, "bytes %d", row));
    default:
        return ((struct store_value){
            .column = column->name, .type = column->type, .number = 100 + row});
    }
}

struct filling {
    struct world *world;
    size_t table;
    int row;
    bool is_update;
};

static tb_status
fill_row(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct filling *filling = arg;
    struct world *world = filling->world;
    const struct store_table *table = world->tables[filling->table];
    struct store_value values[64];
    size_t count = 0;
    for (const struct store_column *column = table->columns; column->name != NULL; column++) {
        /* The second state differs in one plain column at least; references stay. */
        int row = filling->row + (filling->is_update && column->references == NULL ? 10 : 0);
        values[count++] = make_value(world, column, row);
    }
    int64_t *id = &world->ids[filling->table][filling->row];
    if (filling->is_update)
        return store_update(tx, table->name, *id, -1, values, count, err);
    return store_insert(tx, table->name, values, count, id, err);
}

/* Fills the tables whose references are filled; again until nothing moves. */
static void
fill_all(struct world *world, bool is_update)
{
    for (bool is_moving = true; is_moving;) {
        is_moving = false;
        for (size_t t = 0; t < world->count; t++) {
            bool is_ready = is_update || !world->is_filled[t];
            for (const struct store_column *c = world->tables[t]->columns;
                 is_ready && c->name != NULL; c++)
                if (c->references != NULL && (c->flags & STORE_NULL) == 0 &&
                    !world->is_filled[table_index(world, c->references)])
                    is_ready = false;
            for (int row = 0; is_ready && row < (is_update ? 2 : ROWS_PER_TABLE); row++) {
                struct filling filling = {world, t, row, is_update};
                tb_status status = store_write(world->fixture.store, NULL, fill_row, &filling,
                                               &world->fixture.err);
                if (status != TB_OK)
                    fail_msg("%s: %s", world->tables[t]->name, world->fixture.err.message);
            }
            is_moving |= is_ready && !is_update;
            world->is_filled[t] |= is_ready;
        }
    }
}

static void
open_world(struct world *world, bool is_read_only)
{
    struct store_options options = {.dir = tb_str_of(world->fixture.dir),
                                    .tables = world->tables,
                                    .env = &fixture_env,
                                    .is_create = !is_read_only,
                                    .is_read_only = is_read_only};
    store_close(world->fixture.store);
    world->fixture.store = NULL;
    if (store_open(&options, &world->fixture.store, &world->fixture.err) != TB_OK)
        fail_msg("store_open: %s", world->fixture.err.message);
}

static void
close_world(struct world *world)
{
    store_close(world->fixture.store);
    world->fixture.store = NULL;
}

/* ---- the database file from outside ------------------------------------------------------------------------------ */

static void
file_path(const struct world *world, const char *name, char path[160])
{
    snprintf(path, 160, "%s/%s", world->fixture.dir, name);
}

static void
copy_file(const struct world *world, const char *from, const char *to)
{
    char source[160], target[160], piece[65536];
    file_path(world, from, source);
    file_path(world, to, target);
    FILE *in = fopen(source, "rb"), *out = fopen(target, "wb");
    assert_non_null(in);
    assert_non_null(out);
    size_t got;
    while ((got = fread(piece, 1, sizeof piece, in)) > 0)
        assert_int_equal(fwrite(piece, 1, got, out), got);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

/* Runs SQL on the closed installation's database, as somebody with a shell would. */
static void
tamper(const struct world *world, const char *sql)
{
    char path[160], *message = NULL;
    sqlite3 *db;
    file_path(world, "tongban.db", path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
    sqlite3_close(db);
}

static const char *text(struct world *world, const char *format, ...) TB_PRINTF(2, 3);
static const char *
text(struct world *world, const char *format, ...)
{
    char bytes[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(bytes, sizeof bytes, format, arguments);
    va_end(arguments);
    return tb_cstr(world->fixture.arena, tb_str_of(bytes));
}

static size_t
verify(struct world *world, tb_str against)
{
    struct store_verify_result result;
    open_world(world, true);
    world->faults = (struct tb_faults){.arena = world->fixture.arena};
    tb_status status =
        store_verify(world->fixture.store, against, &world->faults, &result, &world->fixture.err);
    if (status != TB_OK)
        fail_msg("store_verify: %s", world->fixture.err.message);
    close_world(world);
    return world->faults.count;
}

static bool
is_found(const struct world *world, const char *place)
{
    for (size_t i = 0; i < world->faults.count && i < TB_FAULTS_MAX; i++)
        if (tb_str_is(world->faults.items[i].place, place))
            return true;
    return false;
}

static void
assert_named(struct world *world, const char *what, const char *table, int64_t id)
{
    const char *place = text(world, "%s/%lld", table, (long long)id);
    if (is_found(world, place))
        return;
    for (size_t i = 0; i < world->faults.count && i < 5; i++)
        print_message("# " TB_FMT " " TB_FMT "\n", TB_ARG(world->faults.items[i].place),
                      TB_ARG(world->faults.items[i].en));
    fail_msg("%s: %s was not named among %zu findings", what, place, world->faults.count);
}

static void
put_back(const struct world *world)
{
    copy_file(world, "clean.db", "tongban.db");
}

/* After one change, verification must name this row. */
static void
expect(struct world *world, const char *what, const char *table, int64_t id)
{
    verify(world, TB_STR_NONE);
    assert_named(world, what, table, id);
    put_back(world);
}

/* The SQL of one tampering of a table; NULL when the table has nothing of that kind. */
typedef const char *(*tamper_fn)(struct world *world, size_t table, int variant);

/* Tampers with every logged table at once; each must be named with its own row. id 0: the row of that index. Gives the
 * number of tables that were changed. */
static int
tamper_each(struct world *world, const char *what, tamper_fn fn, int variant, int row, int64_t id)
{
    bool is_changed[TABLES_MAX] = {false};
    int count = 0;
    for (size_t t = 0; t < world->count; t++) {
        const char *sql = world->tables[t]->is_logged ? fn(world, t, variant) : NULL;
        is_changed[t] = sql != NULL;
        count += is_changed[t];
        if (sql != NULL)
            tamper(world, sql);
    }
    if (count > 0)
        verify(world, TB_STR_NONE);
    for (size_t t = 0; t < world->count; t++)
        if (is_changed[t])
            assert_named(world, what, world->tables[t]->name, id != 0 ? id : world->ids[t][row]);
    put_back(world);
    return count;
}

/* ---- setup ------------------------------------------------------------------------------------------------------- */

static void
add_tables(struct world *world, const struct store_table *const *tables)
{
    for (; *tables != NULL; tables++) {
        assert_true(world->count < TABLES_MAX);
        world->tables[world->count++] = *tables;
    }
}

static int
world_open(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    snprintf(world->fixture.dir, sizeof world->fixture.dir, "/tmp/tongban-verify-XXXXXX");
    if (mkdtemp(world->fixture.dir) == NULL)
        return -1;
    world->fixture.arena = tb_arena_new(0);
    add_tables(world, fixture_tables);
    add_tables(world, access_tables);
    add_tables(world, catalogue_tables);
    add_tables(world, cases_tables);
    add_tables(world, watch_tables);
    open_world(world, false);
    fill_all(world, false);
    close_world(world);
    copy_file(world, "tongban.db", "older.db");
    open_world(world, false);
    fill_all(world, true);
    close_world(world);
    copy_file(world, "tongban.db", "clean.db");
    *state = world;
    return 0;
}

static int
world_close(void **state)
{
    struct world *world = *state;
    close_world(world);
    fixture_remove(world->fixture.dir);
    tb_arena_free(world->fixture.arena);
    free(world);
    return 0;
}

/* ---- the tests --------------------------------------------------------------------------------------------------- */

static void
an_untouched_installation_is_clean(void **state)
{
    struct world *world = *state;
    for (size_t t = 0; t < world->count; t++)
        if (!world->is_filled[t])
            fail_msg("no rows could be made for %s", world->tables[t]->name);
    assert_int_equal(verify(world, TB_STR_NONE), 0);
}

/* Names of all columns but id, as a list. */
static const char *
column_list(struct world *world, const struct store_table *table, bool has_leaf)
{
    struct tb_buf buf = {.arena = world->fixture.arena};
    bool has_salt = false;
    const char *comma = "";
    for (const struct store_column *column = table->columns; column->name != NULL; column++) {
        tb_buf_printf(&buf, "%s\"%s\"", comma, column->name);
        comma = ", ";
        has_salt |= (column->flags & STORE_PERSONAL) != 0;
    }
    if (has_leaf)
        tb_buf_cstr(&buf, ", leaf");
    if (has_salt)
        tb_buf_cstr(&buf, ", salt");
    return tb_cstr(world->fixture.arena, tb_buf_done(&buf));
}

/* Drops the unique indexes first: whoever inserts by hand can do that too. */
static const char *
drop_uniques(struct world *world, const struct store_table *table)
{
    struct tb_buf buf = {.arena = world->fixture.arena};
    char path[160];
    sqlite3 *db;
    sqlite3_stmt *stmt;
    file_path(world, "tongban.db", path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db,
                           "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ?1",
                           -1, &stmt, NULL),
        SQLITE_OK);
    sqlite3_bind_text(stmt, 1, table->name, -1, SQLITE_STATIC);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        tb_buf_printf(&buf, "DROP INDEX \"%s\";", (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    tb_buf_char(&buf, ' ');
    return tb_cstr(world->fixture.arena, tb_buf_done(&buf));
}

/* SQL for another value of the column's type. */
static const char *
other_value(const struct store_column *column)
{
    switch (column->type) {
    case STORE_BOOL:
        return "1 - coalesce(\"%1$s\", 0)";
    case STORE_TEXT:
    case STORE_JSON:
        return "coalesce(\"%1$s\", '') || ' '";
    case STORE_DAY:
        return "'1999-12-31'";
    case STORE_BYTES:
        return "x'00ff'";
    default:
        return "coalesce(\"%1$s\", 0) + 1000";
    }
}

static const char *
change_column(struct world *world, size_t t, int variant)
{
    const struct store_table *table = world->tables[t];
    const struct store_column *column = table->columns;
    while (variant > 0 && column->name != NULL) {
        variant--;
        column++;
    }
    if (column->name == NULL)
        return NULL;
    char value[128];
    snprintf(value, sizeof value, other_value(column), column->name);
    return text(world, "%s UPDATE \"%s\" SET \"%s\" = %s WHERE id = %lld",
                drop_uniques(world, table), table->name, column->name, value,
                (long long)world->ids[t][1]);
}

static void
a_changed_value_is_named_whatever_its_type(void **state)
{
    int count, columns = 0;
    for (int column = 0; (count = tamper_each(*state, "changed", change_column, column, 1, 0)) > 0;
         column++)
        columns += count;
    print_message("# %d columns\n", columns);
    assert_true(columns > 50);
}

static const char *
delete_row(struct world *world, size_t t, int variant)
{
    (void)variant;
    return text(world, "DELETE FROM \"%s\" WHERE id = %lld", world->tables[t]->name,
                (long long)world->ids[t][2]);
}

static void
a_deleted_row_is_named(void **state)
{
    assert_true(tamper_each(*state, "deleted", delete_row, 0, 2, 0) > 10);
}

/* With an entry of its own invention, or with the entry of the row it was copied from. */
static const char *
insert_row(struct world *world, size_t t, int variant)
{
    const struct store_table *table = world->tables[t];
    const char *list = column_list(world, table, false);
    return text(
        world, "%s INSERT INTO \"%s\" (id, leaf, %s) SELECT -7, %s, %s FROM \"%s\" WHERE id = %lld",
        drop_uniques(world, table), table->name, list, variant == 0 ? "900001" : "leaf", list,
        table->name, (long long)world->ids[t][3]);
}

static void
an_inserted_row_is_named(void **state)
{
    assert_true(tamper_each(*state, "inserted", insert_row, 0, 0, -7) > 10);
    assert_true(tamper_each(*state, "copied", insert_row, 1, 0, -7) > 10);
}

/* Variant 1 swaps the names of the entries too. */
static const char *
swap_rows(struct world *world, size_t t, int variant)
{
    const struct store_table *table = world->tables[t];
    const char *list = column_list(world, table, variant != 0);
    long long a = world->ids[t][2], b = world->ids[t][3];
    return text(world,
                "%s CREATE TEMP TABLE s AS SELECT * FROM \"%s\" WHERE id IN (%lld, %lld); "
                "UPDATE \"%s\" SET (%s) = (SELECT %s FROM s WHERE s.id = %lld) WHERE id = %lld; "
                "UPDATE \"%s\" SET (%s) = (SELECT %s FROM s WHERE s.id = %lld) WHERE id = %lld;",
                drop_uniques(world, table), table->name, a, b, table->name, list, list, b, a,
                table->name, list, list, a, b);
}

static void
swapped_rows_are_both_named(void **state)
{
    for (int variant = 0; variant < 2; variant++)
        for (int row = 2; row < 4; row++)
            assert_true(tamper_each(*state, "swapped", swap_rows, variant, row, 0) > 10);
}

static const char *
copy_back(struct world *world, size_t t, int variant)
{
    const struct store_table *table = world->tables[t];
    long long id = world->ids[t][0];
    (void)variant;
    return text(world,
                "%s ATTACH '%s/older.db' AS old; DELETE FROM main.\"%s\" WHERE id = %lld; "
                "INSERT INTO main.\"%s\" SELECT * FROM old.\"%s\" WHERE id = %lld;",
                drop_uniques(world, table), world->fixture.dir, table->name, id, table->name,
                table->name, id);
}

static void
a_row_copied_back_from_an_older_backup_is_named(void **state)
{
    assert_true(tamper_each(*state, "copied back", copy_back, 0, 0, 0) > 10);
}

static const char *const former_changes[] = {
    "UPDATE log_old SET image = CAST(substr(image, 1, length(image) - 1) || "
    "CASE hex(substr(image, -1)) WHEN '21' THEN x'22' ELSE x'21' END AS BLOB)",
    "UPDATE log_old SET image = x'0100'",
    "DELETE FROM log_old",
    "UPDATE log_old SET superseded_by = superseded_by + 1",
};

static const char *
change_former(struct world *world, size_t t, int variant)
{
    return text(world, "%s WHERE table_name = '%s' AND row_id = %lld", former_changes[variant],
                world->tables[t]->name, (long long)world->ids[t][0]);
}

static void
a_changed_former_state_is_named(void **state)
{
    for (size_t i = 0; i < TB_COUNT(former_changes); i++)
        assert_true(tamper_each(*state, former_changes[i], change_former, (int)i, 0, 0) > 10);
}

static void
a_changed_entry_is_found(void **state)
{
    static const char *const changes[] = {
        "actor = actor + 1",
        "at = at - 1",
        "purpose = 'x'",
        "request = 'x'",
        "digest = zeroblob(32)",
        "prev = prev + 0, row_id = row_id",
        NULL,
    };
    struct world *world = *state;
    for (int i = 0; changes[i] != NULL; i++) {
        tamper(world, text(world, "UPDATE log SET %s WHERE id = 3", changes[i]));
        size_t count = verify(world, TB_STR_NONE);
        if (i < 5)
            assert_true(count > 0);
        else
            assert_int_equal(count, 0);
        put_back(world);
    }
    tamper(world, "DELETE FROM log WHERE id = 5");
    expect(world, "entry deleted", "log", 5);
    tamper(world, "UPDATE log_state SET frontier = zeroblob(length(frontier))");
    expect(world, "frontier", "log_state", 1);
    tamper(world, "UPDATE checkpoints SET note = replace(note, 'tongban.local', 'tongban.other')");
    assert_true(verify(world, TB_STR_NONE) > 0);
    copy_file(world, "clean.db", "tongban.db");
}

static void
write_more(struct world *world, int64_t entries)
{
    open_world(world, false);
    world->ids[0][3] = world->ids[0][2]; /* one row goes to and fro between two states */
    for (int64_t i = 0; i < entries; i++) {
        struct filling filling = {world, 0, 2 + (int)(i % 2), true};
        assert_int_equal(store_write(world->fixture.store, NULL, fill_row, &filling, NULL), TB_OK);
    }
    close_world(world);
}

/* Entries are cut together with everything that depends on them: the database is as it was before, in itself right. */
static void
entries_cut_with_their_rows_are_found_against_a_kept_file(void **state)
{
    struct world *world = *state;
    static const int64_t cuts[] = {1, 100};
    for (size_t i = 0; i < TB_COUNT(cuts); i++) {
        copy_file(world, "tongban.db", "before.db");
        copy_file(world, "checkpoints.log", "before.log");
        write_more(world, cuts[i]);
        copy_file(world, "checkpoints.log", "kept.log");
        copy_file(world, "before.db", "tongban.db");
        copy_file(world, "before.log", "checkpoints.log");
        assert_int_equal(verify(world, TB_STR_NONE), 0);
        assert_int_equal(verify(world, tb_str_of(text(world, "%s/kept.log", world->fixture.dir))),
                         1);
        assert_true(tb_str_is(world->faults.items[0].code, "entries_cut"));
        long long first = 0, last = 0;
        const char *words = tb_cstr(world->fixture.arena, world->faults.items[0].en);
        assert_int_equal(sscanf(words, "the entries %lld to %lld were cut", &first, &last), 2);
        assert_int_equal(last - first + 1, cuts[i]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_untouched_installation_is_clean),
        cmocka_unit_test(a_changed_value_is_named_whatever_its_type),
        cmocka_unit_test(a_deleted_row_is_named),
        cmocka_unit_test(an_inserted_row_is_named),
        cmocka_unit_test(swapped_rows_are_both_named),
        cmocka_unit_test(a_row_copied_back_from_an_older_backup_is_named),
        cmocka_unit_test(a_changed_former_state_is_named),
        cmocka_unit_test(a_changed_entry_is_found),
        cmocka_unit_test(entries_cut_with_their_rows_are_found_against_a_kept_file),
    };
    return cmocka_run_group_tests(tests, world_open, world_close);
}
