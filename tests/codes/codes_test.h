/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of codes share: an arena, real input, and a way to ask which faults a check
 * names. */
#ifndef TESTS_CODES_CODES_TEST_H
#define TESTS_CODES_CODES_TEST_H

#include "codes/codes.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct tb_arena *arena;

static int
open_arena(void **state)
{
    arena = tb_arena_new(0);
    return 0;
}

static int
close_arena(void **state)
{
    tb_arena_free(arena);
    return 0;
}

/* The words of all faults, separated by blanks. Every fault has a place and both languages. */
static const char *
words(const struct tb_faults *faults)
{
    struct tb_buf buf = {.arena = arena};
    for (size_t i = 0; i < faults->count; i++) {
        if (i > 0)
            tb_buf_char(&buf, ' ');
        tb_buf_str(&buf, faults->items[i].code);
        assert_true(tb_str_is(faults->items[i].place, "/here"));
        assert_true(faults->items[i].zh.len > 0 && faults->items[i].en.len > 0);
        assert_false(tb_str_contains(faults->items[i].zh, TB_STR("%d")));
    }
    return tb_buf_done(&buf).ptr;
}

/* A file below the folder of real input as one text; skips the test when that folder is absent. */
static inline tb_str
read_shared(const char *name)
{
    const char *root = getenv("TB_SHARED");
    char path[4096], part[8192];
    snprintf(path, sizeof path, "%s/%s", root != NULL ? root : "", name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        print_message("no real input at %s: skipped\n", path);
        skip();
    }
    struct tb_buf buf = {.arena = arena};
    for (size_t got; (got = fread(part, 1, sizeof part, file)) > 0;)
        tb_buf_put(&buf, part, got);
    fclose(file);
    tb_str text = tb_buf_done(&buf);
    return tb_str_starts(text, TB_STR("\xEF\xBB\xBF")) ? tb_str_sub(text, 3, text.len) : text;
}

#endif
