/* SPDX-License-Identifier: Apache-2.0 */
/* Checks an input against the fields of its row: every fault at once, each with its place and what
 * would do. */
#include "op/op_internal.h"

#include <string.h>

enum { OP_COUNT_MAX_DEFAULT = 10000 };

struct check {
    struct tb_arena *arena;
    struct tb_faults *faults;
    const struct op_field *field;
};

static void
fault(struct check *check, const char *code, tb_str zh, tb_str en)
{
    tb_fault_add(check->faults, tb_str_of(check->field->name), code, zh, en);
}

static void
fault_type(struct check *check, const char *zh, const char *en)
{
    const struct op_field *f = check->field;
    fault(check, "type", tb_printf(check->arena, "%s应当是%s", f->zh, zh),
          tb_printf(check->arena, "%s must be %s", f->en, en));
}

/* A copy of the member alone: its children are shared, its siblings are not. */
static struct tb_json *
member_copy(struct tb_arena *arena, const struct tb_json *json)
{
    struct tb_json *copy = TB_NEW(arena, struct tb_json);
    *copy = *json;
    copy->next = NULL;
    return copy;
}

/* Every text below must be clean; unclean ones are reported at the field. Returns the tree in
 * normal form C: json itself where nothing changes. */
static void
texts_normalise(struct check *check, struct tb_json *json)
{
    if (json->kind == TB_JSON_TEXT) {
        int32_t bad = 0;
        if (!tb_text_is_clean(json->text, &bad))
            fault(check, "character",
                  tb_printf(check->arena, "%s里有不能使用的字符 U+%04X", check->field->zh,
                            (unsigned)bad),
                  tb_printf(check->arena, "%s has the character U+%04X, which is not accepted",
                            check->field->en, (unsigned)bad));
        else
            json->text = tb_text_nfc(check->arena, json->text);
    }
    for (struct tb_json *child = json->first; child != NULL; child = child->next)
        texts_normalise(check, child);
}

static bool
is_ascii(tb_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] >= 0x80 || (unsigned char)text.ptr[i] < 0x20 ||
            text.ptr[i] == 0x7f)
            return false;
    }
    return true;
}

static bool
is_plain(const struct tb_json *json)
{
    if (json->kind == TB_JSON_TEXT && !is_ascii(json->text))
        return false;
    for (const struct tb_json *child = json->first; child != NULL; child = child->next) {
        if (!is_plain(child))
            return false;
    }
    return true;
}

static void
bounds_check(struct check *check, int64_t value, const char *zh_unit, const char *en_unit)
{
    const struct op_field *f = check->field;
    bool has_bounds = f->min != 0 || f->max != 0;
    if (!has_bounds || (value >= f->min && value <= f->max))
        return;
    fault(check, "range",
          tb_printf(check->arena, "%s应当在 %lld 到 %lld %s之间", f->zh, (long long)f->min,
                    (long long)f->max, zh_unit),
          tb_printf(check->arena, "%s must be between %lld and %lld%s", f->en, (long long)f->min,
                    (long long)f->max, en_unit));
}

static void
count_check(struct check *check, int64_t count, const char *zh_unit, const char *en_unit)
{
    if (check->field->min != 0 || check->field->max != 0)
        bounds_check(check, count, zh_unit, en_unit);
    else if (count > OP_COUNT_MAX_DEFAULT)
        fault(check, "range",
              tb_printf(check->arena, "%s最多 %d %s", check->field->zh, OP_COUNT_MAX_DEFAULT,
                        zh_unit),
              tb_printf(check->arena, "%s has at most %d%s", check->field->en, OP_COUNT_MAX_DEFAULT,
                        en_unit));
}

static void
choice_check(struct check *check, tb_str text)
{
    struct tb_buf known = {.arena = check->arena};
    if (check->field->choices == NULL)
        return;
    for (const char *const *choice = check->field->choices; *choice != NULL; choice++) {
        if (tb_str_is(text, *choice))
            return;
        tb_buf_printf(&known, "%s%s", known.len > 0 ? ", " : "", *choice);
    }
    tb_str list = tb_buf_done(&known);
    fault(check, "choice",
          tb_printf(check->arena, "%s应当是其中之一：" TB_FMT, check->field->zh, TB_ARG(list)),
          tb_printf(check->arena, "%s must be one of: " TB_FMT, check->field->en, TB_ARG(list)));
}

static void
text_check(struct check *check, struct tb_json *json)
{
    if (json->kind != TB_JSON_TEXT) {
        fault_type(check, "文字", "text");
        return;
    }
    if (json->text.len == 0 && (check->field->flags & OP_REQUIRED) == 0)
        return;
    choice_check(check, json->text);
    if (check->field->choices == NULL)
        count_check(check, (int64_t)tb_utf8_length(json->text), "个字", " characters");
}

/* Query and path hold text only: "20" becomes 20, "true" becomes true. */
static void
from_text(const struct op_field *field, struct tb_json *json)
{
    if ((field->flags & (OP_PATH | OP_QUERY)) == 0 || json->kind != TB_JSON_TEXT)
        return;
    int64_t number;
    if ((field->type == OP_INT || field->type == OP_MONEY) && tb_str_to_int(json->text, &number))
        json->kind = TB_JSON_NUMBER;
    else if (field->type == OP_BOOL &&
             (tb_str_is(json->text, "true") || tb_str_is(json->text, "1")))
        json->kind = TB_JSON_TRUE;
    else if (field->type == OP_BOOL &&
             (tb_str_is(json->text, "false") || tb_str_is(json->text, "0")))
        json->kind = TB_JSON_FALSE;
}

