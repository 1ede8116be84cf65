/* SPDX-License-Identifier: Apache-2.0 */
/* dmn.h - decisions (DMN 1.1 to 1.5): compile a model once, evaluate it many times, ask, and say because of what.
 *
 * Stand-alone: needs feel/ and base/. Never does I/O, never reads the clock or the locale: today's date is an input (or
 * comes through feel_host), so the same model and input give the same answer in ten years, which an appeal may ask for.
 *
 * Lives. A model is compiled into memory of its own, is immutable, counted, and may be shared between threads. What an
 * evaluation gives lies in the arena it was given, and may point into the model: keep a reference while you read it.
 * Decisions, services and input data are named by their name or their id. */
#ifndef DMN_DMN_H
#define DMN_DMN_H

#include "base/base.h"
#include "feel/feel.h"

struct dmn_model;

/* ---- compile ----------------------------------------------------------------------------------------------------- */

/* What is compiled. Borrowed during the call but for what says kept. */
struct dmn_source {
    tb_str file; /* for messages */
    tb_str xml;  /* borrowed */
    const struct dmn_model *const
        *imports; /* models that <import> may name by namespace; counted, not consumed */
    size_t import_count;
    const struct feel_host *host; /* kept; may be NULL */
    /* An expression that does not compile does not refuse the model: it is null with a warning whenever it is needed.
     * Its fault is reported all the same. */
    bool is_lenient;
};

/* Compiles, and checks everything that can be checked: all faults at once, each with file:line:column, element id and
 * what would be accepted. TB_INVALID when faults were added; TB_SYNTAX when it is no XML; TB_LIMIT. *ret_model is
 * owned by the caller: dmn_model_unref. */
TB_NODISCARD tb_status dmn_compile(const struct dmn_source *source, struct tb_faults *faults,
                                   struct dmn_model **ret_model, struct tb_err *err);
/* Counts one owner more, or one less; the last one frees. A model may be shared between threads. */
struct dmn_model *dmn_model_ref(const struct dmn_model *model);
void dmn_model_unref(const struct dmn_model *model); /* NULL is fine */

/* Attributes of <definitions>, and the memory the compiled model takes. Texts live in the model. */
tb_str dmn_model_name(const struct dmn_model *model);
tb_str dmn_model_namespace(const struct dmn_model *model);
tb_str dmn_model_id(const struct dmn_model *model);
size_t dmn_model_bytes(const struct dmn_model *model);

/* The namespaces that an XML text imports, without compiling it, so that the caller can find and compile those first.
 * In arena. TB_SYNTAX when it is no XML. */
TB_NODISCARD tb_status dmn_imports(struct tb_arena *arena, tb_str file, tb_str xml,
                                   const tb_str **ret_namespaces, size_t *ret_count,
                                   struct tb_err *err);

/* ---- what is in it ----------------------------------------------------------------------------------------------- */

/* A law or other authority that a decision rests on: <knowledgeSource>, whose description or locationURI is the
 * clause. */
struct dmn_authority {
    tb_str id, name, description, location, type;
};

typedef enum { DMN_NO_LOGIC, DMN_TABLE, DMN_LITERAL, DMN_BOXED } dmn_logic;

/* A decision as the model describes it. Texts live in the model. */
struct dmn_decision_info {
    tb_str id, name, label, description, question, allowed_answers;
    dmn_logic logic;
    const struct feel_type *type; /* of its result; never NULL */
    const struct dmn_authority *authorities;
    size_t authority_count;
    int32_t line; /* in its file */
};

/* Every decision of the model itself (not of its imports), in the order of the file. In the model. */
const struct dmn_decision_info *dmn_decisions(const struct dmn_model *model, size_t *ret_count);
/* NULL when there is none of that name or id. */
const struct dmn_decision_info *dmn_decision_find(const struct dmn_model *model, tb_str decision);
/* Names of the decision services of the model. In the model. */
const tb_str *dmn_services(const struct dmn_model *model, size_t *ret_count);

