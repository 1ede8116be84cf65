/* SPDX-License-Identifier: Apache-2.0 */
/* At the window: ticks, the one complete notice, acceptance, refusal to accept (行政许可法 32). */
#include "cases/cases_correction.h"

/* ---- shared by the acts here
 * ------------------------------------------------------------------------------------- */

static tb_status
refuse_state(struct cases__act *act, struct tb_err *err)
{
    return cases__refuse(
        act, TB_CONFLICT, "", "state",
        tb_printf(act->arena, "这件事现在是“" TB_FMT "”，不能做这一步",
                  TB_ARG(cases__word_of(TB_STR("zh"), act->arena, "state",
                                        tb_str_of(cases__state_word(act->is.state))))),
        tb_printf(act->arena, "The case is now \"%s\"; this step is not open",
                  cases__state_word(act->is.state)),
        err);
}

/* Silence over five days has made it accepted already (32(4)): nothing said later undoes that. */
static tb_status
refuse_when_deemed(struct cases__act *act, struct tb_err *err)
{
    struct clock_rules rules;
    struct clock_reckoning found;
    struct cases__events events;
    struct cases__tasks none = {0};
    TB_TRY(cases__rules(act->arena, act->pack, act->item, cases__json(act->arena, act->is.extra),
                        &rules, err));
    TB_TRY(cases__load_events(act->arena, act->read, act->is.id, &events, err));
    TB_TRY(cases__reckon(act->arena, act->cases, &rules, &events, &none, act->now, &found, err));
    if (!found.is_deemed_accepted)
        return TB_OK;
    return cases__refuse(
        act, TB_CONFLICT, "", "deemed_accepted",
        tb_printf(act->arena,
                  "五个工作日内没有告知，已自" TB_FMT "起视为受理（行政许可法第三十二条）",
                  TB_ARG(tb_date_format(act->arena, found.started))),
        tb_printf(act->arena, "Nothing was told within five working days: accepted since " TB_FMT,
                  TB_ARG(tb_date_format(act->arena, found.started))),
        err);
}

static tb_status
finish(struct cases__call *call, struct tb_err *err)
{
    struct cases__act *act = &call->act;
    TB_TRY(cases__act_end(act, err));
    call->out = cases__object(act->arena);
    tb_json_set_text(act->arena, call->out, "no", act->is.no);
    tb_json_set_text(act->arena, call->out, "state", tb_str_of(cases__state_word(act->is.state)));
    tb_json_set_text(act->arena, call->out, "state_name",
                     cases__word_of(act->lang, act->arena, "state",
                                    tb_str_of(cases__state_word(act->is.state))));
    tb_json_set_text(act->arena, call->out, "answer_due", act->is.answer_due);
    tb_json_set_text(act->arena, call->out, "due", act->is.due);
    tb_json_set_text(act->arena, call->out, "promised_due", act->is.promised_due);
    return TB_OK;
}

/* Finds the case for these roles, runs the closure, draws what it decided. */
tb_status
cases__act_on(struct op_ctx *ctx, const struct tb_json *in, unsigned roles, store_fn fn, void *more,
              struct tb_json **ret_out, struct tb_err *err)
{
    struct cases__case of_case;
    struct cases__call *call = TB_NEW(op_arena(ctx), struct cases__call);
    TB_TRY(cases__find(ctx, tb_json_get_text(in, "no"), TB_STR_NONE, roles, &of_case, NULL, err));
    cases__call_init(call, ctx, in);
    call->case_id = of_case.id;
    call->more = more;
    TB_TRY(op_write(ctx, fn, call, err));
    cases__draw_case(op_self(ctx), op_arena(ctx), of_case.id);
    *ret_out = call->out;
    return TB_OK;
}

tb_status
cases__call_finish(struct cases__call *call, struct tb_err *err)
{
    return finish(call, err);
}

/* ---- ticks
 * ------------------------------------------------------------------------------------------------------- */

static const struct cases__paper *
find_paper(const struct cases__papers *papers, tb_str material)
{
    const struct cases__paper *found = NULL;
    for (size_t i = 0; i < papers->count; i++) {
        if (tb_str_eq(papers->items[i].material, material))
            found = &papers->items[i];
    }
    return found;
}

