/* SPDX-License-Identifier: Apache-2.0 */
/* codes_mark.c - marks of electronic certificates, numbers of cases, and the two check systems of
 * ISO 7064. */
#include "codes/codes_internal.h"

#define SERIAL_MAX 64
#define CASE_DIGITS 20

char
codes_mod_37_36(tb_str text)
{
    int p = 36;
    for (size_t i = 0; i < text.len; i++) {
        int value = codes__alnum(text.ptr[i]);
        tb_assert(value >= 0);
        p = (p + value) % 36;
        p = (p == 0 ? 36 : p) * 2 % 37;
    }
    int check = (37 - p) % 36;
    return (char)(check < 10 ? '0' + check : 'A' + check - 10);
}

char
codes_mod_11_10(tb_str digits)
{
    int p = 10;
    for (size_t i = 0; i < digits.len; i++) {
        int value = digits.ptr[i] - '0';
        tb_assert(value >= 0 && value <= 9);
        p = (p + value) % 10;
        p = (p == 0 ? 10 : p) * 2 % 11;
    }
    return (char)('0' + (11 - p) % 10);
}

/* ---- marks ----------------------------------------------------------------------------------- */

/* The root OID and its dots are not part of what is checked. */
static char
mark_check(tb_str type, tb_str issuer, tb_str serial, tb_str version)
{
    char bytes[21 + 18 + SERIAL_MAX + 3];
    size_t len = 0;
    tb_str parts[] = {type, issuer, serial, version};
    for (size_t i = 0; i < TB_COUNT(parts); i++)
        for (size_t k = 0; k < parts[i].len && len < sizeof bytes; k++)
            bytes[len++] = parts[i].ptr[k];
    return codes_mod_37_36((tb_str){bytes, len});
}

/* Five parts behind the root. */
static bool
split(tb_str text, struct codes_mark *mark, tb_str *ret_check)
{
    tb_str rest = text, root = TB_STR(CODES_MARK_ROOT ".");
    if (!tb_str_starts(text, root))
        return false;
    mark->root = tb_str_sub(text, 0, root.len - 1);
    rest = tb_str_sub(text, root.len, text.len);
    tb_str more;
    return tb_str_cut(&rest, '.', &mark->type) && tb_str_cut(&rest, '.', &mark->issuer) &&
           tb_str_cut(&rest, '.', &mark->serial) && tb_str_cut(&rest, '.', &mark->version) &&
           tb_str_cut(&rest, '.', ret_check) && !tb_str_cut(&rest, '.', &more);
}

static bool
check_parts(const struct codes_mark *mark, tb_str place, struct tb_faults *faults)
{
    bool is_good = true;
    if (mark->type.len != 21 || !codes__is_alnum(mark->type))
        is_good = codes__fault(faults, place, "type", "证照类型代码应为21位数字或大写字母",
                               "The type of certificate has 21 digits or capital letters");
    if (mark->issuer.len < 6 || mark->issuer.len > 18 || !codes__is_alnum(mark->issuer))
        is_good = codes__fault(faults, place, "issuer", "颁发机构代码应为6至18位数字或大写字母",
                               "The issuer has 6 to 18 digits or capital letters");
    if (mark->serial.len > SERIAL_MAX || !codes__is_alnum(mark->serial))
        is_good = codes__fault(faults, place, "serial", "流水号应为1至64位数字或大写字母",
                               "The serial has 1 to 64 digits or capital letters");
    if (mark->version.len != 3 || codes__digits(mark->version) != 3)
        is_good = codes__fault(faults, place, "version", "版本号应为3位数字",
                               "The version has three digits");
    return is_good;
}

bool
codes_mark(tb_str text, tb_str place, struct tb_faults *faults, struct codes_mark *ret_mark)
{
    struct codes_mark mark;
    tb_str check;
    if (!split(text, &mark, &check))
        return codes__fault(faults, place, "form",
                            "证照标识应以" CODES_MARK_ROOT
                            "开头，后面依次是类型、颁发机构、流水号、版本和校验位，用点隔开",
                            "A mark begins with " CODES_MARK_ROOT
                            " and goes on with type, issuer, serial, version and check character, "
                            "separated by dots");
    if (!check_parts(&mark, place, faults))
        return false;
    mark.check = mark_check(mark.type, mark.issuer, mark.serial, mark.version);
    if (check.len != 1 || check.ptr[0] != mark.check)
        return codes__fault(
            faults, place, "check", "证照标识的最后一位（校验位）对不上，请逐位核对",
            "The last character of the mark, its check character, does not match; compare each");
    if (ret_mark != NULL)
        *ret_mark = mark;
    return true;
}

tb_str
codes_mark_make(struct tb_arena *arena, tb_str type, tb_str issuer, tb_str serial, int version)
{
    tb_assert(version >= 1 && version <= 999);
    tb_str number = tb_printf(arena, "%03d", version);
    struct codes_mark mark = {.type = type, .issuer = issuer, .serial = serial, .version = number};
    tb_assert(check_parts(&mark, TB_STR(""), NULL));
    return tb_printf(arena, CODES_MARK_ROOT "." TB_FMT "." TB_FMT "." TB_FMT "." TB_FMT ".%c",
                     TB_ARG(type), TB_ARG(issuer), TB_ARG(serial), TB_ARG(number),
                     mark_check(type, issuer, serial, number));
}

/* ---- cases ----------------------------------------------------------------------------------- */

tb_str
codes_case_number(struct tb_arena *arena, tb_str division, tb_date day, int serial)
{
    tb_assert(division.len == 6 && codes__digits(division) == 6);
    tb_assert(tb_date_is_valid(day) && day.year >= 1000 && day.year <= 9999);
    tb_assert(serial >= 1 && serial <= 99999);
    tb_str digits = tb_printf(arena, TB_FMT "%04d%02d%02d%05d", TB_ARG(division), day.year,
                              day.month, day.day, serial);
    return tb_printf(arena, TB_FMT "%c", TB_ARG(digits), codes_mod_11_10(digits));
}

bool
codes_case_number_check(tb_str text, tb_str place, struct tb_faults *faults)
{
    tb_date day;
    if (text.len != CASE_DIGITS || codes__digits(text) != CASE_DIGITS)
        return codes__fault(faults, place, "form", "办件编号是20位数字",
                            "A case number has 20 digits");
    bool is_good = true;
    if (!codes__day(tb_str_sub(text, 6, 8), &day))
        is_good = codes__fault(faults, place, "day", "办件编号第7至14位不是真实存在的日期",
                               "Digits 7 to 14 of the case number are not a date that exists");
    if (codes_mod_11_10(tb_str_sub(text, 0, CASE_DIGITS - 1)) != text.ptr[CASE_DIGITS - 1])
        is_good = codes__fault(faults, place, "check", "办件编号最后一位对不上，请逐位核对",
                               "The last digit of the case number does not match; compare each");
    return is_good;
}
