/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_boxed.c - boxed expressions (clause 10.2.2) from XML. */
#include "dmn/dmn_internal.h"

const struct tb_xml *
dmn__expr_child(const struct tb_xml *xml)
{
    static const char *const names[] = {
        "literalExpression",  "decisionTable", "context", "list", "relation", "invocation",
        "functionDefinition", "conditional",   "filter",  "for",  "some",     "every",
    };
    TB_XML_EACH(child, xml)
    for (size_t i = 0; i < TB_COUNT(names); i++)
        if (dmn__is(child, names[i]))
            return child;
    return NULL;
}

static struct dmn__expr *
expr_new(struct dmn__builder *b, const struct tb_xml *xml, dmn__form form)
{
    struct dmn__expr *expr = TB_NEW(b->arena, struct dmn__expr);
    expr->form = form;
    expr->line = xml->line;
    expr->type = form == DMN__FUNCTION || form == DMN__FAULTY ? NULL : dmn__type_of(b, xml);
    return expr;
}

static const struct dmn__expr *
faulty(struct dmn__builder *b, const struct tb_xml *xml)
{
    return expr_new(b, xml, DMN__FAULTY);
}

static const struct dmn__expr *
missing(struct dmn__builder *b, const struct tb_xml *xml, const char *what)
{
    dmn__fault(b, xml, "no_expression", tb_printf(b->scratch, "缺少 %s 的表达式", what),
               tb_printf(b->scratch, "the expression of %s is missing", what));
    return faulty(b, xml);
}

/* A name that occurs twice leaves no context that could be made: the expression is refused, or null in a lenient
 * model. */
static const struct dmn__expr *
named_twice(struct dmn__builder *b, const struct tb_xml *xml, tb_str name)
{
    dmn__fault(b, xml, "duplicate_name",
               tb_printf(b->scratch, "名称“" TB_FMT "”出现了两次", TB_ARG(name)),
               tb_printf(b->scratch, "the name \"" TB_FMT "\" occurs twice", TB_ARG(name)));
    b->fault_count -= b->model->is_lenient;
    return faulty(b, xml);
}

/* The expression inside a named child: <if><literalExpression/></if>. */
static const struct dmn__expr *
inside(struct dmn__builder *b, const struct tb_xml *xml, const char *name)
{
    const struct tb_xml *child = tb_xml_child(xml, name);
    const struct tb_xml *inner = child != NULL ? dmn__expr_child(child) : NULL;
    return inner != NULL ? dmn__compile_expr(b, inner) : missing(b, xml, name);
}

static const struct dmn__expr *
compile_literal(struct dmn__builder *b, const struct tb_xml *xml)
{
    tb_str text = dmn__text(xml);
    if (text.len == 0)
        return missing(b, xml, "literalExpression");
    const struct feel_expr *literal = dmn__compile_feel(b, xml, text);
    if (literal == NULL)
        return faulty(b, xml);
    struct dmn__expr *expr = expr_new(b, xml, DMN__LITERAL);
    expr->u.literal = literal;
    return expr;
}

/* The type that others see an expression to have: what is declared, else what a literal shows. */
static const struct feel_type *
seen_type(const struct dmn__expr *expr, const struct feel_type *declared)
{
    if (declared != NULL)
        return declared;
    if (expr->type != NULL)
        return expr->type;
    return expr->form == DMN__LITERAL ? feel_expr_type(expr->u.literal) : &feel_type_any;
}

static const struct dmn__expr *
compile_context(struct dmn__builder *b, const struct tb_xml *xml)
{
    size_t count = 0, n = 0;
    struct dmn__expr *expr = expr_new(b, xml, DMN__CONTEXT);
    TB_XML_EACH(child, xml)
    count += dmn__is(child, "contextEntry");
    struct dmn__entry *entries = TB_NEW_ARRAY(b->arena, count, struct dmn__entry);
    TB_XML_EACH(child, xml)
    {
        if (!dmn__is(child, "contextEntry"))
            continue;
        const struct tb_xml *variable = tb_xml_child(child, "variable"),
                            *inner = dmn__expr_child(child);
        struct dmn__entry *entry = &entries[n++];
        entry->value =
            inner != NULL ? dmn__compile_expr(b, inner) : missing(b, child, "contextEntry");
        if (variable == NULL)
            continue;
        entry->name = dmn__attr(b, variable, "name");
        entry->type = dmn__type_of(b, variable);
        entry->slot = dmn__slot(b, entry->name, seen_type(entry->value, entry->type));
    }
    for (size_t i = 0; i < count; i++)
        if (entries[i].name.ptr != NULL)
            dmn__slot_hide(b, entries[i].slot);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i && entries[i].name.ptr != NULL; k++)
            if (tb_str_eq(entries[i].name, entries[k].name))
                return named_twice(b, xml, entries[i].name);
    expr->u.context.entries = entries;
    expr->u.context.count = count;
    return expr;
}

