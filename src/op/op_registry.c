/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of all modules in one place, and which of them a method and path mean. */
#include "op/op_internal.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
const struct op_role_row op_roles[] = {
    {OP_ANYONE,     "anyone",     "任何人",     "anyone"},
    {OP_APPLICANT,  "applicant",  "申请人",     "applicant"},
    {OP_CLERK,      "clerk",      "综合窗口",   "window clerk"},
    {OP_REVIEWER,   "reviewer",   "审查",       "reviewer"},
    {OP_SURVEYOR,   "surveyor",   "现场核查",   "surveyor"},
    {OP_APPROVER,   "approver",   "审批",       "approver"},
    {OP_HEAD,       "head",       "负责人",     "head of office"},
    {OP_ISSUER,     "issuer",     "出件",       "issuer"},
    {OP_SUPERVISOR, "supervisor", "电子监察",   "supervisor"},
    {OP_EDITOR,     "editor",     "标准编辑",   "standards editor"},
    {OP_ADMIN,      "admin",      "系统管理",   "administrator"},
    {OP_HELPER,     "helper",     "帮代办",     "helper"},
    {OP_ARCHIVIST,  "archivist",  "档案",       "archivist"},
};
/* clang-format on */
const size_t op_role_count = TB_COUNT(op_roles);

/* ---- preparing ---- */

static tb_status
segment_read(tb_str text, const struct op_row *row, struct op__entry *entry, struct tb_err *err)
{
    if (entry->segment_count == OP__SEGMENTS_MAX)
        return tb_fail(err, TB_LIMIT, "operation %s: a path has at most %d segments", row->name,
                       OP__SEGMENTS_MAX);
    struct op__segment *segment = &entry->segments[entry->segment_count++];
    ptrdiff_t open = tb_str_find(text, TB_STR("{")), close = tb_str_find(text, TB_STR("}"));
    if (open < 0 && close < 0) {
        segment->before = text;
    } else if (open >= 0 && close > open + 1) {
        segment->before = tb_str_sub(text, 0, (size_t)open);
        segment->parameter = tb_str_sub(text, (size_t)open + 1, (size_t)(close - open - 1));
        segment->after = tb_str_sub(text, (size_t)close + 1, text.len);
    } else {
        return tb_fail(err, TB_SYNTAX,
                       "operation %s: path segment \"" TB_FMT "\": give literal or {name}",
                       row->name, TB_ARG(text));
    }
    entry->literal_bytes += segment->before.len + segment->after.len;
    return TB_OK;
}

static bool
has_field(const struct op_row *row, tb_str name, unsigned flag)
{
    for (const struct op_field *f = row->fields; f != NULL && f->name != NULL; f++) {
        if (tb_str_is(name, f->name) && (f->flags & flag) != 0)
            return true;
    }
    return false;
}

static tb_status
entry_prepare(const struct op_row *row, void *self, struct op__entry *entry, struct tb_err *err)
{
    *entry = (struct op__entry){.row = row, .self = self};
    if (row->name == NULL || row->method == NULL || row->path == NULL || row->run == NULL ||
        row->roles == 0 || row->zh == NULL || row->en == NULL || row->path[0] != '/')
        return tb_fail(err, TB_INVALID,
                       "operation %s: name, method, /path, roles, run, zh and en must be given",
                       row->name != NULL ? row->name : "without name");
    tb_str rest = tb_str_of(row->path + 1), text;
    while (tb_str_cut(&rest, '/', &text))
        TB_TRY(segment_read(text, row, entry, err));
    for (size_t i = 0; i < entry->segment_count; i++) {
        tb_str parameter = entry->segments[i].parameter;
        if (parameter.len > 0 && !has_field(row, parameter, OP_PATH))
            return tb_fail(err, TB_INVALID, "operation %s: {" TB_FMT "} has no field with OP_PATH",
                           row->name, TB_ARG(parameter));
    }
    return TB_OK;
}

static bool
same_pattern(const struct op__entry *a, const struct op__entry *b)
{
    if (a->segment_count != b->segment_count)
        return false;
    for (size_t i = 0; i < a->segment_count; i++) {
        const struct op__segment *x = &a->segments[i], *y = &b->segments[i];
        if (!tb_str_eq(x->before, y->before) || !tb_str_eq(x->after, y->after) ||
            (x->parameter.len > 0) != (y->parameter.len > 0))
            return false;
    }
    return true;
}

static tb_status
duplicates_check(const struct op_registry *registry, struct tb_err *err)
{
    for (size_t i = 0; i < registry->count; i++) {
        const struct op__entry *a = &registry->entries[i];
        for (size_t k = i + 1; k < registry->count; k++) {
            const struct op__entry *b = &registry->entries[k];
            if (strcmp(a->row->name, b->row->name) == 0)
                return tb_fail(err, TB_CONFLICT, "operation %s is declared twice", a->row->name);
            if (strcmp(a->row->method, b->row->method) == 0 && same_pattern(a, b))
                return tb_fail(err, TB_CONFLICT,
                               "operations %s and %s have the same method and path", a->row->name,
                               b->row->name);
        }
    }
    return TB_OK;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp((*(const struct op__entry *const *)a)->row->name,
                  (*(const struct op__entry *const *)b)->row->name);
}

