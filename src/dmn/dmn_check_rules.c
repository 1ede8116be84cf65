/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_check_rules.c - faults between the rules of a table, judged by its hit policy: gaps, overlaps, rules that never
 * hit, contradictions, repeated rules, and cliffs. */
#include "dmn/dmn_check_internal.h"
#include <string.h>

#define CLIFF_RULES_MAX 200

struct rules {
    struct dmn__grid *grid;
    struct dmn_findings *findings;
    uint64_t *set;
    size_t *classes;
    size_t kinds[8]; /* findings so far, by kind, for the limit */
};

enum { GAPS, OVERLAPS, NEVER, CLIFFS };

static void
set_witness(struct rules *r, struct dmn_finding *finding, const size_t *classes)
{
    finding->has_witness = true;
    finding->witness = dmn__grid_witness(r->grid, classes);
}

static tb_str
witness_text(struct rules *r, const struct dmn_finding *finding)
{
    return feel_format_literal(r->grid->arena, &finding->witness);
}

/* The witness may be an input that cannot come about: then it is only worth knowing. */
static void
set_note(struct rules *r, struct dmn_finding *finding)
{
    if (r->grid->is_direct)
        return;
    finding->level = DMN_NOTE;
    finding->remedy_zh = tb_printf(r->grid->arena, DMN__IF_ZH TB_FMT, TB_ARG(finding->remedy_zh));
    finding->remedy_en = tb_printf(r->grid->arena, DMN__IF_EN TB_FMT, TB_ARG(finding->remedy_en));
}

/* ---- gaps -------------------------------------------------------------------------------------------------------- */

static bool
has_hit(struct rules *r, const size_t *classes)
{
    dmn__grid_hits(r->grid, classes, r->set);
    for (size_t w = 0; w < r->grid->words; w++)
        if (r->set[w] != 0)
            return true;
    return false;
}

/* The dimension in which only the border itself is left out; dim_count when there is none. */
static size_t
border_of(struct rules *r, const size_t *classes)
{
    const struct dmn__grid *grid = r->grid;
    for (size_t d = 0; d < grid->dim_count; d++) {
        const struct dmn__dim *dim = &grid->dims[d];
        size_t at = classes[d];
        if (!dim->is_ordered || !dim->is_border[at] || at == 0 || at + 1 >= dim->count)
            continue;
        memcpy(r->classes, classes, grid->dim_count * sizeof(*classes));
        r->classes[d] = at - 1;
        bool below = has_hit(r, r->classes);
        r->classes[d] = at + 1;
        if (below && has_hit(r, r->classes))
            return d;
    }
    return grid->dim_count;
}

static void
visit_gap(void *context, const size_t *classes)
{
    struct rules *r = context;
    struct dmn__grid *grid = r->grid;
    size_t border = border_of(r, classes);
    bool is_border = border < grid->dim_count;
    struct dmn_finding *finding =
        dmn__finding(r->findings, grid, is_border ? "border_gap" : "gap", NULL, 0);
    set_witness(r, finding, classes);
    tb_str text = witness_text(r, finding);
    if (is_border) {
        tb_str value =
            feel_format_literal(grid->arena, &grid->dims[border].values[classes[border]]);
        finding->column = grid->dims[border].column->text;
        finding->zh =
            tb_printf(grid->arena, "“" TB_FMT "”正好是 " TB_FMT " 时没有规则命中：" TB_FMT,
                      TB_ARG(finding->column), TB_ARG(value), TB_ARG(text));
        finding->en = tb_printf(grid->arena,
                                "no rule hits when \"" TB_FMT "\" is exactly " TB_FMT ": " TB_FMT,
                                TB_ARG(finding->column), TB_ARG(value), TB_ARG(text));
        finding->remedy_zh = TB_STR("把一边的 < 或 > 改成 <= 或 >=");
        finding->remedy_en = TB_STR("close one of the two ends: <= or >=");
    } else {
        finding->zh = tb_printf(grid->arena, "没有规则命中：" TB_FMT, TB_ARG(text));
        finding->en = tb_printf(grid->arena, "no rule hits: " TB_FMT, TB_ARG(text));
        finding->remedy_zh = TB_STR("为这种情况写一条规则，或者给一个默认结果");
        finding->remedy_en = TB_STR("write a rule for this case or give a default output");
    }
    set_note(r, finding);
}

