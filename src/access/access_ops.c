/* SPDX-License-Identifier: Apache-2.0 */
/* The operations of access: signing in and out, accounts, grants, delegation. */
#include "access/access_internal.h"

#include "access/access.sql.h"

/* ---- rows ---- */

static const char *const role_words[] = {
    "applicant",  "clerk",  "reviewer", "surveyor", "approver",  "head", "issuer",
    "supervisor", "editor", "admin",    "helper",   "archivist", NULL};
static const char *const state_words[] = {"active", "locked", "closed", NULL};

/* clang-format off */
static const struct op_field open_fields[] = {
    {"user",     OP_TEXT, OP_REQUIRED | OP_PRIVATE, 1, 64,  NULL, "登录名", "sign-in name",
     "as given by the administrator"},
    {"password", OP_TEXT, OP_REQUIRED | OP_SECRET,  1, 128, NULL, "密码",   "password",
     "never stored, only its argon2id hash"},
    {"code",     OP_TEXT, OP_SECRET,                0, 8,   NULL, "动态验证码", "code",
     "of the second factor, when the account has one"},
    {0},
};
static const struct op_field password_fields[] = {
    {"old", OP_TEXT, OP_REQUIRED | OP_SECRET, 1, 128, NULL, "旧密码", "old password", "or the one-time password"},
    {"new", OP_TEXT, OP_REQUIRED | OP_SECRET, 1, 128, NULL, "新密码", "new password", "10 to 128 characters"},
    {0},
};
static const struct op_field totp_fields[] = {
    {"password", OP_TEXT, OP_REQUIRED | OP_SECRET, 1, 128, NULL, "密码", "password", "once more"},
    {0},
};
static const struct op_field totp_code_fields[] = {
    {"code", OP_TEXT, OP_REQUIRED | OP_SECRET, 6, 8, NULL, "动态验证码", "code", "as the device shows it"},
    {0},
};
static const struct op_field totp_end_fields[] = {
    {"password", OP_TEXT, OP_REQUIRED | OP_SECRET, 1, 128, NULL, "密码",     "password", "once more"},
    {"code",     OP_TEXT, OP_REQUIRED | OP_SECRET, 6, 8,   NULL, "动态验证码", "code",     "as the device shows it"},
    {0},
};
static const struct op_field must_totp_fields[] = {
    {"user", OP_TEXT, OP_PATH | OP_REQUIRED, 1, 64, NULL, "登录名", "sign-in name", "of the account"},
    {"must", OP_BOOL, OP_REQUIRED,           0, 0,  NULL, "必须使用动态验证码", "must have a second factor",
     "until it is set up, the account opens nothing else"},
    {0},
};
static const struct op_field make_fields[] = {
    {"user",       OP_TEXT, OP_REQUIRED,              1, 64,  NULL,       "登录名",   "sign-in name",
     "unique; without blanks"},
    {"name",       OP_TEXT, OP_REQUIRED | OP_PRIVATE, 1, 100, NULL,       "姓名",     "name",
     "as shown to colleagues and on documents"},
    {"role",       OP_TEXT, OP_REQUIRED,              0, 0,   role_words, "角色",     "role",
     "first grant; more by POST /accounts/{user}/grants"},
    {"division",   OP_TEXT, OP_REQUIRED,              12, 12, NULL,       "行政区划", "division",
     "12 digits; its subtree counts"},
    {"department", OP_TEXT, 0,                        0, 64,  NULL,       "部门",     "department",
     "code; empty for all"},
    {0},
};
static const struct op_field list_fields[] = {
    {"cursor", OP_TEXT, OP_QUERY, 0, 64, NULL, "从此之后", "cursor", "next of the page before"},
    {0},
};
static const struct op_field user_fields[] = {
    {"user", OP_TEXT, OP_PATH | OP_REQUIRED, 1, 64, NULL, "登录名", "sign-in name", "of the account"},
    {0},
};
static const struct op_field state_fields[] = {
    {"user",  OP_TEXT, OP_PATH | OP_REQUIRED, 1, 64, NULL,        "登录名", "sign-in name", "of the account"},
    {"state", OP_TEXT, OP_REQUIRED,           0, 0,  state_words, "状态",   "state",
     "locked and closed accounts cannot sign in"},
    {0},
};
static const struct op_field grant_fields[] = {
    {"user",       OP_TEXT,    OP_PATH | OP_REQUIRED, 1, 64,  NULL,       "登录名",   "sign-in name", "of the account"},
    {"role",       OP_TEXT,    OP_REQUIRED,           0, 0,   role_words, "角色",     "role",
     "what it may act as"},
    {"division",   OP_TEXT,    OP_REQUIRED,           12, 12, NULL,       "行政区划", "division",
     "12 digits; its subtree counts"},
    {"department", OP_TEXT,    0,                     0, 64,  NULL,       "部门",     "department",
     "code; empty for all"},
    {"from",       OP_INSTANT, 0,                     0, 0,   NULL,       "开始时间", "from",         "now when not given"},
    {"until",      OP_INSTANT, 0,                     0, 0,   NULL,       "结束时间", "until",
     "without end when not given"},
    {0},
};
static const struct op_field grant_end_fields[] = {
    {"user",       OP_TEXT, OP_PATH | OP_REQUIRED, 1, 64,  NULL,       "登录名",   "sign-in name", "of the account"},
    {"role",       OP_TEXT, OP_REQUIRED,           0, 0,   role_words, "角色",     "role",
     "of the grants to end"},
    {"division",   OP_TEXT, OP_REQUIRED,           12, 12, NULL,       "行政区划", "division",     "of the grants to end"},
    {"reason",     OP_TEXT, 0,                     0, 200, NULL,       "理由",     "reason",       "why"},
    {0},
};
static const struct op_field delegate_fields[] = {
    {"user",   OP_TEXT,    OP_REQUIRED, 1, 64,  NULL,       "受托人登录名", "sign-in name", "who acts in your place"},
    {"role",   OP_TEXT,    OP_REQUIRED, 0, 0,   role_words, "角色",         "role",         "one of your own"},
    {"until",  OP_INSTANT, OP_REQUIRED, 0, 0,   NULL,       "结束时间",     "until",        "at most 92 days from now"},
    {"reason", OP_TEXT,    OP_REQUIRED, 2, 200, NULL,       "理由",         "reason",       "leave, training …"},
    {0},
};

