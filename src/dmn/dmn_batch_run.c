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
#define CHOICES_TALLIED 16

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
input_at(const struct dmn__worker *w, size_t input, size_t row)
{
    int column = w->shared->batch->columns[input];
    return column >= 0 ? value_at(&w->shared->columns[column], row) : feel_null();
}

static bool
evaluate(struct dmn__worker *w, size_t result, size_t row, struct feel_value *ret)
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
choice_number(struct dmn__worker *w, const struct feel_value *value)
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
run_row(struct dmn__worker *w, size_t at)
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
        w->codes[r][at] = (uint16_t)choice;
    }
}

/* ---- inputs ------------------------------------------------------------------------------------------------------ */

static void
put_lane(struct dmn__worker *w, uint16_t at, size_t i, int64_t value)
{
    size_t bytes = dmn__lane_bytes(w->shared->batch->plan->registers[at].lane);
    if (bytes == 1)
        ((uint8_t *)w->own[at])[i] = (uint8_t)value;
    else if (bytes == 2)
        ((uint16_t *)w->own[at])[i] = (uint16_t)value;
    else
        ((int64_t *)w->own[at])[i] = value;
}

/* A column as it lies, or copied where the block is the last. */
static void
take_column(struct dmn__worker *w, uint16_t at, const void *items, size_t size)
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
take_days(struct dmn__worker *w, uint16_t at, const int32_t *items)
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
take_texts(struct dmn__worker *w, size_t input, uint16_t at, const uint32_t *items)
{
    const uint16_t *codes = w->shared->batch->text_codes[input];
    size_t count = w->shared->batch->text_counts[input];
    uint16_t *to = w->own[at];
    for (size_t i = 0; i < w->count; i++) {
        uint32_t place = items[w->from + i];
        to[i] = place < count ? codes[place] : 0;
        if (place >= count)
            dmn__mark_odd(w, i);
    }
}

static void
take_truths(struct dmn__worker *w, uint16_t at, const uint8_t *items)
{
    uint8_t *to = w->own[at];
    for (size_t i = 0; i < w->count; i++)
        to[i] = items[w->from + i] != 0;
}

static void
take_values(struct dmn__worker *w, size_t input, uint16_t at)
{
    const struct dmn_plan *plan = w->shared->batch->plan;
    for (size_t i = 0; i < w->count; i++) {
        struct feel_value value = input_at(w, input, w->from + i);
        bool is_ok = dmn__plan_bind(plan, &plan->inputs[input], &value, &w->row);
        if (!is_ok || w->row.nulls[at])
            dmn__mark_odd(w, i);
        put_lane(w, at, i, w->row.values[at]);
    }
}

static void
take_input(struct dmn__worker *w, size_t input)
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
            dmn__mark_odd(w, i);
    if (column->kind == DMN_COLUMN_NUMBERS)
        take_column(w, at, column->items, sizeof(int64_t));
    else if (column->kind == DMN_COLUMN_BOOLEANS)
        take_truths(w, at, column->items);
    else if (column->kind == DMN_COLUMN_DAYS)
        take_days(w, at, column->items);
    else
        take_texts(w, input, at, column->items);
}

/* ---- blocks ------------------------------------------------------------------------------------------------------ */

static void
store_codes(struct dmn__worker *w)
{
    const struct dmn_batch *batch = w->shared->batch;
    for (size_t r = 0; r < batch->result_count; r++) {
        uint16_t at = batch->results[r].at;
        if (at == DMN__NO_REGISTER)
            continue;
        uint16_t *to = w->codes[r];
        const uint8_t *truths = w->lanes[at];
        if (batch->plan->registers[at].lane == DMN__LANE_CHOICE)
            memcpy(to, w->lanes[at], w->count * sizeof(*to));
        else
            for (size_t i = 0; i < w->count; i++)
                to[i] = (uint16_t)(1 + truths[i]);
    }
}

