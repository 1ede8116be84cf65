/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in, staying in, getting out; accounts, grants and delegation. Time is a variable of the test. */
#include "access_world.h"

/* ---- sessions ---- */

static void
the_right_password_opens_a_session_with_roles(void **state)
{
    (void)state;
    struct op_result result;
    call("sessions.open", NULL, &result, "{\"user\":\"clerk\",\"password\":\"%s\"}", PASSWORD);
    assert_int_equal(result.http, 201);
    assert_true(tb_str_is(tb_json_text(tb_json_at(tb_json_get(result.out, "roles"), 0)), "clerk"));
    assert_true(tb_str_is(tb_json_get_text(result.out, "name"), "王小明"));
    tb_str token = tb_json_get_text(result.out, "token");
    assert_int_equal(token.len, 43);
    struct access_session session = session_of(token);
    assert_true(tb_str_is(session.actor.user, "clerk"));
    assert_int_equal(session.actor.grant_count, 1);
    assert_int_equal(session.actor.grants[0].role, OP_CLERK);
    call("sessions.mine", &session.actor, &result, "{}");
    assert_true(tb_str_is(tb_json_get_text(result.out, "user"), "clerk"));
    call("sessions.close", &session.actor, &result, "{}");
    assert_int_equal(result.status, TB_OK);
    assert_int_equal(session_status(token), TB_UNAUTHENTICATED);
}

