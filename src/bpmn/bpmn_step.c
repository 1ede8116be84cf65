/* SPDX-License-Identifier: Apache-2.0 */
/* bpmn_step.c - one event, and everything that follows from it until all tokens wait again.
 *
 * A token is either waiting at an element (a task, a timer, a subprocess around others) or has arrived at a parallel
 * gateway that still misses others. Between two events there are no other tokens. A step copies the tokens, lets the
 * event take its token away, and then works through a queue of arrivals, first in first out, so that the order of
 * actions follows from the model alone. Nothing is kept when a step fails.
 *
 * Scopes: the process is scope 0; a subprocess that runs is a token, and its id is the scope of the tokens inside. A
 * scope with neither tokens nor arrivals is over. */
#include "bpmn/bpmn_internal.h"
#include <inttypes.h>
#include <string.h>

struct arrival {
    int32_t at;
    int32_t flow; /* -1 at a start */
    int64_t scope;
};

struct run {
    struct tb_arena *arena;
    const struct bpmn_process *process;
    const struct bpmn_host *host;
    struct tb_err *err;
    struct feel_value data;
    int64_t next;
    bool is_completed;
    struct bpmn__token tokens[BPMN_TOKENS_MAX];
    size_t token_count;
    struct arrival *queue; /* a ring of BPMN_TOKENS_MAX */
    size_t queue_from, queue_count;
    struct bpmn_action *actions;
    size_t action_count, action_cap;
    int steps;
};

/* ---- small parts ---- */

static const struct bpmn__node *
node_at(const struct run *r, int32_t index)
{
    return &r->process->nodes[index];
}

static void
trace(const struct run *r, int32_t at, bool is_entering)
{
    if (r->host != NULL && r->host->trace != NULL)
        r->host->trace(r->host->context, &node_at(r, at)->e, is_entering);
}

static void
act(struct run *r, bpmn_action_kind kind, int64_t token, const struct bpmn_element *element,
    tb_str name, tb_str timer)
{
    if (r->action_count == r->action_cap) {
        r->action_cap = r->action_cap == 0 ? 16 : 2 * r->action_cap;
        struct bpmn_action *more = TB_NEW_ARRAY(r->arena, r->action_cap, struct bpmn_action);
        if (r->action_count > 0)
            memcpy(more, r->actions, r->action_count * sizeof *more);
        r->actions = more;
    }
    r->actions[r->action_count++] = (struct bpmn_action){kind, token, element, name, timer};
}

static tb_status
push(struct run *r, int32_t at, int32_t flow, int64_t scope)
{
    if (r->queue_count == BPMN_TOKENS_MAX)
        return tb_fail(r->err, TB_LIMIT, "more than %d tokens at once", BPMN_TOKENS_MAX);
    r->queue[(r->queue_from + r->queue_count++) % BPMN_TOKENS_MAX] =
        (struct arrival){at, flow, scope};
    return TB_OK;
}

static tb_status
add_token(struct run *r, struct bpmn__token token, int64_t *ret_id)
{
    if (r->token_count == BPMN_TOKENS_MAX)
        return tb_fail(r->err, TB_LIMIT, "more than %d tokens at once", BPMN_TOKENS_MAX);
    token.id = r->next++;
    r->tokens[r->token_count++] = token;
    *ret_id = token.id;
    return TB_OK;
}

static struct bpmn__token *
find_token(struct run *r, int64_t id)
{
    for (size_t i = 0; i < r->token_count; i++)
        if (r->tokens[i].id == id)
            return &r->tokens[i];
    return NULL;
}

static void
remove_token(struct run *r, int64_t id)
{
    for (size_t i = 0; i < r->token_count; i++)
        if (r->tokens[i].id == id) {
            memmove(&r->tokens[i], &r->tokens[i + 1],
                    (r->token_count - i - 1) * sizeof r->tokens[0]);
            r->token_count--;
            return;
        }
}

/* ---- conditions and timers ---- */

