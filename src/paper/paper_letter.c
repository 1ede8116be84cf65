/* SPDX-License-Identifier: Apache-2.0 */
/* paper_letter.c - letters of a pack: Markdown with {{fields}} to blocks.
 *
 * Lines are read first and filled in afterwards, so what a person has typed can never become a heading, a table or a
 * section: a value is only ever text inside the block that its line made. Every fault is collected with its line. */
#include "paper/paper_internal.h"
#include <string.h>

#define LETTER_DEPTH_MAX 8 /* sections inside sections */

/* Where names are looked up: the innermost item first. */
struct scope {
    const struct tb_json *item;
    const struct scope *outer;
};

struct letter {
    struct tb_arena *arena;
    tb_str file;
    tb_str *lines;
    size_t line_count;
    struct tb_json *blocks; /* NULL while only the names are collected */
    struct tb_faults *faults;
    tb_str *names; /* as used, when collecting */
    size_t name_count, name_cap;
};

static void
fault(struct letter *letter, size_t line, const char *code, tb_str zh, tb_str en)
{
    if (letter->faults != NULL)
        tb_fault_add(letter->faults,
                     tb_printf(letter->arena, TB_FMT ":%zu", TB_ARG(letter->file), line + 1), code,
                     zh, en);
}

/* ---- names ---- */

static void
remember(struct letter *letter, tb_str name)
{
    for (size_t i = 0; i < letter->name_count; i++)
        if (tb_str_eq(letter->names[i], name))
            return;
    if (letter->name_count == letter->name_cap) {
        letter->name_cap = letter->name_cap == 0 ? 16 : 2 * letter->name_cap;
        tb_str *more = TB_NEW_ARRAY(letter->arena, letter->name_cap, tb_str);
        if (letter->name_count > 0)
            memcpy(more, letter->names, letter->name_count * sizeof *more);
        letter->names = more;
    }
    letter->names[letter->name_count++] = name;
}

static const struct tb_json *
walk(const struct tb_json *item, tb_str path)
{
    tb_str part;
    while (item != NULL && tb_str_cut(&path, '.', &part))
        item = tb_json_find(item, part);
    return item;
}

static const struct tb_json *
look_up(const struct scope *scope, tb_str name)
{
    if (tb_str_is(name, "."))
        return scope->item;
    for (; scope != NULL; scope = scope->outer) {
        const struct tb_json *found = walk(scope->item, name);
        if (found != NULL)
            return found;
    }
    return NULL;
}

static bool
is_there(const struct tb_json *json)
{
    return json != NULL && json->kind != TB_JSON_NULL && json->kind != TB_JSON_FALSE &&
           !(json->kind == TB_JSON_TEXT && json->text.len == 0) &&
           !(json->kind == TB_JSON_LIST && json->count == 0);
}

/* ---- filling in ---- */

static void
put_value(struct tb_buf *buf, tb_str value, bool is_inline)
{
    for (size_t i = 0; i < value.len; i++) {
        if (is_inline && (value.ptr[i] == '*' || value.ptr[i] == '\\'))
            tb_buf_char(buf, '\\');
        tb_buf_char(buf, value.ptr[i]);
    }
}

static void
put_field(struct letter *letter, size_t line, tb_str name, const struct scope *scope,
          bool is_inline, struct tb_buf *buf)
{
    if (!tb_str_is(name, "."))
        remember(letter, name);
    if (letter->blocks == NULL)
        return;
    const struct tb_json *value = look_up(scope, name);
    if (value == NULL || (value->kind != TB_JSON_TEXT && value->kind != TB_JSON_NUMBER)) {
        fault(letter, line, "field_missing",
              tb_printf(letter->arena, "没有“" TB_FMT "”的内容", TB_ARG(name)),
              tb_printf(letter->arena, "there is no text for \"" TB_FMT "\"", TB_ARG(name)));
        return;
    }
    put_value(buf, value->text, is_inline);
}

/* The text with its {{fields}} filled in; in arena. */
static tb_str
fill(struct letter *letter, size_t line, tb_str text, const struct scope *scope, bool is_inline)
{
    struct tb_buf buf = {.arena = letter->arena};
    for (;;) {
        ptrdiff_t open = tb_str_find(text, TB_STR("{{"));
        if (open < 0)
            break;
        tb_buf_str(&buf, tb_str_sub(text, 0, (size_t)open));
        text = tb_str_sub(text, (size_t)open + 2, text.len);
        ptrdiff_t close = tb_str_find(text, TB_STR("}}"));
        if (close < 0) {
            fault(letter, line, "brace_open", TB_STR("“{{”没有配对的“}}”"),
                  TB_STR("`{{` without `}}`"));
            return tb_buf_done(&buf);
        }
        put_field(letter, line, tb_str_trim(tb_str_sub(text, 0, (size_t)close)), scope, is_inline,
                  &buf);
        text = tb_str_sub(text, (size_t)close + 2, text.len);
    }
    tb_buf_str(&buf, text);
    return tb_buf_done(&buf);
}

