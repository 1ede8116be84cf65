/* SPDX-License-Identifier: Apache-2.0 */
/* JSON into plans: text in, text out, for decisions that a plan runs itself and for those the evaluator runs for it.
 * What a plan answers is JSON, and the same as reading, evaluating and writing one after the other. */
#include "dmn/dmn.h"
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const char model_xml[] =
    "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"m\" "
    "namespace=\"urn:m\">"
    "<itemDefinition "
    "name=\"tKind\"><typeRef>string</typeRef><allowedValues><text>\"a\",\"b\"</text>"
    "</allowedValues></itemDefinition>"
    "<itemDefinition name=\"tOwner\"><itemComponent "
    "name=\"born\"><typeRef>date</typeRef></itemComponent>"
    "<itemComponent name=\"kinds\" isCollection=\"true\"><typeRef>tKind</typeRef></itemComponent>"
    "</itemDefinition>"
    "<inputData id=\"n\" name=\"n\"><variable name=\"n\" typeRef=\"number\"/></inputData>"
    "<inputData id=\"s\" name=\"s\"><variable name=\"s\" typeRef=\"tKind\"/></inputData>"
    "<inputData id=\"t\" name=\"t\"><variable name=\"t\" typeRef=\"date\"/></inputData>"
    "<inputData id=\"f\" name=\"f\"><variable name=\"f\" typeRef=\"boolean\"/></inputData>"
    "<inputData id=\"o\" name=\"o\"><variable name=\"o\" typeRef=\"tOwner\"/></inputData>"
    "<inputData id=\"x\" name=\"x\"><variable name=\"x\"/></inputData>"
    "<decision id=\"table\" name=\"table\">"
    "<informationRequirement><requiredInput href=\"#n\"/></informationRequirement>"
    "<informationRequirement><requiredInput href=\"#s\"/></informationRequirement>"
    "<informationRequirement><requiredInput href=\"#t\"/></informationRequirement>"
    "<informationRequirement><requiredInput href=\"#f\"/></informationRequirement>"
    "<decisionTable "
    "hitPolicy=\"FIRST\"><input><inputExpression><text>n</text></inputExpression></input>"
    "<input><inputExpression><text>s</text></inputExpression></input>"
    "<input><inputExpression><text>t</text></inputExpression></input>"
    "<input><inputExpression><text>f</text></inputExpression></input><output name=\"r\"/>"
    "<rule><inputEntry><text>&lt; 10.5, "
    "[20..30)</text></inputEntry><inputEntry><text>\"a\"</text></inputEntry>"
    "<inputEntry><text>-</text></inputEntry><inputEntry><text>true</text></inputEntry>"
    "<outputEntry><text>\"low\"</text></outputEntry></rule>"
    "<rule><inputEntry><text>-</text></inputEntry><inputEntry><text>not(\"a\")</text></inputEntry>"
    "<inputEntry><text>&gt;= "
    "date(\"2024-01-01\")</text></inputEntry><inputEntry><text>-</text></inputEntry>"
    "<outputEntry><text>n * 2</text></outputEntry></rule>"
    "<rule><inputEntry><text>null</text></inputEntry><inputEntry><text>-</text></inputEntry>"
    "<inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry>"
    "<outputEntry><text>\"none\"</text></outputEntry></rule></decisionTable></decision>"
    "<decision id=\"sum\" name=\"sum\">"
    "<informationRequirement><requiredInput href=\"#n\"/></informationRequirement>"
    "<informationRequirement><requiredInput href=\"#f\"/></informationRequirement>"
    "<literalExpression><text>if f and n &lt; 3000 then n * 1.25 else n - "
    "1</text></literalExpression></decision>"
    "<decision id=\"owner\" name=\"owner\">"
    "<informationRequirement><requiredInput href=\"#o\"/></informationRequirement>"
    "<informationRequirement><requiredInput href=\"#x\"/></informationRequirement>"
    "<literalExpression><text>{o: o, x: x, y: o.born, z: "
    "count(o.kinds)}</text></literalExpression></decision>"
    "</definitions>";

/* What the plan's shortcut stands for. TB_OK and the text, or why not. */
static tb_status
the_long_way(struct tb_arena *arena, const struct dmn_model *model, tb_str decision, tb_str text,
             tb_str *ret)
{
    struct tb_json *json;
    struct feel_value input, value;
    struct tb_buf buf = {.arena = arena};
    tb_status status = tb_json_parse(arena, text, &json, NULL);
    if (status == TB_OK)
        status = dmn_input_from_json(arena, model, json, &input, NULL, NULL);
    if (status == TB_OK)
        status = dmn_eval(arena, model, decision, &input, NULL, &value, NULL);
    if (status == TB_OK) {
        tb_json_write(&buf, feel_to_json(arena, &value));
        *ret = tb_buf_done(&buf);
    }
    return status;
}

static const char *const decisions[] = {"table", "sum", "owner"};

/* Made once: what is fuzzed is the JSON. */
static struct dmn_model *
prepare(struct dmn_plan *plans[])
{
    struct dmn_source source = {.file = TB_STR("f"), .xml = tb_str_of(model_xml)};
    struct dmn_model *model;
    tb_assert(dmn_compile(&source, NULL, &model, NULL) == TB_OK);
    for (size_t i = 0; i < TB_COUNT(decisions); i++)
        tb_assert(dmn_plan_new(model, tb_str_of(decisions[i]), &plans[i], NULL) == TB_OK);
    return model;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static struct dmn_model *model;
    static struct dmn_plan *plans[TB_COUNT(decisions)];
    struct tb_arena *arena = tb_arena_new(0);
    tb_str text = tb_str_copy(arena, (tb_str){(const char *)bytes, len});
    if (model == NULL)
        model = prepare(plans);
    for (size_t i = 0; i < TB_COUNT(decisions); i++) {
        struct tb_buf out = {.arena = arena};
        struct tb_faults faults = {.arena = arena};
        tb_str wanted = TB_STR("");
        tb_status status = dmn_plan_eval_json(&out, plans[i], text, &faults, NULL);
        tb_status other = the_long_way(arena, model, tb_str_of(decisions[i]), text, &wanted);
        if (status != other || (status == TB_OK && !tb_str_eq(tb_buf_done(&out), wanted))) {
            fprintf(stderr, "%s: %d " TB_FMT ", the long way %d " TB_FMT "\n", decisions[i], status,
                    TB_ARG(tb_buf_done(&out)), other, TB_ARG(wanted));
            tb_assert(false);
        }
    }
    tb_arena_free(arena);
    return 0;
}
