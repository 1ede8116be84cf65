/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_explain_say.c - an explanation in plain Chinese and English, and as JSON. */
#include "dmn/dmn_explain_internal.h"

#define MISSES_SAID_MAX 5 /* rules that did not hit, in words; JSON has all */
#define TABLES_SAID_MAX 8 /* tables of one decision */

struct sayer {
    struct tb_arena *arena;
    const struct dmn_explanation *explanation;
    bool is_zh;
    tb_str *items;
    size_t count;
};

static tb_str
literal(const struct sayer *s, const struct feel_value *value)
{
    if (value->kind == FEEL_NULL)
        return s->is_zh ? TB_STR("空") : TB_STR("nothing");
    if (value->kind == FEEL_BOOLEAN)
        return value->u.boolean ? (s->is_zh ? TB_STR("是") : TB_STR("yes"))
                                : (s->is_zh ? TB_STR("否") : TB_STR("no"));
    return feel_format_literal(s->arena, value);
}

/* The clauses of a rule: what stands in its column clause. */
static tb_str
clause_of(const struct dmn_explained_table *own, const struct dmn_explained_rule *rule)
{
    for (size_t i = 0; i < own->annotation_count; i++)
        if (tb_str_is(own->annotation_names[i], "clause") ||
            tb_str_is(own->annotation_names[i], "依据"))
            return tb_str_trim(rule->annotations[i]);
    return TB_STR_NONE;
}

static void
say_authorities(const struct sayer *s, const struct dmn_explained *own, struct tb_buf *buf)
{
    for (size_t i = 0; i < own->authority_count; i++)
        tb_buf_printf(buf, "%s" TB_FMT,
                      i > 0      ? (s->is_zh ? "、" : ", ")
                      : s->is_zh ? "。依据："
                                 : ". Basis: ",
                      TB_ARG(own->authorities[i].name));
}

static void
say_hit(const struct sayer *s, const struct dmn_explained_table *own,
        const struct dmn_explained_rule *rule, struct tb_buf *buf)
{
    tb_str clause = clause_of(own, rule);
    tb_buf_printf(buf, s->is_zh ? "；规则 %zu 命中" : "; rule %zu hits", rule->rule);
    if (rule->description.len > 0)
        tb_buf_printf(buf, s->is_zh ? "（" TB_FMT "）" : " (" TB_FMT ")",
                      TB_ARG(rule->description));
    if (clause.len > 0)
        tb_buf_printf(buf, s->is_zh ? "，依据 " TB_FMT : ", by " TB_FMT, TB_ARG(clause));
}

static void
say_miss(const struct sayer *s, const struct dmn_explained_table *own,
         const struct dmn_explained_rule *rule, struct tb_buf *buf)
{
    if (rule->is_passed) {
        tb_buf_printf(buf,
                      s->is_zh ? "；规则 %zu 的条件也符合，但另一条规则在先"
                               : "; rule %zu would hold too, but another comes first",
                      rule->rule);
        return;
    }
    tb_str got = literal(s, &own->column_values[rule->column]);
    tb_buf_printf(buf,
                  s->is_zh ? "；规则 %zu 不适用，因为“" TB_FMT "”是 " TB_FMT "，不符合 " TB_FMT
                           : "; rule %zu does not apply, because \"" TB_FMT "\" is " TB_FMT
                             ", which does not meet " TB_FMT,
                  rule->rule, TB_ARG(own->columns[rule->column]), TB_ARG(got), TB_ARG(rule->cell));
}

static void
say_table(const struct sayer *s, const struct dmn_explained_table *own, struct tb_buf *buf)
{
    size_t said = 0, hits = 0;
    for (size_t i = 0; i < own->column_count; i++) {
        tb_str value = literal(s, &own->column_values[i]);
        tb_buf_printf(buf, s->is_zh ? "%s“" TB_FMT "”是 " TB_FMT : "%s\"" TB_FMT "\" is " TB_FMT,
                      i > 0      ? (s->is_zh ? "，" : ", ")
                      : s->is_zh ? "，因为"
                                 : ", because ",
                      TB_ARG(own->columns[i]), TB_ARG(value));
    }
    for (size_t i = 0; i < own->rule_count; i++)
        if (own->rules[i].is_hit) {
            say_hit(s, own, &own->rules[i], buf);
            hits++;
        }
    if (hits == 0)
        tb_buf_cstr(buf, s->is_zh ? "；没有规则命中" : "; no rule hits");
    for (size_t i = 0; i < own->rule_count && said < MISSES_SAID_MAX; i++)
        if (!own->rules[i].is_hit) {
            say_miss(s, own, &own->rules[i], buf);
            said++;
        }
    if (own->rule_count > hits + said)
        tb_buf_printf(buf, s->is_zh ? "；另有 %zu 条规则不适用" : "; %zu more rules do not apply",
                      own->rule_count - hits - said);
}

