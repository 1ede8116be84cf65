/* SPDX-License-Identifier: Apache-2.0 */
/* feel_internal.h - what the files of this module share: nodes of compiled expressions, the evaluation state, rows of
 * built-in functions, calendar arithmetic.
 *
 * A compiled expression is a tree of nodes, each with the function that runs it: what can be decided when compiling
 * (which name, which built-in, which constant) is decided there. Names are numbers by then: slots are the values of
 * the scope, locals belong to the expression (loop variables, entries of contexts, parameters, `item`). */
#ifndef FEEL_FEEL_INTERNAL_H
#define FEEL_FEEL_INTERNAL_H

#include "feel/feel.h"

struct feel__frame;
struct feel__node;

typedef void feel__run(struct feel__frame *frame, const struct feel__node *node,
                       struct feel_value *ret);

/* Names in place of operator characters: used by nodes that share a run function, and to look into a tree. */
typedef enum {
    FEEL_OP_OTHER,
    FEEL_OP_CONSTANT,
    FEEL_OP_SLOT,
    FEEL_OP_LOCAL,
    FEEL_OP_DYNAMIC,
    FEEL_OP_INPUT, /* ? */
    FEEL_OP_PATH,
    FEEL_OP_EQ,
    FEEL_OP_NE,
    FEEL_OP_LT,
    FEEL_OP_LE,
    FEEL_OP_GT,
    FEEL_OP_GE,
    FEEL_OP_RANGE,          /* an interval whose ends are a and b */
    FEEL_OP_OPERATOR_RANGE, /* (< a) */
    FEEL_OP_LIST,
    FEEL_OP_NOT,
    FEEL_OP_BUILTIN,
} feel__op;

struct feel__iterator {
    tb_str name;
    uint32_t local;
    const struct feel__node *domain, *end; /* end: for i in domain..end */
};

struct feel__entry_node {
    tb_str key;
    uint32_t local;
    const struct feel__node *value;
};

/* The body of a lambda. Locals below captured belong to the surrounding expression and are copied. */
struct feel__lambda {
    const struct feel_member *params;
    size_t param_count;
    uint32_t captured;
    uint32_t local_max;
    uint32_t depth;
    const struct feel__node *body; /* NULL: external */
    tb_str external;               /* class#method */
};

struct feel__builtin;

struct feel__node {
    feel__run *run;
    const struct feel_type *type;
    uint32_t at;    /* byte offset in the text */
    uint16_t depth; /* nodes below, for the stack */
    uint8_t op;     /* feel__op */
    uint8_t flag;   /* by node: open or closed ends, range form */
    union {
        struct feel_value constant;
        struct {
            uint32_t index;
            uint32_t
                filter_count; /* FEEL_OP_DYNAMIC: items in which the name is looked for first */
            const uint32_t *filters;
            const struct feel__node *otherwise;
            tb_str name;
        } name;
        struct {
            const struct feel__node *a, *b, *c;
            uint32_t local;
            tb_str name;
        } op;
        struct {
            const struct feel__node *const *items;
            uint32_t count;
        } list;
        struct {
            const struct feel__entry_node *entries;
            uint32_t count;
            const char *fault; /* a duplicate key: the whole is null */
        } context;
        struct {
            const struct feel__iterator *iterators;
            uint32_t count;
            uint32_t partial; /* local */
            const struct feel__node *body;
        } loop;
        struct {
            const struct feel__builtin *builtin;
            const struct feel__node *callee;
            const struct feel__node *const *args;
            const tb_str *names; /* NULL when positional */
            uint32_t count;
        } call;
        struct {
            const struct feel__node *a;
            const struct feel_type *type;
        } instance;
        const struct feel__lambda *lambda;
    } u;
};

struct feel_expr {
    tb_str text;
    const struct feel_scope *scope;
    const struct feel__node *root;
    const tb_str *names;
    size_t name_count;
    const uint32_t *slots; /* which slots it reads */
    size_t slot_count;
    uint32_t local_max;
    uint32_t depth;
    bool is_constant;
};

/* Unary tests: each a node that, run with the input in local 0, says true, false or null. */
struct feel_unary {
    struct feel_expr expr; /* root is the whole test; text, scope and locals */
    bool is_any;
    bool is_negated;
    const struct feel__node *const *tests; /* as written */
    uint32_t count;
};

