/* SPDX-License-Identifier: Apache-2.0 */
/* Letters: the row, with its number and what fills it, belongs to the act's batch; the sealed PDF is drawn after the
 * commit, at the first reading or by the scheduler, whichever comes first. What a letter says
 * never changes afterwards. */
#include "cases/cases_internal.h"
#include "cases/cases_letter.sql.h"

/* clang-format off */
/* The character in the number (字号) and the seal that each letter bears (F10). */
static const struct {
    const char *kind, *sign, *seal;
} letter_rows[] = {
    {"acceptance",        "受",   "行政审批受理专用章"},
    {"deficiency",        "补",   "行政审批受理专用章"},
    {"refusal_to_accept", "不受", "行政审批受理专用章"},
    {"not_needed",        "告",   "行政审批受理专用章"},
    {"withdrawal",        "撤",   "行政审批受理专用章"},
    {"notice_and_pledge", "承",   "行政审批受理专用章"},
    {"suspension",        "特",   "行政审批专用章"},
    {"hearing_right",     "听告", "行政审批专用章"},
    {"hearing_day",       "听通", "行政审批专用章"},
    {"extension",         "延",   "行政审批专用章"},
    {"survey_notice",     "核",   "行政审批专用章"},
    {"survey_findings",   "查",   "行政审批专用章"},
    {"grant",             "许",   "行政审批专用章"},
    {"refusal",           "不许", "行政审批专用章"},
    {"cancellation",      "销",   "行政审批专用章"},
    {"deemed_renewal",    "续",   "行政审批专用章"},
    {"delivery",          "送",   "行政审批专用章"},
    {"annulment_notice",  "拟撤", "行政审批专用章"},
    {"annulment",         "撤决", "行政审批专用章"},
};
/* clang-format on */

static size_t
find_row(tb_str kind)
{
    for (size_t i = 0; i < TB_COUNT(letter_rows); i++) {
        if (tb_str_is(kind, letter_rows[i].kind))
            return i;
    }
    return TB_COUNT(letter_rows);
}

tb_str
cases__letter_seal(tb_str kind)
{
    size_t row = find_row(kind);
    return tb_str_of(row < TB_COUNT(letter_rows) ? letter_rows[row].seal : "行政审批受理专用章");
}

/* ---- what fills a letter
 * ----------------------------------------------------------------------------------------- */

/* An absent day stays absent, so that a sentence that needs it is a fault and never a blank. */
static void
set_day(struct tb_arena *arena, struct tb_json *data, const char *key, tb_str day)
{
    if (day.len > 0)
        tb_json_set_text(arena, data, key, day);
}

static void
set_department(struct tb_arena *arena, struct tb_json *data, const struct packs_pack *pack,
               tb_str id)
{
    const struct packs_department *row = packs_department_find(pack, id);
    tb_json_set_text(arena, data, "agency", row != NULL ? row->name : id);
    tb_json_set_text(arena, data, "agency_phone", row != NULL ? row->phone : TB_STR(""));
    tb_json_set_text(arena, data, "agency_address", row != NULL ? row->address : TB_STR(""));
}

tb_str
cases__clause_words(struct tb_arena *arena, const struct packs_pack *pack, tb_str clause,
                    tb_str lang)
{
    const struct tb_json *json = packs_clause_json(arena, pack, clause, lang);
    tb_str law = tb_json_get_text(json, "law"), article = tb_json_get_text(json, "article");
    if (law.len == 0) {
        article = clause;
        if (clause.len == 0 || !tb_str_cut(&article, '#', &law))
            return TB_STR("");
        article = packs_article_words(arena, article, lang);
    }
    if (cases__is_en(lang))
        return tb_printf(arena, TB_FMT ", " TB_FMT, TB_ARG(law), TB_ARG(article));
    return tb_printf(arena, "《" TB_FMT "》" TB_FMT, TB_ARG(law), TB_ARG(article));
}

/* What an act does not say is empty, and the template leaves its line out. Days are not among these: a letter without
 * the day that it is about would have a hole in its sentence. */
void
cases__letter_defaults(struct tb_arena *arena, struct tb_json *data)
{
    static const char *const texts[] = {"code",        "reason",       "ground",
                                        "clause",      "other_agency", "other_address",
                                        "other_phone", "certificate",  "certificate_number",
                                        "days",        "told",         "way",
                                        "receiver",    "at",           "what",
                                        "when",        "place",        "result",
                                        "owner",       "facts",        "number"};
    static const char *const lists[] = {"materials",    "lines", "fetched",  "remedies",
                                        "officers",     "bring", "findings", "conditions",
                                        "consequences", "late"};
    for (size_t i = 0; i < TB_COUNT(texts); i++) {
        if (tb_json_get(data, texts[i]) == NULL)
            tb_json_set_text(arena, data, texts[i], TB_STR(""));
    }
    for (size_t i = 0; i < TB_COUNT(lists); i++) {
        if (tb_json_get(data, lists[i]) == NULL)
            tb_json_set_list(arena, data, lists[i]);
    }
}

