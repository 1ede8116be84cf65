/* SPDX-License-Identifier: Apache-2.0 */
/* Every row of cases.csv: rules and events in, what must hold out. */
#include "clock/clock.h"
#include "clock_cases.h"
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct tb_arena *arena;
static const struct clock_calendar *calendar;

struct parsed {
    struct clock_rules rules;
    struct clock_channel channels[8];
    struct clock_stage stages[4];
    struct clock_event events[16];
    size_t event_count;
    int64_t now;
};

static struct clock_period
period_of(tb_str text)
{
    struct clock_period period;
    bool stays = tb_str_ends(text, TB_STR("!"));
    if (stays)
        text.len--;
    struct tb_err err = {0};
    if (clock_period_parse(text, &period, &err) != TB_OK)
        fail_msg("%s", err.message);
    period.stays = stays;
    return period;
}

static int64_t
instant_of(tb_str text)
{
    struct clock_when when;
    struct tb_err err = {0};
    if (clock_when_parse(text, &when, &err) != TB_OK)
        fail_msg("%s", err.message);
    return tb_day_start(when.day) +
           (int64_t)(when.minute < 0 ? 0 : when.minute) * 60 * TB_US_PER_SECOND;
}

static void
apply_rule(struct parsed *p, tb_str key, tb_str value)
{
    tb_str head = TB_STR_NONE, rest = value;
    tb_str_cut(&rest, ':', &head);
    if (tb_str_is(key, "joint")) {
        p->rules.readings[0].limit.period.n = 45;
        p->rules.readings[0].extension.period.n = 15;
        p->rules.readings[0].extended_by = TB_STR("government_head");
    } else if (tb_str_is(key, "promised")) {
        p->rules.promised.period = period_of(value);
    } else if (tb_str_is(key, "supplement")) {
        p->rules.supplement.period = period_of(value);
    } else if (tb_str_is(key, "renewal")) {
        p->rules.is_renewal = true;
        assert_true(tb_date_parse(value, &p->rules.permit_expires));
    } else if (tb_str_is(key, "online")) {
        for (size_t i = 0; i < p->rules.channel_count; i++)
            if (tb_str_is(p->channels[i].key, "online"))
                p->channels[i].receipt = CLOCK_RECEIPT_OFFICE;
    } else if (tb_str_is(key, "stage")) {
        p->stages[p->rules.stage_count++] =
            (struct clock_stage){.key = head, .limit = {.period = period_of(rest)}};
    } else if (tb_str_is(key, "reading")) {
        struct clock_reading *reading = &p->rules.readings[p->rules.reading_count++];
        *reading = (struct clock_reading){.limit = {.period = period_of(head)}};
        tb_str_cut(&rest, ':', &reading->limit.law);
        reading->limit.article = rest;
    } else if (!tb_str_is(key, "licensing")) {
        fail_msg("unknown rule " TB_FMT, TB_ARG(key));
    }
}

static void
parse_rules(struct parsed *p, tb_str text)
{
    clock_rules_licensing(&p->rules);
    memcpy(p->channels, p->rules.channels, p->rules.channel_count * sizeof p->channels[0]);
    p->rules.channels = p->channels;
    p->rules.stages = p->stages;
    tb_str word, key;
    while (tb_str_cut(&text, ' ', &word))
        if (tb_str_cut(&word, '=', &key))
            apply_rule(p, key, word);
}

static void
parse_event(struct parsed *p, tb_str text)
{
    tb_str at = TB_STR_NONE, kind = TB_STR_NONE, word = TB_STR_NONE;
    tb_str_cut(&text, ' ', &at);
    tb_str_cut(&text, ' ', &kind);
    tb_str_cut(&text, ' ', &word);
    struct clock_event *event = &p->events[p->event_count++];
    *event = (struct clock_event){.kind = clock_event_find(kind), .at = instant_of(at)};
    if (event->kind == CLOCK_EVENT_COUNT)
        fail_msg("unknown event " TB_FMT, TB_ARG(kind));
    event->channel = event->reason = event->by = event->stage = event->outcome = word;
    if (event->kind == CLOCK_SUSPENDED && text.len > 0)
        event->needed = period_of(text);
    if (event->kind == CLOCK_HEARING_SET)
        assert_true(tb_date_parse(word, &event->on));
}

