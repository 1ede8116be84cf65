/* SPDX-License-Identifier: Apache-2.0 */
/* Operations about the log itself, which belong to no module of the trade. */
#include "face/face_internal.h"

static tb_status
run_checkpoint(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
               struct tb_err *err)
{
    (void)in;
    (void)ret_out;
    tb_str note;
    TB_TRY(store_checkpoint(self, op_arena(ctx), &note, err));
    op_answer_bytes(ctx, TB_STR("text/plain; charset=utf-8"), TB_STR_NONE, note);
    return TB_OK;
}

static tb_status
run_proof(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
          struct tb_err *err)
{
    return store_proof(self, op_arena(ctx), tb_json_get_int(in, "leaf", 0), ret_out, err);
}

/* clang-format off */
static const struct op_field proof_fields[] = {
    {"leaf", OP_INT, OP_QUERY | OP_REQUIRED, 1, INT64_MAX, NULL, "条目序号", "leaf",
     "number of the log entry, as ETags and receipts give it"},
    {0},
};
static const struct op_row rows[] = {
    {"log.checkpoint", "GET", "/log/checkpoint", OP_ANYONE, OP_RAW_ANSWER, NULL, run_checkpoint,
     "取得最近一次签名的日志检查点", "The latest signed checkpoint of the log, as a C2SP note"},
    {"log.proof", "GET", "/log/proof", OP_ANYONE, 0, proof_fields, run_proof,
     "证明一个条目在日志里", "Proof that an entry is in the log of the latest checkpoint"},
};
/* clang-format on */

struct op_table
face_ops(struct store *store)
{
    return (struct op_table){rows, TB_COUNT(rows), store};
}
