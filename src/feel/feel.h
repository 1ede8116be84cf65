/* SPDX-License-Identifier: Apache-2.0 */
/* feel.h - the expression language FEEL of DMN 1.5 (clause 10): compile once, evaluate many times.
 *
 * Stand-alone: needs base/ only. Never does I/O, never reads the clock, the locale or the environment: what now() and
 * today() give, what a time zone means and which external functions exist comes in through struct feel_host.
 *
 * Lives. A struct feel_expr is immutable, lies in the arena it was compiled into and may be shared between threads.
 * An evaluation allocates in the arena it is given and nowhere else; values point into that arena, into the compiled
 * expression and into the context they were read from. All structs here may be read; only functions here make them.
 *
 * FEEL has no exceptions: what goes wrong gives null, and every null that an error made leaves a warning that says
 * where and why. Only a limit (base/limits.h, section feel) makes an evaluation fail: TB_LIMIT. */
#ifndef FEEL_FEEL_H
#define FEEL_FEEL_H

#include "base/base.h"

/* ---- values ------------------------------------------------------------------------------------------------------ */

typedef enum {
    FEEL_NULL,
    FEEL_BOOLEAN,
    FEEL_NUMBER,
    FEEL_STRING,
    FEEL_DATE,
    FEEL_TIME,
    FEEL_DATE_TIME,
    FEEL_DAYS,   /* days and time duration */
    FEEL_MONTHS, /* years and months duration */
    FEEL_LIST,
    FEEL_CONTEXT,
    FEEL_RANGE,
    FEEL_FUNCTION,
    FEEL_UNKNOWN, /* not yet answered: only inside dmn_ask, never in a result of feel_eval or dmn_eval */
    FEEL_KIND_COUNT
} feel_kind;

struct feel_zone; /* an IANA time zone, see feel_zone_parse */
struct feel_type;
struct feel_function;
struct feel_unknown;

typedef enum { FEEL_LOCAL, FEEL_OFFSET, FEEL_ZONED } feel_zone_kind;

/* A time of day, and a day when it is a date and time. offset: seconds east of UTC, when kind is FEEL_OFFSET. */
struct feel_moment {
    tb_date date;
    int32_t nano;
    int8_t hour, minute, second;
    uint8_t zone_kind; /* feel_zone_kind */
    union {
        int32_t offset;
        const struct feel_zone *zone;
    } u;
};

/* seconds and nano carry the same sign; |nano| < 10^9. */
struct feel_days {
    int64_t seconds;
    int32_t nano;
};

/* A list; items are never changed. */
struct feel_list {
    const struct feel_value *items;
    size_t count;
};

/* Any FEEL value; passed by pointer, copied freely: what it points to is never changed. */
struct feel_value {
    uint8_t kind; /* feel_kind */
    union {
        bool boolean;
        tb_dec number;
        tb_str string;             /* well-formed UTF-8 */
        struct feel_moment moment; /* FEEL_DATE (date only), FEEL_TIME, FEEL_DATE_TIME */
        struct feel_days days;
        int64_t months;
        struct feel_list list;
        const struct feel_context *context;
        const struct feel_range *range;
        const struct feel_function *function;
        const struct feel_unknown *unknown;
    } u;
};

/* A member of a context. */
struct feel_entry {
    tb_str key;
    struct feel_value value;
};

/* Entries in the order written; no two equal keys. */
struct feel_context {
    const struct feel_entry *entries;
    size_t count;
};

/* How a range was written: [a..b], or by an operator: (< b). Two ranges of different forms are not equal. */
typedef enum {
    FEEL_INTERVAL,
    FEEL_BELOW,   /* (< end) */
    FEEL_UP_TO,   /* (<= end) */
    FEEL_ABOVE,   /* (> start) */
    FEEL_FROM,    /* (>= start) */
    FEEL_EXACTLY, /* (= start): start and end are the value */
    FEEL_ALL_BUT, /* (!= start): start and end are the value that is not in it */
} feel_range_form;

