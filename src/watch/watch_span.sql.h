/* SPDX-License-Identifier: Apache-2.0 */
/* What watch_span.c selects. */
static const char sql_spans[] =
    "SELECT seconds FROM watch_spans WHERE item = $1 AND situation = $2 "
    "ORDER BY id DESC LIMIT $3";
