/* SPDX-License-Identifier: Apache-2.0 */
/* The answer to the notice: the fields of the form that it names, with what was filled in, and the papers that it asks
 * for. All of it is sent at once; what is refused comes back with every answer and every file that was good. */
#include "web/web_apply_internal.h"
#include "web/web_case_internal.h"

struct answer {
    struct tb_json *fields, *materials, *faults;
};

/* ---- what came in ---- */

static void
note(struct web__call *call, struct answer *answer, tb_str id, tb_str text)
{
    web__fault_add(call, answer->faults, tb_printf(call->arena, "f-" TB_FMT, TB_ARG(id)), text);
}

static void
add_paper(struct web__call *call, struct answer *answer, tb_str material, tb_str hash, tb_str name)
{
    struct tb_json *row = tb_json_add(answer->materials, web__object(call));
    tb_json_set_text(call->arena, row, "id", material);
    tb_json_set_text(call->arena, row, "hash", hash);
    tb_json_set_text(call->arena, row, "name", name);
}

/* A refused file is a fault beside its paper. */
static void
take_file(struct web__call *call, struct answer *answer, const struct http_part *part)
{
    tb_str material = tb_str_sub(part->name, 5, part->name.len);
    struct op_result result;
    if (web__upload(call, part, &result)) {
        add_paper(call, answer, material, tb_json_get_text(result.out, "hash"), part->file_name);
        return;
    }
    const struct tb_fault *fault = result.faults.count > 0 ? &result.faults.items[0] : NULL;
    note(call, answer, material,
         fault != NULL
             ? (call->lang == WEB_EN ? fault->en : fault->zh)
             : web__tell(call, WEB_T_papers_unreadable, (const tb_str[]){part->file_name}));
}

/* Files chosen now, and those that a former try of this page left: kept.MATERIAL is "HASH NAME". */
static void
take_files(struct web__call *call, struct answer *answer)
{
    for (size_t i = 0; i < call->form.count; i++) {
        const struct http_part *part = &call->form.parts[i];
        if (part->file_name.len > 0 && tb_str_starts(part->name, TB_STR("file."))) {
            take_file(call, answer, part);
        } else if (tb_str_starts(part->name, TB_STR("kept."))) {
            tb_str rest = part->value, hash;
            if (tb_str_cut(&rest, ' ', &hash))
                add_paper(call, answer, tb_str_sub(part->name, 5, part->name.len), hash, rest);
        }
    }
}

/* Was this field on the page that was sent? A box left empty says nothing else. */
static bool
was_shown(struct web__call *call, tb_str key)
{
    for (size_t i = 0; i < call->form.count; i++) {
        if (tb_str_is(call->form.parts[i].name, "shown") &&
            tb_str_eq(call->form.parts[i].value, key))
            return true;
    }
    return false;
}

/* The part of the form that is open, with these values tried; NULL: answered. */
static const struct tb_json *
open_form(struct web__call *call, const struct tb_json *fields)
{
    struct tb_json *in = web__object(call);
    const struct tb_json *out = NULL;
    tb_json_set_text(call->arena, in, "no", web__param(call, "no"));
    if (fields != NULL && fields->first != NULL)
        tb_json_set(in, "fields", tb_json_copy(call->arena, fields));
    return web__ask(call, "cases.correction", in, &out) ? out : NULL;
}

/* Values of the fields that were shown. What they bring with them (a second vehicle) was shown only if a former try had
 * brought it, and is read in a second round. False: answered. */
static bool
take_fields(struct web__call *call, struct answer *answer)
{
    for (int round = 0; round < 2; round++) {
        const struct tb_json *form = open_form(call, answer->fields);
        struct tb_json *fields = web__object(call);
        if (form == NULL)
            return false;
        TB_JSON_EACH(field, tb_json_get(form, "fields"))
        {
            tb_str key = tb_json_get_text(field, "key");
            if (was_shown(call, key))
                tb_json_set(fields, tb_cstr(call->arena, key), web__value_of_form(call, field));
        }
        answer->fields = fields;
    }
    return true;
}

/* ---- the page ---- */

static bool
is_wanted(const struct tb_json *of_case, const struct tb_json *material)
{
    tb_str state = tb_json_get_text(material, "state");
    if (tb_str_is(state, "late"))
        return true;
    TB_JSON_EACH(line, tb_json_path(of_case, "act.papers"))
    {
        if (tb_str_eq(tb_json_get_text(line, "id"), tb_json_get_text(material, "id")))
            return true;
    }
    return false;
}

/* The words of the notice stand beside its paper. */
static tb_str
asked_of(const struct tb_json *of_case, tb_str material)
{
    TB_JSON_EACH(line, tb_json_path(of_case, "act.papers"))
    {
        if (tb_str_eq(tb_json_get_text(line, "id"), material))
            return tb_json_get_text(line, "what");
    }
    return TB_STR_NONE;
}

