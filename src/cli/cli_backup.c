/* SPDX-License-Identifier: Apache-2.0 */
/* `tongban backup` and `tongban restore`. */
#include "cli/cli_internal.h"
#include "store/store.h"

static const struct cli_option backup_options[] = {
    {"--data", "DIR", "the installation; it may be serving meanwhile", true},
    {NULL, NULL, NULL, false},
};

static int
run_backup(struct cli *cli)
{
    struct tb_err err = {0};
    struct store *store = NULL;
    tb_status status =
        cli_store_open(cli, tb_str_of(cli_value(cli, "--data")), false, true, &store, &err);
    if (status == TB_OK)
        status = store_backup(store, tb_str_of(cli->args[0]), &err);
    store_close(store);
    if (status != TB_OK)
        return cli_fail(cli, &err);
    if (!cli->is_json)
        printf("Backed up to %s. Keys are not in it: keep a copy of %s/keys apart.\n", cli->args[0],
               cli_value(cli, "--data"));
    return CLI_OK;
}

const struct cli_command cli_cmd_backup = {
    .name = "backup",
    .arguments = "TO",
    .args_min = 1,
    .args_max = 1,
    .help = "Copy an installation while it runs, into a new folder",
    .options = backup_options,
    .run = run_backup};

static const struct cli_option restore_options[] = {
    {"--data", "DIR", "the installation to put back; nothing may be serving it", true},
    {"--accept-loss", NULL, "go on although acknowledged entries would be lost", false},
    {NULL, NULL, NULL, false},
};

static int
run_restore(struct cli *cli)
{
    struct tb_err err = {0};
    int64_t lost = 0;
    if (store_restore(tb_str_of(cli->args[0]), tb_str_of(cli_value(cli, "--data")), cli_tables(cli),
                      cli_has(cli, "--accept-loss"), cli->env, &lost, &err) != TB_OK)
        return cli_fail(cli, &err);
    if (!cli->is_json)
        printf("Restored from %s; acknowledged entries lost: %lld\n", cli->args[0],
               (long long)lost);
    return CLI_OK;
}

const struct cli_command cli_cmd_restore = {.name = "restore",
                                            .arguments = "FROM",
                                            .args_min = 1,
                                            .args_max = 1,
                                            .help = "Put a backup back, and say what is lost by it",
                                            .options = restore_options,
                                            .run = run_restore};
