/* SPDX-License-Identifier: Apache-2.0 */
/* packs_set.c - the packs of an installation, found by item and day or by hash. */
#include "packs/packs_internal.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct packs_set {
    struct packs_pack **items;
    size_t count, cap;
};

/* A folder named by a hash must still have that hash: installed packs never change. */
static bool
is_altered(const char *name, const struct packs_pack *pack)
{
    uint8_t bytes[32];
    return tb_unhex(tb_str_of(name), bytes, sizeof bytes) && !tb_str_is(pack->hash, name);
}

static void
take_folder(struct packs_set *set, const char *dir, const char *name, struct tb_faults *faults)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_faults own = {.arena = arena};
    struct packs_pack *pack = NULL;
    struct tb_err err = {0};
    tb_str path = tb_printf(arena, "%s/%s", dir, name);
    tb_status status = packs_load(path.ptr, &own, &pack, &err);
    for (size_t i = 0; i < own.count && i < TB_FAULTS_MAX; i++)
        tb_fault_add(faults,
                     tb_printf(arena, TB_FMT "/" TB_FMT, TB_ARG(path), TB_ARG(own.items[i].place)),
                     tb_cstr(arena, own.items[i].code), own.items[i].zh, own.items[i].en);
    if (status != TB_OK && own.count == 0)
        tb_fault_add(faults, path, "unreadable", tb_str_of(err.message), tb_str_of(err.message));
    if (status == TB_OK && is_altered(name, pack)) {
        tb_fault_add(
            faults, path, "altered", TB_STR("安装之后被改动过，不再使用；请重新安装"),
            TB_STR("it was altered after it was installed and is not used; install it again"));
        packs_free(pack);
        pack = NULL;
    }
    if (pack != NULL && set->count < set->cap && packs_set_by_hash(set, pack->hash) == NULL)
        set->items[set->count++] = pack;
    else
        packs_free(pack);
    tb_arena_free(arena);
}

static int
by_id_and_version(const void *a, const void *b)
{
    const struct packs_pack *x = *(struct packs_pack *const *)a,
                            *y = *(struct packs_pack *const *)b;
    int order = tb_str_cmp(x->id, y->id);
    if (order == 0)
        order = tb_str_cmp(x->version, y->version);
    return order != 0 ? order : tb_str_cmp(x->hash, y->hash);
}

tb_status
packs_set_load(const char *dir, struct tb_faults *faults, struct packs_set **ret_set,
               struct tb_err *err)
{
    struct packs_set *set = calloc(1, sizeof *set);
    DIR *folder = opendir(dir);
    struct dirent *entry;
    if (set != NULL)
        set->items = calloc(PACKS_SET_MAX, sizeof(struct packs_pack *));
    if (set == NULL || set->items == NULL) {
        free(set);
        if (folder != NULL)
            closedir(folder);
        return tb_fail(err, TB_LIMIT, "no memory for the list of packs");
    }
    set->cap = PACKS_SET_MAX;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        struct stat stat_of;
        struct tb_arena *arena = tb_arena_new(0);
        tb_str yaml = tb_printf(arena, "%s/%s/pack.yaml", dir, entry->d_name);
        bool is_pack = entry->d_name[0] != '.' && stat(yaml.ptr, &stat_of) == 0;
        tb_arena_free(arena);
        if (is_pack)
            take_folder(set, dir, entry->d_name, faults);
    }
    if (folder != NULL)
        closedir(folder);
    if (set->count > 1)
        qsort(set->items, set->count, sizeof(struct packs_pack *), by_id_and_version);
    *ret_set = set;
    return TB_OK;
}

void
packs_set_free(struct packs_set *set)
{
    if (set == NULL)
        return;
    for (size_t i = 0; i < set->count; i++)
        packs_free(set->items[i]);
    free(set->items);
    free(set);
}

size_t
packs_set_count(const struct packs_set *set)
{
    return set == NULL ? 0 : set->count;
}

const struct packs_pack *
packs_set_at(const struct packs_set *set, size_t index)
{
    return set->items[index];
}

const struct packs_pack *
packs_set_by_hash(const struct packs_set *set, tb_str hash)
{
    for (size_t i = 0; i < packs_set_count(set); i++)
        if (tb_str_eq(set->items[i]->hash, hash))
            return set->items[i];
    return NULL;
}

static bool
is_in_force(const struct packs_pack *pack, tb_date date)
{
    return (!pack->has_from || tb_date_cmp(pack->from, date) <= 0) &&
           (!pack->has_to || tb_date_cmp(date, pack->to) <= 0);
}

/* "1.10" is later than "1.9": versions are compared number by number. */
static int
version_cmp(tb_str a, tb_str b)
{
    tb_str x, y;
    while (a.len > 0 && b.len > 0) {
        int64_t m = 0, n = 0;
        tb_str_cut(&a, '.', &x);
        tb_str_cut(&b, '.', &y);
        bool are_numbers = tb_str_to_int(x, &m) && tb_str_to_int(y, &n);
        int order = are_numbers ? (m > n) - (m < n) : tb_str_cmp(x, y);
        if (order != 0)
            return order;
    }
    return (int)(a.len > 0) - (int)(b.len > 0);
}

/* Is a the better choice than b (which may be NULL)? */
static bool
is_better(const struct packs_pack *a, const struct packs_pack *b)
{
    if (b == NULL || a->has_from != b->has_from)
        return b == NULL || a->has_from;
    int order = a->has_from ? tb_date_cmp(a->from, b->from) : 0;
    return order != 0 ? order > 0 : version_cmp(a->version, b->version) > 0;
}

const struct packs_pack *
packs_set_by_id(const struct packs_set *set, tb_str id, tb_date date)
{
    const struct packs_pack *best = NULL;
    for (size_t i = 0; i < packs_set_count(set); i++)
        if (tb_str_eq(set->items[i]->id, id) && is_in_force(set->items[i], date) &&
            is_better(set->items[i], best))
            best = set->items[i];
    return best;
}

/* Does the code name the item: in full, or by its first segment? */
static bool
code_names(tb_str wanted, tb_str code)
{
    if (code.len == 0)
        return false;
    if (tb_str_eq(wanted, code))
        return true;
    return tb_str_starts(wanted, code) && wanted.ptr[code.len] == '-';
}

/* Does the item name this pack, and which situation? */
static bool
pack_has(const struct packs_pack *pack, tb_str item, const struct packs_item **ret_item)
{
    tb_str rest = item, id;
    size_t found = 0;
    *ret_item = NULL;
    tb_str_cut(&rest, '/', &id);
    if (tb_str_eq(id, pack->id)) {
        *ret_item = packs_situation(pack, rest);
        return item.len == id.len || *ret_item != NULL;
    }
    for (size_t i = 0; i < pack->items_count; i++)
        if (code_names(item, pack->items[i].code)) {
            *ret_item = found == 0 ? &pack->items[i] : NULL;
            found++;
        }
    return found > 0 || (pack->basic_code.len > 0 && tb_str_eq(item, pack->basic_code));
}

const struct packs_pack *
packs_set_find(const struct packs_set *set, tb_str item, tb_date date,
               const struct packs_item **ret_item)
{
    const struct packs_pack *best = NULL;
    const struct packs_item *one, *best_item = NULL;
    for (size_t i = 0; i < packs_set_count(set); i++) {
        const struct packs_pack *pack = set->items[i];
        if (is_in_force(pack, date) && pack_has(pack, item, &one) && is_better(pack, best)) {
            best = pack;
            best_item = one;
        }
    }
    if (ret_item != NULL)
        *ret_item = best_item;
    return best;
}
