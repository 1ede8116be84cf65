/* SPDX-License-Identifier: Apache-2.0 */
/* dmn check against 500 seeded defects. A table is made by cutting a box until there are enough rules, and proved sound
 * by trying all its classes; nothing may be found in it. Then one defect of a kind listed in mutations.csv is put in,
 * which must be found, with a witness that this file judges by itself. */
#include "dmn/dmn.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define DEFECTS 500
#define DIMS_MAX 6
#define RULES_MAX 1100
#define KINDS_MAX 32

typedef enum { NUMBER, DAY, LISTED, FLAG } dim_kind;

/* A condition: from border lo to border hi (0 and size: no end there), or a set of values. */
struct cell {
    int lo, hi;
    bool lo_in, hi_in;
    unsigned mask;
    const char *text; /* instead of all that */
};

struct rule {
    struct cell cells[DIMS_MAX];
    int output;
    const char *output_text; /* instead */
    bool has_clause;
};

struct table {
    const char *policy;
    dim_kind kinds[DIMS_MAX];
    int sizes[DIMS_MAX];         /* classes: between borders, or values */
    bool is_below[DIMS_MAX][32]; /* a border belongs to what lies below */
    size_t dim_count, count;
    struct rule rules[RULES_MAX];
    int second; /* the rule that a second table has with another output; -1: there is none */
};

static uint64_t state = 88172645463325252u;
static struct tb_arena *arena;

static unsigned
pick(unsigned n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state % n);
}

static bool
is_line(const struct table *t, size_t d)
{
    return t->kinds[d] <= DAY;
}

/* ---- sound tables ------------------------------------------------------------------------------------------------ */

/* Cuts one rule in two along a dimension; false when it is too small. */
static bool
cut(struct table *t, size_t at, size_t d)
{
    struct cell *cell = &t->rules[at].cells[d];
    struct rule *fresh = &t->rules[t->count];
    if (is_line(t, d)) {
        if (cell->hi - cell->lo < 2)
            return false;
        int border = cell->lo + 1 + (int)pick((unsigned)(cell->hi - cell->lo - 1));
        *fresh = t->rules[at];
        cell->hi = fresh->cells[d].lo = border;
        cell->hi_in = t->is_below[d][border];
        fresh->cells[d].lo_in = !cell->hi_in;
    } else {
        unsigned part = cell->mask & pick(1u << t->sizes[d]);
        if (part == 0 || part == cell->mask)
            return false;
        *fresh = t->rules[at];
        cell->mask &= ~part;
        fresh->cells[d].mask = part;
    }
    t->count++;
    return true;
}

static void
make_table(struct table *t, const char *policy, size_t dims, size_t rules, int size)
{
    *t = (struct table){.policy = policy, .dim_count = dims, .count = 1, .second = -1};
    for (size_t d = 0; d < dims; d++) {
        t->kinds[d] = d == 0 ? NUMBER : d == 1 ? LISTED : (dim_kind)pick(4);
        t->sizes[d] = t->kinds[d] == FLAG ? 2 : is_line(t, d) ? size : 4;
        for (int b = 0; b < 32; b++)
            t->is_below[d][b] = pick(2);
        t->rules[0].cells[d] = (struct cell){.hi = t->sizes[d], .mask = (1u << t->sizes[d]) - 1};
    }
    for (size_t tries = 0; t->count < rules && tries < 60 * rules; tries++)
        cut(t, pick((unsigned)t->count), pick((unsigned)dims));
    for (size_t i = 0; i < t->count; i++) {
        t->rules[i].output = (int)pick(4) * 10;
        t->rules[i].has_clause = true;
    }
    if (strcmp(policy, "FIRST") == 0) { /* some rules give way to one that takes the rest */
        t->count -= 1 + pick(2);
        struct rule *rest = &t->rules[t->count++];
        for (size_t d = 0; d < dims; d++)
            rest->cells[d] = (struct cell){.hi = t->sizes[d], .mask = (1u << t->sizes[d]) - 1};
    }
    if (strcmp(policy, "ANY") == 0) { /* part of a rule stands again, with the same output */
        t->rules[t->count] = t->rules[pick((unsigned)t->count)];
        t->count++;
        size_t last = t->count - 1;
        if (cut(t, last, pick((unsigned)dims)))
            t->count--;
    }
}

/* ---- as DMN ------------------------------------------------------------------------------------------------------ */

