/* SPDX-License-Identifier: Apache-2.0 */
#include "bpmn/bpmn.h"
#include "bpmn_files.h"
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct tb_arena *arena;

static tb_status
compile(tb_str file, tb_str text, struct tb_faults *faults, const struct bpmn_model **ret_model,
        struct tb_err *err)
{
    *faults = (struct tb_faults){.arena = arena};
    return bpmn_compile(arena, file, text, faults, ret_model, err);
}

static void
every_fault_is_told_at_once_with_its_line(void **state)
{
    (void)state;
    /* line of faults.bpmn, code, a word of the text */
    static const struct {
        const char *place, *code, *word;
    } rows[] = {
        {"x:6", "structure", "another element"},
        {"x:7", "unsupported", "scriptTask"},
        {"x:8", "missing", "job"},
        {"x:9", "missing", "decision"},
        {"x:10", "missing", "calledElement"},
        {"x:12", "expression", "no time"},
        {"x:13", "missing", "timeDate"},
        {"x:14", "unsupported", "cycles"},
        {"x:15", "unsupported", "signal"},
        {"x:16", "structure", "attachedToRef"},
        {"x:17", "unsupported", "multiInstance"},
        {"x:18", "reference", "nomessage"},
        {"x:19", "structure", "exactly one start"},
        {"x:22", "reference", "nowhere"},
        {"x:24", "expression", "condition"},
        {"x:25", "expression", "JUEL"},
        {"x:26", "structure", "no condition"},
        {"x:20", "structure", "no flow can leave an end"},
        {"x:28", "expression", "groovy"},
        {"x:28", "structure", "crosses"},
        {"x:29", "unknown", "wonder"},
        {"x:12", "structure", "no flow leaves"},
        {"x:8", "structure", "cannot be reached"},
        {"x:30", "structure", "f1"},
        {"x:32", "structure", "s->e"},
    };
    struct tb_faults faults;
    const struct bpmn_model *model = NULL;
    struct tb_err err = {0};
    assert_int_equal(
        compile(TB_STR("x"), bpmn_file(arena, "tests/bpmn/faults.bpmn"), &faults, &model, &err),
        TB_INVALID);
    assert_null(model);
    int missing = 0;
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        bool is_told = false;
        for (size_t k = 0; k < faults.count; k++)
            is_told = is_told || (tb_str_is(faults.items[k].place, rows[i].place) &&
                                  tb_str_is(faults.items[k].code, rows[i].code) &&
                                  tb_str_contains(faults.items[k].en, tb_str_of(rows[i].word)));
        if (!is_told) {
            print_error("not told: %s %s %s\n", rows[i].place, rows[i].code, rows[i].word);
            missing++;
        }
    }
    for (size_t k = 0; k < faults.count; k++)
        assert_true(faults.items[k].zh.len > 0 && faults.items[k].en.len > 0);
    assert_int_equal(missing, 0);
}

static const struct bpmn_element *
only_task(const char *attributes, const char *children)
{
    struct tb_faults faults;
    const struct bpmn_model *model = NULL;
    struct tb_err err = {0};
    tb_str text = tb_printf(
        arena,
        "<b:definitions xmlns:b=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" "
        "xmlns:camunda=\"http://camunda.org/schema/1.0/bpmn\" "
        "xmlns:act=\"http://activiti.org/bpmn\" "
        "xmlns:flow=\"http://flowable.org/bpmn\" "
        "xmlns:zeebe=\"http://camunda.org/schema/zeebe/1.0\"><b:process id=\"p\"><b:startEvent "
        "id=\"s\"/><b:userTask id=\"t\" %s>%s</b:userTask><b:sequenceFlow id=\"f\" sourceRef=\"s\" "
        "targetRef=\"t\"/></b:process></b:definitions>",
        attributes, children);
    if (compile(TB_STR("x"), text, &faults, &model, &err) != TB_OK)
        fail_msg("%s " TB_FMT, err.message,
                 TB_ARG(faults.count > 0 ? faults.items[0].en : TB_STR("")));
    return bpmn_element_find(bpmn_process_at(model, 0), TB_STR("t"));
}

