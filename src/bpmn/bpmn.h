/* SPDX-License-Identifier: Apache-2.0 */
/* bpmn.h - processes: compile a BPMN 2.0 model once, then step it from state to state.
 *
 * Stand-alone: needs feel/ and base/. Never does I/O, never reads the clock, keeps no variables:
 * data come in as a FEEL context with every step, what must be done in the world goes out as
 * actions, and the host tells by an event when it is done. So a run can be replayed from its
 * events, and the same events give the same states and the same actions.
 *
 * Lives. A struct bpmn_model is immutable, lies in the arena it was compiled into and may be shared
 * between threads. A struct bpmn_state is immutable too: a step makes a new one. It is written to
 * JSON and read back against the model.
 *
 * First cut: start and end (none, terminate), user, manual, service, send, receive, script-free
 * tasks, business-rule tasks, exclusive and parallel gateways, conditions and default flows, timer
 * catch events, timer boundary events (interrupting or not), embedded subprocesses, call
 * activities. What is not run is a fault at compile time, never passed over. Extension attributes
 * that are understood: docs/reference/bpmn.md, generated from bpmn_element_rows. */
#ifndef BPMN_BPMN_H
#define BPMN_BPMN_H

#include "base/base.h"
#include "feel/feel.h"

/* ---- the model ---- */

typedef enum {
    BPMN_START, /* none */
    BPMN_END,   /* none */
    BPMN_END_TERMINATE,
    BPMN_USER_TASK,
    BPMN_MANUAL_TASK, /* done by hand, nothing recorded: passed through */
    BPMN_TASK,        /* abstract: passed through */
    BPMN_SERVICE_TASK,
    BPMN_SEND_TASK,
    BPMN_RECEIVE_TASK,
    BPMN_BUSINESS_RULE_TASK,
    BPMN_EXCLUSIVE_GATEWAY,
    BPMN_PARALLEL_GATEWAY,
    BPMN_TIMER_CATCH,
    BPMN_TIMER_BOUNDARY,
    BPMN_SUBPROCESS,
    BPMN_CALL_ACTIVITY,
    BPMN_KIND_COUNT
} bpmn_kind;

/* How an element behaves and what it is called; the table that documentation is made of. */
struct bpmn_element_row {
    const char *xml_name; /* userTask */
    const char *zh, *en;
    const char *extensions; /* what is read here beyond the standard, for people */
    bool waits;             /* a token stays here until an event */
};
extern const struct bpmn_element_row bpmn_element_rows[BPMN_KIND_COUNT];

typedef enum {
    BPMN_TIMER_NONE,
    BPMN_TIMER_DATE,
    BPMN_TIMER_DURATION,
    BPMN_TIMER_CYCLE
} bpmn_timer_kind;

/* An element as the host may want to know it. All texts live with the model; absent where the file
 * says nothing. Where they are read from stands in bpmn_element_rows. */
struct bpmn_element {
    bpmn_kind kind;
    int32_t index; /* in the process */
    int32_t line;  /* in the file */
    tb_str id, name;
    tb_str documentation;
    tb_str candidate_groups; /* as written, comma separated */
    tb_str assignee;
    tb_str form;
    tb_str job;      /* of service and send tasks */
    tb_str decision; /* of a business-rule task */
    tb_str result;   /* its variable */
    tb_str called;   /* process id of a call activity */
    tb_str message;  /* name of the message of a receive or send task */
    bpmn_timer_kind timer_kind;
    tb_str timer;         /* as written: ISO 8601, a period of clock (`5wd`), or FEEL after `=` */
    bool is_interrupting; /* of a boundary event */
    int32_t attached_to;  /* element index; -1 */
    int32_t parent;       /* index of the subprocess; -1 for the process */
};

/* A compiled file, and one process of it. Both immutable, in the arena of bpmn_compile. */
struct bpmn_model;
struct bpmn_process;

/* Compile a file. Text is borrowed. Every fault is added to faults with place file:line;
 * TB_INVALID when there was one, TB_SYNTAX when it is no XML, TB_LIMIT over BPMN_ELEMENTS_MAX.
 * Otherwise the model is in arena. Conditions are FEEL (with or without a leading `=`), compiled
 * with an open scope. */
TB_NODISCARD tb_status bpmn_compile(struct tb_arena *arena, tb_str file, tb_str text,
                                    struct tb_faults *faults, const struct bpmn_model **ret_model,
                                    struct tb_err *err);

/* What a model holds. Indexes run from 0; what is given lives with the model. */
size_t bpmn_process_count(const struct bpmn_model *model);
const struct bpmn_process *bpmn_process_at(const struct bpmn_model *model, size_t index);
/* NULL when absent. */
const struct bpmn_process *bpmn_process_find(const struct bpmn_model *model, tb_str id);
tb_str bpmn_process_id(const struct bpmn_process *process);
tb_str bpmn_process_name(const struct bpmn_process *process);
bool bpmn_process_is_executable(const struct bpmn_process *process);
size_t bpmn_element_count(const struct bpmn_process *process);
const struct bpmn_element *bpmn_element_at(const struct bpmn_process *process, size_t index);
/* NULL when absent. */
const struct bpmn_element *bpmn_element_find(const struct bpmn_process *process, tb_str id);

