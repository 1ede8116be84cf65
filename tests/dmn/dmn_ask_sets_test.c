/* SPDX-License-Identifier: Apache-2.0 */
/* Thirty decision sets of growing size: the plan of questions has the least effort that any plan has (found again here
 * by trying all of them), every path ends in the outcome of full answers, and nothing is asked that cannot matter.
 * Prints mean and worst number of questions beside asking in the order of the table. */
#include "dmn/dmn.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define SETS 30
#define INPUTS_MAX 13
#define STATES_MAX 4000000

typedef enum { LISTED, FLAG, NUMBER } input_kind;

struct input {
    input_kind kind;
    unsigned count;   /* answers that can make a difference */
    unsigned borders; /* of a number: bits of the tens that some cell compares it with */
    int cost;
};

struct set {
    struct input inputs[INPUTS_MAX];
    size_t input_count, size;
    unsigned rules;
    struct dmn_model *model;
    uint32_t *cells; /* outcome of each combination; the last input varies fastest */
};

static uint64_t state = 88172645463325252u;
static struct tb_arena *arena;

/* xorshift: the same sets in every run. */
static unsigned
pick(unsigned n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state % n);
}

/* ---- models ------------------------------------------------------------------------------------------------------ */

static void
put_inputs(struct tb_buf *buf, const struct set *set)
{
    for (size_t i = 0; i < set->input_count; i++) {
        if (set->inputs[i].kind == LISTED) {
            tb_buf_printf(buf,
                          "<itemDefinition name=\"t%zu\"><typeRef>string</typeRef><allowedValues>"
                          "<text>",
                          i);
            for (unsigned k = 0; k < set->inputs[i].count; k++)
                tb_buf_printf(buf, "%s\"%c\"", k > 0 ? "," : "", (char)('a' + k));
            tb_buf_cstr(buf, "</text></allowedValues></itemDefinition>");
        }
        static const char *const types[] = {"t", "boolean", "number"};
        tb_buf_printf(buf,
                      "<inputData name=\"q%zu\" id=\"q%zu\"><variable name=\"q%zu\" typeRef=\"%s",
                      i, i, i, types[set->inputs[i].kind]);
        if (set->inputs[i].kind == LISTED)
            tb_buf_printf(buf, "%zu", i);
        tb_buf_cstr(buf, "\"/></inputData>");
    }
}

/* A number n has the classes below 10, from 10 to below 20, … */
static void
put_cell(struct tb_buf *buf, struct input *input, bool is_first)
{
    unsigned at = pick(input->count), more = pick(input->count);
    tb_buf_cstr(buf, "<inputEntry><text>");
    if (input->kind == NUMBER)
        at = pick(6);
    if (!is_first && pick(10) < 5) {
        tb_buf_cstr(buf, "-</text></inputEntry>");
        return;
    }
    if (input->kind == NUMBER)
        input->borders |= 1u << (at == 0 ? 1 : at);
    if (input->kind == FLAG)
        tb_buf_cstr(buf, pick(2) ? "true" : "false");
    else if (input->kind == NUMBER && at == 0)
        tb_buf_cstr(buf, "&lt; 10");
    else if (input->kind == NUMBER)
        tb_buf_printf(buf, "&gt;= %u", at * 10);
    else if (pick(3) == 0)
        tb_buf_printf(buf, "not(\"%c\")", (char)('a' + at));
    else
        tb_buf_printf(buf, "\"%c\",\"%c\"", (char)('a' + at), (char)('a' + more));
    tb_buf_cstr(buf, "</text></inputEntry>");
}

/* A table over inputs [from, to) and, when of is given, a decision's value. */
static void
put_table(struct tb_buf *buf, struct set *set, const char *name, size_t from, size_t to,
          const char *of)
{
    tb_buf_printf(buf, "<decision name=\"%s\" id=\"%s\"><variable name=\"%s\"/>", name, name, name);
    if (of != NULL)
        tb_buf_printf(buf,
                      "<informationRequirement><requiredDecision href=\"#%s\"/>"
                      "</informationRequirement>",
                      of);
    for (size_t i = from; i < to; i++)
        tb_buf_printf(buf,
                      "<informationRequirement><requiredInput href=\"#q%zu\"/>"
                      "</informationRequirement>",
                      i);
    tb_buf_cstr(buf, "<decisionTable hitPolicy=\"FIRST\">");
    if (of != NULL)
        tb_buf_printf(buf, "<input><inputExpression><text>%s</text></inputExpression></input>", of);
    for (size_t i = from; i < to; i++)
        tb_buf_printf(buf, "<input><inputExpression><text>q%zu</text></inputExpression></input>",
                      i);
    tb_buf_cstr(buf, "<output/>");
    for (unsigned r = 0; r < set->rules; r++) {
        tb_buf_cstr(buf, "<rule>");
        if (of != NULL)
            tb_buf_printf(buf, "<inputEntry><text>%s</text></inputEntry>",
                          pick(3) == 0 ? "\"r0\""
                          : pick(2)    ? "not(\"r1\")"
                                       : "-");
        for (size_t i = from; i < to; i++)
            put_cell(buf, &set->inputs[i], r == 0 || i == r % to);
        tb_buf_printf(buf, "<outputEntry><text>\"r%u\"</text></outputEntry></rule>", pick(4));
    }
    tb_buf_cstr(buf, "</decisionTable></decision>");
}

