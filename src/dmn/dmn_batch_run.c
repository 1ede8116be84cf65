/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_batch_run.c - running a batch: blocks of rows, drawn by as many threads as the caller wants.
 *
 * A block runs through the operations of the plan with the kernels of dmn_kernel.c. Rows that these cannot do - a
 * null, a choice without a value in its lane, a value that is not what the model says - are marked odd and done alone,
 * by the plan or, where that gives up, by the evaluator. That no integer overflows is not tested row by row: from the
 * least and greatest value of each column of the block, the range of every result is reckoned; a block where one might
 * overflow is odd as a whole. */
#include "dmn/dmn_batch_internal.h"
#include <pthread.h>
#include <string.h>

#define THREADS_MAX 64

struct shared {
    const struct dmn_batch *batch;
    const struct dmn_column *columns;
    size_t row_count;
    size_t next; /* atomic: the block that is drawn next */
    uint16_t **codes;
    struct feel_value **values;
    const struct dmn__kernels *kernels;
};

struct range {
    int64_t low, high;
};

struct worker {
    struct shared *shared;
    struct tb_arena *arena;   /* lanes, and values that stay */
    struct tb_arena *scratch; /* of one evaluation */
    void *own[DMN__REGISTERS_MAX];
    const void *lanes[DMN__REGISTERS_MAX]; /* own, or a column */
    struct range ranges[DMN__REGISTERS_MAX];
    uint8_t odd[DMN__BLOCK];
    uint8_t counts[DMN__BLOCK];
    uint64_t sets[DMN__BLOCK];
    bool has_odd;
    size_t from, count; /* the block */
    struct dmn__row row;
    struct tb_err err;
    tb_status status;
};

/* ---- values one by one ------------------------------------------------------------------------------------------- */

static struct feel_value
value_at(const struct dmn_column *column, size_t row)
{
    struct feel_value value = feel_null();
    if (column->nulls != NULL && column->nulls[row])
        return value;
    switch (column->kind) {
    case DMN_COLUMN_NUMBERS:
        value.kind = FEEL_NUMBER;
        value.u.number = tb_dec_of(0);
        value.u.number.u.coef = ((const int64_t *)column->items)[row];
        value.u.number.scale = (int16_t)column->scale;
        return value;
    case DMN_COLUMN_DAYS:
        return feel_date(tb_date_from_days(((const int32_t *)column->items)[row]));
    case DMN_COLUMN_BOOLEANS:
        return feel_boolean(((const uint8_t *)column->items)[row]);
    case DMN_COLUMN_TEXTS:
        if (((const uint32_t *)column->items)[row] >= column->text_count)
            return value;
        return feel_string(column->texts[((const uint32_t *)column->items)[row]]);
    default:
        return ((const struct feel_value *)column->items)[row];
    }
}

static struct feel_value
input_at(const struct worker *w, size_t input, size_t row)
{
    int column = w->shared->batch->columns[input];
    return column >= 0 ? value_at(&w->shared->columns[column], row) : feel_null();
}

static bool
evaluate(struct worker *w, size_t result, size_t row, struct feel_value *ret)
{
    const struct dmn_batch *batch = w->shared->batch;
    const struct dmn_plan *plan = batch->plan;
    tb_arena_reset(w->scratch);
    struct feel_entry *entries = TB_NEW_ARRAY(w->scratch, plan->input_count, struct feel_entry);
    for (size_t i = 0; i < plan->input_count; i++)
        entries[i] = (struct feel_entry){plan->inputs[i].name, input_at(w, i, row)};
    struct feel_value context = feel_context_of(w->scratch, entries, plan->input_count);
    w->status = dmn_eval(w->scratch, plan->model, batch->results[result].decision, &context, NULL,
                         ret, &w->err);
    return w->status == TB_OK;
}