/* ---- blocks ---- */

static struct tb_json *
add_block(struct letter *letter, const char *kind)
{
    struct tb_json *block = tb_json_new(letter->arena, TB_JSON_OBJECT);
    tb_json_set_text(letter->arena, block, "kind", tb_str_of(kind));
    if (letter->blocks != NULL)
        tb_json_add(letter->blocks, block);
    return block;
}

static void
add_text_block(struct letter *letter, const char *kind, tb_str text)
{
    tb_json_set_text(letter->arena, add_block(letter, kind), "text", text);
}

/* The block that was made last, when it is of that kind and stands right before this line. */
static struct tb_json *
last_block(struct letter *letter, const char *kind)
{
    struct tb_json *last = letter->blocks != NULL ? letter->blocks->last : NULL;
    return last != NULL && tb_str_is(tb_json_get_text(last, "kind"), kind) ? last : NULL;
}

static bool
is_list_item(tb_str line, bool *ret_is_ordered, tb_str *ret_text)
{
    size_t digits = 0;
    while (digits < line.len && line.ptr[digits] >= '0' && line.ptr[digits] <= '9')
        digits++;
    *ret_is_ordered = digits > 0;
    if (digits > 0 && digits < 4 &&
        tb_str_starts(tb_str_sub(line, digits, line.len), TB_STR(". "))) {
        *ret_text = tb_str_trim(tb_str_sub(line, digits + 2, line.len));
        return true;
    }
    *ret_text = tb_str_trim(tb_str_sub(line, 2, line.len));
    return digits == 0 && tb_str_starts(line, TB_STR("- "));
}

static void
add_list_item(struct letter *letter, tb_str text, bool is_ordered, bool is_first)
{
    struct tb_json *block = is_first ? NULL : last_block(letter, "list");
    if (block == NULL) {
        block = add_block(letter, "list");
        tb_json_set_bool(letter->arena, block, "ordered", is_ordered);
        tb_json_set_list(letter->arena, block, "items");
    }
    struct tb_json *items = block->last;
    tb_json_add(items, tb_json_new_text(letter->arena, text));
}

/* `| a | b |` into cells, filled in one by one so that a value with a bar stays in its cell. */
static struct tb_json *
read_cells(struct letter *letter, size_t line, tb_str text, const struct scope *scope)
{
    struct tb_json *row = tb_json_new(letter->arena, TB_JSON_LIST);
    text = tb_str_trim(text);
    if (tb_str_starts(text, TB_STR("|")))
        text = tb_str_sub(text, 1, text.len);
    if (tb_str_ends(text, TB_STR("|")))
        text.len--;
    tb_str cell;
    while (tb_str_cut(&text, '|', &cell))
        tb_json_add(row, tb_json_new_text(letter->arena,
                                          fill(letter, line, tb_str_trim(cell), scope, true)));
    return row;
}

static bool
is_table_rule(tb_str line)
{
    for (size_t i = 0; i < line.len; i++)
        if (strchr("|-: ", line.ptr[i]) == NULL)
            return false;
    return tb_str_contains(line, TB_STR("--"));
}

/* A table's first line may be its head: it is, when a rule `|---|---|` follows. */
static void
add_table_line(struct letter *letter, size_t line, tb_str text, const struct scope *scope,
               bool is_first)
{
    struct tb_json *block = is_first ? NULL : last_block(letter, "table");
    if (is_table_rule(text))
        return;
    struct tb_json *row = read_cells(letter, line, text, scope);
    if (block == NULL) {
        block = add_block(letter, "table");
        bool has_head = line + 1 < letter->line_count &&
                        tb_str_starts(letter->lines[line + 1], TB_STR("|")) &&
                        is_table_rule(letter->lines[line + 1]);
        if (has_head)
            tb_json_set(block, "head", row);
        tb_json_set_list(letter->arena, block, "rows");
        if (has_head)
            return;
    }
    tb_json_add(block->last, row);
}

