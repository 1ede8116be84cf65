/* SPDX-License-Identifier: Apache-2.0 */
/* paper_sheet.c - pages and text by cairo and pango.
 *
 * Nothing here depends on a screen: hinting is off and sizes are absolute, so the same input gives the same bytes on
 * every machine with the same font. Other fonts never step in for a missing character: paper stops and names it. */
#include "paper/paper_internal.h"
#include <cairo-pdf.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_FAMILY "WenQuanYi Micro Hei"
#define MM (72.0 / 25.4)
#define TICKET_HEIGHT_MAX 14400.0 /* the largest page that PDF readers agree on */

tb_status
paper__fail(struct paper__sheet *sheet, tb_status status, const char *format, ...)
{
    char text[TB_ERR_MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return tb_fail(sheet->err, status, "block %zu: %s", sheet->block, text);
}

/* ---- fonts ---- */

static PangoFontDescription *
describe(tb_str family, double size, bool is_bold)
{
    char name[128];
    snprintf(name, sizeof name, TB_FMT, TB_ARG(family));
    PangoFontDescription *description = pango_font_description_new();
    pango_font_description_set_family(description, name);
    pango_font_description_set_absolute_size(description, size * PANGO_SCALE);
    if (is_bold)
        pango_font_description_set_weight(description, PANGO_WEIGHT_BOLD);
    return description;
}

/* A context without hinting, in points. */
static PangoContext *
make_context(void)
{
    PangoContext *context = pango_font_map_create_context(pango_cairo_font_map_get_default());
    cairo_font_options_t *plain = cairo_font_options_create();
    cairo_font_options_set_hint_style(plain, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(plain, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, plain);
    cairo_font_options_destroy(plain);
    pango_cairo_context_set_resolution(context, 72);
    pango_context_set_language(context, pango_language_from_string("zh-cn"));
    pango_context_set_round_glyph_positions(context, FALSE);
    return context;
}

/* The font itself, or NULL when the system would put another one in its place. */
static PangoFont *
load_font(PangoContext *context, tb_str family)
{
    PangoFontDescription *wanted = describe(family, 12, false);
    PangoFont *font =
        pango_font_map_load_font(pango_context_get_font_map(context), context, wanted);
    pango_font_description_free(wanted);
    if (font == NULL)
        return NULL;
    PangoFontDescription *got = pango_font_describe(font);
    bool is_it = tb_str_is(family, pango_font_description_get_family(got));
    pango_font_description_free(got);
    if (!is_it)
        g_clear_object(&font);
    return font;
}

static bool
is_blank(int32_t c)
{
    return c == '\n' || c == ' ' || c == 0xa0 || c == 0x3000;
}

static bool
find_missing(PangoFont *font, tb_str text, int32_t *ret_code_point)
{
    for (size_t at = 0; at < text.len;) {
        int32_t c = tb_utf8_next(text, &at);
        if (is_blank(c) || (c > 0 && pango_font_has_char(font, (gunichar)c)))
            continue;
        *ret_code_point = c;
        return true;
    }
    return false;
}

bool
paper_missing_glyph(tb_str family, tb_str text, int32_t *ret_code_point)
{
    PangoContext *context = make_context();
    PangoFont *font = load_font(context, family.len > 0 ? family : TB_STR(DEFAULT_FAMILY));
    int32_t c = 0xfffd; /* without the font everything is missing */
    bool is_missing = font == NULL ? text.len > 0 : find_missing(font, text, &c);
    if (is_missing)
        *ret_code_point = c;
    g_clear_object(&font);
    g_object_unref(context);
    return is_missing;
}

/* ---- text ---- */

/* Removes the marks of `**bold**` and backslashes; attributes say what was between the marks. */
static tb_str
read_inline(struct tb_arena *arena, tb_str text, PangoAttrList *attributes)
{
    struct tb_buf buf = {.arena = arena};
    size_t bold_from = 0;
    bool is_bold = false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\\' && i + 1 < text.len) {
            tb_buf_char(&buf, text.ptr[++i]);
        } else if (text.ptr[i] == '*' && i + 1 < text.len && text.ptr[i + 1] == '*') {
            i++;
            if (is_bold) {
                PangoAttribute *bold = pango_attr_weight_new(PANGO_WEIGHT_BOLD);
                bold->start_index = (guint)bold_from;
                bold->end_index = (guint)buf.len;
                pango_attr_list_insert(attributes, bold);
            }
            is_bold = !is_bold;
            bold_from = buf.len;
        } else {
            tb_buf_char(&buf, text.ptr[i]);
        }
    }
    return tb_buf_done(&buf);
}