static void
check_gaps(struct rules *r)
{
    const struct dmn__table *table = r->grid->table;
    bool wants_one = table->policy == DMN__UNIQUE || table->policy == DMN__FIRST ||
                     table->policy == DMN__ANY || table->policy == DMN__PRIORITY;
    if (!wants_one || table->has_default || dmn__grid_gaps(r->grid, visit_gap, r))
        return;
    struct dmn_finding *finding = dmn__finding(r->findings, r->grid, "not_analysed", NULL, 0);
    finding->level = DMN_NOTE;
    finding->zh = TB_STR("规则交错太多，没有查完有没有漏掉的情况");
    finding->en = TB_STR("the rules overlap too much to search all of it for gaps");
    finding->remedy_zh = TB_STR("先去掉重叠，再查一次");
    finding->remedy_en = TB_STR("remove overlaps and check again");
}

/* ---- two rules --------------------------------------------------------------------------------------------------- */

/* 1 equal, 0 different, -1 not known before it runs. */
static int
same_results(const struct dmn__table *table, size_t a, size_t b)
{
    int same = 1;
    for (size_t i = 0; i < table->output_count; i++) {
        const struct dmn__result *x = &table->results[a * table->output_count + i];
        const struct dmn__result *y = &table->results[b * table->output_count + i];
        struct feel_value null = feel_null();
        if (x->expr != NULL || y->expr != NULL) {
            same = same == 1 ? -1 : same;
            if (x->expr == NULL || y->expr == NULL ||
                !tb_str_eq(feel_expr_text(x->expr), feel_expr_text(y->expr)))
                continue;
            same = same == -1 ? 1 : same;
            continue;
        }
        if (!feel_equal(x->constant != NULL ? x->constant : &null,
                        y->constant != NULL ? y->constant : &null))
            return 0;
    }
    return same;
}

/* A point that both rules take; the dimension where they share nothing but a border, or dim_count. */
static size_t
meet_at(struct rules *r, size_t a, size_t b)
{
    const struct dmn__grid *grid = r->grid;
    size_t border = grid->dim_count;
    for (size_t d = 0; d < grid->dim_count; d++) {
        const struct dmn__dim *dim = &grid->dims[d];
        size_t shared = 0, own_a = 0, own_b = 0;
        for (size_t k = dim->count; k > 0; k--) {
            const uint64_t *set = dim->sets + (k - 1) * grid->words;
            bool in_a = dmn__has_bit(set, a), in_b = dmn__has_bit(set, b);
            own_a += in_a;
            own_b += in_b;
            if (in_a && in_b) {
                r->classes[d] = k - 1;
                shared++;
            }
        }
        if (dim->is_ordered && shared == 1 && dim->is_border[r->classes[d]] && own_a > 1 &&
            own_b > 1)
            border = d;
    }
    return border;
}

static bool
is_same_box(const struct dmn__grid *grid, size_t a, size_t b)
{
    for (size_t d = 0; d < grid->dim_count; d++)
        for (size_t k = 0; k < grid->dims[d].count; k++) {
            const uint64_t *set = grid->dims[d].sets + k * grid->words;
            if (dmn__has_bit(set, a) != dmn__has_bit(set, b))
                return false;
        }
    return true;
}

static size_t
place_in(const struct dmn__output *output, const struct dmn__result *result)
{
    size_t at = 0;
    while (result->constant != NULL && at < output->value_count &&
           !feel_equal(&output->values[at], result->constant))
        at++;
    return at;
}

/* -1: a has the better output, 1: b, 0: neither; is_known: all outputs that rank are constant. */
static int
ranks(const struct dmn__table *table, size_t a, size_t b, bool *is_known)
{
    *is_known = true;
    for (size_t i = 0; i < table->output_count; i++) {
        const struct dmn__result *x = &table->results[a * table->output_count + i];
        const struct dmn__result *y = &table->results[b * table->output_count + i];
        if (table->outputs[i].value_count == 0)
            continue;
        *is_known &= x->expr == NULL && y->expr == NULL;
        size_t left = place_in(&table->outputs[i], x), right = place_in(&table->outputs[i], y);
        if (left != right)
            return left < right ? -1 : 1;
    }
    return 0;
}

/* What is wrong when two rules hit together; NULL: nothing. */
static const char *
fault_of(struct rules *r, size_t a, size_t b)
{
    const struct dmn__table *table = r->grid->table;
    bool is_known;
    switch (table->policy) {
    case DMN__UNIQUE:
        return "overlap";
    case DMN__ANY:
        return same_results(table, a, b) == 0 ? "contradiction" : NULL;
    case DMN__PRIORITY:
        return same_results(table, a, b) == 0 && ranks(table, a, b, &is_known) == 0 && is_known
                   ? "priority_tie"
                   : NULL;
    case DMN__COLLECT:
        return is_same_box(r->grid, a, b) && same_results(table, a, b) == 1 ? "duplicate" : NULL;
    default:
        return NULL;
    }
}

