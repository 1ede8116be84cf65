/* SPDX-License-Identifier: Apache-2.0 */
/* feel_fn_text.c - conversions to numbers and texts (clause 10.3.4.1) and string functions (10.3.4.3). Lengths and
 * positions count code points. */
#include "feel/feel_internal.h"
#include "feel/feel_unicode_internal.h"
#include <string.h>

static tb_str
text_at(struct feel__builtin_call *call, size_t i)
{
    return call->args[i].u.string;
}

/* ---- conversions ------------------------------------------------------------------------------------------------- */

static bool
is_separator(const struct feel_value *value, const char *allowed)
{
    return value->kind == FEEL_NULL || (value->kind == FEEL_STRING && value->u.string.len == 1 &&
                                        strchr(allowed, value->u.string.ptr[0]) != NULL);
}

static bool
plain_number(tb_str text, tb_dec *ret)
{
    for (size_t i = 0; i < text.len; i++)
        if ((text.ptr[i] < '0' || text.ptr[i] > '9') && strchr("+-.eE", text.ptr[i]) == NULL)
            return false;
    if (text.len > 1 && text.ptr[0] == '.')
        return false;
    return text.len > 0 && tb_dec_parse(text, ret);
}

void
feel__fn_number(struct feel__builtin_call *call)
{
    const struct feel_value *from = &call->args[0], *grouping = &call->args[1],
                            *point = &call->args[2];
    if (!is_separator(grouping, " ,.") || !is_separator(point, ".,") ||
        (grouping->kind == FEEL_STRING && feel_equal(grouping, point))) {
        feel__fail(call, "wrong_argument", "number 的参数不对",
                   "number does not take these arguments");
        return;
    }
    char group = grouping->kind == FEEL_STRING ? grouping->u.string.ptr[0] : '\0';
    char decimal = point->kind == FEEL_STRING ? point->u.string.ptr[0] : '.';
    struct tb_buf buf = {.arena = call->frame->vm->arena};
    tb_dec number;
    for (size_t i = 0; i < from->u.string.len; i++) {
        char c = from->u.string.ptr[i];
        if (c == group && group != '\0')
            continue;
        tb_buf_char(&buf, c == decimal ? '.' : c == '.' ? 'x' : c);
    }
    if (plain_number(tb_buf_done(&buf), &number))
        feel__set_number(call->ret, number);
    else
        feel__fail(call, "bad_literal", "这段文字不是数", "the text is no number");
}

void
feel__fn_string(struct feel__builtin_call *call)
{
    feel__set_string(call->ret, feel_format(call->frame->vm->arena, &call->args[0]));
}

void
feel__fn_not(struct feel__builtin_call *call)
{
    if (call->args[0].kind == FEEL_BOOLEAN)
        feel__set_boolean(call->ret, !call->args[0].u.boolean);
    else
        feel__fail(call, "not_boolean", "not 要真假值", "not takes a boolean");
}

/* ---- parts ------------------------------------------------------------------------------------------------------- */

/* Byte offset of a code point; the text's length when it has fewer. */
static size_t
offset_of(tb_str text, int64_t points)
{
    size_t at = 0;
    while (points-- > 0 && at < text.len)
        tb_utf8_next(text, &at);
    return at;
}

static bool
whole(const struct feel_value *value, int64_t *ret)
{
    tb_dec n;
    return tb_dec_round(value->u.number, 0, TB_ROUND_DOWN, &n) && tb_dec_to_int(n, ret);
}

void
feel__fn_substring(struct feel__builtin_call *call)
{
    tb_str text = text_at(call, 0);
    int64_t start, len = (int64_t)tb_utf8_length(text), take;
    if (!whole(&call->args[1], &start) || start == 0 || start > len || start < -len) {
        feel__fail(call, "no_item", "文字没有这个位置", "the text has no such position");
        return;
    }
    start = start > 0 ? start - 1 : start + len;
    take = len - start;
    if (call->count > 2 && (!whole(&call->args[2], &take) || take < 1 || take > len - start)) {
        feel__fail(call, "no_item", "文字从那里起没有这么长",
                   "the text is not that long from there on");
        return;
    }
    size_t from = offset_of(text, start);
    tb_str rest = tb_str_sub(text, from, text.len - from);
    feel__set_string(call->ret, tb_str_sub(rest, 0, offset_of(rest, take)));
}

void
feel__fn_string_length(struct feel__builtin_call *call)
{
    feel__set_number(call->ret, tb_dec_of((int64_t)tb_utf8_length(text_at(call, 0))));
}

