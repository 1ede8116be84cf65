/* SPDX-License-Identifier: Apache-2.0 */
/* `tongban init`: folder, keys, schema, packs, first accounts. Run again, it adds what is missing and is quiet. */
#include "access/access.h"
#include "catalogue/catalogue.h"
#include "cli/cli_demo.h"
#include "cli/cli_internal.h"
#include "packs/packs.h"
#include "seal/seal.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static tb_status
make_dir(tb_str path, mode_t mode, struct tb_err *err)
{
    if (mkdir(path.ptr, mode) != 0 && errno != EEXIST)
        return tb_fail(err, TB_IO, TB_FMT ": %s", TB_ARG(path), strerror(errno));
    return TB_OK;
}

/* Written beside, synced, renamed: a key file is whole or absent. */
static tb_status
write_new(struct cli *cli, tb_str path, tb_str text, mode_t mode, struct tb_err *err)
{
    tb_str part = tb_printf(cli->arena, TB_FMT ".part", TB_ARG(path));
    int fd = open(part.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    bool is_good = fd >= 0 && write(fd, text.ptr, text.len) == (ssize_t)text.len && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    if (!is_good || rename(part.ptr, path.ptr) != 0)
        return tb_fail(err, TB_IO, TB_FMT ": %s", TB_ARG(path), strerror(errno));
    return TB_OK;
}

static tb_status
make_seal_key(struct cli *cli, tb_str dir, struct tb_err *err)
{
    tb_str path = tb_printf(cli->arena, TB_FMT "/keys/seal.key", TB_ARG(dir));
    if (access(path.ptr, F_OK) == 0)
        return TB_OK;
    tb_str private_pem, public_pem;
    TB_TRY(seal_generate(cli->arena, &private_pem, &public_pem, err));
    TB_TRY(write_new(cli, tb_printf(cli->arena, TB_FMT "/keys/seal.pub", TB_ARG(dir)), public_pem,
                     0644, err));
    return write_new(cli, path, private_pem, 0600, err);
}

/* The packs that come with the program: beside it in the source tree, or where it was installed. */
static const char *
shipped_packs(struct cli *cli)
{
    static const char *const places[] = {"../packs", "../share/tongban/packs"};
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    if (len <= 0)
        return NULL;
    while (len > 0 && self[len - 1] != '/')
        len--;
    for (size_t i = 0; i < TB_COUNT(places); i++) {
        tb_str path = tb_printf(cli->arena, "%.*s%s", (int)len, self, places[i]);
        if (access(path.ptr, R_OK) == 0)
            return path.ptr;
    }
    return NULL;
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static tb_status
install_pack(struct cli *cli, const char *from, const char *name, tb_str into, struct tb_err *err)
{
    tb_str dir = tb_printf(cli->arena, "%s/%s", from, name), hash;
    if (access(tb_printf(cli->arena, TB_FMT "/pack.yaml", TB_ARG(dir)).ptr, R_OK) != 0)
        return TB_OK;
    struct tb_faults faults = {.arena = cli->arena};
    tb_status status = packs_install(dir.ptr, into.ptr, &faults, &hash, err);
    if (faults.count > 0)
        cli_print_faults(cli, stderr, &faults);
    return status;
}

static tb_status
install_packs(struct cli *cli, tb_str dir, struct tb_err *err)
{
    const char *from =
        cli_value(cli, "--packs") != NULL ? cli_value(cli, "--packs") : shipped_packs(cli);
    tb_str into = tb_printf(cli->arena, TB_FMT "/packs", TB_ARG(dir));
    TB_TRY(make_dir(into, 0755, err));
    if (from == NULL)
        return tb_fail(
            err, TB_NOT_FOUND,
            "the packs that come with the program are not beside it; name their folder with "
            "--packs");
    struct dirent **names;
    int count = scandir(from, &names, NULL, by_name);
    if (count < 0)
        return tb_fail(err, TB_IO, "%s: %s", from, strerror(errno));
    tb_status status = TB_OK;
    for (int i = 0; i < count; i++) {
        if (status == TB_OK && names[i]->d_name[0] != '.') {
            cli_progress(cli, "pack %s", names[i]->d_name);
            status = install_pack(cli, from, names[i]->d_name, into, err);
        }
        free(names[i]);
    }
    free(names);
    cli_progress(cli, "%s", "");
    return status;
}

/* Without --demo: one administrator with a one-time password, printed once. */
static tb_status
make_admin(struct cli_app *app, struct tb_err *err)
{
    struct cli *cli = app->cli;
    tb_str password = access_password_random(cli->arena, cli->env);
    struct access_grant_new grant = {.role = OP_ADMIN,
                                     .division = app->config.division,
                                     .from = cli->env->now_us(cli->env->context)};
    struct access_account_new account = {.user = TB_STR("admin"),
                                         .name = TB_STR("管理员"),
                                         .password = password,
                                         .must_change_password = true,
                                         .grants = &grant,
                                         .grant_count = 1};
    struct tb_faults faults = {.arena = cli->arena};
    int64_t id;
    tb_status status = access_account_make(
        app->access, &(struct store_cause){.purpose = TB_STR("init")}, &account, &faults, &id, err);
    if (status == TB_CONFLICT)
        return TB_OK;
    if (status == TB_OK)
        printf("First account: user admin, one-time password " TB_FMT "\n", TB_ARG(password));
    return status;
}

static tb_status
init(struct cli *cli, struct cli_app *app, bool is_demo, struct tb_err *err)
{
    tb_str dir = tb_str_of(cli_value(cli, "--data"));
    bool is_made = false;
    int64_t changed = 0;
    TB_TRY(make_dir(dir, 0750, err));
    TB_TRY(make_dir(tb_printf(cli->arena, TB_FMT "/keys", TB_ARG(dir)), 0700, err));
    TB_TRY(cli_config_write(cli, dir, is_demo, err));
    TB_TRY(make_seal_key(cli, dir, err));
    TB_TRY(install_packs(cli, dir, err));
    TB_TRY(cli_app_open(app, cli, dir, true, err));
    TB_TRY(catalogue_adopt_packs(app->catalogue, &(struct store_cause){.purpose = TB_STR("init")},
                                 &changed, err));
    TB_TRY(is_demo ? cli_demo_make(app, &is_made, err) : make_admin(app, err));
    if ((changed > 0 || is_made) && !cli->is_json)
        printf("Prepared " TB_FMT ": %zu packs%s\n", TB_ARG(dir), packs_set_count(app->packs),
               is_made ? ", demonstration accounts in demo-accounts.json" : "");
    return TB_OK;
}

static int
run_init(struct cli *cli)
{
    struct tb_err err = {0};
    struct cli_app app = {0};
    tb_status status = init(cli, &app, cli_has(cli, "--demo"), &err);
    cli_app_close(&app);
    return status == TB_OK ? CLI_OK : cli_fail(cli, &err);
}

static const struct cli_option options[] = {
    {"--data", "DIR", "the folder of the installation; made when absent", true},
    {"--demo", NULL,
     "invented persons, one for each role, with passwords in DIR/demo-accounts.json", false},
    {"--packs", "FOLDER", "the packs to install, instead of those that come with the program",
     false},
    {NULL, NULL, NULL, false},
};

const struct cli_command cli_cmd_init = {
    .name = "init",
    .help = "Make an installation: folder, keys, database, packs, first account",
    .more = "Run again, it adds what is missing and changes nothing else.",
    .options = options,
    .run = run_init};
