/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords: argon2id by libsodium, two at a time, because each takes 19 MiB and 26 ms of a whole
 * core. */
#include "access/access_internal.h"

#include <sodium.h>
#include <string.h>

enum { HASH_PASSES = 2, HASH_BYTES = 19 << 20, PASSWORD_MIN = 10, PASSWORD_MAX = 128 };
/* A shorter sign-in name turns up in random passwords by chance. */
enum { NAME_TELLS = 4 };

static void
turn_take(struct access *access)
{
    pthread_mutex_lock(&access->lock);
    while (access->hashing >= ACCESS_HASHES_MAX)
        pthread_cond_wait(&access->has_room, &access->lock);
    access->hashing++;
    pthread_mutex_unlock(&access->lock);
}

static void
turn_give(struct access *access)
{
    pthread_mutex_lock(&access->lock);
    access->hashing--;
    pthread_cond_signal(&access->has_room);
    pthread_mutex_unlock(&access->lock);
}

tb_str
access__password_hash(struct access *access, struct tb_arena *arena, tb_str password)
{
    char *encoded = tb_alloc(arena, crypto_pwhash_STRBYTES);
    turn_take(access);
    int failed = crypto_pwhash_str(encoded, password.ptr, password.len, HASH_PASSES, HASH_BYTES);
    turn_give(access);
    tb_assert(failed == 0); /* out of memory */
    return tb_str_of(encoded);
}

bool
access__password_is(struct access *access, struct tb_arena *arena, tb_str hash, tb_str password)
{
    const char *encoded = hash.len > 0 ? tb_cstr(arena, hash) : access->decoy;
    turn_take(access);
    bool is_same = crypto_pwhash_str_verify(encoded, password.ptr != NULL ? password.ptr : "",
                                            password.len) == 0;
    turn_give(access);
    return is_same && hash.len > 0;
}

tb_str
access__password_mark(struct tb_arena *arena, tb_str hash)
{
    struct tb_sha256 digest = tb_sha256(hash.ptr, hash.len);
    return tb_hex(arena, digest.bytes, sizeof(digest.bytes));
}

void
access__password_check(struct tb_arena *arena, const char *place, tb_str user, tb_str password,
                       struct tb_faults *faults)
{
    size_t length = tb_utf8_length(password);
    tb_str at = tb_str_of(place);
    if (length < PASSWORD_MIN || length > PASSWORD_MAX)
        tb_fault_add(
            faults, at, "length",
            tb_printf(arena, "密码要有 %d 到 %d 个字符；可以用一句话", PASSWORD_MIN, PASSWORD_MAX),
            tb_printf(arena, "A password has %d to %d characters; a sentence will do", PASSWORD_MIN,
                      PASSWORD_MAX));
    if (!tb_text_is_clean(password, NULL))
        tb_fault_add(faults, at, "character", TB_STR("密码里有不能使用的字符"),
                     TB_STR("The password has a character that is not accepted"));
    bool is_one_character = length > 0;
    for (size_t i = 1; i < password.len && is_one_character; i++)
        is_one_character = password.ptr[i] == password.ptr[0];
    if (is_one_character || (user.len >= NAME_TELLS && tb_str_contains(password, user)))
        tb_fault_add(faults, at, "weak", TB_STR("密码不能是一个字符的重复，也不能含有登录名"),
                     TB_STR("A password may not repeat one character or contain the sign-in name"));
}

/* 20 of 55 characters are 115 bits; a draw that would favour the first characters is thrown away.
 */
tb_str
access_password_random(struct tb_arena *arena, const struct tb_env *env)
{
    static const char letters[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    enum { LETTERS = sizeof(letters) - 1, LENGTH = 20 };
    char *out = tb_alloc(arena, LENGTH + 1);
    for (size_t len = 0; len < LENGTH;) {
        uint8_t byte;
        env->random(env->context, &byte, 1);
        if (byte < 256 / LETTERS * LETTERS)
            out[len++] = letters[byte % LETTERS];
    }
    return tb_str_of(out);
}
