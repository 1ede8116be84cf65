/* SPDX-License-Identifier: Apache-2.0 */
/* multipart/form-data (RFC 7578) as browsers send it, and nothing else:
 *
 *   --B CRLF headers CRLF CRLF value CRLF --B CRLF … --B-- CRLF?
 *
 * No preamble, no epilogue, no nesting, no transfer encoding. A part's value points into the body.
 */
#include "http/http_internal.h"

#include <string.h>

enum { PART_HEAD_BYTES_MAX = 4096, BOUNDARY_BYTES_MAX = 70 };

static ptrdiff_t
find(tb_str text, tb_str what)
{
    if (text.len < what.len)
        return -1;
    const char *at = memmem(text.ptr, text.len, what.ptr, what.len);
    return at == NULL ? -1 : at - text.ptr;
}

static bool
boundary_is_good(tb_str boundary)
{
    if (boundary.len == 0 || boundary.len > BOUNDARY_BYTES_MAX)
        return false;
    for (size_t i = 0; i < boundary.len; i++) {
        char c = boundary.ptr[i];
        bool is_alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_alnum && (c == '\0' || strchr("'()+_,-./:=?", c) == NULL))
            return false;
    }
    return true;
}

/* name="…"; filename="…" of a Content-Disposition. */
static tb_status
disposition_read(struct tb_arena *arena, tb_str value, size_t number, struct http_part *part,
                 struct tb_err *err)
{
    ptrdiff_t semicolon = tb_str_find(value, TB_STR(";"));
    tb_str kind = tb_str_trim(semicolon < 0 ? value : tb_str_sub(value, 0, (size_t)semicolon));
    tb_str name, file_name, extended;
    if (!http__same_name(kind, "form-data") || !http__parameter(arena, value, "name", &name) ||
        !http__parameter(arena, value, "filename", &file_name) ||
        !http__parameter(arena, value, "filename*", &extended) || name.ptr == NULL ||
        extended.ptr != NULL)
        return tb_fail(err, TB_SYNTAX,
                       "part %zu: Content-Disposition must be form-data with a name", number);
    if (!http__unescape(arena, name, false, &name) ||
        (file_name.ptr != NULL && !http__unescape(arena, file_name, false, &file_name)))
        return tb_fail(err, TB_SYNTAX,
                       "part %zu: %% in a name must be followed by two hexadecimal digits", number);
    if (!tb_text_is_clean(name, NULL) || !tb_text_is_clean(file_name, NULL))
        return tb_fail(err, TB_SYNTAX, "part %zu: its name is not clean UTF-8", number);
    if (name.len > HTTP_PART_NAME_BYTES_MAX || file_name.len > HTTP_PART_NAME_BYTES_MAX)
        return tb_fail(err, TB_LIMIT, "part %zu: a name has at most %d bytes", number,
                       HTTP_PART_NAME_BYTES_MAX);
    part->name = name;
    part->file_name = file_name;
    return TB_OK;
}

static tb_status
part_head_read(struct tb_arena *arena, tb_str head, size_t number, struct http_part *part,
               struct tb_err *err)
{
    bool has_disposition = false;
    for (bool is_last = false; !is_last;) {
        ptrdiff_t end = find(head, TB_STR("\r\n"));
        is_last = end < 0;
        tb_str line = is_last ? head : tb_str_sub(head, 0, (size_t)end);
        head = is_last ? TB_STR("") : tb_str_sub(head, (size_t)end + 2, head.len);
        ptrdiff_t colon = tb_str_find(line, TB_STR(":"));
        tb_str key = colon < 0 ? TB_STR("") : tb_str_sub(line, 0, (size_t)colon);
        if (!http__is_token(key))
            return tb_fail(err, TB_SYNTAX, "part %zu: a header line is not Name: value", number);
        tb_str value = tb_str_trim(tb_str_sub(line, (size_t)colon + 1, line.len));
        if (http__same_name(key, "Content-Disposition")) {
            if (has_disposition)
                return tb_fail(err, TB_SYNTAX, "part %zu: two Content-Disposition lines", number);
            TB_TRY(disposition_read(arena, value, number, part, err));
            has_disposition = true;
        } else if (http__same_name(key, "Content-Type")) {
            part->type = value;
        } else {
            return tb_fail(err, TB_SYNTAX,
                           "part %zu: only Content-Disposition and Content-Type are accepted",
                           number);
        }
    }
    if (!has_disposition)
        return tb_fail(err, TB_SYNTAX, "part %zu: no Content-Disposition", number);
    return TB_OK;
}

