/* SPDX-License-Identifier: Apache-2.0 */
/* clock_events.c - what the events of a case make of it.
 *
 *   WAITING --received (and confirmed)--> EXAMINING --notice--> SUPPLEMENTING
 *                                          |   ^                     |
 *                                          |   +----supplemented-----+
 *                                          +--accepted, or silence for 5 days (32(4)), or decided
 * on the spot--> RUNNING --decided, or expiry of the permit to be renewed (50)--> TO_DELIVER
 * --delivered--> ENDED
 *
 * refused and withdrawn lead to ENDED. A stop (suspended, resumed) lies inside RUNNING. Before each
 * event the tacit acts happen that time has brought by then, so a late act finds the case as the
 * law has made it. An event that has no lawful effect in its state becomes a fault with its reason
 * and changes nothing. */
#include "clock/clock_internal.h"

/* ---- faults ---- */

struct fault_row {
    const char *code, *article, *zh, *en;
};

typedef enum {
    RECEIVED_TWICE,
    NOT_RECEIVED,
    CHANNEL_UNKNOWN,
    NOT_TO_CONFIRM,
    NOTICE_TOO_LATE,
    NOTICE_AFTER_ACCEPTANCE,
    NOTICE_TWICE,
    NOT_ASKED,
    ACCEPTED_TWICE,
    DEEMED_BEFORE,
    REFUSED_TOO_LATE,
    NOT_STARTED,
    REASON_NOT_LISTED,
    TIME_NOT_TOLD,
    STOPPED_TWICE,
    NOT_STOPPED,
    EXTENDED_TWICE,
    EXTENSION_NONE,
    EXTENSION_AUTHORITY,
    EXTENSION_TOO_LATE,
    RENEWED_BEFORE,
    NOT_DECIDED,
    AFTER_EXPIRY,
    STAGE_UNKNOWN,
    ALREADY_OVER,
} fault_kind;

/* clang-format off */
static const struct fault_row fault_rows[] = {
    [RECEIVED_TWICE] = {"received_twice", "",
        "申请已经收过，收到日期不变",
        "the application was received before; the day of receipt stays"},
    [NOT_RECEIVED] = {"not_received", "",
        "还没有收到申请，先登记收件",
        "nothing has been received yet; record the receipt first"},
    [CHANNEL_UNKNOWN] = {"channel_unknown", "",
        "没有登记这种收件渠道，按当日收到计算",
        "no such channel in the rules; counted as handed in on its day"},
    [NOT_TO_CONFIRM] = {"not_to_confirm", "",
        "没有等待确认的平常信函",
        "there is no letter that waits to be confirmed"},
    [NOTICE_TOO_LATE] = {"notice_too_late", "32(4)",
        "五日内没有一次告知，自收到材料之日起即为受理，不能再要求补正",
        "nothing was told in time: the case is accepted as of its receipt, and papers can no longer be asked for"},
    [NOTICE_AFTER_ACCEPTANCE] = {"notice_after_acceptance", "32(4)",
        "已经受理，不能再作补正告知",
        "the case is accepted; a notice of deficiency can no longer be given"},
    [NOTICE_TWICE] = {"notice_twice", "32(4)",
        "补正已经告知，正在等申请人补正",
        "the notice was given; it is the applicant's turn"},
    [NOT_ASKED] = {"not_asked", "32(4)",
        "没有要求补正，材料照收，期限不变",
        "nothing was asked for; the papers are taken and the periods stay"},
    [ACCEPTED_TWICE] = {"accepted_twice", "32(5)",
        "已经受理，受理日期不变",
        "the case was accepted before; the day stays"},
    [DEEMED_BEFORE] = {"deemed_before", "32(4)",
        "逾期未告知，自收到材料之日起已视为受理，受理日期不变",
        "accepted by silence as of the day of receipt; a later acceptance does not move it"},
    [REFUSED_TOO_LATE] = {"refused_too_late", "32(4)",
        "已经受理，不能再作不予受理决定",
        "the case is accepted; acceptance can no longer be refused"},
    [NOT_STARTED] = {"not_started", "45",
        "还没有受理，没有可以停止或者延长的期限",
        "not yet accepted: there is no period to stop or extend"},
    [REASON_NOT_LISTED] = {"reason_not_listed", "45",
        "不属于法定不计算时间的八种情形，期限照常计算",
        "not among the listed reasons; the period runs on"},
    [TIME_NOT_TOLD] = {"time_not_told", "45",
        "没有书面告知申请人所需时间，期限照常计算",
        "the time needed was not told in writing; the period runs on"},
    [STOPPED_TWICE] = {"stopped_twice", "45",
        "这一情形已经开始，不能重复登记",
        "this procedure has already begun"},
    [NOT_STOPPED] = {"not_stopped", "45",
        "这一情形没有开始或者已经结束",
        "this procedure has not begun or is over"},
    [EXTENDED_TWICE] = {"extended_twice", "42",
        "只能延长一次",
        "the period can be extended once only"},
    [EXTENSION_NONE] = {"extension_none", "42",
        "本事项的法定期限不能延长",
        "the law gives no extension here"},
    [EXTENSION_AUTHORITY] = {"extension_authority", "42",
        "批准延长的人没有这项权限",
        "whoever approved it may not extend this period"},
    [EXTENSION_TOO_LATE] = {"extension_too_late", "42",
        "法定期限已经届满，不能再延长",
        "the period is over and can no longer be extended"},
    [RENEWED_BEFORE] = {"renewed_before", "50",
        "有效期届满前没有决定，已视为准予延续",
        "undecided at expiry: the permit is deemed renewed"},
    [NOT_DECIDED] = {"not_decided", "44",
        "还没有作出决定",
        "there is no decision yet"},
    [AFTER_EXPIRY] = {"after_expiry", "50",
        "收到时许可已经届满，不能延续，应当按新办处理",
        "the permit had expired on receipt; it cannot be renewed, only applied for anew"},
    [STAGE_UNKNOWN] = {"stage_unknown", "",
        "没有登记这个环节的时限",
        "no such stage in the rules"},
    [ALREADY_OVER] = {"already_over", "",
        "办件已经结束",
        "the case is over"},
};
/* clang-format on */

