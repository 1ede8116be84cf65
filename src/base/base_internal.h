/* SPDX-License-Identifier: Apache-2.0 */
/* base_internal.h - what the files of base share and nobody else may use. */
#ifndef BASE_BASE_INTERNAL_H
#define BASE_BASE_INTERNAL_H

#include "base/base.h"

typedef unsigned __int128 tb__u128;

/* As tb_alloc, but the bytes are not zeroed: for what is written over at once. */
void *tb__alloc_bytes(struct tb_arena *arena, size_t size);
/* Grow the newest allocation of the arena in place. False when ptr is not the newest or its block
 * is full. The new bytes are not zeroed. */
bool tb__arena_extend(struct tb_arena *arena, void *ptr, size_t old_size, size_t new_size);

/* Offset of the first ill-formed byte, or text.len. */
size_t tb__utf8_bad(tb_str text);

/* Text is a number in the grammar of JSON. */
bool tb__json_is_number(tb_str text);

/* A decimal taken apart: (-1)^is_negative × coef × 10^exponent, coef < 10^34. */
struct tb__dec_parts {
    tb__u128 coef;
    int32_t exponent;
    bool is_negative;
};
struct tb__dec_parts tb__dec_unpack(tb_dec d);
/* The number of parts, narrow if it fits. exponent within -6176 to 6111, coef < 10^34. */
tb_dec tb__dec_pack(struct tb__dec_parts parts);
/* The same number, always as BID128: tests use it to drive the wide path with small numbers. */
tb_dec tb__dec_widen(tb_dec d);
/* 10^n for n from 0 to 38. */
tb__u128 tb__pow10(int n);

/* The wide path: operands may be narrow or wide, results are narrow when they fit. */
bool tb__wide_add(tb_dec a, tb_dec b, tb_dec *ret_dec);
bool tb__wide_mul(tb_dec a, tb_dec b, tb_dec *ret_dec, bool *ret_is_exact);
bool tb__wide_div(tb_dec a, tb_dec b, tb_dec *ret_dec);
bool tb__wide_modulo(tb_dec a, tb_dec b, tb_dec *ret_dec);
bool tb__wide_pow(tb_dec a, tb_dec b, tb_dec *ret_dec);
/* a^n with twice the digits on the way: the library's own pow errs in the last two places when n is
 * large. */
bool tb__wide_pow_int(tb_dec a, int64_t n, tb_dec *ret_dec);
bool tb__wide_sqrt(tb_dec d, tb_dec *ret_dec);
bool tb__wide_exp(tb_dec d, tb_dec *ret_dec);
bool tb__wide_log(tb_dec d, tb_dec *ret_dec);
int tb__wide_cmp(tb_dec a, tb_dec b);

#endif
