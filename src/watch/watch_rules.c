/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of supervision as rows, and the moments at which they are met. Reminder 1 working day before, yellow on the
 * last day or when a stage is over, red when promise or law is overrun; time that lawfully does not count never counts
 * here either, because a paused case has no running clock. An anomaly is told by the item's own distribution, and never
 * of a decision that a rule trace made (F19). */
#include "watch/watch_internal.h"

/* clang-format off */
/* Those about a day stand first, for each subject from the weakest to the strongest. */
const struct watch__rule watch__rules[] = {
    {"answer-1",    "reminder", WATCH_ANSWER,    1, 0, NULL, 0, 0, "明天就到答复是否受理的期限",
     "The answer whether it is accepted is due in one working day"},
    {"answer-0",    "yellow",   WATCH_ANSWER,    0, 2, NULL, 0, 0, "今天是答复是否受理的最后一天",
     "Today is the last day to answer whether it is accepted"},
    {"stage-over",  "yellow",   WATCH_STAGE,    -1, 2, NULL, 0, 0, "超过本环节时限", "Over the limit of this step"},
    {"promised-1",  "reminder", WATCH_PROMISED,  1, 0, NULL, 0, 0, "离承诺期限还有一个工作日", "One working day left of the promised time"},
    {"promised-0",  "yellow",   WATCH_PROMISED,  0, 2, NULL, 0, 0, "今天是承诺期限的最后一天", "Today is the last day of the promised time"},
    {"promised-over", "red",    WATCH_PROMISED, -1, 5, NULL, 0, 0, "超过承诺期限", "Over the promised time"},
    {"law-1",       "reminder", WATCH_STATUTORY, 1, 0, NULL, 0, 0, "离法定期限还有一个工作日",
     "One working day left of the time allowed by law"},
    {"law-0",       "yellow",   WATCH_STATUTORY, 0, 2, NULL, 0, 0, "今天是法定期限的最后一天", "Today is the last day allowed by law"},
    {"law-over",    "red",      WATCH_STATUTORY, -1, 5, NULL, 0, 0, "超过法定期限", "Over the time allowed by law"},
    {"answer-over", "red",      WATCH_EVENT,     0, 5, "deemed_accepted", 0, 0, "没有按期答复，已视为受理（行政许可法第三十二条）",
     "No answer in time: it counts as accepted (art. 32)"},
    {"renewal-over", "red",     WATCH_EVENT,     0, 5, "tacitly_renewed", 0, 0,
     "许可到期前没有作出决定，已视为准予延续（行政许可法第五十条）",
     "Not decided before the permit ended: it counts as renewed (art. 50)"},
    {"second-notice", "yellow", WATCH_EVENT,     0, 2, "second_notice_opened", 0, 0,
     "第一次补正告知没有写全，经批准第二次告知（行政许可法第三十二条）",
     "The first notice was not complete: a second one was allowed (art. 32)"},
    {"too-fast",    "yellow",   WATCH_SPAN,      0, 5, NULL, 10, 20,
     "从受理到决定的用时不到本事项通常用时的十分之一，请说明是怎么审查的",
     "Decided in less than a tenth of the item's usual time: say how it was examined"},
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
    for (size_t i = 0; i < watch__rule_count && watch__rules[i].subject < WATCH_DAY_COUNT; i++) {
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
    for (int i = 0; i < WATCH_DAY_COUNT; i++) {
        tb_str day = watch__day_of(due, (watch__subject)i);
        if (day.len > 0 && (next.len == 0 || tb_str_cmp(day, next) < 0))
            next = day;
    }
    return next;
}
