/* SPDX-License-Identifier: Apache-2.0 */
/* bpmn_check.c - what holds a process together: ids, ends of flows, gateways, starts, ways through it.
 *
 * All faults are told at once. What hangs on an element that is not run is not told a second time. */
#include "bpmn/bpmn_internal.h"

static tb_str
label(struct bpmn__compile *c, const struct bpmn__node *node)
{
    return node->e.name.len > 0 ? tb_printf(c->arena, TB_FMT " (" TB_FMT ")", TB_ARG(node->e.id),
                                            TB_ARG(node->e.name))
                                : node->e.id;
}

static void
node_fault(struct bpmn__compile *c, const struct bpmn__node *node, const char *zh, const char *en)
{
    bpmn__fault(c, node->e.line, "structure",
                tb_printf(c->arena, TB_FMT "：%s", TB_ARG(label(c, node)), zh),
                tb_printf(c->arena, TB_FMT ": %s", TB_ARG(label(c, node)), en));
}

static void
check_ids(struct bpmn__compile *c, struct bpmn_process *process)
{
    if (process->id.len == 0)
        bpmn__fault(c, process->line, "missing", TB_STR("流程没有 id"),
                    TB_STR("the process has no id"));
    for (int32_t i = 0; i < process->node_count; i++) {
        const struct bpmn__node *node = &process->nodes[i];
        if (node->e.id.len == 0)
            bpmn__fault(c, node->e.line, "missing", TB_STR("元素没有 id"),
                        TB_STR("the element has no id"));
        else if (bpmn_element_find(process, node->e.id) != &node->e)
            node_fault(c, node, "id 重复", "another element has this id");
    }
}

/* A state remembers by which flow a token came, so flows have names of their own too. */
static void
check_flow_ids(struct bpmn__compile *c, const struct bpmn_process *process)
{
    for (int32_t i = 0; i < process->flow_count; i++) {
        const struct bpmn__flow *flow = &process->flows[i];
        bool is_double = bpmn_element_find(process, flow->id) != NULL;
        for (int32_t k = 0; k < i && !is_double; k++)
            is_double = tb_str_eq(process->flows[k].id, flow->id);
        if (is_double && flow->id.len > 0)
            bpmn__fault(c, flow->line, "structure",
                        tb_printf(c->arena, "连线的 id 重复：" TB_FMT, TB_ARG(flow->id)),
                        tb_printf(c->arena, "another element has the id " TB_FMT " of this flow",
                                  TB_ARG(flow->id)));
    }
}

/* Fills in and out of every node. */
static void
connect(struct bpmn__compile *c, struct bpmn_process *process)
{
    for (int32_t i = 0; i < process->flow_count; i++) {
        const struct bpmn__flow *flow = &process->flows[i];
        if (flow->source >= 0 && flow->target >= 0) {
            process->nodes[flow->source].out_count++;
            process->nodes[flow->target].in_count++;
        }
    }
    for (int32_t i = 0; i < process->node_count; i++) {
        struct bpmn__node *node = &process->nodes[i];
        node->out = TB_NEW_ARRAY(c->arena, (size_t)node->out_count, int32_t);
        node->in = TB_NEW_ARRAY(c->arena, (size_t)node->in_count, int32_t);
        node->out_count = node->in_count = 0;
    }
    for (int32_t i = 0; i < process->flow_count; i++) {
        const struct bpmn__flow *flow = &process->flows[i];
        if (flow->source < 0 || flow->target < 0)
            continue;
        struct bpmn__node *source = &process->nodes[flow->source],
                          *target = &process->nodes[flow->target];
        source->out[source->out_count++] = i;
        target->in[target->in_count++] = i;
        if (source->default_ref.len > 0 && tb_str_eq(source->default_ref, flow->id))
            source->default_flow = i;
        if (source->e.parent != target->e.parent)
            bpmn__fault(c, flow->line, "structure",
                        tb_printf(c->arena, "连线 " TB_FMT " 跨出了子流程", TB_ARG(flow->id)),
                        tb_printf(c->arena, "flow " TB_FMT " crosses the border of a subprocess",
                                  TB_ARG(flow->id)));
    }
}

