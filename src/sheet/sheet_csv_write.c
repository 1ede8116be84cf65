/* SPDX-License-Identifier: Apache-2.0 */
/* sheet_csv_write.c - writing CSV that no spreadsheet takes for formulas. */
#include "sheet/sheet_internal.h"
#include <string.h>

/* What Excel, LibreOffice and WPS begin a formula with, in both widths; tab and CR hide one. */
static bool
looks_like_formula(tb_str cell)
{
    static const char *const starts[] = {"=",  "+",  "-",  "@",  "\t", "\r",
                                         "\n", "＝", "＋", "－", "＠"};
    tb_dec number;
    if (tb_dec_parse(cell, &number))
        return false;
    for (size_t i = 0; i < TB_COUNT(starts); i++)
        if (tb_str_starts(cell, tb_str_of(starts[i])))
            return true;
    return false;
}

static void
put_cell(struct tb_buf *buf, tb_str cell)
{
    bool is_guarded = looks_like_formula(cell);
    bool is_quoted =
        is_guarded || (cell.len > 0 && (cell.ptr[0] == ' ' || cell.ptr[cell.len - 1] == ' '));
    for (size_t i = 0; i < cell.len && !is_quoted; i++)
        is_quoted = strchr(",\"\r\n", cell.ptr[i]) != NULL;
    if (!is_quoted) {
        tb_buf_str(buf, cell);
        return;
    }
    tb_buf_char(buf, '"');
    if (is_guarded)
        tb_buf_char(buf, '\'');
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.ptr[i] == '"')
            tb_buf_char(buf, '"');
        tb_buf_char(buf, cell.ptr[i]);
    }
    tb_buf_char(buf, '"');
}

void
sheet_csv_row(struct tb_buf *buf, const tb_str *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            tb_buf_char(buf, ',');
        /* A row of one empty cell would otherwise read as a blank line. */
        if (count == 1 && cells[0].len == 0)
            tb_buf_cstr(buf, "\"\"");
        else
            put_cell(buf, cells[i]);
    }
    tb_buf_cstr(buf, "\r\n");
}
