/* SPDX-License-Identifier: Apache-2.0 */
/* The timeline of a case: what happened, named so that a reader knows which step, papers or certificate is meant. */
#include "cases/cases_internal.h"

/* Is the step the same thing as a decision or the closing noted at the same instant? Then the applicant
 * reads it once. The closing says that the case is archived: nobody reads that twice. */
static bool
repeats_another(const struct cases__telling *telling, const struct cases__event *event)
{
    static const char *const said[] = {"decided", "closed", "archived"};
    bool is_archived = tb_str_is(event->kind, "archived");
    if (is_archived && telling->is_over) {
        for (size_t i = 0; i < telling->events->count; i++)
            if (tb_str_is(telling->events->items[i].kind, "closed"))
                return true;
    }
    if (telling->is_staff || !tb_str_is(event->kind, "task_done"))
        return false;
    for (size_t i = 0; i < telling->events->count; i++) {
        if (telling->events->items[i].happened_at != event->happened_at)
            continue;
        for (size_t k = 0; k < TB_COUNT(said); k++) {
            if (tb_str_is(telling->events->items[i].kind, said[k]))
                return true;
        }
    }
    return false;
}

static tb_str
material_name(const struct cases__telling *telling, tb_str id)
{
    const struct packs_material *row = packs_material_find(telling->pack, id);
    tb_str name = packs_text(telling->pack, telling->lang,
                             tb_printf(telling->arena, "material." TB_FMT ".name", TB_ARG(id)));
    return name.len > 0 ? name : row != NULL ? row->name : id;
}

/* The papers that came after the notices told before this event, by name: "甲、乙". */
static tb_str
names_of_supplement(const struct cases__telling *telling, size_t at)
{
    struct tb_buf buf = {.arena = telling->arena};
    int64_t round = 0;
    for (size_t i = 0; i < at; i++)
        round += tb_str_is(telling->events->items[i].kind, "deficiency_told");
    for (size_t i = 0; i < telling->papers->count; i++) {
        const struct cases__paper *paper = &telling->papers->items[i];
        if (paper->round != round || !tb_str_is(paper->state, "given"))
            continue;
        if (buf.len > 0)
            tb_buf_cstr(&buf, cases__is_en(telling->lang) ? ", " : "、");
        tb_buf_str(&buf, material_name(telling, paper->material));
    }
    return tb_buf_done(&buf);
}

/* The name of the certificate with this mark. */
static tb_str
name_of_certificate(const struct cases__telling *telling, tb_str mark)
{
    TB_JSON_EACH(row, telling->certificates)
    {
        if (tb_str_eq(tb_json_get_text(row, "mark"), mark))
            return tb_json_get_text(row, "name");
    }
    return TB_STR("");
}

/* What the line says under its title. */
static tb_str
event_text(const struct cases__telling *telling, size_t at)
{
    const struct cases__event *event = &telling->events->items[at];
    const struct tb_json *data = cases__json(telling->arena, event->data);
    tb_str outcome = tb_json_get_text(data, "outcome");
    if (outcome.len > 0)
        return cases__word_of(telling->lang, telling->arena, "outcome", outcome);
    if (tb_str_is(event->kind, "supplemented"))
        return names_of_supplement(telling, at);
    if (tb_str_is(event->kind, "certificate_issued"))
        return name_of_certificate(telling, tb_json_get_text(data, "mark"));
    return TB_STR("");
}

/* "环节办完：书面审查": a step is named in the title, an outcome stands under it. */
static tb_str
event_title(const struct cases__telling *telling, const struct cases__event *event)
{
    tb_str element = tb_json_get_text(cases__json(telling->arena, event->data), "element");
    tb_str title = cases__word_of(telling->lang, telling->arena, "event", event->kind);
    if (element.len == 0)
        return title;
    tb_str name =
        packs_words(telling->arena, telling->pack, telling->lang, "task." TB_FMT, TB_ARG(element));
    return tb_printf(telling->arena, TB_FMT "%s" TB_FMT, TB_ARG(title),
                     cases__is_en(telling->lang) ? ": " : "：", TB_ARG(name));
}

static void
set_instant(struct tb_arena *arena, struct tb_json *json, const char *key, int64_t at)
{
    cases__set(arena, json, key,
               at != 0 ? tb_json_new_text(arena, tb_instant_format(arena, at)) : NULL);
}

struct tb_json *
cases__timeline_json(const struct cases__telling *telling)
{
    struct tb_json *list = tb_json_new(telling->arena, TB_JSON_LIST);
    for (size_t i = 0; i < telling->events->count; i++) {
        const struct cases__event *event = &telling->events->items[i];
        if (repeats_another(telling, event))
            continue;
        struct tb_json *row = tb_json_add(list, cases__object(telling->arena));
        set_instant(telling->arena, row, "at", event->happened_at);
        set_instant(telling->arena, row, "recorded_at", event->recorded_at);
        tb_json_set_text(telling->arena, row, "kind", event->kind);
        tb_json_set_text(telling->arena, row, "title", event_title(telling, event));
        tb_json_set_text(telling->arena, row, "text", event_text(telling, i));
        tb_json_set_text(telling->arena, row, "basis", event->basis);
        tb_json_set_text(
            telling->arena, row, "basis_words",
            cases__clause_words(telling->arena, telling->pack, event->basis, telling->lang));
        tb_json_set_text(telling->arena, row, "by",
                         event->actor == 0 ? TB_STR("system") : TB_STR("person"));
    }
    return list;
}
