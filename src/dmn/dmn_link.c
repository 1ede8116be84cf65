/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_link.c - what each node needs: links by href, parameters, cycles; then its logic. */
#include "dmn/dmn_internal.h"

/* ---- links ------------------------------------------------------------------------------------------------------- */

static const struct dmn__node *
node_by_id(const struct dmn_model *model, tb_str id)
{
    for (size_t i = 0; i < model->node_count; i++)
        if (tb_str_eq(model->nodes[i]->info.id, id))
            return model->nodes[i];
    return NULL;
}

static void
dangling(struct dmn__builder *b, const struct tb_xml *xml, tb_str href)
{
    dmn__fault(b, xml, "dangling_href",
               tb_printf(b->scratch, "href “" TB_FMT "”没有指向任何元素", TB_ARG(href)),
               tb_printf(b->scratch, "href \"" TB_FMT "\" points to nothing", TB_ARG(href)));
}

/* "#id", or "namespace#id" of this model or of an import, whose prefix for names goes to *ret_prefix. */
static const struct dmn__node *
follow(struct dmn__builder *b, const struct tb_xml *xml, tb_str *ret_prefix)
{
    tb_str href = tb_str_trim(tb_xml_attr(xml, "href"));
    size_t at = href.len;
    *ret_prefix = TB_STR_NONE;
    while (at > 0 && href.ptr[at - 1] != '#')
        at--;
    tb_str id = tb_str_sub(href, at, href.len), ns = tb_str_sub(href, 0, at > 0 ? at - 1 : 0);
    const struct dmn__id *own = NULL;
    if (ns.len == 0 || tb_str_eq(ns, b->model->ns))
        own = dmn__id_find(b, id);
    if (own != NULL && own->node != NULL)
        return own->node;
    for (size_t i = 0; i < b->model->import_count; i++) {
        const struct dmn__import *import = &b->model->imports[i];
        const struct dmn__node *node = NULL;
        if (tb_str_eq(import->ns, ns))
            node = node_by_id(import->model, id);
        if (node != NULL) {
            *ret_prefix = import->name;
            return node;
        }
    }
    dangling(b, xml, href);
    return NULL;
}

static tb_str
variable_name(struct dmn__builder *b, const struct dmn__node *node)
{
    if (node->model != b->model)
        return node->info.name;
    const struct tb_xml *variable = tb_xml_child(b->xmls[node->index], "variable");
    tb_str name = variable != NULL ? dmn__attr(b, variable, "name") : TB_STR("");
    return name.len > 0 ? name : node->info.name;
}

/* The type under which others see a node's value: that of a function, for what can be called. */
static const struct feel_type *
outer_type(const struct dmn__node *node)
{
    if (node->kind == DMN__INPUT || node->kind == DMN__DECISION)
        return node->type;
    return feel_type_find(TB_STR("function"));
}

static void
add_need(struct dmn__builder *b, struct dmn__need *needs, size_t *count, const struct tb_xml *xml)
{
    tb_str prefix;
    const struct dmn__node *node = follow(b, xml, &prefix);
    if (node == NULL)
        return;
    tb_str name = variable_name(b, node);
    if (prefix.len > 0)
        name = tb_printf(b->arena, TB_FMT "." TB_FMT, TB_ARG(prefix), TB_ARG(name));
    needs[*count].node = node;
    needs[(*count)++].slot = dmn__slot(b, name, outer_type(node));
}

static void
read_needs(struct dmn__builder *b, struct dmn__node *node, const struct tb_xml *xml)
{
    size_t count = 0;
    TB_XML_EACH(child, xml)
    count += dmn__is(child, "informationRequirement") || dmn__is(child, "knowledgeRequirement");
    struct dmn__need *needs = TB_NEW_ARRAY(b->arena, count, struct dmn__need);
    node->needs = needs;
    TB_XML_EACH(child, xml)
    {
        if (!dmn__is(child, "informationRequirement") && !dmn__is(child, "knowledgeRequirement"))
            continue;
        for (const struct tb_xml *link = child->first; link != NULL; link = link->next)
            if (tb_str_starts(link->name, TB_STR("required")) && node->need_count < count)
                add_need(b, needs, &node->need_count, link);
    }
}

