/* SPDX-License-Identifier: Apache-2.0 */
/* base_utf8.c - UTF-8 (RFC 3629): the shortest form only, no surrogates, nothing above U+10FFFF. */
#include "base/base_internal.h"
#include <string.h>

static bool
is_tail(tb_str text, size_t at)
{
    return at < text.len && ((unsigned char)text.ptr[at] & 0xC0) == 0x80;
}

static int32_t
tail_bits(tb_str text, size_t at)
{
    return (unsigned char)text.ptr[at] & 0x3F;
}

int32_t
tb_utf8_next(tb_str text, size_t *at)
{
    size_t i = (*at)++;
    int32_t lead = (unsigned char)text.ptr[i];
    if (lead < 0x80)
        return lead;
    if (lead < 0xC2 || lead > 0xF4 || !is_tail(text, i + 1))
        return -1;
    int32_t value = tail_bits(text, i + 1);
    if (lead < 0xE0) {
        *at = i + 2;
        return (lead & 0x1F) << 6 | value;
    }
    if (!is_tail(text, i + 2))
        return -1;
    value = value << 6 | tail_bits(text, i + 2);
    if (lead < 0xF0) {
        value |= (lead & 0x0F) << 12;
        if (value < 0x800 || (value >= 0xD800 && value <= 0xDFFF))
            return -1;
        *at = i + 3;
        return value;
    }
    if (!is_tail(text, i + 3))
        return -1;
    value = (lead & 0x07) << 18 | value << 6 | tail_bits(text, i + 3);
    if (value < 0x10000 || value > 0x10FFFF)
        return -1;
    *at = i + 4;
    return value;
}

size_t
tb_utf8_put(int32_t c, char out[4])
{
    if (c < 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return 0;
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

size_t
tb__utf8_bad(tb_str text)
{
    size_t at = 0;
    while (at < text.len) {
        uint64_t eight;
        if (text.len - at >= sizeof eight) {
            memcpy(&eight, text.ptr + at, sizeof eight);
            if ((eight & UINT64_C(0x8080808080808080)) == 0) {
                at += sizeof eight;
                continue;
            }
        }
        size_t before = at;
        if (tb_utf8_next(text, &at) < 0)
            return before;
    }
    return text.len;
}

bool
tb_utf8_is_valid(tb_str text)
{
    return tb__utf8_bad(text) == text.len;
}

size_t
tb_utf8_length(tb_str text)
{
    size_t length = 0;
    for (size_t at = 0; at < text.len; length++)
        (void)tb_utf8_next(text, &at);
    return length;
}

static bool
is_clean(int32_t c)
{
    if (c < 0)
        return false;
    if (c < 0x20)
        return c == '\t' || c == '\n' || c == '\r';
    if (c >= 0x7F && c <= 0x9F)
        return false;
    /* Embeddings, overrides and isolates reorder what a person reads on a certificate. */
    if ((c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069))
        return false;
    if (c >= 0xE000 && c <= 0xF8FF)
        return false;
    if (c >= 0xF0000)
        return false;
    return !((c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE);
}

bool
tb_text_is_clean(tb_str text, int32_t *ret_code_point)
{
    for (size_t at = 0; at < text.len;) {
        unsigned char byte = (unsigned char)text.ptr[at];
        if (byte >= 0x20 && byte < 0x7F) {
            at++;
            continue;
        }
        int32_t c = tb_utf8_next(text, &at);
        if (!is_clean(c)) {
            if (ret_code_point != NULL)
                *ret_code_point = c;
            return false;
        }
    }
    return true;
}
