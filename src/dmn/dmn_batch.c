/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_batch.c - making a batch: one plan for all decisions, tables as steps, texts as the plan's codes. */
#include "dmn/dmn_batch_internal.h"
#include <string.h>

/* ---- columns ----------------------------------------------------------------------------------------------------- */

static dmn__lane
lane_of_column(const struct dmn_column *column)
{
    static const dmn__lane lanes[] = {DMN__LANE_NONE, DMN__LANE_NUMBER, DMN__LANE_DAY,
                                      DMN__LANE_BOOLEAN, DMN__LANE_TEXT};
    return lanes[column->kind];
}

static tb_status
check_columns(const struct dmn_column *columns, size_t count, struct tb_err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (columns[i].kind > DMN_COLUMN_TEXTS || columns[i].scale < 0 ||
            columns[i].scale > DMN__SCALE_MAX)
            return tb_fail(err, TB_INVALID,
                           "column " TB_FMT ": kind %d at scale %d; give a dmn_column_kind and a "
                           "scale from 0 to %d",
                           TB_ARG(columns[i].input), (int)columns[i].kind, columns[i].scale,
                           DMN__SCALE_MAX);
        for (size_t other = 0; other < i; other++)
            if (tb_str_eq(columns[i].input, columns[other].input))
                return tb_fail(err, TB_INVALID, "two columns for input " TB_FMT,
                               TB_ARG(columns[i].input));
    }
    return TB_OK;
}

static void
match_columns(struct dmn_batch *batch, const struct dmn_column *columns)
{
    struct dmn_plan *plan = batch->plan;
    batch->columns = TB_NEW_ARRAY(plan->arena, plan->input_count, int);
    batch->kinds = TB_NEW_ARRAY(plan->arena, batch->column_count, dmn_column_kind);
    batch->scales = TB_NEW_ARRAY(plan->arena, batch->column_count, int);
    for (size_t c = 0; c < batch->column_count; c++) {
        batch->kinds[c] = columns[c].kind;
        batch->scales[c] = columns[c].scale;
    }
    for (size_t i = 0; i < plan->input_count; i++) {
        struct dmn__plan_input *input = &plan->inputs[i];
        batch->columns[i] = -1;
        for (size_t c = 0; c < batch->column_count; c++)
            if (tb_str_eq(columns[c].input, input->name))
                batch->columns[i] = (int)c;
        if (batch->columns[i] < 0)
            continue;
        input->lane = (uint8_t)lane_of_column(&columns[batch->columns[i]]);
        if (input->lane == DMN__LANE_NUMBER)
            input->scale = (int8_t)columns[batch->columns[i]].scale;
    }
}

