/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_packs.c - GET /packs: the installed packs with their versions, since when they hold, and what nobody has
 * verified in them yet. */
#include "catalogue/catalogue_internal.h"

struct telling {
    struct tb_arena *arena;
    const struct packs_pack *pack;
    struct tb_json *unverified;
};

static void
note(struct telling *t, const char *table, tb_str what, tb_str status)
{
    if (!tb_str_is(status, "unverified"))
        return;
    struct tb_json *row = tb_json_add(t->unverified, tb_json_new(t->arena, TB_JSON_OBJECT));
    tb_json_set_text(t->arena, row, "table", tb_str_of(table));
    tb_json_set_text(t->arena, row, "what", what);
}

static void
list_unverified(struct telling *t)
{
    const struct packs_pack *pack = t->pack;
    for (size_t i = 0; i < pack->items_count; i++)
        note(t, "items", pack->items[i].name, pack->items[i].basis_status);
    for (size_t i = 0; i < pack->materials_count; i++)
        note(t, "materials", pack->materials[i].name, pack->materials[i].basis_status);
    for (size_t i = 0; i < pack->clauses_count; i++)
        note(t, "clauses",
             tb_printf(
                 t->arena, TB_FMT " " TB_FMT, TB_ARG(pack->clauses[i].law),
                 TB_ARG(packs_article_words(t->arena, pack->clauses[i].article, TB_STR("zh")))),
             pack->clauses[i].basis_status);
}

static void
set_day(struct tb_arena *arena, struct tb_json *json, const char *key, bool has, tb_date day)
{
    tb_json_set_text(arena, json, key, has ? tb_date_format(arena, day) : TB_STR_NONE);
}

static struct tb_json *
pack_json(struct op_ctx *ctx, const struct packs_pack *pack)
{
    struct tb_arena *arena = op_arena(ctx);
    bool is_english = tb_str_is(op_lang(ctx), "en");
    struct tb_json *json = tb_json_new(arena, TB_JSON_OBJECT);
    tb_date today = op_today(ctx);
    bool has_begun = !pack->has_from || tb_date_cmp(pack->from, today) <= 0;
    bool has_ended = pack->has_to && tb_date_cmp(pack->to, today) < 0;
    tb_json_set_text(arena, json, "id", pack->id);
    tb_json_set_text(arena, json, "version", pack->version);
    tb_json_set_text(arena, json, "hash", pack->hash);
    tb_json_set_text(arena, json, "title",
                     is_english && pack->title_en.len > 0 ? pack->title_en : pack->title);
    tb_json_set_text(arena, json, "division", pack->division);
    set_day(arena, json, "from", pack->has_from, pack->from);
    set_day(arena, json, "to", pack->has_to, pack->to);
    tb_json_set_text(arena, json, "state",
                     has_ended    ? TB_STR("ended")
                     : !has_begun ? TB_STR("coming")
                                  : TB_STR("in_force"));
    tb_json_set_bool(arena, json, "is_complete", pack->is_open);
    tb_json_set_int(arena, json, "items", (int64_t)pack->items_count);
    struct telling telling = {arena, pack, tb_json_set_list(arena, json, "unverified")};
    list_unverified(&telling);
    return json;
}

tb_status
catalogue__run_packs(struct op_ctx *ctx, void *self, const struct tb_json *in,
                     struct tb_json **ret_out, struct tb_err *err)
{
    const struct catalogue *catalogue = self;
    const struct packs_set *packs = catalogue->options.packs;
    (void)in;
    (void)err;
    *ret_out = tb_json_new(op_arena(ctx), TB_JSON_OBJECT);
    struct tb_json *list = tb_json_set_list(op_arena(ctx), *ret_out, "packs");
    for (size_t i = 0; packs != NULL && i < packs_set_count(packs); i++)
        tb_json_add(list, pack_json(ctx, packs_set_at(packs, i)));
    return TB_OK;
}
