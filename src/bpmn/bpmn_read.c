/* SPDX-License-Identifier: Apache-2.0 */
/* bpmn_read.c - from XML to nodes and flows.
 *
 * Three kinds of names: those that are run, those that only decorate (documentation, lanes, data, pictures), and those
 * that would do something at run time which this engine does not do. The last are faults, each with its line: a model
 * is never run as if they were not there. */
#include "bpmn/bpmn_internal.h"
#include <string.h>

void
bpmn__fault(struct bpmn__compile *c, int32_t line, const char *code, tb_str zh, tb_str en)
{
    tb_fault_add(c->faults, tb_printf(c->arena, TB_FMT ":%d", TB_ARG(c->file), line), code, zh, en);
}

/* ---- names ---- */

typedef enum { IS_NODE, IS_FLOW, IS_DECORATION, IS_NOT_RUN, IS_UNKNOWN } name_class;

struct name_row {
    const char *name;
    name_class class;
    bpmn_kind kind;
};

/* clang-format off */
static const struct name_row names[] = {
    {"startEvent",             IS_NODE, BPMN_START},
    {"endEvent",               IS_NODE, BPMN_END},
    {"userTask",               IS_NODE, BPMN_USER_TASK},
    {"manualTask",             IS_NODE, BPMN_MANUAL_TASK},
    {"task",                   IS_NODE, BPMN_TASK},
    {"serviceTask",            IS_NODE, BPMN_SERVICE_TASK},
    {"sendTask",               IS_NODE, BPMN_SEND_TASK},
    {"receiveTask",            IS_NODE, BPMN_RECEIVE_TASK},
    {"businessRuleTask",       IS_NODE, BPMN_BUSINESS_RULE_TASK},
    {"exclusiveGateway",       IS_NODE, BPMN_EXCLUSIVE_GATEWAY},
    {"parallelGateway",        IS_NODE, BPMN_PARALLEL_GATEWAY},
    {"intermediateCatchEvent", IS_NODE, BPMN_TIMER_CATCH},
    {"boundaryEvent",          IS_NODE, BPMN_TIMER_BOUNDARY},
    {"subProcess",             IS_NODE, BPMN_SUBPROCESS},
    {"callActivity",           IS_NODE, BPMN_CALL_ACTIVITY},
    {"sequenceFlow",           IS_FLOW, BPMN_TASK},
    {"scriptTask",             IS_NOT_RUN, BPMN_TASK},
    {"inclusiveGateway",       IS_NOT_RUN, BPMN_PARALLEL_GATEWAY},
    {"eventBasedGateway",      IS_NOT_RUN, BPMN_PARALLEL_GATEWAY},
    {"complexGateway",         IS_NOT_RUN, BPMN_PARALLEL_GATEWAY},
    {"intermediateThrowEvent", IS_NOT_RUN, BPMN_TASK},
    {"implicitThrowEvent",     IS_NOT_RUN, BPMN_TASK},
    {"transaction",            IS_NOT_RUN, BPMN_SUBPROCESS},
    {"adHocSubProcess",        IS_NOT_RUN, BPMN_SUBPROCESS},
    {"subChoreography",        IS_NOT_RUN, BPMN_SUBPROCESS},
    {"choreographyTask",       IS_NOT_RUN, BPMN_TASK},
    {"callChoreography",       IS_NOT_RUN, BPMN_TASK},
    {"event",                  IS_NOT_RUN, BPMN_TASK},
    {"documentation", IS_DECORATION, 0}, {"extensionElements", IS_DECORATION, 0}, {"laneSet", IS_DECORATION, 0},
    {"association", IS_DECORATION, 0}, {"textAnnotation", IS_DECORATION, 0}, {"group", IS_DECORATION, 0},
    {"dataObject", IS_DECORATION, 0}, {"dataObjectReference", IS_DECORATION, 0}, {"property", IS_DECORATION, 0},
    {"dataStoreReference", IS_DECORATION, 0}, {"ioSpecification", IS_DECORATION, 0}, {"auditing", IS_DECORATION, 0},
    {"monitoring", IS_DECORATION, 0}, {"resourceRole", IS_DECORATION, 0}, {"performer", IS_DECORATION, 0},
    {"humanPerformer", IS_DECORATION, 0}, {"potentialOwner", IS_DECORATION, 0}, {"incoming", IS_DECORATION, 0},
    {"outgoing", IS_DECORATION, 0}, {"supports", IS_DECORATION, 0}, {"correlationSubscription", IS_DECORATION, 0},
    {"dataInputAssociation", IS_DECORATION, 0}, {"dataOutputAssociation", IS_DECORATION, 0},
    {"ioBinding", IS_DECORATION, 0}, {"artifact", IS_DECORATION, 0}, {"supportedInterfaceRef", IS_DECORATION, 0},
    {"rendering", IS_DECORATION, 0}, {"categoryValueRef", IS_DECORATION, 0},
};
static const char *const extension_spaces[] = {
    "http://camunda.org/schema/1.0/bpmn", "http://activiti.org/bpmn", "http://flowable.org/bpmn",
};
/* clang-format on */

