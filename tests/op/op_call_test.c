/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a small imaginary module: what is checked before an operation runs, and what it sees. */
#include "op/op.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct tb_arena *arena;
static struct op_registry *registry;

static int64_t
now_us(void *context)
{
    (void)context;
    return INT64_C(1790000000000000);
}

static void
random_bytes(void *context, void *bytes, size_t len)
{
    (void)context;
    memset(bytes, 7, len);
}

static const struct tb_env env = {.now_us = now_us, .random = random_bytes};

/* Gives back what it was given. */
static tb_status
run_echo(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
         struct tb_err *err)
{
    (void)err;
    assert_ptr_equal(self, op_self(ctx));
    *ret_out = tb_json_copy(op_arena(ctx), in);
    op_answer_status(ctx, 201);
    op_answer_etag(ctx, 17);
    return TB_OK;
}

static tb_status
run_fault(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
          struct tb_err *err)
{
    (void)self;
    (void)in;
    (void)ret_out;
    op_fault(ctx, "applicant.id_number", "check_digit", TB_STR("校验位不对"),
             TB_STR("The check digit is wrong"));
    return tb_fail(err, TB_INVALID, "one fault");
}

static tb_status
run_bytes(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
          struct tb_err *err)
{
    (void)self;
    (void)in;
    (void)ret_out;
    (void)err;
    op_answer_bytes(ctx, TB_STR("text/csv"), TB_STR("a.csv"), TB_STR("a,b\n"));
    return TB_OK;
}

static const char *const kinds[] = {"person", "firm", NULL};
/* clang-format off */
static const struct op_field fields[] = {
    {"no",     OP_TEXT,    OP_PATH | OP_REQUIRED, 1, 20,   NULL,  "编号",   "number", "d"},
    {"page",   OP_INT,     OP_QUERY,              1, 100,  NULL,  "页",     "page",   "d"},
    {"all",    OP_BOOL,    OP_QUERY,              0, 0,    NULL,  "全部",   "all",    "d"},
    {"name",   OP_TEXT,    OP_REQUIRED,           2, 5,    NULL,  "姓名",   "name",   "d"},
    {"kind",   OP_TEXT,    0,                     0, 0,    kinds, "类别",   "kind",   "d"},
    {"day",    OP_DAY,     0,                     0, 0,    NULL,  "日期",   "day",    "d"},
    {"at",     OP_INSTANT, 0,                     0, 0,    NULL,  "时刻",   "at",     "d"},
    {"fen",    OP_MONEY,   0,                     0, 1000, NULL,  "金额",   "amount", "d"},
    {"is_new", OP_BOOL,    0,                     0, 0,    NULL,  "新办",   "is new", "d"},
    {"files",  OP_LIST,    0,                     0, 2,    NULL,  "材料",   "files",  "d"},
    {"fields", OP_OBJECT,  0,                     0, 0,    NULL,  "表单",   "fields", "d"},
    {"hash",   OP_HASH,    0,                     0, 0,    NULL,  "哈希",   "hash",   "d"},
    {0},
};
static const struct op_field mark_fields[] = {
    {"mark", OP_TEXT, OP_PATH | OP_REQUIRED, 0, 0, NULL, "证照", "mark", "d"},
    {0},
};
static const struct op_row rows[] = {
    {"things.make",   "POST",
     "/things/{no}",            OP_ANYONE,              OP_WRITES,       fields,      run_echo,  "z", "e"},
    {"things.look",   "GET",
     "/things/{mark}",          OP_ANYONE,              0,               mark_fields, run_echo,  "z", "e"},
    {"things.pdf",    "GET",
     "/things/{mark}.pdf",      OP_ANYONE,              OP_RAW_ANSWER,   mark_fields, run_bytes, "z", "e"},
    {"things.verify", "POST", "/things/verify",          OP_CLERK | OP_REVIEWER,
     OP_WRITES,       NULL,        run_fault, "z", "e"},
    {"things.often",  "GET",  "/often",                  OP_ANYONE,              OP_RATE_LIMITED,
     NULL,        run_echo,  "z", "e"},
    {"things.deep",   "GET",  "/things/{mark}/a/b-{mark}",
     OP_SIGNED_IN,         0,               mark_fields, run_echo,  "z", "e"},
};
/* clang-format on */

