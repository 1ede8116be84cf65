/* SPDX-License-Identifier: Apache-2.0 */
/* packs_check.c - `pack check`: everything that can be said of a pack by looking at it.
 *
 * Faults make a pack unusable: a name that leads nowhere, a limit longer than the law's, a
 * sentence missing in one language. Notes are for the office: rows whose source nobody has
 * verified, laws whose present text is not known. All are told at once with file and line. */
#include "codes/codes.h"
#include "packs/packs_check_internal.h"

bool
packs__is_foundation(const struct packs_pack *pack)
{
    return tb_str_is(tb_json_get_text(pack->yaml, "kind"), "foundation");
}

bool
packs__is_one_of(tb_str text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (tb_str_is(text, words[i]))
            return true;
    return false;
}

void
packs__need_words(const struct packs__check *check, tb_str file, int32_t line, tb_str key)
{
    for (size_t i = 0; i < PACKS__LANGS; i++)
        if (packs_text(check->pack, tb_str_of(packs__langs[i]), key).len == 0)
            packs__fault(check->faults, file, line, "no_words", "%s 的用语里缺少 %.*s",
                         "the sentence for %s is missing: %.*s", packs__langs[i], TB_ARG(key));
}

static void
need_one_clause(const struct packs__check *check, tb_str file, int32_t line, tb_str clause,
                tb_str basis_status)
{
    tb_str law, article;
    const struct packs_clause *row = packs_clause_find(check->pack, clause);
    if (!packs__clause_split(clause, &law, &article))
        packs__fault(check->faults, file, line, "clause_form", "依据 %.*s 应写成 法名#条号",
                     "the clause %.*s is not written LAW#ARTICLE", TB_ARG(clause));
    else if (packs_statute_find(check->pack, law) == NULL)
        packs__fault(check->faults, file, line, "dangling", "依据 %.*s：statutes.csv 里没有这部法",
                     "clause %.*s: statutes.csv has no such law", TB_ARG(clause));
    else if (row == NULL)
        packs__fault(check->faults, file, line, "dangling", "依据 %.*s：clauses.csv 里没有这一条",
                     "clause %.*s: clauses.csv has no such article", TB_ARG(clause));
    else if (!tb_str_is(row->basis_status, "verified") && tb_str_is(basis_status, "verified"))
        packs__fault(check->faults, file, line, "unverified_clause",
                     "依据 %.*s 还没有核对原文，这一行不能写 verified",
                     "clause %.*s is not verified, so this row cannot be", TB_ARG(clause));
}

void
packs__need_clause(const struct packs__check *check, tb_str file, int32_t line, tb_str clause,
                   tb_str basis_status)
{
    tb_str rest = clause, half, one;
    if (clause.len == 0)
        packs__fault(check->faults, file, line, "no_clause", "没有写依据的条款%s",
                     "no clause is named%s", "");
    while (rest.len > 0 && tb_str_cut(&rest, ';', &half))
        while (half.len > 0 && tb_str_cut(&half, '|', &one))
            need_one_clause(check, file, line, tb_str_trim(one), basis_status);
    if (!tb_str_is(basis_status, "verified"))
        packs__fault(check->notes, file, line, "unverified",
                     "待核：这一行写明依据 %.*s，还没有法制员核对过",
                     "unverified: no legal officer has checked this row against its source %.*s",
                     TB_ARG(clause));
}

/* ---- pack.yaml ------------------------------------------------------------------------------- */

static void
check_pack_yaml(const struct packs__check *check)
{
    static const char *const transitions[] = {"stay", "better", "end"};
    const struct packs_pack *pack = check->pack;
    tb_str file = TB_STR("pack.yaml");
    int64_t level = 0;
    codes_division(pack->division, TB_STR("pack.yaml"), check->faults);
    if (!tb_str_to_int(pack->level, &level) || level < 1 || level > 7)
        packs__fault(check->faults, file, 0, "level", "行使层级 %.*s 应是 1 到 7",
                     "level %.*s must be 1 to 7", TB_ARG(pack->level));
    if (!packs__is_one_of(pack->transition, transitions, TB_COUNT(transitions)))
        packs__fault(
            check->faults, file, 0, "transition",
            "transition 写的 %.*s 应是 stay、better 或 end（在办件怎么过渡）",
            "transition is %.*s; it must say what happens to running cases: stay, better or end",
            TB_ARG(pack->transition));
    if (!pack->has_from)
        packs__fault(check->faults, file, 0, "in_force", "缺少 in_force.from%s",
                     "in_force.from is missing%s", "");
    if (pack->has_from && pack->has_to && tb_date_cmp(pack->to, pack->from) < 0)
        packs__fault(check->faults, file, 0, "in_force", "in_force.to 早于 from%s",
                     "in_force.to is before from%s", "");
    if (!pack->is_open && pack->open_note_key.len > 0)
        packs__need_words(check, file, 0, pack->open_note_key);
    if (!pack->is_open)
        packs__fault(check->notes, file, 0, "not_open", "依据待更新，发布前须补齐：%.*s",
                     "its basis waits for an update, which publishing needs: %.*s",
                     TB_ARG(packs_text(pack, TB_STR("zh"), pack->open_note_key)));
    TB_JSON_EACH(clause, tb_json_get(pack->yaml, "clauses"))
    need_one_clause(check, file, clause->line, tb_json_text(clause), TB_STR("verified"));
}

