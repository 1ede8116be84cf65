/* SPDX-License-Identifier: Apache-2.0 */
/* `tongban watch rebuild`. */
#include "cli/cli_internal.h"
#include "watch/watch.h"

#define TICK_ENTRIES 500

static const struct cli_option options[] = {
    {"--data", "DIR", "the installation; it may be serving meanwhile", true},
    {NULL, NULL, NULL, false},
};

static tb_status
rebuild(struct cli *cli, struct cli_app *app, int64_t *ret_read, struct tb_err *err)
{
    int64_t read = 0;
    TB_TRY(cli_app_open(app, cli, tb_str_of(cli_value(cli, "--data")), false, err));
    TB_TRY(watch_rebuild(app->watch, err));
    for (size_t done = 1; done > 0; read += (int64_t)done) {
        cli_progress(cli, "%lld", (long long)read);
        TB_TRY(
            watch_tick(app->watch, cli->env->now_us(cli->env->context), TICK_ENTRIES, &done, err));
    }
    *ret_read = read;
    return TB_OK;
}

static int
run_rebuild(struct cli *cli)
{
    struct cli_app app = {0};
    struct tb_err err = {0};
    int64_t read = 0;
    tb_status status = rebuild(cli, &app, &read, &err);
    cli_app_close(&app);
    cli_progress(cli, "%s", "");
    if (status != TB_OK)
        return cli_fail(cli, &err);
    if (cli->is_json) {
        struct tb_json *out = tb_json_new(cli->arena, TB_JSON_OBJECT);
        tb_json_set_int(cli->arena, out, "read", read);
        cli_print_json(cli, out);
    } else {
        printf("%lld entries of the log read again\n", (long long)read);
    }
    return CLI_OK;
}

const struct cli_command cli_cmd_watch_rebuild = {
    .name = "watch rebuild",
    .help = "Throw supervision's due list and counters away and make them again from the log",
    .more = "Cards, replies and appeals stay: they are on record. Nobody needs to stop working.",
    .options = options,
    .run = run_rebuild};
