/* SPDX-License-Identifier: Apache-2.0 */
/* Papers of an application: each is handed in by itself, so that one bad file never costs the others. */
#include "web/web_apply_internal.h"

static void
show(struct web__call *call, int status, tb_str material, const struct op_result *result,
     tb_str file)
{
    struct tb_json *draft;
    if (!web__draft(call, &draft))
        return;
    struct tb_json *faults = tb_json_set_list(call->arena, draft, "faults");
    if (result != NULL) {
        tb_str id = tb_printf(call->arena, "f-" TB_FMT, TB_ARG(material));
        size_t count = result->faults.count;
        for (size_t i = 0; i < count && i < TB_FAULTS_MAX; i++) {
            const struct tb_fault *fault = &result->faults.items[i];
            web__fault_add(call, faults, id, call->lang == WEB_EN ? fault->en : fault->zh);
        }
        if (count == 0)
            web__fault_add(call, faults, id,
                           web__tell(call, WEB_T_papers_unreadable, (const tb_str[]){file}));
        tb_json_set_text(call->arena, draft, "faulty", material);
        tb_json_set_text(call->arena, draft, "fault",
                         tb_json_get_text(tb_json_at(faults, 0), "text"));
    }
    tb_json_set(draft, "steps", web__apply_steps(call, draft));
    web__show(call, status, WEB_VIEW_apply_papers, draft);
}

void
web__apply_papers(struct web__call *call)
{
    show(call, 200, TB_STR_NONE, NULL, TB_STR_NONE);
}

bool
web__upload(struct web__call *call, const struct http_part *file, struct op_result *ret_result)
{
    struct tb_json *in = web__object(call);
    tb_json_set_text(call->arena, in, "name", file->file_name);
    web__op_file(call, "cases.upload", in, file, ret_result);
    return ret_result->status == TB_OK;
}

void
web__apply_papers_add(struct web__call *call)
{
    tb_str material = web__field(call, "material");
    const struct http_part *file = http_form_file(&call->form, "file");
    struct op_result result = {.status = TB_INVALID, .faults = {.arena = call->arena}};
    if (file == NULL || file->file_name.len == 0) {
        tb_fault_add(&result.faults, TB_STR("file"), "required",
                     web__say(call->arena, WEB_ZH, WEB_T_papers_choose, NULL),
                     web__say(call->arena, WEB_EN, WEB_T_papers_choose, NULL));
        show(call, 422, material, &result, TB_STR(""));
        return;
    }
    if (!web__upload(call, file, &result)) {
        if (result.http >= 500)
            web__fail(call, &result);
        else
            show(call, 422, material, &result, file->file_name);
        return;
    }
    struct tb_json *in = web__object(call);
    tb_json_set_text(call->arena, in, "id", web__param(call, "id"));
    tb_json_set_text(call->arena, in, "material", material);
    tb_json_set_text(call->arena, in, "hash", tb_json_get_text(result.out, "hash"));
    tb_json_set_text(call->arena, in, "name", file->file_name);
    struct op_result added;
    web__op(call, "drafts.add_paper", in, &added);
    if (added.status == TB_INVALID)
        show(call, 422, material, &added, file->file_name);
    else if (added.status != TB_OK)
        web__fail(call, &added);
    else
        web__go(call, "/apply/" TB_FMT "/papers#m-" TB_FMT, TB_ARG(web__param(call, "id")),
                TB_ARG(http_encode(call->arena, material)));
}

void
web__apply_papers_remove(struct web__call *call)
{
    struct tb_json *in = web__object(call);
    struct op_result result;
    tb_json_set_text(call->arena, in, "id", web__param(call, "id"));
    web__take(call, in, "material", "material");
    web__take(call, in, "hash", "hash");
    web__op(call, "drafts.remove_paper", in, &result);
    if (result.status != TB_OK)
        web__fail(call, &result);
    else
        web__go(call, "/apply/" TB_FMT "/papers", TB_ARG(web__param(call, "id")));
}
