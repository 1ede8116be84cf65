/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates are made and ended. A change, renewal or reissue makes the next version and ends
 * the former in the same
 * batch; so at no moment are there two valid ones, or none. */
#include "cases/cases_certificate.sql.h"
#include "cases/cases_internal.h"
#include "codes/codes.h"

/* The former certificate of this case; id 0 when there is none. */
struct former {
    int64_t id, version, of_case, holder;
    tb_str mark, number, fields, issued, expires, type;
};

static tb_status
load_former(struct cases__act *act, struct former *ret_former, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    struct store_value key = STORE_TEXT_OF(act->is.previous);
    *ret_former = (struct former){0};
    if (act->is.previous.len == 0)
        return TB_OK;
    TB_TRY(store_select(act->read, sql_certificate, &key, 1, &rows, err));
    if (store_next(rows))
        *ret_former = (struct former){
            .id = store_int(rows, 0),
            .version = store_int(rows, 1),
            .of_case = store_int(rows, 2),
            .holder = store_int(rows, 3),
            .mark = cases__text(act->arena, rows, 4),
            .number = cases__text(act->arena, rows, 5),
            .fields = cases__text(act->arena, rows, 6),
            .issued = cases__text(act->arena, rows, 7),
            .expires = cases__text(act->arena, rows, 8),
            .type = cases__text(act->arena, rows, 9),
        };
    return store_rows_done(rows, err);
}

/* ---- number, mark, validity
 * -------------------------------------------------------------------------------------- */

/* `公卫证字{{year}}第{{serial}}号` of the pack; else agency, year and serial. Gapless per department, type and year. */
static tb_status
make_number(struct cases__act *act, tb_str template, tb_str type, tb_str *ret_number,
            struct tb_err *err)
{
    tb_str year = tb_str_sub(cases__day_text(act->arena, act->now), 0, 4);
    int64_t serial = 0;
    TB_TRY(store_serial(
        act->tx,
        tb_printf(act->arena, "certificate/" TB_FMT "/" TB_FMT "/" TB_FMT "/" TB_FMT,
                  TB_ARG(act->is.division), TB_ARG(act->is.department), TB_ARG(type), TB_ARG(year)),
        &serial, err));
    if (template.len == 0)
        template = TB_STR("{{division}}{{year}}{{serial}}");
    struct tb_buf buf = {.arena = act->arena};
    for (tb_str rest = template; rest.len > 0;) {
        static const char *const names[] = {"{{year}}", "{{serial}}", "{{division}}"};
        size_t i = 0;
        while (i < TB_COUNT(names) && !tb_str_starts(rest, tb_str_of(names[i])))
            i++;
        if (i == 0)
            tb_buf_str(&buf, year);
        else if (i == 1)
            tb_buf_printf(&buf, "%06lld", (long long)serial);
        else if (i == 2)
            tb_buf_str(&buf, tb_str_sub(act->is.division, 0, 6));
        else
            tb_buf_char(&buf, rest.ptr[0]);
        size_t used = i < TB_COUNT(names) ? tb_str_of(names[i]).len : 1;
        rest = tb_str_sub(rest, used, rest.len);
    }
    *ret_number = tb_buf_done(&buf);
    return TB_OK;
}

/* The mark of GB/T 36904: type (the definer's code and 3), issuer, serial, version, check. */
static tb_status
make_mark(struct cases__act *act, const struct tb_json *face, int64_t version, tb_str *ret_mark,
          struct tb_err *err)
{
    const struct packs_department *department =
        packs_department_find(act->pack, act->is.department);
    tb_str issuer = department != NULL && department->credit_code.len == 18
                        ? department->credit_code
                        : tb_printf(act->arena, TB_FMT "000000", TB_ARG(act->is.division));
    tb_str type = tb_json_get_text(face, "type_code");
    int64_t serial = 0;
    TB_TRY(store_serial(act->tx, TB_STR("certificate/mark"), &serial, err));
    if (type.len != 21)
        type = tb_printf(act->arena, TB_FMT "001", TB_ARG(issuer));
    *ret_mark = codes_mark_make(act->arena, type, issuer,
                                tb_printf(act->arena, "%09lld", (long long)serial), (int)version);
    return TB_OK;
}

