/* SPDX-License-Identifier: Apache-2.0 */
/* The host of the process engine. An instance is JSON in cases.instance; a step is pure, and what it asks for becomes
 * rows: user tasks, timers. Jobs of the kernel run at once, in the same transaction, until
 * everything waits for a person
 * or for time; so decision, certificate and publication are one batch or nothing. */
#include "cases/cases_internal.h"
#include "cases/cases_process.sql.h"

#define JOB_ROUNDS_MAX 64 /* jobs in one act: a process that never waits is a fault of its author */

/* ---- what conditions see
 * ----------------------------------------------------------------------------------------- */

struct entries {
    struct feel_entry *items;
    size_t count, cap;
};

static void
put(struct entries *entries, tb_str key, struct feel_value value)
{
    for (size_t i = 0; i < entries->count; i++) {
        if (tb_str_eq(entries->items[i].key, key)) {
            entries->items[i].value = value;
            return;
        }
    }
    tb_assert(entries->count < entries->cap);
    entries->items[entries->count++] = (struct feel_entry){.key = key, .value = value};
}

static struct feel_value
text_or_null(tb_str text)
{
    return text.ptr == NULL ? feel_null() : feel_string(text);
}

/* The outcome of the task done last. */
static tb_str
last_outcome(const struct cases__tasks *tasks)
{
    tb_str outcome = TB_STR_NONE;
    int64_t at = 0;
    for (size_t i = 0; i < tasks->count; i++) {
        if (tasks->items[i].outcome.len > 0 && tasks->items[i].done_at >= at) {
            at = tasks->items[i].done_at;
            outcome = tasks->items[i].outcome;
        }
    }
    return outcome;
}

/* {situation, way, answers, outcome, ELEMENT_outcome…}: outcome is that of the task done last. */
static struct feel_value
make_data(struct tb_arena *arena, const struct packs_item *item, tb_str way,
          const struct tb_json *answers, const struct cases__tasks *tasks, tb_str outcome)
{
    struct entries entries = {.cap = tasks->count + 4};
    struct feel_value value;
    entries.items = TB_NEW_ARRAY(arena, entries.cap, struct feel_entry);
    put(&entries, TB_STR("situation"), feel_string(item->id));
    put(&entries, TB_STR("way"), feel_string(way));
    if (!feel_from_json(arena, answers, NULL, &value, NULL))
        value = feel_null();
    put(&entries, TB_STR("answers"), value);
    put(&entries, TB_STR("outcome"), text_or_null(outcome.len > 0 ? outcome : last_outcome(tasks)));
    for (size_t i = 0; i < tasks->count; i++) {
        const struct cases__task *task = &tasks->items[i];
        if (task->outcome.len > 0)
            put(&entries, tb_printf(arena, TB_FMT "_outcome", TB_ARG(task->element)),
                feel_string(task->outcome));
    }
    return feel_context_of(arena, entries.items, entries.count);
}

/* A business-rule task asks a decision of the pack; its result is known to later conditions by its variable. */
static tb_status
decide_rule(void *context, struct tb_arena *arena, const struct bpmn_element *element,
            struct feel_value *data, struct tb_err *err)
{
    const struct packs_pack *pack = context;
    struct tb_faults faults = {.arena = arena};
    struct tb_json *answer = NULL;
    struct feel_value value;
    const struct tb_json *input = feel_to_json(arena, data);
    TB_TRY(
        packs_decide(arena, pack, element->decision, input, TB_STR("zh"), &faults, &answer, err));
    if (!feel_from_json(arena, tb_json_get(answer, "value"), NULL, &value, NULL))
        return tb_fail(err, TB_INVALID, "decision " TB_FMT ": no value", TB_ARG(element->decision));
    tb_str name = element->result.len > 0 ? element->result : element->decision;
    *data = feel_put(arena, data, name, value);
    return TB_OK;
}

tb_status
cases__process_start(struct tb_arena *arena, const struct packs_pack *pack,
                     const struct packs_item *item, const struct packs_process *process,
                     const struct tb_json *answers, tb_str way, struct bpmn_result *ret_result,
                     struct tb_err *err)
{
    struct cases__tasks none = {0};
    struct feel_value data = make_data(arena, item, way, answers, &none, TB_STR_NONE);
    struct bpmn_host host = {.context = (void *)(uintptr_t)pack, .decide = decide_rule};
    struct bpmn_event event = {.kind = BPMN_EVENT_START};
    return bpmn_step(arena, process->compiled, NULL, &event, &data, &host, ret_result, err);
}

