/* SPDX-License-Identifier: Apache-2.0 */
/* What an evaluation costs beside @gorules/zen-engine, on one core, in one run.
 *
 * `dmn make FOLDER` writes the same rules as DMN and in the peer's own format, and 10,000 distinct inputs in random
 * order: for the tables a rule is drawn evenly and then a point of its box, a tenth hits nothing. `dmn run FOLDER`
 * measures this engine, reads what the peer gave (bench/peers/zen.js, written between the two), compares every output
 * and prints the ratios. Column (a) is JSON bytes in and JSON bytes out; column (b) has inputs that are typed already.
 * Ceilings: a plain C `if`, and a plain C scan over an array of rules. */
#include "dmn/dmn.h"
#include "../bench.h"
#include "base/base.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define INPUTS 10000
#define SEEN 32768
#define RULES_MAX 1000
#define SIZES 4
#define ROUNDS 7
#define DAY_FIRST 18262 /* 2020-01-01 */
#define DAY_END 20454   /* 2026-01-01 */
#define CENTS_END 2000000

static const int rule_counts[SIZES] = {0, 10, 100, 1000}; /* 0: the expression */
static const int region_counts[SIZES] = {0, 2, 10, 25};

/* A rule: its region, and half-open ranges of age, income in cents, day. */
struct box {
    int region;
    int64_t low[3], high[3];
};

struct row {
    char region[8];
    int64_t age, cents, day;
};

struct set {
    struct tb_arena *arena;
    int size;
    struct box boxes[RULES_MAX];
    int box_count;
    struct row rows[INPUTS];
    tb_str texts[INPUTS];
    int seen[SEEN]; /* open addressing: row + 1 */
};

static uint64_t state = 88172645463325252u;

/* ---- rules ------------------------------------------------------------------------------------------------------- */

/* Cuts a random box of the region in two until there are enough: no two overlap, and none can be left out. */
static void
cut_region(struct set *set, int region, int count)
{
    int first = set->box_count, have = 1;
    set->boxes[first] = (struct box){region, {18, 0, DAY_FIRST}, {100, CENTS_END, DAY_END}};
    while (have < count) {
        struct box *box = &set->boxes[first + bench_pick(&state, have)],
                   *other = &set->boxes[first + have];
        int side = (int)bench_pick(&state, 3);
        int64_t grain = side == 1 ? 50 : 1, width = (box->high[side] - box->low[side]) / grain;
        if (width < 2)
            continue;
        int64_t at = box->low[side] + grain * (1 + bench_pick(&state, width - 1));
        *other = *box;
        box->high[side] = at;
        other->low[side] = at;
        have++;
    }
    set->box_count += count;
}

static bool
is_hit(const struct box *box, const struct row *row)
{
    char region[8];
    snprintf(region, sizeof region, "r%02d", box->region);
    return strcmp(region, row->region) == 0 && row->age >= box->low[0] && row->age < box->high[0] &&
           row->cents >= box->low[1] && row->cents < box->high[1] && row->day >= box->low[2] &&
           row->day < box->high[2];
}

static void
draw_row(struct set *set, struct row *row)
{
    const struct box *box =
        &set->boxes[bench_pick(&state, set->box_count > 0 ? set->box_count : 1)];
    if (set->box_count == 0) {
        *row = (struct row){.age = 18 + bench_pick(&state, 82),
                            .cents = bench_pick(&state, 600000),
                            .day = DAY_FIRST};
        return;
    }
    row->age = box->low[0] + bench_pick(&state, box->high[0] - box->low[0]);
    row->cents = box->low[1] + bench_pick(&state, box->high[1] - box->low[1]);
    row->day = box->low[2] + bench_pick(&state, box->high[2] - box->low[2]);
    snprintf(row->region, sizeof row->region, "r%02d", box->region);
    if (bench_pick(&state, 10) != 0)
        return;
    switch (bench_pick(&state, 3)) {
    case 0:
        row->age = bench_pick(&state, 18);
        break;
    case 1:
        row->day = DAY_END + bench_pick(&state, 400);
        break;
    default:
        snprintf(row->region, sizeof row->region, "x%02d", box->region);
    }
}