/* Tables that were called are named; the node's own goes without. */
static void
say_tables(const struct sayer *s, const struct dmn_explained *own, struct tb_buf *buf)
{
    size_t said = own->table_count < TABLES_SAID_MAX ? own->table_count : TABLES_SAID_MAX;
    size_t more = own->table_count - said + own->tables_left_out;
    for (size_t i = 0; i < said; i++) {
        if (!tb_str_eq(own->tables[i].name, own->name))
            tb_buf_printf(buf, s->is_zh ? "；其中“" TB_FMT "”" : "; in it \"" TB_FMT "\"",
                          TB_ARG(own->tables[i].name));
        say_table(s, &own->tables[i], buf);
    }
    if (more > 0)
        tb_buf_printf(buf, s->is_zh ? "；另有 %zu 次查表" : "; %zu more tables were looked at",
                      more);
}

static void
say_node(struct sayer *s, const struct dmn_explained *own)
{
    struct tb_buf buf = {.arena = s->arena};
    tb_str value = literal(s, &own->value);
    if (own->is_input) {
        tb_buf_printf(
            &buf, s->is_zh ? "给出的“" TB_FMT "”是 " TB_FMT : "\"" TB_FMT "\" was given as " TB_FMT,
            TB_ARG(own->name), TB_ARG(value));
    } else {
        tb_buf_printf(&buf,
                      s->is_zh ? "“" TB_FMT "”的结果是 " TB_FMT : "\"" TB_FMT "\" comes to " TB_FMT,
                      TB_ARG(own->name), TB_ARG(value));
        say_tables(s, own, &buf);
        say_authorities(s, own, &buf);
    }
    tb_buf_cstr(&buf, s->is_zh ? "。" : ".");
    s->items[s->count++] = tb_buf_done(&buf);
}

static void
say_change(struct sayer *s, const struct dmn_counterfactual *change)
{
    struct tb_buf buf = {.arena = s->arena};
    tb_str value = literal(s, &change->value);
    for (size_t i = 0; i < change->count; i++) {
        tb_str from = literal(s, &change->from[i]), to = literal(s, &change->to[i]);
        tb_buf_printf(&buf,
                      s->is_zh ? "%s“" TB_FMT "”是 " TB_FMT "（而不是 " TB_FMT "）"
                               : "%s\"" TB_FMT "\" were " TB_FMT " (not " TB_FMT ")",
                      i > 0      ? (s->is_zh ? "，且" : " and ")
                      : s->is_zh ? "假如"
                                 : "If ",
                      TB_ARG(change->inputs[i]), TB_ARG(to), TB_ARG(from));
    }
    tb_buf_printf(&buf, s->is_zh ? "，结果就是 " TB_FMT "。" : ", it would come to " TB_FMT ".",
                  TB_ARG(value));
    s->items[s->count++] = tb_buf_done(&buf);
}