/* The same value whatever the context: u.constant. */
bool feel__is_constant(const struct feel__node *node);
/* Adds the intervals of one constant of a unary test; 0 when they cannot be said, else how many. */
size_t feel__intervals_of(const struct feel_value *value, struct feel_interval out[2]);

/* ---- evaluation -------------------------------------------------------------------------------------------------- */

struct feel_vm {
    struct tb_arena *arena;
    const struct feel_host *host;
    struct feel_warnings *warnings;
    uint64_t steps, steps_max;
    size_t bytes_max; /* of tb_arena_bytes(arena) */
    uint32_t depth, depth_max;
    const struct feel_value *context; /* for names that are looked up while running */
    const char *limit;                /* the limit that was reached; NULL while all is well */
    bool is_quiet;                    /* no warnings: a trial */
    bool is_asking;                   /* values may be unknown */
    size_t ask_words;
};

struct feel__frame {
    struct feel_vm *vm;
    const struct feel_expr *expr;
    const struct feel_value *slots;
    const struct feel_value *context; /* for names that are looked up while running */
    struct feel_value *locals;
};

static inline void
feel__exec(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret)
{
    node->run(frame, node, ret);
}

static inline void
feel__set_null(struct feel_value *ret)
{
    ret->kind = FEEL_NULL;
}

static inline void
feel__set_boolean(struct feel_value *ret, bool value)
{
    ret->kind = FEEL_BOOLEAN;
    ret->u.boolean = value;
}

static inline void
feel__set_number(struct feel_value *ret, tb_dec value)
{
    ret->kind = FEEL_NUMBER;
    ret->u.number = value;
}

static inline void
feel__set_string(struct feel_value *ret, tb_str value)
{
    ret->kind = FEEL_STRING;
    ret->u.string = value;
}

bool feel__stop(struct feel_vm *vm); /* notes that the limit of steps is reached; false */
/* false when a limit is reached. */
static inline bool
feel__step(struct feel_vm *vm, uint64_t steps)
{
    vm->steps += steps;
    return vm->steps <= vm->steps_max && vm->limit == NULL ? true : feel__stop(vm);
}

/* Room for count values, or NULL when that would pass the limit of bytes. */
struct feel_value *feel__values(struct feel_vm *vm, size_t count);
bool feel__room(struct feel_vm *vm, size_t bytes);
/* ret becomes null; a warning with place when warnings are kept. */
void feel__warn(struct feel__frame *frame, const struct feel__node *node, struct feel_value *ret,
                const char *code, const char *zh, const char *en);
/* The same with two kinds named: "number and string". */
void feel__warn_kinds(struct feel__frame *frame, const struct feel__node *node,
                      struct feel_value *ret, const char *what, const struct feel_value *a,
                      const struct feel_value *b);
void feel__place(tb_str text, uint32_t at, uint32_t *ret_line, uint32_t *ret_column);

/* An operation on values that are there; data is the caller's. */
typedef void feel__apply(struct feel__frame *frame, const struct feel__node *node,
                         const struct feel_value *args, const void *data, struct feel_value *ret);
/* When an argument is unknown: applies the operation to every combination of candidates; true, and *ret set. */
bool feel__lift(struct feel__frame *frame, const struct feel__node *node,
                const struct feel_value *args, size_t count, feel__apply *apply, const void *data,
                struct feel_value *ret);

/* Operators, shared with the built-ins. */
void feel__add(struct feel__frame *frame, const struct feel__node *node, const struct feel_value *a,
               const struct feel_value *b, struct feel_value *ret);
void feel__subtract(struct feel__frame *frame, const struct feel__node *node,
                    const struct feel_value *a, const struct feel_value *b, struct feel_value *ret);
/* 1 equal, 0 not, -1 cannot be compared (kinds differ). null equals only null. */
int feel__equal3(const struct feel_value *a, const struct feel_value *b);
/* Is value in the range: 1, 0, -1 cannot be told. */
int feel__in_range(const struct feel_value *value, const struct feel_range *range);
/* Calls any function value with positional arguments. */
void feel__call(struct feel__frame *frame, const struct feel__node *node,
                const struct feel_value *function, const struct feel_value *args, size_t count,
                struct feel_value *ret);
