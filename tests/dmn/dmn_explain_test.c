/* SPDX-License-Identifier: Apache-2.0 */
/* Explanations of 1,000 random evaluations: each, replayed, gives the same result, one that was tampered with does not,
 * and every change that is told does change the outcome when it is evaluated. */
#include "dmn/dmn.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define EVALUATIONS 1000

static const struct {
    const char *file, *decision;
} sources[] = {
    {"tests/dmn/models/venue.dmn", "Way"},
    {"tests/dmn/models/called.dmn", "Charge"},
    {"packs/public-venue-health/decisions/outcome.dmn", "outcome"},
    {"packs/road-freight/decisions/outcome.dmn", "outcome"},
};

static uint64_t state = 88172645463325252u;
static struct dmn_model *models[TB_COUNT(sources)];

static unsigned
pick(unsigned n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state % n);
}

static int
setup(void **unused)
{
    static char text[1 << 20];
    char path[512];
    (void)unused;
    for (size_t i = 0; i < TB_COUNT(sources); i++) {
        struct dmn_source source = {.file = tb_str_of(sources[i].file)};
        snprintf(path, sizeof path, "%s/%s", getenv("TB_SOURCE"), sources[i].file);
        FILE *file = fopen(path, "rb");
        if (file == NULL)
            return -1;
        source.xml = (tb_str){text, fread(text, 1, sizeof text, file)};
        fclose(file);
        if (dmn_compile(&source, NULL, &models[i], NULL) != TB_OK)
            return -1;
    }
    return 0;
}

static int
teardown(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < TB_COUNT(sources); i++)
        dmn_model_unref(models[i]);
    return 0;
}

static struct feel_value
random_value(struct tb_arena *arena, const struct feel_type *type)
{
    static const char *const days[] = {"2024-12-01", "2025-01-20", "2025-02-10", "2025-06-30"};
    tb_date day;
    if (type->kind == FEEL_TYPE_CONTEXT) {
        struct feel_value all = feel_context_of(arena, NULL, 0);
        for (size_t i = 0; i < type->member_count; i++)
            all = feel_put(arena, &all, type->members[i].name,
                           random_value(arena, type->members[i].type));
        return all;
    }
    if (type->kind != FEEL_TYPE_BASE)
        return feel_null();
    switch (type->base) {
    case FEEL_BOOLEAN:
        return feel_boolean(pick(2));
    case FEEL_NUMBER:
        return feel_integer(pick(100));
    case FEEL_DATE:
        assert_true(tb_date_parse(tb_str_of(days[pick(4)]), &day));
        return feel_date(day);
    case FEEL_STRING:
        return feel_string(pick(2) ? TB_STR("repair") : TB_STR("good"));
    default:
        return feel_null();
    }
}

static struct feel_value
random_input(struct tb_arena *arena, size_t model)
{
    const struct dmn_input_info *inputs;
    struct feel_value all = feel_context_of(arena, NULL, 0);
    size_t count;
    assert_int_equal(
        dmn_inputs(arena, models[model], tb_str_of(sources[model].decision), &inputs, &count, NULL),
        TB_OK);
    for (size_t i = 0; i < count; i++) {
        struct feel_value value = random_value(arena, inputs[i].type);
        if (inputs[i].allowed_count > 0)
            value = inputs[i].allowed[pick((unsigned)inputs[i].allowed_count)];
        if (pick(20) > 0)
            all = feel_put(arena, &all, inputs[i].name, value);
    }
    return all;
}

static struct feel_value
put_path(struct tb_arena *arena, const struct feel_value *context, tb_str path,
         struct feel_value value)
{
    tb_str head;
    struct feel_value none = feel_null();
    tb_str_cut(&path, '.', &head);
    if (path.len > 0) {
        const struct feel_value *inner = feel_get(context, head);
        value = put_path(arena, inner != NULL ? inner : &none, path, value);
    }
    return feel_put(arena, context, head, value);
}