static const struct dmn__expr *
compile_list(struct dmn__builder *b, const struct tb_xml *xml)
{
    size_t count = 0, n = 0;
    struct dmn__expr *expr = expr_new(b, xml, DMN__LIST);
    TB_XML_EACH(child, xml)
    count++;
    const struct dmn__expr **items = TB_NEW_ARRAY(b->arena, count, const struct dmn__expr *);
    for (const struct tb_xml *child = dmn__expr_child(xml); child != NULL; child = child->next)
        if (!dmn__is(child, "description") && !dmn__is(child, "extensionElements"))
            items[n++] = dmn__compile_expr(b, child);
    expr->u.list.items = items;
    expr->u.list.count = n;
    return expr;
}

static void
compile_row(struct dmn__builder *b, const struct tb_xml *row, const struct dmn__expr **cells,
            size_t columns)
{
    size_t n = 0;
    for (const struct tb_xml *cell = dmn__expr_child(row); cell != NULL; cell = cell->next) {
        if (dmn__is(cell, "description") || dmn__is(cell, "extensionElements"))
            continue;
        if (n < columns)
            cells[n] = dmn__compile_expr(b, cell);
        n++;
    }
    if (n != columns)
        dmn__fault(
            b, row, "cells", tb_printf(b->scratch, "这一行有 %zu 格，应有 %zu 格", n, columns),
            tb_printf(b->scratch, "the row has %zu cells, but there are %zu columns", n, columns));
    for (; n < columns; n++)
        cells[n] = faulty(b, row);
}

static const struct dmn__expr *
compile_relation(struct dmn__builder *b, const struct tb_xml *xml)
{
    size_t columns = 0, rows = 0, c = 0, r = 0;
    struct dmn__expr *expr = expr_new(b, xml, DMN__RELATION);
    TB_XML_EACH(child, xml)
    {
        columns += dmn__is(child, "column");
        rows += dmn__is(child, "row");
    }
    struct feel_member *members = TB_NEW_ARRAY(b->arena, columns, struct feel_member);
    const struct dmn__expr **cells =
        TB_NEW_ARRAY(b->arena, columns * rows, const struct dmn__expr *);
    TB_XML_EACH(child, xml)
    {
        if (dmn__is(child, "column"))
            members[c++] =
                (struct feel_member){dmn__attr(b, child, "name"), dmn__type_of(b, child)};
        else if (dmn__is(child, "row"))
            compile_row(b, child, cells + columns * r++, columns);
    }
    for (size_t i = 0; i < columns; i++)
        for (size_t k = 0; k < i; k++)
            if (tb_str_eq(members[i].name, members[k].name))
                return named_twice(b, xml, members[i].name);
    expr->u.relation.cells = cells;
    expr->u.relation.columns = members;
    expr->u.relation.row_count = rows;
    expr->u.relation.column_count = columns;
    return expr;
}

static const struct dmn__expr *
compile_invocation(struct dmn__builder *b, const struct tb_xml *xml)
{
    size_t count = 0, n = 0;
    struct dmn__expr *expr = expr_new(b, xml, DMN__INVOCATION);
    const struct tb_xml *callee = dmn__expr_child(xml);
    expr->u.invocation.callee =
        callee != NULL ? dmn__compile_expr(b, callee) : missing(b, xml, "invocation");
    TB_XML_EACH(child, xml)
    count += dmn__is(child, "binding");
    struct dmn__entry *bindings = TB_NEW_ARRAY(b->arena, count, struct dmn__entry);
    TB_XML_EACH(child, xml)
    {
        const struct tb_xml *parameter = tb_xml_child(child, "parameter");
        if (!dmn__is(child, "binding") || parameter == NULL)
            continue;
        const struct tb_xml *inner = dmn__expr_child(child);
        bindings[n].name = dmn__attr(b, parameter, "name");
        bindings[n].type = dmn__type_of(b, parameter);
        bindings[n++].value = inner != NULL ? dmn__compile_expr(b, inner) : NULL;
    }
    expr->u.invocation.bindings = bindings;
    expr->u.invocation.count = n;
    return expr;
}

