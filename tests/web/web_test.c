/* SPDX-License-Identifier: Apache-2.0 */
/* From request to page: which row answers, who may see it, and that no form is believed that is not ours. The
 * operations behind the pages are imaginary; accounts and sessions are real. */
#include "../temporary.h"
#include "web/web_internal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define PASSWORD "a sentence of some length"

static struct tb_arena *arena;
static struct store *store;
static struct access *access_module;
static struct op_registry *registry;
static struct web *web;
static char dir[] = "/tmp/tb-web-XXXXXX";
static int acts; /* how often an imaginary act ran */

/* ---- an imaginary module: a work list, an act, a list of one's own ---- */

static tb_status
run_tasks(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
          struct tb_err *err)
{
    (void)self, (void)in, (void)err;
    *ret_out = tb_json_new(op_arena(ctx), TB_JSON_OBJECT);
    tb_json_set_list(op_arena(ctx), *ret_out, "tasks");
    return TB_OK;
}

static tb_status
run_withdraw(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
             struct tb_err *err)
{
    (void)self, (void)in, (void)err;
    acts++;
    *ret_out = tb_json_new(op_arena(ctx), TB_JSON_OBJECT);
    return TB_OK;
}

/* A case that only its code opens. */
static tb_status
run_get(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
        struct tb_err *err)
{
    (void)self;
    if (!tb_str_is(tb_json_get_text(in, "no"), "51") ||
        !tb_str_is(tb_json_get_text(in, "code"), "K7M2QX"))
        return tb_fail(err, TB_NOT_FOUND, "not there");
    *ret_out = tb_json_new(op_arena(ctx), TB_JSON_OBJECT);
    tb_json_set_text(op_arena(ctx), *ret_out, "no", TB_STR("51"));
    tb_json_set_text(op_arena(ctx), *ret_out, "state", TB_STR("open"));
    tb_json_set_text(op_arena(ctx), *ret_out, "state_name", TB_STR("已受理，正在审查"));
    return TB_OK;
}

/* clang-format off */
static const struct op_field no_fields[] = {
    {"no",     OP_TEXT, OP_PATH | OP_REQUIRED, 1, 99, NULL, "编号", "number", "d"},
    {"reason", OP_TEXT, 0,                     0, 99, NULL, "理由", "reason", "d"},
    {0},
};
static const struct op_field get_fields[] = {
    {"no",     OP_TEXT, OP_PATH | OP_REQUIRED, 1, 99, NULL, "编号", "number", "d"},
    {"code",   OP_TEXT, OP_QUERY | OP_SECRET,  1, 16, NULL, "查询码", "code", "d"},
    {0},
};
static const struct op_field state_fields[] = {
    {"state", OP_TEXT, OP_QUERY, 0, 9, NULL, "状态", "state", "d"},
    {0},
};
static const struct op_row rows[] = {
    {"cases.tasks",    "GET",  "/tasks",               OP_STAFF,     0,         state_fields, run_tasks,    "z", "e"},
    {"cases.get",      "GET",  "/cases/{no}",          OP_ANYONE,    0,         get_fields,   run_get,      "z", "e"},
    {"cases.withdraw", "POST", "/cases/{no}/withdraw", OP_APPLICANT, OP_WRITES, no_fields,    run_withdraw, "z", "e"},
};
/* clang-format on */