/* An input of the model, with its type and the values it allows. */
struct dmn_input_info {
    tb_str id, name, label, description;
    const struct feel_type *type; /* never NULL */
    const struct feel_value
        *allowed; /* when the allowed values are an enumeration: the values, in order */
    size_t allowed_count;
    int32_t line;
};

/* The input data reachable from a decision (absent name: from all), in the order of the file. In arena. An input of an
 * imported model has its qualified name ("imp.Age"). TB_NOT_FOUND. */
TB_NODISCARD tb_status dmn_inputs(struct tb_arena *arena, const struct dmn_model *model,
                                  tb_str decision, const struct dmn_input_info **ret_inputs,
                                  size_t *ret_count, struct tb_err *err);

/* JSON object to input context, by the types of the model: dates from text, and so on. Names that the model does not
 * know are kept as they are. Every value that does not fit is a fault with its JSON pointer; then TB_INVALID. */
TB_NODISCARD tb_status dmn_input_from_json(struct tb_arena *arena, const struct dmn_model *model,
                                           const struct tb_json *json, struct feel_value *ret_input,
                                           struct tb_faults *faults, struct tb_err *err);

/* ---- evaluate ---------------------------------------------------------------------------------------------------- */

struct dmn_trace;

/* How to run. NULL, or zeros: no host but the model's, no warnings, no trace, the limits of base/limits.h. */
struct dmn_run {
    const struct feel_host *host;
    struct feel_warnings *warnings; /* .where of each is the decision's name, and the rule */
    struct dmn_trace *trace;        /* see dmn_because */
    uint64_t steps_max;
    size_t bytes_max;
    bool scans_tables; /* without index, rule by rule: for comparison only */
};

/* Evaluate one decision. input: a context; what is missing is null with a warning. A decision that yields null is TB_OK
 * with a null value, not an error. TB_NOT_FOUND, TB_LIMIT. */
TB_NODISCARD tb_status dmn_eval(struct tb_arena *arena, const struct dmn_model *model,
                                tb_str decision, const struct feel_value *input,
                                const struct dmn_run *run, struct feel_value *ret_value,
                                struct tb_err *err);
/* All decisions of the model, as a context by name. */
TB_NODISCARD tb_status dmn_eval_all(struct tb_arena *arena, const struct dmn_model *model,
                                    const struct feel_value *input, const struct dmn_run *run,
                                    struct feel_value *ret_value, struct tb_err *err);
/* Invoke a decision service or a business knowledge model: arguments by parameter name. */
TB_NODISCARD tb_status dmn_eval_service(struct tb_arena *arena, const struct dmn_model *model,
                                        tb_str service, const struct feel_value *arguments,
                                        const struct dmn_run *run, struct feel_value *ret_value,
                                        struct tb_err *err);

/* ---- plans ------------------------------------------------------------------------------------------------------- */

/* One decision for callers that evaluate it very often: inputs by place instead of by name, no memory taken while it
 * runs, tables found by index. It gives what dmn_eval gives, value for value; warnings and traces only dmn_eval gives.
 * Immutable; may be shared between threads. */
struct dmn_plan;

/* Owned: dmn_plan_free. Keeps the model. Every decision has a plan: what cannot be turned into operations on integers
 * is run by the evaluator, and so is every input that does not fit. TB_NOT_FOUND. */
TB_NODISCARD tb_status dmn_plan_new(const struct dmn_model *model, tb_str decision,
                                    struct dmn_plan **ret_plan, struct tb_err *err);
void dmn_plan_free(struct dmn_plan *plan); /* NULL is fine */
/* What it takes, in this order. In the plan. */
const struct dmn_input_info *dmn_plan_inputs(const struct dmn_plan *plan, size_t *ret_count);
/* Why the evaluator runs it, in English, for whoever tunes a model; NULL when it does not. */
const char *dmn_plan_why(const struct dmn_plan *plan);
size_t dmn_plan_bytes(const struct dmn_plan *plan); /* memory, without the model */

/* inputs: a value for each of dmn_plan_inputs, null where there is none; borrowed. The value lies in the plan, or in
 * arena. TB_LIMIT. */