static tb_str
row_text(struct set *set, const struct row *row)
{
    tb_str day = tb_date_format(set->arena, tb_date_from_days(row->day));
    if (set->box_count == 0)
        return tb_printf(set->arena, "{\"age\":%lld,\"income\":%lld.%02lld}", (long long)row->age,
                         (long long)row->cents / 100, (long long)row->cents % 100);
    return tb_printf(set->arena,
                     "{\"region\":\"%s\",\"age\":%lld,\"income\":%lld.%02lld,\"day\":\"" TB_FMT
                     "\"}",
                     row->region, (long long)row->age, (long long)row->cents / 100,
                     (long long)row->cents % 100, TB_ARG(day));
}

/* No input comes twice. */
static bool
is_new(struct set *set, int row)
{
    size_t at = tb_hash(set->texts[row]) & (SEEN - 1);
    for (; set->seen[at] != 0; at = (at + 1) & (SEEN - 1))
        if (tb_str_eq(set->texts[set->seen[at] - 1], set->texts[row]))
            return false;
    set->seen[at] = row + 1;
    return true;
}

/* The same in every process: rules and rows are drawn from a fixed seed. */
static struct set *
set_new(int at)
{
    struct set *set = calloc(1, sizeof *set);
    if (set == NULL)
        bench_die("memory");
    set->arena = tb_arena_new(0);
    set->size = rule_counts[at];
    state = 88172645463325252u + (uint64_t)at;
    for (int region = 0; region < region_counts[at]; region++)
        cut_region(set, region, rule_counts[at] / region_counts[at]);
    for (int i = 0; i < INPUTS; i++)
        do {
            draw_row(set, &set->rows[i]);
            set->texts[i] = row_text(set, &set->rows[i]);
        } while (!is_new(set, i));
    return set;
}

static void
set_free(struct set *set)
{
    tb_arena_free(set->arena);
    free(set);
}

/* ---- the same rules in two languages ----------------------------------------------------------------------------- */

static const char *const names[4] = {"region", "age", "income", "day"};

static void
dmn_needs(struct tb_buf *xml, int from, int to)
{
    for (int i = from; i < to; i++)
        tb_buf_printf(
            xml,
            "<informationRequirement><requiredInput href=\"#i%d\"/></informationRequirement>\n", i);
}

static void
dmn_rule(struct tb_buf *xml, struct set *set, int at)
{
    const struct box *box = &set->boxes[at];
    tb_str from = tb_date_format(set->arena, tb_date_from_days(box->low[2]));
    tb_str to = tb_date_format(set->arena, tb_date_from_days(box->high[2]));
    tb_buf_printf(xml, "<rule><inputEntry><text>\"r%02d\"</text></inputEntry>", box->region);
    tb_buf_printf(xml, "<inputEntry><text>[%lld..%lld)</text></inputEntry>", (long long)box->low[0],
                  (long long)box->high[0]);
    tb_buf_printf(xml, "<inputEntry><text>[%lld.%02lld..%lld.%02lld)</text></inputEntry>",
                  (long long)box->low[1] / 100, (long long)box->low[1] % 100,
                  (long long)box->high[1] / 100, (long long)box->high[1] % 100);
    tb_buf_printf(
        xml, "<inputEntry><text>[date(\"" TB_FMT "\")..date(\"" TB_FMT "\"))</text></inputEntry>",
        TB_ARG(from), TB_ARG(to));
    tb_buf_printf(xml, "<outputEntry><text>\"A%d\"</text></outputEntry></rule>\n", at + 1);
}

static tb_str
dmn_text(struct set *set)
{
    static const char *const types[4] = {"string", "number", "number", "date"};
    struct tb_buf xml = {.arena = set->arena};
    tb_buf_cstr(&xml, "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" "
                      "name=\"bench\" namespace=\"urn:bench\">\n");
    for (int i = 0; i < 4; i++)
        tb_buf_printf(&xml,
                      "<inputData id=\"i%d\" name=\"%s\"><variable name=\"%s\" "
                      "typeRef=\"%s\"/></inputData>\n",
                      i, names[i], names[i], types[i]);
    tb_buf_cstr(&xml, "<decision id=\"d\" name=\"r\"><variable name=\"r\" typeRef=\"string\"/>\n");
    if (set->box_count == 0) {
        dmn_needs(&xml, 1, 3);
        tb_buf_cstr(&xml, "<literalExpression><text>if age &gt;= 60 and income &lt; 3000 then "
                          "\"A\" else \"B\"</text></literalExpression>");
    } else {
        dmn_needs(&xml, 0, 4);
        tb_buf_cstr(&xml, "<decisionTable hitPolicy=\"FIRST\">\n");
        for (int i = 0; i < 4; i++)
            tb_buf_printf(&xml,
                          "<input><inputExpression "
                          "typeRef=\"%s\"><text>%s</text></inputExpression></input>\n",
                          types[i], names[i]);
        tb_buf_cstr(&xml, "<output name=\"r\" typeRef=\"string\"/>\n");
        for (int i = 0; i < set->box_count; i++)
            dmn_rule(&xml, set, i);
        tb_buf_cstr(&xml, "</decisionTable>");
    }
    tb_buf_cstr(&xml, "</decision></definitions>\n");
    return tb_buf_done(&xml);
}