static int64_t
now_us(void *context)
{
    (void)context;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void
random_bytes(void *context, void *bytes, size_t len)
{
    (void)context;
    assert_int_equal(getrandom(bytes, len, 0), len);
}

static const struct tb_env env = {.now_us = now_us, .random = random_bytes};

static tb_status
account_make(const char *user, op_role role, struct tb_err *err)
{
    struct tb_faults faults = {.arena = arena};
    struct store_cause cause = {.purpose = TB_STR("test")};
    struct access_grant_new grant = {.role = role, .division = TB_STR("511602000000"), .from = 1};
    struct access_account_new account = {.user = tb_str_of(user),
                                         .name = TB_STR("王小明"),
                                         .password = TB_STR(PASSWORD),
                                         .grants = &grant,
                                         .grant_count = 1};
    int64_t id;
    return access_account_make(access_module, &cause, &account, &faults, &id, err);
}

static tb_status
open_all(struct tb_err *err)
{
    struct store_options options = {
        .dir = tb_str_of(dir), .tables = access_tables, .env = &env, .is_create = true};
    TB_TRY(store_open(&options, &store, err));
    TB_TRY(access_open(store, &env, &access_module, err));
    static struct op_table tables[3];
    tables[0] = (struct op_table){rows, TB_COUNT(rows), NULL};
    tables[1] = access_ops(access_module);
    TB_TRY(op_registry_new(tables, store, &env, &registry, err));
    TB_TRY(account_make("applicant", OP_APPLICANT, err));
    TB_TRY(account_make("reviewer", OP_REVIEWER, err));
    TB_TRY(account_make("admin", OP_ADMIN, err));
    struct web_options web_options = {.registry = registry, .access = access_module, .env = &env};
    return web_open(&web_options, &web, err);
}

static int
start(void **state)
{
    (void)state;
    struct tb_err err = {0};
    arena = tb_arena_new(0);
    if (mkdtemp(dir) == NULL || open_all(&err) != TB_OK) {
        fprintf(stderr, "cannot start: %s\n", err.message);
        return -1;
    }
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    web_close(web);
    op_registry_free(registry);
    access_close(access_module);
    store_close(store);
    tb_arena_free(arena);
    return temporary_remove(dir);
}

/* ---- a browser ---- */

/* Cookies kept from answer to answer, and the last page. */
struct browser {
    struct http_pair cookies[4];
    size_t cookie_count;
    tb_str page, location;
};

static void
keep_cookie(struct browser *browser, tb_str line)
{
    tb_str name, value = line;
    assert_true(tb_str_cut(&value, '=', &name));
    tb_str rest = value, kept;
    tb_str_cut(&rest, ';', &kept);
    size_t i = 0;
    while (i < browser->cookie_count && !tb_str_eq(browser->cookies[i].name, name))
        i++;
    assert_true(i < TB_COUNT(browser->cookies));
    browser->cookies[i] = (struct http_pair){name, kept};
    browser->cookie_count += i == browser->cookie_count;
}

static int
ask(struct browser *browser, const char *method, const char *target, tb_str body)
{
    struct http_pair type = {TB_STR("Content-Type"), TB_STR("application/x-www-form-urlencoded")};
    struct http_request request = {.arena = arena,
                                   .id = TB_STR("web-test"),
                                   .method = tb_str_of(method),
                                   .target = tb_str_of(target),
                                   .headers = &type,
                                   .header_count = body.ptr != NULL,
                                   .cookies = browser->cookies,
                                   .cookie_count = browser->cookie_count,
                                   .body = body,
                                   .address = TB_STR("127.0.0.1")};
    struct http_response response = {0};
    struct tb_err err = {0};
    assert_int_equal(http_target_read(arena, request.target, &request, &err), TB_OK);
    web_handle(web, &request, &response);
    browser->page = response.body;
    browser->location = TB_STR_NONE;
    for (size_t i = 0; i < response.header_count; i++) {
        if (tb_str_is(response.headers[i].name, "Set-Cookie"))
            keep_cookie(browser, response.headers[i].value);
        if (tb_str_is(response.headers[i].name, "Location"))
            browser->location = response.headers[i].value;
    }
    return response.status;
}

/* The form token of the last page. */
static tb_str
token(const struct browser *browser)
{
    tb_str mark = TB_STR("name=\"csrf\" value=\""), found;
    ptrdiff_t at = tb_str_find(browser->page, mark);
    assert_true(at >= 0);
    tb_str rest = tb_str_sub(browser->page, (size_t)at + mark.len, browser->page.len);
    assert_true(tb_str_cut(&rest, '"', &found));
    assert_true(found.len > 0);
    return found;
}

static void
sign_in(struct browser *browser, const char *user)
{
    assert_int_equal(ask(browser, "GET", "/sign-in", TB_STR_NONE), 200);
    tb_str body = tb_printf(arena, "csrf=" TB_FMT "&user=%s&password=%s", TB_ARG(token(browser)),
                            user, "a+sentence+of+some+length");
    assert_int_equal(ask(browser, "POST", "/sign-in", body), 303);
}

static bool
says(const struct browser *browser, const char *text)
{
    return tb_str_contains(browser->page, tb_str_of(text));
}

/* ---- tests ---- */

static void
each_path_finds_its_row_and_its_parameters(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path, *row, *name, *value;
    } wanted[] = {
        {"GET", "/cases/51/letters/receipt.pdf", "/cases/{no}/letters/{id}.pdf", "id", "receipt"},
        {"GET", "/certificates/1.2.156.pdf", "/certificates/{mark}.pdf", "mark", "1.2.156"},
        {"GET", "/certificates/revocations", "/certificates/revocations", NULL, NULL},
        {"POST", "/apply/X/fill/vehicles.1", "/apply/{id}/fill/{section}", "section", "vehicles.1"},
        {"GET", "/desk/new", "/desk/new", NULL, NULL},
        {"GET", "/desk/51", "/desk/{no}", "no", "51"},
        {"GET", "/cases/", NULL, NULL, NULL},
        {"GET", "/cases/51/", NULL, NULL, NULL},
        {"GET", "/nowhere", NULL, NULL, NULL},
    };
    for (size_t i = 0; i < TB_COUNT(wanted); i++) {
        struct tb_json *params = NULL;
        bool is_known;
        const struct web__route *route = web__route_find(
            arena, tb_str_of(wanted[i].method), tb_str_of(wanted[i].path), &params, &is_known);
        if (wanted[i].row == NULL) {
            assert_null(route);
            continue;
        }
        assert_non_null(route);
        assert_string_equal(route->path, wanted[i].row);
        if (wanted[i].name != NULL)
            assert_true(tb_str_is(tb_json_get_text(params, wanted[i].name), wanted[i].value));
    }
}

