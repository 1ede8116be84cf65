/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_import.c - a file of items: read row by row outside the writer, compared with what is
 * in force, and only what differs goes into a draft. A file that changes nothing writes nothing. */
#include "catalogue/catalogue_internal.h"
#include "codes/codes.h"
#include "sheet/sheet.h"
#include <string.h>

#define PROGRESS_ROWS 1000

/* ---- columns --------------------------------------------------------------------------------- */

/* Where a cell of the file goes. Everything else that a file has is kept under elements. */
typedef enum {
    COLUMN_CODE,
    COLUMN_NAME,
    COLUMN_MAIN_ITEM,
    COLUMN_TYPE,
    COLUMN_DIVISION,
    COLUMN_DEPARTMENT,
    COLUMN_DEPARTMENT_CODE,
    COLUMN_LEVEL,
    COLUMN_HANDLING,
    COLUMN_STATUTORY,
    COLUMN_STATUTORY_UNIT,
    COLUMN_PROMISED,
    COLUMN_PROMISED_UNIT,
    COLUMN_VISITS,
    COLUMN_FEE,
    COLUMN_COUNT
} column;

/* Names that files give them: ours, the national exchange tables' (GB/T 39554.2 as seen there),
 * Chinese. The first that a file has counts. */
static const struct {
    column to;
    bool is_needed;
    const char *names[6];
} columns[] = {
    {COLUMN_CODE,
     true,
     {"item_code", "local_task_code", "task_code", "地方实施编码", "实施编码", "code"}},
    {COLUMN_NAME, true, {"name", "task_name", "事项名称"}},
    {COLUMN_MAIN_ITEM, false, {"main_item", "main_item_name", "主项名称"}},
    {COLUMN_TYPE, true, {"task_type_code", "task_type", "type", "事项类型"}},
    {COLUMN_DIVISION, true, {"area_code", "division", "region_code", "行政区划代码"}},
    {COLUMN_DEPARTMENT, true, {"department", "dept_name", "实施主体"}},
    {COLUMN_DEPARTMENT_CODE, false, {"dept_code", "实施主体编码"}},
    {COLUMN_LEVEL, false, {"use_level", "行使层级"}},
    {COLUMN_HANDLING, false, {"project_type", "办件类型"}},
    {COLUMN_STATUTORY, false, {"anticipate_day", "法定办结时限"}},
    {COLUMN_STATUTORY_UNIT, false, {"anticipate_type", "法定办结时限单位"}},
    {COLUMN_PROMISED, false, {"promise_day", "承诺办结时限"}},
    {COLUMN_PROMISED_UNIT, false, {"promise_type", "承诺办结时限单位"}},
    {COLUMN_VISITS, false, {"limit_scene_num", "到办事现场次数"}},
    {COLUMN_FEE, false, {"is_fee", "是否收费"}},
};
/* What some sources add by taking the code apart: it follows from the code and is not kept
 * twice. */
static const char *const derived[] = {"basic_code", "impl_area", "seg3",   "impl_uscc",
                                      "seg5",       "seg6",      "uscc_ok"};

struct import {
    struct catalogue *catalogue;
    const struct store_cause *cause;
    tb_str file;
    struct tb_arena *arena, *batch_arena;
    struct catalogue__known known;
    struct catalogue__draft draft;
    struct catalogue_report *report;
    tb_str *names;
    size_t name_count;
    int at[COLUMN_COUNT]; /* index of the cell, -1: the file has no such column */
    bool *is_kept;        /* the cell goes into elements */
    struct catalogue__item *batch;
    size_t batch_count;
    /* Impossible credit codes: each is noted once. */
    struct impossible {
        tb_str code;
        int64_t line, rows;
    } * impossible;
    size_t impossible_count;
};

static int
find_name(const struct import *import, const char *name)
{
    for (size_t i = 0; i < import->name_count; i++)
        if (tb_str_is(import->names[i], name))
            return (int)i;
    return -1;
}

