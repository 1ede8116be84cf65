/* SPDX-License-Identifier: Apache-2.0 */
/* packs_load.c - from files in memory to a compiled pack. Pure: no file is opened here.
 *
 * Everything lies in one arena that the pack owns; decision models are counted objects beside it.
 * Every fault of every file is collected; a pack with a fault is freed again. */
#include "packs/packs_internal.h"
#include <stdlib.h>
#include <string.h>

/* What a load needs everywhere. */
struct loading {
    struct tb_arena *arena;
    struct packs_pack *pack;
    struct packs_inside *inside;
    struct tb_faults *faults;
    struct tb_err *err;
};

/* The stem of FOLDER/STEM.EXTENSION, directly in that folder; false when path is not of that shape. */
static bool
stem_of(tb_str path, const char *folder, const char *extension, tb_str *ret_stem)
{
    tb_str before = tb_str_of(folder), after = tb_str_of(extension);
    if (!tb_str_starts(path, before) || !tb_str_ends(path, after) ||
        path.len <= before.len + after.len)
        return false;
    *ret_stem = tb_str_sub(path, before.len, path.len - before.len - after.len);
    return !tb_str_contains(*ret_stem, TB_STR("/"));
}

/* How many files have that shape. */
static size_t
count_files(const struct packs_files *files, const char *folder, const char *extension)
{
    size_t count = 0;
    tb_str stem;
    for (size_t i = 0; i < files->count; i++)
        count += stem_of(files->items[i].path, folder, extension, &stem);
    return count;
}

static void
syntax_fault(const struct loading *loading, tb_str file, const struct tb_err *err)
{
    packs__fault(loading->faults, file, 0, "syntax", "这个文件读不懂：%s",
                 "this file cannot be read: %s", err->message);
}

/* ---- pack.yaml ------------------------------------------------------------------------------- */

static const char *const yaml_keys[] = {
    "id",           "version",  "title",   "title_en",   "summary",  "summary_en",
    "who",          "who_en",   "region",  "level",      "in_force", "languages",
    "dependencies", "unpinned", "options", "transition", "open",     "open_note",
    "basic_code",   "clauses",  "owner",   "kind",       "words",
};

static void
check_yaml_keys(const struct loading *loading, const struct tb_json *yaml)
{
    TB_JSON_EACH(child, yaml)
    {
        bool is_known = false;
        for (size_t i = 0; i < TB_COUNT(yaml_keys); i++)
            is_known = is_known || tb_str_is(child->key, yaml_keys[i]);
        if (!is_known)
            packs__fault(loading->faults, TB_STR("pack.yaml"), child->line, "unknown_key",
                         "不认识的键 %.*s", "unknown key %.*s", TB_ARG(child->key));
    }
}

static tb_str
need_text(const struct loading *loading, const struct tb_json *yaml, const char *key)
{
    const struct tb_json *value = tb_json_get(yaml, key);
    tb_str text = tb_json_text(value);
    if (text.len == 0)
        packs__fault(loading->faults, TB_STR("pack.yaml"), value != NULL ? value->line : 1,
                     "missing", "缺少 %s，请写上", "%s is missing or empty", key);
    return text;
}

/* A date below in_force; absent is allowed for `to`. */
static bool
read_day(const struct loading *loading, const struct tb_json *value, tb_date *ret_day)
{
    if (tb_json_is_null(value))
        return false;
    if (tb_date_parse(tb_json_text(value), ret_day))
        return true;
    packs__fault(loading->faults, TB_STR("pack.yaml"), value->line, "bad_date",
                 "%.*s 不是日期，应写成 2025-01-31 这样",
                 "%.*s is no date; write it like 2025-01-31", TB_ARG(tb_json_text(value)));
    return false;
}