tb_str
cases__mark_short(tb_str mark)
{
    tb_str root = TB_STR(CODES_MARK_ROOT ".");
    return tb_str_starts(mark, root) ? tb_str_sub(mark, root.len, mark.len) : mark;
}

static tb_str
expiry(struct cases__act *act, const struct tb_json *face, const struct former *former)
{
    int64_t months = tb_json_get_int(face, "validity_months", 0);
    tb_str validity = tb_json_get_text(face, "validity");
    tb_date from = tb_instant_day(act->now), former_end;
    if (tb_str_is(validity, "none"))
        return TB_STR_NONE;
    bool is_renewal = tb_str_is(act->is.situation, "renew");
    if (former->id != 0 && !is_renewal)
        return former->expires; /* change and reissue keep the day on which the permit ends */
    if (is_renewal && tb_date_parse(former->expires, &former_end))
        from = former_end;
    else if (months > 0)
        from = tb_date_add_days(from, -1);
    if (months <= 0)
        months = act->item->validity_months;
    return months > 0 ? tb_date_format(act->arena, tb_date_add_months(from, months)) : TB_STR_NONE;
}

/* ---- the data of the face
 * ---------------------------------------------------------------------------------------- */

static struct tb_json *
former_json(struct cases__act *act, const struct former *former)
{
    struct tb_json *json = cases__object(act->arena);
    if (former->id == 0)
        return json;
    tb_json_set_text(act->arena, json, "mark", former->mark);
    tb_json_set_text(act->arena, json, "number", former->number);
    tb_json_set_text(act->arena, json, "issued", former->issued);
    tb_json_set_text(act->arena, json, "expires", former->expires);
    struct tb_json *fields = tb_json_set_object(act->arena, json, "fields");
    TB_JSON_EACH(field, cases__json(act->arena, former->fields))
    {
        tb_str key = tb_json_get_text(field, "key");
        if (key.len > 0 && tb_json_find(fields, key) == NULL)
            tb_json_set_text(act->arena, fields, tb_cstr(act->arena, key),
                             tb_json_get_text(field, "value"));
    }
    return json;
}

static struct tb_json *
face_data(struct cases__act *act, const struct former *former)
{
    struct tb_arena *arena = act->arena;
    const struct packs_form *form = packs_form_find(act->pack, act->item->form);
    const struct tb_json *fields = cases__json(arena, act->is.fields);
    const struct packs_department *department =
        packs_department_find(act->pack, act->is.department);
    struct tb_json *data = cases__object(arena);
    tb_json_set(data, "fields",
                form != NULL ? packs_form_data(arena, form, fields) : tb_json_copy(arena, fields));
    tb_json_set(data, "answers", tb_json_copy(arena, cases__json(arena, act->is.answers)));
    struct tb_json *one = tb_json_set_object(arena, data, "case");
    tb_json_set_text(arena, one, "no", act->is.no);
    tb_json_set_text(arena, one, "way", act->is.way);
    tb_json_set_text(arena, one, "situation", act->is.situation);
    tb_json_set_text(arena, one, "received", cases__day_text(arena, act->is.received_at));
    struct tb_json *party = tb_json_set_object(arena, data, "party");
    tb_json_set_text(arena, party, "name", act->is.applicant_name);
    struct tb_json *decision = tb_json_set_object(arena, data, "decision");
    tb_json_set_text(arena, decision, "date", cases__day_text(arena, act->now));
    struct tb_json *agency = tb_json_set_object(arena, data, "agency");
    tb_json_set_text(arena, agency, "name",
                     department != NULL ? department->name : act->is.department);
    tb_json_set(data, "previous", former_json(act, former));
    return data;
}

/* ---- what of the face is personal
 * -------------------------------------------------------------------------------- */

/* A field of the face that repeats a personal field of the form, or a natural person's name:
 * masked for the public. */
