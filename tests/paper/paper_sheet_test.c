/* SPDX-License-Identifier: Apache-2.0 */
/* What comes out is looked at by other programs: pdftotext, pdfinfo, pdftoppm, zbarimg. */
#include "paper/paper.h"
#include "run_tool.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct tb_arena *arena;
static const char *folder;

static struct tb_json *
json(const char *text)
{
    struct tb_json *value;
    struct tb_err err = {0};
    if (tb_json_parse(arena, tb_str_of(text), &value, &err) != TB_OK)
        fail_msg("%s", err.message);
    return value;
}

static const struct paper_options options = {
    .created_at = 1773624600000000, .title = {"测试", 6}, .author = {"Tongban", 7}};

static tb_str
draw(const char *blocks)
{
    tb_str pdf = TB_STR_NONE;
    struct tb_err err = {0};
    if (paper_pdf(arena, &options, json(blocks), &pdf, &err) != TB_OK)
        fail_msg("%s", err.message);
    return pdf;
}

static const char everything[] =
    "[{\"kind\":\"frame\"},{\"kind\":\"title\",\"text\":\"准予行政许可决定书\",\"sub\":\"副本\"},"
    "{\"kind\":\"number\",\"text\":\"示审准字〔2026〕12号\"},{\"kind\":\"heading\",\"text\":"
    "\"许可内容\",\"level\":2},"
    "{\"kind\":\"paragraph\",\"text\":\"经审查，**符合**法定条件。\"},"
    "{\"kind\":\"list\",\"ordered\":true,\"items\":[\"申请表\",\"平面图\"]},"
    "{\"kind\":\"table\",\"head\":[\"项目\",\"内容\"],\"rows\":[[\"名称\",\"建国理发店\"]],"
    "\"widths\":[1,3]},"
    "{\"kind\":\"fields\",\"rows\":[[\"单位名称\",\"建国理发店\"]]},{\"kind\":\"rule\"},{\"kind\":"
    "\"space\",\"mm\":4},"
    "{\"kind\":\"sign\",\"lines\":[\"签名：\",\"日期：\"]},"
    "{\"kind\":\"qr\",\"payload\":\"TB1;通办\",\"caption\":\"扫码核验\"},"
    "{\"kind\":\"seal\",\"authority\":\"示范县行政审批局\",\"date\":\"2026年3月16日\",\"label\":"
    "\"审批专用章\"},"
    "{\"kind\":\"page\"},{\"kind\":\"paragraph\",\"text\":\"第二页\"}]";

static void
the_same_input_gives_the_same_bytes(void **state)
{
    (void)state;
    tb_str one = draw(everything), two = draw(everything);
    assert_int_equal(one.len, two.len);
    assert_memory_equal(one.ptr, two.ptr, one.len);
    assert_true(tb_str_starts(one, TB_STR("%PDF-1.5")));
}

static void
a_mark_stands_on_every_page(void **state)
{
    (void)state;
    int status;
    struct tb_err err = {0};
    struct paper_options marked = options;
    tb_str pdf = TB_STR_NONE;
    const struct tb_json *blocks =
        json("[{\"kind\":\"title\",\"text\":\"通知\"},{\"kind\":\"page\"},"
             "{\"kind\":\"paragraph\",\"text\":\"完\"}]");
    marked.mark = TB_STR("演示");
    assert_int_equal(paper_pdf(arena, &marked, blocks, &pdf, &err), TB_OK);
    const char *path = tool_write(arena, folder, "mark.pdf", pdf);
    for (int page = 1; page <= 2; page++) {
        tb_str text = tool_run(
            arena, tb_printf(arena, "pdftotext -f %d -l %d %s -", page, page, path).ptr, &status);
        assert_true(tb_str_contains(text, TB_STR("演")) && tb_str_contains(text, TB_STR("示")));
    }
    assert_int_equal(paper_pdf(arena, &options, blocks, &pdf, &err), TB_OK);
    path = tool_write(arena, folder, "plain.pdf", pdf);
    tb_str text = tool_run(arena, tb_printf(arena, "pdftotext %s -", path).ptr, &status);
    assert_false(tb_str_contains(text, TB_STR("演")));
}

