/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions: opened by a password, found by a token, over after idleness or at the end of the day.
 *
 *   token  256 random bits, known to the browser or client alone
 *   row    SHA-256 of the token: who reads the database cannot sign in with it
 *   csrf   HMAC of the token: who cannot read the page cannot send its forms */
#include "access/access_internal.h"

#include "access/access.sql.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { TOKEN_BYTES = 32, TOKEN_TEXT = 43, SEEN_EVERY_SECONDS = 60 };

/* ---- life ---- */

tb_status
access_open(struct store *store, const struct tb_env *env, struct access **ret_access,
            struct tb_err *err)
{
    if (sodium_init() < 0)
        return tb_fail(err, TB_INTERNAL, "libsodium cannot start");
    struct access *access = calloc(1, sizeof(*access));
    tb_assert(access != NULL);
    access->store = store;
    access->env = env;
    pthread_mutex_init(&access->lock, NULL);
    pthread_cond_init(&access->has_room, NULL);
    struct tb_arena *arena = tb_arena_new(0);
    tb_str decoy = access__password_hash(access, arena, access_password_random(arena, env));
    access->decoy = strndup(decoy.ptr, decoy.len);
    tb_arena_free(arena);
    tb_assert(access->decoy != NULL);
    tb_status status = access__seal_old(access, err);
    if (status != TB_OK) {
        access_close(access);
        return status;
    }
    *ret_access = access;
    return TB_OK;
}

void
access_close(struct access *access)
{
    if (access == NULL)
        return;
    pthread_mutex_destroy(&access->lock);
    pthread_cond_destroy(&access->has_room);
    free(access->decoy);
    free(access);
}

/* ---- tokens ---- */

tb_str
access__token_hash(struct tb_arena *arena, tb_str token)
{
    struct tb_sha256 digest = tb_sha256(token.ptr, token.len);
    return tb_hex(arena, digest.bytes, sizeof(digest.bytes));
}

static tb_str
derive(struct tb_arena *arena, tb_str secret, const char *purpose)
{
    uint8_t out[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const uint8_t *)secret.ptr, secret.len);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)purpose, strlen(purpose));
    crypto_auth_hmacsha256_final(&state, out);
    return tb_base64url(arena, out, sizeof(out));
}

tb_str
access_csrf_for(const struct access *access, struct tb_arena *arena, tb_str cookie)
{
    (void)access;
    return derive(arena, cookie.ptr != NULL ? cookie : TB_STR(""), "csrf before sign-in");
}

bool
access_csrf_is_good(const struct access_session *session, tb_str csrf)
{
    return csrf.len > 0 && session->csrf.len == csrf.len &&
           sodium_memcmp(csrf.ptr, session->csrf.ptr, csrf.len) == 0;
}

const char *
access_cookie_name(bool is_tls)
{
    return is_tls ? "__Host-tb_session" : "tb_session";
}

bool
access__is_staff(const struct op_grant *grants, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if ((grants[i].role & (unsigned)~OP_APPLICANT) != 0)
            return true;
    }
    return false;
}

int64_t
access__idle_us(bool is_staff)
{
    return (is_staff ? ACCESS_IDLE_MINUTES_STAFF : ACCESS_IDLE_MINUTES) * 60 * TB_US_PER_SECOND;
}

/* ---- finding ---- */

struct seen {
    int64_t id, at;
};

static tb_status
seen_write(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct seen *seen = arg;
    struct store_value values[] = {STORE_SET_INSTANT("seen_at", seen->at)};
    return store_update(tx, "sessions", seen->id, -1, values, TB_COUNT(values), err);
}

struct found {
    int64_t seen_at, ends_at;
    bool is_active, must_change, must_totp;
};

