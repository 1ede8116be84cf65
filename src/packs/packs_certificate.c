/* SPDX-License-Identifier: Apache-2.0 */
/* packs_certificate.c - the face of certificates, from the data of a case.
 *
 * certificates/ID.yaml: name, name_en, kind, validity (items | previous | none), each (FEEL giving
 * a list: one certificate per member, `each` in scope), fields: [{key, label, label_en, value
 * (FEEL), required}]. Values are FEEL over the data: fields, case, party, decision, previous,
 * answers, options. */
#include "packs/packs_internal.h"

struct face {
    struct tb_arena *arena;
    const struct packs_pack *pack;
    const struct packs_item *item;
    const struct packs_certificate *certificate;
    struct tb_faults *faults;
    struct tb_err *err;
};

static tb_status
add_field(const struct face *face, const struct tb_json *field, const struct feel_value *data,
          struct tb_json *list)
{
    struct tb_arena *arena = face->arena;
    struct feel_value value;
    TB_TRY(feel_once(arena, tb_json_get_text(field, "value"), data, NULL, &value, face->err));
    struct tb_json *json = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
    tb_str key = tb_json_get_text(field, "key");
    tb_json_set_text(arena, json, "key", key);
    tb_json_set_text(arena, json, "label", tb_json_get_text(field, "label"));
    tb_json_set_text(arena, json, "label_en", tb_json_get_text(field, "label_en"));
    bool is_empty =
        value.kind == FEEL_NULL || (value.kind == FEEL_STRING && value.u.string.len == 0);
    tb_json_set_text(arena, json, "value", is_empty ? TB_STR("") : feel_format(arena, &value));
    if (is_empty && tb_json_is_true(tb_json_get(field, "required")))
        tb_fault_add(face->faults,
                     tb_printf(arena, "certificates." TB_FMT "." TB_FMT,
                               TB_ARG(face->certificate->id), TB_ARG(key)),
                     "required", TB_STR("证照上的这一项没有内容，不能出证"),
                     TB_STR("This field of the certificate is empty; it cannot be issued"));
    return TB_OK;
}

static tb_status
add_certificate(const struct face *face, const struct feel_value *data, struct tb_json *list)
{
    struct tb_arena *arena = face->arena;
    const struct tb_json *yaml = face->certificate->json;
    struct tb_json *json = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
    bool is_by_item = tb_str_is(tb_json_get_text(yaml, "validity"), "item");
    tb_json_set_text(arena, json, "id", face->certificate->id);
    tb_json_set_text(arena, json, "name", tb_json_get_text(yaml, "name"));
    tb_json_set_text(arena, json, "name_en", tb_json_get_text(yaml, "name_en"));
    tb_json_set_text(arena, json, "kind", tb_json_get_text(yaml, "kind"));
    tb_json_set_text(arena, json, "number", tb_json_get_text(yaml, "number"));
    tb_json_set_text(arena, json, "effect", face->item->certificate_effect);
    tb_json_set_text(arena, json, "validity", tb_json_get_text(yaml, "validity"));
    tb_json_set_int(arena, json, "validity_months", is_by_item ? face->item->validity_months : 0);
    struct tb_json *fields = tb_json_set_list(arena, json, "fields");
    TB_JSON_EACH(field, tb_json_get(yaml, "fields"))
    TB_TRY(add_field(face, field, data, fields));
    return TB_OK;
}

/* One certificate, or one per member of the list that `each` gives. */
static tb_status
add_kind(const struct face *face, const struct feel_value *data, struct tb_json *list)
{
    tb_str each = tb_json_get_text(face->certificate->json, "each");
    struct feel_value members;
    if (each.len == 0)
        return add_certificate(face, data, list);
    TB_TRY(feel_once(face->arena, each, data, NULL, &members, face->err));
    for (size_t i = 0;
         members.kind == FEEL_LIST && i < members.u.list.count && i < PACKS_REPEAT_MAX; i++) {
        struct feel_value with =
            feel_put(face->arena, data, TB_STR("each"), members.u.list.items[i]);
        TB_TRY(add_certificate(face, &with, list));
    }
    return TB_OK;
}

tb_status
packs_certificates(struct tb_arena *arena, const struct packs_pack *pack,
                   const struct packs_item *item, const struct tb_json *data,
                   struct tb_faults *faults, struct tb_json **ret_list, struct tb_err *err)
{
    struct face face = {arena, pack, item, NULL, faults, err};
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    tb_str ids = item->certificate, id;
    size_t before = faults->count;
    struct feel_value context = feel_null();
    feel_from_json(arena, data, NULL, &context, NULL);
    if (pack->options != NULL && tb_json_get(data, "options") == NULL) {
        struct feel_value options = feel_null();
        feel_from_json(arena, pack->options, NULL, &options, NULL);
        context = feel_put(arena, &context, TB_STR("options"), options);
    }
    while (ids.len > 0 && tb_str_cut(&ids, '|', &id)) {
        face.certificate = packs_certificate_find(pack, id);
        if (face.certificate != NULL)
            TB_TRY(add_kind(&face, &context, list));
    }
    if (faults->count > before)
        return tb_fail(err, TB_INVALID, "%zu fields of the certificate are empty",
                       faults->count - before);
    *ret_list = list;
    return TB_OK;
}
