/* SPDX-License-Identifier: Apache-2.0 */
/* seal_pdf.c - a seal in a PDF, and its check.
 *
 * The seal is an incremental update (ISO 32000-1, 7.5.6) behind the file that cairo wrote:
 *
 *   %PDF … startxref %%EOF          the file as drawn
 *   R 0 obj  catalogue, with /AcroForm
 *   F 0 obj  the signature field
 *   S 0 obj  << /Type /Sig … /ByteRange [0 a b c] /Contents <……> >>
 *   xref, trailer, startxref %%EOF
 *
 * a ends in front of `<`, b begins behind `>`, and b + c is the end of the file: everything but the signature's own
 * digits is signed, the /ByteRange itself included. The digits are exactly as many as the signature has, so that
 * `xxd -r -p` alone gives the DER back. There is one /ByteRange in the whole file or the file is refused. */
#include "seal/seal_internal.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define RANGE_MARK "/ByteRange ["
/* Room for the four numbers, so that the length does not depend on them. */
#define RANGE_BYTES 40
#define FILTER "/Filter /Tongban.SM2 /SubFilter /tongban.sm2.sm3"

/* ---- reading what cairo wrote ---- */

struct pdf {
    tb_str text;
    size_t xref;        /* offset of the table */
    int64_t size;       /* object numbers in use: 0 … size - 1 */
    int64_t root, info; /* object numbers */
};

static ptrdiff_t
find_last(tb_str text, const char *what)
{
    size_t len = strlen(what);
    for (size_t at = text.len; at-- > 0;)
        if (text.len - at >= len && memcmp(text.ptr + at, what, len) == 0)
            return (ptrdiff_t)at;
    return -1;
}

/* The unsigned number at *at; moves behind it. False when there is none. */
static bool
read_number(tb_str text, size_t *at, int64_t *ret_number)
{
    while (*at < text.len && strchr(" \r\n\t", text.ptr[*at]) != NULL)
        ++*at;
    size_t from = *at;
    while (*at < text.len && *at - from < 15 && text.ptr[*at] >= '0' && text.ptr[*at] <= '9')
        ++*at;
    return *at > from && tb_str_to_int(tb_str_sub(text, from, *at - from), ret_number);
}

/* The number behind a name of the trailer: `/Root 12 0 R` gives 12. */
static bool
read_entry(tb_str trailer, const char *name, int64_t *ret_number)
{
    ptrdiff_t at = tb_str_find(trailer, tb_str_of(name));
    if (at < 0)
        return false;
    size_t behind = (size_t)at + strlen(name);
    return read_number(trailer, &behind, ret_number);
}

static bool
read_pdf(tb_str text, struct pdf *ret_pdf)
{
    struct pdf pdf = {.text = text};
    if (!tb_str_starts(text, TB_STR("%PDF-1.")) || text.len > SEAL_PDF_BYTES_MAX)
        return false;
    ptrdiff_t start = find_last(text, "startxref");
    if (start < 0)
        return false;
    size_t at = (size_t)start + strlen("startxref");
    int64_t xref = 0;
    if (!read_number(text, &at, &xref) || (size_t)xref >= (size_t)start)
        return false;
    pdf.xref = (size_t)xref;
    tb_str table = tb_str_sub(text, pdf.xref, (size_t)start - pdf.xref);
    ptrdiff_t trailer_at = tb_str_find(table, TB_STR("trailer"));
    if (!tb_str_starts(table, TB_STR("xref\n0 ")) || trailer_at < 0)
        return false;
    tb_str trailer = tb_str_sub(table, (size_t)trailer_at, table.len);
    if (!read_entry(trailer, "/Size", &pdf.size) || !read_entry(trailer, "/Root", &pdf.root) ||
        tb_str_contains(trailer, TB_STR("/Prev")) || tb_str_contains(trailer, TB_STR("/Encrypt")))
        return false;
    if (!read_entry(trailer, "/Info", &pdf.info))
        pdf.info = 0;
    *ret_pdf = pdf;
    return pdf.root > 0 && pdf.root < pdf.size;
}

/* The dictionary of an object, from behind its `<<` to in front of `endobj`. */
static bool
object_body(const struct pdf *pdf, int64_t number, tb_str *ret_body)
{
    size_t at = pdf->xref + strlen("xref\n0 ");
    int64_t count = 0, offset = 0;
    if (!read_number(pdf->text, &at, &count) || number >= count)
        return false;
    while (at < pdf->text.len &&
           (pdf->text.ptr[at] == '\r' || pdf->text.ptr[at] == '\n' || pdf->text.ptr[at] == ' '))
        at++;
    at += (size_t)number * 20; /* each entry of the table has twenty bytes */
    if (!read_number(pdf->text, &at, &offset) || (size_t)offset >= pdf->xref)
        return false;
    tb_str rest = tb_str_sub(pdf->text, (size_t)offset, pdf->xref - (size_t)offset);
    ptrdiff_t end = tb_str_find(rest, TB_STR("endobj")), begin = tb_str_find(rest, TB_STR("<<"));
    if (end < 0 || begin < 0 || begin > end)
        return false;
    *ret_body = tb_str_sub(rest, (size_t)begin + 2, (size_t)(end - begin) - 2);
    return true;
}

