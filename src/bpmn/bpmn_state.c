/* SPDX-License-Identifier: Apache-2.0 */
/* bpmn_state.c - a state as JSON and back. Elements and flows go by id, so that a state survives a model that was only
 * redrawn; what does not fit the model is refused, never repaired. */
#include "bpmn/bpmn_internal.h"

#define STATE_VERSION 1

bool
bpmn_is_completed(const struct bpmn_state *state)
{
    return state->is_completed;
}

const struct bpmn_token *
bpmn_tokens(struct tb_arena *arena, const struct bpmn_process *process,
            const struct bpmn_state *state, size_t *ret_count)
{
    struct bpmn_token *tokens = TB_NEW_ARRAY(arena, state->token_count, struct bpmn_token);
    size_t count = 0;
    for (size_t i = 0; i < state->token_count; i++)
        if (state->tokens[i].flow < 0)
            tokens[count++] =
                (struct bpmn_token){state->tokens[i].id, &process->nodes[state->tokens[i].at].e};
    *ret_count = count;
    return tokens;
}

struct tb_json *
bpmn_state_to_json(struct tb_arena *arena, const struct bpmn_process *process,
                   const struct bpmn_state *state)
{
    struct tb_json *object = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_int(arena, object, "v", STATE_VERSION);
    tb_json_set_text(arena, object, "process", process->id);
    tb_json_set_int(arena, object, "next", state->next);
    if (state->is_completed)
        tb_json_set_bool(arena, object, "completed", true);
    struct tb_json *list = tb_json_set_list(arena, object, "tokens");
    for (size_t i = 0; i < state->token_count; i++) {
        const struct bpmn__token *token = &state->tokens[i];
        struct tb_json *one = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        tb_json_set_int(arena, one, "id", token->id);
        tb_json_set_text(arena, one, "at", process->nodes[token->at].e.id);
        if (token->scope != 0)
            tb_json_set_int(arena, one, "scope", token->scope);
        if (token->host != 0)
            tb_json_set_int(arena, one, "host", token->host);
        if (token->flow >= 0)
            tb_json_set_text(arena, one, "flow", process->flows[token->flow].id);
    }
    return object;
}

static int32_t
find_flow(const struct bpmn_process *process, tb_str id)
{
    for (int32_t i = 0; i < process->flow_count; i++)
        if (tb_str_eq(process->flows[i].id, id))
            return i;
    return -1;
}

static tb_status
read_token(const struct bpmn_process *process, const struct tb_json *json,
           struct bpmn__token *ret_token, struct tb_err *err)
{
    tb_str at = tb_json_get_text(json, "at"), flow = tb_json_get_text(json, "flow");
    const struct bpmn_element *element = at.len > 0 ? bpmn_element_find(process, at) : NULL;
    if (element == NULL)
        return tb_fail(err, TB_INVALID,
                       "a token is at \"" TB_FMT "\", which is not in process " TB_FMT, TB_ARG(at),
                       TB_ARG(process->id));
    *ret_token = (struct bpmn__token){.id = tb_json_get_int(json, "id", 0),
                                      .at = element->index,
                                      .scope = tb_json_get_int(json, "scope", 0),
                                      .host = tb_json_get_int(json, "host", 0),
                                      .flow = flow.len > 0 ? find_flow(process, flow) : -1};
    bool is_join = element->kind == BPMN_PARALLEL_GATEWAY;
    if (is_join != (flow.len > 0) ||
        (is_join &&
         (ret_token->flow < 0 || process->flows[ret_token->flow].target != element->index)))
        return tb_fail(err, TB_INVALID, "the token at " TB_FMT " came by no flow that leads there",
                       TB_ARG(at));
    if (!is_join && !bpmn_element_rows[element->kind].waits)
        return tb_fail(err, TB_INVALID, "no token waits at " TB_FMT, TB_ARG(at));
    return TB_OK;
}

static const struct bpmn__token *
find_token(const struct bpmn_state *state, int64_t id)
{
    for (size_t i = 0; i < state->token_count; i++)
        if (state->tokens[i].id == id)
            return &state->tokens[i];
    return NULL;
}

/* Scopes and hosts are tokens at the right elements; ids ascend and lie below next. */
static tb_status
check_tokens(const struct bpmn_process *process, const struct bpmn_state *state, struct tb_err *err)
{
    int64_t before = 0;
    for (size_t i = 0; i < state->token_count; i++) {
        const struct bpmn__token *token = &state->tokens[i];
        const struct bpmn_element *e = &process->nodes[token->at].e;
        const struct bpmn__token *scope = find_token(state, token->scope),
                                 *host = find_token(state, token->host);
        int32_t scope_at = scope != NULL ? scope->at : -1, host_at = host != NULL ? host->at : -1;
        bool is_good = token->id > before && token->id < state->next && scope_at == e->parent &&
                       (token->scope == 0 || scope != NULL) && host_at == e->attached_to;
        if (!is_good)
            return tb_fail(err, TB_INVALID, "the token at " TB_FMT " does not fit the others",
                           TB_ARG(e->id));
        before = token->id;
    }
    if (state->is_completed != (state->token_count == 0))
        return tb_fail(err, TB_INVALID, "a state is complete when it has no tokens, and only then");
    return TB_OK;
}

tb_status
bpmn_state_from_json(struct tb_arena *arena, const struct bpmn_process *process,
                     const struct tb_json *json, const struct bpmn_state **ret_state,
                     struct tb_err *err)
{
    int64_t version = tb_json_get_int(json, "v", 0);
    if (version != STATE_VERSION)
        return tb_fail(err, TB_VERSION, "the state has version %lld; this program reads %d",
                       (long long)version, STATE_VERSION);
    if (!tb_str_eq(tb_json_get_text(json, "process"), process->id))
        return tb_fail(err, TB_INVALID, "the state is of process \"" TB_FMT "\", not " TB_FMT,
                       TB_ARG(tb_json_get_text(json, "process")), TB_ARG(process->id));
    const struct tb_json *tokens = tb_json_get(json, "tokens");
    if (tokens == NULL || tokens->kind != TB_JSON_LIST || tokens->count > BPMN_TOKENS_MAX)
        return tb_fail(err, TB_INVALID, "the state has a list of at most %d tokens",
                       BPMN_TOKENS_MAX);
    struct bpmn_state *state = TB_NEW(arena, struct bpmn_state);
    state->next = tb_json_get_int(json, "next", 0);
    state->is_completed = tb_json_is_true(tb_json_get(json, "completed"));
    state->tokens = TB_NEW_ARRAY(arena, tokens->count, struct bpmn__token);
    TB_JSON_EACH(one, tokens)
    TB_TRY(read_token(process, one, &state->tokens[state->token_count++], err));
    TB_TRY(check_tokens(process, state, err));
    *ret_state = state;
    return TB_OK;
}
