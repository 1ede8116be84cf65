/* SPDX-License-Identifier: Apache-2.0 */
/* Input of a page: parameters, fields, and the faults an operation found in them. */
#include "web/web_internal.h"
#include <string.h>

tb_str
web__param(const struct web__call *call, const char *name)
{
    return tb_json_get_text(call->params, name);
}

tb_str
web__query(const struct web__call *call, const char *name)
{
    tb_str value = http_query(call->request, name);
    return value.ptr != NULL ? tb_str_trim(value) : TB_STR("");
}

tb_str
web__field(const struct web__call *call, const char *name)
{
    tb_str value = http_form_value(&call->form, name);
    return value.ptr != NULL ? tb_str_trim(value) : TB_STR("");
}

struct tb_json *
web__object(struct web__call *call)
{
    return tb_json_new(call->arena, TB_JSON_OBJECT);
}

void
web__take(struct web__call *call, struct tb_json *object, const char *key, const char *field)
{
    tb_str value = web__field(call, field);
    if (value.len > 0)
        tb_json_set_text(call->arena, object, key, value);
}

/* The id that a field of this place has on the page: "fields.credit_code" and "/fields/credit_code"
 * are both the input with id f-credit_code. */
static tb_str
id_of(struct tb_arena *arena, tb_str place)
{
    size_t from = 0;
    for (size_t i = 0; i < place.len; i++) {
        if (place.ptr[i] == '.' || place.ptr[i] == '/')
            from = i + 1;
    }
    return tb_printf(arena, "f-" TB_FMT, (int)(place.len - from),
                     place.ptr != NULL ? place.ptr + from : "");
}

void
web__put_faults(struct web__call *call, struct tb_json *data, const struct op_result *result)
{
    struct tb_json *list = tb_json_set_list(call->arena, data, "faults");
    size_t count = result->faults.count < TB_FAULTS_MAX ? result->faults.count : TB_FAULTS_MAX;
    for (size_t i = 0; i < count; i++) {
        const struct tb_fault *fault = &result->faults.items[i];
        struct tb_json *row = tb_json_add(list, web__object(call));
        tb_json_set_text(call->arena, row, "place", fault->place);
        tb_json_set_text(call->arena, row, "id", id_of(call->arena, fault->place));
        tb_json_set_text(call->arena, row, "code", fault->code);
        tb_json_set_text(call->arena, row, "text", call->lang == WEB_EN ? fault->en : fault->zh);
    }
}

tb_str
web__fault_at(const struct web__call *call, const struct op_result *result, tb_str place)
{
    for (size_t i = 0; i < result->faults.count && i < TB_FAULTS_MAX; i++) {
        const struct tb_fault *fault = &result->faults.items[i];
        if (tb_str_eq(fault->place, place))
            return call->lang == WEB_EN ? fault->en : fault->zh;
    }
    return TB_STR_NONE;
}
