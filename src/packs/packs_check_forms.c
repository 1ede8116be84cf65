/* SPDX-License-Identifier: Apache-2.0 */
/* packs_check_forms.c - forms, certificates and letters of a pack. */
#include "packs/packs_check_internal.h"

/* ---- forms ----------------------------------------------------------------------------------- */

static const char *const field_types[] = {"textfield", "textarea", "select",    "radio", "checkbox",
                                          "number",    "datetime", "checklist", "text"};

/* A FEEL text of a form or certificate must compile, whatever names it reads. */
static void
need_feel(const struct packs__check *check, tb_str file, int32_t line, tb_str text,
          const struct feel_scope *scope)
{
    const struct feel_expr *expr;
    struct feel_fault fault = {0};
    struct tb_err err = {0};
    text = packs__form_feel(text);
    if (text.len > 0 && feel_compile(check->arena, text, scope, &expr, &fault, &err) != TB_OK)
        packs__fault(check->faults, file, line, "condition", "FEEL 写错了：%.*s（%.*s）",
                     "the FEEL does not compile: %.*s (%.*s)", TB_ARG(text), TB_ARG(fault.en));
}

static void
need_text(const struct packs__check *check, tb_str file, const struct tb_json *component,
          const char *what, tb_str text)
{
    if (text.len == 0)
        packs__fault(check->faults, file, component->line, "no_words", "%.*s 缺少 %s",
                     "%.*s has no %s", TB_ARG(tb_json_get_text(component, "key")), what);
}

static void
check_values(const struct packs__check *check, tb_str file, const struct tb_json *component)
{
    tb_str type = tb_json_get_text(component, "type");
    const struct tb_json *values = tb_json_get(component, "values");
    bool chooses =
        tb_str_is(type, "select") || tb_str_is(type, "radio") || tb_str_is(type, "checklist");
    if (chooses && (values == NULL || values->count == 0))
        packs__fault(check->faults, file, component->line, "empty", "%.*s 没有选项",
                     "%.*s has no options", TB_ARG(tb_json_get_text(component, "key")));
    TB_JSON_EACH(value, values)
    {
        need_text(check, file, component, "value", tb_json_get_text(value, "value"));
        need_text(check, file, component, "label", tb_json_get_text(value, "label"));
        need_text(check, file, component, "en", tb_json_get_text(value, "en"));
    }
}

/* A field has a key and a label; a text that is only read (form-js text) has neither. */
static void
need_words(const struct packs__check *check, const struct packs_form *form,
           const struct tb_json *component)
{
    bool is_read = tb_str_is(tb_json_get_text(component, "type"), "text");
    const struct tb_json *properties = tb_json_get(component, "properties");
    if (!is_read)
        need_text(check, form->file, component, "key", tb_json_get_text(component, "key"));
    need_text(check, form->file, component, is_read ? "text" : "label",
              tb_json_get_text(component, is_read ? "text" : "label"));
    need_text(check, form->file, component, is_read ? "properties.en_text" : "properties.en",
              tb_json_get_text(properties, is_read ? "en_text" : "en"));
}

static void
check_replaced(const struct packs__check *check, const struct packs_form *form,
               const struct tb_json *component)
{
    tb_str words = tb_json_get_text(tb_json_get(component, "properties"), "replaces"), id;
    while (words.len > 0 && tb_str_cut(&words, '|', &id))
        if (packs_material_find(check->pack, id) == NULL)
            packs__fault(check->faults, form->file, component->line, "dangling",
                         "没有 %.*s 这种材料", "there is no material called %.*s", TB_ARG(id));
}

static void
check_component(const struct packs__check *check, const struct packs_form *form,
                const struct tb_json *component, const struct feel_scope *scope)
{
    const struct tb_json *properties = tb_json_get(component, "properties");
    tb_str kind = tb_json_get_text(properties, "check"), type = tb_json_get_text(component, "type");
    bool has_hint = tb_json_get_text(component, "description").len > 0;
    if (!packs__is_one_of(type, field_types, TB_COUNT(field_types)))
        packs__fault(check->faults, form->file, component->line, "not_a_choice",
                     "没有 %.*s 这种填写项", "there is no field of type %.*s", TB_ARG(type));
    need_words(check, form, component);
    if (has_hint != (tb_json_get_text(properties, "en_hint").len > 0))
        packs__fault(check->faults, form->file, component->line, "no_words",
                     "%.*s 的说明只有一种语言", "the hint of %.*s is in one language only",
                     TB_ARG(tb_json_get_text(component, "key")));
    if (kind.len > 0 && !packs__code_kind_is_known(kind))
        packs__fault(check->faults, form->file, component->line, "dangling", "没有 %.*s 这种校验",
                     "there is no check called %.*s", TB_ARG(kind));
    need_feel(check, form->file, component->line,
              tb_json_text(tb_json_path(component, "conditional.hide")), scope);
    check_replaced(check, form, component);
    check_values(check, form->file, component);
}

