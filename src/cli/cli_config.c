/* SPDX-License-Identifier: Apache-2.0 */
/* DIR/config.yaml: each key a row. There is no second place where a setting could stand. */
#include "cli/cli_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum key_type { KEY_TEXT, KEY_BOOL, KEY_INT };

struct key_row {
    const char *key;
    enum key_type type;
    size_t offset;
    const char *otherwise; /* as written in YAML */
    int64_t min, max;
    const char *help;
};

/* clang-format off */
#define AT(member) offsetof(struct cli_config, member)
static const struct key_row keys[] = {
    {"listen",        KEY_TEXT, AT(listen),        "127.0.0.1:8080", 0, 0, "address and port; behind nginx it stays on loopback"},
    {"origin",        KEY_TEXT, AT(origin),        "\"\"",           0, 0, "where people reach this installation (https://host), for QR codes; empty: from the request"},
    {"division",      KEY_TEXT, AT(division),      "511602000000",   0, 0, "home division, 12 digits"},
    {"site_zh",       KEY_TEXT, AT(site_zh),       "广安区政务服务", 0, 0, "name beside the mark"},
    {"site_en",       KEY_TEXT, AT(site_en),       "Guang'an District Government Services", 0, 0, "the same in English"},
    {"phone",         KEY_TEXT, AT(phone),         "\"12345\"",      0, 0, "a person who helps, on every page"},
    {"hours_zh",      KEY_TEXT, AT(hours_zh),      "每天24小时",     0, 0, "when somebody answers"},
    {"hours_en",      KEY_TEXT, AT(hours_en),      "24 hours a day", 0, 0, "the same in English"},
    {"trusted_proxy", KEY_TEXT, AT(trusted_proxy), "\"\"",           0, 0, "address of the proxy whose X-Forwarded-For is believed"},
    {"hsts",          KEY_BOOL, AT(is_hsts),       "false",          0, 0, "send Strict-Transport-Security (only once TLS works)"},
    {"demonstration", KEY_BOOL, AT(is_demonstration), "false",       0, 0, "a banner says that persons and cases are invented"},
    {"workers",       KEY_INT,  AT(workers),       "64",             1, 1024, "blocking workers"},
};
/* clang-format on */

static void
set_key(struct cli_config *config, const struct key_row *row, const struct tb_json *value)
{
    char *member = (char *)config + row->offset;
    if (row->type == KEY_TEXT)
        *(tb_str *)member = tb_json_text(value);
    else if (row->type == KEY_BOOL)
        *(bool *)member = tb_json_is_true(value);
    else
        tb_json_to_int(value, (int64_t *)member);
}

static bool
value_fits(const struct key_row *row, const struct tb_json *value)
{
    int64_t number;
    if (row->type == KEY_BOOL)
        return value->kind == TB_JSON_TRUE || value->kind == TB_JSON_FALSE;
    if (row->type == KEY_INT)
        return tb_json_to_int(value, &number) && number >= row->min && number <= row->max;
    return value->kind == TB_JSON_TEXT || value->kind == TB_JSON_NUMBER;
}

static tb_status
defaults(struct cli *cli, struct cli_config *config, struct tb_err *err)
{
    for (size_t i = 0; i < TB_COUNT(keys); i++) {
        struct tb_json *value;
        TB_TRY(
            tb_yaml_parse(cli->arena, TB_STR("config"), tb_str_of(keys[i].otherwise), &value, err));
        set_key(config, &keys[i], value);
    }
    return TB_OK;
}

