/* SPDX-License-Identifier: Apache-2.0 */
/* packs_table.c - the CSV files of a pack: which columns they have and which struct a row becomes.
 *
 * A file must have exactly the columns of its table, in any order; a missing or unknown column is
 * a fault of its first line, a bad cell one of its own. Every row that can be read is read, so
 * that all faults come at once. */
#include "packs/packs_internal.h"
#include "sheet/sheet.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
packs__fault(struct tb_faults *faults, tb_str file, int32_t line, const char *code, const char *zh,
             const char *en, ...)
{
    char zh_text[1024], en_text[1024];
    va_list args;
    va_start(args, en);
    vsnprintf(zh_text, sizeof zh_text, zh, args);
    va_end(args);
    va_start(args, en);
    vsnprintf(en_text, sizeof en_text, en, args);
    va_end(args);
    tb_str place = line > 0 ? tb_printf(faults->arena, TB_FMT ":%d", TB_ARG(file), line) : file;
    tb_fault_add(faults, place, code, tb_str_of(zh_text), tb_str_of(en_text));
}

#define TEXT(type, member)                                                                         \
    {                                                                                              \
#member, offsetof(struct type, member), PACKS__TEXT, false, false                          \
    }
#define NEED(type, member)                                                                         \
    {                                                                                              \
#member, offsetof(struct type, member), PACKS__TEXT, true, false                           \
    }
#define INT(type, member)                                                                          \
    {                                                                                              \
#member, offsetof(struct type, member), PACKS__INT, true, false                            \
    }
#define YES_NO(type, member)                                                                       \
    {                                                                                              \
#member, offsetof(struct type, member), PACKS__YES_NO, true, false                         \
    }
#define TABLE(name, path, type, inherited)                                                         \
    const struct packs__table packs__##name##_table = {                                            \
        path,           sizeof(struct type),      offsetof(struct type, line),                     \
        name##_columns, TB_COUNT(name##_columns), inherited}

/* clang-format off */
static const struct packs__column items_columns[] = {
    NEED(packs_item, id), TEXT(packs_item, code), NEED(packs_item, name), NEED(packs_item, situation),
    NEED(packs_item, type), NEED(packs_item, handling), NEED(packs_item, statutory), NEED(packs_item, statutory_clause),
    NEED(packs_item, promised), INT(packs_item, visits), NEED(packs_item, department),
    TEXT(packs_item, survey_department), TEXT(packs_item, supervisor),
    NEED(packs_item, process), NEED(packs_item, form),
    TEXT(packs_item, certificate), NEED(packs_item, certificate_effect), INT(packs_item, validity_months),
    TEXT(packs_item, validity_clause), INT(packs_item, fee_fen), NEED(packs_item, fee_clause),
    TEXT(packs_item, pledge_of), NEED(packs_item, basis_status),
};
static const struct packs__column materials_columns[] = {
    NEED(packs_material, id), NEED(packs_material, name), NEED(packs_material, situations),
    TEXT(packs_material, condition), NEED(packs_material, source), NEED(packs_material, necessity),
    YES_NO(packs_material, late), TEXT(packs_material, late_clause), TEXT(packs_material, substitute),
    TEXT(packs_material, format), INT(packs_material, copies), NEED(packs_material, clause),
    NEED(packs_material, basis_status), TEXT(packs_material, sample), TEXT(packs_material, hint_key),
};
static const struct packs__column questions_columns[] = {
    NEED(packs_question, input), NEED(packs_question, type), NEED(packs_question, topic), INT(packs_question, order),
    INT(packs_question, cost), TEXT(packs_question, record), TEXT(packs_question, options),
    {"curable", offsetof(struct packs_question, is_curable), PACKS__YES_NO, false, true},
};
static const struct packs__column tasks_columns[] = {
    NEED(packs_task, process), NEED(packs_task, element), NEED(packs_task, outcomes), TEXT(packs_task, stage),
    NEED(packs_task, kind),
};
static const struct packs__column findings_columns[] = {
    NEED(packs_finding, id), NEED(packs_finding, situations), TEXT(packs_finding, condition),
    NEED(packs_finding, clause), NEED(packs_finding, basis_status),
};
static const struct packs__column clauses_columns[] = {
    NEED(packs_clause, law), NEED(packs_clause, article), NEED(packs_clause, text), NEED(packs_clause, basis_status),
};
static const struct packs__column statutes_columns[] = {
    NEED(packs_statute, id), NEED(packs_statute, title), NEED(packs_statute, title_en), TEXT(packs_statute, text_date),
    TEXT(packs_statute, in_force_from), TEXT(packs_statute, known_until), TEXT(packs_statute, superseded_by),
    NEED(packs_statute, status), TEXT(packs_statute, note), NEED(packs_statute, basis_status),
};
static const struct packs__column departments_columns[] = {
    NEED(packs_department, id), NEED(packs_department, name), NEED(packs_department, name_en),
    NEED(packs_department, division), TEXT(packs_department, credit_code), NEED(packs_department, address),
    NEED(packs_department, phone), TEXT(packs_department, hours), NEED(packs_department, kind),
    TEXT(packs_department, note), NEED(packs_department, basis_status),
};
static const struct packs__column periods_columns[] = {
    NEED(packs_period, id), NEED(packs_period, law), NEED(packs_period, article), NEED(packs_period, situation),
    INT(packs_period, n), NEED(packs_period, unit), TEXT(packs_period, starts), TEXT(packs_period, extension),
    TEXT(packs_period, moves_on_holiday), TEXT(packs_period, note), NEED(packs_period, basis_status),
};
static const struct packs__column suspensions_columns[] = {
    NEED(packs_suspension, reason), NEED(packs_suspension, zh), NEED(packs_suspension, en),
    NEED(packs_suspension, clause),
};
static const struct packs__column remedies_columns[] = {
    NEED(packs_remedy, id), NEED(packs_remedy, kind), NEED(packs_remedy, body), NEED(packs_remedy, period),
    NEED(packs_remedy, clause), TEXT(packs_remedy, from), TEXT(packs_remedy, to), NEED(packs_remedy, basis_status),
};
static const struct packs__column standards_columns[] = {
    NEED(packs_standard, number), NEED(packs_standard, name), NEED(packs_standard, subsystem),
    NEED(packs_standard, kind), NEED(packs_standard, status), TEXT(packs_standard, clauses),
    NEED(packs_standard, basis_status),
};
static const struct packs__column letter_fields_columns[] = {
    NEED(packs__letter_field, field), NEED(packs__letter_field, meaning),
};
/* clang-format on */

