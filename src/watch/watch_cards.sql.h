/* SPDX-License-Identifier: Apache-2.0 */
/* What watch_cards.c selects. */
static const char sql_card[] =
    "SELECT id FROM watch_cards WHERE of_case = $1 AND rule = $2 AND subject = $3";
static const char sql_due_now[] =
    "SELECT of_case FROM watch_dues WHERE next_at <= $1 ORDER BY next_at, id LIMIT $2";
