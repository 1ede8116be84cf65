/* SPDX-License-Identifier: Apache-2.0 */
/* The guide: one question a page, then what follows. Answers travel in the address (a.INPUT=VALUE, "?" for "I am not
 * sure"), so that back, reload, bookmark and a browser without script all work; they are never personal data. */
#include "web/web_internal.h"

#define ANSWER_PREFIX "a."
#define UNKNOWN "?"

struct answers {
    struct tb_json *object;  /* for the operation */
    struct tb_json *carried; /* [{name, value}] for forms */
};

static void
add_answer(struct web__call *call, struct answers *answers, tb_str input, tb_str value)
{
    if (input.len == 0 || tb_json_find(answers->object, input) != NULL)
        return;
    bool is_unknown = tb_str_is(value, UNKNOWN);
    tb_json_set(answers->object, tb_cstr(call->arena, input),
                is_unknown ? tb_json_new(call->arena, TB_JSON_NULL)
                           : tb_json_new_text(call->arena, value));
    struct tb_json *row = tb_json_add(answers->carried, web__object(call));
    tb_json_set_text(call->arena, row, "name",
                     tb_printf(call->arena, ANSWER_PREFIX TB_FMT, TB_ARG(input)));
    tb_json_set_text(call->arena, row, "value", value);
}

static struct answers
answers_new(struct web__call *call)
{
    return (struct answers){web__object(call), tb_json_new(call->arena, TB_JSON_LIST)};
}

static bool
is_answer(tb_str name, tb_str *ret_input)
{
    if (!tb_str_starts(name, TB_STR(ANSWER_PREFIX)))
        return false;
    *ret_input = tb_str_sub(name, sizeof(ANSWER_PREFIX) - 1, name.len);
    return true;
}

/* The answers of the address; the one just given stands last and wins over none. */
static struct answers
answers_of_query(struct web__call *call)
{
    struct answers answers = answers_new(call);
    tb_str input;
    for (size_t i = 0; i < call->request->query_count; i++) {
        const struct http_pair *pair = &call->request->query[i];
        tb_str value = tb_str_trim(pair->value);
        if (is_answer(pair->name, &input) && value.len > 0)
            add_answer(call, &answers, input, value);
    }
    add_answer(call, &answers, web__query(call, "unknown"), TB_STR(UNKNOWN));
    return answers;
}

struct tb_json *
web__answers_of_form(struct web__call *call)
{
    struct answers answers = answers_new(call);
    tb_str input;
    for (size_t i = 0; i < call->form.count; i++) {
        const struct http_part *part = &call->form.parts[i];
        if (part->file_name.ptr == NULL && is_answer(part->name, &input))
            add_answer(call, &answers, input, tb_str_trim(part->value));
    }
    return answers.object;
}

/* The address of the guide with these answers but one; that one is remembered as was. */
static tb_str
guide_address(struct web__call *call, tb_str code, const struct tb_json *answers, tb_str without)
{
    struct tb_buf buf = {.arena = call->arena};
    tb_buf_printf(&buf, "/items/" TB_FMT "/guide", TB_ARG(http_encode(call->arena, code)));
    char mark = '?';
    TB_JSON_EACH(answer, answers)
    {
        bool is_out = tb_str_eq(answer->key, without);
        tb_str value = answer->kind == TB_JSON_NULL ? TB_STR(UNKNOWN) : tb_json_text(answer);
        tb_buf_printf(&buf, "%c%s", mark, is_out ? "was=" : ANSWER_PREFIX);
        if (!is_out)
            tb_buf_printf(&buf, TB_FMT "=", TB_ARG(http_encode(call->arena, answer->key)));
        tb_buf_str(&buf, http_encode(call->arena, value));
        mark = '&';
    }
    return tb_buf_done(&buf);
}

/* Gives each answer so far the address that asks it again. */
static void
put_answers(struct web__call *call, struct tb_json *data, tb_str code,
            const struct tb_json *answers, const struct tb_json *out)
{
    struct tb_json *list = tb_json_set_list(call->arena, data, "answers");
    TB_JSON_EACH(answer, tb_json_get(out, "answers_so_far"))
    {
        struct tb_json *row = tb_json_add(list, tb_json_copy(call->arena, answer));
        tb_json_set_text(call->arena, row, "change",
                         guide_address(call, code, answers, tb_json_get_text(answer, "input")));
    }
}

static tb_str
item_name(struct web__call *call, tb_str code)
{
    struct tb_json *in = web__object(call);
    tb_json_set_text(call->arena, in, "code", code);
    struct op_result result;
    web__op(call, WEB_OP_ITEM, in, &result);
    tb_str name = result.status == TB_OK ? tb_json_get_text(result.out, "name") : TB_STR_NONE;
    return name.len > 0 ? name : code;
}

