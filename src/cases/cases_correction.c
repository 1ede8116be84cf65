/* SPDX-License-Identifier: Apache-2.0 */
/* The form as it comes back: what the notice opened, the corrected form checked whole, the case with it. */
#include "cases/cases_correction.h"
#include "codes/codes.h"

/* ---- what a notice opened
 * ---------------------------------------------------------------------------------------- */

const struct tb_json *
cases__notice_lines(struct tb_arena *arena, const struct cases__events *events)
{
    for (size_t i = events->count; i > 0; i--) {
        if (tb_str_is(events->items[i - 1].kind, "deficiency_told"))
            return tb_json_get(cases__json(arena, events->items[i - 1].data), "lines");
    }
    return NULL;
}

/* A line for a paper that the system makes of the form: all of the form is open. */
static bool
is_whole_form(const struct tb_json *line)
{
    return tb_json_is_true(tb_json_get(line, "form"));
}

static bool
lists_key(const struct tb_json *keys, tb_str key)
{
    TB_JSON_EACH(one, keys)
    {
        if (tb_str_eq(tb_json_text(one), key))
            return true;
    }
    return false;
}

bool
cases__line_is_corrected(struct tb_arena *arena, const struct cases__events *events,
                         const struct tb_json *line)
{
    tb_str field = tb_json_get_text(line, "field");
    if (field.len == 0 && !is_whole_form(line))
        return false;
    for (size_t i = events->count; i > 0; i--) {
        const struct cases__event *event = &events->items[i - 1];
        if (tb_str_is(event->kind, "deficiency_told"))
            return false;
        if (tb_str_is(event->kind, "fields_corrected") &&
            (is_whole_form(line) ||
             lists_key(tb_json_get(cases__json(arena, event->data), "fields"), field)))
            return true;
    }
    return false;
}

bool
cases__was_corrected(struct tb_arena *arena, const struct cases__events *events, tb_str key)
{
    for (size_t i = 0; i < events->count; i++) {
        if (tb_str_is(events->items[i].kind, "fields_corrected") &&
            lists_key(tb_json_get(cases__json(arena, events->items[i].data), "fields"), key))
            return true;
    }
    return false;
}

/* The number that says who applies: another number is another applicant, who files for himself. */
static bool
is_identity(const struct tb_json *fields, tb_str key)
{
    static const char *const keys[] = {"credit_code", "id_number", "person_id"};
    for (size_t i = 0; i < TB_COUNT(keys); i++) {
        if (tb_json_get_text(fields, keys[i]).len > 0)
            return tb_str_is(key, keys[i]);
    }
    return false;
}

/* ---- lines of a notice
 * ------------------------------------------------------------------------------------------- */

static tb_status
sections_of(struct tb_arena *arena, const struct packs_pack *pack, const struct packs_item *item,
            const struct cases__case *of_case, const struct tb_json *fields, tb_str lang,
            struct tb_json **ret_sections, struct tb_err *err)
{
    const struct packs_form *form = packs_form_find(pack, item->form);
    *ret_sections = tb_json_new(arena, TB_JSON_LIST);
    if (form == NULL)
        return TB_OK;
    return packs_form_sections(arena, pack, form, cases__json(arena, of_case->answers), fields,
                               lang, ret_sections, err);
}

/* The field of that key and the section it stands in; NULL when the form has none such. */
static const struct tb_json *
find_field(const struct tb_json *sections, tb_str key, const struct tb_json **ret_section)
{
    TB_JSON_EACH(section, sections)
    {
        TB_JSON_EACH(field, tb_json_get(section, "fields"))
        {
            if (key.len == 0 || !tb_str_eq(tb_json_get_text(field, "key"), key))
                continue;
            *ret_section = section;
            return field;
        }
    }
    return NULL;
}

static tb_status
find_field_of_case(struct cases__act *act, tb_str key, const struct tb_json **ret_field,
                   const struct tb_json **ret_section, struct tb_err *err)
{
    struct tb_json *sections = NULL;
    TB_TRY(sections_of(act->arena, act->pack, act->item, &act->is,
                       cases__json(act->arena, act->is.fields), TB_STR("zh"), &sections, err));
    *ret_field = find_field(sections, key, ret_section);
    return TB_OK;
}

