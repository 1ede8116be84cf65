/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_act.c selects. */
static const char sql_clock_timer[] =
    "SELECT id FROM timers WHERE of_case = $1 AND kind = 'clock' ORDER BY id";