static void
make_set(struct set *set, unsigned number)
{
    struct tb_buf buf = {.arena = arena};
    bool is_flags = number % 10 == 9;
    size_t inputs = is_flags ? 7 + number / 5 : 2 + number / 5;
    *set = (struct set){.input_count = inputs, .size = 1, .rules = 3 + number / 2};
    for (size_t i = 0; i < inputs; i++) {
        struct input *input = &set->inputs[i];
        input->kind = is_flags ? FLAG : (input_kind)pick(3);
        input->count = input->kind == FLAG ? 2 : 2 + pick(5);
        input->cost = number % 2 ? (int[]){1, 3, 10}[pick(3)] : 1;
    }
    tb_buf_cstr(&buf, "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" "
                      "name=\"m\" namespace=\"urn:m\">");
    put_inputs(&buf, set);
    if (number >= 10 && !is_flags) { /* two tables, some questions in both */
        put_table(&buf, set, "First", 0, (inputs * 2) / 3, NULL);
        put_table(&buf, set, "Last", inputs / 3, inputs, "First");
    } else {
        put_table(&buf, set, "Last", 0, inputs, NULL);
    }
    tb_buf_cstr(&buf, "</definitions>");
    for (size_t i = 0; i < inputs; i++) {
        if (set->inputs[i].kind == NUMBER)
            set->inputs[i].count = 1 + (unsigned)__builtin_popcount(set->inputs[i].borders);
        set->size *= set->inputs[i].count;
    }
    struct tb_faults faults = {.arena = arena};
    struct dmn_source source = {.file = TB_STR("set.dmn"), .xml = tb_buf_done(&buf)};
    if (dmn_compile(&source, &faults, &set->model, NULL) != TB_OK)
        fail_msg("%.*s", TB_ARG(faults.items[0].en));
}

static struct feel_value
answer_of(const struct input *input, unsigned k)
{
    static const char *const texts[] = {"a", "b", "c", "d", "e", "f", "g"};
    if (input->kind == FLAG)
        return feel_boolean(k == 0);
    if (input->kind == LISTED)
        return feel_string(tb_str_of(texts[k]));
    unsigned border = 0; /* the k-th that is used */
    for (; k > 0; k--)
        do
            border++;
        while (!(input->borders >> border & 1));
    return feel_integer(border * 10 + 3);
}

static tb_str
name_of(size_t input)
{
    static const char *const names[] = {"q0", "q1", "q2", "q3",  "q4",  "q5", "q6",
                                        "q7", "q8", "q9", "q10", "q11", "q12"};
    return tb_str_of(names[input]);
}

/* The answer to an input in a combination. */
static unsigned
digit(const struct set *set, size_t combination, size_t input)
{
    for (size_t i = set->input_count - 1; i > input; i--)
        combination /= set->inputs[i].count;
    return (unsigned)(combination % set->inputs[input].count);
}

static struct feel_value
full_answers(struct tb_arena *where, const struct set *set, size_t combination)
{
    struct feel_value all = feel_context_of(where, NULL, 0);
    for (size_t i = 0; i < set->input_count; i++)
        all = feel_put(where, &all, name_of(i),
                       answer_of(&set->inputs[i], digit(set, combination, i)));
    return all;
}

static void
evaluate_all(struct set *set)
{
    struct tb_arena *scratch = tb_arena_new(0);
    set->cells = TB_NEW_ARRAY(arena, set->size, uint32_t);
    for (size_t n = 0; n < set->size; n++) {
        struct feel_value all = full_answers(scratch, set, n), value;
        assert_int_equal(dmn_eval(scratch, set->model, TB_STR("Last"), &all, NULL, &value, NULL),
                         TB_OK);
        set->cells[n] = value.kind == FEEL_STRING ? (uint32_t)value.u.string.ptr[1] : 0;
        tb_arena_reset(scratch);
    }
    tb_arena_free(scratch);
}

