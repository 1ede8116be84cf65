/* SPDX-License-Identifier: Apache-2.0 */
/* feel_fn_regex.c - matches, replace and split. PCRE2 allocates in the evaluation's arena and works under limits: a
 * pattern that explodes ends the evaluation with TB_LIMIT. */
#include "feel/feel_internal.h"
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

struct pattern {
    struct feel__builtin_call *call;
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *limits;
    uint32_t groups;
    bool is_literal;
};

static void *
arena_alloc(size_t size, void *arena)
{
    return tb_alloc(arena, size);
}

static void
arena_forget(void *block, void *arena)
{
    (void)block;
    (void)arena;
}

static bool
pattern_open(struct pattern *p, struct feel__builtin_call *call, tb_str text, tb_str flags)
{
    struct tb_arena *arena = call->frame->vm->arena;
    uint32_t options = 0;
    int error;
    size_t at;
    p->call = call;
    if (!feel__regex_translate(arena, text, flags, &text, &options, &p->is_literal)) {
        feel__fail(call, "bad_regex", "正则表达式或标志不对",
                   "the regular expression or its flags are wrong");
        return false;
    }
    pcre2_general_context *general = pcre2_general_context_create(arena_alloc, arena_forget, arena);
    pcre2_compile_context *compile = pcre2_compile_context_create(general);
    pcre2_set_newline(compile, PCRE2_NEWLINE_LF);
    p->code = pcre2_compile((PCRE2_SPTR)text.ptr, text.len, options, &error, &at, compile);
    if (p->code == NULL) {
        feel__fail(call, "bad_regex", "正则表达式不对", "the regular expression is wrong");
        return false;
    }
    pcre2_pattern_info(p->code, PCRE2_INFO_CAPTURECOUNT, &p->groups);
    p->data = pcre2_match_data_create_from_pattern(p->code, general);
    p->limits = pcre2_match_context_create(general);
    pcre2_set_match_limit(p->limits, FEEL_REGEX_STEPS_MAX);
    pcre2_set_depth_limit(p->limits, FEEL_REGEX_STEPS_MAX);
    pcre2_set_heap_limit(p->limits, 16384);
    return feel__step(call->frame->vm, 100);
}

/* 1 a match, 0 none, -1 a limit was reached. */
static int
find(struct pattern *p, tb_str text, size_t from)
{
    struct feel_vm *vm = p->call->frame->vm;
    if (!feel__step(vm, 10 + text.len / 64) || !feel__room(vm, 0))
        return -1;
    int found = pcre2_match(p->code, (PCRE2_SPTR)text.ptr, text.len, from, PCRE2_NO_UTF_CHECK,
                            p->data, p->limits);
    if (found == PCRE2_ERROR_NOMATCH)
        return 0;
    if (found < 0 && vm->limit == NULL)
        vm->limit = "regular expression";
    return found < 0 ? -1 : 1;
}

static tb_str
flags_of(struct feel__builtin_call *call, size_t i)
{
    return call->args[i].kind == FEEL_STRING ? call->args[i].u.string : TB_STR("");
}

void
feel__fn_matches(struct feel__builtin_call *call)
{
    struct pattern p = {0};
    if (!pattern_open(&p, call, call->args[1].u.string, flags_of(call, 2)))
        return;
    int found = find(&p, call->args[0].u.string, 0);
    if (found >= 0)
        feel__set_boolean(call->ret, found == 1);
}

/* A pattern that matches the empty text has no parts between its matches (XPath FORX0003). */
static bool
matches_empty(struct pattern *p)
{
    int found = find(p, TB_STR(""), 0);
    if (found == 1)
        feel__fail(p->call, "bad_regex", "这个正则表达式能匹配空文字",
                   "the regular expression matches the empty text");
    return found != 0;
}

