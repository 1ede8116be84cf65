/* SPDX-License-Identifier: Apache-2.0 */
/* sheet_book.c - what a workbook says about itself: where the first worksheet is, shared strings,
 * cell formats.
 *
 *   _rels/.rels --officeDocument--> xl/workbook.xml --first sheet's r:id--> its _rels --> worksheet
 *                                                    \--sharedStrings, styles by type */
#include "sheet/sheet_internal.h"
#include <string.h>

#define CHUNK ((size_t)64 << 10)
#define STRINGS_MAX 4000000

struct part {
    struct sheet__book *book;
    struct sheet__xml *xml;
    tb_str folder;      /* of the part that the relations belong to, with a slash */
    tb_str sheet_id;    /* r:id of the first worksheet */
    tb_str wanted;      /* end of a relation's type, or an id when is_by_id */
    tb_str document;    /* found by _rels/.rels */
    struct tb_buf text; /* of the string item that is open */
    int text_depth;     /* within t */
    int phonetic_depth;
    size_t string_bytes;
    bool is_in_formats; /* within cellXfs */
    struct format {
        tb_str id;
        sheet__show show;
    } * formats; /* numFmt rows */
    size_t format_count, format_cap;
    size_t show_cap;
};

/* Feed one file of the archive to a handler. An absent file is not an error here. */
static tb_status
read_part(struct part *part, tb_str name, const struct sheet__xml_handler *handler, bool *ret_found,
          struct tb_err *err)
{
    struct sheet__book *book = part->book;
    TB_TRY(sheet__zip_select(book->zip, name, ret_found, err));
    if (!*ret_found)
        return TB_OK;
    part->xml = sheet__xml_new(book->arena, handler, part);
    char *chunk = tb_alloc(book->arena, CHUNK);
    size_t len = 1;
    tb_status status = TB_OK;
    while (status == TB_OK && len > 0) {
        status = sheet__zip_read(book->zip, chunk, CHUNK, &len, err);
        if (status == TB_OK)
            status = sheet__xml_feed(part->xml, chunk, len, len == 0, err);
    }
    sheet__xml_free(part->xml);
    return status;
}

/* ---- relations ------------------------------------------------------------------------------- */

/* folder + target without ./ and with ../ applied; a target with a leading slash counts from the
 * root. */
static tb_str
resolve(struct tb_arena *arena, tb_str folder, tb_str target)
{
    if (tb_str_starts(target, TB_STR("/")))
        return tb_str_copy(arena, tb_str_sub(target, 1, target.len));
    while (tb_str_starts(target, TB_STR("../")) || tb_str_starts(target, TB_STR("./"))) {
        bool is_up = target.ptr[1] == '.';
        target = tb_str_sub(target, is_up ? 3 : 2, target.len);
        if (!is_up || folder.len == 0)
            continue;
        folder.len--;
        while (folder.len > 0 && folder.ptr[folder.len - 1] != '/')
            folder.len--;
    }
    return tb_printf(arena, TB_FMT TB_FMT, TB_ARG(folder), TB_ARG(target));
}

static void
on_relation(void *context, const char *name, const char **attrs)
{
    struct part *part = context;
    if (strcmp(name, "Relationship") != 0)
        return;
    struct sheet__book *book = part->book;
    tb_str id = tb_str_of(sheet__xml_attr(attrs, "Id")),
           type = tb_str_of(sheet__xml_attr(attrs, "Type"));
    tb_str target = resolve(book->arena, part->folder, tb_str_of(sheet__xml_attr(attrs, "Target")));
    if (tb_str_ends(type, TB_STR("/officeDocument")))
        part->document = target;
    else if (tb_str_ends(type, TB_STR("/sharedStrings")))
        book->strings_part = target;
    else if (tb_str_ends(type, TB_STR("/styles")))
        book->styles_part = target;
    else if (tb_str_ends(type, TB_STR("/worksheet")) && part->sheet_id.ptr != NULL &&
             tb_str_eq(id, part->sheet_id))
        book->worksheet = target;
}

