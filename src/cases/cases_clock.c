/* SPDX-License-Identifier: Apache-2.0 */
/* From the pack's periods and the events of a case to the law's clock (clock.h), and from its reckoning to JSON. */
#include "cases/cases_internal.h"
#include <string.h>

/* ---- rules
 * ------------------------------------------------------------------------------------------------------- */

/* "行政许可法#42" into law and article. */
static void
split_clause(tb_str clause, tb_str *ret_law, tb_str *ret_article)
{
    tb_str rest = clause;
    tb_str law = TB_STR_NONE;
    tb_str_cut(&rest, '#', &law);
    *ret_law = law;
    *ret_article = rest;
}

static tb_status
limit_of(tb_str period, tb_str clause, struct clock_limit *ret_limit, struct tb_err *err)
{
    struct clock_limit limit = {0};
    if (tb_str_is(period, "now"))
        limit.period = (struct clock_period){.n = 0, .unit = CLOCK_D, .stays = true};
    else
        TB_TRY(clock_period_parse(period, &limit.period, err));
    split_clause(clause, &limit.law, &limit.article);
    *ret_limit = limit;
    return TB_OK;
}

/* The extension that the period's own row in the national table states; else that of the Licensing Law. */
static void
find_extension(const struct packs_pack *pack, const struct clock_rules *licensing,
               struct clock_reading *reading)
{
    if (tb_str_is(reading->limit.law, "行政许可法")) {
        reading->extension = licensing->readings[0].extension;
        reading->extended_by = licensing->readings[0].extended_by;
        return;
    }
    for (size_t i = 0; i < pack->periods_count; i++) {
        const struct packs_period *row = &pack->periods[i];
        struct clock_period period;
        tb_str by = row->extension, length = TB_STR_NONE; /* 10wd:agency_head */
        if (!tb_str_eq(row->law, reading->limit.law) ||
            !tb_str_eq(row->article, reading->limit.article) || !tb_str_cut(&by, ':', &length))
            continue;
        if (clock_period_parse(length, &period, NULL) == TB_OK) {
            reading->extension =
                (struct clock_limit){.period = period, .law = row->law, .article = row->article};
            reading->extended_by = by.len > 0 ? by : TB_STR("agency_head");
            return;
        }
    }
}

/* A period whose row says so keeps a last day that is a day off (民法典 203, 204). */
static bool
stays_on_day_off(const struct packs_pack *pack, const struct clock_limit *limit)
{
    for (size_t i = 0; i < pack->periods_count; i++)
        if (tb_str_eq(pack->periods[i].law, limit->law) &&
            tb_str_eq(pack->periods[i].article, limit->article))
            return tb_str_is(pack->periods[i].moves_on_holiday, "no");
    return false;
}

static tb_status
read_statutory(const struct packs_pack *pack, const struct packs_item *item,
               struct clock_rules *rules, struct tb_err *err)
{
    struct clock_rules licensing = *rules;
    tb_str periods = item->statutory, clauses = item->statutory_clause, clause = TB_STR_NONE, one;
    rules->reading_count = 0;
    while (tb_str_cut(&periods, '|', &one) && rules->reading_count < CLOCK_READINGS_MAX) {
        tb_str_cut(&clauses, '|', &clause);
        if (one.len == 0 || tb_str_is(one, "expiry"))
            continue;
        struct clock_reading *reading = &rules->readings[rules->reading_count];
        *reading = (struct clock_reading){0};
        TB_TRY(limit_of(one, clause, &reading->limit, err));
        if (stays_on_day_off(pack, &reading->limit))
            reading->limit.period.stays = true;
        find_extension(pack, &licensing, reading);
        rules->reading_count++;
    }
    return TB_OK;
}

