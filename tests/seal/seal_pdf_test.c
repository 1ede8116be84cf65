/* SPDX-License-Identifier: Apache-2.0 */
/* A certificate is drawn, sealed, checked by us and by what docs/howto/check-a-seal.md tells a stranger to type. */
#include "../paper/run_tool.h"
#include "paper/paper.h"
#include "seal/seal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct tb_arena *arena;
static struct seal_key *secret, *other;
static tb_str open_pem, sealed, drawn;
static const char *folder;

static const struct seal_note note = {.authority = {"示范县行政审批局", 24},
                                      .reason = {"审批专用章", 15},
                                      .location = {"示范县", 9},
                                      .at = 1773624600000000};

static seal_verdict
verdict_of(tb_str pdf)
{
    const struct seal_key *keys[] = {secret};
    return seal_pdf_verify(arena, keys, 1, pdf).verdict;
}

static void
a_sealed_file_is_good_and_says_whose_seal_it_is(void **state)
{
    (void)state;
    const struct seal_key *keys[] = {other, secret};
    struct seal_finding finding = seal_pdf_verify(arena, keys, 2, sealed);
    assert_int_equal(finding.verdict, SEAL_GOOD);
    assert_true(tb_str_eq(finding.authority, note.authority));
    assert_true(tb_str_eq(finding.reason, note.reason));
    assert_true(tb_str_eq(finding.key_id, seal_key_id(arena, secret)));
    assert_int_equal(finding.at, note.at);
    assert_int_equal(finding.range[2] + finding.range[3], sealed.len);
}

/* Every single byte: whatever is changed, the file is not good any more. Bytes of compressed streams are sampled. */
static void
no_byte_can_be_changed(void **state)
{
    (void)state;
    char *bent = tb_cstr(arena, sealed);
    for (size_t i = 0; i < sealed.len; i += i + 1200 < sealed.len ? 97 : 1) {
        bent[i] = (char)(bent[i] ^ 0x01);
        if (verdict_of((tb_str){bent, sealed.len}) == SEAL_GOOD)
            fail_msg("byte %zu can be changed", i);
        bent[i] = (char)(bent[i] ^ 0x01);
    }
    assert_int_equal(verdict_of((tb_str){bent, sealed.len}), SEAL_GOOD);
}

static void
what_is_added_or_cut_is_found(void **state)
{
    (void)state;
    struct tb_buf longer = {.arena = arena};
    tb_buf_str(&longer, sealed);
    tb_buf_char(&longer, ' ');
    assert_int_equal(verdict_of(tb_buf_done(&longer)), SEAL_APPENDED);
    tb_buf_cstr(&longer, "1 0 obj\n<< /Type /Pages >>\nendobj\nstartxref\n0\n%%EOF\n");
    assert_int_equal(verdict_of(tb_buf_done(&longer)), SEAL_APPENDED);
    tb_buf_cstr(&longer, "/ByteRange [0 1 2 3]");
    assert_int_equal(verdict_of(tb_buf_done(&longer)), SEAL_MALFORMED);
    assert_int_equal(verdict_of(tb_str_sub(sealed, 0, sealed.len - 1)), SEAL_CHANGED);
    assert_int_equal(verdict_of(tb_str_sub(sealed, 0, sealed.len / 2)), SEAL_NONE);
}

static void
a_file_without_our_seal_is_told_apart(void **state)
{
    (void)state;
    const struct seal_key *keys[] = {other};
    assert_int_equal(verdict_of(drawn), SEAL_NONE);
    assert_int_equal(verdict_of(TB_STR("")), SEAL_NONE);
    assert_int_equal(verdict_of(TB_STR("/ByteRange [")), SEAL_NONE);
    assert_int_equal(verdict_of(TB_STR("%PDF-1.5 /ByteRange [")), SEAL_MALFORMED);
    assert_int_equal(verdict_of(TB_STR("%PDF-1.5 /ByteRange [0 99999999999999999999 1 2]")),
                     SEAL_MALFORMED);
    assert_int_equal(seal_pdf_verify(arena, keys, 1, sealed).verdict, SEAL_UNKNOWN_KEY);
    assert_int_equal(seal_pdf_verify(arena, NULL, 0, sealed).verdict, SEAL_UNKNOWN_KEY);
    for (int i = 0; i < SEAL_VERDICT_COUNT; i++) {
        const struct seal_verdict_row *row = seal_verdict_text((seal_verdict)i);
        assert_true(row->code != NULL && row->zh[0] != '\0' && row->en[0] != '\0');
    }
}

/* What a stranger's file says about itself is read even when it is not sealed by us, and is shown: so it is text. */
static void
half_a_surrogate_pair_in_a_name_is_no_text(void **state)
{
    (void)state;
    static const char *const names[] = {"dc00", "d83d", "d83d0041", "0041dc00", "d83dd83ddc00"};
    ptrdiff_t at = tb_str_find(sealed, TB_STR("/Name <feff"));
    const struct seal_key *keys[] = {secret};
    assert_true(at > 0);
    for (size_t i = 0; i < TB_COUNT(names); i++) {
        char *copy = tb_alloc(arena, sealed.len);
        memcpy(copy, sealed.ptr, sealed.len);
        memcpy(copy + at + 11, names[i], strlen(names[i]));
        copy[at + 11 + (ptrdiff_t)strlen(names[i])] = '>';
        struct seal_finding finding = seal_pdf_verify(arena, keys, 1, (tb_str){copy, sealed.len});
        assert_int_equal(finding.verdict, SEAL_CHANGED);
        assert_int_equal(finding.authority.len, 0);
    }
}

