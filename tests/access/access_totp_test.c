/* SPDX-License-Identifier: Apache-2.0 */
/* The second factor: the codes of RFC 6238, set up and confirmed, asked for at sign-in, good once and near their time;
 * whom an administrator obliges to it does nothing before. */
#include "access/access_internal.h"
#include "access_world.h"

static int64_t
step_now(void)
{
    return clock_us / TB_US_PER_SECOND / 30;
}

/* Appendix B: the ASCII secret 12345678901234567890; the last six of its eight digits. */
static void
codes_are_those_of_the_rfc(void **state)
{
    (void)state;
    static const struct {
        int64_t seconds;
        const char *code;
    } rows[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                {1234567890, "005924"}, {2000000000, "279037"}, {INT64_C(20000000000), "353130"}};
    tb_str secret = TB_STR("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    for (size_t i = 0; i < TB_COUNT(rows); i++)
        assert_true(
            tb_str_is(access__totp_code(arena, secret, rows[i].seconds / 30), rows[i].code));
}

static tb_str
set_up(const char *user, struct access_session *session)
{
    struct op_result result;
    *session = session_of(sign_in(user, PASSWORD, 201));
    call("totp.begin", &session->actor, &result, "{\"password\":\"" PASSWORD "\"}");
    assert_int_equal(result.http, 200);
    tb_str secret = tb_json_get_text(result.out, "secret");
    assert_int_equal(secret.len, 32);
    assert_true(tb_str_contains(tb_json_get_text(result.out, "uri"), secret));
    return secret;
}

static void
confirm(const struct access_session *session, tb_str secret)
{
    struct op_result result;
    call("totp.confirm", &session->actor, &result, "{\"code\":\"%s\"}",
         access__totp_code(arena, secret, step_now()).ptr);
    assert_int_equal(result.http, 200);
}

static int
open_with(const char *user, const char *password, tb_str code, struct op_result *result)
{
    call("sessions.open", NULL, result, "{\"user\":\"%s\",\"password\":\"%s\",\"code\":\"%.*s\"}",
         user, password, TB_ARG(code));
    return result->http;
}

static bool
has_fault(const struct op_result *result, const char *place, const char *code)
{
    for (size_t i = 0; i < result->faults.count; i++) {
        if (tb_str_is(result->faults.items[i].place, place) &&
            tb_str_is(result->faults.items[i].code, code))
            return true;
    }
    return false;
}

static void
a_code_is_asked_for_once_it_was_confirmed(void **state)
{
    (void)state;
    struct access_session session;
    struct op_result result;
    tb_str secret = set_up("clerk", &session);
    sign_in("clerk", PASSWORD, 201); /* not confirmed: not asked for */
    call("totp.confirm", &session.actor, &result, "{\"code\":\"000000\"}");
    assert_int_equal(result.http, 422);
    confirm(&session, secret);
    clock_us += 60 * TB_US_PER_SECOND;
    call("sessions.open", NULL, &result, "{\"user\":\"clerk\",\"password\":\"" PASSWORD "\"}");
    assert_int_equal(result.http, 401);
    assert_true(has_fault(&result, "code", "required"));
    call("sessions.open", NULL, &result, "{\"user\":\"clerk\",\"password\":\"wrong wrong wrong\"}");
    assert_int_equal(result.http, 401);
    assert_false(has_fault(&result, "code", "required")); /* says nothing without the password */
    assert_int_equal(
        open_with("clerk", PASSWORD, access__totp_code(arena, secret, step_now()), &result), 201);
}

static void
a_code_opens_once_and_only_near_its_time(void **state)
{
    (void)state;
    struct access_session session;
    struct op_result result;
    tb_str secret = set_up("clerk", &session);
    tb_str first = access__totp_code(arena, secret, step_now());
    confirm(&session, secret);
    assert_int_equal(open_with("clerk", PASSWORD, first, &result), 401); /* used to confirm */
    clock_us += 300 * TB_US_PER_SECOND;
    assert_int_equal(
        open_with("clerk", PASSWORD, access__totp_code(arena, secret, step_now() - 2), &result),
        401);
    assert_int_equal(
        open_with("clerk", PASSWORD, access__totp_code(arena, secret, step_now() + 2), &result),
        401);
    tb_str before = access__totp_code(arena, secret, step_now() - 1);
    assert_int_equal(open_with("clerk", PASSWORD, before, &result), 201); /* a slow hand */
    assert_int_equal(open_with("clerk", PASSWORD, before, &result), 401);
}

static void
guessing_codes_makes_the_account_wait(void **state)
{
    (void)state;
    struct access_session session;
    struct op_result result;
    tb_str secret = set_up("clerk", &session);
    confirm(&session, secret);
    clock_us += 60 * TB_US_PER_SECOND;
    tb_str right = access__totp_code(arena, secret, step_now());
    const char *wrong = tb_str_is(right, "123456") ? "654321" : "123456";
    for (int i = 0; i < ACCESS_FAILURES_FREE; i++)
        assert_int_equal(open_with("clerk", PASSWORD, tb_str_of(wrong), &result), 401);
    assert_int_equal(open_with("clerk", PASSWORD, right, &result), 429);
}

static void
it_ends_by_password_and_code_or_by_an_administrator(void **state)
{
    (void)state;
    struct access_session session, admin = session_of(sign_in("admin", PASSWORD, 201));
    struct op_result result;
    tb_str secret = set_up("clerk", &session);
    confirm(&session, secret);
    clock_us += 60 * TB_US_PER_SECOND;
    call("totp.begin", &session.actor, &result, "{\"password\":\"" PASSWORD "\"}");
    assert_int_equal(result.http, 409); /* not replaced by whoever finds a screen open */
    call("totp.end", &session.actor, &result,
         "{\"password\":\"wrong wrong wrong\",\"code\":\"%s\"}",
         access__totp_code(arena, secret, step_now()).ptr);
    assert_int_equal(result.http, 422);
    assert_true(has_fault(&result, "password", "wrong"));
    call("totp.end", &session.actor, &result, "{\"password\":\"" PASSWORD "\",\"code\":\"%s\"}",
         access__totp_code(arena, secret, step_now()).ptr);
    assert_int_equal(result.http, 200);
    sign_in("clerk", PASSWORD, 201);

    secret = set_up("approver", &session);
    confirm(&session, secret);
    call("accounts.reset", &admin.actor, &result, "{\"user\":\"approver\"}");
    assert_int_equal(result.http, 200); /* the device is lost */
    sign_in("approver", tb_cstr(arena, tb_json_get_text(result.out, "one_time_password")), 201);
}

static void
whom_it_is_required_of_does_nothing_before(void **state)
{
    (void)state;
    struct access_session admin = session_of(sign_in("admin", PASSWORD, 201));
    struct access_session clerk = session_of(sign_in("clerk", PASSWORD, 201));
    struct op_result result;
    call("accounts.must_totp", &clerk.actor, &result, "{\"user\":\"clerk\",\"must\":true}");
    assert_int_equal(result.http, 403);
    call("accounts.must_totp", &admin.actor, &result, "{\"user\":\"clerk\",\"must\":true}");
    assert_int_equal(result.http, 200);
    tb_str token = sign_in("clerk", PASSWORD, 201);
    assert_int_equal(session_of(token).actor.grant_count, 0);
    tb_str secret = set_up("clerk", &clerk);
    confirm(&clerk, secret);
    assert_int_equal(session_of(token).actor.grant_count, 1);
}

static void
nobody_sets_up_for_somebody_else(void **state)
{
    (void)state;
    struct op_result result;
    call("totp.begin", NULL, &result, "{\"password\":\"" PASSWORD "\"}");
    assert_int_equal(result.http, 401);
    struct access_session session = session_of(sign_in("clerk", PASSWORD, 201));
    call("totp.confirm", &session.actor, &result, "{\"code\":\"123456\"}");
    assert_int_equal(result.http, 409); /* nothing was begun */
}

/* ---- at rest ---- */

/* The row of the one account that has a second factor; its id is returned. */
static int64_t
at_rest(tb_str *ret_totp)
{
    struct store_read *read;
    struct store_rows *rows;
    struct tb_err err;
    int64_t id = 0;
    assert_int_equal(store_snapshot(store, &read, &err), TB_OK);
    assert_int_equal(store_select(read,
                                  "SELECT id, totp FROM account_secrets WHERE totp IS NOT NULL",
                                  NULL, 0, &rows, &err),
                     TB_OK);
    while (store_next(rows)) {
        id = store_int(rows, 0);
        *ret_totp = tb_str_copy(arena, store_text(rows, 1));
    }
    assert_int_equal(store_rows_done(rows, &err), TB_OK);
    store_snapshot_done(read);
    return id;
}

struct plain {
    int64_t id;
    tb_str secret;
};

static tb_status
plain_write(struct store_tx *tx, void *arg, struct tb_err *err)
{
    const struct plain *plain = arg;
    return store_update(tx, "account_secrets", plain->id, -1,
                        STORE_VALUES(STORE_SET_TEXT("totp", plain->secret)), err);
}

static void
no_secret_stands_in_the_database(void **state)
{
    (void)state;
    struct access_session session;
    tb_str secret = set_up("clerk", &session), stored = TB_STR_NONE;
    confirm(&session, secret);
    struct plain plain = {at_rest(&stored), secret};
    assert_true(tb_str_starts(stored, TB_STR("v1.")));
    assert_false(tb_str_contains(stored, secret));
    /* A row of a former version is sealed when the program next opens, and its codes go on. */
    struct store_cause cause = {.purpose = TB_STR("test")};
    struct tb_err err;
    struct op_result result;
    assert_int_equal(store_write(store, &cause, plain_write, &plain, &err), TB_OK);
    struct access *again;
    assert_int_equal(access_open(store, &env, &again, &err), TB_OK);
    access_close(again);
    at_rest(&stored);
    assert_true(tb_str_starts(stored, TB_STR("v1.")));
    clock_us += 60 * TB_US_PER_SECOND;
    assert_int_equal(
        open_with("clerk", PASSWORD, access__totp_code(arena, secret, step_now()), &result), 201);
    /* What was sealed for another account, or elsewhere, opens nothing. */
    plain.secret = access__seal(access_module, arena, 12345, secret);
    assert_int_equal(store_write(store, &cause, plain_write, &plain, &err), TB_OK);
    clock_us += 60 * TB_US_PER_SECOND;
    assert_int_equal(
        open_with("clerk", PASSWORD, access__totp_code(arena, secret, step_now()), &result), 500);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start_anew, stop)

static int
start_anew(void **state)
{
    snprintf(dir, sizeof(dir), "/tmp/tb-access-XXXXXX");
    return start(state);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(codes_are_those_of_the_rfc),
        TEST(a_code_is_asked_for_once_it_was_confirmed),
        TEST(a_code_opens_once_and_only_near_its_time),
        TEST(guessing_codes_makes_the_account_wait),
        TEST(it_ends_by_password_and_code_or_by_an_administrator),
        TEST(whom_it_is_required_of_does_nothing_before),
        TEST(nobody_sets_up_for_somebody_else),
        TEST(no_secret_stands_in_the_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