static void
add_pair(struct rules *r, size_t a, size_t b, const char *code)
{
    struct tb_arena *arena = r->grid->arena;
    size_t pair[2] = {a, b}, border = meet_at(r, a, b);
    bool is_border = border < r->grid->dim_count && strcmp(code, "overlap") == 0;
    struct dmn_finding *finding =
        dmn__finding(r->findings, r->grid, is_border ? "border_overlap" : code, pair, 2);
    set_witness(r, finding, r->classes);
    tb_str text = witness_text(r, finding);
    if (border < r->grid->dim_count)
        finding->column = r->grid->dims[border].column->text;
    const char *zh = "都命中", *en = "both hit";
    finding->remedy_zh =
        is_border ? TB_STR("把一边的 <= 或 >= 改成 < 或 >") : TB_STR("收窄其中一条规则的条件");
    finding->remedy_en = is_border ? TB_STR("open one of the two ends: < or >")
                                   : TB_STR("narrow the conditions of one of them");
    if (strcmp(code, "contradiction") == 0) {
        zh = "都命中，结果却不同";
        en = "both hit and differ in their outputs";
    } else if (strcmp(code, "priority_tie") == 0) {
        zh = "都命中，结果不同而先后一样";
        en = "both hit with different outputs of the same rank";
    } else if (strcmp(code, "duplicate") == 0) {
        zh = "条件和结果都一样，会算两次";
        en = "have the same conditions and outputs and count twice";
        finding->remedy_zh = TB_STR("删去其中一条");
        finding->remedy_en = TB_STR("delete one of them");
    }
    finding->zh = tb_printf(arena, "规则 %zu 和 %zu %s：" TB_FMT, a + 1, b + 1, zh, TB_ARG(text));
    finding->en = tb_printf(arena, "rules %zu and %zu %s: " TB_FMT, a + 1, b + 1, en, TB_ARG(text));
    set_note(r, finding);
}

static void
check_pairs(struct rules *r)
{
    const struct dmn__table *table = r->grid->table;
    uint64_t *set = TB_NEW_ARRAY(r->grid->arena, r->grid->words, uint64_t);
    if (table->policy == DMN__FIRST || table->policy == DMN__RULE_ORDER ||
        table->policy == DMN__OUTPUT_ORDER)
        return;
    for (size_t a = 0; a + 1 < table->rule_count; a++) {
        dmn__grid_meets(r->grid, a, set);
        for (size_t b = a + 1; b < table->rule_count; b++) {
            const char *code = dmn__has_bit(set, b) ? fault_of(r, a, b) : NULL;
            if (code != NULL && r->kinds[OVERLAPS]++ < DMN_CHECK_PER_TABLE_MAX)
                add_pair(r, a, b, code);
        }
    }
}

/* ---- rules that never hit ---------------------------------------------------------------------------------------- */

/* The dimension in which a rule holds for no value; dim_count when there is none. */
static size_t
empty_dim(const struct dmn__grid *grid, size_t rule)
{
    for (size_t d = 0; d < grid->dim_count; d++) {
        bool has_any = false;
        for (size_t k = 0; k < grid->dims[d].count; k++)
            has_any |= dmn__has_bit(grid->dims[d].sets + k * grid->words, rule);
        if (!has_any)
            return d;
    }
    return grid->dim_count;
}

static void
add_empty(struct rules *r, size_t rule, size_t dim)
{
    struct dmn_finding *finding = dmn__finding(r->findings, r->grid, "never_hits", &rule, 1);
    finding->column = r->grid->dims[dim].column->text;
    finding->zh = tb_printf(r->grid->arena, "规则 %zu 永远不会命中：“" TB_FMT "”没有一个值符合",
                            rule + 1, TB_ARG(finding->column));
    finding->en = tb_printf(r->grid->arena, "rule %zu never hits: no value of \"" TB_FMT "\" fits",
                            rule + 1, TB_ARG(finding->column));
    finding->remedy_zh = TB_STR("改条件：区间的两端可能写反了");
    finding->remedy_en = TB_STR("change the condition: the ends of an interval may be swapped");
}

