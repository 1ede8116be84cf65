/* SPDX-License-Identifier: Apache-2.0 */
/* packs_test.c - the scenarios of a pack: given answers and a filled-in form, on a day, then what
 * must come of it.
 *
 * tests/NAME.yaml holds `scenarios`, each with name, given {answers, facts, form, fields, party,
 * walk, accepted}, on, and then. Every member of `then` is one expectation, checked by the row of
 * `expectations` with its name; a member without a row is a mistake of the scenario, never passed
 * over. */
#include "clock/clock.h"
#include "packs/packs_internal.h"
#include <string.h>

struct scene {
    struct tb_arena *arena;
    const struct packs_pack *pack;
    const struct tb_json *given, *then;
    struct packs_ask ask;
    const struct tb_json *guide;   /* the answer of packs_guide */
    const struct packs_item *item; /* the situation that came out; or given.situation */
    struct tb_faults faults;       /* of the answers */
    struct tb_buf why;             /* what was expected and what came */
};

static void
differ(struct scene *scene, const char *what, tb_str expected, tb_str got)
{
    if (scene->why.len > 0)
        tb_buf_cstr(&scene->why, "; ");
    tb_buf_printf(&scene->why, "%s: expected " TB_FMT ", got " TB_FMT, what, TB_ARG(expected),
                  TB_ARG(got));
}

static void
differ_err(struct scene *scene, const char *what, const struct tb_err *err)
{
    differ(scene, what, TB_STR("an answer"), tb_str_of(err->message));
}

static const struct tb_json *
outcome_of(const struct scene *scene)
{
    return tb_json_get(scene->guide, "outcome");
}

/* ---- lists as sets
 * -----------------------------------------------------------------------------------------------
 */

static tb_str
list_text(struct tb_arena *arena, const struct tb_json *list)
{
    struct tb_buf buf = {.arena = arena};
    TB_JSON_EACH(one, list)
    {
        if (buf.len > 0)
            tb_buf_cstr(&buf, ", ");
        tb_buf_str(&buf, tb_json_text(one));
    }
    return buf.len > 0 ? tb_buf_done(&buf) : TB_STR("nothing");
}

static bool
holds(const struct tb_json *list, tb_str text)
{
    TB_JSON_EACH(one, list)
    if (tb_str_eq(tb_json_text(one), text))
        return true;
    return false;
}

/* The same texts, in any order. */
static void
expect_set(struct scene *scene, const char *what, const struct tb_json *expected,
           const struct tb_json *got)
{
    bool same = expected->count == got->count;
    TB_JSON_EACH(one, expected)
    same = same && holds(got, tb_json_text(one));
    if (!same)
        differ(scene, what, list_text(scene->arena, expected), list_text(scene->arena, got));
}

/* The texts of one member of each object of a list; only those where `when` is true, if it is given. */
static struct tb_json *
pluck(struct tb_arena *arena, const struct tb_json *list, const char *member, const char *when)
{
    struct tb_json *texts = tb_json_new(arena, TB_JSON_LIST);
    TB_JSON_EACH(one, list)
    if (when == NULL || tb_json_is_true(tb_json_get(one, when)))
        tb_json_add(texts, tb_json_new_text(arena, tb_json_get_text(one, member)));
    return texts;
}

/* ---- expectations
 * ------------------------------------------------------------------------------------------------
 */

static void
expect_text(struct scene *scene, const char *what, const struct tb_json *expected, tb_str got)
{
    if (!tb_str_eq(tb_json_text(expected), got))
        differ(scene, what, tb_json_text(expected), got.len > 0 ? got : TB_STR("nothing"));
}

/* kind, situation, reason, handling, advice: members of the outcome. */
static void
expect_member(struct scene *scene, const char *what, const struct tb_json *expected)
{
    const char *member = strcmp(what, "advice") == 0 ? "advice_key" : what;
    expect_text(scene, what, expected, tb_json_get_text(outcome_of(scene), member));
}

static void
expect_next(struct scene *scene, const char *what, const struct tb_json *expected)
{
    expect_text(scene, what, expected, tb_json_text(tb_json_path(scene->guide, "question.input")));
}

