/* SPDX-License-Identifier: Apache-2.0 */
/* Verification reads everything once, in pages, each in its own snapshot; memory does not grow with the log.
 *
 *   entries    in order: no gap; the tree over them has the stored subtrees, the frontier and every signed root
 *              an entry is either superseded - log_old holds a state with its digest, ended by an entry that names it
 *              as prev - or live: the row is there with leaf = seq; or it is a deletion
 *   rows       every row has the digest of the live entry that its leaf names: so nothing was changed, put in, swapped
 *              or copied back
 *   log_old    holds nothing that no entry made
 *
 * One page sees entries, states and rows of one moment, so that a running server does not disturb it. */
#include "store/store_verify.h"
#include "store/store.sql.h"

#include <string.h>

void
verify__finding(struct verify *verify, tb_str table, int64_t id, const char *code, tb_str zh,
                tb_str en)
{
    tb_fault_add(verify->faults,
                 tb_printf(verify->page, TB_FMT "/%lld", TB_ARG(table), (long long)id), code, zh,
                 en);
}

static void
log_finding(struct verify *verify, int64_t seq, const char *code, tb_str zh, tb_str en)
{
    verify__finding(verify, TB_STR("log"), seq, code, zh, en);
}

/* ---- the tree ---------------------------------------------------------------------------------------------------- */

/* A stored subtree closed: it must be the one that the entries give. */
static void
on_closed(void *context, int level, uint64_t index, const struct tb_sha256 *hash)
{
    struct verify *verify = context;
    if (level % STORE__TILE_LEVEL != 0 || verify->status != TB_OK)
        return;
    struct store_value param = STORE_INT_OF(store__node_id(level, index));
    struct store_rows *rows;
    verify->status = store_select(verify->read, sql_node, &param, 1, &rows, verify->err);
    if (verify->status != TB_OK)
        return;
    tb_str stored = store_next(rows) ? store_text(rows, 0) : TB_STR_NONE;
    bool is_equal =
        stored.len == sizeof hash->bytes && memcmp(stored.ptr, hash->bytes, stored.len) == 0;
    verify->status = store_rows_done(rows, verify->err);
    /* Above the lowest stored level the difference only repeats itself. */
    if (is_equal || level != STORE__TILE_LEVEL || verify->has_gap)
        return;
    int64_t first = (int64_t)(index << level) + 1, last = first + (INT64_C(1) << level) - 1;
    log_finding(verify, first, "entries_changed",
                tb_printf(verify->page, "第 %lld 至 %lld 条日志中有内容被改动", (long long)first,
                          (long long)last),
                tb_printf(verify->page, "among the entries %lld to %lld something was changed",
                          (long long)first, (long long)last));
}

/* The frontier that the program goes on from must be that of the entries. */
static tb_status
check_state(struct verify *verify, struct tb_err *err)
{
    struct store_rows *rows;
    struct tlog_range stored;
    TB_TRY(store_select(verify->read, sql_log_state, NULL, 0, &rows, err));
    bool is_there = store_next(rows);
    bool is_equal = is_there && tlog_range_read(store_text(rows, 1), &stored) &&
                    store_int(rows, 0) == (int64_t)verify->range.size &&
                    stored.size == verify->range.size;
    int64_t size = is_there ? store_int(rows, 0) : 0;
    TB_TRY(store_rows_done(rows, err));
    if (is_equal) {
        struct tb_sha256 ours = tlog_root(&verify->range), theirs = tlog_root(&stored);
        is_equal = memcmp(ours.bytes, theirs.bytes, sizeof ours.bytes) == 0;
    }
    if (!is_equal && !verify->has_gap)
        verify__finding(
            verify, TB_STR("log_state"), 1, "state_changed",
            tb_printf(verify->page, "日志共 %lld 条，与记录的 %lld 条及其树根不符",
                      (long long)verify->range.size, (long long)size),
            tb_printf(verify->page,
                      "the log has %lld entries; the recorded size %lld or its root differs",
                      (long long)verify->range.size, (long long)size));
    return TB_OK;
}

/* ---- entries ----------------------------------------------------------------------------------------------------- */

/* An entry with the state it made, when that is superseded. Borrowed from the statement. */
struct joined {
    struct store_entry entry;
    bool is_superseded;
    int64_t superseded_by, former_id;
    tb_str former_table, image;
};

struct link {
    int64_t prev, id;
    store_op op;
    bool is_found, is_same_table;
};