/* Must the person hand it in? The rest is called up, generated or looked at. */
static bool
is_brought(tb_str source)
{
    return tb_str_is(source, "own") || tb_str_is(source, "agency");
}

/* A clerk checks what is handed in, drawn up or taken over; what is called up or looked at on site he has not seen. */
bool
cases__paper_is_ticked(tb_str source, const struct cases__paper *paper)
{
    if (paper != NULL && tb_str_is(paper->state, "given"))
        return true;
    return !tb_str_is(source, "called_up") && !tb_str_is(source, "checked_on_site");
}

/* Every tick names a paper of the pack and one of the three results; all faults at once. */
static tb_status
check_ticks(struct cases__act *act, const struct tb_json *lines, struct tb_err *err)
{
    size_t before = act->faults->count, index = 0;
    TB_JSON_EACH(line, lines)
    {
        tb_str result = tb_json_get_text(line, "result");
        if (packs_material_find(act->pack, tb_json_get_text(line, "id")) == NULL)
            tb_fault_add(act->faults, tb_printf(act->arena, "materials.%zu.id", index),
                         "unknown_material", TB_STR("没有这份材料"),
                         TB_STR("There is no such paper"));
        if (!tb_str_is(result, "ok") && !tb_str_is(result, "fix") && !tb_str_is(result, "late"))
            tb_fault_add(act->faults, tb_printf(act->arena, "materials.%zu.result", index),
                         "choice", TB_STR("核对结果只能是：合格、要补正、容缺后补"),
                         TB_STR("A result is ok, fix or late"));
        index++;
    }
    if (act->faults->count > before)
        return tb_fail(err, TB_INVALID, "some ticks cannot be read");
    return TB_OK;
}

static tb_status
tick(struct cases__act *act, const struct cases__papers *papers, const struct tb_json *line,
     struct tb_err *err)
{
    tb_str material = tb_json_get_text(line, "id"), result = tb_json_get_text(line, "result");
    tb_str note = tb_json_get_text(line, "note");
    const struct cases__paper *paper = find_paper(papers, material);
    const struct packs_material *row = packs_material_find(act->pack, material);
    if (paper != NULL)
        return store_update(
            act->tx, "case_materials", paper->id, -1,
            STORE_VALUES(STORE_SET_TEXT("result", result), STORE_SET_TEXT("note", note)), err);
    return store_insert(
        act->tx, "case_materials",
        STORE_VALUES(
            STORE_SET_INT("of_case", act->is.id), STORE_SET_TEXT("material", material),
            STORE_SET_TEXT("state", is_brought(row->source) ? TB_STR("missing") : row->source),
            STORE_SET_TEXT("result", result), STORE_SET_TEXT("note", note),
            STORE_SET_JSON("files", TB_STR("[]")), STORE_SET_INT("round", 0)),
        NULL, err);
}

/* Writes down what the clerk ticked; lines may be NULL. */
static tb_status
save_ticks(struct cases__act *act, const struct tb_json *lines, struct tb_err *err)
{
    struct cases__papers papers;
    TB_TRY(check_ticks(act, lines, err));
    TB_TRY(cases__load_papers(act->arena, act->read, act->is.id, &papers, err));
    TB_JSON_EACH(line, lines)
    TB_TRY(tick(act, &papers, line, err));
    return TB_OK;
}

static tb_status
write_check(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct cases__call *call = arg;
    TB_TRY(cases__call_begin(call, tx, err));
    if (call->act.is.state != CASES_SUBMITTED && call->act.is.state != CASES_CORRECTING)
        return refuse_state(&call->act, err);
    TB_TRY(save_ticks(&call->act, tb_json_get(call->in, "materials"), err));
    TB_TRY(cases__form_notes_save(&call->act, tb_json_get(call->in, "fields"), err));
    return finish(call, err);
}

static tb_status
run_check(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
          struct tb_err *err)
{
    (void)self;
    return cases__act_on(ctx, in, OP_CLERK, write_check, NULL, ret_out, err);
}

/* ---- acceptance
 * -------------------------------------------------------------------------------------------------- */

