/* SPDX-License-Identifier: Apache-2.0 */
/* Url-encoded forms and request targets. What is accepted is clean text. */
#include "http/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_err err = {0};
    struct http_form form;
    struct http_request request = {.arena = arena};
    tb_str text = {(const char *)data, size};
    if (http_form_read(arena, TB_STR("application/x-www-form-urlencoded"), text, &form, &err) ==
        TB_OK) {
        tb_assert(form.count <= HTTP_PARTS_MAX);
        for (size_t i = 0; i < form.count; i++)
            tb_assert(tb_text_is_clean(form.parts[i].name, NULL) &&
                      tb_text_is_clean(form.parts[i].value, NULL));
    }
    if (http_target_read(arena, text, &request, &err) == TB_OK) {
        tb_assert(tb_str_starts(request.path, TB_STR("/")) && tb_text_is_clean(request.path, NULL));
        tb_assert(!tb_str_contains(request.path, TB_STR("/../")) &&
                  !tb_str_ends(request.path, TB_STR("/..")));
    }
    tb_arena_free(arena);
    return 0;
}
