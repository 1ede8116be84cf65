/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_known.c - the codes in force with the digest of their content, for comparing a whole
 * file in memory. */
#include "catalogue/catalogue.sql.h"
#include "catalogue/catalogue_internal.h"
#include <string.h>

#define PAGE 5000

static struct catalogue__known_row *
slot_of(struct catalogue__known_row *rows, size_t cap, tb_str code)
{
    size_t at = tb_hash(code) & (cap - 1);
    while (rows[at].code.ptr != NULL && !tb_str_eq(rows[at].code, code))
        at = (at + 1) & (cap - 1);
    return &rows[at];
}

static void
grow(struct catalogue__known *known)
{
    size_t cap = known->cap == 0 ? 4096 : known->cap * 2;
    struct catalogue__known_row *rows =
        TB_NEW_ARRAY(known->arena, cap, struct catalogue__known_row);
    for (size_t i = 0; i < known->cap; i++)
        if (known->rows[i].code.ptr != NULL)
            *slot_of(rows, cap, known->rows[i].code) = known->rows[i];
    known->rows = rows;
    known->cap = cap;
}

struct catalogue__known_row *
catalogue__known_row(struct catalogue__known *known, tb_str code)
{
    if (known->count * 2 >= known->cap)
        grow(known);
    struct catalogue__known_row *row = slot_of(known->rows, known->cap, code);
    if (row->code.ptr == NULL) {
        row->code = tb_str_copy(known->arena, code);
        known->count++;
    }
    return row;
}

static tb_status
read_page(struct store_read *read, struct catalogue__known *known, int64_t version, int64_t *after,
          bool *ret_is_last, struct tb_err *err)
{
    struct store_rows *rows;
    const struct store_value params[] = {STORE_INT_OF(version), STORE_INT_OF(*after),
                                         STORE_INT_OF(PAGE)};
    TB_TRY(store_select(read, SQL_CATALOGUE_CONTENTS, params, 3, &rows, err));
    int count = 0;
    while (store_next(rows)) {
        struct catalogue__known_row *row = catalogue__known_row(known, store_text(rows, 1));
        tb_str content = store_text(rows, 2);
        row->id = *after = store_int(rows, 0);
        memcpy(row->content, content.ptr, content.len < 64 ? content.len : 64);
        count++;
    }
    *ret_is_last = count < PAGE;
    return store_rows_done(rows, err);
}

tb_status
catalogue__known_read(struct store *store, struct catalogue__known *known, struct tb_err *err)
{
    int64_t version = -1, after = 0;
    bool is_last = false;
    while (!is_last) {
        struct store_read *read;
        TB_TRY(store_snapshot(store, &read, err));
        tb_status status = version < 0 ? catalogue__in_force(read, &version, err) : TB_OK;
        if (status == TB_OK)
            status = read_page(read, known, version, &after, &is_last, err);
        store_snapshot_done(read);
        TB_TRY(status);
    }
    if (known->cap == 0)
        grow(known);
    return TB_OK;
}
