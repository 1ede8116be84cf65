/* SPDX-License-Identifier: Apache-2.0 */
/* Every model of tests/dmn/models.txt, compiled and evaluated: boxed expressions, types at boundaries, knowledge
 * models, services, imports. `model NAME` begins one, of namespace urn:NAME; then XML, as inside <definitions>, in
 * lines that begin with <; then `DECISION given CONTEXT -> VALUE`, where DECISION may be a service's name. Models above
 * can be imported. Where a line ends in `!code`, the evaluation must have left a warning of that code. */
#include "dmn/dmn.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MODELS_MAX 256

struct models {
    struct tb_arena *arena;
    const struct dmn_model *list[MODELS_MAX];
    size_t count;
    struct tb_buf xml;
    tb_str name;
};

static void
compile(struct models *models)
{
    struct tb_buf xml = {.arena = models->arena};
    struct tb_faults faults = {.arena = models->arena};
    struct dmn_model *model = NULL;
    tb_buf_printf(
        &xml,
        "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"" TB_FMT
        "\" namespace=\"urn:" TB_FMT "\">",
        TB_ARG(models->name), TB_ARG(models->name));
    tb_buf_str(&xml, tb_buf_done(&models->xml));
    tb_buf_cstr(&xml, "</definitions>");
    struct dmn_source source = {.file = models->name,
                                .xml = tb_buf_done(&xml),
                                .imports = models->list,
                                .import_count = models->count};
    struct tb_err err = {0};
    tb_status status = dmn_compile(&source, &faults, &model, &err);
    for (size_t i = 0; i < faults.count; i++)
        print_error(TB_FMT ": " TB_FMT "\n", TB_ARG(faults.items[i].place),
                    TB_ARG(faults.items[i].en));
    if (status != TB_OK)
        print_error("%s\n", err.message);
    assert_int_equal(status, TB_OK);
    assert_true(models->count < MODELS_MAX);
    models->list[models->count++] = model;
    models->xml = (struct tb_buf){.arena = models->arena};
}

static bool
cut(tb_str *text, const char *word, tb_str *ret_rest)
{
    ptrdiff_t at = tb_str_find(*text, tb_str_of(word));
    if (at < 0)
        return false;
    *ret_rest = tb_str_trim(tb_str_sub(*text, (size_t)at + strlen(word), text->len));
    *text = tb_str_trim(tb_str_sub(*text, 0, (size_t)at));
    return true;
}

static bool
has_warning(const struct feel_warnings *warnings, tb_str code)
{
    for (size_t i = 0; i < warnings->count; i++)
        if (tb_str_is(code, warnings->items[i].code))
            return true;
    return false;
}

static bool
check(const struct dmn_model *model, tb_str line, int number)
{
    tb_str given, wanted_text, code = TB_STR_NONE;
    struct tb_arena *arena = tb_arena_new(0);
    struct feel_value input, wanted, got;
    struct feel_warnings warnings = {.arena = arena};
    struct dmn_run run = {.warnings = &warnings};
    assert_true(cut(&line, " given ", &given) && cut(&given, " -> ", &wanted_text));
    cut(&wanted_text, " !", &code);
    assert_int_equal(feel_once(arena, given, NULL, NULL, &input, NULL), TB_OK);
    assert_int_equal(feel_once(arena, wanted_text, NULL, NULL, &wanted, NULL), TB_OK);
    tb_status status = dmn_eval(arena, model, line, &input, &run, &got, NULL);
    if (status == TB_NOT_FOUND)
        status = dmn_eval_service(arena, model, line, &input, &run, &got, NULL);
    assert_int_equal(status, TB_OK);
    bool is_same = feel_equal(&wanted, &got);
    if (!is_same)
        print_error("models.txt:%d: " TB_FMT ": expected " TB_FMT ", got " TB_FMT "\n", number,
                    TB_ARG(line), TB_ARG(wanted_text), TB_ARG(feel_format_literal(arena, &got)));
    bool is_told = code.ptr == NULL || has_warning(&warnings, code);
    if (!is_told)
        print_error("models.txt:%d: " TB_FMT ": no warning " TB_FMT "\n", number, TB_ARG(line),
                    TB_ARG(code));
    tb_arena_free(arena);
    return is_same && is_told;
}

static void
every_model_gives_what_the_file_says(void **state)
{
    static char text[1 << 17];
    char path[512];
    static struct models models;
    size_t failed = 0, count = 0;
    bool is_open = false;
    (void)state;
    models.arena = tb_arena_new(0);
    snprintf(path, sizeof path, "%s/tests/dmn/models.txt", getenv("TB_SOURCE"));
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    tb_str rest = {text, fread(text, 1, sizeof text, file)}, line;
    fclose(file);
    for (int number = 1; tb_str_cut(&rest, '\n', &line); number++) {
        if (tb_str_starts(line, TB_STR("#")) || tb_str_trim(line).len == 0)
            continue;
        if (tb_str_starts(line, TB_STR("model "))) {
            if (is_open)
                compile(&models); /* one that is only imported */
            models.name = tb_str_sub(line, 6, line.len);
            models.xml = (struct tb_buf){.arena = models.arena};
            is_open = true;
        } else if (is_open && line.ptr[0] == '<') {
            tb_buf_str(&models.xml, line);
            tb_buf_char(&models.xml, '\n');
        } else {
            if (is_open)
                compile(&models);
            is_open = false;
            failed += !check(models.list[models.count - 1], line, number);
            count++;
        }
    }
    for (size_t i = 0; i < models.count; i++)
        dmn_model_unref(models.list[i]);
    tb_arena_free(models.arena);
    print_message("%zu models, %zu results\n", models.count, count);
    assert_int_equal(failed, 0);
    assert_true(count >= 100);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_model_gives_what_the_file_says)};
    return cmocka_run_group_tests_name("dmn_models", tests, NULL, NULL);
}
