/* SPDX-License-Identifier: Apache-2.0 */
/* Escaping and sentences. What a value may do to a page is decided here and nowhere else. */
#include "web/web_out_internal.h"
#include <string.h>

/* The mark of a drawing: no parser gives a value a negative line, so no input can carry it. */
#define DRAWING_LINE (-7)

void
web__html(struct web__out *out, const char *html, size_t len)
{
    tb_buf_put(&out->buf, html, len);
}

static const char *
entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void
web__put(struct web__out *out, tb_str text)
{
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *name = entity(text.ptr[i]);
        if (name == NULL)
            continue;
        tb_buf_put(&out->buf, text.ptr + from, i - from);
        tb_buf_cstr(&out->buf, name);
        from = i + 1;
    }
    if (text.len > from)
        tb_buf_put(&out->buf, text.ptr + from, text.len - from);
}

/* ---- addresses ---- */

static bool
has_scheme(tb_str url, const char *scheme)
{
    size_t len = strlen(scheme);
    if (url.len < len)
        return false;
    for (size_t i = 0; i < len; i++) {
        char c = url.ptr[i];
        if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != scheme[i])
            return false;
    }
    return true;
}

/* Browsers drop tabs, line ends and leading controls before they read the scheme, so an address
 * that holds any is not ours; nor is one that begins with // or a backslash. */
static bool
url_is_allowed(tb_str url)
{
    static const char *const schemes[] = {"http://", "https://", "mailto:", "tel:"};
    for (size_t i = 0; i < url.len; i++) {
        if ((unsigned char)url.ptr[i] <= 0x20 || url.ptr[i] == '\\' || url.ptr[i] == 0x7f)
            return false;
    }
    for (size_t i = 0; i < TB_COUNT(schemes); i++) {
        if (has_scheme(url, schemes[i]))
            return true;
    }
    if (has_scheme(url, "//"))
        return false;
    for (size_t i = 0; i < url.len; i++) {
        if (url.ptr[i] == ':')
            return false;
        if (url.ptr[i] == '/' || url.ptr[i] == '?' || url.ptr[i] == '#')
            break;
    }
    return true;
}

void
web__put_url(struct web__out *out, tb_str url)
{
    web__put(out, url_is_allowed(url) ? url : TB_STR("#"));
}

static void
encode(struct tb_buf *buf, tb_str text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool is_plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                        (c >= '0' && c <= '9') || (c != '\0' && strchr("-._~", c) != NULL);
        if (is_plain) {
            tb_buf_char(buf, (char)c);
        } else {
            tb_buf_char(buf, '%');
            tb_buf_char(buf, digits[c >> 4]);
            tb_buf_char(buf, digits[c & 15]);
        }
    }
}

void
web__put_url_part(struct web__out *out, tb_str text)
{
    encode(&out->buf, text);
}

tb_str
web__url(struct web__out *out, const struct web__piece *pieces, size_t count)
{
    struct tb_buf buf = {.arena = out->buf.arena};
    for (size_t i = 0; i < count; i++) {
        if (pieces[i].is_literal)
            tb_buf_str(&buf, pieces[i].text);
        else
            encode(&buf, pieces[i].text);
    }
    return tb_buf_done(&buf);
}

tb_str
web__cat(struct web__out *out, const struct web__piece *pieces, size_t count)
{
    struct tb_buf buf = {.arena = out->buf.arena};
    for (size_t i = 0; i < count; i++)
        tb_buf_str(&buf, pieces[i].text);
    return tb_buf_done(&buf);
}

/* ---- sentences ---- */

static const struct web__part *
parts_of(web__lang lang, enum web__word word)
{
    return lang == WEB_EN ? web__words_en[word] : web__words_zh[word];
}

static void
put_markup(struct web__out *out, const struct web__part *part, tb_str link)
{
    switch (part->kind) {
    case WEB_PART_STRONG:
        tb_buf_cstr(&out->buf, "<strong>");
        break;
    case WEB_PART_STRONG_END:
        tb_buf_cstr(&out->buf, "</strong>");
        break;
    case WEB_PART_KEPT:
        tb_buf_cstr(&out->buf, "<span class=\"tb-nowrap\">");
        break;
    case WEB_PART_KEPT_END:
        tb_buf_cstr(&out->buf, "</span>");
        break;
    case WEB_PART_LINK:
        tb_buf_cstr(&out->buf, "<a class=\"govuk-link\" href=\"");
        web__put_url(out, link);
        tb_buf_cstr(&out->buf, "\">");
        break;
    case WEB_PART_LINK_END:
        tb_buf_cstr(&out->buf, "</a>");
        break;
    default:
        break;
    }
}

