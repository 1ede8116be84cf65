/* SPDX-License-Identifier: Apache-2.0 */
/* paper_licence.c - a certificate on one framed page: fields at the left, QR code and seal at the right.
 *
 * A licence hangs on a wall and is copied as one sheet, so it never runs on to a second page: the type shrinks until
 * everything fits, and what must be read in one piece (a mark, a name of an agency) stays in one line. */
#include "paper/paper_internal.h"

#define QR_MM 36.0
#define SIDE_MM 62.0       /* the column of code and seal */
#define SMALLEST 4.0       /* points; below that nobody can read it */
#define UNBROKEN 1000000.0 /* a width that breaks no line */

/* Where the parts stand, and the type of the fields that fits. */
struct face {
    const struct tb_json *rows;
    double x, top, width, bottom; /* of the fields */
    double size, label_width, height;
    size_t count;
};

/* A layout in one line: smaller when the width needs it. */
static tb_status
layout_line(struct paper__sheet *sheet, tb_str text, struct paper__style style, double width,
            PangoLayout **ret_layout)
{
    PangoRectangle logical;
    paper__align align = style.align;
    style.align = PAPER__LEFT;
    TB_TRY(paper__layout(sheet, text, &style, UNBROKEN, ret_layout));
    pango_layout_get_extents(*ret_layout, NULL, &logical);
    g_object_unref(*ret_layout);
    double natural = (double)logical.width / PANGO_SCALE;
    if (natural > width * 0.99)
        style.size *= width * 0.99 / natural;
    style.align = align;
    return paper__layout(sheet, text, &style, width, ret_layout);
}

static double
put(struct paper__sheet *sheet, PangoLayout *layout, double x, double y)
{
    double height = paper__height(layout);
    cairo_move_to(sheet->cr, x, y);
    pango_cairo_show_layout(sheet->cr, layout);
    g_object_unref(layout);
    return height;
}

static tb_status
put_line(struct paper__sheet *sheet, tb_str text, const struct paper__style *style, double x,
         double width, double *y)
{
    PangoLayout *layout = NULL;
    TB_TRY(layout_line(sheet, text, *style, width, &layout));
    *y += put(sheet, layout, x, *y);
    return TB_OK;
}

/* Lays out the label and the value of a row; *ret_height is the higher one. */
static tb_status
layout_row(struct paper__sheet *sheet, const struct face *face, const struct tb_json *row,
           PangoLayout *layouts[2], double *ret_height)
{
    struct paper__style label = {.size = face->size, .is_tight = true};
    struct paper__style value = {.size = face->size, .is_bold = true, .is_tight = true};
    if (row->kind != TB_JSON_LIST || row->count != 2)
        return paper__fail(sheet, TB_INVALID, "each row of a licence is [label, value]");
    TB_TRY(paper__layout(sheet, tb_json_text(tb_json_at(row, 0)), &label, face->label_width,
                         &layouts[0]));
    tb_status status = paper__layout(sheet, tb_json_text(tb_json_at(row, 1)), &value,
                                     face->width - face->label_width - face->size, &layouts[1]);
    if (status != TB_OK) {
        g_object_unref(layouts[0]);
        return status;
    }
    double left = paper__height(layouts[0]), right = paper__height(layouts[1]);
    *ret_height = left > right ? left : right;
    return TB_OK;
}

/* The labels' column is as wide as the longest label, but never half of the room. */
static tb_status
measure_labels(struct paper__sheet *sheet, struct face *face)
{
    struct paper__style style = {.size = face->size};
    face->label_width = 0;
    TB_JSON_EACH(row, face->rows)
    {
        PangoLayout *layout = NULL;
        PangoRectangle logical;
        TB_TRY(paper__layout(sheet, tb_json_text(tb_json_at(row, 0)), &style, UNBROKEN, &layout));
        pango_layout_get_extents(layout, NULL, &logical);
        g_object_unref(layout);
        double width = (double)logical.width / PANGO_SCALE + 1;
        face->label_width = width > face->label_width ? width : face->label_width;
    }
    if (face->label_width > face->width * 0.4)
        face->label_width = face->width * 0.4;
    return TB_OK;
}

static tb_status
measure_rows(struct paper__sheet *sheet, struct face *face)
{
    TB_TRY(measure_labels(sheet, face));
    face->height = 0;
    face->count = 0;
    TB_JSON_EACH(row, face->rows)
    {
        PangoLayout *layouts[2];
        double height = 0;
        TB_TRY(layout_row(sheet, face, row, layouts, &height));
        g_object_unref(layouts[0]);
        g_object_unref(layouts[1]);
        face->height += height;
        face->count++;
    }
    return TB_OK;
}

