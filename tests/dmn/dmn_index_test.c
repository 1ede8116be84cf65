/* SPDX-License-Identifier: Apache-2.0 */
/* Random tables and inputs: what the index finds, and what a plan finds, is what trying every cell finds. The cells are
 * tried here, each as a FEEL expression of its own, so that nothing of the table's own reading of them is taken on
 * trust. */
#include "dmn/dmn.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TABLES 4000
#define INPUTS 250
#define CELLS_MAX 1024

static uint64_t state = 88172645463325252u;

/* xorshift: the same tables in every run. */
static unsigned
pick(unsigned n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state % n);
}

typedef enum { NUMBER, TEXT, DAY, FLAG, SPAN, COLUMN_KINDS } column_kind;

/* Cells that a plan can take: constant, of the column's kind, numbers that are not long, texts without order. */
static bool is_plain;

#define NUMBERS_PLAIN 9

/* The values of a kind, in order but for the last of the numbers. */
static unsigned
value_count(column_kind kind)
{
    static const unsigned counts[COLUMN_KINDS] = {NUMBERS_PLAIN + 3, 7, 12, 2, 6};
    return kind == NUMBER && is_plain ? NUMBERS_PLAIN : counts[kind];
}

static void
put_nth(struct tb_buf *buf, column_kind kind, unsigned n)
{
    static const char *const texts[] = {"", "a", "ab", "b", "c", "z", "中"};
    static const char *const numbers[] = {"-1",
                                          "0",
                                          "0.001",
                                          "1",
                                          "2",
                                          "2.5",
                                          "2.50",
                                          "3",
                                          "10",
                                          "1e3",
                                          "12345678901234567890123",
                                          "2.4999999999999"};
    switch (kind) {
    case NUMBER:
        tb_buf_cstr(buf, numbers[n]);
        break;
    case TEXT:
        tb_buf_printf(buf, "\"%s\"", texts[n]);
        break;
    case DAY:
        tb_buf_printf(buf, "@\"2024-0%u-1%u\"", 1 + n / 4, n % 4);
        break;
    case FLAG:
        tb_buf_cstr(buf, n ? "true" : "false");
        break;
    default:
        tb_buf_printf(buf, "@\"P%uM\"", n);
    }
}

static void
put_value(struct tb_buf *buf, column_kind kind)
{
    put_nth(buf, kind, pick(value_count(kind)));
}

/* A range; where cells are plain its ends are in order, for others are no ranges. */
static void
put_range(struct tb_buf *buf, column_kind kind)
{
    unsigned low = pick(value_count(kind)), high = pick(value_count(kind));
    if (is_plain && low > high) {
        unsigned swap = low;
        low = high;
        high = swap;
    }
    tb_buf_cstr(buf, pick(2) ? "[" : "(");
    put_nth(buf, kind, low);
    tb_buf_cstr(buf, "..");
    put_nth(buf, kind, high);
    tb_buf_cstr(buf, pick(2) ? "]" : ")");
}

static void
put_test(struct tb_buf *buf, column_kind kind)
{
    static const char *const operators[] = {"< ", "<= ", "> ", ">= ", "= ", "!= "};
    bool has_order = kind != FLAG && !(is_plain && kind == TEXT);
    unsigned form = pick(has_order ? 6 : 3);
    if (form == 3) {
        tb_buf_cstr(buf, operators[pick(6)]);
        put_value(buf, kind);
    } else if (form >= 4) {
        put_range(buf, kind);
    } else if (form == 2 && pick(4) == 0) {
        tb_buf_cstr(buf, "null");
    } else {
        put_value(buf, kind);
    }
}

static void
put_cell(struct tb_buf *buf, column_kind kind)
{
    unsigned form = pick(12);
    if (form < 3) {
        tb_buf_cstr(buf, "-");
        return;
    }
    if (form == 3 && !is_plain) {
        tb_buf_cstr(buf, "? != null");
        return;
    }
    bool is_negated = form == 4;
    tb_buf_cstr(buf, is_negated ? "not(" : "");
    put_test(buf, kind);
    while (pick(3) == 0) {
        tb_buf_cstr(buf, ", ");
        put_test(buf, kind);
    }
    tb_buf_cstr(buf, is_negated ? ")" : "");
}

static void
put_escaped(struct tb_buf *buf, tb_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '<')
            tb_buf_cstr(buf, "&lt;");
        else
            tb_buf_char(buf, text.ptr[i]);
    }
}

struct random_table {
    column_kind kinds[8];
    size_t columns, rules;
    const char *policy;
    bool is_typed;
    const struct feel_unary *cells[CELLS_MAX];
};