tb_status
cli_config_read(struct cli *cli, tb_str dir, struct cli_config *ret_config, struct tb_err *err)
{
    static const char *const type_words[] = {"a text", "true or false",
                                             "a whole number within its range"};
    struct cli_config config = {0};
    TB_TRY(defaults(cli, &config, err));
    tb_str path = tb_printf(cli->arena, TB_FMT "/config.yaml", TB_ARG(dir)), text;
    if (access(path.ptr, F_OK) != 0) {
        *ret_config = config;
        return TB_OK;
    }
    struct tb_json *yaml;
    TB_TRY(cli_read_file(cli, path.ptr, TB_YAML_BYTES_MAX, &text, err));
    TB_TRY(tb_yaml_parse(cli->arena, path, text, &yaml, err));
    struct tb_buf wrong = {.arena = cli->arena};
    TB_JSON_EACH(value, yaml)
    {
        const struct key_row *row = NULL;
        for (size_t i = 0; i < TB_COUNT(keys); i++)
            if (tb_str_is(value->key, keys[i].key))
                row = &keys[i];
        if (row == NULL)
            tb_buf_printf(&wrong, "%sline %d: there is no key " TB_FMT, wrong.len > 0 ? "; " : "",
                          value->line, TB_ARG(value->key));
        else if (!value_fits(row, value))
            tb_buf_printf(&wrong, "%sline %d: %s is %s", wrong.len > 0 ? "; " : "", value->line,
                          row->key, type_words[row->type]);
        else
            set_key(&config, row, value);
    }
    if (wrong.len > 0)
        return tb_fail(err, TB_INVALID, TB_FMT ": " TB_FMT "; `tongban config` lists the keys",
                       TB_ARG(path), TB_ARG(tb_buf_done(&wrong)));
    *ret_config = config;
    return TB_OK;
}

static tb_str
render(struct cli *cli, bool is_demonstration)
{
    struct tb_buf buf = {.arena = cli->arena};
    tb_buf_cstr(&buf, "# Settings of this installation. A key that is not here has its default.\n");
    for (size_t i = 0; i < TB_COUNT(keys); i++) {
        bool is_set = is_demonstration && strcmp(keys[i].key, "demonstration") == 0;
        tb_buf_printf(&buf, "\n# %s\n%s%s: %s\n", keys[i].help, is_set ? "" : "# ", keys[i].key,
                      is_set ? "true" : keys[i].otherwise);
    }
    return tb_buf_done(&buf);
}

tb_status
cli_config_write(struct cli *cli, tb_str dir, bool is_demonstration, struct tb_err *err)
{
    tb_str path = tb_printf(cli->arena, TB_FMT "/config.yaml", TB_ARG(dir));
    int fd = open(path.ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0 && errno == EEXIST)
        return TB_OK;
    if (fd < 0)
        return tb_fail(err, TB_IO, TB_FMT ": %s", TB_ARG(path), strerror(errno));
    tb_str text = render(cli, is_demonstration);
    bool is_good = write(fd, text.ptr, text.len) == (ssize_t)text.len && fsync(fd) == 0;
    close(fd);
    return is_good ? TB_OK : tb_fail(err, TB_IO, TB_FMT ": %s", TB_ARG(path), strerror(errno));
}

static int
run_config(struct cli *cli)
{
    struct tb_err err = {0};
    struct cli_config config;
    const char *dir = cli_value(cli, "--data");
    if (dir == NULL) {
        tb_str text = render(cli, false);
        fwrite(text.ptr, 1, text.len, stdout);
        return CLI_OK;
    }
    if (cli_config_read(cli, tb_str_of(dir), &config, &err) != TB_OK)
        return cli_fail(cli, &err);
    struct tb_json *out = tb_json_new(cli->arena, TB_JSON_OBJECT);
    for (size_t i = 0; i < TB_COUNT(keys); i++) {
        const char *member = (const char *)&config + keys[i].offset;
        if (keys[i].type == KEY_TEXT)
            tb_json_set_text(cli->arena, out, keys[i].key, *(const tb_str *)member);
        else if (keys[i].type == KEY_BOOL)
            tb_json_set_bool(cli->arena, out, keys[i].key, *(const bool *)member);
        else
            tb_json_set_int(cli->arena, out, keys[i].key, *(const int64_t *)member);
    }
    cli_print_json(cli, out);
    return CLI_OK;
}

static const struct cli_option options[] = {
    {"--data", "DIR", "print the settings in force there; without it, every key with its default",
     false},
    {NULL, NULL, NULL, false},
};

const struct cli_command cli_cmd_config = {.name = "config",
                                           .help = "Print the settings and what they mean",
                                           .options = options,
                                           .run = run_config};
