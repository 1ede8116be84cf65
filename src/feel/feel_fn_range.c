/* SPDX-License-Identifier: Apache-2.0 */
/* feel_fn_range.c - how points and ranges lie to one another (clause 10.3.4.8 and its table), and contexts
 * (10.3.4.6). A missing end is infinitely far away. */
#include "feel/feel_parse_internal.h"

/* A point is the closed range from itself to itself. The table's formulas agree with that but where a range's own ends
 * are one point and not both included, as in (5..5]; there a point has formulas of its own. */
static struct feel_range
range_of(const struct feel_value *value)
{
    if (value->kind == FEEL_RANGE)
        return *value->u.range;
    return (struct feel_range){*value, *value, true, true, FEEL_INTERVAL};
}

/* Compares two ends; side says which infinity a missing one is (-1 low, 1 high). *ret_ok goes false when the ends
 * cannot be compared. */
static int
compare(const struct feel_value *a, int a_side, const struct feel_value *b, int b_side,
        bool *ret_ok)
{
    int order = 0;
    if (a->kind == FEEL_NULL || b->kind == FEEL_NULL) {
        int left = a->kind == FEEL_NULL ? a_side : 0, right = b->kind == FEEL_NULL ? b_side : 0;
        return (left > right) - (left < right);
    }
    if (!feel_compare(a, b, &order))
        *ret_ok = false;
    return order;
}

static int
starts_order(const struct feel_range *a, const struct feel_range *b, bool *ok)
{
    return compare(&a->start, -1, &b->start, -1, ok);
}

static int
ends_order(const struct feel_range *a, const struct feel_range *b, bool *ok)
{
    return compare(&a->end, 1, &b->end, 1, ok);
}

static int
end_to_start(const struct feel_range *a, const struct feel_range *b, bool *ok)
{
    return compare(&a->end, 1, &b->start, -1, ok);
}

typedef bool relation(const struct feel_range *a, const struct feel_range *b, bool *ok);

static bool
is_before(const struct feel_range *a, const struct feel_range *b, bool *ok)
{
    int order = end_to_start(a, b, ok);
    return order < 0 || (order == 0 && (!a->end_included || !b->start_included));
}

static bool
is_meeting(const struct feel_range *a, const struct feel_range *b, bool *ok)
{
    return a->end_included && b->start_included && end_to_start(a, b, ok) == 0;
}

static bool
is_overlapping(const struct feel_range *a, const struct feel_range *b, bool *ok)
{
    return !is_before(a, b, ok) && !is_before(b, a, ok);
}

static bool
is_overlapping_before(const struct feel_range *a, const struct feel_range *b, bool *ok)
{
    int starts = starts_order(a, b, ok), ends = ends_order(a, b, ok);
    return (starts < 0 || (starts == 0 && a->start_included && !b->start_included)) &&
           !is_before(a, b, ok) &&
           (ends < 0 || (ends == 0 && (!a->end_included || b->end_included)));
}

static bool
is_finishing(const struct feel_range *a, const struct feel_range *b, bool *ok)
{
    int starts = starts_order(a, b, ok);
    return a->end_included == b->end_included && ends_order(a, b, ok) == 0 &&
           (starts > 0 || (starts == 0 && (!a->start_included || b->start_included)));
}

static bool
is_including(const struct feel_range *a, const struct feel_range *b, bool *ok)
{
    int starts = starts_order(a, b, ok), ends = ends_order(a, b, ok);
    return (starts < 0 || (starts == 0 && (a->start_included || !b->start_included))) &&
           (ends > 0 || (ends == 0 && (a->end_included || !b->end_included)));
}

static bool
is_starting(const struct feel_range *a, const struct feel_range *b, bool *ok)
{
    int ends = ends_order(a, b, ok);
    return a->start_included == b->start_included && starts_order(a, b, ok) == 0 &&
           (ends < 0 || (ends == 0 && (!a->end_included || b->end_included)));
}

static bool
is_coinciding(const struct feel_range *a, const struct feel_range *b, bool *ok)
{
    return starts_order(a, b, ok) == 0 && ends_order(a, b, ok) == 0 &&
           a->start_included == b->start_included && a->end_included == b->end_included;
}

static bool
is_at_end(const struct feel_range *point, const struct feel_range *range, bool *ok)
{
    return range->end_included && ends_order(point, range, ok) == 0;
}

static bool
is_at_start(const struct feel_range *point, const struct feel_range *range, bool *ok)
{
    return range->start_included && starts_order(point, range, ok) == 0;
}

static bool
is_including_point(const struct feel_range *range, const struct feel_range *point, bool *ok)
{
    int start = starts_order(range, point, ok), end = ends_order(range, point, ok);
    return (start < 0 && end > 0) || (start == 0 && range->start_included) ||
           (end == 0 && range->end_included);
}