#define ZEEBE "http://camunda.org/schema/zeebe/1.0"

static const struct name_row *
find_name(const struct tb_xml *element)
{
    static const struct name_row unknown = {"", IS_UNKNOWN, BPMN_TASK},
                                 foreign = {"", IS_DECORATION, BPMN_TASK};
    if (!tb_str_is(element->ns, BPMN__NS))
        return &foreign;
    for (size_t i = 0; i < TB_COUNT(names); i++)
        if (tb_str_is(element->name, names[i].name))
            return &names[i];
    return &unknown;
}

/* ---- attributes ---- */

static tb_str
keep(struct bpmn__compile *c, tb_str text)
{
    text = tb_str_trim(text);
    return text.len > 0 ? tb_str_copy(c->arena, text) : TB_STR_NONE;
}

/* An attribute of one of the engines whose files are read, or of zeebe's element of that name. */
static tb_str
extension(struct bpmn__compile *c, const struct tb_xml *element, const char *attribute)
{
    for (size_t i = 0; i < TB_COUNT(extension_spaces); i++) {
        tb_str value = tb_xml_attr_ns(element, extension_spaces[i], attribute);
        if (value.ptr != NULL)
            return keep(c, value);
    }
    return TB_STR_NONE;
}

static tb_str
zeebe(struct bpmn__compile *c, const struct tb_xml *element, const char *name,
      const char *attribute)
{
    const struct tb_xml *extensions = tb_xml_child(element, "extensionElements");
    if (extensions == NULL)
        return TB_STR_NONE;
    TB_XML_EACH(child, extensions)
    if (tb_str_is(child->ns, ZEEBE) && tb_str_is(child->name, name))
        return keep(c, tb_xml_attr(child, attribute));
    return TB_STR_NONE;
}

static tb_str
first_of(tb_str a, tb_str b)
{
    return a.len > 0 ? a : b;
}

/* <potentialOwner><resourceAssignmentExpression><formalExpression>group(a) … or <resourceRef>. */
static tb_str
potential_owner(struct bpmn__compile *c, const struct tb_xml *element)
{
    const struct tb_xml *owner = tb_xml_child(element, "potentialOwner");
    if (owner == NULL)
        return TB_STR_NONE;
    const struct tb_xml *assignment = tb_xml_child(owner, "resourceAssignmentExpression");
    const struct tb_xml *expression =
        assignment != NULL ? tb_xml_child(assignment, "formalExpression") : NULL;
    const struct tb_xml *resource = tb_xml_child(owner, "resourceRef");
    return expression != NULL ? keep(c, expression->text)
           : resource != NULL ? keep(c, resource->text)
                              : TB_STR_NONE;
}

