/* SPDX-License-Identifier: Apache-2.0 */
/* One model, one plan and one batch, used by several threads at once: each gets what it would get alone. Under TSan
 * this also shows that they share nothing they write to. */
#include "dmn_many_test_model.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define THREADS 4
#define ROUNDS 300

struct shared {
    const struct dmn_model *model;
    const struct dmn_plan *plan;
    const struct dmn_batch *batch;
    const struct feel_value *expected; /* of "long", by inputs */
    struct dmn_column columns[2];
};

struct worker {
    const struct shared *shared;
    size_t first;
    size_t wrong;
};

static bool
evaluates(const struct shared *shared, struct tb_arena *arena, size_t i)
{
    struct feel_value input = many_context(arena, i), value, fee = many_fee(i);
    struct feel_warnings warnings = {.arena = arena};
    struct dmn_trace trace;
    struct dmn_run run = {.warnings = &warnings};
    if (dmn_because(arena, shared->model, TB_STR("long"), &input, &run, &value, &trace, NULL) !=
        TB_OK)
        return false;
    bool is_same = feel_equal(&value, &shared->expected[i]) && warnings.count > 0;
    return is_same && feel_equal(feel_get(&value, TB_STR("fee")), &fee) && trace.count >= 2;
}

static bool
plans(const struct shared *shared, struct tb_arena *arena, size_t i)
{
    struct feel_value inputs[2], value, fee = many_fee(i), read;
    struct tb_buf text = {.arena = arena};
    struct tb_json *json;
    many_inputs(i, inputs);
    if (dmn_plan_eval(arena, shared->plan, inputs, &value, NULL) != TB_OK ||
        !feel_equal(&value, &fee))
        return false;
    tb_str given =
        tb_printf(arena, "{\"n\": %zu, \"s\": \"" TB_FMT "\"}", i, TB_ARG(inputs[1].u.string));
    return dmn_plan_eval_json(&text, shared->plan, given, NULL, NULL) == TB_OK &&
           tb_json_parse(arena, tb_buf_done(&text), &json, NULL) == TB_OK &&
           feel_from_json(arena, json, NULL, &read, NULL) && feel_equal(&read, &fee);
}

static bool
runs_batch(const struct shared *shared, struct tb_arena *arena)
{
    struct dmn_results results[2];
    if (dmn_batch_run(arena, shared->batch, shared->columns, MANY_INPUTS, 2, results, NULL) !=
        TB_OK)
        return false;
    for (size_t i = 0; i < MANY_INPUTS; i++) {
        struct feel_value fee = many_fee(i);
        if (!feel_equal(dmn_result(&results[0], i), &fee) ||
            !feel_equal(dmn_result(&results[1], i), &shared->expected[i]))
            return false;
    }
    return true;
}

static void *
work(void *data)
{
    struct worker *worker = data;
    struct tb_arena *arena = tb_arena_new(0);
    for (size_t round = 0; round < ROUNDS; round++) {
        size_t i = (worker->first + round) % MANY_INPUTS;
        struct dmn_model *own = dmn_model_ref(worker->shared->model);
        worker->wrong += !evaluates(worker->shared, arena, i);
        worker->wrong += !plans(worker->shared, arena, i);
        if (round % 50 == 0)
            worker->wrong += !runs_batch(worker->shared, arena);
        dmn_model_unref(own);
        tb_arena_reset(arena);
    }
    tb_arena_free(arena);
    return NULL;
}

static void
threads_that_share_a_model_get_what_one_gets(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct dmn_model *model = many_model();
    struct dmn_plan *plan;
    struct dmn_batch *batch;
    struct feel_value expected[MANY_INPUTS], kinds[MANY_INPUTS];
    int64_t numbers[MANY_INPUTS];
    const tb_str decisions[] = {TB_STR("fee"), TB_STR("long")};
    pthread_t threads[THREADS];
    struct worker workers[THREADS];
    (void)state;
    assert_non_null(model);
    assert_int_equal(dmn_plan_new(model, TB_STR("fee"), &plan, NULL), TB_OK);
    for (size_t i = 0; i < MANY_INPUTS; i++) {
        struct feel_value input = many_context(arena, i), own[2];
        many_inputs(i, own);
        numbers[i] = (int64_t)i;
        kinds[i] = own[1];
        assert_int_equal(dmn_eval(arena, model, TB_STR("long"), &input, NULL, &expected[i], NULL),
                         TB_OK);
        assert_true(expected[i].kind == FEEL_CONTEXT);
    }
    struct shared shared = {
        .model = model,
        .plan = plan,
        .expected = expected,
        .columns = {{.input = TB_STR("n"), .kind = DMN_COLUMN_NUMBERS, .items = numbers},
                    {.input = TB_STR("s"), .kind = DMN_COLUMN_VALUES, .items = kinds}}};
    assert_int_equal(dmn_batch_new(model, decisions, 2, shared.columns, 2, &batch, NULL), TB_OK);
    shared.batch = batch;
    for (size_t t = 0; t < THREADS; t++) {
        workers[t] = (struct worker){.shared = &shared, .first = t * 17};
        assert_int_equal(pthread_create(&threads[t], NULL, work, &workers[t]), 0);
    }
    for (size_t t = 0; t < THREADS; t++) {
        pthread_join(threads[t], NULL);
        assert_int_equal(workers[t].wrong, 0);
    }
    dmn_batch_free(batch);
    dmn_plan_free(plan);
    dmn_model_unref(model);
    tb_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_that_share_a_model_get_what_one_gets)};
    return cmocka_run_group_tests_name("dmn_threads", tests, NULL, NULL);
}
