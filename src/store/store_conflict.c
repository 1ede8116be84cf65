/* SPDX-License-Identifier: Apache-2.0 */
/* What rule of the schema a statement broke, in words. Runs only after a failure, so it may look things up. */
#include "store/store_internal.h"

#include <string.h>

static bool
row_exists(struct store_tx *tx, const char *table, const char *column, int64_t value)
{
    struct tb_arena *arena = tb_arena_new(0);
    const char *sql = tb_cstr(
        arena, tb_printf(arena, "SELECT 1 FROM \"%s\" WHERE \"%s\" = $1 LIMIT 1", table, column));
    struct store_value param = STORE_INT_OF(value);
    struct store_rows *rows;
    bool is_found = false;
    if (store_select(&tx->read, sql, &param, 1, &rows, NULL) == TB_OK) {
        is_found = store_next(rows);
        if (store_rows_done(rows, NULL) != TB_OK)
            is_found = false;
    }
    tb_arena_free(arena);
    return is_found;
}

static tb_status
reference_conflict(struct store_tx *tx, const struct store__table *table, int64_t id,
                   const struct store__value *values, struct tb_err *err)
{
    for (int i = 0; i < table->count; i++) {
        const struct store_column *column = table->columns[i].row;
        if (column->references != NULL && values[i].kind == STORE__INT &&
            !row_exists(tx, column->references, "id", values[i].number))
            return tb_fail(err, TB_CONFLICT, "%s.%s: %s has no row %lld", table->row->name,
                           column->name, column->references, (long long)values[i].number);
    }
    const struct store__schema *schema = tx->store->schema;
    for (size_t t = 0; t < schema->count; t++) {
        const struct store__table *child = &schema->tables[t];
        for (int i = 0; i < child->count; i++) {
            const struct store_column *column = child->columns[i].row;
            if (column->references != NULL && strcmp(column->references, table->row->name) == 0 &&
                row_exists(tx, child->row->name, column->name, id))
                return tb_fail(err, TB_CONFLICT, "%s %lld: rows of %s.%s still name it",
                               table->row->name, (long long)id, child->row->name, column->name);
        }
    }
    return tb_fail(err, TB_CONFLICT, "%s %lld: a reference does not hold", table->row->name,
                   (long long)id);
}

tb_status
store__conflict(struct store_tx *tx, const struct store__table *table, int64_t id,
                const struct store__value *values, struct tb_err *err)
{
    static const char prefix[] = "UNIQUE constraint failed: ";
    struct tb_err said = {0};
    const char *message = sqlite3_errmsg(tx->read.db->sqlite);
    size_t len = strlen(message);
    if (len >= sizeof said.message)
        len = sizeof said.message - 1;
    memcpy(said.message, message, len);
    if (strncmp(said.message, prefix, strlen(prefix)) == 0)
        return tb_fail(err, TB_CONFLICT, "another row has the same %s",
                       said.message + strlen(prefix));
    if (strncmp(said.message, "FOREIGN KEY", 11) == 0)
        return reference_conflict(tx, table, id, values, err);
    return tb_fail(err, TB_INVALID, "%s: %s", table->row->name, said.message);
}
