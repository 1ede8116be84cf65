/* SPDX-License-Identifier: Apache-2.0 */
/* A process that evaluates one model over and over does not grow: resident memory after many evaluations is what it
 * was after the first of them. TB_SOAK=1 makes it ten million by plan and a million by the evaluator; without it a
 * hundredth of that. Nothing is timed. */
#include "dmn_many_test_model.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define BY_PLAN 10000000
#define BY_EVALUATOR 1000000
/* What may come and go in an allocator that has seen all inputs; a leak of one byte in each evaluation is more. */
#define GROWTH_MAX (INT64_C(512) * 1024)

/* A sanitizer keeps what was freed, so that resident memory says nothing; there the leak checker watches. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_MEASURED false
#else
#define IS_MEASURED true
#endif

static size_t
rounds(size_t many)
{
    return getenv("TB_SOAK") != NULL ? many : many / 100;
}

static int64_t
resident_bytes(void)
{
    long pages = 0, total;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld %ld", &total, &pages), 2);
    fclose(file);
    return (int64_t)pages * sysconf(_SC_PAGESIZE);
}

typedef void evaluate(void *how, struct tb_arena *arena, size_t i);

/* A tenth to warm up, then all of them. */
static void
does_not_grow(const char *what, evaluate *run, void *how, size_t count)
{
    struct tb_arena *arena = tb_arena_new(0);
    int64_t before = 0;
    for (size_t k = 0; k < count + count / 10; k++) {
        if (k == count / 10)
            before = resident_bytes();
        run(how, arena, k % MANY_INPUTS);
        tb_arena_reset(arena);
    }
    int64_t growth = resident_bytes() - before;
    print_message("%zu evaluations by %s: %lld bytes more\n", count, what, (long long)growth);
    tb_arena_free(arena);
    assert_true(!IS_MEASURED || growth <= GROWTH_MAX);
}

static void
by_plan(void *how, struct tb_arena *arena, size_t i)
{
    struct feel_value inputs[2], value, wanted = many_fee(i);
    many_inputs(i, inputs);
    assert_true(dmn_plan_eval(arena, how, inputs, &value, NULL) == TB_OK);
    assert_true(feel_equal(&value, &wanted));
}

static void
by_json(void *how, struct tb_arena *arena, size_t i)
{
    struct feel_value inputs[2];
    struct tb_buf out = {.arena = arena};
    many_inputs(i, inputs);
    tb_str text =
        tb_printf(arena, "{\"n\": %zu, \"s\": \"" TB_FMT "\"}", i, TB_ARG(inputs[1].u.string));
    assert_true(dmn_plan_eval_json(&out, how, text, NULL, NULL) == TB_OK);
}

static void
by_evaluator(void *how, struct tb_arena *arena, size_t i)
{
    struct feel_value input = many_context(arena, i), value, fee = many_fee(i);
    struct feel_warnings warnings = {.arena = arena};
    struct dmn_trace trace;
    struct dmn_run run = {.warnings = &warnings};
    assert_true(dmn_because(arena, how, TB_STR("long"), &input, &run, &value, &trace, NULL) ==
                TB_OK);
    assert_true(feel_equal(feel_get(&value, TB_STR("fee")), &fee) && warnings.count > 0);
}

static void
by_compiling(void *how, struct tb_arena *arena, size_t i)
{
    struct dmn_model *model = many_model();
    struct dmn_plan *plan;
    (void)how;
    (void)arena;
    assert_non_null(model);
    assert_true(dmn_plan_new(model, i % 2 ? TB_STR("fee") : TB_STR("long"), &plan, NULL) == TB_OK);
    dmn_model_unref(model); /* the plan keeps it */
    dmn_plan_free(plan);
}

static void
evaluating_takes_no_memory_for_good(void **state)
{
    struct dmn_model *model = many_model();
    struct dmn_plan *plan;
    (void)state;
    assert_non_null(model);
    assert_int_equal(dmn_plan_new(model, TB_STR("fee"), &plan, NULL), TB_OK);
    does_not_grow("plan", by_plan, plan, rounds(BY_PLAN));
    does_not_grow("plan from JSON", by_json, plan, rounds(BY_EVALUATOR));
    does_not_grow("evaluator", by_evaluator, model, rounds(BY_EVALUATOR));
    dmn_plan_free(plan);
    dmn_model_unref(model);
}

static void
compiling_takes_no_memory_for_good(void **state)
{
    (void)state;
    does_not_grow("compiling", by_compiling, NULL, rounds(BY_EVALUATOR / 100) + 100);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evaluating_takes_no_memory_for_good),
        cmocka_unit_test(compiling_takes_no_memory_for_good),
    };
    return cmocka_run_group_tests_name("dmn_memory", tests, NULL, NULL);
}