/* The number of a value among the choices; a planned decision gives nothing else. */
static size_t
choice_number(struct worker *w, const struct feel_value *value)
{
    const struct dmn_plan *plan = w->shared->batch->plan;
    struct tb_buf text = {.arena = w->scratch};
    size_t at = 0;
    tb_json_write(&text, feel_to_json(w->scratch, value));
    tb_str wanted = tb_buf_done(&text);
    while (at < plan->choice_count &&
           !(feel_equal(&plan->choices[at], value) && tb_str_eq(plan->choice_texts[at], wanted)))
        at++;
    tb_assert(at < plan->choice_count);
    return at;
}

/* A row alone: by the plan, or by the evaluator. */
static void
run_row(struct worker *w, size_t at)
{
    const struct dmn_batch *batch = w->shared->batch;
    const struct dmn_plan *plan = batch->plan;
    size_t row = w->from + at;
    bool is_ok = true;
    for (size_t i = 0; is_ok && i < plan->input_count; i++) {
        struct feel_value value = input_at(w, i, row);
        if (plan->inputs[i].at != DMN__NO_REGISTER)
            is_ok = dmn__plan_bind(plan, &plan->inputs[i], &value, &w->row);
    }
    is_ok = is_ok && dmn__plan_run(plan, &w->row);
    for (size_t r = 0; r < batch->result_count; r++) {
        struct feel_value value;
        if (batch->results[r].at == DMN__NO_REGISTER)
            continue;
        size_t choice = 0;
        if (is_ok)
            choice = dmn__plan_choice(plan, &w->row, batch->results[r].at);
        else if (!evaluate(w, r, row, &value))
            return;
        else
            choice = choice_number(w, &value);
        w->shared->codes[r][row] = (uint16_t)choice;
    }
}

/* ---- inputs ------------------------------------------------------------------------------------------------------ */

static size_t
lane_bytes(uint8_t lane)
{
    return lane == DMN__LANE_BOOLEAN                            ? 1
           : lane == DMN__LANE_TEXT || lane == DMN__LANE_CHOICE ? 2
                                                                : 8;
}

static void
mark_odd(struct worker *w, size_t at)
{
    w->odd[at] = 1;
    w->has_odd = true;
}

static void
put_lane(struct worker *w, uint16_t at, size_t i, int64_t value)
{
    size_t bytes = lane_bytes(w->shared->batch->plan->registers[at].lane);
    if (bytes == 1)
        ((uint8_t *)w->own[at])[i] = (uint8_t)value;
    else if (bytes == 2)
        ((uint16_t *)w->own[at])[i] = (uint16_t)value;
    else
        ((int64_t *)w->own[at])[i] = value;
}

static int64_t
get_lane(const struct worker *w, uint16_t at, size_t i)
{
    size_t bytes = lane_bytes(w->shared->batch->plan->registers[at].lane);
    if (bytes == 1)
        return ((const uint8_t *)w->lanes[at])[i];
    if (bytes == 2)
        return ((const uint16_t *)w->lanes[at])[i];
    return ((const int64_t *)w->lanes[at])[i];
}

/* A column as it lies, or copied where the block is the last. */
static void
take_column(struct worker *w, uint16_t at, const void *items, size_t size)
{
    const char *from = (const char *)items + w->from * size;
    w->lanes[at] = from;
    if (w->count == DMN__BLOCK)
        return;
    memcpy(w->own[at], from, w->count * size);
    memset((char *)w->own[at] + w->count * size, 0, (DMN__BLOCK - w->count) * size);
    w->lanes[at] = w->own[at];
}

static void
take_days(struct worker *w, uint16_t at, const int32_t *items)
{
    int32_t last[DMN__BLOCK] = {0};
    const int32_t *from = items + w->from;
    if (w->count < DMN__BLOCK) {
        memcpy(last, from, w->count * sizeof(*last));
        from = last;
    }
    w->shared->kernels->widen(from, w->own[at]);
}

static void
take_texts(struct worker *w, size_t input, uint16_t at, const uint32_t *items)
{
    const uint16_t *codes = w->shared->batch->text_codes[input];
    size_t count = w->shared->batch->text_counts[input];
    uint16_t *to = w->own[at];
    for (size_t i = 0; i < w->count; i++) {
        uint32_t place = items[w->from + i];
        to[i] = place < count ? codes[place] : 0;
        if (place >= count)
            mark_odd(w, i);
    }
}