/* ---- writing the update ---- */

/* A text as a PDF string: UTF-16 with a byte order mark, in hexadecimal. */
static void
put_text(struct tb_buf *buf, tb_str text)
{
    tb_buf_cstr(buf, "<feff");
    for (size_t at = 0; at < text.len;) {
        int32_t c = tb_utf8_next(text, &at);
        if (c < 0)
            c = 0xfffd;
        if (c < 0x10000) {
            tb_buf_printf(buf, "%04x", (unsigned)c);
        } else {
            tb_buf_printf(buf, "%04x", (unsigned)(0xd800 + ((c - 0x10000) >> 10)));
            tb_buf_printf(buf, "%04x", (unsigned)(0xdc00 + ((c - 0x10000) & 0x3ff)));
        }
    }
    tb_buf_char(buf, '>');
}

static void
put_signature(struct tb_buf *buf, int64_t object, const struct seal_key *key,
              const struct seal_note *note, size_t *ret_range, size_t *ret_contents)
{
    tb_str at = tb_instant_format(buf->arena, note->at); /* 2026-03-16T09:30:00+08:00 */
    tb_buf_printf(buf, "%" PRId64 " 0 obj\n<< /Type /Sig " FILTER "\n   " RANGE_MARK, object);
    *ret_range = buf->len;
    tb_buf_printf(buf, "%*s", RANGE_BYTES, "");
    tb_buf_cstr(buf, "]\n   /Contents ");
    *ret_contents = buf->len;
    tb_buf_char(buf, '<');
    for (int i = 0; i < 2 * SEAL__DER_BYTES; i++)
        tb_buf_char(buf, '0');
    tb_buf_printf(buf, ">\n   /KeyId (" TB_FMT ")\n   /Name ",
                  TB_ARG(seal_key_id(buf->arena, key)));
    put_text(buf, note->authority);
    tb_buf_cstr(buf, "\n   /Reason ");
    put_text(buf, note->reason);
    if (note->location.len > 0) {
        tb_buf_cstr(buf, "\n   /Location ");
        put_text(buf, note->location);
    }
    tb_buf_printf(buf, "\n   /M (D:%.4s%.2s%.2s%.2s%.2s%.2s+08'00') >>\nendobj\n", at.ptr,
                  at.ptr + 5, at.ptr + 8, at.ptr + 11, at.ptr + 14, at.ptr + 17);
}

static void
put_xref(struct tb_buf *buf, const struct pdf *pdf, size_t root_at, size_t field_at,
         size_t signature_at)
{
    size_t xref = buf->len;
    tb_buf_printf(buf, "xref\n0 1\n0000000000 65535 f \n%" PRId64 " 1\n%010zu 00000 n \n",
                  pdf->root, root_at);
    tb_buf_printf(buf, "%" PRId64 " 2\n%010zu 00000 n \n%010zu 00000 n \n", pdf->size, field_at,
                  signature_at);
    tb_buf_printf(buf, "trailer\n<< /Size %" PRId64 "\n   /Root %" PRId64 " 0 R\n", pdf->size + 2,
                  pdf->root);
    if (pdf->info > 0)
        tb_buf_printf(buf, "   /Info %" PRId64 " 0 R\n", pdf->info);
    tb_buf_printf(buf, "   /Prev %zu\n>>\nstartxref\n%zu\n%%%%EOF\n", pdf->xref, xref);
}

/* What is signed: the two stretches of the file, one behind the other. */
static tb_str
signed_bytes(struct tb_arena *arena, tb_str text, const size_t range[4])
{
    struct tb_buf buf = {.arena = arena};
    tb_buf_put(&buf, text.ptr + range[0], range[1]);
    tb_buf_put(&buf, text.ptr + range[2], range[3]);
    return tb_buf_done(&buf);
}

static tb_status
fill_in(struct tb_arena *arena, const struct seal_key *key, struct tb_buf *buf, size_t range_at,
        size_t contents_at, struct tb_err *err)
{
    size_t range[4] = {0, contents_at, contents_at + 2 + 2 * SEAL__DER_BYTES, 0};
    range[3] = buf->len - range[2];
    char digits[RANGE_BYTES + 1];
    int len =
        snprintf(digits, sizeof digits, "%zu %zu %zu %zu", range[0], range[1], range[2], range[3]);
    tb_assert(len <= RANGE_BYTES);
    memcpy(buf->ptr + range_at, digits, (size_t)len); /* blanks stay behind it */
    tb_str signature;
    TB_TRY(seal__sign_sized(arena, key, signed_bytes(arena, (tb_str){buf->ptr, buf->len}, range),
                            &signature, err));
    tb_str hex = tb_hex(arena, signature.ptr, signature.len);
    memcpy(buf->ptr + contents_at + 1, hex.ptr, hex.len);
    return TB_OK;
}