static bool
is_personal(struct cases__act *act, const struct tb_json *sections, tb_str value)
{
    const struct tb_json *fields = cases__json(act->arena, act->is.fields);
    if (value.len == 0)
        return false;
    TB_JSON_EACH(section, sections)
    {
        TB_JSON_EACH(field, tb_json_get(section, "fields"))
        {
            tb_str filed = tb_json_text(tb_json_find(fields, tb_json_get_text(field, "key")));
            if (tb_json_is_true(tb_json_get(field, "personal")) && tb_str_eq(filed, value))
                return true;
        }
    }
    return false;
}

static tb_status
mark_personal(struct cases__act *act, struct tb_json *face, struct tb_err *err)
{
    const struct packs_form *form = packs_form_find(act->pack, act->item->form);
    struct tb_json *sections = NULL;
    if (form != NULL)
        TB_TRY(packs_form_sections(
            act->arena, act->pack, form, cases__json(act->arena, act->is.answers),
            cases__json(act->arena, act->is.fields), TB_STR("zh"), &sections, err));
    for (struct tb_json *list = face->first; list != NULL; list = list->next) {
        for (struct tb_json *field = list->first; tb_str_is(list->key, "fields") && field != NULL;
             field = field->next) {
            if (is_personal(act, sections, tb_json_get_text(field, "value")))
                tb_json_set_bool(act->arena, field, "personal", true);
        }
    }
    return TB_OK;
}

/* ---- issuing
 * ----------------------------------------------------------------------------------------------------- */

static tb_status
insert_one(struct cases__act *act, const struct tb_json *face, const struct former *former,
           bool is_main, tb_str *ret_mark, struct tb_err *err)
{
    bool is_successor = former->id != 0 && is_main;
    int64_t version = is_successor ? former->version + 1 : 1;
    const struct packs_department *department =
        packs_department_find(act->pack, act->is.department);
    tb_str number = former->number, mark, type = tb_json_get_text(face, "id");
    bool keeps_number = is_successor && tb_str_is(act->item->certificate_effect, "version");
    if (!keeps_number)
        TB_TRY(make_number(act, tb_json_get_text(face, "number"), type, &number, err));
    TB_TRY(make_mark(act, face, version, &mark, err));
    int64_t holder = act->is.applicant;
    TB_TRY(store_insert(
        act->tx, "certificates",
        STORE_VALUES(
            STORE_SET_TEXT("mark", mark), STORE_SET_TEXT("number", number),
            STORE_SET_INT("version", version), STORE_SET_TEXT("type", type),
            STORE_SET_INT("of_case", act->is.id), STORE_SET_INT("holder", holder),
            STORE_SET_TEXT("pack", act->is.pack), STORE_SET_TEXT("situation", act->is.situation),
            STORE_SET_TEXT("division", act->is.division),
            STORE_SET_TEXT("department", act->is.department),
            STORE_SET_TEXT("issuer", department != NULL ? department->name : TB_STR("")),
            STORE_SET_TEXT("way", act->is.way), STORE_SET_DAY("check_due", cases__check_due(act)),
            STORE_SET_JSON("fields", cases__json_text(act->arena, tb_json_get(face, "fields"))),
            STORE_SET_DAY("issued", cases__day_text(act->arena, act->now)),
            STORE_SET_DAY("expires", expiry(act, face, former)),
            STORE_SET_TEXT("state", TB_STR("valid")), STORE_SET_INSTANT("state_at", act->now),
            STORE_SET_TEXT("previous", is_successor ? former->mark : TB_STR_NONE)),
        NULL, err));
    *ret_mark = mark;
    return TB_OK;
}

static tb_status
end_one(struct cases__act *act, int64_t id, tb_str mark, const char *state, const char *reason,
        tb_str next, struct tb_err *err)
{
    struct tb_json *data = cases__object(act->arena);
    TB_TRY(store_update(act->tx, "certificates", id, -1,
                        STORE_VALUES(STORE_SET_TEXT("state", tb_str_of(state)),
                                     STORE_SET_TEXT("state_reason", tb_str_of(reason)),
                                     STORE_SET_INSTANT("state_at", act->now),
                                     STORE_SET_TEXT("next", next)),
                        err));
    tb_json_set_text(act->arena, data, "mark", mark);
    tb_json_set_text(act->arena, data, "state", tb_str_of(state));
    return cases__event_add(
        act, &(struct cases__event_new){.kind = "certificate_ended", .data = data}, err);
}

