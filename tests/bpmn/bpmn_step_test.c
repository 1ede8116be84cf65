/* SPDX-License-Identifier: Apache-2.0 */
/* Every scenario of scenarios.yaml. Between two steps the state goes through JSON and back, and every step is made
 * twice: the same event gives the same state and the same actions. */
#include "bpmn/bpmn.h"
#include "bpmn_files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct tb_arena *arena;
static const struct bpmn_model *model;

struct play {
    const struct bpmn_process *process;
    tb_str says;
    const struct bpmn_state *state;
    struct feel_value data;
};

/* The decision of the scenarios: Risk is high from 50 points on. */
static tb_status
decide(void *context, struct tb_arena *into, const struct bpmn_element *element,
       struct feel_value *data, struct tb_err *err)
{
    (void)context;
    const struct feel_value *points = feel_get(data, TB_STR("points"));
    assert_true(tb_str_is(element->decision, "Risk"));
    if (points == NULL || points->kind != FEEL_NUMBER)
        return tb_fail(err, TB_INVALID, "no points to decide on");
    bool is_high = tb_dec_cmp(points->u.number, tb_dec_of(50)) >= 0;
    *data = feel_put(into, data, element->result,
                     feel_string(is_high ? TB_STR("high") : TB_STR("low")));
    return TB_OK;
}

static int64_t
token_at(const struct play *play, tb_str id)
{
    size_t count = 0;
    const struct bpmn_token *tokens =
        play->state != NULL ? bpmn_tokens(arena, play->process, play->state, &count) : NULL;
    for (size_t i = 0; i < count; i++)
        if (tb_str_eq(tokens[i].element->id, id))
            return tokens[i].id;
    return 999999;
}

static struct bpmn_event
event_of(const struct play *play, tb_str text)
{
    static const struct {
        const char *word;
        bpmn_event_kind kind;
    } words[] = {{"start", BPMN_EVENT_START},  {"done", BPMN_EVENT_TASK_DONE},
                 {"job", BPMN_EVENT_JOB_DONE}, {"message", BPMN_EVENT_MESSAGE},
                 {"timer", BPMN_EVENT_TIMER},  {"call", BPMN_EVENT_CALL_DONE},
                 {"cancel", BPMN_EVENT_CANCEL}};
    tb_str word = TB_STR_NONE;
    tb_str_cut(&text, ' ', &word);
    for (size_t i = 0; i < TB_COUNT(words); i++)
        if (tb_str_is(word, words[i].word)) {
            struct bpmn_event event = {.kind = words[i].kind};
            if (event.kind == BPMN_EVENT_START || event.kind == BPMN_EVENT_MESSAGE)
                event.name = text;
            else if (event.kind != BPMN_EVENT_CANCEL)
                event.token = token_at(play, text);
            return event;
        }
    fail_msg("unknown event " TB_FMT, TB_ARG(word));
    return (struct bpmn_event){.kind = BPMN_EVENT_CANCEL};
}

static tb_str
actions_text(const struct bpmn_result *result)
{
    struct tb_buf buf = {.arena = arena};
    for (size_t i = 0; i < result->action_count; i++) {
        const struct bpmn_action *action = &result->actions[i];
        tb_buf_printf(&buf, "%s%s", i > 0 ? ", " : "", bpmn_action_word(action->kind));
        if (action->element != NULL)
            tb_buf_printf(&buf, " " TB_FMT, TB_ARG(action->element->id));
        if (action->timer.len > 0)
            tb_buf_printf(&buf, " " TB_FMT, TB_ARG(action->timer));
        if (action->kind == BPMN_CALL || action->kind == BPMN_AWAIT_MESSAGE)
            tb_buf_printf(&buf, " " TB_FMT, TB_ARG(action->name));
    }
    return tb_buf_done(&buf);
}

static tb_str
waits_text(const struct play *play)
{
    struct tb_buf buf = {.arena = arena};
    size_t count = 0;
    const struct bpmn_token *tokens = bpmn_tokens(arena, play->process, play->state, &count);
    for (size_t i = 0; i < count; i++)
        tb_buf_printf(&buf, "%s" TB_FMT, i > 0 ? ", " : "", TB_ARG(tokens[i].element->id));
    return tb_buf_done(&buf);
}

static tb_str
list_text(const struct tb_json *list)
{
    struct tb_buf buf = {.arena = arena};
    TB_JSON_EACH(one, list)
    tb_buf_printf(&buf, "%s" TB_FMT, buf.len > 0 ? ", " : "", TB_ARG(one->text));
    return tb_buf_done(&buf);
}

