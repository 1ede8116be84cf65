/* SPDX-License-Identifier: Apache-2.0 */
/* seal_code.c - QR payloads and revocation lists: short signed texts.
 *
 *   TB1;MARK;INITIAL;2026-03-16;2030-03-15;KEYID;SIGNATURE       an end that is open is left empty
 *
 *   TB-REVOCATIONS 1
 *   number 12
 *   at 2026-03-16T09:30:00+08:00
 *   key 0123456789abcdef
 *   count 2
 *   MARK;STATE;2026-03-10;reason
 *   MARK;STATE;2026-03-12;reason
 *                                                                 (an empty line; signed up to its end)
 *   SIGNATURE                                                     base64url of DER r,s */
#include "seal/seal_internal.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CODE_HEAD "TB1"
#define LIST_HEAD "TB-REVOCATIONS 1\n"

/* ---- QR ---- */

static bool
is_plain(tb_str text, size_t bytes_max)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == ';' || (unsigned char)text.ptr[i] < ' ')
            return false;
    return text.len > 0 && text.len <= bytes_max && tb_utf8_is_valid(text);
}

static tb_str
until_text(struct tb_arena *arena, tb_date until)
{
    return until.year == 0 ? TB_STR("") : tb_date_format(arena, until);
}

tb_status
seal_code_make(struct tb_arena *arena, const struct seal_key *key, const struct seal_code *code,
               tb_str *ret_payload, struct tb_err *err)
{
    if (!is_plain(code->mark, 120))
        return tb_fail(err, TB_INVALID, "the mark has 1 to 120 bytes, without `;`");
    if (!is_plain(code->initial, 8))
        return tb_fail(err, TB_INVALID, "the initial is one character, not `;`");
    if (!tb_date_is_valid(code->issued) ||
        (code->until.year != 0 && !tb_date_is_valid(code->until)))
        return tb_fail(err, TB_INVALID, "the days of issue and end exist in the calendar");
    tb_str text = tb_printf(
        arena, CODE_HEAD ";" TB_FMT ";" TB_FMT ";" TB_FMT ";" TB_FMT ";" TB_FMT, TB_ARG(code->mark),
        TB_ARG(code->initial), TB_ARG(tb_date_format(arena, code->issued)),
        TB_ARG(until_text(arena, code->until)), TB_ARG(seal_key_id(arena, key)));
    tb_str signature;
    TB_TRY(seal__sign_sized(arena, key, text, &signature, err));
    tb_str payload = tb_printf(arena, TB_FMT ";" TB_FMT, TB_ARG(text),
                               TB_ARG(tb_base64url(arena, signature.ptr, signature.len)));
    if (payload.len > SEAL_QR_BYTES_MAX)
        return tb_fail(err, TB_LIMIT, "the QR code would have %zu bytes; %d are the limit",
                       payload.len, SEAL_QR_BYTES_MAX);
    *ret_payload = payload;
    return TB_OK;
}

static bool
read_day(tb_str text, bool may_be_empty, tb_date *ret_day)
{
    *ret_day = (tb_date){0, 0, 0};
    return (may_be_empty && text.len == 0) || tb_date_parse(text, ret_day);
}

seal_verdict
seal_code_verify(struct tb_arena *arena, const struct seal_key *const *keys, size_t key_count,
                 tb_str payload, struct seal_code *ret_code)
{
    tb_str parts[7], rest = payload, bytes;
    size_t count = 0;
    if (payload.len > SEAL_QR_BYTES_MAX)
        return SEAL_MALFORMED;
    while (count < 7 && tb_str_cut(&rest, ';', &parts[count]))
        count++;
    struct seal_code code;
    if (count != 7 || rest.len > 0 || !tb_str_is(parts[0], CODE_HEAD) ||
        !read_day(parts[3], false, &code.issued) || !read_day(parts[4], true, &code.until) ||
        !tb_unbase64(arena, parts[6], &bytes))
        return SEAL_MALFORMED;
    code.mark = tb_str_copy(arena, parts[1]);
    code.initial = tb_str_copy(arena, parts[2]);
    code.key_id = tb_str_copy(arena, parts[5]);
    *ret_code = code;
    const struct seal_key *key = seal__find_key(keys, key_count, code.key_id);
    if (key == NULL)
        return SEAL_UNKNOWN_KEY;
    tb_str text = tb_str_sub(payload, 0, payload.len - parts[6].len - 1);
    return seal_verify(key, text, bytes) ? SEAL_GOOD : SEAL_CHANGED;
}

/* ---- revocation lists ---- */

static int
by_mark(const void *a, const void *b)
{
    return tb_str_cmp(((const struct seal_revocation *)a)->mark,
                      ((const struct seal_revocation *)b)->mark);
}

