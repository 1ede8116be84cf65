/* SPDX-License-Identifier: Apache-2.0 */
/* packs_form.c - forms (form-js JSON) as flat lists of fields: which are there, and what is wrong
 * in what was filled in.
 *
 * A form is walked once into fields. A repeated group (dynamiclist) is unrolled by its count, so
 * that a page needs no script and a stored form is a flat object: "vehicles.1.plate". Everything
 * that reads a form goes through that list. */
#include "packs/packs_internal.h"
#include <string.h>

/* One field as it stands in one filling of the form. */
struct field {
    tb_str key; /* flat */
    tb_str section, section_title;
    const struct tb_json *component;
};

struct walk {
    struct tb_arena *arena;
    const struct packs_pack *pack;
    const struct packs_form *form;
    bool is_zh;
    const struct feel_value *data; /* what conditions and counts read */
    struct field *fields;
    size_t count, cap;
    struct tb_err *err;
};

static tb_str
property(const struct tb_json *component, const char *name)
{
    return tb_json_get_text(tb_json_get(component, "properties"), name);
}

/* The label of a component in the wanted language. */
static tb_str
label_of(const struct tb_json *component, bool is_zh)
{
    return is_zh ? tb_json_get_text(component, "label") : property(component, "en");
}

static void
push_field(struct walk *walk, struct field field)
{
    if (walk->count == walk->cap) {
        size_t cap = walk->cap == 0 ? 32 : walk->cap * 2;
        struct field *fields = TB_NEW_ARRAY(walk->arena, cap, struct field);
        if (walk->count > 0)
            memcpy(fields, walk->fields, walk->count * sizeof *fields);
        walk->fields = fields;
        walk->cap = cap;
    }
    walk->fields[walk->count++] = field;
}

/* A FEEL text of the form over answers and fields. */
static tb_status
evaluate(const struct walk *walk, tb_str text, struct feel_value *ret_value)
{
    const struct feel_expr *expr = packs__form_condition(walk->form->index, text);
    if (expr == NULL)
        return tb_fail(walk->err, TB_INVALID, TB_FMT ": the condition does not compile: " TB_FMT,
                       TB_ARG(walk->form->file), TB_ARG(text));
    return feel_eval(walk->arena, expr, walk->data, NULL, ret_value, walk->err);
}

static tb_status
is_hidden(const struct walk *walk, const struct tb_json *component, bool *ret_is_hidden)
{
    tb_str hide = tb_json_text(tb_json_path(component, "conditional.hide"));
    struct feel_value value = feel_null();
    if (hide.len > 0)
        TB_TRY(evaluate(walk, hide, &value));
    *ret_is_hidden = feel_is_true(&value);
    return TB_OK;
}

/* How many rows a repeated group has. */
static tb_status
row_count(const struct walk *walk, const struct tb_json *component, int64_t *ret_count)
{
    tb_str text = property(component, "count");
    struct feel_value value = feel_null();
    *ret_count = 0;
    if (text.len > 0)
        TB_TRY(evaluate(walk, text, &value));
    if (value.kind == FEEL_NUMBER && !tb_dec_to_int(value.u.number, ret_count))
        *ret_count = 0;
    if (*ret_count < 0)
        *ret_count = 0;
    if (*ret_count > PACKS_REPEAT_MAX)
        *ret_count = PACKS_REPEAT_MAX;
    return TB_OK;
}

static tb_status
walk_leaves(struct walk *walk, const struct tb_json *components, tb_str prefix, tb_str section,
            tb_str title)
{
    TB_JSON_EACH(component, components)
    {
        tb_str key = tb_json_get_text(component, "key");
        bool hidden;
        TB_TRY(is_hidden(walk, component, &hidden));
        if (hidden)
            continue;
        if (prefix.len > 0)
            key = tb_printf(walk->arena, TB_FMT "." TB_FMT, TB_ARG(prefix), TB_ARG(key));
        push_field(walk, (struct field){key, section, title, component});
    }
    return TB_OK;
}

