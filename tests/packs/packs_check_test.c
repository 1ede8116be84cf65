/* SPDX-License-Identifier: Apache-2.0 */
/* The shipped packs are without fault; each of them with one thing broken is refused, with file,
 * line and what is wrong. The table below is the list of what `pack check` finds. */
#include "packs_help.h"

/* clang-format off */
static const struct {
    const char *pack, *path, *find, *by, *code, *place;
} mutations[] = {
    /* pack.yaml */
    {"road-freight", "pack.yaml", "level: 4", "level: 9", "level", "pack.yaml"},
    {"road-freight", "pack.yaml", "transition: better", "transition: sometimes", "transition", "pack.yaml"},
    {"road-freight", "pack.yaml", "from: 2023-07-20", "from: 2023-02-30", "bad_date", "pack.yaml:"},
    {"road-freight", "pack.yaml", "dependencies: [national]", "dependencies: [elsewhere]", "dangling", "pack.yaml:"},
    {"road-freight", "pack.yaml", "title: ", "titel: ", "unknown_key", "pack.yaml:"},
    {"road-freight", "pack.yaml", "title: ", "titel: ", "missing", "pack.yaml:"},
    {"road-freight", "pack.yaml", "511602000000", "999999000000", "", "pack.yaml"},
    {"road-freight", "pack.yaml", "道路运输条例#21,", "道路运输条例#210,", "dangling", "pack.yaml:"},
    /* tables */
    {"road-freight", "items.csv", "id,code,name", "id,kode,name", "missing_column", "items.csv:1"},
    {"road-freight", "items.csv", "id,code,name", "id,kode,name", "unknown_column", "items.csv:1"},
    {"road-freight", "items.csv", ",48,", ",four years,", "not_a_number", "items.csv:2"},
    {"road-freight", "items.csv", "new,511A0014300001,道路普通货物运输经营许可（新办）", "new,511A0014300001,", "empty", "items.csv:2"},
    {"road-freight", "items.csv", "\nexpand,", "\nnew,", "duplicate", "items.csv:3"},
    {"road-freight", "items.csv", "promise,20d|20wd", "promise,soon", "period", "items.csv:2"},
    {"road-freight", "items.csv", ",5wd,0", ",25wd,0", "promise_too_long", "items.csv:2"},
    {"road-freight", "items.csv", ",5wd,0", ",now,0", "instant", "items.csv:2"},
    {"road-freight", "items.csv", ",5wd,0", ",3wd,0", "stages_too_long", "items.csv:2"},
    {"road-freight", "items.csv", "0,jtj,jtj,jtj,road-new", "0,nobody,jtj,jtj,road-new", "dangling", "items.csv:2"},
    {"road-freight", "items.csv", "jtj,road-new,road-new", "jtj,road-old,road-new", "dangling", "items.csv:2"},
    {"road-freight", "items.csv", "jtj,road-new,road-new", "jtj,road-new,road-old", "dangling", "items.csv:2"},
    {"road-freight", "items.csv", "road-permit|vehicle-card,issue", "road-permit|boat-card,issue", "dangling", "items.csv:2"},
    {"road-freight", "items.csv", "新办,01,promise", "新办,77,promise", "not_a_choice", "items.csv:2"},
    {"road-freight", "items.csv", "道路运输条例#24(2),5wd", "道路运输条例24条,5wd", "clause_form", "items.csv:2"},
    {"road-freight", "items.csv", "道路运输条例#24(2),5wd", "不存在的条例#1,5wd", "dangling", "items.csv:2"},
    {"road-freight", "items.csv", "道路运输条例#24(2),5wd", "道路运输条例#999,5wd", "dangling", "items.csv:2"},
    {"road-freight", "items.csv", "道路运输条例#24(2),5wd", "道路运输管理工作规范#14,5wd", "unverified_clause", "items.csv:2"},
    {"road-freight", "items.csv", "jtj,,jtj,road-counter,road-exchange", "jtj,jtj,jtj,road-counter,road-exchange", "no_survey", "items.csv:4"},
    {"road-freight", "items.csv", "jtj,,jtj,road-counter,road-exchange", "jtj,jtj,jtj,road-counter,road-exchange", "no_findings", "items.csv:4"},
    {"road-freight", "materials.csv", "cancel-form,注销申请书,cancel", "cancel-form,注销申请书,stop", "dangling", "materials.csv:3"},
    {"road-freight", "materials.csv", "cancel,,generated", "cancel,,borrowed", "not_a_choice", "materials.csv:3"},
    {"road-freight", "materials.csv", "cancel-form,注销申请书", "cancel-form,其他材料", "catch_all", "materials.csv:3"},
    {"road-freight", "materials.csv", "generated,required,no,", "generated,required,yes,", "no_clause", "materials.csv:2"},
    {"road-freight", "materials.csv", "generated,required,no,", "generated,required,maybe,", "not_yes_or_no", "materials.csv:2"},
    {"road-freight", "materials.csv", "hint.application-form", "hint.nowhere", "no_words", "materials.csv:2"},
    {"road-freight", "materials.csv", "\"agent = \"\"agent\"\"\"", "agent = (", "condition", "materials.csv:6"},
    {"road-freight", "materials.csv", "\"agent = \"\"agent\"\"\"", "weather = 1", "condition", "materials.csv:6"},
    {"road-freight", "findings.csv", "道路运输条例#21.1", "道路运输条例#2100", "dangling", "findings.csv:2"},
    {"road-freight", "statutes.csv", "in_force,,verified", "sleeping,,verified", "status", "statutes.csv:2"},
    /* questions */
    {"road-freight", "questions.csv", "general|special", "general|spezial", "options", "questions.csv:2"},
    {"road-freight", "questions.csv", "purpose,choice,purpose,1,1", "purpose,choice,purpose,1,7", "cost", "questions.csv:3"},
    {"road-freight", "questions.csv", "self|agent\n", "self|agent\nmoon,choice,agent,8,1,,full|new\n", "unused", "questions.csv:10"},
    {"road-freight", "questions.csv", "business licence,choice", "licence,choice", "dangling", "questions.csv"},
    {"road-freight", "questions.csv", "purpose,choice,purpose,1,1", "purpose,guess,purpose,1,1", "not_a_choice", "questions.csv:3"},
    {"road-freight", "text/zh-CN.yaml", "    title: 您拉什么货？\n", "", "no_words", "questions.csv:2"},
    {"road-freight", "text/en.yaml", "      general: Ordinary goods", "      generel: Ordinary goods", "no_words", "questions.csv:2"},
    {"road-freight", "text/en.yaml", "  new: New permit\n", "", "no_words", "items.csv:2"},
    /* decisions */
    {"road-freight", "decisions/outcome.dmn", "\"not_needed\"", "\"forbidden\"", "not_a_choice", "decisions/outcome.dmn:"},
    {"road-freight", "decisions/outcome.dmn", "\"city-jtj\"", "\"moon-jtj\"", "dangling", "decisions/outcome.dmn:"},
    {"road-freight", "decisions/outcome.dmn", "<text>\"reissue\"</text>", "<text>\"reissued\"</text>", "dangling", "decisions/outcome.dmn:"},
    {"road-freight", "decisions/outcome.dmn", "<text>道路运输条例#24(1).2</text>", "<text></text>", "no_clause", "decisions/outcome.dmn:"},
    {"road-freight", "decisions/outcome.dmn", "<text>道路运输条例#24(1).2</text>", "<text>道路运输条例#240</text>", "dangling", "decisions/outcome.dmn:"},
    {"road-freight", "decisions/outcome.dmn", "\"dangerous-goods\"", "\"secret-reason\"", "no_words", "decisions/outcome.dmn:"},
    {"road-freight", "decisions/outcome.dmn", "<inputEntry><text>\"platform\"</text></inputEntry>", "<inputEntry><text>\"dangerous\"</text></inputEntry>", "gap", "decisions/outcome.dmn"},
    {"road-freight", "decisions/outcome.dmn", "<outputEntry><text>\"cancel\"</text></outputEntry>", "<outputEntry><text>\"change\"</text></outputEntry>", "unreachable", "items.csv:7"},
    {"road-freight", "decisions/outcome.dmn", "#source_ending", "#source_nowhere", "", "decisions/outcome.dmn:"},
    {"road-freight", "decisions/outcome.dmn", NULL, "<definitions", "syntax", "decisions/outcome.dmn"},
    /* processes */
    {"road-freight", "processes/road-new.bpmn", "candidateGroups=\"reviewer\"", "candidateGroups=\"king\"", "dangling", "processes/road-new.bpmn:"},
    {"road-freight", "processes/road-new.bpmn", " camunda:candidateGroups=\"reviewer\"", "", "no_role", "processes/road-new.bpmn:"},
    {"road-freight", "processes/road-new.bpmn", "topic=\"archive\"", "topic=\"burn\"", "dangling", "processes/road-new.bpmn:"},
    {"road-freight", "processes/road-new.bpmn", "process id=\"road-new\"", "process id=\"road-old\"", "process_id", "processes/road-new.bpmn"},
    {"road-freight", "processes/road-new.bpmn", "targetRef=\"review\"", "targetRef=\"moon\"", "", "processes/road-new.bpmn:"},
    {"road-freight", "tasks.csv", "road-new,review", "road-new,preview", "dangling", "tasks.csv:3"},
    {"road-freight", "tasks.csv", "road-new,review", "road-new,preview", "no_task_row", "processes/road-new.bpmn:"},
    {"road-freight", "tasks.csv", "pass|survey|fail", "pass|survey|shrug", "no_words", "tasks.csv:3"},
    {"road-freight", "tasks.csv", ",2wd,work", ",2 days,work", "period", "tasks.csv:3"},
    {"road-freight", "tasks.csv", ",2wd,work", ",2wd,fun", "not_a_choice", "tasks.csv:3"},
    /* forms, certificates, letters */
    {"road-freight", "forms/road-new.form", "\"check\": \"citizen_id\"", "\"check\": \"horoscope\"", "dangling", "forms/road-new.form:"},
    {"road-freight", "forms/road-new.form", "\"en\": \"Name of the business\",", "", "no_words", "forms/road-new.form:"},
    {"road-freight", "forms/road-new.form", "\"type\": \"textfield\"", "\"type\": \"hologram\"", "not_a_choice", "forms/road-new.form:"},
    {"road-freight", "forms/road-new.form", "\"key\": \"credit_code\"", "\"key\": \"name\"", "duplicate", "forms/road-new.form:"},
    {"road-freight", "forms/road-new.form", "=vehicle state = \\\"to-buy\\\"", "=vehicle state = (", "condition", "forms/road-new.form:"},
    {"road-freight", "forms/road-new.form", "\"decision\": \"conditions\"", "\"decision\": \"oracle\"", "dangling", "forms/road-new.form"},
    {"road-freight", "forms/road-new.form", NULL, "{\"components\": [", "syntax", "forms/road-new.form"},
    {"road-freight", "certificates/road-permit.yaml", "value: party.name", "value: \"party.(\"", "condition", "certificates/road-permit.yaml:"},
    {"road-freight", "certificates/road-permit.yaml", "validity: item", "validity: forever", "not_a_choice", "certificates/road-permit.yaml"},
    {"road-freight", "deps/national/letters/refusal.md", NULL, NULL, "missing", "letters/"},
    {"public-venue-health", "letters/notice_and_pledge.md", "{{check_due}}", "{{horoscope}}", "dangling", "letters/notice_and_pledge.md:"},
    {"public-venue-health", "letters/notice_and_pledge.en.md", NULL, NULL, "missing", "letters/"},
    {"national", "letters/receipt.md", "{{no}}", "{{nummer}}", "dangling", "letters/receipt.md:"},
    {"national", "periods.csv", "行政许可法,44", "不存在的法,44", "dangling", "periods.csv:"},
    {"national", "suspensions.csv", "a hearing,行政许可法#45", "a hearing,行政许可法#945", "dangling", "suspensions.csv:2"},
    {"national", "departments.csv", "11511301008778386B", "11511301008778386C", "", "departments.csv:3"},
    /* scenarios, words, other files */
    {"road-freight", "tests/scenarios.yaml", "situation: cancel\n", "situation: cancelled\n", "", ""},
    {"road-freight", "text/zh-CN.yaml", NULL, "a: &x [1]\nb: *x\n", "syntax", "text/zh-CN.yaml"},
    {"road-freight", "text/zh-CN.yaml", "situation:", "situation: [1]\nwas:", "not_text", "text/zh-CN.yaml:"},
    {"road-freight", "README.md", NULL, "bell \a", "not_text", "README.md"},
};
/* clang-format on */

