/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_adopt.c - items of the packs installed here, for an installation whose own list has not
 * come yet. */
#include "catalogue/catalogue_internal.h"
#include "codes/codes.h"

/* The code is in force, by itself or as the first part of a longer one. */
static bool
is_known(const struct catalogue__known *known, tb_str code)
{
    for (size_t i = 0; i < known->cap; i++) {
        tb_str other = known->rows[i].code;
        bool begins = other.ptr != NULL && tb_str_starts(other, code);
        if (begins && (other.len == code.len || other.ptr[code.len] == '-'))
            return true;
    }
    return false;
}

static struct catalogue__item
item_of(const struct catalogue *catalogue, struct tb_arena *arena, const struct packs_pack *pack,
        const struct packs_item *situation)
{
    const struct packs_department *department = packs_department_find(pack, situation->department);
    bool has_credit =
        department != NULL && codes_credit_code(department->credit_code, TB_STR(""), NULL, NULL);
    struct catalogue__item item = {
        .code = situation->code,
        .name = situation->name,
        .main_item = pack->title,
        .division = codes_division_full(arena, catalogue->division.len > 0 ? catalogue->division
                                                                           : pack->division),
        .department = department != NULL ? department->name : situation->department,
        .department_code = has_credit ? department->credit_code : TB_STR_NONE,
        .type = catalogue__type_find(situation->type),
        .handling = situation->handling.len > 0 ? situation->handling : TB_STR_NONE,
        .statutory = situation->statutory.len > 0 ? situation->statutory : TB_STR_NONE,
        .promised = situation->promised.len > 0 ? situation->promised : TB_STR_NONE,
        .level = -1,
        .visits = situation->visits,
        .fee = situation->fee_fen > 0,
        .source = TB_STR("pack"),
    };
    if (!catalogue__item_read_code(&item, TB_STR(""), NULL)) {
        /* The first part of a local code, as packs name a situation. */
        item.code_form = TB_STR("local");
        item.agency_state = TB_STR("none");
        item.basic_code = item.code;
    }
    catalogue__item_seal(arena, &item);
    return item;
}

static bool
can_be_item(const struct catalogue__item *item)
{
    return item->name.len > 0 && item->department.len > 0 && item->type != NULL &&
           item->division.len == 12;
}

static tb_status
adopt(struct catalogue *catalogue, struct tb_arena *arena, struct catalogue__draft *draft,
      int64_t *ret_count, struct tb_err *err)
{
    const struct packs_set *set = catalogue->options.packs;
    struct catalogue__known known = {.arena = arena};
    struct catalogue__item *items =
        TB_NEW_ARRAY(arena, CATALOGUE_BATCH_ROWS, struct catalogue__item);
    size_t count = 0;
    TB_TRY(catalogue__known_read(draft->store, &known, err));
    for (size_t p = 0; set != NULL && p < packs_set_count(set); p++) {
        const struct packs_pack *pack = packs_set_at(set, p);
        for (size_t i = 0; i < pack->items_count && count < CATALOGUE_BATCH_ROWS; i++) {
            if (pack->items[i].code.len == 0 || is_known(&known, pack->items[i].code))
                continue;
            struct catalogue__item item = item_of(catalogue, arena, pack, &pack->items[i]);
            if (!can_be_item(&item))
                continue;
            catalogue__known_row(&known, item.code);
            items[count++] = item;
        }
    }
    *ret_count = (int64_t)count;
    if (count == 0)
        return TB_OK;
    struct catalogue_report report = {.rows = (int64_t)count, .inserted = (int64_t)count};
    TB_TRY(catalogue__draft_clear(draft->store, draft->cause, err));
    tb_status status = catalogue__draft_add(draft, items, count, err);
    if (status == TB_OK)
        status = catalogue__draft_publish(draft, &report, err);
    if (status != TB_OK)
        catalogue__draft_drop(draft);
    return status;
}

tb_status
catalogue_adopt_packs(struct catalogue *catalogue, const struct store_cause *cause,
                      int64_t *ret_changed, struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct catalogue__draft draft = {
        .store = catalogue->options.store, .cause = cause, .file = TB_STR("packs")};
    int64_t count = 0;
    tb_status status = adopt(catalogue, arena, &draft, &count, err);
    tb_arena_free(arena);
    TB_TRY(status);
    *ret_changed = count;
    return TB_OK;
}
