/* SPDX-License-Identifier: Apache-2.0 */
/* Charts as drawings: horizontal bars from zero on a linear scale, each with its word and its value, so that nothing is
 * told by colour alone. The drawing is hidden from screen readers; the page says the same numbers in a table. */
#include "web/web_staff.h"

#define ROW_HEIGHT 34
#define LABEL_WIDTH 190
#define BAR_WIDTH 330
#define VALUE_WIDTH 80

static void
put_escaped(struct tb_buf *buf, tb_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        switch (text.ptr[i]) {
        case '<':
            tb_buf_cstr(buf, "&lt;");
            break;
        case '>':
            tb_buf_cstr(buf, "&gt;");
            break;
        case '&':
            tb_buf_cstr(buf, "&amp;");
            break;
        default:
            tb_buf_char(buf, text.ptr[i]);
        }
    }
}

struct tb_json *
web__bars(struct web__call *call, const struct web__bar *bars, size_t count)
{
    int64_t most = 1;
    for (size_t i = 0; i < count; i++)
        most = bars[i].value > most ? bars[i].value : most;
    struct tb_buf buf = {.arena = call->arena};
    tb_buf_printf(
        &buf,
        "<svg class=\"tb-chart\" viewBox=\"0 0 %d %zu\" aria-hidden=\"true\" focusable=\"false\" "
        "font-size=\"17\">",
        LABEL_WIDTH + BAR_WIDTH + VALUE_WIDTH, count * ROW_HEIGHT + 4);
    for (size_t i = 0; i < count; i++) {
        int y = (int)i * ROW_HEIGHT;
        int64_t width = bars[i].value * BAR_WIDTH / most;
        tb_buf_printf(&buf, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"currentColor\">",
                      LABEL_WIDTH - 10, y + 23);
        put_escaped(&buf, bars[i].label);
        tb_buf_printf(
            &buf,
            "</text><rect x=\"%d\" y=\"%d\" width=\"%lld\" height=\"%d\" rx=\"2\" fill=\"%s\"/>",
            LABEL_WIDTH, y + 6, (long long)(bars[i].value > 0 && width < 2 ? 2 : width),
            ROW_HEIGHT - 10, bars[i].colour);
        tb_buf_printf(&buf, "<text x=\"%lld\" y=\"%d\" fill=\"currentColor\">%lld</text>",
                      (long long)(LABEL_WIDTH + width + 8), y + 23, (long long)bars[i].value);
    }
    tb_buf_printf(&buf,
                  "<line x1=\"%d\" y1=\"0\" x2=\"%d\" y2=\"%zu\" stroke=\"#75808c\" "
                  "stroke-width=\"1\"/></svg>",
                  LABEL_WIDTH, LABEL_WIDTH, count * ROW_HEIGHT + 4);
    return web__drawing(call->arena, tb_buf_done(&buf));
}