const tb_str *
dmn_explanation_sentences(struct tb_arena *arena, const struct dmn_explanation *explanation,
                          const char *language, size_t *ret_count)
{
    struct sayer s = {.arena = arena, .explanation = explanation};
    s.is_zh = tb_str_is(tb_str_of(language), "zh");
    s.items = TB_NEW_ARRAY(arena, explanation->count + explanation->counterfactual_count, tb_str);
    for (size_t i = 0; i < explanation->count; i++)
        say_node(&s, &explanation->nodes[i]);
    for (size_t i = 0; i < explanation->counterfactual_count; i++)
        say_change(&s, &explanation->counterfactuals[i]);
    *ret_count = s.count;
    return s.items;
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

static void
table_to_json(struct tb_arena *arena, const struct dmn_explained_table *own, struct tb_json *row)
{
    tb_json_set_text(arena, row, "name", own->name);
    struct tb_json *columns = tb_json_set_list(arena, row, "columns");
    for (size_t i = 0; i < own->column_count; i++) {
        struct tb_json *column = tb_json_add(columns, tb_json_new(arena, TB_JSON_OBJECT));
        tb_json_set_text(arena, column, "expression", own->columns[i]);
        tb_json_set(column, "value", feel_to_json(arena, &own->column_values[i]));
    }
    struct tb_json *rules = tb_json_set_list(arena, row, "rules");
    for (size_t i = 0; i < own->rule_count; i++) {
        const struct dmn_explained_rule *rule = &own->rules[i];
        struct tb_json *one = tb_json_add(rules, tb_json_new(arena, TB_JSON_OBJECT));
        tb_json_set_int(arena, one, "number", (int64_t)rule->rule);
        tb_json_set_text(arena, one, "id", rule->id);
        tb_json_set_bool(arena, one, "hit", rule->is_hit);
        if (rule->is_passed)
            tb_json_set_bool(arena, one, "passed_over", true);
        else if (!rule->is_hit) {
            tb_json_set_text(arena, one, "fails", own->columns[rule->column]);
            tb_json_set_text(arena, one, "cell", rule->cell);
        }
        tb_json_set_text(arena, one, "description", rule->description);
        tb_json_set_text(arena, one, "clause", clause_of(own, rule));
        struct tb_json *cells = tb_json_set_list(arena, one, "cells");
        for (size_t c = 0; c < own->column_count; c++)
            tb_json_add(cells, tb_json_new_text(arena, rule->cells[c]));
    }
}

static void
node_to_json(struct tb_arena *arena, const struct dmn_explanation *explanation,
             const struct dmn_explained *own, struct tb_json *list)
{
    struct tb_json *row = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
    tb_json_set_text(arena, row, "name", own->name);
    tb_json_set_bool(arena, row, "input", own->is_input);
    tb_json_set(row, "value", feel_to_json(arena, &own->value));
    struct tb_json *needs = tb_json_set_list(arena, row, "needs");
    for (size_t i = 0; i < own->need_count; i++)
        tb_json_add(needs, tb_json_new_text(arena, explanation->nodes[own->needs[i]].name));
    struct tb_json *authorities = tb_json_set_list(arena, row, "authorities");
    for (size_t i = 0; i < own->authority_count; i++) {
        struct tb_json *one = tb_json_add(authorities, tb_json_new(arena, TB_JSON_OBJECT));
        tb_json_set_text(arena, one, "name", own->authorities[i].name);
        tb_json_set_text(arena, one, "location", own->authorities[i].location);
    }
    struct tb_json *tables = tb_json_set_list(arena, row, "tables");
    for (size_t i = 0; i < own->table_count; i++)
        table_to_json(arena, &own->tables[i],
                      tb_json_add(tables, tb_json_new(arena, TB_JSON_OBJECT)));
    tb_json_set_int(arena, row, "tables_left_out", (int64_t)own->tables_left_out);
}

struct tb_json *
dmn_explanation_to_json(struct tb_arena *arena, const struct dmn_explanation *explanation)
{
    static const char *const languages[] = {"zh", "en"};
    struct tb_json *out = tb_json_new(arena, TB_JSON_OBJECT);
    if (explanation->count > 0)
        tb_json_set(out, "value",
                    feel_to_json(arena, &explanation->nodes[explanation->count - 1].value));
    struct tb_json *nodes = tb_json_set_list(arena, out, "nodes");
    for (size_t i = 0; i < explanation->count; i++)
        node_to_json(arena, explanation, &explanation->nodes[i], nodes);
    struct tb_json *sentences = tb_json_set_object(arena, out, "sentences");
    for (size_t k = 0; k < TB_COUNT(languages); k++) {
        size_t count;
        const tb_str *texts = dmn_explanation_sentences(arena, explanation, languages[k], &count);
        struct tb_json *list = tb_json_set_list(arena, sentences, languages[k]);
        for (size_t i = 0; i < count; i++)
            tb_json_add(list, tb_json_new_text(arena, texts[i]));
    }
    struct tb_json *changes = tb_json_set_list(arena, out, "otherwise");
    for (size_t i = 0; i < explanation->counterfactual_count; i++) {
        const struct dmn_counterfactual *change = &explanation->counterfactuals[i];
        struct tb_json *row = tb_json_add(changes, tb_json_new(arena, TB_JSON_OBJECT));
        struct tb_json *list = tb_json_set_list(arena, row, "changes");
        for (size_t k = 0; k < change->count; k++) {
            struct tb_json *one = tb_json_add(list, tb_json_new(arena, TB_JSON_OBJECT));
            tb_json_set_text(arena, one, "input", change->inputs[k]);
            tb_json_set(one, "from", feel_to_json(arena, &change->from[k]));
            tb_json_set(one, "to", feel_to_json(arena, &change->to[k]));
        }
        tb_json_set(row, "value", feel_to_json(arena, &change->value));
    }
    return out;
}
