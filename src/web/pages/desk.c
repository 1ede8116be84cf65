/* SPDX-License-Identifier: Apache-2.0 */
/* The window: who waits, the case in hand with its papers to tick, the one notice of what is missing. One form holds
 * everything, so that a tick is never lost: each button saves the ticks first and then does its act. */
#include "web/web_staff.h"
#include <string.h>

/* What the clerk ticked in this very request, else what is on record. */
static tb_str
ticked(struct web__call *call, const char *prefix, tb_str id, tb_str on_record)
{
    tb_str name = tb_printf(call->arena, "%s." TB_FMT, prefix, TB_ARG(id));
    tb_str value = http_form_value(&call->form, name.ptr);
    return value.ptr != NULL ? tb_str_trim(value) : on_record;
}

/* The papers as rows of the table: number, ticks, files; and how many are good, missing, late or not yet judged.
 * Nothing is ticked that nobody looked at. */
static void
put_papers(struct web__call *call, struct tb_json *data, const struct tb_json *of_case)
{
    struct tb_json *list = tb_json_set_list(call->arena, data, "papers");
    struct tb_json *missing = tb_json_set_list(call->arena, data, "missing");
    struct tb_json *late = tb_json_set_list(call->arena, data, "late");
    int64_t n = 0, good = 0, open = 0;
    TB_JSON_EACH(material, tb_json_get(of_case, "materials"))
    {
        struct tb_json *row = tb_json_add(list, tb_json_copy(call->arena, material));
        tb_str id = tb_json_get_text(material, "id");
        bool is_mine = tb_str_is(tb_json_get_text(material, "checked_at"), "window");
        tb_str result =
            is_mine ? ticked(call, "m", id, tb_json_get_text(material, "result")) : TB_STR("");
        tb_json_set_int(call->arena, row, "n", ++n);
        tb_json_set_text(call->arena, row, "tick", result);
        tb_json_set_text(call->arena, row, "tick_note",
                         ticked(call, "n", id, tb_json_get_text(material, "note")));
        tb_json_set_bool(call->arena, row, "may_be_late",
                         tb_json_is_true(tb_json_get(material, "late")));
        good += tb_str_is(result, "ok");
        open += is_mine && result.len == 0;
        if (tb_str_is(result, "fix"))
            tb_json_add(missing, tb_json_copy(call->arena, row));
        if (tb_str_is(result, "late"))
            tb_json_add(late, tb_json_copy(call->arena, row));
    }
    tb_json_set_int(call->arena, data, "good", good);
    tb_json_set_int(call->arena, data, "open", open);
}

static const struct tb_json *
party(const struct tb_json *of_case, const char *role)
{
    TB_JSON_EACH(row, tb_json_get(of_case, "parties"))
    if (tb_str_is(tb_json_get_text(row, "role"), role))
        return row;
    return NULL;
}

static struct tb_json *ticks(struct web__call *call, const char *which);

static struct tb_json *notes(struct web__call *call, bool with_empty);

/* The id of the input that the n-th line of the notice was made of: papers first, then fields of the form. */
static tb_str
line_id(struct web__call *call, tb_str index)
{
    size_t n = 0;
    TB_JSON_EACH(fix, ticks(call, "fix"))
    {
        if (tb_str_eq(tb_printf(call->arena, "%zu", n++), index))
            return tb_printf(call->arena, "n-" TB_FMT, TB_ARG(tb_json_get_text(fix, "id")));
    }
    TB_JSON_EACH(field, notes(call, false))
    {
        if (tb_str_eq(tb_printf(call->arena, "%zu", n++), index))
            return tb_printf(call->arena, "w-" TB_FMT, TB_ARG(tb_json_get_text(field, "key")));
    }
    return TB_STR_NONE;
}

/* A fault of a line of the notice, or of a field, leads to the words written about it. */
static void
point_at_words(struct web__call *call, struct tb_json *faults)
{
    for (struct tb_json *row = faults->first; row != NULL; row = row->next) {
        tb_str place = tb_json_get_text(row, "place"), rest = place, head = TB_STR_NONE,
               id = TB_STR_NONE;
        if (!tb_str_cut(&rest, '.', &head))
            continue;
        if (tb_str_is(head, "fields")) {
            id = tb_printf(call->arena, "w-" TB_FMT, TB_ARG(rest));
        } else if (tb_str_is(head, "lines") && tb_str_cut(&rest, '.', &head)) {
            id = line_id(call, head);
        }
        for (struct tb_json *member = row->first; id.len > 0 && member != NULL;
             member = member->next) {
            if (tb_str_is(member->key, "id"))
                member->text = id;
        }
    }
}

