/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_survey.c selects. */
static const char sql_survey_of_task[] =
    "SELECT id, round, result, officers, findings, owner, owner_note, surveyed_at FROM surveys "
    "WHERE task = $1 AND confirmed_at IS NULL ORDER BY id";
static const char sql_survey_officers_of[] =
    "SELECT s.officers FROM surveys s JOIN tasks t ON t.id = s.task WHERE t.claimed_by = $1 "
    "ORDER BY s.id DESC LIMIT 1";
static const char sql_survey_count[] =
    "SELECT CAST(COUNT(*) AS BIGINT) FROM surveys WHERE of_case = $1";
