/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts and grants as rows. */
#include "access/access_internal.h"

#include "access/access.sql.h"

#include <string.h>

/* ---- reading ---- */

tb_status
access__account_find(struct store_read *read, struct tb_arena *arena, tb_str user,
                     struct access__account *ret_account, bool *ret_is_found, struct tb_err *err)
{
    struct store_value params[] = {STORE_TEXT_OF(user)};
    struct store_rows *rows;
    struct access__account found = {0};
    bool is_found = false;
    TB_TRY(store_select(read, SQL_ACCOUNT_BY_NAME, params, TB_COUNT(params), &rows, err));
    if (store_next(rows)) {
        is_found = true;
        found = (struct access__account){
            .id = store_int(rows, 0),
            .leaf = store_int(rows, 1),
            .user = tb_str_copy(arena, store_text(rows, 2)),
            .name = tb_str_copy(arena, store_text(rows, 3)),
            .party = store_int(rows, 4),
            .state = tb_str_copy(arena, store_text(rows, 5)),
            .mark = tb_str_copy(arena, store_text(rows, 6)),
            .secret = store_int(rows, 7),
            .hash = tb_str_copy(arena, store_text(rows, 8)),
            .must_change = store_int(rows, 9) != 0,
            .failures = store_int(rows, 10),
            .failed_at = store_int(rows, 11),
            .totp = tb_str_copy(arena, store_text(rows, 12)),
            .totp_new = tb_str_copy(arena, store_text(rows, 13)),
            .totp_step = store_int(rows, 14),
            .must_totp = store_int(rows, 15) != 0,
        };
    }
    TB_TRY(store_rows_done(rows, err));
    *ret_account = found;
    *ret_is_found = is_found;
    return TB_OK;
}

const struct op_role_row *
access__role_find(tb_str name)
{
    for (size_t i = 0; i < op_role_count; i++) {
        if (op_roles[i].role != OP_ANYONE && tb_str_is(name, op_roles[i].name))
            return &op_roles[i];
    }
    return NULL;
}

tb_status
access__grants_read(struct store_read *read, struct tb_arena *arena, int64_t account, int64_t now,
                    struct op_grant **ret_grants, size_t *ret_count, struct tb_err *err)
{
    struct store_value params[] = {STORE_INT_OF(account), STORE_INT_OF(now)};
    struct store_rows *rows;
    struct op_grant *grants = NULL;
    size_t count = 0, cap = 0;
    TB_TRY(store_select(read, SQL_GRANTS_IN_FORCE, params, TB_COUNT(params), &rows, err));
    while (store_next(rows)) {
        const struct op_role_row *role = access__role_find(store_text(rows, 1));
        if (role == NULL)
            continue; /* a role of a later program grants nothing here */
        if (count == cap) {
            cap = cap == 0 ? 4 : 2 * cap;
            struct op_grant *grown = TB_NEW_ARRAY(arena, cap, struct op_grant);
            if (count > 0)
                memcpy(grown, grants, count * sizeof(*grown));
            grants = grown;
        }
        grants[count++] = (struct op_grant){.role = role->role,
                                            .division = tb_str_copy(arena, store_text(rows, 2)),
                                            .department = tb_str_copy(arena, store_text(rows, 3))};
    }
    TB_TRY(store_rows_done(rows, err));
    *ret_grants = grants;
    *ret_count = count;
    return TB_OK;
}

struct tb_json *
access__grants_json(struct tb_arena *arena, const struct op_grant *grants, size_t count)
{
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    for (size_t i = 0; i < count; i++) {
        struct tb_json *grant = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        for (size_t k = 0; k < op_role_count; k++) {
            if (op_roles[k].role == grants[i].role)
                tb_json_set_text(arena, grant, "role", tb_str_of(op_roles[k].name));
        }
        tb_json_set_text(arena, grant, "division", grants[i].division);
        tb_json_set_text(arena, grant, "department", grants[i].department);
    }
    return list;
}

/* ---- checking ---- */

bool
access__division_is_good(tb_str division)
{
    for (size_t i = 0; i < division.len; i++) {
        if (division.ptr[i] < '0' || division.ptr[i] > '9')
            return false;
    }
    return division.len == 12;
}

static bool
user_is_good(tb_str user)
{
    size_t length = tb_utf8_length(user);
    if (length < 2 || length > 64 || !tb_text_is_clean(user, NULL))
        return false;
    for (size_t i = 0; i < user.len; i++) {
        char c = user.ptr[i];
        if (c <= ' ' || c == '/' || c == '\\' || c == '"' || c == '\'' || c == '%' || c == '?' ||
            c == '#')
            return false;
    }
    return true;
}

