/* SPDX-License-Identifier: Apache-2.0 */
/* The limit of one stage of a process, kept in its task so that lists and supervision need not reckon. Time that
 * lawfully does not count does not count here either: after a pause or a supplement the day is reckoned anew. */
#include "cases/cases_internal.h"

tb_str
cases__stage_due(struct cases__act *act, tb_str element)
{
    const struct packs_task *row = packs_task_find(act->pack, act->is.process, element);
    struct clock_period period;
    struct clock_due due;
    struct clock_when when = {.day = tb_instant_day(act->now), .minute = -1};
    if (row == NULL || row->stage.len == 0 ||
        clock_period_parse(row->stage, &period, NULL) != TB_OK ||
        clock_due(act->cases->options.calendar, NULL, when, period, &due, NULL) != TB_OK)
        return TB_STR_NONE;
    return tb_date_format(act->arena, due.day);
}

static tb_status
save_due(struct cases__act *act, const struct cases__task *task, tb_str due, struct tb_err *err)
{
    if (due.len == 0 || tb_str_eq(due, task->due))
        return TB_OK;
    return store_update(act->tx, "tasks", task->id, -1, STORE_VALUES(STORE_SET_DAY("due", due)),
                        err);
}

/* The last run of a stage in the reckoning; absent when it has no limit. */
static tb_str
reckoned_due(struct tb_arena *arena, const struct clock_reckoning *found, tb_str element)
{
    tb_str due = TB_STR_NONE;
    for (size_t i = 0; i < found->deadline_count; i++) {
        if (tb_str_eq(found->deadlines[i].stage, element))
            due = tb_date_format(arena, found->deadlines[i].due.day);
    }
    return due;
}

tb_status
cases__stages_after_pause(struct cases__act *act, struct tb_err *err)
{
    struct clock_rules rules;
    struct clock_reckoning found;
    struct cases__events events;
    struct cases__tasks tasks;
    TB_TRY(cases__rules(act->arena, act->pack, act->item, cases__json(act->arena, act->is.extra),
                        &rules, err));
    TB_TRY(cases__load_events(act->arena, act->read, act->is.id, &events, err));
    TB_TRY(cases__load_tasks(act->arena, act->read, act->is.id, &tasks, err));
    TB_TRY(cases__reckon(act->arena, act->cases, &rules, &events, &tasks, act->now, &found, err));
    for (size_t i = 0; i < tasks.count; i++) {
        const struct cases__task *task = &tasks.items[i];
        if (tb_str_is(task->state, "open"))
            TB_TRY(save_due(act, task, reckoned_due(act->arena, &found, task->element), err));
    }
    return TB_OK;
}

tb_status
cases__stages_anew(struct cases__act *act, struct tb_err *err)
{
    struct cases__tasks tasks;
    TB_TRY(cases__load_tasks(act->arena, act->read, act->is.id, &tasks, err));
    for (size_t i = 0; i < tasks.count; i++) {
        const struct cases__task *task = &tasks.items[i];
        if (tb_str_is(task->state, "open"))
            TB_TRY(save_due(act, task, cases__stage_due(act, task->element), err));
    }
    return TB_OK;
}