tb_status
paper__layout(struct paper__sheet *sheet, tb_str text, const struct paper__style *style,
              double width, PangoLayout **ret_layout)
{
    PangoAttrList *attributes = pango_attr_list_new();
    pango_attr_list_insert(attributes, pango_attr_fallback_new(FALSE));
    if (style->is_inline)
        text = read_inline(sheet->arena, text, attributes);
    int32_t missing = 0;
    if (find_missing(sheet->font, text, &missing)) {
        char bytes[5] = {0};
        tb_utf8_put(missing, bytes);
        pango_attr_list_unref(attributes);
        return paper__fail(sheet, TB_INVALID,
                           "the font " TB_FMT
                           " has no character %s (U+%04X); use a font that has it, or write it "
                           "another way with the person's consent",
                           TB_ARG(sheet->family), bytes, (unsigned)missing);
    }
    PangoLayout *layout = pango_layout_new(sheet->pango);
    PangoFontDescription *font = describe(sheet->family, style->size, style->is_bold);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_attributes(layout, attributes);
    pango_attr_list_unref(attributes);
    pango_layout_set_text(layout, text.ptr != NULL ? text.ptr : "", (int)text.len);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_indent(layout, (int)(style->indent * PANGO_SCALE));
    pango_layout_set_line_spacing(layout, style->is_tight ? 1.2F : 1.5F);
    pango_layout_set_justify(layout, style->align == PAPER__JUSTIFY);
    pango_layout_set_alignment(layout, style->align == PAPER__CENTER  ? PANGO_ALIGN_CENTER
                                       : style->align == PAPER__RIGHT ? PANGO_ALIGN_RIGHT
                                                                      : PANGO_ALIGN_LEFT);
    *ret_layout = layout;
    return TB_OK;
}

double
paper__height(PangoLayout *layout)
{
    PangoRectangle logical;
    pango_layout_get_extents(layout, NULL, &logical);
    return (double)logical.height / PANGO_SCALE;
}

tb_status
paper__flow(struct paper__sheet *sheet, PangoLayout *layout, double x)
{
    PangoLayoutIter *iter = pango_layout_get_iter(layout);
    double factor = pango_layout_get_line_spacing(layout);
    tb_status status = TB_OK;
    do {
        PangoRectangle logical;
        pango_layout_iter_get_line_extents(iter, NULL, &logical);
        double height = (double)logical.height / PANGO_SCALE;
        double ascent = (double)(pango_layout_iter_get_baseline(iter) - logical.y) / PANGO_SCALE;
        status = paper__need(sheet, height * factor);
        if (status != TB_OK)
            break;
        cairo_move_to(sheet->cr, x + (double)logical.x / PANGO_SCALE,
                      sheet->y + height * (factor - 1) / 2 + ascent);
        pango_cairo_show_layout_line(sheet->cr, pango_layout_iter_get_line_readonly(iter));
        sheet->y += height * factor;
    } while (pango_layout_iter_next_line(iter));
    pango_layout_iter_free(iter);
    g_object_unref(layout);
    return status;
}

/* ---- pages ---- */

double
paper__inner_width(const struct paper__sheet *sheet)
{
    return sheet->width - sheet->left - sheet->right;
}

double
paper__room(const struct paper__sheet *sheet)
{
    return sheet->height - sheet->bottom - sheet->y;
}

/* `{{page}}` and `{{pages}}` of the footer. */
static tb_str
footer_text(struct paper__sheet *sheet)
{
    struct tb_buf buf = {.arena = sheet->arena};
    tb_str rest = sheet->options->footer;
    static const tb_str page = {"{{page}}", 8}, pages = {"{{pages}}", 9};
    while (rest.len > 0) {
        if (tb_str_starts(rest, page) || tb_str_starts(rest, pages)) {
            bool is_all = tb_str_starts(rest, pages);
            tb_buf_int(&buf, is_all ? sheet->page_count : sheet->page);
            rest = tb_str_sub(rest, is_all ? pages.len : page.len, rest.len);
        } else {
            tb_buf_char(&buf, rest.ptr[0]);
            rest = tb_str_sub(rest, 1, rest.len);
        }
    }
    return tb_buf_done(&buf);
}

