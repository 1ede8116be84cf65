/* SPDX-License-Identifier: Apache-2.0 */
/* The questions of the shipped packs. For each outcome decision, on days on both sides of a change of the law and with
 * every kind of record: all combinations of answers are evaluated, and asking by the library is held against asking in
 * the order of the table: never more questions, never more effort. Every path, also that of the guide with its pinned
 * questions, topics and papers, ends in the outcome that full answers give. Prints mean and worst numbers. */
#include "packs_help.h"

#define INPUTS_MAX 8
#define COMPLETIONS_MAX 200

/* What is on record, and the day. */
struct setting {
    tb_date date;
    const char *credit, *expires; /* NULL: nothing */
};

struct decision {
    const struct packs_pack *pack;
    const struct dmn_model *model;
    const struct packs_question *questions[INPUTS_MAX]; /* in the order of the model */
    tb_str options[INPUTS_MAX][16];
    size_t counts[INPUTS_MAX], count, size;
    struct feel_value base; /* known without asking */
    size_t *outcomes;       /* of each combination; the last question varies fastest */
    struct feel_value values[64];
    size_t value_count;
};

struct tally {
    double questions, effort; /* summed over combinations */
    unsigned worst;
};

static struct tb_arena *arena;

static void
open_decision(struct decision *d, const struct packs_pack *pack, const struct setting *setting)
{
    const struct dmn_input_info *inputs;
    size_t input_count;
    *d = (struct decision){.pack = pack, .size = 1};
    d->model = packs_decision_model(pack, TB_STR("outcome"));
    d->base = feel_context_of(arena, NULL, 0);
    assert_int_equal(dmn_inputs(arena, d->model, TB_STR("outcome"), &inputs, &input_count, NULL),
                     TB_OK);
    for (size_t i = 0; i < input_count; i++) {
        const struct packs_question *question = packs_question_find(pack, inputs[i].name);
        struct feel_value value = feel_null();
        tb_date day;
        if (question != NULL && !tb_str_is(question->type, "record")) {
            tb_str rest = question->options;
            assert_true(d->count < INPUTS_MAX);
            while (rest.len > 0 &&
                   tb_str_cut(&rest, '|', &d->options[d->count][d->counts[d->count]]))
                d->counts[d->count]++;
            d->size *= d->counts[d->count];
            d->questions[d->count++] = question;
            continue;
        }
        if (tb_str_is(inputs[i].name, "application date"))
            value = feel_date(setting->date);
        else if (tb_str_is(inputs[i].name, "options"))
            feel_from_json(arena, pack->options, NULL, &value, NULL);
        else if (tb_str_is(inputs[i].name, "credit") && setting->credit != NULL)
            value = feel_string(tb_str_of(setting->credit));
        else if (tb_str_is(inputs[i].name, "permit expires") && setting->expires != NULL &&
                 tb_date_parse(tb_str_of(setting->expires), &day))
            value = feel_date(day);
        d->base = feel_put(arena, &d->base, inputs[i].name, value);
    }
}

static size_t
digit(const struct decision *d, size_t combination, size_t question)
{
    for (size_t i = d->count - 1; i > question; i--)
        combination /= d->counts[i];
    return combination % d->counts[question];
}

static void
evaluate_all(struct decision *d)
{
    struct tb_arena *scratch = tb_arena_new(0);
    d->outcomes = TB_NEW_ARRAY(arena, d->size, size_t);
    for (size_t n = 0; n < d->size; n++) {
        struct feel_value all = d->base, value;
        for (size_t i = 0; i < d->count; i++)
            all = feel_put(scratch, &all, d->questions[i]->input,
                           feel_string(d->options[i][digit(d, n, i)]));
        assert_int_equal(dmn_eval(scratch, d->model, TB_STR("outcome"), &all, NULL, &value, NULL),
                         TB_OK);
        size_t at = 0;
        while (at < d->value_count && !feel_equal(&d->values[at], &value))
            at++;
        if (at == d->value_count) {
            assert_true(at < TB_COUNT(d->values));
            d->values[d->value_count++] = feel_copy(arena, &value);
        }
        d->outcomes[n] = at;
        tb_arena_reset(scratch);
    }
    tb_arena_free(scratch);
}

/* ---- in the order of the table ----------------------------------------------------------------------------------- */

