/* SPDX-License-Identifier: Apache-2.0 */
/* codes_internal.h - shared by the files of codes. */
#ifndef CODES_CODES_INTERNAL_H
#define CODES_CODES_INTERNAL_H

#include "codes/codes.h"

/* Adds a fault unless faults is NULL; answers false, so that a check can end in it. */
bool codes__fault(struct tb_faults *faults, tb_str place, const char *code, const char *zh,
                  const char *en);
/* The same with a number, a position or a length, put in for %d. */
bool codes__fault_at(struct tb_faults *faults, tb_str place, const char *code, size_t position,
                     const char *zh, const char *en);

/* Offset of the first byte that is no decimal digit, or text.len. */
size_t codes__digits(tb_str text);
/* 0-9A-Z: 0 to 35; else -1. */
int codes__alnum(char c);
/* The text is 0-9A-Z throughout and not empty. */
bool codes__is_alnum(tb_str text);
/* The day of eight digits. */
bool codes__day(tb_str digits, tb_date *ret_day);
/* Two digits of a province that exists. */
bool codes__is_province(tb_str two);
/* The check character of eight characters by GB 11714. */
char codes__organisation_check(tb_str eight);

#endif
