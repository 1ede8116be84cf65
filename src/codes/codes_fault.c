/* SPDX-License-Identifier: Apache-2.0 */
/* codes_fault.c - what the checks share: saying what is wrong, looking at characters. */
#include "codes/codes_internal.h"
#include <stdio.h>

bool
codes__fault(struct tb_faults *faults, tb_str place, const char *code, const char *zh,
             const char *en)
{
    if (faults != NULL)
        tb_fault_add(faults, place, code, tb_str_of(zh), tb_str_of(en));
    return false;
}

/* %d is put in by hand: a format that is not a literal would escape the compiler's check. */
static tb_str
with_number(struct tb_arena *arena, const char *format, size_t number)
{
    struct tb_buf buf = {.arena = arena};
    tb_str text = tb_str_of(format);
    ptrdiff_t hit = tb_str_find(text, TB_STR("%d"));
    if (hit < 0)
        return text;
    tb_buf_put(&buf, text.ptr, (size_t)hit);
    tb_buf_int(&buf, (int64_t)number);
    tb_buf_cstr(&buf, text.ptr + hit + 2);
    return tb_buf_done(&buf);
}

bool
codes__fault_at(struct tb_faults *faults, tb_str place, const char *code, size_t position,
                const char *zh, const char *en)
{
    if (faults != NULL)
        tb_fault_add(faults, place, code, with_number(faults->arena, zh, position),
                     with_number(faults->arena, en, position));
    return false;
}

size_t
codes__digits(tb_str text)
{
    size_t i = 0;
    while (i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9')
        i++;
    return i;
}

int
codes__alnum(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 10;
    return -1;
}

bool
codes__is_alnum(tb_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (codes__alnum(text.ptr[i]) < 0)
            return false;
    return text.len > 0;
}

bool
codes__day(tb_str digits, tb_date *ret_day)
{
    int64_t number;
    if (digits.len != 8 || codes__digits(digits) != 8 || !tb_str_to_int(digits, &number))
        return false;
    tb_date day = {(int32_t)(number / 10000), (int8_t)(number / 100 % 100), (int8_t)(number % 100)};
    if (!tb_date_is_valid(day))
        return false;
    *ret_day = day;
    return true;
}

tb_str
codes_tidy(struct tb_arena *arena, tb_str typed)
{
    /* Folding removes blanks, narrows full width, and makes one dash and one dot of many. */
    tb_str folded = tb_text_fold(arena, typed);
    char *out = tb_alloc(arena, folded.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < folded.len; i++) {
        char c = folded.ptr[i];
        bool is_dot = tb_str_starts(tb_str_sub(folded, i, 2), TB_STR("\xC2\xB7"));
        if (is_dot)
            i++;
        else if (c != '-')
            out[len++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    return (tb_str){out, len};
}
