/* SPDX-License-Identifier: Apache-2.0 */
/* An application being written: the list of what is to be filled in, and one section of it. Everything is saved with
 * every step, faults included; nothing typed is ever lost. */
#include "web/web_apply_internal.h"

/* ---- the draft ---- */

bool
web__draft(struct web__call *call, struct tb_json **ret_draft)
{
    struct tb_json *in = web__object(call);
    const struct tb_json *out;
    tb_json_set_text(call->arena, in, "id", web__param(call, "id"));
    if (!web__ask(call, "drafts.get", in, &out))
        return false;
    tb_str no = tb_json_get_text(out, "submitted_as");
    if (no.len > 0) {
        web__go(call, "/cases/" TB_FMT, TB_ARG(no));
        return false;
    }
    *ret_draft = tb_json_copy(call->arena, out);
    return true;
}

bool
web__draft_save(struct web__call *call, struct tb_json *change, const struct tb_json **ret_draft)
{
    struct op_result result;
    tb_json_set_text(call->arena, change, "id", web__param(call, "id"));
    web__op_once(call, "drafts.section", change, &result);
    if (result.status != TB_OK) {
        web__fail(call, &result);
        return false;
    }
    *ret_draft = result.out;
    return true;
}

void
web__fault_add(struct web__call *call, struct tb_json *faults, tb_str id, tb_str text)
{
    struct tb_json *row = tb_json_add(faults, web__object(call));
    tb_json_set_text(call->arena, row, "id", id);
    tb_json_set_text(call->arena, row, "text", text);
}

void
web__apply_begin(struct web__call *call)
{
    struct tb_json *in = web__object(call);
    struct op_result result;
    web__take(call, in, "item", "item");
    tb_json_set(in, "answers", web__answers_of_form(call));
    if (web__field(call, "for_other").len > 0)
        tb_json_set_bool(call->arena, in, "for_other", true);
    web__op_once(call, "drafts.begin", in, &result);
    if (result.status != TB_OK)
        web__fail(call, &result);
    else
        web__go(call, "/apply/" TB_FMT, TB_ARG(tb_json_get_text(result.out, "id")));
}

void
web__apply_delete(struct web__call *call)
{
    struct tb_json *in = web__object(call);
    struct op_result result;
    tb_json_set_text(call->arena, in, "id", web__param(call, "id"));
    web__op_once(call, "drafts.delete", in, &result);
    if (result.status != TB_OK)
        web__fail(call, &result);
    else
        web__go(call, "/my");
}

/* ---- the list ---- */

static void
add_step(struct web__call *call, struct tb_json *steps, tb_str href, tb_str title, tb_str hint,
         tb_str state)
{
    struct tb_json *row = tb_json_add(steps, web__object(call));
    tb_json_set_text(call->arena, row, "href", href);
    tb_json_set_text(call->arena, row, "title", title);
    tb_json_set_text(call->arena, row, "hint", hint);
    tb_json_set_text(call->arena, row, "state", state);
}

static tb_str
step_address(struct web__call *call, tb_str draft, const char *step, tb_str section)
{
    return tb_printf(call->arena, "/apply/" TB_FMT "/%s" TB_FMT,
                     TB_ARG(http_encode(call->arena, draft)), step,
                     TB_ARG(http_encode(call->arena, section)));
}

/* Papers are done when nothing that must be brought is missing. */
static tb_str
papers_state(const struct tb_json *draft)
{
    bool is_missing = false, is_given = false;
    TB_JSON_EACH(material, tb_json_get(draft, "materials"))
    {
        is_missing = is_missing || tb_str_is(tb_json_get_text(material, "state"), "missing");
        is_given = is_given || tb_str_is(tb_json_get_text(material, "state"), "given");
    }
    return is_missing ? (is_given ? TB_STR("part") : TB_STR("todo")) : TB_STR("done");
}

