/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_plan_run.c - running a plan on one row of typed inputs. Nothing is allocated unless the evaluator has to help. */
#include "dmn/dmn_plan_internal.h"
#include <string.h>

/* ---- inputs ------------------------------------------------------------------------------------------------------ */

static const int64_t powers[] = {1,      10,      100,      1000,      10000,
                                 100000, 1000000, 10000000, 100000000, 1000000000};

/* A value as the integer of its lane; false when it is of another kind or does not fit. */
static inline bool
bind(const struct dmn_plan *plan, const struct dmn__plan_input *input,
     const struct feel_value *value, int64_t *ret)
{
    static const uint8_t kinds[] = {
        [DMN__LANE_BOOLEAN] = FEEL_BOOLEAN, [DMN__LANE_NUMBER] = FEEL_NUMBER,
        [DMN__LANE_DAY] = FEEL_DATE,        [DMN__LANE_MONTHS] = FEEL_MONTHS,
        [DMN__LANE_TEXT] = FEEL_STRING,
    };
    tb_dec number = value->u.number;
    *ret = 0;
    if (input->lane == DMN__LANE_NONE) /* only asked whether it is null */
        return true;
    if (value->kind != kinds[input->lane])
        return false;
    switch (input->lane) {
    case DMN__LANE_NUMBER:
        return !number.is_wide && number.scale <= input->scale &&
               !__builtin_mul_overflow(number.u.coef, powers[input->scale - number.scale], ret);
    case DMN__LANE_TEXT:
        *ret = dmn__text_find(plan, value->u.string);
        return true;
    case DMN__LANE_DAY:
        *ret = tb_date_to_days(value->u.moment.date);
        return true;
    case DMN__LANE_BOOLEAN:
        *ret = value->u.boolean;
        return true;
    default:
        *ret = value->u.months;
        return true;
    }
}

static inline bool
bind_input(const struct dmn_plan *plan, const struct dmn__plan_input *input,
           const struct feel_value *value, struct dmn__row *row)
{
    bool is_null = value->kind == FEEL_NULL;
    row->nulls[input->at] = is_null;
    row->values[input->at] = 0;
    return is_null || bind(plan, input, value, &row->values[input->at]);
}

bool
dmn__plan_bind(const struct dmn_plan *plan, const struct dmn__plan_input *input,
               const struct feel_value *value, struct dmn__row *row)
{
    return bind_input(plan, input, value, row);
}

