/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_kernel.c - loops over blocks that the compiler turns into vector instructions. Each is compiled twice from one
 * text: for every x86-64, and for AVX2; which one runs is decided once. */
#include "dmn/dmn_kernel_internal.h"
#include "dmn/dmn_plan_internal.h"

#define EACH for (size_t i = 0; i < DMN__BLOCK; i++)
#define ALWAYS static inline __attribute__((always_inline))

ALWAYS void
compare_body(int code, const int64_t *restrict a, const int64_t *restrict b, uint8_t *restrict to)
{
    switch (code) {
    case DMN__OP_EQ:
        EACH to[i] = a[i] == b[i];
        break;
    case DMN__OP_NE:
        EACH to[i] = a[i] != b[i];
        break;
    case DMN__OP_LT:
        EACH to[i] = a[i] < b[i];
        break;
    case DMN__OP_LE:
        EACH to[i] = a[i] <= b[i];
        break;
    case DMN__OP_GT:
        EACH to[i] = a[i] > b[i];
        break;
    default:
        EACH to[i] = a[i] >= b[i];
    }
}

ALWAYS void
compare_constant_body(int code, const int64_t *restrict a, int64_t b, uint8_t *restrict to)
{
    switch (code) {
    case DMN__OP_EQ:
        EACH to[i] = a[i] == b;
        break;
    case DMN__OP_NE:
        EACH to[i] = a[i] != b;
        break;
    case DMN__OP_LT:
        EACH to[i] = a[i] < b;
        break;
    case DMN__OP_LE:
        EACH to[i] = a[i] <= b;
        break;
    case DMN__OP_GT:
        EACH to[i] = a[i] > b;
        break;
    default:
        EACH to[i] = a[i] >= b;
    }
}

ALWAYS void
is_code_body(const uint16_t *restrict a, uint16_t b, bool is_wanted, uint8_t *restrict to)
{
    if (is_wanted)
        EACH to[i] = a[i] == b;
    else
        EACH to[i] = a[i] != b;
}

ALWAYS void
is_truth_body(const uint8_t *restrict a, bool is_wanted, uint8_t *restrict to)
{
    uint8_t other = !is_wanted;
    EACH to[i] = a[i] ^ other;
}

ALWAYS void
join_body(const uint8_t *restrict a, const uint8_t *restrict b, bool is_or, uint8_t *restrict to)
{
    if (is_or)
        EACH to[i] = a[i] | b[i];
    else
        EACH to[i] = a[i] & b[i];
}

ALWAYS void
between_body(const int64_t *restrict a, int64_t low, int64_t high, uint8_t *restrict to)
{
    EACH to[i] |= (a[i] >= low) & (a[i] <= high);
}

ALWAYS void
among_body(const uint16_t *restrict a, uint16_t code, uint8_t *restrict to)
{
    EACH to[i] |= a[i] == code;
}

ALWAYS void
pick_constant_body(const uint8_t *restrict a, uint16_t yes, uint16_t no, uint16_t *restrict to)
{
    uint16_t both = yes ^ no;
    EACH to[i] = no ^ (both & (uint16_t)-a[i]);
}

ALWAYS void
pick_code_body(const uint8_t *restrict a, const uint16_t *restrict yes, const uint16_t *restrict no,
               uint16_t *restrict to)
{
    EACH to[i] = no[i] ^ ((yes[i] ^ no[i]) & (uint16_t)-a[i]);
}

ALWAYS void
pick_number_body(const uint8_t *restrict a, const int64_t *restrict yes, const int64_t *restrict no,
                 int64_t *restrict to)
{
    EACH to[i] = no[i] ^ ((yes[i] ^ no[i]) & -(int64_t)a[i]);
}

ALWAYS void
add_body(const int64_t *restrict a, const int64_t *restrict b, int sign, int64_t *restrict to)
{
    if (sign > 0)
        EACH to[i] = a[i] + b[i];
    else
        EACH to[i] = a[i] - b[i];
}

ALWAYS void
multiply_body(const int64_t *restrict a, const int64_t *restrict b, int64_t *restrict to)
{
    EACH to[i] = a[i] * b[i];
}

ALWAYS void
add_constant_body(const int64_t *restrict a, int64_t b, int64_t *restrict to)
{
    EACH to[i] = a[i] + b;
}

ALWAYS void
multiply_constant_body(const int64_t *restrict a, int64_t b, int64_t *restrict to)
{
    EACH to[i] = a[i] * b;
}

ALWAYS void
widen_body(const int32_t *restrict a, int64_t *restrict to)
{
    EACH to[i] = a[i];
}

