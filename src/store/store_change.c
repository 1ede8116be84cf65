/* SPDX-License-Identifier: Apache-2.0 */
/* Changing a row. The statement that can break a rule of the schema runs first; only when it went through follow the
 * former state and the entry, so that a caller who lives with a TB_CONFLICT leaves no half change behind. */
#include "store/store.sql.h"
#include "store/store_internal.h"

#include <string.h>

/* A row as it stands, borrowed from its statement until store__release. */
struct current {
    struct store_rows *rows;
    int64_t leaf;
    bool has_salt;
    uint8_t salt[STORE__SALT_BYTES];
    struct store__value values[STORE_COLUMNS_MAX];
};

/* A new state on its way into the table. */
struct change {
    struct store__table *table;
    int64_t id;
    int64_t seq;         /* of the entry to come; 0 in a table that is not logged */
    const uint8_t *salt; /* NULL when there is none */
    struct store__value values[STORE_COLUMNS_MAX];
};

/* ---- values ------------------------------------------------------------------------------------------------------ */

static tb_status
table_of(struct store_tx *tx, const char *name, struct store__table **ret_table, struct tb_err *err)
{
    struct store__schema *schema = tx->store->schema;
    struct store__table *table = store__table_find(schema, name);
    if (table == NULL || table < schema->tables + schema->own)
        return tb_fail(err, TB_INTERNAL, "table %s is not in the schema of this program", name);
    *ret_table = table;
    return TB_OK;
}

