/* SPDX-License-Identifier: Apache-2.0 */
/* One case, as its applicant, the staff of its region, or somebody with number and code may see it. */
#include "access/access.h"
#include "cases/cases_correction.h"
#include "cases/cases_view.sql.h"

/* ---- who may see ----------------------------------------------------------------------------- */

#define SEEING_ROLES (OP_STAFF | OP_SUPERVISOR | OP_ARCHIVIST | OP_HELPER)

/* A code holds no small letters, so a person may type them. */
static unsigned
upper(char c)
{
    return c >= 'a' && c <= 'z' ? (unsigned)(c - 'a' + 'A') : (unsigned char)c;
}

static bool
same_code(tb_str given, tb_str code)
{
    unsigned difference = given.len != code.len;
    for (size_t i = 0; i < given.len && i < code.len; i++)
        difference |= upper(given.ptr[i]) ^ (unsigned char)code.ptr[i];
    return given.len > 0 && difference == 0;
}

static bool
is_own_role(tb_str role)
{
    return tb_str_is(role, "applicant") || tb_str_is(role, "legal_representative") ||
           tb_str_is(role, "agent");
}

tb_status
cases__sight(struct store_read *read, const struct op_actor *who, const struct cases__case *of_case,
             tb_str code, cases_sight *ret_sight, struct tb_err *err)
{
    cases_sight sight = CASES_SEES_NOTHING;
    if (same_code(code, of_case->code))
        sight = CASES_SEES_STATUS;
    if (op_may(who, SEEING_ROLES, of_case->division, TB_STR("")))
        sight = CASES_SEES_WORK;
    if (who->account != 0 && who->account == of_case->account)
        sight = CASES_SEES_OWN;
    if (who->party != 0 && sight != CASES_SEES_OWN) {
        struct tb_arena *arena = tb_arena_new(0);
        struct cases__parties parties = {0};
        tb_status status = cases__load_parties(arena, read, of_case->id, &parties, err);
        for (size_t i = 0; i < parties.count; i++) {
            if (parties.items[i].party == who->party && is_own_role(parties.items[i].role))
                sight = CASES_SEES_OWN;
        }
        tb_arena_free(arena);
        TB_TRY(status);
    }
    *ret_sight = sight;
    return TB_OK;
}

tb_status
cases__find(struct op_ctx *ctx, tb_str no, tb_str code, unsigned roles,
            struct cases__case *ret_case, cases_sight *ret_sight, struct tb_err *err)
{
    struct cases *cases = op_self(ctx);
    struct store_read *read = NULL;
    struct cases__case found;
    cases_sight sight;
    tb_str bucket = tb_printf(op_arena(ctx), "case-code/" TB_FMT, TB_ARG(op_address(ctx)));
    if (code.len > 0 && cases->options.access != NULL && op_address(ctx).len > 0 &&
        !access_rate(cases->options.access, bucket, CASES_CODE_BURST, CASES_CODE_PER_MINUTE))
        return tb_fail(err, TB_TOO_MANY, "at most %d look-ups by code a minute",
                       CASES_CODE_PER_MINUTE);
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(cases__load(op_arena(ctx), read, no, &found, err));
    TB_TRY(cases__sight(read, op_who(ctx), &found, code, &sight, err));
    bool is_work = roles == 0 || op_may(op_who(ctx), roles, found.division, TB_STR(""));
    if (sight == CASES_SEES_NOTHING || !is_work)
        return tb_fail(err, TB_NOT_FOUND, "there is no such case");
    *ret_case = found;
    if (ret_sight != NULL)
        *ret_sight = sight;
    return TB_OK;
}

/* ---- parts of the view ----------------------------------------------------------------------- */

struct view {
    struct tb_arena *arena;
    struct cases *cases;
    struct store_read *read;
    tb_str lang;
    const struct cases__case *of_case;
    const struct packs_pack *pack;
    const struct packs_item *item;
    cases_sight sight;
    bool is_clear; /* personal data without mask */
    int64_t now;
    struct cases__events events;
    struct cases__tasks tasks;
    struct cases__parties parties;
    struct cases__papers papers;
    struct clock_rules rules;
    struct clock_reckoning reckoning;
    struct tb_json *json;
};

static void
set_instant(struct tb_arena *arena, struct tb_json *json, const char *key, int64_t at)
{
    cases__set(arena, json, key,
               at != 0 ? tb_json_new_text(arena, tb_instant_format(arena, at)) : NULL);
}

