/* SPDX-License-Identifier: Apache-2.0 */
/* packs_words.c - sentences by key, clauses and articles as people write them, periods in words. */
#include "packs/packs_internal.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *const packs__langs[PACKS__LANGS] = {"zh", "en"};

bool
packs__lang_is_zh(tb_str lang)
{
    return !tb_str_starts(lang, TB_STR("en"));
}

bool
packs__list_has(tb_str list, tb_str word)
{
    tb_str head;
    while (tb_str_cut(&list, '|', &head))
        if (tb_str_eq(tb_str_trim(head), word))
            return true;
    return false;
}

size_t
packs__list_count(tb_str list)
{
    tb_str head;
    size_t count = 0;
    while (list.len > 0 && tb_str_cut(&list, '|', &head))
        count++;
    return count;
}

tb_str
packs__key(struct tb_arena *arena, tb_str name)
{
    char *key = tb_cstr(arena, name);
    for (size_t i = 0; i < name.len; i++)
        if (key[i] == ' ')
            key[i] = '-';
    return (tb_str){key, name.len};
}

static int
by_key(const void *a, const void *b)
{
    return tb_str_cmp(((const struct packs__sentence *)a)->key,
                      ((const struct packs__sentence *)b)->key);
}

tb_str
packs_text(const struct packs_pack *pack, tb_str lang, tb_str key)
{
    const struct packs__words *words = &pack->inside->words[packs__lang_is_zh(lang) ? 0 : 1];
    struct packs__sentence wanted = {.key = key};
    const struct packs__sentence *found =
        words->count == 0 ? NULL
                          : bsearch(&wanted, words->items, words->count, sizeof wanted, by_key);
    return found == NULL ? TB_STR_NONE : found->text;
}

tb_str
packs_words(struct tb_arena *arena, const struct packs_pack *pack, tb_str lang, const char *format,
            ...)
{
    char key[512];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(key, sizeof key, format, args);
    va_end(args);
    tb_str wanted = {key, len < 0 ? 0 : (size_t)len < sizeof key ? (size_t)len : sizeof key - 1};
    tb_str text = packs_text(pack, lang, wanted);
    return text.ptr != NULL ? text : tb_str_copy(arena, wanted);
}

/* ---- numbers in Chinese ---------------------------------------------------------------------- */

/* 1 to 9999 as articles are numbered: 十二, 四十二, 一百零三. */
static void
put_chinese_number(struct tb_buf *buf, int64_t n)
{
    static const char *const digits[] = {"零", "一", "二", "三", "四",
                                         "五", "六", "七", "八", "九"};
    static const struct {
        int64_t value;
        const char *name;
    } places[] = {{1000, "千"}, {100, "百"}, {10, "十"}, {1, ""}};
    bool has_begun = false, skipped = false;
    for (size_t i = 0; i < TB_COUNT(places); i++) {
        int64_t digit = n / places[i].value % 10;
        if (digit == 0) {
            skipped = has_begun;
            continue;
        }
        if (skipped)
            tb_buf_cstr(buf, digits[0]);
        if (!(digit == 1 && places[i].value == 10 && !has_begun))
            tb_buf_cstr(buf, digits[digit]);
        tb_buf_cstr(buf, places[i].name);
        has_begun = true;
        skipped = false;
    }
}

/* Takes the digits at the front of *rest. */
static bool
take_number(tb_str *rest, int64_t *ret_n)
{
    size_t len = 0;
    while (len < rest->len && rest->ptr[len] >= '0' && rest->ptr[len] <= '9' && len < 5)
        len++;
    if (len == 0 || !tb_str_to_int(tb_str_sub(*rest, 0, len), ret_n) || *ret_n < 1 || *ret_n > 9999)
        return false;
    *rest = tb_str_sub(*rest, len, rest->len);
    return true;
}

/* ARTICLE[(PARAGRAPH)][.ITEM] into its numbers; what is not said is 0. */
static bool
split_article(tb_str article, int64_t *ret_article, int64_t *ret_paragraph, int64_t *ret_item)
{
    *ret_paragraph = *ret_item = 0;
    if (!take_number(&article, ret_article))
        return false;
    if (tb_str_starts(article, TB_STR("("))) {
        article = tb_str_sub(article, 1, article.len);
        if (!take_number(&article, ret_paragraph) || !tb_str_starts(article, TB_STR(")")))
            return false;
        article = tb_str_sub(article, 1, article.len);
    }
    if (tb_str_starts(article, TB_STR("."))) {
        article = tb_str_sub(article, 1, article.len);
        if (!take_number(&article, ret_item))
            return false;
    }
    return article.len == 0;
}

