/* SPDX-License-Identifier: Apache-2.0 */
/* Persons and firms, one row each, found by the blinded number of their document; what of them
 * may be shown; the small
 * secrets of a case. */
#include "cases/cases_internal.h"
#include "cases/cases_party.sql.h"
#include <string.h>

static tb_str
blind(struct cases *cases, struct tb_arena *arena, const char *what, tb_str value)
{
    return store_blind(cases->options.store, arena,
                       tb_printf(arena, "%s:" TB_FMT, what, TB_ARG(value)));
}

tb_str
cases__blind_id(struct cases *cases, struct tb_arena *arena, tb_str id_number)
{
    return blind(cases, arena, "id", id_number);
}

tb_str
cases__blind_name(struct cases *cases, struct tb_arena *arena, tb_str name)
{
    return blind(cases, arena, "name", tb_text_fold(arena, name));
}

tb_status
cases__party_put_blinded(struct store_tx *tx, const struct cases_party *party,
                         const struct cases__blinds *blinds, int64_t *ret_id, struct tb_err *err)
{
    int64_t id = 0;
    struct store_value key = STORE_TEXT_OF(blinds->id);
    TB_TRY(cases__one(store_tx_read(tx), sql_party_by_blind, &key, 1, &id, err));
    if (id != 0) {
        *ret_id = id;
        return TB_OK;
    }
    return store_insert(
        tx, "parties",
        STORE_VALUES(
            STORE_SET_TEXT("kind", party->kind), STORE_SET_TEXT("name", party->name),
            STORE_SET_TEXT("name_blind", blinds->name), STORE_SET_TEXT("id_kind", party->id_kind),
            STORE_SET_TEXT("id_number", party->id_number), STORE_SET_TEXT("id_blind", blinds->id),
            STORE_SET_TEXT("phone", party->phone), STORE_SET_INSTANT("made_at", store_tx_now(tx))),
        ret_id, err);
}

struct cases__blinds
cases__blinds_of(struct cases *cases, struct tb_arena *arena, const struct cases_party *party)
{
    return (struct cases__blinds){
        .id = cases__blind_id(cases, arena, party->id_number),
        .name = cases__blind_name(cases, arena, party->name),
    };
}

tb_status
cases_party_put(struct cases *cases, struct store_tx *tx, const struct cases_party *party,
                int64_t *ret_id, struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct cases__blinds blinds = cases__blinds_of(cases, arena, party);
    tb_status status = cases__party_put_blinded(tx, party, &blinds, ret_id, err);
    tb_arena_free(arena);
    return status;
}

/* ---- masks
 * ------------------------------------------------------------------------------------------------------- */

/* 张**: the first character stays, of a name as of any other personal text; a firm's name is public. */
tb_str
cases__mask_name(struct tb_arena *arena, tb_str name, bool is_firm)
{
    size_t at = 0;
    if (is_firm || name.len == 0)
        return name;
    tb_utf8_next(name, &at);
    return tb_printf(arena, TB_FMT "**", TB_ARG(tb_str_sub(name, 0, at)));
}

static tb_str
mask_middle(struct tb_arena *arena, tb_str text, size_t head, size_t tail)
{
    struct tb_buf buf = {.arena = arena};
    if (text.len <= head + tail)
        return text.len == 0 ? text : TB_STR("***");
    tb_buf_str(&buf, tb_str_sub(text, 0, head));
    for (size_t i = head; i < text.len - tail; i++)
        tb_buf_char(&buf, '*');
    tb_buf_str(&buf, tb_str_sub(text, text.len - tail, tail));
    return tb_buf_done(&buf);
}

tb_str
cases__mask_number(struct tb_arena *arena, tb_str number)
{
    return mask_middle(arena, number, 4, 3);
}

tb_str
cases__mask_phone(struct tb_arena *arena, tb_str phone)
{
    return mask_middle(arena, phone, 3, 4);
}

/* ---- small secrets
 * ----------------------------------------------------------------------------------------------- */

tb_str
cases__random_text(struct tb_arena *arena, const struct tb_env *env, size_t len)
{
    static const char alphabet[] = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"; /* no O 0 I 1 L */
    uint8_t bytes[64];
    char *text = tb_alloc(arena, len + 1);
    tb_assert(len <= sizeof(bytes));
    env->random(env->context, bytes, len);
    for (size_t i = 0; i < len; i++)
        text[i] = alphabet[bytes[i] % (sizeof(alphabet) - 1)];
    return (tb_str){text, len};
}