static bool
is_activity(bpmn_kind kind)
{
    return kind == BPMN_USER_TASK || kind == BPMN_MANUAL_TASK || kind == BPMN_TASK ||
           kind == BPMN_SERVICE_TASK || kind == BPMN_SEND_TASK || kind == BPMN_RECEIVE_TASK ||
           kind == BPMN_BUSINESS_RULE_TASK || kind == BPMN_SUBPROCESS || kind == BPMN_CALL_ACTIVITY;
}

static void
attach_boundaries(struct bpmn__compile *c, struct bpmn_process *process)
{
    for (int32_t i = 0; i < process->node_count; i++) {
        struct bpmn__node *node = &process->nodes[i];
        if (node->e.kind != BPMN_TIMER_BOUNDARY)
            continue;
        const struct bpmn_element *host = bpmn_element_find(process, node->attached_ref);
        if (host == NULL || !is_activity(host->kind)) {
            node_fault(c, node, "attachedToRef 要指向一个任务或子流程",
                       "attachedToRef must name a task or subprocess");
            continue;
        }
        if (node->is_known && process->nodes[host->index].is_known &&
            !bpmn_element_rows[host->kind].waits)
            node_fault(c, node, "它附着的任务不会停留，计时永远不会到",
                       "its task never waits, so the timer can never ring");
        node->e.attached_to = host->index;
        process->nodes[host->index].boundary_count++;
    }
    for (int32_t i = 0; i < process->node_count; i++) {
        struct bpmn__node *node = &process->nodes[i];
        node->boundaries = TB_NEW_ARRAY(c->arena, (size_t)node->boundary_count, int32_t);
        node->boundary_count = 0;
    }
    for (int32_t i = 0; i < process->node_count; i++) {
        int32_t host = process->nodes[i].e.attached_to;
        if (host >= 0)
            process->nodes[host].boundaries[process->nodes[host].boundary_count++] = i;
    }
}

static void
check_conditions(struct bpmn__compile *c, const struct bpmn_process *process,
                 const struct bpmn__node *node)
{
    bool is_choice = node->e.kind == BPMN_EXCLUSIVE_GATEWAY;
    if (node->default_ref.len > 0 && node->default_flow < 0)
        node_fault(c, node, "default 指向的连线不从这里出去",
                   "its default is no flow that leaves it");
    for (int32_t i = 0; i < node->out_count; i++) {
        const struct bpmn__flow *flow = &process->flows[node->out[i]];
        bool is_default = node->out[i] == node->default_flow;
        if (is_choice && node->out_count > 1 && !flow->is_conditional && !is_default)
            bpmn__fault(c, flow->line, "structure",
                        tb_printf(c->arena, "单选网关的连线 " TB_FMT " 没有条件，也不是 default",
                                  TB_ARG(flow->id)),
                        tb_printf(c->arena,
                                  "flow " TB_FMT
                                  " of an exclusive gateway has no condition and is no default",
                                  TB_ARG(flow->id)));
        if (flow->is_conditional && !is_choice && !is_activity(node->e.kind) && node->is_known)
            bpmn__fault(
                c, flow->line, "structure",
                tb_printf(c->arena,
                          "连线 " TB_FMT " 的条件不会被判断：只有单选网关和任务之后可以有条件",
                          TB_ARG(flow->id)),
                tb_printf(c->arena,
                          "the condition of flow " TB_FMT
                          " is never asked: only exclusive gateways and tasks have conditions",
                          TB_ARG(flow->id)));
    }
}

