/* SPDX-License-Identifier: Apache-2.0 */
/* A draft as the page shows it: a list of sections with their state, every fault at its field, answers kept. */
#include "cases/cases_draft.h"
#include "cases/cases_draft_view.sql.h"

struct draft_view {
    struct op_ctx *ctx;
    struct tb_arena *arena;
    const struct cases__draft *draft;
    const struct packs_item *item; /* with the way chosen */
    const struct tb_json *answers, *fields, *extra;
    struct tb_json *json, *missing;
    struct tb_faults faults;
};

struct tb_json *
cases__draft_filing(struct tb_arena *arena, const struct cases__draft *draft)
{
    static const char *const kept[] = {"pledge", "agent", "delivery", "on_behalf"};
    const struct tb_json *extra = cases__json(arena, draft->extra);
    struct tb_json *in = cases__object(arena);
    tb_json_set_text(arena, in, "item", draft->item);
    tb_json_set(in, "answers", tb_json_copy(arena, cases__json(arena, draft->answers)));
    tb_json_set(in, "fields", tb_json_copy(arena, cases__json(arena, draft->fields)));
    tb_json_set(in, "materials", tb_json_copy(arena, cases__json(arena, draft->materials)));
    for (size_t i = 0; i < TB_COUNT(kept); i++) {
        const struct tb_json *member = tb_json_get(extra, kept[i]);
        if (member != NULL && member->count > 0)
            tb_json_set(in, kept[i], tb_json_copy(arena, member));
    }
    return in;
}

/* ---- prefill
 * ----------------------------------------------------------------------------------------------------- */

/* {party: {…}, previous: {…}, answers: {…}} of the person who writes; empty at the window, where
 * it is somebody else. */
static tb_status
prefill_sources(struct draft_view *view, struct tb_json **ret_sources, struct tb_err *err)
{
    struct tb_arena *arena = view->arena;
    struct tb_json *sources = cases__object(arena);
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    struct store_value party = STORE_INT_OF(op_who(view->ctx)->party);
    *ret_sources = sources;
    tb_json_set(sources, "answers", tb_json_copy(arena, view->answers));
    if (view->draft->is_for_other || party.number == 0)
        return TB_OK;
    TB_TRY(op_read(view->ctx, &read, err));
    TB_TRY(store_select(read, sql_prefill_party, &party, 1, &rows, err));
    if (store_next(rows)) {
        bool is_firm = tb_str_is(store_text(rows, 0), "firm");
        struct tb_json *one = tb_json_set_object(arena, sources, "party");
        tb_json_set_text(arena, one, "kind", cases__text(arena, rows, 0));
        tb_json_set_text(arena, one, "name", cases__text(arena, rows, 1));
        tb_json_set_text(arena, one, "id_number", cases__text(arena, rows, 2));
        if (!store_is_null(rows, 3))
            tb_json_set_text(arena, one, "phone", cases__text(arena, rows, 3));
        struct tb_json *licence = tb_json_set_object(arena, sources, "licence");
        if (is_firm) { /* a unit's name never comes from a person's own name */
            tb_json_set_text(arena, licence, "name", cases__text(arena, rows, 1));
            tb_json_set_text(arena, licence, "credit_code", cases__text(arena, rows, 2));
        }
    }
    TB_TRY(store_rows_done(rows, err));
    TB_TRY(store_select(read, sql_prefill_certificate, &party, 1, &rows, err));
    if (store_next(rows)) {
        struct tb_json *previous = tb_json_set_object(arena, sources, "previous");
        tb_json_set_text(arena, previous, "mark", cases__text(arena, rows, 0));
        tb_json_set_text(arena, previous, "number", cases__text(arena, rows, 1));
        if (!store_is_null(rows, 2))
            tb_json_set_text(arena, previous, "expires", cases__text(arena, rows, 2));
    }
    return store_rows_done(rows, err);
}

/* ---- sections
 * ---------------------------------------------------------------------------------------------------- */

