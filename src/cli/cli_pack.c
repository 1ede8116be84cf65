/* SPDX-License-Identifier: Apache-2.0 */
/* tongban pack check, test, diff, install: what a standards editor does with a pack folder. */
#include "cli/cli_internal.h"
#include "packs/packs.h"

/* Lines that an editor can jump to: DIR/FILE:LINE: what (English), then the same in Chinese. */
static void
print_list(FILE *out, const char *dir, const char *kind, const struct tb_faults *faults)
{
    for (size_t i = 0; i < faults->count && i < TB_FAULTS_MAX; i++)
        fprintf(out, "%s/" TB_FMT ": %s: " TB_FMT " / " TB_FMT "\n", dir,
                TB_ARG(faults->items[i].place), kind, TB_ARG(faults->items[i].en),
                TB_ARG(faults->items[i].zh));
    if (faults->count > TB_FAULTS_MAX)
        fprintf(out, "%s: and %zu more\n", dir, faults->count - TB_FAULTS_MAX);
}

/* ---- check ----------------------------------------------------------------------------------- */

/* Checks one folder; false when it is not well. */
static tb_status
check_one(struct cli *cli, const char *dir, struct tb_json *list, bool *ret_is_good,
          struct tb_err *err)
{
    struct packs_report report = {.faults.arena = cli->arena, .notes.arena = cli->arena};
    TB_TRY(packs_check(dir, &report, err));
    *ret_is_good = report.faults.count == 0;
    if (cli->is_json) {
        struct tb_json *one = tb_json_add(list, tb_json_new(cli->arena, TB_JSON_OBJECT));
        tb_json_set_text(cli->arena, one, "dir", tb_str_of(dir));
        tb_json_set_text(cli->arena, one, "id", report.id);
        tb_json_set_text(cli->arena, one, "version", report.version);
        tb_json_set_text(cli->arena, one, "hash", report.hash);
        tb_json_set(one, "faults", cli_faults_json(cli, &report.faults));
        tb_json_set(one, "notes", cli_faults_json(cli, &report.notes));
        return TB_OK;
    }
    print_list(stderr, dir, "fault", &report.faults);
    if (!cli_has(cli, "--quiet"))
        print_list(stdout, dir, "note", &report.notes);
    printf(TB_FMT " " TB_FMT ": %zu faults, %zu notes"
                  "%s" TB_FMT "\n",
           TB_ARG(report.id), TB_ARG(report.version), report.faults.count, report.notes.count,
           report.hash.len > 0 ? ", hash " : "", TB_ARG(report.hash));
    return TB_OK;
}

static int
run_check(struct cli *cli)
{
    struct tb_json *list = tb_json_new(cli->arena, TB_JSON_LIST);
    bool all_good = true;
    for (int i = 0; i < cli->arg_count; i++) {
        struct tb_err err = {0};
        bool is_good = false;
        if (check_one(cli, cli->args[i], list, &is_good, &err) != TB_OK)
            return cli_fail(cli, &err);
        all_good = all_good && is_good;
    }
    if (cli->is_json)
        cli_print_json(cli, list);
    return all_good ? CLI_OK : CLI_FOUND;
}

/* ---- test ------------------------------------------------------------------------------------ */

static void
print_scenarios(struct cli *cli, const char *dir, const struct packs_scenarios *scenarios,
                struct tb_json *list)
{
    for (size_t i = 0; i < scenarios->count; i++) {
        const struct packs_scenario *one = &scenarios->items[i];
        if (cli->is_json) {
            struct tb_json *json = tb_json_add(list, tb_json_new(cli->arena, TB_JSON_OBJECT));
            tb_json_set_text(cli->arena, json, "dir", tb_str_of(dir));
            /* Copied: the pack that holds these texts is freed before the list is printed. */
            tb_json_set_text(cli->arena, json, "file", tb_str_copy(cli->arena, one->file));
            tb_json_set_int(cli->arena, json, "line", one->line);
            tb_json_set_text(cli->arena, json, "name", tb_str_copy(cli->arena, one->name));
            tb_json_set_bool(cli->arena, json, "passed", one->passed);
            tb_json_set_text(cli->arena, json, "why", tb_str_copy(cli->arena, one->why));
        } else if (!one->passed) {
            fprintf(stderr, "%s/" TB_FMT ":%d: " TB_FMT ": " TB_FMT "\n", dir, TB_ARG(one->file),
                    one->line, TB_ARG(one->name), TB_ARG(one->why));
        }
    }
    if (!cli->is_json)
        printf("%s: %zu of %zu scenarios passed\n", dir, scenarios->passed, scenarios->count);
}

