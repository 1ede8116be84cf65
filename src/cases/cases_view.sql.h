/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_view.c selects. */
static const char sql_view_letters[] =
    "SELECT kind, n, number, told_at FROM letters WHERE of_case = $1 ORDER BY id";
static const char sql_view_certificates[] =
    "SELECT mark, state, type, number FROM certificates WHERE of_case = $1 ORDER BY id";
static const char sql_view_decision[] =
    "SELECT outcome, decided_at, basis, reason FROM decisions WHERE of_case = $1";
static const char sql_view_survey[] =
    "SELECT round, officers, owner, findings, result, surveyed_at FROM surveys WHERE of_case = $1 "
    "ORDER BY id DESC";
static const char sql_view_review[] = "SELECT id FROM reviews WHERE of_case = $1";
static const char sql_unmasked[] =
    "SELECT id FROM unmaskings WHERE of_case = $1 AND account = $2 AND at > $3 ORDER BY id DESC";
