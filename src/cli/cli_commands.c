/* SPDX-License-Identifier: Apache-2.0 */
/* The commands, in the order of `tongban --help`. */
#include "cli/cli_internal.h"

extern const struct cli_command cli_cmd_help;
extern const struct cli_command cli_cmd_clock_due;

const struct cli_command *const cli_commands[] = {
    &cli_cmd_help,
    &cli_cmd_clock_due,
    NULL,
};