/* The member of a value of any kind: context entry, property of a temporal value, or of each item of a list. */
void feel__member(struct feel__frame *frame, const struct feel__node *node,
                  const struct feel_value *value, tb_str name, struct feel_value *ret);

extern feel__run feel__run_constant, feel__run_slot, feel__run_local, feel__run_dynamic,
    feel__run_or, feel__run_and, feel__run_compare, feel__run_between, feel__run_in, feel__run_add,
    feel__run_subtract, feel__run_multiply, feel__run_divide, feel__run_power, feel__run_negate,
    feel__run_instance, feel__run_path, feel__run_filter, feel__run_call, feel__run_builtin,
    feel__run_if, feel__run_for, feel__run_some, feel__run_every, feel__run_list, feel__run_context,
    feel__run_lambda, feel__run_range, feel__run_operator_range, feel__run_invalid, feel__run_test,
    feel__run_tests;

/* ---- functions --------------------------------------------------------------------------------------------------- */

struct feel_function {
    const struct feel__builtin *builtin; /* or */
    const struct feel__lambda *lambda;   /* or */
    feel_call_fn *call;                  /* or */
    const struct feel_external *external;
    const void *data;
    const struct feel_member *params;
    size_t param_count;
    const struct feel_type *result;
    /* a lambda's surroundings */
    const struct feel_expr *expr;
    const struct feel_value *slots, *context;
    const struct feel_value *captured;
};

/* One call of a built-in: arguments conform to the row's signature; absent optional ones are null. */
struct feel__builtin_call {
    struct feel__frame *frame;
    const struct feel__node *node;
    const struct feel_value *args;
    size_t count; /* arguments given */
    struct feel_value *ret;
};

/* A built-in function. Overloads are rows of the same name, one after the other.
 * kinds: one letter for each parameter: s string, n number, b boolean, l list (a value becomes a singleton list),
 * c context, f function, r range, t any temporal value, d either duration, a anything; capitals accept null as well.
 * '?' before a letter: optional from here on. '*' at the end: one list, or all arguments as a list. */
struct feel__builtin {
    const char *name;
    const char *params; /* "string,start position,length" */
    const char *kinds;
    void (*fn)(struct feel__builtin_call *call);
    const char *type; /* of the result */
};

extern const struct feel__builtin feel__builtins[];
extern const size_t feel__builtin_count;
/* The longest built-in name that text begins with; NULL when none. */
const struct feel__builtin *feel__builtin_find(tb_str name);
/* Runs the overload that fits. names NULL: positional. */
void feel__builtin_run(struct feel__frame *frame, const struct feel__node *node,
                       const struct feel__builtin *row, const struct feel_value *args,
                       const tb_str *names, size_t count, struct feel_value *ret);
void feel__fail(struct feel__builtin_call *call, const char *code, const char *zh, const char *en);

typedef void feel__builtin_fn(struct feel__builtin_call *call);
extern feel__builtin_fn feel__fn_date, feel__fn_date3, feel__fn_date_time, feel__fn_date_time2,
    feel__fn_date_time7, feel__fn_time, feel__fn_time4, feel__fn_duration, feel__fn_ym_duration,
    feel__fn_now, feel__fn_today, feel__fn_day_of_year, feel__fn_day_of_week,
    feel__fn_month_of_year, feel__fn_week_of_year, feel__fn_number, feel__fn_string, feel__fn_not,
    feel__fn_substring, feel__fn_string_length, feel__fn_upper_case, feel__fn_lower_case,
    feel__fn_substring_before, feel__fn_substring_after, feel__fn_replace, feel__fn_contains,
    feel__fn_starts_with, feel__fn_ends_with, feel__fn_matches, feel__fn_split,
    feel__fn_string_join, feel__fn_list_contains, feel__fn_count, feel__fn_min, feel__fn_max,
    feel__fn_sum, feel__fn_mean, feel__fn_all, feel__fn_any, feel__fn_sublist, feel__fn_append,
    feel__fn_concatenate, feel__fn_insert_before, feel__fn_remove, feel__fn_list_replace,
    feel__fn_reverse, feel__fn_index_of, feel__fn_union, feel__fn_distinct, feel__fn_flatten,
    feel__fn_product, feel__fn_median, feel__fn_stddev, feel__fn_mode, feel__fn_sort,
    feel__fn_decimal, feel__fn_floor, feel__fn_ceiling, feel__fn_round_up, feel__fn_round_down,
    feel__fn_round_half_up, feel__fn_round_half_down, feel__fn_abs, feel__fn_modulo, feel__fn_sqrt,
    feel__fn_log, feel__fn_exp, feel__fn_odd, feel__fn_even, feel__fn_is, feel__fn_get_value,
    feel__fn_get_entries, feel__fn_context, feel__fn_context_put, feel__fn_context_merge,
    feel__fn_range, feel__fn_before, feel__fn_after, feel__fn_meets, feel__fn_met_by,
    feel__fn_overlaps, feel__fn_overlaps_before, feel__fn_overlaps_after, feel__fn_finishes,
    feel__fn_finished_by, feel__fn_includes, feel__fn_during, feel__fn_starts, feel__fn_started_by,
    feel__fn_coincides;