static const struct op_row rows[] = {
    {"sessions.open",    "POST",   "/sessions", OP_ANYONE,
     OP_WRITES | OP_RATE_LIMITED | OP_PRIVATE_ANSWER, open_fields, access__run_open,
     "登录，得到令牌", "Sign in and get a token"},
    {"sessions.mine",    "GET",    "/sessions", OP_ANYONE, OP_PRIVATE_ANSWER, NULL, access__run_mine,
     "查看当前登录的人和角色", "Who is signed in, in which roles"},
    {"sessions.close",   "DELETE", "/sessions", OP_ANYONE, OP_WRITES, NULL, access__run_close,
     "退出登录", "Sign out"},
    {"password.change",  "POST",   "/password", OP_ANYONE,
     OP_WRITES | OP_RATE_LIMITED, password_fields, access__run_password,
     "修改自己的密码", "Change one's own password"},
    {"totp.begin",       "POST",   "/totp", OP_ANYONE,
     OP_WRITES | OP_RATE_LIMITED | OP_PRIVATE_ANSWER, totp_fields, access__run_totp,
     "设置动态验证码", "Set up a second factor"},
    {"totp.confirm",     "POST",   "/totp/confirm", OP_ANYONE,
     OP_WRITES | OP_RATE_LIMITED, totp_code_fields, access__run_totp_confirm,
     "用第一个验证码确认", "Confirm it with its first code"},
    {"totp.end",         "POST",   "/totp/end", OP_ANYONE,
     OP_WRITES | OP_RATE_LIMITED, totp_end_fields, access__run_totp_end,
     "停用动态验证码", "End one's second factor"},
    {"accounts.must_totp", "POST", "/accounts/{user}/totp", OP_ADMIN, OP_WRITES, must_totp_fields,
     access__run_must_totp, "要求账号使用动态验证码", "Oblige an account to a second factor"},
    {"accounts.make",    "POST",   "/accounts", OP_ADMIN, OP_WRITES | OP_PRIVATE_ANSWER, make_fields, access__run_make,
     "新建账号，得到一次性密码", "Make an account with a one-time password"},
    {"accounts.list",    "GET",    "/accounts", OP_ADMIN, OP_PRIVATE_ANSWER, list_fields, access__run_list,
     "列出本辖区的账号", "List the accounts of one's region"},
    {"accounts.state",   "POST",   "/accounts/{user}/state", OP_ADMIN, OP_WRITES, state_fields, access__run_state,
     "启用、锁定或注销账号", "Activate, lock or close an account"},
    {"accounts.reset",   "POST",   "/accounts/{user}/password", OP_ADMIN,
     OP_WRITES | OP_PRIVATE_ANSWER, user_fields, access__run_reset,
     "重置密码，得到一次性密码", "Reset a password to a one-time one"},
    {"grants.give",      "POST",   "/accounts/{user}/grants", OP_ADMIN, OP_WRITES, grant_fields, access__run_grant,
     "授予角色", "Give a role"},
    {"grants.end",       "POST",   "/accounts/{user}/grants/end", OP_ADMIN,
     OP_WRITES, grant_end_fields, access__run_grant_end,
     "收回角色", "End a role"},
    {"grants.delegate",  "POST",   "/delegations", OP_STAFF, OP_WRITES, delegate_fields, access__run_delegate,
     "把自己的角色在一段时间内委托给同事", "Delegate one's own role to a colleague for a time"},
};
/* clang-format on */