static void
put_border(struct tb_buf *buf, dim_kind kind, int border)
{
    if (kind == NUMBER) {
        tb_buf_printf(buf, "%d", border * 10);
    } else {
        tb_str day = tb_date_format(
            arena, tb_date_add_days((tb_date){.year = 2024, .month = 1, .day = 1}, border * 10));
        tb_buf_printf(buf, "@\"" TB_FMT "\"", TB_ARG(day));
    }
}

static void
put_line(struct tb_buf *buf, dim_kind kind, const struct cell *cell, int size)
{
    if (cell->lo == 0 && cell->hi == size) {
        tb_buf_cstr(buf, "-");
    } else if (cell->lo == 0) {
        tb_buf_cstr(buf, cell->hi_in ? "&lt;= " : "&lt; ");
        put_border(buf, kind, cell->hi);
    } else if (cell->hi == size) {
        tb_buf_cstr(buf, cell->lo_in ? "&gt;= " : "&gt; ");
        put_border(buf, kind, cell->lo);
    } else {
        tb_buf_cstr(buf, cell->lo_in ? "[" : "(");
        put_border(buf, kind, cell->lo);
        tb_buf_cstr(buf, "..");
        put_border(buf, kind, cell->hi);
        tb_buf_cstr(buf, cell->hi_in ? "]" : ")");
    }
}

static void
put_cell(struct tb_buf *buf, const struct table *t, size_t d, const struct cell *cell)
{
    bool is_first = true;
    tb_buf_cstr(buf, "<inputEntry><text>");
    if (cell->text != NULL)
        tb_buf_cstr(buf, cell->text);
    else if (is_line(t, d))
        put_line(buf, t->kinds[d], cell, t->sizes[d]);
    else if (cell->mask == (1u << t->sizes[d]) - 1)
        tb_buf_cstr(buf, "-");
    else if (t->kinds[d] == FLAG)
        tb_buf_cstr(buf, cell->mask == 1 ? "true" : "false");
    for (int v = 0; cell->text == NULL && t->kinds[d] == LISTED && v < t->sizes[d]; v++)
        if (cell->mask != (1u << t->sizes[d]) - 1 && (cell->mask >> v & 1)) {
            tb_buf_printf(buf, "%s\"%c\"", is_first ? "" : ", ", 'a' + v);
            is_first = false;
        }
    tb_buf_cstr(buf, "</text></inputEntry>");
}

static void
put_decision(struct tb_buf *buf, const struct table *t, const char *name, int changed)
{
    tb_buf_printf(buf, "<decision name=\"%s\" id=\"%s\"><variable name=\"%s\"/>", name, name, name);
    for (size_t d = 0; d < t->dim_count; d++)
        tb_buf_printf(
            buf, "<informationRequirement><requiredInput href=\"#q%zu\"/></informationRequirement>",
            d);
    bool is_sum = strcmp(t->policy, "COLLECT") == 0;
    tb_buf_printf(buf, "<decisionTable hitPolicy=\"%s\"%s>", t->policy,
                  is_sum ? " aggregation=\"SUM\"" : "");
    for (size_t d = 0; d < t->dim_count; d++)
        tb_buf_printf(buf, "<input><inputExpression><text>q%zu</text></inputExpression></input>",
                      d);
    tb_buf_cstr(buf, "<output name=\"fee\" typeRef=\"number\"><outputValues><text>30,20,10,0</text>"
                     "</outputValues></output><annotation name=\"clause\"/>");
    for (size_t i = 0; i < t->count; i++) {
        const struct rule *rule = &t->rules[i];
        tb_buf_printf(buf, "<rule id=\"r%zu\">", i + 1);
        for (size_t d = 0; d < t->dim_count; d++)
            put_cell(buf, t, d, &rule->cells[d]);
        if (rule->output_text != NULL)
            tb_buf_printf(buf, "<outputEntry><text>%s</text></outputEntry>", rule->output_text);
        else
            tb_buf_printf(buf, "<outputEntry><text>%d</text></outputEntry>",
                          (int)i == changed ? (rule->output + 10) % 40 : rule->output);
        tb_buf_printf(buf, "<annotationEntry><text>%s</text></annotationEntry></rule>",
                      rule->has_clause ? "law#1" : "");
    }
    tb_buf_cstr(buf, "</decisionTable></decision>");
}

