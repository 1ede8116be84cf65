/* SPDX-License-Identifier: Apache-2.0 */
/* paper_internal.h - a sheet being drawn, shared by the files of paper. */
#ifndef PAPER_PAPER_INTERNAL_H
#define PAPER_PAPER_INTERNAL_H

#include "paper/paper.h"
#include <pango/pangocairo.h>

#define PAPER__MM (72.0 / 25.4)
#define PAPER__SEAL_MM 42.0 /* the usual diameter of an agency's seal */

/* Lengths are points (1/72 inch). A sheet that only measures draws onto nothing but moves and breaks alike. */
struct paper__sheet {
    struct tb_arena *arena;
    const struct paper_options *options;
    cairo_t *cr;
    PangoContext *pango;
    PangoFont *font; /* asked for each character; kept */
    tb_str family;
    double width, height;
    double left, right, top, bottom; /* margins */
    double body;                     /* size of plain text */
    double y;
    double beside_bottom; /* of a QR code that the next block stands beside; 0 = none */
    int page, page_count; /* page_count 0 while it is not known */
    bool has_frame;
    size_t block; /* for messages */
    struct tb_err *err;
};

typedef enum { PAPER__LEFT, PAPER__CENTER, PAPER__RIGHT, PAPER__JUSTIFY } paper__align;

struct paper__style {
    double size;
    paper__align align;
    double indent; /* of the first line */
    bool is_bold;
    bool is_tight;  /* lines closer together: tables, seals */
    bool is_inline; /* `**bold**` and backslashes are read */
};

/* Makes a layout of text in a box of that width; *ret_layout is owned by the caller (g_object_unref). TB_INVALID names
 * the first character that the font lacks. */
tb_status paper__layout(struct paper__sheet *sheet, tb_str text, const struct paper__style *style,
                        double width, PangoLayout **ret_layout);

/* Height of a layout in points. */
double paper__height(PangoLayout *layout);

/* Width and height left for content on a page. */
double paper__inner_width(const struct paper__sheet *sheet);
double paper__room(const struct paper__sheet *sheet);

/* Goes to the next page when less than height is left. TB_LIMIT over PAPER_PAGES_MAX. */
tb_status paper__need(struct paper__sheet *sheet, double height);
tb_status paper__new_page(struct paper__sheet *sheet);

/* Draws a layout at x and moves down; breaks between lines where the page ends. Takes the layout. */
tb_status paper__flow(struct paper__sheet *sheet, PangoLayout *layout, double x);

/* Draws one block. */
tb_status paper__block(struct paper__sheet *sheet, const struct tb_json *block);

/* Draws a QR code with its quiet zone into a square. */
tb_status paper__qr(struct paper__sheet *sheet, tb_str payload, double x, double y, double side);

/* The place of the seal: a ring with a star and what the seal is for, all within the ring. The seal itself is the
 * signature in the file. */
tb_status paper__ring(struct paper__sheet *sheet, double x, double y, double radius, tb_str label);

/* Draws the face of a certificate, which fills one framed page. */
tb_status paper__licence(struct paper__sheet *sheet, const struct tb_json *block);

tb_status paper__fail(struct paper__sheet *sheet, tb_status status, const char *format, ...)
    TB_PRINTF(3, 4);

#endif