static tb_status
read_stages(struct tb_arena *arena, const struct packs_pack *pack, const struct packs_item *item,
            struct clock_rules *rules, struct tb_err *err)
{
    struct clock_stage *stages = TB_NEW_ARRAY(arena, pack->tasks_count + 1, struct clock_stage);
    size_t count = 0;
    for (size_t i = 0; i < pack->tasks_count; i++) {
        const struct packs_task *task = &pack->tasks[i];
        if (!tb_str_eq(task->process, item->process) || task->stage.len == 0)
            continue;
        stages[count].key = task->element;
        TB_TRY(limit_of(task->stage, TB_STR_NONE, &stages[count].limit, err));
        count++;
    }
    rules->stages = stages;
    rules->stage_count = count;
    return TB_OK;
}

tb_status
cases__rules(struct tb_arena *arena, const struct packs_pack *pack, const struct packs_item *item,
             const struct tb_json *extra, struct clock_rules *ret_rules, struct tb_err *err)
{
    struct clock_rules rules;
    clock_rules_licensing(&rules);
    TB_TRY(read_statutory(pack, item, &rules, err));
    rules.promised = (struct clock_limit){0};
    if (item->promised.len > 0 && !tb_str_is(item->promised, "expiry"))
        TB_TRY(limit_of(item->promised, TB_STR_NONE, &rules.promised, err));
    tb_str expires = tb_json_get_text(extra, "permit_expires");
    if (tb_str_contains(item->statutory, TB_STR("expiry")) &&
        tb_date_parse(expires, &rules.permit_expires))
        rules.is_renewal = true;
    TB_TRY(read_stages(arena, pack, item, &rules, err));
    *ret_rules = rules;
    return TB_OK;
}

/* ---- events
 * ------------------------------------------------------------------------------------------------------ */

/* The event kinds that the clock knows; all others do not move it. Deemed acceptance and tacit
 * renewal are found by the
 * clock itself, so that they hold whether or not anybody wrote them down. */
static const struct {
    const char *word;
    clock_event_kind kind;
} clock_words[] = {
    {"received", CLOCK_RECEIVED},
    {"deficiency_told", CLOCK_NOTICE},
    {"supplemented", CLOCK_SUPPLEMENTED},
    {"accepted", CLOCK_ACCEPTED},
    {"refused_to_accept", CLOCK_REFUSED},
    {"suspended", CLOCK_SUSPENDED},
    {"resumed", CLOCK_RESUMED},
    {"extended", CLOCK_EXTENDED},
    {"decided", CLOCK_DECIDED},
    {"delivered", CLOCK_DELIVERED},
    {"withdrawn", CLOCK_WITHDRAWN},
    {"hearing_told", CLOCK_HEARING_TOLD},
    {"hearing_asked", CLOCK_HEARING_ASKED},
    {"hearing_set", CLOCK_HEARING_SET},
    {"hearing_held", CLOCK_HEARING_HELD},
};

static tb_str
clock_channel_of(tb_str channel)
{
    bool is_online = channel.len == 0 || tb_str_is(channel, "api") || tb_str_is(channel, "web");
    return is_online ? TB_STR("online") : channel;
}

static bool
to_clock(struct tb_arena *arena, const struct cases__event *event, struct clock_event *ret_event)
{
    for (size_t i = 0; i < TB_COUNT(clock_words); i++) {
        if (!tb_str_is(event->kind, clock_words[i].word))
            continue;
        const struct tb_json *data = cases__json(arena, event->data);
        bool is_grant = tb_str_is(tb_json_get_text(data, "outcome"), "grant");
        *ret_event = (struct clock_event){
            .kind = clock_words[i].kind,
            .at = event->happened_at,
            .channel = clock_channel_of(tb_json_get_text(data, "channel")),
            .reason = tb_json_get_text(data, "reason"),
            .by = tb_json_get_text(data, "by"),
            .outcome = is_grant ? TB_STR("granted") : TB_STR("denied"),
        };
        int64_t told_days = tb_json_get_int(data, "told_days", 0);
        tb_date_parse(tb_json_get_text(data, "on"), &ret_event->on);
        if (told_days > 0)
            ret_event->needed = (struct clock_period){.n = (int32_t)told_days, .unit = CLOCK_WD};
        return true;
    }
    return false;
}

