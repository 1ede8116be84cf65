/* SPDX-License-Identifier: Apache-2.0 */
/* tongban bpmn check: is a process whole, and is everything in it run? */
#include "bpmn/bpmn.h"
#include "cli/cli_internal.h"

/* Checks one file; true when it is well. With list, the outcome is appended instead of printed. */
static bool
check_file(struct cli *cli, const char *path, struct tb_json *list)
{
    struct tb_arena *arena = cli->arena;
    struct tb_faults faults = {.arena = arena};
    struct tb_err err = {0};
    const struct bpmn_model *model = NULL;
    tb_str text;
    tb_status status = cli_read_file(cli, path, TB_XML_BYTES_MAX, &text, &err);
    if (status == TB_OK)
        status = bpmn_compile(arena, tb_str_of(path), text, &faults, &model, &err);
    if (list != NULL) {
        struct tb_json *one = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        tb_json_set_text(arena, one, "file", tb_str_of(path));
        tb_json_set_bool(arena, one, "ok", status == TB_OK);
        if (status != TB_OK && faults.count == 0)
            tb_json_set_text(arena, one, "error", tb_str_copy(arena, tb_str_of(err.message)));
        tb_json_set(one, "faults", cli_faults_json(cli, &faults));
    } else if (status == TB_OK) {
        size_t elements = 0;
        for (size_t i = 0; i < bpmn_process_count(model); i++)
            elements += bpmn_element_count(bpmn_process_at(model, i));
        printf("%s: ok, %zu processes, %zu elements\n", path, bpmn_process_count(model), elements);
    } else if (faults.count > 0) {
        cli_print_faults(cli, stdout, &faults);
    } else {
        printf("%s\n", err.message);
    }
    return status == TB_OK;
}

static int
run_check(struct cli *cli)
{
    struct tb_json *list = cli->is_json ? tb_json_new(cli->arena, TB_JSON_LIST) : NULL;
    bool is_well = true;
    for (int i = 0; i < cli->arg_count; i++)
        is_well = check_file(cli, cli->args[i], list) && is_well;
    if (list != NULL)
        cli_print_json(cli, list);
    return is_well ? CLI_OK : CLI_FOUND;
}

const struct cli_command cli_cmd_bpmn_check = {
    .name = "bpmn check",
    .arguments = "FILE…",
    .args_min = 1,
    .args_max = -1,
    .help = "Check BPMN processes: every fault with file and line",
    .more = "A process is well when it holds together and everything in it is run by this engine. "
            "Elements and\n"
            "extension attributes that are understood: docs/reference/bpmn.md.",
    .run = run_check,
};