/* Lines of a paragraph are joined; a blank goes between Latin words only. */
static void
add_paragraph_line(struct letter *letter, tb_str text, bool is_first)
{
    struct tb_json *block = is_first ? NULL : last_block(letter, "paragraph");
    if (block == NULL || block->last->key.ptr == NULL || !tb_str_is(block->last->key, "text")) {
        add_text_block(letter, "paragraph", text);
        return;
    }
    tb_str before = block->last->text;
    bool is_latin = before.len > 0 && text.len > 0 &&
                    (unsigned char)before.ptr[before.len - 1] < 0x80 &&
                    (unsigned char)text.ptr[0] < 0x80;
    block->last->text = tb_printf(letter->arena, TB_FMT "%s" TB_FMT, TB_ARG(before),
                                  is_latin ? " " : "", TB_ARG(text));
}

/* ---- `::: kind key=value key="two words"` ---- */

static bool
read_pair(tb_str *rest, tb_str *ret_key, tb_str *ret_value)
{
    *rest = tb_str_trim(*rest);
    if (rest->len == 0 || !tb_str_cut(rest, '=', ret_key))
        return false;
    *ret_key = tb_str_trim(*ret_key);
    if (tb_str_starts(*rest, TB_STR("\""))) {
        *rest = tb_str_sub(*rest, 1, rest->len);
        return tb_str_cut(rest, '"', ret_value);
    }
    return tb_str_cut(rest, ' ', ret_value);
}

/* Numbers and booleans of a directive become such in JSON; everything else is text. */
static struct tb_json *
value_json(struct letter *letter, tb_str text)
{
    tb_dec number;
    if (tb_str_is(text, "true") || tb_str_is(text, "false"))
        return tb_json_new_bool(letter->arena, tb_str_is(text, "true"));
    if (text.len < 6 && tb_dec_parse(text, &number))
        return tb_json_new_dec(letter->arena, number);
    return tb_json_new_text(letter->arena, text);
}

/* `::: fields` and `::: sign` have lines up to a closing `:::`. Returns the line behind. */
static size_t
read_body(struct letter *letter, size_t line, size_t end, struct tb_json *block, bool is_fields,
          const struct scope *scope)
{
    struct tb_json *list = tb_json_set_list(letter->arena, block, is_fields ? "rows" : "lines");
    for (size_t i = line + 1; i < end; i++) {
        tb_str text = tb_str_trim(letter->lines[i]);
        if (tb_str_is(text, ":::"))
            return i + 1;
        if (text.len == 0)
            continue;
        if (!is_fields) {
            tb_json_add(list, tb_json_new_text(letter->arena, fill(letter, i, text, scope, false)));
            continue;
        }
        struct tb_json *row = read_cells(letter, i, text, scope);
        if (row->count != 2)
            fault(letter, i, "fields_row", TB_STR("每行写“名称 | 内容”"),
                  TB_STR("write `label | value` on each line"));
        else
            tb_json_add(list, row);
    }
    fault(letter, line, "block_open", TB_STR("“:::”没有结束"), TB_STR("`:::` is never closed"));
    return end;
}

static size_t
add_directive(struct letter *letter, size_t line, size_t end, const struct scope *scope)
{
    tb_str rest = tb_str_trim(tb_str_sub(letter->lines[line], 3, letter->lines[line].len)),
           kind = TB_STR_NONE;
    tb_str key, value;
    tb_str_cut(&rest, ' ', &kind);
    static const char *const kinds[] = {"number", "qr",    "seal",  "sign",
                                        "fields", "frame", "space", "page"};
    const char *found = NULL;
    for (size_t i = 0; i < TB_COUNT(kinds); i++)
        if (tb_str_is(kind, kinds[i]))
            found = kinds[i];
    if (found == NULL) {
        fault(letter, line, "block_unknown",
              TB_STR("可用的块：number qr seal sign fields frame space page"),
              TB_STR("the blocks are number qr seal sign fields frame space page"));
        return line + 1;
    }
    struct tb_json *block = add_block(letter, found);
    bool has_body = tb_str_is(kind, "fields") || tb_str_is(kind, "sign");
    while (read_pair(&rest, &key, &value)) {
        struct tb_json *json = value_json(letter, fill(letter, line, value, scope, false));
        if (tb_json_find(block, key) == NULL)
            tb_json_set(block, tb_cstr(letter->arena, key), json);
    }
    if (rest.len > 0)
        fault(letter, line, "pair", TB_STR("写成 名称=值"), TB_STR("write key=value"));
    return has_body ? read_body(letter, line, end, block, tb_str_is(kind, "fields"), scope)
                    : line + 1;
}

/* ---- lines ---- */

