/* SPDX-License-Identifier: Apache-2.0 */
/* What watch_ops.c selects. */
#define SQL_CARD_COLUMNS                                                                           \
    "number, rule, kind, no, subject, department, role, at, days_over, reply_due, state, reply, "  \
    "appeal, judgement, id"
static const char sql_cards[] =
    "SELECT " SQL_CARD_COLUMNS
    " FROM watch_cards WHERE division >= $1 AND division < $2 AND id < $3 "
    "ORDER BY id DESC LIMIT $4";
static const char sql_cards_in_state[] =
    "SELECT " SQL_CARD_COLUMNS
    " FROM watch_cards WHERE division >= $1 AND division < $2 AND id < $3 AND state = $5 "
    "ORDER BY id DESC LIMIT $4";
static const char sql_card_by_number[] =
    "SELECT id, division, department, state, appealed_by FROM watch_cards WHERE number = $1";
static const char sql_cards_of_case[] = "SELECT number, rule, kind, at, state, days_over FROM "
                                        "watch_cards WHERE of_case = $1 ORDER BY id";
static const char sql_sum[] = "SELECT CAST(COALESCE(SUM(value), 0) AS BIGINT) FROM watch_counts "
                              "WHERE name = $1 AND division >= $2 AND division < $3 AND day = $4";
static const char sql_due_count[] = "SELECT CAST(COUNT(*) AS BIGINT) FROM watch_dues WHERE "
                                    "is_running = 1 AND division >= $1 AND division < $2 "
                                    "AND next_due >= $3 AND next_due <= $4";
static const char sql_departments[] =
    "SELECT department, name, CAST(SUM(value) AS BIGINT) FROM watch_counts WHERE day = '' AND "
    "division >= $1 "
    "AND division < $2 GROUP BY department, name ORDER BY department, name";
static const char sql_due_list[] =
    "SELECT no, item, department, state, next_due, task, role FROM watch_dues WHERE is_running = 1 "
    "AND division >= $1 "
    "AND division < $2 AND next_due IS NOT NULL ORDER BY next_due, id LIMIT $3";
