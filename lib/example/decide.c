/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluates, explains and asks: cc decide.c $(pkg-config --cflags --libs dmn) && ./a.out fee.dmn Fee '{"age": 70}' */
#include <dmn/dmn.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_buf xml = {.arena = arena}, out = {.arena = arena};
    struct tb_faults faults = {.arena = arena};
    struct tb_err err = {0};
    struct dmn_model *model;
    struct tb_json *json;
    struct feel_value input, value;
    struct dmn_trace trace = {0};
    struct dmn_asked asked;
    FILE *file = argc == 4 ? fopen(argv[1], "rb") : NULL;
    for (int c; file != NULL && (c = getc(file)) != EOF;)
        tb_buf_char(&xml, (char)c);
    struct dmn_source source = {.file = tb_str_of(argv[1]), .xml = tb_buf_done(&xml)};
    tb_str decision = tb_str_of(argc == 4 ? argv[2] : "");
    if (dmn_compile(&source, &faults, &model, &err) != TB_OK ||
        tb_json_parse(arena, tb_str_of(argv[3]), &json, &err) != TB_OK ||
        dmn_input_from_json(arena, model, json, &input, &faults, &err) != TB_OK ||
        dmn_because(arena, model, decision, &input, NULL, &value, &trace, &err) != TB_OK ||
        dmn_ask(arena, model, decision, &input, NULL, 0, NULL, &asked, &err) != TB_OK)
        return fprintf(stderr, "decide FILE DECISION JSON: %s\n", err.message), 1;
    tb_json_write_pretty(&out, dmn_trace_to_json(arena, &trace));
    printf(TB_FMT "next question: " TB_FMT "\n", TB_ARG(tb_buf_done(&out)), TB_ARG(asked.next));
    return 0;
}
