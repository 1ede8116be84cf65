/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_party.c selects. */
static const char sql_party_by_blind[] = "SELECT id FROM parties WHERE id_blind = $1";