/* Outputs are the numbers of the rules from 0; with ANY every second one is the same. */
static unsigned
output_of(const struct random_table *table, size_t rule)
{
    return strcmp(table->policy, "ANY") == 0 ? (unsigned)rule % 2 : (unsigned)rule;
}

static tb_str
random_table(struct tb_arena *arena, struct random_table *table)
{
    static const char *const policies[] = {"FIRST", "UNIQUE", "ANY", "COLLECT", "RULE ORDER"};
    static const char *const types[COLUMN_KINDS] = {"number", "string", "date", "boolean",
                                                    "years and months duration"};
    struct tb_buf xml = {.arena = arena};
    size_t columns = 1 + pick(4), rules = 1 + pick(pick(10) == 0 ? 150 : 20);
    *table = (struct random_table){.columns = columns, .rules = rules, .is_typed = pick(2)};
    is_plain = pick(2);
    table->policy = policies[pick(is_plain ? 3 : TB_COUNT(policies))];
    for (size_t c = 0; c < columns; c++)
        table->kinds[c] = pick(COLUMN_KINDS);
    tb_buf_cstr(&xml, "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" "
                      "name=\"t\" namespace=\"t\">");
    for (size_t c = 0; c < columns; c++)
        tb_buf_printf(
            &xml,
            "<inputData id=\"i%zu\" name=\"x%zu\"><variable name=\"x%zu\"%s%s%s/></inputData>", c,
            c, c, table->is_typed ? " typeRef=\"" : "",
            table->is_typed ? types[table->kinds[c]] : "", table->is_typed ? "\"" : "");
    tb_buf_cstr(&xml, "<decision id=\"d\" name=\"D\">");
    for (size_t c = 0; c < columns; c++)
        tb_buf_printf(
            &xml,
            "<informationRequirement><requiredInput href=\"#i%zu\"/></informationRequirement>", c);
    tb_buf_printf(&xml, "<decisionTable hitPolicy=\"%s\">", table->policy);
    for (size_t c = 0; c < columns; c++) {
        tb_buf_printf(&xml, "<input><inputExpression><text>x%zu</text></inputExpression></input>",
                      c);
    }
    tb_buf_cstr(&xml, "<output name=\"o\"/>");
    for (size_t r = 0; r < rules; r++) {
        tb_buf_cstr(&xml, "<rule>");
        for (size_t c = 0; c < columns; c++) {
            struct tb_buf cell = {.arena = arena};
            put_cell(&cell, !is_plain && pick(30) == 0 ? pick(COLUMN_KINDS) : table->kinds[c]);
            assert_int_equal(feel_compile_unary(arena, tb_buf_done(&cell), NULL,
                                                &table->cells[r * columns + c], NULL, NULL),
                             TB_OK);
            tb_buf_cstr(&xml, "<inputEntry><text>");
            put_escaped(&xml, tb_buf_done(&cell));
            tb_buf_cstr(&xml, "</text></inputEntry>");
        }
        tb_buf_printf(&xml, "<outputEntry><text>%u</text></outputEntry></rule>",
                      output_of(table, r));
    }
    tb_buf_cstr(&xml, "</decisionTable></decision></definitions>");
    return tb_buf_done(&xml);
}

static struct feel_value
random_input(struct tb_arena *arena, const struct random_table *table)
{
    struct tb_buf text = {.arena = arena};
    struct feel_value value;
    tb_buf_char(&text, '{');
    for (size_t c = 0; c < table->columns; c++) {
        tb_buf_printf(&text, "%sx%zu: ", c > 0 ? ", " : "", c);
        if (pick(12) == 0)
            tb_buf_cstr(&text, "null");
        else
            put_value(&text, pick(20) == 0 ? pick(COLUMN_KINDS) : table->kinds[c]);
    }
    tb_buf_char(&text, '}');
    assert_int_equal(feel_once(arena, tb_buf_done(&text), NULL, NULL, &value, NULL), TB_OK);
    return value;
}

/* What a typed input makes of a value: here, itself or null. */
static struct feel_value
typed(const struct random_table *table, size_t column, const struct feel_value *value)
{
    static const feel_kind kinds[COLUMN_KINDS] = {FEEL_NUMBER, FEEL_STRING, FEEL_DATE, FEEL_BOOLEAN,
                                                  FEEL_MONTHS};
    return table->is_typed && value->kind != kinds[table->kinds[column]] ? feel_null() : *value;
}

