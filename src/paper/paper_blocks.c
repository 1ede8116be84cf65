/* SPDX-License-Identifier: Apache-2.0 */
/* paper_blocks.c - the kinds of block, one row each: what members it takes and how it is drawn. */
#include "paper/paper_internal.h"
#include <string.h>

#define COLUMNS_MAX 12

typedef tb_status draw_block(struct paper__sheet *sheet, const struct tb_json *block);

struct block_row {
    const char *kind;
    const char *members; /* blank separated; `!` marks what must be there */
    draw_block *draw;
};

/* ---- small helpers ---- */

static double
number_of(const struct tb_json *block, const char *key, double otherwise)
{
    const struct tb_json *json = tb_json_get(block, key);
    tb_dec value;
    if (json == NULL || json->kind != TB_JSON_NUMBER || !tb_dec_parse(json->text, &value))
        return otherwise;
    return tb_dec_to_double(value);
}

static paper__align
align_of(const struct tb_json *block, paper__align otherwise)
{
    tb_str align = tb_json_get_text(block, "align");
    if (tb_str_is(align, "center"))
        return PAPER__CENTER;
    if (tb_str_is(align, "right"))
        return PAPER__RIGHT;
    return tb_str_is(align, "left") ? PAPER__LEFT : otherwise;
}

static tb_status
flow_text(struct paper__sheet *sheet, tb_str text, const struct paper__style *style, double x,
          double width)
{
    PangoLayout *layout = NULL;
    TB_TRY(paper__layout(sheet, text, style, width, &layout));
    return paper__flow(sheet, layout, x);
}

static void
line(struct paper__sheet *sheet, double x1, double y1, double x2, double y2, double width)
{
    cairo_set_line_width(sheet->cr, width);
    cairo_move_to(sheet->cr, x1, y1);
    cairo_line_to(sheet->cr, x2, y2);
    cairo_stroke(sheet->cr);
}

/* ---- text blocks ---- */

static tb_status
draw_title(struct paper__sheet *sheet, const struct tb_json *block)
{
    struct paper__style style = {
        .size = sheet->body * 1.75, .align = PAPER__CENTER, .is_bold = true};
    double width = paper__inner_width(sheet);
    TB_TRY(flow_text(sheet, tb_json_get_text(block, "text"), &style, sheet->left, width));
    tb_str sub = tb_json_get_text(block, "sub");
    if (sub.len > 0) {
        style = (struct paper__style){.size = sheet->body * 1.15, .align = PAPER__CENTER};
        TB_TRY(flow_text(sheet, sub, &style, sheet->left, width));
    }
    sheet->y += sheet->body;
    return TB_OK;
}

static tb_status
draw_number(struct paper__sheet *sheet, const struct tb_json *block)
{
    struct paper__style style = {.size = sheet->body * 0.95, .align = PAPER__RIGHT};
    TB_TRY(flow_text(sheet, tb_json_get_text(block, "text"), &style, sheet->left,
                     paper__inner_width(sheet)));
    sheet->y += sheet->body * 0.5;
    return TB_OK;
}

static tb_status
draw_heading(struct paper__sheet *sheet, const struct tb_json *block)
{
    int64_t level = tb_json_get_int(block, "level", 2);
    double size = sheet->body * (level <= 1 ? 1.35 : level == 2 ? 1.15 : 1.0);
    struct paper__style style = {.size = size, .is_bold = true};
    TB_TRY(paper__need(sheet, size * 4)); /* never the last line of a page */
    sheet->y += sheet->body * 0.4;
    TB_TRY(flow_text(sheet, tb_json_get_text(block, "text"), &style, sheet->left,
                     paper__inner_width(sheet)));
    sheet->y += sheet->body * 0.2;
    return TB_OK;
}

static tb_status
draw_paragraph(struct paper__sheet *sheet, const struct tb_json *block)
{
    struct paper__style style = {
        .size = sheet->body, .align = align_of(block, PAPER__LEFT), .is_inline = true};
    const struct tb_json *indent = tb_json_get(block, "indent");
    tb_str text = tb_json_get_text(block, "text");
    /* A line that ends in a colon speaks to somebody, and stands at the edge. */
    bool is_address = tb_str_ends(text, TB_STR("：")) || tb_str_ends(text, TB_STR("：**"));
    bool is_indented =
        indent == NULL ? style.align == PAPER__LEFT && !is_address : tb_json_is_true(indent);
    style.indent = is_indented ? 2 * sheet->body : 0;
    style.is_bold = tb_json_is_true(tb_json_get(block, "bold"));
    TB_TRY(flow_text(sheet, text, &style, sheet->left, paper__inner_width(sheet)));
    sheet->y += sheet->body * 0.3;
    return TB_OK;
}

