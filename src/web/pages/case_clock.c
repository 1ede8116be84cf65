/* SPDX-License-Identifier: Apache-2.0 */
/* The proof of a due date: a ruler of counted days and a calendar, day by day, made from clock.days. */
#include "web/web_case_internal.h"

#define RULER_MAX 30

/* One day as the calendar shows it. */
struct cell {
    const char *style; /* class of the cell */
    tb_str label;
};

struct proof {
    struct web__call *call;
    const struct tb_json *clock;
    tb_str today, promised, due;
};

static tb_str
say(const struct proof *proof, enum web__word word)
{
    return web__tell(proof->call, word, NULL);
}

/* "2026-12-18 …" of a due text: its day. */
static tb_str
day_of(const struct tb_json *clock, const char *key)
{
    return tb_str_sub(tb_json_get_text(clock, key), 0, 10);
}

static bool
is_after(tb_str a, tb_str b)
{
    return tb_str_cmp(a, b) > 0;
}

static tb_str
number_label(const struct proof *proof, const struct tb_json *row)
{
    tb_str n = tb_json_text(tb_json_get(row, "number"));
    return web__tell(proof->call, WEB_T_clock_day_n, (const tb_str[]){n});
}

static struct cell
cell_of(const struct proof *proof, const struct tb_json *row)
{
    tb_str day = tb_json_get_text(row, "day"), kind = tb_json_get_text(row, "kind"),
           why = tb_json_get_text(row, "why");
    bool is_counted = tb_json_get(row, "number") != NULL;
    if (tb_str_eq(day, proof->promised))
        return (struct cell){"c-promise", say(proof, WEB_T_clock_cell_promised)};
    if (tb_str_eq(day, proof->due))
        return (struct cell){"c-law", say(proof, WEB_T_clock_cell_due)};
    if (tb_str_eq(day, proof->today))
        return (struct cell){"c-today", is_counted ? number_label(proof, row)
                                                   : say(proof, WEB_T_clock_cell_today)};
    if (tb_str_is(kind, "suspended"))
        return (struct cell){"c-hold", say(proof, WEB_T_clock_cell_hold)};
    if (tb_str_is(kind, "start"))
        return (struct cell){"", say(proof, WEB_T_clock_cell_start)};
    if (is_counted)
        return (struct cell){is_after(day, proof->today) ? "c-next" : "c-used",
                             number_label(proof, row)};
    if (tb_str_is(kind, "off"))
        return (struct cell){"c-rest", why.len > 0 ? why : say(proof, WEB_T_clock_cell_off)};
    return (struct cell){"c-rest", TB_STR("")};
}

static struct tb_json *
add_cell(const struct proof *proof, struct tb_json *week, tb_str day, struct cell cell)
{
    struct web__call *call = proof->call;
    struct tb_json *json = tb_json_add(week, web__object(call));
    tb_json_set_text(call->arena, json, "day", day);
    tb_json_set_text(call->arena, json, "style", tb_str_of(cell.style));
    tb_json_set_text(call->arena, json, "label", cell.label);
    return json;
}

/* Weeks from Monday to Sunday; days before the first and behind the last are empty of meaning but dated. */
static void
put_calendar(const struct proof *proof, struct tb_json *data, const struct tb_json *days)
{
    struct tb_arena *arena = proof->call->arena;
    struct tb_json *weeks = tb_json_set_list(arena, data, "weeks"), *week = NULL;
    const struct cell none = {"c-rest", TB_STR("")};
    tb_date date = {0};
    TB_JSON_EACH(row, days)
    {
        if (!tb_date_parse(tb_json_get_text(row, "day"), &date))
            continue;
        int weekday = tb_date_weekday(date);
        if (week == NULL || weekday == 1) {
            bool is_first = week == NULL;
            week = tb_json_add(weeks, tb_json_new(arena, TB_JSON_LIST));
            for (int i = 1; is_first && i < weekday; i++)
                add_cell(proof, week, tb_date_format(arena, tb_date_add_days(date, i - weekday)),
                         none);
        }
        add_cell(proof, week, tb_json_get_text(row, "day"), cell_of(proof, row));
    }
    for (int i = 1; week != NULL && tb_date_weekday(date) + i <= 7; i++)
        add_cell(proof, week, tb_date_format(arena, tb_date_add_days(date, i)), none);
    if (days->first != NULL) {
        tb_json_set_text(arena, data, "first_day", tb_json_get_text(days->first, "day"));
        tb_json_set_text(arena, data, "last_day", tb_json_get_text(days->last, "day"));
    }
}

/* One box for each counted day: used, left; the promise and the law as marks at their day. */
static void
put_ruler(const struct proof *proof, struct tb_json *data, const struct tb_json *days)
{
    struct tb_json *ruler = tb_json_new(proof->call->arena, TB_JSON_LIST);
    TB_JSON_EACH(row, days)
    {
        tb_str day = tb_json_get_text(row, "day");
        if (tb_json_get(row, "number") == NULL || (proof->due.len > 0 && is_after(day, proof->due)))
            continue;
        struct tb_json *box = tb_json_add(ruler, web__object(proof->call));
        bool is_used = !is_after(day, proof->today);
        bool is_within = proof->promised.len == 0 || !is_after(day, proof->promised);
        tb_json_set_bool(proof->call->arena, box, "used", is_used);
        tb_json_set_bool(proof->call->arena, box, "left", !is_used && is_within);
        tb_json_set_bool(proof->call->arena, box, "promise", tb_str_eq(day, proof->promised));
        tb_json_set_bool(proof->call->arena, box, "law", tb_str_eq(day, proof->due));
    }
    if (ruler->count > 0 && ruler->count <= RULER_MAX)
        tb_json_set(data, "ruler", ruler);
}

void
web__put_clock(struct web__call *call, struct tb_json *data, const struct tb_json *clock,
               bool is_over)
{
    const struct tb_env *env = call->web->options.env;
    const struct tb_json *days = tb_json_get(clock, "days");
    /* Before acceptance no day counts. After the end the sentence says how many did; there is nothing left to draw. */
    bool is_counting = tb_json_get_text(clock, "started").len > 0;
    tb_json_set_bool(call->arena, data, "is_counting", is_counting);
    if (!is_counting || is_over || days == NULL || days->first == NULL)
        return;
    struct proof proof = {
        .call = call,
        .clock = clock,
        .today = tb_date_format(call->arena, tb_instant_day(env->now_us(env->context))),
        .promised = day_of(clock, "promised_due"),
        .due = day_of(clock, "due"),
    };
    put_ruler(&proof, data, days);
    put_calendar(&proof, data, days);
}
