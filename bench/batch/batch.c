/* SPDX-License-Identifier: Apache-2.0 */
/* 1,000,000 persons, 10 policies, money as exact decimals: rows a second beside DuckDB, and beside a loop in C.
 *
 * `batch make FOLDER` writes the persons as CSV; bench/peers/duckdb.js loads them and runs the same ten policies as one
 * aggregate of ten CASE over DECIMAL(12,2), one thread; `batch run FOLDER` runs them here as DMN decisions, on one and
 * on two threads, compares the number of persons of every policy with both, and prints the ratios. The ceiling reads
 * the same columns, with the policies written by hand. What lies between: here every operation of a policy goes over a
 * block of rows by itself and leaves its result in the first cache, where the hand-written loop keeps it in a register;
 * and rules of tables are found through sets of bits, one row at a time. The plan of the ten decisions is made once,
 * like DuckDB's query plan. */
#include "../bench.h"
#include "base/base.h"
#include "dmn/dmn.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROWS 1000000
#define POLICIES 10
#define ROUNDS 7
#define DAY_FIRST 10957 /* 2000-01-01 */
#define DAYS 8000
#define REGIONS 8

static const char *const region_names[REGIONS] = {"north", "south", "east",   "west",
                                                  "coast", "hills", "plains", "island"};

struct persons {
    int64_t *age, *income, *assets, *members; /* income and assets in cents */
    int32_t *joined;
    uint32_t *region;
    uint8_t *disabled;
};

static uint64_t state = 88172645463325252u;

static void *
column(size_t size)
{
    void *items = aligned_alloc(64, ROWS * size);
    if (items == NULL)
        bench_die("memory");
    return items;
}

static struct persons
persons_new(void)
{
    struct persons p = {column(8), column(8), column(8), column(8),
                        column(4), column(4), column(1)};
    for (int i = 0; i < ROWS; i++) {
        p.age[i] = bench_pick(&state, 100);
        p.income[i] = bench_pick(&state, 1200000);
        p.assets[i] = bench_pick(&state, 40000000);
        p.members[i] = 1 + bench_pick(&state, 7);
        p.joined[i] = DAY_FIRST + (int32_t)bench_pick(&state, DAYS);
        p.region[i] = (uint32_t)bench_pick(&state, REGIONS);
        p.disabled[i] = bench_pick(&state, 12) == 0;
    }
    return p;
}

static void
make(const char *folder)
{
    struct persons p = persons_new();
    char path[512];
    struct tb_arena *arena = tb_arena_new(0);
    snprintf(path, sizeof path, "%s/persons.csv", folder);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        bench_die(path);
    fprintf(file, "age,income,assets,members,joined,region,disabled\n");
    for (int i = 0; i < ROWS; i++) {
        tb_date joined = tb_date_from_days(p.joined[i]);
        fprintf(file, "%d,%d.%02d,%d.%02d,%d,%04d-%02d-%02d,%s,%s\n", (int)p.age[i],
                (int)p.income[i] / 100, (int)p.income[i] % 100, (int)p.assets[i] / 100,
                (int)p.assets[i] % 100, (int)p.members[i], joined.year, joined.month, joined.day,
                region_names[p.region[i]], p.disabled[i] ? "true" : "false");
    }
    if (fclose(file) != 0)
        bench_die(path);
    tb_arena_free(arena);
}

/* ---- the policies in DMN ----------------------------------------------------------------------------------------- */

/* The last two are tables. A person counts where the result is "yes". */
static const char *const policies[POLICIES - 2] = {
    "if age &gt;= 60 and income &lt; 3000 then \"yes\" else \"no\"",
    "if income * 12 + assets &lt; 50000 * members then \"yes\" else \"no\"",
    "if disabled and income &lt; 5000.50 then \"yes\" else \"no\"",
    "if age between 18 and 35 and joined &gt;= date(\"2015-07-01\") then \"yes\" else \"no\"",
    "if region in (\"hills\", \"island\") and income &lt; 4500 then \"yes\" else \"no\"",
    "if members &gt;= 4 and income &lt; 1200.25 * members then \"yes\" else \"no\"",
    "if (age &lt; 18 or age &gt;= 65) and assets &lt; 100000 then \"yes\" else \"no\"",
    "if joined &lt; date(\"2010-01-01\") and not(disabled) and assets - income * 6 &gt; 150000 "
    "then \"yes\" else \"no\"",
};

