/* SPDX-License-Identifier: Apache-2.0 */
/* DDL for both back ends, the reference page, and bringing a database to the schema.
 *
 * A migration is additive: tables, nullable columns and indexes that are missing are made, in one batch, and what was
 * run is a row of `migrations`. Something in the database that the program does not know is of a newer program. */
#include "store/store_internal.h"

#include <string.h>

#define FORMAT 1 /* counted up when the store's own tables change their meaning */

/* ---- DDL --------------------------------------------------------------------------------------------------------- */

static const char *
sql_type(const struct store__column *column, bool is_postgres)
{
    switch (column->kind) {
    case STORE__TEXT:
        return "TEXT";
    case STORE__BYTES:
        return is_postgres ? "BYTEA" : "BLOB";
    default:
        return is_postgres ? "BIGINT" : "INTEGER";
    }
}

static void
put_column(struct tb_buf *buf, const struct store__column *column, bool is_postgres)
{
    tb_buf_printf(buf, "\"%s\" %s", column->row->name, sql_type(column, is_postgres));
    /* Erasure nulls personal columns, so the writer checks those itself. */
    if ((column->row->flags & STORE_NULL) == 0 && !column->is_personal)
        tb_buf_cstr(buf, " NOT NULL");
    if (column->row->references != NULL && !is_postgres)
        tb_buf_printf(buf, " REFERENCES \"%s\" (\"id\")", column->row->references);
}

static void
put_create_table(struct tb_buf *buf, const struct store__table *table, bool is_postgres)
{
    tb_buf_printf(buf, "CREATE TABLE \"%s\" (\"id\" %s PRIMARY KEY", table->row->name,
                  is_postgres ? "BIGINT" : "INTEGER");
    if (table->is_logged)
        tb_buf_printf(buf, ", \"leaf\" %s NOT NULL", is_postgres ? "BIGINT" : "INTEGER");
    if (table->has_salt)
        tb_buf_printf(buf, ", \"salt\" %s", is_postgres ? "BYTEA" : "BLOB");
    for (int i = 0; i < table->count; i++) {
        tb_buf_cstr(buf, ", ");
        put_column(buf, &table->columns[i], is_postgres);
    }
    tb_buf_cstr(buf, is_postgres ? ")" : ") STRICT");
}

/* Name of the index over a list such as "a, b": table_a_b_key or table_a_b_index. In arena. */
static tb_str
index_name(struct tb_arena *arena, const char *table, const char *list, bool is_unique)
{
    struct tb_buf buf = {.arena = arena};
    tb_buf_cstr(&buf, table);
    tb_str rest = tb_str_of(list), part;
    while (tb_str_cut(&rest, ',', &part)) {
        tb_buf_char(&buf, '_');
        tb_buf_str(&buf, tb_str_trim(part));
    }
    tb_buf_cstr(&buf, is_unique ? "_key" : "_index");
    return tb_buf_done(&buf);
}

typedef tb_status (*index_fn)(void *context, tb_str name, const char *list, bool is_unique,
                              struct tb_err *err);

/* Calls fn for every index of the table. */
static tb_status
each_index(struct tb_arena *arena, const struct store__table *table, index_fn fn, void *context,
           struct tb_err *err)
{
    const char *name = table->row->name;
    for (int i = 0; i < table->count; i++) {
        const struct store_column *column = table->columns[i].row;
        if (column->flags & (STORE_UNIQUE | STORE_INDEX)) {
            bool is_unique = (column->flags & STORE_UNIQUE) != 0;
            TB_TRY(fn(context, index_name(arena, name, column->name, is_unique), column->name,
                      is_unique, err));
        }
    }
    for (const char *const *list = table->row->uniques; list != NULL && *list != NULL; list++)
        TB_TRY(fn(context, index_name(arena, name, *list, true), *list, true, err));
    for (const char *const *list = table->row->indexes; list != NULL && *list != NULL; list++)
        TB_TRY(fn(context, index_name(arena, name, *list, false), *list, false, err));
    return TB_OK;
}

static void
put_create_index(struct tb_buf *buf, const char *table, tb_str name, const char *list,
                 bool is_unique)
{
    tb_buf_printf(buf, "CREATE %sINDEX \"" TB_FMT "\" ON \"%s\" (", is_unique ? "UNIQUE " : "",
                  TB_ARG(name), table);
    tb_str rest = tb_str_of(list), part;
    for (bool is_first = true; tb_str_cut(&rest, ',', &part); is_first = false)
        tb_buf_printf(buf, "%s\"" TB_FMT "\"", is_first ? "" : ", ", TB_ARG(tb_str_trim(part)));
    tb_buf_cstr(buf, ")");
}

