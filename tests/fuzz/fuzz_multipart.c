/* SPDX-License-Identifier: Apache-2.0 */
/* Multipart forms: the first line of the input is the content type. Every value lies within the body. */
#include "http/http.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_err err = {0};
    struct http_form form;
    tb_str type, body = {(const char *)data, size};
    if (tb_str_cut(&body, '\n', &type) && body.ptr != NULL &&
        http_form_read(arena,
                       tb_printf(arena, "multipart/form-data; boundary=" TB_FMT, TB_ARG(type)),
                       body, &form, &err) == TB_OK) {
        tb_assert(form.count <= HTTP_PARTS_MAX);
        for (size_t i = 0; i < form.count; i++) {
            const struct http_part *part = &form.parts[i];
            tb_assert(part->value.ptr >= body.ptr &&
                      part->value.ptr + part->value.len <= body.ptr + body.len);
            tb_assert(part->file_name.ptr != NULL || tb_text_is_clean(part->value, NULL));
        }
    }
    tb_arena_free(arena);
    return 0;
}