struct op_table
access_ops(struct access *access)
{
    return (struct op_table){rows, TB_COUNT(rows), access};
}

/* ---- scope ---- */

/* The account, when one of its grants lies in the administrator's region; else it does not exist
 * for him. */
static tb_status
account_in_scope(struct op_ctx *ctx, tb_str user, struct access__account *ret_account,
                 struct tb_err *err)
{
    struct store_read *read;
    struct op_grant *grants;
    size_t count;
    bool is_found, is_mine = false;
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(access__account_find(read, op_arena(ctx), user, ret_account, &is_found, err));
    if (!is_found)
        return tb_fail(err, TB_NOT_FOUND, "there is no such account here");
    TB_TRY(access__grants_read(read, op_arena(ctx), ret_account->id, op_now(ctx), &grants, &count,
                               err));
    for (size_t i = 0; i < count && !is_mine; i++)
        is_mine = op_may(op_who(ctx), OP_ADMIN, grants[i].division, grants[i].department);
    /* Who has no grant any more belongs to nobody's region: only an administrator of everything
     * finds him. */
    if (!is_mine && !op_may(op_who(ctx), OP_ADMIN, TB_STR(""), TB_STR("")))
        return tb_fail(err, TB_NOT_FOUND, "there is no such account here");
    return TB_OK;
}

static bool
division_check(struct op_ctx *ctx, tb_str division, tb_str department)
{
    if (!access__division_is_good(division))
        op_fault(ctx, "division", "form", TB_STR("行政区划代码是 12 位数字"),
                 TB_STR("A division code has 12 digits"));
    else if (!op_may(op_who(ctx), OP_ADMIN, division, department))
        op_fault(ctx, "division", "scope", TB_STR("只能在自己管辖的区划内授权"),
                 TB_STR("Grants lie within your own division"));
    else
        return true;
    return false;
}

/* ---- accounts ---- */

tb_status
access__run_make(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
                 struct tb_err *err)
{
    struct access *access = self;
    struct tb_arena *arena = op_arena(ctx);
    tb_str password = access_password_random(arena, access->env);
    const struct op_role_row *role = access__role_find(tb_json_get_text(in, "role"));
    struct access_grant_new grant = {.role = role->role,
                                     .division = tb_json_get_text(in, "division"),
                                     .department = tb_json_get_text(in, "department"),
                                     .from = op_now(ctx)};
    struct access_account_new account = {.user = tb_json_get_text(in, "user"),
                                         .name = tb_json_get_text(in, "name"),
                                         .password = password,
                                         .must_change_password = true,
                                         .grants = &grant,
                                         .grant_count = 1};
    division_check(ctx, grant.division, grant.department);
    access__account_check(arena, &account, op_faults(ctx));
    if (op_faults(ctx)->count > 0)
        return tb_fail(err, TB_INVALID, "the account was not made");
    struct store_cause cause = {op_who(ctx)->account, TB_STR(""), TB_STR("accounts.make")};
    int64_t id;
    TB_TRY(access_account_make(access, &cause, &account, op_faults(ctx), &id, err));
    *ret_out = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_text(arena, *ret_out, "user", account.user);
    tb_json_set_text(arena, *ret_out, "one_time_password", password);
    op_answer_status(ctx, 201);
    return TB_OK;
}

enum { PAGE = 50 };