static bool
bind_all(const struct dmn_plan *plan, const struct feel_value *inputs, struct dmn__row *row)
{
    for (size_t i = 0; i < plan->input_count; i++)
        if (plan->inputs[i].at != DMN__NO_REGISTER &&
            !bind_input(plan, &plan->inputs[i], &inputs[i], row))
            return false;
    return true;
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

static inline bool
decide(uint8_t code, int64_t a, int64_t b)
{
    switch (code) {
    case DMN__OP_EQ:
        return a == b;
    case DMN__OP_NE:
        return a != b;
    case DMN__OP_LT:
        return a < b;
    case DMN__OP_LE:
        return a <= b;
    case DMN__OP_GT:
        return a > b;
    default:
        return a >= b;
    }
}

/* null equals null and differs from everything else; it has no order. */
static inline void
compare(const struct dmn__op *op, struct dmn__row *row)
{
    bool is_left = row->nulls[op->a], is_right = op->b != DMN__NO_REGISTER && row->nulls[op->b];
    int64_t right = op->b != DMN__NO_REGISTER ? row->values[op->b] : op->low;
    row->nulls[op->to] = 0;
    if (!is_left && !is_right) {
        row->values[op->to] = decide(op->code, row->values[op->a], right);
        return;
    }
    row->values[op->to] = op->code == DMN__OP_EQ ? is_left && is_right : !(is_left && is_right);
    row->nulls[op->to] = op->code > DMN__OP_NE;
}

/* Of three values; `deciding` is what makes the result whatever the other side is. */
static inline void
join(const struct dmn__op *op, struct dmn__row *row, bool deciding)
{
    bool a_null = row->nulls[op->a], b_null = row->nulls[op->b];
    bool a = row->values[op->a], b = row->values[op->b];
    bool is_decided = (!a_null && a == deciding) || (!b_null && b == deciding);
    row->values[op->to] = is_decided ? deciding : !deciding;
    row->nulls[op->to] = !is_decided && (a_null || b_null);
}

static bool
calculate(const struct dmn__op *op, struct dmn__row *row)
{
    int64_t a = row->values[op->a], right = op->low, *to = &row->values[op->to];
    bool is_null = row->nulls[op->a];
    if (op->b != DMN__NO_REGISTER) {
        right = row->values[op->b];
        is_null |= row->nulls[op->b];
    }
    row->nulls[op->to] = is_null;
    *to = 0;
    if (is_null)
        return true;
    switch (op->code) {
    case DMN__OP_ADD:
        return !__builtin_add_overflow(a, right, to);
    case DMN__OP_SUBTRACT:
        return !__builtin_sub_overflow(a, right, to);
    case DMN__OP_NEGATE:
        return !__builtin_sub_overflow(INT64_C(0), a, to);
    default: /* multiply, scale */
        return !__builtin_mul_overflow(a, right, to);
    }
}

static inline void
pick(const struct dmn__op *op, struct dmn__row *row)
{
    bool is_yes = row->values[op->a] && !row->nulls[op->a];
    uint16_t from = is_yes ? op->b : op->c;
    row->values[op->to] = is_yes ? op->low : op->high;
    row->nulls[op->to] = op->is_choice && row->values[op->to] == 0;
    if (from != DMN__NO_REGISTER) {
        row->values[op->to] = row->values[from];
        row->nulls[op->to] = row->nulls[from];
    }
}

static void
test_span(const struct dmn__op *op, struct dmn__row *row)
{
    const struct dmn__span *span = op->data;
    bool is_null = row->nulls[op->a];
    bool is_in = !is_null && dmn__in_span(span, row->values[op->a]);
    if (op->code == DMN__OP_ALLOW) {
        row->values[op->to] = row->values[op->a];
        row->nulls[op->to] = !is_in;
        return;
    }
    row->values[op->to] = is_null ? span->of_null == 1 : is_in;
    row->nulls[op->to] = is_null && span->of_null == 2;
}

/* False when the choice is not of the kind that the plan counted on. */
static bool
map(const struct dmn__op *op, struct dmn__row *row)
{
    const struct dmn__map *map = op->data;
    size_t choice = row->nulls[op->a] ? 0 : (size_t)row->values[op->a];
    row->values[op->to] = map->values[choice];
    row->nulls[op->to] = map->nulls[choice];
    return map->nulls[choice] != 2;
}

static void
negate(const struct dmn__op *op, struct dmn__row *row)
{
    row->values[op->to] = !row->values[op->a];
    row->nulls[op->to] = row->nulls[op->a];
}

static void
test_null(const struct dmn__op *op, struct dmn__row *row)
{
    row->values[op->to] = (row->nulls[op->a] != 0) == (op->low != 0);
    row->nulls[op->to] = 0;
}

static void
find_rule(const struct dmn__op *op, struct dmn__row *row)
{
    row->values[op->to] = dmn__table_run(op->data, row);
    row->nulls[op->to] = row->values[op->to] == 0;
}

bool
dmn__plan_run(const struct dmn_plan *plan, struct dmn__row *row)
{
    const struct dmn__op *op = plan->ops, *end = op + plan->op_count;
    bool is_ok = true;
    for (; is_ok && op < end; op++)
        switch (op->code) {
        case DMN__OP_IS_NULL:
            test_null(op, row);
            break;
        case DMN__OP_AND:
            join(op, row, false);
            break;
        case DMN__OP_OR:
            join(op, row, true);
            break;
        case DMN__OP_NOT:
            negate(op, row);
            break;
        case DMN__OP_PICK:
            pick(op, row);
            break;
        case DMN__OP_IN:
        case DMN__OP_ALLOW:
            test_span(op, row);
            break;
        case DMN__OP_MAP:
            is_ok = map(op, row);
            break;
        case DMN__OP_TABLE:
            find_rule(op, row);
            break;
        case DMN__OP_ADD:
        case DMN__OP_SUBTRACT:
        case DMN__OP_MULTIPLY:
        case DMN__OP_NEGATE:
        case DMN__OP_SCALE:
            is_ok = calculate(op, row);
            break;
        default:
            compare(op, row);
        }
    return is_ok;
}

/* ---- results ----------------------------------------------------------------------------------------------------- */

size_t
dmn__plan_choice(const struct dmn_plan *plan, const struct dmn__row *row, uint16_t at)
{
    if (row->nulls[at])
        return 0;
    size_t value = (size_t)row->values[at];
    return plan->registers[at].lane == DMN__LANE_BOOLEAN ? 1 + value : value;
}

static tb_status
evaluate(struct tb_arena *arena, const struct dmn_plan *plan, const struct feel_value *inputs,
         struct feel_value *ret_value, struct tb_err *err)
{
    struct feel_entry *entries = TB_NEW_ARRAY(arena, plan->input_count, struct feel_entry);
    for (size_t i = 0; i < plan->input_count; i++)
        entries[i] = (struct feel_entry){plan->inputs[i].name, inputs[i]};
    struct feel_value context = feel_context_of(arena, entries, plan->input_count);
    return dmn_eval(arena, plan->model, plan->decision, &context, NULL, ret_value, err);
}

tb_status
dmn_plan_eval(struct tb_arena *arena, const struct dmn_plan *plan, const struct feel_value *inputs,
              struct feel_value *ret_value, struct tb_err *err)
{
    struct dmn__row row;
    if (plan->result == DMN__NO_REGISTER || !bind_all(plan, inputs, &row) ||
        !dmn__plan_run(plan, &row))
        return evaluate(arena, plan, inputs, ret_value, err);
    *ret_value = plan->choices[dmn__plan_choice(plan, &row, plan->result)];
    return TB_OK;
}