/* Laws that verified rows stand on but whose present text is not the one at hand. */
static void
check_statutes(const struct packs__check *check)
{
    static const char *const states[] = {"in_force", "amended", "local", "repealed"};
    for (size_t i = 0; i < check->pack->inside->own_statutes; i++) {
        const struct packs_statute *row = &check->pack->statutes[i];
        tb_str file = TB_STR("statutes.csv");
        tb_date day;
        if (!packs__is_one_of(row->status, states, TB_COUNT(states)))
            packs__fault(check->faults, file, row->line, "status",
                         "状态 %.*s 应是 in_force、amended、local 或 repealed",
                         "status %.*s must be in_force, amended, local or repealed",
                         TB_ARG(row->status));
        if (row->known_until.len > 0 && !tb_date_parse(row->known_until, &day))
            packs__fault(check->faults, file, row->line, "bad_date", "known_until 的日期 %.*s 不对",
                         "known_until %.*s is no date", TB_ARG(row->known_until));
        if (row->superseded_by.len > 0)
            packs__fault(check->notes, file, row->line, "superseded",
                         "%.*s 的文本自 %.*s 之后不再是现行文本，见 %.*s",
                         "the text of %.*s is not the present one after %.*s, see %.*s",
                         TB_ARG(row->id), TB_ARG(row->known_until), TB_ARG(row->superseded_by));
        else if (!tb_str_is(row->basis_status, "verified"))
            packs__fault(check->notes, file, row->line, "unverified", "%.*s 的原文还没有读到",
                         "the text of %.*s has not been read", TB_ARG(row->id));
    }
}

/* A sentence in one language must exist in the other. */
static void
check_words_pair(const struct packs__check *check)
{
    const struct packs_inside *inside = check->pack->inside;
    for (size_t i = 0; i < PACKS__LANGS; i++) {
        const struct packs__words *words = &inside->words[i];
        for (size_t j = 0; j < words->count; j++) {
            const struct packs__sentence *sentence = &words->items[j];
            if (packs_text(check->pack, tb_str_of(packs__langs[1 - i]), sentence->key).ptr == NULL)
                packs__fault(check->faults, sentence->file, sentence->line, "no_words",
                             "%s 里没有 %.*s", "there is no sentence in %s for %.*s",
                             packs__langs[1 - i], TB_ARG(sentence->key));
        }
    }
}

/* Each situation needs a scenario, so that a change that breaks it is seen. */
static void
check_tests(const struct packs__check *check)
{
    const struct packs_pack *pack = check->pack;
    for (size_t i = 0; i < pack->items_count; i++) {
        bool is_tested = false;
        for (size_t j = 0; j < pack->inside->test_count; j++) {
            TB_JSON_EACH(scenario, tb_json_get(pack->inside->tests[j].json, "scenarios"))
            {
                tb_str then = tb_json_text(tb_json_path(scenario, "then.situation"));
                is_tested = is_tested || tb_str_eq(then, pack->items[i].id);
            }
        }
        if (!is_tested)
            packs__fault(check->faults, TB_STR("items.csv"), pack->items[i].line, "untested",
                         "没有一个情景测试的结果是 %.*s", "no scenario of tests/ ends in %.*s",
                         TB_ARG(pack->items[i].id));
    }
}

void
packs_check_loaded(const struct packs_pack *pack, struct packs_report *report)
{
    struct tb_arena *arena = report->faults.arena;
    struct packs__check check = {arena, pack, &report->faults, &report->notes};
    report->id = tb_str_copy(arena, pack->id);
    report->version = tb_str_copy(arena, pack->version);
    report->hash = tb_str_copy(arena, pack->hash);
    check_pack_yaml(&check);
    check_statutes(&check);
    check_words_pair(&check);
    packs__check_tables(&check);
    packs__check_letters(&check);
    if (packs__is_foundation(pack))
        return;
    packs__check_flow(&check);
    packs__check_forms(&check);
    packs__check_rules(&check);
    check_tests(&check);
}

tb_status
packs_check(const char *dir, struct packs_report *report, struct tb_err *err)
{
    struct packs_pack *pack = NULL;
    size_t before = report->faults.count;
    tb_status status = packs_load(dir, &report->faults, &pack, err);
    if (status == TB_OK)
        packs_check_loaded(pack, report);
    packs_free(pack);
    /* Faults of the content are what a check is for; only what could not be looked at is a failure. */
    return status == TB_INVALID && report->faults.count > before ? TB_OK : status;
}
