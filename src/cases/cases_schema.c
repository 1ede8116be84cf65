/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of the trade. A row of cases holds what the work lists ask for; everything lawful is in case_events, from
 * which the clock is computed. Days kept in cases (answer_due, due, promised_due) are the reckoning of the last act,
 * kept so that a list can be sorted; they are never the authority. */
#include "cases/cases.h"

/* clang-format off */

/* A person or a firm, once: whoever applies, represents, acts for somebody, or works here. */
static const struct store_column parties_columns[] = {
    {"kind", STORE_TEXT, 0, NULL, "person or firm"},
    {"name", STORE_TEXT, STORE_PERSONAL, NULL, "as on the identity document"},
    {"name_blind", STORE_TEXT, STORE_INDEX, NULL, "HMAC of the folded name, for look-up"},
    {"id_kind", STORE_TEXT, 0, NULL, "citizen_id, credit_code or other"},
    {"id_number", STORE_TEXT, STORE_PERSONAL, NULL, "number of the identity document"},
    {"id_blind", STORE_TEXT, STORE_UNIQUE, NULL, "HMAC of the number: one row per person"},
    {"phone", STORE_TEXT, STORE_NULL | STORE_PERSONAL, NULL, "where the person can be reached"},
    {"made_at", STORE_INSTANT, 0, NULL, "when first seen"},
    {0},
};
static const struct store_table parties = {
    .name = "parties", .columns = parties_columns, .is_logged = true,
    .doc = "persons and firms, one row each"};

static const struct store_column cases_columns[] = {
    {"no", STORE_TEXT, STORE_UNIQUE, NULL, "public number: division 6, date 8, serial 5, check 1"},
    {"code", STORE_TEXT, STORE_PERSONAL, NULL, "6 characters that an outsider needs besides the number"},
    {"item", STORE_TEXT, 0, NULL, "item code, or pack/situation where the situation has none"},
    {"pack", STORE_TEXT, 0, NULL, "hash of the pack that holds from acceptance on"},
    {"situation", STORE_TEXT, 0, NULL, "row of items.csv in that pack"},
    {"process", STORE_TEXT, 0, NULL, "process of that pack"},
    {"way", STORE_TEXT, 0, NULL, "ordinary or pledge"},
    {"division", STORE_TEXT, 0, NULL, "12 digits: where the case is handled"},
    {"department", STORE_TEXT, 0, NULL, "code of the deciding agency's department"},
    {"channel", STORE_TEXT, 0, NULL, "api, web, window or kiosk"},
    {"state", STORE_TEXT, 0, NULL, "see the drawing in cases_state.c"},
    {"applicant", STORE_INT, STORE_INDEX, "parties", "who applies"},
    {"applicant_name", STORE_TEXT, STORE_PERSONAL, NULL, "as it was when filed, for lists"},
    {"account", STORE_INT, STORE_INDEX, NULL, "account that filed online; 0 at the window"},
    {"received_at", STORE_INSTANT, 0, NULL, "lawful moment of receipt"},
    {"answer_due", STORE_DAY, STORE_NULL, NULL, "last day to accept or to tell what is missing"},
    {"due", STORE_DAY, STORE_NULL, NULL, "statutory red line, as last reckoned"},
    {"promised_due", STORE_DAY, STORE_NULL, NULL, "promised day, as last reckoned"},
    {"fields", STORE_JSON, STORE_PERSONAL, NULL, "the form as filed"},
    {"answers", STORE_JSON, 0, NULL, "answers of the guide that led to the situation"},
    {"extra", STORE_JSON, STORE_NULL | STORE_PERSONAL, NULL, "agent's paper, delivery address, pledge text"},
    {"instance", STORE_JSON, 0, NULL, "state of the process instance"},
    {"events", STORE_INT, 0, NULL, "how many case_events there are"},
    {"tasks", STORE_INT, 0, NULL, "how many tasks there have been"},
    {"previous", STORE_TEXT, STORE_NULL, NULL, "mark of the certificate that this case changes or ends"},
    {"calendar", STORE_TEXT, 0, NULL, "version of the calendar that the days above were reckoned with"},
    {0},
};
static const char *const cases_indexes[] = {"division, state, id", "state, answer_due", NULL};
static const struct store_table cases = {
    .name = "cases", .columns = cases_columns, .is_logged = true, .indexes = cases_indexes,
    .doc = "one application each, from filing to closing"};