static tb_status
draw_list(struct paper__sheet *sheet, const struct tb_json *block)
{
    bool is_ordered = tb_json_is_true(tb_json_get(block, "ordered"));
    struct paper__style style = {.size = sheet->body, .is_inline = true};
    struct paper__style mark_style = {.size = sheet->body};
    int number = 0;
    TB_JSON_EACH(item, tb_json_get(block, "items"))
    {
        number++;
        tb_str mark = is_ordered ? tb_printf(sheet->arena, "%d.", number) : TB_STR("·");
        TB_TRY(paper__need(sheet, sheet->body * 2));
        double y = sheet->y;
        TB_TRY(
            flow_text(sheet, mark, &mark_style, sheet->left + sheet->body * 0.6, 2 * sheet->body));
        sheet->y = y;
        TB_TRY(flow_text(sheet, tb_json_text(item), &style, sheet->left + 2.2 * sheet->body,
                         paper__inner_width(sheet) - 2.2 * sheet->body));
    }
    sheet->y += sheet->body * 0.3;
    return TB_OK;
}

/* ---- tables ---- */

struct table {
    double widths[COLUMNS_MAX];
    size_t columns;
    double size, pad;
};

static tb_status
measure_columns(struct paper__sheet *sheet, const struct tb_json *block, struct table *table)
{
    const struct tb_json *first = tb_json_get(block, "head");
    if (first == NULL)
        first = tb_json_at(tb_json_get(block, "rows"), 0);
    table->columns = first != NULL ? first->count : 0;
    if (table->columns > COLUMNS_MAX)
        return paper__fail(sheet, TB_LIMIT, "a table has at most %d columns, not %zu", COLUMNS_MAX,
                           table->columns);
    const struct tb_json *widths = tb_json_get(block, "widths");
    double sum = 0;
    for (size_t i = 0; i < table->columns; i++) {
        const struct tb_json *given = tb_json_at(widths, i);
        tb_dec value;
        table->widths[i] =
            given != NULL && given->kind == TB_JSON_NUMBER && tb_dec_parse(given->text, &value)
                ? tb_dec_to_double(value)
                : 1.0;
        if (!(table->widths[i] > 0))
            return paper__fail(sheet, TB_INVALID, "a column's width is above 0");
        sum += table->widths[i];
    }
    for (size_t i = 0; i < table->columns; i++)
        table->widths[i] *= paper__inner_width(sheet) / sum;
    return TB_OK;
}

/* Lays out the cells of a row; those made so far are released on failure. */
static tb_status
layout_row(struct paper__sheet *sheet, const struct table *table, const struct tb_json *row,
           bool is_head, PangoLayout **layouts, double *ret_height)
{
    struct paper__style style = {
        .size = table->size, .is_bold = is_head, .is_tight = true, .is_inline = true};
    double height = 0;
    if (row->kind != TB_JSON_LIST || row->count != table->columns)
        return paper__fail(sheet, TB_INVALID, "each row of the table has %zu cells",
                           table->columns);
    for (size_t i = 0; i < table->columns; i++) {
        tb_status status = paper__layout(sheet, tb_json_text(tb_json_at(row, i)), &style,
                                         table->widths[i] - 2 * table->pad, &layouts[i]);
        if (status != TB_OK) {
            while (i > 0)
                g_object_unref(layouts[--i]);
            return status;
        }
        double one = paper__height(layouts[i]);
        height = one > height ? one : height;
    }
    *ret_height = height + 2 * table->pad;
    return TB_OK;
}

static void
put_row(struct paper__sheet *sheet, const struct table *table, PangoLayout **layouts, double height,
        bool is_head)
{
    double x = sheet->left;
    for (size_t i = 0; i < table->columns; i++) {
        if (is_head) {
            cairo_set_source_rgb(sheet->cr, 0.93, 0.94, 0.95);
            cairo_rectangle(sheet->cr, x, sheet->y, table->widths[i], height);
            cairo_fill(sheet->cr);
            cairo_set_source_rgb(sheet->cr, 0, 0, 0);
        }
        cairo_set_line_width(sheet->cr, 0.6);
        cairo_rectangle(sheet->cr, x, sheet->y, table->widths[i], height);
        cairo_stroke(sheet->cr);
        cairo_move_to(sheet->cr, x + table->pad, sheet->y + table->pad);
        pango_cairo_show_layout(sheet->cr, layouts[i]);
        x += table->widths[i];
        g_object_unref(layouts[i]);
    }
    sheet->y += height;
}