tb_status
seal_revocations_make(struct tb_arena *arena, const struct seal_key *key, int64_t number,
                      int64_t at, const struct seal_revocation *items, size_t count,
                      tb_str *ret_text, struct tb_err *err)
{
    if (count > SEAL_REVOCATIONS_MAX)
        return tb_fail(err, TB_LIMIT, "%zu certificates; a list has at most %d", count,
                       SEAL_REVOCATIONS_MAX);
    struct seal_revocation *sorted = TB_NEW_ARRAY(arena, count, struct seal_revocation);
    if (count > 0)
        memcpy(sorted, items, count * sizeof *items);
    qsort(sorted, count, sizeof *sorted, by_mark);
    struct tb_buf buf = {.arena = arena};
    tb_buf_printf(&buf, LIST_HEAD "number %" PRId64 "\nat " TB_FMT "\nkey " TB_FMT "\ncount %zu\n",
                  number, TB_ARG(tb_instant_format(arena, at)), TB_ARG(seal_key_id(arena, key)),
                  count);
    for (size_t i = 0; i < count; i++) {
        const struct seal_revocation *one = &sorted[i];
        if (!is_plain(one->mark, 120) || !is_plain(one->state, 40) ||
            (one->reason.len > 0 && !is_plain(one->reason, 200)))
            return tb_fail(err, TB_INVALID,
                           "mark, state and reason of an entry are short and without `;`: " TB_FMT,
                           TB_ARG(tb_str_sub(one->mark, 0, 120)));
        if (i > 0 && tb_str_eq(one->mark, sorted[i - 1].mark))
            return tb_fail(err, TB_INVALID, TB_FMT " is on the list twice", TB_ARG(one->mark));
        tb_buf_printf(&buf, TB_FMT ";" TB_FMT ";" TB_FMT ";" TB_FMT "\n", TB_ARG(one->mark),
                      TB_ARG(one->state), TB_ARG(tb_date_format(arena, one->from)),
                      TB_ARG(one->reason));
    }
    tb_buf_char(&buf, '\n');
    tb_str signature;
    TB_TRY(seal__sign_sized(arena, key, (tb_str){buf.ptr, buf.len}, &signature, err));
    tb_buf_printf(&buf, TB_FMT "\n", TB_ARG(tb_base64url(arena, signature.ptr, signature.len)));
    *ret_text = tb_buf_done(&buf);
    return TB_OK;
}

/* The value of the next line, which must begin with the word. */
static bool
read_line(tb_str *rest, const char *word, tb_str *ret_value)
{
    tb_str line;
    size_t len = strlen(word);
    if (!tb_str_cut(rest, '\n', &line) || !tb_str_starts(line, tb_str_of(word)))
        return false;
    *ret_value = tb_str_sub(line, len, line.len);
    return true;
}

static bool
read_entry(struct tb_arena *arena, tb_str line, struct seal_revocation *ret_entry)
{
    tb_str mark, state, day;
    if (!tb_str_cut(&line, ';', &mark) || !tb_str_cut(&line, ';', &state) ||
        !tb_str_cut(&line, ';', &day))
        return false;
    ret_entry->mark = tb_str_copy(arena, mark);
    ret_entry->state = tb_str_copy(arena, state);
    ret_entry->reason = tb_str_copy(arena, line);
    return tb_date_parse(day, &ret_entry->from);
}

static bool
read_list(struct tb_arena *arena, tb_str rest, struct seal_revocation_list *ret_list)
{
    tb_str number, at, key, count_text, line;
    int64_t count;
    if (!tb_str_starts(rest, TB_STR(LIST_HEAD)))
        return false;
    rest = tb_str_sub(rest, strlen(LIST_HEAD), rest.len);
    if (!read_line(&rest, "number ", &number) || !read_line(&rest, "at ", &at) ||
        !read_line(&rest, "key ", &key) || !read_line(&rest, "count ", &count_text) ||
        !tb_str_to_int(number, &ret_list->number) || !tb_instant_parse(at, &ret_list->at) ||
        !tb_str_to_int(count_text, &count) || count < 0 || count > SEAL_REVOCATIONS_MAX)
        return false;
    ret_list->key_id = tb_str_copy(arena, key);
    struct seal_revocation *items = TB_NEW_ARRAY(arena, (size_t)count, struct seal_revocation);
    for (int64_t i = 0; i < count; i++)
        if (!tb_str_cut(&rest, '\n', &line) || !read_entry(arena, line, &items[i]) ||
            (i > 0 && tb_str_cmp(items[i - 1].mark, items[i].mark) >= 0))
            return false;
    ret_list->items = items;
    ret_list->count = (size_t)count;
    return tb_str_cut(&rest, '\n', &line) && line.len == 0;
}

seal_verdict
seal_revocations_read(struct tb_arena *arena, const struct seal_key *const *keys, size_t key_count,
                      tb_str text, struct seal_revocation_list *ret_list)
{
    ptrdiff_t empty = tb_str_find(text, TB_STR("\n\n"));
    struct seal_revocation_list list;
    tb_str signature;
    if (empty < 0 || !read_list(arena, text, &list))
        return SEAL_MALFORMED;
    tb_str content = tb_str_sub(text, 0, (size_t)empty + 2);
    tb_str last = tb_str_trim(tb_str_sub(text, content.len, text.len));
    if (!tb_unbase64(arena, last, &signature))
        return SEAL_MALFORMED;
    *ret_list = list;
    const struct seal_key *key = seal__find_key(keys, key_count, list.key_id);
    if (key == NULL)
        return SEAL_UNKNOWN_KEY;
    return seal_verify(key, content, signature) ? SEAL_GOOD : SEAL_CHANGED;
}

const struct seal_revocation *
seal_revocation_find(const struct seal_revocation_list *list, tb_str mark)
{
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = tb_str_cmp(list->items[middle].mark, mark);
        if (order == 0)
            return &list->items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