static tb_str
message_name(struct bpmn__compile *c, const struct tb_xml *element)
{
    tb_str id = tb_xml_attr(element, "messageRef");
    ptrdiff_t colon = tb_str_find(id, TB_STR(":"));
    if (colon >= 0)
        id = tb_str_sub(id, (size_t)colon + 1, id.len);
    if (id.len == 0)
        return TB_STR_NONE;
    TB_XML_EACH(child, c->root)
    if (tb_str_is(child->name, "message") && tb_str_eq(tb_xml_attr(child, "id"), id))
        return keep(c, first_of(tb_xml_attr(child, "name"), id));
    bpmn__fault(c, element->line, "reference",
                tb_printf(c->arena, "没有消息“" TB_FMT "”", TB_ARG(id)),
                tb_printf(c->arena, "there is no message \"" TB_FMT "\"", TB_ARG(id)));
    return TB_STR_NONE;
}

static void
read_attributes(struct bpmn__compile *c, const struct tb_xml *element, struct bpmn__node *node)
{
    struct bpmn_element *e = &node->e;
    const struct tb_xml *documentation = tb_xml_child(element, "documentation");
    e->id = keep(c, tb_xml_attr(element, "id"));
    e->name = keep(c, tb_xml_attr(element, "name"));
    e->line = element->line;
    e->documentation = documentation != NULL ? keep(c, documentation->text) : TB_STR_NONE;
    e->candidate_groups =
        first_of(first_of(extension(c, element, "candidateGroups"),
                          zeebe(c, element, "assignmentDefinition", "candidateGroups")),
                 potential_owner(c, element));
    e->assignee = first_of(extension(c, element, "assignee"),
                           zeebe(c, element, "assignmentDefinition", "assignee"));
    e->form = first_of(first_of(extension(c, element, "formKey"), extension(c, element, "formRef")),
                       first_of(zeebe(c, element, "formDefinition", "formKey"),
                                zeebe(c, element, "formDefinition", "formId")));
    e->job = first_of(extension(c, element, "topic"), zeebe(c, element, "taskDefinition", "type"));
    e->decision = first_of(extension(c, element, "decisionRef"),
                           zeebe(c, element, "calledDecision", "decisionId"));
    e->result = first_of(extension(c, element, "resultVariable"),
                         zeebe(c, element, "calledDecision", "resultVariable"));
    e->called = first_of(keep(c, tb_xml_attr(element, "calledElement")),
                         zeebe(c, element, "calledElement", "processId"));
    node->default_ref = keep(c, tb_xml_attr(element, "default"));
    node->attached_ref = keep(c, tb_xml_attr(element, "attachedToRef"));
    e->is_interrupting = !tb_str_is(tb_xml_attr(element, "cancelActivity"), "false");
    if (e->kind == BPMN_RECEIVE_TASK || e->kind == BPMN_SEND_TASK)
        e->message = message_name(c, element);
}

/* ---- expressions ---- */

static tb_status
compile_feel(struct bpmn__compile *c, int32_t line, const char *what, tb_str text,
             const struct feel_expr **ret_expr, struct tb_err *err)
{
    struct feel_fault why = {0};
    if (tb_str_starts(text, TB_STR("${")) || tb_str_starts(text, TB_STR("#{"))) {
        bpmn__fault(c, line, "expression", TB_STR("这是 JUEL 表达式，请改写成 FEEL"),
                    TB_STR("this is JUEL; write it in FEEL"));
        return TB_OK;
    }
    if (tb_str_starts(text, TB_STR("=")))
        text = tb_str_trim(tb_str_sub(text, 1, text.len));
    tb_status status = feel_compile(c->arena, text, NULL, ret_expr, &why, err);
    if (status == TB_SYNTAX) {
        bpmn__fault(c, line, "expression", tb_printf(c->arena, "%s：" TB_FMT, what, TB_ARG(why.zh)),
                    tb_printf(c->arena, "%s: " TB_FMT, what, TB_ARG(why.en)));
        return TB_OK;
    }
    return status;
}