TB_NODISCARD tb_status dmn_plan_eval(struct tb_arena *arena, const struct dmn_plan *plan,
                                     const struct feel_value *inputs, struct feel_value *ret_value,
                                     struct tb_err *err);
/* The same from JSON text to JSON text, which is appended to *out: an object whose members are the inputs, and what
 * dmn_input_from_json, dmn_eval and feel_to_json make of it. An input that is not there is null. TB_SYNTAX, TB_INVALID
 * with faults (which may be NULL), TB_LIMIT. */
TB_NODISCARD tb_status dmn_plan_eval_json(struct tb_buf *out, const struct dmn_plan *plan,
                                          tb_str json, struct tb_faults *faults,
                                          struct tb_err *err);

/* ---- batches ----------------------------------------------------------------------------------------------------- */

typedef enum {
    DMN_COLUMN_VALUES,   /* const struct feel_value: anything */
    DMN_COLUMN_NUMBERS,  /* const int64_t, at .scale: 12.50 is 1250 at scale 2 */
    DMN_COLUMN_DAYS,     /* const int32_t, days since 1970-01-01 */
    DMN_COLUMN_BOOLEANS, /* const uint8_t, 0 or 1 */
    DMN_COLUMN_TEXTS,    /* const uint32_t: places in .texts */
} dmn_column_kind;

/* A column of inputs. All of it is borrowed while a batch runs; texts also while it is made. */
struct dmn_column {
    tb_str input; /* name of an input of the model; others are left out */
    dmn_column_kind kind;
    int scale; /* numbers; 0 to 9 */
    const tb_str *texts;
    size_t text_count;
    const void *items;    /* as many as there are rows */
    const uint8_t *nulls; /* 1 where the value is null; NULL: nowhere */
};

/* Results of one decision, by row: items[codes[row]], or items[row] where codes is NULL. In the arena of the run and in
 * the batch. */
struct dmn_results {
    tb_str decision;
    const uint16_t *codes;
    const struct feel_value *items;
    size_t item_count;
};

/* Decisions of one model over columns of one shape. Immutable; may be shared between threads. */
struct dmn_batch;

/* Owned: dmn_batch_free. Keeps the model. columns say kind, scale and texts; their items may come later. Inputs without
 * a column are null. Every decision can run in a batch; dmn_batch_why names those that run row by row. TB_NOT_FOUND,
 * TB_INVALID. */
TB_NODISCARD tb_status dmn_batch_new(const struct dmn_model *model, const tb_str *decisions,
                                     size_t decision_count, const struct dmn_column *columns,
                                     size_t column_count, struct dmn_batch **ret_batch,
                                     struct tb_err *err);
void dmn_batch_free(struct dmn_batch *batch); /* NULL is fine */
/* Why a decision runs row by row; NULL when it does not. */
const char *dmn_batch_why(const struct dmn_batch *batch, size_t decision);
/* Gives for every row what dmn_eval gives for it. columns: of the same shape and order as given to dmn_batch_new.
 * threads: how many run at once, 0 and 1 none but the caller. ret_results: decision_count. TB_LIMIT. */
TB_NODISCARD tb_status dmn_batch_run(struct tb_arena *arena, const struct dmn_batch *batch,
                                     const struct dmn_column *columns, size_t row_count,
                                     unsigned threads, struct dmn_results *ret_results,
                                     struct tb_err *err);

/* How many rows give each result: counts[i] rows give items[i]. In the arena of the run and in the batch. */
struct dmn_counts {
    tb_str decision;
    const struct feel_value *items;
    const int64_t *counts;
    size_t item_count;
};
/* The same as dmn_batch_run, but only counted; nothing is kept by row. TB_UNSUPPORTED when a decision runs row by
 * row (dmn_batch_why): its results are too many to be counted. */
TB_NODISCARD tb_status dmn_batch_count(struct tb_arena *arena, const struct dmn_batch *batch,
                                       const struct dmn_column *columns, size_t row_count,
                                       unsigned threads, struct dmn_counts *ret_counts,
                                       struct tb_err *err);

