/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_synonym.c - what people say, and what the lists call it: synonyms.csv, the longest
 * phrase first. */
#include "catalogue/catalogue_search.h"
#include <string.h>

static const struct {
    const char *everyday, *official;
    uint16_t len;
} rows[] = {
#include "catalogue_synonyms.inc"
};

/* Readings of every phrase that may be meant by its sound. */
struct catalogue__sounds {
    struct catalogue__reading readings[TB_COUNT(rows)][CATALOGUE__SOUND_MAX];
    uint8_t counts[TB_COUNT(rows)];
};

struct catalogue__sounds *
catalogue__sounds_new(struct tb_arena *arena)
{
    struct catalogue__sounds *sounds = TB_NEW(arena, struct catalogue__sounds);
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        tb_str everyday = {rows[i].everyday, rows[i].len};
        size_t count = catalogue__read_aloud(everyday, sounds->readings[i], CATALOGUE__SOUND_MAX);
        /* Phrases that say nothing are too short to be told by their sound. */
        bool may = rows[i].official[0] != '\0' && count >= 2 && count * 3 == everyday.len;
        sounds->counts[i] = may ? (uint8_t)count : 0;
    }
    return sounds;
}

static void
give(size_t i, struct catalogue__synonym *ret_synonym)
{
    *ret_synonym =
        (struct catalogue__synonym){{rows[i].everyday, rows[i].len}, tb_str_of(rows[i].official)};
}

bool
catalogue__synonym_at(tb_str text, struct catalogue__synonym *ret_synonym)
{
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        if (rows[i].len <= text.len && rows[i].everyday[2] == text.ptr[2] &&
            memcmp(rows[i].everyday, text.ptr, rows[i].len) == 0) {
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
catalogue__synonym_by_sound(const struct catalogue__sounds *sounds, tb_str text,
                            struct catalogue__synonym *ret_synonym)
{
    struct catalogue__reading said[CATALOGUE__SOUND_MAX];
    size_t count = catalogue__read_aloud(text, said, CATALOGUE__SOUND_MAX);
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        bool may = sounds->counts[i] > 0 && sounds->counts[i] <= count && rows[i].len <= text.len;
        if (may && sounds_alike(said, sounds->readings[i], sounds->counts[i])) {
            give(i, ret_synonym);
            return true;
        }
    }
    return false;
}