struct index_out {
    struct tb_buf *buf;
    const char *table;
};

static tb_status
put_index(void *context, tb_str name, const char *list, bool is_unique, struct tb_err *err)
{
    struct index_out *out = context;
    put_create_index(out->buf, out->table, name, list, is_unique);
    tb_buf_cstr(out->buf, ";\n");
    return TB_OK;
}

tb_status
store_schema_sql(struct tb_buf *buf, const struct store_table *const *tables, bool is_postgres,
                 struct tb_err *err)
{
    struct store__schema *schema;
    TB_TRY(store__schema_new(tables, &schema, err));
    for (size_t i = 0; i < schema->count; i++) {
        put_create_table(buf, &schema->tables[i], is_postgres);
        tb_buf_cstr(buf, ";\n");
    }
    tb_status status = TB_OK;
    for (size_t i = 0; i < schema->count && status == TB_OK; i++) {
        struct index_out out = {buf, schema->tables[i].row->name};
        status = each_index(schema->arena, &schema->tables[i], put_index, &out, err);
    }
    for (size_t i = 0; i < schema->count && is_postgres; i++)
        for (int c = 0; c < schema->tables[i].count; c++)
            if (schema->tables[i].columns[c].row->references != NULL)
                tb_buf_printf(
                    buf,
                    "ALTER TABLE \"%s\" ADD FOREIGN KEY (\"%s\") REFERENCES \"%s\" (\"id\");\n",
                    schema->tables[i].row->name, schema->tables[i].columns[c].row->name,
                    schema->tables[i].columns[c].row->references);
    store__schema_free(schema);
    return status;
}

/* ---- the reference page ------------------------------------------------------------------------------------------ */

static void
put_markdown_cell(struct tb_buf *buf, const char *text)
{
    for (; text != NULL && *text != '\0'; text++) {
        if (*text == '|')
            tb_buf_char(buf, '\\');
        tb_buf_char(buf, *text);
    }
}

static void
put_markdown_list(struct tb_buf *buf, const char *title, const char *const *lists)
{
    for (; lists != NULL && *lists != NULL; lists++)
        tb_buf_printf(buf, "%s: %s\n\n", title, *lists);
}

static void
put_markdown_table(struct tb_buf *buf, const struct store_table *table)
{
    static const char *const types[] = {"int",     "bool", "text",  "bytes",
                                        "instant", "day",  "money", "json"};
    tb_buf_printf(
        buf, "## %s\n\n%s%s\n\n| column | type | rules | meaning |\n| --- | --- | --- | --- |\n",
        table->name, table->doc != NULL ? table->doc : "", table->is_logged ? " Logged." : "");
    for (const struct store_column *column = table->columns; column->name != NULL; column++) {
        tb_buf_printf(buf, "| %s | %s |", column->name, types[column->type]);
        if ((column->flags & STORE_NULL) != 0)
            tb_buf_cstr(buf, " may be null");
        if ((column->flags & STORE_UNIQUE) != 0)
            tb_buf_cstr(buf, " unique");
        if ((column->flags & STORE_INDEX) != 0)
            tb_buf_cstr(buf, " indexed");
        if ((column->flags & STORE_PERSONAL) != 0)
            tb_buf_cstr(buf, " personal");
        if (column->references != NULL)
            tb_buf_printf(buf, " → %s", column->references);
        tb_buf_cstr(buf, " | ");
        put_markdown_cell(buf, column->doc);
        tb_buf_cstr(buf, " |\n");
    }
    tb_buf_char(buf, '\n');
    put_markdown_list(buf, "Unique together", table->uniques);
    put_markdown_list(buf, "Indexed", table->indexes);
}

void
store_schema_markdown(struct tb_buf *buf, const struct store_table *const *tables)
{
    tb_buf_cstr(buf,
                "# Schema\n\nGenerated from the rows in `src/*/` by `store_schema_markdown`; do "
                "not edit.\n\n"
                "Every table has `id`, a 64-bit key that is never shown; a logged table has "
                "`leaf`, the sequence "
                "number of its latest log entry, and `salt` where it holds personal columns.\n\n");
    for (const struct store_table *const *table = tables; table != NULL && *table != NULL; table++)
        put_markdown_table(buf, *table);
    tb_buf_cstr(buf, "# The store's own tables\n\n");
    for (const struct store_table *const *table = store__own_tables; *table != NULL; table++)
        put_markdown_table(buf, *table);
}

