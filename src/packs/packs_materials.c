/* SPDX-License-Identifier: Apache-2.0 */
/* packs_materials.c - which papers a situation needs with these answers, and what surveyors look at. */
#include "packs/packs_internal.h"

/* Sources of which the person brings nothing: the office gets, draws up or looks at them itself. */
static bool
is_brought(tb_str source)
{
    return tb_str_is(source, "own") || tb_str_is(source, "agency");
}

/* law, article, clause and unverified of a clause, as members of json. */
static void
set_clause(struct tb_arena *arena, struct tb_json *json, const struct packs_pack *pack,
           tb_str clause, tb_str basis_status, tb_str lang)
{
    struct tb_json *basis = packs_clause_json(arena, pack, clause, lang);
    bool is_unverified =
        !tb_str_is(basis_status, "verified") || tb_json_is_true(tb_json_get(basis, "unverified"));
    tb_json_set_text(arena, json, "clause", clause);
    tb_json_set_text(arena, json, "law", tb_json_get_text(basis, "law"));
    tb_json_set_text(arena, json, "article", tb_json_get_text(basis, "article"));
    tb_json_set_bool(arena, json, "unverified", is_unverified);
}

static struct tb_json *
material_json(struct tb_arena *arena, const struct packs_pack *pack,
              const struct packs_material *row, tb_str lang)
{
    struct tb_json *json = tb_json_new(arena, TB_JSON_OBJECT);
    tb_str name =
        packs_text(pack, lang, tb_printf(arena, "material." TB_FMT ".name", TB_ARG(row->id)));
    tb_str hint = row->hint_key.len > 0 ? packs_text(pack, lang, row->hint_key) : TB_STR_NONE;
    tb_str substitute =
        packs_text(pack, lang, tb_printf(arena, "substitute." TB_FMT, TB_ARG(row->substitute)));
    tb_json_set_text(arena, json, "id", row->id);
    tb_json_set_text(arena, json, "name", name.ptr != NULL ? name : row->name);
    tb_json_set_text(arena, json, "source", row->source);
    tb_json_set_text(
        arena, json, "source_name",
        packs_words(arena, pack, lang, "material.source." TB_FMT, TB_ARG(row->source)));
    tb_json_set_text(arena, json, "necessity", row->necessity);
    tb_json_set_bool(arena, json, "late", row->late);
    if (row->late)
        tb_json_set_text(arena, json, "late_clause", row->late_clause);
    tb_json_set_int(arena, json, "copies", row->copies);
    tb_json_set_text(arena, json, "substitute", substitute);
    tb_json_set_text(arena, json, "format", row->format);
    tb_json_set_text(arena, json, "sample", row->sample);
    tb_json_set_text(arena, json, "hint", hint);
    tb_json_set_bool(arena, json, "bring", is_brought(row->source) && !row->late);
    set_clause(arena, json, pack, row->clause, row->basis_status, lang);
    return json;
}

tb_status
packs_materials(struct tb_arena *arena, const struct packs_pack *pack,
                const struct packs_item *item, const struct tb_json *answers, tb_str lang,
                struct tb_json **ret_list, struct tb_err *err)
{
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    struct feel_value values = packs__answers_value(arena, pack, answers);
    for (size_t i = 0; i < pack->materials_count; i++) {
        const struct packs_material *row = &pack->materials[i];
        bool is_true, is_known;
        if (!packs__list_has(row->situations, item->id))
            continue;
        TB_TRY(packs__condition(arena, pack, row->compiled, &values, &is_true, &is_known, err));
        /* A paper is asked for only when the answers say so: what nobody was asked cannot oblige anybody. */
        if (is_true && is_known)
            tb_json_add(list, material_json(arena, pack, row, lang));
    }
    *ret_list = list;
    return TB_OK;
}

tb_status
packs_findings(struct tb_arena *arena, const struct packs_pack *pack, const struct packs_item *item,
               const struct tb_json *answers, tb_str lang, struct tb_json **ret_list,
               struct tb_err *err)
{
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    struct feel_value values = packs__answers_value(arena, pack, answers);
    for (size_t i = 0; i < pack->findings_count; i++) {
        const struct packs_finding *row = &pack->findings[i];
        bool is_true, is_known;
        if (!packs__list_has(row->situations, item->id))
            continue;
        TB_TRY(packs__condition(arena, pack, row->compiled, &values, &is_true, &is_known, err));
        /* What cannot be told beforehand is looked at: a finding may be "not applicable". */
        if (!is_true && is_known)
            continue;
        struct tb_json *json = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        tb_json_set_text(arena, json, "id", row->id);
        tb_json_set_text(arena, json, "text",
                         packs_words(arena, pack, lang, "finding." TB_FMT, TB_ARG(row->id)));
        set_clause(arena, json, pack, row->clause, row->basis_status, lang);
    }
    *ret_list = list;
    return TB_OK;
}
