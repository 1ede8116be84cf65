/* SPDX-License-Identifier: Apache-2.0 */
/* Bad models: every fault in one report, each with its place; and what is in a good one. */
#include "dmn/dmn.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD                                                                                       \
    "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"m\" "              \
    "namespace=\"urn:m\">\n"
#define TAIL "</definitions>"
#define LITERAL(text) "<literalExpression><text>" text "</text></literalExpression>"

static struct tb_arena *arena;
static struct tb_faults faults;

static int
setup(void **state)
{
    (void)state;
    arena = tb_arena_new(0);
    faults = (struct tb_faults){.arena = arena};
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    tb_arena_free(arena);
    return 0;
}

static tb_status
compile(const char *xml, struct dmn_model **ret_model)
{
    struct dmn_source source = {.file = TB_STR("m.dmn"), .xml = tb_str_of(xml)};
    return dmn_compile(&source, &faults, ret_model, NULL);
}

static bool
has_fault(const char *code, const char *place)
{
    for (size_t i = 0; i < faults.count; i++)
        if (tb_str_is(faults.items[i].code, code) &&
            tb_str_starts(faults.items[i].place, tb_str_of(place)) && faults.items[i].zh.len > 0 &&
            faults.items[i].en.len > 0)
            return true;
    for (size_t i = 0; i < faults.count; i++)
        print_error(TB_FMT " " TB_FMT " " TB_FMT "\n", TB_ARG(faults.items[i].code),
                    TB_ARG(faults.items[i].place), TB_ARG(faults.items[i].en));
    return false;
}

static void
all_faults_come_in_one_report(void **state)
{
    struct dmn_model *model;
    (void)state;
    assert_int_equal(
        compile(
            HEAD
            "<inputData id=\"a\" name=\"A\"><variable name=\"A\" typeRef=\"nmber\"/></inputData>\n"
            "<inputData id=\"a\" name=\"B\"/>\n"
            "<inputData id=\"c\" name=\"B\"/>\n"
            "<decision id=\"d\" name=\"D\"><informationRequirement><requiredInput href=\"#zz\"/>"
            "</informationRequirement>" LITERAL("1 +") "</decision>\n"
                                                       "<decision id=\"e\" name=\"E\">" LITERAL(
                                                           "unheard of") "</decision>\n" TAIL,
            &model),
        TB_INVALID);
    assert_true(has_fault("unknown_type", "m.dmn:2:"));
    assert_true(has_fault("duplicate_id", "m.dmn:3:"));
    assert_true(has_fault("duplicate_name", "m.dmn:4:"));
    assert_true(has_fault("dangling_href", "m.dmn:5:"));
    assert_true(has_fault("feel", "m.dmn:5:4"));
    assert_true(has_fault("feel", "m.dmn:6:1"));
}

static void
circles_are_refused(void **state)
{
    struct dmn_model *model;
    (void)state;
    assert_int_equal(
        compile(
            HEAD
            "<decision id=\"a\" name=\"A\"><informationRequirement><requiredDecision href=\"#b\"/>"
            "</informationRequirement>" LITERAL(
                "B") "</decision>\n"
                     "<decision id=\"b\" name=\"B\"><informationRequirement><requiredDecision "
                     "href=\"#a\"/>"
                     "</informationRequirement>" LITERAL("A") "</decision>" TAIL,
            &model),
        TB_INVALID);
    assert_true(has_fault("cycle", "m.dmn:"));
}

static void
types_that_contain_themselves_are_refused(void **state)
{
    struct dmn_model *model;
    (void)state;
    assert_int_equal(
        compile(HEAD "<itemDefinition name=\"t\"><itemComponent name=\"x\"><typeRef>u</typeRef>"
                     "</itemComponent></itemDefinition>\n"
                     "<itemDefinition name=\"u\"><typeRef>t</typeRef></itemDefinition>" TAIL,
                &model),
        TB_INVALID);
    assert_true(has_fault("cyclic_type", "m.dmn:"));
}

static void
other_documents_are_refused(void **state)
{
    struct dmn_model *model;
    (void)state;
    assert_int_equal(compile("<definitions xmlns=\"urn:other\"/>", &model), TB_INVALID);
    assert_true(has_fault("namespace", "m.dmn:1:"));
    assert_int_equal(compile("<definitions", &model), TB_SYNTAX);
    assert_int_equal(compile("", &model), TB_SYNTAX);
    assert_int_equal(compile("<!DOCTYPE x [<!ENTITY a \"b\"><!ENTITY c "
                             "\"&a;&a;&a;\">]><definitions>&c;</definitions>",
                             &model),
                     TB_SYNTAX);
}

