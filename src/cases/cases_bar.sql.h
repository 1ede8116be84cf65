/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_bar.c selects. */
static const char sql_bars[] =
    "SELECT b.item, b.situation, b.clause, b.until_day FROM bars b JOIN parties p ON p.id = "
    "b.party "
    "WHERE p.id_blind = $1 AND b.until_day >= $2 ORDER BY b.until_day DESC";