/* Regular expressions of XPath 2.0 as PCRE2 patterns; see feel_regex.c. False: not a regular expression. */
bool feel__regex_translate(struct tb_arena *arena, tb_str pattern, tb_str flags,
                           tb_str *ret_pattern, uint32_t *ret_options, bool *ret_literal);

/* ---- temporal arithmetic ----------------------------------------------------------------------------------------- */

#define FEEL__DAY_SECONDS INT64_C(86400)

/* Seconds since 1970-01-01T00:00:00 of what the moment shows, as if it were UTC. */
int64_t feel__local_seconds(const struct feel_moment *moment);
/* Seconds since the epoch in UTC; a moment without zone counts as UTC. */
int64_t feel__utc_seconds(const struct feel_moment *moment);
/* Offset from UTC of a moment; 0 when it has no zone. */
int32_t feel__offset(const struct feel_moment *moment);
/* Offset of a zone at a local time, or at an instant. */
int32_t feel__zone_offset_local(const struct feel_zone *zone, int64_t local_seconds);
int32_t feel__zone_offset_utc(const struct feel_zone *zone, int64_t utc_seconds);
tb_str feel__zone_name(const struct feel_zone *zone);
/* From seconds of local time. False when the year is out of range. */
bool feel__moment_set(struct feel_moment *moment, int64_t local_seconds, int32_t nano);
bool feel__has_zone(const struct feel_moment *moment);
/* Both have a zone or neither has. */
bool feel__same_zoning(const struct feel_moment *a, const struct feel_moment *b);
bool feel__parse_date(tb_str text, struct feel_moment *ret);
bool feel__parse_time(tb_str text, const struct feel_host *host, struct feel_moment *ret);
bool feel__parse_date_time(tb_str text, const struct feel_host *host, struct feel_moment *ret);
/* "Z", "+05:00", "@Europe/Paris" */
bool feel__parse_zone(tb_str text, const struct feel_host *host, struct feel_moment *ret);
bool feel__parse_duration(tb_str text, struct feel_value *ret);
/* What @"…" means: tries date and time, date, time, duration. */
bool feel__parse_at(tb_str text, const struct feel_host *host, struct feel_value *ret);
struct feel_value feel__days(int64_t seconds, int64_t nano);
void feel__format_moment(struct tb_buf *buf, const struct feel_value *value);
void feel__format_duration(struct tb_buf *buf, const struct feel_value *value);
/* A property ("year", "time offset"); false when the kind has none of that name. */
bool feel__temporal_member(const struct feel_value *value, tb_str name, struct tb_arena *arena,
                           struct feel_value *ret);
/* a + b and so on where one of them is temporal; false when there is no such operation. */
bool feel__temporal_add(const struct feel_value *a, const struct feel_value *b, bool is_minus,
                        struct feel_value *ret);
bool feel__temporal_scale(const struct feel_value *a, const struct feel_value *b, bool is_divide,
                          struct feel_value *ret);
bool feel__identical(const struct feel_value *a, const struct feel_value *b); /* is() */

/* ---- types ------------------------------------------------------------------------------------------------------- */

extern const struct feel_type feel__types[FEEL_KIND_COUNT]; /* of each scalar kind */
const struct feel_type *feel__list_type(struct tb_arena *arena, const struct feel_type *element);
const struct feel_type *feel__type_member(const struct feel_type *type, tb_str name);

#endif