static tb_status
session_read(struct store_read *read, struct tb_arena *arena, tb_str hash, int64_t now,
             struct access_session *session, struct found *found, struct tb_err *err)
{
    struct store_value params[] = {STORE_TEXT_OF(hash)};
    struct store_rows *rows;
    bool is_there = false;
    TB_TRY(store_select(read, SQL_SESSION_BY_HASH, params, TB_COUNT(params), &rows, err));
    if (store_next(rows)) {
        is_there = true;
        session->id = session->actor.session = store_int(rows, 0);
        found->seen_at = store_int(rows, 1);
        found->ends_at = store_int(rows, 2);
        session->actor.account = store_int(rows, 3);
        session->actor.user = tb_str_copy(arena, store_text(rows, 4));
        session->actor.name = tb_str_copy(arena, store_text(rows, 5));
        session->actor.party = store_int(rows, 6);
        found->is_active = tb_str_is(store_text(rows, 7), "active");
        found->must_change = store_int(rows, 8) != 0;
        found->must_totp = store_int(rows, 9) != 0 && store_is_null(rows, 10);
    }
    TB_TRY(store_rows_done(rows, err));
    if (!is_there || !found->is_active)
        return tb_fail(err, TB_UNAUTHENTICATED, "there is no such session");
    struct op_grant *grants;
    TB_TRY(access__grants_read(read, arena, session->actor.account, now, &grants,
                               &session->actor.grant_count, err));
    session->actor.grants = grants;
    return TB_OK;
}

tb_status
access_session_find(struct access *access, struct tb_arena *arena, tb_str token,
                    struct access_session *ret_session, struct tb_err *err)
{
    struct access_session session = {0};
    struct found found = {0};
    struct store_read *read;
    if (token.len != TOKEN_TEXT)
        return tb_fail(err, TB_UNAUTHENTICATED, "there is no such session");
    int64_t now = access->env->now_us(access->env->context);
    TB_TRY(store_snapshot(access->store, &read, err));
    tb_status status =
        session_read(read, arena, access__token_hash(arena, token), now, &session, &found, err);
    store_snapshot_done(read);
    TB_TRY(status);
    bool is_staff = access__is_staff(session.actor.grants, session.actor.grant_count);
    if (now >= found.ends_at || now >= found.seen_at + access__idle_us(is_staff))
        return tb_fail(err, TB_UNAUTHENTICATED, "the session is over");
    /* A one-time password opens nothing but its own change, a missing second factor nothing but its set-up. */
    if (found.must_change || found.must_totp)
        session.actor.grant_count = 0;
    if (now >= found.seen_at + SEEN_EVERY_SECONDS * TB_US_PER_SECOND) {
        struct seen seen = {session.id, now};
        struct store_cause cause = {session.actor.account, TB_STR(""), TB_STR("sessions.seen")};
        status = store_write(access->store, &cause, seen_write, &seen, err);
        if (status == TB_NOT_FOUND)
            return tb_fail(err, TB_UNAUTHENTICATED, "the session is over");
        TB_TRY(status);
    }
    session.expires = now + access__idle_us(is_staff);
    if (session.expires > found.ends_at)
        session.expires = found.ends_at;
    session.csrf = derive(arena, token, "csrf");
    *ret_session = session;
    return TB_OK;
}

/* ---- rate ---- */

bool
access_rate(struct access *access, tb_str bucket, int burst, int per_minute)
{
    uint64_t key = tb_hash(bucket);
    int64_t now = access->env->now_us(access->env->context);
    struct access__bucket *b = &access->buckets[key % ACCESS_BUCKETS_MAX];
    pthread_mutex_lock(&access->lock);
    if (b->at_us == 0)
        b->left = burst;
    else if (now > b->at_us)
        b->left += (double)(now - b->at_us) / TB_US_PER_SECOND * per_minute / 60;
    if (b->left > burst)
        b->left = burst;
    b->at_us = now;
    bool is_good = b->left >= 1;
    if (is_good)
        b->left -= 1;
    pthread_mutex_unlock(&access->lock);
    return is_good;
}

/* ---- POST /sessions ---- */

struct open {
    int64_t account, secret, failures, totp_step; /* totp_step 0: no second factor */
    tb_str token_hash;
    bool is_good;
};

static tb_status
over_sessions_delete(struct store_tx *tx, int64_t account, struct tb_err *err)
{
    struct store_value params[] = {STORE_INT_OF(account), STORE_INT_OF(store_tx_now(tx))};
    struct store_rows *rows;
    int64_t ids[20];
    size_t count = 0;
    TB_TRY(
        store_select(store_tx_read(tx), SQL_SESSIONS_OVER, params, TB_COUNT(params), &rows, err));
    while (count < TB_COUNT(ids) && store_next(rows))
        ids[count++] = store_int(rows, 0);
    TB_TRY(store_rows_done(rows, err));
    for (size_t i = 0; i < count; i++)
        TB_TRY(store_delete(tx, "sessions", ids[i], -1, err));
    return TB_OK;
}

