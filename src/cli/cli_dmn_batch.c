/* SPDX-License-Identifier: Apache-2.0 */
/* tongban dmn batch: a table of inputs in, a table of results out. */
#include "cli/cli_dmn_internal.h"
#include "sheet/sheet.h"
#include <string.h>

#define ROWS_BYTES_MAX ((size_t)1 << 30)
#define SCALE_MAX 9

/* A table of inputs, and the column that is being read. */
struct reader {
    struct tb_arena *arena;
    tb_str file;
    const struct sheet_table *table;
    struct tb_faults *faults;
    uint8_t *nulls;
};

static tb_str
cell(const struct reader *r, size_t row, int column)
{
    return sheet_cell(&r->table->rows[row], column);
}

static void
bad_cell(struct reader *r, size_t row, int column, const char *zh, const char *en)
{
    tb_str text = cell(r, row, column), name = r->table->columns[column];
    tb_fault_add(
        r->faults, tb_printf(r->arena, TB_FMT ":%d", TB_ARG(r->file), r->table->rows[row].line),
        "bad_cell",
        tb_printf(r->arena, "“" TB_FMT "”列的“" TB_FMT "”%s", TB_ARG(name), TB_ARG(text), zh),
        tb_printf(r->arena, "column \"" TB_FMT "\": \"" TB_FMT "\" %s", TB_ARG(name), TB_ARG(text),
                  en));
}

/* Numbers at the finest scale that one of them has; values where that does not fit. */
static void
read_numbers(struct reader *r, int column, struct dmn_column *to)
{
    size_t count = r->table->row_count;
    struct feel_value *values = TB_NEW_ARRAY(r->arena, count, struct feel_value);
    int64_t *numbers = TB_NEW_ARRAY(r->arena, count, int64_t);
    for (size_t i = 0; i < count; i++) {
        tb_dec number;
        values[i] = feel_null();
        if (r->nulls[i])
            continue;
        if (!tb_dec_parse(cell(r, i, column), &number)) {
            bad_cell(r, i, column, "不是数，应如 12.50", "is no number; write 12.50");
            continue;
        }
        values[i] = feel_number(number);
        if (number.is_wide || number.scale > SCALE_MAX)
            to->scale = SCALE_MAX + 1;
        else if (number.scale > to->scale)
            to->scale = number.scale;
    }
    to->kind = DMN_COLUMN_NUMBERS;
    to->items = numbers;
    for (size_t i = 0; to->scale <= SCALE_MAX && i < count; i++) {
        numbers[i] = values[i].kind == FEEL_NUMBER ? values[i].u.number.u.coef : 0;
        for (int s = values[i].u.number.scale; values[i].kind == FEEL_NUMBER && s < to->scale; s++)
            if (__builtin_mul_overflow(numbers[i], 10, &numbers[i]))
                to->scale = SCALE_MAX + 1;
    }
    if (to->scale <= SCALE_MAX)
        return;
    to->kind = DMN_COLUMN_VALUES;
    to->scale = 0;
    to->items = values;
    to->nulls = NULL;
}

static void
read_days(struct reader *r, int column, struct dmn_column *to)
{
    int32_t *days = TB_NEW_ARRAY(r->arena, r->table->row_count, int32_t);
    for (size_t i = 0; i < r->table->row_count; i++) {
        tb_date date;
        if (r->nulls[i])
            continue;
        if (!tb_date_parse(cell(r, i, column), &date) || date.year > 9999)
            bad_cell(r, i, column, "不是日期，应如 2024-01-31", "is no date; write 2024-01-31");
        else
            days[i] = (int32_t)tb_date_to_days(date);
    }
    to->kind = DMN_COLUMN_DAYS;
    to->items = days;
}

static void
read_truths(struct reader *r, int column, struct dmn_column *to)
{
    uint8_t *truths = TB_NEW_ARRAY(r->arena, r->table->row_count, uint8_t);
    for (size_t i = 0; i < r->table->row_count; i++) {
        tb_str text = cell(r, i, column);
        truths[i] = tb_str_is(text, "true") || tb_str_is(text, "是");
        if (!r->nulls[i] && !truths[i] && !tb_str_is(text, "false") && !tb_str_is(text, "否"))
            bad_cell(r, i, column, "不是真假，应为 true 或 false",
                     "is no truth; write true or false");
    }
    to->kind = DMN_COLUMN_BOOLEANS;
    to->items = truths;
}

