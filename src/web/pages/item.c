/* SPDX-License-Identifier: Apache-2.0 */
/* One service: for whom, how long, what to prepare, where, by which law. */
#include "web/web_internal.h"

static const struct tb_json *
chosen_situation(struct web__call *call, const struct tb_json *situations)
{
    tb_str asked = web__query(call, "situation"), code = web__param(call, "code");
    const struct tb_json *found = NULL;
    TB_JSON_EACH(situation, situations)
    {
        bool is_asked = asked.len > 0 && tb_str_eq(tb_json_get_text(situation, "id"), asked);
        bool is_this = asked.len == 0 && tb_str_eq(tb_json_get_text(situation, "code"), code);
        if (found == NULL && (is_asked || is_this))
            found = situation;
    }
    return found != NULL ? found : tb_json_at(situations, 0);
}

int
web__count_brought(const struct tb_json *materials)
{
    int count = 0;
    TB_JSON_EACH(material, materials)
    {
        tb_str source = tb_json_get_text(material, "source");
        if (tb_str_is(source, "own") || tb_str_is(source, "agency"))
            count++;
    }
    return count;
}

/* The two clauses that say most stand open; the others are folded. */
static void
put_law(struct web__call *call, struct tb_json *data, const struct tb_json *law)
{
    struct tb_json *open = tb_json_set_list(call->arena, data, "law");
    struct tb_json *more = tb_json_set_list(call->arena, data, "more_law");
    TB_JSON_EACH(row, law)
    {
        bool is_open = open->count < 2 && tb_json_get_text(row, "text").len > 0 &&
                       !tb_json_is_true(tb_json_get(row, "unverified"));
        tb_json_add(is_open ? open : more, tb_json_copy(call->arena, row));
    }
}

void
web__item(struct web__call *call)
{
    struct tb_json *in = web__object(call);
    tb_json_set_text(call->arena, in, "code", web__param(call, "code"));
    const struct tb_json *out;
    if (!web__ask(call, WEB_OP_ITEM, in, &out))
        return;
    struct tb_json *data = tb_json_copy(call->arena, out);
    const struct tb_json *situations = tb_json_path(out, "pack.situations");
    const struct tb_json *current = chosen_situation(call, situations);
    if (current != NULL) {
        tb_json_set(data, "current", tb_json_copy(call->arena, current));
        tb_json_set_int(call->arena, data, "bring",
                        web__count_brought(tb_json_get(current, "materials")));
        tb_json_set_bool(call->arena, data, "many", situations->count > 1);
    }
    put_law(call, data, tb_json_path(out, "pack.law"));
    tb_str path = tb_printf(call->arena, "/items/" TB_FMT,
                            TB_ARG(http_encode(call->arena, web__param(call, "code"))));
    struct tb_json *qr = web__qr(call, path, web__tell(call, WEB_T_item_qr, NULL));
    if (qr != NULL)
        tb_json_set(data, "qr", qr);
    web__show(call, 200, WEB_VIEW_item, data);
}