static tb_status
read_link(struct verify *verify, int64_t seq, tb_str table, struct link *ret_link,
          struct tb_err *err)
{
    struct store_value param = STORE_INT_OF(seq);
    struct store_rows *rows;
    TB_TRY(store_select(verify->read, sql_entry_link, &param, 1, &rows, err));
    *ret_link = (struct link){0};
    if (store_next(rows))
        *ret_link =
            (struct link){store_int(rows, 0), store_int(rows, 1), (store_op)store_int(rows, 2),
                          true, tb_str_eq(store_text(rows, 3), table)};
    return store_rows_done(rows, err);
}

/* A state without its personal values is only right when the row was erased later on. */
static tb_status
check_erased(struct verify *verify, const struct joined *joined, struct tb_err *err)
{
    int64_t at = joined->superseded_by;
    struct link link;
    for (int steps = 0; at > 0 && steps < STORE_HISTORY_MAX; steps++) {
        TB_TRY(read_link(verify, at, joined->entry.table, &link, err));
        if (link.is_found && link.op == STORE_OP_ERASE)
            return TB_OK;
        struct store_value param = STORE_INT_OF(at);
        bool is_found;
        TB_TRY(store__select_one_int(verify->read, sql_former_end, &param, 1, &at, &is_found, err));
        if (!is_found)
            break;
    }
    verify__finding(
        verify, joined->entry.table, joined->entry.id, "erased_without_entry",
        tb_printf(verify->page, "第 %lld 条日志时的旧值被抹去，却没有清除记录",
                  (long long)joined->entry.seq),
        tb_printf(verify->page,
                  "the former state of entry %lld lacks its values, and no entry erased it",
                  (long long)joined->entry.seq));
    return TB_OK;
}

static tb_status
check_superseded(struct verify *verify, const struct joined *joined, struct tb_err *err)
{
    const struct store_entry *entry = &joined->entry;
    struct tb_sha256 digest;
    bool is_erased;
    bool is_good = joined->former_id == entry->id &&
                   tb_str_eq(joined->former_table, entry->table) &&
                   store__image_digest(&verify->scratch, entry->table, entry->id, joined->image,
                                       &digest, &is_erased) &&
                   memcmp(digest.bytes, entry->digest, sizeof digest.bytes) == 0;
    if (!is_good) {
        verify__finding(verify, entry->table, entry->id, "former_changed",
                        tb_printf(verify->page, "log_old 中第 %lld 条日志时的旧值被改动",
                                  (long long)entry->seq),
                        tb_printf(verify->page, "log_old %lld: the former state was changed",
                                  (long long)entry->seq));
        return TB_OK;
    }
    struct link link;
    TB_TRY(read_link(verify, joined->superseded_by, entry->table, &link, err));
    if (!link.is_found || !link.is_same_table || link.id != entry->id || link.prev != entry->seq)
        verify__finding(verify, entry->table, entry->id, "former_extra",
                        tb_printf(verify->page, "log_old 中第 %lld 条旧值没有对应的后续日志",
                                  (long long)entry->seq),
                        tb_printf(verify->page, "log_old %lld: entry %lld did not end this state",
                                  (long long)entry->seq, (long long)joined->superseded_by));
    return is_erased ? check_erased(verify, joined, err) : TB_OK;
}

/* The row of a live entry must be there; whether its values fit is seen when the tables are read. */
static tb_status
check_live(struct verify *verify, const struct store_entry *entry, const struct store__table *table,
           struct tb_err *err)
{
    struct link link;
    if (entry->op == STORE_OP_DELETE)
        return TB_OK;
    struct store_value param = STORE_INT_OF(entry->id);
    int64_t leaf;
    bool is_found;
    TB_TRY(store__select_one_int(verify->read,
                                 verify->sql_leaf[table - verify->store->schema->tables], &param, 1,
                                 &leaf, &is_found, err));
    if (is_found && leaf <= entry->seq)
        return TB_OK;
    if (is_found) {
        verify__finding(
            verify, entry->table, entry->id, "former_missing",
            tb_printf(verify->page, "log_old 中缺少第 %lld 条日志时的旧值", (long long)entry->seq),
            tb_printf(verify->page, "log_old lacks the former state of entry %lld",
                      (long long)entry->seq));
        return TB_OK;
    }
    /* An erasure that follows a deletion leaves no row. */
    if (entry->op == STORE_OP_ERASE) {
        TB_TRY(read_link(verify, entry->prev, entry->table, &link, err));
        if (link.is_found && link.op == STORE_OP_DELETE)
            return TB_OK;
    }
    verify__finding(
        verify, entry->table, entry->id, "row_missing",
        tb_printf(verify->page, "这一行不见了，而第 %lld 条日志说它在", (long long)entry->seq),
        tb_printf(verify->page, "the row is gone, but entry %lld says it is there",
                  (long long)entry->seq));
    return TB_OK;
}

