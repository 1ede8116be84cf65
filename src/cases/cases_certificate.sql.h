/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_certificate.c selects. */
static const char sql_certificate[] =
    "SELECT id, version, of_case, holder, mark, number, fields, issued, expires, type "
    "FROM certificates WHERE mark = $1";
static const char sql_siblings[] =
    "SELECT id, mark FROM certificates WHERE of_case = $1 AND state IN ('valid', 'suspended') "
    "ORDER BY id";
static const char sql_chain[] = "SELECT of_case, previous FROM certificates WHERE mark = $1";