static int
start(void **state)
{
    (void)state;
    static int self;
    const struct op_table tables[] = {{rows, TB_COUNT(rows), &self}, {0}};
    struct tb_err err = {0};
    arena = tb_arena_new(0);
    return op_registry_new(tables, NULL, &env, &registry, &err) == TB_OK ? 0 : -1;
}

static int
stop(void **state)
{
    (void)state;
    op_registry_free(registry);
    tb_arena_free(arena);
    return 0;
}

static void
call(const char *name, const struct op_actor *actor, const char *json, struct op_result *result)
{
    struct tb_json *in;
    struct tb_err err = {0};
    struct op_request request = {.actor = actor};
    assert_int_equal(tb_json_parse(arena, tb_str_of(json), &in, &err), TB_OK);
    op_call(registry, arena, name, &request, in, result);
}

static bool
has_fault(const struct op_result *result, const char *place, const char *code)
{
    for (size_t i = 0; i < result->faults.count; i++) {
        if (tb_str_is(result->faults.items[i].place, place) &&
            tb_str_is(result->faults.items[i].code, code) && result->faults.items[i].zh.len > 0 &&
            result->faults.items[i].en.len > 0)
            return true;
    }
    return false;
}

static void
good_input_arrives_in_the_order_of_the_fields_with_its_types(void **state)
{
    (void)state;
    struct op_result result;
    call("things.make", NULL,
         "{\"hash\":\"0000000000000000000000000000000000000000000000000000000000000001\",\"name\":"
         "\"王小明\",\"kind\":\"firm\","
         "\"page\":\"20\",\"all\":\"true\",\"day\":\"2024-02-29\",\"at\":\"2026-01-01T00:00:00Z\","
         "\"fen\":1000,"
         "\"is_new\":false,\"files\":[1,2],\"fields\":{\"a\":1.10},\"no\":\"A1\"}",
         &result);
    assert_int_equal(result.status, TB_OK);
    assert_int_equal(result.http, 201);
    assert_int_equal(result.etag, 17);
    struct tb_buf buf = {.arena = arena};
    tb_json_write(&buf, result.out);
    assert_string_equal(
        tb_cstr(arena, tb_buf_done(&buf)),
        "{\"no\":\"A1\",\"page\":20,\"all\":true,\"name\":\"王小明\",\"kind\":\"firm\",\"day\":"
        "\"2024-02-29\","
        "\"at\":\"2026-01-01T00:00:00Z\",\"fen\":1000,\"is_new\":false,\"files\":[1,2],\"fields\":{"
        "\"a\":1.10},"
        "\"hash\":\"0000000000000000000000000000000000000000000000000000000000000001\"}");
}

static void
every_fault_is_reported_at_once(void **state)
{
    (void)state;
    struct op_result result;
    call("things.make", NULL,
         "{\"no\":\"123456789012345678901\",\"page\":\"0\",\"all\":\"perhaps\",\"name\":\"  "
         "\",\"kind\":\"ghost\","
         "\"day\":\"2026-02-30\",\"at\":\"noon\",\"fen\":10.5,\"is_new\":\"yes\",\"files\":[1,2,3],"
         "\"fields\":[],"
         "\"hash\":\"12\",\"nmae\":1}",
         &result);
    assert_int_equal(result.status, TB_INVALID);
    assert_int_equal(result.http, 422);
    assert_true(has_fault(&result, "no", "range"));
    assert_true(has_fault(&result, "page", "range"));
    assert_true(has_fault(&result, "name", "required"));
    assert_true(has_fault(&result, "all", "type"));
    assert_true(has_fault(&result, "kind", "choice"));
    assert_true(has_fault(&result, "day", "type"));
    assert_true(has_fault(&result, "at", "type"));
    assert_true(has_fault(&result, "fen", "type"));
    assert_true(has_fault(&result, "is_new", "type"));
    assert_true(has_fault(&result, "files", "range"));
    assert_true(has_fault(&result, "fields", "type"));
    assert_true(has_fault(&result, "hash", "type"));
    assert_true(has_fault(&result, "nmae", "unknown"));
    assert_int_equal(result.faults.count, 13);
}

static void
what_is_missing_empty_or_null_is_named(void **state)
{
    (void)state;
    static const char *const inputs[] = {"{\"no\":\"1\"}", "{\"no\":\"1\",\"name\":null}",
                                         "{\"no\":\"1\",\"name\":\"\"}"};
    for (size_t i = 0; i < TB_COUNT(inputs); i++) {
        struct op_result result;
        call("things.make", NULL, inputs[i], &result);
        assert_int_equal(result.status, TB_INVALID);
        assert_int_equal(result.faults.count, 1);
        assert_true(has_fault(&result, "name", "required"));
    }
}

