/* SPDX-License-Identifier: Apache-2.0 */
/* Workbooks are put together part by part here, so that every oddity of the field can be tried. */
#include "sheet/sheet_internal.h"
#include "sheet_test.h"
#include <zlib.h>

/* ---- a small ZIP writer ---------------------------------------------------------------------- */

struct archive {
    struct tb_buf files, directory;
    int count;
    bool is_stored;
};

static void
put_number(struct tb_buf *buf, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        tb_buf_char(buf, (char)(value >> (8 * i)));
}

static void
put_common(struct tb_buf *buf, uint32_t crc, int method, size_t packed, size_t size,
           size_t name_len)
{
    put_number(buf, 20, 2);
    put_number(buf, 0, 2);
    put_number(buf, (uint32_t)method, 2);
    put_number(buf, 0, 4);
    put_number(buf, crc, 4);
    put_number(buf, (uint32_t)packed, 4);
    put_number(buf, (uint32_t)size, 4);
    put_number(buf, (uint32_t)name_len, 2);
    put_number(buf, 0, 2);
}

static void
add_file(struct archive *archive, const char *name, tb_str content)
{
    uint32_t crc = (uint32_t)crc32(0, (const Bytef *)content.ptr, (uInt)content.len);
    uLong room = compressBound((uLong)content.len);
    Bytef *packed = tb_alloc(arena, room);
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)content.ptr,
                       .avail_in = (uInt)content.len,
                       .next_out = packed,
                       .avail_out = (uInt)room};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t len = archive->is_stored ? content.len : stream.total_out;
    deflateEnd(&stream);
    int method = archive->is_stored ? 0 : 8;
    size_t offset = archive->files.len, name_len = strlen(name);
    tb_buf_put(&archive->files, "PK\x03\x04", 4);
    put_common(&archive->files, crc, method, len, content.len, name_len);
    tb_buf_cstr(&archive->files, name);
    tb_buf_put(&archive->files, archive->is_stored ? (const void *)content.ptr : packed, len);
    tb_buf_put(&archive->directory, "PK\x01\x02", 4);
    put_number(&archive->directory, 20, 2);
    put_common(&archive->directory, crc, method, len, content.len, name_len);
    tb_buf_put(&archive->directory, "\0\0\0\0\0\0\0\0\0", 10);
    put_number(&archive->directory, (uint32_t)offset, 4);
    tb_buf_cstr(&archive->directory, name);
    archive->count++;
}

static tb_str
finish(struct archive *archive)
{
    size_t directory_at = archive->files.len;
    tb_buf_str(&archive->files, tb_buf_done(&archive->directory));
    tb_buf_put(&archive->files, "PK\x05\x06\0\0\0\0", 8);
    put_number(&archive->files, (uint32_t)archive->count, 2);
    put_number(&archive->files, (uint32_t)archive->count, 2);
    put_number(&archive->files, (uint32_t)archive->directory.len, 4);
    put_number(&archive->files, (uint32_t)directory_at, 4);
    put_number(&archive->files, 0, 2);
    return tb_buf_done(&archive->files);
}

/* ---- workbooks ------------------------------------------------------------------------------- */

#define NS                                                                                         \
    "xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main' "                           \
    "xmlns:r='http://x/relationships'"
#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

struct parts {
    const char *workbook, *strings, *styles, *sheet;
};