static tb_status
draw_footer(struct paper__sheet *sheet)
{
    if (sheet->options->footer.len == 0)
        return TB_OK;
    static const struct paper__style style = {.size = 9, .align = PAPER__CENTER};
    PangoLayout *layout = NULL;
    TB_TRY(paper__layout(sheet, footer_text(sheet), &style, paper__inner_width(sheet), &layout));
    cairo_move_to(sheet->cr, sheet->left, sheet->height - sheet->bottom * 0.75);
    pango_cairo_show_layout(sheet->cr, layout);
    g_object_unref(layout);
    return TB_OK;
}

static void
draw_frame(struct paper__sheet *sheet)
{
    double inset = sheet->left * 0.38;
    cairo_save(sheet->cr);
    cairo_set_source_rgb(sheet->cr, 0.65, 0.12, 0.10);
    for (int i = 0; i < 2; i++, inset += 4) {
        cairo_set_line_width(sheet->cr, i == 0 ? 2.0 : 0.6);
        cairo_rectangle(sheet->cr, inset, inset, sheet->width - 2 * inset,
                        sheet->height - 2 * inset);
        cairo_stroke(sheet->cr);
    }
    cairo_restore(sheet->cr);
}

/* Pale letters across the page, from its lower left to its upper right: they are read even on a copy, and hide nothing
 * that stands beneath. */
static tb_status
draw_mark(struct paper__sheet *sheet)
{
    if (sheet->options->mark.len == 0)
        return TB_OK;
    static const struct paper__style style = {.size = 84, .align = PAPER__CENTER, .is_bold = true};
    PangoLayout *layout = NULL;
    double width = sheet->width * 0.9;
    TB_TRY(paper__layout(sheet, sheet->options->mark, &style, width, &layout));
    cairo_save(sheet->cr);
    cairo_set_source_rgb(sheet->cr, 0.93, 0.88, 0.87);
    cairo_translate(sheet->cr, sheet->width / 2, sheet->height / 2);
    cairo_rotate(sheet->cr, -0.5);
    cairo_move_to(sheet->cr, -width / 2, -paper__height(layout) / 2);
    pango_cairo_show_layout(sheet->cr, layout);
    cairo_restore(sheet->cr);
    g_object_unref(layout);
    return TB_OK;
}

static tb_status
begin_page(struct paper__sheet *sheet)
{
    sheet->page++;
    sheet->y = sheet->top;
    sheet->has_frame = false;
    return draw_mark(sheet);
}

static tb_status
end_page(struct paper__sheet *sheet)
{
    if (sheet->has_frame)
        draw_frame(sheet);
    TB_TRY(draw_footer(sheet));
    cairo_show_page(sheet->cr);
    return TB_OK;
}

tb_status
paper__new_page(struct paper__sheet *sheet)
{
    if (sheet->page >= PAPER_PAGES_MAX)
        return paper__fail(sheet, TB_LIMIT, "more than %d pages, which is the limit",
                           PAPER_PAGES_MAX);
    TB_TRY(end_page(sheet));
    return begin_page(sheet);
}

tb_status
paper__need(struct paper__sheet *sheet, double height)
{
    if (paper__room(sheet) >= height)
        return TB_OK;
    if (height > sheet->height - sheet->top - sheet->bottom)
        return paper__fail(sheet, TB_LIMIT,
                           "a part of it is higher than a page; write less into one cell or box");
    return paper__new_page(sheet);
}

/* ---- the file ---- */

static cairo_status_t
collect(void *closure, const unsigned char *bytes, unsigned int len)
{
    if (closure != NULL)
        tb_buf_put(closure, bytes, len);
    return CAIRO_STATUS_SUCCESS;
}

static void
set_size(struct paper__sheet *sheet)
{
    /* clang-format off */
    static const struct { double width, height, side, top, bottom, body; } sizes[] = {
        [PAPER_A4]           = {210, 297, 26, 28, 25, 12},
        [PAPER_A4_LANDSCAPE] = {297, 210, 26, 25, 22, 12},
        [PAPER_A5]           = {148, 210, 16, 16, 16, 10.5},
        [PAPER_TICKET_80MM]  = { 80,   0,  5,  6,  6,  9},
    };
    /* clang-format on */
    paper_size size = sheet->options->size;
    sheet->width = sizes[size].width * MM;
    sheet->height = sizes[size].height > 0 ? sizes[size].height * MM : TICKET_HEIGHT_MAX;
    sheet->left = sheet->right = sizes[size].side * MM;
    sheet->top = sizes[size].top * MM;
    sheet->bottom = sizes[size].bottom * MM;
    sheet->body = sizes[size].body;
}