static tb_str
yes(bool is)
{
    return is ? TB_STR("yes") : TB_STR("no");
}

static tb_str
day_or_none(bool is, tb_date day)
{
    return is ? tb_date_format(arena, day) : TB_STR("none");
}

static tb_str
due_text(const struct clock_due *due)
{
    struct clock_due plain = *due;
    plain.is_provisional = false;
    return clock_due_format(arena, &plain);
}

static const struct clock_deadline *
find_deadline(const struct clock_reckoning *r, tb_str key)
{
    for (size_t i = 0; i < r->deadline_count; i++)
        if (tb_str_is(key, r->deadlines[i].key))
            return &r->deadlines[i];
    return NULL;
}

static tb_str
next_text(const struct clock_deadline *deadline)
{
    if (deadline == NULL)
        return TB_STR("none");
    return tb_printf(arena, "%s@" TB_FMT, deadline->key, TB_ARG(due_text(&deadline->due)));
}

static tb_str
suspended_text(const struct clock_reckoning *r)
{
    struct tb_buf buf = {.arena = arena};
    for (size_t i = 0; i < r->suspended_count; i++)
        tb_buf_printf(&buf, "%s" TB_FMT ".." TB_FMT, i > 0 ? "+" : "",
                      TB_ARG(tb_date_format(arena, r->suspended[i].from)),
                      TB_ARG(tb_date_format(arena, r->suspended[i].to)));
    return tb_buf_done(&buf);
}

static tb_str
faults_text(const struct clock_reckoning *r)
{
    struct tb_buf buf = {.arena = arena};
    for (size_t i = 0; i < r->fault_count; i++)
        tb_buf_printf(&buf, "%s%s", i > 0 ? "+" : "", r->faults[i].code);
    return tb_buf_done(&buf);
}

static bool
is_over_told(const struct clock_reckoning *r)
{
    for (size_t i = 0; i < r->suspended_count; i++)
        if (r->suspended[i].is_over_told)
            return true;
    return false;
}

static tb_str
deadline_fact(const struct clock_reckoning *r, tb_str kind, tb_str key)
{
    const struct clock_deadline *deadline = find_deadline(r, key);
    if (deadline == NULL)
        return TB_STR("none");
    if (tb_str_is(kind, "late"))
        return yes(deadline->is_late);
    if (tb_str_is(kind, "met"))
        return day_or_none(deadline->is_met, deadline->met_on);
    return due_text(&deadline->due);
}

