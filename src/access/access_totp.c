/* SPDX-License-Identifier: Apache-2.0 */
/* The second factor of staff: six digits that a device reckons from a shared secret and the time (RFC 6238 with SHA-1,
 * which every device knows; 30 s a step, one step of grace on either side). A code opens once. The secret stands in
 * account_secrets, sealed and not logged; it is in force when its first code was given back. */
#include "access/access_internal.h"

#include "access/access.sql.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <string.h>

enum { SECRET_BYTES = 20, STEP_SECONDS = 30, GRACE_STEPS = 1 };

/* ---- base32 (RFC 4648, without padding) ---- */

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

static tb_str
base32(struct tb_arena *arena, const uint8_t *bytes, size_t len)
{
    struct tb_buf buf = {.arena = arena};
    uint32_t bits = 0;
    int count = 0;
    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | bytes[i];
        for (count += 8; count >= 5; count -= 5)
            tb_buf_put(&buf, &alphabet[bits >> (count - 5) & 31], 1);
    }
    if (count > 0)
        tb_buf_put(&buf, &alphabet[bits << (5 - count) & 31], 1);
    return tb_buf_done(&buf);
}

static size_t
base32_read(tb_str text, uint8_t *bytes, size_t cap)
{
    uint32_t bits = 0;
    int count = 0;
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *at = memchr(alphabet, text.ptr[i], sizeof(alphabet) - 1);
        if (at == NULL)
            return 0;
        bits = bits << 5 | (uint32_t)(at - alphabet);
        count += 5;
        if (count < 8)
            continue;
        count -= 8;
        if (len == cap)
            return 0;
        bytes[len++] = (uint8_t)(bits >> count);
    }
    return len;
}

/* ---- codes ---- */

