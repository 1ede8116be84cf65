/* SPDX-License-Identifier: Apache-2.0 */
#include "packs_help.h"
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/packs-set-XXXXXX";

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

static struct packs_set *
load_set(const char *dir, struct tb_faults *faults)
{
    struct packs_set *set = NULL;
    struct tb_err err = {0};
    assert_int_equal(packs_set_load(dir, faults, &set, &err), TB_OK);
    return set;
}

static const tb_date day = {2025, 5, 6};

static void
items_are_found_by_code_first_segment_and_name(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_faults faults = {.arena = arena};
    struct packs_set *set = load_set(pack_dir(arena, ""), &faults);
    const struct packs_item *item = NULL;
    const struct packs_pack *pack;
    (void)state;
    print_faults(&faults);
    assert_int_equal(faults.count, 0);
    assert_int_equal(packs_set_count(set), 3);
    pack = packs_set_find(set, TB_STR("511A0014300001"), day, &item);
    assert_true(pack != NULL && item != NULL && tb_str_is(item->id, "new"));
    pack = packs_set_find(set, TB_STR("511A0014300001-511602000000-000-2222222222222-1-00"), day,
                          &item);
    assert_true(pack != NULL && item != NULL && tb_str_is(item->id, "new"));
    pack = packs_set_find(set, TB_STR("road-freight/cancel"), day, &item);
    assert_true(pack != NULL && item != NULL && tb_str_is(item->id, "cancel"));
    pack = packs_set_find(set, TB_STR("road-freight"), day, &item);
    assert_true(pack != NULL && item == NULL);
    /* One code for two situations names the pack, not a situation. */
    pack = packs_set_find(set, TB_STR("511A0015500009"), day, &item);
    assert_true(pack != NULL && item == NULL && tb_str_is(pack->id, "public-venue-health"));
    pack = packs_set_find(set, TB_STR("000123020000"), day, &item);
    assert_true(pack != NULL && tb_str_is(pack->id, "public-venue-health"));
    assert_null(packs_set_find(set, TB_STR("511A0014300001x"), day, &item));
    assert_null(packs_set_find(set, TB_STR("511A001430000"), day, &item));
    assert_null(packs_set_find(set, TB_STR("road-freight/fly"), day, &item));
    assert_null(packs_set_find(set, TB_STR(""), day, &item));
    packs_set_free(set);
    tb_arena_free(arena);
}

static void
before_a_pack_is_in_force_it_is_not_found(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_faults faults = {.arena = arena};
    struct packs_set *set = load_set(pack_dir(arena, ""), &faults);
    (void)state;
    assert_non_null(packs_set_by_id(set, TB_STR("road-freight"), (tb_date){2023, 7, 20}));
    assert_null(packs_set_by_id(set, TB_STR("road-freight"), (tb_date){2023, 7, 19}));
    packs_set_free(set);
    tb_arena_free(arena);
}

/* Writes the files of road-freight with another version and first day below folder/NAME. */
static void
write_version(const char *name, const char *version, const char *from)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_files files;
    struct tb_err err = {0};
    assert_int_equal(packs_read(arena, pack_dir(arena, "road-freight"), &files, &err), TB_OK);
    change_file(arena, &files, "pack.yaml", "version: \"1.0\"",
                tb_printf(arena, "version: \"%s\"", version).ptr);
    change_file(arena, &files, "pack.yaml", "from: 2023-07-20",
                tb_printf(arena, "from: %s", from).ptr);
    for (size_t i = 0; i < files.count; i++) {
        tb_str full = tb_printf(arena, "%s/%s/" TB_FMT, folder, name, TB_ARG(files.items[i].path));
        for (char *at = strchr(full.ptr + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
            *at = '\0';
            mkdir(full.ptr, 0755);
            *at = '/';
        }
        FILE *file = fopen(full.ptr, "w");
        assert_non_null(file);
        assert_int_equal(fwrite(files.items[i].content.ptr, 1, files.items[i].content.len, file),
                         files.items[i].content.len);
        assert_int_equal(fclose(file), 0);
    }
    tb_arena_free(arena);
}

static void
the_version_in_force_on_the_day_is_chosen(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_faults faults = {.arena = arena};
    (void)state;
    write_version("v1.9", "1.9", "2023-07-20");
    write_version("v1.10", "1.10", "2023-07-20");
    write_version("v2", "2.0", "2026-01-01");
    struct packs_set *set = load_set(folder, &faults);
    const struct packs_pack *now = packs_set_by_id(set, TB_STR("road-freight"), day);
    const struct packs_pack *later =
        packs_set_by_id(set, TB_STR("road-freight"), (tb_date){2026, 1, 1});
    assert_int_equal(packs_set_count(set), 3);
    assert_true(now != NULL && tb_str_is(now->version, "1.10"));
    assert_true(later != NULL && tb_str_is(later->version, "2.0"));
    assert_ptr_equal(packs_set_by_hash(set, now->hash), now);
    assert_null(packs_set_by_hash(set, TB_STR("0")));
    packs_set_free(set);
    tb_arena_free(arena);
}

static void
an_altered_installation_is_named_and_left_out(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_faults faults = {.arena = arena};
    struct tb_err err = {0};
    tb_str into = tb_printf(arena, "%s/installed", folder), hash;
    (void)state;
    assert_int_equal(packs_install(pack_dir(arena, "road-freight"), into.ptr, &faults, &hash, &err),
                     TB_OK);
    struct packs_set *set = load_set(into.ptr, &faults);
    assert_int_equal(packs_set_count(set), 1);
    packs_set_free(set);
    FILE *file =
        fopen(tb_printf(arena, "%s/" TB_FMT "/README.md", into.ptr, TB_ARG(hash)).ptr, "a");
    assert_non_null(file);
    fputs("one more line\n", file);
    fclose(file);
    set = load_set(into.ptr, &faults);
    assert_int_equal(packs_set_count(set), 0);
    assert_int_equal(faults.count, 1);
    assert_true(tb_str_is(faults.items[0].code, "altered"));
    packs_set_free(set);
    tb_arena_free(arena);
}

static void
a_folder_that_is_not_there_is_an_empty_set(void **state)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_faults faults = {.arena = arena};
    struct packs_set *set = load_set("/nonexistent", &faults);
    (void)state;
    assert_int_equal(packs_set_count(set), 0);
    assert_int_equal(faults.count, 0);
    packs_set_free(set);
    packs_set_free(NULL);
    tb_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_are_found_by_code_first_segment_and_name),
        cmocka_unit_test(before_a_pack_is_in_force_it_is_not_found),
        cmocka_unit_test(the_version_in_force_on_the_day_is_chosen),
        cmocka_unit_test(an_altered_installation_is_named_and_left_out),
        cmocka_unit_test(a_folder_that_is_not_there_is_an_empty_set),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