static bool
has(const struct tb_json *draft, const char *member)
{
    const struct tb_json *found = tb_json_get(draft, member);
    return found != NULL && found->kind == TB_JSON_OBJECT && found->count > 0;
}

struct tb_json *
web__apply_steps(struct web__call *call, const struct tb_json *draft)
{
    struct tb_json *steps = tb_json_new(call->arena, TB_JSON_LIST);
    tb_str id = tb_json_get_text(draft, "id"), none = TB_STR("");
    const struct tb_json *pledge = tb_json_get(draft, "pledge");
    if (tb_json_is_true(tb_json_get(pledge, "allowed")))
        add_step(call, steps, step_address(call, id, "way", none),
                 web__tell(call, WEB_T_apply_way, NULL),
                 web__tell(call, WEB_T_apply_way_hint, NULL),
                 tb_json_get_text(pledge, "choice").len > 0 ? TB_STR("done") : TB_STR("todo"));
    TB_JSON_EACH(section, tb_json_get(draft, "sections"))
    {
        add_step(call, steps, step_address(call, id, "fill/", tb_json_get_text(section, "id")),
                 tb_json_get_text(section, "title"), none, tb_json_get_text(section, "state"));
    }
    add_step(call, steps, step_address(call, id, "papers", none),
             web__tell(call, WEB_T_apply_papers, NULL), none, papers_state(draft));
    add_step(call, steps, step_address(call, id, "delivery", none),
             web__tell(call, WEB_T_apply_delivery, NULL),
             web__tell(call, WEB_T_apply_delivery_hint, NULL),
             has(draft, "delivery") ? TB_STR("done") : TB_STR("todo"));
    add_step(call, steps, step_address(call, id, "agent", none),
             web__tell(call, WEB_T_apply_agent, NULL),
             web__tell(call, WEB_T_apply_agent_hint, NULL),
             has(draft, "agent") ? TB_STR("done") : TB_STR("optional"));
    if (tb_json_is_true(tb_json_get(draft, "is_for_other")))
        add_step(call, steps, step_address(call, id, "window", none),
                 web__tell(call, WEB_T_apply_window, NULL),
                 web__tell(call, WEB_T_apply_window_hint, NULL),
                 has(draft, "on_behalf") ? TB_STR("done") : TB_STR("todo"));
    return steps;
}

static void
count_steps(struct web__call *call, struct tb_json *data, const struct tb_json *steps)
{
    int64_t done = 0, all = 0;
    TB_JSON_EACH(step, steps)
    {
        tb_str state = tb_json_get_text(step, "state");
        if (tb_str_is(state, "optional"))
            continue;
        all++;
        done += tb_str_is(state, "done") ? 1 : 0;
    }
    tb_json_set_int(call->arena, data, "done", done);
    tb_json_set_int(call->arena, data, "all", all);
    tb_json_set_int(call->arena, data, "left", all - done);
    tb_json_set_bool(call->arena, data, "is_complete", done == all);
}

/* The parts that pages know and a draft does not ask for: they are to be done before submitting all the same. */
static bool
is_part_of_pages(tb_str href)
{
    return tb_str_ends(href, TB_STR("/delivery")) || tb_str_ends(href, TB_STR("/window"));
}

bool
web__apply_put_steps(struct web__call *call, struct tb_json *draft)
{
    struct tb_json *steps = web__apply_steps(call, draft);
    struct tb_json *list = tb_json_set_list(call->arena, draft, "left_out");
    TB_JSON_EACH(one, tb_json_get(draft, "missing"))
    tb_json_add(list, tb_json_copy(call->arena, one));
    TB_JSON_EACH(step, steps)
    {
        if (!is_part_of_pages(tb_json_get_text(step, "href")) ||
            tb_str_is(tb_json_get_text(step, "state"), "done"))
            continue;
        struct tb_json *row = tb_json_add(list, web__object(call));
        tb_json_set_text(call->arena, row, "title", tb_json_get_text(step, "title"));
    }
    tb_json_set(draft, "steps", steps);
    return list->first == NULL;
}