static tb_status
page_read(struct op_ctx *ctx, tb_str from, tb_str to, tb_str after, struct tb_json *list,
          tb_str *ret_last, struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    struct store_read *read;
    struct store_rows *found;
    TB_TRY(op_read(ctx, &read, err));
    struct store_value params[] = {STORE_TEXT_OF(from), STORE_TEXT_OF(to), STORE_TEXT_OF(after),
                                   STORE_INT_OF(PAGE)};
    int64_t ids[PAGE];
    size_t count = 0;
    TB_TRY(store_select(read, SQL_ACCOUNTS_IN_SCOPE, params, TB_COUNT(params), &found, err));
    while (count < PAGE && store_next(found)) {
        ids[count++] = store_int(found, 0);
        struct tb_json *account = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        *ret_last = tb_str_copy(arena, store_text(found, 1));
        tb_json_set_text(arena, account, "user", *ret_last);
        tb_json_set_text(arena, account, "name", tb_str_copy(arena, store_text(found, 2)));
        tb_json_set_text(arena, account, "state", tb_str_copy(arena, store_text(found, 3)));
        tb_json_set_text(arena, account, "made_at", tb_instant_format(arena, store_int(found, 4)));
    }
    TB_TRY(store_rows_done(found, err));
    struct tb_json *account = list->first;
    for (size_t i = 0; i < count; i++, account = account->next) {
        struct op_grant *grants;
        size_t grant_count;
        TB_TRY(access__grants_read(read, arena, ids[i], op_now(ctx), &grants, &grant_count, err));
        tb_json_set(account, "grants", access__grants_json(arena, grants, grant_count));
    }
    return TB_OK;
}

/* Pages go by sign-in name within the first administration grant; more grants are more calls by
 * other accounts. */
tb_status
access__run_list(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
                 struct tb_err *err)
{
    (void)self;
    struct tb_arena *arena = op_arena(ctx);
    tb_str from, to, department, last = TB_STR_NONE, after = tb_json_get_text(in, "cursor");
    *ret_out = tb_json_new(arena, TB_JSON_OBJECT);
    struct tb_json *list = tb_json_set_list(arena, *ret_out, "accounts");
    if (!op_scope(ctx, OP_ADMIN, 0, &from, &to, &department))
        return tb_fail(err, TB_DENIED, "no administration grant");
    TB_TRY(page_read(ctx, from, to, after.ptr != NULL ? after : TB_STR(""), list, &last, err));
    tb_json_set_text(arena, *ret_out, "next", list->count == PAGE ? last : TB_STR_NONE);
    return TB_OK;
}

struct state {
    const struct access__account *account;
    tb_str state;
};

static tb_status
state_write(struct store_tx *tx, void *arg, struct tb_err *err)
{
    const struct state *state = arg;
    struct store_value values[] = {STORE_SET_TEXT("state", state->state)};
    return store_update(tx, "accounts", state->account->id, state->account->leaf, values,
                        TB_COUNT(values), err);
}

tb_status
access__run_state(struct op_ctx *ctx, void *self, const struct tb_json *in,
                  struct tb_json **ret_out, struct tb_err *err)
{
    (void)self;
    struct access__account account;
    TB_TRY(account_in_scope(ctx, tb_json_get_text(in, "user"), &account, err));
    if (account.id == op_who(ctx)->account)
        return tb_fail(err, TB_CONFLICT,
                       "another administrator must change the state of your own account");
    if (tb_str_is(account.state, "closed"))
        return tb_fail(err, TB_CONFLICT, "a closed account stays closed");
    struct state state = {&account, tb_json_get_text(in, "state")};
    TB_TRY(op_write(ctx, state_write, &state, err));
    *ret_out = tb_json_new(op_arena(ctx), TB_JSON_OBJECT);
    tb_json_set_text(op_arena(ctx), *ret_out, "state", state.state);
    return TB_OK;
}

tb_status
access__run_reset(struct op_ctx *ctx, void *self, const struct tb_json *in,
                  struct tb_json **ret_out, struct tb_err *err)
{
    struct access *access = self;
    struct access__account account;
    TB_TRY(account_in_scope(ctx, tb_json_get_text(in, "user"), &account, err));
    tb_str password = access_password_random(op_arena(ctx), access->env);
    op_read_done(ctx);
    TB_TRY(access__reset(ctx, access, &account, password, err));
    *ret_out = tb_json_new(op_arena(ctx), TB_JSON_OBJECT);
    tb_json_set_text(op_arena(ctx), *ret_out, "one_time_password", password);
    return TB_OK;
}