static void
insert_sorted(struct clock_event *list, size_t *count, const struct clock_event *event)
{
    size_t at = *count;
    while (at > 0 && list[at - 1].at > event->at) {
        list[at] = list[at - 1];
        at--;
    }
    list[at] = *event;
    (*count)++;
}

static bool
has_stage(const struct clock_rules *rules, tb_str key)
{
    for (size_t i = 0; i < rules->stage_count; i++) {
        if (tb_str_eq(rules->stages[i].key, key))
            return true;
    }
    return false;
}

/* The head may approve fewer days than the law allows at most. */
static void
shorten_extension(struct tb_arena *arena, const struct cases__events *events,
                  struct clock_rules *rules)
{
    for (size_t i = 0; i < events->count; i++) {
        if (!tb_str_is(events->items[i].kind, "extended"))
            continue;
        int64_t days = tb_json_get_int(cases__json(arena, events->items[i].data), "days", 0);
        for (size_t k = 0; k < rules->reading_count; k++) {
            struct clock_period *period = &rules->readings[k].extension.period;
            if (period->unit != CLOCK_NO_UNIT && days > 0 && days < period->n)
                period->n = (int32_t)days;
        }
    }
}

tb_status
cases__reckon(struct tb_arena *arena, const struct cases *cases, const struct clock_rules *of_item,
              const struct cases__events *events, const struct cases__tasks *tasks, int64_t now,
              struct clock_reckoning *ret_reckoning, struct tb_err *err)
{
    struct clock_rules *rules = TB_NEW(arena, struct clock_rules);
    *rules = *of_item;
    shorten_extension(arena, events, rules);
    size_t count = 0;
    struct clock_event *list =
        TB_NEW_ARRAY(arena, events->count + 2 * tasks->count + 1, struct clock_event);
    for (size_t i = 0; i < events->count; i++) {
        struct clock_event event;
        if (to_clock(arena, &events->items[i], &event))
            insert_sorted(list, &count, &event);
    }
    for (size_t i = 0; i < tasks->count; i++) {
        const struct cases__task *task = &tasks->items[i];
        if (!has_stage(rules, task->element))
            continue;
        struct clock_event event = {
            .kind = CLOCK_STAGE_BEGUN, .at = task->made_at, .stage = task->element};
        insert_sorted(list, &count, &event);
        if (task->done_at != 0) {
            event.kind = CLOCK_STAGE_ENDED;
            event.at = task->done_at;
            insert_sorted(list, &count, &event);
        }
    }
    return clock_reckon(arena, cases->options.calendar, rules, list, count, now, ret_reckoning,
                        err);
}

/* ---- what is kept of a reckoning
 * --------------------------------------------------------------------------------- */

tb_str
cases__day_text(struct tb_arena *arena, int64_t instant)
{
    return tb_date_format(arena, tb_instant_day(instant));
}

tb_str
cases__day_words(struct tb_arena *arena, tb_str day)
{
    tb_date date;
    if (!tb_date_parse(day, &date))
        return day;
    return tb_printf(arena, "%d年%d月%d日", (int)date.year, (int)date.month, (int)date.day);
}

tb_str
cases__calendar_version(struct tb_arena *arena, const struct cases *cases)
{
    return tb_date_format(arena, clock_official_until(cases->options.calendar));
}

static const struct clock_deadline *
deadline(const struct clock_reckoning *reckoning, const char *key)
{
    for (size_t i = 0; i < reckoning->deadline_count; i++) {
        if (strcmp(reckoning->deadlines[i].key, key) == 0)
            return &reckoning->deadlines[i];
    }
    return NULL;
}

