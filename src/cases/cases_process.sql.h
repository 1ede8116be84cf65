/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_process.c selects. */
static const char sql_task_by_token[] =
    "SELECT id FROM tasks WHERE of_case = $1 AND token = $2 AND state = 'open'";
static const char sql_timer_by_token[] =
    "SELECT id FROM timers WHERE of_case = $1 AND subject = $2 AND kind = 'process'";