/* With the arguments as written, or the other way round. */
static void
relate(struct feel__builtin_call *call, relation *is, bool swaps)
{
    struct feel_range a = range_of(&call->args[swaps ? 1 : 0]),
                      b = range_of(&call->args[swaps ? 0 : 1]);
    bool ok = true, is_point = call->args[0].kind != FEEL_RANGE || call->args[1].kind != FEEL_RANGE;
    if (is_point && is == is_finishing)
        is = is_at_end;
    else if (is_point && is == is_starting)
        is = is_at_start;
    else if (is_point && is == is_including)
        is = is_including_point;
    bool holds = is(&a, &b, &ok);
    if (ok)
        feel__set_boolean(call->ret, holds);
    else
        feel__fail(call, "wrong_type", "两者不能比先后", "the two have no order");
}

void
feel__fn_before(struct feel__builtin_call *call)
{
    relate(call, is_before, false);
}

void
feel__fn_after(struct feel__builtin_call *call)
{
    relate(call, is_before, true);
}

void
feel__fn_meets(struct feel__builtin_call *call)
{
    relate(call, is_meeting, false);
}

void
feel__fn_met_by(struct feel__builtin_call *call)
{
    relate(call, is_meeting, true);
}

void
feel__fn_overlaps(struct feel__builtin_call *call)
{
    relate(call, is_overlapping, false);
}

void
feel__fn_overlaps_before(struct feel__builtin_call *call)
{
    relate(call, is_overlapping_before, false);
}

void
feel__fn_overlaps_after(struct feel__builtin_call *call)
{
    relate(call, is_overlapping_before, true);
}

void
feel__fn_finishes(struct feel__builtin_call *call)
{
    relate(call, is_finishing, false);
}

void
feel__fn_finished_by(struct feel__builtin_call *call)
{
    relate(call, is_finishing, true);
}

void
feel__fn_includes(struct feel__builtin_call *call)
{
    relate(call, is_including, false);
}

void
feel__fn_during(struct feel__builtin_call *call)
{
    relate(call, is_including, true);
}

void
feel__fn_starts(struct feel__builtin_call *call)
{
    relate(call, is_starting, false);
}

void
feel__fn_started_by(struct feel__builtin_call *call)
{
    relate(call, is_starting, true);
}

void
feel__fn_coincides(struct feel__builtin_call *call)
{
    if ((call->args[0].kind == FEEL_RANGE) == (call->args[1].kind == FEEL_RANGE))
        relate(call, is_coinciding, false);
    else
        feel__fail(call, "wrong_argument", "要两个点，或两个区间",
                   "two points or two ranges are expected");
}

/* ---- range("[1..3]") --------------------------------------------------------------------------------------------- */

/* Moves over a literal end: a number, a text, @"…", or a temporal function of a text. */
static bool
skip_end(tb_str text, struct feel__token *token)
{
    static const char *const functions[] = {"date and time", "date", "time", "duration"};
    uint32_t end = 0;
    if (token->kind == '-')
        *token = feel__scan(text, token->end);
    if (token->kind == '@')
        *token = feel__scan(text, token->end);
    for (size_t i = 0; token->kind == FEEL__NAME && i < TB_COUNT(functions) && end == 0; i++)
        end = feel__match(text, token->at, tb_str_of(functions[i]));
    if (end > 0) {
        *token = feel__scan(text, end);
        if (token->kind != '(')
            return false;
        *token = feel__scan(text, token->end);
        if (token->kind != FEEL__STRING)
            return false;
        *token = feel__scan(text, token->end);
        if (token->kind != ')')
            return false;
    } else if (token->kind != FEEL__NUMBER && token->kind != FEEL__STRING &&
               !(token->kind == FEEL__NAME &&
                 feel__match(text, token->at, TB_STR("null")) == token->end)) {
        return false;
    }
    *token = feel__scan(text, token->end);
    return true;
}

static bool
is_literal_range(tb_str text)
{
    struct feel__token token = feel__scan(text, 0);
    if (token.kind != '[' && token.kind != '(' && token.kind != ']')
        return false;
    token = feel__scan(text, token.end);
    if (!skip_end(text, &token) || token.kind != FEEL__DOTS)
        return false;
    token = feel__scan(text, token.end);
    return skip_end(text, &token) && (token.kind == ']' || token.kind == ')' || token.kind == '[');
}

void
feel__fn_range(struct feel__builtin_call *call)
{
    tb_str text = call->args[0].u.string;
    const struct feel_expr *expr = NULL;
    struct feel_vm *vm = call->frame->vm;
    struct feel_scope scope = {.is_closed = true, .host = vm->host};
    if (vm->host == NULL && call->frame->expr->scope != NULL)
        scope.host = call->frame->expr->scope->host;
    if (feel__step(vm, 10) && is_literal_range(text) &&
        feel_compile(vm->arena, text, &scope, &expr, NULL, NULL) == TB_OK && expr->is_constant &&
        expr->root->u.constant.kind == FEEL_RANGE)
        *call->ret = expr->root->u.constant;
    else
        feel__fail(call, "bad_literal", "这段文字不是区间", "the text is no range");
}

/* ---- contexts ---------------------------------------------------------------------------------------------------- */