struct must {
    int64_t secret;
    bool is_must;
};

static tb_status
must_write(struct store_tx *tx, void *arg, struct tb_err *err)
{
    const struct must *must = arg;
    return store_update(tx, "account_secrets", must->secret, -1,
                        STORE_VALUES(STORE_SET_BOOL("must_totp", must->is_must)), err);
}

tb_status
access__run_must_totp(struct op_ctx *ctx, void *self, const struct tb_json *in,
                      struct tb_json **ret_out, struct tb_err *err)
{
    struct access__account account;
    (void)self;
    TB_TRY(account_in_scope(ctx, tb_json_get_text(in, "user"), &account, err));
    struct must must = {account.secret, tb_json_is_true(tb_json_get(in, "must"))};
    TB_TRY(op_write(ctx, must_write, &must, err));
    *ret_out = tb_json_new(op_arena(ctx), TB_JSON_OBJECT);
    tb_json_set_bool(op_arena(ctx), *ret_out, "must", must.is_must);
    return TB_OK;
}

/* ---- grants ---- */

struct grant {
    int64_t account, by, parent, from, until; /* until 0: no end */
    tb_str role, division, department, reason;
    int64_t ended; /* how many */
};

static tb_status
grant_write(struct store_tx *tx, void *arg, struct tb_err *err)
{
    const struct grant *grant = arg;
    struct store_value values[] = {
        STORE_SET_INT("account", grant->account),
        STORE_SET_TEXT("role", grant->role),
        STORE_SET_TEXT("division", grant->division),
        STORE_SET_TEXT("department",
                       grant->department.ptr != NULL ? grant->department : TB_STR("")),
        STORE_SET_INSTANT("from_at", grant->from),
        grant->until != 0 ? STORE_SET_INSTANT("until_at", grant->until)
                          : STORE_SET_NULL("until_at"),
        STORE_SET_INT("granted_by", grant->by),
        grant->parent != 0 ? STORE_SET_INT("parent", grant->parent) : STORE_SET_NULL("parent"),
        STORE_SET_TEXT("reason", grant->reason),
    };
    return store_insert(tx, "grants", values, TB_COUNT(values), NULL, err);
}

static int64_t
instant_of(const struct tb_json *in, const char *name, int64_t otherwise)
{
    int64_t instant;
    return tb_instant_parse(tb_json_get_text(in, name), &instant) ? instant : otherwise;
}

tb_status
access__run_grant(struct op_ctx *ctx, void *self, const struct tb_json *in,
                  struct tb_json **ret_out, struct tb_err *err)
{
    (void)self;
    struct access__account account;
    struct grant grant = {.by = op_who(ctx)->account,
                          .from = instant_of(in, "from", op_now(ctx)),
                          .until = instant_of(in, "until", 0),
                          .role = tb_json_get_text(in, "role"),
                          .division = tb_json_get_text(in, "division"),
                          .department = tb_json_get_text(in, "department")};
    TB_TRY(account_in_scope(ctx, tb_json_get_text(in, "user"), &account, err));
    division_check(ctx, grant.division, grant.department);
    if (grant.until != 0 && grant.until <= grant.from)
        op_fault(ctx, "until", "order", TB_STR("结束时间要晚于开始时间"),
                 TB_STR("The end must come after the beginning"));
    if (op_faults(ctx)->count > 0)
        return tb_fail(err, TB_INVALID, "nothing was granted");
    grant.account = account.id;
    TB_TRY(op_write(ctx, grant_write, &grant, err));
    *ret_out = tb_json_new(op_arena(ctx), TB_JSON_OBJECT);
    tb_json_set_bool(op_arena(ctx), *ret_out, "granted", true);
    op_answer_status(ctx, 201);
    return TB_OK;
}

/* Delegations of an ended grant end with it: they are looked for by parent. */
static tb_status
grant_end_write(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct grant *grant = arg;
    struct store_value params[] = {STORE_INT_OF(grant->account), STORE_TEXT_OF(grant->role),
                                   STORE_TEXT_OF(grant->division), STORE_INT_OF(store_tx_now(tx))};
    struct store_rows *found;
    int64_t ids[64];
    size_t count = 0;
    TB_TRY(
        store_select(store_tx_read(tx), SQL_GRANTS_TO_END, params, TB_COUNT(params), &found, err));
    while (count < TB_COUNT(ids) && store_next(found))
        ids[count++] = store_int(found, 0);
    TB_TRY(store_rows_done(found, err));
    struct store_value values[] = {STORE_SET_INSTANT("until_at", store_tx_now(tx)),
                                   STORE_SET_TEXT("reason", grant->reason)};
    for (size_t i = 0; i < count; i++)
        TB_TRY(store_update(tx, "grants", ids[i], -1, values, TB_COUNT(values), err));
    grant->ended = (int64_t)count;
    return TB_OK;
}

