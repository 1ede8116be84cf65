/* SPDX-License-Identifier: Apache-2.0 */
/* The whole life of a case, by operations only: filed, accepted, reviewed, decided, certificate, checked, rated. */
#include "cases_world.h"

#include <pthread.h>

static void
a_road_freight_case_goes_from_filing_to_a_rated_certificate(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, "91511602MA620001");
    assert_true(codes_case_number_check(tb_str_of(no), TB_STR_NONE, NULL));
    const struct tb_json *out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_string_equal(world_text(out, "state"), "submitted");
    assert_string_equal(world_text(out, "clock.answer_due"), "2026-03-09");
    assert_int_equal(strlen(world_text(out, "code")), 6);

    const char *mark = world_carry_road(no);
    out = WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no);
    assert_string_equal(world_text(out, "state"), "closed");
    assert_string_equal(world_text(out, "decision.outcome"), "grant");
    assert_string_equal(world_text(out, "clock.started"), "2026-03-02");
    assert_int_equal(tb_json_get(out, "certificates")->count,
                     2); /* the permit and a card for the lorry */

    out = WORLD_DO(WORLD_NOBODY, "certificates.get", "{\"mark\":\"%s\"}", mark);
    assert_string_equal(world_text(out, "state"), "valid");
    assert_true(codes_mark(tb_str_of(mark), TB_STR_NONE, NULL, NULL));
    assert_string_equal(world_text(out, "expires"), "2030-03-01");

    assert_int_equal(world_call(WORLD_APPLICANT, "certificates.pdf", "{\"mark\":\"%s\"}", mark),
                     200);
    tb_str pdf = world.last.raw;
    assert_true(tb_str_starts(pdf, TB_STR("%PDF-")));

    WORLD_DO(WORLD_APPLICANT, "reviews.rate", "{\"no\":\"%s\",\"satisfaction\":\"satisfied\"}", no);
    assert_int_equal(world_call(WORLD_APPLICANT, "reviews.rate",
                                "{\"no\":\"%s\",\"satisfaction\":\"satisfied\"}", no),
                     409);
    assert_true(world_has_fault("", "already_rated"));

    out = WORLD_DO(WORLD_CLERK, "cases.history", "{\"no\":\"%s\"}", no);
    assert_true(tb_json_get(out, "states")->count >= 4);
    struct tb_buf text = {.arena = world.arena};
    tb_json_write(&text, out);
    assert_false(
        tb_str_contains(tb_buf_done(&text), TB_STR("高小川"))); /* personal values stay masked */

    out = WORLD_DO(WORLD_NOBODY, "grants.list", "{}");
    assert_int_equal(tb_json_get(out, "grants")->count, 1);
}

/* The n-th line of this kind in the timeline; NULL: there are not so many. */
static const struct tb_json *
told(const struct tb_json *of_case, const char *kind, size_t n)
{
    TB_JSON_EACH(row, tb_json_get(of_case, "timeline"))
    {
        if (tb_str_is(tb_json_get_text(row, "kind"), kind) && n-- == 0)
            return row;
    }
    return NULL;
}

