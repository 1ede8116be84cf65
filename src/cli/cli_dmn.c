/* SPDX-License-Identifier: Apache-2.0 */
/* tongban dmn eval | test: decisions from the command line. */
#include "cli/cli_dmn_internal.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MODEL_BYTES_MAX TB_XML_BYTES_MAX
#define MODELS_MAX 4096

/* ---- loading a model with what it imports ------------------------------------------------------------------------ */

/* Models that were compiled already, by path. */
struct loader {
    struct cli *cli;
    const struct feel_host *host;
    bool is_lenient;
    struct {
        tb_str path;
        struct dmn_model *model; /* NULL: it does not compile */
    } items[MODELS_MAX];
    size_t count;
    int depth;
    struct tb_faults faults;
};

static tb_status load(struct loader *loader, tb_str path, struct dmn_model **ret_model,
                      struct tb_err *err);

static tb_str
folder_of(tb_str path)
{
    size_t len = path.len;
    while (len > 0 && path.ptr[len - 1] != '/')
        len--;
    return len == 0 ? TB_STR("./") : tb_str_sub(path, 0, len);
}

static bool
has_namespace(struct cli *cli, tb_str path, tb_str ns)
{
    tb_str xml;
    struct tb_xml *root;
    return cli_read_file(cli, tb_cstr(cli->arena, path), MODEL_BYTES_MAX, &xml, NULL) == TB_OK &&
           tb_xml_parse(cli->arena, path, xml, &root, NULL) == TB_OK &&
           tb_str_eq(tb_str_trim(tb_xml_attr(root, "namespace")), ns);
}

/* The model file of a namespace among the neighbours of `path`. */
static tb_status
load_neighbour(struct loader *loader, tb_str path, tb_str ns, struct dmn_model **ret_model,
               struct tb_err *err)
{
    tb_str folder = folder_of(path);
    DIR *dir = opendir(tb_cstr(loader->cli->arena, folder));
    struct dirent *entry;
    tb_str found = TB_STR_NONE;
    while (dir != NULL && found.ptr == NULL && (entry = readdir(dir)) != NULL) {
        tb_str name = tb_str_of(entry->d_name);
        tb_str full = tb_printf(loader->cli->arena, TB_FMT TB_FMT, TB_ARG(folder), TB_ARG(name));
        if (tb_str_ends(name, TB_STR(".dmn")) && !tb_str_eq(full, path) &&
            has_namespace(loader->cli, full, ns))
            found = full;
    }
    if (dir != NULL)
        closedir(dir);
    if (found.ptr == NULL)
        return tb_fail(err, TB_NOT_FOUND, TB_FMT ": no file beside it has the namespace " TB_FMT,
                       TB_ARG(path), TB_ARG(ns));
    return load(loader, found, ret_model, err);
}

static tb_status
compile(struct loader *loader, tb_str path, struct dmn_model **ret_model, struct tb_err *err)
{
    struct cli *cli = loader->cli;
    tb_str xml;
    const tb_str *namespaces;
    size_t count, n = 0;
    if (loader->depth >= DMN_IMPORT_DEPTH_MAX)
        return tb_fail(err, TB_LIMIT, TB_FMT ": imports nest deeper than %d", TB_ARG(path),
                       DMN_IMPORT_DEPTH_MAX);
    TB_TRY(cli_read_file(cli, tb_cstr(cli->arena, path), MODEL_BYTES_MAX, &xml, err));
    TB_TRY(dmn_imports(cli->arena, path, xml, &namespaces, &count, err));
    const struct dmn_model **imports = TB_NEW_ARRAY(cli->arena, count, const struct dmn_model *);
    loader->depth++;
    for (size_t i = 0; i < count; i++) {
        struct dmn_model *model;
        if (load_neighbour(loader, path, namespaces[i], &model, err) == TB_OK)
            imports[n++] = model; /* one that is missing is a fault that dmn_compile reports */
    }
    loader->depth--;
    struct dmn_source source = {.file = path,
                                .xml = xml,
                                .imports = imports,
                                .import_count = n,
                                .host = loader->host,
                                .is_lenient = loader->is_lenient};
    return dmn_compile(&source, &loader->faults, ret_model, err);
}

