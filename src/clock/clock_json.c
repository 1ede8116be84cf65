/* SPDX-License-Identifier: Apache-2.0 */
/* clock_json.c - a reckoning as the API shows it. Days are texts; an instant is a text with its
 * offset. */
#include "clock/clock_internal.h"

static void
set_day(struct tb_arena *arena, struct tb_json *object, const char *key, bool is, tb_date day)
{
    tb_json_set_text(arena, object, key, is ? tb_date_format(arena, day) : TB_STR_NONE);
}

static void
set_due(struct tb_arena *arena, struct tb_json *object, const char *key,
        const struct clock_due *due)
{
    struct clock_due plain = *due;
    plain.is_provisional = false;
    tb_json_set_text(arena, object, key, clock_due_format(arena, &plain));
}

static void
set_limit(struct tb_arena *arena, struct tb_json *object, const struct clock_limit *limit)
{
    if (limit->period.unit != CLOCK_NO_UNIT)
        tb_json_set_text(arena, object, "period", clock_period_format(arena, limit->period));
    tb_json_set_text(arena, object, "law", limit->law);
    tb_json_set_text(arena, object, "article", limit->article);
    if (limit->note.len > 0)
        tb_json_set_text(arena, object, "note", limit->note);
}

static struct tb_json *
deadline_json(struct tb_arena *arena, const struct clock_deadline *deadline)
{
    struct tb_json *object = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_text(arena, object, "key", tb_str_of(deadline->key));
    if (deadline->stage.len > 0)
        tb_json_set_text(arena, object, "stage", deadline->stage);
    tb_json_set_text(arena, object, "party", tb_str_of(deadline->party));
    set_due(arena, object, "due", &deadline->due);
    tb_json_set_bool(arena, object, "provisional", deadline->due.is_provisional);
    set_limit(arena, object, &deadline->limit);
    tb_json_set_bool(arena, object, "met", deadline->is_met);
    tb_json_set_bool(arena, object, "late", deadline->is_late);
    set_day(arena, object, "met_on", deadline->is_met, deadline->met_on);
    return object;
}

static void
add_readings(struct tb_arena *arena, struct tb_json *object, const struct clock_rules *rules,
             const struct clock_reckoning *r)
{
    struct tb_json *list = tb_json_set_list(arena, object, "readings");
    for (size_t i = 0; r->is_started && i < rules->reading_count; i++) {
        struct tb_json *one = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        set_due(arena, one, "due", &r->reading_dues[i]);
        tb_json_set_bool(arena, one, "provisional", r->reading_dues[i].is_provisional);
        set_limit(arena, one, &rules->readings[i].limit);
    }
}

static void
add_suspended(struct tb_arena *arena, struct tb_json *object, const struct clock_reckoning *r)
{
    struct tb_json *list = tb_json_set_list(arena, object, "suspended");
    for (size_t i = 0; i < r->suspended_count; i++) {
        const struct clock_suspension *one = &r->suspended[i];
        struct tb_json *row = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        tb_json_set_text(arena, row, "reason", one->reason);
        tb_json_set_text(arena, row, "zh", one->basis.name_zh);
        tb_json_set_text(arena, row, "en", one->basis.name_en);
        tb_json_set_text(arena, row, "law", one->basis.law);
        tb_json_set_text(arena, row, "article", one->basis.article);
        set_day(arena, row, "from", true, one->from);
        set_day(arena, row, "to", true, one->to);
        tb_json_set_bool(arena, row, "open", one->is_open);
        set_due(arena, row, "told_until", &one->told);
        tb_json_set_bool(arena, row, "over_told", one->is_over_told);
    }
}

static void
add_faults(struct tb_arena *arena, struct tb_json *object, const struct clock_reckoning *r)
{
    struct tb_json *list = tb_json_set_list(arena, object, "faults");
    for (size_t i = 0; i < r->fault_count; i++) {
        struct tb_json *row = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        tb_json_set_int(arena, row, "event", (int64_t)r->faults[i].event);
        tb_json_set_text(arena, row, "code", tb_str_of(r->faults[i].code));
        tb_json_set_text(arena, row, "article", r->faults[i].article);
        tb_json_set_text(arena, row, "zh", r->faults[i].zh);
        tb_json_set_text(arena, row, "en", r->faults[i].en);
    }
}

