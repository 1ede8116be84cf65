/* SPDX-License-Identifier: Apache-2.0 */
/* base_xml.c - strict XML into a plain tree, over libxml2's SAX events.
 *
 * A document type declaration is refused as a whole: with it go entities, entity bombs, external
 * references and defaulted attributes. Nothing is fetched. The parser stops at the first fault. */
#include "base/base_internal.h"
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

struct reader {
    struct tb_arena *arena;
    tb_str file;
    xmlParserCtxtPtr parser;
    struct tb_xml *root, *open;
    int depth;
    struct tb_buf texts[TB_XML_DEPTH_MAX]; /* character data of the open elements */
    tb_status status;
    struct tb_err *err;
};

static void
stop(struct reader *r, int line, tb_status status, const char *what)
{
    if (r->status != TB_OK)
        return;
    tb_str words = tb_str_trim(tb_str_of(what));
    r->status =
        tb_fail(r->err, status, TB_FMT ":%d: " TB_FMT, TB_ARG(r->file), line, TB_ARG(words));
    xmlStopParser(r->parser);
}

static int
line_of(const struct reader *r)
{
    return r->parser->input != NULL ? r->parser->input->line : 0;
}

static tb_str
copy_x(struct reader *r, const xmlChar *text)
{
    return tb_str_copy(r->arena, tb_str_of((const char *)text));
}

/* libxml2 hands over five pointers for each attribute: name, prefix, namespace, value, end of
 * value. */
static void
copy_attrs(struct reader *r, struct tb_xml *element, int count, const xmlChar **raw)
{
    struct tb_xml_attr *attrs = TB_NEW_ARRAY(r->arena, (size_t)count, struct tb_xml_attr);
    for (int i = 0; i < count; i++, raw += 5) {
        tb_str value = {(const char *)raw[3], (size_t)(raw[4] - raw[3])};
        attrs[i] = (struct tb_xml_attr){copy_x(r, raw[2]), copy_x(r, raw[0]),
                                        tb_str_copy(r->arena, value)};
    }
    element->attrs = attrs;
    element->attr_count = (size_t)count;
}

static void
on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns, int ns_count,
         const xmlChar **namespaces, int attr_count, int defaulted_count, const xmlChar **attrs)
{
    struct reader *r = context;
    if (r->status != TB_OK)
        return;
    if (r->depth >= TB_XML_DEPTH_MAX) {
        stop(r, line_of(r), TB_LIMIT, "nested too deeply; at most 256 levels are accepted");
        return;
    }
    if (tb_arena_is_over(r->arena)) {
        stop(r, line_of(r), TB_LIMIT, "the document is too large for this place");
        return;
    }
    struct tb_xml *element = TB_NEW(r->arena, struct tb_xml);
    element->name = copy_x(r, name);
    element->ns = copy_x(r, ns);
    element->text = TB_STR("");
    element->line = line_of(r);
    element->parent = r->open;
    copy_attrs(r, element, attr_count, attrs);
    if (r->open == NULL)
        r->root = element;
    else if (r->open->last == NULL)
        r->open->first = element;
    else
        r->open->last->next = element;
    if (r->open != NULL)
        r->open->last = element;
    r->open = element;
    r->texts[r->depth++] = (struct tb_buf){.arena = r->arena};
}

static void
on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *ns)
{
    struct reader *r = context;
    if (r->status != TB_OK || r->open == NULL)
        return;
    struct tb_buf *text = &r->texts[--r->depth];
    if (text->len > 0)
        r->open->text = tb_buf_done(text);
    r->open = r->open->parent;
}

static void
on_text(void *context, const xmlChar *text, int len)
{
    struct reader *r = context;
    if (r->status == TB_OK && r->depth > 0 && len > 0)
        tb_buf_put(&r->texts[r->depth - 1], text, (size_t)len);
}

static void
on_doctype(void *context, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
    struct reader *r = context;
    stop(r, line_of(r), TB_SYNTAX, "a document type declaration (<!DOCTYPE) is not accepted");
}

/* Only the five of XML itself; whatever else is named cannot have been declared. */
static xmlEntityPtr
on_entity(void *context, const xmlChar *name)
{
    return xmlGetPredefinedEntity(name);
}

static void
on_error(void *context, xmlErrorPtr error)
{
    struct reader *r = context;
    if (error->level >= XML_ERR_ERROR)
        stop(r, error->line, error->code == XML_ERR_NO_MEMORY ? TB_LIMIT : TB_SYNTAX,
             error->message != NULL ? error->message : "cannot be read");
}

static tb_status
run(struct reader *r)
{
    xmlSAXHandler handler = {
        .initialized = XML_SAX2_MAGIC,
        .internalSubset = on_doctype,
        .getEntity = on_entity,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .ignorableWhitespace = on_text,
        .cdataBlock = on_text,
        .serror = on_error,
    };
    /* The handlers get userData; the parser keeps its own SAX structure, which is filled by copy.
     */
    *r->parser->sax = handler;
    r->parser->userData = r;
    /* NOENT: &amp; in an attribute arrives as &, not as a reference to it. There are no other
     * entities here. */
    xmlCtxtUseOptions(r->parser, XML_PARSE_NONET | XML_PARSE_NOENT);
    xmlParseDocument(r->parser);
    if (r->status == TB_OK && (!r->parser->wellFormed || r->root == NULL))
        stop(r, line_of(r), TB_SYNTAX, "not a well-formed document");
    return r->status;
}

tb_status
tb_xml_parse(struct tb_arena *arena, tb_str file, tb_str text, struct tb_xml **ret_root,
             struct tb_err *err)
{
    if (text.len > TB_XML_BYTES_MAX)
        return tb_fail(err, TB_LIMIT, TB_FMT ": %zu bytes; at most %u are accepted", TB_ARG(file),
                       text.len, TB_XML_BYTES_MAX);
    if (text.len == 0)
        return tb_fail(err, TB_SYNTAX, TB_FMT ":1: the file is empty; an XML document is expected",
                       TB_ARG(file));
    struct reader *r = TB_NEW(arena, struct reader);
    r->arena = arena;
    r->file = file;
    r->err = err;
    r->parser = xmlCreateMemoryParserCtxt(text.ptr, (int)text.len);
    if (r->parser == NULL)
        return tb_fail(err, TB_INTERNAL, "out of memory");
    tb_status status = run(r);
    xmlFreeParserCtxt(r->parser);
    TB_TRY(status);
    *ret_root = r->root;
    return TB_OK;
}

/* ---- looking things up ----------------------------------------------------------------------- */

tb_str
tb_xml_attr_ns(const struct tb_xml *element, const char *ns, const char *name)
{
    tb_str wanted = tb_str_of(ns);
    for (size_t i = 0; element != NULL && i < element->attr_count; i++)
        if (tb_str_is(element->attrs[i].name, name) && tb_str_eq(element->attrs[i].ns, wanted))
            return element->attrs[i].value;
    return TB_STR_NONE;
}

tb_str
tb_xml_attr(const struct tb_xml *element, const char *name)
{
    return tb_xml_attr_ns(element, NULL, name);
}

const struct tb_xml *
tb_xml_child(const struct tb_xml *element, const char *name)
{
    if (element == NULL)
        return NULL;
    TB_XML_EACH(child, element)
    if (tb_str_is(child->name, name))
        return child;
    return NULL;
}
