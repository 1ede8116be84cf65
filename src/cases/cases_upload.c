/* SPDX-License-Identifier: Apache-2.0 */
/* POST /files: a paper comes in. What it is, is told by its content; what it is called, by its sender. */
#include "cases/cases_internal.h"
#include "cases/cases_upload.sql.h"
#include <string.h>

/* pdf, jpg or png by the first bytes and, where the form has one, the end; NULL for anything else. */
static const char *
type_of(tb_str body)
{
    static const char png[] = "\x89PNG\r\n\x1a\n";
    bool is_pdf = tb_str_starts(body, TB_STR("%PDF-1.")) || tb_str_starts(body, TB_STR("%PDF-2."));
    tb_str tail = tb_str_sub(body, body.len > 1024 ? body.len - 1024 : 0, 1024);
    if (is_pdf && tb_str_contains(tail, TB_STR("%%EOF")))
        return "pdf";
    if (body.len > 4 && memcmp(body.ptr, "\xff\xd8\xff", 3) == 0)
        return "jpg";
    if (body.len > sizeof(png) && memcmp(body.ptr, png, sizeof(png) - 1) == 0)
        return "png";
    return NULL;
}

struct upload {
    struct op_ctx *ctx;
    char hash[65];
    int64_t bytes;
    tb_str name;
    const char *type;
};

static tb_status
write_row(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct upload *upload = arg;
    int64_t account = op_who(upload->ctx)->account, there = 0;
    struct store_value params[] = {STORE_TEXT_OF(tb_str_of(upload->hash)), STORE_INT_OF(account)};
    TB_TRY(cases__one(store_tx_read(tx), sql_upload, params, 2, &there, err));
    if (there != 0)
        return TB_OK;
    return store_insert(
        tx, "files",
        STORE_VALUES(
            STORE_SET_TEXT("hash", tb_str_of(upload->hash)), STORE_SET_INT("account", account),
            STORE_SET_INT("bytes", upload->bytes), STORE_SET_TEXT("type", tb_str_of(upload->type)),
            STORE_SET_TEXT("name", upload->name), STORE_SET_INSTANT("at", store_tx_now(tx))),
        NULL, err);
}

static tb_status
refuse_file(struct op_ctx *ctx, tb_status status, const char *code, const char *zh, const char *en,
            struct tb_err *err)
{
    return cases__refuse_op(ctx, status, "file", code, tb_str_of(zh), tb_str_of(en), err);
}

static tb_status
check(struct op_ctx *ctx, tb_str body, const char **ret_type, struct tb_err *err)
{
    if (body.len == 0)
        return refuse_file(ctx, TB_INVALID, "empty", "这是空文件，请重新拍照或选择文件",
                           "The file is empty; take the photo again", err);
    if (body.len > STORE_FILE_BYTES_MAX)
        return refuse_file(ctx, TB_LIMIT, "too_big", "文件不要超过20兆，请缩小后再传",
                           "At most 20 MB; make it smaller", err);
    *ret_type = type_of(body);
    if (*ret_type == NULL)
        return refuse_file(ctx, TB_UNSUPPORTED, "disguised",
                           "文件内容不是 PDF、JPG 或 PNG（改后缀名没有用），请重新选择",
                           "The content is no PDF, JPG or PNG, whatever the name says", err);
    return TB_OK;
}

static tb_status
keep(struct cases *cases, struct upload *upload, tb_str body, struct tb_err *err)
{
    struct store_file *file = NULL;
    TB_TRY(store_file_new(cases->options.store, &file, err));
    tb_status status = store_file_write(file, body.ptr, body.len, err);
    if (status != TB_OK) {
        store_file_drop(file);
        return status;
    }
    return store_file_keep(file, upload->hash, &upload->bytes, err);
}

static tb_status
run_upload(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
           struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    struct upload *upload = TB_NEW(arena, struct upload);
    tb_str type, name, body = op_body(ctx, &type, &name);
    int32_t bad;
    upload->ctx = ctx;
    if (tb_json_get_text(in, "name").len > 0)
        name = tb_json_get_text(in, "name");
    TB_TRY(check(ctx, body, &upload->type, err));
    if (name.len == 0 || !tb_text_is_clean(name, &bad))
        name = tb_printf(arena, "file.%s", upload->type);
    upload->name = tb_text_nfc(arena, tb_str_sub(name, 0, 200));
    if (!tb_utf8_is_valid(upload->name))
        upload->name = tb_printf(arena, "file.%s", upload->type);
    TB_TRY(keep(self, upload, body, err));
    TB_TRY(op_write(ctx, write_row, upload, err));
    *ret_out = cases__object(arena);
    tb_json_set_text(arena, *ret_out, "hash", tb_str_of(upload->hash));
    tb_json_set_int(arena, *ret_out, "bytes", upload->bytes);
    tb_json_set_text(arena, *ret_out, "type", tb_str_of(upload->type));
    tb_json_set_text(arena, *ret_out, "name", upload->name);
    op_answer_status(ctx, 201);
    return TB_OK;
}

/* A paper of a case, for whoever may see the case's papers. */
static tb_status
run_download(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
             struct tb_err *err)
{
    struct cases *cases = self;
    struct cases__case of_case;
    struct cases__papers papers;
    struct store_read *read = NULL;
    cases_sight sight;
    tb_str hash = tb_json_get_text(in, "hash"), bytes;
    TB_TRY(cases__find(ctx, tb_json_get_text(in, "no"), TB_STR_NONE, 0, &of_case, &sight, err));
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(cases__load_papers(op_arena(ctx), read, of_case.id, &papers, err));
    for (size_t i = 0; i < papers.count; i++) {
        TB_JSON_EACH(file, cases__json(op_arena(ctx), papers.items[i].files))
        {
            if (!tb_str_eq(tb_json_get_text(file, "hash"), hash))
                continue;
            tb_str type = tb_json_get_text(file, "type");
            TB_TRY(store_file_read(cases->options.store, op_arena(ctx), hash, &bytes, err));
            op_answer_bytes(ctx,
                            tb_str_is(type, "pdf")   ? TB_STR("application/pdf")
                            : tb_str_is(type, "png") ? TB_STR("image/png")
                                                     : TB_STR("image/jpeg"),
                            tb_json_get_text(file, "name"), bytes);
            *ret_out = NULL;
            return TB_OK;
        }
    }
    return tb_fail(err, TB_NOT_FOUND, "there is no such paper in this case");
}

/* clang-format off */
static const struct op_field upload_fields[] = {
    {"name", OP_TEXT, OP_QUERY | OP_PRIVATE, 0, 200, NULL, "文件名", "File name", "as the sender calls it"},
    {0},
};
static const struct op_field download_fields[] = {
    {"no", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 32, NULL, "办件编号", "Case number", ""},
    {"hash", OP_TEXT, OP_REQUIRED | OP_PATH, 64, 64, NULL, "文件", "File", "64 hex digits"},
    {0},
};
const struct op_row cases__upload_rows[] = {
    {"cases.upload", "POST", "/files", OP_SIGNED_IN, OP_WRITES | OP_RAW_BODY, upload_fields, run_upload,
     "上传材料", "Hand in a file"},
    {"cases.paper", "GET", "/cases/{no}/files/{hash}", OP_SIGNED_IN, OP_RAW_ANSWER | OP_PRIVATE_ANSWER,
     download_fields,
     run_download, "下载办件中的材料", "Fetch a paper of a case"},
};
/* clang-format on */
const size_t cases__upload_rows_count = TB_COUNT(cases__upload_rows);
