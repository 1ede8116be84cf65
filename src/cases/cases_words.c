/* SPDX-License-Identifier: Apache-2.0 */
/* Words of the trade, in both languages, compiled in. */
#include "cases/cases_internal.h"
#include <string.h>

struct word_row {
    const char *key, *zh, *en;
};

/* clang-format off */
static const struct word_row words[CASES_WORD_COUNT] = {
#define CASES_WORD(name, key, zh, en) [CASES_##name] = {key, zh, en},
#include "cases/cases_words.def"
#undef CASES_WORD
};
/* clang-format on */

bool
cases__is_en(tb_str lang)
{
    return tb_str_is(lang, "en");
}

tb_str
cases__word(tb_str lang, cases_word word)
{
    tb_assert(word < CASES_WORD_COUNT);
    return tb_str_of(cases__is_en(lang) ? words[word].en : words[word].zh);
}

tb_str
cases__word_of(tb_str lang, struct tb_arena *arena, const char *group, tb_str key)
{
    size_t group_len = strlen(group);
    for (size_t i = 0; i < CASES_WORD_COUNT; i++) {
        const char *candidate = words[i].key;
        if (strncmp(candidate, group, group_len) == 0 && candidate[group_len] == '.' &&
            tb_str_is(key, candidate + group_len + 1))
            return cases__word(lang, (cases_word)i);
    }
    return tb_str_copy(arena, key);
}