static const struct tb_fault *
fault_of(const struct draft_view *view, tb_str place)
{
    for (size_t i = 0; i < view->faults.count && i < TB_FAULTS_MAX; i++) {
        if (tb_str_eq(view->faults.items[i].place, place))
            return &view->faults.items[i];
    }
    return NULL;
}

static void
set_fault(struct draft_view *view, struct tb_json *row, const struct tb_fault *fault)
{
    bool is_en = cases__is_en(op_lang(view->ctx));
    cases__set(view->arena, row, "fault",
               fault != NULL ? tb_json_new_text(view->arena, is_en ? fault->en : fault->zh) : NULL);
}

static bool
was_seen(const struct draft_view *view, tb_str section)
{
    return tb_json_is_true(tb_json_find(tb_json_get(view->extra, "seen"), section));
}

static void
add_field(struct draft_view *view, const struct tb_json *field, const struct tb_json *filled,
          bool is_seen, struct tb_json *rows, bool *ret_is_good)
{
    tb_str key = tb_json_get_text(field, "key");
    const struct tb_json *value = tb_json_find(view->fields, key),
                         *offered = tb_json_find(filled, key);
    const struct tb_fault *fault =
        fault_of(view, tb_printf(view->arena, "fields." TB_FMT, TB_ARG(key)));
    struct tb_json *row = tb_json_add(rows, tb_json_copy(view->arena, field));
    const struct tb_json *shown = value != NULL ? value : offered;
    cases__set(view->arena, row, "value", shown != NULL ? tb_json_copy(view->arena, shown) : NULL);
    tb_json_set_bool(view->arena, row, "is_prefilled", value == NULL && offered != NULL);
    set_fault(view, row, is_seen ? fault : NULL);
    if (fault != NULL)
        *ret_is_good = false;
}

static void
note_missing(struct draft_view *view, const char *kind, tb_str id, tb_str title)
{
    struct tb_json *row = tb_json_add(view->missing, cases__object(view->arena));
    tb_json_set_text(view->arena, row, "kind", tb_str_of(kind));
    tb_json_set_text(view->arena, row, "id", id);
    tb_json_set_text(view->arena, row, "title", title);
}

static tb_status
add_sections(struct draft_view *view, struct tb_err *err)
{
    const struct packs_form *form = packs_form_find(view->draft->pack, view->item->form);
    struct tb_json *sections = NULL, *sources = NULL;
    struct tb_json *list = tb_json_set_list(view->arena, view->json, "sections");
    struct packs_ask ask = {
        .answers = view->answers, .date = op_today(view->ctx), .lang = op_lang(view->ctx)};
    if (form == NULL)
        return tb_fail(err, TB_CORRUPT, "the pack has no form " TB_FMT, TB_ARG(view->item->form));
    TB_TRY(prefill_sources(view, &sources, err));
    struct tb_json *filled = packs_form_prefill(view->arena, form, view->fields, sources);
    TB_TRY(packs_form_sections(view->arena, view->draft->pack, form, view->answers, filled,
                               op_lang(view->ctx), &sections, err));
    tb_status status = packs_form_check(view->arena, view->draft->pack, form, TB_STR_NONE, &ask,
                                        view->fields, &view->faults, err);
    if (status != TB_OK && status != TB_INVALID)
        return status;
    TB_JSON_EACH(section, sections)
    {
        tb_str id = tb_json_get_text(section, "id"), title = tb_json_get_text(section, "title");
        bool is_good = true, is_seen = was_seen(view, id);
        struct tb_json *one = tb_json_add(list, cases__object(view->arena));
        tb_json_set_text(view->arena, one, "id", id);
        tb_json_set_text(view->arena, one, "title", title);
        struct tb_json *rows = tb_json_set_list(view->arena, one, "fields");
        TB_JSON_EACH(field, tb_json_get(section, "fields"))
        add_field(view, field, filled, is_seen, rows, &is_good);
        tb_json_set_text(view->arena, one, "state",
                         is_good && is_seen ? TB_STR("done")
                         : is_seen          ? TB_STR("fault")
                                            : TB_STR("todo"));
        if (!is_good || !is_seen)
            note_missing(view, "section", id, title);
    }
    return TB_OK;
}