static void
only_a_fresh_pdf_can_be_sealed(void **state)
{
    (void)state;
    tb_str out = TB_STR_NONE;
    struct tb_err err = {0};
    const char *bad[] = {
        "", "%PDF-1.5", "%PDF-1.5\nstartxref\n5\n", "%PDF-1.5\nxref\n0 1\ntrailer\nstartxref\n9\n",
        "%PDF-1.5\nxref\n0 3\ntrailer << /Size 3 /Root 2 0 R >>\nstartxref\n9\n%%EOF"};
    for (size_t i = 0; i < TB_COUNT(bad); i++)
        assert_int_equal(seal_pdf(arena, secret, tb_str_of(bad[i]), &note, &out, &err), TB_INVALID);
    assert_int_equal(seal_pdf(arena, secret, sealed, &note, &out, &err), TB_INVALID);
    assert_null(out.ptr);
}

static void
other_programs_still_read_the_sealed_file(void **state)
{
    (void)state;
    int status;
    const char *path = tool_write(arena, folder, "certificate.pdf", sealed);
    tb_str text = tool_run(arena, tb_printf(arena, "pdftotext %s - 2>&1", path).ptr, &status);
    assert_int_equal(status, 0);
    assert_true(tb_str_contains(text, TB_STR("公共场所卫生许可证")));
    assert_false(tb_str_contains(text, TB_STR("Error")));
    text = tool_run(arena, tb_printf(arena, "pdfsig -nocert %s 2>/dev/null", path).ptr, &status);
    assert_true(tb_str_contains(text, TB_STR("Signature Field Name: seal")));
    assert_true(tb_str_contains(text, TB_STR("Total document signed")));
}

/* All the commands of the page, in their order. */
static tb_str
commands_of(tb_str page)
{
    struct tb_buf script = {.arena = arena};
    tb_str line;
    bool is_inside = false;
    while (tb_str_cut(&page, '\n', &line)) {
        if (tb_str_starts(line, TB_STR("```"))) {
            is_inside = !is_inside && tb_str_is(line, "```sh");
            continue;
        }
        if (is_inside)
            tb_buf_printf(&script, TB_FMT "\n", TB_ARG(line));
    }
    return tb_buf_done(&script);
}

static int
run_page(tb_str *ret_output)
{
    const char *source = getenv("TB_SOURCE");
    int status;
    tb_str page = tool_run(
        arena,
        tb_printf(arena, "cat %s/docs/howto/check-a-seal.md", source != NULL ? source : ".").ptr,
        &status);
    assert_int_equal(status, 0);
    tb_str script = commands_of(page);
    assert_true(tb_str_contains(script, TB_STR("-sigopt distid:")));
    tool_write(arena, folder, "check.sh", script);
    *ret_output =
        tool_run(arena, tb_printf(arena, "cd %s && sh -e check.sh 2>&1", folder).ptr, &status);
    return status;
}

static size_t
count_ok(tb_str text)
{
    size_t count = 0;
    tb_str line;
    while (tb_str_cut(&text, '\n', &line))
        count += tb_str_is(line, "Verified OK") ? 1 : 0;
    return count;
}

static tb_str
revocation_list(const char *mark)
{
    const struct seal_revocation items[] = {{.mark = tb_str_of(mark),
                                             .state = TB_STR("revoked"),
                                             .reason = TB_STR("依法撤销"),
                                             .from = {2026, 5, 1}},
                                            {.mark = TB_STR("A.0.1"),
                                             .state = TB_STR("expired"),
                                             .reason = TB_STR(""),
                                             .from = {2026, 4, 1}}};
    tb_str text = TB_STR_NONE;
    assert_int_equal(seal_revocations_make(arena, secret, 7, note.at, items, 2, &text, NULL),
                     TB_OK);
    return text;
}

