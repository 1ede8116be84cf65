/* SPDX-License-Identifier: Apache-2.0 */
/* sheet_internal.h - shared by the files of sheet. */
#ifndef SHEET_SHEET_INTERNAL_H
#define SHEET_SHEET_INTERNAL_H

#include "sheet/sheet.h"

struct sheet__xlsx;

/* One reader for both kinds. */
struct sheet_reader {
    sheet_kind kind;
    sheet_encoding encoding;
    tb_str file;
    struct tb_faults *faults; /* or NULL */
    struct tb_arena *arena;   /* lives as long as the reader */
    struct tb_arena *row_arena;
    uint32_t row_count;
    size_t width; /* cells a row must have; 0: any number */

    /* CSV: the whole text in UTF-8 and where the next row begins. */
    tb_str text;
    size_t at;
    int32_t line;

    struct sheet__xlsx *xlsx;
};

/* Adds a fault at file:line:column, or file:line when column is 0. */
void sheet__fault(struct sheet_reader *reader, int32_t line, size_t column, const char *code,
                  tb_str zh, tb_str en);
/* The row has the width that was asked for; else a fault. */
bool sheet__has_width(struct sheet_reader *reader, int32_t line, size_t count);

/* UTF-8 text of a CSV file, and what it was in. Bytes that belong to no character are left in a
 * UTF-8 file and become U+FFFD in a GB18030 one: the row that holds them gets the fault. */
TB_NODISCARD tb_status sheet__decode(struct tb_arena *arena, tb_str file, tb_str bytes,
                                     tb_str *ret_text, sheet_encoding *ret_encoding,
                                     struct tb_err *err);

TB_NODISCARD tb_status sheet__csv_next(struct sheet_reader *reader, struct sheet_row *ret_row,
                                       bool *ret_has_row, struct tb_err *err);

TB_NODISCARD tb_status sheet__xlsx_open(struct sheet_reader *reader, tb_str bytes,
                                        struct tb_err *err);
TB_NODISCARD tb_status sheet__xlsx_next(struct sheet_reader *reader, struct sheet_row *ret_row,
                                        bool *ret_has_row, struct tb_err *err);
void sheet__xlsx_close(struct sheet__xlsx *xlsx);

/* ---- a ZIP archive in memory ----------------------------------------------------------------- */

struct sheet__zip;
/* bytes are kept. The archive is in arena but must be closed. */
TB_NODISCARD tb_status sheet__zip_open(struct tb_arena *arena, tb_str file, tb_str bytes,
                                       struct sheet__zip **ret_zip, struct tb_err *err);
void sheet__zip_close(struct sheet__zip *zip); /* NULL is fine */
/* Makes one file of the archive the current one; *ret_found tells whether there is such a file. */
TB_NODISCARD tb_status sheet__zip_select(struct sheet__zip *zip, tb_str name, bool *ret_found,
                                         struct tb_err *err);
/* The next bytes of the current file, 0 at its end. All limits are watched here. */
TB_NODISCARD tb_status sheet__zip_read(struct sheet__zip *zip, void *ret_bytes, size_t size,
                                       size_t *ret_len, struct tb_err *err);

/* ---- XML of a workbook ----------------------------------------------------------------------- */

/* Names are without prefix. attrs as expat gives them: name, value, … NULL. */
struct sheet__xml_handler {
    void (*start)(void *context, const char *name, const char **attrs);
    void (*end)(void *context, const char *name);
    void (*text)(void *context, const char *text, int len);
};

struct sheet__xml;
/* A document type declaration is refused. The parser must be freed. */
struct sheet__xml *sheet__xml_new(struct tb_arena *arena, const struct sheet__xml_handler *handler,
                                  void *context);
void sheet__xml_free(struct sheet__xml *xml); /* NULL is fine */
TB_NODISCARD tb_status sheet__xml_feed(struct sheet__xml *xml, const char *bytes, size_t len,
                                       bool is_last, struct tb_err *err);
/* From within a handler: parsing ends with this status. */
void sheet__xml_stop(struct sheet__xml *xml, tb_status status, const char *message);
/* Value of an attribute without regard to its prefix, or NULL. */
const char *sheet__xml_attr(const char **attrs, const char *name);

/* ---- parts of a workbook --------------------------------------------------------------------- */

/* How a number is to be shown. */
typedef enum {
    SHEET__PLAIN = 0,
    SHEET__DATE = 1,
    SHEET__TIME = 2,
    SHEET__DATE_TIME = 3
} sheet__show;

struct sheet__book {
    struct tb_arena *arena;
    struct sheet__zip *zip;
    tb_str worksheet, strings_part, styles_part; /* paths in the archive */
    bool is_1904;
    tb_str *strings;
    size_t string_count, string_cap;
    uint8_t *shows; /* sheet__show of each cell format */
    size_t show_count;
};

/* Finds the first worksheet and reads shared strings and cell formats. */
TB_NODISCARD tb_status sheet__book_read(struct sheet__book *book, struct tb_err *err);
/* What a format code shows. */
sheet__show sheet__format_shows(tb_str code);
/* A stored number as text: shortest decimal, or ISO date and time. *ret_is_rounded: 16 digits or
 * more, which the spreadsheet program has already rounded. False: no number. */
bool sheet__number_text(struct tb_arena *arena, tb_str stored, sheet__show show, bool is_1904,
                        tb_str *ret_text, bool *ret_is_rounded);

#endif