static void
add_fault(struct clock__case *c, size_t event, fault_kind kind)
{
    const struct fault_row *row = &fault_rows[kind];
    c->faults[c->fault_count++] = (struct clock_fault){.event = event,
                                                       .code = row->code,
                                                       .article = tb_str_of(row->article),
                                                       .zh = tb_str_of(row->zh),
                                                       .en = tb_str_of(row->en)};
}

/* ---- receipt, notice, acceptance ---- */

static struct clock__moment
at_moment(int64_t at)
{
    return (struct clock__moment){true, at};
}

/* Begins (or, after a supplement, begins again) the time to tell what is missing. */
static tb_status
begin_examination(struct clock__case *c, struct clock_when when, struct tb_err *err)
{
    c->received = when.day;
    c->received_when = when;
    if (!c->is_received)
        c->first_received = when.day;
    c->is_received = true;
    c->state = CLOCK_EXAMINING;
    c->notice_done = (struct clock__moment){false, 0};
    c->has_notice_due = c->rules->notice.period.unit != CLOCK_NO_UNIT;
    if (c->has_notice_due)
        TB_TRY(clock_due(c->calendar, &c->rules->hours, when, c->rules->notice.period,
                         &c->notice_due, err));
    return TB_OK;
}

/* What arrives on a day off or after the last closing counts on the next working day. */
static struct clock_when
office_day(const struct clock__case *c, struct clock_when when)
{
    const struct clock_hours *hours = clock__hours(&c->rules->hours);
    bool is_open = clock_day(c->calendar, when.day).is_working &&
                   when.minute < hours->spans[hours->span_count - 1].to;
    if (is_open)
        return when;
    do {
        when.day = tb_date_add_days(when.day, 1);
    } while (!clock_day(c->calendar, when.day).is_working);
    when.minute = hours->spans[0].from;
    return when;
}

