/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of packs share: the shipped packs read into memory, changed in one place, compiled and checked. */
#ifndef TESTS_PACKS_HELP_H
#define TESTS_PACKS_HELP_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */
#include "packs/packs.h"
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The folder of a shipped pack. */
static inline const char *
pack_dir(struct tb_arena *arena, const char *name)
{
    const char *source = getenv("TB_SOURCE");
    return tb_printf(arena, "%s/packs/%s", source != NULL ? source : ".", name).ptr;
}

/* A whole file of the source tree. */
static inline tb_str
read_file(struct tb_arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    char block[4096];
    struct tb_buf buf = {.arena = arena};
    if (file == NULL)
        fail_msg("cannot open %s", path);
    for (size_t got; (got = fread(block, 1, sizeof block, file)) > 0;)
        tb_buf_put(&buf, block, got);
    fclose(file);
    return tb_buf_done(&buf);
}

static inline struct packs_pack *
load_pack(const char *name)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_faults faults = {.arena = arena};
    struct packs_pack *pack = NULL;
    struct tb_err err = {0};
    tb_status status = packs_load(pack_dir(arena, name), &faults, &pack, &err);
    for (size_t i = 0; i < faults.count && i < 10; i++)
        print_error(TB_FMT ": " TB_FMT "\n", TB_ARG(faults.items[i].place),
                    TB_ARG(faults.items[i].en));
    if (status != TB_OK)
        print_error("%s\n", err.message);
    assert_int_equal(status, TB_OK);
    tb_arena_free(arena);
    return pack;
}

/* Replaces the first `find` in the file by `by`; find NULL: the whole file; by NULL: the file is taken out. */
static inline void
change_file(struct tb_arena *arena, struct packs_files *files, const char *path, const char *find,
            const char *by)
{
    for (size_t i = 0; i < files->count; i++) {
        struct packs_file *file = &files->items[i];
        if (!tb_str_is(file->path, path))
            continue;
        if (by == NULL) {
            files->items[i] = files->items[--files->count];
            return;
        }
        if (find == NULL) {
            file->content = tb_str_of(by);
            return;
        }
        ptrdiff_t at = tb_str_find(file->content, tb_str_of(find));
        if (at < 0)
            fail_msg("%s does not hold %s", path, find);
        tb_str after = tb_str_sub(file->content, (size_t)at + strlen(find), file->content.len);
        file->content =
            tb_printf(arena, TB_FMT "%s" TB_FMT, (int)at, file->content.ptr, by, TB_ARG(after));
        return;
    }
    fail_msg("no file %s", path);
}

/* Compiles and checks files; every fault of either is in the report. */
static inline void
check_files(const struct packs_files *files, struct packs_report *report)
{
    struct packs_pack *pack = NULL;
    struct tb_err err = {0};
    tb_status status = packs_compile(files, &report->faults, &pack, &err);
    if (status == TB_OK)
        packs_check_loaded(pack, report);
    else if (report->faults.count == 0)
        tb_fault_add(&report->faults, TB_STR("pack"), "failure", tb_str_of(err.message),
                     tb_str_of(err.message));
    packs_free(pack);
}

static inline bool
has_fault(const struct tb_faults *faults, const char *place, const char *code)
{
    for (size_t i = 0; i < faults->count && i < TB_FAULTS_MAX; i++)
        if (tb_str_starts(faults->items[i].place, tb_str_of(place)) &&
            tb_str_is(faults->items[i].code, code))
            return true;
    return false;
}

static inline void
print_faults(const struct tb_faults *faults)
{
    for (size_t i = 0; i < faults->count && i < 20; i++)
        print_error("  " TB_FMT " [" TB_FMT "] " TB_FMT "\n", TB_ARG(faults->items[i].place),
                    TB_ARG(faults->items[i].code), TB_ARG(faults->items[i].en));
}

static inline int
remove_one(const char *path, const struct stat *stat_of, int flag, struct FTW *ftw)
{
    (void)stat_of;
    (void)flag;
    (void)ftw;
    return remove(path);
}

/* Removes a folder of a test with everything in it. */
static inline int
remove_all(const char *path)
{
    return nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline struct tb_json *
json_of(struct tb_arena *arena, const char *text)
{
    struct tb_json *json = NULL;
    struct tb_err err = {0};
    if (tb_json_parse(arena, tb_str_of(text), &json, &err) != TB_OK)
        fail_msg("%s: %s", text, err.message);
    return json;
}

#endif
