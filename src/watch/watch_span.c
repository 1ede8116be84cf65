/* SPDX-License-Identifier: Apache-2.0 */
/* How long decisions take, and which are strangely quick (F19). No fixed number of minutes is suspicious by itself: a
 * decision is compared with the latest ones of the same service, by their median. What rules or silence decided is
 * neither compared nor counted. */
#include "watch/watch_internal.h"
#include "watch/watch_span.sql.h"

#include <stdlib.h>

static int
compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* Seconds of the latest decisions, and how many there are. */
static tb_status
former_spans(struct store_read *read, const struct cases_glance *glance, int64_t *spans,
             size_t *ret_count, struct tb_err *err)
{
    struct store_rows *rows = NULL;
    struct store_value params[] = {STORE_TEXT_OF(glance->item), STORE_TEXT_OF(glance->situation),
                                   STORE_INT_OF(WATCH_SPAN_SAMPLE)};
    size_t count = 0;
    TB_TRY(store_select(read, sql_spans, params, TB_COUNT(params), &rows, err));
    while (count < WATCH_SPAN_SAMPLE && store_next(rows))
        spans[count++] = store_int(rows, 0);
    *ret_count = count;
    return store_rows_done(rows, err);
}

static bool
is_met(const struct watch__rule *rule, int64_t *spans, size_t count, int64_t span)
{
    if (count < (size_t)rule->least)
        return false;
    qsort(spans, count, sizeof(*spans), compare);
    return span * rule->part < spans[count / 2];
}

tb_status
watch__span(struct watch *watch, struct store_tx *tx, struct tb_arena *arena,
            const struct watch__due *due, const struct cases_glance *glance, struct tb_err *err)
{
    int64_t spans[WATCH_SPAN_SAMPLE];
    int64_t span = (glance->decided_at - glance->accepted_at) / TB_US_PER_SECOND;
    size_t count = 0;
    if (glance->is_by_rules || glance->accepted_at == 0 || span < 0)
        return TB_OK;
    TB_TRY(former_spans(store_tx_read(tx), glance, spans, &count, err));
    for (size_t i = 0; i < watch__rule_count; i++) {
        const struct watch__rule *rule = &watch__rules[i];
        if (rule->subject != WATCH_SPAN || !is_met(rule, spans, count, span))
            continue;
        struct watch__occasion occasion = {
            .rule = rule,
            .subject = tb_date_format(arena, tb_instant_day(glance->decided_at)),
            .at = glance->decided_at,
            .now = store_tx_now(tx)};
        TB_TRY(watch__put_up(watch, tx, arena, due, &occasion, err));
    }
    return store_insert(tx, "watch_spans",
                        STORE_VALUES(STORE_SET_INT("of_case", glance->id),
                                     STORE_SET_TEXT("item", glance->item),
                                     STORE_SET_TEXT("situation", glance->situation),
                                     STORE_SET_INT("seconds", span)),
                        NULL, err);
}