static tb_status read_lines(struct letter *letter, size_t from, size_t end,
                            const struct scope *scope, int depth, struct tb_err *err);

/* Is the line `{{#name}}`, `{{?name}}` or `{{/name}}` alone? */
static bool
is_section(tb_str line, char mark, tb_str *ret_name)
{
    line = tb_str_trim(line);
    if (line.len < 6 || !tb_str_starts(line, TB_STR("{{")) || !tb_str_ends(line, TB_STR("}}")) ||
        line.ptr[2] != mark)
        return false;
    *ret_name = tb_str_trim(tb_str_sub(line, 3, line.len - 5));
    return !tb_str_contains(*ret_name, TB_STR("}"));
}

/* The line that closes the section begun at from; end when there is none. */
static size_t
find_close(const struct letter *letter, size_t from, size_t end, tb_str name)
{
    int open = 0;
    for (size_t i = from; i < end; i++) {
        tb_str other;
        if ((is_section(letter->lines[i], '#', &other) ||
             is_section(letter->lines[i], '?', &other)) &&
            tb_str_eq(other, name))
            open++;
        if (is_section(letter->lines[i], '/', &other) && tb_str_eq(other, name) && --open == 0)
            return i;
    }
    return end;
}

static tb_status
read_section(struct letter *letter, size_t from, size_t close, tb_str name, bool is_loop,
             const struct scope *scope, int depth, struct tb_err *err)
{
    if (depth >= LETTER_DEPTH_MAX)
        return tb_fail(err, TB_LIMIT, TB_FMT ":%zu: more than %d sections inside each other",
                       TB_ARG(letter->file), from + 1, LETTER_DEPTH_MAX);
    remember(letter, name);
    const struct tb_json *value = letter->blocks != NULL ? look_up(scope, name) : NULL;
    if (letter->blocks == NULL || (!is_loop && is_there(value)))
        return read_lines(letter, from + 1, close, scope, depth + 1, err);
    if (!is_loop)
        return TB_OK;
    if (value == NULL || value->kind != TB_JSON_LIST) {
        fault(letter, from, "list_missing",
              tb_printf(letter->arena, "没有“" TB_FMT "”的清单", TB_ARG(name)),
              tb_printf(letter->arena, "there is no list \"" TB_FMT "\"", TB_ARG(name)));
        return TB_OK;
    }
    TB_JSON_EACH(item, value)
    {
        struct scope inner = {item, scope};
        TB_TRY(read_lines(letter, from + 1, close, &inner, depth + 1, err));
    }
    return TB_OK;
}

/* One plain line. before: the line in front belongs to the same paragraph, list or table. */
static void
read_line(struct letter *letter, size_t at, tb_str line, const struct scope *scope, bool is_first)
{
    tb_str text;
    bool is_ordered;
    if (tb_str_starts(line, TB_STR("# ")))
        add_text_block(letter, "title",
                       fill(letter, at, tb_str_trim(tb_str_sub(line, 2, line.len)), scope, false));
    else if (tb_str_starts(line, TB_STR("## ")) || tb_str_starts(line, TB_STR("### "))) {
        int64_t level = line.ptr[2] == '#' ? 3 : 2;
        text = fill(letter, at, tb_str_trim(tb_str_sub(line, (size_t)level + 1, line.len)), scope,
                    false);
        struct tb_json *block = add_block(letter, "heading");
        tb_json_set_text(letter->arena, block, "text", text);
        tb_json_set_int(letter->arena, block, "level", level);
    } else if (tb_str_starts(line, TB_STR(">> "))) {
        struct tb_json *block = add_block(letter, "paragraph");
        tb_json_set_text(letter->arena, block, "align", TB_STR("right"));
        text = fill(letter, at, tb_str_trim(tb_str_sub(line, 3, line.len)), scope, true);
        tb_json_set_text(letter->arena, block, "text", text);
    } else if (tb_str_is(line, "---")) {
        add_block(letter, "rule");
    } else if (tb_str_starts(line, TB_STR("|"))) {
        add_table_line(letter, at, line, scope, is_first);
    } else if (is_list_item(line, &is_ordered, &text)) {
        add_list_item(letter, fill(letter, at, text, scope, true), is_ordered, is_first);
    } else {
        add_paragraph_line(letter, fill(letter, at, line, scope, true), is_first);
    }
}

