/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of catalogue share: a store in a temporary folder, the catalogue over it, calls of its operations. */
#ifndef TESTS_CATALOGUE_CATALOGUE_TEST_H
#define TESTS_CATALOGUE_CATALOGUE_TEST_H

#include "../temporary.h"
#include "catalogue/catalogue_internal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <cmocka.h>

static int64_t clock_us = INT64_C(1770687000000000); /* 2026-02-10 09:30 in China */

static int64_t
now_us(void *context)
{
    return clock_us;
}

static void
random_bytes(void *context, void *bytes, size_t len)
{
    assert_int_equal(getrandom(bytes, len, 0), (ssize_t)len);
}

static const struct tb_env env = {.now_us = now_us, .random = random_bytes};
static const struct store_cause cause = {.request = {"r", 1}, .purpose = {"test", 4}};
static struct tb_arena *arena;
static struct store *store;
static struct catalogue *catalogue;
static struct op_registry *registry;
static const struct packs_set *packs; /* set before open_catalogue, or NULL */
static char dir[] = "/tmp/tb-catalogue-XXXXXX";

static int
open_catalogue(void **state)
{
    struct tb_err err = {0};
    static struct op_table tables[2];
    arena = tb_arena_new(0);
    if (mkdtemp(dir) == NULL)
        return 1;
    struct store_options options = {
        .dir = tb_str_of(dir), .tables = catalogue_tables, .env = &env, .is_create = true};
    struct catalogue_options more = {
        .env = &env, .packs = packs, .division = TB_STR("511602000000")};
    if (store_open(&options, &store, &err) != TB_OK) {
        print_message("%s\n", err.message);
        return 1;
    }
    more.store = store;
    assert_int_equal(catalogue_open(&more, &catalogue, &err), TB_OK);
    tables[0] = catalogue_ops(catalogue);
    tables[1] = (struct op_table){0};
    assert_int_equal(op_registry_new(tables, store, &env, &registry, &err), TB_OK);
    return 0;
}

static int
close_catalogue(void **state)
{
    op_registry_free(registry);
    catalogue_close(catalogue);
    store_close(store);
    temporary_remove(dir);
    tb_arena_free(arena);
    return 0;
}

/* Imports a text as items.csv; the report's lists are in arena. */
static inline tb_status
import_text(tb_str text, struct catalogue_report *report, struct tb_err *err)
{
    *report = (struct catalogue_report){.faults = {.arena = arena}, .notes = {.arena = arena}};
    tb_status status = catalogue_import_items(catalogue, &cause, TB_STR("items.csv"), text, NULL,
                                              NULL, report, err);
    size_t done = 1;
    while (status == TB_OK && done > 0)
        status = catalogue_tick(catalogue, 10000, &done, err);
    return status;
}

/* A file below the folder of real input; skips the test when that is absent. */
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
    return tb_buf_done(&buf);
}

/* Calls an operation as nobody. */
static inline struct op_result
call(const char *name, struct tb_json *in)
{
    struct op_result result;
    struct op_request request = {
        .id = TB_STR("r1"), .lang = TB_STR("zh"), .channel = TB_STR("api")};
    op_call(registry, arena, name, &request, in, &result);
    return result;
}

/* The items of a search, by name, separated by |. */
static inline const char *
names_of(const struct tb_json *out, size_t max)
{
    struct tb_buf buf = {.arena = arena};
    size_t count = 0;
    TB_JSON_EACH(item, tb_json_get(out, "items"))
    {
        if (count++ == max)
            break;
        tb_buf_cstr(&buf, count > 1 ? "|" : "");
        tb_buf_str(&buf, tb_json_get_text(item, "name"));
    }
    return tb_buf_done(&buf).ptr;
}

static inline struct tb_json *
find(const char *q)
{
    struct tb_json *in = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_text(arena, in, "q", tb_str_of(q));
    struct op_result result = call("items.list", in);
    if (result.status != TB_OK)
        fail_msg("%s: %s", q, result.err.message);
    return result.out;
}

#endif
