/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_item.c - item definitions: the types of a model. Definitions may stand in any order; one that contains itself
 * without end is a fault. */
#include "dmn/dmn_internal.h"

enum { UNTOUCHED, IN_WORK, DONE };

static const struct feel_type *item_type(struct dmn__builder *b, const struct tb_xml *xml,
                                         struct feel_type *into);

static const struct feel_type *
type_find(struct dmn__builder *b, tb_str name)
{
    struct dmn_model *model = b->model;
    for (size_t i = 0; i < model->type_count; i++) {
        if (!tb_str_eq(model->types[i].name, name))
            continue;
        if (i < b->item_count && b->item_states[i] == UNTOUCHED) {
            b->item_states[i] = IN_WORK;
            item_type(b, b->item_xmls[i], (struct feel_type *)(uintptr_t)model->types[i].type);
            b->item_states[i] = DONE;
        } else if (i < b->item_count && b->item_states[i] == IN_WORK) {
            dmn__fault(b, b->item_xmls[i], "cyclic_type", TB_STR("类型定义循环"),
                       TB_STR("the item definition contains itself"));
            return &feel_type_any;
        }
        return model->types[i].type;
    }
    return feel_type_find(name);
}

const struct feel_type *
dmn__type(struct dmn__builder *b, const struct tb_xml *at, tb_str ref)
{
    ref = tb_str_trim(ref);
    if (ref.len == 0)
        return NULL;
    const struct feel_type *type = type_find(b, ref);
    ptrdiff_t colon = tb_str_find(ref, TB_STR(":"));
    if (type == NULL && colon > 0) /* a qualified name of DMN 1.1: feel:number, tns:tAge */
        type = type_find(b, tb_str_sub(ref, (size_t)colon + 1, ref.len));
    if (type == NULL)
        dmn__fault(b, at, "unknown_type",
                   tb_printf(b->scratch, "不认识类型“" TB_FMT "”", TB_ARG(ref)),
                   tb_printf(b->scratch, "there is no type \"" TB_FMT "\"", TB_ARG(ref)));
    return type;
}

const struct feel_type *
dmn__type_of(struct dmn__builder *b, const struct tb_xml *xml)
{
    tb_str ref = tb_xml_attr(xml, "typeRef");
    const struct tb_xml *child = tb_xml_child(xml, "typeRef"); /* DMN 1.1 and item definitions */
    return dmn__type(b, xml, ref.len > 0 ? ref : child != NULL ? child->text : TB_STR_NONE);
}

/* Item definitions are compiled as if they belonged to a node of their own, so that tests have a scope. */
static const struct feel_unary *
tests_of(struct dmn__builder *b, const struct tb_xml *xml, const char *name, tb_str *ret_text)
{
    const struct tb_xml *child = tb_xml_child(xml, name);
    if (child == NULL || dmn__text(child).len == 0)
        return NULL;
    *ret_text = dmn__copy(b, dmn__text(child));
    return dmn__compile_unary(b, child, *ret_text);
}

static void
read_components(struct dmn__builder *b, const struct tb_xml *xml, struct feel_type *type)
{
    size_t count = 0;
    TB_XML_EACH(child, xml)
    count += dmn__is(child, "itemComponent");
    struct feel_member *members = TB_NEW_ARRAY(b->arena, count, struct feel_member);
    size_t n = 0;
    TB_XML_EACH(child, xml)
    {
        if (!dmn__is(child, "itemComponent"))
            continue;
        members[n].name = dmn__attr(b, child, "name");
        members[n].type = item_type(b, child, NULL);
        type->has_constraints |= members[n++].type->has_constraints;
    }
    type->kind = FEEL_TYPE_CONTEXT;
    type->members = members;
    type->member_count = count;
}

static void
read_function(struct dmn__builder *b, const struct tb_xml *xml, struct feel_type *type)
{
    size_t count = 0, n = 0;
    TB_XML_EACH(child, xml)
    count += dmn__is(child, "parameters");
    struct feel_member *members = TB_NEW_ARRAY(b->arena, count, struct feel_member);
    TB_XML_EACH(child, xml)
    {
        if (!dmn__is(child, "parameters"))
            continue;
        const struct feel_type *param = dmn__type_of(b, child);
        members[n].name = dmn__attr(b, child, "name");
        members[n++].type = param != NULL ? param : &feel_type_any;
    }
    const struct feel_type *result = dmn__type(b, xml, tb_xml_attr(xml, "outputTypeRef"));
    type->kind = FEEL_TYPE_FUNCTION;
    type->members = members;
    type->member_count = count;
    type->element = result != NULL ? result : &feel_type_any;
}

/* What a definition takes over from the one it restricts, beside its own allowed values: the constraint, or the allowed
 * values of the other, so that both must hold (clause 7.3.3). */
static const struct feel_unary *
inherited(const struct feel_type *base, const struct feel_unary *allowed)
{
    if (base == NULL)
        return NULL;
    return base->constraint == NULL && allowed != base->allowed ? base->allowed : base->constraint;
}

/* Fills `into` (or a new type) from a definition or component. With isCollection, allowed values speak of each item,
 * the type constraint of the whole list. */
