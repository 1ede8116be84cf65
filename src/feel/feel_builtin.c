/* SPDX-License-Identifier: Apache-2.0 */
/* feel_builtin.c - the table of built-in functions (clause 10.3.4) and how a call finds its row.
 *
 * The rows say which arguments a function takes; conversions at its boundary (a list of one for its item, an item for
 * a list) and null arguments are dealt with here, so that the functions themselves see only what they declared. */
#include "feel/feel_internal.h"
#include <string.h>

#define PARAMS_MAX 8

/* clang-format off */
const struct feel__builtin feel__builtins[] = {
    /* name                        parameters                          kinds     function                     result */
    {"date",                       "from",                             "a",      feel__fn_date,               "date"},
    {"date",                       "year,month,day",                   "nnn",    feel__fn_date3,              "date"},
    {"date and time",              "from",                             "a",      feel__fn_date_time,          "date and time"},
    {"date and time",              "date,time",                        "tt",     feel__fn_date_time2,         "date and time"},
    {"date and time",              "year,month,day,hour,minute,second,offset", "nnnnnn?D", feel__fn_date_time7, "date and time"},
    {"date and time",              "year,month,day,hour,minute,second,timezone", "nnnnnn?S", feel__fn_date_time7, "date and time"},
    {"time",                       "from",                             "a",      feel__fn_time,               "time"},
    {"time",                       "hour,minute,second,offset",        "nnn?D",  feel__fn_time4,              "time"},
    {"duration",                   "from",                             "a",      feel__fn_duration,           "Any"},
    {"years and months duration",  "from,to",                          "tt",     feel__fn_ym_duration,        "years and months duration"},
    {"now",                        "",                                 "!",      feel__fn_now,                "date and time"},
    {"today",                      "",                                 "!",      feel__fn_today,              "date"},
    {"day of year",                "date",                             "t",      feel__fn_day_of_year,        "number"},
    {"day of week",                "date",                             "t",      feel__fn_day_of_week,        "string"},
    {"month of year",              "date",                             "t",      feel__fn_month_of_year,      "string"},
    {"week of year",               "date",                             "t",      feel__fn_week_of_year,       "number"},
    {"number",                     "from,grouping separator,decimal separator", "sSS", feel__fn_number,       "number"},
    {"string",                     "from",                             "a",      feel__fn_string,             "string"},
    {"not",                        "negand",                           "A",      feel__fn_not,                "boolean"},
    {"substring",                  "string,start position,length",     "sn?n",   feel__fn_substring,          "string"},
    {"string length",              "string",                           "s",      feel__fn_string_length,      "number"},
    {"upper case",                 "string",                           "s",      feel__fn_upper_case,         "string"},
    {"lower case",                 "string",                           "s",      feel__fn_lower_case,         "string"},
    {"substring before",           "string,match",                     "ss",     feel__fn_substring_before,   "string"},
    {"substring after",            "string,match",                     "ss",     feel__fn_substring_after,    "string"},
    {"replace",                    "input,pattern,replacement,flags",  "sss?S",  feel__fn_replace,            "string"},
    {"contains",                   "string,match",                     "ss",     feel__fn_contains,           "boolean"},
    {"starts with",                "string,match",                     "ss",     feel__fn_starts_with,        "boolean"},
    {"ends with",                  "string,match",                     "ss",     feel__fn_ends_with,          "boolean"},
    {"matches",                    "input,pattern,flags",              "ss?S",   feel__fn_matches,            "boolean"},
    {"split",                      "string,delimiter",                 "ss",     feel__fn_split,              "list"},
    {"string join",                "list,delimiter",                   "l?S",    feel__fn_string_join,        "string"},
    {"list contains",              "list,element",                     "lA",     feel__fn_list_contains,      "boolean"},
    {"count",                      "list",                             "l",      feel__fn_count,              "number"},
    {"min",                        "list",                             "*",      feel__fn_min,                "Any"},
    {"max",                        "list",                             "*",      feel__fn_max,                "Any"},
    {"sum",                        "list",                             "*",      feel__fn_sum,                "number"},
    {"mean",                       "list",                             "*",      feel__fn_mean,               "number"},
    {"all",                        "list",                             "*",      feel__fn_all,                "boolean"},
    {"any",                        "list",                             "*",      feel__fn_any,                "boolean"},
    {"sublist",                    "list,start position,length",       "ln?n",   feel__fn_sublist,            "="},
    {"append",                     "list,item",                        "l+",     feel__fn_append,             "list"},
    {"concatenate",                "list",                             "+",      feel__fn_concatenate,        "list"},
    {"insert before",              "list,position,newItem",            "lnA",    feel__fn_insert_before,      "list"},
    {"remove",                     "list,position",                    "ln",     feel__fn_remove,             "="},
    {"list replace",               "list,position,newItem",            "lnA",    feel__fn_list_replace,       "list"},
    {"list replace",               "list,match,newItem",               "lfA",    feel__fn_list_replace,       "list"},
    {"reverse",                    "list",                             "l",      feel__fn_reverse,            "="},
    {"index of",                   "list,match",                       "lA",     feel__fn_index_of,           "list"},
    {"union",                      "list",                             "+",      feel__fn_union,              "list"},
    {"distinct values",            "list",                             "l",      feel__fn_distinct,           "="},
    {"flatten",                    "list",                             "l",      feel__fn_flatten,            "list"},
    {"product",                    "list",                             "*",      feel__fn_product,            "number"},
    {"median",                     "list",                             "*",      feel__fn_median,             "number"},
    {"stddev",                     "list",                             "*",      feel__fn_stddev,             "number"},
    {"mode",                       "list",                             "*",      feel__fn_mode,               "list"},
    {"sort",                       "list,precedes",                    "lf",     feel__fn_sort,               "="},
    {"decimal",                    "n,scale",                          "nn",     feel__fn_decimal,            "number"},
    {"floor",                      "n,scale",                          "n?n",    feel__fn_floor,              "number"},
    {"ceiling",                    "n,scale",                          "n?n",    feel__fn_ceiling,            "number"},
    {"round up",                   "n,scale",                          "nn",     feel__fn_round_up,           "number"},
    {"round down",                 "n,scale",                          "nn",     feel__fn_round_down,         "number"},
    {"round half up",              "n,scale",                          "nn",     feel__fn_round_half_up,      "number"},
    {"round half down",            "n,scale",                          "nn",     feel__fn_round_half_down,    "number"},
    {"abs",                        "n",                                "a",      feel__fn_abs,                "="},
    {"modulo",                     "dividend,divisor",                 "nn",     feel__fn_modulo,             "number"},
    {"sqrt",                       "number",                           "n",      feel__fn_sqrt,               "number"},
    {"log",                        "number",                           "n",      feel__fn_log,                "number"},
    {"exp",                        "number",                           "n",      feel__fn_exp,                "number"},
    {"odd",                        "number",                           "n",      feel__fn_odd,                "boolean"},
    {"even",                       "number",                           "n",      feel__fn_even,               "boolean"},
    {"is",                         "value1,value2",                    "AA",     feel__fn_is,                 "boolean"},
    {"get value",                  "m,key",                            "cs",     feel__fn_get_value,          "Any"},
    {"get value",                  "m,keys",                           "cl",     feel__fn_get_value,          "Any"},
    {"get entries",                "m",                                "c",      feel__fn_get_entries,        "list"},
    {"context",                    "entries",                          "l",      feel__fn_context,            "context"},
    {"context put",                "context,key,value",                "csA",    feel__fn_context_put,        "context"},
    {"context put",                "context,keys,value",               "clA",    feel__fn_context_put,        "context"},
    {"context merge",              "contexts",                         "l",      feel__fn_context_merge,      "context"},
    {"range",                      "from",                             "s",      feel__fn_range,              "range"},
    {"before",                     "point1,point2",                    "aa",     feel__fn_before,             "boolean"},
    {"before",                     "point,range",                      "aa",     feel__fn_before,             "boolean"},
    {"before",                     "range,point",                      "aa",     feel__fn_before,             "boolean"},
    {"before",                     "range1,range2",                    "aa",     feel__fn_before,             "boolean"},
    {"after",                      "point1,point2",                    "aa",     feel__fn_after,              "boolean"},
    {"after",                      "point,range",                      "aa",     feel__fn_after,              "boolean"},
    {"after",                      "range,point",                      "aa",     feel__fn_after,              "boolean"},
    {"after",                      "range1,range2",                    "aa",     feel__fn_after,              "boolean"},
    {"meets",                      "range1,range2",                    "rr",     feel__fn_meets,              "boolean"},
    {"met by",                     "range1,range2",                    "rr",     feel__fn_met_by,             "boolean"},
    {"overlaps",                   "range1,range2",                    "rr",     feel__fn_overlaps,           "boolean"},
    {"overlaps before",            "range1,range2",                    "rr",     feel__fn_overlaps_before,    "boolean"},
    {"overlaps after",             "range1,range2",                    "rr",     feel__fn_overlaps_after,     "boolean"},
    {"finishes",                   "point,range",                      "ar",     feel__fn_finishes,           "boolean"},
    {"finishes",                   "range1,range2",                    "ar",     feel__fn_finishes,           "boolean"},
    {"finished by",                "range,point",                      "ra",     feel__fn_finished_by,        "boolean"},
    {"finished by",                "range1,range2",                    "ra",     feel__fn_finished_by,        "boolean"},
    {"includes",                   "range,point",                      "ra",     feel__fn_includes,           "boolean"},
    {"includes",                   "range1,range2",                    "ra",     feel__fn_includes,           "boolean"},
    {"during",                     "point,range",                      "ar",     feel__fn_during,             "boolean"},
    {"during",                     "range1,range2",                    "ar",     feel__fn_during,             "boolean"},
    {"starts",                     "point,range",                      "ar",     feel__fn_starts,             "boolean"},
    {"starts",                     "range1,range2",                    "ar",     feel__fn_starts,             "boolean"},
    {"started by",                 "range,point",                      "ra",     feel__fn_started_by,         "boolean"},
    {"started by",                 "range1,range2",                    "ra",     feel__fn_started_by,         "boolean"},
    {"coincides",                  "point1,point2",                    "aa",     feel__fn_coincides,          "boolean"},
    {"coincides",                  "range1,range2",                    "aa",     feel__fn_coincides,          "boolean"},
};
/* clang-format on */
const size_t feel__builtin_count = TB_COUNT(feel__builtins);

