/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_reading.c - how names are read aloud, from a table made at build time (gen/readings.c).
 *
 * A character that stands in a phrase of readings.csv has the reading it has there: 会计 is kuai ji
 * and nothing else. Elsewhere it has all its readings. */
#include "catalogue/catalogue_search.h"
#include <string.h>

struct reading_row {
    const char *text;
    uint16_t len;
    uint16_t count;
    uint16_t ids[16];
};

#include "catalogue_readings.inc"

/* Letters and digits get ids behind the syllables: one for each byte. */
#define LITERAL_FIRST ((uint16_t)TB_COUNT(syllables))

static const char literals[128][2] = {
    ['0'] = "0", ['1'] = "1", ['2'] = "2", ['3'] = "3", ['4'] = "4", ['5'] = "5",
    ['6'] = "6", ['7'] = "7", ['8'] = "8", ['9'] = "9", ['a'] = "a", ['b'] = "b",
    ['c'] = "c", ['d'] = "d", ['e'] = "e", ['f'] = "f", ['g'] = "g", ['h'] = "h",
    ['i'] = "i", ['j'] = "j", ['k'] = "k", ['l'] = "l", ['m'] = "m", ['n'] = "n",
    ['o'] = "o", ['p'] = "p", ['q'] = "q", ['r'] = "r", ['s'] = "s", ['t'] = "t",
    ['u'] = "u", ['v'] = "v", ['w'] = "w", ['x'] = "x", ['y'] = "y", ['z'] = "z",
};

const char *
catalogue__syllable(uint16_t id)
{
    return id < LITERAL_FIRST ? syllables[id] : literals[(id - LITERAL_FIRST) & 127];
}

uint16_t
catalogue__syllable_id(tb_str letters)
{
    size_t low = 0, high = TB_COUNT(syllable_order);
    if (letters.len == 0 || letters.len >= sizeof syllables[0])
        return 0;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strncmp(syllables[syllable_order[middle]], letters.ptr, letters.len);
        if (order == 0 && syllables[syllable_order[middle]][letters.len] == '\0')
            return syllable_order[middle];
        /* What goes on behind the letters comes after them. */
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

/* Index of the first row that is not before text. Rows are in the order of their bytes. */
static size_t
first_row(tb_str text)
{
    size_t low = 0, high = TB_COUNT(reading_rows);
    while (low < high) {
        size_t middle = (low + high) / 2;
        tb_str row = {reading_rows[middle].text, reading_rows[middle].len};
        if (tb_str_cmp(row, text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct reading_row *
row_of(tb_str text)
{
    size_t i = first_row(text);
    bool is_it = i < TB_COUNT(reading_rows) && tb_str_is(text, reading_rows[i].text);
    return is_it ? &reading_rows[i] : NULL;
}

/* The row of the longest phrase at the beginning of text. */
static const struct reading_row *
phrase_at(tb_str text)
{
    const struct reading_row *best = NULL;
    tb_str first = tb_str_sub(text, 0, 3);
    for (size_t i = first_row(first); i < TB_COUNT(reading_rows); i++) {
        const struct reading_row *row = &reading_rows[i];
        if (memcmp(row->text, first.ptr, first.len) != 0)
            break;
        bool is_phrase =
            row->len > 3 && row->len <= text.len && (best == NULL || row->len > best->len);
        if (is_phrase && memcmp(row->text, text.ptr, row->len) == 0)
            best = row;
    }
    return best;
}

static struct catalogue__reading
read_one(int32_t c, tb_str character)
{
    struct catalogue__reading reading = {0};
    if (c < 128 && literals[c & 127][0] != '\0') {
        reading.ids[reading.count++] = (uint16_t)(LITERAL_FIRST + c);
        return reading;
    }
    size_t at = (size_t)(c - READING_FIRST);
    if (c < READING_FIRST || at >= TB_COUNT(reading_table) || reading_table[at] == 0)
        return reading;
    const struct reading_row *row = row_of(character);
    reading.ids[reading.count++] = reading_table[at];
    for (size_t i = 1; row != NULL && i < row->count && reading.count < CATALOGUE__READINGS_MAX;
         i++)
        reading.ids[reading.count++] = row->ids[i];
    return reading;
}

size_t
catalogue__read_aloud(tb_str folded, struct catalogue__reading *ret_readings, size_t max)
{
    size_t count = 0, at = 0;
    while (at < folded.len && count < max) {
        tb_str rest = tb_str_sub(folded, at, folded.len);
        const struct reading_row *phrase =
            (unsigned char)rest.ptr[0] >= 0xE0 && rest.len >= 6 ? phrase_at(rest) : NULL;
        for (size_t i = 0; phrase != NULL && i < phrase->count && count < max; i++)
            ret_readings[count++] =
                (struct catalogue__reading){.ids = {phrase->ids[i]}, .count = 1};
        if (phrase != NULL) {
            at += phrase->len;
            continue;
        }
        size_t before = at;
        int32_t c = tb_utf8_next(folded, &at);
        struct catalogue__reading reading = read_one(c, tb_str_sub(folded, before, at - before));
        if (reading.count > 0)
            ret_readings[count++] = reading;
    }
    return count;
}