/* Adds the block to the counts. Few choices are each counted in one go, many row by row. */
static void
count_codes(struct dmn__worker *w)
{
    const struct dmn_batch *batch = w->shared->batch;
    size_t choices = batch->plan->choice_count;
    bool is_whole = w->count == DMN__BLOCK && choices <= CHOICES_TALLIED;
    for (size_t r = 0; r < batch->result_count; r++) {
        for (size_t c = 0; is_whole && c < choices; c++)
            w->counts[r][c] += w->shared->kernels->tally(w->codes[r], (uint16_t)c);
        for (size_t i = 0; !is_whole && i < w->count; i++)
            w->counts[r][w->codes[r][i]]++;
    }
}

static void
run_rows(struct dmn__worker *w, bool is_even)
{
    for (size_t i = 0; (!is_even || w->has_odd) && w->status == TB_OK && i < w->count; i++)
        if (!is_even || w->odd[i])
            run_row(w, i);
}

/* The decisions without a plan. */
static void
run_values(struct dmn__worker *w, size_t result)
{
    for (size_t i = 0; w->shared->values[result] != NULL && i < w->count; i++) {
        struct feel_value value;
        if (w->status != TB_OK || !evaluate(w, result, w->from + i, &value))
            return;
        w->shared->values[result][w->from + i] = feel_copy(w->arena, &value);
    }
}

static void
run_block(struct dmn__worker *w)
{
    const struct dmn_batch *batch = w->shared->batch;
    const struct dmn_plan *plan = batch->plan;
    bool is_even = true;
    for (size_t r = 0; w->shared->codes != NULL && r < batch->result_count; r++)
        w->codes[r] = w->shared->codes[r] != NULL ? w->shared->codes[r] + w->from : NULL;
    memset(w->odd, 0, sizeof w->odd);
    w->has_odd = false;
    for (size_t i = 0; i < plan->input_count; i++) {
        uint16_t at = plan->inputs[i].at;
        if (at == DMN__NO_REGISTER)
            continue;
        take_input(w, i);
        if (batch->is_ranged[at] && dmn__lane_bytes(plan->registers[at].lane) == 8)
            w->shared->kernels->range(w->lanes[at], &w->ranges[at].low, &w->ranges[at].high);
    }
    for (size_t i = 0; is_even && i < plan->op_count; i++)
        is_even = dmn__run_op(w, i);
    if (is_even)
        store_codes(w);
    run_rows(w, is_even);
    if (w->shared->codes == NULL && w->status == TB_OK)
        count_codes(w);
    for (size_t r = 0; w->shared->codes != NULL && r < batch->result_count; r++)
        run_values(w, r);
}

