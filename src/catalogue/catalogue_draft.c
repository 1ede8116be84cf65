/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_draft.c - versions: a draft is filled batch by batch, published by one row, cleared
 * when left alone. */
#include "catalogue/catalogue.sql.h"
#include "catalogue/catalogue_internal.h"
#include <string.h>

/* A draft that no batch touched for so long belongs to a program that is gone. */
#define ABANDONED_AFTER_US (120 * TB_US_PER_SECOND)

tb_status
catalogue__in_force(struct store_read *read, int64_t *ret_version, struct tb_err *err)
{
    struct store_rows *rows;
    TB_TRY(store_select(read, SQL_CATALOGUE_IN_FORCE, NULL, 0, &rows, err));
    int64_t version = store_next(rows) ? store_int(rows, 0) : 0;
    TB_TRY(store_rows_done(rows, err));
    *ret_version = version;
    return TB_OK;
}

/* ---- clearing -------------------------------------------------------------------------------- */

/* At most a batch of ids that a SELECT over a version finds. */
static tb_status
read_ids(struct store_tx *tx, const char *sql, int64_t version, int64_t *ret_ids, size_t *ret_count,
         struct tb_err *err)
{
    struct store_rows *rows;
    const struct store_value params[] = {STORE_INT_OF(version), STORE_INT_OF(CATALOGUE_BATCH_ROWS)};
    TB_TRY(store_select(store_tx_read(tx), sql, params, 2, &rows, err));
    size_t count = 0;
    while (count < CATALOGUE_BATCH_ROWS && store_next(rows))
        ret_ids[count++] = store_int(rows, 0);
    *ret_count = count;
    return store_rows_done(rows, err);
}

struct clearing {
    int64_t version;
    bool is_done;
};

static tb_status
delete_some(struct store_tx *tx, const char *table, const char *sql, int64_t version,
            size_t *ret_count, struct tb_err *err)
{
    int64_t *ids = TB_NEW_ARRAY(store_tx_arena(tx), CATALOGUE_BATCH_ROWS, int64_t);
    TB_TRY(read_ids(tx, sql, version, ids, ret_count, err));
    for (size_t i = 0; i < *ret_count; i++)
        TB_TRY(store_delete(tx, table, ids[i], -1, err));
    return TB_OK;
}

/* One batch: rows of the draft, then the ends it set, then its departments, then its own row. */
static tb_status
clear_some(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct clearing *clearing = arg;
    int64_t version = clearing->version;
    size_t count;
    clearing->is_done = false;
    TB_TRY(delete_some(tx, "items", SQL_CATALOGUE_DRAFT_ITEMS, version, &count, err));
    if (count > 0)
        return TB_OK;
    int64_t *ids = TB_NEW_ARRAY(store_tx_arena(tx), CATALOGUE_BATCH_ROWS, int64_t);
    TB_TRY(read_ids(tx, SQL_CATALOGUE_DRAFT_ENDS, version, ids, &count, err));
    for (size_t i = 0; i < count; i++)
        TB_TRY(
            store_update(tx, "items", ids[i], -1, STORE_VALUES(STORE_SET_NULL("to_version")), err));
    if (count > 0)
        return TB_OK;
    TB_TRY(delete_some(tx, "departments", SQL_CATALOGUE_DRAFT_DEPARTMENTS, version, &count, err));
    if (count > 0)
        return TB_OK;
    clearing->is_done = true;
    return store_update(tx, "catalogue_versions", version, -1,
                        STORE_VALUES(STORE_SET_TEXT("state", TB_STR("abandoned"))), err);
}

static tb_status
clear(struct store *store, const struct store_cause *cause, int64_t version, struct tb_err *err)
{
    struct clearing clearing = {.version = version};
    while (!clearing.is_done)
        TB_TRY(store_write(store, cause, clear_some, &clearing, err));
    return TB_OK;
}

void
catalogue__draft_drop(struct catalogue__draft *draft)
{
    if (draft->version != 0)
        (void)!clear(draft->store, draft->cause, draft->version, NULL);
    draft->version = 0;
}

struct finding {
    int64_t version, touched_at, now;
};

/* Inside a write, because only there the time is that of the installation. */
static tb_status
find_draft(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct finding *finding = arg;
    struct store_rows *rows;
    TB_TRY(store_select(store_tx_read(tx), SQL_CATALOGUE_DRAFTS, NULL, 0, &rows, err));
    bool is_found = store_next(rows);
    *finding = (struct finding){.version = is_found ? store_int(rows, 0) : 0,
                                .touched_at = is_found ? store_int(rows, 2) : 0,
                                .now = store_tx_now(tx)};
    return store_rows_done(rows, err);
}

