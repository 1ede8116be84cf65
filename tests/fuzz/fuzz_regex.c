/* SPDX-License-Identifier: Apache-2.0 */
/* A regular expression and a text, a line each: translating, matching and replacing end within their limits. */
#include "feel/feel.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct tb_arena *arena = tb_arena_new(0);
    tb_str rest = tb_str_copy(arena, (tb_str){(const char *)bytes, len}), pattern = TB_STR(""),
           flags = TB_STR("");
    if (tb_utf8_is_valid(rest)) {
        tb_str_cut(&rest, '\n', &pattern);
        tb_str_cut(&rest, '\n', &flags);
        struct feel_entry entries[] = {
            {TB_STR("t"), feel_string(rest.ptr != NULL ? rest : TB_STR(""))},
            {TB_STR("p"), feel_string(pattern)},
            {TB_STR("f"), feel_string(flags)}};
        struct feel_value context = feel_context_of(arena, entries, 3), value;
        struct feel_run run = {.steps_max = 100000, .bytes_max = 64u << 20};
        (void)!feel_once(arena,
                         TB_STR("[matches(t, p, f), replace(t, p, \"<$1$0>\", f), split(t, p)]"),
                         &context, &run, &value, NULL);
    }
    tb_arena_free(arena);
    return 0;
}