void
feel__fn_substring_before(struct feel__builtin_call *call)
{
    ptrdiff_t at = tb_str_find(text_at(call, 0), text_at(call, 1));
    feel__set_string(call->ret, at > 0 ? tb_str_sub(text_at(call, 0), 0, (size_t)at) : TB_STR(""));
}

void
feel__fn_substring_after(struct feel__builtin_call *call)
{
    tb_str text = text_at(call, 0), match = text_at(call, 1);
    ptrdiff_t at = tb_str_find(text, match);
    size_t from = at < 0 ? text.len : (size_t)at + match.len;
    feel__set_string(call->ret, tb_str_sub(text, from, text.len - from));
}

void
feel__fn_contains(struct feel__builtin_call *call)
{
    feel__set_boolean(call->ret, tb_str_contains(text_at(call, 0), text_at(call, 1)));
}

void
feel__fn_starts_with(struct feel__builtin_call *call)
{
    feel__set_boolean(call->ret, tb_str_starts(text_at(call, 0), text_at(call, 1)));
}

void
feel__fn_ends_with(struct feel__builtin_call *call)
{
    feel__set_boolean(call->ret, tb_str_ends(text_at(call, 0), text_at(call, 1)));
}

void
feel__fn_string_join(struct feel__builtin_call *call)
{
    const struct feel_list *list = &call->args[0].u.list;
    struct feel_vm *vm = call->frame->vm;
    tb_str delimiter = call->args[1].kind == FEEL_STRING ? text_at(call, 1) : TB_STR("");
    struct tb_buf buf = {.arena = vm->arena};
    bool is_first = true;
    for (size_t i = 0; i < list->count; i++) {
        const struct feel_value *item = &list->items[i];
        if (item->kind == FEEL_NULL)
            continue;
        if (item->kind != FEEL_STRING) {
            feel__fail(call, "wrong_argument", "清单里有不是文字的项",
                       "an item of the list is no string");
            return;
        }
        if (!feel__room(vm, item->u.string.len + delimiter.len) || !feel__step(vm, 1))
            return;
        if (!is_first)
            tb_buf_str(&buf, delimiter);
        tb_buf_str(&buf, item->u.string);
        is_first = false;
    }
    feel__set_string(call->ret, tb_buf_done(&buf));
}

/* ---- case -------------------------------------------------------------------------------------------------------- */

struct case_table {
    const struct feel__case_range *ranges;
    size_t range_count;
    const struct feel__case_many *many;
    size_t many_count;
};

static int32_t
map_simple(const struct case_table *table, int32_t point)
{
    size_t low = 0, high = table->range_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct feel__case_range *range = &table->ranges[middle];
        if (point < range->first)
            high = middle;
        else if (point > range->last)
            low = middle + 1;
        else
            return (point - range->first) % range->step == 0 ? point + range->delta : point;
    }
    return point;
}

static void
map_case(struct feel__builtin_call *call, const struct case_table *table, char first, int delta)
{
    tb_str text = text_at(call, 0);
    struct tb_buf buf = {.arena = call->frame->vm->arena};
    char bytes[4];
    if (!feel__step(call->frame->vm, text.len / 16) || !feel__room(call->frame->vm, text.len * 3))
        return;
    for (size_t at = 0; at < text.len;) {
        int32_t point = tb_utf8_next(text, &at);
        const char *several = NULL;
        if (point < 0x80) {
            tb_buf_char(&buf, (char)(point >= first && point < first + 26 ? point + delta : point));
            continue;
        }
        for (size_t i = 0; i < table->many_count; i++)
            if (table->many[i].point == point)
                several = table->many[i].text;
        if (several != NULL)
            tb_buf_cstr(&buf, several);
        else
            tb_buf_put(&buf, bytes, tb_utf8_put(map_simple(table, point), bytes));
    }
    feel__set_string(call->ret, tb_buf_done(&buf));
}

void
feel__fn_upper_case(struct feel__builtin_call *call)
{
    const struct case_table table = {feel__upper, feel__upper_count, feel__upper_many,
                                     feel__upper_many_count};
    map_case(call, &table, 'a', 'A' - 'a');
}

void
feel__fn_lower_case(struct feel__builtin_call *call)
{
    const struct case_table table = {feel__lower, feel__lower_count, feel__lower_many,
                                     feel__lower_many_count};
    map_case(call, &table, 'A', 'a' - 'A');
}
