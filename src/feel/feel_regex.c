/* SPDX-License-Identifier: Apache-2.0 */
/* feel_regex.c - regular expressions of XPath 2.0 (which FEEL names) as PCRE2 patterns.
 *
 * The two languages look alike and differ in what they do with the same text, so the pattern is read by XPath's
 * grammar and written anew: class subtraction becomes a look-ahead, \i \c \d \w \s and blocks become classes, the dot
 * names what it leaves out, back references are delimited. What XPath's grammar does not have is refused. */
#include "feel/feel_internal.h"
#include "feel/feel_unicode_internal.h"
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#define CLASS_DEPTH_MAX 8
#define GROUP_MAX 99

struct regex {
    tb_str in;
    size_t at;
    struct tb_buf out;
    bool dot_all;
    int groups, open; /* groups begun, groups not yet closed */
    bool is_closed[GROUP_MAX + 1];
};

static int
peek(const struct regex *r)
{
    return r->at < r->in.len ? (unsigned char)r->in.ptr[r->at] : -1;
}

static int
peek_at(const struct regex *r, size_t ahead)
{
    return r->at + ahead < r->in.len ? (unsigned char)r->in.ptr[r->at + ahead] : -1;
}

/* ---- escapes ----------------------------------------------------------------------------------------------------- */

/* The insides of the classes behind multi-character escapes. */
static const char *
class_of(int letter)
{
    switch (letter | 32) {
    case 's':
        return " \\t\\n\\r";
    case 'd':
        return "\\p{Nd}";
    case 'i':
        return "_:A-Za-z\\x{C0}-\\x{D6}\\x{D8}-\\x{F6}\\x{F8}-\\x{2FF}\\x{370}-\\x{37D}\\x{37F}-"
               "\\x{1FFF}"
               "\\x{200C}\\x{200D}\\x{2070}-\\x{218F}\\x{2C00}-\\x{2FEF}\\x{3001}-\\x{D7FF}\\x{"
               "F900}-\\x{FDCF}"
               "\\x{FDF0}-\\x{FFFD}\\x{10000}-\\x{EFFFF}";
    case 'c':
        return "-._:A-Za-z0-9\\x{B7}\\x{C0}-\\x{D6}\\x{D8}-\\x{F6}\\x{F8}-\\x{37D}\\x{37F}-\\x{"
               "1FFF}\\x{200C}"
               "\\x{200D}\\x{203F}\\x{2040}\\x{2070}-\\x{218F}\\x{2C00}-\\x{2FEF}\\x{3001}-\\x{"
               "D7FF}"
               "\\x{F900}-\\x{FDCF}\\x{FDF0}-\\x{FFFD}\\x{10000}-\\x{EFFFF}";
    default:
        return NULL;
    }
}

/* \p{…} and \P{…}: a category, or Is and a block. */
static bool
put_property(struct regex *r, bool is_negative, struct tb_buf *out)
{
    static const char *const categories[] = {"L",  "Lu", "Ll", "Lt", "Lm", "Lo", "M",  "Mn", "Mc",
                                             "Me", "N",  "Nd", "Nl", "No", "P",  "Pc", "Pd", "Ps",
                                             "Pe", "Pi", "Pf", "Po", "Z",  "Zs", "Zl", "Zp", "S",
                                             "Sm", "Sc", "Sk", "So", "C",  "Cc", "Cf", "Co", "Cn"};
    if (peek(r) != '{')
        return false;
    tb_str rest = tb_str_sub(r->in, r->at + 1, r->in.len);
    ptrdiff_t end = tb_str_find(rest, TB_STR("}"));
    if (end <= 0)
        return false;
    tb_str name = tb_str_sub(rest, 0, (size_t)end);
    r->at += (size_t)end + 2;
    for (size_t i = 0; i < TB_COUNT(categories); i++)
        if (tb_str_is(name, categories[i])) {
            tb_buf_printf(out, "\\%c{%s}", is_negative ? 'P' : 'p', categories[i]);
            return true;
        }
    for (size_t i = 0; tb_str_starts(name, TB_STR("Is")) && i < feel__block_count; i++)
        if (tb_str_is(tb_str_sub(name, 2, name.len), feel__blocks[i].name)) {
            int32_t first = feel__blocks[i].first, last = feel__blocks[i].last;
            if (!is_negative)
                tb_buf_printf(out, "\\x{%x}-\\x{%x}", (unsigned)first, (unsigned)last);
            if (is_negative && first > 0)
                tb_buf_printf(out, "\\x{0}-\\x{%x}", (unsigned)first - 1);
            if (is_negative && last < 0x10ffff)
                tb_buf_printf(out, "\\x{%x}-\\x{10ffff}", (unsigned)last + 1);
            return true;
        }
    return false;
}

