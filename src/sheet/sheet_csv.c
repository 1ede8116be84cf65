/* SPDX-License-Identifier: Apache-2.0 */
/* sheet_csv.c - reading CSV row by row (RFC 4180), going on behind every fault.
 *
 * The usual damage is one stray quote, which makes a field swallow the lines behind it. A row that
 * turns out broken therefore ends where its first line ends: nothing behind it is lost, and what
 * was swallowed comes as rows of its own. */
#include "sheet/sheet_internal.h"
#include <string.h>

struct row {
    struct sheet_reader *reader;
    size_t start; /* of the row, for places */
    tb_str *cells;
    size_t count, cap;
    bool is_broken;
    bool is_torn; /* the fault is one of quotes: where the next cell begins is not known */
};

/* The place of an offset within the row. */
static void
fault_at(struct row *row, size_t offset, const char *code, tb_str zh, tb_str en)
{
    tb_str text = row->reader->text;
    int32_t line = row->reader->line;
    size_t line_start = row->start;
    for (size_t i = row->start; i < offset; i++) {
        bool is_end = text.ptr[i] == '\n' ||
                      (text.ptr[i] == '\r' && (i + 1 >= text.len || text.ptr[i + 1] != '\n'));
        if (is_end) {
            line++;
            line_start = i + 1;
        }
    }
    size_t column = tb_utf8_length(tb_str_sub(text, line_start, offset - line_start)) + 1;
    sheet__fault(row->reader, line, column, code, zh, en);
    row->is_broken = true;
}

static void
tear_at(struct row *row, size_t offset, const char *code, tb_str zh, tb_str en)
{
    fault_at(row, offset, code, zh, en);
    row->is_torn = true;
}

static void
check_characters(struct row *row, size_t offset, tb_str cell)
{
    int32_t c = 0;
    for (size_t at = 0; at < cell.len;) {
        size_t before = at;
        tb_str one = cell;
        (void)tb_utf8_next(cell, &at);
        one = tb_str_sub(cell, before, at - before);
        bool is_lost = row->reader->encoding == SHEET_GB18030 && tb_str_is(one, "\xEF\xBF\xBD");
        if (!is_lost && tb_text_is_clean(one, &c))
            continue;
        if (is_lost || c < 0) {
            fault_at(row, offset + before, "encoding",
                     TB_STR("这里有一个字节读不出是什么字，请用UTF-8重新保存文件"),
                     TB_STR("A byte here belongs to no character; save the file again as UTF-8"));
            return;
        }
        struct tb_arena *arena = row->reader->row_arena;
        fault_at(
            row, offset + before, "character",
            tb_printf(arena, "这里有一个不允许的字符（U+%04X），请删去", (unsigned)c),
            tb_printf(arena, "The character U+%04X is not accepted here; remove it", (unsigned)c));
        return;
    }
}

static void
add_cell(struct row *row, tb_str cell)
{
    if (row->count == row->cap) {
        size_t cap = row->cap == 0 ? 32 : row->cap * 2;
        tb_str *cells = TB_NEW_ARRAY(row->reader->row_arena, cap, tb_str);
        if (row->count > 0)
            memcpy(cells, row->cells, row->count * sizeof *cells);
        row->cells = cells;
        row->cap = cap;
    }
    row->cells[row->count++] = cell;
}

static bool
is_line_end(tb_str text, size_t at)
{
    return at >= text.len || text.ptr[at] == '\n' || text.ptr[at] == '\r';
}

static size_t
behind_line_end(tb_str text, size_t at)
{
    if (at < text.len && text.ptr[at] == '\r')
        at++;
    else if (at < text.len)
        return at + 1;
    return at < text.len && text.ptr[at] == '\n' ? at + 1 : at;
}

