/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_facts.c selects. */
static const char sql_fact_permits[] =
    "SELECT c.type, c.expires FROM certificates c JOIN parties p ON p.id = c.holder "
    "WHERE p.id_blind = $1 AND c.state = 'valid' ORDER BY c.id DESC LIMIT 500";
static const char sql_fact_bars[] =
    "SELECT b.id FROM bars b JOIN parties p ON p.id = b.party "
    "WHERE p.id_blind = $1 AND b.item = 'pledge' AND b.until_day >= $2";
static const char sql_blind_of_party[] = "SELECT id_blind FROM parties WHERE id = $1";