/* Everyday words for the service: a list of short texts, for the search. */
static void
check_words(const struct loading *loading, const struct tb_json *words)
{
    if (tb_json_is_null(words))
        return;
    if (words->kind != TB_JSON_LIST || words->count > PACKS_WORDS_MAX) {
        packs__fault(loading->faults, TB_STR("pack.yaml"), words->line, "bad_words",
                     "words 应是平常说法的列表，最多 %d 个",
                     "words is a list of everyday words, at most %d", PACKS_WORDS_MAX);
        return;
    }
    TB_JSON_EACH(word, words)
    {
        size_t length = tb_utf8_length(tb_json_text(word));
        if (word->kind != TB_JSON_TEXT || length < 2 || length > PACKS_WORD_LENGTH_MAX)
            packs__fault(loading->faults, TB_STR("pack.yaml"), word->line, "bad_words",
                         "words 的每一项应是 2 到 %d 个字", "each of words has 2 to %d characters",
                         PACKS_WORD_LENGTH_MAX);
    }
}

static void
read_dependency_list(const struct loading *loading, const struct tb_json *list)
{
    struct packs_inside *inside = loading->inside;
    if (list == NULL || list->count == 0)
        return;
    inside->dependencies = TB_NEW_ARRAY(loading->arena, list->count, tb_str);
    TB_JSON_EACH(item, list)
    {
        tb_str id = tb_json_text(item);
        tb_str path = tb_printf(loading->arena, "deps/" TB_FMT "/pack.yaml", TB_ARG(id));
        inside->dependencies[inside->dependency_count++] = id;
        if (packs__file(&inside->files, path) == NULL)
            packs__fault(
                loading->faults, TB_STR("pack.yaml"), item->line, "dangling",
                "依赖的标准包 %.*s 找不到，请放在旁边的文件夹里",
                "the pack %.*s that this one depends on is not there; put it beside this folder",
                TB_ARG(id));
    }
}

static tb_status
load_yaml(const struct loading *loading)
{
    struct packs_pack *pack = loading->pack;
    const struct packs_file *file = packs__file(&loading->inside->files, TB_STR("pack.yaml"));
    struct tb_json *yaml;
    if (file == NULL)
        return tb_fail(loading->err, TB_NOT_FOUND, "pack.yaml is missing: a pack folder has one");
    TB_TRY(tb_yaml_parse(loading->arena, TB_STR("pack.yaml"), file->content, &yaml, loading->err));
    if (yaml == NULL || yaml->kind != TB_JSON_OBJECT)
        return tb_fail(loading->err, TB_SYNTAX,
                       "pack.yaml: a list of `key: value` lines is expected");
    check_yaml_keys(loading, yaml);
    pack->yaml = yaml;
    pack->id = need_text(loading, yaml, "id");
    pack->version = need_text(loading, yaml, "version");
    pack->title = need_text(loading, yaml, "title");
    pack->title_en = need_text(loading, yaml, "title_en");
    pack->summary = need_text(loading, yaml, "summary");
    pack->summary_en = need_text(loading, yaml, "summary_en");
    pack->who = tb_json_get_text(yaml, "who");
    pack->who_en = tb_json_get_text(yaml, "who_en");
    pack->division = need_text(loading, yaml, "region");
    pack->level = need_text(loading, yaml, "level");
    pack->transition = need_text(loading, yaml, "transition");
    pack->basic_code = tb_json_get_text(yaml, "basic_code");
    pack->open_note_key = tb_json_get_text(yaml, "open_note");
    pack->is_open = tb_json_is_true(tb_json_get(yaml, "open"));
    pack->options = tb_json_get(yaml, "options");
    pack->has_from = read_day(loading, tb_json_path(yaml, "in_force.from"), &pack->from);
    pack->has_to = read_day(loading, tb_json_path(yaml, "in_force.to"), &pack->to);
    check_words(loading, tb_json_get(yaml, "words"));
    read_dependency_list(loading, tb_json_get(yaml, "dependencies"));
    return TB_OK;
}

/* ---- tables ---------------------------------------------------------------------------------- */

