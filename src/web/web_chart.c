/* SPDX-License-Identifier: Apache-2.0 */
/* Charts as tables: a row for each bar with its word and value, and between them a drawing whose width is a share of
 * the longest, from zero on a linear scale. So the same page is a chart, a table for screen readers, fits a phone and a
 * wall, and needs no script. */
#include "web/web_staff.h"

#define PER_MILLE 1000
#define LEAST 4 /* what is not nothing can be seen */

struct tb_json *
web__bars(struct web__call *call, const struct web__bar *bars, size_t count)
{
    struct tb_json *list = tb_json_new(call->arena, TB_JSON_LIST);
    int64_t most = 1;
    for (size_t i = 0; i < count; i++)
        most = bars[i].value > most ? bars[i].value : most;
    for (size_t i = 0; i < count; i++) {
        struct tb_json *row = tb_json_add(list, web__object(call));
        int64_t width = bars[i].value * PER_MILLE / most;
        if (bars[i].value > 0 && width < LEAST)
            width = LEAST;
        tb_json_set_text(call->arena, row, "label", bars[i].label);
        tb_json_set_int(call->arena, row, "count", bars[i].value);
        tb_json_set_text(call->arena, row, "kind", tb_str_of(bars[i].kind));
        tb_json_set(
            row, "bar",
            web__drawing(call->arena,
                         tb_printf(call->arena,
                                   "<svg width=\"100%%\" height=\"20\" aria-hidden=\"true\" "
                                   "focusable=\"false\"><rect width=\"%lld.%lld%%\" "
                                   "height=\"20\" rx=\"2\" fill=\"currentColor\"/></svg>",
                                   (long long)(width / 10), (long long)(width % 10))));
    }
    return list;
}