static void
add_parties(struct view *view)
{
    struct tb_json *list = tb_json_set_list(view->arena, view->json, "parties");
    for (size_t i = 0; i < view->parties.count; i++) {
        const struct cases__party *party = &view->parties.items[i];
        bool is_firm = tb_str_is(party->kind, "firm");
        bool is_staff = !is_own_role(party->role);
        if (is_staff && view->sight != CASES_SEES_WORK)
            continue;
        struct tb_json *row = tb_json_add(list, cases__object(view->arena));
        tb_json_set_text(view->arena, row, "role", party->role);
        tb_json_set_text(view->arena, row, "role_name",
                         cases__word_of(view->lang, view->arena, "role", party->role));
        tb_str name = view->is_clear || is_staff
                          ? party->name
                          : cases__mask_name(view->arena, party->name, is_firm);
        tb_json_set_text(view->arena, row, "name", name.len > 0 ? name : TB_STR(""));
        if (!is_staff) {
            tb_json_set_text(view->arena, row, "id_number",
                             view->is_clear ? party->id_number
                                            : cases__mask_number(view->arena, party->id_number));
            if (party->phone.len > 0)
                tb_json_set_text(view->arena, row, "phone",
                                 view->is_clear ? party->phone
                                                : cases__mask_phone(view->arena, party->phone));
        }
        tb_json_set_text(view->arena, row, "identity_check", party->identity_check);
        tb_json_set_text(view->arena, row, "identity_check_name",
                         cases__word_of(view->lang, view->arena, "check", party->identity_check));
        set_instant(view->arena, row, "checked_at", party->checked_at);
    }
}

static tb_str
masked_value(struct view *view, const struct tb_json *field, tb_str value)
{
    tb_str check = tb_json_get_text(field, "check");
    if (view->is_clear || !tb_json_is_true(tb_json_get(field, "personal")))
        return value;
    if (tb_str_is(check, "citizen_id") || tb_str_is(check, "identity"))
        return cases__mask_number(view->arena, value);
    if (tb_str_is(check, "phone"))
        return cases__mask_phone(view->arena, value);
    return cases__mask_name(view->arena, value, false);
}

/* The form as filed: sections with labels, and flat by key. Whoever checks it sees the empty fields too, and beside
 * each what he wrote about it. */
static tb_status
add_fields(struct view *view, struct tb_err *err)
{
    const struct packs_form *form = packs_form_find(view->pack, view->item->form);
    const struct tb_json *fields = cases__json(view->arena, view->of_case->fields);
    struct tb_json *sections = NULL, *flat = tb_json_set_object(view->arena, view->json, "fields");
    const struct tb_json *notes = cases__form_notes(view->arena, view->of_case);
    bool is_checking = view->sight == CASES_SEES_WORK && (view->of_case->state == CASES_SUBMITTED ||
                                                          view->of_case->state == CASES_CORRECTING);
    if (form == NULL)
        return TB_OK;
    TB_TRY(packs_form_sections(view->arena, view->pack, form,
                               cases__json(view->arena, view->of_case->answers), fields, view->lang,
                               &sections, err));
    struct tb_json *list = tb_json_set_list(view->arena, view->json, "sections");
    TB_JSON_EACH(section, sections)
    {
        struct tb_json *one = tb_json_add(list, cases__object(view->arena));
        tb_json_set_text(view->arena, one, "title", tb_json_get_text(section, "title"));
        struct tb_json *rows = tb_json_set_list(view->arena, one, "fields");
        TB_JSON_EACH(field, tb_json_get(section, "fields"))
        {
            tb_str key = tb_json_get_text(field, "key");
            const struct tb_json *value = tb_json_find(fields, key);
            tb_str text = tb_json_text(value);
            if (value == NULL && (!is_checking || key.len == 0))
                continue;
            struct tb_json *row = tb_json_add(rows, cases__object(view->arena));
            struct tb_json *shown =
                text.ptr != NULL ? tb_json_new_text(view->arena, masked_value(view, field, text))
                                 : tb_json_copy(view->arena, value);
            tb_json_set_text(view->arena, row, "key", key);
            tb_json_set_text(view->arena, row, "label", tb_json_get_text(field, "label"));
            tb_json_set_text(view->arena, row, "type", tb_json_get_text(field, "type"));
            if (tb_json_get(field, "options")->first != NULL)
                tb_json_set(row, "options",
                            tb_json_copy(view->arena, tb_json_get(field, "options")));
            cases__set(view->arena, row, "value", shown);
            if (value != NULL)
                tb_json_set(flat, tb_cstr(view->arena, key), tb_json_copy(view->arena, shown));
            if (view->sight != CASES_SEES_WORK)
                continue;
            tb_json_set_text(view->arena, row, "note", tb_json_text(tb_json_find(notes, key)));
            tb_json_set_bool(view->arena, row, "is_corrected",
                             cases__was_corrected(view->arena, &view->events, key));
        }
    }
    return TB_OK;
}