/* Each text once. */
static void
read_texts(struct reader *r, int column, struct dmn_column *to)
{
    size_t rows = r->table->row_count, cap = 16, count = 0;
    while (cap < rows * 2)
        cap *= 2;
    uint32_t *slots = TB_NEW_ARRAY(r->arena, cap, uint32_t);
    uint32_t *places = TB_NEW_ARRAY(r->arena, rows, uint32_t);
    tb_str *texts = TB_NEW_ARRAY(r->arena, rows + 1, tb_str);
    for (size_t i = 0; i < rows; i++) {
        tb_str text = cell(r, i, column);
        size_t at = tb_hash(text) & (cap - 1);
        while (slots[at] != 0 && !tb_str_eq(texts[slots[at] - 1], text))
            at = (at + 1) & (cap - 1);
        if (slots[at] == 0) {
            texts[count++] = text;
            slots[at] = (uint32_t)count;
        }
        places[i] = slots[at] - 1;
    }
    to->kind = DMN_COLUMN_TEXTS;
    to->items = places;
    to->texts = texts;
    to->text_count = count;
}

/* Durations and times as FEEL reads them. */
static void
read_others(struct reader *r, int column, feel_kind kind, struct dmn_column *to)
{
    struct feel_value *values = TB_NEW_ARRAY(r->arena, r->table->row_count, struct feel_value);
    for (size_t i = 0; i < r->table->row_count; i++) {
        values[i] = feel_null();
        if (!r->nulls[i] &&
            !feel_parse_temporal(r->arena, cell(r, i, column), kind, NULL, &values[i]))
            bad_cell(r, i, column, "读不懂，应如 P1D 或 08:00:00",
                     "cannot be read; write P1D or 08:00:00");
    }
    to->kind = DMN_COLUMN_VALUES;
    to->items = values;
    to->nulls = NULL;
}

static struct dmn_column
read_column(struct reader *r, int column, const struct feel_type *type)
{
    struct dmn_column to = {.input = r->table->columns[column]};
    feel_kind kind = type->kind == FEEL_TYPE_BASE ? type->base : FEEL_STRING;
    r->nulls = TB_NEW_ARRAY(r->arena, r->table->row_count, uint8_t);
    to.nulls = r->nulls;
    for (size_t i = 0; i < r->table->row_count; i++)
        r->nulls[i] = cell(r, i, column).len == 0;
    if (kind == FEEL_NUMBER)
        read_numbers(r, column, &to);
    else if (kind == FEEL_DATE)
        read_days(r, column, &to);
    else if (kind == FEEL_BOOLEAN)
        read_truths(r, column, &to);
    else if (kind == FEEL_STRING)
        read_texts(r, column, &to);
    else
        read_others(r, column, kind, &to);
    return to;
}

static tb_status
read_columns(struct reader *r, const struct dmn_model *model, struct dmn_column *columns,
             struct tb_err *err)
{
    const struct dmn_input_info *inputs;
    size_t count;
    TB_TRY(dmn_inputs(r->arena, model, TB_STR_NONE, &inputs, &count, err));
    for (size_t c = 0; c < r->table->column_count; c++) {
        size_t i = 0;
        while (i < count && !tb_str_eq(inputs[i].name, r->table->columns[c]))
            i++;
        if (i < count) {
            columns[c] = read_column(r, (int)c, inputs[i].type);
            continue;
        }
        tb_fault_add(
            r->faults, r->file, "unknown_input",
            tb_printf(r->arena, "没有名为“" TB_FMT "”的输入", TB_ARG(r->table->columns[c])),
            tb_printf(r->arena, "column \"" TB_FMT "\" is no input of the model",
                      TB_ARG(r->table->columns[c])));
    }
    if (r->faults->count > 0)
        return tb_fail(err, TB_INVALID, "%zu faults in the rows", r->faults->count);
    return TB_OK;
}

