/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_division.c - names of provinces, cities and counties (National Bureau of Statistics,
 * 2023 edition). */
#include "catalogue/catalogue_internal.h"
#include "codes/codes.h"

static const struct {
    int32_t code;
    const char *name;
} divisions[] = {
#include "catalogue_divisions.inc"
};

tb_str
catalogue__division_name(tb_str code)
{
    int64_t wanted;
    char six[7] = "000000";
    for (size_t i = 0; i < 6 && i < code.len; i++)
        six[i] = code.ptr[i];
    if (codes_division_level(code) < CODES_LEVEL_PROVINCE ||
        !tb_str_to_int((tb_str){six, 6}, &wanted))
        return TB_STR_NONE;
    size_t low = 0, high = TB_COUNT(divisions);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (divisions[middle].code < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low < TB_COUNT(divisions) && divisions[low].code == wanted
               ? tb_str_of(divisions[low].name)
               : TB_STR_NONE;
}
