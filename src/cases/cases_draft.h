/* SPDX-License-Identifier: Apache-2.0 */
/* cases_draft.h - an application being written: the row, and what it shows. */
#ifndef CASES_DRAFT_H
#define CASES_DRAFT_H

#include "cases/cases_filing.h"

struct cases__draft {
    int64_t id, leaf, account, saved_at;
    bool is_for_other;
    tb_str token, item, pack_hash, situation, answers, fields, materials, extra, submitted_as;
    const struct packs_pack *pack;
    const struct packs_item *base; /* the situation of the answers, before a way is chosen */
};

/* The actor's own draft. TB_NOT_FOUND. In arena. */
TB_NODISCARD tb_status cases__draft_find(struct op_ctx *ctx, tb_str token,
                                         struct cases__draft *ret_draft, struct tb_err *err);
/* As the page shows it: sections with values and faults, papers, ways, what is missing, what changed. In arena. */
TB_NODISCARD tb_status cases__draft_json(struct op_ctx *ctx, const struct cases__draft *draft,
                                         struct tb_json **ret_json, struct tb_err *err);
/* What POST /cases would be given. In arena. */
struct tb_json *cases__draft_filing(struct tb_arena *arena, const struct cases__draft *draft);

#endif
