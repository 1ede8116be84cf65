/* SPDX-License-Identifier: Apache-2.0 */
/* Every check on any bytes: no crash, and a refusal always names a fault while an acceptance never
 * does. */
#include "codes/codes.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct tb_arena *arena = tb_arena_new(0);
    tb_str text = {(const char *)bytes, len}, place = TB_STR("/x");
    for (int i = 0; i < 7; i++) {
        struct tb_faults faults = {.arena = arena};
        struct codes_item_code item;
        struct codes_mark mark;
        bool is_good = i == 0 ? codes_citizen_id(text, (tb_date){2026, 2, 10}, place, &faults, NULL)
                       : i == 1 ? codes_credit_code(text, place, &faults, NULL)
                       : i == 2 ? codes_organisation_code(text, place, &faults)
                       : i == 3 ? codes_division(text, place, &faults)
                       : i == 4 ? codes_item_code(text, place, &faults, &item)
                       : i == 5 ? codes_mark(text, place, &faults, &mark)
                                : codes_case_number_check(text, place, &faults);
        tb_assert(is_good == (faults.count == 0));
    }
    tb_assert(codes_tidy(arena, text).len <= len * 18);
    tb_arena_free(arena);
    return 0;
}
