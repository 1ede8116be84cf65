/* SPDX-License-Identifier: Apache-2.0 */
/* cli_dmn_internal.h - what the dmn commands share. */
#ifndef CLI_CLI_DMN_INTERNAL_H
#define CLI_CLI_DMN_INTERNAL_H

#include "cli/cli_internal.h"
#include "dmn/dmn.h"

/* What a command does with the model that its first argument names. faults: of the input. */
typedef tb_status cli_dmn_fn(struct cli *cli, const struct dmn_model *model,
                             struct tb_faults *faults, struct tb_err *err);
/* Loads the model and what it imports, calls, prints faults and failures; the exit status. */
int cli_dmn_with_model(struct cli *cli, cli_dmn_fn *fn);
/* The same with all models that the arguments name, together; *exit_status is CLI_OK unless fn sets it. */
typedef tb_status cli_dmn_all_fn(struct cli *cli, const struct dmn_model *const *models,
                                 size_t count, int *exit_status, struct tb_err *err);
int cli_dmn_with_models(struct cli *cli, cli_dmn_all_fn *fn);

#endif
