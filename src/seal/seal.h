/* SPDX-License-Identifier: Apache-2.0 */
/* seal.h - SM2 with SM3 (GB/T 32918, GB/T 32905): keys, signatures, sealed PDF, QR codes,
 * revocation lists.
 *
 * Stand-alone: needs base/ and OpenSSL 3. Reads and writes no file: keys come and go as PEM text.
 * The signer's id is 1234567812345678 everywhere; signatures are DER r,s. Private keys are never
 * logged and are wiped when freed.
 *
 * A sealed PDF carries a signature dictionary whose /ByteRange covers every byte but the signature
 * itself; whatever is changed or appended afterwards makes verification fail. It can be checked
 * without this program: docs/howto/check-a-seal.md. */
#ifndef SEAL_SEAL_H
#define SEAL_SEAL_H

#include "base/base.h"

#define SEAL_ID "1234567812345678"

/* ---- keys ---- */

/* A private or a public key. Heap; immutable, may be shared between threads; freed with
 * seal_key_free. */
struct seal_key;

/* Make a key pair: PKCS#8 private and SubjectPublicKeyInfo public, both PEM, in arena. Randomness
 * is OpenSSL's. */
TB_NODISCARD tb_status seal_generate(struct tb_arena *arena, tb_str *ret_private_pem,
                                     tb_str *ret_public_pem, struct tb_err *err);
/* Read either PEM (borrowed). TB_INVALID when it is no SM2 key. *ret_key is owned by the caller. */
TB_NODISCARD tb_status seal_key_new(tb_str pem, struct seal_key **ret_key, struct tb_err *err);
void seal_key_free(struct seal_key *key); /* NULL is fine */
bool seal_key_is_private(const struct seal_key *key);
/* The name of a key: the first 16 hex digits of SM3 over the DER of its public half. In arena. */
tb_str seal_key_id(struct tb_arena *arena, const struct seal_key *key);
TB_NODISCARD tb_status seal_key_public_pem(struct tb_arena *arena, const struct seal_key *key,
                                           tb_str *ret_pem, struct tb_err *err);

/* ---- signatures ---- */

/* DER r,s over bytes; in arena. Two calls give two signatures (SM2 is randomised), both good. */
TB_NODISCARD tb_status seal_sign(struct tb_arena *arena, const struct seal_key *key, tb_str bytes,
                                 tb_str *ret_signature, struct tb_err *err);
bool seal_verify(const struct seal_key *key, tb_str bytes, tb_str signature);
/* SM3 of bytes. */
void seal_sm3(tb_str bytes, uint8_t ret_digest[32]);

/* ---- sealed PDF ---- */

/* What the signature dictionary says. Texts are UTF-8. */
struct seal_note {
    tb_str authority; /* /Name: whose seal */
    tb_str reason;    /* /Reason: 审批专用章 … */
    tb_str location;  /* /Location; may be absent */
    int64_t at;       /* /M, µs */
};

/* Add a seal to a PDF as paper_pdf makes it (no other signature in it). TB_INVALID when it is no
 * such PDF. In arena. */
TB_NODISCARD tb_status seal_pdf(struct tb_arena *arena, const struct seal_key *key, tb_str pdf,
                                const struct seal_note *note, tb_str *ret_sealed,
                                struct tb_err *err);

typedef enum {
    SEAL_GOOD,
    SEAL_NONE,        /* there is no seal of ours in it */
    SEAL_CHANGED,     /* the bytes are not those that were sealed */
    SEAL_APPENDED,    /* something stands behind what was sealed */
    SEAL_MALFORMED,   /* two seals, a /ByteRange that leaves bytes out, … */
    SEAL_UNKNOWN_KEY, /* sealed by a key that is not among those given */
    SEAL_VERDICT_COUNT
} seal_verdict;
struct seal_verdict_row {
    const char *code, *zh, *en; /* what to say to the person who asked */
};
const struct seal_verdict_row *seal_verdict_text(seal_verdict verdict);

/* What was found out about a file. */
struct seal_finding {
    seal_verdict verdict;
    tb_str key_id; /* as the file says, in arena */
    tb_str authority, reason;
    int64_t at;
    size_t range[4]; /* /ByteRange */
};

/* Check a PDF against public keys. Never fails: the verdict says it. Texts in arena. */
struct seal_finding seal_pdf_verify(struct tb_arena *arena, const struct seal_key *const *keys,
                                    size_t key_count, tb_str pdf);

/* ---- QR codes ---- */

/* What a certificate's QR says: "issued as shown on this date", never "still valid". */
struct seal_code {
    tb_str mark;    /* e-licence mark, with the root OID left out */
    tb_str initial; /* first character of the holder's name: enough to compare, not to identify */
    tb_date issued, until; /* until year 0: no end */
    tb_str key_id;
};

/* `TB1;` mark ; initial ; issued ; until ; key id ; base64url signature: at most SEAL_QR_BYTES_MAX
 * bytes, in arena. key_id of code is ignored and taken from key. TB_INVALID when a member has `;`
 * or is too long. */
TB_NODISCARD tb_status seal_code_make(struct tb_arena *arena, const struct seal_key *key,
                                      const struct seal_code *code, tb_str *ret_payload,
                                      struct tb_err *err);
/* Read and check a payload. Texts in arena. SEAL_MALFORMED when it is none of ours; SEAL_CHANGED
 * when it was altered. */
seal_verdict seal_code_verify(struct tb_arena *arena, const struct seal_key *const *keys,
                              size_t key_count, tb_str payload, struct seal_code *ret_code);

/* ---- revocation lists ---- */

/* One certificate that no longer stands as issued. */
struct seal_revocation {
    tb_str mark;
    tb_str state;  /* 暂扣 撤销 注销 失效 吊销, as a word of cases */
    tb_str reason; /* short, without personal data */
    tb_date from;
};

/* A signed list as text: a header line, one line per certificate sorted by mark, an empty line, the
 * signature line. Everything up to and including the empty line is signed. number goes up with each
 * list. In arena. */
TB_NODISCARD tb_status seal_revocations_make(struct tb_arena *arena, const struct seal_key *key,
                                             int64_t number, int64_t at,
                                             const struct seal_revocation *items, size_t count,
                                             tb_str *ret_text, struct tb_err *err);
struct seal_revocation_list {
    int64_t number, at;
    tb_str key_id;
    const struct seal_revocation *items; /* by mark */
    size_t count;
};
seal_verdict seal_revocations_read(struct tb_arena *arena, const struct seal_key *const *keys,
                                   size_t key_count, tb_str text,
                                   struct seal_revocation_list *ret_list);
/* NULL when the mark is not on the list. */
const struct seal_revocation *seal_revocation_find(const struct seal_revocation_list *list,
                                                   tb_str mark);

#endif
