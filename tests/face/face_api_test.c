/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON API over a real socket: rows in, problem details out, and the document that describes them. */
#include "face/face.h"

#include "../http/http_probe.h"
#include "../temporary.h"

static struct tb_arena *arena;
static struct store *store;
static struct access *access_module;
static struct op_registry *registry;
static struct face *face;
static struct http_server *server;
static char dir[] = "/tmp/tb-face-XXXXXX";
static char answer[1 << 20];

/* ---- an imaginary module ---- */

static tb_status
run_echo(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
         struct tb_err *err)
{
    (void)self;
    (void)err;
    *ret_out = tb_json_copy(op_arena(ctx), in);
    tb_json_set_text(op_arena(ctx), *ret_out, "lang", op_lang(ctx));
    tb_json_set_text(op_arena(ctx), *ret_out, "key", op_idempotency_key(ctx));
    op_answer_etag(ctx, 42);
    return TB_OK;
}

static tb_status
run_file(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
         struct tb_err *err)
{
    (void)self;
    (void)in;
    (void)err;
    tb_str type, name, body = op_body(ctx, &type, &name);
    *ret_out = tb_json_new(op_arena(ctx), TB_JSON_OBJECT);
    tb_json_set_int(op_arena(ctx), *ret_out, "bytes", (int64_t)body.len);
    tb_json_set_text(op_arena(ctx), *ret_out, "type", type);
    tb_json_set_text(op_arena(ctx), *ret_out, "name", name);
    op_answer_status(ctx, 201);
    return TB_OK;
}

static tb_status
run_pdf(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
        struct tb_err *err)
{
    (void)self;
    (void)in;
    (void)ret_out;
    (void)err;
    op_answer_bytes(ctx, TB_STR("application/pdf"), TB_STR("许可证.pdf"), TB_STR("%PDF"));
    return TB_OK;
}

static tb_status
run_broken(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
           struct tb_err *err)
{
    (void)ctx;
    (void)self;
    (void)in;
    (void)ret_out;
    return tb_fail(err, TB_FULL, "secret path /var/lib/x");
}

/* clang-format off */
static const struct op_field echo_fields[] = {
    {"id",   OP_INT,  OP_PATH | OP_REQUIRED,   1, 99, NULL, "编号", "number", "d"},
    {"page", OP_INT,  OP_QUERY,                1, 9,  NULL, "页",   "page",   "d"},
    {"name", OP_TEXT, OP_REQUIRED,             1, 9,  NULL, "姓名", "name",   "d"},
    {"tags", OP_LIST, 0,                       0, 3,  NULL, "标签", "tags",   "d"},
    {0},
};
static const struct op_field look_fields[] = {
    {"id", OP_INT, OP_PATH | OP_REQUIRED, 1, 99, NULL, "编号", "number", "d"},
    {"q",  OP_TEXT, OP_QUERY,             0, 9,  NULL, "查找", "query",  "d"},
    {0},
};
static const struct op_row rows[] = {
    {"echo.make",   "POST", "/echo/{id}",  OP_ANYONE, OP_WRITES,               echo_fields, run_echo,   "z", "e"},
    {"echo.look",   "GET",  "/echo/{id}",  OP_ANYONE, 0,                       look_fields, run_echo,   "z", "e"},
    {"echo.file",   "POST", "/echo/file",  OP_ANYONE, OP_WRITES | OP_RAW_BODY, NULL,        run_file,   "z", "e"},
    {"echo.pdf",    "GET",  "/echo.pdf",   OP_ANYONE, OP_RAW_ANSWER,           NULL,        run_pdf,    "z", "e"},
    {"echo.broken", "GET",  "/broken",     OP_ANYONE, 0,                       NULL,        run_broken, "z", "e"},
    {"echo.staff",  "GET",  "/staff",      OP_CLERK,  0,                       NULL,        run_echo,   "z", "e"},
};
/* clang-format on */

static void
handler(void *context, const struct http_request *request, struct http_response *response)
{
    if (!face_handle(context, request, response))
        response->status = 404;
}

