/* SPDX-License-Identifier: Apache-2.0 */
/* The commands, in the order of `tongban help`. */
#include "cli/cli_internal.h"

/* clang-format off */
#define COMMANDS(X)           \
    X(cli_cmd_help)           \
    X(cli_cmd_init)           \
    X(cli_cmd_serve)          \
    X(cli_cmd_import_items)   \
    X(cli_cmd_log_verify)     \
    X(cli_cmd_log_proof)      \
    X(cli_cmd_log_checkpoint) \
    X(cli_cmd_watch_rebuild)  \
    X(cli_cmd_backup)         \
    X(cli_cmd_restore)        \
    X(cli_cmd_config)         \
    X(cli_cmd_pack_check)     \
    X(cli_cmd_pack_test)      \
    X(cli_cmd_pack_diff)      \
    X(cli_cmd_pack_install)   \
    X(cli_cmd_dmn_test)       \
    X(cli_cmd_dmn_eval)       \
    X(cli_cmd_dmn_batch)      \
    X(cli_cmd_dmn_bench)      \
    X(cli_cmd_dmn_ask)        \
    X(cli_cmd_dmn_check)      \
    X(cli_cmd_dmn_explain)    \
    X(cli_cmd_feel)           \
    X(cli_cmd_bpmn_check)     \
    X(cli_cmd_clock_due)      \
    X(cli_cmd_reference)
/* clang-format on */

#define DECLARE(command) extern const struct cli_command command;
COMMANDS(DECLARE)

#define LIST(command) &command,
const struct cli_command *const cli_commands[] = {COMMANDS(LIST) NULL};
