/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the schema, compiled: kinds of columns, their order in digests, the statements that change a row. */
#include "store/store_internal.h"

#include <string.h>

static store__kind
kind_of(store_type type)
{
    switch (type) {
    case STORE_TEXT:
    case STORE_DAY:
    case STORE_JSON:
        return STORE__TEXT;
    case STORE_BYTES:
        return STORE__BYTES;
    default:
        return STORE__INT;
    }
}

struct store_value
store_set_text(const char *column, store_type type, tb_str text)
{
    return (struct store_value){
        .column = column, .type = type, .is_null = text.ptr == NULL, .text = text};
}

/* ---- checks of the rows ------------------------------------------------------------------------------------------ */

static bool
name_is_fit(const char *name)
{
    size_t len = strlen(name);
    if (len == 0 || len > STORE_NAME_BYTES_MAX || (name[0] >= '0' && name[0] <= '9'))
        return false;
    return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

static bool
name_is_taken(const char *name)
{
    return strcmp(name, "id") == 0 || strcmp(name, "leaf") == 0 || strcmp(name, "salt") == 0;
}

static bool
table_is_known(const struct store__schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->count; i++)
        if (strcmp(schema->tables[i].row->name, name) == 0)
            return true;
    return false;
}

/* Are all names of a list such as "a, b" columns of the table? */
static bool
list_is_known(const struct store__table *table, const char *list)
{
    tb_str rest = tb_str_of(list), part;
    char name[STORE_NAME_BYTES_MAX + 1];
    while (tb_str_cut(&rest, ',', &part)) {
        part = tb_str_trim(part);
        if (part.len == 0 || part.len > STORE_NAME_BYTES_MAX)
            return false;
        memcpy(name, part.ptr, part.len);
        name[part.len] = '\0';
        if (strcmp(name, "id") != 0 && store__column_find(table, name, 0) < 0)
            return false;
    }
    return true;
}

static void
check_column(struct tb_buf *faults, const struct store__schema *schema,
             const struct store__table *table, int index)
{
    const struct store_column *column = table->columns[index].row;
    const char *where = table->row->name;
    if (!name_is_fit(column->name) || name_is_taken(column->name))
        tb_buf_printf(faults, "%s.%s: the name is not fit; ", where, column->name);
    if (store__column_find(table, column->name, 0) != index)
        tb_buf_printf(faults, "%s.%s is there twice; ", where, column->name);
    if (column->references != NULL &&
        (column->type != STORE_INT || !table_is_known(schema, column->references)))
        tb_buf_printf(faults, "%s.%s: no INT reference to a table %s; ", where, column->name,
                      column->references);
}

static void
check_table(struct tb_buf *faults, const struct store__schema *schema, size_t index)
{
    const struct store__table *table = &schema->tables[index];
    const char *name = table->row->name;
    if (!name_is_fit(name))
        tb_buf_printf(faults, "%s: the name is not fit; ", name);
    for (size_t i = 0; i < index; i++)
        if (strcmp(schema->tables[i].row->name, name) == 0)
            tb_buf_printf(faults, "%s is there twice; ", name);
    for (int i = 0; i < table->count; i++)
        check_column(faults, schema, table, i);
    for (const char *const *list = table->row->uniques; list != NULL && *list != NULL; list++)
        if (!list_is_known(table, *list))
            tb_buf_printf(faults, "%s: unique \"%s\" names an unknown column; ", name, *list);
    for (const char *const *list = table->row->indexes; list != NULL && *list != NULL; list++)
        if (!list_is_known(table, *list))
            tb_buf_printf(faults, "%s: index \"%s\" names an unknown column; ", name, *list);
}

/* ---- compiling --------------------------------------------------------------------------------------------------- */

/* "id", "leaf" and "salt" where there are any, then the columns: the order of binding. */
static void
put_names(struct tb_buf *buf, const struct store__table *table)
{
    tb_buf_cstr(buf, "\"id\"");
    if (table->is_logged)
        tb_buf_cstr(buf, ", \"leaf\"");
    if (table->has_salt)
        tb_buf_cstr(buf, ", \"salt\"");
    for (int i = 0; i < table->count; i++)
        tb_buf_printf(buf, ", \"%s\"", table->columns[i].row->name);
}

static void
make_statements(struct tb_arena *arena, struct store__table *table)
{
    const char *name = table->row->name;
    int bound = 1 + table->is_logged + table->has_salt + table->count;
    struct tb_buf buf = {.arena = arena};
    tb_buf_printf(&buf, "INSERT INTO \"%s\" (", name);
    put_names(&buf, table);
    tb_buf_cstr(&buf, ") VALUES (?1");
    for (int i = 2; i <= bound; i++)
        tb_buf_printf(&buf, ", ?%d", i);
    tb_buf_cstr(&buf, ")");
    table->sql_insert = tb_cstr(arena, tb_buf_done(&buf));

    buf = (struct tb_buf){.arena = arena};
    tb_buf_cstr(&buf, "SELECT ");
    put_names(&buf, table);
    tb_buf_printf(&buf, " FROM \"%s\" WHERE \"id\" = ?1", name);
    table->sql_get = tb_cstr(arena, tb_buf_done(&buf));
    table->sql_delete =
        tb_cstr(arena, tb_printf(arena, "DELETE FROM \"%s\" WHERE \"id\" = ?1", name));
}