/* The form as it was filled in, with what the clerk has to say beside a field; and what of it goes into the notice. */
static void
put_form(struct web__call *call, struct tb_json *data, const struct tb_json *of_case)
{
    struct tb_json *list = tb_json_set_list(call->arena, data, "form");
    struct tb_json *noted = tb_json_set_list(call->arena, data, "noted");
    TB_JSON_EACH(section, tb_json_get(of_case, "sections"))
    {
        struct tb_json *part = tb_json_add(list, web__object(call));
        struct tb_json *rows = tb_json_set_list(call->arena, part, "fields");
        bool is_marked = false;
        tb_json_set_text(call->arena, part, "title", tb_json_get_text(section, "title"));
        TB_JSON_EACH(field, tb_json_get(section, "fields"))
        {
            struct tb_json *row = tb_json_add(rows, tb_json_copy(call->arena, field));
            tb_str words =
                ticked(call, "w", tb_json_get_text(field, "key"), tb_json_get_text(field, "note"));
            tb_json_set_text(call->arena, row, "words", words);
            is_marked =
                is_marked || words.len > 0 || tb_json_is_true(tb_json_get(field, "is_corrected"));
            if (words.len > 0)
                tb_json_add(noted, tb_json_copy(call->arena, row));
        }
        tb_json_set_bool(call->arena, part, "is_marked", is_marked);
    }
}

/* The page with the queue and, when there is one, the case no. result: what went wrong with the act just tried. */
static void
show(struct web__call *call, tb_str no, const struct op_result *result)
{
    const struct tb_json *window, *of_case = NULL;
    struct tb_json *data = web__object(call), *in = web__object(call);
    if (!web__ask(call, "cases.window", NULL, &window))
        return;
    const struct tb_json *first = tb_json_get(window, "current");
    if (no.len == 0)
        no = tb_json_get_text(first, "no");
    tb_json_set(data, "window", tb_json_copy(call->arena, window));
    tb_json_set_text(call->arena, data, "no", no);
    tb_json_set_text(call->arena, data, "did", web__query(call, "did"));
    tb_json_set_text(call->arena, data, "did_no", web__query(call, "for"));
    if (no.len > 0) {
        tb_json_set_text(call->arena, in, "no", no);
        if (!web__ask(call, "cases.get", in, &of_case))
            return;
        tb_json_set(data, "case", tb_json_copy(call->arena, of_case));
        tb_json_set(data, "applicant", tb_json_copy(call->arena, party(of_case, "applicant")));
        tb_json_set(data, "agent", tb_json_copy(call->arena, party(of_case, "agent")));
        put_papers(call, data, of_case);
        put_form(call, data, of_case);
        tb_str state = tb_json_get_text(of_case, "state");
        tb_json_set_bool(call->arena, data, "is_correcting", tb_str_is(state, "correcting"));
        tb_json_set_bool(call->arena, data, "is_waiting",
                         tb_str_is(state, "submitted") || tb_str_is(state, "correcting"));
    }
    const char *const kept[] = {"ground", "reason", "other_agency", "purpose"};
    for (size_t i = 0; i < TB_COUNT(kept); i++)
        tb_json_set_text(call->arena, data, kept[i], web__field(call, kept[i]));
    if (result != NULL) {
        web__put_faults(call, data, result);
        for (struct tb_json *member = data->first; member != NULL; member = member->next) {
            if (tb_str_is(member->key, "faults"))
                point_at_words(call, member);
        }
        tb_json_set_text(call->arena, data, "refused", tb_str_of(result->err.message));
    }
    web__show(call, result != NULL ? result->http : 200, WEB_VIEW_desk, data);
}

void
web__desk(struct web__call *call)
{
    show(call, TB_STR(""), NULL);
}

void
web__desk_case(struct web__call *call)
{
    show(call, web__param(call, "no"), NULL);
}

/* Every m.ID of the form, with its note. which: only those with this result; NULL: all. */
static struct tb_json *
ticks(struct web__call *call, const char *which)
{
    struct tb_json *list = tb_json_new(call->arena, TB_JSON_LIST);
    for (size_t i = 0; i < call->form.count; i++) {
        const struct http_part *part = &call->form.parts[i];
        if (!tb_str_starts(part->name, TB_STR("m.")) ||
            (which != NULL && !tb_str_is(part->value, which)))
            continue;
        struct tb_json *row = tb_json_add(list, web__object(call));
        tb_str id = tb_str_sub(part->name, 2, part->name.len);
        tb_str note = web__field(call, tb_printf(call->arena, "n." TB_FMT, TB_ARG(id)).ptr);
        tb_json_set_text(call->arena, row, "id", id);
        tb_json_set_text(call->arena, row, "result", part->value);
        if (note.len > 0)
            tb_json_set_text(call->arena, row, "note", note);
    }
    return list;
}

