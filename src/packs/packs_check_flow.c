/* SPDX-License-Identifier: Apache-2.0 */
/* packs_check_flow.c - processes and what their tasks offer: roles, jobs, outcomes, stages. */
#include "packs/packs_check_internal.h"

/* Names of op_roles that may hold tasks, and the jobs of the kernel. packs knows neither module, only the words. */
static const char *const roles[] = {"clerk", "reviewer", "surveyor",   "approver",
                                    "head",  "issuer",   "supervisor", "archivist"};
static const char *const jobs[] = {"accept",          "decide",        "issue_certificate",
                                   "end_certificate", "publish_grant", "push_supervision",
                                   "archive",         "open_rating",   "notify",
                                   "outside_leg",     "close"};

static void
check_roles(const struct packs__check *check, tb_str file, const struct bpmn_element *element)
{
    tb_str groups = element->candidate_groups, one;
    if (groups.len == 0)
        packs__fault(check->faults, file, element->line, "no_role", "任务 %.*s 没有写由哪个角色办",
                     "the task %.*s names no role", TB_ARG(element->id));
    while (groups.len > 0 && tb_str_cut(&groups, ',', &one))
        if (!packs__is_one_of(tb_str_trim(one), roles, TB_COUNT(roles)))
            packs__fault(check->faults, file, element->line, "dangling",
                         "任务 %.*s 的角色 %.*s 不存在",
                         "the task %.*s names a role %.*s that does not exist", TB_ARG(element->id),
                         TB_ARG(tb_str_trim(one)));
}

static void
check_user_task(const struct packs__check *check, const struct packs_process *process,
                const struct bpmn_element *element)
{
    const struct packs_task *row = packs_task_find(check->pack, process->id, element->id);
    check_roles(check, process->file, element);
    packs__need_words(check, process->file, element->line,
                      tb_printf(check->arena, "task." TB_FMT, TB_ARG(element->id)));
    if (row == NULL)
        packs__fault(check->faults, process->file, element->line, "no_task_row",
                     "tasks.csv 里没有 %.*s 的任务 %.*s",
                     "tasks.csv has no row for %.*s, task %.*s", TB_ARG(process->id),
                     TB_ARG(element->id));
}

static void
check_element(const struct packs__check *check, const struct packs_process *process,
              const struct bpmn_element *element)
{
    switch (element->kind) {
    case BPMN_USER_TASK:
        check_user_task(check, process, element);
        break;
    case BPMN_SERVICE_TASK:
    case BPMN_SEND_TASK:
        if (!packs__is_one_of(element->job, jobs, TB_COUNT(jobs)))
            packs__fault(check->faults, process->file, element->line, "dangling",
                         "%.*s 的工作 %.*s 系统里没有",
                         "%.*s names a job %.*s that the kernel does not have", TB_ARG(element->id),
                         TB_ARG(element->job));
        break;
    case BPMN_BUSINESS_RULE_TASK:
        if (packs_decision_model(check->pack, element->decision) == NULL)
            packs__fault(check->faults, process->file, element->line, "dangling",
                         "%.*s 用的决策 %.*s 不存在",
                         "%.*s names a decision %.*s that does not exist", TB_ARG(element->id),
                         TB_ARG(element->decision));
        break;
    case BPMN_CALL_ACTIVITY:
        if (packs_process_find(check->pack, element->called) == NULL)
            packs__fault(check->faults, process->file, element->line, "dangling",
                         "%.*s 调用的流程 %.*s 不存在",
                         "%.*s calls a process %.*s that does not exist", TB_ARG(element->id),
                         TB_ARG(element->called));
        break;
    default:
        break;
    }
}

