/* SPDX-License-Identifier: Apache-2.0 */
/* Letters of a pack: a template on the first lines, behind a NUL its fields as JSON. What it makes is a list of blocks,
 * and whatever fields a letter says it uses, it can be asked for. */
#include "paper/paper.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char known[] =
        "{\"a\":\"x\",\"b\":{\"c\":\"**y**\"},\"list\":[{\"n\":\"1\"},\"z\"]}";
    struct tb_arena *arena = tb_arena_new((size_t)64 << 20);
    struct tb_faults faults = {.arena = arena};
    struct tb_json *fields = NULL, *blocks = NULL;
    tb_str rest = {(const char *)bytes, len}, letter;
    struct tb_err err = {0};
    tb_str_cut(&rest, '\0', &letter);
    if (tb_json_parse(arena, rest, &fields, NULL) != TB_OK || fields->kind != TB_JSON_OBJECT)
        tb_assert(tb_json_parse(arena, tb_str_of(known), &fields, NULL) == TB_OK);
    if (paper_letter(arena, TB_STR("l.md"), letter, fields, &blocks, &faults, &err) == TB_OK &&
        faults.count == 0)
        tb_assert(blocks->kind == TB_JSON_LIST);
    tb_str *names;
    size_t count;
    if (paper_letter_fields(arena, TB_STR("l.md"), letter, &names, &count, &err) == TB_OK)
        tb_assert(count <= letter.len);
    tb_arena_free(arena);
    return 0;
}