/* A missing end is a null value and open. */
struct feel_range {
    struct feel_value start, end;
    bool start_included, end_included;
    uint8_t form; /* feel_range_form */
};

/* Making values. Texts and items are kept, not copied. */
struct feel_value feel_null(void);
struct feel_value feel_boolean(bool value);
struct feel_value feel_number(tb_dec value);
struct feel_value feel_integer(int64_t value);
struct feel_value feel_string(tb_str value);
struct feel_value feel_date(tb_date value);
struct feel_value feel_list_of(const struct feel_value *items, size_t count);
struct feel_value feel_context_of(struct tb_arena *arena, const struct feel_entry *entries,
                                  size_t count);

/* NULL when value is not a context or has no such entry. */
const struct feel_value *feel_get(const struct feel_value *value, tb_str key);
/* Walks a dotted path: "person.address.city". NULL when something on the way is missing. */
const struct feel_value *feel_get_path(const struct feel_value *value, const char *dotted);
/* A copy of context (or of nothing, when it is null) with one entry added or replaced. */
struct feel_value feel_put(struct tb_arena *arena, const struct feel_value *context, tb_str key,
                           struct feel_value value);
/* A deep copy, so that a value outlives the arena it came from. Functions and zones are kept, not copied. */
struct feel_value feel_copy(struct tb_arena *arena, const struct feel_value *value);

/* True, and not null or anything else. */
static inline bool
feel_is_true(const struct feel_value *value)
{
    return value->kind == FEEL_BOOLEAN && value->u.boolean;
}

/* FEEL equality (clause 10.3.2.13) where both are of one kind; values of different kinds are never equal here. 1.0
 * equals 1.00, contexts are equal whatever the order of their entries, times are equal at the same instant. */
bool feel_equal(const struct feel_value *a, const struct feel_value *b);
/* -1, 0, 1 into *ret_order; false when the two have no order (kinds differ or are not ordered). */
bool feel_compare(const struct feel_value *a, const struct feel_value *b, int *ret_order);

/* The name of a kind as FEEL writes it: "number", "date and time", … */
const char *feel_kind_name(feel_kind kind);

/* ---- text and JSON ----------------------------------------------------------------------------------------------- */

/* What string(value) gives: strings bare, everything else as FEEL writes it; null gives "null". In arena. */
tb_str feel_format(struct tb_arena *arena, const struct feel_value *value);
/* As a FEEL literal that reads back: strings quoted and escaped, temporal values with @"…". In arena. */
tb_str feel_format_literal(struct tb_arena *arena, const struct feel_value *value);

/* JSON to FEEL. type (NULL or Any: as JSON has it) turns texts into dates, times and durations where it says so, and
 * checks: every place that does not fit is a fault with its JSON pointer. json's texts are kept. False when faults
 * were added; the value is then null at those places. faults may be NULL. */
bool feel_from_json(struct tb_arena *arena, const struct tb_json *json,
                    const struct feel_type *type, struct feel_value *ret_value,
                    struct tb_faults *faults);
/* FEEL to JSON: temporal values, ranges and functions as their text; numbers keep their digits. In arena. */
struct tb_json *feel_to_json(struct tb_arena *arena, const struct feel_value *value);

/* Literals of the temporal kinds as the built-in functions read them. False when the text is none. host gives zones. */
struct feel_host;
bool feel_parse_temporal(struct tb_arena *arena, tb_str text, feel_kind kind,
                         const struct feel_host *host, struct feel_value *ret_value);

/* ---- types ------------------------------------------------------------------------------------------------------- */

typedef enum {
    FEEL_TYPE_ANY,
    FEEL_TYPE_NULL,
    FEEL_TYPE_BASE,     /* one of the scalar kinds, in .base */
    FEEL_TYPE_LIST,     /* of .element */
    FEEL_TYPE_CONTEXT,  /* with .members; a context with none is any context */
    FEEL_TYPE_RANGE,    /* of .element */
    FEEL_TYPE_FUNCTION, /* .members are the parameters, .element the result */
} feel_type_kind;

