/* SPDX-License-Identifier: Apache-2.0 */
/* base_buf.c - bytes that grow in an arena, and their written forms: hex, base64, SHA-256. */
/* The one-shot SHA256() of OpenSSL 3 looks the algorithm up by name on every call, which costs four
 * times the hashing of a short text; the old interface goes straight to it. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/base_internal.h"
#include <openssl/sha.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Room for more bytes and the NUL that tb_buf_done puts behind them. */
static void
reserve(struct tb_buf *buf, size_t more)
{
    tb_assert(more < SIZE_MAX / 4 && buf->len < SIZE_MAX / 4);
    size_t need = buf->len + more + 1;
    if (need <= buf->cap)
        return;
    size_t cap = buf->cap == 0 ? 128 : buf->cap * 2;
    while (cap < need)
        cap *= 2;
    if (buf->ptr != NULL && tb__arena_extend(buf->arena, buf->ptr, buf->cap, cap)) {
        buf->cap = cap;
        return;
    }
    char *bytes = tb__alloc_bytes(buf->arena, cap);
    if (buf->len > 0)
        memcpy(bytes, buf->ptr, buf->len);
    buf->ptr = bytes;
    buf->cap = cap;
}

void
tb_buf_put(struct tb_buf *buf, const void *bytes, size_t len)
{
    reserve(buf, len);
    if (len > 0)
        memcpy(buf->ptr + buf->len, bytes, len);
    buf->len += len;
}

void
tb_buf_str(struct tb_buf *buf, tb_str text)
{
    tb_buf_put(buf, text.ptr, text.len);
}

void
tb_buf_cstr(struct tb_buf *buf, const char *text)
{
    tb_buf_put(buf, text, strlen(text));
}

void
tb_buf_char(struct tb_buf *buf, char c)
{
    reserve(buf, 1);
    buf->ptr[buf->len++] = c;
}

void
tb_buf_printf(struct tb_buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    tb_assert(len >= 0);
    reserve(buf, (size_t)len);
    vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, again);
    va_end(again);
    buf->len += (size_t)len;
}

void
tb_buf_int(struct tb_buf *buf, int64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        digits[--at] = '-';
    tb_buf_put(buf, digits + at, sizeof digits - at);
}

tb_str
tb_buf_done(struct tb_buf *buf)
{
    reserve(buf, 0);
    buf->ptr[buf->len] = '\0';
    return (tb_str){buf->ptr, buf->len};
}

tb_str
tb_hex(struct tb_arena *arena, const void *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *in = bytes;
    char *out = tb_alloc(arena, len * 2 + 1);
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[in[i] >> 4];
        out[2 * i + 1] = digits[in[i] & 15];
    }
    return (tb_str){out, len * 2};
}

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool
tb_unhex(tb_str text, uint8_t *ret_bytes, size_t len)
{
    if (text.len != len * 2)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (hex_value(text.ptr[i]) < 0)
            return false;
    for (size_t i = 0; i < len; i++)
        ret_bytes[i] = (uint8_t)(hex_value(text.ptr[2 * i]) << 4 | hex_value(text.ptr[2 * i + 1]));
    return true;
}

static tb_str
base64(struct tb_arena *arena, const void *bytes, size_t len, const char *alphabet, bool is_padded)
{
    const unsigned char *in = bytes;
    char *out = tb_alloc(arena, len / 3 * 4 + 5);
    size_t put = 0;
    for (size_t i = 0; i < len; i += 3) {
        size_t have = len - i < 3 ? len - i : 3;
        unsigned bits = (unsigned)in[i] << 16;
        bits |= have > 1 ? (unsigned)in[i + 1] << 8 : 0;
        bits |= have > 2 ? in[i + 2] : 0;
        for (size_t k = 0; k < 4; k++) {
            if (k <= have)
                out[put++] = alphabet[bits >> (18 - 6 * k) & 63];
            else if (is_padded)
                out[put++] = '=';
        }
    }
    return (tb_str){out, put};
}

#define BASE64_COMMON "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

tb_str
tb_base64(struct tb_arena *arena, const void *bytes, size_t len)
{
    return base64(arena, bytes, len, BASE64_COMMON "+/", true);
}

tb_str
tb_base64url(struct tb_arena *arena, const void *bytes, size_t len)
{
    return base64(arena, bytes, len, BASE64_COMMON "-_", false);
}

static int
base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    if (c == '/' || c == '_')
        return 63;
    return -1;
}

bool
tb_unbase64(struct tb_arena *arena, tb_str text, tb_str *ret_bytes)
{
    if (text.len % 4 == 0 && tb_str_ends(text, TB_STR("=")))
        text.len -= tb_str_ends(text, TB_STR("==")) ? 2 : 1;
    if (text.len % 4 == 1)
        return false;
    char *out = tb_alloc(arena, text.len / 4 * 3 + 3);
    size_t put = 0;
    unsigned bits = 0, bit_count = 0;
    for (size_t i = 0; i < text.len; i++) {
        int value = base64_value(text.ptr[i]);
        if (value < 0)
            return false;
        bits = (bits << 6 | (unsigned)value) & 0xFFFFFF;
        bit_count += 6;
        if (bit_count >= 8) {
            bit_count -= 8;
            out[put++] = (char)(bits >> bit_count & 0xFF);
        }
    }
    /* Left-over bits must be zero: each text of bytes has one written form (RFC 4648, 3.5). */
    if ((bits & ((1u << bit_count) - 1)) != 0)
        return false;
    out[put] = '\0';
    *ret_bytes = (tb_str){out, put};
    return true;
}

struct tb_sha256
tb_sha256(const void *bytes, size_t len)
{
    struct tb_sha256 sum;
    SHA256_CTX sha;
    SHA256_Init(&sha);
    SHA256_Update(&sha, len > 0 ? bytes : "", len);
    SHA256_Final(sum.bytes, &sha);
    return sum;
}