/* ---- migrating --------------------------------------------------------------------------------------------------- */

struct migration {
    struct store__db *db;
    struct tb_arena *arena;
    struct tb_buf done; /* statements run */
    const struct store__table *table;
    bool is_check_only;
};

static tb_status
count_of(struct store__db *db, const char *sql, tb_str name, int64_t *ret_count, struct tb_err *err)
{
    struct store_rows *rows;
    TB_TRY(store__prepare(db, sql, &rows, err));
    store__bind_text(rows, 1, name);
    int64_t count = store_next(rows) ? store_int(rows, 0) : 0;
    TB_TRY(store_rows_done(rows, err));
    *ret_count = count;
    return TB_OK;
}

static tb_status
apply(struct migration *migration, tb_str sql, struct tb_err *err)
{
    if (migration->is_check_only)
        return tb_fail(err, TB_VERSION,
                       "the database is of an older program; open it for writing first: " TB_FMT,
                       TB_ARG(sql));
    TB_TRY(store__exec(migration->db, tb_cstr(migration->arena, sql), err));
    tb_buf_str(&migration->done, sql);
    tb_buf_cstr(&migration->done, ";\n");
    return TB_OK;
}

static tb_status
add_index(void *context, tb_str name, const char *list, bool is_unique, struct tb_err *err)
{
    struct migration *migration = context;
    int64_t count;
    TB_TRY(count_of(migration->db,
                    "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name = ?1", name,
                    &count, err));
    if (count > 0)
        return TB_OK;
    struct tb_buf buf = {.arena = migration->arena};
    put_create_index(&buf, migration->table->row->name, name, list, is_unique);
    return apply(migration, tb_buf_done(&buf), err);
}

/* Columns that the table has and the schema lacks; and the reverse, which are added. */
static tb_status
match_columns(struct migration *migration, const struct store__table *table, struct tb_err *err)
{
    bool seen[STORE_COLUMNS_MAX] = {false};
    bool has_salt = false;
    struct store_rows *rows;
    TB_TRY(
        store__prepare(migration->db, "SELECT name, type FROM pragma_table_info(?1)", &rows, err));
    store__bind_text(rows, 1, table->name);
    tb_status status = TB_OK;
    while (status == TB_OK && store_next(rows)) {
        tb_str name = tb_str_copy(migration->arena, store_text(rows, 0));
        has_salt |= tb_str_is(name, "salt");
        if (tb_str_is(name, "id") || tb_str_is(name, "leaf") || tb_str_is(name, "salt"))
            continue;
        int at = store__column_find(table, name.ptr, 0);
        if (at < 0 || !tb_str_is(store_text(rows, 1), sql_type(&table->columns[at], false)))
            status = tb_fail(err, TB_VERSION,
                             "column %s." TB_FMT " is unknown to this program or of another type",
                             table->row->name, TB_ARG(name));
        else
            seen[at] = true;
    }
    tb_status end = store_rows_done(rows, status == TB_OK ? err : NULL);
    TB_TRY(status);
    TB_TRY(end);
    if (table->has_salt && !has_salt)
        TB_TRY(apply(migration,
                     tb_printf(migration->arena, "ALTER TABLE \"%s\" ADD COLUMN \"salt\" BLOB",
                               table->row->name),
                     err));
    for (int i = 0; i < table->count; i++) {
        if (seen[i])
            continue;
        struct tb_buf buf = {.arena = migration->arena};
        tb_buf_printf(&buf, "ALTER TABLE \"%s\" ADD COLUMN ", table->row->name);
        put_column(&buf, &table->columns[i], false);
        if ((table->columns[i].row->flags & STORE_NULL) == 0 && !table->columns[i].is_personal)
            return tb_fail(
                err, TB_VERSION,
                "column %s.%s is new and must not be null: former rows have no value for it",
                table->row->name, table->columns[i].row->name);
        TB_TRY(apply(migration, tb_buf_done(&buf), err));
    }
    return TB_OK;
}