/* Two fields of one key overwrite each other, unless they stand in repeated groups. */
static void
check_keys(const struct packs__check *check, const struct packs_form *form)
{
    TB_JSON_EACH(group, tb_json_get(form->json, "components"))
    {
        TB_JSON_EACH(component, tb_json_get(group, "components"))
        {
            tb_str key = tb_json_get_text(component, "key");
            if (key.len > 0 && tb_str_is(tb_json_get_text(group, "type"), "group") &&
                packs__form_component(form, key) != component)
                packs__fault(check->faults, form->file, component->line, "duplicate",
                             "%.*s 这个键用了两次", "the key %.*s is used twice", TB_ARG(key));
        }
    }
}

static void
check_form(const struct packs__check *check, const struct packs_form *form)
{
    struct feel_scope scope = packs__form_scope(check->arena, check->pack, form);
    tb_str decision = tb_json_get_text(tb_json_get(form->json, "properties"), "decision");
    TB_JSON_EACH(group, tb_json_get(form->json, "components"))
    {
        bool is_list = tb_str_is(tb_json_get_text(group, "type"), "dynamiclist");
        const struct tb_json *properties = tb_json_get(group, "properties");
        if (!is_list && !tb_str_is(tb_json_get_text(group, "type"), "group"))
            packs__fault(check->faults, form->file, group->line, "not_a_group",
                         "填写项要放在 %s 里", "fields must stand in a %s", "group");
        need_text(check, form->file, group, "id", tb_json_get_text(group, is_list ? "path" : "id"));
        need_text(check, form->file, group, "label", tb_json_get_text(group, "label"));
        need_text(check, form->file, group, "properties.en", tb_json_get_text(properties, "en"));
        need_feel(check, form->file, group->line,
                  tb_json_text(tb_json_path(group, "conditional.hide")), &scope);
        if (is_list)
            need_feel(check, form->file, group->line, tb_json_get_text(properties, "count"),
                      &scope);
        TB_JSON_EACH(component, tb_json_get(group, "components"))
        check_component(check, form, component, &scope);
    }
    check_keys(check, form);
    if (decision.len > 0 && packs_decision_model(check->pack, decision) == NULL)
        packs__fault(check->faults, form->file, 0, "dangling", "决策 %.*s 不存在",
                     "the decision %.*s does not exist", TB_ARG(decision));
}

/* ---- certificates ---------------------------------------------------------------------------- */

static void
check_certificate(const struct packs__check *check, const struct packs_certificate *certificate)
{
    static const char *const validities[] = {"item", "previous", "none"};
    tb_str file = tb_printf(check->arena, "certificates/" TB_FMT ".yaml", TB_ARG(certificate->id));
    const struct tb_json *json = certificate->json;
    tb_str clause = tb_json_get_text(json, "clause");
    if (!packs__is_one_of(tb_json_get_text(json, "validity"), validities, TB_COUNT(validities)))
        packs__fault(check->faults, file, 0, "not_a_choice",
                     "validity 应是 item、previous 或 none，现在是 %.*s",
                     "validity must be item, previous or none, not %.*s",
                     TB_ARG(tb_json_get_text(json, "validity")));
    if (tb_json_get_text(json, "name").len == 0 || tb_json_get_text(json, "name_en").len == 0)
        packs__fault(check->faults, file, 0, "no_words", "%.*s 缺少 name 或 name_en",
                     "%.*s lacks name or name_en", TB_ARG(certificate->id));
    packs__need_clause(check, file, 0, clause, tb_json_get_text(json, "basis_status"));
    need_feel(check, file, 0, tb_json_get_text(json, "each"), NULL);
    TB_JSON_EACH(field, tb_json_get(json, "fields"))
    {
        need_feel(check, file, field->line, tb_json_get_text(field, "value"), NULL);
        if (tb_json_get_text(field, "key").len == 0 || tb_json_get_text(field, "label").len == 0 ||
            tb_json_get_text(field, "label_en").len == 0 ||
            tb_json_get_text(field, "value").len == 0)
            packs__fault(check->faults, file, field->line, "missing",
                         "证面的 %.*s 缺少 key、label、label_en 或 value",
                         "the field %.*s lacks key, label, label_en or value",
                         TB_ARG(tb_json_get_text(field, "key")));
    }
}