static tb_status
walk_rows(struct walk *walk, const struct tb_json *component)
{
    tb_str path = tb_json_get_text(component, "path"), label = label_of(component, walk->is_zh);
    int64_t count;
    TB_TRY(row_count(walk, component, &count));
    for (int64_t i = 1; i <= count; i++) {
        tb_str prefix = tb_printf(walk->arena, TB_FMT ".%d", TB_ARG(path), (int)i);
        tb_str title = tb_printf(walk->arena, TB_FMT " %d", TB_ARG(label), (int)i);
        TB_TRY(walk_leaves(walk, tb_json_get(component, "components"), prefix, prefix, title));
    }
    return TB_OK;
}

/* The fields of a form with these answers and fields. */
static tb_status
walk_form(struct walk *walk)
{
    TB_JSON_EACH(component, tb_json_get(walk->form->json, "components"))
    {
        tb_str type = tb_json_get_text(component, "type");
        bool hidden;
        TB_TRY(is_hidden(walk, component, &hidden));
        if (hidden)
            continue;
        if (tb_str_is(type, "group"))
            TB_TRY(walk_leaves(walk, tb_json_get(component, "components"), TB_STR_NONE,
                               tb_json_get_text(component, "id"),
                               label_of(component, walk->is_zh)));
        else if (tb_str_is(type, "dynamiclist"))
            TB_TRY(walk_rows(walk, component));
        else
            return tb_fail(walk->err, TB_INVALID,
                           TB_FMT ":%d: every field of a form stands in a group",
                           TB_ARG(walk->form->file), (int)component->line);
    }
    return TB_OK;
}

/* What conditions and counts read: answers by input name, fields by flat key in their type,
 * options. What nobody has answered yet is null, so that every name is known. */
static struct feel_value
context_of(struct tb_arena *arena, const struct packs_pack *pack, const struct packs_form *form,
           const struct tb_json *answers, const struct tb_json *fields)
{
    struct feel_value context = packs__answers_value(arena, pack, answers);
    for (size_t i = 0; i < pack->questions_count; i++)
        if (feel_get(&context, pack->questions[i].input) == NULL)
            context = feel_put(arena, &context, pack->questions[i].input, feel_null());
    TB_JSON_EACH(group, tb_json_get(form->json, "components"))
    {
        TB_JSON_EACH(component, tb_json_get(group, "components"))
        {
            tb_str key = tb_json_get_text(component, "key");
            struct feel_value value = feel_null();
            if (key.len == 0 || tb_str_is(tb_json_get_text(group, "type"), "dynamiclist"))
                continue;
            feel_from_json(arena, packs__form_value(arena, component, tb_json_find(fields, key)),
                           NULL, &value, NULL);
            context = feel_put(arena, &context, key, value);
        }
    }
    return context;
}

/* ---- sections
 * ----------------------------------------------------------------------------------------------------
 */

static void
copy_number(struct tb_arena *arena, const struct tb_json *validate, const char *from,
            struct tb_json *field, const char *to)
{
    const struct tb_json *value = tb_json_get(validate, from);
    if (value != NULL && (value->kind == TB_JSON_NUMBER || value->kind == TB_JSON_TEXT))
        tb_json_set(field, to, tb_json_copy(arena, value));
}

static void
add_options(struct tb_arena *arena, const struct tb_json *component, bool is_zh,
            struct tb_json *field)
{
    struct tb_json *list = tb_json_set_list(arena, field, "options");
    TB_JSON_EACH(option, tb_json_get(component, "values"))
    {
        struct tb_json *json = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        tb_json_set_text(arena, json, "value", tb_json_get_text(option, "value"));
        tb_json_set_text(arena, json, "label", tb_json_get_text(option, is_zh ? "label" : "en"));
    }
}

static struct tb_json *
field_json(const struct walk *walk, const struct field *field)
{
    struct tb_arena *arena = walk->arena;
    const struct tb_json *component = field->component,
                         *validate = tb_json_get(component, "validate");
    struct tb_json *json = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_text(arena, json, "key", field->key);
    tb_json_set_text(arena, json, "type", tb_json_get_text(component, "type"));
    tb_json_set_text(arena, json, "label", label_of(component, walk->is_zh));
    tb_json_set_text(arena, json, "hint",
                     walk->is_zh ? tb_json_get_text(component, "description")
                                 : property(component, "en_hint"));
    tb_json_set_text(arena, json, "text",
                     walk->is_zh ? tb_json_get_text(component, "text")
                                 : property(component, "en_text"));
    tb_json_set_bool(arena, json, "required", tb_json_is_true(tb_json_get(validate, "required")));
    tb_json_set_bool(arena, json, "personal", tb_str_is(property(component, "personal"), "yes"));
    tb_json_set_text(arena, json, "prefill", property(component, "prefill"));
    tb_json_set_text(arena, json, "check", property(component, "check"));
    tb_json_set_text(arena, json, "subtype", tb_json_get_text(component, "subtype"));
    copy_number(arena, validate, "min", json, "min");
    copy_number(arena, validate, "max", json, "max");
    copy_number(arena, validate, "minLength", json, "min_length");
    copy_number(arena, validate, "maxLength", json, "max_length");
    copy_number(arena, validate, "pattern", json, "pattern");
    copy_number(arena, component, "decimalDigits", json, "decimals");
    add_options(arena, component, walk->is_zh, json);
    return json;
}