/* Every cell tried; the hit policy worked out from the list of hits. */
static struct feel_value
naive(struct tb_arena *arena, const struct random_table *table, const struct feel_value *input)
{
    struct feel_value *hits = TB_NEW_ARRAY(arena, table->rules, struct feel_value);
    size_t count = 0;
    for (size_t r = 0; r < table->rules; r++) {
        bool holds = true;
        for (size_t c = 0; holds && c < table->columns; c++) {
            struct feel_value value = typed(table, c, &input->u.context->entries[c].value), pass;
            assert_int_equal(feel_test(arena, table->cells[r * table->columns + c], &value, NULL,
                                       NULL, &pass, NULL),
                             TB_OK);
            holds = feel_is_true(&pass);
        }
        if (holds)
            hits[count++] = feel_integer(output_of(table, r));
    }
    if (count == 0)
        return feel_null();
    if (strcmp(table->policy, "COLLECT") == 0 || strcmp(table->policy, "RULE ORDER") == 0)
        return feel_list_of(hits, count);
    for (size_t i = 1; i < count && strcmp(table->policy, "FIRST") != 0; i++)
        if (strcmp(table->policy, "UNIQUE") == 0 || !feel_equal(&hits[0], &hits[i]))
            return feel_null();
    return hits[0];
}

struct tally {
    size_t compared, hits, planned;
};

static void
say_difference(struct tb_arena *arena, tb_str xml, const struct feel_value *input,
               const struct feel_value *got, const struct feel_value *wanted)
{
    print_error(TB_FMT "\n" TB_FMT "\ngot " TB_FMT ", wanted " TB_FMT "\n", TB_ARG(xml),
                TB_ARG(feel_format(arena, input)), TB_ARG(feel_format(arena, got)),
                TB_ARG(feel_format(arena, wanted)));
    fail();
}

static void
compare(struct tb_arena *arena, const struct dmn_source *source, const struct random_table *table,
        const struct dmn_model *model, const struct dmn_plan *plan, struct tally *tally)
{
    for (int i = 0; i < INPUTS; i++) {
        struct feel_value indexed, scanned, planned, bound[8];
        struct dmn_run scan = {.scans_tables = true};
        tb_arena_reset(arena);
        is_plain = pick(10) != 0;
        struct feel_value input = random_input(arena, table);
        struct feel_value wanted = naive(arena, table, &input);
        for (size_t c = 0; c < table->columns; c++)
            bound[c] = input.u.context->entries[c].value;
        assert_int_equal(dmn_eval(arena, model, TB_STR("D"), &input, NULL, &indexed, NULL), TB_OK);
        assert_int_equal(dmn_eval(arena, model, TB_STR("D"), &input, &scan, &scanned, NULL), TB_OK);
        assert_int_equal(dmn_plan_eval(arena, plan, bound, &planned, NULL), TB_OK);
        if (!feel_equal(&indexed, &wanted))
            say_difference(arena, source->xml, &input, &indexed, &wanted);
        if (!feel_equal(&scanned, &wanted))
            say_difference(arena, source->xml, &input, &scanned, &wanted);
        if (!feel_equal(&planned, &wanted))
            say_difference(arena, source->xml, &input, &planned, &wanted);
        tally->compared++;
        tally->hits += wanted.kind != FEEL_NULL;
        tally->planned += dmn_plan_why(plan) == NULL;
    }
}

static void
index_and_plan_find_what_trying_every_cell_finds(void **unused)
{
    struct tb_arena *arena = tb_arena_new(0), *scratch = tb_arena_new(0);
    struct tally tally = {0};
    (void)unused;
    for (int t = 0; t < TABLES; t++) {
        struct random_table table;
        struct dmn_model *model;
        struct dmn_plan *plan;
        tb_arena_reset(arena);
        struct dmn_source source = {.file = TB_STR("t"), .xml = random_table(arena, &table)};
        assert_int_equal(dmn_compile(&source, NULL, &model, NULL), TB_OK);
        assert_int_equal(dmn_plan_new(model, TB_STR("D"), &plan, NULL), TB_OK);
        compare(scratch, &source, &table, model, plan, &tally);
        dmn_plan_free(plan);
        dmn_model_unref(model);
    }
    print_message("%zu evaluations compared, %zu with a hit, %zu by a plan\n", tally.compared,
                  tally.hits, tally.planned);
    assert_true(tally.hits > tally.compared / 10);
    assert_true(tally.planned > tally.compared / 4);
    tb_arena_free(arena);
    tb_arena_free(scratch);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(index_and_plan_find_what_trying_every_cell_finds)};
    return cmocka_run_group_tests_name("dmn_index", tests, NULL, NULL);
}