/* Why an expression gave null: the first warning, when there is one. */
static tb_status
fail_expression(struct run *r, const struct feel_warnings *warnings, const char *what, tb_str id,
                const char *why)
{
    if (warnings->count > 0)
        return tb_fail(r->err, TB_INVALID, "%s " TB_FMT ": %s: " TB_FMT, what, TB_ARG(id), why,
                       TB_ARG(warnings->items[0].en));
    return tb_fail(r->err, TB_INVALID, "%s " TB_FMT ": %s", what, TB_ARG(id), why);
}

static tb_status
evaluate(struct run *r, const struct feel_expr *expr, struct feel_warnings *warnings,
         struct feel_value *ret_value)
{
    struct feel_run how = {0};
    if (r->host != NULL && r->host->run != NULL)
        how = *r->host->run;
    *warnings = (struct feel_warnings){.arena = r->arena};
    how.warnings = warnings;
    return feel_eval(r->arena, expr, &r->data, &how, ret_value, r->err);
}

static tb_status
is_true(struct run *r, const struct bpmn__flow *flow, bool *ret_is_true)
{
    struct feel_warnings warnings;
    struct feel_value value;
    TB_TRY(evaluate(r, flow->condition, &warnings, &value));
    if (value.kind != FEEL_BOOLEAN)
        return fail_expression(r, &warnings, "the condition of flow", flow->id,
                               value.kind == FEEL_NULL ? "it is null, neither true nor false"
                                                       : "it is neither true nor false");
    *ret_is_true = value.u.boolean;
    return TB_OK;
}

static tb_status
arm_timer(struct run *r, const struct bpmn__node *node, int64_t token)
{
    tb_str text = node->e.timer;
    if (node->timer != NULL) {
        struct feel_warnings warnings;
        struct feel_value value;
        TB_TRY(evaluate(r, node->timer, &warnings, &value));
        if (value.kind == FEEL_NULL)
            return fail_expression(r, &warnings, "the timer", node->e.id, "its expression is null");
        text = feel_format(r->arena, &value);
    }
    act(r, BPMN_ARM_TIMER, token, &node->e, TB_STR_NONE, text);
    return TB_OK;
}

/* ---- leaving ---- */

static tb_status complete_scope(struct run *r, int64_t scope);

static tb_status
take(struct run *r, int32_t flow, int64_t scope)
{
    return push(r, r->process->flows[flow].target, flow, scope);
}

/* Exclusive: the first flow whose condition is true, else the default. */
static tb_status
leave_by_one(struct run *r, const struct bpmn__node *node, int64_t scope)
{
    for (int32_t i = 0; i < node->out_count; i++) {
        const struct bpmn__flow *flow = &r->process->flows[node->out[i]];
        bool is_it = flow->condition == NULL;
        if (node->out[i] == node->default_flow)
            continue;
        if (!is_it)
            TB_TRY(is_true(r, flow, &is_it));
        if (is_it)
            return take(r, node->out[i], scope);
    }
    if (node->default_flow >= 0)
        return take(r, node->default_flow, scope);
    if (node->out_count == 0)
        return complete_scope(r, scope);
    return tb_fail(r->err, TB_INVALID,
                   "gateway " TB_FMT ": no condition is true and there is no default flow",
                   TB_ARG(node->e.id));
}

/* Everything else: every flow without a condition and every one whose condition is true; the default if there is none.
 * Without any flow the path ends here. */
static tb_status
leave_by_all(struct run *r, const struct bpmn__node *node, int64_t scope)
{
    bool has_left = false;
    for (int32_t i = 0; i < node->out_count; i++) {
        const struct bpmn__flow *flow = &r->process->flows[node->out[i]];
        bool is_it = flow->condition == NULL;
        if (node->out[i] == node->default_flow)
            continue;
        if (!is_it && node->e.kind != BPMN_PARALLEL_GATEWAY)
            TB_TRY(is_true(r, flow, &is_it));
        if (!is_it)
            continue;
        TB_TRY(take(r, node->out[i], scope));
        has_left = true;
    }
    if (!has_left && node->default_flow >= 0)
        return take(r, node->default_flow, scope);
    if (!has_left && node->out_count > 0)
        return tb_fail(r->err, TB_INVALID,
                       TB_FMT ": no condition is true and there is no default flow",
                       TB_ARG(node->e.id));
    return has_left ? TB_OK : complete_scope(r, scope);
}