/* A member of a context type. */
struct feel_member {
    tb_str name;
    const struct feel_type *type;
};

struct feel_unary;

/* A type of FEEL, or an item definition of DMN. Immutable. */
struct feel_type {
    feel_type_kind kind;
    feel_kind base;
    tb_str name; /* of the item definition; absent for built-in types */
    const struct feel_type *element;
    const struct feel_member *members;
    size_t member_count;
    /* Constraints of an item definition. allowed: each value (each item, of a list made by isCollection on that
     * definition) must pass. constraint: the whole value must pass (DMN 1.5 typeConstraint). NULL when none. */
    const struct feel_unary *allowed;
    const struct feel_unary *constraint;
    tb_str allowed_text; /* as written, for people and for listing */
    tb_str constraint_text;
    bool any_function;    /* `function` without a signature */
    bool has_constraints; /* it or a part of it is constrained */
};

extern const struct feel_type feel_type_any;
/* The built-in type of that name ("number", "string", "date and time", "Any", …) or NULL. */
const struct feel_type *feel_type_find(tb_str name);
/* `value instance of type`, without constraints. */
bool feel_instance_of(const struct feel_value *value, const struct feel_type *type);
/* Conformance as a typed boundary does it (clause 10.3.2.9.4): singleton list to value, value to singleton list, date
 * to date and time, else null. False when the value had to become null though it was not. */
bool feel_coerce(struct tb_arena *arena, const struct feel_value *value,
                 const struct feel_type *type, struct feel_value *ret_value);
/* The type as FEEL writes it: list<number>. In arena. */
tb_str feel_type_format(struct tb_arena *arena, const struct feel_type *type);

/* ---- the outside, as an argument --------------------------------------------------------------------------------- */

/* A function of the host that FEEL can call by name. Must be pure; may return null; arguments are borrowed. */
struct feel_external {
    const char *name; /* as scope name, or "class#method signature" for a function of kind Java */
    int arity;        /* exactly; -1 any */
    void (*call)(void *context, struct tb_arena *arena, const struct feel_value *args, size_t count,
                 struct feel_value *ret_value);
    void *context;
};

/* Everything an evaluation may want to know of the world. All members are optional; kept by compiled expressions. */
struct feel_host {
    /* The zone of an IANA name; NULL when there is none. Must be thread-safe; the zone must outlive every value. */
    const struct feel_zone *(*zone)(void *context, tb_str name);
    void *context;
    bool has_now;
    int64_t now_us;     /* µs since 1970-01-01T00:00:00Z: what now() gives */
    int32_t now_offset; /* seconds east of UTC in which now() and today() are told */
    const struct feel_external *externals;
    size_t external_count;
};

/* Reads a TZif file (RFC 8536, version 2 or later, footer included). In arena. TB_SYNTAX when it is none. */
TB_NODISCARD tb_status feel_zone_parse(struct tb_arena *arena, tb_str name, tb_str bytes,
                                       const struct feel_zone **ret_zone, struct tb_err *err);

/* ---- compile ----------------------------------------------------------------------------------------------------- */

/* A name that an expression may use. type NULL is Any; a context type makes the names of its members known. */
struct feel_name {
    tb_str name;
    const struct feel_type *type;
};

/* The names in scope: longest match decides, so "monthly income - net" can be one name. */
struct feel_scope {
    const struct feel_name *names;
    size_t count;
    /* Closed: a name that nobody declares is an error. Open (also: scope NULL): it is looked up in the context when
     * the expression runs, and is null with a warning when it is not there. */
    bool is_closed;
    const struct feel_host *host; /* may be NULL */
    /* Item definitions by name, for `instance of` and function parameters; built-in types need no entry. */
    const struct feel_member *types;
    size_t type_count;
};

/* Why a text did not compile. line and column from 1, column in code points. */
struct feel_fault {
    uint32_t line, column;
    tb_str zh, en;
};

struct feel_expr;

