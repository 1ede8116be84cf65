/* SPDX-License-Identifier: Apache-2.0 */
/* sheet_xml.c - expat, fed in pieces, without document types and so without entities. */
#include "sheet/sheet_internal.h"
#include <expat.h>
#include <string.h>

struct sheet__xml {
    XML_Parser parser;
    const struct sheet__xml_handler *handler;
    void *context;
    tb_status status;
    const char *message;
};

static const char *
local_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

static void
on_start(void *data, const XML_Char *name, const XML_Char **attrs)
{
    struct sheet__xml *xml = data;
    if (xml->status == TB_OK && xml->handler->start != NULL)
        xml->handler->start(xml->context, local_name(name), attrs);
}

static void
on_end(void *data, const XML_Char *name)
{
    struct sheet__xml *xml = data;
    if (xml->status == TB_OK && xml->handler->end != NULL)
        xml->handler->end(xml->context, local_name(name));
}

static void
on_text(void *data, const XML_Char *text, int len)
{
    struct sheet__xml *xml = data;
    if (xml->status == TB_OK && xml->handler->text != NULL)
        xml->handler->text(xml->context, text, len);
}

static void
on_doctype(void *data, const XML_Char *name, const XML_Char *system_id, const XML_Char *public_id,
           int has_internal)
{
    sheet__xml_stop(data, TB_SYNTAX, "a document type declaration is not accepted in a workbook");
}

struct sheet__xml *
sheet__xml_new(struct tb_arena *arena, const struct sheet__xml_handler *handler, void *context)
{
    struct sheet__xml *xml = TB_NEW(arena, struct sheet__xml);
    xml->handler = handler;
    xml->context = context;
    xml->parser = XML_ParserCreate(NULL);
    tb_assert(xml->parser != NULL);
    XML_SetUserData(xml->parser, xml);
    XML_SetElementHandler(xml->parser, on_start, on_end);
    XML_SetCharacterDataHandler(xml->parser, on_text);
    XML_SetStartDoctypeDeclHandler(xml->parser, on_doctype);
    return xml;
}

void
sheet__xml_free(struct sheet__xml *xml)
{
    if (xml == NULL || xml->parser == NULL)
        return;
    XML_ParserFree(xml->parser);
    xml->parser = NULL;
}

void
sheet__xml_stop(struct sheet__xml *xml, tb_status status, const char *message)
{
    if (xml->status != TB_OK)
        return;
    xml->status = status;
    xml->message = message;
    XML_StopParser(xml->parser, XML_FALSE);
}

tb_status
sheet__xml_feed(struct sheet__xml *xml, const char *bytes, size_t len, bool is_last,
                struct tb_err *err)
{
    tb_assert(len <= INT32_MAX);
    enum XML_Status done = XML_Parse(xml->parser, bytes, (int)len, is_last);
    if (xml->status != TB_OK)
        return tb_fail(err, xml->status, "workbook: %s", xml->message);
    if (done == XML_STATUS_OK)
        return TB_OK;
    return tb_fail(err, TB_SYNTAX, "workbook: line %lu of a part: %s",
                   XML_GetCurrentLineNumber(xml->parser),
                   XML_ErrorString(XML_GetErrorCode(xml->parser)));
}

const char *
sheet__xml_attr(const char **attrs, const char *name)
{
    for (size_t i = 0; attrs[i] != NULL; i += 2)
        if (strcmp(local_name(attrs[i]), name) == 0)
            return attrs[i + 1];
    return NULL;
}