static void
read_authorities(struct dmn__builder *b, struct dmn__node *node, const struct tb_xml *xml)
{
    size_t count = 0;
    TB_XML_EACH(child, xml)
    count += dmn__is(child, "authorityRequirement");
    struct dmn_authority *list = TB_NEW_ARRAY(b->arena, count, struct dmn_authority);
    node->info.authorities = list;
    TB_XML_EACH(child, xml)
    {
        const struct tb_xml *link = tb_xml_child(child, "requiredAuthority");
        if (!dmn__is(child, "authorityRequirement") || link == NULL)
            continue;
        tb_str href = tb_str_trim(tb_xml_attr(link, "href"));
        ptrdiff_t at = tb_str_find(href, TB_STR("#"));
        const struct dmn__id *id = dmn__id_find(b, tb_str_sub(href, (size_t)(at + 1), href.len));
        if (id != NULL && id->source != NULL)
            list[node->info.authority_count++] = *id->source;
        else
            dangling(b, link, href);
    }
}

/* ---- cycles ------------------------------------------------------------------------------------------------------ */

/* Depth first; a node that is met again while it is still open closes a circle. Decisions and services only: a
 * knowledge model may call itself, which the limit of depth bounds. */
static bool
visit(struct dmn__builder *b, const struct dmn__node *node, uint8_t *states, int depth)
{
    if (node->model != b->model || states[node->index] == 2)
        return true;
    if (states[node->index] == 1 || depth > DMN_REQUIREMENT_DEPTH_MAX) {
        dmn__fault(b, b->xmls[node->index], "cycle",
                   depth > DMN_REQUIREMENT_DEPTH_MAX ? TB_STR("依赖链太长")
                                                     : TB_STR("依赖关系成环"),
                   depth > DMN_REQUIREMENT_DEPTH_MAX
                       ? TB_STR("its chain of requirements is too long")
                       : TB_STR("it requires itself, directly or through others"));
        return false;
    }
    states[node->index] = 1;
    bool is_ok = true;
    for (size_t i = 0; is_ok && i < node->need_count; i++) {
        const struct dmn__node *next = node->needs[i].node;
        if (next->kind != DMN__KNOWLEDGE &&
            (next->kind != DMN__SERVICE || node->kind == DMN__DECISION))
            is_ok = next->kind == DMN__SERVICE || visit(b, next, states, depth + 1);
    }
    states[node->index] = 2;
    return is_ok;
}

static bool
check_cycles(struct dmn__builder *b)
{
    uint8_t *states = tb_alloc(b->scratch, b->model->node_count + 1);
    bool is_ok = true;
    for (size_t i = 0; i < b->model->node_count; i++)
        is_ok &= visit(b, b->model->nodes[i], states, 0);
    return is_ok;
}

/* ---- types of nodes ---------------------------------------------------------------------------------------------- */

static void
read_type(struct dmn__builder *b, struct dmn__node *node, const struct tb_xml *xml)
{
    const struct tb_xml *variable = tb_xml_child(xml, "variable");
    const struct feel_type *type = variable != NULL ? dmn__type_of(b, variable) : NULL;
    const struct tb_xml *logic = tb_xml_child(xml, "encapsulatedLogic");
    const struct tb_xml *body = dmn__expr_child(logic != NULL ? logic : xml);
    if (type == NULL && node->kind == DMN__DECISION && body != NULL)
        type = dmn__type_of(b, body);
    bool is_callable = node->kind == DMN__KNOWLEDGE || node->kind == DMN__SERVICE;
    if (type != NULL && is_callable && type->kind == FEEL_TYPE_FUNCTION)
        type = type->any_function ? NULL : type->element;
    if (is_callable && type == NULL && body != NULL)
        type = dmn__type_of(b, body);
    if (type != NULL)
        node->type = type;
    node->info.type = node->type;
    if (node->kind == DMN__INPUT)
        dmn__is_enumeration(b->arena, node->type, &node->allowed, &node->allowed_count);
}

