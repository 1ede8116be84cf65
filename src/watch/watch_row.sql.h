/* SPDX-License-Identifier: Apache-2.0 */
/* What watch_row.c selects. */
static const char sql_due[] = "SELECT id, account, is_running, no, item, division, department, "
                              "state, outcome, answer_due, due, promised_due, "
                              "task, role, task_due FROM watch_dues WHERE of_case = $1";
static const char sql_count[] = "SELECT id, value FROM watch_counts WHERE name = $1 AND division = "
                                "$2 AND department = $3 AND day = $4";
