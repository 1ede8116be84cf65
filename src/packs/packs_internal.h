/* SPDX-License-Identifier: Apache-2.0 */
/* packs_internal.h - what the files of this module share. */
#ifndef PACKS_PACKS_INTERNAL_H
#define PACKS_PACKS_INTERNAL_H

#include "bpmn/bpmn.h"
#include "packs/packs.h"

/* Sentences of one language, sorted by key. */
struct packs__sentence {
    tb_str key, text, file;
    int32_t line;
};
struct packs__words {
    tb_str lang;
    struct packs__sentence *items;
    size_t count, cap;
};

struct packs__model {
    tb_str file;
    struct dmn_model *model;
};

struct packs__letter {
    tb_str kind, lang, file, text;
};

struct packs__test_file {
    tb_str file;
    const struct tb_json *json;
};

/* A row of letters/fields.csv: a field that letters may use. */
struct packs__letter_field {
    tb_str field, meaning;
    int32_t line;
};

#define PACKS__LANGS 2
extern const char *const packs__langs[PACKS__LANGS];

/* What a pack holds besides its public tables. own_X: how many of X are the pack's own; those
 * after it come from packs it depends on. */
struct packs_inside {
    struct tb_arena *arena;
    struct packs_files files;
    struct packs__words words[PACKS__LANGS];
    struct packs__model *models;
    size_t model_count;
    struct packs__letter *letters;
    size_t letter_count, own_letters;
    struct packs__test_file *tests;
    size_t test_count;
    struct packs__letter_field *letter_fields;
    size_t letter_field_count;
    tb_str *dependencies;
    size_t dependency_count;
    size_t own_clauses, own_statutes, own_departments;
};

/* Reading tables: one row per column of a CSV file. */
typedef enum { PACKS__TEXT, PACKS__INT, PACKS__YES_NO } packs__cell;
struct packs__column {
    const char *name;
    size_t offset;
    packs__cell cell;
    bool is_required; /* must not be empty */
    bool may_lack;    /* packs that were written before the column existed lack it */
};
/* A table file: which struct its rows become. The member `line` is at line_offset (SIZE_MAX: none). */
struct packs__table {
    const char *file;
    size_t row_size, line_offset;
    const struct packs__column *columns;
    size_t column_count;
    bool is_inherited; /* rows of dependencies follow the own ones */
};
extern const struct packs__table packs__items_table, packs__materials_table, packs__questions_table,
    packs__tasks_table, packs__findings_table, packs__clauses_table, packs__statutes_table,
    packs__departments_table, packs__periods_table, packs__suspensions_table, packs__remedies_table,
    packs__standards_table, packs__letter_fields_table;

/* Reads one table file into an array of its structs. content absent: no rows. Faults have place FILE:LINE. */
void *packs__table_read(struct tb_arena *arena, const struct packs__table *table, tb_str path,
                        tb_str content, struct tb_faults *faults, size_t *ret_count);

/* A fault at FILE:LINE (line 0: the file alone). zh and en are printf formats that take the same
 * arguments in the same order. */
void packs__fault(struct tb_faults *faults, tb_str file, int32_t line, const char *code,
                  const char *zh, const char *en, ...) TB_PRINTF(5, 7) TB_PRINTF(6, 7);

const struct packs_file *packs__file(const struct packs_files *files, tb_str path);
/* Path within a dependency: deps/ID/REST. False when path is the pack's own. */
bool packs__dependency_path(tb_str path, tb_str *ret_id, tb_str *ret_rest);
tb_str packs__hash(struct tb_arena *arena, const struct packs_files *files);
/* The dependencies that a pack.yaml names; empty when it cannot be read (packs_compile says why). */
tb_status packs__dependencies(struct tb_arena *arena, const struct packs_files *files,
                              tb_str prefix, tb_str **ret_ids, size_t *ret_count,
                              struct tb_err *err);

/* Does a |-separated list hold the word? */
bool packs__list_has(tb_str list, tb_str word);
size_t packs__list_count(tb_str list);
/* A key part: blanks become '-'. In arena. */
tb_str packs__key(struct tb_arena *arena, tb_str name);
bool packs__lang_is_zh(tb_str lang);

/* "LAW#ARTICLE" split; false when it is not of that shape. */
bool packs__clause_split(tb_str clause, tb_str *ret_law, tb_str *ret_article);
bool packs__period_is_valid(tb_str period);

