/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_kit.c - test files of the DMN compatibility kit (testCases.xsd): inputs, expected results, comparison.
 *
 * Expected numbers are often cut short in such files, so numbers are equal here at 1e-8, relative or absolute; the
 * flag errorResult is not compared: an error gives null, and null is what is expected then. */
#include "dmn/dmn_internal.h"
#include <math.h>

#define TOLERANCE 1e-8
#define XSI "http://www.w3.org/2001/XMLSchema-instance"

/* ---- expected values --------------------------------------------------------------------------------------------- */

static bool
read_scalar(struct tb_arena *arena, const struct tb_xml *xml, const struct feel_host *host,
            struct feel_value *ret)
{
    tb_str type = tb_xml_attr_ns(xml, XSI, "type"), text = xml->text;
    ptrdiff_t colon = tb_str_find(type, TB_STR(":"));
    tb_dec number;
    if (tb_str_is(tb_str_trim(tb_xml_attr_ns(xml, XSI, "nil")), "true")) {
        *ret = feel_null();
        return true;
    }
    type = tb_str_trim(tb_str_sub(type, (size_t)(colon + 1), type.len));
    if (!tb_str_is(type, "string") && type.len > 0)
        text = tb_str_trim(text);
    if (tb_str_is(type, "decimal") || tb_str_is(type, "double") || tb_str_is(type, "integer") ||
        tb_str_is(type, "int") || tb_str_is(type, "float") || tb_str_is(type, "long")) {
        if (!tb_dec_parse(text, &number))
            return false;
        *ret = feel_number(number);
        return true;
    }
    if (tb_str_is(type, "boolean")) {
        *ret = feel_boolean(tb_str_is(text, "true") || tb_str_is(text, "1"));
        return true;
    }
    if (tb_str_is(type, "date"))
        return feel_parse_temporal(arena, text, FEEL_DATE, host, ret);
    if (tb_str_is(type, "time"))
        return feel_parse_temporal(arena, text, FEEL_TIME, host, ret);
    if (tb_str_is(type, "dateTime"))
        return feel_parse_temporal(arena, text, FEEL_DATE_TIME, host, ret);
    if (tb_str_is(type, "duration") || tb_str_is(type, "dayTimeDuration") ||
        tb_str_is(type, "yearMonthDuration"))
        return feel_parse_temporal(arena, text, FEEL_DAYS, host, ret) ||
               feel_parse_temporal(arena, text, FEEL_MONTHS, host, ret);
    *ret = feel_string(text);
    return true;
}

static bool read_value(struct tb_arena *arena, const struct tb_xml *xml,
                       const struct feel_host *host, struct feel_value *ret, int depth);

static bool
read_list(struct tb_arena *arena, const struct tb_xml *xml, const struct feel_host *host,
          struct feel_value *ret, int depth)
{
    size_t count = 0, n = 0;
    if (tb_str_is(tb_str_trim(tb_xml_attr_ns(xml, XSI, "nil")), "true")) {
        *ret = feel_null();
        return true;
    }
    TB_XML_EACH(child, xml)
    count++;
    struct feel_value *items = TB_NEW_ARRAY(arena, count, struct feel_value);
    TB_XML_EACH(child, xml)
    if (dmn__is(child, "item") && !read_value(arena, child, host, &items[n++], depth + 1))
        return false;
    *ret = feel_list_of(items, n);
    return true;
}

/* What stands inside an element: <value>, <list>, or <component>s. */
static bool
read_value(struct tb_arena *arena, const struct tb_xml *xml, const struct feel_host *host,
           struct feel_value *ret, int depth)
{
    const struct tb_xml *value = tb_xml_child(xml, "value"), *list = tb_xml_child(xml, "list");
    size_t count = 0, n = 0;
    if (depth > 64)
        return false;
    if (value != NULL)
        return read_scalar(arena, value, host, ret);
    if (list != NULL)
        return read_list(arena, list, host, ret, depth);
    TB_XML_EACH(child, xml)
    count += dmn__is(child, "component");
    if (tb_str_is(tb_str_trim(tb_xml_attr_ns(xml, XSI, "nil")), "true") || count == 0) {
        *ret = feel_null();
        return true;
    }
    struct feel_entry *entries = TB_NEW_ARRAY(arena, count, struct feel_entry);
    TB_XML_EACH(child, xml)
    {
        if (!dmn__is(child, "component"))
            continue;
        entries[n].key = tb_xml_attr(child, "name");
        if (!read_value(arena, child, host, &entries[n++].value, depth + 1))
            return false;
    }
    *ret = feel_context_of(arena, entries, n);
    return true;
}

