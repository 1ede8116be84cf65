/* SPDX-License-Identifier: Apache-2.0 */
/* tongban dmn ask: which question to ask next, or what is decided already. */
#include "cli/cli_dmn_internal.h"

static struct tb_json *
asked_to_json(struct tb_arena *arena, const struct dmn_asked *asked)
{
    struct tb_json *out = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_bool(arena, out, "forced", asked->is_forced);
    if (asked->is_forced) {
        tb_json_set(out, "outcome", feel_to_json(arena, &asked->outcome));
        return out;
    }
    tb_json_set_text(arena, out, "next", asked->next);
    if (asked->next_type != NULL)
        tb_json_set_text(arena, out, "type", feel_type_format(arena, asked->next_type));
    if (asked->next_type != NULL && asked->next_type->allowed_text.len > 0)
        tb_json_set_text(arena, out, "allowed", asked->next_type->allowed_text);
    struct tb_json *relevant = tb_json_set_list(arena, out, "relevant");
    for (size_t i = 0; i < asked->relevant_count; i++)
        tb_json_add(relevant, tb_json_new_text(arena, asked->relevant[i]));
    struct tb_json *possible = tb_json_set_list(arena, out, "possible");
    for (size_t i = 0; i < asked->possible_count; i++)
        tb_json_add(possible, feel_to_json(arena, &asked->possible[i]));
    if (asked->best != NULL) {
        tb_json_set(out, "best", feel_to_json(arena, asked->best));
        tb_json_set(out, "worst", feel_to_json(arena, asked->worst));
        tb_json_set_bool(arena, out, "ranked", asked->is_ranked);
    }
    tb_json_set_text(arena, out, "effort", tb_printf(arena, "%.2f", asked->effort));
    tb_json_set_int(arena, out, "questions_max", (int64_t)asked->questions_max);
    tb_json_set_bool(arena, out, "optimal", asked->is_optimal);
    struct tb_json *because = tb_json_set_object(arena, out, "because");
    tb_json_set_text(arena, because, "decision", asked->because_decision);
    tb_json_set_int(arena, because, "rule", (int64_t)asked->because_rule);
    tb_json_set_text(arena, because, "description", asked->because_description);
    struct tb_json *notes = tb_json_set_object(arena, because, "annotations");
    for (size_t i = 0; i < asked->because_annotation_count; i++)
        tb_json_set_text(arena, notes, tb_cstr(arena, asked->because_annotation_names[i]),
                         asked->because_annotations[i]);
    struct tb_json *list = tb_json_set_list(arena, because, "authorities");
    for (size_t i = 0; i < asked->because_authority_count; i++) {
        struct tb_json *row = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        tb_json_set_text(arena, row, "name", asked->because_authorities[i].name);
        tb_json_set_text(arena, row, "description", asked->because_authorities[i].description);
        tb_json_set_text(arena, row, "location", asked->because_authorities[i].location);
    }
    return out;
}

static tb_status
ask(struct cli *cli, const struct dmn_model *model, struct tb_faults *faults, struct tb_err *err)
{
    struct tb_arena *arena = cli->arena;
    struct tb_json *json;
    struct feel_value known;
    struct dmn_asked asked;
    struct dmn_run how = {.host = cli_feel_host(cli)};
    const char *text = cli_value(cli, "--input");
    TB_TRY(tb_json_parse(arena, text != NULL ? tb_str_of(text) : TB_STR("{}"), &json, err));
    TB_TRY(dmn_input_from_json(arena, model, json, &known, faults, err));
    TB_TRY(dmn_ask(arena, model, tb_str_of(cli_value(cli, "--decision")), &known, NULL, 0, &how,
                   &asked, err));
    if (cli->is_json) {
        cli_print_json(cli, asked_to_json(arena, &asked));
    } else if (asked.is_forced) {
        tb_str outcome = feel_format_literal(arena, &asked.outcome);
        printf("decided: " TB_FMT "\n", TB_ARG(outcome));
    } else {
        printf("ask: " TB_FMT "\n", TB_ARG(asked.next));
        printf("because: " TB_FMT ", rule %zu\n", TB_ARG(asked.because_decision),
               asked.because_rule);
        for (size_t i = 0; i < asked.because_annotation_count; i++)
            printf("  " TB_FMT ": " TB_FMT "\n", TB_ARG(asked.because_annotation_names[i]),
                   TB_ARG(asked.because_annotations[i]));
        if (asked.is_optimal)
            printf("to come: %.2f questions on average, at most %zu\n", asked.effort,
                   asked.questions_max);
        for (size_t i = 0; i < asked.possible_count; i++) {
            tb_str outcome = feel_format_literal(arena, &asked.possible[i]);
            printf("possible: " TB_FMT "\n", TB_ARG(outcome));
        }
    }
    return TB_OK;
}

static int
run(struct cli *cli)
{
    return cli_dmn_with_model(cli, ask);
}

static const struct cli_option options[] = {
    {"--decision", "NAME", "the decision to reach, by name or id", true},
    {"--input", "JSON", "the answers so far; what is not in it is unknown, null is an answer",
     false},
    {NULL, NULL, NULL, false},
};

const struct cli_command cli_cmd_dmn_ask = {
    .name = "dmn ask",
    .arguments = "MODEL",
    .args_min = 1,
    .args_max = 1,
    .help = "say which question to ask next, or what is decided already",
    .options = options,
    .run = run,
};
