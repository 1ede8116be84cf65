/* SPDX-License-Identifier: Apache-2.0 */
/* seal_key.c - SM2 keys and signatures by OpenSSL 3. */
#include "seal/seal_internal.h"
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#define ID_DIGITS 16
#define TRIES_MAX 200 /* of a signature with the wanted length: 1 in 2 has it */

struct seal_key {
    EVP_PKEY *pkey;
    bool is_private;
    char id[ID_DIGITS + 1];
};

/* What OpenSSL has to say, behind what we were doing. */
static tb_status
fail_openssl(struct tb_err *err, tb_status status, const char *doing)
{
    char reason[160] = "no reason given";
    unsigned long code = ERR_get_error();
    if (code != 0)
        ERR_error_string_n(code, reason, sizeof reason);
    ERR_clear_error();
    return tb_fail(err, status, "%s: %s", doing, reason);
}

static tb_str
bio_text(struct tb_arena *arena, BIO *bio)
{
    char *bytes = NULL;
    long len = BIO_get_mem_data(bio, &bytes);
    return tb_str_copy(arena, (tb_str){bytes, len > 0 ? (size_t)len : 0});
}

static tb_status
private_pem(struct tb_arena *arena, EVP_PKEY *pkey, tb_str *ret_pem, struct tb_err *err)
{
    BIO *bio = BIO_new(BIO_s_secmem());
    tb_status status = TB_OK;
    if (bio == NULL || PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) != 1)
        status = fail_openssl(err, TB_INTERNAL, "writing a private key");
    else
        *ret_pem = bio_text(arena, bio);
    BIO_free_all(bio);
    return status;
}

static tb_status
public_pem(struct tb_arena *arena, EVP_PKEY *pkey, tb_str *ret_pem, struct tb_err *err)
{
    BIO *bio = BIO_new(BIO_s_mem());
    tb_status status = TB_OK;
    if (bio == NULL || PEM_write_bio_PUBKEY(bio, pkey) != 1)
        status = fail_openssl(err, TB_INTERNAL, "writing a public key");
    else
        *ret_pem = bio_text(arena, bio);
    BIO_free_all(bio);
    return status;
}

tb_status
seal_generate(struct tb_arena *arena, tb_str *ret_private_pem, tb_str *ret_public_pem,
              struct tb_err *err)
{
    EVP_PKEY *pkey = EVP_EC_gen("SM2");
    if (pkey == NULL)
        return fail_openssl(err, TB_INTERNAL, "making an SM2 key");
    tb_str secret = TB_STR_NONE, open = TB_STR_NONE;
    tb_status status = private_pem(arena, pkey, &secret, err);
    if (status == TB_OK)
        status = public_pem(arena, pkey, &open, err);
    EVP_PKEY_free(pkey);
    if (status != TB_OK)
        return status;
    *ret_private_pem = secret;
    *ret_public_pem = open;
    return TB_OK;
}

void
seal_sm3(tb_str bytes, uint8_t ret_digest[32])
{
    unsigned len = 0;
    int is_good = EVP_Digest(bytes.ptr, bytes.len, ret_digest, &len, EVP_sm3(), NULL);
    tb_assert(is_good == 1 && len == 32);
}

static tb_status
name_key(struct seal_key *key, struct tb_err *err)
{
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(key->pkey, &der);
    if (len <= 0)
        return fail_openssl(err, TB_INVALID, "reading the public half of a key");
    uint8_t digest[32];
    seal_sm3((tb_str){(const char *)der, (size_t)len}, digest);
    OPENSSL_free(der);
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < ID_DIGITS; i++)
        key->id[i] = digits[(digest[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 15];
    return TB_OK;
}

/* A passphrase is never asked for: a key in an encrypted file is refused. */
static int
no_passphrase(char *buf, int size, int rwflag, void *u)
{
    (void)buf;
    (void)size;
    (void)rwflag;
    (void)u;
    return -1;
}

tb_status
seal_key_new(tb_str pem, struct seal_key **ret_key, struct tb_err *err)
{
    struct seal_key *key = calloc(1, sizeof *key);
    tb_assert(key != NULL);
    key->is_private = tb_str_contains(pem, TB_STR("PRIVATE KEY"));
    BIO *bio = BIO_new_mem_buf(pem.ptr, (int)(pem.len < 65536 ? pem.len : 65536));
    if (bio != NULL && key->is_private)
        key->pkey = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
    else if (bio != NULL)
        key->pkey = PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL);
    BIO_free_all(bio);
    tb_status status;
    if (key->pkey == NULL)
        status = fail_openssl(err, TB_INVALID, "this is no key in PEM");
    else if (!EVP_PKEY_is_a(key->pkey, "SM2"))
        status = tb_fail(err, TB_INVALID,
                         "this is no SM2 key; make one with tongban init, or openssl genpkey");
    else
        status = name_key(key, err);
    if (status != TB_OK) {
        seal_key_free(key);
        return status;
    }
    *ret_key = key;
    return TB_OK;
}

