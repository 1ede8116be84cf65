/* SPDX-License-Identifier: Apache-2.0 */
/* sheet_decode.c - which characters the bytes of a CSV file are.
 *
 * A file of well-formed UTF-8 is UTF-8. Otherwise the question is whether it is UTF-8 with a few
 * damaged bytes or GB18030, which nearly any bytes can be read as: the many well-formed sequences
 * of the former decide. */
#include "sheet/sheet_internal.h"
#include <errno.h>
#include <iconv.h>
#include <string.h>

/* Fewer damaged places than one in twenty: UTF-8. */
#define DAMAGE_PART 20

static bool
is_mostly_utf8(tb_str text)
{
    size_t good = 0, bad = 0;
    for (size_t at = 0; at < text.len;) {
        bool is_ascii = (unsigned char)text.ptr[at] < 0x80;
        int32_t c = tb_utf8_next(text, &at);
        good += !is_ascii && c >= 0;
        bad += c < 0;
    }
    return bad * DAMAGE_PART <= good;
}

static tb_status
from_gb18030(struct tb_arena *arena, tb_str file, tb_str bytes, tb_str *ret_text,
             struct tb_err *err)
{
    iconv_t converter = iconv_open("UTF-8", "GB18030");
    if (converter == (iconv_t)-1)
        return tb_fail(err, TB_UNSUPPORTED,
                       TB_FMT ": not UTF-8, and this system cannot read GB18030; save it as UTF-8",
                       TB_ARG(file));
    /* Two bytes become at most three, four become at most four; a lone byte becomes U+FFFD. */
    size_t room = bytes.len * 3 + 4, left = bytes.len;
    char *out = tb_alloc(arena, room + 1), *to = out, *from = (char *)(uintptr_t)bytes.ptr;
    while (left > 0) {
        if (iconv(converter, &from, &left, &to, &room) != (size_t)-1)
            continue;
        tb_assert(errno != E2BIG);
        memcpy(to, "\xEF\xBF\xBD", 3);
        to += 3;
        room -= 3;
        from++;
        left--;
    }
    iconv_close(converter);
    *ret_text = (tb_str){out, (size_t)(to - out)};
    return TB_OK;
}

tb_status
sheet__decode(struct tb_arena *arena, tb_str file, tb_str bytes, tb_str *ret_text,
              sheet_encoding *ret_encoding, struct tb_err *err)
{
    if (tb_str_starts(bytes, TB_STR("\xEF\xBB\xBF"))) {
        *ret_text = tb_str_sub(bytes, 3, bytes.len);
        *ret_encoding = SHEET_UTF8_BOM;
        return TB_OK;
    }
    if (tb_str_starts(bytes, TB_STR("\xFF\xFE")) || tb_str_starts(bytes, TB_STR("\xFE\xFF")))
        return tb_fail(err, TB_UNSUPPORTED, TB_FMT ": the file is UTF-16; save it as CSV UTF-8",
                       TB_ARG(file));
    if (bytes.len > 0 && memchr(bytes.ptr, '\0', bytes.len) != NULL)
        return tb_fail(err, TB_SYNTAX, TB_FMT ": the file holds NUL bytes, so it is not a text",
                       TB_ARG(file));
    if (tb_utf8_is_valid(bytes) || is_mostly_utf8(bytes)) {
        *ret_text = bytes;
        *ret_encoding = SHEET_UTF8;
        return TB_OK;
    }
    TB_TRY(from_gb18030(arena, file, bytes, ret_text, err));
    *ret_encoding = SHEET_GB18030;
    return TB_OK;
}