/* After planning: which inputs can be read as they lie in their column. */
static void
read_lanes(struct dmn_batch *batch, const struct dmn_column *columns)
{
    struct dmn_plan *plan = batch->plan;
    batch->is_direct = TB_NEW_ARRAY(plan->arena, plan->input_count, bool);
    batch->text_codes = TB_NEW_ARRAY(plan->arena, plan->input_count, uint16_t *);
    batch->text_counts = TB_NEW_ARRAY(plan->arena, plan->input_count, size_t);
    for (size_t i = 0; i < plan->input_count; i++) {
        const struct dmn__plan_input *input = &plan->inputs[i];
        if (input->at == DMN__NO_REGISTER || batch->columns[i] < 0)
            continue;
        const struct dmn_column *column = &columns[batch->columns[i]];
        batch->is_direct[i] = input->lane == lane_of_column(column) &&
                              input->lane != DMN__LANE_NONE &&
                              (input->lane != DMN__LANE_NUMBER || input->scale == column->scale);
        if (column->kind != DMN_COLUMN_TEXTS || !batch->is_direct[i])
            continue;
        batch->text_counts[i] = column->text_count;
        batch->text_codes[i] = TB_NEW_ARRAY(plan->arena, column->text_count, uint16_t);
        for (size_t t = 0; t < column->text_count; t++)
            batch->text_codes[i][t] = (uint16_t)dmn__text_find(plan, column->texts[t]);
    }
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static void
make_steps(struct dmn_plan *plan, const struct dmn__plan_column *from, struct dmn__batch_column *to)
{
    size_t classes = 2 * (size_t)from->border_count + 1;
    int64_t *steps = TB_NEW_ARRAY(plan->arena, classes, int64_t);
    uint64_t *sets = TB_NEW_ARRAY(plan->arena, classes, uint64_t);
    sets[0] = from->sets[from->set_of[0]];
    for (size_t class = 1; class < classes; class ++) {
        int64_t step = from->borders[(class - 1) / 2];
        uint64_t set = from->sets[from->set_of[class]];
        bool is_above = class % 2 == 0;
        if (is_above && step == INT64_MAX)
            break;
        step += is_above;
        if (set == sets[to->step_count])
            continue;
        steps[to->step_count++] = step;
        sets[to->step_count] = set;
    }
    to->steps = steps;
    to->sets = sets;
}

static void
make_column(struct dmn_plan *plan, const struct dmn__plan_column *from,
            struct dmn__batch_column *to)
{
    to->at = from->at;
    to->lane = plan->registers[from->at].lane;
    if (!from->is_direct) {
        make_steps(plan, from, to);
        return;
    }
    size_t count = to->lane == DMN__LANE_BOOLEAN ? 2 : plan->text_count + 1;
    uint64_t *sets = TB_NEW_ARRAY(plan->arena, count, uint64_t);
    for (size_t i = 0; i < count; i++)
        sets[i] = from->sets[from->set_of[i < plan->text_count || count == 2 ? i : 0]];
    to->sets = sets;
}

static struct dmn__batch_table *
make_table(struct dmn_plan *plan, const struct dmn__plan_table *from)
{
    struct dmn__batch_table *to = TB_NEW(plan->arena, struct dmn__batch_table);
    bool is_simple =
        from->words == 1 && (from->policy == DMN__FIRST || from->policy == DMN__UNIQUE);
    for (size_t c = 0; c < from->column_count; c++)
        is_simple &= from->columns[c].allowed == NULL;
    if (!is_simple)
        return to;
    to->is_unique = from->policy == DMN__UNIQUE;
    to->column_count = from->column_count;
    to->columns = TB_NEW_ARRAY(plan->arena, from->column_count, struct dmn__batch_column);
    for (size_t c = 0; c < from->column_count; c++)
        make_column(plan, &from->columns[c], &to->columns[c]);
    for (size_t rule = 0; rule < from->rule_count; rule++)
        to->choices[rule] = (uint16_t)from->choices[rule];
    to->choices[64] = (uint16_t)from->choices[from->rule_count];
    return to;
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

static bool
is_arithmetic(const struct dmn__op *op)
{
    return op->code >= DMN__OP_ADD && op->code <= DMN__OP_SCALE;
}

static void
note_operands(struct dmn_batch *batch, const struct dmn__op *op)
{
    const uint16_t used[] = {op->a, op->b, op->c};
    size_t from = op->code == DMN__OP_PICK ? 1 : 0;
    for (size_t i = from; i < TB_COUNT(used); i++)
        if (used[i] != DMN__NO_REGISTER)
            batch->is_ranged[used[i]] = true;
}

/* What arithmetic hangs on, from the last operation to the first. */
static void
find_ranges(struct dmn_batch *batch)
{
    struct dmn_plan *plan = batch->plan;
    for (size_t i = plan->op_count; i-- > 0;) {
        const struct dmn__op *op = &plan->ops[i];
        bool passes_on = op->code == DMN__OP_PICK || op->code == DMN__OP_ALLOW;
        if (is_arithmetic(op) || (passes_on && batch->is_ranged[op->to]))
            note_operands(batch, op);
    }
}

static void
plan_decisions(struct dmn__planner *p, struct dmn_batch *batch,
               const struct dmn__node *const *nodes)
{
    for (size_t i = 0; i < batch->result_count; i++) {
        struct dmn__batch_result *result = &batch->results[i];
        result->decision = nodes[i]->info.name;
        result->at = DMN__NO_REGISTER;
        if (!dmn__plan_result(p, nodes[i], &result->at))
            result->why = p->plan->why;
    }
    if (p->plan->choice_count <= DMN__CODES_MAX && p->plan->text_count < DMN__CODES_MAX)
        return;
    for (size_t i = 0; i < batch->result_count; i++)
        batch->results[i] = (struct dmn__batch_result){nodes[i]->info.name, DMN__NO_REGISTER,
                                                       "more than 65,536 constants"};
}

static tb_status
find_nodes(struct tb_arena *arena, const struct dmn_model *model, const tb_str *decisions,
           size_t count, const struct dmn__node ***ret_nodes, struct tb_err *err)
{
    const struct dmn__node **nodes = TB_NEW_ARRAY(arena, count, const struct dmn__node *);
    for (size_t i = 0; i < count; i++) {
        nodes[i] = dmn__node_find(model, DMN__DECISION, decisions[i]);
        if (nodes[i] == NULL)
            return tb_fail(err, TB_NOT_FOUND, "model " TB_FMT " has no decision \"" TB_FMT "\"",
                           TB_ARG(model->name), TB_ARG(decisions[i]));
    }
    *ret_nodes = nodes;
    return TB_OK;
}

static struct dmn_batch *
batch_new(struct dmn__planner *p, const struct dmn__node *const *nodes, size_t count,
          const struct dmn_column *columns, size_t column_count)
{
    struct dmn_plan *plan = p->plan;
    struct dmn_batch *batch = TB_NEW(plan->arena, struct dmn_batch);
    batch->plan = plan;
    batch->column_count = column_count;
    batch->result_count = count;
    batch->results = TB_NEW_ARRAY(plan->arena, count, struct dmn__batch_result);
    match_columns(batch, columns);
    plan_decisions(p, batch, nodes);
    dmn__planner_finish(p);
    read_lanes(batch, columns);
    batch->tables = TB_NEW_ARRAY(plan->arena, plan->op_count, struct dmn__batch_table *);
    for (size_t i = 0; i < plan->op_count; i++)
        if (plan->ops[i].code == DMN__OP_TABLE)
            batch->tables[i] = make_table(plan, plan->ops[i].data);
    find_ranges(batch);
    return batch;
}

tb_status
dmn_batch_new(const struct dmn_model *model, const tb_str *decisions, size_t decision_count,
              const struct dmn_column *columns, size_t column_count, struct dmn_batch **ret_batch,
              struct tb_err *err)
{
    struct dmn__planner p;
    const struct dmn__node **nodes = NULL;
    TB_TRY(check_columns(columns, column_count, err));
    dmn__planner_start(&p, model, NULL);
    tb_status status = find_nodes(p.arena, model, decisions, decision_count, &nodes, err);
    if (status != TB_OK) {
        dmn__planner_finish(&p);
        dmn_plan_free(p.plan);
        return status;
    }
    *ret_batch = batch_new(&p, nodes, decision_count, columns, column_count);
    return TB_OK;
}

void
dmn_batch_free(struct dmn_batch *batch)
{
    if (batch != NULL)
        dmn_plan_free(batch->plan);
}

const char *
dmn_batch_why(const struct dmn_batch *batch, size_t decision)
{
    return batch->results[decision].why;
}
