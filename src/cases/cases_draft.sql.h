/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_draft.c selects. */
#define SQL_DRAFT_COLUMNS                                                                          \
    "id, leaf, token, account, is_for_other, item, pack, situation, answers, fields, materials, "  \
    "extra, saved_at, submitted_as"
static const char sql_draft[] =
    "SELECT " SQL_DRAFT_COLUMNS " FROM drafts WHERE token = $1 AND account = $2";
static const char sql_drafts[] =
    "SELECT " SQL_DRAFT_COLUMNS
    " FROM drafts WHERE account = $1 AND submitted_as IS NULL ORDER BY id DESC LIMIT 100";