/* ---- functions --------------------------------------------------------------------------------------------------- */

/* The text of an entry of the context that describes an external function. */
static tb_str
external_part(const struct tb_xml *context, const char *name)
{
    TB_XML_EACH(entry, context)
    {
        const struct tb_xml *variable = tb_xml_child(entry, "variable"),
                            *literal = dmn__expr_child(entry);
        if (variable != NULL && literal != NULL &&
            tb_str_is(tb_str_trim(tb_xml_attr(variable, "name")), name))
            return dmn__text(literal);
    }
    return TB_STR("\"\"");
}

/* A function of kind Java or PMML, said as FEEL says it: function(a: number) external {java: …}. */
static const struct dmn__expr *
compile_external(struct dmn__builder *b, const struct tb_xml *xml)
{
    struct tb_buf buf = {.arena = b->scratch};
    const struct tb_xml *body = dmn__expr_child(xml);
    bool is_first = true;
    tb_buf_cstr(&buf, "function(");
    TB_XML_EACH(child, xml)
    {
        if (!dmn__is(child, "formalParameter"))
            continue;
        tb_str type = tb_str_trim(tb_xml_attr(child, "typeRef"));
        tb_buf_cstr(&buf, is_first ? "" : ", ");
        tb_buf_str(&buf, tb_str_trim(tb_xml_attr(child, "name")));
        if (type.len > 0) {
            tb_buf_cstr(&buf, ": ");
            tb_buf_str(&buf, type);
        }
        is_first = false;
    }
    tb_str class = body != NULL ? external_part(body, "class") : TB_STR("\"\"");
    tb_str method = body != NULL ? external_part(body, "method signature") : TB_STR("\"\"");
    tb_buf_printf(&buf, ") external {java: {class: " TB_FMT ", method signature: " TB_FMT "}}",
                  TB_ARG(class), TB_ARG(method));
    const struct feel_expr *literal = dmn__compile_feel(b, xml, tb_buf_done(&buf));
    if (literal == NULL)
        return faulty(b, xml);
    struct dmn__expr *expr = expr_new(b, xml, DMN__LITERAL);
    expr->type = NULL;
    expr->u.literal = literal;
    return expr;
}

const struct dmn__expr *
dmn__compile_function(struct dmn__builder *b, const struct tb_xml *xml)
{
    tb_str kind = tb_str_trim(tb_xml_attr(xml, "kind"));
    size_t count = 0, n = 0;
    if (tb_str_is(kind, "Java") || tb_str_is(kind, "PMML") || tb_str_is(kind, "J") ||
        tb_str_is(kind, "P"))
        return compile_external(b, xml);
    struct dmn__expr *expr = expr_new(b, xml, DMN__FUNCTION);
    TB_XML_EACH(child, xml)
    count += dmn__is(child, "formalParameter");
    struct feel_member *params = TB_NEW_ARRAY(b->arena, count, struct feel_member);
    TB_XML_EACH(child, xml)
    {
        if (!dmn__is(child, "formalParameter"))
            continue;
        const struct feel_type *type = dmn__type_of(b, child);
        params[n] =
            (struct feel_member){dmn__attr(b, child, "name"), type != NULL ? type : &feel_type_any};
        uint32_t slot = dmn__slot(b, params[n].name, params[n].type);
        if (n++ == 0)
            expr->u.function.slot = slot;
    }
    const struct tb_xml *body = dmn__expr_child(xml);
    expr->u.function.body =
        body != NULL ? dmn__compile_expr(b, body) : missing(b, xml, "functionDefinition");
    for (size_t i = 0; i < count; i++)
        dmn__slot_hide(b, expr->u.function.slot + (uint32_t)i);
    expr->u.function.params = params;
    expr->u.function.param_count = count;
    return expr;
}

/* ---- conditional, filter, iterators ------------------------------------------------------------------------------ */

static const struct dmn__expr *
compile_conditional(struct dmn__builder *b, const struct tb_xml *xml)
{
    struct dmn__expr *expr = expr_new(b, xml, DMN__IF);
    expr->u.choice.condition = inside(b, xml, "if");
    expr->u.choice.yes = inside(b, xml, "then");
    expr->u.choice.no = inside(b, xml, "else");
    return expr;
}

