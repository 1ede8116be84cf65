/* SPDX-License-Identifier: Apache-2.0 */
/* cli.h - the commands of `tongban`, one row and one file each. Wires the modules, reads the
 * configuration, is the source of time and randomness. The only place that logs, exits and holds
 * process state. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/base.h"

/* Runs `tongban ARG…`; argv[0] is the program. Returns the exit status: 0 only when all is well. */
int cli_main(int argc, char **argv);

#endif
