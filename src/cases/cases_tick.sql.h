/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_tick.c selects. */
static const char sql_due_timers[] = "SELECT id, of_case, kind, subject, attempts FROM timers "
                                     "WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
