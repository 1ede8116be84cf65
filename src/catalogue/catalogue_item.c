/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_item.c - one item as its source gives it: what its code says, and a digest to see
 * whether it changed. */
#include "catalogue/catalogue_internal.h"
#include "codes/codes.h"
#include <string.h>

static const char *const form_words[] = {
    [CODES_ITEM_BASIC] = "basic",       [CODES_ITEM_BASIC_SUB] = "basic_business",
    [CODES_ITEM_NATIONAL] = "national", [CODES_ITEM_NATIONAL_SUB] = "national_business",
    [CODES_ITEM_LOCAL] = "local",       [CODES_ITEM_LOCAL_OLD] = "local_old",
};
static const char *const agency_words[] = {
    [CODES_AGENCY_NONE] = "none",
    [CODES_AGENCY_CREDIT] = "credit",
    [CODES_AGENCY_IMPOSSIBLE] = "impossible",
    [CODES_AGENCY_ORGANISATION] = "organisation",
    [CODES_AGENCY_UNKNOWN] = "unknown",
};

bool
catalogue__item_read_code(struct catalogue__item *item, tb_str place, struct tb_faults *faults)
{
    struct codes_item_code code;
    if (!codes_item_code(item->code, place, faults, &code))
        return false;
    int64_t level;
    item->code_form = tb_str_of(form_words[code.form]);
    item->agency_state = tb_str_of(agency_words[code.agency_kind]);
    item->agency = code.agency;
    item->basic_code = code.basic;
    item->business_code = code.business;
    if (item->level < 0 && tb_str_to_int(code.level, &level))
        item->level = level;
    return true;
}

void
catalogue__item_seal(struct tb_arena *arena, struct catalogue__item *item)
{
    /* Length before text: no two different items write the same bytes. */
    tb_str texts[] = {
        item->code,       item->name,          item->main_item,    item->division,
        item->department, item->agency,        item->agency_state, item->code_form,
        item->basic_code, item->business_code, item->handling,     item->statutory,
        item->promised,   item->elements,      item->source,       tb_str_of(item->type->word)};
    struct tb_buf buf = {.arena = arena};
    for (size_t i = 0; i < TB_COUNT(texts); i++) {
        tb_buf_int(&buf, texts[i].ptr == NULL ? -1 : (int64_t)texts[i].len);
        tb_buf_char(&buf, ':');
        tb_buf_str(&buf, texts[i]);
    }
    tb_buf_printf(&buf, "%lld %lld %d", (long long)item->level, (long long)item->visits, item->fee);
    struct tb_sha256 sum = tb_sha256(buf.ptr, buf.len);
    memcpy(item->content, tb_hex(arena, sum.bytes, sizeof sum.bytes).ptr, 65);
}
