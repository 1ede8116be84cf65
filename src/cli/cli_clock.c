/* SPDX-License-Identifier: Apache-2.0 */
/* tongban clock due: when a period ends, by the calendar that is compiled in. */
#include "cli/cli_internal.h"
#include "clock/clock.h"
#include <string.h>

#define DUE_BYTES_MAX (16u << 20)

struct due_run {
    struct cli *cli;
    const struct clock_calendar *calendar;
    const struct clock_hours *hours;
    bool stays;
    struct tb_json *list; /* with --json */
    size_t bad;
};

static tb_status
reckon(struct due_run *run, tb_str when_text, tb_str period_text, struct clock_due *ret_due,
       struct tb_err *err)
{
    struct clock_when when;
    struct clock_period period;
    TB_TRY(clock_when_parse(when_text, &when, err));
    TB_TRY(clock_period_parse(period_text, &period, err));
    period.stays = run->stays;
    return clock_due(run->calendar, run->hours, when, period, ret_due, err);
}

static struct tb_json *
due_json(struct tb_arena *arena, tb_str when, tb_str period, const struct clock_due *due)
{
    struct clock_due plain = *due;
    plain.is_provisional = false;
    struct tb_json *object = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_text(arena, object, "when", when);
    tb_json_set_text(arena, object, "period", period);
    tb_json_set_text(arena, object, "due", clock_due_format(arena, &plain));
    tb_json_set_bool(arena, object, "provisional", due->is_provisional);
    return object;
}

/* One line `WHEN PERIOD`; blanks between and around do not matter. */
static void
do_line(struct due_run *run, struct tb_arena *scratch, int64_t number, tb_str line)
{
    struct tb_err err = {0};
    struct clock_due due;
    size_t space = 0;
    while (space < line.len && line.ptr[space] != ' ' && line.ptr[space] != '\t')
        space++;
    tb_str when = tb_str_sub(line, 0, space),
           period = tb_str_trim(tb_str_sub(line, space, line.len));
    tb_status status = period.len == 0
                           ? tb_fail(&err, TB_INVALID, "write WHEN PERIOD, such as 2026-02-10 20wd")
                           : reckon(run, when, period, &due, &err);
    if (run->list != NULL) {
        struct tb_json *one = status == TB_OK ? due_json(run->cli->arena, when, period, &due)
                                              : tb_json_new(run->cli->arena, TB_JSON_OBJECT);
        tb_json_set_int(run->cli->arena, one, "line", number);
        if (status != TB_OK)
            tb_json_set_text(run->cli->arena, one, "error",
                             tb_str_copy(run->cli->arena, tb_str_of(err.message)));
        tb_json_add(run->list, one);
    } else if (status == TB_OK) {
        printf(TB_FMT "\n", TB_ARG(clock_due_format(scratch, &due)));
    }
    if (status != TB_OK) {
        fprintf(stderr, "line %lld: %s\n", (long long)number, err.message);
        run->bad++;
    }
}

static int
due_lines(struct due_run *run)
{
    struct cli *cli = run->cli;
    struct tb_err err = {0};
    tb_str rest, line;
    if (cli_read_file(cli, "-", DUE_BYTES_MAX, &rest, &err) != TB_OK)
        return cli_fail(cli, &err);
    if (cli->is_json)
        run->list = tb_json_new(cli->arena, TB_JSON_LIST);
    struct tb_arena *scratch = tb_arena_new(0);
    for (int64_t number = 1; tb_str_cut(&rest, '\n', &line); number++) {
        line = tb_str_trim(line);
        if (line.len > 0)
            do_line(run, scratch, number, line);
        tb_arena_reset(scratch);
    }
    tb_arena_free(scratch);
    if (cli->is_json)
        cli_print_json(cli, run->list);
    return run->bad > 0 ? CLI_FOUND : CLI_OK;
}

static int
run_due(struct cli *cli)
{
    struct tb_err err = {0};
    struct clock_hours hours;
    struct due_run run = {.cli = cli,
                          .calendar = clock_calendar_builtin(cli->arena),
                          .stays = cli_has(cli, "--stays")};
    const char *spans = cli_value(cli, "--hours");
    if (spans != NULL) {
        if (clock_hours_parse(tb_str_of(spans), &hours, &err) != TB_OK)
            return cli_fail(cli, &err);
        run.hours = &hours;
    }
    if (cli->arg_count == 1 && strcmp(cli->args[0], "-") == 0)
        return due_lines(&run);
    struct clock_due due;
    if (cli->arg_count != 2)
        tb_fail(&err, TB_INVALID,
                "give WHEN and PERIOD, such as 2026-02-10 20wd, or - for lines on standard input");
    else if (reckon(&run, tb_str_of(cli->args[0]), tb_str_of(cli->args[1]), &due, &err) == TB_OK) {
        if (cli->is_json)
            cli_print_json(
                cli, due_json(cli->arena, tb_str_of(cli->args[0]), tb_str_of(cli->args[1]), &due));
        else
            printf(TB_FMT "\n", TB_ARG(clock_due_format(cli->arena, &due)));
        return CLI_OK;
    }
    return cli_fail(cli, &err);
}

static const struct cli_option due_options[] = {
    {"--hours", "SPANS", "opening hours for wh, such as 09:00-12:00,13:00-17:00 (the default)",
     false},
    {"--stays", NULL, "a last day off does not move (where the law's row says so, 民法典 204)",
     false},
    {NULL, NULL, NULL, false},
};

const struct cli_command cli_cmd_clock_due = {
    .name = "clock due",
    .arguments = "WHEN PERIOD | -",
    .args_min = 1,
    .args_max = 2,
    .help = "Say when a statutory period ends",
    .more = "WHEN is 2026-02-10 or 2026-02-10T09:30 (Asia/Shanghai); PERIOD is a number and a "
            "unit: wd working days, d\n"
            "natural days, mo months, h and min running time, wh office hours. The day of WHEN is "
            "not counted. A d or mo\n"
            "period whose last day is a day off ends on the next working day (民法典 203). Beyond "
            "the last official\n"
            "calendar the day is followed by ` provisional`: by the statutory holidays alone.\n"
            "With - each line of standard input is WHEN PERIOD; a bad line is told on standard "
            "error and the rest is done.",
    .options = due_options,
    .run = run_due,
};
