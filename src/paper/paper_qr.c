/* SPDX-License-Identifier: Apache-2.0 */
/* paper_qr.c - QR codes, drawn as rectangles or written as SVG. Error correction M: a quarter of it may be lost. */
#include "paper/paper_internal.h"
#include <qrencode.h>

#define QUIET 4 /* modules of white around it, which readers need */

/* Text beyond ASCII is announced as UTF-8 (ECI 26), so that no reader has to guess. */
static QRcode *
encode(tb_str payload)
{
    if (payload.len == 0 || payload.len > PAPER_QR_BYTES_MAX)
        return NULL;
    QRinput *input = QRinput_new2(0, QR_ECLEVEL_M);
    if (input == NULL)
        return NULL;
    bool is_ascii = tb_utf8_length(payload) == payload.len;
    bool is_good =
        (is_ascii || QRinput_appendECIheader(input, 26) == 0) &&
        QRinput_append(input, QR_MODE_8, (int)payload.len, (const unsigned char *)payload.ptr) == 0;
    QRcode *code = is_good ? QRcode_encodeInput(input) : NULL;
    QRinput_free(input);
    return code;
}

static bool
is_dark(const QRcode *code, int row, int column)
{
    return (code->data[row * code->width + column] & 1) != 0;
}

tb_status
paper__qr(struct paper__sheet *sheet, tb_str payload, double x, double y, double side)
{
    QRcode *code = encode(payload);
    if (code == NULL)
        return paper__fail(sheet, TB_LIMIT, "a QR code holds 1 to %d bytes, not %zu",
                           PAPER_QR_BYTES_MAX, payload.len);
    double module = side / (code->width + 2 * QUIET);
    for (int row = 0; row < code->width; row++)
        for (int column = 0; column < code->width; column++) {
            int from = column;
            while (column < code->width && is_dark(code, row, column))
                column++;
            if (column > from)
                cairo_rectangle(sheet->cr, x + (from + QUIET) * module, y + (row + QUIET) * module,
                                (column - from) * module, module);
        }
    cairo_fill(sheet->cr);
    QRcode_free(code);
    return TB_OK;
}

static void
put_escaped(struct tb_buf *buf, tb_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '<')
            tb_buf_cstr(buf, "&lt;");
        else if (c == '&')
            tb_buf_cstr(buf, "&amp;");
        else if (c == '"')
            tb_buf_cstr(buf, "&quot;");
        else
            tb_buf_char(buf, c);
    }
}

tb_status
paper_qr_svg(struct tb_arena *arena, tb_str payload, tb_str label, tb_str *ret_svg,
             struct tb_err *err)
{
    QRcode *code = encode(payload);
    if (code == NULL)
        return tb_fail(err, TB_LIMIT, "a QR code holds 1 to %d bytes, not %zu", PAPER_QR_BYTES_MAX,
                       payload.len);
    struct tb_buf buf = {.arena = arena};
    int side = code->width + 2 * QUIET;
    tb_buf_cstr(
        &buf,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"tb-qr\" role=\"img\" aria-label=\"");
    put_escaped(&buf, label);
    tb_buf_printf(&buf, "\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">", side, side);
    tb_buf_printf(&buf, "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path fill=\"currentColor\" d=\"",
                  side, side);
    for (int row = 0; row < code->width; row++)
        for (int column = 0; column < code->width; column++) {
            int from = column;
            while (column < code->width && is_dark(code, row, column))
                column++;
            if (column > from)
                tb_buf_printf(&buf, "M%d %dh%dv1h-%dz", from + QUIET, row + QUIET, column - from,
                              column - from);
        }
    tb_buf_cstr(&buf, "\"/></svg>");
    QRcode_free(code);
    *ret_svg = tb_buf_done(&buf);
    return TB_OK;
}