TABLE(items, "items.csv", packs_item, false);
TABLE(materials, "materials.csv", packs_material, false);
TABLE(questions, "questions.csv", packs_question, false);
TABLE(tasks, "tasks.csv", packs_task, false);
TABLE(findings, "findings.csv", packs_finding, false);
TABLE(clauses, "clauses.csv", packs_clause, true);
TABLE(statutes, "statutes.csv", packs_statute, true);
TABLE(departments, "departments.csv", packs_department, true);
TABLE(periods, "periods.csv", packs_period, true);
TABLE(suspensions, "suspensions.csv", packs_suspension, true);
TABLE(remedies, "remedies.csv", packs_remedy, true);
TABLE(standards, "standards.csv", packs_standard, false);
TABLE(letter_fields, "letters/fields.csv", packs__letter_field, true);

/* ---- reading --------------------------------------------------------------------------------- */

struct reading {
    const struct packs__table *table;
    tb_str path;
    struct tb_faults *faults;
    const struct sheet_table *sheet;
    int *columns; /* of each of table->columns: where it stands in the file, or -1 */
};

/* Finds the columns; says which are missing and which nobody knows. */
static void
match_columns(struct reading *reading)
{
    const struct packs__table *table = reading->table;
    for (size_t i = 0; i < table->column_count; i++) {
        reading->columns[i] = sheet_column(reading->sheet, table->columns[i].name);
        if (reading->columns[i] < 0 && !table->columns[i].may_lack)
            packs__fault(reading->faults, reading->path, 1, "missing_column", "缺少 %s 这一列",
                         "the column %s is missing", table->columns[i].name);
    }
    for (size_t i = 0; i < reading->sheet->column_count; i++) {
        bool is_known = false;
        for (size_t j = 0; j < table->column_count; j++)
            is_known = is_known || tb_str_is(reading->sheet->columns[i], table->columns[j].name);
        if (!is_known)
            packs__fault(reading->faults, reading->path, 1, "unknown_column", "不认识 %.*s 这一列",
                         "nobody knows a column %.*s", TB_ARG(reading->sheet->columns[i]));
    }
}

static void
read_cell(const struct reading *reading, const struct packs__column *column, tb_str cell,
          int32_t line, char *row)
{
    int64_t number = 0;
    bool yes = false;
    switch (column->cell) {
    case PACKS__TEXT:
        memcpy(row + column->offset, &cell, sizeof cell);
        break;
    case PACKS__INT:
        if (cell.len > 0 && !tb_str_to_int(cell, &number))
            packs__fault(reading->faults, reading->path, line, "not_a_number",
                         "%s 应填整数，现在是 %.*s", "%s must be a whole number, not %.*s",
                         column->name, TB_ARG(cell));
        memcpy(row + column->offset, &number, sizeof number);
        break;
    case PACKS__YES_NO:
        yes = tb_str_is(cell, "yes");
        if (cell.len > 0 && !yes && !tb_str_is(cell, "no"))
            packs__fault(reading->faults, reading->path, line, "not_yes_or_no",
                         "%s 应填 yes 或 no，现在是 %.*s", "%s must be yes or no, not %.*s",
                         column->name, TB_ARG(cell));
        memcpy(row + column->offset, &yes, sizeof yes);
        break;
    }
    if (column->is_required && cell.len == 0)
        packs__fault(reading->faults, reading->path, line, "empty", "%s 不能空着",
                     "%s must not be empty", column->name);
}

void *
packs__table_read(struct tb_arena *arena, const struct packs__table *table, tb_str path,
                  tb_str content, struct tb_faults *faults, size_t *ret_count)
{
    struct sheet_table sheet;
    struct tb_err err = {0};
    *ret_count = 0;
    if (sheet_read_table(arena, path, content, faults, &sheet, &err) != TB_OK ||
        sheet.row_count > PACKS_ROWS_MAX) {
        packs__fault(faults, path, 0, "syntax", "这个表读不懂：%s", "this table cannot be read: %s",
                     err.status != TB_OK ? err.message : "too many rows");
        return NULL;
    }
    struct reading reading = {table, path, faults, &sheet,
                              tb_alloc_array(arena, table->column_count, sizeof(int))};
    match_columns(&reading);
    char *rows = tb_alloc_array(arena, sheet.row_count + 1, table->row_size);
    for (size_t i = 0; i < sheet.row_count; i++) {
        char *row = rows + i * table->row_size;
        for (size_t j = 0; j < table->column_count; j++)
            if (reading.columns[j] >= 0)
                read_cell(&reading, &table->columns[j],
                          sheet_cell(&sheet.rows[i], reading.columns[j]), sheet.rows[i].line, row);
        memcpy(row + table->line_offset, &sheet.rows[i].line, sizeof sheet.rows[i].line);
    }
    *ret_count = sheet.row_count;
    return rows;
}