/* Rules for the peer: days are numbers of seconds there, which is what its date() gives. */
static tb_str
peer_rules(struct set *set)
{
    struct tb_buf out = {.arena = set->arena};
    tb_buf_cstr(&out, "[");
    for (int i = 0; i < set->box_count; i++) {
        const struct box *box = &set->boxes[i];
        tb_buf_printf(&out,
                      "%s{\"_id\":\"%d\",\"i0\":\"\\\"r%02d\\\"\",\"i1\":\"[%lld..%lld)\","
                      "\"i2\":\"[%lld.%02lld..%lld.%02lld)\",\"i3\":\"[%lld..%lld)\","
                      "\"o\":\"\\\"A%d\\\"\"}",
                      i > 0 ? ",\n" : "", i + 1, box->region, (long long)box->low[0],
                      (long long)box->high[0], (long long)box->low[1] / 100,
                      (long long)box->low[1] % 100, (long long)box->high[1] / 100,
                      (long long)box->high[1] % 100, (long long)box->low[2] * 86400,
                      (long long)box->high[2] * 86400, i + 1);
    }
    tb_buf_cstr(&out, "]\n");
    return tb_buf_done(&out);
}

static void
write_file(const char *folder, const char *name, tb_str text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(text.ptr, 1, text.len, file) != text.len || fclose(file) != 0)
        bench_die(path);
}

static void
make(const char *folder)
{
    char name[64];
    for (int at = 0; at < SIZES; at++) {
        struct set *set = set_new(at);
        struct tb_buf inputs = {.arena = set->arena};
        for (int i = 0; i < INPUTS; i++) {
            tb_buf_str(&inputs, set->texts[i]);
            tb_buf_char(&inputs, '\n');
        }
        snprintf(name, sizeof name, "inputs-%d.txt", set->size);
        write_file(folder, name, tb_buf_done(&inputs));
        snprintf(name, sizeof name, "rules-%d.json", set->size);
        write_file(folder, name, peer_rules(set));
        snprintf(name, sizeof name, "rules-%d.dmn", set->size);
        write_file(folder, name, dmn_text(set));
        set_free(set);
    }
}

/* ---- measuring --------------------------------------------------------------------------------------------------- */

static int
by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef void measured(void *data, int at);

/* Nanoseconds of one evaluation: the median of several rounds over all inputs. */
static double
nanoseconds(measured *one, void *data)
{
    double rounds[ROUNDS];
    for (int i = 0; i < INPUTS; i++)
        one(data, i);
    for (int r = 0; r < ROUNDS; r++) {
        int times = 0;
        double begin = bench_seconds(CLOCK_PROCESS_CPUTIME_ID), end = begin;
        do {
            for (int i = 0; i < INPUTS; i++)
                one(data, i);
            times++;
            end = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);
        } while (end - begin < 0.05);
        rounds[r] = (end - begin) * 1e9 / ((double)times * INPUTS);
    }
    qsort(rounds, ROUNDS, sizeof *rounds, by_value);
    return rounds[ROUNDS / 2];
}

struct own {
    struct set *set;
    struct dmn_model *model;
    struct tb_arena *arena;
    struct dmn_plan *plan;
    const struct feel_value *typed; /* INPUTS times what the plan takes */
    size_t width;
    tb_str outputs[INPUTS];
    struct tb_buf out;
    volatile int sink;
};