static tb_status
compile_table(struct tb_arena *arena, const struct store_table *row, struct store__table *table,
              struct tb_err *err)
{
    table->row = row;
    table->name = tb_str_of(row->name);
    table->is_logged = row->is_logged;
    for (const struct store_column *column = row->columns; column->name != NULL; column++) {
        if (table->count == STORE_COLUMNS_MAX)
            return tb_fail(err, TB_INTERNAL, "table %s has more than %d columns", row->name,
                           STORE_COLUMNS_MAX);
        struct store__column *to = &table->columns[table->count];
        *to = (struct store__column){column, kind_of(column->type),
                                     row->is_logged && (column->flags & STORE_PERSONAL)};
        table->has_salt |= to->is_personal;
        /* Insertion sort by name, once at start. */
        int at = table->count++;
        while (at > 0 &&
               strcmp(table->columns[table->sorted[at - 1]].row->name, column->name) > 0) {
            table->sorted[at] = table->sorted[at - 1];
            at--;
        }
        table->sorted[at] = table->count - 1;
    }
    make_statements(arena, table);
    return TB_OK;
}

static void
make_buckets(struct store__schema *schema)
{
    size_t size = 64;
    while (size < schema->count * 4)
        size *= 2;
    schema->buckets = TB_NEW_ARRAY(schema->arena, size, struct store__table *);
    schema->bucket_mask = size - 1;
    for (size_t i = 0; i < schema->count; i++) {
        size_t at = tb_hash(schema->tables[i].name) & schema->bucket_mask;
        while (schema->buckets[at] != NULL)
            at = (at + 1) & schema->bucket_mask;
        schema->buckets[at] = &schema->tables[i];
    }
}

static tb_status
compile_all(struct store__schema *schema, const struct store_table *const *tables,
            struct tb_err *err)
{
    for (const struct store_table *const *row = store__own_tables; *row != NULL; row++)
        TB_TRY(compile_table(schema->arena, *row, &schema->tables[schema->count++], err));
    schema->own = schema->count;
    for (const struct store_table *const *row = tables; row != NULL && *row != NULL; row++) {
        if (schema->count == STORE_TABLES_MAX)
            return tb_fail(err, TB_INTERNAL, "more than %d tables", STORE_TABLES_MAX);
        TB_TRY(compile_table(schema->arena, *row, &schema->tables[schema->count++], err));
    }
    struct tb_buf faults = {.arena = schema->arena};
    for (size_t i = 0; i < schema->count; i++)
        check_table(&faults, schema, i);
    if (faults.len > 0)
        return tb_fail(err, TB_INTERNAL, "schema: " TB_FMT, TB_ARG(tb_buf_done(&faults)));
    make_buckets(schema);
    return TB_OK;
}

tb_status
store__schema_new(const struct store_table *const *tables, struct store__schema **ret_schema,
                  struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct store__schema *schema = TB_NEW(arena, struct store__schema);
    schema->arena = arena;
    schema->tables = TB_NEW_ARRAY(arena, STORE_TABLES_MAX, struct store__table);
    tb_status status = compile_all(schema, tables, err);
    if (status != TB_OK) {
        tb_arena_free(arena);
        return status;
    }
    *ret_schema = schema;
    return TB_OK;
}

void
store__schema_free(struct store__schema *schema)
{
    if (schema != NULL)
        tb_arena_free(schema->arena);
}

/* ---- finding ----------------------------------------------------------------------------------------------------- */

struct store__table *
store__table_named(const struct store__schema *schema, tb_str name)
{
    size_t at = tb_hash(name) & schema->bucket_mask;
    for (; schema->buckets[at] != NULL; at = (at + 1) & schema->bucket_mask)
        if (tb_str_eq(schema->buckets[at]->name, name))
            return schema->buckets[at];
    return NULL;
}

struct store__table *
store__table_find(const struct store__schema *schema, const char *name)
{
    return store__table_named(schema, tb_str_of(name));
}

int
store__column_find(const struct store__table *table, const char *name, int hint)
{
    /* Callers name columns in the order of the schema, so the next one is mostly right at the first look. */
    for (int i = 0; i < table->count; i++) {
        int at = hint + i;
        if (at >= table->count)
            at -= table->count;
        const char *column = table->columns[at].row->name;
        if (column == name || strcmp(column, name) == 0)
            return at;
    }
    return -1;
}
