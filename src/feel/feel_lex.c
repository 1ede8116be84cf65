/* SPDX-License-Identifier: Apache-2.0 */
/* feel_lex.c - tokens of FEEL (clause 10.3.1.2): blanks, comments, numbers, strings, words, and names made
 * of words. */
#include "feel/feel_parse_internal.h"
#include <string.h>

/* Blanks of FEEL (grammar rule 61) as code points. */
static bool
is_blank(int32_t c)
{
    return c == 0x20 || (c >= 0x09 && c <= 0x0d) || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           c == 0x180e || (c >= 0x2000 && c <= 0x200b) || c == 0x2028 || c == 0x2029 ||
           c == 0x202f || c == 0x205f || c == 0x3000 || c == 0xfeff;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Bytes of the name character at `at`; 0 when there is none. Everything beyond ASCII that is no blank can be in a
 * name: Chinese, letters of any script, emoji. */
static uint32_t
name_char(tb_str text, uint32_t at, bool is_first)
{
    if (at >= text.len)
        return 0;
    unsigned char c = (unsigned char)text.ptr[at];
    if (c < 0x80)
        return (c | 32) >= 'a' && (c | 32) <= 'z' ? 1
                                                  : c == '_' || (!is_first && is_digit((char)c));
    size_t next = at;
    int32_t point = tb_utf8_next(text, &next);
    return point < 0 || is_blank(point) ? 0 : (uint32_t)(next - at);
}

static uint32_t
skip_blanks(tb_str text, uint32_t at)
{
    while (at < text.len) {
        size_t next = at;
        if (!is_blank(tb_utf8_next(text, &next)))
            break;
        at = (uint32_t)next;
    }
    return at;
}

/* Blanks and comments. An unclosed comment reaches to the end. */
static uint32_t
skip(tb_str text, uint32_t at)
{
    for (;;) {
        at = skip_blanks(text, at);
        if (at + 1 >= text.len || text.ptr[at] != '/')
            return at;
        if (text.ptr[at + 1] == '/') {
            while (at < text.len && text.ptr[at] != '\n' && text.ptr[at] != '\r')
                at++;
        } else if (text.ptr[at + 1] == '*') {
            ptrdiff_t end = tb_str_find(tb_str_sub(text, at + 2, text.len), TB_STR("*/"));
            at = end < 0 ? (uint32_t)text.len : at + 4 + (uint32_t)end;
        } else {
            return at;
        }
    }
}

static uint32_t
scan_number(tb_str text, uint32_t at)
{
    while (at < text.len && is_digit(text.ptr[at]))
        at++;
    if (at + 1 < text.len && text.ptr[at] == '.' && is_digit(text.ptr[at + 1])) {
        at++;
        while (at < text.len && is_digit(text.ptr[at]))
            at++;
    }
    if (at < text.len && (text.ptr[at] | 32) == 'e') {
        uint32_t sign = at + 1;
        if (sign < text.len && (text.ptr[sign] == '+' || text.ptr[sign] == '-'))
            sign++;
        if (sign < text.len && is_digit(text.ptr[sign])) {
            at = sign;
            while (at < text.len && is_digit(text.ptr[at]))
                at++;
        }
    }
    return at;
}

static struct feel__token
scan_string(tb_str text, uint32_t at)
{
    uint32_t from = at++;
    while (at < text.len && text.ptr[at] != '"')
        at += text.ptr[at] == '\\' && at + 1 < text.len ? 2 : 1;
    if (at >= text.len)
        return (struct feel__token){FEEL__BAD, from, (uint32_t)text.len};
    return (struct feel__token){FEEL__STRING, from, at + 1};
}

static struct feel__token
scan_punctuation(tb_str text, uint32_t at)
{
    static const struct {
        char text[3];
        int kind;
    } pairs[] = {
        {"..", FEEL__DOTS}, {"**", FEEL__POWER}, {"<=", FEEL__LE},
        {">=", FEEL__GE},   {"!=", FEEL__NE},    {"->", FEEL__ARROW},
    };
    for (size_t i = 0; i < TB_COUNT(pairs); i++)
        if (at + 1 < text.len && memcmp(text.ptr + at, pairs[i].text, 2) == 0)
            return (struct feel__token){pairs[i].kind, at, at + 2};
    bool is_known = text.ptr[at] != '\0' && strchr("()[]{},:.+-*/=<>?@", text.ptr[at]) != NULL;
    return (struct feel__token){is_known ? text.ptr[at] : FEEL__BAD, at, at + 1};
}

struct feel__token
feel__scan(tb_str text, uint32_t at)
{
    at = skip(text, at);
    if (at >= text.len)
        return (struct feel__token){FEEL__END, at, at};
    char c = text.ptr[at];
    if (is_digit(c) || (c == '.' && at + 1 < text.len && is_digit(text.ptr[at + 1])))
        return (struct feel__token){FEEL__NUMBER, at, scan_number(text, at)};
    if (c == '"')
        return scan_string(text, at);
    uint32_t width = name_char(text, at, true), end = at;
    if (width == 0)
        return scan_punctuation(text, at);
    while (width > 0) {
        end += width;
        width = name_char(text, end, false);
    }
    return (struct feel__token){FEEL__NAME, at, end};
}

void
feel__jump(struct feel__parser *p, uint32_t at)
{
    p->after = at;
    p->token = feel__scan(p->text, at);
}

void
feel__advance(struct feel__parser *p)
{
    feel__jump(p, p->token.end);
}

bool
feel__accept(struct feel__parser *p, int kind)
{
    if (p->token.kind != kind)
        return false;
    feel__advance(p);
    return true;
}

bool
feel__expect(struct feel__parser *p, int kind, const char *what)
{
    if (feel__accept(p, kind))
        return true;
    tb_str got = p->token.kind == FEEL__END ? TB_STR("the end") : feel__token_text(p);
    tb_str got_zh = p->token.kind == FEEL__END ? TB_STR("结尾") : got;
    feel__error_at(
        p, p->token.at,
        tb_printf(p->arena, "这里应当是“%s”，却是“" TB_FMT "”", what, TB_ARG(got_zh)),
        tb_printf(p->arena, "\"%s\" is expected here, not \"" TB_FMT "\"", what, TB_ARG(got)));
    return false;
}

tb_str
feel__token_text(const struct feel__parser *p)
{
    return tb_str_sub(p->text, p->token.at, p->token.end - p->token.at);
}

bool
feel__is_word(const struct feel__parser *p, const char *word)
{
    return p->token.kind == FEEL__NAME && tb_str_is(feel__token_text(p), word);
}

bool
feel__accept_word(struct feel__parser *p, const char *word)
{
    if (!feel__is_word(p, word))
        return false;
    feel__advance(p);
    return true;
}

bool
feel__is_keyword(tb_str word)
{
    static const char *const words[] = {
        "and",   "or",        "if",      "then",     "else",     "for",  "in",    "return", "some",
        "every", "satisfies", "between", "instance", "function", "true", "false", "null",
    };
    for (size_t i = 0; i < TB_COUNT(words); i++)
        if (tb_str_is(word, words[i]))
            return true;
    return false;
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

uint32_t
feel__match(tb_str text, uint32_t at, tb_str name)
{
    size_t i = 0;
    if (name.len == 0)
        return 0;
    while (i < name.len) {
        if (name.ptr[i] == ' ') {
            uint32_t next = skip_blanks(text, at);
            if (next == at)
                return 0;
            at = next;
            while (i < name.len && name.ptr[i] == ' ')
                i++;
        } else if (at < text.len && text.ptr[at] == name.ptr[i]) {
            at++;
            i++;
        } else {
            return 0;
        }
    }
    /* The name must not end in the middle of a word. */
    unsigned char last = (unsigned char)name.ptr[name.len - 1];
    bool ends_in_word = last >= 0x80 || last == '_' || is_digit((char)last) ||
                        ((last | 32) >= 'a' && (last | 32) <= 'z');
    return ends_in_word && name_char(text, at, false) > 0 ? 0 : at;
}

tb_str
feel__words(struct feel__parser *p)
{
    struct tb_buf buf = {.arena = p->arena};
    do {
        tb_buf_cstr(&buf, buf.len > 0 ? " " : "");
        tb_buf_str(&buf, feel__token_text(p));
        feel__advance(p);
    } while (p->token.kind == FEEL__NAME && !feel__is_keyword(feel__token_text(p)));
    return tb_buf_done(&buf);
}

/* Blanks at both ends go, runs of them become one. */
static tb_str
normalize(struct tb_arena *arena, tb_str name)
{
    struct tb_buf buf = {.arena = arena};
    uint32_t at = skip_blanks(name, 0);
    while (at < name.len) {
        uint32_t next = skip_blanks(name, at);
        if (next > at && next < name.len)
            tb_buf_char(&buf, ' ');
        else if (next == at)
            tb_buf_char(&buf, name.ptr[next++]);
        at = next;
    }
    return tb_buf_done(&buf);
}

bool
feel__key(struct feel__parser *p, tb_str *ret)
{
    if (p->token.kind == FEEL__STRING) {
        struct feel__token ahead = feel__scan(p->text, p->token.end);
        if (ahead.kind != ':' || !feel__unescape(p, ret))
            return false;
        feel__advance(p);
        return true;
    }
    if (p->token.kind != FEEL__NAME)
        return false;
    struct feel__token ahead = p->token;
    while (ahead.kind == FEEL__NAME || ahead.kind == FEEL__NUMBER || ahead.kind == '.' ||
           ahead.kind == '/' || ahead.kind == '-' || ahead.kind == '+' || ahead.kind == '*' ||
           ahead.kind == FEEL__POWER || (ahead.kind == FEEL__BAD && p->text.ptr[ahead.at] == '\''))
        ahead = feel__scan(p->text, ahead.end);
    if (ahead.kind != ':')
        return false;
    *ret = normalize(p->arena, tb_str_sub(p->text, p->token.at, ahead.at - p->token.at));
    feel__jump(p, ahead.at);
    return true;
}

/* ---- strings ----------------------------------------------------------------------------------------------------- */

static bool
hex_digits(tb_str text, size_t at, size_t count, int32_t *ret)
{
    int32_t value = 0;
    if (at + count > text.len)
        return false;
    for (size_t i = 0; i < count; i++) {
        char c = text.ptr[at + i];
        int digit = is_digit(c)                          ? c - '0'
                    : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                         : -1;
        if (digit < 0)
            return false;
        value = value * 16 + digit;
    }
    *ret = value;
    return true;
}

/* \uXXXX, joined with the low surrogate that may follow, or \UXXXXXX. False when it is neither. */
static bool
unescape_point(tb_str body, size_t *at, int32_t *ret)
{
    int32_t point, low;
    size_t width = body.ptr[*at + 1] == 'u' ? 4 : 6;
    if (!hex_digits(body, *at + 2, width, &point))
        return false;
    *at += 2 + width;
    if (point >= 0xd800 && point < 0xdc00 && *at + 6 <= body.len && body.ptr[*at] == '\\' &&
        body.ptr[*at + 1] == 'u' && hex_digits(body, *at + 2, 4, &low) && low >= 0xdc00 &&
        low < 0xe000) {
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        *at += 6;
    }
    *ret = point;
    return true;
}

static bool
unescape_one(struct tb_buf *buf, tb_str body, size_t *at)
{
    static const char from[] = "nrt\"'\\", to[] = "\n\r\t\"'\\";
    char c = *at + 1 < body.len ? body.ptr[*at + 1] : '\0';
    const char *simple = c != '\0' ? strchr(from, c) : NULL;
    int32_t point;
    char bytes[4];
    if (simple != NULL) {
        tb_buf_char(buf, to[simple - from]);
        *at += 2;
    } else if ((c == 'u' || c == 'U') && unescape_point(body, at, &point)) {
        size_t width = tb_utf8_put(point, bytes);
        if (width == 0)
            return false;
        tb_buf_put(buf, bytes, width);
    } else {
        tb_buf_char(buf, body.ptr[(*at)++]); /* "\s" stays as it is: regular expressions */
    }
    return true;
}

/* The value of the string token; it is not moved over. */
bool
feel__unescape(struct feel__parser *p, tb_str *ret)
{
    tb_str body = tb_str_sub(p->text, p->token.at + 1, p->token.end - p->token.at - 2);
    if (memchr(body.ptr, '\\', body.len) == NULL) {
        *ret = body;
        return true;
    }
    struct tb_buf buf = {.arena = p->arena};
    for (size_t at = 0; at < body.len;) {
        if (body.ptr[at] != '\\') {
            tb_buf_char(&buf, body.ptr[at++]);
        } else if (!unescape_one(&buf, body, &at)) {
            feel__error(p, "\\u 后面不是一个字符", "the escape is no character");
            return false;
        }
    }
    *ret = tb_buf_done(&buf);
    return true;
}
