/* SPDX-License-Identifier: Apache-2.0 */
/* web_out_internal.h - what compiled templates call: escaping by context, sentences, formats.
 *
 * Private to web. The template compiler decides which of the put functions a value goes through; a
 * page's C code never writes HTML itself. Texts are in the arena of the buffer. */
#ifndef WEB_WEB_OUT_H
#define WEB_WEB_OUT_H

#include "base/base.h"
#include "web_generated.h"

typedef enum { WEB_ZH, WEB_EN, WEB_LANG_COUNT } web__lang;

struct web__out;

/* A page: its title, its body, which entry of the navigation it belongs to, its shape (class of
 * <body>). */
struct web__view {
    const char *name, *nav, *shape;
    void (*title)(struct web__out *out, const struct tb_json *data);
    void (*body)(struct web__out *out, const struct tb_json *data);
};
extern const struct web__view web__views[WEB_VIEW_COUNT];

/* One rendering. page: what every page knows (language, person, address); data: what this one
 * shows. */
struct web__out {
    struct tb_buf buf;
    web__lang lang;
    tb_date today;
    const struct tb_json *page, *data;
    const struct web__view *view;
};

/* Sentences: pieces in order, ended by WEB_PART_END. */
enum {
    WEB_PART_END,
    WEB_PART_TEXT,
    WEB_PART_VALUE, /* index into the arguments */
    WEB_PART_COUNT, /* the same, followed by text[0] when it is 1, else text[1] */
    WEB_PART_STRONG,
    WEB_PART_STRONG_END,
    WEB_PART_KEPT, /* kept on one line */
    WEB_PART_KEPT_END,
    WEB_PART_LINK, /* the last argument is the address */
    WEB_PART_LINK_END,
};
struct web__part {
    uint8_t kind, index;
    tb_str text[2];
};
extern const struct web__part *const web__words_zh[WEB_T_COUNT];
extern const struct web__part *const web__words_en[WEB_T_COUNT];
extern const uint8_t
    web__word_links[WEB_T_COUNT]; /* number of arguments when the last is a link, else 0 */

/* Escapes & < > " ' for text and for quoted attributes. */
void web__put(struct web__out *out, tb_str text);
/* An address as a whole: http, https, mailto, tel or relative; anything else is written as #. */
void web__put_url(struct web__out *out, tb_str url);
/* One path segment or query value inside an address: percent-encoded. */
void web__put_url_part(struct web__out *out, tb_str text);
void web__put_sentence(struct web__out *out, enum web__word word,
                       const tb_str *args); /* with its markup */
void web__put_plain_sentence(struct web__out *out, enum web__word word,
                             const tb_str *args); /* for attributes */
/* HTML of a template, as it stands. */
void web__html(struct web__out *out, const char *html, size_t len);
/* A drawing made by web__drawing(); anything else is a bug and aborts. NULL writes nothing. */
void web__put_svg(struct web__out *out, const struct tb_json *drawing);
void web__put_title(struct web__out *out);
void web__put_body(struct web__out *out);

/* The plain text of a sentence; in arena. */
tb_str web__sentence(struct web__out *out, enum web__word word, const tb_str *args);
/* The same without a rendering, for pages that put sentences into data. */
tb_str web__say(struct tb_arena *arena, web__lang lang, enum web__word word, const tb_str *args);

/* Values. A dotted path in an object; NULL when absent. */
const struct tb_json *web__get(const struct tb_json *json, const char *path);
tb_str web__text(struct web__out *out,
                 const struct tb_json *json); /* of text, number, true and false; else empty */
const struct tb_json *web__key(struct web__out *out, const struct tb_json *json);
const struct tb_json *web__make(struct web__out *out, tb_str text);
const struct tb_json *web__number(struct web__out *out, int64_t value);
/* Marks SVG that the program itself has drawn as safe to put; in arena. */
struct tb_json *web__drawing(struct tb_arena *arena, tb_str svg);
bool web__is(const struct tb_json *json); /* there, and not null, false, 0, "" or empty */

struct web__piece {
    tb_str text;
    bool is_literal;
};
tb_str web__url(struct web__out *out, const struct web__piece *pieces,
                size_t count); /* pieces not literal are encoded */
tb_str web__cat(struct web__out *out, const struct web__piece *pieces, size_t count);

/* Formats of PAGES §6. Each takes what the API gives: a day YYYY-MM-DD, an instant RFC 3339, money
 * in fen. A value that is none is shown as it is. */
tb_str web__f_date(struct web__out *out, const struct tb_json *json); /* 2026年11月22日 */
tb_str web__f_date_week(struct web__out *out,
                        const struct tb_json *json); /* 2026年11月25日（星期三） */
tb_str web__f_weekday(struct web__out *out, const struct tb_json *json); /* 星期三 */
tb_str web__f_day(struct web__out *out,
                  const struct tb_json *json); /* 11月25日, with year when not this one */
tb_str web__f_cell(struct web__out *out, const struct tb_json *json);    /* 11/25 */
tb_str web__f_time(struct web__out *out, const struct tb_json *json);    /* 09:26 */
tb_str web__f_instant(struct web__out *out, const struct tb_json *json); /* 2026年10月28日21:14 */
tb_str web__f_iso(struct web__out *out, const struct tb_json *json);   /* for datetime attributes */
tb_str web__f_money(struct web__out *out, const struct tb_json *json); /* 1,250元; 0 is 不收费 */
tb_str web__f_money_table(struct web__out *out, const struct tb_json *json); /* 1,250.00元 */
tb_str web__f_number(struct web__out *out, const struct tb_json *json);      /* 1,284 */
tb_str web__f_percent(struct web__out *out,
                      const struct tb_json *json); /* 97.7%; two digits below 2 % */
tb_str web__f_bytes(struct web__out *out, const struct tb_json *json);  /* 3.2 MB */
tb_str web__f_group4(struct web__out *out, const struct tb_json *json); /* 9251 1602 … */
tb_str web__f_tail4(struct web__out *out, const struct tb_json *json);  /* ****0026 */
tb_str web__f_count(struct web__out *out, const struct tb_json *json);  /* of children */
tb_str web__f_json(struct web__out *out,
                   const struct tb_json *json); /* compact, for data-* attributes */
tb_str web__f_text(struct web__out *out, const struct tb_json *json);
tb_str web__f_hours(struct web__out *out, const struct tb_json *json); /* 9:00—12:00，13:00—17:00 */
tb_str web__f_minutes(struct web__out *out, const struct tb_json *json); /* seconds as 6分12秒 */

#endif