static void
another_program_reads_the_text(void **state)
{
    (void)state;
    int status;
    const char *path = tool_write(arena, folder, "all.pdf", draw(everything));
    tb_str text = tool_run(arena, tb_printf(arena, "pdftotext -layout %s -", path).ptr, &status);
    assert_int_equal(status, 0);
    static const char *const parts[] = {"准予行政许可决定书",
                                        "副本",
                                        "示审准字〔2026〕12号",
                                        "许可内容",
                                        "经审查，符合法定条件。",
                                        "1.",
                                        "申请表",
                                        "2.",
                                        "平面图",
                                        "项目",
                                        "建国理发店",
                                        "单位名称",
                                        "签名：",
                                        "扫码核验",
                                        "示范县行政审批局",
                                        "2026年3月16日",
                                        "审批专用章",
                                        "第二页"};
    for (size_t i = 0; i < TB_COUNT(parts); i++)
        if (!tb_str_contains(text, tb_str_of(parts[i])))
            fail_msg("%s is not in the text:\n" TB_FMT, parts[i], TB_ARG(text));
    assert_false(tb_str_contains(text, TB_STR("*")));
    tb_str info = tool_run(arena, tb_printf(arena, "pdfinfo -isodates %s", path).ptr, &status);
    assert_true(tb_str_contains(info, TB_STR("测试")));
    assert_true(tb_str_contains(info, TB_STR("2026-03-16")));
    assert_true(tb_str_contains(info, TB_STR("Pages:           2")));
}

static void
a_reader_decodes_the_qr_code_from_the_printed_page(void **state)
{
    (void)state;
    int status;
    tool_write(arena, folder, "qr.pdf", draw(everything));
    tb_str got =
        tool_run(arena,
                 tb_printf(arena,
                           "cd %s && pdftoppm -r 150 -f 1 -l 1 -png -singlefile qr.pdf qr && "
                           "zbarimg -q --raw qr.png 2>/dev/null",
                           folder)
                     .ptr,
                 &status);
    assert_true(tb_str_is(tb_str_trim(got), "TB1;通办"));
}

static void
a_character_without_a_glyph_stops_the_letter_and_is_named(void **state)
{
    (void)state;
    tb_str pdf = TB_STR_NONE;
    struct tb_err err = {0};
    /* U+2EBC0 came with Unicode 15.1, after the font. */
    struct tb_json *blocks = json("[{\"kind\":\"title\",\"text\":\"许可\"},{\"kind\":\"paragraph\","
                                  "\"text\":\"王\\ud87a\\udfc0\"}]");
    assert_int_equal(paper_pdf(arena, &options, blocks, &pdf, &err), TB_INVALID);
    assert_non_null(strstr(err.message, "U+2EBC0"));
    assert_non_null(strstr(err.message, "block 2"));
    assert_null(pdf.ptr);
    int32_t c = 0;
    assert_true(paper_missing_glyph(TB_STR_NONE, TB_STR("王\xf0\xae\xaf\x80"), &c));
    assert_int_equal(c, 0x2ebc0);
    assert_false(paper_missing_glyph(TB_STR_NONE, TB_STR("龘 ·　Ａb\n"), &c));
}

static void
a_font_that_is_not_there_is_refused_not_replaced(void **state)
{
    (void)state;
    tb_str pdf;
    struct tb_err err = {0};
    struct paper_options other = options;
    other.font = TB_STR("No Such Song");
    assert_int_equal(paper_pdf(arena, &other, json("[]"), &pdf, &err), TB_NOT_FOUND);
    assert_non_null(strstr(err.message, "No Such Song"));
}