static void
the_timeline_names_steps_papers_and_certificates(void **state)
{
    (void)state;
    const char *no = world_file_road(WORLD_APPLICANT, "91511602MA62A01B");
    const char *hash = world_upload(WORLD_APPLICANT, world_pdf, sizeof(world_pdf) - 1);
    WORLD_DO(WORLD_CLERK, "cases.deficiency",
             "{\"no\":\"%s\",\"lines\":[{\"material\":\"safety-rules\",\"what\":\"没有盖章\"}]}",
             no);
    WORLD_DO(WORLD_APPLICANT, "cases.supplement",
             "{\"no\":\"%s\",\"materials\":[{\"id\":\"safety-rules\",\"hash\":\"%s\","
             "\"name\":\"制度.pdf\"}]}",
             no, hash);
    world_carry_road(no);
    const struct tb_json *out = WORLD_DO(WORLD_CLERK, "cases.get", "{\"no\":\"%s\"}", no);
    assert_string_equal(world_text(told(out, "supplemented", 0), "text"), "安全生产管理制度文本");
    assert_string_equal(world_text(told(out, "task_done", 0), "title"), "环节办完：书面审查");
    assert_string_equal(world_text(told(out, "certificate_issued", 0), "text"),
                        "道路运输经营许可证");
    assert_string_equal(world_text(told(out, "certificate_issued", 1), "text"), "车辆营运证");
    assert_non_null(told(out, "closed", 0));
    assert_null(told(out, "archived", 0)); /* 办结归档 says it once */
    TB_JSON_EACH(certificate, tb_json_get(out, "certificates"))
    {
        assert_true(tb_json_get_text(certificate, "name").len > 0);
        assert_true(tb_json_get_text(certificate, "href").len > 0);
    }
    /* A driver's work permit is built like an identity number, and masked like one. */
    struct tb_buf text = {.arena = world.arena};
    tb_json_write(&text, out);
    assert_false(tb_str_contains(tb_buf_done(&text), TB_STR("511602198003054010")));
}

static tb_status
forget_files(struct store_tx *tx, void *arg, struct tb_err *err)
{
    int64_t *ids = arg;
    for (size_t i = 0; ids[i] != 0; i++)
        TB_TRY(store_update(tx, "certificates", ids[i], -1, STORE_VALUES(STORE_SET_NULL("file")),
                            err));
    return TB_OK;
}

struct reader {
    const char *mark;
    struct tb_arena *arena;
    struct op_result result;
};

static void *
read_certificate(void *arg)
{
    struct reader *reader = arg;
    struct op_request request = {.actor = &world.people[WORLD_APPLICANT],
                                 .id = TB_STR("test"),
                                 .lang = TB_STR("zh"),
                                 .channel = TB_STR("api"),
                                 .now = world.now};
    struct tb_json *in = tb_json_new(reader->arena, TB_JSON_OBJECT);
    tb_json_set_text(reader->arena, in, "mark", tb_str_of(reader->mark));
    op_call(world.registry, reader->arena, "certificates.pdf", &request, in, &reader->result);
    return NULL;
}

/* As after a crash between the decision and the drawing: whoever comes first draws, and several come first. */
static void
all_who_draw_a_certificate_at_once_get_the_one_that_is_filed(void **state)
{
    (void)state;
    enum { READERS = 6, TRIES = 20 };
    const char *mark = world_carry_road(world_file_road(WORLD_APPLICANT, "91511602MA620001"));
    int64_t ids[] = {1, 2, 0}; /* the permit and the card of its lorry */
    for (int try = 0; try < TRIES; try++) {
        struct reader readers[READERS];
        pthread_t threads[READERS];
        assert_int_equal(store_write(world.store, NULL, forget_files, ids, NULL), TB_OK);
        for (int i = 0; i < READERS; i++) {
            readers[i] = (struct reader){.mark = mark, .arena = tb_arena_new(0)};
            assert_int_equal(pthread_create(&threads[i], NULL, read_certificate, &readers[i]), 0);
        }
        for (int i = 0; i < READERS; i++)
            pthread_join(threads[i], NULL);
        assert_int_equal(world_call(WORLD_APPLICANT, "certificates.pdf", "{\"mark\":\"%s\"}", mark),
                         200);
        for (int i = 0; i < READERS; i++) {
            assert_int_equal(readers[i].result.http, 200);
            assert_true(tb_str_eq(readers[i].result.raw, world.last.raw));
            tb_arena_free(readers[i].arena);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_road_freight_case_goes_from_filing_to_a_rated_certificate,
                                        world_start, world_stop),
        cmocka_unit_test_setup_teardown(the_timeline_names_steps_papers_and_certificates,
                                        world_start, world_stop),
        cmocka_unit_test_setup_teardown(
            all_who_draw_a_certificate_at_once_get_the_one_that_is_filed, world_start, world_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
