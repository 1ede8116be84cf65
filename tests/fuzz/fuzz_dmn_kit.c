/* SPDX-License-Identifier: Apache-2.0 */
/* A test file of the DMN kit, run against a model with one of everything it can name. */
#include "dmn/dmn.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const char model_xml[] =
    "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"m\" "
    "namespace=\"urn:m\">"
    "<inputData id=\"i\" name=\"x\"><variable name=\"x\"/></inputData>"
    "<decision id=\"d\" name=\"d\"><informationRequirement><requiredInput "
    "href=\"#i\"/></informationRequirement>"
    "<literalExpression><text>[x, x]</text></literalExpression></decision>"
    "<decisionService id=\"s\" name=\"s\"><outputDecision href=\"#d\"/><inputData "
    "href=\"#i\"/></decisionService>"
    "</definitions>";

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct dmn_source source = {.file = TB_STR("f"), .xml = tb_str_of(model_xml)};
    struct dmn_model *model;
    struct dmn_kit kit = {0};
    tb_str name, xml = {(const char *)bytes, len};
    tb_assert(dmn_compile(&source, NULL, &model, NULL) == TB_OK);
    (void)!dmn_kit_model(arena, TB_STR("f"), xml, &name, NULL);
    if (dmn_kit_run(arena, model, TB_STR("f"), xml, NULL, &kit, NULL) == TB_OK)
        tb_assert(kit.passed + kit.failed == kit.count);
    dmn_model_unref(model);
    tb_arena_free(arena);
    return 0;
}