static tb_status
open_all(struct tb_err *err)
{
    struct store_options options = {
        .dir = tb_str_of(dir), .tables = access_tables, .env = &probe_env, .is_create = true};
    TB_TRY(store_open(&options, &store, err));
    TB_TRY(access_open(store, &probe_env, &access_module, err));
    static struct op_table tables[4];
    tables[0] = (struct op_table){rows, TB_COUNT(rows), NULL};
    tables[1] = access_ops(access_module);
    tables[2] = face_ops(store);
    TB_TRY(op_registry_new(tables, store, &probe_env, &registry, err));
    struct face_options face_options = {.registry = registry,
                                        .access = access_module,
                                        .store = store,
                                        .env = &probe_env,
                                        .version = "1.2.3"};
    TB_TRY(face_open(&face_options, &face, err));
    struct http_options http = {.listen = TB_STR("127.0.0.1:0"),
                                .handler = handler,
                                .context = face,
                                .env = &probe_env,
                                .workers = 4,
                                .event_threads = 2,
                                .log_fd = -1};
    TB_TRY(http_server_open(&http, &server, err));
    face_watch(face, server);
    struct tb_faults faults = {.arena = arena};
    struct store_cause cause = {.purpose = TB_STR("test")};
    struct access_grant_new grant = {
        .role = OP_CLERK, .division = TB_STR("511602000000"), .from = 1};
    struct access_account_new account = {.user = TB_STR("clerk"),
                                         .name = TB_STR("王小明"),
                                         .password = TB_STR("correct horse battery"),
                                         .grants = &grant,
                                         .grant_count = 1};
    int64_t id;
    return access_account_make(access_module, &cause, &account, &faults, &id, err);
}

static int
start(void **state)
{
    (void)state;
    struct tb_err err = {0};
    arena = tb_arena_new(0);
    if (mkdtemp(dir) == NULL || open_all(&err) != TB_OK) {
        print_message("%s\n", err.message);
        return -1;
    }
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    if (!http_server_stop(server))
        return -1;
    http_server_close(server);
    face_close(face);
    op_registry_free(registry);
    access_close(access_module);
    store_close(store);
    tb_arena_free(arena);
    return temporary_remove(dir);
}

/* Sends method, path, further header lines and a body; the answer's JSON goes to *ret_json when it is one. */
static int
ask(const char *method, const char *path, const char *headers, tb_str body,
    struct tb_json **ret_json)
{
    struct tb_buf buf = {.arena = arena};
    tb_buf_printf(&buf, "%s %s HTTP/1.1\r\nHost: x\r\n%s", method, path, headers);
    if (body.ptr != NULL)
        tb_buf_printf(&buf, "Content-Length: %zu\r\n", body.len);
    tb_buf_cstr(&buf, "\r\n");
    tb_buf_str(&buf, body);
    int status =
        probe_status(http_server_port(server), buf.ptr, buf.len, answer, sizeof(answer), 20000);
    *ret_json = NULL;
    char *end = strstr(answer, "\r\n\r\n");
    struct tb_err err = {0};
    if (end != NULL && end[4] != '\0' && strcasestr(answer, "json") != NULL)
        assert_int_equal(
            tb_json_parse(arena, tb_str_copy(arena, tb_str_of(end + 4)), ret_json, &err), TB_OK);
    return status;
}
#define JSON "Content-Type: application/json\r\n"

static void
parameters_of_path_query_and_body_become_one_input(void **state)
{
    (void)state;
    struct tb_json *json;
    int status =
        ask("POST", "/api/v1/echo/7?page=2", JSON "Idempotency-Key: k1\r\nAccept-Language: en\r\n",
            TB_STR("{\"name\":\"王\",\"tags\":[1.10]}"), &json);
    assert_int_equal(status, 200);
    assert_non_null(strstr(
        answer,
        "{\"id\":7,\"page\":2,\"name\":\"王\",\"tags\":[1.10],\"lang\":\"en\",\"key\":\"k1\"}"));
    assert_non_null(strstr(answer, "ETag: \"42\""));
    assert_non_null(strstr(answer, "Content-Language: en"));
    assert_int_equal(ask("GET", "/api/v1/echo/7?q=%E7%8E%8B&lang=zh", "Accept-Language: en\r\n",
                         TB_STR_NONE, &json),
                     200);
    assert_true(tb_str_is(tb_json_get_text(json, "q"), "王"));
    assert_true(tb_str_is(tb_json_get_text(json, "lang"), "zh"));
    assert_int_equal(ask("GET", "/api/v1/echo/7", "If-None-Match: \"42\"\r\n", TB_STR_NONE, &json),
                     304);
}