static void
put_papers(struct web__call *call, struct tb_json *data, const struct answer *answer)
{
    struct tb_json *wanted = tb_json_set_list(call->arena, data, "wanted");
    TB_JSON_EACH(material, tb_json_get(data, "materials"))
    {
        tb_str id = tb_json_get_text(material, "id"), what = asked_of(data, id);
        tb_str place = tb_printf(call->arena, "f-" TB_FMT, TB_ARG(id));
        if (!is_wanted(data, material))
            continue;
        struct tb_json *row = tb_json_add(wanted, tb_json_copy(call->arena, material));
        struct tb_json *kept = tb_json_set_list(call->arena, row, "kept");
        tb_json_set_text(call->arena, row, "what", what);
        TB_JSON_EACH(paper, answer != NULL ? answer->materials : NULL)
        {
            if (tb_str_eq(tb_json_get_text(paper, "id"), id))
                tb_json_add(kept, tb_json_copy(call->arena, paper));
        }
        TB_JSON_EACH(fault, answer != NULL ? answer->faults : NULL)
        {
            if (tb_str_eq(tb_json_get_text(fault, "id"), place))
                tb_json_set_text(call->arena, row, "fault", tb_json_get_text(fault, "text"));
        }
    }
}

/* answer NULL: the page as it is first seen. */
static void
show(struct web__call *call, int status, const struct answer *answer)
{
    struct tb_json *data;
    if (!web__find_case(call, &data))
        return;
    put_papers(call, data, answer);
    tb_json_set_list(call->arena, data, "faults");
    const struct tb_json *named = tb_json_path(data, "act.fields");
    if (named != NULL && named->first != NULL) {
        const struct tb_json *form = open_form(call, answer != NULL ? answer->fields : NULL);
        struct tb_json *part = web__object(call);
        if (form == NULL)
            return;
        web__put_fields(call, part, form);
        tb_json_set(data, "correct", tb_json_copy(call->arena, tb_json_get(part, "fields")));
        if (answer != NULL)
            tb_json_set(data, "faults", tb_json_copy(call->arena, tb_json_get(part, "faults")));
        tb_json_set_bool(call->arena, data, "whole", tb_json_is_true(tb_json_get(form, "whole")));
    }
    struct tb_json *faults = web__object(call),
                   *list = tb_json_set_list(call->arena, faults, "all");
    TB_JSON_EACH(fault, tb_json_get(data, "faults"))
    tb_json_add(list, tb_json_copy(call->arena, fault));
    TB_JSON_EACH(fault, answer != NULL ? answer->faults : NULL)
    tb_json_add(list, tb_json_copy(call->arena, fault));
    tb_json_set(data, "faults", list);
    web__show(call, status, WEB_VIEW_supplement, data);
}

void
web__case_supplement(struct web__call *call)
{
    show(call, 200, NULL);
}

/* Faults of fields come back with the form; the rest is said at the head of the page. */
static void
note_rest(struct web__call *call, struct answer *answer, const struct op_result *result)
{
    for (size_t i = 0; i < result->faults.count && i < TB_FAULTS_MAX; i++) {
        const struct tb_fault *fault = &result->faults.items[i];
        if (!tb_str_starts(fault->place, TB_STR("fields.")))
            note(call, answer, TB_STR("first"), call->lang == WEB_EN ? fault->en : fault->zh);
    }
}

void
web__case_supplement_done(struct web__call *call)
{
    struct answer answer = {.fields = web__object(call),
                            .materials = tb_json_new(call->arena, TB_JSON_LIST),
                            .faults = tb_json_new(call->arena, TB_JSON_LIST)};
    bool has_form = http_form_value(&call->form, "shown").len > 0;
    struct tb_json *in = web__object(call);
    struct op_result result;
    take_files(call, &answer);
    if (has_form && !take_fields(call, &answer))
        return;
    if (answer.materials->first == NULL && !has_form && answer.faults->first == NULL)
        note(call, &answer, TB_STR("first"), web__tell(call, WEB_T_supplement_choose, NULL));
    if (answer.faults->first != NULL) {
        show(call, 422, &answer);
        return;
    }
    tb_json_set_text(call->arena, in, "no", web__param(call, "no"));
    tb_json_set(in, "materials", tb_json_copy(call->arena, answer.materials));
    if (has_form)
        tb_json_set(in, "fields", tb_json_copy(call->arena, answer.fields));
    web__op_once(call, "cases.supplement", in, &result);
    if (result.status == TB_INVALID) {
        note_rest(call, &answer, &result);
        show(call, 422, &answer);
    } else if (result.status != TB_OK) {
        web__fail(call, &result);
    } else {
        web__go(call, "/cases/" TB_FMT, TB_ARG(web__param(call, "no")));
    }
}
