/* SPDX-License-Identifier: Apache-2.0 */
/* The store's own tables. They are rows like everybody's, so that DDL, export and the reference page know them. */
#include "store/store_internal.h"

/* clang-format off */
static const struct store_column migrations_columns[] = {
    {"number", STORE_INT,     0, NULL, "format of the database, counted up by the program; an unknown one is refused"},
    {"at",     STORE_INSTANT, 0, NULL, "when it was brought to this form"},
    {"what",   STORE_TEXT,    0, NULL, "the statements that were run"},
    {0},
};
static const struct store_table migrations = {"migrations", migrations_columns, false, NULL, NULL,
    "Every change of the schema, in order."};

static const struct store_column counters_columns[] = {
    {"name",  STORE_TEXT, STORE_UNIQUE, NULL, "table"},
    {"value", STORE_INT,  0,            NULL, "the last id given"},
    {0},
};
static const struct store_table counters = {"counters", counters_columns, false, NULL, NULL,
    "The last id of each table. Ids are never shown and never reused; they may have gaps."};

static const struct store_column series_columns[] = {
    {"name",  STORE_TEXT, STORE_UNIQUE, NULL, "the series, such as case/511602/20261122"},
    {"value", STORE_INT,  0,            NULL, "the last number given"},
    {0},
};
static const struct store_table series = {"series", series_columns, false, NULL, NULL,
    "Public numbers, gapless within a series."};

static const struct store_column log_columns[] = {
    {"at",         STORE_INSTANT, 0, NULL, "when the batch was written"},
    {"actor",      STORE_INT,     0, NULL, "account; 0 is the system"},
    {"request",    STORE_TEXT,    0, NULL, "request id"},
    {"purpose",    STORE_TEXT,    0, NULL, "operation, or case number for unmasking"},
    {"table_name", STORE_TEXT,    0, NULL, "table of the row"},
    {"row_id",     STORE_INT,     0, NULL, "id of the row"},
    {"op",         STORE_INT,     0, NULL, "0 insert, 1 update, 2 delete, 3 erase"},
    {"prev",       STORE_INT,     0, NULL, "seq of the row's former entry; 0 when there is none"},
    {"digest",     STORE_BYTES,   0, NULL, "SHA-256 of the row's new state"},
    {0},
};
static const struct store_table entries = {"log", log_columns, false, NULL, NULL,
    "One entry for each change of a logged row; id is seq, without gaps from 1. Leaf seq - 1 of the Merkle tree."};

static const char *const log_old_indexes[] = {"table_name, row_id", NULL};
static const struct store_column log_old_columns[] = {
    {"superseded_by", STORE_INT,   0, NULL, "seq of the entry that ended this state"},
    {"table_name",    STORE_TEXT,  0, NULL, "table of the row"},
    {"row_id",        STORE_INT,   0, NULL, "id of the row"},
    {"image",         STORE_BYTES, 0, NULL, "the state, self-describing (docs/reference/log.md)"},
    {0},
};
static const struct store_table log_old = {"log_old", log_old_columns, false, NULL, log_old_indexes,
    "Former states; id is the seq of the entry that made the state."};

static const struct store_column log_node_columns[] = {
    {"hash", STORE_BYTES, 0, NULL, "root of the subtree"},
    {0},
};
static const struct store_table log_node = {"log_node", log_node_columns, false, NULL, NULL,
    "Complete subtrees of 256, 65,536 … leaves, for proofs; id is level / 8 × 2^48 + index."};

static const struct store_column log_state_columns[] = {
    {"batch",    STORE_INT,   0, NULL, "counted up by every batch of every process"},
    {"size",     STORE_INT,   0, NULL, "entries"},
    {"frontier", STORE_BYTES, 0, NULL, "compact range of the Merkle tree"},
    {0},
};
static const struct store_table log_state = {"log_state", log_state_columns, false, NULL, NULL,
    "One row, read at the start of every batch and written at its end."};

static const struct store_column checkpoints_columns[] = {
    {"at",   STORE_INSTANT, 0, NULL, "when it was signed"},
    {"note", STORE_TEXT,    0, NULL, "signed checkpoint (C2SP tlog-checkpoint)"},
    {0},
};
static const struct store_table checkpoints = {"checkpoints", checkpoints_columns, false, NULL, NULL,
    "Signed checkpoints; id is the size of the tree."};

static const struct store_column cursors_columns[] = {
    {"name", STORE_TEXT, STORE_UNIQUE, NULL, "consumer of the feed"},
    {"seq",  STORE_INT,  0,            NULL, "the last entry it has applied"},
    {0},
};
static const struct store_table cursors = {"cursors", cursors_columns, false, NULL, NULL,
    "How far each consumer of the log has come."};

static const char *const once_uniques[] = {"actor, key", NULL};
static const struct store_column once_columns[] = {
    {"actor",  STORE_INT,     0, NULL, "account"},
    {"key",    STORE_TEXT,    0, NULL, "idempotency key"},
    {"hash",   STORE_BYTES,   0, NULL, "SHA-256 of the request"},
    {"at",     STORE_INSTANT, 0, NULL, "when the effect was written; kept 7 days"},
    {"answer", STORE_TEXT,    0, NULL, "the answer given"},
    {0},
};
static const struct store_table once = {"once", once_columns, false, once_uniques, NULL,
    "Answers to requests that carried an idempotency key."};

static const struct store_column restores_columns[] = {
    {"at",           STORE_INSTANT, 0, NULL, "when the backup was restored"},
    {"size",         STORE_INT,     0, NULL, "entries in the backup"},
    {"entries_lost", STORE_INT,     0, NULL, "acknowledged entries that the backup lacked"},
    {0},
};
static const struct store_table restores = {"restores", restores_columns, true, NULL, NULL,
    "Every restore from a backup, with its loss."};

const struct store_table *const store__own_tables[] = {
    &migrations, &counters, &series,  &entries, &log_old,  &log_node,
    &log_state,  &checkpoints, &cursors, &once, &restores, NULL,
};
/* clang-format on */
