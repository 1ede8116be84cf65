/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_row.c selects. */
#define SQL_CASE_COLUMNS                                                                           \
    "id, leaf, no, code, item, pack, situation, process, way, division, department, channel, "     \
    "state, applicant, account, received_at, events, tasks, applicant_name, answer_due, due, "     \
    "promised_due, fields, answers, extra, instance, previous, calendar"

static const char sql_case_by_no[] = "SELECT " SQL_CASE_COLUMNS " FROM cases WHERE no = $1";
static const char sql_case_by_id[] = "SELECT " SQL_CASE_COLUMNS " FROM cases WHERE id = $1";

static const char sql_events[] =
    "SELECT n, happened_at, recorded_at, actor, kind, basis, data, note FROM case_events "
    "WHERE of_case = $1 ORDER BY n";

static const char sql_parties[] =
    "SELECT c.party, c.account, c.checked_at, c.role, c.identity_check, c.scope, p.name, "
    "p.id_number, p.phone, p.kind, c.id FROM case_parties c LEFT JOIN parties p ON p.id = c.party "
    "WHERE c.of_case = $1 ORDER BY c.id";

static const char sql_papers[] =
    "SELECT id, round, material, state, result, note, files FROM case_materials "
    "WHERE of_case = $1 ORDER BY id";

static const char sql_tasks[] =
    "SELECT id, leaf, of_case, n, made_at, claimed_by, done_by, done_at, element, token, role, "
    "division, department, state, due, outcome, comment, fields, other_role FROM tasks "
    "WHERE of_case = $1 ORDER BY n";
