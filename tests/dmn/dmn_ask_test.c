/* SPDX-License-Identifier: Apache-2.0 */
/* Asking: every path of questions ends in the outcome that full answers give, nothing is asked that cannot matter, and
 * because says which rule and which clause. */
#include "dmn/dmn.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct tb_arena *arena;
static struct dmn_model *model;

static int
setup(void **state)
{
    static char text[1 << 16];
    char path[512];
    struct dmn_source source = {.file = TB_STR("venue.dmn")};
    (void)state;
    arena = tb_arena_new(0);
    snprintf(path, sizeof path, "%s/tests/dmn/models/venue.dmn", getenv("TB_SOURCE"));
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return -1;
    source.xml = (tb_str){text, fread(text, 1, sizeof text, file)};
    fclose(file);
    return dmn_compile(&source, NULL, &model, NULL) == TB_OK ? 0 : -1;
}

static int
teardown(void **state)
{
    (void)state;
    dmn_model_unref(model);
    tb_arena_free(arena);
    return 0;
}

static struct feel_value
context_of(const char *text)
{
    struct feel_value value;
    assert_int_equal(feel_once(arena, tb_str_of(text), NULL, NULL, &value, NULL), TB_OK);
    return value;
}

static struct dmn_asked
ask(const struct feel_value *known)
{
    struct dmn_asked asked;
    assert_int_equal(dmn_ask(arena, model, TB_STR("Way"), known, NULL, 0, NULL, &asked, NULL),
                     TB_OK);
    return asked;
}

static void
what_is_decided_is_not_asked(void **state)
{
    static const struct {
        const char *known, *outcome;
    } rows[] = {
        {"{Place: \"teahouse\"}", "\"not_needed\""},
        {"{Place: \"bookshop\", Filed on: @\"2025-02-01\"}", "\"filing\""},
        {"{Place: \"pool\", Applicant: {licensed: true}}", "\"survey\""},
        {"{Place: \"pool\", Applicant: {licensed: false}}", "\"not_yet\""},
        {"{Place: \"hotel\", Applicant: {licensed: true}, Rooms: 50}", "\"survey\""},
        {"{Place: \"hotel\", Applicant: {licensed: true}, Pledge: false}", "\"survey\""},
    };
    (void)state;
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        struct feel_value known = context_of(rows[i].known);
        struct dmn_asked asked = ask(&known);
        assert_true(asked.is_forced);
        assert_string_equal(feel_format_literal(arena, &asked.outcome).ptr, rows[i].outcome);
    }
}

static void
unknown_is_not_null(void **state)
{
    struct feel_value unknown = context_of("{Place: \"barber\", Applicant: {licensed: true}}");
    struct feel_value nothing =
        context_of("{Place: \"barber\", Applicant: {licensed: true}, Pledge: null}");
    (void)state;
    struct dmn_asked asked = ask(&unknown);
    assert_false(asked.is_forced);
    assert_true(tb_str_is(asked.next, "Pledge"));
    assert_int_equal(asked.relevant_count, 1);
    assert_int_equal(asked.possible_count, 2);
    asked = ask(&nothing);
    assert_true(asked.is_forced);
    assert_int_equal(asked.outcome.kind, FEEL_NULL);
}

static void
a_question_says_why_it_is_asked(void **state)
{
    struct feel_value none = context_of("{}");
    struct dmn_asked asked = ask(&none);
    (void)state;
    assert_true(tb_str_is(asked.next, "Place"));
    assert_true(tb_str_is(asked.because_decision, "Need"));
    assert_int_equal(asked.because_rule, 1);
    assert_int_equal(asked.because_authority_count, 1);
    assert_true(tb_str_is(asked.because_authorities[0].location, "law:487#2"));
}

static void
members_of_structured_inputs_are_asked_one_by_one(void **state)
{
    struct feel_value known = context_of("{Place: \"pool\"}");
    struct dmn_asked asked = ask(&known);
    (void)state;
    assert_true(tb_str_is(asked.next, "Applicant.licensed"));
    assert_int_equal(asked.relevant_count, 1); /* never Applicant.age, which nothing reads */
}

static void
cheap_questions_come_first(void **state)
{
    struct feel_value known = context_of("{Place: \"hotel\", Applicant: {licensed: true}}");
    struct dmn_question dear[] = {{TB_STR("Rooms"), 10, 0}, {TB_STR("Pledge"), 1, 0}};
    struct dmn_question cheap[] = {{TB_STR("Rooms"), 1, 0}, {TB_STR("Pledge"), 10, 0}};
    struct dmn_asked asked;
    (void)state;
    assert_int_equal(dmn_ask(arena, model, TB_STR("Way"), &known, dear, 2, NULL, &asked, NULL),
                     TB_OK);
    assert_true(tb_str_is(asked.next, "Pledge"));
    assert_int_equal(dmn_ask(arena, model, TB_STR("Way"), &known, cheap, 2, NULL, &asked, NULL),
                     TB_OK);
    assert_true(tb_str_is(asked.next, "Rooms"));
}

/* Two columns hang on Place: for a bookshop the day decides first, and Rooms never matters. */
static void
columns_that_hang_on_one_input_are_judged_together(void **state)
{
    struct feel_value known = context_of("{Place: \"bookshop\"}");
    struct dmn_question order[] = {{TB_STR("Rooms"), 1, 0}, {TB_STR("Pledge"), 1, 0}};
    struct dmn_asked asked;
    (void)state;
    assert_int_equal(dmn_ask(arena, model, TB_STR("Way"), &known, order, 2, NULL, &asked, NULL),
                     TB_OK);
    assert_true(tb_str_is(asked.next, "Filed on"));
    for (size_t i = 0; i < asked.relevant_count; i++)
        assert_false(tb_str_is(asked.relevant[i], "Rooms"));
    assert_true(asked.is_optimal);
    assert_int_equal(asked.questions_max, 3);
}