static void
scalar_check(struct check *check, struct tb_json *json)
{
    int64_t number;
    tb_date day;
    uint8_t hash[32];
    switch (check->field->type) {
    case OP_INT:
    case OP_MONEY:
        if (tb_json_to_int(json, &number))
            bounds_check(check, number, "", "");
        else
            fault_type(check, "整数", "a whole number");
        break;
    case OP_BOOL:
        if (json->kind != TB_JSON_TRUE && json->kind != TB_JSON_FALSE)
            fault_type(check, "是（true）或否（false）", "true or false");
        break;
    case OP_DAY:
        if (json->kind != TB_JSON_TEXT || !tb_date_parse(json->text, &day))
            fault_type(check, "存在的日期，如 2026-03-05", "a day that exists, as 2026-03-05");
        break;
    case OP_INSTANT:
        if (json->kind != TB_JSON_TEXT || !tb_instant_parse(json->text, &number))
            fault_type(check, "时刻，如 2026-03-05T09:30:00+08:00",
                       "an instant, as 2026-03-05T09:30:00+08:00");
        break;
    case OP_HASH:
        if (json->kind != TB_JSON_TEXT || !tb_unhex(json->text, hash, sizeof(hash)))
            fault_type(check, "64 位十六进制的 SHA-256", "a SHA-256 of 64 hexadecimal digits");
        break;
    case OP_TEXT:
        text_check(check, json);
        break;
    case OP_OBJECT:
        if (json->kind != TB_JSON_OBJECT)
            fault_type(check, "对象 {…}", "an object {…}");
        break;
    case OP_LIST:
        if (json->kind == TB_JSON_LIST)
            count_check(check, json->count, "项", " entries");
        else
            fault_type(check, "列表 […]", "a list […]");
        break;
    }
}

static void
field_read(struct check *check, const struct tb_json *given, struct tb_json *out)
{
    const struct op_field *field = check->field;
    bool is_empty = tb_json_is_null(given) ||
                    (given->kind == TB_JSON_TEXT && tb_str_trim(given->text).len == 0);
    if (is_empty && (field->flags & OP_REQUIRED) != 0) {
        fault(
            check, "required",
            tb_printf(check->arena, "请%s%s", field->choices != NULL ? "选择" : "填写", field->zh),
            tb_printf(check->arena, "%s is required", field->en));
        return;
    }
    /* An empty query value, as a form sends it, is an absent one. */
    if (tb_json_is_null(given) || (is_empty && (field->flags & (OP_PATH | OP_QUERY)) != 0))
        return;
    size_t faults_before = check->faults->count;
    struct tb_json *json = member_copy(check->arena, given);
    if (!is_plain(given)) {
        json = tb_json_copy(check->arena, given);
        texts_normalise(check, json);
    }
    from_text(field, json);
    if (check->faults->count == faults_before)
        scalar_check(check, json);
    tb_json_set(out, field->name, json);
}

static const struct op_field *
field_find(const struct op_row *row, tb_str name)
{
    for (const struct op_field *f = row->fields; f != NULL && f->name != NULL; f++) {
        if (tb_str_is(name, f->name))
            return f;
    }
    return NULL;
}

static void
unknown_report(struct tb_arena *arena, const struct op_row *row, tb_str key,
               struct tb_faults *faults)
{
    struct tb_buf known = {.arena = arena};
    for (const struct op_field *f = row->fields; f != NULL && f->name != NULL; f++)
        tb_buf_printf(&known, "%s%s", known.len > 0 ? ", " : "", f->name);
    tb_str list = known.len > 0 ? tb_buf_done(&known) : TB_STR("-");
    tb_str name = tb_text_is_clean(key, NULL) && key.len <= 64 ? key : TB_STR("?");
    tb_fault_add(
        faults, name, "unknown",
        tb_printf(arena, "没有“" TB_FMT "”这一项；可以有：" TB_FMT, TB_ARG(name), TB_ARG(list)),
        tb_printf(arena, "there is no field \"" TB_FMT "\"; known are: " TB_FMT, TB_ARG(name),
                  TB_ARG(list)));
}

struct tb_json *
op__input_read(struct tb_arena *arena, const struct op_row *row, const struct tb_json *in,
               struct tb_faults *faults)
{
    struct tb_json *out = tb_json_new(arena, TB_JSON_OBJECT);
    if (in != NULL && in->kind != TB_JSON_OBJECT && in->kind != TB_JSON_NULL) {
        tb_fault_add(faults, TB_STR(""), "type", TB_STR("内容应当是一个对象 {…}"),
                     TB_STR("the input must be an object {…}"));
        return out;
    }
    for (const struct op_field *f = row->fields; f != NULL && f->name != NULL; f++) {
        struct check check = {arena, faults, f};
        field_read(&check, tb_json_get(in, f->name), out);
    }
    TB_JSON_EACH(child, in)
    {
        if (field_find(row, child->key) == NULL)
            unknown_report(arena, row, child->key, faults);
    }
    return out;
}
