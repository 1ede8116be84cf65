/* SPDX-License-Identifier: Apache-2.0 */
/* feel_unicode_internal.h - tables of feel_unicode.c. */
#ifndef FEEL_FEEL_UNICODE_INTERNAL_H
#define FEEL_FEEL_UNICODE_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

/* Every step-th code point from first to last maps to itself plus delta. */
struct feel__case_range {
    int32_t first, last;
    int32_t step, delta;
};

/* One code point that maps to several. */
struct feel__case_many {
    int32_t point;
    const char *text;
};

struct feel__block {
    const char *name; /* without blanks */
    int32_t first, last;
};

extern const struct feel__case_range feel__upper[], feel__lower[];
extern const size_t feel__upper_count, feel__lower_count;
extern const struct feel__case_many feel__upper_many[], feel__lower_many[];
extern const size_t feel__upper_many_count, feel__lower_many_count;
extern const struct feel__block feel__blocks[];
extern const size_t feel__block_count;

#endif
