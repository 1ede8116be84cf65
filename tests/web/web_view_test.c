/* SPDX-License-Identifier: Apache-2.0 */
/* Every page with every fixture, in both languages: fixtures/VIEW.CASE.json is what the page is
 * given. The same files are the examples that one looks at: with TB_RENDER=FOLDER the pages are
 * written there. */
#include "web/web_internal.h"
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOSTILE "\"'><script>alert(1)</script>"

static tb_str
read_whole(struct tb_arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    struct tb_buf buf = {.arena = arena};
    char block[4096];
    size_t got;
    while ((got = fread(block, 1, sizeof(block), file)) > 0)
        tb_buf_put(&buf, block, got);
    fclose(file);
    return tb_buf_done(&buf);
}

static const struct web__view *
view_of(tb_str file)
{
    for (size_t i = 0; i < WEB_VIEW_COUNT; i++) {
        tb_str name = tb_str_of(web__views[i].name);
        if (tb_str_starts(file, name) && file.ptr[name.len] == '.')
            return &web__views[i];
    }
    return NULL;
}

/* A fixture writes a drawing as {"$svg": "<svg…>"}: only the program itself can make one. */
static struct tb_json *
with_drawings(struct tb_arena *arena, const struct tb_json *json)
{
    const struct tb_json *svg = tb_json_get(json, "$svg");
    if (svg != NULL)
        return web__drawing(arena, svg->text);
    struct tb_json *copy = TB_NEW(arena, struct tb_json);
    *copy = *json;
    copy->first = copy->last = NULL;
    TB_JSON_EACH(child, json)
    {
        struct tb_json *inner = with_drawings(arena, child);
        inner->key = child->key;
        inner->next = NULL;
        if (copy->last != NULL)
            copy->last->next = inner;
        else
            copy->first = inner;
        copy->last = inner;
    }
    return copy;
}

static void
make_hostile(struct tb_arena *arena, struct tb_json *json)
{
    if (json->kind == TB_JSON_TEXT && json->line >= 0)
        json->text = tb_printf(arena, "%s" TB_FMT, HOSTILE, TB_ARG(json->text));
    for (struct tb_json *child = json->first; child != NULL; child = child->next)
        make_hostile(arena, child);
}

static const struct tb_json *
page_of(struct tb_arena *arena, const struct web__view *view, web__lang lang,
        const struct tb_json *fixture)
{
    struct tb_json *page = tb_json_new(arena, TB_JSON_OBJECT);
    TB_JSON_EACH(member, tb_json_get(fixture, "page"))
    {
        tb_json_set(page, tb_cstr(arena, member->key), tb_json_copy(arena, member));
    }
    const char *const texts[][2] = {
        {"site", lang == WEB_ZH ? "广安区政务服务" : "Guang'an District Government Services"},
        {"phone", "12345"},
        {"hours", lang == WEB_ZH ? "每天24小时" : "every day, 24 hours"},
        {"style", "/assets/tongban.css"},
        {"script", "/assets/tongban.js"},
        {"board_script", "/assets/board.js"},
        {"icon", "/assets/icon.svg"},
        {"url_lang", "?lang=en"},
        {"url_large", "?large=1"},
        {"here", "/"},
        {"csrf", "0123456789abcdef"},
        {"once", "00112233445566778899aabbccddeeff"}};
    for (size_t i = 0; i < TB_COUNT(texts); i++) {
        if (tb_json_get(page, texts[i][0]) == NULL)
            tb_json_set_text(arena, page, texts[i][0], tb_str_of(texts[i][1]));
    }
    tb_json_set_text(arena, page, "lang", lang == WEB_ZH ? TB_STR("zh-CN") : TB_STR("en"));
    tb_json_set_text(arena, page, "nav", tb_str_of(view->nav));
    tb_json_set_text(arena, page, "shape", tb_str_of(view->shape));
    return page;
}

static tb_str
render(struct tb_arena *arena, const struct web__view *view, web__lang lang,
       const struct tb_json *fixture, const struct tb_json *data)
{
    struct web__out out = {.buf = {.arena = arena},
                           .lang = lang,
                           .today = {2026, 11, 22},
                           .page = page_of(arena, view, lang, fixture),
                           .data = data,
                           .view = view};
    web__c_frame(&out);
    return tb_buf_done(&out.buf);
}

static void
write_page(const char *folder, tb_str file, web__lang lang, tb_str html)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s/" TB_FMT ".%s.html", folder,
             TB_ARG(tb_str_sub(file, 0, file.len - 5)), lang == WEB_ZH ? "zh" : "en");
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    fwrite(html.ptr, 1, html.len, out);
    fclose(out);
}

static void
check_fixture(const char *folder, tb_str file)
{
    struct tb_arena *arena = tb_arena_new(0);
    const struct web__view *view = view_of(file);
    if (view == NULL)
        fail_msg("fixture " TB_FMT " belongs to no page", TB_ARG(file));
    struct tb_json *fixture;
    struct tb_err err = {0};
    tb_str path = tb_printf(arena, "%s/" TB_FMT, folder, TB_ARG(file));
    if (tb_json_parse(arena, read_whole(arena, path.ptr), &fixture, &err) != TB_OK)
        fail_msg(TB_FMT ": %s", TB_ARG(file), err.message);
    struct tb_json *data = with_drawings(arena, tb_json_get(fixture, "data"));
    for (int lang = WEB_ZH; lang < WEB_LANG_COUNT; lang++) {
        tb_str html = render(arena, view, (web__lang)lang, fixture, data);
        assert_true(tb_str_contains(html, TB_STR("</html>")));
        assert_true(tb_str_contains(html, TB_STR("<h1")));
        assert_true(tb_str_contains(html, TB_STR("id=\"main\"")));
        if (getenv("TB_RENDER") != NULL)
            write_page(getenv("TB_RENDER"), file, (web__lang)lang, html);
    }
    make_hostile(arena, data);
    tb_str html = render(arena, view, WEB_ZH, fixture, data);
    assert_false(tb_str_contains(html, TB_STR("<script>alert")));
    tb_arena_free(arena);
}

static void
every_page_renders_its_fixtures_in_both_languages_and_lets_nothing_through(void **state)
{
    char folder[1024];
    snprintf(folder, sizeof(folder), "%s/tests/web/fixtures", getenv("TB_SOURCE"));
    bool seen[WEB_VIEW_COUNT] = {false};
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        tb_str file = tb_str_of(entry->d_name);
        if (!tb_str_ends(file, TB_STR(".json")))
            continue;
        check_fixture(folder, file);
        seen[view_of(file) - web__views] = true;
    }
    closedir(dir);
    for (size_t i = 0; i < WEB_VIEW_COUNT; i++) {
        if (!seen[i])
            fail_msg("page %s has no fixture", web__views[i].name);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            every_page_renders_its_fixtures_in_both_languages_and_lets_nothing_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
