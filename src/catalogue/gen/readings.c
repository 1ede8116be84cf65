/* SPDX-License-Identifier: Apache-2.0 */
/* readings - prints the table of Mandarin readings: ICU's reading of every common character, then
 * the further readings and the phrases of readings.csv. Runs at build time only, so that the program
 * itself needs no ICU.
 *
 * Usage: readings READINGS.csv OUTPUT.inc */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#define FIRST 0x3400
#define LAST 0x9FFF
#define SYLLABLES_MAX 1000
#define LINE_MAX_BYTES 256
#define ROWS_MAX 5000

static char syllables[SYLLABLES_MAX][8];
static int syllable_count;
static int table[LAST - FIRST + 1];

static void
die(const char *what)
{
    fprintf(stderr, "readings: %s\n", what);
    exit(1);
}

/* Index of a syllable, from 1. */
static int
syllable_of(const char *text)
{
    size_t len = strlen(text);
    if (len == 0 || len > 6 || strspn(text, "abcdefghijklmnopqrstuvwxyz") != len)
        return 0;
    for (int i = 0; i < syllable_count; i++)
        if (strcmp(syllables[i], text) == 0)
            return i + 1;
    if (syllable_count == SYLLABLES_MAX)
        die("too many syllables");
    memcpy(syllables[syllable_count++], text, len + 1);
    return syllable_count;
}

/* Tones away; u with two dots is v, as it is typed. */
static void
plain(const UChar *text, int32_t len, char *out, size_t size)
{
    UErrorCode error = U_ZERO_ERROR;
    UChar apart[64];
    int32_t count = unorm2_normalize(unorm2_getNFDInstance(&error), text, len, apart, 64, &error);
    size_t to = 0;
    for (int32_t i = 0; i < count && to + 1 < size; i++) {
        if (apart[i] == 0x308 && to > 0)
            out[to - 1] = 'v';
        else if (apart[i] < 0x80)
            out[to++] =
                (char)(apart[i] >= 'A' && apart[i] <= 'Z' ? apart[i] - 'A' + 'a' : apart[i]);
    }
    out[to] = '\0';
}

static void
fill_table(void)
{
    UErrorCode error = U_ZERO_ERROR;
    UChar id[64];
    u_uastrcpy(id, "Han-Latin");
    UTransliterator *reader = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &error);
    if (U_FAILURE(error))
        die(u_errorName(error));
    for (int c = FIRST; c <= LAST; c++) {
        UChar text[64] = {(UChar)c};
        int32_t len = 1, limit = 1;
        char letters[64];
        error = U_ZERO_ERROR;
        utrans_transUChars(reader, text, &len, 64, 0, &limit, &error);
        if (U_FAILURE(error) || (len == 1 && text[0] == c))
            continue;
        plain(text, len, letters, sizeof letters);
        table[c - FIRST] = syllable_of(letters);
    }
    utrans_close(reader);
}

static int
decode(const char **at)
{
    const unsigned char *p = (const unsigned char *)*at;
    if (p[0] < 0x80) {
        *at += 1;
        return p[0];
    }
    if (p[0] < 0xE0 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80)
        die("readings.csv: not UTF-8 of common characters");
    *at += 3;
    return (p[0] & 15) << 12 | (p[1] & 63) << 6 | (p[2] & 63);
}

/* text,reading reading …: for one character its readings, the commonest first; for a phrase one for
 * each character. */
static void
print_row(FILE *out, const char *text, char *readings)
{
    int characters = 0, ids[16], count = 0, first = 0;
    for (const char *at = text; *at != '\0'; characters++) {
        int c = decode(&at);
        if (characters == 0)
            first = c;
    }
    for (char *word = readings, *next; word != NULL && count < 16; word = next) {
        next = strchr(word, ' ');
        if (next != NULL)
            *next++ = '\0';
        ids[count] = syllable_of(word);
        if (ids[count++] == 0)
            die(text);
    }
    if (characters > 1 && characters != count)
        die(text);
    if (characters == 1 && first >= FIRST && first <= LAST)
        table[first - FIRST] = ids[0];
    fprintf(out, "    {\"%s\", %zu, %d, {", text, strlen(text), count);
    for (int i = 0; i < count; i++)
        fprintf(out, "%s%d", i > 0 ? ", " : "", ids[i]);
    fprintf(out, "}},\n");
}

static int
line_order(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* In the order of their bytes: the program searches by halves, and a comma sorts before any text. */
static void
print_rows(FILE *in, FILE *out)
{
    static char lines[ROWS_MAX][LINE_MAX_BYTES];
    size_t count = 0;
    for (int number = 1; count < ROWS_MAX && fgets(lines[count], LINE_MAX_BYTES, in) != NULL;
         number++) {
        char *line = lines[count];
        line[strcspn(line, "\r\n")] = '\0';
        count += number > 1 && line[0] != '\0';
    }
    if (count == ROWS_MAX)
        die("readings.csv: too many rows");
    qsort(lines, count, LINE_MAX_BYTES, line_order);
    fprintf(out, "static const struct reading_row reading_rows[] = {\n");
    for (size_t i = 0; i < count; i++) {
        char *comma = strchr(lines[i], ',');
        if (comma == NULL)
            die("readings.csv: a row without a comma");
        *comma = '\0';
        print_row(out, lines[i], comma + 1);
    }
    fprintf(out, "};\n");
}

static int
syllable_by_letters(const void *a, const void *b)
{
    return strcmp(syllables[*(const int *)a - 1], syllables[*(const int *)b - 1]);
}

static void
print_order(FILE *out)
{
    static int ids[SYLLABLES_MAX];
    for (int i = 0; i < syllable_count; i++)
        ids[i] = i + 1;
    qsort(ids, (size_t)syllable_count, sizeof *ids, syllable_by_letters);
    for (int i = 0; i < syllable_count; i++)
        fprintf(out, "%s%d,", i % 24 == 0 ? "\n    " : " ", ids[i]);
}

int
main(int argc, char **argv)
{
    if (argc != 3)
        die("usage: readings READINGS.csv OUTPUT.inc");
    FILE *in = fopen(argv[1], "r"), *out = fopen(argv[2], "w");
    if (in == NULL || out == NULL)
        die("cannot open its files");
    fill_table();
    fprintf(out, "/* Generated by gen/readings.c from ICU and readings.csv. */\n");
    print_rows(in, out);
    fprintf(out, "#define READING_FIRST 0x%X\nstatic const uint16_t reading_table[] = {", FIRST);
    for (int i = 0; i <= LAST - FIRST; i++)
        fprintf(out, "%s%d,", i % 24 == 0 ? "\n    " : " ", table[i]);
    fprintf(out, "\n};\nstatic const char syllables[][8] = {\"\"");
    for (int i = 0; i < syllable_count; i++)
        fprintf(out, ",%s\"%s\"", i % 12 == 0 ? "\n    " : " ", syllables[i]);
    fprintf(out, "\n};\n/* Ids in the order of their letters. */\nstatic const uint16_t "
                 "syllable_order[] = {");
    print_order(out);
    fprintf(out, "\n};\n");
    return fclose(out) == 0 ? 0 : 1;
}