static void
text_is_refused_when_unclean_and_normalised_when_not(void **state)
{
    (void)state;
    struct op_result result;
    call("things.make", NULL,
         "{\"no\":\"1\",\"name\":\"a\\u202eb\",\"fields\":{\"x\":[\"\\u0007\"]}}", &result);
    assert_true(has_fault(&result, "name", "character"));
    assert_true(has_fault(&result, "fields", "character"));
    call("things.make", NULL,
         "{\"no\":\"1\",\"name\":\"e\\u0301e\\u0301\",\"fields\":{\"x\":[\"u\\u0308\"]}}", &result);
    assert_int_equal(result.status, TB_OK);
    assert_true(tb_str_is(tb_json_get_text(result.out, "name"), "\u00e9\u00e9"));
    assert_true(
        tb_str_is(tb_json_text(tb_json_at(tb_json_path(result.out, "fields.x"), 0)), "\u00fc"));
}

static void
nobody_and_the_wrong_role_are_refused_before_the_input_is_looked_at(void **state)
{
    (void)state;
    const struct op_grant clerk = {OP_CLERK, TB_STR("511602000000"), TB_STR("")};
    const struct op_grant head = {OP_HEAD, TB_STR("511602000000"), TB_STR("")};
    struct op_actor actor = {.account = 1, .grants = &head, .grant_count = 1};
    struct op_result result;
    call("things.verify", NULL, "{\"x\":1}", &result);
    assert_int_equal(result.http, 401);
    call("things.verify", &actor, "{\"x\":1}", &result);
    assert_int_equal(result.http, 403);
    actor.grants = &clerk;
    call("things.verify", &actor, "{}", &result);
    assert_int_equal(result.http, 422);
    struct tb_json *problem = op_problem(arena, &result, TB_STR("en"), TB_STR("id"));
    const struct tb_json *error = tb_json_at(tb_json_get(problem, "errors"), 0);
    assert_true(tb_str_is(tb_json_get_text(error, "pointer"), "/applicant/id_number"));
    assert_true(tb_str_is(tb_json_get_text(error, "detail"), "The check digit is wrong"));
    assert_int_equal(tb_json_get_int(problem, "status", 0), 422);
    problem = op_problem(arena, &result, TB_STR("zh"), TB_STR_NONE);
    assert_true(tb_str_is(tb_json_get_text(tb_json_at(tb_json_get(problem, "errors"), 0), "detail"),
                          "校验位不对"));
}

static void
a_rate_limited_operation_stops_one_address_and_not_another(void **state)
{
    (void)state;
    struct op_result result;
    struct op_request request = {.address = TB_STR("10.0.0.1")};
    for (int i = 0; i < OP_RATE_BURST; i++) {
        op_call(registry, arena, "things.often", &request, NULL, &result);
        assert_int_equal(result.status, TB_OK);
    }
    op_call(registry, arena, "things.often", &request, NULL, &result);
    assert_int_equal(result.http, 429);
    request.address = TB_STR("10.0.0.2");
    op_call(registry, arena, "things.often", &request, NULL, &result);
    assert_int_equal(result.status, TB_OK);
    request.address = TB_STR("10.0.0.1");
    request.now = now_us(NULL) + 10 * TB_US_PER_SECOND;
    op_call(registry, arena, "things.often", &request, NULL, &result);
    assert_int_equal(result.status, TB_OK);
}

static const char *
matched(const char *method, const char *path, tb_str *allow, struct tb_json **params)
{
    const struct op_row *row =
        op_match(registry, arena, tb_str_of(method), tb_str_of(path), params, allow);
    return row != NULL ? row->name : NULL;
}

