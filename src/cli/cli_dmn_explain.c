/* SPDX-License-Identifier: Apache-2.0 */
/* tongban dmn explain: why a decision comes out as it does, and what would change it. */
#include "cli/cli_dmn_internal.h"

static tb_status
explain(struct cli *cli, const struct dmn_model *model, struct tb_faults *faults,
        struct tb_err *err)
{
    static const char *const languages[] = {"zh", "en"};
    struct tb_arena *arena = cli->arena;
    struct tb_json *json;
    struct feel_value input;
    struct dmn_explanation explanation;
    struct dmn_run how = {.host = cli_feel_host(cli)};
    const char *text = cli_value(cli, "--input");
    int64_t changes = 2;
    if (cli_value(cli, "--changes") != NULL &&
        (!tb_str_to_int(tb_str_of(cli_value(cli, "--changes")), &changes) || changes < 0 ||
         changes > 4))
        return tb_fail(err, TB_INVALID, "--changes is a number from 0 to 4");
    TB_TRY(tb_json_parse(arena, text != NULL ? tb_str_of(text) : TB_STR("{}"), &json, err));
    TB_TRY(dmn_input_from_json(arena, model, json, &input, faults, err));
    TB_TRY(dmn_explain(arena, model, tb_str_of(cli_value(cli, "--decision")), &input, &how,
                       (size_t)changes, &explanation, err));
    if (cli->is_json) {
        cli_print_json(cli, dmn_explanation_to_json(arena, &explanation));
        return TB_OK;
    }
    for (size_t k = 0; k < TB_COUNT(languages); k++) {
        size_t count;
        const tb_str *texts = dmn_explanation_sentences(arena, &explanation, languages[k], &count);
        for (size_t i = 0; i < count; i++)
            printf(TB_FMT "\n", TB_ARG(texts[i]));
    }
    return TB_OK;
}

static int
run(struct cli *cli)
{
    return cli_dmn_with_model(cli, explain);
}

static const struct cli_option options[] = {
    {"--decision", "NAME", "the decision to explain, by name or id", true},
    {"--input", "JSON", "an object with the input data by name", false},
    {"--changes", "N", "look for changes of at most so many inputs that give another outcome (2)",
     false},
    {NULL, NULL, NULL, false},
};

const struct cli_command cli_cmd_dmn_explain = {
    .name = "dmn explain",
    .arguments = "MODEL",
    .args_min = 1,
    .args_max = 1,
    .help = "say why a decision comes out as it does, and what would change it",
    .options = options,
    .run = run,
};