/* The rules that come before a rule in the order of the hit policy. */
static void
rules_before(struct rules *r, size_t rule, uint64_t *set)
{
    const struct dmn__table *table = r->grid->table;
    uint64_t *meets = TB_NEW_ARRAY(r->grid->arena, r->grid->words, uint64_t);
    memset(set, 0, r->grid->words * sizeof(*set));
    dmn__grid_meets(r->grid, rule, meets);
    for (size_t i = 0; i < table->rule_count; i++) {
        bool is_known = true;
        bool is_before =
            table->policy == DMN__FIRST ? i < rule : ranks(table, i, rule, &is_known) < 0;
        if (i != rule && is_before && is_known && dmn__has_bit(meets, i))
            dmn__set_bit(set, i);
    }
}

static void
add_shadowed(struct rules *r, size_t rule, const uint64_t *before)
{
    struct tb_arena *arena = r->grid->arena;
    size_t list[9] = {rule}, count = 1;
    struct tb_buf names = {.arena = arena};
    for (size_t i = 0; i < r->grid->table->rule_count && count < TB_COUNT(list); i++)
        if (dmn__has_bit(before, i)) {
            tb_buf_printf(&names, "%s%zu", count > 1 ? ", " : "", i + 1);
            list[count++] = i;
        }
    tb_str text = tb_buf_done(&names);
    struct dmn_finding *finding = dmn__finding(r->findings, r->grid, "never_hits", list, count);
    meet_at(r, rule, rule);
    set_witness(r, finding, r->classes);
    finding->zh = tb_printf(arena, "规则 %zu 永远轮不到：规则 " TB_FMT " 先占了它的全部情况",
                            rule + 1, TB_ARG(text));
    finding->en = tb_printf(
        arena, "rule %zu never comes into play: rules " TB_FMT " take all of its cases before",
        rule + 1, TB_ARG(text));
    finding->remedy_zh = TB_STR("把它移到前面，收窄前面的规则，或者删去它");
    finding->remedy_en = TB_STR("move it up, narrow the others, or delete it");
}

static void
check_never(struct rules *r)
{
    const struct dmn__table *table = r->grid->table;
    uint64_t *before = TB_NEW_ARRAY(r->grid->arena, r->grid->words, uint64_t);
    for (size_t rule = 0; rule < table->rule_count; rule++) {
        size_t dim = empty_dim(r->grid, rule);
        if (r->kinds[NEVER] >= DMN_CHECK_PER_TABLE_MAX)
            return;
        if (dim < r->grid->dim_count) {
            r->kinds[NEVER]++;
            add_empty(r, rule, dim);
            continue;
        }
        if (table->policy != DMN__FIRST && table->policy != DMN__PRIORITY)
            continue;
        rules_before(r, rule, before);
        if (dmn__grid_uncovered(r->grid, &rule, 1, before, r->classes) == 0) {
            r->kinds[NEVER]++;
            add_shadowed(r, rule, before);
        }
    }
}

/* ---- cliffs ------------------------------------------------------------------------------------------------------ */

/* The amount of a rule: its first output that is a number; nothing at all is an amount of 0. False when it has none. */
static bool
amount_of(const struct dmn__table *table, size_t rule, tb_dec *ret)
{
    bool is_nothing = table->output_count > 0;
    for (size_t i = 0; i < table->output_count; i++) {
        const struct dmn__result *own = &table->results[rule * table->output_count + i];
        is_nothing &=
            own->expr == NULL && (own->constant == NULL || own->constant->kind == FEEL_NULL);
    }
    *ret = tb_dec_of(0);
    if (is_nothing)
        return true;
    for (size_t i = 0; i < table->output_count; i++) {
        const struct feel_value *value = table->results[rule * table->output_count + i].constant;
        if (value != NULL && value->kind == FEEL_NUMBER) {
            *ret = value->u.number;
            return true;
        }
    }
    return false;
}

/* The rule that decides at the chosen classes; rule_count: none, or it is not one. */
static size_t
decider(struct rules *r)
{
    const struct dmn__table *table = r->grid->table;
    size_t found = table->rule_count;
    dmn__grid_hits(r->grid, r->classes, r->set);
    for (size_t rule = table->rule_count; rule > 0; rule--)
        if (dmn__has_bit(r->set, rule - 1)) {
            if (found < table->rule_count && table->policy == DMN__UNIQUE)
                return table->rule_count;
            found = rule - 1;
        }
    return found;
}

