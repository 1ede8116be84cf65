/* SPDX-License-Identifier: Apache-2.0 */
/* dmn check, kind by kind: for each a table that has the fault and one beside it that has not. A
 * finding is judged by its code, level, line, rules and witness; the good tables must have none. */
#include "dmn/dmn.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TABLE(name, policy, inputs, outputs, rules)                                                \
    "<decision name=\"" name "\" id=\"d_" name "\"><variable name=\"" name "\"/>" NEEDS            \
    "<authorityRequirement><requiredAuthority href=\"#law\"/></authorityRequirement>"              \
    "<decisionTable hitPolicy=\"" policy "\">" inputs outputs rules "</decisionTable></decision>"
#define NEEDS                                                                                      \
    "<informationRequirement><requiredInput href=\"#i_age\"/></informationRequirement>"            \
    "<informationRequirement><requiredInput href=\"#i_poor\"/></informationRequirement>"
#define IN(text) "<input><inputExpression><text>" text "</text></inputExpression></input>"
#define OUT(name) "<output name=\"" name "\"/>"
#define CELL(text) "<inputEntry><text>" text "</text></inputEntry>"
#define GIVES(text) "<outputEntry><text>" text "</text></outputEntry>"
#define ROW(cells) "\n<rule>" cells "</rule>"

#define BAND                                                                                       \
    TABLE("Band", "UNIQUE", IN("Age"), OUT("band"),                                                \
          ROW(CELL("&lt; 60") GIVES("\"young\"")) ROW(CELL("&gt;= 60") GIVES("\"old\"")))
#define BY_BAND(rules)                                                                             \
    "<decision name=\"Aid\"><variable name=\"Aid\"/><informationRequirement><requiredDecision "    \
    "href=\"#d_Band\"/></informationRequirement>" NEEDS                                            \
    "<authorityRequirement><requiredAuthority href=\"#law\"/></authorityRequirement>"              \
    "<decisionTable hitPolicy=\"UNIQUE\">" IN("Band") IN("Age") OUT("aid") rules                   \
        "</decisionTable></decision>"

