/* SPDX-License-Identifier: Apache-2.0 */
/* tongban dmn check: faults of decision tables, each with an input that shows it. */
#include "cli/cli_dmn_internal.h"

static void
print_finding(struct cli *cli, const struct dmn_finding *finding)
{
    printf(TB_FMT ":%d: " TB_FMT ": %s: %s\n  " TB_FMT "\n  " TB_FMT "\n", TB_ARG(finding->file),
           (int)finding->line, TB_ARG(finding->decision), dmn_level_name(finding->level),
           finding->code, TB_ARG(finding->zh), TB_ARG(finding->en));
    if (finding->has_witness) {
        struct tb_buf buf = {.arena = cli->arena};
        tb_json_write(&buf, feel_to_json(cli->arena, &finding->witness));
        tb_str text = tb_buf_done(&buf);
        printf("  input: " TB_FMT "\n", TB_ARG(text));
    }
    printf("  -> " TB_FMT " / " TB_FMT "\n", TB_ARG(finding->remedy_zh),
           TB_ARG(finding->remedy_en));
}

static tb_status
check(struct cli *cli, const struct dmn_model *const *models, size_t count, int *exit_status,
      struct tb_err *err)
{
    struct dmn_findings findings = {.arena = cli->arena};
    TB_TRY(dmn_check(models, count, &findings, err));
    if (cli->is_json) {
        cli_print_json(cli, dmn_findings_to_json(cli->arena, &findings));
    } else {
        for (size_t i = 0; i < findings.count; i++)
            print_finding(cli, &findings.items[i]);
        printf("%zu tables, %zu faults, %zu warnings, %zu notes\n", findings.table_count,
               findings.defect_count, findings.warning_count, findings.note_count);
    }
    if (findings.defect_count > 0)
        *exit_status = CLI_FOUND;
    return TB_OK;
}

static int
run(struct cli *cli)
{
    return cli_dmn_with_models(cli, check);
}

static const struct cli_option options[] = {{NULL, NULL, NULL, false}};

const struct cli_command cli_cmd_dmn_check = {
    .name = "dmn check",
    .arguments = "MODEL...",
    .args_min = 1,
    .args_max = -1,
    .help = "find faults in decision tables, each with an input that shows it",
    .more = "Gaps and overlaps are searched over all values, not sampled. Warnings (a cliff, a "
            "border that differs) and notes (a table that could not be analysed) do not count; the "
            "exit status is 0 only without faults.",
    .options = options,
    .run = run,
};