static tb_status
load(struct loader *loader, tb_str path, struct dmn_model **ret_model, struct tb_err *err)
{
    struct dmn_model *model = NULL;
    for (size_t i = 0; i < loader->count; i++)
        if (tb_str_eq(loader->items[i].path, path) && loader->items[i].model != NULL) {
            *ret_model = loader->items[i].model;
            return TB_OK;
        }
    TB_TRY(compile(loader, path, &model, err));
    if (loader->count == MODELS_MAX) {
        dmn_model_unref(model);
        return tb_fail(err, TB_LIMIT, "more than %d models", MODELS_MAX);
    }
    loader->items[loader->count].path = tb_str_copy(loader->cli->arena, path);
    loader->items[loader->count++].model = model;
    *ret_model = model;
    return TB_OK;
}

static void
loader_init(struct loader *loader, struct cli *cli, bool is_lenient)
{
    *loader = (struct loader){.cli = cli, .host = cli_feel_host(cli), .is_lenient = is_lenient};
    loader->faults.arena = cli->arena;
}

static void
loader_done(struct loader *loader)
{
    for (size_t i = 0; i < loader->count; i++)
        dmn_model_unref(loader->items[i].model);
}

/* ---- eval -------------------------------------------------------------------------------------------------------- */

static void
print_warnings(const struct feel_warnings *warnings)
{
    for (size_t i = 0; i < warnings->count && i < FEEL_WARNINGS_MAX; i++) {
        const struct feel_warning *warning = &warnings->items[i];
        if (warning->where.len > 0)
            fprintf(stderr, TB_FMT ": ", TB_ARG(warning->where));
        if (warning->line > 0)
            fprintf(stderr, "%u:%u: ", warning->line, warning->column);
        fprintf(stderr, TB_FMT " (" TB_FMT ")\n", TB_ARG(warning->en), TB_ARG(warning->zh));
    }
}

static tb_status
eval(struct cli *cli, const struct dmn_model *model, struct tb_faults *faults, struct tb_err *err)
{
    struct tb_arena *arena = cli->arena;
    struct tb_json *json;
    struct feel_value input, value;
    struct feel_warnings warnings = {.arena = arena};
    struct dmn_trace trace = {0};
    struct dmn_run how = {.host = cli_feel_host(cli), .warnings = &warnings};
    const char *text = cli_value(cli, "--input"), *decision = cli_value(cli, "--decision");
    TB_TRY(tb_json_parse(arena, text != NULL ? tb_str_of(text) : TB_STR("{}"), &json, err));
    TB_TRY(dmn_input_from_json(arena, model, json, &input, faults, err));
    if (decision == NULL)
        TB_TRY(dmn_eval_all(arena, model, &input, &how, &value, err));
    else
        TB_TRY(dmn_because(arena, model, tb_str_of(decision), &input, &how, &value, &trace, err));
    if (!cli->is_json) {
        print_warnings(&warnings);
        cli_print_json(cli, feel_to_json(arena, &value));
        return TB_OK;
    }
    struct tb_json *out = tb_json_new(arena, TB_JSON_OBJECT);
    if (decision != NULL)
        out = dmn_trace_to_json(arena, &trace);
    else
        tb_json_set(out, "value", feel_to_json(arena, &value));
    tb_json_set(out, "warnings", feel_warnings_to_json(arena, &warnings));
    cli_print_json(cli, out);
    return TB_OK;
}