/* The escapes that stand for one character; it is left in *ret. */
static bool
single_escape(int c, int *ret)
{
    static const char from[] = "nrt\\|.-^?*+{}()[]$", to[] = "\n\r\t\\|.-^?*+{}()[]$";
    const char *found = c > 0 ? strchr(from, c) : NULL;
    if (found != NULL)
        *ret = to[found - from];
    return found != NULL;
}

/* Everything but a block, so negated classes of letters can be said inside a class. */
static bool
put_class_escape(struct regex *r, struct tb_buf *out)
{
    int c = peek(r);
    r->at++;
    if (c == 'p' || c == 'P')
        return put_property(r, c == 'P', out);
    if (c == 'w' || c == 'W') { /* all but punctuation, separators and others */
        tb_buf_cstr(out, c == 'w' ? "\\p{L}\\p{M}\\p{N}\\p{S}" : "\\p{P}\\p{Z}\\p{C}");
        return true;
    }
    const char *inside = class_of(c);
    if (inside == NULL)
        return false;
    if ((c | 32) == c) {
        tb_buf_cstr(out, inside);
    } else if (c == 'S') {
        tb_buf_cstr(out, "\\x{0}-\\x{8}\\x{b}\\x{c}\\x{e}-\\x{1f}\\x{21}-\\x{10ffff}");
    } else if (c == 'D') {
        tb_buf_cstr(out, "\\P{Nd}");
    } else {
        return false; /* \I and \C inside a class have no short form; see put_escape */
    }
    return true;
}

static void
put_literal(struct tb_buf *out, int32_t point)
{
    tb_buf_printf(out, "\\x{%x}", (unsigned)point);
}

static bool
put_back_reference(struct regex *r)
{
    int number = 0;
    while (peek(r) >= '0' && peek(r) <= '9') {
        int next = number * 10 + (peek(r) - '0');
        if (next > r->groups && number > 0)
            break;
        number = next;
        r->at++;
    }
    if (number < 1 || number > r->groups || number > GROUP_MAX || !r->is_closed[number])
        return false;
    tb_buf_printf(&r->out, "\\g{%d}", number);
    return true;
}

/* After a backslash, outside a class. */
static bool
put_escape(struct regex *r)
{
    int c = peek(r), literal;
    if (single_escape(c, &literal)) {
        r->at++;
        put_literal(&r->out, literal);
        return true;
    }
    if (c >= '1' && c <= '9')
        return put_back_reference(r);
    if (c == 'I' || c == 'C') {
        r->at++;
        tb_buf_printf(&r->out, "[^%s]", class_of(c));
        return true;
    }
    tb_buf_char(&r->out, '[');
    bool is_ok = put_class_escape(r, &r->out);
    tb_buf_char(&r->out, ']');
    return is_ok;
}

/* ---- classes ----------------------------------------------------------------------------------------------------- */

