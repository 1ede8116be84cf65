/* SPDX-License-Identifier: Apache-2.0 */
/* Verification of the present: every row against the entry that its leaf names. */
#include "store/store.sql.h"
#include "store/store_verify.h"

#include <string.h>

/* The entry that a row names. */
struct named {
    bool is_found, is_digest_equal, is_same_row;
    int64_t id, superseded_by;
    store_op op;
    tb_str table;
};

static tb_status
read_named(struct verify *verify, const struct store__table *table, int64_t id, int64_t leaf,
           const struct tb_sha256 *digest, struct named *ret_named, struct tb_err *err)
{
    struct store_value param = STORE_INT_OF(leaf);
    struct store_rows *rows;
    TB_TRY(store_select(verify->read, sql_row_entry, &param, 1, &rows, err));
    *ret_named = (struct named){0};
    if (store_next(rows)) {
        tb_str stored = store_text(rows, 3);
        *ret_named =
            (struct named){.is_found = true,
                           .is_digest_equal = stored.len == sizeof digest->bytes &&
                                              memcmp(stored.ptr, digest->bytes, stored.len) == 0,
                           .id = store_int(rows, 1),
                           .op = (store_op)store_int(rows, 2),
                           .superseded_by = store_int(rows, 4)};
        ret_named->is_same_row = ret_named->id == id && tb_str_eq(store_text(rows, 0), table->name);
        if (!ret_named->is_same_row)
            ret_named->table = tb_str_copy(verify->page, store_text(rows, 0));
    }
    return store_rows_done(rows, err);
}

static tb_status
check_row(struct verify *verify, const struct store__table *table, int64_t id, int64_t leaf,
          const struct tb_sha256 *digest, struct tb_err *err)
{
    struct named named;
    struct tb_arena *page = verify->page;
    long long seq = (long long)leaf;
    TB_TRY(read_named(verify, table, id, leaf, digest, &named, err));
    verify->result.rows++;
    if (!named.is_found)
        verify__finding(
            verify, table->name, id, "row_inserted",
            tb_printf(page, "这一行没有日志（所指第 %lld 条不存在）：绕过程序加入，或日志被截去",
                      seq),
            tb_printf(
                page,
                "no entry %lld made this row: it was put in behind the program, or the log was cut",
                seq));
    else if (!named.is_same_row)
        verify__finding(verify, table->name, id, "row_foreign",
                        tb_printf(page, "这一行所指的第 %lld 条日志属于 " TB_FMT " %lld", seq,
                                  TB_ARG(named.table), (long long)named.id),
                        tb_printf(page,
                                  "entry %lld, which this row names, belongs to " TB_FMT " %lld",
                                  seq, TB_ARG(named.table), (long long)named.id));
    else if (named.superseded_by != 0 || named.op == STORE_OP_DELETE)
        verify__finding(
            verify, table->name, id, "row_old",
            tb_printf(page,
                      "这一行是第 %lld 条日志时的旧值，已被第 %lld 条取代：有人把旧数据放了回来",
                      seq, (long long)named.superseded_by),
            tb_printf(
                page,
                "this is the former state of entry %lld, ended by entry %lld: it was copied back",
                seq, (long long)named.superseded_by));
    else if (!named.is_digest_equal)
        verify__finding(
            verify, table->name, id, "row_changed",
            tb_printf(page, "这一行的内容与第 %lld 条日志不符：有内容被改动", seq),
            tb_printf(page, "the values do not fit entry %lld: something was changed", seq));
    return TB_OK;
}

static struct store__value
read_value(const struct store_rows *rows, int at, const struct store__column *column)
{
    if (store_is_null(rows, at))
        return (struct store__value){0};
    if (column->kind == STORE__INT)
        return (struct store__value){.kind = STORE__INT, .number = store_int(rows, at)};
    return (struct store__value){.kind = column->kind, .text = store_text(rows, at)};
}

