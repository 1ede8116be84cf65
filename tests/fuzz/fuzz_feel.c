/* SPDX-License-Identifier: Apache-2.0 */
/* An expression: what compiles runs within small limits, and what it gives reads back from its literal. */
#include "feel/feel.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
check_literal(struct tb_arena *arena, const struct feel_value *value)
{
    struct feel_value again;
    tb_str text = feel_format_literal(arena, value);
    tb_assert(tb_utf8_is_valid(text));
    bool is_plain = value->kind == FEEL_NUMBER || value->kind == FEEL_STRING ||
                    value->kind == FEEL_BOOLEAN || value->kind == FEEL_DATE ||
                    value->kind == FEEL_DAYS || value->kind == FEEL_MONTHS;
    if (!is_plain)
        return;
    tb_assert(feel_once(arena, text, NULL, NULL, &again, NULL) == TB_OK);
    tb_assert(feel_equal(value, &again));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct tb_arena *arena = tb_arena_new(0);
    tb_str text = tb_str_copy(arena, (tb_str){(const char *)bytes, len});
    struct feel_warnings warnings = {.arena = arena};
    struct feel_host host = {.has_now = true, .now_us = 1};
    struct feel_run run = {
        .host = &host, .warnings = &warnings, .steps_max = 20000, .bytes_max = 8u << 20};
    struct feel_entry entries[] = {{TB_STR("x"), feel_integer(3)},
                                   {TB_STR("list of x"), feel_list_of(&entries[0].value, 1)}};
    struct feel_value context = feel_context_of(arena, entries, 2), value, pass;
    const struct feel_unary *unary;
    if (feel_once(arena, text, &context, &run, &value, NULL) == TB_OK)
        check_literal(arena, &value);
    if (feel_compile_unary(arena, text, NULL, &unary, NULL, NULL) == TB_OK) {
        struct feel_shape shape;
        (void)!feel_test(arena, unary, &entries[0].value, &context, &run, &pass, NULL);
        (void)!feel_unary_shape(arena, unary, &shape);
    }
    tb_arena_free(arena);
    return 0;
}
