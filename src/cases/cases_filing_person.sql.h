/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_filing_person.c selects. */
static const char sql_blind_of_party[] = "SELECT id_blind FROM parties WHERE id = $1";
