/* SPDX-License-Identifier: Apache-2.0 */
/* What is accepted is a tree that JSON can carry. */
#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct tb_arena *arena = tb_arena_new((size_t)64 << 20);
    struct tb_json *tree, *again;
    struct tb_err err;
    if (tb_yaml_parse(arena, TB_STR("f.yaml"), (tb_str){(const char *)bytes, len}, &tree, &err) ==
        TB_OK) {
        struct tb_buf buf = {.arena = arena};
        tb_json_write(&buf, tree);
        tb_assert(tb_json_parse(arena, tb_buf_done(&buf), &again, &err) == TB_OK);
    }
    tb_arena_free(arena);
    return 0;
}
