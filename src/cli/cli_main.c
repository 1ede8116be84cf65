/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the command's row, reads its options, runs it. */
#include "cli/cli.h"
#include "cli/cli_internal.h"
#include <string.h>
#include <unistd.h>

static const struct cli_option common_options[] = {
    {"--json", NULL, "print the result as JSON, for machines", false},
    {"--now", "WHEN",
     "rehearse: the clock starts at this instant (RFC 3339, China time when it has no offset)",
     false},
    {"--help", NULL, "print this help", false},
    {NULL, NULL, NULL, false},
};

static void
print_options(FILE *out, const struct cli_option *options)
{
    for (const struct cli_option *option = options; option != NULL && option->name != NULL;
         option++) {
        char left[64];
        snprintf(left, sizeof left, "%s%s%s", option->name, option->value != NULL ? " " : "",
                 option->value != NULL ? option->value : "");
        fprintf(out, "  %-24s %s%s\n", left, option->help, option->is_required ? " (needed)" : "");
    }
}

static void
print_help(FILE *out, const struct cli_command *command)
{
    fprintf(out, "tongban %s%s%s%s\n\n%s.\n", command->name,
            command->options != NULL ? " [OPTION …]" : "", command->arguments != NULL ? " " : "",
            command->arguments != NULL ? command->arguments : "", command->help);
    if (command->more != NULL)
        fprintf(out, "\n%s\n", command->more);
    fprintf(out, "\nOptions:\n");
    print_options(out, command->options);
    print_options(out, common_options);
}

/* The commands whose name begins with these words, a line each. Returns how many. */
static size_t
list_commands(FILE *out, const char *words)
{
    size_t count = 0, len = strlen(words);
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        const char *name = cli_commands[i]->name;
        if (strncmp(name, words, len) == 0 && (len == 0 || name[len] == ' ' || name[len] == '\0')) {
            fprintf(out, "  %-16s %s\n", name, cli_commands[i]->help);
            count++;
        }
    }
    return count;
}

static int
run_help(struct cli *cli)
{
    if (cli != NULL && cli->arg_count > 0) {
        if (list_commands(stdout, cli->args[0]) > 0)
            return CLI_OK;
        fprintf(stderr, "tongban help: there is no command %s; `tongban help` lists them\n",
                cli->args[0]);
        return CLI_USAGE;
    }
    printf("tongban " TB_VERSION_TEXT ": public services from published standards. Commands:\n\n");
    (void)list_commands(stdout, "");
    printf("\n`tongban COMMAND --help` says more. Exit status: 0 all is well, 1 something was "
           "found or refused, 2 the "
           "machine\n(disk, memory, busy), 3 damaged data, 4 a defect, 64 the command line.\n");
    return CLI_OK;
}

const struct cli_command cli_cmd_help = {.name = "help",
                                         .arguments = "[COMMAND]",
                                         .args_max = 2,
                                         .help =
                                             "List the commands, or those that begin with a word",
                                         .run = run_help};

/* How many of the words at argv name the command: 0, 1 or 2. */
static int
words_matched(const struct cli_command *command, int argc, char **argv)
{
    const char *blank = strchr(command->name, ' ');
    size_t first = blank != NULL ? (size_t)(blank - command->name) : strlen(command->name);
    if (argc < 1 || strlen(argv[0]) != first || strncmp(argv[0], command->name, first) != 0)
        return 0;
    if (blank == NULL)
        return 1;
    return argc >= 2 && strcmp(argv[1], blank + 1) == 0 ? 2 : 0;
}

static const struct cli_command *
find_command(int argc, char **argv, int *ret_words)
{
    const struct cli_command *best = NULL;
    *ret_words = 0;
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        int words = words_matched(cli_commands[i], argc, argv);
        if (words > *ret_words) {
            best = cli_commands[i];
            *ret_words = words;
        }
    }
    return best;
}

static int
option_index(const struct cli_option *options, const char *arg, size_t len)
{
    for (int i = 0; options != NULL && options[i].name != NULL; i++)
        if (strlen(options[i].name) == len && strncmp(options[i].name, arg, len) == 0)
            return i;
    return -1;
}

static int
usage(const struct cli_command *command, const char *format, const char *what)
{
    fprintf(stderr, "tongban %s: ", command->name);
    fprintf(stderr, format, what);
    fprintf(stderr, "; see `tongban %s --help`\n", command->name);
    return CLI_USAGE;
}