static store__kind
kind_of(const struct store_value *value)
{
    switch (value->type) {
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

/* Puts the named values into row. */
static tb_status
take_values(const struct store__table *table, const struct store_value *values, size_t count,
            struct store__value *row, struct tb_err *err)
{
    int hint = 0;
    for (size_t i = 0; i < count; i++) {
        const struct store_value *value = &values[i];
        int at = store__column_find(table, value->column, hint);
        if (at < 0)
            return tb_fail(err, TB_INTERNAL, "%s has no column %s", table->row->name,
                           value->column);
        hint = at + 1 < table->count ? at + 1 : 0;
        store__kind kind = kind_of(value);
        if (value->is_null || (kind != STORE__INT && value->text.ptr == NULL)) {
            row[at] = (struct store__value){0};
            continue;
        }
        if (kind != table->columns[at].kind)
            return tb_fail(err, TB_INTERNAL, "%s.%s is of another type", table->row->name,
                           value->column);
        row[at] = (struct store__value){kind, value->number, value->text};
    }
    return TB_OK;
}

static tb_status
check_required(const struct store__table *table, const struct store__value *row, struct tb_err *err)
{
    for (int i = 0; i < table->count; i++)
        if (row[i].kind == STORE__NULL && (table->columns[i].row->flags & STORE_NULL) == 0)
            return tb_fail(err, TB_INVALID, "%s.%s must not be null; give a value",
                           table->row->name, table->columns[i].row->name);
    return TB_OK;
}

static bool
value_is_equal(const struct store__value *a, const struct store__value *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case STORE__NULL:
        return true;
    case STORE__INT:
        return a->number == b->number;
    default:
        return tb_str_eq(a->text, b->text);
    }
}

static void
bind_value(struct store_rows *rows, int index, const struct store__value *value)
{
    switch (value->kind) {
    case STORE__NULL:
        store__bind_null(rows, index);
        break;
    case STORE__INT:
        store__bind_int(rows, index, value->number);
        break;
    case STORE__TEXT:
        store__bind_text(rows, index, value->text);
        break;
    default:
        store__bind_bytes(rows, index, value->text.ptr, value->text.len);
        break;
    }
}

/* ---- statements -------------------------------------------------------------------------------------------------- */

/* Runs a statement that may break a rule of the schema. */
static tb_status
run_change(struct store_tx *tx, struct store_rows *rows, const struct change *change,
           struct tb_err *err)
{
    tb_status status = store__run(rows, err);
    store__release(rows);
    if (status == TB_CONFLICT)
        return store__conflict(tx, change->table, change->id, change->values, err);
    return status == TB_OK ? TB_OK : store__tx_failed(tx, status, err);
}

/* Runs a statement on the log. Nothing can conflict there unless the database is damaged. */
static tb_status
run_log(struct store_tx *tx, struct store_rows *rows, struct tb_err *err)
{
    tb_status status = store__run(rows, err);
    store__release(rows);
    if (status == TB_OK)
        return TB_OK;
    return store__tx_failed(tx, status == TB_CONFLICT ? TB_CORRUPT : status, err);
}

static tb_status
prepare(struct store_tx *tx, const char *sql, struct store_rows **ret_rows, struct tb_err *err)
{
    tb_status status = store__prepare(tx->read.db, sql, ret_rows, err);
    return status == TB_OK ? TB_OK : store__tx_failed(tx, status, err);
}

/* Binds what stands before the columns in sql_insert; gives the index of the first column. */
static int
bind_head(struct store_rows *rows, const struct change *change, int index)
{
    if (change->table->is_logged)
        store__bind_int(rows, index++, change->seq);
    if (change->table->has_salt)
        store__bind_bytes(rows, index++, change->salt, STORE__SALT_BYTES);
    return index;
}

static tb_status
insert_row(struct store_tx *tx, const struct change *change, struct tb_err *err)
{
    struct store_rows *rows;
    TB_TRY(prepare(tx, change->table->sql_insert, &rows, err));
    store__bind_int(rows, 1, change->id);
    int index = bind_head(rows, change, 2);
    for (int i = 0; i < change->table->count; i++)
        bind_value(rows, index++, &change->values[i]);
    return run_change(tx, rows, change, err);
}

/* The text that updates the columns of mask; made once for each mask. */
static const char *
update_sql(struct store_tx *tx, struct store__table *table, uint64_t mask)
{
    for (struct store__update *update = table->updates; update != NULL; update = update->next)
        if (update->mask == mask)
            return update->sql;
    struct tb_arena *arena = tx->store->schema->arena;
    struct tb_buf buf = {.arena = arena};
    int index = 1;
    tb_buf_printf(&buf, "UPDATE \"%s\" SET ", table->row->name);
    const char *comma = "";
    if (table->is_logged) {
        tb_buf_printf(&buf, "\"leaf\" = ?%d", index++);
        comma = ", ";
    }
    if (table->has_salt) {
        tb_buf_printf(&buf, "%s\"salt\" = ?%d", comma, index++);
        comma = ", ";
    }
    for (int i = 0; i < table->count; i++) {
        if ((mask >> i & 1) == 0)
            continue;
        tb_buf_printf(&buf, "%s\"%s\" = ?%d", comma, table->columns[i].row->name, index++);
        comma = ", ";
    }
    tb_buf_printf(&buf, " WHERE \"id\" = ?%d", index);
    struct store__update *update = TB_NEW(arena, struct store__update);
    *update = (struct store__update){mask, tb_cstr(arena, tb_buf_done(&buf)), table->updates};
    table->updates = update;
    return update->sql;
}

static tb_status
update_row(struct store_tx *tx, const struct change *change, uint64_t mask, struct tb_err *err)
{
    struct store_rows *rows;
    TB_TRY(prepare(tx, update_sql(tx, change->table, mask), &rows, err));
    int index = bind_head(rows, change, 1);
    for (int i = 0; i < change->table->count; i++)
        if ((mask >> i & 1) != 0)
            bind_value(rows, index++, &change->values[i]);
    store__bind_int(rows, index, change->id);
    return run_change(tx, rows, change, err);
}

/* Reads the row. On TB_OK the caller releases current->rows. */
static tb_status
read_current(struct store_tx *tx, const struct store__table *table, int64_t id,
             int64_t leaf_expected, struct current *current, struct tb_err *err)
{
    TB_TRY(prepare(tx, table->sql_get, &current->rows, err));
    store__bind_int(current->rows, 1, id);
    if (!store_next(current->rows)) {
        tb_status status = store_rows_done(current->rows, err);
        if (status != TB_OK)
            return store__tx_failed(tx, status, err);
        return tb_fail(err, TB_NOT_FOUND, "%s has no row %lld", table->row->name, (long long)id);
    }
    int column = 1;
    current->leaf = table->is_logged ? store_int(current->rows, column++) : 0;
    current->has_salt = false;
    if (table->has_salt) {
        tb_str salt = store_text(current->rows, column++);
        current->has_salt = salt.len == STORE__SALT_BYTES;
        if (current->has_salt)
            memcpy(current->salt, salt.ptr, STORE__SALT_BYTES);
    }
    if (table->is_logged && leaf_expected >= 0 && leaf_expected != current->leaf) {
        store__release(current->rows);
        return tb_fail(err, TB_STALE, "%s %lld was changed by entry %lld; read it again",
                       table->row->name, (long long)id, (long long)current->leaf);
    }
    for (int i = 0; i < table->count; i++, column++) {
        if (store_is_null(current->rows, column))
            current->values[i] = (struct store__value){0};
        else if (table->columns[i].kind == STORE__INT)
            current->values[i] = (struct store__value){.kind = STORE__INT,
                                                       .number = store_int(current->rows, column)};
        else
            current->values[i] = (struct store__value){.kind = table->columns[i].kind,
                                                       .text = store_text(current->rows, column)};
    }
    return TB_OK;
}

/* ---- the log ----------------------------------------------------------------------------------------------------- */

static int64_t
next_seq(const struct store_tx *tx)
{
    return (int64_t)(tx->range.size + tx->leaf_count) + 1;
}

static tb_status
append_entry(struct store_tx *tx, const struct change *change, store_op op, int64_t prev,
             struct tb_sha256 digest, struct tb_err *err)
{
    struct store_entry entry = {.seq = change->seq,
                                .at = tx->now,
                                .actor = tx->cause->actor,
                                .id = change->id,
                                .prev = prev,
                                .op = op,
                                .table = change->table->name,
                                .request = tx->cause->request,
                                .purpose = tx->cause->purpose};
    if (entry.request.ptr == NULL)
        entry.request = TB_STR("");
    if (entry.purpose.ptr == NULL)
        entry.purpose = TB_STR("");
    memcpy(entry.digest, digest.bytes, sizeof entry.digest);
    struct store_rows *rows;
    TB_TRY(prepare(tx, tx->store->sql_log, &rows, err));
    store__bind_int(rows, 1, entry.seq);
    store__bind_int(rows, 2, entry.at);
    store__bind_int(rows, 3, entry.actor);
    store__bind_text(rows, 4, entry.request);
    store__bind_text(rows, 5, entry.purpose);
    store__bind_text(rows, 6, entry.table);
    store__bind_int(rows, 7, entry.id);
    store__bind_int(rows, 8, op);
    store__bind_int(rows, 9, prev);
    store__bind_bytes(rows, 10, entry.digest, sizeof entry.digest);
    TB_TRY(run_log(tx, rows, err));
    if (tx->leaf_count == tx->leaf_cap) {
        size_t cap = tx->leaf_cap > 0 ? tx->leaf_cap * 2 : 1024;
        struct tb_sha256 *leaves = TB_NEW_ARRAY(tx->arena, cap, struct tb_sha256);
        if (tx->leaf_count > 0)
            memcpy(leaves, tx->leaves, tx->leaf_count * sizeof *leaves);
        tx->leaves = leaves;
        tx->leaf_cap = cap;
    }
    tx->leaves[tx->leaf_count++] = store__entry_hash(&tx->digest, &entry);
    return TB_OK;
}

static tb_status
keep_former(struct store_tx *tx, const struct change *change, int64_t former, tb_str image,
            struct tb_err *err)
{
    struct store_rows *rows;
    TB_TRY(prepare(tx, tx->store->sql_log_old, &rows, err));
    store__bind_int(rows, 1, former);
    store__bind_int(rows, 2, change->seq);
    store__bind_text(rows, 3, change->table->name);
    store__bind_int(rows, 4, change->id);
    store__bind_bytes(rows, 5, image.ptr, image.len);
    return run_log(tx, rows, err);
}

/* ---- the changes ------------------------------------------------------------------------------------------------- */

tb_status
store__insert(struct store_tx *tx, struct store__table *table, const struct store_value *values,
              size_t count, int64_t *ret_id, struct tb_err *err)
{
    struct change change = {.table = table};
    uint8_t salt[STORE__SALT_BYTES];
    TB_TRY(take_values(table, values, count, change.values, err));
    TB_TRY(check_required(table, change.values, err));
    TB_TRY(store__new_id(tx, table, &change.id, err));
    if (table->has_salt) {
        store__random(tx->store, salt, sizeof salt);
        change.salt = salt;
    }
    if (table->is_logged)
        change.seq = next_seq(tx);
    TB_TRY(insert_row(tx, &change, err));
    if (table->is_logged) {
        struct tb_sha256 digest =
            store__digest(&tx->digest, table, change.id, change.values, change.salt);
        TB_TRY(append_entry(tx, &change, STORE_OP_INSERT, 0, digest, err));
    }
    if (ret_id != NULL)
        *ret_id = change.id;
    return TB_OK;
}

tb_status
store_insert(struct store_tx *tx, const char *table, const struct store_value *values, size_t count,
             int64_t *ret_id, struct tb_err *err)
{
    struct store__table *found = NULL;
    TB_TRY(table_of(tx, table, &found, err));
    return store__insert(tx, found, values, count, ret_id, err);
}

/* Everything of an update behind the reading of the row; current->rows is still open and is released here. */
static tb_status
update_current(struct store_tx *tx, struct change *change, struct current *current, uint64_t mask,
               struct tb_err *err)
{
    struct store__table *table = change->table;
    struct tb_sha256 digest = {0};
    tb_str image = TB_STR_NONE;
    uint8_t salt[STORE__SALT_BYTES];
    if (table->has_salt) {
        if (current->has_salt)
            memcpy(salt, current->salt, sizeof salt);
        else
            store__random(tx->store, salt, sizeof salt);
        change->salt = salt;
    }
    if (table->is_logged) {
        change->seq = next_seq(tx);
        image = store__image(&tx->image, table, current->values,
                             current->has_salt ? current->salt : NULL);
        digest = store__digest(&tx->digest, table, change->id, change->values, change->salt);
    }
    store__release(current->rows);
    TB_TRY(update_row(tx, change, mask, err));
    if (!table->is_logged)
        return TB_OK;
    TB_TRY(keep_former(tx, change, current->leaf, image, err));
    return append_entry(tx, change, STORE_OP_UPDATE, current->leaf, digest, err);
}

tb_status
store_update(struct store_tx *tx, const char *table, int64_t id, int64_t leaf_expected,
             const struct store_value *values, size_t count, struct tb_err *err)
{
    struct change change = {.id = id};
    struct current current;
    TB_TRY(table_of(tx, table, &change.table, err));
    TB_TRY(read_current(tx, change.table, id, leaf_expected, &current, err));
    memcpy(change.values, current.values, (size_t)change.table->count * sizeof current.values[0]);
    tb_status status = take_values(change.table, values, count, change.values, err);
    if (status == TB_OK)
        status = check_required(change.table, change.values, err);
    /* Only columns that differ are written: an index over a column that stays is not touched. */
    uint64_t mask = 0;
    for (int i = 0; i < change.table->count; i++)
        if (!value_is_equal(&change.values[i], &current.values[i]))
            mask |= UINT64_C(1) << i;
    if (status != TB_OK || mask == 0) {
        store__release(current.rows);
        return status;
    }
    return update_current(tx, &change, &current, mask, err);
}

tb_status
store_delete(struct store_tx *tx, const char *table, int64_t id, int64_t leaf_expected,
             struct tb_err *err)
{
    struct change change = {.id = id};
    struct current current;
    tb_str image = TB_STR_NONE;
    TB_TRY(table_of(tx, table, &change.table, err));
    TB_TRY(read_current(tx, change.table, id, leaf_expected, &current, err));
    if (change.table->is_logged) {
        change.seq = next_seq(tx);
        image = store__image(&tx->image, change.table, current.values,
                             current.has_salt ? current.salt : NULL);
    }
    store__release(current.rows);
    struct store_rows *rows;
    TB_TRY(prepare(tx, change.table->sql_delete, &rows, err));
    store__bind_int(rows, 1, id);
    TB_TRY(run_change(tx, rows, &change, err));
    if (!change.table->is_logged)
        return TB_OK;
    TB_TRY(keep_former(tx, &change, current.leaf, image, err));
    struct tb_sha256 digest = store__digest(&tx->digest, change.table, id, NULL, NULL);
    return append_entry(tx, &change, STORE_OP_DELETE, current.leaf, digest, err);
}

/* ---- erasure ----------------------------------------------------------------------------------------------------- */

/* Replaces personal values in the former states by their commitments. *ret_last: the entry that ended the newest of
 * them, 0 when there is none; *ret_is_changed: something was there to erase. */
static tb_status
erase_former(struct store_tx *tx, const struct store__table *table, int64_t id, int64_t *ret_last,
             bool *ret_is_changed, struct tb_err *err)
{
    struct store_rows *rows, *change;
    TB_TRY(prepare(tx, sql_formers, &rows, err));
    store__bind_text(rows, 1, table->name);
    store__bind_int(rows, 2, id);
    tb_status status = TB_OK;
    *ret_last = 0;
    while (status == TB_OK && store_next(rows)) {
        int64_t former = store_int(rows, 0);
        tb_str old_image = store_text(rows, 2), image;
        *ret_last = store_int(rows, 1) > *ret_last ? store_int(rows, 1) : *ret_last;
        if (!store__image_erase(&tx->image, old_image, &image)) {
            status = tb_fail(err, TB_CORRUPT, "log_old %lld is not a state", (long long)former);
            break;
        }
        if (tb_str_eq(old_image, image))
            continue;
        *ret_is_changed = true;
        status = prepare(tx, "UPDATE log_old SET image = ?1 WHERE id = ?2", &change, err);
        if (status != TB_OK)
            break;
        store__bind_bytes(change, 1, image.ptr, image.len);
        store__bind_int(change, 2, former);
        status = run_log(tx, change, err);
    }
    tb_status end = store_rows_done(rows, status == TB_OK ? err : NULL);
    status = status != TB_OK ? status : end;
    return status == TB_OK ? TB_OK : store__tx_failed(tx, status, err);
}

/* The row is gone already; its former states were erased, and the erasure follows the deletion as an entry. */
static tb_status
erase_deleted(struct store_tx *tx, struct change *change, int64_t deletion, struct tb_err *err)
{
    static const struct store__value nothing[STORE_COLUMNS_MAX];
    change->seq = next_seq(tx);
    tb_str image = store__image(&tx->image, change->table, nothing, NULL);
    TB_TRY(keep_former(tx, change, deletion, image, err));
    struct tb_sha256 digest = store__digest(&tx->digest, change->table, change->id, NULL, NULL);
    return append_entry(tx, change, STORE_OP_ERASE, deletion, digest, err);
}

static tb_status
erase_current(struct store_tx *tx, struct change *change, struct current *current, uint64_t mask,
              struct tb_err *err)
{
    struct store__table *table = change->table;
    struct tb_arena *arena = tx->arena;
    change->seq = next_seq(tx);
    tb_str image =
        store__image(&tx->image, table, current->values, current->has_salt ? current->salt : NULL);
    tb_str whole = tb_str_copy(arena, image);
    bool is_erased = store__image_erase(&tx->image, whole, &image);
    struct tb_sha256 digest = store__digest(&tx->digest, table, change->id, change->values, NULL);
    store__release(current->rows);
    if (!is_erased)
        return tb_fail(err, TB_CORRUPT, "%s %lld has personal values and no salt", table->row->name,
                       (long long)change->id);
    TB_TRY(update_row(tx, change, mask, err));
    TB_TRY(keep_former(tx, change, current->leaf, image, err));
    return append_entry(tx, change, STORE_OP_ERASE, current->leaf, digest, err);
}

tb_status
store_erase(struct store_tx *tx, const char *table, int64_t id, struct tb_err *err)
{
    struct change change = {.id = id};
    struct current current;
    int64_t deletion;
    bool is_changed = false;
    TB_TRY(table_of(tx, table, &change.table, err));
    if (!change.table->has_salt)
        return tb_fail(err, TB_INTERNAL, "%s has no logged personal columns to erase", table);
    tx->has_erased = true;
    TB_TRY(erase_former(tx, change.table, id, &deletion, &is_changed, err));
    tb_status status = read_current(tx, change.table, id, -1, &current, err);
    if (status == TB_NOT_FOUND && deletion != 0)
        return is_changed ? erase_deleted(tx, &change, deletion, err) : TB_OK;
    TB_TRY(status);
    uint64_t mask = 0;
    for (int i = 0; i < change.table->count; i++) {
        change.values[i] = current.values[i];
        if (!change.table->columns[i].is_personal || current.values[i].kind == STORE__NULL)
            continue;
        change.values[i] = (struct store__value){0};
        mask |= UINT64_C(1) << i;
    }
    if (mask == 0 && !is_changed) {
        store__release(current.rows);
        return TB_OK;
    }
    return erase_current(tx, &change, &current, mask, err);
}
