/* SPDX-License-Identifier: Apache-2.0 */
/* paper.h - what is printed: letters, checklists and certificates as PDF, QR codes as SVG.
 *
 * Stand-alone: needs base/ only. Never does I/O beyond the fonts of the system, never reads the
 * clock: the date that a file carries is an input, so the same input gives the same bytes, which a
 * hash and a seal need.
 *
 * A document is a list of blocks in JSON. A pack writes its letters in Markdown with {{fields}};
 * paper_letter makes blocks of it; paper_pdf draws blocks. A character that the font lacks stops
 * the document and is named: a letter with a hole in a person's name never leaves the house. */
#ifndef PAPER_PAPER_H
#define PAPER_PAPER_H

#include "base/base.h"

typedef enum { PAPER_A4, PAPER_A4_LANDSCAPE, PAPER_A5, PAPER_TICKET_80MM } paper_size;

/* How a file is made; all texts borrowed. Zeroed: A4, Chinese, the usual font. */
struct paper_options {
    paper_size size;
    int64_t created_at;            /* µs; goes into the file's CreationDate; never the present */
    tb_str title, author, subject; /* of the file; may be absent */
    tb_str mark;                   /* across each page in pale letters; may be absent */
    tb_str font;                   /* family; WenQuanYi Micro Hei when absent */
    tb_str
        footer; /* small line at the bottom of each page; `{{page}}` and `{{pages}}` are replaced */
};

/* Draw blocks (a JSON list) as PDF 1.5; in arena. Each block is an object with `kind`:
 *   title     {text, sub?}                       centred, large
 *   number    {text}                             right, the 字号 of a letter
 *   heading   {text, level? 1-3}
 *   paragraph {text, indent? true, align? left|center|right, bold? false}   `**bold**` inside text
 *   list      {items: [text…], ordered? false}
 *   table     {head?: [text…], rows: [[text…]…], widths?: [number…]}
 *   fields    {rows: [[label, value]…]}          the face of a certificate
 *   qr        {payload, size_mm? 28, align?, caption?}
 *   sign      {lines: [text…]}                   signature lines, left and right
 *   seal      {authority, date, label?}          the place of the agency's seal; name and date below
 *   licence   {title, rows: [[label, value]…], payload, authority, date, lines?: [text…]}
 *             a certificate that fills the rest of one framed page: title, fields at the left, QR
 *             code and seal at the right, small lines at the bottom; the type shrinks until it fits
 *   frame     {}                                 a border round the page it stands on
 *   rule      {} · space {mm} · page {}          line, gap, page break
 *
 * TB_INVALID: an unknown kind or member, or a character without a glyph (named with its code
 * point). TB_LIMIT: PAPER_BLOCKS_MAX, PAPER_PAGES_MAX, more than a licence can hold. */
TB_NODISCARD tb_status paper_pdf(struct tb_arena *arena, const struct paper_options *options,
                                 const struct tb_json *blocks, tb_str *ret_pdf, struct tb_err *err);

/* Make blocks of a letter. template is a subset of Markdown: `# title`, `## heading`, paragraphs,
 * `- ` and `1. ` lists,
 * `| a | b |` tables, `---` rule, `>> text` right-aligned, `**bold**`, and lines `::: kind
 * key=value …` for number, qr, seal, sign, fields, frame, space, page. `{{field}}` takes the text
 * of fields (dotted paths); `{{#list}} … {{/list}}` on lines of their own repeat, with `{{.}}` or
 * the members of each; `{{?field}} … {{/field}}` keeps its lines when the field is there and
 * neither false nor empty. A field that is missing or null is a fault with the template's line. In
 * arena. */
TB_NODISCARD tb_status paper_letter(struct tb_arena *arena, tb_str file, tb_str letter,
                                    const struct tb_json *fields, struct tb_json **ret_blocks,
                                    struct tb_faults *faults, struct tb_err *err);

/* The fields that a letter uses, as texts in the order of first use: for `pack check`. In arena. */
TB_NODISCARD tb_status paper_letter_fields(struct tb_arena *arena, tb_str file, tb_str letter,
                                           tb_str **ret_fields, size_t *ret_count,
                                           struct tb_err *err);

/* A QR code (error correction M) as an inline SVG element with role img and the given label; no
 * size but a viewBox, colour currentColor on white. In arena. TB_LIMIT over PAPER_QR_BYTES_MAX. */
TB_NODISCARD tb_status paper_qr_svg(struct tb_arena *arena, tb_str payload, tb_str label,
                                    tb_str *ret_svg, struct tb_err *err);

/* The first character of text that the font has no glyph for; false when all are there. A check
 * before accepting a name, not only before printing it. */
bool paper_missing_glyph(tb_str font, tb_str text, int32_t *ret_code_point);

#endif