static tb_status
on_received(struct clock__case *c, size_t index, const struct clock_event *event,
            struct tb_err *err)
{
    if (c->state != CLOCK_WAITING || c->waits_for_confirmation) {
        add_fault(c, index, RECEIVED_TWICE);
        return TB_OK;
    }
    struct clock_when when = clock_when_of(event->at);
    const struct clock_channel *channel = NULL;
    for (size_t i = 0; i < c->rules->channel_count && channel == NULL; i++)
        if (tb_str_eq(c->rules->channels[i].key, event->channel))
            channel = &c->rules->channels[i];
    if (channel == NULL)
        add_fault(c, index, CHANNEL_UNKNOWN);
    else if (channel->receipt == CLOCK_RECEIPT_OFFICE)
        when = office_day(c, when);
    if (channel != NULL && channel->receipt == CLOCK_RECEIPT_CONFIRMED) {
        c->waits_for_confirmation = true;
        return TB_OK;
    }
    TB_TRY(begin_examination(c, when, err));
    if (c->rules->is_renewal && tb_date_cmp(c->received, c->rules->permit_expires) > 0)
        add_fault(c, index, AFTER_EXPIRY);
    return TB_OK;
}

static tb_status
on_confirmed(struct clock__case *c, size_t index, const struct clock_event *event,
             struct tb_err *err)
{
    if (!c->waits_for_confirmation) {
        add_fault(c, index, NOT_TO_CONFIRM);
        return TB_OK;
    }
    c->waits_for_confirmation = false;
    TB_TRY(begin_examination(c, clock_when_of(event->at), err));
    if (c->rules->is_renewal && tb_date_cmp(c->received, c->rules->permit_expires) > 0)
        add_fault(c, index, AFTER_EXPIRY);
    return TB_OK;
}

static tb_status
on_notice(struct clock__case *c, size_t index, const struct clock_event *event, struct tb_err *err)
{
    (void)err;
    if (c->state == CLOCK_WAITING) {
        add_fault(c, index, NOT_RECEIVED);
    } else if (c->state == CLOCK_SUPPLEMENTING) {
        add_fault(c, index, NOTICE_TWICE);
    } else if (c->state != CLOCK_EXAMINING) {
        add_fault(c, index, c->is_deemed_accepted ? NOTICE_TOO_LATE : NOTICE_AFTER_ACCEPTANCE);
    } else {
        c->state = CLOCK_SUPPLEMENTING;
        c->noticed = c->notice_done = at_moment(event->at);
        c->supplemented = (struct clock__moment){false, 0};
    }
    return TB_OK;
}

static tb_status
on_supplemented(struct clock__case *c, size_t index, const struct clock_event *event,
                struct tb_err *err)
{
    if (c->state == CLOCK_WAITING) {
        add_fault(c, index, NOT_RECEIVED);
        return TB_OK;
    }
    if (c->state != CLOCK_SUPPLEMENTING) {
        add_fault(c, index, NOT_ASKED);
        return TB_OK;
    }
    c->supplemented = at_moment(event->at);
    return begin_examination(c, clock_when_of(event->at), err);
}

static void
start(struct clock__case *c, struct clock_when when, int64_t at)
{
    c->state = CLOCK_RUNNING;
    c->is_started = true;
    c->started = when;
    if (!c->notice_done.is)
        c->notice_done = at_moment(at);
}

static tb_status
on_accepted(struct clock__case *c, size_t index, const struct clock_event *event,
            struct tb_err *err)
{
    (void)err;
    if (c->state == CLOCK_WAITING)
        add_fault(c, index, NOT_RECEIVED);
    else if (c->state == CLOCK_EXAMINING || c->state == CLOCK_SUPPLEMENTING)
        start(c, clock_when_of(event->at), event->at);
    else
        add_fault(c, index, c->is_deemed_accepted ? DEEMED_BEFORE : ACCEPTED_TWICE);
    return TB_OK;
}

static tb_status
on_refused(struct clock__case *c, size_t index, const struct clock_event *event, struct tb_err *err)
{
    (void)err;
    if (c->state == CLOCK_WAITING) {
        add_fault(c, index, NOT_RECEIVED);
    } else if (c->state == CLOCK_EXAMINING || c->state == CLOCK_SUPPLEMENTING) {
        c->state = CLOCK_ENDED;
        c->over = c->notice_done = at_moment(event->at);
    } else {
        add_fault(c, index, REFUSED_TOO_LATE);
    }
    return TB_OK;
}