const struct feel__builtin *
feel__builtin_find(tb_str name)
{
    for (size_t i = 0; i < feel__builtin_count; i++)
        if (tb_str_is(name, feel__builtins[i].name))
            return &feel__builtins[i];
    return NULL;
}

void
feel__fail(struct feel__builtin_call *call, const char *code, const char *zh, const char *en)
{
    feel__warn(call->frame, call->node, call->ret, code, zh, en);
}

/* ---- fitting arguments to a row ---------------------------------------------------------------------------------- */

static bool
kind_fits(char letter, feel_kind kind)
{
    switch (letter) {
    case 's':
        return kind == FEEL_STRING;
    case 'n':
        return kind == FEEL_NUMBER;
    case 'b':
        return kind == FEEL_BOOLEAN;
    case 'c':
        return kind == FEEL_CONTEXT;
    case 'f':
        return kind == FEEL_FUNCTION;
    case 'r':
        return kind == FEEL_RANGE;
    case 't':
        return kind == FEEL_DATE || kind == FEEL_TIME || kind == FEEL_DATE_TIME;
    case 'd':
        return kind == FEEL_DAYS || kind == FEEL_MONTHS;
    case 'l':
        return kind == FEEL_LIST;
    default:
        return kind != FEEL_NULL;
    }
}

