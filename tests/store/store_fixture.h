/* SPDX-License-Identifier: Apache-2.0 */
/* store_fixture.h - a store in a temporary folder with three small tables, for the tests of store.
 *
 * fixture_open and fixture_close are setup and teardown of cmocka; the folder is removed at the end. */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"
#include "store/store.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

/* clang-format off */
static const struct store_column person_columns[] = {
    {"name",      STORE_TEXT,    STORE_PERSONAL,              NULL, "name as written"},
    {"id_number", STORE_TEXT,    STORE_PERSONAL | STORE_NULL, NULL, "citizen number"},
    {"id_blind",  STORE_TEXT,    STORE_NULL | STORE_UNIQUE,   NULL, "HMAC of id_number"},
    {"age",       STORE_INT,     STORE_NULL,                  NULL, "years"},
    {"photo",     STORE_BYTES,   STORE_NULL | STORE_PERSONAL, NULL, "picture"},
    {0},
};
static const struct store_table person_table = {"person", person_columns, true, NULL, NULL, "A person."};

static const char *const permit_uniques[] = {"office, number", NULL};
static const struct store_column permit_columns[] = {
    {"person",   STORE_INT,     STORE_INDEX,  "person", "holder"},
    {"office",   STORE_TEXT,    0,            NULL,     "who issued it"},
    {"number",   STORE_INT,     0,            NULL,     "number of the office"},
    {"is_open",  STORE_BOOL,    0,            NULL,     "in force"},
    {"issued",   STORE_DAY,     STORE_NULL,   NULL,     "day"},
    {"at",       STORE_INSTANT, STORE_NULL,   NULL,     "instant"},
    {"fee",      STORE_MONEY,   STORE_NULL,   NULL,     "fee"},
    {"data",     STORE_JSON,    STORE_NULL,   NULL,     "fields of the form"},
    {"hash",     STORE_BYTES,   STORE_NULL,   NULL,     "hash"},
    {0},
};
static const struct store_table permit_table = {"permit", permit_columns, true, permit_uniques, NULL, "A permit."};

static const struct store_column note_columns[] = {
    {"text", STORE_TEXT, 0, NULL, "words"},
    {0},
};
static const struct store_table note_table = {"note", note_columns, false, NULL, NULL, "A summary, not logged."};

static const struct store_table *const fixture_tables[] = {&person_table, &permit_table, &note_table, NULL};
/* clang-format on */

struct fixture_person {
    const char *name, *id_number;
    int64_t age, id;
};

struct fixture {
    char dir[64];
    struct store *store;
    struct tb_arena *arena;
    struct tb_err err;
};

static int64_t
fixture_now(void *context)
{
    struct timespec now;
    (void)context;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * TB_US_PER_SECOND + now.tv_nsec / 1000;
}

static void
fixture_random(void *context, void *ret_bytes, size_t len)
{
    (void)context;
    if (getrandom(ret_bytes, len, 0) != (ssize_t)len)
        abort();
}

static const struct tb_env fixture_env = {fixture_now, fixture_random, NULL};

static inline void
fixture_reopen(struct fixture *fixture)
{
    struct store_options options = {.dir = tb_str_of(fixture->dir),
                                    .tables = fixture_tables,
                                    .env = &fixture_env,
                                    .is_create = true};
    store_close(fixture->store);
    fixture->store = NULL;
    tb_status status = store_open(&options, &fixture->store, &fixture->err);
    if (status != TB_OK)
        fail_msg("store_open: %s", fixture->err.message);
}

static inline int
fixture_open(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    snprintf(fixture->dir, sizeof fixture->dir, "/tmp/tongban-store-XXXXXX");
    if (mkdtemp(fixture->dir) == NULL)
        return -1;
    fixture->arena = tb_arena_new(0);
    fixture_reopen(fixture);
    *state = fixture;
    return 0;
}

static int
fixture_remove_one(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    return remove(path);
}

static inline void
fixture_remove(const char *dir)
{
    if (nftw(dir, fixture_remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        fprintf(stderr, "# %s is left behind\n", dir);
}

/* Verifies; the number of findings must be this. */
static inline void
fixture_verify(struct fixture *fixture, size_t wanted)
{
    struct tb_faults faults = {.arena = fixture->arena};
    struct store_verify_result result;
    tb_status status = store_verify(fixture->store, TB_STR_NONE, &faults, &result, &fixture->err);
    if (status != TB_OK)
        fail_msg("store_verify: %s", fixture->err.message);
    if (faults.count != wanted)
        for (size_t i = 0; i < faults.count && i < 10; i++)
            print_message("finding: " TB_FMT ": " TB_FMT "\n", TB_ARG(faults.items[i].place),
                          TB_ARG(faults.items[i].en));
    assert_int_equal(faults.count, wanted);
}

/* A file of DIR, in the fixture's arena. */
static inline void
fixture_read(struct fixture *fixture, const char *name, tb_str *ret_text)
{
    char path[128], piece[4096];
    snprintf(path, sizeof path, "%s/%s", fixture->dir, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    struct tb_buf buf = {.arena = fixture->arena};
    size_t got;
    while ((got = fread(piece, 1, sizeof piece, file)) > 0)
        tb_buf_put(&buf, piece, got);
    fclose(file);
    *ret_text = tb_buf_done(&buf);
}

static inline int
fixture_close(void **state)
{
    struct fixture *fixture = *state;
    store_close(fixture->store);
    fixture_remove(fixture->dir);
    tb_arena_free(fixture->arena);
    free(fixture);
    return 0;
}

#endif