static const struct store_column case_parties_columns[] = {
    {"of_case", STORE_INT, STORE_INDEX, "cases", "the case"},
    {"party", STORE_INT, STORE_NULL | STORE_INDEX, "parties", "the person; null where only an account is known"},
    {"account", STORE_INT, STORE_NULL, NULL, "account used, if any"},
    {"role", STORE_TEXT, 0, NULL, "applicant, legal_representative, agent, keyed_by, received_by, accepted_by, "
                                  "surveyed_by, decided_by, collected_by"},
    {"identity_check", STORE_TEXT, 0, NULL, "card_read, card_and_face, online_real_name, seen_by_eye, account"},
    {"checked_at", STORE_INSTANT, 0, NULL, "when identity was checked"},
    {"scope", STORE_JSON, STORE_NULL | STORE_PERSONAL, NULL, "agent: scope, from, until, may_pledge, paper"},
    {0},
};
static const struct store_table case_parties = {
    .name = "case_parties", .columns = case_parties_columns, .is_logged = true,
    .doc = "who is who in a case, and how his identity was known"};

static const struct store_column case_events_columns[] = {
    {"of_case", STORE_INT, 0, "cases", "the case"},
    {"n", STORE_INT, 0, NULL, "order of recording, from 1"},
    {"kind", STORE_TEXT, 0, NULL, "received, deficiency_told, accepted …"},
    {"happened_at", STORE_INSTANT, 0, NULL, "lawful moment"},
    {"recorded_at", STORE_INSTANT, 0, NULL, "when we wrote it down"},
    {"actor", STORE_INT, 0, NULL, "account; 0 = the system"},
    {"basis", STORE_TEXT, STORE_NULL, NULL, "law and article"},
    {"data", STORE_JSON, STORE_NULL, NULL, "what the clock and the letters need: reason, days, lines"},
    {"note", STORE_TEXT, STORE_NULL | STORE_PERSONAL, NULL, "what somebody wrote"},
    {0},
};
static const char *const case_events_uniques[] = {"of_case, n", NULL};
static const struct store_table case_events = {
    .name = "case_events", .columns = case_events_columns, .is_logged = true, .uniques = case_events_uniques,
    .doc = "what happened in a case; the law's clock is computed from these"};

static const struct store_column case_materials_columns[] = {
    {"of_case", STORE_INT, STORE_INDEX, "cases", "the case"},
    {"material", STORE_TEXT, 0, NULL, "row of materials.csv"},
    {"state", STORE_TEXT, 0, NULL, "given, missing, late, called_up, generated, reused, on_site"},
    {"result", STORE_TEXT, STORE_NULL, NULL, "the clerk's tick: ok, fix or late"},
    {"note", STORE_TEXT, STORE_NULL | STORE_PERSONAL, NULL, "what to mend"},
    {"files", STORE_JSON, STORE_PERSONAL, NULL, "list of hash, name, bytes, type"},
    {"round", STORE_INT, 0, NULL, "0 with the application, 1 after the notice …"},
    {0},
};
static const struct store_table case_materials = {
    .name = "case_materials", .columns = case_materials_columns, .is_logged = true,
    .doc = "the papers of a case"};

static const struct store_column files_columns[] = {
    {"hash", STORE_TEXT, 0, NULL, "SHA-256, 64 hex digits; name of the file in DIR/files"},
    {"account", STORE_INT, 0, NULL, "who handed it in; only he may put it into a case"},
    {"bytes", STORE_INT, 0, NULL, "size"},
    {"type", STORE_TEXT, 0, NULL, "pdf, jpg or png, by content"},
    {"name", STORE_TEXT, STORE_PERSONAL, NULL, "as the sender called it"},
    {"at", STORE_INSTANT, 0, NULL, "when"},
    {0},
};
static const char *const files_uniques[] = {"hash, account", NULL};
static const struct store_table files = {
    .name = "files", .columns = files_columns, .is_logged = true, .uniques = files_uniques,
    .doc = "papers handed in, by content"};

