/* SPDX-License-Identifier: Apache-2.0 */
/* Supervision: what is open, due and overdue; how cases ended; ratings; open cards; departments. */
#include "web/web_staff.h"

static const char *const kind_of[] = {"ok", "info", "warn", "bad"};
static const char *const grades[] = {"very_satisfied", "satisfied", "fairly", "dissatisfied",
                                     "very_dissatisfied"};
static const enum web__word grade_words[] = {WEB_T_grade_very_satisfied, WEB_T_grade_satisfied,
                                             WEB_T_grade_fairly, WEB_T_grade_dissatisfied,
                                             WEB_T_grade_very_dissatisfied};

static void
put_distribution(struct web__call *call, struct tb_json *data, const struct tb_json *summary)
{
    const struct tb_json *list = tb_json_get(summary, "distribution");
    size_t count = 0;
    struct web__bar *bars =
        TB_NEW_ARRAY(call->arena, (list != NULL ? list->count : 0) + 1, struct web__bar);
    TB_JSON_EACH(row, list)
    {
        bars[count] =
            (struct web__bar){tb_json_get_text(row, "label"), tb_json_get_int(row, "count", 0),
                              kind_of[count % TB_COUNT(kind_of)]};
        count++;
    }
    tb_json_set(data, "endings", web__bars(call, bars, count));
}

static void
put_ratings(struct web__call *call, struct tb_json *data, const struct tb_json *summary)
{
    const struct tb_json *ratings = tb_json_get(summary, "ratings");
    struct web__bar bars[TB_COUNT(grades)];
    for (size_t i = 0; i < TB_COUNT(grades); i++)
        bars[i] = (struct web__bar){web__tell(call, grade_words[i], NULL),
                                    tb_json_get_int(ratings, grades[i], 0), i < 3 ? "ok" : "bad"};
    tb_json_set(data, "grades", web__bars(call, bars, TB_COUNT(grades)));
    int64_t good = tb_json_get_int(ratings, "good_per_mille", -1);
    if (good >= 0)
        tb_json_set_text(
            call->arena, data, "good",
            tb_printf(call->arena, "%lld.%lld%%", (long long)(good / 10), (long long)(good % 10)));
}

void
web__board(struct web__call *call)
{
    const struct tb_json *summary, *cards;
    struct tb_json *data = web__object(call), *in = web__object(call);
    tb_json_set_text(call->arena, in, "state", TB_STR("open"));
    if (!web__ask(call, "watch.summary", NULL, &summary) ||
        !web__ask(call, "watch.cards", in, &cards))
        return;
    tb_json_set(data, "summary", tb_json_copy(call->arena, summary));
    tb_json_set(data, "cards", tb_json_copy(call->arena, tb_json_get(cards, "cards")));
    put_distribution(call, data, summary);
    put_ratings(call, data, summary);
    web__show(call, 200, WEB_VIEW_board, data);
}

/* ---- cards ------------------------------------------------------------------------------------------------------- */

static void
show_cards(struct web__call *call, const struct op_result *result)
{
    const struct tb_json *list;
    struct tb_json *data = web__object(call), *in = web__object(call);
    tb_str state = web__query(call, "state");
    if (state.len > 0)
        tb_json_set_text(call->arena, in, "state", state);
    if (!web__ask(call, "watch.cards", in, &list))
        return;
    tb_json_set(data, "cards", tb_json_copy(call->arena, tb_json_get(list, "cards")));
    tb_json_set_text(call->arena, data, "state", state);
    tb_json_set_text(call->arena, data, "text", web__field(call, "text"));
    tb_json_set_text(call->arena, data, "card", web__param(call, "id"));
    tb_json_set_bool(call->arena, data, "may_judge", (call->roles & OP_SUPERVISOR) != 0);
    tb_json_set_bool(call->arena, data, "may_answer", (call->roles & OP_STAFF) != 0);
    if (result != NULL) {
        web__put_faults(call, data, result);
        tb_json_set_text(call->arena, data, "refused", tb_str_of(result->err.message));
    }
    web__show(call, result != NULL ? result->http : 200, WEB_VIEW_cards, data);
}

void
web__cards(struct web__call *call)
{
    show_cards(call, NULL);
}

/* One text box, four buttons: answer, appeal, the card stands, the appeal stands. */
static const struct {
    const char *name, *op, *key;
    int stands; /* -1: not a judgement */
} acts[] = {{"reply", "watch.reply", "text", -1},
            {"appeal", "watch.appeal", "reason", -1},
            {"uphold", "watch.judge", "reason", 1},
            {"dismiss", "watch.judge", "reason", 0}};

void
web__card_act(struct web__call *call)
{
    tb_str wanted = web__field(call, "do");
    size_t i = TB_COUNT(acts) - 1;
    while (i > 0 && !tb_str_is(wanted, acts[i].name))
        i--;
    struct tb_json *in = web__object(call);
    struct op_result result;
    tb_json_set_text(call->arena, in, "id", web__param(call, "id"));
    web__take(call, in, acts[i].key, "text");
    if (acts[i].stands >= 0)
        tb_json_set_bool(call->arena, in, "stands", acts[i].stands == 1);
    web__op_once(call, acts[i].op, in, &result);
    if (result.status != TB_OK)
        show_cards(call, &result);
    else
        web__go(call, "/cards");
}