/* text and scope (names, types, host) are kept. TB_SYNTAX fills *ret_fault (may be NULL) and err; TB_LIMIT when it
 * nests deeper than FEEL_DEPTH_MAX or is longer than FEEL_TEXT_BYTES_MAX. */
TB_NODISCARD tb_status feel_compile(struct tb_arena *arena, tb_str text,
                                    const struct feel_scope *scope,
                                    const struct feel_expr **ret_expr, struct feel_fault *ret_fault,
                                    struct tb_err *err);
/* Unary tests (a cell of a decision table, allowed values): "-", "< 10, [20..30)", not("a", "b"), "? > 3". */
TB_NODISCARD tb_status feel_compile_unary(struct tb_arena *arena, tb_str text,
                                          const struct feel_scope *scope,
                                          const struct feel_unary **ret_unary,
                                          struct feel_fault *ret_fault, struct tb_err *err);

/* The text it was compiled from, and the type it surely has. In the expression's arena. */
tb_str feel_expr_text(const struct feel_expr *expr);
/* The type that the expression can be seen to have; Any when it cannot be known before it runs. */
const struct feel_type *feel_expr_type(const struct feel_expr *expr);
/* The names of its scope, and names not in its scope, that the expression reads; in arena of the expression. */
const tb_str *feel_expr_names(const struct feel_expr *expr, size_t *ret_count);

/* ---- evaluate ---------------------------------------------------------------------------------------------------- */

/* Why something is null. code is a stable word; where is the decision or expression as the caller named it. */
struct feel_warning {
    const char *code;
    tb_str where;
    uint32_t line, column; /* in the text of the expression */
    tb_str zh, en;
};

/* Zero-initialise with .arena set; at most FEEL_WARNINGS_MAX are kept, count goes on. */
struct feel_warnings {
    struct tb_arena *arena;
    struct feel_warning *items;
    size_t count, cap;
    tb_str where; /* given to each new warning */
};

/* Warnings as a JSON list: [{code, where, line, column, zh, en}]; where, line and column only when there is one. At
 * most FEEL_WARNINGS_MAX of them. In arena. */
struct tb_json *feel_warnings_to_json(struct tb_arena *arena, const struct feel_warnings *warnings);

/* How to run. NULL, or zeros: no host, no warnings kept, the limits of base/limits.h. */
struct feel_run {
    const struct feel_host *host;
    struct feel_warnings *warnings;
    uint64_t steps_max;
    size_t bytes_max;
};

/* context: a context value with the names, or NULL. The value is in arena. TB_LIMIT only. */
TB_NODISCARD tb_status feel_eval(struct tb_arena *arena, const struct feel_expr *expr,
                                 const struct feel_value *context, const struct feel_run *run,
                                 struct feel_value *ret_value, struct tb_err *err);
/* The same with the names' values in the order of the scope: no look-up by name. slots: scope.count values. */
TB_NODISCARD tb_status feel_eval_slots(struct tb_arena *arena, const struct feel_expr *expr,
                                       const struct feel_value *slots, const struct feel_run *run,
                                       struct feel_value *ret_value, struct tb_err *err);
/* Does input pass the tests? null when that cannot be told (with a warning). */
TB_NODISCARD tb_status feel_test(struct tb_arena *arena, const struct feel_unary *unary,
                                 const struct feel_value *input, const struct feel_value *context,
                                 const struct feel_run *run, struct feel_value *ret_value,
                                 struct tb_err *err);

/* Compile and evaluate in one go, for one-off use (`tongban feel`): the names are those of context. */
TB_NODISCARD tb_status feel_once(struct tb_arena *arena, tb_str text,
                                 const struct feel_value *context, const struct feel_run *run,
                                 struct feel_value *ret_value, struct tb_err *err);

/* ---- for engines that stand on this one ------------------------------------------------------------------- */