/* ---- stops and extension ---- */

static struct clock__stop *
find_stop(struct clock__case *c, tb_str reason)
{
    for (size_t i = 0; i < c->stop_count; i++)
        if (c->stops[i].to == INT64_MAX &&
            tb_str_eq(c->rules->reasons[c->stops[i].reason].key, reason))
            return &c->stops[i];
    return NULL;
}

static tb_status
on_suspended(struct clock__case *c, size_t index, const struct clock_event *event,
             struct tb_err *err)
{
    size_t reason = 0;
    while (reason < c->rules->reason_count &&
           !tb_str_eq(c->rules->reasons[reason].key, event->reason))
        reason++;
    if (c->state != CLOCK_RUNNING) {
        add_fault(c, index, NOT_STARTED);
    } else if (reason == c->rules->reason_count) {
        add_fault(c, index, REASON_NOT_LISTED);
    } else if (event->needed.unit == CLOCK_NO_UNIT) {
        add_fault(c, index, TIME_NOT_TOLD);
    } else if (find_stop(c, event->reason) != NULL) {
        add_fault(c, index, STOPPED_TWICE);
    } else {
        struct clock__stop stop = {.reason = reason, .from = event->at, .to = INT64_MAX};
        TB_TRY(clock_due(c->calendar, &c->rules->hours, clock_when_of(event->at), event->needed,
                         &stop.told, err));
        c->stops[c->stop_count++] = stop;
    }
    return TB_OK;
}

static tb_status
on_resumed(struct clock__case *c, size_t index, const struct clock_event *event, struct tb_err *err)
{
    (void)err;
    struct clock__stop *stop = find_stop(c, event->reason);
    if (stop == NULL)
        add_fault(c, index, NOT_STOPPED);
    else
        stop->to = event->at;
    return TB_OK;
}

const struct clock__pause *
clock__pauses(const struct clock__case *c, int64_t at, bool as_told)
{
    struct clock__pause *pauses = TB_NEW_ARRAY(c->arena, c->stop_count, struct clock__pause);
    for (size_t i = 0; i < c->stop_count; i++) {
        const struct clock__stop *stop = &c->stops[i];
        int64_t to = stop->to < at ? stop->to : at;
        int64_t day_to = tb_date_to_days(tb_instant_day(to));
        if (as_told && stop->to == INT64_MAX && stop->told.at > at) {
            to = stop->told.at;
            day_to = tb_date_to_days(stop->told.day);
        }
        pauses[i] = (struct clock__pause){
            .day_from = tb_date_to_days(tb_instant_day(stop->from)) + 1,
            .day_to = day_to,
            .at_from = stop->from,
            .at_to = to,
        };
    }
    return pauses;
}

tb_status
clock__reading_due(const struct clock__case *c, const struct clock_reading *reading,
                   const struct clock__pause *pauses, struct clock_due *ret_due, struct tb_err *err)
{
    struct clock_period period = reading->limit.period, more = reading->extension.period;
    bool is_longer = c->is_extended && more.unit != CLOCK_NO_UNIT &&
                     tb_str_eq(reading->extended_by, c->extended_by);
    bool is_joined = is_longer && more.unit == period.unit;
    if (is_joined)
        period.n += more.n;
    TB_TRY(clock__due(c->calendar, &c->rules->hours, c->started, period, pauses, c->stop_count,
                      ret_due, err));
    if (is_longer && !is_joined) {
        struct clock_when from = {.day = ret_due->day, .minute = ret_due->minute};
        TB_TRY(clock__due(c->calendar, &c->rules->hours, from, more, pauses, c->stop_count, ret_due,
                          err));
    }
    return TB_OK;
}