static bool
is_listed(const struct tb_json *list, tb_str word)
{
    TB_JSON_EACH(one, list)
    {
        if (tb_str_eq(tb_json_text(one), word))
            return true;
    }
    return false;
}

/* One paper of the list as the clerk left it. */
struct checked {
    tb_str id, name;
    const struct cases__paper *paper; /* NULL: nothing on record */
    bool is_required, may_be_late, is_late, is_there, is_ticked;
};

static struct checked
look_at(const struct tb_json *material, const struct cases__papers *papers,
        const struct tb_json *late)
{
    tb_str id = tb_json_get_text(material, "id");
    const struct cases__paper *paper = find_paper(papers, id);
    return (struct checked){
        .id = id,
        .name = tb_json_get_text(material, "name"),
        .paper = paper,
        .is_required = tb_str_is(tb_json_get_text(material, "necessity"), "required"),
        .may_be_late = tb_json_is_true(tb_json_get(material, "late")),
        .is_late = is_listed(late, id) || (paper != NULL && tb_str_is(paper->result, "late")),
        .is_there = !is_brought(tb_json_get_text(material, "source")) ||
                    (paper != NULL &&
                     (tb_str_is(paper->state, "given") || tb_str_is(paper->state, "called_up"))),
        .is_ticked = cases__paper_is_ticked(tb_json_get_text(material, "source"), paper),
    };
}

/* clang-format off */
/* Why a paper stands in the way of acceptance, and what the clerk does about it. */
static const struct paper_fault {
    const char *code, *zh, *en;
} paper_faults[] = {
    {"not_tolerant", "不在容缺范围内，不能后补。请告知补正，或者核对后勾选合格。",
     "may not come late. Tell that it is missing, or tick it as good."},
    {"to_mend",      "要补正。请先发补正告知书；改好以后勾选合格再受理。",
     "is to be mended. Send the notice first, or tick it as good."},
    {"missing",      "还没有交。请发补正告知书；资料包允许容缺的，勾选容缺后补。",
     "has not been handed in. Send the notice; where the pack allows it, tick it as late."},
    {"unticked",     "还没有核对。请核对后勾选合格或者要补正。",
     "has not been checked. Check it and tick it as good or to be mended."},
};
/* clang-format on */
typedef enum { PAPER_NOT_TOLERANT, PAPER_TO_MEND, PAPER_MISSING, PAPER_UNTICKED } paper_trouble;

/* False: the paper is as it must be (行政许可法 32(5): complete and in the statutory form). */
static bool
has_trouble(const struct checked *checked, paper_trouble *ret_trouble)
{
    tb_str result = checked->paper != NULL ? checked->paper->result : TB_STR_NONE;
    if (checked->is_late && checked->may_be_late)
        return false;
    if (checked->is_late)
        *ret_trouble = PAPER_NOT_TOLERANT;
    else if (tb_str_is(result, "fix"))
        *ret_trouble = PAPER_TO_MEND;
    else if (checked->is_required && !checked->is_there)
        *ret_trouble = PAPER_MISSING;
    else if (checked->is_required && checked->is_ticked && !tb_str_is(result, "ok"))
        *ret_trouble = PAPER_UNTICKED;
    else
        return false;
    return true;
}

/* A paper accepted as late is owed until it comes; the decision waits for it (F5). */
static tb_status
note_late(struct cases__act *act, const struct checked *checked, struct tb_err *err)
{
    if (checked->paper != NULL)
        return store_update(act->tx, "case_materials", checked->paper->id, -1,
                            STORE_VALUES(STORE_SET_TEXT("state", TB_STR("late")),
                                         STORE_SET_TEXT("result", TB_STR("late"))),
                            err);
    return store_insert(
        act->tx, "case_materials",
        STORE_VALUES(STORE_SET_INT("of_case", act->is.id), STORE_SET_TEXT("material", checked->id),
                     STORE_SET_TEXT("state", TB_STR("late")),
                     STORE_SET_TEXT("result", TB_STR("late")),
                     STORE_SET_JSON("files", TB_STR("[]")), STORE_SET_INT("round", 0)),
        NULL, err);
}

