/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_task.c selects. */
#define SQL_TASK_LIST                                                                              \
    "SELECT t.id, t.n, t.element, t.role, t.division, t.department, t.state, t.due, "              \
    "t.claimed_by, "                                                                               \
    "c.no, c.item, c.pack, c.situation, c.applicant_name, c.due, c.promised_due, c.received_at, "  \
    "p.kind, c.answer_due, c.state, (SELECT CAST(COUNT(*) AS BIGINT) FROM surveys s WHERE "        \
    "s.task = t.id AND s.confirmed_at IS NULL) FROM tasks t JOIN cases c ON c.id = t.of_case "     \
    "JOIN parties p ON p.id = c.applicant "

static const char sql_tasks_of_role[] =
    SQL_TASK_LIST "WHERE t.state = 'open' AND t.role = $1 AND t.division >= $2 AND t.division < $3 "
                  "AND t.id > $4 ORDER BY t.id LIMIT $5";
static const char sql_tasks_of_other_role[] = SQL_TASK_LIST
    "WHERE t.state = 'open' AND t.other_role = $1 AND t.division >= $2 AND t.division < $3 "
    "AND t.id > $4 ORDER BY t.id LIMIT $5";
static const char sql_tasks_done[] = SQL_TASK_LIST
    "WHERE t.done_by = $1 AND t.state = 'done' AND t.id > $2 ORDER BY t.id DESC LIMIT $3";
static const char sql_task_by_no[] =
    "SELECT t.id, t.leaf, t.of_case, t.n, t.made_at, t.claimed_by, t.done_by, t.done_at, "
    "t.element, "
    "t.token, t.role, t.division, t.department, t.state, t.due, t.outcome, t.comment, t.fields, "
    "t.other_role "
    "FROM tasks t JOIN cases c ON c.id = t.of_case WHERE c.no = $1 AND t.n = $2";