static void
every_namespace_from_1_1_to_1_5_is_read(void **state)
{
    static const char *const namespaces[] = {
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    };
    (void)state;
    for (size_t i = 0; i < TB_COUNT(namespaces); i++) {
        struct dmn_model *model;
        struct feel_value value, two = feel_integer(2);
        tb_str xml = tb_printf(
            arena,
            "<definitions xmlns=\"%s\" name=\"m\" namespace=\"urn:m\"><decision id=\"d\" "
            "name=\"D\">"
            "<variable name=\"D\" typeRef=\"feel:number\"/>" LITERAL("1 + 1") "</decision>" TAIL,
            namespaces[i]);
        assert_int_equal(compile(xml.ptr, &model), TB_OK);
        assert_int_equal(dmn_eval(arena, model, TB_STR("D"), NULL, NULL, &value, NULL), TB_OK);
        assert_true(feel_equal(&value, &two));
        dmn_model_unref(model);
    }
}

static void
tables_are_checked_for_their_shape(void **state)
{
    struct dmn_model *model;
    (void)state;
    assert_int_equal(compile(HEAD
                             "<decision id=\"d\" name=\"D\">\n<decisionTable hitPolicy=\"BEST\" "
                             "aggregation=\"SUM\">\n"
                             "<input><inputExpression><text/></inputExpression></input>\n"
                             "<output name=\"a\"/><output/>\n"
                             "<rule id=\"r\"><outputEntry><text>1</text></outputEntry></rule>\n"
                             "</decisionTable></decision>" TAIL,
                             &model),
                     TB_INVALID);
    assert_true(has_fault("hit_policy", "m.dmn:3:"));
    assert_true(has_fault("aggregation", "m.dmn:3:"));
    assert_true(has_fault("no_expression", "m.dmn:4:"));
    assert_true(has_fault("no_name", "m.dmn:"));
    assert_true(has_fault("cells", "m.dmn:6:"));
}

static void
a_lenient_model_gives_null_where_it_is_faulty(void **state)
{
    struct dmn_model *model;
    struct feel_value value;
    struct feel_warnings warnings = {.arena = arena};
    struct dmn_run run = {.warnings = &warnings};
    struct dmn_source source = {.file = TB_STR("m.dmn"), .is_lenient = true};
    (void)state;
    source.xml = TB_STR(HEAD "<decision id=\"d\" name=\"D\">" LITERAL("1 +") "</decision>" TAIL);
    assert_int_equal(dmn_compile(&source, &faults, &model, NULL), TB_OK);
    assert_true(has_fault("feel", "m.dmn:2:"));
    assert_int_equal(dmn_eval(arena, model, TB_STR("D"), NULL, &run, &value, NULL), TB_OK);
    assert_int_equal(value.kind, FEEL_NULL);
    assert_true(warnings.count > 0 && tb_str_is(warnings.items[0].where, "D"));
    dmn_model_unref(model);
}

static void
names_in_a_box_occur_once(void **state)
{
    struct dmn_source source = {.file = TB_STR("m.dmn")};
    struct dmn_model *model;
    (void)state;
    source.xml =
        TB_STR(HEAD "<decision id=\"d\" name=\"D\"><context>\n"
                    "<contextEntry><variable name=\"a\"/>" LITERAL(
                        "1") "</contextEntry>\n"
                             "<contextEntry><variable name=\"a\"/>" LITERAL(
                                 "2") "</contextEntry>"
                                      "</context></decision>"
                                      "<decision id=\"e\" name=\"E\"><relation><column name=\"b\"/>"
                                      "<column name=\"b\"/></relation></decision>" TAIL);
    assert_int_equal(dmn_compile(&source, &faults, &model, NULL), TB_INVALID);
    assert_int_equal(faults.count, 2);
    assert_true(has_fault("duplicate_name", "m.dmn:2:"));
}

static void
deep_boxes_are_refused(void **state)
{
    struct dmn_model *model;
    struct tb_buf buf = {.arena = arena};
    (void)state;
    tb_buf_cstr(&buf, HEAD "<decision id=\"d\" name=\"D\">");
    for (int i = 0; i < 200; i++)
        tb_buf_cstr(&buf, "<list>");
    for (int i = 0; i < 200; i++)
        tb_buf_cstr(&buf, "</list>");
    tb_buf_cstr(&buf, "</decision>" TAIL);
    assert_int_equal(compile(tb_buf_done(&buf).ptr, &model), TB_INVALID);
    assert_true(has_fault("too_deep", "m.dmn:"));
}