tb_status
cases__field_line_check(struct cases__act *act, const struct tb_json *line, size_t index,
                        struct tb_err *err)
{
    const struct tb_json *field = NULL, *section = NULL;
    tb_str key = tb_json_get_text(line, "field");
    TB_TRY(find_field_of_case(act, key, &field, &section, err));
    tb_str at = tb_printf(act->arena, "lines.%zu.field", index);
    if (field == NULL)
        tb_fault_add(act->faults, at, "unknown_field",
                     tb_printf(act->arena, "申请表里没有“" TB_FMT "”这一栏", TB_ARG(key)),
                     tb_printf(act->arena, "The form has no field \"" TB_FMT "\"", TB_ARG(key)));
    else if (is_identity(cases__json(act->arena, act->is.fields), key))
        tb_fault_add(
            act->faults, at, "applicant_stays",
            TB_STR("证件号码说明是谁申请，不能改成另一个号码；号码不对的，请申请人撤回后重新申请"),
            TB_STR("This number says who applies and stays; if it is wrong, the applicant "
                   "withdraws and files again"));
    else if (tb_str_trim(tb_json_get_text(line, "what")).len == 0)
        tb_fault_add(act->faults, tb_printf(act->arena, "lines.%zu.what", index), "required",
                     tb_printf(act->arena, "“" TB_FMT "”：请写明哪里不对、怎么改",
                               TB_ARG(tb_json_get_text(field, "label"))),
                     tb_printf(act->arena, "\"" TB_FMT "\": say what is wrong and how to mend it",
                               TB_ARG(tb_json_get_text(field, "label"))));
    return TB_OK;
}

tb_status
cases__field_line(struct cases__act *act, const struct tb_json *line, struct tb_json **ret_row,
                  struct tb_err *err)
{
    const struct tb_json *field = NULL, *section = NULL;
    tb_str key = tb_json_get_text(line, "field");
    struct tb_json *row = cases__object(act->arena);
    TB_TRY(find_field_of_case(act, key, &field, &section, err));
    tb_str clause =
        cases__clause_words(act->arena, act->pack, TB_STR("行政许可法#32"), TB_STR("zh"));
    tb_json_set_text(act->arena, row, "field", key);
    tb_json_set_text(act->arena, row, "section", tb_json_get_text(section, "id"));
    tb_json_set_text(
        act->arena, row, "name",
        tb_printf(act->arena, "申请表：" TB_FMT, TB_ARG(tb_json_get_text(field, "label"))));
    tb_json_set_text(act->arena, row, "what", tb_str_trim(tb_json_get_text(line, "what")));
    tb_json_set_text(act->arena, row, "why", clause);
    tb_json_set_text(act->arena, row, "clause", clause);
    tb_json_set_text(act->arena, row, "how",
                     TB_STR("在网上打开这件事，改好这一栏再提交；也可以到窗口改"));
    tb_json_set_text(act->arena, row, "sample", TB_STR(""));
    *ret_row = row;
    return TB_OK;
}

/* ---- notes beside the fields
 * ------------------------------------------------------------------------------------- */

const struct tb_json *
cases__form_notes(struct tb_arena *arena, const struct cases__case *of_case)
{
    return tb_json_get(cases__json(arena, of_case->extra), "form_notes");
}

/* case.extra with these notes in place of the former ones. */
static void
put_notes(struct cases__act *act, struct tb_json *notes)
{
    struct tb_json *extra = cases__object(act->arena);
    TB_JSON_EACH(member, cases__json(act->arena, act->is.extra))
    {
        if (!tb_str_is(member->key, "form_notes"))
            tb_json_set(extra, tb_cstr(act->arena, member->key), tb_json_copy(act->arena, member));
    }
    if (notes->count > 0)
        tb_json_set(extra, "form_notes", notes);
    act->is.extra = extra->count > 0 ? cases__json_text(act->arena, extra) : TB_STR_NONE;
    act->is_started = true;
}