static const struct store_column drafts_columns[] = {
    {"token", STORE_TEXT, STORE_UNIQUE, NULL, "public name of the draft"},
    {"account", STORE_INT, STORE_INDEX, NULL, "who writes it"},
    {"is_for_other", STORE_BOOL, 0, NULL, "a clerk writes it for the person at the window"},
    {"item", STORE_TEXT, 0, NULL, "item code"},
    {"pack", STORE_TEXT, 0, NULL, "hash of the pack it began with"},
    {"situation", STORE_TEXT, 0, NULL, "row of items.csv"},
    {"answers", STORE_JSON, 0, NULL, "answers of the guide"},
    {"fields", STORE_JSON, STORE_PERSONAL, NULL, "what was filled in, faulty or not"},
    {"materials", STORE_JSON, STORE_PERSONAL, NULL, "list of id, hash, name"},
    {"extra", STORE_JSON, STORE_PERSONAL, NULL, "agent, delivery, pledge, sections seen"},
    {"saved_at", STORE_INSTANT, 0, NULL, "last change"},
    {"submitted_as", STORE_TEXT, STORE_NULL, NULL, "number of the case it became"},
    {0},
};
static const struct store_table drafts = {
    .name = "drafts", .columns = drafts_columns, .is_logged = true, .doc = "applications being written"};

static const struct store_column guides_columns[] = {
    {"token", STORE_TEXT, STORE_UNIQUE, NULL, "what the QR on the checklist holds"},
    {"item", STORE_TEXT, 0, NULL, "item code"},
    {"answers", STORE_JSON, 0, NULL, "answers, no personal data"},
    {"until", STORE_INSTANT, STORE_INDEX, NULL, "forgotten after this"},
    {0},
};
static const struct store_table guides = {
    .name = "guides", .columns = guides_columns, .is_logged = false,
    .doc = "guided questions to be resumed elsewhere"};

static const struct store_column tasks_columns[] = {
    {"of_case", STORE_INT, STORE_INDEX, "cases", "the case"},
    {"n", STORE_INT, 0, NULL, "number within the case, from 1"},
    {"element", STORE_TEXT, 0, NULL, "user task of the process"},
    {"token", STORE_TEXT, 0, NULL, "what the process instance calls it"},
    {"role", STORE_TEXT, 0, NULL, "role that may do it"},
    {"other_role", STORE_TEXT, STORE_NULL, NULL, "another role that may do it too"},
    {"division", STORE_TEXT, 0, NULL, "12 digits"},
    {"department", STORE_TEXT, 0, NULL, "code"},
    {"state", STORE_TEXT, 0, NULL, "open, done or cancelled"},
    {"due", STORE_DAY, STORE_NULL, NULL, "end of the stage's own limit, as last reckoned"},
    {"made_at", STORE_INSTANT, 0, NULL, "when it arose"},
    {"claimed_by", STORE_INT, STORE_NULL, NULL, "account"},
    {"done_by", STORE_INT, STORE_NULL, NULL, "account"},
    {"done_at", STORE_INSTANT, STORE_NULL, NULL, "when"},
    {"outcome", STORE_TEXT, STORE_NULL, NULL, "pass, fail, grant, refuse, done …"},
    {"comment", STORE_TEXT, STORE_NULL | STORE_PERSONAL, NULL, "the opinion written"},
    {"fields", STORE_JSON, STORE_NULL | STORE_PERSONAL, NULL, "what else was filled in"},
    {0},
};
static const char *const tasks_uniques[] = {"of_case, n", NULL};
static const char *const tasks_indexes[] = {"state, role, division, id", "state, other_role, division, id", NULL};
static const struct store_table tasks = {
    .name = "tasks", .columns = tasks_columns, .is_logged = true, .uniques = tasks_uniques,
    .indexes = tasks_indexes, .doc = "work for people"};

/* Not logged: a timer only says when to look again; what is then found to be so is an event. */
static const struct store_column timers_columns[] = {
    {"due_at", STORE_INSTANT, STORE_INDEX, NULL, "when to look"},
    {"kind", STORE_TEXT, 0, NULL, "clock, process, draw, push"},
    {"of_case", STORE_INT, STORE_INDEX, "cases", "the case"},
    {"subject", STORE_TEXT, STORE_NULL, NULL, "process token, letter or certificate"},
    {"attempts", STORE_INT, 0, NULL, "times tried in vain"},
    {0},
};
static const struct store_table timers = {
    .name = "timers", .columns = timers_columns, .is_logged = false, .doc = "when to look at a case again"};

