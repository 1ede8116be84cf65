/* SPDX-License-Identifier: Apache-2.0 */
/* Files of time zones. Whatever a file says, a moment of its zone has an offset within a day, on both sides of now. */
#include "feel/feel.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const struct feel_zone *
only_zone(void *context, tb_str name)
{
    return context;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char *const questions[] = {
        "date and time(\"2026-07-01T12:00:00@Z/Z\") - date and time(\"1890-01-01T00:00:00@Z/Z\")",
        "date and time(\"2037-12-31T23:59:59@Z/Z\").time offset",
        "date and time(\"9999-03-31T02:30:00@Z/Z\").time offset",
        "date and time(\"-9999-03-31T02:30:00@Z/Z\").time offset",
    };
    struct tb_arena *arena = tb_arena_new((size_t)64 << 20);
    const struct feel_zone *zone;
    if (feel_zone_parse(arena, TB_STR("Z/Z"), (tb_str){(const char *)bytes, len}, &zone, NULL) ==
        TB_OK) {
        struct feel_host host = {.zone = only_zone, .context = (void *)(uintptr_t)zone};
        struct feel_run run = {.host = &host, .steps_max = 20000, .bytes_max = 8u << 20};
        for (size_t i = 0; i < TB_COUNT(questions); i++) {
            struct feel_value value;
            if (feel_once(arena, tb_str_of(questions[i]), NULL, &run, &value, NULL) == TB_OK)
                (void)feel_format(arena, &value);
        }
    }
    tb_arena_free(arena);
    return 0;
}
