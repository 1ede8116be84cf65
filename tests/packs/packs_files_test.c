/* SPDX-License-Identifier: Apache-2.0 */
#include "packs_help.h"
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/packs-files-XXXXXX";

static int
make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int
remove_folder(void **state)
{
    (void)state;
    return remove_all(folder);
}

static void
put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

/* Entries of a folder that are not hidden; hidden ones count 1000 each, so that leftovers are seen. */
static int
count_entries(const char *path)
{
    DIR *dir = opendir(path);
    struct dirent *entry;
    int count = 0;
    while (dir != NULL && (entry = readdir(dir)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            count += entry->d_name[0] == '.' ? 1000 : 1;
    if (dir != NULL)
        closedir(dir);
    return count;
}

static void
an_installed_pack_has_the_hash_of_its_source(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_faults faults = {.arena = arena};
    struct packs_pack *source = load_pack("road-freight"), *installed = NULL;
    struct tb_err err = {0};
    tb_str into = tb_printf(arena, "%s/a", folder), hash, again;
    (void)state;
    assert_int_equal(packs_install(pack_dir(arena, "road-freight"), into.ptr, &faults, &hash, &err),
                     TB_OK);
    assert_true(tb_str_eq(hash, source->hash));
    assert_int_equal(
        packs_install(pack_dir(arena, "road-freight"), into.ptr, &faults, &again, &err), TB_OK);
    assert_int_equal(count_entries(into.ptr), 1);
    tb_str dir = tb_printf(arena, "%s/" TB_FMT, into.ptr, TB_ARG(hash));
    assert_int_equal(packs_load(dir.ptr, &faults, &installed, &err), TB_OK);
    assert_true(tb_str_eq(installed->hash, source->hash));
    assert_int_equal(installed->clauses_count, source->clauses_count);
    packs_free(source);
    packs_free(installed);
    tb_arena_free(arena);
}

static void
calendars_do_not_travel_with_other_packs(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_files own, other;
    struct tb_err err = {0};
    bool own_has = false, other_has = false;
    (void)state;
    assert_int_equal(packs_read(arena, pack_dir(arena, "national"), &own, &err), TB_OK);
    assert_int_equal(packs_read(arena, pack_dir(arena, "road-freight"), &other, &err), TB_OK);
    for (size_t i = 0; i < own.count; i++)
        own_has = own_has || tb_str_is(own.items[i].path, "calendar.csv");
    for (size_t i = 0; i < other.count; i++)
        other_has = other_has || tb_str_contains(other.items[i].path, TB_STR("calendar.csv"));
    assert_true(own_has);
    assert_false(other_has);
    for (size_t i = 1; i < other.count; i++)
        assert_true(tb_str_cmp(other.items[i - 1].path, other.items[i].path) < 0);
    tb_arena_free(arena);
}

static void
a_pack_with_a_fault_is_not_installed(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_faults faults = {.arena = arena};
    struct tb_err err = {0};
    tb_str bad = tb_printf(arena, "%s/bad", folder), into = tb_printf(arena, "%s/b", folder), hash;
    (void)state;
    assert_int_equal(mkdir(bad.ptr, 0755), 0);
    put(tb_printf(arena, "%s/pack.yaml", bad.ptr).ptr, "id: bad\nversion: \"1\"\n");
    assert_int_equal(packs_install(bad.ptr, into.ptr, &faults, &hash, &err), TB_INVALID);
    assert_true(faults.count > 0);
    assert_int_equal(count_entries(into.ptr), 0);
    tb_arena_free(arena);
}

static void
links_and_unreasonable_names_are_refused(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_files files;
    struct tb_err err = {0};
    tb_str dir = tb_printf(arena, "%s/link", folder),
           yaml = tb_printf(arena, "%s/link/pack.yaml", folder);
    (void)state;
    assert_int_equal(mkdir(dir.ptr, 0755), 0);
    put(yaml.ptr, "id: link\ndependencies: [../../etc]\n");
    assert_int_equal(packs_read(arena, dir.ptr, &files, &err), TB_INVALID);
    put(yaml.ptr, "id: link\ndependencies: [nobody]\n");
    assert_int_equal(packs_read(arena, dir.ptr, &files, &err), TB_NOT_FOUND);
    put(yaml.ptr, "id: link\n");
    assert_int_equal(packs_read(arena, dir.ptr, &files, &err), TB_OK);
    assert_int_equal(symlink("/etc/passwd", tb_printf(arena, "%s/words.csv", dir.ptr).ptr), 0);
    assert_int_not_equal(packs_read(arena, dir.ptr, &files, &err), TB_OK);
    tb_arena_free(arena);
}

static void
folders_without_end_are_refused(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_files files;
    struct tb_err err = {0};
    tb_str dir = tb_printf(arena, "%s/deep", folder);
    (void)state;
    assert_int_equal(mkdir(dir.ptr, 0755), 0);
    put(tb_printf(arena, "%s/pack.yaml", dir.ptr).ptr, "id: deep\n");
    for (int i = 0; i < PACKS_DEPTH_MAX + 2; i++) {
        dir = tb_printf(arena, TB_FMT "/d", TB_ARG(dir));
        assert_int_equal(mkdir(dir.ptr, 0755), 0);
    }
    assert_int_equal(packs_read(arena, tb_printf(arena, "%s/deep", folder).ptr, &files, &err),
                     TB_LIMIT);
    tb_arena_free(arena);
}

static void
two_versions_are_compared_row_by_row(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_faults faults = {.arena = arena};
    struct packs_pack *before = load_pack("road-freight"), *after = NULL;
    struct packs_files files;
    struct tb_err err = {0};
    (void)state;
    assert_int_equal(packs_diff(arena, before, before)->count, 0);
    assert_int_equal(packs_read(arena, pack_dir(arena, "road-freight"), &files, &err), TB_OK);
    change_file(arena, &files, "items.csv", ",5wd,0", ",4wd,0");
    change_file(arena, &files, "materials.csv", "\nmandate,", "\nproxy,");
    change_file(arena, &files, "README.md", NULL, NULL);
    assert_int_equal(packs_compile(&files, &faults, &after, &err), TB_OK);
    struct tb_json *list = packs_diff(arena, before, after);
    assert_int_equal(list->count, 4);
    const struct tb_json *one = tb_json_at(list, 0);
    assert_true(tb_str_is(tb_json_get_text(one, "what"), "items.csv new"));
    assert_true(tb_str_is(tb_json_get_text(one, "column"), "promised"));
    assert_true(tb_str_is(tb_json_get_text(one, "before"), "5wd"));
    assert_true(tb_str_is(tb_json_get_text(one, "after"), "4wd"));
    assert_true(tb_str_is(tb_json_get_text(tb_json_at(list, 1), "change"), "added"));
    assert_true(tb_str_is(tb_json_get_text(tb_json_at(list, 2), "change"), "removed"));
    assert_true(tb_str_is(tb_json_get_text(tb_json_at(list, 3), "what"), "README.md"));
    packs_free(before);
    packs_free(after);
    tb_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_versions_are_compared_row_by_row),
        cmocka_unit_test(an_installed_pack_has_the_hash_of_its_source),
        cmocka_unit_test(calendars_do_not_travel_with_other_packs),
        cmocka_unit_test(a_pack_with_a_fault_is_not_installed),
        cmocka_unit_test(links_and_unreasonable_names_are_refused),
        cmocka_unit_test(folders_without_end_are_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