static void
wrong_input_is_answered_with_every_fault(void **state)
{
    (void)state;
    struct tb_json *json;
    int status =
        ask("POST", "/api/v1/echo/700?page=x", JSON, TB_STR("{\"nmae\":\"王\",\"tags\":7}"), &json);
    assert_int_equal(status, 422);
    assert_non_null(strstr(answer, "Content-Type: application/problem+json"));
    assert_true(tb_str_is(tb_json_get_text(json, "code"), "invalid"));
    assert_true(tb_str_is(tb_json_get_text(json, "title"), "填写的内容有问题"));
    assert_int_equal(tb_json_get(json, "errors")->count, 5);
    status = ask("POST", "/api/v1/echo/7?name=x", JSON, TB_STR("{\"id\":8,\"page\":1}"), &json);
    assert_int_equal(status, 422);
    assert_int_equal(tb_json_get(json, "errors")->count, 3);
    status = ask("GET", "/api/v1/echo/7?q=1&q=2", "", TB_STR_NONE, &json);
    assert_int_equal(status, 422);
}

static void
what_is_not_json_is_refused_with_its_place(void **state)
{
    (void)state;
    struct tb_json *json;
    static const struct {
        const char *type, *body;
        int status;
    } rows_wrong[] = {
        {JSON, "{\"name\":\"王\"", 400},
        {JSON, "{\"name\":1,\"name\":2}", 400},
        {JSON, "[1]", 400},
        {JSON, "{\"name\":\"\\ud800\"}", 400},
        {JSON, "{\"name\":\"\xff\"}", 400},
        {"Content-Type: text/plain\r\n", "{}", 415},
        {"", "{}", 415},
    };
    for (size_t i = 0; i < TB_COUNT(rows_wrong); i++) {
        int status =
            ask("POST", "/api/v1/echo/7", rows_wrong[i].type, tb_str_of(rows_wrong[i].body), &json);
        assert_int_equal(status, rows_wrong[i].status);
        assert_non_null(json);
    }
    struct tb_buf deep = {.arena = arena};
    tb_buf_cstr(&deep, "{\"name\":");
    for (int i = 0; i < 100000; i++)
        tb_buf_char(&deep, '[');
    assert_int_equal(ask("POST", "/api/v1/echo/7", JSON, tb_buf_done(&deep), &json), 413);
    assert_int_equal(ask("GET", "/api/v1/echo/7", JSON, TB_STR("{}"), &json), 400);
    assert_int_equal(ask("POST", "/api/v1/echo/7", JSON "Idempotency-Key: \r\n",
                         TB_STR("{\"name\":\"a\"}"), &json),
                     400);
}

static void
wrong_addresses_and_methods_are_told_apart(void **state)
{
    (void)state;
    struct tb_json *json;
    assert_int_equal(ask("GET", "/api/v1/nowhere", "", TB_STR_NONE, &json), 404);
    assert_int_equal(ask("GET", "/api/v1", "", TB_STR_NONE, &json), 404);
    assert_int_equal(ask("DELETE", "/api/v1/echo/7", "", TB_STR_NONE, &json), 405);
    assert_non_null(strstr(answer, "Allow: POST, GET, HEAD\r\n"));
    assert_int_equal(ask("OPTIONS", "/api/v1/echo/7", "", TB_STR_NONE, &json), 204);
    assert_int_equal(ask("GET", "/elsewhere", "", TB_STR_NONE, &json), 404);
    assert_int_equal(ask("POST", "/healthz", "", TB_STR(""), &json), 405);
}

