/* SPDX-License-Identifier: Apache-2.0 */
/* Checking a certificate, without signing in: by its mark, by its file, by what its QR code says. */
#include "web/web_case_internal.h"

static void
put_verdict(struct web__call *call, struct tb_json *data, tb_str verdict)
{
    bool is_good = tb_str_is(verdict, "genuine"), is_letter = tb_str_is(verdict, "genuine_letter");
    bool is_unknown = tb_str_is(verdict, "unknown"), is_altered = tb_str_is(verdict, "altered");
    tb_json_set_text(call->arena, data, "verdict", verdict);
    tb_json_set_text(call->arena, data, "kind",
                     is_good || is_letter ? TB_STR("ok") : TB_STR("bad"));
    tb_json_set_bool(call->arena, data, "is_ended",
                     !is_good && !is_letter && !is_unknown && !is_altered);
    const struct tb_env *env = call->web->options.env;
    tb_json_set_text(call->arena, data, "now",
                     tb_instant_format(call->arena, env->now_us(env->context)));
}

static tb_str
verdict_of(const struct tb_json *certificate)
{
    tb_str state = tb_json_get_text(certificate, "state");
    if (!tb_str_is(state, "valid"))
        return state;
    return tb_json_is_true(tb_json_get(certificate, "is_valid_today")) ? TB_STR("genuine")
                                                                       : TB_STR("expired");
}

static void
show_form(struct web__call *call, int status, const char *id, enum web__word word)
{
    struct tb_json *data = web__object(call);
    tb_json_set_text(call->arena, data, "mark", web__query(call, "mark"));
    if (id != NULL) {
        tb_str text = web__tell(call, word, NULL);
        struct tb_json *row =
            tb_json_add(tb_json_set_list(call->arena, data, "faults"), web__object(call));
        tb_json_set_text(call->arena, row, "id", tb_str_of(id));
        tb_json_set_text(call->arena, row, "text", text);
        tb_json_set_text(call->arena, data,
                         tb_str_is(tb_str_of(id), "f-mark") ? "mark_error" : "file_error", text);
    }
    web__show(call, status, WEB_VIEW_check, data);
}

/* What POST /certificates/verify said of a file or a code. */
static void
show_verified(struct web__call *call, const struct op_result *result)
{
    struct tb_json *data = tb_json_copy(call->arena, result->out);
    tb_str verdict = tb_json_get_text(result->out, "verdict");
    struct tb_json *shown = web__object(call);
    TB_JSON_EACH(member, data)
    {
        if (!tb_str_is(member->key, "verdict"))
            tb_json_set(shown, tb_cstr(call->arena, member->key),
                        tb_json_copy(call->arena, member));
    }
    put_verdict(call, shown, verdict);
    web__show(call, 200, WEB_VIEW_checked, shown);
}

static void
verify(struct web__call *call, const struct http_part *part)
{
    struct op_result result;
    web__op_file(call, "certificates.verify", NULL, part, &result);
    if (result.status == TB_OK)
        show_verified(call, &result);
    else if (result.status == TB_INVALID || result.status == TB_UNSUPPORTED ||
             result.status == TB_SYNTAX)
        show_form(call, 422, "f-file", WEB_T_check_file_bad);
    else
        web__fail(call, &result);
}

/* GET /check, /check?mark=…, /check?qr=… */
void
web__check(struct web__call *call)
{
    tb_str mark = web__query(call, "mark"), qr = web__query(call, "qr");
    if (qr.len > 0) {
        struct http_part part = {.name = TB_STR("qr"), .type = TB_STR("text/plain"), .value = qr};
        verify(call, &part);
    } else if (mark.len > 0) {
        web__go(call, "/check/" TB_FMT, TB_ARG(http_encode(call->arena, mark)));
    } else {
        show_form(call, 200, NULL, WEB_T_check_mark_none);
    }
}

void
web__check_file(struct web__call *call)
{
    const struct http_part *file = http_form_file(&call->form, "file");
    if (file == NULL || file->value.len == 0)
        show_form(call, 422, "f-file", WEB_T_check_file_missing);
    else
        verify(call, file);
}

void
web__check_mark(struct web__call *call)
{
    struct tb_json *in = web__object(call), *data = web__object(call);
    struct op_result result;
    tb_json_set_text(call->arena, in, "mark", web__param(call, "mark"));
    web__op(call, "certificates.get", in, &result);
    if (result.status == TB_NOT_FOUND || result.status == TB_INVALID) {
        put_verdict(call, data, TB_STR("unknown"));
        web__show(call, 404, WEB_VIEW_checked, data);
        return;
    }
    if (result.status != TB_OK) {
        web__fail(call, &result);
        return;
    }
    tb_json_set(data, "certificate", tb_json_copy(call->arena, result.out));
    tb_json_set(data, "checks", tb_json_copy(call->arena, tb_json_get(result.out, "checks")));
    put_verdict(call, data, verdict_of(result.out));
    web__show(call, 200, WEB_VIEW_checked, data);
}

void
web__certificate_pdf(struct web__call *call)
{
    struct tb_json *in = web__object(call);
    tb_json_set_text(call->arena, in, "mark", web__param(call, "mark"));
    if (web__case_code(call).len > 0)
        tb_json_set_text(call->arena, in, "code", web__case_code(call));
    web__fetch(call, "certificates.pdf", in);
}

void
web__revocations(struct web__call *call)
{
    web__fetch(call, "certificates.revocations", NULL);
}