static void
expect_agency(struct scene *scene, const char *what, const struct tb_json *expected)
{
    expect_text(scene, what, expected, tb_json_text(tb_json_path(outcome_of(scene), "agency.id")));
}

static void
expect_period(struct scene *scene, const char *what, const struct tb_json *expected)
{
    expect_text(
        scene, what, expected,
        tb_json_get_text(tb_json_get(tb_json_get(outcome_of(scene), "limits"), what), "period"));
}

static void
expect_clause(struct scene *scene, const char *what, const struct tb_json *expected)
{
    struct tb_json *clauses =
        pluck(scene->arena, tb_json_get(outcome_of(scene), "because"), "clause", NULL);
    if (!holds(clauses, tb_json_text(expected)))
        differ(scene, what, tb_json_text(expected), list_text(scene->arena, clauses));
}

static void
expect_materials(struct scene *scene, const char *what, const struct tb_json *expected)
{
    const struct tb_json *list = tb_json_get(outcome_of(scene), "materials");
    const char *when = strcmp(what, "bring") == 0  ? "bring"
                       : strcmp(what, "late") == 0 ? "late"
                                                   : NULL;
    expect_set(scene, what, expected, pluck(scene->arena, list, "id", when));
}

static void
expect_options(struct scene *scene, const char *what, const struct tb_json *expected)
{
    const struct tb_json *options = tb_json_path(scene->guide, "question.options");
    expect_set(scene, what, expected, pluck(scene->arena, options, "value", NULL));
}

static void
expect_on_record(struct scene *scene, const char *what, const struct tb_json *expected)
{
    expect_text(scene, what, expected,
                tb_json_text(tb_json_path(scene->guide, "question.on_record.value")));
}

static const struct packs_form *
form_of(const struct scene *scene)
{
    tb_str id = tb_json_get_text(scene->given, "form");
    if (id.len == 0 && scene->item != NULL)
        id = scene->item->form;
    return packs_form_find(scene->pack, id);
}

/* The places of all faults of the filled-in form, each once. */
static void
expect_faults(struct scene *scene, const char *what, const struct tb_json *expected)
{
    const struct packs_form *form = form_of(scene);
    struct tb_faults faults = {.arena = scene->arena};
    struct tb_json *places = tb_json_new(scene->arena, TB_JSON_LIST);
    struct tb_err err = {0};
    if (form == NULL) {
        differ(scene, what, TB_STR("a form"), TB_STR("none: name it in given.form"));
        return;
    }
    tb_status status = packs_form_check(scene->arena, scene->pack, form, TB_STR_NONE, &scene->ask,
                                        tb_json_get(scene->given, "fields"), &faults, &err);
    if (status != TB_OK && status != TB_INVALID)
        differ_err(scene, what, &err);
    for (size_t i = 0; i < faults.count && i < TB_FAULTS_MAX; i++)
        if (!holds(places, faults.items[i].place))
            tb_json_add(places, tb_json_new_text(scene->arena, faults.items[i].place));
    expect_set(scene, what, expected, places);
}

static void
expect_answer_faults(struct scene *scene, const char *what, const struct tb_json *expected)
{
    struct tb_json *places = tb_json_new(scene->arena, TB_JSON_LIST);
    for (size_t i = 0; i < scene->faults.count && i < TB_FAULTS_MAX; i++)
        tb_json_add(places, tb_json_new_text(scene->arena, scene->faults.items[i].place));
    expect_set(scene, what, expected, places);
}

