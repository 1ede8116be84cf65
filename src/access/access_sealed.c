/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets of second factors at rest. Who reads the database, or a copy of it without DIR/keys, cannot reckon a code: a
 * secret is sealed (XSalsa20-Poly1305) under a key derived from the installation's own key for this one account, so
 * that it also opens in no other account's row. "v1." and the base64 of nonce and box. */
#include "access/access_internal.h"

#include "access/access.sql.h"

#include <sodium.h>
#include <string.h>

#define PREFIX "v1."

enum { PLAIN_MAX = 64 };

static void
key_of(const struct access *access, struct tb_arena *arena, int64_t account,
       uint8_t key[crypto_secretbox_KEYBYTES])
{
    tb_str label = tb_printf(arena, "access/totp/v1/%lld", (long long)account);
    tb_str hex = store_blind(access->store, arena, label);
    size_t len = 0;
    tb_assert(sodium_hex2bin(key, crypto_secretbox_KEYBYTES, hex.ptr, hex.len, NULL, &len, NULL) ==
                  0 &&
              len == crypto_secretbox_KEYBYTES);
}

static bool
is_sealed(tb_str text)
{
    return tb_str_starts(text, TB_STR(PREFIX));
}

tb_str
access__seal(const struct access *access, struct tb_arena *arena, int64_t account, tb_str secret)
{
    uint8_t key[crypto_secretbox_KEYBYTES];
    uint8_t bytes[crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + PLAIN_MAX];
    uint8_t *box = bytes + crypto_secretbox_NONCEBYTES;
    tb_assert(secret.len <= PLAIN_MAX);
    access->env->random(access->env->context, bytes, crypto_secretbox_NONCEBYTES);
    key_of(access, arena, account, key);
    crypto_secretbox_easy(box, (const uint8_t *)secret.ptr, secret.len, bytes, key);
    sodium_memzero(key, sizeof(key));
    size_t len = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + secret.len;
    return tb_printf(arena, PREFIX TB_FMT, TB_ARG(tb_base64url(arena, bytes, len)));
}

tb_status
access__unseal(const struct access *access, struct tb_arena *arena, int64_t account, tb_str sealed,
               tb_str *ret_secret, struct tb_err *err)
{
    uint8_t key[crypto_secretbox_KEYBYTES], bytes[256];
    size_t len = 0, head = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    if (!is_sealed(sealed)) {
        *ret_secret = sealed; /* none, or one of before this was sealed */
        return TB_OK;
    }
    tb_str text = tb_str_sub(sealed, sizeof(PREFIX) - 1, sealed.len);
    bool is_read = sodium_base642bin(bytes, sizeof(bytes), text.ptr, text.len, NULL, &len, NULL,
                                     sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
                   len > head;
    char *plain = tb_alloc(arena, is_read ? len - head + 1 : 1);
    key_of(access, arena, account, key);
    bool is_good =
        is_read && crypto_secretbox_open_easy((uint8_t *)plain, bytes + crypto_secretbox_NONCEBYTES,
                                              len - crypto_secretbox_NONCEBYTES, bytes, key) == 0;
    sodium_memzero(key, sizeof(key));
    if (!is_good)
        return tb_fail(err, TB_CORRUPT,
                       "the second factor of account %lld does not open with this installation's "
                       "key; give the account a one-time password",
                       (long long)account);
    *ret_secret = (tb_str){plain, len - head};
    return TB_OK;
}

/* ---- secrets of before they were sealed ---- */

struct old_row {
    int64_t id, account;
    tb_str totp, totp_new;
};

struct old_rows {
    const struct access *access;
    struct tb_arena *arena;
    struct old_row *items;
    size_t count;
};

static tb_status
old_write(struct store_tx *tx, void *arg, struct tb_err *err)
{
    const struct old_rows *rows = arg;
    for (size_t i = 0; i < rows->count; i++) {
        const struct old_row *row = &rows->items[i];
        struct store_value values[2];
        size_t count = 0;
        if (row->totp.len > 0 && !is_sealed(row->totp))
            values[count++] = STORE_SET_TEXT(
                "totp", access__seal(rows->access, rows->arena, row->account, row->totp));
        if (row->totp_new.len > 0 && !is_sealed(row->totp_new))
            values[count++] = STORE_SET_TEXT(
                "totp_new", access__seal(rows->access, rows->arena, row->account, row->totp_new));
        TB_TRY(store_update(tx, "account_secrets", row->id, -1, values, count, err));
    }
    return TB_OK;
}

static tb_status
old_read(struct old_rows *ret_rows, struct store_read *read, struct tb_err *err)
{
    struct store_rows *rows;
    size_t cap = 0;
    TB_TRY(store_select(read, SQL_TOTP_ALL, NULL, 0, &rows, err));
    while (store_next(rows)) {
        struct old_row row = {store_int(rows, 0), store_int(rows, 1),
                              tb_str_copy(ret_rows->arena, store_text(rows, 2)),
                              tb_str_copy(ret_rows->arena, store_text(rows, 3))};
        bool is_old = (row.totp.len > 0 && !is_sealed(row.totp)) ||
                      (row.totp_new.len > 0 && !is_sealed(row.totp_new));
        if (!is_old)
            continue;
        if (ret_rows->count == cap) {
            cap = cap * 2 + 16;
            struct old_row *more = TB_NEW_ARRAY(ret_rows->arena, cap, struct old_row);
            if (ret_rows->count > 0)
                memcpy(more, ret_rows->items, ret_rows->count * sizeof(row));
            ret_rows->items = more;
        }
        ret_rows->items[ret_rows->count++] = row;
    }
    return store_rows_done(rows, err);
}

tb_status
access__seal_old(struct access *access, struct tb_err *err)
{
    struct store_cause cause = {.purpose = TB_STR("seal second factors")};
    struct old_rows rows = {.access = access, .arena = tb_arena_new(0)};
    struct store_read *read;
    tb_status status = store_snapshot(access->store, &read, err);
    if (status == TB_OK) {
        status = old_read(&rows, read, err);
        store_snapshot_done(read);
    }
    if (status == TB_OK && rows.count > 0)
        status = store_write(access->store, &cause, old_write, &rows, err);
    tb_arena_free(rows.arena);
    return status;
}
