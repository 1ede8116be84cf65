/* SPDX-License-Identifier: Apache-2.0 */
/* Two numbers separated by a blank: reading and writing agree, and the arithmetic keeps its
 * laws. */
#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct tb_arena *arena = tb_arena_new(0);
    tb_str rest = {(const char *)bytes, len}, first;
    tb_dec a, b, again, x, y;
    if (len > 0 && tb_str_cut(&rest, ' ', &first) && tb_dec_parse(first, &a) &&
        tb_dec_parse(rest, &b)) {
        tb_assert(tb_dec_parse(tb_dec_format(arena, a), &again) && tb_dec_cmp(a, again) == 0);
        tb_assert(tb_dec_hash(a) == tb_dec_hash(again));
        tb_assert(tb_dec_cmp(a, b) == -tb_dec_cmp(b, a));
        bool is_x = tb_dec_add(a, b, &x), is_y = tb_dec_add(b, a, &y);
        tb_assert(is_x == is_y && (!is_x || tb_dec_cmp(x, y) == 0));
        is_x = tb_dec_mul(a, b, &x), is_y = tb_dec_mul(b, a, &y);
        tb_assert(is_x == is_y && (!is_x || tb_dec_cmp(x, y) == 0));
        if (tb_dec_modulo(a, b, &x))
            tb_assert(tb_dec_cmp(tb_dec_abs(x), tb_dec_abs(b)) <= 0);
        for (int mode = TB_ROUND_HALF_EVEN; mode <= TB_ROUND_CEILING; mode++)
            (void)tb_dec_round(a, tb_dec_sign(b) * 2, (tb_rounding)mode, &x);
    }
    tb_arena_free(arena);
    return 0;
}