static tb_status
open_write(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct open *open = arg;
    int64_t now = store_tx_now(tx);
    struct store_value failures[] = {
        STORE_SET_INT("failures", open->is_good ? 0 : open->failures + 1),
        STORE_SET_INSTANT("failed_at", open->is_good ? 0 : now),
    };
    if (!open->is_good || open->failures > 0)
        TB_TRY(store_update(tx, "account_secrets", open->secret, -1, failures, TB_COUNT(failures),
                            err));
    if (!open->is_good)
        return TB_OK;
    if (open->totp_step != 0)
        TB_TRY(access__totp_use(tx, open->secret, open->totp_step, err));
    TB_TRY(over_sessions_delete(tx, open->account, err));
    struct store_value session[] = {
        STORE_SET_TEXT("token_hash", open->token_hash),
        STORE_SET_INT("account", open->account),
        STORE_SET_INSTANT("opened_at", now),
        STORE_SET_INSTANT("seen_at", now),
        STORE_SET_INSTANT("ends_at", now + ACCESS_SESSION_HOURS_MAX * 3600 * TB_US_PER_SECOND),
    };
    return store_insert(tx, "sessions", session, TB_COUNT(session), NULL, err);
}

/* Five wrong passwords are free; then each makes the account wait twice as long, at most a quarter
 * of an hour. */
static int64_t
wait_until(const struct access__account *account)
{
    int64_t over = account->failures - ACCESS_FAILURES_FREE;
    if (over < 0)
        return 0;
    int64_t seconds = over > 9 ? 900 : INT64_C(2) << over;
    return account->failed_at + seconds * TB_US_PER_SECOND;
}

tb_status
access__account_for(struct op_ctx *ctx, tb_str user, struct access__account *account,
                    struct tb_err *err)
{
    struct store_read *read;
    bool is_found;
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(access__account_find(read, op_arena(ctx), user, account, &is_found, err));
    op_read_done(ctx); /* what comes next is a hash, which may wait its turn */
    if (is_found && wait_until(account) > op_now(ctx))
        return tb_fail(
            err, TB_TOO_MANY, "too many wrong passwords for this account; wait until %s",
            tb_cstr(op_arena(ctx), tb_instant_format(op_arena(ctx), wait_until(account))));
    return TB_OK;
}

static struct tb_json *
session_json(struct tb_arena *arena, const struct op_actor *actor, int64_t expires,
             bool must_change)
{
    struct tb_json *out = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_text(arena, out, "user", actor->user);
    tb_json_set_text(arena, out, "name", actor->name);
    struct tb_json *roles = tb_json_set_list(arena, out, "roles");
    unsigned seen = 0;
    for (size_t i = 0; i < actor->grant_count; i++)
        seen |= actor->grants[i].role;
    for (size_t i = 0; i < op_role_count; i++) {
        if ((seen & op_roles[i].role) != 0)
            tb_json_add(roles, tb_json_new_text(arena, tb_str_of(op_roles[i].name)));
    }
    tb_json_set(out, "grants", access__grants_json(arena, actor->grants, actor->grant_count));
    if (expires != 0)
        tb_json_set_text(arena, out, "expires", tb_instant_format(arena, expires));
    tb_json_set_bool(arena, out, "must_change_password", must_change);
    return out;
}

bool
access__password_fits(struct access *access, struct tb_arena *arena,
                      const struct access__account *account, tb_str password)
{
    return access__password_is(access, arena, account->hash, password) &&
           tb_str_eq(account->mark, access__password_mark(arena, account->hash)) &&
           tb_str_is(account->state, "active");
}

tb_status
access__failed(struct op_ctx *ctx, const struct access__account *account, struct tb_err *err)
{
    struct open open = {
        .account = account->id, .secret = account->secret, .failures = account->failures};
    return op_write(ctx, open_write, &open, err);
}

