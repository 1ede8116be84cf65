/* SPDX-License-Identifier: Apache-2.0 */
/* packs_diff.c - what differs between two versions of a pack: rows of its tables column by column,
 * other files whole. */
#include "packs/packs_internal.h"
#include <string.h>

struct diffing {
    struct tb_arena *arena;
    struct tb_json *list;
};

static void
add_change(const struct diffing *diffing, const char *change, tb_str what, const char *column,
           tb_str before, tb_str after)
{
    struct tb_json *one = tb_json_add(diffing->list, tb_json_new(diffing->arena, TB_JSON_OBJECT));
    tb_json_set_text(diffing->arena, one, "change", tb_str_of(change));
    tb_json_set_text(diffing->arena, one, "what", what);
    tb_json_set_text(diffing->arena, one, "column", tb_str_of(column));
    tb_json_set_text(diffing->arena, one, "before", before);
    tb_json_set_text(diffing->arena, one, "after", after);
}

static tb_str
cell_text(struct tb_arena *arena, const struct packs__column *column, const char *row)
{
    tb_str text;
    int64_t number;
    bool yes;
    switch (column->cell) {
    case PACKS__TEXT:
        memcpy(&text, row + column->offset, sizeof text);
        return tb_str_copy(arena, text);
    case PACKS__INT:
        memcpy(&number, row + column->offset, sizeof number);
        return tb_printf(arena, "%lld", (long long)number);
    case PACKS__YES_NO:
        memcpy(&yes, row + column->offset, sizeof yes);
        return yes ? TB_STR("yes") : TB_STR("no");
    }
    return TB_STR_NONE;
}

/* The row whose first column is id. */
static const char *
find_row(struct tb_arena *arena, const struct packs__table *table, const char *rows, size_t count,
         tb_str id)
{
    for (size_t i = 0; i < count; i++)
        if (tb_str_eq(cell_text(arena, &table->columns[0], rows + i * table->row_size), id))
            return rows + i * table->row_size;
    return NULL;
}

static void
diff_table(const struct diffing *diffing, const struct packs__table *table, const void *before,
           size_t before_count, const void *after, size_t after_count)
{
    struct tb_arena *arena = diffing->arena;
    const char *old_rows = before, *new_rows = after;
    for (size_t i = 0; i < after_count; i++) {
        const char *row = new_rows + i * table->row_size;
        tb_str id = cell_text(arena, &table->columns[0], row);
        const char *old = find_row(arena, table, old_rows, before_count, id);
        tb_str what = tb_printf(arena, "%s " TB_FMT, table->file, TB_ARG(id));
        if (old == NULL)
            add_change(diffing, "added", what, "", TB_STR(""), TB_STR(""));
        for (size_t j = 1; old != NULL && j < table->column_count; j++) {
            tb_str was = cell_text(arena, &table->columns[j], old),
                   is = cell_text(arena, &table->columns[j], row);
            if (!tb_str_eq(was, is))
                add_change(diffing, "changed", what, table->columns[j].name, was, is);
        }
    }
    for (size_t i = 0; i < before_count; i++) {
        tb_str id = cell_text(arena, &table->columns[0], old_rows + i * table->row_size);
        if (find_row(arena, table, new_rows, after_count, id) == NULL)
            add_change(diffing, "removed", tb_printf(arena, "%s " TB_FMT, table->file, TB_ARG(id)),
                       "", TB_STR(""), TB_STR(""));
    }
}

static bool
is_table(tb_str path)
{
    return tb_str_is(path, "items.csv") || tb_str_is(path, "materials.csv") ||
           tb_str_is(path, "questions.csv");
}

static void
diff_files(const struct diffing *diffing, const struct packs_files *before,
           const struct packs_files *after)
{
    for (size_t i = 0; i < after->count; i++) {
        const struct packs_file *old = packs__file(before, after->items[i].path);
        tb_str path = tb_str_copy(diffing->arena, after->items[i].path);
        if (old == NULL)
            add_change(diffing, "added", path, "", TB_STR(""), TB_STR(""));
        else if (!tb_str_eq(old->content, after->items[i].content) && !is_table(path))
            add_change(diffing, "changed", path, "", TB_STR(""), TB_STR(""));
    }
    for (size_t i = 0; i < before->count; i++)
        if (packs__file(after, before->items[i].path) == NULL)
            add_change(diffing, "removed", tb_str_copy(diffing->arena, before->items[i].path), "",
                       TB_STR(""), TB_STR(""));
}

struct tb_json *
packs_diff(struct tb_arena *arena, const struct packs_pack *before, const struct packs_pack *after)
{
    struct diffing diffing = {arena, tb_json_new(arena, TB_JSON_LIST)};
    diff_table(&diffing, &packs__items_table, before->items, before->items_count, after->items,
               after->items_count);
    diff_table(&diffing, &packs__materials_table, before->materials, before->materials_count,
               after->materials, after->materials_count);
    diff_table(&diffing, &packs__questions_table, before->questions, before->questions_count,
               after->questions, after->questions_count);
    diff_files(&diffing, &before->inside->files, &after->inside->files);
    return diffing.list;
}
