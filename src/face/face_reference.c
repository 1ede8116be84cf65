/* SPDX-License-Identifier: Apache-2.0 */
/* docs/reference/operations.md: every row with its words, for people. OpenAPI says the same to machines. */
#include "face/face_internal.h"

static void
roles_write(struct tb_buf *buf, unsigned roles)
{
    const char *separator = "";
    if ((roles & OP_ANYONE) != 0)
        roles = OP_ANYONE;
    for (size_t i = 0; i < op_role_count; i++) {
        if ((roles & op_roles[i].role) == 0)
            continue;
        tb_buf_printf(buf, "%s%s", separator, op_roles[i].name);
        separator = ", ";
    }
}

static void
flags_write(struct tb_buf *buf, unsigned flags)
{
    static const struct {
        unsigned flag;
        const char *words;
    } notes[] = {
        {OP_WRITES, "changes something"},       {OP_RAW_BODY, "the body is a file"},
        {OP_RAW_ANSWER, "answers bytes"},       {OP_RATE_LIMITED, "rate limited"},
        {OP_PRIVATE_ANSWER, "personal answer"},
    };
    for (size_t i = 0; i < TB_COUNT(notes); i++) {
        if ((flags & notes[i].flag) != 0)
            tb_buf_printf(buf, " · %s", notes[i].words);
    }
}

static void
field_write(struct tb_buf *buf, const struct op_field *field)
{
    static const char *const types[] = {
        [OP_TEXT] = "text",     [OP_INT] = "integer",     [OP_BOOL] = "boolean",
        [OP_DAY] = "day",       [OP_INSTANT] = "instant", [OP_MONEY] = "fen",
        [OP_OBJECT] = "object", [OP_LIST] = "list",       [OP_HASH] = "sha256",
    };
    const char *place = (field->flags & OP_PATH) != 0    ? "path"
                        : (field->flags & OP_QUERY) != 0 ? "query"
                                                         : "body";
    tb_buf_printf(buf, "| `%s` | %s%s | %s | ", field->name, place,
                  (field->flags & OP_REQUIRED) != 0 ? ", needed" : "", types[field->type]);
    if (field->choices != NULL) {
        for (const char *const *choice = field->choices; *choice != NULL; choice++)
            tb_buf_printf(buf, "%s`%s`", choice == field->choices ? "" : " ", *choice);
    } else if (field->min != 0 || field->max != 0) {
        tb_buf_printf(buf, "%lld–%lld", (long long)field->min, (long long)field->max);
    }
    tb_buf_printf(buf, " | %s %s", field->zh, field->en);
    if (field->doc != NULL && field->doc[0] != '\0')
        tb_buf_printf(buf, ": %s", field->doc);
    tb_buf_cstr(buf, " |\n");
}

static void
row_write(struct tb_buf *buf, const struct op_row *row)
{
    tb_buf_printf(buf, "\n## %s\n`%s /api/v1%s` · ", row->name, row->method, row->path);
    roles_write(buf, row->roles);
    flags_write(buf, row->flags);
    tb_buf_printf(buf, "\n\n%s %s.\n", row->zh, row->en);
    if (row->fields == NULL || row->fields->name == NULL)
        return;
    tb_buf_cstr(buf, "\n| field | where | type | values | meaning |\n|---|---|---|---|---|\n");
    for (const struct op_field *f = row->fields; f->name != NULL; f++)
        field_write(buf, f);
}

void
face_reference(struct tb_buf *buf, const struct op_table *tables)
{
    tb_buf_cstr(buf, "# Operations\nGenerated from the operation rows. Every one is a call of the "
                     "JSON API; pages call the "
                     "same rows. Inputs that are\nnot listed are refused by name; every fault of "
                     "an input is told at once "
                     "(RFC 9457).\n");
    for (const struct op_table *table = tables; table->rows != NULL; table++) {
        for (size_t i = 0; i < table->count; i++)
            row_write(buf, &table->rows[i]);
    }
}
