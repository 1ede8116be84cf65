/* SPDX-License-Identifier: Apache-2.0 */
/* packs.h - services as data: a pack folder becomes one checked, immutable structure.
 *
 * A pack (DESIGN 5) is a folder of standard files: tables (CSV), decisions (DMN), processes
 * (BPMN), forms (form-js JSON), letters (Markdown with {{fields}}), words (YAML). This module
 * reads, checks, hashes, installs and tests packs, and answers what a pack says: which question
 * comes next, which papers, what is wrong in a filled-in form. It never touches a database, a
 * clock or the network; the only I/O is reading and copying pack folders.
 *
 * Lives. A pack owns an arena and compiled models, is immutable once loaded and may be shared
 * between threads; every text in it lives as long as the pack. Functions that answer take an arena
 * of the caller's; their answers may point into the pack. A set of packs (struct packs_set) is
 * what one installation has; replace the whole set to change it.
 *
 * Names. A situation is a row of items.csv: "new", "renew". A clause is written "LAW#ARTICLE":
 * "行政许可法#42". A period is written as `tongban clock due` reads it: "20wd", "20d"; two readings of
 * one statute stand side by side, "20d|20wd", and the earlier day is the red line. "now" is on the
 * spot, "expiry" before the permit expires. Words for people are found by key (packs_text) in the
 * languages "zh" and "en". */
#ifndef PACKS_PACKS_H
#define PACKS_PACKS_H

#include "base/base.h"
#include "dmn/dmn.h"
#include "feel/feel.h"

struct bpmn_process;

/* ---- what a pack is made of ------------------------------------------------------------------ */

/* One row of items.csv: a service in one situation. Empty texts mean "not stated". */
struct packs_item {
    tb_str id;   /* the situation: "new", "new-pledge", "renew", "change", "cancel", "reissue" */
    tb_str code; /* of the item in its region; empty: a situation without a code of its own */
    tb_str name; /* 公共场所卫生许可（新办） */
    tb_str situation;         /* 新办 */
    tb_str type;              /* item type number of GB/T 39046: "01" permit */
    tb_str handling;          /* "instant" 即办件, "promise" 承诺件, "filing" 备案 */
    tb_str statutory;         /* period, see above */
    tb_str statutory_clause;  /* clause of that period */
    tb_str promised;          /* period */
    tb_str department;        /* id in departments.csv: decides */
    tb_str survey_department; /* goes and looks; empty: nobody */
    tb_str supervisor;        /* supervises afterwards */
    tb_str process;           /* id of processes/ID.bpmn */
    tb_str form;              /* id of forms/ID.form */
    tb_str
        certificate; /* ids of certificates/ID.yaml separated by |, the main one first; empty: issues none */
    tb_str certificate_effect; /* "issue" "version" (successor, same validity) "end" "none" */
    tb_str fee_clause;
    tb_str pledge_of;    /* this is the pledge way (告知承诺) of that situation; else empty */
    tb_str basis_status; /* "verified" or "unverified" */
    tb_str validity_clause;
    int64_t visits;
    int64_t validity_months; /* of the certificate; 0: none, or as the former one */
    int64_t fee_fen;
    int32_t line;
};

/* One row of materials.csv. */
struct packs_material {
    tb_str id, name;    /* name: zh as in the file; other languages by key material.ID.name */
    tb_str situations;  /* ids separated by | */
    tb_str condition;   /* FEEL over the answers; empty: always */
    tb_str source;      /* own generated called_up reused checked_on_site agency pledge */
    tb_str necessity;   /* required optional */
    tb_str late_clause; /* why it may come late */
    tb_str substitute;  /* certificate that replaces it */
    tb_str format;      /* "paper|pdf|jpg|png" */
    tb_str clause, basis_status, sample, hint_key;
    int64_t copies;
    bool late;
    int32_t line;
    const struct feel_expr *compiled; /* NULL when there is no condition */
};