/* ---- the least effort, by trying everything ---------------------------------------------------------------------- */

/* Each state fixes some answers (digit < count) and leaves others open (digit = count). Every state is solved from
 * those that fix one answer more. All answers are equally likely. */
static double
exhaustive(const struct set *set)
{
    size_t states = 1, stride[INPUTS_MAX];
    for (size_t i = set->input_count; i > 0; i--) {
        stride[i - 1] = states;
        states *= set->inputs[i - 1].count + 1;
    }
    if (states > STATES_MAX)
        return -1;
    float *effort = malloc(states * sizeof(float));
    int32_t *outcome = malloc(states * sizeof(int32_t)); /* -1: not decided */
    for (size_t s = 0; s < states; s++) {
        size_t open = set->input_count, combination = 0;
        for (size_t i = 0; i < set->input_count; i++) {
            size_t own = s / stride[i] % (set->inputs[i].count + 1);
            combination = combination * set->inputs[i].count + own;
            if (own == set->inputs[i].count)
                open = i;
        }
        effort[s] = 0;
        outcome[s] = open == set->input_count ? (int32_t)set->cells[combination] : -2;
        if (outcome[s] != -2)
            continue;
        float best = INFINITY;
        for (size_t i = 0; i < set->input_count; i++) {
            unsigned n = set->inputs[i].count;
            double sum = 0;
            bool is_same = true;
            if (s / stride[i] % (n + 1) != n)
                continue;
            for (unsigned k = 1; k <= n; k++) {
                sum += (double)effort[s - k * stride[i]] / n;
                is_same &= outcome[s - k * stride[i]] == outcome[s - stride[i]];
            }
            if (is_same && outcome[s - stride[i]] >= 0) {
                best = 0;
                outcome[s] = outcome[s - stride[i]];
                break;
            }
            if (set->inputs[i].cost + sum < best)
                best = (float)(set->inputs[i].cost + sum);
        }
        effort[s] = best;
        if (outcome[s] == -2)
            outcome[s] = -1;
    }
    double least = effort[states - 1];
    free(effort);
    free(outcome);
    return least;
}

/* ---- asking in the order of the table ---------------------------------------------------------------------------- */

struct tally {
    double questions, effort; /* summed over all combinations */
    unsigned worst;
};

/* The combinations of a block agree on the first inputs; skips: do not ask what makes no difference. */
static void
in_order(const struct set *set, size_t *members, size_t count, size_t input, unsigned asked,
         int effort, bool skips, struct tally *tally)
{
    bool is_decided = true, matters = !skips;
    for (size_t i = 1; i < count; i++)
        is_decided &= set->cells[members[i]] == set->cells[members[0]];
    if (is_decided) {
        tally->questions += (double)asked * (double)count;
        tally->effort += (double)effort * (double)count;
        tally->worst = asked > tally->worst ? asked : tally->worst;
        return;
    }
    /* Members are in order, so those with one answer are blocks of equal length. */
    size_t n = set->inputs[input].count, block = count / n;
    for (size_t i = 0; i + block < count && !matters; i++)
        matters = set->cells[members[i]] != set->cells[members[i + block]];
    if (!matters) { /* any answer will do: go on with the first, for all of them */
        struct tally part = {0};
        in_order(set, members, block, input + 1, asked, effort, skips, &part);
        tally->questions += part.questions * (double)n;
        tally->effort += part.effort * (double)n;
        tally->worst = part.worst > tally->worst ? part.worst : tally->worst;
        return;
    }
    for (size_t k = 0; k < n; k++)
        in_order(set, members + k * block, block, input + 1, asked + 1,
                 effort + set->inputs[input].cost, skips, tally);
}

