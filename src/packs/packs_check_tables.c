/* SPDX-License-Identifier: Apache-2.0 */
/* packs_check_tables.c - the rows of a pack: every reference, code, limit and gap. */
#include "codes/codes.h"
#include "packs/packs_check_internal.h"

#define IN(file_text, row) TB_STR(file_text), (row)->line

/* A word of a fixed list; the fault names what would be accepted. */
static void
need_word(const struct packs__check *check, tb_str file, int32_t line, const char *column,
          tb_str value, const char *const *words, size_t count)
{
    struct tb_buf list = {.arena = check->arena};
    if (packs__is_one_of(value, words, count))
        return;
    for (size_t i = 0; i < count; i++)
        tb_buf_printf(&list, "%s%s", i > 0 ? ", " : "", words[i]);
    tb_str accepted = tb_buf_done(&list);
    packs__fault(check->faults, file, line, "not_a_choice", "%s 写的是 %.*s，应是其中之一：%.*s",
                 "%s is %.*s; one of these is accepted: %.*s", column, TB_ARG(value),
                 TB_ARG(accepted));
}

#define NEED_WORD(file, row, column, ...)                                                          \
    do {                                                                                           \
        static const char *const words[] = {__VA_ARGS__};                                          \
        need_word(check, TB_STR(file), (row)->line, #column, (row)->column, words,                 \
                  TB_COUNT(words));                                                                \
    } while (0)

static void
dangling(const struct packs__check *check, tb_str file, int32_t line, const char *what,
         tb_str value)
{
    packs__fault(check->faults, file, line, "dangling", "%s %.*s 不存在", "%s %.*s does not exist",
                 what, TB_ARG(value));
}

static void
need_situations(const struct packs__check *check, tb_str file, int32_t line, tb_str list)
{
    tb_str one;
    while (list.len > 0 && tb_str_cut(&list, '|', &one))
        if (packs_situation(check->pack, one) == NULL)
            dangling(check, file, line, "situation", one);
}

/* ---- items ----------------------------------------------------------------------------------- */

/* Days that a period means at most, for comparing: a working day is a day and two fifths. */
static int64_t
days_of(tb_str period)
{
    int64_t least = INT64_MAX;
    tb_str one;
    if (tb_str_is(period, "now"))
        return 0;
    if (tb_str_is(period, "expiry"))
        return INT64_MAX;
    while (period.len > 0 && tb_str_cut(&period, '|', &one)) {
        size_t digits = 0;
        int64_t n = 0;
        while (digits < one.len && one.ptr[digits] >= '0' && one.ptr[digits] <= '9')
            digits++;
        tb_str unit = tb_str_sub(one, digits, one.len);
        if (!tb_str_to_int(tb_str_sub(one, 0, digits), &n))
            continue;
        int64_t days = tb_str_is(unit, "wd")   ? n * 7 / 5
                       : tb_str_is(unit, "d")  ? n
                       : tb_str_is(unit, "mo") ? n * 30
                                               : 1;
        least = days < least ? days : least;
    }
    return least;
}

static void
check_item_periods(const struct packs__check *check, const struct packs_item *row)
{
    bool is_instant = tb_str_is(row->handling, "instant"), is_now = tb_str_is(row->promised, "now");
    if (!packs__period_is_valid(row->statutory))
        packs__fault(
            check->faults, IN("items.csv", row), "period", "法定期限 %.*s 应像 20wd、20d、expiry",
            "the statutory period %.*s must look like 20wd, 20d or expiry", TB_ARG(row->statutory));
    if (!packs__period_is_valid(row->promised))
        packs__fault(check->faults, IN("items.csv", row), "period", "承诺期限 %.*s 应像 5wd、now",
                     "the promised period %.*s must look like 5wd or now", TB_ARG(row->promised));
    if (days_of(row->promised) > days_of(row->statutory))
        packs__fault(check->faults, IN("items.csv", row), "promise_too_long",
                     "承诺 %.*s 比法定 %.*s 还长",
                     "the promise %.*s is longer than the time of the law, %.*s",
                     TB_ARG(row->promised), TB_ARG(row->statutory));
    if (is_instant != is_now)
        packs__fault(check->faults, IN("items.csv", row), "instant",
                     "即办件的承诺期限应是 now，反过来也一样；现在是 %.*s 和 %.*s",
                     "instant handling and a promise of now go together; here are %.*s and %.*s",
                     TB_ARG(row->handling), TB_ARG(row->promised));
}