/* Reads the pack's own file of a table and, where it is inherited, those of its dependencies behind it. */
static void *
load_table(const struct loading *loading, const struct packs__table *table, size_t *ret_own,
           size_t *ret_count)
{
    const struct packs_files *files = &loading->inside->files;
    tb_str id, rest;
    size_t count = 0;
    char *rows = NULL;
    const struct packs_file *own = packs__file(files, tb_str_of(table->file));
    if (own != NULL)
        rows = packs__table_read(loading->arena, table, own->path, own->content, loading->faults,
                                 &count);
    *ret_own = count;
    for (size_t i = 0; table->is_inherited && i < files->count; i++) {
        size_t more_count;
        if (!packs__dependency_path(files->items[i].path, &id, &rest) ||
            !tb_str_is(rest, table->file))
            continue;
        char *more = packs__table_read(loading->arena, table, files->items[i].path,
                                       files->items[i].content, loading->faults, &more_count);
        char *both = tb_alloc_array(loading->arena, count + more_count + 1, table->row_size);
        if (count > 0)
            memcpy(both, rows, count * table->row_size);
        if (more_count > 0)
            memcpy(both + count * table->row_size, more, more_count * table->row_size);
        rows = both;
        count += more_count;
    }
    *ret_count = count;
    return rows;
}