/* One row of questions.csv. Sentences: question.INPUT.title, .why, .hint, .unknown, .option.VALUE;
 * blanks in INPUT are written as '-' in keys. */
struct packs_question {
    tb_str input; /* name of the decision's input */
    tb_str type;  /* choice number boolean text */
    tb_str topic;
    tb_str record;   /* path into the facts on record; empty: nobody has it */
    tb_str options;  /* values separated by |; of a number: values on both sides of every limit */
    int64_t order;   /* 0: pinned, asked first whenever it matters */
    int64_t cost;    /* 1 tap, 3 look at a paper, 10 fetch a paper */
    bool is_curable; /* who lacks it can lawfully get it and come back: a condition, not a fact */
    int32_t line;
};

/* One row of tasks.csv: what a user task offers. Sentences: task.ELEMENT, task.ELEMENT.outcome.VALUE. */
struct packs_task {
    tb_str process, element;
    tb_str outcomes; /* values separated by | */
    tb_str stage;    /* period of this stage, for cards */
    tb_str kind; /* "work" "survey" (two officers, findings) "outside" (another system) "issue" */
    int32_t line;
};

/* One row of findings.csv: what surveyors look at. Sentence: finding.ID. */
struct packs_finding {
    tb_str id, situations, condition, clause, basis_status;
    int32_t line;
    const struct feel_expr *compiled;
};

/* One row of clauses.csv, of the pack or of one it depends on. */
struct packs_clause {
    tb_str law, article, text, basis_status;
    int32_t line;
};

/* One row of statutes.csv. "In force" is said only up to known_until, then "not known since". */
struct packs_statute {
    tb_str id, title, title_en, text_date, in_force_from, known_until, superseded_by, status, note,
        basis_status;
    int32_t line;
};

/* One row of departments.csv. */
struct packs_department {
    tb_str id, name, name_en, division, credit_code, address, phone, hours, kind, note,
        basis_status;
    int32_t line;
};

/* One row of periods.csv: a statutory period as its article states it. */
struct packs_period {
    tb_str id, law, article, situation, unit, starts, extension, moves_on_holiday, note,
        basis_status;
    int64_t n;
    int32_t line;
};

/* One row of suspensions.csv: the eight reasons of 行政许可法 45, and nothing else. */
struct packs_suspension {
    tb_str reason, zh, en, clause;
    int32_t line;
};

/* One row of remedies.csv: where and until when one can turn, by the law in force. */
struct packs_remedy {
    tb_str id, kind, body, period, clause, from, to, basis_status;
    int32_t line;
};

/* A row of standards.csv. */
struct packs_standard {
    tb_str number, name, subsystem, kind, status, clauses, basis_status;
    int32_t line;
};

/* A process of processes/. */
struct packs_process {
    tb_str id, file;
    tb_str xml;
    const struct bpmn_process *compiled;
};

/* A form of forms/, as it is in the file. */
struct packs_form {
    tb_str id, file;
    const struct tb_json *json; /* {components:[…]} with groups flattened into properties.section */
    const struct packs__form_index *index;
};

/* A kind of certificate of certificates/. */
struct packs_certificate {
    tb_str id;
    const struct tb_json *json; /* certificates/ID.yaml, see packs_certificates */
};

#define PACKS_LIST(type, name)                                                                     \
    const struct type *name;                                                                       \
    size_t name##_count