tb_status
packs_form_sections(struct tb_arena *arena, const struct packs_pack *pack,
                    const struct packs_form *form, const struct tb_json *answers,
                    const struct tb_json *fields, tb_str lang, struct tb_json **ret_sections,
                    struct tb_err *err)
{
    struct feel_value data = context_of(arena, pack, form, answers, fields);
    struct walk walk = {.arena = arena,
                        .pack = pack,
                        .form = form,
                        .is_zh = packs__lang_is_zh(lang),
                        .data = &data,
                        .err = err};
    struct tb_json *sections = tb_json_new(arena, TB_JSON_LIST), *list = NULL;
    TB_TRY(walk_form(&walk));
    for (size_t i = 0; i < walk.count; i++) {
        if (i == 0 || !tb_str_eq(walk.fields[i].section, walk.fields[i - 1].section)) {
            struct tb_json *section = tb_json_add(sections, tb_json_new(arena, TB_JSON_OBJECT));
            tb_json_set_text(arena, section, "id", walk.fields[i].section);
            tb_json_set_text(arena, section, "title", walk.fields[i].section_title);
            list = tb_json_set_list(arena, section, "fields");
        }
        tb_json_add(list, field_json(&walk, &walk.fields[i]));
    }
    *ret_sections = sections;
    return TB_OK;
}

/* ---- checking
 * ----------------------------------------------------------------------------------------------------
 */

struct checking {
    const struct walk *walk;
    struct tb_faults *faults;
    const struct field *field;
    tb_date today;
    tb_str label_zh, label_en;
};

/* A fault of the field at hand; the texts may hold one %.*s for its label. */
static void
field_fault(const struct checking *check, const char *code, const char *zh, const char *en)
{
    struct tb_arena *arena = check->walk->arena;
    struct tb_buf zh_text = {.arena = arena}, en_text = {.arena = arena};
    tb_buf_str(&zh_text, check->label_zh);
    tb_buf_cstr(&zh_text, zh);
    tb_buf_str(&en_text, check->label_en);
    tb_buf_cstr(&en_text, en);
    tb_fault_add(check->faults, tb_printf(arena, "fields." TB_FMT, TB_ARG(check->field->key)), code,
                 tb_buf_done(&zh_text), tb_buf_done(&en_text));
}

static bool
has_option(const struct tb_json *component, tb_str value)
{
    TB_JSON_EACH(option, tb_json_get(component, "values"))
    if (tb_str_eq(tb_json_get_text(option, "value"), value))
        return true;
    return false;
}

/* form-js: how many decimals a number may have; those that count things have none. */
static bool
has_too_many_decimals(const struct tb_json *component, tb_dec value)
{
    int64_t digits = tb_json_get_int(component, "decimalDigits", -1);
    tb_dec rounded;
    return digits >= 0 && (!tb_dec_round(value, (int32_t)digits, TB_ROUND_DOWN, &rounded) ||
                           tb_dec_cmp(rounded, value) != 0);
}