static const struct tb_json *
note_for(const struct tb_json *notes, tb_str key)
{
    TB_JSON_EACH(note, notes)
    {
        if (tb_str_eq(tb_json_get_text(note, "key"), key))
            return note;
    }
    return NULL;
}

tb_status
cases__form_notes_save(struct cases__act *act, const struct tb_json *notes, struct tb_err *err)
{
    size_t before = act->faults->count, index = 0;
    struct tb_json *kept = cases__object(act->arena);
    if (notes == NULL || notes->first == NULL)
        return TB_OK;
    TB_JSON_EACH(former, cases__form_notes(act->arena, &act->is))
    {
        if (note_for(notes, former->key) == NULL)
            tb_json_set(kept, tb_cstr(act->arena, former->key), tb_json_copy(act->arena, former));
    }
    TB_JSON_EACH(note, notes)
    {
        const struct tb_json *field = NULL, *section = NULL;
        tb_str key = tb_json_get_text(note, "key");
        tb_str words = tb_str_trim(tb_json_get_text(note, "note"));
        TB_TRY(find_field_of_case(act, key, &field, &section, err));
        if (field == NULL)
            tb_fault_add(act->faults, tb_printf(act->arena, "fields.%zu.key", index),
                         "unknown_field", TB_STR("申请表里没有这一栏"),
                         TB_STR("The form has no such field"));
        if (words.len > 0)
            tb_json_set_text(act->arena, kept, tb_cstr(act->arena, key), words);
        index++;
    }
    if (act->faults->count > before)
        return tb_fail(err, TB_INVALID, "some notes name no field");
    put_notes(act, kept);
    return TB_OK;
}

tb_status
cases__form_notes_check(struct cases__act *act, struct tb_err *err)
{
    TB_JSON_EACH(note, cases__form_notes(act->arena, &act->is))
    {
        const struct tb_json *field = NULL, *section = NULL;
        TB_TRY(find_field_of_case(act, note->key, &field, &section, err));
        if (field == NULL) /* it went with a number of vehicles or the like */
            continue;
        tb_str label = tb_json_get_text(field, "label");
        tb_fault_add(
            act->faults, tb_printf(act->arena, "fields." TB_FMT, TB_ARG(note->key)), "to_mend",
            tb_printf(act->arena,
                      "申请表“" TB_FMT "”要改。请先发补正告知书；已经改好的，清空说明再受理。",
                      TB_ARG(label)),
            tb_printf(act->arena,
                      "Form, \"" TB_FMT "\": to be mended. Send the notice first, or "
                      "clear your words when it is good.",
                      TB_ARG(label)));
    }
    return TB_OK;
}

/* ---- checking a corrected form
 * ----------------------------------------------------------------------------------- */

struct checking {
    struct op_ctx *ctx;
    struct tb_arena *arena;
    struct cases__case of_case;
    struct cases__events events;
    const struct packs_pack *pack;
    const struct packs_item *item;
    const struct packs_form *form;
    const struct tb_json *was, *given, *lines;
    const struct tb_json *sections; /* of the form as it would be now */
    struct tb_json *fields;         /* the same */
    struct tb_faults faults;        /* of the same */
    struct tb_faults unsettled;     /* of the form with the named fields alone corrected */
};

static tb_status
find_form(struct checking *checking, struct tb_err *err)
{
    struct cases *cases = op_self(checking->ctx);
    checking->pack = packs_set_by_hash(cases->options.packs, checking->of_case.pack);
    if (checking->pack == NULL)
        return tb_fail(err, TB_VERSION, "the pack of case " TB_FMT " is not installed here",
                       TB_ARG(checking->of_case.no));
    checking->item = packs_situation(checking->pack, checking->of_case.situation);
    checking->form =
        checking->item != NULL ? packs_form_find(checking->pack, checking->item->form) : NULL;
    if (checking->form == NULL)
        return tb_fail(err, TB_CORRUPT, "case " TB_FMT " has no form",
                       TB_ARG(checking->of_case.no));
    return TB_OK;
}