static struct dmn_model *
compile(const struct table *t)
{
    static const char *const types[] = {"number", "date", "tListed", "boolean"};
    struct tb_buf buf = {.arena = arena};
    struct tb_faults faults = {.arena = arena};
    struct dmn_model *model = NULL;
    tb_buf_cstr(&buf,
                "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" "
                "name=\"m\" namespace=\"urn:m\"><itemDefinition name=\"tListed\"><typeRef>string"
                "</typeRef><allowedValues><text>\"a\",\"b\",\"c\",\"d\"</text></allowedValues>"
                "</itemDefinition>");
    for (size_t d = 0; d < t->dim_count; d++)
        tb_buf_printf(&buf,
                      "<inputData name=\"q%zu\" id=\"q%zu\"><variable name=\"q%zu\" "
                      "typeRef=\"%s\"/></inputData>",
                      d, d, d, types[t->kinds[d]]);
    put_decision(&buf, t, "Fee", -1);
    if (t->second >= 0)
        put_decision(&buf, t, "Second", t->second);
    tb_buf_cstr(&buf, "</definitions>");
    struct dmn_source source = {.file = TB_STR("fee.dmn"), .xml = tb_buf_done(&buf)};
    if (dmn_compile(&source, &faults, &model, NULL) != TB_OK)
        fail_msg("%.*s", TB_ARG(faults.items[0].en));
    return model;
}

/* ---- judged here, not by the engine ------------------------------------------------------------------------------ */

/* Where a value lies: on a line its distance, else the number of the value. */
static double
position(const struct table *t, size_t d, const struct feel_value *value)
{
    switch (t->kinds[d]) {
    case NUMBER:
        return tb_dec_to_double(value->u.number);
    case DAY:
        return (double)(tb_date_to_days(value->u.moment.date) -
                        tb_date_to_days((tb_date){.year = 2024, .month = 1, .day = 1}));
    case LISTED:
        return value->u.string.ptr[0] - 'a';
    default:
        return value->u.boolean ? 0 : 1;
    }
}

static bool
cell_holds(const struct table *t, size_t d, const struct cell *cell, double x)
{
    if (cell->text != NULL)
        return false;
    if (!is_line(t, d))
        return cell->mask >> (int)x & 1;
    bool above = cell->lo == 0 || x > cell->lo * 10 || (x >= cell->lo * 10 && cell->lo_in);
    bool below =
        cell->hi == t->sizes[d] || x < cell->hi * 10 || (x <= cell->hi * 10 && cell->hi_in);
    return above && below;
}

static bool
rule_holds(const struct table *t, size_t rule, const double *x)
{
    for (size_t d = 0; d < t->dim_count; d++)
        if (!cell_holds(t, d, &t->rules[rule].cells[d], x[d]))
            return false;
    return true;
}

/* The rule that decides at a point; -1 when it is not just one, or not sound there. */
static int
decider(const struct table *t, const double *x)
{
    int found = -1;
    for (size_t i = 0; i < t->count; i++) {
        if (!rule_holds(t, i, x))
            continue;
        if (strcmp(t->policy, "FIRST") == 0)
            return (int)i;
        if (found < 0)
            found = (int)i;
        else if (strcmp(t->policy, "UNIQUE") == 0 ||
                 (strcmp(t->policy, "ANY") == 0 && t->rules[i].output != t->rules[found].output))
            return -1;
        else if (strcmp(t->policy, "PRIORITY") == 0 && t->rules[i].output > t->rules[found].output)
            found = (int)i;
    }
    return found;
}

/* All classes: every border, and a point between each two. */
static bool
next_point(const struct table *t, int *steps, double *x)
{
    size_t d = 0;
    for (; d < t->dim_count; d++) {
        int most = is_line(t, d) ? 2 * t->sizes[d] + 1 : t->sizes[d];
        if (++steps[d] < most)
            break;
        steps[d] = 0;
    }
    for (size_t i = 0; i < t->dim_count; i++)
        x[i] = is_line(t, i) ? steps[i] * 5 - 5 : steps[i];
    return d < t->dim_count;
}

/* Every class is decided by one rule, and every rule decides somewhere; counts the classes. */
static bool
is_sound(const struct table *t, size_t *classes, int never)
{
    int steps[DIMS_MAX] = {0};
    double x[DIMS_MAX];
    bool decides[RULES_MAX] = {false}, is_whole = true;
    for (size_t d = 0; d < t->dim_count; d++)
        x[d] = is_line(t, d) ? -5 : 0;
    do {
        int rule = decider(t, x);
        *classes += 1;
        is_whole &= rule >= 0;
        if (rule >= 0)
            decides[rule] = true;
    } while (next_point(t, steps, x));
    if (never >= 0)
        return !decides[never];
    for (size_t i = 0; i < t->count; i++)
        is_whole &= decides[i] || strcmp(t->policy, "ANY") == 0;
    return is_whole;
}

