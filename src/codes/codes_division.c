/* SPDX-License-Identifier: Apache-2.0 */
/* codes_division.c - divisions: 2 province, 2 city, 2 county, 3 town, 3 village. */
#include "codes/codes_internal.h"
#include <string.h>

#define DIGITS 12
#define PARTS 5

static const struct {
    unsigned char from, len;
} parts[PARTS] = {{0, 2}, {2, 2}, {4, 2}, {6, 3}, {9, 3}};

bool
codes__is_province(tb_str two)
{
    static const char provinces[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 "
                                    "46 50 51 52 53 54 61 62 63 64 65 71 81 82";
    return two.len == 2 && codes__digits(two) == 2 && tb_str_contains(TB_STR(provinces), two);
}

/* Twelve digits, or false. */
static bool
fill(tb_str text, char out[DIGITS + 1])
{
    bool has_length =
        text.len == 2 || text.len == 4 || text.len == 6 || text.len == 9 || text.len == 12;
    if (!has_length || codes__digits(text) != text.len)
        return false;
    memset(out, '0', DIGITS);
    memcpy(out, text.ptr, text.len);
    out[DIGITS] = '\0';
    return codes__is_province((tb_str){out, 2}) || strspn(out, "0") == DIGITS;
}

bool
codes_division(tb_str text, tb_str place, struct tb_faults *faults)
{
    char full[DIGITS + 1];
    if (fill(text, full))
        return true;
    if (codes__digits(text) != text.len || text.len == 0)
        return codes__fault(faults, place, "character", "区划代码只能是数字",
                            "A division code has digits only");
    if (text.len != 2 && text.len != 4 && text.len != 6 && text.len != 9 && text.len != 12)
        return codes__fault_at(faults, place, "length", text.len,
                               "区划代码应为2、4、6、9或12位，现在是%d位",
                               "A division code has 2, 4, 6, 9 or 12 digits; these are %d");
    return codes__fault(faults, place, "province", "区划代码前两位不是任何省份的代码",
                        "The first two digits are not the code of any province");
}

tb_str
codes_division_full(struct tb_arena *arena, tb_str text)
{
    char full[DIGITS + 1];
    return fill(text, full) ? tb_str_copy(arena, (tb_str){full, DIGITS}) : TB_STR_NONE;
}

/* Index of the last part that is not zero; -1 for the nation. */
static int
last_part(const char *full)
{
    int last = -1;
    for (int i = 0; i < PARTS; i++)
        if (strspn(full + parts[i].from, "0") < parts[i].len)
            last = i;
    return last;
}

codes_level
codes_division_level(tb_str text)
{
    char full[DIGITS + 1];
    if (!fill(text, full))
        return CODES_LEVEL_NONE;
    return (codes_level)(CODES_LEVEL_PROVINCE + last_part(full));
}

tb_str
codes_division_parent(struct tb_arena *arena, tb_str text)
{
    char full[DIGITS + 1];
    if (!fill(text, full))
        return TB_STR_NONE;
    int last = last_part(full);
    if (last < 0)
        return TB_STR_NONE;
    memset(full + parts[last].from, '0', parts[last].len);
    return tb_str_copy(arena, (tb_str){full, DIGITS});
}

bool
codes_division_contains(tb_str outer, tb_str inner)
{
    char big[DIGITS + 1], small[DIGITS + 1];
    if (!fill(outer, big) || !fill(inner, small))
        return false;
    int last = last_part(big);
    size_t len = last < 0 ? 0 : (size_t)parts[last].from + parts[last].len;
    return memcmp(big, small, len) == 0;
}

static const struct {
    const char *zh, *en;
} level_names[] = {{"未知", "unknown"}, {"国家级", "national"}, {"省级", "provincial"},
                   {"市级", "city"},    {"县级", "county"},     {"乡级", "town"},
                   {"村级", "village"}};

const char *
codes_level_zh(codes_level level)
{
    return level_names[(unsigned)level < TB_COUNT(level_names) ? level : CODES_LEVEL_NONE].zh;
}

const char *
codes_level_en(codes_level level)
{
    return level_names[(unsigned)level < TB_COUNT(level_names) ? level : CODES_LEVEL_NONE].en;
}
