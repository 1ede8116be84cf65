/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_guide.c selects. */
static const char sql_guide[] =
    "SELECT item, answers, until FROM guides WHERE token = $1 AND until > $2";