/* At the opening quote; gives the offset behind the closing one. */
static size_t
read_quoted(struct row *row, size_t at)
{
    tb_str text = row->reader->text;
    size_t open = at++, from = at;
    struct tb_buf unquoted = {.arena = row->reader->row_arena};
    for (;;) {
        const char *hit = at < text.len ? memchr(text.ptr + at, '"', text.len - at) : NULL;
        if (hit == NULL) {
            tear_at(row, open, "open_quote", TB_STR("这里的引号没有配对的后引号"),
                    TB_STR("This quote is never closed"));
            return text.len;
        }
        at = (size_t)(hit - text.ptr) + 1;
        if (at >= text.len || text.ptr[at] != '"')
            break;
        tb_buf_put(&unquoted, text.ptr + from, at - from);
        from = ++at;
    }
    tb_str rest = tb_str_sub(text, from, at - 1 - from), cell = rest;
    if (unquoted.ptr != NULL) {
        tb_buf_str(&unquoted, rest);
        cell = tb_buf_done(&unquoted);
    }
    check_characters(row, open + 1, tb_str_sub(text, open + 1, at - open - 2));
    add_cell(row, cell);
    if (!is_line_end(text, at) && text.ptr[at] != ',')
        tear_at(row, at, "after_quote", TB_STR("后引号后面应是逗号或换行；引号本身要写成两个"),
                TB_STR("Behind a closing quote comes a comma or the end of the line; a quote "
                       "itself is written twice"));
    return at;
}

static size_t
read_plain(struct row *row, size_t at)
{
    tb_str text = row->reader->text;
    size_t start = at;
    while (!is_line_end(text, at) && text.ptr[at] != ',') {
        if (text.ptr[at] == '"' && !row->is_torn)
            tear_at(row, at, "quote",
                    TB_STR("没有用引号括起的格子里出现了引号；请把整格括起来，引号写成两个"),
                    TB_STR("A quote stands in a cell that is not quoted; quote the whole cell and "
                           "write it twice"));
        at++;
    }
    tb_str cell = tb_str_sub(text, start, at - start);
    check_characters(row, start, cell);
    add_cell(row, cell);
    return at;
}

/* Reads one row from reader->at; *ret_end is behind its line end. */
static tb_status
read_row(struct row *row, size_t *ret_end, struct tb_err *err)
{
    struct sheet_reader *reader = row->reader;
    size_t at = row->start;
    for (;;) {
        if (row->count >= SHEET_COLUMNS_MAX)
            return tb_fail(err, TB_LIMIT, TB_FMT ":%d: more than %d columns", TB_ARG(reader->file),
                           reader->line, SHEET_COLUMNS_MAX);
        bool is_quoted = at < reader->text.len && reader->text.ptr[at] == '"';
        at = is_quoted ? read_quoted(row, at) : read_plain(row, at);
        if (row->is_torn || is_line_end(reader->text, at))
            break;
        at++;
    }
    *ret_end = behind_line_end(reader->text, at);
    return TB_OK;
}

static size_t
first_line_end(tb_str text, size_t at)
{
    while (!is_line_end(text, at))
        at++;
    return behind_line_end(text, at);
}

static int32_t
count_lines(tb_str text, size_t from, size_t to)
{
    int32_t lines = 0;
    while (from < to) {
        from = first_line_end(text, from);
        lines++;
    }
    return lines;
}

tb_status
sheet__csv_next(struct sheet_reader *reader, struct sheet_row *ret_row, bool *ret_has_row,
                struct tb_err *err)
{
    while (reader->at < reader->text.len) {
        tb_arena_reset(reader->row_arena);
        struct row row = {.reader = reader, .start = reader->at};
        size_t end = 0;
        TB_TRY(read_row(&row, &end, err));
        int32_t line = reader->line;
        bool is_blank = row.count == 1 && row.cells[0].len == 0 && !row.is_broken &&
                        reader->text.ptr[row.start] != '"';
        if (!is_blank && !row.is_broken && !sheet__has_width(reader, line, row.count))
            row.is_broken = true;
        if (row.is_broken)
            end = first_line_end(reader->text, row.start);
        reader->line += count_lines(reader->text, row.start, end);
        reader->at = end;
        if (is_blank)
            continue;
        *ret_row = (struct sheet_row){line, row.is_broken, row.cells, row.count};
        *ret_has_row = true;
        return TB_OK;
    }
    *ret_has_row = false;
    return TB_OK;
}
