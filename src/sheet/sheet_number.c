/* SPDX-License-Identifier: Apache-2.0 */
/* sheet_number.c - numbers of a workbook as text: plain decimals, or days and times counted from
 * 1900 or 1904. */
#include "sheet/sheet_internal.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAYS_1900_TO_1970 25569
#define DAYS_1900_TO_1904 1462
#define ROUNDED_FROM 1e15
#define SERIAL_MAX 2958466 /* 10000-01-01 */

static tb_str
plain_text(struct tb_arena *arena, double value)
{
    char digits[40];
    /* Fifteen digits are what the program showed; seventeen only where fifteen are not the
     * number. */
    snprintf(digits, sizeof digits, "%.15g", value);
    if (strtod(digits, NULL) != value)
        snprintf(digits, sizeof digits, "%.17g", value);
    tb_dec number;
    if (!tb_dec_parse(tb_str_of(digits), &number))
        return tb_str_copy(arena, tb_str_of(digits));
    return tb_dec_format(arena, number);
}

/* A day and seconds of the day; false for serials that are no day. */
static bool
split_serial(double serial, bool is_1904, int64_t *ret_days, int *ret_seconds)
{
    if (!(serial >= 0 && serial < SERIAL_MAX))
        return false;
    int64_t day = (int64_t)floor(serial);
    int seconds = (int)lround((serial - (double)day) * 86400);
    if (seconds == 86400) {
        day++;
        seconds = 0;
    }
    *ret_seconds = seconds;
    if (is_1904) {
        *ret_days = day + DAYS_1900_TO_1904 - DAYS_1900_TO_1970;
        return true;
    }
    /* Lotus took 1900 for a leap year: day 60 does not exist, and those before it count one
     * less. */
    *ret_days = day - DAYS_1900_TO_1970 + (day < 60);
    return day != 60;
}

static tb_str
date_text(struct tb_arena *arena, double serial, sheet__show show, bool is_1904)
{
    int64_t days;
    int seconds;
    if (!split_serial(serial, is_1904, &days, &seconds))
        return TB_STR_NONE;
    tb_str time =
        tb_printf(arena, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if (show == SHEET__TIME)
        return serial < 1 ? time : TB_STR_NONE;
    tb_str date = tb_date_format(arena, tb_date_from_days(days));
    if (show == SHEET__DATE)
        return date;
    return tb_printf(arena, TB_FMT "T" TB_FMT, TB_ARG(date), TB_ARG(time));
}

bool
sheet__number_text(struct tb_arena *arena, tb_str stored, sheet__show show, bool is_1904,
                   tb_str *ret_text, bool *ret_is_rounded)
{
    char digits[64], *end;
    if (stored.len == 0 || stored.len >= sizeof digits)
        return false;
    memcpy(digits, stored.ptr, stored.len);
    digits[stored.len] = '\0';
    if (strspn(digits, "0123456789+-.eE") != stored.len)
        return false;
    double value = strtod(digits, &end);
    if (end != digits + stored.len || !isfinite(value))
        return false;
    tb_str date = show != SHEET__PLAIN ? date_text(arena, value, show, is_1904) : TB_STR_NONE;
    *ret_is_rounded = date.ptr == NULL && fabs(value) >= ROUNDED_FROM;
    *ret_text = date.ptr != NULL ? date : plain_text(arena, value);
    return true;
}