/* A loaded pack. Everything is read-only and lives in the pack. Tables of packs it depends on come after its own. */
struct packs_pack {
    tb_str id, version, hash; /* hash: 64 hex digits over all files and those of its dependencies */
    tb_str title, title_en, summary, summary_en, who, who_en;
    tb_str division, level; /* region it is for, 12 digits; level number of GB/T 39046 */
    tb_str transition;      /* running cases: "stay" "better" "end" (F21) */
    bool has_from, has_to;
    tb_date from, to; /* in force; to is the last day */
    bool
        is_open; /* its basis is complete: no clause it stands on is superseded or waiting for its text */
    tb_str open_note_key; /* text key why not */
    tb_str basic_code;    /* 12 digits of the national directory; empty: none */
    PACKS_LIST(packs_item, items);
    PACKS_LIST(packs_material, materials);
    PACKS_LIST(packs_question, questions);
    PACKS_LIST(packs_task, tasks);
    PACKS_LIST(packs_finding, findings);
    PACKS_LIST(packs_clause, clauses);
    PACKS_LIST(packs_statute, statutes);
    PACKS_LIST(packs_department, departments);
    PACKS_LIST(packs_period, periods);
    PACKS_LIST(packs_suspension, suspensions);
    PACKS_LIST(packs_remedy, remedies);
    PACKS_LIST(packs_standard, standards);
    PACKS_LIST(packs_process, processes);
    PACKS_LIST(packs_form, forms);
    PACKS_LIST(packs_certificate, certificates);
    const struct tb_json
        *options; /* `options:` of pack.yaml: local parameters that decisions read as `options` */
    const struct tb_json *yaml;  /* all of pack.yaml */
    struct packs_inside *inside; /* of this module */
};

/* ---- reading a pack -------------------------------------------------------------------------- */

/* Files of a pack in memory: paths relative to the folder with '/', those of dependencies below deps/ID/. */
struct packs_file {
    tb_str path, content;
};
struct packs_files {
    struct packs_file *items;
    size_t count;
};

/* Reads the folder dir with all it depends on (dir/deps/ID where installed, else the neighbour
 * folder ../ID). In arena. TB_IO, TB_NOT_FOUND, TB_LIMIT. */
TB_NODISCARD tb_status packs_read(struct tb_arena *arena, const char *dir,
                                  struct packs_files *ret_files, struct tb_err *err);
/* Files to pack: pure. faults get every fault as file:line; TB_INVALID when one of them keeps the
 * pack from being used. *ret_pack is owned: packs_free. faults must have an arena. */
TB_NODISCARD tb_status packs_compile(const struct packs_files *files, struct tb_faults *faults,
                                     struct packs_pack **ret_pack, struct tb_err *err);
/* The two in one. */
TB_NODISCARD tb_status packs_load(const char *dir, struct tb_faults *faults,
                                  struct packs_pack **ret_pack, struct tb_err *err);
void packs_free(struct packs_pack *pack); /* NULL is fine */

/* All that can be said of a folder: faults that make it unusable, and notes (unverified rows, known gaps). */
struct packs_report {
    struct tb_faults faults;  /* .arena must be set by the caller; must be empty for a good pack */
    struct tb_faults notes;   /* the same; never make a pack bad */
    tb_str id, version, hash; /* as far as known */
};
/* `tongban pack check`: loads and checks every reference, code, limit, period, gap and sentence.
 * TB_OK also when there are faults; look at the report. */
TB_NODISCARD tb_status packs_check(const char *dir, struct packs_report *report,
                                   struct tb_err *err);
/* The checks alone, of a pack already loaded. */
void packs_check_loaded(const struct packs_pack *pack, struct packs_report *report);

/* One scenario of tests/NAME.yaml. In the caller's arena. */
struct packs_scenario {
    tb_str file, name, why; /* why: what was expected and what came; absent when it passed */
    int32_t line;
    bool passed;
};
struct packs_scenarios {
    struct packs_scenario *items;
    size_t count, passed;
};
/* `tongban pack test`: runs every scenario of the pack: given (answers, facts, fields), on (date), then. */
TB_NODISCARD tb_status packs_test(struct tb_arena *arena, const struct packs_pack *pack,
                                  struct packs_scenarios *ret_scenarios, struct tb_err *err);

/* What differs between two versions: list of {change (added removed changed), what, column,
 * before, after}: rows of the tables column by column, other files whole. In arena; texts are
 * copies. */