/* Takes the largest type with which the fields, a third of a line apart, fit. */
static tb_status
fit_rows(struct paper__sheet *sheet, struct face *face)
{
    double room = face->bottom - face->top;
    for (face->size = sheet->body * 1.3; face->size >= SMALLEST; face->size -= 0.4) {
        TB_TRY(measure_rows(sheet, face));
        if (face->height + (double)face->count * face->size * 0.35 <= room)
            return TB_OK;
    }
    return paper__fail(sheet, TB_LIMIT, "the fields of a licence do not fit on one page");
}

static tb_status
draw_rows(struct paper__sheet *sheet, struct face *face)
{
    TB_TRY(fit_rows(sheet, face));
    double y = face->top, spare = face->bottom - face->top - face->height;
    double gap = face->count > 0 ? spare / (double)face->count : 0;
    if (gap > face->size * 1.3)
        gap = face->size * 1.3;
    TB_JSON_EACH(row, face->rows)
    {
        PangoLayout *layouts[2];
        double height = 0;
        TB_TRY(layout_row(sheet, face, row, layouts, &height));
        put(sheet, layouts[0], face->x, y);
        put(sheet, layouts[1], face->x + face->label_width + face->size, y);
        y += height + gap;
    }
    return TB_OK;
}

/* The code above, the seal below, and under the seal whose it is and since when. */
static tb_status
draw_side(struct paper__sheet *sheet, const struct tb_json *block, double x, double top,
          double bottom)
{
    double width = SIDE_MM * PAPER__MM, code = QR_MM * PAPER__MM,
           diameter = PAPER__SEAL_MM * PAPER__MM;
    struct paper__style style = {.size = sheet->body, .align = PAPER__CENTER, .is_tight = true};
    TB_TRY(paper__qr(sheet, tb_json_get_text(block, "payload"), x + (width - code) / 2, top, code));
    double y = bottom - diameter - sheet->body * 3.5;
    TB_TRY(paper__ring(sheet, x + width / 2, y + diameter / 2, diameter / 2, TB_STR("电子印章")));
    y += diameter + sheet->body * 0.5;
    TB_TRY(put_line(sheet, tb_json_get_text(block, "authority"), &style, x, width, &y));
    return put_line(sheet, tb_json_get_text(block, "date"), &style, x, width, &y);
}

tb_status
paper__licence(struct paper__sheet *sheet, const struct tb_json *block)
{
    const struct tb_json *lines = tb_json_get(block, "lines");
    double width = paper__inner_width(sheet), side = SIDE_MM * PAPER__MM, gap = sheet->body * 2;
    double small = sheet->body * 0.8, foot = sheet->height - sheet->bottom;
    if (width < 2.5 * side)
        return paper__fail(sheet, TB_INVALID, "a licence stands on A4 across");
    TB_JSON_EACH(each, lines)
    {
        (void)each;
        foot -= small * 1.7;
    }
    double least = PAPER__MM * (QR_MM + PAPER__SEAL_MM) + sheet->body * 10;
    if (foot - sheet->y < least)
        TB_TRY(paper__new_page(sheet));
    sheet->has_frame = true;
    struct paper__style title = {
        .size = sheet->body * 2.4, .align = PAPER__CENTER, .is_bold = true, .is_tight = true};
    TB_TRY(
        put_line(sheet, tb_json_get_text(block, "title"), &title, sheet->left, width, &sheet->y));
    sheet->y += sheet->body * 2.2;
    struct face face = {.rows = tb_json_get(block, "rows"),
                        .x = sheet->left,
                        .top = sheet->y,
                        .width = width - side - gap,
                        .bottom = foot - sheet->body};
    TB_TRY(draw_rows(sheet, &face));
    TB_TRY(draw_side(sheet, block, sheet->left + width - side, face.top, face.bottom));
    struct paper__style style = {.size = small, .is_tight = true};
    TB_JSON_EACH(text, lines)
    {
        double y = foot;
        TB_TRY(put_line(sheet, tb_json_text(text), &style, sheet->left, width, &y));
        foot += small * 1.7;
    }
    sheet->y = sheet->height - sheet->bottom;
    return TB_OK;
}