static tb_str
group(struct pattern *p, tb_str text, uint32_t n)
{
    const size_t *at = pcre2_get_ovector_pointer(p->data);
    if (n > p->groups || at[2 * n] == PCRE2_UNSET)
        return TB_STR("");
    return tb_str_sub(text, at[2 * n], at[2 * n + 1] - at[2 * n]);
}

/* $N, \$ and \\; a replacement with anything else behind $ or \ is wrong whether it is needed or not (FORX0004). */
static bool
is_replacement(const struct pattern *p, tb_str with)
{
    for (size_t i = 0; !p->is_literal && i < with.len; i++) {
        char c = with.ptr[i], next = i + 1 < with.len ? with.ptr[i + 1] : '\0';
        if (c == '$' ? next < '0' || next > '9' : c == '\\' && next != '\\' && next != '$')
            return false;
        i += c == '\\';
    }
    return true;
}

static void
put_replacement(struct pattern *p, tb_str text, tb_str with, struct tb_buf *out)
{
    for (size_t i = 0; i < with.len; i++) {
        char c = with.ptr[i];
        if (p->is_literal || (c != '$' && c != '\\')) {
            tb_buf_char(out, c);
        } else if (c == '\\') {
            tb_buf_char(out, with.ptr[++i]);
        } else {
            uint32_t n = 0;
            for (bool is_first = true; i + 1 < with.len; i++, is_first = false) {
                char digit = with.ptr[i + 1];
                if (digit < '0' || digit > '9' ||
                    (!is_first && n * 10 + (uint32_t)(digit - '0') > p->groups))
                    break;
                n = n * 10 + (uint32_t)(digit - '0');
            }
            tb_buf_str(out, group(p, text, n));
        }
    }
}

void
feel__fn_replace(struct feel__builtin_call *call)
{
    struct pattern p = {0};
    tb_str text = call->args[0].u.string, with = call->args[2].u.string;
    struct tb_buf out = {.arena = call->frame->vm->arena};
    size_t at = 0;
    int found;
    if (!pattern_open(&p, call, call->args[1].u.string, flags_of(call, 3)) || matches_empty(&p))
        return;
    if (!is_replacement(&p, with)) {
        feel__fail(call, "bad_regex", "替换文字里的 $ 或 \\ 用得不对",
                   "the replacement has a stray $ or \\");
        return;
    }
    while ((found = find(&p, text, at)) == 1) {
        const size_t *match = pcre2_get_ovector_pointer(p.data);
        tb_buf_str(&out, tb_str_sub(text, at, match[0] - at));
        put_replacement(&p, text, with, &out);
        if (match[1] ==
            match[0]) /* ^ or $ can match nothing though the empty text does not match */
            break;
        at = match[1];
    }
    if (found < 0)
        return;
    tb_buf_str(&out, tb_str_sub(text, at, text.len - at));
    feel__set_string(call->ret, tb_buf_done(&out));
}

void
feel__fn_split(struct feel__builtin_call *call)
{
    struct pattern p = {0};
    struct feel_vm *vm = call->frame->vm;
    tb_str text = call->args[0].u.string;
    if (!pattern_open(&p, call, call->args[1].u.string, TB_STR("")) || matches_empty(&p))
        return;
    size_t cap = 16, count = 0, at = 0;
    struct feel_value *parts = feel__values(vm, cap);
    int found = 0;
    while (parts != NULL && (found = find(&p, text, at)) == 1) {
        const size_t *match = pcre2_get_ovector_pointer(p.data);
        if (count + 2 > cap) {
            struct feel_value *more = feel__values(vm, cap * 2);
            if (more == NULL)
                return;
            memcpy(more, parts, count * sizeof(*more));
            parts = more;
            cap *= 2;
        }
        parts[count++] = feel_string(tb_str_sub(text, at, match[0] - at));
        if (match[1] == match[0])
            break;
        at = match[1];
    }
    if (parts == NULL || found < 0)
        return;
    parts[count++] = feel_string(tb_str_sub(text, at, text.len - at));
    *call->ret = feel_list_of(parts, count);
}