static const char tables[] =
    "<decision id=\"p8\" name=\"p8\"><variable name=\"p8\" typeRef=\"string\"/>"
    "<informationRequirement><requiredInput href=\"#i0\"/></informationRequirement>"
    "<informationRequirement><requiredInput href=\"#i1\"/></informationRequirement>"
    "<informationRequirement><requiredInput href=\"#i5\"/></informationRequirement>"
    "<decisionTable hitPolicy=\"FIRST\">"
    "<input><inputExpression><text>region</text></inputExpression></input>"
    "<input><inputExpression><text>age</text></inputExpression></input>"
    "<input><inputExpression><text>income</text></inputExpression></input><output name=\"o\"/>"
    "<rule><inputEntry><text>\"north\", "
    "\"east\"</text></inputEntry><inputEntry><text>[18..40)</text>"
    "</inputEntry><inputEntry><text>&lt; 3500</text></inputEntry>"
    "<outputEntry><text>\"yes\"</text></outputEntry></rule>"
    "<rule><inputEntry><text>\"south\"</text></inputEntry><inputEntry><text>-</text></inputEntry>"
    "<inputEntry><text>&lt; 2800.75</text></inputEntry>"
    "<outputEntry><text>\"yes\"</text></outputEntry></rule>"
    "<rule><inputEntry><text>-</text></inputEntry><inputEntry><text>&gt;= 80</text></inputEntry>"
    "<inputEntry><text>&lt; 6000</text></inputEntry>"
    "<outputEntry><text>\"yes\"</text></outputEntry></rule>"
    "<rule><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry>"
    "<inputEntry><text>-</text></inputEntry><outputEntry><text>\"no\"</text></outputEntry></rule>"
    "</decisionTable></decision>"
    "<decision id=\"p9\" name=\"p9\"><variable name=\"p9\" typeRef=\"string\"/>"
    "<informationRequirement><requiredInput href=\"#i2\"/></informationRequirement>"
    "<informationRequirement><requiredInput href=\"#i3\"/></informationRequirement>"
    "<informationRequirement><requiredInput href=\"#i6\"/></informationRequirement>"
    "<decisionTable hitPolicy=\"UNIQUE\">"
    "<input><inputExpression><text>members</text></inputExpression></input>"
    "<input><inputExpression><text>assets</text></inputExpression></input>"
    "<input><inputExpression><text>disabled</text></inputExpression></input><output name=\"o\"/>"
    "<rule><inputEntry><text>[1..2]</text></inputEntry><inputEntry><text>&lt; "
    "60000</text></inputEntry>"
    "<inputEntry><text>-</text></inputEntry><outputEntry><text>\"yes\"</text></outputEntry></rule>"
    "<rule><inputEntry><text>[3..5]</text></inputEntry><inputEntry><text>&lt; 120000</text>"
    "</inputEntry><inputEntry><text>-</text></inputEntry>"
    "<outputEntry><text>\"yes\"</text></outputEntry></rule>"
    "<rule><inputEntry><text>&gt; 5</text></inputEntry><inputEntry><text>&lt; 200000.50</text>"
    "</inputEntry><inputEntry><text>true</text></inputEntry>"
    "<outputEntry><text>\"yes\"</text></outputEntry></rule>"
    "</decisionTable></decision>";

static tb_str
dmn_text(struct tb_arena *arena)
{
    static const char *const inputs[][2] = {
        {"age", "number"},  {"income", "number"}, {"assets", "number"},   {"members", "number"},
        {"joined", "date"}, {"region", "string"}, {"disabled", "boolean"}};
    struct tb_buf xml = {.arena = arena};
    tb_buf_cstr(&xml, "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" "
                      "name=\"bench\" namespace=\"urn:bench\">");
    for (size_t i = 0; i < TB_COUNT(inputs); i++)
        tb_buf_printf(&xml,
                      "<inputData id=\"i%zu\" name=\"%s\"><variable name=\"%s\" "
                      "typeRef=\"%s\"/></inputData>",
                      i, inputs[i][0], inputs[i][0], inputs[i][1]);
    for (int d = 0; d < POLICIES - 2; d++) {
        tb_buf_printf(&xml,
                      "<decision id=\"p%d\" name=\"p%d\"><variable name=\"p%d\" "
                      "typeRef=\"string\"/>",
                      d, d, d);
        for (size_t i = 0; i < TB_COUNT(inputs); i++)
            tb_buf_printf(&xml,
                          "<informationRequirement><requiredInput "
                          "href=\"#i%zu\"/></informationRequirement>",
                          i);
        tb_buf_printf(&xml, "<literalExpression><text>%s</text></literalExpression></decision>",
                      policies[d]);
    }
    tb_buf_cstr(&xml, tables);
    tb_buf_cstr(&xml, "</definitions>");
    return tb_buf_done(&xml);
}