static tb_status
leave(struct run *r, int32_t at, int64_t scope)
{
    const struct bpmn__node *node = node_at(r, at);
    trace(r, at, false);
    return node->e.kind == BPMN_EXCLUSIVE_GATEWAY ? leave_by_one(r, node, scope)
                                                  : leave_by_all(r, node, scope);
}

/* ---- cancelling ---- */

static void
tell_cancelled(struct run *r, const struct bpmn__token *token)
{
    /* clang-format off */
    static const bpmn_action_kind kinds[BPMN_KIND_COUNT] = {
        [BPMN_USER_TASK]      = BPMN_CANCEL_TASK,    [BPMN_SERVICE_TASK]   = BPMN_CANCEL_JOB,
        [BPMN_SEND_TASK]      = BPMN_CANCEL_JOB,     [BPMN_RECEIVE_TASK]   = BPMN_CANCEL_MESSAGE,
        [BPMN_CALL_ACTIVITY]  = BPMN_CANCEL_CALL,    [BPMN_TIMER_CATCH]    = BPMN_DISARM_TIMER,
        [BPMN_TIMER_BOUNDARY] = BPMN_DISARM_TIMER,
    };
    /* clang-format on */
    const struct bpmn__node *node = node_at(r, token->at);
    if (kinds[node->e.kind] != BPMN_CREATE_TASK)
        act(r, kinds[node->e.kind], token->id, &node->e, node->e.job, TB_STR_NONE);
}

static void
disarm_boundaries(struct run *r, int64_t host)
{
    for (size_t i = 0; i < r->token_count;) {
        if (r->tokens[i].host != host) {
            i++;
            continue;
        }
        tell_cancelled(r, &r->tokens[i]);
        remove_token(r, r->tokens[i].id);
    }
}

/* Is the scope the given one or inside it? The chain is as long as subprocesses are nested. */
static bool
is_within(struct run *r, int64_t scope, int64_t outer)
{
    while (scope != outer && scope != 0) {
        const struct bpmn__token *token = find_token(r, scope);
        scope = token != NULL ? token->scope : 0;
    }
    return scope == outer;
}

/* Ends everything inside a scope: tokens, timers, arrivals. Innermost last created first, so that no token outlives
 * the one it belongs to. */
static void
cancel_scope(struct run *r, int64_t scope)
{
    struct arrival kept[BPMN_TOKENS_MAX];
    size_t kept_count = 0;
    for (size_t i = 0; i < r->queue_count; i++) {
        struct arrival one = r->queue[(r->queue_from + i) % BPMN_TOKENS_MAX];
        if (!is_within(r, one.scope, scope))
            kept[kept_count++] = one;
    }
    for (size_t i = r->token_count; i-- > 0;) {
        struct bpmn__token token = r->tokens[i];
        if (!is_within(r, token.scope, scope))
            continue;
        tell_cancelled(r, &token);
        memmove(&r->tokens[i], &r->tokens[i + 1], (r->token_count - i - 1) * sizeof token);
        r->token_count--;
    }
    memcpy(r->queue, kept, kept_count * sizeof kept[0]);
    r->queue_from = 0;
    r->queue_count = kept_count;
}

static void
cancel_token(struct run *r, struct bpmn__token token)
{
    disarm_boundaries(r, token.id);
    if (node_at(r, token.at)->e.kind == BPMN_SUBPROCESS)
        cancel_scope(r, token.id);
    tell_cancelled(r, &token);
    remove_token(r, token.id);
}

/* ---- the end of a scope ---- */

static bool
is_busy(const struct run *r, int64_t scope)
{
    for (size_t i = 0; i < r->token_count; i++)
        if (r->tokens[i].scope == scope)
            return true;
    for (size_t i = 0; i < r->queue_count; i++)
        if (r->queue[(r->queue_from + i) % BPMN_TOKENS_MAX].scope == scope)
            return true;
    return false;
}

