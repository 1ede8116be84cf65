/* SPDX-License-Identifier: Apache-2.0 */
/* Applications being written: saved as they stand, faults and all; nothing typed is ever lost. */
#include "cases/cases_draft.h"
#include "cases/cases_draft.sql.h"

static void
read_row(struct tb_arena *arena, const struct store_rows *rows, struct cases__draft *ret)
{
    *ret = (struct cases__draft){
        .id = store_int(rows, 0),
        .leaf = store_int(rows, 1),
        .token = cases__text(arena, rows, 2),
        .account = store_int(rows, 3),
        .is_for_other = store_int(rows, 4) != 0,
        .item = cases__text(arena, rows, 5),
        .pack_hash = cases__text(arena, rows, 6),
        .situation = cases__text(arena, rows, 7),
        .answers = cases__text(arena, rows, 8),
        .fields = cases__text(arena, rows, 9),
        .materials = cases__text(arena, rows, 10),
        .extra = cases__text(arena, rows, 11),
        .saved_at = store_int(rows, 12),
        .submitted_as = cases__text(arena, rows, 13),
    };
}

static tb_status
find_pack(struct op_ctx *ctx, struct cases__draft *draft, struct tb_err *err)
{
    struct cases *cases = op_self(ctx);
    draft->pack = packs_set_by_hash(cases->options.packs, draft->pack_hash);
    draft->base = draft->pack != NULL ? packs_situation(draft->pack, draft->situation) : NULL;
    if (draft->base == NULL)
        return tb_fail(err, TB_VERSION, "the pack of this draft is not installed here");
    return TB_OK;
}

tb_status
cases__draft_find(struct op_ctx *ctx, tb_str token, struct cases__draft *ret_draft,
                  struct tb_err *err)
{
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    struct store_value params[] = {STORE_TEXT_OF(token), STORE_INT_OF(op_who(ctx)->account)};
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(store_select(read, sql_draft, params, 2, &rows, err));
    bool is_there = store_next(rows);
    if (is_there)
        read_row(op_arena(ctx), rows, ret_draft);
    TB_TRY(store_rows_done(rows, err));
    if (!is_there)
        return tb_fail(err, TB_NOT_FOUND, "there is no such draft");
    return find_pack(ctx, ret_draft, err);
}

/* ---- beginning
 * --------------------------------------------------------------------------------------------------- */

static tb_status
insert_draft(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct cases__draft *draft = arg;
    draft->saved_at = store_tx_now(tx);
    return store_insert(
        tx, "drafts",
        STORE_VALUES(
            STORE_SET_TEXT("token", draft->token), STORE_SET_INT("account", draft->account),
            STORE_SET_BOOL("is_for_other", draft->is_for_other),
            STORE_SET_TEXT("item", draft->item), STORE_SET_TEXT("pack", draft->pack_hash),
            STORE_SET_TEXT("situation", draft->situation),
            STORE_SET_JSON("answers", draft->answers), STORE_SET_JSON("fields", draft->fields),
            STORE_SET_JSON("materials", draft->materials), STORE_SET_JSON("extra", draft->extra),
            STORE_SET_INSTANT("saved_at", draft->saved_at)),
        &draft->id, err);
}

static tb_status
run_begin(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
          struct tb_err *err)
{
    struct cases *cases = self;
    struct tb_arena *arena = op_arena(ctx);
    struct cases__draft *draft = TB_NEW(arena, struct cases__draft);
    struct cases__filing filing = {.ctx = ctx,
                                   .cases = cases,
                                   .arena = arena,
                                   .faults = op_faults(ctx),
                                   .in = in,
                                   .answers = tb_json_get(in, "answers"),
                                   .today = op_today(ctx)};
    bool is_for_other = tb_json_is_true(tb_json_get(in, "for_other"));
    TB_TRY(cases__filing_find(&filing, tb_json_get_text(in, "item"), TB_STR_NONE, err));
    if (filing.item == NULL)
        return tb_fail(err, TB_INVALID, "these answers lead to no application");
    *draft = (struct cases__draft){
        .token = cases__random_text(arena, cases->options.env, 20),
        .account = op_who(ctx)->account,
        .is_for_other = is_for_other && op_has_role(op_who(ctx), OP_CLERK | OP_HELPER),
        .item = tb_json_get_text(in, "item"),
        .pack_hash = filing.pack->hash,
        .situation = filing.item->id,
        .answers = cases__json_text(arena, filing.answers),
        .fields = TB_STR("{}"),
        .materials = TB_STR("[]"),
        .extra = TB_STR("{}"),
        .pack = filing.pack,
        .base = filing.item,
    };
    TB_TRY(op_write(ctx, insert_draft, draft, err));
    op_answer_status(ctx, 201);
    return cases__draft_json(ctx, draft, ret_out, err);
}