static tb_status
draw_row(struct paper__sheet *sheet, const struct table *table, const struct tb_json *row,
         const struct tb_json *head)
{
    PangoLayout *layouts[COLUMNS_MAX];
    double height = 0;
    TB_TRY(layout_row(sheet, table, row, row == head, layouts, &height));
    int page = sheet->page;
    tb_status status = paper__need(sheet, height);
    if (status == TB_OK && sheet->page != page && head != NULL && row != head)
        status =
            draw_row(sheet, table, head, head); /* the head again on the new page: one level deep */
    if (status != TB_OK) {
        for (size_t i = 0; i < table->columns; i++)
            g_object_unref(layouts[i]);
        return status;
    }
    put_row(sheet, table, layouts, height, row == head);
    return TB_OK;
}

static tb_status
draw_table(struct paper__sheet *sheet, const struct tb_json *block)
{
    struct table table = {.size = sheet->body * 0.9, .pad = sheet->body * 0.35};
    TB_TRY(measure_columns(sheet, block, &table));
    const struct tb_json *head = tb_json_get(block, "head");
    if (table.columns == 0)
        return TB_OK;
    if (head != NULL)
        TB_TRY(draw_row(sheet, &table, head, head));
    TB_JSON_EACH(row, tb_json_get(block, "rows"))
    {
        TB_TRY(draw_row(sheet, &table, row, head));
    }
    sheet->y += sheet->body * 0.6;
    return TB_OK;
}

/* The face of a certificate: labels in one column, values large in the other. */
static tb_status
draw_fields(struct paper__sheet *sheet, const struct tb_json *block)
{
    double label_width = paper__inner_width(sheet) * 0.3, gap = sheet->body;
    struct paper__style label = {.size = sheet->body * 1.2, .align = PAPER__RIGHT};
    struct paper__style value = {.size = sheet->body * 1.2, .is_inline = true};
    TB_JSON_EACH(row, tb_json_get(block, "rows"))
    {
        if (row->kind != TB_JSON_LIST || row->count != 2)
            return paper__fail(sheet, TB_INVALID, "each row of fields is [label, value]");
        TB_TRY(paper__need(sheet, sheet->body * 4));
        int page = sheet->page;
        double top = sheet->y;
        TB_TRY(
            flow_text(sheet, tb_json_text(tb_json_at(row, 0)), &label, sheet->left, label_width));
        double label_bottom = sheet->y;
        sheet->y = top;
        TB_TRY(flow_text(sheet, tb_json_text(tb_json_at(row, 1)), &value,
                         sheet->left + label_width + gap,
                         paper__inner_width(sheet) - label_width - gap));
        if (sheet->page == page && sheet->y < label_bottom)
            sheet->y = label_bottom;
        sheet->y += sheet->body * 0.4;
    }
    return TB_OK;
}

/* ---- QR, signatures, seal, lines ---- */

static double
seal_diameter(const struct paper__sheet *sheet)
{
    return PAPER__SEAL_MM * PAPER__MM * (sheet->body < 12 ? 0.75 : 1.0);
}

/* Of the ring with two lines below it. */
static double
seal_height(const struct paper__sheet *sheet)
{
    return seal_diameter(sheet) + sheet->body * 4;
}

/* A code on the left with a seal behind it: both stand in one row. */
static bool
is_beside_seal(const struct tb_json *block)
{
    return align_of(block, PAPER__LEFT) == PAPER__LEFT && block->next != NULL &&
           tb_str_is(tb_json_get_text(block->next, "kind"), "seal");
}