/* A path has ended in the scope; when it was the last one, what is around goes on. */
static tb_status
complete_scope(struct run *r, int64_t scope)
{
    if (is_busy(r, scope))
        return TB_OK;
    if (scope == 0) {
        r->is_completed = true;
        return TB_OK;
    }
    struct bpmn__token token = *find_token(r, scope);
    disarm_boundaries(r, token.id);
    remove_token(r, token.id);
    return leave(r, token.at, token.scope);
}

/* ---- entering ---- */

static tb_status
wait_here(struct run *r, const struct arrival *arrival, int64_t *ret_id)
{
    const struct bpmn__node *node = node_at(r, arrival->at);
    struct bpmn__token token = {.at = arrival->at, .scope = arrival->scope, .flow = -1};
    return add_token(r, token, ret_id) == TB_OK
               ? TB_OK
               : tb_fail(r->err, TB_LIMIT, "at " TB_FMT ": more than %d tokens", TB_ARG(node->e.id),
                         BPMN_TOKENS_MAX);
}

static tb_status
arm_boundaries(struct run *r, const struct bpmn__node *node, int64_t host, int64_t scope)
{
    for (int32_t i = 0; i < node->boundary_count; i++) {
        const struct bpmn__node *boundary = node_at(r, node->boundaries[i]);
        struct bpmn__token token = {
            .at = boundary->e.index, .scope = scope, .host = host, .flow = -1};
        int64_t id = 0;
        TB_TRY(add_token(r, token, &id));
        TB_TRY(arm_timer(r, boundary, id));
    }
    return TB_OK;
}

/* An element where a token stays and the host has something to do. */
static tb_status
enter_waiting(struct run *r, const struct arrival *arrival)
{
    const struct bpmn__node *node = node_at(r, arrival->at);
    int64_t id = 0;
    TB_TRY(wait_here(r, arrival, &id));
    switch (node->e.kind) {
    case BPMN_USER_TASK:
        act(r, BPMN_CREATE_TASK, id, &node->e, TB_STR_NONE, TB_STR_NONE);
        break;
    case BPMN_SERVICE_TASK:
    case BPMN_SEND_TASK:
        act(r, BPMN_RUN_JOB, id, &node->e, node->e.job, TB_STR_NONE);
        break;
    case BPMN_RECEIVE_TASK:
        act(r, BPMN_AWAIT_MESSAGE, id, &node->e, node->e.message, TB_STR_NONE);
        break;
    case BPMN_CALL_ACTIVITY:
        act(r, BPMN_CALL, id, &node->e, node->e.called, TB_STR_NONE);
        break;
    case BPMN_TIMER_CATCH:
        TB_TRY(arm_timer(r, node, id));
        break;
    default: /* a subprocess: its start is next */
        for (int32_t i = 0; i < r->process->node_count; i++)
            if (node_at(r, i)->e.kind == BPMN_START && node_at(r, i)->e.parent == node->e.index)
                TB_TRY(push(r, i, -1, id));
        break;
    }
    return arm_boundaries(r, node, id, arrival->scope);
}

/* A parallel gateway goes on when a token has come by each of its flows. */
static tb_status
enter_join(struct run *r, const struct arrival *arrival)
{
    const struct bpmn__node *node = node_at(r, arrival->at);
    struct bpmn__token token = {.at = arrival->at, .scope = arrival->scope, .flow = arrival->flow};
    int64_t id = 0, ids[BPMN_TOKENS_MAX];
    if (node->in_count <= 1)
        return leave(r, arrival->at, arrival->scope);
    TB_TRY(add_token(r, token, &id));
    if (node->in_count > BPMN_TOKENS_MAX)
        return TB_OK;
    for (int32_t i = 0; i < node->in_count; i++) {
        size_t k = 0;
        while (k < r->token_count &&
               !(r->tokens[k].at == arrival->at && r->tokens[k].scope == arrival->scope &&
                 r->tokens[k].flow == node->in[i]))
            k++;
        if (k == r->token_count)
            return TB_OK;
        ids[i] = r->tokens[k].id;
    }
    for (int32_t i = 0; i < node->in_count; i++)
        remove_token(r, ids[i]);
    return leave(r, arrival->at, arrival->scope);
}