/* Whoever corrects sees what stands there: the applicant, or the window after unmasking for a purpose. */
static tb_status
begin(struct checking *checking, struct op_ctx *ctx, const struct tb_json *in, struct tb_err *err)
{
    struct store_read *read = NULL;
    cases_sight sight;
    bool is_clear = false;
    *checking = (struct checking){.ctx = ctx, .arena = op_arena(ctx)};
    TB_TRY(cases__find(ctx, tb_json_get_text(in, "no"), TB_STR_NONE, 0, &checking->of_case, &sight,
                       err));
    TB_TRY(cases__is_clear(ctx, &checking->of_case, sight, &is_clear, err));
    if (!is_clear)
        return cases__refuse_op(
            ctx, TB_DENIED, "fields", "masked",
            TB_STR("请先写明目的、显示完整信息，再替申请人改申请表"),
            TB_STR("Show the personal data for a purpose first, then correct the form"), err);
    if (checking->of_case.state != CASES_CORRECTING)
        return cases__refuse_op(
            ctx, TB_CONFLICT, "fields", "state", TB_STR("现在没有要您补正的内容，申请表不能改"),
            TB_STR("Nothing is asked of you now; the form stays as it is"), err);
    TB_TRY(find_form(checking, err));
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(cases__load_events(checking->arena, read, checking->of_case.id, &checking->events, err));
    checking->lines = cases__notice_lines(checking->arena, &checking->events);
    checking->was = cases__json(checking->arena, checking->of_case.fields);
    checking->given = tb_json_get(in, "fields");
    return TB_OK;
}

static const struct tb_json *
line_of(const struct checking *checking, tb_str key)
{
    TB_JSON_EACH(line, checking->lines)
    {
        if (key.len > 0 && tb_str_eq(tb_json_get_text(line, "field"), key))
            return line;
    }
    return NULL;
}

static bool
is_open_all(const struct checking *checking)
{
    TB_JSON_EACH(line, checking->lines)
    {
        if (is_whole_form(line))
            return true;
    }
    return false;
}

static const struct tb_fault *
fault_at(struct tb_arena *arena, const struct tb_faults *faults, tb_str key)
{
    tb_str place = tb_printf(arena, "fields." TB_FMT, TB_ARG(key));
    for (size_t i = 0; i < faults->count && i < TB_FAULTS_MAX; i++) {
        if (tb_str_eq(faults->items[i].place, place))
            return &faults->items[i];
    }
    return NULL;
}

/* Named by the notice, new in the form, or no longer right with what was changed. */
static bool
is_open(const struct checking *checking, tb_str key)
{
    return line_of(checking, key) != NULL || is_open_all(checking) ||
           tb_json_find(checking->was, key) == NULL ||
           fault_at(checking->arena, &checking->unsettled, key) != NULL;
}

/* The form with the given fields that are open, checked whole as on the day of receipt; what it no longer has (the
 * second of now one vehicle) goes. */
static tb_status
merge(struct checking *checking, struct tb_err *err)
{
    struct tb_arena *arena = checking->arena;
    struct tb_json *fields = cases__object(arena), *sections = NULL, *fitting = NULL;
    struct packs_ask ask = {.answers = cases__json(arena, checking->of_case.answers),
                            .date = tb_instant_day(checking->of_case.received_at),
                            .lang = op_lang(checking->ctx)};
    TB_JSON_EACH(value, checking->was)
    {
        const struct tb_json *given = tb_json_find(checking->given, value->key);
        bool is_taken = given != NULL && is_open(checking, value->key);
        tb_json_set(fields, tb_cstr(arena, value->key),
                    tb_json_copy(arena, is_taken ? given : value));
    }
    TB_JSON_EACH(given, checking->given)
    {
        if (tb_json_find(checking->was, given->key) == NULL)
            tb_json_set(fields, tb_cstr(arena, given->key), tb_json_copy(arena, given));
    }
    fields = packs_form_tidy(arena, checking->form, fields);
    TB_TRY(sections_of(arena, checking->pack, checking->item, &checking->of_case, fields,
                       op_lang(checking->ctx), &sections, err));
    fitting = cases__object(arena);
    TB_JSON_EACH(value, fields)
    {
        const struct tb_json *section = NULL;
        if (find_field(sections, value->key, &section) != NULL ||
            tb_json_find(checking->given, value->key) != NULL)
            tb_json_set(fitting, tb_cstr(arena, value->key), tb_json_copy(arena, value));
    }
    checking->sections = sections;
    checking->fields = fitting;
    checking->faults = (struct tb_faults){.arena = arena};
    tb_status status = packs_form_check(arena, checking->pack, checking->form, TB_STR_NONE, &ask,
                                        fitting, &checking->faults, err);
    return status == TB_INVALID && checking->faults.count > 0 ? TB_OK : status;
}

