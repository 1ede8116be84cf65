/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue.h - which item, in which version, is in force when and where; search; import.
 *
 * Items come from two places: an import (a district's list, thousands of rows) and the packs
 * installed here, whose situations give items their content. The search index is in memory, made
 * from the store at opening and kept up to date from the log's feed; it can be thrown away and
 * rebuilt at any time. Never asks what a case is.
 *
 * Life: catalogue_open once, after store_open with catalogue_tables in its list; shared by all
 * threads; the scheduler of the program calls catalogue_tick about twice a second. */
#ifndef CATALOGUE_CATALOGUE_H
#define CATALOGUE_CATALOGUE_H

#include "base/base.h"
#include "op/op.h"
#include "store/store.h"

struct packs_set;

/* The tables of this module; NULL-terminated, for the list given to store_open. */
extern const struct store_table *const catalogue_tables[];

struct catalogue;

/* What it stands on. All kept. */
struct catalogue_options {
    struct store *store;
    const struct tb_env *env;
    const struct packs_set *packs; /* may be NULL: then no item has content of its own */
    tb_str division;               /* home division, 12 digits */
};

/* Builds the index. *ret_catalogue is owned: catalogue_close. */
TB_NODISCARD tb_status catalogue_open(const struct catalogue_options *options,
                                      struct catalogue **ret_catalogue, struct tb_err *err);
void catalogue_close(struct catalogue *catalogue); /* NULL is fine */

/* GET /items, GET /items/{code}; lives as long as catalogue. */
struct op_table catalogue_ops(struct catalogue *catalogue);

/* Brings the index up to date with at most limit entries of the log; *ret_done: how many were
 * read. */
TB_NODISCARD tb_status catalogue_tick(struct catalogue *catalogue, size_t limit, size_t *ret_done,
                                      struct tb_err *err);

/* ---- import ---------------------------------------------------------------------------------- */

/* What happened to a file of items. Rows are counted once; faults name the row as FILE:LINE. A row
 * that is doubtful but usable (an older code form, an agency code whose check digit fails) is taken
 * and noted. */
struct catalogue_report {
    int64_t rows, inserted, updated, unchanged, rejected;
    int64_t codes_well_formed, codes_old_form;
    struct tb_faults faults; /* .arena set by the caller; rejected rows, with reason */
    struct tb_faults notes;  /* the same; accepted rows with something to look at */
};

/* Called now and then with rows read so far; may be NULL. */
typedef void (*catalogue_progress)(void *context, int64_t rows);

/* Imports a CSV or XLSX file (bytes, borrowed): parsed and checked outside the writer, filled into
 * a draft version in batches of 500 rows, visible all at once by one row. Nothing is left half
 * done; the same file again changes nothing. TB_INVALID when the file's heading lacks a needed
 * column (faults say which). */
TB_NODISCARD tb_status catalogue_import_items(struct catalogue *catalogue,
                                              const struct store_cause *cause, tb_str file,
                                              tb_str bytes, catalogue_progress progress,
                                              void *context, struct catalogue_report *report,
                                              struct tb_err *err);

/* Makes sure that every situation with a code of the packs in force has its item, in the home
 * division. */
TB_NODISCARD tb_status catalogue_adopt_packs(struct catalogue *catalogue,
                                             const struct store_cause *cause, int64_t *ret_changed,
                                             struct tb_err *err);

#endif