static void
check_item_references(const struct packs__check *check, const struct packs_item *row)
{
    const struct packs_pack *pack = check->pack;
    tb_str list = row->certificate, one;
    const struct {
        const char *what;
        tb_str id;
        bool may_be_empty;
    } departments[] = {{"department", row->department, false},
                       {"survey_department", row->survey_department, true},
                       {"supervisor", row->supervisor, true}};
    for (size_t i = 0; i < TB_COUNT(departments); i++)
        if (!(departments[i].may_be_empty && departments[i].id.len == 0) &&
            packs_department_find(pack, departments[i].id) == NULL)
            dangling(check, IN("items.csv", row), departments[i].what, departments[i].id);
    if (packs_process_find(pack, row->process) == NULL)
        dangling(check, IN("items.csv", row), "process", row->process);
    if (packs_form_find(pack, row->form) == NULL)
        dangling(check, IN("items.csv", row), "form", row->form);
    while (list.len > 0 && tb_str_cut(&list, '|', &one))
        if (packs_certificate_find(pack, one) == NULL)
            dangling(check, IN("items.csv", row), "certificate", one);
    if (row->pledge_of.len > 0 && packs_situation(pack, row->pledge_of) == NULL)
        dangling(check, IN("items.csv", row), "pledge_of", row->pledge_of);
}

static void
check_item(const struct packs__check *check, const struct packs_item *row)
{
    NEED_WORD("items.csv", row, handling, "instant", "promise", "filing");
    NEED_WORD("items.csv", row, type, "01", "02", "03", "04", "05", "06", "07", "08", "09", "10",
              "20");
    NEED_WORD("items.csv", row, certificate_effect, "issue", "version", "end", "none");
    NEED_WORD("items.csv", row, basis_status, "verified", "unverified");
    check_item_periods(check, row);
    check_item_references(check, row);
    packs__need_clause(check, IN("items.csv", row), row->statutory_clause, row->basis_status);
    packs__need_clause(check, IN("items.csv", row), row->fee_clause, TB_STR("verified"));
    if (row->validity_clause.len > 0) {
        const struct packs_clause *clause = packs_clause_find(check->pack, row->validity_clause);
        packs__need_clause(check, IN("items.csv", row), row->validity_clause,
                           clause != NULL ? clause->basis_status : TB_STR("verified"));
    }
    if (row->visits < 0 || row->fee_fen < 0 || row->validity_months < 0)
        packs__fault(check->faults, IN("items.csv", row), "negative",
                     "%.*s：次数、收费、有效期不能是负数",
                     "%.*s: visits, fee and validity cannot be negative", TB_ARG(row->id));
    packs__need_words(check, IN("items.csv", row),
                      tb_printf(check->arena, "situation." TB_FMT, TB_ARG(row->id)));
    for (const struct packs_item *other = check->pack->items; other < row; other++)
        if (tb_str_eq(other->id, row->id))
            packs__fault(check->faults, IN("items.csv", row), "duplicate", "情形 %.*s 写了两次",
                         "the situation %.*s stands here twice", TB_ARG(row->id));
}

/* ---- materials ------------------------------------------------------------------------------- */

/* 兜底: papers that oblige people to bring what nobody has named. */
static bool
is_catch_all(tb_str name)
{
    static const char *const words[] = {"其他材料", "其它材料", "相关材料", "其他资料", "其它资料"};
    for (size_t i = 0; i < TB_COUNT(words); i++)
        if (tb_str_contains(name, tb_str_of(words[i])))
            return true;
    return false;
}

static void
check_material(const struct packs__check *check, const struct packs_material *row)
{
    NEED_WORD("materials.csv", row, source, "own", "generated", "called_up", "reused",
              "checked_on_site", "agency", "pledge");
    NEED_WORD("materials.csv", row, necessity, "required", "optional");
    NEED_WORD("materials.csv", row, basis_status, "verified", "unverified");
    need_situations(check, IN("materials.csv", row), row->situations);
    packs__need_clause(check, IN("materials.csv", row), row->clause, row->basis_status);
    if (row->late && row->late_clause.len == 0)
        packs__fault(check->faults, IN("materials.csv", row), "no_clause",
                     "%.*s 可以后补，要写依据", "%.*s may come late; name the clause",
                     TB_ARG(row->id));
    if (row->late_clause.len > 0)
        packs__need_clause(check, IN("materials.csv", row), row->late_clause, TB_STR("unverified"));
    if (is_catch_all(row->name))
        packs__fault(check->faults, IN("materials.csv", row), "catch_all",
                     "“%.*s”是兜底材料，要写清楚是什么",
                     "\"%.*s\" asks for whatever; say what it is", TB_ARG(row->name));
    if (row->hint_key.len > 0)
        packs__need_words(check, IN("materials.csv", row), row->hint_key);
    if (row->substitute.len > 0)
        packs__need_words(check, IN("materials.csv", row),
                          tb_printf(check->arena, "substitute." TB_FMT, TB_ARG(row->substitute)));
    packs__need_words(check, IN("materials.csv", row),
                      tb_printf(check->arena, "material." TB_FMT ".name", TB_ARG(row->id)));
    for (const struct packs_material *other = check->pack->materials; other < row; other++)
        if (tb_str_eq(other->id, row->id))
            packs__fault(check->faults, IN("materials.csv", row), "duplicate", "材料 %.*s 写了两次",
                         "the paper %.*s stands here twice", TB_ARG(row->id));
}

