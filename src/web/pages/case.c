/* SPDX-License-Identifier: Apache-2.0 */
/* A case: must I act, by when, how the days were used, what happened. Its owner sees it signed in; anybody who holds
 * its number and code sees its state. */
#include "web/web_case_internal.h"

/* ---- looking without an account ----
 *
 * The code of a case never stands in an address of ours, where history and bookmarks would have it. It is typed into a
 * form (POST /progress) and then kept in a cookie that only the server reads, for half an hour or until "done"; every
 * page asks the case anew with it. The QR on letters carries the number alone: it leads to that form with the number
 * filled in, and the code stands on the same paper. An address with ?code= is exchanged at once by a redirect. */

#define CASE_COOKIE "tb_case"
#define CASE_COOKIE_S (30 * 60)

tb_str
web__case_code(const struct web__call *call)
{
    tb_str rest = http_cookie(call->request, CASE_COOKIE), no;
    return tb_str_cut(&rest, '.', &no) ? rest : TB_STR_NONE;
}

static bool
is_case_of_cookie(const struct web__call *call, tb_str no)
{
    tb_str rest = http_cookie(call->request, CASE_COOKIE), its;
    return tb_str_cut(&rest, '.', &its) && tb_str_eq(its, no);
}

/* The number of the path, and the code that opened it, as input of an operation. */
static struct tb_json *
case_input(struct web__call *call)
{
    struct tb_json *in = web__object(call);
    tb_json_set_text(call->arena, in, "no", web__param(call, "no"));
    if (is_case_of_cookie(call, web__param(call, "no")))
        tb_json_set_text(call->arena, in, "code", web__case_code(call));
    return in;
}

/* Opens a case by its code and goes to it. False: *ret_result says why not. */
static bool
open_by_code(struct web__call *call, tb_str no, tb_str code, struct op_result *ret_result)
{
    struct tb_json *in = web__object(call);
    tb_json_set_text(call->arena, in, "no", no);
    tb_json_set_text(call->arena, in, "code", code);
    web__op(call, "cases.get", in, ret_result);
    if (ret_result->status != TB_OK)
        return false;
    http_set_cookie(call->request, call->response, CASE_COOKIE,
                    tb_printf(call->arena, TB_FMT "." TB_FMT, TB_ARG(http_encode(call->arena, no)),
                              TB_ARG(http_encode(call->arena, code))),
                    CASE_COOKIE_S, call->request->is_tls);
    web__go(call, "/cases/" TB_FMT, TB_ARG(http_encode(call->arena, no)));
    return true;
}

bool
web__find_case(struct web__call *call, struct tb_json **ret_case)
{
    const struct tb_json *out;
    if (!web__ask(call, "cases.get", case_input(call), &out))
        return false;
    *ret_case = tb_json_copy(call->arena, out);
    return true;
}

/* Which sign a thing that happened gets. */
static tb_str
sign_of(tb_str kind)
{
    static const char *const bad[] = {"refused_to_accept", "incident", "withdrawn"};
    static const char *const hold[] = {"suspended", "extended"};
    if (tb_str_is(kind, "deficiency_told"))
        return TB_STR("warn");
    for (size_t i = 0; i < TB_COUNT(bad); i++) {
        if (tb_str_is(kind, bad[i]))
            return TB_STR("bad");
    }
    for (size_t i = 0; i < TB_COUNT(hold); i++) {
        if (tb_str_is(kind, hold[i]))
            return TB_STR("hold");
    }
    return TB_STR("ok");
}

static bool
is_state(const struct tb_json *of_case, const char *state)
{
    return tb_str_is(tb_json_get_text(of_case, "state"), state);
}

/* What the page says beyond the answer: its one message, signs of the timeline, what may be done now. */
static void
put_case(struct web__call *call, struct tb_json *data)
{
    bool is_over = is_state(data, "closed") || is_state(data, "decided") ||
                   is_state(data, "refused_to_accept") || is_state(data, "withdrawn");
    bool is_needed = tb_json_is_true(tb_json_path(data, "act.needed"));
    bool is_suspended = tb_json_is_true(tb_json_path(data, "clock.is_suspended"));
    bool is_late = tb_json_is_true(tb_json_path(data, "clock.is_late"));
    tb_str kind = is_needed                                               ? TB_STR("warn")
                  : is_suspended                                          ? TB_STR("hold")
                  : is_late && !is_over                                   ? TB_STR("bad")
                  : is_state(data, "decided") || is_state(data, "closed") ? TB_STR("ok")
                                                                          : TB_STR("info");
    tb_json_set_text(call->arena, data, "kind", kind);
    tb_json_set_bool(call->arena, data, "is_over", is_over);
    tb_json_set_bool(call->arena, data, "is_correcting", is_state(data, "correcting"));
    tb_json_set_bool(call->arena, data, "is_mine", (call->roles & (OP_APPLICANT | OP_HELPER)) != 0);
    tb_json_set_bool(call->arena, data, "is_by_code",
                     is_case_of_cookie(call, tb_json_get_text(data, "no")));
    const struct tb_json *timeline = tb_json_get(data, "timeline");
    for (struct tb_json *row = timeline != NULL ? timeline->first : NULL; row != NULL;
         row = row->next)
        tb_json_set_text(call->arena, row, "sign", sign_of(tb_json_get_text(row, "kind")));
    web__put_clock(call, data, tb_json_get(data, "clock"), is_over);
}