static tb_status
read_heading(struct import *import, struct sheet_reader *reader, const struct sheet_row *row,
             struct tb_err *err)
{
    import->name_count = row->count;
    import->names = TB_NEW_ARRAY(import->arena, row->count, tb_str);
    import->is_kept = TB_NEW_ARRAY(import->arena, row->count, bool);
    for (size_t i = 0; i < row->count; i++) {
        import->names[i] = tb_str_copy(import->arena, tb_str_trim(row->cells[i]));
        import->is_kept[i] = import->names[i].len > 0;
    }
    bool is_good = true;
    for (size_t i = 0; i < TB_COUNT(columns); i++) {
        int at = -1;
        for (size_t k = 0; k < TB_COUNT(columns[i].names) && columns[i].names[k] != NULL && at < 0;
             k++)
            at = find_name(import, columns[i].names[k]);
        import->at[columns[i].to] = at;
        /* A department's number that is no credit code is known nowhere else: it is kept. */
        if (at >= 0 && columns[i].to != COLUMN_DEPARTMENT_CODE)
            import->is_kept[at] = false;
        if (at >= 0 || !columns[i].is_needed)
            continue;
        struct tb_faults *faults = &import->report->faults;
        tb_fault_add(faults,
                     tb_printf(import->arena, TB_FMT ":%d", TB_ARG(import->file), row->line),
                     "column", tb_printf(import->arena, "缺少“%s”这一列", columns[i].names[0]),
                     tb_printf(import->arena, "The column '%s' is missing", columns[i].names[0]));
        is_good = false;
    }
    for (size_t i = 0; i < TB_COUNT(derived); i++)
        if (find_name(import, derived[i]) >= 0)
            import->is_kept[find_name(import, derived[i])] = false;
    sheet_set_width(reader, row->count);
    return is_good ? TB_OK
                   : tb_fail(err, TB_INVALID, TB_FMT ": columns are missing", TB_ARG(import->file));
}

/* ---- one row --------------------------------------------------------------------------------- */

static tb_str
cell_of(const struct import *import, const struct sheet_row *row, column which)
{
    return sheet_cell(row, import->at[which]);
}

static bool
reject(struct import *import, tb_str place, const char *code, const char *zh, const char *en)
{
    tb_fault_add(&import->report->faults, place, code, tb_str_of(zh), tb_str_of(en));
    return false;
}

/* 20 and 1 become 20wd: the units of the exchange tables are 1 working day, 2 natural day, 3 month,
 * 4 hour. */
static tb_str
period_of(struct tb_arena *arena, tb_str number, tb_str unit)
{
    static const struct {
        const char *number, *zh, *unit;
    } units[] = {
        {"1", "工作日", "wd"}, {"2", "自然日", "d"}, {"3", "月", "mo"}, {"4", "小时", "h"}};
    int64_t n;
    if (!tb_str_to_int(number, &n) || n < 0 || n > 100000)
        return TB_STR_NONE;
    for (size_t i = 0; i < TB_COUNT(units); i++)
        if (tb_str_is(unit, units[i].number) || tb_str_is(unit, units[i].zh))
            return tb_printf(arena, "%lld%s", (long long)n, units[i].unit);
    return unit.len == 0 ? tb_printf(arena, "%lldwd", (long long)n) : TB_STR_NONE;
}

static tb_str
handling_of(tb_str cell)
{
    if (tb_str_is(cell, "1") || tb_str_is(cell, "即办件"))
        return TB_STR("instant");
    if (tb_str_is(cell, "2") || tb_str_is(cell, "承诺件"))
        return TB_STR("promise");
    return cell.len > 0 ? TB_STR("other") : TB_STR_NONE;
}

static int64_t
number_of(tb_str cell, int64_t max)
{
    int64_t n;
    return tb_str_to_int(cell, &n) && n >= 0 && n <= max ? n : -1;
}

static tb_str
elements_of(struct import *import, const struct sheet_row *row)
{
    struct tb_json *object = tb_json_new(import->batch_arena, TB_JSON_OBJECT);
    for (size_t i = 0; i < import->name_count; i++) {
        tb_str cell = sheet_cell(row, (int)i);
        if (import->is_kept[i] && cell.len > 0 && tb_json_find(object, import->names[i]) == NULL)
            tb_json_set_text(import->batch_arena, object, import->names[i].ptr, cell);
    }
    if (object->count == 0)
        return TB_STR_NONE;
    struct tb_buf buf = {.arena = import->batch_arena};
    tb_json_write(&buf, object);
    return tb_buf_done(&buf);
}

static tb_str
text_or_none(struct import *import, tb_str cell)
{
    return cell.len > 0 ? tb_text_nfc(import->batch_arena, cell) : TB_STR_NONE;
}

/* All that can be wrong with a row, at once. */
static bool
check_row(struct import *import, const struct sheet_row *row, tb_str place,
          struct catalogue__item *item)
{
    struct tb_faults *faults = &import->report->faults;
    bool is_good = catalogue__item_read_code(item, place, faults);
    if (item->name.len == 0)
        is_good = reject(import, place, "name", "缺少事项名称", "The name of the item is missing");
    else if (tb_utf8_length(item->name) > CATALOGUE_NAME_MAX)
        is_good = reject(import, place, "name", "事项名称超过1000字",
                         "The name is longer than 1,000 characters");
    if (item->type == NULL)
        is_good = reject(import, place, "type", "事项类型不是国家标准里的任何一种",
                         "The type of the item is none of the national standard");
    if (!codes_division(cell_of(import, row, COLUMN_DIVISION), place, faults))
        is_good = false;
    if (item->department.len == 0)
        is_good = reject(import, place, "department", "缺少实施主体", "The department is missing");
    return is_good;
}

