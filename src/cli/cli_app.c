/* SPDX-License-Identifier: Apache-2.0 */
/* The modules of one installation, opened from below and closed from above. */
#include "access/access.h"
#include "cases/cases.h"
#include "catalogue/catalogue.h"
#include "cli/cli_internal.h"
#include "clock/clock.h"
#include "face/face.h"
#include "op/op.h"
#include "packs/packs.h"
#include "seal/seal.h"
#include "store/store.h"
#include "watch/watch.h"

#include <string.h>

static const struct store_table *const *const module_tables[] = {access_tables, catalogue_tables,
                                                                 cases_tables, watch_tables};

const struct store_table *const *
cli_tables(struct cli *cli)
{
    size_t count = 0;
    for (size_t i = 0; i < TB_COUNT(module_tables); i++)
        for (const struct store_table *const *at = module_tables[i]; *at != NULL; at++)
            count++;
    const struct store_table **all =
        TB_NEW_ARRAY(cli->arena, count + 1, const struct store_table *);
    count = 0;
    for (size_t i = 0; i < TB_COUNT(module_tables); i++)
        for (const struct store_table *const *at = module_tables[i]; *at != NULL; at++)
            all[count++] = *at;
    return all;
}

tb_status
cli_store_open(struct cli *cli, tb_str dir, bool is_create, bool is_read_only,
               struct store **ret_store, struct tb_err *err)
{
    return store_open(&(struct store_options){.dir = dir,
                                              .tables = cli_tables(cli),
                                              .env = cli->env,
                                              .is_create = is_create,
                                              .is_read_only = is_read_only},
                      ret_store, err);
}

static tb_status
open_packs(struct cli_app *app, struct tb_err *err)
{
    struct tb_faults faults = {.arena = app->cli->arena};
    tb_str dir = tb_printf(app->cli->arena, TB_FMT "/packs", TB_ARG(app->dir));
    TB_TRY(packs_set_load(dir.ptr, &faults, &app->packs, err));
    if (faults.count > 0) {
        fprintf(stderr, "tongban: a pack in " TB_FMT " is damaged and is left out:\n", TB_ARG(dir));
        cli_print_faults(app->cli, stderr, &faults);
    }
    return TB_OK;
}

static tb_status
open_seal(struct cli_app *app, struct tb_err *err)
{
    tb_str pem, path = tb_printf(app->cli->arena, TB_FMT "/keys/seal.key", TB_ARG(app->dir));
    TB_TRY(cli_read_file(app->cli, path.ptr, 65536, &pem, err));
    return seal_key_new(pem, &app->seal, err);
}

/* Where this installation is reached. A demonstration that was not told so is reached where it listens: its letters are
 * tried out on the same machine. A port that the system chooses is not known yet. */
static tb_str
origin_of(const struct cli_app *app)
{
    const struct cli *cli = app->cli;
    struct tb_arena *arena = cli->arena;
    const char *listen = NULL; /* only serve has the option; other commands draw letters too */
    const struct cli_option *options = cli->command != NULL ? cli->command->options : NULL;
    for (int i = 0; options != NULL && options[i].name != NULL; i++)
        if (strcmp(options[i].name, "--listen") == 0)
            listen = cli->values[i];
    tb_str address = listen != NULL ? tb_str_of(listen) : app->config.listen, rest = address;
    if (app->config.origin.len > 0 || !app->config.is_demonstration ||
        tb_str_ends(address, TB_STR(":0")))
        return app->config.origin;
    if (tb_str_starts(address, TB_STR("0.0.0.0:")) || tb_str_starts(address, TB_STR("[::]:"))) {
        size_t port = address.len;
        while (port > 0 && address.ptr[port - 1] != ':')
            port--;
        rest =
            tb_printf(arena, "127.0.0.1:" TB_FMT, TB_ARG(tb_str_sub(address, port, address.len)));
    }
    return tb_printf(arena, "http://" TB_FMT, TB_ARG(rest));
}

static tb_status
open_trade(struct cli_app *app, struct tb_err *err)
{
    TB_TRY(catalogue_open(&(struct catalogue_options){.store = app->store,
                                                      .env = app->cli->env,
                                                      .packs = app->packs,
                                                      .division = app->config.division},
                          &app->catalogue, err));
    TB_TRY(watch_open(&(struct watch_options){.store = app->store,
                                              .env = app->cli->env,
                                              .packs = app->packs,
                                              .calendar = app->calendar},
                      &app->watch, err));
    return cases_open(&(struct cases_options){.store = app->store,
                                              .env = app->cli->env,
                                              .packs = app->packs,
                                              .calendar = app->calendar,
                                              .access = app->access,
                                              .catalogue = app->catalogue,
                                              .seal = app->seal,
                                              .origin = origin_of(app),
                                              .is_demonstration = app->config.is_demonstration,
                                              .division = app->config.division,
                                              .cards = watch_cards_of,
                                              .cards_context = app->watch},
                      &app->cases, err);
}

tb_status
cli_app_open(struct cli_app *app, struct cli *cli, tb_str dir, bool is_create, struct tb_err *err)
{
    *app = (struct cli_app){.cli = cli, .dir = dir};
    TB_TRY(cli_config_read(cli, dir, &app->config, err));
    TB_TRY(cli_store_open(cli, dir, is_create, false, &app->store, err));
    TB_TRY(access_open(app->store, cli->env, &app->access, err));
    TB_TRY(open_packs(app, err));
    app->calendar = clock_calendar_builtin(cli->arena);
    TB_TRY(open_seal(app, err));
    TB_TRY(open_trade(app, err));
    struct op_table *tables = TB_NEW_ARRAY(cli->arena, 6, struct op_table);
    tables[0] = access_ops(app->access);
    tables[1] = catalogue_ops(app->catalogue);
    tables[2] = cases_ops(app->cases);
    tables[3] = watch_ops(app->watch);
    tables[4] = face_ops(app->store);
    return op_registry_new(tables, app->store, cli->env, &app->registry, err);
}

void
cli_app_close(struct cli_app *app)
{
    op_registry_free(app->registry);
    cases_close(app->cases);
    watch_close(app->watch);
    catalogue_close(app->catalogue);
    seal_key_free(app->seal);
    packs_set_free(app->packs);
    access_close(app->access);
    store_close(app->store);
    *app = (struct cli_app){0};
}
