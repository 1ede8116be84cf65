/* SPDX-License-Identifier: Apache-2.0 */
/* cli_demo.h - what `tongban init --demo` adds. */
#ifndef CLI_CLI_DEMO_H
#define CLI_CLI_DEMO_H

#include "cli/cli_internal.h"

/* Makes the demonstration accounts unless DIR/demo-accounts.json is there. May be interrupted and run again. */
TB_NODISCARD tb_status cli_demo_make(struct cli_app *app, bool *ret_made, struct tb_err *err);

#endif