/* A point where rule a decides, and b one step further; false when the first that both share is none. */
static bool
find_cliff(struct rules *r, size_t dim, size_t from, size_t to, size_t a, size_t b)
{
    for (size_t d = 0; d < r->grid->dim_count; d++) {
        r->classes[d] = 0;
        for (size_t k = r->grid->dims[d].count; k > 0; k--) {
            const uint64_t *set = r->grid->dims[d].sets + (k - 1) * r->grid->words;
            if (dmn__has_bit(set, a) && dmn__has_bit(set, b))
                r->classes[d] = k - 1;
        }
    }
    r->classes[dim] = to;
    if (decider(r) != b)
        return false;
    r->classes[dim] = from;
    return decider(r) == a;
}

static void
add_cliff(struct rules *r, size_t dim, size_t from, size_t to, size_t a, size_t b)
{
    struct tb_arena *arena = r->grid->arena;
    const struct dmn__dim *own = &r->grid->dims[dim];
    size_t pair[2] = {a, b};
    struct dmn_finding *finding = dmn__finding(r->findings, r->grid, "cliff", pair, 2);
    tb_str x = feel_format_literal(arena, &own->values[from]);
    tb_str y = feel_format_literal(arena, &own->values[to]);
    finding->level = DMN_WARNING;
    finding->column = own->column->text;
    set_witness(r, finding, r->classes);
    finding->zh = tb_printf(
        arena, "“" TB_FMT "”从 " TB_FMT " 到 " TB_FMT " 就什么都没有了（规则 %zu 到 %zu）",
        TB_ARG(finding->column), TB_ARG(x), TB_ARG(y), a + 1, b + 1);
    finding->en = tb_printf(arena,
                            "from " TB_FMT " to " TB_FMT " of \"" TB_FMT
                            "\" everything is lost (rule %zu to %zu)",
                            TB_ARG(x), TB_ARG(y), TB_ARG(finding->column), a + 1, b + 1);
    finding->remedy_zh = TB_STR("若非有意，改成逐级递减");
    finding->remedy_en = TB_STR("unless it is meant, let it decline by steps");
    set_note(r, finding);
}

/* One step of one dimension from a rule with an amount into one without. */
static void
check_cliffs_of(struct rules *r, size_t rule, size_t dim)
{
    const struct dmn__grid *grid = r->grid;
    const struct dmn__dim *own = &grid->dims[dim];
    tb_dec amount;
    for (size_t k = 0; k < own->count; k++) {
        if (!dmn__has_bit(own->sets + k * grid->words, rule))
            continue;
        for (size_t to = k > 0 ? k - 1 : k + 1; to <= k + 1 && to < own->count; to += 2)
            for (size_t b = 0; b < grid->table->rule_count; b++) {
                bool meets = b != rule && dmn__has_bit(own->sets + to * grid->words, b) &&
                             amount_of(grid->table, b, &amount) && tb_dec_sign(amount) == 0;
                for (size_t d = 0; d < grid->dim_count && meets; d++) {
                    bool shares = d == dim;
                    for (size_t j = 0; j < grid->dims[d].count && !shares; j++)
                        shares = dmn__has_bit(grid->dims[d].sets + j * grid->words, rule) &&
                                 dmn__has_bit(grid->dims[d].sets + j * grid->words, b);
                    meets = shares;
                }
                if (meets && find_cliff(r, dim, k, to, rule, b) &&
                    r->kinds[CLIFFS]++ < DMN_CHECK_PER_TABLE_MAX)
                    add_cliff(r, dim, k, to, rule, b);
            }
    }
}

static void
check_cliffs(struct rules *r)
{
    const struct dmn__table *table = r->grid->table;
    tb_dec amount;
    if (table->rule_count > CLIFF_RULES_MAX ||
        (table->policy != DMN__UNIQUE && table->policy != DMN__ANY && table->policy != DMN__FIRST))
        return;
    for (size_t rule = 0; rule < table->rule_count; rule++)
        for (size_t d = 0; d < r->grid->dim_count; d++)
            if (r->grid->dims[d].is_ordered && r->kinds[CLIFFS] < DMN_CHECK_PER_TABLE_MAX &&
                amount_of(table, rule, &amount) && tb_dec_sign(amount) > 0)
                check_cliffs_of(r, rule, d);
}

void
dmn__check_rules(struct dmn__grid *grid, struct dmn_findings *findings)
{
    struct rules r = {.grid = grid, .findings = findings};
    r.set = TB_NEW_ARRAY(grid->arena, grid->words, uint64_t);
    r.classes = TB_NEW_ARRAY(grid->arena, grid->dim_count + 1, size_t);
    check_gaps(&r);
    check_pairs(&r);
    check_never(&r);
    check_cliffs(&r);
}