static const struct feel_type *
item_type(struct dmn__builder *b, const struct tb_xml *xml, struct feel_type *into)
{
    struct feel_type own = {.kind = FEEL_TYPE_ANY};
    const struct feel_type *base = dmn__type_of(b, xml);
    const struct tb_xml *function = tb_xml_child(xml, "functionItem");
    if (++b->depth > FEEL_DEPTH_MAX) {
        dmn__fault(b, xml, "too_deep", TB_STR("类型嵌套太深"),
                   TB_STR("item definitions nest too deeply"));
        b->depth--;
        return &feel_type_any;
    }
    if (base != NULL)
        own = *base;
    else if (function != NULL)
        read_function(b, function, &own);
    else if (tb_xml_child(xml, "itemComponent") != NULL)
        read_components(b, xml, &own);
    own.allowed = tests_of(b, xml, "allowedValues", &own.allowed_text);
    if (base != NULL && own.allowed == NULL) {
        own.allowed = base->allowed;
        own.allowed_text = base->allowed_text;
    }
    const struct feel_unary *constraint = tests_of(b, xml, "typeConstraint", &own.constraint_text);
    own.has_constraints |= own.allowed != NULL || constraint != NULL;
    own.constraint = constraint != NULL ? constraint : inherited(base, own.allowed);
    struct feel_type *type = into != NULL ? into : TB_NEW(b->arena, struct feel_type);
    tb_str name = into != NULL ? into->name : TB_STR_NONE;
    if (tb_str_is(tb_str_trim(tb_xml_attr(xml, "isCollection")), "true")) {
        struct feel_type *element = TB_NEW(b->arena, struct feel_type);
        *element = own;
        element->constraint = inherited(base, own.allowed);
        *type = (struct feel_type){.kind = FEEL_TYPE_LIST,
                                   .element = element,
                                   .constraint = constraint,
                                   .constraint_text = own.constraint_text,
                                   .has_constraints = own.has_constraints};
    } else {
        *type = own;
    }
    type->name = name;
    b->depth--;
    return type;
}

static size_t
import_types(struct dmn__builder *b, struct feel_member *to, bool is_counting)
{
    size_t n = 0;
    for (size_t i = 0; i < b->model->import_count; i++) {
        const struct dmn__import *import = &b->model->imports[i];
        for (size_t k = 0; k < import->model->type_count; k++, n++) {
            if (is_counting)
                continue;
            to[n] = import->model->types[k];
            if (import->name.len > 0)
                to[n].name = tb_printf(b->arena, TB_FMT "." TB_FMT, TB_ARG(import->name),
                                       TB_ARG(to[n].name));
        }
    }
    return n;
}

bool
dmn__items(struct dmn__builder *b, const struct tb_xml *root)
{
    struct dmn_model *model = b->model;
    size_t count = 0;
    TB_XML_EACH(child, root)
    count += dmn__is(child, "itemDefinition");
    size_t all = count + import_types(b, NULL, true);
    struct dmn__node *scope = TB_NEW(b->arena, struct dmn__node);
    scope->scope.is_closed = true;
    scope->scope.host = model->host;
    b->node = scope;
    model->types = TB_NEW_ARRAY(b->arena, all, struct feel_member);
    b->item_xmls = TB_NEW_ARRAY(b->scratch, count, const struct tb_xml *);
    b->item_states = tb_alloc(b->scratch, count + 1);
    TB_XML_EACH(child, root)
    {
        if (!dmn__is(child, "itemDefinition"))
            continue;
        struct feel_type *type = TB_NEW(b->arena, struct feel_type);
        type->name = dmn__attr(b, child, "name");
        b->item_xmls[b->item_count] = child;
        model->types[b->item_count++] = (struct feel_member){type->name, type};
    }
    import_types(b, model->types + count, false);
    model->type_count = all;
    scope->scope.types = model->types;
    scope->scope.type_count = all;
    for (size_t i = 0; i < count; i++) {
        const struct feel_type *type = type_find(b, model->types[i].name);
        if (type != model->types[i].type)
            dmn__fault(b, b->item_xmls[i], "duplicate_name", TB_STR("类型名称已经用过"),
                       TB_STR("the name of the type is already used"));
    }
    return true;
}

bool
dmn__is_enumeration(struct tb_arena *arena, const struct feel_type *type,
                    const struct feel_value **ret_values, size_t *ret_count)
{
    struct feel_shape shape;
    if (type->kind == FEEL_TYPE_LIST)
        type = type->element;
    if (type->kind == FEEL_TYPE_BASE && type->base == FEEL_BOOLEAN && type->allowed == NULL) {
        struct feel_value *both = TB_NEW_ARRAY(arena, 2, struct feel_value);
        both[0] = feel_boolean(true);
        both[1] = feel_boolean(false);
        *ret_values = both;
        *ret_count = 2;
        return true;
    }
    if (type->allowed == NULL || !feel_unary_shape(arena, type->allowed, &shape) ||
        shape.is_negated || shape.is_any)
        return false;
    struct feel_value *values = TB_NEW_ARRAY(arena, shape.count, struct feel_value);
    for (size_t i = 0; i < shape.count; i++) {
        const struct feel_interval *interval = &shape.intervals[i];
        if (interval->low.kind == FEEL_NULL || !feel_equal(&interval->low, &interval->high))
            return false;
        values[i] = interval->low;
    }
    *ret_values = values;
    *ret_count = shape.count;
    return shape.count > 0;
}