/* The certificates that a grant gives, by id, in order. */
static void
expect_certificates(struct scene *scene, const char *what, const struct tb_json *expected)
{
    const struct packs_form *form = form_of(scene);
    struct tb_faults faults = {.arena = scene->arena};
    struct tb_json *data = tb_json_new(scene->arena, TB_JSON_OBJECT), *list = NULL;
    struct tb_err err = {0};
    if (scene->item == NULL || form == NULL) {
        differ(scene, what, TB_STR("a situation"), TB_STR("none"));
        return;
    }
    tb_json_set(data, "fields",
                packs_form_data(scene->arena, form, tb_json_get(scene->given, "fields")));
    tb_json_set_text(scene->arena, tb_json_set_object(scene->arena, data, "party"), "name",
                     TB_STR("示例"));
    tb_json_set_text(scene->arena, tb_json_set_object(scene->arena, data, "agency"), "name",
                     TB_STR("示例"));
    tb_json_set_text(scene->arena, tb_json_set_object(scene->arena, data, "decision"), "date",
                     tb_date_format(scene->arena, scene->ask.date));
    const struct tb_json *previous = tb_json_get(scene->given, "previous");
    tb_json_set(data, "previous",
                previous != NULL ? tb_json_copy(scene->arena, previous)
                                 : tb_json_new(scene->arena, TB_JSON_NULL));
    if (packs_certificates(scene->arena, scene->pack, scene->item, data, &faults, &list, &err) !=
        TB_OK)
        differ_err(scene, what, &err);
    else
        expect_text(scene, what, tb_json_new_text(scene->arena, list_text(scene->arena, expected)),
                    list_text(scene->arena, pluck(scene->arena, list, "id", NULL)));
}

static void
expect_findings(struct scene *scene, const char *what, const struct tb_json *expected)
{
    struct tb_json *list = NULL;
    struct tb_err err = {0};
    if (scene->item == NULL ||
        packs_findings(scene->arena, scene->pack, scene->item, scene->ask.answers, TB_STR("zh"),
                       &list, &err) != TB_OK)
        differ_err(scene, what, &err);
    else
        expect_set(scene, what, expected, pluck(scene->arena, list, "id", NULL));
}

/* The due days of each reading of the statutory period, counted from given.accepted. */
static void
expect_due(struct scene *scene, const char *what, const struct tb_json *expected)
{
    const struct clock_calendar *calendar = clock_calendar_builtin(scene->arena);
    struct tb_json *days = tb_json_new(scene->arena, TB_JSON_LIST);
    tb_str periods = scene->item != NULL ? scene->item->statutory : TB_STR_NONE, one;
    struct clock_when when;
    struct tb_err err = {0};
    if (clock_when_parse(tb_json_get_text(scene->given, "accepted"), &when, &err) != TB_OK) {
        differ_err(scene, what, &err);
        return;
    }
    while (periods.len > 0 && tb_str_cut(&periods, '|', &one)) {
        struct clock_period period;
        struct clock_due due;
        if (clock_period_parse(one, &period, &err) != TB_OK ||
            clock_due(calendar, NULL, when, period, &due, &err) != TB_OK)
            differ_err(scene, what, &err);
        else
            tb_json_add(days, tb_json_new_text(scene->arena, clock_due_format(scene->arena, &due)));
    }
    expect_text(scene, what, tb_json_new_text(scene->arena, list_text(scene->arena, expected)),
                list_text(scene->arena, days));
}

/* ---- walking a process ----------------------------------------------------------------------- */

/* One walk through the process of the situation: given.walk lists {element, outcome} of the tasks
 * as they are done. */
struct walk {
    struct scene *scene;
    const struct bpmn_process *process;
    const struct bpmn_state *state;
    struct feel_value data;
    struct tb_json *jobs;
    struct tb_err err;
};

static tb_status
step(struct walk *walk, const struct bpmn_event *event)
{
    struct bpmn_result result;
    TB_TRY(bpmn_step(walk->scene->arena, walk->process, walk->state, event, &walk->data, NULL,
                     &result, &walk->err));
    walk->state = result.state;
    walk->data = result.data;
    for (size_t i = 0; i < result.action_count; i++)
        if (result.actions[i].kind == BPMN_RUN_JOB)
            tb_json_add(walk->jobs, tb_json_new_text(walk->scene->arena, result.actions[i].name));
    return TB_OK;
}