/* The state of one evaluation that runs many expressions: limits, warnings, host. In arena; one thread. */
struct feel_vm;
struct feel_vm *feel_vm_new(struct tb_arena *arena, const struct feel_run *run);
/* TB_OK, or TB_LIMIT once a limit was reached (everything evaluated after that is null). */
tb_status feel_vm_status(const struct feel_vm *vm, struct tb_err *err);
struct tb_arena *feel_vm_arena(const struct feel_vm *vm);
struct feel_warnings *feel_vm_warnings(const struct feel_vm *vm); /* may be NULL */
/* Counts work; false when a limit is reached. */
bool feel_vm_step(struct feel_vm *vm, uint64_t steps);
/* Goes down one call, of a nesting of about depth operations; false when too deep. feel_vm_leave with the same. */
bool feel_vm_enter(struct feel_vm *vm, uint32_t depth);
void feel_vm_leave(struct feel_vm *vm, uint32_t depth);
/* A warning that belongs to no place in an expression. */
void feel_vm_warn(struct feel_vm *vm, const char *code, tb_str zh, tb_str en);
/* Where names that are in no scope are looked up from here on (open scopes only); returns what was there. */
const struct feel_value *feel_vm_context(struct feel_vm *vm, const struct feel_value *context);
/* slots: as many as the scope has names. */
void feel_vm_eval(struct feel_vm *vm, const struct feel_expr *expr, const struct feel_value *slots,
                  struct feel_value *ret_value);
/* true, false, or null (FEEL_UNKNOWN while asking) into *ret_value. */
void feel_vm_test(struct feel_vm *vm, const struct feel_unary *unary,
                  const struct feel_value *input, const struct feel_value *slots,
                  struct feel_value *ret_value);

/* Values that are not yet known, for engines that ask. deps is a set of questions, one bit each, in words of 64. */
struct feel_unknown {
    const uint64_t *deps;
    const struct feel_value *candidates; /* what it may be; none: too many to list */
    size_t count;
    const struct feel_type *type; /* NULL: any */
};
/* From here on values may be unknown and deps have so many words; no warnings are kept. */
void feel_vm_ask(struct feel_vm *vm, size_t words);
bool feel_vm_is_asking(const struct feel_vm *vm, size_t *ret_words);
/* deps is borrowed; candidates and type are kept. In arena. */
struct feel_value feel_unknown_new(struct feel_vm *vm, const uint64_t *deps,
                                   const struct feel_value *candidates, size_t count,
                                   const struct feel_type *type);
/* Is it, or is something in it, unknown? */
bool feel_is_open(const struct feel_value *value);
/* Adds the questions that a value hangs on to deps. */
void feel_unknown_deps(const struct feel_value *value, uint64_t *deps, size_t words);
/* One of values, which one hanging on `because` (may be NULL): known when all are equal. No values: anything. */
void feel_vm_join(struct feel_vm *vm, const struct feel_value *values, size_t count,
                  const struct feel_value *because, struct feel_value *ret_value);

/* A function made by an engine: called with exactly param_count arguments, already conforming to the parameters'
 * types. data is kept. In arena. */
typedef void feel_call_fn(struct feel_vm *vm, const void *data, const struct feel_value *args,
                          struct feel_value *ret_value);
struct feel_value feel_function_new(struct tb_arena *arena, const struct feel_member *params,
                                    size_t param_count, const struct feel_type *result,
                                    feel_call_fn *call, const void *data);
/* Calls a function value; names (of the arguments) NULL: positional. Not a function, or wrong arguments: null and a
 * warning. */
void feel_vm_call(struct feel_vm *vm, const struct feel_value *function,
                  const struct feel_value *args, const tb_str *names, size_t count,
                  struct feel_value *ret_value);
/* What a loop over value runs through: the items of a list, the whole numbers or days of a range, else the value
 * itself. False with a warning when value is null or a range of something else. In arena. */
bool feel_vm_items(struct feel_vm *vm, const struct feel_value *value, struct feel_list *ret_items);
/* The parameters of a function value; NULL and 0 for a built-in. */
const struct feel_member *feel_function_params(const struct feel_value *function,
                                               size_t *ret_count);

/* What unary tests mean when they are constant: a union of intervals and of values, so that a table can be indexed
 * and checked. Values without order (booleans) are intervals of one point. */