static void
put_chinese_part(struct tb_buf *buf, int64_t n, const char *unit, const char *before,
                 const char *after)
{
    if (n == 0)
        return;
    tb_buf_cstr(buf, before);
    put_chinese_number(buf, n);
    tb_buf_cstr(buf, after);
    tb_buf_cstr(buf, unit);
}

tb_str
packs_article_words(struct tb_arena *arena, tb_str article, tb_str lang)
{
    int64_t number, paragraph, item;
    struct tb_buf buf = {.arena = arena};
    if (!split_article(article, &number, &paragraph, &item))
        return article;
    if (packs__lang_is_zh(lang)) {
        put_chinese_part(&buf, number, "条", "第", "");
        put_chinese_part(&buf, paragraph, "款", "第", "");
        put_chinese_part(&buf, item, "项", "第（", "）");
    } else {
        tb_buf_printf(&buf, "art. %d", (int)number);
        if (paragraph > 0)
            tb_buf_printf(&buf, ", para. %d", (int)paragraph);
        if (item > 0)
            tb_buf_printf(&buf, ", item %d", (int)item);
    }
    return tb_buf_done(&buf);
}

/* ---- clauses --------------------------------------------------------------------------------- */

bool
packs__clause_split(tb_str clause, tb_str *ret_law, tb_str *ret_article)
{
    ptrdiff_t at = tb_str_find(clause, TB_STR("#"));
    if (at <= 0 || (size_t)at + 1 >= clause.len)
        return false;
    *ret_law = tb_str_sub(clause, 0, (size_t)at);
    *ret_article = tb_str_sub(clause, (size_t)at + 1, clause.len);
    return true;
}

static const struct packs_clause *
find_clause(const struct packs_pack *pack, tb_str law, tb_str article)
{
    for (size_t i = 0; i < pack->clauses_count; i++)
        if (tb_str_eq(pack->clauses[i].law, law) && tb_str_eq(pack->clauses[i].article, article))
            return &pack->clauses[i];
    return NULL;
}

const struct packs_clause *
packs_clause_find(const struct packs_pack *pack, tb_str clause)
{
    tb_str law, article;
    if (!packs__clause_split(clause, &law, &article))
        return NULL;
    const struct packs_clause *found = find_clause(pack, law, article);
    size_t digits = 0;
    while (digits < article.len && article.ptr[digits] >= '0' && article.ptr[digits] <= '9')
        digits++;
    return found != NULL ? found : find_clause(pack, law, tb_str_sub(article, 0, digits));
}

struct tb_json *
packs_clause_json(struct tb_arena *arena, const struct packs_pack *pack, tb_str clause, tb_str lang)
{
    tb_str law, article;
    if (!packs__clause_split(clause, &law, &article))
        return tb_json_new(arena, TB_JSON_NULL);
    const struct packs_clause *row = packs_clause_find(pack, clause);
    const struct packs_statute *statute = packs_statute_find(pack, law);
    struct tb_json *json = tb_json_new(arena, TB_JSON_OBJECT);
    bool has_english = statute != NULL && statute->title_en.len > 0 && !packs__lang_is_zh(lang);
    bool is_unverified = row == NULL || !tb_str_is(row->basis_status, "verified");
    tb_json_set_text(arena, json, "clause", clause);
    tb_json_set_text(arena, json, "law",
                     has_english       ? statute->title_en
                     : statute != NULL ? statute->title
                                       : law);
    tb_json_set_text(arena, json, "article", packs_article_words(arena, article, lang));
    tb_json_set_text(arena, json, "text", row != NULL ? row->text : TB_STR_NONE);
    tb_json_set_bool(arena, json, "unverified", is_unverified);
    if (statute != NULL) {
        tb_json_set_text(arena, json, "text_date", statute->text_date);
        tb_json_set_text(arena, json, "known_until", statute->known_until);
        tb_json_set_text(arena, json, "superseded_by", statute->superseded_by);
    }
    return json;
}

/* ---- periods --------------------------------------------------------------------------------- */

static const struct {
    const char *unit, *zh, *en;
} units[] = {
    {"wd", "个工作日", "working days"},   {"d", "日", "days"},    {"mo", "个月", "months"},
    {"wh", "个工作小时", "office hours"}, {"h", "小时", "hours"}, {"min", "分钟", "minutes"},
};

/* One reading: digits, then a unit. */
static bool
split_period(tb_str period, int64_t *ret_n, size_t *ret_unit)
{
    tb_str rest = period;
    if (!take_number(&rest, ret_n))
        return false;
    for (size_t i = 0; i < TB_COUNT(units); i++)
        if (tb_str_is(rest, units[i].unit)) {
            *ret_unit = i;
            return true;
        }
    return false;
}

