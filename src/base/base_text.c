/* SPDX-License-Identifier: Apache-2.0 */
/* base_text.c - normal forms: NFC for what is stored, the folded twin for what is searched. */
#include "base/base_internal.h"
#include <stdlib.h>
#include <string.h>
#include <uninorm.h>

/* Code points that normal form C neither changes nor joins to a neighbour. Most texts hold nothing
 * else, so the library is seldom asked. */
static bool
is_plain(int32_t c)
{
    return (c >= 0 && c < 0x300) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) ||
           (c >= 0x3000 && c <= 0x3029) || (c >= 0xFF01 && c <= 0xFFEF);
}

/* Code points that stand alone in form KC too: letters, digits and signs of ASCII, and the ideographs. */
static bool
is_plain_compatible(int32_t c)
{
    return (c >= 0 && c < 0x80) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF);
}

static bool
is_all(tb_str text, bool (*is_one)(int32_t c))
{
    for (size_t at = 0; at < text.len;)
        if (!is_one(tb_utf8_next(text, &at)))
            return false;
    return true;
}

static tb_str
normalize(struct tb_arena *arena, uninorm_t form, tb_str text)
{
    size_t len = 0;
    uint8_t *made = u8_normalize(form, (const uint8_t *)text.ptr, text.len, NULL, &len);
    if (made == NULL)
        return tb_str_copy(arena, text); /* ill-formed: the caller has to refuse it */
    tb_str copy = tb_str_copy(arena, (tb_str){(const char *)made, len});
    free(made);
    return copy;
}

tb_str
tb_text_nfc(struct tb_arena *arena, tb_str text)
{
    if (text.len == 0 || is_all(text, is_plain))
        return tb_str_copy(arena, text);
    return normalize(arena, UNINORM_NFC, text);
}

/* What a code point of the NFKC form becomes; 0: it goes. */
static int32_t
fold_one(int32_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 'a';
    switch (c) {
    case ' ':
    case '\t':
    case '\n':
    case '\v':
    case '\f':
    case '\r':
    case 0x85:
    case 0xA0:
    case 0xAD: /* soft hyphen */
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x3000:
    case 0xFEFF:
        return 0;
    case '[':
    case '{':
    case 0x3010: /* 【 */
    case 0x3014: /* 〔 */
    case 0x3016: /* 〖 */
    case 0x3018:
        return '(';
    case ']':
    case '}':
    case 0x3011:
    case 0x3015:
    case 0x3017:
    case 0x3019:
        return ')';
    case 0x3008: /* 〈 */
    case 0x300A: /* 《 */
        return '<';
    case 0x3009:
    case 0x300B:
        return '>';
    case 0x2018: /* quotation marks of every kind */
    case 0x2019:
    case 0x201C:
    case 0x201D:
    case 0x300C: /* 「 */
    case 0x300D:
    case 0x300E:
    case 0x300F:
        return '"';
    case 0x2022: /* dots within a name, as different keyboards give them */
    case 0x2027:
    case 0x22C5:
    case 0x30FB:
        return 0xB7;
    case 0x2010: /* hyphens and dashes */
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x2212:
        return '-';
    case 0x3007: /* 〇 */
    case 0x25CB: /* ○ */
    case 0x25EF:
        return 0x96F6; /* 零 */
    default:
        return c >= 0x2000 && c <= 0x200F ? 0 : c; /* spaces of all widths, zero-width marks */
    }
}

tb_str
tb_text_fold(struct tb_arena *arena, tb_str text)
{
    if (text.len == 0)
        return text;
    tb_str form = is_all(text, is_plain_compatible) ? text : normalize(arena, UNINORM_NFKC, text);
    /* No mapping is longer in UTF-8 than what it replaces. */
    char *out = tb_alloc(arena, form.len + 1);
    size_t len = 0;
    for (size_t at = 0; at < form.len;) {
        size_t start = at;
        int32_t c = tb_utf8_next(form, &at);
        if (c < 0) {
            out[len++] = form.ptr[start];
            continue;
        }
        int32_t folded = fold_one(c);
        if (folded != 0)
            len += tb_utf8_put(folded, out + len);
    }
    return (tb_str){out, len};
}
