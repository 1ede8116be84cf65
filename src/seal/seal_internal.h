/* SPDX-License-Identifier: Apache-2.0 */
/* seal_internal.h - what the files of seal share. */
#ifndef SEAL_SEAL_INTERNAL_H
#define SEAL_SEAL_INTERNAL_H

#include "seal/seal.h"

/* A signature of exactly this many bytes is asked for, so that it fits where it stands. DER r,s has 70 to 72 bytes,
 * and this length in half of all cases. */
#define SEAL__DER_BYTES 71

/* As seal_sign, repeated until the signature has SEAL__DER_BYTES. */
tb_status seal__sign_sized(struct tb_arena *arena, const struct seal_key *key, tb_str bytes,
                           tb_str *ret_signature, struct tb_err *err);

/* The key of that name, or NULL. */
const struct seal_key *seal__find_key(const struct seal_key *const *keys, size_t count, tb_str id);

#endif