/* Every change, evaluated, gives what it says, which is something else. */
static void
check_changes(struct tb_arena *arena, size_t model, const struct feel_value *input,
              const struct feel_value *value, const struct dmn_explanation *explanation)
{
    for (size_t i = 0; i < explanation->counterfactual_count; i++) {
        const struct dmn_counterfactual *change = &explanation->counterfactuals[i];
        struct feel_value changed = *input, other;
        for (size_t k = 0; k < change->count; k++)
            changed = put_path(arena, &changed, change->inputs[k], change->to[k]);
        assert_int_equal(dmn_eval(arena, models[model], tb_str_of(sources[model].decision),
                                  &changed, NULL, &other, NULL),
                         TB_OK);
        assert_true(feel_equal(&other, &change->value));
        assert_false(feel_equal(&other, value));
    }
}

/* Says of another rule that it hit; true when there was one to say it of. */
static bool
tamper(struct tb_arena *arena, struct dmn_explanation *explanation)
{
    struct dmn_explained *last = TB_NEW_ARRAY(arena, explanation->count, struct dmn_explained);
    memcpy(last, explanation->nodes, explanation->count * sizeof(*last));
    explanation->nodes = last;
    last += explanation->count - 1;
    if (last->table_count == 0)
        return false;
    struct dmn_explained_table *table =
        TB_NEW_ARRAY(arena, last->table_count, struct dmn_explained_table);
    memcpy(table, last->tables, last->table_count * sizeof(*table));
    struct dmn_explained_rule *rules =
        TB_NEW_ARRAY(arena, table->rule_count, struct dmn_explained_rule);
    memcpy(rules, table->rules, table->rule_count * sizeof(*rules));
    table->rules = rules;
    last->tables = table;
    for (size_t i = 0; i < table->rule_count; i++)
        if (rules[i].is_hit) {
            rules[i].is_hit = false;
            return true;
        }
    return false;
}

static void
explanations_are_replayed(void **unused)
{
    size_t changes = 0, near = 0, tampered = 0, steps = 0;
    (void)unused;
    for (size_t n = 0; n < EVALUATIONS; n++) {
        struct tb_arena *arena = tb_arena_new(0);
        size_t model = n % TB_COUNT(sources);
        tb_str decision = tb_str_of(sources[model].decision);
        struct feel_value input = random_input(arena, model), value, again;
        struct dmn_explanation explanation;
        assert_int_equal(dmn_explain(arena, models[model], decision, &input, NULL, n % 4 ? 0 : 2,
                                     &explanation, NULL),
                         TB_OK);
        assert_int_equal(dmn_eval(arena, models[model], decision, &input, NULL, &value, NULL),
                         TB_OK);
        assert_int_equal(dmn_replay(arena, models[model], &explanation, NULL, &again, NULL), TB_OK);
        assert_true(feel_equal(&value, &again));
        check_changes(arena, model, &input, &value, &explanation);
        steps += explanation.count;
        changes += explanation.counterfactual_count;
        near += explanation.counterfactual_count > 0 && explanation.counterfactuals[0].count == 1;
        if (value.kind != FEEL_NULL && tamper(arena, &explanation)) {
            tampered++;
            assert_int_equal(dmn_replay(arena, models[model], &explanation, NULL, &again, NULL),
                             TB_INVALID);
        }
        tb_arena_free(arena);
    }
    print_message("%d evaluations, %zu steps replayed; %zu tampered ones refused; %zu changes "
                  "verified, %zu of one input\n",
                  EVALUATIONS, steps, tampered, changes, near);
    assert_true(changes > 100 && tampered > 100);
}