/* Each required paper that is the clerk's to check is ticked as good, or as late where the pack names it (容缺, F5). */
static tb_status
check_papers(struct cases__act *act, const struct tb_json *late, struct tb_err *err)
{
    struct tb_json *list = NULL;
    struct cases__papers papers;
    size_t before = act->faults->count;
    TB_TRY(cases__load_papers(act->arena, act->read, act->is.id, &papers, err));
    TB_TRY(packs_materials(act->arena, act->pack, act->item,
                           cases__json(act->arena, act->is.answers), act->lang, &list, err));
    TB_JSON_EACH(material, list)
    {
        struct checked checked = look_at(material, &papers, late);
        paper_trouble trouble;
        if (has_trouble(&checked, &trouble))
            tb_fault_add(act->faults,
                         tb_printf(act->arena, "materials." TB_FMT, TB_ARG(checked.id)),
                         paper_faults[trouble].code,
                         tb_printf(act->arena, "“" TB_FMT "”%s", TB_ARG(checked.name),
                                   paper_faults[trouble].zh),
                         tb_printf(act->arena, "\"" TB_FMT "\" %s", TB_ARG(checked.name),
                                   paper_faults[trouble].en));
        else if (checked.is_late)
            TB_TRY(note_late(act, &checked, err));
    }
    TB_TRY(cases__form_notes_check(act, err));
    if (act->faults->count > before)
        return tb_fail(err, TB_INVALID, "%zu things stand in the way of acceptance",
                       act->faults->count - before);
    return TB_OK;
}

tb_status
cases__accept_by_person(struct cases__act *act, const struct tb_json *in, struct tb_err *err)
{
    struct cases__task task;
    if (act->is.state != CASES_SUBMITTED && act->is.state != CASES_CORRECTING)
        return refuse_state(act, err);
    TB_TRY(cases__separate(act, false, err));
    TB_TRY(refuse_when_deemed(act, err));
    TB_TRY(save_ticks(act, tb_json_get(in, "materials"), err));
    TB_TRY(check_papers(act, tb_json_get(in, "late"), err));
    TB_TRY(cases__accept(act, "accepted", act->now, err));
    TB_TRY(cases__task_open(act, "accept", &task, err));
    if (task.id == 0)
        return TB_OK;
    return cases__task_finish(act, &task, TB_STR("accept"), TB_STR_NONE, NULL, err);
}

static tb_status
write_accept(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct cases__call *call = arg;
    TB_TRY(cases__call_begin(call, tx, err));
    TB_TRY(cases__accept_by_person(&call->act, call->in, err));
    return finish(call, err);
}

static tb_status
run_accept(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
           struct tb_err *err)
{
    (void)self;
    return cases__act_on(ctx, in, OP_CLERK, write_accept, NULL, ret_out, err);
}

/* ---- the one complete notice
 * ------------------------------------------------------------------------------------- */

/* The lines of the notices already given; NULL when there was none. */
static tb_status
told_lines(struct cases__act *act, const struct tb_json **ret_lines, struct tb_err *err)
{
    struct cases__events events;
    struct tb_json *told = NULL;
    TB_TRY(cases__load_events(act->arena, act->read, act->is.id, &events, err));
    for (size_t i = 0; i < events.count; i++) {
        if (!tb_str_is(events.items[i].kind, "deficiency_told"))
            continue;
        if (told == NULL)
            told = tb_json_new(act->arena, TB_JSON_LIST);
        TB_JSON_EACH(line, tb_json_get(cases__json(act->arena, events.items[i].data), "lines"))
        tb_json_add(told, tb_json_copy(act->arena, line));
    }
    *ret_lines = told;
    return TB_OK;
}

/* Does a notice name what this line does? One that opened the whole form named each field of it. */
static bool
names(const struct tb_json *lines, const struct tb_json *wanted)
{
    tb_str field = tb_json_get_text(wanted, "field");
    const char *member = field.len > 0 ? "field" : "material";
    TB_JSON_EACH(line, lines)
    {
        if (tb_str_eq(tb_json_get_text(line, member), tb_json_get_text(wanted, member)) ||
            (field.len > 0 && tb_json_is_true(tb_json_get(line, "form"))))
            return true;
    }
    return false;
}

