/* SPDX-License-Identifier: Apache-2.0 */
/* Rating a matter, once; and the public list of what was granted. */
#include "web/web_case_internal.h"

static const char *const grades[] = {"very_satisfied", "satisfied", "fairly", "dissatisfied",
                                     "very_dissatisfied"};

static struct tb_json *
rate_input(struct web__call *call)
{
    struct tb_json *in = web__object(call);
    tb_json_set_text(call->arena, in, "no", web__param(call, "no"));
    if (web__case_code(call).len > 0)
        tb_json_set_text(call->arena, in, "code", web__case_code(call));
    return in;
}

static void
show(struct web__call *call, int status, const struct op_result *result, bool is_ungraded)
{
    const struct tb_json *out;
    if (!web__ask(call, "cases.get", rate_input(call), &out))
        return;
    struct tb_json *data = web__object(call);
    static const char *const shown[] = {"no", "name", "situation_name", "state_name"};
    for (size_t i = 0; i < TB_COUNT(shown); i++)
        tb_json_set_text(call->arena, data, shown[i], tb_json_get_text(out, shown[i]));
    tb_json_set_bool(call->arena, data, "is_done",
                     tb_json_is_true(tb_json_path(out, "rating.done")));
    tb_json_set_bool(call->arena, data, "is_allowed",
                     tb_json_is_true(tb_json_path(out, "rating.allowed")));
    tb_json_set_text(call->arena, data, "comment", web__field(call, "comment"));
    tb_json_set_text(call->arena, data, "satisfaction", web__field(call, "satisfaction"));
    if (result != NULL)
        web__put_faults(call, data, result);
    if (is_ungraded) {
        tb_str text = web__tell(call, WEB_T_rate_choose, NULL);
        struct tb_json *row =
            tb_json_add(tb_json_set_list(call->arena, data, "faults"), web__object(call));
        tb_json_set_text(call->arena, row, "id", TB_STR("f-satisfaction"));
        tb_json_set_text(call->arena, row, "text", text);
        tb_json_set_text(call->arena, data, "grade_error", text);
    }
    web__show(call, status, WEB_VIEW_rate, data);
}

void
web__rate(struct web__call *call)
{
    show(call, 200, NULL, false);
}

void
web__rate_done(struct web__call *call)
{
    tb_str grade = web__field(call, "satisfaction");
    bool is_known = false;
    for (size_t i = 0; i < TB_COUNT(grades); i++)
        is_known = is_known || tb_str_is(grade, grades[i]);
    if (!is_known) {
        show(call, 422, NULL, true);
        return;
    }
    struct tb_json *in = rate_input(call);
    struct op_result result;
    tb_json_set_text(call->arena, in, "satisfaction", grade);
    web__take(call, in, "comment", "comment");
    tb_json_set_bool(call->arena, in, "anonymous", web__field(call, "anonymous").len > 0);
    struct tb_json *options = tb_json_new(call->arena, TB_JSON_LIST);
    for (size_t i = 0; i < call->form.count; i++) {
        if (tb_str_is(call->form.parts[i].name, "option"))
            tb_json_add(options, tb_json_new_text(call->arena, call->form.parts[i].value));
    }
    if (options->first != NULL)
        tb_json_set(in, "options", options);
    web__op_once(call, "reviews.rate", in, &result);
    if (result.status == TB_INVALID) {
        show(call, 422, &result, false);
    } else if (result.status != TB_OK) {
        web__fail(call, &result);
    } else {
        struct tb_json *data = web__object(call);
        bool is_bad = tb_str_is(grade, "dissatisfied") || tb_str_is(grade, "very_dissatisfied");
        tb_json_set_bool(call->arena, data, "is_bad", is_bad);
        tb_json_set_text(call->arena, data, "no", web__param(call, "no"));
        web__show(call, 200, WEB_VIEW_rated, data);
    }
}

void
web__grants(struct web__call *call)
{
    struct tb_json *in = web__object(call), *data = web__object(call);
    const struct tb_json *out;
    static const char *const names[] = {"q", "cursor"};
    for (size_t i = 0; i < TB_COUNT(names); i++) {
        tb_str value = web__query(call, names[i]);
        if (value.len > 0) {
            tb_json_set_text(call->arena, in, names[i], value);
            tb_json_set_text(call->arena, data, names[i], value);
        }
    }
    if (!web__ask(call, "grants.list", in, &out))
        return;
    tb_json_set(data, "grants", tb_json_copy(call->arena, tb_json_get(out, "grants")));
    web__put_next(call, data, "/grants", out);
    web__show(call, 200, WEB_VIEW_grants, data);
}

/* ---- pages of words ---- */

void
web__about(struct web__call *call)
{
    static const struct {
        const char *name;
        enum web__view_id view;
    } pages[] = {{"accessibility", WEB_VIEW_about_accessibility},
                 {"privacy", WEB_VIEW_about_privacy},
                 {"log", WEB_VIEW_about_log},
                 {"voice", WEB_VIEW_about_voice}};
    for (size_t i = 0; i < TB_COUNT(pages); i++) {
        if (tb_str_is(web__param(call, "name"), pages[i].name)) {
            web__show(call, 200, pages[i].view, web__object(call));
            return;
        }
    }
    web__not_found(call);
}
