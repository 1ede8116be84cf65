/* SPDX-License-Identifier: Apache-2.0 */
/* watch.h - supervision: the due list, reminder, yellow and red cards, replies and appeals, summary
 * counters.
 *
 * Learns what happened by reading the log's feed in order; never calls into a case and is never
 * called by one. All but replies and appeals can be thrown away and rebuilt from the log. A card is
 * answered or appealed, never removed.
 *
 * Life: watch_open once, after store_open with watch_tables in its list; shared by all threads. The
 * scheduler of the program calls watch_tick about once a second. */
#ifndef WATCH_WATCH_H
#define WATCH_WATCH_H

#include "base/base.h"
#include "op/op.h"
#include "store/store.h"

struct clock_calendar;
struct packs_set;

/* The tables of this module; NULL-terminated, for the list given to store_open. */
extern const struct store_table *const watch_tables[];

struct watch;

/* What supervision stands on. All kept for the life of the object. */
struct watch_options {
    struct store *store;
    const struct tb_env *env;
    const struct packs_set *packs;
    const struct clock_calendar *calendar;
};

/* TB_INVALID when an option is missing. *ret_watch is owned: watch_close. */
TB_NODISCARD tb_status watch_open(const struct watch_options *options, struct watch **ret_watch,
                                  struct tb_err *err);
void watch_close(struct watch *watch); /* NULL is fine */

/* The operation rows; lives as long as watch. */
struct op_table watch_ops(struct watch *watch);

/* The cards of one case, for cases_options.cards; context is the watch. */
TB_NODISCARD tb_status watch_cards_of(void *context, struct tb_arena *arena,
                                      struct store_read *read, int64_t of_case, tb_str lang,
                                      struct tb_json **ret_list, struct tb_err *err);

/* Throws the due list, the counters and the spans away and lets the feed begin anew: the next ticks make them again.
 * Cards, replies and appeals stay: they are on record. */
TB_NODISCARD tb_status watch_rebuild(struct watch *watch, struct tb_err *err);

/* Reads what the log has new, in batches of at most limit entries, and puts up the cards whose
 * moment has come at now. *ret_done says how much was done, so that the caller goes on until it is
 * 0. */
TB_NODISCARD tb_status watch_tick(struct watch *watch, int64_t now, size_t limit, size_t *ret_done,
                                  struct tb_err *err);

#endif