static bool
read_item(struct import *import, const struct sheet_row *row, tb_str place,
          struct catalogue__item *item)
{
    struct tb_arena *arena = import->batch_arena;
    tb_str department_code = cell_of(import, row, COLUMN_DEPARTMENT_CODE);
    *item = (struct catalogue__item){
        .code = tb_str_copy(arena, cell_of(import, row, COLUMN_CODE)),
        .name = text_or_none(import, cell_of(import, row, COLUMN_NAME)),
        .main_item = text_or_none(import, cell_of(import, row, COLUMN_MAIN_ITEM)),
        .division = codes_division_full(arena, cell_of(import, row, COLUMN_DIVISION)),
        .department = text_or_none(import, cell_of(import, row, COLUMN_DEPARTMENT)),
        .type = catalogue__type_find(cell_of(import, row, COLUMN_TYPE)),
        .handling = handling_of(cell_of(import, row, COLUMN_HANDLING)),
        .statutory = period_of(arena, cell_of(import, row, COLUMN_STATUTORY),
                               cell_of(import, row, COLUMN_STATUTORY_UNIT)),
        .promised = period_of(arena, cell_of(import, row, COLUMN_PROMISED),
                              cell_of(import, row, COLUMN_PROMISED_UNIT)),
        .level = number_of(cell_of(import, row, COLUMN_LEVEL), 7),
        .visits = number_of(cell_of(import, row, COLUMN_VISITS), 1000),
        .fee = (int)number_of(cell_of(import, row, COLUMN_FEE), 1),
        .source = TB_STR("import"),
    };
    if (!check_row(import, row, place, item))
        return false;
    bool has_credit = tb_str_is(item->agency_state, "credit");
    if (has_credit)
        item->department_code = item->agency;
    else if (codes_credit_code(department_code, TB_STR(""), NULL, NULL))
        item->department_code = tb_str_copy(arena, department_code);
    item->elements = elements_of(import, row);
    catalogue__item_seal(arena, item);
    return true;
}

/* ---- notes ----------------------------------------------------------------------------------- */

static void
note_agency(struct import *import, const struct catalogue__item *item, int64_t line)
{
    for (size_t i = 0; i < import->impossible_count; i++)
        if (tb_str_eq(import->impossible[i].code, item->agency)) {
            import->impossible[i].rows++;
            return;
        }
    if (import->impossible_count % 64 == 0) {
        struct impossible *more =
            TB_NEW_ARRAY(import->arena, import->impossible_count + 64, struct impossible);
        if (import->impossible_count > 0)
            memcpy(more, import->impossible, import->impossible_count * sizeof *more);
        import->impossible = more;
    }
    import->impossible[import->impossible_count++] =
        (struct impossible){tb_str_copy(import->arena, item->agency), line, 1};
}

static void
note_codes(struct import *import, const struct catalogue__item *item, tb_str place, int64_t line)
{
    bool is_old = tb_str_is(item->code_form, "local_old");
    import->report->codes_old_form += is_old;
    import->report->codes_well_formed += !is_old;
    if (is_old)
        tb_fault_add(
            &import->report->notes, place, "code_old_form",
            TB_STR("事项编码是旧格式（实施主体不是18位统一社会信用代码，或缺少区划段），已照收，请"
                   "在下次更新时改为现行格式"),
            TB_STR("The item code is of an older form (its agency is no credit code of 18 "
                   "characters, or "
                   "the division is missing); taken as it is, to be renewed with the next list"));
    if (tb_str_is(item->agency_state, "impossible"))
        note_agency(import, item, line);
}

static void
note_impossible(struct import *import)
{
    for (size_t i = 0; i < import->impossible_count; i++) {
        const struct impossible *one = &import->impossible[i];
        tb_fault_add(
            &import->report->notes,
            tb_printf(import->arena, TB_FMT ":%lld", TB_ARG(import->file), (long long)one->line),
            "agency_impossible",
            tb_printf(import->arena,
                      "统一社会信用代码 " TB_FMT
                      " 不可能存在（校验不符），共%lld行用到；请向该部门核实",
                      TB_ARG(one->code), (long long)one->rows),
            tb_printf(import->arena,
                      "The credit code " TB_FMT
                      " cannot exist (its check characters do not match); %lld rows use it; "
                      "ask that department",
                      TB_ARG(one->code), (long long)one->rows));
    }
}

/* ---- the file -------------------------------------------------------------------------------- */

static tb_status
flush(struct import *import, struct tb_err *err)
{
    if (import->batch_count == 0)
        return TB_OK;
    TB_TRY(catalogue__draft_add(&import->draft, import->batch, import->batch_count, err));
    import->batch_count = 0;
    tb_arena_reset(import->batch_arena);
    return TB_OK;
}