void
cases__take_reckoning(struct tb_arena *arena, const struct cases *cases,
                      const struct clock_reckoning *reckoning, struct cases__case *of_case)
{
    const struct clock_deadline *notice = deadline(reckoning, "notice");
    bool is_waiting = reckoning->state == CLOCK_EXAMINING && notice != NULL;
    of_case->answer_due = is_waiting ? tb_date_format(arena, notice->due.day) : TB_STR_NONE;
    of_case->due = reckoning->has_due ? tb_date_format(arena, reckoning->due.due.day) : TB_STR_NONE;
    of_case->promised_due =
        reckoning->has_promised ? tb_date_format(arena, reckoning->promised.due.day) : TB_STR_NONE;
    of_case->calendar = cases__calendar_version(arena, cases);
}

int64_t
cases__wake(const struct clock_reckoning *reckoning)
{
    const struct clock_deadline *notice = deadline(reckoning, "notice");
    const struct clock_deadline *expiry = deadline(reckoning, "expiry");
    int64_t wake = INT64_MAX;
    if (reckoning->state == CLOCK_EXAMINING && notice != NULL)
        wake = notice->due.at;
    bool is_undecided = reckoning->state == CLOCK_RUNNING || reckoning->state == CLOCK_PAUSED ||
                        reckoning->state == CLOCK_EXAMINING;
    if (is_undecided && expiry != NULL && expiry->due.at < wake)
        wake = expiry->due.at;
    return wake;
}

/* ---- as JSON
 * ----------------------------------------------------------------------------------------------------- */

static void
set_due(struct tb_arena *arena, struct tb_json *json, const char *key, const struct clock_due *due)
{
    tb_json_set_text(arena, json, key, tb_date_format(arena, due->day));
}

static tb_str
basis_text(struct tb_arena *arena, tb_str law, tb_str article, tb_str lang)
{
    if (law.len == 0)
        return TB_STR_NONE;
    return tb_printf(arena, TB_FMT TB_FMT, TB_ARG(law),
                     TB_ARG(packs_article_words(arena, article, lang)));
}

static struct tb_json *
suspensions_json(struct tb_arena *arena, const struct clock_reckoning *reckoning, tb_str lang)
{
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    for (size_t i = 0; i < reckoning->suspended_count; i++) {
        const struct clock_suspension *one = &reckoning->suspended[i];
        struct tb_json *row = tb_json_add(list, cases__object(arena));
        tb_json_set_text(arena, row, "reason", one->reason);
        tb_json_set_text(arena, row, "reason_name",
                         cases__is_en(lang) ? one->basis.name_en : one->basis.name_zh);
        tb_json_set_text(arena, row, "from", tb_date_format(arena, one->from));
        cases__set(arena, row, "to",
                   one->is_open ? NULL : tb_json_new_text(arena, tb_date_format(arena, one->to)));
        tb_json_set_text(arena, row, "article",
                         basis_text(arena, one->basis.law, one->basis.article, lang));
        set_due(arena, row, "told_until", &one->told);
        tb_json_set_bool(arena, row, "is_over_told", one->is_over_told);
    }
    return list;
}

static struct tb_json *
days_json(struct tb_arena *arena, const struct clock_reckoning *reckoning, tb_str lang)
{
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    bool is_en = cases__is_en(lang);
    for (size_t i = 0; i < reckoning->day_count; i++) {
        const struct clock_day_line *line = &reckoning->days[i];
        struct tb_json *row = tb_json_add(list, cases__object(arena));
        bool is_counted = line->number > 0;
        tb_json_set_text(arena, row, "day", tb_date_format(arena, line->day));
        tb_json_set_text(arena, row, "kind", tb_str_of(clock_mark_word(line->mark)));
        tb_json_set_bool(arena, row, "counted", is_counted);
        if (is_counted)
            tb_json_set_int(arena, row, "number", line->number);
        tb_str why = is_en ? line->info.name_en : line->info.name_zh;
        if (line->suspension != NULL)
            why = is_en ? line->suspension->basis.name_en : line->suspension->basis.name_zh;
        tb_json_set_text(arena, row, "why", why.len > 0 ? why : TB_STR(""));
    }
    return list;
}