static void
on_workbook(void *context, const char *name, const char **attrs)
{
    struct part *part = context;
    if (strcmp(name, "workbookPr") == 0) {
        tb_str is_1904 = tb_str_of(sheet__xml_attr(attrs, "date1904"));
        part->book->is_1904 = tb_str_is(is_1904, "1") || tb_str_is(is_1904, "true");
    }
    if (strcmp(name, "sheet") == 0 && part->sheet_id.ptr == NULL)
        part->sheet_id = tb_str_copy(part->book->arena, tb_str_of(sheet__xml_attr(attrs, "id")));
}

/* ---- shared strings -------------------------------------------------------------------------- */

static void
add_string(struct part *part)
{
    struct sheet__book *book = part->book;
    tb_str text = part->text.ptr != NULL ? tb_buf_done(&part->text) : TB_STR("");
    part->string_bytes += text.len + sizeof text;
    if (book->string_count >= STRINGS_MAX || part->string_bytes > SHEET_STRINGS_BYTES_MAX) {
        sheet__xml_stop(part->xml, TB_LIMIT, "too many shared strings");
        return;
    }
    if (book->string_count == book->string_cap) {
        size_t cap = book->string_cap == 0 ? 1024 : book->string_cap * 2;
        tb_str *strings = TB_NEW_ARRAY(book->arena, cap, tb_str);
        if (book->string_count > 0)
            memcpy(strings, book->strings, book->string_count * sizeof *strings);
        book->strings = strings;
        book->string_cap = cap;
    }
    book->strings[book->string_count++] = text;
    part->text = (struct tb_buf){.arena = book->arena};
}

static void
on_string_start(void *context, const char *name, const char **attrs)
{
    struct part *part = context;
    part->phonetic_depth += strcmp(name, "rPh") == 0;
    part->text_depth += strcmp(name, "t") == 0;
}

static void
on_string_end(void *context, const char *name)
{
    struct part *part = context;
    part->phonetic_depth -= strcmp(name, "rPh") == 0;
    part->text_depth -= strcmp(name, "t") == 0;
    if (strcmp(name, "si") == 0)
        add_string(part);
}

static void
on_string_text(void *context, const char *text, int len)
{
    struct part *part = context;
    if (part->text_depth == 0 || part->phonetic_depth > 0)
        return;
    if (part->text.len + (size_t)len > SHEET_CELL_BYTES_MAX)
        sheet__xml_stop(part->xml, TB_LIMIT, "a cell is longer than 1 MiB");
    else
        tb_buf_put(&part->text, text, (size_t)len);
}

/* ---- cell formats ---------------------------------------------------------------------------- */

static sheet__show
built_in_shows(int64_t id)
{
    if (id == 22)
        return SHEET__DATE_TIME;
    if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) || id == 55 ||
        id == 56)
        return SHEET__TIME;
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58))
        return SHEET__DATE;
    return SHEET__PLAIN;
}

sheet__show
sheet__format_shows(tb_str code)
{
    bool has_day = false, has_month = false, has_time = false;
    for (size_t i = 0; i < code.len; i++) {
        char c = code.ptr[i];
        if (c == '\\' || c == '_' || c == '*') {
            i++;
        } else if (c == '"' || c == '[') {
            ptrdiff_t close = tb_str_find(tb_str_sub(code, i + 1, code.len),
                                          c == '"' ? TB_STR("\"") : TB_STR("]"));
            char first = i + 1 < code.len ? code.ptr[i + 1] : 0;
            /* [h]:mm counts hours; [Red] and [$-804] show nothing. */
            has_time |= c == '[' && close > 0 && close <= 2 && strchr("hmsHMS", first) != NULL;
            i = close < 0 ? code.len : i + 1 + (size_t)close;
        } else if (c == ';') {
            break; /* the other sections are for negative numbers, zero and text */
        } else {
            has_day |= strchr("yYdD", c) != NULL;
            has_month |= c == 'm' || c == 'M';
            has_time |= strchr("hHsS", c) != NULL;
        }
    }
    bool is_date = has_day || (has_month && !has_time);
    return (sheet__show)((is_date ? SHEET__DATE : 0) | (has_time ? SHEET__TIME : 0));
}

