/* SPDX-License-Identifier: Apache-2.0 */
/* clock_rules.c - 行政许可法 as rows, and the words of the module. */
#include "clock/clock_internal.h"

#define TEXT(literal)                                                                              \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }
#define LICENSING TEXT("行政许可法")

/* clang-format off */
static const struct clock_reason reasons[] = {
    {TEXT("hearing"),       TEXT("听证"),     TEXT("hearing"),       LICENSING, TEXT("45")},
    {TEXT("tender"),        TEXT("招标"),     TEXT("tender"),        LICENSING, TEXT("45")},
    {TEXT("auction"),       TEXT("拍卖"),     TEXT("auction"),       LICENSING, TEXT("45")},
    {TEXT("inspection"),    TEXT("检验"),     TEXT("inspection"),    LICENSING, TEXT("45")},
    {TEXT("testing"),       TEXT("检测"),     TEXT("testing"),       LICENSING, TEXT("45")},
    {TEXT("quarantine"),    TEXT("检疫"),     TEXT("quarantine"),    LICENSING, TEXT("45")},
    {TEXT("appraisal"),     TEXT("鉴定"),     TEXT("appraisal"),     LICENSING, TEXT("45")},
    {TEXT("expert_review"), TEXT("专家评审"), TEXT("expert review"), LICENSING, TEXT("45")},
};

/* 行政许可法 says from when, not how receipt follows from the way papers came; the only statute that does is
 * 政府信息公开条例 31, which is followed. What the system receives it confirms itself, at once. */
static const struct clock_channel channels[] = {
    {TEXT("window"), CLOCK_RECEIPT_ENTERED,   TEXT("政府信息公开条例"), TEXT("31(1)")},
    {TEXT("kiosk"),  CLOCK_RECEIPT_ENTERED,   TEXT("政府信息公开条例"), TEXT("31(1)")},
    {TEXT("post"),   CLOCK_RECEIPT_ENTERED,   TEXT("政府信息公开条例"), TEXT("31(2)")},
    {TEXT("letter"), CLOCK_RECEIPT_CONFIRMED, TEXT("政府信息公开条例"), TEXT("31(2)")},
    {TEXT("online"), CLOCK_RECEIPT_ENTERED,   TEXT("政府信息公开条例"), TEXT("31(3)")},
};

static const struct clock_rules licensing = {
    .notice = {{5, CLOCK_WD, false}, LICENSING, TEXT("32(4)"), {NULL, 0}},
    .readings = {{
        .limit = {{20, CLOCK_WD, false}, LICENSING, TEXT("42"), TEXT("82：以工作日计算")},
        .extension = {{10, CLOCK_WD, false}, LICENSING, TEXT("42"), {NULL, 0}},
        .extended_by = TEXT("agency_head"),
    }},
    .reading_count = 1,
    .delivery = {{10, CLOCK_WD, false}, LICENSING, TEXT("44"), {NULL, 0}},
    .hearing_ask = {{5, CLOCK_WD, false}, LICENSING, TEXT("47"), {NULL, 0}},
    .hearing_hold = {{20, CLOCK_WD, false}, LICENSING, TEXT("47"), {NULL, 0}},
    .hearing_notice = {{7, CLOCK_WD, false}, LICENSING, TEXT("48"), {NULL, 0}},
    .renew_before = {{30, CLOCK_D, false}, LICENSING, TEXT("50"), {NULL, 0}},
    .reasons = reasons,
    .reason_count = TB_COUNT(reasons),
    .channels = channels,
    .channel_count = TB_COUNT(channels),
};

static const char *const event_words[CLOCK_EVENT_COUNT] = {
    [CLOCK_RECEIVED]      = "received",      [CLOCK_CONFIRMED]     = "confirmed",
    [CLOCK_NOTICE]        = "notice",        [CLOCK_SUPPLEMENTED]  = "supplemented",
    [CLOCK_ACCEPTED]      = "accepted",      [CLOCK_REFUSED]       = "refused",
    [CLOCK_SUSPENDED]     = "suspended",     [CLOCK_RESUMED]       = "resumed",
    [CLOCK_EXTENDED]      = "extended",      [CLOCK_HEARING_TOLD]  = "hearing_told",
    [CLOCK_HEARING_ASKED] = "hearing_asked", [CLOCK_HEARING_SET]   = "hearing_set",
    [CLOCK_HEARING_HELD]  = "hearing_held",  [CLOCK_STAGE_BEGUN]   = "stage_begun",
    [CLOCK_STAGE_ENDED]   = "stage_ended",   [CLOCK_DECIDED]       = "decided",
    [CLOCK_DELIVERED]     = "delivered",     [CLOCK_WITHDRAWN]     = "withdrawn",
};

static const char *const state_words[] = {
    [CLOCK_WAITING] = "waiting", [CLOCK_EXAMINING]  = "examining",  [CLOCK_SUPPLEMENTING] = "supplementing",
    [CLOCK_RUNNING] = "running", [CLOCK_PAUSED]     = "paused",     [CLOCK_TO_DELIVER]    = "to_deliver",
    [CLOCK_ENDED]   = "ended",
};

static const char *const mark_words[] = {
    [CLOCK_MARK_BEFORE]    = "before",    [CLOCK_MARK_START] = "start", [CLOCK_MARK_COUNTED] = "counted",
    [CLOCK_MARK_OFF]       = "off",       [CLOCK_MARK_DUE]   = "due",   [CLOCK_MARK_OVERDUE] = "overdue",
    [CLOCK_MARK_SUSPENDED] = "suspended", [CLOCK_MARK_AFTER] = "after",
};
/* clang-format on */

void
clock_rules_licensing(struct clock_rules *ret_rules)
{
    *ret_rules = licensing;
}

const char *
clock_event_word(clock_event_kind kind)
{
    tb_assert(kind < CLOCK_EVENT_COUNT);
    return event_words[kind];
}

clock_event_kind
clock_event_find(tb_str word)
{
    for (size_t i = 0; i < CLOCK_EVENT_COUNT; i++)
        if (tb_str_is(word, event_words[i]))
            return (clock_event_kind)i;
    return CLOCK_EVENT_COUNT;
}

const char *
clock_state_word(clock_state state)
{
    return state_words[state];
}

const char *
clock_mark_word(clock_mark mark)
{
    return mark_words[mark];
}