int
cli_dmn_with_model(struct cli *cli, cli_dmn_fn *fn)
{
    static struct loader loader;
    struct dmn_model *model;
    struct tb_err err = {0};
    struct tb_faults faults = {.arena = cli->arena};
    loader_init(&loader, cli, false);
    tb_status status = load(&loader, tb_str_of(cli->args[0]), &model, &err);
    if (status == TB_OK)
        status = fn(cli, model, &faults, &err);
    cli_print_faults(cli, stderr, &loader.faults);
    cli_print_faults(cli, stderr, &faults);
    loader_done(&loader);
    return status == TB_OK ? CLI_OK : cli_fail(cli, &err);
}

int
cli_dmn_with_models(struct cli *cli, cli_dmn_all_fn *fn)
{
    static struct loader loader;
    const struct dmn_model **models =
        TB_NEW_ARRAY(cli->arena, (size_t)cli->arg_count, const struct dmn_model *);
    struct tb_err err = {0};
    tb_status status = TB_OK;
    int exit_status = CLI_OK;
    loader_init(&loader, cli, false);
    for (int i = 0; i < cli->arg_count && status == TB_OK; i++) {
        struct dmn_model *model;
        status = load(&loader, tb_str_of(cli->args[i]), &model, &err);
        models[i] = status == TB_OK ? model : NULL;
    }
    if (status == TB_OK)
        status = fn(cli, models, (size_t)cli->arg_count, &exit_status, &err);
    cli_print_faults(cli, stderr, &loader.faults);
    loader_done(&loader);
    return status == TB_OK ? exit_status : cli_fail(cli, &err);
}

static int
run_eval(struct cli *cli)
{
    return cli_dmn_with_model(cli, eval);
}

static const struct cli_option eval_options[] = {
    {"--input", "JSON", "an object with the input data by name", false},
    {"--decision", "NAME", "only this decision, by name or id; with --json also which rules hit",
     false},
    {NULL, NULL, NULL, false},
};

const struct cli_command cli_cmd_dmn_eval = {
    .name = "dmn eval",
    .arguments = "MODEL",
    .args_min = 1,
    .args_max = 1,
    .help = "evaluate the decisions of a DMN file",
    .more = "Models that it imports are looked for beside it. Why something is null goes to "
            "standard error.",
    .options = eval_options,
    .run = run_eval,
};

/* ---- test -------------------------------------------------------------------------------------------------------- */

struct tester {
    struct cli *cli;
    struct loader *loader;
    struct dmn_kit kit;
    size_t file_count, faulty_files;
};