/* The result of a row. */
static inline const struct feel_value *
dmn_result(const struct dmn_results *results, size_t row)
{
    return &results->items[results->codes != NULL ? results->codes[row] : row];
}

/* ---- because ----------------------------------------------------------------------------------------------------- */

/* A rule of a decision table that hit. */
struct dmn_hit {
    tb_str decision; /* name of the decision or knowledge model whose table it is */
    tb_str rule_id;
    size_t rule;        /* its number in the table, from 1 */
    tb_str description; /* of the rule */
    const tb_str *
        annotations; /* as many as the table has annotation columns; the clause is usually one of them */
    const tb_str *annotation_names;
    size_t annotation_count;
    int32_t line;
};

/* One decision that was evaluated, in order of completion: what it needed comes before it. */
struct dmn_step {
    const struct dmn_decision_info *decision;
    struct feel_value value;
    const struct dmn_hit *hits;
    size_t hit_count;
};

/* Filled by an evaluation when run.trace points to it. Zero-initialise. In the evaluation's arena. */
struct dmn_trace {
    const struct dmn_step *steps;
    size_t count;
};

/* Evaluate and say because of what: value and steps; the last step is the decision itself. */
TB_NODISCARD tb_status dmn_because(struct tb_arena *arena, const struct dmn_model *model,
                                   tb_str decision, const struct feel_value *input,
                                   const struct dmn_run *run, struct feel_value *ret_value,
                                   struct dmn_trace *ret_trace, struct tb_err *err);
/* The same as JSON: {value, steps: [{decision, id, value, authorities: [{name, description, location}], rules:
 * [{number, id, description, annotations: {…}}]}]}. In arena. */
struct tb_json *dmn_trace_to_json(struct tb_arena *arena, const struct dmn_trace *trace);

/* ---- ask --------------------------------------------------------------------------------------------------------- */

/* What a caller knows of a question. Inputs not listed cost 1. */
struct dmn_question {
    tb_str input; /* name of an input datum, or "Applicant.age" for a member of a structured one */
    int64_t cost; /* effort to answer, > 0; 0 counts as 1 */
    /* Of the questions that can still matter those of the lowest turn come first (0 where none is given): a pinned one,
     * then those of the topic that is being talked about. Within a turn the plan decides. */
    int32_t turn;
};

/* The answer of dmn_ask. In the caller's arena. */
struct dmn_asked {
    bool is_forced;            /* the outcome no longer depends on anything unknown */
    struct feel_value outcome; /* when forced; else null */
    tb_str
        next; /* when not forced: the input to ask next; absent when nothing known to the model is
                                  missing (then outcome stands as it is) */
    const struct feel_type *next_type;
    const tb_str
        *relevant; /* every input that can still matter, in asking order; next is the first */
    size_t relevant_count;
    const struct feel_value
        *possible; /* outcomes still possible, when they are finitely many and known; best first */
    size_t possible_count;
    /* Should the person be unable to say: what the decision may come to at best and at worst. NULL when the outcomes
     * cannot be listed. is_ranked: the model itself says which is better (the order of output values, or of allowed
     * values); else numbers and days count down, and other outcomes stand in the order of the rules. */
    const struct feel_value *best, *worst;
    bool is_ranked;
    /* The effort still to come if answers that make a difference are equally likely, and the number of questions on
     * the longest way. is_optimal: no other order of questions has less effort on average; else both are estimates. */
    double effort;
    size_t questions_max;
    bool is_optimal;
    /* Why next is asked: the decision that reads it, and the first of its rules that is still open (0: no table). */
    tb_str because_decision;
    size_t because_rule;
    tb_str because_description;                                   /* of that rule */
    const tb_str *because_annotations, *because_annotation_names; /* one of them: its clause */
    size_t because_annotation_count;
    const struct dmn_authority *because_authorities;
    size_t because_authority_count;
};

