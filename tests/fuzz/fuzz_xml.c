/* SPDX-License-Identifier: Apache-2.0 */
/* What is accepted is well-formed UTF-8 and hangs together. */
#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
walk(const struct tb_xml *element)
{
    tb_assert(element->name.len > 0 && tb_utf8_is_valid(element->text));
    for (size_t i = 0; i < element->attr_count; i++)
        tb_assert(tb_utf8_is_valid(element->attrs[i].value));
    TB_XML_EACH(child, element)
    {
        tb_assert(child->parent == element);
        walk(child);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct tb_arena *arena = tb_arena_new((size_t)64 << 20);
    struct tb_xml *root;
    struct tb_err err;
    if (tb_xml_parse(arena, TB_STR("f.xml"), (tb_str){(const char *)bytes, len}, &root, &err) ==
        TB_OK)
        walk(root);
    tb_arena_free(arena);
    return 0;
}
