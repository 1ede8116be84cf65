/* SPDX-License-Identifier: Apache-2.0 */
/* The paper that people hang on the wall: every certificate of the packs is one page, and other programs read it. */
#include "../paper/run_tool.h"
#include "cases_health.h"

#define NAME "广安市广安区大山深处便民理发美容美发服务中心（个人独资企业）"
#define STREET "四川省广安市广安区建安北路八十八号金安大道交汇处滨江国际商业广场"
#define ADDRESS STREET "二期三号楼裙楼一层一〇一至一〇六号商铺及二层东侧夹层部分区域"

/* Without the blanks and the line breaks that stand between the parts of a long value. */
static tb_str
squeezed(tb_str text)
{
    struct tb_buf buf = {.arena = world.arena};
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != ' ' && text.ptr[i] != '\n' && text.ptr[i] != '\f')
            tb_buf_char(&buf, text.ptr[i]);
    return tb_buf_done(&buf);
}

static bool
has_line_with(tb_str text, tb_str part)
{
    tb_str line;
    while (tb_str_cut(&text, '\n', &line))
        if (tb_str_contains(line, part))
            return true;
    return false;
}

static tb_str
tool(const char *command, const char *path)
{
    int status = -1;
    tb_str out = tool_run(world.arena, tb_printf(world.arena, command, path).ptr, &status);
    if (status != 0)
        fail_msg("%s ends with %d on %s", command, status, path);
    return out;
}

/* A day as Chinese paper has it; any other text as it is. */
static tb_str
chinese_day(tb_str text)
{
    tb_date day;
    if (!tb_date_parse(text, &day))
        return text;
    return tb_printf(world.arena, "%d年%d月%d日", (int)day.year, (int)day.month, (int)day.day);
}

/* One page, a code that reads, every field, and what must not be broken in one line. */
static void
look_at(const char *folder, const char *mark)
{
    const struct tb_json *one = tb_json_copy(
        world.arena, WORLD_DO(WORLD_APPLICANT, "certificates.get", "{\"mark\":\"%s\"}", mark));
    assert_int_equal(world_call(WORLD_APPLICANT, "certificates.pdf", "{\"mark\":\"%s\"}", mark),
                     200);
    const char *path =
        tool_write(world.arena, folder, tb_printf(world.arena, "%s.pdf", mark).ptr, world.last.raw);
    tb_str info = tool("pdfinfo '%s'", path);
    if (!tb_str_contains(info, TB_STR("Pages:           1\n")))
        fail_msg("%s is not one page:\n" TB_FMT, mark, TB_ARG(info));
    tb_str text = tool("pdftotext -layout '%s' -", path);
    tb_str tight = squeezed(tool("pdftotext '%s' -", path));
    assert_true(has_line_with(text, tb_str_of(world_text(one, "issuer"))));
    assert_true(has_line_with(text, tb_str_of(mark)));
    assert_true(tb_str_contains(tight, tb_str_of(world_text(one, "number"))));
    size_t fields = 0;
    TB_JSON_EACH(field, tb_json_get(one, "fields"))
    {
        tb_str rest = tb_json_get_text(field, "value"), value = TB_STR_NONE;
        tb_str_cut(&rest, '*', &value); /* what is masked on screen is printed whole */
        value = squeezed(chinese_day(value));
        assert_true(value.len > 0);
        if (!tb_str_contains(tight, value))
            fail_msg("%s lacks " TB_FMT ":\n" TB_FMT, mark, TB_ARG(value), TB_ARG(text));
        fields++;
    }
    assert_true(fields >= 4);
    tb_str code = tool("pdftoppm -f 1 -l 1 -r 150 -png '%s' | zbarimg -q --raw -", path);
    assert_true(tb_str_starts(code, TB_STR("TB1;")));
}

