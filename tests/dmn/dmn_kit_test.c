/* SPDX-License-Identifier: Apache-2.0 */
/* The DMN compatibility kit, where TB_SHARED has it: level 2 passes, level 3 passes but for Java functions, which need
 * a Java machine. */
#include "../feel/feel_test_host.h"
#include "dmn/dmn.h"
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct tb_arena *zones;
static struct feel_host host;

static tb_str
read_file(struct tb_arena *arena, const char *folder, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *text = tb_alloc(arena, 1 << 20);
    size_t len = fread(text, 1, 1 << 20, file);
    fclose(file);
    return (tb_str){text, len};
}

/* Compiles a model; those that it imports lie beside it. */
static struct dmn_model *
compile(struct tb_arena *arena, const char *folder, const char *name, int depth)
{
    tb_str xml = read_file(arena, folder, name);
    const struct dmn_model *imports[8];
    const tb_str *namespaces;
    size_t count = 0, wanted;
    struct dmn_model *model = NULL;
    assert_int_equal(dmn_imports(arena, TB_STR("x"), xml, &namespaces, &wanted, NULL), TB_OK);
    DIR *dir = wanted > 0 && depth < 4 ? opendir(folder) : NULL;
    struct dirent *entry;
    while (dir != NULL && (entry = readdir(dir)) != NULL && count < TB_COUNT(imports)) {
        size_t len = strlen(entry->d_name);
        if (len < 5 || strcmp(entry->d_name + len - 4, ".dmn") != 0 ||
            strcmp(entry->d_name, name) == 0)
            continue;
        struct tb_xml *root;
        tb_str other = read_file(arena, folder, entry->d_name);
        assert_int_equal(tb_xml_parse(arena, TB_STR("x"), other, &root, NULL), TB_OK);
        for (size_t i = 0; i < wanted; i++)
            if (tb_str_eq(namespaces[i], tb_xml_attr(root, "namespace"))) {
                imports[count++] = compile(arena, folder, entry->d_name, depth + 1);
                break;
            }
    }
    if (dir != NULL)
        closedir(dir);
    struct dmn_source source = {.file = tb_str_of(name),
                                .xml = xml,
                                .imports = imports,
                                .import_count = count,
                                .host = &host,
                                .is_lenient = true};
    struct tb_err err = {0};
    tb_status status = dmn_compile(&source, NULL, &model, &err);
    for (size_t i = 0; i < count; i++)
        dmn_model_unref(imports[i]);
    if (status != TB_OK)
        print_error("%s\n", err.message);
    assert_int_equal(status, TB_OK);
    return model;
}

static void
run_folder(const char *folder, const char *leaf, struct dmn_kit *total, size_t *ret_java)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    assert_non_null(dir);
    while ((entry = readdir(dir)) != NULL) {
        size_t len = strlen(entry->d_name);
        struct tb_arena *arena = tb_arena_new(0);
        struct dmn_kit kit = {0};
        tb_str name;
        if (len > 4 && strcmp(entry->d_name + len - 4, ".xml") == 0) {
            tb_str xml = read_file(arena, folder, entry->d_name);
            assert_int_equal(dmn_kit_model(arena, TB_STR("x"), xml, &name, NULL), TB_OK);
            struct dmn_model *model = compile(arena, folder, tb_cstr(arena, name), 0);
            assert_int_equal(
                dmn_kit_run(arena, model, tb_str_of(entry->d_name), xml, NULL, &kit, NULL), TB_OK);
            dmn_model_unref(model);
        }
        bool is_java = strstr(leaf, "external-java") != NULL;
        for (size_t i = 0; i < kit.count && !is_java; i++)
            if (!kit.cases[i].passed)
                print_error("%s %s: " TB_FMT "\n", leaf, kit.cases[i].id.ptr,
                            TB_ARG(kit.cases[i].why));
        total->passed += kit.passed;
        total->failed += is_java ? 0 : kit.failed;
        *ret_java += is_java ? kit.failed : 0;
        tb_arena_free(arena);
    }
    closedir(dir);
}

static void
run_level(const char *level, size_t at_least)
{
    char folder[1024], leaf[1300];
    struct dmn_kit total = {0};
    size_t java = 0;
    const char *shared = getenv("TB_SHARED");
    snprintf(folder, sizeof folder, "%s/tck/%s", shared != NULL ? shared : "", level);
    DIR *dir = opendir(folder);
    struct dirent *entry;
    if (dir == NULL) {
        print_message("skipped: TB_SHARED has no tck/%s\n", level);
        skip();
    }
    while ((entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.') {
            snprintf(leaf, sizeof leaf, "%s/%s", folder, entry->d_name);
            run_folder(leaf, entry->d_name, &total, &java);
        }
    closedir(dir);
    print_message("%zu passed, %zu failed, %zu want Java\n", total.passed, total.failed, java);
    assert_int_equal(total.failed, 0);
    assert_true(total.passed >= at_least);
}

static void
level_two_passes(void **state)
{
    (void)state;
    run_level("compliance-level-2", 70);
}

static void
level_three_passes_but_for_java(void **state)
{
    (void)state;
    run_level("compliance-level-3", 2000);
}

int
main(void)
{
    zones = tb_arena_new(0);
    host = test_host(zones);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(level_two_passes),
        cmocka_unit_test(level_three_passes_but_for_java),
    };
    int failed = cmocka_run_group_tests_name("dmn_kit", tests, NULL, NULL);
    tb_arena_free(zones);
    return failed;
}
