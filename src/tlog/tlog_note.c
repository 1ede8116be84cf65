/* SPDX-License-Identifier: Apache-2.0 */
/* Signed notes (C2SP signed-note) that carry checkpoints (C2SP tlog-checkpoint):
 *
 *   tongban.local/log/0a1b2c3d          origin, equal to the key's name
 *   1234                                size of the tree
 *   2Jh…=                               root, base64
 *
 *   — tongban.local/log/0a1b2c3d QUJD…  key hash (4 bytes) and Ed25519 signature, base64
 *
 * The signature is over the text up to and with the line end before the empty line. */
#include "tlog/tlog.h"

#include <openssl/evp.h>
#include <string.h>

#define DASH "\xe2\x80\x94 " /* U+2014 and a blank */
#define ED25519_TAG 1

static bool
name_is_fit(tb_str name)
{
    if (name.len == 0 || name.len > TLOG_NAME_BYTES_MAX)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if ((uint8_t)name.ptr[i] <= ' ' || name.ptr[i] == '+' || name.ptr[i] == 127)
            return false;
    return tb_utf8_is_valid(name);
}

static void
key_set_hash(struct tlog_key *key)
{
    uint8_t bytes[TLOG_NAME_BYTES_MAX + 2 + 32];
    size_t len = strlen(key->name);
    memcpy(bytes, key->name, len);
    bytes[len] = '\n';
    bytes[len + 1] = ED25519_TAG;
    memcpy(bytes + len + 2, key->public_key, 32);
    struct tb_sha256 sum = tb_sha256(bytes, len + 2 + 32);
    memcpy(key->hash, sum.bytes, sizeof key->hash);
}

tb_status
tlog_key_make(tb_str name, const uint8_t seed[32], struct tlog_key *ret_key, struct tb_err *err)
{
    if (!name_is_fit(name))
        return tb_fail(err, TB_INVALID,
                       "key name \"" TB_FMT "\": give 1 to %d bytes without blanks and without +",
                       TB_ARG(name), TLOG_NAME_BYTES_MAX);
    struct tlog_key key = {.has_seed = true};
    memcpy(key.name, name.ptr, name.len);
    memcpy(key.seed, seed, 32);
    EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
    size_t len = 32;
    bool is_made = pkey != NULL && EVP_PKEY_get_raw_public_key(pkey, key.public_key, &len) == 1;
    EVP_PKEY_free(pkey);
    if (!is_made)
        return tb_fail(err, TB_INTERNAL, "OpenSSL makes no Ed25519 key");
    key_set_hash(&key);
    *ret_key = key;
    return TB_OK;
}

static tb_str
key_text(struct tb_arena *arena, const struct tlog_key *key, const char *prefix,
         const uint8_t *bytes)
{
    uint8_t tagged[33] = {ED25519_TAG};
    memcpy(tagged + 1, bytes, 32);
    tb_str hash = tb_hex(arena, key->hash, sizeof key->hash);
    tb_str base64 = tb_base64(arena, tagged, sizeof tagged);
    return tb_printf(arena, "%s%s+" TB_FMT "+" TB_FMT, prefix, key->name, TB_ARG(hash),
                     TB_ARG(base64));
}

tb_str
tlog_key_secret(struct tb_arena *arena, const struct tlog_key *key)
{
    tb_assert(key->has_seed);
    return key_text(arena, key, "PRIVATE+KEY+", key->seed);
}

tb_str
tlog_key_public(struct tb_arena *arena, const struct tlog_key *key)
{
    return key_text(arena, key, "", key->public_key);
}

tb_status
tlog_key_read(tb_str text, struct tlog_key *ret_key, struct tb_err *err)
{
    static const char want[] =
        "the log key is not \"name+hash+base64\" or \"PRIVATE+KEY+name+hash+base64\"";
    text = tb_str_trim(text);
    bool is_secret = tb_str_starts(text, TB_STR("PRIVATE+KEY+"));
    if (is_secret)
        text = tb_str_sub(text, strlen("PRIVATE+KEY+"), text.len);
    tb_str name, hash_text;
    uint8_t hash[4];
    if (text.len > 2 * TLOG_NAME_BYTES_MAX || !tb_str_cut(&text, '+', &name) ||
        !tb_str_cut(&text, '+', &hash_text) || !name_is_fit(name) ||
        !tb_unhex(hash_text, hash, sizeof hash))
        return tb_fail(err, TB_SYNTAX, want);
    struct tb_arena *arena = tb_arena_new(0);
    tb_str bytes;
    bool is_read =
        tb_unbase64(arena, text, &bytes) && bytes.len == 33 && bytes.ptr[0] == ED25519_TAG;
    struct tlog_key key = {0};
    tb_status status = TB_OK;
    if (!is_read) {
        status = tb_fail(err, TB_SYNTAX, want);
    } else if (is_secret) {
        status = tlog_key_make(name, (const uint8_t *)bytes.ptr + 1, &key, err);
    } else {
        memcpy(key.name, name.ptr, name.len);
        memcpy(key.public_key, bytes.ptr + 1, 32);
        key_set_hash(&key);
    }
    tb_arena_free(arena);
    TB_TRY(status);
    if (memcmp(hash, key.hash, sizeof hash) != 0)
        return tb_fail(err, TB_SYNTAX, "the log key's hash does not fit its name and key");
    *ret_key = key;
    return TB_OK;
}