/* FEEL is what the packs write; other languages are named and refused. */
static bool
is_feel(tb_str language)
{
    return language.len == 0 || tb_str_contains(language, TB_STR("FEEL")) ||
           tb_str_is(language, "feel");
}

/* `5wd`, `2h`: as clock reads it. */
static bool
is_period(tb_str text)
{
    static const char *const units[] = {"wd", "d", "mo", "h", "min", "wh"};
    size_t digits = 0;
    while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
        digits++;
    for (size_t i = 0; digits > 0 && digits < 7 && i < TB_COUNT(units); i++)
        if (tb_str_is(tb_str_sub(text, digits, text.len), units[i]))
            return true;
    return false;
}

static bool
is_temporal(struct bpmn__compile *c, tb_str text, bpmn_timer_kind kind)
{
    struct feel_value value;
    if (kind == BPMN_TIMER_DATE)
        return feel_parse_temporal(c->arena, text, FEEL_DATE_TIME, NULL, &value) ||
               feel_parse_temporal(c->arena, text, FEEL_DATE, NULL, &value);
    return is_period(text) || feel_parse_temporal(c->arena, text, FEEL_DAYS, NULL, &value) ||
           feel_parse_temporal(c->arena, text, FEEL_MONTHS, NULL, &value);
}

static tb_status
read_timer(struct bpmn__compile *c, const struct tb_xml *definition, struct bpmn__node *node,
           struct tb_err *err)
{
    static const char *const children[] = {[BPMN_TIMER_DATE] = "timeDate",
                                           [BPMN_TIMER_DURATION] = "timeDuration",
                                           [BPMN_TIMER_CYCLE] = "timeCycle"};
    int found = 0;
    for (size_t kind = BPMN_TIMER_DATE; kind < TB_COUNT(children); kind++) {
        const struct tb_xml *child = tb_xml_child(definition, children[kind]);
        if (child == NULL)
            continue;
        found++;
        node->e.timer_kind = (bpmn_timer_kind)kind;
        node->e.timer = keep(c, child->text);
    }
    tb_str text = node->e.timer;
    if (found != 1 || text.len == 0) {
        bpmn__fault(c, definition->line, "missing",
                    TB_STR("计时事件要写 timeDate 或 timeDuration，只写一个"),
                    TB_STR("a timer has one timeDate or timeDuration with a text"));
        return TB_OK;
    }
    if (node->e.timer_kind == BPMN_TIMER_CYCLE) {
        bpmn__fault(c, definition->line, "unsupported", TB_STR("不支持循环计时；请写一次性的时间"),
                    TB_STR("cycles are not run; write a duration or a date"));
        return TB_OK;
    }
    if (tb_str_starts(text, TB_STR("=")) || tb_str_starts(text, TB_STR("${")) ||
        tb_str_starts(text, TB_STR("#{")))
        return compile_feel(c, definition->line, "timer", text, &node->timer, err);
    if (!is_temporal(c, text, node->e.timer_kind))
        bpmn__fault(
            c, definition->line, "expression",
            tb_printf(c->arena, "“" TB_FMT "”不是时间：写 PT2H、P5D、5wd，或 =FEEL", TB_ARG(text)),
            tb_printf(c->arena, "\"" TB_FMT "\" is no time: write PT2H, P5D, 5wd, or =FEEL",
                      TB_ARG(text)));
    return TB_OK;
}

/* ---- events ---- */

static void
not_run(struct bpmn__compile *c, const struct tb_xml *element, struct bpmn__node *node, tb_str what)
{
    node->is_known = false;
    bpmn__fault(c, element->line, "unsupported",
                tb_printf(c->arena, "流程引擎不执行 " TB_FMT, TB_ARG(what)),
                tb_printf(c->arena, TB_FMT " is not run by this engine", TB_ARG(what)));
}

