/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_decide.c selects. */
static const char sql_grant_of_case[] = "SELECT id FROM published_grants WHERE of_case = $1";
static const char sql_mark_of_case[] =
    "SELECT mark FROM certificates WHERE of_case = $1 ORDER BY id";
static const char sql_number_of_mark[] = "SELECT number FROM certificates WHERE mark = $1";