static void
check_node(struct bpmn__compile *c, const struct bpmn_process *process,
           const struct bpmn__node *node)
{
    bpmn_kind kind = node->e.kind;
    check_conditions(c, process, node);
    if ((kind == BPMN_START || kind == BPMN_TIMER_BOUNDARY) && node->in_count > 0)
        node_fault(c, node, "这里不能有进来的连线", "no flow can lead here");
    if ((kind == BPMN_END || kind == BPMN_END_TERMINATE) && node->out_count > 0)
        node_fault(c, node, "结束之后不能再有连线", "no flow can leave an end");
    if ((kind == BPMN_START || kind == BPMN_TIMER_BOUNDARY || kind == BPMN_TIMER_CATCH) &&
        node->out_count == 0)
        node_fault(c, node, "没有出去的连线", "no flow leaves it");
}

/* The starts of a scope: of the process (parent -1) or of a subprocess. */
static int32_t
count_starts(const struct bpmn_process *process, int32_t parent)
{
    int32_t count = 0;
    for (int32_t i = 0; i < process->node_count; i++)
        count +=
            process->nodes[i].e.kind == BPMN_START && process->nodes[i].e.parent == parent ? 1 : 0;
    return count;
}

/* Marks what can be reached: along flows, into subprocesses by their starts, out of boundary events. */
static void
mark_reachable(const struct bpmn_process *process, bool *is_reached, int32_t *queue)
{
    int32_t count = 0;
    for (int32_t i = 0; i < process->node_count; i++)
        if (process->nodes[i].e.kind == BPMN_START && process->nodes[i].e.parent == -1)
            queue[count++] = i;
    for (int32_t i = 0; i < count; i++)
        is_reached[queue[i]] = true;
    for (int32_t at = 0; at < count; at++) {
        const struct bpmn__node *node = &process->nodes[queue[at]];
        for (int32_t i = 0; i < process->node_count; i++) {
            const struct bpmn_element *other = &process->nodes[i].e;
            bool is_inside = node->e.kind == BPMN_SUBPROCESS && other->parent == node->e.index &&
                             (other->kind == BPMN_START || !node->is_known);
            if (!is_reached[i] && (is_inside || other->attached_to == node->e.index)) {
                is_reached[i] = true;
                queue[count++] = i;
            }
        }
        for (int32_t i = 0; i < node->out_count; i++) {
            int32_t target = process->flows[node->out[i]].target;
            if (!is_reached[target]) {
                is_reached[target] = true;
                queue[count++] = target;
            }
        }
    }
}

static void
check_ways(struct bpmn__compile *c, const struct bpmn_process *process)
{
    if (count_starts(process, -1) == 0)
        bpmn__fault(
            c, process->line, "structure",
            tb_printf(c->arena, "流程 " TB_FMT " 没有开始事件", TB_ARG(process->id)),
            tb_printf(c->arena, "process " TB_FMT " has no start event", TB_ARG(process->id)));
    for (int32_t i = 0; i < process->node_count; i++) {
        const struct bpmn__node *node = &process->nodes[i];
        if (node->e.kind == BPMN_SUBPROCESS && node->is_known && count_starts(process, i) != 1)
            node_fault(c, node, "子流程要有一个开始事件",
                       "a subprocess has exactly one start event");
    }
    bool *is_reached = TB_NEW_ARRAY(c->arena, (size_t)process->node_count, bool);
    mark_reachable(process, is_reached,
                   TB_NEW_ARRAY(c->arena, (size_t)process->node_count, int32_t));
    for (int32_t i = 0; i < process->node_count; i++)
        if (!is_reached[i] && count_starts(process, -1) > 0)
            node_fault(c, &process->nodes[i], "从开始走不到这里",
                       "it cannot be reached from the start");
}

void
bpmn__check_process(struct bpmn__compile *c, struct bpmn_process *process)
{
    check_ids(c, process);
    check_flow_ids(c, process);
    connect(c, process);
    attach_boundaries(c, process);
    for (int32_t i = 0; i < process->node_count; i++)
        check_node(c, process, &process->nodes[i]);
    check_ways(c, process);
}