/* ---- the ceiling ------------------------------------------------------------------------------------------------- */

/* The days of the policies. */
#define DAY_2010 14610
#define DAY_2015_07 16617

static void
by_hand(const struct persons *p, int64_t *counts)
{
    int64_t n[POLICIES] = {0};
    for (size_t i = 0; i < ROWS; i++) {
        int64_t age = p->age[i], income = p->income[i], assets = p->assets[i], many = p->members[i];
        int32_t joined = p->joined[i];
        uint32_t region = p->region[i];
        bool ill = p->disabled[i];
        n[0] += (age >= 60) & (income < 300000);
        n[1] += income * 12 + assets < 5000000 * many;
        n[2] += ill & (income < 500050);
        n[3] += (age >= 18) & (age <= 35) & (joined >= DAY_2015_07);
        n[4] += ((region == 5) | (region == 7)) & (income < 450000);
        n[5] += (many >= 4) & (income < 120025 * many);
        n[6] += ((age < 18) | (age >= 65)) & (assets < 10000000);
        n[7] += (joined < DAY_2010) & !ill & (assets - income * 6 > 15000000);
        n[8] += (((region == 0) | (region == 2)) & (age >= 18) & (age < 40) & (income < 350000)) |
                ((region == 1) & (income < 280075)) | ((age >= 80) & (income < 600000));
        n[9] += ((many <= 2) & (assets < 6000000)) |
                ((many >= 3) & (many <= 5) & (assets < 12000000)) |
                ((many > 5) & (assets < 20000050) & ill);
    }
    memcpy(counts, n, sizeof n);
}

/* ---- measuring --------------------------------------------------------------------------------------------------- */

struct own {
    struct persons persons;
    struct dmn_batch *batch;
    struct dmn_column columns[7];
    tb_str texts[REGIONS];
    int64_t counts[POLICIES];
    unsigned threads;
};

static void
describe(struct own *own)
{
    const struct persons *p = &own->persons;
    for (int i = 0; i < REGIONS; i++)
        own->texts[i] = tb_str_of(region_names[i]);
    struct dmn_column columns[7] = {
        {TB_STR("age"), DMN_COLUMN_NUMBERS, 0, NULL, 0, p->age, NULL},
        {TB_STR("income"), DMN_COLUMN_NUMBERS, 2, NULL, 0, p->income, NULL},
        {TB_STR("assets"), DMN_COLUMN_NUMBERS, 2, NULL, 0, p->assets, NULL},
        {TB_STR("members"), DMN_COLUMN_NUMBERS, 0, NULL, 0, p->members, NULL},
        {TB_STR("joined"), DMN_COLUMN_DAYS, 0, NULL, 0, p->joined, NULL},
        {TB_STR("region"), DMN_COLUMN_TEXTS, 0, own->texts, REGIONS, p->region, NULL},
        {TB_STR("disabled"), DMN_COLUMN_BOOLEANS, 0, NULL, 0, p->disabled, NULL},
    };
    memcpy(own->columns, columns, sizeof columns);
}

static void
count_yes(struct own *own, const struct dmn_results *results)
{
    for (int d = 0; d < POLICIES; d++) {
        size_t yes = 0;
        int64_t count = 0;
        if (results[d].codes == NULL)
            bench_die("a policy that runs row by row");
        while (yes < results[d].item_count && !(results[d].items[yes].kind == FEEL_STRING &&
                                                tb_str_is(results[d].items[yes].u.string, "yes")))
            yes++;
        for (size_t i = 0; i < ROWS; i++)
            count += results[d].codes[i] == yes;
        own->counts[d] = count;
    }
}

static void
run_batch(struct own *own)
{
    struct dmn_results results[POLICIES];
    struct tb_err err;
    struct tb_arena *arena = tb_arena_new(0);
    if (dmn_batch_run(arena, own->batch, own->columns, ROWS, own->threads, results, &err) != TB_OK)
        bench_die(err.message);
    count_yes(own, results);
    tb_arena_free(arena);
}

/* As the peer and the loop by hand: counted, not kept. */
static void
run_counts(struct own *own)
{
    struct dmn_counts counts[POLICIES];
    struct tb_err err;
    struct tb_arena *arena = tb_arena_new(0);
    if (dmn_batch_count(arena, own->batch, own->columns, ROWS, own->threads, counts, &err) != TB_OK)
        bench_die(err.message);
    for (int d = 0; d < POLICIES; d++)
        for (size_t i = 0; i < counts[d].item_count; i++)
            if (counts[d].items[i].kind == FEEL_STRING &&
                tb_str_is(counts[d].items[i].u.string, "yes"))
                own->counts[d] = counts[d].counts[i];
    tb_arena_free(arena);
}