/* What the reckoning says about one key of the column `expected`. */
static tb_str
fact(const struct clock_reckoning *r, tb_str key)
{
    tb_str rest = key, head = TB_STR_NONE;
    tb_str_cut(&rest, ':', &head);
    if (rest.len > 0)
        return deadline_fact(r, head, rest);
    struct {
        const char *key;
        tb_str value;
    } facts[] = {
        {"state", tb_str_of(clock_state_word(r->state))},
        {"first", day_or_none(r->is_received, r->first_received)},
        {"received", day_or_none(r->is_received, r->received)},
        {"started", day_or_none(r->is_started, r->started)},
        {"due", r->has_due ? due_text(&r->due.due) : TB_STR("none")},
        {"article", r->due.limit.article},
        {"law", r->due.limit.law},
        {"as_told", due_text(&r->due_as_told)},
        {"promised", r->has_promised ? due_text(&r->promised.due) : TB_STR("none")},
        {"promised_left", tb_printf(arena, "%" PRId32, r->promised_left)},
        {"left", tb_printf(arena, "%" PRId32, r->days_left)},
        {"used", tb_printf(arena, "%" PRId32, r->days_used)},
        {"deemed", yes(r->is_deemed_accepted)},
        {"deemed_at", tb_instant_format(arena, r->deemed_accepted_at)},
        {"renewed", yes(r->is_deemed_renewed)},
        {"renewed_at", tb_instant_format(arena, r->deemed_renewed_at)},
        {"extended", yes(r->is_extended)},
        {"provisional", yes(r->is_provisional)},
        {"over_told", yes(is_over_told(r))},
        {"reading0", due_text(&r->reading_dues[0])},
        {"reading1", due_text(&r->reading_dues[1])},
        {"next_agency", next_text(r->next_agency)},
        {"next_applicant", next_text(r->next_applicant)},
        {"suspended", suspended_text(r)},
        {"fault", faults_text(r)},
        {"wake", r->wake_at == INT64_MAX ? TB_STR("never") : tb_instant_format(arena, r->wake_at)},
    };
    for (size_t i = 0; i < TB_COUNT(facts); i++)
        if (tb_str_is(key, facts[i].key))
            return facts[i].value;
    return tb_printf(arena, "(no such fact)");
}

/* The table of days must tell the same story as the due day. */
static int
check_days(int line, const struct clock_reckoning *r)
{
    int32_t last = 0, bad = 0;
    for (size_t i = 0; i < r->day_count; i++) {
        const struct clock_day_line *one = &r->days[i];
        if (i > 0 && tb_date_to_days(one->day) != tb_date_to_days(r->days[i - 1].day) + 1)
            bad++;
        if (one->number > 0 && one->number != ++last)
            bad++;
        if (one->mark == CLOCK_MARK_DUE && r->has_due && r->is_started &&
            tb_date_cmp(one->day, r->due.due.day) != 0)
            bad++;
    }
    if (bad > 0)
        print_error("cases.csv:%d: the table of days contradicts itself\n", line);
    return bad;
}

static int
check_case(int line, const tb_str cells[6])
{
    struct parsed *p = TB_NEW(arena, struct parsed);
    parse_rules(p, cells[1]);
    tb_str rest = cells[2], one;
    while (tb_str_cut(&rest, ';', &one))
        parse_event(p, one);
    struct clock_reckoning r;
    struct tb_err err = {0};
    if (clock_reckon(arena, calendar, &p->rules, p->events, p->event_count, instant_of(cells[3]),
                     &r, &err) != TB_OK) {
        print_error("cases.csv:%d: %s\n", line, err.message);
        return 1;
    }
    int bad = check_days(line, &r);
    bool names_fault = false;
    rest = tb_str_trim(cells[4]);
    while (tb_str_cut(&rest, ' ', &one)) {
        tb_str key = TB_STR_NONE;
        tb_str_cut(&one, '=', &key);
        names_fault = names_fault || tb_str_is(key, "fault");
        tb_str got = fact(&r, key);
        if (!tb_str_eq(got, one)) {
            print_error("cases.csv:%d: article " TB_FMT ": " TB_FMT " is " TB_FMT
                        ", expected " TB_FMT "\n",
                        line, TB_ARG(cells[0]), TB_ARG(key), TB_ARG(got), TB_ARG(one));
            bad++;
        }
    }
    if (!names_fault && r.fault_count > 0) {
        print_error("cases.csv:%d: unexpected fault %s\n", line, r.faults[0].code);
        bad++;
    }
    return bad;
}

static void
every_hand_worked_case_comes_out(void **state)
{
    (void)state;
    tb_str rest = cases_own(arena, "tests/clock/cases.csv"), cells[6];
    int line = 0, bad = 0, count = 0;
    for (; cases_next(&rest, &line, cells, 6); count++)
        bad += check_case(line, cells);
    assert_int_equal(bad, 0);
    assert_true(count >= 60);
}