static tb_str
state_text(const struct play *play, const struct bpmn_state *state)
{
    struct tb_buf buf = {.arena = arena};
    tb_json_write(&buf, bpmn_state_to_json(arena, play->process, state));
    return tb_buf_done(&buf);
}

static void
same(const struct play *play, const char *what, tb_str got, tb_str expected)
{
    if (!tb_str_eq(got, expected))
        fail_msg(TB_FMT ", " TB_FMT ": %s are [" TB_FMT "], expected [" TB_FMT "]",
                 TB_ARG(bpmn_process_id(play->process)), TB_ARG(play->says), what, TB_ARG(got),
                 TB_ARG(expected));
}

static void
through_json(struct play *play, const struct bpmn_state *state)
{
    struct tb_json *json = NULL;
    struct tb_err err = {0};
    tb_str text = state_text(play, state);
    assert_int_equal(tb_json_parse(arena, text, &json, &err), TB_OK);
    if (bpmn_state_from_json(arena, play->process, json, &play->state, &err) != TB_OK)
        fail_msg(TB_FMT ": " TB_FMT ": %s", TB_ARG(play->says), TB_ARG(text), err.message);
    same(play, "states", state_text(play, play->state), text);
}

static void
do_step(struct play *play, const struct tb_json *step)
{
    static const struct bpmn_host host = {.decide = decide};
    struct bpmn_event event = event_of(play, tb_json_get_text(step, "event"));
    struct bpmn_result result, again;
    struct tb_err err = {0};
    tb_str fails = tb_json_get_text(step, "fails");
    if (tb_json_get(step, "data") != NULL)
        assert_true(feel_from_json(arena, tb_json_get(step, "data"), NULL, &play->data, NULL));
    tb_status status =
        bpmn_step(arena, play->process, play->state, &event, &play->data, &host, &result, &err);
    if (fails.len > 0) {
        if (status == TB_OK || !tb_str_contains(tb_str_of(err.message), fails))
            fail_msg(TB_FMT ": expected \"" TB_FMT "\", got %d %s", TB_ARG(play->says),
                     TB_ARG(fails), status, err.message);
    } else {
        if (status != TB_OK)
            fail_msg(TB_FMT ": " TB_FMT ": %s", TB_ARG(play->says),
                     TB_ARG(tb_json_get_text(step, "event")), err.message);
        same(play, "actions", actions_text(&result), list_text(tb_json_get(step, "actions")));
        assert_int_equal(
            bpmn_step(arena, play->process, play->state, &event, &play->data, &host, &again, &err),
            TB_OK);
        same(play, "second actions", actions_text(&again), actions_text(&result));
        same(play, "second states", state_text(play, again.state), state_text(play, result.state));
        play->data = result.data;
        through_json(play, result.state);
    }
    if (tb_json_get(step, "waits") != NULL)
        same(play, "waiting elements", waits_text(play), list_text(tb_json_get(step, "waits")));
}

static void
every_scenario_goes_as_written(void **state)
{
    (void)state;
    struct tb_json *scenarios = NULL;
    struct tb_err err = {0};
    tb_str text = bpmn_file(arena, "tests/bpmn/scenarios.yaml");
    if (tb_yaml_parse(arena, TB_STR("scenarios.yaml"), text, &scenarios, &err) != TB_OK)
        fail_msg("%s", err.message);
    assert_true(scenarios->count >= 30);
    TB_JSON_EACH(one, scenarios)
    {
        struct play play = {.process = bpmn_process_find(model, tb_json_get_text(one, "process")),
                            .says = tb_json_get_text(one, "says"),
                            .data = feel_null()};
        assert_non_null(play.process);
        if (tb_json_get(one, "data") != NULL)
            assert_true(feel_from_json(arena, tb_json_get(one, "data"), NULL, &play.data, NULL));
        TB_JSON_EACH(step, tb_json_get(one, "steps"))
        do_step(&play, step);
    }
}

/* The trace tells every element in the order in which tokens come and go. */
static void
note(void *context, const struct bpmn_element *element, bool is_entering)
{
    tb_buf_printf(context, "%s" TB_FMT " ", is_entering ? "+" : "-", TB_ARG(element->id));
}

static void
the_trace_names_every_element(void **state)
{
    (void)state;
    struct tb_buf buf = {.arena = arena};
    struct bpmn_host host = {.context = &buf, .trace = note};
    struct bpmn_event event = {.kind = BPMN_EVENT_START};
    struct bpmn_result result;
    assert_int_equal(bpmn_step(arena, bpmn_process_find(model, TB_STR("together")), NULL, &event,
                               NULL, &host, &result, NULL),
                     TB_OK);
    assert_string_equal(tb_buf_done(&buf).ptr, "+start -start +split -split +a +b +c ");
}

