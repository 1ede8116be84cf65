/* SPDX-License-Identifier: Apache-2.0 */
/* GET /cases/{no}/letters/{id}.pdf: the filed letter; the receipt is made from the case each time it is asked for. */
#include "cases/cases_internal.h"
#include "cases/cases_letter_ops.sql.h"

/* The day by which the applicant must be told, as it stood when the papers came in: later events do not change what the
 * receipt promised. */
static tb_status
days_at_receipt(struct op_ctx *ctx, struct cases *cases, const struct packs_pack *pack,
                const struct packs_item *item, struct cases__case *of_case, struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    struct store_read *read = NULL;
    struct clock_rules rules;
    struct clock_reckoning found;
    struct cases__events events;
    struct cases__tasks none = {0};
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(cases__rules(arena, pack, item, cases__json(arena, of_case->extra), &rules, err));
    TB_TRY(cases__load_events(arena, read, of_case->id, &events, err));
    if (events.count > 1)
        events.count = 1; /* the first is the receipt */
    TB_TRY(cases__reckon(arena, cases, &rules, &events, &none, of_case->received_at, &found, err));
    cases__take_reckoning(arena, cases, &found, of_case);
    return TB_OK;
}

static size_t
count_files(struct tb_arena *arena, const struct cases__paper *paper)
{
    return cases__json(arena, paper->files)->count;
}

/* A paper sent again after a notice replaces the one before: the last row with files speaks for it. */
static const struct cases__paper *
handed_in(struct tb_arena *arena, const struct cases__papers *papers, tb_str material)
{
    const struct cases__paper *found = NULL;
    for (size_t i = 0; i < papers->count; i++) {
        if (tb_str_eq(papers->items[i].material, material) &&
            count_files(arena, &papers->items[i]) > 0)
            found = &papers->items[i];
    }
    return found;
}

static void
add_paper(struct tb_arena *arena, struct tb_json *list, tb_str name, size_t copies, tb_str note)
{
    struct tb_json *one = tb_json_add(list, cases__object(arena));
    tb_json_set_text(arena, one, "name", name);
    tb_json_set_text(arena, one, "copies", tb_printf(arena, "%zu", copies));
    tb_json_set_text(arena, one, "note", note);
}

/* What was handed in, what may come later, and what the office fetches itself: three lists. */
static tb_status
add_papers(struct tb_arena *arena, const struct packs_pack *pack, const struct packs_item *item,
           const struct cases__case *of_case, const struct cases__papers *papers,
           struct tb_json *data, struct tb_err *err)
{
    struct tb_json *list = NULL, *late = tb_json_set_list(arena, data, "late");
    struct tb_json *materials = tb_json_set_list(arena, data, "materials");
    struct tb_json *fetched = tb_json_set_list(arena, data, "fetched");
    TB_TRY(packs_materials(arena, pack, item, cases__json(arena, of_case->answers), TB_STR("zh"),
                           &list, err));
    TB_JSON_EACH(material, list)
    {
        tb_str source = tb_json_get_text(material, "source");
        if (tb_str_is(source, "generated"))
            add_paper(arena, materials, tb_json_get_text(material, "name"), 1,
                      TB_STR("按您填写的内容生成"));
    }
    for (size_t i = 0; i < papers->count; i++) {
        const struct cases__paper *paper = &papers->items[i];
        const struct packs_material *row = packs_material_find(pack, paper->material);
        tb_str name = row != NULL ? row->name : paper->material;
        const struct cases__paper *given = handed_in(arena, papers, paper->material);
        if (given == paper)
            add_paper(arena, materials, name, count_files(arena, paper), TB_STR("电子件"));
        else if (given == NULL && tb_str_is(paper->state, "late"))
            tb_json_add(late, tb_json_new_text(arena, name));
    }
    TB_JSON_EACH(material, list)
    {
        tb_str source = tb_json_get_text(material, "source");
        bool is_fetched = tb_str_is(source, "called_up") || tb_str_is(source, "reused");
        if (is_fetched && handed_in(arena, papers, tb_json_get_text(material, "id")) == NULL)
            tb_json_add(fetched, tb_json_new_text(arena, tb_json_get_text(material, "name")));
    }
    return TB_OK;
}