static void
sentences_say_why_and_by_which_clause(void **unused)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct feel_value input;
    struct dmn_explanation explanation;
    size_t count;
    (void)unused;
    assert_int_equal(feel_once(arena,
                               TB_STR("{Place: \"hotel\", Applicant: {licensed: true, age: 30}, "
                                      "Rooms: 80, Pledge: true, Filed on: @\"2025-02-01\"}"),
                               NULL, NULL, &input, NULL),
                     TB_OK);
    assert_int_equal(
        dmn_explain(arena, models[0], TB_STR("Way"), &input, NULL, 1, &explanation, NULL), TB_OK);
    const tb_str *zh = dmn_explanation_sentences(arena, &explanation, "zh", &count);
    struct tb_buf all = {.arena = arena};
    for (size_t i = 0; i < count; i++)
        tb_buf_printf(&all, TB_FMT "\n", TB_ARG(zh[i]));
    tb_str text = tb_buf_done(&all);
    assert_true(tb_str_contains(text, TB_STR("规则 4 命中，依据 art. 8")));
    assert_true(tb_str_contains(
        text, TB_STR("规则 2 不适用，因为“Applicant.licensed”是 是，不符合 false")));
    assert_true(tb_str_contains(text, TB_STR("依据：Regulation 2")));
    /* The nearest number of rooms, not just any. */
    assert_true(
        tb_str_contains(text, TB_STR("假如“Rooms”是 49（而不是 80），结果就是 \"pledge\"")));
    struct tb_json *json = dmn_explanation_to_json(arena, &explanation);
    assert_true(tb_str_is(tb_json_get_text(json, "value"), "survey"));
    tb_arena_free(arena);
}

/* The clause of a fee stands in the table of a knowledge model; a service and a loop call it too. */
static void
tables_that_are_called_are_explained(void **unused)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct feel_value input, again;
    struct dmn_explanation explanation;
    size_t count;
    (void)unused;
    assert_int_equal(feel_once(arena, TB_STR("{Weight: 40, Rush: true}"), NULL, NULL, &input, NULL),
                     TB_OK);
    assert_int_equal(
        dmn_explain(arena, models[1], TB_STR("Charge"), &input, NULL, 1, &explanation, NULL),
        TB_OK);
    const struct dmn_explained *charge = &explanation.nodes[explanation.count - 1];
    static const char *const names[] = {"Rate", "Share", "Rate", "Rate", "Rate"};
    assert_int_equal(charge->table_count, TB_COUNT(names));
    for (size_t i = 0; i < TB_COUNT(names); i++)
        assert_true(tb_str_is(charge->tables[i].name, names[i]));
    assert_true(charge->tables[0].rules[1].is_hit && !charge->tables[0].rules[0].is_hit);
    assert_true(tb_str_is(charge->tables[0].rules[1].cells[0], "[20..50)"));
    assert_int_equal(explanation.counterfactual_count > 0, 1);
    const tb_str *en = dmn_explanation_sentences(arena, &explanation, "en", &count);
    bool is_said = false;
    for (size_t i = 0; i < count; i++)
        is_said |= tb_str_contains(en[i], TB_STR("in it \"Rate\", because \"weight\" is 40")) &&
                   tb_str_contains(en[i], TB_STR("rule 2 hits, by Price list 2"));
    assert_true(is_said);
    assert_int_equal(dmn_replay(arena, models[1], &explanation, NULL, &again, NULL), TB_OK);
    tb_arena_free(arena);
}

/* A table called for each of a thousand items is told for the first of them, and replayed for all. */
static void
too_many_tables_are_counted(void **unused)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct feel_value input, again;
    struct dmn_explanation explanation;
    (void)unused;
    assert_int_equal(feel_once(arena, TB_STR("{Weight: 40, Rush: true}"), NULL, NULL, &input, NULL),
                     TB_OK);
    assert_int_equal(
        dmn_explain(arena, models[1], TB_STR("Thousand"), &input, NULL, 0, &explanation, NULL),
        TB_OK);
    const struct dmn_explained *last = &explanation.nodes[explanation.count - 1];
    assert_int_equal(last->table_count, DMN_EXPLAIN_TABLES_MAX);
    assert_int_equal(last->table_count + last->tables_left_out, 1000);
    assert_int_equal(dmn_replay(arena, models[1], &explanation, NULL, &again, NULL), TB_OK);
    assert_true(feel_equal(&again, &last->value));
    tb_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(explanations_are_replayed, setup, teardown),
        cmocka_unit_test_setup_teardown(tables_that_are_called_are_explained, setup, teardown),
        cmocka_unit_test_setup_teardown(too_many_tables_are_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(sentences_say_why_and_by_which_clause, setup, teardown),
    };
    return cmocka_run_group_tests_name("dmn_explain", tests, NULL, NULL);
}
