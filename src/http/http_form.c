/* SPDX-License-Identifier: Apache-2.0 */
/* Forms as browsers send them. */
#include "http/http_internal.h"

#include <string.h>

/* A quoted parameter value; browsers write " as %22 (WHATWG HTML, multipart encoding), curl as \".
 */
static bool
quoted_read(struct tb_arena *arena, tb_str *rest, tb_str *ret_value)
{
    struct tb_buf buf = {.arena = arena};
    size_t i = 1;
    for (; i < rest->len && rest->ptr[i] != '"'; i++) {
        if (rest->ptr[i] == '\\' && i + 1 < rest->len && rest->ptr[i + 1] == '"')
            i++;
        tb_buf_char(&buf, rest->ptr[i]);
    }
    if (i >= rest->len)
        return false;
    *rest = tb_str_sub(*rest, i + 1, rest->len);
    *ret_value = tb_buf_done(&buf);
    return true;
}

bool
http__parameter(struct tb_arena *arena, tb_str header, const char *name, tb_str *ret_value)
{
    ptrdiff_t semicolon = tb_str_find(header, TB_STR(";"));
    tb_str rest = semicolon < 0 ? TB_STR("") : tb_str_sub(header, (size_t)semicolon, header.len);
    tb_str found = TB_STR_NONE;
    while ((rest = tb_str_trim(rest)).len > 0) {
        if (rest.ptr[0] != ';')
            return false;
        rest = tb_str_trim(tb_str_sub(rest, 1, rest.len));
        if (rest.len == 0)
            break;
        ptrdiff_t equals = tb_str_find(rest, TB_STR("="));
        if (equals <= 0)
            return false;
        tb_str key = tb_str_sub(rest, 0, (size_t)equals), value;
        rest = tb_str_sub(rest, (size_t)equals + 1, rest.len);
        if (!http__is_token(key))
            return false;
        if (rest.len > 0 && rest.ptr[0] == '"') {
            if (!quoted_read(arena, &rest, &value))
                return false;
        } else {
            ptrdiff_t end = tb_str_find(rest, TB_STR(";"));
            size_t len = end < 0 ? rest.len : (size_t)end;
            value = tb_str_trim(tb_str_sub(rest, 0, len));
            rest = tb_str_sub(rest, len, rest.len);
            if (!http__is_token(value))
                return false;
        }
        if (http__same_name(key, name)) {
            if (found.ptr != NULL)
                return false; /* twice: two readers would take different ones */
            found = value;
        }
    }
    *ret_value = found;
    return true;
}

static tb_status
urlencoded_read(struct tb_arena *arena, tb_str body, struct http_form *ret_form, struct tb_err *err)
{
    struct http_pair *pairs;
    size_t count;
    TB_TRY(http__pairs_read(arena, body, HTTP_PARTS_MAX, &pairs, &count, err));
    struct http_part *parts = TB_NEW_ARRAY(arena, count + 1, struct http_part);
    for (size_t i = 0; i < count; i++)
        parts[i] = (struct http_part){.name = pairs[i].name, .value = pairs[i].value};
    *ret_form = (struct http_form){parts, count};
    return TB_OK;
}

tb_status
http_form_read(struct tb_arena *arena, tb_str content_type, tb_str body, struct http_form *ret_form,
               struct tb_err *err)
{
    if (content_type.len == 0) {
        *ret_form = (struct http_form){NULL, 0};
        return TB_OK;
    }
    ptrdiff_t semicolon = tb_str_find(content_type, TB_STR(";"));
    tb_str type =
        tb_str_trim(semicolon < 0 ? content_type : tb_str_sub(content_type, 0, (size_t)semicolon));
    if (http__same_name(type, "application/x-www-form-urlencoded"))
        return urlencoded_read(arena, body, ret_form, err);
    if (http__same_name(type, "multipart/form-data"))
        return http__multipart_read(arena, content_type, body, ret_form, err);
    return tb_fail(err, TB_UNSUPPORTED,
                   "a form is application/x-www-form-urlencoded or multipart/form-data");
}

tb_str
http_form_value(const struct http_form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++) {
        if (form->parts[i].file_name.ptr == NULL && tb_str_is(form->parts[i].name, name))
            return form->parts[i].value;
    }
    return TB_STR_NONE;
}

const struct http_part *
http_form_file(const struct http_form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++) {
        if (form->parts[i].file_name.ptr != NULL && tb_str_is(form->parts[i].name, name))
            return &form->parts[i];
    }
    return NULL;
}
