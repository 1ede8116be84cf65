/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_compile.c - from XML to a model: namespaces, imports, nodes, links between them; all faults in one report.
 *
 * Four passes: imports; item definitions; nodes with their names and types, so that links can be resolved whatever
 * the order in the file; then links and logic. */
#include "dmn/dmn_internal.h"
#include <string.h>

/* ---- small things ------------------------------------------------------------------------------------------------ */

bool
dmn__is(const struct tb_xml *xml, const char *name)
{
    return tb_str_is(xml->name, name);
}

tb_str
dmn__copy(struct dmn__builder *b, tb_str text)
{
    text = tb_str_trim(text);
    return text.len == 0 ? TB_STR("") : tb_str_copy(b->arena, text);
}

tb_str
dmn__attr(struct dmn__builder *b, const struct tb_xml *xml, const char *name)
{
    return dmn__copy(b, tb_xml_attr(xml, name));
}

tb_str
dmn__text(const struct tb_xml *xml)
{
    const struct tb_xml *text = dmn__is(xml, "text") ? xml : tb_xml_child(xml, "text");
    return text != NULL ? tb_str_trim(text->text) : TB_STR_NONE;
}

static tb_str
label_of(struct dmn__builder *b, const struct tb_xml *at)
{
    for (; at != NULL; at = at->parent) {
        tb_str name = tb_xml_attr(at, "name"), id = tb_xml_attr(at, "id");
        if (name.len > 0 && id.len > 0)
            return tb_printf(b->scratch, TB_FMT " " TB_FMT " (" TB_FMT ")", TB_ARG(at->name),
                             TB_ARG(name), TB_ARG(id));
        if (name.len > 0 || id.len > 0)
            return tb_printf(b->scratch, TB_FMT " " TB_FMT, TB_ARG(at->name),
                             TB_ARG(name.len > 0 ? name : id));
    }
    return TB_STR("definitions");
}

static void
add_fault(struct dmn__builder *b, const struct tb_xml *at, uint32_t line, uint32_t column,
          const char *code, tb_str zh, tb_str en)
{
    if (b->faults == NULL)
        return;
    tb_str label = label_of(b, at);
    tb_str place = tb_printf(b->scratch, TB_FMT ":%u:%u", TB_ARG(b->model->file), line, column);
    tb_fault_add(b->faults, place, code,
                 tb_printf(b->scratch, TB_FMT "：" TB_FMT, TB_ARG(label), TB_ARG(zh)),
                 tb_printf(b->scratch, TB_FMT ": " TB_FMT, TB_ARG(label), TB_ARG(en)));
}

void
dmn__fault(struct dmn__builder *b, const struct tb_xml *at, const char *code, tb_str zh, tb_str en)
{
    b->fault_count++;
    add_fault(b, at, (uint32_t)at->line, 1, code, zh, en);
}

/* ---- expressions ------------------------------------------------------------------------------------------------- */

/* A text that does not compile: with the place inside the text, counted on from the element. */
static void
feel_fault(struct dmn__builder *b, const struct tb_xml *at, tb_str text,
           const struct feel_fault *fault)
{
    const struct tb_xml *inner = tb_xml_child(at, "text");
    uint32_t line = (uint32_t)(inner != NULL ? inner->line : at->line) + fault->line - 1;
    if (!b->model->is_lenient)
        b->fault_count++;
    add_fault(
        b, at, line, fault->column, "feel",
        tb_printf(b->scratch, "FEEL 表达式“" TB_FMT "”：" TB_FMT, TB_ARG(text), TB_ARG(fault->zh)),
        tb_printf(b->scratch, "FEEL \"" TB_FMT "\": " TB_FMT, TB_ARG(text), TB_ARG(fault->en)));
}

/* Marks the slots whose names an expression reads. */
static void
mark_used(struct dmn__builder *b, const tb_str *names, size_t count)
{
    const struct feel_scope *scope = &b->node->scope;
    if (b->used_cap < scope->count) {
        uint8_t *more = tb_alloc(b->scratch, scope->count * 2 + 16);
        if (b->used_cap > 0)
            memcpy(more, b->used, b->used_cap);
        b->used = more;
        b->used_cap = scope->count * 2 + 16;
    }
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < scope->count; k++)
            if (tb_str_eq(scope->names[k].name, names[i]))
                b->used[k] = 1;
}

