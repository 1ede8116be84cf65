/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_departments.c - GET /departments: who handles items at home, those with most items first. A department that
 * stands in several divisions under one name is one line. */
#include "catalogue/catalogue_search.h"
#include <stdlib.h>

struct line {
    tb_str name;
    uint32_t count;
};

static int
by_name(const void *a, const void *b)
{
    const struct line *left = a, *right = b;
    return tb_str_cmp(left->name, right->name);
}

static int
by_count(const void *a, const void *b)
{
    const struct line *left = a, *right = b;
    if (left->count != right->count)
        return left->count < right->count ? 1 : -1;
    return by_name(a, b);
}

/* Items of each department in the home region; lines of one name become one. *ret_total: of all. */
static struct line *
count_items(const struct catalogue__index *index, struct tb_arena *arena, size_t *ret_count,
            size_t *ret_total)
{
    struct line *lines = TB_NEW_ARRAY(arena, index->department_count + 1, struct line);
    size_t count = 0, total = 0;
    for (uint32_t i = 0; i < index->department_count; i++)
        lines[i].name = index->departments[i];
    for (uint32_t i = 0; i < index->place_count; i++) {
        const struct catalogue__place *place = &index->places[i];
        if (place->division < index->home_from || place->division >= index->home_to)
            continue;
        lines[place->department].count++;
        total++;
    }
    qsort(lines, index->department_count, sizeof *lines, by_name);
    for (uint32_t i = 0; i < index->department_count; i++) {
        if (count > 0 && tb_str_eq(lines[count - 1].name, lines[i].name))
            lines[count - 1].count += lines[i].count;
        else
            lines[count++] = lines[i];
    }
    qsort(lines, count, sizeof *lines, by_count);
    while (count > 0 && lines[count - 1].count == 0)
        count--;
    *ret_count = count;
    *ret_total = total;
    return lines;
}

tb_status
catalogue__run_departments(struct op_ctx *ctx, void *self, const struct tb_json *in,
                           struct tb_json **ret_out, struct tb_err *err)
{
    struct catalogue *catalogue = self;
    struct tb_arena *arena = op_arena(ctx);
    struct tb_json *out = tb_json_new(arena, TB_JSON_OBJECT);
    struct tb_json *list = tb_json_set_list(arena, out, "departments");
    size_t count, total;
    (void)in;
    (void)err;
    struct catalogue__index *index = catalogue__index_ref(catalogue);
    const struct line *lines = count_items(index, arena, &count, &total);
    for (size_t i = 0; i < count; i++) {
        struct tb_json *row = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        tb_json_set_text(arena, row, "name", tb_str_copy(arena, lines[i].name));
        tb_json_set_int(arena, row, "count", lines[i].count);
    }
    catalogue__index_unref(catalogue, index);
    tb_json_set_int(arena, out, "total", (int64_t)total);
    *ret_out = out;
    return TB_OK;
}