static const struct cases__paper *
last_paper(const struct view *view, tb_str material)
{
    const struct cases__paper *found = NULL;
    for (size_t i = 0; i < view->papers.count; i++) {
        if (tb_str_eq(view->papers.items[i].material, material))
            found = &view->papers.items[i];
    }
    return found;
}

/* Whose eyes a paper needs: the window's, or those of the survey. What the office calls up is nobody's to tick. */
static tb_str
checked_at(const struct tb_json *material, const struct cases__paper *paper)
{
    tb_str source = tb_json_get_text(material, "source");
    if (cases__paper_is_ticked(source, paper))
        return TB_STR("window");
    return tb_str_is(source, "checked_on_site") ? TB_STR("survey") : TB_STR("call");
}

static tb_status
add_materials(struct view *view, struct tb_err *err)
{
    struct tb_json *list = NULL;
    struct tb_json *rows = tb_json_set_list(view->arena, view->json, "materials");
    TB_TRY(packs_materials(view->arena, view->pack, view->item,
                           cases__json(view->arena, view->of_case->answers), view->lang, &list,
                           err));
    TB_JSON_EACH(material, list)
    {
        const struct cases__paper *paper = last_paper(view, tb_json_get_text(material, "id"));
        struct tb_json *row = tb_json_add(rows, tb_json_copy(view->arena, material));
        bool is_brought = tb_json_is_true(tb_json_get(material, "bring"));
        tb_json_set_text(view->arena, row, "state",
                         paper != NULL ? paper->state
                         : is_brought  ? TB_STR("missing")
                                       : tb_json_get_text(material, "source"));
        tb_json_set_text(view->arena, row, "result", paper != NULL ? paper->result : TB_STR_NONE);
        tb_json_set_text(view->arena, row, "note", paper != NULL ? paper->note : TB_STR_NONE);
        if (view->sight == CASES_SEES_WORK)
            tb_json_set_text(view->arena, row, "checked_at", checked_at(material, paper));
        struct tb_json *files = tb_json_set_list(view->arena, row, "files");
        for (size_t i = 0; i < view->papers.count; i++) {
            if (!tb_str_eq(view->papers.items[i].material, tb_json_get_text(material, "id")))
                continue;
            TB_JSON_EACH(file, cases__json(view->arena, view->papers.items[i].files))
            tb_json_add(files, tb_json_copy(view->arena, file));
        }
    }
    return TB_OK;
}

static void
add_tasks(struct view *view)
{
    struct tb_json *list = tb_json_set_list(view->arena, view->json, "tasks");
    for (size_t i = 0; i < view->tasks.count; i++) {
        const struct cases__task *task = &view->tasks.items[i];
        struct tb_json *row = tb_json_add(list, cases__object(view->arena));
        tb_json_set_text(
            view->arena, row, "id",
            tb_printf(view->arena, TB_FMT "-%lld", TB_ARG(view->of_case->no), (long long)task->n));
        tb_json_set_text(view->arena, row, "element", task->element);
        tb_json_set_text(view->arena, row, "name",
                         packs_words(view->arena, view->pack, view->lang, "task." TB_FMT,
                                     TB_ARG(task->element)));
        tb_json_set_text(view->arena, row, "role", task->role);
        tb_json_set_text(view->arena, row, "state", task->state);
        tb_json_set_text(view->arena, row, "due", task->due);
        tb_json_set_text(view->arena, row, "outcome", task->outcome);
        set_instant(view->arena, row, "done_at", task->done_at);
    }
}

