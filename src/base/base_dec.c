/* SPDX-License-Identifier: Apache-2.0 */
/* base_dec.c - exact decimals: the narrow path, and what needs no library.
 *
 * A number is narrow, coef × 10^-scale in an int64, or wide, an IEEE 754 decimal128 in Intel's BID
 * encoding. Every result is narrow when it fits, so the quick path stays quick:
 *
 *   narrow  |coef| <= INT64_MAX, 0 <= scale <= 18; zero has no sign
 *   wide    whatever does not fit there; never zero at a scale that would, never infinite, never
 * NaN
 *
 * Equality, order and hash look at the value alone: 1.0 and 1.00 are one number with two writings.
 */
#include "base/base_internal.h"
#include <math.h>
#include <string.h>

#define SCALE_MAX 18
#define DIGITS_MAX 34
#define EXPONENT_MIN (-6176)
#define EXPONENT_MAX 6111
#define BIAS 6176
#define COEF_BITS_HIGH 49

static const int64_t pow10_small[SCALE_MAX + 1] = {
    INT64_C(1),
    INT64_C(10),
    INT64_C(100),
    INT64_C(1000),
    INT64_C(10000),
    INT64_C(100000),
    INT64_C(1000000),
    INT64_C(10000000),
    INT64_C(100000000),
    INT64_C(1000000000),
    INT64_C(10000000000),
    INT64_C(100000000000),
    INT64_C(1000000000000),
    INT64_C(10000000000000),
    INT64_C(100000000000000),
    INT64_C(1000000000000000),
    INT64_C(10000000000000000),
    INT64_C(100000000000000000),
    INT64_C(1000000000000000000),
};

tb__u128
tb__pow10(int n)
{
    tb_assert(n >= 0 && n <= 38);
    tb__u128 low = (tb__u128)pow10_small[n % (SCALE_MAX + 1)];
    for (int have = n % (SCALE_MAX + 1); have < n; have += SCALE_MAX + 1)
        low = low * (tb__u128)pow10_small[SCALE_MAX] * 10;
    return low;
}

static tb_dec
narrow(int64_t coef, int scale)
{
    return (tb_dec){.u.coef = coef, .scale = (int16_t)scale};
}

struct tb__dec_parts
tb__dec_unpack(tb_dec d)
{
    if (!d.is_wide) {
        uint64_t size = d.u.coef < 0 ? 0 - (uint64_t)d.u.coef : (uint64_t)d.u.coef;
        return (struct tb__dec_parts){size, -d.scale, d.u.coef < 0};
    }
    uint64_t high = d.u.bid[1];
    tb__u128 coef = (tb__u128)(high & ((UINT64_C(1) << COEF_BITS_HIGH) - 1)) << 64 | d.u.bid[0];
    int32_t exponent = (int32_t)(high >> COEF_BITS_HIGH & 0x3FFF) - BIAS;
    return (struct tb__dec_parts){coef, exponent, (high >> 63) != 0};
}

static tb_dec
encode_wide(struct tb__dec_parts parts)
{
    tb_dec d = {.is_wide = true};
    d.u.bid[0] = (uint64_t)parts.coef;
    d.u.bid[1] = (uint64_t)(parts.coef >> 64) |
                 (uint64_t)(parts.exponent + BIAS) << COEF_BITS_HIGH |
                 (uint64_t)parts.is_negative << 63;
    return d;
}

tb_dec
tb__dec_pack(struct tb__dec_parts parts)
{
    if (parts.coef == 0) {
        int32_t scale = parts.exponent > 0 ? 0 : -parts.exponent;
        return narrow(0, scale < SCALE_MAX ? scale : SCALE_MAX);
    }
    tb__u128 coef = parts.coef;
    int32_t exponent = parts.exponent;
    while (exponent > 0 && coef <= INT64_MAX / 10) {
        coef *= 10;
        exponent--;
    }
    if (exponent <= 0 && exponent >= -SCALE_MAX && coef <= INT64_MAX)
        return narrow(parts.is_negative ? -(int64_t)coef : (int64_t)coef, -exponent);
    return encode_wide(parts);
}

tb_dec
tb__dec_widen(tb_dec d)
{
    return d.is_wide ? d : encode_wide(tb__dec_unpack(d));
}

tb_dec
tb_dec_of(int64_t value)
{
    if (value == INT64_MIN)
        return encode_wide((struct tb__dec_parts){(tb__u128)1 << 63, 0, true});
    return narrow(value, 0);
}

