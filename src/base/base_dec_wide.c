/* SPDX-License-Identifier: Apache-2.0 */
/* base_dec_wide.c - the wide path of decimals: Intel's decimal library, variant 000.
 *
 * Variant 000 passes values, rounding mode and flags as arguments: no global state, so it is safe
 * in threads. Its names __bid128_add … are also those of libgcc's helpers for _Decimal128, with
 * other signatures: no file of this program may use that type, only BID_UINT128. */
#include "base/base_internal.h"

#define DECIMAL_CALL_BY_REFERENCE 0
#define DECIMAL_GLOBAL_ROUNDING 0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
#include <bid_conf.h>
#include <bid_functions.h>

#define NEAREST BID_ROUNDING_TO_NEAREST
#define NO_NUMBER (BID_INVALID_EXCEPTION | BID_ZERO_DIVIDE_EXCEPTION | BID_OVERFLOW_EXCEPTION)
/* High bits of BID128 that no finite number of ours has: infinity, NaN. */
#define SPECIAL UINT64_C(0x7800000000000000)

static BID_UINT128
wide_of(tb_dec d)
{
    tb_dec wide = tb__dec_widen(d);
    BID_UINT128 x;
    x.w[0] = wide.u.bid[0];
    x.w[1] = wide.u.bid[1];
    return x;
}

/* The result of an operation, if it is a number. */
static bool
take(BID_UINT128 x, _IDEC_flags flags, tb_dec *ret_dec)
{
    if ((flags & NO_NUMBER) != 0 || (x.w[1] & SPECIAL) == SPECIAL)
        return false;
    tb_dec wide = {.u.bid = {x.w[0], x.w[1]}, .is_wide = true};
    *ret_dec = tb__dec_pack(tb__dec_unpack(wide));
    return true;
}

/* The same for functions whose result has no scale of its own: 9 ** 0.5 is 3, not 3.000…0. */
static bool
take_short(BID_UINT128 x, _IDEC_flags flags, tb_dec *ret_dec)
{
    tb_dec d;
    if (!take(x, flags, &d))
        return false;
    struct tb__dec_parts parts = tb__dec_unpack(d);
    while (parts.exponent < 0 && parts.coef % 10 == 0 && parts.coef != 0) {
        parts.coef /= 10;
        parts.exponent++;
    }
    *ret_dec = tb__dec_pack(parts);
    return true;
}

bool
tb__wide_add(tb_dec a, tb_dec b, tb_dec *ret_dec)
{
    _IDEC_flags flags = 0;
    BID_UINT128 x = bid128_add(wide_of(a), wide_of(b), NEAREST, &flags);
    return take(x, flags, ret_dec);
}

bool
tb__wide_mul(tb_dec a, tb_dec b, tb_dec *ret_dec, bool *ret_is_exact)
{
    _IDEC_flags flags = 0;
    BID_UINT128 x = bid128_mul(wide_of(a), wide_of(b), NEAREST, &flags);
    *ret_is_exact = (flags & BID_INEXACT_EXCEPTION) == 0;
    return take(x, flags, ret_dec);
}

bool
tb__wide_div(tb_dec a, tb_dec b, tb_dec *ret_dec)
{
    _IDEC_flags flags = 0;
    BID_UINT128 x = bid128_div(wide_of(a), wide_of(b), NEAREST, &flags);
    return take(x, flags, ret_dec);
}

bool
tb__wide_modulo(tb_dec a, tb_dec b, tb_dec *ret_dec)
{
    _IDEC_flags flags = 0;
    BID_UINT128 x = bid128_fmod(wide_of(a), wide_of(b), &flags);
    tb_dec rest;
    if (!take(x, flags, &rest))
        return false;
    /* fmod has the sign of a, the floored modulo that of b. */
    int sign = tb_dec_sign(rest);
    if (sign != 0 && sign != tb_dec_sign(b))
        return tb__wide_add(rest, b, ret_dec);
    *ret_dec = rest;
    return true;
}

/* A number of some 68 digits: the sum of two of 34. */
struct twin {
    BID_UINT128 high, low;
};

static struct twin
twin_sum(BID_UINT128 high, BID_UINT128 low, _IDEC_flags *flags)
{
    BID_UINT128 sum = bid128_add(high, low, NEAREST, flags);
    BID_UINT128 rest = bid128_sub(low, bid128_sub(sum, high, NEAREST, flags), NEAREST, flags);
    return (struct twin){sum, rest};
}

static struct twin
twin_mul(struct twin a, struct twin b, _IDEC_flags *flags)
{
    BID_UINT128 high = bid128_mul(a.high, b.high, NEAREST, flags);
    BID_UINT128 low = bid128_fma(a.high, b.high, bid128_negate(high), NEAREST, flags);
    low = bid128_fma(a.high, b.low, low, NEAREST, flags);
    low = bid128_fma(a.low, b.high, low, NEAREST, flags);
    return twin_sum(high, low, flags);
}

/* 1 / a, corrected once by what the quotient misses. */
static BID_UINT128
twin_inverse(struct twin a, _IDEC_flags *flags)
{
    BID_UINT128 one = wide_of(tb_dec_of(1));
    BID_UINT128 quotient = bid128_div(one, a.high, NEAREST, flags);
    BID_UINT128 minus = bid128_negate(quotient);
    BID_UINT128 missing = bid128_fma(minus, a.high, one, NEAREST, flags);
    missing = bid128_fma(minus, a.low, missing, NEAREST, flags);
    return bid128_fma(missing, quotient, quotient, NEAREST, flags);
}

bool
tb__wide_pow_int(tb_dec a, int64_t n, tb_dec *ret_dec)
{
    _IDEC_flags flags = 0;
    BID_UINT128 zero = wide_of(tb_dec_of(0));
    struct twin result = {wide_of(tb_dec_of(1)), zero}, square = {wide_of(a), zero};
    for (int64_t rest = n < 0 ? -n : n; rest > 0; rest /= 2) {
        if (rest % 2 == 1)
            result = twin_mul(result, square, &flags);
        if (rest > 1)
            square = twin_mul(square, square, &flags);
    }
    return take(n < 0 ? twin_inverse(result, &flags) : result.high, flags, ret_dec);
}

bool
tb__wide_pow(tb_dec a, tb_dec b, tb_dec *ret_dec)
{
    _IDEC_flags flags = 0;
    BID_UINT128 x = bid128_pow(wide_of(a), wide_of(b), NEAREST, &flags);
    return take_short(x, flags, ret_dec);
}

bool
tb__wide_sqrt(tb_dec d, tb_dec *ret_dec)
{
    _IDEC_flags flags = 0;
    BID_UINT128 x = bid128_sqrt(wide_of(d), NEAREST, &flags);
    return take(x, flags, ret_dec);
}

bool
tb__wide_exp(tb_dec d, tb_dec *ret_dec)
{
    _IDEC_flags flags = 0;
    BID_UINT128 x = bid128_exp(wide_of(d), NEAREST, &flags);
    return take_short(x, flags, ret_dec);
}

bool
tb__wide_log(tb_dec d, tb_dec *ret_dec)
{
    _IDEC_flags flags = 0;
    BID_UINT128 x = bid128_log(wide_of(d), NEAREST, &flags);
    return take_short(x, flags, ret_dec);
}

int
tb__wide_cmp(tb_dec a, tb_dec b)
{
    _IDEC_flags flags = 0;
    BID_UINT128 left = wide_of(a), right = wide_of(b);
    if (bid128_quiet_less(left, right, &flags))
        return -1;
    return bid128_quiet_equal(left, right, &flags) ? 0 : 1;
}