static bool
read_witness(const struct table *t, const struct dmn_finding *finding, double *x)
{
    for (size_t d = 0; d < t->dim_count; d++) {
        tb_str name = tb_printf(arena, "q%zu", d);
        const struct feel_value *value = feel_get(&finding->witness, name);
        static const feel_kind kinds[] = {FEEL_NUMBER, FEEL_DATE, FEEL_STRING, FEEL_BOOLEAN};
        if (value == NULL || value->kind != kinds[t->kinds[d]])
            return false;
        x[d] = position(t, d, value);
    }
    return true;
}

/* Does the finding say what is so? */
static bool
is_right(const struct table *t, const struct dmn_finding *finding)
{
    double x[DIMS_MAX];
    tb_str code = tb_str_of(finding->code);
    size_t first = finding->rule_count > 0 ? finding->rules[0] - 1 : 0;
    size_t other = finding->rule_count > 1 ? finding->rules[1] - 1 : 0;
    size_t ignored = 0;
    if (tb_str_is(code, "never_hits"))
        return is_sound(t, &ignored, (int)first);
    if (!finding->has_witness)
        return true;
    if (!read_witness(t, finding, x))
        return false;
    if (tb_str_is(code, "gap") || tb_str_is(code, "border_gap")) {
        for (size_t i = 0; i < t->count; i++)
            if (rule_holds(t, i, x))
                return false;
        return true;
    }
    if (tb_str_is(code, "between_tables"))
        return rule_holds(t, first, x) && (int)first == t->second;
    if (tb_str_is(code, "contradiction") && t->rules[first].output == t->rules[other].output)
        return false;
    return rule_holds(t, first, x) && rule_holds(t, other, x);
}

/* ---- defects ----------------------------------------------------------------------------------------------------- */

/* A rule and a dimension whose cell fits; false when none does. */
static bool
find_cell(const struct table *t, bool wants_line, bool wants_low, size_t *rule, size_t *dim)
{
    for (int tries = 0; tries < 400; tries++) {
        *rule = pick((unsigned)t->count);
        *dim = pick((unsigned)t->dim_count);
        const struct cell *cell = &t->rules[*rule].cells[*dim];
        if (is_line(t, *dim) != wants_line)
            continue;
        if (wants_line ? (wants_low ? cell->lo > 0 : cell->hi < t->sizes[*dim])
                       : t->kinds[*dim] == LISTED && cell->mask != 15)
            return true;
    }
    return false;
}

static bool
change_border(struct table *t, const char *kind)
{
    size_t rule, d;
    bool is_low = pick(2);
    if (!find_cell(t, true, is_low, &rule, &d))
        return false;
    struct cell *cell = &t->rules[rule].cells[d];
    bool *is_in = is_low ? &cell->lo_in : &cell->hi_in;
    int *end = is_low ? &cell->lo : &cell->hi, out = is_low ? -1 : 1;
    if (strcmp(kind, "close_border") == 0 || strcmp(kind, "open_border") == 0) {
        bool closes = kind[0] == 'c';
        /* A cell of one point, or of none, is another defect. */
        if (*is_in == closes || cell->hi - cell->lo < 1)
            return false;
        *is_in = closes;
        return true;
    }
    if (strcmp(kind, "border_outward") == 0) {
        *end += out;
        if (*end == 0 || *end == t->sizes[d])
            *is_in = false;
        return true;
    }
    if (cell->hi - cell->lo < 2)
        return false;
    *end -= out;
    return true;
}

static bool
change_values(struct table *t, const char *kind)
{
    size_t rule, d;
    if (!find_cell(t, false, false, &rule, &d))
        return false;
    struct cell *cell = &t->rules[rule].cells[d];
    unsigned bit = 1u << pick(4);
    if (strcmp(kind, "misspelt_value") == 0) {
        cell->text = "\"A\"";
        return true;
    }
    bool drops = strcmp(kind, "drop_value") == 0;
    if (((cell->mask & bit) != 0) != drops || cell->mask == bit)
        return false;
    cell->mask ^= bit;
    return true;
}

