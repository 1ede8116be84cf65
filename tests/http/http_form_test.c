/* SPDX-License-Identifier: Apache-2.0 */
/* Forms: what browsers send is read, everything else is refused. */
#include "http_probe.h"

static struct tb_arena *arena;

static int
start(void **state)
{
    (void)state;
    arena = tb_arena_new(0);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    tb_arena_free(arena);
    return 0;
}

#define MULTIPART "multipart/form-data; boundary=\"----b1\""
#define TEXT_PART(name, text)                                                                      \
    "------b1\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" text "\r\n"
#define END "------b1--\r\n"

static tb_status
read_form(const char *type, tb_str body, struct http_form *form)
{
    struct tb_err err = {0};
    tb_status status = http_form_read(arena, tb_str_of(type), body, form, &err);
    if (status != TB_OK)
        assert_true(err.message[0] != '\0');
    return status;
}

static void
fields_and_files_of_a_multipart_form_are_read(void **state)
{
    (void)state;
    struct http_form form;
    tb_str body = TB_STR(TEXT_PART("name", "王 小明") TEXT_PART("empty", "") TEXT_PART(
        "lines",
        "a\r\nb--\r\n-----b") "------b1\r\nContent-Disposition: form-data; name=\"scan\"; "
                              "filename=\"扫描 %22一%22.pdf\"\r\n"
                              "Content-Type: application/pdf\r\n\r\n%PDF\0\r\n--\xff\r\n" END);
    assert_int_equal(read_form(MULTIPART, body, &form), TB_OK);
    assert_int_equal(form.count, 4);
    assert_true(tb_str_is(http_form_value(&form, "name"), "王 小明"));
    assert_true(tb_str_is(http_form_value(&form, "empty"), ""));
    assert_non_null(http_form_value(&form, "empty").ptr);
    assert_true(tb_str_is(http_form_value(&form, "lines"), "a\r\nb--\r\n-----b"));
    assert_null(http_form_value(&form, "scan").ptr);
    const struct http_part *file = http_form_file(&form, "scan");
    assert_non_null(file);
    assert_true(tb_str_is(file->file_name, "扫描 \"一\".pdf"));
    assert_true(tb_str_is(file->type, "application/pdf"));
    assert_int_equal(file->value.len, 10);
    assert_memory_equal(file->value.ptr, "%PDF\0\r\n--\xff", 10);
}

static void
an_empty_multipart_form_is_read(void **state)
{
    (void)state;
    struct http_form form;
    assert_int_equal(read_form(MULTIPART, TB_STR(END), &form), TB_OK);
    assert_int_equal(form.count, 0);
}

static void
broken_multipart_forms_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *type, *body;
    } rows[] = {
        {"multipart/form-data", END},
        {"multipart/form-data; boundary=", END},
        {"multipart/form-data; boundary=a; boundary=b", "--a--"},
        {"multipart/form-data; boundary=\"a", "--a--"},
        {"multipart/form-data; boundary=\"a b\"", "--a b--"},
        {MULTIPART, ""},
        {MULTIPART, "preamble\r\n" END},
        {MULTIPART, END "epilogue"},
        {MULTIPART, TEXT_PART("a", "cut off")},
        {MULTIPART, "------b1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhalf"},
        {MULTIPART, "------b1\r\nContent-Disposition: form-data; name=\"a\"\r\nhalf a head"},
        {MULTIPART, "------b1\r\n\r\nno disposition\r\n" END},
        {MULTIPART, "------b1\r\nContent-Disposition: form-data\r\n\r\nx\r\n" END},
        {MULTIPART, "------b1\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n" END},
        {MULTIPART,
         "------b1\r\nContent-Disposition: form-data; name=\"a\"; name=\"b\"\r\n\r\nx\r\n" END},
        {MULTIPART, "------b1\r\nContent-Disposition: form-data; name=\"a\"; "
                    "filename*=UTF-8''x\r\n\r\nx\r\n" END},
        {MULTIPART, "------b1\r\nContent-Disposition: form-data; "
                    "name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\nx\r\n" END},
        {MULTIPART, "------b1\r\nContent-Disposition: form-data; "
                    "name=\"a\"\r\nContent-Transfer-Encoding: base64\r\n\r\neA==\r\n" END},
        {MULTIPART, "------b1\r\nContent-Disposition : form-data; name=\"a\"\r\n\r\nx\r\n" END},
        {MULTIPART, "------b1\r\nContent-Disposition: form-data; name=\"a%\"\r\n\r\nx\r\n" END},
        {MULTIPART, TEXT_PART("a", "\xff")},
        {MULTIPART, TEXT_PART("a", "\xe2\x80\xae") END},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        struct http_form form;
        tb_status status = read_form(rows[i].type, tb_str_of(rows[i].body), &form);
        if (status != TB_SYNTAX)
            print_message("row %zu: %d\n", i, status);
        assert_int_equal(status, TB_SYNTAX);
    }
}