static tb_status
draw_qr(struct paper__sheet *sheet, const struct tb_json *block)
{
    double side = number_of(block, "size_mm", 28) * PAPER__MM, width = paper__inner_width(sheet);
    tb_str caption = tb_json_get_text(block, "caption");
    if (!(side >= 10 * PAPER__MM) || side > width)
        return paper__fail(sheet, TB_INVALID, "size_mm is 10 up to the width of the page");
    bool is_beside = is_beside_seal(block);
    double row = side + (caption.len > 0 ? sheet->body * 3 : 0), seal = seal_height(sheet);
    TB_TRY(paper__need(sheet, is_beside && seal > row ? seal : row));
    paper__align align = align_of(block, PAPER__LEFT);
    double x = sheet->left, top = sheet->y;
    x += align == PAPER__CENTER ? (width - side) / 2 : align == PAPER__RIGHT ? width - side : 0;
    TB_TRY(paper__qr(sheet, tb_json_get_text(block, "payload"), x, sheet->y, side));
    sheet->y += side;
    if (caption.len > 0) {
        struct paper__style style = {.size = sheet->body * 0.75, .align = align, .is_tight = true};
        double caption_width = is_beside ? width - seal_diameter(sheet) - sheet->body : width;
        TB_TRY(flow_text(sheet, caption, &style, sheet->left, caption_width));
    }
    sheet->y += sheet->body * 0.4;
    if (is_beside) {
        sheet->beside_bottom = sheet->y;
        sheet->y = top;
    }
    return TB_OK;
}

static tb_status
draw_sign(struct paper__sheet *sheet, const struct tb_json *block)
{
    const struct tb_json *lines = tb_json_get(block, "lines");
    struct paper__style style = {.size = sheet->body};
    double half = paper__inner_width(sheet) / 2;
    size_t i = 0;
    TB_JSON_EACH(one, lines)
    {
        PangoLayout *layout = NULL;
        if (i % 2 == 0)
            TB_TRY(paper__need(sheet, sheet->body * 3));
        TB_TRY(paper__layout(sheet, tb_json_text(one), &style, half, &layout));
        cairo_move_to(sheet->cr, sheet->left + (i % 2 == 0 ? 0 : half), sheet->y + sheet->body);
        pango_cairo_show_layout(sheet->cr, layout);
        g_object_unref(layout);
        if (i % 2 == 1 || one->next == NULL)
            sheet->y += sheet->body * 3;
        i++;
    }
    return TB_OK;
}

/* A five-pointed star round (x, y). */
static void
star(struct paper__sheet *sheet, double x, double y, double radius)
{
    /* cos and sin of 36° steps from the top, outer and inner points in turn */
    static const double points[10][2] = {
        {0.0, -1.0},   {0.2245, -0.3090}, {0.9511, -0.3090}, {0.3633, 0.1180},   {0.5878, 0.8090},
        {0.0, 0.3820}, {-0.5878, 0.8090}, {-0.3633, 0.1180}, {-0.9511, -0.3090}, {-0.2245, -0.3090},
    };
    for (size_t i = 0; i < 10; i++)
        cairo_line_to(sheet->cr, x + radius * points[i][0], y + radius * points[i][1]);
    cairo_close_path(sheet->cr);
    cairo_fill(sheet->cr);
}

tb_status
paper__ring(struct paper__sheet *sheet, double x, double y, double radius, tb_str label)
{
    struct paper__style style = {
        .size = sheet->body * 0.8, .align = PAPER__CENTER, .is_tight = true};
    PangoLayout *layout = NULL;
    TB_TRY(paper__layout(sheet, label, &style, radius * 1.3, &layout));
    cairo_save(sheet->cr);
    cairo_set_source_rgb(sheet->cr, 0.80, 0.10, 0.10);
    cairo_set_line_width(sheet->cr, 1.8);
    cairo_new_sub_path(sheet->cr);
    cairo_arc(sheet->cr, x, y, radius, 0, 2 * G_PI);
    cairo_stroke(sheet->cr);
    star(sheet, x, y - radius * 0.22, radius * 0.36);
    cairo_move_to(sheet->cr, x - radius * 0.65, y + radius * 0.28);
    pango_cairo_show_layout(sheet->cr, layout);
    cairo_restore(sheet->cr);
    g_object_unref(layout);
    return TB_OK;
}

/* The ring, and below it the agency's name and the date: red ink over them would make both hard to read. */
static tb_status
draw_seal(struct paper__sheet *sheet, const struct tb_json *block)
{
    double diameter = seal_diameter(sheet), width = paper__inner_width(sheet);
    tb_str label = tb_json_get_text(block, "label");
    if (sheet->beside_bottom == 0)
        TB_TRY(paper__need(sheet, seal_height(sheet)));
    double top = sheet->y, x = sheet->left + width - diameter / 2;
    TB_TRY(paper__ring(sheet, x, top + diameter / 2, diameter / 2,
                       label.len > 0 ? label : TB_STR("电子印章")));
    struct paper__style style = {
        .size = sheet->body * 1.05, .align = PAPER__RIGHT, .is_tight = true};
    sheet->y = top + diameter + sheet->body * 0.4;
    if (sheet->y < sheet->beside_bottom)
        sheet->y = sheet->beside_bottom;
    sheet->beside_bottom = 0;
    TB_TRY(flow_text(sheet, tb_json_get_text(block, "authority"), &style, sheet->left, width));
    TB_TRY(flow_text(sheet, tb_json_get_text(block, "date"), &style, sheet->left, width));
    sheet->y += sheet->body * 0.3;
    return TB_OK;
}

