/* SPDX-License-Identifier: Apache-2.0 */
/* feel_test_host.h - a host for tests: zones from /usr/share/zoneinfo, and a clock that stands still. */
#ifndef FEEL_TEST_HOST_H
#define FEEL_TEST_HOST_H

#include "feel/feel.h"
#include <stdio.h>

/* context is the arena in which zones lie. */
static const struct feel_zone *
test_zone(void *context, tb_str name)
{
    char path[128];
    static char bytes[1 << 16];
    const struct feel_zone *zone = NULL;
    snprintf(path, sizeof path, "/usr/share/zoneinfo/" TB_FMT, TB_ARG(name));
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return feel_zone_parse(context, name, (tb_str){bytes, len}, &zone, NULL) == TB_OK ? zone : NULL;
}

/* 2026-05-06T10:11:12+08:00. */
static inline struct feel_host
test_host(struct tb_arena *arena)
{
    return (struct feel_host){.zone = test_zone,
                              .context = arena,
                              .has_now = true,
                              .now_us = INT64_C(1778033472) * TB_US_PER_SECOND,
                              .now_offset = 28800};
}

#endif