/* ---- reading
 * ----------------------------------------------------------------------------------------------------- */

static tb_status
run_list(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
         struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    struct store_value param = STORE_INT_OF(op_who(ctx)->account);
    (void)self, (void)in;
    *ret_out = cases__object(arena);
    struct tb_json *list = tb_json_set_list(arena, *ret_out, "drafts");
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(store_select(read, sql_drafts, &param, 1, &rows, err));
    while (store_next(rows)) {
        struct cases__draft draft;
        read_row(arena, rows, &draft);
        if (find_pack(ctx, &draft, NULL) != TB_OK)
            continue;
        struct tb_json *row = tb_json_add(list, cases__object(arena));
        tb_json_set_text(arena, row, "id", draft.token);
        tb_json_set_text(arena, row, "item", draft.item);
        tb_json_set_text(arena, row, "name", draft.base->name);
        tb_json_set_text(arena, row, "situation_name", draft.base->situation);
        tb_json_set_text(arena, row, "saved_at", tb_instant_format(arena, draft.saved_at));
        tb_json_set_bool(arena, row, "is_for_other", draft.is_for_other);
    }
    return store_rows_done(rows, err);
}

static tb_status
run_get(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
        struct tb_err *err)
{
    struct cases__draft draft;
    (void)self;
    TB_TRY(cases__draft_find(ctx, tb_json_get_text(in, "id"), &draft, err));
    return cases__draft_json(ctx, &draft, ret_out, err);
}

/* ---- saving
 * ------------------------------------------------------------------------------------------------------ */

static tb_status
update_draft(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct cases__draft *draft = arg;
    draft->saved_at = store_tx_now(tx);
    return store_update(tx, "drafts", draft->id, -1,
                        STORE_VALUES(STORE_SET_JSON("fields", draft->fields),
                                     STORE_SET_JSON("materials", draft->materials),
                                     STORE_SET_JSON("extra", draft->extra),
                                     STORE_SET_INSTANT("saved_at", draft->saved_at)),
                        err);
}

static tb_status
save(struct op_ctx *ctx, struct cases__draft *draft, struct tb_json **ret_out, struct tb_err *err)
{
    if (draft->submitted_as.len > 0)
        return cases__refuse_op(
            ctx, TB_CONFLICT, "", "submitted",
            tb_printf(op_arena(ctx), "这份申请已经提交过了，办件编号%.*s",
                      TB_ARG(draft->submitted_as)),
            tb_printf(op_arena(ctx), "Already submitted as %.*s", TB_ARG(draft->submitted_as)),
            err);
    TB_TRY(op_write(ctx, update_draft, draft, err));
    return cases__draft_json(ctx, draft, ret_out, err);
}

/* object with the members of change put over those of it. */
static struct tb_json *
merge(struct tb_arena *arena, const struct tb_json *base, const struct tb_json *change)
{
    struct tb_json *merged = cases__object(arena);
    TB_JSON_EACH(member, base)
    {
        if (tb_json_find(change, member->key) == NULL)
            tb_json_set(merged, tb_cstr(arena, member->key), tb_json_copy(arena, member));
    }
    TB_JSON_EACH(member, change)
    tb_json_set(merged, tb_cstr(arena, member->key), tb_json_copy(arena, member));
    return merged;
}

static tb_status
run_section(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
            struct tb_err *err)
{
    static const char *const kept[] = {"agent", "delivery", "pledge", "on_behalf"};
    struct tb_arena *arena = op_arena(ctx);
    struct cases__draft *draft = TB_NEW(arena, struct cases__draft);
    struct tb_json *change = cases__object(arena), *seen = cases__object(arena);
    tb_str section = tb_json_get_text(in, "section");
    (void)self;
    TB_TRY(cases__draft_find(ctx, tb_json_get_text(in, "id"), draft, err));
    const struct tb_json *extra = cases__json(arena, draft->extra);
    for (size_t i = 0; i < TB_COUNT(kept); i++) {
        const struct tb_json *given = tb_json_get(in, kept[i]);
        if (given != NULL && !tb_json_is_null(given))
            tb_json_set(change, kept[i], tb_json_copy(arena, given));
    }
    if (section.len > 0)
        tb_json_set_bool(arena, seen, tb_cstr(arena, section), true);
    tb_json_set(change, "seen", merge(arena, tb_json_get(extra, "seen"), seen));
    draft->extra = cases__json_text(arena, merge(arena, extra, change));
    const struct packs_form *form = packs_form_find(draft->pack, draft->base->form);
    const struct tb_json *fields = tb_json_get(in, "fields");
    if (form != NULL && fields != NULL)
        fields = packs_form_tidy(arena, form, fields);
    draft->fields =
        cases__json_text(arena, merge(arena, cases__json(arena, draft->fields), fields));
    return save(ctx, draft, ret_out, err);
}