static const struct {
    const char *what, *xml;
    const char *code; /* NULL: nothing is found */
    dmn_level level;
    size_t rule;         /* the first involved; 0: none */
    const char *witness; /* FEEL of one member that the witness must have; NULL: none is wanted */
    const char *member;
} cases[] = {
    {"an amount that is lost at one step",
     TABLE("Aid", "UNIQUE", IN("Age") IN("Poor"), OUT("amount"),
           ROW(CELL("&lt; 60") CELL("-") GIVES("0")) ROW(CELL("[60..80)") CELL("true") GIVES("500"))
               ROW(CELL("&gt;= 60") CELL("false") GIVES("0"))
                   ROW(CELL("&gt;= 80") CELL("true") GIVES("900"))),
     "cliff", DMN_WARNING, 2, "60", "Age"},
    {"an amount that is lost at one step, where the first rule counts",
     TABLE("Aid", "FIRST", IN("Age") IN("Poor"), OUT("amount"),
           ROW(CELL("&lt;= 16") CELL("true") GIVES("500")) ROW(CELL("-") CELL("-") GIVES("null"))),
     "cliff", DMN_WARNING, 1, "16", "Age"},
    {"an amount that declines by steps",
     TABLE("Aid", "UNIQUE", IN("Age") IN("Poor"), OUT("amount"),
           ROW(CELL("&lt; 60") CELL("-") GIVES("100")) ROW(CELL("&gt;= 60") CELL("true") GIVES(
               "500")) ROW(CELL("&gt;= 60") CELL("false") GIVES("300"))),
     NULL, DMN_NOTE, 0, NULL, NULL},
    {"a border that belongs to another side in another table",
     TABLE("Aid", "UNIQUE", IN("Age") IN("Poor"), OUT("aid"),
           ROW(CELL("&lt; 60") CELL("-") GIVES("\"no\""))
               ROW(CELL("&gt;= 60") CELL("-") GIVES("\"yes\"")))
         TABLE("Card", "UNIQUE", IN("Age"), OUT("card"),
               ROW(CELL("&lt;= 60") GIVES("\"no\"")) ROW(CELL("&gt; 60") GIVES("\"yes\""))),
     "border_differs", DMN_WARNING, 1, "60", "Age"},
    {"a border one step away in another table",
     TABLE("Aid", "UNIQUE", IN("Age") IN("Poor"), OUT("aid"),
           ROW(CELL("&lt; 60") CELL("-") GIVES("\"no\""))
               ROW(CELL("&gt;= 60") CELL("-") GIVES("\"yes\"")))
         TABLE("Card", "UNIQUE", IN("Age"), OUT("card"),
               ROW(CELL("&lt; 61") GIVES("\"no\"")) ROW(CELL("&gt;= 61") GIVES("\"yes\""))),
     "border_differs", DMN_WARNING, 1, "60", "Age"},
    {"borders far apart, and one written in two ways",
     TABLE("Aid", "UNIQUE", IN("Age") IN("Poor"), OUT("aid"),
           ROW(CELL("&lt; 60") CELL("-") GIVES("\"no\""))
               ROW(CELL("&gt;= 60") CELL("-") GIVES("\"yes\"")))
         TABLE("Card", "UNIQUE", IN("Age"), OUT("card"),
               ROW(CELL("&lt; 60") GIVES("\"no\"")) ROW(CELL("[60..70)") GIVES("\"yes\""))
                   ROW(CELL("&gt;= 70") GIVES("\"gold\""))),
     NULL, DMN_NOTE, 0, NULL, NULL},
    {"two verdicts of one name about one case",
     TABLE("Aid", "UNIQUE", IN("Age") IN("Poor"), OUT("aid"),
           ROW(CELL("&lt; 60") CELL("-") GIVES("\"no\""))
               ROW(CELL("&gt;= 60") CELL("-") GIVES("\"yes\"")))
         TABLE("Again", "UNIQUE", IN("Poor") IN("Age"), OUT("aid"),
               ROW(CELL("true") CELL("-") GIVES("\"yes\""))
                   ROW(CELL("false") CELL("-") GIVES("\"no\""))),
     "between_tables", DMN_ERROR, 1, "true", "Poor"},
    {"a verdict on a part of the ground that says otherwise",
     TABLE("Aid", "UNIQUE", IN("Age") IN("Poor"), OUT("aid") OUT("amount"),
           ROW(CELL("&lt; 60") CELL("-") GIVES("\"no\"") GIVES("1"))
               ROW(CELL("&gt;= 60") CELL("-") GIVES("\"yes\"") GIVES("2")))
         TABLE("Again", "UNIQUE", IN("Age"), OUT("aid"),
               ROW(CELL("&lt; 60") GIVES("\"yes\"")) ROW(CELL("&gt;= 60") GIVES("\"yes\""))),
     "between_tables", DMN_WARNING, 1, NULL, NULL},
    {"two tables that agree",
     TABLE("Aid", "UNIQUE", IN("Age") IN("Poor"), OUT("aid") OUT("amount"),
           ROW(CELL("&lt; 60") CELL("-") GIVES("\"no\"") GIVES("1"))
               ROW(CELL("&gt;= 60") CELL("-") GIVES("\"yes\"") GIVES("2")))
         TABLE("Again", "UNIQUE", IN("Age"), OUT("aid"),
               ROW(CELL("&lt; 60") GIVES("\"no\"")) ROW(CELL("&gt;= 60") GIVES("\"yes\""))),
     NULL, DMN_NOTE, 0, NULL, NULL},
    {"a table without a law",
     "<decision name=\"Aid\"><variable name=\"Aid\"/>" NEEDS
     "<decisionTable hitPolicy=\"UNIQUE\">" IN("Age") IN("Poor") OUT("aid")
         ROW(CELL("-") CELL("true") GIVES("1"))
             ROW(CELL("-") CELL("false") GIVES("2")) "</decisionTable></decision>",
     "no_authority", DMN_WARNING, 0, NULL, NULL},
    {"columns of which one hangs on the other, and what is left out cannot come about",
     BAND BY_BAND(ROW(CELL("\"young\"") CELL("&lt; 60") GIVES("1"))
                      ROW(CELL("\"old\"") CELL("&gt;= 60") GIVES("2"))),
     "dependent_columns", DMN_NOTE, 0, NULL, NULL},
    {"an overlap that cannot come about",
     BAND BY_BAND(ROW(CELL("\"young\"") CELL("-") GIVES("1"))
                      ROW(CELL("-") CELL("&gt;= 60") GIVES("2"))),
     "dependent_columns", DMN_NOTE, 0, NULL, NULL},
    {"a gap that some input leads to",
     BAND BY_BAND(ROW(CELL("\"young\"") CELL("&lt; 50") GIVES("1"))
                      ROW(CELL("\"old\"") CELL("&gt;= 60") GIVES("2"))),
     "gap", DMN_ERROR, 0, "50", "Age"},
    {"an overlap that some input leads to",
     BAND BY_BAND(ROW(CELL("\"young\"") CELL("-") GIVES("1")) ROW(
         CELL("-") CELL("&gt;= 60") GIVES("2")) ROW(CELL("\"old\"") CELL("&gt;= 60") GIVES("3"))),
     "overlap", DMN_ERROR, 2, "60", "Age"},
    {"an input that nothing reads",
     "<inputData name=\"Moon\" id=\"i_moon\"><variable name=\"Moon\" "
     "typeRef=\"string\"/></inputData>" TABLE("Aid", "UNIQUE", IN("Age") IN("Poor"), OUT("aid"),
                                              ROW(CELL("-") CELL("true") GIVES("1"))
                                                  ROW(CELL("-") CELL("false") GIVES("2"))),
     "unused_input", DMN_WARNING, 0, NULL, NULL},
};

