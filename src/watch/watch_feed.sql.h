/* SPDX-License-Identifier: Apache-2.0 */
/* What watch_feed.c selects. */
static const char sql_card_counted[] =
    "SELECT kind, division, department FROM watch_cards WHERE id = $1";
static const char sql_some_dues[] = "SELECT id FROM watch_dues ORDER BY id LIMIT $1";
static const char sql_some_counts[] = "SELECT id FROM watch_counts ORDER BY id LIMIT $1";
static const char sql_some_spans[] = "SELECT id FROM watch_spans ORDER BY id LIMIT $1";
