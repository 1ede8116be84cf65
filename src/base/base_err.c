/* SPDX-License-Identifier: Apache-2.0 */
/* base_err.c - statuses, failures, faults, assertions. */
#include "base/base_internal.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct tb_error_row error_rows[TB_STATUS_COUNT] = {
#define TB_ERROR(name, code, http, exit, zh, en, remedy_zh, remedy_en)                             \
    [TB_##name] = {code, http, exit, zh, en, remedy_zh, remedy_en},
#include "base/errors.def"
#undef TB_ERROR
};

const struct tb_error_row *
tb_error_row(tb_status status)
{
    unsigned index = (unsigned)status;
    return &error_rows[index < TB_STATUS_COUNT ? index : TB_INTERNAL];
}

/* vsnprintf cuts anywhere; a message must not end inside a UTF-8 sequence. */
static void
trim_cut_utf8(char *message, size_t size)
{
    size_t len = strlen(message);
    if (len + 1 < size)
        return;
    size_t start = len;
    while (start > 0 && ((unsigned char)message[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)message[start - 1];
    size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (len - (start - 1) < need)
        message[start - 1] = '\0';
}

tb_status
tb_fail(struct tb_err *err, tb_status status, const char *format, ...)
{
    if (err == NULL)
        return status;
    /* The arguments may contain the former message of *err, so the new one is made beside it. */
    char message[TB_ERR_MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    trim_cut_utf8(message, sizeof message);
    err->status = status;
    memcpy(err->message, message, sizeof message);
    return status;
}

void
tb_assert_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s:%d: this must hold and does not: %s\n", file, line, condition);
    abort();
}

void
tb_fault_add(struct tb_faults *faults, tb_str place, const char *code, tb_str zh, tb_str en)
{
    size_t index = faults->count++;
    if (index >= TB_FAULTS_MAX)
        return;
    if (index >= faults->cap) {
        size_t cap = faults->cap == 0 ? 8 : faults->cap * 2;
        struct tb_fault *items = TB_NEW_ARRAY(faults->arena, cap, struct tb_fault);
        if (index > 0)
            memcpy(items, faults->items, index * sizeof *items);
        faults->items = items;
        faults->cap = cap;
    }
    faults->items[index] = (struct tb_fault){
        .place = tb_str_copy(faults->arena, place),
        .code = tb_str_copy(faults->arena, tb_str_of(code)),
        .zh = tb_str_copy(faults->arena, zh),
        .en = tb_str_copy(faults->arena, en),
    };
}
