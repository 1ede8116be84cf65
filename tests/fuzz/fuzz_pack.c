/* SPDX-License-Identifier: Apache-2.0 */
/* A whole pack in one file: parts begin with a line `=== PATH`. Whatever it holds, compiling gives
 * a pack or faults, never both and never neither; a pack that compiles can be checked, asked,
 * tested and walked. */
#include "packs/packs.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Cuts the input at lines that begin with `=== `. */
static size_t
split(struct tb_arena *arena, tb_str text, struct packs_file *files, size_t max)
{
    size_t count = 0;
    tb_str line;
    const char *from = NULL;
    while (tb_str_cut(&text, '\n', &line)) {
        bool is_head = tb_str_starts(line, TB_STR("=== "));
        if (is_head && count > 0)
            files[count - 1].content = (tb_str){from, (size_t)(line.ptr - from)};
        if (is_head && count == max)
            return count;
        if (is_head) {
            files[count++].path = tb_str_copy(arena, tb_str_sub(line, 4, line.len));
            from = line.ptr + line.len + (text.ptr != NULL && text.len > 0 ? 1 : 0);
        }
        if (count > 0)
            files[count - 1].content = (tb_str){from, (size_t)(line.ptr + line.len - from)};
    }
    return count;
}

static void
use(struct tb_arena *arena, const struct packs_pack *pack)
{
    struct packs_report report = {.faults.arena = arena, .notes.arena = arena};
    struct packs_scenarios scenarios;
    struct tb_json *json = NULL;
    struct tb_err err = {0};
    packs_check_loaded(pack, &report);
    tb_assert(packs_test(arena, pack, &scenarios, &err) == TB_OK);
    for (size_t i = 0; i < pack->items_count; i++) {
        struct tb_faults faults = {.arena = arena};
        struct packs_ask ask = {.date = {2025, 5, 6}, .lang = TB_STR("zh")};
        const struct packs_form *form = packs_form_find(pack, pack->items[i].form);
        if (packs_materials(arena, pack, &pack->items[i], NULL, TB_STR("en"), &json, &err) == TB_OK)
            tb_assert(json->kind == TB_JSON_LIST);
        if (form != NULL &&
            packs_form_check(arena, pack, form, TB_STR_NONE, &ask, NULL, &faults, &err) == TB_OK)
            tb_assert(faults.count == 0);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_faults faults = {.arena = arena};
    struct packs_file items[64];
    struct packs_pack *pack = NULL;
    struct tb_err err = {0};
    memset(items, 0, sizeof items);
    struct packs_files files = {items, split(arena, (tb_str){(const char *)bytes, len}, items, 64)};
    tb_status status = packs_compile(&files, &faults, &pack, &err);
    tb_assert((status == TB_OK) == (pack != NULL));
    tb_assert(status != TB_INVALID || faults.count > 0);
    if (pack != NULL)
        use(arena, pack);
    packs_free(pack);
    tb_arena_free(arena);
    return 0;
}
