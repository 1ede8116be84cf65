/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_owner.c selects. */
static const char sql_contacts[] =
    "SELECT kind, note, is_answered, at, account FROM contact_notes WHERE of_case = $1 ORDER BY id";