static tb_status
receipt(struct op_ctx *ctx, struct cases *cases, const struct cases__case *of_case,
        cases_sight sight, tb_str *ret_pdf, struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    struct store_read *read = NULL;
    struct cases__papers papers;
    struct cases__case at_receipt = *of_case;
    const struct packs_pack *pack = packs_set_by_hash(cases->options.packs, of_case->pack);
    const struct packs_item *item = pack != NULL ? packs_situation(pack, of_case->situation) : NULL;
    if (item == NULL)
        return tb_fail(err, TB_VERSION, "the pack of this case is not installed here");
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(cases__load_papers(arena, read, of_case->id, &papers, err));
    TB_TRY(days_at_receipt(ctx, cases, pack, item, &at_receipt, err));
    struct tb_json *data =
        cases__letter_data(arena, cases, pack, item, &at_receipt, of_case->received_at);
    tb_json_set_text(arena, data, "code",
                     sight == CASES_SEES_OWN ? of_case->code : TB_STR("******"));
    tb_json_set_text(arena, data, "number", of_case->no);
    TB_TRY(add_papers(arena, pack, item, of_case, &papers, data, err));
    cases__letter_defaults(arena, data);
    op_read_done(ctx);
    return cases__letter_pdf(cases, arena, pack, TB_STR("receipt"), data, of_case->received_at,
                             ret_pdf, err);
}

/* "deficiency-2" into kind and ordinal. */
static void
split(tb_str id, tb_str *ret_kind, int64_t *ret_n)
{
    *ret_kind = id;
    *ret_n = 1;
    for (size_t i = id.len; i > 0; i--) {
        int64_t n;
        if (id.ptr[i - 1] == '-' && tb_str_to_int(tb_str_sub(id, i, id.len), &n)) {
            *ret_kind = tb_str_sub(id, 0, i - 1);
            *ret_n = n;
            return;
        }
    }
}

static tb_status
find_file(struct op_ctx *ctx, int64_t of_case, tb_str id, tb_str *ret_hash, bool *ret_is_there,
          struct tb_err *err)
{
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    tb_str kind;
    int64_t n;
    split(id, &kind, &n);
    struct store_value params[] = {STORE_INT_OF(of_case), STORE_TEXT_OF(kind), STORE_INT_OF(n)};
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(store_select(read, sql_letter_file, params, TB_COUNT(params), &rows, err));
    *ret_is_there = store_next(rows);
    *ret_hash = *ret_is_there ? cases__text(op_arena(ctx), rows, 0) : TB_STR_NONE;
    return store_rows_done(rows, err);
}

static tb_status
run_letter(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
           struct tb_err *err)
{
    struct cases *cases = self;
    struct cases__case of_case;
    cases_sight sight;
    tb_str id = tb_json_get_text(in, "id"), hash, pdf;
    bool is_there = false;
    *ret_out = NULL;
    TB_TRY(cases__find(ctx, tb_json_get_text(in, "no"), tb_json_get_text(in, "code"), 0, &of_case,
                       &sight, err));
    if (tb_str_is(id, "receipt")) {
        sem_wait(&cases->drawing);
        tb_status status = receipt(ctx, cases, &of_case, sight, &pdf, err);
        sem_post(&cases->drawing);
        TB_TRY(status);
    } else {
        TB_TRY(find_file(ctx, of_case.id, id, &hash, &is_there, err));
        if (!is_there || sight == CASES_SEES_STATUS)
            return tb_fail(err, TB_NOT_FOUND, "there is no such letter");
        if (hash.len == 0) {
            op_read_done(ctx);
            TB_TRY(cases__draw(cases, op_arena(ctx), of_case.id, err));
            TB_TRY(find_file(ctx, of_case.id, id, &hash, &is_there, err));
        }
        TB_TRY(store_file_read(cases->options.store, op_arena(ctx), hash, &pdf, err));
    }
    op_answer_bytes(
        ctx, TB_STR("application/pdf"),
        tb_printf(op_arena(ctx), TB_FMT "-" TB_FMT ".pdf", TB_ARG(of_case.no), TB_ARG(id)), pdf);
    return TB_OK;
}

/* clang-format off */
static const struct op_field letter_fields[] = {
    {"no", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 32, NULL, "办件编号", "Case number", ""},
    {"id", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 60, NULL, "文书", "Letter",
     "receipt, acceptance, deficiency, deficiency-2 …"},
    {"code", OP_TEXT, OP_QUERY | OP_SECRET, 1, 16, NULL, "查询码", "Code",
     "for whoever is not signed in: the receipt only"},
    {0},
};
const struct op_row cases__letter_rows[] = {
    {"cases.letter", "GET", "/cases/{no}/letters/{id}.pdf", OP_ANYONE | OP_SIGNED_IN,
     OP_RAW_ANSWER | OP_PRIVATE_ANSWER,
     letter_fields, run_letter, "文书（PDF）", "A letter as sealed PDF"},
};
/* clang-format on */
const size_t cases__letter_rows_count = TB_COUNT(cases__letter_rows);