static void
a_rule_without_anybody_to_decide_is_refused(void **state)
{
    (void)state;
    struct bpmn_event event = {.kind = BPMN_EVENT_START};
    struct bpmn_result result;
    struct tb_err err = {0};
    assert_int_equal(bpmn_step(arena, bpmn_process_find(model, TB_STR("ruled")), NULL, &event, NULL,
                               NULL, &result, &err),
                     TB_INVALID);
    assert_non_null(strstr(err.message, "Risk"));
}

static void
a_state_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *process, *json;
        tb_status status;
    } rows[] = {
        {"linear", "{\"v\":2,\"process\":\"linear\",\"next\":2,\"tokens\":[]}", TB_VERSION},
        {"linear", "{}", TB_VERSION},
        {"linear", "{\"v\":1,\"process\":\"other\",\"next\":2,\"tokens\":[]}", TB_INVALID},
        {"linear", "{\"v\":1,\"process\":\"linear\",\"next\":2}", TB_INVALID},
        {"linear", "{\"v\":1,\"process\":\"linear\",\"next\":2,\"tokens\":[]}", TB_INVALID},
        {"linear",
         "{\"v\":1,\"process\":\"linear\",\"next\":2,\"tokens\":[{\"id\":1,\"at\":\"gone\"}]}",
         TB_INVALID},
        {"linear",
         "{\"v\":1,\"process\":\"linear\",\"next\":2,\"tokens\":[{\"id\":1,\"at\":\"start\"}]}",
         TB_INVALID},
        {"linear",
         "{\"v\":1,\"process\":\"linear\",\"next\":1,\"tokens\":[{\"id\":1,\"at\":\"accept\"}]}",
         TB_INVALID},
        {"linear",
         "{\"v\":1,\"process\":\"linear\",\"next\":3,\"tokens\":[{\"id\":2,\"at\":\"accept\"},{"
         "\"id\":1,\"at\":\"accept\"}]}",
         TB_INVALID},
        {"linear",
         "{\"v\":1,\"process\":\"linear\",\"next\":3,\"tokens\":[{\"id\":1,\"at\":\"accept\","
         "\"scope\":7}]}",
         TB_INVALID},
        {"linear",
         "{\"v\":1,\"process\":\"linear\",\"next\":2,\"completed\":true,\"tokens\":[{\"id\":1,"
         "\"at\":\"accept\"}]}",
         TB_INVALID},
        {"late",
         "{\"v\":1,\"process\":\"late\",\"next\":3,\"tokens\":[{\"id\":1,\"at\":\"overdue\"}]}",
         TB_INVALID},
        {"inner",
         "{\"v\":1,\"process\":\"inner\",\"next\":3,\"tokens\":[{\"id\":1,\"at\":\"first\"}]}",
         TB_INVALID},
        {"together",
         "{\"v\":1,\"process\":\"together\",\"next\":3,\"tokens\":[{\"id\":1,\"at\":\"join\"}]}",
         TB_INVALID},
        {"linear",
         "{\"v\":1,\"process\":\"linear\",\"next\":2,\"tokens\":[{\"id\":1,\"at\":\"accept\"}]}",
         TB_OK},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        struct tb_json *json = NULL;
        const struct bpmn_state *read = NULL;
        struct tb_err err = {0};
        assert_int_equal(tb_json_parse(arena, tb_str_of(rows[i].json), &json, NULL), TB_OK);
        tb_status status = bpmn_state_from_json(
            arena, bpmn_process_find(model, tb_str_of(rows[i].process)), json, &read, &err);
        if (status != rows[i].status)
            fail_msg("%s gives %d %s", rows[i].json, status, err.message);
    }
}

static int
set_up(void **state)
{
    (void)state;
    arena = tb_arena_new(0);
    struct tb_faults faults = {.arena = arena};
    struct tb_err err = {0};
    if (bpmn_compile(arena, TB_STR("models.bpmn"), bpmn_file(arena, "tests/bpmn/models.bpmn"),
                     &faults, &model, &err) != TB_OK) {
        for (size_t i = 0; i < faults.count; i++)
            print_error(TB_FMT ": " TB_FMT "\n", TB_ARG(faults.items[i].place),
                        TB_ARG(faults.items[i].en));
        return -1;
    }
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    tb_arena_free(arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scenario_goes_as_written),
        cmocka_unit_test(the_trace_names_every_element),
        cmocka_unit_test(a_rule_without_anybody_to_decide_is_refused),
        cmocka_unit_test(a_state_that_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
