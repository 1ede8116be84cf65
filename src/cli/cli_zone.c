/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones for the expression language: files of /usr/share/zoneinfo, each read once and kept while the program runs,
 * since values point to them. */
#include "cli/cli_internal.h"
#include "feel/feel.h"
#include <pthread.h>
#include <string.h>

#define ZONES_MAX 1000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct tb_arena *arena; /* never freed */
static struct {
    tb_str name;
    const struct feel_zone *zone; /* NULL: there is none of that name */
} zones[ZONES_MAX];
static size_t zone_count;

/* Europe/Paris, Etc/GMT+5: no dots and no leading slash, so that the path stays below the folder. */
static bool
is_zone_name(tb_str name)
{
    if (name.len == 0 || name.len > 64 || name.ptr[0] == '/')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool is_letter = (c | 32) >= 'a' && (c | 32) <= 'z';
        if (!is_letter && !(c >= '0' && c <= '9') && strchr("/_+-", c) == NULL)
            return false;
    }
    return true;
}

static const struct feel_zone *
load(tb_str name)
{
    static const size_t bytes_max = 256 << 10;
    const struct feel_zone *zone = NULL;
    tb_str path = tb_printf(arena, "/usr/share/zoneinfo/" TB_FMT, TB_ARG(name));
    FILE *file = fopen(path.ptr, "rb");
    if (file == NULL)
        return NULL;
    char *bytes = tb_alloc(arena, bytes_max);
    size_t len = fread(bytes, 1, bytes_max, file);
    fclose(file);
    return feel_zone_parse(arena, name, (tb_str){bytes, len}, &zone, NULL) == TB_OK ? zone : NULL;
}

static const struct feel_zone *
find(void *context, tb_str name)
{
    const struct feel_zone *zone = NULL;
    (void)context;
    if (!is_zone_name(name))
        return NULL;
    pthread_mutex_lock(&lock);
    size_t at = 0;
    while (at < zone_count && !tb_str_eq(zones[at].name, name))
        at++;
    if (at == zone_count && zone_count < ZONES_MAX) {
        if (arena == NULL)
            arena = tb_arena_new(0);
        zones[at].zone = load(name);
        zones[zone_count++].name = tb_str_copy(arena, name);
    }
    if (at < zone_count)
        zone = zones[at].zone;
    pthread_mutex_unlock(&lock);
    return zone;
}

const struct feel_host *
cli_feel_host(struct cli *cli)
{
    struct feel_host *host = TB_NEW(cli->arena, struct feel_host);
    host->zone = find;
    host->has_now = true;
    host->now_us = cli->env->now_us(cli->env->context);
    host->now_offset = TB_CHINA_OFFSET_SECONDS;
    return host;
}
