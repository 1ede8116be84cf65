/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_explain_internal.h - what the files that explain share. */
#ifndef DMN_DMN_EXPLAIN_INTERNAL_H
#define DMN_DMN_EXPLAIN_INTERNAL_H

#include "dmn/dmn_ask_internal.h"

/* Looks for changes of inputs that give another value than this one. */
tb_status dmn__otherwise(struct tb_arena *arena, const struct dmn__node *decision,
                         const struct feel_value *input, const struct feel_value *value,
                         const struct dmn_run *how, size_t changes_max,
                         struct dmn_explanation *explanation, struct tb_err *err);

#endif