static void
events_out_of_order_are_refused(void **state)
{
    (void)state;
    struct clock_rules rules;
    clock_rules_licensing(&rules);
    const struct clock_event events[] = {
        {.kind = CLOCK_RECEIVED, .at = 1770000000000000, .channel = TB_STR("window")},
        {.kind = CLOCK_ACCEPTED, .at = 1769999999999999},
    };
    struct clock_reckoning r;
    struct tb_err err = {0};
    assert_int_equal(clock_reckon(arena, calendar, &rules, events, 2, 1780000000000000, &r, &err),
                     TB_INVALID);
    assert_non_null(strstr(err.message, "accepted"));
    assert_int_equal(clock_reckon(arena, calendar, &rules, events, CLOCK_EVENTS_MAX + 1,
                                  1780000000000000, &r, &err),
                     TB_LIMIT);
}

/* Asking about a past moment gives what was true then, whatever came later. */
static void
the_past_can_be_asked_about(void **state)
{
    (void)state;
    struct clock_rules rules;
    clock_rules_licensing(&rules);
    const struct clock_event events[] = {
        {.kind = CLOCK_RECEIVED,
         .at = instant_of(TB_STR("2026-03-02T10:00")),
         .channel = TB_STR("window")},
        {.kind = CLOCK_NOTICE, .at = instant_of(TB_STR("2026-03-04T10:00"))},
    };
    struct clock_reckoning r;
    assert_int_equal(clock_reckon(arena, calendar, &rules, events, 2,
                                  instant_of(TB_STR("2026-03-03T10:00")), &r, NULL),
                     TB_OK);
    assert_int_equal(r.state, CLOCK_EXAMINING);
    assert_int_equal(r.wake_at, instant_of(TB_STR("2026-03-06T00:00")));
}

static void
the_api_shows_the_reckoning(void **state)
{
    (void)state;
    struct parsed *p = TB_NEW(arena, struct parsed);
    parse_rules(p, TB_STR("licensing promised=8wd"));
    parse_event(p, TB_STR("2026-03-02T10:00 received window"));
    parse_event(p, TB_STR("2026-03-02T10:20 accepted"));
    parse_event(p, TB_STR("2026-03-05T10:00 suspended testing 10wd"));
    struct clock_reckoning r;
    assert_int_equal(clock_reckon(arena, calendar, &p->rules, p->events, p->event_count,
                                  instant_of(TB_STR("2026-03-11T11:00")), &r, NULL),
                     TB_OK);
    struct tb_json *json = clock_to_json(arena, &p->rules, &r, true);
    assert_true(tb_str_is(tb_json_get_text(json, "state"), "paused"));
    assert_true(tb_str_is(tb_json_get_text(json, "due"), "2026-04-03"));
    assert_true(tb_str_is(tb_json_get_text(json, "started"), "2026-03-02"));
    const struct tb_json *stop = tb_json_at(tb_json_get(json, "suspended"), 0);
    assert_true(tb_str_is(tb_json_get_text(stop, "zh"), "检测"));
    assert_true(tb_json_is_true(tb_json_get(stop, "open")));
    const struct tb_json *day = tb_json_at(tb_json_get(json, "days"), 4);
    assert_true(tb_str_is(tb_json_get_text(day, "day"), "2026-03-06"));
    assert_true(tb_str_is(tb_json_get_text(day, "mark"), "suspended"));
    assert_true(tb_str_is(tb_json_get_text(day, "reason"), "testing"));
}

static int
set_up(void **state)
{
    (void)state;
    arena = tb_arena_new(0);
    calendar = clock_calendar_builtin(arena);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    tb_arena_free(arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_hand_worked_case_comes_out),
        cmocka_unit_test(events_out_of_order_are_refused),
        cmocka_unit_test(the_past_can_be_asked_about),
        cmocka_unit_test(the_api_shows_the_reckoning),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