static void
every_broken_thing_is_named_with_its_place(void **state)
{
    size_t missed = 0;
    (void)state;
    for (size_t i = 0; i < TB_COUNT(mutations); i++) {
        struct tb_arena *arena = tb_arena_new(0);
        struct packs_report report = {.faults.arena = arena, .notes.arena = arena};
        struct packs_files files;
        struct tb_err err = {0};
        assert_int_equal(packs_read(arena, pack_dir(arena, mutations[i].pack), &files, &err),
                         TB_OK);
        change_file(arena, &files, mutations[i].path, mutations[i].find, mutations[i].by);
        check_files(&files, &report);
        bool is_found = mutations[i].code[0] != '\0'
                            ? has_fault(&report.faults, mutations[i].place, mutations[i].code)
                            : report.faults.count > 0;
        if (!is_found) {
            print_error("%s: %s -> %s: wanted %s at %s, got %zu faults\n", mutations[i].path,
                        mutations[i].find != NULL ? mutations[i].find : "(all)",
                        mutations[i].by != NULL ? mutations[i].by : "(gone)", mutations[i].code,
                        mutations[i].place, report.faults.count);
            print_faults(&report.faults);
        }
        missed += !is_found;
        tb_arena_free(arena);
    }
    assert_int_equal(missed, 0);
}