static const struct store_column letters_columns[] = {
    {"of_case", STORE_INT, 0, "cases", "the case"},
    {"kind", STORE_TEXT, 0, NULL, "letter of the pack: acceptance, deficiency, grant …"},
    {"n", STORE_INT, 0, NULL, "1, or 2 for the second of its kind"},
    {"number", STORE_TEXT, STORE_UNIQUE, NULL, "字号, gapless in its series"},
    {"told_at", STORE_INSTANT, 0, NULL, "date of the letter"},
    {"fields", STORE_JSON, STORE_PERSONAL, NULL, "what was filled into the text"},
    {"file", STORE_TEXT, STORE_NULL, NULL, "hash of the sealed PDF; null until drawn"},
    {0},
};
static const char *const letters_uniques[] = {"of_case, kind, n", NULL};
static const struct store_table letters = {
    .name = "letters", .columns = letters_columns, .is_logged = true, .uniques = letters_uniques,
    .doc = "statutory letters, numbered and sealed"};

static const struct store_column surveys_columns[] = {
    {"of_case", STORE_INT, STORE_INDEX, "cases", "the case surveyed"},
    {"task", STORE_INT, 0, "tasks", "the survey task"},
    {"round", STORE_INT, 0, NULL, "1, or 2 for the re-check"},
    {"officers", STORE_JSON, STORE_PERSONAL, NULL, "two or more of name and number"},
    {"owner", STORE_TEXT, 0, NULL, "signed or refused"},
    {"owner_note", STORE_TEXT, STORE_NULL | STORE_PERSONAL, NULL, "why the owner did not sign"},
    {"findings", STORE_JSON, STORE_PERSONAL, NULL, "list of id, result, note"},
    {"photos", STORE_JSON, STORE_PERSONAL, NULL, "hashes"},
    {"result", STORE_TEXT, 0, NULL, "pass or fail"},
    {"surveyed_at", STORE_INSTANT, 0, NULL, "when on site"},
    {"confirmed_at", STORE_INSTANT, STORE_NULL, NULL, "when the second officer confirmed"},
    {0},
};
static const struct store_table surveys = {
    .name = "surveys", .columns = surveys_columns, .is_logged = true,
    .doc = "site surveys by two officers (行政许可法 34)"};

static const struct store_column decisions_columns[] = {
    {"of_case", STORE_INT, STORE_UNIQUE, "cases", "the case decided"},
    {"outcome", STORE_TEXT, 0, NULL, "grant, refuse, renewed (by silence, 行政许可法 50)"},
    {"decided_at", STORE_INSTANT, 0, NULL, "lawful moment"},
    {"account", STORE_INT, 0, NULL, "who decided; 0 = the rules, or silence"},
    {"party", STORE_INT, STORE_NULL, "parties", "the person behind the account"},
    {"basis", STORE_TEXT, 0, NULL, "law and article"},
    {"reason", STORE_TEXT, STORE_NULL | STORE_PERSONAL, NULL, "why; must when refused (行政许可法 38)"},
    {0},
};
static const struct store_table decisions = {
    .name = "decisions", .columns = decisions_columns, .is_logged = true,
    .doc = "one decision per case"};

static const struct store_column certificates_columns[] = {
    {"mark", STORE_TEXT, STORE_UNIQUE, NULL, "e-licence mark with its ISO 7064 MOD 37,36 character, no dots"},
    {"number", STORE_TEXT, STORE_INDEX, NULL, "number of the licence; reissue and change may keep it"},
    {"version", STORE_INT, 0, NULL, "001 first, +1 with each change"},
    {"type", STORE_TEXT, 0, NULL, "certificate of items.csv"},
    {"of_case", STORE_INT, STORE_INDEX, "cases", "the case that issued it"},
    {"holder", STORE_INT, STORE_INDEX, "parties", "whom it entitles"},
    {"pack", STORE_TEXT, 0, NULL, "hash"},
    {"situation", STORE_TEXT, 0, NULL, "row of items.csv"},
    {"division", STORE_TEXT, 0, NULL, "12 digits"},
    {"department", STORE_TEXT, 0, NULL, "code"},
    {"issuer", STORE_TEXT, 0, NULL, "name of the agency"},
    {"way", STORE_TEXT, 0, NULL, "ordinary or pledge"},
    {"check_due", STORE_DAY, STORE_NULL, NULL, "pledge: when the later check must be done"},
    {"fields", STORE_JSON, STORE_PERSONAL, NULL, "what the face shows"},
    {"issued", STORE_DAY, 0, NULL, "date of issue"},
    {"expires", STORE_DAY, STORE_NULL, NULL, "last day of validity"},
    {"state", STORE_TEXT, 0, NULL, "valid, suspended, annulled, deregistered, void, revoked"},
    {"state_reason", STORE_TEXT, STORE_NULL, NULL, "changed, reissued, renewed, cancelled, lost …"},
    {"state_at", STORE_INSTANT, 0, NULL, "since when"},
    {"previous", STORE_TEXT, STORE_NULL, NULL, "mark of the former one"},
    {"next", STORE_TEXT, STORE_NULL, NULL, "mark of the one that took its place"},
    {"file", STORE_TEXT, STORE_NULL, NULL, "hash of the sealed PDF; null until drawn"},
    {0},
};
static const char *const certificates_indexes[] = {"state, id", NULL};
static const struct store_table certificates = {
    .name = "certificates", .columns = certificates_columns, .is_logged = true,
    .indexes = certificates_indexes, .doc = "certificates and their states"};