static void
a_pinned_question_comes_first(void **state)
{
    struct feel_value none = context_of("{}");
    struct dmn_question pinned[] = {{TB_STR("Place"), 1, 0}, {TB_STR("Pledge"), 1, -1}};
    struct dmn_asked asked;
    (void)state;
    assert_int_equal(dmn_ask(arena, model, TB_STR("Way"), &none, pinned, 2, NULL, &asked, NULL),
                     TB_OK);
    assert_true(tb_str_is(asked.next, "Pledge"));
}

static void
outcomes_are_told_from_best_to_worst(void **state)
{
    struct feel_value known = context_of("{Place: \"hotel\", Applicant: {licensed: true}}");
    struct dmn_asked asked = ask(&known);
    (void)state;
    assert_int_equal(asked.possible_count, 2);
    assert_non_null(asked.best);
    assert_ptr_equal(asked.worst, &asked.possible[1]);
    assert_false(asked.is_ranked);
}

/* Full answers, by number, over a grid of values of all inputs. */
static struct feel_value
full_answers(unsigned n)
{
    static const char *const places[] = {"hotel", "barber", "pool", "teahouse", "bookshop"};
    static const char *const days[] = {"2024-12-01", "2025-01-20", "2025-03-01"};
    static const int rooms[] = {10, 49, 50, 80};
    return context_of(tb_printf(arena,
                                "{Place: \"%s\", Filed on: @\"%s\", Rooms: %d, Pledge: %s, "
                                "Applicant: {licensed: %s, age: 30}}",
                                places[n % 5], days[n / 5 % 3], rooms[n / 15 % 4],
                                n / 60 % 2 ? "true" : "false", n / 120 % 2 ? "true" : "false")
                          .ptr);
}

/* Adds the full answer to one question to what is known. */
static struct feel_value
reply(const struct feel_value *known, const struct feel_value *full, tb_str question)
{
    tb_str rest = question, head;
    tb_str_cut(&rest, '.', &head);
    const struct feel_value *answer = feel_get_path(full, tb_cstr(arena, question));
    assert_non_null(answer);
    if (rest.len == 0)
        return feel_put(arena, known, head, *answer);
    struct feel_value inner = feel_put(arena, feel_get(known, head), rest, *answer);
    return feel_put(arena, known, head, inner);
}

static void
every_path_ends_in_the_outcome_of_full_answers(void **state)
{
    size_t questions = 0;
    (void)state;
    for (unsigned n = 0; n < 240; n++) {
        struct feel_value full = full_answers(n), known = context_of("{}"), value;
        struct dmn_asked asked = ask(&known);
        for (int i = 0; !asked.is_forced; i++) {
            assert_true(i < 6);
            known = reply(&known, &full, asked.next);
            asked = ask(&known);
            questions++;
        }
        assert_int_equal(dmn_eval(arena, model, TB_STR("Way"), &full, NULL, &value, NULL), TB_OK);
        assert_true(feel_equal(&value, &asked.outcome));
    }
    print_message("%.2f questions on average\n", questions / 240.0);
}

static void
because_names_rules_and_clauses(void **state)
{
    struct feel_value full = full_answers(4), value;
    struct dmn_trace trace;
    (void)state;
    assert_int_equal(dmn_because(arena, model, TB_STR("Way"), &full, NULL, &value, &trace, NULL),
                     TB_OK);
    assert_int_equal(trace.count, 2);
    assert_true(tb_str_is(trace.steps[0].decision->name, "Need"));
    assert_int_equal(trace.steps[0].hit_count, 1);
    assert_true(tb_str_is(trace.steps[0].hits[0].rule_id, "n2"));
    assert_true(tb_str_is(trace.steps[0].hits[0].annotations[0], "art. 8"));
    assert_true(tb_str_is(trace.steps[0].decision->authorities[0].name, "Regulation 2"));
}

static void
inputs_are_listed_with_their_values(void **state)
{
    const struct dmn_input_info *inputs;
    size_t count;
    (void)state;
    assert_int_equal(dmn_inputs(arena, model, TB_STR("Need"), &inputs, &count, NULL), TB_OK);
    assert_int_equal(count, 2);
    assert_true(tb_str_is(inputs[0].name, "Place"));
    assert_int_equal(inputs[0].allowed_count, 5);
    assert_true(tb_str_is(inputs[1].name, "Filed on"));
    assert_int_equal(dmn_inputs(arena, model, TB_STR("Nope"), &inputs, &count, NULL), TB_NOT_FOUND);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_decided_is_not_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(unknown_is_not_null, setup, teardown),
        cmocka_unit_test_setup_teardown(a_question_says_why_it_is_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(members_of_structured_inputs_are_asked_one_by_one, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(cheap_questions_come_first, setup, teardown),
        cmocka_unit_test_setup_teardown(columns_that_hang_on_one_input_are_judged_together, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_pinned_question_comes_first, setup, teardown),
        cmocka_unit_test_setup_teardown(outcomes_are_told_from_best_to_worst, setup, teardown),
        cmocka_unit_test_setup_teardown(every_path_ends_in_the_outcome_of_full_answers, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(because_names_rules_and_clauses, setup, teardown),
        cmocka_unit_test_setup_teardown(inputs_are_listed_with_their_values, setup, teardown),
    };
    return cmocka_run_group_tests_name("dmn_ask", tests, NULL, NULL);
}