/* Divide by 10^drop, rounding. */
static tb__u128
drop_digits(tb__u128 coef, int64_t drop, bool is_negative, tb_rounding mode)
{
    if (drop <= 0)
        return coef;
    tb__u128 quotient = 0, rest = coef;
    int order = -1; /* of the rest against one half */
    if (drop <= 38) {
        tb__u128 unit = tb__pow10((int)drop);
        quotient = coef / unit;
        rest = coef % unit;
        order = rest < unit - rest ? -1 : rest > unit - rest;
    }
    bool is_up = false;
    switch (mode) {
    case TB_ROUND_HALF_EVEN:
        is_up = order > 0 || (order == 0 && quotient % 2 == 1);
        break;
    case TB_ROUND_HALF_UP:
        is_up = order >= 0;
        break;
    case TB_ROUND_HALF_DOWN:
        is_up = order > 0;
        break;
    case TB_ROUND_UP:
        is_up = rest != 0;
        break;
    case TB_ROUND_DOWN:
        break;
    case TB_ROUND_FLOOR:
        is_up = rest != 0 && is_negative;
        break;
    case TB_ROUND_CEILING:
        is_up = rest != 0 && !is_negative;
        break;
    }
    return quotient + is_up;
}

bool
tb_dec_round(tb_dec d, int32_t scale, tb_rounding mode, tb_dec *ret_dec)
{
    if (scale < -EXPONENT_MAX || scale > -EXPONENT_MIN)
        return false;
    struct tb__dec_parts parts = tb__dec_unpack(d);
    if (-parts.exponent <= scale) {
        *ret_dec = d;
        return true;
    }
    parts.coef = drop_digits(parts.coef, (int64_t)-scale - parts.exponent, parts.is_negative, mode);
    parts.exponent = -scale;
    *ret_dec = tb__dec_pack(parts);
    return true;
}

/* ---- text
 * --------------------------------------------------------------------------------------------------------
 * / */

/* Digits while reading: 38 of them exactly, of the rest only whether any was not zero. */
struct digits {
    tb__u128 coef;
    int count;
    int64_t dropped;
    bool is_sticky;
};

static void
take_digit(struct digits *digits, int digit)
{
    if (digits->count < 38) {
        digits->coef = digits->coef * 10 + (unsigned)digit;
        digits->count += digits->coef != 0;
        return;
    }
    digits->dropped++;
    digits->is_sticky |= digit != 0;
}

/* Bring coef below 10^34 and the exponent into range, half even. False when the number is too
 * large. */
static bool
fit(struct digits digits, int64_t exponent, bool is_negative, tb_dec *ret_dec)
{
    int64_t drop = digits.count > DIGITS_MAX ? digits.count - DIGITS_MAX : 0;
    if (exponent + drop < EXPONENT_MIN)
        drop = EXPONENT_MIN - exponent;
    /* A digit beyond the 38th can only break a tie; an odd last digit does that without changing
     * anything else. */
    tb__u128 coef = digits.coef;
    if (digits.is_sticky && coef % 5 == 0)
        coef += 1;
    coef = drop_digits(coef, drop, is_negative, TB_ROUND_HALF_EVEN);
    exponent += drop;
    if (coef == tb__pow10(DIGITS_MAX)) {
        coef /= 10;
        exponent++;
    }
    if (coef == 0)
        exponent = exponent > 0 ? 0 : exponent < EXPONENT_MIN ? EXPONENT_MIN : exponent;
    while (exponent > EXPONENT_MAX && coef < tb__pow10(DIGITS_MAX - 1)) {
        coef *= 10;
        exponent--;
    }
    if (exponent > EXPONENT_MAX)
        return false;
    *ret_dec = tb__dec_pack((struct tb__dec_parts){coef, (int32_t)exponent, is_negative});
    return true;
}

static size_t
take_digits(tb_str text, size_t at, struct digits *digits)
{
    while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
        take_digit(digits, text.ptr[at++] - '0');
    return at;
}

/* An exponent, clipped far outside what can matter. */
static bool
read_exponent(tb_str text, size_t at, int64_t *ret_exponent)
{
    bool is_negative = at < text.len && text.ptr[at] == '-';
    if (at < text.len && (text.ptr[at] == '-' || text.ptr[at] == '+'))
        at++;
    if (at == text.len)
        return false;
    int64_t value = 0;
    for (; at < text.len; at++) {
        if (text.ptr[at] < '0' || text.ptr[at] > '9')
            return false;
        if (value < INT64_C(100000000000))
            value = value * 10 + (text.ptr[at] - '0');
    }
    *ret_exponent = is_negative ? -value : value;
    return true;
}