static void
own_text(void *data, int at)
{
    struct own *own = data;
    own->out.len = 0;
    if (dmn_plan_eval_json(&own->out, own->plan, own->set->texts[at], NULL, NULL) != TB_OK)
        bench_die("evaluation");
    own->sink += own->out.ptr[0];
}

static void
own_bound(void *data, int at)
{
    struct own *own = data;
    struct feel_value value;
    if (dmn_plan_eval(own->arena, own->plan, own->typed + (size_t)at * own->width, &value, NULL) !=
        TB_OK)
        bench_die("evaluation");
    own->sink += value.kind;
}

static void
plain_if(void *data, int at)
{
    struct own *own = data;
    const struct row *row = &own->set->rows[at];
    own->sink += row->age >= 60 && row->cents < 300000 ? 'A' : 'B';
}

/* As one would write it: an array of rules, one after the other. */
static int
scan(const struct set *set, const struct row *row)
{
    for (int i = 0; i < set->box_count; i++) {
        const struct box *box = &set->boxes[i];
        if (row->region[0] == 'r' &&
            (row->region[1] - '0') * 10 + row->region[2] - '0' == box->region &&
            row->age >= box->low[0] && row->age < box->high[0] && row->cents >= box->low[1] &&
            row->cents < box->high[1] && row->day >= box->low[2] && row->day < box->high[2])
            return i + 1;
    }
    return 0;
}

static void
plain_scan(void *data, int at)
{
    struct own *own = data;
    own->sink += scan(own->set, &own->set->rows[at]);
}

/* What the rules say, worked out without any engine. */
static tb_str
expected(struct set *set, int at)
{
    const struct row *row = &set->rows[at];
    if (set->box_count == 0)
        return row->age >= 60 && row->cents < 300000 ? TB_STR("\"A\"") : TB_STR("\"B\"");
    for (int i = 0; i < set->box_count; i++)
        if (is_hit(&set->boxes[i], row))
            return tb_printf(set->arena, "\"A%d\"", i + 1);
    return TB_STR("null");
}

static tb_str
read_file(struct tb_arena *arena, const char *folder, const char *name)
{
    char path[512];
    struct tb_buf all = {.arena = arena};
    char block[65536];
    size_t n;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        bench_die(path);
    while ((n = fread(block, 1, sizeof block, file)) > 0)
        tb_buf_put(&all, block, n);
    fclose(file);
    return tb_buf_done(&all);
}

static void
bound_text(struct own *own, int at, tb_str *ret_text)
{
    struct feel_value value;
    struct tb_buf text = {.arena = own->set->arena};
    if (dmn_plan_eval(own->arena, own->plan, own->typed + (size_t)at * own->width, &value, NULL) !=
        TB_OK)
        bench_die("evaluation");
    tb_json_write(&text, feel_to_json(own->set->arena, &value));
    *ret_text = tb_buf_done(&text);
}

/* Outputs: ours, the peer's and what the rules say. */
static int
compare(struct own *own, const char *folder)
{
    char name[64];
    snprintf(name, sizeof name, "zen-%d.txt", own->set->size);
    tb_str rest = read_file(own->set->arena, folder, name), line;
    int hits = 0;
    for (int i = 0; i < INPUTS; i++) {
        tb_str wanted = expected(own->set, i);
        own_text(own, i);
        tb_str got = tb_buf_done(&own->out), bound;
        bound_text(own, i, &bound);
        if (!tb_str_cut(&rest, '\n', &line) || !tb_str_eq(line, wanted) ||
            !tb_str_eq(got, wanted) || !tb_str_eq(bound, wanted)) {
            fprintf(stderr, TB_FMT ": wanted " TB_FMT ", peer " TB_FMT ", ours " TB_FMT "\n",
                    TB_ARG(own->set->texts[i]), TB_ARG(wanted), TB_ARG(line), TB_ARG(got));
            exit(1);
        }
        hits += !tb_str_is(wanted, "null");
    }
    return hits;
}

