/* SPDX-License-Identifier: Apache-2.0 */
/* tongban dmn bench: what the decisions of a model cost on this machine. */
#include "cli/cli_dmn_internal.h"
#include <stdio.h>
#include <time.h>

#define SECONDS 0.2 /* that each way of evaluating runs */

static double
processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* One way of evaluating a decision. */
struct way {
    struct tb_arena *arena;
    const struct dmn_model *model;
    const struct dmn_plan *plan;
    tb_str decision;
    const struct feel_value *input; /* by name */
    const struct feel_value *bound; /* by place */
    tb_str text;                    /* as JSON */
    const struct feel_host *host;
};

static tb_status
evaluate(struct way *way, struct tb_err *err)
{
    struct feel_value value;
    struct dmn_run how = {.host = way->host};
    return dmn_eval(way->arena, way->model, way->decision, way->input, &how, &value, err);
}

static tb_status
by_place(struct way *way, struct tb_err *err)
{
    struct feel_value value;
    return dmn_plan_eval(way->arena, way->plan, way->bound, &value, err);
}

static tb_status
by_text(struct way *way, struct tb_err *err)
{
    struct tb_buf out = {.arena = way->arena};
    return dmn_plan_eval_json(&out, way->plan, way->text, NULL, err);
}

/* Nanoseconds of one evaluation. */
static tb_status
measure(struct way *way, tb_status (*one)(struct way *, struct tb_err *), double *ret_ns,
        struct tb_err *err)
{
    double begin = processor_seconds(), used = 0;
    int64_t count = 0;
    while (used < SECONDS) {
        for (int i = 0; i < 64; i++) {
            tb_arena_reset(way->arena);
            TB_TRY(one(way, err));
        }
        count += 64;
        used = processor_seconds() - begin;
    }
    *ret_ns = used * 1e9 / (double)count;
    return TB_OK;
}

static tb_status
measure_decision(struct cli *cli, struct way *way, struct tb_json *list, struct tb_err *err)
{
    double ns[3] = {0};
    size_t count;
    static const char *const names[3] = {"by_name_ns", "by_place_ns", "by_json_ns"};
    tb_status (*const ways[3])(struct way *, struct tb_err *) = {evaluate, by_place, by_text};
    const struct dmn_input_info *inputs = dmn_plan_inputs(way->plan, &count);
    struct feel_value *bound = TB_NEW_ARRAY(cli->arena, count, struct feel_value);
    for (size_t i = 0; i < count; i++) {
        const struct feel_value *given = feel_get(way->input, inputs[i].name);
        bound[i] = given != NULL ? *given : feel_null();
    }
    way->bound = bound;
    struct tb_json *row = tb_json_add(list, tb_json_new(cli->arena, TB_JSON_OBJECT));
    tb_json_set_text(cli->arena, row, "decision", way->decision);
    for (int i = 0; i < 3; i++) {
        TB_TRY(measure(way, ways[i], &ns[i], err));
        tb_json_set_int(cli->arena, row, names[i], (int64_t)(ns[i] + 0.5));
    }
    tb_json_set_int(cli->arena, row, "plan_bytes", (int64_t)dmn_plan_bytes(way->plan));
    const char *why = dmn_plan_why(way->plan);
    tb_json_set_text(cli->arena, row, "evaluator_because",
                     why != NULL ? tb_str_of(why) : TB_STR_NONE);
    if (!cli->is_json)
        printf("%-32.*s %10.0f ns by name %8.0f ns by place %8.0f ns from JSON%s%s\n",
               (int)way->decision.len, way->decision.ptr, ns[0], ns[1], ns[2],
               why != NULL ? "   evaluator: " : "", why != NULL ? why : "");
    return TB_OK;
}

static tb_status
bench(struct cli *cli, const struct dmn_model *model, struct tb_faults *faults, struct tb_err *err)
{
    size_t count;
    struct tb_json *json, *report = tb_json_new(cli->arena, TB_JSON_OBJECT);
    struct feel_value input;
    const struct dmn_decision_info *all = dmn_decisions(model, &count);
    const char *text = cli_value(cli, "--input"), *only = cli_value(cli, "--decision");
    struct way way = {.arena = tb_arena_new(0), .model = model, .host = cli_feel_host(cli)};
    way.text = text != NULL ? tb_str_of(text) : TB_STR("{}");
    tb_status status = tb_json_parse(cli->arena, way.text, &json, err);
    if (status == TB_OK)
        status = dmn_input_from_json(cli->arena, model, json, &input, faults, err);
    if (status == TB_OK && only != NULL && dmn_decision_find(model, tb_str_of(only)) == NULL)
        status = tb_fail(err, TB_NOT_FOUND, "the model has no decision \"%s\"", only);
    tb_json_set_int(cli->arena, report, "model_bytes", (int64_t)dmn_model_bytes(model));
    struct tb_json *list = tb_json_set_list(cli->arena, report, "decisions");
    way.input = &input;
    for (size_t i = 0; status == TB_OK && i < count; i++) {
        struct dmn_plan *plan;
        if (only != NULL && dmn_decision_find(model, tb_str_of(only)) != &all[i])
            continue;
        way.decision = all[i].name;
        status = dmn_plan_new(model, way.decision, &plan, err);
        if (status != TB_OK)
            break;
        way.plan = plan;
        status = measure_decision(cli, &way, list, err);
        dmn_plan_free(plan);
    }
    tb_arena_free(way.arena);
    if (status == TB_OK && cli->is_json)
        cli_print_json(cli, report);
    else if (status == TB_OK)
        printf("%zu bytes of model\n", dmn_model_bytes(model));
    return status;
}

static int
run_bench(struct cli *cli)
{
    return cli_dmn_with_model(cli, bench);
}

static const struct cli_option options[] = {
    {"--input", "JSON", "an object with the input data by name", false},
    {"--decision", "NAME", "only this decision, by name or id", false},
    {NULL, NULL, NULL, false},
};

const struct cli_command cli_cmd_dmn_bench = {
    .name = "dmn bench",
    .arguments = "MODEL",
    .args_min = 1,
    .args_max = 1,
    .help = "measure what an evaluation of each decision costs here",
    .more = "Processor time of one evaluation: by name as `tongban dmn eval` does it, by place "
            "with a plan, and from JSON text to JSON text; and why a plan leaves a decision to "
            "the evaluator.",
    .options = options,
    .run = run_bench,
};
