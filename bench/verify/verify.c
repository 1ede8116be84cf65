/* SPDX-License-Identifier: Apache-2.0 */
/* Does verification cost the same for each entry however long the log is, and does its memory stay flat?
 *
 * One installation grows to 100,000 and then to 1,000,000 entries, three inserts to one update of a row at random, with
 * personal columns. `store_verify` reads all of it each time. The ratio is seconds per entry at the large size over
 * seconds per entry at the small one; claimed: at most 1.2. Usage: verify [SMALL [LARGE]] */
#include "base/base.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define PER_WRITE 200
#define RUNS 3

/* clang-format off */
static const struct store_column item_columns[] = {
    {"name",   STORE_TEXT,    STORE_PERSONAL, NULL,   "name"},
    {"number", STORE_INT,     STORE_UNIQUE,   NULL,   "number"},
    {"other",  STORE_INT,     STORE_NULL,     "item", "another row"},
    {"at",     STORE_INSTANT, 0,              NULL,   "instant"},
    {"data",   STORE_JSON,    0,              NULL,   "fields"},
    {0},
};
static const struct store_table item = {"item", item_columns, true, NULL, NULL, "Something."};
static const struct store_table *const tables[] = {&item, NULL};
/* clang-format on */

static int64_t
now_us(void *context)
{
    struct timespec now;
    (void)context;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * TB_US_PER_SECOND + now.tv_nsec / 1000;
}

static void
random_bytes(void *context, void *ret_bytes, size_t len)
{
    (void)context;
    if (getrandom(ret_bytes, len, 0) != (ssize_t)len)
        abort();
}

static void
must(tb_status status, const struct tb_err *err)
{
    if (status == TB_OK)
        return;
    fprintf(stderr, "verify: %s\n", err->message);
    exit(1);
}

/* Resident memory in KiB. */
static long
resident_kib(void)
{
    char line[256];
    long kib = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "VmRSS:", 6) == 0)
            kib = strtol(line + 6, NULL, 10);
    if (file != NULL)
        fclose(file);
    return kib;
}

struct growing {
    int64_t rows; /* so far */
    uint64_t random;
};

static tb_status
grow_some(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct growing *growing = arg;
    for (int i = 0; i < PER_WRITE; i++) {
        growing->random =
            growing->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        int64_t some = growing->rows > 0
                           ? (int64_t)((growing->random >> 20) % (uint64_t)growing->rows) + 1
                           : 0;
        if (i % 4 == 3) {
            TB_TRY(store_update(tx, "item", some, -1,
                                STORE_VALUES(STORE_SET_INSTANT("at", (int64_t)growing->random)),
                                err));
            continue;
        }
        int64_t number = ++growing->rows;
        TB_TRY(store_insert(
            tx, "item",
            STORE_VALUES(STORE_SET_TEXT("name", TB_STR("欧阳小明")),
                         STORE_SET_INT("number", number), STORE_SET_INSTANT("at", number),
                         STORE_SET_JSON("data", TB_STR("{\"scope\":\"general\",\"vehicles\":3}"))),
            NULL, err));
    }
    return TB_OK;
}

/* The fastest of some runs, in seconds. */
static double
measure(struct store *store, int64_t *ret_entries)
{
    double best = 1e9;
    for (int run = 0; run < RUNS; run++) {
        struct tb_arena *arena = tb_arena_new(0);
        struct tb_faults faults = {.arena = arena};
        struct store_verify_result result;
        struct tb_err err = {0};
        int64_t start = now_us(NULL);
        must(store_verify(store, TB_STR_NONE, &faults, &result, &err), &err);
        double seconds = (double)(now_us(NULL) - start) / 1e6;
        best = seconds < best ? seconds : best;
        *ret_entries = result.entries;
        if (faults.count > 0) {
            fprintf(stderr, "verify: %zu findings in a clean log\n", faults.count);
            exit(1);
        }
        tb_arena_free(arena);
    }
    return best;
}

int
main(int argc, char **argv)
{
    static const struct tb_env env = {now_us, random_bytes, NULL};
    const int64_t sizes[] = {argc > 1 ? strtoll(argv[1], NULL, 10) : 100000,
                             argc > 2 ? strtoll(argv[2], NULL, 10) : 1000000};
    char dir[] = "/tmp/tongban-bench-XXXXXX", command[64];
    struct store *store;
    struct tb_err err = {0};
    struct growing growing = {.random = 1};
    double per_entry[2];
    long memory[2];
    int64_t done = 0;
    if (mkdtemp(dir) == NULL)
        return 1;
    struct store_options options = {
        .dir = tb_str_of(dir), .tables = tables, .env = &env, .is_create = true};
    must(store_open(&options, &store, &err), &err);
    for (int i = 0; i < 2; i++) {
        for (; done < sizes[i]; done += PER_WRITE)
            must(store_write(store, NULL, grow_some, &growing, &err), &err);
        int64_t entries;
        double seconds = measure(store, &entries);
        per_entry[i] = seconds / (double)entries;
        memory[i] = resident_kib();
        printf("%8lld entries: %6.2f s, %5.2f us per entry, %ld KiB resident\n", (long long)entries,
               seconds, per_entry[i] * 1e6, memory[i]);
    }
    store_close(store);
    printf("cost per entry, large over small: %.2f (claimed: at most 1.20)\n",
           per_entry[1] / per_entry[0]);
    printf("memory, large over small: %.2f\n", (double)memory[1] / (double)memory[0]);
    snprintf(command, sizeof command, "rm -r %s", dir);
    return system(command) != 0 || per_entry[1] > 1.2 * per_entry[0];
}