static void
add_format(struct part *part, tb_str id, tb_str code)
{
    if (part->format_count == part->format_cap) {
        size_t cap = part->format_cap == 0 ? 32 : part->format_cap * 2;
        struct format *formats = TB_NEW_ARRAY(part->book->arena, cap, struct format);
        if (part->format_count > 0)
            memcpy(formats, part->formats, part->format_count * sizeof *formats);
        part->formats = formats;
        part->format_cap = cap;
    }
    part->formats[part->format_count++] =
        (struct format){tb_str_copy(part->book->arena, id), sheet__format_shows(code)};
}

static void
add_show(struct part *part, tb_str id)
{
    struct sheet__book *book = part->book;
    int64_t number = 0;
    sheet__show show = tb_str_to_int(id, &number) ? built_in_shows(number) : SHEET__PLAIN;
    for (size_t i = 0; i < part->format_count; i++)
        if (tb_str_eq(part->formats[i].id, id))
            show = part->formats[i].show;
    if (book->show_count == part->show_cap) {
        size_t cap = part->show_cap == 0 ? 256 : part->show_cap * 2;
        uint8_t *shows = tb_alloc(book->arena, cap);
        if (book->show_count > 0)
            memcpy(shows, book->shows, book->show_count);
        book->shows = shows;
        part->show_cap = cap;
    }
    book->shows[book->show_count++] = (uint8_t)show;
}

static void
on_style_start(void *context, const char *name, const char **attrs)
{
    struct part *part = context;
    if (part->format_count > 100000 || part->book->show_count > 1000000) {
        sheet__xml_stop(part->xml, TB_LIMIT, "too many cell formats");
        return;
    }
    if (strcmp(name, "cellXfs") == 0)
        part->is_in_formats = true;
    tb_str id = tb_str_of(sheet__xml_attr(attrs, "numFmtId"));
    if (strcmp(name, "numFmt") == 0)
        add_format(part, id, tb_str_of(sheet__xml_attr(attrs, "formatCode")));
    if (strcmp(name, "xf") == 0 && part->is_in_formats)
        add_show(part, id);
}

static void
on_style_end(void *context, const char *name)
{
    struct part *part = context;
    if (strcmp(name, "cellXfs") == 0)
        part->is_in_formats = false;
}

/* ---- together -------------------------------------------------------------------------------- */

static const struct sheet__xml_handler relations_handler = {on_relation, NULL, NULL};
static const struct sheet__xml_handler workbook_handler = {on_workbook, NULL, NULL};
static const struct sheet__xml_handler strings_handler = {on_string_start, on_string_end,
                                                          on_string_text};
static const struct sheet__xml_handler styles_handler = {on_style_start, on_style_end, NULL};

/* xl/workbook.xml -> folder xl/, relations xl/_rels/workbook.xml.rels. */
static tb_str
relations_of(struct tb_arena *arena, tb_str document, tb_str *ret_folder)
{
    size_t slash = document.len;
    while (slash > 0 && document.ptr[slash - 1] != '/')
        slash--;
    *ret_folder = tb_str_sub(document, 0, slash);
    tb_str name = tb_str_sub(document, slash, document.len);
    return tb_printf(arena, TB_FMT "_rels/" TB_FMT ".rels", TB_ARG(*ret_folder), TB_ARG(name));
}

tb_status
sheet__book_read(struct sheet__book *book, struct tb_err *err)
{
    struct part part = {.book = book, .text = {.arena = book->arena}};
    bool is_found;
    TB_TRY(read_part(&part, TB_STR("_rels/.rels"), &relations_handler, &is_found, err));
    if (part.document.ptr == NULL)
        part.document = TB_STR("xl/workbook.xml");
    TB_TRY(read_part(&part, part.document, &workbook_handler, &is_found, err));
    if (!is_found || part.sheet_id.ptr == NULL)
        return tb_fail(err, TB_SYNTAX,
                       "workbook: there is no worksheet in it; is it a workbook (.xlsx)?");
    tb_str relations = relations_of(book->arena, part.document, &part.folder);
    TB_TRY(read_part(&part, relations, &relations_handler, &is_found, err));
    if (book->worksheet.ptr == NULL)
        return tb_fail(err, TB_SYNTAX, "workbook: its first worksheet is missing");
    TB_TRY(read_part(&part, book->strings_part, &strings_handler, &is_found, err));
    return read_part(&part, book->styles_part, &styles_handler, &is_found, err);
}
