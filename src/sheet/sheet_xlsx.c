/* SPDX-License-Identifier: Apache-2.0 */
/* sheet_xlsx.c - rows of a worksheet, in pieces.
 *
 * expat pushes, the reader is pulled: a piece of the worksheet is parsed, the rows that became
 * complete wait in a queue, and when the queue is empty the next piece comes. Rows live in
 * one of two arenas: before a new piece the half-read row moves to the other, so that memory does
 * not grow with the worksheet. */
#include "sheet/sheet_internal.h"
#include <string.h>

#define CHUNK ((size_t)64 << 10)

typedef enum { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOL, CELL_ERROR, CELL_DATE } cell_type;

struct waiting {
    struct sheet_row row;
    struct waiting *next;
};

struct sheet__xlsx {
    struct sheet_reader *reader;
    struct sheet__book book;
    struct sheet__xml *xml;
    char *chunk;
    bool is_read;   /* all pieces are parsed */
    bool is_in_row; /* between <row> and </row> */
    struct waiting *first, *last;
    struct tb_arena *spare; /* changes places with the reader's row arena */

    /* The open row and cell. */
    int32_t row_number;
    bool is_broken;
    tb_str *cells;
    size_t cell_count, cell_cap, column;
    cell_type type;
    sheet__show show;
    bool is_in_value, is_in_text;
    int phonetic_depth;
    struct tb_buf value;
};

/* ---- cells ----------------------------------------------------------------------------------- */

/* Column from A1; false when the reference is no reference. */
static bool
column_of(const char *reference, size_t *ret_column)
{
    size_t column = 0, i = 0;
    for (; reference[i] >= 'A' && reference[i] <= 'Z' && i < 4; i++)
        column = column * 26 + (size_t)(reference[i] - 'A' + 1);
    if (i == 0 || i == 4 || reference[i] < '0' || reference[i] > '9')
        return false;
    *ret_column = column - 1;
    return true;
}

static void
fault(struct sheet__xlsx *x, const char *code, const char *zh, const char *en)
{
    sheet__fault(x->reader, x->row_number, x->column + 1, code, tb_str_of(zh), tb_str_of(en));
    x->is_broken = true;
}

static void
start_cell(struct sheet__xlsx *x, const char **attrs)
{
    static const struct {
        const char *name;
        cell_type type;
    } types[] = {{"s", CELL_SHARED}, {"str", CELL_TEXT}, {"inlineStr", CELL_TEXT},
                 {"b", CELL_BOOL},   {"e", CELL_ERROR},  {"d", CELL_DATE}};
    const char *reference = sheet__xml_attr(attrs, "r"), *type = sheet__xml_attr(attrs, "t");
    size_t column = x->cell_count; /* a cell without r follows the one before */
    if (reference != NULL && !column_of(reference, &column)) {
        sheet__xml_stop(x->xml, TB_SYNTAX, "a cell has no proper reference");
        return;
    }
    if (column >= SHEET_COLUMNS_MAX) {
        sheet__xml_stop(x->xml, TB_LIMIT, "more than 1000 columns");
        return;
    }
    x->column = column;
    x->type = CELL_NUMBER;
    for (size_t i = 0; type != NULL && i < TB_COUNT(types); i++)
        if (strcmp(type, types[i].name) == 0)
            x->type = types[i].type;
    int64_t style;
    bool has_style = tb_str_to_int(tb_str_of(sheet__xml_attr(attrs, "s")), &style) && style >= 0 &&
                     (size_t)style < x->book.show_count;
    x->show = has_style ? (sheet__show)x->book.shows[style] : SHEET__PLAIN;
    x->value = (struct tb_buf){.arena = x->reader->row_arena};
}

static tb_str
shared_string(struct sheet__xlsx *x, tb_str stored)
{
    int64_t index;
    if (tb_str_to_int(stored, &index) && index >= 0 && (size_t)index < x->book.string_count)
        return x->book.strings[index];
    fault(x, "string", "这一格引用的文字不存在，请用表格软件打开后重新保存",
          "The text of this cell is missing; open the workbook and save it again");
    return TB_STR_NONE;
}