/* ---- stepping
 * ---------------------------------------------------------------------------------------------------- */

static tb_status
step(struct cases__act *act, const struct bpmn_event *event, tb_str outcome,
     struct bpmn_result *ret_result, struct tb_err *err)
{
    const struct bpmn_state *state = NULL;
    struct cases__tasks tasks;
    TB_TRY(bpmn_state_from_json(act->arena, act->process->compiled,
                                cases__json(act->arena, act->is.instance), &state, err));
    TB_TRY(cases__load_tasks(act->arena, act->read, act->is.id, &tasks, err));
    struct feel_value data = make_data(act->arena, act->item, act->is.way,
                                       cases__json(act->arena, act->is.answers), &tasks, outcome);
    struct bpmn_host host = {.context = (void *)(uintptr_t)act->pack, .decide = decide_rule};
    return bpmn_step(act->arena, act->process->compiled, state, event, &data, &host, ret_result,
                     err);
}

static bool
parse_token(tb_str text, int64_t *ret_token)
{
    return tb_str_to_int(text, ret_token);
}

static tb_str
token_text(struct tb_arena *arena, int64_t token)
{
    return tb_printf(arena, "%lld", (long long)token);
}

/* ---- user tasks
 * -------------------------------------------------------------------------------------------------- */

/* The department that does a step: surveys belong to the survey department where the pack names one. */
static tb_str
department_of(const struct cases__act *act, const struct bpmn_element *element)
{
    const struct packs_task *row = packs_task_find(act->pack, act->is.process, element->id);
    bool is_survey = row != NULL && tb_str_is(row->kind, "survey");
    if (is_survey && act->item->survey_department.len > 0)
        return act->item->survey_department;
    return act->is.department;
}

static tb_status
make_task(struct cases__act *act, const struct bpmn_action *action, struct tb_err *err)
{
    const struct bpmn_element *element = action->element;
    tb_str groups = element->candidate_groups, role = TB_STR_NONE, other = TB_STR_NONE;
    tb_str_cut(&groups, ',', &role);
    tb_str_cut(&groups, ',', &other);
    act->is.tasks++;
    return store_insert(act->tx, "tasks",
                        STORE_VALUES(STORE_SET_INT("of_case", act->is.id),
                                     STORE_SET_INT("n", act->is.tasks),
                                     STORE_SET_TEXT("element", element->id),
                                     STORE_SET_TEXT("token", token_text(act->arena, action->token)),
                                     STORE_SET_TEXT("role", tb_str_trim(role)),
                                     STORE_SET_TEXT("other_role", tb_str_trim(other)),
                                     STORE_SET_TEXT("division", act->is.division),
                                     STORE_SET_TEXT("department", department_of(act, element)),
                                     STORE_SET_TEXT("state", TB_STR("open")),
                                     STORE_SET_DAY("due", cases__stage_due(act, element->id)),
                                     STORE_SET_INSTANT("made_at", act->now)),
                        NULL, err);
}

static tb_status
cancel_task(struct cases__act *act, int64_t token, struct tb_err *err)
{
    int64_t id = 0;
    struct store_value params[] = {STORE_INT_OF(act->is.id),
                                   STORE_TEXT_OF(token_text(act->arena, token))};
    TB_TRY(cases__one(act->read, sql_task_by_token, params, 2, &id, err));
    if (id == 0)
        return TB_OK;
    return store_update(act->tx, "tasks", id, -1,
                        STORE_VALUES(STORE_SET_TEXT("state", TB_STR("cancelled")),
                                     STORE_SET_INSTANT("done_at", act->now)),
                        err);
}

/* ---- timers of the process
 * --------------------------------------------------------------------------------------- */

static tb_status
arm_timer(struct cases__act *act, const struct bpmn_action *action, struct tb_err *err)
{
    struct clock_period period;
    struct clock_due due;
    int64_t at = 0;
    if (clock_period_parse(action->timer, &period, NULL) == TB_OK)
        TB_TRY(clock_due(act->cases->options.calendar, NULL, clock_when_of(act->now), period, &due,
                         err));
    else if (tb_instant_parse(action->timer, &at))
        due.at = at;
    else
        return tb_fail(err, TB_INVALID, "timer " TB_FMT ": \"" TB_FMT "\" is no period like 5wd",
                       TB_ARG(action->element->id), TB_ARG(action->timer));
    return cases__timer_add(act, "process", token_text(act->arena, action->token), due.at, err);
}

