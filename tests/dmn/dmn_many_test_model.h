/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_many_test_model.h - one model with something of everything, and what it gives, for the tests that evaluate it
 * very often or from several threads. */
#ifndef DMN_MANY_TEST_MODEL_H
#define DMN_MANY_TEST_MODEL_H

#include "dmn/dmn.h"
#include <string.h>

static const char many_model_xml[] =
    "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"m\" "
    "namespace=\"urn:m\">"
    "<itemDefinition name=\"tKind\"><typeRef>string</typeRef>"
    "<allowedValues><text>\"a\", \"b\", \"c\"</text></allowedValues></itemDefinition>"
    "<inputData id=\"n\" name=\"n\"><variable name=\"n\" typeRef=\"number\"/></inputData>"
    "<inputData id=\"s\" name=\"s\"><variable name=\"s\" typeRef=\"tKind\"/></inputData>"
    "<businessKnowledgeModel id=\"k\" name=\"twice\"><encapsulatedLogic>"
    "<formalParameter name=\"x\" typeRef=\"number\"/>"
    "<literalExpression><text>x * 2</text></literalExpression></encapsulatedLogic>"
    "</businessKnowledgeModel>"
    "<decision id=\"fee\" name=\"fee\">"
    "<informationRequirement><requiredInput href=\"#n\"/></informationRequirement>"
    "<informationRequirement><requiredInput href=\"#s\"/></informationRequirement>"
    "<decisionTable hitPolicy=\"FIRST\">"
    "<input><inputExpression><text>n</text></inputExpression></input>"
    "<input><inputExpression><text>s</text></inputExpression></input><output name=\"r\"/>"
    "<rule><inputEntry><text>&lt; 10</text></inputEntry><inputEntry><text>\"a\"</text></inputEntry>"
    "<outputEntry><text>1</text></outputEntry></rule>"
    "<rule><inputEntry><text>[10..50)</text></inputEntry><inputEntry><text>-</text></inputEntry>"
    "<outputEntry><text>n + 0.5</text></outputEntry></rule>"
    "<rule><inputEntry><text>-</text></inputEntry><inputEntry><text>not(\"a\")</text></inputEntry>"
    "<outputEntry><text>7</text></outputEntry></rule></decisionTable></decision>"
    "<decision id=\"long\" name=\"long\">"
    "<informationRequirement><requiredInput href=\"#n\"/></informationRequirement>"
    "<informationRequirement><requiredInput href=\"#s\"/></informationRequirement>"
    "<informationRequirement><requiredDecision href=\"#fee\"/></informationRequirement>"
    "<knowledgeRequirement><requiredKnowledge href=\"#k\"/></knowledgeRequirement>"
    "<knowledgeRequirement><requiredKnowledge href=\"#service\"/></knowledgeRequirement>"
    "<literalExpression><text>{t: twice(n), words: string join(for i in 1..3 return s + string(i), "
    "\"-\"), ok: matches(s, \"^[a-c]$\"), sorted: sort([3, n, 1], function(x, y) x &lt; y), fee: "
    "fee, "
    "again: service(n, \"b\"), day: date(\"2024-02-28\") + duration(\"P1D\"), none: n + s}"
    "</text></literalExpression></decision>"
    "<decisionService id=\"service\" name=\"service\"><outputDecision href=\"#fee\"/>"
    "<inputData href=\"#n\"/><inputData href=\"#s\"/></decisionService>"
    "</definitions>";

static inline struct dmn_model *
many_model(void)
{
    struct dmn_source source = {.file = TB_STR("m"), .xml = tb_str_of(many_model_xml)};
    struct dmn_model *model = NULL;
    return dmn_compile(&source, NULL, &model, NULL) == TB_OK ? model : NULL;
}

/* Inputs number i, of which there are MANY_INPUTS, in the order n, s. */
#define MANY_INPUTS 60
static inline void
many_inputs(size_t i, struct feel_value ret_values[2])
{
    static const char *const kinds[] = {"a", "b", "c"};
    ret_values[0] = feel_integer((int64_t)i);
    ret_values[1] = feel_string(tb_str_of(kinds[i % 3]));
}

static inline struct feel_value
many_context(struct tb_arena *arena, size_t i)
{
    struct feel_value values[2];
    many_inputs(i, values);
    struct feel_entry *entries = TB_NEW_ARRAY(arena, 2, struct feel_entry);
    entries[0] = (struct feel_entry){TB_STR("n"), values[0]};
    entries[1] = (struct feel_entry){TB_STR("s"), values[1]};
    return feel_context_of(arena, entries, 2);
}

/* What the table of the model says, in C. */
static inline struct feel_value
many_fee(size_t i)
{
    if (i < 10 && i % 3 == 0)
        return feel_integer(1);
    if (i >= 10 && i < 50)
        return feel_number((tb_dec){.u.coef = (int64_t)i * 10 + 5, .scale = 1});
    return i % 3 != 0 ? feel_integer(7) : feel_null();
}

#endif