struct tb_json *packs_diff(struct tb_arena *arena, const struct packs_pack *before,
                           const struct packs_pack *after);

/* Copies the pack of folder dir to into/HASH (files and dependencies): written beside, synced,
 * renamed. Already there: TB_OK and nothing is written. A pack with faults is refused: TB_INVALID,
 * faults filled. ret_hash: 64 digits, in faults' arena. */
TB_NODISCARD tb_status packs_install(const char *dir, const char *into, struct tb_faults *faults,
                                     tb_str *ret_hash, struct tb_err *err);

/* ---- the packs of an installation ------------------------------------------------------------ */

struct packs_set;
/* Loads every folder below dir that holds a pack.yaml (DIR/packs/HASH, or a source folder packs/).
 * A damaged pack is a fault and is left out; an empty or missing dir gives an empty set. *ret_set
 * is owned: packs_set_free. Warm-up reads everything: a set never does I/O afterwards. */
TB_NODISCARD tb_status packs_set_load(const char *dir, struct tb_faults *faults,
                                      struct packs_set **ret_set, struct tb_err *err);
void packs_set_free(struct packs_set *set);
size_t packs_set_count(const struct packs_set *set);
const struct packs_pack *packs_set_at(const struct packs_set *set, size_t index);
/* The pack in force on that day for an item: its full code, the code's first segment,
 * "PACK/SITUATION" or "PACK". Among several the one with the latest from, then the highest
 * version. NULL when there is none. *ret_item (may be NULL) is the situation that the code names;
 * NULL when it names the pack only, or a code that several situations share. */
const struct packs_pack *packs_set_find(const struct packs_set *set, tb_str item, tb_date date,
                                        const struct packs_item **ret_item);
const struct packs_pack *packs_set_by_hash(const struct packs_set *set, tb_str hash);
const struct packs_pack *packs_set_by_id(const struct packs_set *set, tb_str id, tb_date date);

/* ---- what a pack says ------------------------------------------------------------------------ */

/* The sentence of a key in lang ("zh" or "en"); in the pack, then in those it depends on. Absent
 * when there is none: never another language. */
tb_str packs_text(const struct packs_pack *pack, tb_str lang, tb_str key);
/* The same with a key made like printf; falls back to the key itself, so that a page shows something. In arena. */
tb_str packs_words(struct tb_arena *arena, const struct packs_pack *pack, tb_str lang,
                   const char *format, ...) TB_PRINTF(4, 5);

/* The row of items.csv with that situation id; NULL when there is none. In the pack. */
const struct packs_item *packs_situation(const struct packs_pack *pack, tb_str id);
/* The paper with that id; NULL when there is none. In the pack. */
const struct packs_material *packs_material_find(const struct packs_pack *pack, tb_str id);
/* The question of that input; NULL when there is none. In the pack. */
const struct packs_question *packs_question_find(const struct packs_pack *pack, tb_str input);
/* What a user task offers; NULL when there is none. In the pack. */
const struct packs_task *packs_task_find(const struct packs_pack *pack, tb_str process,
                                         tb_str element);
/* The process with that id; NULL when there is none. In the pack. */
const struct packs_process *packs_process_find(const struct packs_pack *pack, tb_str id);
/* The form with that id; NULL when there is none. In the pack. */
const struct packs_form *packs_form_find(const struct packs_pack *pack, tb_str id);
/* The kind of certificate with that id; NULL when there is none. In the pack. */
const struct packs_certificate *packs_certificate_find(const struct packs_pack *pack, tb_str id);
/* The department with that id, own or inherited; NULL when there is none. In the pack. */
const struct packs_department *packs_department_find(const struct packs_pack *pack, tb_str id);
/* The statute with that id (its short title); NULL when there is none. In the pack. */
const struct packs_statute *packs_statute_find(const struct packs_pack *pack, tb_str law);
/* "行政许可法#42" to its row, or NULL. */
const struct packs_clause *packs_clause_find(const struct packs_pack *pack, tb_str clause);
/* {clause, law, article, text, title, unverified, known_until, superseded_by} of a clause, the
 * article as people write it (第四十二条 / art. 42); in arena. Absent clause gives null. */
