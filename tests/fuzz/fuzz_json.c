/* SPDX-License-Identifier: Apache-2.0 */
/* What is accepted must be written and read again to the same bytes. */
#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct tb_arena *arena = tb_arena_new((size_t)64 << 20);
    struct tb_json *json, *again;
    struct tb_err err;
    if (tb_json_parse(arena, (tb_str){(const char *)bytes, len}, &json, &err) == TB_OK) {
        struct tb_buf first = {.arena = arena}, second = {.arena = arena};
        tb_json_write(&first, json);
        tb_assert(tb_json_parse(arena, tb_buf_done(&first), &again, &err) == TB_OK);
        tb_json_write_pretty(&second, tb_json_copy(arena, again));
        tb_assert(tb_json_parse(arena, tb_buf_done(&second), &json, &err) == TB_OK);
        struct tb_buf third = {.arena = arena};
        tb_json_write(&third, json);
        tb_assert(tb_str_eq(tb_buf_done(&first), tb_buf_done(&third)));
    }
    tb_arena_free(arena);
    return 0;
}
