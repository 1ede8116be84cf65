/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_letter_ops.c selects. */
static const char sql_letter_file[] =
    "SELECT file FROM letters WHERE of_case = $1 AND kind = $2 AND n = $3";