static bool
change_rules(struct table *t, const char *kind, size_t *which)
{
    size_t rule = pick((unsigned)t->count), d = pick((unsigned)t->dim_count);
    *which = rule;
    if (strcmp(kind, "drop_rule") == 0) {
        memmove(&t->rules[rule], &t->rules[rule + 1], (t->count - rule - 1) * sizeof(struct rule));
        t->count--;
    } else if (strcmp(kind, "wildcard") == 0) {
        struct cell *cell = &t->rules[rule].cells[d];
        bool is_any = is_line(t, d) ? cell->lo == 0 && cell->hi == t->sizes[d]
                                    : cell->mask == (1u << t->sizes[d]) - 1;
        if (is_any)
            return false;
        *cell = (struct cell){.hi = t->sizes[d], .mask = (1u << t->sizes[d]) - 1};
    } else if (strcmp(kind, "copy_rule") == 0 || strcmp(kind, "repeat") == 0) {
        t->rules[t->count] = t->rules[rule];
        t->rules[t->count].output = (t->rules[rule].output + (kind[0] == 'c' ? 10 : 0)) % 40;
        *which = t->count++;
    } else if (strcmp(kind, "drop_otherwise") == 0) {
        t->count--;
    } else if (strcmp(kind, "shadow") == 0) {
        rule = pick((unsigned)t->count - 1);
        struct rule rest = t->rules[t->count - 1];
        memmove(&t->rules[rule + 1], &t->rules[rule], (t->count - rule - 1) * sizeof(struct rule));
        t->rules[rule] = rest;
        *which = rule + 1;
    } else if (strcmp(kind, "outrank") == 0) {
        if (t->rules[rule].output == 30)
            return false;
        t->rules[t->count] = t->rules[rule];
        t->rules[t->count++].output = 30;
    } else if (strcmp(kind, "contradict") == 0) {
        t->rules[t->count - 1].output = (t->rules[t->count - 1].output + 10) % 40;
    } else {
        t->second = (int)rule;
    }
    return true;
}

static bool
change_cell(struct table *t, const char *kind, size_t *which)
{
    size_t rule, d;
    if (strcmp(kind, "turn_interval") == 0) {
        if (!find_cell(t, true, true, &rule, &d) || t->rules[rule].cells[d].hi == t->sizes[d])
            return false;
        struct cell *cell = &t->rules[rule].cells[d];
        int lo = cell->lo;
        cell->lo = cell->hi;
        cell->hi = lo;
    } else if (strcmp(kind, "cell_type") == 0) {
        if (!find_cell(t, true, true, &rule, &d) || t->kinds[d] != NUMBER)
            return false;
        t->rules[rule].cells[d].text = "\"ten\"";
    } else {
        rule = pick((unsigned)t->count);
        if (strcmp(kind, "output_type") == 0)
            t->rules[rule].output_text = "\"ten\"";
        else if (strcmp(kind, "output_value") == 0)
            t->rules[rule].output_text = "25";
        else
            t->rules[rule].has_clause = false;
    }
    *which = rule;
    return true;
}

/* Puts one defect in; which rule has it, where that can be said. */
static bool
mutate(struct table *t, const char *kind, size_t *which)
{
    static const char *const borders[] = {"close_border", "open_border", "border_outward",
                                          "border_inward"};
    static const char *const values[] = {"drop_value", "add_value", "misspelt_value"};
    static const char *const cells[] = {"turn_interval", "cell_type", "output_type", "output_value",
                                        "no_clause"};
    *which = RULES_MAX;
    for (size_t i = 0; i < TB_COUNT(borders); i++)
        if (strcmp(kind, borders[i]) == 0)
            return change_border(t, kind);
    for (size_t i = 0; i < TB_COUNT(values); i++)
        if (strcmp(kind, values[i]) == 0)
            return change_values(t, kind);
    for (size_t i = 0; i < TB_COUNT(cells); i++)
        if (strcmp(kind, cells[i]) == 0)
            return change_cell(t, kind, which);
    return change_rules(t, kind, which);
}

/* ---- the test ---------------------------------------------------------------------------------------------------- */

struct mutation {
    char kind[32], policy[16], expected[32];
    size_t made, found;
};

static size_t
read_mutations(struct mutation *mutations)
{
    char path[512], line[512];
    size_t count = 0;
    snprintf(path, sizeof path, "%s/tests/dmn/mutations.csv", getenv("TB_SOURCE"));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file)); /* the heading */
    while (count < KINDS_MAX && fgets(line, sizeof line, file) != NULL) {
        struct mutation *one = &mutations[count++];
        *one = (struct mutation){0};
        assert_int_equal(
            sscanf(line, "%31[^,],%15[^,],%*[^,],%31[^\n]", one->kind, one->policy, one->expected),
            3);
    }
    fclose(file);
    return count;
}