static tb_status
disarm_timer(struct cases__act *act, int64_t token, struct tb_err *err)
{
    int64_t id = 0;
    struct store_value params[] = {STORE_INT_OF(act->is.id),
                                   STORE_TEXT_OF(token_text(act->arena, token))};
    TB_TRY(cases__one(act->read, sql_timer_by_token, params, 2, &id, err));
    return id == 0 ? TB_OK : store_delete(act->tx, "timers", id, -1, err);
}

/* ---- jobs of the kernel
 * ------------------------------------------------------------------------------------------ */

typedef tb_status (*job_run)(struct cases__act *act, struct tb_err *err);

static tb_status
job_accept(struct cases__act *act, struct tb_err *err)
{
    return cases__accept(act, "accepted", act->now, err);
}

/* Nobody decides but the rules (F25): their trace and an after-check replace the second person,
 * and whoever happens to
 * press the button is not noted as having decided. */
static tb_status
job_decide(struct cases__act *act, struct tb_err *err)
{
    const struct op_actor *who = act->who;
    act->who = &cases__nobody;
    tb_status status = cases__decide(act, TB_STR("grant"), TB_STR_NONE, TB_STR_NONE, err);
    act->who = who;
    return status;
}

static tb_status
job_end_certificate(struct cases__act *act, struct tb_err *err)
{
    return cases__certificate_end(act, "deregistered", "cancelled", err);
}

static tb_status
job_push(struct cases__act *act, struct tb_err *err)
{
    bool is_pledge = tb_str_is(act->is.way, "pledge");
    return cases__push(act,
                       is_pledge                        ? "pledge_check"
                       : act->item->certificate.len > 0 ? "grant"
                                                        : "ended",
                       err);
}

static tb_status
job_archive(struct cases__act *act, struct tb_err *err)
{
    return cases__event_add(act, &(struct cases__event_new){.kind = "archived"}, err);
}

static tb_status
job_notify(struct cases__act *act, struct tb_err *err)
{
    return cases__event_add(act, &(struct cases__event_new){.kind = "notified"}, err);
}

static tb_status
job_nothing(struct cases__act *act, struct tb_err *err)
{
    (void)act, (void)err;
    return TB_OK;
}

static const struct {
    const char *name;
    job_run run;
} jobs[] = {
    {"accept", job_accept},
    {"decide", job_decide},
    {"issue_certificate", cases__certificate_issue},
    {"end_certificate", job_end_certificate},
    {"publish_grant", cases__grant_publish},
    {"push_supervision", job_push},
    {"archive", job_archive},
    {"notify", job_notify},
    {"open_rating", job_nothing}, /* a matter can be rated from the decision on: no row is needed */
    {"close", job_nothing},       /* the end of the process closes the case */
};

static tb_status
run_job(struct cases__act *act, const struct bpmn_action *action, struct tb_err *err)
{
    for (size_t i = 0; i < TB_COUNT(jobs); i++) {
        if (tb_str_is(action->name, jobs[i].name))
            return jobs[i].run(act, err);
    }
    return tb_fail(err, TB_INVALID, "process " TB_FMT ", task " TB_FMT ": no job \"" TB_FMT "\"",
                   TB_ARG(act->is.process), TB_ARG(action->element->id), TB_ARG(action->name));
}

/* ---- applying
 * ---------------------------------------------------------------------------------------------------- */

static tb_status
complete(struct cases__act *act, struct tb_err *err)
{
    if (act->is.state != CASES_DECIDED)
        return TB_OK;
    cases__move(act, CASES_CLOSED);
    return cases__event_add(act, &(struct cases__event_new){.kind = "closed"}, err);
}

/* One step's actions but its jobs, whose tokens are put into the queue. */
static tb_status
apply_one(struct cases__act *act, const struct bpmn_action *action, int64_t *queue, size_t *queued,
          struct tb_err *err)
{
    switch (action->kind) {
    case BPMN_CREATE_TASK:
        return make_task(act, action, err);
    case BPMN_CANCEL_TASK:
        return cancel_task(act, action->token, err);
    case BPMN_ARM_TIMER:
        return arm_timer(act, action, err);
    case BPMN_DISARM_TIMER:
        return disarm_timer(act, action->token, err);
    case BPMN_RUN_JOB:
        if (*queued == JOB_ROUNDS_MAX)
            return tb_fail(err, TB_LIMIT, "process " TB_FMT ": more than %d jobs in one act",
                           TB_ARG(act->is.process), JOB_ROUNDS_MAX);
        TB_TRY(run_job(act, action, err));
        queue[(*queued)++] = action->token;
        return TB_OK;
    case BPMN_COMPLETED:
        return complete(act, err);
    default:
        return tb_fail(err, TB_INVALID, "process " TB_FMT ": %s is not offered here",
                       TB_ARG(act->is.process), bpmn_action_word(action->kind));
    }
}