/* ---- the state ---- */

/* Where one instance stands. Immutable. */
struct bpmn_state;

/* A place where something waits. id is unique within one instance and never used again. */
struct bpmn_token {
    int64_t id;
    const struct bpmn_element *element;
};

/* Nothing waits any more. */
bool bpmn_is_completed(const struct bpmn_state *state);
/* The tokens that wait, oldest first; in arena. */
const struct bpmn_token *bpmn_tokens(struct tb_arena *arena, const struct bpmn_process *process,
                                     const struct bpmn_state *state, size_t *ret_count);

/* {"v":1,"process":id,"next":n,"tokens":[{"id","at","scope"?…}]}: stable, elements by id, so that
 * it survives a model that only moved lines. In arena. */
struct tb_json *bpmn_state_to_json(struct tb_arena *arena, const struct bpmn_process *process,
                                   const struct bpmn_state *state);
/* TB_VERSION for another version, TB_INVALID when an element is not in the process or the tokens do
 * not add up. */
TB_NODISCARD tb_status bpmn_state_from_json(struct tb_arena *arena,
                                            const struct bpmn_process *process,
                                            const struct tb_json *json,
                                            const struct bpmn_state **ret_state,
                                            struct tb_err *err);

/* ---- the step ---- */

typedef enum {
    BPMN_EVENT_START,     /* with state NULL; .element may name one of several none start events */
    BPMN_EVENT_TASK_DONE, /* token: a user task was completed */
    BPMN_EVENT_JOB_DONE,  /* token: a service or send task's job is done */
    BPMN_EVENT_MESSAGE,   /* token, or name: a receive task got its message */
    BPMN_EVENT_TIMER,     /* token: the timer rang */
    BPMN_EVENT_CALL_DONE, /* token: the called process is complete */
    BPMN_EVENT_CANCEL,    /* the instance ends now; everything open is cancelled */
} bpmn_event_kind;

/* What happened; borrowed by a step. */
struct bpmn_event {
    bpmn_event_kind kind;
    int64_t token;
    tb_str name; /* of the message; of the start element */
};

typedef enum {
    BPMN_CREATE_TASK, /* token waits for TASK_DONE; element has groups and form */
    BPMN_CANCEL_TASK, /* token is gone */
    BPMN_ARM_TIMER, /* token waits for TIMER; timer has the expression, evaluated where it was FEEL
                     */
    BPMN_DISARM_TIMER,
    BPMN_RUN_JOB, /* token waits for JOB_DONE; name is the job */
    BPMN_CANCEL_JOB,
    BPMN_AWAIT_MESSAGE, /* token waits for MESSAGE; name */
    BPMN_CANCEL_MESSAGE,
    BPMN_CALL, /* token waits for CALL_DONE; name is the called process */
    BPMN_CANCEL_CALL,
    BPMN_COMPLETED, /* the whole instance; the last action */
    BPMN_ACTION_COUNT
} bpmn_action_kind;
const char *bpmn_action_word(bpmn_action_kind kind); /* `create_task` */

/* What the host is to do. Texts live with the model or in the arena of the step. */
struct bpmn_action {
    bpmn_action_kind kind;
    int64_t token;
    const struct bpmn_element *element; /* NULL for COMPLETED */
    tb_str name;                        /* job, message, process */
    tb_str timer;                       /* ARM_TIMER */
};

/* Filled in by the host. All members but decide are optional. */
struct bpmn_host {
    void *context;
    /* A business-rule task is reached: evaluate element->decision and make its result known to
     * later conditions by changing *data (a FEEL context, its new value in arena). Must be
     * deterministic. NULL: such tasks fail. */
    tb_status (*decide)(void *context, struct tb_arena *arena, const struct bpmn_element *element,
                        struct feel_value *data, struct tb_err *err);
    const struct feel_run *run; /* how conditions are evaluated */
    /* Told of every element a token enters or leaves, in order: the trace. */
    void (*trace)(void *context, const struct bpmn_element *element, bool is_entering);
};

/* What a step gives; everything in its arena. */
struct bpmn_result {
    const struct bpmn_state *state;
    const struct bpmn_action *actions;
    size_t action_count;
    struct feel_value data; /* as the step leaves it */
};

/* One step: take the event, move tokens until all wait, give the new state and what to do.
 * Everything in arena; state (NULL before BPMN_EVENT_START), event and data are borrowed.
 * TB_NOT_FOUND: the token does not wait (done before, cancelled): the host may take it as repeated.
 * TB_INVALID: a condition is null or no boolean, no flow is true and there is no default, a
 * decision failed: an incident; nothing has moved. TB_LIMIT: BPMN_TOKENS_MAX or BPMN_STEPS_MAX, a
 * loop that never waits. */
TB_NODISCARD tb_status bpmn_step(struct tb_arena *arena, const struct bpmn_process *process,
                                 const struct bpmn_state *state, const struct bpmn_event *event,
                                 const struct feel_value *data, const struct bpmn_host *host,
                                 struct bpmn_result *ret_result, struct tb_err *err);

#endif
