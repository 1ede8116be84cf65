/* SPDX-License-Identifier: Apache-2.0 */
/* bpmn_internal.h - a compiled process and a state, shared by the files of bpmn. */
#ifndef BPMN_BPMN_INTERNAL_H
#define BPMN_BPMN_INTERNAL_H

#include "bpmn/bpmn.h"

#define BPMN__NS "http://www.omg.org/spec/BPMN/20100524/MODEL"

struct bpmn__flow {
    tb_str id;
    int32_t source, target; /* element indexes */
    int32_t line;
    bool is_conditional;               /* it has a condition, good or not */
    const struct feel_expr *condition; /* NULL: unconditional */
};

struct bpmn__node {
    struct bpmn_element e;
    const struct feel_expr *timer; /* of a timer that is FEEL */
    int32_t *out, *in;             /* flow indexes, in the order of the file */
    int32_t out_count, in_count;
    int32_t default_flow; /* flow index; -1 */
    int32_t *boundaries;  /* element indexes of attached events */
    int32_t boundary_count;
    bool is_known;                    /* false: a kind that is not run; the fault is told */
    tb_str default_ref, attached_ref; /* as written */
};

struct bpmn_process {
    tb_str id, name;
    bool is_executable;
    int32_t line;
    struct bpmn__node *nodes;
    int32_t node_count;
    struct bpmn__flow *flows;
    int32_t flow_count;
};

struct bpmn_model {
    struct bpmn_process *processes;
    size_t process_count;
};

/* While a file is compiled. */
struct bpmn__compile {
    struct tb_arena *arena;
    tb_str file;
    struct tb_faults *faults;
    const struct tb_xml *root;
};

void bpmn__fault(struct bpmn__compile *c, int32_t line, const char *code, tb_str zh, tb_str en);

/* Reads a process element into *process: nodes, flows, expressions. */
tb_status bpmn__read_process(struct bpmn__compile *c, const struct tb_xml *element,
                             struct bpmn_process *process, struct tb_err *err);
/* Links flows and boundary events, and looks for everything that does not hold together. */
void bpmn__check_process(struct bpmn__compile *c, struct bpmn_process *process);

/* ---- state ---- */

/* What a token does where it is. */
typedef enum {
    BPMN__WAITING, /* at an element that waits; a subprocess's own token too */
    BPMN__ARRIVED, /* at a parallel gateway, by a flow, until the others come */
} bpmn__token_kind;

struct bpmn__token {
    int64_t id;
    int32_t at;    /* element index */
    int64_t scope; /* id of the token of the subprocess around it; 0 = the process */
    int64_t host;  /* a boundary timer: id of the token it is attached to; else 0 */
    int32_t flow;  /* ARRIVED: flow index; else -1 */
};

struct bpmn_state {
    int64_t next; /* id of the next token */
    bool is_completed;
    struct bpmn__token *tokens; /* by id */
    size_t token_count;
};

#endif