tb_status
seal_pdf(struct tb_arena *arena, const struct seal_key *key, tb_str pdf_text,
         const struct seal_note *note, tb_str *ret_sealed, struct tb_err *err)
{
    struct pdf pdf;
    tb_str catalogue;
    if (!read_pdf(pdf_text, &pdf) || !object_body(&pdf, pdf.root, &catalogue))
        return tb_fail(err, TB_INVALID,
                       "this is no PDF as paper draws it; draw it anew, then seal it");
    if (tb_str_contains(pdf_text, TB_STR(RANGE_MARK)) ||
        tb_str_contains(catalogue, TB_STR("/AcroForm")))
        return tb_fail(err, TB_INVALID,
                       "this PDF has a signature already; seal the file without it");
    struct tb_buf buf = {.arena = arena};
    tb_buf_str(&buf, pdf_text);
    if (buf.ptr[buf.len - 1] != '\n')
        tb_buf_char(&buf, '\n');
    size_t root_at = buf.len;
    tb_buf_printf(&buf,
                  "%" PRId64 " 0 obj\n<< /AcroForm << /Fields [%" PRId64 " 0 R] /SigFlags 3 >>\n  ",
                  pdf.root, pdf.size);
    tb_buf_str(&buf, catalogue);
    tb_buf_cstr(&buf, "endobj\n");
    size_t field_at = buf.len, range_at = 0, contents_at = 0;
    tb_buf_printf(
        &buf,
        "%" PRId64
        " 0 obj\n<< /Type /Annot /Subtype /Widget /FT /Sig /T (seal) /F 132 /Rect [0 0 0 0] /V "
        "%" PRId64 " 0 R >>\nendobj\n",
        pdf.size, pdf.size + 1);
    size_t signature_at = buf.len;
    put_signature(&buf, pdf.size + 1, key, note, &range_at, &contents_at);
    put_xref(&buf, &pdf, root_at, field_at, signature_at);
    TB_TRY(fill_in(arena, key, &buf, range_at, contents_at, err));
    *ret_sealed = tb_buf_done(&buf);
    return TB_OK;
}

/* ---- checking ---- */

/* clang-format off */
static const struct seal_verdict_row verdict_rows[SEAL_VERDICT_COUNT] = {
    [SEAL_GOOD]        = {"good",        "印章有效，内容与盖章时一致", "The seal is good: the content is as it was sealed"},
    [SEAL_NONE]        = {"none",        "文件里没有本系统的印章", "There is no seal of this system in the file"},
    [SEAL_CHANGED]     = {"changed",     "盖章以后内容被改动过，不可采信", "Changed after sealing: do not rely on it"},
    [SEAL_APPENDED]    = {"appended",    "盖章以后又添加了内容，不可采信", "Something was added after sealing: do not rely on it"},
    [SEAL_MALFORMED]   = {"malformed",   "印章的结构不正确，不可采信", "The seal is malformed: do not rely on it"},
    [SEAL_UNKNOWN_KEY] = {"unknown_key", "盖章所用的密钥不在已公布的密钥之中", "Sealed with a key that is not published"},
};
/* clang-format on */

const struct seal_verdict_row *
seal_verdict_text(seal_verdict verdict)
{
    tb_assert(verdict < SEAL_VERDICT_COUNT);
    return &verdict_rows[verdict];
}

static size_t
count_of(tb_str text, tb_str part, ptrdiff_t *ret_first)
{
    size_t count = 0;
    *ret_first = tb_str_find(text, part);
    for (ptrdiff_t at = *ret_first; at >= 0; count++) {
        text = tb_str_sub(text, (size_t)at + part.len, text.len);
        at = tb_str_find(text, part);
    }
    return count;
}

