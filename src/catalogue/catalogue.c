/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue.c - opening, keeping the index up to date, the rows of operations.
 *
 * The index is immutable and counted. A tick that reads of a newly published version builds another
 * beside it and exchanges the two; searches under way finish on the one they began with. */
#include "catalogue/catalogue_internal.h"
#include "codes/codes.h"
#include <stdlib.h>

/* ---- the index in use ------------------------------------------------------------------------ */

static tb_date
today_of(const struct catalogue *catalogue)
{
    return tb_instant_day(catalogue->options.env->now_us(catalogue->options.env->context));
}

static tb_status
rebuild(struct catalogue *catalogue, struct tb_err *err)
{
    struct catalogue__index *index, *former;
    tb_date today = today_of(catalogue);
    TB_TRY(catalogue__index_new(catalogue, today, &index, err));
    pthread_mutex_lock(&catalogue->lock);
    former = catalogue->index;
    catalogue->index = index;
    catalogue->built_on = today;
    pthread_mutex_unlock(&catalogue->lock);
    catalogue__index_unref(catalogue, former);
    return TB_OK;
}

tb_status
catalogue_open(const struct catalogue_options *options, struct catalogue **ret_catalogue,
               struct tb_err *err)
{
    struct catalogue *catalogue = calloc(1, sizeof *catalogue);
    tb_assert(catalogue != NULL);
    catalogue->options = *options;
    catalogue->division = options->division;
    pthread_mutex_init(&catalogue->lock, NULL);
    /* The position first: what is written while the index is being built is read again by a
     * tick. */
    catalogue->seq = store_wait(options->store, 0, 0);
    tb_status status = rebuild(catalogue, err);
    if (status != TB_OK) {
        catalogue_close(catalogue);
        return status;
    }
    *ret_catalogue = catalogue;
    return TB_OK;
}

void
catalogue_close(struct catalogue *catalogue)
{
    if (catalogue == NULL)
        return;
    catalogue__index_unref(catalogue, catalogue->index);
    pthread_mutex_destroy(&catalogue->lock);
    free(catalogue);
}

tb_status
catalogue_tick(struct catalogue *catalogue, size_t limit, size_t *ret_done, struct tb_err *err)
{
    struct store_read *read;
    struct store_entry *entries;
    size_t count = 0;
    struct tb_arena *arena = tb_arena_new(0);
    tb_status status = store_snapshot(catalogue->options.store, &read, err);
    if (status == TB_OK) {
        status = store_entries(read, arena, catalogue->seq, limit, &entries, &count, err);
        store_snapshot_done(read);
    }
    /* Nothing of a draft is seen before its version's own row changes. */
    bool is_due = tb_date_cmp(catalogue->built_on, today_of(catalogue)) != 0;
    for (size_t i = 0; i < count && status == TB_OK; i++)
        is_due |=
            tb_str_is(entries[i].table, "catalogue_versions") && entries[i].op == STORE_OP_UPDATE;
    int64_t seq = count > 0 ? entries[count - 1].seq : catalogue->seq;
    tb_arena_free(arena);
    if (status == TB_OK && is_due)
        status = rebuild(catalogue, err);
    TB_TRY(status);
    catalogue->seq = seq;
    *ret_done = count;
    return TB_OK;
}

/* ---- operations ------------------------------------------------------------------------------ */

static const char *const type_words[] = {"power",  "license", "punishment", "compulsion",
                                         "levy",   "payment", "inspection", "confirmation",
                                         "reward", "ruling",  "other",      "public_service",
                                         NULL};

/* clang-format off */
static const struct op_field list_fields[] = {
    {"q",      OP_TEXT, OP_QUERY, 0, CATALOGUE_QUERY_MAX, NULL, "要办什么", "what for",
     "Chinese, pinyin, initials, everyday words, or the beginning of a code; empty lists all"},
    {"region", OP_TEXT, OP_QUERY, 0, 12, NULL, "地区", "region",
     "division code of 2, 4, 6, 9 or 12 digits; its subtree counts"},
    {"department", OP_TEXT, OP_QUERY, 0, 200, NULL, "部门", "department", "name of the department that handles it"},
    {"type",   OP_TEXT, OP_QUERY, 0, 0, type_words, "事项类型", "type", "one type of item only"},
    {"cursor", OP_TEXT, OP_QUERY, 0, 20, NULL, "从此之后", "cursor", "next of the page before"},
    {0},
};
static const struct op_field item_fields[] = {
    {"code", OP_TEXT, OP_PATH | OP_REQUIRED, 1, 64, NULL, "事项编码", "item code",
     "whole, or its first part: then the item at home"},
    {0},
};
static const struct op_row rows[] = {
    {"items.list", "GET", "/items", OP_ANYONE, OP_STALE_OK, list_fields, catalogue__run_list,
     "查找可以办的事项", "Find service items"},
    {"departments.list", "GET", "/departments", OP_ANYONE, OP_STALE_OK, NULL, catalogue__run_departments,
     "本地有哪些部门，各有多少事项", "The departments at home and how many items each has"},
    {"packs.list", "GET", "/packs", OP_EDITOR | OP_SUPERVISOR | OP_ADMIN, 0, NULL, catalogue__run_packs,
     "装了哪些服务标准，哪个版本，还有哪些没有核对", "The installed packs, their versions, and what is unverified in them"},
    {"items.show", "GET", "/items/{code}", OP_ANYONE, OP_STALE_OK, item_fields, catalogue__run_item,
     "查看一个事项的全部要素、历次版本和办理情形", "Every element, former versions and situations of an item"},
};
/* clang-format on */

struct op_table
catalogue_ops(struct catalogue *catalogue)
{
    return (struct op_table){rows, TB_COUNT(rows), catalogue};
}