/* Calls the guide; answers that it refuses are left out and asked again. *ret_fault: what was wrong with the first. */
static bool
ask_guide(struct web__call *call, tb_str code, const struct answers *answers,
          const struct tb_json **ret_out, tb_str *ret_fault)
{
    struct tb_json *in = web__object(call), *good = web__object(call);
    tb_json_set_text(call->arena, in, "code", code);
    tb_json_set(in, "answers", tb_json_copy(call->arena, answers->object));
    struct op_result result;
    web__op(call, "cases.guide", in, &result);
    *ret_fault = TB_STR_NONE;
    if (result.status == TB_INVALID) {
        TB_JSON_EACH(answer, answers->object)
        {
            tb_str fault = web__fault_at(
                call, &result, tb_printf(call->arena, "answers." TB_FMT, TB_ARG(answer->key)));
            if (fault.ptr == NULL)
                tb_json_set(good, tb_cstr(call->arena, answer->key),
                            tb_json_copy(call->arena, answer));
            else if (ret_fault->ptr == NULL)
                *ret_fault = fault;
        }
        in = web__object(call);
        tb_json_set_text(call->arena, in, "code", code);
        tb_json_set(in, "answers", good);
        web__op(call, "cases.guide", in, &result);
    }
    if (result.status != TB_OK) {
        web__fail(call, &result);
        return false;
    }
    *ret_out = result.out;
    return true;
}

static void
put_fault(struct web__call *call, struct tb_json *data, tb_str text)
{
    tb_json_set_text(call->arena, data, "fault", text);
    struct tb_json *row =
        tb_json_add(tb_json_set_list(call->arena, data, "faults"), web__object(call));
    tb_json_set_text(call->arena, row, "id", TB_STR("f-answer"));
    tb_json_set_text(call->arena, row, "text", text);
}

static tb_str
caption(struct web__call *call, tb_str name, const struct tb_json *out)
{
    int64_t done = tb_json_path(out, "topic_progress") != NULL
                       ? tb_json_get_int(tb_json_get(out, "topic_progress"), "done", 0)
                       : (int64_t)(tb_json_get(out, "answers_so_far") != NULL
                                       ? tb_json_get(out, "answers_so_far")->count
                                       : 0);
    int64_t left = tb_json_get_int(tb_json_get(out, "topic_progress"), "left_max", 0);
    tb_str n = tb_printf(call->arena, "%lld", (long long)done + 1);
    if (left <= 1)
        return web__tell(call, WEB_T_guide_caption, (const tb_str[]){name, n});
    tb_str max = tb_printf(call->arena, "%lld", (long long)(done + left));
    return web__tell(call, WEB_T_guide_caption_max, (const tb_str[]){name, max, n});
}

static void
show_question(struct web__call *call, struct tb_json *data, const struct answers *answers,
              const struct tb_json *out, tb_str fault)
{
    tb_str code = web__param(call, "code");
    const struct tb_json *question = tb_json_get(out, "question"),
                         *list = tb_json_get(data, "answers");
    tb_str input = tb_json_get_text(question, "input");
    bool is_number = tb_str_is(tb_json_get_text(question, "type"), "number");
    tb_json_set(data, "question", tb_json_copy(call->arena, question));
    tb_json_set_text(call->arena, data, "caption",
                     caption(call, tb_json_get_text(data, "name"), out));
    tb_json_set_bool(call->arena, data, "ask_anew", tb_str_eq(web__query(call, "anew"), input));
    tb_str last = list->last != NULL ? tb_json_get_text(list->last, "change") : TB_STR_NONE;
    tb_json_set_text(call->arena, data, "back",
                     last.len > 0 ? last
                                  : tb_printf(call->arena, "/items/" TB_FMT,
                                              TB_ARG(http_encode(call->arena, code))));
    if (tb_json_find(answers->object, input) == NULL)
        tb_json_set_text(call->arena, data, "was", web__query(call, "was"));
    bool is_again =
        tb_str_eq(web__query(call, "asked"), input) && web__query(call, "anew").len == 0;
    if (fault.len > 0)
        put_fault(call, data, fault);
    else if (is_again)
        put_fault(call, data,
                  web__tell(call, is_number ? WEB_T_guide_give : WEB_T_guide_choose, NULL));
    web__show(call, 200, WEB_VIEW_question, data);
}