/* What a line continues: a list, a table, a paragraph, or nothing. */
static char
line_class(tb_str line)
{
    tb_str text;
    bool is_ordered;
    if (tb_str_starts(line, TB_STR("|")))
        return '|';
    if (is_list_item(line, &is_ordered, &text))
        return is_ordered ? '1' : '-';
    if (line.len == 0 || tb_str_starts(line, TB_STR("#")) || tb_str_starts(line, TB_STR(">> ")) ||
        tb_str_is(line, "---") || tb_str_starts(line, TB_STR(":::")))
        return 0;
    return 'p';
}

static tb_status
read_lines(struct letter *letter, size_t from, size_t end, const struct scope *scope, int depth,
           struct tb_err *err)
{
    char before = 0;
    /* The lines of a loop's second round go on with the list or table of the first. */
    if (depth > 0 && from < end && line_class(tb_str_trim(letter->lines[from])) != 'p')
        before = line_class(tb_str_trim(letter->lines[from]));
    for (size_t i = from; i < end;) {
        tb_str line = tb_str_trim(letter->lines[i]), name;
        bool is_loop = is_section(line, '#', &name);
        if (letter->blocks != NULL && letter->blocks->count > PAPER_BLOCKS_MAX)
            return tb_fail(err, TB_LIMIT, TB_FMT ": more than %d blocks", TB_ARG(letter->file),
                           PAPER_BLOCKS_MAX);
        if (is_loop || is_section(line, '?', &name)) {
            size_t close = find_close(letter, i, end, name);
            if (close == end)
                fault(letter, i, "section_open",
                      tb_printf(letter->arena, "没有 {{/" TB_FMT "}}", TB_ARG(name)),
                      tb_printf(letter->arena, "there is no {{/" TB_FMT "}}", TB_ARG(name)));
            TB_TRY(read_section(letter, i, close, name, is_loop, scope, depth, err));
            i = close + 1;
            before =
                close > 0 && close < end ? line_class(tb_str_trim(letter->lines[close - 1])) : 0;
            before = before == 'p' ? 0 : before;
        } else if (is_section(line, '/', &name)) {
            fault(letter, i, "section_close",
                  tb_printf(letter->arena, "没有打开“" TB_FMT "”", TB_ARG(name)),
                  tb_printf(letter->arena, "\"" TB_FMT "\" was never opened", TB_ARG(name)));
            i++;
        } else if (tb_str_starts(line, TB_STR(":::"))) {
            i = add_directive(letter, i, end, scope);
            before = 0;
        } else {
            char now = line_class(line);
            if (line.len > 0)
                read_line(letter, i, line, scope, now == 0 || now != before);
            before = now;
            i++;
        }
    }
    return TB_OK;
}

static tb_status
read_letter(struct letter *letter, tb_str text, const struct scope *scope, struct tb_err *err)
{
    if (text.len > PAPER_TEXT_BYTES_MAX)
        return tb_fail(err, TB_LIMIT, TB_FMT ": longer than %u bytes", TB_ARG(letter->file),
                       PAPER_TEXT_BYTES_MAX);
    if (!tb_utf8_is_valid(text))
        return tb_fail(err, TB_SYNTAX, TB_FMT ": not UTF-8", TB_ARG(letter->file));
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '\n' ? 1 : 0;
    letter->lines = TB_NEW_ARRAY(letter->arena, count, tb_str);
    tb_str line;
    while (tb_str_cut(&text, '\n', &line))
        letter->lines[letter->line_count++] = line;
    return read_lines(letter, 0, letter->line_count, scope, 0, err);
}

tb_status
paper_letter(struct tb_arena *arena, tb_str file, tb_str text, const struct tb_json *fields,
             struct tb_json **ret_blocks, struct tb_faults *faults, struct tb_err *err)
{
    size_t before = faults->count;
    struct letter letter = {.arena = arena, .file = file, .faults = faults};
    letter.blocks = tb_json_new(arena, TB_JSON_LIST);
    struct scope scope = {fields, NULL};
    TB_TRY(read_letter(&letter, text, &scope, err));
    if (faults->count > before)
        return tb_fail(err, TB_INVALID, TB_FMT ": %zu faults in the letter", TB_ARG(file),
                       faults->count - before);
    *ret_blocks = letter.blocks;
    return TB_OK;
}

tb_status
paper_letter_fields(struct tb_arena *arena, tb_str file, tb_str text, tb_str **ret_fields,
                    size_t *ret_count, struct tb_err *err)
{
    struct letter letter = {.arena = arena, .file = file};
    struct scope scope = {NULL, NULL};
    TB_TRY(read_letter(&letter, text, &scope, err));
    *ret_fields = letter.names;
    *ret_count = letter.name_count;
    return TB_OK;
}
