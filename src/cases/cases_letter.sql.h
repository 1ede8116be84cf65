/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_letter.c selects. */
static const char sql_letter_count[] =
    "SELECT CAST(COUNT(*) AS BIGINT) FROM letters WHERE of_case = $1 AND kind = $2";
static const char sql_draw_timer[] =
    "SELECT id FROM timers WHERE of_case = $1 AND kind = 'draw' ORDER BY id";