/* The reasons, each rule once with all its articles, though the answer has a row for every article. */
static void
put_reasons(struct web__call *call, struct tb_json *data, const struct tb_json *because)
{
    struct tb_json *reasons = tb_json_set_list(call->arena, data, "reasons"), *articles = NULL;
    tb_str last = TB_STR_NONE;
    TB_JSON_EACH(row, because)
    {
        tb_str rule = tb_json_get_text(row, "rule");
        if (articles == NULL || rule.len == 0 || !tb_str_eq(rule, last)) {
            struct tb_json *reason = tb_json_add(reasons, web__object(call));
            const struct tb_json *answers = tb_json_get(row, "answers");
            tb_json_set_text(call->arena, reason, "text", tb_json_get_text(row, "text"));
            tb_json_set_text(call->arena, reason, "rule", rule);
            if (answers != NULL)
                tb_json_set(reason, "answers", tb_json_copy(call->arena, answers));
            articles = tb_json_set_list(call->arena, reason, "articles");
        }
        tb_json_add(articles, tb_json_copy(call->arena, row));
        last = rule;
    }
}

void
web__guide(struct web__call *call)
{
    tb_str code = web__param(call, "code"), fault;
    struct answers answers = answers_of_query(call);
    const struct tb_json *out;
    if (!ask_guide(call, code, &answers, &out, &fault))
        return;
    struct tb_json *data = web__object(call);
    tb_json_set_text(call->arena, data, "code", code);
    tb_json_set_text(call->arena, data, "name", item_name(call, code));
    put_answers(call, data, code, answers.object, out);
    const struct tb_json *outcome = tb_json_get(out, "outcome");
    tb_json_set(data, "carried", answers.carried);
    if (outcome == NULL) {
        show_question(call, data, &answers, out, fault);
        return;
    }
    tb_json_set(data, "outcome", tb_json_copy(call->arena, outcome));
    put_reasons(call, data, tb_json_get(outcome, "because"));
    tb_json_set_int(call->arena, data, "bring",
                    web__count_brought(tb_json_get(outcome, "materials")));
    web__show(call, 200, WEB_VIEW_outcome, data);
}

/* ---- the checklist on paper, and resuming from it ---- */

void
web__checklist_make(struct web__call *call)
{
    struct tb_json *in = web__object(call);
    tb_json_set_text(call->arena, in, "item", web__param(call, "code"));
    tb_json_set(in, "answers", web__answers_of_form(call));
    struct op_result result;
    web__op_once(call, "cases.guide_save", in, &result);
    if (result.status != TB_OK) {
        web__fail(call, &result);
        return;
    }
    web__go(call, "/g/" TB_FMT "/checklist", TB_ARG(tb_json_get_text(result.out, "token")));
}

/* What a token stands for. */
static bool
resume(struct web__call *call, const struct tb_json **ret_saved)
{
    struct tb_json *in = web__object(call);
    tb_json_set_text(call->arena, in, "token", web__param(call, "token"));
    return web__ask(call, "cases.guide_resume", in, ret_saved);
}

void
web__guide_resume(struct web__call *call)
{
    const struct tb_json *saved;
    if (!resume(call, &saved))
        return;
    tb_str address = guide_address(call, tb_json_get_text(saved, "item"),
                                   tb_json_get(saved, "answers"), TB_STR_NONE);
    http_redirect(call->request, call->response, address);
}

void
web__checklist(struct web__call *call)
{
    const struct tb_json *saved, *out;
    tb_str fault, token = web__param(call, "token");
    if (!resume(call, &saved))
        return;
    tb_str code = tb_json_get_text(saved, "item");
    struct answers answers = {tb_json_copy(call->arena, tb_json_get(saved, "answers")), NULL};
    if (!ask_guide(call, code, &answers, &out, &fault))
        return;
    struct tb_json *data = web__object(call);
    tb_json_set_text(call->arena, data, "token", token);
    tb_json_set_text(call->arena, data, "until", tb_json_get_text(saved, "until"));
    tb_json_set_text(call->arena, data, "name", item_name(call, code));
    tb_json_set_text(call->arena, data, "back",
                     guide_address(call, code, answers.object, TB_STR_NONE));
    const struct tb_json *outcome = tb_json_get(out, "outcome");
    if (outcome != NULL)
        tb_json_set(data, "outcome", tb_json_copy(call->arena, outcome));
    struct tb_json *qr = web__qr(call, tb_printf(call->arena, "/g/" TB_FMT, TB_ARG(token)),
                                 web__tell(call, WEB_T_checklist_resume, NULL));
    if (qr != NULL)
        tb_json_set(data, "qr", qr);
    web__show(call, 200, WEB_VIEW_checklist, data);
}

void
web__checklist_pdf(struct web__call *call)
{
    struct tb_json *in = web__object(call);
    tb_json_set_text(call->arena, in, "token", web__param(call, "token"));
    web__fetch(call, "cases.checklist", in);
}