static void
check_number(const struct checking *check, tb_str text)
{
    const struct tb_json *validate = tb_json_get(check->field->component, "validate");
    tb_dec value, bound;
    if (!tb_dec_parse(text, &value)) {
        field_fault(check, "not_a_number", "应填数字，例如 18000",
                    ": give a number, for example 18000");
        return;
    }
    if (has_too_many_decimals(check->field->component, value))
        field_fault(check, "too_precise",
                    tb_json_get_int(check->field->component, "decimalDigits", 0) == 0
                        ? "应填整数"
                        : "的小数位数太多",
                    tb_json_get_int(check->field->component, "decimalDigits", 0) == 0
                        ? ": give a whole number"
                        : " has too many decimals");
    if (tb_dec_parse(tb_json_text(tb_json_get(validate, "min")), &bound) &&
        tb_dec_cmp(value, bound) < 0)
        field_fault(check, "too_small", "的数太小了，请核对", " is too small; check it");
    if (tb_dec_parse(tb_json_text(tb_json_get(validate, "max")), &bound) &&
        tb_dec_cmp(value, bound) > 0)
        field_fault(check, "too_large", "的数太大了，请核对", " is too large; check it");
}

static void
check_length(const struct checking *check, tb_str text)
{
    const struct tb_json *validate = tb_json_get(check->field->component, "validate");
    int64_t length = (int64_t)tb_utf8_length(text);
    int64_t least = tb_json_get_int(validate, "minLength", 0);
    int64_t most = tb_json_get_int(validate, "maxLength", PACKS_FIELD_CHARACTERS_MAX);
    if (length < least)
        field_fault(check, "too_short", "太短，请写完整", " is too short; write it in full");
    if (length > most)
        field_fault(check, "too_long", "太长，请缩短", " is too long; shorten it");
}

static tb_status
check_pattern(const struct checking *check, tb_str text)
{
    struct tb_arena *arena = check->walk->arena;
    tb_str pattern = tb_json_text(tb_json_path(check->field->component, "validate.pattern"));
    struct feel_entry entries[2] = {{TB_STR("text"), feel_string(text)},
                                    {TB_STR("pattern"), feel_string(pattern)}};
    struct feel_value context, value;
    if (pattern.len == 0)
        return TB_OK;
    context = feel_context_of(arena, entries, 2);
    TB_TRY(feel_once(arena, TB_STR("matches(text, pattern)"), &context, NULL, &value,
                     check->walk->err));
    if (!feel_is_true(&value))
        field_fault(check, "pattern", "的写法不对，请看旁边的说明",
                    " is not written as the hint says");
    return TB_OK;
}

/* What the check property asks for: numbers with check digits. */
static void
check_code(const struct checking *check, tb_str text)
{
    tb_str kind = property(check->field->component, "check");
    if (kind.len > 0)
        packs__code_check(
            check->walk->arena, kind, text, check->today,
            tb_printf(check->walk->arena, "fields." TB_FMT, TB_ARG(check->field->key)),
            check->faults);
}

/* One field with its value. */
static tb_status
check_field(const struct checking *check, const struct tb_json *value)
{
    const struct tb_json *component = check->field->component;
    tb_str type = tb_json_get_text(component, "type"), text = tb_str_trim(tb_json_text(value));
    bool is_required = tb_json_is_true(tb_json_path(component, "validate.required"));
    tb_date day;
    if (tb_str_is(type, "text"))
        return TB_OK;
    if (tb_str_is(type, "checkbox")) {
        if (is_required && !tb_json_is_true(value) && !tb_str_is(text, "true"))
            field_fault(check, "required", "：请勾选确认", ": tick to confirm");
        return TB_OK;
    }
    if (tb_str_is(type, "checklist")) {
        TB_JSON_EACH(one, value)
        if (!has_option(component, tb_json_text(one)))
            field_fault(check, "not_an_option", "里有一项不在选项中",
                        " holds a value that is no option");
        if (is_required && (value == NULL || value->count == 0))
            field_fault(check, "required", "至少选一项", ": choose at least one");
        return TB_OK;
    }
    if (text.len == 0) {
        bool is_choice = tb_str_is(type, "radio") || tb_str_is(type, "select");
        if (is_required)
            field_fault(check, "required", is_choice ? "还没有选" : "还没有填",
                        is_choice ? " is not chosen" : " is not filled in");
        return TB_OK;
    }
    if (!tb_text_is_clean(text, NULL)) {
        field_fault(check, "bad_character", "里有不能使用的字符",
                    " holds a character that cannot be used");
        return TB_OK;
    }
    if (tb_str_is(type, "number"))
        check_number(check, text);
    else if (tb_str_is(type, "datetime") && !tb_date_parse(text, &day))
        field_fault(check, "bad_date", "不是真实的日期，请写成 2025-01-31 这样",
                    " is no real day; write it like 2025-01-31");
    else if ((tb_str_is(type, "select") || tb_str_is(type, "radio")) &&
             !has_option(component, text))
        field_fault(check, "not_an_option", "请从选项里选一个", ": choose one of the options");
    else if (!tb_str_is(type, "select") && !tb_str_is(type, "radio"))
        check_length(check, text);
    TB_TRY(check_pattern(check, text));
    check_code(check, text);
    return TB_OK;
}