static void
no_row_hides_another_and_staff_rows_name_their_roles(void **state)
{
    (void)state;
    for (size_t i = 0; i < web__route_count + web__staff_route_count; i++) {
        bool is_staff = i >= web__route_count;
        const struct web__route *row =
            is_staff ? &web__staff_routes[i - web__route_count] : &web__routes[i];
        struct tb_json *params = NULL;
        bool is_known;
        /* A path whose parameters are the letter x comes back to its own row. */
        struct tb_buf path = {.arena = arena};
        for (const char *c = row->path; *c != '\0'; c++) {
            tb_buf_char(&path, *c == '{' ? 'x' : *c);
            if (*c == '{')
                c = strchr(c, '}');
        }
        const struct web__route *found =
            web__route_find(arena, tb_str_of(row->method), tb_buf_done(&path), &params, &is_known);
        if (found != row)
            fail_msg("%s %s is answered by %s", row->method, row->path,
                     found != NULL ? found->path : "nobody");
        if (is_staff)
            assert_true(row->roles != 0);
    }
}

static void
what_is_not_there_and_what_is_not_done_that_way_say_so(void **state)
{
    (void)state;
    struct browser browser = {0};
    assert_int_equal(ask(&browser, "GET", "/nowhere", TB_STR_NONE), 404);
    assert_true(says(&browser, "<h1 class=\"govuk-heading-l\">没有找到这一页</h1>"));
    assert_true(says(&browser, "<title>没有找到这一页 - "));
    assert_true(says(&browser, "12345"));
    assert_int_equal(ask(&browser, "GET", "/nowhere?lang=en", TB_STR_NONE), 404);
    assert_true(says(&browser, "<html lang=\"en\""));
    assert_int_equal(ask(&browser, "POST", "/about/privacy?lang=zh", TB_STR("a=b")), 405);
    assert_true(says(&browser, "<h1"));
    struct browser applicant = {0};
    sign_in(&applicant, "applicant");
    assert_int_equal(ask(&applicant, "GET", "/cases/51", TB_STR_NONE), 404);
}

static void
a_form_that_is_not_ours_is_refused(void **state)
{
    (void)state;
    struct browser browser = {0}, other = {0};
    assert_int_equal(ask(&browser, "POST", "/check", TB_STR("mark=1")), 403);
    assert_true(says(&browser, "<title>这一页放得太久，没有提交 - "));
    assert_true(says(&browser, "<h1 class=\"govuk-heading-l\">这一页放得太久，没有提交</h1>"));
    sign_in(&browser, "applicant");
    assert_int_equal(ask(&browser, "POST", "/cases/51/withdraw", TB_STR("reason=x")), 403);
    assert_int_equal(ask(&other, "GET", "/sign-in", TB_STR_NONE), 200);
    tb_str stolen = tb_printf(arena, "csrf=" TB_FMT "&reason=x", TB_ARG(token(&other)));
    assert_int_equal(ask(&browser, "POST", "/cases/51/withdraw", stolen), 403);
    assert_int_equal(acts, 0);
    assert_int_equal(ask(&browser, "GET", "/sign-in", TB_STR_NONE), 200);
    tb_str own = tb_printf(arena, "csrf=" TB_FMT "&reason=x", TB_ARG(token(&browser)));
    assert_int_equal(ask(&browser, "POST", "/cases/51/withdraw", own), 303);
    assert_true(tb_str_is(browser.location, "/cases/51"));
    assert_int_equal(acts, 1);
}

