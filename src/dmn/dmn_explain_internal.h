/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_explain_internal.h - what the files that explain share. */
#ifndef DMN_DMN_EXPLAIN_INTERNAL_H
#define DMN_DMN_EXPLAIN_INTERNAL_H

#include "dmn/dmn_ask_internal.h"
#include "dmn/dmn_table_internal.h"

/* A table that was decided, and for which node. */
struct dmn__told {
    const struct dmn__node *node;
    struct dmn_explained_table table;
};

/* What an evaluation tells of its tables; or, in a replay, what was told of them, in the same order. */
struct dmn__scene {
    struct tb_arena *arena;
    const struct dmn__run *run; /* the outermost one: it knows whose tables are decided */
    struct dmn__told *told;
    size_t count, cap, left_out;
    const struct dmn_explained_table *replayed; /* NULL: this is no replay */
    size_t replayed_count, at;
};

/* The context with the member at a path below a name set. In arena. */
struct feel_value dmn__put_path(struct tb_arena *arena, const struct feel_value *context,
                                tb_str name, const tb_str *path, size_t path_count,
                                struct feel_value value);
/* Looks for changes of inputs that give another value than this one. */
tb_status dmn__otherwise(struct tb_arena *arena, const struct dmn__node *decision,
                         const struct feel_value *input, const struct feel_value *value,
                         const struct dmn_run *how, size_t changes_max,
                         struct dmn_explanation *explanation, struct tb_err *err);

#endif