static const struct feel_type *
element_type(const struct dmn__expr *domain)
{
    const struct feel_type *type = seen_type(domain, NULL);
    return type->kind == FEEL_TYPE_LIST ? type->element : &feel_type_any;
}

/* The members of the items are names of their own. Where the shape of the items is not known, names that are in no
 * scope are looked for in the item when the filter runs. */
static const struct dmn__expr *
compile_filter(struct dmn__builder *b, const struct tb_xml *xml)
{
    struct dmn__expr *expr = expr_new(b, xml, DMN__FILTER);
    expr->u.loop.domain = inside(b, xml, "in");
    const struct feel_type *type = element_type(expr->u.loop.domain);
    size_t members = type->kind == FEEL_TYPE_CONTEXT ? type->member_count : 0;
    expr->u.loop.slot = dmn__slot(b, TB_STR("item"), type);
    expr->u.loop.item =
        type->kind == FEEL_TYPE_ANY || (type->kind == FEEL_TYPE_CONTEXT && members == 0) ? NULL
                                                                                         : type;
    for (size_t i = 0; i < members; i++)
        dmn__slot(b, type->members[i].name, type->members[i].type);
    b->node->scope.is_closed = expr->u.loop.item != NULL;
    expr->u.loop.body = inside(b, xml, "match");
    b->node->scope.is_closed = true;
    for (size_t i = 0; i <= members; i++)
        dmn__slot_hide(b, expr->u.loop.slot + (uint32_t)i);
    return expr;
}

static const struct dmn__expr *
compile_loop(struct dmn__builder *b, const struct tb_xml *xml, dmn__form form, const char *body)
{
    struct dmn__expr *expr = expr_new(b, xml, form);
    expr->u.loop.domain = inside(b, xml, "in");
    expr->u.loop.name = dmn__attr(b, xml, "iteratorVariable");
    expr->u.loop.slot = dmn__slot(b, expr->u.loop.name, element_type(expr->u.loop.domain));
    if (form == DMN__FOR)
        dmn__slot(b, TB_STR("partial"), feel_type_find(TB_STR("list")));
    expr->u.loop.body = inside(b, xml, body);
    dmn__slot_hide(b, expr->u.loop.slot);
    if (form == DMN__FOR)
        dmn__slot_hide(b, expr->u.loop.slot + 1);
    return expr;
}

static const struct dmn__expr *
compile_table(struct dmn__builder *b, const struct tb_xml *xml)
{
    const struct dmn__table *table = dmn__compile_table(b, xml);
    if (table == NULL)
        return faulty(b, xml);
    struct dmn__expr *expr = expr_new(b, xml, DMN__TABLE);
    expr->u.table = table;
    return expr;
}

static const struct dmn__expr *
compile_by_name(struct dmn__builder *b, const struct tb_xml *xml)
{
    if (dmn__is(xml, "literalExpression"))
        return compile_literal(b, xml);
    if (dmn__is(xml, "decisionTable"))
        return compile_table(b, xml);
    if (dmn__is(xml, "context"))
        return compile_context(b, xml);
    if (dmn__is(xml, "list"))
        return compile_list(b, xml);
    if (dmn__is(xml, "relation"))
        return compile_relation(b, xml);
    if (dmn__is(xml, "invocation"))
        return compile_invocation(b, xml);
    if (dmn__is(xml, "functionDefinition"))
        return dmn__compile_function(b, xml);
    if (dmn__is(xml, "conditional"))
        return compile_conditional(b, xml);
    if (dmn__is(xml, "filter"))
        return compile_filter(b, xml);
    if (dmn__is(xml, "for"))
        return compile_loop(b, xml, DMN__FOR, "return");
    if (dmn__is(xml, "some"))
        return compile_loop(b, xml, DMN__SOME, "satisfies");
    if (dmn__is(xml, "every"))
        return compile_loop(b, xml, DMN__EVERY, "satisfies");
    return missing(b, xml, "a boxed expression");
}

const struct dmn__expr *
dmn__compile_expr(struct dmn__builder *b, const struct tb_xml *xml)
{
    if (++b->depth > FEEL_DEPTH_MAX / 2) {
        dmn__fault(b, xml, "too_deep", TB_STR("表达式嵌套太深"),
                   TB_STR("boxed expressions nest too deeply"));
        b->depth--;
        return faulty(b, xml);
    }
    const struct dmn__expr *expr = compile_by_name(b, xml);
    b->depth--;
    return expr;
}