static tb_status
entries_prepare(struct op_registry *registry, const struct op_table *tables, struct tb_err *err)
{
    for (const struct op_table *t = tables; t->rows != NULL; t++)
        registry->count += t->count;
    registry->entries = TB_NEW_ARRAY(registry->arena, registry->count + 1, struct op__entry);
    registry->by_name =
        TB_NEW_ARRAY(registry->arena, registry->count + 1, const struct op__entry *);
    size_t at = 0;
    for (const struct op_table *t = tables; t->rows != NULL; t++) {
        for (size_t i = 0; i < t->count; i++, at++) {
            TB_TRY(entry_prepare(&t->rows[i], t->self, &registry->entries[at], err));
            registry->by_name[at] = &registry->entries[at];
        }
    }
    qsort(registry->by_name, registry->count, sizeof(*registry->by_name), by_name);
    return duplicates_check(registry, err);
}

tb_status
op_registry_new(const struct op_table *tables, struct store *store, const struct tb_env *env,
                struct op_registry **ret_registry, struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct op_registry *registry = TB_NEW(arena, struct op_registry);
    registry->arena = arena;
    registry->store = store;
    registry->env = env;
    registry->buckets = TB_NEW_ARRAY(arena, OP_BUCKETS_MAX, struct op__bucket);
    tb_status status = entries_prepare(registry, tables, err);
    if (status != TB_OK) {
        tb_arena_free(arena);
        return status;
    }
    pthread_mutex_init(&registry->lock, NULL);
    *ret_registry = registry;
    return TB_OK;
}

void
op_registry_free(struct op_registry *registry)
{
    if (registry == NULL)
        return;
    pthread_mutex_destroy(&registry->lock);
    tb_arena_free(registry->arena);
}

size_t
op_registry_count(const struct op_registry *registry)
{
    return registry->count;
}

const struct op_row *
op_registry_row(const struct op_registry *registry, size_t index)
{
    return index < registry->count ? registry->entries[index].row : NULL;
}

const struct op__entry *
op__entry_find(const struct op_registry *registry, const char *name)
{
    size_t low = 0, high = registry->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, registry->by_name[middle]->row->name);
        if (order == 0)
            return registry->by_name[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct op_row *
op_find(const struct op_registry *registry, const char *name)
{
    const struct op__entry *entry = op__entry_find(registry, name);
    return entry != NULL ? entry->row : NULL;
}

/* ---- matching ---- */

static bool
segment_matches(const struct op__segment *segment, tb_str text)
{
    if (segment->parameter.len == 0)
        return tb_str_eq(segment->before, text);
    return text.len > segment->before.len + segment->after.len &&
           tb_str_starts(text, segment->before) && tb_str_ends(text, segment->after);
}

static bool
entry_matches(const struct op__entry *entry, const tb_str *texts, size_t count)
{
    if (entry->segment_count != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!segment_matches(&entry->segments[i], texts[i]))
            return false;
    }
    return true;
}

static struct tb_json *
parameters_of(struct tb_arena *arena, const struct op__entry *entry, const tb_str *texts)
{
    struct tb_json *params = tb_json_new(arena, TB_JSON_OBJECT);
    for (size_t i = 0; i < entry->segment_count; i++) {
        const struct op__segment *segment = &entry->segments[i];
        if (segment->parameter.len == 0)
            continue;
        tb_str value = tb_str_sub(texts[i], segment->before.len,
                                  texts[i].len - segment->before.len - segment->after.len);
        tb_json_set(params, tb_cstr(arena, segment->parameter), tb_json_new_text(arena, value));
    }
    return params;
}

static tb_str
allowed_methods(const struct op_registry *registry, struct tb_arena *arena,
                const struct op__entry *like)
{
    struct tb_buf buf = {.arena = arena};
    for (size_t i = 0; i < registry->count; i++) {
        if (!same_pattern(&registry->entries[i], like))
            continue;
        if (buf.len > 0)
            tb_buf_cstr(&buf, ", ");
        tb_buf_cstr(&buf, registry->entries[i].row->method);
    }
    return tb_buf_done(&buf);
}

/* Of several patterns that fit, the one with most literal text is meant: /certificates/verify
 * before {mark}. Only then is the method looked at, so that a wrong method is told apart from a
 * wrong address. */
const struct op_row *
op_match(const struct op_registry *registry, struct tb_arena *arena, tb_str method, tb_str path,
         struct tb_json **ret_params, tb_str *ret_allow)
{
    tb_str texts[OP__SEGMENTS_MAX + 1], rest = tb_str_sub(path, 1, path.len), text;
    size_t count = 0;
    *ret_allow = TB_STR_NONE;
    if (!tb_str_starts(path, TB_STR("/")))
        return NULL;
    while (count <= OP__SEGMENTS_MAX && tb_str_cut(&rest, '/', &text))
        texts[count++] = text;
    const struct op__entry *best = NULL, *with_method = NULL;
    for (size_t i = 0; i < registry->count; i++) {
        const struct op__entry *entry = &registry->entries[i];
        if (!entry_matches(entry, texts, count) ||
            (best != NULL && entry->literal_bytes < best->literal_bytes))
            continue;
        if (best == NULL || entry->literal_bytes > best->literal_bytes) {
            best = entry;
            with_method = NULL;
        }
        if (tb_str_is(method, entry->row->method))
            with_method = entry;
    }
    if (best == NULL)
        return NULL;
    if (with_method == NULL) {
        *ret_allow = allowed_methods(registry, arena, best);
        return NULL;
    }
    *ret_params = parameters_of(arena, with_method, texts);
    return with_method->row;
}