static void
check_task_row(const struct packs__check *check, const struct packs_task *row)
{
    static const char *const kinds[] = {"work", "survey", "outside", "issue"};
    tb_str file = TB_STR("tasks.csv"), outcomes = row->outcomes, one;
    const struct packs_process *process = packs_process_find(check->pack, row->process);
    const struct bpmn_element *element = process != NULL && process->compiled != NULL
                                             ? bpmn_element_find(process->compiled, row->element)
                                             : NULL;
    if (element == NULL || element->kind != BPMN_USER_TASK)
        packs__fault(check->faults, file, row->line, "dangling", "流程 %.*s 里没有人工任务 %.*s",
                     "the process %.*s has no user task %.*s", TB_ARG(row->process),
                     TB_ARG(row->element));
    if (!packs__is_one_of(row->kind, kinds, TB_COUNT(kinds)))
        packs__fault(check->faults, file, row->line, "not_a_choice",
                     "kind 写的是 %.*s，应是 work、survey、outside 或 issue",
                     "kind is %.*s; work, survey, outside or issue is accepted", TB_ARG(row->kind));
    if (row->stage.len > 0 && !packs__period_is_valid(row->stage))
        packs__fault(check->faults, file, row->line, "period", "环节期限 %.*s 写法不对",
                     "stage period %.*s is not understood", TB_ARG(row->stage));
    while (outcomes.len > 0 && tb_str_cut(&outcomes, '|', &one))
        packs__need_words(check, file, row->line,
                          tb_printf(check->arena, "task." TB_FMT ".outcome." TB_FMT,
                                    TB_ARG(row->element), TB_ARG(one)));
}

/* Stages in working days must not add up to more than the promise. */
static void
check_stage_sum(const struct packs__check *check, const struct packs_item *item)
{
    int64_t sum = 0, promised = 0, days;
    tb_str number =
        tb_str_sub(item->promised, 0, item->promised.len > 2 ? item->promised.len - 2 : 0);
    if (!tb_str_ends(item->promised, TB_STR("wd")) || !tb_str_to_int(number, &promised))
        return;
    for (size_t i = 0; i < check->pack->tasks_count; i++) {
        tb_str stage = check->pack->tasks[i].stage;
        if (tb_str_eq(check->pack->tasks[i].process, item->process) &&
            tb_str_ends(stage, TB_STR("wd")) && !tb_str_is(check->pack->tasks[i].kind, "issue") &&
            !tb_str_is(check->pack->tasks[i].kind, "outside") &&
            tb_str_to_int(tb_str_sub(stage, 0, stage.len - 2), &days))
            sum += days;
    }
    if (sum > promised)
        packs__fault(check->faults, TB_STR("items.csv"), item->line, "stages_too_long",
                     "%.*s：各环节加起来 %d 个工作日，超过承诺的 %d",
                     "%.*s: the stages add up to %d working days, more than the promised %d",
                     TB_ARG(item->id), (int)sum, (int)promised);
}

void
packs__check_flow(const struct packs__check *check)
{
    const struct packs_pack *pack = check->pack;
    for (size_t i = 0; i < pack->processes_count; i++)
        for (size_t j = 0; pack->processes[i].compiled != NULL &&
                           j < bpmn_element_count(pack->processes[i].compiled);
             j++)
            check_element(check, &pack->processes[i],
                          bpmn_element_at(pack->processes[i].compiled, j));
    for (size_t i = 0; i < pack->tasks_count; i++)
        check_task_row(check, &pack->tasks[i]);
    for (size_t i = 0; i < pack->items_count; i++) {
        const struct packs_item *item = &pack->items[i];
        const struct packs_process *process = packs_process_find(pack, item->process);
        check_stage_sum(check, item);
        if (process != NULL && process->compiled != NULL && item->survey_department.len > 0 &&
            bpmn_element_find(process->compiled, TB_STR("survey")) == NULL)
            packs__fault(check->faults, TB_STR("items.csv"), item->line, "no_survey",
                         "%.*s 写了核查单位，流程里却没有现场核查",
                         "%.*s names who surveys, but its process has no survey", TB_ARG(item->id));
    }
}
