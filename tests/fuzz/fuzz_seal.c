/* SPDX-License-Identifier: Apache-2.0 */
/* What strangers hand in to have a seal checked. The first byte says what the rest is: a PDF, edits of a PDF that we
 * have sealed, the text of a QR code, a list of revocations, a key. Nobody without the key gets a good seal on anything
 * else, and whatever is read out of it is text. */
#include "paper/paper.h"
#include "seal/seal.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

struct sealed {
    struct tb_arena *arena;
    struct seal_key *key;
    const struct seal_key *open_key;
    tb_str pdf, code, list;
};

/* Made once: a key, and one of each thing sealed with it. */
static const struct sealed *
sealed_get(void)
{
    static struct sealed sealed;
    if (sealed.arena != NULL)
        return &sealed;
    sealed.arena = tb_arena_new(0);
    tb_str pem, open_pem, plain;
    struct tb_json *blocks;
    struct paper_options options = {.created_at = 1, .title = TB_STR("证")};
    struct tb_err err = {0};
    struct seal_note note = {.authority = TB_STR("行政审批局"), .reason = TB_STR("章"), .at = 1};
    struct seal_code code = {
        .mark = TB_STR("21A.B.1.001.U"), .initial = TB_STR("刘"), .issued = {2026, 3, 16}};
    struct seal_revocation revoked = {TB_STR("21A"), TB_STR("注销"), TB_STR("停业"), {2026, 4, 1}};
    tb_assert(seal_generate(sealed.arena, &pem, &open_pem, &err) == TB_OK);
    tb_assert(seal_key_new(pem, &sealed.key, &err) == TB_OK);
    sealed.open_key = sealed.key;
    tb_assert(tb_json_parse(sealed.arena, TB_STR("[{\"kind\":\"title\",\"text\":\"证\"}]"), &blocks,
                            &err) == TB_OK);
    tb_assert(paper_pdf(sealed.arena, &options, blocks, &plain, &err) == TB_OK);
    tb_assert(seal_pdf(sealed.arena, sealed.key, plain, &note, &sealed.pdf, &err) == TB_OK);
    tb_assert(seal_code_make(sealed.arena, sealed.key, &code, &sealed.code, &err) == TB_OK);
    tb_assert(seal_revocations_make(sealed.arena, sealed.key, 1, 1, &revoked, 1, &sealed.list,
                                    &err) == TB_OK);
    return &sealed;
}

/* A copy of text with edits: three bytes each, where (little endian) and what. */
static tb_str
edited(struct tb_arena *arena, tb_str text, const uint8_t *edits, size_t len)
{
    char *copy = tb_alloc(arena, text.len);
    memcpy(copy, text.ptr, text.len);
    for (; len >= 3; edits += 3, len -= 3)
        copy[(size_t)(edits[0] | edits[1] << 8) % text.len] = (char)edits[2];
    return (tb_str){copy, text.len};
}

/* A good seal covers exactly what we sealed; only the digits of the signature may be written otherwise. */
static void
check_pdf(struct tb_arena *arena, const struct sealed *sealed, tb_str pdf)
{
    struct seal_finding finding = seal_pdf_verify(arena, &sealed->open_key, 1, pdf);
    tb_assert(finding.verdict < SEAL_VERDICT_COUNT);
    tb_assert(tb_utf8_is_valid(finding.authority) && tb_utf8_is_valid(finding.reason));
    if (finding.verdict != SEAL_GOOD)
        return;
    const size_t *range = finding.range;
    tb_assert(pdf.len == sealed->pdf.len);
    tb_assert(memcmp(pdf.ptr + range[0], sealed->pdf.ptr + range[0], range[1]) == 0);
    tb_assert(memcmp(pdf.ptr + range[2], sealed->pdf.ptr + range[2], range[3]) == 0);
}

static void
check_code(struct tb_arena *arena, const struct sealed *sealed, tb_str text)
{
    struct seal_code code;
    if (seal_code_verify(arena, &sealed->open_key, 1, text, &code) == SEAL_GOOD)
        tb_assert(tb_str_is(code.mark, "21A.B.1.001.U") && tb_str_is(code.initial, "刘") &&
                  code.issued.day == 16 && code.until.year == 0);
}

static void
check_list(struct tb_arena *arena, const struct sealed *sealed, tb_str text)
{
    struct seal_revocation_list list;
    if (seal_revocations_read(arena, &sealed->open_key, 1, text, &list) == SEAL_GOOD)
        tb_assert(list.count == 1 && tb_str_is(list.items[0].mark, "21A"));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const struct sealed *sealed = sealed_get();
    if (len == 0)
        return 0;
    struct tb_arena *arena = tb_arena_new(0);
    struct seal_key *key = NULL;
    tb_str rest = {(const char *)bytes + 1, len - 1};
    switch (bytes[0] % 7) {
    case 0:
        check_pdf(arena, sealed, rest);
        break;
    case 1:
        check_pdf(arena, sealed, edited(arena, sealed->pdf, bytes + 1, len - 1));
        break;
    case 2:
        check_code(arena, sealed, rest);
        break;
    case 3:
        check_code(arena, sealed, edited(arena, sealed->code, bytes + 1, len - 1));
        break;
    case 4:
        check_list(arena, sealed, rest);
        break;
    case 5:
        check_list(arena, sealed, edited(arena, sealed->list, bytes + 1, len - 1));
        break;
    default:
        if (seal_key_new(rest, &key, NULL) == TB_OK)
            seal_key_free(key);
    }
    tb_arena_free(arena);
    return 0;
}
