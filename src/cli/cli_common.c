/* SPDX-License-Identifier: Apache-2.0 */
/* What every command needs: option values, files, failures, faults, progress. */
#include "cli/cli_internal.h"
#include <errno.h>
#include <stdarg.h>
#include <string.h>

const char *
cli_value(const struct cli *cli, const char *name)
{
    for (int i = 0; cli->command->options != NULL && cli->command->options[i].name != NULL; i++)
        if (strcmp(cli->command->options[i].name, name) == 0)
            return cli->values[i];
    tb_assert(!"an option that the command does not have");
    return NULL;
}

bool
cli_has(const struct cli *cli, const char *name)
{
    return cli_value(cli, name) != NULL;
}

tb_status
cli_read_file(struct cli *cli, const char *path, size_t bytes_max, tb_str *ret_text,
              struct tb_err *err)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    if (file == NULL)
        return tb_fail(err, errno == ENOENT ? TB_NOT_FOUND : TB_IO, "%s: %s", path,
                       strerror(errno));
    struct tb_buf buf = {.arena = cli->arena};
    char block[65536];
    size_t got;
    tb_status status = TB_OK;
    while (status == TB_OK && (got = fread(block, 1, sizeof block, file)) > 0) {
        tb_buf_put(&buf, block, got);
        if (buf.len > bytes_max)
            status = tb_fail(err, TB_LIMIT, "%s: more than %zu bytes, which is the limit", path,
                             bytes_max);
    }
    if (status == TB_OK && ferror(file))
        status = tb_fail(err, TB_IO, "%s: %s", path, strerror(errno));
    if (file != stdin)
        fclose(file);
    if (status == TB_OK)
        *ret_text = tb_buf_done(&buf);
    return status;
}

int
cli_fail(struct cli *cli, const struct tb_err *err)
{
    const struct tb_error_row *row = tb_error_row(err->status);
    if (cli->is_json) {
        struct tb_json *object = tb_json_new(cli->arena, TB_JSON_OBJECT);
        tb_json_set_text(cli->arena, object, "code", tb_str_of(row->code));
        tb_json_set_text(cli->arena, object, "title", tb_str_of(row->en));
        tb_json_set_text(cli->arena, object, "detail", tb_str_of(err->message));
        cli_print_json(cli, object);
    } else {
        /* A message says what to do; the words of the table are for pages, and for failures without one. */
        if (err->message[0] != '\0')
            fprintf(stderr, "tongban %s: %s\n", cli->command->name, err->message);
        else
            fprintf(stderr, "tongban %s: %s; %s\n", cli->command->name, row->en, row->remedy_en);
    }
    return row->exit != 0 ? row->exit : tb_error_row(TB_INTERNAL)->exit;
}

void
cli_print_faults(struct cli *cli, FILE *out, const struct tb_faults *faults)
{
    (void)cli;
    size_t shown = faults->count < TB_FAULTS_MAX ? faults->count : TB_FAULTS_MAX;
    for (size_t i = 0; i < shown; i++) {
        const struct tb_fault *fault = &faults->items[i];
        fprintf(out, TB_FMT ": " TB_FMT " (" TB_FMT ")\n", TB_ARG(fault->place), TB_ARG(fault->en),
                TB_ARG(fault->zh));
    }
    if (faults->count > shown)
        fprintf(out, "… and %zu more\n", faults->count - shown);
}

struct tb_json *
cli_faults_json(struct cli *cli, const struct tb_faults *faults)
{
    struct tb_json *list = tb_json_new(cli->arena, TB_JSON_LIST);
    for (size_t i = 0; i < faults->count && i < TB_FAULTS_MAX; i++) {
        struct tb_json *one = tb_json_add(list, tb_json_new(cli->arena, TB_JSON_OBJECT));
        tb_json_set_text(cli->arena, one, "place", faults->items[i].place);
        tb_json_set_text(cli->arena, one, "code", faults->items[i].code);
        tb_json_set_text(cli->arena, one, "zh", faults->items[i].zh);
        tb_json_set_text(cli->arena, one, "en", faults->items[i].en);
    }
    return list;
}

void
cli_print_json(struct cli *cli, const struct tb_json *json)
{
    struct tb_buf buf = {.arena = cli->arena};
    tb_json_write_pretty(&buf, json);
    fwrite(buf.ptr, 1, buf.len, stdout);
}

void
cli_progress(struct cli *cli, const char *format, ...)
{
    if (!cli->is_terminal)
        return;
    va_list args;
    va_start(args, format);
    fputs("\r\033[K", stderr);
    vfprintf(stderr, format, args);
    va_end(args);
    fflush(stderr);
}
