/* SPDX-License-Identifier: Apache-2.0 */
/* The two keys of the store in DIR/keys, mode 0600: the Ed25519 key that signs checkpoints (log.key, with its public
 * half in log.pub) and the HMAC key by which personal values are looked up (blind.key, 64 hex digits). */
#include "store/store_internal.h"

#include <openssl/crypto.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static tb_status
log_key_make(struct store *store, struct tb_arena *arena, const char *path, struct tb_err *err)
{
    uint8_t seed[32], name[4];
    store->options.env->random(store->options.env->context, seed, sizeof seed);
    store->options.env->random(store->options.env->context, name, sizeof name);
    tb_str origin =
        tb_printf(arena, "tongban.local/log/" TB_FMT, TB_ARG(tb_hex(arena, name, sizeof name)));
    tb_status status = tlog_key_make(origin, seed, &store->key, err);
    OPENSSL_cleanse(seed, sizeof seed);
    TB_TRY(status);
    tb_str public_text = tb_printf(arena, TB_FMT "\n", TB_ARG(tlog_key_public(arena, &store->key)));
    TB_TRY(store__write_all(store__path(arena, store, "keys/log.pub"), public_text, err));
    tb_str secret_text = tb_printf(arena, TB_FMT "\n", TB_ARG(tlog_key_secret(arena, &store->key)));
    return store__write_all(path, secret_text, err);
}

static tb_status
log_key_open(struct store *store, struct tb_arena *arena, bool is_create, struct tb_err *err)
{
    /* A reader needs only the public half: log verify runs with a copy of the database and log.pub. */
    const char *path = store__path(arena, store, "keys/log.key");
    if (store->is_read_only && !is_there(path))
        path = store__path(arena, store, "keys/log.pub");
    if (!is_there(path)) {
        if (!is_create)
            return tb_fail(err, TB_NOT_FOUND, "%s is missing; put the installation's key back",
                           path);
        return log_key_make(store, arena, path, err);
    }
    tb_str text;
    TB_TRY(store__read_all(arena, path, &text, err));
    TB_TRY(tlog_key_read(text, &store->key, err));
    if (!store->key.has_seed && !store->is_read_only)
        return tb_fail(err, TB_SYNTAX, "%s is not a secret key", path);
    return TB_OK;
}

static tb_status
blind_key_open(struct store *store, struct tb_arena *arena, bool is_create, struct tb_err *err)
{
    const char *path = store__path(arena, store, "keys/blind.key");
    if (!is_there(path)) {
        if (store->is_read_only)
            return TB_OK;
        if (!is_create)
            return tb_fail(err, TB_NOT_FOUND, "%s is missing; put the installation's key back",
                           path);
        store->options.env->random(store->options.env->context, store->blind_key,
                                   sizeof store->blind_key);
        tb_str hex = tb_hex(arena, store->blind_key, sizeof store->blind_key);
        return store__write_all(path, tb_printf(arena, TB_FMT "\n", TB_ARG(hex)), err);
    }
    tb_str text;
    TB_TRY(store__read_all(arena, path, &text, err));
    if (!tb_unhex(tb_str_trim(text), store->blind_key, sizeof store->blind_key))
        return tb_fail(err, TB_SYNTAX, "%s does not hold 64 hex digits", path);
    return TB_OK;
}

tb_status
store__keys_open(struct store *store, bool is_create, struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0);
    tb_status status = TB_OK;
    if (is_create)
        status = store__mkdir(store__path(arena, store, "keys"), err);
    if (status == TB_OK)
        status = log_key_open(store, arena, is_create, err);
    if (status == TB_OK)
        status = blind_key_open(store, arena, is_create, err);
    tb_arena_free(arena);
    return status;
}

tb_str
store_blind(const struct store *store, struct tb_arena *arena, tb_str value)
{
    /* Not libcrypto's HMAC, which looks the digest up anew for each of the dozen values of a case. */
    crypto_auth_hmacsha256_state state;
    uint8_t sum[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_init(&state, store->blind_key, sizeof store->blind_key);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)value.ptr, value.len);
    crypto_auth_hmacsha256_final(&state, sum);
    return tb_hex(arena, sum, sizeof sum);
}
