/* SPDX-License-Identifier: Apache-2.0 */
/* Cards whose moment has come. One card for each case, rule and day; a card once put up stays. */
#include "watch/watch_cards.sql.h"
#include "watch/watch_internal.h"

struct round {
    struct watch *watch;
    int64_t now, of_case;
};

/* ---- one card
 * ---------------------------------------------------------------------------------------------------- */

static tb_str
reply_due(const struct watch *watch, struct tb_arena *arena, const struct watch__rule *rule,
          int64_t now)
{
    struct clock_period period = {.n = rule->reply_days, .unit = CLOCK_WD};
    struct clock_when when = {.day = tb_instant_day(now), .minute = -1};
    struct clock_due due;
    if (rule->reply_days == 0 ||
        clock_due(watch->options.calendar, NULL, when, period, &due, NULL) != TB_OK)
        return TB_STR_NONE;
    return tb_date_format(arena, due.day);
}

static tb_status
card_number(struct store_tx *tx, struct tb_arena *arena, tb_str division, int64_t now,
            tb_str *ret_number, struct tb_err *err)
{
    tb_str area = tb_str_sub(division, 0, 6);
    tb_str year = tb_str_sub(tb_date_format(arena, tb_instant_day(now)), 0, 4);
    int64_t serial = 0;
    TB_TRY(store_serial(tx, tb_printf(arena, "card/" TB_FMT "/" TB_FMT, TB_ARG(area), TB_ARG(year)),
                        &serial, err));
    *ret_number = tb_printf(arena, TB_FMT "-" TB_FMT "-%05lld", TB_ARG(area), TB_ARG(year),
                            (long long)serial);
    return TB_OK;
}

tb_status
watch__put_up(struct watch *watch, struct store_tx *tx, struct tb_arena *arena,
              const struct watch__due *due, const struct watch__occasion *occasion,
              struct tb_err *err)
{
    const struct watch__rule *rule = occasion->rule;
    struct store_value key[] = {STORE_INT_OF(due->of_case), STORE_TEXT_OF(tb_str_of(rule->id)),
                                STORE_TEXT_OF(occasion->subject)};
    int64_t there = 0, over;
    tb_date day;
    tb_str number;
    TB_TRY(watch__one(store_tx_read(tx), sql_card, key, TB_COUNT(key), &there, err));
    if (there != 0)
        return TB_OK;
    TB_TRY(card_number(tx, arena, due->division, occasion->now, &number, err));
    over = tb_date_parse(occasion->day, &day)
               ? clock_workdays_between(watch->options.calendar, day, tb_instant_day(occasion->now))
               : 0;
    return store_insert(
        tx, "watch_cards",
        STORE_VALUES(
            STORE_SET_TEXT("number", number), STORE_SET_TEXT("rule", tb_str_of(rule->id)),
            STORE_SET_TEXT("kind", tb_str_of(rule->kind)), STORE_SET_INT("of_case", due->of_case),
            STORE_SET_TEXT("no", due->no), STORE_SET_TEXT("subject", occasion->subject),
            STORE_SET_TEXT("division", due->division),
            STORE_SET_TEXT("department", due->department), STORE_SET_TEXT("role", due->role),
            STORE_SET_INT("account", due->account), STORE_SET_INSTANT("at", occasion->at),
            STORE_SET_INSTANT("put_up_at", store_tx_now(tx)),
            STORE_SET_INT("days_over", over > 0 ? over : 0),
            STORE_SET_DAY("reply_due", reply_due(watch, arena, rule, occasion->now)),
            STORE_SET_TEXT("state", TB_STR("open"))),
        NULL, err);
}

static tb_status
put_up_for_day(const struct round *round, struct store_tx *tx, struct tb_arena *arena,
               const struct watch__due *due, const struct watch__rule *rule, int64_t at,
               struct tb_err *err)
{
    tb_str day = watch__day_of(due, rule->subject);
    struct watch__occasion occasion = {
        .rule = rule,
        .subject = rule->subject == WATCH_STAGE
                       ? tb_printf(arena, TB_FMT " " TB_FMT, TB_ARG(due->task), TB_ARG(day))
                       : day,
        .day = day,
        .at = at,
        .now = round->now,
    };
    return watch__put_up(round->watch, tx, arena, due, &occasion, err);
}

/* Of the rules about one day only the strongest that is met: nobody is reminded of what is already over. */
static const struct watch__rule *
strongest(const struct clock_calendar *calendar, const struct watch__due *due,
          watch__subject subject, int64_t now, int64_t *ret_at)
{
    const struct watch__rule *found = NULL;
    tb_date day;
    if (!tb_date_parse(watch__day_of(due, subject), &day))
        return NULL;
    for (size_t i = 0; i < watch__rule_count; i++) {
        int64_t at;
        if (watch__rules[i].subject == subject &&
            watch__moment(calendar, &watch__rules[i], day, &at) && at <= now) {
            found = &watch__rules[i];
            *ret_at = at;
        }
    }
    return found;
}

static tb_status
look(struct store_tx *tx, void *arg, struct tb_err *err)
{
    const struct round *round = arg;
    const struct clock_calendar *calendar = round->watch->options.calendar;
    struct tb_arena *arena = tb_arena_new(0);
    struct watch__due due;
    bool is_there = false;
    tb_status status =
        watch__due_load(arena, store_tx_read(tx), round->of_case, &due, &is_there, err);
    for (int i = 0; status == TB_OK && is_there && i < WATCH_DAY_COUNT; i++) {
        int64_t at = 0;
        const struct watch__rule *rule =
            strongest(calendar, &due, (watch__subject)i, round->now, &at);
        if (rule != NULL)
            status = put_up_for_day(round, tx, arena, &due, rule, at, err);
    }
    if (status == TB_OK && is_there) {
        int64_t next = watch__next(calendar, &due, round->now);
        struct store_value value =
            next == INT64_MAX ? STORE_SET_NULL("next_at") : STORE_SET_INSTANT("next_at", next);
        status = store_update(tx, "watch_dues", due.id, -1, &value, 1, err);
    }
    tb_arena_free(arena);
    return status;
}

/* ---- a round
 * ----------------------------------------------------------------------------------------------------- */

static tb_status
load_cases(struct watch *watch, int64_t now, size_t limit, int64_t *cases, size_t *ret_count,
           struct tb_err *err)
{
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    struct store_value params[] = {STORE_INT_OF(now), STORE_INT_OF((int64_t)limit)};
    size_t count = 0;
    TB_TRY(store_snapshot(watch->options.store, &read, err));
    tb_status status = store_select(read, sql_due_now, params, 2, &rows, err);
    while (status == TB_OK && count < limit && store_next(rows))
        cases[count++] = store_int(rows, 0);
    if (status == TB_OK)
        status = store_rows_done(rows, err);
    store_snapshot_done(read);
    *ret_count = count;
    return status;
}

tb_status
watch__cards(struct watch *watch, int64_t now, size_t limit, size_t *ret_done, struct tb_err *err)
{
    int64_t cases[WATCH_ROUND_MAX];
    size_t count = 0;
    struct store_cause cause = {0, TB_STR("tick"), TB_STR("watch.tick")};
    TB_TRY(load_cases(watch, now, limit < WATCH_ROUND_MAX ? limit : WATCH_ROUND_MAX, cases, &count,
                      err));
    for (size_t i = 0; i < count; i++) {
        struct round round = {watch, now, cases[i]};
        TB_TRY(store_write(watch->options.store, &cause, look, &round, err));
    }
    *ret_done = count;
    return TB_OK;
}