static tb_status
add_letters(struct view *view, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    struct tb_json *list = tb_json_set_list(view->arena, view->json, "letters");
    struct tb_json *receipt = tb_json_add(list, cases__object(view->arena));
    tb_json_set_text(view->arena, receipt, "id", TB_STR("receipt"));
    tb_json_set_text(view->arena, receipt, "kind", TB_STR("receipt"));
    tb_json_set_text(view->arena, receipt, "name", cases__word(view->lang, CASES_LETTER_RECEIPT));
    tb_json_set_text(view->arena, receipt, "number", view->of_case->no);
    set_instant(view->arena, receipt, "at", view->of_case->received_at);
    tb_json_set_text(
        view->arena, receipt, "href",
        tb_printf(view->arena, "/cases/" TB_FMT "/letters/receipt.pdf", TB_ARG(view->of_case->no)));
    TB_TRY(store_select(view->read, sql_view_letters, &STORE_INT_OF(view->of_case->id), 1, &rows,
                        err));
    while (store_next(rows)) {
        struct tb_json *row = tb_json_add(list, cases__object(view->arena));
        tb_str kind = cases__text(view->arena, rows, 0);
        int64_t n = store_int(rows, 1);
        tb_str id =
            n > 1 ? tb_printf(view->arena, TB_FMT "-%lld", TB_ARG(kind), (long long)n) : kind;
        tb_json_set_text(view->arena, row, "id", id);
        tb_json_set_text(view->arena, row, "kind", kind);
        tb_json_set_text(view->arena, row, "name",
                         cases__word_of(view->lang, view->arena, "letter", kind));
        tb_json_set_text(view->arena, row, "number", cases__text(view->arena, rows, 2));
        set_instant(view->arena, row, "at", store_int(rows, 3));
        tb_json_set_text(view->arena, row, "href",
                         tb_printf(view->arena, "/cases/" TB_FMT "/letters/" TB_FMT ".pdf",
                                   TB_ARG(view->of_case->no), TB_ARG(id)));
    }
    return store_rows_done(rows, err);
}

static tb_str
certificate_name(const struct view *view, tb_str type)
{
    const struct packs_certificate *row = packs_certificate_find(view->pack, type);
    if (row == NULL)
        return type;
    return tb_json_get_text(row->json, cases__is_en(view->lang) ? "name_en" : "name");
}

static tb_status
add_certificates(struct view *view, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    struct tb_json *list = tb_json_new(view->arena, TB_JSON_LIST);
    TB_TRY(store_select(view->read, sql_view_certificates, &STORE_INT_OF(view->of_case->id), 1,
                        &rows, err));
    while (store_next(rows)) {
        struct tb_json *row = tb_json_add(list, cases__object(view->arena));
        tb_str mark = cases__text(view->arena, rows, 0), state = cases__text(view->arena, rows, 1);
        tb_json_set_text(view->arena, row, "mark", mark);
        tb_json_set_text(view->arena, row, "state", state);
        tb_json_set_text(view->arena, row, "state_name",
                         cases__word_of(view->lang, view->arena, "certificate", state));
        tb_json_set_text(view->arena, row, "type", cases__text(view->arena, rows, 2));
        tb_json_set_text(view->arena, row, "name",
                         certificate_name(view, cases__text(view->arena, rows, 2)));
        tb_json_set_text(view->arena, row, "number", cases__text(view->arena, rows, 3));
        tb_json_set_text(view->arena, row, "href",
                         tb_printf(view->arena, "/certificates/" TB_FMT ".pdf", TB_ARG(mark)));
    }
    TB_TRY(store_rows_done(rows, err));
    cases__set(view->arena, view->json, "certificate",
               list->first != NULL ? tb_json_copy(view->arena, list->first) : NULL);
    tb_json_set(view->json, "certificates", list);
    return TB_OK;
}

static tb_status
add_decision(struct view *view, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    struct tb_json *json = NULL;
    TB_TRY(store_select(view->read, sql_view_decision, &STORE_INT_OF(view->of_case->id), 1, &rows,
                        err));
    if (store_next(rows)) {
        tb_str outcome = cases__text(view->arena, rows, 0),
               basis = cases__text(view->arena, rows, 2);
        json = cases__object(view->arena);
        tb_json_set_text(view->arena, json, "outcome", outcome);
        tb_json_set_text(view->arena, json, "outcome_name",
                         cases__word_of(view->lang, view->arena, "outcome", outcome));
        set_instant(view->arena, json, "at", store_int(rows, 1));
        tb_json_set(json, "clause", packs_clause_json(view->arena, view->pack, basis, view->lang));
        tb_json_set_text(view->arena, json, "basis", basis);
        if (view->sight != CASES_SEES_STATUS)
            tb_json_set_text(view->arena, json, "reason", cases__text(view->arena, rows, 3));
    }
    cases__set(view->arena, view->json, "decision", json);
    return store_rows_done(rows, err);
}