/* ---- comparison -------------------------------------------------------------------------------------------------- */

static bool
same_number(tb_dec a, tb_dec b)
{
    if (tb_dec_cmp(a, b) == 0)
        return true;
    double x = tb_dec_to_double(a), y = tb_dec_to_double(b);
    double distance = fabs(x - y), size = fmax(fabs(x), fabs(y));
    return distance <= TOLERANCE || distance <= TOLERANCE * size;
}

static bool same(struct tb_arena *arena, const struct feel_value *expected,
                 const struct feel_value *got);

static bool
same_context(struct tb_arena *arena, const struct feel_value *expected,
             const struct feel_value *got)
{
    const struct feel_context *a = expected->u.context;
    for (size_t i = 0; i < a->count; i++) {
        struct feel_value none = feel_null();
        const struct feel_value *other = feel_get(got, a->entries[i].key);
        if (!same(arena, &a->entries[i].value, other != NULL ? other : &none))
            return false;
    }
    return got->u.context->count <= a->count;
}

static bool
same(struct tb_arena *arena, const struct feel_value *expected, const struct feel_value *got)
{
    if (expected->kind == FEEL_STRING && got->kind != FEEL_STRING)
        return got->kind != FEEL_NULL && tb_str_eq(expected->u.string, feel_format(arena, got));
    if (expected->kind != got->kind)
        return false;
    if (expected->kind == FEEL_NUMBER)
        return same_number(expected->u.number, got->u.number);
    if (expected->kind == FEEL_CONTEXT)
        return same_context(arena, expected, got);
    if (expected->kind == FEEL_LIST) {
        if (expected->u.list.count != got->u.list.count)
            return false;
        for (size_t i = 0; i < expected->u.list.count; i++)
            if (!same(arena, &expected->u.list.items[i], &got->u.list.items[i]))
                return false;
        return true;
    }
    return feel_equal(expected, got);
}

/* ---- test cases -------------------------------------------------------------------------------------------------- */

struct kit_run {
    struct tb_arena *arena;   /* of the results */
    struct tb_arena *scratch; /* of one evaluation */
    const struct dmn_model *model;
    const struct dmn_run *how;
    tb_str file;
    struct dmn_kit *kit;
};

static const struct feel_host *
host_of(const struct kit_run *run)
{
    return run->how != NULL && run->how->host != NULL ? run->how->host : run->model->host;
}

static bool
read_inputs(struct kit_run *run, const struct tb_xml *test, struct feel_value *ret)
{
    size_t count = 0, n = 0;
    TB_XML_EACH(child, test)
    count += dmn__is(child, "inputNode");
    struct feel_entry *entries = TB_NEW_ARRAY(run->scratch, count, struct feel_entry);
    TB_XML_EACH(child, test)
    {
        if (!dmn__is(child, "inputNode"))
            continue;
        entries[n].key = tb_xml_attr(child, "name");
        if (!read_value(run->scratch, child, host_of(run), &entries[n++].value, 0))
            return false;
    }
    *ret = feel_context_of(run->scratch, entries, n);
    return true;
}

