/* SPDX-License-Identifier: Apache-2.0 */
/* packs_form_index.c - what is made of a form once, when its pack is loaded: its fields by key, its conditions
 * compiled. */
#include "packs/packs_internal.h"
#include <stdlib.h>

struct row {
    tb_str path; /* of the repeated group; empty: the field stands once */
    tb_str key;
    const struct tb_json *component;
    size_t order;
};

struct condition {
    tb_str text;
    const struct feel_expr *expr;
};

struct packs__form_index {
    struct row *rows;
    struct condition *conditions;
    size_t row_count, condition_count;
};

static bool
is_repeated(const struct tb_json *group)
{
    return tb_str_is(tb_json_get_text(group, "type"), "dynamiclist");
}

static int
place_cmp(const struct row *a, const struct row *b)
{
    int order = tb_str_cmp(a->path, b->path);
    return order != 0 ? order : tb_str_cmp(a->key, b->key);
}

static int
row_cmp(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    int order = place_cmp(left, right);
    return order != 0 ? order : (left->order > right->order) - (left->order < right->order);
}

struct feel_scope
packs__form_scope(struct tb_arena *arena, const struct packs_pack *pack,
                  const struct packs_form *form)
{
    size_t count = 0, cap = pack->questions_count + 2;
    TB_JSON_EACH(group, tb_json_get(form->json, "components"))
    cap += tb_json_get(group, "components") != NULL ? tb_json_get(group, "components")->count : 0;
    struct feel_name *names = TB_NEW_ARRAY(arena, cap, struct feel_name);
    for (size_t i = 0; i < pack->questions_count; i++)
        names[count++].name = pack->questions[i].input;
    names[count++].name = TB_STR("options");
    TB_JSON_EACH(group, tb_json_get(form->json, "components"))
    TB_JSON_EACH(component, tb_json_get(group, "components"))
    if (tb_json_get_text(component, "key").len > 0)
        names[count++].name = tb_json_get_text(component, "key");
    return (struct feel_scope){.names = names, .count = count, .is_closed = true};
}

tb_str
packs__form_feel(tb_str text)
{
    return tb_str_starts(text, TB_STR("=")) ? tb_str_sub(text, 1, text.len) : text;
}

/* A text that does not compile is left out: `pack check` names it, and evaluating it fails. */
static void
add_condition(struct tb_arena *arena, struct packs__form_index *index,
              const struct feel_scope *scope, tb_str text)
{
    struct condition condition = {.text = text};
    struct tb_err err = {0};
    if (text.len > 0 && packs__form_condition(index, text) == NULL &&
        feel_compile(arena, packs__form_feel(text), scope, &condition.expr, NULL, &err) == TB_OK)
        index->conditions[index->condition_count++] = condition;
}

const struct packs__form_index *
packs__form_index_make(struct tb_arena *arena, const struct packs_pack *pack,
                       const struct packs_form *form)
{
    struct packs__form_index *index = TB_NEW(arena, struct packs__form_index);
    struct feel_scope *scope = TB_NEW(arena, struct feel_scope);
    size_t most = 1;
    *scope = packs__form_scope(arena, pack, form);
    TB_JSON_EACH(group, tb_json_get(form->json, "components"))
    most += 2 + (tb_json_get(group, "components") != NULL ? tb_json_get(group, "components")->count
                                                          : 0);
    index->rows = TB_NEW_ARRAY(arena, most, struct row);
    index->conditions = TB_NEW_ARRAY(arena, most, struct condition);
    TB_JSON_EACH(group, tb_json_get(form->json, "components"))
    {
        tb_str path = is_repeated(group) ? tb_json_get_text(group, "path") : TB_STR_NONE;
        add_condition(arena, index, scope, tb_json_text(tb_json_path(group, "conditional.hide")));
        add_condition(arena, index, scope, tb_json_text(tb_json_path(group, "properties.count")));
        TB_JSON_EACH(component, tb_json_get(group, "components"))
        {
            add_condition(arena, index, scope,
                          tb_json_text(tb_json_path(component, "conditional.hide")));
            index->rows[index->row_count] =
                (struct row){path, tb_json_get_text(component, "key"), component, index->row_count};
            index->row_count++;
        }
    }
    qsort(index->rows, index->row_count, sizeof *index->rows, row_cmp);
    return index;
}

const struct feel_expr *
packs__form_condition(const struct packs__form_index *index, tb_str text)
{
    for (size_t i = 0; i < index->condition_count; i++)
        if (tb_str_eq(index->conditions[i].text, text))
            return index->conditions[i].expr;
    return NULL;
}

/* The first row of that place in the order of the form. */
static const struct tb_json *
find(const struct packs__form_index *index, const struct row *wanted)
{
    size_t low = 0, high = index->row_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (place_cmp(&index->rows[middle], wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_there = low < index->row_count && place_cmp(&index->rows[low], wanted) == 0;
    return is_there ? index->rows[low].component : NULL;
}

const struct tb_json *
packs__form_component(const struct packs_form *form, tb_str key)
{
    tb_str rest = key, row;
    struct row wanted = {.key = key};
    const struct tb_json *component = find(form->index, &wanted);
    if (component != NULL)
        return component;
    bool is_in_row = tb_str_cut(&rest, '.', &wanted.path) && tb_str_cut(&rest, '.', &row);
    if (!is_in_row || rest.len == 0)
        return NULL;
    wanted.key = rest;
    return find(form->index, &wanted);
}