/* Twice: what the named fields unsettle is open too, and only then is the form as it was meant. */
static tb_status
merge_all(struct checking *checking, struct tb_err *err)
{
    TB_TRY(merge(checking, err));
    checking->unsettled = checking->faults;
    return merge(checking, err);
}

static void
refuse_closed(struct checking *checking)
{
    TB_JSON_EACH(given, checking->given)
    {
        const struct tb_json *was = tb_json_find(checking->was, given->key);
        if (was != NULL && is_identity(checking->was, given->key) &&
            !tb_str_eq(codes_tidy(checking->arena, tb_json_text(given)),
                       codes_tidy(checking->arena, tb_json_text(was))))
            tb_fault_add(
                op_faults(checking->ctx),
                tb_printf(checking->arena, "fields." TB_FMT, TB_ARG(given->key)), "applicant_stays",
                TB_STR("证件号码说明是谁申请，不能改成另一个；要换申请人，请撤回后重新申请"),
                TB_STR("This number says who applies and stays; for another applicant "
                       "withdraw and file again"));
        else if (!is_open(checking, given->key))
            tb_fault_add(op_faults(checking->ctx),
                         tb_printf(checking->arena, "fields." TB_FMT, TB_ARG(given->key)),
                         "not_asked_for", TB_STR("补正告知书里没有要改这一栏，不用改"),
                         TB_STR("The notice did not ask to correct this field"));
    }
}

/* Who the persons are now, and which certificate is meant: as at filing. */
static tb_status
check_persons(struct checking *checking, struct cases__correction *correction, struct tb_err *err)
{
    struct tb_arena *arena = checking->arena;
    const struct tb_json *extra = cases__json(arena, checking->of_case.extra);
    struct cases__filing *filing = &correction->filing;
    *filing = (struct cases__filing){.ctx = checking->ctx,
                                     .cases = op_self(checking->ctx),
                                     .arena = arena,
                                     .faults = op_faults(checking->ctx),
                                     .in = cases__object(arena),
                                     .answers = cases__json(arena, checking->of_case.answers),
                                     .fields = checking->fields,
                                     .today = op_today(checking->ctx),
                                     .pack = checking->pack,
                                     .item = checking->item,
                                     .way = checking->of_case.way,
                                     .division = checking->of_case.division,
                                     .extra = tb_json_copy(arena, extra)};
    TB_TRY(cases__filing_persons(filing, err));
    correction->has_new_previous = !tb_str_eq(tb_json_get_text(checking->was, "permit_number"),
                                              tb_json_get_text(checking->fields, "permit_number"));
    if (!correction->has_new_previous)
        return TB_OK;
    TB_TRY(cases__filing_previous(filing, err));
    correction->previous = filing->previous;
    return TB_OK;
}

tb_status
cases__correction_check(struct op_ctx *ctx, const struct tb_json *in,
                        struct cases__correction **ret_correction, struct tb_err *err)
{
    struct checking checking;
    struct cases__correction *correction = TB_NEW(op_arena(ctx), struct cases__correction);
    TB_TRY(begin(&checking, ctx, in, err));
    TB_TRY(merge_all(&checking, err));
    refuse_closed(&checking);
    for (size_t i = 0; i < checking.faults.count && i < TB_FAULTS_MAX; i++) {
        const struct tb_fault *fault = &checking.faults.items[i];
        tb_fault_add(op_faults(ctx), fault->place, tb_cstr(op_arena(ctx), fault->code), fault->zh,
                     fault->en);
    }
    TB_TRY(check_persons(&checking, correction, err));
    if (op_faults(ctx)->count > 0)
        return tb_fail(err, TB_INVALID, "the corrected form has %zu faults", op_faults(ctx)->count);
    correction->events = checking.of_case.events;
    correction->fields = cases__json_text(checking.arena, checking.fields);
    correction->extra = cases__json_text(checking.arena, correction->filing.extra);
    correction->keys = tb_json_new(checking.arena, TB_JSON_LIST);
    TB_JSON_EACH(given, checking.given)
    tb_json_add(correction->keys, tb_json_new_text(checking.arena, given->key));
    *ret_correction = correction;
    return TB_OK;
}