tb_status
tlog_checkpoint_sign(struct tb_arena *arena, const struct tlog_key *key, uint64_t size,
                     const struct tb_sha256 *root, tb_str *ret_note, struct tb_err *err)
{
    tb_assert(key->has_seed);
    tb_str root_text = tb_base64(arena, root->bytes, sizeof root->bytes);
    tb_str text = tb_printf(arena, "%s\n%llu\n" TB_FMT "\n", key->name, (unsigned long long)size,
                            TB_ARG(root_text));
    uint8_t signature[4 + 64];
    memcpy(signature, key->hash, 4);
    size_t len = 64;
    EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key->seed, 32);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool is_signed =
        pkey != NULL && ctx != NULL && EVP_DigestSignInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
        EVP_DigestSign(ctx, signature + 4, &len, (const uint8_t *)text.ptr, text.len) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    if (!is_signed)
        return tb_fail(err, TB_INTERNAL, "OpenSSL does not sign the checkpoint");
    tb_str line = tb_base64(arena, signature, sizeof signature);
    *ret_note =
        tb_printf(arena, TB_FMT "\n" DASH "%s " TB_FMT "\n", TB_ARG(text), key->name, TB_ARG(line));
    return TB_OK;
}

/* Is one of the signature lines a good one by this key over text? */
static bool
is_signed_by(struct tb_arena *arena, tb_str text, tb_str lines, const struct tlog_key *key)
{
    tb_str line, name, bytes;
    EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->public_key, 32);
    bool is_good = false;
    while (!is_good && pkey != NULL && tb_str_cut(&lines, '\n', &line)) {
        if (!tb_str_starts(line, TB_STR(DASH)))
            continue;
        line = tb_str_sub(line, strlen(DASH), line.len);
        if (!tb_str_cut(&line, ' ', &name) || !tb_str_is(name, key->name) ||
            !tb_unbase64(arena, line, &bytes) || bytes.len != 68 ||
            memcmp(bytes.ptr, key->hash, 4) != 0)
            continue;
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        is_good = ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
                  EVP_DigestVerify(ctx, (const uint8_t *)bytes.ptr + 4, 64,
                                   (const uint8_t *)text.ptr, text.len) == 1;
        EVP_MD_CTX_free(ctx);
    }
    EVP_PKEY_free(pkey);
    return is_good;
}

tb_status
tlog_checkpoint_read(tb_str note, const struct tlog_key *key, uint64_t *ret_size,
                     struct tb_sha256 *ret_root, struct tb_err *err)
{
    ptrdiff_t end = tb_str_find(note, TB_STR("\n\n"));
    if (end < 0 || note.len > TLOG_NOTE_BYTES_MAX)
        return tb_fail(err, TB_SYNTAX,
                       "not a signed checkpoint: no empty line before the signature");
    tb_str text = tb_str_sub(note, 0, (size_t)end + 1), rest = text, origin, size_text, root_text,
           root;
    int64_t size;
    if (!tb_str_cut(&rest, '\n', &origin) || !tb_str_cut(&rest, '\n', &size_text) ||
        !tb_str_cut(&rest, '\n', &root_text) || !tb_str_to_int(size_text, &size) || size < 0)
        return tb_fail(err, TB_SYNTAX,
                       "not a signed checkpoint: origin, size and root are wanted, a line each");
    struct tb_arena *arena = tb_arena_new(0);
    tb_status status = TB_OK;
    if (!tb_unbase64(arena, root_text, &root) || root.len != 32)
        status =
            tb_fail(err, TB_SYNTAX, "not a signed checkpoint: the root is not 32 bytes in base64");
    else if (!tb_str_is(origin, key->name) ||
             !is_signed_by(arena, text, tb_str_sub(note, (size_t)end + 2, note.len), key))
        status = tb_fail(err, TB_CORRUPT, "checkpoint of size %lld: no good signature by %s",
                         (long long)size, key->name);
    else
        memcpy(ret_root->bytes, root.ptr, 32);
    tb_arena_free(arena);
    if (status == TB_OK)
        *ret_size = (uint64_t)size;
    return status;
}

bool
tlog_notes_cut(tb_str *rest, tb_str *ret_note)
{
    /* A signature line ends a note; what stands before the last three lines of its text is a torn piece. */
    while (rest->len > 0) {
        ptrdiff_t dash = tb_str_find(*rest, TB_STR("\n\n" DASH));
        if (dash < 0)
            return false;
        size_t end = (size_t)dash + 2;
        while (tb_str_starts(tb_str_sub(*rest, end, rest->len), TB_STR(DASH))) {
            const char *line_end = memchr(rest->ptr + end, '\n', rest->len - end);
            if (line_end == NULL)
                return false;
            end = (size_t)(line_end - rest->ptr) + 1;
        }
        size_t start = (size_t)dash;
        for (int lines = 0; start > 0 && lines < 3; lines++) {
            while (start > 0 && rest->ptr[start - 1] != '\n')
                start--;
            if (lines < 2 && start > 0)
                start--;
        }
        *ret_note = tb_str_sub(*rest, start, end - start);
        *rest = tb_str_sub(*rest, end, rest->len);
        return true;
    }
    return false;
}
