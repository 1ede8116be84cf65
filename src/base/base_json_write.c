/* SPDX-License-Identifier: Apache-2.0 */
/* base_json_write.c - JSON trees as text: compact, or with two blanks a level. */
#include "base/base_internal.h"

/* What a byte of a text becomes; 0: itself, 'u': \u00XX, else a backslash and this letter. */
static const char escapes[256] = {
    ['"'] = '"', ['\\'] = '\\', [0 ... 7] = 'u', ['\b'] = 'b',      ['\t'] = 't', ['\n'] = 'n',
    [11] = 'u',  ['\f'] = 'f',  ['\r'] = 'r',    [14 ... 31] = 'u', [127] = 'u',
};

void
tb_json_write_text(struct tb_buf *buf, tb_str text)
{
    tb_buf_char(buf, '"');
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        char escape = escapes[c];
        if (escape == 0)
            continue;
        tb_buf_put(buf, text.ptr + from, i - from);
        from = i + 1;
        if (escape == 'u') {
            tb_buf_printf(buf, "\\u%04x", c);
        } else {
            tb_buf_char(buf, '\\');
            tb_buf_char(buf, escape);
        }
    }
    if (text.len > from)
        tb_buf_put(buf, text.ptr + from, text.len - from);
    tb_buf_char(buf, '"');
}

static void
new_line(struct tb_buf *buf, int level)
{
    if (level < 0)
        return;
    tb_buf_char(buf, '\n');
    for (int i = 0; i < level; i++)
        tb_buf_cstr(buf, "  ");
}

/* level -1: compact. */
static void
write_value(struct tb_buf *buf, const struct tb_json *json, int level)
{
    static const char *const words[] = {
        [TB_JSON_NULL] = "null", [TB_JSON_FALSE] = "false", [TB_JSON_TRUE] = "true"};
    if (json == NULL || json->kind <= TB_JSON_TRUE) {
        tb_buf_cstr(buf, json == NULL ? "null" : words[json->kind]);
        return;
    }
    if (json->kind == TB_JSON_NUMBER) {
        tb_buf_str(buf, json->text);
        return;
    }
    if (json->kind == TB_JSON_TEXT) {
        tb_json_write_text(buf, json->text);
        return;
    }
    bool is_object = json->kind == TB_JSON_OBJECT;
    int inner = level < 0 ? -1 : level + 1;
    tb_buf_char(buf, is_object ? '{' : '[');
    TB_JSON_EACH(child, json)
    {
        if (child != json->first)
            tb_buf_char(buf, ',');
        new_line(buf, inner);
        if (is_object) {
            tb_json_write_text(buf, child->key);
            tb_buf_cstr(buf, level < 0 ? ":" : ": ");
        }
        write_value(buf, child, inner);
    }
    if (json->first != NULL)
        new_line(buf, level);
    tb_buf_char(buf, is_object ? '}' : ']');
}

void
tb_json_write(struct tb_buf *buf, const struct tb_json *json)
{
    write_value(buf, json, -1);
}

void
tb_json_write_pretty(struct tb_buf *buf, const struct tb_json *json)
{
    write_value(buf, json, 0);
    tb_buf_char(buf, '\n');
}