void
web__apply_list(struct web__call *call)
{
    struct tb_json *draft;
    if (!web__draft(call, &draft))
        return;
    web__apply_put_steps(call, draft);
    count_steps(call, draft, tb_json_get(draft, "steps"));
    web__show(call, 200, WEB_VIEW_apply, draft);
}

/* ---- one section ---- */

static const struct tb_json *
section_of(const struct tb_json *draft, tb_str id)
{
    TB_JSON_EACH(section, tb_json_get(draft, "sections"))
    {
        if (tb_str_eq(tb_json_get_text(section, "id"), id))
            return section;
    }
    return NULL;
}

void
web__split_date(struct web__call *call, struct tb_json *row, tb_str value)
{
    static const char *const names[] = {"year", "month", "day"};
    tb_str rest = value, part;
    for (size_t i = 0; i < TB_COUNT(names); i++) {
        if (rest.len == 0 || !tb_str_cut(&rest, '-', &part))
            part = TB_STR("");
        while (i > 0 && part.len > 1 && part.ptr[0] == '0')
            part = tb_str_sub(part, 1, part.len);
        tb_json_set_text(call->arena, row, names[i], part);
    }
}

static bool
is_among(const struct tb_json *values, tb_str value)
{
    if (tb_str_eq(tb_json_text(values), value) && value.len > 0)
        return true;
    TB_JSON_EACH(one, values)
    {
        if (tb_str_eq(tb_json_text(one), value))
            return true;
    }
    return false;
}

/* "Label: fault", for the list far from the field; a fault that begins with its label says it once. A label that is a
 * question keeps its mark and takes no colon. */
static tb_str
fault_line(struct web__call *call, tb_str label, tb_str fault)
{
    if (tb_str_starts(fault, label))
        return fault;
    bool is_question = tb_str_ends(label, TB_STR("？")) || tb_str_ends(label, TB_STR("?"));
    tb_str between = is_question ? TB_STR(" ") : web__tell(call, WEB_T_form_colon, NULL);
    return tb_printf(call->arena, TB_FMT TB_FMT TB_FMT, TB_ARG(label), TB_ARG(between),
                     TB_ARG(fault));
}

void
web__put_fields(struct web__call *call, struct tb_json *data, const struct tb_json *section)
{
    struct tb_json *fields = tb_json_set_list(call->arena, data, "fields");
    struct tb_json *faults = tb_json_set_list(call->arena, data, "faults");
    TB_JSON_EACH(field, tb_json_get(section, "fields"))
    {
        struct tb_json *row = tb_json_add(fields, tb_json_copy(call->arena, field));
        tb_str id = tb_printf(call->arena, "f-" TB_FMT, TB_ARG(tb_json_get_text(field, "key")));
        tb_str fault = tb_json_get_text(field, "fault");
        tb_json_set_text(call->arena, row, "id", id);
        if (tb_str_is(tb_json_get_text(field, "type"), "datetime"))
            web__split_date(call, row, tb_json_get_text(row, "value"));
        for (struct tb_json *option =
                 tb_json_get(row, "options") != NULL ? tb_json_get(row, "options")->first : NULL;
             option != NULL; option = option->next)
            tb_json_set_bool(
                call->arena, option, "is_chosen",
                is_among(tb_json_get(field, "value"), tb_json_get_text(option, "value")));
        if (fault.len > 0)
            web__fault_add(call, faults, id,
                           fault_line(call, tb_json_get_text(field, "label"), fault));
    }
}

