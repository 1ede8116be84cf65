/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_glance.c selects. */
static const char sql_glance[] = "SELECT received_at, no, item, situation, pack, division, "
                                 "department, state, way, answer_due, due, promised_due "
                                 "FROM cases WHERE id = $1";
static const char sql_glance_decision[] =
    "SELECT outcome, decided_at, account FROM decisions WHERE of_case = $1";
static const char sql_glance_task[] = "SELECT element, role, due, claimed_by FROM tasks WHERE "
                                      "of_case = $1 AND state = 'open' ORDER BY n LIMIT 1";
static const char sql_case_of_event[] = "SELECT of_case FROM case_events WHERE id = $1";
static const char sql_case_of_task[] = "SELECT of_case FROM tasks WHERE id = $1";
static const char sql_case_of_decision[] = "SELECT of_case FROM decisions WHERE id = $1";
static const char sql_case_of_review[] = "SELECT of_case FROM reviews WHERE id = $1";
static const char sql_glance_review[] =
    "SELECT rated_at, division, department, satisfaction, is_default FROM reviews WHERE id = $1";
static const char sql_glance_event[] =
    "SELECT of_case, happened_at, kind FROM case_events WHERE id = $1";
