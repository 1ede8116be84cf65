/* SPDX-License-Identifier: Apache-2.0 */
/* base_str.c - runs of bytes. */
#include "base/base_internal.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

tb_str
tb_str_of(const char *zero_terminated)
{
    if (zero_terminated == NULL)
        return TB_STR_NONE;
    return (tb_str){zero_terminated, strlen(zero_terminated)};
}

bool
tb_str_eq(tb_str a, tb_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool
tb_str_is(tb_str a, const char *zero_terminated)
{
    return tb_str_eq(a, tb_str_of(zero_terminated));
}

int
tb_str_cmp(tb_str a, tb_str b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len == 0 ? 0 : memcmp(a.ptr, b.ptr, len);
    if (order != 0)
        return order < 0 ? -1 : 1;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool
tb_str_starts(tb_str text, tb_str prefix)
{
    return text.len >= prefix.len && tb_str_eq(tb_str_sub(text, 0, prefix.len), prefix);
}

bool
tb_str_ends(tb_str text, tb_str suffix)
{
    return text.len >= suffix.len &&
           tb_str_eq(tb_str_sub(text, text.len - suffix.len, suffix.len), suffix);
}

ptrdiff_t
tb_str_find(tb_str text, tb_str part)
{
    if (part.len == 0)
        return 0;
    if (part.len > text.len)
        return -1;
    const char *hit = memmem(text.ptr, text.len, part.ptr, part.len);
    return hit != NULL ? hit - text.ptr : -1;
}

bool
tb_str_contains(tb_str text, tb_str part)
{
    return tb_str_find(text, part) >= 0;
}

tb_str
tb_str_sub(tb_str text, size_t from, size_t len)
{
    if (text.ptr == NULL)
        return TB_STR_NONE;
    if (from > text.len)
        from = text.len;
    if (len > text.len - from)
        len = text.len - from;
    return (tb_str){text.ptr + from, len};
}

static size_t
blank_at_start(tb_str text)
{
    if (text.len >= 1 && (*text.ptr == ' ' || (*text.ptr >= '\t' && *text.ptr <= '\r')))
        return 1;
    return tb_str_starts(text, TB_STR("\xE3\x80\x80")) ? 3 : 0;
}

static size_t
blank_at_end(tb_str text)
{
    if (text.len == 0)
        return 0;
    char last = text.ptr[text.len - 1];
    if (last == ' ' || (last >= '\t' && last <= '\r'))
        return 1;
    return tb_str_ends(text, TB_STR("\xE3\x80\x80")) ? 3 : 0;
}

tb_str
tb_str_trim(tb_str text)
{
    size_t blank;
    while ((blank = blank_at_start(text)) > 0)
        text = tb_str_sub(text, blank, text.len);
    while ((blank = blank_at_end(text)) > 0)
        text.len -= blank;
    return text;
}

bool
tb_str_cut(tb_str *rest, char separator, tb_str *ret_head)
{
    if (rest->ptr == NULL)
        return false;
    const char *hit = rest->len > 0 ? memchr(rest->ptr, separator, rest->len) : NULL;
    if (hit == NULL) {
        *ret_head = *rest;
        *rest = TB_STR_NONE;
        return true;
    }
    size_t head = (size_t)(hit - rest->ptr);
    *ret_head = (tb_str){rest->ptr, head};
    *rest = (tb_str){hit + 1, rest->len - head - 1};
    return true;
}

tb_str
tb_str_copy(struct tb_arena *arena, tb_str text)
{
    if (text.ptr == NULL)
        return TB_STR_NONE;
    return (tb_str){tb_cstr(arena, text), text.len};
}

char *
tb_cstr(struct tb_arena *arena, tb_str text)
{
    char *copy = tb__alloc_bytes(arena, text.len + 1);
    if (text.len > 0)
        memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return copy;
}

tb_str
tb_str_lower_ascii(struct tb_arena *arena, tb_str text)
{
    char *copy = tb_cstr(arena, text);
    for (size_t i = 0; i < text.len; i++)
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] - 'A' + 'a');
    return (tb_str){copy, text.len};
}

tb_str
tb_printf(struct tb_arena *arena, const char *format, ...)
{
    /* Most texts are short: formatted once and copied, not measured and then formatted. */
    char brief[256];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(brief, sizeof brief, format, args);
    va_end(args);
    tb_assert(len >= 0);
    char *text = tb__alloc_bytes(arena, (size_t)len + 1);
    if ((size_t)len < sizeof brief)
        memcpy(text, brief, (size_t)len + 1);
    else
        vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return (tb_str){text, (size_t)len};
}

bool
tb_str_to_int(tb_str text, int64_t *ret_value)
{
    bool is_negative = text.len > 0 && text.ptr[0] == '-';
    size_t at = is_negative ? 1 : 0;
    if (at == text.len)
        return false;
    int64_t value = 0;
    for (; at < text.len; at++) {
        int digit = text.ptr[at] - '0';
        if (digit < 0 || digit > 9)
            return false;
        /* Counting downwards reaches INT64_MIN, which has no positive twin. */
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value))
            return false;
    }
    if (!is_negative && value == INT64_MIN)
        return false;
    *ret_value = is_negative ? value : -value;
    return true;
}

uint64_t
tb_hash(tb_str text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < text.len; i++) {
        hash ^= (unsigned char)text.ptr[i];
        hash *= UINT64_C(0x100000001b3);
    }
    return hash;
}