/* From the answers so far - unknown is not null: an input that is not in known is unknown, one that is there with null
 * has been answered with "nothing" - either the outcome is already forced, or the next input to ask. An input that can
 * no longer matter is never asked. An answer is taken to be one of the values that its type allows, never null.
 *
 * Up to DMN_ASK_COMBINATIONS_MAX combinations of answers are all tried and the order of questions is planned exactly
 * (dmn_ask_plan.c). What cannot be split into few answers that make a difference, or would be too many, is judged by
 * evaluating with unknowns, which may ask too much but never too little. The order is stable: with equal effort, cheap
 * questions come first, then the order in which questions lists them, then that of the file. Values in known must have
 * the types of the model. */
TB_NODISCARD tb_status dmn_ask(struct tb_arena *arena, const struct dmn_model *model,
                               tb_str decision, const struct feel_value *known,
                               const struct dmn_question *questions, size_t question_count,
                               const struct dmn_run *run, struct dmn_asked *ret_asked,
                               struct tb_err *err);

/* ---- explain ----------------------------------------------------------------------------------------------------- */

/* One rule of a table in an evaluation. */
struct dmn_explained_rule {
    size_t rule; /* from 1 */
    tb_str id, description;
    bool is_hit;    /* its outputs count */
    bool is_passed; /* its conditions hold, but the hit policy took another */
    /* When its conditions do not hold: the first that fails, and its text. */
    size_t column;
    tb_str cell;
    const tb_str *cells; /* the text of each condition, by column; "-" holds for everything */
    const tb_str *annotations;
};

/* A table in an evaluation, with what its columns came to. */
struct dmn_explained_table {
    tb_str name; /* of the decision or knowledge model that it belongs to */
    const tb_str *columns;
    const struct feel_value *column_values;
    size_t column_count;
    const struct dmn_explained_rule *rules;
    size_t rule_count;
    const tb_str *annotation_names;
    size_t annotation_count;
};

/* A node of the requirement tree: an input, or a decision. */
struct dmn_explained {
    tb_str name, description;
    bool is_input;
    struct feel_value value;
    const size_t *needs; /* nodes that it reads, by their place in the explanation */
    size_t need_count;
    const struct dmn_authority *authorities;
    size_t authority_count;
    /* The tables that decided it, in the order in which they were looked at: its own, and those of the knowledge models
     * and services that it called. Of a great many (a table called for each item of a list) the first ones. */
    const struct dmn_explained_table *tables;
    size_t table_count, tables_left_out;
};

/* A change of inputs that gives another outcome. */
struct dmn_counterfactual {
    const tb_str *inputs; /* what is changed: names, or paths */
    const struct feel_value *from, *to;
    size_t count;
    struct feel_value value; /* what comes out then */
};

/* Why a decision came out as it did. What a node needs comes before it; the last node is the decision. */
struct dmn_explanation {
    const struct dmn_explained *nodes;
    size_t count;
    const struct dmn_counterfactual *counterfactuals;
    size_t counterfactual_count;
};

/* Evaluates and explains. changes_max: find changes of at most so many inputs that give another outcome, the fewest
 * inputs and the nearest values first, each verified by evaluation; 0: none are looked for. Meant for reviewers and
 * editors; applicants get unmet conditions. In arena and in the model. TB_NOT_FOUND, TB_LIMIT. */
TB_NODISCARD tb_status dmn_explain(struct tb_arena *arena, const struct dmn_model *model,
                                   tb_str decision, const struct feel_value *input,
                                   const struct dmn_run *run, size_t changes_max,
                                   struct dmn_explanation *ret_explanation, struct tb_err *err);
/* Decides again from what the explanation says alone: each decision from the values of what it needs, each table from
 * the rules that it says hit. TB_INVALID when a node does not come out as it says. */
TB_NODISCARD tb_status dmn_replay(struct tb_arena *arena, const struct dmn_model *model,
                                  const struct dmn_explanation *explanation,
                                  const struct dmn_run *run, struct feel_value *ret_value,
                                  struct tb_err *err);
/* {value, nodes: [{name, input, value, needs, authorities, tables: [{name, columns, rules}], tables_left_out}],
 * sentences: {zh, en}, otherwise: [{changes, value}]}. In arena. */