/* Brings one argument into shape; false when it does not fit. */
static bool
fit(struct feel_vm *vm, char letter, const struct feel_value *arg, struct feel_value *out)
{
    bool takes_null = letter >= 'A' && letter <= 'Z';
    letter |= 32;
    *out = *arg;
    if (arg->kind == FEEL_NULL)
        return takes_null;
    if (kind_fits(letter, arg->kind))
        return true;
    if (letter == 'l') {
        struct feel_value *item = TB_NEW(vm->arena, struct feel_value);
        *item = *arg;
        *out = feel_list_of(item, 1);
        return true;
    }
    if (arg->kind == FEEL_LIST && arg->u.list.count == 1 &&
        kind_fits(letter, arg->u.list.items[0].kind)) {
        *out = arg->u.list.items[0];
        return true;
    }
    return false;
}

/* All arguments from `from` on as one list. '*': a single list stands for its items. */
static bool
gather(struct feel_vm *vm, const struct feel_value *args, size_t count, bool unwraps,
       struct feel_value *out)
{
    if (count == 0)
        return false;
    if (unwraps && count == 1 && args[0].kind == FEEL_LIST) {
        *out = args[0];
        return true;
    }
    if (unwraps && count == 1 && args[0].kind == FEEL_NULL)
        return false;
    struct feel_value *items = feel__values(vm, count);
    if (items == NULL)
        return false;
    memcpy(items, args, count * sizeof(struct feel_value));
    *out = feel_list_of(items, count);
    return true;
}