/* Digits of a PDF string written by put_text, back to UTF-8. Absent when it is not of that form. */
static tb_str
get_text(struct tb_arena *arena, tb_str dictionary, const char *name)
{
    tb_str mark = tb_printf(arena, "/%s <feff", name);
    ptrdiff_t at = tb_str_find(dictionary, mark);
    if (at < 0)
        return TB_STR_NONE;
    tb_str rest = tb_str_sub(dictionary, (size_t)at + mark.len, dictionary.len);
    ptrdiff_t end = tb_str_find(rest, TB_STR(">"));
    struct tb_buf buf = {.arena = arena};
    int32_t high = 0;
    for (ptrdiff_t i = 0; i + 4 <= end; i += 4) {
        uint8_t unit[2];
        if (!tb_unhex(tb_str_sub(rest, (size_t)i, 4), unit, 2))
            return TB_STR_NONE;
        int32_t c = unit[0] << 8 | unit[1];
        bool is_low = c >= 0xdc00 && c < 0xe000;
        if (is_low != (high != 0)) /* half a pair */
            return TB_STR_NONE;
        if (c >= 0xd800 && c < 0xdc00) {
            high = c;
            continue;
        }
        if (is_low)
            c = 0x10000 + ((high - 0xd800) << 10) + (c - 0xdc00);
        high = 0;
        char bytes[4];
        tb_buf_put(&buf, bytes, tb_utf8_put(c, bytes));
    }
    return tb_buf_done(&buf);
}

static int64_t
get_time(struct tb_arena *arena, tb_str dictionary)
{
    ptrdiff_t at = tb_str_find(dictionary, TB_STR("/M (D:"));
    tb_str digits = at >= 0 ? tb_str_sub(dictionary, (size_t)at + 6, 14) : TB_STR_NONE;
    int64_t instant = 0;
    if (digits.len == 14) {
        const char *d = digits.ptr;
        tb_str text = tb_printf(arena, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s+08:00", d, d + 4, d + 6,
                                d + 8, d + 10, d + 12);
        if (!tb_instant_parse(text, &instant))
            return 0;
    }
    return instant;
}

/* The four numbers, and the gap they leave: `<`, digits, `>` and nothing else. */
static bool
read_range(tb_str text, size_t at, size_t range[4], tb_str *ret_digits)
{
    for (int i = 0; i < 4; i++) {
        int64_t number = 0;
        if (!read_number(text, &at, &number) || number > (int64_t)SEAL_PDF_BYTES_MAX)
            return false;
        range[i] = (size_t)number;
    }
    while (at < text.len && text.ptr[at] == ' ')
        at++;
    if (at >= text.len || text.ptr[at] != ']' || range[0] != 0 || range[1] < at ||
        range[2] > text.len || range[2] != range[1] + 2 + 2 * SEAL__DER_BYTES)
        return false;
    *ret_digits = tb_str_sub(text, range[1] + 1, 2 * SEAL__DER_BYTES);
    return text.ptr[range[1]] == '<' && text.ptr[range[2] - 1] == '>';
}

static seal_verdict
judge(struct tb_arena *arena, const struct seal_key *const *keys, size_t key_count, tb_str text,
      struct seal_finding *finding)
{
    ptrdiff_t mark;
    size_t count = count_of(text, TB_STR(RANGE_MARK), &mark);
    if (count == 0 || !tb_str_starts(text, TB_STR("%PDF-")))
        return SEAL_NONE;
    tb_str digits;
    uint8_t der[SEAL__DER_BYTES];
    if (count > 1 ||
        !read_range(text, (size_t)mark + strlen(RANGE_MARK), finding->range, &digits) ||
        !tb_unhex(digits, der, sizeof der))
        return SEAL_MALFORMED;
    tb_str behind = tb_str_sub(text, finding->range[2], text.len);
    ptrdiff_t end = tb_str_find(behind, TB_STR("endobj")),
              key_at = tb_str_find(behind, TB_STR("/KeyId ("));
    if (end < 0 || key_at < 0 || key_at > end)
        return SEAL_MALFORMED;
    tb_str dictionary = tb_str_sub(behind, 0, (size_t)end);
    finding->key_id = tb_str_copy(arena, tb_str_sub(dictionary, (size_t)key_at + 8, 16));
    finding->authority = get_text(arena, dictionary, "Name");
    finding->reason = get_text(arena, dictionary, "Reason");
    finding->at = get_time(arena, dictionary);
    if (finding->range[2] + finding->range[3] > text.len)
        return SEAL_CHANGED; /* something was cut off */
    const struct seal_key *key = seal__find_key(keys, key_count, finding->key_id);
    if (key == NULL)
        return SEAL_UNKNOWN_KEY;
    if (!seal_verify(key, signed_bytes(arena, text, finding->range),
                     (tb_str){(const char *)der, sizeof der}))
        return SEAL_CHANGED;
    return finding->range[2] + finding->range[3] == text.len ? SEAL_GOOD : SEAL_APPENDED;
}

struct seal_finding
seal_pdf_verify(struct tb_arena *arena, const struct seal_key *const *keys, size_t key_count,
                tb_str pdf)
{
    struct seal_finding finding = {.verdict = SEAL_NONE};
    if (pdf.len > SEAL_PDF_BYTES_MAX)
        finding.verdict = SEAL_MALFORMED;
    else
        finding.verdict = judge(arena, keys, key_count, pdf, &finding);
    return finding;
}