struct tb_json *dmn_explanation_to_json(struct tb_arena *arena,
                                        const struct dmn_explanation *explanation);
/* Plain sentences, one for each step, and one for each change. language: "zh" or "en". In arena. */
const tb_str *dmn_explanation_sentences(struct tb_arena *arena,
                                        const struct dmn_explanation *explanation,
                                        const char *language, size_t *ret_count);

/* ---- check ------------------------------------------------------------------------------------------------------- */

/* How sure it is that a finding is a fault: an error is one; a warning is one unless it was meant; a note is worth
 * knowing, or may not come about. */
typedef enum { DMN_ERROR, DMN_WARNING, DMN_NOTE } dmn_level;

/* Something that is wrong with a table. code is a stable word. Errors: wrong_type, value_not_allowed,
 * output_not_allowed, no_clause, gap, border_gap, overlap, border_overlap, contradiction,
 * priority_tie, duplicate, never_hits, between_tables. Warnings: cliff, border_differs, no_authority,
 * unused_input, and between_tables where only a part of the ground or of the outputs is shared.
 * Notes: not_analysed, dependent_columns, and gap, overlap and the like where it is not sure that an
 * input leads there. Texts are in arena or in the model. */
struct dmn_finding {
    const char *code;
    dmn_level level;
    tb_str file, decision; /* whose table it is */
    int32_t line;          /* of the first rule involved, or of the decision */
    tb_str column;         /* absent: the whole rule or table */
    const size_t *rules;   /* their numbers, from 1 */
    const tb_str *rule_ids;
    size_t rule_count;
    bool has_witness;
    struct feel_value
        witness;   /* a context: inputs (or what the columns read, by their text) that lead there */
    tb_str zh, en; /* what is wrong */
    tb_str remedy_zh, remedy_en;
};

/* A growing list. Zero-initialise with .arena set. */
struct dmn_findings {
    struct tb_arena *arena;
    struct dmn_finding *items;
    size_t count, cap;
    size_t table_count; /* tables that were looked at */
    size_t defect_count, warning_count, note_count;
};

/* Looks at every decision table of the models (not of their imports). Exact over all values of the columns: the borders
 * in a column's cells cut it into classes, and sets of rules are kept for each. TB_LIMIT: not all could be seen. */
TB_NODISCARD tb_status dmn_check(const struct dmn_model *const *models, size_t model_count,
                                 struct dmn_findings *findings, struct tb_err *err);
/* "error", "warning", "note". */
const char *dmn_level_name(dmn_level level);
/* {clean, tables, findings: [{code, level, file, line, decision, column, rules, rule_ids, witness, zh, en, remedy_zh,
 * remedy_en}]}. In arena. */
struct tb_json *dmn_findings_to_json(struct tb_arena *arena, const struct dmn_findings *findings);

/* ---- kit-format test files --------------------------------------------------------------------------------------- */

/* What the tests of one file gave. In arena. */
struct dmn_kit_case {
    tb_str file, id, result; /* test case id and result node */
    bool passed;
    bool expects_null;
    tb_str why; /* when it failed: expected and got */
};

/* Cases of a run of the compatibility kit. Zero-initialise. */
struct dmn_kit {
    struct dmn_kit_case *cases;
    size_t count, cap, passed, failed;
};

/* The model that a test file of the DMN compatibility kit (testCases.xsd) names. In arena. */
TB_NODISCARD tb_status dmn_kit_model(struct tb_arena *arena, tb_str file, tb_str xml,
                                     tb_str *ret_model_file, struct tb_err *err);
/* Runs one test file against its compiled model and appends to *kit, whose texts are in arena. Numbers are compared
 * at 1e-8, relative or absolute. */
TB_NODISCARD tb_status dmn_kit_run(struct tb_arena *arena, const struct dmn_model *model,
                                   tb_str file, tb_str xml, const struct dmn_run *run,
                                   struct dmn_kit *kit, struct tb_err *err);

#endif