static void
every_certificate_is_one_page_that_other_programs_read(void **state)
{
    (void)state;
    const char *folder = tool_folder(world.arena);
    const char *road = world_file_road(WORLD_APPLICANT, HEALTH_HEAD);
    world_carry_road(road);
    const struct tb_json *out =
        tb_json_copy(world.arena, WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", road));
    size_t count = 0;
    TB_JSON_EACH(each, tb_json_get(out, "certificates"))
    {
        look_at(folder, world_text(each, "mark"));
        count++;
    }
    assert_int_equal(count, 2); /* the permit and the lorry's card */
    tool_remove(world.arena, folder);
}

static void
a_long_name_and_address_stay_on_that_page(void **state)
{
    (void)state;
    const char *folder = tool_folder(world.arena);
    const char *fields =
        tb_printf(world.arena,
                  "{\"name\":\"" NAME "\",\"credit_code\":\"%s\",\"person_name\":\"陈晓芳\","
                  "\"person_id\":\"%s\",\"phone\":\"13900007701\",\"address\":\"" ADDRESS "\","
                  "\"business\":\"hair\",\"area\":60,\"staff_count\":3,\"manager\":\"陈晓芳\","
                  "\"pledge_read\":true,\"pledge_true\":true}",
                  world_credit_code(HEALTH_HEAD).ptr, world_citizen("51160219880512002").ptr)
            .ptr;
    const struct tb_json *out =
        WORLD_DO(WORLD_APPLICANT, "cases.file",
                 "{\"item\":\"" HEALTH_NEW "\",\"answers\":" HEALTH_ANSWERS(
                     "pledge") ",\"fields\":%s,\"materials\":%s,"
                               "\"pledge\":{\"choice\":\"pledge\",\"signed\":true}}",
                 fields, health_papers(WORLD_APPLICANT, "drawings", NULL));
    const char *mark = health_mark(world_text(out, "no"));
    look_at(folder, mark);
    tool_remove(world.arena, folder);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_stop)

/* The text of a letter of the case as another program reads it, without blanks. */
static tb_str
letter_text(const char *folder, const char *no, const char *id)
{
    assert_int_equal(
        world_call(WORLD_APPLICANT, "cases.letter", "{\"no\":\"%s\",\"id\":\"%s\"}", no, id), 200);
    const char *path =
        tool_write(world.arena, folder, tb_printf(world.arena, "%s.pdf", id).ptr, world.last.raw);
    return squeezed(tool("pdftotext '%s' -", path));
}

static void
must_say(tb_str text, const char *words)
{
    if (!tb_str_contains(text, tb_str_of(words)))
        fail_msg("there is no %s in:\n" TB_FMT, words, TB_ARG(text));
}

/* Monday, 2 March 2026: five working days for the answer, and the days of the acceptance after that. */
static void
letters_name_the_days_they_speak_of(void **state)
{
    (void)state;
    const char *folder = tool_folder(world.arena);
    const char *no = world_file_road(WORLD_APPLICANT, HEALTH_HEAD);
    tb_str receipt = letter_text(folder, no, "receipt");
    must_say(receipt, "最迟在2026年3月9日告诉您是否受理");
    must_say(receipt, "我们已于2026年3月2日收到");
    must_say(receipt, "安全生产管理制度");
    must_say(receipt, "我们自己调取的材料，您不用交");
    const struct tb_json *out = tb_json_copy(world.arena, world_accept(no));
    tb_str letter = letter_text(folder, no, "acceptance");
    tb_str due = chinese_day(tb_json_get_text(out, "due"));
    must_say(letter, tb_printf(world.arena, "最迟" TB_FMT "作出决定", TB_ARG(due)).ptr);
    due = chinese_day(tb_json_get_text(out, "promised_due"));
    must_say(letter, tb_printf(world.arena, "争取" TB_FMT "前办结", TB_ARG(due)).ptr);
    must_say(letter, "受理日：2026年3月2日");
    /* What the clerk ticked was not thereby handed in, and the day promised at receipt stays. */
    receipt = letter_text(folder, no, "receipt");
    must_say(receipt, "最迟在2026年3月9日告诉您是否受理");
    assert_false(tb_str_contains(receipt, TB_STR("0电子件")));
    tool_remove(world.arena, folder);
}

static void
the_code_on_a_checklist_opens_the_page_that_resumes(void **state)
{
    (void)state;
    const char *folder = tool_folder(world.arena);
    const char *token =
        world_text(WORLD_DO(WORLD_NOBODY, "cases.guide_save",
                            "{\"item\":\"" ROAD_ITEM "\",\"answers\":" ROAD_ANSWERS "}"),
                   "token");
    assert_int_equal(world_call(WORLD_NOBODY, "cases.checklist", "{\"token\":\"%s\"}", token), 200);
    const char *path = tool_write(world.arena, folder, "list.pdf", world.last.raw);
    tb_str code = tool("pdftoppm -f 1 -l 1 -r 150 -png '%s' | zbarimg -q --raw -", path);
    must_say(code, tb_printf(world.arena, "https://tongban.example/g/%s\n", token).ptr);
    tool_remove(world.arena, folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_certificate_is_one_page_that_other_programs_read),
        TEST(a_long_name_and_address_stay_on_that_page),
        TEST(letters_name_the_days_they_speak_of),
        TEST(the_code_on_a_checklist_opens_the_page_that_resumes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