void
access__account_check(struct tb_arena *arena, const struct access_account_new *account,
                      struct tb_faults *faults)
{
    if (!user_is_good(account->user))
        tb_fault_add(
            faults, TB_STR("user"), "form",
            TB_STR("登录名要有 2 到 64 个字，不含空格和 / \\ \" ' % ? #"),
            TB_STR("A sign-in name has 2 to 64 characters without blanks and / \\ \" ' % ? #"));
    size_t length = tb_utf8_length(account->name);
    if (length == 0 || length > 100 || !tb_text_is_clean(account->name, NULL))
        tb_fault_add(faults, TB_STR("name"), "length", TB_STR("姓名要有 1 到 100 个字"),
                     TB_STR("A name has 1 to 100 characters"));
    access__password_check(arena, "password", account->user, account->password, faults);
    for (size_t i = 0; i < account->grant_count; i++) {
        const struct access_grant_new *grant = &account->grants[i];
        if (!access__division_is_good(grant->division))
            tb_fault_add(faults, tb_printf(arena, "grants.%zu.division", i), "form",
                         TB_STR("行政区划代码是 12 位数字"),
                         TB_STR("A division code has 12 digits"));
        if (grant->until != 0 && grant->until <= grant->from)
            tb_fault_add(faults, tb_printf(arena, "grants.%zu.until", i), "order",
                         TB_STR("结束时间要晚于开始时间"),
                         TB_STR("The end must come after the beginning"));
    }
}

/* ---- making ---- */

struct make {
    const struct access_account_new *account;
    tb_str hash, mark;
    int64_t actor, id;
};

static tb_str
role_name(op_role role)
{
    for (size_t i = 0; i < op_role_count; i++) {
        if (op_roles[i].role == role)
            return tb_str_of(op_roles[i].name);
    }
    return TB_STR_NONE;
}

static tb_status
make_write(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct make *make = arg;
    const struct access_account_new *account = make->account;
    struct store_value party =
        account->party != 0 ? STORE_SET_INT("party", account->party) : STORE_SET_NULL("party");
    struct store_value values[] = {
        STORE_SET_TEXT("sign_in", account->user),
        STORE_SET_TEXT("name", account->name),
        party,
        STORE_SET_TEXT("state", TB_STR("active")),
        STORE_SET_TEXT("mark", make->mark),
        STORE_SET_INSTANT("made_at", store_tx_now(tx)),
    };
    TB_TRY(store_insert(tx, "accounts", values, TB_COUNT(values), &make->id, err));
    struct store_value secret[] = {
        STORE_SET_INT("account", make->id),
        STORE_SET_TEXT("password", make->hash),
        STORE_SET_BOOL("must_change", account->must_change_password),
        STORE_SET_INT("failures", 0),
        STORE_SET_INSTANT("failed_at", 0),
    };
    TB_TRY(store_insert(tx, "account_secrets", secret, TB_COUNT(secret), NULL, err));
    for (size_t i = 0; i < account->grant_count; i++) {
        const struct access_grant_new *grant = &account->grants[i];
        struct store_value row[] = {
            STORE_SET_INT("account", make->id),
            STORE_SET_TEXT("role", role_name(grant->role)),
            STORE_SET_TEXT("division", grant->division),
            STORE_SET_TEXT("department",
                           grant->department.ptr != NULL ? grant->department : TB_STR("")),
            STORE_SET_INSTANT("from_at", grant->from),
            grant->until != 0 ? STORE_SET_INSTANT("until_at", grant->until)
                              : STORE_SET_NULL("until_at"),
            STORE_SET_INT("granted_by", make->actor),
        };
        TB_TRY(store_insert(tx, "grants", row, TB_COUNT(row), NULL, err));
    }
    return TB_OK;
}

tb_status
access_account_make(struct access *access, const struct store_cause *cause,
                    const struct access_account_new *account, struct tb_faults *faults,
                    int64_t *ret_id, struct tb_err *err)
{
    size_t before = faults->count;
    access__account_check(faults->arena, account, faults);
    if (faults->count > before)
        return tb_fail(err, TB_INVALID, "the account has %zu faults", faults->count - before);
    struct make make = {.account = account, .actor = cause->actor};
    make.hash = access__password_hash(access, faults->arena, account->password);
    make.mark = access__password_mark(faults->arena, make.hash);
    tb_status status = store_write(access->store, cause, make_write, &make, err);
    if (status == TB_CONFLICT)
        return tb_fail(err, TB_CONFLICT, "the sign-in name is taken; choose another");
    if (status == TB_OK)
        *ret_id = make.id;
    return status;
}