tb_status
cases__process_apply(struct cases__act *act, const struct bpmn_result *result, struct tb_err *err)
{
    int64_t queue[JOB_ROUNDS_MAX];
    size_t queued = 0, done = 0;
    struct bpmn_result now = *result;
    for (;;) {
        act->is.instance = cases__json_text(
            act->arena, bpmn_state_to_json(act->arena, act->process->compiled, now.state));
        for (size_t i = 0; i < now.action_count; i++)
            TB_TRY(apply_one(act, &now.actions[i], queue, &queued, err));
        if (done == queued)
            return TB_OK;
        struct bpmn_event event = {.kind = BPMN_EVENT_JOB_DONE, .token = queue[done++]};
        TB_TRY(step(act, &event, TB_STR_NONE, &now, err));
    }
}

tb_status
cases__process_task_done(struct cases__act *act, tb_str token, tb_str outcome, struct tb_err *err)
{
    struct bpmn_event event = {.kind = BPMN_EVENT_TASK_DONE};
    struct bpmn_result result;
    if (!parse_token(token, &event.token))
        return tb_fail(err, TB_CORRUPT, "task token \"" TB_FMT "\" is no number", TB_ARG(token));
    TB_TRY(step(act, &event, outcome, &result, err));
    act->is_started = true;
    return cases__process_apply(act, &result, err);
}

tb_status
cases__process_timer(struct cases__act *act, tb_str token, struct tb_err *err)
{
    struct bpmn_event event = {.kind = BPMN_EVENT_TIMER};
    struct bpmn_result result;
    if (!parse_token(token, &event.token))
        return tb_fail(err, TB_CORRUPT, "timer token \"" TB_FMT "\" is no number", TB_ARG(token));
    tb_status status = step(act, &event, TB_STR_NONE, &result, err);
    if (status == TB_NOT_FOUND)
        return TB_OK; /* it was disarmed meanwhile */
    TB_TRY(status);
    act->is_started = true;
    return cases__process_apply(act, &result, err);
}

tb_status
cases__process_cancel(struct cases__act *act, struct tb_err *err)
{
    struct bpmn_event event = {.kind = BPMN_EVENT_CANCEL};
    struct bpmn_result result;
    TB_TRY(step(act, &event, TB_STR_NONE, &result, err));
    act->is_started = true;
    return cases__process_apply(act, &result, err);
}

/* ---- finishing a task
 * -------------------------------------------------------------------------------------------- */

tb_status
cases__task_open(struct cases__act *act, const char *element, struct cases__task *ret_task,
                 struct tb_err *err)
{
    struct cases__tasks tasks;
    TB_TRY(cases__load_tasks(act->arena, act->read, act->is.id, &tasks, err));
    *ret_task = (struct cases__task){0};
    for (size_t i = 0; i < tasks.count; i++) {
        if (tb_str_is(tasks.items[i].state, "open") && tb_str_is(tasks.items[i].element, element))
            *ret_task = tasks.items[i];
    }
    return TB_OK;
}

tb_status
cases__task_finish(struct cases__act *act, const struct cases__task *task, tb_str outcome,
                   tb_str comment, const struct tb_json *fields, struct tb_err *err)
{
    tb_str fields_text = fields != NULL ? cases__json_text(act->arena, fields) : TB_STR_NONE;
    TB_TRY(store_update(
        act->tx, "tasks", task->id, -1,
        STORE_VALUES(STORE_SET_TEXT("state", TB_STR("done")),
                     STORE_SET_INT("done_by", act->who->account),
                     STORE_SET_INSTANT("done_at", act->now), STORE_SET_TEXT("outcome", outcome),
                     STORE_SET_TEXT("comment", comment), STORE_SET_JSON("fields", fields_text)),
        err));
    return cases__process_task_done(act, task->token, outcome, err);
}