/* ---- papers
 * ------------------------------------------------------------------------------------------------------ */

static tb_status
add_papers(struct draft_view *view, struct tb_err *err)
{
    struct tb_json *wanted = NULL;
    const struct tb_json *given = cases__json(view->arena, view->draft->materials);
    struct tb_json *list = tb_json_set_list(view->arena, view->json, "materials");
    TB_TRY(packs_materials(view->arena, view->draft->pack, view->item, view->answers,
                           op_lang(view->ctx), &wanted, err));
    TB_JSON_EACH(material, wanted)
    {
        tb_str id = tb_json_get_text(material, "id");
        struct tb_json *row = tb_json_add(list, tb_json_copy(view->arena, material));
        struct tb_json *files = tb_json_set_list(view->arena, row, "files");
        TB_JSON_EACH(file, given)
        {
            if (tb_str_eq(tb_json_get_text(file, "id"), id))
                tb_json_add(files, tb_json_copy(view->arena, file));
        }
        bool is_brought = tb_json_is_true(tb_json_get(material, "bring"));
        bool is_required = tb_str_is(tb_json_get_text(material, "necessity"), "required");
        bool may_be_late = tb_json_is_true(tb_json_get(material, "late"));
        bool is_replaced = packs_form_replaces(packs_form_find(view->draft->pack, view->item->form),
                                               view->fields, id);
        tb_json_set_bool(view->arena, row, "is_replaced", is_replaced);
        tb_json_set_text(view->arena, row, "state",
                         files->count > 0             ? TB_STR("given")
                         : is_replaced                ? TB_STR("called_up")
                         : !is_brought                ? tb_json_get_text(material, "source")
                         : is_required && may_be_late ? TB_STR("late")
                         : is_required                ? TB_STR("missing")
                                                      : TB_STR("optional"));
        if (files->count == 0 && is_brought && is_required && !may_be_late && !is_replaced)
            note_missing(view, "material", id, tb_json_get_text(material, "name"));
    }
    return TB_OK;
}

/* ---- the two ways
 * ------------------------------------------------------------------------------------------------ */

static const struct packs_item *
pledge_of(const struct packs_pack *pack, tb_str situation)
{
    for (size_t i = 0; i < pack->items_count; i++) {
        if (pack->items[i].pledge_of.len > 0 && tb_str_eq(pack->items[i].pledge_of, situation))
            return &pack->items[i];
    }
    return NULL;
}

static void
add_ways(struct draft_view *view)
{
    struct tb_arena *arena = view->arena;
    const struct packs_item *pledge = pledge_of(view->draft->pack, view->draft->base->id);
    struct tb_json *json = tb_json_set_object(arena, view->json, "pledge");
    tb_str choice = tb_json_get_text(tb_json_get(view->extra, "pledge"), "choice");
    bool is_en = cases__is_en(op_lang(view->ctx));
    tb_str answered = tb_json_get_text(view->answers, "way");
    if (choice.len == 0)
        choice = answered;
    /* Answered among the questions already: nothing is left to choose. */
    bool is_asked = packs_question_find(view->draft->pack, TB_STR("way")) != NULL;
    tb_json_set_bool(arena, json, "allowed", pledge != NULL && !is_asked);
    tb_json_set_text(arena, json, "reason",
                     pledge != NULL ? TB_STR("")
                     : is_en        ? TB_STR("Only one way is open in this situation")
                                    : TB_STR("按您的情况，只有一种办法"));
    cases__set(arena, json, "choice", choice.len > 0 ? tb_json_new_text(arena, choice) : NULL);
    tb_json_set_bool(arena, json, "signed",
                     tb_json_is_true(tb_json_get(tb_json_get(view->extra, "pledge"), "signed")));
    if (pledge == NULL || is_asked)
        return;
    tb_str time = packs_period_words(arena, view->draft->base->promised, op_lang(view->ctx));
    tb_json_set_text(
        arena, json, "text_ordinary",
        is_en ? tb_printf(
                    arena,
                    "Ordinary way: review and site visit first, then the licence, within " TB_FMT,
                    TB_ARG(time))
              : tb_printf(arena, "普通办理：先审查、看现场，再发证，" TB_FMT "内", TB_ARG(time)));
    tb_json_set_text(
        arena, json, "text_pledge",
        is_en ? TB_STR("Pledge: you pledge in writing that you meet the conditions, licence at "
                       "once, we visit afterwards; an untrue pledge is annulled and recorded")
              : TB_STR("告知承诺：您书面承诺已达到条件，当场发证，之后我们上门核查；承诺不实的，许"
                       "可将依法撤销，并记入信用记录"));
    if (choice.len == 0)
        note_missing(view, "pledge", TB_STR("pledge"),
                     is_en ? TB_STR("Choose one of the two ways") : TB_STR("选一种办理方式"));
}