tb_status
catalogue__draft_clear(struct store *store, const struct store_cause *cause, struct tb_err *err)
{
    for (;;) {
        struct finding finding;
        TB_TRY(store_write(store, cause, find_draft, &finding, err));
        if (finding.version == 0)
            return TB_OK;
        if (finding.now - finding.touched_at < ABANDONED_AFTER_US)
            return tb_fail(err, TB_CONFLICT,
                           "another import is under way (version %lld); wait until it is done, or "
                           "two minutes after "
                           "it was broken off",
                           (long long)finding.version);
        TB_TRY(clear(store, cause, finding.version, err));
    }
}

/* ---- filling --------------------------------------------------------------------------------- */

struct filling {
    struct catalogue__draft *draft;
    const struct catalogue__item *items;
    size_t count;
    int64_t version; /* out: the draft's number */
};

static tb_status
begin(struct store_tx *tx, const struct catalogue__draft *draft, int64_t *ret_version,
      struct tb_err *err)
{
    struct store_rows *rows;
    TB_TRY(store_select(store_tx_read(tx), SQL_CATALOGUE_DRAFTS, NULL, 0, &rows, err));
    bool is_other = store_next(rows);
    TB_TRY(store_rows_done(rows, err));
    if (is_other)
        return tb_fail(err, TB_CONFLICT,
                       "another import has just begun; try again when it is done");
    int64_t now = store_tx_now(tx);
    return store_insert(
        tx, "catalogue_versions",
        STORE_VALUES(STORE_SET_TEXT("state", TB_STR("draft")), STORE_SET_TEXT("file", draft->file),
                     STORE_SET_TEXT("file_hash", draft->file_hash),
                     STORE_SET_INSTANT("begun_at", now), STORE_SET_INSTANT("touched_at", now),
                     STORE_SET_INT("row_count", 0), STORE_SET_INT("inserted", 0),
                     STORE_SET_INT("updated", 0), STORE_SET_INT("unchanged", 0),
                     STORE_SET_INT("rejected", 0)),
        ret_version, err);
}

/* The draft must still be ours: another program may have cleared it while this one was stopped. */
static tb_status
touch(struct store_tx *tx, int64_t version, struct tb_err *err)
{
    struct store_rows *rows;
    TB_TRY(store_select(store_tx_read(tx), SQL_CATALOGUE_VERSION,
                        STORE_VALUES(STORE_INT_OF(version)), &rows, err));
    bool is_draft = store_next(rows) && tb_str_is(store_text(rows, 1), "draft");
    TB_TRY(store_rows_done(rows, err));
    if (!is_draft)
        return tb_fail(err, TB_CONFLICT,
                       "this import was taken for dead and cleared; start it again");
    return store_update(tx, "catalogue_versions", version, -1,
                        STORE_VALUES(STORE_SET_INSTANT("touched_at", store_tx_now(tx))), err);
}

static tb_status
find_department(struct store_tx *tx, const struct catalogue__item *item, int64_t version,
                int64_t *ret_id, struct tb_err *err)
{
    struct store_rows *rows;
    const struct store_value params[] = {STORE_TEXT_OF(item->division),
                                         STORE_TEXT_OF(item->department)};
    TB_TRY(store_select(store_tx_read(tx), SQL_CATALOGUE_DEPARTMENT, params, 2, &rows, err));
    int64_t id = store_next(rows) ? store_int(rows, 0) : 0;
    TB_TRY(store_rows_done(rows, err));
    if (id == 0)
        TB_TRY(store_insert(tx, "departments",
                            STORE_VALUES(STORE_SET_TEXT("division", item->division),
                                         STORE_SET_TEXT("name", item->department),
                                         STORE_SET_TEXT("code", item->department_code),
                                         STORE_SET_INT("from_version", version)),
                            &id, err));
    *ret_id = id;
    return TB_OK;
}

static struct store_value
maybe_int(const char *column, int64_t value)
{
    return value < 0 ? STORE_SET_NULL(column) : STORE_SET_INT(column, value);
}