/* Has a supervisor opened a second notice that was not used yet? */
static tb_status
is_opened_again(struct cases__act *act, bool *ret_is_open, struct tb_err *err)
{
    struct cases__events events;
    *ret_is_open = false;
    TB_TRY(cases__load_events(act->arena, act->read, act->is.id, &events, err));
    for (size_t i = 0; i < events.count; i++) {
        if (tb_str_is(events.items[i].kind, "second_notice_opened"))
            *ret_is_open = true;
        else if (tb_str_is(events.items[i].kind, "deficiency_told"))
            *ret_is_open = false;
    }
    return TB_OK;
}

/* A second notice may only come back to what the first one named, or to what newly came in between (32(4), F16). */
static tb_status
check_second(struct cases__act *act, const struct tb_json *first, const struct tb_json *lines,
             struct tb_err *err)
{
    size_t before = act->faults->count, index = 0;
    bool is_open = false;
    struct cases__events events;
    TB_TRY(is_opened_again(act, &is_open, err));
    if (is_open)
        return TB_OK;
    TB_TRY(cases__load_events(act->arena, act->read, act->is.id, &events, err));
    TB_JSON_EACH(line, lines)
    {
        tb_str field = tb_json_get_text(line, "field");
        bool is_new = field.len > 0 && cases__was_corrected(act->arena, &events, field);
        if (!is_new && !names(first, line))
            tb_fault_add(
                act->faults,
                tb_printf(act->arena, "lines.%zu.%s", index, field.len > 0 ? "field" : "material"),
                "not_named_first", TB_STR("这一项第一次没有告知，不能再要求申请人补正。"),
                TB_STR("This was not named the first time and cannot be asked for now."));
        index++;
    }
    if (act->faults->count > before)
        return tb_fail(err, TB_CONFLICT, "a second notice names what the first did not");
    return TB_OK;
}

static void
write_paper_line(struct cases__act *act, const struct tb_json *line, struct tb_json *one)
{
    tb_str id = tb_json_get_text(line, "material"), what = tb_json_get_text(line, "what");
    const struct packs_material *row = packs_material_find(act->pack, id);
    bool is_form = row != NULL && tb_str_is(row->source, "generated");
    tb_str hint = row != NULL && row->hint_key.len > 0
                      ? packs_text(act->pack, TB_STR("zh"), row->hint_key)
                      : TB_STR_NONE;
    tb_str clause = row != NULL
                        ? cases__clause_words(act->arena, act->pack, row->clause, TB_STR("zh"))
                        : TB_STR("");
    if (is_form) {
        hint = TB_STR(
            "这份材料由系统按申请表生成：在网上打开这件事，改好申请表再提交；也可以到窗口改");
        tb_json_set_bool(act->arena, one, "form", true);
    }
    tb_json_set_text(act->arena, one, "material", id);
    tb_json_set_text(act->arena, one, "name", row != NULL ? row->name : id);
    tb_json_set_text(act->arena, one, "what", what.len > 0 ? what : TB_STR("缺这份材料"));
    tb_json_set_text(act->arena, one, "why", clause);
    tb_json_set_text(act->arena, one, "clause", clause);
    tb_json_set_text(act->arena, one, "how", hint.len > 0 ? hint : TB_STR(""));
    tb_json_set_text(act->arena, one, "sample",
                     row != NULL && row->sample.len > 0 ? row->sample : TB_STR(""));
}

/* Each line says what, why (clause), how to get it, and the sample. */
static tb_status
write_lines(struct cases__act *act, const struct tb_json *lines, struct tb_json **ret_list,
            struct tb_err *err)
{
    struct tb_json *list = tb_json_new(act->arena, TB_JSON_LIST);
    int64_t n = 0;
    TB_JSON_EACH(line, lines)
    {
        struct tb_json *one = cases__object(act->arena);
        if (tb_json_get_text(line, "field").len > 0)
            TB_TRY(cases__field_line(act, line, &one, err));
        else
            write_paper_line(act, line, one);
        tb_json_set_int(act->arena, one, "n", ++n);
        tb_json_add(list, one);
    }
    *ret_list = list;
    return TB_OK;
}

