/* SPDX-License-Identifier: Apache-2.0 */
/* sheet_xlsx_write.c - writing one worksheet through libxlsxwriter, row by row in constant memory.
 *
 * The library writes to a path. An anonymous file in memory (memfd) gives it one under
 * /proc/self/fd, so nothing is left behind whatever happens. */
#include "sheet/sheet_internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define ROWS_MAX 1048575
#define CELL_CHARACTERS_MAX 32767
#define NUMBER_DIGITS_MAX 15

struct sheet_writer {
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *date_format;
    const struct sheet_column *columns;
    size_t column_count;
    uint32_t row_count;
    int fd;
};

static void
free_writer(struct sheet_writer *writer)
{
    if (writer->fd >= 0)
        close(writer->fd);
    free(writer);
}

static tb_status
write_header(struct sheet_writer *writer, struct tb_err *err)
{
    lxw_format *bold = workbook_add_format(writer->book);
    format_set_bold(bold);
    for (size_t i = 0; i < writer->column_count; i++) {
        const struct sheet_column *column = &writer->columns[i];
        double width =
            column->width > 0 ? column->width : (double)tb_utf8_length(column->name) * 2 + 2;
        worksheet_set_column(writer->sheet, (lxw_col_t)i, (lxw_col_t)i, width, NULL);
        struct tb_arena *arena = tb_arena_new(0);
        lxw_error failed = worksheet_write_string(writer->sheet, 0, (lxw_col_t)i,
                                                  tb_cstr(arena, column->name), bold);
        tb_arena_free(arena);
        if (failed != LXW_NO_ERROR)
            return tb_fail(err, TB_LIMIT, "workbook: column %zu: %s", i + 1, lxw_strerror(failed));
    }
    worksheet_freeze_panes(writer->sheet, 1, 0);
    return TB_OK;
}

tb_status
sheet_writer_new(tb_str title, const struct sheet_column *columns, size_t count,
                 struct sheet_writer **ret_writer, struct tb_err *err)
{
    if (count == 0 || count > SHEET_COLUMNS_MAX)
        return tb_fail(err, TB_LIMIT, "workbook: %zu columns; 1 to %d are accepted", count,
                       SHEET_COLUMNS_MAX);
    struct sheet_writer *writer = calloc(1, sizeof *writer);
    tb_assert(writer != NULL);
    writer->fd = memfd_create("workbook", MFD_CLOEXEC);
    if (writer->fd < 0) {
        free_writer(writer);
        return tb_fail(err, TB_IO, "workbook: no temporary file can be made");
    }
    char path[64], name[128];
    snprintf(path, sizeof path, "/proc/self/fd/%d", writer->fd);
    snprintf(name, sizeof name, TB_FMT, TB_ARG(title));
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    writer->book = workbook_new_opt(path, &options);
    writer->sheet = writer->book != NULL ? workbook_add_worksheet(writer->book, name) : NULL;
    if (writer->sheet == NULL) {
        lxw_workbook_free(writer->book);
        free_writer(writer);
        return tb_fail(err, TB_INVALID,
                       "workbook: '%s' cannot name a worksheet (31 characters, none of []:*?/\\)",
                       name);
    }
    writer->columns = columns;
    writer->column_count = count;
    writer->date_format = workbook_add_format(writer->book);
    format_set_num_format(writer->date_format, "yyyy-mm-dd");
    tb_status status = write_header(writer, err);
    if (status != TB_OK) {
        lxw_workbook_free(writer->book);
        free_writer(writer);
        return status;
    }
    *ret_writer = writer;
    return TB_OK;
}

/* A number that a double holds exactly as written: few digits, and it reads back the same. */
static bool
fits_number(tb_str cell, double *ret_value)
{
    tb_dec number;
    size_t digits = 0;
    for (size_t i = 0; i < cell.len; i++)
        digits += cell.ptr[i] >= '0' && cell.ptr[i] <= '9';
    bool has_leading_zero = cell.len > 1 && cell.ptr[0] == '0' && cell.ptr[1] != '.';
    if (digits > NUMBER_DIGITS_MAX || has_leading_zero || !tb_dec_parse(cell, &number))
        return false;
    *ret_value = tb_dec_to_double(number);
    return true;
}

static lxw_error
write_cell(struct sheet_writer *writer, struct tb_arena *arena, uint32_t row, size_t column,
           tb_str cell)
{
    lxw_col_t at = (lxw_col_t)column;
    sheet_type type = writer->columns[column].type;
    double number;
    tb_date date;
    if (cell.len == 0)
        return LXW_NO_ERROR;
    if (type == SHEET_NUMBER && fits_number(cell, &number))
        return worksheet_write_number(writer->sheet, row, at, number, NULL);
    if (type == SHEET_DATE && tb_date_parse(cell, &date) && date.year >= 1900) {
        lxw_datetime when = {.year = date.year, .month = date.month, .day = date.day};
        return worksheet_write_datetime(writer->sheet, row, at, &when, writer->date_format);
    }
    return worksheet_write_string(writer->sheet, row, at, tb_cstr(arena, cell), NULL);
}

tb_status
sheet_write_row(struct sheet_writer *writer, const tb_str *cells, struct tb_err *err)
{
    if (writer->row_count >= ROWS_MAX)
        return tb_fail(err, TB_LIMIT, "workbook: more than %d rows", ROWS_MAX);
    uint32_t row = ++writer->row_count;
    struct tb_arena *arena = tb_arena_new(0);
    tb_status status = TB_OK;
    for (size_t i = 0; i < writer->column_count && status == TB_OK; i++) {
        lxw_error failed = tb_utf8_length(cells[i]) > CELL_CHARACTERS_MAX
                               ? LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED
                               : write_cell(writer, arena, row, i, cells[i]);
        if (failed != LXW_NO_ERROR)
            status = tb_fail(err, TB_LIMIT, "workbook: row %u, column %zu: %s", row + 1, i + 1,
                             lxw_strerror(failed));
    }
    tb_arena_free(arena);
    return status;
}

static tb_status
read_back(struct tb_arena *arena, int fd, tb_str *ret_bytes, struct tb_err *err)
{
    off_t size = lseek(fd, 0, SEEK_END);
    if (size <= 0)
        return tb_fail(err, TB_IO, "workbook: nothing was written");
    char *bytes = tb_alloc(arena, (size_t)size + 1);
    for (off_t at = 0; at < size;) {
        ssize_t got = pread(fd, bytes + at, (size_t)(size - at), at);
        if (got <= 0)
            return tb_fail(err, TB_IO, "workbook: cannot be read back");
        at += got;
    }
    *ret_bytes = (tb_str){bytes, (size_t)size};
    return TB_OK;
}

tb_status
sheet_writer_done(struct tb_arena *arena, struct sheet_writer *writer, tb_str *ret_bytes,
                  struct tb_err *err)
{
    if (writer == NULL)
        return TB_OK;
    lxw_error failed = workbook_close(writer->book); /* frees it, too */
    tb_status status = failed != LXW_NO_ERROR
                           ? tb_fail(err, TB_IO, "workbook: %s", lxw_strerror(failed))
                           : read_back(arena, writer->fd, ret_bytes, err);
    free_writer(writer);
    return status;
}