struct tb_json *packs_clause_json(struct tb_arena *arena, const struct packs_pack *pack,
                                  tb_str clause, tb_str lang);

/* The compiled decision model that holds this decision, or NULL. */
const struct dmn_model *packs_decision_model(const struct packs_pack *pack, tb_str decision);
/* Evaluate a decision of the pack by name over a JSON context (`options` of the pack is added).
 * {value, because:[…]}; in arena. TB_NOT_FOUND, TB_INVALID with faults, TB_LIMIT. */
TB_NODISCARD tb_status packs_decide(struct tb_arena *arena, const struct packs_pack *pack,
                                    tb_str decision, const struct tb_json *input, tb_str lang,
                                    struct tb_faults *faults, struct tb_json **ret_answer,
                                    struct tb_err *err);

/* The next question or the outcome, in the shape of POST /items/{code}/guide without catalogue and
 * clock: {answers_so_far:[{input,title,value,label,from_record}], topic_progress:{done,left_max},
 * and either
 * question:{input,type,topic,title,hint,why,unknown,options:[{value,label,hint}],
 *   on_record:{value,label,source,date},because:[BECAUSE]}
 * or
 * outcome:{kind,title,text,situation,situation_name,code,handling,form,materials:[…],
 *   fee:{fen,text,basis},limits:{statutory:{period,text,article,clause},promised:{period,text}},
 *   because:[BECAUSE],unmet:[{input,title,label,cure,then}],
 *   agency:{id,name,address,phone,hours},advice,advice_key,explained}}.
 * BECAUSE is {rule,text,clause,law,article,law_text,unverified,answers:[{input,title,label,
 * answered}]}: a rule that hit (of a question: that is still open) with one of its clauses and the
 * answers that it looks at. unmet stands where the outcome is not_yet: what the person lacks, how to
 * get it lawfully, and what can be done then. explained stands only for reviewers:
 * {others:[{rule,text,clause}],otherwise:[text]}, the rules that do not apply and why, and the
 * smallest changes that would lead elsewhere. facts: what is on record, {PATH:{value,source,date}}
 * or plain values. An answer that does not fit its question is a fault at answers.INPUT and
 * TB_INVALID. In arena. */
struct packs_ask {
    const struct tb_json *answers; /* object; may be NULL */
    const struct tb_json *facts;   /* object; may be NULL */
    tb_date date;                  /* of the application: decides which law is read */
    bool is_for_reviewer;          /* say also why nothing else came out: not for applicants */
    tb_str lang;
    /* Of an outcome only kind, title, reason, text, situation, agency and advice: who files wants no more. */
    bool is_brief;
};
TB_NODISCARD tb_status packs_guide(struct tb_arena *arena, const struct packs_pack *pack,
                                   const struct packs_ask *ask, struct tb_faults *faults,
                                   struct tb_json **ret_answer, struct tb_err *err);

/* Papers of a situation with these answers: list of
 * {id,name,source,source_name,necessity,late,copies,substitute,
 * format,sample,hint,clause,law,article,unverified,bring} where bring says that the person must
 * hand something in now. In arena. */
TB_NODISCARD tb_status packs_materials(struct tb_arena *arena, const struct packs_pack *pack,
                                       const struct packs_item *item, const struct tb_json *answers,
                                       tb_str lang, struct tb_json **ret_list, struct tb_err *err);
/* What surveyors look at: list of {id,text,clause,law,article,unverified}. In arena. */
TB_NODISCARD tb_status packs_findings(struct tb_arena *arena, const struct packs_pack *pack,
                                      const struct packs_item *item, const struct tb_json *answers,
                                      tb_str lang, struct tb_json **ret_list, struct tb_err *err);