static void
print_results(struct cli *cli, const struct dmn_results *results, size_t count, size_t rows)
{
    tb_str *cells = TB_NEW_ARRAY(cli->arena, count, tb_str);
    struct tb_arena *arena = tb_arena_new(0);
    for (size_t d = 0; d < count; d++)
        cells[d] = results[d].decision;
    for (size_t row = 0; row <= rows; row++) {
        struct tb_buf line = {.arena = arena};
        for (size_t d = 0; row > 0 && d < count; d++) {
            const struct feel_value *value = dmn_result(&results[d], row - 1);
            cells[d] = value->kind == FEEL_NULL ? TB_STR("") : feel_format(arena, value);
        }
        sheet_csv_row(&line, cells, count);
        fwrite(line.ptr, 1, line.len, stdout);
        tb_arena_reset(arena);
    }
    tb_arena_free(arena);
}

static size_t
wanted_decisions(struct cli *cli, const struct dmn_model *model, const tb_str **ret_names)
{
    size_t count;
    const struct dmn_decision_info *all = dmn_decisions(model, &count);
    const char *only = cli_value(cli, "--decision");
    tb_str *names = TB_NEW_ARRAY(cli->arena, count + 1, tb_str);
    for (size_t i = 0; i < count; i++)
        names[i] = all[i].name;
    *ret_names = names;
    if (only == NULL)
        return count;
    names[0] = tb_str_of(only);
    return 1;
}

static tb_status
batch(struct cli *cli, const struct dmn_model *model, struct tb_faults *faults, struct tb_err *err)
{
    struct sheet_table table;
    tb_str bytes, file = tb_str_of(cli_value(cli, "--rows"));
    const tb_str *decisions;
    struct dmn_batch *made;
    int64_t threads = 1;
    const char *wanted = cli_value(cli, "--threads");
    if (wanted != NULL && (!tb_str_to_int(tb_str_of(wanted), &threads) || threads < 1))
        return tb_fail(err, TB_INVALID, "--threads %s: give a number from 1", wanted);
    TB_TRY(cli_read_file(cli, cli_value(cli, "--rows"), ROWS_BYTES_MAX, &bytes, err));
    TB_TRY(sheet_read_table(cli->arena, file, bytes, faults, &table, err));
    struct reader r = {.arena = cli->arena, .file = file, .table = &table, .faults = faults};
    struct dmn_column *columns = TB_NEW_ARRAY(cli->arena, table.column_count, struct dmn_column);
    TB_TRY(read_columns(&r, model, columns, err));
    size_t count = wanted_decisions(cli, model, &decisions);
    struct dmn_results *results = TB_NEW_ARRAY(cli->arena, count, struct dmn_results);
    TB_TRY(dmn_batch_new(model, decisions, count, columns, table.column_count, &made, err));
    tb_status status = dmn_batch_run(cli->arena, made, columns, table.row_count,
                                     (unsigned)(threads < 64 ? threads : 64), results, err);
    if (status == TB_OK)
        print_results(cli, results, count, table.row_count);
    dmn_batch_free(made);
    return status;
}

static int
run_batch(struct cli *cli)
{
    return cli_dmn_with_model(cli, batch);
}

static const struct cli_option options[] = {
    {"--rows", "FILE", "CSV or XLSX whose columns are named as the inputs; an empty cell is null",
     true},
    {"--decision", "NAME", "only this decision, by name or id", false},
    {"--threads", "N", "how many rows are worked on at once; 1 unless given", false},
    {NULL, NULL, NULL, false},
};

const struct cli_command cli_cmd_dmn_batch = {
    .name = "dmn batch",
    .arguments = "MODEL",
    .args_min = 1,
    .args_max = 1,
    .help = "evaluate the decisions of a DMN file for every row of a table",
    .more = "Prints CSV: a column for each decision, a row for each row, in the same order. Each "
            "result is what `tongban dmn eval` gives for that row.",
    .options = options,
    .run = run_batch,
};
