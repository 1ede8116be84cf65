/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios: those of the shipped packs pass, and one whose expectation is wrong fails and says why. */
#include "packs_help.h"

static void
every_scenario_of_the_shipped_packs_passes(void **state)
{
    static const struct {
        const char *name;
        size_t least;
    } packs[] = {{"road-freight", 28}, {"public-venue-health", 36}};
    (void)state;
    for (size_t i = 0; i < TB_COUNT(packs); i++) {
        struct tb_arena *arena = tb_arena_new(0);
        struct packs_pack *pack = load_pack(packs[i].name);
        struct packs_scenarios scenarios;
        struct tb_err err = {0};
        assert_int_equal(packs_test(arena, pack, &scenarios, &err), TB_OK);
        for (size_t j = 0; j < scenarios.count; j++)
            if (!scenarios.items[j].passed)
                print_error(TB_FMT ":%d " TB_FMT ": " TB_FMT "\n", TB_ARG(scenarios.items[j].file),
                            scenarios.items[j].line, TB_ARG(scenarios.items[j].name),
                            TB_ARG(scenarios.items[j].why));
        assert_true(scenarios.count >= packs[i].least);
        assert_int_equal(scenarios.passed, scenarios.count);
        packs_free(pack);
        tb_arena_free(arena);
    }
}

/* clang-format off */
static const struct {
    const char *given, *then, *why;
} wrong[] = {
    {"answers: {goods: dangerous}", "kind: apply", "kind: expected apply, got elsewhere"},
    {"answers: {goods: dangerous}", "situation: new", "situation"},
    {"answers: {goods: dangerous}", "reason: platform", "reason"},
    {"answers: {goods: dangerous}", "agency: jtj", "agency"},
    {"answers: {goods: dangerous}", "advice: register", "advice"},
    {"answers: {goods: dangerous}", "clause: 行政许可法#42", "clause"},
    {"answers: {goods: dangerous}", "materials: [passport]", "materials"},
    {"answers: {goods: dangerous}", "next: purpose", "next"},
    {"answers: {goods: dangerous}", "due: [2026-01-01]", "due"},
    {"answers: {goods: dangerous}", "waits: [accept]", "waits"},
    {"answers: {goods: dangerous}", "certificates: [road-permit]", "certificates"},
    {"answers: {goods: dangerous}", "faults: [fields.name]", "faults"},
    {"answers: {goods: dangerous}", "weather: fine", "weather"},
    {"answers: {goods: gold}", "kind: apply", "guide"},
    {"answers: {goods: gold}", "answer_faults: []", "answer_faults"},
    {"answers: {}", "kind: apply", "kind: expected apply, got nothing"},
    {"answers: {}", "options: [general]", "options"},
    {"answers: {}", "on_record: general", "on_record"},
    {"answers: {goods: general, purpose: lost, agent: self}", "statutory: 20d", "statutory"},
    {"answers: {goods: general, purpose: lost, agent: self}", "promised: 20d", "promised"},
    {"answers: {goods: general, purpose: lost, agent: self}", "handling: promise", "handling"},
    {"answers: {goods: general, purpose: lost, agent: self}", "bring: [loss-statement]", "bring"},
    {"answers: {goods: general, purpose: lost, agent: self}", "late: [loss-statement]", "late"},
    {"answers: {goods: general, purpose: lost, agent: self}", "findings: [vehicles-fit]", "findings"},
    {"answers: {goods: general, purpose: lost, agent: self}", "waits: []", "waits"},
    {"answers: {goods: general, purpose: lost, agent: self}", "jobs: [decide]", "jobs"},
    {"answers: {goods: general, purpose: lost, agent: self}\n      walk: [{task: fly, outcome: done}]",
     "waits: [accept]", "fly is not open"},
    {"answers: {goods: general, purpose: lost, agent: self}", "due: [2026-01-01]", "due"},
    {"answers: {goods: general, purpose: lost, agent: self}", "faults: []", "faults"},
};
/* clang-format on */

static void
a_wrong_expectation_fails_and_says_why(void **state)
{
    (void)state;
    for (size_t i = 0; i < TB_COUNT(wrong); i++) {
        struct tb_arena *arena = tb_arena_new(0);
        struct tb_faults faults = {.arena = arena};
        struct packs_files files;
        struct packs_pack *pack = NULL;
        struct packs_scenarios scenarios;
        struct tb_err err = {0};
        assert_int_equal(packs_read(arena, pack_dir(arena, "road-freight"), &files, &err), TB_OK);
        change_file(arena, &files, "tests/scenarios.yaml", NULL,
                    tb_printf(arena,
                              "scenarios:\n  - name: wrong\n    given:\n      %s\n    on: "
                              "2025-05-06\n    then: {%s}\n",
                              wrong[i].given, wrong[i].then)
                        .ptr);
        assert_int_equal(packs_compile(&files, &faults, &pack, &err), TB_OK);
        assert_int_equal(packs_test(arena, pack, &scenarios, &err), TB_OK);
        assert_int_equal(scenarios.count, 1);
        if (scenarios.passed != 0 ||
            !tb_str_contains(scenarios.items[0].why, tb_str_of(wrong[i].why)))
            fail_msg("%s then %s: %s", wrong[i].given, wrong[i].then,
                     scenarios.passed ? "passed" : tb_cstr(arena, scenarios.items[0].why));
        packs_free(pack);
        tb_arena_free(arena);
    }
}

static void
a_scenario_without_a_day_or_expectation_fails(void **state)
{
    static const char *const bad[] = {
        "scenarios:\n  - name: no day\n    given: {}\n    then: {next: goods}\n",
        "scenarios:\n  - name: no such day\n    given: {}\n    on: 2025-02-30\n    then: {next: "
        "goods}\n",
        "scenarios:\n  - name: nothing expected\n    given: {}\n    on: 2025-05-06\n    then: {}\n",
        "scenarios:\n  - name: nothing at all\n",
    };
    (void)state;
    for (size_t i = 0; i < TB_COUNT(bad); i++) {
        struct tb_arena *arena = tb_arena_new(0);
        struct tb_faults faults = {.arena = arena};
        struct packs_files files;
        struct packs_pack *pack = NULL;
        struct packs_scenarios scenarios;
        struct tb_err err = {0};
        assert_int_equal(packs_read(arena, pack_dir(arena, "road-freight"), &files, &err), TB_OK);
        change_file(arena, &files, "tests/scenarios.yaml", NULL, bad[i]);
        assert_int_equal(packs_compile(&files, &faults, &pack, &err), TB_OK);
        assert_int_equal(packs_test(arena, pack, &scenarios, &err), TB_OK);
        assert_int_equal(scenarios.passed, 0);
        packs_free(pack);
        tb_arena_free(arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scenario_of_the_shipped_packs_passes),
        cmocka_unit_test(a_wrong_expectation_fails_and_says_why),
        cmocka_unit_test(a_scenario_without_a_day_or_expectation_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