static void
the_code_of_a_case_stands_in_no_address(void **state)
{
    (void)state;
    struct browser browser = {0};
    /* Who scans the QR of a letter types the code that stands on it. */
    assert_int_equal(ask(&browser, "GET", "/cases/51", TB_STR_NONE), 200);
    assert_true(says(&browser, "action=\"/progress\" method=\"post\""));
    assert_true(says(&browser, "value=\"51\""));
    tb_str wrong = tb_printf(arena, "csrf=" TB_FMT "&no=51&code=AAAAAA", TB_ARG(token(&browser)));
    assert_int_equal(ask(&browser, "POST", "/progress", wrong), 422);
    tb_str right = tb_printf(arena, "csrf=" TB_FMT "&no=51&code=K7M2QX", TB_ARG(token(&browser)));
    assert_int_equal(ask(&browser, "POST", "/progress", right), 303);
    assert_true(tb_str_is(browser.location, "/cases/51"));
    assert_int_equal(ask(&browser, "GET", "/cases/51", TB_STR_NONE), 200);
    assert_true(says(&browser, "已受理，正在审查"));
    assert_false(says(&browser, "K7M2QX"));
    /* It opens this case only, and no longer than wanted. */
    assert_int_equal(ask(&browser, "GET", "/cases/52", TB_STR_NONE), 200);
    assert_true(says(&browser, "action=\"/progress\" method=\"post\""));
    tb_str end = tb_printf(arena, "csrf=" TB_FMT, TB_ARG(token(&browser)));
    assert_int_equal(ask(&browser, "POST", "/progress/end", end), 303);
    assert_int_equal(ask(&browser, "GET", "/cases/51", TB_STR_NONE), 200);
    assert_false(says(&browser, "已受理，正在审查"));
    /* An address of former days is exchanged at once. */
    assert_int_equal(ask(&browser, "GET", "/cases/51?code=K7M2QX", TB_STR_NONE), 303);
    assert_true(tb_str_is(browser.location, "/cases/51"));
    assert_int_equal(ask(&browser, "GET", "/cases/51", TB_STR_NONE), 200);
    assert_true(says(&browser, "已受理，正在审查"));
    assert_int_equal(ask(&browser, "GET", "/cases/51?code=AAAAAA", TB_STR_NONE), 200);
    assert_true(says(&browser, "action=\"/progress\" method=\"post\""));
}

static void
staff_pages_are_for_staff(void **state)
{
    (void)state;
    struct browser nobody = {0}, applicant = {0}, reviewer = {0};
    assert_int_equal(ask(&nobody, "GET", "/tasks", TB_STR_NONE), 401);
    assert_true(says(&nobody, "name=\"password\""));
    assert_true(says(&nobody, "value=\"/tasks\""));
    sign_in(&applicant, "applicant");
    static const char *const pages[] = {"/tasks", "/desk", "/desk/51",       "/board",   "/cards",
                                        "/fixes", "/bars", "/second-notice", "/archive", "/help"};
    for (size_t i = 0; i < TB_COUNT(pages); i++) {
        assert_int_equal(ask(&applicant, "GET", pages[i], TB_STR_NONE), 403);
        assert_true(says(&applicant, "<h1 class=\"govuk-heading-l\">这一页不归您办理</h1>"));
    }
    sign_in(&reviewer, "reviewer");
    assert_true(tb_str_is(reviewer.location, "/tasks"));
    assert_int_equal(ask(&reviewer, "GET", "/tasks", TB_STR_NONE), 200);
    assert_int_equal(ask(&reviewer, "GET", "/desk", TB_STR_NONE), 403);
}

static void
signing_in_leads_back_to_a_page_of_ours_only(void **state)
{
    (void)state;
    static const char *const wanted[][2] = {{"/tasks", "/tasks"},
                                            {"//evil.example/", "/tasks"},
                                            {"https://evil.example/", "/tasks"},
                                            {"/\\evil.example", "/tasks"}};
    for (size_t i = 0; i < TB_COUNT(wanted); i++) {
        struct browser browser = {0};
        assert_int_equal(ask(&browser, "GET", "/sign-in", TB_STR_NONE), 200);
        tb_str body = tb_printf(
            arena, "csrf=" TB_FMT "&user=reviewer&password=a+sentence+of+some+length&next=" TB_FMT,
            TB_ARG(token(&browser)), TB_ARG(http_encode(arena, tb_str_of(wanted[i][0]))));
        assert_int_equal(ask(&browser, "POST", "/sign-in", body), 303);
        assert_true(tb_str_is(browser.location, wanted[i][1]));
    }
    struct browser wrong = {0};
    assert_int_equal(ask(&wrong, "GET", "/sign-in", TB_STR_NONE), 200);
    tb_str body = tb_printf(arena, "csrf=" TB_FMT "&user=reviewer&password=wrong&next=/tasks",
                            TB_ARG(token(&wrong)));
    assert_int_equal(ask(&wrong, "POST", "/sign-in", body), 422);
    assert_true(says(&wrong, "value=\"/tasks\""));
    assert_true(says(&wrong, "govuk-error-summary"));
    assert_false(says(&wrong, "value=\"wrong\""));
}