static tb_status
evaluate(struct kit_run *run, const struct tb_xml *test, const struct tb_xml *result,
         struct feel_value *ret, struct tb_err *err)
{
    struct feel_value input;
    tb_str type = tb_xml_attr(test, "type"), name = tb_xml_attr(result, "name");
    if (!read_inputs(run, test, &input))
        return tb_fail(err, TB_INVALID, "an input of the test cannot be read");
    if (!tb_str_is(type, "decisionService") && !tb_str_is(type, "bkm"))
        return dmn_eval(run->scratch, run->model, name, &input, run->how, ret, err);
    TB_TRY(dmn_eval_service(run->scratch, run->model, tb_xml_attr(test, "invocableName"), &input,
                            run->how, ret, err));
    const struct dmn__node *service =
        dmn__node_find(run->model, DMN__SERVICE, tb_xml_attr(test, "invocableName"));
    if (service != NULL && service->output_count > 1 && feel_get(ret, name) != NULL)
        *ret = *feel_get(ret, name);
    return TB_OK;
}

static void
add_case(struct kit_run *run, const struct dmn_kit_case *one)
{
    struct dmn_kit *kit = run->kit;
    if (kit->count == kit->cap) {
        size_t cap = kit->cap * 2 + 64;
        struct dmn_kit_case *more = TB_NEW_ARRAY(run->arena, cap, struct dmn_kit_case);
        for (size_t i = 0; i < kit->count; i++)
            more[i] = kit->cases[i];
        kit->cases = more;
        kit->cap = cap;
    }
    kit->cases[kit->count++] = *one;
    kit->passed += one->passed;
    kit->failed += !one->passed;
}

static void
run_result(struct kit_run *run, const struct tb_xml *test, const struct tb_xml *result)
{
    struct feel_value expected = feel_null(), got = feel_null();
    struct tb_err err = {0};
    struct dmn_kit_case one = {.file = run->file,
                               .id = tb_str_copy(run->arena, tb_xml_attr(test, "id")),
                               .result = tb_str_copy(run->arena, tb_xml_attr(result, "name"))};
    const struct tb_xml *wanted = tb_xml_child(result, "expected");
    bool is_read = wanted != NULL && read_value(run->scratch, wanted, host_of(run), &expected, 0);
    tb_status status = evaluate(run, test, result, &got, &err);
    one.expects_null = is_read && expected.kind == FEEL_NULL;
    one.passed = is_read && status == TB_OK && same(run->scratch, &expected, &got);
    if (!is_read)
        one.why = TB_STR("the expected value cannot be read");
    else if (status != TB_OK)
        one.why = tb_str_copy(run->arena, tb_str_of(err.message));
    else if (!one.passed)
        one.why = tb_printf(run->arena, "expected " TB_FMT ", got " TB_FMT,
                            TB_ARG(feel_format_literal(run->scratch, &expected)),
                            TB_ARG(feel_format_literal(run->scratch, &got)));
    add_case(run, &one);
    tb_arena_reset(run->scratch);
}

tb_status
dmn_kit_model(struct tb_arena *arena, tb_str file, tb_str xml, tb_str *ret_model_file,
              struct tb_err *err)
{
    struct tb_xml *root;
    TB_TRY(tb_xml_parse(arena, file, xml, &root, err));
    const struct tb_xml *name = tb_xml_child(root, "modelName");
    if (!dmn__is(root, "testCases") || name == NULL)
        return tb_fail(err, TB_UNSUPPORTED,
                       TB_FMT ": no test file: <testCases> with <modelName> is expected",
                       TB_ARG(file));
    *ret_model_file = tb_str_trim(name->text);
    return TB_OK;
}

tb_status
dmn_kit_run(struct tb_arena *arena, const struct dmn_model *model, tb_str file, tb_str xml,
            const struct dmn_run *how, struct dmn_kit *kit, struct tb_err *err)
{
    struct tb_xml *root;
    TB_TRY(tb_xml_parse(arena, file, xml, &root, err));
    struct kit_run run = {.arena = arena,
                          .scratch = tb_arena_new(0),
                          .model = model,
                          .how = how,
                          .file = tb_str_copy(arena, file),
                          .kit = kit};
    TB_XML_EACH(test, root)
    {
        if (!dmn__is(test, "testCase"))
            continue;
        TB_XML_EACH(result, test)
        if (dmn__is(result, "resultNode"))
            run_result(&run, test, result);
    }
    tb_arena_free(run.scratch);
    return TB_OK;
}