static tb_status
check_row_page(struct verify *verify, const struct store__table *table, const char *sql,
               int64_t *after, int64_t *ret_count, struct tb_err *err)
{
    struct store_value params[] = {STORE_INT_OF(*after), STORE_INT_OF(VERIFY__PAGE)};
    struct store__value values[STORE_COLUMNS_MAX];
    struct store_rows *rows;
    int64_t count = 0;
    TB_TRY(store_select(verify->read, sql, params, 2, &rows, err));
    tb_status status = TB_OK;
    while (status == TB_OK && store_next(rows)) {
        int at = 2;
        tb_str salt = table->has_salt ? store_text(rows, at++) : TB_STR_NONE;
        for (int i = 0; i < table->count; i++)
            values[i] = read_value(rows, at++, &table->columns[i]);
        *after = store_int(rows, 0);
        const uint8_t *bytes = salt.len == STORE__SALT_BYTES ? (const uint8_t *)salt.ptr : NULL;
        struct tb_sha256 digest = store__digest(&verify->scratch, table, *after, values, bytes);
        status = check_row(verify, table, *after, store_int(rows, 1), &digest, err);
        count++;
    }
    tb_status end = store_rows_done(rows, status == TB_OK ? err : NULL);
    *ret_count = count;
    return status != TB_OK ? status : end;
}

/* Ids may be any int64 when somebody puts rows in by hand, so the first page starts below the smallest. */
static tb_status
check_table(struct verify *verify, const struct store__table *table, struct tb_err *err)
{
    struct tb_buf sql = {.arena = verify->arena};
    tb_buf_printf(&sql, "SELECT id, leaf%s", table->has_salt ? ", salt" : "");
    for (int i = 0; i < table->count; i++)
        tb_buf_printf(&sql, ", \"%s\"", table->columns[i].row->name);
    tb_buf_printf(&sql, " FROM \"%s\" WHERE id > $1 ORDER BY id LIMIT $2", table->row->name);
    const char *text = tb_cstr(verify->arena, tb_buf_done(&sql));
    int64_t after = INT64_MIN, count;
    do {
        TB_TRY(store_snapshot(verify->store, &verify->read, err));
        tb_status status = check_row_page(verify, table, text, &after, &count, err);
        store_snapshot_done(verify->read);
        tb_arena_reset(verify->page);
        TB_TRY(status);
    } while (count == VERIFY__PAGE);
    return TB_OK;
}

tb_status
verify__rows(struct verify *verify, struct tb_err *err)
{
    const struct store__schema *schema = verify->store->schema;
    for (size_t i = 0; i < schema->count; i++)
        if (schema->tables[i].is_logged)
            TB_TRY(check_table(verify, &schema->tables[i], err));
    return TB_OK;
}

/* ---- former states without an entry ------------------------------------------------------------------------------ */

static tb_status
check_former_page(struct verify *verify, int64_t *after, int64_t *ret_count, struct tb_err *err)
{
    struct store_value params[] = {STORE_INT_OF(*after), STORE_INT_OF(VERIFY__PAGE)};
    struct store_rows *rows;
    int64_t count = 0;
    TB_TRY(store_select(verify->read, sql_former_page, params, 2, &rows, err));
    while (store_next(rows)) {
        count++;
        *after = store_int(rows, 0);
        if (store_is_null(rows, 3))
            verify__finding(
                verify, store_text(rows, 1), store_int(rows, 2), "former_extra",
                tb_printf(verify->page, "log_old 第 %lld 条没有对应的日志", (long long)*after),
                tb_printf(verify->page, "log_old %lld: no entry made this state",
                          (long long)*after));
    }
    *ret_count = count;
    return store_rows_done(rows, err);
}

tb_status
verify__former(struct verify *verify, struct tb_err *err)
{
    int64_t after = INT64_MIN, count;
    do {
        TB_TRY(store_snapshot(verify->store, &verify->read, err));
        tb_status status = check_former_page(verify, &after, &count, err);
        store_snapshot_done(verify->read);
        tb_arena_reset(verify->page);
        TB_TRY(status);
    } while (count == VERIFY__PAGE);
    return TB_OK;
}
