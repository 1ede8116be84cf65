/* SPDX-License-Identifier: Apache-2.0 */
/* cli_internal.h - commands as rows. A command is one file src/cli/cli_X.c with one row `cli_cmd_X`; the list of them
 * is cli_commands.c. Parsing, help and exit status are done here, once. */
#ifndef CLI_CLI_INTERNAL_H
#define CLI_CLI_INTERNAL_H

#include "base/base.h"
#include <stdio.h>

struct access;
struct cases;
struct catalogue;
struct clock_calendar;
struct op_registry;
struct packs_set;
struct seal_key;
struct store;
struct store_table;
struct watch;

/* Exit statuses beside those of errors.def. */
enum {
    CLI_OK = 0,
    CLI_FOUND = 1, /* it ran, and what was looked at is not well: faults, failed tests, tampering */
    CLI_USAGE = 64, /* the command line itself is wrong */
};

/* An option of a command. `--json`, `--help` and `--now` belong to every command. */
struct cli_option {
    const char *name;  /* "--data" */
    const char *value; /* "DIR"; NULL: a switch */
    const char *help;
    bool is_required;
};

#define CLI_OPTIONS_MAX 16
#define CLI_ARGS_MAX 4096

struct cli;
struct cli_command {
    const char *name;                 /* "serve", "log verify": one or two words */
    const char *arguments;            /* "FILE…", for the help */
    int args_min, args_max;           /* args_max -1: any number */
    const char *help;                 /* one sentence */
    const char *more;                 /* further help, or NULL */
    const struct cli_option *options; /* ends with a NULL name; may be NULL */
    int (*run)(struct cli *cli);      /* exit status */
};
extern const struct cli_command *const cli_commands[]; /* NULL-terminated */

/* One run of a command. Everything in arena lives until the program ends. */
struct cli {
    const struct cli_command *command;
    struct tb_arena *arena;
    const struct tb_env *env;
    bool is_json;     /* print JSON for machines */
    bool is_terminal; /* standard error is one: progress may be shown */
    const char *program;
    const char *args[CLI_ARGS_MAX];
    int arg_count;
    const char *values
        [CLI_OPTIONS_MAX]; /* by the option's place in command->options; "" for a switch that was given */
};

/* The value of an option; NULL when it was not given. A switch gives "". name must be one of the command's. */
const char *cli_value(const struct cli *cli, const char *name);
bool cli_has(const struct cli *cli, const char *name);

/* Reads a whole file ("-": standard input) into arena; over bytes_max: TB_LIMIT. */
TB_NODISCARD tb_status cli_read_file(struct cli *cli, const char *path, size_t bytes_max,
                                     tb_str *ret_text, struct tb_err *err);
/* Prints a failure (message, and what to do) to standard error, or as JSON; returns its exit status. */
int cli_fail(struct cli *cli, const struct tb_err *err);
/* Prints faults, one a line: place: text. English, then Chinese. */
void cli_print_faults(struct cli *cli, FILE *out, const struct tb_faults *faults);
/* The same as a list of {place, code, zh, en}, at most TB_FAULTS_MAX; in the arena of the run. */
struct tb_json *cli_faults_json(struct cli *cli, const struct tb_faults *faults);
/* Prints a JSON tree with two blanks a level to standard output. */
void cli_print_json(struct cli *cli, const struct tb_json *json);
/* A short line of progress on a terminal, overwritten by the next; nothing in a pipe. */
void cli_progress(struct cli *cli, const char *format, ...) TB_PRINTF(2, 3);

/* The clock and the chance of the machine. offset_us is added to the clock: a rehearsal at another date. */
void cli_env_init(struct tb_env *env, int64_t *offset_us);

struct feel_host;
/* What decisions may know of the world: time zones from /usr/share/zoneinfo, read once each, and the clock of env as
 * it stands now, told in China's time. In arena. */
const struct feel_host *cli_feel_host(struct cli *cli);

/* ---- configuration ----------------------------------------------------------------------------------------------- */

/* DIR/config.yaml, checked. Texts live in the arena of the run. */
struct cli_config {
    tb_str listen, origin, division, site_zh, site_en, phone, hours_zh, hours_en, trusted_proxy;
    bool is_demonstration, is_hsts;
    int64_t workers;
};
/* Reads the file; absent: the defaults. Unknown keys and wrong types are refused, all at once. */
TB_NODISCARD tb_status cli_config_read(struct cli *cli, tb_str dir, struct cli_config *ret_config,
                                       struct tb_err *err);
/* Writes the file with every key, its default and its help, unless it is there. */
TB_NODISCARD tb_status cli_config_write(struct cli *cli, tb_str dir, bool is_demonstration,
                                        struct tb_err *err);

/* ---- the program as a whole -------------------------------------------------------------------------------------- */

/* The modules of one installation, wired from below. Members are NULL until opened. */
struct cli_app {
    struct cli *cli;
    tb_str dir;
    struct cli_config config;
    struct store *store;
    struct access *access;
    struct packs_set *packs;
    const struct clock_calendar *calendar;
    struct seal_key *seal;
    struct catalogue *catalogue;
    struct cases *cases;
    struct watch *watch;
    struct op_registry *registry;
};
/* Every table of every module; NULL-terminated. */
const struct store_table *const *cli_tables(struct cli *cli);
/* Opens the store only. */
TB_NODISCARD tb_status cli_store_open(struct cli *cli, tb_str dir, bool is_create,
                                      bool is_read_only, struct store **ret_store,
                                      struct tb_err *err);
/* Opens everything up to the registry. Close it also after a failure. */
TB_NODISCARD tb_status cli_app_open(struct cli_app *app, struct cli *cli, tb_str dir,
                                    bool is_create, struct tb_err *err);
void cli_app_close(struct cli_app *app);

#endif