static void
bind_inputs(struct own *own)
{
    const struct dmn_input_info *inputs = dmn_plan_inputs(own->plan, &own->width);
    struct feel_value context;
    struct feel_value *typed =
        TB_NEW_ARRAY(own->set->arena, INPUTS * own->width, struct feel_value);
    for (int i = 0; i < INPUTS; i++) {
        struct tb_json *json;
        if (tb_json_parse(own->set->arena, own->set->texts[i], &json, NULL) != TB_OK ||
            dmn_input_from_json(own->set->arena, own->model, json, &context, NULL, NULL) != TB_OK)
            bench_die("input");
        for (size_t c = 0; c < own->width; c++)
            typed[(size_t)i * own->width + c] = *feel_get(&context, inputs[c].name);
    }
    own->typed = typed;
}

/* The peer's best mode of a column: "a 10 123456 loop 1024", in evaluations a second. */
static double
peer_rate(struct tb_arena *arena, const char *folder, char column, int size, tb_str *ret_mode)
{
    tb_str rest = read_file(arena, folder, "zen.txt"), line;
    double best = 0;
    while (tb_str_cut(&rest, '\n', &line)) {
        int at = -1, used = 0;
        double rate = 0;
        if (line.len == 0 || line.ptr[0] != column ||
            sscanf(tb_cstr(arena, line), "%*c %d %lf %n", &at, &rate, &used) != 2)
            continue;
        if (at == size && rate > best) {
            best = rate;
            *ret_mode = tb_str_sub(line, (size_t)used, line.len);
        }
    }
    return best;
}

static void
print_row(struct own *own, const char *folder, char column, double ns, double ceiling)
{
    tb_str mode = TB_STR("-");
    double rate = peer_rate(own->set->arena, folder, column, own->set->size, &mode);
    char what[32];
    snprintf(what, sizeof what, own->set->size > 0 ? "table of %d" : "expression", own->set->size);
    printf("(%c) %-14s %9.1f ns %11.0f ns %8.1f x %9.1f ns   " TB_FMT "\n", column, what, ns,
           rate > 0 ? 1e9 / rate : 0, rate > 0 ? 1e9 / rate / ns : 0, ceiling, TB_ARG(mode));
}

static void
compile_model(struct own *own)
{
    struct dmn_source source = {.file = TB_STR("bench"), .xml = dmn_text(own->set)};
    struct tb_err err = {0};
    double begin = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);
    if (dmn_compile(&source, NULL, &own->model, &err) != TB_OK)
        bench_die(err.message);
    double middle = bench_seconds(CLOCK_PROCESS_CPUTIME_ID);
    if (dmn_plan_new(own->model, TB_STR("r"), &own->plan, &err) != TB_OK)
        bench_die(err.message);
    printf(
        "    %4d rules: compiled in %.2f ms, planned in %.2f ms; %zu bytes of model, %zu of plan\n",
        own->set->size, (middle - begin) * 1e3,
        (bench_seconds(CLOCK_PROCESS_CPUTIME_ID) - middle) * 1e3, dmn_model_bytes(own->model),
        dmn_plan_bytes(own->plan));
    if (dmn_plan_why(own->plan) != NULL)
        bench_die(dmn_plan_why(own->plan));
}

static double
measure(const char *folder, int at)
{
    struct own own = {.set = set_new(at), .arena = tb_arena_new(0)};
    own.out.arena = own.arena;
    compile_model(&own);
    bind_inputs(&own);
    int hits = compare(&own, folder);
    double ceiling = nanoseconds(at == 0 ? plain_if : plain_scan, &own);
    double text = nanoseconds(own_text, &own), bound = nanoseconds(own_bound, &own);
    printf("    %d outputs compared, %d hits\n", INPUTS, hits);
    print_row(&own, folder, 'a', text, ceiling);
    print_row(&own, folder, 'b', bound, ceiling);
    dmn_plan_free(own.plan);
    dmn_model_unref(own.model);
    tb_arena_free(own.arena);
    set_free(own.set);
    return bound;
}

int
main(int argc, char **argv)
{
    double bound[SIZES];
    if (argc == 3 && strcmp(argv[1], "make") == 0) {
        make(argv[2]);
        return 0;
    }
    if (argc != 3 || strcmp(argv[1], "run") != 0) {
        fprintf(stderr, "usage: dmn make|run FOLDER\n");
        return 2;
    }
    printf("                        this         peer    ratio     plain C   the peer's mode\n");
    for (int at = 0; at < SIZES; at++)
        bound[at] = measure(argv[2], at);
    printf("bound, 1000 rules over 10 rules: %.2f\n", bound[3] / bound[1]);
    return 0;
}