bool
tb_dec_parse(tb_str text, tb_dec *ret_dec)
{
    struct digits digits = {0};
    bool is_negative = text.len > 0 && text.ptr[0] == '-';
    size_t start = is_negative;
    size_t at = take_digits(text, start, &digits);
    bool has_digits = at > start;
    int64_t exponent = 0;
    if (at < text.len && text.ptr[at] == '.') {
        size_t point = ++at;
        at = take_digits(text, at, &digits);
        if (at == point)
            return false;
        has_digits = true;
        exponent = -(int64_t)(at - point);
    }
    if (!has_digits)
        return false;
    if (at < text.len) {
        int64_t written;
        if ((text.ptr[at] != 'e' && text.ptr[at] != 'E') || !read_exponent(text, at + 1, &written))
            return false;
        exponent += written;
    }
    return fit(digits, exponent + digits.dropped, is_negative, ret_dec);
}

tb_str
tb_dec_format(struct tb_arena *arena, tb_dec d)
{
    struct tb__dec_parts parts = tb__dec_unpack(d);
    char digits[40];
    size_t start = sizeof digits;
    tb__u128 rest = parts.coef;
    do {
        digits[--start] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    } while (rest != 0);
    size_t count = sizeof digits - start;
    size_t zeros = parts.exponent > 0 ? (size_t)parts.exponent : 0;
    size_t fraction = parts.exponent < 0 ? (size_t)-parts.exponent : 0;
    char *out = tb_alloc(arena, count + zeros + fraction + 4), *to = out;
    if (parts.is_negative)
        *to++ = '-';
    if (fraction >= count) {
        *to++ = '0';
        *to++ = '.';
        memset(to, '0', fraction - count);
        to += fraction - count;
        fraction = 0;
    }
    memcpy(to, digits + start, count - fraction);
    to += count - fraction;
    if (fraction > 0) {
        *to++ = '.';
        memcpy(to, digits + sizeof digits - fraction, fraction);
        to += fraction;
    }
    memset(to, '0', zeros);
    to += zeros;
    *to = '\0';
    return (tb_str){out, (size_t)(to - out)};
}

/* ---- value
 * -------------------------------------------------------------------------------------------------------
 * / */

static struct tb__dec_parts
strip_zeros(struct tb__dec_parts parts)
{
    if (parts.coef == 0)
        return (struct tb__dec_parts){0};
    while (parts.coef % 10 == 0) {
        parts.coef /= 10;
        parts.exponent++;
    }
    return parts;
}

bool
tb_dec_to_int(tb_dec d, int64_t *ret_value)
{
    if (!d.is_wide && d.scale == 0) {
        *ret_value = d.u.coef;
        return true;
    }
    struct tb__dec_parts parts = strip_zeros(tb__dec_unpack(d));
    if (parts.exponent < 0 || parts.exponent > SCALE_MAX)
        return false;
    tb__u128 limit = (tb__u128)INT64_MAX + parts.is_negative;
    tb__u128 unit = tb__pow10(parts.exponent);
    if (parts.coef > limit / unit)
        return false;
    uint64_t size = (uint64_t)(parts.coef * unit);
    *ret_value = (int64_t)(parts.is_negative ? 0 - size : size);
    return true;
}

double
tb_dec_to_double(tb_dec d)
{
    struct tb__dec_parts parts = tb__dec_unpack(d);
    double size = (double)parts.coef;
    /* In two steps: 10^-6176 alone would already be zero. */
    size *= pow(10, parts.exponent / 2);
    size *= pow(10, parts.exponent - parts.exponent / 2);
    return parts.is_negative ? -size : size;
}

int
tb_dec_sign(tb_dec d)
{
    struct tb__dec_parts parts = tb__dec_unpack(d);
    return parts.coef == 0 ? 0 : parts.is_negative ? -1 : 1;
}

tb_dec
tb_dec_neg(tb_dec d)
{
    if (!d.is_wide)
        return narrow(-d.u.coef, d.scale);
    struct tb__dec_parts parts = tb__dec_unpack(d);
    parts.is_negative = !parts.is_negative;
    return tb__dec_pack(parts);
}

tb_dec
tb_dec_abs(tb_dec d)
{
    return tb_dec_sign(d) < 0 ? tb_dec_neg(d) : d;
}

uint64_t
tb_dec_hash(tb_dec d)
{
    struct tb__dec_parts parts = strip_zeros(tb__dec_unpack(d));
    uint64_t words[3] = {(uint64_t)parts.coef, (uint64_t)(parts.coef >> 64),
                         (uint64_t)(int64_t)parts.exponent * 2 + parts.is_negative};
    return tb_hash((tb_str){(const char *)words, sizeof words});
}

int
tb_dec_cmp(tb_dec a, tb_dec b)
{
    if (a.is_wide || b.is_wide)
        return tb__wide_cmp(a, b);
    if (a.scale == b.scale)
        return a.u.coef < b.u.coef ? -1 : a.u.coef > b.u.coef;
    __int128 left = a.u.coef, right = b.u.coef; /* 63 bits × 60 bits cannot overflow */
    if (a.scale < b.scale)
        left *= pow10_small[b.scale - a.scale];
    else
        right *= pow10_small[a.scale - b.scale];
    return left < right ? -1 : left > right;
}