/* The findings point into the model, which stays until the next call. */
static struct dmn_findings
check(const struct table *t)
{
    static struct dmn_model *model;
    struct dmn_findings findings = {.arena = arena};
    dmn_model_unref(model);
    model = compile(t);
    const struct dmn_model *models[] = {model};
    assert_int_equal(dmn_check(models, 1, &findings, NULL), TB_OK);
    return findings;
}

/* Is the defect among the findings, with a witness that is right? Counts those that are wrong. */
static bool
is_found(const struct table *t, const struct mutation *mutation, size_t which, size_t *wrong)
{
    struct dmn_findings findings = check(t);
    bool found = false;
    for (size_t i = 0; i < findings.count; i++) {
        const struct dmn_finding *finding = &findings.items[i];
        if (finding->level != DMN_ERROR)
            continue;
        bool fits = strcmp(finding->code, mutation->expected) == 0;
        bool needs_rule = which < RULES_MAX && finding->rule_count > 0 && !finding->has_witness;
        if (!is_right(t, finding))
            *wrong += 1;
        else if (fits && (!needs_rule || finding->rules[0] == which + 1))
            found = true;
    }
    return found;
}

static void
seeded_defects_are_found(void **unused)
{
    static struct table sound, t;
    struct mutation mutations[KINDS_MAX];
    size_t kinds = read_mutations(mutations), made = 0, found = 0, wrong = 0, classes = 0, which;
    size_t alarms = 0, sound_count = 0;
    (void)unused;
    assert_true(kinds >= 12);
    for (size_t tries = 0; made < DEFECTS && tries < 20 * DEFECTS; tries++) {
        struct mutation *mutation = &mutations[tries % kinds];
        arena = tb_arena_new(0);
        make_table(&sound, mutation->policy, 2 + pick(3), 5 + pick(12), 5);
        assert_true(is_sound(&sound, &classes, -1));
        sound_count++;
        alarms += check(&sound).defect_count > 0;
        t = sound;
        if (mutate(&t, mutation->kind, &which)) {
            bool is = is_found(&t, mutation, which, &wrong);
            made++;
            mutation->made++;
            mutation->found += is;
            found += is;
        }
        tb_arena_free(arena);
    }
    for (size_t i = 0; i < kinds; i++)
        print_message("%-16s %-9s %3zu of %3zu\n", mutations[i].kind, mutations[i].policy,
                      mutations[i].found, mutations[i].made);
    print_message("%zu of %zu defects found, %zu wrong witnesses; %zu sound tables of %zu classes, "
                  "%zu alarms\n",
                  found, made, wrong, sound_count, classes, alarms);
    assert_int_equal(made, DEFECTS);
    assert_true(found * 100 >= made * 98);
    assert_int_equal(wrong, 0);
    assert_int_equal(alarms, 0);
}

static void
large_tables_take_seconds(void **unused)
{
    static struct table t;
    struct timespec from, to;
    (void)unused;
    arena = tb_arena_new(0);
    make_table(&t, "UNIQUE", 6, 1000, 30);
    struct dmn_model *model = compile(&t);
    const struct dmn_model *models[] = {model};
    for (int changed = 0; changed < 2; changed++) {
        struct dmn_findings findings = {.arena = arena};
        clock_gettime(CLOCK_MONOTONIC, &from);
        assert_int_equal(dmn_check(models, 1, &findings, NULL), TB_OK);
        clock_gettime(CLOCK_MONOTONIC, &to);
        double seconds =
            (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
        print_message("%zu rules x 6 columns, %s: %.2f s, %zu findings\n", t.count,
                      changed ? "one rule out" : "sound", seconds, findings.defect_count);
        assert_true(changed ? findings.defect_count > 0 : findings.defect_count == 0);
        assert_true(seconds < 20);
        dmn_model_unref(model);
        t.rules[500] = t.rules[--t.count];
        models[0] = model = compile(&t);
    }
    dmn_model_unref(model);
    tb_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seeded_defects_are_found),
        cmocka_unit_test(large_tables_take_seconds),
    };
    return cmocka_run_group_tests_name("dmn_check", tests, NULL, NULL);
}