static void
files_go_in_and_come_out_as_they_are(void **state)
{
    (void)state;
    struct tb_json *json;
    int status = ask("POST", "/api/v1/echo/file?name=%E6%89%AB.pdf",
                     "Content-Type: application/pdf\r\n", TB_STR("%PDF\0\xff"), &json);
    assert_int_equal(status, 201);
    assert_int_equal(tb_json_get_int(json, "bytes", 0), 6);
    assert_true(tb_str_is(tb_json_get_text(json, "name"), "扫.pdf"));
    assert_int_equal(ask("GET", "/api/v1/echo.pdf", "", TB_STR_NONE, &json), 200);
    assert_non_null(strstr(answer, "Content-Type: application/pdf\r\n"));
    assert_non_null(strstr(
        answer,
        "Content-Disposition: attachment; filename*=UTF-8''%E8%AE%B8%E5%8F%AF%E8%AF%81.pdf"));
    assert_non_null(strstr(answer, "\r\n\r\n%PDF"));
}

static void
a_failure_inside_tells_the_client_nothing_about_the_inside(void **state)
{
    (void)state;
    struct tb_json *json;
    assert_int_equal(ask("GET", "/api/v1/broken", "", TB_STR_NONE, &json), 503);
    assert_null(strstr(answer, "secret path"));
    assert_non_null(strstr(answer, "Retry-After"));
    assert_true(tb_str_is(tb_json_get_text(json, "code"), "full"));
}

static void
a_bearer_token_opens_what_a_cookie_does_not(void **state)
{
    (void)state;
    struct tb_json *json;
    int status = ask("POST", "/api/v1/sessions", JSON,
                     TB_STR("{\"user\":\"clerk\",\"password\":\"correct horse battery\"}"), &json);
    assert_int_equal(status, 201);
    assert_null(strstr(answer, "Set-Cookie"));
    const char *token = tb_cstr(arena, tb_json_get_text(json, "token"));
    const char *bearer = tb_cstr(arena, tb_printf(arena, "Authorization: Bearer %s\r\n", token));
    const char *cookie = tb_cstr(arena, tb_printf(arena, "Cookie: tb_session=%s\r\n", token));
    assert_int_equal(ask("GET", "/api/v1/staff", "", TB_STR_NONE, &json), 401);
    assert_non_null(strstr(answer, "WWW-Authenticate: Bearer"));
    assert_int_equal(ask("GET", "/api/v1/staff", cookie, TB_STR_NONE, &json), 401);
    assert_int_equal(
        ask("GET", "/api/v1/staff", "Authorization: Basic eDp5\r\n", TB_STR_NONE, &json), 401);
    assert_int_equal(
        ask("GET", "/api/v1/staff", "Authorization: Bearer nonsense\r\n", TB_STR_NONE, &json), 401);
    assert_int_equal(ask("GET", "/api/v1/staff", bearer, TB_STR_NONE, &json), 200);
    assert_int_equal(ask("GET", "/api/v1/accounts", bearer, TB_STR_NONE, &json), 403);
    assert_int_equal(ask("GET", "/api/v1/sessions", bearer, TB_STR_NONE, &json), 200);
    assert_true(tb_str_is(tb_json_get_text(json, "user"), "clerk"));
    assert_int_equal(ask("DELETE", "/api/v1/sessions", bearer, TB_STR_NONE, &json), 200);
    assert_int_equal(ask("GET", "/api/v1/staff", bearer, TB_STR_NONE, &json), 401);
    status = ask("POST", "/api/v1/sessions", JSON,
                 TB_STR("{\"user\":\"clerk\",\"password\":\"not correct horse\"}"), &json);
    assert_int_equal(status, 401);
    assert_null(strstr(answer, "correct horse"));
}