static void
a_bad_block_is_refused_with_its_place(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"{}", "list of blocks"},
        {"[{\"kind\":\"poem\"}]", "no kind \"poem\""},
        {"[{\"kind\":\"title\"}]", "title needs text"},
        {"[{\"kind\":\"title\",\"text\":\"a\",\"colour\":\"red\"}]", "no member colour"},
        {"[{\"kind\":\"table\",\"rows\":[[\"a\",\"b\"],[\"c\"]]}]", "2 cells"},
        {"[{\"kind\":\"fields\",\"rows\":[[\"a\"]]}]", "[label, value]"},
        {"[{\"kind\":\"qr\",\"payload\":\"\"}]", "1 to"},
        {"[{\"kind\":\"qr\",\"payload\":\"a\",\"size_mm\":900}]", "size_mm"},
        {"[{\"kind\":\"space\",\"mm\":-1}]", "mm is 0"},
        {"[{\"kind\":\"seal\",\"authority\":\"a\"}]", "seal needs date"},
        {"[{\"kind\":\"licence\",\"title\":\"a\"}]", "licence needs rows"},
    };
    for (size_t i = 0; i < TB_COUNT(bad); i++) {
        tb_str pdf;
        struct tb_err err = {0};
        tb_status status = paper_pdf(arena, &options, json(bad[i][0]), &pdf, &err);
        if (status == TB_OK || strstr(err.message, bad[i][1]) == NULL)
            fail_msg("%s gives %d \"%s\", expected \"%s\"", bad[i][0], status, err.message,
                     bad[i][1]);
    }
}

static void
long_tables_break_and_repeat_their_head(void **state)
{
    (void)state;
    struct tb_buf buf = {.arena = arena};
    tb_buf_cstr(&buf, "[{\"kind\":\"table\",\"head\":[\"序号\",\"事项\"],\"rows\":[");
    for (int i = 0; i < 120; i++)
        tb_buf_printf(&buf, "%s[\"%d\",\"事项之%d\"]", i > 0 ? "," : "", i, i);
    tb_buf_cstr(&buf, "]}]");
    int status;
    const char *path = tool_write(arena, folder, "long.pdf", draw(tb_buf_done(&buf).ptr));
    tb_str text = tool_run(
        arena, tb_printf(arena, "pdftotext -layout %s - | grep -c 序号", path).ptr, &status);
    tb_str pages = tool_run(
        arena, tb_printf(arena, "pdfinfo %s | sed -n 's/^Pages: *//p'", path).ptr, &status);
    assert_true(tb_str_eq(tb_str_trim(text), tb_str_trim(pages)));
    assert_true(pages.ptr[0] > '1');
    tb_str last = tool_run(
        arena, tb_printf(arena, "pdftotext -layout %s - | grep -c 事项之", path).ptr, &status);
    assert_true(tb_str_is(tb_str_trim(last), "120"));
}

/* A licence of that many fields with values of 30 characters. */
static tb_str
licence(int count)
{
    struct paper_options across = options;
    across.size = PAPER_A4_LANDSCAPE;
    struct tb_buf buf = {.arena = arena};
    tb_buf_cstr(&buf, "[{\"kind\":\"licence\",\"title\":\"公共场所卫生许可证\",\"payload\":"
                      "\"TB1;通办\",\"authority\":\"示范省示范市示范县行政审批和政务服务管理局\","
                      "\"date\":\"2026-03-16\",\"lines\":[\"证照标识：21A.B.1.001.U\"],\"rows\":[");
    for (int i = 0; i < count; i++)
        tb_buf_printf(&buf,
                      "%s[\"项目%d\",\"建安北路八十八号金安大道交汇处滨江国际商业广场二期三号楼\"]",
                      i > 0 ? "," : "", i);
    tb_buf_cstr(&buf, "]}]");
    tb_str pdf = TB_STR_NONE;
    struct tb_err err = {0};
    if (paper_pdf(arena, &across, json(tb_buf_done(&buf).ptr), &pdf, &err) != TB_OK)
        fail_msg("%d fields: %s", count, err.message);
    return pdf;
}