static void
the_most_literal_pattern_is_meant(void **state)
{
    (void)state;
    tb_str allow;
    struct tb_json *params;
    assert_string_equal(matched("GET", "/things/51A", &allow, &params), "things.look");
    assert_true(tb_str_is(tb_json_get_text(params, "mark"), "51A"));
    assert_string_equal(matched("POST", "/things/51A", &allow, &params), "things.make");
    assert_true(tb_str_is(tb_json_get_text(params, "no"), "51A"));
    assert_string_equal(matched("GET", "/things/51A.pdf", &allow, &params), "things.pdf");
    assert_true(tb_str_is(tb_json_get_text(params, "mark"), "51A"));
    assert_string_equal(matched("POST", "/things/verify", &allow, &params), "things.verify");
    assert_null(matched("GET", "/things/verify", &allow, &params));
    assert_true(tb_str_is(allow, "POST"));
    assert_null(matched("DELETE", "/things/51A", &allow, &params));
    assert_true(tb_str_is(allow, "POST, GET"));
    static const char *const nowhere[] = {
        "",         "/",           "/things",
        "/things/", "/things/1/2", "//things/1",
        "/often/",  "often",       "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q"};
    for (size_t i = 0; i < TB_COUNT(nowhere); i++) {
        assert_null(matched("GET", nowhere[i], &allow, &params));
        assert_null(allow.ptr);
    }
}

static void
a_registry_with_two_equal_rows_is_refused(void **state)
{
    (void)state;
    struct op_row twice[] = {rows[1], rows[1]};
    const struct op_table tables[] = {{twice, 2, NULL}, {0}};
    struct op_registry *other;
    struct tb_err err = {0};
    assert_int_equal(op_registry_new(tables, NULL, &env, &other, &err), TB_CONFLICT);
    twice[1].name = "things.other";
    assert_int_equal(op_registry_new(tables, NULL, &env, &other, &err), TB_CONFLICT);
    twice[1].path = "/things/{no}";
    assert_int_equal(op_registry_new(tables, NULL, &env, &other, &err), TB_INVALID);
}

static void
grants_reach_down_their_subtree_and_not_beside_it(void **state)
{
    (void)state;
    const struct op_grant grants[] = {{OP_CLERK, TB_STR("511602000000"), TB_STR("health")},
                                      {OP_HEAD, TB_STR("510000000000"), TB_STR("")},
                                      {OP_ADMIN, TB_STR("000000000000"), TB_STR("")}};
    struct op_actor actor = {.account = 1, .grants = grants, .grant_count = 1};
    assert_true(op_may(&actor, OP_CLERK, TB_STR("511602000000"), TB_STR("")));
    assert_true(op_may(&actor, OP_CLERK, TB_STR("511602001000"), TB_STR("health")));
    assert_false(op_may(&actor, OP_CLERK, TB_STR("511602001000"), TB_STR("transport")));
    assert_false(op_may(&actor, OP_CLERK, TB_STR("511603000000"), TB_STR("")));
    assert_false(op_may(&actor, OP_CLERK, TB_STR("511600000000"), TB_STR("")));
    assert_false(op_may(&actor, OP_HEAD, TB_STR("511602000000"), TB_STR("")));
    assert_false(op_may(&actor, OP_CLERK, TB_STR(""), TB_STR("")));
    assert_true(op_has_role(&actor, OP_CLERK));
    assert_false(op_has_role(&actor, OP_HEAD));
    assert_false(op_has_role(NULL, OP_CLERK));
    actor.grant_count = 3;
    assert_true(op_may(&actor, OP_HEAD, TB_STR("511602000000"), TB_STR("")));
    assert_false(op_may(&actor, OP_HEAD, TB_STR("520000000000"), TB_STR("")));
    assert_true(op_may(&actor, OP_ADMIN, TB_STR("520000000000"), TB_STR("")));
    assert_true(op_may(NULL, OP_ANYONE, TB_STR("520000000000"), TB_STR("")));
    assert_false(op_may(NULL, OP_ADMIN, TB_STR("520000000000"), TB_STR("")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_input_arrives_in_the_order_of_the_fields_with_its_types),
        cmocka_unit_test(every_fault_is_reported_at_once),
        cmocka_unit_test(what_is_missing_empty_or_null_is_named),
        cmocka_unit_test(text_is_refused_when_unclean_and_normalised_when_not),
        cmocka_unit_test(nobody_and_the_wrong_role_are_refused_before_the_input_is_looked_at),
        cmocka_unit_test(a_rate_limited_operation_stops_one_address_and_not_another),
        cmocka_unit_test(the_most_literal_pattern_is_meant),
        cmocka_unit_test(a_registry_with_two_equal_rows_is_refused),
        cmocka_unit_test(grants_reach_down_their_subtree_and_not_beside_it),
    };
    return cmocka_run_group_tests_name("op", tests, start, stop);
}