static void
wrong_names_passwords_and_tokens_open_nothing(void **state)
{
    (void)state;
    sign_in("clerk", "wrong horse battery", 401);
    sign_in("nobody", PASSWORD, 401);
    sign_in("clerk", PASSWORD, 201);
    assert_int_equal(session_status(TB_STR("")), TB_UNAUTHENTICATED);
    assert_int_equal(session_status(TB_STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")),
                     TB_UNAUTHENTICATED);
}

static void
after_five_failures_even_the_right_password_must_wait(void **state)
{
    (void)state;
    account_make("forgetful", OP_CLERK, DIVISION);
    for (int i = 0; i < ACCESS_FAILURES_FREE; i++)
        sign_in("forgetful", "wrong horse battery", 401);
    sign_in("forgetful", PASSWORD, 429);
    clock_us += 3 * TB_US_PER_SECOND;
    sign_in("forgetful", "wrong horse battery", 401);
    clock_us += 3 * TB_US_PER_SECOND;
    sign_in("forgetful", PASSWORD, 429);
    clock_us += 2 * TB_US_PER_SECOND;
    sign_in("forgetful", PASSWORD, 201);
    sign_in("forgetful", "wrong horse battery", 401);
    for (int i = 0; i < ACCESS_FAILURES_FREE; i++)
        sign_in("no such person", "wrong horse battery", 401);
    sign_in("no such person", "wrong horse battery", 429);
}

static void
staff_sessions_end_after_half_an_hour_without_activity_and_by_the_day(void **state)
{
    (void)state;
    tb_str staff = sign_in("clerk", PASSWORD, 201), person = sign_in("person", PASSWORD, 201);
    for (int i = 0; i < 3; i++) {
        clock_us += 29 * 60 * TB_US_PER_SECOND;
        assert_int_equal(session_status(staff), TB_OK);
    }
    clock_us += 31 * 60 * TB_US_PER_SECOND;
    assert_int_equal(session_status(staff), TB_UNAUTHENTICATED);
    assert_int_equal(session_status(person), TB_OK);
    int64_t opened = clock_us;
    tb_str day = sign_in("clerk", PASSWORD, 201);
    while (clock_us < opened + ACCESS_SESSION_HOURS_MAX * 3600 * TB_US_PER_SECOND) {
        assert_int_equal(session_status(day), TB_OK);
        clock_us += 25 * 60 * TB_US_PER_SECOND;
    }
    assert_int_equal(session_status(day), TB_UNAUTHENTICATED);
}

static void
a_form_needs_the_mark_of_its_own_session(void **state)
{
    (void)state;
    struct access_session one = session_of(sign_in("clerk", PASSWORD, 201));
    struct access_session two = session_of(sign_in("clerk", PASSWORD, 201));
    assert_true(access_csrf_is_good(&one, tb_str_copy(arena, one.csrf)));
    assert_false(access_csrf_is_good(&one, two.csrf));
    assert_false(access_csrf_is_good(&one, TB_STR("")));
    assert_false(access_csrf_is_good(&one, TB_STR_NONE));
    assert_false(tb_str_eq(access_csrf_for(access_module, arena, TB_STR("a")),
                           access_csrf_for(access_module, arena, TB_STR("b"))));
}

/* ---- passwords ---- */

static void
a_password_change_needs_the_old_one_and_ends_other_sessions(void **state)
{
    (void)state;
    account_make("changer", OP_CLERK, DIVISION);
    tb_str one = sign_in("changer", PASSWORD, 201), two = sign_in("changer", PASSWORD, 201);
    struct access_session session = session_of(one);
    struct op_result result;
    call("password.change", &session.actor, &result,
         "{\"old\":\"wrong wrong wrong\",\"new\":\"short\"}");
    assert_int_equal(result.status, TB_INVALID);
    assert_int_equal(result.faults.count, 2);
    call("password.change", &session.actor, &result, "{\"old\":\"%s\",\"new\":\"a new sentence\"}",
         PASSWORD);
    assert_int_equal(result.status, TB_OK);
    assert_int_equal(session_status(one), TB_OK);
    assert_int_equal(session_status(two), TB_UNAUTHENTICATED);
    sign_in("changer", PASSWORD, 401);
    sign_in("changer", "a new sentence", 201);
}

struct swap {
    int64_t secret;
    tb_str hash;
};

static tb_status
swap_write(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct swap *swap = arg;
    struct store_value values[] = {STORE_SET_TEXT("password", swap->hash)};
    return store_update(tx, "account_secrets", swap->secret, -1, values, TB_COUNT(values), err);
}

static void
a_hash_that_was_exchanged_behind_the_program_opens_nothing(void **state)
{
    (void)state;
    struct store_read *read;
    struct store_rows *rows;
    struct tb_err err = {0};
    struct swap swap = {0};
    account_make("victim", OP_CLERK, DIVISION);
    account_make("attacker", OP_CLERK, DIVISION);
    assert_int_equal(store_snapshot(store, &read, &err), TB_OK);
    assert_int_equal(store_select(read,
                                  "SELECT s.id, s.password, a.sign_in FROM account_secrets s "
                                  "JOIN accounts a ON a.id = s.account",
                                  NULL, 0, &rows, &err),
                     TB_OK);
    while (store_next(rows)) {
        if (tb_str_is(store_text(rows, 2), "victim"))
            swap.secret = store_int(rows, 0);
        if (tb_str_is(store_text(rows, 2), "attacker"))
            swap.hash = tb_str_copy(arena, store_text(rows, 1));
    }
    assert_int_equal(store_rows_done(rows, &err), TB_OK);
    store_snapshot_done(read);
    struct store_cause cause = {.purpose = TB_STR("test")};
    assert_int_equal(store_write(store, &cause, swap_write, &swap, &err), TB_OK);
    sign_in("victim", PASSWORD, 401);
}

/* ---- accounts and grants ---- */

static void
all_faults_of_a_new_account_are_named(void **state)
{
    (void)state;
    struct tb_faults faults = {.arena = arena};
    struct tb_err err = {0};
    struct store_cause cause = {.purpose = TB_STR("test")};
    struct access_grant_new grant = {
        .role = OP_CLERK, .division = TB_STR("5116"), .from = 5, .until = 4};
    struct access_account_new account = {.user = TB_STR("a b"),
                                         .name = TB_STR(""),
                                         .password = TB_STR("aaaaaaaaa"),
                                         .grants = &grant,
                                         .grant_count = 1};
    int64_t id;
    assert_int_equal(access_account_make(access_module, &cause, &account, &faults, &id, &err),
                     TB_INVALID);
    assert_int_equal(faults.count, 6);
    account = (struct access_account_new){
        .user = TB_STR("lifang"), .name = TB_STR("x"), .password = TB_STR("lifang's own")};
    faults.count = 0;
    assert_int_equal(access_account_make(access_module, &cause, &account, &faults, &id, &err),
                     TB_INVALID);
    assert_int_equal(faults.count, 1);
    account.user = TB_STR("li"); /* so short that random passwords have it by chance */
    assert_int_equal(access_account_make(access_module, &cause, &account, &faults, &id, &err),
                     TB_OK);
    account = (struct access_account_new){
        .user = TB_STR("clerk"), .name = TB_STR("x"), .password = TB_STR(PASSWORD)};
    assert_int_equal(access_account_make(access_module, &cause, &account, &faults, &id, &err),
                     TB_CONFLICT);
}

static void
an_administrator_makes_accounts_in_his_region_only(void **state)
{
    (void)state;
    struct access_session admin = session_of(sign_in("admin", PASSWORD, 201));
    struct op_result result;
    call("accounts.make", &admin.actor, &result,
         "{\"user\":\"fresh\",\"name\":\"李新\",\"role\":\"clerk\",\"division\":\"511603000000\"}");
    assert_int_equal(result.status, TB_INVALID);
    call("accounts.make", &admin.actor, &result,
         "{\"user\":\"fresh\",\"name\":\"李新\",\"role\":\"clerk\",\"division\":\"511602001000\"}");
    assert_int_equal(result.http, 201);
    char *once = tb_cstr(arena, tb_json_get_text(result.out, "one_time_password"));
    tb_str token = sign_in("fresh", once, 201);
    struct access_session fresh = session_of(token);
    assert_int_equal(fresh.actor.grant_count, 0);
    call("password.change", &fresh.actor, &result, "{\"old\":\"%s\",\"new\":\"my own sentence\"}",
         once);
    assert_int_equal(result.status, TB_OK);
    assert_int_equal(session_of(token).actor.grant_count, 1);
    struct access_session other = session_of(sign_in("elsewhere", PASSWORD, 201));
    call("accounts.state", &other.actor, &result, "{\"user\":\"fresh\",\"state\":\"locked\"}");
    assert_int_equal(result.status, TB_NOT_FOUND);
    call("accounts.state", &admin.actor, &result, "{\"user\":\"fresh\",\"state\":\"locked\"}");
    assert_int_equal(result.status, TB_OK);
    assert_int_equal(session_status(token), TB_UNAUTHENTICATED);
    sign_in("fresh", "my own sentence", 401);
    call("accounts.list", &other.actor, &result, "{}");
    assert_int_equal(tb_json_get(result.out, "accounts")->count, 1);
    call("accounts.list", &admin.actor, &result, "{}");
    assert_true(tb_json_get(result.out, "accounts")->count > 3);
}

static void
a_grant_counts_between_its_two_instants(void **state)
{
    (void)state;
    struct access_session admin = session_of(sign_in("admin", PASSWORD, 201));
    tb_str token = sign_in("person", PASSWORD, 201);
    struct op_result result;
    int64_t from = clock_us + 60 * TB_US_PER_SECOND;
    call("grants.give", &admin.actor, &result,
         "{\"user\":\"person\",\"role\":\"helper\",\"division\":\"%s\",\"from\":\"%s\",\"until\":"
         "\"%s\"}",
         DIVISION, tb_cstr(arena, tb_instant_format(arena, from)),
         tb_cstr(arena, tb_instant_format(arena, from + 60 * TB_US_PER_SECOND)));
    assert_int_equal(result.http, 201);
    assert_int_equal(session_of(token).actor.grant_count, 1);
    clock_us += 90 * TB_US_PER_SECOND;
    assert_int_equal(session_of(token).actor.grant_count, 2);
    clock_us += 60 * TB_US_PER_SECOND;
    assert_int_equal(session_of(token).actor.grant_count, 1);
}

static void
a_delegation_ends_with_the_grant_it_came_from(void **state)
{
    (void)state;
    struct access_session admin = session_of(sign_in("admin", PASSWORD, 201));
    struct access_session approver = session_of(sign_in("approver", PASSWORD, 201));
    tb_str clerk = sign_in("clerk", PASSWORD, 201);
    struct op_result result;
    const char *until = tb_cstr(arena, tb_instant_format(arena, clock_us + 7 * TB_US_PER_DAY));
    call("grants.delegate", &approver.actor, &result,
         "{\"user\":\"approver\",\"role\":\"head\",\"until\":\"%s\",\"reason\":\"休假\"}",
         tb_cstr(arena, tb_instant_format(arena, clock_us + 200 * TB_US_PER_DAY)));
    assert_int_equal(result.status, TB_INVALID);
    assert_int_equal(result.faults.count, 3);
    call("grants.delegate", &approver.actor, &result,
         "{\"user\":\"clerk\",\"role\":\"approver\",\"until\":\"%s\",\"reason\":\"休假\"}", until);
    assert_int_equal(result.http, 201);
    struct access_session deputy = session_of(clerk);
    assert_int_equal(deputy.actor.grant_count, 2);
    call("grants.delegate", &deputy.actor, &result,
         "{\"user\":\"approver\",\"role\":\"approver\",\"until\":\"%s\",\"reason\":\"转委托\"}",
         until);
    assert_int_equal(result.status, TB_INVALID);
    clock_us += TB_US_PER_SECOND;
    call("grants.end", &admin.actor, &result,
         "{\"user\":\"approver\",\"role\":\"approver\",\"division\":\"%s\"}", DIVISION);
    assert_int_equal(result.status, TB_OK);
    assert_int_equal(tb_json_get_int(result.out, "ended", 0), 2);
    clock_us += TB_US_PER_SECOND;
    assert_int_equal(session_of(clerk).actor.grant_count, 1);
    call("grants.end", &admin.actor, &result,
         "{\"user\":\"approver\",\"role\":\"approver\",\"division\":\"%s\"}", DIVISION);
    assert_int_equal(result.status, TB_NOT_FOUND);
}

static void
an_administrator_resets_a_password_to_a_one_time_one(void **state)
{
    (void)state;
    account_make("lost", OP_CLERK, DIVISION);
    tb_str old = sign_in("lost", PASSWORD, 201);
    struct access_session admin = session_of(sign_in("admin", PASSWORD, 201));
    struct op_result result;
    call("accounts.reset", &admin.actor, &result, "{\"user\":\"lost\"}");
    assert_int_equal(result.status, TB_OK);
    assert_int_equal(session_status(old), TB_UNAUTHENTICATED);
    sign_in("lost", PASSWORD, 401);
    tb_str token =
        sign_in("lost", tb_cstr(arena, tb_json_get_text(result.out, "one_time_password")), 201);
    assert_int_equal(session_of(token).actor.grant_count, 0);
}

static void
a_bucket_empties_and_refills(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_true(access_rate(access_module, TB_STR("b"), 3, 60));
    assert_false(access_rate(access_module, TB_STR("b"), 3, 60));
    assert_true(access_rate(access_module, TB_STR("other"), 3, 60));
    clock_us += TB_US_PER_SECOND + 1000;
    assert_true(access_rate(access_module, TB_STR("b"), 3, 60));
    assert_false(access_rate(access_module, TB_STR("b"), 3, 60));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_right_password_opens_a_session_with_roles),
        cmocka_unit_test(wrong_names_passwords_and_tokens_open_nothing),
        cmocka_unit_test(after_five_failures_even_the_right_password_must_wait),
        cmocka_unit_test(staff_sessions_end_after_half_an_hour_without_activity_and_by_the_day),
        cmocka_unit_test(a_form_needs_the_mark_of_its_own_session),
        cmocka_unit_test(a_password_change_needs_the_old_one_and_ends_other_sessions),
        cmocka_unit_test(a_hash_that_was_exchanged_behind_the_program_opens_nothing),
        cmocka_unit_test(all_faults_of_a_new_account_are_named),
        cmocka_unit_test(an_administrator_makes_accounts_in_his_region_only),
        cmocka_unit_test(a_grant_counts_between_its_two_instants),
        cmocka_unit_test(a_delegation_ends_with_the_grant_it_came_from),
        cmocka_unit_test(an_administrator_resets_a_password_to_a_one_time_one),
        cmocka_unit_test(a_bucket_empties_and_refills),
    };
    return cmocka_run_group_tests_name("access", tests, start, stop);
}
