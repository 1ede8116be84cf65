/* SPDX-License-Identifier: Apache-2.0 */
/* The home page: search, four common things, events of life, departments. A term or a tile stands there only when
 * the catalogue of this installation has what it leads to. */
#include "web/web_internal.h"

/* What a link of the home page says, and what it searches for. */
struct term {
    enum web__word word;
    const char *query;
};

enum { EVENT_TERMS = 3 };

/* clang-format off */
static const struct term often[] = {
    {WEB_T_home_often_a, "卫生许可"},
    {WEB_T_home_often_b, "残疾人证"},
    {WEB_T_home_often_c, "两项补贴"},
    {WEB_T_home_often_d, "退休"},
    {WEB_T_home_often_e, "道路运输证"},
    {WEB_T_home_often_f, "身份证"},
};

/* An event of life: its own search first, then two services. */
static const struct {
    const char *plate;
    struct term terms[EVENT_TERMS];
} events[] = {
    {"育", {{WEB_T_event_birth, "出生"}, {WEB_T_event_birth_a, "出生医学证明"}, {WEB_T_event_birth_b, "户口登记"}}},
    {"学", {{WEB_T_event_school, "入学"}, {WEB_T_event_school_a, "随迁子女"}, {WEB_T_event_school_b, "助学金"}}},
    {"业", {{WEB_T_event_work, "就业"}, {WEB_T_event_work_a, "高校毕业生登记"}, {WEB_T_event_work_b, "创业担保贷款"}}},
    {"店", {{WEB_T_event_shop, "经营许可"}, {WEB_T_event_shop_a, "个体工商户"}, {WEB_T_event_shop_b, "公共场所卫生许可"}}},
    {"运", {{WEB_T_event_haul, "道路货物运输"}, {WEB_T_event_haul_a, "道路货物运输经营许可"}, {WEB_T_event_haul_b, "道路运输证"}}},
    {"婚", {{WEB_T_event_marry, "结婚"}, {WEB_T_event_marry_a, "结婚登记"}, {WEB_T_event_marry_b, "补领结婚"}}},
    {"医", {{WEB_T_event_care, "医保"}, {WEB_T_event_care_a, "医保电子凭证"}, {WEB_T_event_care_b, "异地安置"}}},
    {"助", {{WEB_T_event_help, "残疾人"}, {WEB_T_event_help_a, "残疾人证"}, {WEB_T_event_help_b, "残疾人生活补贴"}}},
    {"颐", {{WEB_T_event_old, "养老"}, {WEB_T_event_old_a, "正常退休"}, {WEB_T_event_old_b, "待遇发放账户"}}},
    {"户", {{WEB_T_event_id, "身份证"}, {WEB_T_event_id_a, "居民身份证"}, {WEB_T_event_id_b, "户口迁移"}}},
    {"居", {{WEB_T_event_home, "住房"}, {WEB_T_event_home_a, "专项维修资金"}, {WEB_T_event_home_b, "危房改造"}}},
    {"念", {{WEB_T_event_end, "注销"}, {WEB_T_event_end_a, "户口注销"}, {WEB_T_event_end_b, "一次性支取"}}},
};
/* clang-format on */

static bool
finds(struct web__call *call, const struct term *term)
{
    struct tb_json *in = web__object(call);
    struct op_result result;
    tb_json_set_text(call->arena, in, "q", tb_str_of(term->query));
    web__op(call, WEB_OP_ITEMS, in, &result);
    return result.status == TB_OK && tb_json_get_int(result.out, "total", 0) > 0;
}

static void
put_term(struct web__call *call, struct tb_json *row, const struct term *term)
{
    tb_json_set_text(call->arena, row, "title", web__tell(call, term->word, NULL));
    tb_json_set_text(call->arena, row, "query", tb_str_of(term->query));
}

static void
put_often(struct web__call *call, struct tb_json *data)
{
    struct tb_json *list = tb_json_set_list(call->arena, data, "often");
    for (size_t i = 0; i < TB_COUNT(often); i++) {
        if (finds(call, &often[i]))
            put_term(call, tb_json_add(list, web__object(call)), &often[i]);
    }
}

static void
put_events(struct web__call *call, struct tb_json *data)
{
    struct tb_json *list = tb_json_set_list(call->arena, data, "events");
    for (size_t i = 0; i < TB_COUNT(events); i++) {
        struct tb_json *row = web__object(call);
        struct tb_json *services = tb_json_set_list(call->arena, row, "services");
        for (size_t k = 1; k < EVENT_TERMS; k++) {
            if (finds(call, &events[i].terms[k]))
                put_term(call, tb_json_add(services, web__object(call)), &events[i].terms[k]);
        }
        if (services->first == NULL)
            continue;
        tb_json_set_text(call->arena, row, "plate", tb_str_of(events[i].plate));
        if (finds(call, &events[i].terms[0]))
            put_term(call, row, &events[i].terms[0]);
        else
            tb_json_set_text(call->arena, row, "title",
                             web__tell(call, events[i].terms[0].word, NULL));
        tb_json_add(list, row);
    }
}

void
web__home(struct web__call *call)
{
    const struct tb_json *found;
    struct tb_json *data = web__object(call);
    if (!web__ask(call, WEB_OP_DEPARTMENTS, NULL, &found))
        return;
    tb_json_set(data, "departments", tb_json_copy(call->arena, tb_json_get(found, "departments")));
    tb_json_set_int(call->arena, data, "total", tb_json_get_int(found, "total", 0));
    put_often(call, data);
    put_events(call, data);
    web__show(call, 200, WEB_VIEW_home, data);
}