tb_status
access__run_grant_end(struct op_ctx *ctx, void *self, const struct tb_json *in,
                      struct tb_json **ret_out, struct tb_err *err)
{
    (void)self;
    struct access__account account;
    struct grant grant = {.role = tb_json_get_text(in, "role"),
                          .division = tb_json_get_text(in, "division"),
                          .reason = tb_json_get_text(in, "reason")};
    TB_TRY(account_in_scope(ctx, tb_json_get_text(in, "user"), &account, err));
    if (!division_check(ctx, grant.division, TB_STR("")))
        return tb_fail(err, TB_INVALID, "nothing was ended");
    grant.account = account.id;
    TB_TRY(op_write(ctx, grant_end_write, &grant, err));
    if (grant.ended == 0)
        return tb_fail(err, TB_NOT_FOUND, "the account has no such grant in force");
    *ret_out = tb_json_new(op_arena(ctx), TB_JSON_OBJECT);
    tb_json_set_int(op_arena(ctx), *ret_out, "ended", grant.ended);
    return TB_OK;
}

/* ---- delegation ---- */

enum { DELEGATION_DAYS_MAX = 92 };

/* The caller's own original grant in that role: what was delegated to him he cannot pass on. */
static tb_status
own_grant_find(struct op_ctx *ctx, struct grant *grant, struct tb_err *err)
{
    struct store_read *read;
    struct store_rows *found;
    struct store_value params[] = {STORE_INT_OF(op_who(ctx)->account), STORE_INT_OF(op_now(ctx))};
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(store_select(read, SQL_GRANTS_IN_FORCE, params, TB_COUNT(params), &found, err));
    while (grant->parent == 0 && store_next(found)) {
        if (!tb_str_eq(store_text(found, 1), grant->role) || !store_is_null(found, 4))
            continue;
        grant->parent = store_int(found, 0);
        grant->division = tb_str_copy(op_arena(ctx), store_text(found, 2));
        grant->department = tb_str_copy(op_arena(ctx), store_text(found, 3));
    }
    TB_TRY(store_rows_done(found, err));
    if (grant->parent == 0)
        op_fault(ctx, "role", "not_yours", TB_STR("只能委托自己本来就有的角色"),
                 TB_STR("Only a role of your own can be delegated"));
    return TB_OK;
}

tb_status
access__run_delegate(struct op_ctx *ctx, void *self, const struct tb_json *in,
                     struct tb_json **ret_out, struct tb_err *err)
{
    (void)self;
    struct access__account account;
    struct store_read *read;
    bool is_found;
    struct grant grant = {.by = op_who(ctx)->account,
                          .from = op_now(ctx),
                          .until = instant_of(in, "until", 0),
                          .role = tb_json_get_text(in, "role"),
                          .reason = tb_json_get_text(in, "reason")};
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(access__account_find(read, op_arena(ctx), tb_json_get_text(in, "user"), &account,
                                &is_found, err));
    if (!is_found || account.id == op_who(ctx)->account || !tb_str_is(account.state, "active"))
        op_fault(ctx, "user", "unknown", TB_STR("没有这位同事的有效账号"),
                 TB_STR("There is no such colleague"));
    if (grant.until <= grant.from || grant.until > grant.from + DELEGATION_DAYS_MAX * TB_US_PER_DAY)
        op_fault(ctx, "until", "range", TB_STR("结束时间要在今后 92 天之内"),
                 TB_STR("The end lies within the next 92 days"));
    TB_TRY(own_grant_find(ctx, &grant, err));
    if (op_faults(ctx)->count > 0)
        return tb_fail(err, TB_INVALID, "nothing was delegated");
    grant.account = account.id;
    TB_TRY(op_write(ctx, grant_write, &grant, err));
    *ret_out = tb_json_new(op_arena(ctx), TB_JSON_OBJECT);
    tb_json_set_text(op_arena(ctx), *ret_out, "until",
                     tb_instant_format(op_arena(ctx), grant.until));
    op_answer_status(ctx, 201);
    return TB_OK;
}