/* The text of a part, through put: escaped into a page, or as it is. */
static void
put_part(const struct web__part *part, const tb_str *args, void (*put)(void *, tb_str),
         void *context)
{
    switch (part->kind) {
    case WEB_PART_TEXT:
        put(context, part->text[0]);
        break;
    case WEB_PART_VALUE:
        put(context, args[part->index]);
        break;
    case WEB_PART_COUNT:
        put(context, args[part->index]);
        put(context, TB_STR(" "));
        put(context, part->text[tb_str_is(args[part->index], "1") ? 0 : 1]);
        break;
    default:
        break;
    }
}

static void
put_escaped(void *context, tb_str text)
{
    web__put(context, text);
}

static void
put_raw(void *context, tb_str text)
{
    tb_buf_str(context, text);
}

void
web__put_sentence(struct web__out *out, enum web__word word, const tb_str *args)
{
    tb_str link = web__word_links[word] > 0 ? args[web__word_links[word] - 1] : TB_STR_NONE;
    for (const struct web__part *part = parts_of(out->lang, word); part->kind != WEB_PART_END;
         part++) {
        put_part(part, args, put_escaped, out);
        put_markup(out, part, link);
    }
}

void
web__put_plain_sentence(struct web__out *out, enum web__word word, const tb_str *args)
{
    for (const struct web__part *part = parts_of(out->lang, word); part->kind != WEB_PART_END;
         part++)
        put_part(part, args, put_escaped, out);
}

tb_str
web__say(struct tb_arena *arena, web__lang lang, enum web__word word, const tb_str *args)
{
    struct tb_buf buf = {.arena = arena};
    for (const struct web__part *part = parts_of(lang, word); part->kind != WEB_PART_END; part++)
        put_part(part, args, put_raw, &buf);
    return tb_buf_done(&buf);
}

tb_str
web__sentence(struct web__out *out, enum web__word word, const tb_str *args)
{
    return web__say(out->buf.arena, out->lang, word, args);
}

/* ---- values ---- */

const struct tb_json *
web__get(const struct tb_json *json, const char *path)
{
    return tb_json_path(json, path);
}

tb_str
web__text(struct web__out *out, const struct tb_json *json)
{
    if (json == NULL)
        return TB_STR("");
    switch (json->kind) {
    case TB_JSON_TEXT:
    case TB_JSON_NUMBER:
        return json->text;
    case TB_JSON_TRUE:
        return TB_STR("true");
    case TB_JSON_FALSE:
        return TB_STR("false");
    default:
        return TB_STR("");
    }
}

const struct tb_json *
web__key(struct web__out *out, const struct tb_json *json)
{
    return json != NULL ? web__make(out, json->key) : NULL;
}

const struct tb_json *
web__make(struct web__out *out, tb_str text)
{
    return tb_json_new_text(out->buf.arena, text);
}

const struct tb_json *
web__number(struct web__out *out, int64_t value)
{
    return tb_json_new_int(out->buf.arena, value);
}

struct tb_json *
web__drawing(struct tb_arena *arena, tb_str svg)
{
    struct tb_json *json = tb_json_new_text(arena, svg);
    json->line = DRAWING_LINE;
    return json;
}

void
web__put_svg(struct web__out *out, const struct tb_json *drawing)
{
    if (drawing == NULL)
        return;
    tb_assert(drawing->line == DRAWING_LINE);
    tb_buf_str(&out->buf, drawing->text);
}

bool
web__is(const struct tb_json *json)
{
    if (json == NULL)
        return false;
    switch (json->kind) {
    case TB_JSON_NULL:
    case TB_JSON_FALSE:
        return false;
    case TB_JSON_NUMBER:
        return !tb_str_is(json->text, "0");
    case TB_JSON_TEXT:
        return json->text.len > 0;
    case TB_JSON_LIST:
    case TB_JSON_OBJECT:
        return json->first != NULL;
    default:
        return true;
    }
}

void
web__put_title(struct web__out *out)
{
    out->view->title(out, out->data);
}

void
web__put_body(struct web__out *out)
{
    out->view->body(out, out->data);
}