/* Why the former one ends: the situation is the word. */
static const char *
end_reason(tb_str situation)
{
    static const char *const known[] = {"renew", "change", "reissue", "replace", "cancel"};
    for (size_t i = 0; i < TB_COUNT(known); i++) {
        if (tb_str_starts(situation, tb_str_of(known[i])))
            return known[i];
    }
    return "replaced";
}

tb_status
cases__certificate_issue(struct cases__act *act, struct tb_err *err)
{
    struct former former;
    struct tb_json *faces = NULL;
    tb_str mark = TB_STR_NONE, main_mark = TB_STR_NONE;
    if (act->item->certificate.len == 0)
        return TB_OK;
    TB_TRY(load_former(act, &former, err));
    TB_TRY(packs_certificates(act->arena, act->pack, act->item, face_data(act, &former),
                              act->faults, &faces, err));
    for (struct tb_json *face = faces->first; face != NULL; face = face->next) {
        TB_TRY(mark_personal(act, face, err));
        TB_TRY(insert_one(act, face, &former, main_mark.len == 0, &mark, err));
        struct tb_json *data = cases__object(act->arena);
        tb_json_set_text(act->arena, data, "mark", mark);
        TB_TRY(cases__event_add(
            act, &(struct cases__event_new){.kind = "certificate_issued", .data = data}, err));
        if (main_mark.len == 0)
            main_mark = mark;
    }
    if (former.id != 0)
        TB_TRY(end_one(act, former.id, former.mark, "void", end_reason(act->is.situation),
                       main_mark, err));
    return cases__draw_later(act, err);
}

/* ---- ending ---------------------------------------------------------------------------------- */

/* Every case in which a version of this certificate was issued, latest first. */
static tb_status
load_chain(struct cases__act *act, tb_str mark, int64_t *cases, size_t *ret_count,
           struct tb_err *err)
{
    size_t count = 0;
    while (mark.len > 0 && count < CASES_CERTIFICATES_MAX) {
        struct store_rows *rows = NULL;
        struct store_value key = STORE_TEXT_OF(mark);
        mark = TB_STR_NONE;
        TB_TRY(store_select(act->read, sql_chain, &key, 1, &rows, err));
        if (store_next(rows)) {
            cases[count++] = store_int(rows, 0);
            mark = cases__text(act->arena, rows, 1);
        }
        TB_TRY(store_rows_done(rows, err));
    }
    *ret_count = count;
    return TB_OK;
}

static tb_status
end_all_of(struct cases__act *act, int64_t of_case, const char *state, const char *reason,
           struct tb_err *err)
{
    struct store_rows *rows = NULL;
    int64_t ids[CASES_CERTIFICATES_MAX];
    tb_str marks[CASES_CERTIFICATES_MAX];
    size_t count = 0;
    TB_TRY(store_select(act->read, sql_siblings, &STORE_INT_OF(of_case), 1, &rows, err));
    while (count < CASES_CERTIFICATES_MAX && store_next(rows)) {
        ids[count] = store_int(rows, 0);
        marks[count++] = cases__text(act->arena, rows, 1);
    }
    TB_TRY(store_rows_done(rows, err));
    for (size_t i = 0; i < count; i++)
        TB_TRY(end_one(act, ids[i], marks[i], state, reason, TB_STR_NONE, err));
    return TB_OK;
}

/* Ends the certificate of act->is.previous and all that was issued together with any of its
 * versions: who gives up the permit gives up the cards of his vehicles, in one case. */
tb_status
cases__certificate_end(struct cases__act *act, const char *state, const char *reason,
                       struct tb_err *err)
{
    int64_t cases[CASES_CERTIFICATES_MAX];
    size_t count = 0;
    TB_TRY(load_chain(act, act->is.previous, cases, &count, err));
    for (size_t i = 0; i < count; i++)
        TB_TRY(end_all_of(act, cases[i], state, reason, err));
    return TB_OK;
}