/* Jobs are done as soon as they are there. */
static tb_status
run_jobs(struct walk *walk)
{
    for (int guard = 0; guard < 1000; guard++) {
        size_t count;
        const struct bpmn_token *tokens =
            bpmn_tokens(walk->scene->arena, walk->process, walk->state, &count);
        const struct bpmn_token *job = NULL;
        for (size_t i = 0; i < count && job == NULL; i++)
            if (tokens[i].element->kind == BPMN_SERVICE_TASK ||
                tokens[i].element->kind == BPMN_SEND_TASK)
                job = &tokens[i];
        if (job == NULL)
            return TB_OK;
        TB_TRY(step(walk, &(struct bpmn_event){.kind = BPMN_EVENT_JOB_DONE, .token = job->id}));
    }
    return tb_fail(&walk->err, TB_LIMIT, "jobs without end");
}

static tb_status
do_task(struct walk *walk, tb_str element, tb_str outcome)
{
    struct tb_arena *arena = walk->scene->arena;
    size_t count;
    const struct bpmn_token *tokens = bpmn_tokens(arena, walk->process, walk->state, &count);
    for (size_t i = 0; i < count; i++) {
        if (!tb_str_eq(tokens[i].element->id, element))
            continue;
        walk->data = feel_put(arena, &walk->data, TB_STR("outcome"), feel_string(outcome));
        walk->data =
            feel_put(arena, &walk->data, tb_printf(arena, TB_FMT "_outcome", TB_ARG(element)),
                     feel_string(outcome));
        TB_TRY(
            step(walk, &(struct bpmn_event){.kind = BPMN_EVENT_TASK_DONE, .token = tokens[i].id}));
        return run_jobs(walk);
    }
    return tb_fail(&walk->err, TB_NOT_FOUND, "the task " TB_FMT " is not open", TB_ARG(element));
}

static tb_status
walk_process(struct walk *walk)
{
    struct scene *scene = walk->scene;
    const struct packs_process *process = packs_process_find(scene->pack, scene->item->process);
    struct feel_value answers = packs__answers_value(scene->arena, scene->pack, scene->ask.answers);
    struct feel_entry entries[] = {
        {TB_STR("situation"), feel_string(scene->item->id)},
        {TB_STR("way"),
         feel_string(scene->item->pledge_of.len > 0 ? TB_STR("pledge") : TB_STR("ordinary"))},
        {TB_STR("answers"), answers},
        {TB_STR("outcome"), feel_null()},
    };
    walk->data = feel_context_of(scene->arena, entries, TB_COUNT(entries));
    walk->process = process->compiled;
    TB_TRY(step(walk, &(struct bpmn_event){.kind = BPMN_EVENT_START}));
    TB_TRY(run_jobs(walk));
    TB_JSON_EACH(one, tb_json_get(scene->given, "walk"))
    TB_TRY(do_task(walk, tb_json_get_text(one, "task"), tb_json_get_text(one, "outcome")));
    return TB_OK;
}

/* waits: the elements that are open after the walk; jobs: what the system did, in order. */
static void
expect_walk(struct scene *scene, const char *what, const struct tb_json *expected)
{
    struct walk walk = {.scene = scene, .jobs = tb_json_new(scene->arena, TB_JSON_LIST)};
    struct tb_json *open = tb_json_new(scene->arena, TB_JSON_LIST);
    size_t count = 0;
    if (scene->item == NULL || packs_process_find(scene->pack, scene->item->process) == NULL) {
        differ(scene, what, TB_STR("a situation with a process"), TB_STR("none"));
        return;
    }
    if (walk_process(&walk) != TB_OK) {
        differ_err(scene, what, &walk.err);
        return;
    }
    const struct bpmn_token *tokens = bpmn_tokens(scene->arena, walk.process, walk.state, &count);
    for (size_t i = 0; i < count; i++)
        tb_json_add(open, tb_json_new_text(scene->arena, tokens[i].element->id));
    if (strcmp(what, "waits") == 0)
        expect_set(scene, what, expected, open);
    else
        expect_text(scene, what, tb_json_new_text(scene->arena, list_text(scene->arena, expected)),
                    list_text(scene->arena, walk.jobs));
}

/* ---- the table
 * ---------------------------------------------------------------------------------------------------
 */