/* What an event's definition makes of it. */
static tb_status
read_event(struct bpmn__compile *c, const struct tb_xml *element, struct bpmn__node *node,
           struct tb_err *err)
{
    const struct tb_xml *definition = NULL;
    size_t count = 0;
    TB_XML_EACH(child, element)
    if (tb_str_is(child->ns, BPMN__NS) && (tb_str_ends(child->name, TB_STR("EventDefinition")) ||
                                           tb_str_is(child->name, "eventDefinitionRef"))) {
        definition = child;
        count++;
    }
    bpmn_kind kind = node->e.kind;
    tb_str what = definition != NULL ? tb_printf(c->arena, TB_FMT " (" TB_FMT ")",
                                                 TB_ARG(element->name), TB_ARG(definition->name))
                                     : element->name;
    if (count == 1 && (kind == BPMN_TIMER_CATCH || kind == BPMN_TIMER_BOUNDARY) &&
        tb_str_is(definition->name, "timerEventDefinition"))
        return read_timer(c, definition, node, err);
    if (count == 1 && kind == BPMN_END && tb_str_is(definition->name, "terminateEventDefinition"))
        node->e.kind = BPMN_END_TERMINATE;
    else if (count > 0 || kind == BPMN_TIMER_CATCH || kind == BPMN_TIMER_BOUNDARY)
        not_run(c, element, node, what);
    return TB_OK;
}

/* What an activity must say to be run. */
static void
check_activity(struct bpmn__compile *c, const struct tb_xml *element, struct bpmn__node *node)
{
    const struct bpmn_element *e = &node->e;
    TB_XML_EACH(child, element)
    if (tb_str_ends(child->name, TB_STR("LoopCharacteristics")) && tb_str_is(child->ns, BPMN__NS))
        not_run(c, child, node, child->name);
    if ((e->kind == BPMN_SERVICE_TASK || e->kind == BPMN_SEND_TASK) && e->job.len == 0)
        bpmn__fault(c, e->line, "missing",
                    TB_STR("系统任务要写作业名：camunda:topic 或 zeebe:taskDefinition"),
                    TB_STR("name the job: camunda:topic or zeebe:taskDefinition type"));
    if (e->kind == BPMN_BUSINESS_RULE_TASK && e->decision.len == 0)
        bpmn__fault(c, e->line, "missing",
                    TB_STR("规则任务要写决策：camunda:decisionRef 或 zeebe:calledDecision"),
                    TB_STR("name the decision: camunda:decisionRef or zeebe:calledDecision"));
    if (e->kind == BPMN_CALL_ACTIVITY && e->called.len == 0)
        bpmn__fault(c, e->line, "missing", TB_STR("调用流程要写 calledElement"),
                    TB_STR("name the calledElement"));
    if (e->kind == BPMN_SUBPROCESS && tb_str_is(tb_xml_attr(element, "triggeredByEvent"), "true"))
        not_run(c, element, node, TB_STR("subProcess (triggeredByEvent)"));
}

/* ---- the tree ---- */

struct reader {
    struct bpmn__compile *c;
    struct bpmn_process *process;
    struct tb_err *err;
};

static tb_status
read_flow(struct reader *r, const struct tb_xml *element)
{
    struct bpmn__compile *c = r->c;
    struct bpmn__flow *flow = &r->process->flows[r->process->flow_count++];
    *flow = (struct bpmn__flow){.line = element->line, .source = -1, .target = -1};
    flow->id = keep(c, tb_xml_attr(element, "id"));
    const struct tb_xml *condition = tb_xml_child(element, "conditionExpression");
    flow->is_conditional = condition != NULL;
    if (condition == NULL)
        return TB_OK;
    tb_str text = keep(c, condition->text), language = tb_xml_attr(condition, "language");
    if (!is_feel(language)) {
        bpmn__fault(c, condition->line, "expression",
                    tb_printf(c->arena, "条件要写 FEEL，不是 " TB_FMT, TB_ARG(language)),
                    tb_printf(c->arena, "conditions are FEEL, not " TB_FMT, TB_ARG(language)));
        return TB_OK;
    }
    if (text.len == 0) {
        bpmn__fault(c, condition->line, "expression", TB_STR("条件是空的"),
                    TB_STR("the condition is empty"));
        return TB_OK;
    }
    return compile_feel(c, condition->line, "condition", text, &flow->condition, r->err);
}

