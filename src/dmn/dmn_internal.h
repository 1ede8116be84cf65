/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_internal.h - what the files of this module share: the compiled model, the state of one evaluation.
 *
 * A model is a graph of nodes (input data, decisions, knowledge models, services). Each node that has logic has a unit:
 * one array of slots in which the values of what it needs, its parameters and the entries of its contexts lie while it
 * runs; every name in its expressions was turned into a slot number when the model was compiled. */
#ifndef DMN_DMN_INTERNAL_H
#define DMN_DMN_INTERNAL_H

#include "dmn/dmn.h"

typedef enum { DMN__INPUT, DMN__DECISION, DMN__KNOWLEDGE, DMN__SERVICE } dmn__kind;

typedef enum {
    DMN__LITERAL,
    DMN__TABLE,
    DMN__CONTEXT,
    DMN__LIST,
    DMN__RELATION,
    DMN__INVOCATION,
    DMN__FUNCTION,
    DMN__IF,
    DMN__FILTER,
    DMN__FOR,
    DMN__SOME,
    DMN__EVERY,
    DMN__FAULTY, /* did not compile, in a lenient model */
} dmn__form;

struct dmn__expr;
struct dmn__table;

struct dmn__entry {
    tb_str name; /* absent: the result of a context */
    uint32_t slot;
    const struct feel_type *type; /* NULL: any */
    const struct dmn__expr *value;
};

/* A boxed expression. */
struct dmn__expr {
    dmn__form form;
    int32_t line;
    const struct feel_type *type; /* declared; NULL: any */
    union {
        const struct feel_expr *literal;
        const struct dmn__table *table;
        struct {
            const struct dmn__entry *entries;
            size_t count;
        } context; /* also the bindings of an invocation, with .callee */
        struct {
            const struct dmn__expr *const *items;
            size_t count;
        } list;
        struct {
            const struct dmn__expr *const *cells; /* rows × columns */
            const struct feel_member *columns;    /* type NULL: any */
            size_t row_count, column_count;
        } relation;
        struct {
            const struct dmn__expr *callee;
            const struct dmn__entry *bindings;
            size_t count;
        } invocation;
        struct {
            const struct feel_member *params;
            size_t param_count;
            uint32_t slot; /* of the first parameter */
            const struct dmn__expr *body;
        } function;
        struct {
            const struct dmn__expr *condition, *yes, *no;
        } choice;
        struct {
            const struct dmn__expr *domain, *body;
            tb_str name;
            uint32_t slot;
            /* filter: slot is item, and the members of its type lie behind it; NULL: its shape is not known */
            const struct feel_type *item;
        } loop;
    } u;
};

/* What a node needs: where its value lies in the unit. */
struct dmn__need {
    const struct dmn__node *node;
    uint32_t slot;
    bool is_used; /* some expression of the unit reads it */
};

struct dmn__node {
    dmn__kind kind;
    const struct dmn_model *model;
    uint32_t index; /* in model->nodes */
    struct dmn_decision_info info;
    const struct feel_type
        *type;               /* of its value; never NULL; of a knowledge model: of its result */
    struct feel_scope scope; /* its unit */
    size_t scope_cap;
    const struct dmn__need *needs;
    size_t need_count;
    const struct dmn__expr *body; /* NULL: no logic */
    /* input data: the values that an enumeration allows */
    const struct feel_value *allowed;
    size_t allowed_count;
    /* knowledge models and services */
    const struct feel_member *params;
    size_t param_count;
    uint32_t param_slot;
    const struct dmn__node *const *inputs;  /* services: what the parameters stand for, in order */
    const struct dmn__node *const *outputs; /* services */
    size_t output_count;
    const struct feel_value *external; /* a function that lives in the host */
};

struct dmn__import {
    tb_str name; /* may be empty: names come in bare */
    tb_str ns;
    const struct dmn_model *model;
};

struct dmn_model {
    int refs; /* atomic */
    struct tb_arena *arena;
    tb_str file, name, id, ns;
    const struct feel_host *host;
    bool is_lenient;
    struct dmn__import *imports;
    size_t import_count;
    struct dmn__node **nodes;
    size_t node_count;
    struct dmn_decision_info *decisions;
    size_t decision_count;
    tb_str *services;
    size_t service_count;
    struct feel_member *types; /* item definitions, those of imports with their qualified names */
    size_t type_count;
};

/* ---- compiling --------------------------------------------------------------------------------------------------- */

struct dmn__id {
    tb_str id;
    struct dmn__node *node; /* or */
    const struct dmn_authority *source;
    const struct tb_xml *xml;
};

struct dmn__builder {
    struct dmn_model *model;
    struct tb_arena *arena;   /* the model's */
    struct tb_arena *scratch; /* XML and tables that are not needed afterwards */
    struct tb_faults *faults;
    size_t fault_count;  /* faults that refuse the model */
    struct dmn__id *ids; /* open addressing, power of two */
    size_t id_cap;
    const struct tb_xml **xmls;      /* by node index */
    const struct tb_xml **item_xmls; /* by item definition */
    uint8_t *item_states;
    size_t item_count;
    struct dmn__node *node; /* being compiled */
    uint8_t *used;          /* its slots that some expression reads */
    size_t used_cap;
    int depth;
};

/* A fault at an element: place is file:line, the texts get the element's name and id in front. */
void dmn__fault(struct dmn__builder *b, const struct tb_xml *at, const char *code, tb_str zh,
                tb_str en);