/* ---- writing it
 * -------------------------------------------------------------------------------------------------- */

/* The register's row says what this form said wrongly: it is put right. What came from elsewhere stays. */
static tb_status
mend_party(struct cases__act *act, const struct cases__party *row,
           const struct cases__filing_person *person, const char *name_key, struct tb_err *err)
{
    const struct tb_json *was = cases__json(act->arena, act->was.fields);
    struct store_value values[3];
    size_t count = 0;
    if (tb_str_eq(row->name, tb_json_get_text(was, name_key)) &&
        !tb_str_eq(row->name, person->party.name)) {
        values[count++] = STORE_SET_TEXT("name", person->party.name);
        values[count++] = STORE_SET_TEXT("name_blind", person->blinds.name);
    }
    if (person->party.phone.len > 0 && tb_str_eq(row->phone, tb_json_get_text(was, "phone")) &&
        !tb_str_eq(row->phone, person->party.phone))
        values[count++] = STORE_SET_TEXT("phone", person->party.phone);
    if (count == 0)
        return TB_OK;
    return store_update(act->tx, "parties", row->party, -1, values, count, err);
}

static tb_status
put_person(struct cases__act *act, const char *role, const struct cases__filing_person *person,
           const char *name_key, struct tb_err *err)
{
    struct cases__parties parties;
    const struct cases__party *row = NULL;
    int64_t id = 0;
    TB_TRY(cases__load_parties(act->arena, act->read, act->is.id, &parties, err));
    for (size_t i = 0; i < parties.count; i++) {
        if (tb_str_is(parties.items[i].role, role))
            row = &parties.items[i];
    }
    TB_TRY(cases__party_put_blinded(act->tx, &person->party, &person->blinds, &id, err));
    if (row == NULL)
        return cases__party_add(act, role, id, 0, person->identity_check, NULL, err);
    if (row->party == id)
        return mend_party(act, row, person, name_key, err);
    return store_update(
        act->tx, "case_parties", row->id, -1,
        STORE_VALUES(STORE_SET_INT("party", id),
                     STORE_SET_TEXT("identity_check", tb_str_of(person->identity_check)),
                     STORE_SET_INSTANT("checked_at", act->now)),
        err);
}

/* What the system makes of the form is another paper now and is looked at again. */
static tb_status
untick_generated(struct cases__act *act, struct tb_err *err)
{
    struct cases__papers papers;
    TB_TRY(cases__load_papers(act->arena, act->read, act->is.id, &papers, err));
    for (size_t i = 0; i < papers.count; i++) {
        const struct packs_material *row = packs_material_find(act->pack, papers.items[i].material);
        if (row == NULL || !tb_str_is(row->source, "generated") || papers.items[i].result.len == 0)
            continue;
        TB_TRY(store_update(act->tx, "case_materials", papers.items[i].id, -1,
                            STORE_VALUES(STORE_SET_NULL("result"), STORE_SET_NULL("note")), err));
    }
    return TB_OK;
}

static void
clear_notes(struct cases__act *act, const struct tb_json *keys)
{
    struct tb_json *kept = cases__object(act->arena);
    TB_JSON_EACH(note, cases__form_notes(act->arena, &act->is))
    {
        if (!lists_key(keys, note->key))
            tb_json_set(kept, tb_cstr(act->arena, note->key), tb_json_copy(act->arena, note));
    }
    put_notes(act, kept);
}