static tb_status read_children(struct reader *r, const struct tb_xml *element, int32_t parent,
                               int depth);

static tb_status
read_node(struct reader *r, const struct tb_xml *element, const struct name_row *row,
          int32_t parent, int depth)
{
    struct bpmn__compile *c = r->c;
    int32_t index = r->process->node_count++;
    struct bpmn__node *node = &r->process->nodes[index];
    *node = (struct bpmn__node){.is_known = row->class == IS_NODE, .default_flow = -1};
    node->e = (struct bpmn_element){
        .kind = row->kind, .index = index, .attached_to = -1, .parent = parent};
    read_attributes(c, element, node);
    if (row->class == IS_NOT_RUN)
        not_run(c, element, node, element->name);
    else if (row->kind == BPMN_START || row->kind == BPMN_END || row->kind == BPMN_TIMER_CATCH ||
             row->kind == BPMN_TIMER_BOUNDARY)
        TB_TRY(read_event(c, element, node, r->err));
    else
        check_activity(c, element, node);
    return row->kind == BPMN_SUBPROCESS ? read_children(r, element, index, depth + 1) : TB_OK;
}

static tb_status
read_children(struct reader *r, const struct tb_xml *element, int32_t parent, int depth)
{
    if (depth > TB_XML_DEPTH_MAX)
        return tb_fail(r->err, TB_LIMIT, TB_FMT ":%d: nested deeper than %d", TB_ARG(r->c->file),
                       element->line, TB_XML_DEPTH_MAX);
    TB_XML_EACH(child, element)
    {
        const struct name_row *row = find_name(child);
        if (row->class == IS_NODE || row->class == IS_NOT_RUN)
            TB_TRY(read_node(r, child, row, parent, depth));
        else if (row->class == IS_FLOW)
            TB_TRY(read_flow(r, child));
        else if (row->class == IS_UNKNOWN &&
                 !tb_str_ends(child->name, TB_STR("LoopCharacteristics")))
            bpmn__fault(
                r->c, child->line, "unknown",
                tb_printf(r->c->arena, "BPMN 里没有 " TB_FMT, TB_ARG(child->name)),
                tb_printf(r->c->arena, TB_FMT " is no element of BPMN here", TB_ARG(child->name)));
    }
    return TB_OK;
}

/* How many nodes and flows there will be, so that arrays can be made once. */
static void
count_children(const struct tb_xml *element, size_t *nodes, size_t *flows, int depth)
{
    TB_XML_EACH(child, element)
    {
        const struct name_row *row = find_name(child);
        *nodes += row->class == IS_NODE || row->class == IS_NOT_RUN ? 1 : 0;
        *flows += row->class == IS_FLOW ? 1 : 0;
        if (row->kind == BPMN_SUBPROCESS && depth <= TB_XML_DEPTH_MAX)
            count_children(child, nodes, flows, depth + 1);
    }
}