void
feel__fn_get_value(struct feel__builtin_call *call)
{
    const struct feel_value *value = &call->args[0], *key = &call->args[1];
    if (key->kind == FEEL_STRING) {
        value = feel_get(value, key->u.string);
    } else {
        for (size_t i = 0; value != NULL && i < key->u.list.count; i++) {
            const struct feel_value *part = &key->u.list.items[i];
            value = part->kind == FEEL_STRING ? feel_get(value, part->u.string) : NULL;
        }
        if (key->u.list.count == 0)
            value = NULL;
    }
    if (value != NULL)
        *call->ret = *value;
    else
        feel__fail(call, "no_member", "没有这个成员", "there is no such member");
}

void
feel__fn_get_entries(struct feel__builtin_call *call)
{
    const struct feel_context *context = call->args[0].u.context;
    struct feel_vm *vm = call->frame->vm;
    struct feel_value *items = feel__values(vm, context->count);
    if (items == NULL || !feel__room(vm, context->count * 2 * sizeof(struct feel_entry)))
        return;
    for (size_t i = 0; i < context->count; i++) {
        struct feel_entry *pair = TB_NEW_ARRAY(vm->arena, 2, struct feel_entry);
        pair[0] = (struct feel_entry){TB_STR("key"), feel_string(context->entries[i].key)};
        pair[1] = (struct feel_entry){TB_STR("value"), context->entries[i].value};
        items[i] = feel_context_of(vm->arena, pair, 2);
    }
    *call->ret = feel_list_of(items, context->count);
}

void
feel__fn_context(struct feel__builtin_call *call)
{
    const struct feel_list *list = &call->args[0].u.list;
    struct feel_vm *vm = call->frame->vm;
    if (!feel__room(vm, list->count * sizeof(struct feel_entry)) || !feel__step(vm, list->count))
        return;
    struct feel_entry *entries = TB_NEW_ARRAY(vm->arena, list->count, struct feel_entry);
    struct feel_context all = {entries, 0};
    struct feel_value so_far = {.kind = FEEL_CONTEXT, .u.context = &all};
    for (size_t i = 0; i < list->count; i++) {
        const struct feel_value *key = feel_get(&list->items[i], TB_STR("key"));
        const struct feel_value *value = feel_get(&list->items[i], TB_STR("value"));
        if (key == NULL || value == NULL || key->kind != FEEL_STRING ||
            feel_get(&so_far, key->u.string) != NULL) {
            feel__fail(call, "wrong_argument", "每一项应有 key（文字，不重复）和 value",
                       "each entry needs a key, a text that occurs once, and a value");
            return;
        }
        entries[all.count++] = (struct feel_entry){key->u.string, *value};
    }
    *call->ret = feel_context_of(vm->arena, entries, all.count);
}

/* Puts value at the end of a path of keys; false when a step is missing. */
static bool
put_path(struct tb_arena *arena, const struct feel_value *context, const struct feel_value *keys,
         size_t count, const struct feel_value *value, struct feel_value *ret)
{
    struct feel_value inner = *value;
    if (count == 0 || count > 100 || context->kind != FEEL_CONTEXT || keys[0].kind != FEEL_STRING)
        return false;
    if (count > 1) {
        const struct feel_value *next = feel_get(context, keys[0].u.string);
        if (next == NULL || !put_path(arena, next, keys + 1, count - 1, value, &inner))
            return false;
    }
    *ret = feel_put(arena, context, keys[0].u.string, inner);
    return true;
}

void
feel__fn_context_put(struct feel__builtin_call *call)
{
    const struct feel_value *keys = &call->args[1];
    size_t count = 1;
    if (keys->kind == FEEL_LIST) {
        count = keys->u.list.count;
        keys = keys->u.list.items;
    }
    size_t size = call->args[0].u.context->count;
    if (!feel__room(call->frame->vm, (size + 1) * sizeof(struct feel_entry)) ||
        !feel__step(call->frame->vm, size))
        return;
    if (!put_path(call->frame->vm->arena, &call->args[0], keys, count, &call->args[2], call->ret))
        feel__fail(call, "no_member", "键的路径不通",
                   "the path of keys does not lead through contexts");
}

void
feel__fn_context_merge(struct feel__builtin_call *call)
{
    const struct feel_list *list = &call->args[0].u.list;
    struct feel_vm *vm = call->frame->vm;
    size_t most = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind != FEEL_CONTEXT) {
            feel__fail(call, "wrong_argument", "清单里有不是上下文的项",
                       "an item of the list is no context");
            return;
        }
        most += list->items[i].u.context->count;
    }
    if (!feel__room(vm, most * sizeof(struct feel_entry)) || !feel__step(vm, most))
        return;
    struct feel_entry *entries = TB_NEW_ARRAY(vm->arena, most, struct feel_entry);
    struct feel_context all = {entries, 0};
    for (size_t i = 0; i < list->count; i++) {
        const struct feel_context *one = list->items[i].u.context;
        for (size_t k = 0; k < one->count; k++) {
            size_t at = 0;
            while (at < all.count && !tb_str_eq(entries[at].key, one->entries[k].key))
                at++;
            entries[at] = one->entries[k];
            all.count += at == all.count;
            if (!feel__step(vm, at / 8))
                return;
        }
    }
    *call->ret = feel_context_of(vm->arena, entries, all.count);
}