static tb_status
match_table(struct migration *migration, const struct store__table *table, struct tb_err *err)
{
    migration->table = table;
    int64_t count;
    TB_TRY(count_of(migration->db,
                    "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?1",
                    table->name, &count, err));
    if (count == 0) {
        struct tb_buf buf = {.arena = migration->arena};
        put_create_table(&buf, table, false);
        TB_TRY(apply(migration, tb_buf_done(&buf), err));
    } else {
        TB_TRY(match_columns(migration, table, err));
    }
    /* Reading needs no index, and whoever drops one must not be able to stop verification by it. */
    if (migration->is_check_only)
        return TB_OK;
    return each_index(migration->arena, table, add_index, migration, err);
}

/* A table that the program does not know, or a format above its own. */
static tb_status
refuse_newer(struct migration *migration, const struct store__schema *schema, struct tb_err *err)
{
    int64_t count, format = 0;
    TB_TRY(count_of(migration->db,
                    "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?1",
                    TB_STR("migrations"), &count, err));
    if (count == 0)
        return TB_OK;
    struct store_rows *rows;
    TB_TRY(store__prepare(migration->db, "SELECT max(number) FROM migrations", &rows, err));
    if (store_next(rows))
        format = store_int(rows, 0);
    TB_TRY(store_rows_done(rows, err));
    if (format > FORMAT)
        return tb_fail(err, TB_VERSION, "the database has format %lld, this program knows up to %d",
                       (long long)format, FORMAT);
    TB_TRY(store__prepare(migration->db,
                          "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
                          &rows, err));
    tb_status status = TB_OK;
    while (status == TB_OK && store_next(rows)) {
        tb_str name = store_text(rows, 0);
        if (!tb_str_starts(name, TB_STR("sqlite_")) && store__table_find(schema, name.ptr) == NULL)
            status = tb_fail(err, TB_VERSION, "table " TB_FMT " is unknown to this program",
                             TB_ARG(name));
    }
    tb_status end = store_rows_done(rows, status == TB_OK ? err : NULL);
    return status != TB_OK ? status : end;
}

static tb_status
note_migration(struct migration *migration, int64_t now, struct tb_err *err)
{
    if (migration->done.len == 0)
        return TB_OK;
    struct store_rows *rows;
    TB_TRY(store__prepare(migration->db,
                          "INSERT INTO migrations (id, number, at, what) "
                          "VALUES ((SELECT coalesce(max(id), 0) + 1 FROM migrations), ?1, ?2, ?3)",
                          &rows, err));
    store__bind_int(rows, 1, FORMAT);
    store__bind_int(rows, 2, now);
    store__bind_text(rows, 3, tb_buf_done(&migration->done));
    tb_status status = store__run(rows, err);
    store__release(rows);
    TB_TRY(status);
    return store__exec(
        migration->db,
        "INSERT INTO log_state (id, batch, size, frontier) VALUES (1, 0, 0, x'0000000000000000') "
        "ON CONFLICT DO NOTHING",
        err);
}

static tb_status
migrate_in(struct migration *migration, const struct store__schema *schema, int64_t now,
           struct tb_err *err)
{
    TB_TRY(refuse_newer(migration, schema, err));
    for (size_t i = 0; i < schema->count; i++)
        TB_TRY(match_table(migration, &schema->tables[i], err));
    return migration->is_check_only ? TB_OK : note_migration(migration, now, err);
}

static tb_status
migrate(struct store__db *db, const struct store__schema *schema, int64_t now, bool is_check_only,
        struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct migration migration = {
        .db = db, .arena = arena, .done = {.arena = arena}, .is_check_only = is_check_only};
    tb_status status = store__exec(db, is_check_only ? "BEGIN" : "BEGIN IMMEDIATE", err);
    if (status == TB_OK) {
        status = migrate_in(&migration, schema, now, err);
        if (status == TB_OK)
            status = store__exec(db, "COMMIT", err);
        if (status != TB_OK && store__exec(db, "ROLLBACK", NULL) != TB_OK)
            tb_assert(sqlite3_get_autocommit(db->sqlite) != 0);
    }
    tb_arena_free(arena);
    return status;
}

tb_status
store__migrate(struct store__db *db, const struct store__schema *schema, int64_t now,
               struct tb_err *err)
{
    return migrate(db, schema, now, false, err);
}

tb_status
store__migrate_check(struct store__db *db, const struct store__schema *schema, struct tb_err *err)
{
    return migrate(db, schema, 0, true, err);
}