static tb_str
number_cell(struct sheet__xlsx *x, tb_str stored)
{
    tb_str text;
    bool is_rounded;
    if (!sheet__number_text(x->reader->row_arena, stored, x->show, x->book.is_1904, &text,
                            &is_rounded)) {
        fault(x, "number", "这一格的数字读不懂", "The number of this cell cannot be read");
        return TB_STR_NONE;
    }
    if (is_rounded)
        fault(
            x, "rounded",
            "这一格是16位以上的数字，表格软件只保留15位，后面的已经丢失；请把这一列设为文本后重填",
            "A number of 16 digits or more: the spreadsheet has kept 15; make the column text and "
            "enter it again");
    return text;
}

static tb_str
cell_text(struct sheet__xlsx *x, tb_str stored)
{
    switch (x->type) {
    case CELL_SHARED:
        return shared_string(x, stored);
    case CELL_BOOL:
        return tb_str_is(stored, "1") || tb_str_is(stored, "true") ? TB_STR("TRUE")
                                                                   : TB_STR("FALSE");
    case CELL_ERROR:
        fault(x, "error", "这一格是公式错误值，请改正公式或填入内容",
              "This cell holds an error of its formula; mend the formula or enter a value");
        return stored;
    case CELL_NUMBER:
        return number_cell(x, stored);
    default:
        return stored;
    }
}

static void
check_characters(struct sheet__xlsx *x, tb_str text)
{
    int32_t c;
    if (tb_text_is_clean(text, &c))
        return;
    struct tb_arena *arena = x->reader->row_arena;
    fault(x, "character",
          tb_printf(arena, "这一格有一个不允许的字符（U+%04X），请删去", (unsigned)c).ptr,
          tb_printf(arena, "The character U+%04X is not accepted in this cell; remove it",
                    (unsigned)c)
              .ptr);
}