static void
take_truths(struct worker *w, uint16_t at, const uint8_t *items)
{
    uint8_t *to = w->own[at];
    for (size_t i = 0; i < w->count; i++)
        to[i] = items[w->from + i] != 0;
}

static void
take_values(struct worker *w, size_t input, uint16_t at)
{
    const struct dmn_plan *plan = w->shared->batch->plan;
    for (size_t i = 0; i < w->count; i++) {
        struct feel_value value = input_at(w, input, w->from + i);
        bool is_ok = dmn__plan_bind(plan, &plan->inputs[input], &value, &w->row);
        if (!is_ok || w->row.nulls[at])
            mark_odd(w, i);
        put_lane(w, at, i, w->row.values[at]);
    }
}

static void
take_input(struct worker *w, size_t input)
{
    const struct dmn_batch *batch = w->shared->batch;
    uint16_t at = batch->plan->inputs[input].at;
    w->lanes[at] = w->own[at];
    if (!batch->is_direct[input]) {
        take_values(w, input, at);
        return;
    }
    const struct dmn_column *column = &w->shared->columns[batch->columns[input]];
    for (size_t i = 0; column->nulls != NULL && i < w->count; i++)
        if (column->nulls[w->from + i])
            mark_odd(w, i);
    if (column->kind == DMN_COLUMN_NUMBERS)
        take_column(w, at, column->items, sizeof(int64_t));
    else if (column->kind == DMN_COLUMN_BOOLEANS)
        take_truths(w, at, column->items);
    else if (column->kind == DMN_COLUMN_DAYS)
        take_days(w, at, column->items);
    else
        take_texts(w, input, at, column->items);
}

/* ---- ranges ------------------------------------------------------------------------------------------------------ */

static bool
multiply_ranges(struct range a, struct range b, struct range *ret)
{
    int64_t ends[4];
    if (__builtin_mul_overflow(a.low, b.low, &ends[0]) ||
        __builtin_mul_overflow(a.low, b.high, &ends[1]) ||
        __builtin_mul_overflow(a.high, b.low, &ends[2]) ||
        __builtin_mul_overflow(a.high, b.high, &ends[3]))
        return false;
    *ret = (struct range){ends[0], ends[0]};
    for (int i = 1; i < 4; i++) {
        ret->low = ends[i] < ret->low ? ends[i] : ret->low;
        ret->high = ends[i] > ret->high ? ends[i] : ret->high;
    }
    return true;
}

