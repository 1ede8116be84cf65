/* SPDX-License-Identifier: Apache-2.0 */
/* clock_cases.h - reads the CSV files of cases beside the tests: no quotes, no commas inside a
 * cell. */
#ifndef TESTS_CLOCK_CASES_H
#define TESTS_CLOCK_CASES_H

#include "base/base.h"
#include <stdio.h>
#include <stdlib.h>

/* The whole file in arena, or absent. */
static inline tb_str
cases_file(struct tb_arena *arena, tb_str folder, const char *name)
{
    tb_str path = tb_printf(arena, TB_FMT "/%s", TB_ARG(folder), name);
    FILE *file = fopen(path.ptr, "rb");
    if (file == NULL)
        return TB_STR_NONE;
    struct tb_buf buf = {.arena = arena};
    char block[4096];
    for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0;)
        tb_buf_put(&buf, block, n);
    fclose(file);
    return tb_buf_done(&buf);
}

/* A file beside the tests; they run with TB_SOURCE set by meson. */
static inline tb_str
cases_own(struct tb_arena *arena, const char *name)
{
    const char *source = getenv("TB_SOURCE");
    tb_str text = cases_file(arena, tb_str_of(source != NULL ? source : "."), name);
    tb_assert(text.len > 0);
    return text;
}

/* The next line that is neither empty nor a comment, cut into cells. false at the end. */
static inline bool
cases_next(tb_str *rest, int *line, tb_str *cells, size_t cell_count)
{
    tb_str text;
    while (tb_str_cut(rest, '\n', &text)) {
        ++*line;
        if (tb_str_ends(text, TB_STR("\r")))
            text.len--;
        if (text.len == 0 || text.ptr[0] == '#')
            continue;
        for (size_t i = 0; i < cell_count; i++)
            if (!tb_str_cut(&text, ',', &cells[i]))
                cells[i] = TB_STR("");
        return true;
    }
    return false;
}

#endif