static void
each_kind_is_found_and_nothing_else(void **state)
{
    static const char *const head =
        "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"m\" "
        "namespace=\"urn:m\">\n"
        "<inputData name=\"Age\" id=\"i_age\"><variable name=\"Age\" typeRef=\"number\"/>"
        "</inputData>\n"
        "<inputData name=\"Poor\" id=\"i_poor\"><variable name=\"Poor\" typeRef=\"boolean\"/>"
        "</inputData>\n"
        "<knowledgeSource id=\"law\" name=\"Law\" locationURI=\"LAW#1\"/>\n";
    (void)state;
    for (size_t i = 0; i < TB_COUNT(cases); i++) {
        struct tb_arena *arena = tb_arena_new(0);
        struct tb_faults faults = {.arena = arena};
        struct dmn_model *model;
        struct dmn_findings findings = {.arena = arena};
        struct dmn_source source = {.file = TB_STR("m.dmn"),
                                    .xml =
                                        tb_printf(arena, "%s%s</definitions>", head, cases[i].xml)};
        if (dmn_compile(&source, &faults, &model, NULL) != TB_OK)
            fail_msg("%s: %.*s", cases[i].what, TB_ARG(faults.items[0].en));
        const struct dmn_model *models[] = {model};
        assert_int_equal(dmn_check(models, 1, &findings, NULL), TB_OK);
        bool is_found = cases[i].code == NULL;
        for (size_t k = 0; k < findings.count; k++) {
            const struct dmn_finding *one = &findings.items[k];
            bool is_it = cases[i].code != NULL && strcmp(one->code, cases[i].code) == 0;
            if (!is_it && strcmp(one->code, "dependent_columns") == 0)
                continue; /* beside what is found by it */
            if (!is_it)
                fail_msg("%s: %s: %.*s", cases[i].what, one->code, TB_ARG(one->en));
            assert_true(one->level == cases[i].level && one->line > 0 && one->zh.len > 0 &&
                        one->remedy_en.len > 0 && tb_str_is(one->file, "m.dmn"));
            if (cases[i].rule != 0 && (one->rule_count == 0 || one->rules[0] != cases[i].rule))
                continue;
            struct feel_value want;
            if (cases[i].witness != NULL) {
                assert_int_equal(
                    feel_once(arena, tb_str_of(cases[i].witness), NULL, NULL, &want, NULL), TB_OK);
                const struct feel_value *got = feel_get(&one->witness, tb_str_of(cases[i].member));
                is_found |= one->has_witness && got != NULL && feel_equal(got, &want);
            } else {
                is_found = true;
            }
        }
        if (!is_found)
            fail_msg("%s: not found", cases[i].what);
        dmn_model_unref(model);
        tb_arena_free(arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_kind_is_found_and_nothing_else)};
    return cmocka_run_group_tests_name("dmn_findings", tests, NULL, NULL);
}