static tb_status
run_add_paper(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
              struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    struct cases__draft *draft = TB_NEW(arena, struct cases__draft);
    struct tb_json *file = NULL;
    tb_str material = tb_json_get_text(in, "material");
    (void)self;
    TB_TRY(cases__draft_find(ctx, tb_json_get_text(in, "id"), draft, err));
    TB_TRY(cases__file_find(ctx, in, TB_STR("hash"), &file, err));
    if (packs_material_find(draft->pack, material) == NULL)
        tb_fault_add(op_faults(ctx), TB_STR("material"), "not_asked_for",
                     TB_STR("这不是这件事要交的材料，不用交"),
                     TB_STR("This service does not ask for such a paper"));
    if (op_faults(ctx)->count > 0)
        return tb_fail(err, TB_INVALID, "the paper cannot be taken");
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    TB_JSON_EACH(one, cases__json(arena, draft->materials))
    tb_json_add(list, tb_json_copy(arena, one));
    if (list->count >= CASES_DRAFT_FILES_MAX)
        return tb_fail(err, TB_LIMIT, "at most %d files in one application", CASES_DRAFT_FILES_MAX);
    tb_json_set_text(arena, file, "id", material);
    tb_json_add(list, file);
    draft->materials = cases__json_text(arena, list);
    return save(ctx, draft, ret_out, err);
}

static tb_status
run_remove_paper(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
                 struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    struct cases__draft *draft = TB_NEW(arena, struct cases__draft);
    (void)self;
    TB_TRY(cases__draft_find(ctx, tb_json_get_text(in, "id"), draft, err));
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    TB_JSON_EACH(one, cases__json(arena, draft->materials))
    {
        bool is_it = tb_str_eq(tb_json_get_text(one, "id"), tb_json_get_text(in, "material")) &&
                     tb_str_eq(tb_json_get_text(one, "hash"), tb_json_get_text(in, "hash"));
        if (!is_it)
            tb_json_add(list, tb_json_copy(arena, one));
    }
    draft->materials = cases__json_text(arena, list);
    return save(ctx, draft, ret_out, err);
}

static tb_status
delete_draft(struct store_tx *tx, void *arg, struct tb_err *err)
{
    const struct cases__draft *draft = arg;
    return store_delete(tx, "drafts", draft->id, -1, err);
}

static tb_status
run_delete(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
           struct tb_err *err)
{
    struct cases__draft *draft = TB_NEW(op_arena(ctx), struct cases__draft);
    (void)self;
    TB_TRY(cases__draft_find(ctx, tb_json_get_text(in, "id"), draft, err));
    TB_TRY(op_write(ctx, delete_draft, draft, err));
    *ret_out = cases__object(op_arena(ctx));
    return TB_OK;
}

/* ---- submitting
 * -------------------------------------------------------------------------------------------------- */

/* The answers are read by the pack in force today when the draft's own no longer is: what still
 * fits is kept, and what
 * is new shows up as a fault to be answered. */
static tb_str
pack_for_submission(struct op_ctx *ctx, const struct cases__draft *draft)
{
    struct cases *cases = op_self(ctx);
    const struct packs_pack *now =
        packs_set_find(cases->options.packs, draft->item, op_today(ctx), NULL);
    return now != NULL ? now->hash : draft->pack_hash;
}

static tb_status
run_submit(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
           struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    struct cases__draft draft;
    (void)self;
    TB_TRY(cases__draft_find(ctx, tb_json_get_text(in, "id"), &draft, err));
    if (draft.submitted_as.len > 0) {
        *ret_out = cases__object(arena);
        tb_json_set_text(arena, *ret_out, "no", draft.submitted_as);
        tb_json_set_bool(arena, *ret_out, "already", true);
        return TB_OK;
    }
    struct tb_json *filing = cases__draft_filing(arena, &draft);
    tb_json_set_bool(arena, filing, "signed", tb_json_is_true(tb_json_get(in, "signed")));
    return cases__file(ctx, filing, pack_for_submission(ctx, &draft), draft.token, ret_out, err);
}