/* The form for number and code; with fault: what is wrong with what was typed. */
static void
show_progress(struct web__call *call, int status, tb_str no, struct tb_json *faults)
{
    struct tb_json *data = web__object(call);
    tb_json_set_text(call->arena, data, "no", no);
    if (faults != NULL)
        tb_json_set(data, "faults", faults);
    if (web__param(call, "no").len > 0)
        tb_json_set_text(call->arena, data, "next", call->request->path);
    web__show(call, status, WEB_VIEW_progress, data);
}

/* Somebody with a printed QR, or with an address of former days: has he come to type his code? */
static bool
asks_for_code(struct web__call *call)
{
    tb_str no = web__param(call, "no"), code = web__query(call, "code");
    struct op_result result;
    if (code.len > 0) {
        if (!open_by_code(call, no, code, &result))
            show_progress(call, 200, no, NULL);
        return true;
    }
    tb_str session = http_cookie(call->request, access_cookie_name(call->request->is_tls));
    if (call->is_signed_in || session.len > 0 || is_case_of_cookie(call, no))
        return false;
    show_progress(call, 200, no, NULL);
    return true;
}

void
web__case(struct web__call *call)
{
    struct tb_json *data;
    if (asks_for_code(call) || !web__find_case(call, &data))
        return;
    put_case(call, data);
    tb_str path = tb_printf(call->arena, "/cases/" TB_FMT,
                            TB_ARG(http_encode(call->arena, web__param(call, "no"))));
    struct tb_json *qr = web__qr(call, path, web__tell(call, WEB_T_case_qr, NULL));
    if (qr != NULL)
        tb_json_set(data, "qr", qr);
    web__show(call, 200, WEB_VIEW_case, data);
}

void
web__case_received(struct web__call *call)
{
    struct tb_json *data;
    if (web__find_case(call, &data))
        web__show(call, 200, WEB_VIEW_received, data);
}

void
web__case_letter(struct web__call *call)
{
    struct tb_json *in = case_input(call);
    tb_json_set_text(call->arena, in, "id", web__param(call, "id"));
    web__fetch(call, "cases.letter", in);
}

/* ---- withdrawing ---- */

void
web__case_withdraw(struct web__call *call)
{
    struct tb_json *data;
    if (web__find_case(call, &data))
        web__show(call, 200, WEB_VIEW_withdraw, data);
}

void
web__case_withdraw_done(struct web__call *call)
{
    struct tb_json *in = web__object(call);
    struct op_result result;
    tb_json_set_text(call->arena, in, "no", web__param(call, "no"));
    web__take(call, in, "reason", "reason");
    web__op_once(call, "cases.withdraw", in, &result);
    if (result.status != TB_OK)
        web__fail(call, &result);
    else
        web__go(call, "/cases/" TB_FMT, TB_ARG(web__param(call, "no")));
}

/* ---- by number and code ---- */

static void
note(struct web__call *call, struct tb_json *faults, tb_str field, tb_str text)
{
    struct tb_json *row = tb_json_add(faults, web__object(call));
    tb_json_set_text(call->arena, row, "id", tb_printf(call->arena, "f-" TB_FMT, TB_ARG(field)));
    tb_json_set_text(call->arena, row, "text", text);
}

void
web__progress(struct web__call *call)
{
    show_progress(call, 200, web__query(call, "no"), NULL);
}

void
web__progress_find(struct web__call *call)
{
    struct tb_json *faults = tb_json_new(call->arena, TB_JSON_LIST);
    tb_str no = web__field(call, "no"), code = web__field(call, "code");
    struct op_result result;
    if (no.len == 0)
        note(call, faults, TB_STR("no"), web__tell(call, WEB_T_progress_no_missing, NULL));
    if (code.len == 0)
        note(call, faults, TB_STR("code"), web__tell(call, WEB_T_progress_code_missing, NULL));
    if (faults->first == NULL) {
        if (open_by_code(call, no, code, &result))
            return;
        if (result.http >= 500 || result.status == TB_TOO_MANY) {
            web__fail(call, &result);
            return;
        }
        note(call, faults, TB_STR("no"), web__tell(call, WEB_T_progress_none, NULL));
    }
    show_progress(call, 422, no, faults);
}

/* Nothing of the case is left on this device, which may be a kiosk. */
void
web__progress_end(struct web__call *call)
{
    http_set_cookie(call->request, call->response, CASE_COOKIE, TB_STR(""), -1,
                    call->request->is_tls);
    web__go(call, "/progress");
}
