/* SPDX-License-Identifier: Apache-2.0 */
/* sheet.h - tables from and for spreadsheets: CSV (RFC 4180) and XLSX, read row by row through one
 * interface and written without formulas.
 *
 * Works on bytes in memory and never does I/O of its own (the XLSX writer uses a temporary file of
 * its library while it works). A reader collects faults of the content with file:line:column and
 * goes on with the next row, so that a file with three broken rows gives all others and three
 * faults; only what makes reading impossible is a failure.
 *
 * CSV: UTF-8 with or without byte order mark; what is not UTF-8 is read as GB18030 if it is that
 * throughout. Separator comma, quotes doubled, line ends CRLF, LF or CR. XLSX: the first worksheet;
 * values as stored, dates by number format as ISO text, formulas by their last result. */
#ifndef SHEET_SHEET_H
#define SHEET_SHEET_H

#include "base/base.h"

/* ---- reading --------------------------------------------------------------------------------- */

typedef enum { SHEET_CSV, SHEET_XLSX } sheet_kind;
typedef enum { SHEET_UTF8, SHEET_UTF8_BOM, SHEET_GB18030 } sheet_encoding;

/* One row. Cells are trimmed of nothing; an absent cell is TB_STR_NONE, an empty one has a pointer.
 * line is the line of the file where the row begins (CSV) or the number of the row (XLSX). */
struct sheet_row {
    int32_t line;
    bool is_broken; /* a fault of this row stands in the list; cells hold what could be read */
    const tb_str *cells;
    size_t count;
};

struct sheet_reader;

/* Looks at the first bytes to tell XLSX from CSV. file is the name for places; file, bytes, faults
 * are kept until sheet_close. faults may be NULL: then only is_broken tells. The reader is owned.
 * TB_LIMIT beyond the limits of base/limits.h, TB_UNSUPPORTED for UTF-16, XLS and encrypted files,
 * TB_SYNTAX for what is neither text nor a workbook. */
TB_NODISCARD tb_status sheet_open(tb_str file, tb_str bytes, struct tb_faults *faults,
                                  struct sheet_reader **ret_reader, struct tb_err *err);
/* The next row that is not empty; its cells live until the next call. *ret_has_row is false at the
 * end. Fails with TB_LIMIT or TB_SYNTAX when the rest cannot be read. */
TB_NODISCARD tb_status sheet_next(struct sheet_reader *reader, struct sheet_row *ret_row,
                                  bool *ret_has_row, struct tb_err *err);
sheet_kind sheet_reader_kind(const struct sheet_reader *reader);         /* what was found */
sheet_encoding sheet_reader_encoding(const struct sheet_reader *reader); /* XLSX: UTF-8 */
/* From now on a row of CSV with another number of cells is broken; 0: any number will do. */
void sheet_set_width(struct sheet_reader *reader, size_t width);
void sheet_close(struct sheet_reader *reader); /* NULL is fine */

/* A whole table whose first row names its columns. rows[].cells have exactly column_count cells;
 * what a short row lacks is TB_STR_NONE, and a row with more is broken. All in arena. */
struct sheet_table {
    const tb_str *columns;
    size_t column_count;
    const struct sheet_row *rows;
    size_t row_count;
    sheet_kind kind;
    sheet_encoding encoding;
};

/* Reads everything. Column names are trimmed; an empty or double name is a fault. Rows that are
 * broken are in rows too, marked; rows of another width than the first are broken. */
TB_NODISCARD tb_status sheet_read_table(struct tb_arena *arena, tb_str file, tb_str bytes,
                                        struct tb_faults *faults, struct sheet_table *ret_table,
                                        struct tb_err *err);
/* Index of a column, or -1. */
int sheet_column(const struct sheet_table *table, const char *name);
/* A cell, trimmed; TB_STR_NONE where there is none (column -1 too). */
tb_str sheet_cell(const struct sheet_row *row, int column);

/* ---- writing --------------------------------------------------------------------------------- */

/* One row as RFC 4180 with CRLF. A cell that a spreadsheet would take for a formula (it begins with
 * = + - @ or their full-width forms, tab or CR) and is not a number gets an apostrophe in front. */
void sheet_csv_row(struct tb_buf *buf, const tb_str *cells, size_t count);

typedef enum { SHEET_TEXT, SHEET_NUMBER, SHEET_DATE } sheet_type;

/* A column of a workbook. SHEET_NUMBER cells that are no number of at most 15 digits, and
 * SHEET_DATE cells that are no date, are written as text: nothing is rounded. */
struct sheet_column {
    tb_str name;
    sheet_type type;
    int width; /* in characters; 0: chosen from the name */
};

struct sheet_writer;
/* One worksheet with a header row. Strings are never formulas. title is the name of the worksheet
 * (at most 31 characters). columns are kept. The writer is owned and ended by sheet_writer_done. */
TB_NODISCARD tb_status sheet_writer_new(tb_str title, const struct sheet_column *columns,
                                        size_t count, struct sheet_writer **ret_writer,
                                        struct tb_err *err);
/* count cells, as many as columns. TB_LIMIT beyond 1,048,575 rows. */
TB_NODISCARD tb_status sheet_write_row(struct sheet_writer *writer, const tb_str *cells,
                                       struct tb_err *err);
/* The finished file in arena; the writer is freed in any case. NULL writer is fine. */
TB_NODISCARD tb_status sheet_writer_done(struct tb_arena *arena, struct sheet_writer *writer,
                                         tb_str *ret_bytes, struct tb_err *err);

#endif