/* With the right password: is the code there, and right? Its absence is asked for, not counted. */
static tb_status
check_code(struct op_ctx *ctx, const struct access *access, const struct access__account *account,
           tb_str code, struct open *open, struct tb_err *err)
{
    if (!open->is_good || account->totp.len == 0)
        return TB_OK;
    if (code.len == 0) {
        op_fault(ctx, "code", "required", TB_STR("请填写动态验证码"),
                 TB_STR("Give the code of your second factor"));
        return tb_fail(err, TB_UNAUTHENTICATED, "the code of the second factor is needed");
    }
    tb_str secret;
    TB_TRY(access__unseal(access, op_arena(ctx), account->id, account->totp, &secret, err));
    open->is_good = access__totp_fits(op_arena(ctx), secret, code, op_now(ctx), account->totp_step,
                                      &open->totp_step);
    return TB_OK;
}

static tb_status
opened_json(struct op_ctx *ctx, const struct access__account *account, tb_str token,
            struct tb_json **ret_out, struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    struct store_read *read;
    struct op_grant *grants;
    struct op_actor actor = {.user = account->user, .name = account->name};
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(access__grants_read(read, arena, account->id, op_now(ctx), &grants, &actor.grant_count,
                               err));
    actor.grants = grants;
    int64_t expires = op_now(ctx) + access__idle_us(access__is_staff(grants, actor.grant_count));
    *ret_out = session_json(arena, &actor, expires, account->must_change);
    tb_json_set_bool(arena, *ret_out, "must_set_up_totp",
                     account->must_totp && account->totp.len == 0);
    tb_json_set_text(arena, *ret_out, "token", token);
    op_answer_status(ctx, 201);
    return TB_OK;
}

tb_status
access__run_open(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
                 struct tb_err *err)
{
    struct access *access = self;
    struct tb_arena *arena = op_arena(ctx);
    struct access__account account = {0};
    tb_str user = tb_json_get_text(in, "user");
    TB_TRY(access__account_for(ctx, user, &account, err));
    /* A name that nobody has is made to wait too, so that waiting does not tell which names exist. */
    if (account.id == 0 && !access_rate(access, tb_printf(arena, "sign-in " TB_FMT, TB_ARG(user)),
                                        ACCESS_FAILURES_FREE, 1))
        return tb_fail(err, TB_TOO_MANY, "too many wrong passwords for this account");
    bool is_good = access__password_fits(access, arena, &account, tb_json_get_text(in, "password"));
    uint8_t random[TOKEN_BYTES];
    access->env->random(access->env->context, random, sizeof(random));
    tb_str token = tb_base64url(arena, random, sizeof(random));
    struct open open = {.account = account.id,
                        .secret = account.secret,
                        .failures = account.failures,
                        .token_hash = access__token_hash(arena, token),
                        .is_good = is_good};
    TB_TRY(check_code(ctx, self, &account, tb_json_get_text(in, "code"), &open, err));
    if (account.id != 0)
        TB_TRY(op_write(ctx, open_write, &open, err));
    if (!open.is_good)
        return tb_fail(err, TB_UNAUTHENTICATED, "name or password is wrong");
    return opened_json(ctx, &account, token, ret_out, err);
}

/* ---- GET and DELETE /sessions, POST /password ---- */

tb_status
access__run_mine(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
                 struct tb_err *err)
{
    (void)self;
    (void)in;
    const struct op_actor *who = op_who(ctx);
    if (who->account == 0)
        return tb_fail(err, TB_UNAUTHENTICATED, "nobody is signed in");
    struct access__account account = {0};
    struct store_read *read;
    bool is_found = false;
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(access__account_find(read, op_arena(ctx), who->user, &account, &is_found, err));
    *ret_out = session_json(op_arena(ctx), who, 0, account.must_change);
    tb_json_set_bool(op_arena(ctx), *ret_out, "has_totp", account.totp.len > 0);
    tb_json_set_bool(op_arena(ctx), *ret_out, "must_set_up_totp",
                     account.must_totp && account.totp.len == 0);
    return TB_OK;
}

static tb_status
close_write(struct store_tx *tx, void *arg, struct tb_err *err)
{
    int64_t *id = arg;
    tb_status status = store_delete(tx, "sessions", *id, -1, err);
    return status == TB_NOT_FOUND ? TB_OK : status; /* ended twice is ended */
}

tb_status
access__run_close(struct op_ctx *ctx, void *self, const struct tb_json *in,
                  struct tb_json **ret_out, struct tb_err *err)
{
    (void)self;
    (void)in;
    int64_t id = op_who(ctx)->session;
    if (op_who(ctx)->account == 0)
        return tb_fail(err, TB_UNAUTHENTICATED, "nobody is signed in");
    if (id != 0)
        TB_TRY(op_write(ctx, close_write, &id, err));
    *ret_out = tb_json_new(op_arena(ctx), TB_JSON_OBJECT);
    tb_json_set_bool(op_arena(ctx), *ret_out, "ended", true);
    return TB_OK;
}

