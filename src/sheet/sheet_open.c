/* SPDX-License-Identifier: Apache-2.0 */
/* sheet_open.c - one interface for both kinds of file, and whole tables over it. */
#include "sheet/sheet_internal.h"
#include <stdlib.h>
#include <string.h>

void
sheet__fault(struct sheet_reader *reader, int32_t line, size_t column, const char *code, tb_str zh,
             tb_str en)
{
    if (reader->faults == NULL)
        return;
    struct tb_arena *arena = reader->row_arena;
    tb_str place = column == 0
                       ? tb_printf(arena, TB_FMT ":%d", TB_ARG(reader->file), line)
                       : tb_printf(arena, TB_FMT ":%d:%zu", TB_ARG(reader->file), line, column);
    tb_fault_add(reader->faults, place, code, zh, en);
}

bool
sheet__has_width(struct sheet_reader *reader, int32_t line, size_t count)
{
    if (reader->width == 0 || count == reader->width)
        return true;
    struct tb_arena *arena = reader->row_arena;
    sheet__fault(reader, line, 0, "width",
                 tb_printf(arena, "这一行有%zu格，应与表头一样是%zu格", count, reader->width),
                 tb_printf(arena, "This row has %zu cells; like the header it should have %zu",
                           count, reader->width));
    return false;
}

static tb_status
open_content(struct sheet_reader *reader, tb_str bytes, struct tb_err *err)
{
    if (bytes.len > SHEET_BYTES_MAX)
        return tb_fail(err, TB_LIMIT, TB_FMT ": %zu bytes; at most %u are accepted",
                       TB_ARG(reader->file), bytes.len, SHEET_BYTES_MAX);
    if (bytes.len == 0)
        return tb_fail(err, TB_SYNTAX, TB_FMT ": the file is empty", TB_ARG(reader->file));
    if (tb_str_starts(bytes, TB_STR("\xD0\xCF\x11\xE0")))
        return tb_fail(err, TB_UNSUPPORTED,
                       TB_FMT ": an old or encrypted workbook; save it as .xlsx without a password",
                       TB_ARG(reader->file));
    if (tb_str_starts(bytes, TB_STR("PK\x03\x04"))) {
        reader->kind = SHEET_XLSX;
        return sheet__xlsx_open(reader, bytes, err);
    }
    return sheet__decode(reader->arena, reader->file, bytes, &reader->text, &reader->encoding, err);
}

tb_status
sheet_open(tb_str file, tb_str bytes, struct tb_faults *faults, struct sheet_reader **ret_reader,
           struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct sheet_reader *reader = TB_NEW(arena, struct sheet_reader);
    *reader = (struct sheet_reader){.file = file, .faults = faults, .arena = arena, .line = 1};
    reader->row_arena = tb_arena_new(SHEET_ROW_BYTES_MAX);
    tb_status status = open_content(reader, bytes, err);
    if (status != TB_OK) {
        sheet_close(reader);
        return status;
    }
    *ret_reader = reader;
    return TB_OK;
}

tb_status
sheet_next(struct sheet_reader *reader, struct sheet_row *ret_row, bool *ret_has_row,
           struct tb_err *err)
{
    TB_TRY(reader->kind == SHEET_CSV ? sheet__csv_next(reader, ret_row, ret_has_row, err)
                                     : sheet__xlsx_next(reader, ret_row, ret_has_row, err));
    if (*ret_has_row && ++reader->row_count > SHEET_ROWS_MAX)
        return tb_fail(err, TB_LIMIT, TB_FMT ": more than %d rows", TB_ARG(reader->file),
                       SHEET_ROWS_MAX);
    return TB_OK;
}

sheet_kind
sheet_reader_kind(const struct sheet_reader *reader)
{
    return reader->kind;
}

sheet_encoding
sheet_reader_encoding(const struct sheet_reader *reader)
{
    return reader->encoding;
}

void
sheet_set_width(struct sheet_reader *reader, size_t width)
{
    /* A workbook simply leaves out cells that are empty; only CSV promises a fixed width. */
    reader->width = reader->kind == SHEET_CSV ? width : 0;
}

void
sheet_close(struct sheet_reader *reader)
{
    if (reader == NULL)
        return;
    sheet__xlsx_close(reader->xlsx);
    tb_arena_free(reader->row_arena);
    tb_arena_free(reader->arena);
}