static tb_str
workbook(struct parts parts)
{
    struct archive archive = {.files = {.arena = arena}, .directory = {.arena = arena}};
    add_file(&archive, "_rels/.rels",
             TB_STR("<Relationships><Relationship Id='r1' Type='" REL
                    "/officeDocument' Target='/xl/workbook.xml'/></Relationships>"));
    add_file(&archive, "xl/workbook.xml",
             tb_str_of(parts.workbook != NULL ? parts.workbook
                                              : "<workbook " NS
                                                "><sheets><sheet name='a' r:id='rId7'/><sheet "
                                                "name='b' r:id='rId1'/></sheets></workbook>"));
    add_file(&archive, "xl/_rels/workbook.xml.rels",
             TB_STR("<Relationships><Relationship Id='rId1' Type='" REL
                    "/worksheet' Target='worksheets/other.xml'/>"
                    "<Relationship Id='rId7' Type='" REL
                    "/worksheet' Target='../xl/worksheets/sheet1.xml'/>"
                    "<Relationship Id='rId8' Type='" REL
                    "/sharedStrings' Target='sharedStrings.xml'/>"
                    "<Relationship Id='rId9' Type='" REL
                    "/styles' Target='/xl/styles.xml'/></Relationships>"));
    if (parts.strings != NULL)
        add_file(&archive, "xl/sharedStrings.xml", tb_str_of(parts.strings));
    if (parts.styles != NULL)
        add_file(&archive, "xl/styles.xml", tb_str_of(parts.styles));
    add_file(&archive, "xl/worksheets/sheet1.xml", tb_str_of(parts.sheet));
    return finish(&archive);
}

static const char *
told_of_sheet(const char *rows)
{
    return told(workbook((struct parts){
        .sheet = tb_printf(arena, "<worksheet " NS "><sheetData>%s</sheetData></worksheet>", rows)
                     .ptr}));
}

static void
strings_of_all_three_kinds_are_read(void **state)
{
    struct parts parts = {
        .strings = "<sst " NS "><si><t>名称</t></si><si><r><t>公共</t></r><r><rPr><b/></rPr><t "
                   "xml:space='preserve'>场所 </t></r>"
                   "<rPh sb='0' eb='1'><t>gong</t></rPh></si><si/></sst>",
        .sheet =
            "<x:worksheet xmlns:x='m'><x:sheetData><x:row r='1'><x:c r='A1' "
            "t='s'><x:v>0</x:v></x:c><x:c r='C1' t='s'><x:v>1</x:v></x:c></x:row>"
            "<x:row r='3'><x:c "
            "t='inlineStr'><x:is><x:r><x:t>in</x:t></x:r><x:r><x:t>line</x:t></x:r></x:is></x:c>"
            "<x:c t='str'><x:f>A1</x:f><x:v>of a formula</x:v></x:c><x:c "
            "t='s'><x:v>2</x:v></x:c></x:row>"
            "<x:row><x:c t='b'><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>",
    };
    assert_string_equal(told(workbook(parts)),
                        "1:名称|~|公共场所 \n3:inline|of a formula|\n4:TRUE\n");
}

static void
numbers_keep_their_digits_and_long_ones_are_named(void **state)
{
    assert_string_equal(
        told_of_sheet("<row r='1'><c r='A1'><v>45292</v></c><c r='B1'><v>0.1</v></c><c "
                      "r='C1'><v>1.1000000000000001</v></c>"
                      "<c r='D1'><v>1E-3</v></c><c r='E1'><v>511602000000</v></c><c "
                      "r='F1'><v>-5</v></c></row>"),
        "1:45292|0.1|1.1|0.001|511602000000|-5\n");
    assert_string_equal(
        told_of_sheet("<row r='2'><c r='B2'><v>5.1160219850615002E+17</v></c></row>"),
        "!2:~|511602198506150000\nf:2:2 rounded\n");
    assert_string_equal(told_of_sheet("<row r='2'><c r='A2'><v>x</v></c><c r='B2' "
                                      "t='e'><v>#N/A</v></c><c r='C2' t='s'><v>9</v></c></row>"),
                        "!2:~|#N/A|~\nf:2:1 number\nf:2:2 error\nf:2:3 string\n");
}

