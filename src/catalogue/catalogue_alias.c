/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_alias.c - what a service that can be done here is called besides its name in the list: the title of its
 * pack, its own name there, and the everyday words of pack.yaml. A list from above often has another name for the
 * same thing (货运经营许可), and people have a third (拉货). */
#include "catalogue/catalogue_search.h"

/* A code of the list is the pack's code, or begins with it and a dash. */
static bool
is_code_of(tb_str code, tb_str pack_code)
{
    return pack_code.len > 0 && tb_str_starts(code, pack_code) &&
           (code.len == pack_code.len || code.ptr[pack_code.len] == '-');
}

static void
add_alias(struct catalogue__index *index, struct catalogue__doc *doc, tb_str *aliases, tb_str text)
{
    tb_str folded = tb_text_fold(index->arena, text);
    if (folded.len == 0 || tb_str_eq(folded, doc->folded))
        return;
    for (size_t i = 0; i < doc->alias_count; i++) {
        if (tb_str_eq(aliases[i], folded))
            return;
    }
    aliases[doc->alias_count++] = folded;
}

static void
take_pack(struct catalogue__index *index, struct catalogue__doc *doc, tb_str code,
          const struct packs_pack *pack)
{
    const struct tb_json *words = tb_json_get(pack->yaml, "words");
    size_t cap = pack->items_count + (words != NULL ? words->count : 0) + 1;
    tb_str *aliases = TB_NEW_ARRAY(index->arena, cap, tb_str);
    bool has_situation = false;
    doc->situation = (uint16_t)pack->items_count;
    for (size_t i = 0; i < pack->items_count; i++) {
        if (!is_code_of(code, pack->items[i].code))
            continue;
        doc->situation = has_situation ? doc->situation : (uint16_t)i;
        has_situation = true;
        add_alias(index, doc, aliases, pack->items[i].name);
    }
    add_alias(index, doc, aliases, pack->title);
    TB_JSON_EACH(word, words)
    add_alias(index, doc, aliases, tb_json_text(word));
    doc->aliases = aliases;
}

void
catalogue__aliases_make(const struct catalogue *catalogue, struct catalogue__index *index,
                        tb_date today)
{
    const struct packs_set *packs = catalogue->options.packs;
    for (uint32_t i = 0; packs != NULL && i < index->place_count; i++) {
        const struct catalogue__place *place = &index->places[i];
        tb_str code = {place->code, place->code_len};
        if (!place->has_pack || index->docs[place->doc].aliases != NULL)
            continue;
        take_pack(index, &index->docs[place->doc], code, packs_set_find(packs, code, today, NULL));
    }
}