static bool
range_of(struct worker *w, const struct dmn__op *op, struct range *ret)
{
    struct range a = w->ranges[op->a], b = {op->low, op->low};
    if (op->b != DMN__NO_REGISTER)
        b = w->ranges[op->b];
    switch (op->code) {
    case DMN__OP_ADD:
        return !__builtin_add_overflow(a.low, b.low, &ret->low) &&
               !__builtin_add_overflow(a.high, b.high, &ret->high);
    case DMN__OP_SUBTRACT:
        return !__builtin_sub_overflow(a.low, b.high, &ret->low) &&
               !__builtin_sub_overflow(a.high, b.low, &ret->high);
    case DMN__OP_NEGATE:
        return !__builtin_sub_overflow(INT64_C(0), a.high, &ret->low) &&
               !__builtin_sub_overflow(INT64_C(0), a.low, &ret->high);
    default:
        return multiply_ranges(a, b, ret);
    }
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static size_t
steps_reached(const struct dmn__batch_column *column, int64_t value)
{
    size_t low = 0, high = column->step_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (column->steps[middle] <= value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void
and_sets(struct worker *w, const struct dmn__batch_column *column)
{
    const uint64_t *sets = column->sets;
    if (column->lane == DMN__LANE_BOOLEAN) {
        const uint8_t *lane = w->lanes[column->at];
        for (size_t i = 0; i < DMN__BLOCK; i++)
            w->sets[i] &= sets[lane[i]];
    } else if (column->lane == DMN__LANE_TEXT) {
        const uint16_t *lane = w->lanes[column->at];
        for (size_t i = 0; i < DMN__BLOCK; i++)
            w->sets[i] &= sets[lane[i]];
    } else if (column->step_count <= DMN__STEPS_COUNTED) {
        memset(w->counts, 0, sizeof w->counts);
        for (size_t i = 0; i < column->step_count; i++)
            w->shared->kernels->count(w->lanes[column->at], column->steps[i], w->counts);
        for (size_t i = 0; i < DMN__BLOCK; i++)
            w->sets[i] &= sets[w->counts[i]];
    } else {
        const int64_t *lane = w->lanes[column->at];
        for (size_t i = 0; i < DMN__BLOCK; i++)
            w->sets[i] &= sets[steps_reached(column, lane[i])];
    }
}

static void
run_table(struct worker *w, const struct dmn__op *op, const struct dmn__batch_table *table)
{
    uint16_t *to = w->own[op->to];
    const struct dmn__plan_table *from = op->data;
    if (table->columns == NULL) {
        for (size_t i = 0; i < w->count; i++) {
            for (size_t c = 0; c < from->column_count; c++) {
                w->row.values[from->columns[c].at] = get_lane(w, from->columns[c].at, i);
                w->row.nulls[from->columns[c].at] = 0;
            }
            to[i] = (uint16_t)dmn__table_run(from, &w->row);
        }
        return;
    }
    memset(w->sets, 0xff, sizeof w->sets);
    for (size_t c = 0; c < table->column_count; c++)
        and_sets(w, &table->columns[c]);
    for (size_t i = 0; i < DMN__BLOCK; i++) {
        uint64_t set = w->sets[i];
        to[i] = table->choices[set != 0 ? __builtin_ctzll(set) : 64];
        if (table->is_unique && (set & (set - 1)) != 0)
            to[i] = 0; /* two rules hit: null */
    }
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

static void
run_map(struct worker *w, const struct dmn__op *op)
{
    const struct dmn__map *map = op->data;
    const uint16_t *from = w->lanes[op->a];
    size_t bytes = lane_bytes(w->shared->batch->plan->registers[op->to].lane);
    void *to = w->own[op->to];
    for (size_t i = 0; bytes == 1 && i < w->count; i++)
        ((uint8_t *)to)[i] = (uint8_t)map->values[from[i]];
    for (size_t i = 0; bytes == 2 && i < w->count; i++)
        ((uint16_t *)to)[i] = (uint16_t)map->values[from[i]];
    for (size_t i = 0; bytes == 8 && i < w->count; i++)
        ((int64_t *)to)[i] = map->values[from[i]];
    for (size_t i = 0; !op->is_choice && i < w->count; i++)
        if (map->nulls[from[i]])
            mark_odd(w, i);
}

static void
run_compare(struct worker *w, const struct dmn__op *op)
{
    const struct dmn__kernels *k = w->shared->kernels;
    uint8_t lane = w->shared->batch->plan->registers[op->a].lane;
    bool is_equal = op->code == DMN__OP_EQ;
    if (lane == DMN__LANE_BOOLEAN)
        k->is_truth(w->lanes[op->a], is_equal == (op->low != 0), w->own[op->to]);
    else if (lane == DMN__LANE_TEXT)
        k->is_code(w->lanes[op->a], (uint16_t)op->low, is_equal, w->own[op->to]);
    else if (op->b == DMN__NO_REGISTER)
        k->compare_constant(op->code, w->lanes[op->a], op->low, w->own[op->to]);
    else
        k->compare(op->code, w->lanes[op->a], w->lanes[op->b], w->own[op->to]);
}

static void
run_span(struct worker *w, const struct dmn__op *op)
{
    const struct dmn__span *span = op->data;
    uint8_t lane = w->shared->batch->plan->registers[op->a].lane;
    uint8_t *to = op->code == DMN__OP_IN ? w->own[op->to] : w->counts;
    memset(to, 0, DMN__BLOCK);
    if (lane == DMN__LANE_BOOLEAN || lane == DMN__LANE_CHOICE)
        for (size_t i = 0; i < w->count; i++)
            to[i] = dmn__in_span(span, get_lane(w, op->a, i)) != span->is_negated;
    for (size_t i = 0; lane == DMN__LANE_TEXT && i < span->count; i++)
        w->shared->kernels->among(w->lanes[op->a], (uint16_t)span->items[i].low, to);
    for (size_t i = 0; lane_bytes(lane) == 8 && i < span->count; i++)
        w->shared->kernels->between(w->lanes[op->a], span->items[i].low, span->items[i].high, to);
    for (size_t i = 0; span->is_negated && i < DMN__BLOCK; i++)
        to[i] ^= 1;
    if (op->code == DMN__OP_IN)
        return;
    w->lanes[op->to] = w->lanes[op->a];
    for (size_t i = 0; i < w->count; i++)
        if (!to[i])
            mark_odd(w, i);
}

/* A branch that is a constant, written out. */
static const void *
branch(struct worker *w, const struct dmn__op *op, uint16_t at, int64_t constant, void *room)
{
    uint8_t lane = w->shared->batch->plan->registers[op->to].lane;
    if (at != DMN__NO_REGISTER)
        return w->lanes[at];
    for (size_t i = 0; i < DMN__BLOCK; i++)
        if (lane_bytes(lane) == 8)
            ((int64_t *)room)[i] = constant;
        else if (lane_bytes(lane) == 2)
            ((uint16_t *)room)[i] = (uint16_t)constant;
        else
            ((uint8_t *)room)[i] = (uint8_t)constant;
    return room;
}

static void
run_pick(struct worker *w, const struct dmn__op *op)
{
    const struct dmn__kernels *k = w->shared->kernels;
    size_t bytes = lane_bytes(w->shared->batch->plan->registers[op->to].lane);
    int64_t yes[DMN__BLOCK], no[DMN__BLOCK];
    if (bytes == 2 && op->b == DMN__NO_REGISTER && op->c == DMN__NO_REGISTER) {
        k->pick_constant(w->lanes[op->a], (uint16_t)op->low, (uint16_t)op->high, w->own[op->to]);
        return;
    }
    const void *left = branch(w, op, op->b, op->low, yes);
    const void *right = branch(w, op, op->c, op->high, no);
    if (bytes == 2)
        k->pick_code(w->lanes[op->a], left, right, w->own[op->to]);
    else if (bytes == 8)
        k->pick_number(w->lanes[op->a], left, right, w->own[op->to]);
    else
        for (size_t i = 0; i < DMN__BLOCK; i++)
            ((uint8_t *)w->own[op->to])[i] = ((const uint8_t *)w->lanes[op->a])[i]
                                                 ? ((const uint8_t *)left)[i]
                                                 : ((const uint8_t *)right)[i];
}

/* False: something might overflow. */
static bool
run_arithmetic(struct worker *w, const struct dmn__op *op)
{
    const struct dmn__kernels *k = w->shared->kernels;
    const int64_t *a = w->lanes[op->a];
    const int64_t *b = op->b != DMN__NO_REGISTER ? w->lanes[op->b] : NULL;
    int64_t *to = w->own[op->to];
    if (!range_of(w, op, &w->ranges[op->to]))
        return false;
    if (op->code == DMN__OP_NEGATE)
        k->multiply_constant(a, -1, to);
    else if (op->code == DMN__OP_ADD || op->code == DMN__OP_SUBTRACT)
        b != NULL ? k->add(a, b, op->code == DMN__OP_ADD ? 1 : -1, to)
                  : k->add_constant(a, op->code == DMN__OP_ADD ? op->low : -op->low, to);
    else
        b != NULL ? k->multiply(a, b, to) : k->multiply_constant(a, op->low, to);
    return true;
}

static void
run_null_test(struct worker *w, const struct dmn__op *op)
{
    uint8_t *to = w->own[op->to];
    const uint16_t *from = w->lanes[op->a];
    if (w->shared->batch->plan->registers[op->a].lane == DMN__LANE_CHOICE)
        w->shared->kernels->is_code(from, 0, op->low != 0, to);
    else
        memset(to, op->low == 0, DMN__BLOCK);
}

/* False: the rows of the block must run alone. */
static bool
run_op(struct worker *w, size_t at)
{
    const struct dmn_batch *batch = w->shared->batch;
    const struct dmn__op *op = &batch->plan->ops[at];
    const struct dmn__kernels *k = w->shared->kernels;
    w->lanes[op->to] = w->own[op->to];
    switch (op->code) {
    case DMN__OP_IS_NULL:
        run_null_test(w, op);
        break;
    case DMN__OP_AND:
    case DMN__OP_OR:
        k->join(w->lanes[op->a], w->lanes[op->b], op->code == DMN__OP_OR, w->own[op->to]);
        break;
    case DMN__OP_NOT:
        k->is_truth(w->lanes[op->a], false, w->own[op->to]);
        break;
    case DMN__OP_PICK:
        run_pick(w, op);
        break;
    case DMN__OP_IN:
    case DMN__OP_ALLOW:
        run_span(w, op);
        break;
    case DMN__OP_MAP:
        run_map(w, op);
        break;
    case DMN__OP_TABLE:
        run_table(w, op, batch->tables[at]);
        break;
    case DMN__OP_ADD:
    case DMN__OP_SUBTRACT:
    case DMN__OP_MULTIPLY:
    case DMN__OP_NEGATE:
    case DMN__OP_SCALE:
        return run_arithmetic(w, op);
    default:
        run_compare(w, op);
    }
    if (batch->is_ranged[op->to])
        k->range(w->lanes[op->to], &w->ranges[op->to].low, &w->ranges[op->to].high);
    return true;
}

/* ---- blocks ------------------------------------------------------------------------------------------------------ */

static void
store_codes(struct worker *w)
{
    const struct dmn_batch *batch = w->shared->batch;
    for (size_t r = 0; r < batch->result_count; r++) {
        uint16_t at = batch->results[r].at;
        if (at == DMN__NO_REGISTER)
            continue;
        uint16_t *to = w->shared->codes[r] + w->from;
        const uint8_t *truths = w->lanes[at];
        if (batch->plan->registers[at].lane == DMN__LANE_CHOICE)
            memcpy(to, w->lanes[at], w->count * sizeof(*to));
        else
            for (size_t i = 0; i < w->count; i++)
                to[i] = (uint16_t)(1 + truths[i]);
    }
}

static void
run_block(struct worker *w)
{
    const struct dmn_batch *batch = w->shared->batch;
    const struct dmn_plan *plan = batch->plan;
    bool is_even = true;
    memset(w->odd, 0, sizeof w->odd);
    w->has_odd = false;
    for (size_t i = 0; i < plan->input_count; i++) {
        uint16_t at = plan->inputs[i].at;
        if (at == DMN__NO_REGISTER)
            continue;
        take_input(w, i);
        if (batch->is_ranged[at] && lane_bytes(plan->registers[at].lane) == 8)
            w->shared->kernels->range(w->lanes[at], &w->ranges[at].low, &w->ranges[at].high);
    }
    for (size_t i = 0; is_even && i < plan->op_count; i++)
        is_even = run_op(w, i);
    if (is_even)
        store_codes(w);
    for (size_t i = 0; (!is_even || w->has_odd) && w->status == TB_OK && i < w->count; i++)
        if (!is_even || w->odd[i])
            run_row(w, i);
    for (size_t r = 0; r < batch->result_count; r++)
        for (size_t i = 0; w->shared->values[r] != NULL && i < w->count; i++) {
            struct feel_value value;
            if (w->status != TB_OK || !evaluate(w, r, w->from + i, &value))
                return;
            w->shared->values[r][w->from + i] = feel_copy(w->arena, &value);
        }
}

static void *
work(void *data)
{
    struct worker *w = data;
    struct shared *shared = w->shared;
    for (;;) {
        size_t block = __atomic_fetch_add(&shared->next, 1, __ATOMIC_RELAXED);
        if (block >= (shared->row_count + DMN__BLOCK - 1) / DMN__BLOCK || w->status != TB_OK)
            return NULL;
        w->from = block * DMN__BLOCK;
        w->count =
            shared->row_count - w->from < DMN__BLOCK ? shared->row_count - w->from : DMN__BLOCK;
        run_block(w);
    }
}

static struct worker *
worker_new(struct tb_arena *arena, struct shared *shared)
{
    const struct dmn_plan *plan = shared->batch->plan;
    struct worker *w = TB_NEW(arena, struct worker);
    w->shared = shared;
    w->arena = tb_arena_new(0);
    w->scratch = tb_arena_new(0);
    for (size_t i = 0; i < plan->register_count; i++)
        w->own[i] = tb_alloc(w->arena, DMN__BLOCK * lane_bytes(plan->registers[i].lane));
    return w;
}

/* Runs the workers, the first in this thread; a thread that does not start leaves its blocks to the others. */
static void
run_all(struct worker **workers, unsigned count)
{
    pthread_t threads[THREADS_MAX];
    bool is_running[THREADS_MAX] = {false};
    for (unsigned i = 1; i < count; i++)
        is_running[i] = pthread_create(&threads[i], NULL, work, workers[i]) == 0;
    work(workers[0]);
    for (unsigned i = 1; i < count; i++)
        if (is_running[i])
            pthread_join(threads[i], NULL);
}

static void
give_results(struct tb_arena *arena, const struct shared *shared, struct dmn_results *ret_results)
{
    const struct dmn_batch *batch = shared->batch;
    for (size_t r = 0; r < batch->result_count; r++) {
        struct feel_value *values = shared->values[r];
        for (size_t i = 0; values != NULL && i < shared->row_count; i++)
            values[i] = feel_copy(arena, &values[i]); /* out of the worker's arena */
        ret_results[r] = (struct dmn_results){
            .decision = batch->results[r].decision,
            .codes = shared->codes[r],
            .items = values != NULL ? values : batch->plan->choices,
            .item_count = values != NULL ? shared->row_count : batch->plan->choice_count};
    }
}

static tb_status
check_shape(const struct dmn_batch *batch, const struct dmn_column *columns, struct tb_err *err)
{
    for (size_t c = 0; c < batch->column_count; c++)
        if (columns[c].kind != batch->kinds[c] || columns[c].scale != batch->scales[c])
            return tb_fail(err, TB_INVALID,
                           "column " TB_FMT " is not of the kind and scale that the batch was "
                           "made for",
                           TB_ARG(columns[c].input));
    return TB_OK;
}

tb_status
dmn_batch_run(struct tb_arena *arena, const struct dmn_batch *batch,
              const struct dmn_column *columns, size_t row_count, unsigned threads,
              struct dmn_results *ret_results, struct tb_err *err)
{
    struct shared shared = {.batch = batch, .columns = columns, .row_count = row_count};
    struct worker *workers[THREADS_MAX];
    tb_status status = TB_OK;
    threads = threads == 0 ? 1 : threads > THREADS_MAX ? THREADS_MAX : threads;
    TB_TRY(check_shape(batch, columns, err));
    shared.kernels = dmn__kernels();
    shared.codes = TB_NEW_ARRAY(arena, batch->result_count, uint16_t *);
    shared.values = TB_NEW_ARRAY(arena, batch->result_count, struct feel_value *);
    for (size_t r = 0; r < batch->result_count; r++)
        if (batch->results[r].at != DMN__NO_REGISTER)
            shared.codes[r] = TB_NEW_ARRAY(arena, row_count, uint16_t);
        else
            shared.values[r] = TB_NEW_ARRAY(arena, row_count, struct feel_value);
    for (unsigned i = 0; i < threads; i++)
        workers[i] = worker_new(arena, &shared);
    run_all(workers, threads);
    for (unsigned i = 0; i < threads && status == TB_OK; i++) {
        status = workers[i]->status;
        if (status != TB_OK && err != NULL)
            *err = workers[i]->err;
    }
    if (status == TB_OK)
        give_results(arena, &shared, ret_results);
    for (unsigned i = 0; i < threads; i++) {
        tb_arena_free(workers[i]->arena);
        tb_arena_free(workers[i]->scratch);
    }
    return status;
}