static void
groups_and_forms_are_read_from_the_usual_places(void **state)
{
    (void)state;
    static const struct {
        const char *attributes, *children, *groups, *form;
    } rows[] = {
        {"camunda:candidateGroups=\"clerk, head\" camunda:formKey=\"a.form\"", "", "clerk, head",
         "a.form"},
        {"act:candidateGroups=\"clerk\"", "", "clerk", ""},
        {"flow:candidateGroups=\"clerk\" flow:formKey=\"x\"", "", "clerk", "x"},
        {"camunda:formRef=\"r\"", "", "", "r"},
        {"",
         "<b:extensionElements><zeebe:assignmentDefinition "
         "candidateGroups=\"clerk\"/><zeebe:formDefinition "
         "formId=\"f\"/></b:extensionElements>",
         "clerk", "f"},
        {"",
         "<b:potentialOwner><b:resourceAssignmentExpression><b:formalExpression>clerk</"
         "b:formalExpression>"
         "</b:resourceAssignmentExpression></b:potentialOwner>",
         "clerk", ""},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        const struct bpmn_element *task = only_task(rows[i].attributes, rows[i].children);
        assert_true(tb_str_is(task->candidate_groups, rows[i].groups));
        assert_true(tb_str_is(task->form, rows[i].form));
    }
}

static void
what_is_no_bpmn_is_refused(void **state)
{
    (void)state;
    struct tb_faults faults;
    const struct bpmn_model *model = NULL;
    struct tb_err err = {0};
    assert_int_equal(compile(TB_STR("x"), TB_STR("not xml"), &faults, &model, &err), TB_SYNTAX);
    assert_int_equal(compile(TB_STR("x"), TB_STR("<definitions/>"), &faults, &model, &err),
                     TB_SYNTAX);
    assert_int_equal(compile(TB_STR("x"), TB_STR("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"),
                             &faults, &model, &err),
                     TB_SYNTAX);
    assert_int_equal(
        compile(TB_STR("x"),
                TB_STR("<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\"/>"),
                &faults, &model, &err),
        TB_INVALID);
    struct tb_buf buf = {.arena = arena};
    tb_buf_cstr(
        &buf,
        "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\"><process id=\"p\">");
    for (int i = 0; i <= BPMN_ELEMENTS_MAX; i++)
        tb_buf_printf(&buf, "<userTask id=\"t%d\"/>", i);
    tb_buf_cstr(&buf, "</process></definitions>");
    assert_int_equal(compile(TB_STR("x"), tb_buf_done(&buf), &faults, &model, &err), TB_LIMIT);
}

/* Models drawn by others: all are read; how many are run is printed, and must not fall. */
static void
models_of_others_are_read(void **state)
{
    (void)state;
    const char *shared = getenv("TB_SHARED");
    glob_t files;
    if (glob(tb_printf(arena, "%s/bpmn/*/*.bpmn", shared != NULL ? shared : "../shared").ptr, 0,
             NULL, &files) != 0) {
        print_message("# skipped: TB_SHARED/bpmn is not here\n");
        skip();
    }
    size_t read = 0, run = 0, elements = 0;
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct tb_arena *own = tb_arena_new(0);
        struct tb_faults faults = {.arena = own};
        const struct bpmn_model *model = NULL;
        struct tb_err err = {0};
        tb_status status =
            bpmn_compile(own, tb_str_of(files.gl_pathv[i]), bpmn_read_file(own, files.gl_pathv[i]),
                         &faults, &model, &err);
        if (status != TB_OK && status != TB_INVALID)
            print_error("%s: %s\n", files.gl_pathv[i], err.message);
        read += status == TB_OK || status == TB_INVALID ? 1 : 0;
        run += status == TB_OK ? 1 : 0;
        for (size_t k = 0; status == TB_OK && k < bpmn_process_count(model); k++)
            elements += bpmn_element_count(bpmn_process_at(model, k));
        tb_arena_free(own);
    }
    print_message("# models of others: %zu of %zu read, %zu hold only what is run (%zu elements)\n",
                  read, (size_t)files.gl_pathc, run, elements);
    assert_int_equal(read, files.gl_pathc);
    assert_true(run * 100 >= files.gl_pathc * 46);
    globfree(&files);
}

static void
every_row_of_the_table_speaks(void **state)
{
    (void)state;
    for (int i = 0; i < BPMN_KIND_COUNT; i++)
        assert_true(bpmn_element_rows[i].xml_name[0] != '\0' &&
                    bpmn_element_rows[i].zh[0] != '\0' && bpmn_element_rows[i].en[0] != '\0');
    for (int i = 0; i < BPMN_ACTION_COUNT; i++)
        assert_true(bpmn_action_word((bpmn_action_kind)i)[0] != '\0');
}

static int
set_up(void **state)
{
    (void)state;
    arena = tb_arena_new(0);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    tb_arena_free(arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fault_is_told_at_once_with_its_line),
        cmocka_unit_test(groups_and_forms_are_read_from_the_usual_places),
        cmocka_unit_test(what_is_no_bpmn_is_refused),
        cmocka_unit_test(models_of_others_are_read),
        cmocka_unit_test(every_row_of_the_table_speaks),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
