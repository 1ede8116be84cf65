/* SPDX-License-Identifier: Apache-2.0 */
/* Request targets and url-encoded pairs. What is not exactly right is refused: two readings of one
 * target are how requests get past a check that stands in front. */
#include "http/http_internal.h"

#include <string.h>

bool
http__is_token(tb_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_alnum && (c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == NULL))
            return false;
    }
    return text.len > 0;
}

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool
http__same_name(tb_str a, const char *b)
{
    if (a.len != strlen(b))
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b[i]))
            return false;
    }
    return true;
}

static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that %XX at text[at] stands for, or -1. */
static int
escaped_byte(tb_str text, size_t at)
{
    if (at + 2 >= text.len)
        return -1;
    int high = hex_digit(text.ptr[at + 1]), low = hex_digit(text.ptr[at + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool
http__unescape(struct tb_arena *arena, tb_str text, bool plus_is_space, tb_str *ret_text)
{
    bool is_plain = true;
    for (size_t i = 0; i < text.len && is_plain; i++)
        is_plain = text.ptr[i] != '%' && !(plus_is_space && text.ptr[i] == '+');
    if (is_plain) {
        *ret_text = text.ptr != NULL ? text : TB_STR("");
        return true;
    }
    char *out = tb_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '%') {
            int byte = escaped_byte(text, i);
            if (byte < 0)
                return false;
            out[len++] = (char)byte;
            i += 2;
        } else {
            out[len++] = plus_is_space && text.ptr[i] == '+' ? ' ' : text.ptr[i];
        }
    }
    *ret_text = (tb_str){out, len};
    return true;
}

tb_status
http__pairs_read(struct tb_arena *arena, tb_str text, size_t max, struct http_pair **ret_pairs,
                 size_t *ret_count, struct tb_err *err)
{
    size_t pieces = 1, count = 0;
    for (size_t i = 0; i < text.len; i++)
        pieces += text.ptr[i] == '&';
    if (pieces > max)
        return tb_fail(err, TB_LIMIT, "more than %zu name=value pairs", max);
    struct http_pair *pairs = TB_NEW_ARRAY(arena, pieces, struct http_pair);
    tb_str rest = text, piece;
    while (tb_str_cut(&rest, '&', &piece)) {
        if (piece.len == 0)
            continue;
        ptrdiff_t equals = tb_str_find(piece, TB_STR("="));
        tb_str name = equals < 0 ? piece : tb_str_sub(piece, 0, (size_t)equals);
        tb_str value = equals < 0 ? TB_STR("") : tb_str_sub(piece, (size_t)equals + 1, piece.len);
        struct http_pair *pair = &pairs[count++];
        if (!http__unescape(arena, name, true, &pair->name) ||
            !http__unescape(arena, value, true, &pair->value))
            return tb_fail(err, TB_SYNTAX,
                           "pair %zu: %% must be followed by two hexadecimal digits", count);
        if (pair->name.len > HTTP_PART_NAME_BYTES_MAX)
            return tb_fail(err, TB_LIMIT, "pair %zu: a name has at most %d bytes", count,
                           HTTP_PART_NAME_BYTES_MAX);
        int32_t bad = 0;
        if (!tb_text_is_clean(pair->name, &bad) || !tb_text_is_clean(pair->value, &bad))
            return tb_fail(err, TB_SYNTAX, "pair %zu: U+%04X or ill-formed UTF-8 is not accepted",
                           count, (unsigned)(bad < 0 ? 0xFFFD : bad));
    }
    *ret_pairs = pairs;
    *ret_count = count;
    return TB_OK;
}

/* A path that names one thing only: no dot segments, no escaped slash or backslash, clean text. */
static tb_status
path_read(struct tb_arena *arena, tb_str raw, tb_str *ret_path, struct tb_err *err)
{
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.ptr[i] != '%')
            continue;
        int byte = escaped_byte(raw, i);
        if (byte < 0)
            return tb_fail(err, TB_SYNTAX, "path: %% must be followed by two hexadecimal digits");
        if (byte == '/' || byte == '\\' || byte == '\0')
            return tb_fail(err, TB_SYNTAX,
                           "path: an escaped slash, backslash or NUL is not accepted");
    }
    tb_str path;
    if (!http__unescape(arena, raw, false, &path) || !tb_text_is_clean(path, NULL))
        return tb_fail(err, TB_SYNTAX, "path: not clean UTF-8");
    tb_str rest = path, segment;
    while (tb_str_cut(&rest, '/', &segment)) {
        if (tb_str_is(segment, ".") || tb_str_is(segment, ".."))
            return tb_fail(err, TB_SYNTAX, "path: dot segments are not accepted");
    }
    *ret_path = path;
    return TB_OK;
}

tb_status
http_target_read(struct tb_arena *arena, tb_str target, struct http_request *request,
                 struct tb_err *err)
{
    if (target.len > HTTP_TARGET_BYTES_MAX)
        return tb_fail(err, TB_LIMIT, "the address has at most %d bytes", HTTP_TARGET_BYTES_MAX);
    for (size_t i = 0; i < target.len; i++) {
        unsigned char c = (unsigned char)target.ptr[i];
        if (c <= 0x20 || c >= 0x7f || strchr("\"#<>\\^`{|}", c) != NULL)
            return tb_fail(err, TB_SYNTAX, "address: byte 0x%02x must be percent-encoded", c);
    }
    tb_str origin = target;
    if (tb_str_starts(target, TB_STR("http://")) || tb_str_starts(target, TB_STR("https://"))) {
        size_t at = (size_t)tb_str_find(target, TB_STR("//")) + 2;
        ptrdiff_t slash = tb_str_find(tb_str_sub(target, at, target.len), TB_STR("/"));
        origin = slash < 0 ? TB_STR("/") : tb_str_sub(target, at + (size_t)slash, target.len);
    }
    if (!tb_str_starts(origin, TB_STR("/")))
        return tb_fail(err, TB_SYNTAX, "the address must begin with /");
    ptrdiff_t mark = tb_str_find(origin, TB_STR("?"));
    tb_str raw_path = mark < 0 ? origin : tb_str_sub(origin, 0, (size_t)mark);
    tb_str raw_query = mark < 0 ? TB_STR("") : tb_str_sub(origin, (size_t)mark + 1, origin.len);
    tb_str path;
    struct http_pair *pairs;
    size_t count;
    TB_TRY(path_read(arena, raw_path, &path, err));
    TB_TRY(http__pairs_read(arena, raw_query, HTTP_QUERY_MAX, &pairs, &count, err));
    request->target = target;
    request->path = path;
    request->query = pairs;
    request->query_count = count;
    return TB_OK;
}

tb_str
http_encode(struct tb_arena *arena, tb_str text)
{
    static const char digits[] = "0123456789ABCDEF";
    struct tb_buf buf = {.arena = arena};
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool is_alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (is_alnum || (c != '\0' && strchr("-._~", c) != NULL)) {
            tb_buf_char(&buf, (char)c);
        } else {
            tb_buf_char(&buf, '%');
            tb_buf_char(&buf, digits[c >> 4]);
            tb_buf_char(&buf, digits[c & 15]);
        }
    }
    return tb_buf_done(&buf);
}