/* What every letter of a case may use. */
struct tb_json *
cases__letter_data(struct tb_arena *arena, const struct cases *cases, const struct packs_pack *pack,
                   const struct packs_item *item, const struct cases__case *of_case, int64_t now)
{
    struct tb_json *data = cases__object(arena);
    tb_json_set_text(arena, data, "no", of_case->no);
    tb_json_set_text(arena, data, "item", item->name);
    tb_json_set_text(arena, data, "situation", item->situation);
    tb_json_set_text(arena, data, "applicant", of_case->applicant_name);
    set_department(arena, data, pack, of_case->department);
    tb_json_set_text(arena, data, "date", cases__day_text(arena, now));
    tb_json_set_text(arena, data, "received", cases__day_text(arena, of_case->received_at));
    set_day(arena, data, "answer_due", of_case->answer_due);
    set_day(arena, data, "due", of_case->due);
    set_day(arena, data, "promised_due", of_case->promised_due);
    tb_json_set_text(arena, data, "statutory",
                     packs_period_words(arena, item->statutory, TB_STR("zh")));
    tb_json_set_text(arena, data, "promised",
                     packs_period_words(arena, item->promised, TB_STR("zh")));
    tb_str types = item->certificate, type = TB_STR_NONE;
    tb_str_cut(&types, '|', &type);
    const struct packs_certificate *certificate = packs_certificate_find(pack, type);
    if (certificate != NULL)
        tb_json_set_text(arena, data, "certificate", tb_json_get_text(certificate->json, "name"));
    tb_json_set_text(arena, data, "url",
                     tb_printf(arena, TB_FMT "/cases/" TB_FMT, TB_ARG(cases->options.origin),
                               TB_ARG(of_case->no)));
    return data;
}

/* ---- the row
 * ----------------------------------------------------------------------------------------------------- */

static tb_status
make_number(struct cases__act *act, size_t row, tb_str agency, tb_str *ret_number,
            struct tb_err *err)
{
    tb_str year = tb_str_sub(cases__day_text(act->arena, act->now), 0, 4);
    const char *sign = letter_rows[row].sign;
    int64_t serial = 0;
    tb_str series =
        tb_printf(act->arena, "letter/" TB_FMT "/" TB_FMT "/%s/" TB_FMT, TB_ARG(act->is.division),
                  TB_ARG(act->is.department), sign, TB_ARG(year));
    TB_TRY(store_serial(act->tx, series, &serial, err));
    *ret_number = tb_printf(act->arena, TB_FMT "%s〔" TB_FMT "〕%lld号", TB_ARG(agency), sign,
                            TB_ARG(year), (long long)serial);
    return TB_OK;
}

/* Members of more that data does not have yet. */
static void
add_members(struct tb_arena *arena, struct tb_json *data, const struct tb_json *more)
{
    TB_JSON_EACH(member, more)
    {
        if (tb_json_find(data, member->key) == NULL)
            tb_json_set(data, tb_cstr(arena, member->key), tb_json_copy(arena, member));
    }
}

tb_status
cases__letter_add(struct cases__act *act, const char *kind, const struct tb_json *more, bool must,
                  struct tb_err *err)
{
    tb_str name = tb_str_of(kind), number;
    size_t row = find_row(name);
    int64_t n = 0;
    tb_assert(row < TB_COUNT(letter_rows));
    if (packs_letter(act->pack, name, TB_STR("zh")).len == 0) {
        if (must)
            return tb_fail(err, TB_CORRUPT,
                           "the pack " TB_FMT " has no letter %s, which the law asks for",
                           TB_ARG(act->pack->id), kind);
        return TB_OK;
    }
    int64_t wake = 0;
    TB_TRY(cases__act_reckon(act, &wake, err)); /* the days after this act, not before it */
    struct tb_json *data = cases__object(act->arena);
    struct tb_json *all =
        cases__letter_data(act->arena, act->cases, act->pack, act->item, &act->is, act->now);
    TB_TRY(make_number(act, row, tb_json_get_text(all, "agency"), &number, err));
    tb_json_set_text(act->arena, data, "number", number);
    add_members(act->arena, data, more);
    add_members(act->arena, data, all);
    cases__letter_defaults(act->arena, data);
    struct store_value params[] = {STORE_INT_OF(act->is.id), STORE_TEXT_OF(name)};
    TB_TRY(cases__one(act->read, sql_letter_count, params, 2, &n, err));
    TB_TRY(store_insert(act->tx, "letters",
                        STORE_VALUES(STORE_SET_INT("of_case", act->is.id),
                                     STORE_SET_TEXT("kind", name), STORE_SET_INT("n", n + 1),
                                     STORE_SET_TEXT("number", number),
                                     STORE_SET_INSTANT("told_at", act->now),
                                     STORE_SET_JSON("fields", cases__json_text(act->arena, data))),
                        NULL, err));
    return cases__draw_later(act, err);
}

tb_status
cases__draw_later(struct cases__act *act, struct tb_err *err)
{
    int64_t draw = 0;
    TB_TRY(cases__one(act->read, sql_draw_timer, &STORE_INT_OF(act->is.id), 1, &draw, err));
    return draw != 0 ? TB_OK : cases__timer_add(act, "draw", TB_STR_NONE, act->now, err);
}
