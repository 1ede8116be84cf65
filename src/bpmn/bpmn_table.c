/* SPDX-License-Identifier: Apache-2.0 */
/* bpmn_table.c - elements and actions as rows. */
#include "bpmn/bpmn_internal.h"

#define GROUPS                                                                                     \
    "candidateGroups (camunda, activiti, flowable), zeebe:assignmentDefinition, potentialOwner; "
#define JOBS "camunda:topic, zeebe:taskDefinition type"

/* clang-format off */
const struct bpmn_element_row bpmn_element_rows[BPMN_KIND_COUNT] = {
    [BPMN_START]              = {"startEvent", "开始", "start", "", false},
    [BPMN_END]                = {"endEvent", "结束", "end", "", false},
    [BPMN_END_TERMINATE]      = {"endEvent", "全部终止", "terminate end", "", false},
    [BPMN_USER_TASK]          = {"userTask", "人工任务", "user task",
                                 GROUPS "assignee; camunda:formKey, camunda:formRef, zeebe:formDefinition", true},
    [BPMN_MANUAL_TASK]        = {"manualTask", "线下任务", "manual task", "", false},
    [BPMN_TASK]               = {"task", "任务", "task", "", false},
    [BPMN_SERVICE_TASK]       = {"serviceTask", "系统任务", "service task", JOBS, true},
    [BPMN_SEND_TASK]          = {"sendTask", "发送任务", "send task", JOBS, true},
    [BPMN_RECEIVE_TASK]       = {"receiveTask", "等待消息", "receive task", "", true},
    [BPMN_BUSINESS_RULE_TASK] = {"businessRuleTask", "规则任务", "business-rule task",
                                 "camunda:decisionRef, zeebe:calledDecision; camunda:resultVariable", false},
    [BPMN_EXCLUSIVE_GATEWAY]  = {"exclusiveGateway", "单选网关", "exclusive gateway", "", false},
    [BPMN_PARALLEL_GATEWAY]   = {"parallelGateway", "并行网关", "parallel gateway", "", false},
    [BPMN_TIMER_CATCH]        = {"intermediateCatchEvent", "等到时间", "timer event", "", true},
    [BPMN_TIMER_BOUNDARY]     = {"boundaryEvent", "到时事件", "boundary timer", "", true},
    [BPMN_SUBPROCESS]         = {"subProcess", "子流程", "subprocess", "", true},
    [BPMN_CALL_ACTIVITY]      = {"callActivity", "调用流程", "call activity", "zeebe:calledElement processId", true},
};

static const char *const action_words[BPMN_ACTION_COUNT] = {
    [BPMN_CREATE_TASK]   = "create_task",   [BPMN_CANCEL_TASK]    = "cancel_task",
    [BPMN_ARM_TIMER]     = "arm_timer",     [BPMN_DISARM_TIMER]   = "disarm_timer",
    [BPMN_RUN_JOB]       = "run_job",       [BPMN_CANCEL_JOB]     = "cancel_job",
    [BPMN_AWAIT_MESSAGE] = "await_message", [BPMN_CANCEL_MESSAGE] = "cancel_message",
    [BPMN_CALL]          = "call",          [BPMN_CANCEL_CALL]    = "cancel_call",
    [BPMN_COMPLETED]     = "completed",
};
/* clang-format on */

const char *
bpmn_action_word(bpmn_action_kind kind)
{
    tb_assert(kind < BPMN_ACTION_COUNT);
    return action_words[kind];
}

size_t
bpmn_process_count(const struct bpmn_model *model)
{
    return model->process_count;
}

const struct bpmn_process *
bpmn_process_at(const struct bpmn_model *model, size_t index)
{
    tb_assert(index < model->process_count);
    return &model->processes[index];
}

const struct bpmn_process *
bpmn_process_find(const struct bpmn_model *model, tb_str id)
{
    for (size_t i = 0; i < model->process_count; i++)
        if (tb_str_eq(model->processes[i].id, id))
            return &model->processes[i];
    return NULL;
}

tb_str
bpmn_process_id(const struct bpmn_process *process)
{
    return process->id;
}

tb_str
bpmn_process_name(const struct bpmn_process *process)
{
    return process->name;
}

bool
bpmn_process_is_executable(const struct bpmn_process *process)
{
    return process->is_executable;
}

size_t
bpmn_element_count(const struct bpmn_process *process)
{
    return (size_t)process->node_count;
}

const struct bpmn_element *
bpmn_element_at(const struct bpmn_process *process, size_t index)
{
    tb_assert(index < (size_t)process->node_count);
    return &process->nodes[index].e;
}

const struct bpmn_element *
bpmn_element_find(const struct bpmn_process *process, tb_str id)
{
    for (int32_t i = 0; i < process->node_count; i++)
        if (tb_str_eq(process->nodes[i].e.id, id))
            return &process->nodes[i].e;
    return NULL;
}