static void
missing_null_and_wrong_inputs_are_told_apart(void **state)
{
    struct dmn_model *model;
    static const char *const codes[] = {"missing_input", NULL, "wrong_type"};
    struct feel_value inputs[3], value;
    (void)state;
    assert_int_equal(
        compile(
            HEAD
            "<inputData id=\"i\" name=\"N\"><variable name=\"N\" typeRef=\"number\"/></inputData>"
            "<decision id=\"d\" name=\"D\"><informationRequirement><requiredInput href=\"#i\"/>"
            "</informationRequirement>" LITERAL("N") "</decision>" TAIL,
            &model),
        TB_OK);
    inputs[0] = feel_context_of(arena, NULL, 0);
    inputs[1] = feel_put(arena, NULL, TB_STR("N"), feel_null());
    inputs[2] = feel_put(arena, NULL, TB_STR("N"), feel_string(TB_STR("x")));
    for (size_t i = 0; i < 3; i++) {
        struct feel_warnings warnings = {.arena = arena};
        struct dmn_run run = {.warnings = &warnings};
        assert_int_equal(dmn_eval(arena, model, TB_STR("D"), &inputs[i], &run, &value, NULL),
                         TB_OK);
        assert_int_equal(value.kind, FEEL_NULL);
        if (codes[i] == NULL)
            assert_int_equal(warnings.count, 0);
        else
            assert_string_equal(warnings.items[0].code, codes[i]);
        for (size_t k = 0; k < warnings.count; k++)
            assert_true(warnings.items[k].where.len > 0); /* the input or the decision */
    }
    dmn_model_unref(model);
}

static void
unknown_decisions_are_not_found(void **state)
{
    struct dmn_model *model;
    struct feel_value value = feel_integer(1), one = feel_integer(1);
    struct tb_err err = {0};
    (void)state;
    assert_int_equal(compile(HEAD TAIL, &model), TB_OK);
    assert_int_equal(dmn_eval(arena, model, TB_STR("X"), NULL, NULL, &value, &err), TB_NOT_FOUND);
    assert_true(feel_equal(&value, &one));
    assert_non_null(strstr(err.message, "X"));
    dmn_model_unref(model);
}

static void
endless_recursion_ends_at_a_limit(void **state)
{
    struct dmn_model *model;
    struct feel_value value;
    (void)state;
    assert_int_equal(
        compile(
            HEAD
            "<businessKnowledgeModel id=\"b\" name=\"f\"><variable name=\"f\"/><encapsulatedLogic>"
            "<formalParameter name=\"n\"/>" LITERAL(
                "f(n + 1)") "</encapsulatedLogic>"
                            "<knowledgeRequirement><requiredKnowledge "
                            "href=\"#b\"/></knowledgeRequirement>"
                            "</businessKnowledgeModel>"
                            "<decision id=\"d\" "
                            "name=\"D\"><knowledgeRequirement><requiredKnowledge href=\"#b\"/>"
                            "</knowledgeRequirement>" LITERAL("f(1)") "</decision>" TAIL,
            &model),
        TB_OK);
    assert_int_equal(dmn_eval(arena, model, TB_STR("D"), NULL, NULL, &value, NULL), TB_LIMIT);
    dmn_model_unref(model);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_faults_come_in_one_report, setup, teardown),
        cmocka_unit_test_setup_teardown(circles_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(types_that_contain_themselves_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(other_documents_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(every_namespace_from_1_1_to_1_5_is_read, setup, teardown),
        cmocka_unit_test_setup_teardown(tables_are_checked_for_their_shape, setup, teardown),
        cmocka_unit_test_setup_teardown(a_lenient_model_gives_null_where_it_is_faulty, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(names_in_a_box_occur_once, setup, teardown),
        cmocka_unit_test_setup_teardown(deep_boxes_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(missing_null_and_wrong_inputs_are_told_apart, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(unknown_decisions_are_not_found, setup, teardown),
        cmocka_unit_test_setup_teardown(endless_recursion_ends_at_a_limit, setup, teardown),
    };
    return cmocka_run_group_tests_name("dmn_compile", tests, NULL, NULL);
}