static void
dates_follow_the_number_format(void **state)
{
    struct parts parts = {
        .styles = "<styleSheet " NS "><numFmts><numFmt numFmtId='164' "
                  "formatCode='yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;'/>"
                  "<numFmt numFmtId='165' formatCode='[$-804]h:mm'/><numFmt numFmtId='166' "
                  "formatCode='0.00&quot;day&quot;'/>"
                  "<numFmt numFmtId='167' formatCode='yyyy-mm-dd hh:mm'/></numFmts>"
                  "<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>"
                  "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='164'/><xf "
                  "numFmtId='165'/><xf numFmtId='166'/><xf numFmtId='167'/></cellXfs></styleSheet>",
        .sheet = "<worksheet " NS "><sheetData><row r='1'><c r='A1' s='0'><v>46063</v></c><c "
                 "r='B1' s='1'><v>46063</v></c><c r='C1' s='2'><v>46063</v></c>"
                 "<c r='D1' s='3'><v>0.395833333333333</v></c><c r='E1' s='4'><v>2.5</v></c><c "
                 "r='F1' s='5'><v>46063.395833333333</v></c>"
                 "<c r='G1' s='1'><v>59</v></c><c r='H1' s='1'><v>60</v></c><c r='I1' "
                 "s='1'><v>61</v></c><c r='J1' t='d'><v>2026-02-10</v></c>"
                 "<c r='K1' s='99'><v>1</v></c><c r='L1' "
                 "s='5'><v>46063.999999</v></c></row></sheetData></worksheet>",
    };
    assert_string_equal(told(workbook(parts)),
                        "1:46063|2026-02-10|2026-02-10|09:30:00|2.5|2026-02-10T09:30:00|1900-02-28|"
                        "60|1900-03-01|2026-02-10|1|2026-02-11T00:00:00\n");
    parts.workbook =
        "<workbook " NS
        "><workbookPr date1904='1'/><sheets><sheet name='a' r:id='rId7'/></sheets></workbook>";
    parts.sheet =
        "<worksheet " NS "><sheetData><row><c s='1'><v>44601</v></c></row></sheetData></worksheet>";
    assert_string_equal(told(workbook(parts)), "1:2026-02-10\n");
}

static void
format_codes_are_told_apart(void **state)
{
    static const struct {
        const char *code;
        sheet__show show;
    } rows[] = {
        {"General", SHEET__PLAIN},
        {"0.00", SHEET__PLAIN},
        {"yyyy-mm-dd", SHEET__DATE},
        {"mmm", SHEET__DATE},
        {"mm:ss", SHEET__TIME},
        {"[h]:mm", SHEET__TIME},
        {"yyyy/m/d h:mm", SHEET__DATE_TIME},
        {"\"day\"0", SHEET__PLAIN},
        {"[Red]0", SHEET__PLAIN},
        {"#,##0\\d", SHEET__PLAIN},
        {"0;[Red]-yyyy", SHEET__PLAIN},
        {"[$-F800]dddd", SHEET__DATE},
        {"\"open", SHEET__PLAIN},
        {"", SHEET__PLAIN},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++)
        if (sheet__format_shows(tb_str_of(rows[i].code)) != rows[i].show)
            fail_msg("%s", rows[i].code);
}

static void
damage_and_bombs_are_refused(void **state)
{
    assert_string_equal(told_of_sheet("<row r='1'><c r='1A'><v>1</v></c></row>"), "syntax\n");
    assert_string_equal(told_of_sheet("<row r='2'/><row r='1'><c><v>1</v></c></row>"), "syntax\n");
    assert_string_equal(told_of_sheet("<row r='1'><c r='ALM1'><v>1</v></c></row>"), "limit\n");
    assert_string_equal(told_of_sheet("<row r='1'><c>"), "syntax\n");
    assert_string_equal(
        told_of_sheet("<row r='1'><c t='inlineStr'><is><t>\xE2\x80\xAE</t></is></c></row>"),
        "!1:\xE2\x80\xAE\nf:1:1 character\n");
    assert_string_equal(
        told(workbook((struct parts){.sheet = "<!DOCTYPE a [<!ENTITY b 'x'>]><worksheet/>"})),
        "syntax\n");
    assert_string_equal(
        told(workbook((struct parts){.workbook = "<workbook/>", .sheet = "<worksheet/>"})),
        "syntax");
    assert_string_equal(told(TB_STR("PK\x03\x04 but nothing behind it")), "syntax");
    /* Blanks of 40 MiB in some kilobytes. */
    size_t size = (size_t)40 << 20;
    char *blanks = tb_alloc(arena, size + 1);
    memset(blanks, ' ', size);
    assert_string_equal(told_of_sheet(blanks), "limit\n");
    /* A wrong byte in the packed data, or a wrong checksum, is found. */
    tb_str good = workbook((struct parts){
        .sheet = "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>"});
    int found = 0, tried = 0;
    for (size_t i = 0; i < good.len; i += 7, tried++) {
        char *bytes = tb_cstr(arena, good);
        bytes[i] ^= 0x55;
        found += strcmp(told((tb_str){bytes, good.len}), "1:1\n") != 0;
    }
    assert_true(found > 0 && tried > found / 2);
}

