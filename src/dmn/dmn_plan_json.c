/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_plan_json.c - from JSON bytes straight into the registers of a plan.
 *
 * Only what a plan's input usually looks like is read here: one object, its keys inputs of the plan, its values plain.
 * Anything else - an escape, an exponent, a key twice, a value that does not fit, bytes behind the end - is not judged
 * but handed to the JSON reader and the evaluator, so that faults are found and said in one place only. */
#include "dmn/dmn_plan_internal.h"
#include <string.h>

#define DIGITS_MAX 18
#define INPUTS_MAX 64 /* one bit each in a word */

struct scan {
    const char *at, *end;
    const struct dmn_plan *plan;
    struct dmn__row *row;
    uint64_t seen;
    size_t next; /* the input that comes next when keys stand in the order of the plan */
};

static inline void
skip_blanks(struct scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\r' || *s->at == '\t'))
        s->at++;
}

static inline bool
take(struct scan *s, char c)
{
    skip_blanks(s);
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

/* A text without escapes and control characters. */
static inline bool
take_text(struct scan *s, tb_str *ret_text)
{
    const char *from = s->at;
    unsigned char all = 0;
    for (; s->at < s->end && *s->at != '"'; s->at++) {
        unsigned char c = (unsigned char)*s->at;
        if (c == '\\' || c < 0x20)
            return false;
        all |= c;
    }
    if (s->at == s->end)
        return false;
    *ret_text = (tb_str){from, (size_t)(s->at++ - from)};
    return all < 0x80 || tb_utf8_is_valid(*ret_text);
}

static const struct dmn__plan_input *
find_input(struct scan *s, tb_str name)
{
    const struct dmn_plan *plan = s->plan;
    size_t at = s->next < plan->input_count ? s->next : 0;
    for (size_t i = 0; i < plan->input_count; i++) {
        const struct dmn__plan_input *input = &plan->inputs[at];
        if (input->name.len == name.len && memcmp(input->name.ptr, name.ptr, name.len) == 0) {
            s->next = at + 1;
            if (s->seen >> at & 1)
                return NULL;
            s->seen |= UINT64_C(1) << at;
            return input;
        }
        at = at + 1 == plan->input_count ? 0 : at + 1;
    }
    return NULL;
}

/* Plain digits with at most as many decimals as the input's scale. */
static inline bool
take_number(struct scan *s, int scale, int64_t *ret)
{
    bool is_negative = s->at < s->end && *s->at == '-';
    const char *at = s->at + is_negative, *from = at, *point = NULL;
    int64_t value = 0;
    for (; at < s->end; at++) {
        unsigned digit = (unsigned)*at - '0';
        if (digit <= 9 && at - from >= DIGITS_MAX)
            return false;
        if (digit <= 9)
            value = value * 10 + (int64_t)digit;
        else if (*at == '.' && point == NULL)
            point = at;
        else
            break;
    }
    ptrdiff_t whole = (point != NULL ? point : at) - from;
    ptrdiff_t decimals = point != NULL ? at - point - 1 : 0;
    if (whole == 0 || (whole > 1 && *from == '0') || (point != NULL && decimals == 0) ||
        decimals > scale || (at < s->end && (*at == 'e' || *at == 'E')))
        return false;
    s->at = at;
    *ret = is_negative ? -value : value;
    return !__builtin_mul_overflow(*ret, dmn__power(scale - (int)decimals), ret);
}

static inline bool
two_digits(const char *at, int *ret)
{
    unsigned a = (unsigned)at[0] - '0', b = (unsigned)at[1] - '0';
    *ret = (int)(a * 10 + b);
    return a <= 9 && b <= 9;
}

/* "YYYY-MM-DD" of a day that exists. */
static bool
read_day(tb_str text, int64_t *ret)
{
    int century, year, month, day;
    if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-' ||
        !two_digits(text.ptr, &century) || !two_digits(text.ptr + 2, &year) ||
        !two_digits(text.ptr + 5, &month) || !two_digits(text.ptr + 8, &day))
        return false;
    tb_date date = {century * 100 + year, (int8_t)month, (int8_t)day};
    if (century < 10 || !tb_date_is_valid(date))
        return false;
    *ret = tb_date_to_days(date);
    return true;
}