static tb_status
on_extended(struct clock__case *c, size_t index, const struct clock_event *event,
            struct tb_err *err)
{
    if (c->state != CLOCK_RUNNING) {
        add_fault(c, index, NOT_STARTED);
        return TB_OK;
    }
    if (c->is_extended) {
        add_fault(c, index, EXTENDED_TWICE);
        return TB_OK;
    }
    fault_kind why = EXTENSION_NONE;
    const struct clock__pause *pauses = clock__pauses(c, event->at, false);
    for (size_t i = 0; i < c->rules->reading_count; i++) {
        const struct clock_reading *reading = &c->rules->readings[i];
        if (reading->extension.period.unit == CLOCK_NO_UNIT)
            continue;
        if (!tb_str_eq(reading->extended_by, event->by)) {
            why = why == EXTENSION_NONE ? EXTENSION_AUTHORITY : why;
            continue;
        }
        struct clock_due due;
        TB_TRY(clock__reading_due(c, reading, pauses, &due, err));
        if (event->at < due.at) {
            c->is_extended = true;
            c->extended_by = event->by;
            return TB_OK;
        }
        why = EXTENSION_TOO_LATE;
    }
    add_fault(c, index, why);
    return TB_OK;
}

/* ---- hearing, stages, decision ---- */

static tb_status
on_hearing(struct clock__case *c, size_t index, const struct clock_event *event, struct tb_err *err)
{
    (void)err;
    if (!c->is_started) {
        add_fault(c, index, NOT_STARTED);
        return TB_OK;
    }
    switch (event->kind) {
    case CLOCK_HEARING_TOLD:
        c->hearing_told = at_moment(event->at);
        break;
    case CLOCK_HEARING_ASKED:
        c->hearing_asked = at_moment(event->at);
        break;
    case CLOCK_HEARING_SET:
        c->hearing_set = at_moment(event->at);
        c->hearing_on = event->on;
        break;
    default:
        c->hearing_held = at_moment(event->at);
        break;
    }
    return TB_OK;
}

static tb_status
on_stage(struct clock__case *c, size_t index, const struct clock_event *event, struct tb_err *err)
{
    (void)err;
    size_t stage = 0;
    while (stage < c->rules->stage_count && !tb_str_eq(c->rules->stages[stage].key, event->stage))
        stage++;
    if (stage == c->rules->stage_count) {
        add_fault(c, index, STAGE_UNKNOWN);
        return TB_OK;
    }
    if (event->kind == CLOCK_STAGE_BEGUN) {
        c->runs[c->run_count++] = (struct clock__stage_run){stage, event->at, INT64_MAX};
        return TB_OK;
    }
    for (size_t i = c->run_count; i-- > 0;)
        if (c->runs[i].stage == stage && c->runs[i].to == INT64_MAX) {
            c->runs[i].to = event->at;
            return TB_OK;
        }
    add_fault(c, index, STAGE_UNKNOWN);
    return TB_OK;
}

static tb_status
on_decided(struct clock__case *c, size_t index, const struct clock_event *event, struct tb_err *err)
{
    (void)err;
    if (c->state == CLOCK_WAITING) {
        add_fault(c, index, NOT_RECEIVED);
        return TB_OK;
    }
    if (c->is_deemed_renewed) {
        add_fault(c, index, RENEWED_BEFORE);
        return TB_OK;
    }
    if (c->state == CLOCK_TO_DELIVER) {
        add_fault(c, index, ALREADY_OVER);
        return TB_OK;
    }
    if (c->state != CLOCK_RUNNING) /* on the spot (34): acceptance and decision are one act */
        start(c, clock_when_of(event->at), event->at);
    c->state = CLOCK_TO_DELIVER;
    c->decided = at_moment(event->at);
    c->is_granted = tb_str_is(event->outcome, "granted");
    return TB_OK;
}

static tb_status
on_delivered(struct clock__case *c, size_t index, const struct clock_event *event,
             struct tb_err *err)
{
    (void)err;
    if (c->state != CLOCK_TO_DELIVER) {
        add_fault(c, index, NOT_DECIDED);
        return TB_OK;
    }
    c->state = CLOCK_ENDED;
    c->delivered = c->over = at_moment(event->at);
    return TB_OK;
}

static tb_status
on_withdrawn(struct clock__case *c, size_t index, const struct clock_event *event,
             struct tb_err *err)
{
    (void)err;
    if (c->state == CLOCK_TO_DELIVER) {
        add_fault(c, index, c->is_deemed_renewed ? RENEWED_BEFORE : ALREADY_OVER);
        return TB_OK;
    }
    c->state = CLOCK_ENDED;
    c->over = at_moment(event->at);
    return TB_OK;
}

