/* SPDX-License-Identifier: Apache-2.0 */
/* run_tool.h - puts bytes into a file of a temporary folder and reads what a program says about it. */
#ifndef TESTS_PAPER_RUN_TOOL_H
#define TESTS_PAPER_RUN_TOOL_H

#include "base/base.h"
#include <stdio.h>
#include <stdlib.h>

/* A fresh folder; in arena. */
static inline const char *
tool_folder(struct tb_arena *arena)
{
    char *folder = tb_cstr(arena, TB_STR("/tmp/tongban-test-XXXXXX"));
    tb_assert(mkdtemp(folder) != NULL);
    return folder;
}

static inline const char *
tool_write(struct tb_arena *arena, const char *folder, const char *name, tb_str bytes)
{
    const char *path = tb_printf(arena, "%s/%s", folder, name).ptr;
    FILE *file = fopen(path, "wb");
    tb_assert(file != NULL && fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len &&
              fclose(file) == 0);
    return path;
}

/* Standard output of a shell command; *ret_status is its exit status. */
static inline tb_str
tool_run(struct tb_arena *arena, const char *command, int *ret_status)
{
    FILE *pipe = popen(command, "r");
    tb_assert(pipe != NULL);
    struct tb_buf buf = {.arena = arena};
    char block[4096];
    for (size_t n; (n = fread(block, 1, sizeof block, pipe)) > 0;)
        tb_buf_put(&buf, block, n);
    int status = pclose(pipe);
    *ret_status = status < 0 ? -1 : status >> 8;
    return tb_buf_done(&buf);
}

static inline void
tool_remove(struct tb_arena *arena, const char *folder)
{
    int status;
    tool_run(arena, tb_printf(arena, "rm -rf %s", folder).ptr, &status);
}

#endif