static void
the_shipped_packs_have_no_fault(void **state)
{
    static const char *const names[] = {"national", "road-freight", "public-venue-health"};
    (void)state;
    for (size_t i = 0; i < TB_COUNT(names); i++) {
        struct tb_arena *arena = tb_arena_new(0);
        struct packs_report report = {.faults.arena = arena, .notes.arena = arena};
        struct tb_err err = {0};
        assert_int_equal(packs_check(pack_dir(arena, names[i]), &report, &err), TB_OK);
        print_faults(&report.faults);
        assert_int_equal(report.faults.count, 0);
        assert_true(report.hash.len == 64);
        tb_arena_free(arena);
    }
}

static void
unverified_rows_are_notes_and_superseded_law_is_named(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_report report = {.faults.arena = arena, .notes.arena = arena};
    struct tb_err err = {0};
    (void)state;
    assert_int_equal(packs_check(pack_dir(arena, "public-venue-health"), &report, &err), TB_OK);
    assert_true(has_fault(&report.notes, "materials.csv:6", "unverified"));
    assert_true(has_fault(&report.notes, "statutes.csv:2", "superseded"));
    assert_true(has_fault(&report.notes, "pack.yaml", "not_open"));
    assert_false(has_fault(&report.notes, "materials.csv:2", "unverified"));
    tb_arena_free(arena);
}