/* The command line after the command's words, as options and arguments. */
struct parse {
    struct cli *cli;
    const char *now;
    bool is_help;
};

/* One option at argv[*at]. Returns CLI_OK or the exit status of the refusal. */
static int
read_option(struct parse *parse, int argc, char **argv, int *at)
{
    struct cli *cli = parse->cli;
    const char *arg = argv[*at];
    size_t len = strcspn(arg, "=");
    int index = option_index(cli->command->options, arg, len);
    const struct cli_option *option = index >= 0 ? &cli->command->options[index] : NULL;
    if (option == NULL) {
        int common = option_index(common_options, arg, len);
        if (common < 0)
            return usage(cli->command, "there is no option %s", arg);
        option = &common_options[common];
    }
    const char *value = "";
    if (option->value != NULL) {
        value = arg[len] == '=' ? arg + len + 1 : *at + 1 < argc ? argv[++*at] : NULL;
        if (value == NULL)
            return usage(cli->command, "%s needs a value", option->name);
    } else if (arg[len] == '=') {
        return usage(cli->command, "%s takes no value", option->name);
    }
    if (index >= 0)
        cli->values[index] = value;
    else if (strcmp(option->name, "--json") == 0)
        cli->is_json = true;
    else if (strcmp(option->name, "--now") == 0)
        parse->now = value;
    else
        parse->is_help = true;
    return CLI_OK;
}

static int
read_arguments(struct parse *parse, int argc, char **argv)
{
    struct cli *cli = parse->cli;
    bool options_end = false;
    for (int i = 0; i < argc; i++) {
        if (!options_end && strcmp(argv[i], "--") == 0) {
            options_end = true;
        } else if (!options_end && argv[i][0] == '-' && argv[i][1] == '-') {
            int status = read_option(parse, argc, argv, &i);
            if (status != CLI_OK)
                return status;
        } else if (cli->arg_count == CLI_ARGS_MAX) {
            return usage(cli->command, "too many arguments, from %s on", argv[i]);
        } else {
            cli->args[cli->arg_count++] = argv[i];
        }
    }
    if (parse->is_help)
        return CLI_OK;
    for (int i = 0; cli->command->options != NULL && cli->command->options[i].name != NULL; i++)
        if (cli->command->options[i].is_required && cli->values[i] == NULL)
            return usage(cli->command, "%s is needed", cli->command->options[i].name);
    if (cli->arg_count < cli->command->args_min)
        return usage(cli->command, "it needs %s", cli->command->arguments);
    if (cli->command->args_max >= 0 && cli->arg_count > cli->command->args_max)
        return usage(cli->command, "too many arguments: %s", cli->args[cli->command->args_max]);
    return CLI_OK;
}

static int
run_command(struct cli *cli, int argc, char **argv)
{
    struct parse parse = {.cli = cli};
    int status = read_arguments(&parse, argc, argv);
    if (status != CLI_OK)
        return status;
    if (parse.is_help) {
        print_help(stdout, cli->command);
        return CLI_OK;
    }
    struct tb_env env;
    int64_t offset_us = 0;
    cli_env_init(&env, &offset_us);
    if (parse.now != NULL) {
        int64_t now;
        if (!tb_instant_parse(tb_str_of(parse.now), &now))
            return usage(cli->command, "--now %s: write 2026-11-22T09:00:00", parse.now);
        offset_us = now - env.now_us(env.context);
    }
    cli->env = &env;
    return cli->command->run(cli);
}

int
cli_main(int argc, char **argv)
{
    int words;
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return puts("tongban " TB_VERSION_TEXT) >= 0 ? CLI_OK : tb_error_row(TB_IO)->exit;
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return run_help(NULL);
    const struct cli_command *command = find_command(argc - 1, argv + 1, &words);
    if (command == NULL) {
        if (list_commands(stderr, argv[1]) == 0)
            fprintf(stderr, "tongban: there is no command %s; `tongban help` lists them\n",
                    argv[1]);
        return CLI_USAGE;
    }
    struct tb_arena *arena = tb_arena_new(0);
    struct cli *cli = TB_NEW(arena, struct cli);
    cli->command = command;
    cli->arena = arena;
    cli->program = argv[0];
    cli->is_terminal = isatty(STDERR_FILENO) == 1;
    int status = run_command(cli, argc - 1 - words, argv + 1 + words);
    if (fflush(stdout) != 0 && status == CLI_OK)
        status = tb_error_row(TB_IO)->exit;
    tb_arena_free(arena);
    return status;
}