static void
run_by_hand(struct own *own)
{
    by_hand(&own->persons, own->counts);
}

static int
by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Rows a second: the median of several rounds. */
static double
rate(struct own *own, void (*run)(struct own *), bool is_elapsed)
{
    double rounds[ROUNDS];
    run(own);
    for (int r = 0; r < ROUNDS; r++) {
        clockid_t clock = is_elapsed ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID;
        double begin = bench_seconds(clock);
        run(own);
        rounds[r] = ROWS / (bench_seconds(clock) - begin);
    }
    qsort(rounds, ROUNDS, sizeof *rounds, by_value);
    return rounds[ROUNDS / 2];
}

/* What the peer wrote: "name rows-a-second" and ten counts, a line each. */
static double
read_peer(const char *folder, int64_t *counts)
{
    char path[512];
    double peer = 0;
    snprintf(path, sizeof path, "%s/duckdb.txt", folder);
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "duckdb %lf", &peer) != 1)
        bench_die(path);
    for (int d = 0; d < POLICIES; d++)
        if (fscanf(file, "%lld", (long long *)&counts[d]) != 1)
            bench_die(path);
    fclose(file);
    return peer;
}

static void
compare(const struct own *own, const int64_t *counts, const char *who)
{
    for (int d = 0; d < POLICIES; d++)
        if (own->counts[d] != counts[d]) {
            fprintf(stderr, "policy %d: %lld persons here, %lld %s\n", d, (long long)own->counts[d],
                    (long long)counts[d], who);
            exit(1);
        }
}

static void
prepare(struct own *own, struct tb_arena *arena)
{
    struct dmn_source source = {.file = TB_STR("bench"), .xml = dmn_text(arena)};
    struct tb_err err;
    struct dmn_model *model;
    tb_str names[POLICIES];
    if (dmn_compile(&source, NULL, &model, &err) != TB_OK)
        bench_die(err.message);
    for (int d = 0; d < POLICIES; d++)
        names[d] = tb_printf(arena, "p%d", d);
    if (dmn_batch_new(model, names, POLICIES, own->columns, 7, &own->batch, &err) != TB_OK)
        bench_die(err.message);
    dmn_model_unref(model);
    for (size_t d = 0; d < POLICIES; d++)
        if (dmn_batch_why(own->batch, d) != NULL)
            bench_die(dmn_batch_why(own->batch, d));
}

int
main(int argc, char **argv)
{
    static struct own own;
    int64_t peer_counts[POLICIES], hand_counts[POLICIES];
    if (argc == 3 && strcmp(argv[1], "make") == 0) {
        make(argv[2]);
        return 0;
    }
    if (argc != 3 || strcmp(argv[1], "run") != 0) {
        fprintf(stderr, "usage: batch make|run FOLDER\n");
        return 2;
    }
    struct tb_arena *arena = tb_arena_new(0);
    own.persons = persons_new();
    describe(&own);
    prepare(&own, arena);
    double peer = read_peer(argv[2], peer_counts), hand = rate(&own, run_by_hand, false);
    memcpy(hand_counts, own.counts, sizeof hand_counts);
    compare(&own, peer_counts, "in DuckDB");
    own.threads = 1;
    double kept = rate(&own, run_batch, false);
    compare(&own, hand_counts, "by hand");
    double one = rate(&own, run_counts, false), one_elapsed = rate(&own, run_counts, true);
    compare(&own, hand_counts, "by hand");
    own.threads = 2;
    double two = rate(&own, run_counts, true), two_work = rate(&own, run_counts, false);
    compare(&own, hand_counts, "by hand");
    printf("%d persons, %d policies, counts equal in all three; M rows/s of processor time\n", ROWS,
           POLICIES);
    printf("DuckDB, one thread, counts  %8.1f\n", peer / 1e6);
    printf("this, one thread, counts    %8.1f   %.1f x DuckDB\n", one / 1e6, one / peer);
    printf("this, every result kept     %8.1f   %.1f x DuckDB\n", kept / 1e6, kept / peer);
    printf("C by hand, counts           %8.1f   this is %.2f of it\n", hand / 1e6, one / hand);
    printf("two threads                 %8.1f elapsed, %.2f x one thread; work per row %.2f x\n",
           two / 1e6, two / one_elapsed, one / two_work);
    dmn_batch_free(own.batch);
    tb_arena_free(arena);
    return 0;
}