/* ---- the whole
 * --------------------------------------------------------------------------------------------------- */

/* Under a newer pack the applicant sees that something changed; every answer that still fits is kept. */
static void
add_changes(struct draft_view *view)
{
    struct cases *cases = op_self(view->ctx);
    const struct packs_pack *now =
        packs_set_find(cases->options.packs, view->draft->item, op_today(view->ctx), NULL);
    struct tb_json *list = tb_json_set_list(view->arena, view->json, "changed_since");
    if (now == NULL || tb_str_eq(now->hash, view->draft->pack->hash))
        return;
    struct tb_json *row = tb_json_add(list, cases__object(view->arena));
    tb_json_set_text(view->arena, row, "from", view->draft->pack->version);
    tb_json_set_text(view->arena, row, "to", now->version);
}

static const struct packs_item *
chosen_item(const struct cases__draft *draft, const struct tb_json *extra)
{
    const struct packs_item *pledge = pledge_of(draft->pack, draft->base->id);
    bool is_pledge = tb_str_is(tb_json_get_text(tb_json_get(extra, "pledge"), "choice"), "pledge");
    return is_pledge && pledge != NULL ? pledge : draft->base;
}

tb_status
cases__draft_json(struct op_ctx *ctx, const struct cases__draft *draft, struct tb_json **ret_json,
                  struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    struct draft_view view = {
        .ctx = ctx,
        .arena = arena,
        .draft = draft,
        .answers = cases__json(arena, draft->answers),
        .fields = cases__json(arena, draft->fields),
        .extra = cases__json(arena, draft->extra),
        .json = cases__object(arena),
        .missing = tb_json_new(arena, TB_JSON_LIST),
        .faults = {.arena = arena},
    };
    view.item = chosen_item(draft, view.extra);
    tb_json_set_text(arena, view.json, "id", draft->token);
    tb_json_set_text(arena, view.json, "item", draft->item);
    tb_json_set_text(arena, view.json, "name", view.item->name);
    tb_json_set_text(arena, view.json, "situation", view.item->id);
    tb_json_set_text(arena, view.json, "situation_name", view.item->situation);
    tb_json_set_text(arena, view.json, "handling", view.item->handling);
    tb_json_set_text(arena, view.json, "pack_hash", draft->pack_hash);
    tb_json_set_bool(arena, view.json, "is_for_other", draft->is_for_other);
    tb_json_set_text(arena, view.json, "saved_at", tb_instant_format(arena, draft->saved_at));
    tb_json_set_text(arena, view.json, "submitted_as", draft->submitted_as);
    tb_json_set(view.json, "answers", tb_json_copy(arena, view.answers));
    TB_TRY(add_sections(&view, err));
    TB_TRY(add_papers(&view, err));
    add_ways(&view);
    add_changes(&view);
    const struct tb_json *agent = tb_json_get(view.extra, "agent"),
                         *delivery = tb_json_get(view.extra, "delivery");
    cases__set(arena, view.json, "agent", agent != NULL ? tb_json_copy(arena, agent) : NULL);
    cases__set(arena, view.json, "delivery",
               delivery != NULL ? tb_json_copy(arena, delivery) : NULL);
    tb_json_set_bool(arena, view.json, "ready", view.missing->count == 0);
    tb_json_set(view.json, "missing", view.missing);
    *ret_json = view.json;
    return TB_OK;
}