bool
packs__period_is_valid(tb_str period)
{
    tb_str one;
    int64_t n;
    size_t unit, readings = 0;
    if (tb_str_is(period, "now") || tb_str_is(period, "expiry"))
        return true;
    while (tb_str_cut(&period, '|', &one)) {
        readings++;
        if (!split_period(one, &n, &unit))
            return false;
    }
    return readings > 0;
}

tb_str
packs_period_words(struct tb_arena *arena, tb_str period, tb_str lang)
{
    struct tb_buf buf = {.arena = arena};
    bool is_zh = packs__lang_is_zh(lang);
    tb_str one;
    if (tb_str_is(period, "now"))
        return is_zh ? TB_STR("当场办结") : TB_STR("on the spot");
    if (tb_str_is(period, "expiry"))
        return is_zh ? TB_STR("在许可证到期前作出决定") : TB_STR("before the permit expires");
    while (tb_str_cut(&period, '|', &one)) {
        int64_t n;
        size_t unit;
        if (buf.len > 0)
            tb_buf_cstr(&buf, is_zh ? "（另一种理解：" : " (another reading: ");
        bool is_second = buf.len > 0;
        if (!split_period(one, &n, &unit))
            tb_buf_str(&buf, one);
        else if (is_zh)
            tb_buf_printf(&buf, "%d%s", (int)n, units[unit].zh);
        else
            tb_buf_printf(&buf, "%d %.*s", (int)n, (int)(tb_str_of(units[unit].en).len - (n == 1)),
                          units[unit].en);
        if (is_second)
            tb_buf_cstr(&buf, is_zh ? "）" : ")");
    }
    return tb_buf_done(&buf);
}

/* ---- look-ups -------------------------------------------------------------------------------- */

#define FIND_BY(member, list)                                                                      \
    for (size_t i = 0; i < pack->list##_count; i++)                                                \
        if (tb_str_eq(pack->list[i].member, id))                                                   \
            return &pack->list[i];                                                                 \
    return NULL

const struct packs_item *
packs_situation(const struct packs_pack *pack, tb_str id)
{
    FIND_BY(id, items);
}

const struct packs_material *
packs_material_find(const struct packs_pack *pack, tb_str id)
{
    FIND_BY(id, materials);
}

const struct packs_question *
packs_question_find(const struct packs_pack *pack, tb_str id)
{
    FIND_BY(input, questions);
}

const struct packs_process *
packs_process_find(const struct packs_pack *pack, tb_str id)
{
    FIND_BY(id, processes);
}

const struct packs_form *
packs_form_find(const struct packs_pack *pack, tb_str id)
{
    FIND_BY(id, forms);
}

const struct packs_certificate *
packs_certificate_find(const struct packs_pack *pack, tb_str id)
{
    FIND_BY(id, certificates);
}

const struct packs_department *
packs_department_find(const struct packs_pack *pack, tb_str id)
{
    FIND_BY(id, departments);
}

const struct packs_statute *
packs_statute_find(const struct packs_pack *pack, tb_str id)
{
    FIND_BY(id, statutes);
}

const struct packs_task *
packs_task_find(const struct packs_pack *pack, tb_str process, tb_str element)
{
    for (size_t i = 0; i < pack->tasks_count; i++)
        if (tb_str_eq(pack->tasks[i].process, process) &&
            tb_str_eq(pack->tasks[i].element, element))
            return &pack->tasks[i];
    return NULL;
}

tb_str
packs_letter(const struct packs_pack *pack, tb_str kind, tb_str lang)
{
    const struct packs_inside *inside = pack->inside;
    bool is_zh = packs__lang_is_zh(lang);
    for (size_t i = 0; i < inside->letter_count; i++)
        if (tb_str_eq(inside->letters[i].kind, kind) &&
            tb_str_is(inside->letters[i].lang, is_zh ? "zh" : "en"))
            return inside->letters[i].text;
    return TB_STR_NONE;
}

struct tb_json *
packs__department_json(struct tb_arena *arena, const struct packs_pack *pack, tb_str id,
                       tb_str lang)
{
    const struct packs_department *row = packs_department_find(pack, id);
    struct tb_json *json = tb_json_new(arena, TB_JSON_OBJECT);
    bool is_zh = packs__lang_is_zh(lang);
    if (row == NULL)
        return tb_json_new(arena, TB_JSON_NULL);
    tb_json_set_text(arena, json, "id", row->id);
    tb_json_set_text(arena, json, "name",
                     is_zh || row->name_en.len == 0 ? row->name : row->name_en);
    tb_json_set_text(arena, json, "address", row->address);
    tb_json_set_text(arena, json, "phone", row->phone);
    tb_json_set_text(arena, json, "hours", row->hours);
    tb_json_set_bool(arena, json, "sample", tb_str_is(row->basis_status, "sample"));
    return json;
}