void
seal_key_free(struct seal_key *key)
{
    if (key == NULL)
        return;
    EVP_PKEY_free(key->pkey); /* wipes what is secret */
    free(key);
}

bool
seal_key_is_private(const struct seal_key *key)
{
    return key->is_private;
}

tb_str
seal_key_id(struct tb_arena *arena, const struct seal_key *key)
{
    return tb_str_copy(arena, tb_str_of(key->id));
}

tb_status
seal_key_public_pem(struct tb_arena *arena, const struct seal_key *key, tb_str *ret_pem,
                    struct tb_err *err)
{
    return public_pem(arena, key->pkey, ret_pem, err);
}

const struct seal_key *
seal__find_key(const struct seal_key *const *keys, size_t count, tb_str id)
{
    for (size_t i = 0; i < count; i++)
        if (tb_str_is(id, keys[i]->id))
            return keys[i];
    return NULL;
}

/* ---- signatures ---- */

static tb_status
sign_once(const struct seal_key *key, tb_str bytes, uint8_t *ret_der, size_t *ret_len,
          struct tb_err *err)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *options = NULL;
    bool is_good =
        context != NULL && EVP_DigestSignInit(context, &options, EVP_sm3(), NULL, key->pkey) == 1 &&
        EVP_PKEY_CTX_set1_id(options, SEAL_ID, sizeof SEAL_ID - 1) == 1 &&
        EVP_DigestSign(context, ret_der, ret_len, (const uint8_t *)bytes.ptr, bytes.len) == 1;
    EVP_MD_CTX_free(context);
    return is_good ? TB_OK : fail_openssl(err, TB_INTERNAL, "signing with SM2");
}

static tb_status
sign(struct tb_arena *arena, const struct seal_key *key, tb_str bytes, size_t wanted,
     tb_str *ret_signature, struct tb_err *err)
{
    if (!key->is_private)
        return tb_fail(err, TB_INVALID, "a public key cannot sign; give the private one");
    for (int i = 0; i < TRIES_MAX; i++) {
        uint8_t der[SEAL_SIGNATURE_BYTES_MAX];
        size_t len = sizeof der;
        TB_TRY(sign_once(key, bytes, der, &len, err));
        if (wanted != 0 && len != wanted)
            continue;
        *ret_signature = tb_str_copy(arena, (tb_str){(const char *)der, len});
        return TB_OK;
    }
    return tb_fail(err, TB_INTERNAL, "no signature of %zu bytes in %d tries", wanted, TRIES_MAX);
}

tb_status
seal_sign(struct tb_arena *arena, const struct seal_key *key, tb_str bytes, tb_str *ret_signature,
          struct tb_err *err)
{
    return sign(arena, key, bytes, 0, ret_signature, err);
}

tb_status
seal__sign_sized(struct tb_arena *arena, const struct seal_key *key, tb_str bytes,
                 tb_str *ret_signature, struct tb_err *err)
{
    return sign(arena, key, bytes, SEAL__DER_BYTES, ret_signature, err);
}

bool
seal_verify(const struct seal_key *key, tb_str bytes, tb_str signature)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *options = NULL;
    bool is_good = context != NULL &&
                   EVP_DigestVerifyInit(context, &options, EVP_sm3(), NULL, key->pkey) == 1 &&
                   EVP_PKEY_CTX_set1_id(options, SEAL_ID, sizeof SEAL_ID - 1) == 1 &&
                   EVP_DigestVerify(context, (const uint8_t *)signature.ptr, signature.len,
                                    (const uint8_t *)bytes.ptr, bytes.len) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return is_good;
}