/* What was written beside the fields of the form: [{key, note}]. */
static struct tb_json *
notes(struct web__call *call, bool with_empty)
{
    struct tb_json *list = tb_json_new(call->arena, TB_JSON_LIST);
    for (size_t i = 0; i < call->form.count; i++) {
        const struct http_part *part = &call->form.parts[i];
        tb_str words = tb_str_trim(part->value);
        if (!tb_str_starts(part->name, TB_STR("w.")) || (words.len == 0 && !with_empty))
            continue;
        struct tb_json *row = tb_json_add(list, web__object(call));
        tb_json_set_text(call->arena, row, "key", tb_str_sub(part->name, 2, part->name.len));
        tb_json_set_text(call->arena, row, "note", words);
    }
    return list;
}

static struct tb_json *
input_for(struct web__call *call)
{
    struct tb_json *in = web__object(call);
    tb_json_set_text(call->arena, in, "no", web__param(call, "no"));
    return in;
}

static void
save_ticks(struct web__call *call, struct op_result *ret_result)
{
    struct tb_json *in = input_for(call), *list = ticks(call, NULL), *words = notes(call, true);
    *ret_result = (struct op_result){.status = TB_OK};
    if (list->first == NULL && words->first == NULL)
        return;
    if (list->first != NULL)
        tb_json_set(in, "materials", list);
    if (words->first != NULL)
        tb_json_set(in, "fields", words);
    web__op(call, "cases.check", in, ret_result);
}

static void
tell_missing(struct web__call *call, struct op_result *ret_result)
{
    struct tb_json *in = input_for(call), *fixes = ticks(call, "fix");
    struct tb_json *lines = tb_json_set_list(call->arena, in, "lines");
    TB_JSON_EACH(fix, fixes)
    {
        struct tb_json *line = tb_json_add(lines, web__object(call));
        tb_json_set_text(call->arena, line, "material", tb_json_get_text(fix, "id"));
        tb_json_set_text(call->arena, line, "what", tb_json_get_text(fix, "note"));
    }
    TB_JSON_EACH(field, notes(call, false))
    {
        struct tb_json *line = tb_json_add(lines, web__object(call));
        tb_json_set_text(call->arena, line, "field", tb_json_get_text(field, "key"));
        tb_json_set_text(call->arena, line, "what", tb_json_get_text(field, "note"));
    }
    web__op_once(call, "cases.deficiency", in, ret_result);
}

static void
accept_case(struct web__call *call, struct op_result *ret_result)
{
    struct tb_json *in = input_for(call), *late = ticks(call, "late");
    if (late->first != NULL) {
        struct tb_json *ids = tb_json_set_list(call->arena, in, "late");
        TB_JSON_EACH(row, late)
        tb_json_add(ids, tb_json_new_text(call->arena, tb_json_get_text(row, "id")));
    }
    web__op_once(call, "cases.accept", in, ret_result);
}

static void
refuse_case(struct web__call *call, struct op_result *ret_result)
{
    struct tb_json *in = input_for(call);
    web__take(call, in, "ground", "ground");
    web__take(call, in, "reason", "reason");
    web__take(call, in, "other_agency", "other_agency");
    web__op_once(call, "cases.refuse_acceptance", in, ret_result);
}

static void
unmask(struct web__call *call, struct op_result *ret_result)
{
    struct tb_json *in = input_for(call);
    web__take(call, in, "purpose", "purpose");
    web__op(call, "cases.unmask", in, ret_result);
}

static void
save_only(struct web__call *call, struct op_result *ret_result)
{
    (void)call;
    *ret_result = (struct op_result){.status = TB_OK};
}

/* What the buttons do after the ticks are saved. goes_on: to the next case of the queue. */
static const struct {
    const char *name;
    void (*act)(struct web__call *call, struct op_result *ret_result);
    bool goes_on;
} acts[] = {{"save", save_only, false},
            {"notice", tell_missing, true},
            {"accept", accept_case, true},
            {"refuse", refuse_case, true},
            {"unmask", unmask, false}};

void
web__desk_act(struct web__call *call)
{
    tb_str wanted = web__field(call, "do"), no = web__param(call, "no");
    struct op_result result;
    size_t i = 0;
    while (i + 1 < TB_COUNT(acts) && !tb_str_is(wanted, acts[i].name))
        i++;
    save_ticks(call, &result);
    if (result.status == TB_OK)
        acts[i].act(call, &result);
    if (result.status != TB_OK)
        show(call, no, &result);
    else if (acts[i].goes_on)
        web__go(call, "/desk?did=%s&for=" TB_FMT, acts[i].name, TB_ARG(no));
    else
        web__go(call, "/desk/" TB_FMT "?did=%s", TB_ARG(no), acts[i].name);
}

/* A paper of a case, for whoever may see the case. */
void
web__case_file(struct web__call *call)
{
    struct tb_json *in = input_for(call);
    struct op_result result;
    tb_json_set_text(call->arena, in, "hash", web__param(call, "hash"));
    web__op(call, "cases.paper", in, &result);
    if (result.status != TB_OK)
        web__fail(call, &result);
    else
        web__send_raw(call, &result);
}
