/* SPDX-License-Identifier: Apache-2.0 */
/* codes_organisation.c - the unified social credit code of GB 32100 and the organisation code of GB
 * 11714 inside it. */
#include "codes/codes_internal.h"
#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

static int
value_of(char c)
{
    const char *hit = c != '\0' ? strchr(alphabet, c) : NULL;
    return hit != NULL ? (int)(hit - alphabet) : -1;
}

static char
credit_check(tb_str text)
{
    int sum = 0, weight = 1;
    for (size_t i = 0; i < 17; i++) {
        sum += value_of(text.ptr[i]) * weight;
        weight = weight * 3 % 31;
    }
    return alphabet[(31 - sum % 31) % 31];
}

char
codes__organisation_check(tb_str eight)
{
    static const int weights[8] = {3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (size_t i = 0; i < 8; i++)
        sum += codes__alnum(eight.ptr[i]) * weights[i];
    return "0X987654321"[sum % 11];
}

static bool
check_form(tb_str text, tb_str place, struct tb_faults *faults)
{
    if (text.len == 0)
        return codes__fault(faults, place, "empty", "请填写统一社会信用代码",
                            "Give the unified social credit code");
    if (tb_utf8_length(text) != 18)
        return codes__fault_at(faults, place, "length", tb_utf8_length(text),
                               "统一社会信用代码应有18位，现在是%d位",
                               "A unified social credit code has 18 characters; these are %d");
    bool is_good = true;
    size_t position = 1;
    for (size_t at = 0; at < text.len; position++) {
        size_t start = at;
        int32_t c = tb_utf8_next(text, &at);
        bool must_be_digit = position >= 3 && position <= 8;
        if (must_be_digit && (c < '0' || c > '9'))
            is_good =
                codes__fault_at(faults, place, "character", position,
                                "统一社会信用代码第%d位应是数字", "Character %d must be a digit");
        else if (c >= 0x80 || c < 0 || value_of(text.ptr[start]) < 0)
            is_good = codes__fault_at(
                faults, place, "character", position,
                "统一社会信用代码第%d位只能是数字或大写字母，且不用I、O、S、V、Z",
                "Character %d must be a digit or a capital letter, and never I, O, S, V or Z");
    }
    return is_good;
}

static bool
check_last(tb_str text, tb_str place, struct tb_faults *faults)
{
    char expected = credit_check(text);
    if (text.ptr[17] == expected)
        return true;
    if (faults == NULL)
        return false;
    tb_fault_add(faults, place, "check",
                 tb_printf(faults->arena,
                           "第18位对不上：按前17位应是%c，现在是%c；请对照营业执照逐位核对",
                           expected, text.ptr[17]),
                 tb_printf(faults->arena,
                           "Character 18 does not match: the first 17 require %c, found %c; "
                           "compare with the licence",
                           expected, text.ptr[17]));
    return false;
}

bool
codes_credit_code(tb_str text, tb_str place, struct tb_faults *faults,
                  struct codes_credit_code *ret_code)
{
    if (!check_form(text, place, faults))
        return false;
    bool is_good = check_last(text, place, faults);
    if (codes__organisation_check(tb_str_sub(text, 8, 8)) != text.ptr[16])
        is_good = codes__fault(
            faults, place, "organisation", "第17位对不上：第9至17位不是有效的组织机构代码",
            "Character 17 does not match: characters 9 to 17 are not a valid organisation code");
    if (is_good && ret_code != NULL)
        *ret_code = (struct codes_credit_code){text.ptr[0], text.ptr[1], tb_str_sub(text, 2, 6),
                                               tb_str_sub(text, 8, 9)};
    return is_good;
}

bool
codes_organisation_code(tb_str text, tb_str place, struct tb_faults *faults)
{
    bool has_dash = text.len == 10 && text.ptr[8] == '-';
    if ((text.len != 9 && !has_dash) || !codes__is_alnum(tb_str_sub(text, 0, 8)))
        return codes__fault(
            faults, place, "form", "组织机构代码应为9位数字或大写字母，也可写成8位加短横加1位",
            "An organisation code has nine digits or capital letters, or eight, a dash and one");
    if (codes__organisation_check(text) != text.ptr[text.len - 1])
        return codes__fault(
            faults, place, "check", "组织机构代码最后一位对不上，请逐位核对",
            "The last character of the organisation code does not match; compare each");
    return true;
}
