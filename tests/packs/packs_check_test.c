/* SPDX-License-Identifier: Apache-2.0 */
/* The shipped packs are without fault; each of them with one thing broken is refused, with file,
 * line and what is wrong. faults.csv is the list of what `pack check` finds. */
#include "packs_help.h"
#include "sheet/sheet.h"

/* A cell of faults.csv: (none) is NULL, \\n a line end, \\a a bell. */
static const char *
cell_of(struct tb_arena *arena, const struct sheet_table *table, size_t row, const char *column)
{
    tb_str cell = table->rows[row].cells[sheet_column(table, column)]; /* blanks count */
    struct tb_buf buf = {.arena = arena};
    if (tb_str_is(cell, "(none)"))
        return NULL;
    for (size_t i = 0; i < cell.len; i++) {
        bool is_escape = cell.ptr[i] == '\\' && i + 1 < cell.len && strchr("na", cell.ptr[i + 1]);
        if (is_escape)
            tb_buf_char(&buf, cell.ptr[++i] == 'n' ? '\n' : '\a');
        else
            tb_buf_char(&buf, cell.ptr[i]);
    }
    return tb_buf_done(&buf).ptr;
}

/* Breaks one thing as the row says; false, with words, when that is not found. */
static bool
is_found_by_check(const struct sheet_table *table, size_t row)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_report report = {.faults.arena = arena, .notes.arena = arena};
    struct packs_files files;
    struct tb_err err = {0};
    const char *path = cell_of(arena, table, row, "path"),
               *code = cell_of(arena, table, row, "code");
    const char *place = cell_of(arena, table, row, "place");
    const char *dir = pack_dir(arena, cell_of(arena, table, row, "pack"));
    assert_int_equal(packs_read(arena, dir, &files, &err), TB_OK);
    change_file(arena, &files, path, cell_of(arena, table, row, "find"),
                cell_of(arena, table, row, "by"));
    check_files(&files, &report);
    bool is_found =
        code[0] != '\0' ? has_fault(&report.faults, place, code) : report.faults.count > 0;
    if (!is_found) {
        print_error("faults.csv:%d: wanted %s at %s, got %zu faults\n", table->rows[row].line, code,
                    place, report.faults.count);
        print_faults(&report.faults);
    }
    tb_arena_free(arena);
    return is_found;
}

static void
every_broken_thing_is_named_with_its_place(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_faults faults = {.arena = arena};
    struct sheet_table table;
    struct tb_err err = {0};
    size_t missed = 0;
    (void)state;
    tb_str text = read_file(arena, pack_dir(arena, "../tests/packs/faults.csv"));
    assert_int_equal(sheet_read_table(arena, TB_STR("faults.csv"), text, &faults, &table, &err),
                     TB_OK);
    assert_int_equal(faults.count, 0);
    assert_true(table.row_count > 80);
    for (size_t i = 0; i < table.row_count; i++)
        missed += !is_found_by_check(&table, i);
    tb_arena_free(arena);
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