static tb_status
add_survey(struct view *view, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    struct tb_json *json = NULL, *points = NULL;
    const struct tb_json *findings = NULL;
    TB_TRY(
        store_select(view->read, sql_view_survey, &STORE_INT_OF(view->of_case->id), 1, &rows, err));
    if (store_next(rows)) {
        json = cases__object(view->arena);
        tb_json_set_int(view->arena, json, "round", store_int(rows, 0));
        tb_json_set(
            json, "officers",
            tb_json_copy(view->arena, cases__json(view->arena, cases__text(view->arena, rows, 1))));
        tb_json_set_text(view->arena, json, "owner", cases__text(view->arena, rows, 2));
        findings = cases__json(view->arena, cases__text(view->arena, rows, 3));
        tb_json_set_text(view->arena, json, "result", cases__text(view->arena, rows, 4));
        set_instant(view->arena, json, "at", store_int(rows, 5));
    }
    TB_TRY(store_rows_done(rows, err));
    cases__set(view->arena, view->json, "survey", json);
    if (json == NULL)
        return TB_OK;
    TB_TRY(cases__survey_points(view->arena, view->pack, view->item,
                                cases__json(view->arena, view->of_case->answers), findings,
                                view->lang, &points, err));
    tb_json_set(json, "findings", points);
    return TB_OK;
}

/* Did the paper come after the latest notice? */
static bool
came_since(const struct view *view, tb_str material)
{
    int64_t round = 0;
    for (size_t i = 0; i < view->events.count; i++)
        round += tb_str_is(view->events.items[i].kind, "deficiency_told");
    for (size_t i = 0; i < view->papers.count; i++) {
        const struct cases__paper *paper = &view->papers.items[i];
        if (paper->round >= round && tb_str_is(paper->state, "given") &&
            tb_str_eq(paper->material, material))
            return true;
    }
    return false;
}

/* What the running notice asks for: papers, and fields of the form, each with what to do. Whoever only holds the code
 * reads names alone; what came already is left out. */
static void
add_todo(struct view *view, struct tb_json *act)
{
    struct tb_json *list = tb_json_set_list(view->arena, act, "papers");
    struct tb_json *fields = tb_json_set_list(view->arena, act, "fields");
    TB_JSON_EACH(line, cases__notice_lines(view->arena, &view->events))
    {
        tb_str field = tb_json_get_text(line, "field");
        bool is_form = field.len > 0 || tb_json_is_true(tb_json_get(line, "form"));
        if (cases__line_is_corrected(view->arena, &view->events, line) ||
            (!is_form && came_since(view, tb_json_get_text(line, "material"))))
            continue;
        struct tb_json *row = tb_json_add(is_form ? fields : list, cases__object(view->arena));
        tb_json_set_text(view->arena, row, "id",
                         field.len > 0 ? field : tb_json_get_text(line, "material"));
        tb_json_set_text(view->arena, row, "name", tb_json_get_text(line, "name"));
        if (view->sight == CASES_SEES_STATUS)
            continue;
        tb_json_set_text(view->arena, row, "what", tb_json_get_text(line, "what"));
        tb_json_set_text(view->arena, row, "how", tb_json_get_text(line, "how"));
    }
}

static bool
has_rows(const struct tb_json *act, const char *list)
{
    const struct tb_json *rows = tb_json_get(act, list);
    return rows != NULL && rows->first != NULL;
}

/* ---- what the applicant should do now -------------------------------------------------------- */

static void
add_act(struct view *view)
{
    static const cases_word words[CASES_STATE_COUNT] = {
        [CASES_SUBMITTED] = CASES_ACT_WAIT, [CASES_CORRECTING] = CASES_ACT_SUPPLEMENT,
        [CASES_OPEN] = CASES_ACT_WAIT,      [CASES_DECIDED] = CASES_ACT_COLLECT,
        [CASES_CLOSED] = CASES_ACT_RATE,    [CASES_REFUSED_TO_ACCEPT] = CASES_ACT_NONE,
        [CASES_WITHDRAWN] = CASES_ACT_NONE,
    };
    cases_state state = view->of_case->state;
    cases_word word = words[state];
    bool is_needed = state == CASES_CORRECTING;
    const struct clock_deadline *until = view->reckoning.next_applicant;
    for (size_t i = 0; i < view->papers.count; i++) {
        if (tb_str_is(view->papers.items[i].state, "late") && !cases__state_is_over(state)) {
            word = CASES_ACT_LATE;
            is_needed = true;
        }
    }
    struct tb_json *act = tb_json_set_object(view->arena, view->json, "act");
    tb_json_set_bool(view->arena, act, "needed", is_needed);
    if (state == CASES_CORRECTING) {
        add_todo(view, act);
        if (has_rows(act, "fields"))
            word = has_rows(act, "papers") ? CASES_ACT_BOTH : CASES_ACT_CORRECT;
    }
    tb_json_set_text(view->arena, act, "text", cases__word(view->lang, word));
    tb_json_set_text(view->arena, act, "until",
                     is_needed && until != NULL ? tb_date_format(view->arena, until->due.day)
                                                : TB_STR_NONE);
    tb_json_set_text(view->arena, act, "kind",
                     state == CASES_CORRECTING ? TB_STR("supplement")
                     : is_needed               ? TB_STR("late_papers")
                     : state == CASES_CLOSED   ? TB_STR("rate")
                                               : TB_STR("wait"));
}