/* An item that packs made until the list came: its code is the first part of the list's. */
static int64_t
adopted_before(struct import *import, const struct catalogue__item *item)
{
    if (item->basic_code.ptr == NULL || tb_str_eq(item->basic_code, item->code))
        return 0;
    struct catalogue__known_row *row = catalogue__known_row(&import->known, item->basic_code);
    bool is_first = row->id != 0 && row->line == 0;
    row->line = -1;
    return is_first ? row->id : 0;
}

static tb_status
take_row(struct import *import, const struct sheet_row *row, struct tb_err *err)
{
    struct catalogue_report *report = import->report;
    struct catalogue__item item;
    tb_str place = tb_printf(import->batch_arena, TB_FMT ":%d", TB_ARG(import->file), row->line);
    report->rows++;
    if (row->is_broken || !read_item(import, row, place, &item)) {
        report->rejected++;
        return TB_OK;
    }
    struct catalogue__known_row *known = catalogue__known_row(&import->known, item.code);
    if (known->line > 0) {
        tb_fault_add(
            &report->faults, place, "double",
            tb_printf(import->batch_arena, "事项编码与第%lld行重复", (long long)known->line),
            tb_printf(import->batch_arena, "The item code stands in line %lld already",
                      (long long)known->line));
        report->rejected++;
        return TB_OK;
    }
    known->line = row->line;
    note_codes(import, &item, place, row->line);
    if (known->id != 0 && memcmp(known->content, item.content, 64) == 0) {
        report->unchanged++;
        return TB_OK;
    }
    item.former = known->id != 0 ? known->id : adopted_before(import, &item);
    report->updated += known->id != 0;
    report->inserted += known->id == 0;
    import->batch[import->batch_count++] = item;
    return import->batch_count == CATALOGUE_BATCH_ROWS ? flush(import, err) : TB_OK;
}

static tb_status
read_rows(struct import *import, struct sheet_reader *reader, catalogue_progress progress,
          void *context, struct tb_err *err)
{
    struct sheet_row row;
    bool has_row;
    TB_TRY(sheet_next(reader, &row, &has_row, err));
    if (!has_row)
        return tb_fail(err, TB_INVALID, TB_FMT ": there is no row", TB_ARG(import->file));
    TB_TRY(read_heading(import, reader, &row, err));
    for (;;) {
        TB_TRY(sheet_next(reader, &row, &has_row, err));
        if (!has_row)
            return TB_OK;
        TB_TRY(take_row(import, &row, err));
        if (progress != NULL && import->report->rows % PROGRESS_ROWS == 0)
            progress(context, import->report->rows);
        if (import->batch_count == 0)
            tb_arena_reset(import->batch_arena);
    }
}

static tb_status
run_import(struct import *import, struct sheet_reader *reader, catalogue_progress progress,
           void *context, struct tb_err *err)
{
    TB_TRY(catalogue__draft_clear(import->draft.store, import->cause, err));
    TB_TRY(catalogue__known_read(import->draft.store, &import->known, err));
    TB_TRY(read_rows(import, reader, progress, context, err));
    note_impossible(import);
    TB_TRY(flush(import, err));
    return catalogue__draft_publish(&import->draft, import->report, err);
}

tb_status
catalogue_import_items(struct catalogue *catalogue, const struct store_cause *cause, tb_str file,
                       tb_str bytes, catalogue_progress progress, void *context,
                       struct catalogue_report *report, struct tb_err *err)
{
    struct tb_arena *arena = tb_arena_new(0), *batch_arena = tb_arena_new(0);
    tb_str rest = file, name = file;
    while (tb_str_cut(&rest, '/', &name))
        continue;
    struct tb_sha256 sum = tb_sha256(bytes.ptr, bytes.len);
    struct import import = {
        .catalogue = catalogue,
        .cause = cause,
        .file = file,
        .arena = arena,
        .batch_arena = batch_arena,
        .known = {.arena = arena},
        .draft = {.store = catalogue->options.store, .cause = cause, .file = name},
        .report = report,
        .batch = TB_NEW_ARRAY(arena, CATALOGUE_BATCH_ROWS, struct catalogue__item),
    };
    import.draft.file_hash = tb_hex(arena, sum.bytes, sizeof sum.bytes);
    struct sheet_reader *reader = NULL;
    tb_status status = sheet_open(file, bytes, &report->faults, &reader, err);
    if (status == TB_OK)
        status = run_import(&import, reader, progress, context, err);
    sheet_close(reader);
    if (status != TB_OK)
        catalogue__draft_drop(&import.draft);
    tb_arena_free(batch_arena);
    tb_arena_free(arena);
    return status;
}