/* The members agree on the first questions; asks the next of them until the outcome is certain. */
static void
in_order(const struct decision *d, const size_t *members, size_t count, size_t at, unsigned asked,
         double effort, struct tally *tally)
{
    bool is_decided = true;
    for (size_t i = 1; i < count; i++)
        is_decided &= d->outcomes[members[i]] == d->outcomes[members[0]];
    if (is_decided) {
        tally->questions += asked * (double)count;
        tally->effort += effort * (double)count;
        tally->worst = asked > tally->worst ? asked : tally->worst;
        return;
    }
    size_t block = count / d->counts[at];
    for (size_t k = 0; k < d->counts[at]; k++)
        in_order(d, members + k * block, block, at + 1, asked + 1,
                 effort + (double)d->questions[at]->cost, tally);
}

/* ---- by the library ---------------------------------------------------------------------------------------------- */

/* Follows every answer to every question; weight: the combinations that agree with the answers so far. */
static void
by_library(const struct decision *d, const struct feel_value *known, const size_t *given,
           bool with_costs, unsigned asked, double effort, double weight, struct tally *tally)
{
    struct tb_arena *scratch = tb_arena_new(0);
    struct dmn_question questions[INPUTS_MAX];
    struct dmn_asked answer;
    for (size_t i = 0; i < d->count; i++)
        questions[i] = (struct dmn_question){.input = d->questions[i]->input,
                                             .cost = with_costs ? d->questions[i]->cost : 1};
    assert_int_equal(dmn_ask(scratch, d->model, TB_STR("outcome"), known, questions, d->count, NULL,
                             &answer, NULL),
                     TB_OK);
    if (answer.is_forced) {
        for (size_t n = 0; n < d->size; n++) { /* every completion has this outcome */
            bool agrees = true;
            for (size_t i = 0; i < d->count && agrees; i++)
                agrees = given[i] == SIZE_MAX || given[i] == digit(d, n, i);
            if (agrees)
                assert_true(feel_equal(&answer.outcome, &d->values[d->outcomes[n]]));
        }
        tally->questions += asked * weight;
        tally->effort += effort * weight;
        tally->worst = asked > tally->worst ? asked : tally->worst;
        tb_arena_free(scratch);
        return;
    }
    assert_true(answer.is_optimal);
    size_t at = 0, more[INPUTS_MAX];
    while (!tb_str_eq(d->questions[at]->input, answer.next))
        at++;
    assert_true(given[at] == SIZE_MAX);
    memcpy(more, given, sizeof(more));
    for (size_t k = 0; k < d->counts[at]; k++) {
        struct feel_value next =
            feel_put(scratch, known, answer.next, feel_string(d->options[at][k]));
        more[at] = k;
        by_library(d, &next, more, with_costs, asked + 1, effort + (double)d->questions[at]->cost,
                   weight / (double)d->counts[at], tally);
    }
    tb_arena_free(scratch);
}

/* ---- the guide --------------------------------------------------------------------------------------------------- */

struct walk {
    const struct decision *d;
    const struct setting *setting;
    const struct tb_json *facts;
    size_t paths, completions;
    unsigned worst;
    uint64_t state;
};

/* Any completion of the answers of a path has the outcome that the path ended in. */
static void
check_completions(struct walk *w, const struct tb_json *answers, const struct tb_json *outcome)
{
    const struct decision *d = w->d;
    for (size_t n = 0; n < (d->size < COMPLETIONS_MAX ? d->size : COMPLETIONS_MAX); n++) {
        size_t combination = 0;
        w->state = w->state * 6364136223846793005u + 1442695040888963407u;
        size_t drawn = d->size < COMPLETIONS_MAX ? n : (size_t)(w->state >> 33) % d->size;
        for (size_t i = 0; i < d->count; i++) {
            size_t own = digit(d, drawn, i);
            tb_str given = tb_json_text(tb_json_find(answers, d->questions[i]->input));
            for (size_t k = 0; given.len > 0 && k < d->counts[i]; k++)
                own = tb_str_eq(given, d->options[i][k]) ? k : own;
            combination = combination * d->counts[i] + own;
        }
        const struct feel_value *value = &d->values[d->outcomes[combination]];
        const struct feel_value *kind = feel_get(value, TB_STR("kind"));
        const struct feel_value *reason = feel_get(value, TB_STR("reason"));
        assert_true(tb_str_eq(kind->u.string, tb_json_get_text(outcome, "kind")));
        assert_true(tb_str_eq(reason->u.string, tb_json_get_text(outcome, "reason")));
        w->completions++;
    }
}

