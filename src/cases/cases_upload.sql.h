/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_upload.c selects. */
static const char sql_upload[] = "SELECT id FROM files WHERE hash = $1 AND account = $2";