static void
a_stranger_can_check_it_with_the_page_s_commands(void **state)
{
    (void)state;
    tb_str output;
    tool_write(arena, folder, "certificate.pdf", sealed);
    tool_write(arena, folder, "agency.pem", open_pem);
    tool_write(arena, folder, "revocations.txt", revocation_list("B.0.1"));
    int status = run_page(&output);
    if (status != 0 || count_ok(output) != 3)
        fail_msg("exit %d: " TB_FMT, status, TB_ARG(output));
    /* Another key, a changed byte, an addition, a mark on the list: each makes the same commands fail. */
    tb_str wrong_pem = TB_STR_NONE;
    assert_int_equal(seal_key_public_pem(arena, other, &wrong_pem, NULL), TB_OK);
    tool_write(arena, folder, "agency.pem", wrong_pem);
    assert_int_not_equal(run_page(&output), 0);
    assert_int_equal(count_ok(output), 0);
    tool_write(arena, folder, "agency.pem", open_pem);
    char *bent = tb_cstr(arena, sealed);
    bent[sealed.len / 3] = (char)(bent[sealed.len / 3] ^ 1);
    tool_write(arena, folder, "certificate.pdf", (tb_str){bent, sealed.len});
    assert_int_not_equal(run_page(&output), 0);
    tool_write(arena, folder, "certificate.pdf", tb_printf(arena, "%s", "x"));
    assert_int_not_equal(run_page(&output), 0);
    struct tb_buf longer = {.arena = arena};
    tb_buf_str(&longer, sealed);
    tb_buf_cstr(&longer, "\n");
    tool_write(arena, folder, "certificate.pdf", tb_buf_done(&longer));
    assert_int_not_equal(run_page(&output), 0);
    tool_write(arena, folder, "certificate.pdf", sealed);
    tool_write(arena, folder, "revocations.txt", revocation_list("21A.B.1.001.U"));
    assert_int_not_equal(run_page(&output), 0);
    assert_int_equal(count_ok(output), 3);
}

static void
an_unread_code_is_never_taken_for_a_clean_one(void **state)
{
    (void)state;
    const char *source = getenv("TB_SOURCE");
    int status;
    tb_str page = tool_run(arena,
                           tb_printf(arena, "sed -n '/^## 6/,$p' %s/docs/howto/check-a-seal.md",
                                     source != NULL ? source : ".")
                               .ptr,
                           &status);
    const char *run = tb_printf(arena, "cd %s && sh -e list.sh 2>&1", folder).ptr;
    tool_write(arena, folder, "list.sh", commands_of(page));
    tool_write(arena, folder, "agency.pem", open_pem);
    tool_write(arena, folder, "revocations.txt", revocation_list("B.0.1"));
    tool_write(arena, folder, "code.txt", TB_STR("TB1;21A.B.1.001.U;x\n"));
    tool_run(arena, run, &status);
    assert_int_equal(status, 0);
    static const char *const unread[] = {"", "\n", "TB1;;x\n", "https://example.com/\n"};
    for (size_t i = 0; i < TB_COUNT(unread); i++) {
        tool_write(arena, folder, "code.txt", tb_str_of(unread[i]));
        tb_str output = tool_run(arena, run, &status);
        assert_int_equal(count_ok(output), 1); /* the list itself is good */
        assert_int_not_equal(status, 0);
    }
}

static void
draw(void)
{
    const struct seal_code code = {.mark = TB_STR("21A.B.1.001.U"),
                                   .initial = TB_STR("刘"),
                                   .issued = {2026, 3, 16},
                                   .until = {2030, 3, 15}};
    tb_str payload = TB_STR_NONE;
    assert_int_equal(seal_code_make(arena, secret, &code, &payload, NULL), TB_OK);
    struct tb_json *blocks = NULL;
    tb_str text = tb_printf(
        arena,
        "[{\"kind\":\"title\",\"text\":\"公共场所卫生许可证\"},{\"kind\":\"qr\",\"size_mm\":40,"
        "\"payload\":\"" TB_FMT "\"}]",
        TB_ARG(payload));
    assert_int_equal(tb_json_parse(arena, text, &blocks, NULL), TB_OK);
    const struct paper_options options = {.created_at = note.at, .title = TB_STR("许可证")};
    assert_int_equal(paper_pdf(arena, &options, blocks, &drawn, NULL), TB_OK);
}

static int
set_up(void **state)
{
    (void)state;
    arena = tb_arena_new(0);
    folder = tool_folder(arena);
    tb_str pem, other_pem, ignored;
    assert_int_equal(seal_generate(arena, &pem, &open_pem, NULL), TB_OK);
    assert_int_equal(seal_generate(arena, &other_pem, &ignored, NULL), TB_OK);
    assert_int_equal(seal_key_new(pem, &secret, NULL), TB_OK);
    assert_int_equal(seal_key_new(other_pem, &other, NULL), TB_OK);
    draw();
    assert_int_equal(seal_pdf(arena, secret, drawn, &note, &sealed, NULL), TB_OK);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    seal_key_free(secret);
    seal_key_free(other);
    tool_remove(arena, folder);
    tb_arena_free(arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sealed_file_is_good_and_says_whose_seal_it_is),
        cmocka_unit_test(no_byte_can_be_changed),
        cmocka_unit_test(what_is_added_or_cut_is_found),
        cmocka_unit_test(a_file_without_our_seal_is_told_apart),
        cmocka_unit_test(half_a_surrogate_pair_in_a_name_is_no_text),
        cmocka_unit_test(only_a_fresh_pdf_can_be_sealed),
        cmocka_unit_test(other_programs_still_read_the_sealed_file),
        cmocka_unit_test(a_stranger_can_check_it_with_the_page_s_commands),
        cmocka_unit_test(an_unread_code_is_never_taken_for_a_clean_one),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