/* What a line must say: of a paper not handed in, "missing" says it all; of every other, what is wrong. */
static void
check_line(struct cases__act *act, const struct cases__papers *papers, const struct tb_json *line,
           const struct packs_material *row, size_t index)
{
    const struct cases__paper *paper = find_paper(papers, row->id);
    bool is_there = !is_brought(row->source) || (paper != NULL && tb_str_is(paper->state, "given"));
    if (is_there && tb_str_trim(tb_json_get_text(line, "what")).len == 0)
        tb_fault_add(
            act->faults, tb_printf(act->arena, "lines.%zu.what", index), "required",
            tb_printf(act->arena, "“" TB_FMT "”：请写明哪里不对、怎么改", TB_ARG(row->name)),
            tb_printf(act->arena, "\"" TB_FMT "\": say what is wrong and how to mend it",
                      TB_ARG(row->name)));
}

static tb_status
check_lines(struct cases__act *act, const struct tb_json *lines, struct tb_err *err)
{
    struct cases__papers papers;
    size_t before = act->faults->count, index = 0;
    TB_TRY(cases__load_papers(act->arena, act->read, act->is.id, &papers, err));
    if (lines == NULL || lines->count == 0)
        return cases__refuse(act, TB_INVALID, "lines", "required", TB_STR("请一次写全还缺什么"),
                             TB_STR("Name everything that is missing, at once"), err);
    TB_JSON_EACH(line, lines)
    {
        const struct packs_material *row =
            packs_material_find(act->pack, tb_json_get_text(line, "material"));
        if (tb_json_get_text(line, "field").len > 0)
            TB_TRY(cases__field_line_check(act, line, index, err));
        else if (row == NULL)
            tb_fault_add(act->faults, tb_printf(act->arena, "lines.%zu.material", index),
                         "not_asked_for", TB_STR("这不是本事项要交的材料，不能要求补交"),
                         TB_STR("This service does not ask for such a paper"));
        else
            check_line(act, &papers, line, row, index);
        index++;
    }
    if (act->faults->count > before)
        return tb_fail(err, TB_INVALID, "%zu lines of the notice cannot go out",
                       act->faults->count - before);
    return TB_OK;
}

/* What the notice says of a field stands beside it until it is corrected, or the clerk finds it good after all. */
static tb_status
note_lines(struct cases__act *act, const struct tb_json *lines, struct tb_err *err)
{
    struct tb_json *notes = tb_json_new(act->arena, TB_JSON_LIST);
    TB_JSON_EACH(line, lines)
    {
        tb_str field = tb_json_get_text(line, "field");
        if (field.len == 0)
            continue;
        struct tb_json *note = tb_json_add(notes, cases__object(act->arena));
        tb_json_set_text(act->arena, note, "key", field);
        tb_json_set_text(act->arena, note, "note", tb_json_get_text(line, "what"));
    }
    return cases__form_notes_save(act, notes, err);
}

static tb_status
write_deficiency(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct cases__call *call = arg;
    struct cases__act *act = &call->act;
    const struct tb_json *lines = tb_json_get(call->in, "lines"), *first = NULL;
    TB_TRY(cases__call_begin(call, tx, err));
    TB_TRY(check_lines(act, lines, err));
    TB_TRY(told_lines(act, &first, err));
    if (first != NULL)
        TB_TRY(check_second(act, first, lines, err));
    if (act->is.state != CASES_SUBMITTED)
        return refuse_state(act, err);
    TB_TRY(refuse_when_deemed(act, err));
    struct tb_json *data = cases__object(act->arena), *letter = cases__object(act->arena);
    struct tb_json *rows = NULL;
    TB_TRY(write_lines(act, lines, &rows, err));
    TB_TRY(note_lines(act, lines, err));
    tb_json_set(data, "lines", rows);
    tb_json_set(letter, "lines", tb_json_copy(act->arena, rows));
    TB_TRY(cases__event_add(act,
                            &(struct cases__event_new){.kind = "deficiency_told",
                                                       .basis = TB_STR("行政许可法#32"),
                                                       .data = data},
                            err));
    cases__move(act, CASES_CORRECTING);
    TB_TRY(cases__letter_add(act, "deficiency", letter, true, err));
    return finish(call, err);
}

