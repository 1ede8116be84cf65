/* SPDX-License-Identifier: Apache-2.0 */
/* Search and the list of all services. */
#include "web/web_internal.h"

static void
take_query(struct web__call *call, struct tb_json *in, struct tb_json *data, const char *name)
{
    tb_str value = web__query(call, name);
    if (value.len == 0)
        return;
    tb_json_set_text(call->arena, in, name, value);
    tb_json_set_text(call->arena, data, name, value);
}

/* The address of the next page: the same search with its cursor. */
static tb_str
next_address(struct web__call *call, const char *path, tb_str cursor)
{
    static const char *const kept[] = {"q", "department", "region", "type", "state"};
    struct tb_buf buf = {.arena = call->arena};
    tb_buf_printf(&buf, "%s?cursor=" TB_FMT, path, TB_ARG(http_encode(call->arena, cursor)));
    for (size_t i = 0; i < TB_COUNT(kept); i++) {
        tb_str value = web__query(call, kept[i]);
        if (value.len > 0)
            tb_buf_printf(&buf, "&%s=" TB_FMT, kept[i], TB_ARG(http_encode(call->arena, value)));
    }
    return tb_buf_done(&buf);
}

void
web__put_next(struct web__call *call, struct tb_json *data, const char *path,
              const struct tb_json *out)
{
    tb_str cursor = tb_json_text(tb_json_get(out, "next"));
    if (cursor.len > 0)
        tb_json_set_text(call->arena, data, "next", next_address(call, path, cursor));
}

void
web__search(struct web__call *call)
{
    static const char *const names[] = {"q", "department", "region", "type", "cursor"};
    struct tb_json *in = web__object(call), *data = web__object(call);
    for (size_t i = 0; i < TB_COUNT(names); i++)
        take_query(call, in, data, names[i]);
    struct op_result result;
    web__op(call, WEB_OP_ITEMS, in, &result);
    if (result.status == TB_INVALID) { /* the box stands there again, with what was typed */
        web__put_faults(call, data, &result);
        web__show(call, 422, WEB_VIEW_search, data);
        return;
    }
    if (result.status != TB_OK) {
        web__fail(call, &result);
        return;
    }
    const struct tb_json *out = result.out;
    tb_json_set(data, "items", tb_json_copy(call->arena, tb_json_get(out, "items")));
    tb_json_set_int(call->arena, data, "total", tb_json_get_int(out, "total", 0));
    web__put_next(call, data, "/search", out);
    web__show(call, 200, WEB_VIEW_search, data);
}