/* Source and target of the flows, once all nodes are known. */
static void
link_flows(struct reader *r, const struct tb_xml *element, int32_t *flow, int32_t parent, int depth)
{
    struct bpmn__compile *c = r->c;
    TB_XML_EACH(child, element)
    {
        const struct name_row *row = find_name(child);
        if (row->kind == BPMN_SUBPROCESS && row->class != IS_DECORATION &&
            depth <= TB_XML_DEPTH_MAX)
            link_flows(r, child, flow, parent, depth + 1);
        if (row->class != IS_FLOW)
            continue;
        struct bpmn__flow *one = &r->process->flows[(*flow)++];
        const struct bpmn_element *ends[2];
        const char *attributes[2] = {"sourceRef", "targetRef"};
        for (int i = 0; i < 2; i++) {
            tb_str id = tb_str_trim(tb_xml_attr(child, attributes[i]));
            ends[i] = bpmn_element_find(r->process, id);
            if (ends[i] == NULL)
                bpmn__fault(c, child->line, "reference",
                            tb_printf(c->arena, "%s 指向的“" TB_FMT "”不在这个流程里",
                                      attributes[i], TB_ARG(id)),
                            tb_printf(c->arena, "%s \"" TB_FMT "\" is not in this process",
                                      attributes[i], TB_ARG(id)));
        }
        if (one->id.len == 0 && ends[0] != NULL && ends[1] != NULL)
            one->id = tb_printf(c->arena, TB_FMT "->" TB_FMT, TB_ARG(ends[0]->id),
                                TB_ARG(ends[1]->id)); /* the standard lets flows go unnamed */
        one->source = ends[0] != NULL ? ends[0]->index : -1;
        one->target = ends[1] != NULL ? ends[1]->index : -1;
    }
}

tb_status
bpmn__read_process(struct bpmn__compile *c, const struct tb_xml *element,
                   struct bpmn_process *process, struct tb_err *err)
{
    size_t nodes = 0, flows = 0;
    count_children(element, &nodes, &flows, 0);
    if (nodes + flows > BPMN_ELEMENTS_MAX)
        return tb_fail(err, TB_LIMIT, TB_FMT ":%d: %zu elements; %d are the limit", TB_ARG(c->file),
                       element->line, nodes + flows, BPMN_ELEMENTS_MAX);
    *process = (struct bpmn_process){.line = element->line};
    process->id = keep(c, tb_xml_attr(element, "id"));
    process->name = keep(c, tb_xml_attr(element, "name"));
    process->is_executable = !tb_str_is(tb_xml_attr(element, "isExecutable"), "false");
    process->nodes = TB_NEW_ARRAY(c->arena, nodes, struct bpmn__node);
    process->flows = TB_NEW_ARRAY(c->arena, flows, struct bpmn__flow);
    struct reader r = {c, process, err};
    TB_TRY(read_children(&r, element, -1, 0));
    int32_t flow = 0;
    link_flows(&r, element, &flow, -1, 0);
    return TB_OK;
}

/* Processes that say isExecutable="false" are pictures: they are neither read nor checked. */
tb_status
bpmn_compile(struct tb_arena *arena, tb_str file, tb_str text, struct tb_faults *faults,
             const struct bpmn_model **ret_model, struct tb_err *err)
{
    struct tb_xml *root = NULL;
    size_t before = faults->count, count = 0;
    TB_TRY(tb_xml_parse(arena, file, text, &root, err));
    struct bpmn__compile c = {arena, file, faults, root};
    if (!tb_str_is(root->ns, BPMN__NS) || !tb_str_is(root->name, "definitions"))
        return tb_fail(err, TB_SYNTAX,
                       TB_FMT ":%d: this is no BPMN 2.0 file: the root is not definitions",
                       TB_ARG(file), root->line);
    TB_XML_EACH(child, root)
    count += tb_str_is(child->name, "process") ? 1 : 0;
    struct bpmn_model *model = TB_NEW(arena, struct bpmn_model);
    model->processes = TB_NEW_ARRAY(arena, count, struct bpmn_process);
    TB_XML_EACH(child, root)
    {
        if (!tb_str_is(child->name, "process") ||
            tb_str_is(tb_xml_attr(child, "isExecutable"), "false"))
            continue;
        struct bpmn_process *process = &model->processes[model->process_count++];
        TB_TRY(bpmn__read_process(&c, child, process, err));
        bpmn__check_process(&c, process);
    }
    if (model->process_count == 0)
        bpmn__fault(&c, root->line, "missing", TB_STR("文件里没有可执行的流程"),
                    TB_STR("there is no executable process in the file"));
    if (faults->count > before)
        return tb_fail(err, TB_INVALID, TB_FMT ": %zu faults", TB_ARG(file),
                       faults->count - before);
    *ret_model = model;
    return TB_OK;
}