struct feel_interval {
    struct feel_value low, high; /* null: no bound on that side */
    bool low_included, high_included;
};
struct feel_shape {
    bool is_any;     /* "-" */
    bool is_negated; /* not(…): everything of the same kind but the intervals */
    bool has_null;   /* null is one of the values */
    bool has_range;  /* of a part: one of the tests is a range, so that null gives null */
    const struct feel_interval *intervals;
    size_t count;
};
/* False when the tests depend on anything but the input, or cannot be said with intervals. In arena. */
bool feel_unary_shape(struct tb_arena *arena, const struct feel_unary *unary,
                      struct feel_shape *ret_shape);
tb_str feel_unary_text(const struct feel_unary *unary);
/* As feel_expr_names, for unary tests. */
const tb_str *feel_unary_names(const struct feel_unary *unary, size_t *ret_count);
/* One name of a scope, or what lies below it: slot is its place in the scope, path the members behind it. */
struct feel_place {
    uint32_t slot;
    const tb_str *path;
    size_t path_count;
};
/* Where an expression cuts the values of a place: outside these intervals' borders it cannot tell two values apart.
 * Zero-initialise with .arena set. */
struct feel_cuts {
    struct tb_arena *arena;
    struct feel_interval *items;
    size_t count, cap;
};
/* Once each; false when there would be more than FEEL_CUTS_MAX. */
bool feel_cuts_add(struct feel_cuts *cuts, const struct feel_interval *interval);
/* Adds the cuts of an expression, or of unary tests. False when it does more with the place than compare it with
 * constants, so that each value may count for itself. */
bool feel_expr_cuts(const struct feel_expr *expr, const struct feel_place *place,
                    struct feel_cuts *cuts);
bool feel_unary_cuts(const struct feel_unary *unary, const struct feel_place *place,
                     struct feel_cuts *cuts);
/* Is the expression that place and nothing else? */
bool feel_expr_is_place(const struct feel_expr *expr, const struct feel_place *place);
/* The value of an expression that is the same whatever the context; NULL when it is not. */
const struct feel_value *feel_expr_constant(const struct feel_expr *expr);

/* What an expression is made of, for engines that compile it into something else. */
typedef enum {
    FEEL_PART_OTHER, /* anything that is not in this list */
    FEEL_PART_CONSTANT,
    FEEL_PART_SLOT,
    FEEL_PART_AND,
    FEEL_PART_OR,
    FEEL_PART_NOT,
    FEEL_PART_IF,
    FEEL_PART_EQ,
    FEEL_PART_NE,
    FEEL_PART_LT,
    FEEL_PART_LE,
    FEEL_PART_GT,
    FEEL_PART_GE,
    FEEL_PART_ADD,
    FEEL_PART_SUBTRACT,
    FEEL_PART_MULTIPLY,
    FEEL_PART_NEGATE,
    FEEL_PART_BETWEEN,
    FEEL_PART_IN, /* the tests are constant: shape */
} feel_part_kind;

/* One operation; parts are its operands, for feel_part_of. All of it lies where the expression lies, or in arena. */
struct feel_part {
    feel_part_kind kind;
    uint32_t slot;
    const struct feel_value *constant;
    struct feel_shape shape;
    const void *parts[3];
};
/* The outermost operation of an expression, and an operand of one. */
void feel_expr_part(struct tb_arena *arena, const struct feel_expr *expr,
                    struct feel_part *ret_part);
void feel_part_of(struct tb_arena *arena, const void *part, struct feel_part *ret_part);

/* ---- the table of built-ins, for documentation ------------------------------------------------------------ */

/* A built-in: name, parameters, what it does. */
struct feel_builtin_row {
    const char *signature; /* "substring(string, start position, length?)" */
    const char *group;     /* "string", "list", … */
    const char *zh, *en;   /* what it gives */
    const char *example;   /* an expression */
    const char *gives;     /* and its value, as a FEEL literal */
};
const struct feel_builtin_row *feel_builtin_rows(size_t *ret_count);

#endif