static void *
work(void *data)
{
    struct dmn__worker *w = data;
    struct dmn__shared *shared = w->shared;
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

static struct dmn__worker *
worker_new(struct tb_arena *arena, struct dmn__shared *shared)
{
    const struct dmn_plan *plan = shared->batch->plan;
    struct dmn__worker *w = TB_NEW(arena, struct dmn__worker);
    w->shared = shared;
    w->arena = tb_arena_new(0);
    w->scratch = tb_arena_new(0);
    size_t results = shared->batch->result_count;
    w->codes = TB_NEW_ARRAY(w->arena, results, uint16_t *);
    w->counts = TB_NEW_ARRAY(w->arena, results, int64_t *);
    for (size_t r = 0; shared->codes == NULL && r < results; r++) {
        w->codes[r] = TB_NEW_ARRAY(w->arena, DMN__BLOCK, uint16_t);
        w->counts[r] = TB_NEW_ARRAY(w->arena, plan->choice_count, int64_t);
    }
    for (size_t i = 0; i < plan->register_count; i++)
        w->own[i] = tb_alloc(w->arena, DMN__BLOCK * dmn__lane_bytes(plan->registers[i].lane));
    return w;
}

/* Runs the workers, the first in this thread; a thread that does not start leaves its blocks to the others. */
static void
run_all(struct dmn__worker **workers, unsigned count)
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
give_results(struct tb_arena *arena, const struct dmn__shared *shared,
             struct dmn_results *ret_results)
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

/* Makes the workers, runs them, and says what went wrong with the first that failed. */
static tb_status
run_shared(struct tb_arena *arena, struct dmn__shared *shared, unsigned threads,
           struct dmn__worker **workers, struct tb_err *err)
{
    shared->kernels = dmn__kernels();
    for (unsigned i = 0; i < threads; i++)
        workers[i] = worker_new(arena, shared);
    run_all(workers, threads);
    for (unsigned i = 0; i < threads; i++)
        if (workers[i]->status != TB_OK) {
            if (err != NULL)
                *err = workers[i]->err;
            return workers[i]->status;
        }
    return TB_OK;
}

static void
free_workers(struct dmn__worker **workers, unsigned threads)
{
    for (unsigned i = 0; i < threads; i++) {
        tb_arena_free(workers[i]->arena);
        tb_arena_free(workers[i]->scratch);
    }
}

static unsigned
clip_threads(unsigned threads)
{
    return threads == 0 ? 1 : threads > THREADS_MAX ? THREADS_MAX : threads;
}

tb_status
dmn_batch_run(struct tb_arena *arena, const struct dmn_batch *batch,
              const struct dmn_column *columns, size_t row_count, unsigned threads,
              struct dmn_results *ret_results, struct tb_err *err)
{
    struct dmn__shared shared = {.batch = batch, .columns = columns, .row_count = row_count};
    struct dmn__worker *workers[THREADS_MAX];
    threads = clip_threads(threads);
    TB_TRY(check_shape(batch, columns, err));
    shared.codes = TB_NEW_ARRAY(arena, batch->result_count, uint16_t *);
    shared.values = TB_NEW_ARRAY(arena, batch->result_count, struct feel_value *);
    for (size_t r = 0; r < batch->result_count; r++)
        if (batch->results[r].at != DMN__NO_REGISTER)
            shared.codes[r] = TB_NEW_ARRAY(arena, row_count, uint16_t);
        else
            shared.values[r] = TB_NEW_ARRAY(arena, row_count, struct feel_value);
    tb_status status = run_shared(arena, &shared, threads, workers, err);
    if (status == TB_OK)
        give_results(arena, &shared, ret_results);
    free_workers(workers, threads);
    return status;
}

static void
give_counts(struct tb_arena *arena, const struct dmn_batch *batch, struct dmn__worker **workers,
            unsigned threads, struct dmn_counts *ret_counts)
{
    size_t choices = batch->plan->choice_count;
    for (size_t r = 0; r < batch->result_count; r++) {
        int64_t *counts = TB_NEW_ARRAY(arena, choices, int64_t);
        for (unsigned i = 0; i < threads; i++)
            for (size_t c = 0; c < choices; c++)
                counts[c] += workers[i]->counts[r][c];
        ret_counts[r] =
            (struct dmn_counts){batch->results[r].decision, batch->plan->choices, counts, choices};
    }
}

tb_status
dmn_batch_count(struct tb_arena *arena, const struct dmn_batch *batch,
                const struct dmn_column *columns, size_t row_count, unsigned threads,
                struct dmn_counts *ret_counts, struct tb_err *err)
{
    struct dmn__shared shared = {.batch = batch, .columns = columns, .row_count = row_count};
    struct dmn__worker *workers[THREADS_MAX];
    threads = clip_threads(threads);
    TB_TRY(check_shape(batch, columns, err));
    for (size_t r = 0; r < batch->result_count; r++)
        if (batch->results[r].why != NULL)
            return tb_fail(err, TB_UNSUPPORTED,
                           "decision " TB_FMT " runs row by row (%s); count what dmn_batch_run "
                           "gives",
                           TB_ARG(batch->results[r].decision), batch->results[r].why);
    tb_status status = run_shared(arena, &shared, threads, workers, err);
    if (status == TB_OK)
        give_counts(arena, batch, workers, threads, ret_counts);
    free_workers(workers, threads);
    return status;
}