/* One character of a class, as a code point; -1 when it is an escape for several, -2 when it is none. */
static int32_t
class_char(struct regex *r)
{
    int literal;
    if (peek(r) == '\\') {
        if (single_escape(peek_at(r, 1), &literal)) {
            r->at += 2;
            return literal;
        }
        return -1;
    }
    if (peek(r) == '[' || peek(r) < 0)
        return -2;
    return tb_utf8_next(r->in, &r->at);
}

static bool
put_class_items(struct regex *r, struct tb_buf *out)
{
    bool is_any = false;
    while (peek(r) != ']' && !(peek(r) == '-' && peek_at(r, 1) == '[')) {
        int32_t first = class_char(r);
        if (first == -1) {
            r->at++;
            if (!put_class_escape(r, out))
                return false;
        } else if (first < 0) {
            return false;
        } else {
            put_literal(out, first);
            if (peek(r) == '-' && peek_at(r, 1) != ']' && peek_at(r, 1) != '[') {
                r->at++;
                int32_t last = class_char(r);
                if (last < first)
                    return false;
                tb_buf_char(out, '-');
                put_literal(out, last);
            }
        }
        is_any = true;
    }
    return is_any;
}

/* After the opening bracket. [a-z-[aeiou]] becomes (?:(?![aeiou])[a-z]). */
static bool
put_class(struct regex *r, struct tb_buf *out, int depth)
{
    struct tb_buf own = {.arena = out->arena}, taken = {.arena = out->arena};
    bool is_negative = peek(r) == '^';
    if (depth > CLASS_DEPTH_MAX)
        return false;
    r->at += is_negative;
    if (!put_class_items(r, &own))
        return false;
    if (peek(r) == '-') {
        r->at += 2;
        if (!put_class(r, &taken, depth + 1))
            return false;
    }
    if (peek(r) != ']')
        return false;
    r->at++;
    if (taken.len > 0) {
        tb_buf_cstr(out, "(?:(?!");
        tb_buf_str(out, tb_buf_done(&taken));
        tb_buf_char(out, ')');
    }
    tb_buf_cstr(out, is_negative ? "[^" : "[");
    tb_buf_str(out, tb_buf_done(&own));
    tb_buf_cstr(out, taken.len > 0 ? "])" : "]");
    return true;
}

/* ---- the rest ---------------------------------------------------------------------------------------------------- */

static bool
put_quantifier(struct regex *r)
{
    int c = peek(r);
    if (c == '{') {
        size_t from = r->at++;
        int64_t low = -1, high = -1;
        tb_str rest = tb_str_sub(r->in, r->at, r->in.len);
        ptrdiff_t end = tb_str_find(rest, TB_STR("}"));
        if (end < 1)
            return false;
        tb_str body = tb_str_sub(rest, 0, (size_t)end), head;
        bool has_comma = tb_str_contains(body, TB_STR(","));
        tb_str_cut(&body, ',', &head);
        if (!tb_str_to_int(head, &low) || low < 0 || low > 65535)
            return false;
        if (has_comma && body.len > 0 &&
            (!tb_str_to_int(body, &high) || high < low || high > 65535))
            return false;
        r->at += (size_t)end + 1;
        tb_buf_str(&r->out, tb_str_sub(r->in, from, r->at - from));
    } else if (c == '?' || c == '*' || c == '+') {
        tb_buf_char(&r->out, (char)c);
        r->at++;
    } else {
        return true;
    }
    if (peek(r) == '?') {
        tb_buf_char(&r->out, '?');
        r->at++;
    }
    c = peek(r);
    return c != '?' && c != '*' && c != '+' && c != '{';
}

static bool
put_group(struct regex *r, int stack[])
{
    bool is_plain = peek(r) == '?' && peek_at(r, 1) == ':';
    if (peek(r) == '?' && !is_plain)
        return false;
    if (r->open >= GROUP_MAX || r->groups >= GROUP_MAX)
        return false;
    stack[r->open++] = is_plain ? 0 : ++r->groups;
    tb_buf_cstr(&r->out, is_plain ? "(?:" : "(");
    r->at += is_plain ? 2 : 0;
    return true;
}