static tb_status
insert_item(struct store_tx *tx, const struct catalogue__item *item, int64_t version,
            int64_t department, struct tb_err *err)
{
    const struct store_value values[] = {
        STORE_SET_TEXT("code", item->code),
        STORE_SET_TEXT("name", item->name),
        STORE_SET_TEXT("main_item", item->main_item),
        STORE_SET_TEXT("type", tb_str_of(item->type->word)),
        STORE_SET_TEXT("division", item->division),
        STORE_SET_INT("department", department),
        STORE_SET_TEXT("agency", item->agency),
        STORE_SET_TEXT("agency_state", item->agency_state),
        STORE_SET_TEXT("code_form", item->code_form),
        STORE_SET_TEXT("basic_code", item->basic_code),
        STORE_SET_TEXT("business_code", item->business_code),
        maybe_int("level", item->level),
        STORE_SET_TEXT("handling", item->handling),
        STORE_SET_TEXT("statutory", item->statutory),
        STORE_SET_TEXT("promised", item->promised),
        maybe_int("visits", item->visits),
        item->fee < 0 ? STORE_SET_NULL("fee") : STORE_SET_BOOL("fee", item->fee == 1),
        STORE_SET_JSON("elements", item->elements),
        STORE_SET_TEXT("source", item->source),
        STORE_SET_TEXT("content", tb_str_of(item->content)),
        STORE_SET_INT("from_version", version),
    };
    return store_insert(tx, "items", values, TB_COUNT(values), NULL, err);
}

static tb_status
fill(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct filling *filling = arg;
    int64_t version = filling->draft->version, department = 0;
    TB_TRY(version == 0 ? begin(tx, filling->draft, &version, err) : touch(tx, version, err));
    for (size_t i = 0; i < filling->count; i++) {
        const struct catalogue__item *item = &filling->items[i], *before = i > 0 ? item - 1 : NULL;
        bool is_same = before != NULL && tb_str_eq(item->department, before->department) &&
                       tb_str_eq(item->division, before->division);
        if (!is_same)
            TB_TRY(find_department(tx, item, version, &department, err));
        if (item->former != 0)
            TB_TRY(store_update(tx, "items", item->former, -1,
                                STORE_VALUES(STORE_SET_INT("to_version", version)), err));
        TB_TRY(insert_item(tx, item, version, department, err));
    }
    filling->version = version;
    return TB_OK;
}

tb_status
catalogue__draft_add(struct catalogue__draft *draft, const struct catalogue__item *items,
                     size_t count, struct tb_err *err)
{
    tb_assert(count <= CATALOGUE_BATCH_ROWS);
    struct filling filling = {.draft = draft, .items = items, .count = count};
    TB_TRY(store_write(draft->store, draft->cause, fill, &filling, err));
    draft->version = filling.version;
    return TB_OK;
}

/* ---- publishing ------------------------------------------------------------------------------ */

struct publishing {
    int64_t version;
    const struct catalogue_report *report;
};

static tb_str
faults_text(struct tb_arena *arena, const struct tb_faults *faults)
{
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    for (size_t i = 0; i < faults->count && i < TB_FAULTS_MAX; i++) {
        struct tb_json *row = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        tb_json_set_text(arena, row, "place", faults->items[i].place);
        tb_json_set_text(arena, row, "code", faults->items[i].code);
        tb_json_set_text(arena, row, "zh", faults->items[i].zh);
        tb_json_set_text(arena, row, "en", faults->items[i].en);
    }
    struct tb_buf buf = {.arena = arena};
    tb_json_write(&buf, list);
    return tb_buf_done(&buf);
}

static tb_status
publish(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct publishing *publishing = arg;
    const struct catalogue_report *report = publishing->report;
    struct tb_arena *arena = store_tx_arena(tx);
    TB_TRY(touch(tx, publishing->version, err));
    const struct store_value values[] = {
        STORE_SET_TEXT("state", TB_STR("published")),
        STORE_SET_INSTANT("published_at", store_tx_now(tx)),
        STORE_SET_INT("row_count", report->rows),
        STORE_SET_INT("inserted", report->inserted),
        STORE_SET_INT("updated", report->updated),
        STORE_SET_INT("unchanged", report->unchanged),
        STORE_SET_INT("rejected", report->rejected),
        STORE_SET_JSON("faults", faults_text(arena, &report->faults)),
        STORE_SET_JSON("notes", faults_text(arena, &report->notes)),
    };
    return store_update(tx, "catalogue_versions", publishing->version, -1, values, TB_COUNT(values),
                        err);
}

tb_status
catalogue__draft_publish(struct catalogue__draft *draft, const struct catalogue_report *report,
                         struct tb_err *err)
{
    if (draft->version == 0)
        return TB_OK;
    struct publishing publishing = {draft->version, report};
    return store_write(draft->store, draft->cause, publish, &publishing, err);
}