const struct feel_expr *
dmn__compile_feel(struct dmn__builder *b, const struct tb_xml *at, tb_str text)
{
    const struct feel_expr *expr = NULL;
    struct feel_fault fault = {0};
    tb_str kept = dmn__copy(b, text);
    if (feel_compile(b->arena, kept, &b->node->scope, &expr, &fault, NULL) != TB_OK) {
        feel_fault(b, at, kept, &fault);
        return NULL;
    }
    size_t count;
    const tb_str *names = feel_expr_names(expr, &count);
    mark_used(b, names, count);
    return expr;
}

const struct feel_unary *
dmn__compile_unary(struct dmn__builder *b, const struct tb_xml *at, tb_str text)
{
    const struct feel_unary *unary = NULL;
    struct feel_fault fault = {0};
    tb_str kept = dmn__copy(b, text);
    if (feel_compile_unary(b->arena, kept, &b->node->scope, &unary, &fault, NULL) != TB_OK) {
        feel_fault(b, at, kept, &fault);
        return NULL;
    }
    size_t count;
    const tb_str *names = feel_unary_names(unary, &count);
    mark_used(b, names, count);
    return unary;
}

uint32_t
dmn__slot(struct dmn__builder *b, tb_str name, const struct feel_type *type)
{
    struct dmn__node *node = b->node;
    struct feel_scope *scope = &node->scope;
    if (scope->count == node->scope_cap) {
        size_t cap = node->scope_cap * 2 + 4;
        struct feel_name *more = TB_NEW_ARRAY(b->arena, cap, struct feel_name);
        for (size_t i = 0; i < scope->count; i++)
            more[i] = scope->names[i];
        scope->names = more;
        node->scope_cap = cap;
    }
    struct feel_name *names = (struct feel_name *)(uintptr_t)scope->names;
    names[scope->count] = (struct feel_name){name, type};
    return (uint32_t)scope->count++;
}

/* Slots are never used twice; a name that went out of scope matches nothing any more. */
void
dmn__slot_hide(struct dmn__builder *b, uint32_t slot)
{
    struct feel_name *names = (struct feel_name *)(uintptr_t)b->node->scope.names;
    names[slot].name = TB_STR("");
}

/* ---- ids --------------------------------------------------------------------------------------------------------- */

static void
id_grow(struct dmn__builder *b, size_t cap)
{
    size_t n = 64;
    while (n < cap * 2)
        n *= 2;
    b->ids = TB_NEW_ARRAY(b->scratch, n, struct dmn__id);
    b->id_cap = n;
}

static struct dmn__id *
id_slot(const struct dmn__builder *b, tb_str id)
{
    size_t at = tb_hash(id) & (b->id_cap - 1);
    while (b->ids[at].id.ptr != NULL && !tb_str_eq(b->ids[at].id, id))
        at = (at + 1) & (b->id_cap - 1);
    return &b->ids[at];
}

const struct dmn__id *
dmn__id_find(const struct dmn__builder *b, tb_str id)
{
    const struct dmn__id *slot = id_slot(b, id);
    return slot->id.ptr != NULL ? slot : NULL;
}

static struct dmn__id *
id_add(struct dmn__builder *b, const struct tb_xml *xml, tb_str id)
{
    if (id.len == 0)
        return NULL;
    struct dmn__id *slot = id_slot(b, id);
    if (slot->id.ptr != NULL) {
        dmn__fault(
            b, xml, "duplicate_id",
            tb_printf(b->scratch, "id “" TB_FMT "”在第 %d 行已经用过", TB_ARG(id), slot->xml->line),
            tb_printf(b->scratch, "id \"" TB_FMT "\" is already used in line %d", TB_ARG(id),
                      slot->xml->line));
        return NULL;
    }
    slot->id = id;
    slot->xml = xml;
    return slot;
}

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

static bool
node_kind(const struct tb_xml *xml, dmn__kind *ret)
{
    static const struct {
        const char *name;
        dmn__kind kind;
    } rows[] = {
        {"inputData", DMN__INPUT},
        {"decision", DMN__DECISION},
        {"businessKnowledgeModel", DMN__KNOWLEDGE},
        {"decisionService", DMN__SERVICE},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++)
        if (dmn__is(xml, rows[i].name)) {
            *ret = rows[i].kind;
            return true;
        }
    return false;
}

static tb_str
child_text(struct dmn__builder *b, const struct tb_xml *xml, const char *name)
{
    const struct tb_xml *child = tb_xml_child(xml, name);
    return child != NULL ? dmn__copy(b, child->text) : TB_STR("");
}

