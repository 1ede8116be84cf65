/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_kernel_internal.h - operations on a block of rows at once, for dmn_batch.c.
 *
 * A block always has DMN__BLOCK rows; a last block that is not full is padded. Numbers, days and months lie in 64-bit
 * lanes, truths in bytes (0, 1), choices and texts in 16 bits. There are no nulls and no overflows here: the caller has
 * taken such rows out, or proved that there are none. */
#ifndef DMN_DMN_KERNEL_INTERNAL_H
#define DMN_DMN_KERNEL_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DMN__BLOCK 1024

/* One for processors with AVX2, one for the rest. */
struct dmn__kernels {
    /* code: the comparisons of dmn__op_code */
    void (*compare)(int code, const int64_t *a, const int64_t *b, uint8_t *to);
    void (*compare_constant)(int code, const int64_t *a, int64_t b, uint8_t *to);
    void (*is_code)(const uint16_t *a, uint16_t b, bool is_wanted, uint8_t *to);
    void (*is_truth)(const uint8_t *a, bool is_wanted, uint8_t *to);
    void (*join)(const uint8_t *a, const uint8_t *b, bool is_or, uint8_t *to);
    /* to |= low <= a <= high */
    void (*between)(const int64_t *a, int64_t low, int64_t high, uint8_t *to);
    void (*among)(const uint16_t *a, uint16_t code, uint8_t *to);
    void (*pick_constant)(const uint8_t *a, uint16_t yes, uint16_t no, uint16_t *to);
    void (*pick_code)(const uint8_t *a, const uint16_t *yes, const uint16_t *no, uint16_t *to);
    void (*pick_number)(const uint8_t *a, const int64_t *yes, const int64_t *no, int64_t *to);
    void (*add)(const int64_t *a, const int64_t *b, int sign, int64_t *to);
    void (*multiply)(const int64_t *a, const int64_t *b, int64_t *to);
    void (*add_constant)(const int64_t *a, int64_t b, int64_t *to);
    void (*multiply_constant)(const int64_t *a, int64_t b, int64_t *to);
    void (*widen)(const int32_t *a, int64_t *to);
    void (*range)(const int64_t *a, int64_t *ret_low, int64_t *ret_high);
    /* to += a >= border: how many borders a value has reached */
    void (*count)(const int64_t *a, int64_t border, uint8_t *to);
    /* how many rows of the block have the code */
    uint32_t (*tally)(const uint16_t *a, uint16_t code);
};

const struct dmn__kernels *dmn__kernels(void);

#endif