static void
many_rows_do_not_gather_in_memory(void **state)
{
    struct tb_arena *kept = arena;
    arena = tb_arena_new(0);
    struct tb_buf buf = {.arena = arena};
    tb_buf_cstr(&buf, "<worksheet><sheetData>");
    for (int i = 1; i <= 60000; i++)
        tb_buf_printf(&buf,
                      "<row r='%d'><c t='inlineStr'><is><t>row %d "
                      "公共场所卫生许可</t></is></c><c><v>%d</v></c></row>",
                      i, i, i * 7);
    tb_buf_cstr(&buf, "</sheetData></worksheet>");
    tb_str bytes = workbook((struct parts){.sheet = tb_buf_done(&buf).ptr});
    struct sheet_reader *reader;
    struct tb_err err;
    assert_int_equal(sheet_open(TB_STR("f"), bytes, NULL, &reader, &err), TB_OK);
    struct sheet_row row;
    bool has_row;
    for (int64_t i = 1; i <= 60000; i++) {
        int64_t number;
        assert_int_equal(sheet_next(reader, &row, &has_row, &err), TB_OK);
        assert_true(has_row && row.count == 2 && row.line == i);
        assert_true(tb_str_to_int(row.cells[1], &number) && number == i * 7);
        assert_true(tb_str_eq(row.cells[0], tb_printf(arena, "row %d 公共场所卫生许可", (int)i)));
        assert_true(tb_arena_bytes(reader->row_arena) < (1u << 20));
    }
    assert_int_equal(sheet_next(reader, &row, &has_row, &err), TB_OK);
    assert_false(has_row);
    sheet_close(reader);
    tb_arena_free(arena);
    arena = kept;
}

static void
what_the_writer_writes_the_reader_reads(void **state)
{
    static const struct sheet_column columns[] = {
        {{"编码", 6}, SHEET_TEXT, 0}, {{"数", 3}, SHEET_NUMBER, 10}, {{"日", 3}, SHEET_DATE, 0}};
    static const char *const rows[][3] = {
        {"000123020000", "1.5", "2026-02-10"},
        {"=1+1", "007", "no date"},
        {"511602198506150026", "511602198506150026", "1899-01-01"},
        {"x", "", ""}};
    struct sheet_writer *writer;
    struct tb_err err;
    assert_int_equal(sheet_writer_new(TB_STR("事项"), columns, 3, &writer, &err), TB_OK);
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        tb_str cells[3] = {tb_str_of(rows[i][0]), tb_str_of(rows[i][1]), tb_str_of(rows[i][2])};
        assert_int_equal(sheet_write_row(writer, cells, &err), TB_OK);
    }
    tb_str bytes;
    assert_int_equal(sheet_writer_done(arena, writer, &bytes, &err), TB_OK);
    assert_string_equal(told(bytes),
                        "1:编码|数|日\n2:000123020000|1.5|2026-02-10\n3:=1+1|007|no date\n"
                        "4:511602198506150026|511602198506150026|1899-01-01\n5:x\n");
    assert_int_equal(sheet_writer_new(TB_STR("a/b"), columns, 3, &writer, &err), TB_INVALID);
    assert_int_equal(sheet_writer_new(TB_STR("a"), columns, 0, &writer, &err), TB_LIMIT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_of_all_three_kinds_are_read),
        cmocka_unit_test(numbers_keep_their_digits_and_long_ones_are_named),
        cmocka_unit_test(dates_follow_the_number_format),
        cmocka_unit_test(format_codes_are_told_apart),
        cmocka_unit_test(damage_and_bombs_are_refused),
        cmocka_unit_test(many_rows_do_not_gather_in_memory),
        cmocka_unit_test(what_the_writer_writes_the_reader_reads),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