tb_status
cases__correction_write(struct cases__act *act, const struct cases__correction *correction,
                        struct tb_err *err)
{
    const struct cases__filing *filing = &correction->filing;
    struct tb_json *data = cases__object(act->arena);
    if (act->is.events != correction->events)
        return cases__refuse(act, TB_CONFLICT, "fields", "changed",
                             TB_STR("这件事刚刚有了变化，请重新打开，看过再提交"),
                             TB_STR("The case changed meanwhile; open it again and look first"),
                             err);
    act->is.fields = correction->fields;
    act->is.applicant_name = filing->applicant.party.name;
    if (correction->has_new_previous) {
        act->is.previous = correction->previous;
        act->is.extra = correction->extra;
    }
    TB_TRY(put_person(act, "applicant", &filing->applicant, "name", err));
    if (filing->has_representative)
        TB_TRY(
            put_person(act, "legal_representative", &filing->representative, "person_name", err));
    TB_TRY(untick_generated(act, err));
    clear_notes(act, correction->keys);
    tb_json_set(data, "fields", tb_json_copy(act->arena, correction->keys));
    return cases__event_add(
        act, &(struct cases__event_new){.kind = "fields_corrected", .data = data}, err);
}

/* ---- the form to be corrected
 * ------------------------------------------------------------------------------------ */

static void
add_field(struct checking *checking, const struct tb_json *section, const struct tb_json *field,
          struct tb_json *rows)
{
    struct tb_arena *arena = checking->arena;
    tb_str key = tb_json_get_text(field, "key"), type = tb_json_get_text(field, "type");
    const struct tb_fault *fault = fault_at(arena, &checking->faults, key);
    const struct tb_json *value = tb_json_find(checking->fields, key),
                         *line = line_of(checking, key);
    if (key.len == 0 || tb_str_is(type, "text") || tb_str_is(type, "group") ||
        (!is_open(checking, key) && fault == NULL))
        return;
    if (line == NULL && !is_open_all(checking) && fault == NULL && value == NULL &&
        !tb_json_is_true(tb_json_get(field, "required")))
        return; /* an empty choice that nobody asked about */
    struct tb_json *row = tb_json_add(rows, tb_json_copy(arena, field));
    tb_json_set_text(arena, row, "section", tb_json_get_text(section, "title"));
    cases__set(arena, row, "value", value != NULL ? tb_json_copy(arena, value) : NULL);
    tb_json_set_bool(arena, row, "locked", is_identity(checking->was, key));
    tb_json_set_text(arena, row, "what", tb_json_get_text(line, "what"));
    bool is_en = cases__is_en(op_lang(checking->ctx));
    cases__set(arena, row, "fault",
               fault != NULL ? tb_json_new_text(arena, is_en ? fault->en : fault->zh) : NULL);
}

/* POST because it takes a form; it changes nothing. */
static tb_status
run_correction(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
               struct tb_err *err)
{
    struct checking checking;
    (void)self;
    TB_TRY(begin(&checking, ctx, in, err));
    TB_TRY(merge_all(&checking, err));
    *ret_out = cases__object(op_arena(ctx));
    tb_json_set_text(op_arena(ctx), *ret_out, "no", checking.of_case.no);
    tb_json_set_bool(op_arena(ctx), *ret_out, "whole", is_open_all(&checking));
    struct tb_json *rows = tb_json_set_list(op_arena(ctx), *ret_out, "fields");
    TB_JSON_EACH(section, checking.sections)
    {
        TB_JSON_EACH(field, tb_json_get(section, "fields"))
        add_field(&checking, section, field, rows);
    }
    return TB_OK;
}

/* clang-format off */
static const struct op_field correction_fields[] = {
    {"no", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 32, NULL, "办件编号", "Case number", "20 digits"},
    {"fields", OP_OBJECT, OP_PRIVATE, 0, 0, NULL, "改成什么", "Fields", "by key, to be tried; absent: the form as it stands"},
    {0},
};
const struct op_row cases__correction_rows[] = {
    {"cases.correction", "POST", "/cases/{no}/correction", OP_APPLICANT | OP_CLERK | OP_HELPER, OP_PRIVATE_ANSWER,
     correction_fields, run_correction, "补正告知书要改的申请表内容", "What of the form is to be corrected"},
};
/* clang-format on */
const size_t cases__correction_rows_count = TB_COUNT(cases__correction_rows);
