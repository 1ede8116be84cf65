/* SPDX-License-Identifier: Apache-2.0 */
/* base_json_read.c - a strict reader of JSON (RFC 8259).
 *
 * By hand because no packaged reader keeps the digits of a number, refuses duplicate keys without a
 * hash that an attacker can flood, and refuses NUL and lone surrogates. Depth, bytes and values are
 * limited before anything is allocated for them. The text is checked to be UTF-8 once, so that the
 * rest looks at single bytes. */
#include "base/base_internal.h"
#include <stdlib.h>
#include <string.h>

/* A key of an object that is being read; offset is where it stands, for the message and for a
 * stable order. */
struct key {
    tb_str text;
    size_t offset;
};

struct reader {
    struct tb_arena *arena;
    tb_str text;
    size_t at;
    int32_t line;
    int depth;
    uint32_t node_count;
    /* The keys of all open objects; each object uses the part above where it began. */
    struct key *keys;
    size_t key_count, key_cap;
    struct tb_err *err;
};

/* Line and column (in code points) of an offset. Only computed for a message. */
static tb_status
fail_at(struct reader *r, size_t offset, tb_status status, const char *what)
{
    size_t line = 1, start = 0;
    for (size_t i = 0; i < offset && i < r->text.len; i++) {
        if (r->text.ptr[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    size_t column = tb_utf8_length(tb_str_sub(r->text, start, offset - start)) + 1;
    return tb_fail(r->err, status, "JSON line %zu, column %zu: %s", line, column, what);
}

static int
peek(const struct reader *r)
{
    return r->at < r->text.len ? (unsigned char)r->text.ptr[r->at] : -1;
}

static void
skip_blanks(struct reader *r)
{
    for (int c = peek(r); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = peek(r)) {
        r->line += c == '\n';
        r->at++;
    }
}

/* ---- texts
 * -------------------------------------------------------------------------------------------------------
 * / */

static bool
read_hex4(struct reader *r, int32_t *ret_value)
{
    uint8_t bytes[2];
    if (!tb_unhex(tb_str_sub(r->text, r->at, 4), bytes, 2))
        return false;
    r->at += 4;
    *ret_value = bytes[0] << 8 | bytes[1];
    return true;
}

/* Behind a backslash-u. */
static tb_status
read_unicode(struct reader *r, struct tb_buf *out)
{
    size_t start = r->at - 2;
    int32_t c, low;
    if (!read_hex4(r, &c))
        return fail_at(r, start, TB_SYNTAX, "\\u needs four hexadecimal digits");
    if (c == 0)
        return fail_at(r, start, TB_SYNTAX, "\\u0000 is not accepted in a text");
    if (c >= 0xD800 && c <= 0xDBFF) {
        if (!tb_str_starts(tb_str_sub(r->text, r->at, 2), TB_STR("\\u")))
            return fail_at(r, start, TB_SYNTAX, "the first half of a surrogate pair stands alone");
        r->at += 2;
        if (!read_hex4(r, &low) || low < 0xDC00 || low > 0xDFFF)
            return fail_at(r, start, TB_SYNTAX, "the first half of a surrogate pair stands alone");
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    } else if (c >= 0xDC00 && c <= 0xDFFF) {
        return fail_at(r, start, TB_SYNTAX, "the second half of a surrogate pair stands alone");
    }
    char bytes[4];
    tb_buf_put(out, bytes, tb_utf8_put(c, bytes));
    return TB_OK;
}

static tb_status
read_escape(struct reader *r, struct tb_buf *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    r->at++;
    int c = peek(r);
    if (c == 'u') {
        r->at++;
        return read_unicode(r, out);
    }
    const char *hit = c > 0 ? strchr(from, c) : NULL;
    if (hit == NULL)
        return fail_at(r, r->at - 1, TB_SYNTAX,
                       "unknown escape; \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX are known");
    r->at++;
    tb_buf_char(out, to[hit - from]);
    return TB_OK;
}

/* At the opening quote. Without escapes the text points into the input. */
static tb_status
read_text(struct reader *r, tb_str *ret_text)
{
    size_t open = r->at++, from = r->at;
    struct tb_buf out = {.arena = r->arena};
    for (;;) {
        int c = peek(r);
        if (c == '"') {
            tb_str rest = tb_str_sub(r->text, from, r->at - from);
            r->at++;
            if (out.ptr == NULL) {
                *ret_text = rest;
                return TB_OK;
            }
            tb_buf_str(&out, rest);
            *ret_text = tb_buf_done(&out);
            return TB_OK;
        }
        if (c < 0)
            return fail_at(r, open, TB_SYNTAX, "this text has no closing quote");
        if (c < 0x20)
            return fail_at(r, r->at, TB_SYNTAX,
                           "a control character stands in a text; write it as an escape");
        if (c != '\\') {
            r->at++;
            continue;
        }
        tb_buf_put(&out, r->text.ptr + from, r->at - from);
        TB_TRY(read_escape(r, &out));
        from = r->at;
    }
}

/* ---- numbers and words ----------------------------------------------------------------------- */

static bool
skip_digits(struct reader *r)
{
    size_t start = r->at;
    for (int c = peek(r); c >= '0' && c <= '9'; c = peek(r))
        r->at++;
    return r->at > start;
}

static tb_status
read_number(struct reader *r, tb_str *ret_text)
{
    size_t start = r->at;
    if (peek(r) == '-')
        r->at++;
    bool is_zero = peek(r) == '0';
    size_t first = r->at;
    if (!skip_digits(r))
        return fail_at(r, start, TB_SYNTAX, "a number needs a digit here");
    if (is_zero && r->at - first > 1)
        return fail_at(r, start, TB_SYNTAX, "a number does not begin with 0");
    if (peek(r) == '.') {
        r->at++;
        if (!skip_digits(r))
            return fail_at(r, r->at, TB_SYNTAX, "a digit must follow the decimal point");
    }
    if (peek(r) == 'e' || peek(r) == 'E') {
        r->at++;
        if (peek(r) == '+' || peek(r) == '-')
            r->at++;
        if (!skip_digits(r))
            return fail_at(r, r->at, TB_SYNTAX, "a digit must follow the exponent's e");
    }
    *ret_text = tb_str_sub(r->text, start, r->at - start);
    return TB_OK;
}

bool
tb__json_is_number(tb_str text)
{
    struct reader r = {.text = text};
    tb_str number;
    return read_number(&r, &number) == TB_OK && number.len == text.len;
}

static tb_status
read_word(struct reader *r, const char *word, tb_json_kind kind, tb_json_kind *ret_kind)
{
    size_t len = strlen(word);
    if (!tb_str_is(tb_str_sub(r->text, r->at, len), word))
        return fail_at(r, r->at, TB_SYNTAX,
                       "expected a value: text, number, object, list, true, false or null");
    r->at += len;
    *ret_kind = kind;
    return TB_OK;
}

/* ---- objects and lists ----------------------------------------------------------------------- */

static int
key_order(const void *a, const void *b)
{
    const struct key *left = a, *right = b;
    int order = tb_str_cmp(left->text, right->text);
    if (order != 0)
        return order;
    return left->offset < right->offset ? -1 : left->offset > right->offset;
}

static void
push_key(struct reader *r, tb_str text, size_t offset)
{
    if (r->key_count == r->key_cap) {
        size_t cap = r->key_cap == 0 ? 32 : r->key_cap * 2;
        struct key *keys = TB_NEW_ARRAY(r->arena, cap, struct key);
        if (r->key_count > 0)
            memcpy(keys, r->keys, r->key_count * sizeof *keys);
        r->keys = keys;
        r->key_cap = cap;
    }
    r->keys[r->key_count++] = (struct key){text, offset};
}

/* Sorting keeps this n log n whatever the keys are. */
static tb_status
check_keys(struct reader *r, size_t from)
{
    size_t count = r->key_count - from;
    r->key_count = from;
    if (count < 2)
        return TB_OK;
    struct key *keys = r->keys + from;
    qsort(keys, count, sizeof *keys, key_order);
    for (size_t i = 1; i < count; i++)
        if (tb_str_eq(keys[i - 1].text, keys[i].text))
            return fail_at(r, keys[i].offset, TB_SYNTAX, "this key stands in the object already");
    return TB_OK;
}

static tb_status read_value(struct reader *r, struct tb_json **ret_json);

static tb_status
read_member(struct reader *r, struct tb_json *object)
{
    size_t offset = r->at;
    tb_str key;
    if (peek(r) != '"')
        return fail_at(r, offset, TB_SYNTAX, "expected a key in double quotes");
    TB_TRY(read_text(r, &key));
    push_key(r, key, offset);
    skip_blanks(r);
    if (peek(r) != ':')
        return fail_at(r, r->at, TB_SYNTAX, "expected a colon behind the key");
    r->at++;
    skip_blanks(r);
    struct tb_json *child;
    TB_TRY(read_value(r, &child));
    child->key = key;
    tb_json_add(object, child);
    return TB_OK;
}

static tb_status
read_element(struct reader *r, struct tb_json *list)
{
    struct tb_json *child;
    TB_TRY(read_value(r, &child));
    tb_json_add(list, child);
    return TB_OK;
}

/* At the opening bracket. */
static tb_status
read_children(struct reader *r, struct tb_json *parent)
{
    bool is_object = parent->kind == TB_JSON_OBJECT;
    int close = is_object ? '}' : ']';
    size_t open = r->at++, keys_from = r->key_count;
    if (++r->depth > TB_JSON_DEPTH_MAX)
        return fail_at(r, open, TB_LIMIT, "nested too deeply; at most 64 levels are accepted");
    skip_blanks(r);
    if (peek(r) == close) {
        r->at++;
        r->depth--;
        return TB_OK;
    }
    for (;;) {
        TB_TRY(is_object ? read_member(r, parent) : read_element(r, parent));
        skip_blanks(r);
        int c = peek(r);
        if (c != ',' && c != close)
            return fail_at(r, c < 0 ? open : r->at, TB_SYNTAX,
                           c < 0       ? "this bracket is not closed"
                           : is_object ? "expected a comma or } here"
                                       : "expected a comma or ] here");
        r->at++;
        if (c == close)
            break;
        skip_blanks(r);
    }
    r->depth--;
    return check_keys(r, keys_from);
}

static tb_status
read_value(struct reader *r, struct tb_json **ret_json)
{
    if (++r->node_count > TB_JSON_NODES_MAX || tb_arena_is_over(r->arena))
        return fail_at(r, r->at, TB_LIMIT, "too many values; at most 1,000,000 are accepted");
    struct tb_json *json = tb_json_new(r->arena, TB_JSON_NULL);
    json->line = r->line;
    int c = peek(r);
    tb_status status;
    switch (c) {
    case '{':
    case '[':
        json->kind = c == '{' ? TB_JSON_OBJECT : TB_JSON_LIST;
        status = read_children(r, json);
        break;
    case '"':
        json->kind = TB_JSON_TEXT;
        status = read_text(r, &json->text);
        break;
    case 't':
        status = read_word(r, "true", TB_JSON_TRUE, &json->kind);
        break;
    case 'f':
        status = read_word(r, "false", TB_JSON_FALSE, &json->kind);
        break;
    case '-':
    case '0' ... '9':
        json->kind = TB_JSON_NUMBER;
        status = read_number(r, &json->text);
        break;
    default:
        status = read_word(r, "null", TB_JSON_NULL, &json->kind);
        break;
    }
    TB_TRY(status);
    *ret_json = json;
    return TB_OK;
}

tb_status
tb_json_parse(struct tb_arena *arena, tb_str text, struct tb_json **ret_json, struct tb_err *err)
{
    struct reader r = {.arena = arena, .text = text, .line = 1, .err = err};
    if (text.len > TB_JSON_BYTES_MAX)
        return tb_fail(err, TB_LIMIT, "JSON: %zu bytes; at most %u are accepted", text.len,
                       TB_JSON_BYTES_MAX);
    size_t bad = tb__utf8_bad(text);
    if (bad < text.len)
        return fail_at(&r, bad, TB_SYNTAX, "this byte is not UTF-8");
    skip_blanks(&r);
    struct tb_json *json;
    TB_TRY(read_value(&r, &json));
    skip_blanks(&r);
    if (r.at < text.len)
        return fail_at(&r, r.at, TB_SYNTAX, "nothing may follow the value");
    *ret_json = json;
    return TB_OK;
}