static void
a_folder_without_a_pack_is_a_failure_not_a_fault(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_report report = {.faults.arena = arena, .notes.arena = arena};
    struct tb_err err = {0};
    (void)state;
    assert_int_equal(packs_check("/nonexistent/pack", &report, &err), TB_NOT_FOUND);
    tb_arena_free(arena);
}

/* Bombs: small files that grow when they are read. Each must be refused quickly, by its own limit. */
static void
bombs_are_refused(void **state)
{
    static const char xml_bomb[] =
        "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">"
        "<!ENTITY c \"&b;&b;&b;&b;\">]><definitions>&c;</definitions>";
    static const char yaml_bomb[] = "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\n";
    struct tb_arena *arena = tb_arena_new(0);
    char *brackets = tb_alloc(arena, 100001), *depth = tb_alloc(arena, 200001);
    (void)state;
    memset(brackets, '[', 100000);
    for (int i = 0; i < 50000; i++)
        memcpy(depth + i * 4, "<a> ", 4);
    const struct {
        const char *path, *content;
    } bombs[] = {
        {"decisions/outcome.dmn", xml_bomb},
        {"processes/road-new.bpmn", xml_bomb},
        {"decisions/outcome.dmn", depth},
        {"processes/road-new.bpmn", depth},
        {"pack.yaml", yaml_bomb},
        {"text/en.yaml", yaml_bomb},
        {"tests/scenarios.yaml", brackets},
        {"forms/road-new.form", brackets},
        {"certificates/road-permit.yaml", brackets},
    };
    for (size_t i = 0; i < TB_COUNT(bombs); i++) {
        struct packs_report report = {.faults.arena = arena, .notes.arena = arena};
        struct packs_files files;
        struct tb_err err = {0};
        assert_int_equal(packs_read(arena, pack_dir(arena, "road-freight"), &files, &err), TB_OK);
        change_file(arena, &files, bombs[i].path, NULL, bombs[i].content);
        check_files(&files, &report);
        assert_true(report.faults.count > 0);
    }
    tb_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_packs_have_no_fault),
        cmocka_unit_test(unverified_rows_are_notes_and_superseded_law_is_named),
        cmocka_unit_test(every_broken_thing_is_named_with_its_place),
        cmocka_unit_test(a_folder_without_a_pack_is_a_failure_not_a_fault),
        cmocka_unit_test(bombs_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