static void
an_url_encoded_form_is_read_and_a_broken_one_refused(void **state)
{
    (void)state;
    const char *type = "application/x-www-form-urlencoded; charset=UTF-8";
    struct http_form form;
    assert_int_equal(read_form(type, TB_STR("a=1+2&b=%E5%8D%AB%3D&&c&a=second&="), &form), TB_OK);
    assert_int_equal(form.count, 5);
    assert_true(tb_str_is(http_form_value(&form, "a"), "1 2"));
    assert_true(tb_str_is(http_form_value(&form, "b"), "卫="));
    assert_true(tb_str_is(http_form_value(&form, "c"), ""));
    assert_null(http_form_value(&form, "d").ptr);
    assert_int_equal(read_form(type, TB_STR("a=%"), &form), TB_SYNTAX);
    assert_int_equal(read_form(type, TB_STR("a=%4"), &form), TB_SYNTAX);
    assert_int_equal(read_form(type, TB_STR("a=%g0"), &form), TB_SYNTAX);
    assert_int_equal(read_form(type, TB_STR("a=%ff"), &form), TB_SYNTAX);
    assert_int_equal(read_form(type, TB_STR("a=%00"), &form), TB_SYNTAX);
    assert_int_equal(read_form("text/plain", TB_STR("a=1"), &form), TB_UNSUPPORTED);
}

static void
more_pairs_and_longer_names_than_stated_are_refused(void **state)
{
    (void)state;
    struct http_form form;
    struct tb_buf buf = {.arena = arena};
    for (int i = 0; i <= HTTP_PARTS_MAX; i++)
        tb_buf_cstr(&buf, "a=1&");
    assert_int_equal(read_form("application/x-www-form-urlencoded", tb_buf_done(&buf), &form),
                     TB_LIMIT);
    struct tb_buf parts = {.arena = arena};
    for (int i = 0; i <= HTTP_PARTS_MAX; i++)
        tb_buf_cstr(&parts, TEXT_PART("a", "1"));
    tb_buf_cstr(&parts, END);
    assert_int_equal(read_form(MULTIPART, tb_buf_done(&parts), &form), TB_LIMIT);
    tb_str name = tb_printf(arena, "%0*d=1", HTTP_PART_NAME_BYTES_MAX + 1, 0);
    assert_int_equal(read_form("application/x-www-form-urlencoded", name, &form), TB_LIMIT);
}

static void
targets_are_split_and_decoded(void **state)
{
    (void)state;
    struct http_request request = {.arena = arena};
    struct tb_err err = {0};
    assert_int_equal(http_target_read(arena, TB_STR("/api/v1/items?q=%E5%8D%AB%E7%94%9F&cursor=&x"),
                                      &request, &err),
                     TB_OK);
    assert_true(tb_str_is(request.path, "/api/v1/items"));
    assert_true(tb_str_is(http_query(&request, "q"), "卫生"));
    assert_int_equal(request.query_count, 3);
    assert_int_equal(http_target_read(arena, TB_STR("http://host:80/a?b=1"), &request, &err),
                     TB_OK);
    assert_true(tb_str_is(request.path, "/a"));
    assert_int_equal(http_target_read(arena, TB_STR("/%E4%BA%8B+x"), &request, &err), TB_OK);
    assert_true(tb_str_is(request.path, "/事+x"));
    static const char *const wrong[] = {"",      "*",    "a",    "/a#b",   "/a b",   "/%",
                                        "/%2F",  "/%5c", "/%00", "/..",    "/a/./b", "/%2e",
                                        "/a\"b", "/{a}", "/%ff", "/?a=%1", "/a\\b",  "/%E2%80%AE"};
    for (size_t i = 0; i < TB_COUNT(wrong); i++)
        assert_int_equal(http_target_read(arena, tb_str_of(wrong[i]), &request, &err), TB_SYNTAX);
    tb_str longer = tb_printf(arena, "/%0*d", HTTP_TARGET_BYTES_MAX, 0);
    assert_int_equal(http_target_read(arena, longer, &request, &err), TB_LIMIT);
    assert_true(tb_str_is(http_encode(arena, TB_STR("卫 a/b~")), "%E5%8D%AB%20a%2Fb~"));
}

static void
an_etag_that_is_known_gives_304(void **state)
{
    (void)state;
    struct http_pair known = {TB_STR("if-none-match"), TB_STR("\"x\", \"17\"")};
    struct http_request request = {.arena = arena, .headers = &known, .header_count = 1};
    struct http_response response = {0};
    assert_true(http_not_modified(&request, &response, TB_STR("17")));
    assert_int_equal(response.status, 304);
    struct http_response other = {0};
    assert_false(http_not_modified(&request, &other, TB_STR("1")));
    assert_int_equal(other.status, 0);
    assert_true(tb_str_is(other.headers[0].value, "\"1\""));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_and_files_of_a_multipart_form_are_read),
        cmocka_unit_test(an_empty_multipart_form_is_read),
        cmocka_unit_test(broken_multipart_forms_are_refused),
        cmocka_unit_test(an_url_encoded_form_is_read_and_a_broken_one_refused),
        cmocka_unit_test(more_pairs_and_longer_names_than_stated_are_refused),
        cmocka_unit_test(targets_are_split_and_decoded),
        cmocka_unit_test(an_etag_that_is_known_gives_304),
    };
    return cmocka_run_group_tests_name("http_form", tests, start, stop);
}
