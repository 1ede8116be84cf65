/* SPDX-License-Identifier: Apache-2.0 */
/* codes_item.c - codes of service items, as they are found in the field.
 *
 * The bodies of GB/T 39554 are not public; the segments are those of real codes: twelve characters
 * for the item, two more for the business item, the agency's credit code and the level in front of
 * both. Sichuan writes basic-division-000-agency-n-00, where basic has 12 to 14 characters and may
 * itself hold dashes (G-000007-001). A local code is therefore read from its end. */
#include "codes/codes_internal.h"

#define LENGTH_MAX 64

/* Division 2, type 2, department 2, main item 3: digits. Sub-item 3: digits, or ending in Y for
 * "has sub-items". */
static bool
is_basic(tb_str text)
{
    if (text.len != 12 || codes__digits(text) < 11)
        return false;
    return codes__digits(text) == 12 || text.ptr[11] == 'Y';
}

static codes_agency
agency_kind(tb_str agency)
{
    if (agency.len == 18 && codes__is_alnum(agency))
        return codes_credit_code(agency, TB_STR(""), NULL, NULL) ? CODES_AGENCY_CREDIT
                                                                 : CODES_AGENCY_IMPOSSIBLE;
    if (codes_organisation_code(agency, TB_STR(""), NULL))
        return CODES_AGENCY_ORGANISATION;
    return agency.len > 0 ? CODES_AGENCY_UNKNOWN : CODES_AGENCY_NONE;
}

/* ---- the forms of fixed length --------------------------------------------------------------- */

static bool
read_fixed(tb_str text, tb_str place, struct tb_faults *faults, struct codes_item_code *code)
{
    bool is_national = text.len >= 31;
    size_t basic_at = is_national ? 19 : 0;
    code->basic = tb_str_sub(text, basic_at, 12);
    code->business = tb_str_sub(text, basic_at + 12, 2);
    if (code->business.len == 0)
        code->business = TB_STR_NONE;
    bool is_good = true;
    if (!is_basic(code->basic))
        is_good = codes__fault(
            faults, place, "basic", "12位基本编码应全是数字，只有最后一位可以是Y",
            "The twelve characters of the basic code are digits; only the last may be Y");
    if (code->business.ptr != NULL && codes__digits(code->business) != 2)
        is_good = codes__fault(faults, place, "business", "业务办理项的2位应是数字",
                               "The two characters of the business item are digits");
    if (!is_national) {
        code->form = code->business.ptr != NULL ? CODES_ITEM_BASIC_SUB : CODES_ITEM_BASIC;
        return is_good;
    }
    code->form = code->business.ptr != NULL ? CODES_ITEM_NATIONAL_SUB : CODES_ITEM_NATIONAL;
    code->agency = tb_str_sub(text, 0, 18);
    code->agency_kind = agency_kind(code->agency);
    code->level = tb_str_sub(text, 18, 1);
    if (code->level.ptr[0] < '1' || code->level.ptr[0] > '7')
        is_good = codes__fault(faults, place, "level", "第19位是行使层级，只能是1至7",
                               "Character 19 is the level of exercise, 1 to 7");
    return is_good;
}

/* ---- the local form -------------------------------------------------------------------------- */

/* The part behind the last dash; *rest becomes what stands before it. */
static tb_str
cut_last(tb_str *rest)
{
    size_t at = rest->len;
    while (at > 0 && rest->ptr[at - 1] != '-')
        at--;
    tb_str last = tb_str_sub(*rest, at, rest->len);
    rest->len = at > 0 ? at - 1 : 0;
    return last;
}

static bool
is_number(tb_str text, size_t len)
{
    return text.len == len && codes__digits(text) == len;
}

/* basic-division12-000-agency-n-00. False when the tail is not of this shape. */
static bool
read_long(tb_str text, struct codes_item_code *code)
{
    tb_str rest = text;
    tb_str business = cut_last(&rest), sequence = cut_last(&rest), agency = cut_last(&rest);
    if (agency.len == 1 && codes__is_alnum(agency)) {
        /* An organisation code written 00877868-5. */
        tb_str eight = cut_last(&rest);
        agency = (tb_str){eight.ptr, eight.len + 2};
    }
    tb_str zeros = cut_last(&rest), division = cut_last(&rest);
    if (!is_number(business, 2) || !is_number(sequence, 1) || !is_number(zeros, 3) ||
        agency.len == 0 || division.len != 12 || !codes_division(division, TB_STR(""), NULL) ||
        rest.len == 0)
        return false;
    *code = (struct codes_item_code){.basic = rest,
                                     .business = business,
                                     .division = division,
                                     .agency = agency,
                                     .sequence = sequence};
    code->agency_kind = agency_kind(agency);
    bool is_present =
        agency.len == 18 && codes__is_alnum(agency) && rest.len >= 12 && rest.len <= 14;
    code->form = is_present ? CODES_ITEM_LOCAL : CODES_ITEM_LOCAL_OLD;
    return true;
}

/* basic-agency, without place and sequence. */
static bool
read_short(tb_str text, struct codes_item_code *code)
{
    tb_str rest = text;
    tb_str agency = cut_last(&rest);
    if (agency.len < 7 || agency.len > 18 || rest.len < 8)
        return false;
    *code = (struct codes_item_code){.form = CODES_ITEM_LOCAL_OLD, .basic = rest, .agency = agency};
    code->agency_kind = agency_kind(agency);
    return true;
}

static bool
check_characters(tb_str text, bool is_local, tb_str place, struct tb_faults *faults)
{
    for (size_t i = 0; i < text.len; i++) {
        /* One of the 1,135 codes of a county ends its agency in a small u: such a code counts as old. */
        char c = text.ptr[i];
        bool is_small = c >= 'a' && c <= 'z';
        if (codes__alnum(c) < 0 && c != '-' && !(is_local && is_small))
            return codes__fault_at(
                faults, place, "character", i + 1, "事项编码第%d位只能是数字、大写字母或短横",
                "Character %d of the item code must be a digit, a capital letter or a dash");
    }
    return true;
}

bool
codes_item_code(tb_str text, tb_str place, struct tb_faults *faults,
                struct codes_item_code *ret_code)
{
    if (text.len == 0)
        return codes__fault(faults, place, "empty", "缺少事项编码", "The item code is missing");
    if (text.len > LENGTH_MAX)
        return codes__fault_at(faults, place, "length", text.len, "事项编码最多64位，现在是%d位",
                               "An item code has at most 64 characters; these are %d");
    bool has_dash = tb_str_contains(text, TB_STR("-"));
    if (!check_characters(text, has_dash, place, faults))
        return false;
    struct codes_item_code code = {0};
    bool is_fixed =
        !has_dash && (text.len == 12 || text.len == 14 || text.len == 31 || text.len == 33);
    if (is_fixed && !read_fixed(text, place, faults, &code))
        return false;
    if (!is_fixed && !(has_dash && (read_long(text, &code) || read_short(text, &code))))
        return codes__fault(
            faults, place, "form",
            "事项编码应为12、14、31或33位，或“基本编码-12位区划-000-18位信用代码-1位-00”",
            "An item code has 12, 14, 31 or 33 characters, or is "
            "basic-division(12)-000-credit code(18)-digit-00");
    if (ret_code != NULL)
        *ret_code = code;
    return true;
}