static bool
take_word(struct scan *s, const char *word, size_t len)
{
    if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len) != 0)
        return false;
    s->at += len;
    return true;
}

static bool
take_value(struct scan *s, const struct dmn__plan_input *input, int64_t *ret, uint8_t *ret_null)
{
    tb_str text;
    bool is_named = input->type->kind == FEEL_TYPE_BASE;
    *ret = 0;
    *ret_null = 0;
    if (s->at == s->end)
        return false;
    if (*s->at == 'n') {
        *ret_null = 1;
        return take_word(s, "null", 4);
    }
    switch (input->lane) {
    case DMN__LANE_NUMBER:
        return take_number(s, input->scale, ret);
    case DMN__LANE_TEXT:
        if (!take(s, '"') || !take_text(s, &text))
            return false;
        *ret = dmn__text_find(s->plan, text);
        return true;
    case DMN__LANE_DAY: /* of an input of any type a text stays a text */
        return is_named && take(s, '"') && take_text(s, &text) && read_day(text, ret);
    case DMN__LANE_BOOLEAN:
        *ret = *s->at == 't';
        return *ret ? take_word(s, "true", 4) : take_word(s, "false", 5);
    default:
        return false;
    }
}

static bool
take_member(struct scan *s)
{
    tb_str key;
    if (!take(s, '"') || !take_text(s, &key))
        return false;
    const struct dmn__plan_input *input = find_input(s, key);
    if (input == NULL || input->at == DMN__NO_REGISTER || !take(s, ':'))
        return false;
    skip_blanks(s);
    return take_value(s, input, &s->row->values[input->at], &s->row->nulls[input->at]);
}

static bool
read_row(struct scan *s)
{
    const struct dmn_plan *plan = s->plan;
    if (plan->result == DMN__NO_REGISTER || plan->has_constraints ||
        plan->input_count > INPUTS_MAX || !take(s, '{'))
        return false;
    if (!take(s, '}')) {
        do {
            if (!take_member(s))
                return false;
        } while (take(s, ','));
        if (!take(s, '}'))
            return false;
    }
    skip_blanks(s);
    for (size_t i = 0; i < plan->input_count; i++)
        if (!(s->seen >> i & 1) && plan->inputs[i].at != DMN__NO_REGISTER) {
            s->row->values[plan->inputs[i].at] = 0;
            s->row->nulls[plan->inputs[i].at] = 1;
        }
    return s->at == s->end;
}

static tb_status
evaluate(struct tb_buf *out, const struct dmn_plan *plan, tb_str json, struct tb_faults *faults,
         struct tb_err *err)
{
    struct tb_json *tree;
    struct feel_value input, value;
    struct tb_arena *arena = out->arena;
    TB_TRY(tb_json_parse(arena, json, &tree, err));
    TB_TRY(dmn_input_from_json(arena, plan->model, tree, &input, faults, err));
    TB_TRY(dmn_eval(arena, plan->model, plan->decision, &input, NULL, &value, err));
    tb_json_write(out, feel_to_json(arena, &value));
    return TB_OK;
}

tb_status
dmn_plan_eval_json(struct tb_buf *out, const struct dmn_plan *plan, tb_str json,
                   struct tb_faults *faults, struct tb_err *err)
{
    struct dmn__row row;
    struct scan scan = {.at = json.ptr, .end = json.ptr + json.len, .plan = plan, .row = &row};
    if (json.len == 0 || !read_row(&scan) || !dmn__plan_run(plan, &row))
        return evaluate(out, plan, json, faults, err);
    tb_buf_str(out, plan->choice_texts[dmn__plan_choice(plan, &row, plan->result)]);
    return TB_OK;
}