static void
a_licence_shrinks_its_type_and_stays_one_page(void **state)
{
    (void)state;
    static const int counts[] = {0, 1, 8, 30};
    for (size_t i = 0; i < TB_COUNT(counts); i++) {
        int status;
        const char *path = tool_write(arena, folder, "licence.pdf", licence(counts[i]));
        tb_str text = tool_run(
            arena, tb_printf(arena, "pdfinfo %s; pdftotext -layout %s -", path, path).ptr, &status);
        assert_true(tb_str_contains(text, TB_STR("Pages:           1\n")));
        assert_true(tb_str_contains(text, TB_STR("示范省示范市示范县行政审批和政务服务管理局")));
        assert_true(tb_str_contains(text, TB_STR("证照标识：21A.B.1.001.U")));
        tb_str count = tool_run(
            arena, tb_printf(arena, "pdftotext -raw %s - | grep -c ^项目", path).ptr, &status);
        int64_t found = -1;
        assert_true(tb_str_to_int(tb_str_trim(count), &found));
        assert_int_equal(found, counts[i]);
        tb_str code = tool_run(
            arena, tb_printf(arena, "pdftoppm -r 150 -png %s | zbarimg -q --raw -", path).ptr,
            &status);
        assert_true(tb_str_is(tb_str_trim(code), "TB1;通办"));
    }
}

static void
a_document_without_end_meets_its_limit(void **state)
{
    (void)state;
    struct tb_buf buf = {.arena = arena};
    tb_buf_char(&buf, '[');
    for (int i = 0; i <= PAPER_PAGES_MAX; i++)
        tb_buf_printf(&buf, "%s{\"kind\":\"page\"}", i > 0 ? "," : "");
    tb_buf_char(&buf, ']');
    tb_str pdf;
    struct tb_err err = {0};
    assert_int_equal(paper_pdf(arena, &options, json(tb_buf_done(&buf).ptr), &pdf, &err), TB_LIMIT);
}

static void
a_ticket_is_as_long_as_what_it_says(void **state)
{
    (void)state;
    struct paper_options ticket = options;
    ticket.size = PAPER_TICKET_80MM;
    ticket.footer = TB_STR("{{page}}/{{pages}}");
    tb_str pdf = TB_STR_NONE;
    assert_int_equal(
        paper_pdf(arena, &ticket, json("[{\"kind\":\"title\",\"text\":\"A012\"}]"), &pdf, NULL),
        TB_OK);
    int status;
    const char *path = tool_write(arena, folder, "ticket.pdf", pdf);
    tb_str info =
        tool_run(arena, tb_printf(arena, "pdfinfo %s; pdftotext %s -", path, path).ptr, &status);
    assert_true(tb_str_contains(info, TB_STR("Pages:           1\n")));
    assert_true(tb_str_contains(info, TB_STR("Page size:       226.772 x ")));
    assert_true(tb_str_contains(info, TB_STR("1/1")));
}

static int
set_up(void **state)
{
    (void)state;
    arena = tb_arena_new(0);
    folder = tool_folder(arena);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    tool_remove(arena, folder);
    tb_arena_free(arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_input_gives_the_same_bytes),
        cmocka_unit_test(a_mark_stands_on_every_page),
        cmocka_unit_test(another_program_reads_the_text),
        cmocka_unit_test(a_reader_decodes_the_qr_code_from_the_printed_page),
        cmocka_unit_test(a_character_without_a_glyph_stops_the_letter_and_is_named),
        cmocka_unit_test(a_font_that_is_not_there_is_refused_not_replaced),
        cmocka_unit_test(a_bad_block_is_refused_with_its_place),
        cmocka_unit_test(long_tables_break_and_repeat_their_head),
        cmocka_unit_test(a_licence_shrinks_its_type_and_stays_one_page),
        cmocka_unit_test(a_document_without_end_meets_its_limit),
        cmocka_unit_test(a_ticket_is_as_long_as_what_it_says),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
