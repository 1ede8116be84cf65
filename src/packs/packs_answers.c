/* SPDX-License-Identifier: Apache-2.0 */
/* packs_answers.c - answers as conditions and decisions see them, and which answers a condition
 * still waits for.
 *
 * A condition whose answers are not all there is tried with every value that the missing ones may
 * have: if it comes out the same each time, the question does not matter and is not asked. */
#include "packs/packs_internal.h"

/* An answer as its question wants it: pages send texts, so "3" is a number where a number is
 * asked, "true" a boolean. What does not fit stays as it is and is refused by the guide. */
struct feel_value
packs__answer_value(struct tb_arena *arena, const struct packs_pack *pack,
                    const struct tb_json *answer)
{
    const struct packs_question *question = packs_question_find(pack, answer->key);
    struct feel_value value = feel_null();
    tb_dec number;
    feel_from_json(arena, answer, NULL, &value, NULL);
    if (question == NULL || answer->kind != TB_JSON_TEXT)
        return value;
    if (tb_str_is(question->type, "number") && tb_dec_parse(tb_str_trim(answer->text), &number))
        return feel_number(number);
    if (tb_str_is(question->type, "boolean") && tb_str_is(answer->text, "true"))
        return feel_boolean(true);
    if (tb_str_is(question->type, "boolean") && tb_str_is(answer->text, "false"))
        return feel_boolean(false);
    return value;
}

struct feel_value
packs__answers_value(struct tb_arena *arena, const struct packs_pack *pack,
                     const struct tb_json *answers)
{
    size_t count = 0, cap = (answers != NULL ? answers->count : 0) + 2;
    struct feel_entry *entries = TB_NEW_ARRAY(arena, cap, struct feel_entry);
    TB_JSON_EACH(answer, answers)
    {
        if (tb_json_is_null(answer) || tb_str_is(answer->key, "options"))
            continue;
        entries[count].key = answer->key;
        entries[count++].value = packs__answer_value(arena, pack, answer);
    }
    if (pack->options != NULL) {
        entries[count].key = TB_STR("options");
        feel_from_json(arena, pack->options, NULL, &entries[count].value, NULL);
        count++;
    }
    return feel_context_of(arena, entries, count);
}

/* The values that a question's answer may have; of a number, those around which its meaning changes. 0: unknown. */
static size_t
possible_answers(struct tb_arena *arena, const struct packs_question *question,
                 struct feel_value **ret_values)
{
    size_t count = 0;
    tb_str options = question->options, one;
    if (tb_str_is(question->type, "boolean")) {
        *ret_values = TB_NEW_ARRAY(arena, 2, struct feel_value);
        (*ret_values)[0] = feel_boolean(false);
        (*ret_values)[1] = feel_boolean(true);
        return 2;
    }
    bool is_number = tb_str_is(question->type, "number");
    tb_dec number;
    if (!is_number && !tb_str_is(question->type, "choice"))
        return 0;
    *ret_values = TB_NEW_ARRAY(arena, packs__list_count(options) + 1, struct feel_value);
    while (options.len > 0 && tb_str_cut(&options, '|', &one)) {
        if (!is_number)
            (*ret_values)[count++] = feel_string(one);
        else if (tb_dec_parse(one, &number))
            (*ret_values)[count++] = feel_number(number);
    }
    return count;
}

/* Trying out the answers that are missing. */
struct trial {
    struct tb_arena *arena;
    const struct packs_pack *pack;
    const struct feel_expr *condition;
    const tb_str *missing;
    size_t missing_count;
    size_t tries;
    bool has_result, result, differs;
    struct tb_err *err;
};

static tb_status
try_all(struct trial *trial, const struct feel_value *context, size_t at)
{
    struct feel_value value;
    if (trial->differs)
        return TB_OK;
    if (at == trial->missing_count) {
        if (++trial->tries > PACKS_CONDITION_TRIES_MAX) {
            trial->differs = true;
            return TB_OK;
        }
        TB_TRY(feel_eval(trial->arena, trial->condition, context, NULL, &value, trial->err));
        bool is_true = feel_is_true(&value);
        trial->differs = trial->has_result && trial->result != is_true;
        trial->result = is_true;
        trial->has_result = true;
        return TB_OK;
    }
    const struct packs_question *question = packs_question_find(trial->pack, trial->missing[at]);
    struct feel_value *values = NULL;
    size_t count = question == NULL ? 0 : possible_answers(trial->arena, question, &values);
    if (count == 0)
        trial->differs = true;
    for (size_t i = 0; i < count && !trial->differs; i++) {
        struct feel_value with = feel_put(trial->arena, context, trial->missing[at], values[i]);
        TB_TRY(try_all(trial, &with, at + 1));
    }
    return TB_OK;
}

tb_status
packs__condition(struct tb_arena *arena, const struct packs_pack *pack,
                 const struct feel_expr *condition, const struct feel_value *answers,
                 bool *ret_is_true, bool *ret_is_known, struct tb_err *err)
{
    size_t name_count, missing_count = 0;
    *ret_is_true = *ret_is_known = true;
    if (condition == NULL)
        return TB_OK;
    const tb_str *names = feel_expr_names(condition, &name_count);
    tb_str *missing = TB_NEW_ARRAY(arena, name_count + 1, tb_str);
    for (size_t i = 0; i < name_count; i++)
        if (feel_get(answers, names[i]) == NULL && packs_question_find(pack, names[i]) != NULL)
            missing[missing_count++] = names[i];
    struct trial trial = {.arena = arena,
                          .pack = pack,
                          .condition = condition,
                          .missing = missing,
                          .missing_count = missing_count,
                          .err = err};
    TB_TRY(try_all(&trial, answers, 0));
    *ret_is_known = !trial.differs;
    *ret_is_true = trial.has_result && trial.result;
    return TB_OK;
}
