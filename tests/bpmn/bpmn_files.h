/* SPDX-License-Identifier: Apache-2.0 */
/* bpmn_files.h - files beside the tests. */
#ifndef TESTS_BPMN_FILES_H
#define TESTS_BPMN_FILES_H

#include "base/base.h"
#include <stdio.h>
#include <stdlib.h>

static inline tb_str
bpmn_read_file(struct tb_arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return TB_STR_NONE;
    struct tb_buf buf = {.arena = arena};
    char block[4096];
    for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0;)
        tb_buf_put(&buf, block, n);
    fclose(file);
    return tb_buf_done(&buf);
}

static inline tb_str
bpmn_file(struct tb_arena *arena, const char *name)
{
    const char *source = getenv("TB_SOURCE");
    tb_str text =
        bpmn_read_file(arena, tb_printf(arena, "%s/%s", source != NULL ? source : ".", name).ptr);
    tb_assert(text.len > 0);
    return text;
}

#endif
