/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_internal.h - shared by the files of catalogue. */
#ifndef CATALOGUE_CATALOGUE_INTERNAL_H
#define CATALOGUE_CATALOGUE_INTERNAL_H

#include "catalogue/catalogue.h"
#include "packs/packs.h"
#include <pthread.h>

/* ---- words ----------------------------------------------------------------------------------- */

struct catalogue__type {
    const char *word;
    int number;
    const char *zh, *en;
};
extern const struct catalogue__type catalogue__types[];
extern const size_t catalogue__type_count;
/* By word, number or Chinese name; NULL when there is none. */
const struct catalogue__type *catalogue__type_find(tb_str word);

/* Name of a division down to the county, or TB_STR_NONE. Static. code: any accepted length. */
tb_str catalogue__division_name(tb_str code);

/* ---- one item of a source -------------------------------------------------------------------- */

/* What an import or a pack says of an item. Absent texts are null. */
struct catalogue__item {
    tb_str code, name, main_item, division, department, department_code;
    const struct catalogue__type *type;
    tb_str agency, agency_state, code_form, basic_code, business_code;
    tb_str handling, statutory, promised;
    int64_t level, visits; /* -1: not said */
    int fee;               /* 0, 1; -1: not said */
    tb_str elements;       /* JSON text, or absent */
    tb_str source;
    char content[65]; /* SHA-256 of the rest, hexadecimal */

    /* What is to be done with it. */
    int64_t former; /* id of the row that it replaces; 0: none */
};
/* Sets content. */
void catalogue__item_seal(struct tb_arena *arena, struct catalogue__item *item);
/* Sets code_form, agency, agency_state, basic_code, business_code from the code. False with a fault
 * when it is no item code. */
bool catalogue__item_read_code(struct catalogue__item *item, tb_str place,
                               struct tb_faults *faults);

/* ---- versions -------------------------------------------------------------------------------- */

/* A draft under way. */
struct catalogue__draft {
    struct store *store;
    const struct store_cause *cause;
    int64_t version; /* 0: nothing written yet */
    tb_str file, file_hash;
};
/* Number of the version in force. */
TB_NODISCARD tb_status catalogue__in_force(struct store_read *read, int64_t *ret_version,
                                           struct tb_err *err);
/* Clears drafts that nobody works on; TB_CONFLICT when somebody does. */
TB_NODISCARD tb_status catalogue__draft_clear(struct store *store, const struct store_cause *cause,
                                              struct tb_err *err);
/* Writes items (at most CATALOGUE_BATCH_ROWS) into the draft, which is begun with the first. */
TB_NODISCARD tb_status catalogue__draft_add(struct catalogue__draft *draft,
                                            const struct catalogue__item *items, size_t count,
                                            struct tb_err *err);
/* Makes the draft the version in force, with its report. */
TB_NODISCARD tb_status catalogue__draft_publish(struct catalogue__draft *draft,
                                                const struct catalogue_report *report,
                                                struct tb_err *err);

/* Clears the draft after a failure, as far as the store lets; the failure stays the caller's. */
void catalogue__draft_drop(struct catalogue__draft *draft);

/* ---- what is there already ------------------------------------------------------------------- */

/* Codes in force: open addressing, in an arena. */
struct catalogue__known {
    struct tb_arena *arena;
    struct catalogue__known_row {
        tb_str code;
        int64_t id; /* of the row in force; 0: seen in this file only */
        char content[65];
        int64_t line; /* where this file has it; 0: not yet */
    } * rows;
    size_t count, cap;
};
TB_NODISCARD tb_status catalogue__known_read(struct store *store, struct catalogue__known *known,
                                             struct tb_err *err);
/* The row of a code, made when absent (id 0). */
struct catalogue__known_row *catalogue__known_row(struct catalogue__known *known, tb_str code);

/* ---- the index ------------------------------------------------------------------------------- */

struct catalogue__index;

struct catalogue {
    struct catalogue_options options;
    tb_str division;
    pthread_mutex_t lock; /* of the three below */
    struct catalogue__index *index;
    int64_t seq;      /* entries of the log up to here are in the index */
    tb_date built_on; /* packs are in force by day */
};

/* What a list shows of an item in a place. */
struct catalogue__hit {
    tb_str code, name, main_item, department, division;
    const struct catalogue__type *type;
    bool has_pack;
};

/* Builds an index of all items in force. Owned, counted: begins with one reference. */
TB_NODISCARD tb_status catalogue__index_new(const struct catalogue *catalogue, tb_date today,
                                            struct catalogue__index **ret_index,
                                            struct tb_err *err);
struct catalogue__index *catalogue__index_ref(struct catalogue *catalogue);
void catalogue__index_unref(struct catalogue *catalogue, struct catalogue__index *index);

/* A query. region, department (its name) and type narrow; offset and limit cut the page. */
struct catalogue__query {
    tb_str text, region, department;
    const struct catalogue__type *type;
    size_t offset, limit;
};
/* Hits in arena, their texts in the index (hold a reference). *ret_total counts items in all
 * places. */
void catalogue__search(const struct catalogue__index *index, struct tb_arena *arena,
                       const struct catalogue__query *query, struct catalogue__hit **ret_hits,
                       size_t *ret_count, size_t *ret_total);

/* ---- operations ------------------------------------------------------------------------------ */

tb_status catalogue__run_list(struct op_ctx *ctx, void *self, const struct tb_json *in,
                              struct tb_json **ret_out, struct tb_err *err);
tb_status catalogue__run_packs(struct op_ctx *ctx, void *self, const struct tb_json *in,
                               struct tb_json **ret_out, struct tb_err *err);
tb_status catalogue__run_departments(struct op_ctx *ctx, void *self, const struct tb_json *in,
                                     struct tb_json **ret_out, struct tb_err *err);
tb_status catalogue__run_item(struct op_ctx *ctx, void *self, const struct tb_json *in,
                              struct tb_json **ret_out, struct tb_err *err);
/* What a pack adds to an item, in the language of the call; in arena. */
TB_NODISCARD tb_status catalogue__pack_json(struct tb_arena *arena, const struct packs_pack *pack,
                                            tb_str lang, struct tb_json **ret_json,
                                            struct tb_err *err);

#endif