static void
end_cell(struct sheet__xlsx *x)
{
    if (x->value.ptr == NULL)
        return; /* a cell with a format and no value */
    tb_str text = cell_text(x, tb_buf_done(&x->value));
    check_characters(x, text);
    if (x->column >= x->cell_cap) {
        size_t cap = x->cell_cap == 0 ? 32 : x->cell_cap * 2;
        while (cap <= x->column)
            cap *= 2;
        tb_str *cells = TB_NEW_ARRAY(x->reader->row_arena, cap, tb_str);
        if (x->cell_count > 0)
            memcpy(cells, x->cells, x->cell_count * sizeof *cells);
        x->cells = cells;
        x->cell_cap = cap;
    }
    x->cells[x->column] = text;
    if (x->cell_count <= x->column)
        x->cell_count = x->column + 1;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void
start_row(struct sheet__xlsx *x, const char **attrs)
{
    int64_t number;
    x->row_number++;
    if (tb_str_to_int(tb_str_of(sheet__xml_attr(attrs, "r")), &number)) {
        if (number < x->row_number || number > 1048576) {
            sheet__xml_stop(x->xml, TB_SYNTAX, "the rows are not in order");
            return;
        }
        x->row_number = (int32_t)number;
    }
    x->is_in_row = true;
    x->is_broken = false;
    x->cells = NULL;
    x->cell_count = x->cell_cap = 0;
}

static void
end_row(struct sheet__xlsx *x)
{
    x->is_in_row = false;
    bool is_empty = !x->is_broken;
    for (size_t i = 0; i < x->cell_count && is_empty; i++)
        is_empty = x->cells[i].len == 0;
    if (is_empty)
        return;
    struct waiting *waiting = TB_NEW(x->reader->row_arena, struct waiting);
    waiting->row = (struct sheet_row){x->row_number, x->is_broken, x->cells, x->cell_count};
    if (x->last == NULL)
        x->first = waiting;
    else
        x->last->next = waiting;
    x->last = waiting;
}

static void
on_start(void *context, const char *name, const char **attrs)
{
    struct sheet__xlsx *x = context;
    if (tb_arena_is_over(x->reader->row_arena))
        sheet__xml_stop(x->xml, TB_LIMIT, "a row is too large");
    else if (strcmp(name, "row") == 0)
        start_row(x, attrs);
    else if (strcmp(name, "c") == 0 && x->is_in_row)
        start_cell(x, attrs);
    else if (strcmp(name, "v") == 0)
        x->is_in_value = true;
    else if (strcmp(name, "t") == 0)
        x->is_in_text = true;
    else if (strcmp(name, "rPh") == 0)
        x->phonetic_depth++;
}

static void
on_end(void *context, const char *name)
{
    struct sheet__xlsx *x = context;
    if (strcmp(name, "row") == 0)
        end_row(x);
    else if (strcmp(name, "c") == 0 && x->is_in_row)
        end_cell(x);
    else if (strcmp(name, "v") == 0)
        x->is_in_value = false;
    else if (strcmp(name, "t") == 0)
        x->is_in_text = false;
    else if (strcmp(name, "rPh") == 0)
        x->phonetic_depth--;
}

static void
on_text(void *context, const char *text, int len)
{
    struct sheet__xlsx *x = context;
    if (!x->is_in_row || !(x->is_in_value || x->is_in_text) || x->phonetic_depth > 0)
        return;
    if (x->value.len + (size_t)len > SHEET_CELL_BYTES_MAX)
        sheet__xml_stop(x->xml, TB_LIMIT, "a cell is longer than 1 MiB");
    else if (x->value.arena != NULL)
        tb_buf_put(&x->value, text, (size_t)len);
}

/* ---- the reader ------------------------------------------------------------------------------ */

tb_status
sheet__xlsx_open(struct sheet_reader *reader, tb_str bytes, struct tb_err *err)
{
    static const struct sheet__xml_handler handler = {on_start, on_end, on_text};
    struct sheet__xlsx *x = TB_NEW(reader->arena, struct sheet__xlsx);
    reader->xlsx = x;
    x->reader = reader;
    x->book.arena = reader->arena;
    x->spare = tb_arena_new(SHEET_ROW_BYTES_MAX);
    TB_TRY(sheet__zip_open(reader->arena, reader->file, bytes, &x->book.zip, err));
    TB_TRY(sheet__book_read(&x->book, err));
    bool is_found;
    TB_TRY(sheet__zip_select(x->book.zip, x->book.worksheet, &is_found, err));
    if (!is_found)
        return tb_fail(err, TB_SYNTAX, TB_FMT ": its first worksheet is missing",
                       TB_ARG(reader->file));
    x->xml = sheet__xml_new(reader->arena, &handler, x);
    x->chunk = tb_alloc(reader->arena, CHUNK);
    return TB_OK;
}

void
sheet__xlsx_close(struct sheet__xlsx *x)
{
    if (x == NULL)
        return;
    sheet__xml_free(x->xml);
    tb_arena_free(x->spare);
    sheet__zip_close(x->book.zip);
}

/* Nothing of the row arena is needed any more but the open row. */
static void
renew_arena(struct sheet__xlsx *x)
{
    struct tb_arena *fresh = x->spare;
    tb_arena_reset(fresh);
    if (x->is_in_row) {
        tb_str *cells = TB_NEW_ARRAY(fresh, x->cell_cap, tb_str);
        for (size_t i = 0; i < x->cell_count; i++)
            cells[i] = tb_str_copy(fresh, x->cells[i]);
        x->cells = cells;
        struct tb_buf value = {.arena = fresh};
        if (x->value.ptr != NULL)
            tb_buf_put(&value, x->value.ptr, x->value.len);
        x->value = value;
    }
    x->spare = x->reader->row_arena;
    x->reader->row_arena = fresh;
}

static tb_status
read_piece(struct sheet__xlsx *x, struct tb_err *err)
{
    size_t len;
    renew_arena(x);
    TB_TRY(sheet__zip_read(x->book.zip, x->chunk, CHUNK, &len, err));
    x->is_read = len == 0;
    return sheet__xml_feed(x->xml, x->chunk, len, len == 0, err);
}

tb_status
sheet__xlsx_next(struct sheet_reader *reader, struct sheet_row *ret_row, bool *ret_has_row,
                 struct tb_err *err)
{
    struct sheet__xlsx *x = reader->xlsx;
    while (x->first == NULL && !x->is_read)
        TB_TRY(read_piece(x, err));
    *ret_has_row = x->first != NULL;
    if (x->first == NULL)
        return TB_OK;
    *ret_row = x->first->row;
    x->first = x->first->next;
    if (x->first == NULL)
        x->last = NULL;
    return TB_OK;
}