static tb_status
draw_blocks(struct paper__sheet *sheet, const struct tb_json *blocks)
{
    TB_TRY(begin_page(sheet));
    sheet->block = 0;
    TB_JSON_EACH(block, blocks)
    {
        sheet->block++;
        TB_TRY(paper__block(sheet, block));
    }
    return end_page(sheet);
}

static void
set_metadata(cairo_surface_t *surface, struct tb_arena *arena, const struct paper_options *options)
{
    const struct {
        cairo_pdf_metadata_t key;
        tb_str value;
    } rows[] = {
        {CAIRO_PDF_METADATA_TITLE, options->title},
        {CAIRO_PDF_METADATA_AUTHOR, options->author},
        {CAIRO_PDF_METADATA_SUBJECT, options->subject},
        {CAIRO_PDF_METADATA_CREATE_DATE, tb_instant_format(arena, options->created_at)},
        {CAIRO_PDF_METADATA_CREATOR, TB_STR("Tongban")},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++)
        if (rows[i].value.len > 0)
            cairo_pdf_surface_set_metadata(surface, rows[i].key, tb_cstr(arena, rows[i].value));
}

/* Draws everything once; out NULL only measures. */
static tb_status
draw_once(struct paper__sheet *sheet, const struct tb_json *blocks, struct tb_buf *out)
{
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(collect, out, sheet->width, sheet->height);
    cairo_pdf_surface_restrict_to_version(surface, CAIRO_PDF_VERSION_1_5);
    set_metadata(surface, sheet->arena, sheet->options);
    sheet->cr = cairo_create(surface);
    sheet->page = 0;
    tb_status status = draw_blocks(sheet, blocks);
    cairo_destroy(sheet->cr);
    cairo_surface_finish(surface);
    if (status == TB_OK && cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS)
        status = tb_fail(sheet->err, TB_INTERNAL, "drawing: %s",
                         cairo_status_to_string(cairo_surface_status(surface)));
    cairo_surface_destroy(surface);
    return status;
}

static tb_status
draw(struct paper__sheet *sheet, const struct tb_json *blocks, tb_str *ret_pdf)
{
    bool is_ticket = sheet->options->size == PAPER_TICKET_80MM;
    set_size(sheet);
    if (is_ticket || tb_str_contains(sheet->options->footer, TB_STR("{{pages}}"))) {
        TB_TRY(draw_once(sheet, blocks, NULL));
        sheet->page_count = sheet->page;
        if (is_ticket)
            sheet->height = sheet->y + sheet->bottom + 2 * sheet->body;
    }
    struct tb_buf out = {.arena = sheet->arena};
    TB_TRY(draw_once(sheet, blocks, &out));
    *ret_pdf = tb_buf_done(&out);
    return TB_OK;
}

tb_status
paper_pdf(struct tb_arena *arena, const struct paper_options *options, const struct tb_json *blocks,
          tb_str *ret_pdf, struct tb_err *err)
{
    if (blocks == NULL || blocks->kind != TB_JSON_LIST)
        return tb_fail(err, TB_INVALID, "a document is a list of blocks");
    if (blocks->count > PAPER_BLOCKS_MAX)
        return tb_fail(err, TB_LIMIT, "%u blocks; %d are the limit", (unsigned)blocks->count,
                       PAPER_BLOCKS_MAX);
    struct paper__sheet sheet = {.arena = arena, .options = options, .err = err};
    sheet.family = options->font.len > 0 ? options->font : TB_STR(DEFAULT_FAMILY);
    sheet.pango = make_context();
    sheet.font = load_font(sheet.pango, sheet.family);
    tb_status status;
    if (sheet.font == NULL)
        status = tb_fail(err, TB_NOT_FOUND,
                         "the font " TB_FMT " is not installed (Debian: fonts-wqy-microhei)",
                         TB_ARG(sheet.family));
    else
        status = draw(&sheet, blocks, ret_pdf);
    g_clear_object(&sheet.font);
    g_object_unref(sheet.pango);
    return status;
}