static tb_status
run_deficiency(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
               struct tb_err *err)
{
    (void)self;
    return cases__act_on(ctx, in, OP_CLERK, write_deficiency, NULL, ret_out, err);
}

/* A supervisor may allow one notice more, with a reason; that is itself a card (F16). */
static tb_status
write_second_notice(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct cases__call *call = arg;
    struct cases__act *act = &call->act;
    const struct tb_json *first = NULL;
    struct cases__events events;
    TB_TRY(cases__call_begin(call, tx, err));
    if (act->is.state != CASES_SUBMITTED)
        return refuse_state(act, err);
    TB_TRY(told_lines(act, &first, err));
    if (first == NULL)
        return cases__refuse(
            act, TB_CONFLICT, "", "no_notice", TB_STR("还没有发过补正告知书，窗口可以直接告知"),
            TB_STR("No notice was given yet: the window may give the first one"), err);
    TB_TRY(cases__load_events(act->arena, act->read, act->is.id, &events, err));
    for (size_t i = 0; i < events.count; i++) {
        if (tb_str_is(events.items[i].kind, "second_notice_opened"))
            return cases__refuse(act, TB_CONFLICT, "", "once",
                                 TB_STR("本件已经批准过一次第二次告知，不能再批准"),
                                 TB_STR("A second notice was allowed once already"), err);
    }
    TB_TRY(
        cases__event_add(act,
                         &(struct cases__event_new){.kind = "second_notice_opened",
                                                    .basis = TB_STR("行政许可法#32"),
                                                    .note = tb_json_get_text(call->in, "reason")},
                         err));
    return finish(call, err);
}

static tb_status
run_second_notice(struct op_ctx *ctx, void *self, const struct tb_json *in,
                  struct tb_json **ret_out, struct tb_err *err)
{
    (void)self;
    return cases__act_on(ctx, in, OP_SUPERVISOR, write_second_notice, NULL, ret_out, err);
}

/* ---- not accepted
 * ------------------------------------------------------------------------------------------------ */

static tb_status
write_refusal(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct cases__call *call = arg;
    struct cases__act *act = &call->act;
    tb_str ground = tb_json_get_text(call->in, "ground"),
           reason = tb_json_get_text(call->in, "reason");
    bool is_not_needed = tb_str_is(ground, "not_needed");
    TB_TRY(cases__call_begin(call, tx, err));
    if (act->is.state != CASES_SUBMITTED && act->is.state != CASES_CORRECTING)
        return refuse_state(act, err);
    TB_TRY(cases__separate(act, false, err));
    TB_TRY(refuse_when_deemed(act, err));
    if (tb_str_is(ground, "not_supplemented") && act->is.state != CASES_CORRECTING)
        return cases__refuse(
            act, TB_CONFLICT, "ground", "no_notice",
            TB_STR("没有发过补正告知书，不能以没有补正为由不予受理"),
            TB_STR("No notice was given, so nothing can be missing from an answer to it"), err);
    tb_str until = TB_STR_NONE, basis = cases__bar_basis(ground);
    if (basis.len == 0)
        basis = TB_STR("行政许可法#32");
    struct tb_json *data = cases__object(act->arena), *letter = cases__object(act->arena);
    tb_json_set_text(act->arena, data, "ground", ground);
    tb_json_set_text(act->arena, letter, "reason", reason);
    tb_json_set_text(act->arena, letter, "ground",
                     cases__word_of(TB_STR("zh"), act->arena, "ground", ground));
    tb_json_set(letter, "remedies", cases__remedies_json(act));
    tb_json_set_text(act->arena, letter, "clause",
                     cases__clause_words(act->arena, act->pack, basis, TB_STR("zh")));
    tb_json_set_text(act->arena, letter, "other_agency",
                     tb_json_get_text(call->in, "other_agency"));
    TB_TRY(cases__event_add(
        act,
        &(struct cases__event_new){
            .kind = "refused_to_accept", .basis = basis, .data = data, .note = reason},
        err));
    TB_TRY(cases__bar(act, basis, &until, err));
    tb_json_set_text(act->arena, letter, "again", cases__again_words(act, basis, until));
    TB_TRY(cases__process_cancel(act, err));
    cases__move(act, CASES_REFUSED_TO_ACCEPT);
    TB_TRY(cases__letter_add(act, is_not_needed ? "not_needed" : "refusal_to_accept", letter, true,
                             err));
    return finish(call, err);
}

