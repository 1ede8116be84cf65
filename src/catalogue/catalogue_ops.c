/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_ops.c - GET /items and GET /items/{code}. */
#include "catalogue/catalogue.sql.h"
#include "catalogue/catalogue_internal.h"
#include "codes/codes.h"

enum { PAGE = 20 };

static tb_str
division_words(struct tb_arena *arena, tb_str division)
{
    tb_str name = catalogue__division_name(division);
    return name.ptr != NULL ? name : tb_str_copy(arena, division);
}

static const char *
type_words(const struct catalogue__type *type, tb_str lang)
{
    return type == NULL ? "" : tb_str_is(lang, "en") ? type->en : type->zh;
}

/* ---- the list -------------------------------------------------------------------------------- */

/* The answer outlives the call's hold on the index: texts of the index are copied. */
static struct tb_json *
hit_json(struct tb_arena *arena, const struct catalogue__hit *hit, tb_str lang)
{
    struct tb_json *json = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_text(arena, json, "code", tb_str_copy(arena, hit->code));
    tb_json_set_text(arena, json, "name", tb_str_copy(arena, hit->name));
    tb_json_set_text(arena, json, "main_item", tb_str_copy(arena, hit->main_item));
    tb_json_set_text(arena, json, "department", tb_str_copy(arena, hit->department));
    tb_json_set_text(arena, json, "division", hit->division);
    tb_json_set_text(arena, json, "division_name", division_words(arena, hit->division));
    tb_json_set_text(arena, json, "type", tb_str_of(hit->type != NULL ? hit->type->word : NULL));
    tb_json_set_text(arena, json, "type_name", tb_str_of(type_words(hit->type, lang)));
    tb_json_set_bool(arena, json, "pack", hit->has_pack);
    return json;
}

static bool
read_query(struct op_ctx *ctx, const struct tb_json *in, struct catalogue__query *query)
{
    int64_t offset = 0;
    tb_str cursor = tb_json_get_text(in, "cursor");
    *query =
        (struct catalogue__query){.text = tb_json_get_text(in, "q"),
                                  .region = tb_json_get_text(in, "region"),
                                  .department = tb_str_trim(tb_json_get_text(in, "department")),
                                  .limit = PAGE};
    tb_str type = tb_json_get_text(in, "type");
    if (type.len > 0)
        query->type = catalogue__type_find(type);
    if (query->region.len > 0 && codes_division_level(query->region) == CODES_LEVEL_NONE)
        op_fault(ctx, "region", "division", TB_STR("地区应是2、4、6、9或12位行政区划代码"),
                 TB_STR("The region is a division code of 2, 4, 6, 9 or 12 digits"));
    if (cursor.len > 0 &&
        (!tb_str_to_int(cursor, &offset) || offset < 0 || offset > CATALOGUE_OFFSET_MAX))
        op_fault(ctx, "cursor", "cursor", TB_STR("翻页位置不对，请用上一页给出的next"),
                 TB_STR("Not a position in this list; use next of the page before"));
    query->offset = (size_t)offset;
    return op_faults(ctx)->count == 0;
}

tb_status
catalogue__run_list(struct op_ctx *ctx, void *self, const struct tb_json *in,
                    struct tb_json **ret_out, struct tb_err *err)
{
    struct catalogue *catalogue = self;
    struct tb_arena *arena = op_arena(ctx);
    struct catalogue__query query;
    struct catalogue__hit *hits;
    size_t count, total;
    if (!read_query(ctx, in, &query))
        return tb_fail(err, TB_INVALID, "the query is not acceptable");
    struct catalogue__index *index = catalogue__index_ref(catalogue);
    catalogue__search(index, arena, &query, &hits, &count, &total);
    struct tb_json *out = tb_json_new(arena, TB_JSON_OBJECT);
    struct tb_json *items = tb_json_set_list(arena, out, "items");
    for (size_t i = 0; i < count; i++) {
        tb_json_add(items, hit_json(arena, &hits[i], op_lang(ctx)));
    }
    catalogue__index_unref(catalogue, index);
    tb_json_set_int(arena, out, "total", (int64_t)total);
    size_t next = query.offset + count;
    tb_json_set_text(arena, out, "next",
                     next < total && next <= CATALOGUE_OFFSET_MAX ? tb_printf(arena, "%zu", next)
                                                                  : TB_STR_NONE);
    *ret_out = out;
    return TB_OK;
}

/* ---- one item -------------------------------------------------------------------------------- */

static void
set_text_at(struct tb_arena *arena, struct tb_json *out, const char *key, struct store_rows *rows,
            int column)
{
    tb_json_set_text(arena, out, key, tb_str_copy(arena, store_text(rows, column)));
}

static void
set_int_at(struct tb_arena *arena, struct tb_json *out, const char *key, struct store_rows *rows,
           int column)
{
    if (store_is_null(rows, column))
        tb_json_set_text(arena, out, key, TB_STR_NONE);
    else
        tb_json_set_int(arena, out, key, store_int(rows, column));
}