/* One atom with what repeats it, or a branch. */
static bool
put_piece(struct regex *r, int stack[])
{
    int c = peek(r);
    if (c == '?' || c == '*' || c == '+' || c == '{' || c == '}' || c == ']')
        return false;
    size_t from = r->at;
    int32_t point = tb_utf8_next(r->in, &r->at);
    bool is_ok = true, is_atom = true;
    if (c == '\\') {
        is_ok = put_escape(r);
    } else if (c == '[') {
        is_ok = put_class(r, &r->out, 0);
    } else if (c == '(') {
        return put_group(r, stack);
    } else if (c == ')') {
        if (r->open == 0)
            return false;
        int group = stack[--r->open];
        r->is_closed[group] = true;
        tb_buf_char(&r->out, ')');
    } else if (c == '.') {
        tb_buf_cstr(&r->out, r->dot_all ? "." : "[^\\n\\r]");
    } else if (c == '|') {
        tb_buf_char(&r->out, '|');
        is_atom = false;
    } else if (c == '^' || c == '$') {
        tb_buf_char(&r->out, (char)c);
        is_atom = false;
    } else if (c < 0x80 && strchr("\\#&~-<>=!:@%,;'\"/_` \t\n\r", c) == NULL) {
        tb_buf_char(&r->out, (char)c);
    } else {
        (void)from;
        put_literal(&r->out, point);
    }
    return is_ok && (!is_atom || put_quantifier(r));
}

/* Flag x takes blanks out everywhere but in classes (XPath functions, 7.6.1.1), even after a backslash. */
static tb_str
without_blanks(struct tb_arena *arena, tb_str text)
{
    struct tb_buf buf = {.arena = arena};
    size_t depth = 0;
    bool is_escaped = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (depth == 0 && c != '\0' && strchr(" \t\n\r", c) != NULL)
            continue;
        if (!is_escaped && c == '[')
            depth++;
        if (!is_escaped && c == ']' && depth > 0)
            depth--;
        is_escaped = c == '\\' && !is_escaped;
        tb_buf_char(&buf, c);
    }
    return tb_buf_done(&buf);
}

static bool
read_flags(tb_str flags, uint32_t *options, bool *dot_all, bool *blanks, bool *literal)
{
    for (size_t i = 0; i < flags.len; i++) {
        switch (flags.ptr[i]) {
        case 's':
            *options |= PCRE2_DOTALL;
            *dot_all = true;
            break;
        case 'm':
            *options |= PCRE2_MULTILINE;
            break;
        case 'i':
            *options |= PCRE2_CASELESS;
            break;
        case 'x':
            *blanks = true;
            break;
        case 'q':
            *literal = true;
            break;
        default:
            return false;
        }
    }
    return true;
}

bool
feel__regex_translate(struct tb_arena *arena, tb_str pattern, tb_str flags, tb_str *ret_pattern,
                      uint32_t *ret_options, bool *ret_literal)
{
    struct regex r = {.in = pattern, .out.arena = arena};
    int stack[GROUP_MAX + 1];
    bool blanks = false, literal = false;
    uint32_t options =
        PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_UTF_CHECK;
    if (pattern.len > FEEL_REGEX_BYTES_MAX ||
        !read_flags(flags, &options, &r.dot_all, &blanks, &literal))
        return false;
    *ret_literal = literal;
    if (literal) {
        *ret_pattern = pattern;
        *ret_options =
            (options & (PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_CASELESS)) | PCRE2_LITERAL;
        return true;
    }
    if (blanks)
        r.in = without_blanks(arena, pattern);
    while (r.at < r.in.len)
        if (!put_piece(&r, stack))
            return false;
    *ret_pattern = tb_buf_done(&r.out);
    *ret_options = options;
    return r.open == 0;
}