void
packs__check_forms(const struct packs__check *check)
{
    for (size_t i = 0; i < check->pack->forms_count; i++)
        check_form(check, &check->pack->forms[i]);
    for (size_t i = 0; i < check->pack->certificates_count; i++)
        check_certificate(check, &check->pack->certificates[i]);
}

/* ---- letters --------------------------------------------------------------------------------- */

static void
need_letter(const struct packs__check *check, const char *kind)
{
    for (size_t i = 0; i < PACKS__LANGS; i++)
        if (packs_letter(check->pack, tb_str_of(kind), tb_str_of(packs__langs[i])).len == 0)
            packs__fault(check->faults, TB_STR("letters/"), 0, "missing", "缺少文书 %s（%s）",
                         "the letter %s (%s) is missing", kind, packs__langs[i]);
}

static bool
is_letter_field(const struct packs_inside *inside, tb_str field)
{
    for (size_t i = 0; i < inside->letter_field_count; i++)
        if (tb_str_eq(inside->letter_fields[i].field, field))
            return true;
    return false;
}

static int32_t
line_at(tb_str text, size_t at)
{
    int32_t line = 1;
    for (size_t i = 0; i < at && i < text.len; i++)
        line += text.ptr[i] == '\n';
    return line;
}

/* Every {{field}} must be one that the kernel fills; within {{#list}} … {{/list}} the members are the list's own. */
static void
check_letter(const struct packs__check *check, const struct packs__letter *letter)
{
    int lists = 0;
    for (size_t i = 0; i + 1 < letter->text.len; i++) {
        tb_str rest = tb_str_sub(letter->text, i, letter->text.len);
        ptrdiff_t end = tb_str_starts(rest, TB_STR("{{")) ? tb_str_find(rest, TB_STR("}}")) : -1;
        if (end < 0)
            continue;
        tb_str name = tb_str_trim(tb_str_sub(rest, 2, (size_t)end - 2));
        char first = name.len > 0 ? name.ptr[0] : ' ';
        bool closes = first == '/', opens = first == '#' || first == '?';
        if (closes || opens)
            name = tb_str_sub(name, 1, name.len);
        if ((lists == 0 || opens) && !closes && !is_letter_field(check->pack->inside, name))
            packs__fault(check->faults, letter->file, line_at(letter->text, i), "dangling",
                         "文书里的 %.*s 系统不会填，可用的见 letters/fields.csv",
                         "nobody fills %.*s; letters/fields.csv lists what may be used",
                         TB_ARG(name));
        lists += first == '#';
        if (closes && lists > 0 &&
            !tb_str_contains(letter->text,
                             tb_printf(check->arena, "{{?" TB_FMT "}}", TB_ARG(name))))
            lists--;
    }
}

/* The letters that the law asks for in any way of handling, and those of each way. */
static void
need_letters(const struct packs__check *check)
{
    static const char *const always[] = {
        "receipt",  "deficiency", "refusal_to_accept", "not_needed", "refusal",   "grant",
        "delivery", "withdrawal", "acceptance",        "extension",  "suspension"};
    bool has_survey = false, has_pledge = false, has_end = false, has_renewal = false;
    for (size_t i = 0; i < TB_COUNT(always); i++)
        need_letter(check, always[i]);
    for (size_t i = 0; i < check->pack->items_count; i++) {
        const struct packs_item *item = &check->pack->items[i];
        has_survey = has_survey || item->survey_department.len > 0;
        has_pledge = has_pledge || item->pledge_of.len > 0;
        has_end = has_end || tb_str_is(item->certificate_effect, "end");
        has_renewal = has_renewal || tb_str_is(item->statutory, "expiry");
    }
    if (has_survey) {
        need_letter(check, "survey_notice");
        need_letter(check, "survey_findings");
    }
    if (has_pledge)
        need_letter(check, "notice_and_pledge");
    if (has_end)
        need_letter(check, "cancellation");
    if (has_renewal)
        need_letter(check, "deemed_renewal");
}

void
packs__check_letters(const struct packs__check *check)
{
    const struct packs_inside *inside = check->pack->inside;
    size_t count = packs__is_foundation(check->pack) ? inside->letter_count : inside->own_letters;
    for (size_t i = 0; i < count; i++)
        check_letter(check, &inside->letters[i]);
    if (!packs__is_foundation(check->pack))
        need_letters(check);
}