struct change {
    const struct access__account *account;
    tb_str hash, mark;
    int64_t keep_session;
    bool must_change;
};

/* Every other session of the account ends with the old password. */
static tb_status
change_write(struct store_tx *tx, void *arg, struct tb_err *err)
{
    const struct change *change = arg;
    struct store_value mark[] = {STORE_SET_TEXT("mark", change->mark)};
    struct store_value secret[] = {STORE_SET_TEXT("password", change->hash),
                                   STORE_SET_BOOL("must_change", change->must_change),
                                   STORE_SET_INT("failures", 0), STORE_SET_INSTANT("failed_at", 0)};
    TB_TRY(store_update(tx, "accounts", change->account->id, change->account->leaf, mark,
                        TB_COUNT(mark), err));
    TB_TRY(store_update(tx, "account_secrets", change->account->secret, -1, secret,
                        TB_COUNT(secret), err));
    /* Whoever lost the device gets a new start from an administrator, not from himself. */
    if (change->must_change)
        TB_TRY(store_update(tx, "account_secrets", change->account->secret, -1,
                            STORE_VALUES(STORE_SET_NULL("totp"), STORE_SET_NULL("totp_new")), err));
    struct store_value params[] = {STORE_INT_OF(change->account->id),
                                   STORE_INT_OF(change->keep_session)};
    for (bool is_more = true; is_more;) {
        struct store_rows *rows;
        int64_t ids[32];
        size_t count = 0;
        TB_TRY(store_select(store_tx_read(tx), SQL_SESSIONS_OTHER, params, TB_COUNT(params), &rows,
                            err));
        while (count < TB_COUNT(ids) && store_next(rows))
            ids[count++] = store_int(rows, 0);
        TB_TRY(store_rows_done(rows, err));
        for (size_t i = 0; i < count; i++)
            TB_TRY(store_delete(tx, "sessions", ids[i], -1, err));
        is_more = count == TB_COUNT(ids);
    }
    return TB_OK;
}

tb_status
access__run_password(struct op_ctx *ctx, void *self, const struct tb_json *in,
                     struct tb_json **ret_out, struct tb_err *err)
{
    struct access *access = self;
    struct tb_arena *arena = op_arena(ctx);
    const struct op_actor *who = op_who(ctx);
    struct access__account account = {0};
    if (who->account == 0)
        return tb_fail(err, TB_UNAUTHENTICATED, "nobody is signed in");
    TB_TRY(access__account_for(ctx, who->user, &account, err));
    tb_str password = tb_json_get_text(in, "new");
    access__password_check(arena, "new", who->user, password, op_faults(ctx));
    if (tb_str_eq(password, tb_json_get_text(in, "old")))
        op_fault(ctx, "new", "same", TB_STR("新密码不能与旧密码相同"),
                 TB_STR("The new password must differ"));
    if (!access__password_fits(access, arena, &account, tb_json_get_text(in, "old"))) {
        TB_TRY(access__failed(ctx, &account, err));
        op_fault(ctx, "old", "wrong", TB_STR("旧密码不对"), TB_STR("The old password is wrong"));
    }
    if (op_faults(ctx)->count > 0)
        return tb_fail(err, TB_INVALID, "the password was not changed");
    struct change change = {.account = &account, .keep_session = who->session};
    change.hash = access__password_hash(access, arena, password);
    change.mark = access__password_mark(arena, change.hash);
    TB_TRY(op_write(ctx, change_write, &change, err));
    *ret_out = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_bool(arena, *ret_out, "changed", true);
    return TB_OK;
}

/* POST /accounts/{user}/password: an administrator gives a one-time password. */
tb_status
access__reset(struct op_ctx *ctx, struct access *access, const struct access__account *account,
              tb_str password, struct tb_err *err)
{
    struct change change = {.account = account, .must_change = true};
    change.hash = access__password_hash(access, op_arena(ctx), password);
    change.mark = access__password_mark(op_arena(ctx), change.hash);
    return op_write(ctx, change_write, &change, err);
}