static const struct store_column grants_columns[] = {
    {"of_case", STORE_INT, STORE_UNIQUE, "cases", "the case decided"},
    {"mark", STORE_TEXT, STORE_NULL, NULL, "certificate, if one was issued"},
    {"holder", STORE_TEXT, 0, NULL, "a firm's name, a person's name masked"},
    {"holder_fold", STORE_TEXT, STORE_INDEX, NULL, "folded, for search"},
    {"item", STORE_TEXT, 0, NULL, "name of the item"},
    {"division", STORE_TEXT, 0, NULL, "12 digits"},
    {"agency", STORE_TEXT, 0, NULL, "who decided"},
    {"decided_on", STORE_DAY, 0, NULL, "day of the decision"},
    {"removed_at", STORE_INSTANT, STORE_NULL, NULL, "taken off after annulment"},
    {0},
};
static const struct store_table grants = {
    .name = "published_grants", .columns = grants_columns, .is_logged = true,
    .doc = "decisions open to the public (行政许可法 40)"};

static const struct store_column pushes_columns[] = {
    {"of_case", STORE_INT, STORE_INDEX, "cases", "the case decided"},
    {"to_body", STORE_TEXT, 0, NULL, "supervising body"},
    {"division", STORE_TEXT, 0, NULL, "12 digits"},
    {"what", STORE_TEXT, 0, NULL, "grant, pledge_check, cancelled"},
    {"check_due", STORE_DAY, STORE_NULL, NULL, "pledge: the later check"},
    {"pushed_at", STORE_INSTANT, 0, NULL, "the same second as the decision"},
    {"state", STORE_TEXT, 0, NULL, "open, passed, to_mend, failed"},
    {"seen_by", STORE_INT, STORE_NULL, NULL, "account that did the check"},
    {"note", STORE_TEXT, STORE_NULL | STORE_PERSONAL, NULL, "what was found"},
    {0},
};
static const char *const pushes_indexes[] = {"state, division, id", NULL};
static const struct store_table pushes = {
    .name = "supervision_pushes", .columns = pushes_columns, .is_logged = true, .indexes = pushes_indexes,
    .doc = "handed to the supervising body with the decision (国务院令第716号 12)"};

static const struct store_column reviews_columns[] = {
    {"of_case", STORE_INT, STORE_NULL | STORE_UNIQUE, "cases", "online: one per matter"},
    {"visit", STORE_TEXT, STORE_NULL | STORE_UNIQUE, NULL, "on site: one per visit"},
    {"satisfaction", STORE_TEXT, 0, NULL, "very_satisfied … very_dissatisfied"},
    {"options", STORE_JSON, 0, NULL, "what was ticked"},
    {"comment", STORE_TEXT, STORE_NULL | STORE_PERSONAL, NULL, "in the rater's words"},
    {"is_anonymous", STORE_BOOL, 0, NULL, "the office does not see who"},
    {"is_default", STORE_BOOL, 0, NULL, "given by the system; never counts as given"},
    {"account", STORE_INT, STORE_NULL, NULL, "rater, kept from the office when anonymous"},
    {"division", STORE_TEXT, 0, NULL, "12 digits: where the case was handled"},
    {"department", STORE_TEXT, 0, NULL, "code of the office rated"},
    {"channel", STORE_TEXT, 0, NULL, "where it was rated: web, window, phone or text"},
    {"rated_at", STORE_INSTANT, 0, NULL, "when"},
    {0},
};
static const struct store_table reviews = {
    .name = "reviews", .columns = reviews_columns, .is_logged = true, .doc = "ratings (GB/T 39735)"};

