/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_bar.c selects. */
static const char sql_bars[] =
    "SELECT b.item, b.situation, b.clause, b.until_day FROM bars b JOIN parties p ON p.id = "
    "b.party "
    "WHERE p.id_blind = $1 AND b.until_day >= $2 ORDER BY b.until_day DESC";
static const char sql_bar_list[] =
    "SELECT b.id, p.name, p.kind, b.clause, b.from_day, b.until_day, b.source, c.pack, c.situation "
    "FROM bars b JOIN parties p ON p.id = b.party JOIN cases c ON c.no = b.source "
    "WHERE c.division >= $1 AND c.division < $2 AND b.id < $3 ORDER BY b.id DESC LIMIT $4";
