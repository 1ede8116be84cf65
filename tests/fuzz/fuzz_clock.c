/* SPDX-License-Identifier: Apache-2.0 */
/* Two halves of the input: a line `WHEN PERIOD`, and behind it bytes that make up the events of a case. Whatever
 * happens, a period never ends before it begins, and a reckoning agrees with its own table of days. */
#include "clock/clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
due_line(struct tb_arena *arena, const struct clock_calendar *calendar, tb_str line)
{
    tb_str when_text = TB_STR_NONE;
    struct clock_when when;
    struct clock_period period;
    struct clock_due due;
    struct tb_err err;
    tb_str_cut(&line, ' ', &when_text);
    if (clock_when_parse(when_text, &when, &err) != TB_OK ||
        clock_period_parse(line, &period, &err) != TB_OK ||
        clock_due(calendar, NULL, when, period, &due, &err) != TB_OK)
        return;
    tb_assert(tb_date_cmp(due.day, when.day) >= 0);
    tb_assert(period.unit != CLOCK_WD || period.n == 0 || clock_day(calendar, due.day).is_working);
    tb_assert(clock_due_format(arena, &due).len >= 10);
    struct clock_hours hours;
    (void)!clock_hours_parse(line, &hours, &err);
}

static void
make_event(struct clock_event *event, const uint8_t *four, int64_t *at)
{
    static const char *const words[] = {"window",  "letter", "online",      "testing",
                                        "hearing", "survey", "agency_head", "government_head",
                                        "granted", "denied", "stage"};
    *at += (int64_t)four[1] * 3600 * TB_US_PER_SECOND;
    tb_str word = tb_str_of(words[four[2] % TB_COUNT(words)]);
    *event =
        (struct clock_event){.kind = (clock_event_kind)(four[0] % CLOCK_EVENT_COUNT), .at = *at};
    event->channel = event->reason = event->by = event->stage = event->outcome = word;
    event->needed = (struct clock_period){four[3] % 64, (clock_unit)(four[3] % 7), false};
    event->on = tb_date_add_days(tb_instant_day(*at), four[3] % 40);
}

static void
reckon(struct tb_arena *arena, const struct clock_calendar *calendar, const uint8_t *bytes,
       size_t len)
{
    struct clock_event events[64];
    struct clock_rules rules;
    struct clock_reckoning r;
    struct tb_err err;
    size_t count = 0;
    int64_t at = tb_day_start((tb_date){2026, 1, 5}) + 9 * 3600 * TB_US_PER_SECOND;
    static const struct clock_stage stage = {.key = {"stage", 5},
                                             .limit = {.period = {3, CLOCK_WD, false}}};
    clock_rules_licensing(&rules);
    rules.stages = &stage;
    rules.stage_count = 1;
    rules.promised.period = (struct clock_period){len % 30, CLOCK_WD, false};
    rules.is_renewal = len % 3 == 0;
    rules.permit_expires = (tb_date){2026, 3, 1};
    for (; len >= 4 && count < TB_COUNT(events); bytes += 4, len -= 4)
        make_event(&events[count++], bytes, &at);
    if (clock_reckon(arena, calendar, &rules, events, count, at + (int64_t)len * TB_US_PER_DAY, &r,
                     &err) != TB_OK)
        return;
    tb_assert(r.wake_at > at);
    tb_assert(!r.is_deemed_accepted || r.is_started);
    for (size_t i = 1; i < r.day_count; i++)
        tb_assert(tb_date_to_days(r.days[i].day) == tb_date_to_days(r.days[i - 1].day) + 1);
    for (size_t i = 1; i < r.deadline_count; i++)
        tb_assert(r.deadlines[i].due.at >= r.deadlines[i - 1].due.at);
    struct tb_buf buf = {.arena = arena};
    tb_json_write(&buf, clock_to_json(arena, &rules, &r, true));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    /* Made once: it never changes. */
    static struct tb_arena *kept;
    static const struct clock_calendar *calendar;
    if (kept == NULL) {
        kept = tb_arena_new(0);
        calendar = clock_calendar_builtin(kept);
    }
    struct tb_arena *arena = tb_arena_new((size_t)64 << 20);
    size_t line = 0;
    while (line < len && bytes[line] != '\n')
        line++;
    due_line(arena, calendar, (tb_str){(const char *)bytes, line});
    if (line < len)
        reckon(arena, calendar, bytes + line + 1, len - line - 1);
    tb_arena_free(arena);
    return 0;
}