static const struct store_column fixes_columns[] = {
    {"review", STORE_INT, STORE_UNIQUE, "reviews", "the bad rating"},
    {"division", STORE_TEXT, 0, NULL, "12 digits: where the case was handled"},
    {"department", STORE_TEXT, 0, NULL, "code of the office that must answer"},
    {"state", STORE_TEXT, 0, NULL, "open, contacted, answered, appealed, upheld, dismissed"},
    {"contact_due", STORE_DAY, 0, NULL, "1 working day"},
    {"due", STORE_DAY, 0, NULL, "15 working days"},
    {"contacted_at", STORE_INSTANT, STORE_NULL, NULL, "when the rater was first called back"},
    {"answered_at", STORE_INSTANT, STORE_NULL, NULL, "when the answer was given"},
    {"answer", STORE_TEXT, STORE_NULL | STORE_PERSONAL, NULL, "what was done; the rater sees it"},
    {"judgement", STORE_TEXT, STORE_NULL | STORE_PERSONAL, NULL, "why the appeal was upheld or dismissed"},
    {"by_account", STORE_INT, STORE_NULL, NULL, "who took the last step"},
    {0},
};
static const struct store_table fixes = {
    .name = "review_fixes", .columns = fixes_columns, .is_logged = true,
    .doc = "what a bad rating obliges the office to do"};

static const struct store_column contacts_columns[] = {
    {"of_case", STORE_INT, STORE_INDEX, "cases", "the case that it was about"},
    {"kind", STORE_TEXT, 0, NULL, "call, text, visit, enquiry"},
    {"account", STORE_INT, 0, NULL, "who wrote it down: owner of an enquiry until somebody takes it"},
    {"note", STORE_TEXT, STORE_PERSONAL, NULL, "what was said"},
    {"is_answered", STORE_BOOL, 0, NULL, "reached, or the enquiry has its answer"},
    {"at", STORE_INSTANT, 0, NULL, "when"},
    {0},
};
static const struct store_table contacts = {
    .name = "contact_notes", .columns = contacts_columns, .is_logged = true,
    .doc = "who was told what (首问负责)"};

static const struct store_column views_columns[] = {
    {"of_case", STORE_INT, STORE_INDEX, "cases", "the case looked at"},
    {"account", STORE_INT, 0, NULL, "the viewer"},
    {"purpose", STORE_TEXT, 0, NULL, "why, in the viewer's words"},
    {"at", STORE_INSTANT, 0, NULL, "when"},
    {0},
};
static const struct store_table views = {
    .name = "unmaskings", .columns = views_columns, .is_logged = true,
    .doc = "who saw personal data of a case without mask, and why"};

static const struct store_column bars_columns[] = {
    {"party", STORE_INT, STORE_INDEX, "parties", "who is barred"},
    {"item", STORE_TEXT, 0, NULL, "id of the permit's pack, or pledge"},
    {"situation", STORE_TEXT, STORE_NULL, NULL, "row of items.csv that was applied for"},
    {"clause", STORE_TEXT, 0, NULL, "行政许可法 78 or 79"},
    {"from_day", STORE_DAY, 0, NULL, "first day"},
    {"until_day", STORE_DAY, 0, NULL, "last day"},
    {"source", STORE_TEXT, 0, NULL, "number of the decision that it follows from"},
    {0},
};
static const struct store_table bars = {
    .name = "bars", .columns = bars_columns, .is_logged = true,
    .doc = "who may not apply for what until when (行政许可法 78, 79)"};
/* clang-format on */

const struct store_table *const cases_tables[] = {
    &parties,   &cases,        &case_parties, &case_events, &case_materials, &files,
    &drafts,    &guides,       &tasks,        &timers,      &letters,        &surveys,
    &decisions, &certificates, &grants,       &pushes,      &reviews,        &fixes,
    &contacts,  &views,        &bars,         NULL,
};
