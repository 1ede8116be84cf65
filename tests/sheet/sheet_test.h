/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of sheet share: an arena, and rows as one readable text. */
#ifndef TESTS_SHEET_SHEET_TEST_H
#define TESTS_SHEET_SHEET_TEST_H

#include "sheet/sheet.h"
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

/* Every row as `line:cell|cell\n`, a broken one with ! before the line, an absent cell as ~; then
 * every fault as `place code\n`. A failure is `status`. */
static inline const char *
told(tb_str bytes)
{
    struct tb_buf buf = {.arena = arena};
    struct tb_faults faults = {.arena = arena};
    struct sheet_reader *reader;
    struct tb_err err = {0};
    tb_status status = sheet_open(TB_STR("f"), bytes, &faults, &reader, &err);
    if (status != TB_OK)
        return tb_error_row(status)->code;
    for (;;) {
        struct sheet_row row;
        bool has_row = false;
        status = sheet_next(reader, &row, &has_row, &err);
        if (status != TB_OK)
            tb_buf_printf(&buf, "%s\n", tb_error_row(status)->code);
        if (status != TB_OK || !has_row)
            break;
        tb_buf_printf(&buf, "%s%d:", row.is_broken ? "!" : "", row.line);
        for (size_t i = 0; i < row.count; i++) {
            tb_buf_cstr(&buf, i > 0 ? "|" : "");
            tb_buf_str(&buf, row.cells[i].ptr != NULL ? row.cells[i] : TB_STR("~"));
        }
        tb_buf_char(&buf, '\n');
    }
    sheet_close(reader);
    for (size_t i = 0; i < faults.count; i++) {
        tb_buf_printf(&buf, TB_FMT " " TB_FMT "\n", TB_ARG(faults.items[i].place),
                      TB_ARG(faults.items[i].code));
        assert_true(faults.items[i].zh.len > 0 && faults.items[i].en.len > 0);
    }
    return tb_buf_done(&buf).ptr;
}

#endif
