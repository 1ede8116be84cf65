/* SPDX-License-Identifier: Apache-2.0 */
/* codes_person.c - the citizen's number of GB 11643. */
#include "codes/codes_internal.h"

#define YEARS_MAX 150

static char
check_of(tb_str text)
{
    static const int weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (size_t i = 0; i < 17; i++)
        sum += (text.ptr[i] - '0') * weights[i];
    return "10X98765432"[sum % 11];
}

static bool
check_birth(tb_date birth, tb_date today, tb_str place, struct tb_faults *faults)
{
    if (!tb_date_is_valid(today))
        return true;
    if (tb_date_cmp(birth, today) > 0)
        return codes__fault(faults, place, "birth_future",
                            "身份证号里的出生日期在今天之后，请对照证件核对第7至14位",
                            "The date of birth in the number lies after today; compare digits 7 to "
                            "14 with the card");
    if (birth.year < today.year - YEARS_MAX)
        return codes__fault(faults, place, "birth_past",
                            "身份证号里的出生年份太早，请对照证件核对第7至10位",
                            "The year of birth in the number is too long ago; compare digits 7 to "
                            "10 with the card");
    return true;
}

/* Length and characters, without which nothing else can be read. */
static bool
check_form(tb_str text, tb_str place, struct tb_faults *faults)
{
    if (text.len == 0)
        return codes__fault(faults, place, "empty", "请填写身份证号",
                            "Give the citizen's identity number");
    if (text.len == 15 && codes__digits(text) == 15)
        return codes__fault(faults, place, "old_15", "15位身份证号已停用，请填写现用的18位号码",
                            "Numbers of 15 digits are no longer valid; give the present one of 18");
    if (tb_utf8_length(text) != 18)
        return codes__fault_at(faults, place, "length", tb_utf8_length(text),
                               "身份证号应有18位，现在是%d位",
                               "An identity number has 18 characters; these are %d");
    size_t digits = codes__digits(tb_str_sub(text, 0, 17));
    if (digits < 17)
        return codes__fault_at(faults, place, "character", digits + 1, "身份证号第%d位应是数字",
                               "Character %d of the number must be a digit");
    if (text.ptr[17] != 'X' && codes__digits(tb_str_sub(text, 17, 1)) == 0)
        return codes__fault(faults, place, "character", "身份证号第18位应是数字或大写字母X",
                            "Character 18 of the number must be a digit or a capital X");
    return true;
}

bool
codes_citizen_id(tb_str text, tb_date today, tb_str place, struct tb_faults *faults,
                 struct codes_citizen_id *ret_id)
{
    if (!check_form(text, place, faults))
        return false;
    bool is_good = true;
    tb_date birth;
    if (!codes__is_province(tb_str_sub(text, 0, 2)))
        is_good = codes__fault(faults, place, "division", "身份证号前两位不是任何省份的代码",
                               "The first two digits are not the code of any province");
    if (!codes__day(tb_str_sub(text, 6, 8), &birth))
        is_good = codes__fault(faults, place, "birth", "身份证号第7至14位不是真实存在的日期",
                               "Digits 7 to 14 are not a date that exists");
    else if (!check_birth(birth, today, place, faults))
        is_good = false;
    if (check_of(text) != text.ptr[17])
        is_good = codes__fault(
            faults, place, "check",
            "身份证号第18位对不上，号码里至少有一位写错了，请对照证件逐位核对",
            "Character 18 does not match: at least one digit is wrong; compare each with the card");
    if (is_good && ret_id != NULL)
        *ret_id =
            (struct codes_citizen_id){tb_str_sub(text, 0, 6), birth, (text.ptr[16] - '0') % 2 == 1};
    return is_good;
}