/* ---- services ---------------------------------------------------------------------------------------------------- */

static size_t
read_links(struct dmn__builder *b, const struct tb_xml *xml, const char *name,
           const struct dmn__node **to)
{
    size_t count = 0;
    tb_str prefix;
    TB_XML_EACH(child, xml)
    {
        if (!dmn__is(child, name))
            continue;
        const struct dmn__node *node = follow(b, child, &prefix);
        if (node != NULL)
            to[count++] = node;
    }
    return count;
}

/* Parameters: input data first, then input decisions (clause 10.4). */
static void
read_service(struct dmn__builder *b, struct dmn__node *node, const struct tb_xml *xml)
{
    size_t most = 0;
    TB_XML_EACH(child, xml)
    most++;
    const struct dmn__node **inputs = TB_NEW_ARRAY(b->arena, most, const struct dmn__node *);
    const struct dmn__node **outputs = TB_NEW_ARRAY(b->arena, most, const struct dmn__node *);
    size_t count = read_links(b, xml, "inputData", inputs);
    count += read_links(b, xml, "inputDecision", inputs + count);
    node->output_count = read_links(b, xml, "outputDecision", outputs);
    struct feel_member *params = TB_NEW_ARRAY(b->arena, count, struct feel_member);
    for (size_t i = 0; i < count; i++)
        params[i] = (struct feel_member){variable_name(b, inputs[i]), inputs[i]->type};
    node->inputs = inputs;
    node->outputs = outputs;
    node->params = params;
    node->param_count = count;
    if (node->output_count == 0)
        dmn__fault(b, xml, "no_output", TB_STR("决策服务没有输出决策"),
                   TB_STR("the service has no output decision"));
}

/* ---- logic ------------------------------------------------------------------------------------------------------- */

static void
read_logic(struct dmn__builder *b, struct dmn__node *node, const struct tb_xml *xml)
{
    b->node = node;
    node->scope.is_closed = true;
    node->scope.host = b->model->host;
    node->scope.types = b->model->types;
    node->scope.type_count = b->model->type_count;
    b->used = NULL;
    b->used_cap = 0;
    read_needs(b, node, xml);
    if (node->kind == DMN__SERVICE) {
        read_service(b, node, xml);
        return;
    }
    const struct tb_xml *body = dmn__expr_child(xml);
    if (node->kind == DMN__KNOWLEDGE) {
        const struct tb_xml *logic = tb_xml_child(xml, "encapsulatedLogic");
        const struct dmn__expr *function = logic != NULL ? dmn__compile_function(b, logic) : NULL;
        node->body = function;
        if (function != NULL && function->form == DMN__FUNCTION) {
            node->params = function->u.function.params;
            node->param_count = function->u.function.param_count;
            node->param_slot = function->u.function.slot;
            const struct dmn__expr *inner = function->u.function.body;
            if (node->type == &feel_type_any && inner->type == NULL && inner->form == DMN__LITERAL)
                node->type = feel_expr_type(inner->u.literal); /* what can be seen to come out */
        }
    } else if (body != NULL) {
        node->body = dmn__compile_expr(b, body);
    }
    struct dmn__need *needs = (struct dmn__need *)(uintptr_t)node->needs;
    for (size_t i = 0; i < node->need_count; i++)
        needs[i].is_used = needs[i].slot < b->used_cap && b->used[needs[i].slot];
}

bool
dmn__links(struct dmn__builder *b)
{
    struct dmn_model *model = b->model;
    for (size_t i = 0; i < model->node_count; i++)
        read_type(b, model->nodes[i], b->xmls[i]);
    for (size_t i = 0; i < model->node_count; i++) {
        read_authorities(b, model->nodes[i], b->xmls[i]);
        if (model->nodes[i]->kind != DMN__INPUT)
            read_logic(b, model->nodes[i], b->xmls[i]);
    }
    return check_cycles(b);
}