/* ---- whole tables ---------------------------------------------------------------------------- */

static tb_str *
copy_cells(struct tb_arena *arena, const struct sheet_row *row, size_t count)
{
    tb_str *cells = TB_NEW_ARRAY(arena, count, tb_str);
    for (size_t i = 0; i < count && i < row->count; i++)
        cells[i] = tb_str_copy(arena, row->cells[i]);
    return cells;
}

static void
check_names(struct sheet_reader *reader, int32_t line, const tb_str *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (names[i].len == 0)
            sheet__fault(reader, line, 0, "name_empty",
                         tb_printf(reader->row_arena, "表头第%zu格是空的，请给这一列起名", i + 1),
                         tb_printf(reader->row_arena,
                                   "Cell %zu of the header is empty; name the column", i + 1));
        for (size_t k = 0; k < i && names[i].len > 0; k++)
            if (tb_str_eq(names[i], names[k]))
                sheet__fault(
                    reader, line, 0, "name_double",
                    tb_printf(reader->row_arena, "表头里“" TB_FMT "”出现了两次", TB_ARG(names[i])),
                    tb_printf(reader->row_arena, "The header names '" TB_FMT "' twice",
                              TB_ARG(names[i])));
    }
}

static tb_status
read_header(struct tb_arena *arena, struct sheet_reader *reader, struct sheet_table *table,
            struct tb_err *err)
{
    struct sheet_row row;
    bool has_row;
    TB_TRY(sheet_next(reader, &row, &has_row, err));
    if (!has_row)
        return tb_fail(err, TB_SYNTAX, TB_FMT ": there is no row; the first must name the columns",
                       TB_ARG(reader->file));
    tb_str *names = copy_cells(arena, &row, row.count);
    for (size_t i = 0; i < row.count; i++)
        names[i] = tb_str_trim(names[i]);
    check_names(reader, row.line, names, row.count);
    table->columns = names;
    table->column_count = row.count;
    sheet_set_width(reader, row.count);
    return TB_OK;
}

static tb_status
read_rows(struct tb_arena *arena, struct sheet_reader *reader, struct sheet_table *table,
          struct tb_err *err)
{
    struct sheet_row *rows = NULL, row;
    size_t count = 0, cap = 0;
    bool has_row;
    TB_TRY(sheet_next(reader, &row, &has_row, err));
    while (has_row) {
        if (count == cap) {
            cap = cap == 0 ? 64 : cap * 2;
            struct sheet_row *more = TB_NEW_ARRAY(arena, cap, struct sheet_row);
            if (count > 0)
                memcpy(more, rows, count * sizeof *rows);
            rows = more;
        }
        if (reader->kind == SHEET_XLSX && row.count > table->column_count && !row.is_broken) {
            reader->width = table->column_count;
            row.is_broken = !sheet__has_width(reader, row.line, row.count);
            reader->width = 0;
        }
        rows[count] = row;
        rows[count].cells = copy_cells(arena, &row, table->column_count);
        rows[count++].count = table->column_count;
        if (tb_arena_is_over(arena))
            return tb_fail(err, TB_LIMIT, TB_FMT ":%d: the table is too large for this place",
                           TB_ARG(reader->file), row.line);
        TB_TRY(sheet_next(reader, &row, &has_row, err));
    }
    table->rows = rows;
    table->row_count = count;
    return TB_OK;
}

tb_status
sheet_read_table(struct tb_arena *arena, tb_str file, tb_str bytes, struct tb_faults *faults,
                 struct sheet_table *ret_table, struct tb_err *err)
{
    struct sheet_reader *reader;
    TB_TRY(sheet_open(file, bytes, faults, &reader, err));
    struct sheet_table table = {.kind = reader->kind, .encoding = reader->encoding};
    tb_status status = read_header(arena, reader, &table, err);
    if (status == TB_OK)
        status = read_rows(arena, reader, &table, err);
    sheet_close(reader);
    if (status == TB_OK)
        *ret_table = table;
    return status;
}

int
sheet_column(const struct sheet_table *table, const char *name)
{
    for (size_t i = 0; i < table->column_count; i++)
        if (tb_str_is(table->columns[i], name))
            return (int)i;
    return -1;
}

tb_str
sheet_cell(const struct sheet_row *row, int column)
{
    if (column < 0 || (size_t)column >= row->count)
        return TB_STR_NONE;
    return tb_str_trim(row->cells[column]);
}
