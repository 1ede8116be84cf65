/* SPDX-License-Identifier: Apache-2.0 */
/* feel_zone.c - time zones from TZif files (RFC 8536), read from bytes: the host finds the file.
 *
 * A file is a list of instants at which the offset changes, and a footer: a POSIX rule for everything after the last
 * of them. Years reach ±999,999,999 here, so the rule is computed by year and never expanded. */
#include "feel/feel_internal.h"
#include <string.h>

struct zone_type {
    int32_t offset;
    bool is_summer;
};

/* One end of summer time: Mm.w.d, Jn or n, and a time of day that may lie outside the day. */
struct zone_edge {
    char kind; /* 'M', 'J' or 'N' */
    int month, week, day;
    int32_t seconds;
};

struct feel_zone {
    tb_str name;
    const int64_t *times;
    const uint8_t *indexes;
    size_t count;
    const struct zone_type *types;
    size_t type_count;
    bool has_rule, has_summer;
    int32_t standard, summer;
    struct zone_edge start, end;
};

tb_str
feel__zone_name(const struct feel_zone *zone)
{
    return zone->name;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static uint32_t
be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t
be64(const uint8_t *p)
{
    return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

struct counts {
    size_t isut, isstd, leap, time, type, chars;
};

static struct counts
read_counts(const uint8_t *head)
{
    return (struct counts){be32(head + 20), be32(head + 24), be32(head + 28),
                           be32(head + 32), be32(head + 36), be32(head + 40)};
}

static size_t
body_bytes(const struct counts *n, size_t time_bytes)
{
    return n->time * time_bytes + n->time + n->type * 6 + n->chars + n->leap * (time_bytes + 4) +
           n->isstd + n->isut;
}

static bool
counts_are_sane(const struct counts *n)
{
    const size_t most = FEEL_ZONE_BYTES_MAX;
    return n->isut <= most && n->isstd <= most && n->leap <= most && n->time <= most &&
           n->type <= 256 && n->type > 0 && n->chars <= most;
}

/* Reads what a POSIX rule writes as [+-]h[h[h]][:mm[:ss]]. */
static bool
rule_time(tb_str text, size_t *at, int32_t *ret_seconds)
{
    int sign = 1;
    if (*at < text.len && (text.ptr[*at] == '-' || text.ptr[*at] == '+'))
        sign = text.ptr[(*at)++] == '-' ? -1 : 1;
    int32_t parts[3] = {0, 0, 0};
    for (int i = 0; i < 3; i++) {
        size_t from = *at;
        while (*at < text.len && text.ptr[*at] >= '0' && text.ptr[*at] <= '9' && *at - from < 3)
            parts[i] = parts[i] * 10 + (text.ptr[(*at)++] - '0');
        if (*at == from)
            return false;
        if (*at >= text.len || text.ptr[*at] != ':')
            break;
        (*at)++;
    }
    *ret_seconds = sign * (parts[0] * 3600 + parts[1] * 60 + parts[2]);
    return true;
}

static bool
rule_name(tb_str text, size_t *at)
{
    size_t from = *at;
    if (from < text.len && text.ptr[from] == '<') {
        while (*at < text.len && text.ptr[*at] != '>')
            (*at)++;
        if (*at < text.len)
            (*at)++;
        return *at - from > 2;
    }
    while (*at < text.len && ((text.ptr[*at] | 32) >= 'a' && (text.ptr[*at] | 32) <= 'z'))
        (*at)++;
    return *at - from >= 3;
}

static int
rule_number(tb_str text, size_t *at)
{
    int value = 0;
    size_t from = *at;
    while (*at < text.len && text.ptr[*at] >= '0' && text.ptr[*at] <= '9' && *at - from < 4)
        value = value * 10 + (text.ptr[(*at)++] - '0');
    return *at == from ? -1 : value;
}

static bool
rule_edge(tb_str text, size_t *at, struct zone_edge *edge)
{
    if (*at >= text.len || text.ptr[(*at)++] != ',' || *at >= text.len)
        return false;
    edge->seconds = 7200;
    edge->kind = 'N';
    if (text.ptr[*at] == 'M' || text.ptr[*at] == 'J')
        edge->kind = text.ptr[(*at)++];
    int first = rule_number(text, at);
    if (first < 0)
        return false;
    edge->day = first;
    if (edge->kind == 'M') {
        edge->month = first;
        if (*at >= text.len || text.ptr[(*at)++] != '.' || (edge->week = rule_number(text, at)) < 1)
            return false;
        if (*at >= text.len || text.ptr[(*at)++] != '.' || (edge->day = rule_number(text, at)) < 0)
            return false;
        if (edge->month < 1 || edge->month > 12 || edge->week > 5 || edge->day > 6)
            return false;
    }
    if (*at < text.len && text.ptr[*at] == '/') {
        (*at)++;
        return rule_time(text, at, &edge->seconds);
    }
    return true;
}

/* "CET-1CEST,M3.5.0,M10.5.0/3": offsets in POSIX count west of Greenwich. */
static bool
read_rule(struct feel_zone *zone, tb_str rule)
{
    size_t at = 0;
    int32_t west;
    if (!rule_name(rule, &at) || !rule_time(rule, &at, &west))
        return false;
    zone->standard = -west;
    zone->has_rule = true;
    if (at == rule.len)
        return true;
    if (!rule_name(rule, &at))
        return false;
    zone->summer = zone->standard + 3600;
    if (at < rule.len && rule.ptr[at] != ',') {
        if (!rule_time(rule, &at, &west))
            return false;
        zone->summer = -west;
    }
    zone->has_summer = rule_edge(rule, &at, &zone->start) && rule_edge(rule, &at, &zone->end);
    return zone->has_summer;
}

static bool
read_body(struct tb_arena *arena, struct feel_zone *zone, const uint8_t *p, const struct counts *n)
{
    int64_t *times = TB_NEW_ARRAY(arena, n->time, int64_t);
    for (size_t i = 0; i < n->time; i++)
        times[i] = be64(p + 8 * i);
    p += 8 * n->time;
    uint8_t *indexes = tb_alloc(arena, n->time + 1);
    memcpy(indexes, p, n->time);
    for (size_t i = 0; i < n->time; i++)
        if (indexes[i] >= n->type || (i > 0 && times[i] <= times[i - 1]))
            return false;
    p += n->time;
    struct zone_type *types = TB_NEW_ARRAY(arena, n->type, struct zone_type);
    for (size_t i = 0; i < n->type; i++) {
        types[i].offset = (int32_t)be32(p + 6 * i);
        types[i].is_summer = p[6 * i + 4] != 0;
        if (types[i].offset < -93600 || types[i].offset > 93600)
            return false;
    }
    zone->times = times;
    zone->indexes = indexes;
    zone->count = n->time;
    zone->types = types;
    zone->type_count = n->type;
    return true;
}

tb_status
feel_zone_parse(struct tb_arena *arena, tb_str name, tb_str bytes,
                const struct feel_zone **ret_zone, struct tb_err *err)
{
    const uint8_t *p = (const uint8_t *)bytes.ptr;
    const char *why = "it is no TZif file of version 2 or later";
    if (bytes.len < 88 || bytes.len > FEEL_ZONE_BYTES_MAX || memcmp(p, "TZif", 4) != 0 ||
        p[4] < '2')
        goto bad;
    struct counts first = read_counts(p);
    size_t skip = 44 + body_bytes(&first, 4);
    if (!counts_are_sane(&first) || skip + 44 > bytes.len || memcmp(p + skip, "TZif", 4) != 0)
        goto bad;
    struct counts n = read_counts(p + skip);
    size_t footer = skip + 44 + body_bytes(&n, 8);
    why = "its counts do not fit its length";
    if (!counts_are_sane(&n) || footer > bytes.len)
        goto bad;
    struct feel_zone *zone = TB_NEW(arena, struct feel_zone);
    zone->name = tb_str_copy(arena, name);
    why = "its transitions are out of order";
    if (!read_body(arena, zone, p + skip + 44, &n))
        goto bad;
    tb_str rest = tb_str_sub(bytes, footer, bytes.len - footer), rule;
    if (rest.len > 2 && rest.ptr[0] == '\n') {
        rest = tb_str_sub(rest, 1, rest.len - 1);
        why = "its footer is no POSIX rule";
        if (tb_str_cut(&rest, '\n', &rule) && rule.len > 0 && !read_rule(zone, rule))
            goto bad;
    }
    *ret_zone = zone;
    return TB_OK;
bad:
    return tb_fail(err, TB_SYNTAX, "time zone " TB_FMT ": %s", TB_ARG(name), why);
}

/* ---- using ------------------------------------------------------------------------------------------------------- */

/* Local seconds since the epoch at which an edge lies in a year. */
static int64_t
edge_seconds(const struct zone_edge *edge, int32_t year)
{
    int64_t day;
    int64_t january = tb_date_to_days((tb_date){year, 1, 1});
    if (edge->kind == 'M') {
        tb_date first = {year, (int8_t)edge->month, 1};
        int wanted = edge->day == 0 ? 7 : edge->day;
        int ahead = (wanted - tb_date_weekday(first) + 7) % 7 + 7 * (edge->week - 1);
        while (ahead >= tb_month_days(year, edge->month))
            ahead -= 7;
        day = tb_date_to_days(first) + ahead;
    } else if (edge->kind == 'J') { /* 1 to 365, February 29 is never counted */
        day = january + edge->day - 1;
        if (edge->day >= 60 && tb_month_days(year, 2) == 29)
            day++;
    } else {
        day = january + edge->day;
    }
    return day * FEEL__DAY_SECONDS + edge->seconds;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int32_t
rule_offset_utc(const struct feel_zone *zone, int64_t utc)
{
    if (!zone->has_summer)
        return zone->standard;
    int32_t year = tb_date_from_days(floor_div(utc + zone->standard, FEEL__DAY_SECONDS)).year;
    int64_t start = edge_seconds(&zone->start, year) - zone->standard;
    int64_t end = edge_seconds(&zone->end, year) - zone->summer;
    bool is_summer = start < end ? utc >= start && utc < end : utc >= start || utc < end;
    return is_summer ? zone->summer : zone->standard;
}

int32_t
feel__zone_offset_utc(const struct feel_zone *zone, int64_t utc)
{
    if (zone->count == 0 || utc < zone->times[0]) {
        if (zone->count == 0 && zone->has_rule)
            return rule_offset_utc(zone, utc);
        return zone->types[0].offset;
    }
    if (utc >= zone->times[zone->count - 1] && zone->has_rule)
        return rule_offset_utc(zone, utc);
    size_t low = 0, high = zone->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (zone->times[middle] <= utc)
            low = middle;
        else
            high = middle;
    }
    return zone->types[zone->indexes[low]].offset;
}

/* A local time in a gap is read with the offset before the gap, one that occurs twice is the earlier of the two. */
int32_t
feel__zone_offset_local(const struct feel_zone *zone, int64_t local)
{
    int32_t before = feel__zone_offset_utc(zone, local - FEEL__DAY_SECONDS);
    int32_t after = feel__zone_offset_utc(zone, local + FEEL__DAY_SECONDS);
    if (before == after) {
        int32_t here = feel__zone_offset_utc(zone, local - before);
        if (here == before)
            return before;
        return here;
    }
    if (feel__zone_offset_utc(zone, local - before) == before)
        return before;
    if (feel__zone_offset_utc(zone, local - after) == after)
        return after;
    return before;
}