/* Keys that the form does not have: a form of another version, or a mistake of a program. What is
 * only hidden by the present answers is kept and not spoken of. */
static void
check_unknown(const struct walk *walk, const struct packs_form *form, const struct tb_json *fields,
              struct tb_faults *faults)
{
    TB_JSON_EACH(value, fields)
    if (packs__form_component(form, value->key) == NULL)
        tb_fault_add(
            faults,
            tb_printf(walk->arena, "fields." TB_FMT, TB_ARG(tb_str_sub(value->key, 0, 100))),
            "unknown_field", TB_STR("这张表里没有这一项，可能是别的版本的表"),
            TB_STR("This form has no such field; it may be a form of another version"));
}

/* The decision of the form: {findings: [{field, reason}]} or a list of them; each is a fault at its field. */
static tb_status
check_decision(const struct walk *walk, const struct packs_form *form, const struct packs_ask *ask,
               const struct tb_json *fields, struct tb_faults *faults)
{
    tb_str decision = property(form->json, "decision");
    struct tb_faults ignored = {.arena = walk->arena};
    struct tb_json *answer, *input = tb_json_new(walk->arena, TB_JSON_OBJECT);
    if (decision.len == 0)
        return TB_OK;
    tb_json_set(input, "fields", packs_form_data(walk->arena, form, fields));
    tb_json_set_text(walk->arena, input, "application date",
                     tb_date_format(walk->arena, ask->date));
    TB_JSON_EACH(one, ask->answers)
    if (tb_json_find(input, one->key) == NULL)
        tb_json_set(input, tb_cstr(walk->arena, one->key), tb_json_copy(walk->arena, one));
    TB_TRY(packs_decide(walk->arena, walk->pack, decision, input, TB_STR("zh"), &ignored, &answer,
                        walk->err));
    TB_JSON_EACH(finding, tb_json_get(answer, "value"))
    {
        tb_str reason = tb_json_get_text(finding, "reason"),
               field = tb_json_get_text(finding, "field");
        tb_fault_add(
            faults, tb_printf(walk->arena, "fields." TB_FMT, TB_ARG(field)), "condition",
            packs_words(walk->arena, walk->pack, TB_STR("zh"), "reason." TB_FMT, TB_ARG(reason)),
            packs_words(walk->arena, walk->pack, TB_STR("en"), "reason." TB_FMT, TB_ARG(reason)));
    }
    return TB_OK;
}

tb_status
packs_form_check(struct tb_arena *arena, const struct packs_pack *pack,
                 const struct packs_form *form, tb_str section, const struct packs_ask *ask,
                 const struct tb_json *fields, struct tb_faults *faults, struct tb_err *err)
{
    struct feel_value data = context_of(arena, pack, form, ask->answers, fields);
    struct walk walk = {
        .arena = arena, .pack = pack, .form = form, .is_zh = true, .data = &data, .err = err};
    size_t before = faults->count;
    TB_TRY(walk_form(&walk));
    for (size_t i = 0; i < walk.count; i++) {
        struct checking check = {
            .walk = &walk, .faults = faults, .field = &walk.fields[i], .today = ask->date};
        if (section.len > 0 && !tb_str_eq(section, walk.fields[i].section))
            continue;
        check.label_zh = label_of(walk.fields[i].component, true);
        check.label_en = label_of(walk.fields[i].component, false);
        TB_TRY(check_field(&check, tb_json_find(fields, walk.fields[i].key)));
    }
    check_unknown(&walk, form, fields, faults);
    /* What the fields mean together is judged when each of them can be read. */
    if (section.len == 0 && faults->count == before)
        TB_TRY(check_decision(&walk, form, ask, fields, faults));
    if (faults->count > before)
        return tb_fail(err, TB_INVALID, "%zu places of the form need attention",
                       faults->count - before);
    return TB_OK;
}