#define LOAD(name)                                                                                 \
    pack->name = load_table(loading, &packs__##name##_table, &own, &pack->name##_count)

static void
load_tables(const struct loading *loading)
{
    struct packs_pack *pack = loading->pack;
    struct packs_inside *inside = loading->inside;
    size_t own;
    LOAD(items);
    LOAD(materials);
    LOAD(questions);
    LOAD(tasks);
    LOAD(findings);
    LOAD(standards);
    LOAD(periods);
    LOAD(suspensions);
    LOAD(remedies);
    LOAD(clauses);
    inside->own_clauses = own;
    LOAD(statutes);
    inside->own_statutes = own;
    LOAD(departments);
    inside->own_departments = own;
    inside->letter_fields =
        load_table(loading, &packs__letter_fields_table, &own, &inside->letter_field_count);
}

/* Compiles a condition of materials.csv or findings.csv; absent text gives NULL. */
static const struct feel_expr *
compile_condition(const struct loading *loading, const char *file, int32_t line, tb_str text)
{
    const struct feel_expr *expr = NULL;
    struct feel_fault fault = {0};
    size_t count = loading->pack->questions_count;
    if (text.len == 0)
        return NULL;
    /* The names in scope are the questions, so that "venue kind" is one name; options are the pack's parameters. */
    struct feel_name *names = TB_NEW_ARRAY(loading->arena, count + 3, struct feel_name);
    struct feel_scope *scope = TB_NEW(loading->arena, struct feel_scope);
    for (size_t i = 0; i < count; i++)
        names[i].name = loading->pack->questions[i].input;
    names[count++].name = TB_STR("options");
    names[count++].name = TB_STR("situation");
    *scope = (struct feel_scope){.names = names, .count = count, .is_closed = true};
    if (feel_compile(loading->arena, text, scope, &expr, &fault, loading->err) != TB_OK)
        packs__fault(loading->faults, tb_str_of(file), line, "condition", "条件写错了：%.*s / %.*s",
                     "the condition does not compile: %.*s / %.*s", TB_ARG(text), TB_ARG(fault.en));
    return expr;
}

static void
compile_conditions(const struct loading *loading)
{
    struct packs_material *materials = (struct packs_material *)loading->pack->materials;
    struct packs_finding *findings = (struct packs_finding *)loading->pack->findings;
    for (size_t i = 0; i < loading->pack->materials_count; i++)
        materials[i].compiled =
            compile_condition(loading, "materials.csv", materials[i].line, materials[i].condition);
    for (size_t i = 0; i < loading->pack->findings_count; i++)
        findings[i].compiled =
            compile_condition(loading, "findings.csv", findings[i].line, findings[i].condition);
}

/* ---- sentences ------------------------------------------------------------------------------- */

static void
push_sentence(struct tb_arena *arena, struct packs__words *words, struct packs__sentence sentence)
{
    if (words->count == words->cap) {
        size_t cap = words->cap == 0 ? 256 : words->cap * 2;
        struct packs__sentence *items = TB_NEW_ARRAY(arena, cap, struct packs__sentence);
        if (words->count > 0)
            memcpy(items, words->items, words->count * sizeof *items);
        words->items = items;
        words->cap = cap;
    }
    words->items[words->count++] = sentence;
}

/* Turns nested keys into dotted ones. Depth is bounded by TB_YAML_DEPTH_MAX. */
static void
flatten(const struct loading *loading, struct packs__words *words, tb_str file, tb_str prefix,
        const struct tb_json *object)
{
    TB_JSON_EACH(child, object)
    {
        tb_str key = prefix.len == 0 ? child->key
                                     : tb_printf(loading->arena, TB_FMT "." TB_FMT, TB_ARG(prefix),
                                                 TB_ARG(child->key));
        if (child->kind == TB_JSON_OBJECT)
            flatten(loading, words, file, key, child);
        else if (child->kind == TB_JSON_TEXT || child->kind == TB_JSON_NUMBER)
            push_sentence(loading->arena, words,
                          (struct packs__sentence){key, child->text, file, child->line});
        else
            packs__fault(loading->faults, file, child->line, "not_text", "%.*s 应是一句话",
                         "%.*s must be a text", TB_ARG(key));
    }
}

/* Own sentences before inherited ones, so that after a stable sort the first of equals is the pack's own. */
static int
by_key_then_own(const void *a, const void *b)
{
    const struct packs__sentence *x = a, *y = b;
    int order = tb_str_cmp(x->key, y->key);
    bool x_inherited = tb_str_starts(x->file, TB_STR("deps/")),
         y_inherited = tb_str_starts(y->file, TB_STR("deps/"));
    if (order == 0)
        order = (int)x_inherited - (int)y_inherited;
    if (order == 0)
        order = tb_str_cmp(x->file, y->file);
    return order != 0 ? order : x->line - y->line;
}

/* Sorts and keeps one sentence of each key; two of one key in the pack itself are a fault. */
static void
sort_words(const struct loading *loading, struct packs__words *words)
{
    size_t kept = 0;
    if (words->count > 1)
        qsort(words->items, words->count, sizeof *words->items, by_key_then_own);
    for (size_t i = 0; i < words->count; i++) {
        if (kept == 0 || !tb_str_eq(words->items[kept - 1].key, words->items[i].key))
            words->items[kept++] = words->items[i];
        else if (!tb_str_starts(words->items[i].file, TB_STR("deps/")))
            packs__fault(loading->faults, words->items[i].file, words->items[i].line, "duplicate",
                         "%.*s 在别的文件里已经写过", "%.*s is already written in another file",
                         TB_ARG(words->items[i].key));
    }
    words->count = kept;
}

static void
load_words(const struct loading *loading)
{
    const struct packs_files *files = &loading->inside->files;
    for (size_t i = 0; i < files->count; i++) {
        tb_str id, rest = files->items[i].path, stem;
        struct tb_json *yaml;
        struct tb_err err = {0};
        packs__dependency_path(files->items[i].path, &id, &rest);
        if (!stem_of(rest, "text/", ".yaml", &stem))
            continue;
        struct packs__words *words = NULL;
        if (tb_str_starts(stem, TB_STR("zh")))
            words = &loading->inside->words[0];
        else if (tb_str_starts(stem, TB_STR("en")))
            words = &loading->inside->words[1];
        if (words == NULL)
            packs__fault(loading->faults, files->items[i].path, 0, "language",
                         "文件名 %.*s 应以语言开头：zh-CN、en",
                         "the file name %.*s must begin with its language: zh-CN or en",
                         TB_ARG(stem));
        else if (tb_yaml_parse(loading->arena, files->items[i].path, files->items[i].content, &yaml,
                               &err) != TB_OK)
            syntax_fault(loading, files->items[i].path, &err);
        else
            flatten(loading, words, files->items[i].path, TB_STR(""), yaml);
    }
    for (size_t i = 0; i < PACKS__LANGS; i++)
        sort_words(loading, &loading->inside->words[i]);
}

/* ---- decisions and processes ----------------------------------------------------------------- */

static void
load_decisions(const struct loading *loading)
{
    const struct packs_files *files = &loading->inside->files;
    struct packs_inside *inside = loading->inside;
    size_t count = count_files(files, "decisions/", ".dmn");
    tb_str stem;
    inside->models = TB_NEW_ARRAY(loading->arena, count + 1, struct packs__model);
    for (size_t i = 0; i < files->count; i++) {
        struct dmn_source source = {.file = files->items[i].path, .xml = files->items[i].content};
        struct tb_err err = {0};
        size_t before = loading->faults->count;
        struct dmn_model *model = NULL;
        if (!stem_of(files->items[i].path, "decisions/", ".dmn", &stem))
            continue;
        if (dmn_compile(&source, loading->faults, &model, &err) == TB_OK)
            inside->models[inside->model_count++] =
                (struct packs__model){files->items[i].path, model};
        else if (loading->faults->count == before)
            syntax_fault(loading, files->items[i].path, &err);
    }
}

static void
load_processes(const struct loading *loading)
{
    const struct packs_files *files = &loading->inside->files;
    struct packs_process *list = TB_NEW_ARRAY(
        loading->arena, count_files(files, "processes/", ".bpmn") + 1, struct packs_process);
    size_t count = 0;
    tb_str stem;
    for (size_t i = 0; i < files->count; i++) {
        const struct packs_file *file = &files->items[i];
        const struct bpmn_model *model = NULL;
        struct tb_err err = {0};
        size_t before = loading->faults->count;
        if (!stem_of(file->path, "processes/", ".bpmn", &stem))
            continue;
        if (bpmn_compile(loading->arena, file->path, file->content, loading->faults, &model,
                         &err) != TB_OK) {
            if (loading->faults->count == before)
                syntax_fault(loading, file->path, &err);
            continue;
        }
        const struct bpmn_process *process = bpmn_process_find(model, stem);
        if (process == NULL)
            packs__fault(
                loading->faults, file->path, 0, "process_id", "文件里应有 id 为 %.*s 的流程",
                "the file must hold a process with id %.*s, as its name says", TB_ARG(stem));
        list[count++] = (struct packs_process){stem, file->path, file->content, process};
    }
    loading->pack->processes = list;
    loading->pack->processes_count = count;
}

/* ---- forms, certificates, letters, tests ----------------------------------------------------- */

static void
load_forms(const struct loading *loading)
{
    const struct packs_files *files = &loading->inside->files;
    struct packs_form *list =
        TB_NEW_ARRAY(loading->arena, count_files(files, "forms/", ".form") + 1, struct packs_form);
    size_t count = 0;
    tb_str stem;
    for (size_t i = 0; i < files->count; i++) {
        struct tb_json *json;
        struct tb_err err = {0};
        if (!stem_of(files->items[i].path, "forms/", ".form", &stem))
            continue;
        if (tb_json_parse(loading->arena, files->items[i].content, &json, &err) != TB_OK)
            syntax_fault(loading, files->items[i].path, &err);
        else
            list[count++] = (struct packs_form){stem, files->items[i].path, json, NULL};
    }
    for (size_t i = 0; i < count; i++)
        list[i].index = packs__form_index_make(loading->arena, loading->pack, &list[i]);
    loading->pack->forms = list;
    loading->pack->forms_count = count;
}

static void
load_certificates(const struct loading *loading)
{
    const struct packs_files *files = &loading->inside->files;
    struct packs_certificate *list = TB_NEW_ARRAY(
        loading->arena, count_files(files, "certificates/", ".yaml") + 1, struct packs_certificate);
    size_t count = 0;
    tb_str stem;
    for (size_t i = 0; i < files->count; i++) {
        struct tb_json *json;
        struct tb_err err = {0};
        if (!stem_of(files->items[i].path, "certificates/", ".yaml", &stem))
            continue;
        if (tb_yaml_parse(loading->arena, files->items[i].path, files->items[i].content, &json,
                          &err) != TB_OK)
            syntax_fault(loading, files->items[i].path, &err);
        else
            list[count++] = (struct packs_certificate){stem, json};
    }
    loading->pack->certificates = list;
    loading->pack->certificates_count = count;
}

/* letters/KIND.md is Chinese, letters/KIND.en.md English; the pack's own first, so that they win. */
static void
load_letters(const struct loading *loading)
{
    const struct packs_files *files = &loading->inside->files;
    struct packs_inside *inside = loading->inside;
    inside->letters = TB_NEW_ARRAY(loading->arena, files->count + 1, struct packs__letter);
    for (int inherited = 0; inherited <= 1; inherited++) {
        for (size_t i = 0; i < files->count; i++) {
            tb_str id, rest = files->items[i].path, stem;
            bool is_inherited = packs__dependency_path(files->items[i].path, &id, &rest);
            if (is_inherited != (inherited == 1) || !stem_of(rest, "letters/", ".md", &stem))
                continue;
            bool is_english = tb_str_ends(stem, TB_STR(".en"));
            struct packs__letter letter = {.lang = is_english ? TB_STR("en") : TB_STR("zh"),
                                           .file = files->items[i].path,
                                           .text = files->items[i].content};
            letter.kind = is_english ? tb_str_sub(stem, 0, stem.len - 3) : stem;
            inside->letters[inside->letter_count++] = letter;
        }
        if (inherited == 0)
            inside->own_letters = inside->letter_count;
    }
}

static void
load_tests(const struct loading *loading)
{
    const struct packs_files *files = &loading->inside->files;
    struct packs_inside *inside = loading->inside;
    tb_str stem;
    inside->tests = TB_NEW_ARRAY(loading->arena, count_files(files, "tests/", ".yaml") + 1,
                                 struct packs__test_file);
    for (size_t i = 0; i < files->count; i++) {
        struct tb_json *json;
        struct tb_err err = {0};
        if (!stem_of(files->items[i].path, "tests/", ".yaml", &stem))
            continue;
        if (tb_yaml_parse(loading->arena, files->items[i].path, files->items[i].content, &json,
                          &err) != TB_OK)
            syntax_fault(loading, files->items[i].path, &err);
        else
            inside->tests[inside->test_count++] =
                (struct packs__test_file){files->items[i].path, json};
    }
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void
copy_files(struct tb_arena *arena, const struct packs_files *files, struct packs_files *ret_files)
{
    struct packs_file *items = TB_NEW_ARRAY(arena, files->count + 1, struct packs_file);
    for (size_t i = 0; i < files->count; i++) {
        items[i].path = tb_str_copy(arena, files->items[i].path);
        items[i].content = tb_str_copy(arena, files->items[i].content);
    }
    *ret_files = (struct packs_files){items, files->count};
}

/* Files hold text; anything else would end up unseen in a letter or a page. */
static void
check_texts(const struct loading *loading)
{
    const struct packs_files *files = &loading->inside->files;
    for (size_t i = 0; i < files->count; i++) {
        int32_t bad = 0;
        if (!tb_text_is_clean(files->items[i].content, &bad) && bad != 0xFEFF)
            packs__fault(loading->faults, files->items[i].path, 0, "not_text",
                         "文件应是 UTF-8 文字，不能有控制字符（U+%04X）",
                         "the file must be UTF-8 text without control characters (U+%04X)",
                         (unsigned)bad);
    }
}

tb_status
packs_compile(const struct packs_files *files, struct tb_faults *faults,
              struct packs_pack **ret_pack, struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_pack *pack = TB_NEW(arena, struct packs_pack);
    struct packs_inside *inside = TB_NEW(arena, struct packs_inside);
    struct loading loading = {arena, pack, inside, faults, err};
    size_t before = faults->count;
    pack->inside = inside;
    inside->arena = arena;
    copy_files(arena, files, &inside->files);
    tb_status status = load_yaml(&loading);
    if (status == TB_OK) {
        pack->hash = packs__hash(arena, &inside->files);
        check_texts(&loading);
        load_tables(&loading);
        compile_conditions(&loading);
        load_words(&loading);
        load_decisions(&loading);
        load_processes(&loading);
        load_forms(&loading);
        load_certificates(&loading);
        load_letters(&loading);
        load_tests(&loading);
        if (faults->count > before)
            status = tb_fail(err, TB_INVALID, "the pack " TB_FMT " has %zu faults",
                             TB_ARG(pack->id), faults->count - before);
    }
    if (status == TB_OK)
        *ret_pack = pack;
    else
        packs_free(pack);
    return status;
}

tb_status
packs_load(const char *dir, struct tb_faults *faults, struct packs_pack **ret_pack,
           struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct packs_files files;
    tb_status status = packs_read(arena, dir, &files, err);
    if (status == TB_OK)
        status = packs_compile(&files, faults, ret_pack, err);
    tb_arena_free(arena);
    return status;
}

void
packs_free(struct packs_pack *pack)
{
    if (pack == NULL)
        return;
    for (size_t i = 0; i < pack->inside->model_count; i++)
        dmn_model_unref(pack->inside->models[i].model);
    tb_arena_free(pack->inside->arena);
}