static int
run_test(struct cli *cli)
{
    struct tb_json *list = tb_json_new(cli->arena, TB_JSON_LIST);
    bool all_good = true;
    for (int i = 0; i < cli->arg_count; i++) {
        struct tb_faults faults = {.arena = cli->arena};
        struct packs_scenarios scenarios = {0};
        struct packs_pack *pack = NULL;
        struct tb_err err = {0};
        tb_status status = packs_load(cli->args[i], &faults, &pack, &err);
        if (status == TB_OK)
            status = packs_test(cli->arena, pack, &scenarios, &err);
        if (status != TB_OK) {
            print_list(stderr, cli->args[i], "fault", &faults);
            packs_free(pack);
            return cli_fail(cli, &err);
        }
        print_scenarios(cli, cli->args[i], &scenarios, list);
        all_good = all_good && scenarios.passed == scenarios.count;
        packs_free(pack);
    }
    if (cli->is_json)
        cli_print_json(cli, list);
    return all_good ? CLI_OK : CLI_FOUND;
}

/* ---- diff ------------------------------------------------------------------------------------ */

static int
run_diff(struct cli *cli)
{
    struct packs_pack *packs[2] = {NULL, NULL};
    struct tb_json *list = NULL;
    struct tb_err err = {0};
    tb_status status = TB_OK;
    for (int i = 0; i < 2 && status == TB_OK; i++) {
        struct tb_faults faults = {.arena = cli->arena};
        status = packs_load(cli->args[i], &faults, &packs[i], &err);
        if (status != TB_OK)
            print_list(stderr, cli->args[i], "fault", &faults);
    }
    if (status == TB_OK)
        list = packs_diff(cli->arena, packs[0], packs[1]);
    packs_free(packs[0]);
    packs_free(packs[1]);
    if (status != TB_OK)
        return cli_fail(cli, &err);
    if (cli->is_json)
        cli_print_json(cli, list);
    TB_JSON_EACH(one, list)
    if (!cli->is_json)
        printf("%-8.*s " TB_FMT " " TB_FMT ": " TB_FMT " -> " TB_FMT "\n",
               TB_ARG(tb_json_get_text(one, "change")), TB_ARG(tb_json_get_text(one, "what")),
               TB_ARG(tb_json_get_text(one, "column")), TB_ARG(tb_json_get_text(one, "before")),
               TB_ARG(tb_json_get_text(one, "after")));
    return list->count == 0 ? CLI_OK : CLI_FOUND;
}

/* ---- install --------------------------------------------------------------------------------- */

static int
run_install(struct cli *cli)
{
    tb_str into = tb_printf(cli->arena, "%s/packs", cli_value(cli, "--data"));
    for (int i = 0; i < cli->arg_count; i++) {
        struct tb_faults faults = {.arena = cli->arena};
        struct tb_err err = {0};
        tb_str hash;
        if (packs_install(cli->args[i], into.ptr, &faults, &hash, &err) != TB_OK) {
            print_list(stderr, cli->args[i], "fault", &faults);
            return cli_fail(cli, &err);
        }
        printf("%s -> " TB_FMT "/" TB_FMT "\n", cli->args[i], TB_ARG(into), TB_ARG(hash));
    }
    return CLI_OK;
}

static const struct cli_option check_options[] = {
    {"--quiet", NULL, "faults only, without the notes on unverified rows", false},
    {NULL, NULL, NULL, false},
};

static const struct cli_option install_options[] = {
    {"--data", "DIR", "the installation", true},
    {NULL, NULL, NULL, false},
};

const struct cli_command cli_cmd_pack_check = {
    .name = "pack check",
    .arguments = "DIR…",
    .args_min = 1,
    .args_max = -1,
    .help = "Check pack folders: every reference, code, limit, gap and sentence",
    .more = "Faults go to standard error as DIR/FILE:LINE and make the exit status 1. Notes name "
            "rows whose source nobody\n"
            "has verified and laws whose present text is not known; they never make a pack bad.",
    .options = check_options,
    .run = run_check,
};

const struct cli_command cli_cmd_pack_test = {
    .name = "pack test",
    .arguments = "DIR…",
    .args_min = 1,
    .args_max = -1,
    .help = "Run the scenarios of pack folders",
    .run = run_test,
};

const struct cli_command cli_cmd_pack_diff = {
    .name = "pack diff",
    .arguments = "DIR DIR",
    .args_min = 2,
    .args_max = 2,
    .help = "Say what differs between two versions of a pack, row by row; exit status 1 when "
            "anything does",
    .run = run_diff,
};

const struct cli_command cli_cmd_pack_install = {
    .name = "pack install",
    .arguments = "DIR…",
    .args_min = 1,
    .args_max = -1,
    .help = "Copy checked packs into an installation, under their hash",
    .options = install_options,
    .run = run_install,
};