static tb_status
draw_frame(struct paper__sheet *sheet, const struct tb_json *block)
{
    (void)block;
    sheet->has_frame = true;
    return TB_OK;
}

static tb_status
draw_rule(struct paper__sheet *sheet, const struct tb_json *block)
{
    (void)block;
    TB_TRY(paper__need(sheet, sheet->body));
    sheet->y += sheet->body * 0.5;
    line(sheet, sheet->left, sheet->y, sheet->width - sheet->right, sheet->y, 0.6);
    sheet->y += sheet->body * 0.5;
    return TB_OK;
}

static tb_status
draw_space(struct paper__sheet *sheet, const struct tb_json *block)
{
    double height = number_of(block, "mm", 5) * PAPER__MM;
    if (!(height >= 0) || height > sheet->height)
        return paper__fail(sheet, TB_INVALID, "mm is 0 up to the height of the page");
    TB_TRY(paper__need(sheet, height));
    sheet->y += height;
    return TB_OK;
}

static tb_status
draw_page(struct paper__sheet *sheet, const struct tb_json *block)
{
    (void)block;
    return paper__new_page(sheet);
}

/* ---- the rows ---- */

/* clang-format off */
static const struct block_row rows[] = {
    {"title",     "text! sub",                     draw_title},
    {"number",    "text!",                         draw_number},
    {"heading",   "text! level",                   draw_heading},
    {"paragraph", "text! indent align bold",       draw_paragraph},
    {"list",      "items! ordered",                draw_list},
    {"table",     "rows! head widths",             draw_table},
    {"fields",    "rows!",                         draw_fields},
    {"qr",        "payload! size_mm align caption", draw_qr},
    {"sign",      "lines!",                        draw_sign},
    {"seal",      "authority! date! label",        draw_seal},
    {"licence",   "title! rows! payload! authority! date! lines", paper__licence},
    {"frame",     "",                              draw_frame},
    {"rule",      "",                              draw_rule},
    {"space",     "mm",                            draw_space},
    {"page",      "",                              draw_page},
};
/* clang-format on */

static tb_status
check_members(struct paper__sheet *sheet, const struct block_row *row, const struct tb_json *block)
{
    TB_JSON_EACH(member, block)
    {
        tb_str rest = tb_str_of(row->members), word;
        bool is_known = tb_str_is(member->key, "kind");
        while (!is_known && tb_str_cut(&rest, ' ', &word))
            is_known = tb_str_eq(member->key, tb_str_ends(word, TB_STR("!"))
                                                  ? tb_str_sub(word, 0, word.len - 1)
                                                  : word);
        if (!is_known)
            return paper__fail(sheet, TB_INVALID, "%s has no member " TB_FMT "; it takes: %s",
                               row->kind, TB_ARG(member->key), row->members);
    }
    tb_str rest = tb_str_of(row->members), word;
    while (tb_str_cut(&rest, ' ', &word))
        if (tb_str_ends(word, TB_STR("!")) &&
            tb_json_find(block, tb_str_sub(word, 0, word.len - 1)) == NULL)
            return paper__fail(sheet, TB_INVALID, "%s needs " TB_FMT, row->kind,
                               TB_ARG(tb_str_sub(word, 0, word.len - 1)));
    return TB_OK;
}

tb_status
paper__block(struct paper__sheet *sheet, const struct tb_json *block)
{
    tb_str kind = tb_json_get_text(block, "kind");
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        if (!tb_str_is(kind, rows[i].kind))
            continue;
        TB_TRY(check_members(sheet, &rows[i], block));
        cairo_set_source_rgb(sheet->cr, 0, 0, 0);
        return rows[i].draw(sheet, block);
    }
    return paper__fail(sheet, TB_INVALID, "there is no kind \"" TB_FMT "\"",
                       TB_ARG(tb_str_sub(kind, 0, 40)));
}