/* Columns as SQL_CATALOGUE_ITEM_COLUMNS lists them. */
static struct tb_json *
item_json(struct op_ctx *ctx, struct store_rows *rows)
{
    struct tb_arena *arena = op_arena(ctx);
    struct tb_json *out = tb_json_new(arena, TB_JSON_OBJECT), *elements = NULL;
    set_text_at(arena, out, "code", rows, 2);
    set_text_at(arena, out, "name", rows, 3);
    set_text_at(arena, out, "main_item", rows, 4);
    set_text_at(arena, out, "type", rows, 5);
    tb_json_set_text(
        arena, out, "type_name",
        tb_str_of(type_words(catalogue__type_find(store_text(rows, 5)), op_lang(ctx))));
    set_text_at(arena, out, "division", rows, 6);
    tb_json_set_text(arena, out, "division_name", division_words(arena, store_text(rows, 6)));
    set_text_at(arena, out, "department", rows, 7);
    set_text_at(arena, out, "department_code", rows, 8);
    set_text_at(arena, out, "agency", rows, 9);
    set_text_at(arena, out, "agency_state", rows, 10);
    set_text_at(arena, out, "code_form", rows, 11);
    set_text_at(arena, out, "basic_code", rows, 12);
    set_text_at(arena, out, "business_code", rows, 13);
    set_int_at(arena, out, "level", rows, 14);
    set_text_at(arena, out, "handling", rows, 15);
    set_text_at(arena, out, "statutory", rows, 16);
    set_text_at(arena, out, "promised", rows, 17);
    set_int_at(arena, out, "visits", rows, 18);
    if (!store_is_null(rows, 19))
        tb_json_set_bool(arena, out, "fee", store_int(rows, 19) != 0);
    tb_str text = tb_str_copy(arena, store_text(rows, 20));
    if (text.len > 0 && tb_json_parse(arena, text, &elements, NULL) == TB_OK)
        tb_json_set(out, "elements", elements);
    set_text_at(arena, out, "source", rows, 21);
    tb_json_set_int(arena, out, "version", store_int(rows, 22));
    op_answer_etag(ctx, store_int(rows, 1));
    return out;
}

/* The item of a code, or NULL. */
static tb_status
find_item(struct op_ctx *ctx, struct store_read *read, const char *sql,
          const struct store_value *params, size_t count, struct tb_json **ret_json,
          struct tb_err *err)
{
    struct store_rows *rows;
    TB_TRY(store_select(read, sql, params, count, &rows, err));
    struct tb_json *json = store_next(rows) ? item_json(ctx, rows) : NULL;
    TB_TRY(store_rows_done(rows, err));
    *ret_json = json;
    return TB_OK;
}

static tb_status
read_item(struct op_ctx *ctx, const struct catalogue *catalogue, tb_str code,
          struct tb_json **ret_json, struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    struct store_read *read;
    int64_t version;
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(catalogue__in_force(read, &version, err));
    const struct store_value exact[] = {STORE_INT_OF(version), STORE_TEXT_OF(code)};
    TB_TRY(find_item(ctx, read, SQL_CATALOGUE_ITEM, exact, 2, ret_json, err));
    if (*ret_json != NULL)
        return TB_OK;
    /* '.' is the byte behind '-': all codes whose first part this is. */
    tb_str from = tb_printf(arena, TB_FMT "-", TB_ARG(code)),
           to = tb_printf(arena, TB_FMT ".", TB_ARG(code));
    tb_str home = codes_division_full(arena, catalogue->division);
    const struct store_value range[] = {STORE_INT_OF(version), STORE_TEXT_OF(from),
                                        STORE_TEXT_OF(to),
                                        STORE_TEXT_OF(home.ptr != NULL ? home : TB_STR(""))};
    return find_item(ctx, read, SQL_CATALOGUE_ITEM_BEGINS, range, 4, ret_json, err);
}

static tb_status
add_history(struct op_ctx *ctx, struct tb_json *item, struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    struct store_read *read;
    struct store_rows *rows;
    TB_TRY(op_read(ctx, &read, err));
    struct tb_json *list = tb_json_set_list(arena, item, "history");
    const struct store_value params[] = {STORE_TEXT_OF(tb_json_get_text(item, "code"))};
    TB_TRY(store_select(read, SQL_CATALOGUE_HISTORY, params, 1, &rows, err));
    while (store_next(rows)) {
        struct tb_json *row = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        tb_json_set_int(arena, row, "version", store_int(rows, 0));
        tb_json_set_text(arena, row, "published_at", tb_instant_format(arena, store_int(rows, 1)));
        set_text_at(arena, row, "file", rows, 2);
        set_text_at(arena, row, "name", rows, 3);
        set_text_at(arena, row, "content", rows, 4);
        tb_json_set_bool(arena, row, "in_force", store_is_null(rows, 5));
    }
    return store_rows_done(rows, err);
}

tb_status
catalogue__run_item(struct op_ctx *ctx, void *self, const struct tb_json *in,
                    struct tb_json **ret_out, struct tb_err *err)
{
    struct catalogue *catalogue = self;
    struct tb_json *item, *content = NULL;
    tb_str code = tb_json_get_text(in, "code");
    TB_TRY(read_item(ctx, catalogue, code, &item, err));
    const struct packs_set *packs = catalogue->options.packs;
    if (item == NULL)
        return tb_fail(err, TB_NOT_FOUND, "there is no item with this code");
    TB_TRY(add_history(ctx, item, err));
    op_read_done(ctx);
    const struct packs_pack *pack =
        packs != NULL ? packs_set_find(packs, tb_json_get_text(item, "code"), op_today(ctx), NULL)
                      : NULL;
    if (pack != NULL) {
        TB_TRY(catalogue__pack_json(op_arena(ctx), pack, op_lang(ctx), &content, err));
        tb_json_set(item, "pack", content);
    }
    *ret_out = item;
    return TB_OK;
}