tb_status
cases__draft_submitted(struct cases__act *act, tb_str token, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    struct cases__draft draft = {0};
    struct store_value params[] = {STORE_TEXT_OF(token), STORE_INT_OF(act->who->account)};
    TB_TRY(store_select(act->read, sql_draft, params, 2, &rows, err));
    if (store_next(rows))
        read_row(act->arena, rows, &draft);
    TB_TRY(store_rows_done(rows, err));
    if (draft.submitted_as.len > 0)
        return cases__refuse(
            act, TB_CONFLICT, "", "submitted",
            tb_printf(act->arena, "这份申请已经提交过了，办件编号%.*s", TB_ARG(draft.submitted_as)),
            tb_printf(act->arena, "Already submitted as %.*s", TB_ARG(draft.submitted_as)), err);
    return store_update(act->tx, "drafts", draft.id, -1,
                        STORE_VALUES(STORE_SET_TEXT("submitted_as", act->is.no)), err);
}

/* clang-format off */
#define ID_FIELD {"id", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 40, NULL, "草稿", "Draft", ""}
static const struct op_field begin_fields[] = {
    {"item", OP_TEXT, OP_REQUIRED, 1, 64, NULL, "事项编码", "Item code", ""},
    {"answers", OP_OBJECT, OP_REQUIRED, 0, 0, NULL, "问题的回答", "Answers", "as given to the guide"},
    {"for_other", OP_BOOL, 0, 0, 0, NULL, "替窗口前的申请人录入", "For the person at the window", "clerks and helpers"},
    {0},
};
static const struct op_field id_fields[] = {ID_FIELD, {0}};
static const struct op_field section_fields[] = {
    ID_FIELD,
    {"section", OP_TEXT, 0, 0, 80, NULL, "部分", "Section", "id of the section that was filled in"},
    {"fields", OP_OBJECT, OP_PRIVATE, 0, 0, NULL, "内容", "Fields", "by key; kept also when faulty"},
    {"agent", OP_OBJECT, OP_PRIVATE, 0, 0, NULL, "受托人", "Agent", ""},
    {"delivery", OP_OBJECT, OP_PRIVATE, 0, 0, NULL, "领证方式", "Delivery", ""},
    {"pledge", OP_OBJECT, 0, 0, 0, NULL, "办理方式", "Way", "{choice, signed}"},
    {"on_behalf", OP_OBJECT, OP_PRIVATE, 0, 0, NULL, "窗口代录", "At the window", ""},
    {0},
};
static const struct op_field paper_fields[] = {
    ID_FIELD,
    {"material", OP_TEXT, OP_REQUIRED, 1, 64, NULL, "材料", "Paper", "id of the material"},
    {"hash", OP_TEXT, OP_REQUIRED, 64, 64, NULL, "文件", "File", "of POST /files"},
    {"name", OP_TEXT, OP_PRIVATE, 0, 200, NULL, "文件名", "Name", ""},
    {0},
};
static const struct op_field submit_fields[] = {
    ID_FIELD,
    {"signed", OP_BOOL, OP_REQUIRED, 0, 0, NULL, "已确认真实", "Declared true", "行政许可法 31"},
    {0},
};
#define DRAFT_ROLES (OP_APPLICANT | OP_CLERK | OP_HELPER)
const struct op_row cases__draft_rows[] = {
    {"drafts.begin", "POST", "/drafts", DRAFT_ROLES, OP_WRITES | OP_PRIVATE_ANSWER, begin_fields, run_begin,
     "开始填写申请", "Begin an application"},
    {"drafts.list", "GET", "/drafts", DRAFT_ROLES, OP_PRIVATE_ANSWER, NULL, run_list, "没提交的申请",
     "Applications being written"},
    {"drafts.get", "GET", "/drafts/{id}", DRAFT_ROLES, OP_PRIVATE_ANSWER, id_fields, run_get, "接着填写", "Show a draft"},
    {"drafts.section", "POST", "/drafts/{id}/section", DRAFT_ROLES, OP_WRITES | OP_PRIVATE_ANSWER,
     section_fields, run_section,
     "保存一部分", "Save a section"},
    {"drafts.add_paper", "POST", "/drafts/{id}/materials", DRAFT_ROLES, OP_WRITES | OP_PRIVATE_ANSWER,
     paper_fields, run_add_paper,
     "放入一份材料", "Add a paper"},
    {"drafts.remove_paper", "POST", "/drafts/{id}/materials/remove", DRAFT_ROLES,
     OP_WRITES | OP_PRIVATE_ANSWER, paper_fields,
     run_remove_paper, "拿掉一份材料", "Remove a paper"},
    {"drafts.submit", "POST", "/drafts/{id}/submit", DRAFT_ROLES, OP_WRITES | OP_PRIVATE_ANSWER, submit_fields,
     run_submit,
     "提交申请", "Submit the application"},
    {"drafts.delete", "DELETE", "/drafts/{id}", DRAFT_ROLES, OP_WRITES, id_fields, run_delete, "删掉草稿",
     "Delete a draft"},
};
/* clang-format on */
const size_t cases__draft_rows_count = TB_COUNT(cases__draft_rows);
