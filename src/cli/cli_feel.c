/* SPDX-License-Identifier: Apache-2.0 */
/* tongban feel EXPR: evaluates one expression. */
#include "cli/cli_internal.h"
#include "feel/feel.h"

static tb_status
read_context(struct cli *cli, struct feel_value *ret, struct tb_err *err)
{
    struct tb_json *json;
    const char *text = cli_value(cli, "--context");
    *ret = feel_context_of(cli->arena, NULL, 0);
    if (text == NULL)
        return TB_OK;
    TB_TRY(tb_json_parse(cli->arena, tb_str_of(text), &json, err));
    feel_from_json(cli->arena, json, NULL, ret, NULL);
    if (ret->kind != FEEL_CONTEXT)
        return tb_fail(err, TB_INVALID, "--context: a JSON object is expected");
    return TB_OK;
}

static void
print_json(struct cli *cli, const struct feel_value *value, const struct feel_warnings *warnings)
{
    struct tb_arena *arena = cli->arena;
    struct tb_json *out = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set(out, "value", feel_to_json(arena, value));
    tb_json_set_text(arena, out, "feel", feel_format_literal(arena, value));
    tb_json_set(out, "warnings", feel_warnings_to_json(arena, warnings));
    cli_print_json(cli, out);
}

static int
run(struct cli *cli)
{
    struct tb_err err = {0};
    struct feel_value context, value;
    struct feel_warnings warnings = {.arena = cli->arena};
    struct feel_run how = {.host = cli_feel_host(cli), .warnings = &warnings};
    if (read_context(cli, &context, &err) != TB_OK ||
        feel_once(cli->arena, tb_str_of(cli->args[0]), &context, &how, &value, &err) != TB_OK)
        return cli_fail(cli, &err);
    if (cli->is_json) {
        print_json(cli, &value, &warnings);
        return CLI_OK;
    }
    tb_str text = feel_format_literal(cli->arena, &value);
    printf(TB_FMT "\n", TB_ARG(text));
    for (size_t i = 0; i < warnings.count && i < FEEL_WARNINGS_MAX; i++)
        fprintf(stderr, "%u:%u: " TB_FMT " (" TB_FMT ")\n", warnings.items[i].line,
                warnings.items[i].column, TB_ARG(warnings.items[i].en),
                TB_ARG(warnings.items[i].zh));
    return CLI_OK;
}

static const struct cli_option options[] = {
    {"--context", "JSON", "an object with the values of the names that the expression uses", false},
    {NULL, NULL, NULL, false},
};

const struct cli_command cli_cmd_feel = {
    .name = "feel",
    .arguments = "EXPR",
    .args_min = 1,
    .args_max = 1,
    .help = "evaluate a FEEL expression (DMN 1.5)",
    .more = "Prints the value as FEEL writes it; why something is null goes to standard error.",
    .options = options,
    .run = run,
};