static void
walk_guide(struct walk *w, const struct tb_json *answers)
{
    struct tb_arena *scratch = tb_arena_new(0);
    struct tb_faults faults = {.arena = scratch};
    struct packs_ask ask = {
        .answers = answers, .facts = w->facts, .date = w->setting->date, .lang = TB_STR("zh")};
    struct tb_json *answer = NULL;
    struct tb_err err = {0};
    assert_int_equal(packs_guide(scratch, w->d->pack, &ask, &faults, &answer, &err), TB_OK);
    const struct tb_json *outcome = tb_json_get(answer, "outcome");
    if (outcome != NULL) {
        w->paths++;
        w->worst = answers->count > w->worst ? (unsigned)answers->count : w->worst;
        check_completions(w, answers, outcome);
        tb_arena_free(scratch);
        return;
    }
    tb_str input = tb_json_text(tb_json_path(answer, "question.input")), one;
    const struct packs_question *question = packs_question_find(w->d->pack, input);
    assert_null(tb_json_find(answers, input));
    tb_str options = question->options;
    while (options.len > 0 && tb_str_cut(&options, '|', &one)) {
        struct tb_json *more = tb_json_copy(scratch, answers);
        tb_json_set_text(scratch, more, tb_cstr(scratch, input), one);
        walk_guide(w, more);
    }
    tb_arena_free(scratch);
}

/* ---- the test ---------------------------------------------------------------------------------------------------- */

static void
check_setting(const struct packs_pack *pack, const struct setting *setting)
{
    struct decision d;
    struct tally order = {0}, fewest = {0}, easiest = {0};
    size_t given[INPUTS_MAX];
    arena = tb_arena_new(0);
    open_decision(&d, pack, setting);
    evaluate_all(&d);
    size_t *members = TB_NEW_ARRAY(arena, d.size, size_t);
    for (size_t i = 0; i < d.size; i++)
        members[i] = i;
    in_order(&d, members, d.size, 0, 0, 0, &order);
    memset(given, 0xff, sizeof(given));
    by_library(&d, &d.base, given, false, 0, 0, (double)d.size, &fewest);
    by_library(&d, &d.base, given, true, 0, 0, (double)d.size, &easiest);
    struct tb_json *facts = tb_json_new(arena, TB_JSON_OBJECT);
    if (setting->credit != NULL)
        tb_json_set_text(arena, facts, "credit.state", tb_str_of(setting->credit));
    if (setting->expires != NULL)
        tb_json_set_text(arena, facts, "permit.expires", tb_str_of(setting->expires));
    struct walk w = {.d = &d, .setting = setting, .facts = facts, .state = 1};
    walk_guide(&w, tb_json_new(arena, TB_JSON_OBJECT));
    double n = (double)d.size;
    print_message("# " TB_FMT ", %d-%02d-%02d, credit %s, expires %s: %zu questions %zu answers | "
                  "mean %.2f worst %u | in table order %.2f worst %u | effort %.2f, in order %.2f "
                  "| guide: %zu paths, worst %u with papers, %zu completions\n",
                  TB_ARG(pack->id), setting->date.year, setting->date.month, setting->date.day,
                  setting->credit != NULL ? setting->credit : "-",
                  setting->expires != NULL ? setting->expires : "-", d.count, d.size,
                  fewest.questions / n, fewest.worst, order.questions / n, order.worst,
                  easiest.effort / n, order.effort / n, w.paths, w.worst, w.completions);
    assert_true(fewest.questions <= order.questions + 1e-6 * n);
    assert_true(fewest.worst <= order.worst && easiest.worst <= order.worst);
    assert_true(easiest.effort <= order.effort + 1e-6 * n);
    tb_arena_free(arena);
}

static void
the_library_never_asks_more_than_the_table(void **state)
{
    static const struct setting settings[] = {
        {{2025, 1, 19}, NULL, NULL},        {{2025, 5, 6}, NULL, NULL},
        {{2025, 5, 6}, "repair", NULL},     {{2025, 5, 6}, NULL, "2025-12-31"},
        {{2025, 5, 6}, NULL, "2025-05-20"}, {{2025, 5, 6}, "repair", "2025-05-05"},
    };
    struct packs_pack *venue = load_pack("public-venue-health");
    struct packs_pack *road = load_pack("road-freight");
    (void)state;
    for (size_t i = 0; i < TB_COUNT(settings); i++)
        check_setting(venue, &settings[i]);
    for (size_t i = 0; i < 2; i++)
        check_setting(road, &settings[i]);
    packs_free(venue);
    packs_free(road);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_library_never_asks_more_than_the_table),
    };
    return cmocka_run_group_tests_name("packs_ask", tests, NULL, NULL);
}
