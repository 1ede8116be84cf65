/* SPDX-License-Identifier: Apache-2.0 */
/* `tongban reference WHAT`: the generated pages of docs/reference, from the rows themselves. */
#include "access/access.h"
#include "bpmn/bpmn.h"
#include "cases/cases.h"
#include "catalogue/catalogue.h"
#include "cli/cli_internal.h"
#include "face/face.h"
#include "feel/feel.h"
#include "store/store.h"
#include "watch/watch.h"
#include <string.h>

static void
print_errors(struct cli *cli, struct tb_buf *buf)
{
    (void)cli;
    tb_buf_cstr(buf, "# Errors\nGenerated from `src/base/errors.def`. `code` stands in problem "
                     "details (RFC 9457) and in "
                     "`--json` output.\n\n| code | HTTP | exit | 中文 | English | what to do "
                     "|\n|---|---|---|---|---|---|\n");
    for (int i = 0; i < TB_STATUS_COUNT; i++) {
        const struct tb_error_row *row = tb_error_row((tb_status)i);
        tb_buf_printf(buf, "| `%s` | %d | %d | %s | %s | %s %s |\n", row->code, row->http,
                      row->exit, row->zh, row->en, row->remedy_zh, row->remedy_en);
    }
}

static void
print_commands(struct cli *cli, struct tb_buf *buf)
{
    (void)cli;
    tb_buf_cstr(buf, "# Commands\nGenerated from the rows of `src/cli`. Every command also takes "
                     "`--json`, `--now WHEN` "
                     "and `--help`.\n");
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        const struct cli_command *command = cli_commands[i];
        tb_buf_printf(buf, "\n## tongban %s%s%s\n%s.\n", command->name,
                      command->arguments != NULL ? " " : "",
                      command->arguments != NULL ? command->arguments : "", command->help);
        if (command->more != NULL)
            tb_buf_printf(buf, "\n%s\n", command->more);
        if (command->options != NULL)
            tb_buf_cstr(buf, "\n| option | |\n|---|---|\n");
        for (const struct cli_option *o = command->options; o != NULL && o->name != NULL; o++)
            tb_buf_printf(buf, "| `%s%s%s` | %s%s |\n", o->name, o->value != NULL ? " " : "",
                          o->value != NULL ? o->value : "", o->help,
                          o->is_required ? " (needed)" : "");
    }
}

static void
print_bpmn(struct cli *cli, struct tb_buf *buf)
{
    (void)cli;
    tb_buf_cstr(buf, "# BPMN\nGenerated from `src/bpmn/bpmn_table.c`. These elements are run; "
                     "everything else that would do "
                     "something is a fault of `tongban bpmn check`. Conditions and computed timers "
                     "(`= …`) are FEEL; a timer "
                     "is an ISO 8601 date or duration, or a period of the clock (`5wd`). A "
                     "condition that is neither true nor "
                     "false is an incident, never a no.\n\n| element | 中文 | English | waits | "
                     "read beside the standard |\n"
                     "|---|---|---|---|---|\n");
    for (int i = 0; i < BPMN_KIND_COUNT; i++) {
        const struct bpmn_element_row *row = &bpmn_element_rows[i];
        tb_buf_printf(buf, "| `%s` | %s | %s | %s | %s |\n", row->xml_name, row->zh, row->en,
                      row->waits ? "yes" : "", row->extensions);
    }
    tb_buf_cstr(buf, "\nA step gives these actions: ");
    for (int i = 0; i < BPMN_ACTION_COUNT; i++)
        tb_buf_printf(buf, "%s`%s`", i > 0 ? ", " : "", bpmn_action_word((bpmn_action_kind)i));
    tb_buf_cstr(buf, ".\n");
}

static void
print_feel(struct cli *cli, struct tb_buf *buf)
{
    size_t count;
    const struct feel_builtin_row *rows = feel_builtin_rows(&count);
    (void)cli;
    tb_buf_cstr(buf, "# FEEL\nGenerated from `src/feel/feel_rows.c`; a test evaluates every "
                     "example. These are all the built-in functions of DMN 1.5. A parameter "
                     "behind `?` may be left out; what ends in `…` is one list or several "
                     "arguments. Arguments may also be given by name. What cannot be computed is "
                     "null, with a warning that says why.\n");
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(rows[i].group, rows[i - 1].group) != 0)
            tb_buf_printf(buf,
                          "\n## %s\n| function | 中文 | English | example | gives |\n"
                          "|---|---|---|---|---|\n",
                          rows[i].group);
        tb_buf_printf(buf, "| `%s` | %s | %s | `%s` | `%s` |\n", rows[i].signature, rows[i].zh,
                      rows[i].en, rows[i].example, rows[i].gives);
    }
}

static void
print_operations(struct cli *cli, struct tb_buf *buf)
{
    const struct op_table tables[] = {access_ops(NULL), catalogue_ops(NULL), cases_rows(cli->arena),
                                      watch_ops(NULL),  face_ops(NULL),      {0}};
    face_reference(buf, tables);
}

static void
print_schema(struct cli *cli, struct tb_buf *buf)
{
    store_schema_markdown(buf, cli_tables(cli));
}

static void
print_ddl(struct cli *cli, struct tb_buf *buf, bool is_postgres)
{
    struct tb_err err = {0};
    if (store_schema_sql(buf, cli_tables(cli), is_postgres, &err) != TB_OK)
        fprintf(stderr, "tongban reference: %s\n", err.message);
}

static void
print_sqlite(struct cli *cli, struct tb_buf *buf)
{
    print_ddl(cli, buf, false);
}

static void
print_postgresql(struct cli *cli, struct tb_buf *buf)
{
    print_ddl(cli, buf, true);
}

static const struct {
    const char *name;
    void (*print)(struct cli *cli, struct tb_buf *buf);
} pages[] = {{"schema", print_schema},     {"errors", print_errors},
             {"commands", print_commands}, {"operations", print_operations},
             {"bpmn", print_bpmn},         {"feel", print_feel},
             {"sqlite", print_sqlite},     {"postgresql", print_postgresql}};

static int
run_reference(struct cli *cli)
{
    for (size_t i = 0; i < TB_COUNT(pages); i++) {
        if (strcmp(pages[i].name, cli->args[0]) == 0) {
            struct tb_buf buf = {.arena = cli->arena};
            pages[i].print(cli, &buf);
            fwrite(buf.ptr, 1, buf.len, stdout);
            return CLI_OK;
        }
    }
    fprintf(stderr,
            "tongban reference: there is no page %s; the pages are schema, errors, commands, "
            "operations, bpmn, feel, sqlite, postgresql\n",
            cli->args[0]);
    return CLI_USAGE;
}

const struct cli_command cli_cmd_reference = {
    .name = "reference",
    .arguments = "schema|errors|commands|operations|bpmn|feel|sqlite|postgresql",
    .args_min = 1,
    .args_max = 1,
    .help = "Print a generated page of docs/reference, or the DDL of a back end",
    .run = run_reference};
