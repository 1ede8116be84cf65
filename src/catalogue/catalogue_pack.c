/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_pack.c - what a pack tells of an item before any question is asked: who it is for, its
 * situations with papers, periods and fees, the law, the places, and what has not been verified. */
#include "catalogue/catalogue_internal.h"

static bool
is_en(tb_str lang)
{
    return tb_str_is(lang, "en");
}

static tb_status
situation_json(struct tb_arena *arena, const struct packs_pack *pack, const struct packs_item *item,
               tb_str lang, struct tb_json **ret_json, struct tb_err *err)
{
    struct tb_json *json = tb_json_new(arena, TB_JSON_OBJECT), *materials;
    tb_json_set_text(arena, json, "id", item->id);
    tb_json_set_text(arena, json, "name",
                     is_en(lang)
                         ? packs_words(arena, pack, lang, "situation." TB_FMT, TB_ARG(item->id))
                         : item->name);
    tb_json_set_text(arena, json, "situation",
                     packs_words(arena, pack, lang, "situation." TB_FMT, TB_ARG(item->id)));
    tb_json_set_text(arena, json, "code", item->code.len > 0 ? item->code : TB_STR_NONE);
    tb_json_set_text(arena, json, "handling", item->handling);
    tb_json_set_text(arena, json, "statutory", packs_period_words(arena, item->statutory, lang));
    tb_json_set(json, "statutory_clause",
                packs_clause_json(arena, pack, item->statutory_clause, lang));
    tb_json_set_text(arena, json, "promised", packs_period_words(arena, item->promised, lang));
    tb_json_set_int(arena, json, "visits", item->visits);
    tb_json_set_int(arena, json, "fee", item->fee_fen);
    tb_json_set(json, "fee_clause", packs_clause_json(arena, pack, item->fee_clause, lang));
    tb_json_set_text(arena, json, "pledge_of",
                     item->pledge_of.len > 0 ? item->pledge_of : TB_STR_NONE);
    TB_TRY(packs_materials(arena, pack, item, NULL, lang, &materials, err));
    tb_json_set(json, "materials", materials);
    *ret_json = json;
    return TB_OK;
}

/* One row for each clause that the situations stand on. */
static struct tb_json *
law_json(struct tb_arena *arena, const struct packs_pack *pack, tb_str lang)
{
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    for (size_t i = 0; i < pack->clauses_count; i++) {
        const struct packs_clause *clause = &pack->clauses[i];
        tb_str key =
            tb_printf(arena, TB_FMT "#" TB_FMT, TB_ARG(clause->law), TB_ARG(clause->article));
        bool is_used = false;
        for (size_t k = 0; k < pack->items_count && !is_used; k++)
            is_used = tb_str_eq(pack->items[k].statutory_clause, key) ||
                      tb_str_eq(pack->items[k].fee_clause, key) ||
                      tb_str_eq(pack->items[k].validity_clause, key);
        for (size_t k = 0; k < pack->materials_count && !is_used; k++)
            is_used = tb_str_eq(pack->materials[k].clause, key);
        if (is_used)
            tb_json_add(list, packs_clause_json(arena, pack, key, lang));
    }
    return list;
}

/* A place where this service is handled: a hall, or the department that decides. */
static bool
is_place(const struct packs_pack *pack, const struct packs_department *department)
{
    bool is_one = tb_str_is(department->kind, "hall");
    for (size_t i = 0; i < pack->items_count && !is_one; i++)
        is_one = tb_str_eq(pack->items[i].department, department->id);
    return is_one;
}

static struct tb_json *
places_json(struct tb_arena *arena, const struct packs_pack *pack, tb_str lang)
{
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    for (size_t i = 0; i < pack->departments_count; i++) {
        const struct packs_department *department = &pack->departments[i];
        if (!is_place(pack, department))
            continue;
        struct tb_json *row = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        tb_json_set_text(arena, row, "id", department->id);
        tb_json_set_text(arena, row, "name", is_en(lang) ? department->name_en : department->name);
        tb_json_set_text(arena, row, "address", department->address);
        tb_json_set_text(arena, row, "phone", department->phone);
        tb_json_set_text(arena, row, "hours", department->hours);
    }
    return list;
}

/* What the pack says of itself that nobody has checked against its source. */
static struct tb_json *
unverified_json(struct tb_arena *arena, const struct packs_pack *pack)
{
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    for (size_t i = 0; i < pack->items_count; i++)
        if (tb_str_is(pack->items[i].basis_status, "unverified"))
            tb_json_add(list, tb_json_new_text(arena, pack->items[i].name));
    for (size_t i = 0; i < pack->materials_count; i++)
        if (tb_str_is(pack->materials[i].basis_status, "unverified"))
            tb_json_add(list, tb_json_new_text(arena, pack->materials[i].name));
    return list;
}

tb_status
catalogue__pack_json(struct tb_arena *arena, const struct packs_pack *pack, tb_str lang,
                     struct tb_json **ret_json, struct tb_err *err)
{
    struct tb_json *json = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_text(arena, json, "id", pack->id);
    tb_json_set_text(arena, json, "version", pack->version);
    tb_json_set_text(arena, json, "hash", pack->hash);
    tb_json_set_text(arena, json, "title", is_en(lang) ? pack->title_en : pack->title);
    tb_json_set_text(arena, json, "summary", is_en(lang) ? pack->summary_en : pack->summary);
    tb_json_set_text(arena, json, "who", is_en(lang) ? pack->who_en : pack->who);
    tb_json_set_bool(arena, json, "open", pack->is_open);
    struct tb_json *situations = tb_json_set_list(arena, json, "situations");
    for (size_t i = 0; i < pack->items_count; i++) {
        struct tb_json *situation;
        TB_TRY(situation_json(arena, pack, &pack->items[i], lang, &situation, err));
        tb_json_add(situations, situation);
    }
    tb_json_set(json, "law", law_json(arena, pack, lang));
    tb_json_set(json, "places", places_json(arena, pack, lang));
    tb_json_set(json, "unverified", unverified_json(arena, pack));
    *ret_json = json;
    return TB_OK;
}