static tb_status
enter_rule(struct run *r, const struct arrival *arrival)
{
    const struct bpmn__node *node = node_at(r, arrival->at);
    if (r->host == NULL || r->host->decide == NULL)
        return tb_fail(r->err, TB_INVALID, TB_FMT ": there is nobody to decide " TB_FMT,
                       TB_ARG(node->e.id), TB_ARG(node->e.decision));
    TB_TRY(r->host->decide(r->host->context, r->arena, &node->e, &r->data, r->err));
    return leave(r, arrival->at, arrival->scope);
}

static tb_status
enter(struct run *r, const struct arrival *arrival)
{
    bpmn_kind kind = node_at(r, arrival->at)->e.kind;
    trace(r, arrival->at, true);
    switch (kind) {
    case BPMN_END:
        return complete_scope(r, arrival->scope);
    case BPMN_END_TERMINATE:
        cancel_scope(r, arrival->scope);
        return complete_scope(r, arrival->scope);
    case BPMN_PARALLEL_GATEWAY:
        return enter_join(r, arrival);
    case BPMN_BUSINESS_RULE_TASK:
        return enter_rule(r, arrival);
    default:
        return bpmn_element_rows[kind].waits ? enter_waiting(r, arrival)
                                             : leave(r, arrival->at, arrival->scope);
    }
}

/* ---- events ---- */

static tb_status
on_start(struct run *r, const struct bpmn_event *event)
{
    int32_t found = -1, count = 0;
    for (int32_t i = 0; i < r->process->node_count; i++) {
        const struct bpmn_element *e = &node_at(r, i)->e;
        if (e->kind == BPMN_START && e->parent == -1 &&
            (event->name.len == 0 || tb_str_eq(e->id, event->name))) {
            found = i;
            count++;
        }
    }
    if (count != 1)
        return tb_fail(r->err, TB_INVALID,
                       "process " TB_FMT
                       " has %d start events that fit; name the id of one in the event",
                       TB_ARG(r->process->id), count);
    return push(r, found, -1, 0);
}

/* The kinds at which each event may find its token. */
static bool
fits(bpmn_event_kind event, bpmn_kind kind)
{
    switch (event) {
    case BPMN_EVENT_TASK_DONE:
        return kind == BPMN_USER_TASK;
    case BPMN_EVENT_JOB_DONE:
        return kind == BPMN_SERVICE_TASK || kind == BPMN_SEND_TASK;
    case BPMN_EVENT_MESSAGE:
        return kind == BPMN_RECEIVE_TASK;
    case BPMN_EVENT_TIMER:
        return kind == BPMN_TIMER_CATCH || kind == BPMN_TIMER_BOUNDARY;
    case BPMN_EVENT_CALL_DONE:
        return kind == BPMN_CALL_ACTIVITY;
    default:
        return false;
    }
}

static struct bpmn__token *
find_waiting(struct run *r, const struct bpmn_event *event)
{
    for (size_t i = 0; i < r->token_count; i++) {
        const struct bpmn_element *e = &node_at(r, r->tokens[i].at)->e;
        bool is_named = event->kind == BPMN_EVENT_MESSAGE && event->token == 0 &&
                        event->name.len > 0 && tb_str_eq(e->message, event->name);
        if (fits(event->kind, e->kind) && (r->tokens[i].id == event->token || is_named))
            return &r->tokens[i];
    }
    return NULL;
}

static tb_status
on_boundary(struct run *r, struct bpmn__token token)
{
    const struct bpmn__node *node = node_at(r, token.at);
    struct bpmn__token *host = find_token(r, token.host);
    remove_token(r, token.id);
    trace(r, token.at, true);
    if (node->e.is_interrupting && host != NULL) {
        host = find_token(r, token.host); /* it may have moved */
        cancel_token(r, *host);
    }
    return leave(r, token.at, token.scope);
}