/* One part from *rest, which stands behind "--B CRLF"; moves *rest behind the next "CRLF --B". */
static tb_status
part_read(struct tb_arena *arena, tb_str *rest, tb_str delimiter, size_t number,
          struct http_part *part, struct tb_err *err)
{
    ptrdiff_t head_end = find(tb_str_sub(*rest, 0, PART_HEAD_BYTES_MAX), TB_STR("\r\n\r\n"));
    if (head_end < 0)
        return tb_fail(err, TB_SYNTAX, "part %zu: its headers do not end within %d bytes", number,
                       PART_HEAD_BYTES_MAX);
    TB_TRY(part_head_read(arena, tb_str_sub(*rest, 0, (size_t)head_end), number, part, err));
    *rest = tb_str_sub(*rest, (size_t)head_end + 4, rest->len);
    ptrdiff_t end = find(*rest, delimiter);
    if (end < 0)
        return tb_fail(err, TB_SYNTAX, "part %zu: not ended by the boundary; the body was cut off",
                       number);
    part->value = tb_str_sub(*rest, 0, (size_t)end);
    *rest = tb_str_sub(*rest, (size_t)end + delimiter.len, rest->len);
    if (part->file_name.ptr == NULL && !tb_text_is_clean(part->value, NULL))
        return tb_fail(err, TB_SYNTAX, "part %zu: its text is not clean UTF-8", number);
    return TB_OK;
}

tb_status
http__multipart_read(struct tb_arena *arena, tb_str content_type, tb_str body,
                     struct http_form *ret_form, struct tb_err *err)
{
    tb_str boundary;
    if (!http__parameter(arena, content_type, "boundary", &boundary) || !boundary_is_good(boundary))
        return tb_fail(err, TB_SYNTAX, "multipart/form-data without a good boundary");
    tb_str delimiter = tb_printf(arena, "\r\n--" TB_FMT, TB_ARG(boundary));
    tb_str opening = tb_str_sub(delimiter, 2, delimiter.len), rest = body;
    if (!tb_str_starts(rest, opening))
        return tb_fail(err, TB_SYNTAX, "the body does not begin with the boundary");
    rest = tb_str_sub(rest, opening.len, rest.len);
    struct http_part *parts = NULL;
    size_t count = 0, cap = 0;
    while (tb_str_starts(rest, TB_STR("\r\n"))) {
        if (count == HTTP_PARTS_MAX)
            return tb_fail(err, TB_LIMIT, "more than %d parts", HTTP_PARTS_MAX);
        if (count == cap) {
            cap = cap == 0 ? 16 : 2 * cap;
            struct http_part *grown = TB_NEW_ARRAY(arena, cap, struct http_part);
            if (count > 0)
                memcpy(grown, parts, count * sizeof(*grown));
            parts = grown;
        }
        rest = tb_str_sub(rest, 2, rest.len);
        parts[count] = (struct http_part){0};
        TB_TRY(part_read(arena, &rest, delimiter, count + 1, &parts[count], err));
        count++;
    }
    if (!tb_str_eq(rest, TB_STR("--")) && !tb_str_eq(rest, TB_STR("--\r\n")))
        return tb_fail(err, TB_SYNTAX,
                       "after part %zu: the boundary must be followed by a new line or by --",
                       count);
    *ret_form = (struct http_form){parts, count};
    return TB_OK;
}
