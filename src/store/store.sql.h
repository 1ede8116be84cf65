/* SPDX-License-Identifier: Apache-2.0 */
/* Every SELECT of store over its own tables, in the portable subset. What is made from the rows of the schema - a row
 * by its id - is not here, nor what asks SQLite about its own catalogue (store_ddl.c). */
#ifndef STORE_STORE_SQL_H
#define STORE_STORE_SQL_H

/* ---- the state of the log ---------------------------------------------------------------------------------------- */

static const char sql_log_size[] = "SELECT size FROM log_state WHERE id = 1";
static const char sql_log_state[] = "SELECT size, frontier FROM log_state WHERE id = 1";
static const char sql_batch[] = "SELECT batch, frontier FROM log_state WHERE id = 1";
static const char sql_frontier[] = "SELECT frontier FROM log_state WHERE id = 1";

/* $1 subtree, as store__node_id gives it */
static const char sql_node[] = "SELECT hash FROM log_node WHERE id = $1";

static const char sql_checkpoint_last[] =
    "SELECT id, note FROM checkpoints ORDER BY id DESC LIMIT 1";
static const char sql_checkpoint_size[] = "SELECT coalesce(max(id), 0) FROM checkpoints";

/* $1 size of the one before */
static const char sql_checkpoint_next[] =
    "SELECT id, note FROM checkpoints WHERE id > $1 ORDER BY id LIMIT 1";

/* ---- entries and former states ----------------------------------------------------------------------------------- */

/* $1 seq of the entry before, $2 how many */
static const char sql_entries[] =
    "SELECT id, at, actor, request, purpose, table_name, row_id, op, prev, digest FROM log "
    "WHERE id > $1 ORDER BY id LIMIT $2";

/* $1 seq */
static const char sql_entry[] = "SELECT id, at, actor, request, purpose, table_name, row_id, op, "
                                "prev, digest FROM log WHERE id = $1";

/* $1 seq */
static const char sql_entry_link[] = "SELECT prev, row_id, op, table_name FROM log WHERE id = $1";

/* Entries with the states they made, where those are superseded. $1 seq of the entry before, $2 how many */
static const char sql_entry_page[] =
    "SELECT l.id, l.at, l.actor, l.request, l.purpose, l.table_name, l.row_id, l.op, l.prev, "
    "l.digest, o.superseded_by, o.row_id, o.table_name, o.image FROM log l LEFT JOIN log_old o ON "
    "o.id = l.id WHERE l.id > $1 ORDER BY l.id LIMIT $2";

/* $1 seq */
static const char sql_row_entry[] =
    "SELECT l.table_name, l.row_id, l.op, l.digest, o.superseded_by FROM log l LEFT JOIN log_old o "
    "ON o.id = l.id WHERE l.id = $1";

/* $1 seq of the entry that made the state */
static const char sql_former[] = "SELECT image FROM log_old WHERE id = $1";
static const char sql_former_end[] = "SELECT superseded_by FROM log_old WHERE id = $1";

/* $1 table, $2 id */
static const char sql_former_last[] = "SELECT coalesce(max(superseded_by), 0) FROM log_old "
                                      "WHERE table_name = $1 AND row_id = $2";
static const char sql_formers[] =
    "SELECT id, superseded_by, image FROM log_old WHERE table_name = $1 AND row_id = $2";

/* $1 the state before, $2 how many */
static const char sql_former_page[] =
    "SELECT o.id, o.table_name, o.row_id, l.id FROM log_old o LEFT JOIN log l ON l.id = o.id WHERE "
    "o.id > $1 ORDER BY o.id LIMIT $2";

/* ---- counters, series, answers, cursors -------------------------------------------------------------------------- */

/* $1 name */
static const char sql_counter[] = "SELECT value FROM counters WHERE name = $1";
static const char sql_counter_last[] = "SELECT coalesce(max(id), 0) FROM counters";
static const char sql_series[] = "SELECT id, value FROM series WHERE name = $1";
static const char sql_cursor[] = "SELECT seq FROM cursors WHERE name = $1";

/* $1 account, $2 key */
static const char sql_once[] = "SELECT hash, answer FROM once WHERE actor = $1 AND key = $2";

#endif