/* ---- tacit acts ---- */

static bool
may_be_renewed(const struct clock__case *c)
{
    return c->rules->is_renewal && c->is_received &&
           (c->state == CLOCK_EXAMINING || c->state == CLOCK_RUNNING) &&
           tb_date_cmp(c->first_received, c->rules->permit_expires) <= 0;
}

static void
deem_accepted(struct clock__case *c)
{
    c->is_deemed_accepted = true;
    c->deemed_accepted_at = c->notice_due.at;
    start(c, c->received_when, c->notice_due.at);
}

/* Lets happen what silence has brought about by at: acceptance (32(4)) and renewal (50), in their
 * order. */
static void
advance(struct clock__case *c, int64_t at)
{
    int64_t expiry = INT64_MAX;
    if (may_be_renewed(c))
        expiry = clock__day_end(c->calendar, c->rules->permit_expires).at;
    if (c->state == CLOCK_EXAMINING && c->has_notice_due && c->notice_due.at <= at &&
        c->notice_due.at <= expiry)
        deem_accepted(c);
    if (expiry > at)
        return;
    if (c->state == CLOCK_EXAMINING)
        start(c, c->received_when, expiry);
    c->state = CLOCK_TO_DELIVER;
    c->is_deemed_renewed = true;
    c->deemed_renewed_at = expiry;
    c->is_granted = true;
}

/* ---- all of it ---- */

typedef tb_status handler(struct clock__case *c, size_t index, const struct clock_event *event,
                          struct tb_err *err);

/* clang-format off */
static handler *const handlers[CLOCK_EVENT_COUNT] = {
    [CLOCK_RECEIVED]      = on_received,  [CLOCK_CONFIRMED]     = on_confirmed,
    [CLOCK_NOTICE]        = on_notice,    [CLOCK_SUPPLEMENTED]  = on_supplemented,
    [CLOCK_ACCEPTED]      = on_accepted,  [CLOCK_REFUSED]       = on_refused,
    [CLOCK_SUSPENDED]     = on_suspended, [CLOCK_RESUMED]       = on_resumed,
    [CLOCK_EXTENDED]      = on_extended,  [CLOCK_HEARING_TOLD]  = on_hearing,
    [CLOCK_HEARING_ASKED] = on_hearing,   [CLOCK_HEARING_SET]   = on_hearing,
    [CLOCK_HEARING_HELD]  = on_hearing,   [CLOCK_STAGE_BEGUN]   = on_stage,
    [CLOCK_STAGE_ENDED]   = on_stage,     [CLOCK_DECIDED]       = on_decided,
    [CLOCK_DELIVERED]     = on_delivered, [CLOCK_WITHDRAWN]     = on_withdrawn,
};
/* clang-format on */

tb_status
clock__fold(struct tb_arena *arena, const struct clock_calendar *calendar,
            const struct clock_rules *rules, const struct clock_event *events, size_t count,
            int64_t now, struct clock__case *ret_case, struct tb_err *err)
{
    struct clock__case *c = ret_case;
    *c = (struct clock__case){.arena = arena, .calendar = calendar, .rules = rules, .now = now};
    c->stops = TB_NEW_ARRAY(arena, count, struct clock__stop);
    c->runs = TB_NEW_ARRAY(arena, count, struct clock__stage_run);
    c->faults = TB_NEW_ARRAY(arena, 2 * count, struct clock_fault);
    for (size_t i = 0; i < count; i++) {
        const struct clock_event *event = &events[i];
        if (i > 0 && event->at < events[i - 1].at)
            return tb_fail(err, TB_INVALID, "event %zu (%s) lies before the one in front of it",
                           i + 1, clock_event_word(event->kind));
        if (event->at > now)
            break;
        advance(c, event->at);
        if (c->state == CLOCK_ENDED)
            add_fault(c, i, ALREADY_OVER);
        else
            TB_TRY(handlers[event->kind](c, i, event, err));
    }
    advance(c, now);
    return TB_OK;
}
