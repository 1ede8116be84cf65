/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of supervision. Cards are logged: they are answered and appealed, never removed. The due list and the
 * counters are not: they are made from the log's feed and can be made again. */
#include "watch/watch.h"

/* clang-format off */
static const struct store_column dues_columns[] = {
    {"of_case", STORE_INT, STORE_UNIQUE, NULL, "id of the case"},
    {"no", STORE_TEXT, 0, NULL, "its number"},
    {"item", STORE_TEXT, 0, NULL, "its item code"},
    {"division", STORE_TEXT, 0, NULL, "12 digits: where it is handled"},
    {"department", STORE_TEXT, 0, NULL, "code of the office that handles it"},
    {"state", STORE_TEXT, 0, NULL, "as the case has it"},
    {"outcome", STORE_TEXT, STORE_NULL, NULL, "of its decision, once there is one"},
    {"is_running", STORE_BOOL, 0, NULL, "a clock of ours runs: not waiting for the applicant, not paused, not over"},
    {"answer_due", STORE_DAY, STORE_NULL, NULL, "last day to accept or to tell what is missing"},
    {"due", STORE_DAY, STORE_NULL, NULL, "statutory"},
    {"promised_due", STORE_DAY, STORE_NULL, NULL, "promised"},
    {"task", STORE_TEXT, STORE_NULL, NULL, "oldest open task"},
    {"role", STORE_TEXT, STORE_NULL, NULL, "post that has the task"},
    {"task_due", STORE_DAY, STORE_NULL, NULL, "end of the stage's own limit"},
    {"account", STORE_INT, 0, NULL, "who took the task"},
    {"next_at", STORE_INSTANT, STORE_NULL | STORE_INDEX, NULL, "when a rule may next be met"},
    {"next_due", STORE_DAY, STORE_NULL, NULL, "the earliest of the days, for the due list"},
    {0},
};
static const char *const dues_indexes[] = {"is_running, next_due", NULL};
static const struct store_table dues = {
    .name = "watch_dues", .columns = dues_columns, .is_logged = false, .indexes = dues_indexes,
    .doc = "what is due when; rebuilt from the feed"};

static const struct store_column cards_columns[] = {
    {"number", STORE_TEXT, STORE_UNIQUE, NULL, "division 6, year, serial 5"},
    {"rule", STORE_TEXT, 0, NULL, "row of watch_rules.c"},
    {"kind", STORE_TEXT, 0, NULL, "reminder, yellow or red"},
    {"of_case", STORE_INT, STORE_INDEX, NULL, "id of the case"},
    {"no", STORE_TEXT, 0, NULL, "its number"},
    {"subject", STORE_TEXT, 0, NULL, "the day or step that it is about: one card for each"},
    {"division", STORE_TEXT, 0, NULL, "12 digits: where the case is handled"},
    {"department", STORE_TEXT, 0, NULL, "code of the office it is for"},
    {"role", STORE_TEXT, STORE_NULL, NULL, "post that had the task"},
    {"account", STORE_INT, 0, NULL, "who had taken it; 0: nobody"},
    {"at", STORE_INSTANT, 0, NULL, "the moment that the rule was met"},
    {"put_up_at", STORE_INSTANT, 0, NULL, "when we noticed"},
    {"days_over", STORE_INT, 0, NULL, "working days over the limit when put up"},
    {"reply_due", STORE_DAY, STORE_NULL, NULL, "none for a reminder"},
    {"state", STORE_TEXT, 0, NULL, "open, replied, appealed, upheld, dismissed"},
    {"reply", STORE_TEXT, STORE_NULL | STORE_PERSONAL, NULL, "what the office says"},
    {"replied_at", STORE_INSTANT, STORE_NULL, NULL, "when the office replied"},
    {"appeal", STORE_TEXT, STORE_NULL | STORE_PERSONAL, NULL, "why the card should not stand"},
    {"appealed_by", STORE_INT, STORE_NULL, NULL, "account; he does not judge it"},
    {"judgement", STORE_TEXT, STORE_NULL | STORE_PERSONAL, NULL, "what the supervisor answered"},
    {0},
};
static const char *const cards_uniques[] = {"of_case, rule, subject", NULL};
static const char *const cards_indexes[] = {"state, division, id", NULL};
static const struct store_table cards = {
    .name = "watch_cards", .columns = cards_columns, .is_logged = true, .uniques = cards_uniques,
    .indexes = cards_indexes,
    .doc = "reminders, yellow and red cards"};

static const struct store_column counts_columns[] = {
    {"name", STORE_TEXT, 0, NULL, "state.open, done, on_time, late, rating.satisfied …"},
    {"division", STORE_TEXT, 0, NULL, "12 digits"},
    {"department", STORE_TEXT, 0, NULL, "code, or empty for the whole division"},
    {"day", STORE_TEXT, 0, NULL, "YYYY-MM-DD, or empty for a running total"},
    {"value", STORE_INT, 0, NULL, "how many"},
    {0},
};
static const char *const counts_uniques[] = {"name, division, department, day", NULL};
static const struct store_table counts = {
    .name = "watch_counts", .columns = counts_columns, .is_logged = false, .uniques = counts_uniques,
    .doc = "counters of the summary; rebuilt from the feed"};

static const struct store_column spans_columns[] = {
    {"of_case", STORE_INT, STORE_UNIQUE, NULL, "id of the case"},
    {"item", STORE_TEXT, 0, NULL, "its item code"},
    {"situation", STORE_TEXT, 0, NULL, "row of items.csv"},
    {"seconds", STORE_INT, 0, NULL, "from acceptance to decision"},
    {0},
};
static const char *const spans_indexes[] = {"item, situation, id", NULL};
static const struct store_table spans = {
    .name = "watch_spans", .columns = spans_columns, .is_logged = false, .indexes = spans_indexes,
    .doc = "how long persons took to decide; rebuilt from the feed"};
/* clang-format on */

const struct store_table *const watch_tables[] = {&dues, &cards, &counts, &spans, NULL};