static struct tally
table_order(const struct set *set, bool skips)
{
    struct tally tally = {0};
    size_t *members = TB_NEW_ARRAY(arena, set->size, size_t);
    for (size_t i = 0; i < set->size; i++)
        members[i] = i;
    in_order(set, members, set->size, 0, 0, 0, skips, &tally);
    tally.questions /= (double)set->size;
    tally.effort /= (double)set->size;
    return tally;
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

static struct dmn_asked
ask(struct tb_arena *where, const struct set *set, const struct feel_value *known, bool with_costs)
{
    struct dmn_question questions[INPUTS_MAX];
    struct dmn_asked asked;
    for (size_t i = 0; i < set->input_count; i++)
        questions[i] = (struct dmn_question){name_of(i), with_costs ? set->inputs[i].cost : 1, 0};
    assert_int_equal(dmn_ask(where, set->model, TB_STR("Last"), known, questions, set->input_count,
                             NULL, &asked, NULL),
                     TB_OK);
    return asked;
}

/* Does the question make a difference for some answers to the others that are open? */
static bool
can_matter(const struct set *set, const bool *is_known, size_t combination, size_t input)
{
    size_t stride = 1;
    for (size_t i = set->input_count - 1; i > input; i--)
        stride *= set->inputs[i].count;
    for (size_t n = 0; n + stride < set->size; n++) {
        bool fits = digit(set, n, input) + 1 < set->inputs[input].count;
        for (size_t i = 0; fits && i < set->input_count; i++)
            fits = !is_known[i] || digit(set, n, i) == digit(set, combination, i);
        if (fits && set->cells[n] != set->cells[n + stride])
            return true;
    }
    return false;
}

/* Follows the questions for one combination of answers; the number asked. */
static unsigned
follow(const struct set *set, size_t combination)
{
    struct tb_arena *where = tb_arena_new(0);
    struct feel_value known = feel_context_of(where, NULL, 0);
    bool is_known[INPUTS_MAX] = {false};
    unsigned count = 0;
    struct dmn_asked asked = ask(where, set, &known, true);
    for (; !asked.is_forced; count++) {
        size_t input = 0;
        while (!tb_str_eq(name_of(input), asked.next))
            input++;
        assert_true(count < set->input_count && !is_known[input]);
        assert_true(can_matter(set, is_known, combination, input));
        known = feel_put(where, &known, asked.next,
                         answer_of(&set->inputs[input], digit(set, combination, input)));
        is_known[input] = true;
        asked = ask(where, set, &known, true);
    }
    uint32_t outcome =
        asked.outcome.kind == FEEL_STRING ? (uint32_t)asked.outcome.u.string.ptr[1] : 0;
    assert_int_equal(outcome, set->cells[combination]);
    tb_arena_free(where);
    return count;
}

static void
check_set(unsigned number, size_t *followed, size_t *compared)
{
    struct set set;
    struct timespec from, to;
    make_set(&set, number);
    evaluate_all(&set);
    struct feel_value nothing = feel_context_of(arena, NULL, 0);
    clock_gettime(CLOCK_MONOTONIC, &from);
    struct dmn_asked priced = ask(arena, &set, &nothing, true);
    clock_gettime(CLOCK_MONOTONIC, &to);
    struct dmn_asked fewest = ask(arena, &set, &nothing, false);
    double least = exhaustive(&set);
    bool is_small = set.size <= DMN_ASK_COMBINATIONS_MAX, is_comparable = least >= 0 && is_small;
    if (!priced.is_forced && is_small)
        assert_true(priced.is_optimal);
    if (is_comparable && !priced.is_forced) {
        if (fabs(priced.effort - least) > 1e-4 * least)
            fail_msg("set %u: effort %.6f, but %.6f is possible", number, priced.effort, least);
        *compared += 1;
    }
    unsigned samples = set.size < 400 ? (unsigned)set.size : 20;
    for (unsigned i = 0; i < samples; i++, *followed += 1)
        follow(&set, samples == set.size ? i : pick((unsigned)set.size));
    struct tally strict = table_order(&set, false), skipping = table_order(&set, true);
    /* Asking in the order of the table is one plan of many: on average it cannot need less. */
    if (fewest.is_optimal)
        assert_true(fewest.effort <= strict.questions * (1 + 1e-4));
    if (priced.is_optimal)
        assert_true(priced.effort <= strict.effort * (1 + 1e-4));
    assert_true(fewest.questions_max <= strict.worst);
    printf(
        "# %2u: %2zu inputs %3u rules %6zu answers | questions mean %.2f worst %zu | in table "
        "order "
        "%.2f worst %u | skipping the irrelevant %.2f worst %u | effort %.2f, in order %.2f%s | "
        "%.1f ms\n",
        number + 1, set.input_count, set.rules, set.size, fewest.is_optimal ? fewest.effort : NAN,
        fewest.questions_max, strict.questions, strict.worst, skipping.questions, skipping.worst,
        priced.is_optimal ? priced.effort : NAN, skipping.effort, is_comparable ? ", optimum" : "",
        (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6);
    dmn_model_unref(set.model);
}

static void
the_plan_has_the_least_effort(void **unused)
{
    size_t followed = 0, compared = 0;
    (void)unused;
    arena = tb_arena_new(0);
    for (unsigned i = 0; i < SETS; i++)
        check_set(i, &followed, &compared);
    printf("# %zu paths followed, %zu optima compared\n", followed, compared);
    assert_true(compared >= 25);
    tb_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_plan_has_the_least_effort)};
    return cmocka_run_group_tests_name("dmn_ask_sets", tests, NULL, NULL);
}