/* Which parameter has this name; -1 when none. */
static int
param_index(const char *params, tb_str name)
{
    tb_str rest = tb_str_of(params), head;
    for (int i = 0; tb_str_cut(&rest, ',', &head); i++)
        if (tb_str_eq(head, name))
            return i;
    return -1;
}

static bool
order_by_name(const struct feel__builtin *row, const struct feel_value *args, const tb_str *names,
              size_t count, struct feel_value *ordered, uint32_t *ret_given)
{
    *ret_given = 0;
    for (size_t i = 0; i < PARAMS_MAX; i++)
        ordered[i] = feel_null();
    for (size_t i = 0; i < count; i++) {
        int at = param_index(row->params, names[i]);
        if (at < 0 || at >= PARAMS_MAX || (*ret_given >> at & 1))
            return false;
        ordered[at] = args[i];
        *ret_given |= 1u << at;
    }
    return true;
}

/* Fills out[] by the row's letters; *ret_count is how many were given. False when the row does not take them. */
static bool
arrange(struct feel_vm *vm, const struct feel__builtin *row, const struct feel_value *args,
        uint32_t given, size_t count, struct feel_value *out, size_t *ret_count)
{
    const char *kinds = row->kinds + (row->kinds[0] == '!');
    bool is_optional = false;
    size_t n = 0, used = 0;
    for (; *kinds != '\0'; kinds++) {
        if (*kinds == '?') {
            is_optional = true;
            continue;
        }
        if (*kinds == '*' || *kinds == '+') {
            bool is_list = given != 0 && args[n].kind == FEEL_LIST; /* by name: the list itself */
            if (is_list)
                out[n] = args[n];
            else if (!gather(vm, args + n, count > n ? count - n : 0, *kinds == '*', &out[n]))
                return false;
            *ret_count = n + 1;
            return true;
        }
        bool has = given != 0 ? (given >> n & 1) : n < count;
        if (has && !fit(vm, *kinds, &args[n], &out[n]))
            return false;
        if (!has && !is_optional && (given == 0 || *kinds < 'A' || *kinds > 'Z'))
            return false;
        if (!has)
            out[n] = feel_null();
        used += has;
        n++;
    }
    *ret_count = used;
    return used == count;
}

/* Are the names written in the row's order? before(point, range) and before(range, point) differ in nothing else. */
static bool
is_in_order(const struct feel__builtin *row, const tb_str *names, size_t count)
{
    tb_str rest = tb_str_of(row->params), head;
    for (size_t i = 0; i < count; i++)
        if (!tb_str_cut(&rest, ',', &head) || !tb_str_eq(head, names[i]))
            return false;
    return true;
}

/* The row to begin with: the one in whose order the names are written, else the first. */
static const struct feel__builtin *
row_for(const struct feel__builtin *row, const tb_str *names, size_t count)
{
    const struct feel__builtin *end = feel__builtins + feel__builtin_count;
    for (const struct feel__builtin *at = row; at < end && strcmp(at->name, row->name) == 0; at++)
        if (is_in_order(at, names, count))
            return at;
    return row;
}

void
feel__builtin_run(struct feel__frame *frame, const struct feel__node *node,
                  const struct feel__builtin *row, const struct feel_value *args,
                  const tb_str *names, size_t count, struct feel_value *ret)
{
    struct feel_value ordered[PARAMS_MAX], fitted[PARAMS_MAX], value;
    const struct feel__builtin *end = feel__builtins + feel__builtin_count;
    const char *name = row->name;
    bool is_arity = true;
    feel__step(frame->vm, 1);
    if (names != NULL)
        row = row_for(row, names, count);
    for (; row < end && strcmp(row->name, name) == 0; row++) {
        size_t used;
        uint32_t given = 0;
        const struct feel_value *source = args;
        if (names != NULL) {
            if (!order_by_name(row, args, names, count, ordered, &given))
                continue;
            source = ordered;
        }
        if (arrange(frame->vm, row, source, given, count, fitted, &used)) {
            struct feel__builtin_call call = {frame, node, fitted, used, &value};
            feel__set_null(&value);
            row->fn(&call);
            *ret = value;
            return;
        }
    }
    for (size_t i = 0; i < count; i++)
        is_arity &= args[i].kind != FEEL_NULL;
    feel__warn(frame, node, ret, is_arity ? "wrong_argument" : "null_operand",
               "参数的个数、名称或类型不对", "the function does not take these arguments");
}
