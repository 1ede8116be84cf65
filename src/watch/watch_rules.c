/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of supervision as rows, and the moments at which they are met. Reminder 1 working
 * day before, yellow on the
 * last day or when a stage is over, red when promise or law is overrun; time that lawfully does
 * not count never counts
 * here either, because a paused case has no running clock. */
#include "watch/watch_internal.h"

/* clang-format off */
const struct watch__rule watch__rules[] = {
    {"answer-1",    "reminder", WATCH_ANSWER,    1, 0, "明天就到答复是否受理的期限",
     "The answer whether it is accepted is due in one working day"},
    {"answer-0",    "yellow",   WATCH_ANSWER,    0, 2, "今天是答复是否受理的最后一天",
     "Today is the last day to answer whether it is accepted"},
    {"answer-over", "red",      WATCH_ANSWER,   -1, 5, "没有按期答复，已视为受理（行政许可法第三十二条）",
     "No answer in time: it counts as accepted (art. 32)"},
    {"stage-over",  "yellow",   WATCH_STAGE,    -1, 2, "超过本环节时限", "Over the limit of this step"},
    {"promised-1",  "reminder", WATCH_PROMISED,  1, 0, "离承诺期限还有一个工作日", "One working day left of the promised time"},
    {"promised-0",  "yellow",   WATCH_PROMISED,  0, 2, "今天是承诺期限的最后一天", "Today is the last day of the promised time"},
    {"promised-over", "red",    WATCH_PROMISED, -1, 5, "超过承诺期限", "Over the promised time"},
    {"law-1",       "reminder", WATCH_STATUTORY, 1, 0, "离法定期限还有一个工作日",
     "One working day left of the time allowed by law"},
    {"law-0",       "yellow",   WATCH_STATUTORY, 0, 2, "今天是法定期限的最后一天", "Today is the last day allowed by law"},
    {"law-over",    "red",      WATCH_STATUTORY, -1, 5, "超过法定期限", "Over the time allowed by law"},
};
/* clang-format on */
const size_t watch__rule_count = TB_COUNT(watch__rules);

const struct watch__rule *
watch__rule_find(tb_str id)
{
    for (size_t i = 0; i < watch__rule_count; i++) {
        if (tb_str_is(id, watch__rules[i].id))
            return &watch__rules[i];
    }
    return NULL;
}

tb_str
watch__day_of(const struct watch__due *due, watch__subject subject)
{
    if (!due->is_running)
        return TB_STR_NONE;
    switch (subject) {
    case WATCH_ANSWER:
        return due->answer_due;
    case WATCH_PROMISED:
        return due->promised_due;
    case WATCH_STATUTORY:
        return due->due;
    case WATCH_STAGE:
        return due->task_due;
    default:
        return TB_STR_NONE;
    }
}

bool
watch__moment(const struct clock_calendar *calendar, const struct watch__rule *rule, tb_date day,
              int64_t *ret_at)
{
    struct clock_period one = {.n = 1, .unit = CLOCK_WD};
    tb_date from = day;
    bool is_provisional;
    if (rule->days_before < 0)
        from = tb_date_add_days(day, 1);
    else if (rule->days_before > 0 &&
             clock_before(calendar, day, one, &from, &is_provisional, NULL) != TB_OK)
        return false;
    *ret_at = tb_day_start(from);
    return true;
}

int64_t
watch__next(const struct clock_calendar *calendar, const struct watch__due *due, int64_t now)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < watch__rule_count; i++) {
        tb_date day;
        int64_t at;
        if (tb_date_parse(watch__day_of(due, watch__rules[i].subject), &day) &&
            watch__moment(calendar, &watch__rules[i], day, &at) && at > now && at < next)
            next = at;
    }
    return next;
}

tb_str
watch__next_day(const struct watch__due *due)
{
    tb_str next = TB_STR_NONE;
    for (int i = 0; i < WATCH_SUBJECT_COUNT; i++) {
        tb_str day = watch__day_of(due, (watch__subject)i);
        if (day.len > 0 && (next.len == 0 || tb_str_cmp(day, next) < 0))
            next = day;
    }
    return next;
}