static tb_status
on_event(struct run *r, const struct bpmn_event *event)
{
    if (event->kind == BPMN_EVENT_START)
        return on_start(r, event);
    if (event->kind == BPMN_EVENT_CANCEL) {
        cancel_scope(r, 0);
        r->is_completed = true;
        return TB_OK;
    }
    const struct bpmn__token *found = find_waiting(r, event);
    if (found == NULL)
        return tb_fail(r->err, TB_NOT_FOUND,
                       "no token %" PRId64 " waits for this: it was done or cancelled before",
                       event->token);
    struct bpmn__token token = *found;
    if (node_at(r, token.at)->e.kind == BPMN_TIMER_BOUNDARY)
        return on_boundary(r, token);
    disarm_boundaries(r, token.id);
    remove_token(r, token.id);
    return leave(r, token.at, token.scope);
}

/* ---- the step ---- */

/* Joins that can never be complete: only tokens that wait for each other are left. */
static tb_status
check_stuck(const struct run *r)
{
    if (r->is_completed)
        return TB_OK;
    for (size_t i = 0; i < r->token_count; i++) {
        bpmn_kind kind = node_at(r, r->tokens[i].at)->e.kind;
        if (r->tokens[i].flow < 0 && kind != BPMN_SUBPROCESS)
            return TB_OK;
    }
    const struct bpmn__token *stuck = NULL;
    for (size_t i = 0; i < r->token_count && stuck == NULL; i++)
        stuck = r->tokens[i].flow >= 0 ? &r->tokens[i] : NULL;
    tb_str where = stuck != NULL ? node_at(r, stuck->at)->e.id : r->process->id;
    return tb_fail(r->err, TB_INVALID,
                   "parallel gateway " TB_FMT " waits for a token that can never come",
                   TB_ARG(where));
}

static tb_status
run_queue(struct run *r)
{
    while (r->queue_count > 0) {
        struct arrival arrival = r->queue[r->queue_from];
        r->queue_from = (r->queue_from + 1) % BPMN_TOKENS_MAX;
        r->queue_count--;
        if (++r->steps > BPMN_STEPS_MAX)
            return tb_fail(r->err, TB_LIMIT,
                           "more than %d elements in one step, at " TB_FMT
                           ": a loop that never waits",
                           BPMN_STEPS_MAX, TB_ARG(node_at(r, arrival.at)->e.id));
        TB_TRY(enter(r, &arrival));
    }
    return check_stuck(r);
}

tb_status
bpmn_step(struct tb_arena *arena, const struct bpmn_process *process,
          const struct bpmn_state *state, const struct bpmn_event *event,
          const struct feel_value *data, const struct bpmn_host *host,
          struct bpmn_result *ret_result, struct tb_err *err)
{
    bool is_start = event->kind == BPMN_EVENT_START;
    if (is_start != (state == NULL))
        return tb_fail(err, TB_INVALID,
                       "an instance is started once, and only then has it a state");
    if (state != NULL && state->is_completed)
        return tb_fail(err, TB_NOT_FOUND, "the instance is complete");
    struct run *r = TB_NEW(arena, struct run);
    r->arena = arena;
    r->process = process;
    r->host = host;
    r->err = err;
    r->data = data != NULL ? *data : feel_null();
    r->queue = TB_NEW_ARRAY(arena, BPMN_TOKENS_MAX, struct arrival);
    r->next = state != NULL ? state->next : 1;
    r->token_count = state != NULL ? state->token_count : 0;
    if (r->token_count > 0)
        memcpy(r->tokens, state->tokens, r->token_count * sizeof r->tokens[0]);
    TB_TRY(on_event(r, event));
    TB_TRY(run_queue(r));
    if (r->is_completed)
        act(r, BPMN_COMPLETED, 0, NULL, TB_STR_NONE, TB_STR_NONE);
    struct bpmn_state *after = TB_NEW(arena, struct bpmn_state);
    after->next = r->next;
    after->is_completed = r->is_completed;
    after->token_count = r->token_count;
    after->tokens = TB_NEW_ARRAY(arena, r->token_count, struct bpmn__token);
    if (r->token_count > 0)
        memcpy(after->tokens, r->tokens, r->token_count * sizeof r->tokens[0]);
    *ret_result = (struct bpmn_result){after, r->actions, r->action_count, r->data};
    return TB_OK;
}