static void
add_days(struct tb_arena *arena, struct tb_json *object, const struct clock_reckoning *r)
{
    static const char *const kinds[] = {[CLOCK_WORKDAY] = "workday",
                                        [CLOCK_MAKE_UP] = "make_up",
                                        [CLOCK_WEEKEND] = "weekend",
                                        [CLOCK_HOLIDAY] = "holiday"};
    struct tb_json *list = tb_json_set_list(arena, object, "days");
    for (size_t i = 0; i < r->day_count; i++) {
        const struct clock_day_line *line = &r->days[i];
        struct tb_json *row = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
        set_day(arena, row, "day", true, line->day);
        tb_json_set_text(arena, row, "mark", tb_str_of(clock_mark_word(line->mark)));
        tb_json_set_text(arena, row, "kind", tb_str_of(kinds[line->info.kind]));
        if (line->number > 0)
            tb_json_set_int(arena, row, "number", line->number);
        if (line->info.name_zh.len > 0) {
            tb_json_set_text(arena, row, "zh", line->info.name_zh);
            tb_json_set_text(arena, row, "en", line->info.name_en);
        }
        if (line->suspension != NULL)
            tb_json_set_text(arena, row, "reason", line->suspension->reason);
        if (line->info.is_provisional)
            tb_json_set_bool(arena, row, "provisional", true);
    }
}

static void
add_facts(struct tb_arena *arena, struct tb_json *object, const struct clock_reckoning *r)
{
    tb_json_set_text(arena, object, "state", tb_str_of(clock_state_word(r->state)));
    set_day(arena, object, "first_received", r->is_received, r->first_received);
    set_day(arena, object, "received", r->is_received, r->received);
    set_day(arena, object, "started", r->is_started, r->started);
    tb_json_set_bool(arena, object, "deemed_accepted", r->is_deemed_accepted);
    tb_json_set_bool(arena, object, "deemed_renewed", r->is_deemed_renewed);
    tb_json_set_bool(arena, object, "extended", r->is_extended);
    tb_json_set_bool(arena, object, "provisional", r->is_provisional);
    if (r->is_deemed_accepted)
        tb_json_set_text(arena, object, "deemed_accepted_at",
                         tb_instant_format(arena, r->deemed_accepted_at));
    if (r->is_deemed_renewed)
        tb_json_set_text(arena, object, "deemed_renewed_at",
                         tb_instant_format(arena, r->deemed_renewed_at));
}

struct tb_json *
clock_to_json(struct tb_arena *arena, const struct clock_rules *rules,
              const struct clock_reckoning *reckoning, bool with_days)
{
    const struct clock_reckoning *r = reckoning;
    struct tb_json *object = tb_json_new(arena, TB_JSON_OBJECT);
    add_facts(arena, object, r);
    if (r->has_due) {
        set_due(arena, object, "due", &r->due.due);
        tb_json_set_text(arena, object, "due_law", r->due.limit.law);
        tb_json_set_text(arena, object, "due_article", r->due.limit.article);
        tb_json_set_int(arena, object, "days_used", r->days_used);
        tb_json_set_int(arena, object, "days_left", r->days_left);
        if (r->is_suspended)
            set_due(arena, object, "due_as_told", &r->due_as_told);
    }
    if (r->has_promised) {
        set_due(arena, object, "promised_due", &r->promised.due);
        tb_json_set_int(arena, object, "promised_left", r->promised_left);
    }
    add_readings(arena, object, rules, r);
    add_suspended(arena, object, r);
    struct tb_json *deadlines = tb_json_set_list(arena, object, "deadlines");
    for (size_t i = 0; i < r->deadline_count; i++)
        tb_json_add(deadlines, deadline_json(arena, &r->deadlines[i]));
    add_faults(arena, object, r);
    if (with_days)
        add_days(arena, object, r);
    return object;
}