static void
the_document_describes_exactly_the_rows(void **state)
{
    (void)state;
    struct tb_json *json;
    assert_int_equal(ask("GET", "/api/v1/openapi.json", "", TB_STR_NONE, &json), 200);
    assert_true(tb_str_is(tb_json_get_text(json, "openapi"), "3.1.0"));
    assert_true(tb_str_is(tb_json_get_text(tb_json_get(json, "info"), "version"), "1.2.3"));
    size_t described = 0;
    TB_JSON_EACH(path, tb_json_get(json, "paths"))
    {
        TB_JSON_EACH(operation, path)
        {
            tb_str name = tb_json_get_text(operation, "operationId");
            const struct op_row *row = op_find(registry, tb_cstr(arena, name));
            assert_non_null(row);
            assert_true(tb_str_is(path->key, row->path));
            assert_true(
                tb_str_eq(operation->key, tb_str_lower_ascii(arena, tb_str_of(row->method))));
            described++;
        }
    }
    assert_int_equal(described, op_registry_count(registry));
    const struct tb_json *echo =
        tb_json_get(tb_json_get(tb_json_get(json, "paths"), "/echo/{id}"), "post");
    const struct tb_json *content =
        tb_json_get(tb_json_path(echo, "requestBody.content"), "application/json");
    assert_true(
        tb_str_is(tb_json_text(tb_json_at(tb_json_path(content, "schema.required"), 0)), "name"));
    assert_int_equal(tb_json_path(content, "schema.properties")->count, 2);
    assert_int_equal(tb_json_get(echo, "parameters")->count, 3);
    const char *etag = strstr(answer, "ETag: ");
    char known[128];
    snprintf(known, sizeof(known), "If-None-Match: %.18s\r\n", etag + 6);
    assert_int_equal(ask("GET", "/api/v1/openapi.json", known, TB_STR_NONE, &json), 304);
}

static void
the_page_for_people_has_every_row(void **state)
{
    (void)state;
    struct tb_buf buf = {.arena = arena};
    const struct op_table tables[] = {{rows, TB_COUNT(rows), NULL}, access_ops(access_module), {0}};
    face_reference(&buf, tables);
    tb_str page = tb_buf_done(&buf);
    for (const struct op_table *table = tables; table->rows != NULL; table++) {
        for (size_t i = 0; i < table->count; i++)
            assert_true(tb_str_contains(page, tb_printf(arena, "\n## %s\n", table->rows[i].name)));
    }
    assert_true(tb_str_contains(
        page, TB_STR("| `id` | path, needed | integer | 1–99 | 编号 number: d |\n")));
    assert_true(tb_str_contains(page, TB_STR("`GET /api/v1/staff` · clerk\n")));
}

static void
health_metrics_and_the_log_are_there_for_machines(void **state)
{
    (void)state;
    struct tb_json *json;
    assert_int_equal(ask("GET", "/healthz", "", TB_STR_NONE, &json), 200);
    assert_int_equal(ask("GET", "/metrics", "", TB_STR_NONE, &json), 200);
    assert_non_null(
        strstr(answer, "# TYPE tongban_http_requests_total counter\ntongban_http_requests_total "));
    assert_non_null(strstr(answer, "\ntongban_log_entries "));
    assert_null(strstr(answer, "\ntongban_log_entries 0\n"));
    /* The first entries are signed within ten seconds. */
    int status = 404;
    for (int i = 0; i < 150 && status == 404; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 100 * 1000000L}, NULL);
        status = ask("GET", "/api/v1/log/checkpoint", "", TB_STR_NONE, &json);
    }
    assert_int_equal(status, 200);
    assert_non_null(
        strstr(answer, "\xe2\x80\x94 ")); /* the signature line of a note begins with a dash */
    assert_int_equal(ask("GET", "/api/v1/log/proof?leaf=1", "", TB_STR_NONE, &json), 200);
    assert_non_null(tb_json_get(json, "path"));
    assert_int_equal(ask("GET", "/api/v1/log/proof?leaf=999999", "", TB_STR_NONE, &json), 404);
    assert_int_equal(ask("GET", "/api/v1/log/proof", "", TB_STR_NONE, &json), 422);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_of_path_query_and_body_become_one_input),
        cmocka_unit_test(wrong_input_is_answered_with_every_fault),
        cmocka_unit_test(what_is_not_json_is_refused_with_its_place),
        cmocka_unit_test(wrong_addresses_and_methods_are_told_apart),
        cmocka_unit_test(files_go_in_and_come_out_as_they_are),
        cmocka_unit_test(a_failure_inside_tells_the_client_nothing_about_the_inside),
        cmocka_unit_test(a_bearer_token_opens_what_a_cookie_does_not),
        cmocka_unit_test(the_document_describes_exactly_the_rows),
        cmocka_unit_test(the_page_for_people_has_every_row),
        cmocka_unit_test(health_metrics_and_the_log_are_there_for_machines),
    };
    return cmocka_run_group_tests_name("face", tests, start, stop);
}