static void
show_section(struct web__call *call, int status, const struct tb_json *draft, tb_str id)
{
    const struct tb_json *section = section_of(draft, id);
    if (section == NULL) {
        web__not_found(call);
        return;
    }
    struct tb_json *data = web__object(call);
    tb_json_set_text(call->arena, data, "draft", tb_json_get_text(draft, "id"));
    tb_json_set_text(call->arena, data, "name", tb_json_get_text(draft, "name"));
    tb_json_set_text(call->arena, data, "section", id);
    tb_json_set_text(call->arena, data, "heading", tb_json_get_text(section, "title"));
    tb_json_set(data, "steps", web__apply_steps(call, draft));
    web__put_fields(call, data, section);
    web__show(call, status, WEB_VIEW_apply_section, data);
}

void
web__apply_section(struct web__call *call)
{
    struct tb_json *draft;
    if (web__draft(call, &draft))
        show_section(call, 200, draft, web__param(call, "section"));
}

tb_str
web__date_of_form(struct web__call *call, tb_str name)
{
    tb_str parts[3];
    static const char *const suffixes[] = {".y", ".m", ".d"};
    for (size_t i = 0; i < 3; i++)
        parts[i] =
            web__field(call, tb_printf(call->arena, TB_FMT "%s", TB_ARG(name), suffixes[i]).ptr);
    if (parts[0].len + parts[1].len + parts[2].len == 0)
        return TB_STR("");
    for (size_t i = 1; i < 3; i++) {
        if (parts[i].len == 1)
            parts[i] = tb_printf(call->arena, "0" TB_FMT, TB_ARG(parts[i]));
    }
    return tb_printf(call->arena, TB_FMT "-" TB_FMT "-" TB_FMT, TB_ARG(parts[0]), TB_ARG(parts[1]),
                     TB_ARG(parts[2]));
}

/* All values of a field with several boxes, as a list. */
static struct tb_json *
list_of_form(struct web__call *call, tb_str name)
{
    struct tb_json *list = tb_json_new(call->arena, TB_JSON_LIST);
    for (size_t i = 0; i < call->form.count; i++) {
        if (tb_str_eq(call->form.parts[i].name, name) && call->form.parts[i].value.len > 0)
            tb_json_add(list, tb_json_new_text(call->arena, call->form.parts[i].value));
    }
    return list;
}

struct tb_json *
web__value_of_form(struct web__call *call, const struct tb_json *field)
{
    tb_str type = tb_json_get_text(field, "type");
    tb_str name = tb_printf(call->arena, "f." TB_FMT, TB_ARG(tb_json_get_text(field, "key")));
    if (tb_str_is(type, "datetime"))
        return tb_json_new_text(call->arena, web__date_of_form(call, name));
    if (tb_str_is(type, "checklist"))
        return list_of_form(call, name);
    if (tb_str_is(type, "checkbox"))
        return tb_json_new_bool(call->arena, web__field(call, name.ptr).len > 0);
    return tb_json_new_text(call->arena, web__field(call, name.ptr));
}

void
web__apply_section_save(struct web__call *call)
{
    struct tb_json *draft, *change = web__object(call);
    tb_str id = web__param(call, "section");
    const struct tb_json *saved;
    if (!web__draft(call, &draft))
        return;
    const struct tb_json *section = section_of(draft, id);
    if (section == NULL) {
        web__not_found(call);
        return;
    }
    struct tb_json *fields = tb_json_set_object(call->arena, change, "fields");
    TB_JSON_EACH(field, tb_json_get(section, "fields"))
    {
        tb_str type = tb_json_get_text(field, "type");
        if (!tb_str_is(type, "text") && !tb_str_is(type, "group"))
            tb_json_set(fields, tb_cstr(call->arena, tb_json_get_text(field, "key")),
                        web__value_of_form(call, field));
    }
    tb_json_set_text(call->arena, change, "section", id);
    if (!web__draft_save(call, change, &saved))
        return;
    bool is_faulty = tb_str_is(tb_json_get_text(section_of(saved, id), "state"), "fault");
    if (is_faulty && web__field(call, "later").len == 0)
        show_section(call, 422, saved, id);
    else
        web__go(call, "/apply/" TB_FMT, TB_ARG(web__param(call, "id")));
}
