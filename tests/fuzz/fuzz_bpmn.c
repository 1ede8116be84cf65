/* SPDX-License-Identifier: Apache-2.0 */
/* What compiles can be run: every token that waits is answered in turn, every state goes through JSON and back, and
 * no event makes the engine lose a token or run without end. */
#include "bpmn/bpmn.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static tb_status
decide(void *context, struct tb_arena *arena, const struct bpmn_element *element,
       struct feel_value *data, struct tb_err *err)
{
    (void)context;
    (void)err;
    *data = feel_put(arena, data, element->result.len > 0 ? element->result : TB_STR("r"),
                     feel_integer(1));
    return TB_OK;
}

static bpmn_event_kind
event_for(bpmn_kind kind)
{
    switch (kind) {
    case BPMN_USER_TASK:
        return BPMN_EVENT_TASK_DONE;
    case BPMN_RECEIVE_TASK:
        return BPMN_EVENT_MESSAGE;
    case BPMN_CALL_ACTIVITY:
        return BPMN_EVENT_CALL_DONE;
    case BPMN_TIMER_CATCH:
    case BPMN_TIMER_BOUNDARY:
        return BPMN_EVENT_TIMER;
    default:
        return BPMN_EVENT_JOB_DONE;
    }
}

static void
play(struct tb_arena *arena, const struct bpmn_process *process, unsigned seed)
{
    static const struct bpmn_host host = {.decide = decide};
    const struct bpmn_state *state = NULL;
    struct bpmn_event event = {.kind = BPMN_EVENT_START};
    struct feel_value data = feel_null();
    for (int i = 0; i < 40; i++) {
        struct bpmn_result result;
        struct tb_err err;
        if (bpmn_step(arena, process, state, &event, &data, &host, &result, &err) != TB_OK) {
            if (state == NULL)
                return;
        } else {
            data = result.data;
            tb_assert(bpmn_is_completed(result.state) ==
                      (result.action_count > 0 &&
                       result.actions[result.action_count - 1].kind == BPMN_COMPLETED));
            struct tb_json *json = bpmn_state_to_json(arena, process, result.state);
            tb_assert(bpmn_state_from_json(arena, process, json, &state, &err) == TB_OK);
        }
        size_t count = 0;
        const struct bpmn_token *tokens = bpmn_tokens(arena, process, state, &count);
        if (count == 0 || bpmn_is_completed(state) || tb_arena_is_over(arena))
            return;
        seed = seed * 1103515245u + 12345u;
        const struct bpmn_token *one = &tokens[(seed >> 8) % count];
        event = (struct bpmn_event){.kind = event_for(one->element->kind), .token = one->id};
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct tb_arena *arena = tb_arena_new((size_t)64 << 20);
    struct tb_faults faults = {.arena = arena};
    const struct bpmn_model *model = NULL;
    struct tb_err err;
    if (bpmn_compile(arena, TB_STR("f.bpmn"), (tb_str){(const char *)bytes, len}, &faults, &model,
                     &err) == TB_OK)
        for (size_t i = 0; i < bpmn_process_count(model); i++)
            play(arena, bpmn_process_at(model, i), (unsigned)len);
    tb_arena_free(arena);
    return 0;
}