tb_str dmn__copy(struct dmn__builder *b, tb_str text); /* into the model, trimmed */
tb_str dmn__attr(struct dmn__builder *b, const struct tb_xml *xml, const char *name);
const struct dmn__id *dmn__id_find(const struct dmn__builder *b, tb_str id);
bool dmn__items(struct dmn__builder *b, const struct tb_xml *root);
/* The type that a typeRef names; NULL when absent; a fault and NULL when unknown. */
const struct feel_type *dmn__type(struct dmn__builder *b, const struct tb_xml *at, tb_str ref);
const struct feel_type *dmn__type_of(struct dmn__builder *b,
                                     const struct tb_xml *xml); /* its typeRef */
/* Slots of the unit that is being compiled. */
uint32_t dmn__slot(struct dmn__builder *b, tb_str name, const struct feel_type *type);
void dmn__slot_hide(struct dmn__builder *b, uint32_t slot);
const struct dmn__expr *dmn__compile_expr(struct dmn__builder *b, const struct tb_xml *xml);
/* The first child that is a boxed expression; NULL when there is none. */
const struct tb_xml *dmn__expr_child(const struct tb_xml *xml);
const struct feel_expr *dmn__compile_feel(struct dmn__builder *b, const struct tb_xml *at,
                                          tb_str text);
const struct feel_unary *dmn__compile_unary(struct dmn__builder *b, const struct tb_xml *at,
                                            tb_str text);
const struct dmn__table *dmn__compile_table(struct dmn__builder *b, const struct tb_xml *xml);
const struct dmn__expr *dmn__compile_function(struct dmn__builder *b, const struct tb_xml *xml);
/* <text> of an element, or of its only child that has one. */
tb_str dmn__text(const struct tb_xml *xml);
bool dmn__is(const struct tb_xml *xml, const char *name);
bool dmn__links(struct dmn__builder *b);
bool dmn__is_enumeration(struct tb_arena *arena, const struct feel_type *type,
                         const struct feel_value **ret_values, size_t *ret_count);

/* ---- evaluating -------------------------------------------------------------------------------------------------- */

/* Values of one model's nodes in one evaluation. */
struct dmn__memo {
    const struct dmn_model *model;
    struct feel_value *values;
    uint8_t *states; /* 0 not yet, 1 being computed, 2 there */
    struct dmn__memo *next;
};

struct dmn__steps {
    struct dmn_step *items;
    size_t count, cap;
};

struct dmn__hits {
    struct dmn_hit *items;
    size_t count, cap;
};

struct dmn__run {
    struct feel_vm *vm;
    const struct dmn_model *model;
    const struct feel_value *input;
    struct dmn__memo memo; /* of the model; others hang on it */
    int depth;
    bool scans_tables; /* without index */
    struct dmn__steps *steps;
    struct dmn__hits *hits; /* of the decision that is running */
    const struct dmn__node *node;
    struct dmn__asking *asking; /* NULL: everything is known */
    struct dmn__scene *scene;   /* of an explanation, which tables are told to; NULL: nobody asks */
};

/* One question: an input, or a member of a structured one, that is not answered. Its number is its bit in deps. */
struct dmn__leaf {
    tb_str name;
    const struct feel_type *type;
    int64_t cost;
    int32_t turn;
    size_t order;
    const struct dmn__node *input; /* the input data it belongs to, and the members below that */
    const tb_str *path;
    size_t path_count;
    struct feel_value unknown;
    tb_str decision; /* the first that hangs on it, and the rule */
    size_t rule;
    const struct dmn__table *table; /* NULL: no table */
    const struct dmn__node *node;
};

/* What is known of an input, with unknowns for the rest. */
struct dmn__given {
    const struct dmn__node *node;
    struct feel_value value;
};

struct dmn__asking {
    struct dmn__leaf *leaves;
    size_t count, cap, words;
    struct dmn__given *inputs;
    size_t input_count;
};

/* Notes why the questions in deps matter, unless that is known already. table may be NULL. */
void dmn__ask_note(struct dmn__run *run, const struct feel_value *open, tb_str decision,
                   const struct dmn__table *table, size_t rule);

void dmn__run_init(struct dmn__run *run, struct feel_vm *vm, const struct dmn_model *model,
                   const struct feel_value *input);
/* Gives a node a value before anybody asks for it. */
void dmn__preset(struct dmn__run *run, const struct dmn__node *node,
                 const struct feel_value *value);
void dmn__value(struct dmn__run *run, const struct dmn__node *node, struct feel_value *ret);
void dmn__eval_expr(struct dmn__run *run, const struct dmn__expr *expr, struct feel_value *slots,
                    size_t slot_count, struct feel_value *ret);
void dmn__eval_table(struct dmn__run *run, const struct dmn__table *table, struct feel_value *slots,
                     struct feel_value *ret);
/* Value as the type wants it, or null and a warning. */
void dmn__conform(struct dmn__run *run, const struct feel_value *value,
                  const struct feel_type *type, tb_str what, struct feel_value *ret);
void dmn__warn(struct dmn__run *run, const char *code, tb_str zh, tb_str en);
void dmn__hit(struct dmn__run *run, const struct dmn_hit *hit);
/* The input data that `from` (NULL: everything) hangs on, with their nodes; in arena. */
size_t dmn__reachable(struct tb_arena *arena, const struct dmn_model *model,
                      const struct dmn__node *from, const struct dmn_input_info **ret_inputs,
                      const struct dmn__node *const **ret_nodes);
/* A node by name or id, of this model or, qualified, of an import. NULL when there is none. */
const struct dmn__node *dmn__node_find(const struct dmn_model *model, dmn__kind kind, tb_str name);

#endif
