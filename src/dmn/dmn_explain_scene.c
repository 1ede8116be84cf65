/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_explain_scene.c - the tables of an evaluation that is explained, wherever they stand: in the
 * decision itself, in a context, in a knowledge model or service that it calls. Each is told when
 * it is decided; a replay takes the rules that hit from what was told, in the same order. */
#include "dmn/dmn_explain_internal.h"
#include <string.h>

#define HITS_SMALL 16

/* The place for the next table; NULL when there are too many. */
static struct dmn__told *
next_place(struct dmn__scene *scene)
{
    if (scene->count == DMN_EXPLAIN_TABLES_MAX) {
        scene->left_out++;
        return NULL;
    }
    if (scene->told == NULL) {
        scene->cap = DMN_EXPLAIN_TABLES_MAX;
        scene->told = TB_NEW_ARRAY(scene->arena, scene->cap, struct dmn__told);
    }
    struct dmn__told *told = &scene->told[scene->count++];
    *told = (struct dmn__told){.node = scene->run->node};
    return told;
}

static void
tell_rule(struct dmn__run *run, const struct dmn__table *table, size_t rule,
          const struct feel_value *inputs, const struct feel_value *slots,
          struct dmn_explained_rule *ret)
{
    for (size_t c = 0; c < table->input_count && !ret->is_hit; c++) {
        const struct dmn__cell *cell = &table->cells[rule * table->input_count + c];
        struct feel_value pass;
        dmn__cell_test(run->vm, cell, &inputs[c], slots, &pass);
        if (!feel_is_true(&pass)) {
            ret->column = c;
            ret->cell = cell->text;
            return;
        }
    }
    ret->is_passed = !ret->is_hit;
}

static struct dmn_explained_rule *
rules_of(struct tb_arena *arena, const struct dmn__table *table)
{
    struct dmn_explained_rule *rules =
        TB_NEW_ARRAY(arena, table->rule_count, struct dmn_explained_rule);
    tb_str *cells = TB_NEW_ARRAY(arena, table->rule_count * table->input_count, tb_str);
    for (size_t rule = 0; rule < table->rule_count; rule++) {
        const struct dmn__rule *row = &table->rules[rule];
        rules[rule] = (struct dmn_explained_rule){.rule = rule + 1,
                                                  .id = row->id,
                                                  .description = row->description,
                                                  .cells = cells,
                                                  .annotations = row->annotations};
        for (size_t c = 0; c < table->input_count; c++) {
            const struct dmn__cell *cell = &table->cells[rule * table->input_count + c];
            *cells++ = cell->is_any ? TB_STR("-") : cell->text;
        }
    }
    return rules;
}

/* What is told of a table after these rules hit. */
static void
tell(struct dmn__scene *scene, struct dmn__run *run, const struct dmn__table *table,
     const struct feel_value *inputs, const struct feel_value *slots, const uint32_t *hits,
     size_t count, struct dmn__told *told)
{
    struct dmn_explained_rule *rules = rules_of(scene->arena, table);
    struct feel_value *values = TB_NEW_ARRAY(scene->arena, table->input_count, struct feel_value);
    tb_str *columns = TB_NEW_ARRAY(scene->arena, table->input_count, tb_str);
    for (size_t c = 0; c < table->input_count; c++) {
        columns[c] = table->inputs[c].text;
        values[c] = inputs[c];
    }
    for (size_t i = 0; i < count; i++)
        rules[hits[i]].is_hit = true;
    for (size_t rule = 0; rule < table->rule_count; rule++)
        if (feel_vm_step(run->vm, 1 + table->input_count))
            tell_rule(run, table, rule, inputs, slots, &rules[rule]);
    told->table = (struct dmn_explained_table){.name = table->owner,
                                               .columns = columns,
                                               .column_values = values,
                                               .column_count = table->input_count,
                                               .rules = rules,
                                               .rule_count = table->rule_count,
                                               .annotation_names = table->annotation_names,
                                               .annotation_count = table->annotation_count};
}

/* The rules that are said to hit, as the hit policy wants them. */
static size_t
hits_told(const struct dmn__table *table, const struct dmn_explained_table *own, uint32_t *hits)
{
    size_t count = 0;
    bool takes_one = table->policy == DMN__UNIQUE || table->policy == DMN__FIRST;
    for (size_t i = 0; i < own->rule_count; i++)
        if (own->rules[i].is_hit || (own->rules[i].is_passed && !takes_one))
            hits[count++] = (uint32_t)i;
    return count;
}

/* What was told of the table that comes next; NULL when nothing was. */
static const struct dmn_explained_table *
next_replayed(struct dmn__scene *scene, const struct dmn__table *table)
{
    if (scene->at >= scene->replayed_count)
        return NULL;
    const struct dmn_explained_table *own = &scene->replayed[scene->at++];
    return tb_str_eq(own->name, table->owner) && own->rule_count == table->rule_count ? own : NULL;
}

void
dmn__scene_table(struct dmn__run *run, const struct dmn__table *table, struct feel_value *slots,
                 const struct feel_value *inputs, struct feel_value *ret)
{
    struct dmn__scene *scene = run->scene;
    struct dmn__told *told = NULL;
    uint32_t small[HITS_SMALL], *hits = small;
    size_t count = 0;
    const struct dmn_explained_table *own =
        scene->replayed != NULL ? next_replayed(scene, table) : NULL;
    *ret = feel_null();
    if (own != NULL) {
        hits = TB_NEW_ARRAY(feel_vm_arena(run->vm), own->rule_count, uint32_t);
        count = hits_told(table, own, hits);
        dmn__table_outcome(run, table, slots, hits, count, ret);
        return;
    }
    if (scene->replayed == NULL)
        told = next_place(scene);
    /* What a condition calls belongs to the condition: it is not told by itself. */
    run->scene = NULL;
    bool is_done = dmn__table_hits(run, table, slots, inputs, &hits, HITS_SMALL, &count);
    run->scene = scene;
    if (is_done)
        dmn__table_outcome(run, table, slots, hits, count, ret);
    if (told == NULL)
        return;
    bool counts_one = table->policy == DMN__PRIORITY && count > 1;
    run->scene = NULL;
    tell(scene, run, table, inputs, slots, hits, counts_one ? 1 : count, told);
    run->scene = scene;
}