/* clang-format off */
static const struct {
    const char *name;
    void (*check)(struct scene *scene, const char *what, const struct tb_json *expected);
} expectations[] = {
    {"kind", expect_member},          {"situation", expect_member},   {"reason", expect_member},
    {"handling", expect_member},      {"advice", expect_member},      {"next", expect_next},
    {"options", expect_options},      {"on_record", expect_on_record}, {"agency", expect_agency},
    {"statutory", expect_period},     {"promised", expect_period},    {"clause", expect_clause},
    {"materials", expect_materials},  {"bring", expect_materials},    {"late", expect_materials},
    {"faults", expect_faults},        {"answer_faults", expect_answer_faults},
    {"certificates", expect_certificates}, {"findings", expect_findings}, {"due", expect_due},
    {"waits", expect_walk},           {"jobs", expect_walk},
};
/* clang-format on */

static void
check_expectations(struct scene *scene)
{
    TB_JSON_EACH(expected, scene->then)
    {
        size_t i = 0;
        while (i < TB_COUNT(expectations) && !tb_str_is(expected->key, expectations[i].name))
            i++;
        if (i == TB_COUNT(expectations))
            differ(scene, tb_cstr(scene->arena, expected->key),
                   TB_STR("an expectation that is known"), TB_STR("this name"));
        else
            expectations[i].check(scene, expectations[i].name, expected);
    }
    if (scene->then == NULL || scene->then->count == 0)
        differ(scene, "then", TB_STR("at least one expectation"), TB_STR("none"));
}

static void
run_scene(struct scene *scene, const struct tb_json *scenario, struct packs_scenario *ret_result)
{
    struct tb_json *guide = NULL;
    struct tb_err err = {0};
    scene->given = tb_json_get(scenario, "given");
    scene->then = tb_json_get(scenario, "then");
    scene->faults.arena = scene->arena;
    scene->why.arena = scene->arena;
    scene->ask = (struct packs_ask){.answers = tb_json_get(scene->given, "answers"),
                                    .facts = tb_json_get(scene->given, "facts"),
                                    .lang = TB_STR("zh")};
    if (!tb_date_parse(tb_json_get_text(scenario, "on"), &scene->ask.date))
        differ(scene, "on", TB_STR("a day like 2025-01-31"), tb_json_get_text(scenario, "on"));
    else if (packs_guide(scene->arena, scene->pack, &scene->ask, &scene->faults, &guide, &err) !=
                 TB_OK &&
             tb_json_get(scene->then, "answer_faults") == NULL)
        differ_err(scene, "guide", &err);
    scene->guide = guide;
    tb_str situation = tb_json_get_text(scene->given, "situation");
    if (situation.len == 0)
        situation = tb_json_get_text(outcome_of(scene), "situation");
    scene->item = packs_situation(scene->pack, situation);
    if (scene->why.len == 0)
        check_expectations(scene);
    ret_result->name = tb_json_get_text(scenario, "name");
    ret_result->line = scenario->line;
    ret_result->passed = scene->why.len == 0;
    ret_result->why = scene->why.len > 0 ? tb_buf_done(&scene->why) : TB_STR_NONE;
}

static size_t
count_scenarios(const struct packs_inside *inside)
{
    size_t count = 0;
    for (size_t i = 0; i < inside->test_count; i++) {
        const struct tb_json *list = tb_json_get(inside->tests[i].json, "scenarios");
        count += list != NULL ? list->count : 0;
    }
    return count;
}

tb_status
packs_test(struct tb_arena *arena, const struct packs_pack *pack,
           struct packs_scenarios *ret_scenarios, struct tb_err *err)
{
    const struct packs_inside *inside = pack->inside;
    struct packs_scenario *items =
        TB_NEW_ARRAY(arena, count_scenarios(inside) + 1, struct packs_scenario);
    size_t count = 0, passed = 0;
    (void)err;
    for (size_t i = 0; i < inside->test_count; i++) {
        TB_JSON_EACH(scenario, tb_json_get(inside->tests[i].json, "scenarios"))
        {
            struct scene scene = {.arena = arena, .pack = pack};
            items[count].file = inside->tests[i].file;
            run_scene(&scene, scenario, &items[count]);
            passed += items[count++].passed;
        }
    }
    *ret_scenarios = (struct packs_scenarios){items, count, passed};
    return TB_OK;
}