/* One answer, in the type of its question. */
struct feel_value packs__answer_value(struct tb_arena *arena, const struct packs_pack *pack,
                                      const struct tb_json *answer);
/* Answers as the condition of a material or finding sees them: a FEEL context by input name. */
struct feel_value packs__answers_value(struct tb_arena *arena, const struct packs_pack *pack,
                                       const struct tb_json *answers);
/* Evaluates a compiled condition; NULL is true. *ret_is_known is false when it needs an input that
 * is not in answers and whose value could change the result. */
tb_status packs__condition(struct tb_arena *arena, const struct packs_pack *pack,
                           const struct feel_expr *condition, const struct feel_value *answers,
                           bool *ret_is_true, bool *ret_is_known, struct tb_err *err);

/* Who reads an explanation of which pack. */
struct packs__reader {
    struct tb_arena *arena;
    const struct packs_pack *pack;
    tb_str lang;
};
/* A part of a question's sentences ("title", "why" …); absent when there is none. */
tb_str packs__question_words(const struct packs__reader *reader, tb_str input, const char *part);
/* The words of an answer: those of its option, yes or no, or the value itself. */
tb_str packs__answer_words(const struct packs__reader *reader, tb_str input,
                           const struct feel_value *value);
/* The words of an annotation column of a rule, "clause" or "reason". Absent when there is no such column. */
tb_str packs__annotation(const tb_str *names, const tb_str *annotations, size_t count,
                         const char *name);
/* One entry of because for each clause of a rule; one without a clause when it names none. */
void packs__add_because(const struct packs__reader *reader, tb_str rule, tb_str text,
                        tb_str clauses, const struct tb_json *answers, struct tb_json *list);
/* because:[…] of a trace. In arena. */
struct tb_json *packs__because(struct tb_arena *arena, const struct packs_pack *pack,
                               const struct dmn_trace *trace, tb_str lang);
/* because:[…] of an explanation, with the answers that each rule looks at. In arena. */
struct tb_json *packs__because_of(const struct packs__reader *reader,
                                  const struct dmn_explanation *explanation);
/* What the person lacks for now and how to get it: unmet:[…] of an outcome not_yet. In arena. */
tb_status packs__unmet(const struct packs__reader *reader, const struct dmn_model *model,
                       const struct feel_value *known, const struct dmn_explanation *explanation,
                       tb_str cure, struct tb_json **ret_list, struct tb_err *err);
/* explained:{others,otherwise} for reviewers. In arena. */
struct tb_json *packs__explained(const struct packs__reader *reader,
                                 const struct dmn_explanation *explanation);

/* What is made of a form when its pack is loaded: its fields by key and its conditions compiled. In arena. */
struct packs__form_index;
const struct packs__form_index *packs__form_index_make(struct tb_arena *arena,
                                                       const struct packs_pack *pack,
                                                       const struct packs_form *form);
/* The names that a form's FEEL may use: questions, options and keys of its fields. In arena. */
struct feel_scope packs__form_scope(struct tb_arena *arena, const struct packs_pack *pack,
                                    const struct packs_form *form);
/* The FEEL of a text of a form: form-js writes a leading '='. */
tb_str packs__form_feel(tb_str text);
/* The condition or count of that text; NULL when it does not compile. */
const struct feel_expr *packs__form_condition(const struct packs__form_index *index, tb_str text);
/* The component of a flat key, repeated groups included, hidden ones too. NULL when the form has none. */
const struct tb_json *packs__form_component(const struct packs_form *form, tb_str key);
/* A value in the type of its field: numbers as numbers, checkboxes as booleans, dates stay texts. In arena. */
struct tb_json *packs__form_value(struct tb_arena *arena, const struct tb_json *component,
                                  const struct tb_json *value);
/* Checks a number by kind: citizen_id, credit_code, identity (either), phone, division, plate.
 * Adds faults at place. */
bool packs__code_kind_is_known(tb_str kind);
void packs__code_check(struct tb_arena *arena, tb_str kind, tb_str text, tb_date today,
                       tb_str place, struct tb_faults *faults);

/* {id,name,address,phone,hours,sample} of a department; null when it is unknown. In arena. */
struct tb_json *packs__department_json(struct tb_arena *arena, const struct packs_pack *pack,
                                       tb_str id, tb_str lang);

#endif