/* The text between two marks of the last page. */
static tb_str
between(const struct browser *browser, const char *before, const char *behind)
{
    ptrdiff_t at = tb_str_find(browser->page, tb_str_of(before));
    assert_true(at >= 0);
    tb_str rest = tb_str_sub(browser->page, (size_t)at + strlen(before), browser->page.len);
    at = tb_str_find(rest, tb_str_of(behind));
    assert_true(at >= 0);
    return tb_str_sub(rest, 0, (size_t)at);
}

static int
act(struct browser *browser, const char *path, const char *fields)
{
    return ask(browser, "POST", path,
               tb_printf(arena, "csrf=" TB_FMT "&%s", TB_ARG(token(browser)), fields));
}

static void
a_new_account_begins_with_a_password_of_its_own(void **state)
{
    (void)state;
    struct browser admin = {0}, fresh = {0};
    sign_in(&admin, "admin");
    assert_true(tb_str_is(admin.location, "/accounts"));
    assert_int_equal(ask(&admin, "GET", "/accounts", TB_STR_NONE), 200);
    assert_true(says(&admin, "reviewer"));
    assert_int_equal(act(&admin, "/accounts", "user=fresh&name=%E6%9D%8E"), 422);
    assert_true(says(&admin, "value=\"fresh\""));
    assert_true(says(&admin, "f-role-error"));
    assert_int_equal(
        act(&admin, "/accounts", "user=fresh&name=%E6%9D%8E&role=reviewer&division=511602000000"),
        200);
    tb_str once = tb_str_copy(arena, between(&admin, "tb-mono\">", "</span><br>"));
    assert_int_equal(once.len, 20);
    assert_int_equal(ask(&admin, "GET", "/accounts", TB_STR_NONE), 200);
    assert_false(tb_str_contains(admin.page, once));
    assert_int_equal(ask(&fresh, "GET", "/sign-in", TB_STR_NONE), 200);
    assert_int_equal(
        act(&fresh, "/sign-in",
            tb_cstr(arena, tb_printf(arena, "user=fresh&password=" TB_FMT, TB_ARG(once)))),
        303);
    assert_true(tb_str_is(fresh.location, "/password"));
    assert_int_equal(ask(&fresh, "GET", "/tasks", TB_STR_NONE), 403);
    assert_int_equal(ask(&fresh, "GET", "/password", TB_STR_NONE), 200);
    assert_int_equal(act(&fresh, "/password", "old=x&new=1234567890a&again=1234567890b"), 422);
    assert_int_equal(act(&fresh, "/password", "old=x&new=short&again=short"), 422);
    assert_true(says(&fresh, "f-old-error") && says(&fresh, "f-new-error"));
    assert_int_equal(
        act(&fresh, "/password",
            tb_cstr(arena,
                    tb_printf(arena, "old=" TB_FMT "&new=my+own+sentence&again=my+own+sentence",
                              TB_ARG(once)))),
        303);
    assert_int_equal(ask(&fresh, "GET", "/tasks", TB_STR_NONE), 200);
    assert_int_equal(ask(&admin, "GET", "/accounts", TB_STR_NONE), 200);
    assert_int_equal(act(&admin, "/accounts/fresh", "do=lock"), 303);
    assert_int_equal(ask(&fresh, "GET", "/tasks", TB_STR_NONE), 401);
    assert_int_equal(ask(&admin, "GET", "/accounts?did=lock", TB_STR_NONE), 200);
    assert_true(says(&admin, "已锁定"));
    assert_int_equal(act(&admin, "/accounts/admin", "do=lock"), 409);
    assert_int_equal(act(&admin, "/accounts/fresh", "do=burn"), 404);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_path_finds_its_row_and_its_parameters),
        cmocka_unit_test(no_row_hides_another_and_staff_rows_name_their_roles),
        cmocka_unit_test(what_is_not_there_and_what_is_not_done_that_way_say_so),
        cmocka_unit_test(a_form_that_is_not_ours_is_refused),
        cmocka_unit_test(the_code_of_a_case_stands_in_no_address),
        cmocka_unit_test(staff_pages_are_for_staff),
        cmocka_unit_test(signing_in_leads_back_to_a_page_of_ours_only),
        cmocka_unit_test(a_new_account_begins_with_a_password_of_its_own),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