static dmn_logic
logic_of(const struct tb_xml *xml)
{
    const struct tb_xml *body = dmn__expr_child(xml);
    if (body == NULL)
        return DMN_NO_LOGIC;
    return dmn__is(body, "decisionTable")       ? DMN_TABLE
           : dmn__is(body, "literalExpression") ? DMN_LITERAL
                                                : DMN_BOXED;
}

/* Inside, the name of the variable is what counts; outside, that of the element. Both are the same but in odd files. */
static void
add_node(struct dmn__builder *b, const struct tb_xml *xml, dmn__kind kind)
{
    struct dmn_model *model = b->model;
    struct dmn__node *node = TB_NEW(b->arena, struct dmn__node);
    node->kind = kind;
    node->model = model;
    node->index = (uint32_t)model->node_count;
    node->type = &feel_type_any;
    node->info = (struct dmn_decision_info){
        .id = dmn__attr(b, xml, "id"),
        .name = dmn__attr(b, xml, "name"),
        .label = dmn__attr(b, xml, "label"),
        .description = child_text(b, xml, "description"),
        .question = child_text(b, xml, "question"),
        .allowed_answers = child_text(b, xml, "allowedAnswers"),
        .logic = logic_of(xml),
        .type = &feel_type_any,
        .line = xml->line,
    };
    if (node->info.name.len == 0)
        dmn__fault(b, xml, "no_name", TB_STR("没有 name"), TB_STR("it has no name"));
    struct dmn__id *id = id_add(b, xml, node->info.id);
    if (id != NULL)
        id->node = node;
    b->xmls[node->index] = xml;
    model->nodes[model->node_count++] = node;
}

static void
add_source(struct dmn__builder *b, const struct tb_xml *xml)
{
    struct dmn_authority *source = TB_NEW(b->arena, struct dmn_authority);
    *source = (struct dmn_authority){
        .id = dmn__attr(b, xml, "id"),
        .name = dmn__attr(b, xml, "name"),
        .description = child_text(b, xml, "description"),
        .location = dmn__attr(b, xml, "locationURI"),
        .type = child_text(b, xml, "type"),
    };
    struct dmn__id *id = id_add(b, xml, source->id);
    if (id != NULL)
        id->source = source;
}

static void
check_names(struct dmn__builder *b)
{
    struct dmn_model *model = b->model;
    size_t cap = 64;
    while (cap < model->node_count * 2)
        cap *= 2;
    const struct dmn__node **seen = TB_NEW_ARRAY(b->scratch, cap, const struct dmn__node *);
    for (size_t i = 0; i < model->node_count; i++) {
        const struct dmn__node *node = model->nodes[i];
        size_t at = tb_hash(node->info.name) & (cap - 1);
        while (seen[at] != NULL && !tb_str_eq(seen[at]->info.name, node->info.name))
            at = (at + 1) & (cap - 1);
        if (seen[at] == NULL)
            seen[at] = node;
        else
            dmn__fault(
                b, b->xmls[i], "duplicate_name",
                tb_printf(b->scratch, "名称在第 %d 行已经用过", seen[at]->info.line),
                tb_printf(b->scratch, "the name is already used in line %d", seen[at]->info.line));
    }
}

static void
read_nodes(struct dmn__builder *b, const struct tb_xml *root)
{
    size_t count = 0;
    dmn__kind kind;
    TB_XML_EACH(child, root)
    count++;
    id_grow(b, count);
    b->model->nodes = TB_NEW_ARRAY(b->arena, count, struct dmn__node *);
    b->xmls = TB_NEW_ARRAY(b->scratch, count, const struct tb_xml *);
    TB_XML_EACH(child, root)
    {
        if (node_kind(child, &kind))
            add_node(b, child, kind);
        else if (dmn__is(child, "knowledgeSource"))
            add_source(b, child);
    }
    check_names(b);
}

/* ---- imports ----------------------------------------------------------------------------------------------------- */

static const char *const namespaces[] = {
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "http://www.omg.org/spec/DMN/20151101/dmn11.xsd",
};

static bool
is_dmn(tb_str ns)
{
    for (size_t i = 0; i < TB_COUNT(namespaces); i++)
        if (tb_str_is(ns, namespaces[i]))
            return true;
    return false;
}