/* Behind a gap no root can fit any more: the tree goes on for the numbers alone. */
static void
report_gap(struct verify *verify, int64_t first, int64_t last)
{
    verify->has_gap = true;
    log_finding(
        verify, first, "entries_missing",
        tb_printf(verify->page, "第 %lld 至 %lld 条日志不见了", (long long)first, (long long)last),
        tb_printf(verify->page, "the entries %lld to %lld are missing", (long long)first,
                  (long long)last));
}

static tb_status
check_entry(struct verify *verify, const struct joined *joined, struct tb_err *err)
{
    const struct store_entry *entry = &joined->entry;
    int64_t expected = (int64_t)verify->range.size + 1;
    if (entry->seq != expected)
        report_gap(verify, expected, entry->seq - 1);
    struct tb_sha256 hash = store__entry_hash(&verify->scratch, entry);
    tlog_append(&verify->range, &hash, on_closed, verify);
    TB_TRY(verify->status);
    verify->result.entries++;
    TB_TRY(verify__notes_check(verify, err));
    const struct store__table *table = store__table_named(verify->store->schema, entry->table);
    bool is_insert = entry->op == STORE_OP_INSERT;
    if (table == NULL || !table->is_logged || (entry->prev == 0) != is_insert ||
        entry->prev >= entry->seq) {
        log_finding(verify, entry->seq, "entry_changed",
                    TB_STR("这条日志的表名、操作或前一条序号不成立"),
                    TB_STR("table, operation or predecessor of this entry cannot be"));
        return TB_OK;
    }
    return joined->is_superseded ? check_superseded(verify, joined, err)
                                 : check_live(verify, entry, table, err);
}

static tb_status
check_entry_page(struct verify *verify, int64_t *after, int64_t *ret_count, struct tb_err *err)
{
    struct store_value params[] = {STORE_INT_OF(*after), STORE_INT_OF(VERIFY__PAGE)};
    struct store_rows *rows;
    int64_t count = 0;
    TB_TRY(store_select(verify->read, sql_entry_page, params, 2, &rows, err));
    tb_status status = TB_OK;
    while (status == TB_OK && store_next(rows)) {
        struct joined joined = {.is_superseded = !store_is_null(rows, 10),
                                .superseded_by = store_int(rows, 10),
                                .former_id = store_int(rows, 11),
                                .former_table = store_text(rows, 12),
                                .image = store_text(rows, 13)};
        store__entry_read(rows, &joined.entry);
        status = check_entry(verify, &joined, err);
        *after = joined.entry.seq;
        verify->range.size = (uint64_t)joined.entry.seq;
        count++;
    }
    tb_status end = store_rows_done(rows, status == TB_OK ? err : NULL);
    TB_TRY(status);
    TB_TRY(end);
    if (count < VERIFY__PAGE)
        TB_TRY(check_state(verify, err));
    *ret_count = count;
    return TB_OK;
}

/* Runs one page of something in its own snapshot. */
static tb_status
check_entries(struct verify *verify, struct tb_err *err)
{
    int64_t after = 0, count;
    do {
        TB_TRY(store_snapshot(verify->store, &verify->read, err));
        tb_status status = check_entry_page(verify, &after, &count, err);
        if (status == TB_OK && count < VERIFY__PAGE)
            status = verify__notes_end(verify, err);
        store_snapshot_done(verify->read);
        tb_arena_reset(verify->page);
        TB_TRY(status);
    } while (count == VERIFY__PAGE);
    return TB_OK;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static void
make_statements(struct verify *verify)
{
    const struct store__schema *schema = verify->store->schema;
    verify->sql_leaf = TB_NEW_ARRAY(verify->arena, schema->count, const char *);
    for (size_t i = 0; i < schema->count; i++)
        verify->sql_leaf[i] =
            tb_cstr(verify->arena, tb_printf(verify->arena, "SELECT leaf FROM \"%s\" WHERE id = $1",
                                             schema->tables[i].row->name));
}

tb_status
store_verify(struct store *store, tb_str against, struct tb_faults *faults,
             struct store_verify_result *ret_result, struct tb_err *err)
{
    struct verify verify = {.store = store,
                            .faults = faults,
                            .page = tb_arena_new(0),
                            .arena = tb_arena_new(0),
                            .err = err};
    verify.scratch.arena = verify.arena;
    make_statements(&verify);
    tb_status status = verify__notes_open(&verify, against, err);
    if (status == TB_OK)
        status = check_entries(&verify, err);
    if (status == TB_OK)
        status = verify__rows(&verify, err);
    if (status == TB_OK)
        status = verify__former(&verify, err);
    verify__notes_close(&verify);
    if (status == TB_OK)
        *ret_result = verify.result;
    tb_arena_free(verify.page);
    tb_arena_free(verify.arena);
    return status;
}