static struct tb_json *
readings_json(struct tb_arena *arena, const struct clock_rules *rules,
              const struct clock_reckoning *reckoning, tb_str lang)
{
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    for (size_t i = 0; reckoning->has_due && i < rules->reading_count; i++) {
        const struct clock_limit *limit = &rules->readings[i].limit;
        struct tb_json *row = tb_json_add(list, cases__object(arena));
        tb_json_set_text(arena, row, "period", clock_period_format(arena, limit->period));
        set_due(arena, row, "due", &reckoning->reading_dues[i]);
        tb_json_set_text(arena, row, "article",
                         basis_text(arena, limit->law, limit->article, lang));
    }
    return list;
}

static struct tb_json *
notes_json(struct tb_arena *arena, const struct clock_reckoning *reckoning, tb_str lang)
{
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    for (size_t i = 0; i < reckoning->fault_count; i++) {
        const struct clock_fault *fault = &reckoning->faults[i];
        tb_json_add(list, tb_json_new_text(arena, cases__is_en(lang) ? fault->en : fault->zh));
    }
    return list;
}

tb_status
cases__clock_json(struct tb_arena *arena, const struct cases *cases, const struct packs_pack *pack,
                  const struct packs_item *item, const struct clock_rules *rules,
                  const struct clock_reckoning *reckoning, tb_str lang, struct tb_json **ret_json,
                  struct tb_err *err)
{
    struct tb_json *json = cases__object(arena);
    const struct clock_deadline *notice = deadline(reckoning, "notice");
    tb_json_set_text(arena, json, "state", tb_str_of(clock_state_word(reckoning->state)));
    if (reckoning->is_received)
        tb_json_set_text(arena, json, "received", tb_date_format(arena, reckoning->received));
    if (reckoning->is_started)
        tb_json_set_text(arena, json, "started", tb_date_format(arena, reckoning->started));
    tb_json_set_bool(arena, json, "is_deemed_accepted", reckoning->is_deemed_accepted);
    tb_json_set_bool(arena, json, "is_deemed_renewed", reckoning->is_deemed_renewed);
    if (notice != NULL)
        set_due(arena, json, "answer_due", &notice->due);
    if (reckoning->has_due)
        set_due(arena, json, "due", &reckoning->due.due);
    if (reckoning->has_promised)
        set_due(arena, json, "promised_due", &reckoning->promised.due);
    tb_json_set_text(arena, json, "statutory_days",
                     packs_period_words(arena, item->statutory, lang));
    tb_json_set_text(arena, json, "promised_days", packs_period_words(arena, item->promised, lang));
    tb_json_set_text(
        arena, json, "article",
        basis_text(arena, reckoning->due.limit.law, reckoning->due.limit.article, lang));
    tb_json_set_int(arena, json, "used", reckoning->days_used);
    tb_json_set_int(arena, json, "left", reckoning->days_left);
    tb_json_set_int(arena, json, "promised_left", reckoning->promised_left);
    tb_json_set_bool(arena, json, "is_late", reckoning->has_due && reckoning->due.is_late);
    tb_json_set_bool(arena, json, "is_provisional", reckoning->is_provisional);
    tb_json_set_bool(arena, json, "is_suspended", reckoning->is_suspended);
    tb_json_set_bool(arena, json, "extended", reckoning->is_extended);
    tb_json_set(json, "suspended", suspensions_json(arena, reckoning, lang));
    tb_json_set(json, "readings", readings_json(arena, rules, reckoning, lang));
    tb_json_set(json, "days", days_json(arena, reckoning, lang));
    tb_json_set(json, "notes", notes_json(arena, reckoning, lang));
    *ret_json = json;
    return TB_OK;
}