static tb_str
state_name(const struct view *view)
{
    tb_str outcome = tb_json_get_text(tb_json_get(view->json, "decision"), "outcome");
    cases_state state = view->of_case->state;
    if (state == CASES_OPEN && view->reckoning.is_suspended)
        return cases__word(view->lang, CASES_STATE_SUSPENDED);
    if (tb_str_is(outcome, "refuse"))
        return cases__word(view->lang, CASES_STATE_REFUSED);
    if (state == CASES_DECIDED)
        return cases__word(view->lang, CASES_STATE_GRANTED);
    return cases__word_of(view->lang, view->arena, "state", tb_str_of(cases__state_word(state)));
}

/* The rules that the answers met; who works on the case is told also why nothing else came out. */
static tb_status
add_because(struct view *view, struct tb_err *err)
{
    struct tb_faults faults = {.arena = view->arena};
    struct tb_json *answer = NULL;
    struct packs_ask ask = {.answers = cases__json(view->arena, view->of_case->answers),
                            .date = tb_instant_day(view->of_case->received_at),
                            .is_for_reviewer = view->sight == CASES_SEES_WORK,
                            .lang = view->lang};
    tb_status status = packs_guide(view->arena, view->pack, &ask, &faults, &answer, err);
    const struct tb_json *outcome = tb_json_get(answer, "outcome"); /* NULL after a failure */
    struct tb_json *list = tb_json_set_list(view->arena, view->json, "because");
    TB_JSON_EACH(one, tb_json_get(outcome, "because"))
    tb_json_add(list, tb_json_copy(view->arena, one));
    tb_json_set(view->json, "explained",
                tb_json_copy(view->arena, tb_json_get(outcome, "explained")));
    return status == TB_LIMIT ? status : TB_OK;
}

static void
add_head(struct view *view)
{
    const struct cases__case *is = view->of_case;
    struct tb_json *json = view->json;
    bool is_firm = view->parties.count > 0 && tb_str_is(view->parties.items[0].kind, "firm");
    tb_json_set_text(view->arena, json, "no", is->no);
    if (view->sight == CASES_SEES_OWN)
        tb_json_set_text(view->arena, json, "code", is->code);
    tb_json_set_text(view->arena, json, "item", is->item);
    tb_json_set_text(view->arena, json, "name", view->item->name);
    tb_json_set_text(view->arena, json, "situation", is->situation);
    tb_json_set_text(view->arena, json, "situation_name", view->item->situation);
    tb_json_set_text(view->arena, json, "applicant",
                     view->is_clear ? is->applicant_name
                                    : cases__mask_name(view->arena, is->applicant_name, is_firm));
    tb_json_set_text(view->arena, json, "way", is->way);
    tb_json_set_text(view->arena, json, "way_name",
                     cases__word_of(view->lang, view->arena, "way", is->way));
    tb_json_set_text(view->arena, json, "handling", view->item->handling);
    tb_json_set_text(view->arena, json, "division", is->division);
    tb_json_set_text(view->arena, json, "department", is->department);
    tb_json_set_text(view->arena, json, "pack", is->pack);
    tb_json_set_text(view->arena, json, "channel", is->channel);
    set_instant(view->arena, json, "received_at", is->received_at);
    tb_json_set_text(view->arena, json, "state", tb_str_of(cases__state_word(is->state)));
}

/* ---- the whole ------------------------------------------------------------------------------- */

static tb_status
load(struct view *view, struct tb_err *err)
{
    int64_t id = view->of_case->id;
    view->pack = packs_set_by_hash(view->cases->options.packs, view->of_case->pack);
    if (view->pack == NULL)
        return tb_fail(err, TB_VERSION, "the pack of case " TB_FMT " is not installed here",
                       TB_ARG(view->of_case->no));
    view->item = packs_situation(view->pack, view->of_case->situation);
    if (view->item == NULL)
        return tb_fail(err, TB_CORRUPT, "case " TB_FMT ": no such situation",
                       TB_ARG(view->of_case->no));
    TB_TRY(cases__load_events(view->arena, view->read, id, &view->events, err));
    TB_TRY(cases__load_tasks(view->arena, view->read, id, &view->tasks, err));
    TB_TRY(cases__load_parties(view->arena, view->read, id, &view->parties, err));
    TB_TRY(cases__load_papers(view->arena, view->read, id, &view->papers, err));
    TB_TRY(cases__rules(view->arena, view->pack, view->item,
                        cases__json(view->arena, view->of_case->extra), &view->rules, err));
    return cases__reckon(view->arena, view->cases, &view->rules, &view->events, &view->tasks,
                         view->now, &view->reckoning, err);
}