tb_str
access__totp_code(struct tb_arena *arena, tb_str secret, int64_t step)
{
    uint8_t key[SECRET_BYTES], counter[8], digest[EVP_MAX_MD_SIZE];
    unsigned digest_len = 0;
    size_t key_len = base32_read(secret, key, sizeof(key));
    for (int i = 0; i < 8; i++)
        counter[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
    tb_assert(key_len > 0 && HMAC(EVP_sha1(), key, (int)key_len, counter, sizeof(counter), digest,
                                  &digest_len) != NULL);
    size_t at = digest[digest_len - 1] & 15;
    uint32_t number = (uint32_t)(digest[at] & 127) << 24 | (uint32_t)digest[at + 1] << 16 |
                      (uint32_t)digest[at + 2] << 8 | digest[at + 3];
    sodium_memzero(key, sizeof(key));
    return tb_printf(arena, "%06u", number % 1000000);
}

bool
access__totp_fits(struct tb_arena *arena, tb_str secret, tb_str code, int64_t now,
                  int64_t last_step, int64_t *ret_step)
{
    int64_t middle = now / TB_US_PER_SECOND / STEP_SECONDS;
    bool is_good = false;
    for (int64_t step = middle - GRACE_STEPS; step <= middle + GRACE_STEPS; step++) {
        tb_str right = access__totp_code(arena, secret, step);
        if (code.len == right.len && sodium_memcmp(code.ptr, right.ptr, right.len) == 0 &&
            step > last_step) {
            is_good = true;
            *ret_step = step;
        }
    }
    return is_good;
}

tb_status
access__totp_use(struct store_tx *tx, int64_t secret, int64_t step, struct tb_err *err)
{
    struct store_value key = STORE_INT_OF(secret);
    struct store_rows *rows;
    TB_TRY(store_select(store_tx_read(tx), SQL_TOTP_STEP, &key, 1, &rows, err));
    int64_t last = store_next(rows) && !store_is_null(rows, 0) ? store_int(rows, 0) : 0;
    TB_TRY(store_rows_done(rows, err));
    if (last >= step)
        return tb_fail(err, TB_UNAUTHENTICATED, "this code has been used already");
    return store_update(tx, "account_secrets", secret, -1,
                        STORE_VALUES(STORE_SET_INT("totp_step", step)), err);
}

/* ---- setting up ---- */

/* Who is signed in, with his password given once more. */
static tb_status
own_account(struct op_ctx *ctx, struct access *access, const struct tb_json *in,
            struct access__account *ret_account, struct tb_err *err)
{
    if (op_who(ctx)->account == 0)
        return tb_fail(err, TB_UNAUTHENTICATED, "nobody is signed in");
    TB_TRY(access__account_for(ctx, op_who(ctx)->user, ret_account, err));
    tb_str password = tb_json_get_text(in, "password");
    if (password.ptr == NULL || access__password_fits(access, op_arena(ctx), ret_account, password))
        return TB_OK;
    TB_TRY(access__failed(ctx, ret_account, err));
    op_fault(ctx, "password", "wrong", TB_STR("密码不对"), TB_STR("The password is wrong"));
    return tb_fail(err, TB_INVALID, "the password is wrong");
}

struct totp {
    const struct access *access;
    const struct access__account *account;
    tb_str secret; /* begin: the new one, sealed */
    int64_t step;  /* confirm, end: used up */
    bool is_end;
};

static tb_status
begin_write(struct store_tx *tx, void *arg, struct tb_err *err)
{
    const struct totp *totp = arg;
    return store_update(tx, "account_secrets", totp->account->secret, -1,
                        STORE_VALUES(STORE_SET_TEXT("totp_new", totp->secret)), err);
}

tb_status
access__run_totp(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
                 struct tb_err *err)
{
    struct access *access = self;
    struct tb_arena *arena = op_arena(ctx);
    struct access__account account = {0};
    uint8_t random[SECRET_BYTES];
    TB_TRY(own_account(ctx, access, in, &account, err));
    if (account.totp.len > 0)
        return tb_fail(err, TB_CONFLICT, "a second factor is in force; end it first");
    access->env->random(access->env->context, random, sizeof(random));
    struct totp totp = {
        .access = access, .account = &account, .secret = base32(arena, random, sizeof(random))};
    sodium_memzero(random, sizeof(random));
    tb_str secret = totp.secret;
    totp.secret = access__seal(access, arena, account.id, secret);
    TB_TRY(op_write(ctx, begin_write, &totp, err));
    *ret_out = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_text(arena, *ret_out, "secret", secret);
    tb_json_set_text(arena, *ret_out, "uri",
                     tb_printf(arena,
                               "otpauth://totp/Tongban:" TB_FMT "?secret=" TB_FMT
                               "&issuer=Tongban&algorithm=SHA1&digits=%d&period=%d",
                               TB_ARG(account.user), TB_ARG(secret), ACCESS__TOTP_DIGITS,
                               STEP_SECONDS));
    return TB_OK;
}

static tb_status
settle_write(struct store_tx *tx, void *arg, struct tb_err *err)
{
    const struct totp *totp = arg;
    TB_TRY(access__totp_use(tx, totp->account->secret, totp->step, err));
    struct store_value value =
        totp->is_end ? STORE_SET_NULL("totp") : STORE_SET_TEXT("totp", totp->account->totp_new);
    return store_update(tx, "account_secrets", totp->account->secret, -1,
                        STORE_VALUES(value, STORE_SET_NULL("totp_new")), err);
}

/* The code given proves the secret; then it comes into force, or ends. */
static tb_status
settle(struct op_ctx *ctx, struct totp *totp, tb_str sealed, const struct tb_json *in,
       struct tb_json **ret_out, struct tb_err *err)
{
    tb_str secret;
    if (sealed.len == 0)
        return tb_fail(err, TB_CONFLICT, "there is no second factor to settle; begin with /totp");
    TB_TRY(access__unseal(totp->access, op_arena(ctx), totp->account->id, sealed, &secret, err));
    if (!access__totp_fits(op_arena(ctx), secret, tb_json_get_text(in, "code"), op_now(ctx),
                           totp->account->totp_step, &totp->step)) {
        TB_TRY(access__failed(ctx, totp->account, err));
        op_fault(ctx, "code", "wrong", TB_STR("验证码不对，请看设备上现在显示的六位数字"),
                 TB_STR("The code is wrong; give the six digits that the device shows now"));
        return tb_fail(err, TB_INVALID, "the code is wrong");
    }
    TB_TRY(op_write(ctx, settle_write, totp, err));
    *ret_out = tb_json_new(op_arena(ctx), TB_JSON_OBJECT);
    tb_json_set_bool(op_arena(ctx), *ret_out, "in_force", !totp->is_end);
    return TB_OK;
}

tb_status
access__run_totp_confirm(struct op_ctx *ctx, void *self, const struct tb_json *in,
                         struct tb_json **ret_out, struct tb_err *err)
{
    struct access__account account = {0};
    struct totp totp = {.access = self, .account = &account};
    TB_TRY(own_account(ctx, self, in, &account, err));
    return settle(ctx, &totp, account.totp_new, in, ret_out, err);
}

tb_status
access__run_totp_end(struct op_ctx *ctx, void *self, const struct tb_json *in,
                     struct tb_json **ret_out, struct tb_err *err)
{
    struct access__account account = {0};
    struct totp totp = {.access = self, .account = &account, .is_end = true};
    TB_TRY(own_account(ctx, self, in, &account, err));
    return settle(ctx, &totp, account.totp, in, ret_out, err);
}
