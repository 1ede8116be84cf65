/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_synonym.c - what people say, and what the lists call it: synonyms.csv, the longest
 * phrase first. */
#include "catalogue/catalogue_search.h"
#include <string.h>

static const struct {
    const char *everyday, *official;
} rows[] = {
#include "catalogue_synonyms.inc"
};

enum { SOUND_CHARACTERS_MAX = 8 };

static void
give(size_t i, struct catalogue__synonym *ret_synonym)
{
    *ret_synonym =
        (struct catalogue__synonym){tb_str_of(rows[i].everyday), tb_str_of(rows[i].official)};
}

bool
catalogue__synonym_at(tb_str text, struct catalogue__synonym *ret_synonym)
{
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        size_t len = strlen(rows[i].everyday);
        if (len <= text.len && memcmp(rows[i].everyday, text.ptr, len) == 0) {
            give(i, ret_synonym);
            return true;
        }
    }
    return false;
}

/* Every character of a sounds as the one of b may. */
static bool
sounds_alike(const struct catalogue__reading *a, const struct catalogue__reading *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool is_alike = false;
        for (size_t x = 0; x < a[i].count; x++)
            for (size_t y = 0; y < b[i].count; y++)
                is_alike |= a[i].ids[x] == b[i].ids[y];
        if (!is_alike)
            return false;
    }
    return true;
}

bool
catalogue__synonym_by_sound(struct tb_arena *arena, tb_str text,
                            struct catalogue__synonym *ret_synonym)
{
    struct catalogue__reading said[SOUND_CHARACTERS_MAX], meant[SOUND_CHARACTERS_MAX];
    size_t said_count = catalogue__read_aloud(text, said, SOUND_CHARACTERS_MAX);
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        tb_str everyday = tb_str_of(rows[i].everyday);
        size_t count = everyday.len / 3;
        /* Phrases that say nothing are too short to be told by their sound. */
        if (rows[i].official[0] == '\0' || count < 2 || count > said_count ||
            text.len < everyday.len)
            continue;
        if (catalogue__read_aloud(everyday, meant, SOUND_CHARACTERS_MAX) == count &&
            sounds_alike(said, meant, count)) {
            give(i, ret_synonym);
            return true;
        }
    }
    return false;
}