/* Sections of a form: list of
 * {id,title,fields:[{key,type,label,hint,required,personal,options:[{value,label}],
 * prefill,check,min,max,min_length,max_length,pattern,decimals}]}. Keys are flat: a repeated group (form-js
 * dynamiclist with properties.count, FEEL) gives one section per row with keys "vehicles.1.plate".
 * A component whose condition (FEEL, true = hidden, as form-js has it in conditional.hide) hides
 * it is left out. In arena. */
TB_NODISCARD tb_status packs_form_sections(struct tb_arena *arena, const struct packs_pack *pack,
                                           const struct packs_form *form,
                                           const struct tb_json *answers,
                                           const struct tb_json *fields, tb_str lang,
                                           struct tb_json **ret_sections, struct tb_err *err);
/* Every fault of a filled-in form, at fields.KEY: required, type, length, pattern, range, choices,
 * check digits, days that exist, keys that the form does not have. section: only that one; absent:
 * all. Then, over all of it, the decision named by the form's properties.decision on ask->date,
 * whose findings are faults too. TB_INVALID when faults were added. */
TB_NODISCARD tb_status packs_form_check(struct tb_arena *arena, const struct packs_pack *pack,
                                        const struct packs_form *form, tb_str section,
                                        const struct packs_ask *ask, const struct tb_json *fields,
                                        struct tb_faults *faults, struct tb_err *err);
/* fields with values from prefill sources filled in where they are absent: sources is
 * {"party":{…},"licence":{…}}. In arena. */
struct tb_json *packs_form_prefill(struct tb_arena *arena, const struct packs_form *form,
                                   const struct tb_json *fields, const struct tb_json *sources);
/* Does a filled-in field say what a paper would (properties.replaces: ids of materials with |)? A
 * report's number does for the report. */
bool packs_form_replaces(const struct packs_form *form, const struct tb_json *fields,
                         tb_str material);
/* fields as they are kept: what has a check by name (properties.check) in capitals, narrow, without
 * blanks and dashes, as the check reads it; everything else as typed. In arena. */
struct tb_json *packs_form_tidy(struct tb_arena *arena, const struct packs_form *form,
                                const struct tb_json *fields);
/* Flat fields as a tree with typed values, as decisions and certificates read them:
 * "vehicles.1.plate" becomes {"vehicles":[{"plate":…}]}, numbers are numbers, what is absent is
 * null. In arena. */
struct tb_json *packs_form_data(struct tb_arena *arena, const struct packs_form *form,
                                const struct tb_json *fields);

/* The template of a letter (receipt, deficiency, acceptance, grant …) in lang, in the Markdown of
 * paper_letter; in the pack, then in those it depends on. Absent when there is none. What fields a
 * letter may use: packs/national/README.md, checked by `pack check` against letters/fields.csv. */
tb_str packs_letter(const struct packs_pack *pack, tb_str kind, tb_str lang);
/* The certificates that a case gives with these data ({fields, case, party, decision, previous,
 * options, answers}; nested, see packs_form_data): list of
 * {id,name,name_en,kind,effect,validity_months,fields:[{key,label,label_en, value}]}, the main one
 * first, then one per thing that needs its own (a card per vehicle). A required field without a
 * value is a fault at certificates.ID.KEY. In arena. */
TB_NODISCARD tb_status packs_certificates(struct tb_arena *arena, const struct packs_pack *pack,
                                          const struct packs_item *item, const struct tb_json *data,
                                          struct tb_faults *faults, struct tb_json **ret_list,
                                          struct tb_err *err);

/* A period in words: "20wd" → 20个工作日 / 20 working days; "now" → 当场; two readings joined. In arena. */
tb_str packs_period_words(struct tb_arena *arena, tb_str period, tb_str lang);
/* An article in words: "42" → 第四十二条 / art. 42; "24(3)" → 第二十四条第三款. In arena. */
tb_str packs_article_words(struct tb_arena *arena, tb_str article, tb_str lang);

#endif
