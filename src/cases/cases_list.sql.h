/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_list.c selects. */
#define SQL_LIST_COLUMNS                                                                           \
    "c.id, c.no, c.item, c.pack, c.situation, c.state, c.applicant_name, c.answer_due, c.due, "    \
    "c.promised_due, c.received_at, c.division, c.department, p.kind, c.way"
#define SQL_LIST_FROM " FROM cases c JOIN parties p ON p.id = c.applicant "

static const char sql_own_cases[] =
    "SELECT " SQL_LIST_COLUMNS SQL_LIST_FROM
    "WHERE (c.account = $1 OR c.applicant = $2 OR c.id IN (SELECT of_case FROM case_parties "
    "WHERE party = $2 AND role IN ('applicant', 'legal_representative', 'agent'))) "
    "AND c.id < $3 ORDER BY c.id DESC LIMIT $4";
static const char sql_region_cases[] =
    "SELECT " SQL_LIST_COLUMNS SQL_LIST_FROM
    "WHERE c.division >= $1 AND c.division < $2 AND c.id < $3 ORDER BY c.id DESC LIMIT $4";
static const char sql_region_cases_in_state[] =
    "SELECT " SQL_LIST_COLUMNS SQL_LIST_FROM
    "WHERE c.division >= $1 AND c.division < $2 AND c.id < $3 AND c.state = $5 "
    "ORDER BY c.id DESC LIMIT $4";
static const char sql_cases_by_no[] =
    "SELECT " SQL_LIST_COLUMNS SQL_LIST_FROM "WHERE c.no = $1 LIMIT $2";
static const char sql_cases_by_name[] =
    "SELECT " SQL_LIST_COLUMNS SQL_LIST_FROM "WHERE p.name_blind = $1 ORDER BY c.id DESC LIMIT $2";
static const char sql_cases_by_id_number[] =
    "SELECT " SQL_LIST_COLUMNS SQL_LIST_FROM "WHERE p.id_blind = $1 ORDER BY c.id DESC LIMIT $2";
static const char sql_queue[] =
    "SELECT " SQL_LIST_COLUMNS SQL_LIST_FROM
    "WHERE c.state = 'submitted' AND c.division >= $1 AND c.division < $2 "
    "ORDER BY c.answer_due NULLS LAST, c.id LIMIT $3";
static const char sql_count_state[] = "SELECT CAST(COUNT(*) AS BIGINT) FROM cases WHERE division "
                                      ">= $1 AND division < $2 AND state = $3";
