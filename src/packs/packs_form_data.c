/* SPDX-License-Identifier: Apache-2.0 */
/* packs_form_data.c - filled-in forms: values filled in from what is known, and flat fields as a tree. */
#include "codes/codes.h"
#include "packs/packs_internal.h"

struct tb_json *
packs__form_value(struct tb_arena *arena, const struct tb_json *component,
                  const struct tb_json *value)
{
    tb_str type = tb_json_get_text(component, "type"), text = tb_str_trim(tb_json_text(value));
    tb_dec number;
    if (tb_str_is(type, "number"))
        return tb_dec_parse(text, &number) ? tb_json_new_dec(arena, number)
                                           : tb_json_new(arena, TB_JSON_NULL);
    if (tb_str_is(type, "checkbox"))
        return tb_json_new_bool(arena, tb_json_is_true(value) || tb_str_is(text, "true"));
    if (tb_str_is(type, "checklist"))
        return value != NULL ? tb_json_copy(arena, value) : tb_json_new(arena, TB_JSON_LIST);
    return text.len > 0 ? tb_json_new_text(arena, text) : tb_json_new(arena, TB_JSON_NULL);
}

static void
add_row(struct tb_arena *arena, const struct tb_json *group, tb_str prefix,
        const struct tb_json *fields, struct tb_json *rows)
{
    struct tb_json *row = tb_json_add(rows, tb_json_new(arena, TB_JSON_OBJECT));
    TB_JSON_EACH(component, tb_json_get(group, "components"))
    {
        tb_str key = tb_json_get_text(component, "key");
        const struct tb_json *value =
            tb_json_find(fields, tb_printf(arena, TB_FMT TB_FMT, TB_ARG(prefix), TB_ARG(key)));
        tb_json_set(row, tb_cstr(arena, key), packs__form_value(arena, component, value));
    }
}

/* The highest row number of a repeated group that any field has. */
static int64_t
last_row(tb_str path, const struct tb_json *fields)
{
    int64_t last = 0, row;
    TB_JSON_EACH(field, fields)
    {
        tb_str rest = field->key, head, number;
        if (tb_str_cut(&rest, '.', &head) && tb_str_eq(head, path) &&
            tb_str_cut(&rest, '.', &number) && tb_str_to_int(number, &row) && row > last &&
            row <= PACKS_REPEAT_MAX)
            last = row;
    }
    return last;
}

struct tb_json *
packs_form_data(struct tb_arena *arena, const struct packs_form *form, const struct tb_json *fields)
{
    struct tb_json *data = tb_json_new(arena, TB_JSON_OBJECT);
    TB_JSON_EACH(group, tb_json_get(form->json, "components"))
    {
        tb_str path = tb_json_get_text(group, "path");
        if (tb_str_is(tb_json_get_text(group, "type"), "dynamiclist")) {
            struct tb_json *rows = tb_json_set_list(arena, data, tb_cstr(arena, path));
            int64_t last = last_row(path, fields);
            for (int64_t i = 1; i <= last; i++)
                add_row(arena, group, tb_printf(arena, TB_FMT ".%d.", TB_ARG(path), (int)i), fields,
                        rows);
            continue;
        }
        TB_JSON_EACH(component, tb_json_get(group, "components"))
        {
            tb_str key = tb_json_get_text(component, "key");
            if (key.len > 0 && packs__form_component(form, key) == component)
                tb_json_set(data, tb_cstr(arena, key),
                            packs__form_value(arena, component, tb_json_find(fields, key)));
        }
    }
    return data;
}

static void
prefill_one(struct tb_arena *arena, const struct tb_json *component, tb_str key,
            const struct tb_json *sources, struct tb_json *fields)
{
    tb_str path = tb_json_get_text(tb_json_get(component, "properties"), "prefill");
    if (path.len == 0 || tb_json_find(fields, key) != NULL)
        return;
    const struct tb_json *value = tb_json_path(sources, tb_cstr(arena, path));
    if (value != NULL && (value->kind == TB_JSON_TEXT || value->kind == TB_JSON_NUMBER) &&
        value->text.len > 0)
        tb_json_set_text(arena, fields, tb_cstr(arena, key), value->text);
}

struct tb_json *
packs_form_prefill(struct tb_arena *arena, const struct packs_form *form,
                   const struct tb_json *fields, const struct tb_json *sources)
{
    struct tb_json *filled =
        fields != NULL ? tb_json_copy(arena, fields) : tb_json_new(arena, TB_JSON_OBJECT);
    TB_JSON_EACH(group, tb_json_get(form->json, "components"))
    {
        if (tb_str_is(tb_json_get_text(group, "type"), "dynamiclist"))
            continue;
        TB_JSON_EACH(component, tb_json_get(group, "components"))
        prefill_one(arena, component, tb_json_get_text(component, "key"), sources, filled);
    }
    return filled;
}

static bool
has_word(tb_str words, tb_str word)
{
    tb_str one;
    while (words.len > 0 && tb_str_cut(&words, '|', &one))
        if (tb_str_eq(one, word))
            return true;
    return false;
}

bool
packs_form_replaces(const struct packs_form *form, const struct tb_json *fields, tb_str material)
{
    TB_JSON_EACH(field, fields)
    {
        const struct tb_json *component = packs__form_component(form, field->key);
        tb_str words = tb_json_get_text(tb_json_get(component, "properties"), "replaces");
        if (tb_str_trim(tb_json_text(field)).len > 0 && has_word(words, material))
            return true;
    }
    return false;
}

struct tb_json *
packs_form_tidy(struct tb_arena *arena, const struct packs_form *form, const struct tb_json *fields)
{
    struct tb_json *tidied = tb_json_new(arena, TB_JSON_OBJECT);
    TB_JSON_EACH(field, fields)
    {
        const struct tb_json *component = packs__form_component(form, field->key);
        tb_str check = tb_json_get_text(tb_json_get(component, "properties"), "check");
        const char *key = tb_cstr(arena, field->key);
        if (check.len > 0 && field->kind == TB_JSON_TEXT && tb_text_is_clean(field->text, NULL))
            tb_json_set_text(arena, tidied, key, codes_tidy(arena, field->text));
        else
            tb_json_set(tidied, key, tb_json_copy(arena, field));
    }
    return tidied;
}