ALWAYS void
range_body(const int64_t *restrict a, int64_t *restrict ret_low, int64_t *restrict ret_high)
{
    int64_t low = a[0], high = a[0];
    EACH
    {
        low = a[i] < low ? a[i] : low;
        high = a[i] > high ? a[i] : high;
    }
    *ret_low = low;
    *ret_high = high;
}

ALWAYS void
count_body(const int64_t *restrict a, int64_t border, uint8_t *restrict to)
{
    EACH to[i] = (uint8_t)(to[i] + (a[i] >= border));
}

ALWAYS uint32_t
tally_body(const uint16_t *restrict a, uint16_t code)
{
    uint16_t count = 0;
    EACH count = (uint16_t)(count + (a[i] == code));
    return count;
}

/* clang-format off */
#define KERNELS(TARGET, SUFFIX)                                                                                        \
    TARGET static void compare##SUFFIX(int code, const int64_t *a, const int64_t *b, uint8_t *to) { compare_body(code, a, b, to); } \
    TARGET static void compare_constant##SUFFIX(int code, const int64_t *a, int64_t b, uint8_t *to) { compare_constant_body(code, a, b, to); } \
    TARGET static void is_code##SUFFIX(const uint16_t *a, uint16_t b, bool wanted, uint8_t *to) { is_code_body(a, b, wanted, to); } \
    TARGET static void is_truth##SUFFIX(const uint8_t *a, bool wanted, uint8_t *to) { is_truth_body(a, wanted, to); }  \
    TARGET static void join##SUFFIX(const uint8_t *a, const uint8_t *b, bool is_or, uint8_t *to) { join_body(a, b, is_or, to); } \
    TARGET static void between##SUFFIX(const int64_t *a, int64_t low, int64_t high, uint8_t *to) { between_body(a, low, high, to); } \
    TARGET static void among##SUFFIX(const uint16_t *a, uint16_t code, uint8_t *to) { among_body(a, code, to); }       \
    TARGET static void pick_constant##SUFFIX(const uint8_t *a, uint16_t yes, uint16_t no, uint16_t *to) { pick_constant_body(a, yes, no, to); } \
    TARGET static void pick_code##SUFFIX(const uint8_t *a, const uint16_t *yes, const uint16_t *no, uint16_t *to) { pick_code_body(a, yes, no, to); } \
    TARGET static void pick_number##SUFFIX(const uint8_t *a, const int64_t *yes, const int64_t *no, int64_t *to) { pick_number_body(a, yes, no, to); } \
    TARGET static void add##SUFFIX(const int64_t *a, const int64_t *b, int sign, int64_t *to) { add_body(a, b, sign, to); } \
    TARGET static void multiply##SUFFIX(const int64_t *a, const int64_t *b, int64_t *to) { multiply_body(a, b, to); }  \
    TARGET static void add_constant##SUFFIX(const int64_t *a, int64_t b, int64_t *to) { add_constant_body(a, b, to); } \
    TARGET static void multiply_constant##SUFFIX(const int64_t *a, int64_t b, int64_t *to) { multiply_constant_body(a, b, to); } \
    TARGET static void widen##SUFFIX(const int32_t *a, int64_t *to) { widen_body(a, to); }                             \
    TARGET static void range##SUFFIX(const int64_t *a, int64_t *low, int64_t *high) { range_body(a, low, high); }      \
    TARGET static void count##SUFFIX(const int64_t *a, int64_t border, uint8_t *to) { count_body(a, border, to); }     \
    TARGET static uint32_t tally##SUFFIX(const uint16_t *a, uint16_t code) { return tally_body(a, code); }             \
    static const struct dmn__kernels kernels##SUFFIX = {                                                               \
        compare##SUFFIX, compare_constant##SUFFIX, is_code##SUFFIX, is_truth##SUFFIX, join##SUFFIX, between##SUFFIX,   \
        among##SUFFIX, pick_constant##SUFFIX, pick_code##SUFFIX, pick_number##SUFFIX, add##SUFFIX, multiply##SUFFIX,   \
        add_constant##SUFFIX, multiply_constant##SUFFIX, widen##SUFFIX, range##SUFFIX, count##SUFFIX, tally##SUFFIX};
/* clang-format on */

#ifdef __x86_64__
KERNELS(__attribute__((target("avx2"))), _avx2)
#endif
KERNELS(, _plain)

const struct dmn__kernels *
dmn__kernels(void)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2"))
        return &kernels_avx2;
#endif
    return &kernels_plain;
}