static void
read_imports(struct dmn__builder *b, const struct tb_xml *root, const struct dmn_source *source)
{
    struct dmn_model *model = b->model;
    size_t count = 0;
    TB_XML_EACH(child, root)
    count += dmn__is(child, "import");
    model->imports = TB_NEW_ARRAY(b->arena, count, struct dmn__import);
    TB_XML_EACH(child, root)
    {
        if (!dmn__is(child, "import") || !is_dmn(tb_str_trim(tb_xml_attr(child, "importType"))))
            continue;
        struct dmn__import *import = &model->imports[model->import_count];
        import->name = dmn__attr(b, child, "name");
        import->ns = dmn__attr(b, child, "namespace");
        for (size_t i = 0; i < source->import_count && import->model == NULL; i++)
            if (tb_str_eq(source->imports[i]->ns, import->ns))
                import->model = dmn_model_ref(source->imports[i]);
        if (import->model != NULL)
            model->import_count++;
        else
            dmn__fault(
                b, child, "import",
                tb_printf(b->scratch, "找不到命名空间为“" TB_FMT "”的模型", TB_ARG(import->ns)),
                tb_printf(b->scratch, "there is no model of namespace \"" TB_FMT "\"",
                          TB_ARG(import->ns)));
    }
}

tb_status
dmn_imports(struct tb_arena *arena, tb_str file, tb_str xml, const tb_str **ret_namespaces,
            size_t *ret_count, struct tb_err *err)
{
    struct tb_xml *root;
    size_t count = 0, n = 0;
    TB_TRY(tb_xml_parse(arena, file, xml, &root, err));
    TB_XML_EACH(child, root)
    count += dmn__is(child, "import");
    tb_str *list = TB_NEW_ARRAY(arena, count, tb_str);
    TB_XML_EACH(child, root)
    if (dmn__is(child, "import") && is_dmn(tb_str_trim(tb_xml_attr(child, "importType"))))
        list[n++] = tb_str_trim(tb_xml_attr(child, "namespace"));
    *ret_namespaces = list;
    *ret_count = n;
    return TB_OK;
}

/* ---- all together ------------------------------------------------------------------------------------------------ */

static void
list_contents(struct dmn__builder *b)
{
    struct dmn_model *model = b->model;
    model->decisions = TB_NEW_ARRAY(b->arena, model->node_count, struct dmn_decision_info);
    model->services = TB_NEW_ARRAY(b->arena, model->node_count, tb_str);
    for (size_t i = 0; i < model->node_count; i++) {
        if (model->nodes[i]->kind == DMN__DECISION)
            model->decisions[model->decision_count++] = model->nodes[i]->info;
        else if (model->nodes[i]->kind == DMN__SERVICE)
            model->services[model->service_count++] = model->nodes[i]->info.name;
    }
}

static tb_status
build(struct dmn__builder *b, const struct dmn_source *source, struct tb_err *err)
{
    struct tb_xml *root;
    struct dmn_model *model = b->model;
    TB_TRY(tb_xml_parse(b->scratch, source->file, source->xml, &root, err));
    if (!dmn__is(root, "definitions") || !is_dmn(root->ns)) {
        dmn__fault(b, root, "namespace", TB_STR("根元素应当是 DMN 1.1 至 1.5 的 definitions"),
                   TB_STR("the root must be <definitions> in a namespace of DMN 1.1 to 1.5"));
        return TB_OK;
    }
    model->name = dmn__attr(b, root, "name");
    model->id = dmn__attr(b, root, "id");
    model->ns = dmn__attr(b, root, "namespace");
    read_imports(b, root, source);
    if (dmn__items(b, root))
        read_nodes(b, root);
    if (model->nodes != NULL && dmn__links(b))
        list_contents(b);
    return TB_OK;
}

tb_status
dmn_compile(const struct dmn_source *source, struct tb_faults *faults, struct dmn_model **ret_model,
            struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct dmn_model *model = TB_NEW(arena, struct dmn_model);
    struct dmn__builder b = {
        .model = model, .arena = arena, .scratch = tb_arena_new(0), .faults = faults};
    model->refs = 1;
    model->arena = arena;
    model->file = tb_str_copy(arena, source->file);
    model->host = source->host;
    model->is_lenient = source->is_lenient;
    tb_status status = build(&b, source, err);
    if (status == TB_OK && b.fault_count > 0)
        status =
            tb_fail(err, TB_INVALID, TB_FMT ": %zu faults", TB_ARG(source->file), b.fault_count);
    tb_arena_free(b.scratch);
    if (status != TB_OK) {
        dmn_model_unref(model);
        return status;
    }
    *ret_model = model;
    return TB_OK;
}