/* ---- findings, periods, departments, clauses ------------------------------------------------- */

static void
check_findings(const struct packs__check *check)
{
    const struct packs_pack *pack = check->pack;
    for (size_t i = 0; i < pack->findings_count; i++) {
        const struct packs_finding *row = &pack->findings[i];
        need_situations(check, IN("findings.csv", row), row->situations);
        packs__need_clause(check, IN("findings.csv", row), row->clause, row->basis_status);
        packs__need_words(check, IN("findings.csv", row),
                          tb_printf(check->arena, "finding." TB_FMT, TB_ARG(row->id)));
    }
    for (size_t i = 0; i < pack->items_count; i++) {
        bool has_one = pack->items[i].survey_department.len == 0;
        for (size_t j = 0; j < pack->findings_count; j++)
            has_one = has_one || packs__list_has(pack->findings[j].situations, pack->items[i].id);
        if (!has_one)
            packs__fault(check->faults, IN("items.csv", &pack->items[i]), "no_findings",
                         "%.*s 要现场核查，findings.csv 里却没有核查项目",
                         "%.*s is surveyed, but findings.csv has nothing to look at",
                         TB_ARG(pack->items[i].id));
    }
}

static void
check_own_rows(const struct packs__check *check)
{
    const struct packs_pack *pack = check->pack;
    for (size_t i = 0; i < pack->inside->own_clauses; i++) {
        const struct packs_clause *row = &pack->clauses[i];
        NEED_WORD("clauses.csv", row, basis_status, "verified", "unverified");
        if (packs_statute_find(pack, row->law) == NULL)
            dangling(check, IN("clauses.csv", row), "law", row->law);
        if (!tb_str_is(row->basis_status, "verified"))
            packs__fault(check->notes, IN("clauses.csv", row), "unverified",
                         "%.*s 第%.*s条的原文还没有核对",
                         "the words of %.*s, article %.*s have not been verified", TB_ARG(row->law),
                         TB_ARG(row->article));
    }
    for (size_t i = 0; i < pack->inside->own_departments; i++) {
        const struct packs_department *row = &pack->departments[i];
        codes_division(row->division, tb_printf(check->arena, "departments.csv:%d", row->line),
                       check->faults);
        if (row->credit_code.len > 0)
            codes_credit_code(row->credit_code,
                              tb_printf(check->arena, "departments.csv:%d", row->line),
                              check->faults, NULL);
        if (tb_str_is(row->basis_status, "sample"))
            packs__fault(check->notes, IN("departments.csv", row), "sample",
                         "%.*s 的地址和电话是示例，安装后请改成真实的",
                         "address and telephone of %.*s are samples; put in the real ones",
                         TB_ARG(row->name));
    }
}

static void
check_period_rows(const struct packs__check *check)
{
    const struct packs_pack *pack = check->pack;
    for (size_t i = 0; i < pack->periods_count; i++) {
        const struct packs_period *row = &pack->periods[i];
        NEED_WORD("periods.csv", row, unit, "wd", "d", "mo", "h", "min", "wh", "expiry");
        NEED_WORD("periods.csv", row, moves_on_holiday, "yes", "no", "");
        if (packs_statute_find(pack, row->law) == NULL)
            dangling(check, IN("periods.csv", row), "law", row->law);
    }
    for (size_t i = 0; i < pack->suspensions_count; i++)
        packs__need_clause(check, IN("suspensions.csv", &pack->suspensions[i]),
                           pack->suspensions[i].clause, TB_STR("verified"));
    for (size_t i = 0; i < pack->remedies_count; i++) {
        const struct packs_remedy *row = &pack->remedies[i];
        packs__need_clause(check, IN("remedies.csv", row), row->clause, row->basis_status);
        if (!packs__period_is_valid(row->period))
            packs__fault(check->faults, IN("remedies.csv", row), "period", "期限 %.*s 写法不对",
                         "period %.*s is not understood", TB_ARG(row->period));
    }
}

void
packs__check_tables(const struct packs__check *check)
{
    const struct packs_pack *pack = check->pack;
    for (size_t i = 0; i < pack->items_count; i++)
        check_item(check, &pack->items[i]);
    for (size_t i = 0; i < pack->materials_count; i++)
        check_material(check, &pack->materials[i]);
    check_findings(check);
    check_own_rows(check);
    check_period_rows(check);
    if (pack->items_count == 0 && !packs__is_foundation(pack))
        packs__fault(check->faults, TB_STR("items.csv"), 0, "empty", "%.*s 里没有一个事项",
                     "%.*s has no items", TB_ARG(pack->id));
}