/* Supervision's cards, as it tells them. */
static tb_status
add_cards(struct view *view, struct tb_json *clock, struct tb_err *err)
{
    const struct cases_options *options = &view->cases->options;
    struct tb_json *cards = tb_json_new(view->arena, TB_JSON_LIST);
    if (options->cards != NULL)
        TB_TRY(options->cards(options->cards_context, view->arena, view->read, view->of_case->id,
                              view->lang, &cards, err));
    tb_json_set(clock, "cards", cards);
    return TB_OK;
}

static tb_status
add_rating(struct view *view, struct tb_err *err)
{
    int64_t review = 0;
    cases_state state = view->of_case->state;
    TB_TRY(
        cases__one(view->read, sql_view_review, &STORE_INT_OF(view->of_case->id), 1, &review, err));
    struct tb_json *rating = tb_json_set_object(view->arena, view->json, "rating");
    bool is_over = state == CASES_DECIDED || cases__state_is_over(state);
    tb_json_set_bool(view->arena, rating, "allowed", is_over && review == 0);
    tb_json_set_bool(view->arena, rating, "done", review != 0);
    if (view->sight != CASES_SEES_OWN)
        return TB_OK;
    struct tb_json *fix = NULL;
    TB_TRY(cases__fix_json(view->arena, view->read, view->of_case->id, &fix, err));
    cases__set(view->arena, rating, "fix", fix);
    return TB_OK;
}

tb_status
cases__is_clear(struct op_ctx *ctx, const struct cases__case *of_case, cases_sight sight,
                bool *ret_is_clear, struct tb_err *err)
{
    struct store_read *read = NULL;
    int64_t unmasked = 0;
    struct store_value params[] = {
        STORE_INT_OF(of_case->id), STORE_INT_OF(op_who(ctx)->account),
        STORE_INT_OF(op_now(ctx) - CASES_UNMASK_MINUTES * 60 * TB_US_PER_SECOND)};
    TB_TRY(op_read(ctx, &read, err));
    if (sight == CASES_SEES_WORK)
        TB_TRY(cases__one(read, sql_unmasked, params, TB_COUNT(params), &unmasked, err));
    *ret_is_clear = sight == CASES_SEES_OWN || unmasked != 0;
    return TB_OK;
}

tb_status
cases__case_json(struct op_ctx *ctx, const struct cases__case *of_case, cases_sight sight,
                 struct tb_json **ret_json, struct tb_err *err)
{
    struct view view = {.arena = op_arena(ctx),
                        .cases = op_self(ctx),
                        .lang = op_lang(ctx),
                        .of_case = of_case,
                        .sight = sight,
                        .now = op_now(ctx),
                        .json = cases__object(op_arena(ctx))};
    struct tb_json *clock = NULL;
    TB_TRY(op_read(ctx, &view.read, err));
    TB_TRY(cases__is_clear(ctx, of_case, sight, &view.is_clear, err));
    TB_TRY(load(&view, err));
    add_head(&view);
    TB_TRY(add_decision(&view, err));
    tb_json_set_text(view.arena, view.json, "state_name", state_name(&view));
    TB_TRY(cases__clock_json(view.arena, view.cases, view.pack, view.item, &view.rules,
                             &view.reckoning, view.lang, &clock, err));
    TB_TRY(add_cards(&view, clock, err));
    tb_json_set(view.json, "clock", clock);
    cases__set(view.arena, view.json, "hearing",
               cases__hearing_json(view.arena, &view.events, &view.reckoning));
    add_act(&view);
    add_tasks(&view);
    TB_TRY(add_letters(&view, err));
    TB_TRY(add_certificates(&view, err));
    tb_json_set(view.json, "timeline",
                cases__timeline_json(&(struct cases__telling){
                    .arena = view.arena,
                    .pack = view.pack,
                    .lang = view.lang,
                    .events = &view.events,
                    .papers = &view.papers,
                    .certificates = tb_json_get(view.json, "certificates"),
                    .is_over = cases__state_is_over(of_case->state),
                    .is_staff = sight == CASES_SEES_WORK,
                }));
    TB_TRY(add_rating(&view, err));
    if (sight != CASES_SEES_STATUS) {
        add_parties(&view);
        TB_TRY(add_fields(&view, err));
        TB_TRY(add_materials(&view, err));
        TB_TRY(add_survey(&view, err));
        TB_TRY(add_because(&view, err));
        tb_json_set_bool(view.arena, view.json, "is_unmasked", view.is_clear);
    }
    tb_json_set_int(view.arena, view.json, "history_seq", of_case->leaf);
    *ret_json = view.json;
    return TB_OK;
}