static tb_status
run_refuse(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
           struct tb_err *err)
{
    (void)self;
    return cases__act_on(ctx, in, OP_CLERK | OP_HEAD, write_refusal, NULL, ret_out, err);
}

/* clang-format off */
static const char *const grounds[] = {"not_needed", "not_this_agency", "not_supplemented", "false_papers", NULL};
static const struct op_field check_fields[] = {
    {"no", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 32, NULL, "办件编号", "Case number", ""},
    {"materials", OP_LIST, 0, 0, 200, NULL, "核对结果", "Ticks", "list of {id, result: ok, fix or late, note}"},
    {"fields", OP_LIST, 0, 0, 2000, NULL, "申请表要改的地方", "What is wrong in the form",
     "list of {key, note}; an empty note takes the former one away"},
    {0},
};
static const struct op_field accept_fields[] = {
    {"no", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 32, NULL, "办件编号", "Case number", ""},
    {"materials", OP_LIST, 0, 0, 200, NULL, "核对结果", "Ticks",
     "list of {id, result: ok, fix or late, note}, saved with the acceptance; may have been saved before"},
    {"late", OP_LIST, 0, 0, 200, NULL, "容缺后补的材料", "Papers that may come late", "list of material ids"},
    {0},
};
static const struct op_field deficiency_fields[] = {
    {"no", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 32, NULL, "办件编号", "Case number", ""},
    {"lines", OP_LIST, OP_REQUIRED, 0, 200, NULL, "要补正的内容", "What is missing",
     "list of {material, what} or {field, what}; all at once"},
    {0},
};
static const struct op_field second_fields[] = {
    {"no", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 32, NULL, "办件编号", "Case number", ""},
    {"reason", OP_TEXT, OP_REQUIRED | OP_PRIVATE, 1, 2000, NULL, "理由", "Reason", "why the first notice was not complete"},
    {0},
};
static const struct op_field refuse_fields[] = {
    {"no", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 32, NULL, "办件编号", "Case number", ""},
    {"ground", OP_TEXT, OP_REQUIRED, 1, 40, grounds, "不予受理的情形", "Ground", "行政许可法 32(1), 32(2), not supplemented, or 78: false papers"},
    {"reason", OP_TEXT, OP_REQUIRED, 1, 2000, NULL, "理由", "Reason", "written into the letter"},
    {"other_agency", OP_TEXT, 0, 0, 200, NULL, "应向哪个机关申请", "Agency to turn to", "for not_this_agency"},
    {0},
};
const struct op_row cases__intake_rows[] = {
    {"cases.check", "POST", "/cases/{no}/check", OP_CLERK, OP_WRITES, check_fields, run_check,
     "记下逐份材料的核对结果", "Tick each paper"},
    {"cases.accept", "POST", "/cases/{no}/accept", OP_CLERK, OP_WRITES, accept_fields, run_accept, "受理", "Accept"},
    {"cases.deficiency", "POST", "/cases/{no}/deficiency", OP_CLERK, OP_WRITES, deficiency_fields, run_deficiency,
     "一次性告知补正", "Tell what is missing, once and completely"},
    {"cases.second_notice", "POST", "/cases/{no}/second-notice", OP_SUPERVISOR, OP_WRITES, second_fields,
     run_second_notice, "批准第二次补正告知", "Allow a second notice, once"},
    {"cases.refuse_acceptance", "POST", "/cases/{no}/refuse-acceptance", OP_CLERK | OP_HEAD, OP_WRITES, refuse_fields,
     run_refuse, "不予受理", "Refuse to accept"},
};
/* clang-format on */
const size_t cases__intake_rows_count = TB_COUNT(cases__intake_rows);
