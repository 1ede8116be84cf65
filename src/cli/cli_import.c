/* SPDX-License-Identifier: Apache-2.0 */
/* `tongban import items FILE`. */
#include "catalogue/catalogue.h"
#include "cli/cli_internal.h"

static const struct cli_option options[] = {
    {"--data", "DIR", "the installation; it may be serving meanwhile", true},
    {NULL, NULL, NULL, false},
};

static void
show_progress(void *context, int64_t rows)
{
    cli_progress(context, "%lld rows", (long long)rows);
}

static void
print_report(struct cli *cli, const struct catalogue_report *report)
{
    if (cli->is_json) {
        struct tb_json *out = tb_json_new(cli->arena, TB_JSON_OBJECT);
        tb_json_set_int(cli->arena, out, "rows", report->rows);
        tb_json_set_int(cli->arena, out, "inserted", report->inserted);
        tb_json_set_int(cli->arena, out, "updated", report->updated);
        tb_json_set_int(cli->arena, out, "unchanged", report->unchanged);
        tb_json_set_int(cli->arena, out, "rejected", report->rejected);
        tb_json_set_int(cli->arena, out, "codes_well_formed", report->codes_well_formed);
        tb_json_set_int(cli->arena, out, "codes_old_form", report->codes_old_form);
        tb_json_set(out, "faults", cli_faults_json(cli, &report->faults));
        tb_json_set(out, "notes", cli_faults_json(cli, &report->notes));
        cli_print_json(cli, out);
        return;
    }
    cli_print_faults(cli, stdout, &report->faults);
    cli_print_faults(cli, stdout, &report->notes);
    printf("%lld rows: %lld inserted, %lld updated, %lld unchanged, %lld rejected\n"
           "codes: %lld well-formed, %lld in the old form; notes: %zu\n",
           (long long)report->rows, (long long)report->inserted, (long long)report->updated,
           (long long)report->unchanged, (long long)report->rejected,
           (long long)report->codes_well_formed, (long long)report->codes_old_form,
           report->notes.count);
}

static int
run_import(struct cli *cli)
{
    struct tb_err err = {0};
    struct cli_app app = {0};
    struct catalogue_report report = {.faults = {.arena = cli->arena},
                                      .notes = {.arena = cli->arena}};
    tb_str bytes;
    tb_status status = cli_read_file(cli, cli->args[0], SHEET_BYTES_MAX, &bytes, &err);
    if (status == TB_OK)
        status = cli_app_open(&app, cli, tb_str_of(cli_value(cli, "--data")), false, &err);
    if (status == TB_OK)
        status = catalogue_import_items(
            app.catalogue, &(struct store_cause){.purpose = TB_STR("import items")},
            tb_str_of(cli->args[0]), bytes, show_progress, cli, &report, &err);
    cli_app_close(&app);
    cli_progress(cli, "%s", "");
    if (status != TB_OK && report.faults.count == 0)
        return cli_fail(cli, &err);
    print_report(cli, &report);
    return status == TB_OK && report.rejected == 0 ? CLI_OK : CLI_FOUND;
}

const struct cli_command cli_cmd_import_items = {
    .name = "import items",
    .arguments = "FILE",
    .args_min = 1,
    .args_max = 1,
    .help = "Take a CSV or XLSX list of service items into the catalogue, with a report for each "
            "row that is not clean",
    .more = "The rows that are good become visible together, those that are not are named and left "
            "out, and the\nsame file again changes nothing. Exit status 1 when a row was left out.",
    .options = options,
    .run = run_import};
