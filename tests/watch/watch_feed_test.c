/* SPDX-License-Identifier: Apache-2.0 */
/* What is thrown away and made again from the log is the same, row by row; decisions that are strangely quick for their
 * service are found, whoever decided slowly or by rules is left alone. */
#include "../cases/cases_health.h"

#define HEAD "91511602MA620001"

/* ---- the tables as text
 * ------------------------------------------------------------------------------------------- */

static void
dump_rows(struct tb_buf *buf, struct store_read *read, const char *sql, int columns)
{
    struct tb_err err = {0};
    struct store_rows *rows = NULL;
    world_must(store_select(read, sql, NULL, 0, &rows, &err), &err);
    while (store_next(rows)) {
        for (int i = 0; i < columns; i++) {
            tb_buf_str(buf, store_is_null(rows, i) ? TB_STR("-") : store_text(rows, i));
            tb_buf_cstr(buf, "|");
        }
        tb_buf_cstr(buf, "\n");
    }
    world_must(store_rows_done(rows, &err), &err);
}

/* Everything but the row ids, in an order of its own. */
static const char *
dump(void)
{
    struct tb_err err = {0};
    struct store_read *read = NULL;
    struct tb_buf buf = {.arena = world.arena};
    world_must(store_snapshot(world.store, &read, &err), &err);
    dump_rows(&buf, read,
              "SELECT CAST(of_case AS TEXT), no, item, division, department, state, outcome, "
              "CAST(is_running AS TEXT), answer_due, due, promised_due, task, role, task_due, "
              "CAST(account AS TEXT), CAST(next_at AS TEXT), next_due FROM watch_dues "
              "ORDER BY of_case",
              17);
    dump_rows(&buf, read,
              "SELECT name, division, department, day, CAST(value AS TEXT) FROM watch_counts "
              "ORDER BY name, division, department, day",
              5);
    dump_rows(&buf, read,
              "SELECT CAST(of_case AS TEXT), item, situation, CAST(seconds AS TEXT) FROM "
              "watch_spans ORDER BY of_case",
              4);
    dump_rows(&buf, read, "SELECT number, rule, subject, state FROM watch_cards ORDER BY number",
              4);
    store_snapshot_done(read);
    return tb_buf_done(&buf).ptr;
}

static void
what_is_rebuilt_from_the_log_is_what_was_followed_live(void **state)
{
    (void)state;
    const char *open = world_file_road(WORLD_APPLICANT, HEAD);
    world_tick();
    const char *granted = world_file_road(WORLD_APPLICANT, HEAD);
    world_carry_road(granted);
    world_tick();
    world_set_time("2026-03-03T10:00");
    const char *paused = world_file_road(WORLD_APPLICANT, HEAD);
    world_accept(paused);
    WORLD_DO(WORLD_HEAD, "cases.suspend", "{\"no\":\"%s\",\"reason\":\"testing\",\"told_days\":3}",
             paused);
    world_tick();
    health_by_pledge();
    const char *withdrawn = world_file_road(WORLD_APPLICANT, HEAD);
    WORLD_DO(WORLD_APPLICANT, "cases.withdraw", "{\"no\":\"%s\"}", withdrawn);
    WORLD_DO(WORLD_APPLICANT, "reviews.rate", "{\"no\":\"%s\",\"satisfaction\":\"dissatisfied\"}",
             granted);
    world_tick();
    world_set_time("2026-03-10T10:00"); /* the open one is accepted by silence */
    world_tick();
    const char *live = dump();
    assert_non_null(strstr(live, open));
    assert_non_null(strstr(live, "card.red"));
    assert_non_null(strstr(live, "rating.dissatisfied"));
    assert_null(strstr(live, "state.submitted"));

    struct tb_err err = {0};
    world_must(watch_rebuild(world.watch, &err), &err);
    assert_null(strstr(dump(), "state."));
    world_tick();
    assert_string_equal(dump(), live);
    world_must(watch_rebuild(world.watch, &err), &err);
    for (size_t done = 1; done > 0;)
        world_must(watch_tick(world.watch, world.now, 7, &done, &err), &err); /* small bites */
    assert_string_equal(dump(), live);
}

/* ---- strangely quick
 * -------------------------------------------------------------------------------------------- */

/* Twenty former decisions of the same service, as the feed noted them. */
static tb_status
put_spans(struct store_tx *tx, void *arg, struct tb_err *err)
{
    int64_t seconds = *(int64_t *)arg;
    for (int64_t i = 0; i < 20; i++)
        TB_TRY(store_insert(tx, "watch_spans",
                            STORE_VALUES(STORE_SET_INT("of_case", 9000 + i),
                                         STORE_SET_TEXT("item", TB_STR(ROAD_ITEM)),
                                         STORE_SET_TEXT("situation", TB_STR("new")),
                                         STORE_SET_INT("seconds", seconds + i)),
                            NULL, err));
    return TB_OK;
}

static size_t
quick_cards(void)
{
    const struct tb_json *out = WORLD_DO(WORLD_SUPERVISOR, "watch.cards", "{}");
    size_t count = 0;
    TB_JSON_EACH(card, tb_json_get(out, "cards"))
    count += tb_str_is(tb_json_get_text(card, "rule"), "too-fast");
    return count;
}

static void
decide_after(const char *minutes)
{
    world_set_time("2026-03-02T09:30");
    const char *no = world_file_road(WORLD_APPLICANT, HEAD);
    world_accept(no);
    world_set_time(tb_printf(world.arena, "2026-03-02T%s", minutes).ptr);
    world_complete(WORLD_REVIEWER, no, "review", "pass");
    world_complete(WORLD_APPROVER, no, "decide", "grant");
    world_tick();
}

static void
a_decision_in_less_than_a_tenth_of_the_usual_time_is_asked_about(void **state)
{
    (void)state;
    struct tb_err err = {0};
    struct store_cause cause = {.purpose = TB_STR("test")};
    int64_t two_hours = 7200;
    decide_after("09:31"); /* quick too, but there is nothing to compare with */
    assert_int_equal(quick_cards(), 0);
    assert_int_equal(store_write(world.store, &cause, put_spans, &two_hours, &err), TB_OK);
    decide_after("09:43"); /* 13 minutes: more than a tenth */
    assert_int_equal(quick_cards(), 0);
    decide_after("09:41"); /* 11 minutes */
    assert_int_equal(quick_cards(), 1);
    world_tick();
    assert_int_equal(quick_cards(), 1);
    world_must(watch_rebuild(world.watch, &err), &err);
    world_tick();
    assert_int_equal(quick_cards(), 1);
}

static void
what_rules_decided_is_never_too_quick(void **state)
{
    (void)state;
    health_by_pledge(); /* granted on the spot by the rule trace */
    world_tick();
    assert_int_equal(quick_cards(), 0);
    const char *tables = dump();
    assert_null(strstr(tables, HEALTH_NEW "|new-pledge"));
    assert_non_null(strstr(tables, "on_time|"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_start, world_stop)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_rebuilt_from_the_log_is_what_was_followed_live),
        TEST(a_decision_in_less_than_a_tenth_of_the_usual_time_is_asked_about),
        TEST(what_rules_decided_is_never_too_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