/* Bring two narrow numbers to one scale. */
static bool
align(tb_dec *a, tb_dec *b)
{
    if (a->is_wide || b->is_wide)
        return false;
    if (a->scale == b->scale)
        return true;
    tb_dec *low = a->scale < b->scale ? a : b;
    int scale = a->scale < b->scale ? b->scale : a->scale;
    if (__builtin_mul_overflow(low->u.coef, pow10_small[scale - low->scale], &low->u.coef))
        return false;
    low->scale = (int16_t)scale;
    return true;
}

bool
tb_dec_add(tb_dec a, tb_dec b, tb_dec *ret_dec)
{
    tb_dec left = a, right = b;
    int64_t sum;
    if (align(&left, &right) && !__builtin_add_overflow(left.u.coef, right.u.coef, &sum) &&
        sum != INT64_MIN) {
        *ret_dec = narrow(sum, left.scale);
        return true;
    }
    return tb__wide_add(a, b, ret_dec);
}

bool
tb_dec_sub(tb_dec a, tb_dec b, tb_dec *ret_dec)
{
    return tb_dec_add(a, tb_dec_neg(b), ret_dec);
}

bool
tb_dec_mul(tb_dec a, tb_dec b, tb_dec *ret_dec)
{
    int64_t product;
    if (!a.is_wide && !b.is_wide && a.scale + b.scale <= SCALE_MAX &&
        !__builtin_mul_overflow(a.u.coef, b.u.coef, &product) && product != INT64_MIN) {
        *ret_dec = narrow(product, a.scale + b.scale);
        return true;
    }
    bool is_exact;
    return tb__wide_mul(a, b, ret_dec, &is_exact);
}

bool
tb_dec_div(tb_dec a, tb_dec b, tb_dec *ret_dec)
{
    if (tb_dec_sign(b) == 0)
        return false;
    if (!a.is_wide && !b.is_wide && a.scale >= b.scale && a.u.coef % b.u.coef == 0) {
        *ret_dec = narrow(a.u.coef / b.u.coef, a.scale - b.scale);
        return true;
    }
    return tb__wide_div(a, b, ret_dec);
}

bool
tb_dec_modulo(tb_dec a, tb_dec b, tb_dec *ret_dec)
{
    if (tb_dec_sign(b) == 0)
        return false;
    tb_dec left = a, right = b;
    if (!align(&left, &right))
        return tb__wide_modulo(a, b, ret_dec);
    int64_t rest = left.u.coef % right.u.coef;
    if (rest != 0 && (rest < 0) != (right.u.coef < 0))
        rest += right.u.coef;
    *ret_dec = narrow(rest, left.scale);
    return true;
}

/* a^n by squaring as long as every product is exact; false when one is not. */
static bool
pow_exact(tb_dec a, int64_t n, tb_dec *ret_dec)
{
    tb_dec result = tb_dec_of(1), square = a;
    bool is_exact = true;
    for (;;) {
        if (n % 2 == 1 && (!tb__wide_mul(result, square, &result, &is_exact) || !is_exact))
            return false;
        n /= 2;
        if (n == 0)
            break;
        if (!tb__wide_mul(square, square, &square, &is_exact) || !is_exact)
            return false;
    }
    *ret_dec = result;
    return true;
}

bool
tb_dec_pow(tb_dec a, tb_dec b, tb_dec *ret_dec)
{
    int64_t n;
    bool is_integral = tb_dec_to_int(b, &n) && n > -100000 && n < 100000;
    if (tb_dec_sign(b) == 0) {
        *ret_dec = tb_dec_of(1);
        return true;
    }
    if (tb_dec_sign(a) == 0 && tb_dec_sign(b) < 0)
        return false;
    if (is_integral && n > 0 && pow_exact(a, n, ret_dec))
        return true;
    tb_dec power;
    if (is_integral && n < 0 && pow_exact(a, -n, &power))
        return tb_dec_div(tb_dec_of(1), power, ret_dec);
    if (is_integral && tb__wide_pow_int(a, n, ret_dec))
        return true;
    return tb__wide_pow(a, b, ret_dec);
}

bool
tb_dec_sqrt(tb_dec d, tb_dec *ret_dec)
{
    return tb_dec_sign(d) >= 0 && tb__wide_sqrt(d, ret_dec);
}

bool
tb_dec_exp(tb_dec d, tb_dec *ret_dec)
{
    return tb__wide_exp(d, ret_dec);
}

bool
tb_dec_log(tb_dec d, tb_dec *ret_dec)
{
    return tb_dec_sign(d) > 0 && tb__wide_log(d, ret_dec);
}
