/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts of a few roles in a temporary folder. Time is a variable of the test. */
#ifndef ACCESS_WORLD_H
#define ACCESS_WORLD_H

#include "access/access.h"

#include "../temporary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <cmocka.h>

static int64_t clock_us = INT64_C(1790000000000000);

static inline int64_t
now_us(void *context)
{
    (void)context;
    return clock_us;
}

static inline void
random_bytes(void *context, void *bytes, size_t len)
{
    (void)context;
    assert_int_equal(getrandom(bytes, len, 0), (ssize_t)len);
}

static const struct tb_env env = {.now_us = now_us, .random = random_bytes};
static struct tb_arena *arena;
static struct store *store;
static struct access *access_module;
static struct op_registry *registry;
static char dir[] = "/tmp/tb-access-XXXXXX";

#define DIVISION "511602000000"
#define PASSWORD "correct horse battery"

static inline int64_t
account_make(const char *user, op_role role, const char *division)
{
    struct tb_faults faults = {.arena = arena};
    struct tb_err err = {0};
    struct store_cause cause = {.request = TB_STR("r"), .purpose = TB_STR("test")};
    struct access_grant_new grant = {
        .role = role, .division = tb_str_of(division), .from = clock_us};
    struct access_account_new account = {.user = tb_str_of(user),
                                         .name = TB_STR("王小明"),
                                         .password = TB_STR(PASSWORD),
                                         .grants = &grant,
                                         .grant_count = 1};
    int64_t id = 0;
    tb_status status = access_account_make(access_module, &cause, &account, &faults, &id, &err);
    if (status != TB_OK)
        print_message("%s: %s\n", user, err.message);
    return id;
}

static inline int
start(void **state)
{
    (void)state;
    struct tb_err err = {0};
    arena = tb_arena_new(0);
    if (mkdtemp(dir) == NULL)
        return -1;
    struct store_options options = {
        .dir = tb_str_of(dir), .tables = access_tables, .env = &env, .is_create = true};
    if (store_open(&options, &store, &err) != TB_OK ||
        access_open(store, &env, &access_module, &err) != TB_OK) {
        print_message("%s\n", err.message);
        return -1;
    }
    const struct op_table tables[] = {access_ops(access_module), {0}};
    if (op_registry_new(tables, store, &env, &registry, &err) != TB_OK)
        return -1;
    account_make("clerk", OP_CLERK, DIVISION);
    account_make("person", OP_APPLICANT, DIVISION);
    account_make("admin", OP_ADMIN, DIVISION);
    account_make("elsewhere", OP_ADMIN, "511603000000");
    account_make("approver", OP_APPROVER, DIVISION);
    return 0;
}

static inline int
stop(void **state)
{
    (void)state;
    op_registry_free(registry);
    access_close(access_module);
    store_close(store);
    tb_arena_free(arena);
    return temporary_remove(dir);
}

static inline void call(const char *name, const struct op_actor *actor, struct op_result *result,
                        const char *format, ...) TB_PRINTF(4, 5);

static inline void
call(const char *name, const struct op_actor *actor, struct op_result *result, const char *format,
     ...)
{
    char json[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(json, sizeof(json), format, arguments);
    va_end(arguments);
    struct tb_json *in;
    struct tb_err err = {0};
    struct op_request request = {.actor = actor, .id = TB_STR("r")};
    assert_int_equal(tb_json_parse(arena, tb_str_copy(arena, tb_str_of(json)), &in, &err), TB_OK);
    op_call(registry, arena, name, &request, in, result);
}

static inline tb_str
sign_in(const char *user, const char *password, int expected_http)
{
    struct op_result result;
    call("sessions.open", NULL, &result, "{\"user\":\"%s\",\"password\":\"%s\"}", user, password);
    if (result.http != expected_http)
        print_message("%s: %d %s\n", user, result.http, result.err.message);
    assert_int_equal(result.http, expected_http);
    return tb_json_get_text(result.out, "token");
}

static inline struct access_session
session_of(tb_str token)
{
    struct access_session session;
    struct tb_err err = {0};
    assert_int_equal(access_session_find(access_module, arena, token, &session, &err), TB_OK);
    return session;
}

static inline tb_status
session_status(tb_str token)
{
    struct access_session session;
    struct tb_err err = {0};
    return access_session_find(access_module, arena, token, &session, &err);
}

#endif