static tb_status
run_get(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
        struct tb_err *err)
{
    struct cases__case of_case;
    cases_sight sight;
    (void)self;
    TB_TRY(cases__find(ctx, tb_json_get_text(in, "no"), tb_json_get_text(in, "code"), 0, &of_case,
                       &sight, err));
    op_answer_etag(ctx, of_case.leaf);
    return cases__case_json(ctx, &of_case, sight, ret_out, err);
}

static tb_status
run_history(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
            struct tb_err *err)
{
    struct cases__case of_case;
    struct store_read *read = NULL;
    struct tb_json *states = NULL;
    (void)self;
    TB_TRY(cases__find(ctx, tb_json_get_text(in, "no"), TB_STR_NONE, 0, &of_case, NULL, err));
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(store_history(read, op_arena(ctx), TB_STR("cases"), of_case.id, &states, err));
    *ret_out = cases__object(op_arena(ctx));
    tb_json_set_text(op_arena(ctx), *ret_out, "no", of_case.no);
    tb_json_set(*ret_out, "states", states);
    return TB_OK;
}

/* ---- unmasking ------------------------------------------------------------------------------- */

static tb_status
write_unmask(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct cases__call *call = arg;
    TB_TRY(cases__call_begin(call, tx, err));
    return store_insert(
        tx, "unmaskings",
        STORE_VALUES(STORE_SET_INT("of_case", call->case_id),
                     STORE_SET_INT("account", call->act.who->account),
                     STORE_SET_TEXT("purpose", tb_json_get_text(call->in, "purpose")),
                     STORE_SET_INSTANT("at", call->act.now)),
        NULL, err);
}

/* Opening one's own current case unmasks, with the case number as the logged purpose (F22). */
static tb_status
run_unmask(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
           struct tb_err *err)
{
    struct cases__case of_case;
    struct cases__call call;
    cases_sight sight;
    (void)self;
    TB_TRY(cases__find(ctx, tb_json_get_text(in, "no"), TB_STR_NONE, SEEING_ROLES, &of_case, &sight,
                       err));
    cases__call_init(&call, ctx, in);
    call.case_id = of_case.id;
    TB_TRY(op_write_for(ctx, of_case.no, write_unmask, &call, err));
    return cases__case_json(ctx, &of_case, sight, ret_out, err);
}

/* clang-format off */
static const struct op_field get_fields[] = {
    {"no", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 32, NULL, "办件编号", "Case number", "20 digits"},
    {"code", OP_TEXT, OP_QUERY | OP_SECRET, 1, 16, NULL, "查询码", "Code", "6 characters, for whoever is not signed in"},
    {0},
};
static const struct op_field no_fields[] = {
    {"no", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 32, NULL, "办件编号", "Case number", "20 digits"},
    {0},
};
static const struct op_field unmask_fields[] = {
    {"no", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 32, NULL, "办件编号", "Case number", "20 digits"},
    {"purpose", OP_TEXT, OP_REQUIRED, 1, 200, NULL, "查看目的", "Purpose", "logged"},
    {0},
};
const struct op_row cases__view_rows[] = {
    {"cases.get", "GET", "/cases/{no}", OP_ANYONE | OP_SIGNED_IN, OP_PRIVATE_ANSWER, get_fields, run_get,
     "查看办件", "Show a case"},
    {"cases.history", "GET", "/cases/{no}/history", OP_SIGNED_IN, OP_PRIVATE_ANSWER, no_fields, run_history,
     "办件的历次状态", "Former states of a case"},
    {"cases.unmask", "POST", "/cases/{no}/unmask", SEEING_ROLES, OP_WRITES | OP_PRIVATE_ANSWER, unmask_fields,
     run_unmask,
     "显示完整信息", "Show personal data for a purpose"},
};
/* clang-format on */
const size_t cases__view_rows_count = TB_COUNT(cases__view_rows);
