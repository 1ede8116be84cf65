/* SPDX-License-Identifier: Apache-2.0 */
/* packs_codes.c - the checks that a form's field may ask for by name. */
#include "codes/codes.h"
#include "packs/packs_internal.h"

static bool
all_digits(tb_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len > 0;
}

/* A mobile number of the mainland (11 digits from 13 to 19), or a fixed line with its area code. */
static void
check_phone(tb_str text, tb_str place, struct tb_faults *faults)
{
    bool is_mobile = text.len == 11 && all_digits(text) && text.ptr[0] == '1' && text.ptr[1] >= '3';
    bool is_fixed = text.len >= 10 && text.len <= 12 && all_digits(text) && text.ptr[0] == '0';
    if (!is_mobile && !is_fixed)
        tb_fault_add(faults, place, "phone", TB_STR("电话应是11位手机号，或者带区号的座机号"),
                     TB_STR("A telephone number is a mobile number of 11 digits or a fixed line "
                            "with its area code"));
}

/* A plate: province, letter, then five or six (new energy) letters and digits without I and O. */
static void
check_plate(tb_str text, tb_str place, struct tb_faults *faults)
{
    size_t at = 0, rest = 0;
    int32_t province = tb_utf8_next(text, &at);
    bool is_good = province >= 0x4E00 && province <= 0x9FFF && at < text.len &&
                   text.ptr[at] >= 'A' && text.ptr[at] <= 'Z' && text.ptr[at] != 'I';
    for (size_t i = at + 1; is_good && i < text.len; i++, rest++) {
        char c = text.ptr[i];
        is_good = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z' && c != 'I' && c != 'O');
    }
    if (!is_good || rest < 5 || rest > 6)
        tb_fault_add(faults, place, "plate", TB_STR("车牌号应像 川A12345 这样"),
                     TB_STR("A plate number looks like 川A12345"));
}

bool
packs__code_kind_is_known(tb_str kind)
{
    static const char *const kinds[] = {"citizen_id", "credit_code", "identity",
                                        "phone",      "division",    "plate"};
    for (size_t i = 0; i < TB_COUNT(kinds); i++)
        if (tb_str_is(kind, kinds[i]))
            return true;
    return false;
}

void
packs__code_check(struct tb_arena *arena, tb_str kind, tb_str text, tb_date today, tb_str place,
                  struct tb_faults *faults)
{
    tb_str tidy = codes_tidy(arena, text);
    bool looks_like_credit = tidy.len == 18 && !all_digits(tb_str_sub(tidy, 0, 17));
    if (tb_str_is(kind, "credit_code") ||
        (tb_str_is(kind, "identity") && (looks_like_credit || tidy.ptr[0] == '9')))
        codes_credit_code(tidy, place, faults, NULL);
    else if (tb_str_is(kind, "citizen_id") || tb_str_is(kind, "identity"))
        codes_citizen_id(tidy, today, place, faults, NULL);
    else if (tb_str_is(kind, "phone"))
        check_phone(tidy, place, faults);
    else if (tb_str_is(kind, "division"))
        codes_division(tidy, place, faults);
    else if (tb_str_is(kind, "plate"))
        check_plate(tidy, place, faults);
}
