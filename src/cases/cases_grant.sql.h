/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_grant.c selects. */
static const char sql_grants[] =
    "SELECT id, holder, item, mark, agency, decided_on FROM published_grants "
    "WHERE removed_at IS NULL AND id < $1 ORDER BY id DESC LIMIT $2";
static const char sql_grants_of[] =
    "SELECT id, holder, item, mark, agency, decided_on FROM published_grants "
    "WHERE removed_at IS NULL AND id < $1 AND holder_fold >= $3 AND holder_fold < $4 ORDER BY id "
    "DESC LIMIT $2";
static const char sql_pushes[] =
    "SELECT s.id, c.no, s.what, s.to_body, s.check_due, s.pushed_at, s.state FROM "
    "supervision_pushes s "
    "JOIN cases c ON c.id = s.of_case WHERE s.state = $1 AND s.division >= $2 AND s.division < $3 "
    "ORDER BY s.id DESC LIMIT 100";
static const char sql_push[] = "SELECT id FROM supervision_pushes WHERE id = $1 AND of_case = $2";