static void
test_file(struct tester *tester, tb_str path)
{
    struct cli *cli = tester->cli;
    struct tb_err err = {0};
    struct dmn_run how = {.host = tester->loader->host};
    struct dmn_model *model;
    tb_str xml, name;
    if (cli_read_file(cli, tb_cstr(cli->arena, path), MODEL_BYTES_MAX, &xml, &err) != TB_OK ||
        dmn_kit_model(cli->arena, path, xml, &name, &err) != TB_OK) {
        if (err.status != TB_UNSUPPORTED) {
            fprintf(stderr, "%s\n", err.message);
            tester->faulty_files++;
        }
        return;
    }
    tester->file_count++;
    tb_str file = tb_printf(cli->arena, TB_FMT TB_FMT, TB_ARG(folder_of(path)), TB_ARG(name));
    if (load(tester->loader, file, &model, &err) != TB_OK ||
        dmn_kit_run(cli->arena, model, path, xml, &how, &tester->kit, &err) != TB_OK) {
        printf(TB_FMT ": %s\n", TB_ARG(path), err.message);
        tester->faulty_files++;
    }
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void
test_folder(struct tester *tester, tb_str folder, int depth)
{
    struct dirent **entries = NULL;
    int count =
        depth > 16 ? 0 : scandir(tb_cstr(tester->cli->arena, folder), &entries, NULL, by_name);
    for (int i = 0; i < count; i++) {
        tb_str name = tb_str_of(entries[i]->d_name);
        tb_str path =
            tb_printf(tester->cli->arena, TB_FMT "/" TB_FMT, TB_ARG(folder), TB_ARG(name));
        struct stat info;
        if (name.ptr[0] != '.' && stat(path.ptr, &info) == 0) {
            if (S_ISDIR(info.st_mode))
                test_folder(tester, path, depth + 1);
            else if (tb_str_ends(name, TB_STR(".xml")))
                test_file(tester, path);
        }
        free(entries[i]);
    }
    free(entries);
}

static void
print_tests_json(const struct tester *tester)
{
    struct tb_arena *arena = tester->cli->arena;
    struct tb_json *out = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_int(arena, out, "files", (int64_t)tester->file_count);
    tb_json_set_int(arena, out, "passed", (int64_t)tester->kit.passed);
    tb_json_set_int(arena, out, "failed", (int64_t)tester->kit.failed);
    tb_json_set_int(arena, out, "faulty_files", (int64_t)tester->faulty_files);
    struct tb_json *list = tb_json_set_list(arena, out, "failures");
    for (size_t i = 0; i < tester->kit.count; i++) {
        const struct dmn_kit_case *one = &tester->kit.cases[i];
        if (one->passed)
            continue;
        struct tb_json *row = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        tb_json_set_text(arena, row, "file", one->file);
        tb_json_set_text(arena, row, "id", one->id);
        tb_json_set_text(arena, row, "result", one->result);
        tb_json_set_text(arena, row, "why", one->why);
    }
    cli_print_json(tester->cli, out);
}

static void
print_tests(const struct tester *tester)
{
    const struct dmn_kit *kit = &tester->kit;
    size_t null_count = 0, null_passed = 0;
    for (size_t i = 0; i < kit->count; i++) {
        const struct dmn_kit_case *one = &kit->cases[i];
        null_count += one->expects_null;
        null_passed += one->expects_null && one->passed;
        if (!one->passed)
            printf(TB_FMT ": %.*s %.*s: " TB_FMT "\n", TB_ARG(one->file), TB_ARG(one->id),
                   TB_ARG(one->result), TB_ARG(one->why));
    }
    printf("without results that should be null: %zu passed, %zu failed\n",
           kit->passed - null_passed, kit->failed - (null_count - null_passed));
    if (tester->faulty_files > 0)
        printf("%zu files could not be run\n", tester->faulty_files);
    printf("%zu passed, %zu failed\n", kit->passed, kit->failed);
}

static int
run_test(struct cli *cli)
{
    static struct loader loader;
    struct tester tester = {.cli = cli, .loader = &loader};
    struct stat info;
    struct tb_err err = {0};
    loader_init(&loader, cli, true);
    for (int i = 0; i < cli->arg_count; i++) {
        if (stat(cli->args[i], &info) != 0)
            tb_fail(&err, TB_NOT_FOUND, "%s: there is no such folder or file", cli->args[i]);
        else if (S_ISDIR(info.st_mode))
            test_folder(&tester, tb_str_of(cli->args[i]), 0);
        else
            test_file(&tester, tb_str_of(cli->args[i]));
    }
    loader_done(&loader);
    if (err.status == TB_OK && tester.file_count == 0)
        tb_fail(&err, TB_NOT_FOUND, "there is no test file below %s", cli->args[0]);
    if (err.status != TB_OK)
        return cli_fail(cli, &err);
    if (cli->is_json)
        print_tests_json(&tester);
    else
        print_tests(&tester);
    return tester.kit.failed + tester.faulty_files > 0 ? CLI_FOUND : CLI_OK;
}

const struct cli_command cli_cmd_dmn_test = {
    .name = "dmn test",
    .arguments = "DIR…",
    .args_min = 1,
    .args_max = -1,
    .help = "run the DMN test files (testCases.xsd) below folders",
    .more = "Numbers are compared at 1e-8, relative or absolute. An expression that does not "
            "compile counts as null.",
    .run = run_test,
};
